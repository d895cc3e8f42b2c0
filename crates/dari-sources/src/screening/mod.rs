//! Screening lists: the Consolidated Screening List as JSON (`csl`), or a sheet (CSV or Parquet) with the columns `schema`, `name`, `aliases` (separated by `;`), `program`, `authority`,
//! `reason`, `report-date`, `start-date`, `end-date`, `country`, `notes` and `source_url`.
//!
//! An entry is (list, edition, name); the edition is `report-date`, or the one the user gives where the sheet has none. Lists hold entries of
//! one name that differ in other fields: these are numbered in the order of the file. A row that repeats another in all fields is a reject.

mod csl;

use std::io::BufRead;

use dari_model::{Cell, id, table};
use rustc_hash::FxHashMap;

use crate::collector::{Collector, Version};
use crate::sheet::{Layout, Row, Sheet};
use crate::{Emit, Error, File};

static LAYOUT: Layout = Layout {
    what: "a screening list",
    required: &["name"],
    columns: &[
        "schema",
        "name",
        "aliases",
        "program",
        "authority",
        "reason",
        "report-date",
        "start-date",
        "end-date",
        "country",
        "notes",
        "source_url",
    ],
};

/// Reads a list under its short name (`dod-1286`); `edition` stands for rows without `report-date`, and for all entries of a JSON file.
///
/// # Errors
/// Where the file cannot be read or, as a sheet, has no column `name`. A row without a name or that repeats another is a reject.
pub fn read(file: &File, list: &str, edition: Option<&str>, emit: Emit<'_>) -> Result<(), Error> {
    let mut content = file.open()?;
    let head = content.fill_buf().map_err(|error| Error::io(&file.name, error))?;
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if head.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| matches!(byte, b'{' | b'[')) {
        return csl::read(file, list, edition, emit);
    }
    let sheet = Sheet::open(file, &LAYOUT)?;
    let mut collector = Collector::new(table::SCREENING_GROUP.tables(), emit);
    let mut namesakes: FxHashMap<String, Vec<i64>> = FxHashMap::default();
    sheet.read_into(&mut collector, &mut |collector, place, row| {
        let Some(name) = row.get("name") else {
            return collector.reject(place, None, "expected a name, found none".to_owned());
        };
        let edition = row.get("report-date").or(edition);
        let hash = row.hash();
        let mut key = format!("{}|{name}", edition.unwrap_or_default());
        let seen = namesakes.entry(key.clone()).or_default();
        let number = seen.iter().position(|other| *other == hash).unwrap_or_else(|| {
            seen.push(hash);
            seen.len() - 1
        });
        if number > 0 {
            key = format!("{key}|{}", number + 1);
        }
        let id = id::foreign("screening", &format!("{list}|{key}"));
        let version = Version { id, updated: i32::MIN, hash };
        let texts = Texts::of(row);
        collector.add(place, name, version, &[(&table::SCREENING, texts.cells(row, version, list, edition, name))])
    })?;
    collector.flush()
}

/// Texts that are put together from several fields.
struct Texts {
    aliases: Option<String>,
    kind: Option<String>,
    notes: Option<String>,
}

impl Texts {
    fn of(row: &Row<'_>) -> Texts {
        let join = |parts: Vec<&str>, separator| (!parts.is_empty()).then(|| parts.join(separator));
        let aliases = row.get("aliases").unwrap_or_default().split([';', '|']).map(str::trim).filter(|alias| !alias.is_empty());
        Texts {
            aliases: join(aliases.collect(), "|"),
            kind: row.get("schema").map(str::to_lowercase),
            notes: join([row.get("reason"), row.get("notes")].into_iter().flatten().collect(), "; "),
        }
    }

    fn cells<'a>(&'a self, row: &Row<'a>, version: Version, list: &'a str, edition: Option<&'a str>, name: &'a str) -> Vec<Cell<'a>> {
        vec![
            version.id.into(),
            version.hash.into(),
            Cell::Null,
            list.into(),
            edition.into(),
            name.into(),
            self.aliases.as_deref().into(),
            self.kind.as_deref().into(),
            row.get("country").into(),
            row.get("program").into(),
            row.get("authority").into(),
            row.get("start-date").into(),
            row.get("end-date").into(),
            self.notes.as_deref().into(),
            row.get("source_url").into(),
        ]
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::testing::run;

    const HEADER: &str = "schema,name,aliases,topics,program,reason,report-date,end-date,country,notes,source_url\n";

    fn rows(rows: &str) -> crate::testing::Emitted {
        run(format!("{HEADER}{rows}").as_bytes(), |file, emit| read(file, "dod-1286", Some("given"), emit)).unwrap()
    }

    #[test]
    fn entries_of_several_editions() {
        let all = rows("Company,Beihang,BUAA; Beihang U,t,S1286,why,2024,2026,China,how,https://x\nCompany,Beihang,,t,S1286,,,,,,\n");
        let columns = ["list", "edition", "name", "aliases", "kind", "country", "programme", "end_date", "notes", "url"];
        assert_eq!(
            all.rows("screening", &columns),
            [
                ["dod-1286", "2024", "Beihang", "BUAA|Beihang U", "company", "China", "S1286", "2026", "why; how", "https://x"],
                ["dod-1286", "given", "Beihang", "", "company", "", "S1286", "", "", ""]
            ]
        );
        assert!(all.warnings[0].contains("topics"));
    }

    #[test]
    fn namesakes_stay_and_repetitions_go() {
        let all = rows(
            "Company,A,,t,p,,2024,,China,,\nCompany,A,,t,p,,2024,,Russia,,\nCompany,A,,t,p,,2024,,China,,\nCompany,A,,t,p,,2024,,Russia,,\n,,,,,,,,,,\n",
        );
        assert_eq!(all.rows("screening", &["country"]), [["China"], ["Russia"]]);
        assert_eq!(all.reasons(), ["duplicate of record 1", "duplicate of record 2", "expected a name, found none"]);
        assert!(matches!(run(b"a,b\n", |file, emit| read(file, "l", None, emit)), Err(Error::Format { .. })));
        assert!(matches!(run(b"", |file, emit| read(file, "l", None, emit)), Err(Error::Format { .. })));
    }
}
