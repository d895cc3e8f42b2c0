//! Awards of the National Science Foundation as published in XML: one award a file, or several in one; plain, gzip, tar, tar.gz or zip.
//!
//! The amount is `AwardAmount` (obligated to date). The day of change is that of the last amendment (`MaxAmdLetterDate`). Roles are kept as
//! published, in lower case and without "investigator": `principal`, `co-principal`, `former principal`, `former co-principal`.

use dari_model::{id, table};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Award, Organisation, Person, filled, full_name, plain};
use crate::collector::{Collector, Place};
use crate::packed::read_members;
use crate::values::{amount, country_named, field, first_day, last_day};
use crate::{Emit, Error, File, xml_elements};

/// Elements within elements at most; published awards have five.
const MAX_DEPTH: usize = 32;

/// Reads awards.
///
/// # Errors
/// Where the file cannot be opened, or neither it nor any member of the archive holds an `Award` element. An award that is damaged, has no
/// number, or repeats another is a reject.
pub fn read(file: &File, emit: Emit<'_>) -> Result<(), Error> {
    let mut collector = Collector::new(table::AWARDS_GROUP.tables(), emit);
    let mut awards = 0;
    read_members(file, &mut collector, &mut |collector, name, content| {
        let mut record = 0;
        let outcome = xml_elements::elements(content, "Award", &mut |element| {
            record += 1;
            let place = Place { file: name.clone(), record };
            match element.and_then(|bytes| Ok((parse(bytes)?, id::record_hash(bytes)))) {
                Ok((award, hash)) => award.add_to(collector, &place, hash),
                Err(reason) => collector.reject(&place, None, reason),
            }
        });
        let found = outcome.map_err(|failure| failure.into_error(name))?;
        awards += found;
        if found == 0 && *name != file.name {
            let reason = "expected an NSF award in XML, found no element Award".to_owned();
            collector.reject(&Place { file: name.clone(), record: 0 }, None, reason)?;
        }
        Ok(())
    })?;
    if awards == 0 && collector.taken() == 0 {
        return Err(Error::Format {
            file: file.name.clone(),
            expected: "NSF awards in XML, or an archive of them".to_owned(),
            found: "no element Award".to_owned(),
            hint: "Give the award files as published by nsf.gov: XML, a zip or tar.gz of them, or the folder they are in.".to_owned(),
        });
    }
    collector.flush()
}

/// What has been read of an award.
#[derive(Default)]
struct Fields {
    number: Option<String>,
    updated: Option<String>,
    title: Option<String>,
    abstract_text: Option<String>,
    amount: Option<String>,
    start: Option<String>,
    end: Option<String>,
    directorate: Option<String>,
    division: Option<String>,
    programmes: Vec<String>,
    instrument: Option<String>,
    organisations: Vec<Organisation>,
    organisation: Organisation,
    people: Vec<Person>,
    given: Option<String>,
    family: Option<String>,
    role: Option<String>,
}

impl Fields {
    /// Takes the text of an element that has ended, by its path below the award.
    fn take(&mut self, path: &[String], text: &str) {
        let value = filled(text);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path[..] {
            ["AwardID"] => self.number = value,
            ["MaxAmdLetterDate"] => self.updated = value,
            ["AwardTitle"] => self.title = plain(text),
            ["AbstractNarration"] => self.abstract_text = plain(text),
            ["AwardAmount"] => self.amount = value,
            ["AwardEffectiveDate"] => self.start = value,
            ["AwardExpirationDate"] => self.end = value,
            ["AwardInstrument", "Value"] => self.instrument = value,
            ["Organization", "Directorate", "LongName"] => self.directorate = value,
            ["Organization", "Division", "LongName"] => self.division = value,
            ["ProgramElement", "Text"] => self.programmes.extend(value.map(|name| name.replace('|', "/"))),
            ["Institution", "Name"] => self.organisation.name = value.unwrap_or_default(),
            ["Institution", "CityName"] => self.organisation.city = value,
            ["Institution", "StateCode"] => self.organisation.state = value,
            ["Institution", "CountryName"] => self.organisation.country = value.as_deref().and_then(country_named),
            ["Institution"] => {
                let organisation = std::mem::take(&mut self.organisation);
                self.organisations.extend((!organisation.name.is_empty()).then_some(organisation));
            }
            ["Investigator", "FirstName"] => self.given = value,
            ["Investigator", "LastName"] => self.family = value,
            ["Investigator", "RoleCode"] => self.role = value,
            ["Investigator"] => {
                let name = full_name(self.given.take().as_deref(), self.family.take().as_deref());
                let role = self.role.take().map(|role| role.to_ascii_lowercase().replace(" investigator", ""));
                self.people.extend(name.map(|name| Person { name, role }));
            }
            _ => {}
        }
    }

    fn award(self) -> Result<Award, String> {
        let number = self.number.ok_or_else(|| "expected an award number (AwardID), found none".to_owned())?;
        let day = "a date as MM/DD/YYYY or YYYY-MM-DD";
        Ok(Award {
            updated: field("MaxAmdLetterDate", self.updated.as_deref(), day, first_day)?,
            title: self.title,
            abstract_text: self.abstract_text,
            amount: field("AwardAmount", self.amount.as_deref(), "a number", amount)?,
            start: field("AwardEffectiveDate", self.start.as_deref(), day, first_day)?,
            end: field("AwardExpirationDate", self.end.as_deref(), day, last_day)?,
            directorate: self.directorate,
            division: self.division,
            programme: (!self.programmes.is_empty()).then(|| self.programmes.join("|")),
            instrument: self.instrument,
            organisations: self.organisations,
            people: self.people,
            ..Award::nsf(&number)
        })
    }
}

/// Parses one `Award` element.
fn parse(bytes: &[u8]) -> Result<Award, String> {
    let xml = std::str::from_utf8(bytes).map_err(|_| "not valid UTF-8".to_owned())?;
    let mut reader = Reader::from_str(xml);
    let wrong = |error: &dyn std::fmt::Display| format!("not well-formed XML: {error}");
    let mut fields = Fields::default();
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event().map_err(|error| wrong(&error))? {
            Event::Start(tag) => {
                if path.len() == MAX_DEPTH {
                    return Err(format!("more than {MAX_DEPTH} elements within one another"));
                }
                path.push(String::from_utf8_lossy(tag.local_name().as_ref()).into_owned());
                text.clear();
            }
            Event::End(_) => {
                fields.take(path.get(1..).unwrap_or_default(), &text);
                path.pop();
                text.clear();
            }
            Event::Text(part) => text.push_str(&part.decode().map_err(|error| wrong(&error))?),
            Event::CData(part) => text.push_str(&part.decode().map_err(|error| wrong(&error))?),
            Event::GeneralRef(entity) => {
                let name = entity.decode().map_err(|error| wrong(&error))?;
                match entity.resolve_char_ref() {
                    Ok(Some(character)) => text.push(character),
                    Ok(None) => text.push_str(predefined(&name).unwrap_or(" ")),
                    Err(error) => return Err(wrong(&error)),
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    fields.award()
}

/// The entities that XML defines; others (`nbsp`) stand for characters that plain text does without.
fn predefined(name: &str) -> Option<&'static str> {
    [("lt", "<"), ("gt", ">"), ("amp", "&"), ("quot", "\""), ("apos", "'")]
        .into_iter()
        .find_map(|(entity, text)| (entity == name).then_some(text))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{damaged, gzip, run};

    const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?><rootTag xmlns:n="urn:x"><n:Award><AwardTitle>Bridges &amp; <![CDATA[<i>spans</i>]]></AwardTitle>
<AwardEffectiveDate>09/01/2017</AwardEffectiveDate><AwardExpirationDate>08/31/2018</AwardExpirationDate><AwardAmount>-19590</AwardAmount>
<AwardInstrument><Value>Standard Grant</Value></AwardInstrument><Organization><Code>0304</Code>
<Directorate><LongName>Maths</LongName></Directorate><Division><LongName>Pure</LongName></Division></Organization>
<AbstractNarration>First.&lt;br/&gt;&lt;br/&gt;Second &#233;&nbsp;p &lt; 1</AbstractNarration>
<MaxAmdLetterDate>07/18/2017</MaxAmdLetterDate><ARRAAmount/><AwardID>36303</AwardID>
<Investigator><FirstName>Louis</FirstName><LastName>Gross</LastName><RoleCode>Former Co-Principal Investigator</RoleCode></Investigator>
<Investigator><FirstName/><LastName>Lenhart</LastName><RoleCode>Principal Investigator</RoleCode></Investigator>
<Institution><Name>University of Tennessee</Name><CityName>KNOXVILLE</CityName><CountryName>United States</CountryName><StateCode>TN</StateCode></Institution>
<ProgramElement><Code>1</Code><Text>IUSE</Text></ProgramElement><ProgramElement><Text>BIO</Text></ProgramElement></n:Award></rootTag>"#;

    #[test]
    fn an_award_with_all_its_rows() {
        let all = run(XML.as_bytes(), read).unwrap();
        assert!(all.rejects.is_empty(), "{:?}", all.rejects);
        let columns =
            ["source", "source_key", "title", "abstract", "amount", "currency", "start_date", "end_date", "updated_date", "open_ended"];
        assert_eq!(
            all.rows("awards", &columns)[0],
            [
                "nsf",
                "0036303",
                "Bridges & spans",
                "First. Second é p < 1",
                "-19590.0",
                "USD",
                "2017-09-01",
                "2018-08-31",
                "2017-07-18",
                "false"
            ]
        );
        let columns = ["country", "agency", "directorate", "division", "programme", "instrument"];
        assert_eq!(all.rows("awards", &columns)[0], ["US", "NSF", "Maths", "Pure", "IUSE|BIO", "Standard Grant"]);
        let organisations = all.rows("award_organisations", &["position", "name", "city", "state", "country"]);
        assert_eq!(organisations, [["1", "University of Tennessee", "KNOXVILLE", "TN", "US"]]);
        let people = all.rows("award_people", &["position", "name", "role"]);
        assert_eq!(people, [["1", "Louis Gross", "former co-principal"], ["2", "Lenhart", "principal"]]);
        assert_eq!(all.records[0].id, id::foreign("nsf", "0036303"));
    }

    fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, content) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, *content).unwrap();
        }
        builder.into_inner().unwrap()
    }

    #[test]
    fn archives_member_by_member() {
        let second = XML.replace("36303", "36304");
        let broken = XML.replace("</AwardTitle>", "</Title>");
        let files: [(&str, &[u8]); 5] = [
            ("a.xml", XML.as_bytes()),
            ("b.xml", b"hello"),
            ("c.xml", broken.as_bytes()),
            ("d.xml", XML.as_bytes()),
            ("e.xml", second.as_bytes()),
        ];
        let all = run(&gzip(&tar(&files)), read).unwrap();
        assert_eq!((all.records.len(), all.rejects.len()), (2, 3));
        assert!(all.rejects[0].file.ends_with("!b.xml") && all.rejects[0].reason.contains("no element Award"));
        assert!(all.rejects[1].reason.contains("not well-formed"));
        assert!(all.rejects[2].reason.contains("duplicate of record 1 of") && all.rejects[2].reason.ends_with("!a.xml"));
    }

    #[test]
    fn an_archive_that_breaks_off() {
        let files: [(&str, &[u8]); 2] = [("a.xml", XML.as_bytes()), ("b.xml", XML.as_bytes())];
        let whole = tar(&files);
        // A member takes a header of 512 bytes and whole blocks of 512: the second is cut in its content.
        let first = 512 + XML.len().next_multiple_of(512);
        let all = run(&whole[..first + 512 + 100], read).unwrap();
        assert_eq!(all.records.len(), 1);
        assert!(
            all.rejects.iter().any(|reject| reject.reason.contains("ends early") || reject.reason.contains("damaged")),
            "{:?}",
            all.rejects
        );
    }

    #[test]
    fn values_that_cannot_be_read() {
        for (from, to, reason) in [
            ("-19590", "many", "AwardAmount: expected a number, found 'many'"),
            ("09/01/2017", "13/01/2017", "AwardEffectiveDate: expected a date"),
            ("<AwardID>36303</AwardID>", "<AwardID/>", "expected an award number"),
            ("&#233;", "&#xD800;", "not well-formed"),
        ] {
            let all = run(XML.replace(from, to).as_bytes(), read).unwrap();
            assert!(all.records.is_empty() && all.rejects[0].reason.contains(reason), "{:?}", all.rejects);
        }
        let mut latin = XML.as_bytes().to_vec();
        let at = XML.find("Louis").unwrap();
        latin[at] = 0xe9;
        assert_eq!(run(&latin, read).unwrap().reasons(), ["not valid UTF-8"]);
        for other in [&b""[..], b"<html></html>", b"id,title\n1,a"] {
            assert!(matches!(run(other, read), Err(Error::Format { .. })));
        }
    }

    proptest! {
        #[test]
        fn no_damage_panics(at in 0usize..3000, byte: u8, how: u8) {
            let _ = run(&damaged(XML.as_bytes(), at, byte, how), read);
        }

        #[test]
        fn no_damaged_archive_panics(at in 0usize..3000, byte: u8, how: u8) {
            let _ = run(&damaged(&tar(&[("a.xml", XML.as_bytes())]), at, byte, how), read);
        }
    }
}
