//! `dari compare`: countries side by side, by technology.

use clap::{Args, ValueEnum};
use dari_indicators::between::incidence::{SetJoint, Universe};
use dari_indicators::between::similarity::{jaccard, salton};
use dari_indicators::impact::{Collaboration, Percentile, UnitFigures};
use dari_indicators::position::monopoly::{Monopoly, MonopolyRisk};
use dari_indicators::position::{CountryPosition, TechnologyPosition, positions};
use dari_indicators::statistics::Estimate;
use dari_indicators::{Reference, TechnologyTopics};

use crate::analysis::{self, Chosen, CubeData};
use crate::cli::{Common, Format, Lang};
use crate::error::{Failure, Result};
use crate::impact::{self, CountryWork, FigureOptions, Figures, Works};
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
  dari compare KR US JP --dataset works --joint          what they write together, against expectation
  dari compare KR US --dataset works --technology quantum --works --format csv > works.csv

Columns: works (full counting, latest period), world_share, activity_index = (P_ct/P_c)/(P_wt/P_w) shrunk by
gamma-Poisson with its 95 % credible interval, growth a year of log counts between the periods, momentum = growth
minus the world's. *_without_flagged leave out topics that a general test finds to swallow works of others.

Of data sets computed from works (`dari compute`) also, fractionally counted, over works with a cohort (year, subfield,
type): mncs (world 1), pp_top10 and pp_top1 (world 0.1 and 0.01), each with its 95 % stability interval (bootstrap over
works); mean_fwci, collab_cnci (among works of as many parties), h_index (whole works, citations in the window) and the
technology's monopoly_risk.")]
pub(crate) struct CompareArgs {
    /// Countries: codes or names
    #[arg(required = true, num_args = 1.., value_name = "COUNTRY")]
    countries: Vec<String>,
    #[command(flatten)]
    chosen: Chosen,
    /// Show instead the topics counted for each technology, with each country's works
    #[arg(long, group = "instead")]
    explain: bool,
    /// Show instead what the countries, two by two and all together, write jointly
    #[arg(long, group = "instead")]
    joint: bool,
    /// List instead the countries' works of the latest period with their citation scores
    #[arg(long, group = "instead")]
    works: bool,
    /// Among which works joint works are expected by chance
    #[arg(long, value_enum, default_value_t = UniverseArg::International, requires = "joint")]
    universe: UniverseArg,
    /// How ties at the threshold of the top 10 % and 1 % are treated; monopoly risk shares them exactly in any case
    #[arg(long, value_enum, default_value_t = PercentileArg::Cwts)]
    percentile: PercentileArg,
    /// Resamples of works behind stability intervals, from 40; 0 for no intervals
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    resamples: u32,
    /// Seed of the resamples: the same seed gives the same answer
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Data set of works by country and topic, if several are loaded
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum UniverseArg {
    /// Works of two and more countries: how partners are chosen
    International,
    /// All works: also how far the countries work with others at all
    All,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PercentileArg {
    /// Exactly: works on the threshold weigh what is left (Leiden Ranking)
    Cwts,
    /// By the number of the work, as OpenAlex publishes it
    Openalex,
}

pub(crate) fn run(common: &Common, args: &CompareArgs) -> Result<()> {
    let countries = if args.joint { analysis::countries(&args.countries)? } else { analysis::some_countries(&args.countries)? };
    if (1..40).contains(&args.resamples) {
        return Err(Failure::misuse("an interval needs at least 40 resamples").hint("--resamples 0 leaves intervals out."));
    }
    let registry = analysis::registry(common)?;
    let framework = registry.get(&args.chosen.framework).map_err(|error| Failure::from(error).into_misuse())?;
    let technologies = args.chosen.technologies(framework)?;
    let snapshot = analysis::snapshot(common)?;
    let data = analysis::cube(&snapshot, common, args.dataset.as_deref())?;
    let chosen: Vec<(TechnologyTopics, usize)> = technologies.iter().map(|technology| args.chosen.topics(technology, common)).collect();
    if args.explain {
        return explain(common, &countries, &chosen, &data);
    }
    let topics: Vec<&TechnologyTopics> = chosen.iter().map(|(technology, _)| technology).collect();
    let works = match data.cube.periods().last() {
        Some(period) => Works::new(&snapshot, common, &data, *period, &topics)?,
        None => None,
    };
    let options = FigureOptions {
        resamples: args.resamples,
        seed: args.seed,
        percentile: match args.percentile {
            PercentileArg::Cwts => Percentile::Cwts,
            PercentileArg::Openalex => Percentile::OpenAlex,
        },
    };
    let Some(works) = works else {
        if args.joint || args.works || options.percentile == Percentile::OpenAlex {
            return Err(Failure::new(format!("no works are kept with the data set {}", data.name))
                .hint("Published counts have none. Load works, run `dari compute` and ask with --dataset works."));
        }
        return print(common, &countries, &chosen, &data, None);
    };
    if args.joint {
        let universe = match args.universe {
            UniverseArg::International => Universe::International,
            UniverseArg::All => Universe::All,
        };
        return joint(common, &countries, &topics, &data, &works, universe);
    }
    let mut of_countries = works.read(&countries)?;
    if options.percentile == Percentile::OpenAlex {
        works.rank_as_openalex(&mut of_countries)?;
    }
    if args.works {
        return list(common, &topics, &of_countries, &data);
    }
    let measured =
        Measured { figures: impact::figures(&topics, &of_countries, &options)?, monopolies: works.monopolies(&topics, &data)?, options };
    print(common, &countries, &chosen, &data, Some(&measured))
}

/// What is computed from works, beside counts.
pub(crate) struct Measured {
    figures: Figures,
    monopolies: Vec<Option<Monopoly>>,
    options: FigureOptions,
}

struct Line<'a> {
    technology: &'a TechnologyTopics,
    left_out: usize,
    world: &'a TechnologyPosition,
    country: &'a CountryPosition,
    clean: Option<&'a CountryPosition>,
    flagged: Vec<String>,
    /// Citation impact, where the data set has works.
    impact: Option<UnitFigures>,
    monopoly: Option<&'a Monopoly>,
}

/// Prints the comparison of countries in technologies.
pub(crate) fn print(
    common: &Common,
    countries: &[&str],
    chosen: &[(TechnologyTopics, usize)],
    data: &CubeData,
    measured: Option<&Measured>,
) -> Result<()> {
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
    for (number, (technology, left_out, world, clean)) in all.iter().enumerate() {
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
                    impact: measured.and_then(|measured| measured.figures.get(&(number, world.countries[place].country)).copied()),
                    monopoly: measured.and_then(|measured| measured.monopolies.get(number)?.as_ref()),
                });
            }
        }
    }
    output::write_rows(common.format, if common.format == Format::Table { short(common, &lines) } else { full(common, &lines) })?;
    foot(common, data, &lines, measured);
    Ok(())
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
    let shown = |value: Option<f64>, interval: Option<Estimate>, factor: f64, places: usize| {
        let number = |value: f64| format!("{:.places$}", value * factor);
        value.map(|value| match interval {
            Some(Estimate { low, high, .. }) => format!("{} ({}-{})", number(value), number(low), number(high)),
            None => number(value),
        })
    };
    rows.text(
        common.pick("MNCS (95 %)", "MNCS (95 %)"),
        lines.iter().map(|line| of(line).and_then(|figures| shown(figures.impact.mncs, figures.mncs, 1.0, 2))),
    )
    .text(
        common.pick("PP(top 10 %), % (95 %)", "상위 10 % 비율, % (95 %)"),
        lines.iter().map(|line| of(line).and_then(|figures| shown(figures.impact.pp_top_10, figures.pp_top_10, 100.0, 1))),
    )
    .int(common.pick("h", "h 지수"), lines.iter().map(|line| of(line).map(|figures| figures.h_index as i64)))
    .text(
        common.pick("monopoly risk", "독점 위험"),
        lines.iter().map(|line| line.monopoly.filter(|_| told(line)).map(|of| format!("{} ({})", risk(common, of), of.lead))),
    )
}

fn risk(common: &Common, monopoly: &Monopoly) -> &'static str {
    match monopoly.risk {
        MonopolyRisk::Low => common.pick("low", "낮음"),
        MonopolyRisk::Medium => common.pick("medium", "중간"),
        MonopolyRisk::High => common.pick("high", "높음"),
    }
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
    let impact = |line: &Line<'_>| of(line).map(|figures| figures.impact);
    let low = |interval: Option<Estimate>| interval.map(|interval| interval.low);
    let high = |interval: Option<Estimate>| interval.map(|interval| interval.high);
    let monopoly = |line: &Line<'_>| if told(line) { line.monopoly.cloned() } else { None };
    let of_line = |value: fn(&UnitFigures) -> Option<f64>| lines.iter().map(move |line| of(line).and_then(|figures| value(&figures)));
    rows.float("works_fractional", lines.iter().map(|line| impact(line).map(|impact| impact.weight)))
        .float("covered_weight", lines.iter().map(|line| impact(line).map(|impact| impact.covered_weight)))
        .float("mncs", of_line(|figures| figures.impact.mncs))
        .float("mncs_low", lines.iter().map(|line| low(of(line).and_then(|figures| figures.mncs))))
        .float("mncs_high", lines.iter().map(|line| high(of(line).and_then(|figures| figures.mncs))))
        .float("tncs", of_line(|figures| Some(figures.impact.tncs)))
        .float("pp_top10", of_line(|figures| figures.impact.pp_top_10))
        .float("pp_top10_low", lines.iter().map(|line| low(of(line).and_then(|figures| figures.pp_top_10))))
        .float("pp_top10_high", lines.iter().map(|line| high(of(line).and_then(|figures| figures.pp_top_10))))
        .float("pp_top1", of_line(|figures| figures.impact.pp_top_1))
        .float("pp_top1_low", lines.iter().map(|line| low(of(line).and_then(|figures| figures.pp_top_1))))
        .float("pp_top1_high", lines.iter().map(|line| high(of(line).and_then(|figures| figures.pp_top_1))))
        .float("mean_fwci", of_line(|figures| figures.impact.mean_fwci))
        .float("collab_cnci", of_line(|figures| figures.collab_cnci))
        .int("h_index", lines.iter().map(|line| of(line).map(|figures| figures.h_index as i64)))
        .text(
            "monopoly_risk",
            lines.iter().map(|line| {
                monopoly(line).map(|monopoly| match monopoly.risk {
                    MonopolyRisk::Low => "low",
                    MonopolyRisk::Medium => "medium",
                    MonopolyRisk::High => "high",
                })
            }),
        )
        .text("monopoly_lead", lines.iter().map(|line| monopoly(line).map(|monopoly| monopoly.lead)))
        .int("monopoly_institutions_in_lead", lines.iter().map(|line| monopoly(line).map(|monopoly| monopoly.in_lead as i64)))
        .float("monopoly_lead_over_second", lines.iter().map(|line| monopoly(line).and_then(|monopoly| monopoly.ratio)))
}

/// What the countries write together, pair by pair and all of them: a row a country, for its share is its own.
fn joint(
    common: &Common,
    countries: &[&'static str],
    technologies: &[&TechnologyTopics],
    data: &CubeData,
    works: &Works<'_>,
    universe: Universe,
) -> Result<()> {
    let mut sets: Vec<Vec<&'static str>> = Vec::new();
    for (place, a) in countries.iter().enumerate() {
        sets.extend(countries[place + 1..].iter().map(|b| vec![*a, *b]));
    }
    if countries.len() > 2 {
        sets.push(countries.to_vec());
    }
    let found = works.joint(&sets, universe, technologies.len())?;
    let mut lines: Vec<(&TechnologyTopics, &SetJoint<&'static str>, usize)> = Vec::new();
    for (technology, sets) in technologies.iter().zip(&found).filter(|(technology, _)| !technology.topics.is_empty()) {
        lines.extend(sets.iter().flat_map(|set| (0..set.members.len()).map(move |member| (*technology, set, member))));
    }
    let set = |line: &(&TechnologyTopics, &SetJoint<&'static str>, usize)| {
        line.1.members.iter().map(|member| member.country).collect::<Vec<_>>().join("-")
    };
    let pair = |line: &(&TechnologyTopics, &SetJoint<&'static str>, usize), of: fn(f64, f64, f64) -> Option<f64>| {
        let [a, b] = line.1.members.as_slice() else { return None };
        of(line.1.joint as f64, a.works as f64, b.works as f64)
    };
    let rows = if common.format == Format::Table {
        Rows::default()
            .text(common.pick("technology", "기술"), lines.iter().map(|line| Some(line.0.name.as_str())))
            .text(common.pick("together", "함께"), lines.iter().map(|line| Some(set(line))))
            .text(
                common.pick("country", "국가"),
                lines.iter().map(|line| Some(analysis::country_name(common, line.1.members[line.2].country))),
            )
            .int(common.pick("its works", "논문 수"), lines.iter().map(|line| Some(line.1.members[line.2].works as i64)))
            .int(common.pick("joint", "공동 논문"), lines.iter().map(|line| Some(line.1.joint as i64)))
            .text(
                common.pick("share of its works", "자국 논문 중 비율"),
                lines.iter().map(|line| line.1.members[line.2].share.map(|share| format!("{:.2} %", share * 100.0))),
            )
            .text(
                common.pick("against expectation (95 %)", "기대 대비 (95 %)"),
                lines.iter().map(|line| line.1.intensity.map(|of| format!("{:.2} ({:.2}-{:.2})", of.value, of.low, of.high))),
            )
            .text("Salton", lines.iter().map(|line| pair(line, salton).map(|value| format!("{value:.4}"))))
            .text("Jaccard", lines.iter().map(|line| pair(line, jaccard).map(|value| format!("{value:.4}"))))
    } else {
        Rows::default()
            .text("technology_id", lines.iter().map(|line| Some(line.0.id.as_str())))
            .text("technology_name", lines.iter().map(|line| Some(line.0.name.as_str())))
            .text("period", lines.iter().map(|_| data.cube.periods().last().map(ToString::to_string)))
            .text("countries", lines.iter().map(|line| Some(set(line))))
            .text("country", lines.iter().map(|line| Some(line.1.members[line.2].country)))
            .int("works", lines.iter().map(|line| Some(line.1.members[line.2].works as i64)))
            .float("works_fractional", lines.iter().map(|line| Some(line.1.members[line.2].fractional_works)))
            .int("joint_works", lines.iter().map(|line| Some(line.1.joint as i64)))
            .float("joint_works_fractional", lines.iter().map(|line| Some(line.1.fractional_joint)))
            .float("share", lines.iter().map(|line| line.1.members[line.2].share))
            .float("share_fractional", lines.iter().map(|line| line.1.members[line.2].fractional_share))
            .int("universe_works", lines.iter().map(|line| Some(line.1.works as i64)))
            .int("works_in_universe", lines.iter().map(|line| Some(line.1.members[line.2].margin as i64)))
            .float("expected", lines.iter().map(|line| Some(line.1.expected)))
            .float("observed_over_expected", lines.iter().map(|line| line.1.intensity.map(|of| of.value)))
            .float("observed_over_expected_low", lines.iter().map(|line| line.1.intensity.map(|of| of.low)))
            .float("observed_over_expected_high", lines.iter().map(|line| line.1.intensity.map(|of| of.high)))
            .float("salton", lines.iter().map(|line| pair(line, salton)))
            .float("jaccard", lines.iter().map(|line| pair(line, jaccard)))
    };
    output::write_rows(common.format, rows)?;
    say(&format!("{}: {}", common.pick("data", "자료"), data.source));
    say(match universe {
        Universe::International => common.pick(
            "expected: if each country took part independently in the technology's works of two and more countries (for two: probabilistic affinity index); interval of the count (Garwood)",
            "기대값: 기술의 국제공동 논문에 각국이 서로 무관하게 참여할 때 (두 나라는 확률적 친화도 지수), 건수의 95 % 구간 (Garwood)",
        ),
        Universe::All => common.pick(
            "expected: if each country took part independently in all works of the technology; interval of the count (Garwood)",
            "기대값: 기술의 모든 논문에 각국이 서로 무관하게 참여할 때, 건수의 95 % 구간 (Garwood)",
        ),
    });
    Ok(())
}

/// Work by work what the figures are computed from.
fn list(common: &Common, technologies: &[&TechnologyTopics], works: &[CountryWork], data: &CubeData) -> Result<()> {
    let mut lines: Vec<(&str, &CountryWork)> = Vec::new();
    for (place, technology) in technologies.iter().enumerate() {
        lines.extend(works.iter().filter(|work| work.technologies.contains(&place)).map(|work| (technology.id.as_str(), work)));
    }
    let impact = |line: &(&str, &CountryWork), of: fn(&dari_indicators::impact::WorkImpact) -> f64| line.1.impact.as_ref().map(of);
    let rows = Rows::default()
        .text("technology_id", lines.iter().map(|line| Some(line.0)))
        .text("country", lines.iter().map(|line| Some(line.1.country)))
        .int("work_id", lines.iter().map(|line| Some(line.1.work)))
        .int("year", lines.iter().map(|line| Some(i64::from(line.1.year))))
        .int("topic_id", lines.iter().map(|line| Some(i64::from(line.1.topic))))
        .text("type", lines.iter().map(|line| Some(line.1.work_type.name())))
        .text("collaboration", lines.iter().map(|line| line.1.collaboration.and_then(Collaboration::name)))
        .float("weight", lines.iter().map(|line| Some(line.1.weight)))
        .int("citations", lines.iter().map(|line| line.1.citations.map(i64::from)))
        .float("ncs", lines.iter().map(|line| impact(line, |impact| impact.ncs)))
        .float("fwci", lines.iter().map(|line| line.1.impact.and_then(|impact| impact.fwci)))
        .float("class_ncs", lines.iter().map(|line| line.1.class_ncs))
        .float("percentile", lines.iter().map(|line| line.1.percentile.map(|percentile| percentile.value)))
        .float("top10", lines.iter().map(|line| impact(line, |impact| impact.top_10)))
        .float("top1", lines.iter().map(|line| impact(line, |impact| impact.top_1)));
    output::write_rows(common.format, rows)?;
    say(&format!("{}: {}", common.pick("data", "자료"), data.source));
    Ok(())
}

fn foot(common: &Common, data: &CubeData, lines: &[Line<'_>], measured: Option<&Measured>) {
    say(&format!("{}: {}", common.pick("data", "자료"), data.source));
    if data.has_others() {
        say(common.pick(
            "other data sets count works too and differ in known ways: dari status --coverage",
            "다른 자료도 논문을 세며 알려진 이유로 값이 다릅니다: dari status --coverage",
        ));
    }
    say(common.pick(
        "method: works of the topics at a technology's core, full counting; activity index against the world, countries unknown included (docs/guide.md)",
        "방법: 기술의 핵심 주제 논문, 전체 계수(full counting); 활동지수는 국가 미상을 포함한 세계 기준 (docs/guide.md)",
    ));
    if let Some(options) = measured.map(|measured| measured.options) {
        let percentile = match options.percentile {
            Percentile::Cwts => common.pick("ties at the threshold shared exactly", "경계 동점은 정확히 배분"),
            Percentile::OpenAlex => common.pick(
                "ties at the threshold broken by work id, as OpenAlex does (but for monopoly risk, where they are shared exactly)",
                "경계 동점은 OpenAlex처럼 논문 번호순 (독점 위험만은 정확히 배분)",
            ),
        };
        say(&format!(
            "{}; {percentile}; {}",
            common.pick(
                "impact: fractional counting, cohorts of year, subfield and type; h of whole works",
                "영향력: 분수 계수, 연도·세부분야·유형별 비교 집단; h 지수는 논문 단위"
            ),
            match (options.resamples, common.pick("en", "ko")) {
                (0, "en") => "no intervals".to_owned(),
                (0, _) => "구간 없음".to_owned(),
                (resamples, "en") => format!("95 % stability intervals of {resamples} resamples, seed {}", options.seed),
                (resamples, _) => format!("95 % 안정성 구간, 재표집 {resamples}회, 시드 {}", options.seed),
            }
        ));
    }
    let flagged: Vec<_> =
        data.sinks.iter().filter(|sink| lines.iter().any(|line| line.flagged.contains(&format!("T{}", sink.topic)))).collect();
    for sink in flagged {
        let name = data.cube.topic(sink.topic).map_or("", |place| data.cube.topics()[place].name.as_str());
        let (works, topic) = (output::thousands(&sink.world.to_string()), sink.topic);
        let (known, neighbours) = (sink.known_share * 100.0, sink.neighbours_share * 100.0);
        say(&match common.lang {
            Lang::En => format!(
                "flag: T{topic} {name}: {works} works, of which the countries explain {known:.0} % (its neighbours: {neighbours:.0} %); figures without it: --format csv"
            ),
            Lang::Ko => format!(
                "주의: T{topic} {name}: 논문 {works}편 중 국가로 설명되는 것은 {known:.0} % (이웃 주제 {neighbours:.0} %); 이 주제를 뺀 수치: --format csv"
            ),
        });
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
    say(&format!("{}: {}", common.pick("data", "자료"), data.source));
    Ok(())
}
