//! A certificate's page as it is usually, and what a printer and a camera make of it.

use std::sync::LazyLock;

use countersign_print::{
    fonts::Fonts,
    page::{Both, Column, Field, Moment, Page, Proof, Seal, Table},
    typeset::{Attachment, set},
};
use countersign_record::Digest;
use hayro::{
    RenderCache, RenderSettings, hayro_interpret::InterpreterSettings, hayro_syntax::Pdf, render,
};
use image::{GrayImage, ImageFormat, imageops};

pub(crate) static FONTS: LazyLock<Fonts> = LazyLock::new(|| Fonts::find(&[]).unwrap());

/// 2026-11-23 00:00 UTC.
const TIME: u64 = 1_795_392_000_000;

fn digest(of: &str) -> String {
    Digest::of(of.as_bytes()).to_string()
}

fn field(en: &str, zh: &str, value: &str, wide: bool) -> Field {
    Field { label: Both::new(en, zh), value: value.into(), wide }
}

fn column(en: &str, zh: &str, share: u32, number: bool) -> Column {
    Column { label: Both::new(en, zh), share, number }
}

fn seal(en: &str, zh: &str, name: (&str, &str), party: &str) -> Seal {
    Seal {
        role: Both::new(en, zh),
        name: Both::new(name.0, name.1),
        party: party.into(),
        entry: digest(party),
        at: Moment::of(TIME).to_string(),
    }
}

/// Items of a certificate of origin.
pub(crate) fn items(count: u32) -> Table {
    let row = |i: u32| {
        vec![
            i.to_string(),
            "8481.80".into(),
            format!("Brass valves, DN {} 黄铜阀门", 10 + i),
            "N/M".into(),
            "1,000 CTN".into(),
            "12,400 kg".into(),
            "RVC 40 %".into(),
        ]
    };
    Table {
        heading: Both::new("Items", "货物"),
        columns: vec![
            column("Item", "项号", 5, true),
            column("HS", "税号", 9, false),
            column("Description of goods", "货物描述", 30, false),
            column("Marks and numbers", "唛头", 12, false),
            column("Quantity", "数量", 12, true),
            column("Gross weight", "毛重", 12, true),
            column("Criterion", "原产地标准", 12, false),
        ],
        rows: (1..=count).map(row).collect(),
    }
}

/// A certificate of origin as it is usually.
pub(crate) fn page() -> Page {
    Page {
        title: Both::new("Certificate of Origin, Form E", "中国—东盟自由贸易区原产地证书"),
        number: "E265100123450001".into(),
        issuer: Both::new("Guangzhou Customs District", "广州海关"),
        district: "5100".into(),
        retroactive: true,
        fields: vec![
            field("Exporter", "出口商", "Shunde Valve Works Ltd. 顺德阀门有限公司", false),
            field("Consignee", "收货人", "Siam Water Engineering Co., Bangkok", false),
            field("Transport", "运输", "Water, XIN HE 9, 2026-11-25", false),
            field("Route", "路线", "Shunde – Nansha – Laem Chabang", false),
            field("Invoice", "发票", "INV-2026-1101, 2026-11-20, USD 48,200.00", false),
            field("Declaration", "报关单", "510120260000000018", false),
        ],
        tables: vec![items(3)],
        declarations: vec![Both::new(
            "The undersigned hereby declare that the above details and statements are correct.",
            "兹声明以上内容正确无误。",
        )],
        notes: vec!["Third-party invoicing 第三方发票".into()],
        seals: vec![
            seal(
                "Issuing office",
                "签证机关",
                ("Guangzhou Customs District", "广州海关"),
                "GUANGZHOU_CUSTOMS",
            ),
            seal(
                "Enterprise",
                "企业",
                ("Shunde Valve Works Ltd.", "顺德阀门有限公司"),
                "SHUNDE_VALVE",
            ),
        ],
        valid_since: Moment::of(TIME),
        proof: Proof {
            network: digest("network"),
            since_height: 1_204,
            since: Moment::of(TIME).to_string(),
            height: 1_204,
            time: Moment::of(TIME).to_string(),
            header: digest("header"),
            record: digest("record"),
        },
    }
}

pub(crate) fn attachment(name: &'static str, content: &[u8]) -> Attachment {
    Attachment {
        name,
        description: "A proof 证明",
        mime: "application/cbor",
        content: content.to_vec(),
    }
}

/// Text of a code over so many bytes that nothing packs any smaller.
pub(crate) fn code_text(bytes: usize) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let characters = (bytes * 3).div_ceil(2);
    let noise = (0_u32..).flat_map(|i| Digest::of(&i.to_be_bytes()).0);
    let noise = noise.map(|b| char::from(ALPHABET[usize::from(b) % ALPHABET.len()]));
    format!("CSGN1:{}", noise.take(characters).collect::<String>())
}

pub(crate) fn pdf_of(page: &Page, code: &str) -> Vec<u8> {
    set(page, &[attachment("one.receipt", b"one"), attachment("state.proof", b"two")], code, &FONTS)
        .unwrap()
}

/// A page of a PDF as a printer or a scanner of this resolution has it.
pub(crate) fn rendered(pdf: &[u8], page: usize, dpi: f32) -> GrayImage {
    let pdf = Pdf::new(pdf.to_vec()).unwrap();
    let settings =
        RenderSettings { x_scale: dpi / 72.0, y_scale: dpi / 72.0, ..Default::default() };
    let page = &pdf.pages()[page];
    let pixels = render(page, &RenderCache::new(), &InterpreterSettings::default(), &settings);
    let (width, height) = (u32::from(pixels.width()), u32::from(pixels.height()));
    let pixels = pixels.data_as_u8_slice().to_vec();
    // Where nothing is drawn the paper is white.
    let grey = pixels.chunks(4).map(|p| {
        let ink = (u32::from(p[0]) + u32::from(p[1]) + u32::from(p[2])) / 3;
        u8::try_from((ink + 255 - u32::from(p[3])).min(255)).unwrap()
    });
    GrayImage::from_raw(width, height, grey.collect()).unwrap()
}

pub(crate) fn pages(pdf: &[u8]) -> usize {
    Pdf::new(pdf.to_vec()).unwrap().pages().len()
}

pub(crate) fn encoded(picture: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// What a careless photograph makes of it: turned by some degrees, blurred by some pixels, and in
/// a poor JPEG.
pub(crate) fn photographed(picture: &GrayImage, degrees: f32, blur: f32, quality: u8) -> Vec<u8> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    #[allow(clippy::cast_precision_loss, reason = "a few thousand pixels")]
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let (w, h) = (width * cos + height * sin, width * sin + height * cos);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, small")]
    let turned = GrayImage::from_fn(w as u32, h as u32, |x, y| {
        #[allow(clippy::cast_precision_loss, reason = "a few thousand pixels")]
        let (x, y) = (x as f32 - w / 2.0, y as f32 - h / 2.0);
        let (u, v) = (x * cos + y * sin + width / 2.0, y * cos - x * sin + height / 2.0);
        imageops::interpolate_bilinear(picture, u, v).unwrap_or(image::Luma([255]))
    });
    let blurred = if blur > 0.0 { imageops::blur(&turned, blur) } else { turned };
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
    blurred.write_with_encoder(encoder).unwrap();
    bytes
}
