//! Programme labels in front of award titles.

/// Labels that the National Science Foundation puts before a title, up to a colon; they name the programme, not the subject.
const LABELS: [&str; 33] = [
    "af",
    "atd",
    "bigdata",
    "career",
    "cds&e",
    "chs",
    "cif",
    "cns",
    "collaborative research",
    "conference",
    "cps",
    "crii",
    "csr",
    "dissertation research",
    "doctoral dissertation research",
    "eager",
    "eapsi",
    "epri",
    "fet",
    "frg",
    "goali",
    "i-corps",
    "iii",
    "large",
    "medium",
    "ncs-fo",
    "nets",
    "op",
    "rapid",
    "ri",
    "satc",
    "shf",
    "small",
];

/// The title without the labels before it.
///
/// `"NeTS: Small: Collaborative Research: Routing in Drone Networks"` becomes `"Routing in Drone Networks"`; a title of labels alone stays.
pub(crate) fn without_labels(title: &str) -> &str {
    let mut rest = title.trim();
    while let Some((label, after)) = rest.split_once(':')
        && LABELS.iter().any(|known| known.eq_ignore_ascii_case(label.trim()))
        && !after.trim().is_empty()
    {
        rest = after.trim();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::without_labels;

    #[test]
    fn labels_go_and_subjects_stay() {
        assert_eq!(without_labels("NeTS: Small: Collaborative  Research: A"), "Collaborative  Research: A");
        assert_eq!(without_labels("CAREER: RI:Medium: Seeing: how"), "Seeing: how");
        assert_eq!(without_labels("Small: "), "Small:");
        assert_eq!(without_labels("Quantum optics: a course"), "Quantum optics: a course");
    }
}
