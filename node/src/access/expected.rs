//! The board of containers that a port was told of and has not seen: they stand on a bill alone.

use countersign_contracts::{
    combined_port::{
        self,
        marks::Mark,
        state::{Bill, BillBox, BoxRecord, Flow, Spot, Standing, Status},
    },
    family::{FamilyName, State as FamilyState},
    world::{Record, Records as _, SubjectKey},
};
use serde_json::{Value, json};

use super::{Problem, Shared, boards::BoxPage, caller::Member};
use crate::limits::{PAGE_MAX, SCAN_MAX};

/// What a container has had done to it once it is expected no more.
const SEEN: [Mark; 6] =
    [Mark::Arrived, Mark::Tallied, Mark::Short, Mark::Gone, Mark::Withdrawn, Mark::Rolled];
/// Behind every container of a bill, in the name of a place on the board.
const END_OF_BILL: &str = "~";

/// The board while a page of it is made.
struct Board<'a> {
    node: &'a Shared,
    member: &'a Member,
    page: &'a BoxPage,
    most: usize,
    items: Vec<Value>,
    looked_at: usize,
    /// Where the next page goes on, where this one is full.
    next: Option<String>,
}

/// Rows in order of their bills, then of their numbers, and where the next page goes on.
pub(super) fn rows(
    node: &Shared,
    member: &Member,
    page: &BoxPage,
    most: usize,
) -> Result<(Vec<Value>, Option<String>), Problem> {
    let mut board = Board { node, member, page, most, items: Vec::new(), looked_at: 0, next: None };
    let mut after = None;
    if let Some(place) = &page.after {
        let (bill_no, container_no) = place
            .rsplit_once('/')
            .ok_or_else(|| Problem::bad_query("after is not the next of a page"))?;
        let key = SubjectKey::new(FamilyName::CombinedPort, format!("bill:{bill_no}"));
        if let Some(record) = node.ledger.record(&key)? {
            board.take(&key, &record, Some(container_no))?;
        }
        after = Some(key.subject);
    }
    while board.next.is_none() {
        let bills =
            node.ledger.subjects(FamilyName::CombinedPort, "bill:", after.as_deref(), PAGE_MAX)?;
        for (key, record) in &bills {
            board.take(key, record, None)?;
            if board.next.is_some() {
                return Ok((board.items, board.next));
            }
        }
        match bills.into_iter().next_back() {
            Some((key, _)) => after = Some(key.subject),
            None => break,
        }
    }
    Ok((board.items, board.next))
}

impl Board<'_> {
    /// Adds what is expected of a bill, after one of its containers, until the page is full.
    fn take(
        &mut self,
        key: &SubjectKey,
        record: &Record,
        after: Option<&str>,
    ) -> Result<(), Problem> {
        let FamilyState::CombinedPort(combined_port::State::Bill(bill)) = &record.state else {
            return Ok(());
        };
        let Some(bill_no) = key.subject.strip_prefix("bill:") else { return Ok(()) };
        if bill.standing == Standing::Open && self.member.sees_record(self.node, key, record)? {
            for (container_no, on_bill) in &bill.boxes {
                if after.is_some_and(|after| container_no.as_str() <= after) {
                    continue;
                }
                self.items.extend(self.row(bill_no, bill, container_no, on_bill)?);
                self.looked_at(bill_no, container_no);
                if self.next.is_some() {
                    return Ok(());
                }
            }
        }
        self.looked_at(bill_no, END_OF_BILL);
        Ok(())
    }

    /// Counts what was looked at, and ends the page behind it where that is enough.
    fn looked_at(&mut self, bill_no: &str, container_no: &str) {
        self.looked_at += 1;
        if self.items.len() >= self.most || self.looked_at >= SCAN_MAX {
            self.next = Some(format!("{bill_no}/{container_no}"));
        }
    }

    fn row(
        &self,
        bill_no: &str,
        bill: &Bill,
        container_no: &str,
        on_bill: &BillBox,
    ) -> Result<Option<Value>, Problem> {
        let asked = self.page.prefix.as_ref().is_none_or(|p| container_no.starts_with(p));
        let Some((place, since)) = told(bill).filter(|_| asked) else { return Ok(None) };
        if self.page.place.as_ref().is_some_and(|asked| *asked != place) {
            return Ok(None);
        }
        if !on_bill.marks.is_manifested() || SEEN.iter().any(|mark| on_bill.marks.has(*mark)) {
            return Ok(None);
        }
        let key = SubjectKey::new(FamilyName::CombinedPort, format!("box:{container_no}"));
        let status = match self.node.ledger.record(&key)?.map(|record| record.state) {
            Some(FamilyState::CombinedPort(combined_port::State::Box(container))) => {
                if is_here_for(&container, bill_no) {
                    return Ok(None);
                }
                container.status
            }
            _ => Status::Known,
        };
        let next_move = match bill.flow {
            Flow::Export => "gate_in",
            Flow::Import => "vessel_discharge",
        };
        Ok(Some(json!({
            "container_no": container_no, "place": place, "expected": true,
            "status": status, "next_move": next_move, "allowed": null,
            "blocking": null, "deadline": null, "overdue": false, "inspection": null,
            "bill_no": bill_no, "batch_no": null, "flow": bill.flow, "since": since, "held": false,
        })))
    }
}

/// Where the goods of a bill come first, and when that was told.
fn told(bill: &Bill) -> Option<(String, u64)> {
    let (first, then) = match bill.flow {
        Flow::Export => (&bill.river, &bill.hub),
        Flow::Import => (&bill.hub, &bill.river),
    };
    let manifest = first.as_ref().or(then.as_ref())?;
    Some((manifest.location.clone(), manifest.by.at))
}

/// Whether it was seen on its way with this bill; on its way with another, it is still to come.
fn is_here_for(container: &BoxRecord, bill_no: &str) -> bool {
    container.holder.spot != Spot::Outside
        && container.trip.as_ref().is_some_and(|trip| trip.bill_no == bill_no)
}
