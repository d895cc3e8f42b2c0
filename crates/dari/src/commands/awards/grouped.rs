//! Funding by group.

use std::collections::BTreeMap;

use dari_indicators::funding::Tally;

use super::assigned::{Award, Loaded};
use super::{AwardsArgs, By};
use crate::analysis::country_name;
use crate::cli::{Common, Format};
use crate::error::Result;
use crate::output;
use crate::rows::Rows;

/// What stands in a row where something could not be assigned.
pub(super) const UNASSIGNED: &str = "unassigned";

/// Where an award stands in one dimension; what is unassigned sorts last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    /// A place in a list, or a year.
    Place(usize),
    /// A year.
    Year(i16),
    /// A name.
    Name(String),
    Unassigned,
}

/// Prints the groups.
pub(super) fn print(common: &Common, args: &AwardsArgs, loaded: &Loaded) -> Result<()> {
    let mut by = args.by.clone();
    by.sort_unstable();
    by.dedup();
    let groups = sorted(&by, groups(args, &by, loaded));
    let table = common.format == Format::Table;
    // Names that others script against are the same in every language; those of the table for reading are not.
    let head = |en: &'static str, ko: &'static str| if table { common.pick(en, ko) } else { en };
    let unassigned = if table { common.pick(UNASSIGNED, "미배정") } else { UNASSIGNED };
    let mut rows = Rows::default();
    for (at, dimension) in by.iter().enumerate() {
        let text = |of: &dyn Fn(&Value) -> Option<String>| -> Vec<Option<String>> {
            groups.iter().map(|(key, _)| if key[at] == Value::Unassigned { Some(unassigned.to_owned()) } else { of(&key[at]) }).collect()
        };
        let name = |value: &Value| if let Value::Name(name) = value { Some(name.clone()) } else { None };
        rows = match dimension {
            By::Technology => {
                let technology = |value: &Value| if let Value::Place(place) = value { loaded.technologies.get(*place) } else { None };
                if !table {
                    rows = rows.text("technology_id", text(&|value| technology(value).map(|one| one.id.clone())));
                }
                let named = |value: &Value| technology(value).map(|one| common.pick(&one.name.en, &one.name.ko).to_owned());
                rows.text(head("technology_name", "기술"), text(&named))
            }
            By::Agency => rows.text(head("agency", "기관"), text(&name)),
            By::Year => {
                let year = |value: &Value| if let Value::Year(year) = value { Some(year.to_string()) } else { None };
                rows.text(head("year", "연도"), text(&year))
            }
            By::Country => {
                let rows = if table { rows } else { rows.text("country", text(&name)) };
                rows.text(head("country_name", "국가"), text(&|value| name(value).map(|code| country_name(common, &code).to_owned())))
            }
            By::Organisation => {
                let holder = |value: &Value| if let Value::Place(place) = value { loaded.organisations.get(*place) } else { None };
                let rows = rows.text(head("organisation", "조직"), text(&|value| holder(value).map(|one| one.name.clone())));
                if table { rows } else { rows.text("ror", text(&|value| holder(value).and_then(|one| one.ror.clone()))) }
            }
        };
    }
    let count = |of: fn(&Tally) -> u64| groups.iter().map(move |(_, tally)| Some(of(tally) as i64)).collect::<Vec<_>>();
    rows = rows
        .int(head("awards", "과제 수"), count(|tally| tally.awards))
        .float(head("amount", "금액"), groups.iter().map(|(_, tally)| Some(cents(tally.net()))))
        .int(head("negative_awards", "음수 과제"), count(|tally| tally.negative_awards))
        .float(head("negative_amount", "음수 금액"), groups.iter().map(|(_, tally)| Some(cents(tally.negative))))
        .int(head("without_amount", "금액 미상"), count(|tally| tally.without_amount))
        .int(head("open_ended", "종료일 없음"), count(|tally| tally.open_ended));
    if !table {
        rows = rows
            .text("currency", groups.iter().map(|_| Some(args.currency.as_str())))
            .text("prices", groups.iter().map(|_| Some(prices(args))));
    }
    output::write_rows(common.format, rows)
}

/// An amount to the hundredth, without the dust of adding up.
pub(super) fn cents(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}

/// The price level, as in machine-readable answers.
pub(super) fn prices(args: &AwardsArgs) -> String {
    match args.prices {
        dari_indicators::funding::Prices::Nominal => "nominal".to_owned(),
        dari_indicators::funding::Prices::Of(year) => year.to_string(),
    }
}

fn groups(args: &AwardsArgs, by: &[By], loaded: &Loaded) -> BTreeMap<Vec<Value>, Tally> {
    let mut groups: BTreeMap<Vec<Value>, Tally> = BTreeMap::new();
    for award in &loaded.awards {
        let by_technology = by.contains(&By::Technology);
        let elsewhere = award.technologies.is_empty() && (award.in_framework || !by_technology);
        if !args.technology.is_empty() && elsewhere {
            continue;
        }
        // An award is one award in each of its groups, whatever number of its years they hold.
        let mut of: BTreeMap<Vec<Value>, Option<f64>> = BTreeMap::new();
        for (year, amount) in &award.parts {
            let choices = by.iter().map(|dimension| values(*dimension, award, *year)).collect::<Vec<_>>();
            let shares: f64 = if args.split { share(by, award) } else { 1.0 };
            for key in product(&choices) {
                let sum = of.entry(key).or_insert(Some(0.0));
                *sum = sum.zip(*amount).map(|(sum, amount)| sum + amount * shares);
            }
        }
        for (key, amount) in of {
            *groups.entry(key).or_default() += Tally::award(amount, award.open_ended);
        }
    }
    groups
}

/// The part of an award that goes to each of the groups it is divided among.
fn share(by: &[By], award: &Award) -> f64 {
    let technologies = if by.contains(&By::Technology) { award.among } else { 1 };
    let organisations = if by.contains(&By::Organisation) { award.organisations.len().max(1) } else { 1 };
    1.0 / (technologies * organisations) as f64
}

fn values(dimension: By, award: &Award, year: Option<i16>) -> Vec<Value> {
    let name = |name: &Option<String>| vec![name.clone().map_or(Value::Unassigned, Value::Name)];
    let places = |places: Vec<usize>| {
        if places.is_empty() { vec![Value::Unassigned] } else { places.into_iter().map(Value::Place).collect() }
    };
    match dimension {
        By::Technology => places(award.technologies.iter().map(|(technology, _)| *technology).collect()),
        By::Agency => name(&award.agency),
        By::Year => vec![year.map_or(Value::Unassigned, Value::Year)],
        By::Country => name(&award.country),
        By::Organisation => places(award.organisations.clone()),
    }
}

fn product(choices: &[Vec<Value>]) -> Vec<Vec<Value>> {
    choices.iter().fold(vec![Vec::new()], |keys, values| {
        keys.iter().flat_map(|key| values.iter().map(move |value| key.iter().cloned().chain([value.clone()]).collect())).collect()
    })
}

/// Technologies in the framework's order, years in time, agencies, countries and organisations by what they gave or hold in all;
/// unassigned last.
fn sorted(by: &[By], groups: BTreeMap<Vec<Value>, Tally>) -> Vec<(Vec<Value>, Tally)> {
    let mut sums: BTreeMap<(usize, Value), f64> = BTreeMap::new();
    for (key, tally) in &groups {
        for (at, value) in key.iter().enumerate() {
            *sums.entry((at, value.clone())).or_default() += tally.net();
        }
    }
    let by_sum = |at: usize, value: &Value| {
        let ranked = matches!(by[at], By::Agency | By::Country | By::Organisation);
        if ranked { -sums.get(&(at, value.clone())).copied().unwrap_or(0.0) } else { 0.0 }
    };
    let mut sorted: Vec<(Vec<Value>, Tally)> = groups.into_iter().collect();
    sorted.sort_by(|(a, _), (b, _)| {
        let compared = a.iter().zip(b).enumerate().map(|(at, (a, b))| {
            let last = (*a == Value::Unassigned).cmp(&(*b == Value::Unassigned));
            last.then_with(|| by_sum(at, a).total_cmp(&by_sum(at, b))).then_with(|| a.cmp(b))
        });
        compared.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    sorted
}
