//! `dari demo`: the shipped data, and the first answers.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use dari_frameworks::{CrosswalkOptions, Level};
use dari_indicators::opportunity::{self, OpportunityOptions};
use dari_indicators::{Period, TechnologyTopics};
use dari_model::table::{AGGREGATES_GROUP, AWARDS_GROUP, BUDGETS_GROUP, ORGANISATIONS_GROUP, SCREENING_GROUP, TOPICS_GROUP, WORKS_GROUP};
use dari_organisations::matcher::THRESHOLD;
use dari_sources::openalex::{self, Entity};
use dari_sources::{File, aggregates, awards, bibliography, budgets, ror, screening, topics};

use super::load::Job;
use super::{awards as funding, compare, frameworks, opportunities, organisations, trend};
use crate::analysis::{self, Chosen};
use crate::cli::{Common, Format};
use crate::error::{Failure, Result};
use crate::progress::say;

const TOPICS_ABOUT: &str = "OpenAlex (CC0) by way of ersatzben/uk_swot";
const PAIRS_ABOUT: &str = "OpenAlex (CC0) by way of bavla/OpenAlex, 27 August 2024";

/// Arguments of `dari demo`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari demo
  dari --lang ko demo
  dari --lake another-lake demo --countries KR JP")]
pub(crate) struct DemoArgs {
    /// Folder of the shipped data
    #[arg(long, env = "DARI_DEMO", default_value = "demo", value_name = "DIR")]
    data: PathBuf,
    /// Countries to compare
    #[arg(long, num_args = 2.., default_values = ["KR", "US"], value_name = "COUNTRY")]
    countries: Vec<String>,
}

pub(crate) fn run(common: &Common, args: &DemoArgs) -> Result<()> {
    if common.format != Format::Table {
        return Err(Failure::misuse("the demonstration prints several answers, for reading")
            .hint("Ask for one of them: dari compare KR US --format json"));
    }
    if !args.data.is_dir() {
        return Err(Failure::misuse(format!("{} is not a folder", args.data.display()))
            .hint("The shipped data are in the folder demo of the project; name it with --data DIR."));
    }
    let countries = analysis::countries(&args.countries)?;
    let begin = Instant::now();
    load(common, args)?;
    frameworks::infer(common)?;
    organisations::match_authorships(common, THRESHOLD, false)?.tell();
    say(&format!("loaded in {:.1} s into {}", begin.elapsed().as_secs_f64(), common.lake.display()));
    answer(common, &countries)
}

fn load(common: &Common, args: &DemoArgs) -> Result<()> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let job = |what: &str, reader: &str, group| Job {
        lake: common.lake.clone(),
        what: what.to_owned(),
        reader: reader.to_owned(),
        group,
        force: false,
        rejects: None,
        threads,
    };
    let file = |path: &str| File::local(&args.data.join(path));
    let read = |path: &str| Ok::<_, Failure>(vec![file(path)?]);

    job("OpenAlex topics", "topics", &TOPICS_GROUP).run_simple(read("topics/openalex_topics.csv")?, topics::read)?.print()?;
    job("register of organisations (a part of ROR)", "ror", &ORGANISATIONS_GROUP)
        .run_simple(read("ror/ror.jsonl.gz")?, ror::read)?
        .print()?;
    job("works by country and topic", &format!("aggregates country-topic country-topic {TOPICS_ABOUT}"), &AGGREGATES_GROUP)
        .run_simple(read("aggregates/country_topic_2010_2024.parquet")?, |file, emit| {
            aggregates::read(file, aggregates::Kind::CountryTopic, "country-topic", Some(TOPICS_ABOUT), emit)
        })?
        .print()?;
    job("joint works of countries", &format!("aggregates country-pairs country-pairs {PAIRS_ABOUT}"), &AGGREGATES_GROUP)
        .run_simple(read("aggregates/country_pairs_1990_2023.parquet")?, |file, emit| {
            aggregates::read(file, aggregates::Kind::CountryPairs, "country-pairs", Some(PAIRS_ABOUT), emit)
        })?
        .print()?;
    let options = openalex::Options { abstracts: true };
    job("OpenAlex works (geoscience)", "openalex works", &WORKS_GROUP)
        .run(read("openalex/works.jsonl.gz")?, &[], Vec::new(), |file, receivers| openalex::read(file, Entity::Works, options, receivers))?
        .print()?;
    let authorships = file("conferences/authorships.parquet")?;
    job("conference papers in robotics and AI", &format!("tables conferences {}", authorships.fingerprint), &WORKS_GROUP)
        .run_simple(read("conferences/works.parquet")?, |file, emit| bibliography::read(file, Some(&authorships), "conferences", emit))?
        .print()?;
    job("works in quantum technology", "tables quantum", &WORKS_GROUP)
        .run_simple(read("quantum/quantum_works.parquet")?, |file, emit| bibliography::read(file, None, "quantum", emit))?
        .print()?;
    job("NSF awards of 2026", "awards nsf-sheet own", &AWARDS_GROUP)
        .run_simple(read("awards/nsf_fy2026.csv.gz")?, awards::nsf_sheet::read)?
        .print()?;
    job("DOE grants in high energy physics", "awards doe-sheet own", &AWARDS_GROUP)
        .run_simple(read("awards/doe_hep_grants.csv")?, awards::doe_sheet::read)?
        .print()?;
    job("budgets of Korea and the United States", "budgets", &BUDGETS_GROUP)
        .run_simple(read("budgets/budgets.csv")?, budgets::read)?
        .print()?;
    job("screening list: US DoD Section 1286", "screening us-dod-1286", &SCREENING_GROUP)
        .run_simple(read("screening/dod_section_1286.csv")?, |file, emit| screening::read(file, "us-dod-1286", None, emit))?
        .print()?;
    Ok(())
}

fn answer(common: &Common, countries: &[&str]) -> Result<()> {
    let title = |en: &str, ko: &str| say(&format!("\n== {} ==", common.pick(en, ko)));
    let registry = analysis::registry(common)?;
    let choice = Chosen::default();
    let framework = registry.get(&choice.framework)?;
    let technologies = choice.technologies(framework)?;
    let snapshot = analysis::snapshot(common)?;
    let data = analysis::cube(&snapshot, common, Some("country-topic"))?;
    let chosen: Vec<(TechnologyTopics, usize)> = technologies.iter().map(|technology| choice.topics(technology, common)).collect();
    title("How they compare in Korea's 12 national strategic technologies", "국가전략기술 12대 분야 비교");
    compare::print(common, countries, &chosen, &data, None)?;

    title("Where cooperation is most promising", "협력 유망 분야");
    let mut evidence = opportunities::evidence(&registry, &technologies, countries);
    let money = funding::investment::add(common, &snapshot, framework, &technologies, countries, &mut evidence)?;
    let topics: Vec<TechnologyTopics> = chosen.into_iter().map(|(topics, _)| topics).collect();
    let joint = opportunities::joint_works(common, &snapshot, None)?;
    let found = opportunity::opportunities(&data.cube, &topics, countries, joint.as_ref(), &evidence, &OpportunityOptions::default())?;
    opportunities::print(common, &found, &data, &money)?;
    if let Some(first) = found.first().and_then(|best| topics.iter().find(|topics| topics.id == best.technology)) {
        title(&format!("Why: the topics behind {}", first.name), &format!("근거: {}의 주제", first.name));
        opportunities::explain(common, countries, first, &data, &data.cube)?;
    }

    title("Joint works by year", "연도별 공동 논문");
    trend::print(common, countries, Period { from: 2005, to: i16::MAX }, None)?;

    title(
        "Korea's 12 fields and the 10 key technology focus areas of the US CHIPS and Science Act",
        "12대 국가전략기술과 미국 반도체과학법 10대 핵심기술",
    );
    let options = CrosswalkOptions { level: Level::Field, ..CrosswalkOptions::default() };
    frameworks::cross(common, framework, registry.get("us-chips-2022")?, &options, 0.1)?;

    title("What to try next", "다음으로 해 볼 것");
    let [first, second] = [countries[0], countries[1]];
    let lake = common.lake.display().to_string();
    let dari = if lake == "dari-lake" { "dari".to_owned() } else { format!("dari --lake {lake}") };
    for what in [
        format!("opportunities {first} {second} --explain quantum"),
        format!("compare {first} {second} JP --level technology --format csv > compare.csv"),
        "organisations match \"Dept. of Mech. Eng., Seoul Nat'l Univ., Korea\"".to_owned(),
        "organisations search 핵융합".to_owned(),
        "compute && dari compare KR US --dataset works".replace("dari compare", &format!("{dari} compare")),
        "groups show kr-gri --on 2024-01-29".to_owned(),
        "frameworks classify \"Solid-state lithium batteries with sulfide electrolytes\"".to_owned(),
        "frameworks validate kr-nst-2023 --labels frameworks/labels/kr-nst-2023.csv".to_owned(),
        "awards --by technology,agency".to_owned(),
        "awards --budgets --technology quantum".to_owned(),
        "sql \"SELECT agency, count(*), sum(amount) FROM awards GROUP BY agency\"".to_owned(),
        "status --versions".to_owned(),
        "serve --demo".to_owned(),
    ] {
        say(&format!("  {dari} {what}"));
    }
    Ok(())
}
