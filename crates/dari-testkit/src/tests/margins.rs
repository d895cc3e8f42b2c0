use std::collections::HashMap;

use super::{correlation, demo, world};
use crate::demo::{Code, Demo};

/// Works of the last years of the table of topics, by country and field; of all, by field and by pair of countries.
#[derive(Default)]
struct Counts {
    all: f64,
    countries: HashMap<Code, f64>,
    fields: HashMap<u32, f64>,
    cells: HashMap<(Code, u32), f64>,
    pairs: HashMap<(Code, Code), f64>,
}

impl Counts {
    fn share<K: std::hash::Hash + Eq>(&self, counts: &HashMap<K, f64>, key: &K) -> f64 {
        counts.get(key).copied().unwrap_or_default() / self.all
    }
}

fn real(period: usize, years: std::ops::RangeInclusive<i32>, scale: f64) -> Counts {
    let demo = Demo::read(&demo()).unwrap();
    let field: HashMap<u32, u32> = demo.topics.iter().map(|topic| (topic.id, topic.field.0)).collect();
    let mut counts = Counts::default();
    let mut seen = std::collections::HashSet::new();
    for margin in demo.margins.iter().filter(|margin| margin.period == period) {
        let field = field[&margin.topic];
        *counts.countries.entry(margin.country).or_default() += margin.works;
        *counts.cells.entry((margin.country, field)).or_default() += margin.works;
        if seen.insert(margin.topic) {
            counts.all += margin.world;
            *counts.fields.entry(field).or_default() += margin.world;
        }
    }
    for pair in demo.pairs.iter().filter(|pair| years.contains(&pair.year)) {
        *counts.pairs.entry(pair.countries).or_default() += pair.works * scale;
    }
    counts
}

fn generated(world: &crate::World, years: std::ops::RangeInclusive<i32>) -> Counts {
    let mut counts = Counts::default();
    let mut work = crate::Work::default();
    for place in 0..world.works() {
        world.make(place, &mut work);
        if !years.contains(&work.year()) {
            continue;
        }
        counts.all += 1.0;
        let field = world.topics[work.topic()].field.0;
        *counts.fields.entry(field).or_default() += 1.0;
        let mut codes: Vec<Code> = work.countries().iter().map(|at| world.margins.countries[usize::from(*at)]).collect();
        codes.sort_unstable();
        for (at, code) in codes.iter().enumerate() {
            *counts.countries.entry(*code).or_default() += 1.0;
            *counts.cells.entry((*code, field)).or_default() += 1.0;
            // One work of thousands of authors has more pairs than hundreds of others.
            for other in codes[at + 1..].iter().filter(|_| work.authors() < 500) {
                *counts.pairs.entry((*code, *other)).or_default() += 1.0;
            }
        }
    }
    counts
}

/// The part of works by which a share found among n works may differ from the real one: four standard deviations.
fn noise(share: f64, n: f64) -> f64 {
    4.0 * (share * (1.0 - share) / n).sqrt()
}

#[test]
fn countries_fields_and_ties_follow_the_real_data() {
    let reals = [real(0, 2010..=2014, 1.0), real(1, 2020..=2023, 1.25)];
    let mut sums = (0.0, 0.0);
    for seed in 1..=4 {
        let world = world(50_000, seed, None);
        for (real, years) in reals.iter().zip([2010..=2014, 2020..=2024]) {
            let (wanted, found) = compare(real, &generated(&world, years));
            sums = (sums.0 + wanted, sums.1 + found);
        }
    }
    // A few consortia have many of the ties of one small world: the sum is compared over several.
    assert!((sums.1 / sums.0 - 1.0).abs() < 0.12, "ties in all: {sums:?}");
}

/// Compares a world with the real data and gives the shares of works with one of the strongest ties, real and generated.
fn compare(real: &Counts, generated: &Counts) -> (f64, f64) {
    // Countries with at least 1 % of the world: within 10 % and what chance allows.
    let mut compared = 0;
    for code in real.countries.keys() {
        let (wanted, found) = (real.share(&real.countries, code), generated.share(&generated.countries, code));
        if wanted >= 0.01 {
            compared += 1;
            let allowed = 0.1 * wanted + noise(wanted, generated.all);
            assert!((found - wanted).abs() < allowed, "{} {found} {wanted}", String::from_utf8_lossy(code));
        }
    }
    assert!(compared >= 10);
    let pairs: Vec<(f64, f64)> =
        real.countries.keys().map(|code| (real.share(&real.countries, code), generated.share(&generated.countries, code))).collect();
    assert!(correlation(&pairs) > 0.995, "countries {}", correlation(&pairs));
    // Fields have their works almost exactly: only rounding and growth within the period are between.
    for field in real.fields.keys() {
        let (wanted, found) = (real.share(&real.fields, field), generated.share(&generated.fields, field));
        assert!((found - wanted).abs() < 0.03 * wanted + 0.001, "field {field}: {found} {wanted}");
    }
    let cells: Vec<(f64, f64)> =
        real.cells.keys().map(|key| (real.share(&real.cells, key), generated.share(&generated.cells, key))).collect();
    assert!(correlation(&cells) > 0.98, "countries in fields {}", correlation(&cells));
    // Ties: the hundred strongest.
    let mut strongest: Vec<(&(Code, Code), f64)> = real.pairs.iter().map(|(pair, works)| (pair, works / real.all)).collect();
    strongest.sort_by(|a, b| b.1.total_cmp(&a.1));
    let ties: Vec<(f64, f64)> =
        strongest.iter().take(100).map(|(pair, wanted)| (*wanted, generated.share(&generated.pairs, pair))).collect();
    assert!(correlation(&ties) > 0.93, "ties {}", correlation(&ties));
    ties.iter().fold((0.0, 0.0), |sum, tie| (sum.0 + tie.0, sum.1 + tie.1))
}
