//! Communities by the Leiden algorithm (Traag, Waltman & van Eck 2019), and what becomes of them.

use rayon::prelude::*;
use single_clustering::community_search::leiden::{LeidenConfig, ObjectiveKind, leiden};
use single_clustering::network::CSRNetwork;

use crate::{Error, Graph};

/// What communities are to be good at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quality {
    /// Modularity (Newman & Girvan 2004; with resolution, Reichardt & Bornholdt 2006): more weight inside than strengths would give; 1 is usual.
    Modularity {
        /// Higher: more and smaller communities.
        resolution: f64,
    },
    /// The constant Potts model: more weight inside than the resolution for every pair of members. It has no least size below which it does not see.
    Cpm {
        /// Weight that a pair of members must have in the mean.
        resolution: f64,
    },
}

/// How communities are sought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CommunityOptions {
    /// What they are to be good at.
    pub quality: Quality,
    /// Passes, each going on from the one before; it stops when two find nothing better.
    pub passes: usize,
    /// How often to begin anew, in another order of nodes; the best is taken.
    pub starts: u32,
    /// Seed of the order in which nodes are looked at.
    pub seed: u64,
}

impl CommunityOptions {
    /// Up to ten passes from one beginning.
    pub fn new(quality: Quality) -> CommunityOptions {
        CommunityOptions { quality, passes: 10, starts: 1, seed: 1 }
    }
}

/// The community of every node. Communities are numbered from 0, the largest first, of equal ones that with the lowest node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Communities {
    of: Vec<u32>,
    sizes: Vec<u32>,
}

impl Communities {
    /// From a label for every node.
    pub fn from_labels(labels: &[usize]) -> Communities {
        let mut first: Vec<(usize, u32, u32)> = Vec::new();
        let mut place = std::collections::HashMap::new();
        for (node, label) in labels.iter().enumerate() {
            let at = *place.entry(*label).or_insert_with(|| {
                first.push((*label, 0, node as u32));
                first.len() - 1
            });
            first[at].1 += 1;
        }
        first.sort_unstable_by_key(|(_, size, node)| (std::cmp::Reverse(*size), *node));
        for (number, (label, ..)) in first.iter().enumerate() {
            place.insert(*label, number);
        }
        Communities {
            of: labels.iter().map(|label| place[label] as u32).collect(),
            sizes: first.iter().map(|(_, size, _)| *size).collect(),
        }
    }

    /// The community of every node.
    pub fn of(&self) -> &[u32] {
        &self.of
    }

    /// Nodes of every community.
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// How good they are: modularity, from −½ to 1; or of the constant Potts model Σ (weight inside − resolution · pairs), over the weight of all edges.
    ///
    /// # Panics
    /// If they are of another graph with more nodes.
    pub fn quality(&self, graph: &Graph, quality: Quality) -> f64 {
        let (mut inside, mut strengths, mut all) = (vec![0.0; self.sizes.len()], vec![0.0; self.sizes.len()], 0.0);
        for node in 0..graph.nodes() {
            let own = self.of[node as usize];
            for edge in graph.of(node) {
                let weight = f64::from(edge.weight);
                strengths[own as usize] += weight;
                all += weight;
                if self.of[edge.to as usize] == own {
                    inside[own as usize] += weight;
                }
            }
        }
        if all == 0.0 {
            return 0.0;
        }
        let of_one = |number: usize| match quality {
            Quality::Modularity { resolution } => inside[number] / all - resolution * (strengths[number] / all).powi(2),
            Quality::Cpm { resolution } => {
                let size = f64::from(self.sizes[number]);
                (inside[number] - resolution * size * (size - 1.0)) / all
            }
        };
        (0..self.sizes.len()).map(of_one).sum()
    }
}

/// Finds communities. The same for the same graph, options and seed.
///
/// # Errors
/// If the resolution is not a finite number from 0 up, or there are no passes or no starts.
///
/// ```
/// use dari_network::{CommunityOptions, GraphBuilder, Quality, communities};
/// let mut edges = GraphBuilder::new(6);
/// for (a, b) in [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (2, 3)] {
///     edges.add(a, b, 1.0)?;
/// }
/// let found = communities(&edges.build(), &CommunityOptions::new(Quality::Modularity { resolution: 1.0 }))?;
/// assert_eq!(found.of(), [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), dari_network::Error>(())
/// ```
pub fn communities(graph: &Graph, options: &CommunityOptions) -> Result<Communities, Error> {
    let refused = |error: single_clustering::error::ClusteringError| Error::Communities(error.to_string());
    if graph.edges() == 0 {
        return Ok(Communities::from_labels(&(0..graph.nodes() as usize).collect::<Vec<_>>()));
    }
    let (mut starts, mut to, mut weights) = (vec![0], Vec::with_capacity(2 * graph.edges()), Vec::with_capacity(2 * graph.edges()));
    for node in 0..graph.nodes() {
        for edge in graph.of(node) {
            to.push(edge.to);
            weights.push(edge.weight);
        }
        starts.push(to.len());
    }
    let network = CSRNetwork::from_csr_parts(starts, to, weights, None).map_err(refused)?;
    let objective = match options.quality {
        Quality::Modularity { resolution } => ObjectiveKind::Rb { resolution },
        Quality::Cpm { resolution } => ObjectiveKind::Cpm { resolution },
    };
    let one = |start: u32| -> Result<(f64, Communities), Error> {
        let seed = Some(seed_of(options.seed, start));
        let config = LeidenConfig { objective, seed, n_iterations: options.passes, ..LeidenConfig::default() };
        let found = Communities::from_labels(leiden(&network, &config).map_err(refused)?.labels());
        Ok((found.quality(graph, options.quality), found))
    };
    let found: Vec<_> = (0..options.starts).into_par_iter().map(one).collect::<Result<_, _>>()?;
    // Of equals the first.
    let best = found.into_iter().reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, found)| found).ok_or_else(|| Error::Communities("expected one start or more".to_owned()))
}

/// The seed of a start; of the first the one given. Those of neighbouring seeds are not the same.
fn seed_of(seed: u64, start: u32) -> u64 {
    seed.wrapping_add(u64::from(start).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// What a community goes on from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Descent {
    /// The earlier community that most of its members who return come from; None: new.
    pub from: Option<u32>,
    /// How many come from there.
    pub shared: u32,
    /// Their share of all its members who were in a community before.
    pub share: f64,
}

/// Which earlier community each later one goes on from, if at least `least_members` and a share of `least_share` of those who return come from one. Members are told by node;
/// `None` is in no community at that time. People come and go, so that those who return count, not all.
pub fn descent(earlier: &[Option<u32>], later: &[Option<u32>], least_members: u32, least_share: f64) -> Vec<Descent> {
    let count = later.iter().flatten().max().map_or(0, |last| *last as usize + 1);
    let mut returning = vec![0u32; count];
    let mut shared: std::collections::BTreeMap<(u32, u32), u32> = std::collections::BTreeMap::new();
    for (earlier, later) in earlier.iter().zip(later) {
        if let (Some(earlier), Some(later)) = (earlier, later) {
            returning[*later as usize] += 1;
            *shared.entry((*later, *earlier)).or_default() += 1;
        }
    }
    let mut found = vec![Descent { from: None, shared: 0, share: 0.0 }; count];
    for ((later, earlier), shared) in shared {
        let (later, share) = (later as usize, f64::from(shared) / f64::from(returning[later as usize]));
        // Of equals the earlier community with the lower number.
        if shared >= least_members && share >= least_share && shared > found[later].shared {
            found[later] = Descent { from: Some(earlier), shared, share };
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::GraphBuilder;
    use proptest::prelude::*;

    #[test]
    fn qualities_by_hand() {
        // Two edges apart, each a community: modularity 1 − 2·(½)² = ½; together 0. CPM at ½: inside 2 of 2, less ½·(1 + 1) pairs: (2 − 1)/2.
        let mut edges = GraphBuilder::new(4);
        edges.add(0, 1, 1.0).unwrap();
        edges.add(2, 3, 1.0).unwrap();
        let graph = edges.build();
        let (apart, together) = (Communities::from_labels(&[7, 7, 3, 3]), Communities::from_labels(&[0; 4]));
        let modularity = Quality::Modularity { resolution: 1.0 };
        assert_eq!((apart.quality(&graph, modularity), together.quality(&graph, modularity)), (0.5, 0.0));
        // Twice the inside weights and twice the pairs, over twice the weight: (4 − ½·4) / 4.
        assert_eq!(apart.quality(&graph, Quality::Cpm { resolution: 0.5 }), 0.5);
        assert_eq!(apart.of(), [0, 0, 1, 1]);
        assert_eq!(Communities::from_labels(&[4, 9, 9]).of(), [1, 0, 0]);
    }

    #[test]
    fn descent_by_hand() {
        // {0,1,2} and {3,4}; later {0,1,4,5}: of three who return two come from the first; {3} from the second; {6} is new.
        let earlier = [Some(0), Some(0), Some(0), Some(1), Some(1), None, None];
        let later = [Some(0), Some(0), None, Some(1), Some(0), Some(0), Some(2)];
        let found = descent(&earlier, &later, 1, 0.5);
        assert_eq!(found[0], Descent { from: Some(0), shared: 2, share: 2.0 / 3.0 });
        assert_eq!((found[1].from, found[1].share, found[2].from), (Some(1), 1.0, None));
        assert_eq!(descent(&earlier, &later, 2, 0.5)[1].from, None);
        assert_eq!(descent(&earlier, &later, 1, 0.7)[0].from, None);
    }

    #[test]
    fn what_cannot_be_is_refused_and_nothing_is_alone() {
        let graph = GraphBuilder::new(3).build();
        let found = communities(&graph, &CommunityOptions::new(Quality::Cpm { resolution: 1.0 })).unwrap();
        assert_eq!(found.of(), [0, 1, 2]);
        let mut edges = GraphBuilder::new(2);
        edges.add(0, 1, 1.0).unwrap();
        let graph = edges.build();
        assert!(communities(&graph, &CommunityOptions::new(Quality::Cpm { resolution: f64::NAN })).is_err());
        assert!(communities(&graph, &CommunityOptions { starts: 0, ..CommunityOptions::new(Quality::Cpm { resolution: 1.0 }) }).is_err());
    }

    #[test]
    fn the_best_of_several_starts() {
        // Links at random: no start finds the same.
        let mut edges = GraphBuilder::new(120);
        let mut state = 1u32;
        for _ in 0..500 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (a, b) = ((state >> 8) % 120, (state >> 20) % 120);
            if a != b {
                edges.add(a, b, 1.0).unwrap();
            }
        }
        let graph = edges.build();
        let options = CommunityOptions { passes: 1, ..CommunityOptions::new(Quality::Modularity { resolution: 1.0 }) };
        let reached = |starts| communities(&graph, &CommunityOptions { starts, ..options }).unwrap().quality(&graph, options.quality);
        let by_hand = (0..8).map(|start| seed_of(options.seed, start));
        let best = by_hand.map(|seed| communities(&graph, &CommunityOptions { seed, ..options }).unwrap().quality(&graph, options.quality));
        assert_eq!(reached(8), best.fold(f64::MIN, f64::max));
        assert!(reached(8) > reached(1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// Planted circles that hardly meet are found, whatever the numbers of their nodes; and no partition by hand is better.
        #[test]
        fn planted_circles_are_found(count in 2u32..6, size in 5u32..9, step in 1u32..4) {
            let nodes = count * size;
            let number = |circle: u32, member: u32| (circle * size + member) * step % nodes;
            prop_assume!((1..nodes).all(|n| n * step % nodes != 0));
            let mut edges = GraphBuilder::new(nodes);
            for circle in 0..count {
                for a in 0..size {
                    (0..a).for_each(|b| edges.add(number(circle, a), number(circle, b), 1.0).unwrap());
                }
                edges.add(number(circle, 0), number((circle + 1) % count, 1), 0.5).unwrap();
            }
            let graph = edges.build();
            for quality in [Quality::Modularity { resolution: 1.0 }, Quality::Cpm { resolution: 0.3 }] {
                let found = communities(&graph, &CommunityOptions::new(quality)).unwrap();
                prop_assert_eq!(found.sizes().len() as u32, count);
                for circle in 0..count {
                    let own = found.of()[number(circle, 0) as usize];
                    prop_assert!((0..size).all(|member| found.of()[number(circle, member) as usize] == own));
                }
                let mut labels = vec![0; nodes as usize];
                (0..count).for_each(|circle| (0..size).for_each(|m| labels[number(circle, m) as usize] = circle as usize));
                prop_assert!((found.quality(&graph, quality) - Communities::from_labels(&labels).quality(&graph, quality)).abs() < 1e-9);
                prop_assert_eq!(communities(&graph, &CommunityOptions::new(quality)).unwrap(), found);
            }
        }
    }
}
