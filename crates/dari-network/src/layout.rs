//! Maps of graphs: the VOS layout (van Eck & Waltman 2007).

use rayon::prelude::*;

use crate::{Graph, GraphBuilder};

/// The association strength of every edge: 2m · weight / (strength · strength of its ends), which is 1 in the mean where edges fall at random (van Eck & Waltman 2009).
pub fn association_strength(graph: &Graph) -> Graph {
    let all: f64 = (0..graph.nodes()).map(|node| graph.strength(node)).sum();
    let mut edges = GraphBuilder::new(graph.nodes());
    for node in 0..graph.nodes() {
        for edge in graph.of(node).iter().filter(|edge| edge.to > node) {
            let strength = all * f64::from(edge.weight) / (graph.strength(node) * graph.strength(edge.to));
            // Nodes are there and weights above 0: nothing is refused.
            let _ = edges.add(node, edge.to, strength as f32);
        }
    }
    edges.build()
}

/// Steps of the optimisation, at most, and of solving the system in each.
const STEPS: usize = 300;
const SOLVING: usize = 30;
/// A step that gains less than this part of the value is the last.
const LEAST_GAIN: f64 = 1e-7;
/// Share of all attraction that acts between all pairs alike, so that parts that are not linked stay on the map.
const EVERYWHERE: f64 = 0.05;

/// Places of nodes in the plane, mean distance 1, for a graph of [association strengths](association_strength): linked nodes near, all others apart.
///
/// Minimises Σ s·d² − Σ d over all pairs, s the strength and d the distance, which is the VOS mapping (Σ s·d² with a given mean distance) up to scale; by majorisation, so that every
/// step is better than the one before. The best of `starts` beginnings. Takes time as the square of the number of nodes: for some thousands.
pub fn layout(graph: &Graph, starts: usize, seed: u64) -> Vec<[f64; 2]> {
    let nodes = graph.nodes() as usize;
    if nodes < 2 {
        return vec![[0.0; 2]; nodes];
    }
    let mut best: Option<(f64, Vec<[f64; 2]>)> = None;
    for start in 0..starts.max(1) as u64 {
        let found = one_layout(graph, seed.wrapping_add(start));
        if best.as_ref().is_none_or(|best| found.0 < best.0) {
            best = Some(found);
        }
    }
    let mut places = best.map(|(_, places)| places).unwrap_or_default();
    // Mean distance 1, centred, the longer way from left to right.
    let distances: f64 =
        (0..nodes).into_par_iter().map(|a| (0..a).map(|b| distance(places[a], places[b])).sum::<f64>()).collect::<Vec<_>>().iter().sum();
    let mean = distances / (nodes * (nodes - 1) / 2) as f64;
    let (xx, xy, yy) = places.iter().fold((0.0, 0.0, 0.0), |sum, [x, y]| (sum.0 + x * x, sum.1 + x * y, sum.2 + y * y));
    let (sin, cos) = (0.5 * f64::atan2(2.0 * xy, xx - yy)).sin_cos();
    for place in &mut places {
        let [x, y] = place.map(|part| part / mean.max(1e-12));
        *place = [cos * x + sin * y, cos * y - sin * x];
    }
    places
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// A number from 0 to 1 for a place in a sequence (SplitMix64; Steele, Lea & Flood 2014).
fn uniform(seed: u64, place: u64) -> f64 {
    let mut z = seed.wrapping_mul(0xA076_1D64_78BD_642F).wrapping_add((place + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) as f64 / u64::MAX as f64
}

fn one_layout(graph: &Graph, seed: u64) -> (f64, Vec<[f64; 2]>) {
    let nodes = graph.nodes() as usize;
    let everywhere = {
        let all: f64 = (0..graph.nodes()).flat_map(|node| graph.of(node)).map(|edge| f64::from(edge.weight)).sum();
        if all > 0.0 { EVERYWHERE * all / (nodes * nodes) as f64 } else { 1.0 / nodes as f64 }
    };
    let mut places: Vec<[f64; 2]> =
        (0..nodes as u64).map(|node| [uniform(seed, 2 * node) - 0.5, uniform(seed, 2 * node + 1) - 0.5]).collect();
    centre(&mut places);
    let mut value = value(graph, everywhere, &places);
    for _ in 0..STEPS {
        let pushes: Vec<[f64; 2]> = (0..nodes)
            .into_par_iter()
            .map(|a| {
                let mut push = [0.0; 2];
                for b in (0..nodes).filter(|b| *b != a) {
                    let by = [places[a][0] - places[b][0], places[a][1] - places[b][1]];
                    let far = by[0].hypot(by[1]);
                    if far > 1e-12 {
                        push = [push[0] + by[0] / far, push[1] + by[1] / far];
                    }
                }
                push.map(|push| push / 2.0)
            })
            .collect();
        pull(graph, everywhere, &pushes, &mut places);
        centre(&mut places);
        let next = self::value(graph, everywhere, &places);
        let gained = value - next;
        value = next;
        if gained < LEAST_GAIN * value.abs() {
            break;
        }
    }
    (value, places)
}

fn centre(places: &mut [[f64; 2]]) {
    let count = places.len().max(1) as f64;
    let mean = places.iter().fold([0.0; 2], |mean, [x, y]| [mean[0] + x / count, mean[1] + y / count]);
    places.iter_mut().for_each(|place| *place = [place[0] - mean[0], place[1] - mean[1]]);
}

/// Σ s·d² − Σ d, of centred places: all pairs alike attract by n · everywhere · Σ x².
fn value(graph: &Graph, everywhere: f64, places: &[[f64; 2]]) -> f64 {
    let of_node = |a: usize| {
        let linked = graph.of(a as u32).iter().filter(|edge| (edge.to as usize) < a);
        let near: f64 = linked.map(|edge| f64::from(edge.weight) * distance(places[a], places[edge.to as usize]).powi(2)).sum();
        let far: f64 = (0..a).map(|b| distance(places[a], places[b])).sum();
        near - far + places.len() as f64 * everywhere * (places[a][0].powi(2) + places[a][1].powi(2))
    };
    (0..places.len()).into_par_iter().map(of_node).collect::<Vec<f64>>().iter().sum()
}

/// Goes towards the places whose attraction holds the pushes: solves a system with the graph's Laplacian by conjugate gradients from where nodes are.
fn pull(graph: &Graph, everywhere: f64, pushes: &[[f64; 2]], places: &mut [[f64; 2]]) {
    let spread = places.len() as f64 * everywhere;
    for axis in 0..2 {
        let times = |x: &[f64]| -> Vec<f64> {
            let of_node = |a: usize| {
                let links: f64 = graph.of(a as u32).iter().map(|edge| f64::from(edge.weight) * (x[a] - x[edge.to as usize])).sum();
                links + spread * x[a]
            };
            (0..x.len()).map(of_node).collect()
        };
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mut x: Vec<f64> = places.iter().map(|place| place[axis]).collect();
        let mut left: Vec<f64> = times(&x).iter().zip(pushes).map(|(have, push)| push[axis] - have).collect();
        let mut way = left.clone();
        let mut size = dot(&left, &left);
        let enough = 1e-12 * size;
        for _ in 0..SOLVING {
            if size <= enough {
                break;
            }
            let moved = times(&way);
            let by = size / dot(&way, &moved);
            x.iter_mut().zip(&way).for_each(|(x, way)| *x += by * way);
            left.iter_mut().zip(&moved).for_each(|(left, moved)| *left -= by * moved);
            let next = dot(&left, &left);
            way.iter_mut().zip(&left).for_each(|(way, left)| *way = left + next / size * *way);
            size = next;
        }
        places.iter_mut().zip(x).for_each(|(place, x)| place[axis] = x);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn strength_by_hand() {
        // A path 0-1-2 of weights 1 and 3: strengths 1, 4, 3, all 8: 8·1/(1·4) = 2 and 8·3/(4·3) = 2.
        let mut edges = GraphBuilder::new(3);
        edges.add(0, 1, 1.0).unwrap();
        edges.add(1, 2, 3.0).unwrap();
        let found = association_strength(&edges.build());
        assert_eq!((found.weight(0, 1), found.weight(2, 1)), (Some(2.0), Some(2.0)));
    }

    #[test]
    fn three_alike_stand_in_a_triangle() {
        let mut edges = GraphBuilder::new(3);
        [(0, 1), (1, 2), (0, 2)].into_iter().for_each(|(a, b)| edges.add(a, b, 1.0).unwrap());
        let places = layout(&edges.build(), 1, 5);
        for (a, b) in [(0, 1), (1, 2), (0, 2)] {
            assert!((distance(places[a], places[b]) - 1.0).abs() < 1e-3, "{places:?}");
        }
        assert_eq!(layout(&GraphBuilder::new(1).build(), 1, 1), [[0.0, 0.0]]);
        assert!(layout(&GraphBuilder::new(4).build(), 1, 1).iter().flatten().all(|part| part.is_finite()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]

        #[test]
        fn linked_nodes_are_nearer_and_the_mean_distance_is_one(size in 4u32..12, seed in 0u64..9) {
            let mut edges = GraphBuilder::new(2 * size);
            for a in 0..size {
                (0..a).for_each(|b| [0, size].into_iter().for_each(|from| edges.add(from + a, from + b, 1.0).unwrap()));
            }
            edges.add(0, size, 0.1).unwrap();
            let graph = edges.build();
            let places = layout(&association_strength(&graph), 2, seed);
            let (mut within, mut across, mut all) = (0.0_f64, f64::MAX, 0.0);
            for a in 0..2 * size {
                for b in 0..a {
                    let far = distance(places[a as usize], places[b as usize]);
                    all += far;
                    if (a < size) == (b < size) { within = within.max(far) } else { across = across.min(far) }
                }
            }
            prop_assert!(within < across, "{} {}", within, across);
            prop_assert!((all / f64::from(size * (2 * size - 1)) - 1.0).abs() < 1e-9);
            prop_assert_eq!(layout(&association_strength(&graph), 2, seed), places);
        }

        #[test]
        fn every_step_is_better(edges in prop::collection::vec((0u32..9, 0u32..9), 1..30), seed in 0u64..99) {
            let mut builder = GraphBuilder::new(9);
            edges.iter().for_each(|(a, b)| builder.add(*a, *b, 1.0).unwrap());
            let graph = builder.build();
            let random: Vec<[f64; 2]> = {
                let mut places: Vec<[f64; 2]> = (0..9).map(|n| [uniform(seed, 2 * n), uniform(seed, 2 * n + 1)]).collect();
                centre(&mut places);
                places
            };
            let (found, _) = one_layout(&graph, seed);
            let all: f64 = (0..9).flat_map(|node| graph.of(node)).map(|edge| f64::from(edge.weight)).sum();
            let everywhere = if all > 0.0 { EVERYWHERE * all / 81.0 } else { 1.0 / 9.0 };
            prop_assert!(found <= value(&graph, everywhere, &random) + 1e-9);
        }
    }
}
