//! The statistics that the figures share.

pub mod binomial;
pub mod bootstrap;
pub mod gamma_poisson;
pub mod random;
pub mod robust;
pub(crate) mod special;
pub mod sum;

/// The standard normal's 97.5 % point: 95 % of the mass lies within ± this many standard deviations.
pub const Z95: f64 = 1.959_963_984_540_054;

/// An interval that holds the true value with 95 % probability (credible or confidence, as the function says that gives it).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A value with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}
