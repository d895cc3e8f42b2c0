//! Seeded random draws. The same seed gives the same draws on every machine.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::special::ln_gamma;

/// A generator for one purpose: `seed` is the user's; `stream` keeps purposes (or technologies) apart, so that adding one does not change another.
pub fn generator(seed: u64, stream: &str) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    // FNV-1a: written out because the standard library's hash may change between versions.
    let hash = stream.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    generator.set_stream(hash);
    generator
}

/// A draw from the standard normal distribution (Marsaglia's polar method).
pub fn normal(rng: &mut impl Rng) -> f64 {
    loop {
        let (u, v) = (2.0 * rng.random::<f64>() - 1.0, 2.0 * rng.random::<f64>() - 1.0);
        let s = u * u + v * v;
        if s > 0.0 && s < 1.0 {
            return u * (-2.0 * s.ln() / s).sqrt();
        }
    }
}

/// Logarithm of a draw from Gamma(shape, 1) (Marsaglia & Tsang 2000; below 1 by their boost). In logarithms, because draws of a small shape
/// underflow.
fn ln_gamma_draw(shape: f64, rng: &mut impl Rng) -> f64 {
    if shape < 1.0 {
        let u: f64 = 1.0 - rng.random::<f64>();
        return ln_gamma_draw(shape + 1.0, rng) + u.ln() / shape;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(rng);
        let v = (1.0 + c * x).powi(3);
        let u: f64 = 1.0 - rng.random::<f64>();
        if v > 0.0 && u.ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return (d * v).ln();
        }
    }
}

/// A draw from the Dirichlet distribution with these concentrations (all above 0): shares that sum to 1.
pub fn dirichlet(concentrations: &[f64], rng: &mut impl Rng) -> Vec<f64> {
    let logs: Vec<f64> = concentrations.iter().map(|&shape| ln_gamma_draw(shape, rng)).collect();
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let shares: Vec<f64> = logs.iter().map(|log| (log - top).exp()).collect();
    let sum: f64 = shares.iter().sum();
    shares.into_iter().map(|share| share / sum).collect()
}

/// A draw from the Poisson distribution: by multiplication below a mean of 10 (Knuth), else by transformed rejection (PTRS, Hörmann 1993).
pub fn poisson(mean: f64, rng: &mut impl Rng) -> f64 {
    if mean < 10.0 {
        let limit = (-mean).exp();
        let (mut count, mut product) = (0.0, rng.random::<f64>());
        while product > limit {
            count += 1.0;
            product *= rng.random::<f64>();
        }
        return count;
    }
    let b = 0.931 + 2.53 * mean.sqrt();
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let quick = 0.9277 - 3.6224 / (b - 2.0);
    let ln_mean = mean.ln();
    loop {
        let u = rng.random::<f64>() - 0.5;
        let v: f64 = 1.0 - rng.random::<f64>();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + mean + 0.43).floor();
        if us >= 0.07 && v <= quick {
            return k;
        }
        if k < 0.0 || (us < 0.013 && v > us) {
            continue;
        }
        if v.ln() + inverse_alpha.ln() - (a / (us * us) + b).ln() <= k * ln_mean - mean - ln_gamma(k + 1.0) {
            return k;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_has_mean_and_variance_of_its_mean() {
        let mut rng = generator(1, "test");
        for mean in [0.0, 0.5, 9.5, 10.5, 80.0, 20_000.0] {
            let draws: Vec<f64> = (0..40_000).map(|_| poisson(mean, &mut rng)).collect();
            let average = draws.iter().sum::<f64>() / 40_000.0;
            let variance = draws.iter().map(|x| (x - average).powi(2)).sum::<f64>() / 40_000.0;
            // Five standard errors: of the mean √(mean/n); of the variance about mean·√(2/n + 1/(n·mean)).
            assert!((average - mean).abs() <= 5.0 * (mean / 40_000.0_f64).sqrt(), "{mean} {average}");
            assert!((variance - mean).abs() <= 5.0 * (2.0 * mean * mean / 40_000.0 + mean / 40_000.0_f64).sqrt(), "{mean} {variance}");
        }
    }

    #[test]
    fn dirichlet_has_the_means_of_its_concentrations() {
        let mut rng = generator(2, "test");
        let mut sums = [0.0; 3];
        for _ in 0..20_000 {
            let draw = dirichlet(&[0.5, 1.0, 2.5], &mut rng);
            assert!((draw.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            for (sum, share) in sums.iter_mut().zip(&draw) {
                *sum += share / 20_000.0;
            }
        }
        // Means 0.5/4, 1/4, 2.5/4; variance of a share at most 0.25/5, so five standard errors are 5·√(0.05/20000) = 0.008.
        for (sum, mean) in sums.iter().zip([0.125, 0.25, 0.625]) {
            assert!((sum - mean).abs() < 0.008, "{sums:?}");
        }
    }

    #[test]
    fn streams_differ_and_repeat() {
        let draw = |seed, stream| generator(seed, stream).random::<u64>();
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
    }
}
