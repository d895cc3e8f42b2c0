//! Typesetting: PDF, and charts as SVG and PNG.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value as Json;
use typst::diag::{FileError, FileResult, SourceDiagnostic, Warned};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::{Rendered, data, parts_of_day};
use crate::document::Document;
use crate::error::{Error, Result};
use crate::template::Template;

/// The shipped fonts (SIL Open Font License): Pretendard, with Hangul and Latin of one design, and Chinese characters of Noto Sans.
static FONTS: LazyLock<(LazyHash<FontBook>, Vec<Font>)> = LazyLock::new(|| {
    let files: [&'static [u8]; 3] = [
        include_bytes!("../../fonts/Pretendard-Regular.otf"),
        include_bytes!("../../fonts/Pretendard-Bold.otf"),
        include_bytes!("../../fonts/NotoSansCJKkr-Hanja.otf"),
    ];
    let fonts: Vec<Font> = files.into_iter().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect();
    (LazyHash::new(FontBook::from_fonts(&fonts)), fonts)
});

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// The files that a document is set from; nothing outside of them can be read.
struct Files {
    main: FileId,
    files: BTreeMap<String, Bytes>,
    /// Fonts of the template, after the shipped ones.
    own: Option<(LazyHash<FontBook>, Vec<Font>)>,
    /// Characters that no font has.
    missing: String,
}

fn id(name: &str) -> Result<FileId> {
    let path = VirtualPath::new(name).map_err(|error| Error::template(name, format!("{error:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl Files {
    fn new(template: &Template, document: &Document, main: &str) -> Result<Files> {
        let mut files = template.files.clone();
        let is_font = |name: &str| [".otf", ".ttf", ".ttc"].iter().any(|ending| name.to_lowercase().ends_with(ending));
        let own: Vec<Font> = files.iter().filter(|(name, _)| is_font(name)).flat_map(|(_, bytes)| Font::iter(bytes.clone())).collect();
        let own = (!own.is_empty()).then(|| {
            let all: Vec<Font> = FONTS.1.iter().cloned().chain(own).collect();
            (LazyHash::new(FontBook::from_fonts(&all)), all)
        });
        let mut data = data(template, document)?;
        let mut missing = String::new();
        replace_missing(&mut data, own.as_ref().map_or(&FONTS.1, |own| &own.1), &mut missing);
        let json = serde_json::to_vec(&data).map_err(|error| Error::render("PDF", error))?;
        files.insert("briefing.json".to_owned(), Bytes::new(json));
        Ok(Files { main: id(main)?, files, own, missing })
    }

    fn bytes(&self, id: FileId) -> FileResult<&Bytes> {
        let path = id.get().vpath().get_without_slash();
        self.files.get(path).ok_or_else(|| FileError::NotFound(path.into()))
    }

    /// A fault with its place.
    fn told(&self, fault: &SourceDiagnostic) -> Error {
        let place = fault.span.id().and_then(|id| {
            let source = self.source(id).ok()?;
            let line = source.lines().byte_to_line(self.range(fault.span)?.start)?;
            Some((id.get().vpath().get_without_slash().to_owned(), line + 1))
        });
        let hints: Vec<&str> = fault.hints.iter().map(|hint| hint.v.as_str()).collect();
        let message = if hints.is_empty() { fault.message.to_string() } else { format!("{} ({})", fault.message, hints.join("; ")) };
        match place {
            Some((file, line)) => Error::template(&file, format!("line {line}: {message}")),
            None => Error::render("PDF", message),
        }
    }

    fn set(&self) -> Result<(PagedDocument, Vec<String>)> {
        let Warned { output, warnings } = typst::compile::<PagedDocument>(self);
        let document = output.map_err(|faults| match faults.first() {
            Some(fault) => self.told(fault),
            None => Error::render("PDF", "it could not be set"),
        })?;
        let mut warnings: Vec<String> = warnings.iter().map(|warning| warning.message.to_string()).collect();
        if !self.missing.is_empty() {
            warnings
                .push(format!("no font has {}: a box stands for each (put a font that has it into the template's folder)", self.missing));
        }
        Ok((document, warnings))
    }
}

/// Puts a box for each character that no font has: one name in a script that is not shipped must not cost the whole document.
fn replace_missing(data: &mut Json, fonts: &[Font], missing: &mut String) {
    match data {
        Json::String(text) => {
            let has = |letter: char| {
                letter.is_whitespace() || letter == '\u{AD}' || fonts.iter().any(|font| font.info().coverage.contains(u32::from(letter)))
            };
            if !text.chars().all(has) {
                missing.extend(text.chars().filter(|letter| !has(*letter)));
                *text = text.chars().map(|letter| if has(letter) { letter } else { '\u{25A1}' }).collect();
            }
        }
        Json::Array(values) => values.iter_mut().for_each(|value| replace_missing(value, fonts, missing)),
        Json::Object(values) => values.values_mut().for_each(|value| replace_missing(value, fonts, missing)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

impl World for Files {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.own.as_ref().map_or(&FONTS.0, |own| &own.0)
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let text = std::str::from_utf8(self.bytes(id)?).map_err(|_| FileError::InvalidUtf8)?;
        Ok(Source::new(id, text.to_owned()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.bytes(id).cloned()
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.own.as_ref().map_or(&FONTS.1, |own| &own.1).get(index).cloned()
    }

    // What day it is, the document says: the same input gives the same bytes.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// What typesetting keeps for the next time is let go after so many documents.
const KEPT: usize = 4;

/// The document as PDF/A-2a, tagged for screen readers as PDF/UA-1 asks.
pub(crate) fn pdf(template: &Template, document: &Document) -> Result<Rendered> {
    let files = Files::new(template, document, "briefing.typ")?;
    let (set, warnings) = files.set()?;
    let (year, month, day) = parts_of_day(&document.date)?;
    let moment = Datetime::from_ymd_hms(year, month, day, 0, 0, 0)
        .ok_or_else(|| Error::input(format!("'{}' is no day", document.date), "For example 2024-01-22."))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).map_err(|error| Error::render("PDF", error.message()))?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("{} {} {}", document.title, document.date, document.lang.code())),
        creator: Smart::Custom(Some(format!("dari {}", env!("CARGO_PKG_VERSION")))),
        timestamp: Some(Timestamp::new_utc(moment)),
        standards,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&set, &options).map_err(|faults| match faults.first() {
        Some(fault) => files.told(fault),
        None => Error::render("PDF", "it could not be written"),
    })?;
    let pages = set.pages().len();
    typst::comemo::evict(KEPT);
    Ok(Rendered { bytes, warnings, pages: Some(pages) })
}

/// A chart as a drawing and as a picture.
pub(crate) struct Picture {
    /// SVG.
    pub(crate) svg: String,
    /// PNG, for programs that cannot show the drawing.
    pub(crate) png: Vec<u8>,
    /// Width and height in points.
    pub(crate) size: (f64, f64),
}

/// The charts of a document in their order.
pub(crate) fn pictures(template: &Template, document: &Document, with_png: bool) -> Result<Vec<Picture>> {
    if document.charts().next().is_none() {
        return Ok(Vec::new());
    }
    let files = Files::new(template, document, "charts.typ")?;
    let (set, _) = files.set()?;
    let picture = |page| -> Result<Picture> {
        let svg = typst_svg::svg(page, &typst_svg::SvgOptions::default());
        let png = if with_png {
            let options = typst_render::RenderOptions { pixel_per_pt: 2.5.into(), ..typst_render::RenderOptions::default() };
            typst_render::render(page, &options).encode_png().map_err(|error| Error::render("DOCX", error))?
        } else {
            Vec::new()
        };
        let size = page.frame.size();
        Ok(Picture { svg, png, size: (size.x.to_pt(), size.y.to_pt()) })
    };
    let pictures = set.pages().iter().map(picture).collect();
    typst::comemo::evict(KEPT);
    pictures
}
