//! Money of each side by technology, for the opportunity of a technology.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int32Type};
use dari_frameworks::{Assigner, Claims, Framework, Level, Scratch, Technology};
use dari_indicators::opportunity::{Evidence, Investment};
use dari_lake::Snapshot;

use super::budgets;
use crate::cli::Common;
use crate::error::Result;

/// Puts the sides' money into the evidence of each technology, where every side has money of the same kind: awards, else budgets of one
/// year. Tells what was done, or why nothing was.
pub(crate) fn add(
    common: &Common,
    snapshot: &Snapshot,
    framework: &Framework,
    technologies: &[Technology],
    countries: &[&str],
    evidence: &mut BTreeMap<String, Evidence>,
) -> Result<String> {
    let awards = awards(common, snapshot, framework, technologies)?;
    let budgets = budgeted(common, snapshot, framework, countries)?;
    let has = |side: &&&str| awards.contains_key(**side);
    let (with, without): (Vec<&&str>, Vec<&&str>) = countries.iter().partition(has);
    let (money, kind) = if without.is_empty() {
        (awards, common.pick("awards assigned to technologies", "기술별로 배정된 과제"))
    } else if let Some(budgets) = budgets {
        (budgets, common.pick("budgets by technology", "기술별 예산"))
    } else {
        let join = |codes: &[&&str]| codes.iter().map(|code| **code).collect::<Vec<_>>().join(", ");
        return Ok(match with.is_empty() {
            true => common
                .pick(
                    "investment: no side's awards are assigned to technologies, so that this component is empty and left out of the score",
                    "투자: 기술별로 배정된 연구비 자료가 없어 비워 두고 점수에서 제외했습니다",
                )
                .to_owned(),
            false => format!(
                "{} {} {} {}",
                common.pick("investment: only awards of", "투자:"),
                join(&with),
                common.pick("are loaded, none of", "과제만 있고 다음 국가는 없어 비워 두고 점수에서 제외했습니다:"),
                if common.lang == crate::cli::Lang::En {
                    format!("{}, so that this component is empty and left out of the score", join(&without))
                } else {
                    join(&without)
                },
            ),
        });
    };
    let mut filled = 0;
    for technology in technologies {
        let of = |side: &&str| Some(((*side).to_owned(), money.get(*side)?.investment(&technology.id)?));
        // A technology is compared where every side says something of it.
        if let (Some(all), Some(evidence)) =
            (countries.iter().map(of).collect::<Option<BTreeMap<_, _>>>(), evidence.get_mut(&technology.id))
        {
            evidence.investment = all;
            filled += 1;
        }
    }
    Ok(format!("{} {kind}; {filled} {} {}", common.pick("investment: from", "투자:"), common.pick("of", "/"), technologies.len()))
}

/// Money of a side in its own currency.
#[derive(Debug, Default)]
struct Side {
    technologies: BTreeMap<String, f64>,
    total: f64,
    /// A technology that is not named has nothing, rather than being unknown.
    complete: bool,
    currencies: BTreeSet<String>,
}

impl Side {
    fn investment(&self, technology: &str) -> Option<Investment> {
        let amount = self.technologies.get(technology).copied().or(self.complete.then_some(0.0))?;
        (self.total > 0.0).then_some(Investment { technology: amount.max(0.0), total: self.total })
    }
}

/// Net sums of all loaded awards by country of the funder. A side whose awards are in several currencies is left out, and so is one none
/// of whose awards is in any of the technologies.
fn awards(common: &Common, snapshot: &Snapshot, framework: &Framework, technologies: &[Technology]) -> Result<BTreeMap<String, Side>> {
    let assigner = Assigner::new(framework, Level::All, Claims::Core)?;
    let wanted: BTreeSet<&str> = technologies.iter().map(|technology| technology.id.as_str()).collect();
    let mut sides: BTreeMap<String, Side> = BTreeMap::new();
    let mut scratch = Scratch::default();
    let query = "SELECT a.title, a.country, a.currency, a.amount, t.topic_id FROM awards a LEFT JOIN inferred_topics t ON t.id = a.id \
                 AND t.record = 'award' WHERE a.amount IS NOT NULL AND a.country IS NOT NULL ORDER BY a.id";
    for batch in snapshot.query(query, &common.options())? {
        let texts = (0..3).map(|column| cast(batch.column(column), &DataType::Utf8)).collect::<std::result::Result<Vec<_>, _>>()?;
        let (amounts, topics) = (batch.column(3).as_primitive::<Float64Type>(), batch.column(4).as_primitive::<Int32Type>());
        for row in 0..batch.num_rows() {
            let text = |column: usize| {
                let values = texts[column].as_string::<i32>();
                if values.is_null(row) { "" } else { values.value(row) }
            };
            let side = sides.entry(text(1).to_owned()).or_insert_with(|| Side { complete: true, ..Side::default() });
            side.total += amounts.value(row);
            side.currencies.insert(text(2).to_owned());
            let topic = (!topics.is_null(row)).then(|| topics.value(row));
            for (technology, _) in assigner.assign(text(0), topic.as_slice(), &mut scratch) {
                let id = &assigner.technologies()[*technology].id;
                if wanted.contains(id.as_str()) {
                    *side.technologies.entry(id.clone()).or_default() += amounts.value(row);
                }
            }
        }
    }
    sides.retain(|_, side| side.currencies.len() == 1 && !side.technologies.is_empty() && side.total > 0.0);
    Ok(sides)
}

/// Budgets by technology of the latest year in which every side has some, with a budget of scope `total` beside them.
fn budgeted(common: &Common, snapshot: &Snapshot, framework: &Framework, countries: &[&str]) -> Result<Option<BTreeMap<String, Side>>> {
    let mut years: BTreeMap<i16, BTreeMap<String, Side>> = BTreeMap::new();
    for budget in budgets::read(common, snapshot)? {
        let side = years.entry(budget.year).or_default().entry(budget.country.clone()).or_default();
        match (&budget.framework, &budget.technology) {
            (Some(id), Some(technology)) if *id == framework.id => {
                side.technologies.insert(technology.clone(), budget.value);
                side.currencies.insert(budget.currency.clone());
            }
            (None, None) if budget.scope.as_deref() == Some("total") => {
                side.total = budget.value;
                side.currencies.insert(budget.currency.clone());
            }
            _ => {}
        }
    }
    let whole = |sides: &BTreeMap<String, Side>| {
        let side =
            |code: &&str| sides.get(*code).filter(|side| side.total > 0.0 && !side.technologies.is_empty() && side.currencies.len() == 1);
        countries.iter().all(|code| side(code).is_some())
    };
    Ok(years.into_iter().rev().map(|(_, sides)| sides).find(whole))
}
