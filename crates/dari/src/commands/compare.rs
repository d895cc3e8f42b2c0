//! `dari compare`: countries side by side, by technology.

use clap::Args;
use dari_indicators::position::{CountryPosition, TechnologyPosition, positions};
use dari_indicators::{Reference, TechnologyTopics};

use crate::analysis::{self, Chosen, CubeData, ImpactSums};
use crate::cli::{Common, Format};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

/// Arguments of `dari compare`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari compare KR US
  dari compare KR US JP --technology quantum,batteries --lang ko
  dari compare KR US --framework us-chips-2022 --format csv > compare.csv
  dari compare KR US --level technology --technology batteries.next-generation --explain

Columns: works (full counting, latest period), world_share, activity_index = (P_ct/P_c)/(P_wt/P_w) shrunk by
gamma-Poisson with its 95 % credible interval, growth a year of log counts between the periods, momentum = growth
minus the world's. *_without_flagged leave out topics that a general test finds to swallow works of others.")]
pub(crate) struct CompareArgs {
    /// Two or more countries: codes or names
    #[arg(required = true, num_args = 2.., value_name = "COUNTRY")]
    countries: Vec<String>,
    #[command(flatten)]
    chosen: Chosen,
    /// Show instead the topics counted for each technology, with each country's works
    #[arg(long)]
    explain: bool,
    /// Data set of works by country and topic, if several are loaded
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,
}

pub(crate) fn run(common: &Common, args: &CompareArgs) -> Result<()> {
    let countries = analysis::countries(&args.countries)?;
    let registry = analysis::registry(common)?;
    let framework = registry.get(&args.chosen.framework).map_err(|error| Failure { misuse: true, ..error.into() })?;
    let technologies = args.chosen.technologies(framework)?;
    let data = analysis::cube(&analysis::snapshot(common)?, common, args.dataset.as_deref())?;
    let chosen: Vec<(TechnologyTopics, usize)> = technologies.iter().map(|technology| args.chosen.topics(technology, common)).collect();
    if args.explain {
        return explain(common, &countries, &chosen, &data);
    }
    print(common, &countries, &chosen, &data)
}

struct Line<'a> {
    technology: &'a TechnologyTopics,
    left_out: usize,
    world: &'a TechnologyPosition,
    country: &'a CountryPosition,
    clean: Option<&'a CountryPosition>,
    flagged: Vec<String>,
    /// Citation impact, where the data set has it.
    impact: Option<ImpactSums>,
}

/// Prints the comparison of countries in technologies.
pub(crate) fn print(common: &Common, countries: &[&str], chosen: &[(TechnologyTopics, usize)], data: &CubeData) -> Result<()> {
    for country in countries {
        data.cube.country(country)?;
    }
    let mut all = Vec::new();
    for (technology, left_out) in chosen {
        all.push((
            technology,
            *left_out,
            positions(&data.cube, technology, Reference::World)?,
            positions(&data.clean, technology, Reference::World)?,
        ));
    }
    let mut lines = Vec::new();
    for (technology, left_out, world, clean) in &all {
        let of = |position: &'_ TechnologyPosition, code: &str| position.countries.iter().position(|country| country.country == code);
        let flagged = data.sinks.iter().filter(|sink| technology.topics.iter().any(|(topic, _)| *topic == sink.topic));
        let flagged: Vec<String> = flagged.map(|sink| format!("T{}", sink.topic)).collect();
        for code in countries {
            if let Some(place) = of(world, code) {
                lines.push(Line {
                    technology,
                    left_out: *left_out,
                    world,
                    country: &world.countries[place],
                    clean: of(clean, code).map(|place| &clean.countries[place]),
                    flagged: flagged.clone(),
                    impact: impact(data, technology, code),
                });
            }
        }
    }
    output::write_rows(common.format, if common.format == Format::Table { short(common, &lines) } else { full(common, &lines) })?;
    foot(common, data, &lines);
    Ok(())
}

fn impact(data: &CubeData, technology: &TechnologyTopics, country: &str) -> Option<ImpactSums> {
    let mut sums = None;
    for (topic, _) in &technology.topics {
        if let Some(of_topic) = data.impact.get(&(*topic, country.to_owned())) {
            sums.get_or_insert_with(ImpactSums::default).add(of_topic);
        }
    }
    sums
}

/// Nothing is said of a technology of which no topic is counted.
fn told(line: &Line<'_>) -> bool {
    !line.technology.topics.is_empty()
}

fn short(common: &Common, lines: &[Line<'_>]) -> Rows {
    let counted = |line: &Line<'_>, value: f64| told(line).then_some(value.round() as i64);
    let percent = |value: Option<f64>| value.map(|value| format!("{:.2} %", value * 100.0));
    let mark = |line: &Line<'_>| {
        let mut marks = line.flagged.clone();
        if !told(line) {
            marks.push(common.pick("no topic that is clean enough", "셀 수 있는 주제 없음").to_owned());
        } else if line.left_out > 0 {
            marks.push(format!("{}{}", line.left_out, common.pick(" left out: needs titles", "개 주제 제외 (제목 필요)")));
        }
        (!marks.is_empty()).then(|| marks.join(", "))
    };
    let rows = Rows::default()
        .text(common.pick("technology", "기술"), lines.iter().map(|line| Some(line.technology.name.as_str())))
        .text(common.pick("country", "국가"), lines.iter().map(|line| Some(analysis::country_name(common, line.country.country))))
        .int(common.pick("works", "논문 수"), lines.iter().map(|line| counted(line, line.country.works)))
        .text(common.pick("world share", "세계 점유율"), lines.iter().map(|line| percent(line.country.share.filter(|_| told(line)))))
        .int(common.pick("rank", "순위"), lines.iter().map(|line| told(line).then_some(line.country.rank as i64)))
        .text(
            common.pick("activity index (95 %)", "활동지수 (95 %)"),
            lines.iter().map(|line| {
                line.country.activity.filter(|_| told(line)).map(|activity| {
                    let index = activity.shrunk;
                    format!("{:.2} ({:.2}-{:.2})", index.value, index.low, index.high)
                })
            }),
        )
        .text(
            common.pick("growth a year", "연평균 증가율"),
            lines.iter().map(|line| line.country.growth.filter(|_| told(line)).map(|growth| percent_a_year(growth.value))),
        )
        .text(
            common.pick("against world", "세계 대비"),
            lines.iter().map(|line| line.country.momentum.filter(|_| told(line)).map(|growth| percent_a_year(growth.value))),
        )
        .text(common.pick("unknown", "국가 미상"), lines.iter().map(|line| percent(line.world.unknown_share.filter(|_| told(line)))))
        .text(common.pick("flags", "표시"), lines.iter().map(mark));
    if lines.iter().all(|line| line.impact.is_none()) {
        return rows;
    }
    let of = |line: &Line<'_>| line.impact.filter(|_| told(line));
    rows.text("MNCS", lines.iter().map(|line| of(line).and_then(|impact| impact.mncs()).map(|value| format!("{value:.2}")))).text(
        common.pick("PP(top 10 %)", "상위 10 % 비율"),
        lines.iter().map(|line| percent(of(line).and_then(|impact| impact.pp_top10()))),
    )
}

/// A growth of logarithms as people say it.
fn percent_a_year(log_growth: f64) -> String {
    format!("{:+.1} %", log_growth.exp_m1() * 100.0)
}

fn full(common: &Common, lines: &[Line<'_>]) -> Rows {
    let activity = |line: &Line<'_>| line.country.activity.filter(|_| told(line));
    let growth = |line: &Line<'_>| line.country.growth.filter(|_| told(line));
    let momentum = |line: &Line<'_>| line.country.momentum.filter(|_| told(line));
    let rows = Rows::default()
        .text("technology_id", lines.iter().map(|line| Some(line.technology.id.as_str())))
        .text("technology_name", lines.iter().map(|line| Some(line.technology.name.as_str())))
        .text("country", lines.iter().map(|line| Some(line.country.country)))
        .text("country_name", lines.iter().map(|line| Some(analysis::country_name(common, line.country.country))))
        .text("period", lines.iter().map(|line| Some(line.world.period.to_string())))
        .float("works", lines.iter().map(|line| told(line).then_some(line.country.works)))
        .float("world_works", lines.iter().map(|line| told(line).then_some(line.world.world_works)))
        .float("world_share", lines.iter().map(|line| line.country.share.filter(|_| told(line))))
        .int("rank", lines.iter().map(|line| told(line).then_some(line.country.rank as i64)))
        .float("activity_index", lines.iter().map(|line| activity(line).map(|activity| activity.shrunk.value)))
        .float("activity_index_low", lines.iter().map(|line| activity(line).map(|activity| activity.shrunk.low)))
        .float("activity_index_high", lines.iter().map(|line| activity(line).map(|activity| activity.shrunk.high)))
        .float("activity_index_raw", lines.iter().map(|line| activity(line).and_then(|activity| activity.raw)))
        .float("activity_index_symmetric", lines.iter().map(|line| activity(line).map(|activity| activity.symmetric.value)))
        .float("growth", lines.iter().map(|line| growth(line).map(|growth| growth.value)))
        .float("growth_low", lines.iter().map(|line| growth(line).map(|growth| growth.low)))
        .float("growth_high", lines.iter().map(|line| growth(line).map(|growth| growth.high)))
        .float("world_growth", lines.iter().map(|line| line.world.reference_growth.filter(|_| told(line)).map(|growth| growth.value)))
        .float("momentum", lines.iter().map(|line| momentum(line).map(|growth| growth.value)))
        .float("momentum_low", lines.iter().map(|line| momentum(line).map(|growth| growth.low)))
        .float("momentum_high", lines.iter().map(|line| momentum(line).map(|growth| growth.high)))
        .float("unknown_share", lines.iter().map(|line| line.world.unknown_share.filter(|_| told(line))))
        .int("topics", lines.iter().map(|line| Some(line.technology.topics.len() as i64)))
        .int("topics_left_out", lines.iter().map(|line| Some(line.left_out as i64)))
        .text("flagged_topics", lines.iter().map(|line| Some(line.flagged.join("|"))))
        .float("works_without_flagged", lines.iter().map(|line| line.clean.filter(|_| told(line)).map(|clean| clean.works)))
        .float("world_share_without_flagged", lines.iter().map(|line| line.clean.filter(|_| told(line)).and_then(|clean| clean.share)))
        .float(
            "activity_index_without_flagged",
            lines
                .iter()
                .map(|line| line.clean.filter(|_| told(line)).and_then(|clean| clean.activity).map(|activity| activity.shrunk.value)),
        );
    if lines.iter().all(|line| line.impact.is_none()) {
        return rows;
    }
    let of = |line: &Line<'_>| line.impact.filter(|_| told(line));
    rows.float("works_fractional", lines.iter().map(|line| of(line).map(|impact| impact.works_fractional)))
        .float("mncs", lines.iter().map(|line| of(line).and_then(|impact| impact.mncs())))
        .float("pp_top10", lines.iter().map(|line| of(line).and_then(|impact| impact.pp_top10())))
        .float("pp_top1", lines.iter().map(|line| of(line).and_then(|impact| impact.pp_top1())))
}

fn foot(common: &Common, data: &CubeData, lines: &[Line<'_>]) {
    say(&format!("{}: {}", common.pick("data", "자료"), data.source));
    say(common.pick(
        "method: works of the topics at a technology's core, full counting; activity index against the world, countries unknown included (docs/guide.md)",
        "방법: 기술의 핵심 주제 논문, 전체 계수(full counting); 활동지수는 국가 미상을 포함한 세계 기준 (docs/guide.md)",
    ));
    let flagged: Vec<_> =
        data.sinks.iter().filter(|sink| lines.iter().any(|line| line.flagged.contains(&format!("T{}", sink.topic)))).collect();
    for sink in flagged {
        let name = data.cube.topic(sink.topic).map_or("", |place| data.cube.topics()[place].name.as_str());
        say(&format!(
            "flag: T{} {name}: {} works, of which the countries explain {:.0} % (its neighbours: {:.0} %); figures without it: --format csv",
            sink.topic,
            output::thousands(&sink.world.to_string()),
            sink.known_share * 100.0,
            sink.neighbours_share * 100.0
        ));
    }
}

fn explain(common: &Common, countries: &[&str], chosen: &[(TechnologyTopics, usize)], data: &CubeData) -> Result<()> {
    let cube = &data.cube;
    let last = cube.periods().len() - 1;
    let places = countries.iter().map(|country| Ok(cube.country(country)?)).collect::<Result<Vec<_>>>()?;
    let mut lines = Vec::new();
    for (technology, _) in chosen {
        let mut topics: Vec<usize> = technology.topics.iter().filter_map(|(topic, _)| cube.topic(*topic)).collect();
        topics.sort_by_key(|topic| std::cmp::Reverse(cube.world(last, *topic)));
        for topic in topics {
            lines.extend(places.iter().zip(countries).map(|(place, country)| (technology, topic, *place, *country)));
        }
    }
    let works = |line: &(&TechnologyTopics, usize, usize, &str)| cube.works(last, line.1)[line.2];
    let rows = Rows::default()
        .text("technology_id", lines.iter().map(|line| Some(line.0.id.as_str())))
        .int("topic_id", lines.iter().map(|line| Some(i64::from(cube.topics()[line.1].id))))
        .text("topic", lines.iter().map(|line| Some(cube.topics()[line.1].name.as_str())))
        .text("country", lines.iter().map(|line| Some(line.3)))
        .int("works", lines.iter().map(|line| Some(works(line) as i64)))
        .int("world_works", lines.iter().map(|line| Some(cube.world(last, line.1) as i64)))
        .float("world_share", lines.iter().map(|line| Some(works(line) as f64 / cube.world(last, line.1) as f64)))
        .bool("flagged", lines.iter().map(|line| Some(data.sinks.iter().any(|sink| sink.topic == cube.topics()[line.1].id))));
    output::write_rows(common.format, rows)?;
    say(&format!("data: {}", data.source));
    Ok(())
}
