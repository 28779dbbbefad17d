//! The public page on which anybody checks a certificate: one page, both languages, no script.

use countersign_contracts::certificate::{
    PublicStanding, ShownItem, Signed, Word, bodies::RevocationCause,
};
use countersign_record::Digest;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    certificates::{Answer, Asked, Both, Certified, Said, Stamp},
    delivery_note::{decimal, moment},
};

const STYLE: &str = "
body { font: 16px/1.45 'Noto Sans CJK SC', 'Noto Sans', 'Microsoft YaHei', sans-serif;
  color: #111; max-width: 46rem; margin: 1rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 0 .6rem } h2 { font-size: 1.1rem; margin: 1.4rem 0 .4rem }
form { display: grid; gap: .4rem; margin: .6rem 0 }
input, textarea, button { font: inherit; padding: .4rem; width: 100%; box-sizing: border-box }
button { width: auto; justify-self: start; padding: .4rem 1.2rem }
table { border-collapse: collapse; width: 100% }
th, td { border-top: 1px solid #bbb; padding: .3rem .5rem .3rem 0; text-align: left;
  vertical-align: top; overflow-wrap: anywhere }
th { width: 38%; font-weight: 500 }
.word { font-size: 1.3rem; font-weight: 700; padding: .5rem .8rem; margin: .6rem 0;
  border-left: .5rem solid }
.good { border-color: #17702a; background: #e9f6ec } .bad { border-color: #a3140e;
  background: #fbeceb } .wait { border-color: #8a5a00; background: #fdf4e3 }
footer { margin: 1.6rem 0; font-size: .85rem; overflow-wrap: anywhere }
";

/// The page, with an answer where something was asked.
pub(super) fn page(answer: Option<&Answer>, network: &Digest) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Check a certificate 证书核验" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Check a certificate 证书核验" }
                @if let Some(answer) = answer { (answered(answer)) }
                (forms())
                footer {
                    p { "Ledger 账本 " (network) }
                    p { "A proof is checked without this node: 证明可脱离本节点核验: "
                        code { "countersign verify state.proof --genesis genesis.json" } }
                }
            }
        }
    }
}

fn forms() -> Markup {
    html! {
        h2 { "What do you have? 请提供以下任一项" }
        form method="get" action="/verify" {
            label for="no" { "The number of the certificate 证书编号" }
            input id="no" name="q" maxlength="64" autocomplete="off";
            button { "Check 核验" }
        }
        form method="post" action="/verify" enctype="multipart/form-data" {
            label for="file" {
                "The PDF that was printed, or a picture of the page 打印所用的PDF文件，或页面的照片、扫描图"
            }
            input id="file" name="file" type="file" accept="application/pdf,image/png,image/jpeg";
            label for="code" { "or the text of the code on the page 或页面二维码的文本" }
            textarea id="code" name="q" rows="3" {}
            button { "Check 核验" }
        }
    }
}

fn answered(answer: &Answer) -> Markup {
    html! {
        (said(answer))
        @if let Some((found, stamp, no)) = &answer.certificate {
            @match found {
                Some(certified) => (certificate(certified, stamp)),
                None => {
                    div.word.bad { "UNKNOWN: there is no certificate " (no) " 没有该证书" }
                    (proof(stamp, "that there is none 证明其不存在"))
                }
            }
        }
    }
}

/// What a file or a code is worth by itself.
fn said(answer: &Answer) -> Markup {
    match &answer.said {
        Said::Nothing => html! {},
        Said::Unreadable(why) => html! {
            div.word.bad { "This is no certificate's number 不是证书编号" }
            p { (why) }
        },
        Said::Printed(paper, stamp) => html! {
            @match &paper.outdated {
                None => div.word.good {
                    "This very file was printed for " (paper.certificate) " 该文件即此证书的打印件"
                },
                Some(by) => div.word.bad {
                    "OUTDATED: this file shows the certificate before its correction "
                    "该文件为更正前的版本 · " (moment(by.at))
                },
            }
            p { "Printed 打印 " (signed(&paper.printed)) }
            (proof(stamp, "of the page 页面的证明"))
        },
        Said::NeverPrinted(stamp) => html! {
            div.word.bad { "This file was never printed for a certificate 该文件从未作为证书打印" }
            @if let Asked::File(digest) = &answer.asked { p { "SHA-256 " (digest) } }
            p { "A scan of the paper is another file: hand it in as a picture, PNG or JPEG. "
                "纸质件的扫描为另一文件，请以PNG或JPEG图片提交。" }
            (proof(stamp, "that it never was 证明其从未打印"))
        },
        Said::Holds(height, time) => html! {
            div.word.good { "The code is signed by this ledger 二维码经本账本签名" }
            p { "It says how the certificate stood at height " (height) ", " (moment(*time))
                ". How it stands now is said below. 二维码载明该时刻的状态，现状见下。" }
        },
        Said::NoCode(why) => html! {
            div.word.wait { "No code was read from the picture 未能从图片中读出二维码" }
            p { (why) }
        },
        Said::DoesNotHold(why) => html! {
            div.word.bad { "The code does not hold 二维码无效" }
            p { (why) }
        },
    }
}

fn proof(stamp: &Stamp, of: &str) -> Markup {
    html! {
        p {
            a href=(stamp.proof) { "Proof " (of) }
            " · height 高度 " (stamp.height) " · " (moment(stamp.time))
        }
    }
}

fn certificate(certified: &Certified, stamp: &Stamp) -> Markup {
    let shown = &certified.standing;
    let (class, word) = word(shown.standing);
    html! {
        div class={ "word " (class) } { (word) }
        p {
            "since 自 " (moment(shown.since))
            @if let Some(by) = &shown.by { " · by 签署 " (by.party) " · entry 报文 " (by.entry) }
            @if let Some(other) = &shown.replaced_by {
                br; "The certificate that stands for it 现行证书: "
                a href={ "/verify?q=" (other) } { (other) }
            }
            @if let Some(cause) = shown.cause { br; "Cause 原因: " (cause_text(cause)) }
        }
        (proof(stamp, "of how it stands 状态证明"))
        h2 { (shown.title.en) " " (shown.title.zh) " " (shown.certificate) }
        table {
            (row("Issued by 签证海关", named(&shown.issued.party, certified.office_names.as_ref())))
            (row("For 企业", named(&shown.enterprise, certified.enterprise_names.as_ref())))
            (row("Valid from 有效期自", moment(shown.valid_from)))
            (row("Valid to 有效期至", moment(shown.valid_to)))
            @if shown.retroactive { (row("Mark 标注", "ISSUED RETROACTIVELY 补发")) }
            @if shown.version > 0 {
                (row("Corrections 更正", format!("{} · an earlier page is outdated 此前打印件作废",
                    shown.version)))
            }
            (goods(shown))
            (row("Signature of the office 海关签章", signed(&shown.issued)))
            @if let Some(second) = &shown.countersigned {
                (row("Signature of the enterprise 企业签章", signed(second)))
            }
        }
    }
}

fn goods(shown: &PublicStanding) -> Markup {
    html! {
        @for item in &shown.items { (row(&format!("Item 项 {}", item.no), goods_of(item))) }
        @if let Some(vehicle) = &shown.vehicle {
            (row("Vehicle 车辆", &vehicle.plate))
            (row("Animals 动物", format!("{} · {}", vehicle.chips.len(), vehicle.chips.join(", "))))
        }
    }
}

fn goods_of(item: &ShownItem) -> Markup {
    html! {
        @if let Some(words) = &item.description { (words) " · " }
        @if let Some(hs) = &item.hs { "HS " (hs) " · " }
        (decimal(item.certified_milli.into(), 3)) " " (item.unit)
    }
}

fn row(label: &str, value: impl maud::Render) -> Markup {
    html! { tr { th { (label) } td { (value) } } }
}

fn named(id: &str, names: Option<&Both>) -> String {
    names.map_or_else(|| id.into(), |n| format!("{} {} ({id})", n.en, n.zh))
}

fn signed(by: &Signed) -> Markup {
    html! { (by.party) " · " (moment(by.at)) br; "entry 报文 " (by.entry) }
}

fn word(word: Word) -> (&'static str, &'static str) {
    match word {
        Word::Valid => ("good", "VALID 有效"),
        Word::NotCountersigned => {
            ("wait", "NOT VALID YET: the enterprise has not signed 待企业签章")
        }
        Word::NotYetValid => ("wait", "NOT VALID YET: its term has not begun 尚未生效"),
        Word::UsedUp => ("bad", "USED UP 已用完"),
        Word::Replaced => ("bad", "REPLACED 已更换"),
        Word::Revoked => ("bad", "REVOKED 已注销"),
        Word::Expired => ("bad", "EXPIRED 已过期"),
    }
}

fn cause_text(cause: RevocationCause) -> &'static str {
    match cause {
        RevocationCause::BuyerCancelled => "the buyer cancelled 买方取消",
        RevocationCause::Error => "an error 错误",
        RevocationCause::NotEntitled => "it should not have been issued 不符合签发条件",
        RevocationCause::Lost => "lost or stolen 遗失",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp() -> Stamp {
        let proof = "/v1/subjects/certificate/certificate:X?proof=true&at=7".into();
        Stamp { height: 7, time: 1_782_403_199_999, proof }
    }

    fn asked(said: Said, certificate: Option<(Option<Certified>, Stamp, String)>) -> String {
        let asked = Asked::Number("<script>alert(1)</script>".into());
        page(Some(&Answer { asked, said, certificate }), &Digest::ZERO).into_string()
    }

    #[test]
    fn an_unknown_number_is_answered_with_the_proof_that_it_is_unknown() {
        let no = "<script>alert(1)</script>".to_owned();
        let page = asked(Said::Nothing, Some((None, stamp(), no)));
        assert!(page.contains("UNKNOWN") && page.contains("没有该证书"));
        assert!(
            page.contains("href=\"/v1/subjects/certificate/certificate:X?proof=true&amp;at=7\"")
        );
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
    }

    #[test]
    fn a_file_that_was_never_printed_says_so_with_its_proof() {
        let page = asked(Said::NeverPrinted(stamp()), None);
        assert!(page.contains("never printed") && page.contains("从未作为证书打印"));
        assert!(page.contains("proof=true"));
    }

    #[test]
    fn a_page_that_nothing_was_asked_of_asks() {
        let page = page(None, &Digest::ZERO).into_string();
        assert!(page.contains("name=\"q\"") && page.contains("type=\"file\""));
        assert!(!page.contains("class=\"word"));
    }
}
