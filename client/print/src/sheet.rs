//! A certificate's page, from what is proven of it and nothing else.

use countersign_contracts::{
    calendar::Day,
    certificate::{
        bodies::{Application, Invoice, Isolation, Item, Transport, VehicleGroup},
        state::{CertifiedItem, Signature},
    },
};

use crate::{
    certificate::Certified,
    page::{Both, Column, Field, Moment, Page, Proof, Seal, Table, scaled, split},
};

/// The number of the consignee among an application's fields.
const CONSIGNEE: u32 = 7;

impl Certified {
    /// The page.
    pub fn page(&self) -> Page {
        let certificate = &self.certificate;
        let header = self.state.header().header();
        let amended = certificate.amended.as_ref();
        let remarks =
            amended.and_then(|a| a.remarks.as_ref()).or(self.application.remarks.as_ref());
        Page {
            title: Both::new(&certificate.title.en, &certificate.title.zh),
            number: self.no.clone(),
            issuer: self.office.clone(),
            district: certificate.office.clone(),
            retroactive: certificate.retroactive,
            fields: self.fields(),
            tables: self.tables(),
            declarations: self.declarations(),
            notes: remarks.into_iter().cloned().chain(self.corrected()).collect(),
            seals: self.seals(),
            valid_since: Moment::of(self.since.1),
            proof: Proof {
                network: header.network.to_string(),
                since_height: self.since.0,
                since: Moment::of(self.since.1).to_string(),
                height: header.height,
                time: Moment::of(header.time).to_string(),
                header: header.digest().to_string(),
                record: countersign_record::Digest::of(self.state.record().unwrap_or_default())
                    .to_string(),
            },
        }
    }

    fn group(&self) -> Option<&VehicleGroup> {
        let amended = self.certificate.amended.as_ref().and_then(|a| a.group.as_ref());
        amended.or(self.application.group.as_ref())
    }

    fn fields(&self) -> Vec<Field> {
        let (certificate, application) = (&self.certificate, &self.application);
        let consignee = match &application.consignee {
            Some(consignee) => Some(consignee.clone()),
            None => self.sealed.contains(&CONSIGNEE).then(|| "sealed 已密封".to_owned()),
        };
        let term = format!("{} – {}", day(certificate.valid_from), day(certificate.valid_to));
        let group = self.group();
        let said: [((&str, &str), Option<String>); 15] = [
            (("Enterprise", "企业"), Some(self.enterprise_lines())),
            (("Consignee", "收货人"), consignee),
            (("Means of transport", "运输方式"), Some(transport(&application.transport))),
            (("Route", "路线"), application.route.clone()),
            (("Country or region", "国家（地区）"), Some(application.country.clone())),
            (("Invoice", "发票"), application.invoice.as_ref().map(invoice)),
            (("Declaration", "报关单号"), application.entry_no.clone()),
            (("Producer", "生产企业"), application.producer_uscc.clone()),
            (("Valid", "有效期"), Some(term)),
            (("Vehicle", "车辆"), group.map(|g| g.plate.clone())),
            (("Seal", "封志号"), group.and_then(|g| g.seal_no.clone())),
            (("Guarantee letter", "暂时进境保函"), group.and_then(|g| g.letter_no.clone())),
            (("Isolation", "隔离检疫"), application.isolation.as_ref().map(isolation)),
            (("Applied for by", "申请代理"), certificate.agent.clone()),
            (("In the place of", "替换证书"), certificate.replaces.clone()),
        ];
        let mut fields: Vec<Field> = said
            .into_iter()
            .filter_map(|((en, zh), value)| {
                Some(Field { label: Both::new(en, zh), value: value?, wide: false })
            })
            .collect();
        // Two to a row; the last one alone takes both places.
        if fields.len() % 2 == 1
            && let Some(last) = fields.last_mut()
        {
            last.wide = true;
        }
        fields
    }

    fn enterprise_lines(&self) -> String {
        let names = format!("{} {}", self.enterprise.names.zh, self.enterprise.names.en);
        let address = self.enterprise.address.as_ref();
        let address = address.map_or(String::new(), |a| format!("\n{} {}", a.zh, a.en));
        format!("{names}{address}\n{}", self.certificate.enterprise)
    }

    fn tables(&self) -> Vec<Table> {
        let (application, certified) = (&self.application, &self.certificate.items);
        let isolation = application.isolation.as_ref();
        [
            (!certified.is_empty()).then(|| items(application, certified)),
            self.group().map(animals),
            isolation.filter(|i| !i.samples.is_empty()).map(samples),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn declarations(&self) -> Vec<Both> {
        let office = Both::new(
            "It is hereby certified, on the basis of control carried out, that what the enterprise \
             has stated above is correct.",
            "兹根据所实施的监管，证明企业上述内容正确无误。",
        );
        let enterprise = Both::new(
            "The enterprise hereby declares that the above details and statements are correct.",
            "企业兹声明：上述内容正确无误。",
        );
        let second = self.certificate.countersigned.is_some().then_some(enterprise);
        second.into_iter().chain([office]).collect()
    }

    /// That this is a corrected version, and who agreed.
    fn corrected(&self) -> Option<String> {
        let amended = self.certificate.amended.as_ref()?;
        let (times, agreed) = (amended.times, &amended.agreed.by.party);
        Some(format!(
            "Corrected, version {times}; agreed by {agreed} on {at}. 第 {times} 次更正，{agreed} 于 \
             {at} 会签。",
            at = Moment::of(amended.agreed.by.at)
        ))
    }

    fn seals(&self) -> Vec<Seal> {
        let seal = |role: (&str, &str), names: &Both, signature: &Signature| Seal {
            role: Both::new(role.0, role.1),
            name: names.clone(),
            party: signature.by.party.clone(),
            entry: signature.by.entry.to_string(),
            at: Moment::of(signature.by.at).to_string(),
        };
        let certificate = &self.certificate;
        let office = seal(("Issuing office", "签证机关"), &self.office, &certificate.issued);
        let enterprise = certificate
            .countersigned
            .as_ref()
            .map(|second| seal(("Enterprise", "企业"), &self.enterprise.names, second));
        [office].into_iter().chain(enterprise).collect()
    }
}

fn column(en: &str, zh: &str, share: u32, number: bool) -> Column {
    Column { label: Both::new(en, zh), share, number }
}

fn items(application: &Application, certified: &[CertifiedItem]) -> Table {
    let currency = application.invoice.as_ref().map(|i| i.currency.as_str());
    let row = |item: &CertifiedItem| {
        let words = application.items.iter().find(|i| i.no == item.no);
        let of = |text: fn(&Item) -> String| words.map_or(String::new(), text);
        let fob = words.and_then(|i| i.fob_minor);
        vec![
            item.no.to_string(),
            item.hs.clone().unwrap_or_default(),
            of(|i| i.description.clone()),
            of(|i| i.marks.clone()),
            format!("{} {}", scaled(item.certified_milli, 3), item.unit),
            of(|i| format!("{} kg", scaled(i.gross_g, 3))),
            of(criterion),
            fob.map_or(String::new(), |fob| money(fob, currency.unwrap_or_default())),
        ]
    };
    Table {
        heading: Both::new("Items", "货物"),
        columns: vec![
            column("Item", "项号", 5, true),
            column("HS", "税号", 8, false),
            column("Description of goods", "货物描述", 26, false),
            column("Marks and numbers", "唛头", 13, false),
            column("Quantity", "数量", 12, true),
            column("Gross weight", "毛重", 12, true),
            column("Criterion", "原产地标准", 10, false),
            column("FOB", "离岸价", 14, true),
        ],
        rows: certified.iter().map(row).collect(),
    }
}

fn criterion(item: &Item) -> String {
    let share = item.rvc_permyriad.map(|share| format!("{} %", scaled(share.into(), 2)));
    let name = item.criterion.map(|criterion| criterion.name().to_owned());
    name.into_iter().chain(share).collect::<Vec<_>>().join(" ")
}

fn animals(group: &VehicleGroup) -> Table {
    let rows = group.animals.iter().zip(1..).map(|(animal, no): (_, u32)| {
        vec![no.to_string(), animal.chip.clone(), animal.passport.clone()]
    });
    Table {
        heading: Both::new("Animals", "动物"),
        columns: vec![
            column("No.", "序号", 6, true),
            column("Chip, ISO 11784", "芯片号", 40, false),
            column("Passport", "护照号", 40, false),
        ],
        rows: rows.collect(),
    }
}

fn samples(isolation: &Isolation) -> Table {
    let rows = isolation.samples.iter().map(|sample| {
        let found = if sample.passed { "nothing found 合格" } else { "found 不合格" };
        vec![sample.test.clone(), found.to_owned(), sample.report.to_string()]
    });
    Table {
        heading: Both::new("Samples", "样品检测"),
        columns: vec![
            column("Test", "检测项目", 24, false),
            column("Result", "结果", 16, false),
            column("Digest of the report", "报告摘要", 46, false),
        ],
        rows: rows.collect(),
    }
}

fn isolation(isolation: &Isolation) -> String {
    format!("{}, {} – {}", isolation.farm, day(isolation.from), day(isolation.to))
}

fn transport(transport: &Transport) -> String {
    // The codes of declarations.
    let mode = match transport.mode {
        2 => "by water 水路运输",
        3 => "by rail 铁路运输",
        4 => "by road 公路运输",
        5 => "by air 航空运输",
        6 => "by mail 邮件运输",
        _ => "other 其他",
    };
    let departs = transport.departs.map(day);
    let more = transport.means.iter().chain(&departs).map(|text| format!(", {text}"));
    format!("{mode}{}", more.collect::<String>())
}

fn invoice(invoice: &Invoice) -> String {
    let total = money(invoice.total_minor, &invoice.currency);
    format!("{}, {}, {total}", invoice.no, day(invoice.date))
}

/// A day on the clocks of China.
fn day(ms: u64) -> String {
    let (year, month, day) = Day::of(ms).civil();
    format!("{year:04}-{month:02}-{day:02}")
}

/// Money in the smallest unit of its currency, in whole units: some currencies have no smaller one,
/// some have thousandths (ISO 4217).
fn money(minor: u64, currency: &str) -> String {
    const WHOLE: [&str; 15] = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
        "XAF", "XPF",
    ];
    const THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];
    let decimals = match currency {
        c if WHOLE.contains(&c) || c == "XOF" => 0,
        c if THOUSANDTHS.contains(&c) => 3,
        _ => 2,
    };
    let (whole, part) = split(minor, decimals);
    let part = if decimals == 0 { String::new() } else { format!(".{part}") };
    format!("{currency} {whole}{part}").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_on_paper() {
        for (value, decimals, text) in [
            (0, 3, "0"),
            (1_000, 3, "1"),
            (1_500, 3, "1.5"),
            (1_000_000_000, 3, "1,000,000"),
            (12_345_678, 3, "12,345.678"),
            (4_500, 2, "45"),
            (3_980, 2, "39.8"),
            (u64::MAX, 3, "18,446,744,073,709,551.615"),
        ] {
            assert_eq!(scaled(value, decimals), text);
        }
        for (minor, currency, text) in [
            (9_000_000, "USD", "USD 90,000.00"),
            (5, "CNY", "CNY 0.05"),
            (1_234, "JPY", "JPY 1,234"),
            (1_234, "XOF", "XOF 1,234"),
            (1_234, "KWD", "KWD 1.234"),
            (123, "", "1.23"),
        ] {
            assert_eq!(money(minor, currency), text);
        }
    }
}
