//! The one list of families, and the shape that each of them has.

pub mod concern;
pub(crate) mod desk;
pub(crate) mod fields;
pub mod kind;
pub(crate) mod shapes;

use alloc::{boxed::Box, collections::BTreeMap, format, string::String, vec::Vec};

use countersign_record::{Digest, encoding, encoding::Malformed, statement};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    bonded_oil, certificate, combined_port, evidence, guarantee,
    membership::{self, Role},
    refusal::{Refusal, Rule},
    world::{Moment, No, Record, SubjectKey, Unreadable, World},
};

pub use concern::Asker;

/// Declares the families: number, name in documents, module and variant. Each module has the same
/// shape: `Action` (`check`, `signers`, `decide`), `Event`, `State` (`next_deadline`, `expire`,
/// `alerts`, `listed_under`, `concerns`), `evolve`, `body_from_json`, and `PARAMETERS`.
macro_rules! families {
    ($( $(#[$doc:meta])* $n:literal $text:literal $module:ident $Family:ident; )*) => {
        /// A family of the ledger.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize,
            Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        #[cbor(index_only)]
        pub enum FamilyName { $( $(#[$doc])* #[n($n)] $Family, )* }

        impl FamilyName {
            /// Every family.
            pub const ALL: &'static [Self] = &[ $( Self::$Family, )* ];

            /// The name that actions carry.
            pub fn name(self) -> &'static str {
                match self { $( Self::$Family => $text, )* }
            }

            /// The family of that name.
            pub fn find(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|f| f.name() == name)
            }

            /// The parameters that the founding document must set for it, none of them negative.
            pub fn parameters(self) -> &'static [&'static str] {
                match self { $( Self::$Family => $module::PARAMETERS, )* }
            }
        }

        /// An action whose body was read and passed the checks that need no state.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(tag = "family", rename_all = "snake_case")]
        pub enum Action { $( $(#[$doc])* $Family(Box<$module::Action>), )* }

        /// What happened, as it stands in a subject's history.
        #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
        #[serde(untagged)]
        pub enum Event { $( $(#[$doc])* #[n($n)] $Family(#[n(0)] $module::Event), )* }

        /// The state of a subject.
        #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
        #[serde(untagged)]
        pub enum State { $( $(#[$doc])* #[n($n)] $Family(#[n(0)] $module::State), )* }

        impl Action {
            /// Reads an action's body and applies every check that needs no state.
            ///
            /// # Errors
            /// The first rule that is broken.
            pub fn check(action: &statement::Action) -> Result<Self, Refusal> {
                let family = FamilyName::find(&action.family).ok_or_else(|| {
                    let known = FamilyName::ALL.iter().map(|f| f.name()).collect::<Vec<_>>();
                    let known = known.join(", ");
                    Refusal::new(Rule::UnknownFamily, "family", &action.family, known)
                })?;
                match family {
                    $( FamilyName::$Family => {
                        Ok(Self::$Family(Box::new($module::Action::check(action)?)))
                    } )*
                }
            }

            /// The roles of which a party needs one to sign this.
            pub fn signers(&self) -> &'static [Role] {
                match self { $( Self::$Family(action) => action.signers(), )* }
            }

            /// Decides on state: what happens, or why not.
            ///
            /// # Errors
            /// The first rule that is broken, or a store that could not answer.
            pub fn decide(&self, world: &World<'_>, actor: &Actor, now: Moment) -> Result<Events, No> {
                match self { $( Self::$Family(action) => action.decide(world, actor, now), )* }
            }
        }

        /// Folds an event into a subject's record: the only writer.
        pub fn evolve(record: Option<Record>, event: &Event) -> Record {
            let version = record.as_ref().map_or(0, |r| r.version) + 1;
            let state = match (event, record.map(|r| r.state)) {
                $(
                    (Event::$Family(event), Some(State::$Family(state))) => {
                        State::$Family($module::evolve(Some(state), event))
                    }
                    // A subject's name holds its family, so what stands there is never another's.
                    (Event::$Family(event), _) => State::$Family($module::evolve(None, event)),
                )*
            };
            Record { version, state }
        }

        impl State {
            /// The earliest deadline that runs for this subject, in ledger time.
            pub fn next_deadline(&self) -> Option<u64> {
                match self { $( Self::$Family(state) => state.next_deadline(), )* }
            }

            /// What happens by itself because deadlines up to `time` have passed.
            pub fn expire(&self, time: u64) -> Vec<Event> {
                match self {
                    $( Self::$Family(state) => {
                        state.expire(time).into_iter().map(Event::$Family).collect()
                    } )*
                }
            }

            /// What needs a person's attention on the subject of that name.
            pub fn alerts(&self, subject: &str) -> Vec<Alert> {
                match self { $( Self::$Family(state) => state.alerts(subject), )* }
            }

            /// The subjects of its own family under which this one is listed for ever, for instance
            /// a drawdown under its line. A node keeps the lists; no rule reads them.
            pub fn listed_under(&self) -> Vec<String> {
                match self { $( Self::$Family(state) => state.listed_under(), )* }
            }

            /// Whether the subject of that name, without its kind, concerns a party that is not
            /// customs; see [`concern::concerns`].
            fn concerns(
                &self,
                name: &str,
                asker: &Asker,
                world: &World<'_>,
            ) -> Result<bool, Unreadable> {
                match self { $( Self::$Family(state) => state.concerns(name, asker, world), )* }
            }
        }

        /// The one encoding of a body that is written as JSON; what clients sign.
        ///
        /// # Errors
        /// There is no such family or kind, or the line and column of the first thing that is wrong.
        pub fn body_from_json(family: &str, kind: &str, json: &[u8]) -> Result<Vec<u8>, Malformed> {
            match FamilyName::find(family) {
                $( Some(FamilyName::$Family) => $module::body_from_json(kind, json), )*
                None => Err(Malformed::new("family", 0, format!("there is no family '{family}'"))),
            }
        }
    };
}

families! {
    /// Parties, keys, districts, places, parameters.
    0 "membership" membership Membership;
    /// Transfers between the ports that act as one.
    1 "combined_port" combined_port CombinedPort;
    /// Bonded oil for ships on international voyages.
    2 "bonded_oil" bonded_oil BondedOil;
    /// Securities for tax, used and restored.
    3 "guarantee" guarantee Guarantee;
    /// Certificates: applied for, reviewed, issued, used and revoked.
    4 "certificate" certificate Certificate;
    /// Documents, photographs and films, anchored by digest.
    5 "evidence" evidence Evidence;
}

/// Who acts: the party behind the signature, as the ledger knows it at that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The party's id.
    pub id: String,
    /// What it may do.
    pub roles: Vec<Role>,
    /// The district of a customs office.
    pub district: Option<String>,
    /// The supervised places that it runs.
    pub places: Vec<String>,
    /// The entry that is being decided.
    pub entry: Digest,
    /// The entry's event time: the party's claim, UTC milliseconds since 1970.
    pub event_time: u64,
}

impl Actor {
    /// Whether the party has a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// Events of one action, each with the subject that it changes.
pub type Events = Vec<(SubjectKey, Event)>;

/// Something that needs a person: a hold or a missed deadline, open until it is put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// A stable name of what it is about, for instance `seal_mismatch`.
    pub kind: &'static str,
    /// The subject, for instance `box:CBHU7022929`.
    pub subject: String,
    /// The field in question, where there is one.
    pub field: Option<String>,
    /// Each side's statement: who said what in which entry.
    pub statements: Vec<Said>,
    /// The parties it concerns.
    pub parties: Vec<String>,
    /// Ledger time since when, UTC milliseconds since 1970.
    pub since: u64,
    /// Ledger time until when it should be put right.
    pub deadline: Option<u64>,
    /// The whole sentence in English.
    pub en: String,
    /// The whole sentence in Chinese.
    pub zh: String,
}

/// One party's statement of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(map)]
pub struct Said {
    /// The party.
    #[n(1)]
    pub party: String,
    /// The entry that says so.
    #[n(2)]
    pub entry: Digest,
    /// The value it states.
    #[n(3)]
    pub value: String,
}

/// Reads a body in its one encoding.
///
/// # Errors
/// [`Rule::BodyMalformed`] with the byte, or [`Rule::UnknownSchema`].
pub fn read_body<'b, T>(action: &'b statement::Action, schema: u32) -> Result<T, Refusal>
where
    T: Decode<'b, ()> + Encode<()>,
{
    if action.schema != schema {
        let name = format!("{}.{} schema", action.family, action.kind);
        return Err(Refusal::new(Rule::UnknownSchema, name, action.schema, schema));
    }
    encoding::decode("body", &action.body).map_err(|e| {
        let name = format!("{}.{} body", action.family, action.kind);
        Refusal::new(Rule::BodyMalformed, name, e, "the deterministic CBOR of the schema")
    })
}

/// Refuses sealed fields that are not among those which a kind of entry lets be sealed.
///
/// # Errors
/// [`Rule::SealedField`].
pub fn check_sealed(
    sealed: Option<&BTreeMap<u32, Digest>>,
    sealable: &[u32],
) -> Result<(), Refusal> {
    let refused = sealed.into_iter().flat_map(BTreeMap::keys).find(|k| !sealable.contains(k));
    match refused {
        None => Ok(()),
        Some(field) => Err(Refusal::new(
            Rule::SealedField,
            format!("sealed.{field}"),
            "a commitment",
            "the value in clear",
        )),
    }
}

/// Encodes the body type of one kind from JSON.
pub(crate) fn encode_json<T>(json: &[u8]) -> Result<Vec<u8>, Malformed>
where
    T: serde::de::DeserializeOwned + Encode<()>,
{
    let body: T =
        serde_json::from_slice(json).map_err(|e| Malformed::new("body", 0, format!("{e}")))?;
    Ok(encoding::encode(&body))
}
