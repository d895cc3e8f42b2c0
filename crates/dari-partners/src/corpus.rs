//! Works with who took part.

/// Who the members of a corpus are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Researchers; their affiliates are their organisations.
    Researchers,
    /// Organisations; their affiliates are their researchers.
    Organisations,
}

/// Someone's part in a work: a researcher's, or an organisation's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    /// Number of the researcher or organisation, from 0.
    pub member: u32,
    /// Number of the country, if known.
    pub country: Option<u16>,
    /// Number of the researcher's organisation, or the organisation's researcher, from 0, if known.
    pub affiliate: Option<u32>,
}

/// A work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// What it is known by where it comes from.
    pub id: i64,
    /// Year of publication.
    pub year: i16,
    /// Number of its topic, if known.
    pub topic: Option<u32>,
    /// Numbers of the words (and pairs of words) of its title, from 0, as often as they occur.
    pub words: Vec<u32>,
    /// Who took part: one part a member and affiliate.
    pub parts: Vec<Part>,
}

/// Works in order of their years.
#[derive(Debug, Clone)]
pub struct Corpus {
    works: Vec<Work>,
    members: u32,
    affiliates: u32,
    who: Who,
    places: Vec<Option<Place>>,
}

/// Where an organisation is: latitude and longitude in degrees.
pub type Place = [f32; 2];

impl Corpus {
    /// Of works in any order. Works of more than `most` members are left out: who took part in them need not know each other.
    pub fn new(works: Vec<Work>, who: Who, most: usize) -> Corpus {
        let mut works: Vec<Work> = works
            .into_iter()
            .map(|mut work| {
                work.parts.sort_unstable();
                work.parts.dedup();
                work.words.sort_unstable();
                work
            })
            .filter(|work| work.members().count() <= most)
            .collect();
        // In an order of their own, so that nothing depends on the order given.
        works.sort_unstable_by(|a, b| (a.year, a.topic, &a.parts, &a.words, a.id).cmp(&(b.year, b.topic, &b.parts, &b.words, b.id)));
        let parts = || works.iter().flat_map(|work| &work.parts);
        let members = parts().map(|part| part.member + 1).max().unwrap_or(0);
        let affiliates = parts().filter_map(|part| part.affiliate).map(|affiliate| affiliate + 1).max().unwrap_or(0);
        Corpus { works, members, affiliates, who, places: Vec::new() }
    }

    /// The same corpus with the places of organisations, as far as known: of members, or of researchers' affiliates, by their numbers.
    pub fn with_places(self, places: Vec<Option<Place>>) -> Corpus {
        Corpus { places, ..self }
    }

    /// Where an organisation is.
    pub(crate) fn place(&self, organisation: u32) -> Option<Place> {
        self.places.get(organisation as usize).copied().flatten()
    }

    /// The works.
    pub fn works(&self) -> &[Work] {
        &self.works
    }

    /// The works of some years.
    pub fn between(&self, from: i16, to: i16) -> &[Work] {
        let place = |year: i32| self.works.partition_point(|work| i32::from(work.year) < year);
        &self.works[place(i32::from(from))..place(i32::from(to) + 1).max(place(i32::from(from)))]
    }

    /// Who the members are.
    pub fn who(&self) -> Who {
        self.who
    }

    /// How many members there are.
    pub fn members(&self) -> u32 {
        self.members
    }

    /// How many organisations of researchers, or researchers of organisations, there are.
    pub fn affiliates(&self) -> u32 {
        self.affiliates
    }
}

impl Work {
    /// The different members in order.
    pub fn members(&self) -> impl Iterator<Item = u32> + '_ {
        self.parts.chunk_by(|a, b| a.member == b.member).filter_map(|parts| parts.first()).map(|part| part.member)
    }

    /// The parts of a member.
    pub(crate) fn parts_of(&self, member: u32) -> &[Part] {
        let from = self.parts.partition_point(|part| part.member < member);
        let count = self.parts[from..].iter().take_while(|part| part.member == member).count();
        &self.parts[from..from + count]
    }

    /// The different countries in order.
    pub(crate) fn countries(&self) -> Vec<u16> {
        let mut countries: Vec<u16> = self.parts.iter().filter_map(|part| part.country).collect();
        countries.sort_unstable();
        countries.dedup();
        countries
    }

    /// The pairs of different members, the lower number first.
    pub fn pairs(&self) -> impl Iterator<Item = (u32, u32)> {
        let members: Vec<u32> = self.members().collect();
        let (mut a, mut b) = (0, 0);
        std::iter::from_fn(move || {
            b += 1;
            if b >= members.len() {
                (a, b) = (a + 1, a + 2);
            }
            Some((*members.get(a)?, *members.get(b)?))
        })
    }
}
