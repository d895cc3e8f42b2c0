//! The summary on one page, and the agenda.

use super::Kind;
use super::figures::{compared, said_of};
use super::records::{ending, followed, of_sides, open_rows, open_sentence};
use super::writing::{Writing, by_technology};
use crate::document::{Block, Sentence};
use crate::error::Result;
use crate::text::Shape;
use crate::words::Piece;

pub(super) const WORDING: &[(&str, &[&str])] = &[
    ("summary.rank-equal", &["technology", "rank", "total"]),
    ("summary.rank-firm", &["technology", "rank", "total"]),
    ("summary.rank-range", &["technology", "rank", "total", "low", "high"]),
    ("summary.rank-wide", &["technology", "rank", "total", "low", "high"]),
    ("summary.rank-none", &["technology"]),
    ("summary.record", &["record", "state", "since"]),
    ("summary.until", &["record", "until"]),
    ("summary.when", &["record", "date"]),
    ("summary.purpose", &["purpose"]),
    ("summary.open", &["records", "kind", "state", "sides"]),
    ("summary.nothing-open", &[]),
    ("summary.data", &[]),
    ("agenda.lead", &[]),
    ("agenda.overdue", &["title", "due"]),
    ("agenda.item", &["title", "state"]),
    ("agenda.propose", &["technology"]),
    ("agenda.renew", &["title", "until"]),
    ("agenda.decide", &["record"]),
    ("agenda.heading-points", &[]),
    ("agenda.point-open", &["title", "since"]),
    ("agenda.point-strength", &["technology", "first", "second"]),
    ("agenda.nothing", &[]),
];

/// Where a technology ranks, in words that follow the width of its range.
fn ranked(writing: &Writing<'_>, id: &str, name: &str) -> Result<Option<Sentence>> {
    for table in writing.tables("opportunities") {
        let Some(row) = table.rows_with(&[("technology_id", id)])?.into_iter().next() else { continue };
        let last = (0..table.rows.len()).rfind(|row| table.number(*row, "rank").is_ok_and(|rank| rank.is_some()));
        let (Some(_), Some(last)) = (table.number(row, "rank")?, last) else {
            return Ok(Some(writing.say("summary.rank-none", &[("technology", name.into())])?));
        };
        let range = table.number(row, "rank_low")?.zip(table.number(row, "rank_high")?);
        let total = table.number(last, "rank")?.unwrap_or_default();
        /// A range over more than this part of the list says little of the rank.
        const WIDE: f64 = 1.0 / 3.0;
        let key = match range {
            // Without a range nothing is known of how sure it is.
            None => "summary.rank-equal",
            Some((low, high)) if low == high => "summary.rank-firm",
            Some((low, high)) if high - low > WIDE * total => "summary.rank-wide",
            Some(_) => "summary.rank-range",
        };
        let mut pieces = vec![
            ("technology", name.into()),
            ("rank", writing.figure(table, row, "rank", Shape::Plain)?),
            ("total", writing.figure(table, last, "rank", Shape::Plain)?),
        ];
        if ["summary.rank-wide", "summary.rank-range"].contains(&key) {
            pieces.push(("low", writing.figure(table, row, "rank_low", Shape::Plain)?));
            pieces.push(("high", writing.figure(table, row, "rank_high", Shape::Plain)?));
        }
        return Ok(Some(writing.say(key, &pieces)?));
    }
    Ok(None)
}

/// What the figures of the technologies come to.
fn figures(writing: &Writing<'_>, points: &mut Vec<Vec<Sentence>>) -> Result<()> {
    for table in writing.tables("position") {
        for (id, name, rows) in by_technology(table)? {
            let mut point: Vec<Sentence> = ranked(writing, &id, &name)?.into_iter().collect();
            // In the summary: shares and whose effort is the greater, not the rest.
            let wanted = ["position.share", "position.ahead", "position.level", "position.unknown", "position.flagged", "position.nothing"];
            point.extend(said_of(writing, table, &name, &rows)?.into_iter().filter(|sentence| wanted.contains(&sentence.key.as_str())));
            points.push(point);
        }
    }
    Ok(())
}

/// What is open, by kind and state, of the sides of the briefing alone.
fn open(writing: &Writing<'_>, points: &mut Vec<Vec<Sentence>>) -> Result<()> {
    let (Some(table), Some(list)) = (writing.table("open-summary"), writing.table("open")) else { return Ok(()) };
    let rows = open_rows(writing)?;
    if rows.is_empty() {
        points.push(vec![writing.say("summary.nothing-open", &[])?]);
        return Ok(());
    }
    // The largest counts are said; the table has all.
    const SAID: usize = 3;
    let mut counts = of_sides(writing, table)?;
    counts.sort_by(|a, b| {
        let records = |row: &usize| table.number(*row, "records").ok().flatten().unwrap_or_default();
        records(b).total_cmp(&records(a))
    });
    let said = counts.into_iter().take(SAID).map(|row| {
        let figure = |column: &str| writing.figure(table, row, column, Shape::Plain);
        writing.say(
            "summary.open",
            &[
                ("records", figure("records")?),
                ("kind", figure("kind")?),
                ("state", figure("state")?),
                ("sides", writing.countries(table.text(row, "sides")?.split_whitespace())?.into()),
            ],
        )
    });
    points.push(said.collect::<Result<_>>()?);
    /// Overdue records that the summary names.
    const NAMED: usize = 3;
    for (row, overdue) in rows.into_iter().filter(|(_, overdue)| *overdue).take(NAMED) {
        points.push(vec![open_sentence(writing, list, row, overdue)?]);
    }
    Ok(())
}

pub(super) fn summary(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let mut points: Vec<Vec<Sentence>> = Vec::new();
    let name = writing.record_name()?;
    if writing.request.record.is_some() {
        record(writing, &name, &mut points)?;
    }
    figures(writing, &mut points)?;
    open(writing, &mut points)?;
    points.extend(ending(writing)?.into_iter().map(|sentence| vec![sentence]));
    if matches!(writing.request.kind, Kind::Renewal | Kind::Results) {
        /// Results that the summary names.
        const NAMED: usize = 3;
        points.extend(followed(writing, NAMED)?.into_iter().map(|sentence| vec![sentence]));
    }
    let mut blocks = vec![Block::Points { points, numbered: false }];
    if writing.tables("position").next().is_some() {
        blocks.push(Block::Callout { sentences: vec![writing.say("summary.data", &[])?] });
    }
    Ok(blocks)
}

/// What the record is that the briefing is about.
fn record(writing: &Writing<'_>, name: &str, points: &mut Vec<Vec<Sentence>>) -> Result<()> {
    let Some(table) = writing.table("record") else { return Ok(()) };
    let value = |row: usize| writing.figure(table, row, "value", Shape::Plain);
    if let (Some(state), Some((since, _))) = (shown_state(writing)?, writing.field("since")?) {
        points.push(vec![writing.say("summary.record", &[("record", name.into()), ("state", state), ("since", value(since)?)])?]);
    }
    if let Some((until, _)) = writing.field("until")? {
        points.push(vec![writing.say("summary.until", &[("record", name.into()), ("until", value(until)?)])?]);
    }
    if let Some((date, _)) = writing.field("date")? {
        points.push(vec![writing.say("summary.when", &[("record", name.into()), ("date", value(date)?)])?]);
    }
    let (own, other) = writing.lang.pick(("purpose.en", "purpose.ko"), ("purpose.ko", "purpose.en"));
    if let Some((purpose, _)) = writing.field(own)?.or(writing.field(other)?) {
        points.push(vec![writing.say("summary.purpose", &[("purpose", value(purpose)?)])?]);
    }
    Ok(())
}

/// The state of the record as people read it.
fn shown_state(writing: &Writing<'_>) -> Result<Option<Piece>> {
    // The fields stand in the same order in both tables, in this with the names that people read.
    let (Some(table), Some((row, _))) = (writing.table("record-shown"), writing.field("state")?) else { return Ok(None) };
    writing.figure(table, row, "value", Shape::Plain).map(Some)
}

pub(super) fn agenda(writing: &Writing<'_>) -> Result<Vec<Block>> {
    /// Points of an agenda, and of what is said.
    const POINTS: usize = 8;
    const TALKING: usize = 4;
    let mut points: Vec<Vec<Sentence>> = Vec::new();
    let mut talking: Vec<Vec<Sentence>> = Vec::new();
    let rows = open_rows(writing)?;
    if let Some(table) = writing.table("open") {
        for (row, overdue) in rows.iter().take(POINTS) {
            let figure = |column: &str| writing.figure(table, *row, column, Shape::Plain);
            points.push(vec![if *overdue {
                writing.say("agenda.overdue", &[("title", figure("title")?), ("due", figure("due")?)])?
            } else {
                writing.say("agenda.item", &[("title", figure("title")?), ("state", figure("state")?)])?
            }]);
        }
        for (row, _) in rows.iter().take(TALKING) {
            let figure = |column: &str| writing.figure(table, *row, column, Shape::Plain);
            talking.push(vec![writing.say("agenda.point-open", &[("title", figure("title")?), ("since", figure("since")?)])?]);
        }
    }
    for sentence in ending(writing)? {
        let figure = |column: &str| sentence.figures.iter().find(|figure| figure.column == column).map(|figure| figure.clone().into());
        if let (Some(title), Some(until)) = (figure("title"), figure("until")) {
            points.push(vec![writing.say("agenda.renew", &[("title", title), ("until", until)])?]);
        }
    }
    for table in writing.tables("position") {
        for (_, name, rows) in by_technology(table)? {
            points.push(vec![writing.say("agenda.propose", &[("technology", name.as_str().into())])?]);
            // Whose effort is the greater has something to offer.
            if let Some((first, second, _)) = compared(table, &rows)?.into_iter().find(|(.., apart)| *apart) {
                let pieces = [
                    ("technology", name.as_str().into()),
                    ("first", writing.country_of(table, first)?),
                    ("second", writing.country_of(table, second)?),
                ];
                talking.push(vec![writing.say("agenda.point-strength", &pieces)?]);
            }
        }
    }
    if writing.request.kind == Kind::Renewal {
        points.push(vec![writing.say("agenda.decide", &[("record", writing.record_name()?.into())])?]);
    }
    if points.is_empty() {
        return Ok(vec![Block::Paragraph { sentences: vec![writing.say("agenda.nothing", &[])?] }]);
    }
    let mut blocks = Vec::new();
    if !rows.is_empty() {
        blocks.push(Block::Paragraph { sentences: vec![writing.say("agenda.lead", &[])?] });
    }
    blocks.push(Block::Points { points, numbered: true });
    if !talking.is_empty() {
        blocks.push(Block::Heading { text: writing.words.title("agenda.heading-points")? });
        blocks.push(Block::Points { points: talking, numbered: false });
    }
    Ok(blocks)
}
