//! Exchange rates, deflators and what they do to an amount.

use std::collections::BTreeMap;

/// Why an amount cannot be brought to one currency and price level, or a table cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FundingError {
    /// The table has no rate of the currency in the year.
    #[error("no exchange rate of {currency} in {year}")]
    NoRate {
        /// ISO 4217 code.
        currency: String,
        /// The year of spending.
        year: i16,
    },
    /// The table has no rate of the currency at all.
    #[error("no exchange rate of {0} in any year")]
    NoCurrency(String),
    /// The table has no deflator of the country in the year.
    #[error("no deflator of {country} in {year}")]
    NoDeflator {
        /// Country, or EA for the euro area.
        country: String,
        /// The year of spending, or the base year.
        year: i16,
    },
    /// Nothing says whose prices a currency goes by.
    #[error("no deflator goes with {0}: its price level is not known; choose USD, KRW, JPY, EUR, GBP, CNY or CAD, or nominal amounts")]
    NoPrices(String),
    /// A rate or index that is not above zero.
    #[error("{what} in {year}: found {found}, expected a number above 0")]
    NotPositive {
        /// Currency or country.
        what: String,
        /// The year.
        year: i16,
        /// The number.
        found: f64,
    },
    /// Two lines for one year.
    #[error("{what} in {year}: found two lines, expected one")]
    Twice {
        /// Currency or country.
        what: String,
        /// The year.
        year: i16,
    },
}

/// What happens in a year that a table does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissingYears {
    /// It is an error.
    #[default]
    Refuse,
    /// The nearest year that the table has stands in; of two equally near the earlier.
    Nearest,
}

/// Values by what they belong to and year.
#[derive(Debug, Clone, Default, PartialEq)]
struct Yearly {
    values: BTreeMap<String, BTreeMap<i16, f64>>,
}

impl Yearly {
    fn add(&mut self, what: &str, year: i16, value: f64) -> Result<(), FundingError> {
        if !(value > 0.0 && value.is_finite()) {
            return Err(FundingError::NotPositive { what: what.to_owned(), year, found: value });
        }
        match self.values.entry(what.to_owned()).or_default().insert(year, value) {
            None => Ok(()),
            Some(_) => Err(FundingError::Twice { what: what.to_owned(), year }),
        }
    }

    /// The value of a year, and the year it is of.
    fn get(&self, what: &str, year: i16, missing: MissingYears) -> Option<(f64, i16)> {
        let of = self.values.get(what)?;
        let (near, value) = match missing {
            MissingYears::Refuse => of.get_key_value(&year)?,
            MissingYears::Nearest => of.iter().min_by_key(|(near, _)| (i32::from(**near) - i32::from(year)).abs())?,
        };
        Some((*value, *near))
    }
}

/// Yearly average exchange rates, in units of the currency for one US dollar. The US dollar itself is 1 in every year.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RateTable(Yearly);

impl RateTable {
    /// Adds a rate.
    ///
    /// # Errors
    /// [`FundingError::NotPositive`], [`FundingError::Twice`].
    pub fn add(&mut self, year: i16, currency: &str, per_usd: f64) -> Result<(), FundingError> {
        self.0.add(currency, year, per_usd)
    }

    /// The rate of a currency and the year it is of.
    ///
    /// # Errors
    /// [`FundingError::NoCurrency`], [`FundingError::NoRate`].
    pub fn per_usd(&self, currency: &str, year: i16, missing: MissingYears) -> Result<(f64, i16), FundingError> {
        if currency == "USD" {
            return Ok((1.0, year));
        }
        if !self.0.values.contains_key(currency) {
            return Err(FundingError::NoCurrency(currency.to_owned()));
        }
        self.0.get(currency, year, missing).ok_or_else(|| FundingError::NoRate { currency: currency.to_owned(), year })
    }
}

/// Price indices by country and year, each country's in any base.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeflatorTable(Yearly);

impl DeflatorTable {
    /// Adds an index.
    ///
    /// # Errors
    /// [`FundingError::NotPositive`], [`FundingError::Twice`].
    pub fn add(&mut self, year: i16, country: &str, index: f64) -> Result<(), FundingError> {
        self.0.add(country, year, index)
    }

    /// The index of a country and the year it is of.
    ///
    /// # Errors
    /// [`FundingError::NoDeflator`].
    pub fn index(&self, country: &str, year: i16, missing: MissingYears) -> Result<(f64, i16), FundingError> {
        self.0.get(country, year, missing).ok_or_else(|| FundingError::NoDeflator { country: country.to_owned(), year })
    }
}

/// Whose prices a currency goes by; EA is the euro area.
pub fn deflator_country(currency: &str) -> Option<&'static str> {
    const OF: [(&str, &str); 7] = [("USD", "US"), ("KRW", "KR"), ("JPY", "JP"), ("EUR", "EA"), ("GBP", "GB"), ("CNY", "CN"), ("CAD", "CA")];
    OF.into_iter().find(|(of, _)| *of == currency).map(|(_, country)| country)
}

/// The price level amounts are shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prices {
    /// That of each year.
    #[default]
    Nominal,
    /// That of one year.
    Of(i16),
}

/// How amounts are made comparable.
#[derive(Debug, Clone)]
pub struct Money {
    /// Exchange rates.
    pub rates: RateTable,
    /// Deflators.
    pub deflators: DeflatorTable,
    /// The currency of the answer, ISO 4217.
    pub currency: String,
    /// The price level of the answer.
    pub prices: Prices,
    /// What happens in years that a table does not have.
    pub missing: MissingYears,
}

/// An amount in the currency and prices of the answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Converted {
    /// The amount.
    pub value: f64,
    /// Whether another year than that of spending stood in for a rate or deflator.
    pub nearest: bool,
}

impl Money {
    /// Rule [`RULE`](super::RULE): amount · rate of the answer's currency / rate of the amount's in the year of spending · deflator of the
    /// base year / deflator of the year of spending, the deflator being that of the answer's currency. The sign stays.
    ///
    /// # Errors
    /// A rate or deflator that the tables do not have, and no other year may stand in for.
    pub fn convert(&self, amount: f64, currency: &str, year: i16) -> Result<Converted, FundingError> {
        let mut converted = Converted { value: amount, nearest: false };
        if currency != self.currency {
            let (from, from_year) = self.rates.per_usd(currency, year, self.missing)?;
            let (to, to_year) = self.rates.per_usd(&self.currency, year, self.missing)?;
            converted.value = converted.value * to / from;
            converted.nearest |= from_year != year || to_year != year;
        }
        if let Prices::Of(base) = self.prices
            && base != year
        {
            let country = deflator_country(&self.currency).ok_or_else(|| FundingError::NoPrices(self.currency.clone()))?;
            let (then, then_year) = self.deflators.index(country, year, self.missing)?;
            // The base year is what the user asked for: nothing may stand in for it.
            let (now, _) = self.deflators.index(country, base, MissingYears::Refuse)?;
            converted.value = converted.value * now / then;
            converted.nearest |= then_year != year;
        }
        Ok(converted)
    }

    /// An amount whose year is not known: only where neither rate nor deflator is needed.
    pub fn undated(&self, amount: f64, currency: &str) -> Option<f64> {
        (currency == self.currency && self.prices == Prices::Nominal).then_some(amount)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(currency: &str, prices: Prices) -> Money {
        let mut rates = RateTable::default();
        for (year, code, rate) in [(2020, "KRW", 1_200.0), (2022, "KRW", 1_250.0), (2024, "KRW", 1_400.0), (2020, "JPY", 100.0)] {
            rates.add(year, code, rate).unwrap();
        }
        let mut deflators = DeflatorTable::default();
        for (year, country, index) in [(2020, "US", 80.0), (2022, "US", 90.0), (2024, "US", 100.0), (2020, "KR", 90.0), (2024, "KR", 99.0)]
        {
            deflators.add(year, country, index).unwrap();
        }
        Money { rates, deflators, currency: currency.to_owned(), prices, missing: MissingYears::Refuse }
    }

    #[test]
    fn by_hand() {
        // 2.4 million won of 2020 at 1,200 are 2,000 dollars; prices rose from 80 to 100: 2,500 dollars of 2024.
        let nominal = money("USD", Prices::Nominal).convert(2_400_000.0, "KRW", 2020).unwrap();
        assert_eq!(nominal, Converted { value: 2_000.0, nearest: false });
        let real = money("USD", Prices::Of(2024)).convert(2_400_000.0, "KRW", 2020).unwrap();
        assert_eq!(real, Converted { value: 2_500.0, nearest: false });
        // 1,000 dollars of 2020 are 1.2 million won; Korean prices rose by 99/90 = 1.1: 1.32 million.
        let won = money("KRW", Prices::Of(2024)).convert(1_000.0, "USD", 2020).unwrap();
        assert!((won.value - 1_320_000.0).abs() < 1e-6);
        // 600 yen are 6 dollars are 7,200 won.
        assert_eq!(money("KRW", Prices::Nominal).convert(600.0, "JPY", 2020).unwrap().value, 7_200.0);
        // What is taken back stays below zero.
        assert_eq!(money("USD", Prices::Of(2024)).convert(-80.0, "USD", 2020).unwrap().value, -100.0);
        // In its own currency and nominally, nothing is needed.
        assert_eq!(money("EUR", Prices::Nominal).convert(5.0, "EUR", 1890).unwrap().value, 5.0);
    }

    #[test]
    fn years_without_a_rate_are_an_error_unless_asked_for() {
        let mut money = money("USD", Prices::Of(2024));
        let no_rate = FundingError::NoRate { currency: "KRW".to_owned(), year: 2021 };
        assert_eq!(money.convert(1.0, "KRW", 2021), Err(no_rate));
        let no_deflator = FundingError::NoDeflator { country: "US".to_owned(), year: 2030 };
        assert_eq!(money.convert(1.0, "USD", 2030), Err(no_deflator));
        assert_eq!(money.convert(1.0, "CHF", 2020), Err(FundingError::NoCurrency("CHF".to_owned())));
        money.missing = MissingYears::Nearest;
        // 2021 lies between 2020 and 2022: the earlier. 1,200 won are a dollar, times 100/80.
        assert_eq!(money.convert(1_200.0, "KRW", 2021), Ok(Converted { value: 1.25, nearest: true }));
        assert_eq!(money.convert(3.0, "USD", 2030), Ok(Converted { value: 3.0, nearest: true }));
        assert_eq!(money.convert(1.0, "CHF", 2020), Err(FundingError::NoCurrency("CHF".to_owned())), "no year can stand in");
        money.prices = Prices::Of(2031);
        assert!(money.convert(1.0, "USD", 2020).is_err(), "nothing stands in for the base year");
        money.currency = "CHF".to_owned();
        money.prices = Prices::Of(2020);
        assert_eq!(money.convert(1.0, "CHF", 2024), Err(FundingError::NoPrices("CHF".to_owned())));
        assert_eq!(money.undated(1.0, "CHF"), None);
        money.prices = Prices::Nominal;
        assert_eq!((money.undated(1.0, "CHF"), money.undated(1.0, "USD")), (Some(1.0), None));
    }

    #[test]
    fn tables_that_contradict_themselves() {
        let mut rates = RateTable::default();
        rates.add(2020, "KRW", 1.0).unwrap();
        assert_eq!(rates.add(2020, "KRW", 1.0), Err(FundingError::Twice { what: "KRW".to_owned(), year: 2020 }));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(rates.add(2021, "KRW", bad).is_err());
        }
    }

    proptest! {
        #[test]
        fn there_and_back(amount in -1e9f64..1e9, year in prop::sample::select(vec![2020i16, 2022, 2024])) {
            let there = money("USD", Prices::Nominal).convert(amount, "KRW", year).unwrap().value;
            let back = money("KRW", Prices::Nominal).convert(there, "USD", year).unwrap().value;
            prop_assert!((back - amount).abs() <= 1e-9 * amount.abs().max(1.0));
        }

        #[test]
        fn amounts_add_up_before_and_after(a in -1e9f64..1e9, b in -1e9f64..1e9) {
            let money = money("USD", Prices::Of(2024));
            let value = |amount: f64| money.convert(amount, "KRW", 2022).unwrap().value;
            prop_assert!((value(a) + value(b) - value(a + b)).abs() < 1e-3);
        }
    }
}
