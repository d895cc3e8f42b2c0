//! `dari partners packages`.

use std::path::PathBuf;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Int32Type, Int64Type};
use clap::Args;
use dari_frameworks::{Assigner, Claims, Framework, How, Scratch, Technology};
use dari_partners::{Fit, Past, chances_between, fits};
use rustc_hash::{FxHashMap, FxHashSet};

use super::ready::{LearnArgs, Works, works};
use super::sides::Names;
use super::suggest::nobody;
use crate::analysis::{self, LevelArg, text, topic_of_works};
use crate::cli::{Common, Format, Lang};
use crate::corpus::{CorpusArgs, country_code};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::{reach, say, units_bar};
use crate::rows::Rows;

/// Arguments of `dari partners packages`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari partners packages eic-2021 --of KR --in group:eic --who organisations
  dari partners packages eic-2021 --of KR --in group:eic --who organisations --coverage
  dari partners packages my-facility --frameworks my-facility.toml --of DE
  dari partners packages kr-nst-2023 --level field --of group:kr-gri --who organisations

A programme is a framework file (frameworks/README.md says how to write one) whose entries are its work packages, each described by topics and words of titles.
fit: the member's works about the package, each divided by those who took part and less a quarter for every year since. With --in, those who are in the programme
already, it says who works with them, and with whom of those in the package a first joint work is likeliest.")]
pub(super) struct PackagesArgs {
    /// Programme: the id of a framework whose entries are the packages (`dari frameworks` lists them)
    programme: String,
    /// Whose fit: a side as `dari partners suggest` takes it
    #[arg(long, value_name = "SIDE")]
    of: String,
    /// Those who are in the programme already
    #[arg(long = "in", value_name = "SIDE")]
    already: Option<String>,
    /// Level of the programme's entries that are packages
    #[arg(long, value_enum, default_value_t = LevelArg::Technology)]
    level: LevelArg,
    /// Only this package, by id or name
    #[arg(long, value_name = "ID")]
    package: Option<String>,
    /// The most members for each package
    #[arg(long, default_value_t = 5, value_name = "N")]
    best: usize,
    /// Show instead, for each package, how many of the side and of those already in have works about it, and what is not covered
    #[arg(long)]
    coverage: bool,
    #[command(flatten)]
    corpus: CorpusArgs,
    #[command(flatten)]
    learn: LearnArgs,
}

/// Works of the last five years in a package that make a member one that covers it.
const COVERS: u32 = 3;
/// Works about a package, of anyone, below which nothing is said of who covers it.
const TELLING: usize = 30;

/// The packages with who fits them.
struct Fits {
    packages: Vec<Technology>,
    /// Of all members, the best first, for each package.
    all: Vec<Vec<Fit>>,
    /// Works about each package, by anyone.
    works: Vec<usize>,
}

pub(super) fn run(common: &Common, args: &PackagesArgs, groups: Option<&PathBuf>) -> Result<()> {
    let registry = analysis::registry(common)?;
    let framework = registry.get(&args.programme).map_err(|error| Failure { misuse: true, ..error.into() })?;
    let snapshot = analysis::snapshot(common)?;
    let works = works(common, &snapshot, &args.corpus, &args.learn)?;
    let (named, past) = (&works.named, &works.past);
    let names = Names::new(common, &snapshot, groups)?;
    let side = names.members(&names.side(&args.of, named)?, named, past, None);
    if side.is_empty() {
        return Err(nobody(named, &args.of, past.until()));
    }
    let already: FxHashSet<u32> = match &args.already {
        Some(asked) => names.members(&names.side(asked, named)?, named, past, None).into_iter().collect(),
        None => FxHashSet::default(),
    };
    let found = fits_of(&names, &works, args, framework)?;
    if args.coverage {
        coverage(&names, args, &found, &side, &already)?;
    } else {
        best(&names, &works, args, &found, &side, &already)?;
    }
    let number = |count: usize| output::thousands(&count.to_string());
    let any: usize = found.works.iter().sum();
    say(&match common.lang {
        Lang::En => format!(
            "{}: {} packages, {} works assigned by topics and words up to {}; {} of {} known, {} already in",
            common.pick(&framework.name.en, &framework.name.ko),
            found.packages.len(),
            number(any),
            past.until(),
            number(side.len()),
            args.of,
            number(already.len())
        ),
        Lang::Ko => format!(
            "{}: 작업 패키지 {}개, {}년까지 주제와 단어로 배정한 논문 {}편; {} {}, 이미 참여 {}",
            framework.name.ko,
            found.packages.len(),
            past.until(),
            number(any),
            args.of,
            number(side.len()),
            number(already.len())
        ),
    });
    say(common.pick(
        "what is not loaded is not seen: nobody found means nobody among the works loaded, not that nobody exists",
        "적재하지 않은 것은 보이지 않습니다. 찾지 못했다는 것은 적재한 논문에 없다는 뜻이며, 존재하지 않는다는 뜻이 아닙니다",
    ));
    Ok(())
}

/// Reads titles and topics, assigns works to packages, and finds who fits.
fn fits_of(names: &Names<'_>, works: &Works, args: &PackagesArgs, framework: &Framework) -> Result<Fits> {
    let assigner = Assigner::new(framework, args.level.into(), Claims::CoreAndRelated)?;
    let wanted = match &args.package {
        Some(asked) => Some(framework.find(asked).map_err(|error| Failure { misuse: true, ..error.into() })?.id),
        None => None,
    };
    let shown: Vec<usize> = (0..assigner.technologies().len())
        .filter(|place| wanted.as_ref().is_none_or(|id| assigner.technologies()[*place].id == *id))
        .collect();
    if shown.is_empty() {
        return Err(Failure::misuse(format!("{} is no package of this level", args.package.as_deref().unwrap_or_default()))
            .hint("--level all looks at entries of every level."));
    }
    let packages: Vec<Technology> = shown.iter().map(|place| assigner.technologies()[*place].clone()).collect();
    let place_of: FxHashMap<usize, usize> = shown.into_iter().enumerate().map(|(new, place)| (place, new)).collect();
    let (topic, topics) = topic_of_works(names.snapshot);
    let query = format!("SELECT w.id, w.title, {topic} FROM works w {topics} WHERE w.title IS NOT NULL");
    let mut about: FxHashMap<i64, Vec<(usize, f64)>> = FxHashMap::default();
    let mut scratch = Scratch::default();
    names.snapshot.for_each(&query, &names.common.options(), |batch| -> Result<()> {
        let (ids, titles) = (batch.column(0).as_primitive::<Int64Type>(), text(&batch, 1)?);
        let (titles, topics) = (titles.as_string::<i32>(), batch.column(2).as_primitive::<Int32Type>());
        for row in 0..batch.num_rows() {
            let topic = (!topics.is_null(row)).then(|| topics.value(row));
            let found = assigner.assign(titles.value(row), topic.as_slice(), &mut scratch);
            let strength = |technology: usize, how: How| match how {
                How::Topic(topic) => assigner.technologies()[technology].topics.get(&topic).map_or(0.0, |claim| claim.strength.weight()),
                How::Words | How::TopicAndWords(_) => 1.0,
            };
            let of: Vec<(usize, f64)> =
                found.iter().filter_map(|(technology, how)| Some((*place_of.get(technology)?, strength(*technology, *how)))).collect();
            if !of.is_empty() {
                about.insert(ids.value(row), of);
            }
        }
        Ok(())
    })?;
    let corpus = &works.named.corpus;
    let of_work = |id: i64| about.get(&id).map_or(&[][..], Vec::as_slice);
    let mut counts = vec![0; packages.len()];
    for work in corpus.between(i16::MIN, works.past.until()) {
        of_work(work.id).iter().for_each(|(package, _)| counts[*package] += 1);
    }
    Ok(Fits { all: fits(corpus, works.past.until(), packages.len(), of_work), packages, works: counts })
}

/// Who of the side fits each package best.
fn best(names: &Names<'_>, works: &Works, args: &PackagesArgs, found: &Fits, side: &[u32], already: &FxHashSet<u32>) -> Result<()> {
    let (common, named, past) = (names.common, &works.named, &works.past);
    let of_side: FxHashSet<u32> = side.iter().copied().collect();
    struct Row<'f> {
        package: usize,
        rank: usize,
        fit: &'f Fit,
        /// Of those in the programme: who works with it, the closest first.
        works_with: Vec<u32>,
        /// Of those in it who have works about the package: the likeliest for a first joint work.
        partner: Option<(u32, f64)>,
    }
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (package, fits) in found.all.iter().enumerate() {
        let best = fits.iter().filter(|fit| of_side.contains(&fit.member)).take(args.best);
        rows.extend(best.enumerate().map(|(rank, fit)| Row {
            package,
            rank: rank + 1,
            fit,
            works_with: works_with(past, fit.member, already),
            partner: None,
        }));
    }
    if !already.is_empty() && !rows.is_empty() {
        let model = works.model(common, &args.learn)?;
        let bar = units_bar(common.pick("members looked at", "탐색 대상"));
        for package in 0..found.packages.len() {
            let of_package: Vec<u32> = rows.iter().filter(|row| row.package == package).map(|row| row.fit.member).collect();
            let partners: Vec<u32> = found.all[package].iter().map(|fit| fit.member).filter(|member| already.contains(member)).collect();
            let chances = chances_between(past, &model, [&of_package, &partners], &|done, of| reach(&bar, done, of));
            for row in rows.iter_mut().filter(|row| row.package == package) {
                let own = row.fit.member;
                let of_row = chances.iter().filter_map(|(a, b, chance)| match (*a == own, *b == own) {
                    (true, false) if already.contains(b) => Some((*b, *chance)),
                    (false, true) if already.contains(a) => Some((*a, *chance)),
                    _ => None,
                });
                row.partner = of_row.max_by(|x, y| x.1.total_cmp(&y.1).then(y.0.cmp(&x.0)));
            }
        }
        bar.finish_and_clear();
    }
    let name = |member: u32| names.name(named, member);
    let package_name = |row: &Row<'_>| {
        let package = &found.packages[row.package];
        common.pick(&package.name.en, &package.name.ko).to_owned()
    };
    let together = |row: &Row<'_>| row.works_with.iter().take(3).map(|member| name(*member)).collect::<Vec<_>>().join("; ");
    let pick = |en: &'static str, ko: &'static str| common.pick(en, ko);
    if common.format == Format::Table {
        let titled = |row: &Row<'_>| {
            let member = row.fit.member;
            let organisations = Some(names.organisations(named, past, member)).filter(|names| !names.is_empty());
            let is_in = already.contains(&member).then(|| pick("already in", "이미 참여").to_owned());
            let about: Vec<String> = organisations.into_iter().chain(is_in).collect();
            if about.is_empty() { name(member) } else { format!("{} ({})", name(member), about.join(", ")) }
        };
        let partner =
            |row: &Row<'_>| row.partner.map_or_else(String::new, |(member, chance)| format!("{} ({:.1} %)", name(member), chance * 100.0));
        let shown = Rows::default()
            .text(pick("package", "작업 패키지"), rows.iter().map(|row| (row.rank == 1).then(|| package_name(row))))
            .text(pick("who fits", "적합한 곳"), rows.iter().map(|row| Some(titled(row))))
            .text(pick("fit", "적합도"), rows.iter().map(|row| Some(format!("{:.2}", row.fit.fit))))
            .int(pick("works", "논문"), rows.iter().map(|row| Some(i64::from(row.fit.works))))
            .int(pick("last 5 years", "최근 5년"), rows.iter().map(|row| Some(i64::from(row.fit.recent))))
            .text(pick("share of its works", "전체 논문 중"), rows.iter().map(|row| Some(format!("{:.0} %", row.fit.share * 100.0))));
        let shown = if already.is_empty() {
            shown
        } else {
            shown
                .text(pick("works with", "이미 협력"), rows.iter().map(|row| Some(together(row))))
                .text(pick("likeliest first partner (chance)", "가장 유력한 첫 협력 상대(확률)"), rows.iter().map(|row| Some(partner(row))))
        };
        output::write_rows(common.format, shown)?;
    } else {
        let known_by = |member: u32| if named.members[member as usize].id().is_some() { "id" } else { "name" };
        let shown = Rows::default()
            .text("package_id", rows.iter().map(|row| Some(found.packages[row.package].id.clone())))
            .text("package", rows.iter().map(|row| Some(package_name(row))))
            .int("rank", rows.iter().map(|row| Some(row.rank as i64)))
            .text("id", rows.iter().map(|row| Some(named.members[row.fit.member as usize].to_string())))
            .text("known_by", rows.iter().map(|row| Some(known_by(row.fit.member))))
            .text("name", rows.iter().map(|row| Some(name(row.fit.member))))
            .text("country", rows.iter().map(|row| country_code(past.member(row.fit.member).country)))
            .text("organisations", rows.iter().map(|row| Some(names.organisations(named, past, row.fit.member))))
            .float("fit", rows.iter().map(|row| Some(row.fit.fit)))
            .int("works", rows.iter().map(|row| Some(i64::from(row.fit.works))))
            .int("recent_works", rows.iter().map(|row| Some(i64::from(row.fit.recent))))
            .float("share_of_its_works", rows.iter().map(|row| Some(row.fit.share)))
            .int("last_year", rows.iter().map(|row| Some(i64::from(row.fit.last))))
            .bool("already_in", rows.iter().map(|row| (!already.is_empty()).then(|| already.contains(&row.fit.member))))
            .text("works_with", rows.iter().map(|row| Some(together(row))))
            .text("likeliest_first_partner", rows.iter().map(|row| row.partner.map(|(member, _)| name(member))))
            .float("chance", rows.iter().map(|row| row.partner.map(|(_, chance)| chance)));
        output::write_rows(common.format, shown)?;
    }
    let without: Vec<&str> = (0..found.packages.len())
        .filter(|package| rows.iter().all(|row| row.package != *package))
        .map(|package| common.pick(&found.packages[package].name.en, &found.packages[package].name.ko))
        .collect();
    if !without.is_empty() {
        say(&format!("{}: {}", common.pick("nobody found for", "찾지 못한 작업 패키지"), without.join("; ")));
    }
    Ok(())
}

/// Those in the programme that a member works with, the closest first.
fn works_with(past: &Past, member: u32, already: &FxHashSet<u32>) -> Vec<u32> {
    let mut with: Vec<(f32, u32)> =
        past.graph().of(member).iter().filter(|edge| already.contains(&edge.to)).map(|edge| (edge.weight, edge.to)).collect();
    with.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    with.into_iter().map(|(_, member)| member).collect()
}

/// What the cube of the lake counts of a country in a package's topics, in its last period.
struct Counted {
    period: String,
    works: u64,
    world: u64,
}

/// Works of the side's country in the packages' core topics, by the cube of the lake; nothing where the side is no country or there is no cube.
fn counted(names: &Names<'_>, args: &PackagesArgs, packages: &[Technology]) -> Vec<Option<Counted>> {
    let of_all = || {
        let country = dari_model::country::find(&args.of)?.code;
        let data = analysis::cube(names.snapshot, names.common, None).ok()?;
        let (last, place) = (data.clean.periods().len().checked_sub(1)?, data.clean.country(country).ok()?);
        let of_one = |package: &Technology| {
            let core = package.topics.values().filter(|claim| claim.strength == dari_frameworks::Strength::Core && !claim.needs_words);
            let topics: Vec<usize> = core.filter_map(|claim| data.clean.topic(claim.topic)).collect();
            (!topics.is_empty()).then(|| Counted {
                period: data.clean.periods()[last].to_string(),
                works: topics.iter().map(|topic| data.clean.works(last, *topic)[place]).sum(),
                world: topics.iter().map(|topic| data.clean.world(last, *topic)).sum(),
            })
        };
        Some(packages.iter().map(of_one).collect())
    };
    of_all().unwrap_or_else(|| packages.iter().map(|_| None).collect())
}

/// What is covered, by whom, and what is not.
fn coverage(names: &Names<'_>, args: &PackagesArgs, found: &Fits, side: &[u32], already: &FxHashSet<u32>) -> Result<()> {
    let common = names.common;
    let of_side: FxHashSet<u32> = side.iter().copied().collect();
    let counted = counted(names, args, &found.packages);
    let count = |package: usize, wanted: &dyn Fn(&Fit) -> bool| found.all[package].iter().filter(|fit| wanted(fit)).count();
    let all: Vec<usize> = (0..found.packages.len()).collect();
    let on_side = |package: &usize| count(*package, &|fit| of_side.contains(&fit.member));
    let covering = |package: &usize| count(*package, &|fit| of_side.contains(&fit.member) && fit.recent >= COVERS);
    let are_in = |package: &usize| count(*package, &|fit| already.contains(&fit.member));
    let in_and_on_side = |package: &usize| count(*package, &|fit| already.contains(&fit.member) && of_side.contains(&fit.member));
    let pick = |en: &'static str, ko: &'static str| common.pick(en, ko);
    let state = |package: &usize| match (found.works[*package], on_side(package), covering(package)) {
        (.., 1..) => pick("covered", "있음"),
        (works, ..) if works < TELLING => pick("too few works loaded to say", "판단하기에 적재한 논문이 너무 적음"),
        (_, 0, _) => pick("not covered", "없음"),
        _ => pick("thin", "얇음"),
    };
    let int = |value: usize| Some(value as i64);
    let name = |package: &usize| Some(common.pick(&found.packages[*package].name.en, &found.packages[*package].name.ko).to_owned());
    let rows = if common.format == Format::Table {
        let rows = Rows::default()
            .text(pick("package", "작업 패키지"), all.iter().map(name))
            .text(pick("covered", "수행 역량"), all.iter().map(|package| Some(state(package))))
            .int(pick("with works", "논문이 있는 곳"), all.iter().map(|package| int(on_side(package))))
            .int(pick("with 3 in 5 years", "5년간 3편 이상"), all.iter().map(|package| int(covering(package))))
            .int(pick("works loaded, of anyone", "적재한 전체 논문"), all.iter().map(|package| int(found.works[*package])));
        let rows = if already.is_empty() {
            rows
        } else {
            rows.int(pick("already in, with works", "이미 참여(논문 있음)"), all.iter().map(|package| int(are_in(package))))
                .int(pick("of them on this side", "그중 이 쪽"), all.iter().map(|package| int(in_and_on_side(package))))
        };
        let of_topics = |of: &Option<Counted>| {
            of.as_ref().map(|of| {
                format!("{} ({:.1} %)", output::thousands(&of.works.to_string()), of.works as f64 * 100.0 / of.world.max(1) as f64)
            })
        };
        rows.text(pick("works in its topics (share of world)", "해당 주제 논문(세계 비중)"), counted.iter().map(of_topics))
    } else {
        let of_topics = |of: fn(&Counted) -> u64| {
            counted.iter().map(move |counted| counted.as_ref().map(|counted| of(counted) as i64)).collect::<Vec<_>>()
        };
        Rows::default()
            .text("package_id", found.packages.iter().map(|package| Some(package.id.clone())))
            .text("package", all.iter().map(name))
            .text("covered", all.iter().map(|package| Some(state(package))))
            .int("with_works", all.iter().map(|package| int(on_side(package))))
            .int("with_three_recent_works", all.iter().map(|package| int(covering(package))))
            .int("works_loaded", all.iter().map(|package| int(found.works[*package])))
            .int("already_in_with_works", all.iter().map(|package| (!already.is_empty()).then(|| are_in(package) as i64)))
            .int("already_in_on_this_side", all.iter().map(|package| (!already.is_empty()).then(|| in_and_on_side(package) as i64)))
            .text("period", counted.iter().map(|counted| counted.as_ref().map(|counted| counted.period.clone())))
            .int("country_works_in_topics", of_topics(|counted| counted.works))
            .int("world_works_in_topics", of_topics(|counted| counted.world))
    };
    output::write_rows(common.format, rows)
}
