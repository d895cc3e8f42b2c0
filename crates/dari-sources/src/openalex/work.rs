//! A work's rows.

use dari_model::id::affiliation;
use dari_model::{Cell, ror, text as plain_text};

use super::SOURCE;
use super::record::{Abstract, Authorship, FundedBy, Institution, Work};
use super::rows::{Children, Refusal, Rows, country_code, date, day, id, required_id, text};

/// Places of the tables in the group of works.
const AUTHORSHIPS: usize = 1;
const WORK_TOPICS: usize = 2;
const CITATIONS: usize = 3;
const WORK_FUNDING: usize = 4;
const ABSTRACTS: usize = 5;
const CITATIONS_BY_YEAR: usize = 6;

pub(super) fn add<A: Abstract>(rows: &mut Rows, place: u64, mut work: Work<'_, A>) -> Result<(), Refusal> {
    let work_id = required_id(b'W', work.id.as_deref())?;
    let abstract_text = work.abstract_inverted_index.take().map(Abstract::into_text).unwrap_or_default();
    let title = work.title.as_deref().or(work.display_name.as_deref()).map(plain_text::plain).unwrap_or_default();
    let doi = work.doi.as_deref().map(|doi| doi.trim_start_matches("https://doi.org/").to_ascii_lowercase()).unwrap_or_default();
    let venue = work.primary_location.as_ref().and_then(|location| location.source.as_ref()).or(work.host_venue.as_ref());
    let references = match work.referenced_works.len() {
        0 => work.referenced_works_count,
        count => Some(count as i64),
    };
    let main_topic = work.primary_topic.as_ref().or(work.topics.first());
    let mut row = [
        Cell::Int(work_id),
        Cell::Null,
        date(&work.updated_date),
        Cell::Text(SOURCE),
        Cell::Null,
        some_text(&doi),
        some_text(&title),
        work.publication_year.into(),
        date(&work.publication_date),
        text(&work.kind),
        text(&work.language),
        Cell::Bool(work.is_retracted.unwrap_or(false)),
        Cell::Bool(work.is_xpac.unwrap_or(false)),
        venue.map_or(Cell::Null, |venue| id(b'S', &venue.id)),
        venue.map_or(Cell::Null, |venue| text(&venue.display_name)),
        work.cited_by_count.into(),
        work.fwci.into(),
        references.into(),
        Cell::Int(work.authorships.len() as i64),
        main_topic.map_or(Cell::Null, |topic| id(b'T', &topic.id)),
    ];
    let mut children = Children::default();
    for (position, authorship) in work.authorships.iter().enumerate() {
        let share = 1.0 / work.authorships.len() as f64;
        add_authorship(&mut children, work_id, position as i64 + 1, share, authorship);
    }
    for (rank, topic) in work.topics.iter().enumerate() {
        let Cell::Int(topic_id) = id(b'T', &topic.id) else { continue };
        children.push(WORK_TOPICS, &[Cell::Int(work_id), Cell::Int(topic_id), Cell::Int(rank as i64 + 1), topic.score.into()]);
    }
    for cited in work.referenced_works.iter().filter_map(|cited| dari_model::id::openalex(b'W', cited)) {
        children.push(CITATIONS, &[Cell::Int(work_id), Cell::Int(cited)]);
    }
    for count in &work.counts_by_year {
        if let (Some(year), Some(citations)) = (count.year, count.cited_by_count) {
            children.push(CITATIONS_BY_YEAR, &[Cell::Int(work_id), Cell::Int(year), Cell::Int(citations)]);
        }
    }
    add_funding(&mut children, work_id, &work);
    if !abstract_text.is_empty() {
        children.push(ABSTRACTS, &[Cell::Int(work_id), Cell::Text(&abstract_text)]);
    }
    rows.add(place, work_id, day(&work.updated_date), &mut row, &children)
}

fn some_text(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Null } else { Cell::Text(text) }
}

/// The rows of one author, whose part of the work is `share`: split over affiliations, then over the institutions of each. An affiliation
/// without a known institution keeps its part as unknown; if no institution of the author is known but countries are, they split it.
fn add_authorship<'a>(children: &mut Children<'a>, work_id: i64, position: i64, share: f64, authorship: &'a Authorship<'_>) {
    let author = authorship.author.as_ref();
    let author_id = author.map_or(Cell::Null, |author| id(b'A', &author.id));
    let name = match text(&authorship.raw_author_name) {
        Cell::Null => author.map_or(Cell::Null, |author| text(&author.display_name)),
        name => name,
    };
    let mut push =
        |institution: Option<&'a Institution<'_>>, institution_id: Cell<'a>, country: Option<&'static str>, weight: f64, raw: Cell<'a>| {
            let named = institution.map_or(Cell::Null, |institution| text(&institution.display_name));
            let affiliation = match (raw, named) {
                (Cell::Text(text), _) | (_, Cell::Text(text)) => Cell::Int(affiliation(text)),
                _ => Cell::Null,
            };
            children.push(
                AUTHORSHIPS,
                &[
                    Cell::Int(work_id),
                    Cell::Int(position),
                    author_id,
                    name,
                    institution_id,
                    named,
                    institution.and_then(|institution| ror::organisation(institution.ror.as_deref()?)).into(),
                    country.into(),
                    Cell::Float(weight),
                    raw,
                    affiliation,
                ],
            );
        };
    let raw = match text(&authorship.raw_affiliation_string) {
        Cell::Null => authorship.raw_affiliation_strings.first().map(|raw| &**raw).filter(|raw| !raw.is_empty()).into(),
        raw => raw,
    };
    let institutions = &authorship.institutions;
    if institutions.is_empty() {
        let countries: Vec<_> = authorship.countries.iter().filter_map(|code| country_code(code)).collect();
        if countries.is_empty() {
            push(None, Cell::Null, None, share, raw);
        }
        for country in &countries {
            push(None, Cell::Null, Some(*country), share / countries.len() as f64, raw);
        }
        return;
    }
    // Without a list of affiliations (schema of 2023) the institutions count as those of one.
    if authorship.affiliations.is_empty() {
        let weight = share / institutions.len() as f64;
        for institution in institutions {
            let country = institution.country_code.as_deref().and_then(country_code);
            push(Some(institution), id(b'I', &institution.id), country, weight, raw);
        }
        return;
    }
    let share = share / authorship.affiliations.len() as f64;
    for affiliation in &authorship.affiliations {
        let raw = text(&affiliation.raw_affiliation_string);
        if affiliation.institution_ids.is_empty() {
            push(None, Cell::Null, None, share, raw);
        }
        let weight = share / affiliation.institution_ids.len() as f64;
        for of in &affiliation.institution_ids {
            let institution = institutions.iter().find(|institution| institution.id.as_deref() == Some(&**of));
            let country = institution.and_then(|institution| institution.country_code.as_deref()).and_then(country_code);
            push(institution, dari_model::id::openalex(b'I', of).into(), country, weight, raw);
        }
    }
}

/// Awards where the work names them, funders that are named without one.
fn add_funding<'a, A>(children: &mut Children<'a>, work_id: i64, work: &'a Work<'_, A>) {
    let awards = if work.awards.is_empty() { &work.grants } else { &work.awards };
    let funder_of = |award: &FundedBy<'_>| id(b'F', &award.funder_id);
    for award in awards {
        children
            .push(WORK_FUNDING, &[Cell::Int(work_id), funder_of(award), text(&award.funder_display_name), text(&award.funder_award_id)]);
    }
    for funder in &work.funders {
        let funder_id = id(b'F', &funder.id);
        if !awards.iter().any(|award| funder_of(award) == funder_id) {
            children.push(WORK_FUNDING, &[Cell::Int(work_id), funder_id, text(&funder.display_name), Cell::Null]);
        }
    }
}
