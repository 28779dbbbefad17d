//! Submitters: each sends a signed entry, waits until it is final, and verifies the receipt.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use countersign_client::http::{Client, ClientFault, Submitted};
use countersign_record::{
    founding::Genesis,
    verify::{VerifiedOutcome, Verifier},
};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

/// Most entries under way in an open loop; what comes on top waits, and its waiting counts.
const UNDER_WAY_MAX: usize = 4096;
/// The idle time before each entry that is sent alone, milliseconds: not the same each time, so
/// that no beat of the network is met or missed always.
const ALONE_PAUSE_MS: std::ops::Range<u64> = 30..90;

/// The nodes, and what their receipts are checked against.
pub(super) struct Network {
    clients: Vec<Client>,
    verifier: Mutex<Verifier>,
}

/// What became of the entries of one run.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// From submission to the verified receipt.
    pub(super) latencies: Vec<Duration>,
    /// The check of the receipt alone.
    pub(super) checks: Vec<Duration>,
    /// Entries without a receipt of acceptance.
    pub(super) failed: u64,
    /// Why the first of them has none.
    pub(super) first_failure: Option<String>,
    /// From the first submission to the last answer.
    pub(super) took: Duration,
}

impl Tally {
    fn note(&mut self, began: Instant, outcome: Result<Duration, String>) {
        match outcome {
            Ok(check) => {
                self.latencies.push(began.elapsed());
                self.checks.push(check);
            }
            Err(why) => {
                self.failed += 1;
                self.first_failure.get_or_insert(why);
            }
        }
    }

    fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.checks.extend(other.checks);
        self.failed += other.failed;
        self.first_failure = self.first_failure.take().or(other.first_failure);
    }
}

impl Network {
    /// The nodes of a network.
    ///
    /// # Errors
    /// The founding document names no validators that can agree.
    pub(super) fn new(clients: Vec<Client>, genesis: Genesis) -> anyhow::Result<Arc<Self>> {
        let verifier = Mutex::new(Verifier::new(genesis)?);
        Ok(Arc::new(Self { clients, verifier }))
    }

    /// Sends one entry through a node and verifies its receipt; how long the check took.
    async fn record(&self, node: usize, statement: &[u8]) -> Result<Duration, String> {
        let client = &self.clients[node % self.clients.len()];
        let submitted = client.submit(statement, true).await;
        self.verify(statement, submitted)
    }

    /// Sends entries through a node in one request and verifies the receipt of each.
    async fn record_many(&self, node: usize, entries: &[Vec<u8>], tally: &mut Tally) {
        let (client, began) = (&self.clients[node % self.clients.len()], Instant::now());
        match client.submit_many(entries, true).await {
            Ok(answers) => {
                for (entry, submitted) in entries.iter().zip(answers) {
                    tally.note(began, self.verify(entry, submitted));
                }
            }
            Err(e) => entries.iter().for_each(|_| tally.note(began, Err(e.to_string()))),
        }
    }

    /// How long the check of a receipt took.
    fn verify(
        &self,
        statement: &[u8],
        submitted: Result<Submitted, ClientFault>,
    ) -> Result<Duration, String> {
        let receipt = match submitted {
            Ok(Submitted::Final(receipt)) => receipt,
            Ok(Submitted::Waiting) => return Err("no receipt while the node waited".into()),
            Err(e) => return Err(e.to_string()),
        };
        let began = Instant::now();
        let verified = match self.verifier.lock() {
            Ok(mut verifier) => verifier.verify(&receipt).map_err(|e| e.to_string())?,
            Err(_) => return Err("the verifier has failed".into()),
        };
        match verified.outcome() {
            VerifiedOutcome::Accepted(proven) if proven.bytes() == statement => Ok(began.elapsed()),
            VerifiedOutcome::Accepted(_) => Err("the receipt is for another entry".into()),
            VerifiedOutcome::Refused(_) => Err("the receipt proves a refusal".into()),
        }
    }

    /// All of them, one after the other, as fast as each becomes final.
    pub(super) async fn in_order(&self, entries: &[Vec<u8>]) -> Tally {
        let (first, mut tally) = (Instant::now(), Tally::default());
        for entry in entries {
            tally.note(Instant::now(), self.record(0, entry).await);
        }
        tally.took = first.elapsed();
        tally
    }

    /// One at a time on a network that is idle in between, through the nodes in turn.
    pub(super) async fn alone(&self, entries: &[Vec<u8>], at_most: Duration) -> Tally {
        let (first, mut tally) = (Instant::now(), Tally::default());
        let mut random = Random::new();
        for (i, entry) in entries.iter().enumerate() {
            if first.elapsed() >= at_most {
                break;
            }
            let pauses = ALONE_PAUSE_MS.end - ALONE_PAUSE_MS.start;
            sleep(Duration::from_millis(ALONE_PAUSE_MS.start + random.next() % pauses)).await;
            tally.note(Instant::now(), self.record(i, entry).await);
        }
        tally.took = first.elapsed();
        tally
    }

    /// So many submitters, each with one request of so many entries under way, until the time is over
    /// or nothing is left to send. What is under way at the end is waited for, and counts.
    pub(super) async fn closed(
        self: &Arc<Self>,
        entries: Vec<Vec<u8>>,
        submitters: usize,
        each: usize,
        time: Duration,
    ) -> Tally {
        let first = Instant::now();
        let (entries, next) = (Arc::new(entries), Arc::new(AtomicUsize::new(0)));
        let mut working = JoinSet::new();
        for submitter in 0..submitters {
            let (network, entries, next) = (self.clone(), entries.clone(), next.clone());
            working.spawn(async move {
                let mut tally = Tally::default();
                while first.elapsed() < time {
                    let i = next.fetch_add(each, Ordering::Relaxed).min(entries.len());
                    match &entries[i..entries.len().min(i + each)] {
                        [] => break,
                        [one] => tally.note(Instant::now(), network.record(submitter, one).await),
                        many => network.record_many(submitter, many, &mut tally).await,
                    }
                }
                tally
            });
        }
        gather(working, first).await
    }

    /// Entries at a rate, at random moments, whatever becomes of them. The clock of each runs from
    /// the moment at which it was due, not from when there was time to send it.
    pub(super) async fn open(
        self: &Arc<Self>,
        entries: Vec<Vec<u8>>,
        per_s: f64,
        time: Duration,
    ) -> Tally {
        let (first, mut due) = (Instant::now(), Duration::ZERO);
        let room = Arc::new(Semaphore::new(UNDER_WAY_MAX));
        let (mut random, mut working) = (Random::new(), JoinSet::new());
        for (i, entry) in entries.into_iter().enumerate() {
            due += random.gap(per_s);
            if due >= time {
                break;
            }
            sleep_until(first + due).await;
            let Ok(place) = room.clone().acquire_owned().await else { break };
            let network = self.clone();
            working.spawn(async move {
                let mut tally = Tally::default();
                tally.note(first + due, network.record(i, &entry).await);
                drop(place);
                tally
            });
        }
        gather(working, first).await
    }
}

async fn gather(mut working: JoinSet<Tally>, first: Instant) -> Tally {
    let mut all = Tally::default();
    while let Some(done) = working.join_next().await {
        match done {
            Ok(tally) => all.add(tally),
            Err(e) => all.note(first, Err(e.to_string())),
        }
    }
    all.took = first.elapsed();
    all
}

/// A small generator of numbers (xorshift64): the same ones in each run, so that runs compare.
struct Random(u64);

impl Random {
    fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// The time to the next of events that come at random, so many a second.
    fn gap(&mut self, per_s: f64) -> Duration {
        // 53 bits: a fraction above 0 and at most 1.
        let fraction = ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
        Duration::try_from_secs_f64(-fraction.ln() / per_s).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_gaps_come_at_the_rate() {
        let mut random = Random::new();
        let total: Duration = (0..100_000).map(|_| random.gap(1000.0)).sum();
        let seconds = total.as_secs_f64();
        assert!((98.0..102.0).contains(&seconds), "{seconds}");
    }

    #[test]
    fn no_rate_means_never() {
        assert_eq!(Random::new().gap(0.0), Duration::MAX);
    }

    #[test]
    fn tallies_add_up_and_keep_the_first_reason() {
        let mut all = Tally::default();
        let mut one = Tally::default();
        one.note(Instant::now(), Ok(Duration::from_millis(1)));
        one.note(Instant::now(), Err("first".into()));
        let mut two = Tally::default();
        two.note(Instant::now(), Err("second".into()));
        all.add(one);
        all.add(two);
        assert_eq!((all.latencies.len(), all.checks.len(), all.failed), (1, 1, 2));
        assert_eq!(all.first_failure.as_deref(), Some("first"));
    }
}
