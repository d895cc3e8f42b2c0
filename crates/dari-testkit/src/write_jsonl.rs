//! Works as lines of JSON.

use crate::layout::Layout;
use crate::organisations::Organisation;
use crate::venues::{FIRST_FUNDER, Source};
use crate::work::Work;
use crate::world::World;

/// Where ids are addresses.
pub(crate) const RESOLVER: &str = "https://openalex.org/";

/// Appends decimal digits.
pub(crate) fn push_number(out: &mut String, number: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
}

/// Appends an id, as an address or short.
pub(crate) fn push_id(out: &mut String, short: bool, letter: char, number: u64) {
    if !short {
        out.push_str(RESOLVER);
    }
    out.push(letter);
    push_number(out, number);
}

/// Appends a day as `2026-01-31`.
pub(crate) fn push_day(out: &mut String, day: i32) {
    let (year, month, day) = dari_model::date::civil(day);
    push_number(out, year.unsigned_abs().into());
    for part in [month, day] {
        out.push('-');
        out.push(char::from(b'0' + (part / 10) as u8));
        out.push(char::from(b'0' + (part % 10) as u8));
    }
}

/// Appends the moment of the last change as `2026-01-31T01:02:03.123456`.
pub(crate) fn push_updated(out: &mut String, (day, second): (i32, u32)) {
    push_day(out, day);
    for (mark, part) in [('T', second / 3600), (':', second / 60 % 60), (':', second % 60)] {
        out.push(mark);
        out.push(char::from(b'0' + (part / 10) as u8));
        out.push(char::from(b'0' + (part % 10) as u8));
    }
    out.push_str(".123456");
}

/// Appends a text in quotes.
fn quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(escaped);
        from = at + 1;
    }
    out.push_str(&text[from..]);
    out.push('"');
}

/// Appends what is between brackets, with commas.
fn list<T>(out: &mut String, items: impl IntoIterator<Item = T>, mut each: impl FnMut(&mut String, T)) {
    out.push('[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        each(out, item);
    }
    out.push(']');
}

/// Appends `,"name":`.
fn key(out: &mut String, name: &str) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
}

fn named(out: &mut String, name: &str, text: Option<&str>) {
    key(out, name);
    match text {
        Some(text) => quoted(out, text),
        None => out.push_str("null"),
    }
}

fn number(out: &mut String, name: &str, value: u64) {
    key(out, name);
    push_number(out, value);
}

fn flag(out: &mut String, name: &str, value: bool) {
    key(out, name);
    out.push_str(if value { "true" } else { "false" });
}

/// Appends a work as a line.
pub(crate) fn push_work(world: &World, work: &Work, out: &mut String) {
    let short = work.short_ids;
    let id = |out: &mut String, letter: char, value: u64| {
        out.push('"');
        push_id(out, short, letter, value);
        out.push('"');
    };
    out.push_str("{\"id\":");
    if work.id == 0 {
        out.push_str("null")
    } else {
        id(out, 'W', work.id)
    }
    key(out, "doi");
    if work.doi {
        out.push_str("\"https://doi.org/10.55555/world.");
        push_number(out, work.id);
        out.push('"');
    } else {
        out.push_str("null");
    }
    let title = work.title.as_ref().map(|title| work.text(title));
    named(out, "title", title);
    named(out, "display_name", title);
    number(out, "publication_year", work.year.unsigned_abs().into());
    key(out, "publication_date");
    match work.date {
        Some(date) => {
            out.push('"');
            push_day(out, date);
            out.push('"');
        }
        None => out.push_str("null"),
    }
    named(out, "type", Some(work.kind));
    named(out, "language", work.language);
    flag(out, "is_retracted", work.retracted);
    flag(out, "is_xpac", work.xpac);
    key(out, "primary_location");
    if work.location {
        out.push_str("{\"source\":");
        match work.source {
            Some(source) => push_source(out, &world.venues.sources[source], &id),
            None => out.push_str("null"),
        }
        out.push('}');
    } else {
        out.push_str("null");
    }
    push_authorships(world, work, out, &id);
    number(out, "cited_by_count", work.cited_by.iter().map(|count| u64::from(*count)).sum());
    out.push_str(",\"fwci\":null");
    key(out, "counts_by_year");
    list(out, work.counts_by_year(), |out, (year, count)| {
        out.push_str("{\"year\":");
        push_number(out, year.unsigned_abs().into());
        number(out, "cited_by_count", count.into());
        out.push('}');
    });
    number(out, "referenced_works_count", work.references.len() as u64);
    key(out, "referenced_works");
    list(out, &work.references, |out, place| id(out, 'W', Layout::id(*place)));
    key(out, "topics");
    list(out, &work.topics, |out, topic| push_topic(world, topic, out, &id));
    key(out, "primary_topic");
    match work.topics.first() {
        Some(topic) => push_topic(world, topic, out, &id),
        None => out.push_str("null"),
    }
    push_funding(world, work, out, &id);
    out.push_str(",\"abstract_inverted_index\":null,\"updated_date\":\"");
    push_updated(out, work.updated);
    out.push_str("\"}\n");
}

fn push_source(out: &mut String, source: &Source, id: &impl Fn(&mut String, char, u64)) {
    out.push_str("{\"id\":");
    id(out, 'S', source.id);
    named(out, "display_name", Some(&source.name));
    named(out, "issn_l", source.issn.as_deref());
    named(out, "type", Some(source.kind));
    out.push('}');
}

fn push_institution(out: &mut String, organisation: &Organisation, country: &str, id: &impl Fn(&mut String, char, u64)) {
    out.push_str("{\"id\":");
    id(out, 'I', organisation.id);
    named(out, "display_name", Some(&organisation.name));
    named(out, "ror", organisation.ror.as_deref());
    named(out, "country_code", Some(country));
    named(out, "type", Some(organisation.kind));
    out.push('}');
}

/// Which author it is, in OpenAlex's words.
pub(crate) fn author_position(at: usize, of: usize) -> &'static str {
    match at {
        0 => "first",
        _ if at + 1 == of => "last",
        _ => "middle",
    }
}

fn push_authorships(world: &World, work: &Work, out: &mut String, id: &impl Fn(&mut String, char, u64)) {
    let organisation = |at: u32| &world.organisations.all[at as usize];
    let of = work.authorships.len();
    key(out, "authorships");
    list(out, work.authorships.iter().enumerate(), |out, (at, authorship)| {
        out.push_str("{\"author_position\":");
        quoted(out, author_position(at, of));
        key(out, "author");
        match &authorship.author {
            Some((author, name)) => {
                out.push_str("{\"id\":");
                id(out, 'A', *author);
                named(out, "display_name", Some(work.text(name)));
                out.push_str(",\"orcid\":null}");
            }
            None => out.push_str("{\"id\":null,\"display_name\":null,\"orcid\":null}"),
        }
        key(out, "institutions");
        list(out, &work.institutions[authorship.institutions.clone()], |out, at| {
            push_institution(out, organisation(*at), world.country(organisation(*at).country), id);
        });
        key(out, "countries");
        list(out, &work.author_countries[authorship.countries.clone()], |out, at| quoted(out, world.country(usize::from(*at))));
        named(out, "raw_author_name", Some(work.text(&authorship.raw_name)));
        let affiliations = &work.affiliations[authorship.affiliations.clone()];
        key(out, "raw_affiliation_strings");
        list(out, affiliations, |out, affiliation| quoted(out, work.text(&affiliation.raw)));
        key(out, "affiliations");
        list(out, affiliations, |out, affiliation| {
            out.push_str("{\"raw_affiliation_string\":");
            quoted(out, work.text(&affiliation.raw));
            key(out, "institution_ids");
            list(out, &work.affiliated[affiliation.institutions.clone()], |out, at| id(out, 'I', organisation(*at).id));
            out.push('}');
        });
        out.push('}');
    });
}

fn push_topic(world: &World, (topic, score): &(usize, f64), out: &mut String, id: &impl Fn(&mut String, char, u64)) {
    let topic = &world.topics[*topic];
    out.push_str("{\"id\":");
    id(out, 'T', topic.id.into());
    named(out, "display_name", Some(&topic.name));
    key(out, "score");
    // Four digits, so never written with an exponent.
    let digits = (score * 10_000.0).round() as u64;
    push_number(out, digits / 10_000);
    out.push('.');
    for scale in [1000, 100, 10, 1] {
        out.push(char::from(b'0' + (digits / scale % 10) as u8));
    }
    for (name, plural, (number, text)) in
        [("subfield", "subfields/", &topic.subfield), ("field", "fields/", &topic.field), ("domain", "domains/", &topic.domain)]
    {
        key(out, name);
        out.push_str("{\"id\":\"");
        out.push_str(RESOLVER);
        out.push_str(plural);
        push_number(out, (*number).into());
        out.push('"');
        named(out, "display_name", Some(text));
        out.push('}');
    }
    out.push('}');
}

fn push_funding(world: &World, work: &Work, out: &mut String, id: &impl Fn(&mut String, char, u64)) {
    key(out, "funders");
    list(out, &work.funders, |out, at| {
        out.push_str("{\"id\":");
        id(out, 'F', world.venues.funders[*at].id);
        named(out, "display_name", Some(&world.venues.funders[*at].name));
        out.push('}');
    });
    key(out, "awards");
    list(out, &work.awards, |out, (at, award)| {
        let funder = &world.venues.funders[*at];
        out.push_str("{\"funder_award_id\":\"");
        push_award(out, funder.id, *award);
        out.push_str("\",\"funder_id\":");
        id(out, 'F', funder.id);
        named(out, "funder_display_name", Some(&funder.name));
        out.push('}');
    });
}

/// Appends the number of an award: the funder's, then its own.
pub(crate) fn push_award(out: &mut String, funder: u64, award: u32) {
    out.push('N');
    push_number(out, funder - FIRST_FUNDER);
    out.push('-');
    push_number(out, award.into());
}
