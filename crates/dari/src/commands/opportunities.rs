//! `dari opportunities`: where countries should work together.

use std::collections::BTreeMap;

use clap::Args;
use dari_frameworks::{Framework, Level, Registry, Technology};
use dari_indicators::opportunity::{self, Evidence, Opportunity, OpportunityOptions, Weights};
use dari_indicators::{Cube, PairCounts, Period, TechnologyTopics};

use super::awards::investment;
use crate::analysis::{self, Chosen, CubeData};
use crate::cli::{Common, Format};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

/// Years of the pair series, up to its last, over which cooperation so far is counted.
const WINDOW: i16 = 5;

/// Arguments of `dari opportunities`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari opportunities KR US
  dari opportunities KR US JP --framework us-chips-2022
  dari opportunities KR US --explain quantum
  dari opportunities KR US --weights strength=2,policy=0 --format csv

Components lie between 0 and 1: strength (the weaker side's), complementarity, momentum, unrealised cooperation,
investment, policy (how much of the technology the sides' own frameworks list); empty where the data cannot say. The
score is their weighted geometric mean. rank_low to rank_high is where the rank lies in 90 % of 1,000 random weights;
rank_low_data to rank_high_data when the counts are drawn anew.")]
pub(crate) struct OpportunitiesArgs {
    /// Two or more countries: codes or names
    #[arg(required = true, num_args = 2.., value_name = "COUNTRY")]
    countries: Vec<String>,
    #[command(flatten)]
    chosen: Chosen,
    /// Show instead the topics that drive each component of this technology
    #[arg(long, value_name = "TECHNOLOGY")]
    explain: Option<String>,
    /// What components count for: strength=1,complementarity=1,momentum=1,unrealised=1,investment=1,policy=1
    #[arg(long, value_delimiter = ',', value_name = "NAME=WEIGHT,…")]
    weights: Vec<String>,
    /// Random draws behind the rank ranges
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    draws: usize,
    /// Seed of the draws: the same seed gives the same answer
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Leave out topics that a general test finds to swallow works of others
    #[arg(long)]
    without_flagged: bool,
    /// Data set of works by country and topic, if several are loaded
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,
    /// Data set of joint works, if several are loaded
    #[arg(long, value_name = "NAME")]
    pairs_dataset: Option<String>,
}

pub(crate) fn run(common: &Common, args: &OpportunitiesArgs) -> Result<()> {
    let countries = analysis::countries(&args.countries)?;
    let options =
        OpportunityOptions { weights: weights(&args.weights)?, draws: args.draws, seed: args.seed, ..OpportunityOptions::default() };
    let registry = analysis::registry(common)?;
    let framework = registry.get(&args.chosen.framework).map_err(|error| Failure::from(error).into_misuse())?;
    let snapshot = analysis::snapshot(common)?;
    let data = analysis::cube(&snapshot, common, args.dataset.as_deref())?;
    let cube = if args.without_flagged { &data.clean } else { &data.cube };
    if let Some(asked) = &args.explain {
        let technology = framework.find(asked).map_err(|error| Failure::from(error).into_misuse())?;
        return explain(common, &countries, &args.chosen.topics(&technology, common).0, &data, cube);
    }
    let technologies = args.chosen.technologies(framework)?;
    let chosen: Vec<TechnologyTopics> = technologies.iter().map(|technology| args.chosen.topics(technology, common).0).collect();
    let mut evidence = evidence(&registry, &technologies, &countries);
    let money = investment::add(common, &snapshot, framework, &technologies, &countries, &mut evidence)?;
    let joint = joint_works(common, &snapshot, args.pairs_dataset.as_deref())?;
    let found = opportunity::opportunities(cube, &chosen, &countries, joint.as_ref(), &evidence, &options)?;
    print(common, &found, &data, &money)
}

fn weights(asked: &[String]) -> Result<Weights> {
    let mut weights = Weights::default();
    for text in asked {
        let wrong = || {
            Failure::misuse(format!("--weights: '{text}' is not understood"))
                .hint("For example strength=2,policy=0; names: strength, complementarity, momentum, unrealised, investment, policy")
        };
        let (name, value) = text.split_once('=').ok_or_else(wrong)?;
        let value: f64 = value.trim().parse().map_err(|_| wrong())?;
        *match name.trim() {
            "strength" => &mut weights.strength,
            "complementarity" => &mut weights.complementarity,
            "momentum" => &mut weights.momentum,
            "unrealised" => &mut weights.unrealised,
            "investment" => &mut weights.investment,
            "policy" => &mut weights.policy,
            _ => return Err(wrong()),
        } = value;
    }
    weights.check().map_err(|error| Failure::misuse(error.to_string()))?;
    Ok(weights)
}

/// Joint works of all pairs in the last years of the series, broken years mended; `None` if none are loaded.
pub(crate) fn joint_works(common: &Common, snapshot: &dari_lake::Snapshot, dataset: Option<&str>) -> Result<Option<PairCounts>> {
    let Some(pairs) = analysis::pairs(snapshot, common, dataset)? else { return Ok(None) };
    let last = pairs.series.years().to;
    Ok(Some(pairs.series.window(Period { from: last - WINDOW + 1, to: last }, Some(&pairs.breaks))?))
}

/// What the sides' own frameworks say of each technology.
pub(crate) fn evidence(registry: &Registry, technologies: &[Technology], countries: &[&str]) -> BTreeMap<String, Evidence> {
    let of = |technology: &Technology| {
        (technology.id.clone(), Evidence { policy: policy(registry, technology, countries), ..Evidence::default() })
    };
    technologies.iter().map(of).collect()
}

/// How much of a technology's topics (core 1, related ½) the frameworks in force of each side claim, by the best of them; the mean over the
/// sides that have one. `None` where no side has.
fn policy(registry: &Registry, technology: &Technology, countries: &[&str]) -> Option<f64> {
    let total: f64 = technology.topics.values().map(|claim| claim.strength.weight()).sum();
    if total == 0.0 {
        return None;
    }
    let listed = |framework: &Framework| {
        let mut claimed: BTreeMap<i32, f64> = BTreeMap::new();
        for claim in framework.technologies(Level::Field).iter().flat_map(|other| other.topics.values()) {
            let weight = claimed.entry(claim.topic).or_default();
            *weight = weight.max(claim.strength.weight());
        }
        let shared =
            technology.topics.iter().map(|(topic, claim)| claimed.get(topic).map_or(0.0, |weight| weight.min(claim.strength.weight())));
        shared.sum::<f64>() / total
    };
    let best = |country: &str| {
        let own = registry.iter().filter(|framework| in_force(framework) && framework.id.starts_with(&side_prefix(country)));
        own.map(listed).max_by(f64::total_cmp)
    };
    let sides: Vec<f64> = countries.iter().filter_map(|country| best(country)).collect();
    (!sides.is_empty()).then(|| sides.iter().sum::<f64>() / sides.len() as f64)
}

fn in_force(framework: &Framework) -> bool {
    framework.status != dari_frameworks::Status::Draft && framework.valid_to.is_none()
}

/// A framework's id begins with the code of whose it is; members of the European Union go by the Union's.
fn side_prefix(country: &str) -> String {
    const EU: [&str; 27] = [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL",
        "PT", "RO", "SE", "SI", "SK",
    ];
    if EU.contains(&country) { "eu-".to_owned() } else { format!("{}-", country.to_ascii_lowercase()) }
}

/// Prints the ranking; `money` says what stands behind the component of investment.
pub(crate) fn print(common: &Common, found: &[Opportunity], data: &CubeData, money: &str) -> Result<()> {
    if found.iter().any(|one| one.components.strength.is_some()) && found.iter().all(|one| one.score.is_none()) {
        return Err(
            Failure::misuse("the weights leave only components that the data do not have").hint("Give another component some weight.")
        );
    }
    let component = |index: usize| found.iter().map(move |one| one.components.values()[index]);
    let rank = |rank: Option<usize>| rank.map(|rank| rank as i64);
    let rows = if common.format == Format::Table {
        let range = |range: Option<opportunity::RankRange>| range.map(|range| format!("{}-{}", range.low, range.high));
        Rows::default()
            .int(common.pick("rank", "순위"), found.iter().map(|one| rank(one.rank)))
            .text(common.pick("technology", "기술"), found.iter().map(|one| Some(one.name.as_str())))
            .float(common.pick("score", "점수"), found.iter().map(|one| one.score))
            .text(common.pick("rank 90 % by weights", "순위 90 % (가중치)"), found.iter().map(|one| range(one.rank_by_weights)))
            .text(common.pick("by counts", "순위 90 % (자료)"), found.iter().map(|one| range(one.rank_by_counts)))
    } else {
        Rows::default()
            .text("technology_id", found.iter().map(|one| Some(one.technology.as_str())))
            .text("technology_name", found.iter().map(|one| Some(one.name.as_str())))
            .int("rank", found.iter().map(|one| rank(one.rank)))
            .int("rank_low", found.iter().map(|one| rank(one.rank_by_weights.map(|range| range.low))))
            .int("rank_high", found.iter().map(|one| rank(one.rank_by_weights.map(|range| range.high))))
            .int("rank_median", found.iter().map(|one| rank(one.rank_by_weights.map(|range| range.median))))
            .int("rank_low_data", found.iter().map(|one| rank(one.rank_by_counts.map(|range| range.low))))
            .int("rank_high_data", found.iter().map(|one| rank(one.rank_by_counts.map(|range| range.high))))
            .float("score", found.iter().map(|one| one.score))
    };
    // Names that others script against are the same in every language; those of the table for reading are not.
    let name = |en: &'static str, ko: &'static str| if common.format == Format::Table { common.pick(en, ko) } else { en };
    let mut rows = rows
        .float(name("strength", "강점"), component(0))
        .float(name("complementarity", "상호보완성"), component(1))
        .float(name("momentum", "성장세"), component(2))
        .float(name("unrealised", "미실현 협력"), component(3))
        .float(name("investment", "투자"), component(4))
        .float(name("policy", "정책"), component(5));
    if common.format != Format::Table {
        let potential = |one: &Opportunity| one.cooperation.as_ref().map(|cooperation| cooperation.potential_per_year);
        rows = rows.float("potential_works_per_year", found.iter().map(potential));
    }
    output::write_rows(common.format, rows)?;
    if let Some(cooperation) = found.iter().find_map(|one| one.cooperation.as_ref()) {
        let figures = &cooperation.figures;
        let pairs = figures.pairs.iter().map(|pair| {
            let intensity =
                pair.intensity.map_or("?".to_owned(), |ratio| format!("{:.2} ({:.2}-{:.2})", ratio.value, ratio.low, ratio.high));
            let joint = output::thousands(&format!("{:.0}", pair.joint));
            let (works, expected) = (common.pick("joint works", "공동 논문"), common.pick("× the expected", "× 기대치"));
            format!("{}-{} {joint} {works}, {intensity} {expected}", pair.pair.0, pair.pair.1)
        });
        say(&format!("{} {}: {}", common.pick("cooperation", "협력"), figures.years, pairs.collect::<Vec<_>>().join("; ")));
        if cooperation.level == opportunity::Level::AllTopics {
            say(common.pick(
                "unrealised: the joint works loaded are of all topics together, so that this component is the same for every technology and moves no rank",
                "미실현 협력: 적재한 공동 논문 수가 모든 주제를 합한 것이어서 이 구성요소는 모든 기술에서 같고 순위를 바꾸지 않습니다",
            ));
        }
    }
    let silent = found.iter().filter(|one| one.score.is_none()).count();
    if silent > 0 {
        say(&format!(
            "{silent}{}",
            common.pick(
                " technologies have no score: no topic of theirs can be counted without a look at titles",
                "개 기술은 제목을 보지 않고 셀 수 있는 주제가 없어 점수가 없습니다"
            )
        ));
    }
    say(money);
    say(&format!("{}: {}", common.pick("data", "자료"), data.source));
    Ok(())
}

/// Prints the topics that drive the components of one technology.
pub(crate) fn explain(common: &Common, countries: &[&str], technology: &TechnologyTopics, data: &CubeData, cube: &Cube) -> Result<()> {
    if technology.topics.is_empty() {
        return Err(Failure::new(format!(
            "{}: {}",
            technology.name,
            common.pick("no topic of it can be counted without a look at titles", "제목을 보지 않고 셀 수 있는 주제 없음")
        ))
        .hint("Add --claims related or --with-polluted."));
    }
    let explained = opportunity::explain(cube, technology, countries, OpportunityOptions::default().reference)?;
    let lines: Vec<_> = explained.topics.iter().flat_map(|topic| topic.sides.iter().map(move |side| (topic, side))).collect();
    let driver =
        |drivers: &[opportunity::Driver], topic: i32| drivers.iter().find(|driver| driver.topic == topic).map(|driver| driver.value);
    let rows = Rows::default()
        .int("topic_id", lines.iter().map(|(topic, _)| Some(i64::from(topic.topic))))
        .text("topic", lines.iter().map(|(topic, _)| Some(topic.name.as_str())))
        .text("country", lines.iter().map(|(_, side)| Some(side.country)))
        .int("works", lines.iter().map(|(_, side)| side.works.last().map(|works| *works as i64)))
        .int("world_works", lines.iter().map(|(topic, _)| topic.world.last().map(|works| *works as i64)))
        .float("world_share", lines.iter().map(|(_, side)| side.share))
        .float("activity_index", lines.iter().map(|(_, side)| side.activity.map(|activity| activity.shrunk.value)))
        .float("growth", lines.iter().map(|(_, side)| side.growth.map(|growth| growth.value)))
        .float("drives_strength", lines.iter().map(|(topic, _)| driver(&explained.strength, topic.topic)))
        .float("drives_complementarity", lines.iter().map(|(topic, _)| driver(&explained.complementarity, topic.topic)))
        .float("drives_momentum", lines.iter().map(|(topic, _)| driver(&explained.momentum, topic.topic)))
        .bool("flagged", lines.iter().map(|(topic, _)| Some(data.sinks.iter().any(|sink| sink.topic == topic.topic))));
    output::write_rows(common.format, rows)?;
    say(common.pick(
        "activity_index: a country's effort on the topic within the technology; drives_*: contribution of the topic to the component (docs/guide.md)",
        "activity_index: 기술 안에서 그 주제에 들이는 국가의 비중; drives_*: 구성요소에 대한 주제의 기여 (docs/guide.md)",
    ));
    say(&format!("{}: {}", common.pick("data", "자료"), data.source));
    Ok(())
}
