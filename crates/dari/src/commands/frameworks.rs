//! `dari frameworks`: technology frameworks, how they meet, how good they are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use dari_classifier::Scratch as ClassifierScratch;
use dari_frameworks::{
    Assigner, Claims, Coverage, CrosswalkOptions, Fields, Framework, How, Level, Outdated, Proportion, Registry, Report, Scratch, Status,
    Strength, TopicSize, TopicWeight, coverage, crosswalk, evaluate, read_labels,
};

use crate::analysis::{self, LevelArg};
use crate::classify;
use crate::cli::{Common, Format};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

/// Arguments of `dari frameworks`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari frameworks list --date 2024-01-29
  dari frameworks show kr-nst-2023 --lang ko
  dari frameworks show kr-nst-2023 --topics batteries
  dari frameworks cross kr-nst-2023 us-chips-2022 --date 2024-01-29
  dari frameworks validate kr-nst-2023 --labels frameworks/labels/kr-nst-2023.csv
  dari frameworks infer
  dari frameworks classify \"Solid-state lithium batteries with sulfide electrolytes\"")]
pub(crate) struct FrameworksArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The frameworks at hand
    List {
        /// Only those in force on this day
        #[arg(long, value_name = "DATE")]
        date: Option<String>,
    },
    /// Entries of a framework, or the topics of one entry
    Show {
        /// Framework
        id: String,
        /// Show the topics and words of this entry
        #[arg(long, value_name = "TECHNOLOGY")]
        topics: Option<String>,
    },
    /// Which entries of two frameworks meet, and the topics that make them meet
    Cross {
        /// First framework
        a: String,
        /// Second framework
        b: String,
        /// Level of the entries
        #[arg(long, value_enum, default_value_t = LevelArg::Field)]
        level: LevelArg,
        /// Both must be in force on this day
        #[arg(long, value_name = "DATE")]
        date: Option<String>,
        /// Go on if one is not in force on the day
        #[arg(long, requires = "date")]
        any_date: bool,
        /// Leave out pairs less similar than this
        #[arg(long, default_value_t = 0.02, value_name = "SIMILARITY")]
        least: f64,
        /// Weigh topics by their works in the lake instead of equally
        #[arg(long)]
        by_works: bool,
    },
    /// Coverage of a framework, and its precision and recall on labelled titles
    Validate {
        /// Framework
        id: String,
        /// Level of the entries
        #[arg(long, value_enum, default_value_t = LevelArg::Field)]
        level: LevelArg,
        /// Labelled titles: CSV with source,key,title,draw,pass1,pass2,label
        #[arg(long, value_name = "FILE")]
        labels: Option<PathBuf>,
        /// Show the titles that were got wrong
        #[arg(long, requires = "labels")]
        errors: bool,
    },
    /// Give topics to the works and awards of the lake that have none, by the classifier; kept apart in the table inferred_topics
    Infer,
    /// Topics and technologies of a title, by the classifier and the framework's words
    Classify {
        /// The title
        title: String,
        /// An abstract
        #[arg(long = "abstract", value_name = "TEXT")]
        abstract_text: Option<String>,
        /// Framework
        #[arg(long, default_value = "kr-nst-2023", value_name = "ID")]
        framework: String,
    },
}

pub(crate) fn run(common: &Common, args: &FrameworksArgs) -> Result<()> {
    let registry = analysis::registry(common)?;
    match &args.action {
        Action::List { date } => list(common, &registry, date.as_deref()),
        Action::Show { id, topics } => show(common, get(&registry, id)?, topics.as_deref()),
        Action::Cross { a, b, level, date, any_date, least, by_works } => {
            let day = date.as_deref().map(day).transpose()?;
            let works = if *by_works { Some(topic_works(common)?) } else { None };
            let weight = works.as_ref().map_or(TopicWeight::Equal, TopicWeight::Works);
            let outdated = if *any_date { Outdated::Flag } else { Outdated::Refuse };
            let options = CrosswalkOptions { level: (*level).into(), weight, day, outdated };
            cross(common, get(&registry, a)?, get(&registry, b)?, &options, *least)
        }
        Action::Validate { id, level, labels, errors } => {
            let framework = get(&registry, id)?;
            match labels {
                None => print_coverage(common, framework, (*level).into()),
                Some(path) => validate(common, framework, (*level).into(), path, *errors),
            }
        }
        Action::Infer => infer(common),
        Action::Classify { title, abstract_text, framework } => {
            classify_one(common, get(&registry, framework)?, title, abstract_text.as_deref())
        }
    }
}

fn get<'a>(registry: &'a Registry, id: &str) -> Result<&'a Framework> {
    registry.get(id).map_err(|error| Failure::from(error).into_misuse())
}

fn day(text: &str) -> Result<i32> {
    dari_model::date::parse(text).ok_or_else(|| Failure::misuse(format!("'{text}' is no date; for example 2024-01-29")))
}

fn list(common: &Common, registry: &Registry, date: Option<&str>) -> Result<()> {
    let frameworks: Vec<&Framework> = match date {
        Some(date) => registry.at(day(date)?),
        None => registry.iter().collect(),
    };
    let rows = Rows::default()
        .text("id", frameworks.iter().map(|framework| Some(framework.id.as_str())))
        .text("name", frameworks.iter().map(|framework| Some(common.pick(&framework.name.en, &framework.name.ko))))
        .text("authority", frameworks.iter().map(|framework| Some(common.pick(&framework.authority.en, &framework.authority.ko))))
        .text("status", frameworks.iter().map(|framework| Some(if framework.status == Status::Draft { "draft" } else { "official" })))
        .text("valid_from", frameworks.iter().map(|framework| Some(dari_model::date::format(framework.valid_from))))
        .text("valid_to", frameworks.iter().map(|framework| framework.valid_to.map(dari_model::date::format)))
        .int("fields", frameworks.iter().map(|framework| Some(framework.technologies(Level::Field).len() as i64)))
        .int("technologies", frameworks.iter().map(|framework| Some(framework.technologies(Level::Technology).len() as i64)));
    output::write_rows(common.format, rows)
}

fn show(common: &Common, framework: &Framework, topics: Option<&str>) -> Result<()> {
    if let Some(asked) = topics {
        let technology = framework.find(asked).map_err(|error| Failure::from(error).into_misuse())?;
        let claims: Vec<_> = technology.topics.values().collect();
        let rows = Rows::default()
            .int("topic_id", claims.iter().map(|claim| Some(i64::from(claim.topic))))
            .text("topic", claims.iter().map(|claim| Some(claim.name.as_str())))
            .text("strength", claims.iter().map(|claim| Some(if claim.strength == Strength::Core { "core" } else { "related" })))
            .bool("needs_words", claims.iter().map(|claim| Some(claim.needs_words)))
            .text("why", claims.iter().map(|claim| claim.why.as_deref()));
        output::write_rows(common.format, rows)?;
        let words: Vec<&str> = technology.words.iter().flat_map(|words| words.any.iter().map(String::as_str)).collect();
        if !words.is_empty() {
            say(&format!("titles with: {}", words.join(", ")));
        }
        return Ok(());
    }
    let entries: Vec<_> = framework.entries.iter().collect();
    let topics_of = |id: &str| framework.find(id).map(|technology| technology.topics).unwrap_or_default();
    let count = |strength: Strength| {
        entries.iter().map(move |entry| Some(topics_of(&entry.id).values().filter(|claim| claim.strength == strength).count() as i64))
    };
    let rows = Rows::default()
        .text("id", entries.iter().map(|entry| Some(entry.id.as_str())))
        .text("name_en", entries.iter().map(|entry| Some(entry.name.en.as_str())))
        .text("name_ko", entries.iter().map(|entry| Some(entry.name.ko.as_str())))
        .int("core_topics", count(Strength::Core))
        .int("related_topics", count(Strength::Related));
    output::write_rows(common.format, rows)?;
    for source in &framework.sources {
        say(&format!("source: {} ({})", source.title, source.reference));
    }
    for remark in &framework.unofficial {
        say(&format!("not official: {remark}"));
    }
    Ok(())
}

/// Prints which entries of two frameworks meet.
pub(crate) fn cross(common: &Common, a: &Framework, b: &Framework, options: &CrosswalkOptions<'_>, least: f64) -> Result<()> {
    let crossed = crosswalk(a, b, options)?;
    let pairs: Vec<_> = crossed.pairs.iter().filter(|pair| pair.similarity >= least).collect();
    let name = |framework: &Framework, id: &str| {
        let entry = framework.entries.iter().find(|entry| entry.id == id);
        entry.map(|entry| common.pick(&entry.name.en, &entry.name.ko).to_owned())
    };
    let most = if common.format == Format::Table { 3 } else { usize::MAX };
    let shared = |pair: &dari_frameworks::Pair| {
        let topics = pair.shared.iter().take(most).map(|topic| format!("T{} {}", topic.topic, topic.name)).collect::<Vec<_>>().join("; ");
        if pair.shared.len() > most { format!("{topics}; and {} more", pair.shared.len() - most) } else { topics }
    };
    let rows = Rows::default()
        .text("a_id", pairs.iter().map(|pair| Some(pair.a.as_str())))
        .text("a_name", pairs.iter().map(|pair| name(a, &pair.a)))
        .text("b_id", pairs.iter().map(|pair| Some(pair.b.as_str())))
        .text("b_name", pairs.iter().map(|pair| name(b, &pair.b)))
        .float("similarity", pairs.iter().map(|pair| Some(pair.similarity)))
        .int("shared_topics", pairs.iter().map(|pair| Some(pair.shared.len() as i64)))
        .text("topics", pairs.iter().map(|pair| Some(shared(pair))));
    output::write_rows(common.format, rows)?;
    for id in &crossed.not_valid {
        say(&format!("note: {id} was not in force on that day"));
    }
    let hidden = crossed.pairs.len() - pairs.len();
    if hidden > 0 {
        say(&format!("{hidden} pairs less similar than {least} are not shown (--least 0 shows all)"));
    }
    for (framework, alone) in [(a, &crossed.alone_a), (b, &crossed.alone_b)] {
        if !alone.is_empty() {
            say(&format!("of {} meet nothing: {}", framework.id, alone.join(", ")));
        }
    }
    Ok(())
}

/// Works of the world by topic in the latest period of the cube.
fn topic_works(common: &Common) -> Result<BTreeMap<i32, u64>> {
    let cube = analysis::cube(&analysis::snapshot(common)?, common, None)?.cube;
    let last = cube.periods().len() - 1;
    Ok(cube.topics().iter().enumerate().map(|(place, topic)| (topic.id, cube.world(last, place))).collect())
}

fn topic_sizes(common: &Common) -> Result<Vec<TopicSize>> {
    let works = topic_works(common)?;
    let topics = classify::topics(&analysis::snapshot(common)?, common)?;
    let size = |topic: dari_classifier::Topic| TopicSize {
        works: works.get(&topic.id).copied().unwrap_or(0),
        id: topic.id,
        name: topic.name,
        field: topic.field.name,
    };
    Ok(topics.into_iter().map(size).collect())
}

fn print_coverage(common: &Common, framework: &Framework, level: Level) -> Result<()> {
    let sizes = topic_sizes(common)?;
    let names: BTreeMap<i32, String> = sizes.iter().map(|topic| (topic.id, topic.name.clone())).collect();
    framework.check_topics(&framework.id, &names)?;
    let covered: Coverage = coverage(framework, level, &sizes, Fields::Claimed)?;
    let rows = Rows::default()
        .text("id", covered.technologies.iter().map(|one| Some(one.id.as_str())))
        .int("core_topics", covered.technologies.iter().map(|one| Some(one.core.topics as i64)))
        .int("core_works", covered.technologies.iter().map(|one| Some(one.core.works as i64)))
        .int("needs_words_topics", covered.technologies.iter().map(|one| Some(one.needs_words.topics as i64)))
        .int("needs_words_works", covered.technologies.iter().map(|one| Some(one.needs_words.works as i64)))
        .int("related_topics", covered.technologies.iter().map(|one| Some(one.related.topics as i64)))
        .int("related_works", covered.technologies.iter().map(|one| Some(one.related.works as i64)));
    output::write_rows(common.format, rows)?;
    let percent = |share: Option<f64>| share.map_or("?".to_owned(), |share| format!("{:.1} %", share * 100.0));
    say(&format!(
        "{}: {} of {} topics claimed as core, {} of the world's works; {} claimed in any way",
        framework.id,
        covered.core.topics,
        covered.world.topics,
        percent(covered.core_share()),
        percent(covered.claimed_share())
    ));
    say(&format!("claimed by no entry, in the fields the framework is about: {} topics; the largest:", covered.unclaimed.len()));
    for topic in covered.unclaimed.iter().take(10) {
        say(&format!("  T{} {} ({} works)", topic.id, topic.name, output::thousands(&topic.works.to_string())));
    }
    say(&format!("claimed by several entries: {} topics; the largest:", covered.multiple.len()));
    for claimed in covered.multiple.iter().take(10) {
        let by: Vec<&str> = claimed.claims.iter().map(|(id, _)| id.as_str()).collect();
        say(&format!("  T{} {}: {}", claimed.topic.id, claimed.topic.name, by.join(", ")));
    }
    Ok(())
}

fn validate(common: &Common, framework: &Framework, level: Level, path: &std::path::Path, errors: bool) -> Result<()> {
    let assigner = Assigner::new(framework, level, Claims::Core)?;
    let ids: Vec<String> = assigner.technologies().iter().map(|technology| technology.id.clone()).collect();
    let file = std::fs::File::open(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let titles = read_labels(&path.display().to_string(), file, &ids.iter().cloned().collect())?;
    let classifier = classify::train(&analysis::snapshot(common)?, common)?;
    let (mut scratch, mut space) = (Scratch::default(), ClassifierScratch::default());
    let mut predictions = Vec::with_capacity(titles.len());
    for title in &titles {
        let topics = classify::main_topic(&classifier, &title.title, None, &mut space);
        let found = assigner.assign(&title.title, topics.as_slice(), &mut scratch);
        predictions.push(found.iter().map(|(index, _)| ids[*index].clone()).collect::<BTreeSet<String>>());
    }
    if errors {
        let wrong: Vec<_> = titles.iter().zip(&predictions).filter(|(title, predicted)| title.label != **predicted).collect();
        let join = |labels: &BTreeSet<String>| labels.iter().map(String::as_str).collect::<Vec<_>>().join(";");
        let rows = Rows::default()
            .text("title", wrong.iter().map(|(title, _)| Some(title.title.as_str())))
            .text("label", wrong.iter().map(|(title, _)| Some(join(&title.label))))
            .text("predicted", wrong.iter().map(|(_, predicted)| Some(join(predicted))));
        return output::write_rows(common.format, rows);
    }
    let evaluation = evaluate(&titles, &predictions, &ids)?;
    let value = |proportion: Option<Proportion>| proportion.map(|proportion| proportion.value);
    let scores = &evaluation.all.technologies;
    let rows = Rows::default()
        .text("id", scores.iter().map(|one| Some(one.id.as_str())))
        .int("right", scores.iter().map(|one| Some(one.true_positives as i64)))
        .int("wrong", scores.iter().map(|one| Some(one.false_positives as i64)))
        .int("missed", scores.iter().map(|one| Some(one.false_negatives as i64)))
        .float("precision", scores.iter().map(|one| value(one.precision)))
        .float("precision_low", scores.iter().map(|one| one.precision.map(|proportion| proportion.low)))
        .float("precision_high", scores.iter().map(|one| one.precision.map(|proportion| proportion.high)))
        .float("recall", scores.iter().map(|one| value(one.recall)))
        .float("recall_low", scores.iter().map(|one| one.recall.map(|proportion| proportion.low)))
        .float("recall_high", scores.iter().map(|one| one.recall.map(|proportion| proportion.high)))
        .float("kappa_of_readings", scores.iter().map(|one| one.kappa));
    output::write_rows(common.format, rows)?;
    let tell = |name: &str, report: &Report| {
        let part = |proportion: Option<Proportion>| {
            proportion.map_or("none".to_owned(), |share| format!("{:.3} ({:.3}-{:.3})", share.value, share.low, share.high))
        };
        say(&format!(
            "{name}: {} titles; micro precision {}, micro recall {}; both readings equal: {}",
            report.titles,
            part(report.micro_precision),
            part(report.micro_recall),
            part(report.passes_equal)
        ));
    };
    tell("all draws", &evaluation.all);
    tell("random draw alone", &evaluation.random);
    say("titles have no topics of their own here: topics are inferred by the classifier, then the framework's topics and words decide");
    Ok(())
}

/// Gives topics to works and awards without any, and tells.
pub(crate) fn infer(common: &Common) -> Result<()> {
    let begin = std::time::Instant::now();
    let inferred = classify::infer(common)?;
    let number = |count: u64| output::thousands(&count.to_string());
    say(&format!(
        "topics inferred from titles and abstracts: read {}, given a topic {}, none {}; new {}, replaced {}, unchanged {} ({:.1} s)",
        number(inferred.read),
        number(inferred.given),
        number(inferred.read - inferred.given),
        number(inferred.merged.counts.added),
        number(inferred.merged.counts.replaced),
        number(inferred.merged.counts.unchanged),
        begin.elapsed().as_secs_f64()
    ));
    Ok(())
}

fn classify_one(common: &Common, framework: &Framework, title: &str, abstract_text: Option<&str>) -> Result<()> {
    let snapshot = analysis::snapshot(common)?;
    let classifier = classify::train(&snapshot, common)?;
    let names: BTreeMap<i32, String> = classify::topics(&snapshot, common)?.into_iter().map(|topic| (topic.id, topic.name)).collect();
    let mut space = ClassifierScratch::default();
    let ranked = classifier.classify(title, abstract_text, &mut space).to_vec();
    let assigner = Assigner::new(framework, Level::All, Claims::Core)?;
    let mut scratch = Scratch::default();
    let main: Vec<i32> = ranked.first().map(|one| one.topic).into_iter().collect();
    let found = assigner.assign(title, &main, &mut scratch);
    let mut lines: Vec<(&str, String, String, Option<f64>, String)> = ranked
        .iter()
        .map(|one| {
            let name = names.get(&one.topic).cloned().unwrap_or_default();
            ("topic", format!("T{}", one.topic), name, Some(f64::from(one.score)), "inferred from the text".to_owned())
        })
        .collect();
    for (index, how) in found {
        let technology = &assigner.technologies()[*index];
        let by = match how {
            How::Topic(topic) => format!("topic T{topic} (inferred)"),
            How::Words => "words of the title".to_owned(),
            How::TopicAndWords(topic) => format!("topic T{topic} (inferred) and words of the title"),
        };
        lines.push(("technology", technology.id.clone(), common.pick(&technology.name.en, &technology.name.ko).to_owned(), None, by));
    }
    let rows = Rows::default()
        .text("kind", lines.iter().map(|line| Some(line.0)))
        .text("id", lines.iter().map(|line| Some(line.1.as_str())))
        .text("name", lines.iter().map(|line| Some(line.2.as_str())))
        .float("confidence", lines.iter().map(|line| line.3))
        .text("by", lines.iter().map(|line| Some(line.4.as_str())));
    output::write_rows(common.format, rows)?;
    if found.is_empty() {
        say(&format!("no technology of {}", framework.id));
    }
    Ok(())
}
