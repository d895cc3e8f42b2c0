//! `dari networks`: communities, what became of them, maps.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use clap::{Args, ValueEnum};
use dari_lake::Snapshot;
use dari_network::{
    Communities, CommunityOptions, Descent, Graph, GraphBuilder, Item, Map, Quality, association_strength, communities, descent, layout,
};
use dari_organisations::Register;
use dari_partners::Work;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::analysis::{self, Chosen, text};
use crate::cli::{Common, Format, Lang};
use crate::corpus::{self, CorpusArgs, Named, country_code, texts};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::register;
use crate::rows::Rows;

/// Arguments of `dari networks`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari networks --venue ICRA --from 2019
  dari networks --venue ICRA --countries KR,US --periods 2000-2009,2010-2016,2017-2023
  dari networks --who organisations --technology quantum --map quantum.json      opens in VOSviewer
  dari networks --venue ICRA --countries KR --members 1 --format csv             who is in community 1
  dari networks --who organisations --map map.gexf --items 500                   opens in Gephi (or .graphml)

Who wrote together is linked; the links of a member in a work sum to 1. Communities are found by the Leiden algorithm, and named by words that are
more frequent in the titles of their works than in all. With several periods, a community goes on
from the earlier one that most of its members who return come from (at least three, and 30 % of them).")]
pub(crate) struct NetworksArgs {
    #[command(flatten)]
    corpus: CorpusArgs,
    #[command(flatten)]
    chosen: Chosen,
    /// Only members of these countries (the country of their works; of several that of most)
    #[arg(long, value_delimiter = ',', value_name = "COUNTRY,…")]
    countries: Vec<String>,
    /// First year [default: the first with works]
    #[arg(long, value_name = "YEAR", conflicts_with = "periods")]
    from: Option<i16>,
    /// Last year [default: the last with works]
    #[arg(long, value_name = "YEAR", conflicts_with = "periods")]
    to: Option<i16>,
    /// Several spans of years, each with communities of its own, in order
    #[arg(long, value_delimiter = ',', value_name = "FROM-TO,…")]
    periods: Vec<Period>,
    /// What communities are to be good at
    #[arg(long, value_enum, default_value_t = QualityArg::Modularity)]
    quality: QualityArg,
    /// Higher: more and smaller communities
    #[arg(long, default_value_t = 1.0, value_name = "NUMBER")]
    resolution: f64,
    /// The most communities shown of a period
    #[arg(long, default_value_t = 15, value_name = "N")]
    communities: usize,
    /// Leave out communities of fewer members
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    least: u32,
    /// List instead the members of this community of the last period
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..), value_name = "COMMUNITY")]
    members: Option<u32>,
    /// Write a map of the last period: .json for VOSviewer, .graphml or .gexf
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Members on the map, those with the strongest links
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(2..=5000), value_name = "N")]
    items: u32,
    /// Seed: the same seed gives the same answer
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

/// Communities of a graph of few links are the best of several starts.
const STARTS: u32 = 10;
const FEW_LINKS: usize = 50_000;

/// What communities are good at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum QualityArg {
    /// More links inside than by chance
    Modularity,
    /// The constant Potts model on association strengths, as VOSviewer does
    Cpm,
}

/// A span of years, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Period {
    from: i16,
    to: i16,
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Period, String> {
        let years = text.split_once('-').and_then(|(from, to)| Some((from.trim().parse().ok()?, to.trim().parse().ok()?)));
        match years {
            Some((from, to)) if from <= to => Ok(Period { from, to }),
            _ => Err(format!("'{text}' is no span of years; for example 2017-2023")),
        }
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.from, self.to)
    }
}

/// A community counts as one of two countries if each has at least this share of its members.
const BINATIONAL: f64 = 0.2;
/// A community goes on from an earlier one if at least this many, and this share, of its members who return come from it.
const GOES_ON: (u32, f64) = (3, 0.3);
/// Words that name a community, and the fewest of its works with one.
const WORDS: usize = 4;
const TOPICS: usize = 2;
const LEAST_WORKS: f64 = 3.0;

/// Words that titles of any subject have.
const SAY_LITTLE: [&str; 20] = [
    "approach",
    "approaches",
    "based",
    "between",
    "from",
    "into",
    "method",
    "methods",
    "novel",
    "over",
    "system",
    "systems",
    "their",
    "through",
    "toward",
    "towards",
    "under",
    "using",
    "with",
    "without",
];

/// A member in a period.
#[derive(Debug, Clone, Default)]
struct Member {
    works: u32,
    country: Option<u16>,
    last: i16,
    strength: f64,
}

/// A period with its communities.
struct Found {
    period: Period,
    members: Vec<Member>,
    graph: Graph,
    communities: Communities,
    /// The community of every member that has works, if it has enough members to be shown.
    of: Vec<Option<u32>>,
}

pub(crate) fn run(common: &Common, args: &NetworksArgs) -> Result<()> {
    if !args.resolution.is_finite() || args.resolution <= 0.0 {
        return Err(Failure::misuse("--resolution must be above 0"));
    }
    if let Some([before, after]) = args.periods.array_windows().find(|[before, after]| after.from <= before.to) {
        return Err(Failure::misuse(format!("--periods: {after} does not begin after {before} ends"))
            .hint("Name spans of years in order that do not overlap, for example 2000-2009,2010-2016."));
    }
    let write = args.map.as_deref().map(writer).transpose()?;
    let countries = if args.countries.is_empty() { Vec::new() } else { countries(&args.countries)? };
    let snapshot = analysis::snapshot(common)?;
    let named = corpus::read(&snapshot, common, &args.corpus)?;
    named.tell(common);
    let register = if snapshot.rows("organisations") > 0 { Some(register::register(&snapshot, common)?) } else { None };
    let topics = named.technology_topics(common, &args.chosen)?;
    let years = |wanted: Option<i16>, edge: Option<i16>| wanted.or(edge).unwrap_or(0);
    let works = named.corpus.works();
    let periods = if args.periods.is_empty() {
        let (from, to) = (years(args.from, works.first().map(|work| work.year)), years(args.to, works.last().map(|work| work.year)));
        vec![Period { from, to }]
    } else {
        args.periods.clone()
    };
    let mut found = Vec::new();
    for period in periods {
        found.push(find(&named, args, period, &countries, topics.as_ref())?);
    }
    let Some(last) = found.last() else { return Ok(()) };
    if last.graph.edges() == 0 {
        return Err(Failure::new(format!("nobody wrote together in {}", last.period))
            .hint("Choose other years, countries, --venue or --technology, or load more works."));
    }
    let about = About { common, named: &named, register: register.as_deref() };
    if let (Some(write), Some(path)) = (write, &args.map) {
        let map = about.map(last, args);
        save(path, |out| write(&map, out))?;
        let (items, links) = (map.items.len(), map.graph.edges());
        say(&match common.lang {
            Lang::En => format!("{}: {items} items, {links} links", path.display()),
            Lang::Ko => format!("{}: 항목 {items}, 연결 {links}", path.display()),
        });
    }
    match args.members {
        Some(number) => about.members(last, number)?,
        None => about.communities(&snapshot, &found, topics.as_ref(), args)?,
    }
    for of in &found {
        let quality = of.communities.quality(&of.graph, Quality::Modularity { resolution: 1.0 });
        let (members, links) = (of.members.iter().filter(|member| member.works > 0).count(), of.graph.edges());
        let [members, links] = [members, links].map(|count| output::thousands(&count.to_string()));
        let period = of.period;
        say(&match common.lang {
            Lang::En => format!(
                "{period}: {members} members, {links} links, modularity {quality:.3}; of two countries: each at least 20 % of the members"
            ),
            Lang::Ko => format!("{period}: 구성원 {members}, 연결 {links}, 모듈성 {quality:.3}; 양국 공동체: 두 나라가 각각 20 % 이상"),
        });
    }
    Ok(())
}

fn countries(asked: &[String]) -> Result<Vec<u16>> {
    let place = |text: &String| Ok(dari_model::country::place(analysis::country(text)?).unwrap_or_default() as u16);
    asked.iter().map(place).collect()
}

/// Writes a file that is there whole or not at all.
fn save(path: &Path, write: impl FnOnce(&mut std::io::BufWriter<std::fs::File>) -> std::io::Result<()>) -> Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let saved = std::fs::File::create(&part).and_then(|file| {
        let mut out = std::io::BufWriter::new(file);
        write(&mut out)?;
        std::io::Write::flush(&mut out)?;
        std::fs::rename(&part, path)
    });
    if saved.is_err() {
        // What stands there is of no use; that it cannot be removed either adds nothing.
        let _ = std::fs::remove_file(&part);
    }
    saved.map_err(|error| {
        Failure::new(format!("{}: {error}", path.display())).hint("Name a file in a folder that can be written to with --map.")
    })
}

type Write = fn(&Map, &mut std::io::BufWriter<std::fs::File>) -> std::io::Result<()>;

/// How a file of a name is written.
fn writer(path: &Path) -> Result<Write> {
    match path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("json") => Ok(Map::vosviewer),
        Some("graphml") => Ok(Map::graphml),
        Some("gexf") => Ok(Map::gexf),
        _ => Err(Failure::misuse(format!("{}: maps are .json (VOSviewer), .graphml or .gexf", path.display()))),
    }
}

/// The works of a period, of technologies only those in one of their topics.
fn works_of<'a>(named: &'a Named, period: Period, topics: Option<&FxHashSet<u32>>) -> Vec<&'a Work> {
    let is_wanted = |work: &&Work| topics.is_none_or(|topics| work.topic.is_some_and(|topic| topics.contains(&topic)));
    named.corpus.between(period.from, period.to).iter().filter(is_wanted).collect()
}

/// The community and topic of works that have one.
type OfWorks = FxHashMap<i64, (u32, Option<u32>)>;

/// A work is of the community that most of its members are of.
fn community_of_works(named: &Named, of: &Found, topics: Option<&FxHashSet<u32>>) -> OfWorks {
    let mut of_works = OfWorks::default();
    for work in works_of(named, of.period, topics) {
        let mut votes: BTreeMap<u32, u32> = BTreeMap::new();
        work.members().filter_map(|member| of.of[member as usize]).for_each(|community| *votes.entry(community).or_default() += 1);
        if let Some((community, _)) = votes.into_iter().max_by_key(|(community, votes)| (*votes, std::cmp::Reverse(*community))) {
            of_works.insert(work.id, (community, work.topic));
        }
    }
    of_works
}

/// Communities of a period.
fn find(named: &Named, args: &NetworksArgs, period: Period, countries: &[u16], topics: Option<&FxHashSet<u32>>) -> Result<Found> {
    let count = named.corpus.members() as usize;
    let works = works_of(named, period, topics);
    let mut said: FxHashMap<(u32, u16), u32> = FxHashMap::default();
    works.iter().flat_map(|work| &work.parts).for_each(|part| {
        part.country.into_iter().for_each(|country| *said.entry((part.member, country)).or_default() += 1);
    });
    let mut most: Vec<Option<(u32, std::cmp::Reverse<u16>)>> = vec![None; count];
    for ((member, country), times) in said {
        let most = &mut most[member as usize];
        *most = (*most).max(Some((times, std::cmp::Reverse(country))));
    }
    let country = |member: u32| most[member as usize].map(|(_, std::cmp::Reverse(country))| country);
    let wanted = |member: &u32| countries.is_empty() || country(*member).is_some_and(|country| countries.contains(&country));
    let mut members = vec![Member::default(); count];
    let mut links = GraphBuilder::new(count as u32);
    for work in works {
        let own: Vec<u32> = work.members().filter(wanted).collect();
        for member in &own {
            let of = &mut members[*member as usize];
            (of.works, of.last, of.country) = (of.works + 1, of.last.max(work.year), country(*member));
        }
        let weight = 1.0 / own.len().saturating_sub(1).max(1) as f32;
        for (place, a) in own.iter().enumerate() {
            // Members are of the corpus and weights above 0: nothing is refused.
            own[place + 1..].iter().for_each(|b| drop(links.add(*a, *b, weight)));
        }
    }
    let graph = links.build();
    for (number, member) in members.iter_mut().enumerate() {
        member.strength = graph.of(number as u32).iter().map(|edge| f64::from(edge.weight)).sum();
    }
    let resolution = args.resolution;
    let (normal, quality) = match args.quality {
        QualityArg::Modularity => (None, Quality::Modularity { resolution }),
        QualityArg::Cpm => (Some(association_strength(&graph)), Quality::Cpm { resolution }),
    };
    // A second or less on two cores.
    let starts = if graph.edges() <= FEW_LINKS { STARTS } else { 1 };
    let options = CommunityOptions { seed: args.seed, starts, ..CommunityOptions::new(quality) };
    let communities = communities(normal.as_ref().unwrap_or(&graph), &options).map_err(|error| Failure::new(error.to_string()))?;
    let shown = |(community, member): (&u32, &Member)| {
        (member.works > 0 && communities.sizes()[*community as usize] >= args.least).then_some(*community)
    };
    let of = communities.of().iter().zip(&members).map(shown).collect();
    Ok(Found { period, members, graph, communities, of })
}

/// What names members and communities.
struct About<'a> {
    common: &'a Common,
    named: &'a Named,
    register: Option<&'a Register>,
}

/// A community as it is shown.
struct Shown {
    period: Period,
    number: u32,
    size: u32,
    works: usize,
    words: String,
    topics: String,
    countries: Vec<(Option<u16>, f64)>,
    leading: Vec<u32>,
    descent: Option<(Descent, Option<u32>)>,
    binational: bool,
    was_binational: Option<bool>,
}

impl About<'_> {
    fn name(&self, member: u32) -> String {
        self.named.name(self.common, self.register, member)
    }

    /// What a column is called: in the user's language where it is read, one name where programs read it.
    fn column(&self, en: &'static str, ko: &'static str, name: &'static str) -> &'static str {
        if self.common.format == Format::Table { self.common.pick(en, ko) } else { name }
    }

    fn map(&self, of: &Found, args: &NetworksArgs) -> Map {
        let mut chosen: Vec<u32> = (0..of.members.len() as u32).filter(|member| of.graph.degree(*member) > 0).collect();
        chosen.sort_unstable_by(|a, b| of.members[*b as usize].strength.total_cmp(&of.members[*a as usize].strength).then(a.cmp(b)));
        chosen.truncate(args.items as usize);
        chosen.sort_unstable();
        let mut links = GraphBuilder::new(chosen.len() as u32);
        for (place, member) in chosen.iter().enumerate() {
            for edge in of.graph.of(*member).iter().filter(|edge| edge.to > *member) {
                if let Ok(other) = chosen.binary_search(&edge.to) {
                    // Both are on the map and weights above 0: nothing is refused.
                    let _ = links.add(place as u32, other as u32, edge.weight);
                }
            }
        }
        let graph = links.build();
        let places = layout(&association_strength(&graph), 3, args.seed);
        let item = |(member, place): (&u32, [f64; 2])| {
            let about = &of.members[*member as usize];
            Item {
                id: self.named.members[*member as usize].to_string(),
                label: self.name(*member),
                place,
                community: of.communities.of()[*member as usize],
                weights: vec![("Works".to_owned(), f64::from(about.works)), ("Total link strength".to_owned(), about.strength)],
                scores: vec![("Last year".to_owned(), f64::from(about.last))],
                texts: vec![("Country".to_owned(), country_code(about.country).unwrap_or("?").to_owned())],
            }
        };
        Map { items: chosen.iter().zip(places).map(item).collect(), graph }
    }

    fn members(&self, of: &Found, number: u32) -> Result<()> {
        let mut members: Vec<u32> = (0..of.members.len() as u32).filter(|member| of.of[*member as usize] == Some(number - 1)).collect();
        if members.is_empty() {
            return Err(Failure::misuse(format!("there is no community {number}"))
                .hint("Without --members communities are listed; --least shows smaller ones."));
        }
        members.sort_unstable_by(|a, b| of.members[*b as usize].strength.total_cmp(&of.members[*a as usize].strength).then(a.cmp(b)));
        let about = |member: &u32| &of.members[*member as usize];
        let inside = |member: &u32| {
            let own = of.graph.of(*member).iter().filter(|edge| of.of[edge.to as usize] == Some(number - 1));
            own.map(|edge| f64::from(edge.weight)).sum::<f64>() / about(member).strength
        };
        let column = |en, ko, name| self.column(en, ko, name);
        let rows = Rows::default()
            .text("id", members.iter().map(|member| Some(self.named.members[*member as usize].to_string())))
            .text(column("name", "이름", "name"), members.iter().map(|member| Some(self.name(*member))))
            .text(column("country", "나라", "country"), members.iter().map(|member| country_code(about(member).country)))
            .int(column("works", "논문", "works"), members.iter().map(|member| Some(i64::from(about(member).works))))
            .int(column("last year", "마지막 연도", "last_year"), members.iter().map(|member| Some(i64::from(about(member).last))))
            .float(column("link strength", "연결 강도", "link_strength"), members.iter().map(|member| Some(about(member).strength)))
            .float(column("share inside", "공동체 안의 비율", "share_inside"), members.iter().map(|member| Some(inside(member))));
        output::write_rows(self.common.format, rows)
    }

    /// The countries of a community's members with their shares, the largest first.
    fn countries(of: &Found, number: u32) -> Vec<(Option<u16>, f64)> {
        let mut counts: BTreeMap<Option<u16>, f64> = BTreeMap::new();
        let own = of.of.iter().zip(&of.members).filter(|(community, _)| **community == Some(number));
        own.for_each(|(_, member)| *counts.entry(member.country).or_default() += 1.0);
        let all: f64 = counts.values().sum();
        let mut counts: Vec<_> = counts.into_iter().map(|(country, count)| (country, count / all)).collect();
        counts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        counts
    }

    fn is_binational(countries: &[(Option<u16>, f64)]) -> bool {
        countries.iter().filter(|(country, share)| country.is_some() && *share >= BINATIONAL).count() >= 2
    }

    fn communities(&self, snapshot: &Snapshot, found: &[Found], topics: Option<&FxHashSet<u32>>, args: &NetworksArgs) -> Result<()> {
        let of_works: Vec<OfWorks> = found.iter().map(|of| community_of_works(self.named, of, topics)).collect();
        let words = self.words(snapshot, &of_works)?;
        let topics_of = |of_works: &OfWorks| {
            let mut counts: FxHashMap<u32, FxHashMap<i64, f64>> = FxHashMap::default();
            for (community, topic) in of_works.values() {
                topic
                    .iter()
                    .for_each(|topic| *counts.entry(*community).or_default().entry(self.named.topics[*topic as usize]).or_default() += 1.0);
            }
            distinctive(&counts, TOPICS)
        };
        let topics: Vec<FxHashMap<u32, Vec<i64>>> = of_works.iter().map(topics_of).collect();
        let names = texts(snapshot, self.common, "topics", "name", &topics.iter().flat_map(|of| of.values().flatten().copied()).collect())?;
        let topic_name = |id: &i64| names.get(id).cloned().unwrap_or_else(|| format!("T{id}"));
        let mut shown = Vec::new();
        for (place, of) in found.iter().enumerate() {
            let before = place.checked_sub(1).map(|before| (&found[before], descent(&found[before].of, &of.of, GOES_ON.0, GOES_ON.1)));
            let shown_here = of.communities.sizes().iter().take_while(|size| **size >= args.least).count().min(args.communities);
            for number in 0..shown_here as u32 {
                let countries = Self::countries(of, number);
                let mut leading: Vec<u32> = (0..of.of.len() as u32).filter(|member| of.of[*member as usize] == Some(number)).collect();
                let strength = |member: u32| of.members[member as usize].strength;
                leading.sort_unstable_by(|a, b| strength(*b).total_cmp(&strength(*a)).then(a.cmp(b)));
                leading.truncate(3);
                let came_from = before.as_ref().and_then(|(before, descents)| {
                    let descent = *descents.get(number as usize)?;
                    Some((descent, descent.from.map(|from| before.communities.sizes()[from as usize])))
                });
                let was = before
                    .as_ref()
                    .zip(came_from.as_ref())
                    .and_then(|((before, _), (descent, _))| descent.from.map(|from| Self::is_binational(&Self::countries(before, from))));
                shown.push(Shown {
                    period: of.period,
                    number,
                    size: of.communities.sizes()[number as usize],
                    works: of_works[place].values().filter(|(community, _)| *community == number).count(),
                    words: words[place].get(&number).map(|words| words.join(", ")).unwrap_or_default(),
                    topics: topics[place]
                        .get(&number)
                        .map(|ids| ids.iter().map(topic_name).collect::<Vec<_>>().join("; "))
                        .unwrap_or_default(),
                    binational: Self::is_binational(&countries),
                    countries,
                    leading,
                    descent: came_from,
                    was_binational: was,
                });
            }
        }
        self.show(&shown, found.len() > 1)
    }

    fn show(&self, shown: &[Shown], several: bool) -> Result<()> {
        let pick = |en: &'static str, ko: &'static str| self.common.pick(en, ko);
        let table = self.common.format == Format::Table;
        let column = |en, ko, name| self.column(en, ko, name);
        let countries = |of: &Shown, most: usize| {
            let part = |(country, share): &(Option<u16>, f64)| format!("{} {:.0} %", country_code(*country).unwrap_or("?"), share * 100.0);
            of.countries.iter().take(most).map(part).collect::<Vec<_>>().join(", ")
        };
        let leading = |of: &Shown| of.leading.iter().map(|member| self.name(*member)).collect::<Vec<_>>().join(", ");
        let mut rows = Rows::default();
        if several || !table {
            rows = rows.text(column("years", "연도", "period"), shown.iter().map(|of| Some(of.period.to_string())));
        }
        rows = rows
            .int(column("community", "공동체", "community"), shown.iter().map(|of| Some(i64::from(of.number) + 1)))
            .text(column("words", "제목의 낱말", "words"), shown.iter().map(|of| Some(of.words.clone())))
            .text(column("topics", "주제", "topics"), shown.iter().map(|of| Some(of.topics.clone())))
            .int(column("members", "구성원", "members"), shown.iter().map(|of| Some(i64::from(of.size))))
            .int(column("works", "논문", "works"), shown.iter().map(|of| Some(of.works as i64)))
            .text(column("countries", "나라", "countries"), shown.iter().map(|of| Some(countries(of, if table { 3 } else { 20 }))));
        if table {
            let two = |of: &Shown| match (of.binational, of.was_binational) {
                (true, Some(false)) => pick("became so", "새로 양국"),
                (false, Some(true)) => pick("no longer", "더는 아님"),
                (true, _) => pick("yes", "예"),
                (false, _) => "",
            };
            rows = rows.text(pick("of two countries", "양국"), shown.iter().map(|of| Some(two(of))));
        } else {
            rows = rows
                .bool("binational", shown.iter().map(|of| Some(of.binational)))
                .bool("earlier_binational", shown.iter().map(|of| of.was_binational));
        }
        if several {
            let from = |of: &Shown| of.descent.and_then(|(descent, _)| descent.from);
            let grown = |of: &Shown| of.descent.and_then(|(_, before)| before).map(|before| i64::from(of.size) - i64::from(before));
            rows = rows
                .int(column("goes on from", "이전 공동체", "goes_on_from"), shown.iter().map(|of| from(of).map(|from| i64::from(from) + 1)))
                .float(
                    column("share of those who return", "잔류 구성원 중 비율", "share_of_returning"),
                    shown.iter().map(|of| of.descent.filter(|(d, _)| d.from.is_some()).map(|(d, _)| d.share)),
                )
                .int(column("grown by", "증감", "grown_by"), shown.iter().map(grown));
        }
        output::write_rows(
            self.common.format,
            rows.text(column("leading", "주요 구성원", "leading"), shown.iter().map(|of| Some(leading(of)))),
        )
    }

    /// Words that tell the works of communities from all, period by period.
    fn words(&self, snapshot: &Snapshot, of_works: &[OfWorks]) -> Result<Vec<FxHashMap<u32, Vec<String>>>> {
        let mut counts: Vec<FxHashMap<u32, FxHashMap<String, f64>>> = vec![FxHashMap::default(); of_works.len()];
        snapshot.for_each("SELECT id, title FROM works WHERE title IS NOT NULL", &self.common.options(), |batch| -> Result<()> {
            let (ids, titles) = (batch.column(0).as_primitive::<Int64Type>(), text(&batch, 1)?);
            let titles = titles.as_string::<i32>();
            for row in 0..batch.num_rows() {
                // Periods do not overlap.
                let of = of_works.iter().zip(&mut counts).find_map(|(of, counts)| Some((of.get(&ids.value(row))?, counts)));
                let Some(((community, _), counts)) = of else { continue };
                let normal = dari_model::text::normalise(titles.value(row));
                // Short words of Latin letters are mostly of grammar.
                let words: FxHashSet<&str> = normal
                    .split(' ')
                    .filter(|word| word.len() > 3 && !SAY_LITTLE.contains(word) && !word.bytes().all(|b| b.is_ascii_digit()))
                    .collect();
                let of_community = counts.entry(*community).or_default();
                words.into_iter().for_each(|word| *of_community.entry(word.to_owned()).or_default() += 1.0);
            }
            Ok(())
        })?;
        Ok(counts.iter().map(|counts| distinctive(counts, WORDS)).collect())
    }
}

/// What is most distinctive of each: by how often it is there times the logarithm of how much more often than in all (Kullback & Leibler 1951).
fn distinctive<K: std::hash::Hash + Eq + Ord + Clone>(counts: &FxHashMap<u32, FxHashMap<K, f64>>, most: usize) -> FxHashMap<u32, Vec<K>> {
    let mut all: FxHashMap<&K, f64> = FxHashMap::default();
    counts.values().flatten().for_each(|(key, count)| *all.entry(key).or_default() += count);
    let total: f64 = all.values().sum();
    let of_one = |own: &FxHashMap<K, f64>| {
        let sum: f64 = own.values().sum();
        let score = |(key, count): (&K, &f64)| (count * ((count / sum) / (all[key] / total)).ln(), key.clone());
        let mut scores: Vec<(f64, K)> =
            own.iter().filter(|(_, count)| **count >= LEAST_WORKS).map(score).filter(|(score, _)| *score > 0.0).collect();
        scores.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        scores.into_iter().take(most).map(|(_, key)| key).collect()
    };
    counts.iter().map(|(number, own)| (*number, of_one(own))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read() {
        assert_eq!("2017-2023".parse(), Ok(Period { from: 2017, to: 2023 }));
        assert!("2023-2017".parse::<Period>().is_err() && "2020".parse::<Period>().is_err());
    }

    #[test]
    fn what_is_distinctive_by_hand() {
        // 'the' is everywhere alike; 'arm' only in 0, 'leg' only in 1; 'rare' too seldom to be said.
        let of = |words: &[(&str, f64)]| words.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect();
        let counts =
            FxHashMap::from_iter([(0, of(&[("the", 10.0), ("arm", 5.0), ("rare", 2.0)])), (1, of(&[("the", 10.0), ("leg", 7.0)]))]);
        let found = distinctive(&counts, 3);
        assert_eq!((found[&0].clone(), found[&1].clone()), (vec!["arm".to_owned()], vec!["leg".to_owned()]));
    }
}
