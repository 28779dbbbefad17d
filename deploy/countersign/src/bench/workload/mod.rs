//! The entries of the benchmark: what agents, wharves, carriers, declarants, suppliers and offices
//! send all day, signed beforehand.
//!
//! No entry waits for another, so that any order in which they arrive is acceptable: twin manifests
//! of bills of their own, gate moves of containers of their own, positions of many barges in turn,
//! draws and applications under numbers of their own, dips of tanks, photographs that are anchored
//! once. What they name (ships, lines, tanks, rules of review) is on the ledger before the first.
//! Beside this mix there are draws on guarantee lines, on one line or on many, and statements that
//! carry many gate moves each.

mod certificate;
mod evidence;
mod guarantee;
mod oil;
mod port;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use anyhow::Context as _;
use countersign_client::{
    draft::{Draft, DraftAction},
    party::Party,
};
use countersign_record::Digest;
use rayon::prelude::*;

pub(super) use self::guarantee::{DRAW_FEN, LIMIT_FEN, LINES};

/// Which kind comes when, over and over: eleven of the port, three draws, two of oil, two of
/// certificates, two of evidence. Twins stand together.
const CYCLE: [Kind; 20] = [
    Kind::River,
    Kind::Hub,
    Kind::Gate,
    Kind::Draw,
    Kind::Position,
    Kind::Anchor,
    Kind::Gate,
    Kind::Applied,
    Kind::River,
    Kind::Hub,
    Kind::Position,
    Kind::Draw,
    Kind::Oil,
    Kind::Gate,
    Kind::Anchor,
    Kind::River,
    Kind::Draw,
    Kind::Applied,
    Kind::Dip,
    Kind::Position,
];

/// A kind of entry in the mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A manifest for the river port.
    River,
    /// Its twin for the hub; one river manifest of three still waits for its own.
    Hub,
    /// A container passes a gate.
    Gate,
    /// A barge says where it is.
    Position,
    /// A declaration draws on one of many guarantee lines.
    Draw,
    /// A supplier applies to bunker a ship.
    Oil,
    /// A tank is measured.
    Dip,
    /// An exporter applies for a certificate, and the office's rules review it.
    Applied,
    /// Somebody anchors a photograph.
    Anchor,
}

impl Kind {
    /// How many of this kind there are in the first `before` places of a cycle.
    fn among(self, before: usize) -> usize {
        CYCLE.iter().take(before).filter(|k| **k == self).count()
    }
}

/// Makes entries, none twice.
pub(super) struct Workload {
    parties: BTreeMap<String, Party>,
    /// UTC milliseconds since 1970 when the benchmark began.
    began: u64,
    vessels: Vec<String>,
    boxes: Vec<String>,
    made: usize,
    bytes: usize,
    drawn: usize,
    moved: usize,
}

impl Workload {
    /// A workload of the parties of the sample network.
    pub(super) fn new(parties: BTreeMap<String, Party>, began: u64) -> Self {
        let (vessels, boxes) = (port::vessels(), port::listed_boxes());
        Self { parties, began, vessels, boxes, made: 0, bytes: 0, drawn: 0, moved: 0 }
    }

    /// What must be in the ledger before anything else, in this order: ships and barges with their
    /// voyages, guarantee lines, tanks, kinds of certificate and rules of review.
    ///
    /// # Errors
    /// A party is missing.
    pub(super) fn filings(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        let families = [self.ships()?, self.lines()?, self.tanks()?, self.registers()?];
        Ok(families.into_iter().flatten().collect())
    }

    /// So many draws more, on one line or spread over all others.
    ///
    /// # Errors
    /// A party is missing.
    pub(super) fn prepare_draws(
        &mut self,
        count: usize,
        hot: bool,
    ) -> anyhow::Result<Vec<Vec<u8>>> {
        let numbers = self.drawn..self.drawn + count;
        let signed = numbers.into_par_iter().map(|n| self.measured_draw(n, hot)).collect();
        self.drawn += count;
        signed
    }

    /// So many statements more that carry so many gate moves each: a terminal's files.
    ///
    /// # Errors
    /// A party is missing.
    pub(super) fn prepare_files(
        &mut self,
        count: usize,
        actions: usize,
    ) -> anyhow::Result<Vec<Vec<u8>>> {
        let first = self.moved;
        let signed =
            (0..count).into_par_iter().map(|n| self.file(first + n * actions, actions)).collect();
        self.moved += count * actions;
        signed
    }

    /// So many entries more.
    ///
    /// # Errors
    /// A party is missing.
    pub(super) fn prepare(&mut self, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
        let numbers = self.made..self.made + count;
        let signed =
            numbers.into_par_iter().map(|n| self.entry(n)).collect::<Result<Vec<_>, _>>()?;
        self.made += count;
        self.bytes += signed.iter().map(Vec::len).sum::<usize>();
        Ok(signed)
    }

    /// The mean size of what was prepared.
    pub(super) fn mean_bytes(&self) -> f64 {
        super::figures::ratio(self.bytes as f64, self.made as f64)
    }

    fn entry(&self, n: usize) -> anyhow::Result<Vec<u8>> {
        let (round, place) = (n / CYCLE.len(), n % CYCLE.len());
        let kind = CYCLE[place];
        // The number among those of its kind.
        let i = round * kind.among(CYCLE.len()) + kind.among(place);
        let reference = format!("BENCH-{n:08}");
        match kind {
            Kind::River => self.manifest(&reference, port::bill_of_river(i), Kind::River),
            Kind::Hub => self.manifest(&reference, port::bill_of_hub(i), Kind::Hub),
            Kind::Gate => self.gate(&reference, i),
            Kind::Position => self.position(&reference, i),
            Kind::Draw => self.draw(&reference, i),
            Kind::Oil => self.oil(&reference, i),
            Kind::Dip => self.dip(&reference, i),
            Kind::Applied => self.applied(&reference, i),
            Kind::Anchor => self.anchor(&reference, i),
        }
    }

    fn sign(
        &self,
        party: &str,
        reference: &str,
        actions: Vec<DraftAction>,
        documents: impl IntoIterator<Item = Digest>,
    ) -> anyhow::Result<Vec<u8>> {
        let signer = self.parties.get(party);
        let signer = signer.with_context(|| format!("there is no party '{party}'"))?;
        let draft = Draft {
            reference: reference.into(),
            event_time: self.began,
            expires: None,
            documents: documents.into_iter().collect(),
            actions,
        };
        Ok(signer.sign(&draft)?.bytes().to_vec())
    }
}

/// Digests of so many papers that a party's system files away beside an entry.
fn papers(reference: &str, count: usize) -> impl Iterator<Item = Digest> {
    (0..count).map(move |i| Digest::of(format!("{reference} {i}").as_bytes()))
}
