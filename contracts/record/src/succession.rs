//! Who may sign at a height: the founders, and who came after them, one signed change at a time.

use alloc::{format, vec::Vec};

use minicbor::{Decode, Encode};

use crate::{
    commit::Link,
    digest::Digest,
    encoding::{self, Malformed},
    founding::Genesis,
    membership::ValidatorSet,
    verify::{NotVerified, Step},
};

/// The validator set after some change, reached from the founders over changes that the set before
/// signed with more than two thirds of its power.
///
/// It is as large after a million changes as after one. Who keeps it ([`Succession::to_bytes`]) need
/// not look again at the changes that led to it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Succession {
    #[n(1)]
    network: Digest,
    /// The height whose header named the set; 0 for the founders.
    #[n(2)]
    since: u64,
    #[n(3)]
    set: ValidatorSet,
}

impl Succession {
    /// The founders, to begin with.
    ///
    /// # Errors
    /// The founding document names no validators that can agree.
    pub fn founders(genesis: &Genesis) -> Result<Self, NotVerified> {
        let set = genesis
            .validators()
            .map_err(|e| NotVerified { step: Step::Founding, why: format!("{e}") })?;
        Ok(Self { network: genesis.network(), since: 0, set })
    }

    /// Goes on over one change.
    ///
    /// # Errors
    /// The present set did not sign it, it is out of order, or nothing changes: nothing is changed
    /// here then.
    pub fn follow(&mut self, link: &Link) -> Result<(), NotVerified> {
        let no = |why| Err(NotVerified { step: Step::Membership, why });
        let at = link.commit.header.height;
        if at <= self.since {
            return no(format!("a change at height {at} is out of order"));
        }
        let header = match link.commit.verify(&self.network, &self.set) {
            Ok(header) => header,
            Err(e) => return no(format!("{e}")),
        };
        if header.header().next_validators != link.next.digest() {
            return no(format!("the header at height {at} commits to another set"));
        }
        if link.next == self.set {
            return no(format!("nothing changes at height {at}"));
        }
        (self.set, self.since) = (link.next.clone(), at);
        Ok(())
    }

    /// The set of a later height, over the changes between.
    pub(crate) fn set_at(
        mut self,
        links: &[Link],
        height: u64,
    ) -> Result<ValidatorSet, NotVerified> {
        for link in links {
            let at = link.commit.header.height;
            if at >= height {
                let why = format!("a change at height {at} is out of order");
                return Err(NotVerified { step: Step::Membership, why });
            }
            self.follow(link)?;
        }
        Ok(self.set)
    }

    /// The network.
    pub fn network(&self) -> Digest {
        self.network
    }

    /// The height of the last change that was followed, 0 before the first: the set signs the
    /// heights after it.
    pub fn since(&self) -> u64 {
        self.since
    }

    /// The validators.
    pub fn set(&self) -> &ValidatorSet {
        &self.set
    }

    /// A file for whoever followed the changes to keep. It proves nothing to anybody else.
    pub fn to_bytes(&self) -> Vec<u8> {
        encoding::encode(self)
    }

    /// Reads a file that the reader has kept.
    ///
    /// # Errors
    /// It is no such file, or one of another network.
    pub fn parse(genesis: &Genesis, bytes: &[u8]) -> Result<Self, Malformed> {
        const WHAT: &str = "trusted validator set";
        let kept: Self = encoding::decode(WHAT, bytes)?;
        let expected = genesis.network();
        if kept.network != expected {
            let why = format!("it is of the network {}, expected {expected}", kept.network);
            return Err(Malformed::new(WHAT, 0, why));
        }
        Ok(kept)
    }
}

/// Where a check begins: at what the verifier trusts already if the proof begins after it, else at
/// the founders.
pub(crate) fn start(
    genesis: &Genesis,
    trusted: Option<&Succession>,
    links: &[Link],
    height: u64,
) -> Result<Succession, NotVerified> {
    let begins = links.first().map_or(height, |link| link.commit.header.height);
    match trusted {
        Some(known) if begins > known.since && known.network == genesis.network() => {
            Ok(known.clone())
        }
        _ => Succession::founders(genesis),
    }
}
