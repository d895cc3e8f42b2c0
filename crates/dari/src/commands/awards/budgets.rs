//! Published budgets in the currency asked for.

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int16Type};
use dari_frameworks::{Framework, Level};
use dari_lake::Snapshot;

use super::grouped::{cents, prices};
use super::{AwardsArgs, Tables, tables};
use crate::analysis::country_name;
use crate::cli::{Common, Format};
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

/// A published figure.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    pub(super) country: String,
    agency: Option<String>,
    programme: Option<String>,
    pub(super) framework: Option<String>,
    pub(super) technology: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) year: i16,
    amount: f64,
    unit: String,
    /// In whole units of the currency.
    pub(super) value: f64,
    pub(super) currency: String,
    source: String,
    url: Option<String>,
    date: Option<String>,
    note: Option<String>,
}

/// The budgets of the lake.
pub(super) fn read(common: &Common, snapshot: &Snapshot) -> Result<Vec<Budget>> {
    let query = "SELECT country, agency, programme, framework, technology, scope, unit, currency, source_title, source_url, \
                 cast(source_date AS varchar), note, year, amount, value FROM budgets ORDER BY country, year DESC, value DESC, id";
    let mut budgets = Vec::new();
    for batch in snapshot.query(query, &common.options())? {
        let texts = (0..12).map(|column| cast(batch.column(column), &DataType::Utf8)).collect::<std::result::Result<Vec<_>, _>>()?;
        let (amounts, values) = (batch.column(13).as_primitive::<Float64Type>(), batch.column(14).as_primitive::<Float64Type>());
        for row in 0..batch.num_rows() {
            let some = |column: usize| {
                let values = texts[column].as_string::<i32>();
                (!values.is_null(row)).then(|| values.value(row).to_owned())
            };
            let text = |column: usize| some(column).unwrap_or_default();
            budgets.push(Budget {
                country: text(0),
                agency: some(1),
                programme: some(2),
                framework: some(3),
                technology: some(4),
                scope: some(5),
                unit: text(6),
                currency: text(7),
                source: text(8),
                url: some(9),
                date: some(10),
                note: some(11),
                year: batch.column(12).as_primitive::<Int16Type>().value(row),
                amount: amounts.value(row),
                value: values.value(row),
            });
        }
    }
    Ok(budgets)
}

/// Prints budgets.
pub(super) fn print(
    common: &Common,
    args: &AwardsArgs,
    framework: &Framework,
    snapshot: &Snapshot,
    tables: &Tables,
    version: &str,
) -> Result<()> {
    let mut budgets = read(common, snapshot)?;
    if budgets.is_empty() {
        return Err(
            Failure::new("no budgets loaded").hint("Load some with `dari load budgets FILE`; demo/budgets/budgets.csv ships with dari.")
        );
    }
    let country = args.country.as_deref().map(crate::analysis::country).transpose()?;
    let asked = args.technology.iter().map(|text| framework.find(text).map_err(|error| Failure::from(error).into_misuse()));
    let asked = asked.collect::<Result<Vec<_>>>()?;
    budgets.retain(|budget| {
        let for_technology = || {
            budget.framework.as_deref() == Some(&framework.id)
                && asked.iter().any(|technology| budget.technology.as_deref() == Some(&technology.id))
        };
        args.in_window(budget.year) && country.is_none_or(|code| budget.country == code) && (asked.is_empty() || for_technology())
    });
    let convert = |budget: &Budget| tables.money.convert(budget.value, &budget.currency, budget.year);
    let converted = budgets.iter().map(|budget| convert(budget).map_err(|error| tables::failure(&error))).collect::<Result<Vec<_>>>()?;
    let names = framework.technologies(Level::All);
    let what = |budget: &Budget| {
        let named =
            names.iter().find(|one| budget.framework.as_deref() == Some(&framework.id) && budget.technology.as_ref() == Some(&one.id));
        let technology = named.map(|one| common.pick(&one.name.en, &one.name.ko).to_owned()).or_else(|| budget.technology.clone());
        let parts = [budget.programme.clone(), technology, budget.scope.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
    };
    let table = common.format == Format::Table;
    let head = |en: &'static str, ko: &'static str| if table { common.pick(en, ko) } else { en };
    let published = |budget: &Budget| {
        let unit = if budget.unit == "one" { String::new() } else { format!("{} ", budget.unit) };
        format!("{} {unit}{}", budget.amount, budget.currency)
    };
    let rows = if table {
        Rows::default()
            .text(head("country", "국가"), budgets.iter().map(|budget| Some(country_name(common, &budget.country))))
            .text(head("agency", "기관"), budgets.iter().map(|budget| budget.agency.as_deref()))
            .text(head("what", "내용"), budgets.iter().map(|budget| Some(what(budget))))
            .text(head("year", "연도"), budgets.iter().map(|budget| Some(budget.year.to_string())))
            .text(head("published", "공표액"), budgets.iter().map(|budget| Some(published(budget))))
            .float(head("amount", "금액"), converted.iter().map(|one| Some(cents(one.value))))
            .text(head("source", "출처"), budgets.iter().map(|budget| Some(budget.source.as_str())))
    } else {
        Rows::default()
            .text("country", budgets.iter().map(|budget| Some(budget.country.as_str())))
            .text("agency", budgets.iter().map(|budget| budget.agency.as_deref()))
            .text("programme", budgets.iter().map(|budget| budget.programme.as_deref()))
            .text("framework", budgets.iter().map(|budget| budget.framework.as_deref()))
            .text("technology_id", budgets.iter().map(|budget| budget.technology.as_deref()))
            .text("scope", budgets.iter().map(|budget| budget.scope.as_deref()))
            .int("year", budgets.iter().map(|budget| Some(i64::from(budget.year))))
            .float("amount_published", budgets.iter().map(|budget| Some(budget.amount)))
            .text("unit_published", budgets.iter().map(|budget| Some(budget.unit.as_str())))
            .text("currency_published", budgets.iter().map(|budget| Some(budget.currency.as_str())))
            .float("amount", converted.iter().map(|one| Some(cents(one.value))))
            .text("currency", budgets.iter().map(|_| Some(args.currency.as_str())))
            .text("prices", budgets.iter().map(|_| Some(prices(args))))
            .text("source_title", budgets.iter().map(|budget| Some(budget.source.as_str())))
            .text("source_url", budgets.iter().map(|budget| budget.url.as_deref()))
            .text("source_date", budgets.iter().map(|budget| budget.date.as_deref()))
            .text("note", budgets.iter().map(|budget| budget.note.as_deref()))
    };
    output::write_rows(common.format, rows)?;
    say(common.pick(
        "published figures: they overlap, differ in what they hold, and do not add up (notes and addresses: --format csv)",
        "공표된 수치로 서로 겹치고 범위가 달라 합산할 수 없음 (비고와 주소: --format csv)",
    ));
    let nearest = converted.iter().filter(|one| one.nearest).count();
    if nearest > 0 {
        say(&format!(
            "{nearest} {}",
            common.pick("figures were converted with the nearest year of a table", "개 수치는 가장 가까운 해로 환산")
        ));
    }
    say(&format!("{}: {}, {}; {}", common.pick("method", "방법"), args.currency, prices(args), dari_indicators::funding::RULE));
    let years = budgets.iter().map(|budget| budget.year).collect();
    tables::tell(common, tables, &budgets.iter().map(|budget| budget.currency.clone()).collect(), &years);
    say(&format!("{}: {version}", common.pick("data", "자료")));
    Ok(())
}
