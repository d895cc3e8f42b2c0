//! Sides of a question about partners: who is on them, and what they are called.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use std::sync::Arc;

use dari_lake::Snapshot;
use dari_organisations::groups::{Groups, Members};
use dari_organisations::{Index, Register, Status};
use dari_partners::{Past, name_key};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::analysis;
use crate::cli::Common;
use crate::commands::groups;
use crate::commands::organisations::{screening, show};
use crate::corpus::{Identity, Named, Who, organisation_name};
use crate::error::{Failure, Result};
use crate::register;

/// A side of a question.
pub(super) enum Side {
    /// Places of countries.
    Countries(Vec<u16>),
    /// Ids of organisations in the lake.
    Organisations(BTreeSet<i64>),
    /// Number of a member.
    Researcher(u32),
}

impl Side {
    /// Whether an organisation of the register is of the side, by its country or itself.
    pub(super) fn holds(&self, register: &Register, id: i64) -> bool {
        match self {
            Side::Countries(countries) => {
                let country = register.by_id(id).and_then(|index| register.get(index).country).and_then(place);
                country.is_some_and(|country| countries.contains(&country))
            }
            Side::Organisations(ids) => ids.contains(&id),
            Side::Researcher(_) => false,
        }
    }
}

/// What a side may be, for hints.
const SIDES: &str =
    "A side is a country or several (KR or KR,JP), group:ID, an organisation (ROR id or OpenAlex institution) or researcher:NAME.";

/// The lake with what names people and organisations.
pub(super) struct Names<'a> {
    pub(super) common: &'a Common,
    pub(super) snapshot: &'a Snapshot,
    pub(super) register: Option<Arc<Register>>,
    groups: Groups,
}

impl<'a> Names<'a> {
    /// With the register of organisations, if there is one, and groups of the user's own.
    pub(super) fn new(common: &'a Common, snapshot: &'a Snapshot, own: Option<&PathBuf>) -> Result<Names<'a>> {
        let register = if snapshot.rows("organisations") > 0 { Some(register::register(snapshot, common)?) } else { None };
        Ok(Names { common, snapshot, register, groups: groups::at_hand(common, own)? })
    }

    /// What a member is called.
    pub(super) fn name(&self, named: &Named, member: u32) -> String {
        named.name(self.common, self.register.as_deref(), member)
    }

    /// What the organisations that a researcher was last of are called.
    pub(super) fn organisations(&self, named: &Named, past: &Past, member: u32) -> String {
        let known = affiliations(named, past, member).map(|id| organisation_name(self.common, self.register.as_deref(), id));
        known.collect::<Vec<_>>().join("; ")
    }

    /// Organisations with leads to screening lists that nobody has cleared, with the lists.
    pub(super) fn leads(&self) -> Result<BTreeMap<Index, BTreeSet<String>>> {
        match &self.register {
            Some(register) => screening::open_leads(self.snapshot, self.common, register),
            None => Ok(BTreeMap::new()),
        }
    }

    /// Screening lists that the organisations of a member are on, as leads.
    pub(super) fn screened(&self, named: &Named, past: &Past, member: u32, leads: &BTreeMap<Index, BTreeSet<String>>) -> BTreeSet<String> {
        let organisations: Vec<i64> = match named.who {
            Who::Organisations => named.members[member as usize].id().into_iter().collect(),
            Who::Researchers => affiliations(named, past, member).collect(),
        };
        let register = self.register.as_deref();
        let of = |id: &i64| leads.get(&register.and_then(|register| register.by_id(*id))?);
        organisations.iter().filter_map(of).flatten().cloned().collect()
    }

    /// The side that a person means.
    pub(super) fn side(&self, asked: &str, named: &Named) -> Result<Side> {
        let need_register = || {
            self.register.as_deref().ok_or_else(|| {
                Failure::new("no organisations loaded").hint("Load the register with `dari load ror FILE` (https://ror.org/data).")
            })
        };
        if let Some(id) = asked.strip_prefix("group:") {
            let unknown = |error: dari_organisations::Error| {
                Failure::misuse(error.to_string()).hint("`dari groups list` lists the groups at hand; --groups PATH adds your own.")
            };
            let group = self.groups.get(id).map_err(unknown)?;
            if let Members::Countries(_) = &group.members {
                let countries = self.groups.countries(id, analysis::today())?;
                return Ok(Side::Countries(countries.iter().filter_map(|country| place(country.code)).collect()));
            }
            let register = need_register()?;
            let members = self.groups.members(id, analysis::today())?;
            let found = members.iter().filter_map(|member| register.by_ror(member.ror)).map(|index| register.get(register.today(index)).id);
            return Ok(Side::Organisations(found.collect()));
        }
        if let Some(name) = asked.strip_prefix("researcher:") {
            if named.who != Who::Researchers {
                return Err(Failure::misuse("a researcher is no side of pairs of organisations").hint("Leave out --who organisations."));
            }
            return researcher(named, name);
        }
        // Names of countries may hold commas themselves.
        if let Some(country) = dari_model::country::find(asked) {
            return Ok(Side::Countries(place(country.code).into_iter().collect()));
        }
        if asked.contains(',') {
            let countries = asked.split(',').map(|part| analysis::country(part.trim()).map_err(|error| error.hint(SIDES)));
            let places = countries.map(|code| Ok(place(code?))).collect::<Result<Vec<_>>>()?;
            return Ok(Side::Countries(places.into_iter().flatten().collect()));
        }
        if asked.len() < 5 {
            analysis::country(asked)?;
        }
        let register = need_register()?;
        let index = show::find(register, asked).map_err(|error| error.hint(SIDES))?;
        Ok(Side::Organisations(BTreeSet::from([register.get(register.today(index)).id])))
    }

    /// The members of a side: known by the year asked for, in the technology if one is asked for, organisations that still exist.
    pub(super) fn members(&self, side: &Side, named: &Named, past: &Past, topics: Option<&FxHashSet<u32>>) -> Vec<u32> {
        let is_of = |number: u32| {
            let member = past.member(number);
            match side {
                Side::Countries(countries) => member.country.is_some_and(|country| countries.contains(&country)),
                Side::Researcher(researcher) => number == *researcher,
                Side::Organisations(ids) if named.who == Who::Organisations => {
                    named.members[number as usize].id().is_some_and(|id| ids.contains(&id))
                }
                Side::Organisations(ids) => affiliations(named, past, number).any(|id| ids.contains(&id)),
            }
        };
        let ended = |number: u32| {
            let id = named.members[number as usize].id();
            let index = self.register.as_deref().zip(id).and_then(|(register, id)| register.by_id(id));
            named.who == Who::Organisations
                && index.zip(self.register.as_deref()).is_some_and(|(index, register)| register.get(index).status != Status::Active)
        };
        let in_technology =
            |number: u32| topics.is_none_or(|topics| past.member(number).topics.iter().any(|(topic, _)| topics.contains(topic)));
        past.known().filter(|number| is_of(*number) && in_technology(*number) && !ended(*number)).collect()
    }
}

/// The place of a country among all.
fn place(code: &str) -> Option<u16> {
    dari_model::country::place(code).and_then(|place| u16::try_from(place).ok())
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
pub(super) fn affiliations<'a>(named: &'a Named, past: &'a Past, member: u32) -> impl Iterator<Item = i64> + 'a {
    let affiliates = if named.who == Who::Researchers { past.member(member).affiliates.as_slice() } else { &[] };
    affiliates.iter().map(|number| named.organisations[*number as usize])
}
