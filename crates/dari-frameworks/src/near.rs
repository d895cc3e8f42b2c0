//! Near matches of what a user typed.

use dari_model::text::normalise;

/// Similarity below which a candidate is not worth showing.
const THRESHOLD: f64 = 0.7;

/// The ids of up to three candidates most like `asked`, best first; a candidate may be tried under several names.
/// Similarity is Jaro-Winkler (Winkler 1990) over normalised text; a name that contains what was asked counts as near.
pub(crate) fn near<'a>(asked: &str, candidates: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let asked = normalise(asked);
    let mut scored: Vec<(f64, &str)> = Vec::new();
    for (id, name) in candidates {
        let name = normalise(name);
        let contains = !asked.is_empty() && name.contains(&asked);
        let score = strsim::jaro_winkler(&asked, &name).max(if contains { 0.9 } else { 0.0 });
        if score >= THRESHOLD {
            scored.push((score, id));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let mut ids: Vec<String> = Vec::new();
    for (_, id) in scored {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids.truncate(3);
    ids
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        let candidates = [("kr-nst-2023", "kr-nst-2023"), ("us-cet-2024", "us-cet-2024"), ("quantum", "양자"), ("quantum", "Quantum")];
        assert_eq!(near("kr-nst-2032", candidates).first().map(String::as_str), Some("kr-nst-2023"));
        assert_eq!(near("quantun", candidates), ["quantum"]);
        assert!(near("zzzz", candidates).is_empty());
    }
}
