//! `dari organisations show`.

use clap::Args;
use dari_organisations::{Index, Register};

use crate::analysis;
use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::output;
use crate::register::{name, register};
use crate::rows::Rows;

/// Arguments of `dari organisations show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// ROR id (04h9pn542, with or without its address) or OpenAlex institution (I12345)
    #[arg(value_name = "ID")]
    id: String,
}

/// The organisation a person means by an id.
pub(crate) fn find(register: &Register, id: &str) -> Result<Index> {
    register.by_ror(id).or_else(|| register.by_openalex(id)).ok_or_else(|| {
        Failure::misuse(format!("'{id}' is no id of an organisation in the register"))
            .hint("Ids are ROR ids (04h9pn542) or OpenAlex institutions (I12345); find one with `dari organisations search NAME`.")
    })
}

pub(super) fn run(common: &Common, args: &ShowArgs) -> Result<()> {
    let register = register(&analysis::snapshot(common)?, common)?;
    let index = find(&register, &args.id)?;
    let one = register.get(index);
    let day = |day: Option<i32>| day.map(dari_model::date::format).unwrap_or_default();
    let mut lines: Vec<(&str, String, String)> = vec![
        ("name", String::new(), name(common, one).to_owned()),
        ("ror", String::new(), one.ror.clone().unwrap_or_default()),
        ("openalex", String::new(), one.openalex.map(|number| format!("I{number}")).unwrap_or_default()),
        ("country", String::new(), one.country.unwrap_or_default().to_owned()),
        ("city", String::new(), one.city.clone().unwrap_or_default()),
        ("types", String::new(), one.types.join(", ")),
        ("status", String::new(), one.status.as_str().to_owned()),
        ("established", String::new(), one.established.map(|year| year.to_string()).unwrap_or_default()),
        ("domains", String::new(), one.domains.join(", ")),
        ("record_changed", String::new(), day(one.updated)),
    ];
    lines.retain(|(_, _, value)| !value.is_empty());
    for other in &one.names {
        let about = [Some(other.kind.as_str()), other.language.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        lines.push(("other_name", about, other.text.clone()));
    }
    for relation in &one.relations {
        let known = register.by_id(relation.other).map(|other| register.get(other));
        let ror = known.and_then(|other| other.ror.as_deref()).unwrap_or("not in the register");
        let named = known.map(|other| name(common, other)).or(relation.name.as_deref()).unwrap_or_default();
        lines.push((relation.kind.as_str(), ror.to_owned(), named.to_owned()));
    }
    for step in register.succession(index) {
        let to = register.get(step.to);
        let by = step.by.map_or("when is not said".to_owned(), |by| format!("by {}", dari_model::date::format(by)));
        lines.push(("followed_by", format!("{}, {by}", to.ror.as_deref().unwrap_or_default()), name(common, to).to_owned()));
    }
    let rows = Rows::default()
        .text("what", lines.iter().map(|line| Some(line.0)))
        .text("value", lines.iter().map(|line| Some(line.2.as_str())))
        .text("about", lines.iter().map(|line| Some(line.1.as_str())));
    output::write_rows(common.format, rows)
}
