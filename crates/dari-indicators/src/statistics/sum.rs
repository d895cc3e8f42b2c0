//! Sums that do not depend on the order.

// 2^64: the unit of the sum is 2^-64, about 5e-20.
const SCALE: f64 = 18_446_744_073_709_551_616.0;

/// A sum of numbers in fixed point with 64 binary places. Adding is exact for whole numbers, so that parts of the data, read by however
/// many threads in whatever order, give the same to the last bit, which a sum of floating-point numbers does not.
///
/// Each number is taken to the nearest 2^-64 towards zero (an error below 6e-20); numbers and sums must stay below 2^63 = 9.2e18 in size.
/// What is no number counts 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExactSum(i128);

impl ExactSum {
    /// Adds a number.
    pub fn add(&mut self, value: f64) {
        self.0 = self.0.saturating_add((value * SCALE) as i128);
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: ExactSum) {
        self.0 = self.0.saturating_add(other.0);
    }

    /// The sum, to the nearest floating-point number.
    pub fn value(self) -> f64 {
        self.0 as f64 / SCALE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_beside_large() {
        // In floating point 1e15 + 0.1 + … loses most of the tenths.
        let mut sum = ExactSum::default();
        sum.add(1e15);
        (0..10).for_each(|_| sum.add(0.1));
        sum.add(-1e15);
        assert!((sum.value() - 1.0).abs() < 1e-15);
        sum.add(f64::NAN);
        assert!((sum.value() - 1.0).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn any_order_gives_the_same(mut values in prop::collection::vec(-1e6_f64..1e6, 1..60), turn in 0_usize..60) {
            let of = |values: &[f64]| values.iter().fold(ExactSum::default(), |mut sum, value| { sum.add(*value); sum });
            let first = of(&values);
            let turn = turn % values.len();
            values.rotate_left(turn);
            let (mut left, right) = (of(&values[..turn]), of(&values[turn..]));
            left.merge(right);
            prop_assert_eq!(left, first);
            prop_assert!((first.value() - values.iter().sum::<f64>()).abs() < 1e-6);
        }
    }
}
