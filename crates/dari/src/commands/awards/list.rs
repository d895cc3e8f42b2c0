//! Single awards.

use dari_frameworks::How;

use super::assigned::{Award, Loaded};
use super::grouped::{UNASSIGNED, cents, prices};
use super::{AwardsArgs, By};
use crate::cli::{Common, Format};
use crate::error::Result;
use crate::output;
use crate::rows::Rows;

/// Characters of a title in a table for reading.
const TITLE: usize = 60;

/// Prints awards, the largest first.
pub(super) fn print(common: &Common, args: &AwardsArgs, loaded: &Loaded) -> Result<()> {
    let asked = |award: &&Award| !award.parts.is_empty() && (args.technology.is_empty() || !award.technologies.is_empty());
    let mut awards: Vec<&Award> = loaded.awards.iter().filter(asked).collect();
    awards.sort_by(|a, b| {
        let amount = |award: &Award| award.amount().unwrap_or(f64::NEG_INFINITY);
        amount(b).total_cmp(&amount(a)).then_with(|| (&a.source, &a.key).cmp(&(&b.source, &b.key)))
    });
    let table = common.format == Format::Table;
    let head = |en: &'static str, ko: &'static str| if table { common.pick(en, ko) } else { en };
    let technologies = |award: &Award| {
        let names = award.technologies.iter().map(|(place, _)| {
            let technology = &loaded.technologies[*place];
            if table { common.pick(&technology.name.en, &technology.name.ko).to_owned() } else { technology.id.clone() }
        });
        let names = names.collect::<Vec<_>>().join("|");
        if !names.is_empty() {
            names
        } else if table {
            common.pick(UNASSIGNED, "미배정").to_owned()
        } else {
            UNASSIGNED.to_owned()
        }
    };
    let day = |day: Option<i32>| day.map(dari_model::date::format);
    let years = |award: &Award| {
        let mut years = award.parts.iter().filter_map(|(year, _)| *year);
        let first = years.next();
        let last = years.next_back().or(first);
        first.zip(last).map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") })
    };
    let mut rows = Rows::default()
        .text(head("award", "과제"), awards.iter().map(|award| Some(format!("{}:{}", award.source, award.key))))
        .text(head("title", "제목"), awards.iter().map(|award| Some(title(&award.title, table))))
        .text(head("agency", "기관"), awards.iter().map(|award| award.agency.as_deref()));
    if !table {
        rows = rows
            .text("country", awards.iter().map(|award| award.country.as_deref()))
            .text("organisations", awards.iter().map(|award| Some(award.published.join("|"))))
            .text("start_date", awards.iter().map(|award| day(award.money.start)))
            .text("end_date", awards.iter().map(|award| day(award.money.end)))
            .bool("open_ended", awards.iter().map(|award| Some(award.open_ended)))
            .float("amount_published", awards.iter().map(|award| award.money.amount))
            .text("currency_published", awards.iter().map(|award| Some(award.currency.as_str())));
    }
    rows = rows
        .text(head("years", "연도"), awards.iter().map(|award| years(award)))
        .float(head("amount", "금액"), awards.iter().map(|award| award.amount().map(cents)));
    if !table {
        rows = rows
            .text("currency", awards.iter().map(|_| Some(args.currency.as_str())))
            .text("prices", awards.iter().map(|_| Some(prices(args))));
    }
    rows = rows
        .text(head("technologies", "기술"), awards.iter().map(|award| Some(technologies(award))))
        .text(head("why", "근거"), awards.iter().map(|award| Some(why(award))));
    if args.by.contains(&By::Organisation) {
        crate::progress::say(common.pick(
            "--list shows organisations as published; --by organisation without it finds them in the register",
            "--list는 조직을 원문 그대로 표시",
        ));
    }
    output::write_rows(common.format, rows)
}

fn title(title: &str, short: bool) -> String {
    match title.char_indices().nth(TITLE) {
        Some((end, _)) if short => format!("{}…", &title[..end]),
        _ => title.to_owned(),
    }
}

/// Why the award was given its technologies, one reason each, in their order.
fn why(award: &Award) -> String {
    let reason = |how: &How| match how {
        How::Topic(topic) => format!("T{topic} (inferred)"),
        How::Words => "words".to_owned(),
        How::TopicAndWords(topic) => format!("T{topic} (inferred) and words"),
    };
    award.technologies.iter().map(|(_, how)| reason(how)).collect::<Vec<_>>().join("|")
}
