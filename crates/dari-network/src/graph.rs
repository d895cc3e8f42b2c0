//! The graph.

use rayon::prelude::*;

use crate::Error;

/// One end of an edge, seen from the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// The node it leads to.
    pub to: u32,
    /// Its weight, above 0.
    pub weight: f32,
}

/// An undirected weighted graph without loops, neighbours in order of their numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// Where the edges of each node begin; one more than there are nodes.
    starts: Vec<usize>,
    edges: Vec<Edge>,
    /// Σ of the weights of each node's edges.
    strengths: Vec<f64>,
}

/// Collects edges, in any order; those between the same nodes are added up.
#[derive(Debug, Clone)]
pub struct GraphBuilder {
    nodes: u32,
    edges: Vec<(u32, u32, f32)>,
}

impl GraphBuilder {
    /// For a number of nodes.
    pub fn new(nodes: u32) -> GraphBuilder {
        GraphBuilder { nodes, edges: Vec::new() }
    }

    /// Adds an edge, or weight to it. One from a node to itself is left out.
    ///
    /// # Errors
    /// If a node is not there or the weight not a finite number above 0.
    pub fn add(&mut self, a: u32, b: u32, weight: f32) -> Result<(), Error> {
        if let Some(node) = [a, b].into_iter().find(|node| *node >= self.nodes) {
            return Err(Error::Node { node, nodes: self.nodes });
        }
        if !weight.is_finite() || weight <= 0.0 {
            return Err(Error::Weight(weight));
        }
        if a != b {
            self.edges.push((a.min(b), a.max(b), weight));
        }
        Ok(())
    }

    /// The graph.
    pub fn build(mut self) -> Graph {
        // By weight too, so that sums do not depend on the order.
        self.edges.par_sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        self.edges.dedup_by(|next, first| {
            let same = (next.0, next.1) == (first.0, first.1);
            if same {
                first.2 += next.2;
            }
            same
        });
        let mut starts = vec![0usize; self.nodes as usize + 1];
        for (a, b, _) in &self.edges {
            starts[*a as usize + 1] += 1;
            starts[*b as usize + 1] += 1;
        }
        for node in 1..starts.len() {
            starts[node] += starts[node - 1];
        }
        let mut next = starts.clone();
        let mut edges = vec![Edge { to: 0, weight: 0.0 }; 2 * self.edges.len()];
        let mut put = |from: u32, to: u32, weight: f32| {
            edges[next[from as usize]] = Edge { to, weight };
            next[from as usize] += 1;
        };
        // First the ends with lower numbers, then those with higher: edges are in order of both, so that each node's come in order.
        self.edges.iter().for_each(|(a, b, weight)| put(*b, *a, *weight));
        self.edges.iter().for_each(|(a, b, weight)| put(*a, *b, *weight));
        let strength = |ends: &[usize]| edges[ends[0]..ends[1]].iter().map(|edge| f64::from(edge.weight)).sum();
        let strengths = starts.windows(2).map(strength).collect();
        Graph { starts, edges, strengths }
    }
}

impl Graph {
    /// How many nodes there are.
    pub fn nodes(&self) -> u32 {
        (self.starts.len() - 1) as u32
    }

    /// How many edges there are.
    pub fn edges(&self) -> usize {
        self.edges.len() / 2
    }

    /// The edges of a node in order of the nodes they lead to.
    ///
    /// # Panics
    /// If the node is not there.
    pub fn of(&self, node: u32) -> &[Edge] {
        &self.edges[self.starts[node as usize]..self.starts[node as usize + 1]]
    }

    /// How many neighbours a node has.
    pub fn degree(&self, node: u32) -> usize {
        self.of(node).len()
    }

    /// The weight of all edges of a node.
    ///
    /// # Panics
    /// If the node is not there.
    pub fn strength(&self, node: u32) -> f64 {
        self.strengths[node as usize]
    }

    /// The weight between two nodes; None if they are not linked.
    pub fn weight(&self, a: u32, b: u32) -> Option<f32> {
        let edges = self.of(a);
        edges.binary_search_by_key(&b, |edge| edge.to).ok().map(|place| edges[place].weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_cannot_be_is_refused() {
        let mut edges = GraphBuilder::new(2);
        assert_eq!(edges.add(0, 2, 1.0), Err(Error::Node { node: 2, nodes: 2 }));
        assert_eq!(edges.add(0, 1, 0.0), Err(Error::Weight(0.0)));
        assert!(edges.add(0, 1, f32::NAN).is_err());
        assert_eq!(edges.add(1, 1, 1.0), Ok(()));
        let graph = edges.build();
        assert_eq!((graph.nodes(), graph.edges(), graph.degree(1)), (2, 0, 0));
    }

    proptest! {
        #[test]
        fn edges_are_there_from_both_sides_in_order(mut given in prop::collection::vec((0u32..12, 0u32..12, 1u8..9), 0..80)) {
            let build = |given: &[(u32, u32, u8)]| {
                let mut edges = GraphBuilder::new(12);
                given.iter().for_each(|(a, b, weight)| edges.add(*a, *b, f32::from(*weight) / 7.0).unwrap_or_default());
                edges.build()
            };
            let graph = build(&given);
            let mut sums: BTreeMap<(u32, u32), f32> = BTreeMap::new();
            for (a, b, weight) in given.iter().filter(|(a, b, _)| a != b) {
                *sums.entry((*a.min(b), *a.max(b))).or_default() += f32::from(*weight) / 7.0;
            }
            prop_assert_eq!(graph.edges(), sums.len());
            for ((a, b), sum) in sums {
                prop_assert_eq!(graph.weight(a, b), graph.weight(b, a));
                prop_assert!((graph.weight(a, b).unwrap_or_default() - sum).abs() < 1e-4);
            }
            for node in 0..12 {
                prop_assert!(graph.of(node).is_sorted_by_key(|edge| edge.to));
                prop_assert_eq!(graph.strength(node), graph.of(node).iter().map(|edge| f64::from(edge.weight)).sum::<f64>());
            }
            given.reverse();
            prop_assert_eq!(build(&given), graph);
        }
    }
}
