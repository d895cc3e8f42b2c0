//! A document for Word and LibreOffice: real styles, contents, captions and tables, text that can be edited, drawings that stay sharp.
//!
//! The parts of the file are written as they are (ECMA-376): libraries at hand know neither alternative texts nor heads that repeat, nor drawings, nor
//! languages.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::typst::{Picture, pictures};
use crate::document::{Block, Document, Sentence, Shown};
use crate::error::{Error, Result};
use crate::template::Template;
use crate::text::Lang;

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const NAMESPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
     xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
     xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
     xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
     xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"";
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
/// Width of the text in twentieths of a point: A4 with margins of 22 mm.
const WIDTH: u32 = 9412;

pub(super) fn docx(template: &Template, document: &Document) -> Result<Vec<u8>> {
    let pictures = pictures(template, document, true)?;
    let words = Titles::of(template, document)?;
    let mut parts: Vec<(String, Vec<u8>)> = vec![
        ("[Content_Types].xml".to_owned(), content_types().into_bytes()),
        ("_rels/.rels".to_owned(), relationships(&[("officeDocument", "word/document.xml"), ("core", "docProps/core.xml")]).into_bytes()),
        ("docProps/core.xml".to_owned(), core(template, document).into_bytes()),
        ("word/document.xml".to_owned(), body(template, document, &pictures, &words).into_bytes()),
        ("word/styles.xml".to_owned(), styles(document.lang).into_bytes()),
        ("word/numbering.xml".to_owned(), numbering(document).into_bytes()),
        ("word/settings.xml".to_owned(), settings(document.lang).into_bytes()),
        ("word/header1.xml".to_owned(), header(document).into_bytes()),
        ("word/footer1.xml".to_owned(), footer(&words).into_bytes()),
    ];
    let mut related: Vec<(&str, String)> = FIXED.iter().map(|(kind, target)| (*kind, (*target).to_owned())).collect();
    for (at, picture) in pictures.iter().enumerate() {
        for (ending, bytes) in [("png", picture.png.clone()), ("svg", picture.svg.clone().into_bytes())] {
            let name = format!("media/chart{}.{ending}", at + 1);
            related.push(("image", name.clone()));
            parts.push((format!("word/{name}"), bytes));
        }
    }
    let related: Vec<(&str, &str)> = related.iter().map(|(kind, target)| (*kind, target.as_str())).collect();
    parts.push(("word/_rels/document.xml.rels".to_owned(), relationships(&related).into_bytes()));
    zipped(parts).map_err(|error| Error::render("DOCX", error))
}

fn zipped(parts: Vec<(String, Vec<u8>)>) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // The same input gives the same bytes: files have no time of their own.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(zip::DateTime::default());
    for (name, bytes) in parts {
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Words around what the document says.
struct Titles {
    contents: String,
    source: String,
    table: String,
    chart: String,
    foot: String,
}

impl Titles {
    fn of(template: &Template, document: &Document) -> Result<Titles> {
        let words = template.words(document.lang);
        Ok(Titles {
            contents: words.title("page.contents")?,
            source: words.title("page.source")?,
            table: words.title("page.table")?,
            chart: words.title("page.chart")?,
            foot: words.title("page.foot")?,
        })
    }
}

/// Parts that the document refers to, before its pictures; their places make their ids.
const FIXED: [(&str, &str); 5] = [
    ("styles", "styles.xml"),
    ("numbering", "numbering.xml"),
    ("settings", "settings.xml"),
    ("header", "header1.xml"),
    ("footer", "footer1.xml"),
];

/// The id of a relationship by its place.
fn id(place: usize) -> String {
    format!("rId{}", place + 1)
}

fn relationships(targets: &[(&str, &str)]) -> String {
    let mut out = format!("{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    for (at, (kind, target)) in targets.iter().enumerate() {
        let kind = if *kind == "core" { format!("{PACKAGE}/relationships/metadata/core-properties") } else { format!("{OFFICE}/{kind}") };
        put(&mut out, format_args!("<Relationship Id=\"{}\" Type=\"{kind}\" Target=\"{target}\"/>", id(at)));
    }
    out + "</Relationships>"
}

fn content_types() -> String {
    let mut out = format!("{HEAD}<Types xmlns=\"{PACKAGE}/content-types\">");
    for (ending, media) in [
        ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
        ("xml", "application/xml"),
        ("png", "image/png"),
        ("svg", "image/svg+xml"),
    ] {
        put(&mut out, format_args!("<Default Extension=\"{ending}\" ContentType=\"{media}\"/>"));
    }
    for (part, media) in [
        ("word/document.xml", "document.main"),
        ("word/styles.xml", "styles"),
        ("word/numbering.xml", "numbering"),
        ("word/settings.xml", "settings"),
        ("word/header1.xml", "header"),
        ("word/footer1.xml", "footer"),
    ] {
        put(&mut out, format_args!("<Override PartName=\"/{part}\" ContentType=\"{WORD}.{media}+xml\"/>"));
    }
    out + "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>"
}

fn core(template: &Template, document: &Document) -> String {
    let from = escaped(template.from(document.lang));
    let date = &document.date;
    format!(
        "{HEAD}<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title>\
         <dc:subject>{}</dc:subject><dc:creator>{from}</dc:creator><dc:language>{}</dc:language>\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{date}T00:00:00Z</dcterms:created>\
         <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{date}T00:00:00Z</dcterms:modified></cp:coreProperties>",
        escaped(&document.title),
        escaped(&document.subtitle),
        locale(document.lang),
    )
}

fn locale(lang: Lang) -> &'static str {
    lang.pick("en-GB", "ko-KR")
}

fn settings(lang: Lang) -> String {
    // Word asks on opening whether to fill in page numbers of the contents; they are there as far as they can be known.
    format!(
        "{HEAD}<w:settings {NAMESPACES}><w:updateFields w:val=\"true\"/><w:themeFontLang w:val=\"{0}\" w:eastAsia=\"ko-KR\"/></w:settings>",
        locale(lang)
    )
}

/// A style of paragraphs: its id and name, on what it is based, what follows, how it stands and looks.
struct Style {
    id: &'static str,
    name: &'static str,
    next: &'static str,
    paragraph: &'static str,
    run: &'static str,
}

const STYLES: [Style; 14] = [
    Style {
        id: "Title",
        name: "Title",
        next: "Subtitle",
        paragraph: "<w:spacing w:before=\"1800\" w:after=\"160\"/>",
        run: "<w:b/><w:color w:val=\"0B4F94\"/><w:sz w:val=\"50\"/><w:szCs w:val=\"50\"/>",
    },
    Style {
        id: "Subtitle",
        name: "Subtitle",
        next: "Normal",
        paragraph: "<w:spacing w:after=\"400\"/>",
        run: "<w:color w:val=\"5A6675\"/><w:sz w:val=\"24\"/>",
    },
    Style {
        id: "Heading1",
        name: "heading 1",
        next: "Normal",
        paragraph: "<w:keepNext/><w:spacing w:before=\"360\" w:after=\"160\"/><w:outlineLvl w:val=\"0\"/>",
        run: "<w:b/><w:color w:val=\"0B4F94\"/><w:sz w:val=\"28\"/>",
    },
    Style {
        id: "Heading2",
        name: "heading 2",
        next: "Normal",
        paragraph: "<w:keepNext/><w:spacing w:before=\"280\" w:after=\"120\"/><w:outlineLvl w:val=\"1\"/>",
        run: "<w:b/><w:sz w:val=\"22\"/>",
    },
    Style {
        id: "Caption",
        name: "caption",
        next: "Normal",
        paragraph: "<w:keepNext/><w:spacing w:before=\"240\" w:after=\"80\"/>",
        run: "<w:b/><w:sz w:val=\"18\"/>",
    },
    Style {
        id: "Source",
        name: "Source",
        next: "Normal",
        paragraph: "<w:spacing w:before=\"60\" w:after=\"60\"/>",
        run: "<w:color w:val=\"5A6675\"/><w:sz w:val=\"15\"/>",
    },
    Style {
        id: "TableText",
        name: "Table Text",
        next: "TableText",
        paragraph: "<w:spacing w:before=\"30\" w:after=\"30\" w:line=\"240\" w:lineRule=\"auto\"/>",
        run: "<w:sz w:val=\"16\"/>",
    },
    Style {
        id: "Callout",
        name: "Callout",
        next: "Normal",
        paragraph: "<w:pBdr><w:left w:val=\"single\" w:sz=\"18\" w:space=\"8\" w:color=\"0B4F94\"/></w:pBdr><w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"F1F5FA\"/><w:spacing w:before=\"120\" w:after=\"160\"/><w:ind w:left=\"170\"/>",
        run: "",
    },
    Style {
        id: "ListBullet",
        name: "List Bullet",
        next: "ListBullet",
        paragraph: "<w:numPr><w:numId w:val=\"1\"/></w:numPr><w:spacing w:after=\"100\"/>",
        run: "",
    },
    Style { id: "ListNumber", name: "List Number", next: "ListNumber", paragraph: "<w:spacing w:after=\"100\"/>", run: "" },
    Style {
        id: "TOCHeading",
        name: "TOC Heading",
        next: "Normal",
        paragraph: "<w:keepNext/><w:spacing w:before=\"400\" w:after=\"120\"/>",
        run: "<w:b/><w:sz w:val=\"24\"/>",
    },
    Style {
        id: "TOC1",
        name: "toc 1",
        next: "Normal",
        paragraph: "<w:tabs><w:tab w:val=\"right\" w:leader=\"dot\" w:pos=\"9412\"/></w:tabs><w:spacing w:after=\"60\"/>",
        run: "",
    },
    Style {
        id: "Header",
        name: "header",
        next: "Header",
        paragraph: "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"4\" w:space=\"4\" w:color=\"C9D0D9\"/></w:pBdr><w:tabs><w:tab w:val=\"right\" w:pos=\"9412\"/></w:tabs>",
        run: "<w:color w:val=\"5A6675\"/><w:sz w:val=\"16\"/>",
    },
    Style {
        id: "Footer",
        name: "footer",
        next: "Footer",
        paragraph: "<w:tabs><w:tab w:val=\"right\" w:pos=\"9412\"/></w:tabs>",
        run: "<w:color w:val=\"5A6675\"/><w:sz w:val=\"16\"/>",
    },
];

fn styles(lang: Lang) -> String {
    let spacing = lang.pick(288, 324);
    let mut out = format!(
        "{HEAD}<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Calibri\" w:hAnsi=\"Calibri\" w:eastAsia=\"Malgun Gothic\" \
         w:cs=\"Calibri\"/><w:color w:val=\"17202E\"/><w:sz w:val=\"20\"/><w:szCs w:val=\"20\"/><w:lang w:val=\"{}\" w:eastAsia=\"ko-KR\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault><w:pPr><w:wordWrap/><w:spacing w:after=\"140\" w:line=\"{spacing}\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style>\
         <w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal Table\"/><w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/>\
         <w:tblCellMar><w:left w:w=\"60\" w:type=\"dxa\"/><w:right w:w=\"60\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>\
         <w:style w:type=\"table\" w:styleId=\"Briefing\"><w:name w:val=\"Briefing Table\"/><w:basedOn w:val=\"TableNormal\"/><w:tblPr><w:tblBorders>\
         <w:top w:val=\"single\" w:sz=\"8\" w:color=\"17202E\"/><w:bottom w:val=\"single\" w:sz=\"4\" w:color=\"C9D0D9\"/>\
         <w:insideH w:val=\"single\" w:sz=\"4\" w:color=\"C9D0D9\"/></w:tblBorders></w:tblPr>\
         <w:tblStylePr w:type=\"firstRow\"><w:rPr><w:b/></w:rPr></w:tblStylePr></w:style>",
        locale(lang)
    );
    for style in &STYLES {
        put(
            &mut out,
            format_args!(
                "<w:style w:type=\"paragraph\" w:styleId=\"{}\"><w:name w:val=\"{}\"/><w:basedOn w:val=\"Normal\"/><w:next w:val=\"{}\"/><w:qFormat/>\
                 <w:pPr>{}</w:pPr><w:rPr>{}</w:rPr></w:style>",
                style.id, style.name, style.next, style.paragraph, style.run
            ),
        );
    }
    out + "</w:styles>"
}

/// Lists of numbered points, each of which begins at 1.
fn numbered(document: &Document) -> usize {
    let blocks = document.parts.iter().flat_map(|part| &part.blocks);
    blocks.filter(|block| matches!(block, Block::Points { numbered: true, .. })).count()
}

fn numbering(document: &Document) -> String {
    let level = |form: &str, text: &str| {
        format!(
            "<w:multiLevelType w:val=\"singleLevel\"/><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{form}\"/><w:lvlText w:val=\"{text}\"/>\
             <w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"400\" w:hanging=\"300\"/></w:pPr></w:lvl>"
        )
    };
    let mut out = format!("{HEAD}<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId=\"0\">{}</w:abstractNum>", level("bullet", "•"));
    let lists = numbered(document);
    for list in 1..=lists {
        put(&mut out, format_args!("<w:abstractNum w:abstractNumId=\"{list}\">{}</w:abstractNum>", level("decimal", "%1.")));
    }
    for list in 0..=lists {
        put(&mut out, format_args!("<w:num w:numId=\"{}\"><w:abstractNumId w:val=\"{list}\"/></w:num>", list + 1));
    }
    out + "</w:numbering>"
}

fn header(document: &Document) -> String {
    let marking =
        if document.marking.is_empty() { String::new() } else { format!("<w:r><w:tab/></w:r>{}", run(&document.marking, "<w:b/>")) };
    format!("{HEAD}<w:hdr {NAMESPACES}>{}</w:hdr>", paragraph("Header", &format!("{}{marking}", run(&document.title, ""))))
}

fn footer(words: &Titles) -> String {
    let field = |name: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> {name} </w:instrText></w:r>\
             <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
        )
    };
    let text = format!("{}<w:r><w:tab/></w:r>{}{}{}", run(&words.foot, ""), field("PAGE"), run(" / ", ""), field("NUMPAGES"));
    format!("{HEAD}<w:ftr {NAMESPACES}>{}</w:ftr>", paragraph("Footer", &text))
}

fn body(template: &Template, document: &Document, pictures: &[Picture], words: &Titles) -> String {
    let mut out = format!("{HEAD}<w:document {NAMESPACES}><w:body>");
    out += &paragraph("Normal", &run(template.from(document.lang), "<w:color w:val=\"5A6675\"/>"));
    out += &paragraph("Title", &run(&document.title, ""));
    out += &paragraph("Subtitle", &run(&document.subtitle, ""));
    if !document.marking.is_empty() {
        out += &paragraph("Normal", &run(&document.marking, "<w:b/>"));
    }
    for (name, said) in &document.facts {
        out += &paragraph("Normal", &format!("{}{}", run(&format!("{name}: "), "<w:color w:val=\"5A6675\"/>"), run(said, "")));
    }
    out += &paragraph("TOCHeading", &run(&words.contents, ""));
    out += &contents(document);
    let mut pictures = pictures.iter().enumerate();
    let (mut tables, mut charts, mut lists) = (0, 0, 0);
    for (at, part) in document.parts.iter().enumerate() {
        let break_before = if at == 0 { "<w:pageBreakBefore/>" } else { "" };
        let title = format!("{}. {}", at + 1, part.title);
        put(
            &mut out,
            format_args!(
                "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/>{break_before}</w:pPr><w:bookmarkStart w:id=\"{at}\" w:name=\"{}\"/>{}<w:bookmarkEnd w:id=\"{at}\"/></w:p>",
                bookmark(at),
                run(&title, "")
            ),
        );
        for block in &part.blocks {
            match block {
                Block::Heading { text } => out += &paragraph("Heading2", &run(text, "")),
                Block::Paragraph { sentences } => out += &paragraph("Normal", &run(&said(sentences), "")),
                Block::Callout { sentences } => out += &paragraph("Callout", &run(&said(sentences), "")),
                Block::Points { points, numbered } => {
                    lists += usize::from(*numbered);
                    for point in points {
                        let text = run(&said(point), "");
                        if *numbered {
                            put(
                                &mut out,
                                format_args!(
                                    "<w:p><w:pPr><w:pStyle w:val=\"ListNumber\"/><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"{}\"/></w:numPr></w:pPr>{text}</w:p>",
                                    lists + 1
                                ),
                            );
                        } else {
                            out += &paragraph("ListBullet", &text);
                        }
                    }
                }
                Block::Table(shown) => {
                    tables += 1;
                    out += &caption(&words.table, "Table", tables, &shown.caption);
                    out += &table(shown);
                    if !shown.note.is_empty() {
                        out += &paragraph("Source", &run(&shown.note, ""));
                    }
                    out += &paragraph("Source", &run(&format!("{}: {}", words.source, shown.source), ""));
                }
                Block::Chart(chart) => {
                    charts += 1;
                    out += &caption(&words.chart, "Figure", charts, &chart.caption);
                    if let Some((at, picture)) = pictures.next() {
                        out += &paragraph("Normal", &drawing(at, picture, &chart.alternative));
                    }
                }
            }
        }
    }
    put(
        &mut out,
        format_args!(
            "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"{}\"/><w:footerReference w:type=\"default\" r:id=\"{}\"/>\
             <w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1361\" w:right=\"1247\" w:bottom=\"1247\" w:left=\"1247\" w:header=\"624\" w:footer=\"624\" w:gutter=\"0\"/>\
             <w:titlePg/></w:sectPr></w:body></w:document>",
            id(3),
            id(4)
        ),
    );
    out
}

fn bookmark(part: usize) -> String {
    format!("_Toc{:08}", part + 1)
}

/// The contents: a field that Word fills with page numbers, with the titles in it already.
fn contents(document: &Document) -> String {
    let mut out = String::new();
    let last = document.parts.len().saturating_sub(1);
    for (at, part) in document.parts.iter().enumerate() {
        let begin = if at == 0 {
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> TOC \\o \"1-1\" \\h \\z \\u </w:instrText></w:r>\
             <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>"
        } else {
            ""
        };
        let end = if at == last { "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>" } else { "" };
        let page = format!(
            "<w:r><w:tab/></w:r><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> PAGEREF {} \\h </w:instrText></w:r>\
             <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>–</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
            bookmark(at)
        );
        let link =
            format!("<w:hyperlink w:anchor=\"{}\">{}{page}</w:hyperlink>", bookmark(at), run(&format!("{}. {}", at + 1, part.title), ""));
        out += &paragraph("TOC1", &format!("{begin}{link}{end}"));
    }
    out
}

fn caption(word: &str, sequence: &str, number: usize, text: &str) -> String {
    let field = format!(
        "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> SEQ {sequence} \\* ARABIC </w:instrText></w:r>\
         <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>{number}</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
    );
    paragraph("Caption", &format!("{}{field}{}", run(&format!("{word} "), ""), run(&format!(". {text}"), "")))
}

fn table(shown: &Shown) -> String {
    let whole: u32 = shown.columns.iter().map(|column| column.width).sum::<u32>().max(1);
    let widths: Vec<u32> = shown.columns.iter().map(|column| WIDTH * column.width / whole).collect();
    let mut out = format!(
        "<w:tbl><w:tblPr><w:tblStyle w:val=\"Briefing\"/><w:tblW w:w=\"{WIDTH}\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/>\
         <w:tblLook w:val=\"0020\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/>\
         <w:tblCaption w:val=\"{}\"/></w:tblPr><w:tblGrid>",
        escaped(&shown.caption)
    );
    widths.iter().for_each(|width| put(&mut out, format_args!("<w:gridCol w:w=\"{width}\"/>")));
    out += "</w:tblGrid>";
    let titles: Vec<String> = shown.columns.iter().map(|column| column.title.clone()).collect();
    for (at, cells) in std::iter::once(&titles).chain(&shown.cells).enumerate() {
        out += if at == 0 { "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" } else { "<w:tr><w:trPr><w:cantSplit/></w:trPr>" };
        for ((cell, column), width) in cells.iter().zip(&shown.columns).zip(&widths) {
            let side = if column.number { "<w:jc w:val=\"right\"/>" } else { "" };
            put(
                &mut out,
                format_args!(
                    "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr><w:p><w:pPr><w:pStyle w:val=\"TableText\"/>{side}</w:pPr>{}</w:p></w:tc>",
                    run(cell, if at == 0 { "<w:b/>" } else { "" })
                ),
            );
        }
        out += "</w:tr>";
    }
    out + "</w:tbl>"
}

/// A drawing, with a picture of it for programs that cannot show one.
fn drawing(at: usize, picture: &Picture, alternative: &str) -> String {
    /// Units of the format in a point.
    const POINT: f64 = 12_700.0;
    let scale = (f64::from(WIDTH) / 20.0 / picture.size.0).min(1.0);
    let (width, height) = ((picture.size.0 * scale * POINT) as u64, (picture.size.1 * scale * POINT) as u64);
    let (png, svg) = (id(FIXED.len() + 2 * at), id(FIXED.len() + 2 * at + 1));
    let (number, alternative) = (at + 1, escaped(alternative));
    format!(
        "<w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width}\" cy=\"{height}\"/>\
         <wp:docPr id=\"{number}\" name=\"Chart {number}\" descr=\"{alternative}\"/>\
         <a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic><pic:nvPicPr>\
         <pic:cNvPr id=\"{number}\" name=\"Chart {number}\" descr=\"{alternative}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed=\"{png}\">\
         <a:extLst><a:ext uri=\"{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}\">\
         <asvg:svgBlip xmlns:asvg=\"http://schemas.microsoft.com/office/drawing/2016/SVG/main\" r:embed=\"{svg}\"/></a:ext></a:extLst></a:blip>\
         <a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm>\
         <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
}

fn paragraph(style: &str, runs: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{runs}</w:p>")
}

fn run(text: &str, look: &str) -> String {
    let look = if look.is_empty() { String::new() } else { format!("<w:rPr>{look}</w:rPr>") };
    format!("<w:r>{look}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(text))
}

fn said(sentences: &[Sentence]) -> String {
    sentences.iter().map(|sentence| sentence.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Text for XML; characters that XML cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(' '),
            letter if letter.is_control() || matches!(letter, '\u{FFFE}' | '\u{FFFF}') => {}
            letter => out.push(letter),
        }
    }
    out
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a text does not fail.
    let _ = out.write_fmt(text);
}
