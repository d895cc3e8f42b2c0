//! Fits the model of the matcher: a logistic regression for each form of name, drawn towards one for all forms together.
//!
//! ```text
//! cargo run --profile demo -p dari-organisations --example train -- VERSION OUT.csv ROR_FILE… -- LABELS.csv… OPENALEX.jsonl.gz…
//! ```
//!
//! Labels are CSV as `dari organisations eval` takes them, read by people. OpenAlex works give affiliations with the institutions that OpenAlex's own matching
//! found: many and noisy, so each counts little; affiliations without any, and candidates above or below a labelled organisation, say nothing and are left out.
//! The affiliations of `labels/gold.csv` are left out wherever they come up, told by their letters and digits alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};

use dari_organisations::evaluate::read_labels;
use dari_organisations::matcher::features::{FEATURES, Features, Model};
use dari_organisations::matcher::{Example, Scratch};
use dari_organisations::{Index, Matcher, Register};

type Failure = Box<dyn std::error::Error>;

/// What a label read by a person counts for, against one of OpenAlex.
const READ: f64 = 12.0;
const FORMS: usize = 8;
/// How strongly weights are drawn to 0, and those of a form to those of all.
const RIDGE: f64 = 4.0;

struct Row {
    form: usize,
    features: Features,
    right: bool,
    weight: f64,
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut parts = args.split(|arg| arg == "--");
    let (Some([version, out, ror @ ..]), Some(files)) = (parts.next(), parts.next()) else {
        return Err("usage: train VERSION OUT.csv ROR_FILE… -- LABELS.csv… OPENALEX.jsonl.gz…".into());
    };
    let register = support::register(ror)?;
    let matcher = Matcher::with_model(&register, Model::new(version.clone(), [[0.0; FEATURES]; FORMS]));
    let gold: BTreeSet<String> = read_labels("gold.csv", File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/labels/gold.csv"))?)?
        .iter()
        .map(|one| support::letters(&one.affiliation))
        .collect();
    let mut rows = Vec::new();
    for file in files {
        let before = rows.len();
        if file.ends_with(".csv") {
            for one in read_labels(file, File::open(file)?)?.into_iter().filter(|one| !gold.contains(&support::letters(&one.affiliation))) {
                add(&matcher, &register, &one.affiliation, &one.expected, &one.also, READ, &mut rows);
            }
        } else {
            for (affiliation, ids) in openalex(file)? {
                if !ids.is_empty() && !gold.contains(&support::letters(&affiliation)) {
                    add(&matcher, &register, &affiliation, &ids, &BTreeSet::new(), 1.0, &mut rows);
                }
            }
        }
        support::say(&format!("{file}: {} candidates", rows.len() - before));
    }
    let all: Vec<&Row> = rows.iter().collect();
    let pooled = fit(&all, &[0.0; FEATURES]);
    let mut weights = [[0.0f32; FEATURES]; FORMS];
    for (form, weights) in weights.iter_mut().enumerate() {
        let own: Vec<&Row> = rows.iter().filter(|row| row.form == form).collect();
        let right = own.iter().filter(|row| row.right).count();
        support::say(&format!("form {form}: {} candidates, {right} right", own.len()));
        *weights = fit(&own, &pooled).map(|weight| weight as f32);
    }
    std::fs::write(out, Model::new(version.clone(), weights).write())?;
    Ok(())
}

fn add(
    matcher: &Matcher<'_>,
    register: &Register,
    affiliation: &str,
    ids: &BTreeSet<String>,
    also: &BTreeSet<String>,
    weight: f64,
    rows: &mut Vec<Row>,
) {
    let resolve = |ids: &BTreeSet<String>| -> BTreeSet<Index> {
        ids.iter().filter_map(|id| register.by_ror(id)).map(|index| register.today(index)).collect()
    };
    let (expected, also) = (resolve(ids), resolve(also));
    let mut scratch = Scratch::default();
    for Example { organisation, form, features } in matcher.examples(affiliation, &mut scratch) {
        let right = expected.contains(&organisation);
        let near = |other: &Index| register.is_part_of(*other, organisation) || register.is_part_of(organisation, *other);
        if !right && (also.contains(&organisation) || expected.iter().any(near)) {
            continue;
        }
        rows.push(Row { form, features, right, weight });
    }
}

/// Affiliations of OpenAlex works with the ROR ids of the institutions found in each, every affiliation once.
fn openalex(file: &str) -> Result<BTreeMap<String, BTreeSet<String>>, Failure> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let short = |ror: &str| ror.rsplit('/').next().unwrap_or_default().to_owned();
    for line in BufReader::new(flate2::read::MultiGzDecoder::new(File::open(file)?)).lines() {
        let work: serde_json::Value = serde_json::from_str(&line?)?;
        for authorship in work["authorships"].as_array().into_iter().flatten() {
            let ror: BTreeMap<&str, String> = (authorship["institutions"].as_array().into_iter().flatten())
                .filter_map(|one| Some((one["id"].as_str()?, short(one["ror"].as_str()?))))
                .collect();
            for one in authorship["affiliations"].as_array().into_iter().flatten() {
                let Some(text) = one["raw_affiliation_string"].as_str() else { continue };
                let ids = one["institution_ids"].as_array().into_iter().flatten().filter_map(|id| ror.get(id.as_str()?).cloned());
                all.entry(text.to_owned()).or_default().extend(ids);
            }
            if authorship["affiliations"].is_null()
                && let Some(text) = authorship["raw_affiliation_string"].as_str()
            {
                all.entry(text.to_owned()).or_default().extend(ror.into_values());
            }
        }
    }
    Ok(all)
}

/// Newton's method for the logistic regression with a ridge around `centre`.
fn fit(rows: &[&Row], centre: &[f64; FEATURES]) -> [f64; FEATURES] {
    let mut weights = *centre;
    let mut cost = loss(rows, centre, &weights);
    for _ in 0..50 {
        let mut gradient = [0.0; FEATURES];
        let mut hessian = [[0.0; FEATURES]; FEATURES];
        for row in rows {
            let x = row.features.map(f64::from);
            let sum: f64 = x.iter().zip(&weights).map(|(x, w)| x * w).sum();
            let p = 1.0 / (1.0 + (-sum).exp());
            let (error, curve) = (row.weight * (p - f64::from(row.right)), row.weight * p * (1.0 - p));
            for i in 0..FEATURES {
                if x[i] == 0.0 {
                    continue;
                }
                gradient[i] += error * x[i];
                for j in 0..FEATURES {
                    hessian[i][j] += curve * x[i] * x[j];
                }
            }
        }
        for i in 0..FEATURES {
            gradient[i] += RIDGE * (weights[i] - centre[i]);
            hessian[i][i] += RIDGE;
        }
        let step = solve(hessian, gradient);
        // Newton's step overshoots where the curve is flat: halve it until it leads down.
        let stepped = (0..20).map(|halvings| {
            let mut next = weights;
            next.iter_mut().zip(&step).for_each(|(weight, step)| *weight -= step / f64::from(1 << halvings));
            (loss(rows, centre, &next), next)
        });
        match stepped.into_iter().find(|(next, _)| *next < cost - 1e-9) {
            Some((next, moved)) => (cost, weights) = (next, moved),
            None => break,
        }
    }
    weights
}

/// Negative log-likelihood with the ridge.
fn loss(rows: &[&Row], centre: &[f64; FEATURES], weights: &[f64; FEATURES]) -> f64 {
    let ridge: f64 = weights.iter().zip(centre).map(|(weight, centre)| RIDGE / 2.0 * (weight - centre).powi(2)).sum();
    let of = |row: &&Row| {
        let sum: f64 = row.features.iter().zip(weights).map(|(x, w)| f64::from(*x) * w).sum();
        let signed = if row.right { -sum } else { sum };
        // ln(1 + e^signed) without overflow.
        row.weight * (signed.max(0.0) + (-signed.abs()).exp().ln_1p())
    };
    ridge + rows.iter().map(of).sum::<f64>()
}

/// Solves a symmetric, positive definite system by Gauss's elimination.
fn solve(mut a: [[f64; FEATURES]; FEATURES], mut b: [f64; FEATURES]) -> [f64; FEATURES] {
    for i in 0..FEATURES {
        for j in i + 1..FEATURES {
            let factor = a[j][i] / a[i][i];
            let (above, below) = a.split_at_mut(j);
            for (low, high) in below[0].iter_mut().zip(&above[i]).skip(i) {
                *low -= factor * high;
            }
            b[j] -= factor * b[i];
        }
    }
    for i in (0..FEATURES).rev() {
        let sum: f64 = (i + 1..FEATURES).map(|j| a[i][j] * b[j]).sum();
        b[i] = (b[i] - sum) / a[i][i];
    }
    b
}

#[path = "../tests/support/mod.rs"]
mod support;
