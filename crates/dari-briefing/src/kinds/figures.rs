//! Parts made of the lake's figures: where each side stands, where to work together, with whom, and what money there is.

use super::writing::{Column, Writing, by_technology};
use crate::document::{Block, Chart, ChartLine, Drawn, Mark, Sentence};
use crate::error::Result;
use crate::table::Table;
use crate::text::Shape;

pub(super) const WORDING: &[(&str, &[&str])] = &[
    ("position.share", &["technology", "country", "share", "rank"]),
    (
        "position.ahead",
        &["technology", "first", "second", "index_first", "low_first", "high_first", "index_second", "low_second", "high_second"],
    ),
    (
        "position.level",
        &["technology", "first", "second", "index_first", "low_first", "high_first", "index_second", "low_second", "high_second"],
    ),
    ("position.faster", &["technology", "country", "growth", "difference", "low", "high"]),
    ("position.slower", &["technology", "country", "growth", "difference", "low", "high"]),
    ("position.steady", &["technology", "country", "growth", "difference", "low", "high"]),
    ("position.unknown", &["technology", "unknown"]),
    ("position.nothing", &["technology"]),
    ("position.flagged", &["technology", "topics"]),
    ("position.table", &["framework"]),
    ("position.note", &[]),
    ("position.chart", &[]),
    ("position.axis", &[]),
    ("position.growth-chart", &[]),
    ("position.growth-axis", &[]),
    ("opportunities.lead", &["technology", "rank", "total"]),
    ("opportunities.drivers", &["technology", "most", "value"]),
    ("opportunities.caution", &[]),
    ("opportunities.table", &["framework"]),
    ("opportunities.note", &[]),
    ("opportunities.chart", &[]),
    ("opportunities.axis", &[]),
    ("joint.works", &["first", "second", "works", "year", "before", "year_before"]),
    ("joint.table", &["first", "second"]),
    ("joint.note", &[]),
    ("joint.chart", &[]),
    ("joint.axis", &[]),
    ("partners.pair", &["a", "b", "chance", "why"]),
    ("partners.introduction", &["introduction"]),
    ("partners.against", &["against"]),
    ("partners.caution", &[]),
    ("partners.none", &["technology", "why"]),
    ("partners.table", &["technology"]),
    ("partners.note", &[]),
    ("money.agency", &["agency", "technology", "awards", "amount", "currency"]),
    ("money.unassigned", &["awards", "agency"]),
    ("money.budget", &["country", "agency", "programme", "year", "amount", "currency"]),
    ("money.table", &["country", "framework"]),
    ("money.none", &["country", "why"]),
    ("money.nothing", &["country"]),
    ("money.note", &[]),
    ("money.budgets", &[]),
    ("money.budgets-note", &[]),
    ("alternative.part", &["label", "value"]),
    ("alternative.interval", &["label", "value", "low", "high"]),
    ("component.strength", &[]),
    ("component.complementarity", &[]),
    ("component.momentum", &[]),
    ("component.unrealised", &[]),
    ("component.investment", &[]),
    ("component.policy", &[]),
    ("column.technology_name", &[]),
    ("column.country_name", &[]),
    ("column.works", &[]),
    ("column.world_share", &[]),
    ("column.rank", &[]),
    ("column.activity_index", &[]),
    ("column.growth", &[]),
    ("column.momentum", &[]),
    ("column.unknown_share", &[]),
    ("column.rank_by_weights", &[]),
    ("column.rank_by_data", &[]),
    ("column.score", &[]),
    ("column.strength", &[]),
    ("column.complementarity", &[]),
    ("column.unrealised", &[]),
    ("column.investment", &[]),
    ("column.policy", &[]),
    ("column.year", &[]),
    ("column.flag", &[]),
    ("column.a", &[]),
    ("column.b", &[]),
    ("column.chance", &[]),
    ("column.reasons", &[]),
    ("column.introduction", &[]),
    ("column.topics_of_both", &[]),
    ("column.against", &[]),
    ("column.agency", &[]),
    ("column.awards", &[]),
    ("column.amount", &[]),
    ("column.currency", &[]),
    ("column.programme", &[]),
    ("column.technology_id", &[]),
    ("column.source_title", &[]),
];

/// What a technology's figures say, in sentences that follow the size of their uncertainty.
pub(super) fn said_of(writing: &Writing<'_>, table: &Table, name: &str, rows: &[usize]) -> Result<Vec<Sentence>> {
    let mut said = Vec::new();
    let known: Vec<usize> =
        rows.iter().copied().filter(|row| table.number(*row, "world_share").is_ok_and(|share| share.is_some())).collect();
    if known.is_empty() {
        return Ok(vec![writing.say("position.nothing", &[("technology", name.into())])?]);
    }
    for row in &known {
        let pieces = [
            ("technology", name.into()),
            ("country", writing.country_of(table, *row)?),
            ("share", writing.figure(table, *row, "world_share", Shape::Percent)?),
            ("rank", writing.figure(table, *row, "rank", Shape::Plain)?),
        ];
        said.push(writing.say("position.share", &pieces)?);
    }
    for (first, second, apart) in compared(table, &known)? {
        let index = |row: usize, end: &str| writing.figure(table, row, &format!("activity_index{end}"), Shape::Two);
        let pieces = [
            ("technology", name.into()),
            ("first", writing.country_of(table, first)?),
            ("second", writing.country_of(table, second)?),
            ("index_first", index(first, "")?),
            ("low_first", index(first, "_low")?),
            ("high_first", index(first, "_high")?),
            ("index_second", index(second, "")?),
            ("low_second", index(second, "_low")?),
            ("high_second", index(second, "_high")?),
        ];
        said.push(writing.say(if apart { "position.ahead" } else { "position.level" }, &pieces)?);
    }
    for row in &known {
        let (Some(low), Some(high)) = (table.number(*row, "momentum_low")?, table.number(*row, "momentum_high")?) else { continue };
        let key = if low > 0.0 {
            "position.faster"
        } else if high < 0.0 {
            "position.slower"
        } else {
            "position.steady"
        };
        let pieces = [
            ("technology", name.into()),
            ("country", writing.country_of(table, *row)?),
            ("growth", writing.figure(table, *row, "growth", Shape::Growth)?),
            ("difference", writing.figure(table, *row, "momentum", Shape::Growth)?),
            ("low", writing.figure(table, *row, "momentum_low", Shape::Growth)?),
            ("high", writing.figure(table, *row, "momentum_high", Shape::Growth)?),
        ];
        said.push(writing.say(key, &pieces)?);
    }
    /// From this share on the reader is told how many works are of unknown countries.
    const MUCH: f64 = 0.25;
    if table.number(known[0], "unknown_share")?.is_some_and(|share| share >= MUCH) {
        let pieces = [("technology", name.into()), ("unknown", writing.figure(table, known[0], "unknown_share", Shape::Percent)?)];
        said.push(writing.say("position.unknown", &pieces)?);
    }
    let flagged = table.text(known[0], "flagged_topics")?;
    if !flagged.is_empty() {
        said.push(writing.say("position.flagged", &[("technology", name.into()), ("topics", flagged.replace('|', ", ").into())])?);
    }
    Ok(said)
}

/// Countries by their activity indices, each with the next, and whether their intervals tell them apart. Those without an interval are not compared.
pub(super) fn compared(table: &Table, rows: &[usize]) -> Result<Vec<(usize, usize, bool)>> {
    let mut known = Vec::new();
    for row in rows {
        let number = |end: &str| table.number(*row, &format!("activity_index{end}"));
        if let (Some(index), Some(low), Some(high)) = (number("")?, number("_low")?, number("_high")?) {
            known.push((index, low, high, *row));
        }
    }
    known.sort_by(|a, b| b.0.total_cmp(&a.0));
    Ok(known.windows(2).map(|pair| (pair[0].3, pair[1].3, pair[0].1 > pair[1].2)).collect())
}

pub(super) fn position(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    for table in writing.tables("position") {
        let technologies = by_technology(table)?;
        for (_, name, rows) in &technologies {
            blocks.push(Block::Heading { text: name.clone() });
            blocks.push(Block::Paragraph { sentences: said_of(writing, table, name, rows)? });
        }
        let marks = |value: &'static str, low: &'static str, high: &'static str| {
            let technologies = &technologies;
            move |at: usize, country: usize| -> Result<Option<Mark>> {
                let Some(row) = technologies[at].2.get(country) else { return Ok(None) };
                let Some(value) = table.number(*row, value)? else { return Ok(None) };
                Ok(Some(Mark { value, interval: table.number(*row, low)?.zip(table.number(*row, high)?) }))
            }
        };
        let series: Vec<String> = match technologies.first() {
            Some((.., rows)) => rows.iter().map(|row| Ok(table.text(*row, "country_name")?.to_owned())).collect::<Result<_>>()?,
            None => continue,
        };
        let labels: Vec<String> = technologies.iter().map(|(_, name, _)| name.clone()).collect();
        let index = marks("activity_index", "activity_index_low", "activity_index_high");
        blocks.extend(chart(writing, "position.chart", "position.axis", Shape::Two, Drawn::Intervals, &series, &labels, index)?);
        // Per cent a year as people know it, so that its axis has round numbers.
        let logarithms = marks("growth", "growth_low", "growth_high");
        let growth = |at: usize, country: usize| -> Result<Option<Mark>> {
            Ok(logarithms(at, country)?
                .map(|mark| Mark { value: mark.value.exp_m1(), interval: mark.interval.map(|(low, high)| (low.exp_m1(), high.exp_m1())) }))
        };
        blocks.extend(chart(
            writing,
            "position.growth-chart",
            "position.growth-axis",
            Shape::Percent,
            Drawn::Intervals,
            &series,
            &labels,
            growth,
        )?);
        let columns = [
            Column::Text("technology_name", 9),
            Column::Text("country_name", 7),
            Column::Text("period", 9),
            Column::Number("works", Shape::Plain, 7),
            Column::Number("world_share", Shape::Percent, 6),
            Column::Number("rank", Shape::Plain, 5),
            Column::Interval("activity_index", Shape::Two, 14),
            Column::Interval("growth", Shape::Growth, 16),
            Column::Interval("momentum", Shape::Growth, 17),
            Column::Number("unknown_share", Shape::Percent, 7),
        ];
        let rows: Vec<usize> = (0..table.rows.len()).collect();
        let caption = writing.say("position.table", &[("framework", framework(table).into())])?;
        blocks.push(writing.show(table, caption, &columns, &rows, &writing.words.title("position.note")?)?);
    }
    Ok(blocks)
}

/// The framework that a table of a framework and level is of.
fn framework(table: &Table) -> &str {
    // The last but one of what the table is called; its level is the last.
    table.id.rsplit(' ').nth(1).unwrap_or_default()
}

/// A chart with its words; none where there is nothing to draw.
#[expect(clippy::too_many_arguments, reason = "what a chart is made of")]
fn chart(
    writing: &Writing<'_>,
    caption: &str,
    axis: &str,
    shape: Shape,
    drawn: Drawn,
    series: &[String],
    labels: &[String],
    mark: impl Fn(usize, usize) -> Result<Option<Mark>>,
) -> Result<Option<Block>> {
    let count = series.len().max(1);
    let lines = labels.iter().enumerate().map(|(at, label)| {
        Ok(ChartLine { label: label.clone(), marks: (0..count).map(|country| mark(at, country)).collect::<Result<_>>()? })
    });
    let mut lines: Vec<ChartLine> = lines.collect::<Result<_>>()?;
    for mark in lines.iter_mut().flat_map(|line| &mut line.marks) {
        let finite = |mark: &Mark| mark.value.is_finite() && mark.interval.is_none_or(|(low, high)| low.is_finite() && high.is_finite());
        *mark = mark.filter(finite);
    }
    if lines.iter().all(|line| line.marks.iter().all(Option::is_none)) {
        return Ok(None);
    }
    let caption = writing.words.title(caption)?;
    let mut told = vec![caption.clone()];
    for line in &lines {
        for (at, mark) in line.marks.iter().enumerate() {
            let Some(mark) = mark else { continue };
            let label = match series.get(at).filter(|_| series.len() > 1) {
                Some(name) => format!("{}, {name}", line.label),
                None => line.label.clone(),
            };
            let number = |value| crate::text::number(value, shape);
            let sentence = match mark.interval {
                Some((low, high)) => writing.say(
                    "alternative.interval",
                    &[
                        ("label", label.into()),
                        ("value", number(mark.value).into()),
                        ("low", number(low).into()),
                        ("high", number(high).into()),
                    ],
                )?,
                None => writing.say("alternative.part", &[("label", label.into()), ("value", number(mark.value).into())])?,
            };
            told.push(sentence.text);
        }
    }
    let series = if series.len() > 1 { series.to_vec() } else { Vec::new() };
    let chart = Chart { caption, alternative: told.join(" "), axis: writing.words.title(axis)?, shape, series, lines, drawn };
    Ok(Some(Block::Chart(chart)))
}

/// The components of the score, by their columns.
const COMPONENTS: [&str; 6] = ["strength", "complementarity", "momentum", "unrealised", "investment", "policy"];

/// The component by which a technology stands out: furthest above the middle of the list.
fn outstanding(table: &Table, row: usize, ranked: &[usize]) -> Result<Option<&'static str>> {
    let mut best: Option<(&'static str, f64)> = None;
    for name in COMPONENTS {
        let mut all: Vec<f64> = Vec::new();
        for row in ranked {
            all.extend(table.number(*row, name)?);
        }
        all.sort_by(f64::total_cmp);
        let (Some(value), Some(middle)) = (table.number(row, name)?, all.get(all.len() / 2)) else { continue };
        if best.is_none_or(|(_, above)| value - middle > above) {
            best = Some((name, value - middle));
        }
    }
    Ok(best.map(|(name, _)| name))
}

pub(super) fn opportunities(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    for table in writing.tables("opportunities") {
        let ranked: Vec<usize> = (0..table.rows.len()).filter(|row| table.number(*row, "rank").is_ok_and(|rank| rank.is_some())).collect();
        let Some(first) = ranked.first() else { continue };
        let total = table.figure(*ranked.last().unwrap_or(first), "rank", Shape::Plain, writing.lang)?;
        let mut sentences = vec![writing.say(
            "opportunities.lead",
            &[
                ("technology", table.text(*first, "technology_name")?.into()),
                ("rank", writing.figure(table, *first, "rank", Shape::Plain)?),
                ("total", total.into()),
            ],
        )?];
        if let Some(most) = outstanding(table, *first, &ranked)? {
            let pieces = [
                ("technology", table.text(*first, "technology_name")?.into()),
                ("most", writing.words.title(&format!("component.{most}"))?.into()),
                ("value", writing.figure(table, *first, most, Shape::Two)?),
            ];
            sentences.push(writing.say("opportunities.drivers", &pieces)?);
        }
        sentences.push(writing.say("opportunities.caution", &[])?);
        blocks.push(Block::Paragraph { sentences });
        /// Technologies of a list that are drawn and listed: the first, and those that the briefing is about.
        const SHOWN: usize = 15;
        let about: Vec<&str> = writing
            .tables("position")
            .flat_map(|table| (0..table.rows.len()).filter_map(|row| table.text(row, "technology_id").ok()))
            .collect();
        let shown: Vec<usize> = ranked
            .iter()
            .enumerate()
            .filter(|(place, row)| *place < SHOWN || table.text(**row, "technology_id").is_ok_and(|id| about.contains(&id)))
            .map(|(_, row)| *row)
            .collect();
        let labels: Vec<String> = shown.iter().map(|row| Ok(table.text(*row, "technology_name")?.to_owned())).collect::<Result<_>>()?;
        let mark = |at: usize, _: usize| -> Result<Option<Mark>> {
            let row = shown[at];
            let Some(value) = table.number(row, "rank")? else { return Ok(None) };
            Ok(Some(Mark { value, interval: table.number(row, "rank_low")?.zip(table.number(row, "rank_high")?) }))
        };
        blocks.extend(chart(writing, "opportunities.chart", "opportunities.axis", Shape::Plain, Drawn::Intervals, &[], &labels, mark)?);
        let columns = [
            Column::Number("rank", Shape::Plain, 4),
            Column::Text("technology_name", 13),
            Column::Number("score", Shape::Two, 5),
            Column::Range("rank_by_weights", "rank_low", "rank_high", 7),
            Column::Range("rank_by_data", "rank_low_data", "rank_high_data", 7),
            Column::Number("strength", Shape::Two, 8),
            Column::Number("complementarity", Shape::Two, 8),
            Column::Number("momentum", Shape::Two, 9),
            Column::Number("unrealised", Shape::Two, 9),
            Column::Number("investment", Shape::Two, 10),
            Column::Number("policy", Shape::Two, 6),
        ];
        let caption = writing.say("opportunities.table", &[("framework", framework(table).into())])?;
        blocks.push(writing.show(table, caption, &columns, &shown, &writing.words.title("opportunities.note")?)?);
    }
    Ok(blocks)
}

pub(super) fn joint(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    for table in writing.tables("trend") {
        blocks.extend(joint_of(writing, table)?);
    }
    Ok(blocks)
}

/// What two countries write together.
fn joint_of(writing: &Writing<'_>, table: &Table) -> Result<Vec<Block>> {
    let mut pair = table.id.split(' ').skip(1);
    let (Some(one), Some(other)) = (pair.next(), pair.next()) else { return Ok(Vec::new()) };
    let Some(last) = table.rows.len().checked_sub(1) else { return Ok(Vec::new()) };
    /// Years that are looked back.
    const BACK: usize = 10;
    let before = last.saturating_sub(BACK);
    let sentence = writing.say(
        "joint.works",
        &[
            ("first", writing.country(one).into()),
            ("second", writing.country(other).into()),
            ("works", writing.figure(table, last, "works", Shape::Plain)?),
            ("year", writing.figure(table, last, "year", Shape::Name)?),
            ("before", writing.figure(table, before, "works", Shape::Plain)?),
            ("year_before", writing.figure(table, before, "year", Shape::Name)?),
        ],
    )?;
    let rows: Vec<usize> = (before..=last).collect();
    let labels: Vec<String> =
        rows.iter().map(|row| Ok(crate::document::shown(table.cell(*row, "year")?, Shape::Name, writing.lang))).collect::<Result<_>>()?;
    let mark =
        |at: usize, _: usize| -> Result<Option<Mark>> { Ok(table.number(rows[at], "works")?.map(|value| Mark { value, interval: None })) };
    let mut blocks = vec![Block::Paragraph { sentences: vec![sentence] }];
    blocks.extend(chart(writing, "joint.chart", "joint.axis", Shape::Plain, Drawn::Bars, &[], &labels, mark)?);
    let columns = [Column::Number("year", Shape::Name, 2), Column::Number("works", Shape::Plain, 3), Column::Text("flag", 5)];
    blocks.push(writing.show(
        table,
        writing.say("joint.table", &[("first", writing.country(one).into()), ("second", writing.country(other).into())])?,
        &columns,
        &rows,
        &writing.words.title("joint.note")?,
    )?);
    Ok(blocks)
}

pub(super) fn partners(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    /// Pairs that are told in sentences.
    const TOLD: usize = 3;
    for table in writing.tables("partners") {
        let technology = technology_name(writing, table.id.rsplit('/').next().unwrap_or_default())?;
        blocks.push(Block::Heading { text: technology.clone() });
        let mut points = Vec::new();
        for row in 0..table.rows.len().min(TOLD) {
            let text = |column: &str| -> Result<crate::words::Piece> { writing.figure(table, row, column, Shape::Plain) };
            let mut point = vec![writing.say(
                "partners.pair",
                &[
                    ("a", text("a")?),
                    ("b", text("b")?),
                    ("chance", writing.figure(table, row, "chance", Shape::Percent)?),
                    ("why", text("reasons")?),
                ],
            )?];
            if !table.text(row, "introduction")?.is_empty() {
                point.push(writing.say("partners.introduction", &[("introduction", text("introduction")?)])?);
            }
            if !table.text(row, "against")?.is_empty() {
                point.push(writing.say("partners.against", &[("against", text("against")?)])?);
            }
            points.push(point);
        }
        blocks.push(Block::Points { points, numbered: true });
        let columns = [
            Column::Text("a", 4),
            Column::Text("b", 4),
            Column::Number("chance", Shape::Percent, 2),
            Column::Text("reasons", 6),
            Column::Text("introduction", 4),
            Column::Text("topics_of_both", 5),
            Column::Text("against", 4),
        ];
        let rows: Vec<usize> = (0..table.rows.len()).collect();
        let caption = writing.say("partners.table", &[("technology", technology.into())])?;
        blocks.push(writing.show(table, caption, &columns, &rows, &writing.words.title("partners.note")?)?);
    }
    for one in writing.answers.unanswered.iter().filter(|one| one.id.starts_with("partners ")) {
        let technology = technology_name(writing, one.id.rsplit('/').next().unwrap_or_default())?;
        let sentence = writing.say("partners.none", &[("technology", technology.into()), ("why", one.why.as_str().into())])?;
        blocks.push(Block::Paragraph { sentences: vec![sentence] });
    }
    if !blocks.is_empty() {
        blocks.push(Block::Callout { sentences: vec![writing.say("partners.caution", &[])?] });
    }
    Ok(blocks)
}

/// What the technology of an id is called.
fn technology_name(writing: &Writing<'_>, id: &str) -> Result<String> {
    for table in writing.tables("position") {
        if let Some(row) = table.rows_with(&[("technology_id", id)])?.first() {
            return Ok(table.text(*row, "technology_name")?.to_owned());
        }
    }
    Ok(id.to_owned())
}

/// What the program calls awards that are of no technology.
const UNASSIGNED: &str = "unassigned";

pub(super) fn money(writing: &Writing<'_>) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    // Countries of which nothing can be said, each told once.
    let mut told: Vec<&str> = Vec::new();
    for table in writing.tables("money") {
        let country = table.id.split(' ').nth(1).unwrap_or_default();
        if table.rows.is_empty() {
            if !told.contains(&country) {
                told.push(country);
                let nothing = writing.say("money.nothing", &[("country", writing.country(country).into())])?;
                blocks.push(Block::Paragraph { sentences: vec![nothing] });
            }
            continue;
        }
        let mut points = Vec::new();
        let mut unassigned = Vec::new();
        for row in 0..table.rows.len() {
            let figure = |column: &str, shape: Shape| writing.figure(table, row, column, shape);
            if table.text(row, "technology_id")? == UNASSIGNED {
                unassigned.push(writing.say(
                    "money.unassigned",
                    &[("awards", figure("awards", Shape::Plain)?), ("agency", figure("agency", Shape::Plain)?)],
                )?);
                continue;
            }
            points.push(vec![writing.say(
                "money.agency",
                &[
                    ("agency", figure("agency", Shape::Plain)?),
                    ("technology", figure("technology_name", Shape::Plain)?),
                    ("awards", figure("awards", Shape::Plain)?),
                    ("amount", figure("amount", Shape::Millions)?),
                    ("currency", figure("currency", Shape::Plain)?),
                ],
            )?]);
        }
        if !points.is_empty() {
            blocks.push(Block::Points { points, numbered: false });
        }
        if !unassigned.is_empty() {
            blocks.push(Block::Paragraph { sentences: unassigned });
        }
        let columns = [
            Column::Text("technology_name", 5),
            Column::Text("agency", 4),
            Column::Number("awards", Shape::Plain, 3),
            Column::Number("amount", Shape::Millions, 4),
            Column::Text("currency", 2),
        ];
        let rows: Vec<usize> = (0..table.rows.len()).collect();
        let caption =
            writing.say("money.table", &[("country", writing.country(country).into()), ("framework", framework(table).into())])?;
        blocks.push(writing.show(table, caption, &columns, &rows, &writing.words.title("money.note")?)?);
    }
    for one in writing.answers.unanswered.iter().filter(|one| one.id.starts_with("money ")) {
        let country = one.id.split(' ').nth(1).unwrap_or_default();
        if !told.contains(&country) {
            told.push(country);
            let pieces = [("country", writing.country(country).into()), ("why", one.why.as_str().into())];
            blocks.push(Block::Paragraph { sentences: vec![writing.say("money.none", &pieces)?] });
        }
    }
    if let Some(table) = writing.table("budgets") {
        // Of the countries it is about: all together, and by the technologies it is about.
        let about: Vec<String> =
            writing.request.technologies.iter().map(|named| named.rsplit('/').next().unwrap_or(named).to_owned()).collect();
        let mut rows = Vec::new();
        for row in 0..table.rows.len() {
            let technology = table.text(row, "technology_id")?;
            let fits = technology.is_empty() || about.is_empty() || about.iter().any(|one| one == technology);
            if fits && writing.request.countries.iter().any(|country| table.text(row, "country").is_ok_and(|of| of == country)) {
                rows.push(row);
            }
        }
        // The first of each country, which is the newest, is told.
        let mut points = Vec::new();
        for country in &writing.request.countries {
            let Some(row) = rows.iter().find(|row| table.text(**row, "country").is_ok_and(|of| of == country)) else { continue };
            let figure = |column: &str, shape: Shape| writing.figure(table, *row, column, shape);
            points.push(vec![writing.say(
                "money.budget",
                &[
                    ("country", writing.country(country).into()),
                    ("agency", figure("agency", Shape::Plain)?),
                    ("programme", figure("programme", Shape::Plain)?),
                    ("year", figure("year", Shape::Name)?),
                    ("amount", figure("amount", Shape::Millions)?),
                    ("currency", figure("currency", Shape::Plain)?),
                ],
            )?]);
        }
        if !rows.is_empty() {
            blocks.push(Block::Points { points, numbered: false });
            let columns = [
                Column::Text("country", 2),
                Column::Text("agency", 3),
                Column::Text("programme", 5),
                Column::Text("technology_id", 3),
                Column::Number("year", Shape::Name, 2),
                Column::Number("amount", Shape::Millions, 3),
                Column::Text("currency", 2),
                Column::Text("source_title", 6),
            ];
            blocks.push(writing.show(
                table,
                writing.say("money.budgets", &[])?,
                &columns,
                &rows,
                &writing.words.title("money.budgets-note")?,
            )?);
        }
    }
    Ok(blocks)
}
