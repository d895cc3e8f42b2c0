//! `dari trend`: joint works by year.

use clap::Args;
use dari_indicators::Period;
use dari_indicators::trend::{Trend, trend};

use crate::analysis;
use crate::cli::{Common, Format};
use crate::error::{Failure, Result};
use crate::output::{self, thousands};
use crate::progress::say;
use crate::rows::Rows;

/// Arguments of `dari trend`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dari trend KR US
  dari trend KR US JP --from 2000 --format json

Of three and more countries the works of their pairs are added up, for the series holds pairs only. A year is flagged
`break` if it departs from its neighbours far more than the pair's own scatter and than pairs of similar size in that year.")]
pub(crate) struct TrendArgs {
    /// Two or more countries: codes or names
    #[arg(required = true, num_args = 2.., value_name = "COUNTRY")]
    countries: Vec<String>,
    /// First year
    #[arg(long, default_value_t = i16::MIN, hide_default_value = true, value_name = "YEAR")]
    from: i16,
    /// Last year
    #[arg(long, default_value_t = i16::MAX, hide_default_value = true, value_name = "YEAR")]
    to: i16,
    /// Data set of joint works, if several are loaded
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,
}

pub(crate) fn run(common: &Common, args: &TrendArgs) -> Result<()> {
    let countries = analysis::countries(&args.countries)?;
    print(common, &countries, Period { from: args.from, to: args.to }, args.dataset.as_deref())
}

/// Prints the course of joint works.
pub(crate) fn print(common: &Common, countries: &[&str], window: Period, dataset: Option<&str>) -> Result<()> {
    let Some(data) = analysis::pairs(&analysis::snapshot(common)?, common, dataset)? else {
        return Err(Failure::new(common.pick("no joint works of countries loaded", "국가 간 공동 논문 자료가 적재되지 않음"))
            .hint("Load some with `dari load aggregates country-pairs FILE`."));
    };
    let course = trend(&data.series, &data.breaks, countries, window)?;
    if common.format == Format::Table {
        plot(common, &course)?;
    } else {
        let rows = Rows::default()
            .int("year", course.years.iter().map(|year| Some(i64::from(year.year))))
            .int("works", course.years.iter().map(|year| Some(year.works as i64)))
            .text("flag", course.years.iter().map(|year| Some(if year.broken { "break" } else { "" })))
            .float("works_without_break", course.years.iter().map(|year| Some(year.mended)));
        output::write_rows(common.format, rows)?;
    }
    let percent = |growth: Option<dari_indicators::statistics::Estimate>| {
        growth.map_or("unknown".to_owned(), |growth| {
            format!("{:+.1} % ({:+.1} ~ {:+.1})", growth.value.exp_m1() * 100.0, growth.low.exp_m1() * 100.0, growth.high.exp_m1() * 100.0)
        })
    };
    say(&format!(
        "{}: {}; {} {}",
        common.pick("growth a year (Theil-Sen, 95 %)", "연평균 증가율 (Theil-Sen, 95 %)"),
        percent(course.growth),
        common.pick("without flagged years", "표시된 해 제외"),
        percent(course.growth_without_broken)
    ));
    if countries.len() > 2 {
        say(common.pick(
            "works are added up over the pairs: one with authors of three of the countries counts three times",
            "국가 쌍을 모두 더한 값: 세 나라 저자가 함께 쓴 논문은 세 번 셉니다",
        ));
    }
    say(&format!("{}: {}", common.pick("data", "자료"), data.source));
    Ok(())
}

/// Bars in the terminal; a flagged year has hollow ones and the number its neighbours promise.
fn plot(common: &Common, course: &Trend) -> Result<()> {
    use std::io::Write;
    const WIDTH: u64 = 50;
    let most = course.years.iter().map(|year| year.works).max().unwrap_or(0).max(1);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} {}", common.pick("joint works of", "공동 논문:"), course.countries.join(", "))?;
    for year in &course.years {
        let length = (year.works * WIDTH).div_ceil(most) as usize;
        let (bar, note) = if year.broken {
            (
                "░".repeat(length),
                format!(
                    "  {} ({} {})",
                    common.pick("flag: break", "표시: 단절"),
                    common.pick("its neighbours promise", "앞뒤 해로 본 값"),
                    thousands(&format!("{:.0}", year.mended))
                ),
            )
        } else {
            ("█".repeat(length), String::new())
        };
        writeln!(out, "{} {:>9} {bar}{note}", year.year, thousands(&year.works.to_string()))?;
    }
    Ok(())
}
