use super::*;
use crate::statistics::random::poisson;
use proptest::prelude::*;
use rand::Rng;

fn values(works: &[(f64, f64)]) -> Result<WeightedValues, IndicatorError> {
    let mut all = WeightedValues::new();
    for (value, weight) in works {
        all.add(*value, *weight)?;
    }
    Ok(all)
}

#[test]
fn worked_by_hand() -> Result<(), IndicatorError> {
    // (½·4 + ¼·0 + ¼·2)/1 = 2.5.
    let unit = values(&[(4.0, 0.5), (0.0, 0.25), (2.0, 0.25)])?;
    assert_eq!((unit.mean(), unit.works()), (Some(2.5), 3));
    // One work, or works that are all alike, always give the same.
    let bootstrap = Bootstrap::new(1);
    let alike = Estimate { value: 3.0, low: 3.0, high: 3.0 };
    assert_eq!(bootstrap.interval(&values(&[(3.0, 0.25)])?, "u")?, Some(alike));
    assert_eq!(bootstrap.interval(&values(&[(3.0, 0.5); 9])?, "u")?, Some(alike));
    assert_eq!(bootstrap.interval(&WeightedValues::new(), "u")?, None);
    assert!(Bootstrap { resamples: 39, ..bootstrap }.interval(&unit, "u").is_err());
    assert!(values(&[(f64::NAN, 1.0)]).is_err() && values(&[(1.0, 0.0)]).is_err() && values(&[(1.0, f64::INFINITY)]).is_err());
    Ok(())
}

#[test]
fn two_works_give_the_three_means_of_their_resamples() -> Result<(), IndicatorError> {
    // Values 0 and 1: means 0, ½ and 1 with probabilities ¼, ½, ¼: the 2.5 % ends are 0 and 1, and about 250, 500, 250 of 1,000 draws fall
    // on each.
    let unit = values(&[(0.0, 1.0), (1.0, 1.0)])?;
    assert_eq!(Bootstrap::new(5).interval(&unit, "u")?, Some(Estimate { value: 0.5, low: 0.0, high: 1.0 }));
    let means = Bootstrap::new(5).means(&Sample::new(unit.sorted(), 2, MOST_GROUPS), "u");
    let on = |mean: f64| means.iter().filter(|found| **found == mean).count();
    // Five standard deviations of a binomial of 1,000: 5·√(1,000·¼·¾) = 68.
    assert!(on(0.0).abs_diff(250) < 68 && on(0.5).abs_diff(500) < 79 && on(0.0) + on(0.5) + on(1.0) == 1_000);
    Ok(())
}

#[test]
fn a_share_has_the_interval_of_a_binomial() -> Result<(), IndicatorError> {
    // 100 of 1,000 works in the top 10 %: a resample's share is binomial, 0.1 ± 1.96·√(0.1·0.9/1,000) = 0.0186; the ends are known to about
    // 0.0008.
    let mut unit = WeightedValues::new();
    unit.add_works(1.0, 1.0, 100)?;
    unit.add_works(0.0, 1.0, 900)?;
    let found = Bootstrap { resamples: 10_000, ..Bootstrap::new(3) }.interval(&unit, "u")?;
    assert!(found.is_some_and(|e| e.value == 0.1 && (e.low - 0.0814).abs() < 0.002 && (e.high - 0.1186).abs() < 0.002), "{found:?}");
    Ok(())
}

#[test]
fn the_number_of_threads_and_the_order_of_works_change_nothing() -> Result<(), IndicatorError> {
    let works: Vec<(f64, f64)> = (0..9_000_u32).map(|i| (f64::from(i % 97) / 7.0, 1.0 / f64::from(1 + i % 11))).collect();
    let unit = values(&works)?;
    let one = Bootstrap::new(7).interval(&unit, "KR")?;
    for threads in [0, 2, 3, 8, 64] {
        assert_eq!(Bootstrap { threads, ..Bootstrap::new(7) }.interval(&unit, "KR")?, one);
    }
    let (mut late, early) = (values(&works[4_000..])?, values(&works[..4_000])?);
    late.merge(&early);
    assert_eq!(late, unit);
    assert_eq!(Bootstrap::new(7).interval(&late, "KR")?, one);
    // Another seed and another unit have other draws.
    assert_ne!(Bootstrap::new(8).interval(&unit, "KR")?, one);
    assert_ne!(Bootstrap::new(7).interval(&unit, "US")?, one);
    Ok(())
}

/// A world with known truth: works of four weights whose citations are Poisson with a gamma-like mean that depends on the weight.
fn planted(world: u64) -> Result<WeightedValues, IndicatorError> {
    let mut rng = generator(world, "planted world");
    let mut unit = WeightedValues::new();
    for _ in 0..400 {
        let part = 1 + (rng.random::<f64>() * 4.0) as u32;
        // An exponential mean makes citations geometric: skewed, with many works uncited.
        let mean = (2.0 + f64::from(part)) * -(1.0 - rng.random::<f64>()).ln();
        unit.add(poisson(mean, &mut rng), 1.0 / f64::from(part))?;
    }
    Ok(unit)
}

#[test]
fn intervals_cover_the_planted_mean() -> Result<(), IndicatorError> {
    // Weights 1, ½, ⅓, ¼ equally often, with mean citations 3, 4, 5, 6: Σ w·v / Σ w = (3 + 2 + 5/3 + 3/2)/(25/12) = (98/12)/(25/12) = 3.92.
    let mut covered = 0;
    for world in 0..500 {
        let found = Bootstrap::new(world).interval(&planted(world)?, "u")?;
        covered += u32::from(found.is_some_and(|e| e.low <= 3.92 && 3.92 <= e.high));
    }
    // 93 to 97 % of 500.
    assert!((465..=485).contains(&covered), "{covered}");
    Ok(())
}

#[test]
fn a_work_by_work_resampling_gives_the_same_interval() -> Result<(), IndicatorError> {
    let unit = planted(1)?;
    let works: Vec<Class> = unit.sorted().into_iter().flat_map(|class| std::iter::repeat_n(class, class.works as usize)).collect();
    let mut rng = generator(1, "plain");
    let mut means: Vec<f64> = (0..20_000)
        .map(|_| {
            let sums = (0..works.len()).fold((0.0, 0.0), |sums, _| {
                let work = works[(rng.random::<f64>() * works.len() as f64) as usize];
                (sums.0 + work.weight * work.value, sums.1 + work.weight)
            });
            sums.0 / sums.1
        })
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    let found = Bootstrap { resamples: 20_000, ..Bootstrap::new(1) }.interval(&unit, "u")?;
    // The ends of 20,000 draws are known to about 0.013 of a width of 0.9.
    assert!(found.is_some_and(|e| (e.low - means[500]).abs() < 0.03 && (e.high - means[19_500]).abs() < 0.03), "{found:?} {}", means[500]);
    Ok(())
}

#[test]
fn gathered_classes_give_the_interval_of_the_single_ones() -> Result<(), IndicatorError> {
    // 30,000 works, nearly all with values and weights of their own, heavy in the tail.
    let mut rng = generator(4, "gathered");
    let mut unit = WeightedValues::new();
    for _ in 0..30_000 {
        let value = (1.2 * normal(&mut rng)).exp();
        unit.add(value, 1.0 / (1.0 + (rng.random::<f64>() * 40.0).floor() + rng.random::<f64>()))?;
    }
    let bootstrap = Bootstrap { resamples: 4_000, threads: 2, ..Bootstrap::new(4) };
    let spread = |most: usize| {
        let sample = Sample::new(unit.sorted(), unit.works(), most);
        let mut means = bootstrap.means(&sample, "u");
        means.sort_unstable_by(f64::total_cmp);
        (sample.groups.len(), means[100], means[3_900], means[3_900] - means[100])
    };
    let (single, gathered, coarse) = (spread(usize::MAX), spread(MOST_GROUPS), spread(100));
    assert!(single.0 > 29_000 && gathered.0 <= MOST_GROUPS && gathered.0 > 100 && coarse.0 <= 100, "{single:?} {gathered:?} {coarse:?}");
    for found in [gathered, coarse] {
        // An end of 4,000 draws is known to about 1 % of the width; two of them within 5 %.
        assert!((found.1 - single.1).abs() < 0.05 * single.3 && (found.2 - single.2).abs() < 0.05 * single.3, "{single:?} {found:?}");
    }
    Ok(())
}

#[test]
fn the_spread_within_a_group_is_drawn_with_its_variance_and_covariance() -> Result<(), IndicatorError> {
    let means = |works: &[(f64, f64)]| -> Result<Vec<f64>, IndicatorError> {
        let unit = values(works)?;
        let sample = Sample::new(unit.sorted(), unit.works(), 1);
        assert!(sample.groups.len() == 1 && sample.gathered);
        Ok(Bootstrap { resamples: 4_000, ..Bootstrap::new(6) }.means(&sample, "u"))
    };
    // 50 works of 1 and 50 of 1.5, all in one group: variance 0.25², so a mean of 100 has deviation 0.025; of 4,000 it is known to 1.1 %.
    let spread: Vec<(f64, f64)> = (0..100).map(|index| (1.0 + 0.5 * f64::from(index % 2), 1.0)).collect();
    let deviation = (means(&spread)?.iter().map(|mean| (mean - 1.25).powi(2)).sum::<f64>() / 4_000.0).sqrt();
    assert!((deviation / 0.025 - 1.0).abs() < 0.06, "{deviation}");
    // One value under two weights: w·v and w move together, and the mean does not move.
    let weighted: Vec<(f64, f64)> = (0..100).map(|index| (3.0, 0.5 + 0.25 * f64::from(index % 2))).collect();
    assert!(means(&weighted)?.iter().all(|mean| (mean - 3.0).abs() < 1e-6));
    Ok(())
}

proptest! {
    #[test]
    fn the_interval_lies_within_the_values(works in prop::collection::vec((0.0_f64..50.0, 0.01_f64..1.0), 1..40), seed in 0_u64..1_000) {
        let unit = values(&works)?;
        let (least, most) = works.iter().fold((f64::INFINITY, 0.0_f64), |ends, work| (ends.0.min(work.0), ends.1.max(work.0)));
        let found = Bootstrap { resamples: 200, ..Bootstrap::new(seed) }.interval(&unit, "u")?;
        prop_assert!(found.is_some_and(|e| e.low <= e.high && e.low >= least - 1e-9 && e.high <= most + 1e-9), "{found:?}");
    }
}
