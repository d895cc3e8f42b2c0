//! `dari partners workshop`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use dari_partners::{Candidate, InviteOptions, Past, Why, chances_between, invite, part_within};
use rustc_hash::{FxHashMap, FxHashSet};

use super::ready::{LearnArgs, works};
use super::sides::Names;
use super::suggest::{INACTIVE, nobody};
use crate::analysis::{self, Chosen};
use crate::cli::{Common, Format, Lang};
use crate::corpus::{CorpusArgs, Named, Who, country_code, texts};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::{reach, say, units_bar};
use crate::rows::Rows;

/// Arguments of `dari partners workshop`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari partners workshop --between KR --and US --venue ICRA --technology robotics
  dari partners workshop --between group:kr-ist --and US --venue ICRA --places 24 --seed 7
  dari partners workshop --between KR --and US,JP --venue ICRA --format csv > invitations.csv

Both sides get as many places. They go by what is to be expected: first joint works with the other side, as the chances say (with --technology, the part of them
that is in it). The last places are kept for people
early in their career and for newcomers, who have not worked with the other side, as far as too few came in by that; whoever would be one too many of an
organisation or topic is passed over. A lot decides between equals. Only people with a work in the last three years are asked.")]
pub(super) struct WorkshopArgs {
    /// One side, as `dari partners suggest` takes it
    #[arg(long, value_name = "SIDE")]
    between: String,
    /// The other side
    #[arg(long, value_name = "SIDE")]
    and: String,
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    corpus: CorpusArgs,
    /// How many are invited, half of them of each side
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=400), value_name = "N")]
    places: u32,
    /// The least share of people whose first work is at most eight years old
    #[arg(long, default_value_t = 0.3, value_parser = share, value_name = "SHARE")]
    early: f64,
    /// The least share of newcomers
    #[arg(long, default_value_t = 0.3, value_parser = share, value_name = "SHARE")]
    newcomers: f64,
    /// The most of one organisation, on each side
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    of_organisation: u32,
    /// The largest share of one topic, on each side
    #[arg(long, default_value_t = 0.5, value_parser = share, value_name = "SHARE")]
    of_topic: f64,
    #[command(flatten)]
    learn: LearnArgs,
}

fn share(text: &str) -> std::result::Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| format!("'{text}' is no number"))?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("a share is from 0 to 1".to_owned()) }
}

/// Years since the first work of people early in their career, at most.
const EARLY: i16 = 8;
/// People of a side that are looked at: those with most works, in the technology if one is asked for.
const LOOKED_AT: usize = 300;

/// Someone invited.
struct Invited {
    side: usize,
    candidate: Candidate,
    why: Why,
    /// Works in the technology asked for, or all.
    works: usize,
    /// Of the other side's guests those whom a first joint work with is likeliest, with the chance.
    to_meet: Vec<(u32, f64)>,
}

pub(super) fn run(common: &Common, args: &WorkshopArgs, groups: Option<&PathBuf>) -> Result<()> {
    if args.corpus.who == Who::Organisations {
        return Err(Failure::misuse("people are invited, not organisations").hint("Leave out --who organisations."));
    }
    let snapshot = analysis::snapshot(common)?;
    let works = works(common, &snapshot, &args.corpus, &args.learn)?;
    let (named, past) = (&works.named, &works.past);
    let names = Names::new(common, &snapshot, groups)?;
    let topics = named.technology_topics(common, &args.chosen)?;
    let counts = works_in(named, past, topics.as_ref());
    let mut sides: [Vec<u32>; 2] = Default::default();
    let mut all_of: [FxHashSet<u32>; 2] = Default::default();
    for (number, asked) in [&args.between, &args.and].into_iter().enumerate() {
        let all = names.members(&names.side(asked, named)?, named, past, topics.as_ref());
        if all.is_empty() {
            return Err(nobody(common, named, asked, past.until()));
        }
        all_of[number] = all.iter().copied().collect();
        let active = |member: &u32| past.until().saturating_sub(past.member(*member).last) < INACTIVE;
        let mut side: Vec<u32> = all.into_iter().filter(active).collect();
        if side.is_empty() {
            let known = all_of[number].len();
            let (first, last) = (past.until() - INACTIVE + 1, past.until());
            return Err(Failure::new(match common.lang {
                Lang::En => format!("of the {known} known of {asked} nobody has a work in {first} to {last}"),
                Lang::Ko => format!("알려진 {asked} {known}명 중 {first}-{last}년에 논문이 있는 사람이 없음"),
            })
            .hint("Choose an earlier --until, leave out --technology, --venue or --source, or load more works."));
        }
        side.sort_by_key(|member| (std::cmp::Reverse(counts.get(member).copied().unwrap_or(0)), *member));
        side.truncate(LOOKED_AT);
        sides[number] = side;
    }
    // Nobody sits on both sides of a table: whoever is of both is of the smaller one.
    let smaller = usize::from(sides[1].len() < sides[0].len());
    let of_smaller: FxHashSet<u32> = sides[smaller].iter().copied().collect();
    sides[1 - smaller].retain(|member| !of_smaller.contains(member));
    let model = works.model(common, &args.learn)?;
    let bar = units_bar(common.pick("members looked at", "탐색 대상"));
    let [a, b] = &sides;
    let mut chances = chances_between(past, &model, [a, b], &|done, of| reach(&bar, done, of));
    bar.finish_and_clear();
    if let Some(topics) = &topics {
        chances.iter_mut().for_each(|(a, b, chance)| *chance *= part_within(past, *a, *b, topics));
    }
    let mut expected: FxHashMap<u32, f64> = FxHashMap::default();
    for (a, b, chance) in &chances {
        [a, b].into_iter().for_each(|member| *expected.entry(*member).or_default() += chance);
    }
    let options = InviteOptions {
        places: args.places as usize / 2,
        early: args.early,
        newcomers: args.newcomers,
        of_organisation: args.of_organisation as usize,
        of_field: args.of_topic,
        seed: args.learn.seed,
    };
    let mut invited: Vec<Invited> = Vec::new();
    for (number, side) in sides.iter().enumerate() {
        let others = &all_of[1 - number];
        let candidate = |member: &u32| {
            let about = past.member(*member);
            let most = about.topics.iter().max_by(|x, y| x.1.total_cmp(&y.1).then(y.0.cmp(&x.0)));
            Candidate {
                member: *member,
                merit: expected.get(member).copied().unwrap_or(0.0),
                early: past.until().saturating_sub(about.first) <= EARLY,
                newcomer: past.graph().of(*member).iter().all(|edge| !others.contains(&edge.to)),
                organisation: about.affiliates.first().copied(),
                field: most.map(|(topic, _)| *topic),
            }
        };
        let candidates: Vec<Candidate> = side.iter().map(candidate).collect();
        invited.extend(invite(&candidates, &options).into_iter().map(|(candidate, why)| Invited {
            side: number,
            candidate,
            why,
            works: counts.get(&candidate.member).copied().unwrap_or(0),
            to_meet: Vec::new(),
        }));
    }
    let guests: FxHashSet<u32> = invited.iter().map(|guest| guest.candidate.member).collect();
    for guest in &mut invited {
        let own = guest.candidate.member;
        let mut to_meet: Vec<(u32, f64)> = chances
            .iter()
            .filter(|(a, b, _)| (*a == own && guests.contains(b)) || (*b == own && guests.contains(a)))
            .map(|(a, b, chance)| (if *a == own { *b } else { *a }, *chance))
            .collect();
        to_meet.sort_unstable_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        to_meet.truncate(3);
        guest.to_meet = to_meet;
    }
    show(&names, named, past, args, &invited)?;
    tell(common, args, &options, &invited, all_of.map(|all| all.len()), &sides);
    Ok(())
}

/// Works of members by a year, of some topics or all.
fn works_in(named: &Named, past: &Past, topics: Option<&FxHashSet<u32>>) -> FxHashMap<u32, usize> {
    let mut counts: FxHashMap<u32, usize> = FxHashMap::default();
    for work in named.corpus.between(i16::MIN, past.until()) {
        if topics.is_none_or(|topics| work.topic.is_some_and(|topic| topics.contains(&topic))) {
            work.members().for_each(|member| *counts.entry(member).or_default() += 1);
        }
    }
    counts
}

fn reason(common: &Common, why: Why) -> &'static str {
    let (en, ko) = match why {
        Why::Merit => ("most to be expected", "기대 성과"),
        Why::Early => ("place kept for early career", "신진 연구자 몫"),
        Why::Newcomer => ("place kept for a newcomer", "신규 참여자 몫"),
        Why::EarlyNewcomer => ("place kept for early career and newcomers", "신진·신규 참여자 몫"),
        Why::BeyondLimits => ("nobody left within the limits", "한도 안에 남은 사람 없음"),
    };
    match common.lang {
        Lang::En => en,
        Lang::Ko => ko,
    }
}

fn show(names: &Names<'_>, named: &Named, past: &Past, args: &WorkshopArgs, invited: &[Invited]) -> Result<()> {
    let common = names.common;
    let asked = [&args.between, &args.and];
    let leads = names.leads()?;
    let name = |member: u32| names.name(named, member);
    let fields: BTreeSet<i64> =
        invited.iter().filter_map(|guest| guest.candidate.field).map(|topic| named.topics[topic as usize]).collect();
    let topics = texts(names.snapshot, common, "topics", "name", &fields)?;
    let topic = |guest: &Invited| {
        let id = named.topics[guest.candidate.field? as usize];
        Some(topics.get(&id).cloned().unwrap_or_else(|| format!("T{id}")))
    };
    let to_meet = |guest: &Invited| {
        let each = guest.to_meet.iter().map(|(member, chance)| format!("{} ({:.1} %)", name(*member), chance * 100.0));
        each.collect::<Vec<_>>().join("; ")
    };
    let screened = |guest: &Invited| names.screened(named, past, guest.candidate.member, &leads).into_iter().collect::<Vec<_>>().join(", ");
    let yes = |yes: bool| common.pick(if yes { "yes" } else { "" }, if yes { "예" } else { "" }).to_owned();
    let organisations = |guest: &Invited| names.organisations(named, past, guest.candidate.member);
    let pick = |en, ko| common.pick(en, ko);
    if common.format == Format::Table {
        let titled = |guest: &Invited| {
            let organisations = Some(organisations(guest)).filter(|organisations| !organisations.is_empty());
            let country = country_code(past.member(guest.candidate.member).country).unwrap_or("?").to_owned();
            let about: Vec<String> = organisations.into_iter().chain([country]).collect();
            format!("{} ({})", name(guest.candidate.member), about.join(", "))
        };
        let rows = Rows::default()
            .text(pick("side", "쪽"), invited.iter().map(|guest| Some(asked[guest.side].as_str())))
            .text(pick("guest", "초청 대상"), invited.iter().map(|guest| Some(titled(guest))))
            .text(pick("why", "이유"), invited.iter().map(|guest| Some(reason(common, guest.why))))
            .text(pick("early career", "신진"), invited.iter().map(|guest| Some(yes(guest.candidate.early))))
            .text(pick("newcomer", "신규"), invited.iter().map(|guest| Some(yes(guest.candidate.newcomer))))
            .int(pick("works", "논문"), invited.iter().map(|guest| Some(guest.works as i64)))
            .text(pick("to meet (chance)", "만날 사람(확률)"), invited.iter().map(|guest| Some(to_meet(guest))))
            .text(pick("against", "반대 이유"), invited.iter().map(|guest| Some(screened(guest))));
        return output::write_rows(common.format, rows);
    }
    let known_by = |guest: &Invited| if named.members[guest.candidate.member as usize].id().is_some() { "id" } else { "name" };
    let rows = Rows::default()
        .text("side", invited.iter().map(|guest| Some(asked[guest.side].as_str())))
        .text("id", invited.iter().map(|guest| Some(named.members[guest.candidate.member as usize].to_string())))
        .text("known_by", invited.iter().map(|guest| Some(known_by(guest))))
        .text("name", invited.iter().map(|guest| Some(name(guest.candidate.member))))
        .text("country", invited.iter().map(|guest| country_code(past.member(guest.candidate.member).country)))
        .text("organisations", invited.iter().map(|guest| Some(organisations(guest))))
        .text("why", invited.iter().map(|guest| Some(reason(common, guest.why))))
        .float("first_joint_works_expected", invited.iter().map(|guest| Some(guest.candidate.merit)))
        .bool("early_career", invited.iter().map(|guest| Some(guest.candidate.early)))
        .bool("newcomer", invited.iter().map(|guest| Some(guest.candidate.newcomer)))
        .int("first_year", invited.iter().map(|guest| Some(i64::from(past.member(guest.candidate.member).first))))
        .int("works", invited.iter().map(|guest| Some(guest.works as i64)))
        .text("topic", invited.iter().map(topic))
        .text("to_meet", invited.iter().map(|guest| Some(to_meet(guest))))
        .text("screening_leads", invited.iter().map(|guest| Some(screened(guest))));
    output::write_rows(common.format, rows)
}

/// What the list is, and what it could not be.
fn tell(common: &Common, args: &WorkshopArgs, options: &InviteOptions, invited: &[Invited], known: [usize; 2], sides: &[Vec<u32>; 2]) {
    for (number, asked) in [&args.between, &args.and].into_iter().enumerate() {
        let guests: Vec<&Invited> = invited.iter().filter(|guest| guest.side == number).collect();
        let count = |of: fn(&Candidate) -> bool| guests.iter().filter(|guest| of(&guest.candidate)).count();
        let (early, newcomers, beyond) =
            (count(|one| one.early), count(|one| one.newcomer), guests.iter().filter(|guest| guest.why == Why::BeyondLimits).count());
        let (places, looked_at) = (guests.len(), sides[number].len());
        let known = output::thousands(&known[number].to_string());
        let short = |count: usize, share: f64| {
            if (count as f64) < (share * places as f64).ceil() { common.pick(" (too few)", " (부족)") } else { "" }
        };
        let (few_early, few_new) = (short(early, options.early), short(newcomers, options.newcomers));
        say(&match common.lang {
            Lang::En => format!(
                "{asked}: {places} of {} places, {early} early in their career{few_early}, {newcomers} newcomers{few_new}, {beyond} beyond the limits of organisation or topic; {looked_at} looked at, of {known} known",
                options.places
            ),
            Lang::Ko => format!(
                "{asked}: {}명 중 {places}명, 신진 {early}명{few_early}, 신규 {newcomers}명{few_new}, 기관·주제 한도를 넘은 {beyond}명; 알려진 {known}명 중 {looked_at}명 검토",
                options.places
            ),
        });
    }
    say(common.pick(
        "first_joint_works_expected: the sum of someone's chances with those of the other side that were looked at; a list to talk about, not a decision",
        "first_joint_works_expected: 검토한 상대측 사람들과의 확률 합. 논의를 위한 목록이며 결정이 아닙니다",
    ));
}
