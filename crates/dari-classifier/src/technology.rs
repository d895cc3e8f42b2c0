//! Further words for the topics of critical and emerging technologies, beside OpenAlex's ten keywords each.

use crate::Topic;

/// One line a topic: its number and terms separated by `;`. Chosen from general knowledge of the fields.
const TERMS: &str = include_str!("../data/technology_terms.csv");

/// Adds the terms to the keywords of the topics they are for; topics without any are left alone.
pub fn add_technology_terms(topics: &mut [Topic]) {
    for (id, terms) in terms() {
        for topic in topics.iter_mut().filter(|topic| topic.id == id) {
            for term in &terms {
                if !topic.keywords.iter().any(|known| known.eq_ignore_ascii_case(term)) {
                    topic.keywords.push((*term).to_string());
                }
            }
        }
    }
}

fn terms() -> impl Iterator<Item = (i32, Vec<&'static str>)> {
    TERMS.lines().skip(1).filter_map(|line| {
        let (id, terms) = line.split_once(',')?;
        Some((id.parse().ok()?, terms.split(';').map(str::trim).collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;

    #[test]
    fn every_line_is_read_and_topics_ascend() {
        let ids: Vec<i32> = terms().map(|(id, _)| id).collect();
        assert_eq!(ids.len() + 1, TERMS.lines().count());
        assert!(ids.is_sorted() && terms().all(|(_, terms)| terms.iter().all(|term| !term.is_empty())));
    }

    #[test]
    fn known_keywords_are_not_doubled() {
        let level = Level { id: 1, name: String::new() };
        let topic = |id| Topic {
            id,
            name: String::new(),
            keywords: vec!["tokamak".into()],
            subfield: level.clone(),
            field: level.clone(),
            domain: level.clone(),
        };
        let mut topics = [topic(10346), topic(1)];
        add_technology_terms(&mut topics);
        let count = |word: &str| topics[0].keywords.iter().filter(|known| known.eq_ignore_ascii_case(word)).count();
        assert_eq!((count("tokamak"), count("KSTAR"), topics[1].keywords.len()), (1, 1, 1));
    }
}
