//! Statistics that a few wrong values cannot move.

use super::Z95;

/// The middle value; the mean of the two middle ones of an even number. None without values. Reorders the slice.
pub fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    let odd = values.len() % 2 == 1;
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if odd {
        return Some(upper);
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some(0.5 * (lower + upper))
}

/// Median and spread of values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RobustCentre {
    /// The median.
    pub median: f64,
    /// 1.4826 × the median absolute deviation from the median: the standard deviation if the values were normal (Hampel 1974).
    pub scale: f64,
}

impl RobustCentre {
    /// Of values; None without values. Reorders the slice.
    pub fn of(values: &mut [f64]) -> Option<RobustCentre> {
        let centre = median(values)?;
        let mut deviations: Vec<f64> = values.iter().map(|value| (value - centre).abs()).collect();
        Some(RobustCentre { median: centre, scale: 1.4826 * median(&mut deviations)? })
    }

    /// How many spreads a value lies above the median (Iglewicz & Hoaglin 1993, who call more than 3.5 an outlier). A spread below `floor`
    /// counts as `floor`, which must be above 0.
    pub fn z(&self, value: f64, floor: f64) -> f64 {
        (value - self.median) / self.scale.max(floor)
    }
}

/// A straight line through the medians.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TheilSen {
    /// Median of the slopes of all pairs of points (Theil 1950, Sen 1968).
    pub slope: f64,
    /// Median of y − slope · x.
    pub intercept: f64,
    /// Lower end of the slope's 95 % confidence interval (Sen 1968, from Kendall's S; few points give a wide one, three the range of slopes).
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The Theil-Sen line of points (x, y). None with fewer than two different x.
pub fn theil_sen(points: &[(f64, f64)]) -> Option<TheilSen> {
    let mut slopes = Vec::with_capacity(points.len() * points.len().saturating_sub(1) / 2);
    for (index, a) in points.iter().enumerate() {
        slopes.extend(points[index + 1..].iter().filter(|b| b.0 != a.0).map(|b| (b.1 - a.1) / (b.0 - a.0)));
    }
    let slope = median(&mut slopes)?;
    slopes.sort_unstable_by(f64::total_cmp);
    let mut rests: Vec<f64> = points.iter().map(|point| point.1 - slope * point.0).collect();
    let intercept = median(&mut rests)?;
    let (n, pairs) = (points.len() as f64, slopes.len() as f64);
    let spread = Z95 * (n * (n - 1.0) * (2.0 * n + 5.0) / 18.0).sqrt();
    let lower = (((pairs - spread) / 2.0).round() - 1.0).max(0.0) as usize;
    let upper = (((pairs + spread) / 2.0).round() as usize).min(slopes.len() - 1);
    Some(TheilSen { slope, intercept, low: slopes[lower], high: slopes[upper] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_by_hand() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(&mut []), None);
        // Median 3; deviations 2, 1, 0, 1, 97: median 1.
        let centre = RobustCentre::of(&mut [1.0, 2.0, 3.0, 4.0, 100.0]);
        assert_eq!(centre, Some(RobustCentre { median: 3.0, scale: 1.4826 }));
        assert!(centre.is_some_and(|c| (c.z(3.0 + 2.0 * 1.4826, 0.1) - 2.0).abs() < 1e-12 && c.z(5.0, 4.0) == 0.5));
    }

    #[test]
    fn one_wild_point_does_not_move_the_line() {
        // y = 2x + 1 but for x = 3 (50 instead of 7): of the 10 slopes 6 are 2, so the median is 2; y − 2x: 1, 1, 1, 44, 1.
        let line = theil_sen(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0), (3.0, 50.0), (4.0, 9.0)]);
        assert!(line.is_some_and(|l| l.slope == 2.0 && l.intercept == 1.0), "{line:?}");
        assert_eq!(theil_sen(&[(1.0, 2.0)]), None);
    }

    #[test]
    fn three_points_give_the_range_of_slopes() {
        // Slopes 1, 3 and 2 (0→2).
        let line = theil_sen(&[(0.0, 0.0), (1.0, 1.0), (2.0, 4.0)]);
        assert!(line.is_some_and(|l| (l.slope, l.low, l.high) == (2.0, 1.0, 3.0)), "{line:?}");
    }

    proptest! {
        #[test]
        fn follows_shift_and_scale(ys in prop::collection::vec(-5.0_f64..5.0, 3..12), scale in 0.1_f64..4.0, shift in -3.0_f64..3.0) {
            let points: Vec<(f64, f64)> = ys.iter().enumerate().map(|(x, y)| (x as f64, *y)).collect();
            let moved: Vec<(f64, f64)> = points.iter().map(|(x, y)| (*x, y * scale + shift)).collect();
            if let (Some(a), Some(b)) = (theil_sen(&points), theil_sen(&moved)) {
                prop_assert!((b.slope - a.slope * scale).abs() < 1e-9);
                prop_assert!(a.low <= a.slope && a.slope <= a.high);
            }
        }
    }
}
