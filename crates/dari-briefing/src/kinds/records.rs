//! Parts made of the register's records: agreements, what is open, what happened, what came of it, workshops.

use super::Kind;
use super::writing::{Column, Writing};
use crate::document::{Block, Chart, ChartLine, Drawn, Mark, Sentence};
use crate::error::Result;
use crate::table::{Table, Value};
use crate::text::{Lang, Shape, day};

pub(super) const WORDING: &[(&str, &[&str])] = &[
    ("agreements.ends", &["title", "until"]),
    ("agreements.notice", &["title", "until", "notice"]),
    ("agreements.notice-passed", &["title", "until", "notice"]),
    ("agreements.open-end", &[]),
    ("agreements.table", &[]),
    ("agreements.none", &[]),
    ("open.overdue", &["title", "state", "since", "due"]),
    ("open.oldest", &["title", "state", "since"]),
    ("open.nothing", &[]),
    ("open.summary", &[]),
    ("open.table", &[]),
    ("open.note", &["date"]),
    ("since.latest", &["day", "title"]),
    ("since.became", &["day", "title", "became"]),
    ("since.nothing", &[]),
    ("since.table", &[]),
    ("record.table", &[]),
    ("chain.table", &[]),
    ("chain.none", &[]),
    ("results.found", &["title", "organisations", "date"]),
    ("results.accepted", &["title", "organisations", "date"]),
    ("results.kept", &["title", "state", "since"]),
    ("results.none", &[]),
    ("results.unanswered", &["why"]),
    ("results.caution", &[]),
    ("results.table", &[]),
    ("effect.year", &["year", "observed", "expected"]),
    ("effect.unanswered", &["why"]),
    ("effect.caution", &[]),
    ("effect.chart", &[]),
    ("effect.axis", &[]),
    ("effect.observed", &[]),
    ("effect.expected", &[]),
    ("effect.alternative", &["year", "observed", "expected"]),
    ("effect.table", &[]),
    ("balance.people", &["records", "from", "to", "state", "days"]),
    ("balance.money", &["from", "money", "in_kind", "currency", "state"]),
    ("balance.none", &[]),
    ("balance.table", &[]),
    ("programme.session", &["session"]),
    ("programme.none", &[]),
    ("invited.guest", &["name", "organisations", "why"]),
    ("invited.kept", &["invitation"]),
    ("invited.unanswered", &["why"]),
    ("invited.none", &[]),
    ("invited.table", &[]),
    ("invited.note", &[]),
    ("letters.heading", &["side"]),
    ("letters.greeting", &["names"]),
    ("letters.purpose", &["workshop", "date"]),
    ("letters.purpose-undated", &["workshop"]),
    ("letters.reason", &["workshop"]),
    ("letters.reply", &[]),
    ("letters.close", &["from"]),
    ("letters.none", &[]),
    ("column.title", &[]),
    ("column.state", &[]),
    ("column.since", &[]),
    ("column.due", &[]),
    ("column.sides", &[]),
    ("column.kind", &[]),
    ("column.records", &[]),
    ("column.oldest", &[]),
    ("column.days", &[]),
    ("column.day", &[]),
    ("column.became", &[]),
    ("column.field", &[]),
    ("column.value", &[]),
    ("column.reference", &[]),
    ("column.type", &[]),
    ("column.date", &[]),
    ("column.decided", &[]),
    ("column.organisations", &[]),
    ("column.after", &[]),
    ("column.observed", &[]),
    ("column.expected", &[]),
    ("column.gap", &[]),
    ("column.what", &[]),
    ("column.from", &[]),
    ("column.to", &[]),
    ("column.person_days", &[]),
    ("column.money", &[]),
    ("column.in_kind", &[]),
    ("column.side", &[]),
    ("column.name", &[]),
    ("column.why", &[]),
    ("column.topic", &[]),
    ("column.to_meet", &[]),
    ("column.screening_leads", &[]),
    ("column.country", &[]),
];

/// Rows of a list that concern the countries of the briefing: those of all of them, and those of none but them. What was asked of a dialogue or meeting is of it.
pub(super) fn of_sides(writing: &Writing<'_>, table: &Table) -> Result<Vec<usize>> {
    let countries = &writing.request.countries;
    let mut rows = Vec::new();
    for row in 0..table.rows.len() {
        let sides: Vec<&str> = table.text(row, "sides")?.split_whitespace().collect();
        let all = countries.iter().all(|country| sides.contains(&country.as_str()));
        let only = !sides.is_empty() && sides.iter().all(|side| countries.iter().any(|country| country == side));
        if all || only || (writing.request.kind == Kind::Meeting && table.id.starts_with("open")) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Agreements of the sides that end within a year, with the last day for notice.
pub(super) fn ending(writing: &Writing<'_>) -> Result<Vec<Sentence>> {
    let (Some(renewals), Some(agreements)) = (writing.table("renewals"), writing.table("agreements")) else { return Ok(Vec::new()) };
    let own: Vec<&str> = of_sides(writing, agreements)?.into_iter().map(|row| agreements.text(row, "id")).collect::<Result<_>>()?;
    let mut said = Vec::new();
    for row in (0..renewals.rows.len()).filter(|row| renewals.text(*row, "id").is_ok_and(|id| own.contains(&id))) {
        let figure = |column: &str| writing.figure(renewals, row, column, Shape::Plain);
        let mut pieces = vec![("title", figure("title")?), ("until", figure("until")?)];
        let key = match renewals.cell(row, "notice_passed")? {
            Value::Bool(true) => "agreements.notice-passed",
            Value::Bool(false) => "agreements.notice",
            _ => "agreements.ends",
        };
        if key != "agreements.ends" {
            pieces.push(("notice", figure("notice_by")?));
        }
        said.push(writing.say(key, &pieces)?);
    }
    Ok(said)
}

pub(super) fn agreements(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let Some(table) = writing.table("agreements") else { return Ok(Vec::new()) };
    let rows = of_sides(writing, table)?;
    if rows.is_empty() {
        return Ok(vec![Block::Paragraph { sentences: vec![writing.say("agreements.none", &[])?] }]);
    }
    let mut sentences = ending(writing)?;
    if rows.iter().any(|row| table.text(*row, "due").is_ok_and(str::is_empty)) {
        sentences.push(writing.say("agreements.open-end", &[])?);
    }
    let columns =
        [Column::Text("title", 9), Column::Text("state", 3), Column::Text("since", 3), Column::Text("due", 3), Column::Text("sides", 4)];
    let list = writing.show(table, writing.say("agreements.table", &[])?, &columns, &rows, "")?;
    Ok(if sentences.is_empty() { vec![list] } else { vec![Block::Paragraph { sentences }, list] })
}

/// What is open, those that are overdue first; each with whether it is.
pub(super) fn open_rows(writing: &Writing<'_>) -> Result<Vec<(usize, bool)>> {
    let Some(table) = writing.table("open") else { return Ok(Vec::new()) };
    let overdue = |row: usize| Ok::<_, crate::Error>(*table.cell(row, "overdue")? == Value::Bool(true));
    let mut rows = of_sides(writing, table)?.into_iter().map(|row| Ok((row, overdue(row)?))).collect::<Result<Vec<_>>>()?;
    rows.sort_by_key(|(_, overdue)| !overdue);
    Ok(rows)
}

/// What is said of a record that is open.
pub(super) fn open_sentence(writing: &Writing<'_>, table: &Table, row: usize, overdue: bool) -> Result<Sentence> {
    let figure = |column: &str| writing.figure(table, row, column, Shape::Plain);
    let mut pieces = vec![("title", figure("title")?), ("state", figure("state")?), ("since", figure("since")?)];
    if overdue {
        pieces.push(("due", figure("due")?));
    }
    writing.say(if overdue { "open.overdue" } else { "open.oldest" }, &pieces)
}

pub(super) fn open(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let (Some(table), Some(summary)) = (writing.table("open"), writing.table("open-summary")) else { return Ok(Vec::new()) };
    let rows = open_rows(writing)?;
    if rows.is_empty() {
        return Ok(vec![Block::Paragraph { sentences: vec![writing.say("open.nothing", &[])?] }]);
    }
    /// Records that are told in sentences.
    const TOLD: usize = 5;
    let mut points = Vec::new();
    for (row, overdue) in rows.iter().take(TOLD) {
        points.push(vec![open_sentence(writing, table, *row, *overdue)?]);
    }
    let note = writing.say("open.note", &[("date", day(&writing.request.date, writing.lang).into())])?.text;
    let columns = [
        Column::Text("sides", 3),
        Column::Text("kind", 3),
        Column::Text("state", 3),
        Column::Number("records", Shape::Plain, 2),
        Column::Text("oldest", 3),
    ];
    let counts = writing.show(summary, writing.say("open.summary", &[])?, &columns, &of_sides(writing, summary)?, "")?;
    let columns = [
        Column::Text("title", 9),
        Column::Text("kind", 3),
        Column::Text("state", 3),
        Column::Text("since", 3),
        Column::Text("due", 3),
        Column::Number("days", Shape::Plain, 2),
    ];
    let rows: Vec<usize> = rows.into_iter().map(|(row, _)| row).collect();
    Ok(vec![
        Block::Points { points, numbered: false },
        counts,
        writing.show(table, writing.say("open.table", &[])?, &columns, &rows, &note)?,
    ])
}

pub(super) fn since(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let Some(table) = writing.table("since") else { return Ok(Vec::new()) };
    /// The newest entries are shown, and fewer told.
    const SHOWN: usize = 30;
    const TOLD: usize = 4;
    if table.rows.is_empty() {
        return Ok(vec![Block::Paragraph { sentences: vec![writing.say("since.nothing", &[])?] }]);
    }
    let rows: Vec<usize> = (0..table.rows.len()).rev().take(SHOWN).collect();
    let mut points = Vec::new();
    for row in rows.iter().take(TOLD) {
        let figure = |column: &str| writing.figure(table, *row, column, Shape::Plain);
        let mut pieces = vec![("day", figure("day")?), ("title", figure("title")?)];
        let became = !table.text(*row, "became")?.is_empty();
        if became {
            pieces.push(("became", figure("became")?));
        }
        points.push(vec![writing.say(if became { "since.became" } else { "since.latest" }, &pieces)?]);
    }
    let columns = [Column::Text("day", 3), Column::Text("title", 9), Column::Text("kind", 3), Column::Text("became", 3)];
    Ok(vec![Block::Points { points, numbered: false }, writing.show(table, writing.say("since.table", &[])?, &columns, &rows, "")?])
}

pub(super) fn record(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let Some(table) = writing.table("record-shown") else { return Ok(Vec::new()) };
    Ok(vec![writing.show_all(table, "record.table", &[Column::Text("field", 3), Column::Text("value", 9)], "")?])
}

pub(super) fn chain(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let Some(table) = writing.table("chain") else { return Ok(Vec::new()) };
    if table.rows.len() < 2 {
        return Ok(vec![Block::Paragraph { sentences: vec![writing.say("chain.none", &[])?] }]);
    }
    let columns = [Column::Text("title", 9), Column::Text("kind", 3), Column::Text("state", 3), Column::Text("since", 3)];
    Ok(vec![writing.show_all(table, "chain.table", &columns, "")?])
}

/// Why a question has no answer, in a sentence.
fn unanswered(writing: &Writing<'_>, id: &str, key: &str) -> Result<Option<Sentence>> {
    let one = writing.answers.unanswered.iter().find(|one| one.id == id);
    one.map(|one| writing.say(key, &[("why", one.why.as_str().into())])).transpose()
}

/// What followed, in sentences: what was accepted first.
pub(super) fn followed(writing: &Writing<'_>, most: usize) -> Result<Vec<Sentence>> {
    let mut said = Vec::new();
    // What the register holds as results, by the line that leads to them.
    if let (Some(known), Some(chain)) = (writing.table("chain-known"), writing.table("chain")) {
        for row in known.rows_with(&[("kind", "result")])?.into_iter().take(most) {
            let figure = |column: &str| writing.figure(chain, row, column, Shape::Plain);
            said.push(
                writing.say("results.kept", &[("title", figure("title")?), ("state", figure("state")?), ("since", figure("since")?)])?,
            );
        }
    }
    let Some(table) = writing.table("results") else {
        said.extend(unanswered(writing, "results", "results.unanswered")?);
        return Ok(said);
    };
    if table.rows.is_empty() {
        said.push(writing.say("results.none", &[])?);
        return Ok(said);
    }
    let decided = |row: usize, state: &str| table.text(row, "decided").is_ok_and(|decided| decided == state);
    let mut rows: Vec<usize> = (0..table.rows.len()).filter(|row| !decided(*row, "refused")).collect();
    rows.sort_by_key(|row| !decided(*row, "accepted"));
    for row in rows.into_iter().take(most) {
        let figure = |column: &str| writing.figure(table, row, column, Shape::Plain);
        let key = if decided(row, "accepted") { "results.accepted" } else { "results.found" };
        let pieces = [("title", figure("title")?), ("organisations", figure("organisations")?), ("date", figure("date")?)];
        said.push(writing.say(key, &pieces)?);
    }
    Ok(said)
}

pub(super) fn results(writing: &Writing<'_>) -> Result<Vec<Block>> {
    /// Results that are told in sentences.
    const TOLD: usize = 5;
    let said = followed(writing, TOLD)?;
    let mut blocks = vec![Block::Points { points: said.into_iter().map(|sentence| vec![sentence]).collect(), numbered: false }];
    if let Some(table) = writing.table("results").filter(|table| !table.rows.is_empty()) {
        blocks.push(Block::Callout { sentences: vec![writing.say("results.caution", &[])?] });
        let columns = [
            Column::Text("date", 3),
            Column::Text("type", 2),
            Column::Text("title", 8),
            Column::Text("organisations", 5),
            Column::Text("decided", 2),
            Column::Text("reference", 4),
        ];
        blocks.push(writing.show_all(table, "results.table", &columns, &table.notes.join(" "))?);
    }
    Ok(blocks)
}

pub(super) fn effect(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let Some(table) = writing.table("effect") else {
        let why = unanswered(writing, "effect", "effect.unanswered")?;
        return Ok(why.map(|sentence| Block::Paragraph { sentences: vec![sentence] }).into_iter().collect());
    };
    // The years in which there is anything; the data may begin long before.
    let something = |row: &usize| {
        ["observed", "expected"].iter().any(|column| table.number(*row, column).is_ok_and(|value| value.is_some_and(|value| value > 0.0)))
    };
    let first = (0..table.rows.len()).find(something).unwrap_or_default();
    let rows: Vec<usize> = (first..table.rows.len()).collect();
    let mut points = Vec::new();
    for row in rows.iter().filter(|row| table.cell(**row, "after").is_ok_and(|after| *after == Value::Bool(true))) {
        points.push(vec![writing.say(
            "effect.year",
            &[
                ("year", writing.figure(table, *row, "year", Shape::Name)?),
                ("observed", writing.figure(table, *row, "observed", Shape::One)?),
                ("expected", writing.figure(table, *row, "expected", Shape::One)?),
            ],
        )?]);
    }
    let mut lines = Vec::new();
    let mut told = vec![writing.words.title("effect.chart")?];
    for row in &rows {
        let mark = |column: &str| Ok::<_, crate::Error>(table.number(*row, column)?.map(|value| Mark { value, interval: None }));
        let shown =
            |column: &str, shape: Shape| Ok::<_, crate::Error>(crate::document::shown(table.cell(*row, column)?, shape, writing.lang));
        lines.push(ChartLine { label: shown("year", Shape::Name)?, marks: vec![mark("observed")?, mark("expected")?] });
        let pieces = [
            ("year", shown("year", Shape::Name)?.into()),
            ("observed", shown("observed", Shape::One)?.into()),
            ("expected", shown("expected", Shape::One)?.into()),
        ];
        told.push(writing.say("effect.alternative", &pieces)?.text);
    }
    let chart = Chart {
        caption: writing.words.title("effect.chart")?,
        alternative: told.join(" "),
        axis: writing.words.title("effect.axis")?,
        shape: Shape::One,
        series: vec![writing.words.title("effect.observed")?, writing.words.title("effect.expected")?],
        lines,
        drawn: Drawn::Bars,
    };
    let columns = [
        Column::Number("year", Shape::Name, 2),
        Column::Text("after", 2),
        Column::Number("observed", Shape::One, 3),
        Column::Number("expected", Shape::One, 3),
        Column::Number("gap", Shape::One, 3),
    ];
    let shown = writing.show(table, writing.say("effect.table", &[])?, &columns, &rows, &table.notes.join(" "))?;
    let mut blocks = Vec::new();
    if !points.is_empty() {
        blocks.push(Block::Points { points, numbered: false });
    }
    blocks.extend([Block::Callout { sentences: vec![writing.say("effect.caution", &[])?] }, Block::Chart(chart), shown]);
    Ok(blocks)
}

pub(super) fn balance(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let Some(table) = writing.table("balance") else { return Ok(Vec::new()) };
    if table.rows.is_empty() {
        return Ok(vec![Block::Paragraph { sentences: vec![writing.say("balance.none", &[])?] }]);
    }
    let mut points = Vec::new();
    for row in 0..table.rows.len() {
        let figure = |column: &str, shape: Shape| writing.figure(table, row, column, shape);
        let sentence = if table.number(row, "person_days")?.is_some() {
            let pieces = [
                ("records", figure("records", Shape::Plain)?),
                ("from", figure("from", Shape::Plain)?),
                ("to", figure("to", Shape::Plain)?),
                ("state", figure("state", Shape::Plain)?),
                ("days", figure("person_days", Shape::Plain)?),
            ];
            writing.say("balance.people", &pieces)?
        } else {
            let pieces = [
                ("from", figure("from", Shape::Plain)?),
                ("money", figure("money", Shape::Millions)?),
                ("in_kind", figure("in_kind", Shape::Millions)?),
                ("currency", figure("currency", Shape::Plain)?),
                ("state", figure("state", Shape::Plain)?),
            ];
            if ["money", "in_kind"].iter().all(|column| table.number(row, column).is_ok_and(|amount| amount.unwrap_or_default() == 0.0)) {
                continue;
            }
            writing.say("balance.money", &pieces)?
        };
        points.push(vec![sentence]);
    }
    let columns = [
        Column::Text("what", 3),
        Column::Text("from", 2),
        Column::Text("to", 2),
        Column::Text("state", 3),
        Column::Number("records", Shape::Plain, 2),
        Column::Number("person_days", Shape::Plain, 3),
        Column::Number("money", Shape::Millions, 3),
        Column::Number("in_kind", Shape::Millions, 3),
        Column::Text("currency", 2),
    ];
    Ok(vec![Block::Points { points, numbered: false }, writing.show_all(table, "balance.table", &columns, "")?])
}

/// The rows of a field of the record; records that they link are named where the record is shown, whose rows are the same.
fn rows_of<'a>(writing: &Writing<'a>, field: &str) -> Result<Vec<&'a str>> {
    let Some(table) = writing.table("record") else { return Ok(Vec::new()) };
    let shown = writing.table("record-shown").unwrap_or(table);
    table.rows_with(&[("field", field)])?.into_iter().map(|row| shown.text(row, "value")).collect()
}

/// The fields of a row of a record as it is shown: `side: KR, name: Hong`. Without a name is what does not begin with one.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for piece in text.split(", ") {
        let named = piece.split_once(": ").filter(|(name, _)| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        match (named, fields.last_mut()) {
            (Some((name, value)), _) => fields.push((name.to_owned(), value.to_owned())),
            // A comma within a value.
            (None, Some((_, last))) => last.push_str(&format!(", {piece}")),
            (None, None) => fields.push((String::new(), piece.to_owned())),
        }
    }
    fields
}

/// The values of a row in one language: `at: 9 June, text: en: Topics, ko: 주제` is read `9 June · Topics`.
fn parts(text: &str, lang: Lang) -> String {
    let mut parts: Vec<(Option<Lang>, String)> = Vec::new();
    // That something is so stands in the record in full.
    for (name, value) in fields(text).into_iter().filter(|(_, value)| value != "true") {
        parts.push(match value.strip_prefix("en: ") {
            Some(english) => (Some(Lang::En), english.to_owned()),
            None => ((name == "ko").then_some(Lang::Ko), value),
        });
    }
    let both = [Lang::En, Lang::Ko].iter().all(|one| parts.iter().any(|(of, _)| *of == Some(*one)));
    let shown = parts.into_iter().filter(|(of, _)| !both || of.is_none_or(|of| of == lang));
    shown.map(|(_, part)| part).collect::<Vec<_>>().join(" \u{b7} ")
}

pub(super) fn programme(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let sessions = rows_of(writing, "programme")?;
    if sessions.is_empty() {
        return Ok(vec![Block::Paragraph { sentences: vec![writing.say("programme.none", &[])?] }]);
    }
    let points = sessions
        .into_iter()
        .map(|session| Ok(vec![writing.say("programme.session", &[("session", parts(session, writing.lang).into())])?]));
    Ok(vec![Block::Points { points: points.collect::<Result<_>>()?, numbered: true }])
}

pub(super) fn invited(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let kept = rows_of(writing, "invitations")?;
    if !kept.is_empty() {
        let points = kept
            .into_iter()
            .map(|invitation| Ok(vec![writing.say("invited.kept", &[("invitation", parts(invitation, writing.lang).into())])?]));
        blocks.push(Block::Points { points: points.collect::<Result<_>>()?, numbered: false });
    }
    if let Some(table) = writing.table("invited").filter(|table| !table.rows.is_empty()) {
        /// Guests that are told in sentences.
        const TOLD: usize = 4;
        let mut points = Vec::new();
        for row in 0..table.rows.len().min(TOLD) {
            let figure = |column: &str| writing.figure(table, row, column, Shape::Plain);
            points.push(vec![writing.say(
                "invited.guest",
                &[("name", figure("name")?), ("organisations", figure("organisations")?), ("why", figure("why")?)],
            )?]);
        }
        blocks.push(Block::Points { points, numbered: false });
        let columns = [
            Column::Text("side", 2),
            Column::Text("name", 4),
            Column::Text("organisations", 5),
            Column::Text("why", 5),
            Column::Text("topic", 5),
            Column::Text("to_meet", 5),
            Column::Text("screening_leads", 3),
        ];
        blocks.push(writing.show_all(table, "invited.table", &columns, &writing.words.title("invited.note")?)?);
    }
    if let Some(sentence) = unanswered(writing, "invited", "invited.unanswered")? {
        blocks.push(Block::Paragraph { sentences: vec![sentence] });
    }
    if blocks.is_empty() {
        blocks.push(Block::Paragraph { sentences: vec![writing.say("invited.none", &[])?] });
    }
    Ok(blocks)
}

pub(super) fn letters(writing: &Writing<'_>) -> Result<Vec<Block>> {
    // Those that the record names, else those that the data propose.
    let mut guests: Vec<(String, String)> = Vec::new();
    for invitation in rows_of(writing, "invitations")? {
        let fields = fields(invitation);
        let of = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
        guests.extend(of("side").zip(of("name")));
    }
    if let (true, Some(table)) = (guests.is_empty(), writing.table("invited")) {
        for row in 0..table.rows.len() {
            // Whoever may be on a list is written to when a person has looked.
            if table.text(row, "screening_leads")?.is_empty() {
                guests.push((table.text(row, "side")?.to_owned(), table.text(row, "name")?.to_owned()));
            }
        }
    }
    let mut sides: Vec<(String, Vec<String>)> = Vec::new();
    for (side, name) in guests {
        match sides.iter_mut().find(|(known, _)| *known == side) {
            Some((_, names)) => names.push(name),
            None => sides.push((side, vec![name])),
        }
    }
    if sides.is_empty() {
        return Ok(vec![Block::Paragraph { sentences: vec![writing.say("letters.none", &[])?] }]);
    }
    let workshop = writing.record_name()?;
    let mut purpose = vec![("workshop", workshop.as_str().into())];
    if let (Some(table), Some((row, _))) = (writing.table("record"), writing.field("date")?) {
        purpose.push(("date", writing.figure(table, row, "value", Shape::Plain)?));
    }
    let purpose = writing.say(if purpose.len() > 1 { "letters.purpose" } else { "letters.purpose-undated" }, &purpose)?;
    let mut blocks = Vec::new();
    for (side, names) in sides {
        blocks.push(Block::Heading { text: writing.say("letters.heading", &[("side", writing.country(&side).into())])?.text });
        let paragraph = |sentences| Block::Paragraph { sentences };
        blocks.push(paragraph(vec![writing.say("letters.greeting", &[("names", names.join(", ").into())])?]));
        blocks.push(paragraph(vec![purpose.clone(), writing.say("letters.reason", &[("workshop", workshop.as_str().into())])?]));
        blocks.push(paragraph(vec![writing.say("letters.reply", &[])?]));
        blocks.push(paragraph(vec![writing.say("letters.close", &[("from", writing.from.as_str().into())])?]));
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_in_one_language() {
        let session = "at: 8 June, morning, text: en: State of both sides, ko: 양국 현황";
        assert_eq!(parts(session, Lang::En), "8 June, morning \u{b7} State of both sides");
        assert_eq!(parts(session, Lang::Ko), "8 June, morning \u{b7} 양국 현황");
        assert_eq!(parts("answer: accepted, attended: true, name: Han Ji-woo, side: KR", Lang::En), "accepted \u{b7} Han Ji-woo \u{b7} KR");
        assert_eq!(parts("no fields at all", Lang::En), "no fields at all");
    }
}
