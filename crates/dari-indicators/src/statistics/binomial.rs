//! Draws from the binomial distribution.

use rand::Rng;

// Below this mean a draw walks up the distribution from 0; above it, rejection costs the same whatever the mean.
const WALK_MEAN: f64 = 10.0;

/// A draw from the binomial distribution of `trials` with probability `p`: exact in distribution, up to the rounding of floating point. By
/// inversion where the mean of the rarer outcome is below 10, else by transformed rejection (BTRS, Hörmann 1993). A `p` of 0 or less gives
/// none, of 1 or more all. Trials up to 2^53.
pub fn binomial(trials: u64, p: f64, rng: &mut impl Rng) -> u64 {
    if trials == 0 || p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return trials;
    }
    if p > 0.5 {
        return trials - binomial(trials, 1.0 - p, rng);
    }
    if trials as f64 * p < WALK_MEAN { walk(trials, p, rng) } else { rejection(trials as f64, p, rng) as u64 }
}

fn walk(trials: u64, p: f64, rng: &mut impl Rng) -> u64 {
    let n = trials as f64;
    let odds = p / (1.0 - p);
    let start = (n * (-p).ln_1p()).exp();
    loop {
        let (mut left, mut probability, mut k) = (rng.random::<f64>(), start, 0_u64);
        while left > probability {
            left -= probability;
            k += 1;
            if k > trials {
                break;
            }
            probability *= odds * (n - k as f64 + 1.0) / k as f64;
        }
        // Beyond the last outcome only rounding can lead: draw again.
        if k <= trials {
            return k;
        }
    }
}

/// What Stirling's formula for ln k! leaves over, for k ≥ 0: ln k! = ½ ln 2π + (k + ½) ln(k + 1) − (k + 1) + rest.
fn stirling_rest(k: f64) -> f64 {
    const FIRST: [f64; 10] = [
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_29,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_09,
        0.016_644_691_189_821_19,
        0.013_876_128_823_070_75,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_09,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
    ];
    if k < 10.0 {
        return FIRST[k as usize];
    }
    let square = (k + 1.0) * (k + 1.0);
    (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1_260.0 / square) / square) / (k + 1.0)
}

/// ln P(k) / P(mode) for n trials whose outcomes have these odds.
fn ln_ratio(n: f64, odds: f64, k: f64, mode: f64) -> f64 {
    (mode + 0.5) * ((mode + 1.0) / (odds * (n - mode + 1.0))).ln()
        + (n + 1.0) * ((n - mode + 1.0) / (n - k + 1.0)).ln()
        + (k + 0.5) * (odds * (n - k + 1.0) / (k + 1.0)).ln()
        + stirling_rest(mode)
        + stirling_rest(n - mode)
        - stirling_rest(k)
        - stirling_rest(n - k)
}

fn rejection(n: f64, p: f64, rng: &mut impl Rng) -> f64 {
    let odds = p / (1.0 - p);
    let deviation = (n * p * (1.0 - p)).sqrt();
    let b = 1.15 + 2.53 * deviation;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let centre = n * p + 0.5;
    let quick = 0.92 - 4.2 / b;
    let alpha = (2.83 + 5.1 / b) * deviation;
    let mode = ((n + 1.0) * p).floor();
    loop {
        let u = rng.random::<f64>() - 0.5;
        let v: f64 = 1.0 - rng.random::<f64>();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + centre).floor();
        if us >= 0.07 && v <= quick {
            return k;
        }
        if k < 0.0 || k > n {
            continue;
        }
        if (v * alpha / (a / (us * us) + b)).ln() <= ln_ratio(n, odds, k, mode) {
            return k;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::random::generator;
    use crate::statistics::special::ln_gamma;

    #[test]
    fn draws_have_the_distribution() {
        const DRAWS: u32 = 200_000;
        let mut rng = generator(1, "binomial");
        // Both ways, both sides of one half, and where the ways meet.
        for (trials, p) in
            [(1, 0.3), (7, 0.5), (40, 0.9), (1_000, 0.004), (30, 0.34), (40, 0.26), (200, 0.5), (5_000, 0.01), (1_000_000, 0.7)]
        {
            let (n, mean) = (trials as f64, trials as f64 * p);
            let deviation = (mean * (1.0 - p)).sqrt();
            let draws: Vec<f64> = (0..DRAWS).map(|_| binomial(trials, p, &mut rng) as f64).collect();
            // Chi-square over bins of about a third of a deviation, the outer ones thrown together until at least 20 are expected in each.
            let width = (deviation / 3.0).max(1.0).floor();
            let low = (mean - 12.0 * width - 6.0 * deviation).floor().max(0.0);
            let bins = ((n - low).min(12.0 * deviation + 24.0 * width) / width) as usize + 1;
            let (mut seen, mut expected) = (vec![0.0; bins], vec![0.0; bins]);
            let bin = |k: f64| (((k - low) / width) as usize).min(bins - 1);
            draws.iter().for_each(|k| seen[bin(*k)] += 1.0);
            for k in low as u64..=trials.min((low + bins as f64 * width) as u64) {
                let k = k as f64;
                let ln = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0) + k * p.ln() + (n - k) * (1.0 - p).ln();
                expected[bin(k)] += f64::from(DRAWS) * ln.exp();
            }
            let (mut chi, mut degrees, mut rest) = (0.0, -1.0, (0.0, 0.0));
            for (seen, expected) in seen.into_iter().zip(expected) {
                rest = (rest.0 + seen, rest.1 + expected);
                if rest.1 >= 20.0 {
                    chi += (rest.0 - rest.1) * (rest.0 - rest.1) / rest.1;
                    degrees += 1.0;
                    rest = (0.0, 0.0);
                }
            }
            // Five standard deviations of chi-square above its mean.
            assert!(chi < degrees + 5.0 * (2.0 * f64::max(degrees, 1.0)).sqrt(), "n {trials} p {p}: {chi} with {degrees}");
            let average = draws.iter().sum::<f64>() / f64::from(DRAWS);
            assert!((average - mean).abs() < 5.0 * deviation / f64::from(DRAWS).sqrt(), "n {trials} p {p}: {average}");
        }
    }

    #[test]
    fn the_ratio_of_two_outcomes_is_that_of_their_coefficients() {
        // P(k)/P(m) = C(n, k)/C(n, m) · odds^(k − m). Of 6 trials at odds ½: C(6, 4)/C(6, 2) · ¼ = ¼.
        assert!((ln_ratio(6.0, 0.5, 4.0, 2.0) - 0.25_f64.ln()).abs() < 1e-12);
        for (n, odds) in [(30.0, 0.5), (400.0, 0.1)] {
            let mode = f64::floor((n + 1.0) * odds / (1.0 + odds));
            let ln_choose = |k: f64| ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
            for k in 0..=30 {
                let k = f64::from(k);
                let expected = ln_choose(k) - ln_choose(mode) + (k - mode) * f64::ln(odds);
                assert!((ln_ratio(n, odds, k, mode) - expected).abs() < 1e-9, "{n} {k}");
            }
        }
    }

    #[test]
    fn certain_outcomes() {
        let mut rng = generator(2, "binomial");
        assert_eq!([(0, 0.5), (9, 0.0), (9, 1.0), (9, -1.0), (9, 2.0)].map(|(n, p)| binomial(n, p, &mut rng)), [0, 0, 9, 0, 9]);
        assert!((0..1_000).all(|_| binomial(3, 0.999_999, &mut rng) <= 3));
    }
}
