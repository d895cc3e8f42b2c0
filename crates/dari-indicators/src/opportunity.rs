//! Opportunity of a technology for a set of countries: components, score, rank and how sure they are, and the topics behind them.

mod components;
mod explain;
mod rank;
mod score;

use components::Profile;
pub use components::{Components, Side};
pub use explain::{Driver, Explanation, SideTopic, TopicExplanation, explain};
pub use rank::RankRange;
pub use score::{Weights, score};

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::between::{Expectation, SetFigures, cooperation};
use crate::pairs::PairCounts;
use crate::statistics::random::{dirichlet, generator, poisson};
use crate::{Cube, IndicatorError, Reference, TechnologyTopics, country_set};

/// What a score is made with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OpportunityOptions {
    /// What each component counts for.
    pub weights: Weights,
    /// What countries are compared with. By default the countries of the cube: against the world a technology whose works have known
    /// countries looks strong for everyone, whatever the set.
    pub reference: Reference,
    /// Rule of the expected joint works.
    pub expectation: Expectation,
    /// Draws of weights, and of counts.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for OpportunityOptions {
    /// Equal weights, the cube's countries, quasi-independence, 1,000 draws, seed 1.
    fn default() -> Self {
        OpportunityOptions {
            weights: Weights::default(),
            reference: Reference::Countries,
            expectation: Expectation::default(),
            draws: 1_000,
            seed: 1,
        }
    }
}

/// Money of a side, in any currency of its own: only the ratio of the two counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Investment {
    /// Awarded in the technology; 0 or more.
    pub technology: f64,
    /// Awarded in all; above 0.
    pub total: f64,
}

/// What is known of a technology beyond the cube.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// How far the sides' own frameworks list the technology, mean over the sides, in [0, 1]. None if it is not known.
    pub policy: Option<f64>,
    /// Investment by country; sides without award data are left out.
    pub investment: BTreeMap<String, Investment>,
    /// Joint works of pairs in this technology alone, where such data exist.
    pub pairs: Option<PairCounts>,
}

/// What the figure of unrealised cooperation was counted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Joint works in all topics together: the figure is the same for every technology and moves no rank.
    AllTopics,
    /// Joint works in the technology.
    Technology,
}

/// Cooperation of the set as far as the data show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cooperation {
    /// What was counted.
    pub level: Level,
    /// Figures of the set and its pairs.
    pub figures: SetFigures,
    /// Joint works a year to be gained in the technology if every pair that falls short of the expected reached it. At level
    /// [`Level::AllTopics`] a share of the shortfall over all topics: the geometric mean of the shares that the sides give to the technology.
    /// An order of size for people; not part of the score.
    pub potential_per_year: f64,
}

/// Opportunity of one technology.
#[derive(Debug, Clone, PartialEq)]
pub struct Opportunity {
    /// The technology's id.
    pub technology: String,
    /// Its name.
    pub name: String,
    /// The components, each in [0, 1] or missing.
    pub components: Components,
    /// Weighted geometric mean of the components ([`score`]). None without any.
    pub score: Option<f64>,
    /// 1 + the number of technologies with a higher score. None without score.
    pub rank: Option<usize>,
    /// Where the rank lies when the weights are drawn at random. None without score.
    pub rank_by_weights: Option<RankRange>,
    /// Where the rank lies when the sides' counts are drawn anew. None without score.
    pub rank_by_counts: Option<RankRange>,
    /// The sides, alphabetical.
    pub sides: Vec<Side>,
    /// Cooperation so far. None without pair data.
    pub cooperation: Option<Cooperation>,
    /// Topics of the technology that the cube does not hold.
    pub missing_topics: Vec<i32>,
}

/// Opportunities of technologies for a set of two or more countries (METHODS.md, "Opportunity"), best first; of equal ranks by id, those
/// without score last. Components and score of a technology do not depend on which other technologies are listed; ranks do.
///
/// `pairs` holds joint works over all topics; [`Evidence::pairs`] of a technology goes before it. Uncertainty: `draws` Dirichlet weights
/// around the user's ([`Weights::concentrations`]), and `draws` Poisson resamples of the sides' counts on every topic and period, the other
/// countries and the world held fixed.
///
/// # Errors
/// A set, technology or number that cannot be used; a country that the cube does not hold; a technology listed twice.
pub fn opportunities(
    cube: &Cube,
    technologies: &[TechnologyTopics],
    set: &[&str],
    pairs: Option<&PairCounts>,
    evidence: &BTreeMap<String, Evidence>,
    options: &OpportunityOptions,
) -> Result<Vec<Opportunity>, IndicatorError> {
    let set = country_set(set)?;
    options.weights.check()?;
    let mut ids: Vec<&str> = technologies.iter().map(|technology| technology.id.as_str()).collect();
    ids.sort_unstable();
    if let Some(twice) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(IndicatorError::Technology { id: twice[0].to_owned(), problem: "listed twice, expected once".to_owned() });
    }
    let general = pairs.map(|pairs| cooperation(pairs, &set, options.expectation)).transpose()?;
    let none = Evidence::default();
    let assess = |technology: &TechnologyTopics| {
        let evidence = evidence.get(&technology.id).unwrap_or(&none);
        let profile = Profile::new(cube, technology, &set, options.reference)?;
        let (components, sides) = profile.base(evidence)?;
        let own = evidence.pairs.as_ref().map(|pairs| cooperation(pairs, &set, options.expectation)).transpose()?;
        let cooperation = match own {
            Some(figures) => Some((Level::Technology, figures)),
            None => general.clone().map(|figures| (Level::AllTopics, figures)),
        };
        let cooperation = cooperation.map(|(level, figures)| {
            let share = if level == Level::Technology { 1.0 } else { components::joint_share(&sides) };
            Cooperation { level, potential_per_year: figures.shortfall_per_year() * share, figures }
        });
        let unrealised = cooperation.as_ref().and_then(|cooperation| cooperation.figures.unrealised());
        let components = Components { unrealised, ..components };
        let mut rng = generator(options.seed, &format!("counts {}", technology.id));
        let by_counts = (0..options.draws).map(|_| {
            let drawn = profile.drawn(&components, |count| poisson(count, &mut rng));
            score(&drawn, &options.weights)
        });
        let by_counts: Vec<Option<f64>> = by_counts.collect();
        let opportunity = Opportunity {
            technology: technology.id.clone(),
            name: technology.name.clone(),
            components,
            score: score(&components, &options.weights),
            rank: None,
            rank_by_weights: None,
            rank_by_counts: None,
            sides,
            cooperation,
            missing_topics: profile.missing_topics(),
        };
        Ok((opportunity, by_counts))
    };
    let assessed = technologies.par_iter().map(assess).collect::<Result<Vec<_>, IndicatorError>>()?;
    let (mut found, by_counts): (Vec<Opportunity>, Vec<Vec<Option<f64>>>) = assessed.into_iter().unzip();

    let mut rng = generator(options.seed, "weights");
    let concentrations = options.weights.concentrations();
    let weights: Vec<Weights> =
        (0..options.draws).map(|_| Weights::from_shares(&dirichlet(&concentrations.1, &mut rng), &concentrations.0)).collect();
    let scores: Vec<Option<f64>> = found.iter().map(|opportunity| opportunity.score).collect();
    let by_weights = rank::ranges(&scores, options.draws, |draw, place| score(&found[place].components, &weights[draw]));
    let by_counts = rank::ranges(&scores, options.draws, |draw, place| by_counts[place][draw]);
    for (place, rank) in rank::ranks(&scores).into_iter().enumerate() {
        found[place].rank = rank;
        found[place].rank_by_weights = by_weights[place];
        found[place].rank_by_counts = by_counts[place];
    }
    found.sort_by(|a, b| (a.rank.unwrap_or(usize::MAX), &a.technology).cmp(&(b.rank.unwrap_or(usize::MAX), &b.technology)));
    Ok(found)
}
