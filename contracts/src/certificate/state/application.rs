//! An application and what was said to it.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;

use crate::{
    certificate::bodies::{Application, Decision, Outcome},
    family::{
        desk::{By, Due},
        shapes::{part, words},
    },
    guarantee::bodies::Grade,
};

words! {
    /// How an application stands.
    Stage {
        /// A certificate may be issued: the rules passed it, or an officer approved it 审核通过.
        0 Passed = "passed",
        /// Back to the applicant 退回修改.
        1 Returned = "returned",
        /// Waits for an officer 人工复核.
        2 Manual = "manual",
        /// Under investigation; only an officer closes it 调查.
        3 Investigated = "investigated",
        /// No certificate 不予签发.
        4 Refused = "refused",
        /// Taken back by the applicant 撤回.
        5 Withdrawn = "withdrawn",
        /// Its certificate is issued 已签发.
        6 Issued = "issued",
    }
}

part! {
    /// What a review came to, and by which rules.
    Reviewed {
        /// The outcome.
        1 outcome: Outcome,
        /// The rows that hit, by their numbers, in order.
        2 hits: Vec<u32>,
        /// The version of the engine that reviewed.
        3 engine: u32,
        /// Ledger time.
        4 at: u64,
        ;
        /// The rule set, for instance `5165.FORM_E.1`; none where the office had none in force, which
        /// leaves it to an officer.
        5 ruleset: String,
    }
}

part! {
    /// What an officer decided.
    Ruled {
        /// Who.
        1 by: By,
        /// What.
        2 decision: Decision,
        /// Why.
        3 reason: String,
        /// Salted digest of the officer's identity.
        4 officer_hash: Digest,
        /// What it rests on; entries of evidence.
        5 evidence: Vec<Digest>,
    }
}

part! {
    /// An application.
    Applied {
        /// How it stands.
        1 stage: Stage,
        /// Who submitted it last, and in which entry.
        2 by: By,
        /// What was submitted last.
        3 application: Application,
        /// The enterprise's grade at that time; a later review of the same application uses it too.
        4 grade: Grade,
        /// Every review, the last one at the end. An application is submitted at most
        /// `SUBMISSIONS_MAX` times.
        5 reviews: Vec<Reviewed>,
        /// Numbers of the fields that the applicant sealed.
        6 sealed: Vec<u32>,
        ;
        /// By when an officer should have decided, while it waits for one.
        7 due: Due,
        /// The last word of an officer.
        8 ruled: Ruled,
        /// The certificate.
        9 certificate: String,
    }
}

impl Applied {
    /// Whether it waits for an officer.
    pub fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Manual | Stage::Investigated)
    }
}
