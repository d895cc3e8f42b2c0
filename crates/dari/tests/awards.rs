//! Funding: awards and budgets by group, in one currency and price level.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Place, demo};
use serde_json::Value;

const TOPICS: &str = "topic_id,topic_name,subfield_id,subfield_name,field_id,field_name,domain_id,domain_name,keywords\n\
                      T10682,Quantum Computing Algorithms and Architecture,1702,AI,17,Computer Science,3,Physical Sciences,qubit\n";

const AWARDS: &str = "award_id,title,amount,currency,start_date,end_date,country,agency,organisation,organisation_country
Q1,Quantum computing with trapped ions,\"1,096\",USD,2022-01-01,2024-12-31,US,NSF,Seoul National University,KR
Q2,Quantum computing and lithium-ion batteries,1000,USD,2022-01-01,2022-12-31,US,DOE,Nowhere Institute of Nothing,
B1,Solid-state lithium-ion batteries,\"2,400,000\",KRW,2022-01-01,2022-12-31,KR,NRF,,
N1,Medieval poetry,500,USD,2022-01-01,2022-12-31,US,NSF,,
N2,Medieval poetry: part taken back,-200,USD,2022-01-01,2022-12-31,US,NSF,,
O1,Medieval prose without an end,\"1,096\",USD,2022-01-01,ongoing,US,DOE,,
U1,Medieval drama without dates,70,USD,,,US,NSF,,
U2,Medieval music without an amount,,,2022-01-01,2022-12-31,US,,,
";

fn lake() -> Place {
    let place = Place::new();
    let topics = place.write("topics.csv", TOPICS);
    place.ok(&["load", "topics", &topics]);
    let awards = place.write("awards.csv", AWARDS);
    place.ok(&["load", "awards", "--source", "table", "--name", "own", &awards]);
    place
}

fn rates(place: &Place) -> String {
    place.write("rates.csv", "year,currency,per_usd,source\n2022,KRW,1200,hand\n2023,KRW,1300,hand\n2024,KRW,1400,hand\n")
}

fn deflators(place: &Place) -> String {
    place.write("deflators.csv", "year,country,index,source\n2022,US,80,hand\n2023,US,90,hand\n2024,US,100,hand\n")
}

#[track_caller]
fn row<'a>(rows: &'a [Value], of: &[(&str, &str)]) -> &'a Value {
    let found: Vec<&Value> = rows.iter().filter(|row| of.iter().all(|(column, value)| row[*column] == *value)).collect();
    assert_eq!(found.len(), 1, "{of:?} in {rows:#?}");
    found[0]
}

#[track_caller]
fn amount(row: &Value, expected: f64) {
    let found = row["amount"].as_f64().unwrap();
    assert!((found - expected).abs() < 0.005, "{found} instead of {expected}: {row}");
}

#[test]
fn by_technology_and_year_in_one_currency() {
    let place = lake();
    let rates = rates(&place);
    let rows = place.rows(&["awards", "--by", "technology,year", "--rates", &rates]);
    // Q1 has 365, 365 and 366 days: a dollar a day. In 2022 quantum has 365 and the 1,000 of Q2, batteries the same 1,000 and 2,400,000 /
    // 1,200 = 2,000.
    let quantum = row(&rows, &[("technology_id", "quantum"), ("year", "2022")]);
    amount(quantum, 1_365.0);
    assert_eq!(quantum["awards"], 2);
    amount(row(&rows, &[("technology_id", "quantum"), ("year", "2024")]), 366.0);
    amount(row(&rows, &[("technology_id", "batteries"), ("year", "2022")]), 3_000.0);
    // Unassigned in 2022: 500 - 200 + 365 of the award without an end, which three years give a dollar a day.
    let unassigned = row(&rows, &[("technology_id", "unassigned"), ("year", "2022")]);
    amount(unassigned, 665.0);
    assert_eq!(
        (&unassigned["awards"], &unassigned["negative_awards"], &unassigned["negative_amount"], &unassigned["open_ended"]),
        (&3.into(), &1.into(), &(-200.0).into(), &1.into())
    );
    // Without dates: 70; and one award without an amount.
    let nowhere = row(&rows, &[("technology_id", "unassigned"), ("year", "unassigned")]);
    amount(nowhere, 70.0);
    assert_eq!((&nowhere["awards"], &nowhere["without_amount"]), (&2.into(), &1.into()));

    // Divided, the 1,000 of Q2 are 500 in each.
    let rows = place.rows(&["awards", "--by", "technology", "--split", "--rates", &rates]);
    amount(row(&rows, &[("technology_id", "quantum")]), 1_096.0 + 500.0);
    amount(row(&rows, &[("technology_id", "batteries")]), 2_500.0);
    let all: f64 = rows.iter().map(|row| row["amount"].as_f64().unwrap()).sum();
    let whole = place.rows(&["awards", "--by", "country", "--rates", &rates]);
    let whole: f64 = whole.iter().map(|row| row["amount"].as_f64().unwrap()).sum();
    assert!((all - whole).abs() < 0.005 && (whole - (1_096.0 + 1_000.0 + 2_000.0 + 500.0 - 200.0 + 1_096.0 + 70.0)).abs() < 0.005);
}

#[test]
fn prices_of_a_year_and_years_without_a_rate() {
    let place = lake();
    let (rates, deflators) = (rates(&place), deflators(&place));
    let asked =
        ["awards", "--by", "technology,year", "--technology", "quantum", "--prices", "2024", "--rates", &rates, "--deflators", &deflators];
    let rows = place.rows(&asked);
    // (365 + 1,000) · 100 / 80; 365 · 100 / 90; 366.
    for (year, expected) in [("2022", 1_706.25), ("2023", 405.56), ("2024", 366.0)] {
        let row = row(&rows, &[("technology_id", "quantum"), ("year", year)]);
        amount(row, expected);
        assert_eq!((&row["prices"], &row["currency"]), (&"2024".into(), &"USD".into()));
    }
    // In won: 365 · 1,200, 365 · 1,300, 366 · 1,400.
    let rows =
        place.rows(&["awards", "--by", "agency", "--technology", "quantum", "--currency", "krw", "--rates", &rates, "--from", "2023"]);
    amount(row(&rows, &[("agency", "NSF")]), 365.0 * 1_300.0 + 366.0 * 1_400.0);
    assert_eq!(rows.len(), 1, "{rows:?}");

    let short = place.write("short.csv", "year,currency,per_usd,source\n2021,KRW,1000,hand\n");
    let run = place.run(&["awards", "--rates", &short]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("no exchange rate of KRW in 2022") && run.stderr.contains("--missing-years nearest"), "{}", run.stderr);
    let run = place.ok(&["awards", "--rates", &short, "--missing-years", "nearest"]);
    assert!(run.stderr.contains("1 yearly part"), "{}", run.stderr);
    for (bad, says) in [
        ("year,currency,per_usd\n2022,KRW,none\n", "line 2: 'none' is no number"),
        ("year,currency,per_usd\n2022,KRW,1\n2022,KRW,2\n", "line 3: KRW in 2022: found two lines"),
        ("year,currency,per_usd\n2022,KRW,-1\n", "above 0"),
        ("year,currency\n", "no column per_usd"),
    ] {
        let bad = place.write("bad.csv", bad);
        let run = place.run(&["awards", "--rates", &bad]);
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains(says), "{says}: {}", run.stderr);
    }
}

#[test]
fn awards_without_an_end() {
    let place = lake();
    let of = |rule: &str| {
        place.rows(&[
            "awards",
            "--by",
            "year",
            "--source",
            "own",
            "--country",
            "US",
            "--from",
            "2022",
            "--to",
            "2024",
            "--open-ended",
            rule,
        ])
    };
    // O1's 1,096 dollars over the 730 days to the end of 2023: 548 a year.
    let rows = of("2023-12-31");
    let others = 365.0 + 1_000.0 + 500.0 - 200.0;
    amount(row(&rows, &[("year", "2022")]), others + 548.0);
    amount(row(&rows, &[("year", "2024")]), 366.0);
    let rows = of("unplaced");
    amount(row(&rows, &[("year", "2022")]), others);
    amount(row(&rows, &[("year", "unassigned")]), 70.0 + 1_096.0);
    assert_eq!(place.run(&["awards", "--open-ended", "soon"]).status, 2);
}

#[test]
fn single_awards_with_the_reason() {
    let place = lake();
    let rates = rates(&place);
    let rows = place.rows(&["awards", "--list", "--technology", "quantum,batteries", "--rates", &rates]);
    assert_eq!(rows.len(), 3, "{rows:?}");
    let both = row(&rows, &[("award", "own:Q2")]);
    assert_eq!((&both["technologies"], &both["why"]), (&"batteries|quantum".into(), &"words|words".into()));
    let won = row(&rows, &[("award", "own:B1")]);
    amount(won, 2_000.0);
    assert_eq!((&won["amount_published"], &won["currency_published"]), (&2_400_000.0.into(), &"KRW".into()));
    let all = place.rows(&["awards", "--list", "--rates", &rates]);
    assert_eq!(all.len(), 8);
    assert_eq!(row(&all, &[("award", "own:N1")])["technologies"], "unassigned");
}

#[test]
fn organisations_of_the_register() {
    let place = lake();
    let ror = r#"[{"id":"https://ror.org/04h9pn542","names":[{"value":"Seoul National University","types":["ror_display"],"lang":"en"},{"value":"서울대학교","types":["label"],"lang":"ko"}],"locations":[{"geonames_details":{"country_code":"KR","name":"Seoul","lat":37.6,"lng":127.0}}],"status":"active","types":["education"],"relationships":[]}]"#;
    let ror = place.write("ror.json", ror);
    place.ok(&["load", "ror", &ror]);
    let asked = ["awards", "--by", "organisation", "--country", "US"];
    let rows = place.rows(&asked);
    let found = row(&rows, &[("ror", "04h9pn542")]);
    amount(found, 1_096.0);
    assert_eq!(found["organisation"], "Seoul National University");
    amount(row(&rows, &[("organisation", "unassigned")]), 1_000.0 + 500.0 - 200.0 + 1_096.0 + 70.0);
    let korean = place.ok(&[&asked[..], &["--lang", "ko"]].concat());
    assert!(korean.stdout.contains("서울대학교") && korean.stdout.contains("미배정"), "{}", korean.stdout);
    assert!(korean.stderr.contains("조직 미배정"), "{}", korean.stderr);
}

#[test]
fn all_forms_and_the_foot() {
    let place = lake();
    let csv = place.ok(&["awards", "--country", "US", "--format", "csv"]);
    assert!(csv.stdout.starts_with("technology_id,technology_name,agency,awards,amount,"), "{}", csv.stdout);
    for part in [
        "7 awards",
        "unassigned to any technology of kr-nst-2023: 5 awards (71.4 %)",
        "convert-then-deflate",
        "lake version",
        "without an amount: 1 award",
    ] {
        assert!(csv.stderr.contains(part), "{part}: {}", csv.stderr);
    }
    let parquet = place.command(&["awards", "--country", "US", "--format", "parquet"]).output().unwrap();
    assert!(parquet.stdout.starts_with(b"PAR1"));
    assert!(place.ok(&["awards", "--country", "US", "--lang", "ko"]).stdout.contains("과제 수"));
    let empty = Place::new();
    let topics = empty.write("topics.csv", TOPICS);
    empty.ok(&["load", "topics", &topics]);
    let run = empty.run(&["awards"]);
    assert!(run.status == 1 && run.stderr.contains("no awards loaded"), "{}", run.stderr);
    assert_eq!(place.run(&["awards", "--from", "2024", "--to", "2020"]).status, 2);
    assert_eq!(place.run(&["awards", "--currency", "dollars"]).status, 2);
}

#[test]
fn the_shipped_budgets_and_rates() {
    let place = Place::new();
    place.ok(&["load", "budgets", &demo("budgets/budgets.csv")]);
    assert_eq!(place.number("SELECT value FROM budgets WHERE programme = 'global R&D' AND year = 2024"), 1.8e12);
    let rows = place.rows(&["awards", "--budgets"]);
    let global = row(
        &rows,
        &[
            ("programme", "global R&D"),
            ("scope", "international cooperation in R&D"),
            ("unit_published", "trillion"),
            ("source_date", "2024-01-27"),
        ],
    );
    assert_eq!(global["amount_published"], 1.8);
    // The Federal Reserve's average of 2024 is 1,363.4381 won a dollar (to four decimals, as published).
    amount(global, 1.8e12 / 1_363.438_1);
    assert!(rows.iter().all(|row| row["source_title"].is_string()), "every figure has its source");
    let quantum = place.rows(&["awards", "--budgets", "--technology", "quantum", "--currency", "KRW"]);
    assert_eq!(quantum.len(), 1);
    amount(&quantum[0], 125.2e9);
    // Prices of 2023: what was published for 2024 becomes less, by the shipped deflators of the US, 122.273 and 125.224.
    let real = place.rows(&["awards", "--budgets", "--prices", "2023", "--country", "US", "--from", "2024"]);
    let nsf = row(&real, &[("agency", "NSF"), ("scope", "whole agency")]);
    let expected = 9.06e9 * 122.273 / 125.224;
    assert!((nsf["amount"].as_f64().unwrap() - expected).abs() < 1.0, "{nsf}");
    let ko = place.ok(&["awards", "--budgets", "--lang", "ko"]);
    assert!(ko.stdout.contains("1.8 trillion KRW") && ko.stdout.contains("한국"), "{}", ko.stdout);
}

#[test]
fn investment_needs_the_money_of_all_sides() {
    let place = Place::new();
    let topics = "topic_id,topic_name,subfield_id,subfield_name,field_id,field_name,domain_id,domain_name,keywords\n\
                  T10682,Quantum,1702,AI,17,CS,3,P,\nT10018,Batteries,2102,B,21,E,3,P,\nT10001,Else,1900,G,19,E,3,P,\n";
    let topics = place.write("topics.csv", topics);
    place.ok(&["load", "topics", &topics]);
    let mut cells = String::from("period,topic_id,country_code,works,world_works\n");
    for period in ["2010-2014", "2020-2024"] {
        for (topic, world) in [("T10682", 100), ("T10018", 100), ("T10001", 800)] {
            for country in ["KR", "US", "JP"] {
                cells += &format!("{period},{topic},{country},{},{world}\n", world / 10);
            }
        }
    }
    let cells = place.write("cells.csv", cells);
    place.ok(&["load", "aggregates", "country-topic", &cells]);
    let awards = |name: &str, text: &str| {
        let file =
            place.write(&format!("{name}.csv"), format!("award_id,title,amount,currency,start_date,end_date,country,agency\n{text}"));
        place.ok(&["load", "awards", "--source", "table", "--name", name, &file]);
    };
    let ask = ["opportunities", "KR", "US", "--draws", "10"];
    awards("us", "1,Quantum computing,40,USD,2022,2022,US,NSF\n2,Poetry,60,USD,2022,2022,US,NSF\n");
    let rows = place.rows(&ask);
    assert!(rows.iter().all(|row| row["investment"].is_null()), "only one side");
    assert!(place.ok(&ask).stderr.contains("only awards of US are loaded, none of KR"));
    awards("kr", "1,Quantum computing,20,KRW,2022,2022,KR,NRF\n2,Poetry,80,KRW,2022,2022,KR,NRF\n");
    let rows = place.rows(&ask);
    // A tenth of the countries' works are quantum. Korea gives a fifth of its money: r = 0.2 / 0.1 = 2; the US 4. The weaker side's r / (1
    // + r) = 2/3.
    let quantum = row(&rows, &[("technology_id", "quantum")]);
    assert!((quantum["investment"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-9, "{quantum}");
    assert_eq!(row(&rows, &[("technology_id", "batteries")])["investment"], 0.0, "money known, none of it here");
    assert!(place.ok(&ask).stderr.contains("investment: from awards"));
}
