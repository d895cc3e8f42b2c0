//! An award's amount over the years it runs.

use dari_model::date;

/// What an award says of its money.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AwardMoney {
    /// Amount in the award's own currency; below zero for a de-obligation.
    pub amount: Option<f64>,
    /// First day, as days since 1970-01-01.
    pub start: Option<i32>,
    /// Last day, which belongs to the award.
    pub end: Option<i32>,
    /// The source says that it goes on.
    pub open_ended: bool,
}

/// Until when the amount of an award without an end is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenEnded {
    /// So many years from its first day.
    Years(u16),
    /// Up to a day; an award that begins later is put on its first day.
    Until(i32),
    /// Not at all: it counts as unplaced.
    Unplaced,
}

/// The part of an award that falls into a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The year.
    pub year: i16,
    /// Amount in the award's own currency, in whole hundredths.
    pub amount: f64,
}

/// Why an award cannot be placed in years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unplaced {
    /// Its source gives no amount.
    NoAmount,
    /// Its source gives no first day.
    NoStart,
    /// Its source gives no last day and does not say that it goes on, or it goes on and is not to be placed.
    NoEnd,
    /// Its last day is before its first.
    EndBeforeStart,
}

/// Where an award's money goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Spread {
    /// In parts by year, ascending, which sum to the amount to the hundredth.
    Parts(Vec<Part>),
    /// Nowhere.
    Unplaced(Unplaced),
}

/// Spreads an award over its days, both ends included: a year's part is the amount by the days of the award in the year over all its days.
/// Parts are rounded to hundredths where their running sum is, so that they sum to the amount (itself rounded to hundredths) exactly,
/// whatever its sign.
pub fn spread(award: &AwardMoney, open_ended: OpenEnded) -> Spread {
    let Some(amount) = award.amount.filter(|amount| amount.is_finite()) else { return Spread::Unplaced(Unplaced::NoAmount) };
    let Some(start) = award.start else { return Spread::Unplaced(Unplaced::NoStart) };
    let end = match (award.end, open_ended) {
        (Some(end), _) => end,
        (None, OpenEnded::Years(years)) if award.open_ended => last_day(start, years),
        (None, OpenEnded::Until(day)) if award.open_ended => day.max(start),
        (None, _) => return Spread::Unplaced(Unplaced::NoEnd),
    };
    if end < start {
        return Spread::Unplaced(Unplaced::EndBeforeStart);
    }
    // Hundredths of amounts up to 10^13 are exact in floating point; larger ones lose nothing that was there.
    let all = (amount * 100.0).round();
    let days = f64::from(end - start) + 1.0;
    let mut parts = Vec::new();
    let mut given = 0.0;
    let (first, _, _) = date::civil(start);
    let (last, _, _) = date::civil(end);
    for year in first..=last {
        let through = date::days(year, 12, 31).unwrap_or(end).min(end);
        let so_far = if through == end { all } else { (all * ((f64::from(through - start) + 1.0) / days)).round() };
        parts.push(Part { year: i16::try_from(year).unwrap_or(i16::MAX), amount: (so_far - given) / 100.0 });
        given = so_far;
    }
    Spread::Parts(parts)
}

/// The last day of so many years from a first day on: the day before the same day then (28 February for 29 February).
fn last_day(start: i32, years: u16) -> i32 {
    let (year, month, day) = date::civil(start);
    let then = year + i32::from(years.max(1));
    date::days(then, month, day).or_else(|| date::days(then, month, 28)).map_or(start, |same| (same - 1).max(start))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> i32 {
        date::parse(text).unwrap()
    }

    fn award(amount: f64, start: &str, end: &str) -> AwardMoney {
        AwardMoney { amount: Some(amount), start: Some(day(start)), end: Some(day(end)), open_ended: false }
    }

    fn parts(award: &AwardMoney) -> Vec<(i16, f64)> {
        match spread(award, OpenEnded::Years(3)) {
            Spread::Parts(parts) => parts.into_iter().map(|part| (part.year, part.amount)).collect(),
            Spread::Unplaced(why) => panic!("{why:?}"),
        }
    }

    #[test]
    fn by_days_by_hand() {
        // October to September: 92 days of 2022 and 273 of 2023, 365 in all: 365 dollars are a dollar a day.
        assert_eq!(parts(&award(365.0, "2022-10-01", "2023-09-30")), [(2022, 92.0), (2023, 273.0)]);
        // A single day.
        assert_eq!(parts(&award(10.0, "2024-02-29", "2024-02-29")), [(2024, 10.0)]);
        // 2024 has 366 days: 100 · 365/1096 = 33.3029, 100 · 730/1096 = 66.6058, so that the parts are 33.30, 33.31 and 33.39.
        assert_eq!(parts(&award(100.0, "2022-01-01", "2024-12-31")), [(2022, 33.30), (2023, 33.31), (2024, 33.39)]);
        // What is taken back is spread as what is given.
        assert_eq!(parts(&award(-100.0, "2022-01-01", "2024-12-31")), [(2022, -33.30), (2023, -33.31), (2024, -33.39)]);
        // Korea's 1.8 trillion won in its year.
        assert_eq!(parts(&award(1.8e12, "2024-01-01", "2024-12-31")), [(2024, 1.8e12)]);
    }

    #[test]
    fn without_an_end() {
        let open = AwardMoney { end: None, open_ended: true, ..award(1_096.0, "2022-01-01", "2022-01-01") };
        // Three years: 365 + 365 + 366 = 1,096 days, a dollar a day.
        assert_eq!(parts(&open), [(2022, 365.0), (2023, 365.0), (2024, 366.0)]);
        let until = |text: &str| spread(&open, OpenEnded::Until(day(text)));
        assert_eq!(until("2022-06-30"), Spread::Parts(vec![Part { year: 2022, amount: 1_096.0 }]));
        assert_eq!(until("2021-06-30"), Spread::Parts(vec![Part { year: 2022, amount: 1_096.0 }]), "not before it begins");
        assert_eq!(spread(&open, OpenEnded::Unplaced), Spread::Unplaced(Unplaced::NoEnd));
        let leap = AwardMoney { start: Some(day("2024-02-29")), ..open };
        let Spread::Parts(parts) = spread(&leap, OpenEnded::Years(1)) else { panic!() };
        assert_eq!(parts.iter().map(|part| part.year).collect::<Vec<_>>(), [2024, 2025]);
    }

    #[test]
    fn what_cannot_be_placed() {
        let whole = award(5.0, "2022-01-01", "2023-01-01");
        let why = |award: AwardMoney| match spread(&award, OpenEnded::Years(3)) {
            Spread::Unplaced(why) => why,
            Spread::Parts(parts) => panic!("{parts:?}"),
        };
        assert_eq!(why(AwardMoney { amount: None, ..whole }), Unplaced::NoAmount);
        assert_eq!(why(AwardMoney { amount: Some(f64::NAN), ..whole }), Unplaced::NoAmount);
        assert_eq!(why(AwardMoney { start: None, ..whole }), Unplaced::NoStart);
        assert_eq!(why(AwardMoney { end: None, ..whole }), Unplaced::NoEnd, "nobody said that it goes on");
        assert_eq!(why(award(5.0, "2023-01-01", "2022-01-01")), Unplaced::EndBeforeStart);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_amount_to_the_cent(cents in -100_000_000_000_000i64..100_000_000_000_000, start in 0i32..25_000, length in 0i32..8_000) {
            let amount = cents as f64 / 100.0;
            let award = AwardMoney { amount: Some(amount), start: Some(start), end: Some(start + length), open_ended: false };
            let Spread::Parts(parts) = spread(&award, OpenEnded::Unplaced) else { panic!() };
            let sum: i64 = parts.iter().map(|part| (part.amount * 100.0).round() as i64).sum();
            prop_assert_eq!(sum, cents);
            prop_assert!(parts.iter().all(|part| part.amount == 0.0 || (part.amount > 0.0) == (cents > 0)), "one sign");
            prop_assert!(parts.windows(2).all(|pair| pair[1].year == pair[0].year + 1), "every year once");
        }
    }
}
