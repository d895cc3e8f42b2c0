//! What part of the world's works a framework claims.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::error::Error;
use crate::framework::{Framework, Strength, TopicClaim};
use crate::near::near;
use crate::technology::{Level, Technology};

/// A topic with its size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopicSize {
    /// OpenAlex topic.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// The OpenAlex field it lies in.
    pub field: String,
    /// Works of the world in it.
    pub works: u64,
}

/// The OpenAlex fields in which unclaimed topics are worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fields<'a> {
    /// Those in which the framework claims a topic as core.
    #[default]
    Claimed,
    /// These.
    Named(&'a [&'a str]),
    /// All.
    All,
}

/// A number of topics and of works in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Part {
    /// Topics.
    pub topics: u64,
    /// Works of the world in them.
    pub works: u64,
}

impl Part {
    fn add(&mut self, topic: &TopicSize) {
        self.topics += 1;
        self.works += topic.works;
    }
}

/// What a framework claims of a list of topics. Each topic is in one of four parts, by the strongest claim to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// All topics of the list.
    pub world: Part,
    /// Claimed as core without condition.
    pub core: Part,
    /// Claimed as core, but a work counts only if its title matches words: an upper bound.
    pub needs_words: Part,
    /// Claimed as related only.
    pub related: Part,
    /// Claimed by nothing, largest first, in the fields asked for.
    pub unclaimed: Vec<TopicSize>,
    /// Claimed by several technologies, largest first.
    pub multiple: Vec<MultiplyClaimed>,
    /// Per technology, in the order of the framework.
    pub technologies: Vec<TechnologySize>,
    /// Per OpenAlex field of the list, ordered by name.
    pub fields: Vec<FieldCoverage>,
    /// Claimed topics that the list does not have.
    pub missing: Vec<i32>,
}

impl Coverage {
    /// The share of the world's works that lie in topics claimed as core without condition; `None` where the world has no works.
    pub fn core_share(&self) -> Option<f64> {
        (self.world.works > 0).then(|| self.core.works as f64 / self.world.works as f64)
    }

    /// The share that lies in topics claimed in any way.
    pub fn claimed_share(&self) -> Option<f64> {
        let claimed = self.core.works + self.needs_words.works + self.related.works;
        (self.world.works > 0).then(|| claimed as f64 / self.world.works as f64)
    }
}

/// A topic that several technologies claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MultiplyClaimed {
    /// The topic.
    pub topic: TopicSize,
    /// Id of each technology and its claim, in the order of the framework.
    pub claims: Vec<(String, Strength)>,
}

/// How much a technology claims. Technologies may share topics, so that sizes do not add up to the framework's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TechnologySize {
    /// The technology's id.
    pub id: String,
    /// Core without condition.
    pub core: Part,
    /// Core, with words needed.
    pub needs_words: Part,
    /// Related.
    pub related: Part,
}

/// How much of an OpenAlex field is claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldCoverage {
    /// Its name.
    pub field: String,
    /// All its topics.
    pub world: Part,
    /// Claimed as core, with or without words needed.
    pub core: Part,
    /// Claimed as related only.
    pub related: Part,
}

/// Compares the technologies of a level with a list of all topics, each id once.
///
/// # Errors
/// [`Error::UnknownField`] for a named field that no topic of the list has.
pub fn coverage(framework: &Framework, level: Level, topics: &[TopicSize], fields: Fields<'_>) -> Result<Coverage, Error> {
    let technologies = framework.technologies(level);
    let mut claims: BTreeMap<i32, Vec<(&Technology, &TopicClaim)>> = BTreeMap::new();
    for technology in &technologies {
        for (topic, claim) in &technology.topics {
            claims.entry(*topic).or_default().push((technology, claim));
        }
    }
    let mut by_field: BTreeMap<&str, FieldCoverage> = BTreeMap::new();
    let (mut world, mut core, mut needs_words, mut related) = Default::default();
    let (mut unclaimed, mut multiple) = (Vec::new(), Vec::new());
    for topic in topics {
        let field = by_field.entry(&topic.field).or_insert_with(|| FieldCoverage {
            field: topic.field.clone(),
            world: Part::default(),
            core: Part::default(),
            related: Part::default(),
        });
        Part::add(&mut world, topic);
        field.world.add(topic);
        let claimed = claims.get(&topic.id).map_or(&[][..], Vec::as_slice);
        match claimed.iter().map(|(_, claim)| (claim.strength, !claim.needs_words)).max() {
            None => unclaimed.push(topic.clone()),
            Some((Strength::Related, _)) => {
                Part::add(&mut related, topic);
                field.related.add(topic);
            }
            Some((Strength::Core, unconditional)) => {
                Part::add(if unconditional { &mut core } else { &mut needs_words }, topic);
                field.core.add(topic);
            }
        }
        if claimed.len() > 1 {
            let claims = claimed.iter().map(|(technology, claim)| (technology.id.clone(), claim.strength)).collect();
            multiple.push(MultiplyClaimed { topic: topic.clone(), claims });
        }
    }
    let wanted = wanted(fields, &by_field)?;
    unclaimed.retain(|topic| wanted.contains(topic.field.as_str()));
    unclaimed.sort_by(|a, b| b.works.cmp(&a.works).then(a.id.cmp(&b.id)));
    multiple.sort_by(|a, b| b.topic.works.cmp(&a.topic.works).then(a.topic.id.cmp(&b.topic.id)));

    let known: BTreeMap<i32, &TopicSize> = topics.iter().map(|topic| (topic.id, topic)).collect();
    let missing = claims.keys().filter(|topic| !known.contains_key(topic)).copied().collect();
    let sizes = technologies.iter().map(|technology| size(technology, &known)).collect();
    let fields = by_field.into_values().collect();
    Ok(Coverage { world, core, needs_words, related, unclaimed, multiple, technologies: sizes, fields, missing })
}

fn size(technology: &Technology, known: &BTreeMap<i32, &TopicSize>) -> TechnologySize {
    let mut size =
        TechnologySize { id: technology.id.clone(), core: Part::default(), needs_words: Part::default(), related: Part::default() };
    for (topic, claim) in &technology.topics {
        let Some(topic) = known.get(topic) else { continue };
        let part = match (claim.strength, claim.needs_words) {
            (Strength::Core, false) => &mut size.core,
            (Strength::Core, true) => &mut size.needs_words,
            (Strength::Related, _) => &mut size.related,
        };
        part.add(topic);
    }
    size
}

fn wanted<'a>(fields: Fields<'_>, by_field: &BTreeMap<&'a str, FieldCoverage>) -> Result<BTreeSet<&'a str>, Error> {
    let Fields::Named(names) = fields else {
        let wanted = by_field.iter().filter(|(_, field)| fields == Fields::All || field.core.topics > 0);
        return Ok(wanted.map(|(name, _)| *name).collect());
    };
    let find = |name: &&str| {
        by_field.keys().find(|field| field.eq_ignore_ascii_case(name)).copied().ok_or_else(|| Error::UnknownField {
            asked: (*name).to_owned(),
            near: near(name, by_field.keys().map(|field| (*field, *field))),
        })
    };
    names.iter().map(find).collect()
}
