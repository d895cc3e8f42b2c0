//! The gamma function and the gamma distribution.

use super::{Interval, Z95};

// Above this shape the Wilson-Hilferty approximation is right to five digits and the series slow.
const LARGE_SHAPE: f64 = 500.0;

/// Logarithm of the gamma function for x > 0 (Lanczos 1964, g = 7, nine terms; relative error below 1e-14).
pub(crate) fn ln_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let mut sum = 0.999_999_999_999_809_9;
    for (k, coefficient) in COEFFICIENTS.iter().enumerate() {
        sum += coefficient / (x + k as f64 + 1.0);
    }
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// P(X ≤ x) for X ~ Gamma(shape, 1): series below the mean, continued fraction (Lentz) above it.
fn gamma_cdf(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let scale = (shape * x.ln() - x - ln_gamma(shape)).exp();
    if x < shape + 1.0 {
        let (mut term, mut sum, mut k) = (1.0 / shape, 1.0 / shape, shape);
        while term > sum * 1e-15 {
            k += 1.0;
            term *= x / k;
            sum += term;
        }
        return scale * sum;
    }
    let mut b = x + 1.0 - shape;
    let mut c = f64::MAX;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for k in 1..10_000 {
        let a = -f64::from(k) * (f64::from(k) - shape);
        b += 2.0;
        d = 1.0 / (a * d + b);
        c = b + a / c;
        fraction *= c * d;
        if (c * d - 1.0).abs() < 1e-15 {
            break;
        }
    }
    1.0 - scale * fraction
}

/// The x with P(X ≤ x) = `probability` for X ~ Gamma(shape, 1), where `z` is the standard normal's point of the same probability.
fn gamma_quantile(shape: f64, probability: f64, z: f64) -> f64 {
    if shape <= 0.0 {
        return 0.0;
    }
    if shape > LARGE_SHAPE {
        // Wilson & Hilferty 1931: the cube root of a gamma variable is nearly normal.
        let spread = 1.0 / (9.0 * shape);
        return shape * (1.0 - spread + z * spread.sqrt()).powi(3);
    }
    let (mut low, mut high) = (0.0, shape + 10.0 * shape.sqrt() + 10.0);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if gamma_cdf(shape, middle) < probability {
            low = middle;
        } else {
            high = middle;
        }
        if high - low <= 1e-12 * high {
            break;
        }
    }
    0.5 * (low + high)
}

/// Equal-tailed 95 % interval of Gamma(shape, rate).
pub(crate) fn gamma_interval(shape: f64, rate: f64) -> Interval {
    Interval { low: gamma_quantile(shape, 0.025, -Z95) / rate, high: gamma_quantile(shape, 0.975, Z95) / rate }
}

/// Exact 95 % confidence interval of a Poisson mean given a count (Garwood 1936).
pub(crate) fn poisson_interval(count: f64) -> Interval {
    Interval { low: gamma_quantile(count, 0.025, -Z95), high: gamma_quantile(count + 1.0, 0.975, Z95) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials() {
        // Γ(n + 1) = n!: 0! = 1, 5! = 120, 10! = 3,628,800; Γ(1/2) = √π.
        for (x, value) in [(1.0, 1.0), (6.0, 120.0), (11.0, 3_628_800.0), (0.5, std::f64::consts::PI.sqrt())] {
            assert!((ln_gamma(x) - f64::ln(value)).abs() < 1e-12, "{x}");
        }
    }

    #[test]
    fn shape_one_is_the_exponential_distribution() {
        // P(X ≤ x) = 1 - e^-x on both sides of the switch between series and fraction.
        for x in [0.1_f64, 1.0, 1.99, 2.01, 5.0, 20.0] {
            assert!((gamma_cdf(1.0, x) - (1.0 - (-x).exp())).abs() < 1e-13, "{x}");
        }
        // Quantiles -ln(0.975) and -ln(0.025), halved by the rate of 2.
        let interval = gamma_interval(1.0, 2.0);
        assert!((interval.low + 0.975_f64.ln() / 2.0).abs() < 1e-9);
        assert!((interval.high + 0.025_f64.ln() / 2.0).abs() < 1e-9);
    }

    #[test]
    fn garwood_of_published_counts() {
        // Garwood's table: 0 events 0 to 3.689, 10 events 4.795 to 18.391.
        assert!((poisson_interval(0.0).high - 3.6889).abs() < 1e-4 && poisson_interval(0.0).low == 0.0);
        assert!((poisson_interval(10.0).low - 4.7954).abs() < 1e-4 && (poisson_interval(10.0).high - 18.3904).abs() < 1e-4);
    }

    #[test]
    fn both_ways_of_the_quantile_agree_where_they_meet() {
        for (probability, z) in [(0.025, -Z95), (0.975, Z95)] {
            let exact = gamma_quantile(LARGE_SHAPE, probability, z);
            let near = gamma_quantile(LARGE_SHAPE + 1e-6, probability, z);
            assert!((exact / near - 1.0).abs() < 1e-5, "{exact} {near}");
        }
    }
}
