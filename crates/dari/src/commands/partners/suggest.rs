//! `dari partners suggest`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use clap::Args;
use dari_lake::Snapshot;
use dari_organisations::groups::{Groups, Members};
use dari_organisations::{Index, Register, Status};
use dari_partners::{Between, EvaluationOptions, Past, SuggestOptions, Suggestion, learn, name_key, suggest};
use rustc_hash::{FxHashMap, FxHashSet};

use super::eval::important;
use crate::analysis::{self, Chosen};
use crate::cli::{Common, Format, Lang};
use crate::commands::organisations::{screening, show};
use crate::corpus::{self, CorpusArgs, Identity, Named, Who, country_code, organisation_name, texts};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::{reach, say, units_bar};
use crate::register;
use crate::rows::Rows;

/// Arguments of `dari partners suggest`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari partners suggest --between KR --and US
  dari partners suggest --between KR --and US --technology quantum --who organisations
  dari partners suggest --between group:kr-gri --and group:us-nqisrc --who organisations
  dari partners suggest --between \"researcher:Dongjun Lee\" --and US --venue ICRA
  dari partners suggest --between KR --and DE --together          who works together already
  dari partners suggest --between KR --and US --format json       with reasons and works to read

A side is a country, group:ID (`dari groups list`), an organisation (ROR id or OpenAlex institution) or researcher:NAME
(or its a_id, where several have the name). The chance is that of a first joint work within --horizon years, learned from the years before; `dari partners eval` says how
often such chances came true.")]
pub(super) struct SuggestArgs {
    #[command(flatten)]
    corpus: CorpusArgs,
    /// One side
    #[arg(long, value_name = "SIDE")]
    between: String,
    /// The other side
    #[arg(long, value_name = "SIDE")]
    and: String,
    #[command(flatten)]
    chosen: Chosen,
    /// The last year that is known [default: the last with works]
    #[arg(long, value_parser = clap::value_parser!(i16).range(1..=3000), value_name = "YEAR")]
    until: Option<i16>,
    /// Years in which a first joint work is foretold
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(i16).range(1..=100), value_name = "YEARS")]
    horizon: i16,
    /// The most pairs
    #[arg(long, default_value_t = 20, value_name = "N")]
    pairs: usize,
    /// The most pairs of one researcher or organisation
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    of_one: u32,
    /// List instead the pairs that work together already
    #[arg(long)]
    together: bool,
    /// Seed of all draws: the same seed gives the same answer
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

/// Whoever has published nothing for as many years is said to be inactive.
const INACTIVE: i16 = 3;
/// One has this many times the works of the other: very unequal.
const UNEQUAL: u32 = 20;

/// A side of a question.
enum Side {
    Country(u16),
    /// Ids of organisations in the lake.
    Organisations(BTreeSet<i64>),
    /// Number of a member.
    Researcher(u32),
}

/// The lake with what names people and organisations.
struct Names<'a> {
    common: &'a Common,
    snapshot: &'a Snapshot,
    register: Option<Register>,
}

pub(super) fn run(common: &Common, args: &SuggestArgs) -> Result<()> {
    let begin = Instant::now();
    let snapshot = analysis::snapshot(common)?;
    let named = corpus::read(&snapshot, common, &args.corpus)?;
    named.tell(common);
    let register = if snapshot.rows("organisations") > 0 { Some(register::register(&snapshot, common)?) } else { None };
    let names = Names { common, snapshot: &snapshot, register };
    let sides = [names.side(&args.between, &named)?, names.side(&args.and, &named)?];
    let last = analysis::last_year(&snapshot);
    let newest = named.corpus.works().iter().rev().map(|work| work.year).find(|year| *year <= last);
    let until = args.until.or(newest).unwrap_or(last);
    let options = EvaluationOptions { seed: args.seed, ..EvaluationOptions::new(until, args.horizon) };
    let past = Past::new(&named.corpus, until);
    let topics = named.technology_topics(common, &args.chosen)?;
    let members = sides.each_ref().map(|side| names.members(side, &named, &past, topics.as_ref()));
    for (side, asked) in members.iter().zip([&args.between, &args.and]) {
        if side.is_empty() {
            let what = if named.who == Who::Researchers { "researcher" } else { "organisation" };
            return Err(Failure::new(format!("no {what} of {asked} with a work up to {until} is known here"))
                .hint("Leave out --technology, --venue or --source, ask for the other --who, or load more works."));
        }
    }
    let bar = units_bar(common.pick("members whose pairs are learned", "학습 대상"));
    let model = learn(&named.corpus, &options, &|done, of| reach(&bar, done, of))
        .map_err(|error| Failure::new(error.to_string()).hint("Choose an earlier --until or a longer --horizon, or load more works."))?;
    let learned = begin.elapsed();
    bar.set_message(common.pick("members looked at", "탐색 대상"));
    bar.reset();
    let wanted = SuggestOptions { pairs: args.pairs, of_one: args.of_one as usize, ..SuggestOptions::default() };
    let [a, b] = &members;
    let found = suggest(&past, &model, [a, b], &wanted, &|done, of| reach(&bar, done, of));
    bar.finish_and_clear();
    if args.together {
        names.together(&named, &past, &found, args.pairs)?;
    } else {
        names.suggestions(&named, &past, &found)?;
    }
    let number = |count: usize| output::thousands(&count.to_string());
    let [a, b, looked_at, together] = [a.len(), b.len(), found.looked_at, found.together.len()].map(number);
    let (learned, rest) = (learned.as_secs_f64(), (begin.elapsed() - learned).as_secs_f64());
    say(&match common.lang {
        Lang::En => format!(
            "{a} and {b} on the two sides by {until}; {looked_at} pairs looked at, {together} work together already (--together); read and learned in {learned:.1} s, found in {rest:.1} s"
        ),
        Lang::Ko => format!(
            "{until}년까지 두 쪽에 {a}, {b}; {looked_at}쌍 탐색, 이미 함께하는 쌍 {together} (--together); 읽기·학습 {learned:.1}초, 탐색 {rest:.1}초"
        ),
    });
    say(&match common.lang {
        Lang::En => format!(
            "chance: of a first joint work in {} to {}, as the works loaded would show it; a chance, not advice. How often such chances came true: dari partners eval --chances",
            until + 1,
            until + args.horizon
        ),
        Lang::Ko => format!(
            "chance: 적재한 논문 기준 {}-{}년에 처음 함께 발표할 확률. 확률일 뿐 권고가 아닙니다. 실제 적중: dari partners eval --chances",
            until + 1,
            until + args.horizon
        ),
    });
    say(&important(common, &model));
    Ok(())
}

impl Names<'_> {
    fn side(&self, asked: &str, named: &Named) -> Result<Side> {
        let need_register = || {
            self.register.as_ref().ok_or_else(|| {
                Failure::new("no organisations loaded").hint("Load the register with `dari load ror FILE` (https://ror.org/data).")
            })
        };
        if let Some(id) = asked.strip_prefix("group:") {
            let groups = Groups::shipped()?;
            let group =
                groups.get(id).map_err(|error| Failure::misuse(error.to_string()).hint("`dari groups list` lists the groups at hand."))?;
            if let Members::Countries(_) = &group.members {
                return Err(Failure::misuse(format!("{id} is a set of countries"))
                    .hint("A side is one country, a group of organisations, an organisation or a researcher."));
            }
            let register = need_register()?;
            let members = groups.members(id, analysis::today())?;
            let found = members.iter().filter_map(|member| register.by_ror(member.ror)).map(|index| register.get(register.today(index)).id);
            return Ok(Side::Organisations(found.collect()));
        }
        if let Some(name) = asked.strip_prefix("researcher:") {
            if named.who != Who::Researchers {
                return Err(Failure::misuse("a researcher is no side of pairs of organisations").hint("Leave out --who organisations."));
            }
            return researcher(named, name);
        }
        if let Some(country) = dari_model::country::find(asked) {
            let place = dari_model::country::place(country.code).unwrap_or(usize::MAX);
            return Ok(Side::Country(u16::try_from(place).unwrap_or(u16::MAX)));
        }
        if asked.len() < 5 {
            analysis::country(asked)?;
        }
        let register = need_register()?;
        let index = show::find(register, asked).map_err(|error| {
            error.hint("A side is a country (KR), group:ID, an organisation (ROR id or OpenAlex institution) or researcher:NAME.")
        })?;
        Ok(Side::Organisations(BTreeSet::from([register.get(register.today(index)).id])))
    }

    /// The members of a side: known by the year asked for, in the technology if one is asked for, organisations that still exist.
    fn members(&self, side: &Side, named: &Named, past: &Past, topics: Option<&FxHashSet<u32>>) -> Vec<u32> {
        let is_of = |number: u32| {
            let member = past.member(number);
            match side {
                Side::Country(country) => member.country == Some(*country),
                Side::Researcher(researcher) => number == *researcher,
                Side::Organisations(ids) if named.who == Who::Organisations => {
                    named.members[number as usize].id().is_some_and(|id| ids.contains(&id))
                }
                Side::Organisations(ids) => affiliations(named, past, number).any(|id| ids.contains(&id)),
            }
        };
        let ended = |number: u32| {
            let id = named.members[number as usize].id();
            let index = self.register.as_ref().zip(id).and_then(|(register, id)| register.by_id(id));
            named.who == Who::Organisations
                && index.zip(self.register.as_ref()).is_some_and(|(index, register)| register.get(index).status != Status::Active)
        };
        let in_technology =
            |number: u32| topics.is_none_or(|topics| past.member(number).topics.iter().any(|(topic, _)| topics.contains(topic)));
        past.known().filter(|number| is_of(*number) && in_technology(*number) && !ended(*number)).collect()
    }

    fn suggestions(&self, named: &Named, past: &Past, found: &Between) -> Result<()> {
        let pairs = &found.suggestions;
        let name = |number: &u32| named.name(self.common, self.register.as_ref(), *number);
        let topic_ids: BTreeSet<i64> = pairs.iter().flat_map(|pair| &pair.topics).map(|topic| named.topics[*topic as usize]).collect();
        let topic_names = texts(self.snapshot, self.common, "topics", "name", &topic_ids)?;
        let topics = |pair: &Suggestion, most: usize| {
            let names = pair.topics.iter().take(most).map(|topic| named.topics[*topic as usize]);
            names.map(|id| topic_names.get(&id).cloned().unwrap_or_else(|| format!("T{id}"))).collect::<Vec<_>>().join("; ")
        };
        let introduction = |pair: &Suggestion| match (pair.introducers.as_slice(), pair.way.as_slice()) {
            ([], []) => String::new(),
            ([], way) => way.iter().map(&name).collect::<Vec<_>>().join(" > "),
            (both, _) => both.iter().map(&name).collect::<Vec<_>>().join(", "),
        };
        let leads = match &self.register {
            Some(register) => screening::open_leads(self.snapshot, self.common, register)?,
            None => BTreeMap::new(),
        };
        let against = |pair: &Suggestion| self.against(named, past, pair, &leads, &name);
        let organisations = |member: u32| {
            let known = affiliations(named, past, member).map(|id| organisation_name(self.common, self.register.as_ref(), id));
            known.collect::<Vec<_>>().join("; ")
        };
        let pick = |en, ko| self.common.pick(en, ko);
        if self.common.format == Format::Table {
            let titled = |member: u32| {
                let by_name = named.members[member as usize].id().is_none().then(|| pick("told by name", "이름으로 식별").to_owned());
                let organisations = Some(organisations(member)).filter(|organisations| !organisations.is_empty());
                let country = country_code(past.member(member).country).unwrap_or("?").to_owned();
                let about: Vec<String> = by_name.into_iter().chain(organisations).chain([country]).collect();
                format!("{} ({})", name(&member), about.join(", "))
            };
            let rows = Rows::default()
                .text(pick("one side", "한쪽"), pairs.iter().map(|pair| Some(titled(pair.a))))
                .text(pick("other side", "다른 쪽"), pairs.iter().map(|pair| Some(titled(pair.b))))
                .text(pick("chance", "확률"), pairs.iter().map(|pair| Some(format!("{:.2} %", pair.chance * 100.0))))
                .text(pick("could introduce", "소개할 수 있는 이"), pairs.iter().map(|pair| Some(introduction(pair))))
                .text(pick("topics of both", "공통 주제"), pairs.iter().map(|pair| Some(topics(pair, 2))))
                .text(pick("against", "반대 이유"), pairs.iter().map(|pair| Some(against(pair))));
            return output::write_rows(self.common.format, rows);
        }
        let read: Vec<[Vec<i64>; 2]> =
            pairs.iter().map(|pair| [pair.a, pair.b].map(|member| to_read(named, past, member, &pair.topics))).collect();
        let titles = texts(self.snapshot, self.common, "works", "title", &read.iter().flatten().flatten().copied().collect())?;
        let works = |side: usize| read.iter().map(move |of| of[side].clone()).collect::<Vec<_>>();
        let shown = |ids: &[i64]| ids.iter().filter_map(|id| titles.get(id)).cloned().collect::<Vec<_>>().join("; ");
        let [read_a, read_b] = [works(0), works(1)];
        let known_by = |member: u32| if named.members[member as usize].id().is_some() { "id" } else { "name" };
        let reasons =
            |pair: &Suggestion| pair.reasons.iter().map(|(name, term)| format!("{name} {term:+.2}")).collect::<Vec<_>>().join("; ");
        let rows = Rows::default()
            .text("a_id", pairs.iter().map(|pair| Some(named.members[pair.a as usize].to_string())))
            .text("a_known_by", pairs.iter().map(|pair| Some(known_by(pair.a))))
            .text("a", pairs.iter().map(|pair| Some(name(&pair.a))))
            .text("a_country", pairs.iter().map(|pair| country_code(past.member(pair.a).country)))
            .text("a_organisations", pairs.iter().map(|pair| Some(organisations(pair.a))))
            .int("a_works", pairs.iter().map(|pair| Some(i64::from(past.member(pair.a).works))))
            .int("a_last_year", pairs.iter().map(|pair| Some(i64::from(past.member(pair.a).last))))
            .text("b_id", pairs.iter().map(|pair| Some(named.members[pair.b as usize].to_string())))
            .text("b_known_by", pairs.iter().map(|pair| Some(known_by(pair.b))))
            .text("b", pairs.iter().map(|pair| Some(name(&pair.b))))
            .text("b_country", pairs.iter().map(|pair| country_code(past.member(pair.b).country)))
            .text("b_organisations", pairs.iter().map(|pair| Some(organisations(pair.b))))
            .int("b_works", pairs.iter().map(|pair| Some(i64::from(past.member(pair.b).works))))
            .int("b_last_year", pairs.iter().map(|pair| Some(i64::from(past.member(pair.b).last))))
            .float("chance", pairs.iter().map(|pair| Some(pair.chance)))
            .text("reasons", pairs.iter().map(|pair| Some(reasons(pair))))
            .int("common_co_authors", pairs.iter().map(|pair| Some(pair.introducers.len() as i64)))
            .text("introduction", pairs.iter().map(|pair| Some(introduction(pair))))
            .text("topics_of_both", pairs.iter().map(|pair| Some(topics(pair, 10))))
            .text("a_to_read", read_a.iter().map(|ids| Some(shown(ids))))
            .text("b_to_read", read_b.iter().map(|ids| Some(shown(ids))))
            .text("against", pairs.iter().map(|pair| Some(against(pair))));
        output::write_rows(self.common.format, rows)
    }

    /// What speaks against a pair.
    fn against(
        &self,
        named: &Named,
        past: &Past,
        pair: &Suggestion,
        leads: &BTreeMap<Index, BTreeSet<String>>,
        name: &dyn Fn(&u32) -> String,
    ) -> String {
        let pick = |en, ko| self.common.pick(en, ko);
        let mut against = Vec::new();
        for member in [pair.a, pair.b] {
            let last = past.member(member).last;
            if past.until().saturating_sub(last) >= INACTIVE {
                against.push(match self.common.lang {
                    Lang::En => format!("{}: no work since {last}", name(&member)),
                    Lang::Ko => format!("{}: {last}년 이후 논문 없음", name(&member)),
                });
            }
            let organisations: Vec<i64> = match named.who {
                Who::Organisations => named.members[member as usize].id().into_iter().collect(),
                Who::Researchers => affiliations(named, past, member).collect(),
            };
            let register = self.register.as_ref();
            for index in organisations.iter().filter_map(|id| register.and_then(|register| register.by_id(*id))) {
                if let Some(lists) = leads.get(&index) {
                    let lists = lists.iter().cloned().collect::<Vec<_>>().join(", ");
                    against.push(format!("{}: {} ({lists})", name(&member), pick("screening lead to look at", "확인할 심사 목록 단서")));
                }
            }
        }
        let (a, b) = (past.member(pair.a).works, past.member(pair.b).works);
        if a.max(b) >= UNEQUAL * a.min(b) {
            against.push(format!("{} ({a} : {b})", pick("very unequal in works", "논문 수 차이가 큼")));
        }
        against.join("; ")
    }

    fn together(&self, named: &Named, past: &Past, found: &Between, most: usize) -> Result<()> {
        let pairs = &found.together[..most.min(found.together.len())];
        let name = |number: &u32| named.name(self.common, self.register.as_ref(), *number);
        let wanted: FxHashSet<(u32, u32)> = pairs.iter().map(|(a, b, _)| (*a.min(b), *a.max(b))).collect();
        let mut joint: FxHashMap<(u32, u32), (i64, i16)> = FxHashMap::default();
        for work in named.corpus.between(i16::MIN, past.until()) {
            for pair in work.pairs().filter(|pair| wanted.contains(pair)) {
                let (works, last) = joint.entry(pair).or_insert((0, work.year));
                (*works, *last) = (*works + 1, work.year.max(*last));
            }
        }
        let of = |(a, b, _): &(u32, u32, f32)| joint.get(&(*a.min(b), *a.max(b))).copied().unwrap_or_default();
        let rows = Rows::default()
            .text("a", pairs.iter().map(|(a, ..)| Some(name(a))))
            .text("a_country", pairs.iter().map(|(a, ..)| country_code(past.member(*a).country)))
            .text("b", pairs.iter().map(|(_, b, _)| Some(name(b))))
            .text("b_country", pairs.iter().map(|(_, b, _)| country_code(past.member(*b).country)))
            .int("joint_works", pairs.iter().map(|pair| Some(of(pair).0)))
            .float("joint_works_fractional", pairs.iter().map(|(.., weight)| Some(f64::from(*weight))))
            .int("last_year", pairs.iter().map(|pair| Some(i64::from(of(pair).1))));
        output::write_rows(self.common.format, rows)
    }
}

/// The researcher of a name, if it is one's alone, or of an id.
fn researcher(named: &Named, asked: &str) -> Result<Side> {
    if let Ok(identity) = asked.parse::<Identity>() {
        let place = named.members.iter().position(|member| *member == identity);
        let number = place.ok_or_else(|| Failure::misuse(format!("no researcher {asked} among the works chosen")))?;
        return Ok(Side::Researcher(number as u32));
    }
    let key = |name: &str| name_key(name).map(|(key, _)| key);
    let wanted = key(asked);
    let found: Vec<u32> =
        (0u32..).zip(&named.names).filter(|(_, name)| wanted.is_some() && key(name) == wanted).map(|(number, _)| number).collect();
    match found.as_slice() {
        [] => {
            Err(Failure::misuse(format!("no researcher '{asked}' among the works chosen"))
                .hint("Names are compared whole: as on the works."))
        }
        [only] => Ok(Side::Researcher(*only)),
        several => {
            let mut works: FxHashMap<u32, usize> = FxHashMap::default();
            named.corpus.works().iter().flat_map(|work| work.members()).for_each(|member| *works.entry(member).or_default() += 1);
            let mut several: Vec<(usize, u32)> = several.iter().map(|number| (works.get(number).copied().unwrap_or(0), *number)).collect();
            several.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            let one = |(works, number): &(usize, u32)| format!("{} ({works} works)", named.members[*number as usize]);
            Err(Failure::misuse(format!("{} researchers are called '{asked}'", several.len()))
                .hint(format!("Give one by its id, researcher:ID: {}", several.iter().take(20).map(one).collect::<Vec<_>>().join(", "))))
        }
    }
}

/// The organisations that a researcher was last of; nothing of an organisation, whose affiliates are researchers.
fn affiliations<'a>(named: &'a Named, past: &'a Past, member: u32) -> impl Iterator<Item = i64> + 'a {
    let affiliates = if named.who == Who::Researchers { past.member(member).affiliates.as_slice() } else { &[] };
    affiliates.iter().map(|number| named.organisations[*number as usize])
}

/// The newest works of a member, those in topics of both first.
fn to_read(named: &Named, past: &Past, member: u32, topics: &[u32]) -> Vec<i64> {
    let mut own: Vec<(bool, i16, i64)> = named
        .corpus
        .between(i16::MIN, past.until())
        .iter()
        .filter(|work| work.parts.binary_search_by_key(&member, |part| part.member).is_ok())
        .map(|work| (work.topic.is_some_and(|topic| topics.contains(&topic)), work.year, work.id))
        .collect();
    own.sort_unstable_by(|a, b| b.cmp(a));
    own.into_iter().take(2).map(|(.., id)| id).collect()
}
