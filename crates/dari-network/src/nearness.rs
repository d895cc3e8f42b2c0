//! How near nodes are to each other: the measures that link prediction starts from.

use crate::Graph;

/// How near a node is to another, by the paths between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The other node.
    pub node: u32,
    /// Neighbours that both have (Newman 2001).
    pub common: u32,
    /// Σ 1 / ln(degree) over them (Adamic & Adar 2003).
    pub adamic_adar: f64,
    /// Σ 1 / degree over them (resource allocation; Zhou, Lü & Zhang 2009).
    pub resource_allocation: f64,
    /// Σ √(w w') / degree over them, w and w' the weights of the two edges.
    pub weighted: f64,
    /// β·paths of one edge + β²·paths of two + β³·paths of three (Katz 1953, cut at three).
    pub katz: f64,
}

/// Computes nearness from one node after the other; keeps its room between them.
#[derive(Debug, Clone)]
pub struct Nearness<'g> {
    graph: &'g Graph,
    /// Katz's β.
    beta: f64,
    place: Vec<u32>,
    paths_of_three: Vec<f64>,
    touched: Vec<u32>,
}

/// No place yet.
const NONE: u32 = u32::MAX;

impl<'g> Nearness<'g> {
    /// With β = 0.005 in [`Near::katz`], as is usual for co-authorship (Liben-Nowell & Kleinberg 2007).
    pub fn new(graph: &'g Graph) -> Nearness<'g> {
        let nodes = graph.nodes() as usize;
        Nearness { graph, beta: 0.005, place: vec![NONE; nodes], paths_of_three: vec![0.0; nodes], touched: Vec::new() }
    }

    /// The nodes within three edges of a node, itself left out, in order of their numbers.
    ///
    /// # Panics
    /// If the node is not there.
    pub fn of(&mut self, node: u32) -> Vec<Near> {
        let mut found: Vec<Near> = Vec::new();
        let new = |node| Near { node, common: 0, adamic_adar: 0.0, resource_allocation: 0.0, weighted: 0.0, katz: 0.0 };
        let graph = self.graph;
        for first in graph.of(node) {
            let degree = graph.degree(first.to) as f64;
            for second in graph.of(first.to).iter().filter(|second| second.to != node) {
                let place = &mut self.place[second.to as usize];
                if *place == NONE {
                    *place = found.len() as u32;
                    found.push(new(second.to));
                }
                let near = &mut found[*place as usize];
                near.common += 1;
                // Whoever is common has two neighbours at least.
                near.adamic_adar += 1.0 / degree.ln();
                near.resource_allocation += 1.0 / degree;
                near.weighted += f64::from(first.weight * second.weight).sqrt() / degree;
            }
        }
        for first in graph.of(node) {
            let place = &mut self.place[first.to as usize];
            if *place == NONE {
                *place = found.len() as u32;
                found.push(new(first.to));
            }
        }
        // Walks of three edges from the node, by those of two: every node two edges away hands on what it has.
        let (beta, beta2, beta3) = (self.beta, self.beta.powi(2), self.beta.powi(3));
        for near in &found {
            if near.common > 0 {
                for third in graph.of(near.node) {
                    let paths = &mut self.paths_of_three[third.to as usize];
                    if *paths == 0.0 {
                        self.touched.push(third.to);
                    }
                    *paths += f64::from(near.common);
                }
            }
        }
        for &reached in &self.touched {
            let place = &mut self.place[reached as usize];
            if *place == NONE && reached != node {
                *place = found.len() as u32;
                found.push(new(reached));
            }
        }
        // And from the node back to itself and on: as many as it has neighbours.
        let back = graph.degree(node) as f64;
        for near in &mut found {
            let linked = graph.weight(node, near.node).is_some();
            let three = self.paths_of_three[near.node as usize] + if linked { back } else { 0.0 };
            near.katz = beta * f64::from(u8::from(linked)) + beta2 * f64::from(near.common) + beta3 * three;
        }
        self.touched.drain(..).for_each(|touched| self.paths_of_three[touched as usize] = 0.0);
        found.iter().for_each(|near| self.place[near.node as usize] = NONE);
        found.sort_unstable_by_key(|near| near.node);
        found
    }
}

/// Personalised PageRank from one node after the other, by pushing what is left at a node on to its neighbours (Andersen, Chung & Lang 2006).
#[derive(Debug, Clone)]
pub struct Walk<'g> {
    graph: &'g Graph,
    /// Probability that a walk stops at a node.
    stop: f64,
    /// What may be left at a node, for each of its neighbours.
    tolerance: f64,
    rank: Vec<f64>,
    left: Vec<f64>,
    queued: Vec<bool>,
    touched: Vec<u32>,
}

impl<'g> Walk<'g> {
    /// Walks that stop with probability 0.15 at every node and are followed until less than `tolerance` of them is left at each node for each of its
    /// neighbours; 1e-5 is fine enough for ranking, and bounds the work whatever the size of the graph.
    pub fn new(graph: &'g Graph, tolerance: f64) -> Walk<'g> {
        let nodes = graph.nodes() as usize;
        Walk {
            graph,
            stop: 0.15,
            tolerance,
            rank: vec![0.0; nodes],
            left: vec![0.0; nodes],
            queued: vec![false; nodes],
            touched: Vec::new(),
        }
    }

    /// (node, probability that a walk from `node` ends there) for the nodes that walks reach, in order of their numbers.
    ///
    /// # Panics
    /// If the node is not there.
    pub fn of(&mut self, node: u32) -> Vec<(u32, f64)> {
        let mut queue = std::collections::VecDeque::from([node]);
        self.left[node as usize] = 1.0;
        self.queued[node as usize] = true;
        self.touched.push(node);
        while let Some(at) = queue.pop_front() {
            self.queued[at as usize] = false;
            let left = std::mem::take(&mut self.left[at as usize]);
            let edges = self.graph.of(at);
            if edges.is_empty() {
                self.rank[at as usize] += left;
                continue;
            }
            self.rank[at as usize] += self.stop * left;
            let on = (1.0 - self.stop) * left / self.graph.strength(at);
            for edge in edges {
                let to = edge.to as usize;
                if self.left[to] == 0.0 && self.rank[to] == 0.0 {
                    self.touched.push(edge.to);
                }
                self.left[to] += on * f64::from(edge.weight);
                if !self.queued[to] && self.left[to] > self.tolerance * self.graph.degree(edge.to) as f64 {
                    self.queued[to] = true;
                    queue.push_back(edge.to);
                }
            }
        }
        self.touched.sort_unstable();
        self.touched.dedup();
        let found: Vec<(u32, f64)> =
            self.touched.iter().map(|node| (*node, self.rank[*node as usize])).filter(|(_, rank)| *rank > 0.0).collect();
        for touched in self.touched.drain(..) {
            (self.rank[touched as usize], self.left[touched as usize]) = (0.0, 0.0);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GraphBuilder;
    use proptest::prelude::*;

    fn graph(nodes: u32, edges: &[(u32, u32)]) -> Graph {
        let mut builder = GraphBuilder::new(nodes);
        let mut seen = std::collections::BTreeSet::new();
        for (a, b) in edges.iter().filter(|(a, b)| a != b) {
            if seen.insert((a.min(b), a.max(b))) {
                builder.add(*a, *b, 1.0).unwrap_or_default();
            }
        }
        builder.build()
    }

    #[test]
    fn by_hand() {
        // A square 0-1-2-3 with a tail 2-4. From 0: 2 has the common neighbours 1 and 3, of two neighbours each.
        let graph = graph(5, &[(0, 1), (1, 2), (2, 3), (3, 0), (2, 4)]);
        let near = Nearness::new(&graph).of(0);
        let two = near.iter().find(|near| near.node == 2).copied();
        assert!(
            two.is_some_and(|near| near.common == 2
                && near.resource_allocation == 1.0
                && (near.adamic_adar - 2.0 / 2f64.ln()).abs() < 1e-12)
        );
        // Walks of three from 0 to 1: 0-1-0-1, 0-1-2-1, 0-3-0-1, 0-3-2-1: four; and the edge.
        let one = near.iter().find(|near| near.node == 1).copied();
        assert!(one.is_some_and(|near| near.common == 0 && (near.katz - (0.005 + 4.0 * 0.005f64.powi(3))).abs() < 1e-15), "{one:?}");
    }

    /// Walks of a length between all nodes, as powers of the matrix.
    fn walks(graph: &Graph, length: usize) -> Vec<Vec<f64>> {
        let n = graph.nodes() as usize;
        let step = |from: &[Vec<f64>]| -> Vec<Vec<f64>> {
            let to = |a: usize, b: u32| graph.of(b).iter().map(|edge| from[a][edge.to as usize]).sum();
            (0..n).map(|a| (0..n as u32).map(|b| to(a, b)).collect()).collect()
        };
        let one: Vec<Vec<f64>> = (0..n).map(|a| (0..n).map(|b| f64::from(u8::from(a == b))).collect()).collect();
        (0..length).fold(one, |walks, _| step(&walks))
    }

    proptest! {
        #[test]
        fn nearness_is_what_matrices_say_and_the_same_from_both_sides(edges in prop::collection::vec((0u32..9, 0u32..9), 0..30)) {
            let graph = graph(9, &edges);
            let (two, three) = (walks(&graph, 2), walks(&graph, 3));
            let mut nearness = Nearness::new(&graph);
            let all: Vec<Vec<Near>> = (0..9).map(|node| nearness.of(node)).collect();
            for (a, near) in all.iter().enumerate() {
                for near in near {
                    let b = near.node as usize;
                    prop_assert!(a != b);
                    prop_assert_eq!(f64::from(near.common), two[a][b]);
                    let linked = f64::from(u8::from(graph.weight(a as u32, near.node).is_some()));
                    let katz = 0.005 * linked + 0.005f64.powi(2) * two[a][b] + 0.005f64.powi(3) * three[a][b];
                    prop_assert!((near.katz - katz).abs() < 1e-12);
                    let back = all[b].iter().find(|back| back.node as usize == a);
                    prop_assert!(back.is_some_and(|back| (back.adamic_adar - near.adamic_adar).abs() < 1e-12 && back.common == near.common));
                }
                let reached = (0..9).filter(|b| *b != a && (two[a][*b] + three[a][*b] > 0.0 || graph.weight(a as u32, *b as u32).is_some())).count();
                prop_assert_eq!(near.len(), reached);
            }
        }

        #[test]
        fn walks_end_somewhere(edges in prop::collection::vec((0u32..9, 0u32..9), 0..30), from in 0u32..9) {
            let graph = graph(9, &edges);
            let found = Walk::new(&graph, 1e-9).of(from);
            let sum: f64 = found.iter().map(|(_, rank)| rank).sum();
            prop_assert!((sum - 1.0).abs() < 1e-5, "{}", sum);
            // The fixed point: rank = stop·(here) + (1 − stop)·Σ neighbours' rank / their degree.
            let rank = |node: u32| found.iter().find(|(at, _)| *at == node).map_or(0.0, |(_, rank)| *rank);
            for node in (0..9).filter(|node| graph.degree(*node) > 0) {
                let from_others: f64 = graph.of(node).iter().map(|edge| rank(edge.to) / graph.degree(edge.to) as f64).sum();
                let expected = if node == from { 0.15 } else { 0.0 } + 0.85 * from_others;
                prop_assert!((rank(node) - expected).abs() < 1e-5, "{} {}", rank(node), expected);
            }
        }
    }
}
