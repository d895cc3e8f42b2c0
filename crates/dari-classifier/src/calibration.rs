//! From scores to confidence: logistic regression over a few features of a candidate.

/// What is known of a candidate when its confidence is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Features {
    /// Its share of the softmax over all candidates, in [0, 1].
    pub(crate) share: f32,
    /// Its score for each unit of rarity in the text.
    pub(crate) density: f32,
    /// Whether an abstract was read: with more terms the softmax is sharper than it is right.
    pub(crate) with_abstract: bool,
    /// Weighted examples it was learnt from.
    pub(crate) examples: f32,
}

/// How many numbers the features make.
const WIDTH: usize = 5;

impl Features {
    fn vector(self) -> [f64; WIDTH] {
        let share = f64::from(self.share).clamp(0.001, 0.999);
        [
            1.0,
            (share / (1.0 - share)).ln(),
            f64::from(self.density),
            f64::from(u8::from(self.with_abstract)),
            f64::from(self.examples).ln_1p(),
        ]
    }
}

/// Coefficients of the logistic regression of "this is the work's main topic" on constant, logit of the softmax share, score per rarity,
/// whether an abstract was read, ln(1 + examples).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration(pub [f64; WIDTH]);

impl Calibration {
    /// Confidence in [0, 1].
    pub(crate) fn confidence(&self, features: Features) -> f32 {
        (1.0 / (1.0 + (-self.logit(&features.vector())).exp())) as f32
    }

    fn logit(&self, vector: &[f64; WIDTH]) -> f64 {
        self.0.iter().zip(vector).map(|(weight, value)| weight * value).sum()
    }

    /// Fits the coefficients by gradient ascent on the log-likelihood, with a small ridge (0.001) so that separable samples stay finite.
    pub(crate) fn fit(samples: &[(Features, bool)]) -> Self {
        let mut fitted = Calibration([0.0; WIDTH]);
        let vectors: Vec<([f64; WIDTH], f64)> =
            samples.iter().map(|(features, hit)| (features.vector(), f64::from(u8::from(*hit)))).collect();
        for _ in 0..4000 {
            let mut gradient = [0.0; WIDTH];
            for (vector, hit) in &vectors {
                let miss = hit - 1.0 / (1.0 + (-fitted.logit(vector)).exp());
                gradient.iter_mut().zip(vector).for_each(|(sum, value)| *sum += miss * value);
            }
            for (weight, slope) in fitted.0.iter_mut().zip(gradient) {
                *weight += 0.1 * (slope / vectors.len().max(1) as f64 - 0.001 * *weight);
            }
        }
        fitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fitted_confidence_meets_the_rate_of_hits() {
        // Of candidates with share 0.9 three of four are right, of those with 0.1 one of four: the fit has to give 0.75 and 0.25.
        let sample = |share, hit| (Features { share, ..Features::default() }, hit);
        let samples: Vec<_> = (0..400).map(|n| if n < 200 { sample(0.9, n % 4 != 0) } else { sample(0.1, n % 4 == 0) }).collect();
        let fitted = Calibration::fit(&samples);
        let confidence = |share| fitted.confidence(Features { share, ..Features::default() });
        assert!((confidence(0.9) - 0.75).abs() < 0.02, "{}", confidence(0.9));
        assert!((confidence(0.1) - 0.25).abs() < 0.02, "{}", confidence(0.1));
    }
}
