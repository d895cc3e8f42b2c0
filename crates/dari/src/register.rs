//! The register of organisations, read from the lake.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use dari_lake::Snapshot;
use dari_organisations::matcher::{Scratch, THRESHOLD};
use dari_organisations::{Builder, Index, Matcher, Organisation, Register, Search};

use crate::cli::{Common, Lang};
use crate::error::{Failure, Result};

/// Of what the register of organisations was read: the lake, and the versions of its tables.
type Key = (PathBuf, Vec<Option<(u64, u64)>>);

/// The last register that was read, and the index over its names: what many questions to a server begin with.
#[derive(Clone)]
struct Kept {
    key: Key,
    register: Arc<Register>,
    search: Arc<OnceLock<Search<Arc<Register>>>>,
}

static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

fn kept(snapshot: &Snapshot, common: &Common) -> Result<Kept> {
    let tables = ["organisations", "organisation_names", "organisation_relations"];
    let versions = tables.map(|table| snapshot.commit.tables.get(table).map(|table| (table.version, table.rows)));
    let key = (common.lake.clone(), versions.to_vec());
    // Whoever asks meanwhile waits for the same register.
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = kept.as_ref().filter(|kept| kept.key == key) {
        return Ok(kept.clone());
    }
    let register = Arc::new(read(snapshot, common)?);
    Ok(kept.insert(Kept { key, register, search: Arc::default() }).clone())
}

/// The organisations of the lake.
pub(crate) fn register(snapshot: &Snapshot, common: &Common) -> Result<Arc<Register>> {
    Ok(kept(snapshot, common)?.register)
}

/// The organisations of the lake, for looking up names: a function that is given the index over them.
pub(crate) fn search<T>(snapshot: &Snapshot, common: &Common, look_up: impl FnOnce(&Search<Arc<Register>>) -> T) -> Result<T> {
    let kept = kept(snapshot, common)?;
    Ok(look_up(kept.search.get_or_init(|| Search::new(kept.register))))
}

fn read(snapshot: &Snapshot, common: &Common) -> Result<Register> {
    let mut builder = Builder::default();
    let options = common.options();
    snapshot.for_each("SELECT * FROM organisations", &options, |batch| -> Result<()> { Ok(builder.organisations(&batch)?) })?;
    snapshot.for_each("SELECT * FROM organisation_names", &options, |batch| -> Result<()> { Ok(builder.names(&batch)?) })?;
    snapshot.for_each("SELECT * FROM organisation_relations", &options, |batch| -> Result<()> { Ok(builder.relations(&batch)?) })?;
    let register = builder.finish();
    if register.all().is_empty() {
        return Err(Failure::new("no organisations loaded").hint("Load the register with `dari load ror FILE` (https://ror.org/data)."));
    }
    Ok(register)
}

/// What is looked up in the register for the holder of an award: name, city, state and country as published, as far as known.
pub(crate) fn holder_text(parts: [Option<&str>; 3], country: Option<&str>) -> String {
    let country = country.map(|code| dari_model::country::by_code(code).map_or(code, |country| country.name_en));
    parts.into_iter().chain([country]).flatten().collect::<Vec<_>>().join(", ")
}

/// The organisation that holds an award: of several that a [text](holder_text) names, the surest.
pub(crate) fn holder(matcher: &Matcher<'_>, text: &str, scratch: &mut Scratch) -> Option<Index> {
    matcher.find(text, THRESHOLD, scratch).organisations.first().map(|found| found.organisation)
}

/// An organisation's name in the language asked for.
pub(crate) fn name<'a>(common: &Common, organisation: &'a Organisation) -> &'a str {
    match common.lang {
        Lang::Ko => organisation.name_ko().unwrap_or(&organisation.name),
        Lang::En => &organisation.name,
    }
}
