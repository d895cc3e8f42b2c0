//! The register of organisations, read from the lake.

use dari_lake::Snapshot;
use dari_organisations::matcher::{Scratch, THRESHOLD};
use dari_organisations::{Builder, Index, Matcher, Organisation, Register};

use crate::cli::{Common, Lang};
use crate::error::{Failure, Result};

/// The organisations of the lake.
pub(crate) fn register(snapshot: &Snapshot, common: &Common) -> Result<Register> {
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
