//! Act four, continued: paper that travels, and copies that an enterprise prints from the archive.

use countersign_record::Digest;
use serde_json::json;

use super::{
    Story, StoryFault,
    certificate::{OFFICE, action, certificate},
    guarantee::WAIVED,
};

/// Scenes of this part.
pub(super) const SCENES: usize = 2;

const COURIER: &str = "91440000MA7DEM323F";
const BAG: &str = "BAG-000117";

impl Story<'_> {
    /// One certificate travels in a sealed bag; one declaration is printed from the archive.
    pub(super) async fn copies(&mut self) -> Result<(), StoryFault> {
        self.carried().await?;
        self.archived().await
    }

    async fn carried(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "A certificate travels by courier in a sealed bag: taken over, under way, handed over",
            "证书由政务专递以封袋寄送：揽收、在途、签收",
        );
        let (time, subject) = (self.at(1, 16, 0), certificate("E265100123450003"));
        let sent = json!({ "mode": "courier", "recipient_hash": Digest::of(b"recipient"),
            "courier_no": "CR-2026-0117", "bag_no": BAG, "courier_party": COURIER });
        self.say(OFFICE, "SEND-C", time, vec![action("deliver", &subject, sent)]).await?;
        let step = |step: &str, place: &str| {
            let event = json!({ "step": step, "place": place, "bag_no": BAG });
            vec![action("courier_event", &subject, event)]
        };
        // Nobody hands over what was not taken over.
        let early = step("delivered", "Shunde");
        self.say_in_vain("courier", "CARRY-EARLY", time, early, "CourierOrder").await?;
        for (n, (word, place)) in
            [("accepted", "Nansha"), ("in_transit", "Panyu"), ("delivered", "Shunde")]
                .into_iter()
                .enumerate()
        {
            self.say("courier", &format!("CARRY-{n}"), time, step(word, place)).await?;
        }
        Ok(())
    }

    async fn archived(&mut self) -> Result<(), StoryFault> {
        self.scene(
            "An advanced certified enterprise prints its declaration from the archive; another's is refused",
            "高级认证企业自助打印本企业报关单存档件；打印他人报关单被拒绝",
        );
        let time = self.at(2, 9, 30);
        let copy =
            json!({ "purpose": "audit", "copy": Digest::of(b"the sealed copy (fictitious)") });
        let copy = vec![action("archive_print", &format!("archive:{WAIVED}"), copy)];
        self.say("exporter", "ARCHIVE-1", time, copy.clone()).await?;
        self.say_in_vain("importer", "ARCHIVE-2", time, copy, "DeclarationOfOther").await
    }
}
