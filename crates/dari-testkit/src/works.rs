//! How a work is made.

use std::fmt::Write;

use crate::layout::{Cell, Layout};
use crate::margins::Margins;
use crate::names;
use crate::random::{Purpose, Random};
use crate::shape::{self, YEARS};
use crate::work::{Affiliation, Authorship, Run, Work};
use crate::world::World;

/// One work in so many has thousands of authors.
const LARGE_EVERY: u64 = 40_000;
/// Where among these it stands: early, so that small worlds have one.
const LARGE_AT: u64 = 41;

impl World {
    /// Makes the work at a place (0 to [`World::works`] − 1) but for the citations it gets, which [`crate::Citations`] knows.
    pub fn make(&self, place: u64, work: &mut Work) {
        work.clear();
        let number = self.layout.number(place);
        let cell = self.layout.cell(number);
        let mut random = Random::new(self.seed, Purpose::Work, number);
        work.place = place;
        work.id = Layout::id(place);
        work.cell = Some(cell);
        work.year = YEARS.start() + cell.year as i32;
        work.date = dari_model::date::days(work.year, 1, 1).map(|first| first + self.day(number) as i32);
        work.kind = shape::TYPES[self.types.draw(&mut random)].0;
        work.retracted = random.one_in(3000);
        work.xpac = random.chance(0.03);
        work.doi = random.chance(shape::WITH_DOI);
        let large = place % LARGE_EVERY == LARGE_AT;
        self.add_topics(cell, &mut random, work);
        self.choose_countries(cell, large, &mut random, work);
        let authors = self.author_count(work.kind, large, work.countries.len(), &mut random);
        self.choose_organisations(cell, authors, &mut random, work);
        for position in 0..authors {
            self.add_authorship(position, &mut random, work);
        }
        let foreign = work.countries.first().map_or(0, |country| self.cultures[usize::from(*country)]);
        work.language = random.chance(shape::WITH_LANGUAGE).then(|| if random.chance(0.25) { names::language(foreign) } else { "en" });
        work.location = !random.chance(0.05);
        let source = random.chance(shape::WITH_VENUE / 0.95).then(|| self.venues.source(cell.subfield, work.kind, &mut random));
        work.source = source.filter(|_| work.location);
        self.add_title(&mut random, work);
        self.add_funding(&mut random, work);
        let mut references = std::mem::take(&mut work.references);
        self.references(number, cell, &mut references);
        work.references = references;
        dirty(&mut Random::new(self.seed, Purpose::Dirt, number), work);
    }

    fn add_topics(&self, cell: Cell, random: &mut Random, work: &mut Work) {
        let run = self.subfields[cell.subfield].clone();
        let main = run.start + self.topic_draws[cell.year][cell.subfield].draw(random);
        work.topics.push((main, score(random, 0.0)));
        let more = match random.below(100) {
            0..6 => 0,
            6..12 => 1,
            _ => 2,
        };
        for _ in 0..more {
            // Others are of the same subfield or field.
            let from = if random.chance(0.5) { cell.subfield } else { nearby(random, &self.fields[cell.subfield]) };
            let topic = nearby(random, &self.subfields[from]);
            let low = 1.0 - work.topics[work.topics.len() - 1].1;
            if work.topics.iter().all(|(known, _)| *known != topic) {
                work.topics.push((topic, score(random, low)));
            }
        }
    }

    fn choose_countries(&self, cell: Cell, large: bool, random: &mut Random, work: &mut Work) {
        let topic = work.topic();
        let period = Margins::period(cell.year, random);
        let planted = self.planted.cell_of(topic);
        let led = planted.filter(|cell_impact| {
            let share = self.margins.share(cell.year, topic, cell_impact.country);
            random.chance(share * cell_impact.tilt[cell.class])
        });
        // A country planted on a topic has part in its works as the leading one alone, and only by the draw above.
        let shut = if led.is_none() { planted.map(|cell_impact| cell_impact.country) } else { None };
        let lead = match led {
            Some(cell_impact) => Some(cell_impact.country),
            None => (0..8).map(|_| self.margins.lead(period, topic, random)).find(|lead| lead.is_none() || *lead != shut).flatten(),
        };
        // A large work is of many countries even if its subject is one whose works tell none.
        let lead = if large { lead.or((shut != Some(0)).then_some(0)) } else { lead };
        let Some(lead) = lead else { return };
        work.countries.push(lead as u16);
        if large {
            self.margins.add_many(lead, random, &mut work.countries);
        } else {
            self.margins.add_partners(period, lead, random, &mut work.countries);
        }
        if let Some(shut) = shut {
            work.countries.retain(|country| usize::from(*country) != shut);
        }
    }

    fn author_count(&self, kind: &str, large: bool, least: usize, random: &mut Random) -> usize {
        if large {
            return 1000 + random.below(2500) as usize;
        }
        let of_conference = kind == "conference-paper";
        let draws = if of_conference { &self.conference_authors } else { &self.authors };
        for _ in 0..6 {
            let count = match draws.draw(random) + 1 {
                13 if of_conference => 13 + random.below(8) as usize,
                13 => *random.of(&shape::LARGER) as usize,
                count => count,
            };
            if count >= least {
                return count;
            }
        }
        least
    }

    /// One organisation for each country, then others of the same countries while there are authors for them.
    fn choose_organisations(&self, cell: Cell, authors: usize, random: &mut Random, work: &mut Work) {
        for at in 0..work.countries.len() {
            let country = usize::from(work.countries[at]);
            let organisation = self.organisations.draw(&self.planted, country, cell.class, &work.organisations, random);
            if !work.organisations.contains(&organisation) {
                work.organisations.push(organisation);
            }
        }
        for at in 0..work.countries.len() {
            // A third of the works have a second organisation of the leading country, a ninth a third one.
            let (more, most) = if at == 0 { (0.34, if authors > 500 { 60 } else { 5 }) } else { (0.12, 2) };
            for _ in 0..most {
                if work.organisations.len() >= authors || (authors <= 500 && !random.chance(more)) {
                    break;
                }
                let country = usize::from(work.countries[at]);
                let organisation = self.organisations.draw(&self.planted, country, cell.class, &work.organisations, random);
                if !work.organisations.contains(&organisation) {
                    work.organisations.push(organisation);
                }
            }
        }
    }

    fn add_authorship(&self, position: usize, random: &mut Random, work: &mut Work) {
        let chosen = work.organisations.len();
        // The first authors are one of each organisation; others mostly with the first ones.
        let home = match chosen {
            0 => None,
            _ if position < chosen => Some(work.organisations[position]),
            _ if work.authorships.len() >= chosen && unknown(work, random) => None,
            _ => Some(work.organisations[(random.unit() * random.unit() * chosen as f64) as usize]),
        };
        let culture;
        let author = match home {
            Some(home) => {
                let organisation = &self.organisations.all[home as usize];
                culture = self.cultures[organisation.country];
                skewed(&organisation.authors, random)
            }
            None => {
                let author = skewed(&self.organisations.others, random);
                culture = (author % names::cultures() as u64) as usize;
                author
            }
        };
        let (given, initial, family) = names::person(culture, &mut Random::new(self.seed, Purpose::Author, author));
        let name = push(&mut work.texts, format_args!("{given} {initial}. {family}"));
        let raw_name = match random.below(10) {
            0..6 => name.clone(),
            6 | 7 => push(&mut work.texts, format_args!("{family}, {given}")),
            8 => push(&mut work.texts, format_args!("{}. {family}", given.chars().next().unwrap_or('X'))),
            _ => push(&mut work.texts, format_args!("{given} {family}")),
        };
        let (institutions, countries, affiliations) = (work.institutions.len(), work.author_countries.len(), work.affiliations.len());
        match home {
            Some(home) => self.add_affiliations(home, random, work),
            None if random.chance(0.17) => {
                let raw = self.raw_unknown(random, work);
                let here = work.affiliated.len();
                work.affiliations.push(Affiliation { raw, institutions: here..here });
            }
            None => {}
        }
        for at in institutions..work.institutions.len() {
            let country = self.organisations.all[work.institutions[at] as usize].country as u16;
            if !work.author_countries[countries..].contains(&country) {
                work.author_countries.push(country);
            }
        }
        work.authorships.push(Authorship {
            author: (!random.chance(shape::WITHOUT_AUTHOR)).then_some((author, name)),
            raw_name,
            institutions: institutions..work.institutions.len(),
            countries: countries..work.author_countries.len(),
            affiliations: affiliations..work.affiliations.len(),
        });
    }

    fn add_affiliations(&self, home: u32, random: &mut Random, work: &mut Work) {
        work.institutions.push(home);
        self.add_affiliation(home, random, work);
        if !random.chance(shape::SEVERAL_AFFILIATIONS.0) {
            return;
        }
        // A second one is of another organisation of the work, or the same written otherwise, or of nobody that is known.
        if work.organisations.len() > 1 && random.chance(shape::SEVERAL_AFFILIATIONS.1) {
            let second = *random.of(&work.organisations);
            if second != home {
                work.institutions.push(second);
            }
            self.add_affiliation(second, random, work);
        } else if random.chance(0.15) {
            let raw = self.raw_unknown(random, work);
            let here = work.affiliated.len();
            work.affiliations.push(Affiliation { raw, institutions: here..here });
        } else {
            self.add_affiliation(home, random, work);
        }
    }

    fn add_affiliation(&self, organisation: u32, random: &mut Random, work: &mut Work) {
        let here = work.affiliated.len();
        work.affiliated.push(organisation);
        let subfield = &self.topics[work.topic()].subfield.1;
        let organisation = &self.organisations.all[organisation as usize];
        let (name, town, country) = (&organisation.name, &organisation.town, self.country_names[organisation.country]);
        let texts = &mut work.texts;
        let raw = match random.below(20) {
            0..9 => push(texts, format_args!("Department of {subfield}, {name}, {town}, {country}")),
            9..12 => push(texts, format_args!("{name}, {town}, {country}")),
            12 | 13 => push(texts, format_args!("{name}, {country}")),
            14 => push(
                texts,
                format_args!("{}Dept. of {subfield}, {name}, {town} {:05}, {country}.", random.below(9) + 1, random.below(99_999)),
            ),
            15 => push(texts, format_args!("School of {subfield}; {name}; {town}; {country}")),
            16 => push(
                texts,
                format_args!("{}, {town}, {country}", if organisation.acronym.len() > 1 { &organisation.acronym } else { name }),
            ),
            17 => push(texts, format_args!("{name}")),
            18 => push(texts, format_args!("Faculty of {subfield} {name} {town} {country}")),
            _ => {
                let raw = push(texts, format_args!("{name}, {town}, {country}"));
                texts[raw.clone()].make_ascii_uppercase();
                raw
            }
        };
        work.affiliations.push(Affiliation { raw, institutions: here..here + 1 });
    }

    /// An affiliation in which nobody recognises an organisation.
    fn raw_unknown(&self, random: &mut Random, work: &mut Work) -> std::ops::Range<usize> {
        let topic = &self.topics[work.topic()];
        match random.below(4) {
            0 => push(&mut work.texts, format_args!("Independent researcher")),
            1 => push(&mut work.texts, format_args!("Department of {}", topic.subfield.1)),
            2 => push(&mut work.texts, format_args!("Laboratory of {}, {}", topic.name, names::town(0, random))),
            _ => push(&mut work.texts, format_args!("")),
        }
    }

    fn add_title(&self, random: &mut Random, work: &mut Work) {
        const BEGIN: [&str; 14] = [
            "On ",
            "A study of ",
            "Effects of ",
            "Modelling ",
            "Advances in ",
            "Towards ",
            "Analysis of ",
            "The role of ",
            "Measuring ",
            "",
            "Dynamics of ",
            "A new approach to ",
            "Evaluation of ",
            "Understanding ",
        ];
        const LINK: [&str; 8] = [" and ", " in ", " for ", " under ", " with ", " through ", " of ", " from "];
        const END: [&str; 8] =
            ["", "", ": a case study", ": evidence from field data", ": a review", " revisited", ": methods and applications", " at scale"];
        let topic = &self.topics[work.topic()];
        let name = topic.name.as_str();
        let one = if topic.keywords.is_empty() { name } else { random.of(&topic.keywords) };
        let two = if topic.keywords.is_empty() || random.chance(0.3) { name } else { random.of(&topic.keywords) };
        let (begin, link, end) = (random.of(&BEGIN), random.of(&LINK), random.of(&END));
        let title = if random.chance(shape::MARKUP) {
            match random.below(3) {
                0 => push(&mut work.texts, format_args!("{begin}<i>{one}</i>{link}{two}{end}")),
                1 => push(&mut work.texts, format_args!("{begin}{one} &amp; {two}{end}")),
                _ => push(&mut work.texts, format_args!("<b>{begin}</b>{one}{link}CO<sub>2</sub>\n {two}{end}")),
            }
        } else {
            push(&mut work.texts, format_args!("{begin}{one}{link}{two}{end}"))
        };
        work.title = Some(title);
    }

    fn add_funding(&self, random: &mut Random, work: &mut Work) {
        if work.countries.is_empty() || !random.chance(shape::WITH_FUNDERS.0 * 1.6) {
            return;
        }
        for _ in 0..=random.below(2) {
            let country = usize::from(*random.of(&work.countries));
            let funder = self.venues.funder(country, random);
            if !work.funders.contains(&funder) {
                work.funders.push(funder);
                if random.chance(shape::WITH_FUNDERS.1) {
                    work.awards.push((funder, random.below(10_000_000) as u32));
                }
            }
        }
    }
}

/// Errors as records have them.
fn dirty(random: &mut Random, work: &mut Work) {
    work.short_ids = random.one_in(150);
    match random.below(4000) {
        0..4 => work.title = None,
        4..8 => work.title = Some(0..0),
        8..12 => work.date = None,
        12..30 => {
            work.authorships.clear();
            work.countries.clear();
            work.organisations.clear();
        }
        30..50 => {
            // The text of the affiliation got lost.
            if let Some(affiliation) = work.affiliations.first_mut() {
                affiliation.raw = 0..0;
            }
        }
        50..60 => {
            if let Some(authorship) = work.authorships.first_mut() {
                authorship.raw_name = 0..0;
            }
        }
        _ => {}
    }
}

/// Whether the next author of a work has no known organisation: in some works many have none, in most none.
fn unknown(work: &Work, random: &mut Random) -> bool {
    // The same for all authors of a work, without a number to keep: its id decides.
    let partly = (work.id.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11) as f64 / (1u64 << 53) as f64;
    partly < shape::PARTLY_UNKNOWN.0 && random.chance(shape::PARTLY_UNKNOWN.1)
}

/// A number of a range, low ones more often: the density falls with the square root.
fn skewed(range: &std::ops::Range<u64>, random: &mut Random) -> u64 {
    let unit = random.unit();
    range.start + (unit * unit * (range.end - range.start) as f64) as u64
}

fn nearby(random: &mut Random, run: &Run) -> usize {
    run.start + random.below(run.len() as u64) as usize
}

/// A topic's score, which falls from `1 - low` on; four digits, so that it is the same in all forms.
fn score(random: &mut Random, low: f64) -> f64 {
    let unit = random.unit();
    ((1.0 - low) * (1.0 - 0.12 * unit * unit) * 10_000.0).round() / 10_000.0
}

fn push(texts: &mut String, text: std::fmt::Arguments<'_>) -> Run {
    let start = texts.len();
    // A string takes all that is written.
    let _ = texts.write_fmt(text);
    start..texts.len()
}
