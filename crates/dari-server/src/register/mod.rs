//! The register, as the user who asks sees it.

mod drafts;
mod files;
mod read;
pub(crate) mod shapes;
mod together;
mod write;

use dari_register::Period;
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{Problem, Result};
use crate::state::Shared;

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    read::routes().merge(write::routes()).merge(drafts::routes()).merge(files::routes()).merge(together::routes())
}

/// The days that a value says; nothing where it is empty.
fn period(name: &str, value: Option<&str>) -> Result<Option<Period>> {
    let Some(text) = value.filter(|text| !text.is_empty()) else { return Ok(None) };
    let period = Period::parse(text)
        .ok_or_else(|| Problem::bad(format!("'{name}' is '{text}'")).hint("For example 2024-01-23, 2024-01 or 2024."))?;
    Ok(Some(period))
}

/// The first of the days that a value says.
fn the_day(name: &str, value: Option<&str>) -> Result<Option<i32>> {
    Ok(period(name, value)?.map(|period| period.from))
}
