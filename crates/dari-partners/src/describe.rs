//! Pairs as numbers: what their past says, the same from both sides.

use dari_network::{Near, Nearness, Walk};

use crate::past::Circle;
use crate::{Member, Past};

/// What kind of thing a feature says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// How the two hang together through others.
    Links,
    /// How much the two do, and with how many.
    Size,
    /// Topics of their works.
    Topics,
    /// Words of their titles.
    Words,
    /// When they worked.
    Time,
    /// Their organisations (of organisations: their researchers).
    Affiliates,
    /// Their countries, and how international they are.
    Countries,
    /// How near their organisations lie to each other.
    Places,
}

/// One of the numbers that describe a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Name in English.
    pub en: &'static str,
    /// Name in Korean.
    pub ko: &'static str,
    /// What kind of thing it says.
    pub kind: Kind,
    /// The model takes it as it is: steps, and what is a logarithm already.
    pub(crate) as_it_is: bool,
}

impl Feature {
    const fn scaled(en: &'static str, ko: &'static str, kind: Kind) -> Feature {
        Feature { en, ko, kind, as_it_is: false }
    }

    const fn as_it_is(en: &'static str, ko: &'static str, kind: Kind) -> Feature {
        Feature { en, ko, kind, as_it_is: true }
    }
}

/// What a pair is described by, in order.
pub const FEATURES: [Feature; 44] = [
    Feature::scaled("common neighbours", "공통 공저자 수", Kind::Links),
    Feature::scaled("Adamic-Adar", "아다믹-아다르 지수", Kind::Links),
    Feature::scaled("resource allocation", "자원 배분 지수", Kind::Links),
    Feature::scaled("weighted resource allocation", "가중 자원 배분 지수", Kind::Links),
    Feature::scaled("Katz", "카츠 지수", Kind::Links),
    Feature::scaled("Jaccard", "자카드 계수", Kind::Links),
    Feature::as_it_is("walks", "무작위 보행", Kind::Links),
    Feature::as_it_is("recent walks", "최근 무작위 보행", Kind::Links),
    Feature::scaled("recent weighted resource allocation", "최근 가중 자원 배분 지수", Kind::Links),
    Feature::as_it_is("distance", "연결 단계", Kind::Links),
    Feature::as_it_is("neighbours of the one with fewer", "공저자가 적은 쪽의 공저자 수", Kind::Size),
    Feature::as_it_is("neighbours of the one with more", "공저자가 많은 쪽의 공저자 수", Kind::Size),
    Feature::as_it_is("preferential attachment", "우선 연결", Kind::Size),
    Feature::scaled("topic cosine", "주제 유사도", Kind::Topics),
    Feature::scaled("topics of both", "공통 주제 수", Kind::Topics),
    Feature::as_it_is("works of the one with fewer", "논문이 적은 쪽의 논문 수", Kind::Size),
    Feature::as_it_is("works of the one with more", "논문이 많은 쪽의 논문 수", Kind::Size),
    Feature::scaled("recent works of the one with fewer", "최근 논문이 적은 쪽의 최근 논문 수", Kind::Size),
    Feature::scaled("recent works of the one with more", "최근 논문이 많은 쪽의 최근 논문 수", Kind::Size),
    Feature::scaled("years since the later one's last work", "나중까지 활동한 쪽의 마지막 논문 이후 햇수", Kind::Time),
    Feature::scaled("years since the earlier one's last work", "먼저 멈춘 쪽의 마지막 논문 이후 햇수", Kind::Time),
    Feature::scaled("years since the later one's first work", "늦게 시작한 쪽의 첫 논문 이후 햇수", Kind::Time),
    Feature::scaled("years since the earlier one's first work", "먼저 시작한 쪽의 첫 논문 이후 햇수", Kind::Time),
    Feature::as_it_is("affiliates of both", "공통 소속", Kind::Affiliates),
    Feature::as_it_is("joint works of their affiliates", "소속끼리의 공동 논문", Kind::Affiliates),
    Feature::scaled("resource allocation of their affiliates", "소속끼리의 자원 배분 지수", Kind::Affiliates),
    Feature::scaled("same country", "같은 국가", Kind::Countries),
    Feature::as_it_is("affinity of their countries", "두 국가의 친화도", Kind::Countries),
    Feature::scaled("affiliates known", "알려진 소속", Kind::Affiliates),
    Feature::scaled("words in common", "공통 단어", Kind::Words),
    Feature::scaled("words in common with the other's circle", "상대 주변과의 공통 단어", Kind::Words),
    Feature::as_it_is("co-authors in the other's country", "상대 국가의 공저자 수", Kind::Countries),
    Feature::scaled("share of co-authors in the other's country", "상대 국가 공저자의 비율", Kind::Countries),
    Feature::as_it_is("co-authors with the other's affiliates", "상대 소속에 있는 공저자 수", Kind::Affiliates),
    Feature::as_it_is("affiliates of both, ever", "과거를 포함한 공통 소속", Kind::Affiliates),
    Feature::as_it_is("international works of the one with fewer", "국제 논문이 적은 쪽의 국제 논문 수", Kind::Countries),
    Feature::as_it_is("international works of the one with more", "국제 논문이 많은 쪽의 국제 논문 수", Kind::Countries),
    Feature::scaled("share of international works, if of two countries", "국제 논문 비율(국가가 다를 때)", Kind::Countries),
    Feature::scaled("two steps apart", "두 단계 거리", Kind::Links),
    Feature::scaled("three steps apart", "세 단계 거리", Kind::Links),
    Feature::scaled("of two countries and two steps apart", "국가가 다르고 두 단계 거리", Kind::Countries),
    Feature::as_it_is("nearness of their places", "소재지의 가까움", Kind::Places),
    Feature::as_it_is("nearness of their places, if of two countries", "소재지의 가까움(국가가 다를 때)", Kind::Places),
    Feature::scaled("places known", "알려진 소재지", Kind::Places),
];

/// Walks are followed to this part; what is less is noise.
const LEAST_WALKS: f64 = 1e-5;

/// Kilometres that places may lie apart and be as good as one.
const KM: f64 = 30.0;

/// The numbers that describe a pair.
pub type Features = [f32; FEATURES.len()];

/// Rules that others foretell links with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Heuristic {
    /// Neighbours that both have.
    CommonNeighbours,
    /// Adamic & Adar (2003).
    AdamicAdar,
    /// Zhou, Lü & Zhang (2009).
    ResourceAllocation,
    /// Katz (1953), paths of up to three.
    Katz,
    /// Personalised PageRank from the one to the other.
    PageRank,
    /// Cosine of the two's works by topic.
    TopicCosine,
}

impl Heuristic {
    /// All.
    pub const ALL: [Heuristic; 6] = [
        Heuristic::CommonNeighbours,
        Heuristic::AdamicAdar,
        Heuristic::ResourceAllocation,
        Heuristic::Katz,
        Heuristic::PageRank,
        Heuristic::TopicCosine,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Heuristic::CommonNeighbours => "common neighbours",
            Heuristic::AdamicAdar => "Adamic-Adar",
            Heuristic::ResourceAllocation => "resource allocation",
            Heuristic::Katz => "Katz",
            Heuristic::PageRank => "personalised PageRank",
            Heuristic::TopicCosine => "topic cosine",
        }
    }
}

/// Describes pairs; every thread has its own.
pub struct Describer<'p> {
    past: &'p Past,
    nearness: Nearness<'p>,
    walk: Walk<'p>,
    recent_nearness: Nearness<'p>,
    recent_walk: Walk<'p>,
    topics: TopicCosines<'p>,
    source: Source,
}

/// Sums by number, as fast as an array and as quick to empty as a list.
#[derive(Debug, Clone)]
struct Sums {
    values: Vec<f32>,
    touched: Vec<u32>,
}

impl Sums {
    fn new(numbers: u32) -> Sums {
        Sums { values: vec![0.0; numbers as usize], touched: Vec::new() }
    }

    /// Adds what is above 0.
    fn add(&mut self, number: u32, value: f32) {
        let sum = &mut self.values[number as usize];
        if *sum == 0.0 {
            self.touched.push(number);
        }
        *sum += value;
    }

    fn of(&self, number: u32) -> f64 {
        f64::from(self.values[number as usize])
    }

    fn clear(&mut self) {
        self.touched.drain(..).for_each(|number| self.values[number as usize] = 0.0);
    }
}

/// Computes the cosines of works by topic from one member after the other; keeps its room between them.
pub struct TopicCosines<'p> {
    past: &'p Past,
    sums: Sums,
}

impl<'p> TopicCosines<'p> {
    /// For members of a past.
    pub fn new(past: &'p Past) -> TopicCosines<'p> {
        TopicCosines { past, sums: Sums::new(past.graph().nodes()) }
    }

    /// (other member, cosine) for those that have a topic in common with a member, itself left out, in no particular order.
    ///
    /// # Panics
    /// If the corpus has no such member.
    pub fn of(&mut self, member: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.fill(member);
        self.all()
    }

    fn fill(&mut self, member: u32) {
        self.sums.clear();
        for (topic, part) in &self.past.member(member).topics {
            for (other, of_other) in self.past.of_topic(*topic).iter().filter(|(other, _)| *other != member) {
                self.sums.add(*other, part * of_other);
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.sums.touched.iter().map(|other| (*other, self.sums.of(*other)))
    }
}

/// The member that pairs are described from, with all that is near it; lists are in order of the other members.
struct Source {
    member: u32,
    near: Vec<Near>,
    walks: Vec<(u32, f64)>,
    recent_walks: Vec<(u32, f64)>,
    recent_near: Vec<(u32, f64)>,
    /// Links of its affiliates, and resource allocation to others, summed.
    affiliates: Sums,
    near_affiliates: Sums,
    circle: Circle,
}

/// What a list in order says of a member; 0 if nothing.
fn of_member(list: &[(u32, f64)], member: u32) -> f64 {
    list.binary_search_by_key(&member, |(other, _)| *other).map_or(0.0, |place| list[place].1)
}

/// Σ of products of the parts that both have.
fn cosine(a: &[(u32, f32)], b: &[(u32, f32)]) -> f64 {
    let (mut a, mut b, mut sum) = (a.iter().peekable(), b.iter().peekable(), 0.0);
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.0.cmp(&y.0) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                sum += f64::from(x.1 * y.1);
                a.next();
                b.next();
            }
        }
    }
    sum
}

/// How many two lists in order have in common.
fn shared(a: &[u32], b: &[u32]) -> f64 {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().filter(|one| many.binary_search(one).is_ok()).count() as f64
}

impl Source {
    fn near(&self, other: u32) -> Option<&Near> {
        self.near.binary_search_by_key(&other, |near| near.node).ok().map(|place| &self.near[place])
    }
}

impl<'p> Describer<'p> {
    /// For pairs of a past.
    pub fn new(past: &'p Past) -> Describer<'p> {
        Describer {
            past,
            nearness: Nearness::new(past.graph()),
            walk: Walk::new(past.graph(), LEAST_WALKS),
            recent_nearness: Nearness::new(past.recent()),
            recent_walk: Walk::new(past.recent(), LEAST_WALKS),
            topics: TopicCosines::new(past),
            source: Source {
                member: 0,
                near: Vec::new(),
                walks: Vec::new(),
                recent_walks: Vec::new(),
                recent_near: Vec::new(),
                affiliates: Sums::new(past.affiliates().nodes()),
                near_affiliates: Sums::new(past.affiliates().nodes()),
                circle: Circle::default(),
            },
        }
    }

    /// Turns to a member; the pairs described next are its.
    ///
    /// # Panics
    /// If the corpus has no such member.
    pub fn turn_to(&mut self, member: u32) {
        self.topics.fill(member);
        let source = &mut self.source;
        source.affiliates.clear();
        source.near_affiliates.clear();
        let graph = self.past.affiliates();
        for own in &self.past.member(member).affiliates {
            for first in graph.of(*own) {
                source.affiliates.add(first.to, first.weight);
                let part = 1.0 / graph.degree(first.to) as f32;
                for second in graph.of(first.to).iter().filter(|second| second.to != *own) {
                    source.near_affiliates.add(second.to, part);
                }
            }
        }
        source.member = member;
        source.near = self.nearness.of(member);
        source.walks = self.walk.of(member);
        source.recent_walks = self.recent_walk.of(member);
        source.recent_near = self.recent_nearness.of(member).into_iter().map(|near| (near.node, near.weighted)).collect();
        source.circle = self.past.circle(member);
    }

    /// What a heuristic says of the pair with another member.
    pub fn score(&self, heuristic: Heuristic, other: u32) -> f64 {
        let near = |of: fn(&Near) -> f64| self.source.near(other).map_or(0.0, of);
        match heuristic {
            Heuristic::CommonNeighbours => near(|near| f64::from(near.common)),
            Heuristic::AdamicAdar => near(|near| near.adamic_adar),
            Heuristic::ResourceAllocation => near(|near| near.resource_allocation),
            Heuristic::Katz => near(|near| near.katz),
            Heuristic::PageRank => of_member(&self.source.walks, other),
            Heuristic::TopicCosine => self.topics.sums.of(other),
        }
    }

    /// The members that some heuristic ranks first (each of resource allocation, PageRank and topic cosine from the top, in turn), as many as asked for among those
    /// that `allowed` lets through: what is hard to tell from who will come together (HeaRT; Li et al. 2023).
    pub fn likely(&self, count: usize, allowed: impl Fn(u32) -> bool) -> Vec<u32> {
        let source = &self.source;
        let ranked = |scores: &mut dyn Iterator<Item = (u32, f64)>| {
            let mut scores: Vec<(u32, f64)> =
                scores.filter(|(member, score)| *score > 0.0 && *member != source.member && allowed(*member)).collect();
            let order = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
            if scores.len() > count {
                scores.select_nth_unstable_by(count, order);
                scores.truncate(count);
            }
            scores.sort_unstable_by(order);
            scores
        };
        let lists = [
            ranked(&mut source.near.iter().map(|near| (near.node, near.resource_allocation))),
            ranked(&mut source.walks.iter().copied()),
            ranked(&mut self.topics.all()),
        ];
        let mut taken = rustc_hash::FxHashSet::default();
        let mut found = Vec::new();
        for rank in 0..count {
            for (member, _) in lists.iter().filter_map(|list| list.get(rank)) {
                if found.len() < count && taken.insert(*member) {
                    found.push(*member);
                }
            }
        }
        found
    }

    /// The features of the pair with another member.
    pub fn features(&self, other: u32) -> Features {
        let (past, source) = (self.past, &self.source);
        let (a, b) = (past.member(source.member), past.member(other));
        let near = source.near(other);
        let of_near = |of: fn(&Near) -> f64| near.map_or(0.0, of);
        let degree = |member: u32| past.graph().degree(member) as f64;
        let (degree_a, degree_b) = (degree(source.member), degree(other));
        let union = degree_a + degree_b - of_near(|near| f64::from(near.common));
        // Walks end at a member in proportion to its links: divided by them they are the same from both sides.
        // Whoever has no links is reached by none.
        let walks = of_member(&source.walks, other) / past.graph().strength(other).max(1e-9);
        let recent_walks = of_member(&source.recent_walks, other) / past.recent().strength(other).max(1e-9);
        let distance = match near {
            Some(near) if near.common > 0 => 2.0,
            Some(_) => 3.0,
            None if walks > 0.0 => 4.0,
            None => 5.0,
        };
        let both = |a: f64, b: f64| (a.min(b), a.max(b));
        let log = |value: f64| (value + 1.0).ln();
        let (fewer, more) = both(log(degree_a), log(degree_b));
        let (works_fewer, works_more) = both(log(f64::from(a.works)), log(f64::from(b.works)));
        let (recent_fewer, recent_more) = both(f64::from(a.recent), f64::from(b.recent));
        let since = |year: i16| f64::from(past.until()) - f64::from(year);
        let (last_later, last_earlier) = both(since(a.last), since(b.last));
        let (first_later, first_earlier) = both(since(a.first), since(b.first));
        let shared_topics = a.topics.iter().filter(|(topic, _)| b.topics.binary_search_by_key(topic, |(topic, _)| *topic).is_ok()).count();
        let of_affiliates = |all: &Sums| b.affiliates.iter().map(|affiliate| all.of(*affiliate)).sum::<f64>();
        let (joint, near_affiliates) = (of_affiliates(&source.affiliates), of_affiliates(&source.near_affiliates));
        let countries = a.country.zip(b.country);
        let words = cosine(&a.words, &b.words);
        let count = |all: &[(u16, u32)], country: Option<u16>| {
            let place = country.and_then(|country| all.binary_search_by_key(&country, |(country, _)| *country).ok());
            place.map_or(0.0, |place| f64::from(all[place].1))
        };
        let of_affiliates = |all: &[(u32, u32)], affiliates: &[u32]| {
            let one = |affiliate: &u32| all.binary_search_by_key(affiliate, |(affiliate, _)| *affiliate).ok();
            affiliates.iter().filter_map(one).map(|place| f64::from(all[place].1)).sum::<f64>()
        };
        let (there, back) = (count(&a.by_country, b.country), count(&b.by_country, a.country));
        let in_affiliate = log(of_affiliates(&a.by_affiliate, &b.affiliates)) + log(of_affiliates(&b.by_affiliate, &a.affiliates));
        let (international_fewer, international_more) = both(log(f64::from(a.international)), log(f64::from(b.international)));
        let abroad = |member: &Member| f64::from(member.international) / f64::from(member.works.max(1));
        let two = past.is_international(source.member, other);
        let apart = past.km_apart(source.member, other);
        let nearness = apart.map_or(0.0, |km| -log(km / KM));
        let circle = cosine(&source.circle, &b.words) + cosine(&a.words, &past.circle(other));
        [
            of_near(|near| f64::from(near.common)),
            of_near(|near| near.adamic_adar),
            of_near(|near| near.resource_allocation),
            of_near(|near| near.weighted),
            of_near(|near| near.katz),
            if union > 0.0 { of_near(|near| f64::from(near.common)) / union } else { 0.0 },
            (walks + LEAST_WALKS).ln(),
            (recent_walks + LEAST_WALKS).ln(),
            of_member(&source.recent_near, other),
            distance,
            fewer,
            more,
            fewer + more,
            self.topics.sums.of(other),
            shared_topics as f64,
            works_fewer,
            works_more,
            recent_fewer,
            recent_more,
            last_later,
            last_earlier,
            first_later,
            first_earlier,
            log(shared(&a.affiliates, &b.affiliates)),
            log(joint),
            near_affiliates,
            countries.map_or(0.5, |(a, b)| f64::from(u8::from(a == b))),
            countries.map_or(0.0, |(a, b)| past.affinity(a, b)),
            f64::from(u8::from(!a.affiliates.is_empty()) + u8::from(!b.affiliates.is_empty())),
            words,
            circle,
            log(there) + log(back),
            there / degree_a.max(1.0) + back / degree_b.max(1.0),
            in_affiliate,
            log(shared(&a.all_affiliates, &b.all_affiliates)),
            international_fewer,
            international_more,
            if two { abroad(a) + abroad(b) } else { 0.0 },
            f64::from(u8::from(distance == 2.0)),
            f64::from(u8::from(distance == 3.0)),
            f64::from(u8::from(two && distance == 2.0)),
            if two { 0.0 } else { nearness },
            if two { nearness } else { 0.0 },
            f64::from(u8::from(apart.is_some())),
        ]
        .map(|value| value as f32)
    }
}
