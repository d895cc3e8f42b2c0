//! `dari organisations search`.

use clap::Args;
use dari_organisations::search::{Fit, Found};
use dari_organisations::{Index, Register, Status};

use crate::analysis;
use crate::cli::{Common, Format};
use crate::error::Result;
use crate::output;
use crate::progress::say;
use crate::register::{name, register, search};
use crate::rows::Rows;

/// Arguments of `dari organisations search`.
#[derive(Debug, Args)]
pub(super) struct SearchArgs {
    /// A name or part of one, in any language
    #[arg(required = true, value_name = "NAME")]
    name: Vec<String>,
    /// Only organisations of this country
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
    /// The most to show
    #[arg(long, default_value_t = 10, value_name = "N")]
    limit: usize,
}

pub(super) fn run(common: &Common, args: &SearchArgs) -> Result<()> {
    let snapshot = analysis::snapshot(common)?;
    let register = register(&snapshot, common)?;
    let country = args.country.as_ref().map(|country| analysis::country(country)).transpose()?;
    let query = args.name.join(" ");
    let wanted = |index: Index| country.is_none() || register.get(index).country == country;
    let found = match register.by_ror(&query).or_else(|| register.by_openalex(&query)) {
        Some(organisation) => vec![Found { organisation, name: query.clone(), fit: Fit::Exact }],
        None => search(&snapshot, common, |index| index.find_among(&query, args.limit, &wanted))?,
    };
    let of = |index: Index| register.get(index);
    if common.format == Format::Table {
        let rows = Rows::default()
            .text("ror", found.iter().map(|one| of(one.organisation).ror.as_deref()))
            .text(common.pick("organisation", "기관"), found.iter().map(|one| Some(name(common, of(one.organisation)))))
            .text(common.pick("found as", "찾은 이름"), found.iter().map(|one| Some(one.name.as_str())))
            .text(common.pick("fit", "일치"), found.iter().map(|one| Some(fit(common, one.fit))))
            .text(
                common.pick("country", "국가"),
                found.iter().map(|one| of(one.organisation).country.map(|code| analysis::country_name(common, code))),
            )
            .text(common.pick("city", "도시"), found.iter().map(|one| of(one.organisation).city.as_deref()))
            .text(common.pick("status", "상태"), found.iter().map(|one| Some(status(common, of(one.organisation).status))));
        output::write_rows(common.format, rows)?;
    } else {
        output::write_rows(common.format, columns(common, &register, &found))?;
    }
    if found.is_empty() {
        let count = output::thousands(&register.all().len().to_string());
        say(&common.pick(
            "nothing in the register (COUNT organisations) is called like 'QUERY'; the shipped register is a part of ROR, `dari load ror` takes the whole",
            "등록부(기관 COUNT개)에 'QUERY'와 비슷한 이름이 없습니다. 함께 제공되는 등록부는 ROR의 일부이며, 전체는 `dari load ror`로 불러옵니다",
        ).replace("COUNT", &count).replace("QUERY", &query));
    }
    Ok(())
}

fn fit(common: &Common, fit: Fit) -> &'static str {
    match fit {
        Fit::Exact => common.pick("exact", "일치"),
        Fit::Prefix => common.pick("prefix", "앞부분"),
        Fit::Words => common.pick("words", "단어"),
        Fit::Fuzzy => common.pick("fuzzy", "비슷함"),
    }
}

fn status(common: &Common, status: Status) -> &'static str {
    match status {
        Status::Active => common.pick("active", "운영 중"),
        Status::Inactive => common.pick("inactive", "종료"),
        Status::Withdrawn => common.pick("withdrawn", "철회"),
    }
}

fn columns(common: &Common, register: &Register, found: &[Found]) -> Rows {
    let of = |index: Index| register.get(index);
    Rows::default()
        .text("ror", found.iter().map(|one| of(one.organisation).ror.as_deref()))
        .text("organisation", found.iter().map(|one| Some(name(common, of(one.organisation)))))
        .text("found_name", found.iter().map(|one| Some(one.name.as_str())))
        .text("fit", found.iter().map(|one| Some(one.fit.as_str())))
        .text("country", found.iter().map(|one| of(one.organisation).country))
        .text("city", found.iter().map(|one| of(one.organisation).city.as_deref()))
        .text("types", found.iter().map(|one| Some(of(one.organisation).types.join(", "))))
        .text("status", found.iter().map(|one| Some(of(one.organisation).status.as_str())))
}
