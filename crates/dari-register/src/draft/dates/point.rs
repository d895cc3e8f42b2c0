//! Days, months and years as a text gives them, with what it leaves out.

use dari_model::date::{civil, days};

/// The first or last day of a date as far as it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Point {
    pub(super) year: Option<i32>,
    pub(super) month: Option<u32>,
    pub(super) day: Option<u32>,
}

impl Point {
    pub(super) fn year(year: i32) -> Point {
        Point { year: Some(year), month: None, day: None }
    }

    pub(super) fn month(year: Option<i32>, month: u32) -> Point {
        Point { year, month: Some(month), day: None }
    }

    pub(super) fn day(year: Option<i32>, month: Option<u32>, day: u32) -> Point {
        Point { year, month, day: Some(day) }
    }

    pub(super) fn of(value: i32) -> Point {
        let (year, month, day) = civil(value);
        Point { year: Some(year), month: Some(month), day: Some(day) }
    }

    pub(super) fn first(self) -> Option<i32> {
        days(self.year?, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }

    fn last(self) -> Option<i32> {
        let month = self.month.unwrap_or(12);
        match self.day {
            Some(day) => days(self.year?, month, day),
            None => Some(end_of_month(self.year?, month)),
        }
    }
}

/// The last day of a month.
pub(super) fn end_of_month(year: i32, month: u32) -> i32 {
    let (year, month) = if month >= 12 { (year + 1, 1) } else { (year, month + 1) };
    days(year, month, 1).map_or(0, |next| next - 1)
}

/// A month so many months from another.
pub(super) fn shifted(year: i32, month: u32, by: i32) -> (i32, u32) {
    let months = year * 12 + month as i32 - 1 + by;
    (months.div_euclid(12), months.rem_euclid(12) as u32 + 1)
}

/// Where to look for what a text leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Toward {
    /// The nearest, sooner one in the same year than another.
    #[default]
    Nearest,
    /// "last", "지난", "since".
    Past,
    /// "next", "coming", "오는", "by".
    Future,
}

/// Days that a same-year date may be further away than one of another year and still be meant.
const SAME_YEAR: i32 = 120;
/// Days that a day of the same month may be further away than one of another month.
const SAME_MONTH: i32 = 12;
/// The same for quarters, halves and other spans of months, which speak of a year's plan.
const SAME_YEAR_SPAN: i32 = 200;

/// The first and last day of a span, what is left out filled in from each other and from the day of publication.
pub(super) fn resolve(from: Point, to: Point, published: Option<i32>, toward: Toward) -> Option<(i32, i32)> {
    let (mut from, mut to) = (from, to);
    // "22-23 January 2024", "May-June 2024", "2024년 1월 22일~23일"
    from.month = from.month.or(if from.day.is_some() { to.month } else { None });
    to.month = to.month.or(if to.day.is_some() { from.month } else { None });
    let wraps = matches!((from.month, to.month), (Some(first), Some(last)) if last < first);
    match (from.year, to.year) {
        (Some(year), None) => to.year = Some(year + i32::from(wraps)),
        (None, Some(year)) => from.year = Some(year - i32::from(wraps)),
        _ => {}
    }
    if from.year.is_some() {
        return span(from, to);
    }
    let published = published?;
    let (year, month, _) = civil(published);
    let candidates: Vec<(i32, i32)> = match from.month {
        Some(_) => (-1..=1)
            .filter_map(|offset| {
                let year = year + offset;
                span(Point { year: Some(year), ..from }, Point { year: Some(year + i32::from(wraps)), ..to })
            })
            .collect(),
        None => (-1..=1)
            .filter_map(|offset| {
                let (year, month) = shifted(year, month, offset);
                span(Point { year: Some(year), month: Some(month), ..from }, Point { year: Some(year), month: Some(month), ..to })
            })
            .collect(),
    };
    candidates
        .into_iter()
        .filter(|(first, last)| match toward {
            Toward::Nearest => true,
            Toward::Past => *first <= published,
            Toward::Future => *last >= published,
        })
        .min_by_key(|(first, last)| {
            let away = if published < *first { first - published } else { (published - last).max(0) };
            if toward == Toward::Nearest && from.month.is_none() {
                let bonus = if civil(*first).1 == month { SAME_MONTH } else { 0 };
                return (away - bonus, -*first);
            }
            let near = toward == Toward::Nearest && from.month.is_some() && civil(*first).0 == year;
            let bonus = match near {
                true if from.month == to.month => SAME_YEAR,
                true => SAME_YEAR_SPAN,
                false => 0,
            };
            (away - bonus, -*first)
        })
}

fn span(from: Point, to: Point) -> Option<(i32, i32)> {
    let (first, last) = (from.first()?, to.last()?);
    (first <= last).then_some((first, last))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use dari_model::date::parse;

    fn known(from: Point, to: Point, published: &str, toward: Toward) -> Option<(String, String)> {
        resolve(from, to, parse(published), toward).map(|(from, to)| (dari_model::date::format(from), dari_model::date::format(to)))
    }

    fn pair(from: &str, to: &str) -> Option<(String, String)> {
        Some((from.to_owned(), to.to_owned()))
    }

    #[test]
    fn what_is_left_out_is_filled_in() {
        let may_june = (Point::month(None, 5), Point::month(Some(2024), 6));
        assert_eq!(known(may_june.0, may_june.1, "2023-01-01", Toward::Nearest), pair("2024-05-01", "2024-06-30"));
        let winter = (Point::month(Some(2024), 12), Point::month(None, 2));
        assert_eq!(known(winter.0, winter.1, "2023-01-01", Toward::Nearest), pair("2024-12-01", "2025-02-28"));
        assert_eq!(known(Point::day(None, Some(2), 30), Point::day(None, Some(2), 30), "2023-01-01", Toward::Nearest), None);
    }

    #[test]
    fn the_year_is_the_nearest_plausible() {
        let month = |month, published, toward| known(Point::month(None, month), Point::month(None, month), published, toward);
        assert_eq!(month(5, "2024-01-24", Toward::Nearest), pair("2024-05-01", "2024-05-31"));
        assert_eq!(month(9, "2024-01-24", Toward::Nearest), pair("2024-09-01", "2024-09-30"));
        assert_eq!(month(12, "2024-01-05", Toward::Nearest), pair("2023-12-01", "2023-12-31"));
        assert_eq!(month(2, "2024-12-20", Toward::Nearest), pair("2025-02-01", "2025-02-28"));
        assert_eq!(month(11, "2024-06-14", Toward::Past), pair("2023-11-01", "2023-11-30"));
        assert_eq!(month(3, "2024-06-14", Toward::Future), pair("2025-03-01", "2025-03-31"));
        let day = |day, published, toward| known(Point::day(None, None, day), Point::day(None, None, day), published, toward);
        assert_eq!(day(22, "2024-01-24", Toward::Past), pair("2024-01-22", "2024-01-22"));
        assert_eq!(day(30, "2024-01-02", Toward::Past), pair("2023-12-30", "2023-12-30"));
        assert_eq!(day(30, "2024-01-02", Toward::Nearest), pair("2023-12-30", "2023-12-30"));
        assert_eq!(day(3, "2024-01-24", Toward::Future), pair("2024-02-03", "2024-02-03"));
    }
}
