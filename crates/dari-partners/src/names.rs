//! Who is who among authors that the source does not identify: told by name, co-authors and organisation, on the cautious side.

use rustc_hash::{FxHashMap, FxHashSet};

/// An author of a work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mention {
    /// The work.
    pub work: i64,
    /// The author's number, where the source gives one.
    pub id: Option<i64>,
    /// Number of the [key](name_key) of the name, from 0; None without a name.
    pub name: Option<u32>,
    /// Whether the given name is spelled out.
    pub spelled: bool,
    /// Numbers of the author's organisations in the work.
    pub organisations: Vec<i64>,
}

/// A name in the form in which names are compared: without accents, punctuation and letters that stand for middle names, given names in one. And whether the given name
/// is spelled out. None if nothing is left.
///
/// ```
/// use dari_partners::name_key;
/// assert_eq!(name_key("Han-Lim Choi"), name_key("Hanlim CHOI"));
/// assert_eq!(name_key("Sergey V. Levine"), Some(("sergey levine".to_owned(), true)));
/// assert_eq!(name_key("J.-H. Kim"), Some(("jh kim".to_owned(), false)));
/// assert_eq!(name_key("김영훈"), Some(("김영훈".to_owned(), true)));
/// ```
pub fn name_key(name: &str) -> Option<(String, bool)> {
    let normal = dari_model::text::normalise(name);
    let mut words: Vec<&str> = normal.split(' ').filter(|word| !word.is_empty()).collect();
    let family = words.pop()?;
    let long = |word: &&str| word.chars().count() > 1;
    let spelled = if words.is_empty() { !family.is_ascii() && long(&family) } else { words.iter().any(long) };
    if spelled {
        words.retain(long);
    }
    let given = words.concat();
    Some((if given.is_empty() { family.to_owned() } else { format!("{given} {family}") }, spelled))
}

/// A name that was seen with more organisations than this is common: several people bear it.
const COMMON: u32 = 10;

/// What is known of a name.
#[derive(Default)]
struct Seen {
    /// The last one of a name that had a co-author of a name.
    with_co_author: FxHashMap<(u32, u32), u32>,
    /// The last one of a name in an organisation.
    in_organisation: FxHashMap<(u32, i64), u32>,
    /// Organisations by name.
    homes: FxHashMap<u32, u32>,
}

impl Seen {
    fn is_common(&self, name: u32, spelled: bool) -> bool {
        !spelled || self.homes.get(&name).is_some_and(|homes| *homes > COMMON)
    }

    /// The one whom most speaks for, if enough does: one co-author or organisation that both have, or two where the names are common.
    fn most_likely(&self, own: &Mention, name: u32, others: &[&Mention], ids: &[Option<i64>]) -> Option<u32> {
        let mut votes: Vec<(u32, u32)> = Vec::new();
        let mut vote = |person: u32, count: u32| match votes.iter_mut().find(|(of, _)| *of == person) {
            Some((_, votes)) => *votes += count,
            None => votes.push((person, count)),
        };
        let common = self.is_common(name, own.spelled);
        for other in others {
            if let Some(of_other) = other.name
                && let Some(person) = self.with_co_author.get(&(name, of_other))
            {
                vote(*person, if common && self.is_common(of_other, other.spelled) { 1 } else { 2 });
            }
        }
        for organisation in &own.organisations {
            if let Some(person) = self.in_organisation.get(&(name, *organisation)) {
                vote(*person, if common { 1 } else { 2 });
            }
        }
        // Nobody who has a number of another source stands in for this one; of equals the one known longest.
        votes.retain(|(person, votes)| *votes >= 2 && (own.id.is_none() || ids[*person as usize].is_none()));
        votes.into_iter().max_by_key(|(person, votes)| (*votes, std::cmp::Reverse(*person))).map(|(person, _)| person)
    }

    fn learn(&mut self, own: &Mention, name: u32, others: &[&Mention], person: u32) {
        for other in others.iter().filter_map(|other| other.name) {
            self.with_co_author.insert((name, other), person);
        }
        for organisation in &own.organisations {
            if self.in_organisation.insert((name, *organisation), person).is_none() {
                *self.homes.entry(name).or_default() += 1;
            }
        }
    }
}

/// Gives every mention the number of a person, from 0 in the order in which they are first seen; None without id and name.
///
/// Mentions come in order of time, those of a work together. Whoever has a number in the source is the one of that number. Another is someone of the same name who has a co-author
/// or an organisation with this one in common (two of them where the name is common, or given names are letters); or else someone new. What later mentions say changes
/// nothing of earlier ones, so that what was known up to a year does not depend on the years after.
pub fn who_is_who(mentions: &[Mention]) -> Vec<Option<u32>> {
    let mut found = Vec::with_capacity(mentions.len());
    let mut seen = Seen::default();
    let mut by_id: FxHashMap<i64, u32> = FxHashMap::default();
    // The number in the source of every person, if any.
    let mut ids: Vec<Option<i64>> = Vec::new();
    for work in mentions.chunk_by(|a, b| a.work == b.work) {
        let begin = found.len();
        let mut taken: FxHashSet<u32> = FxHashSet::default();
        for (place, own) in work.iter().enumerate() {
            let others = others(work, place);
            let known = own.id.and_then(|id| by_id.get(&id).copied());
            let likely = || own.name.and_then(|name| seen.most_likely(own, name, &others, &ids));
            // Two authors of a work are two.
            let person = match known.or_else(|| likely().filter(|person| !taken.contains(person))) {
                Some(person) => Some(person),
                None if own.id.is_none() && own.name.is_none() => None,
                None => {
                    ids.push(None);
                    Some(ids.len() as u32 - 1)
                }
            };
            if let (Some(person), Some(id)) = (person, own.id) {
                ids[person as usize] = Some(id);
                by_id.insert(id, person);
            }
            taken.extend(person);
            found.push(person);
        }
        for (place, own) in work.iter().enumerate() {
            if let (Some(name), Some(person)) = (own.name, found[begin + place]) {
                seen.learn(own, name, &others(work, place), person);
            }
        }
    }
    found
}

/// The other authors of a work; none of works of so many that they say little of who someone is.
fn others(work: &[Mention], place: usize) -> Vec<&Mention> {
    const MOST: usize = 50;
    if work.len() > MOST {
        return Vec::new();
    }
    work.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, other)| other).collect()
}

/// How well persons told by name agree with the source's numbers: of two mentions of one person the share that have one number, and the other way about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Share of pairs of mentions of one person that have the same number.
    pub precision: f64,
    /// Share of pairs of mentions of one number that are one person.
    pub recall: f64,
    /// Mentions with a number and a name.
    pub mentions: usize,
    /// Different numbers among them.
    pub ids: usize,
    /// Different persons found.
    pub persons: usize,
}

/// Tells who is who without the source's numbers and compares with them; None where no two mentions share a number or a person.
pub fn agreement(mentions: &[Mention]) -> Option<Agreement> {
    let without: Vec<Mention> = mentions.iter().map(|mention| Mention { id: None, ..mention.clone() }).collect();
    let mut persons: FxHashMap<u32, u64> = FxHashMap::default();
    let mut ids: FxHashMap<i64, u64> = FxHashMap::default();
    let mut both: FxHashMap<(u32, i64), u64> = FxHashMap::default();
    let mut count = 0;
    for (person, mention) in who_is_who(&without).into_iter().zip(mentions) {
        if let (Some(person), Some(id)) = (person, mention.id) {
            count += 1;
            *persons.entry(person).or_default() += 1;
            *ids.entry(id).or_default() += 1;
            *both.entry((person, id)).or_default() += 1;
        }
    }
    fn pairs<K>(counts: &FxHashMap<K, u64>) -> f64 {
        counts.values().map(|count| count * (count - 1) / 2).sum::<u64>() as f64
    }
    let (of_persons, of_ids) = (pairs(&persons), pairs(&ids));
    (of_persons > 0.0 && of_ids > 0.0).then(|| Agreement {
        precision: pairs(&both) / of_persons,
        recall: pairs(&both) / of_ids,
        mentions: count,
        ids: ids.len(),
        persons: persons.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(work: i64, id: Option<i64>, name: u32, organisations: &[i64]) -> Mention {
        Mention { work, id, name: Some(name), spelled: true, organisations: organisations.to_vec() }
    }

    #[test]
    fn by_co_author_or_organisation_and_never_by_name_alone() {
        let mentions = [
            mention(1, None, 0, &[7]),
            mention(1, None, 1, &[]),
            // The same name with the same co-author; elsewhere; in the same organisation.
            mention(2, None, 0, &[]),
            mention(2, None, 1, &[]),
            mention(3, None, 0, &[8]),
            mention(4, None, 0, &[7]),
            Mention { work: 5, ..Mention::default() },
        ];
        let found = who_is_who(&mentions);
        assert_eq!(found, [Some(0), Some(1), Some(0), Some(1), Some(2), Some(0), None]);
    }

    #[test]
    fn common_names_and_letters_need_two_reasons() {
        // A name of eleven organisations, each with someone of their own.
        let mut mentions: Vec<Mention> = (0..11).map(|number| mention(number, None, 0, &[number])).collect();
        mentions.push(mention(11, None, 0, &[3]));
        assert_eq!(who_is_who(&mentions).last(), Some(&Some(11)));
        // Both organisation and co-author.
        mentions[3].work = 3;
        mentions.insert(4, mention(3, None, 9, &[]));
        mentions.push(mention(11, None, 9, &[]));
        assert_eq!(who_is_who(&mentions)[12], Some(3));
        let letters = |work| Mention { spelled: false, ..mention(work, None, 0, &[1]) };
        assert_eq!(who_is_who(&[letters(1), letters(2)]), [Some(0), Some(1)]);
    }

    #[test]
    fn numbers_of_the_source_hold() {
        // Two numbers are two, however alike; without a number one is the one known.
        let mentions = [mention(1, Some(5), 0, &[7]), mention(2, Some(6), 0, &[7]), mention(3, Some(5), 3, &[]), mention(4, None, 3, &[])];
        assert_eq!(who_is_who(&mentions), [Some(0), Some(1), Some(0), Some(2)]);
        let mentions = [mention(1, None, 0, &[7]), mention(2, Some(6), 0, &[7]), mention(3, None, 0, &[7])];
        assert_eq!(who_is_who(&mentions), [Some(0), Some(0), Some(0)]);
        // Two authors of one work are two.
        assert_eq!(
            who_is_who(&[mention(1, None, 0, &[7]), mention(2, None, 0, &[7]), mention(2, None, 0, &[7])]),
            [Some(0), Some(0), Some(1)]
        );
    }

    #[test]
    fn later_works_change_nothing_of_earlier_ones() {
        let mut mentions = vec![mention(1, None, 0, &[7]), mention(2, None, 0, &[8])];
        let before = who_is_who(&mentions);
        // Whoever was in both is given to one of them; the two stay two.
        mentions.push(mention(3, None, 0, &[7, 8]));
        assert_eq!(who_is_who(&mentions)[..2], before[..]);
    }

    #[test]
    fn agreement_by_hand() {
        // Persons {1, 2}, {3}; numbers {1}, {2, 3}: no pair in common. Then {1, 2, 4}: one of three pairs.
        let mut mentions = vec![mention(1, Some(1), 0, &[7]), mention(2, Some(2), 0, &[7]), mention(3, Some(2), 0, &[8])];
        assert_eq!(agreement(&mentions).map(|of| (of.precision, of.recall)), Some((0.0, 0.0)));
        mentions.push(mention(4, Some(1), 0, &[7]));
        let found = agreement(&mentions);
        assert!(found.is_some_and(|of| (of.precision - 1.0 / 3.0).abs() < 1e-12 && of.recall == 0.5 && of.persons == 2), "{found:?}");
    }
}
