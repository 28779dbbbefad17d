//! The report as a table for a terminal, in English or Chinese.

use std::fmt::{self, Display, Formatter};

use super::{
    facts::shown,
    movement::{Fullness, Movement},
    reason::{Language, Reason, printable},
    report::{ContainerReport, Counts, InterchangeReport, MessageReport, Report},
};

impl Report {
    /// The report for a terminal. Every text in it that comes from the file is safe to print.
    pub fn display(&self, language: Language) -> impl Display + '_ {
        Table { report: self, language }
    }
}

struct Table<'r> {
    report: &'r Report,
    language: Language,
}

/// Columns: title in both languages, width in terminal cells.
const COLUMNS: &[(&str, &str, usize)] = &[
    ("line", "行", 6),
    ("container", "箱号", 13),
    ("type", "箱型", 6),
    ("full", "空重", 6),
    ("gross kg", "毛重千克", 9),
    ("time (UTC)", "时间（UTC）", 20),
    ("seals", "封志", 24),
    ("outcome", "结果", 0),
];

impl Display for Table<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let file = &self.report.file;
        let bytes = self.language.pick("bytes", "字节");
        writeln!(f, "{}  {} {bytes}  SHA-256 {}", printable(&file.name), file.bytes, file.sha256)?;
        if let Some(why) = &self.report.refused {
            let refused = self.language.pick("the whole file is refused", "整个文件被拒收");
            return writeln!(f, "{refused}: {}", why.text(self.language));
        }
        for interchange in &self.report.interchanges {
            self.interchange(f, interchange)?;
        }
        self.counts(f, ("messages", "报文"), self.report.messages)?;
        self.counts(f, ("containers", "集装箱"), self.report.containers)
    }
}

impl Table<'_> {
    fn interchange(&self, f: &mut Formatter<'_>, interchange: &InterchangeReport) -> fmt::Result {
        let title = self.language.pick("interchange", "交换");
        let from =
            [&interchange.reference, &interchange.sender, &interchange.recipient].map(|t| named(t));
        writeln!(f, "\n{title} {}  {} → {}", from[0], from[1], from[2])?;
        self.reasons(f, "  ", &interchange.notes)?;
        interchange.messages.iter().try_for_each(|message| self.message(f, message))
    }

    fn message(&self, f: &mut Formatter<'_>, message: &MessageReport) -> fmt::Result {
        let title = self.language.pick("message", "报文");
        let kind = message.kind.map(|k| k.texts()).unwrap_or(("?", "?"));
        let (en, zh) = message.verdict.texts();
        let named = [&message.reference, &message.message_type, &message.version, &message.guide];
        let named = named.map(|t| printable(t)).join(" ");
        let (kind, verdict) = (self.language.pick(kind.0, kind.1), self.language.pick(en, zh));
        writeln!(f, "  {title} {named}  {kind}  BGM {}: {verdict}", printable(&message.code))?;
        self.reasons(f, "    ", &message.reasons)?;
        if !message.containers.is_empty() {
            let titles = COLUMNS.iter().map(|(en, zh, _)| self.language.pick(*en, *zh).to_owned());
            row(f, titles)?;
        }
        message.containers.iter().try_for_each(|container| self.container(f, container))?;
        if message.not_used.is_empty() {
            return Ok(());
        }
        let unused = message.not_used.iter().map(|(tag, n)| format!("{} ×{n}", printable(tag)));
        let title = self.language.pick("not used", "未使用的段");
        writeln!(f, "    {title}: {}", unused.collect::<Vec<_>>().join(", "))
    }

    fn container(&self, f: &mut Formatter<'_>, container: &ContainerReport) -> fmt::Result {
        let (en, zh) = container.outcome.verdict().texts();
        let verdict = self.language.pick(en, zh).to_owned();
        let line = container.at.line.to_string();
        let number = container.outcome.movement().map_or(&container.number, |m| &m.container);
        let empty = || vec![String::new(); 5];
        let middle = container.outcome.movement().map_or_else(empty, |m| self.cells(m));
        row(f, [line, printable(number)].into_iter().chain(middle).chain([verdict]))?;
        self.reasons(f, "             ", container.outcome.reasons())
    }

    fn cells(&self, movement: &Movement) -> Vec<String> {
        let size_type = movement.size_type.as_deref().unwrap_or("?");
        let full = match movement.fullness {
            Some(Fullness::Empty) => self.language.pick("empty", "空"),
            Some(Fullness::Full) => self.language.pick("full", "重"),
            Some(Fullness::Lcl) => self.language.pick("LCL", "拼箱"),
            Some(Fullness::Fcl) => self.language.pick("FCL", "整箱"),
            None => "?",
        };
        let kg = movement.vgm_kg.or(movement.gross_kg).map(|kg| kg.to_string());
        let seals = movement.seals.iter().map(|s| {
            let number = s.number.as_deref().unwrap_or("?");
            if s.issuer.is_empty() {
                printable(number)
            } else {
                printable(&format!("{number}/{}", s.issuer))
            }
        });
        vec![
            size_type.to_owned(),
            full.to_owned(),
            kg.unwrap_or_default(),
            movement.time.as_ref().map(shown).unwrap_or_default(),
            seals.collect::<Vec<_>>().join(" "),
        ]
    }

    fn reasons(&self, f: &mut Formatter<'_>, indent: &str, reasons: &[Reason]) -> fmt::Result {
        let line = self.language.pick("line", "第");
        let end = self.language.pick("", "行");
        reasons.iter().try_for_each(|reason| {
            let text = reason.text(self.language);
            writeln!(f, "{indent}· {line} {}{end}: {text} [{}]", reason.at.line, reason.code.name())
        })
    }

    fn counts(&self, f: &mut Formatter<'_>, what: (&str, &str), counts: Counts) -> fmt::Result {
        let Counts { seen, taken, doubted, refused } = counts;
        match self.language {
            Language::En => writeln!(
                f,
                "\n{}: {seen} seen = {taken} taken + {doubted} doubted (taken too) + {refused} refused",
                what.0
            ),
            Language::Zh => writeln!(
                f,
                "\n{}：共 {seen} = 接收 {taken} + 存疑（已接收） {doubted} + 拒收 {refused}",
                what.1
            ),
        }
    }
}

/// Writes one row, each cell padded to its column.
fn row(f: &mut Formatter<'_>, cells: impl Iterator<Item = String>) -> fmt::Result {
    f.write_str("    ")?;
    for (cell, (.., width)) in cells.zip(COLUMNS) {
        let pad = width.saturating_sub(cells_of(&cell));
        write!(f, "{cell}{:pad$} ", "")?;
    }
    writeln!(f)
}

/// A name, or a dash where there is none.
fn named(text: &str) -> String {
    if text.is_empty() { "–".to_owned() } else { printable(text) }
}

/// How many cells a text takes on a terminal: Chinese characters take two.
fn cells_of(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum()
}
