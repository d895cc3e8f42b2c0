//! `dari organisations search`.

use clap::Args;
use dari_organisations::{Index, Search};

use crate::analysis;
use crate::cli::Common;
use crate::error::Result;
use crate::output;
use crate::progress::say;
use crate::register::{name, register};
use crate::rows::Rows;

/// Arguments of `dari organisations search`.
#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    /// A name or part of one, in any language
    #[arg(required = true, value_name = "NAME")]
    name: Vec<String>,
    /// Only organisations of this country
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
    /// The most to show
    #[arg(long, default_value_t = 10, value_name = "N")]
    limit: usize,
}

pub(super) fn run(common: &Common, args: &SearchArgs) -> Result<()> {
    let register = register(&analysis::snapshot(common)?, common)?;
    let country = args.country.as_ref().map(|country| analysis::country(country)).transpose()?;
    let query = args.name.join(" ");
    let most = if country.is_some() { usize::MAX } else { args.limit };
    let mut found = Search::new(&register).find(&query, most);
    found.retain(|one| country.is_none() || register.get(one.organisation).country == country);
    found.truncate(args.limit);
    let of = |index: Index| register.get(index);
    let rows = Rows::default()
        .text("ror", found.iter().map(|one| of(one.organisation).ror.as_deref()))
        .text("organisation", found.iter().map(|one| Some(name(common, of(one.organisation)))))
        .text("found_name", found.iter().map(|one| Some(one.name.as_str())))
        .text("fit", found.iter().map(|one| Some(one.fit.as_str())))
        .text("country", found.iter().map(|one| of(one.organisation).country))
        .text("city", found.iter().map(|one| of(one.organisation).city.as_deref()))
        .text("types", found.iter().map(|one| Some(of(one.organisation).types.join(", "))))
        .text("status", found.iter().map(|one| Some(of(one.organisation).status.as_str())));
    output::write_rows(common.format, rows)?;
    if found.is_empty() {
        say(&format!("nothing in the register ({} organisations) is called like '{query}'", register.all().len()));
    }
    Ok(())
}
