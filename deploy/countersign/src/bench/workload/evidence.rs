//! Evidence: whoever has a photograph or a film anchors its digest.

use countersign_client::draft::DraftAction;
use countersign_contracts::calendar::DAY_MS;
use countersign_record::Digest;
use serde_json::json;

use super::{Workload, papers, port};

/// Who anchors in turn.
const ANCHORERS: [&str; 5] = ["shunde-wharf", "shekou-wharf", "tally", "surveyor", "barge-carrier"];
/// More than the sample network asks for.
const KEPT_DAYS: u64 = 1200;
/// Papers beside a photograph: the sheet of the job, the camera's log, the gate's, the permit.
const PAPERS: usize = 4;

impl Workload {
    /// A photograph is anchored.
    pub(super) fn anchor(&self, reference: &str, i: usize) -> anyhow::Result<Vec<u8>> {
        let digest = |of: &str| Digest::of(format!("{of} {i}").as_bytes());
        let body = json!({
            "media_type": "image/jpeg", "bytes": 2_400_000 + i % 1_000_000,
            "kept_at": "archive of the benchmark, shelf 4 (fictitious)",
            "retention_until": self.began + KEPT_DAYS * DAY_MS,
            "subjects": [format!("combined_port/ship:{}", port::barge_of(i))],
            "readers": ["customs", "carrier"],
            "shown_from": self.began - 60_000, "shown_until": self.began,
            "device": format!("CAM-{:04}", i % 1000), "place": "gate 2, lane 4",
            "officer_hash": digest("officer"), "job_sheet_hash": digest("job sheet"),
        });
        let anchored =
            DraftAction::new("evidence", "anchor", format!("file:{}", digest("photograph")), body);
        let party = ANCHORERS[i % ANCHORERS.len()];
        self.sign(party, reference, vec![anchored], papers(reference, PAPERS))
    }
}
