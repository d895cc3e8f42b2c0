//! Frameworks to test with.

use dari_frameworks::Framework;

/// The head of a file that is valid once entries follow.
pub(crate) const HEAD: &str = r#"
id = "t"
status = "official"
valid_from = 2023-08-29
valid_to = 2026-01-01
unofficial = ["All of it."]
[name]
en = "Test"
ko = "시험"
[authority]
en = "Nobody"
ko = "아무도"
[[sources]]
title = "None"
reference = "Nowhere"
"#;

/// Energy with two children, one with words, beside a field of its own.
pub(crate) const ENTRIES: &str = r#"
[[entries]]
id = "energy"
name = { en = "Énergie storage", ko = "에너지 저장" }
topics = [{ id = 1, name = "Storage", strength = "related" }]

[[entries]]
id = "energy.batteries"
parent = "energy"
name = { en = "Secondary batteries", ko = "이차전지" }
topics = [
  { id = 1, name = "Storage", strength = "core", needs_words = true },
  { id = 2, name = "Electrodes", strength = "core", why = "what else" },
]
[entries.words]
any = ["batter*"]
none = ["battery of tests"]

[[entries]]
id = "energy.fuel-cells"
parent = "energy"
name = { en = "Fuel cells", ko = "연료전지" }
topics = [{ id = 2, name = "Electrodes", strength = "related" }, { id = 3, name = "Fuel cells", strength = "core" }]

[[entries]]
id = "quantum"
name = { en = "Quantum", ko = "양자" }
topics = [{ id = 4, name = "Qubits", strength = "core" }]
[entries.words]
any = ["qubit*", "양자*"]
"#;

/// The framework of [`HEAD`] and [`ENTRIES`].
pub(crate) fn sample() -> Framework {
    parsed(ENTRIES)
}

/// A framework of these entries.
pub(crate) fn parsed(entries: &str) -> Framework {
    Framework::parse("t.toml", &format!("{HEAD}{entries}")).unwrap()
}

/// A framework with one entry per list of (topic, core), the entries `e0`, `e1`, …
pub(crate) fn flat(entries: &[Vec<(i32, bool)>]) -> Framework {
    let mut text = String::new();
    for (index, topics) in entries.iter().enumerate() {
        text += &format!("[[entries]]\nid = \"e{index}\"\nname = {{ en = \"Entry {index}\", ko = \"항목 {index}\" }}\ntopics = [\n");
        for (topic, core) in topics {
            let strength = if *core { "core" } else { "related" };
            text += &format!("  {{ id = {topic}, name = \"Topic {topic}\", strength = \"{strength}\" }},\n");
        }
        text += "]\n";
    }
    parsed(&text)
}
