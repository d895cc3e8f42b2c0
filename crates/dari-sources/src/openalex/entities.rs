//! The rows of authors, institutions, sources, funders and topics.

use dari_model::Cell;

use super::SOURCE;
use super::record::{Author, Funder, Named, Organisation, Text, Topic, Venue};
use super::rows::{Children, Refusal, Rows, country, date, day, id, last_part, required_id, text};

fn name<'a>(name: &'a Option<Text<'_>>) -> Result<Cell<'a>, Refusal> {
    match text(name) {
        Cell::Null => Err(Refusal("display_name: expected a name, found none".to_owned())),
        name => Ok(name),
    }
}

pub(super) fn add_author(rows: &mut Rows, place: u64, author: &Author<'_>) -> Result<(), Refusal> {
    let author_id = required_id(b'A', author.id.as_deref())?;
    let last = author.last_known_institutions.first().or(author.last_known_institution.as_ref());
    let mut row = [
        Cell::Int(author_id),
        Cell::Null,
        date(&author.updated_date),
        text(&author.display_name),
        last_part(&author.orcid),
        author.works_count.into(),
        author.cited_by_count.into(),
        last.map_or(Cell::Null, |last| id(b'I', &last.id)),
        last.map_or(Cell::Null, |last| country(&last.country_code)),
    ];
    rows.add(place, author_id, day(&author.updated_date), &mut row, &Children::default())
}

pub(super) fn add_organisation(rows: &mut Rows, place: u64, organisation: &Organisation<'_>) -> Result<(), Refusal> {
    const NAMES: usize = 1;
    const RELATIONS: usize = 2;
    let own = required_id(b'I', organisation.id.as_deref())?;
    let geo = organisation.geo.as_ref();
    let domain = organisation.homepage_url.as_deref().map(domain).filter(|domain| !domain.is_empty());
    let mut row = [
        Cell::Int(own),
        Cell::Null,
        date(&organisation.updated_date),
        Cell::Text(SOURCE),
        Cell::Null,
        last_part(&organisation.ror),
        name(&organisation.display_name)?,
        country(&organisation.country_code),
        geo.map_or(Cell::Null, |geo| text(&geo.city)),
        geo.and_then(|geo| geo.latitude).into(),
        geo.and_then(|geo| geo.longitude).into(),
        text(&organisation.kind),
        Cell::Text("active"),
        Cell::Null,
        domain.into(),
        organisation.works_count.into(),
    ];
    let mut children = Children::default();
    children.push(NAMES, &[Cell::Int(own), name(&organisation.display_name)?, Cell::Null, Cell::Text("display")]);
    let others = organisation.display_name_alternatives.iter().map(|name| (name, "alias"));
    let acronyms = organisation.display_name_acronyms.iter().map(|name| (name, "acronym"));
    for (name, kind) in others.chain(acronyms).filter(|(name, _)| !name.is_empty()) {
        children.push(NAMES, &[Cell::Int(own), Cell::Text(name), Cell::Null, Cell::Text(kind)]);
    }
    for other in &organisation.associated_institutions {
        let relation = text(&other.relationship);
        if let (related @ Cell::Int(_), Cell::Text(_)) = (id(b'I', &other.id), relation) {
            children.push(RELATIONS, &[Cell::Int(own), relation, related, text(&other.display_name)]);
        }
    }
    rows.add(place, own, day(&organisation.updated_date), &mut row, &children)
}

/// `https://www.kfe.re.kr/eng` → `kfe.re.kr`.
fn domain(address: &str) -> &str {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest).split('/').next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

pub(super) fn add_venue(rows: &mut Rows, place: u64, venue: &Venue<'_>) -> Result<(), Refusal> {
    let own = required_id(b'S', venue.id.as_deref())?;
    let mut row = [
        Cell::Int(own),
        Cell::Null,
        date(&venue.updated_date),
        name(&venue.display_name)?,
        text(&venue.kind),
        text(&venue.issn_l),
        text(&venue.host_organization_name),
        country(&venue.country_code),
        venue.works_count.into(),
    ];
    rows.add(place, own, day(&venue.updated_date), &mut row, &Children::default())
}

pub(super) fn add_funder(rows: &mut Rows, place: u64, funder: &Funder<'_>) -> Result<(), Refusal> {
    let own = required_id(b'F', funder.id.as_deref())?;
    let mut row = [
        Cell::Int(own),
        Cell::Null,
        date(&funder.updated_date),
        name(&funder.display_name)?,
        country(&funder.country_code),
        funder.ids.as_ref().map_or(Cell::Null, |ids| last_part(&ids.ror)),
        funder.works_count.into(),
    ];
    rows.add(place, own, day(&funder.updated_date), &mut row, &Children::default())
}

pub(super) fn add_topic(rows: &mut Rows, place: u64, topic: &Topic<'_>) -> Result<(), Refusal> {
    let own = required_id(b'T', topic.id.as_deref())?;
    let keywords = topic.keywords.iter().map(|keyword| &**keyword).collect::<Vec<_>>().join("|");
    let (subfield_id, subfield) = above("subfield", topic.subfield.as_ref())?;
    let (field_id, field) = above("field", topic.field.as_ref())?;
    let (domain_id, domain) = above("domain", topic.domain.as_ref())?;
    let mut row = [
        Cell::Int(own),
        Cell::Null,
        date(&topic.updated_date),
        name(&topic.display_name)?,
        subfield_id,
        subfield,
        field_id,
        field,
        domain_id,
        domain,
        if keywords.is_empty() { Cell::Null } else { Cell::Text(&keywords) },
    ];
    rows.add(place, own, day(&topic.updated_date), &mut row, &Children::default())
}

/// Number and name of what a topic belongs to: `https://openalex.org/subfields/3106`.
fn above<'a>(level: &str, named: Option<&'a Named<'_>>) -> Result<(Cell<'a>, Cell<'a>), Refusal> {
    let missing = || Refusal(format!("{level}: expected an id and a name, found none"));
    let named = named.ok_or_else(missing)?;
    let number = named.id.as_deref().and_then(|id| id.rsplit('/').next()).and_then(|id| id.parse::<i64>().ok()).ok_or_else(missing)?;
    Ok((Cell::Int(number), name(&named.display_name)?))
}
