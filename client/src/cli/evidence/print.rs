//! What the commands about evidence print.

use std::path::Path;

use countersign_record::Digest;
use serde_json::{Value, json};

use super::{Measured, Piece};
use crate::cli::{
    Common, Language,
    output::{self, Table, list, text},
};

/// The segments that are anchored of a whole, each with its number.
pub(super) fn segments(whole: &Value) -> impl Iterator<Item = (&String, &Value)> {
    whole["state"]["segments"].as_object().into_iter().flatten()
}

/// What was anchored, and the entries by which it is cited.
pub(super) fn added(anchored: &[(&Piece, Digest)], whole: Option<Digest>, common: &Common) {
    let mut entries: Vec<Digest> = anchored.iter().map(|(_, entry)| *entry).collect();
    entries.dedup();
    if common.json {
        let files: Vec<Value> = anchored
            .iter()
            .map(|(piece, entry)| {
                json!({ "path": piece.path, "file": piece.measured.digest, "entry": entry,
                    "bytes": piece.measured.bytes, "media_type": piece.media_type })
            })
            .collect();
        if !files.is_empty() {
            output::json(&json!({ "entries": entries, "files": files, "whole": whole }));
        }
        return;
    }
    for (piece, _) in anchored {
        let Measured { digest, bytes } = piece.measured;
        let name = piece.path.display();
        output::line(match common.lang {
            Language::En => format!("{digest}  {name} ({bytes} bytes, {})", piece.media_type),
            Language::Zh => format!("{digest}  {name}（{bytes} 字节，{}）", piece.media_type),
        });
    }
    if let Some(whole) = whole.filter(|_| !anchored.is_empty()) {
        output::line(format_args!("{whole}  {}", common.lang.pick(("the whole", "整体文件"))));
    }
    let said = common.lang.pick(("anchored; cite it as", "已存证；引用编号"));
    entries.iter().for_each(|entry| output::line(format_args!("{said} {entry}")));
}

/// What is known of a file.
pub(super) fn checked(
    path: &Path,
    measured: Measured,
    (found, whole, cited): (Option<&Value>, Option<&Value>, u64),
    common: &Common,
) {
    let digest = measured.digest;
    if common.json {
        output::json(&json!({ "path": path, "file": digest, "bytes": measured.bytes,
            "anchored": found.map(|f| &f["state"]), "whole": whole.map(|w| &w["state"]),
            "cited": cited }));
        return;
    }
    let name = path.display();
    match (found, whole) {
        (Some(found), _) => print_file(name, &digest, &found["state"], cited, common.lang),
        (None, Some(whole)) => print_whole(name, &digest, whole, common.lang),
        (None, None) => output::line(match common.lang {
            Language::En => format!("{name}: nothing of this file was anchored\n  {digest}"),
            Language::Zh => format!("{name}：该文件未存证\n  {digest}"),
        }),
    }
}

fn print_file(
    name: impl std::fmt::Display,
    digest: &Digest,
    file: &Value,
    cited: u64,
    lang: Language,
) {
    let time = |value: &Value| value.as_u64().map(output::time).unwrap_or_default();
    let all = |value: &Value| list(value).iter().map(text).collect::<Vec<_>>().join(", ");
    let standing = standing(file, lang);
    output::line(match lang {
        Language::En => format!("{name}: anchored, {standing}\n  {digest}"),
        Language::Zh => format!("{name}：已存证，{standing}\n  {digest}"),
    });
    let shown = match (time(&file["shown_from"]), time(&file["shown_until"])) {
        (from, _) if from.is_empty() => from,
        (from, until) => format!("{from} – {until}"),
    };
    let segment = match &file["segment"] {
        Value::Null => String::new(),
        s => format!("{}/{}: {}", text(&s["no"]), text(&s["of"]), text(&s["whole"])),
    };
    let rows = [
        (("by", "存证方"), text(&file["by"]["party"])),
        (("on", "存证时间"), time(&file["by"]["at"])),
        (("in entry", "存证报文"), text(&file["by"]["entry"])),
        (("media type", "类型"), text(&file["media_type"])),
        (("bytes", "字节数"), text(&file["bytes"])),
        (("about", "关联对象"), all(&file["subjects"])),
        (("shows", "记录时段"), shown),
        (("made by", "设备"), text(&file["device"])),
        (("made at", "地点"), text(&file["place"])),
        (("segment", "分段"), segment),
        (("kept at", "保存地点"), text(&file["kept_at"])),
        (("kept until", "保存至"), time(&file["retention_until"])),
        (("readers", "查阅方"), all(&file["readers"])),
        (("cited", "被引用次数"), cited.to_string()),
        (("because", "原因"), text(&file["ended"]["reason"])),
    ];
    for (label, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        output::line(format_args!("  {}  {value}", lang.pick(*label)));
    }
}

fn print_whole(name: impl std::fmt::Display, digest: &Digest, whole: &Value, lang: Language) {
    let (of, count) = (text(&whole["state"]["of"]), segments(whole).count());
    output::line(match lang {
        Language::En => format!("{name}: {count} of its {of} segments are anchored\n  {digest}"),
        Language::Zh => format!("{name}：共 {of} 段，已存证 {count} 段\n  {digest}"),
    });
    for (no, file) in segments(whole) {
        output::line(format_args!("  {no}  {}", text(file)));
    }
}

/// How a file stands.
fn standing(file: &Value, lang: Language) -> &str {
    match (file["standing"].as_str().unwrap_or_default(), lang) {
        ("kept", Language::Zh) => "保存中",
        ("retention_over", Language::Zh) => "保存期满",
        ("retention_over", Language::En) => "kept for as long as promised",
        ("destroyed", Language::Zh) => "原件已销毁",
        ("withdrawn", Language::Zh) => "已撤回",
        (other, _) => other,
    }
}

/// The files that were linked to a subject.
pub(super) fn listed(subject: &str, items: &[Value], lang: Language) {
    if items.is_empty() {
        let none = lang.pick(("no evidence is linked to", "没有证据关联至"));
        return output::line(format_args!("{none} {subject}"));
    }
    let row = |item: &Value| {
        let file = &item["state"];
        let at = file["by"]["at"].as_u64().map(output::time).unwrap_or_default();
        let name = text(&item["subject"]);
        let digest = name.split_once(':').map_or(name.clone(), |(_, digest)| digest.into());
        let (by, kind) = (text(&file["by"]["party"]), text(&file["media_type"]));
        vec![at, by, kind, standing(file, lang).into(), text(&file["by"]["entry"]), digest]
    };
    let headings = match lang {
        Language::En => ["on", "by", "media type", "standing", "entry", "file"],
        Language::Zh => ["存证时间", "存证方", "类型", "状态", "报文", "文件"],
    };
    Table::new(&headings, items.iter().map(row).collect()).show();
}
