//! What followed an agreement, programme or commitment: works and awards of the organisations it links, and a comparison with pairs it does not.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Date32Type, Int32Type, Int64Type};
use clap::Args;
use dari_frameworks::{Assigner, Claims, Level, Scratch};
use dari_indicators::effects::{
    Comparison, EffectOptions, LEAST_DONORS, LEAST_YEARS_AFTER, LEAST_YEARS_BEFORE, NotEnough, Outcome, Study, effect,
};
use dari_lake::Snapshot;
use dari_organisations::{Index, Matcher, Register as Organisations};
use dari_register::{Content, Period, Record, Step};
use rustc_hash::FxHashSet;
use serde_json::json;

use super::{Desk, date, of_lake};
use crate::analysis::{self, Chosen, text};
use crate::cli::{Common, Lang};
use crate::corpus::{self, CorpusArgs, Named, Who};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::register;
use crate::rows::Rows;

#[derive(Debug, Args)]
#[command(
    after_help = "Organisations are those that the record names (organisations, parties, owners, team) and that have a ROR id in the register; works are joint ones of
two of its sides since the year in which it began, in its technologies where it names some; awards are those that an organisation of it holds, begun since.

What is found is not what was caused. --effect compares joint works a year with those of pairs of organisations of the same sides that the record does not link (synthetic
control and difference in differences, with placebo tests): an association, not a cause."
)]
pub(crate) struct ResultsArgs {
    /// Agreement, programme, commitment, project or statement
    id: String,
    /// Results that count: references of the list
    #[arg(long, value_delimiter = ',', value_name = "REFERENCE")]
    accept: Vec<String>,
    /// Results that do not count
    #[arg(long, value_delimiter = ',', value_name = "REFERENCE")]
    refuse: Vec<String>,
    /// The comparison before and after
    #[arg(long, conflicts_with_all = ["accept", "refuse"])]
    effect: bool,
    /// At most so many results
    #[arg(long, default_value_t = 100, value_name = "N")]
    most: usize,
}

/// Pairs that the linked ones are compared with, those nearest in joint works before.
const DONORS: usize = 40;
/// Seed of the comparison's resamples.
const SEED: u64 = 1;

/// What a record links.
struct Linked {
    /// Day on which it began.
    start: i32,
    /// Sides with their organisations, by place in the lake's register.
    sides: BTreeMap<String, BTreeSet<Index>>,
    technologies: Vec<String>,
}

struct Found {
    reference: String,
    kind: &'static str,
    title: String,
    day: Option<String>,
    organisations: BTreeSet<Index>,
    state: String,
}

impl Desk<'_> {
    pub(super) async fn results(&self, args: &ResultsArgs) -> Result<()> {
        let record = self.session().get(&args.id).await?;
        let snapshot = of_lake(|| analysis::snapshot(self.common))?;
        let organisations = of_lake(|| register::register(&snapshot, self.common))?;
        let linked = self.linked(&record, &organisations).await?;
        let corpus = CorpusArgs { who: Who::Organisations, venue: None, source: None, most: 50 };
        let named = of_lake(|| corpus::read(&snapshot, self.common, &corpus))?;
        // Place in the register, as it is today, of every member.
        let place = |member: u32| {
            let index = organisations.by_id(named.members[member as usize].id()?)?;
            Some(organisations.today(index))
        };
        let places: Vec<Option<Index>> = (0..named.members.len() as u32).map(place).collect();
        let technologies = Technologies::new(self.common, &linked.technologies)?;
        if args.effect {
            return self.effect(&linked, &named, &places, &organisations, &technologies);
        }
        let results = self.session().of_kind("result").await?;
        let results: BTreeMap<&str, &Record> = results
            .iter()
            .filter(|result| result.texts("from").any(|from| from == args.id))
            .filter_map(|result| Some((result.text("reference")?, result)))
            .collect();
        let mut found = of_lake(|| self.works(&snapshot, &linked, &named, &places, &technologies))?;
        found.extend(of_lake(|| self.awards(&snapshot, &linked, &organisations, &technologies))?);
        for one in &mut found {
            one.state = results.get(one.reference.as_str()).map(|result| result.state.clone()).unwrap_or_default();
        }
        self.decide(args, &record, &mut found, &results).await?;
        let total = found.len();
        found.truncate(args.most);
        let names = |found: &Found| {
            found
                .organisations
                .iter()
                .map(|index| register::name(self.common, organisations.get(*index)).to_owned())
                .collect::<Vec<_>>()
                .join("; ")
        };
        let rows = Rows::default()
            .text("reference", found.iter().map(|one| Some(one.reference.as_str())))
            .text("type", found.iter().map(|one| Some(one.kind)))
            .text("date", found.iter().map(|one| one.day.as_deref()))
            .text("decided", found.iter().map(|one| Some(self.state("result", &one.state))))
            .text("organisations", found.iter().map(|one| Some(names(one))))
            .text("title", found.iter().map(|one| Some(one.title.as_str())));
        output::write_rows(self.common.format, rows)?;
        let since = date(Some(linked.start)).unwrap_or_default();
        let more = if total > args.most { self.common.pick("; --most shows more", "; 더 보기: --most") } else { "" };
        say(&match self.common.lang {
            Lang::En => format!("{total} found since {since}{more}"),
            Lang::Ko => format!("{since}부터 {total}건 찾음{more}"),
        });
        say(self.common.pick(
            "found by organisations, time and technology; whether they came of it is for a person to say",
            "기관·시기·기술로 찾은 것이며, 성과 여부는 사람이 판단",
        ));
        Ok(())
    }

    /// The organisations, technologies and start of a record.
    async fn linked(&self, record: &Record, organisations: &Organisations) -> Result<Linked> {
        let rows = ["parties", "owners", "team", "participants"].into_iter().flat_map(|field| record.rows(field));
        let ids = rows.filter_map(|row| row.get("organisation")?.as_str()).chain(record.texts("organisations"));
        let ids: BTreeSet<String> = ids.map(str::to_owned).collect();
        let mut sides: BTreeMap<String, BTreeSet<Index>> = BTreeMap::new();
        for id in ids {
            let organisation = self.session().get(&id).await?;
            let known = organisation.text("ror").and_then(dari_model::ror::organisation).and_then(|number| organisations.by_id(number));
            match (known, organisation.text("side")) {
                (Some(index), Some(side)) => drop(sides.entry(side.to_owned()).or_default().insert(organisations.today(index))),
                _ => say(&match self.common.lang {
                    Lang::En => format!("'{id}' has no ROR id that the lake knows, or no side: its works are not looked for"),
                    Lang::Ko => format!("'{id}': 레이크가 아는 ROR id 또는 측이 없어 논문을 찾지 않습니다"),
                }),
            }
        }
        if sides.is_empty() {
            let what = self.common.pick("links no organisation that the lake knows", "레이크가 아는 기관과 연결되지 않음");
            return Err(Failure::new(format!("'{}' {what}", record.id))
                .hint("Give it organisations, and these their ROR ids: dari register edit ID organisations='org.a; org.b'"));
        }
        let when = record.kind()?.when.and_then(|field| record.text(field)).and_then(Period::parse);
        let undated = || Failure::new(format!("'{}' {}", record.id, self.common.pick("has no date", "날짜 없음")));
        let start = when.map(|period| period.from).or(record.since).ok_or_else(undated)?;
        Ok(Linked { start, sides, technologies: record.texts("technologies").map(str::to_owned).collect() })
    }

    /// Joint works of two sides since the start.
    fn works(
        &self,
        snapshot: &Snapshot,
        linked: &Linked,
        named: &Named,
        places: &[Option<Index>],
        technologies: &Technologies,
    ) -> Result<Vec<Found>> {
        let (year, _, _) = dari_model::date::civil(linked.start);
        let works = named.corpus.between(i16::try_from(year).unwrap_or(i16::MAX), i16::MAX);
        let mut found = Vec::new();
        for work in works.iter().rev() {
            let members: BTreeSet<Index> = work.members().filter_map(|member| places[member as usize]).collect();
            let sides = linked.sides.values().filter(|side| side.iter().any(|index| members.contains(index))).count();
            if sides >= 2 {
                let organisations = linked.sides.values().flatten().filter(|index| members.contains(index)).copied().collect();
                found.push((work, organisations));
            }
        }
        let ids: BTreeSet<i64> = found.iter().map(|(work, _)| work.id).collect();
        let titles = corpus::texts(snapshot, self.common, "works", "title", &ids)?;
        let mut scratch = Scratch::default();
        let found = found.into_iter().filter_map(|(work, organisations)| {
            let title = titles.get(&work.id).cloned().unwrap_or_default();
            let topic = named.topic(work).and_then(|topic| i32::try_from(topic).ok());
            technologies.hold(&title, topic, &mut scratch).then(|| Found {
                reference: format!("W{}", work.id),
                kind: "work",
                title,
                day: Some(work.year.to_string()),
                organisations,
                state: String::new(),
            })
        });
        Ok(found.collect())
    }

    /// Awards that an organisation of the record holds, begun since the start.
    fn awards(
        &self,
        snapshot: &Snapshot,
        linked: &Linked,
        organisations: &Organisations,
        technologies: &Technologies,
    ) -> Result<Vec<Found>> {
        if snapshot.rows("awards") == 0 {
            say(self.common.pick("no awards are loaded", "적재된 과제 없음"));
            return Ok(Vec::new());
        }
        let matcher = Matcher::new(organisations);
        let (mut room, mut scratch) = (dari_organisations::matcher::Scratch::default(), Scratch::default());
        let query = format!(
            "SELECT a.id, a.source, a.source_key, a.title, a.start_date, o.name, o.city, o.state, o.country, CAST(t.topic_id AS INT) FROM awards a
             JOIN award_organisations o ON o.award_id = a.id LEFT JOIN inferred_topics t ON t.id = a.id AND t.record = 'award'
             WHERE a.start_date >= CAST('{}' AS DATE) ORDER BY a.start_date DESC, a.id, o.position",
            dari_model::date::format(linked.start)
        );
        let mut found: Vec<(i64, Found)> = Vec::new();
        snapshot.for_each(&query, &self.common.options(), |batch| -> Result<()> {
            let ids = batch.column(0).as_primitive::<Int64Type>();
            let (days, of_topic) = (batch.column(4).as_primitive::<Date32Type>(), batch.column(9).as_primitive::<Int32Type>());
            let columns = [1, 2, 3, 5, 6, 7, 8].into_iter().map(|column| text(&batch, column)).collect::<Result<Vec<_>>>()?;
            let said = |column: usize, row: usize| {
                let values = columns[column].as_string::<i32>();
                (!values.is_null(row)).then(|| values.value(row))
            };
            for row in 0..batch.num_rows() {
                let topic = (!of_topic.is_null(row)).then(|| of_topic.value(row));
                if !technologies.hold(said(2, row).unwrap_or_default(), topic, &mut scratch) {
                    continue;
                }
                let holder = register::holder_text([said(3, row), said(4, row), said(5, row)], said(6, row));
                let Some(holder) = register::holder(&matcher, &holder, &mut room).map(|index| organisations.today(index)) else { continue };
                if !linked.sides.values().any(|side| side.contains(&holder)) {
                    continue;
                }
                let id = ids.value(row);
                match found.last_mut() {
                    Some((last, award)) if *last == id => drop(award.organisations.insert(holder)),
                    _ => found.push((
                        id,
                        Found {
                            reference: format!("{}:{}", said(0, row).unwrap_or_default(), said(1, row).unwrap_or_default()),
                            kind: "award",
                            title: said(2, row).unwrap_or_default().to_owned(),
                            day: Some(dari_model::date::format(days.value(row))),
                            organisations: [holder].into(),
                            state: String::new(),
                        },
                    )),
                }
            }
            Ok(())
        })?;
        Ok(found.into_iter().map(|(_, found)| found).collect())
    }

    /// Keeps what a person says of results, in one change.
    async fn decide(&self, args: &ResultsArgs, record: &Record, found: &mut [Found], results: &BTreeMap<&str, &Record>) -> Result<()> {
        let mut steps = Vec::new();
        for (references, state) in [(&args.accept, "accepted"), (&args.refuse, "refused")] {
            for reference in references {
                let Some(one) = found.iter_mut().find(|one| one.reference == *reference) else {
                    return Err(Failure::misuse(format!("'{reference}' was not found")).hint("References stand in the first column."));
                };
                state.clone_into(&mut one.state);
                match results.get(reference.as_str()) {
                    Some(known) if known.state == state => {}
                    Some(known) => {
                        let content = Content::new();
                        steps.push(Step::Move {
                            id: known.id.clone(),
                            version: known.version,
                            state: state.to_owned(),
                            day: None,
                            content,
                        });
                    }
                    None => {
                        let content =
                            json!({"type": one.kind, "reference": reference, "date": one.day, "from": [record.id], "name": one.title});
                        let content = content.as_object().cloned().unwrap_or_default();
                        // Of what one side keeps private the results are private too.
                        let scope = dari_register::Scope::of_id(&record.id)?;
                        let id = scope.id(&format!("result-{:08x}", rand::random::<u32>()));
                        steps.push(Step::Add { kind: "result".to_owned(), id, content, state: Some(state.to_owned()), day: None });
                    }
                }
            }
        }
        if !steps.is_empty() {
            let written = self.session().write(&steps, "decided on by a person", None).await?;
            say(&format!("{} {}", written.len(), self.common.pick("results decided on", "건의 성과를 판정함")));
        }
        Ok(())
    }

    /// Joint works a year of the linked organisations, and what pairs that are not linked would have let expect.
    fn effect(
        &self,
        linked: &Linked,
        named: &Named,
        places: &[Option<Index>],
        organisations: &Organisations,
        technologies: &Technologies,
    ) -> Result<()> {
        let works = named.corpus.works();
        let (Some(first), Some(last)) = (works.first().map(|work| work.year), works.last().map(|work| work.year)) else {
            return Err(Failure::new(self.common.pick("no works", "논문 없음")));
        };
        let length = usize::try_from(i32::from(last) - i32::from(first) + 1).unwrap_or_default();
        let mut treated = vec![0.0; length];
        let mut pairs: BTreeMap<(Index, Index), Vec<f64>> = BTreeMap::new();
        for work in works.iter().filter(|work| technologies.claim(named.topic(work))) {
            let at = usize::try_from(i32::from(work.year) - i32::from(first)).unwrap_or_default();
            let members: BTreeSet<Index> = work.members().filter_map(|member| places[member as usize]).collect();
            let of_sides = linked.sides.values().filter(|side| side.iter().any(|index| members.contains(index))).count();
            treated[at] += f64::from(u8::from(of_sides >= 2));
            // Pairs of organisations of two of the sides' countries that the record does not link.
            let side = |index: &Index| organisations.get(*index).country.filter(|country| linked.sides.contains_key(*country));
            let members: Vec<(Index, &str)> = members.iter().filter_map(|index| Some((*index, side(index)?))).collect();
            let is_linked = |index: &Index| linked.sides.values().any(|side| side.contains(index));
            for (place, (one, of)) in members.iter().enumerate() {
                for (other, of_other) in &members[place + 1..] {
                    if of != of_other && !(is_linked(one) && is_linked(other)) {
                        pairs.entry((*one, *other)).or_insert_with(|| vec![0.0; length])[at] += 1.0;
                    }
                }
            }
        }
        let (start, month, _) = dari_model::date::civil(linked.start);
        // A year of which most lies before the start is a year before.
        let start = i16::try_from(start + i32::from(month > 6)).unwrap_or(i16::MAX);
        let before = usize::try_from(i32::from(start) - i32::from(first)).unwrap_or_default().min(length);
        let mean = |series: &[f64]| series[..before].iter().sum::<f64>() / before.max(1) as f64;
        let wanted = (1.0 + mean(&treated)).ln();
        let mut donors: Vec<Vec<f64>> = pairs.into_values().filter(|series| mean(series) > 0.0).collect();
        donors.sort_by(|a, b| ((1.0 + mean(a)).ln() - wanted).abs().total_cmp(&((1.0 + mean(b)).ln() - wanted).abs()));
        donors.truncate(DONORS);
        let study = Study { first_year: first, treated: &treated, donors: &donors, start };
        let outcome = effect(&study, &EffectOptions { seed: SEED, poor_fit: None })?;
        let comparison = match outcome {
            Outcome::NotEnough(why) => {
                let what = self.common.pick("the data do not suffice for a comparison", "비교하기에 자료가 부족함");
                return Err(Failure::new(format!("{what}: {}", too_little(self.common, why)))
                    .hint("Load more works of both sides before and after the start."));
            }
            Outcome::Effect(effect) => effect.comparison,
        };
        let rows = Rows::default()
            .int("year", comparison.years.iter().map(|year| Some(i64::from(year.year))))
            .bool("after", comparison.years.iter().map(|year| Some(year.after)))
            .float("observed", comparison.years.iter().map(|year| Some(year.observed)))
            .float("expected", comparison.years.iter().map(|year| Some(year.expected)))
            .float("gap", comparison.years.iter().map(|year| Some(year.gap)));
        output::write_rows(self.common.format, rows)?;
        told(self.common, &comparison, donors.len());
        Ok(())
    }
}

/// Why there is no comparison.
fn too_little(common: &Common, why: NotEnough) -> String {
    match (common.lang, why) {
        (Lang::En, why) => why.to_string(),
        (Lang::Ko, NotEnough::YearsBefore { found }) => format!("시작 전 {found}년뿐, {LEAST_YEARS_BEFORE}년 필요"),
        (Lang::Ko, NotEnough::YearsAfter { found }) => format!("시작 후 {found}년뿐, {LEAST_YEARS_AFTER}년 필요"),
        (Lang::Ko, NotEnough::NothingBefore) => "시작 전 공동 논문이 없어 이후와 비교할 것이 없음".to_owned(),
        (Lang::Ko, NotEnough::Donors { found }) => {
            format!("시작 전 공동 논문이 있는 비교 가능한 쌍이 {found}쌍뿐, 위약 검정에 {LEAST_DONORS}쌍 필요")
        }
    }
}

fn told(common: &Common, comparison: &Comparison, donors: usize) {
    let (gap, start) = (&comparison.average_gap, comparison.start);
    say(&match common.lang {
        Lang::En => format!(
            "joint works a year beyond what {donors} pairs that are not linked let expect: {:.2} (95 % interval {:.2} to {:.2}), from {start}",
            gap.value, gap.low, gap.high
        ),
        Lang::Ko => format!(
            "연결되지 않은 {donors}쌍으로 기대한 것보다 많은 연간 공동 논문: {:.2} (95 % 구간 {:.2} ~ {:.2}), {start}년부터",
            gap.value, gap.low, gap.high
        ),
    });
    let (space, off) = (&comparison.in_space, 100.0 * comparison.relative_rmspe_before);
    say(&match common.lang {
        Lang::En => format!(
            "placebo test: {:.3} of these pairs and this one differ as much or more (it cannot be below {:.3}); fit before: off by {off:.0} % of the mean",
            space.p, space.least_p
        ),
        Lang::Ko => format!(
            "위약 검정: 이 쌍을 포함해 차이가 같거나 더 큰 쌍의 비율 {:.3} (최솟값 {:.3}); 이전 기간 적합 오차는 평균의 {off:.0} %",
            space.p, space.least_p
        ),
    });
    let difference = &comparison.difference;
    say(&format!(
        "{}: {:.3} ({:.3} ~ {:.3}), p {:.3}",
        common.pick("difference in differences of ln(1 + works)", "ln(1 + 논문)의 이중차분"),
        difference.estimate.value,
        difference.estimate.low,
        difference.estimate.high,
        difference.p
    ));
    say(common.pick(
        "an association, not a cause: what else changed at the time is in it too",
        "연관이지 인과가 아닙니다. 같은 때 달라진 다른 것도 들어 있습니다",
    ));
}

/// The technologies of a record.
struct Technologies {
    /// Of each framework that is named, which of its technologies are.
    assigners: Vec<(Assigner, Vec<usize>)>,
    /// Topics at their core.
    topics: FxHashSet<i64>,
}

impl Technologies {
    fn new(common: &Common, named: &[String]) -> Result<Technologies> {
        let registry = analysis::registry(common)?;
        let mut technologies = Technologies { assigners: Vec::new(), topics: FxHashSet::default() };
        for name in named {
            let Some((framework, entry)) = name.split_once('/') else {
                return Err(
                    Failure::new(format!("'{name}' is no technology")).hint("Framework and entry, for example kr-nst-2023/quantum.")
                );
            };
            let (framework, chosen) = (registry.get(framework)?, Chosen::one(framework, entry));
            let assigner = Assigner::new(framework, Level::All, Claims::Core)?;
            let wanted = chosen.technologies(framework)?;
            let places = assigner.technologies().iter().enumerate().filter(|(_, one)| wanted.iter().any(|wanted| wanted.id == one.id));
            let places = places.map(|(place, _)| place).collect();
            for technology in &wanted {
                technologies.topics.extend(chosen.topics(technology, common).0.topics.iter().map(|(topic, _)| i64::from(*topic)));
            }
            technologies.assigners.push((assigner, places));
        }
        Ok(technologies)
    }

    /// Whether a work or award is of one of them, by its title or its topic; all are where none are named.
    fn hold(&self, title: &str, topic: Option<i32>, scratch: &mut Scratch) -> bool {
        let is = |(assigner, wanted): &(Assigner, Vec<usize>)| {
            assigner.assign(title, topic.as_slice(), scratch).iter().any(|(technology, _)| wanted.contains(technology))
        };
        self.assigners.is_empty() || self.assigners.iter().any(is)
    }

    /// Whether a topic is at the core of one of them; all are where none are named.
    fn claim(&self, topic: Option<i64>) -> bool {
        self.assigners.is_empty() || topic.is_some_and(|topic| self.topics.contains(&topic))
    }
}
