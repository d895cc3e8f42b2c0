//! `dari partners suggest`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use dari_organisations::Index;
use dari_partners::{Between, Past, SuggestOptions, Suggestion, suggest};
use rustc_hash::{FxHashMap, FxHashSet};

use super::eval::important;
use super::ready::{LearnArgs, works};
use super::sides::Names;
use crate::analysis::{self, Chosen};
use crate::cli::{Common, Format, Lang};
use crate::corpus::{CorpusArgs, Named, Who, country_code, texts};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::{aside, reach, say, units_bar};
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

A side is a country or several (KR or KR,JP), group:ID (`dari groups list`; of organisations or countries), an organisation (ROR id or
OpenAlex institution) or researcher:NAME (or its a_id, where several have the name). The chance is that of a first joint work within --horizon years, learned from the years before; `dari partners eval` says how
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
    /// The most pairs
    #[arg(long, default_value_t = 20, value_name = "N")]
    pairs: usize,
    /// The most pairs of one researcher or organisation
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    of_one: u32,
    /// List instead the pairs that work together already
    #[arg(long)]
    together: bool,
    #[command(flatten)]
    learn: LearnArgs,
}

/// Whoever has published nothing for as many years is said to be inactive.
pub(super) const INACTIVE: i16 = 3;
/// One has this many times the works of the other: very unequal.
const UNEQUAL: u32 = 20;

pub(super) fn run(common: &Common, args: &SuggestArgs, groups: Option<&PathBuf>) -> Result<()> {
    let snapshot = analysis::snapshot(common)?;
    let works = works(common, &snapshot, &args.corpus, &args.learn)?;
    let (named, past) = (&works.named, &works.past);
    let names = Names::new(common, &snapshot, groups)?;
    let sides = [names.side(&args.between, named)?, names.side(&args.and, named)?];
    let topics = named.technology_topics(common, &args.chosen)?;
    let members = sides.each_ref().map(|side| names.members(side, named, past, topics.as_ref()));
    let until = past.until();
    for (side, asked) in members.iter().zip([&args.between, &args.and]) {
        if side.is_empty() {
            return Err(nobody(common, named, asked, until));
        }
    }
    let model = works.model(common, &args.learn)?;
    let begin = Instant::now();
    let bar = units_bar(common.pick("members looked at", "탐색 대상"));
    let wanted = SuggestOptions { pairs: args.pairs, of_one: args.of_one as usize, ..SuggestOptions::default() };
    let [a, b] = &members;
    let found = suggest(past, &model, [a, b], topics.as_ref(), &wanted, &|done, of| reach(&bar, done, of));
    bar.finish_and_clear();
    let took = begin.elapsed().as_secs_f64();
    if args.together {
        together(&names, named, past, &found, args.pairs)?;
    } else {
        names.suggestions(named, past, &found)?;
    }
    aside(&format!("{} {took:.2} s", common.pick("pairs looked at in", "쌍 탐색")));
    let number = |count: usize| output::thousands(&count.to_string());
    let [a, b, looked_at, together] = [a.len(), b.len(), found.looked_at, found.together.len()].map(number);
    say(&match common.lang {
        Lang::En => {
            format!("{a} and {b} on the two sides by {until}; {looked_at} pairs looked at, {together} work together already (--together)")
        }
        Lang::Ko => {
            format!("{until}년까지 두 쪽에 {a}, {b}; {looked_at}쌍 탐색, 이미 함께하는 쌍 {together} (--together)")
        }
    });
    say(&match common.lang {
        Lang::En => format!(
            "chance: of a first joint work in {} to {}, as the works loaded would show it; a chance, not advice. How often such chances came true: dari partners eval --chances",
            until + 1,
            until + args.learn.horizon
        ),
        Lang::Ko => format!(
            "chance: 적재한 논문 기준 {}-{}년에 처음 함께 발표할 확률. 확률일 뿐 권고가 아닙니다. 실제 적중: dari partners eval --chances",
            until + 1,
            until + args.learn.horizon
        ),
    });
    if topics.is_some() {
        say(common.pick(
            "ranked by the chance times the part of what the two have in common, by topics, that is in the technology",
            "확률에 두 쪽의 공통 주제 중 해당 기술이 차지하는 비중을 곱해 순위를 매김",
        ));
    }
    say(&important(common, &model));
    Ok(())
}

/// That nobody is on a side.
pub(super) fn nobody(common: &Common, named: &Named, asked: &str, until: i16) -> Failure {
    let researchers = named.who == Who::Researchers;
    Failure::new(match common.lang {
        Lang::En => {
            let what = if researchers { "researcher" } else { "organisation" };
            format!("no {what} of {asked} with a work up to {until} is known here")
        }
        Lang::Ko => format!("{until}년까지 논문이 있는 {asked}의 {} 이 자료에 없음", if researchers { "연구자가" } else { "기관이" }),
    })
    .hint("Leave out --technology, --venue or --source, ask for the other --who, or load more works.")
}

impl Names<'_> {
    fn suggestions(&self, named: &Named, past: &Past, found: &Between) -> Result<()> {
        let pairs = &found.suggestions;
        let name = |number: &u32| self.name(named, *number);
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
        let leads = self.leads()?;
        let against = |pair: &Suggestion| self.against(named, past, pair, &leads, &name);
        let organisations = |member: u32| self.organisations(named, past, member);
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
                .text(pick("chance", "확률"), pairs.iter().map(|pair| Some(format!("{:.2} %", pair.chance * 100.0))));
            let rows = if pairs.iter().any(|pair| pair.within.is_some()) {
                let within = |pair: &Suggestion| pair.within.map(|within| format!("{:.0} %", within * 100.0));
                rows.text(pick("of it in the technology", "해당 기술 비중"), pairs.iter().map(within))
            } else {
                rows
            };
            let rows = rows
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
        let reasons = |pair: &Suggestion| {
            pair.reasons.iter().map(|(of, term)| format!("{} {term:+.2}", pick(of.en, of.ko))).collect::<Vec<_>>().join("; ")
        };
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
            .float("part_in_technology", pairs.iter().map(|pair| pair.within))
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
            let lists = self.screened(named, past, member, leads);
            if !lists.is_empty() {
                let lists = lists.into_iter().collect::<Vec<_>>().join(", ");
                against.push(format!("{}: {} ({lists})", name(&member), pick("screening lead to look at", "확인할 심사 목록 단서")));
            }
        }
        let (a, b) = (past.member(pair.a).works, past.member(pair.b).works);
        if a.max(b) >= UNEQUAL * a.min(b) {
            against.push(format!("{} ({a} : {b})", pick("very unequal in works", "논문 수 차이가 큼")));
        }
        against.join("; ")
    }
}

/// Pairs that work together already.
fn together(names: &Names<'_>, named: &Named, past: &Past, found: &Between, most: usize) -> Result<()> {
    let pairs = &found.together[..most.min(found.together.len())];
    let name = |number: &u32| names.name(named, *number);
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
    output::write_rows(names.common.format, rows)
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
