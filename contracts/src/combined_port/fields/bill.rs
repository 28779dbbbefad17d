//! The fields of bodies about bills.

use alloc::{format, string::ToString};

use crate::{
    combined_port::bodies::{self, Decision, InspectionOutcome, TallyOutcome, TaxBasis},
    family::fields::Fields,
    identifiers::{ContainerNumber, DeclarationNumber, District, Hs, PlaceCode},
    limits::{CONTAINERS_PER_BILL_MAX, ITEMS_PER_DECLARATION_MAX},
    refusal::{Refusal, Rule},
};

impl Fields {
    pub(super) fn manifest(&mut self, b: &bodies::Manifest) {
        self.read(District::parse("customs_code", &b.customs_code));
        self.read(PlaceCode::parse("location", &b.location));
        let district = PlaceCode::district_of(&b.location);
        self.ensure(
            district == b.customs_code,
            "location",
            &b.location,
            format!("a place of district {}", b.customs_code),
        );
        self.ship(&b.conveyance_id, &b.voyage);
        self.text("name", &b.name, 35);
        self.manifest_containers(&b.containers);
        self.ensure(b.packages > 0, "packages", b.packages, "more than 0");
        self.ensure(b.gross_g > 0, "gross_g", b.gross_g, "more than 0");
        for (field, text) in [
            ("house_bill", &b.house_bill),
            ("consignor", &b.consignor),
            ("consignee", &b.consignee),
            ("goods", &b.goods),
        ] {
            self.maybe(field, text.as_deref());
        }
    }

    pub(super) fn amendment(&mut self, b: &bodies::ManifestAmendment) {
        self.words("reason", &b.reason);
        if let Some(containers) = &b.containers {
            self.manifest_containers(containers);
        }
        self.ensure(b.packages != Some(0), "packages", 0, "more than 0");
        self.ensure(b.gross_g != Some(0), "gross_g", 0, "more than 0");
        if let Some(c) = &b.conveyance {
            self.ship(&c.conveyance_id, &c.voyage);
            self.text("name", &c.name, 35);
        }
        if let Some(rolled) = &b.rolled {
            self.containers("rolled", rolled, CONTAINERS_PER_BILL_MAX);
        }
    }

    pub(super) fn declaration(&mut self, b: &bodies::Declaration) {
        self.read(DeclarationNumber::parse("entry_no", &b.entry_no));
        self.digits("trade_mode", &b.trade_mode, 4);
        self.ensure(b.mode == 2, "mode", b.mode, "2, water");
        self.read(District::parse("exit_customs", &b.exit_customs));
        self.ensure(is_date(&b.ie_date), "ie_date", &b.ie_date, "YYYY-MM-DD");
        self.code("consignor_uscc", &b.consignor_uscc);
        self.code("agent_uscc", &b.agent_uscc);
        self.ensure(b.packages > 0, "packages", b.packages, "more than 0");
        self.ensure(b.gross_g > 0, "gross_g", b.gross_g, "more than 0");
        self.ensure(
            b.net_g <= b.gross_g,
            "net_g",
            b.net_g,
            format!("at most the gross weight, {}", b.gross_g),
        );
        self.containers("containers", &b.containers, CONTAINERS_PER_BILL_MAX);
        self.count("items", b.items.len(), ITEMS_PER_DECLARATION_MAX);
        for item in &b.items {
            self.read(Hs::parse("hs", &item.hs, 10));
            self.ensure(item.qty_milli > 0, "qty_milli", item.qty_milli, "more than 0");
            self.digits("unit", &item.unit, 3);
            self.country(&item.origin);
        }
        let sum = b.items.iter().try_fold(0_u64, |sum, i| sum.checked_add(i.net_g));
        let found = sum.map_or_else(|| "more than fits".into(), |s| s.to_string());
        let expected = format!("the net weight, {}", b.net_g);
        self.ensure(sum == Some(b.net_g), "items.net_g", found, expected);
        self.maybe("consignee", b.consignee.as_deref());
        for text in b.goods.iter().flatten() {
            self.words("goods", text);
        }
        self.count(
            "goods",
            b.goods.as_ref().map_or(1, alloc::vec::Vec::len),
            ITEMS_PER_DECLARATION_MAX,
        );
        self.money(b.value.as_ref());
    }

    pub(super) fn money(&mut self, value: Option<&bodies::Money>) {
        let Some(value) = value else { return };
        let c = &value.currency;
        let fits = c.len() == 3 && c.bytes().all(|b| b.is_ascii_uppercase());
        self.ensure(fits, "currency", c, "three letters (ISO 4217)");
    }

    pub(super) fn summary(&mut self, b: &bodies::SummaryDeclaration) {
        self.read(DeclarationNumber::parse("entry_no", &b.entry_no));
        self.code("consignor_uscc", &b.consignor_uscc);
        self.ensure(b.mode == 2, "mode", b.mode, "2, water");
        self.ship(&b.conveyance_id, &b.voyage);
        self.digits("trade_mode", &b.trade_mode, 4);
        self.read(Hs::parse("hs", &b.hs, 6));
        self.ensure(b.qty_milli > 0, "qty_milli", b.qty_milli, "more than 0");
        self.digits("unit", &b.unit, 3);
        self.country(&b.origin);
        if b.licensed {
            self.present("licence_no", b.licence_no.is_some());
            self.present("container_items", b.container_items.is_some());
        }
        for (field, text) in [
            ("licence_no", &b.licence_no),
            ("container_items", &b.container_items),
            ("goods_name", &b.goods_name),
        ] {
            self.maybe(field, text.as_deref());
        }
        self.money(b.value.as_ref());
    }

    pub(super) fn notice(&mut self, bill: &str, b: &bodies::InspectionNotice) {
        self.subject_bill(bill, &b.bill_no);
        self.read(DeclarationNumber::parse("entry_no", &b.entry_no));
        self.read(District::parse("inspection_customs", &b.inspection_customs));
        for (field, text) in [
            ("manifest_no", &b.manifest_no),
            ("voyage_or_batch_no", &b.voyage_or_batch_no),
            ("conveyance_name", &b.conveyance_name),
            ("inspection_method", &b.inspection_method),
            ("weight_mark", &b.weight_mark),
            ("unloading_point", &b.unloading_point),
        ] {
            self.code(field, text);
        }
        self.maybe("other_hint", b.other_hint.as_deref());
        self.maybe("enterprise_name", b.enterprise_name.as_deref());
    }

    pub(super) fn subject_bill(&mut self, subject: &str, bill_no: &str) {
        if subject != bill_no {
            let expected = format!("the subject's bill, {subject}");
            self.no(Refusal::new(Rule::SubjectName, "bill_no", bill_no, expected));
        }
    }

    pub(super) fn feedback(&mut self, bill: &str, b: &bodies::RelocationFeedback) {
        self.subject_bill(bill, &b.bill_no);
        self.read(DeclarationNumber::parse("entry_no", &b.entry_no));
        self.read(PlaceCode::parse("place_code", &b.place_code));
        self.code("conveyance", &b.conveyance);
        self.code("inspection_record_no", &b.inspection_record_no);
        self.words("place_name", &b.place_name);
        self.code("slot_no", &b.slot_no);
        if let Some(c) = &b.container_no {
            self.read(ContainerNumber::legacy("container_no", c));
        }
    }

    pub(super) fn result(&mut self, b: &bodies::InspectionResult) {
        self.read(DeclarationNumber::parse("entry_no", &b.entry_no));
        self.code("inspection_record_no", &b.inspection_record_no);
        if let Some(c) = &b.container_no {
            self.read(ContainerNumber::legacy("container_no", c));
        }
        if let Some(seals) = &b.new_seals {
            self.present("new_seals", !seals.is_empty());
            self.seals(seals);
            // A seal is on a container, so the container must be named.
            self.present("container_no", b.container_no.is_some());
        }
        if b.result == InspectionOutcome::Discrepancy {
            self.present("field", b.field.is_some());
            self.present("found", b.found.is_some());
        }
        self.maybe("field", b.field.as_deref());
        self.maybe("found", b.found.as_deref());
        if let Some(evidence) = &b.evidence {
            self.evidence(evidence);
        }
    }

    pub(super) fn release(&mut self, b: &bodies::Release) {
        self.read(DeclarationNumber::parse("entry_no", &b.entry_no));
        self.containers("containers", &b.containers, CONTAINERS_PER_BILL_MAX);
        self.ensure(matches!(b.segment, 1 | 2), "segment", b.segment, "1 or 2");
        if b.decision == Decision::Conditional {
            self.ensure(b.segment == 1, "decision", "conditional", "release, in segment 2");
            self.present("obligation", b.obligation.is_some());
        }
        if matches!(b.tax, TaxBasis::Paid | TaxBasis::Guarantee) {
            self.present("tax_reference", b.tax_reference.is_some());
        }
        self.maybe("tax_reference", b.tax_reference.as_deref());
        self.maybe("obligation", b.obligation.as_deref());
    }

    pub(super) fn tally(&mut self, b: &bodies::Tally) {
        self.ship(&b.conveyance_id, &b.voyage);
        self.count("rows", b.rows.len(), CONTAINERS_PER_BILL_MAX);
        for row in &b.rows {
            self.read(ContainerNumber::legacy("rows", &row.container_no));
            let none = row.result == TallyOutcome::Short;
            self.ensure(
                none == (row.packages == 0),
                "packages",
                row.packages,
                "0 where the container is short, and more where it is there",
            );
            row.seal_no.iter().for_each(|s| self.text("seal_no", s, 15));
        }
        self.unique("rows", b.rows.iter().map(|r| r.container_no.as_str()));
        self.ensure(b.start_time <= b.end_time, "end_time", b.end_time, "not before start_time");
    }
}

fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut part = |digits: usize, range: core::ops::RangeInclusive<u16>| {
        parts.next().is_some_and(|p| {
            p.len() == digits && p.parse::<u16>().is_ok_and(|n| range.contains(&n))
        })
    };
    part(4, 2000..=2099) && part(2, 1..=12) && part(2, 1..=31)
}
