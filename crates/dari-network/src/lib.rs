//! Graphs in compressed sparse rows: how near their nodes are to each other, communities, maps and their files. Nothing here knows what nodes stand for.
//!
//! A [`Graph`] is undirected, weighted and without loops; nodes are numbers from 0. It takes 8 bytes for each end of an edge. Everything is the same whatever the
//! order in which edges were given, to the last bit.
//!
//! ```
//! use dari_network::{GraphBuilder, Nearness};
//! let mut edges = GraphBuilder::new(4);
//! for (a, b) in [(0, 1), (1, 2), (0, 3), (3, 2)] {
//!     edges.add(a, b, 1.0)?;
//! }
//! let graph = edges.build();
//! // 0 and 2 are not linked, but both 1 and 3 know both.
//! let near = Nearness::new(&graph).of(0);
//! assert_eq!(near.iter().find(|near| near.node == 2).map(|near| near.common), Some(2));
//! # Ok::<(), dari_network::Error>(())
//! ```

mod communities;
mod export;
mod graph;
mod layout;
mod nearness;

pub use communities::{Communities, CommunityOptions, Descent, Quality, communities, descent};
pub use export::{Item, Map};
pub use graph::{Edge, Graph, GraphBuilder};
pub use layout::{association_strength, layout};
pub use nearness::{Near, Nearness, Walk};

/// Why a graph could not be made.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum Error {
    /// An edge names a node that is not there.
    #[error("node {node}: the graph has {nodes}")]
    Node {
        /// The node.
        node: u32,
        /// How many there are.
        nodes: u32,
    },
    /// Communities cannot be sought so.
    #[error("communities: {0}")]
    Communities(String),
    /// An edge's weight is not above 0.
    #[error("weight {0} of an edge: expected a finite number above 0")]
    Weight(f32),
}
