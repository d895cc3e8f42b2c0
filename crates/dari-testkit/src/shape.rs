//! Distributions distilled from the shipped works. The tests of this module count the same in `demo/` and compare.

use crate::random::Alias;

/// The years of the world.
pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 2005..=2024;
/// How many these are.
pub(crate) const YEAR_COUNT: usize = 20;

/// Works of `demo/openalex/works.jsonl.gz` by number of authors, from 1 on; the last entry is for [`LARGER`].
pub(crate) const AUTHORS: [f64; 13] = [547.0, 776.0, 892.0, 963.0, 904.0, 685.0, 387.0, 245.0, 134.0, 89.0, 68.0, 32.0, 119.0];
/// Numbers of authors beyond 12, as often as each other (every 13th of the 119 works there).
pub(crate) const LARGER: [u32; 9] = [13, 14, 15, 16, 18, 20, 24, 32, 60];
/// Works of `demo/conferences` by number of authors, from 1 on; the last entry is for 13 to 20.
pub(crate) const CONFERENCE_AUTHORS: [f64; 13] =
    [1847.0, 10498.0, 13293.0, 10620.0, 6459.0, 3669.0, 1794.0, 920.0, 464.0, 244.0, 133.0, 89.0, 187.0];

/// Works of several countries in `demo/openalex` by number of countries beyond the first, from 1 on.
pub(crate) const PARTNERS: [f64; 9] = [1314.0, 514.0, 216.0, 100.0, 35.0, 22.0, 4.0, 3.0, 3.0];
/// Partners drawn for works of large consortia, and their number beside [`PARTNERS`]. Geoscience has hardly any; the joint works of small
/// countries at large cannot be had without them: Switzerland has two for each work it takes part in.
pub(crate) const CONSORTIA: (usize, f64) = (24, 22.0);

/// Kinds of works with their share. OpenAlex at large, where the shipped works are of one discipline.
pub(crate) const TYPES: [(&str, f64); 14] = [
    ("article", 0.66),
    ("conference-paper", 0.085),
    ("book-chapter", 0.085),
    ("preprint", 0.05),
    ("dataset", 0.03),
    ("review", 0.027),
    ("dissertation", 0.025),
    ("book", 0.014),
    ("other", 0.008),
    ("letter", 0.005),
    ("editorial", 0.004),
    ("report", 0.003),
    ("erratum", 0.002),
    ("paratext", 0.002),
];

/// Share of works that name a venue.
pub(crate) const WITH_VENUE: f64 = 0.84;
/// Share of works with a DOI.
pub(crate) const WITH_DOI: f64 = 0.92;
/// Share of works with a language told.
pub(crate) const WITH_LANGUAGE: f64 = 0.985;
/// Share of works that name funders, and of these the share with a numbered award.
pub(crate) const WITH_FUNDERS: (f64, f64) = (0.28, 0.38);
/// Share of authors with an affiliation who have several, and of these the share with a second organisation where the work has one.
pub(crate) const SEVERAL_AFFILIATIONS: (f64, f64) = (0.28, 0.8);
/// Share of works with a known country some of whose authors have no organisation, and the share of their authors who have none.
pub(crate) const PARTLY_UNKNOWN: (f64, f64) = (0.13, 0.4);
/// Share of works with markup in the title.
pub(crate) const MARKUP: f64 = 0.028;
/// Share of authorships without an author's id.
pub(crate) const WITHOUT_AUTHOR: f64 = 0.016;

/// A class of works that are cited alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Class {
    /// Share of works in it.
    pub(crate) share: f64,
    /// Citations of its works over the mean of all.
    pub(crate) weight: f64,
    /// Its place on the scale of the standard normal distribution.
    pub(crate) z: f64,
}

/// How uneven citations are: the standard deviation of the logarithm of what works of a year and subfield can expect.
pub(crate) const SIGMA: f64 = 1.27;
/// Share of works that are hardly ever cited, whatever their year.
pub(crate) const IGNORED: f64 = 0.17;
/// Number of classes.
pub(crate) const CLASSES: usize = 15;

/// Classes of a lognormal distribution, cut at every half standard deviation, with one class more for works that nobody cites.
pub(crate) fn classes() -> [Class; CLASSES] {
    let mut classes = [Class { share: IGNORED, weight: 0.004, z: -2.5 }; CLASSES];
    let edges: Vec<f64> = (0..CLASSES - 2).map(|at| at as f64 * 0.5 - 1.5).collect();
    for (at, class) in classes.iter_mut().enumerate().skip(1) {
        let below = |z: f64| if at == 1 { 0.0 } else { normal(edges[at - 2] - z) };
        let above = |z: f64| if at == CLASSES - 1 { 1.0 } else { normal(edges[at - 1] - z) };
        let share = above(0.0) - below(0.0);
        // The part of all citations that goes to the class: a lognormal weighed by itself is one with its mean moved by sigma.
        let cited = above(SIGMA) - below(SIGMA);
        class.share = share * (1.0 - IGNORED);
        class.weight = cited / share;
        class.z = if at == 1 { -1.9 } else { edges[at - 2] + 0.25 };
    }
    let mean: f64 = classes.iter().map(|class| class.share * class.weight).sum();
    for class in &mut classes {
        class.weight /= mean;
    }
    classes
}

/// The standard normal distribution below z; absolute error under 1e-7 (Abramowitz and Stegun 26.2.17), made symmetric.
fn normal(z: f64) -> f64 {
    let x = z.abs();
    let t = 1.0 / (1.0 + 0.231_641_9 * x);
    let series = t * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * series;
    if z > 0.0 { 1.0 - tail } else { tail }
}

/// By how much each class is likelier among works that are cited `factor` times the mean: an exponential tilt along z whose mean weight is
/// `factor` and whose shares still sum to 1. No class becomes more than `most` times likelier; `None` where that cannot be.
pub(crate) fn tilt(factor: f64, most: f64) -> Option<[f64; CLASSES]> {
    let classes = classes();
    // The tilt ends where it would pass `most`.
    for end in (2..=10).rev().map(|half| f64::from(half) * 0.5) {
        let at = |theta: f64| {
            let raw = classes.map(|class| (theta * class.z.min(end)).exp());
            let total: f64 = raw.iter().zip(&classes).map(|(raw, class)| raw * class.share).sum();
            raw.map(|raw| raw / total)
        };
        let mean = |tilt: &[f64; CLASSES]| tilt.iter().zip(&classes).map(|(tilt, class)| tilt * class.share * class.weight).sum::<f64>();
        let (mut low, mut high) = (-4.0, 4.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if mean(&at(middle)) < factor { low = middle } else { high = middle }
        }
        let tilt = at(low);
        if (mean(&tilt) - factor).abs() < 1e-6 && tilt.iter().all(|times| *times <= most) {
            return Some(tilt);
        }
    }
    None
}

/// Number of references: none for a third, else lognormal around a median of 25.
pub(crate) const WITHOUT_REFERENCES: f64 = 0.32;

/// Numbers of references of the works that have any, each as often as the others.
pub(crate) fn reference_counts() -> Vec<u16> {
    // The quantiles of a lognormal with median 25 and a logarithm's standard deviation of 0.75, by bisection of `normal`.
    (0..1024)
        .map(|at| {
            let goal = (f64::from(at) + 0.5) / 1024.0;
            let (mut low, mut high) = (-5.0, 5.0);
            for _ in 0..50 {
                let middle = (low + high) / 2.0;
                if normal(middle) < goal { low = middle } else { high = middle }
            }
            (25.0 * (0.75 * low).exp()).round().clamp(1.0, 400.0) as u16
        })
        .collect()
}

/// How old what is cited is, in years, from 0 to 30: few of the same year, most two to four years old.
pub(crate) fn ages() -> Alias {
    let weights: Vec<f64> = (0..=30).map(|age| (f64::from(age) + 0.25) * (-f64::from(age) / 3.6).exp() + 0.04).collect();
    Alias::new(&weights)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn classes_share_all_works_and_citations() {
        let classes = classes();
        let share: f64 = classes.iter().map(|class| class.share).sum();
        let weight: f64 = classes.iter().map(|class| class.share * class.weight).sum();
        assert!((share - 1.0).abs() < 1e-6 && (weight - 1.0).abs() < 1e-9, "{share} {weight}");
        assert!(classes.windows(2).all(|pair| pair[0].weight < pair[1].weight), "{classes:?}");
    }

    #[test]
    fn tilted_classes_are_cited_as_much_as_planted() {
        for (factor, most) in [(0.5, 20.0), (1.0, 20.0), (2.0, 5.0), (3.0, 12.0)] {
            let tilt = tilt(factor, most).unwrap();
            let sum =
                |weigh: fn(&Class) -> f64| classes().iter().zip(tilt).map(|(class, tilt)| class.share * tilt * weigh(class)).sum::<f64>();
            assert!((sum(|_| 1.0) - 1.0).abs() < 1e-9);
            assert!((sum(|class| class.weight) - factor).abs() < 1e-6);
        }
        assert!(tilt(3.0, 1.5).is_none());
    }

    #[test]
    fn half_of_a_normal_distribution_is_below_its_mean() {
        assert!((normal(0.0) - 0.5).abs() < 1e-7 && (normal(1.96) - 0.975_002).abs() < 1e-6 && (normal(-1.96) - 0.024_998).abs() < 1e-6);
    }
}
