//! Sentences: each is used by some input, follows the size of the uncertainty, and holds no number that is not in the tables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use dari_briefing::{Answers, Document, Form, Kind, Lang, Request, Table, Template, Unanswered, Value, questions, render, wording, write};
use proptest::prelude::*;

/// A cell as it is written here: `-` for nothing, numbers, `yes`, `no`, texts.
fn cell(text: &str) -> Value {
    match text {
        "-" => Value::Empty,
        "yes" => Value::Bool(true),
        "no" => Value::Bool(false),
        // Ids and days are texts, years of a column of years are numbers.
        text => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(number), _) => Value::Int(number),
            (_, Ok(number)) => Value::Float(number),
            _ => Value::Text(text.to_owned()),
        },
    }
}

/// A table: columns separated by commas, rows by lines, cells by bars.
fn table(id: &str, columns: &str, rows: &str) -> Table {
    let columns: Vec<String> = columns.split(',').map(|column| column.trim().to_owned()).collect();
    let rows: Vec<Vec<Value>> = rows
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| line.split('|').map(|text| cell(text.trim())).collect())
        .collect();
    assert!(rows.iter().all(|row: &Vec<Value>| row.len() == columns.len()), "{id}: {rows:?}");
    Table { id: id.to_owned(), command: format!("dari {id}"), notes: vec![format!("a note on {id}")], columns, rows }
}

const POSITION: &str = "technology_id,technology_name,country,country_name,period,works,world_share,rank,activity_index,activity_index_low,activity_index_high,growth,growth_low,growth_high,momentum,momentum_low,momentum_high,unknown_share,flagged_topics";
const OPPORTUNITIES: &str = "technology_id,technology_name,rank,rank_low,rank_high,rank_low_data,rank_high_data,score,strength,complementarity,momentum,unrealised,investment,policy";

fn figures() -> Vec<Table> {
    vec![
        table(
            "position f field",
            POSITION,
            "quantum|Quantum|KR|Korea|2020 to 2024|539|0.009|13|1.07|0.98|1.16|0.107|0.09|0.123|0.01|-0.03|0.006|0.51|-
             quantum|Quantum|US|United States|2020 to 2024|5498|0.093|1|1.04|1.01|1.07|0.109|0.10|0.114|0.01|-0.015|-0.004|0.51|-
             batteries|Batteries|KR|Korea|2020 to 2024|4613|0.043|4|5.05|4.90|5.19|0.08|0.07|0.09|0.01|0.01|0.02|0.1|Sinks
             batteries|Batteries|US|United States|2020 to 2024|10635|0.099|2|1.11|1.09|1.13|0.07|0.06|0.08|0.01|-0.06|-0.05|0.1|Sinks
             ai|Intelligence|KR|Korea|2020 to 2024|46|0.04|4|1.05|1.0|1.1|0.08|0.07|0.09|0.01|-0.01|0.02|0.1|-
             ai|Intelligence|US|United States|2020 to 2024|106|0.09|2|1.11|1.09|1.13|0.07|0.06|0.08|0.01|-0.06|-0.05|0.1|-
             none|Nothing known|KR|Korea|2020 to 2024|-|-|-|-|-|-|-|-|-|-|-|-|-|-
             none|Nothing known|US|United States|2020 to 2024|-|-|-|-|-|-|-|-|-|-|-|-|-|-",
        ),
        table(
            "opportunities f field",
            OPPORTUNITIES,
            "batteries|Batteries|1|1|1|1|2|0.45|0.69|0.12|0.50|0.39|-|0.96
             ai|Intelligence|2|2|3|2|3|0.40|0.1|0.2|0.9|-|-|-
             quantum|Quantum|3|1|7|2|6|0.35|0.61|1.95|0.63|0.39|-|0.92
             bio|Biology|4|4|5|4|4|0.34|0.2|0.3|0.1|0.1|0.8|0.2
             hydrogen|Hydrogen|5|-|-|5|5|0.33|0.2|0.1|0.1|0.7|0.2|0.2
             space|Space|6|6|6|6|6|0.32|1.9|0.6|0.1|0.1|0.2|0.2
             none|Nothing known|-|-|-|-|-|-|-|-|-|-|-|-",
        ),
        table("trend KR US", "year,works,flag,works_without_break", "2012|900|-|900.0\n2013|1000|break|950.0\n2023|1602|-|1602.0"),
        table(
            "money US f field",
            "technology_id,technology_name,agency,awards,amount,currency",
            "quantum|Quantum|NSF|29|16087841.0|USD\nunassigned|unassigned|DOE|1066|944897625.0|USD",
        ),
        table(
            "budgets",
            "country,agency,programme,technology_id,year,amount,currency,source_title",
            "KR|government|R&D|-|2024|19436159221.31|USD|A release\nJP|government|R&D|-|2024|1.0|USD|Elsewhere\nKR|government|fields|hydrogen|2024|1.0|USD|Elsewhere",
        ),
        table(
            "partners f/quantum",
            "a,b,chance,reasons,introduction,topics_of_both,against",
            "KRISS|Sandia|0.0018|words in common|University College London|Quantum optics|no work for three years\nKIAS|Yale|0.02|recent walks|-|-|-",
        ),
    ]
}

fn records() -> Vec<Table> {
    let lines = "id,kind,state,since,sides,begins,due,title,days,overdue";
    vec![
        table(
            "agreements",
            "id,kind,state,since,sides,begins,due,title",
            "a|Agreement|In force|2022-02-16|KR US|2022-02-16|2027-02-15|Memorandum
             b|Agreement|In force|2012-02-16|KR US|2012-02-16|2026-02-15|Old memorandum
             c|Agreement|Signed|2023-02-03|KR US|2023-02-03|-|Protocol
             d|Agreement|Signed|2023-02-03|IN US|2023-02-03|2026-12-01|Of others",
        ),
        table(
            "open",
            lines,
            "x|Commitment|Agreed|2024-01-22|KR US|2024-01-22|2024-05-01|Joint workshop|1040|yes
             y|Statement|Proposed|2023-12-09|KR US|2023-12-09|-|Exchange of people|1084|no
             z|Statement|Proposed|2023-12-09|IN US|2023-12-09|-|Of others|1084|no",
        ),
        table(
            "open-summary",
            "sides,kind,state,records,oldest,overdue",
            "KR US|Commitment|Agreed|1|2024-01-22|1\nKR US|Statement|Proposed|1|2023-12-09|0",
        ),
        table(
            "coverage",
            "counts,data_set,origin,period,countries,topics,works,unknown_share",
            "works|set|published|2020-2024|46|4516|42709016|0.53",
        ),
        table(
            "renewals",
            "id,until,days_left,notice_by,notice_passed,renewal,title",
            "a|2027-02-15|80|2026-08-15|yes|by-agreement|Memorandum
             c|2027-06-15|200|2027-01-15|no|by-agreement|Protocol
             b|2027-08-15|261|-|-|none|Old memorandum
             d|2026-12-01|4|-|-|none|Of others",
        ),
    ]
}

fn record(kind: &str) -> Vec<Table> {
    let fields = format!(
        "id|example\nkind|{kind}\nstate|planned\nsince|2026-11-02\nname.en|Quantum metrology\nname.ko|양자 계측\npurpose.en|To meet\ndate|2027-03-03/2027-03-04\nuntil|2027-12-31\nprogramme|start: 09:00, title: Opening\ninvitations|name: Hong, side: KR"
    );
    vec![
        table("record", "field,value", &fields),
        table("record-shown", "field,value", &fields.replace("state|planned", "state|Planned")),
        table("chain", "title,kind,state,since", "Quantum metrology|Workshop|Planned|2026-11-02\nStatement|Statement|Agreed|2024-01-22"),
        table(
            "chain-known",
            "step,through,id,kind,state,since,title",
            "0|-|w|workshop|planned|2026-11-02|Quantum metrology\n1|w|r|result|accepted|2024-01-22|Statement",
        ),
        table(
            "results",
            "reference,type,date,decided,organisations,title",
            "W1|work|2024|accepted|KRISS; NIST|A joint work\nW2|work|2025|-|KRISS; NIST|Another\nW3|award|2025-01-01|refused|NIST|An award",
        ),
        table("effect", "year,after,observed,expected,gap", "2015|no|0.0|0.0|0.0\n2016|no|2.0|2.1|-0.1\n2017|yes|5.0|2.0|3.0"),
        table(
            "balance",
            "what,from,to,state,records,person_days,currency,money,in_kind",
            "exchange|KR|US|completed|1|91|-|-|-\ncontribution|KR|-|given|2|-|KRW|1000000000.0|350000000.0",
        ),
        table(
            "since",
            "day,became,kind,id,sides,title",
            "2024-01-22|Agreed|Statement|s|KR US|A workshop\n2024-01-23|-|Meeting|m|KR US|A meeting",
        ),
        table(
            "invited",
            "side,name,organisations,why,topic,to_meet,screening_leads",
            "KR|Kim|KRISS|early in the career|Quantum optics|Smith|-\nUS|Smith|NIST|newcomer|Quantum optics|Kim|-",
        ),
    ]
}

fn request(kind: Kind, lang: Lang) -> Request {
    let countries: &[&str] = match kind {
        Kind::Country => &["KR"],
        Kind::Renewal | Kind::Results => &[],
        _ => &["KR", "US"],
    };
    let record = !matches!(kind, Kind::Cooperation | Kind::Country);
    Request {
        kind,
        lang,
        date: "2026-11-27".to_owned(),
        countries: countries.iter().map(|code| (*code).to_owned()).collect(),
        framework: "f".to_owned(),
        technologies: ["f/quantum", "f/batteries", "f/none"].map(str::to_owned).to_vec(),
        record: record.then(|| "example".to_owned()),
        partners: 3,
        internal: None,
    }
}

/// All that a kind may be answered: with everything, with nothing found, and with what could not be answered.
fn inputs(kind: Kind, lang: Lang) -> Vec<(Request, Answers)> {
    let lake = Some((13, "2026-11-27T20:47:16Z".to_owned()));
    let full: Vec<Table> = figures().into_iter().chain(records()).chain(record("workshop")).collect();
    let empty = full.iter().map(|table| {
        let keep = ["record", "record-shown", "chain", "chain-known"].contains(&table.id.as_str());
        let rows = if keep { table.rows.iter().take(1).cloned().collect() } else { Vec::new() };
        Table { rows, ..table.clone() }
    });
    let unanswered = ["results", "effect", "invited", "partners f/quantum", "money US f field"].map(|id| Unanswered {
        id: id.to_owned(),
        command: format!("dari {id}"),
        why: "nothing is loaded".to_owned(),
    });
    let fewer = full.iter().filter(|table| !unanswered.iter().any(|one| one.id == table.id)).cloned().collect();
    let internal = Request { internal: Some("KR".to_owned()), ..request(kind, lang) };
    // Each technology once the first, for each is strongest in another component.
    let firsts = (1..6).map(|first| {
        let mut tables = full.clone();
        let table = tables.iter_mut().find(|table| table.id.starts_with("opportunities")).unwrap();
        table.rows.rotate_left(first);
        (request(kind, lang), Answers { tables, unanswered: Vec::new(), lake: lake.clone() })
    });
    let mut all = vec![
        (request(kind, lang), Answers { tables: full.clone(), unanswered: Vec::new(), lake: lake.clone() }),
        (request(kind, lang), Answers { tables: empty.collect(), unanswered: Vec::new(), lake: None }),
        (internal, Answers { tables: fewer, unanswered: unanswered.to_vec(), lake: lake.clone() }),
    ];
    // Without ranges of ranks, and without a date of the workshop.
    let mut bare = full.clone();
    for table in &mut bare {
        if table.id.starts_with("opportunities") {
            table.rows.iter_mut().for_each(|row| row[3..5].fill(Value::Empty));
        } else if table.id.starts_with("record") {
            table.rows.retain(|row| row[0] != Value::Text("date".to_owned()));
        }
    }
    all.push((request(kind, lang), Answers { tables: bare, unanswered: Vec::new(), lake: lake.clone() }));
    all.extend(firsts);
    all
}

fn text_of(document: &Document) -> String {
    serde_json::to_string(document).unwrap()
}

#[test]
fn the_shipped_template_has_no_faults() {
    assert_eq!(Template::shipped().unwrap().faults(), Vec::<String>::new());
}

/// Every wording is used: each is marked with its key, and the marks are looked for in all that is written.
#[test]
fn each_sentence_is_used_by_some_input() {
    for (lang, file) in [(Lang::En, "words.en.toml"), (Lang::Ko, "words.ko.toml")] {
        let folder = tempfile::tempdir().unwrap();
        Template::begin(folder.path()).unwrap();
        let path = folder.path().join(file);
        let mut group = String::new();
        let marked: Vec<String> = std::fs::read_to_string(&path)
            .unwrap()
            .lines()
            .map(|line| {
                if let Some(name) = line.strip_prefix('[') {
                    name.trim_end_matches(']').clone_into(&mut group);
                }
                match line.split_once(" = \"") {
                    Some((key, text)) => format!("{key} = \"⟦{group}.{key}⟧{text}"),
                    None => line.to_owned(),
                }
            })
            .collect();
        std::fs::write(&path, marked.join("\n")).unwrap();
        let template = Template::read(folder.path()).unwrap();
        let mut said = String::new();
        for (request, answers) in Kind::ALL.into_iter().flat_map(|kind| inputs(kind, lang)) {
            let document = write(&request, &answers, &template).unwrap();
            said += &text_of(&document);
            said += &String::from_utf8(render(&template, &document, Form::Html).unwrap().bytes).unwrap();
        }
        // What only sheets and Word have.
        let elsewhere = ["page.said", "page.table", "page.chart"];
        let unused: Vec<&str> =
            wording().map(|(key, _)| key).filter(|key| !elsewhere.contains(key) && !said.contains(&format!("⟦{key}⟧"))).collect();
        assert_eq!(unused, Vec::<&str>::new(), "{file}");
    }
}

/// Numbers in a text as they are read: 1,234.5.
fn numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut number = String::new();
    let letters: Vec<char> = text.chars().chain([' ']).collect();
    for (at, letter) in letters.iter().enumerate() {
        let inside = matches!(letter, ',' | '.') && !number.is_empty() && letters.get(at + 1).is_some_and(char::is_ascii_digit);
        if letter.is_ascii_digit() || inside {
            number.push(*letter);
        } else if !number.is_empty() {
            found.push(std::mem::take(&mut number));
        }
    }
    found
}

/// What cells of tables show, and texts that were given with the request or by the program.
fn known(request: &Request, answers: &Answers) -> String {
    let mut known = format!("{} {:?} {:?}", request.date, request, answers.lake);
    for table in &answers.tables {
        known += &format!(" {} {}", table.command, table.notes.join(" "));
        for text in table.rows.iter().flatten().map(|value| if let Value::Text(text) = value { text.as_str() } else { "" }) {
            known.push(' ');
            known += text;
        }
    }
    answers.unanswered.iter().for_each(|one| known += &format!(" {} {}", one.command, one.why));
    known
}

/// Whether what is shown is this cell, in one of the ways in which numbers are shown: as it is, in per cent, as growth, in millions.
fn is_of(shown: &str, cell: &Value) -> bool {
    let Some(value) = cell.number() else {
        // Texts stand as they are, days as people write them, and nothing is a dash.
        return shown == cell.text() || shown == "\u{2013}" || (cell.text().starts_with("20") && shown.contains(&cell.text()[..4]));
    };
    let text: String = shown.chars().filter(|letter| !",\u{A0}%".contains(*letter)).collect();
    let said: f64 = text.replace('\u{2212}', "-").parse().unwrap();
    let decimals = text.split_once('.').map_or(0, |(_, rest)| rest.len());
    let step = 10_f64.powi(-i32::try_from(decimals).unwrap());
    let ways = if shown.ends_with('%') { vec![100.0 * value, 100.0 * value.exp_m1()] } else { vec![value, value / 1e6] };
    ways.into_iter().any(|way| (way - said).abs() <= 0.5 * step + 1e-9)
}

#[test]
fn every_number_in_a_sentence_is_in_the_tables() {
    let template = Template::shipped().unwrap();
    let words = ["words.en.toml", "words.ko.toml"].map(|file| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("template").join(file);
        std::fs::read_to_string(path).unwrap().parse::<toml::Table>().unwrap()
    });
    let mut looked_at = 0;
    for lang in [Lang::En, Lang::Ko] {
        for (request, answers) in Kind::ALL.into_iter().flat_map(|kind| inputs(kind, lang)) {
            let document = write(&request, &answers, &template).unwrap();
            let texts = known(&request, &answers);
            for sentence in document.sentences() {
                // A figure is the cell that it names, and it stands in the sentence as it says.
                for figure in &sentence.figures {
                    let table = answers.table(&figure.table).unwrap();
                    let cell = table.cell(figure.row, &figure.column).unwrap();
                    assert!(is_of(&figure.shown, cell), "{figure:?} of {cell:?}");
                    assert!(sentence.text.contains(&figure.shown), "{}: {figure:?}", sentence.text);
                }
                let (group, key) = sentence.key.split_once('.').unwrap();
                let wording = words[usize::from(lang == Lang::Ko)][group][key].as_str().unwrap();
                for number in numbers(&sentence.text) {
                    looked_at += 1;
                    let figures = sentence.figures.iter().any(|figure| numbers(&figure.shown).contains(&number));
                    let worded = numbers(wording).contains(&number);
                    assert!(figures || worded || numbers(&texts).contains(&number), "{number} in '{}' is in no table", sentence.text);
                }
            }
        }
    }
    assert!(looked_at > 500, "{looked_at}");
}

/// The sentences of a kind of figure, by its key.
fn keys(document: &Document) -> BTreeSet<&str> {
    document.sentences().map(|sentence| sentence.key.as_str()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Intervals that meet make "cannot be told" of "more than"; ranges of ranks make it firm, a range, or nothing.
    #[test]
    fn wording_follows_the_intervals(a in 0.2..5.0_f64, b in 0.2..5.0_f64, wide in 0.01..2.0_f64, low in 1..6_i64, over in 0..5_i64) {
        let template = Template::shipped().unwrap();
        let mut answers = Answers { tables: figures().into_iter().chain(records()).collect(), ..Answers::default() };
        let position = &mut answers.tables[0];
        position.rows.truncate(2);
        for (row, index) in [a, b].into_iter().enumerate() {
            for (place, value) in [(8, index), (9, index - wide), (10, index + wide)] {
                position.rows[row][place] = Value::Float(value);
            }
        }
        let ranks = &mut answers.tables[1].rows[2];
        ranks[3] = Value::Int(low);
        ranks[4] = Value::Int(low + over);
        let document = write(&request(Kind::Cooperation, Lang::En), &answers, &template).unwrap();
        let keys = keys(&document);
        let apart = (a - b).abs() > 2.0 * wide;
        prop_assert_eq!(keys.contains("position.ahead"), apart);
        prop_assert_eq!(keys.contains("position.level"), !apart);
        prop_assert_eq!(keys.contains("summary.rank-firm"), over == 0);
        // More than a third of six.
        prop_assert_eq!(keys.contains("summary.rank-wide"), over > 2);
    }
}

/// What is asked ends, and every kind asks for what it is written of.
#[test]
fn questions_come_to_an_end() {
    for kind in Kind::ALL {
        let request = Request { technologies: Vec::new(), ..request(kind, Lang::Ko) };
        let mut answers = Answers::default();
        for round in 0.. {
            let asked = questions(&request, &answers).unwrap();
            if asked.is_empty() {
                break;
            }
            assert!(round < 4, "{asked:?}");
            for question in asked {
                assert!(question.arguments.windows(2).any(|pair| pair == ["--lang", "ko"]), "{question:?}");
                let rows =
                    if question.id.starts_with("opportunities") { "quantum|Quantum|1|1|1|1|2|0.45|0.69|0.12|0.50|0.39|-|0.96" } else { "" };
                answers.tables.push(table(&question.id, OPPORTUNITIES, rows));
            }
        }
    }
    let lacking = Request { countries: vec!["KR".to_owned()], ..request(Kind::Cooperation, Lang::En) };
    assert!(questions(&lacking, &Answers::default()).unwrap_err().to_string().contains("two countries"));
    let lacking = Request { record: None, ..request(Kind::Renewal, Lang::En) };
    assert!(questions(&lacking, &Answers::default()).unwrap_err().to_string().contains("a record"));
}
