//! A project in the metadata of RAiD, the identifier of research projects and activities (ISO 23527).
//!
//! The metadata are of the RAiD Metadata Schema 1.6 (<https://metadata.raid.org/en/v1.6/>), in the JSON that the services of its registration agencies take.
//! Of what the schema asks for the register does not hold, and so leaves to the agency and to whoever mints the RAiD: of the identifier registration agency,
//! owner, licence and version; who is the contact; the contributors' roles by CRediT. Nothing is made up because the schema wants it: a project without people
//! who have an ORCID has no contributors. Subjects are left out, as RAiD takes those of one Australian classification. The schema has no place for budgets,
//! sides, technologies and whatever else the register knows of a project.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::content::Content;
use crate::error::{Error, Result};
use crate::exports::{EXAMPLE, address, both, doi, is_example, leads_side, linked, names, orcid, period, ror, web};
use crate::kinds::kind;
use crate::party::Scope;
use crate::record::Record;

const LANGUAGES: &str = "https://www.iso.org/standard/74575.html";
const TITLES: &str = "https://vocabulary.raid.org/title.type.schema/376";
const PRIMARY_TITLE: &str = "https://vocabulary.raid.org/title.type.id/380";
const ALTERNATIVE_TITLE: &str = "https://vocabulary.raid.org/title.type.id/379";
const DESCRIPTIONS: &str = "https://vocabulary.raid.org/description.type.schema/320";
const PRIMARY_DESCRIPTION: &str = "https://vocabulary.raid.org/description.type.id/326";
const ALTERNATIVE_DESCRIPTION: &str = "https://vocabulary.raid.org/description.type.id/321";
const OTHER_DESCRIPTION: &str = "https://vocabulary.raid.org/description.type.id/325";
const POSITIONS: &str = "https://vocabulary.raid.org/contributor.position.schema/305";
const PRINCIPAL_INVESTIGATOR: &str = "https://vocabulary.raid.org/contributor.position.schema/307";
const OTHER_PARTICIPANT: &str = "https://vocabulary.raid.org/contributor.position.schema/311";
const ORGANISATION_ROLES: &str = "https://vocabulary.raid.org/organisation.role.schema/359";
const LEAD_ORGANISATION: &str = "https://vocabulary.raid.org/organisation.role.schema/182";
const OTHER_ORGANISATION: &str = "https://vocabulary.raid.org/organisation.role.schema/183";
const OBJECT_TYPES: &str = "https://vocabulary.raid.org/relatedObject.type.schema/329";
const TEXT: &str = "https://vocabulary.raid.org/relatedObject.type.schema/265";
const DATASET: &str = "https://vocabulary.raid.org/relatedObject.type.schema/269";
const FUNDING: &str = "https://vocabulary.raid.org/relatedObject.type.schema/272";
/// As the service has it; the pages of version 1.6 say `relatedObject.category.schema/385`, later ones this.
const CATEGORIES: &str = "https://vocabulary.raid.org/relatedObject.category.schemaUri/386";
const OUTPUT: &str = "https://vocabulary.raid.org/relatedObject.category.id/190";
const ACCESS_TYPES: &str = "https://vocabularies.coar-repositories.org/access_rights/";
const OPEN_ACCESS: &str = "https://vocabularies.coar-repositories.org/access_rights/c_abf2/";

/// Most letters of a title.
const TITLE: usize = 100;
/// Most letters of a description.
const DESCRIPTION: usize = 1000;

/// The metadata of a project, by the RAiD Metadata Schema 1.6. `related` are the records that it names, or that name it: organisations, people, its programme,
/// its results. What is removed or private to a side is passed over, and so are results that are not accepted, or not said to have come from the project.
///
/// - `identifier`: the RAiD, where the project has one.
/// - `title`, `description`: in English (`eng`) and Korean (`kor`), the English first; what is too long for RAiD ends in `…`. Programme, and that a project is
///   invented as an example, are said in a description of their own.
/// - `date`: as exact as it is known. Without a period the start is the day since which the project is in its state, else the day it was last written. The end
///   is given once the project has ended or was stopped: with an end date a RAiD is closed.
/// - `organisation`: those of the team that have a ROR id. The one of the first lead, else the first of the team, is the lead organisation; where it has no
///   ROR id no other takes its place.
/// - `contributor`: those of the team that have an ORCID.
/// - `relatedObject`: works, datasets, awards and patents that have a DOI.
/// - `alternateIdentifier`, `alternateUrl`: the id in the register; addresses of the project's sources.
/// - `access`: open.
///
/// # Errors
/// Where the record is no project, is removed or private (RAiD metadata are open to all), or a date cannot be read.
pub fn raid(project: &Record, related: &[Record]) -> Result<Value> {
    if project.kind != "project" || project.removed {
        return Err(Error::input(format!("'{}' is no project", project.id))
            .hint("A RAiD is of a project: `dari register list project` shows them."));
    }
    if !is_shared(project) {
        let error = Error::input(format!("'{}' is private to a side, and RAiD metadata are open to all", project.id));
        return Err(error.hint("Share the project first."));
    }
    let related: BTreeMap<&str, &Record> =
        related.iter().filter(|record| !record.removed && is_shared(record)).map(|record| (record.id.as_str(), record)).collect();
    let (start, end) = dates(project)?;
    let mut out = Content::new();
    let mut put = |name: &str, value: Value| {
        if value.as_array().is_none_or(|rows| !rows.is_empty()) {
            out.insert(name.to_owned(), value);
        }
    };
    if let Some(id) = project.text("raid").and_then(address) {
        put("identifier", json!({"id": id, "schemaUri": "https://raid.org/"}));
    }
    put("title", titles_of(project, &start));
    let mut date = json!({"startDate": start});
    if let Some(end) = end {
        date["endDate"] = end.into();
    }
    put("date", date);
    put("description", descriptions(project, &related));
    put("contributor", contributors(project, &related, &start));
    put("organisation", organisations(project, &related, &start));
    put("relatedObject", objects(project, &related));
    put("alternateIdentifier", json!([{"id": project.id, "type": "DARI register"}]));
    put(
        "alternateUrl",
        project.rows("sources").filter_map(|source| web(source.get("url")?.as_str()?)).map(|url| json!({"url": url})).collect(),
    );
    put("access", json!({"type": {"id": OPEN_ACCESS, "schemaUri": ACCESS_TYPES}}));
    Ok(Value::Object(out))
}

fn is_shared(record: &Record) -> bool {
    Scope::of_id(&record.id).is_ok_and(|scope| scope == Scope::Shared)
}

/// Start, and end once there is one.
fn dates(project: &Record) -> Result<(String, Option<String>)> {
    let day = dari_model::date::format;
    let period = period(project, "period")?;
    let (start, end) = match period.map(|period| period.to_string()) {
        Some(text) => match text.split_once('/') {
            Some((from, to)) => (from.to_owned(), Some(to.to_owned())),
            None => (text.clone(), Some(text)),
        },
        None => (day(project.since.unwrap_or_else(|| crate::register::day_of(project.changed_at))), None),
    };
    // What was stopped ended on the day it was, not on the day it was to end.
    let stopped =
        project.since.filter(|since| project.state == "stopped" && period.is_none_or(|period| (period.from..=period.to).contains(since)));
    let end = match project.state.as_str() {
        "ended" | "stopped" => stopped.map(day).or(end),
        _ => None,
    };
    Ok((start, end))
}

fn language(language: &str) -> Value {
    json!({"id": if language == "ko" { "kor" } else { "eng" }, "schemaUri": LANGUAGES})
}

fn titles_of(project: &Record, start: &str) -> Value {
    let names = names(project);
    if names.is_empty() {
        return json!([{"text": shortened_to(&project.id, TITLE), "type": {"id": PRIMARY_TITLE, "schemaUri": TITLES}, "startDate": start}]);
    }
    let title = |(at, (code, text)): (usize, &(&str, String))| {
        let kind = if at == 0 { PRIMARY_TITLE } else { ALTERNATIVE_TITLE };
        json!({"text": shortened_to(text, TITLE), "type": {"id": kind, "schemaUri": TITLES}, "language": language(code), "startDate": start})
    };
    names.iter().enumerate().map(title).collect()
}

fn descriptions(project: &Record, related: &BTreeMap<&str, &Record>) -> Value {
    let description = |kind: &str, code: &str, text: &str| json!({"text": shortened_to(text, DESCRIPTION), "type": {"id": kind, "schemaUri": DESCRIPTIONS}, "language": language(code)});
    let mut out: Vec<Value> = Vec::new();
    for (code, text) in both(&project.content, "text") {
        out.push(description(if out.is_empty() { PRIMARY_DESCRIPTION } else { ALTERNATIVE_DESCRIPTION }, code, text));
    }
    let mut more: Vec<(&str, String)> = Vec::new();
    if let (Some(programme), Some(kind)) = (project.text("programme").and_then(|id| related.get(id)), kind("programme")) {
        more.extend(
            names(programme).into_iter().map(|(code, name)| (code, format!("{}: {name}", if code == "ko" { kind.ko } else { kind.en }))),
        );
    }
    if is_example(project) {
        more.push(("en", EXAMPLE.to_owned()));
    }
    // A description without a primary one is against the schema.
    for (code, text) in more {
        out.push(description(if out.is_empty() { PRIMARY_DESCRIPTION } else { OTHER_DESCRIPTION }, code, &text));
    }
    out.into()
}

fn contributors(project: &Record, related: &BTreeMap<&str, &Record>, start: &str) -> Value {
    let mut people: Vec<(String, bool)> = Vec::new();
    for row in project.rows("team") {
        let Some(orcid) = linked(row, "person", related).and_then(|person| orcid(person.text("orcid")?)) else { continue };
        match people.iter_mut().find(|(id, _)| *id == orcid) {
            Some((_, leads)) => *leads |= leads_side(row),
            None => people.push((orcid, leads_side(row))),
        }
    }
    let contributor = |(id, leads): (String, bool)| {
        let position = if leads { PRINCIPAL_INVESTIGATOR } else { OTHER_PARTICIPANT };
        let mut out = json!({"id": id, "schemaUri": "https://orcid.org/", "position": [{"id": position, "schemaUri": POSITIONS, "startDate": start}]});
        if leads {
            out["leader"] = true.into();
        }
        out
    };
    people.into_iter().map(contributor).collect()
}

fn organisations(project: &Record, related: &BTreeMap<&str, &Record>, start: &str) -> Value {
    let lead = project.rows("team").find(|row| leads_side(row)).or_else(|| project.rows("team").next());
    let lead = lead.and_then(|row| row.get("organisation")?.as_str());
    let mut seen: Vec<String> = Vec::new();
    let mut out: Vec<Value> = Vec::new();
    for row in project.rows("team") {
        let Some(organisation) = linked(row, "organisation", related) else { continue };
        let Some(id) = organisation.text("ror").and_then(ror).filter(|id| !seen.contains(id)) else { continue };
        let role = if lead == Some(organisation.id.as_str()) { LEAD_ORGANISATION } else { OTHER_ORGANISATION };
        out.push(
            json!({"id": id, "schemaUri": "https://ror.org/", "role": [{"id": role, "schemaUri": ORGANISATION_ROLES, "startDate": start}]}),
        );
        seen.push(id);
    }
    out.into()
}

fn objects(project: &Record, related: &BTreeMap<&str, &Record>) -> Value {
    let result = |record: &&Record| {
        let kind = match record.text("type")? {
            "work" | "patent" => TEXT,
            "dataset" => DATASET,
            "award" => FUNDING,
            _ => return None,
        };
        let named = record.texts("from").any(|id| id == project.id)
            || ["from", "see"].iter().any(|field| project.texts(field).any(|id| id == record.id));
        let doi = doi(record.text("reference")?).filter(|_| named && record.kind == "result" && record.state == "accepted")?;
        Some(json!({
            "id": format!("https://doi.org/{doi}"), "schemaUri": "https://doi.org/",
            "type": {"id": kind, "schemaUri": OBJECT_TYPES}, "category": [{"id": OUTPUT, "schemaUri": CATEGORIES}],
        }))
    };
    related.values().filter_map(result).collect()
}

/// The beginning of a text, lines as they are, at most so many letters with the `…` that says it goes on.
fn shortened_to(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).collect::<String>().trim_end().to_owned() + "…",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_end_within_their_measure() {
        assert_eq!(shortened_to("가나다", 3), "가나다");
        assert_eq!(shortened_to("가나다라", 3), "가나…");
        assert_eq!(shortened_to("a\nb c", 4), "a\nb…");
    }
}
