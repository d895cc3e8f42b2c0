use proptest::prelude::*;

use super::*;
use crate::testing::{Emitted, damaged, file, gzip, run, run_file};

const CREDIT: [&str; 8] = ["work_id", "position", "author_id", "author_name", "institution_name", "country", "weight", "raw_affiliation"];

fn with_authorships(works: &[u8], authorships: &[u8]) -> Result<Emitted, Error> {
    let ((_a, works), (_b, authorships)) = (file(works), file(authorships));
    run_file(&works, |works, emit| read(works, Some(&authorships), "own", emit))
}

fn alone(works: &[u8]) -> Result<Emitted, Error> {
    run(works, |works, emit| read(works, None, "own", emit))
}

fn work(key: &str) -> String {
    id::foreign("own", key).to_string()
}

fn weights_sum_to_one(all: &Emitted) {
    let mut sums = std::collections::BTreeMap::<String, f64>::new();
    for row in all.rows("authorships", &["work_id", "weight"]) {
        *sums.entry(row[0].clone()).or_default() += row[1].parse::<f64>().unwrap();
    }
    assert!(sums.values().all(|sum| (sum - 1.0).abs() < 1e-9), "{sums:?}");
    assert_eq!(sums.len(), all.records.len());
}

#[test]
fn works_with_all_their_columns() {
    let csv = "work_id,title,publication_year,publication_date,venue,type,language,doi,abstract,cited_by_count,url\n\
               a,<i>Quantum</i> &amp; more,2020,,ICRA,conference-paper,EN,https://doi.org/10.1/X,An abstract,17.0,u\n\
               b,,,2021-03-04,,,,,,,\n";
    let all = alone(&gzip(csv.as_bytes())).unwrap();
    assert!(all.rejects.is_empty(), "{:?}", all.rejects);
    let columns = [
        "id",
        "source",
        "source_key",
        "title",
        "publication_year",
        "publication_date",
        "venue",
        "type",
        "language",
        "doi",
        "cited_by_count",
    ];
    assert_eq!(
        all.rows("works", &columns),
        [
            [&work("a"), "own", "a", "Quantum & more", "2020", "", "ICRA", "conference-paper", "en", "10.1/x", "17"],
            [&work("b"), "own", "b", "", "2021", "2021-03-04", "", "", "", "", ""]
        ]
    );
    assert_eq!(all.rows("abstracts", &["work_id", "abstract"]), [[&work("a"), "An abstract"]]);
    assert!(all.rows("authorships", &["weight"]).is_empty());
    assert!(all.warnings[0].contains("url"));
}

#[test]
fn authorships_in_any_order() {
    let works = "work_id,title\na,A\nb,B\nc,C\n";
    let authorships = "work_id,author_position,author_id,author_name,raw_affiliation,country_codes,normalised_affiliation\n\
        b,2,,Lee,,,\n\
        a,1,k1,Kim,\"KAIST, Korea\",KR,KAIST\n\
        b,1,,Ann,MIT and ETRI,US|KR,MIT|ETRI\n\
        a,1,k1,Kim,ETRI,KR|JP,ETRI\n";
    let all = with_authorships(works.as_bytes(), authorships.as_bytes()).unwrap();
    assert!(all.rejects.is_empty(), "{:?}", all.rejects);
    let kim = id::foreign("own:author", "k1").to_string();
    let (a, b, c) = (work("a"), work("b"), work("c"));
    // a: one author with two affiliations, ½ each; the second is shared by two countries, ¼ each.
    // b: two authors, ½ each; the first in two institutions, ¼ each; the second unknown. c: nobody named.
    assert_eq!(
        all.rows("authorships", &CREDIT),
        [
            [&a, "1", &kim, "Kim", "KAIST", "KR", "0.5", "KAIST, Korea"],
            [&a, "1", &kim, "Kim", "ETRI", "KR", "0.25", "ETRI"],
            [&a, "1", &kim, "Kim", "ETRI", "JP", "0.25", "ETRI"],
            [&b, "1", "", "Ann", "MIT", "US", "0.25", "MIT and ETRI"],
            [&b, "1", "", "Ann", "ETRI", "KR", "0.25", "MIT and ETRI"],
            [&b, "2", "", "Lee", "", "", "0.5", ""],
            [&c, "0", "", "", "", "", "1.0", ""],
        ]
    );
    assert_eq!(all.rows("works", &["authors_count"]), [["1"], ["2"], ["0"]]);
    weights_sum_to_one(&all);
}

#[test]
fn authorships_that_are_wrong() {
    let works = "work_id,title,publication_year\na,A,2020\na,A,2020\nb,B,MMXX\n";
    let authorships = "work_id,author_position,author_name,country_codes\n\
        a,1,Kim,KR\nz,1,Lee,KR\na,0,Lee,KR\na,one,Lee,KR\na,1,Kim,KR\na,1,Park,KR\na,2,Ann,XX\nb,1,Bo,US\n,1,X,\n";
    let all = with_authorships(works.as_bytes(), authorships.as_bytes()).unwrap();
    assert_eq!(all.rows("authorships", &["author_name", "country", "weight"]), [["Kim", "KR", "0.5"], ["Ann", "", "0.5"]]);
    let found: Vec<_> = all.rejects.iter().map(|reject| (reject.record, reject.reason.as_str())).collect();
    let expected = [
        (2, "not in the works sheet"),
        (3, "author_position: expected"),
        (4, "found 'one'"),
        (9, "work_id"),
        (5, "duplicate of record 1"),
        (6, "author_position 1 is 'Kim' in record 1, found 'Park'"),
        (2, "same key as record 1"),
        (3, "publication_year"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((record, reason), (place, text)) in found.iter().zip(expected) {
        assert!(*record == place && reason.contains(text), "{record} {reason}: {text}");
    }
    assert!(all.warnings.iter().any(|remark| remark.contains("'XX'")));
}

#[test]
fn authors_and_countries_in_columns() {
    let csv = "work_id,title,author_names,institution_names,country_codes\n\
        a,A,Ann|Bo,MIT,US\n\
        b,B,Ann,\"Mitchell Institute, Quaid-i-Azam University\",US|PK\n\
        c,C,,Unknown Institution,Unknown Country\n\
        d,D,Ann,X|Y,KR\n";
    let all = alone(csv.as_bytes()).unwrap();
    let (a, b, c, d) = (work("a"), work("b"), work("c"), work("d"));
    let both = "Mitchell Institute, Quaid-i-Azam University";
    assert_eq!(
        all.rows("authorships", &CREDIT),
        [
            [&a, "1", "", "Ann", "", "", "0.0", ""],
            [&a, "2", "", "Bo", "", "", "0.0", ""],
            [&a, "0", "", "", "MIT", "US", "1.0", ""],
            [&b, "1", "", "Ann", "", "", "0.0", ""],
            [&b, "0", "", "", "", "US", "0.5", both],
            [&b, "0", "", "", "", "PK", "0.5", both],
            [&c, "0", "", "", "", "", "1.0", ""],
            [&d, "1", "", "Ann", "", "", "0.0", ""],
            [&d, "0", "", "", "", "KR", "1.0", ""],
            [&d, "0", "", "", "X", "", "0.0", ""],
            [&d, "0", "", "", "Y", "", "0.0", ""],
        ]
    );
    assert_eq!(all.rows("works", &["authors_count"]), [["2"], ["1"], ["0"], ["1"]]);
    weights_sum_to_one(&all);
}

#[test]
fn a_changed_authorship_changes_the_work() {
    let (works, header) = ("work_id,title\na,A\n", "work_id,author_position,country_codes\n");
    let hash = |rows: &str| with_authorships(works.as_bytes(), format!("{header}{rows}").as_bytes()).unwrap().records[0].hash;
    assert_eq!(hash("a,1,KR\na,2,US\n"), hash("a,2,US\na,1,KR\n"));
    assert_ne!(hash("a,1,KR\na,2,US\n"), hash("a,1,KR\na,2,JP\n"));
}

#[test]
fn other_files_are_errors() {
    let works = b"work_id,title\na,A\n";
    assert!(matches!(alone(b""), Err(Error::Format { .. })));
    assert!(matches!(alone(b"id,title\n"), Err(Error::Format { .. })));
    assert!(matches!(with_authorships(works, b"work_id,name\n"), Err(Error::Format { .. })));
    assert!(with_authorships(works, b"work_id,author_position\n").is_ok());
}

proptest! {
    #[test]
    fn weights_sum_to_one_for_any_authorships(
        rows in prop::collection::vec((0u8..5, 1u8..5, "(|KR|US|KR\\|US|Unknown Country)", "(|A|A\\|B|A\\|B\\|C)", "[ab]?"), 0..40)
    ) {
        let works = "work_id,title\n0,A\n1,B\n2,C\n3,D\n4,E\n";
        let mut authorships = String::from("work_id,author_position,country_codes,normalised_affiliation,raw_affiliation\n");
        rows.iter().for_each(|(work, position, c, i, raw)| authorships.push_str(&format!("{work},{position},{c},{i},{raw}\n")));
        let all = with_authorships(works.as_bytes(), authorships.as_bytes()).unwrap();
        prop_assert_eq!(all.records.len(), 5);
        weights_sum_to_one(&all);
    }

    #[test]
    fn no_damage_panics(at in 0usize..200, byte: u8, how: u8) {
        let works = b"work_id,title,author_names,country_codes\na,\"A\",Ann|Bo,KR|US\nb,B,,\n";
        let authorships = b"work_id,author_position,author_name,country_codes\na,1,\"Kim, A\",KR|US\nb,1,Lee,\n";
        let _ = alone(&damaged(works, at, byte, how));
        let _ = with_authorships(&damaged(works, at, byte, how), authorships);
        let _ = with_authorships(works, &damaged(authorships, at, byte, how));
    }
}
