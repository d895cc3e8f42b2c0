//! `dari partners packages`.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Int32Type, Int64Type};
use clap::Args;
use dari_frameworks::{Assigner, Claims, Framework, How, Scratch, Technology};
use dari_organisations::Matcher;
use dari_organisations::matcher::Scratch as MatcherScratch;
use dari_partners::{FADING, Fit, Past, chances_between, fits};
use rustc_hash::{FxHashMap, FxHashSet};

use super::ready::{LearnArgs, Works, works};
use super::sides::{Names, Side};
use super::suggest::nobody;
use crate::analysis::{self, LevelArg, text, topic_of_works};
use crate::cli::{Common, Format, Lang};
use crate::corpus::{CorpusArgs, Named, Who, country_code, organisation_name};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::{count_bar, reach, say, units_bar};
use crate::register;
use crate::rows::Rows;

/// Arguments of `dari partners packages`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari partners packages eic-2021 --of KR --in group:eic --who organisations
  dari partners packages eic-2021 --of KR --in group:eic --who organisations --coverage
  dari partners packages my-facility --frameworks my-facility.toml --of DE
  dari partners packages kr-nst-2023 --level field --of group:kr-gri --who organisations

A programme is a framework file (frameworks/README.md says how to write one) whose entries are its work packages, each described by topics and words of titles.
fit: the member's works about the package, each divided by those who took part and less a quarter for every year since; of organisations awards count as works. With --in, those who are in the programme
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

/// Works of the last five years, and awards, in a package that make a member one that covers it.
const COVERS: u32 = 3;
/// Works about a package, of anyone, below which nothing is said of who covers it.
const TELLING: usize = 30;

/// What speaks for someone in a package.
struct Evidence {
    /// By works; with the awards added to the fit.
    fit: Fit,
    /// Awards about the package.
    awards: u32,
}

/// The packages with who fits them.
struct Fits {
    packages: Vec<Technology>,
    /// Of all, the best first, for each package. Organisations that are known by awards alone have numbers beyond those of the works' members.
    all: Vec<Vec<Evidence>>,
    /// Ids of these organisations.
    by_awards: Vec<i64>,
    /// Awards about any package whose organisation was found, and those whose was not.
    awards: [usize; 2],
    /// Works about each package, by anyone.
    works: Vec<usize>,
    /// Works about any package.
    assigned: usize,
}

pub(super) fn run(common: &Common, args: &PackagesArgs, groups: Option<&PathBuf>) -> Result<()> {
    let registry = analysis::registry(common)?;
    let framework = registry.get(&args.programme).map_err(|error| Failure::from(error).into_misuse())?;
    let snapshot = analysis::snapshot(common)?;
    let works = works(common, &snapshot, &args.corpus, &args.learn)?;
    let (named, past) = (&works.named, &works.past);
    let names = Names::new(common, &snapshot, groups)?;
    let of = names.side(&args.of, named)?;
    let asked_in = args.already.as_ref().map(|asked| names.side(asked, named)).transpose()?;
    let mut side = names.members(&of, named, past, None);
    if side.is_empty() {
        return Err(nobody(common, named, &args.of, past.until()));
    }
    let mut already: FxHashSet<u32> =
        asked_in.as_ref().map(|asked| names.members(asked, named, past, None)).unwrap_or_default().into_iter().collect();
    let found = fits_of(&names, &works, args, framework)?;
    side.extend(found.only_by_awards(&names, named, &of));
    if let Some(asked) = &asked_in {
        already.extend(found.only_by_awards(&names, named, asked));
    }
    if args.coverage {
        coverage(&names, args, &found, &side, &already)?;
    } else {
        best(&names, &works, args, &found, &side, &already)?;
    }
    let number = |count: usize| output::thousands(&count.to_string());
    say(&match common.lang {
        Lang::En => format!(
            "{}: {} packages, {} works assigned by topics and words up to {}; {} of {} known, {} already in",
            common.pick(&framework.name.en, &framework.name.ko),
            found.packages.len(),
            number(found.assigned),
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
            number(found.assigned),
            args.of,
            number(side.len()),
            number(already.len())
        ),
    });
    let [held, lost] = found.awards;
    if held + lost > 0 {
        say(&match common.lang {
            Lang::En => format!("{} awards are about a package, {lost} of them of organisations that were not found", held + lost),
            Lang::Ko => format!("작업 패키지에 관한 과제 {}건, 그중 {lost}건은 기관을 찾지 못함", held + lost),
        });
    }
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
        Some(asked) => Some(framework.find(asked).map_err(|error| Failure::from(error).into_misuse())?.id),
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
    let about = |title: &str, topic: Option<i32>, scratch: &mut Scratch| -> Vec<(usize, f64)> {
        let strength = |technology: usize, how: How| match how {
            How::Topic(topic) => assigner.technologies()[technology].topics.get(&topic).map_or(0.0, |claim| claim.strength.weight()),
            How::Words | How::TopicAndWords(_) => 1.0,
        };
        let found = assigner.assign(title, topic.as_slice(), scratch);
        found.iter().filter_map(|(technology, how)| Some((*place_of.get(technology)?, strength(*technology, *how)))).collect()
    };
    let mut of_works: FxHashMap<i64, Vec<(usize, f64)>> = FxHashMap::default();
    let mut scratch = Scratch::default();
    let bar = count_bar(names.common.pick("titles read", "제목 읽음"));
    names.snapshot.for_each(&query, &names.common.options(), |batch| -> Result<()> {
        let (ids, titles) = (batch.column(0).as_primitive::<Int64Type>(), text(&batch, 1)?);
        let (titles, topics) = (titles.as_string::<i32>(), batch.column(2).as_primitive::<Int32Type>());
        for row in 0..batch.num_rows() {
            let topic = (!topics.is_null(row)).then(|| topics.value(row));
            let of = about(titles.value(row), topic, &mut scratch);
            if !of.is_empty() {
                of_works.insert(ids.value(row), of);
            }
        }
        bar.inc(batch.num_rows() as u64);
        Ok(())
    })?;
    bar.finish_and_clear();
    let corpus = &works.named.corpus;
    let of_work = |id: i64| of_works.get(&id).map_or(&[][..], Vec::as_slice);
    let mut counts = vec![0; packages.len()];
    let mut assigned = 0;
    for work in corpus.between(i16::MIN, works.past.until()) {
        let packages = of_work(work.id);
        packages.iter().for_each(|(package, _)| counts[*package] += 1);
        assigned += usize::from(!packages.is_empty());
    }
    let by_works = fits(corpus, works.past.until(), packages.len(), of_work);
    let all = by_works.into_iter().map(|fits| fits.into_iter().map(|fit| Evidence { fit, awards: 0 }).collect()).collect();
    let mut found = Fits { all, by_awards: Vec::new(), awards: [0, 0], packages, works: counts, assigned };
    if args.corpus.who == Who::Organisations && names.snapshot.rows("awards") > 0 {
        found.add_awards(names, &works.named, works.past.until(), &about)?;
    }
    Ok(found)
}

/// Tells which packages a title and topic are about, and how much.
type About<'a> = &'a dyn Fn(&str, Option<i32>, &mut Scratch) -> Vec<(usize, f64)>;

impl Fits {
    /// Those of a side that are known by awards alone.
    fn only_by_awards(&self, names: &Names<'_>, named: &Named, side: &Side) -> Vec<u32> {
        let numbered = (named.members.len() as u32..).zip(&self.by_awards);
        numbered
            .filter(|(_, id)| names.register.as_deref().is_some_and(|register| side.holds(register, **id)))
            .map(|(number, _)| number)
            .collect()
    }

    /// Adds awards: each counts as a work of the organisations that hold it, from the year in which it begins.
    fn add_awards(&mut self, names: &Names<'_>, named: &Named, until: i16, about: About<'_>) -> Result<()> {
        let Some(register) = &names.register else { return Ok(()) };
        let mut number_of: FxHashMap<i64, u32> =
            (0..).zip(&named.members).filter_map(|(number, member)| Some((member.id()?, number))).collect();
        let mut place_of: Vec<FxHashMap<u32, usize>> =
            self.all.iter().map(|all| all.iter().enumerate().map(|(place, one)| (one.fit.member, place)).collect()).collect();
        let matcher = Matcher::new(register);
        let (mut scratch, mut room) = (Scratch::default(), MatcherScratch::default());
        let query = "SELECT a.id, a.title, t.topic_id, CAST(date_part('year', a.start_date) AS INT) AS year, o.name, o.city, o.state, o.country
                     FROM awards a LEFT JOIN inferred_topics t ON t.id = a.id AND t.record = 'award' LEFT JOIN award_organisations o ON o.award_id = a.id
                     WHERE a.title IS NOT NULL";
        // Rows of an award, one a holder, come in any order: the engine sorts long texts only with memory that it greatly overrates. By id, so that the same
        // lake gives the same answer to the last digit.
        let mut awards: BTreeMap<i64, Award> = BTreeMap::new();
        names.snapshot.for_each(query, &names.common.options(), |batch| -> Result<()> {
            let ids = batch.column(0).as_primitive::<Int64Type>();
            let (topics, years) = (batch.column(2).as_primitive::<Int32Type>(), batch.column(3).as_primitive::<Int32Type>());
            // Title; name, city, state and country of a holder.
            let columns = [1, 4, 5, 6, 7].into_iter().map(|column| text(&batch, column)).collect::<Result<Vec<_>>>()?;
            let said = |column: usize, row: usize| {
                let values = columns[column].as_string::<i32>();
                (!values.is_null(row)).then(|| values.value(row))
            };
            for row in 0..batch.num_rows() {
                let award = match awards.entry(ids.value(row)) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => {
                        let topic = (!topics.is_null(row)).then(|| topics.value(row));
                        let packages = about(said(0, row).unwrap_or_default(), topic, &mut scratch);
                        if packages.is_empty() {
                            continue;
                        }
                        let year = if years.is_null(row) { until } else { i16::try_from(years.value(row)).unwrap_or(i16::MAX) };
                        new.insert(Award { year, packages, holders: BTreeSet::new() })
                    }
                };
                let holder = register::holder_text([said(1, row), said(2, row), said(3, row)], said(4, row));
                let found = register::holder(&matcher, &holder, &mut room);
                award.holders.extend(found.map(|found| register.get(register.today(found)).id));
            }
            Ok(())
        })?;
        for award in awards.values().filter(|award| award.year <= until) {
            self.awards[usize::from(award.holders.is_empty())] += 1;
            let faded = FADING.powi(i32::from(until) - i32::from(award.year)) / award.holders.len().max(1) as f64;
            for holder in &award.holders {
                let number = *number_of.entry(*holder).or_insert_with(|| {
                    self.by_awards.push(*holder);
                    (named.members.len() + self.by_awards.len() - 1) as u32
                });
                for (package, strength) in &award.packages {
                    let place = *place_of[*package].entry(number).or_insert_with(|| {
                        let fit = Fit { member: number, fit: 0.0, works: 0, recent: 0, share: 0.0, last: award.year };
                        self.all[*package].push(Evidence { fit, awards: 0 });
                        self.all[*package].len() - 1
                    });
                    let one = &mut self.all[*package][place];
                    one.fit.fit += strength * faded;
                    one.fit.last = one.fit.last.max(award.year);
                    one.awards += 1;
                }
            }
        }
        self.all.iter_mut().for_each(|all| all.sort_by(|a, b| b.fit.fit.total_cmp(&a.fit.fit).then(a.fit.member.cmp(&b.fit.member))));
        Ok(())
    }
}

/// An award about packages.
struct Award {
    /// In which it begins; the last that is known where it has no dates.
    year: i16,
    packages: Vec<(usize, f64)>,
    /// Ids of organisations of the register.
    holders: BTreeSet<i64>,
}

/// Who of the side fits each package best.
fn best(names: &Names<'_>, works: &Works, args: &PackagesArgs, found: &Fits, side: &[u32], already: &FxHashSet<u32>) -> Result<()> {
    let (common, named, past) = (names.common, &works.named, &works.past);
    let of_side: FxHashSet<u32> = side.iter().copied().collect();
    struct Row<'f> {
        package: usize,
        rank: usize,
        fit: &'f Fit,
        awards: u32,
        /// Of those in the programme: who works with it, the closest first.
        works_with: Vec<u32>,
        /// Of those in it who have works about the package: the likeliest for a first joint work.
        partner: Option<(u32, f64)>,
    }
    let has_works = |member: u32| (member as usize) < named.members.len();
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (package, fits) in found.all.iter().enumerate() {
        let best = fits.iter().filter(|one| of_side.contains(&one.fit.member)).take(args.best);
        rows.extend(best.enumerate().map(|(rank, one)| Row {
            package,
            rank: rank + 1,
            fit: &one.fit,
            awards: one.awards,
            works_with: if has_works(one.fit.member) { works_with(past, one.fit.member, already) } else { Vec::new() },
            partner: None,
        }));
    }
    if !already.is_empty() && !rows.is_empty() {
        let model = works.model(common, &args.learn)?;
        let bar = units_bar(common.pick("members looked at", "탐색 대상"));
        for package in 0..found.packages.len() {
            let of_package: Vec<u32> =
                rows.iter().filter(|row| row.package == package).map(|row| row.fit.member).filter(|member| has_works(*member)).collect();
            let partners: Vec<u32> = found.all[package]
                .iter()
                .map(|one| one.fit.member)
                .filter(|member| has_works(*member) && already.contains(member))
                .collect();
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
    // Whoever has no works is an organisation that is known by awards.
    let by_awards = |member: u32| (member as usize).checked_sub(named.members.len()).and_then(|place| found.by_awards.get(place)).copied();
    let name = |member: u32| match by_awards(member) {
        Some(id) => organisation_name(common, names.register.as_deref(), id),
        None => names.name(named, member),
    };
    let organisations = |member: u32| if has_works(member) { names.organisations(named, past, member) } else { String::new() };
    let country = |member: u32| match by_awards(member) {
        Some(id) => names.register.as_deref().and_then(|register| register.get(register.by_id(id)?).country),
        None => country_code(past.member(member).country),
    };
    let id = |member: u32| by_awards(member).map_or_else(|| named.members[member as usize].to_string(), |id| id.to_string());
    let any_awards = rows.iter().any(|row| row.awards > 0);
    let package_name = |row: &Row<'_>| {
        let package = &found.packages[row.package];
        common.pick(&package.name.en, &package.name.ko).to_owned()
    };
    let together = |row: &Row<'_>| row.works_with.iter().take(3).map(|member| name(*member)).collect::<Vec<_>>().join("; ");
    let pick = |en: &'static str, ko: &'static str| common.pick(en, ko);
    if common.format == Format::Table {
        let titled = |row: &Row<'_>| {
            let member = row.fit.member;
            let organisations = Some(organisations(member)).filter(|names| !names.is_empty());
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
        let shown =
            if any_awards { shown.int(pick("awards", "과제"), rows.iter().map(|row| Some(i64::from(row.awards)))) } else { shown };
        let shown = if already.is_empty() {
            shown
        } else {
            shown
                .text(pick("works with", "이미 협력"), rows.iter().map(|row| Some(together(row))))
                .text(pick("likeliest first partner (chance)", "가장 유력한 첫 협력 상대(확률)"), rows.iter().map(|row| Some(partner(row))))
        };
        output::write_rows(common.format, shown)?;
    } else {
        let known_by =
            |member: u32| if named.members.get(member as usize).is_none_or(|member| member.id().is_some()) { "id" } else { "name" };
        let shown = Rows::default()
            .text("package_id", rows.iter().map(|row| Some(found.packages[row.package].id.clone())))
            .text("package", rows.iter().map(|row| Some(package_name(row))))
            .int("rank", rows.iter().map(|row| Some(row.rank as i64)))
            .text("id", rows.iter().map(|row| Some(id(row.fit.member))))
            .text("known_by", rows.iter().map(|row| Some(known_by(row.fit.member))))
            .text("name", rows.iter().map(|row| Some(name(row.fit.member))))
            .text("country", rows.iter().map(|row| country(row.fit.member)))
            .text("organisations", rows.iter().map(|row| Some(organisations(row.fit.member))))
            .float("fit", rows.iter().map(|row| Some(row.fit.fit)))
            .int("works", rows.iter().map(|row| Some(i64::from(row.fit.works))))
            .int("recent_works", rows.iter().map(|row| Some(i64::from(row.fit.recent))))
            .float("share_of_its_works", rows.iter().map(|row| Some(row.fit.share)))
            .int("awards", rows.iter().map(|row| Some(i64::from(row.awards))))
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
    let count = |package: usize, wanted: &dyn Fn(&Evidence) -> bool| found.all[package].iter().filter(|one| wanted(one)).count();
    let all: Vec<usize> = (0..found.packages.len()).collect();
    let on_side = |package: &usize| count(*package, &|one| of_side.contains(&one.fit.member));
    let covering = |package: &usize| count(*package, &|one| of_side.contains(&one.fit.member) && one.fit.recent + one.awards >= COVERS);
    let are_in = |package: &usize| count(*package, &|one| already.contains(&one.fit.member));
    let in_and_on_side = |package: &usize| count(*package, &|one| already.contains(&one.fit.member) && of_side.contains(&one.fit.member));
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
            .int(pick("with works or awards", "논문·과제가 있는 곳"), all.iter().map(|package| int(on_side(package))))
            .int(pick("with 3 and more", "3건 이상"), all.iter().map(|package| int(covering(package))))
            .int(pick("works loaded, of anyone", "적재한 전체 논문"), all.iter().map(|package| int(found.works[*package])));
        let rows = if already.is_empty() {
            rows
        } else {
            rows.int(pick("already in, with any", "이미 참여(논문·과제 있음)"), all.iter().map(|package| int(are_in(package))))
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
            .int("with_works_or_awards", all.iter().map(|package| int(on_side(package))))
            .int("with_three_and_more", all.iter().map(|package| int(covering(package))))
            .int("works_loaded", all.iter().map(|package| int(found.works[*package])))
            .int("already_in_with_any", all.iter().map(|package| (!already.is_empty()).then(|| are_in(package) as i64)))
            .int("already_in_on_this_side", all.iter().map(|package| (!already.is_empty()).then(|| in_and_on_side(package) as i64)))
            .text("period", counted.iter().map(|counted| counted.as_ref().map(|counted| counted.period.clone())))
            .int("country_works_in_topics", of_topics(|counted| counted.works))
            .int("world_works_in_topics", of_topics(|counted| counted.world))
    };
    output::write_rows(common.format, rows)
}
