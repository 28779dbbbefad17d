//! What customs registers: kinds of certificate, exporters, and the rules of review as data.

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use serde::{
    Deserializer,
    de::{Error as _, SeqAccess, Visitor},
};

use crate::family::shapes::{body, words};

body! {
    /// A text in both languages.
    Text {
        /// English.
        1 en: String,
        /// Chinese.
        2 zh: String,
    }
}

words! {
    /// What an application of a kind must carry beside what all carry.
    Part {
        /// Items of goods.
        0 Items = "items",
        /// A commercial invoice.
        1 Invoice = "invoice",
        /// Isolation before export, with samples.
        2 Isolation = "isolation",
        /// A vehicle and its animals.
        3 Group = "group",
        /// A term.
        4 Term = "term",
        /// A declaration number.
        5 Declaration = "declaration",
    }
}

words! {
    /// How a certificate is used.
    UseMode {
        /// Item by item until what is certified is used up 一证多批.
        0 Quantity = "quantity",
        /// Once, as a whole.
        1 Once = "once",
        /// Shown as often as needed within its term.
        2 Shown = "shown",
    }
}

body! {
    /// Body of `register_kind`, on `kind:CODE`, by customs. A kind is data: another agreement or
    /// another slip needs no release. Registering it again changes what is issued from then on.
    KindRegistration {
        /// What it is called on paper.
        1 title: Text,
        /// What an application must carry.
        2 parts: Vec<Part>,
        /// How it is used.
        3 use_mode: UseMode,
        /// The number rule: text with `{yy}` (the year), `{registration}` (the exporter's, an9),
        /// `{district}` (n4) and, last, `{serial:N}` (N digits, from 1 within what stands before).
        4 number: String,
        /// How long it is valid, days; with a term, the most that a term may last.
        5 valid_days: u32,
        /// Whether the enterprise countersigns before it is valid.
        6 countersigned: bool,
        /// Whether only advanced certified enterprises get it.
        7 advanced_only: bool,
        /// Fewest days of isolation; 0 where none is needed.
        8 isolation_days: u32,
        /// Most animals in one vehicle; 0 where there are none.
        9 animals_max: u32,
        /// Days after departure from which a certificate is marked as issued retroactively; 0 for a
        /// kind that knows no such mark.
        10 retroactive_after_days: u32,
        ;
        /// The type code on import declarations (ecoCertType).
        11 cert_type: String,
    }
}

body! {
    /// Body of `file_exporter`, on `exporter:USCC`, by customs: the trader's filing and the origin
    /// filing are one (两证合一, case 8).
    ExporterFiling {
        /// Its names on certificates.
        1 names: Text,
        /// Its address on certificates.
        2 address: Text,
        /// The registration number that certificate numbers carry, an9.
        3 registration: String,
    }
}

words! {
    /// What a review comes to.
    Outcome {
        /// 审核通过.
        0 Pass = "pass",
        /// 退回修改.
        1 Return = "return",
        /// 人工复核.
        2 Manual = "manual",
        /// 调查.
        3 Investigate = "investigate",
    }
}

words! {
    /// A field of an application that a condition may look at. Those of items are looked at item by
    /// item: a row hits where one item meets all of its conditions on items.
    Field {
        /// The enterprise.
        0 Enterprise = "enterprise_uscc",
        /// Who made the goods.
        1 Producer = "producer_uscc",
        /// The enterprise's credit grade, as the ledger knew it at the time.
        2 Grade = "grade",
        /// The country.
        3 Country = "country",
        /// The mode of transport, a number.
        4 TransportMode = "transport.mode",
        /// The overseas party; a sealed one counts as present.
        5 Consignee = "consignee",
        /// The way in words.
        6 Route = "route",
        /// The invoice's number.
        7 InvoiceNo = "invoice.no",
        /// Whole days between the invoice and the application.
        8 InvoiceAgeDays = "invoice.age_days",
        /// The invoice's total.
        9 InvoiceTotal = "invoice.total_minor",
        /// The invoice's currency.
        10 InvoiceCurrency = "invoice.currency",
        /// Whole days since the goods left; 0 before.
        11 DepartedDays = "transport.departed_days",
        /// The declaration.
        12 Declaration = "entry_no",
        /// How many items there are.
        13 ItemCount = "items.count",
        /// Sum of the items' FOB values.
        14 FobTotal = "items.fob_total_minor",
        /// An item's HS code.
        15 Hs = "item.hs",
        /// An item's origin criterion.
        16 Criterion = "item.criterion",
        /// An item's regional value content, hundredths of a per cent.
        17 Rvc = "item.rvc_permyriad",
        /// An item's quantity.
        18 Quantity = "item.qty_milli",
        /// An item's unit.
        19 Unit = "item.unit",
        /// An item's gross weight.
        20 Gross = "item.gross_g",
        /// An item's FOB value.
        21 Fob = "item.fob_minor",
        /// An item's marks.
        22 Marks = "item.marks",
        /// Whole days of isolation.
        23 IsolationDays = "isolation.days",
        /// How many samples did not pass.
        24 SamplesFailed = "isolation.samples_failed",
        /// How many animals the vehicle carries.
        25 AnimalCount = "group.animals_count",
        /// Whole days of the term.
        26 TermDays = "term.days",
        /// The certificate that is to be replaced.
        27 Replaces = "replaces",
    }
}

words! {
    /// How a condition compares.
    Comparison {
        /// The field is absent or empty; takes no value.
        0 Missing = "missing",
        /// The field is there; takes no value.
        1 Present = "present",
        /// Equal to one of the values.
        2 In = "in",
        /// There, and equal to none of the values.
        3 NotIn = "not_in",
        /// A text that begins with one of the values, for instance an HS chapter.
        4 StartsWith = "starts_with",
        /// A number below the value.
        5 Below = "below",
        /// A number above the value.
        6 Above = "above",
    }
}

body! {
    /// What a condition compares with: texts or numbers, whichever the field is.
    Values {
        ;
        /// For fields that are texts.
        1 texts: Vec<String>,
        /// For fields that are numbers.
        2 numbers: Vec<u64>,
    }
}

body! {
    /// One condition of a row.
    Condition {
        /// The field.
        1 field: Field,
        /// How it is compared.
        2 is: Comparison,
        ;
        /// With what.
        3 values: Values,
    }
}

body! {
    /// One row of a rule set: where all its conditions are met, its outcome is at least this.
    RuleRow {
        /// Its number, which reviews name.
        1 no: u32,
        /// Its conditions, at least one.
        2 when: Vec<Condition>,
        /// What it comes to; never `pass`, which is what no row makes it.
        3 outcome: Outcome,
        /// Why, as the applicant reads it.
        4 reason: Text,
    }
}

body! {
    /// Body of `register_rules`, on `ruleset:DISTRICT.KIND.VERSION`, by the office of the district.
    /// It is never changed afterwards, so that an old application can be reviewed as on its day.
    RuleSet {
        /// The rows. Of those that hit, the severest outcome stands; all are named.
        #[serde(deserialize_with = "rows_of_json")]
        #[cbor(decode_with = "rows_of_cbor")]
        1 rows: Vec<RuleRow>,
        /// What changed, for people.
        2 note: String,
    }
}

/// How a row that cannot be read is named: its number may be what is unreadable.
fn unread(place: usize, error: impl fmt::Display) -> String {
    let error = format!("{error}");
    // The reader adds the line and the column again.
    let text = error.rsplit_once(" at line ").map_or(&*error, |(text, _)| text);
    format!("row {place} of the list: {text}")
}

/// Reads rows from JSON, so that an unknown field or comparison is refused with its row.
fn rows_of_json<'de, D: Deserializer<'de>>(json: D) -> Result<Vec<RuleRow>, D::Error> {
    struct Rows;

    impl<'de> Visitor<'de> for Rows {
        type Value = Vec<RuleRow>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of rows")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<RuleRow>, A::Error> {
            let mut rows = Vec::new();
            loop {
                match list.next_element() {
                    Ok(Some(row)) => rows.push(row),
                    Ok(None) => return Ok(rows),
                    Err(e) => return Err(A::Error::custom(unread(rows.len() + 1, e))),
                }
            }
        }
    }

    json.deserialize_seq(Rows)
}

/// Reads rows from CBOR, likewise.
fn rows_of_cbor<Ctx>(
    cbor: &mut minicbor::Decoder<'_>,
    ctx: &mut Ctx,
) -> Result<Vec<RuleRow>, minicbor::decode::Error> {
    let mut rows = Vec::new();
    for row in cbor.array_iter_with::<Ctx, RuleRow>(ctx)? {
        match row {
            Ok(row) => rows.push(row),
            Err(e) => return Err(minicbor::decode::Error::message(unread(rows.len() + 1, e))),
        }
    }
    Ok(rows)
}

body! {
    /// Body of `activate_rules`, on `review:DISTRICT.KIND`, by the office of the district.
    RuleActivation {
        /// The version from now on; 0 leaves every application to an officer.
        1 version: u32,
        /// Why, for people.
        2 reason: String,
    }
}
