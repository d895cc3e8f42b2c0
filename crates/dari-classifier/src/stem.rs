//! Light English stemming: enough that "computing", "computation" and "computational" meet, little enough that "organ" and "organic" do not.

/// Words whose rule-made stem would meet an unrelated word's.
const KEPT: [&str; 6] = ["general", "generic", "material", "organic", "plane", "planet"];

/// Endings taken off in turn, with the least number of bytes that must remain.
const ENDINGS: [(&str, usize); 27] = [
    ("ational", 5),
    ("ization", 5),
    ("isation", 5),
    ("ation", 5),
    ("ative", 5),
    ("ments", 5),
    ("ment", 5),
    ("ness", 5),
    ("ability", 4),
    ("ibility", 4),
    ("ivity", 5),
    ("ally", 5),
    ("ical", 4),
    ("ics", 5),
    ("ity", 5),
    ("ing", 4),
    ("ion", 6),
    ("ive", 5),
    ("ors", 5),
    ("ers", 5),
    ("or", 5),
    ("er", 5),
    ("ed", 4),
    ("al", 5),
    ("ic", 5),
    ("ly", 5),
    ("e", 4),
];

/// Cuts `word` (lower-case ASCII; anything else is left alone) down to its stem, in place.
pub(crate) fn stem(word: &mut String) {
    if word.len() < 4 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return;
    }
    singular(word);
    if KEPT.contains(&word.as_str()) {
        return;
    }
    // Two rounds reach through "comput-ation-al" and "robot-ic-s".
    for _ in 0..2 {
        let Some(keep) = ENDINGS.iter().find_map(|(ending, least)| {
            let keep = word.len().checked_sub(ending.len())?;
            (keep >= *least && word.ends_with(ending)).then_some(keep)
        }) else {
            break;
        };
        word.truncate(keep);
    }
    undouble(word);
    if word.len() > 4 && word.ends_with('y') {
        word.pop();
        word.push('i');
    }
}

fn singular(word: &mut String) {
    if word.ends_with("ies") && word.len() > 4 {
        word.truncate(word.len() - 3);
        word.push('y');
    } else if ["sses", "xes", "ches", "shes"].iter().any(|ending| word.ends_with(ending)) {
        word.truncate(word.len() - 2);
    } else if word.ends_with('s') && !["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) {
        word.pop();
    }
}

/// "plann(ing)" and "plan" are one; "cell", "mass" and "fuzz" stay.
fn undouble(word: &mut String) {
    let bytes = word.as_bytes();
    let n = bytes.len();
    if n > 4 && bytes[n - 1] == bytes[n - 2] && !matches!(bytes[n - 1], b'l' | b's' | b'z' | b'a' | b'e' | b'i' | b'o' | b'u') {
        word.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stemmed(word: &str) -> String {
        let mut word = word.to_string();
        stem(&mut word);
        word
    }

    #[test]
    fn forms_of_a_word_meet() {
        for forms in [
            &["computing", "computation", "computational", "computer", "compute"][..],
            &["robot", "robots", "robotic", "robotics"],
            &["battery", "batteries"],
            &["semiconductor", "semiconductors", "semiconducting"],
            &["detect", "detection", "detector", "detecting"],
            &["plan", "planning", "plans"],
            &["image", "images", "imaging"],
        ] {
            for form in forms {
                assert_eq!(stemmed(form), stemmed(forms[0]), "{form}");
            }
        }
    }

    #[test]
    fn unrelated_words_stay_apart() {
        for (one, other) in [("organ", "organic"), ("general", "generative"), ("plan", "planet"), ("state", "station"), ("mass", "mas")] {
            assert_ne!(stemmed(one), stemmed(other));
        }
    }

    #[test]
    fn short_words_and_other_scripts_are_left_alone() {
        for word in ["gas", "co2", "양자컴퓨팅", "3d"] {
            assert_eq!(stemmed(word), word);
        }
    }
}
