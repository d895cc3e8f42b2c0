//! Awards of the lake with their money by year, technologies and organisations.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int32Type, Int64Type};
use dari_frameworks::{Assigner, Claims, Framework, How, Level, Scratch, Technology};
use dari_indicators::funding::{AwardMoney, Money, Spread, Unplaced, spread};
use dari_lake::Snapshot;
use dari_organisations::Matcher;
use dari_organisations::matcher::Scratch as MatcherScratch;

use super::{AwardsArgs, By, WordsIn, tables};
use crate::analysis;
use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::output::thousands;
use crate::progress::say;
use crate::register::{holder, holder_text, name, register};

/// An award.
pub(super) struct Award {
    pub(super) id: i64,
    pub(super) source: String,
    pub(super) key: String,
    pub(super) title: String,
    pub(super) money: AwardMoney,
    pub(super) currency: String,
    pub(super) country: Option<String>,
    pub(super) agency: Option<String>,
    /// Amounts in the currency and prices of the answer, by year within the window; the year is `None` where the award has no dates.
    /// Empty: none of it falls into the window.
    pub(super) parts: Vec<(Option<i16>, Option<f64>)>,
    /// Why the award is in no year, if it is not.
    pub(super) unplaced: Option<Unplaced>,
    /// Spread by the rule for awards without an end.
    pub(super) open_ended: bool,
    /// Technologies, as places in [`Loaded::technologies`], and why.
    pub(super) technologies: Vec<(usize, How)>,
    /// The award is in a technology of the framework, asked for or not.
    pub(super) in_framework: bool,
    /// Into how many technologies it is divided.
    pub(super) among: usize,
    /// Names of its organisations as published.
    pub(super) published: Vec<String>,
    /// Organisations of the register, as places in [`Loaded::organisations`]; only where they were asked for. Empty: unassigned.
    pub(super) organisations: Vec<usize>,
}

impl Award {
    /// The amount within the window; `None` if it is not known.
    pub(super) fn amount(&self) -> Option<f64> {
        self.parts.iter().map(|(_, amount)| *amount).sum::<Option<f64>>()
    }
}

/// An organisation of the register.
pub(super) struct Holder {
    pub(super) name: String,
    pub(super) ror: Option<String>,
}

/// What is read and assigned.
pub(super) struct Loaded {
    pub(super) awards: Vec<Award>,
    pub(super) framework: String,
    pub(super) technologies: Vec<Technology>,
    pub(super) organisations: Vec<Holder>,
    /// Awards with an inferred topic.
    with_topic: usize,
    /// Parts for which another year's rate or deflator stood in.
    nearest: usize,
    /// Awards without dates, left out because years were asked for.
    undated: usize,
    matcher: Option<String>,
}

impl Loaded {
    pub(super) fn read(common: &Common, args: &AwardsArgs, framework: &Framework, snapshot: &Snapshot, money: &Money) -> Result<Loaded> {
        let (wanted, base) = wanted(args, framework)?;
        let assigner = Assigner::new(framework, Level::All, Claims::Core)?;
        let place = |id: &str| assigner.technologies().iter().position(|technology| technology.id == id);
        let shown: Vec<Option<usize>> =
            assigner.technologies().iter().map(|technology| wanted.iter().position(|one| one.id == technology.id)).collect();
        let base: BTreeSet<usize> = base.iter().filter_map(|technology| place(&technology.id)).collect();
        let country = args.country.as_deref().map(crate::analysis::country).transpose()?;
        let mut loaded = Loaded {
            awards: Vec::new(),
            framework: framework.id.clone(),
            technologies: wanted,
            organisations: Vec::new(),
            with_topic: 0,
            nearest: 0,
            undated: 0,
            matcher: None,
        };
        let mut scratch = Scratch::default();
        let mut any = false;
        // Abstracts are most of the bytes: they are read only where they are looked into.
        let abstracts = if args.words == WordsIn::Abstract { "a.abstract" } else { "CAST(NULL AS varchar)" };
        let query = format!(
            "SELECT a.id, a.source, a.source_key, {}, {}, a.currency, a.country, a.agency, a.amount, a.start_date, a.end_date, \
             a.open_ended, t.topic_id FROM awards a LEFT JOIN inferred_topics t ON t.id = a.id AND t.record = 'award' ORDER BY a.id",
            analysis::own("a.title"),
            analysis::own(abstracts)
        );
        for batch in snapshot.query(&query, &common.options())? {
            any |= batch.num_rows() > 0;
            let texts = (1..8).map(|column| cast(batch.column(column), &DataType::Utf8)).collect::<std::result::Result<Vec<_>, _>>()?;
            let text = |column: usize, row: usize| {
                let values = texts[column - 1].as_string::<i32>();
                (!values.is_null(row)).then(|| values.value(row))
            };
            let columns = Columns::of(&batch);
            for row in 0..batch.num_rows() {
                let (source, of) = (text(1, row).unwrap_or_default(), text(6, row));
                if args.source.as_deref().is_some_and(|asked| asked != source) || country.is_some_and(|asked| of != Some(asked)) {
                    continue;
                }
                let title = text(3, row).unwrap_or_default();
                let topic = columns.topic(row);
                loaded.with_topic += usize::from(topic.is_some());
                let abstract_text = if args.words == WordsIn::Abstract { text(4, row).unwrap_or_default() } else { "" };
                let words = if abstract_text.is_empty() { title.to_owned() } else { format!("{title}. {abstract_text}") };
                let found = assigner.assign(&words, topic.as_slice(), &mut scratch);
                let among = found.iter().filter(|(technology, _)| base.contains(technology)).count().max(1);
                let mut award = Award {
                    id: columns.id(row),
                    source: source.to_owned(),
                    key: text(2, row).unwrap_or_default().to_owned(),
                    title: title.to_owned(),
                    money: columns.money(row),
                    currency: text(5, row).unwrap_or_default().to_owned(),
                    country: of.map(str::to_owned),
                    agency: text(7, row).map(str::to_owned),
                    parts: Vec::new(),
                    unplaced: None,
                    open_ended: false,
                    technologies: found.iter().filter_map(|(technology, how)| Some((shown[*technology]?, *how))).collect(),
                    in_framework: !found.is_empty(),
                    among,
                    published: Vec::new(),
                    organisations: Vec::new(),
                };
                loaded.place(args, money, &mut award)?;
                loaded.awards.push(award);
            }
        }
        if !any {
            return Err(Failure::new("no awards loaded")
                .hint("Load some with `dari load awards --source … FILE`, or all that ships with `dari demo`."));
        }
        loaded.holders(common, args, snapshot)?;
        Ok(loaded)
    }

    /// Spreads the award's money over its years and converts it.
    fn place(&mut self, args: &AwardsArgs, money: &Money, award: &mut Award) -> Result<()> {
        match spread(&award.money, args.open_ended) {
            Spread::Parts(parts) => {
                award.open_ended = award.money.end.is_none();
                for part in parts.into_iter().filter(|part| args.in_window(part.year)) {
                    let converted = money.convert(part.amount, &award.currency, part.year).map_err(|error| tables::failure(&error))?;
                    self.nearest += usize::from(converted.nearest);
                    award.parts.push((Some(part.year), Some(converted.value)));
                }
            }
            Spread::Unplaced(why) => {
                award.unplaced = Some(why);
                if args.window().is_some() && !args.by.contains(&By::Year) {
                    self.undated += 1;
                } else {
                    let amount = award.money.amount.and_then(|amount| money.undated(amount, &award.currency));
                    award.parts.push((None, amount));
                }
            }
        }
        Ok(())
    }

    /// Reads the organisations that hold awards; finds them in the register where they are asked for.
    fn holders(&mut self, common: &Common, args: &AwardsArgs, snapshot: &Snapshot) -> Result<()> {
        let asked = args.by.contains(&By::Organisation) && !args.list;
        if !asked && !args.list {
            return Ok(());
        }
        let places: BTreeMap<i64, usize> = self.awards.iter().enumerate().map(|(place, award)| (award.id, place)).collect();
        // What names an organisation, and the awards it holds.
        let mut texts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let query = "SELECT award_id, name, city, state, country FROM award_organisations ORDER BY award_id, position";
        for batch in snapshot.query(query, &common.options())? {
            let columns = (1..5).map(|column| cast(batch.column(column), &DataType::Utf8)).collect::<std::result::Result<Vec<_>, _>>()?;
            let ids = batch.column(0).as_primitive::<Int64Type>();
            for row in 0..batch.num_rows() {
                let Some(&award) = places.get(&ids.value(row)) else { continue };
                let text = |column: usize| {
                    let values = columns[column].as_string::<i32>();
                    (!values.is_null(row)).then(|| values.value(row))
                };
                self.awards[award].published.extend(text(0).map(str::to_owned));
                texts.entry(holder_text([text(0), text(1), text(2)], text(3))).or_default().push(award);
            }
        }
        if !asked {
            return Ok(());
        }
        let register = register(snapshot, common)?;
        let matcher = Matcher::new(&register);
        let mut scratch = MatcherScratch::default();
        let mut known: BTreeMap<u32, usize> = BTreeMap::new();
        for (text, awards) in texts {
            let Some(found) = holder(&matcher, &text, &mut scratch) else { continue };
            let organisation = register.get(found);
            let place = *known.entry(found).or_insert_with(|| {
                self.organisations.push(Holder { name: name(common, organisation).to_owned(), ror: organisation.ror.clone() });
                self.organisations.len() - 1
            });
            for award in awards {
                let holders = &mut self.awards[award].organisations;
                if !holders.contains(&place) {
                    holders.push(place);
                }
            }
        }
        self.matcher = Some(matcher.version().to_owned());
        Ok(())
    }

    /// The currencies of the awards.
    pub(super) fn currencies(&self) -> BTreeSet<String> {
        self.awards.iter().filter(|award| award.money.amount.is_some()).map(|award| award.currency.clone()).collect()
    }

    /// The years of spending in the answer.
    pub(super) fn years(&self) -> BTreeSet<i16> {
        self.awards.iter().flat_map(|award| award.parts.iter().filter_map(|(year, _)| *year)).collect()
    }

    /// Says how much is in the answer and what of it could not be assigned.
    pub(super) fn tell_unassigned(&self, common: &Common, args: &AwardsArgs) {
        let count = |number: usize| thousands(&number.to_string());
        let within: Vec<&Award> = self.awards.iter().filter(|award| !award.parts.is_empty()).collect();
        let sum = |awards: &mut dyn Iterator<Item = &&Award>| awards.filter_map(|award| award.amount()).sum::<f64>();
        let all = sum(&mut within.iter());
        // Adding 0 keeps a sum of nothing from being shown as -0.
        let money = |value: f64| thousands(&format!("{:.0}", value + 0.0));
        let awards = |number: usize| if number == 1 { common.pick("award", "과제") } else { common.pick("awards", "과제") };
        say(&format!("{}: {} {}, {} {}", common.pick("all", "전체"), count(within.len()), awards(within.len()), money(all), args.currency));
        let part = |what: &str, test: &dyn Fn(&Award) -> bool| {
            let of: Vec<&&Award> = within.iter().filter(|award| test(award)).collect();
            if of.is_empty() {
                return;
            }
            let value = sum(&mut of.iter().copied());
            let percent = if all == 0.0 { 0.0 } else { value * 100.0 / all + 0.0 };
            say(&format!(
                "{what}: {} {} ({:.1} %), {} {} ({percent:.1} %)",
                count(of.len()),
                awards(of.len()),
                of.len() as f64 * 100.0 / within.len() as f64,
                money(value),
                args.currency
            ));
        };
        let no_technology = common.pick("unassigned to any technology of", "기술 미배정");
        part(&format!("{no_technology} {}", self.framework), &|award| !award.in_framework);
        part(common.pick("unassigned to an agency", "기관 미상"), &|award| award.agency.is_none());
        part(common.pick("unassigned to a country", "국가 미상"), &|award| award.country.is_none());
        if self.matcher.is_some() {
            part(common.pick("unassigned to an organisation", "조직 미배정"), &|award| award.organisations.is_empty());
        }
        let no_dates = common.pick("without dates, in no year", "기간 미상");
        part(no_dates, &|award| award.unplaced.is_some_and(|why| why != Unplaced::NoAmount));
        part(common.pick("without an amount", "금액 미상"), &|award| award.unplaced == Some(Unplaced::NoAmount));
        let lost = common.pick("with an amount that cannot be converted for want of a year", "연도가 없어 환산 불가");
        part(lost, &|award| award.unplaced.is_some_and(|why| why != Unplaced::NoAmount) && award.amount().is_none());
        let open = common.pick("without an end, spread by the rule for those", "종료일이 없어 규칙으로 배분");
        part(open, &|award| award.open_ended);
        part(common.pick("below zero (taken back)", "음수 (회수)"), &|award| award.money.amount.is_some_and(|amount| amount < 0.0));
        if self.undated > 0 {
            let what = common.pick("awards without dates are in no year and left out", "개 과제는 기간이 없어 제외");
            say(&format!("{} {what}", count(self.undated)));
        }
        if self.nearest > 0 {
            let what = common.pick(
                "yearly parts of awards were converted with the nearest year of a table",
                "개 연도별 금액은 가장 가까운 해의 환율 또는 디플레이터로 환산",
            );
            say(&format!("{} {what}", count(self.nearest)));
        }
        let words = if args.words == WordsIn::Abstract {
            common.pick("title and abstract", "제목과 초록")
        } else {
            common.pick("title", "제목")
        };
        say(&format!(
            "{}: {} ({words}), {} {} {}",
            common.pick("technologies by words", "기술 배정: 단어"),
            self.framework,
            common.pick("and by inferred topics, which", "및 추정 주제;"),
            count(self.with_topic),
            common.pick("awards have (`dari frameworks infer` infers them)", "개 과제에 주제 있음 (`dari frameworks infer`)"),
        ));
        if let Some(version) = &self.matcher {
            say(&format!("{}: matcher {version}", common.pick("organisations", "조직")));
        }
    }
}

/// The technologies to show, and those an award is divided among.
fn wanted(args: &AwardsArgs, framework: &Framework) -> Result<(Vec<Technology>, Vec<Technology>)> {
    let all = framework.technologies(args.level.into());
    if args.technology.is_empty() {
        return Ok((all.clone(), all));
    }
    let mut asked: Vec<Technology> = Vec::new();
    for text in &args.technology {
        let technology = framework.find(text).map_err(|error| Failure::from(error).into_misuse())?;
        if !asked.iter().any(|known| known.id == technology.id) {
            asked.push(technology);
        }
    }
    let at_level = asked.iter().all(|technology| all.iter().any(|other| other.id == technology.id));
    let base = if at_level { all } else { asked.clone() };
    Ok((asked, base))
}

/// The columns of an award that are not text.
struct Columns<'a> {
    batch: &'a RecordBatch,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        Columns { batch }
    }

    fn id(&self, row: usize) -> i64 {
        self.batch.column(0).as_primitive::<Int64Type>().value(row)
    }

    fn money(&self, row: usize) -> AwardMoney {
        let amounts = self.batch.column(8).as_primitive::<Float64Type>();
        let day = |column: usize| {
            let days = self.batch.column(column).as_primitive::<Date32Type>();
            (!days.is_null(row)).then(|| days.value(row))
        };
        AwardMoney {
            amount: (!amounts.is_null(row)).then(|| amounts.value(row)),
            start: day(9),
            end: day(10),
            open_ended: self.batch.column(11).as_boolean().value(row),
        }
    }

    fn topic(&self, row: usize) -> Option<i32> {
        let topics = self.batch.column(12).as_primitive::<Int32Type>();
        (!topics.is_null(row)).then(|| topics.value(row))
    }
}
