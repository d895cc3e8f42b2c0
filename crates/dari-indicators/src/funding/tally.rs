//! Sums of money with what is below zero apart.

use std::ops::AddAssign;

/// Awards added up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Tally {
    /// Awards, each once however many of its years are in.
    pub awards: u64,
    /// Sum of amounts above zero.
    pub given: f64,
    /// Sum of amounts below zero: money taken back.
    pub negative: f64,
    /// Awards with an amount below zero.
    pub negative_awards: u64,
    /// Awards whose amount is not known, or cannot be converted for want of a year; counted in `awards`, not in the sums.
    pub without_amount: u64,
    /// Awards without an end that were spread by the rule for those.
    pub open_ended: u64,
}

impl Tally {
    /// One award with its amount here, as far as it is known.
    pub fn award(amount: Option<f64>, open_ended: bool) -> Tally {
        let value = amount.unwrap_or(0.0);
        Tally {
            awards: 1,
            given: value.max(0.0),
            negative: value.min(0.0),
            negative_awards: u64::from(value < 0.0),
            without_amount: u64::from(amount.is_none()),
            open_ended: u64::from(open_ended),
        }
    }

    /// What was given minus what was taken back.
    pub fn net(&self) -> f64 {
        self.given + self.negative
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.awards += other.awards;
        self.given += other.given;
        self.negative += other.negative;
        self.negative_awards += other.negative_awards;
        self.without_amount += other.without_amount;
        self.open_ended += other.open_ended;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_zero_stays_apart() {
        let mut sum = Tally::default();
        for amount in [Some(100.0), Some(-30.0), None, Some(5.0)] {
            sum += Tally::award(amount, amount.is_none());
        }
        let expected = Tally { awards: 4, given: 105.0, negative: -30.0, negative_awards: 1, without_amount: 1, open_ended: 1 };
        assert_eq!((sum, sum.net()), (expected, 75.0));
    }
}
