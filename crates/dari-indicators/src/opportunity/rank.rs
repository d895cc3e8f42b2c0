//! Ranks, and where they lie over draws.

/// Where a rank lies over draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankRange {
    /// 5th percentile: in 90 % of the draws the rank is between this and [`high`](Self::high).
    pub low: usize,
    /// Median.
    pub median: usize,
    /// 95th percentile.
    pub high: usize,
}

/// 1 + the number of higher scores; ties share a rank. None where there is no score.
pub(super) fn ranks(scores: &[Option<f64>]) -> Vec<Option<usize>> {
    let mut sorted: Vec<f64> = scores.iter().flatten().copied().collect();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    scores.iter().map(|score| score.map(|score| 1 + sorted.partition_point(|other| *other > score))).collect()
}

/// Ranges of the ranks of those that have a base score, over draws of scores by (draw, place). A draw without a score keeps the base score.
/// Percentiles are observed ranks: the least that at least the given share of the draws does not exceed.
pub(super) fn ranges(base: &[Option<f64>], draws: usize, score: impl Fn(usize, usize) -> Option<f64>) -> Vec<Option<RankRange>> {
    let mut all: Vec<Vec<usize>> = vec![Vec::with_capacity(draws); base.len()];
    for draw in 0..draws {
        let drawn: Vec<Option<f64>> =
            base.iter().enumerate().map(|(place, base)| base.map(|base| score(draw, place).unwrap_or(base))).collect();
        for (ranks, rank) in all.iter_mut().zip(ranks(&drawn)) {
            ranks.extend(rank);
        }
    }
    let range = |mut ranks: Vec<usize>| {
        ranks.sort_unstable();
        let at = |share: f64| ranks.get(((share * ranks.len() as f64).ceil() as usize).saturating_sub(1)).copied();
        Some(RankRange { low: at(0.05)?, median: at(0.5)?, high: at(0.95)? })
    };
    all.into_iter().map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_a_rank_and_the_missing_have_none() {
        assert_eq!(ranks(&[Some(0.5), None, Some(0.9), Some(0.5), Some(0.1)]), [Some(2), None, Some(1), Some(2), Some(4)]);
    }

    #[test]
    fn percentiles_by_hand() {
        // The second beats the first in draws 0 to 9 of 100: it has rank 1 in 10 %, so ranks 1 (5th), 2 (median), 2 (95th).
        let found = ranges(&[Some(0.9), Some(0.1), None], 100, |draw, place| match place {
            0 => Some(0.5),
            1 => Some(if draw < 10 { 0.6 } else { 0.4 }),
            _ => None,
        });
        assert_eq!(found, [Some(RankRange { low: 1, median: 1, high: 2 }), Some(RankRange { low: 1, median: 2, high: 2 }), None]);
        // No draws, no range.
        assert_eq!(ranges(&[Some(0.9)], 0, |_, _| None), [None]);
    }
}
