//! Running the built program.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder with a lake in it, gone at the end of the test.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

/// What a run printed.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Run {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn demo(path: &str) -> String {
    project().join("demo").join(path).to_string_lossy().into_owned()
}

impl Place {
    /// Loads the shipped conference papers.
    pub(crate) fn load_conferences(&self) {
        let (works, authorships) = (demo("conferences/works.parquet"), demo("conferences/authorships.parquet"));
        self.ok(&["load", "tables", "--source", "conferences", "--works", &works, "--authorships", &authorships]);
    }

    pub(crate) fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dari"));
        command
            .args(args)
            .env("DARI_LAKE", self.path("lake"))
            .env_remove("DARI_LANG")
            .env_remove("DARI_USER")
            .env_remove("DARI_REGISTER")
            .current_dir(self.folder.path());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.command(args).output().unwrap().into()
    }

    /// Runs a command that must succeed.
    #[track_caller]
    pub(crate) fn ok(&self, args: &[&str]) -> Run {
        let run = self.run(args);
        assert_eq!(run.status, 0, "{args:?}: {}", run.stderr);
        run
    }

    /// Runs a command that must succeed and gives its rows.
    #[track_caller]
    pub(crate) fn rows(&self, args: &[&str]) -> Vec<Value> {
        let run = self.ok(&[args, &["--format", "json"]].concat());
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stdout))
    }

    /// The one number a query gives.
    #[track_caller]
    pub(crate) fn number(&self, query: &str) -> f64 {
        let rows = self.rows(&["sql", query]);
        assert_eq!(rows.len(), 1, "{query}");
        let row = rows[0].as_object().unwrap();
        row.values().next().unwrap().as_f64().unwrap_or(f64::NAN)
    }

    /// Content hashes of all tables.
    #[track_caller]
    pub(crate) fn hashes(&self) -> Vec<(String, String)> {
        let rows = self.rows(&["status", "--hash"]);
        rows.iter().map(|row| (row["table"].as_str().unwrap().to_owned(), row["content"].as_str().unwrap().to_owned())).collect()
    }
}

/// A work in OpenAlex form.
pub(crate) fn work(id: u64, day: &str, title: &str) -> String {
    format!(
        r#"{{"id":"https://openalex.org/W{id}","title":"{title}","publication_year":2024,"type":"article","updated_date":"{day}T01:02:03","authorships":[{{"author":{{"id":"https://openalex.org/A{id}","display_name":"Kim"}},"institutions":[{{"id":"https://openalex.org/I1","display_name":"KFE","country_code":"KR"}}],"countries":["KR"]}}],"referenced_works":["https://openalex.org/W1"]}}"#
    )
}

pub(crate) fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

/// ROR ids of two organisations that begin to work together in 2017.
pub(crate) const KAIST: &str = "05apxxy63";
pub(crate) const MIT: &str = "042nb2s44";

/// Works of 2010 to 2021 by pairs of organisations of Korea and the United States: KAIST and MIT have two a year until 2016 and five from 2017 on, others two
/// all the time. Author 1 wrote the former with author 2.
pub(crate) fn joint_works() -> String {
    let others = [
        ["04h9pn542", "00f54p054"],
        [KAIST, "00f54p054"],
        ["04h9pn542", MIT],
        ["03ysstz10", "05gvnxz63"],
        ["013yz9b19", "03vn1ts68"],
        ["05kzfa883", "041nk4h53"],
    ];
    let mut lines = Vec::new();
    let mut id = 100;
    for year in 2010..2022 {
        for number in 0..if year < 2017 { 2 } else { 5 } {
            id += 1;
            lines.push(joint_work(id, year, [KAIST, MIT], [1, 2 + number]));
        }
        for pair in others {
            lines.extend((0..2).map(|number| {
                id += 1;
                joint_work(id, year, pair, [100 + id, 5000 + id + number])
            }));
        }
    }
    lines.join("\n")
}

/// A joint work of two organisations and two authors in a year.
fn joint_work(id: u64, year: u32, organisations: [&str; 2], authors: [u64; 2]) -> String {
    let authorship = |place: usize| {
        let (country, ror) = (["KR", "US"][place], organisations[place]);
        format!(
            r#"{{"author":{{"id":"https://openalex.org/A{0}","display_name":"Author {0}"}},"institutions":[{{"id":"https://openalex.org/I{1}","ror":"https://ror.org/{ror}","display_name":"{ror}","country_code":"{country}"}}],"countries":["{country}"]}}"#,
            authors[place],
            // An id of its own for each ROR id.
            ror.bytes().fold(7u64, |sum, byte| sum * 31 % 1_000_003 + u64::from(byte))
        )
    };
    format!(
        r#"{{"id":"https://openalex.org/W{id}","title":"Joint work {id}","publication_year":{year},"type":"article","updated_date":"2025-01-01T01:02:03","authorships":[{},{}]}}"#,
        authorship(0),
        authorship(1)
    )
}
