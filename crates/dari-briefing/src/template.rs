//! What a briefing looks like and how it is worded: files that a ministry can replace.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use typst::foundations::Bytes;

use crate::error::{Error, Result};
use crate::kinds::{self, Kind};
use crate::text::Lang;
use crate::words::Words;

/// The shipped files.
const SHIPPED: [(&str, &[u8]); 7] = [
    ("contents.toml", include_bytes!("../template/contents.toml")),
    ("words.en.toml", include_bytes!("../template/words.en.toml")),
    ("words.ko.toml", include_bytes!("../template/words.ko.toml")),
    ("briefing.typ", include_bytes!("../template/briefing.typ")),
    ("charts.typ", include_bytes!("../template/charts.typ")),
    ("look.typ", include_bytes!("../template/look.typ")),
    ("page.css", include_bytes!("../template/page.css")),
];
/// Bytes that a template may have in all.
const LARGEST: u64 = 64 << 20;

/// A template: order of the parts, letterhead, wording, look.
#[derive(Debug, Clone)]
pub struct Template {
    pub(crate) files: BTreeMap<String, Bytes>,
    contents: Contents,
    en: Words,
    ko: Words,
}

/// `contents.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    letterhead: Letterhead,
    /// Parts of each kind of briefing, in order.
    kinds: BTreeMap<String, Vec<String>>,
}

/// Who writes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Letterhead {
    en: String,
    ko: String,
    /// A picture in the template's folder (SVG or PNG).
    #[serde(default)]
    logo: Option<String>,
}

impl Template {
    /// The shipped template.
    ///
    /// # Errors
    /// Never, as long as the shipped files are right.
    pub fn shipped() -> Result<Template> {
        Template::of(SHIPPED.into_iter().map(|(name, bytes)| (name.to_owned(), Bytes::new(bytes))).collect())
    }

    /// A template of a folder. Files that are not there are the shipped ones.
    ///
    /// # Errors
    /// Where a file cannot be read or is wrong.
    pub fn read(folder: &Path) -> Result<Template> {
        let failed = |path: &Path, source: std::io::Error| Error::File { path: path.display().to_string(), source };
        let mut files: BTreeMap<String, Bytes> = SHIPPED.into_iter().map(|(name, bytes)| (name.to_owned(), Bytes::new(bytes))).collect();
        let mut bytes = 0;
        for entry in std::fs::read_dir(folder).map_err(|source| failed(folder, source))? {
            let path = entry.map_err(|source| failed(folder, source))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|_| path.is_file()) else { continue };
            bytes += path.metadata().map_err(|source| failed(&path, source))?.len();
            if bytes > LARGEST {
                return Err(Error::template(name, format!("the files of the template take more than {} MB", LARGEST >> 20)));
            }
            files.insert(name.to_owned(), Bytes::new(std::fs::read(&path).map_err(|source| failed(&path, source))?));
        }
        Template::of(files)
    }

    /// Writes the shipped template into a folder, for changing it. What is there already stays.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn begin(folder: &Path) -> Result<Vec<String>> {
        let failed = |source| Error::File { path: folder.display().to_string(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut written = Vec::new();
        for (name, bytes) in SHIPPED {
            let path = folder.join(name);
            if !path.exists() {
                std::fs::write(&path, bytes).map_err(failed)?;
                written.push(name.to_owned());
            }
        }
        Ok(written)
    }

    fn of(files: BTreeMap<String, Bytes>) -> Result<Template> {
        let text = |name: &str| {
            let bytes = files.get(name).map(|bytes| bytes.as_slice()).unwrap_or_default();
            std::str::from_utf8(bytes).map_err(|_| Error::template(name, "not in UTF-8"))
        };
        let contents: Contents = toml::from_str(text("contents.toml")?).map_err(|error| Error::template("contents.toml", error))?;
        let en = Words::read("words.en.toml", text("words.en.toml")?)?;
        let ko = Words::read("words.ko.toml", text("words.ko.toml")?)?;
        Ok(Template { contents, en, ko, files })
    }

    /// The words of a language.
    pub(crate) fn words(&self, lang: Lang) -> &Words {
        lang.pick(&self.en, &self.ko)
    }

    /// Who writes.
    pub(crate) fn from(&self, lang: Lang) -> &str {
        lang.pick(&self.contents.letterhead.en, &self.contents.letterhead.ko)
    }

    /// The letterhead's picture: a name in the template's folder.
    pub(crate) fn logo(&self) -> Option<&str> {
        self.contents.letterhead.logo.as_deref()
    }

    /// The parts of a kind in order.
    pub(crate) fn parts(&self, kind: Kind) -> &[String] {
        self.contents.kinds.get(kind.name()).map(Vec::as_slice).unwrap_or_default()
    }

    /// A file as text.
    pub(crate) fn text(&self, name: &str) -> Result<&str> {
        let bytes = self.files.get(name).ok_or_else(|| Error::template(name, "is missing"))?;
        std::str::from_utf8(bytes).map_err(|_| Error::template(name, "not in UTF-8"))
    }

    /// All that is wrong with the files beside the look: sentences that are missing or unknown, names in braces that no sentence has, parts that there are not.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for lang in [Lang::En, Lang::Ko] {
            let (words, file) = (self.words(lang), lang.pick("words.en.toml", "words.ko.toml"));
            for (key, holes) in kinds::wording() {
                let Some(text) = words.get(key) else {
                    faults.push(format!("{file}: '{key}' is missing"));
                    continue;
                };
                for hole in Words::holes(text).filter(|hole| !holes.contains(hole)) {
                    faults.push(format!("{file}: '{key}' has no '{{{hole}}}'; there are {}", holes.join(", ")));
                }
            }
            let known: BTreeMap<&str, &[&str]> = kinds::wording().collect();
            for key in words.keys().filter(|key| !known.contains_key(key)) {
                faults.push(format!("{file}: '{key}' is not used"));
            }
        }
        for kind in Kind::ALL {
            let Some(parts) = self.contents.kinds.get(kind.name()) else {
                faults.push(format!("contents.toml: the kind '{}' is missing", kind.name()));
                continue;
            };
            for part in parts.iter().filter(|part| !kind.parts().contains(&part.as_str())) {
                faults.push(format!("contents.toml: a {} has no part '{part}'; there are {}", kind.name(), kind.parts().join(", ")));
            }
        }
        for name in self.contents.kinds.keys().filter(|name| Kind::ALL.iter().all(|kind| kind.name() != name.as_str())) {
            faults.push(format!("contents.toml: there is no kind '{name}'"));
        }
        if let Some(logo) = self.logo().filter(|logo| !self.files.contains_key(*logo)) {
            faults.push(format!("contents.toml: the logo '{logo}' is not in the folder"));
        }
        faults
    }
}
