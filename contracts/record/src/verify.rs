//! The offline check of a receipt against the founding document: the named steps, in order.

use alloc::{collections::VecDeque, format, string::String, vec::Vec};
use core::fmt;

use crate::{
    commit::{CommitProof, FinalHeader},
    encoding::{self, Malformed},
    founding::Genesis,
    limits::PROOFS_HELD_MAX,
    log,
    receipt::{Claim, Receipt},
    refused::RefusedEntry,
    statement::Statement,
    succession::{Succession, start},
};

/// A step of the check. Each one that passes is told to the reader; the first that fails ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The file is in the one encoding of a receipt.
    Form,
    /// The founding document names validators that can agree.
    Founding,
    /// Each change of the validator set is signed by the set before.
    Membership,
    /// More than two thirds of the validators of that height signed the header.
    Quorum,
    /// The statement was signed by the key that it names.
    Signature,
    /// The entry is a leaf of the tree whose root the header holds.
    Inclusion,
    /// The record, or its absence, leads to the state root that the header holds.
    State,
    /// It is about the subject and the height that were asked about.
    Question,
}

impl Step {
    /// The step in English and in Chinese.
    pub fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::Form => ("well-formed", "格式正确"),
            Self::Founding => ("founding document", "创始文件"),
            Self::Membership => ("validator set of that height", "该高度的验证人集合"),
            Self::Quorum => ("more than two thirds signed", "超过三分之二验证人签名"),
            Self::Signature => ("signed by the party", "当事方签名"),
            Self::Inclusion => ("included in the log", "已列入日志"),
            Self::State => ("place in the state tree", "状态树中的位置"),
            Self::Question => ("what was asked about", "所查询的对象与高度"),
        }
    }
}

/// Why a receipt was not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotVerified {
    /// The step that failed.
    pub step: Step,
    /// What was found.
    pub why: String,
}

impl fmt::Display for NotVerified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not verified, step '{}': {}", self.step.text().0, self.why)
    }
}

impl core::error::Error for NotVerified {}

/// What a receipt proves once it was checked. Only [`verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedReceipt {
    outcome: VerifiedOutcome,
    index: u64,
    header: FinalHeader,
}

/// What was proven about the entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifiedOutcome {
    /// It was accepted.
    Accepted(Statement),
    /// It was refused, and by which rule.
    Refused(RefusedEntry),
}

impl VerifiedReceipt {
    /// What was proven about the entry.
    pub fn outcome(&self) -> &VerifiedOutcome {
        &self.outcome
    }

    /// The number of its leaf.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The final header that holds it, with the parties that signed.
    pub fn header(&self) -> &FinalHeader {
        &self.header
    }
}

/// Checks a receipt in either form against the founding document alone.
///
/// # Errors
/// The first step that fails.
pub fn verify(genesis: &Genesis, bytes: &[u8]) -> Result<VerifiedReceipt, NotVerified> {
    let receipt = Receipt::parse(bytes).map_err(|e| fault(Step::Form, e))?;
    verify_parsed(genesis, &receipt)
}

/// Checks a receipt that was already read.
///
/// # Errors
/// The first step that fails.
pub fn verify_parsed(genesis: &Genesis, receipt: &Receipt) -> Result<VerifiedReceipt, NotVerified> {
    verify_trusting(genesis, None, receipt)
}

/// Checks a receipt that may begin after a validator set that the verifier has followed itself;
/// one that begins before is checked from the founders on.
///
/// # Errors
/// The first step that fails.
pub fn verify_trusting(
    genesis: &Genesis,
    trusted: Option<&Succession>,
    receipt: &Receipt,
) -> Result<VerifiedReceipt, NotVerified> {
    let header = check_quorum(genesis, trusted, receipt)?;
    conclude(receipt, header)
}

/// Checks one receipt after the other, for whoever has many: receipts of one batch carry the same
/// signatures of its validators, and those are checked once.
///
/// What it answers is what [`verify`] would answer. Only a whole commit proof that held is
/// remembered, and it is recognised by all of its bytes.
#[derive(Clone, Debug)]
pub struct Verifier {
    genesis: Genesis,
    founders: Succession,
    /// The commit proofs that held, oldest first.
    held: VecDeque<(CommitProof, FinalHeader)>,
}

impl Verifier {
    /// A verifier for one network.
    ///
    /// # Errors
    /// The founding document names no validators that can agree.
    pub fn new(genesis: Genesis) -> Result<Self, NotVerified> {
        let founders = Succession::founders(&genesis)?;
        Ok(Self { genesis, founders, held: VecDeque::new() })
    }

    /// Checks a receipt in either form.
    ///
    /// # Errors
    /// The first step that fails.
    pub fn verify(&mut self, bytes: &[u8]) -> Result<VerifiedReceipt, NotVerified> {
        let receipt = Receipt::parse(bytes).map_err(|e| fault(Step::Form, e))?;
        let known = self.held.iter().find(|(commit, _)| *commit == receipt.commit);
        let header = match known {
            // Changes of the set that come along are part of what has to hold.
            Some((_, header)) if receipt.links.is_empty() => header.clone(),
            _ => self.check(&receipt)?,
        };
        conclude(&receipt, header)
    }

    fn check(&mut self, receipt: &Receipt) -> Result<FinalHeader, NotVerified> {
        if !receipt.links.is_empty() {
            return check_quorum(&self.genesis, None, receipt);
        }
        let (network, set) = (self.founders.network(), self.founders.set());
        let header = receipt.commit.verify(&network, set).map_err(|e| fault(Step::Quorum, e))?;
        if self.held.len() >= PROOFS_HELD_MAX {
            self.held.pop_front();
        }
        self.held.push_back((receipt.commit.clone(), header.clone()));
        Ok(header)
    }
}

fn check_quorum(
    genesis: &Genesis,
    trusted: Option<&Succession>,
    receipt: &Receipt,
) -> Result<FinalHeader, NotVerified> {
    let height = receipt.commit.header.height;
    let from = start(genesis, trusted, &receipt.links, height)?;
    let network = from.network();
    let set = from.set_at(&receipt.links, height)?;
    receipt.commit.verify(&network, &set).map_err(|e| fault(Step::Quorum, e))
}

/// The steps that are left once the header is known to be final.
fn conclude(receipt: &Receipt, header: FinalHeader) -> Result<VerifiedReceipt, NotVerified> {
    let outcome = check_claim(receipt)?;
    check_inclusion(receipt, header.header())?;
    Ok(VerifiedReceipt { outcome, index: receipt.index, header })
}

fn check_claim(receipt: &Receipt) -> Result<VerifiedOutcome, NotVerified> {
    match &receipt.claim {
        Claim::Accepted { statement, signer } => {
            let statement = Statement::parse(statement).map_err(|e| fault(Step::Form, e))?;
            if statement.payload().network != receipt.commit.header.network {
                let why = "the statement was made for another network";
                return Err(NotVerified { step: Step::Signature, why: why.into() });
            }
            if !statement.is_signed_by(signer) {
                let why = format!("the key {} did not sign this statement", statement.kid());
                return Err(NotVerified { step: Step::Signature, why });
            }
            Ok(VerifiedOutcome::Accepted(statement))
        }
        Claim::Refused { record } => {
            let record: Result<RefusedEntry, Malformed> =
                encoding::decode("refusal record", record);
            record.map(VerifiedOutcome::Refused).map_err(|e| fault(Step::Form, e))
        }
    }
}

fn check_inclusion(receipt: &Receipt, header: &crate::header::Header) -> Result<(), NotVerified> {
    let (leaf, size, root): (&Vec<u8>, _, _) = match &receipt.claim {
        Claim::Accepted { statement, .. } => (statement, header.log_size, &header.log_root),
        Claim::Refused { record } => (record, header.refusals_size, &header.refusals_root),
    };
    if log::includes(size, root, receipt.index, leaf, &receipt.path) {
        return Ok(());
    }
    let why = format!("leaf {} of {size} does not lead to the root {root}", receipt.index);
    Err(NotVerified { step: Step::Inclusion, why })
}

fn fault(step: Step, e: impl fmt::Display) -> NotVerified {
    NotVerified { step, why: format!("{e}") }
}

/// The steps of a check that passed, for people.
pub fn steps(receipt: &VerifiedReceipt) -> Vec<Step> {
    let mut steps = alloc::vec![Step::Form, Step::Founding, Step::Membership, Step::Quorum];
    if matches!(receipt.outcome, VerifiedOutcome::Accepted(_)) {
        steps.push(Step::Signature);
    }
    steps.push(Step::Inclusion);
    steps
}
