//! What a world has in common with the real data, and that its truth can be found again.

mod bytes;
mod margins;
mod planted;
mod real;
mod shapes;

use std::path::{Path, PathBuf};

use crate::work::Work;
use crate::{Citations, Options, Truth, World};

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo")
}

fn world(works: u64, seed: u64, parts: Option<u64>) -> World {
    World::new(&Options { works, seed, parts, demo: demo() }).unwrap()
}

/// Makes all works with their citations.
fn each(world: &World, mut visit: impl FnMut(&Work)) -> Truth {
    let folder = tempfile::tempdir().unwrap();
    let citations = Citations::collect(world, &folder.path().join("citations"), 2, &|_| Ok(())).unwrap();
    let mut truth = Truth::new(world);
    let mut work = Work::default();
    for part in 0..world.parts() {
        for (place, counts) in world.layout.range(part).zip(citations.of_part(world, part).unwrap()) {
            world.make(place, &mut work);
            work.cited_by = counts;
            truth.count(world, &work);
            visit(&work);
        }
    }
    truth
}

/// The number below which a part of the numbers is.
fn quantile(numbers: &mut [f64], part: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[((numbers.len() - 1) as f64 * part).round() as usize]
}

/// Pearson's correlation.
fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let (x, y) = (pairs.iter().map(|pair| pair.0).sum::<f64>() / n, pairs.iter().map(|pair| pair.1).sum::<f64>() / n);
    let sum = |of: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|pair| of(pair.0 - x, pair.1 - y)).sum::<f64>();
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}
