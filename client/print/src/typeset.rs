//! Sets a page: a PDF/A-3 with its proofs attached. The same input makes the same bytes, on every
//! machine with the same version of the typeface; there is no clock and no network in it.

use std::{collections::HashMap, sync::LazyLock};

use countersign_record::Digest;
use serde::{Deserialize, Serialize};
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic, Warned},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::{
    code::{Code, TooLong},
    fonts::{FAMILY, Fonts},
    page::{Both, Page},
};

/// Number of the page's form. Whoever changes what a page looks like, or the version of the
/// typesetter, gives it a new number: a page of another number is not compared with one of this.
pub const EDITION: u32 = 1;
/// The name of the attachment that says how the page was set.
pub const SETTING: &str = "setting.json";

/// The side of a module of the printed code in thousandths of a millimetre, where there is room.
const MODULE_UM: usize = 600;
/// The widest that a code may be on the page, in millimetres.
const CODE_MM_MAX: usize = 76;

static LIBRARY: LazyLock<LazyHash<Library>> =
    LazyLock::new(|| LazyHash::new(Library::builder().build()));

/// How a page was set: what must be the same for it to come out the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// [`EDITION`].
    pub edition: u32,
    /// The digests of the font files.
    pub fonts: Vec<Digest>,
}

impl Setting {
    /// How this program sets pages with these fonts.
    pub fn of(fonts: &Fonts) -> Self {
        Self { edition: EDITION, fonts: fonts.digests().to_vec() }
    }
}

/// A file to attach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name: ASCII, without strokes.
    pub name: &'static str,
    /// What it is, for people.
    pub description: &'static str,
    /// Its media type.
    pub mime: &'static str,
    /// Its content.
    pub content: Vec<u8>,
}

/// Why a page was not set.
#[derive(Debug, thiserror::Error)]
pub enum NotSet {
    /// The code has too much text.
    #[error(transparent)]
    Code(#[from] TooLong),
    /// The typesetter refuses.
    #[error("the page cannot be set: {0}")]
    Typesetter(String),
}

/// What the template reads.
#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    page: &'a Page,
    family: &'static str,
    attachments: Vec<Listed>,
    code_mm: f64,
    how: Both,
}

#[derive(Serialize)]
struct Listed {
    name: &'static str,
    description: &'static str,
    mime: &'static str,
}

/// Sets a page with these attachments and the setting's own, and a code of this text.
///
/// # Errors
/// The code is too long for any code, or the typesetter refuses.
pub fn set(
    page: &Page,
    attachments: &[Attachment],
    code_text: &str,
    fonts: &Fonts,
) -> Result<Vec<u8>, NotSet> {
    let code = Code::of(code_text)?;
    let setting = serde_json::to_vec(&Setting::of(fonts)).map_err(typesetter)?;
    let setting = Attachment {
        name: SETTING,
        description: "How this page was set 排版参数",
        mime: "application/json",
        content: setting,
    };
    let attached: Vec<&Attachment> = attachments.iter().chain([&setting]).collect();
    let listed =
        attached.iter().map(|a| Listed { name: a.name, description: a.description, mime: a.mime });
    let data = Data {
        page,
        family: FAMILY,
        attachments: listed.collect(),
        code_mm: code_mm(&code),
        how: how(),
    };
    let mut data = serde_json::to_value(&data).map_err(typesetter)?;
    make_printable(&mut data, fonts);
    let mut sheet = Sheet::new(fonts)?;
    sheet.put("page.json", data.to_string().into_bytes())?;
    sheet.put("code.svg", code.svg().into_bytes())?;
    for attachment in attached {
        sheet.put(attachment.name, attachment.content.clone())?;
    }
    let pdf = sheet.print(page);
    // The typesetter remembers what it has set. Nothing of it is needed again, and a page must not
    // depend on what was set before.
    typst::comemo::evict(0);
    pdf
}

fn typesetter(e: impl std::fmt::Display) -> NotSet {
    NotSet::Typesetter(e.to_string())
}

/// The width of a code on the page: its modules as large as they should be, or as large as the page
/// has room for.
#[allow(clippy::cast_precision_loss, reason = "a few thousand thousandths of a millimetre")]
fn code_mm(code: &Code) -> f64 {
    (code.modules() * MODULE_UM).min(CODE_MM_MAX * 1000) as f64 / 1000.0
}

fn how() -> Both {
    Both::new(
        "Check without any network: countersign verify FILE --genesis genesis.json, where FILE is \
         this PDF, a picture of this page, or the text of the code. What happened after that \
         height, a revocation above all, shows only at a node of the ledger.",
        "离线核验：countersign verify FILE --genesis genesis.json（FILE 为本 PDF、本页图像或二维码文本）。\
         该高度之后的情况（尤其是撤销）须向账本节点查询。",
    )
}

/// Writes each character that the typeface has no picture of, or that nobody sees, as its number,
/// so that nothing on the page is other than it looks.
fn make_printable(value: &mut serde_json::Value, fonts: &Fonts) {
    match value {
        serde_json::Value::String(text) => {
            let seen = |c: char| c == '\n' || (fonts.have(c) && !is_unseen(c));
            if !text.chars().all(seen) {
                let shown = |c: char| match seen(c) {
                    true => c.to_string(),
                    false => format!("[U+{:04X}]", u32::from(c)),
                };
                *text = text.chars().map(shown).collect();
            }
        }
        serde_json::Value::Array(items) => {
            items.iter_mut().for_each(|item| make_printable(item, fonts));
        }
        serde_json::Value::Object(fields) => {
            fields.values_mut().for_each(|field| make_printable(field, fonts));
        }
        _ => {}
    }
}

/// Controls, marks that turn the direction of writing, joiners, tags and the like.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e01ef}')
}

/// All that the typesetter may see.
struct Sheet<'a> {
    fonts: &'a Fonts,
    main: Source,
    files: HashMap<FileId, Bytes>,
}

fn id_of(name: &str) -> Result<FileId, NotSet> {
    let path = VirtualPath::new(name).map_err(|e| NotSet::Typesetter(format!("{e:?}")))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

impl<'a> Sheet<'a> {
    fn new(fonts: &'a Fonts) -> Result<Self, NotSet> {
        let main = Source::new(id_of("page.typ")?, include_str!("page.typ").into());
        Ok(Self { fonts, main, files: HashMap::new() })
    }

    fn put(&mut self, name: &str, content: Vec<u8>) -> Result<(), NotSet> {
        self.files.insert(id_of(name)?, Bytes::new(content));
        Ok(())
    }

    fn print(&self, page: &Page) -> Result<Vec<u8>, NotSet> {
        let Warned { output, warnings } = typst::compile::<PagedDocument>(self);
        let document = output.map_err(|e| NotSet::Typesetter(said(&e)))?;
        if !warnings.is_empty() {
            return Err(NotSet::Typesetter(said(&warnings)));
        }
        let standards = PdfStandards::new(&[PdfStandard::A_3b])
            .map_err(|e| NotSet::Typesetter(e.message().to_string()))?;
        let options = PdfOptions {
            ident: Smart::Custom(format!("{}/{}", page.proof.network, page.number)),
            creator: Smart::Custom(Some("Countersign".into())),
            standards,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|e| NotSet::Typesetter(said(&e)))
    }
}

fn said(diagnostics: &[SourceDiagnostic]) -> String {
    diagnostics.iter().map(|d| d.message.to_string()).collect::<Vec<_>>().join("; ")
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.fonts.get(index).cloned()
    }

    /// There is no today: a page that was printed last year must come out the same.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
