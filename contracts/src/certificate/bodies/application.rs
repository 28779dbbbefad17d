//! What an enterprise applies for, and what an officer says to it.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;

use super::Part;
use crate::{
    calendar::Day,
    family::shapes::{body, words},
};

words! {
    /// Why goods count as originating, as agreements write it.
    Criterion {
        /// Wholly obtained 完全获得.
        0 Wo = "WO",
        /// Made of originating materials only 完全由原产材料生产.
        1 Pe = "PE",
        /// A rule of its own for the product 产品特定原产地规则.
        2 Psr = "PSR",
        /// Regional value content 区域价值成分.
        3 Rvc = "RVC",
        /// Change of heading 四位税号改变.
        4 Cth = "CTH",
        /// Change of subheading 六位税号改变.
        5 Ctsh = "CTSH",
        /// Change of chapter 章改变.
        6 Cc = "CC",
    }
}

body! {
    /// The commercial invoice.
    Invoice {
        /// Its number.
        1 no: String,
        /// Its date: the first moment of that day.
        2 date: u64,
        /// Its total.
        3 total_minor: u64,
        /// ISO 4217.
        4 currency: String,
    }
}

body! {
    /// How the goods travel.
    Transport {
        /// Mode as on declarations: 2 is water.
        1 mode: u8,
        ;
        /// Ship, flight, plate.
        2 means: String,
        /// When it leaves.
        3 departs: u64,
    }
}

body! {
    /// One item of what is certified.
    Item {
        /// Its number on the certificate, from 1.
        1 no: u32,
        /// The goods in words.
        2 description: String,
        /// Marks and numbers.
        3 marks: String,
        /// Quantity in thousandths of the unit.
        4 qty_milli: u64,
        /// The unit in words, for instance `CTN`, `KG`, `VIAL`.
        5 unit: String,
        /// Gross weight in grams.
        6 gross_g: u64,
        ;
        /// HS code, n6. A missing one is for the rule set to answer, so that it comes back with a
        /// reason that an office has written.
        7 hs: String,
        /// Why it counts as originating.
        8 criterion: Criterion,
        /// Regional value content in hundredths of a per cent: 4000 is 40 %.
        9 rvc_permyriad: u32,
        /// FOB value in the invoice's currency.
        10 fob_minor: u64,
        /// The line of the invoice.
        11 invoice_item: u32,
        /// The item of the declaration.
        12 declaration_item: u32,
    }
}

body! {
    /// A laboratory's finding.
    Sample {
        /// What was tested for.
        1 test: String,
        /// Digest of the report.
        2 report: Digest,
        /// Whether nothing was found.
        3 passed: bool,
    }
}

body! {
    /// Isolation before export (cases 37, 42).
    Isolation {
        /// The registered farm.
        1 farm: String,
        /// The first moment of its first day.
        2 from: u64,
        /// The last moment of its last day.
        3 to: u64,
        /// What was tested.
        4 samples: Vec<Sample>,
    }
}

body! {
    /// One animal of a vehicle.
    Animal {
        /// ISO 11784 chip, n15.
        1 chip: String,
        /// Salted digest of its name.
        2 name_hash: Digest,
        /// Its passport.
        3 passport: String,
    }
}

body! {
    /// One vehicle and all animals in it (case 40).
    VehicleGroup {
        /// The plate.
        1 plate: String,
        /// The animals, each once.
        2 animals: Vec<Animal>,
        ;
        /// The seal.
        3 seal_no: String,
        /// The guarantee letter of their temporary import 暂进保函.
        4 letter_no: String,
    }
}

body! {
    /// A term that is asked for.
    Term {
        /// The first moment.
        1 from: u64,
        /// The last moment.
        2 to: u64,
    }
}

body! {
    /// Body of `apply` and of `resubmit`, on `application:NO`, by the exporter or a declarant for it.
    Application {
        /// The code of the registered kind.
        1 kind: String,
        /// The district of the office that is asked, n4.
        2 office: String,
        /// The enterprise that the certificate is for.
        3 enterprise_uscc: String,
        /// Where the goods go or come from, ISO 3166 alpha-3.
        4 country: String,
        /// How they travel.
        5 transport: Transport,
        /// What is certified; empty only for kinds that list something else.
        6 items: Vec<Item>,
        ;
        /// The overseas party. Sealable.
        7 consignee: String,
        /// The way in words.
        8 route: String,
        /// The commercial invoice.
        9 invoice: Invoice,
        /// The declaration that the items belong to, n18.
        10 entry_no: String,
        /// Who made the goods, where it is not the enterprise itself.
        11 producer_uscc: String,
        /// Isolation before export.
        12 isolation: Isolation,
        /// The vehicle and its animals.
        13 group: VehicleGroup,
        /// The term that is asked for.
        14 term: Term,
        /// The certificate that this one is to replace.
        15 replaces: String,
        /// Anything else that the certificate should say.
        16 remarks: String,
    }
}

words! {
    /// What an officer decides about an application.
    Decision {
        /// A certificate may be issued 同意.
        0 Approve = "approve",
        /// Back to the applicant for correction 退回修改.
        1 Return = "return",
        /// No certificate 不予签发.
        2 Refuse = "refuse",
    }
}

body! {
    /// Body of `rule`, on `application:NO`, by the office that was asked: the officer's word where
    /// the rule set leaves it to a person.
    Ruling {
        /// What is decided.
        1 decision: Decision,
        /// Why, for people.
        2 reason: String,
        /// Salted digest of the officer's identity.
        3 officer_hash: Digest,
        /// What it rests on; entries of evidence. May be empty.
        4 evidence: Vec<Digest>,
    }
}

impl Application {
    /// Sum of the items' FOB values; nothing where none states one.
    pub fn fob_total_minor(&self) -> Option<u64> {
        self.items.iter().filter_map(|i| i.fob_minor).reduce(u64::saturating_add)
    }

    /// Whether it carries a part that a kind may ask for.
    pub fn carries(&self, part: Part) -> bool {
        match part {
            Part::Items => !self.items.is_empty(),
            Part::Invoice => self.invoice.is_some(),
            Part::Isolation => self.isolation.is_some(),
            Part::Group => self.group.is_some(),
            Part::Term => self.term.is_some(),
            Part::Declaration => self.entry_no.is_some(),
        }
    }
}

impl Isolation {
    /// Calendar days, the first and the last included.
    pub fn days(&self) -> u64 {
        days(self.from, self.to)
    }

    /// How many samples did not pass.
    pub fn samples_failed(&self) -> usize {
        self.samples.iter().filter(|s| !s.passed).count()
    }
}

impl Term {
    /// Calendar days, the first and the last included.
    pub fn days(&self) -> u64 {
        days(self.from, self.to)
    }
}

fn days(from: u64, to: u64) -> u64 {
    Day::of(to).since(Day::of(from)).saturating_add(1)
}
