//! OpenAlex topics as a sheet (CSV or Parquet) with the columns `topic_id`, `topic_name`, `subfield_id`, `subfield_name`, `field_id`,
//! `field_name`, `domain_id`, `domain_name` and `keywords` (separated by `;` or `|`).

use dari_model::{Cell, id, table};

use crate::collector::{Collector, Version};
use crate::sheet::{Layout, Row, Sheet};
use crate::values::{integer, needed};
use crate::{Emit, Error, File};

static LAYOUT: Layout = Layout {
    what: "OpenAlex topics",
    required: &["topic_id", "topic_name", "subfield_id", "subfield_name", "field_id", "field_name", "domain_id", "domain_name"],
    columns: &["topic_id", "topic_name", "subfield_id", "subfield_name", "field_id", "field_name", "domain_id", "domain_name", "keywords"],
};

/// Reads topics.
///
/// # Errors
/// Where the file cannot be read or lacks a column. A row that is no topic is a reject.
pub fn read(file: &File, emit: Emit<'_>) -> Result<(), Error> {
    let sheet = Sheet::open(file, &LAYOUT)?;
    let mut collector = Collector::new(table::TOPICS_GROUP.tables(), emit);
    sheet.read_into(&mut collector, &mut |collector, place, row| {
        let hash = row.hash();
        let keywords = row.get("keywords").map(keywords);
        match cells(row, hash, keywords.as_deref()) {
            Ok((id, cells)) => {
                let version = Version { id, updated: i32::MIN, hash };
                collector.add(place, row.get("topic_id").unwrap_or_default(), version, &[(&table::TOPICS, cells)])
            }
            Err(reason) => collector.reject(place, row.get("topic_id"), reason),
        }
    })?;
    collector.flush()
}

fn cells<'a>(row: &Row<'a>, hash: i64, keywords: Option<&'a str>) -> Result<(i64, Vec<Cell<'a>>), String> {
    let text = |column: &str| needed(column, row.get(column), "a name", |text| Some(text.len())).map(|_| Cell::from(row.get(column)));
    let number = |column: &str| needed(column, row.get(column), "a number", integer);
    let id = needed("topic_id", row.get("topic_id"), "a topic id such as T10018", |text| id::openalex(b'T', text))?;
    let cells = vec![
        id.into(),
        hash.into(),
        Cell::Null,
        text("topic_name")?,
        number("subfield_id")?.into(),
        text("subfield_name")?,
        number("field_id")?.into(),
        text("field_name")?,
        number("domain_id")?.into(),
        text("domain_name")?,
        keywords.into(),
    ];
    Ok((id, cells))
}

fn keywords(text: &str) -> String {
    text.split([';', '|']).map(str::trim).filter(|keyword| !keyword.is_empty()).collect::<Vec<_>>().join("|")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::testing::run;

    const HEADER: &str = "topic_id,topic_name,subfield_id,subfield_name,field_id,field_name,domain_id,domain_name,keywords\n";

    #[test]
    fn topics_with_keywords() {
        let rows = "10346,\"Fusion, magnetic\",3106,Nuclear,31,Physics,3,Physical Sciences,Tokamak; Plasma ;\nT10018,B,1,b,2,c,3,d,\n";
        let all = run(format!("{HEADER}{rows}").as_bytes(), read).unwrap();
        let found = all.rows("topics", &["id", "name", "subfield_id", "domain", "keywords"]);
        assert_eq!(found, [["10346", "Fusion, magnetic", "3106", "Physical Sciences", "Tokamak|Plasma"], ["10018", "B", "1", "d", ""]]);
    }

    #[test]
    fn rows_that_are_no_topics() {
        let rows =
            "1,A,1,b,2,c,3,d,\n1,A,1,b,2,c,3,d,\nW5,A,1,b,2,c,3,d,\n4,A,x,b,2,c,3,d,\n5,,1,b,2,c,3,d,\n99999999999,A,1,b,2,c,3,d,\n7,A\n";
        let all = run(format!("{HEADER}{rows}").as_bytes(), read).unwrap();
        assert_eq!(all.records.len(), 1);
        let reasons = all.reasons();
        assert_eq!(reasons[0], "duplicate of record 1");
        let expected = ["topic_id: expected", "subfield_id: expected a number, found 'x'", "topic_name", "topics.id", "expected 9 fields"];
        for (reason, expected) in reasons[1..].iter().zip(expected) {
            assert!(reason.contains(expected), "{reason}");
        }
        assert_eq!(reasons.len(), 6);
        assert!(matches!(run(b"id,name\n1,a\n", read), Err(Error::Format { found, .. }) if found == "the columns id, name"));
    }
}
