//! Holds: what happens where two parties' accepted statements disagree.
//!
//! The second statement is accepted, for it was made; the subject stops until clearance customs
//! has found out which of the two is true.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use countersign_record::Digest;

use super::state::{By, Due};
use crate::{
    family::{
        Actor, Said,
        shapes::{causes, part},
    },
    limits::HOLDS_PER_SUBJECT_MAX,
    refusal::{Refusal, Remedy, Rule},
    world::Moment,
};

causes! {
    /// A fact on which two statements disagree: a row of the cross-check table in domain.md §2.1.
    HoldKind {
        0 Containers "containers_mismatch" "the container lists differ" "集装箱清单不一致";
        1 CustomsCode "customs_code_mismatch" "the customs codes differ" "关区代码不一致";
        2 Conveyance "conveyance_mismatch" "ship or voyage differ" "运输工具或航次不一致";
        3 BillNo "bill_no_mismatch" "the bills differ" "提运单号不一致";
        4 Packages "packages_mismatch" "the numbers of packages differ" "件数不一致";
        5 Gross "gross_mismatch" "the weights differ by more than the tolerance" "毛重差异超出容差";
        6 Seal "seal_mismatch" "the seals differ" "封志不一致";
        7 SizeType "size_type_mismatch" "the size and type codes differ" "箱型不一致";
        8 BoxSet "box_set_mismatch" "loaded and discharged containers differ" "装船与卸船箱不一致";
        9 Attribute "attribute_mismatch" "domestic or foreign trade is in dispute" "内外贸属性不一致";
        10 Twin "twin_mismatch" "the twin manifests differ" "双代码舱单不一致";
        11 Inspection "inspection_discrepancy" "the inspection found something else" "查验结果与申报不符";
    }
}

causes! {
    /// Something that is accepted, and that somebody should look at.
    DoubtKind {
        0 Uscc "uscc_doubt" "the credit code fails its check; legacy codes do" "统一社会信用代码校验不符（存量代码可能如此）";
        1 DirectionFlag "direction_flag_doubt" "the declaration number's flag says the other direction" "报关单号进出口标志与方向不符";
        2 LateManifest "late_manifest" "loaded sooner after the manifest than the rule allows" "舱单传输晚于装载前规定时限";
    }
}

part! {
    /// A subject stopped by a mismatch.
    Hold {
        /// Its number on its subject.
        1 id: u32,
        /// Which fact.
        2 kind: HoldKind,
        /// The field, by its name in the schema.
        3 field: String,
        /// The earlier statement.
        4 first: Said,
        /// The later statement.
        5 second: Said,
        /// Ledger time since when.
        6 since: u64,
        /// Until when the parties should have answered.
        7 due: Due,
    }
}

part! {
    /// A doubt that stops nothing.
    Doubt {
        /// Which.
        1 kind: DoubtKind,
        /// The field.
        2 field: String,
        /// What was found.
        3 found: String,
        /// Whose statement.
        4 by: By,
    }
}

part! {
    /// How customs ended a hold.
    Clearing {
        /// The number of the hold.
        1 hold: u32,
        /// The office.
        2 by: By,
        /// Why.
        3 reason: String,
        /// What it rests on.
        4 evidence: Vec<Digest>,
        ;
        /// What holds from now on.
        5 true_value: String,
    }
}

impl Hold {
    /// The refusal that the subject's next move meets.
    pub(super) fn refusal(&self) -> Refusal {
        let said = |said: &Said| format!("{} (stated by {})", said.value, said.party);
        Refusal::new(Rule::Held, &*self.field, said(&self.second), said(&self.first))
            .mended_by(Remedy::ClearanceCustoms)
    }
}

/// Refuses where a hold is open.
pub(super) fn require_free(holds: &[Hold]) -> Result<(), Refusal> {
    holds.first().map_or(Ok(()), |hold| Err(hold.refusal()))
}

/// Compares what the actor says with what stands on file, and collects the holds for one subject.
pub(super) struct Mismatches<'a> {
    actor: &'a Actor,
    now: Moment,
    due: u64,
    open: &'a [Hold],
    next: u32,
    /// The holds to raise.
    pub(super) raised: Vec<Hold>,
}

impl<'a> Mismatches<'a> {
    /// For a subject with these open holds; `response_ms` is how long the parties have to answer.
    pub(super) fn new(
        actor: &'a Actor,
        now: Moment,
        response_ms: u64,
        open: &'a [Hold],
        next: u32,
    ) -> Self {
        let due = now.time.saturating_add(response_ms);
        Self { actor, now, due, open, next, raised: Vec::new() }
    }

    /// A fact that must be the same.
    pub(super) fn same(
        &mut self,
        kind: HoldKind,
        field: &str,
        by: &By,
        theirs: impl ToString,
        ours: impl ToString,
    ) {
        let (theirs, ours) = (theirs.to_string(), ours.to_string());
        if theirs != ours {
            self.raise(kind, field, by, theirs, ours);
        }
    }

    /// A weight that must agree within the tolerance, in thousandths of the earlier value.
    pub(super) fn weight(&mut self, field: &str, by: &By, theirs: u64, ours: u64, permille: u64) {
        let allowed = u128::from(theirs) * u128::from(permille);
        if u128::from(theirs.abs_diff(ours)) * 1000 > allowed {
            self.raise(HoldKind::Gross, field, by, theirs.to_string(), ours.to_string());
        }
    }

    /// Two lists that must have the same members.
    pub(super) fn same_set(&mut self, kind: HoldKind, by: &By, theirs: &[&str], ours: &[&str]) {
        let only = |a: &[&str], b: &[&str]| {
            let only: Vec<&str> = a.iter().copied().filter(|x| !b.contains(x)).collect();
            (!only.is_empty()).then(|| some_of(&only))
        };
        let (more, less) = (only(theirs, ours), only(ours, theirs));
        if more.is_none() && less.is_none() {
            return;
        }
        let text = |count: usize, only: Option<String>| match only {
            Some(only) => format!("{count}, alone with {only}"),
            None => count.to_string(),
        };
        let (theirs, ours) = (text(theirs.len(), more), text(ours.len(), less));
        self.raise(kind, "containers", by, theirs, ours);
    }

    /// A mismatch that was found elsewhere. The same one is not raised twice while it is open.
    pub(super) fn raise(
        &mut self,
        kind: HoldKind,
        field: &str,
        by: &By,
        theirs: String,
        ours: String,
    ) {
        let known = self.open.iter().chain(&self.raised);
        let same = |h: &Hold| h.kind == kind && h.field == field && h.second.value == ours;
        if known.clone().any(same) || known.count() >= HOLDS_PER_SUBJECT_MAX {
            return;
        }
        let first = Said { party: by.party.clone(), entry: by.entry, value: theirs };
        let second = Said { party: self.actor.id.clone(), entry: self.actor.entry, value: ours };
        self.raised.push(Hold {
            id: self.next,
            kind,
            field: field.into(),
            first,
            second,
            since: self.now.time,
            due: Due { by: self.due, overdue: false },
        });
        self.next = self.next.saturating_add(1);
    }
}

/// The first few of a list, and how many more there are.
pub(super) fn some_of(names: &[&str]) -> String {
    const SHOWN: usize = 5;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
