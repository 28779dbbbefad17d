//! What guarantors and customs ask of the ledger: exposure, and the book of an oil account.

use serde_json::Value;

use super::{
    Language, output,
    output::{Table, list, text},
};

/// A guarantor's exposure: sentences and tables, or one table of sections for a spreadsheet.
///
/// # Errors
/// Standard output is closed.
pub(super) fn print_exposure(value: &Value, lang: Language, csv: bool) -> std::io::Result<()> {
    let sections = exposure_sections(value, lang);
    if csv {
        return as_one(&sections, lang).print(true);
    }
    let live = &value["live"];
    let (used, limit) = (yuan(&live["open_fen"]), yuan(&value["limit_fen"]));
    let (free, count) = (yuan(&value["headroom_fen"]), text(&live["count"]));
    let at = moment(&value["at"]);
    let guarantor = text(&value["guarantor"]);
    output::line(match lang {
        Language::En => format!(
            "{guarantor} at {at}: CNY {used} used of {limit}, {free} free, {count} live drawdowns"
        ),
        Language::Zh => {
            format!(
                "{guarantor} {at}：额度 {limit} 元，占用 {used} 元，余额 {free} 元，未结核扣 {count} 笔"
            )
        }
    });
    show_sections(&sections, lang);
    Ok(())
}

/// A guarantee line with the drawdowns that live on it.
///
/// # Errors
/// Standard output is closed.
pub(super) fn print_line(value: &Value, lang: Language, csv: bool) -> std::io::Result<()> {
    let rows = list(&value["live"]).iter().map(|live| {
        vec![
            text(&live["entry_no"]),
            text(&live["enterprise"]),
            text(&live["scope"]),
            yuan(&live["open_fen"]),
            moment(&live["due"]),
        ]
    });
    let headings = match lang {
        Language::En => ["declaration", "enterprise", "scope", "open CNY", "due"],
        Language::Zh => ["报关单号", "企业", "适用范围", "未缴（元）", "到期"],
    };
    let table = Table::new(&headings, rows.collect());
    if csv {
        return table.print(true);
    }
    let line = &value["line"];
    let (filing, standing) = (text(&value["filing_no"]), text(&line["standing"]));
    let (used, limit) = (yuan(&line["used_fen"]), yuan(&line["limit_fen"]));
    let (count, until) = (text(&line["live"]), moment(&line["valid_to"]));
    output::line(match lang {
        Language::En => format!(
            "{filing}, {standing}, until {until}: CNY {used} used of {limit}, {count} live drawdowns"
        ),
        Language::Zh => {
            format!(
                "{filing}，{standing}，至 {until}：额度 {limit} 元，占用 {used} 元，未结核扣 {count} 笔"
            )
        }
    });
    table.show();
    Ok(())
}

/// The book of a logistics account.
///
/// # Errors
/// Standard output is closed.
pub(super) fn print_account(value: &Value, lang: Language, csv: bool) -> std::io::Result<()> {
    let sections = account_sections(value, lang);
    if csv {
        return as_one(&sections, lang).print(true);
    }
    let (account, warehouse) = (text(&value["account_no"]), text(&value["warehouse"]));
    let (period, book) = (text(&value["period_no"]), tonnes(&value["total"]["closing_kg"]));
    output::line(match lang {
        Language::En => format!("{account} of {warehouse}, period {period}: {book} t in the book"),
        Language::Zh => format!("{account}（{warehouse}）第 {period} 期：账面 {book} 吨"),
    });
    show_sections(&sections, lang);
    Ok(())
}

/// Rows of one kind.
struct Section {
    name: &'static str,
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Section {
    fn new(
        lang: Language,
        name: (&'static str, &'static str),
        headings: &[(&'static str, &'static str)],
        rows: Vec<Vec<String>>,
    ) -> Self {
        let headings = headings.iter().map(|h| lang.pick(*h)).collect();
        Self { name: lang.pick(name), headings, rows }
    }
}

fn show_sections(sections: &[Section], lang: Language) {
    for section in sections {
        output::line(format_args!("\n{}", section.name));
        if section.rows.is_empty() {
            output::line(lang.pick(("none", "无")));
        } else {
            Table::new(&section.headings, section.rows.clone()).show();
        }
    }
}

/// All sections under one heading: spreadsheets want every row to be alike. A cell is
/// `heading=value`, except the first, which names the row.
fn as_one(sections: &[Section], lang: Language) -> Table {
    let rows = sections.iter().flat_map(|section| {
        section.rows.iter().flat_map(move |row| {
            let name = row.first().cloned().unwrap_or_default();
            section.headings.iter().zip(row).skip(1).map(move |(heading, cell)| {
                vec![section.name.to_owned(), name.clone(), (*heading).to_owned(), cell.clone()]
            })
        })
    });
    let headings = match lang {
        Language::En => ["section", "name", "column", "value"],
        Language::Zh => ["部分", "名称", "列", "值"],
    };
    Table::new(&headings, rows.collect())
}

const NAME: (&str, &str) = ("name", "名称");
const DRAWS: (&str, &str) = ("drawdowns", "笔数");
const OPEN: (&str, &str) = ("open CNY", "未缴（元）");

fn exposure_sections(value: &Value, lang: Language) -> Vec<Section> {
    let amounts = |field: &str, name| {
        let each = value[field].as_object().into_iter().flatten();
        let rows = each.map(|(key, amount)| amount_row(key, amount)).collect();
        Section::new(lang, name, &[NAME, DRAWS, OPEN], rows)
    };
    let due = [
        ("due_in_7_days", ("due in 7 days", "7 日内到期")),
        ("due_in_30_days", ("due in 30 days", "30 日内到期")),
        ("overdue", ("overdue", "逾期")),
    ];
    let due = due.map(|(field, name)| amount_row(lang.pick(name), &value[field])).to_vec();
    vec![
        line_section(value, lang),
        amounts("by_enterprise", ("by enterprise", "按企业")),
        amounts("by_scope", ("by scope", "按适用范围")),
        amounts("by_day", ("by day of the reservation", "按核扣日")),
        amounts("by_due", ("by due day", "按到期日")),
        Section::new(lang, ("what falls due", "到期情况"), &[NAME, DRAWS, OPEN], due),
        claim_section(value, lang),
    ]
}

fn amount_row(name: &str, amount: &Value) -> Vec<String> {
    vec![name.to_owned(), text(&amount["count"]), yuan(&amount["open_fen"])]
}

fn line_section(value: &Value, lang: Language) -> Section {
    let is_in = |field: &str, line: &Value| {
        list(&value[field]).iter().any(|filing| *filing == line["filing_no"])
    };
    let row = |line: &Value| {
        let notice = match (is_in("expired_with_draws", line), is_in("expiring_with_draws", line)) {
            (true, _) => lang.pick(("expired, with live draws", "已到期，尚有未结核扣")),
            (_, true) => lang.pick(("expires soon, with live draws", "即将到期，尚有未结核扣")),
            _ => "",
        };
        vec![
            text(&line["filing_no"]),
            text(&line["enterprise"]),
            text(&line["standing"]),
            yuan(&line["limit_fen"]),
            yuan(&line["used_fen"]),
            yuan(&line["headroom_fen"]),
            text(&line["live"]),
            moment(&line["valid_to"]),
            notice.to_owned(),
        ]
    };
    let headings = [
        ("line", "担保备案编号"),
        ("enterprise", "企业"),
        ("standing", "状态"),
        ("limit", "额度"),
        ("used", "占用"),
        ("free", "余额"),
        DRAWS,
        ("until", "有效期至"),
        ("notice", "提示"),
    ];
    let rows = list(&value["lines"]).iter().map(row).collect();
    Section::new(lang, ("lines", "担保额度"), &headings, rows)
}

fn claim_section(value: &Value, lang: Language) -> Section {
    let row = |claim: &Value| {
        vec![
            text(&claim["entry_no"]),
            text(&claim["filing_no"]),
            yuan(&claim["principal_fen"]),
            yuan(&claim["late_fee_fen"]),
            moment(&claim["answer_by"]),
        ]
    };
    let headings = [
        ("declaration", "报关单号"),
        ("line", "担保备案编号"),
        ("principal", "税款"),
        ("late fee", "滞纳金"),
        ("answer by", "答复期限"),
    ];
    let rows = list(&value["claims"]).iter().map(row).collect();
    Section::new(lang, ("open claims", "未结索赔"), &headings, rows)
}

fn account_sections(value: &Value, lang: Language) -> Vec<Section> {
    vec![
        tank_section(value, lang),
        approval_section(value, lang),
        undeclared_section(value, lang),
        dispute_section(value, lang),
    ]
}

fn tank_section(value: &Value, lang: Language) -> Section {
    let row = |tank: &Value| {
        let differs = tank["differs"].as_bool().unwrap_or(false);
        let quantities =
            ["opening_kg", "in_kg", "out_kg", "returned_kg", "adjustment_kg", "closing_kg"];
        let mut row = vec![text(&tank["tank"]), text(&tank["product"]["grade"])];
        row.extend(quantities.iter().map(|name| tonnes(&tank[*name])));
        row.push(match tank["dip"]["measured"]["qty_kg"].as_u64() {
            Some(_) => tonnes(&tank["dip"]["measured"]["qty_kg"]),
            None => String::new(),
        });
        row.push(if differs { lang.pick(("DIFFERS", "不符")).to_owned() } else { String::new() });
        row
    };
    let headings = [
        ("tank", "油罐"),
        ("grade", "牌号"),
        ("opening t", "期初（吨）"),
        ("in", "入库"),
        ("out", "出库"),
        ("returned", "退回"),
        ("adjusted", "调整"),
        ("book", "账面"),
        ("dip", "实测"),
        ("book against dip", "账实"),
    ];
    Section::new(
        lang,
        ("tanks", "油罐"),
        &headings,
        list(&value["tanks"]).iter().map(row).collect(),
    )
}

fn approval_section(value: &Value, lang: Language) -> Section {
    let row = |open: &Value| {
        let quantities =
            ["approved_kg", "outbound_kg", "delivered_kg", "returned_kg", "lost_kg", "balance_kg"];
        let mut row = vec![
            text(&open["application_no"]),
            format!("{} {}", text(&open["ship_name"]), text(&open["imo"])),
            text(&open["stage"]),
        ];
        row.extend(quantities.iter().map(|name| tonnes(&open[*name])));
        row.push(moment(&open["window_to"]));
        row
    };
    let headings = [
        ("application", "申请号"),
        ("ship", "受油船"),
        ("stage", "状态"),
        ("approved t", "批准（吨）"),
        ("out", "出库"),
        ("delivered", "交付"),
        ("returned", "退回"),
        ("lost", "损耗"),
        ("balance", "余额"),
        ("window until", "供油时段至"),
    ];
    let rows = list(&value["open_approvals"]).iter().map(row).collect();
    Section::new(lang, ("open approvals", "未结申请"), &headings, rows)
}

fn undeclared_section(value: &Value, lang: Language) -> Section {
    let row = |delivery: &Value| {
        let overdue = delivery["overdue"].as_bool().unwrap_or(false);
        vec![
            text(&delivery["bdn_no"]),
            text(&delivery["application_no"]),
            tonnes(&delivery["qty_kg"]),
            moment(&delivery["declare_by"]),
            if overdue { lang.pick(("OVERDUE", "逾期")).to_owned() } else { String::new() },
        ]
    };
    let headings = [
        ("delivery note", "燃油交付单"),
        ("application", "申请号"),
        ("quantity t", "数量（吨）"),
        ("declare by", "申报期限"),
        ("notice", "提示"),
    ];
    let rows = list(&value["undeclared"]).iter().map(row).collect();
    Section::new(lang, ("undeclared deliveries", "未申报交付"), &headings, rows)
}

fn dispute_section(value: &Value, lang: Language) -> Section {
    let row = |dispute: &Value| {
        vec![
            text(&dispute["bdn_no"]),
            text(&dispute["application_no"]),
            tonnes(&dispute["barge_kg"]),
            tonnes(&dispute["ship_kg"]),
            moment(&dispute["settle_by"]),
        ]
    };
    let headings = [
        ("delivery note", "燃油交付单"),
        ("application", "申请号"),
        ("barge says t", "供油船（吨）"),
        ("ship says t", "受油船（吨）"),
        ("settle by", "定论期限"),
    ];
    let rows = list(&value["disputes"]).iter().map(row).collect();
    Section::new(lang, ("disputes", "争议"), &headings, rows)
}

fn moment(value: &Value) -> String {
    value.as_u64().map(output::time).unwrap_or_default()
}

/// Fen as yuan with two decimals and commas between thousands.
fn yuan(fen: &Value) -> String {
    let fen = fen.as_u64().unwrap_or_default();
    format!("{}.{:02}", grouped(fen / 100), fen % 100)
}

/// Thousandths of a tonne as tonnes with three decimals.
fn tonnes(kg: &Value) -> String {
    let kg = kg.as_i64().unwrap_or_default();
    let sign = if kg < 0 { "-" } else { "" };
    let kg = kg.unsigned_abs();
    format!("{sign}{}.{:03}", grouped(kg / 1000), kg % 1000)
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_written_as_people_read_them() {
        assert_eq!(yuan(&json!(347_587_500)), "3,475,875.00");
        assert_eq!(yuan(&json!(5)), "0.05");
        assert_eq!(tonnes(&json!(1_198_600)), "1,198.600");
        assert_eq!(tonnes(&json!(-500)), "-0.500");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(999), "999");
    }

    #[test]
    fn every_section_has_a_cell_under_each_heading() {
        let exposure = json!({ "lines": [{ "filing_no": "A" }], "claims": [{ "entry_no": "1" }],
            "by_enterprise": { "X": { "count": 1, "open_fen": 100 } } });
        let account = json!({ "tanks": [{ "tank": "T" }], "open_approvals": [{}],
            "undeclared": [{}], "disputes": [{}] });
        for lang in [Language::En, Language::Zh] {
            let mut sections = exposure_sections(&exposure, lang);
            sections.extend(account_sections(&account, lang));
            for section in &sections {
                assert!(section.rows.iter().all(|row| row.len() == section.headings.len()));
            }
            assert!(sections.iter().filter(|s| !s.rows.is_empty()).count() >= 7);
        }
    }
}
