//! What the register gives to other systems: CERIF-XML, the metadata of RAiD, calendars.

#![allow(clippy::unwrap_used, clippy::panic)]

use dari_register::{Record, calendar::calendar, cerif::cerif, raid::raid};
use icalendar::{Calendar, Component, DatePerhapsTime, Event as CalendarEvent, EventLike, EventStatus};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};

/// 2026-11-26T09:30:00Z: 20,783 days and 9.5 hours after 1970 began (56 years of 365 days, 14 leap days, 329 days to 26 November).
const MADE: i64 = (20_783 * 86_400 + 9 * 3_600 + 30 * 60) * 1_000;

fn record(kind: &str, id: &str, state: &str, content: Value) -> Record {
    let Value::Object(content) = content else { panic!("no fields") };
    Record {
        id: id.to_owned(),
        kind: kind.to_owned(),
        state: state.to_owned(),
        since: Some(20_000),
        version: 3,
        changed_at: 0,
        created_by: "hong".to_owned(),
        removed: false,
        content,
    }
}

fn removed(record: Record) -> Record {
    Record { removed: true, ..record }
}

/// A project of two sides with all that hangs on it.
fn records() -> Vec<Record> {
    let team = json!([
        {"side": "US", "organisation": "pppl", "person": "smith"},
        {"side": "KR", "organisation": "kfe", "person": "hong", "lead": true},
        {"side": "KR", "organisation": "snu"},
        {"side": "KR", "organisation": "kfe"},
        {"side": "US", "organisation": "nowhere", "person": "nobody"},
    ]);
    vec![
        record(
            "organisation",
            "kfe",
            "",
            json!({"name": {"en": "Korea Institute of Fusion Energy", "ko": "한국핵융합에너지연구원"}, "short": "KFE", "ror": "03tz0yk34", "parent": "nst"}),
        ),
        record("organisation", "nst", "", json!({"name": {"ko": "국가과학기술연구회"}, "ror": "no id"})),
        record(
            "organisation",
            "pppl",
            "",
            json!({"name": {"en": "Plasma <Physics> & \"Fusion\" Lab"}, "ror": "https://ror.org/03vn1ts68"}),
        ),
        record("organisation", "snu", "", json!({"name": {"en": "Seoul National University"}})),
        record(
            "person",
            "hong",
            "",
            json!({"name": {"en": "Hong, Gildong", "ko": "홍길동"}, "organisation": "kfe", "orcid": "0000-0002-1825-0097"}),
        ),
        record("person", "smith", "", json!({"name": {"en": "Jane Smith"}, "orcid": "0000-0002-1825-0098"})),
        record(
            "programme",
            "joint",
            "running",
            json!({"name": {"en": "Joint programme"}, "period": "2024/2028", "budgets": [{"side": "KR", "money": {"amount": 5, "currency": "KRW"}}]}),
        ),
        record(
            "call",
            "call-1",
            "decided",
            json!({"name": {"ko": "1차 공모"}, "programme": "joint", "opens": "2024-02-01", "closes": "2024-03"}),
        ),
        record("proposal", "prop-1", "selected", json!({"call": "call-1", "team": []})),
        record(
            "project",
            "fusion",
            "running",
            json!({
                "name": {"en": "Fusion & beyond", "ko": "핵융합, 그 너머"}, "text": {"en": "A < B.", "ko": "가 & 나"}, "team": team, "period": "2024-05/2026-04",
                "raid": "10.25.10.1234/a1b2c", "proposal": "prop-1", "programme": "joint", "sources": [{"title": "Page", "url": "https://example.org/a?b=1&c=2"}, {"title": "Paper", "url": "in print"}],
                "budgets": [{"side": "KR", "money": {"amount": 1_800_000_000_i64, "currency": "KRW"}, "text": "연구비"}, {"side": "US", "money": {"amount": 2.5, "currency": "USD"}}],
            }),
        ),
        record(
            "meeting",
            "jcm-1",
            "planned",
            json!({
                "name": {"en": "First joint committee", "ko": "제1차 공동위원회"}, "date": "2026-12-30/2027-01-02", "place": {"en": "Daejeon, Korea", "ko": "대전"},
                "agenda": [{"text": {"en": "Fusion; budgets, and time", "ko": "핵융합"}}, {"text": {"en": "Any other"}}],
                "sources": [{"title": "Note", "url": "https://example.org/note"}],
            }),
        ),
        record(
            "workshop",
            "ws-1",
            "held",
            json!({
                "name": {"en": "Workshop"}, "date": "2025-02-28", "purpose": {"en": "To meet\nand talk"}, "text": {"en": "More."},
                "programme": [{"text": {"en": "Opening"}, "at": "09:00", "speaker": "J. Smith"}], "example": true,
            }),
        ),
        record("workshop", "ws-2", "cancelled", json!({"name": {"en": "Not held"}, "date": "2025-03"})),
        record("facility", "kstar", "", json!({"name": {"en": "KSTAR"}, "operator": "kfe"})),
        record(
            "result",
            "paper",
            "accepted",
            json!({"type": "work", "name": {"en": "On plasma"}, "reference": "https://doi.org/10.1234/plasma", "date": "2025-07", "from": ["fusion"]}),
        ),
        record(
            "result",
            "data",
            "accepted",
            json!({"type": "dataset", "name": {"en": "Shots"}, "reference": "10.5555/shots", "date": "2025", "from": ["fusion"]}),
        ),
        record(
            "result",
            "patent",
            "accepted",
            json!({"type": "patent", "name": {"ko": "특허"}, "reference": "KR10-2025-0001234", "from": ["fusion", "prop-1"]}),
        ),
        record(
            "result",
            "award",
            "accepted",
            json!({"type": "award", "name": {"en": "Award"}, "reference": "DE-1234", "from": ["fusion"]}),
        ),
        record(
            "result",
            "maybe",
            "found",
            json!({"type": "work", "name": {"en": "Found"}, "reference": "10.1234/found", "from": ["fusion"]}),
        ),
        record("result", "trained", "accepted", json!({"type": "person-trained", "name": {"en": "A student"}, "from": ["fusion"]})),
        record(
            "result",
            "KR:secret",
            "accepted",
            json!({"type": "work", "name": {"en": "Secret"}, "reference": "10.1234/secret", "from": ["fusion"]}),
        ),
        record(
            "result",
            "other",
            "accepted",
            json!({"type": "work", "name": {"en": "Of another"}, "reference": "10.1234/other", "from": ["elsewhere"]}),
        ),
        removed(record("organisation", "gone", "", json!({"name": {"en": "Gone"}}))),
        removed(record(
            "result",
            "gone-2",
            "accepted",
            json!({"type": "work", "name": {"en": "Gone"}, "reference": "10.1234/gone", "from": ["fusion"]}),
        )),
    ]
}

#[derive(Debug, Default)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn read(text: &str) -> Node {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Node::default()];
        loop {
            let event = reader.read_event().unwrap();
            let node = |start: &quick_xml::events::BytesStart<'_>| Node {
                name: String::from_utf8(start.name().as_ref().to_vec()).unwrap(),
                attributes: start
                    .attributes()
                    .map(|attribute| {
                        let attribute = attribute.unwrap();
                        (String::from_utf8(attribute.key.as_ref().to_vec()).unwrap(), attribute.unescape_value().unwrap().into_owned())
                    })
                    .collect(),
                ..Node::default()
            };
            match event {
                Event::Start(start) => open.push(node(&start)),
                Event::Empty(start) => open.last_mut().unwrap().children.push(node(&start)),
                Event::End(_) => {
                    let done = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(done);
                }
                Event::Text(text) => open.last_mut().unwrap().text += &text.decode().unwrap(),
                Event::GeneralRef(name) => {
                    open.last_mut().unwrap().text += quick_xml::escape::resolve_predefined_entity(&name.decode().unwrap()).unwrap()
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(open.len(), 1, "an element is not closed");
        open.pop().unwrap().children.pop().unwrap()
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The only node at this path.
    fn at(&self, path: &str) -> &Node {
        path.split('/').fold(self, |node, name| {
            let mut found = node.children.iter().filter(|child| child.name == name);
            let first = found.next().unwrap_or_else(|| panic!("no {name} in {node:?}"));
            assert!(found.next().is_none(), "several {name} in {node:?}");
            first
        })
    }

    fn names(&self) -> Vec<&str> {
        self.children.iter().map(|child| child.name.as_str()).collect()
    }

    /// Names, languages and texts of what it holds.
    fn spoken(&self, name: &str) -> Vec<(&str, &str)> {
        self.children
            .iter()
            .filter(|child| child.name == name)
            .map(|child| (child.attribute("xml:lang").unwrap_or(""), child.text.as_str()))
            .collect()
    }
}

/// The entity of this id.
fn entity<'a>(answer: &'a Node, id: &str) -> &'a Node {
    let mut found = answer
        .at("ListRecords")
        .children
        .iter()
        .map(|record| &record.at("metadata").children[0])
        .filter(|entity| entity.attribute("id") == Some(id));
    let entity = found.next().unwrap_or_else(|| panic!("no {id}"));
    assert!(found.next().is_none());
    entity
}

#[test]
fn cerif_is_an_answer_of_oai_pmh() {
    let text = cerif(&records(), MADE).unwrap();
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\""));
    let answer = Node::read(&text);
    assert_eq!(answer.names(), ["responseDate", "request", "ListRecords"]);
    assert_eq!(answer.at("responseDate").text, "2026-11-26T09:30:00Z");
    let entities: Vec<&str> =
        answer.at("ListRecords").children.iter().map(|record| record.at("metadata").children[0].attribute("id").unwrap()).collect();
    // By set, in the order given. Not there: what is cancelled, found but not accepted, trained, removed; the proposal.
    let expected = [
        "Publications/paper",
        "Publications/KR:secret",
        "Publications/other",
        "Products/data",
        "Patents/patent",
        "Persons/hong",
        "Persons/smith",
        "OrgUnits/kfe",
        "OrgUnits/nst",
        "OrgUnits/pppl",
        "OrgUnits/snu",
        "Projects/fusion",
        "Fundings/joint",
        "Fundings/call-1",
        "Fundings/award",
        "Events/jcm-1",
        "Events/ws-1",
        "Equipments/kstar",
    ];
    assert_eq!(entities, expected);
    let first = &answer.at("ListRecords").children[1];
    assert_eq!(first.at("header").names(), ["identifier", "datestamp", "setSpec"]);
    assert_eq!(first.at("header/identifier").text, "oai:dari:Publications/KR%3Asecret");
    assert_eq!(first.at("header/datestamp").text, "1970-01-01T00:00:00Z");
    assert_eq!(first.at("header/setSpec").text, "openaire_cris_publications");
    assert!(text.contains(
        "<!-- Invented, to show how it works -->\n        <Event xmlns=\"https://www.openaire.eu/cerif-profile/1.2/\" id=\"Events/ws-1\">"
    ));

    let answer = Node::read(&cerif(&[], MADE).unwrap());
    assert_eq!(answer.at("error").attribute("code"), Some("noRecordsMatch"));
}

#[test]
fn cerif_of_a_project() {
    let text = cerif(&records(), MADE).unwrap();
    // What XML takes for its own is written otherwise; Hangul stays.
    assert!(text.contains("Fusion &amp; beyond") && text.contains("Plasma &lt;Physics&gt; &amp; ") && text.contains("핵융합, 그 너머"));
    let answer = Node::read(&text);
    let project = entity(&answer, "Projects/fusion");
    let order = ["Title", "Title", "Identifier", "StartDate", "EndDate", "Consortium", "Team", "Funded", "Funded", "Abstract", "Abstract"];
    assert_eq!(project.names(), order);
    assert_eq!(project.attribute("xmlns"), Some("https://www.openaire.eu/cerif-profile/1.2/"));
    assert_eq!(project.spoken("Title"), [("en", "Fusion & beyond"), ("ko", "핵융합, 그 너머")]);
    assert_eq!(project.spoken("Abstract"), [("en", "A < B."), ("ko", "가 & 나")]);
    assert_eq!(project.at("Identifier").text, "https://raid.org/10.25.10.1234/a1b2c");
    // From May 2024 until April 2026.
    assert_eq!((project.at("StartDate").text.as_str(), project.at("EndDate").text.as_str()), ("2024-05-01", "2026-04-30"));

    // Who leads comes first; KFE, which two rows name, once; who is not given not at all.
    let consortium = project.at("Consortium");
    assert_eq!(consortium.names(), ["Coordinator", "Partner", "Partner"]);
    let ids: Vec<_> = consortium.children.iter().map(|partner| partner.at("OrgUnit").attribute("id").unwrap()).collect();
    assert_eq!(ids, ["OrgUnits/kfe", "OrgUnits/pppl", "OrgUnits/snu"]);
    assert_eq!(consortium.at("Coordinator/OrgUnit").names(), ["Acronym", "Name", "Name", "RORID"]);
    let team = project.at("Team");
    assert_eq!(team.names(), ["PrincipalInvestigator", "Member"]);
    assert_eq!(team.at("PrincipalInvestigator/Person/PersonName").names(), ["FamilyNames", "FirstNames", "OtherNames"]);
    assert_eq!(team.at("PrincipalInvestigator/Affiliation/OrgUnit").attribute("id"), Some("OrgUnits/kfe"));
    assert_eq!(team.at("Member/Person/PersonName/FamilyNames").text, "Jane Smith");

    let funded = &project.children[7];
    assert_eq!(funded.names(), ["By", "As"]);
    assert_eq!(funded.at("By").names(), ["DisplayName", "OrgUnit"]);
    assert_eq!(funded.at("By/DisplayName").text, "KR");
    let grant = funded.at("As/Funding");
    assert_eq!(grant.names(), ["Type", "Amount", "Description", "PartOf"]);
    assert_eq!((grant.at("Amount").text.as_str(), grant.at("Amount").attribute("currency")), ("1800000000", Some("KRW")));
    assert_eq!(grant.spoken("Description"), [("ko", "연구비")]);
    // The call, by way of the proposal.
    assert_eq!(grant.at("PartOf/Funding").attribute("id"), Some("Fundings/call-1"));
    assert_eq!(project.children[8].at("As/Funding/Amount").text, "2.5");
}

#[test]
fn cerif_of_what_stands_around_a_project() {
    let answer = Node::read(&cerif(&records(), MADE).unwrap());
    let kfe = entity(&answer, "OrgUnits/kfe");
    assert_eq!(kfe.names(), ["Acronym", "Name", "Name", "RORID", "PartOf"]);
    assert_eq!(kfe.at("RORID").text, "https://ror.org/03tz0yk34");
    assert_eq!(kfe.at("PartOf/OrgUnit").spoken("Name"), [("ko", "국가과학기술연구회")]);
    assert_eq!(entity(&answer, "OrgUnits/nst").names(), ["Name"]);

    let hong = entity(&answer, "Persons/hong");
    assert_eq!(hong.names(), ["PersonName", "Affiliation"]);
    let name: Vec<&str> = hong.at("PersonName").children.iter().map(|part| part.text.as_str()).collect();
    assert_eq!(name, ["Hong", "Gildong", "홍길동"]);

    let event = entity(&answer, "Events/jcm-1");
    assert_eq!(event.names(), ["Name", "Name", "Place", "StartDate", "EndDate"]);
    assert_eq!((event.at("Place").text.as_str(), event.at("EndDate").text.as_str()), ("Daejeon, Korea", "2027-01-02"));
    assert_eq!(entity(&answer, "Events/ws-1").spoken("Description"), [("en", "To meet\nand talk\nMore.")]);

    let programme = entity(&answer, "Fundings/joint");
    assert_eq!(programme.names(), ["Type", "Name", "Amount", "Duration"]);
    assert_eq!(programme.at("Type").text, "https://www.openaire.eu/cerif-profile/vocab/OpenAIRE_Funding_Types#FundingProgramme");
    assert_eq!(programme.at("Type").attribute("xmlns"), Some("https://www.openaire.eu/cerif-profile/vocab/OpenAIRE_Funding_Types"));
    let duration = programme.at("Duration");
    assert_eq!((duration.attribute("startDate"), duration.attribute("endDate")), (Some("2024-01-01"), Some("2028-12-31")));
    let call = entity(&answer, "Fundings/call-1");
    assert_eq!(call.names(), ["Type", "Name", "PartOf", "Duration"]);
    assert_eq!(call.at("Duration").attribute("endDate"), Some("2024-03-31"));
    let award = entity(&answer, "Fundings/award");
    assert_eq!(award.names(), ["Type", "Name", "Identifier"]);

    let paper = entity(&answer, "Publications/paper");
    assert_eq!(paper.names(), ["Type", "Title", "PublicationDate", "DOI", "OriginatesFrom"]);
    assert_eq!((paper.at("PublicationDate").text.as_str(), paper.at("DOI").text.as_str()), ("2025-07", "10.1234/plasma"));
    assert_eq!(paper.at("OriginatesFrom/Project").attribute("id"), Some("Projects/fusion"));
    let patent = entity(&answer, "Patents/patent");
    assert_eq!(patent.names(), ["Type", "Title", "CountryCode", "PatentNumber", "OriginatesFrom"]);
    assert_eq!(patent.at("CountryCode").text, "KR");
    let data = entity(&answer, "Products/data");
    assert_eq!(data.names(), ["Type", "Name", "DOI", "OriginatesFrom", "Dates"]);
    assert_eq!(data.at("Dates/Issued").attribute("startDate"), Some("2025"));
    // What came from nothing that is given names nothing.
    assert_eq!(entity(&answer, "Publications/other").names(), ["Type", "Title", "DOI"]);
}

#[test]
fn raid_of_a_project() {
    let records = records();
    let project = records.iter().find(|record| record.id == "fusion").unwrap();
    let raid = raid(project, &records).unwrap();
    assert_eq!(raid["identifier"], json!({"id": "https://raid.org/10.25.10.1234/a1b2c", "schemaUri": "https://raid.org/"}));
    let title = |text: &str, kind: u32, language: &str| {
        json!({
            "text": text, "startDate": "2024-05",
            "type": {"id": format!("https://vocabulary.raid.org/title.type.id/{kind}"), "schemaUri": "https://vocabulary.raid.org/title.type.schema/376"},
            "language": {"id": language, "schemaUri": "https://www.iso.org/standard/74575.html"},
        })
    };
    // 380 is the primary title, of which there is one; 379 an alternative.
    assert_eq!(raid["title"], json!([title("Fusion & beyond", 380, "eng"), title("핵융합, 그 너머", 379, "kor")]));
    // It runs: an end date would close the RAiD.
    assert_eq!(raid["date"], json!({"startDate": "2024-05"}));
    let descriptions: Vec<(&str, &str)> = raid["description"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["text"].as_str().unwrap(), row["type"]["id"].as_str().unwrap().rsplit('/').next().unwrap()))
        .collect();
    // 326 is the primary description, 321 an alternative, 325 another.
    assert_eq!(descriptions, [("A < B.", "326"), ("가 & 나", "321"), ("Programme: Joint programme", "325")]);
    // Smith's ORCID has a wrong last digit. 307 is a principal investigator.
    let position = json!({"id": "https://vocabulary.raid.org/contributor.position.schema/307", "schemaUri": "https://vocabulary.raid.org/contributor.position.schema/305", "startDate": "2024-05"});
    assert_eq!(
        raid["contributor"],
        json!([{"id": "https://orcid.org/0000-0002-1825-0097", "schemaUri": "https://orcid.org/", "leader": true, "position": [position]}])
    );
    let organisation = |id: &str, role: u32| {
        let role = json!({"id": format!("https://vocabulary.raid.org/organisation.role.schema/{role}"), "schemaUri": "https://vocabulary.raid.org/organisation.role.schema/359", "startDate": "2024-05"});
        json!({"id": format!("https://ror.org/{id}"), "schemaUri": "https://ror.org/", "role": [role]})
    };
    // 182 leads, 183 is another research organisation; Seoul has no ROR id here.
    assert_eq!(raid["organisation"], json!([organisation("03vn1ts68", 183), organisation("03tz0yk34", 182)]));
    let object = |doi: &str, kind: u32| {
        json!({
            "id": format!("https://doi.org/{doi}"), "schemaUri": "https://doi.org/",
            "type": {"id": format!("https://vocabulary.raid.org/relatedObject.type.schema/{kind}"), "schemaUri": "https://vocabulary.raid.org/relatedObject.type.schema/329"},
            "category": [{"id": "https://vocabulary.raid.org/relatedObject.category.id/190", "schemaUri": "https://vocabulary.raid.org/relatedObject.category.schemaUri/386"}],
        })
    };
    // A dataset and a text. Not there: what has no DOI, is not accepted, private, removed or another project's.
    assert_eq!(raid["relatedObject"], json!([object("10.5555/shots", 269), object("10.1234/plasma", 265)]));
    assert_eq!(raid["alternateUrl"], json!([{"url": "https://example.org/a?b=1&c=2"}]));
    assert_eq!(raid["alternateIdentifier"][0]["id"], "fusion");
    assert_eq!(raid["access"]["type"]["id"], "https://vocabularies.coar-repositories.org/access_rights/c_abf2/");
}

#[test]
fn raid_of_what_is_short_or_long_or_over() {
    // Day 20,000 is 2024-10-04: 19,723 is 2024-01-01, and the 277 days behind it are 274 to 1 October (a leap year) and 3.
    let bare = raid(&record("project", "p", "planned", json!({"text": {"ko": "가"}, "raid": "asked for"})), &[]).unwrap();
    assert_eq!(bare["date"], json!({"startDate": "2024-10-04"}));
    assert_eq!((bare["title"][0]["text"].as_str(), bare["title"][0]["language"]["id"].as_str()), (Some("가"), Some("kor")));
    assert!(
        ["identifier", "contributor", "organisation", "relatedObject", "alternateUrl"].iter().all(|block| bare.get(block).is_none()),
        "{bare}"
    );

    let long = json!({"name": {"en": "a".repeat(101)}, "text": {"en": format!("{}\nb", "가".repeat(1000))}, "period": "2023-02-01/2024-12-05", "example": true});
    let ended = raid(&record("project", "p", "ended", long.clone()), &[]).unwrap();
    assert_eq!(ended["title"][0]["text"], format!("{}…", "a".repeat(99)));
    assert_eq!(ended["description"][0]["text"], format!("{}…", "가".repeat(999)));
    assert_eq!(ended["description"][1]["text"], "Invented, to show how it works");
    assert_eq!(ended["date"], json!({"startDate": "2023-02-01", "endDate": "2024-12-05"}));
    // It was stopped before it was to end.
    let stopped = raid(&record("project", "p", "stopped", long), &[]).unwrap();
    assert_eq!(stopped["date"]["endDate"], "2024-10-04");

    // The organisation that leads has no ROR id: the other is not said to lead instead.
    let team = json!([{"side": "KR", "organisation": "a"}, {"side": "KR", "organisation": "b", "lead": true}]);
    let organisations = [record("organisation", "a", "", json!({"ror": "03tz0yk34"})), record("organisation", "b", "", json!({}))];
    let led = raid(&record("project", "p", "running", json!({"team": team, "period": "2024"})), &organisations).unwrap();
    assert_eq!(led["organisation"][0]["role"][0]["id"], "https://vocabulary.raid.org/organisation.role.schema/183");

    for (record, message) in [
        (record("programme", "p", "running", json!({})), "'p' is no project"),
        (removed(record("project", "p", "running", json!({}))), "'p' is no project"),
        (record("project", "KR:p", "running", json!({})), "'KR:p' is private"),
        (record("project", "p", "running", json!({"period": "some day"})), "'p': period 'some day' is no date"),
    ] {
        let error = raid(&record, &[]).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

fn deadlines() -> Vec<Record> {
    vec![
        record(
            "commitment",
            "promise",
            "agreed",
            json!({"text": {"en": "Sends a list", "ko": "목록을 보낸다"}, "due": "2024-02", "next": {"en": "Ask, again", "ko": "다시 묻는다"}}),
        ),
        record("commitment", "no-date", "agreed", json!({"text": {"en": "Some day"}})),
        record("call", "KR:call", "draft", json!({"name": {"en": "Call"}, "closes": "2024-12-31"})),
        record(
            "agreement",
            "umbrella",
            "in_force",
            json!({"level": "umbrella", "name": {"ko": "과학기술협력협정"}, "until": "2029-02-28", "notice_months": 6}),
        ),
        record("agreement", "for-ever", "terminated", json!({"level": "annex", "name": {"en": "For ever"}, "until": "9999-12-31"})),
        record("exchange", "visit", "matched", json!({"home": "KR", "host_side": "US", "name": {"en": "Visit"}, "period": "2024-02"})),
        record("exchange", "open", "offered", json!({"home": "KR", "host_side": "US"})),
        record("note", "note", "", json!({"text": {"en": "x"}, "date": "2024"})),
        removed(record("meeting", "gone", "planned", json!({"date": "2024-01-01"}))),
    ]
}

/// The lines of the event with this identifier, unfolded.
fn lines(text: &str, uid: &str) -> Vec<String> {
    let text = text.replace("\r\n ", "");
    let events: Vec<&str> = text.split("BEGIN:VEVENT\r\n").skip(1).filter(|event| event.starts_with(&format!("UID:{uid}\r\n"))).collect();
    assert_eq!(events.len(), 1, "{uid} in {text}");
    events[0].split("END:VEVENT").next().unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_calendar_line_by_line() {
    let text = calendar(&records(), false, MADE).unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:") && text.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    let expected = [
        "UID:jcm-1@dari",
        "DTSTAMP:20261126T093000Z",
        "LAST-MODIFIED:19700101T000000Z",
        "SEQUENCE:2",
        "DTSTART;VALUE=DATE:20261230",
        // The last day is 2 January.
        "DTEND;VALUE=DATE:20270103",
        "SUMMARY;LANGUAGE=en:First joint committee",
        r"LOCATION;LANGUAGE=en:Daejeon\, Korea",
        r"DESCRIPTION;LANGUAGE=en:- Fusion\; budgets\, and time\n- Any other\nState: Planned\nNote: https://example.org/note",
        "STATUS:TENTATIVE",
        "CATEGORIES:Meeting",
        "TRANSP:TRANSPARENT",
    ];
    assert_eq!(lines(&text, "jcm-1@dari"), expected);
    let workshop = lines(&text, "ws-1@dari");
    // The day after 28 February 2025, which is no leap year.
    assert!(workshop.contains(&"DTEND;VALUE=DATE:20250301".to_owned()) && workshop.contains(&"STATUS:CONFIRMED".to_owned()));
    let description =
        r"DESCRIPTION;LANGUAGE=en:To meet\nand talk\nMore.\n- 09:00\, Opening\, J. Smith\nState: Held\nInvented\, to show how it works";
    assert!(workshop.contains(&description.to_owned()), "{workshop:?}");
    assert!(lines(&text, "ws-2@dari").contains(&"STATUS:CANCELLED".to_owned()));

    let korean = lines(&calendar(&records(), true, MADE).unwrap(), "jcm-1@dari");
    for line in ["SUMMARY;LANGUAGE=ko:제1차 공동위원회", "LOCATION;LANGUAGE=ko:대전", "CATEGORIES:회의"] {
        assert!(korean.contains(&line.to_owned()), "{korean:?}");
    }
    // Made again, later and of a changed record, an event is the same one.
    let later: Vec<Record> = records().into_iter().map(|record| Record { version: 4, changed_at: MADE, ..record }).collect();
    let later = lines(&calendar(&later, false, MADE + 1_000).unwrap(), "jcm-1@dari");
    assert_eq!(later[..4], ["UID:jcm-1@dari", "DTSTAMP:20261126T093001Z", "LAST-MODIFIED:20261126T093000Z", "SEQUENCE:3"]);
}

#[test]
fn deadlines_are_on_their_last_day() {
    let text = calendar(&deadlines(), false, MADE).unwrap();
    let has = |uid: &str, expected: &[&str]| {
        let lines = lines(&text, uid);
        for line in expected {
            assert!(lines.iter().any(|other| other == line), "{line} in {lines:?}");
        }
    };
    // February 2024 has 29 days.
    has(
        "promise@dari",
        &["DTSTART;VALUE=DATE:20240229", "DTEND;VALUE=DATE:20240301", "SUMMARY;LANGUAGE=en:Due: Sends a list", "STATUS:CONFIRMED"],
    );
    has("promise@dari", &[r"DESCRIPTION;LANGUAGE=en:Sends a list\nNext step: Ask\, again\nState: Agreed"]);
    has("KR:call@dari", &["DTEND;VALUE=DATE:20250101", "SUMMARY;LANGUAGE=en:Closes: Call", "STATUS:TENTATIVE", "CLASS:PRIVATE"]);
    has("umbrella@dari", &["DTSTART;VALUE=DATE:20290228", "SUMMARY;LANGUAGE=ko:Valid until: 과학기술협력협정", "STATUS:CONFIRMED"]);
    // Six months before.
    has("umbrella+notice@dari", &["DTSTART;VALUE=DATE:20280828", "SUMMARY;LANGUAGE=ko:Last day for notice: 과학기술협력협정"]);
    has("visit@dari", &["DTSTART;VALUE=DATE:20240201", "DTEND;VALUE=DATE:20240301", "SUMMARY;LANGUAGE=en:Visit", "STATUS:CONFIRMED"]);
    // The last day that has four digits has no day after it: no end, which is one day.
    has("for-ever@dari", &["DTSTART;VALUE=DATE:99991231", "STATUS:CANCELLED"]);
    assert!(!lines(&text, "for-ever@dari").iter().any(|line| line.starts_with("DTEND")));
    // Not there: what has no date, notes, what is removed.
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 6);
    let korean = calendar(&deadlines(), true, MADE).unwrap();
    assert!(lines(&korean, "umbrella+notice@dari").contains(&"SUMMARY;LANGUAGE=ko:통보 마감일: 과학기술협력협정".to_owned()));

    let error = calendar(&[record("meeting", "m", "planned", json!({"date": "soon"}))], false, MADE).unwrap_err();
    assert!(error.to_string().contains("'m': date 'soon' is no date"), "{error}");
    assert_eq!(calendar(&[], false, MADE).unwrap().matches("BEGIN").count(), 1);
}

#[test]
fn another_reader_reads_the_calendar() {
    // Letters of three octets, so that folds fall within some; backslashes, separators and lines of all sorts.
    let purpose = format!("{}\\n; a, b\r\nc\rd\te", "가나다 라마바사".repeat(40));
    let workshop = record(
        "workshop",
        "ws",
        "announced",
        json!({"name": {"ko": "공동 연수회, \\;\"양자\""}, "date": "2026-05/2026-06", "purpose": {"ko": purpose}, "place": {"ko": "서울; 부산"}}),
    );
    let text = calendar(&[workshop], true, MADE).unwrap();
    assert!(text.split("\r\n").all(|line| line.len() <= 75) && text.split("\r\n").any(|line| line.starts_with(' ')));
    let read: Calendar = text.parse().unwrap();
    let events: Vec<&CalendarEvent> = read.events().collect();
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(event.get_uid(), Some("ws@dari"));
    assert_eq!(event.get_summary(), Some("공동 연수회, \\;\"양자\""));
    assert_eq!(event.get_location(), Some("서울; 부산"));
    // Line ends come back as line feeds; the state stands behind.
    let expected = format!("{}\\n; a, b\nc\nd\te\n상태: 공고", "가나다 라마바사".repeat(40));
    assert_eq!(event.get_description(), Some(expected.as_str()));
    assert_eq!(event.get_status(), Some(EventStatus::Confirmed));
    assert_eq!(event.get_categories(), Some(vec!["워크숍·행사".to_owned()]));
    let day = |at: Option<DatePerhapsTime>| match at {
        Some(DatePerhapsTime::Date(day)) => day.to_string(),
        other => panic!("{other:?}"),
    };
    // From 1 May to 30 June.
    assert_eq!((day(event.get_start()), day(event.get_end())), ("2026-05-01".to_owned(), "2026-07-01".to_owned()));
    assert_eq!(event.get_timestamp().map(|at| at.timestamp_millis()), Some(MADE));
}
