//! What the story shows as evidence: small files with bytes of their own, written into its folder,
//! so that anybody can hash them anew.

use countersign_contracts::calendar::DAY_MS;
use countersign_record::statement::EntryId;
use serde_json::json;

use super::{Story, StoryFault};
use crate::evidence::{Hasher, anchoring, media_type};

/// The file that shows the right seal.
pub const SEAL_PHOTOGRAPH: &str = "seal-at-loading.ppm";
/// More than the sample network asks for.
const KEPT_DAYS: u64 = 1100;
/// Width and height of the photograph, dots.
const SIDE: u8 = 64;

/// A file that is shown.
pub(super) struct Exhibit {
    /// The file's name in the story's folder.
    pub(super) name: &'static str,
    /// Its bytes.
    pub(super) content: Vec<u8>,
    /// What it is about, with its family.
    pub(super) subject: String,
    /// When what it shows began and ended.
    pub(super) shown: Option<(u64, u64)>,
}

impl Exhibit {
    /// A paper about a subject of bonded oil.
    pub(super) fn paper(name: &'static str, words: &str, subject: String) -> Self {
        let subject = format!("bonded_oil/{subject}");
        Self { name, content: words.as_bytes().to_vec(), subject, shown: None }
    }
}

impl Story<'_> {
    /// A party writes a file and anchors it; answers the entry that others cite.
    pub(super) async fn anchor(
        &mut self,
        party: &'static str,
        reference: &str,
        time: u64,
        exhibit: Exhibit,
    ) -> Result<EntryId, StoryFault> {
        let path = self.folder.join(exhibit.name);
        let failed = |e| StoryFault::File(format!("{} cannot be written: {e}", path.display()));
        std::fs::write(&path, &exhibit.content).map_err(failed)?;
        let measured = Hasher::default().read(&exhibit.content[..], |_| ()).map_err(failed)?;
        let mut about = json!({
            "kept_at": format!("archive of {party} (fictitious)"),
            "retention_until": self.expires.saturating_add(KEPT_DAYS * DAY_MS),
            "subjects": [exhibit.subject],
            "readers": ["customs"],
        });
        if let Some((from, until)) = exhibit.shown {
            about["shown_from"] = from.into();
            about["shown_until"] = until.into();
        }
        let action = anchoring(measured, media_type(exhibit.name), about);
        let draft = self.draft(reference, time, vec![action]);
        let entry = self.party(party)?.sign(&draft).map_err(|e| StoryFault::File(e.to_string()))?;
        self.say_draft(party, draft).await?;
        Ok(entry.id())
    }
}

/// A picture in the plainest format there is (PPM): each dot's shade follows from the seal's number.
pub(super) fn photograph_of(seal: &str) -> Vec<u8> {
    let mut picture = format!("P6\n# seal {seal} (fictitious)\n{SIDE} {SIDE}\n255\n").into_bytes();
    for (row, shade) in (0..SIDE).zip(seal.bytes().cycle()) {
        picture.extend((0..SIDE).flat_map(|column| [shade, row * 4, column * 4]));
    }
    picture
}
