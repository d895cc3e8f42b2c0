//! Communities beside those of published maps in the format of VOSviewer.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use dari_network::{Communities, CommunityOptions, Graph, GraphBuilder, Quality, association_strength, communities};
use serde::Deserialize;

use crate::cli::Common;
use crate::error::{Failure, Result};
use crate::output;
use crate::progress::say;
use crate::rows::Rows;

/// VOSviewer's own resolution is 1; a map does not say which one its clusters were made with.
const RESOLUTIONS: [f64; 5] = [0.25, 0.5, 1.0, 2.0, 4.0];

#[derive(Deserialize)]
struct Published {
    network: Network,
}

#[derive(Deserialize)]
struct Network {
    items: Vec<Item>,
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Item {
    id: serde_json::Value,
    cluster: usize,
}

#[derive(Deserialize)]
struct Link {
    source_id: serde_json::Value,
    target_id: serde_json::Value,
    #[serde(default = "one")]
    strength: f32,
}

fn one() -> f32 {
    1.0
}

struct Line {
    network: String,
    nodes: u32,
    links: usize,
    resolution: f64,
    published: (usize, f64),
    dari: (usize, f64),
}

/// What VOSviewer's clustering is after (Waltman, van Eck & Noyons 2010): the constant Potts model on association strengths.
pub(super) fn run(common: &Common, files: &[PathBuf], starts: u32, seed: u64) -> Result<()> {
    let mut lines = Vec::new();
    for file in files {
        let (graph, published) =
            read(file).map_err(|failure| failure.hint("Give maps as VOSviewer writes them (JSON, every item with a cluster)."))?;
        let graph = association_strength(&graph);
        for resolution in RESOLUTIONS {
            let quality = Quality::Cpm { resolution };
            let found = communities(&graph, &CommunityOptions { passes: 100, starts, seed, ..CommunityOptions::new(quality) });
            let found = found.map_err(|error| Failure::new(error.to_string()))?;
            lines.push(Line {
                network: file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
                nodes: graph.nodes(),
                links: graph.edges(),
                resolution,
                published: (published.sizes().len(), published.quality(&graph, quality)),
                dari: (found.sizes().len(), found.quality(&graph, quality)),
            });
        }
    }
    let rows = Rows::default()
        .text("network", lines.iter().map(|line| Some(line.network.as_str())))
        .int("nodes", lines.iter().map(|line| Some(i64::from(line.nodes))))
        .int("links", lines.iter().map(|line| Some(line.links as i64)))
        .float("resolution", lines.iter().map(|line| Some(line.resolution)))
        .int("published_clusters", lines.iter().map(|line| Some(line.published.0 as i64)))
        .float("published_quality", lines.iter().map(|line| Some(line.published.1)))
        .int("dari_clusters", lines.iter().map(|line| Some(line.dari.0 as i64)))
        .float("dari_quality", lines.iter().map(|line| Some(line.dari.1)));
    output::write_rows(common.format, rows)?;
    say(
        "quality: Σ (association strength inside − resolution · pairs), over the strength of all links; what VOSviewer makes clusters by, with the resolution 1 unless told otherwise",
    );
    Ok(())
}

/// The links of a map, and its clusters.
fn read(file: &Path) -> Result<(Graph, Communities)> {
    let refused = |what: String| Failure::new(format!("{}: {what}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| refused(error.to_string()))?;
    let Published { network } = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| refused(error.to_string()))?;
    let nodes: HashMap<String, u32> = network.items.iter().zip(0..).map(|(item, node)| (item.id.to_string(), node)).collect();
    if nodes.len() != network.items.len() {
        return Err(refused("an id is given to two items".to_owned()));
    }
    let mut graph = GraphBuilder::new(nodes.len() as u32);
    for link in &network.links {
        let node = |id: &serde_json::Value| {
            nodes.get(&id.to_string()).copied().ok_or_else(|| refused(format!("a link names {id}, which no item has for its id")))
        };
        graph.add(node(&link.source_id)?, node(&link.target_id)?, link.strength).map_err(|error| refused(error.to_string()))?;
    }
    let clusters: Vec<usize> = network.items.iter().map(|item| item.cluster).collect();
    Ok((graph.build(), Communities::from_labels(&clusters)))
}
