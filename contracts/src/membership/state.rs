//! The records of this family.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use countersign_record::{
    Digest,
    founding::{Names, NodeKeys},
    keys::PublicKey,
};
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::{
    bodies::Change,
    power::{Balance, Tally},
};
use crate::{
    family::{
        desk::By,
        shapes::{part, words},
    },
    shared::Shared,
};

words! {
    /// What a party may do. One enterprise may have several roles.
    Role {
        /// A customs office 海关.
        0 Customs = "customs",
        /// A wharf, river or sea 码头.
        1 Wharf = "wharf",
        /// A supervised yard that brings boxes to inspection 口岸作业场站.
        2 Yard = "yard",
        /// A barge carrier 驳船承运人.
        3 Carrier = "carrier",
        /// A ship agent or manifest sender 船代/舱单传输人.
        4 Agent = "agent",
        /// A declarant 申报人: also the enterprise whose goods or guarantee it is.
        5 Declarant = "declarant",
        /// A tally company 理货公司.
        6 Tally = "tally",
        /// A truck carrier 拖车公司.
        7 Truck = "truck",
        /// A guarantor 担保人.
        8 Guarantor = "guarantor",
        /// A supplier of bonded oil 供油企业.
        9 Supplier = "supplier",
        /// A bonded warehouse 保税仓库.
        10 Warehouse = "warehouse",
        /// A bunker barge 供油船.
        11 BunkerBarge = "bunker_barge",
        /// A receiving ship, by its chief engineer or agent 受油船.
        12 ReceivingShip = "receiving_ship",
        /// A surveyor 公估.
        13 Surveyor = "surveyor",
        /// A courier for public matters 政务专递.
        14 Courier = "courier",
        /// An authority abroad or in Hong Kong that knows certificates of ours 境外主管机构.
        15 Authority = "authority",
    }
}

impl Role {
    /// The role of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|r| r.name() == name)
    }
}

/// The state of a subject of this family.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum State {
    /// `party:ID`.
    #[n(0)]
    Party(#[n(0)] Shared<Party>),
    /// `key:THUMBPRINT`.
    #[n(1)]
    Key(#[n(0)] Key),
    /// `roster`.
    #[n(2)]
    Roster(#[n(0)] Roster),
    /// `district:CODE` and `place:CODE`.
    #[n(3)]
    Name(#[n(0)] Names),
    /// `parameters`.
    #[n(4)]
    Parameters(#[n(0)] Shared<BTreeMap<String, i64>>),
    /// `proposal:NAME`.
    #[n(5)]
    Proposal(#[n(0)] Shared<Proposal>),
    /// `schedule`.
    #[n(6)]
    Schedule(#[n(0)] Schedule),
}

part! {
    /// A party as the ledger knows it.
    Party {
        /// Its names.
        1 names: Names,
        /// What it may do.
        2 roles: Vec<Role>,
        /// The district of a customs office.
        3 district: Option<String>,
        /// The supervised places that it runs.
        4 places: Vec<String>,
        /// Its valid keys.
        5 keys: Vec<Digest>,
        /// Its revoked keys.
        6 revoked_keys: Vec<Digest>,
        /// Whether it may act.
        7 active: bool,
        /// Why it may not, where it may not.
        8 reason: Option<String>,
    }
}

part! {
    /// A key as the ledger knows it.
    Key {
        /// Whose it is.
        1 party: String,
        /// The key.
        2 key: PublicKey,
        /// Why it was revoked, where it was.
        3 revoked: Option<String>,
    }
}

/// Every party's nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(map)]
pub struct Roster {
    /// Party id to its nodes.
    #[n(1)]
    pub members: BTreeMap<String, Member>,
}

part! {
    /// One party's nodes.
    Member {
        /// The nodes.
        1 nodes: Vec<NodeKeys>,
        /// Whether they take part.
        2 active: bool,
    }
}

words! {
    /// How far a proposal has come.
    Stage {
        /// It can be approved.
        0 Open = "open",
        /// It has taken effect.
        1 Enacted = "enacted",
        /// Its height came without a quorum, or when it could no longer be done.
        2 Lapsed = "lapsed",
        /// The proposer took it back.
        3 Withdrawn = "withdrawn",
    }
}

part! {
    /// A change that is, or was, voted on.
    Proposal {
        /// What would change.
        1 change: Change,
        /// The first height to which the change applies.
        2 effective_height: u64,
        /// Why, in the proposer's words.
        3 reason: String,
        /// Who proposed it.
        4 proposed: By,
        /// Who approved, the proposer first.
        5 approvals: Vec<By>,
        /// How far it has come.
        6 stage: Stage,
        /// How the approvals stood at the last of them, and at the end.
        7 tally: Tally,
        ;
        /// What the change does to the voting power, where it does anything, as of that moment.
        8 balance: Balance,
        /// Why it was withdrawn.
        9 withdrawn: String,
        /// What stood against it when its height came, where it had a quorum.
        10 against: Against,
    }
}

part! {
    /// A rule that stood against what a quorum had approved.
    Against {
        /// Its number.
        1 rule: u32,
        /// The whole sentence in English.
        2 en: String,
        /// The whole sentence in Chinese.
        3 zh: String,
    }
}

/// The proposals that are open, by the height at which each takes effect: one a height, so that
/// what is approved is what happens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(map)]
pub struct Schedule {
    /// Height to proposal.
    #[n(1)]
    pub open: BTreeMap<u64, Scheduled>,
}

part! {
    /// One open proposal.
    Scheduled {
        /// Its name.
        1 proposal: String,
        /// The proposer.
        2 party: String,
    }
}

/// The name of a party's subject.
pub fn party_subject(id: &str) -> String {
    format!("party:{id}")
}

/// The name of a key's subject.
pub fn key_subject(kid: &Digest) -> String {
    format!("key:{kid}")
}

/// The name of a proposal's subject.
pub fn proposal_subject(name: &str) -> String {
    format!("proposal:{name}")
}

/// The subject that lists the nodes.
pub const ROSTER: &str = "roster";
/// The subject that holds the parameters.
pub const PARAMETERS_SUBJECT: &str = "parameters";
/// The subject that lists the open proposals.
pub const SCHEDULE: &str = "schedule";
/// The parameter that holds the version of the rules. Where it is not set, the founding document's
/// field says it.
pub const RULES_PARAMETER: &str = "membership.rules";
