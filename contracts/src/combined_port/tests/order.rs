//! D15: the first failing rule in the enum's order wins. Read from the source: within a function
//! that decides, the rules it names, and those of the helpers it calls, stand in their order.

use std::{collections::BTreeMap, format, string::String, vec::Vec};

use crate::refusal::Rule;

const SOURCES: &[(&str, &str)] = &[
    ("reading", include_str!("../reading.rs")),
    ("holds", include_str!("../holds.rs")),
    ("manifest", include_str!("../manifest.rs")),
    ("declaration", include_str!("../declaration.rs")),
    ("inspection", include_str!("../inspection.rs")),
    ("plan", include_str!("../plan.rs")),
    ("river", include_str!("../river.rs")),
    ("hub", include_str!("../hub.rs")),
    ("tally", include_str!("../tally.rs")),
    ("ships", include_str!("../ships.rs")),
    ("pickup", include_str!("../pickup.rs")),
    ("corrections", include_str!("../corrections.rs")),
    ("evidence", include_str!("../../evidence/ties.rs")),
];

/// The deciding functions, one a kind.
const DECIDE: &[&str] = &[
    "manifest::send",
    "manifest::amend",
    "declaration::declare",
    "declaration::summarise",
    "declaration::complete",
    "inspection::notice",
    "inspection::relocate",
    "inspection::result",
    "inspection::release",
    "plan::make",
    "plan::confirm",
    "plan::amend",
    "plan::depart",
    "plan::arrive",
    "plan::end",
    "river::gate_in",
    "river::gate_out",
    "river::arrival",
    "river::load",
    "hub::discharge",
    "hub::load_vessel",
    "hub::discharge_vessel",
    "tally::tally",
    "ships::file",
    "ships::position",
    "ships::sail",
    "ships::unload",
    "pickup::order",
    "pickup::transfer",
    "pickup::receipt",
    "pickup::judge",
    "pickup::legacy",
    "corrections::withdraw",
    "corrections::void_on_bill",
    "corrections::void_move",
    "corrections::void_plan",
    "corrections::clear",
];

/// Places where the text seems to break the order, and does not.
const EXCUSED: &[(&str, Rule, Rule)] = &[
    // Two branches of which an action takes one: a bill's hold, or a container's.
    ("corrections::clear", Rule::NoSuchHold, Rule::NoSuchBox),
    // Two branches: the last move was an arrival on a declared bill, or no move that can be voided.
    ("corrections::void_move", Rule::RestsOnIt, Rule::NothingToVoid),
    // Two branches: a container without a bill, or with one.
    ("river::gate_out", Rule::NotReleased, Rule::Held),
    ("hub::load_vessel", Rule::WrongStatus, Rule::BillOver),
    // Two branches: an export, or an import.
    ("river::gate_out", Rule::NotWithdrawn, Rule::NotReleased),
    // How often the order changed hands is only known once the bill is there.
    ("pickup::transfer", Rule::NoSuchBill, Rule::FieldValue),
];

/// A family's sources by module, the functions that decide, and the pairs that only seem wrong.
pub(crate) struct Order {
    pub(crate) sources: &'static [(&'static str, &'static str)],
    pub(crate) decide: &'static [&'static str],
    pub(crate) excused: &'static [(&'static str, Rule, Rule)],
}

/// Every function's body, without comments, by `module::name`.
fn functions(sources: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (module, source) in sources {
        let mut name: Option<String> = None;
        let mut body = String::new();
        for line in source.lines() {
            let text = line.trim_start();
            if text.starts_with("//") {
                continue;
            }
            let opened = text.split("fn ").nth(1).filter(|_| {
                text.starts_with("fn ") || text.starts_with("pub") && text.contains(" fn ")
            });
            if let Some(rest) = opened {
                let ident: String =
                    rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if let Some(done) = name.replace(format!("{module}::{ident}")) {
                    found.insert(done, core::mem::take(&mut body));
                }
            }
            body.push_str(text);
            body.push('\n');
        }
        if let Some(done) = name {
            found.insert(done, body);
        }
    }
    found
}

/// The rules that a function may answer with, in the order in which it asks.
fn rules_of(name: &str, all: &BTreeMap<String, String>, depth: usize) -> Vec<Rule> {
    let Some(body) = all.get(name).filter(|_| depth < 6) else { return Vec::new() };
    let module = name.split("::").next().unwrap();
    let mut rules = Vec::new();
    let mut rest = body.split_once('\n').map_or("", |(_, rest)| rest);
    while !rest.is_empty() {
        let ident: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if ident.is_empty() {
            let step = rest.chars().next().unwrap().len_utf8();
            if let Some(after) = rest.strip_prefix("Rule::") {
                rest = after;
            } else {
                rest = &rest[step..];
            }
            continue;
        }
        let after = &rest[ident.len()..];
        if ident == "Rule" && after.starts_with("::") {
            let named: String = after[2..].chars().take_while(|c| c.is_alphanumeric()).collect();
            rules.extend(Rule::ALL.iter().filter(|r| r.name() == named));
            rest = &after[2 + named.len()..];
            continue;
        }
        if after.starts_with('(') {
            let here = format!("{module}::{ident}");
            let helper = if all.contains_key(&here) && here != name {
                Some(here)
            } else {
                all.keys().find(|k| k.ends_with(&format!("::{ident}")) && *k != name).cloned()
            };
            let asks = ident.starts_with("require_")
                || ident == "report"
                || ident == "nothing"
                || ident == "rests"
                || ident == "refusal";
            if let Some(helper) = helper.filter(|_| asks) {
                rules.extend(rules_of(&helper, all, depth + 1));
            }
        }
        rest = after;
    }
    rules
}

impl Order {
    /// The rules that a function may answer with, in the order in which it asks.
    pub(crate) fn rules_of(&self, name: &str) -> Vec<Rule> {
        rules_of(name, &functions(self.sources), 0)
    }
}

#[test]
fn rules_are_asked_in_the_order_of_the_rulebook() {
    let order = Order { sources: SOURCES, decide: DECIDE, excused: EXCUSED };
    // The reader sees through helpers: these stand in three files.
    let load = order.rules_of("river::load");
    for rule in [Rule::NoSuchPlan, Rule::TwoPlaces, Rule::Held, Rule::NotReleased, Rule::NotInPlan]
    {
        assert!(load.contains(&rule), "{rule:?} not found in {load:?}");
    }
    order.holds();
}

impl Order {
    /// Fails where a rule is asked before one that stands before it in the rulebook.
    pub(crate) fn holds(&self) {
        let all = functions(self.sources);
        let mut faults = Vec::new();
        let mut excuses = self.excused.to_vec();
        for name in self.decide {
            assert!(all.contains_key(*name), "there is no {name}");
            let rules = rules_of(name, &all, 0);
            for pair in rules.windows(2) {
                let excused = self
                    .excused
                    .iter()
                    .any(|(f, a, b)| f == name && (*a, *b) == (pair[0], pair[1]));
                excuses.retain(|(f, a, b)| f != name || (*a, *b) != (pair[0], pair[1]));
                if pair[0] > pair[1] && !excused {
                    faults.push(format!("{name}: {:?} is asked before {:?}", pair[0], pair[1]));
                }
            }
        }
        assert!(excuses.is_empty(), "needless: {excuses:?}");
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }
}
