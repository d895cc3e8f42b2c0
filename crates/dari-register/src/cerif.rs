//! Records as CERIF-XML, the form in which systems that keep information on research exchange it.
//!
//! The XML is of the profile that the OpenAIRE Guidelines for CRIS Managers 1.2 lay down (<https://doi.org/10.5281/zenodo.8050936>), elements in the order of
//! its schema, and stands where the guidelines have it: in the answer of an OAI-PMH 2.0 service to `ListRecords`, one record for each entity.
//!
//! | record | entity |
//! | --- | --- |
//! | organisation | `OrgUnit`: short name, names, ROR id, what it is part of |
//! | person | `Person`: name and affiliation |
//! | project | `Project`: titles, RAiD, dates, consortium and team (who is given along with it), funding by sides and programme or call, text |
//! | programme, call; result: award | `Funding`: names, the amount where one side gives it, number or DOI, text, dates |
//! | meeting, workshop | `Event`: names, place, dates, purpose and text |
//! | facility | `Equipment`: names, text |
//! | result: work | `Publication`: titles, date, DOI or address, text, the projects and funding it came from |
//! | result: patent | `Patent`: titles, country and number, text, the projects and funding it came from |
//! | result: dataset | `Product`: names, DOI or address, text, the projects and funding it came from, date |
//!
//! What the profile has no place for, or the register does not know as the profile wants it, is left out: all other kinds of records and of results; states;
//! sides of organisations and people; technologies (their frameworks have no addresses); budgets of several sides for one programme or call; the country of
//! an event (a place is what people write); authors, inventors and holders (a result names people and organisations without saying what they did); which of
//! its dates a patent's date is; who operates a facility and its time; sources. A person's ORCID is not given. Places are in one language.

use std::collections::BTreeMap;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use sha2::{Digest, Sha256};

use crate::content::Content;
use crate::error::{Error, Result};
use crate::exports::{EXAMPLE, address, both, doi, is_example, leads_side, linked, names, period, ror, web};
use crate::period::Period;
use crate::record::Record;

const PROFILE: &str = "https://www.openaire.eu/cerif-profile/1.2/";
const OAI: &str = "http://www.openarchives.org/OAI/2.0/";
const SCHEMAS: &str = "http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd \
                       https://www.openaire.eu/cerif-profile/1.2/ https://www.openaire.eu/schema/cris/1.2/openaire-cerif-profile.xsd";
/// Most letters of an entity's id.
const ID: usize = 128;

/// Records as CERIF-XML of the OpenAIRE profile 1.2, as the answer of an OAI-PMH service at the moment `made` (milliseconds since 1970-01-01, UTC).
///
/// Entities come in the order of the guidelines, of each kind in the order given. They name one another only where both are given, so that no reference leads
/// nowhere. Left out are records that are removed, cancelled meetings and workshops, programmes that are but proposed or declined, drafts of calls and
/// cancelled calls, and results that are not accepted. Of what is given nothing is held back for being private to a side: whoever gives it to others gives
/// what all may see. What is invented as an example is marked by a comment.
///
/// A year or month is written as its first and last day where the profile wants days. A name that has no comma (`Hong, Gildong`) is the family name as a
/// whole; a Korean name beside an English one is the other name. Who serves the answer puts their own address into `request` and their own domain into the
/// identifiers (`oai:dari:…`).
///
/// # Errors
/// Where a date cannot be read.
pub fn cerif(records: &[Record], made: i64) -> Result<String> {
    let given = Given(records.iter().filter(|record| !record.removed).map(|record| (record.id.as_str(), record)).collect());
    let mut list = Element::new("ListRecords");
    for class in &CLASSES {
        for record in records.iter().filter(|record| self::class(record).is_some_and(|own| own.plural == class.plural)) {
            list = list.with(entry(class, record, &given)?);
        }
    }
    if list.children.is_empty() {
        list = Element::new("error").attribute("code", "noRecordsMatch").text("No record has a place in the profile.");
    }
    let answer = Element::new("OAI-PMH")
        .attribute("xmlns", OAI)
        .attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .attribute("xsi:schemaLocation", SCHEMAS)
        .with(Element::new("responseDate").text(crate::moment(made)))
        .with(Element::new("request").attribute("verb", "ListRecords").attribute("metadataPrefix", "oai_cerif_openaire"))
        .with(list);
    answer.document().map_err(|source| Error::File { path: "CERIF-XML".to_owned(), source })
}

/// An entity of the profile.
#[derive(Debug)]
struct Class {
    name: &'static str,
    /// What its identifiers begin with.
    plural: &'static str,
    /// Its set of the guidelines.
    set: &'static str,
}

const fn of(name: &'static str, plural: &'static str, set: &'static str) -> Class {
    Class { name, plural, set }
}

/// In the order of the guidelines' sets.
const CLASSES: [Class; 9] = [
    of("Publication", "Publications", "openaire_cris_publications"),
    of("Product", "Products", "openaire_cris_products"),
    of("Patent", "Patents", "openaire_cris_patents"),
    of("Person", "Persons", "openaire_cris_persons"),
    of("OrgUnit", "OrgUnits", "openaire_cris_orgunits"),
    of("Project", "Projects", "openaire_cris_projects"),
    of("Funding", "Fundings", "openaire_cris_funding"),
    of("Event", "Events", "openaire_cris_events"),
    of("Equipment", "Equipments", "openaire_cris_equipments"),
];

/// What a record is in the profile; nothing for what is not given out.
fn class(record: &Record) -> Option<&'static Class> {
    let state = record.state.as_str();
    let name = match record.kind.as_str() {
        _ if record.removed => return None,
        "organisation" => "OrgUnit",
        "person" => "Person",
        "project" => "Project",
        "facility" => "Equipment",
        "programme" if !matches!(state, "proposed" | "declined") => "Funding",
        "call" if !matches!(state, "draft" | "cancelled") => "Funding",
        "meeting" | "workshop" if state != "cancelled" => "Event",
        "result" if state == "accepted" => match record.text("type")? {
            "work" => "Publication",
            "dataset" => "Product",
            "patent" => "Patent",
            "award" => "Funding",
            _ => return None,
        },
        _ => return None,
    };
    CLASSES.iter().find(|class| class.name == name)
}

/// All records that are given and not removed.
struct Given<'a>(BTreeMap<&'a str, &'a Record>);

impl Given<'_> {
    /// What tells a record from others, to stand where another entity names it: one of these entities, where it is given.
    fn named(&self, id: Option<&str>, classes: &[&str]) -> Option<Element> {
        let record = self.0.get(id?)?;
        let class = class(record).filter(|class| classes.contains(&class.name))?;
        Some(short(class, record))
    }

    fn organisation(&self, row: &Content) -> Option<Element> {
        self.named(row.get("organisation")?.as_str(), &["OrgUnit"])
    }
}

fn entry(class: &Class, record: &Record, given: &Given<'_>) -> Result<Element> {
    let entity = match class.name {
        "OrgUnit" => organisation(record, given),
        "Person" => person(record, given),
        "Project" => project(record, given)?,
        "Funding" => funding(record, given)?,
        "Event" => event(record)?,
        "Equipment" => short_equipment(record).with_all(texts(record, "text", "Description")),
        "Publication" => publication(record, given)?,
        "Patent" => patent(record, given),
        _ => product(record, given)?,
    };
    let header = Element::new("header")
        .with(Element::new("identifier").text(format!("oai:dari:{}", percent(&id(class, record)))))
        .with(Element::new("datestamp").text(crate::moment(record.changed_at)))
        .with(Element::new("setSpec").text(class.set));
    let mut metadata = Element::new("metadata").with(entity.first("xmlns", PROFILE).attribute("id", id(class, record)));
    metadata.comment = is_example(record).then_some(EXAMPLE);
    Ok(Element::new("record").with(header).with(metadata))
}

/// `Projects/ID`. What is longer than the profile allows is cut, and told from others by a digest of the whole.
fn id(class: &Class, record: &Record) -> String {
    let whole = format!("{}/{}", class.plural, record.id);
    if whole.chars().count() <= ID {
        return whole;
    }
    let digest: String = Sha256::digest(whole.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    whole.chars().take(ID - 17).collect::<String>() + "~" + &digest
}

/// For an address: all but letters, digits and `-._~/` by their octets.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) { out.push(char::from(byte)) } else { out += &format!("%{byte:02X}") }
    }
    out
}

fn short(class: &Class, record: &Record) -> Element {
    let element = match class.name {
        "OrgUnit" => short_organisation(record),
        "Person" => short_person(record),
        "Project" => short_project(record),
        "Equipment" => short_equipment(record),
        "Funding" => short_funding(record),
        name => Element::new(name),
    };
    element.first("id", id(class, record))
}

fn short_organisation(record: &Record) -> Element {
    Element::new("OrgUnit")
        .with_all(record.text("short").map(|short| Element::new("Acronym").text(short)))
        .with_all(named(record, "Name"))
        .with_all(record.text("ror").and_then(ror).map(|ror| Element::new("RORID").text(ror)))
}

fn organisation(record: &Record, given: &Given<'_>) -> Element {
    let parent = given.named(record.text("parent").filter(|id| *id != record.id), &["OrgUnit"]);
    short_organisation(record).with_all(parent.map(|parent| Element::new("PartOf").with(parent)))
}

fn short_person(record: &Record) -> Element {
    let mut names = names(record).into_iter().map(|(_, name)| name);
    let Some(name) = names.next() else { return Element::new("Person") };
    let (family, first) = name.split_once(',').map_or((name.as_str(), None), |(family, first)| (family, Some(first)));
    let part = |element, text: &str| Element::new(element).text(text.trim());
    let name = Element::new("PersonName").with(part("FamilyNames", family)).with_all(first.map(|first| part("FirstNames", first)));
    Element::new("Person").with(name.with_all(names.next().map(|other| part("OtherNames", &other))))
}

fn person(record: &Record, given: &Given<'_>) -> Element {
    short_person(record).with_all(given.organisation(&record.content).map(|organisation| Element::new("Affiliation").with(organisation)))
}

fn short_project(record: &Record) -> Element {
    let raid =
        record.text("raid").and_then(address).map(|raid| Element::new("Identifier").attribute("type", "https://raid.org/").text(raid));
    Element::new("Project").with_all(named(record, "Title")).with_all(raid)
}

fn project(record: &Record, given: &Given<'_>) -> Result<Element> {
    // An organisation, or a person, of which one row says that it leads stands once.
    let mut organisations: Vec<(&str, Element, bool)> = Vec::new();
    let mut people: Vec<(&str, Element, bool)> = Vec::new();
    for row in record.rows("team") {
        let leads = leads_side(row);
        let said = |field: &str| row.get(field).and_then(|id| id.as_str());
        let organisation = given.organisation(row);
        if let (Some(id), Some(person)) = (said("person"), given.named(said("person"), &["Person"])) {
            let affiliation = organisation.clone().map(|organisation| Element::new("Affiliation").with(organisation));
            join(&mut people, id, leads, || Element::new("Member").with(person).with_all(affiliation));
        }
        if let (Some(id), Some(organisation)) = (said("organisation"), organisation) {
            join(&mut organisations, id, leads, || Element::new("Partner").with(organisation));
        }
    }
    let consortium = Element::new("Consortium").with_all(in_order(organisations, "Coordinator")).unless_empty();
    let team = Element::new("Team").with_all(in_order(people, "PrincipalInvestigator")).unless_empty();
    let project = short_project(record).with_all(days(period(record, "period")?));
    Ok(project.with_all(consortium).with_all(team).with_all(funded(record, given)).with_all(texts(record, "text", "Abstract")))
}

fn join<'a>(list: &mut Vec<(&'a str, Element, bool)>, id: &'a str, leads: bool, element: impl FnOnce() -> Element) {
    match list.iter_mut().find(|(other, ..)| *other == id) {
        Some((.., led)) => *led |= leads,
        None => list.push((id, element(), leads)),
    }
}

/// Those who lead, under this name, then the others.
fn in_order(list: Vec<(&str, Element, bool)>, lead: &'static str) -> Vec<Element> {
    let (leads, others): (Vec<_>, Vec<_>) = list.into_iter().map(|(_, element, leads)| (element, leads)).partition(|(_, leads)| *leads);
    leads.into_iter().map(|(element, _)| Element { name: lead, ..element }).chain(others.into_iter().map(|(element, _)| element)).collect()
}

/// What each side gives, as part of the call or programme it comes from; where no side is said to give anything, that call or programme.
fn funded(record: &Record, given: &Given<'_>) -> Vec<Element> {
    let call = linked(&record.content, "proposal", &given.0).and_then(|proposal| proposal.text("call"));
    let source = given.named(call, &["Funding"]).or_else(|| given.named(record.text("programme"), &["Funding"]));
    let by_side = |row: &Content| {
        let side = Element::new("By").with(Element::new("DisplayName").text(row.get("side")?.as_str()?)).with(Element::new("OrgUnit"));
        let grant = Element::new("Funding").with(funding_type("Grant")).with(amount(row)?);
        let grant = grant.with_all(row.get("text").and_then(|text| text.as_str()).map(|text| spoken("Description", None, text)));
        let grant = grant.with_all(source.clone().map(|source| Element::new("PartOf").with(source)));
        Some(Element::new("Funded").with(side).with(Element::new("As").with(grant)))
    };
    let sides: Vec<Element> = record.rows("budgets").filter_map(by_side).collect();
    if sides.is_empty() {
        source.clone().map(|source| Element::new("Funded").with(Element::new("As").with(source))).into_iter().collect()
    } else {
        sides
    }
}

fn amount(row: &Content) -> Option<Element> {
    let money = row.get("money")?;
    let amount = money.get("amount").filter(|amount| amount.is_number())?;
    Some(Element::new("Amount").attribute("currency", money.get("currency")?.as_str()?).text(amount.to_string()))
}

/// A type of a vocabulary that has a namespace of its own.
fn typed(vocabulary: &str, value: &str) -> Element {
    Element::new("Type").attribute("xmlns", format!("https://www.openaire.eu/cerif-profile/vocab/{vocabulary}")).text(value)
}

fn funding_type(name: &str) -> Element {
    typed("OpenAIRE_Funding_Types", &format!("https://www.openaire.eu/cerif-profile/vocab/OpenAIRE_Funding_Types#{name}"))
}

fn resource_type(vocabulary: &str, code: &str) -> Element {
    typed(vocabulary, &format!("http://purl.org/coar/resource_type/{code}"))
}

fn short_funding(record: &Record) -> Element {
    let kind = match record.kind.as_str() {
        "programme" => "FundingProgramme",
        "call" => "Call",
        _ => "Award",
    };
    Element::new("Funding").with(funding_type(kind)).with_all(named(record, "Name"))
}

fn funding(record: &Record, given: &Given<'_>) -> Result<Element> {
    let mut element = short_funding(record);
    let mut budgets = record.rows("budgets");
    if let (Some(only), None) = (budgets.next(), budgets.next()) {
        element = element.with_all(amount(only));
    }
    if let Some(reference) = record.text("reference") {
        element = element.with(match doi(reference) {
            Some(doi) => Element::new("GrantDOI").text(doi),
            None => Element::new("Identifier")
                .attribute("type", "https://w3id.org/cerif/vocab/IdentifierTypes#ProjectReference")
                .text(reference),
        });
    }
    let programme = given.named(record.text("programme"), &["Funding"]).map(|programme| Element::new("PartOf").with(programme));
    let period = match record.kind.as_str() {
        "call" => {
            let (opens, closes) = (period(record, "opens")?, period(record, "closes")?);
            (opens.map(|opens| opens.from), closes.map(|closes| closes.to))
        }
        "programme" => period(record, "period")?.map_or((None, None), |period| (Some(period.from), Some(period.to))),
        _ => (None, None),
    };
    let duration = match period {
        (None, None) => None,
        (from, to) => {
            let mut duration = Element::new("Duration");
            for (name, day) in [("startDate", from), ("endDate", to)] {
                duration = day.map(dari_model::date::format).into_iter().fold(duration, |duration, day| duration.attribute(name, day));
            }
            Some(duration)
        }
    };
    Ok(element.with_all(texts(record, "text", "Description")).with_all(programme).with_all(duration))
}

fn event(record: &Record) -> Result<Element> {
    let place = both(&record.content, "place").next().map(|(_, place)| Element::new("Place").text(place));
    let mut said: Vec<(&str, String)> = Vec::new();
    for (language, text) in ["purpose", "text"].iter().flat_map(|field| both(&record.content, field)) {
        match said.iter_mut().find(|(other, _)| *other == language) {
            Some((_, before)) => *before += &format!("\n{text}"),
            None => said.push((language, text.to_owned())),
        }
    }
    let said = said.iter().map(|(language, text)| spoken("Description", Some(language), text));
    Ok(Element::new("Event").with_all(named(record, "Name")).with_all(place).with_all(days(period(record, "date")?)).with_all(said))
}

fn short_equipment(record: &Record) -> Element {
    Element::new("Equipment").with_all(named(record, "Name"))
}

fn publication(record: &Record, given: &Given<'_>) -> Result<Element> {
    let date = period(record, "date")?.and_then(moment_of).map(|date| Element::new("PublicationDate").text(date));
    let element = Element::new("Publication").with(resource_type("COAR_Publication_Types", "c_18cf")).with_all(named(record, "Title"));
    Ok(element.with_all(date).with_all(found_at(record)).with_all(texts(record, "text", "Abstract")).with_all(origins(record, given)))
}

fn patent(record: &Record, given: &Given<'_>) -> Element {
    let number = record.text("reference");
    // Numbers begin with the office's code where they have one (WIPO ST.3): KR10-2023-0001234.
    let country = number.and_then(|number| number.split_at_checked(2)).filter(|(code, rest)| {
        code.bytes().all(|byte| byte.is_ascii_uppercase()) && rest.trim_start().starts_with(|letter: char| letter.is_ascii_digit())
    });
    Element::new("Patent")
        .with(resource_type("COAR_Patent_Types", "c_15cd"))
        .with_all(named(record, "Title"))
        .with_all(country.map(|(code, _)| Element::new("CountryCode").text(code)))
        .with_all(number.map(|number| Element::new("PatentNumber").text(number)))
        .with_all(texts(record, "text", "Abstract"))
        .with_all(origins(record, given))
}

fn product(record: &Record, given: &Given<'_>) -> Result<Element> {
    let date = period(record, "date")?.and_then(moment_of).map(|date| Element::new("Issued").attribute("startDate", date));
    let element = Element::new("Product").with(resource_type("COAR_Product_Types", "c_ddb1")).with_all(named(record, "Name"));
    let element = element.with_all(found_at(record)).with_all(texts(record, "text", "Description")).with_all(origins(record, given));
    Ok(element.with_all(date.map(|date| Element::new("Dates").with(date))))
}

fn found_at(record: &Record) -> Option<Element> {
    let reference = record.text("reference")?;
    doi(reference).map(|doi| Element::new("DOI").text(doi)).or_else(|| web(reference).map(|address| Element::new("URL").text(address)))
}

fn origins(record: &Record, given: &Given<'_>) -> Vec<Element> {
    let origins = record.texts("from").filter_map(|id| given.named(Some(id), &["Project", "Funding"]));
    origins.map(|origin| Element::new("OriginatesFrom").with(origin)).collect()
}

/// A date that may be a day, month or year: as exact as it is, of a span the year where it lies within one.
fn moment_of(period: Period) -> Option<String> {
    let text = period.to_string();
    let (first, last) = (dari_model::date::civil(period.from).0, dari_model::date::civil(period.to).0);
    if text.contains('/') { (first == last).then(|| format!("{first:04}")) } else { Some(text) }
}

fn days(period: Option<Period>) -> Vec<Element> {
    let day = |name, day| Element::new(name).text(dari_model::date::format(day));
    period.map_or_else(Vec::new, |period| vec![day("StartDate", period.from), day("EndDate", period.to)])
}

fn named(record: &Record, element: &'static str) -> Vec<Element> {
    names(record).iter().map(|(language, name)| spoken(element, Some(language), name)).collect()
}

fn texts(record: &Record, field: &str, element: &'static str) -> Vec<Element> {
    both(&record.content, field).map(|(language, text)| spoken(element, Some(language), text)).collect()
}

/// A text with its language; of one in a single language, that of its letters.
fn spoken(element: &'static str, language: Option<&str>, text: &str) -> Element {
    let language = language.unwrap_or(if text.chars().any(crate::text::is_hangul) { "ko" } else { "en" });
    Element::new(element).attribute("xml:lang", language).text(text)
}

#[derive(Debug, Clone)]
struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    /// Stands before what it holds.
    comment: Option<&'static str>,
    text: Option<String>,
    children: Vec<Element>,
}

impl Element {
    fn new(name: &'static str) -> Element {
        Element { name, attributes: Vec::new(), comment: None, text: None, children: Vec::new() }
    }

    fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Element {
        self.attributes.push((name, value.into()));
        self
    }

    fn first(mut self, name: &'static str, value: impl Into<String>) -> Element {
        self.attributes.insert(0, (name, value.into()));
        self
    }

    fn text(mut self, text: impl Into<String>) -> Element {
        self.text = Some(text.into());
        self
    }

    fn with(mut self, child: Element) -> Element {
        self.children.push(child);
        self
    }

    fn with_all(mut self, children: impl IntoIterator<Item = Element>) -> Element {
        self.children.extend(children);
        self
    }

    fn unless_empty(self) -> Option<Element> {
        (!self.children.is_empty()).then_some(self)
    }

    fn document(&self) -> io::Result<String> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        self.write(&mut writer)?;
        let mut bytes = writer.into_inner();
        bytes.push(b'\n');
        String::from_utf8(bytes).map_err(io::Error::other)
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        let mut start = BytesStart::new(self.name);
        for (name, value) in &self.attributes {
            start.push_attribute((*name, allowed(value).as_str()));
        }
        if self.text.is_none() && self.children.is_empty() {
            return writer.write_event(Event::Empty(start));
        }
        writer.write_event(Event::Start(start))?;
        if let Some(comment) = self.comment {
            writer.write_event(Event::Comment(BytesText::from_escaped(format!(" {comment} "))))?;
        }
        if let Some(text) = &self.text {
            writer.write_event(Event::Text(BytesText::new(&allowed(text))))?;
        }
        for child in &self.children {
            child.write(writer)?;
        }
        writer.write_event(Event::End(BytesEnd::new(self.name)))
    }
}

/// A text without the characters that XML 1.0 does not allow, lines ended by a line feed.
fn allowed(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|letter| matches!(letter, '\t' | '\n' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn long_ids_are_cut_and_told_apart() {
        let class = &CLASSES[5];
        let record = |id: String| Record {
            id,
            kind: "project".to_owned(),
            state: String::new(),
            since: None,
            version: 1,
            changed_at: 0,
            created_by: String::new(),
            removed: false,
            content: Content::new(),
        };
        // Projects/ has nine letters: 119 more are as many as the profile allows.
        assert_eq!(id(class, &record("가".repeat(119))), format!("Projects/{}", "가".repeat(119)));
        let (one, two) = (id(class, &record("가".repeat(119) + "나")), id(class, &record("가".repeat(119) + "다")));
        assert_eq!((one.chars().count(), two.chars().count()), (ID, ID));
        assert_ne!(one, two);
        assert_eq!(percent("Projects/KR:가"), "Projects/KR%3A%EA%B0%80");
    }

    #[test]
    fn dates_are_as_exact_as_they_are() {
        for (text, date) in
            [("2024", Some("2024")), ("2024-05", Some("2024-05")), ("2024-05-03", Some("2024-05-03")), ("2024-05/2024-06", Some("2024"))]
        {
            assert_eq!(Period::parse(text).and_then(moment_of).as_deref(), date, "{text}");
        }
        assert_eq!(Period::parse("2023/2024").and_then(moment_of), None);
    }

    #[test]
    fn what_xml_does_not_allow_is_dropped() {
        assert_eq!(allowed("a\u{0}\u{8}\u{b}\u{1f}\u{fffe}b\r\nc\rd\te😀"), "ab\nc\nd\te😀");
    }
}
