//! The frameworks at hand: those that ship with dari, and the user's own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::framework::Framework;
use crate::near::near;

/// (file name, text) of every file in `frameworks/`, sorted by name.
static SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// Frameworks by id.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    frameworks: BTreeMap<String, Framework>,
}

impl Registry {
    /// The frameworks that ship with dari.
    ///
    /// # Errors
    /// Those of [`Framework::parse`]; a test keeps the shipped files from ever causing them.
    pub fn shipped() -> Result<Self, Error> {
        let mut registry = Registry::default();
        for (file, text) in SHIPPED {
            registry.insert(Framework::parse(file, text)?);
        }
        Ok(registry)
    }

    /// Adds the framework of a file, or those of all `.toml` files of a folder (not of folders in it). A framework whose id is known replaces
    /// the one before. Nothing is added if one of the files is not valid. Returns the ids in the order of the file names.
    ///
    /// # Errors
    /// What cannot be read, is not a valid framework, or is in two files of the folder; a folder without a framework.
    pub fn load(&mut self, path: &Path) -> Result<Vec<String>, Error> {
        let mut from: BTreeMap<String, String> = BTreeMap::new();
        let mut loaded = Vec::new();
        for path in files(path)? {
            let file = path.display().to_string();
            let text = fs::read_to_string(&path).map_err(|source| Error::Read { path, source })?;
            let framework = Framework::parse(&file, &text)?;
            if let Some(first) = from.insert(framework.id.clone(), file.clone()) {
                return Err(Error::TwoFiles { id: framework.id, first, second: file });
            }
            loaded.push(framework);
        }
        let ids = loaded.iter().map(|framework| framework.id.clone()).collect();
        loaded.into_iter().for_each(|framework| self.insert(framework));
        Ok(ids)
    }

    fn insert(&mut self, framework: Framework) {
        self.frameworks.insert(framework.id.clone(), framework);
    }

    /// The framework of an id, in any case.
    ///
    /// # Errors
    /// [`Error::UnknownFramework`] with the ids there are.
    pub fn get(&self, id: &str) -> Result<&Framework, Error> {
        self.frameworks.get(&id.trim().to_ascii_lowercase()).ok_or_else(|| Error::UnknownFramework {
            asked: id.to_owned(),
            near: near(id, self.iter().map(|framework| (framework.id.as_str(), framework.id.as_str()))),
            known: self.frameworks.keys().cloned().collect(),
        })
    }

    /// All frameworks, ordered by id.
    pub fn iter(&self) -> impl Iterator<Item = &Framework> {
        self.frameworks.values()
    }

    /// The frameworks that hold on a day (days since 1970-01-01), ordered by id.
    pub fn at(&self, day: i32) -> Vec<&Framework> {
        self.iter().filter(|framework| framework.valid_on(day)).collect()
    }
}

/// The file itself, or the `.toml` files of a folder by name.
fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let read = |source| Error::Read { path: path.to_owned(), source };
    let mut files = Vec::new();
    for file in fs::read_dir(path).map_err(read)? {
        let file = file.map_err(read)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() { Err(Error::NoFramework { path: path.to_owned() }) } else { Ok(files) }
}
