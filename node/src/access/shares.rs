//! How much one caller may ask for: a rate, and a share of what is under way at the same time.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, Ipv4Addr},
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes},
    http::StatusCode,
};
use futures::stream;
use governor::{
    DefaultKeyedRateLimiter, InsufficientCapacity, NotUntil, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Problem, caller::Member};
use crate::{
    limits::{
        ADDRESSES_MAX, ANSWER_CHUNK_BYTES, BULKS_MAX, BULKS_PER_PARTY_MAX, LISTENERS_MAX,
        LISTENERS_PER_PARTY_MAX, REQUESTS_PER_ADDRESS_MAX, REQUESTS_PER_PARTY_MAX,
    },
    runtime::config::ApiConfig,
};

/// How many seconds' requests may come at once.
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);
/// How often addresses that have long been silent are forgotten, where there are too many.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// To whom something is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Payer {
    /// A party, wherever it asks from.
    Party(String),
    /// An address of somebody without a token.
    Address(IpAddr),
}

impl Payer {
    /// Of an IPv6 address the network: its holder has all addresses in it.
    fn narrowed(self) -> Self {
        match self {
            Self::Address(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(v4) => Self::Address(v4.into()),
                None => {
                    let network = u128::from(address) & !u128::from(u64::MAX);
                    Self::Address(IpAddr::V6(network.into()))
                }
            },
            other => other,
        }
    }
}

/// Counts what each payer holds at this moment.
#[derive(Clone, Default)]
pub(crate) struct Shares(Arc<Mutex<HashMap<Payer, usize>>>);

/// One thing that is counted until it goes.
pub(super) struct Share {
    shares: Shares,
    payer: Payer,
}

impl Shares {
    /// One more for a payer that has fewer than `most`.
    pub(super) fn take(&self, payer: Payer, most: usize) -> Option<Share> {
        let payer = payer.narrowed();
        let mut held = self.lock();
        let count = held.entry(payer.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        drop(held);
        Some(Share { shares: self.clone(), payer })
    }

    /// A thread that panicked while it counted has left a number behind that is one too high at
    /// most.
    fn lock(&self) -> MutexGuard<'_, HashMap<Payer, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.shares.lock();
        if let Some(count) = held.get_mut(&self.payer) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                held.remove(&self.payer);
            }
        }
    }
}

/// Places for what holds memory for a while: so many on this node, and so many of them for a party.
pub(crate) struct Places {
    what: &'static str,
    all: Arc<Semaphore>,
    each: Shares,
    most_each: usize,
}

/// One of them, until it goes.
pub(super) struct Place(
    #[expect(dead_code, reason = "held")] (OwnedSemaphorePermit, Option<Share>),
);

impl Places {
    /// So many places, and so many of them for each party. `what` they are for, in the plural.
    pub(crate) fn new(what: &'static str, most: usize, most_each: usize) -> Self {
        Self { what, all: Arc::new(Semaphore::new(most)), each: Shares::default(), most_each }
    }

    /// Those of who listens to batches.
    pub(crate) fn of_listeners() -> Self {
        Self::new("listeners", LISTENERS_MAX, LISTENERS_PER_PARTY_MAX)
    }

    /// Those of entries that come many in a request.
    pub(crate) fn of_sequences() -> Self {
        Self::new("sequences of entries", BULKS_MAX, BULKS_PER_PARTY_MAX)
    }

    /// A place for a member.
    pub(super) fn take(&self, member: &Member) -> Result<Place, Problem> {
        self.take_for(member.party())
    }

    /// A place for a party; for the operator of this node where it is none.
    fn take_for(&self, party: Option<&str>) -> Result<Place, Problem> {
        let Self { what, most_each, .. } = self;
        let share = party.map(|id| {
            self.each.take(Payer::Party(id.into()), *most_each).ok_or_else(|| {
                let detail = format!("{id} has {most_each} {what} under way here already");
                Problem::busy(StatusCode::TOO_MANY_REQUESTS, detail)
            })
        });
        let share = share.transpose()?;
        let place = self.all.clone().try_acquire_owned().map_err(|_| {
            let detail = format!("as many {what} are under way as this node takes at a time");
            Problem::busy(StatusCode::SERVICE_UNAVAILABLE, detail)
        })?;
        Ok(Place((place, share)))
    }
}

impl Place {
    /// An answer that holds its place until it was taken: whoever does not take it in cannot have
    /// one answer after the other lie here.
    pub(super) fn until_taken(self, answer: Bytes) -> Body {
        Body::from_stream(stream::unfold((answer, self), async |(mut answer, place)| {
            let chunk = answer.split_to(answer.len().min(ANSWER_CHUNK_BYTES));
            (!chunk.is_empty()).then_some((Ok::<_, Infallible>(chunk), (answer, place)))
        }))
    }
}

/// Where every request of a guarded door is counted.
pub(crate) struct Turnstile {
    parties: DefaultKeyedRateLimiter<Payer>,
    addresses: DefaultKeyedRateLimiter<Payer>,
    swept: Mutex<Instant>,
    under_way: Shares,
}

impl Turnstile {
    /// With the rates that the operator has chosen.
    pub(crate) fn new(config: &ApiConfig) -> Self {
        let quota = |a_second: NonZeroU32| {
            Quota::per_second(a_second).allow_burst(a_second.saturating_mul(BURST))
        };
        Self {
            parties: RateLimiter::keyed(quota(config.requests_per_s_party)),
            addresses: RateLimiter::keyed(quota(config.requests_per_s_address)),
            swept: Mutex::new(Instant::now()),
            under_way: Shares::default(),
        }
    }

    /// Lets one request pass, and counts it until the share goes.
    pub(super) fn enter(&self, payer: Payer) -> Result<Share, Problem> {
        let payer = payer.narrowed();
        let (rates, most) = match &payer {
            Payer::Party(_) => (&self.parties, REQUESTS_PER_PARTY_MAX),
            Payer::Address(_) => (&self.addresses, REQUESTS_PER_ADDRESS_MAX),
        };
        let counted_to = self.remembered(rates, &payer);
        rates.check_key(&counted_to).map_err(|until| too_early(rates, &until))?;
        self.under_way(payer, most)
    }

    /// Counts a request among those that are under way, and not by its rate: what is answered from
    /// memory costs no more than the connection.
    pub(super) fn stay(&self, payer: Payer) -> Result<Share, Problem> {
        let most = match &payer {
            Payer::Party(_) => REQUESTS_PER_PARTY_MAX,
            Payer::Address(_) => REQUESTS_PER_ADDRESS_MAX,
        };
        self.under_way(payer, most)
    }

    fn under_way(&self, payer: Payer, most: usize) -> Result<Share, Problem> {
        self.under_way.take(payer, most).ok_or_else(|| {
            let detail = format!("{most} requests are under way already; wait for their answers");
            Problem::busy(StatusCode::TOO_MANY_REQUESTS, detail)
        })
    }

    /// Counts a request of a party that does as much as several as so many more.
    pub(super) fn charge(&self, party: Payer, more: usize) -> Result<(), Problem> {
        let Some(more) = u32::try_from(more).ok().and_then(NonZeroU32::new) else { return Ok(()) };
        match self.parties.check_key_n(&party, more) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(until)) => Err(too_early(&self.parties, &until)),
            Err(InsufficientCapacity(most)) => {
                let detail =
                    format!("it counts as {more} requests more, and {most} may come at once");
                Err(Problem::too_many(detail, 1))
            }
        }
    }

    /// With very many addresses at once, those that are new share one rate, so that memory stays
    /// bounded. Parties are as many as the ledger has.
    fn remembered(&self, rates: &DefaultKeyedRateLimiter<Payer>, payer: &Payer) -> Payer {
        if rates.len() >= ADDRESSES_MAX {
            let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
            if swept.elapsed() >= SWEEP_EVERY {
                rates.retain_recent();
                *swept = Instant::now();
            }
        }
        match rates.len() < ADDRESSES_MAX {
            true => payer.clone(),
            false => Payer::Address(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        }
    }
}

fn too_early(
    rates: &DefaultKeyedRateLimiter<Payer>,
    until: &NotUntil<<DefaultClock as Clock>::Instant>,
) -> Problem {
    let wait = until.wait_time_from(rates.clock().now());
    let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
    Problem::too_many(format!("too many requests; the next one is taken in {seconds} s"), seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Payer {
        Payer::Address(text.parse().unwrap())
    }

    fn turnstile(rate: u32) -> Turnstile {
        let rate = NonZeroU32::new(rate).unwrap();
        Turnstile::new(&ApiConfig {
            requests_per_s_party: rate,
            requests_per_s_address: rate,
            ..ApiConfig::default()
        })
    }

    #[test]
    fn a_share_is_free_again_when_it_goes() {
        let shares = Shares::default();
        let one = shares.take(address("192.0.2.1"), 1).unwrap();
        assert!(shares.take(address("192.0.2.1"), 1).is_none());
        assert!(shares.take(address("192.0.2.2"), 1).is_some(), "another's is its own");
        drop(one);
        assert!(shares.take(address("192.0.2.1"), 1).is_some());
        assert!(shares.lock().is_empty(), "nothing is remembered of who holds nothing");
    }

    #[test]
    fn what_does_as_much_as_many_requests_counts_as_many() {
        let party = || Payer::Party("P".into());
        let turnstile = turnstile(10);
        assert!(turnstile.charge(party(), 0).is_ok());
        assert!(turnstile.charge(party(), 21).is_err(), "more than may ever come at once");
        assert!(turnstile.charge(party(), 20).is_ok());
        assert!(turnstile.charge(party(), 20).is_err());
        assert!(turnstile.enter(party()).is_err());
        assert!(turnstile.enter(Payer::Party("Q".into())).is_ok());
    }

    #[test]
    fn places_end_for_each_and_for_all_together() {
        let places = Places::new("listeners", 3, 2);
        let status = |party| places.take_for(party).err().map(|no| no.status());
        let one = places.take_for(Some("P")).ok();
        let _two = places.take_for(Some("P")).ok();
        assert_eq!(status(Some("P")), Some(429));
        let _three = places.take_for(Some("Q")).ok();
        assert_eq!(status(Some("R")), Some(503));
        assert_eq!(status(None), Some(503), "the operator as well");
        drop(one);
        assert_eq!(status(None), None, "who holds no share of a party's is bound by all alone");
        assert_eq!(status(Some("P")), None, "what was refused holds nothing");
    }

    #[test]
    fn addresses_of_one_network_are_one_payer() {
        let narrowed = |text: &str| address(text).narrowed();
        assert_eq!(narrowed("2001:db8::1"), narrowed("2001:db8::ffff:2"));
        assert_ne!(narrowed("2001:db8::1"), narrowed("2001:db8:0:1::1"));
        assert_eq!(narrowed("::ffff:192.0.2.1"), narrowed("192.0.2.1"));
    }

    #[test]
    fn what_is_under_way_is_bounded_for_each() {
        let turnstile = turnstile(1_000_000);
        let held: Vec<_> = (0..REQUESTS_PER_ADDRESS_MAX)
            .map(|_| turnstile.enter(address("192.0.2.1")).unwrap())
            .collect();
        assert!(turnstile.enter(address("192.0.2.1")).is_err());
        assert!(turnstile.enter(address("192.0.2.2")).is_ok());
        assert!(turnstile.enter(Payer::Party("P".into())).is_ok());
        drop(held);
        assert!(turnstile.enter(address("192.0.2.1")).is_ok());
    }
}
