//! The bunker delivery note as a page for the printer: one A4 sheet, each label in both languages,
//! for the note is read on board by people from anywhere.

use countersign_contracts::bonded_oil::{DeliveryNote, bodies::Measurement, state::Basis};
use countersign_record::Digest;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = "
@page { size: A4; margin: 14mm }
body { font: 10.5pt/1.35 'Noto Sans CJK SC', 'Noto Sans', 'Microsoft YaHei', sans-serif;
  color: #111; max-width: 182mm; margin: 8mm auto }
h1 { font-size: 15pt; margin: 0 } h2 { font-size: 11pt; margin: 5mm 0 1mm }
table { border-collapse: collapse; width: 100% }
th, td { border: .2mm solid #555; padding: 1mm 2mm; text-align: left; vertical-align: top }
th { width: 45%; font-weight: 500; background: #f2f2f2 }
.stage { float: right; border: .4mm solid #111; padding: 1mm 3mm; font-weight: 700 }
footer { margin-top: 5mm; font-size: 8.5pt; word-break: break-all }
";

/// The page of a note as it stood at a height.
pub(super) fn page(note: &DeliveryNote, network: &Digest, height: u64, time: u64) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "BDN " (note.bdn_no) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                div.stage { (stage(note)) }
                h1 { "Bunker Delivery Note 燃油交付单" }
                p { "MARPOL Annex VI, appendix V · No. 编号 " strong { (note.bdn_no) }
                    " · application 供油申请 " (note.application_no) }
                (ship(note))
                (fuel(note))
                (quantities(note))
                (declaration(note))
                (signatures(note))
                footer {
                    p { "Retain on board for three years; retain the sample until the fuel is \
                        consumed and for at least twelve months. 单证随船保存三年；样品保存至燃油耗尽\
                        且不少于十二个月。" }
                    p { "Ledger 账本 " (network) " · height 高度 " (height) " · "
                        (moment(time)) }
                }
            }
        }
    }
}

fn row(label: &str, value: impl maud::Render) -> Markup {
    html! { tr { th { (label) } td { (value) } } }
}

fn ship(note: &DeliveryNote) -> Markup {
    let ship = &note.ship;
    html! {
        h2 { "Ship and supplier 受油船与供油企业" }
        table {
            (row("Name of receiving ship 受油船名称", &ship.name))
            (row("IMO number IMO编号", &ship.imo))
            (row("Flag, voyage 船旗、航次", format!("{}, {}", ship.flag, ship.voyage)))
            (row("Port 港口", &note.port))
            (row("Date of commencement of delivery 交付开始日期", moment(note.start_time)))
            (row("Supplier 供油企业", format!("{} ({})", note.supplier.name, note.supplier.party)))
            (row("Address 地址", &note.supplier.address))
            (row("Telephone 电话", &note.supplier.phone))
        }
    }
}

fn fuel(note: &DeliveryNote) -> Markup {
    let product = format!("{} {}", note.product.grade, note.product.sulphur_class);
    let flash = match note.flash_at_or_above {
        true => format!("at or above {} °C 不低于 {0} °C", decimal(note.flash_c_deci.into(), 1)),
        false => format!("{} °C", decimal(note.flash_c_deci.into(), 1)),
    };
    html! {
        h2 { "Fuel 燃油" }
        table {
            (row("Product name 油品", product))
            (row("Quantity, metric tons in air 数量（吨）", settled(note)))
            (row("Density at 15 °C, kg/m³ 15 °C 密度", decimal(note.density15_g_m3.into(), 3)))
            (row("Sulphur content, % m/m 硫含量", decimal(note.sulphur_pct_milli.into(), 3)))
            (row("Flashpoint 闪点", flash))
            @if let Some(viscosity) = note.viscosity_cst_milli {
                (row("Viscosity, mm²/s 运动粘度", decimal(viscosity.into(), 3)))
            }
            (row("Seal numbers of the MARPOL sample 样品封志", note.sample_seals.join(", ")))
        }
    }
}

/// The quantity that holds, and by whose word; none while barge and ship disagree.
fn settled(note: &DeliveryNote) -> String {
    match (note.qty_kg, note.basis) {
        (Some(kg), Some(Basis::Surveyor)) => {
            format!("{}, as the surveyor found 公估定论", tonnes(kg))
        }
        (Some(kg), _) => format!("{}, barge and ship agree 供受双方一致", tonnes(kg)),
        (None, _) => "not settled 未确定".into(),
    }
}

fn quantities(note: &DeliveryNote) -> Markup {
    let barge = Some(&note.barge);
    let ship = note.receiver.as_ref().map(|r| &r.measured);
    let cell = |m: Option<&Measurement>, text: fn(&Measurement) -> String| {
        m.map_or_else(|| "–".to_owned(), text)
    };
    let line = |label: &str, text: fn(&Measurement) -> String| {
        html! { tr { th { (label) } td { (cell(barge, text)) } td { (cell(ship, text)) } } }
    };
    html! {
        h2 { "Measured 计量" }
        table {
            tr { th {} td { strong { "Barge 供油船" } } td { strong { "Ship 受油船" } } }
            (line("Gross observed volume, m³ 体积", |m| decimal(m.gov_l.into(), 3)))
            (line("Temperature, °C 温度", |m| decimal(m.temp_c_deci.into(), 1)))
            (line("Density at 15 °C, kg/m³ 密度", |m| decimal(m.density15_g_m3.into(), 3)))
            (line("Volume correction factor 体积修正系数", |m| decimal(m.vcf_e4.into(), 4)))
            (line("Metric tons in air 吨", |m| tonnes(m.qty_kg)))
        }
        @if let Some(remarks) = note.receiver.as_ref().and_then(|r| r.remarks.as_ref()) {
            p { "Remarks of the ship 受油船备注: " (remarks) }
        }
        @if let Some(finding) = &note.finding { p { "Surveyor 公估: " (finding) } }
    }
}

fn declaration(note: &DeliveryNote) -> Markup {
    let declared = &note.declaration;
    let limit = match declared.purchaser_limit_pct_milli {
        Some(limit) => format!("the purchaser's limit of {} % m/m", decimal(limit.into(), 3)),
        None => format!("the limit of regulation {}", declared.sulphur.name()),
    };
    let conforms = if declared.conforms_18_3 { "is" } else { "is NOT" };
    html! {
        h2 { "Declaration of the supplier's representative 供油方声明" }
        p { "The fuel oil supplied " (conforms) " in conformity with regulation 18.3 of MARPOL \
            Annex VI, and its sulphur content does not exceed " (limit) ". Representative \
            代表（摘要）: " (declared.representative_hash) }
    }
}

fn signatures(note: &DeliveryNote) -> Markup {
    html! {
        h2 { "Signed on the ledger 账本签名" }
        table {
            @for signature in &note.signatures {
                tr {
                    th { (role(signature.role)) " · " (signature.by.party) }
                    td { (signature.by.entry) br; (moment(signature.by.at)) }
                }
            }
        }
    }
}

fn role(name: &str) -> &str {
    match name {
        "bunker_barge" => "Bunker barge 供油船",
        "receiving_ship" => "Chief engineer 轮机长",
        "surveyor" => "Surveyor 公估",
        other => other,
    }
}

fn stage(note: &DeliveryNote) -> &'static str {
    use countersign_contracts::bonded_oil::state::DeliveryStage as Stage;
    match note.stage {
        Stage::Stated => "AWAITS THE SHIP 待受油船确认",
        Stage::Disputed => "DISPUTED 争议",
        Stage::Settled => "SETTLED 已确认",
        Stage::Declared => "DECLARED 已申报",
        Stage::Void => "VOID 作废",
    }
}

fn tonnes(kg: u64) -> String {
    decimal(kg.into(), 3)
}

/// A scaled integer with its decimals.
pub(super) fn decimal(value: i128, decimals: u32) -> String {
    let scale = 10_i128.pow(decimals);
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) = (value.abs() / scale, value.abs() % scale);
    format!("{sign}{whole}.{part:0width$}", width = decimals as usize)
}

/// A moment on the clocks of China, as the papers have it.
pub(super) fn moment(ms: u64) -> String {
    const MINUTE_MS: u64 = 60_000;
    let (year, month, day) = countersign_contracts::calendar::Day::of(ms).civil();
    let minutes = (ms / MINUTE_MS + 8 * 60) % (24 * 60);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} (UTC+8)", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::{decimal, moment};

    #[test]
    fn numbers_and_times_are_written_as_on_paper() {
        assert_eq!(decimal(700_000, 3), "700.000");
        assert_eq!(decimal(9_777, 4), "0.9777");
        assert_eq!(decimal(-53, 1), "-5.3");
        // 2026-06-25T15:59:59.999Z
        assert_eq!(moment(1_782_403_199_999), "2026-06-25 23:59 (UTC+8)");
        assert_eq!(moment(1_782_403_200_000), "2026-06-26 00:00 (UTC+8)");
    }
}
