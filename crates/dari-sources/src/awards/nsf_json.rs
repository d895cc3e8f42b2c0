//! Awards of the National Science Foundation as its award search service answers: `{"response": {"award": [{…}, …]}}`, or the awards alone
//! as an array or as JSON lines. See <https://resources.research.gov/common/webapi/awardapisearch-v1.htm>.
//!
//! The amount is `fundsObligatedAmt`, else `estimatedTotalAmt`. E-mail addresses are left out. `fundProgramName` is kept whole: the names in
//! it hold commas themselves.

use dari_model::{id, table};
use serde_json::{Map, Value};

use super::{Award, Organisation, Person, filled, full_name, plain};
use crate::collector::{Collector, Place};
use crate::packed::read_members;
use crate::values::{amount, country_code, country_named, field, first_day, last_day};
use crate::{Emit, Error, File, json_elements};

/// Reads awards.
///
/// # Errors
/// Where the file cannot be opened or holds no JSON. An award that is damaged, has no number, or repeats another is a reject.
pub fn read(file: &File, emit: Emit<'_>) -> Result<(), Error> {
    let mut collector = Collector::new(table::AWARDS_GROUP.tables(), emit);
    let mut recognised = false;
    read_members(file, &mut collector, &mut |collector, name, content| {
        let mut record = 0;
        let outcome = json_elements::elements(content, &["response", "award"], &mut |element| {
            record += 1;
            let place = Place { file: name.clone(), record };
            match element.and_then(|bytes| Ok((parse(bytes)?, id::record_hash(bytes)))) {
                Ok((award, hash)) => award.add_to(collector, &place, hash),
                Err(reason) => collector.reject(&place, None, reason),
            }
        });
        recognised |= outcome.map_err(|failure| failure.into_error(name))?;
        Ok(())
    })?;
    if !recognised && collector.taken() == 0 {
        return Err(Error::Format {
            file: file.name.clone(),
            expected: "NSF awards in JSON: {\"response\": {\"award\": […]}}, an array or JSON lines".to_owned(),
            found: "no JSON".to_owned(),
            hint: "Give an answer of the NSF award search service as a file.".to_owned(),
        });
    }
    collector.flush()
}

fn parse(bytes: &[u8]) -> Result<Award, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not valid UTF-8".to_owned())?;
    let fields: Map<String, Value> = serde_json::from_str(text).map_err(|error| format!("not an NSF award: {error}"))?;
    // Numbers come as text or as numbers.
    let text = |key: &str| match fields.get(key) {
        Some(Value::String(text)) => filled(text),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let day = |key: &str, parse: fn(&str) -> Option<i32>| field(key, text(key).as_deref(), "a date as MM/DD/YYYY or YYYY-MM-DD", parse);
    let money = |key: &str| field(key, text(key).as_deref(), "a number", amount);
    let number = text("id").ok_or_else(|| "expected an award number (id), found none".to_owned())?;
    let country = text("awardeeCountryCode").and_then(|code| country_code(&code).or_else(|| country_named(&code)));
    let organisation = text("awardeeName").or_else(|| text("awardee")).map(|name| Organisation {
        name,
        city: text("awardeeCity"),
        state: text("awardeeStateCode"),
        country,
    });
    let mut people = Vec::new();
    let principal = full_name(text("piFirstName").as_deref(), text("piLastName").as_deref()).or_else(|| text("pdPIName"));
    people.extend(principal.map(|name| Person { name, role: Some("principal".to_owned()) }));
    let others: Vec<&str> = match fields.get("coPDPI") {
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(value)) => vec![value],
        _ => Vec::new(),
    };
    people.extend(others.into_iter().filter_map(person_name).map(|name| Person { name, role: Some("co-principal".to_owned()) }));
    Ok(Award {
        updated: day("latestAmendmentDate", first_day)?.or(day("date", first_day)?),
        title: text("title").as_deref().and_then(plain),
        abstract_text: text("abstractText").as_deref().and_then(plain),
        amount: money("fundsObligatedAmt")?.or(money("estimatedTotalAmt")?),
        start: day("startDate", first_day)?,
        end: day("expDate", last_day)?,
        directorate: text("orgLongName").or_else(|| text("dirAbbr")),
        division: text("orgLongName2").or_else(|| text("divAbbr")),
        programme: text("fundProgramName"),
        instrument: text("transType"),
        organisations: organisation.into_iter().collect(),
        people,
        agency: text("agency").or(Some("NSF".to_owned())),
        ..Award::nsf(&number)
    })
}

/// A name without the e-mail address or person number behind it.
fn person_name(text: &str) -> Option<String> {
    let text = text.split('~').next().unwrap_or_default();
    filled(&text.split_whitespace().filter(|word| !word.contains('@')).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{damaged, gzip, run};

    const AWARD: &str = r#"{"agency":"NSF","awardeeCity":"Knoxville","awardeeCountryCode":"US","awardeeName":"University of Tennessee","awardeeStateCode":"TN",
"coPDPI":["Ann Lee ann@x.edu","Bo Kim~77"],"date":"07/18/2017","dirAbbr":"MPS","divAbbr":"DMS","estimatedTotalAmt":"20000","expDate":"08/31/2018",
"fundProgramName":"WaLCZ-Water, Land, & Crit Zone","fundsObligatedAmt":19590,"id":"1736303","piFirstName":"Louis","piLastName":"Gross",
"startDate":"09/01/2017","title":"Bridges &amp; spans","abstractText":"One.<br/>Two","transType":"Standard Grant"}"#;

    #[test]
    fn an_answer_of_the_service() {
        let json = format!(r#"{{"response":{{"metadata":{{"totalCount":1}},"award":[{AWARD}]}}}}"#);
        let all = run(&gzip(json.as_bytes()), read).unwrap();
        assert!(all.rejects.is_empty(), "{:?}", all.rejects);
        let columns = ["source_key", "title", "abstract", "amount", "currency", "start_date", "end_date", "updated_date"];
        assert_eq!(
            all.rows("awards", &columns),
            [["1736303", "Bridges & spans", "One. Two", "19590.0", "USD", "2017-09-01", "2018-08-31", "2017-07-18"]]
        );
        let columns = ["agency", "directorate", "division", "programme", "instrument"];
        assert_eq!(all.rows("awards", &columns), [["NSF", "MPS", "DMS", "WaLCZ-Water, Land, & Crit Zone", "Standard Grant"]]);
        assert_eq!(
            all.rows("award_organisations", &["name", "city", "state", "country"]),
            [["University of Tennessee", "Knoxville", "TN", "US"]]
        );
        let people = all.rows("award_people", &["position", "name", "role"]);
        assert_eq!(people, [["1", "Louis Gross", "principal"], ["2", "Ann Lee", "co-principal"], ["3", "Bo Kim", "co-principal"]]);
        assert_eq!(all.records[0].id, id::foreign("nsf", "1736303"));
    }

    #[test]
    fn arrays_lines_and_what_is_wrong_with_some() {
        let line = AWARD.replace('\n', "");
        let awards = [
            line.clone(),
            line.replace("1736303", "2"),
            line.clone(),
            line.replace("19590", "\"x\""),
            "{\"title\":\"t\"}".into(),
            "[]".into(),
        ];
        let all = run(format!("[{}]", awards.join(",")).as_bytes(), read).unwrap();
        assert_eq!((all.records.len(), all.rejects.len()), (2, 4));
        assert_eq!(all.reasons()[0], "duplicate of record 1");
        assert_eq!(all.reasons()[1], "fundsObligatedAmt: expected a number, found 'x'");
        let lines = format!("{line}\n{{\"id\":\"9\", \"ti\n{}\n", line.replace("1736303", "3"));
        let all = run(lines.as_bytes(), read).unwrap();
        assert_eq!((all.records.len(), all.rejects.len(), all.rejects[0].record), (2, 1, 2));
        assert!(matches!(run(b"<rootTag/>", read), Err(Error::Format { .. })));
    }

    proptest! {
        #[test]
        fn no_damage_panics(at in 0usize..1500, byte: u8, how: u8) {
            let json = format!(r#"{{"response":{{"award":[{AWARD},{AWARD}]}}}}"#);
            let _ = run(&damaged(json.as_bytes(), at, byte, how), read);
        }
    }
}
