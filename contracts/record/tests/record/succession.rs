//! Any number of changes of the validator set: members join, leave, take other keys and other
//! powers in one history, and every receipt of it holds for ever.

use countersign_record::{
    commit::Link,
    membership::{Validator, ValidatorSet},
    receipt::Receipt,
    succession::Succession,
    verify::{Step, verify, verify_parsed, verify_trusting},
};
use proptest::{collection::vec, prelude::*};

use crate::support::{Network, commit, link, public, set_of};

/// More than any receipt could carry once.
const MANY: usize = 1_100;
/// Most validators at a time: enough for every shape of quorum.
const MEMBERS_MAX: usize = 7;

/// A validator and the word that its key stands for.
#[derive(Clone)]
struct Member {
    party: String,
    seed: String,
    power: u64,
}

/// What changes: a join, a departure, a rotated key or another power, of whom, and who signs first.
type Change = (u8, u16, u16);

/// A network whose validators change at every second height.
struct Chain {
    network: Network,
    members: Vec<Member>,
    made: u32,
    links: Vec<Link>,
}

impl Chain {
    fn founded() -> Self {
        let network = Network::of(&[1, 1, 1, 1]);
        let members = (0..4).map(|i| Member {
            party: format!("PARTY{i}"),
            seed: format!("validator {i}"),
            power: 1,
        });
        Self { members: members.collect(), network, made: 0, links: Vec::new() }
    }

    fn set(&self) -> ValidatorSet {
        let one =
            |m: &Member| Validator { party: m.party.clone(), key: public(&m.seed), power: m.power };
        ValidatorSet::new(self.members.iter().map(one).collect()).unwrap()
    }

    /// As few as make a quorum, beginning with any of them.
    fn signers(&self, first: u16) -> Vec<&str> {
        let (set, n) = (self.set(), self.members.len());
        let mut power = 0;
        let turned = self.members.iter().cycle().skip(usize::from(first) % n).take(n);
        let needed = turned.take_while(|m| {
            let more = !set.is_quorum(power);
            power += m.power;
            more
        });
        needed.map(|m| m.seed.as_str()).collect()
    }

    fn change(&mut self, (kind, who, first): Change) {
        let (before, signers) = (self.set(), self.signers(first));
        let signers: Vec<String> = signers.into_iter().map(Into::into).collect();
        self.made += 1;
        let (n, seed) = (self.members.len(), format!("key {}", self.made));
        let who = usize::from(who) % n;
        match kind % 4 {
            0 if n < MEMBERS_MAX => {
                let party = format!("JOINED{}", self.made);
                self.members.push(Member { party, seed, power: 1 + u64::from(kind / 4) % 3 });
            }
            1 if n > 1 => drop(self.members.remove(who)),
            2 => self.members[who].power = 1 + self.members[who].power % 5,
            _ => self.members[who].seed = seed,
        }
        let height = self.height();
        let signers: Vec<&str> = signers.iter().map(String::as_str).collect();
        let change = link(&self.network, height, &before, &signers, &self.set());
        self.links.push(change);
    }

    /// The height of the next change; the one after it is signed by the set that it led to.
    fn height(&self) -> u64 {
        1 + 2 * self.links.len() as u64
    }

    /// A receipt of now that carries the changes from one on.
    fn receipt(&self, from: usize) -> Receipt {
        let mut receipt = self.network.receipt(9, 4, &[]);
        receipt.commit.header.height = self.height() - 1;
        receipt.commit.header.validators = self.set().digest();
        receipt.commit = commit(receipt.commit.header, 0, self.signers(0));
        receipt.links = self.links[from..].to_vec();
        receipt
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1, ..ProptestConfig::default() })]

    #[test]
    fn receipts_outlive_any_number_of_changes(
        changes in vec(any::<Change>(), MANY..MANY + 200), missing in any::<prop::sample::Index>(),
    ) {
        let mut chain = Chain::founded();
        let genesis = chain.network.genesis.clone();
        let mut known = Succession::founders(&genesis).unwrap();
        let mut kept = Vec::new();
        for (i, change) in changes.into_iter().enumerate() {
            chain.change(change);
            known.follow(chain.links.last().unwrap()).unwrap();
            prop_assert_eq!(known.set(), &chain.set());
            if i % 500 == 0 {
                kept.push(chain.receipt(0).to_compact());
            }
        }
        kept.push(chain.receipt(0).to_cose().unwrap());
        for receipt in &kept {
            verify(&genesis, receipt).unwrap();
        }

        // One change that is left out breaks the chain, whichever it is.
        let mut broken = chain.receipt(0);
        broken.links.remove(missing.index(chain.links.len()));
        let no = verify_parsed(&genesis, &broken).unwrap_err();
        prop_assert!(matches!(no.step, Step::Membership | Step::Quorum), "{}", no);

        // Who has followed them needs none of them, and as much to remember as after the first.
        let file = known.to_bytes();
        prop_assert!(file.len() < 1_000, "{} bytes", file.len());
        let trusted = Succession::parse(&genesis, &file).unwrap();
        let short = chain.receipt(chain.links.len());
        verify_trusting(&genesis, Some(&trusted), &short).unwrap();
        prop_assert_eq!(verify_parsed(&genesis, &short).unwrap_err().step, Step::Quorum);
    }
}

/// Founders, then {a, b, c, d} after height 1, {e} after height 3.
fn chain() -> (Network, [Link; 2]) {
    let network = Network::of(&[1, 1, 1, 1]);
    let founders = ["validator 0", "validator 1", "validator 2"];
    let (first, second) = (set_of(&["a", "b", "c", "d"]), set_of(&["e"]));
    let to_first = link(&network, 1, &network.set(), &founders, &first);
    let to_second = link(&network, 3, &first, &["a", "b", "d"], &second);
    (network, [to_first, to_second])
}

#[test]
fn a_change_that_does_not_hold_changes_nothing() {
    let (network, [to_first, to_second]) = chain();
    let mut known = Succession::founders(&network.genesis).unwrap();
    let begun = known.clone();
    assert_eq!((known.since(), known.network()), (0, network.id()));
    assert_eq!(known.follow(&to_second).unwrap_err().step, Step::Membership);
    let mut few = to_first.clone();
    few.commit.signatures.pop();
    assert!(known.follow(&few).unwrap_err().why.contains("2 of 4 signed"));
    let mut other = to_first.clone();
    other.next = to_second.next.clone();
    assert!(known.follow(&other).unwrap_err().why.contains("commits to another set"));
    assert_eq!(known, begun);
    known.follow(&to_first).unwrap();
    assert_eq!((known.since(), known.set()), (1, &to_first.next));
    assert!(known.follow(&to_first).unwrap_err().why.contains("out of order"));
    known.follow(&to_second).unwrap();
}

#[test]
fn a_proof_that_begins_before_what_is_trusted_is_checked_from_the_founders() {
    let (network, links) = chain();
    let genesis = &network.genesis;
    let mut trusted = Succession::founders(genesis).unwrap();
    trusted.follow(&links[0]).unwrap();

    let at = |height: u64, set: &ValidatorSet, seeds: &[&str], links: &[Link]| {
        let mut receipt = network.receipt(9, 4, &[]);
        receipt.commit.header.height = height;
        receipt.commit.header.validators = set.digest();
        receipt.commit = commit(receipt.commit.header, 0, seeds.iter().copied());
        receipt.links = links.to_vec();
        verify_trusting(genesis, Some(&trusted), &receipt).map(|_| ()).map_err(|no| no.step)
    };
    let (first, second) = (&links[0].next, &links[1].next);
    let old = ["validator 0", "validator 1", "validator 3"];
    // At the height of the change itself, the founders still sign.
    assert_eq!(at(1, &network.set(), &old, &[]), Ok(()));
    assert_eq!(at(2, first, &["a", "b", "c"], &[]), Ok(()));
    assert_eq!(at(2, first, &["a", "b", "c"], &links[..1]), Ok(()));
    assert_eq!(at(4, second, &["e"], &links[1..]), Ok(()));
    assert_eq!(at(4, second, &["e"], &links), Ok(()));
    // Who was replaced signs no more; a change that is missing after the trusted one is missed.
    assert_eq!(at(2, &network.set(), &old, &[]), Err(Step::Quorum));
    assert_eq!(at(4, second, &["e"], &[]), Err(Step::Quorum));
    assert_eq!(at(4, second, &["e"], &links[..1]), Err(Step::Quorum));
}

#[test]
fn what_is_kept_is_read_by_its_own_network_alone() {
    let (network, [to_first, _]) = chain();
    let mut known = Succession::founders(&network.genesis).unwrap();
    known.follow(&to_first).unwrap();
    let bytes = known.to_bytes();
    assert_eq!(Succession::parse(&network.genesis, &bytes), Ok(known.clone()));
    let mut elsewhere = Network::of(&[1, 1, 1, 1]);
    elsewhere.genesis.name = "elsewhere".into();
    let no = Succession::parse(&elsewhere.genesis, &bytes).unwrap_err();
    assert!(no.why.contains("it is of the network"), "{no}");
    assert!(Succession::parse(&network.genesis, &bytes[1..]).is_err());

    // What another network's verifier trusts is no place to begin here.
    let foreign = Succession::founders(&elsewhere.genesis).unwrap();
    let receipt = network.receipt(9, 4, &[0, 1, 2]);
    verify_trusting(&network.genesis, Some(&foreign), &receipt).unwrap();
}
