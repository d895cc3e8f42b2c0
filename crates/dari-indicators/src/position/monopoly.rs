//! Technology monopoly risk: how much of the leading research of a technology sits in one country.

use crate::{IndicatorError, country_code};

/// Institutions looked at.
const TOP: usize = 10;
// Sums of fractional weights carry rounding: three times the second's 0.1 is not 0.3 in floating point. A ratio this near counts as
// reached.
const ROUNDING: f64 = 1e-12;

/// Technology monopoly risk (ASPI, Critical Technology Tracker).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MonopolyRisk {
    /// Neither of the others.
    Low,
    /// At least 5 of the top 10 institutions in the lead country and its top-10 % share at least 2 × the second's.
    Medium,
    /// At least 8 of the top 10 institutions in the lead country and its top-10 % share at least 3 × the second's.
    High,
}

/// An institution's works among the top 10 % of a technology.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InstitutionTop<'a> {
    /// The institution's number.
    pub institution: i64,
    /// Two-letter code of its country.
    pub country: &'a str,
    /// P(top 10 %) ([`UnitImpact::p_top_10`](crate::impact::UnitImpact::p_top_10)), in works.
    pub top_10: f64,
}

/// The lead country of a technology and what its risk rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Monopoly {
    /// The risk.
    pub risk: MonopolyRisk,
    /// The country with the largest top-10 % output; of equal ones the first by code.
    pub lead: &'static str,
    /// The second country. None if only one has any.
    pub second: Option<&'static str>,
    /// The lead's share of the world's top-10 % output, in [0, 1].
    pub lead_share: f64,
    /// The second's share; 0 without a second.
    pub second_share: f64,
    /// Lead over second, 1 or more. None without a second: then it exceeds every multiple.
    pub ratio: Option<f64>,
    /// The ten institutions with the most works among the top 10 % that are looked at, fewer if fewer have any.
    pub top_institutions: Vec<i64>,
    /// How many of them are in the lead country.
    pub in_lead: usize,
    /// Institutions left out though they have as many such works as the last one taken: a choice among equals by number.
    pub tied_out: usize,
}

/// Technology monopoly risk from institutions' and countries' works among the top 10 % of the technology (METHODS.md, "Position of a
/// country in a technology"; ASPI, Critical Technology Tracker, methodology). `countries` are (code, P(top 10 %)), `world` the world's
/// P(top 10 %), countries unknown included, which the shares are of; the risk does not depend on it. Institutions of equal output are taken
/// in the order of their numbers; those without are left out. None if no country has works among the top 10 %.
///
/// # Errors
/// A code that is no country, a country or institution listed twice, an output that is negative or no finite number, a world with less than
/// a country.
pub fn monopoly(institutions: &[InstitutionTop<'_>], countries: &[(&str, f64)], world: f64) -> Result<Option<Monopoly>, IndicatorError> {
    let mut nations = Vec::with_capacity(countries.len());
    for (code, top_10) in countries {
        nations.push((country_code(code)?, output(code, *top_10)?));
    }
    let mut ranked = Vec::with_capacity(institutions.len());
    for of in institutions {
        ranked.push((of.institution, country_code(of.country)?, output(of.institution, of.top_10)?));
    }
    let twice = |what: String| Err(IndicatorError::Twice(format!("top-10 % output of {what}")));
    nations.sort_unstable_by_key(|nation| nation.0);
    if let Some(pair) = nations.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return twice(pair[0].0.to_owned());
    }
    ranked.sort_unstable_by_key(|institution| institution.0);
    if let Some(pair) = ranked.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return twice(format!("institution {}", pair[0].0));
    }
    // Stable: equal ones stay in the order of code and number.
    nations.retain(|nation| nation.1 > 0.0);
    nations.sort_by(|a, b| b.1.total_cmp(&a.1));
    ranked.retain(|institution| institution.2 > 0.0);
    ranked.sort_by(|a, b| b.2.total_cmp(&a.2));
    let Some(&(lead, most)) = nations.first() else { return Ok(None) };
    if world.is_nan() || world < most * (1.0 - ROUNDING) {
        return Err(IndicatorError::Range {
            what: "top-10 % output of the world".to_owned(),
            found: world,
            expected: "at least that of each country",
        });
    }
    let second = nations.get(1).copied();
    let (top, rest) = ranked.split_at(ranked.len().min(TOP));
    let in_lead = top.iter().filter(|institution| institution.1 == lead).count();
    let last = top.last().map(|institution| institution.2);
    let exceeds = |multiple: f64| second.is_none_or(|(_, less)| most >= multiple * less * (1.0 - ROUNDING));
    let risk = match in_lead {
        8.. if exceeds(3.0) => MonopolyRisk::High,
        5.. if exceeds(2.0) => MonopolyRisk::Medium,
        _ => MonopolyRisk::Low,
    };
    Ok(Some(Monopoly {
        risk,
        lead,
        second: second.map(|(code, _)| code),
        lead_share: most / world,
        second_share: second.map_or(0.0, |(_, less)| less / world),
        ratio: second.map(|(_, less)| most / less),
        top_institutions: top.iter().map(|institution| institution.0).collect(),
        in_lead,
        tied_out: rest.iter().take_while(|institution| Some(institution.2) == last).count(),
    }))
}

fn output(of: impl std::fmt::Display, top_10: f64) -> Result<f64, IndicatorError> {
    if top_10.is_finite() && top_10 >= 0.0 {
        return Ok(top_10);
    }
    Err(IndicatorError::Range { what: format!("top-10 % output of {of}"), found: top_10, expected: "a finite number, 0 or more" })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twelve institutions with 12, 11, … 1 such works, the first `in_lead` of the ten largest in CN, the others in US.
    fn institutions(in_lead: usize) -> Vec<InstitutionTop<'static>> {
        let country = |rank: usize| if rank < in_lead { "CN" } else { "US" };
        (0..12).map(|rank| InstitutionTop { institution: rank as i64, country: country(rank), top_10: 12.0 - rank as f64 }).collect()
    }

    fn risk(in_lead: usize, lead: f64, second: f64) -> Result<Option<MonopolyRisk>, IndicatorError> {
        Ok(monopoly(&institutions(in_lead), &[("US", second), ("CN", lead), ("KR", 0.01)], 1_000.0)?.map(|found| found.risk))
    }

    #[test]
    fn both_conditions_must_hold() -> Result<(), IndicatorError> {
        use MonopolyRisk::*;
        assert_eq!(risk(8, 300.0, 100.0)?, Some(High));
        assert_eq!(risk(10, 299.9, 100.0)?, Some(Medium));
        assert_eq!(risk(7, 900.0, 100.0)?, Some(Medium));
        assert_eq!(risk(5, 200.0, 100.0)?, Some(Medium));
        assert_eq!(risk(5, 199.9, 100.0)?, Some(Low));
        assert_eq!(risk(4, 900.0, 100.0)?, Some(Low));
        // 3 × 0.1 in floating point is more than 0.3.
        assert_eq!(risk(8, 0.3, 0.1)?, Some(High));
        assert_eq!(risk(8, 100.0, 100.0)?, Some(Low));
        Ok(())
    }

    #[test]
    fn what_the_risk_rests_on() -> Result<(), IndicatorError> {
        let Some(found) = monopoly(&institutions(8), &[("US", 100.0), ("CN", 400.0)], 1_000.0)? else {
            return Err(IndicatorError::Empty);
        };
        assert_eq!((found.lead, found.second, found.lead_share, found.second_share, found.ratio), ("CN", Some("US"), 0.4, 0.1, Some(4.0)));
        assert_eq!((found.in_lead, found.tied_out, found.top_institutions.len()), (8, 0, 10));
        // Alone: it exceeds every multiple. Three institutions can be neither 8 nor 5 of the ten.
        let few: Vec<InstitutionTop<'_>> = institutions(12).into_iter().take(3).collect();
        let alone = monopoly(&few, &[("CN", 4.0), ("US", 0.0)], 5.0)?;
        assert!(alone.is_some_and(|found| found.risk == MonopolyRisk::Low && found.in_lead == 3 && found.ratio.is_none()));
        // Eleven institutions with one work each: the tenth is a choice among two.
        let equal: Vec<InstitutionTop<'_>> = institutions(12).into_iter().take(11).map(|of| InstitutionTop { top_10: 1.0, ..of }).collect();
        assert!(monopoly(&equal, &[("CN", 11.0)], 20.0)?.is_some_and(|found| found.tied_out == 1 && found.risk == MonopolyRisk::High));
        assert_eq!(monopoly(&[], &[("CN", 0.0)], 0.0)?, None);
        Ok(())
    }

    #[test]
    fn wrong_input_is_refused() {
        assert!(matches!(monopoly(&[], &[("XX", 1.0)], 1.0), Err(IndicatorError::Country(_))));
        assert!(matches!(monopoly(&[], &[("KR", -1.0)], 1.0), Err(IndicatorError::Range { .. })));
        assert!(matches!(monopoly(&[], &[("KR", 1.0), ("KR", 1.0)], 2.0), Err(IndicatorError::Twice(_))));
        assert!(matches!(monopoly(&[], &[("KR", 3.0)], 2.0), Err(IndicatorError::Range { .. })));
        let mut same = institutions(3);
        same[1].institution = 0;
        assert!(matches!(monopoly(&same, &[("KR", 1.0)], 2.0), Err(IndicatorError::Twice(_))));
    }
}
