//! `dari status --coverage`: why data sets that count the same say different numbers.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int16Type, Int32Type, Int64Type};
use dari_cubes::UNKNOWN_COUNTRY;
use dari_indicators::Period;
use dari_lake::Snapshot;

use crate::analysis::text;
use crate::cli::Common;
use crate::error::Result;
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

/// Counts of one data set in one period: as published, or a year.
#[derive(Clone, Default)]
struct Counts {
    countries: BTreeSet<String>,
    topics: BTreeSet<i32>,
    works: i64,
    /// Works of countries, full counting; joint works of pairs.
    counted: i64,
    /// Fractional works of which no country is known; None in published counts.
    unknown: Option<f64>,
    smallest: i64,
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        let first = self.works == 0 && self.counted == 0;
        self.countries.extend(other.countries.iter().cloned());
        self.topics.extend(&other.topics);
        self.works += other.works;
        self.counted += other.counted;
        self.unknown = if first { other.unknown } else { self.unknown.zip(other.unknown).map(|(a, b)| a + b) };
        self.smallest = if first { other.smallest } else { self.smallest.min(other.smallest) };
    }
}

/// Periods of a data set; computed ones have one a year.
#[derive(Default)]
struct Set {
    computed: bool,
    periods: BTreeMap<Period, Counts>,
}

impl Set {
    /// All years that it counts.
    fn years(&self) -> BTreeSet<i16> {
        self.periods.keys().flat_map(|period| period.from..=period.to).collect()
    }

    /// The counts of its periods that lie wholly within some years, and which of the years that are; None if there are none.
    fn within(&self, years: &BTreeSet<i16>) -> Option<(BTreeSet<i16>, Counts)> {
        let (mut held, mut sum) = (BTreeSet::new(), Counts::default());
        for (period, counts) in self.periods.iter().filter(|(period, _)| (period.from..=period.to).all(|year| years.contains(&year))) {
            held.extend(period.from..=period.to);
            sum.add(counts);
        }
        (!held.is_empty()).then_some((held, sum))
    }
}

struct Line {
    what: &'static str,
    set: String,
    computed: bool,
    /// The years asked for.
    period: String,
    /// Those of them that the data set counts.
    years: BTreeSet<i16>,
    counts: Counts,
    /// Its works over those of the largest data set that counts the same years.
    against: Option<f64>,
}

/// Years in words: `2000-2004, 2006`.
fn years_text(years: &BTreeSet<i16>) -> String {
    let years: Vec<i16> = years.iter().copied().collect();
    let run = |run: &[i16]| match run {
        [first, .., last] => format!("{first}-{last}"),
        _ => run.iter().map(i16::to_string).collect(),
    };
    years.chunk_by(|a, b| i32::from(*b) == i32::from(*a) + 1).map(run).collect::<Vec<_>>().join(", ")
}

pub(super) fn show(common: &Common, snapshot: &Snapshot) -> Result<()> {
    let mut lines =
        lines(common.pick("works by country and topic", "국가·주제별 논문"), &topics(common, snapshot)?, |counts| counts.works);
    lines.extend(self::lines(common.pick("joint works of pairs", "국가 쌍 공동 논문"), &pairs(common, snapshot)?, |counts| {
        counts.counted
    }));
    let computed = |line: &Line| {
        if line.computed { common.pick("computed from works", "논문에서 계산") } else { common.pick("published", "공표") }
    };
    let unknown = |line: &Line| match (line.counts.unknown, line.counts.works) {
        (_, 0) => None,
        (Some(unknown), works) => Some(unknown / works as f64),
        // Joint works count several times, so that this is a lower bound.
        (None, works) => Some((1.0 - line.counts.counted as f64 / works as f64).max(0.0)),
    };
    let positive = |count: usize| (count > 0).then_some(count as i64);
    let rows = Rows::default()
        .text("counts", lines.iter().map(|line| Some(line.what)))
        .text("data_set", lines.iter().map(|line| Some(line.set.as_str())))
        .text("origin", lines.iter().map(|line| Some(computed(line))))
        .text("period", lines.iter().map(|line| Some(line.period.as_str())))
        .text("years", lines.iter().map(|line| Some(years_text(&line.years))))
        .int("countries", lines.iter().map(|line| positive(line.counts.countries.len())))
        .int("topics", lines.iter().map(|line| positive(line.counts.topics.len())))
        .int("works", lines.iter().map(|line| Some(if line.counts.works > 0 { line.counts.works } else { line.counts.counted })))
        .float("unknown_share", lines.iter().map(unknown))
        .text(
            "unknown_share_is",
            lines.iter().map(|line| unknown(line).map(|_| if line.counts.unknown.is_some() { "exact" } else { "at least" })),
        )
        .int("smallest_cell", lines.iter().map(|line| Some(line.counts.smallest)))
        .float("against_largest", lines.iter().map(|line| line.against));
    output::write_rows(common.format, rows)?;
    for note in NOTES {
        say(common.pick(note.0, note.1));
    }
    Ok(())
}

const NOTES: [(&str, &str); 4] = [
    (
        "years: those of the period that the data set counts; against_largest: its works over those of the largest data set that counts the very same years, if there is another; shares and indices are of the works a data set holds",
        "years: 기간 중 자료가 세는 연도; against_largest: 똑같은 연도를 세는 다른 자료가 있을 때 그중 가장 큰 자료 대비 논문 수의 비; 점유율과 지수는 해당 자료가 가진 논문을 기준으로 합니다",
    ),
    (
        "published counts hold the countries listed by their source and the world's total; the rest of the world, and works of no known country, are what no country explains (unknown_share, at least)",
        "공표 자료에는 출처가 실은 국가와 세계 합계만 있습니다. 나머지 국가와 국가 미상 논문은 어느 국가로도 설명되지 않는 몫(unknown_share, 최소값)입니다",
    ),
    (
        "computed counts hold the works loaded, without retracted ones and the expansion corpus, each under its one main topic; the unknown share is exact, by fractional counting",
        "계산 자료는 적재한 논문만 (철회 논문과 확장 말뭉치 제외) 주 주제 하나로 셉니다. 국가 미상 비율은 분수 계수로 정확합니다",
    ),
    (
        "joint works of pairs are over all topics, works without one included; a work of n countries is in n(n−1)/2 pairs. A smallest cell above 1 says that a source leaves small counts out",
        "국가 쌍 공동 논문은 주제가 없는 논문까지 모두 셉니다. n개국 논문은 n(n−1)/2쌍에 들어갑니다. 최소 칸이 1보다 크면 출처가 작은 수를 뺀 것입니다",
    ),
];

/// Lines for every period of published data sets. Where all are by year, those years that every data set counts are one period. What is in none of these
/// periods has a line of its own.
fn lines(what: &'static str, sets: &BTreeMap<String, Set>, works: fn(&Counts) -> i64) -> Vec<Line> {
    let published: BTreeSet<Period> = sets.values().filter(|set| !set.computed).flat_map(|set| set.periods.keys().copied()).collect();
    let periods: Vec<BTreeSet<i16>> = if published.iter().all(|period| period.from == period.to) {
        let common = sets.values().map(Set::years).reduce(|all, years| &all & &years);
        common.into_iter().filter(|years| !years.is_empty()).collect()
    } else {
        published.iter().map(|period| (period.from..=period.to).collect()).collect()
    };
    let mut all: Vec<Line> = Vec::new();
    for period in periods {
        let of: Vec<_> =
            sets.iter().filter_map(|(name, set)| set.within(&period).map(|(years, counts)| (name, set, years, counts))).collect();
        // Nothing is said where no other data set counts the same years.
        let largest = |years: &BTreeSet<i16>| {
            let same: Vec<i64> = of.iter().filter(|other| other.2 == *years).map(|other| works(&other.3)).collect();
            same.iter().copied().max().filter(|largest| same.len() > 1 && *largest > 0)
        };
        all.extend(of.iter().map(|(name, set, years, counts)| Line {
            what,
            set: (*name).clone(),
            computed: set.computed,
            period: years_text(&period),
            years: years.clone(),
            against: largest(years).map(|largest| works(counts) as f64 / largest as f64),
            counts: counts.clone(),
        }));
    }
    for (name, set) in sets {
        if all.iter().any(|line| line.set == *name) {
            continue;
        }
        let years = set.years();
        let Some((_, counts)) = set.within(&years) else { continue };
        all.push(Line { what, set: name.clone(), computed: set.computed, period: years_text(&years), years, counts, against: None });
    }
    all
}

fn topics(common: &Common, snapshot: &Snapshot) -> Result<BTreeMap<String, Set>> {
    // Works of the world stand in the row of every country of a topic.
    let query = format!(
        "SELECT d.name, d.year IS NOT NULL, c.year_from, c.year_to, c.topic_id, max(c.world_works),
                sum(CASE WHEN c.country = '{UNKNOWN_COUNTRY}' THEN 0 ELSE c.works END),
                sum(CASE WHEN c.country = '{UNKNOWN_COUNTRY}' THEN c.works_fractional ELSE c.works_fractional * 0 END), min(c.works)
         FROM country_topic_year c JOIN datasets d ON d.id = c.dataset_id GROUP BY d.name, d.year IS NOT NULL, c.year_from, c.year_to, c.topic_id"
    );
    let mut sets: BTreeMap<String, Set> = BTreeMap::new();
    let period = |batch: &RecordBatch, column: usize, row: usize| {
        let year = |column: usize| batch.column(column).as_primitive::<Int16Type>().value(row);
        Period { from: year(column), to: year(column + 1) }
    };
    for batch in snapshot.query(&query, &common.options())? {
        let (names, computed) = (text(&batch, 0)?, batch.column(1).as_boolean());
        let topics = batch.column(4).as_primitive::<Int32Type>();
        let number = |column: usize, row: usize| batch.column(column).as_primitive::<Int64Type>().value(row);
        let unknown = batch.column(7).as_primitive::<Float64Type>();
        for row in 0..batch.num_rows() {
            let set = sets.entry(names.as_string::<i32>().value(row).to_owned()).or_default();
            set.computed = computed.value(row);
            set.periods.entry(period(&batch, 2, row)).or_default().add(&Counts {
                countries: BTreeSet::new(),
                topics: BTreeSet::from([topics.value(row)]),
                works: number(5, row),
                counted: number(6, row),
                unknown: (!unknown.is_null(row)).then(|| unknown.value(row)),
                smallest: number(8, row),
            });
        }
    }
    let query = format!(
        "SELECT DISTINCT d.name, c.country, c.year_from, c.year_to FROM country_topic_year c JOIN datasets d ON d.id = c.dataset_id
         WHERE c.country <> '{UNKNOWN_COUNTRY}'"
    );
    for batch in snapshot.query(&query, &common.options())? {
        let (names, countries) = (text(&batch, 0)?, text(&batch, 1)?);
        for row in 0..batch.num_rows() {
            let counts = sets.get_mut(names.as_string::<i32>().value(row)).and_then(|set| set.periods.get_mut(&period(&batch, 2, row)));
            if let Some(counts) = counts {
                counts.countries.insert(countries.as_string::<i32>().value(row).to_owned());
            }
        }
    }
    Ok(sets)
}

fn pairs(common: &Common, snapshot: &Snapshot) -> Result<BTreeMap<String, Set>> {
    let query = "SELECT d.name, d.year IS NOT NULL, c.year, sum(c.works), min(c.works) FROM country_pair_topic_year c
                 JOIN datasets d ON d.id = c.dataset_id WHERE c.topic_id IS NULL GROUP BY 1, 2, 3";
    let mut sets: BTreeMap<String, Set> = BTreeMap::new();
    for batch in snapshot.query(query, &common.options())? {
        let (names, computed) = (text(&batch, 0)?, batch.column(1).as_boolean());
        let years = batch.column(2).as_primitive::<Int16Type>();
        let number = |column: usize, row: usize| batch.column(column).as_primitive::<Int64Type>().value(row);
        for row in 0..batch.num_rows() {
            let set = sets.entry(names.as_string::<i32>().value(row).to_owned()).or_default();
            set.computed = computed.value(row);
            let year = years.value(row);
            let counts = Counts { counted: number(3, row), smallest: number(4, row), ..Counts::default() };
            set.periods.insert(Period { from: year, to: year }, counts);
        }
    }
    Ok(sets)
}
