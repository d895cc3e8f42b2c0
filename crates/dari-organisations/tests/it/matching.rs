use std::collections::BTreeMap;
use std::fs::File;

use dari_organisations::evaluate::read_labels;
use dari_organisations::matcher::{CountryBy, Matched, Scratch, THRESHOLD};
use dari_organisations::{Evidence, Matcher, Organisation, Register, RelationKind, Status};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::{MATCHER, SHIPPED, organisation, relation};

fn find(affiliation: &str) -> Matched {
    MATCHER.find(affiliation, THRESHOLD, &mut Scratch::default())
}

fn names(affiliation: &str) -> Vec<&'static str> {
    let mut names: Vec<_> = find(affiliation).organisations.iter().map(|found| SHIPPED.get(found.organisation).name.as_str()).collect();
    names.sort_unstable();
    names
}

#[test]
fn one_organisation_under_all_its_names() {
    for text in [
        "Korea Institute of Fusion Energy, Daejeon, Republic of Korea",
        "Korea Inst. of Fusion Energy, Daejeon",
        "KFE, Daejeon, South Korea",
        "한국핵융합에너지연구원",
        "한국 핵융합 에너지 연구원 KSTAR연구본부",
    ] {
        assert_eq!(names(text), ["Korea Institute of Fusion Energy"], "{text}");
    }
}

#[test]
fn the_usual_ways_of_writing() {
    for (text, name) in [
        ("Dept. of Mech. Eng., Seoul Nat. Univ.", "Seoul National University"),
        ("School of Computing, KAIST", "Korea Advanced Institute of Science and Technology"),
        ("POSTECH, Pohang, Korea", "Pohang University of Science and Technology"),
        ("서울대 물리천문학부", "Seoul National University"),
        ("카이스트 물리학과", "Korea Advanced Institute of Science and Technology"),
        ("이화여대 화학과", "Ewha Womans University"),
        ("광주과기원", "Gwangju Institute of Science and Technology"),
        ("Seoul National \"University\"", "Seoul National University"),
        ("Gyeongbuk National University, Daegu, Korea", "Kyungpook National University"),
        ("Busan National Univ., Korea", "Pusan National University"),
        ("School of Mechanical Engineering, kim@snu.ac.kr", "Seoul National University"),
        ("University of Florida5, Gainesville", "University of Florida"),
        ("Universit ´e de Montr ´eal", "Université de Montréal"),
        ("UniversityofScienceandTechnologyofChina", "University of Science and Technology of China"),
        ("Lawrence Berkeley Natl. Lab., Berkeley, CA 94720", "Lawrence Berkeley National Laboratory"),
        ("Massachusets Institute of Technology", "Massachusetts Institute of Technology"),
    ] {
        assert_eq!(names(text), [name], "{text}");
    }
}

#[test]
fn names_that_go_on_are_other_names() {
    assert_eq!(names("Nanjing University"), ["Nanjing University"]);
    assert_eq!(names("Nanjing University of Aeronautics and Astronautics"), ["Nanjing University of Aeronautics and Astronautics"]);
    assert!(names("University of Seoul, Seoul, Korea").is_empty(), "not Seoul National University, nor in the shipped register");
    // Cut short it is neither.
    assert!(names("Nanjing University of Aeronautics").is_empty());
    assert!(names("Seoul National University of Technology, Seoul").is_empty());
}

#[test]
fn several_organisations_and_the_most_specific_one() {
    assert_eq!(names("Department of Physics, Stanford University + Google Research"), ["Google (United States)", "Stanford University"]);
    // Listed together both stand; as a part and its whole the part does.
    assert_eq!(names("University of Chicago and Argonne National Lab"), ["Argonne National Laboratory", "University of Chicago"]);
    assert_eq!(names("Stanford University & SLAC"), ["SLAC National Accelerator Laboratory", "Stanford University"]);
    assert_eq!(names("kim@snu.ac.kr lee@kaist.ac.kr"), ["Korea Advanced Institute of Science and Technology", "Seoul National University"]);
    assert!(names("Independent researcher, https://github.com/kim").is_empty());
    assert_eq!(names("Institute of Automation, Chinese Academy of Sciences, Beijing"), ["Institute of Automation"]);
    assert_eq!(names("University of California, Berkeley"), ["University of California, Berkeley"]);
    assert_eq!(names("Department of EECS, University of California, Berkeley, CA"), ["University of California, Berkeley"]);
}

#[test]
fn the_country_where_no_organisation_is_certain() {
    let country = |text: &str| find(text).country;
    let named = |code: &'static str| Some((code, CountryBy::Text(Evidence::Named)));
    assert_eq!(country("Some Institute Nobody Knows, Daejeon, 대한민국"), named("KR"));
    assert_eq!(country("Unknown Lab, Pyongyang, DPRK"), named("KP"));
    assert_eq!(country("Unknown Lab, Hong Kong SAR"), named("HK"));
    assert_eq!(country("Unknown Lab, Taipei, Taiwan, R.O.C."), named("TW"));
    assert_eq!(country("Unknown Lab, Macau"), named("MO"));
    assert_eq!(country("Unknown Lab, Beijing, P.R. China"), named("CN"));
    assert_eq!(country("Unknown Lab, 미국"), named("US"));
    assert_eq!(country("Unknown Lab, Pittsburgh, PA 15213"), Some(("US", CountryBy::Text(Evidence::City))));
    assert_eq!(country("Unknown Lab, New Mexico"), named("US"));
    assert_eq!(country("Mexican Studies at Unknown Lab Mexico"), Some(("MX", CountryBy::Text(Evidence::Mention))));
    // Of the two Koreas whatever says North.
    for text in [
        "Foo, Pyongyang, DPR Korea",
        "Foo, Korea (DPR)",
        "Foo, N. Korea",
        "Foo, Korea, Democratic People's Republic of",
        "Foo, D.P.R. Korea",
    ] {
        assert_eq!(country(text).map(|(code, _)| code), Some("KP"), "{text}");
    }
    // What is a part of what is named behind it.
    for (text, code) in [
        ("Foo, Hong Kong, China", "HK"),
        ("Foo, Macao SAR, P. R. China", "MO"),
        ("Foo, Taipei, Taiwan, China", "TW"),
        ("Foo, Puerto Rico, USA", "PR"),
    ] {
        assert_eq!(country(text), named(code), "{text}");
    }
    // Several parts that agree, an empty one, and two that do not agree.
    assert_eq!(country("Some Laboratory, Hong Kong;"), named("HK"));
    assert_eq!(country("Unknown Lab; Seoul; Korea"), named("KR"));
    assert_eq!(country("Unknown Lab, Korea; Another Lab, Japan"), None);
    // Two letters that are a word.
    for text in ["Unknown Lab, AI", "Somewhere, Latin America", "Foo AI/ML", "OK"] {
        assert_eq!(country(text), None, "{text}");
    }
    assert_eq!(country("Unknown Lab, info@unknown-lab.re.kr"), Some(("KR", CountryBy::Text(Evidence::Mention))));
    assert_eq!(country("Independent researcher"), None);
    assert_eq!(country("School of Computing, KAIST"), Some(("KR", CountryBy::Organisation)));
    // Organisations of two countries: neither is the affiliation's.
    assert_eq!(country("Stanford University; Seoul National University"), None);
}

#[test]
fn those_that_ended_are_given_as_what_follows_them() {
    let mut former = organisation(1, "KR", "Daejeon", "Information and Communications University", &["ICU"]);
    former.status = Status::Inactive;
    former.relations = vec![relation(RelationKind::Successor, 2)];
    let register =
        Register::new(vec![former, organisation(2, "KR", "Daejeon", "Korea Advanced Institute of Science and Technology", &["KAIST"])]);
    let matcher = Matcher::new(&register);
    let found = matcher.find("Information and Communications University, Daejeon, Korea", THRESHOLD, &mut Scratch::default()).organisations;
    assert_eq!(found.iter().map(|found| (found.organisation, found.named)).collect::<Vec<_>>(), [(1, 0)]);
}

#[test]
fn namesakes_are_told_apart_by_where_they_are() {
    let register = Register::new(vec![
        organisation(1, "KR", "Seoul", "Institute of Advanced Studies", &[]),
        organisation(2, "US", "Princeton", "Institute of Advanced Studies", &[]),
        organisation(3, "US", "Seattle", "Foster University", &["FU"]),
        organisation(4, "KR", "Busan", "Fisheries University", &["FU"]),
    ]);
    let matcher = Matcher::new(&register);
    let find = |text: &str| {
        let found = matcher.find(text, THRESHOLD, &mut Scratch::default()).organisations;
        found.iter().map(|found| register.get(found.organisation).id).collect::<Vec<_>>()
    };
    assert_eq!(find("Institute of Advanced Studies, Seoul, Korea"), [1]);
    assert!(find("Institute of Advanced Studies").is_empty(), "which of the two cannot be told");
    assert!(find("FU").is_empty());
}

/// Affiliations read for tuning and for the gold set, and some with what those do not have.
fn labelled() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/labels/");
    let read = |name: &str| read_labels(name, File::open(format!("{folder}{name}")).unwrap()).unwrap();
    ["tuning.csv", "gold.csv"].into_iter().flat_map(read).map(|one| one.affiliation).chain(OTHERS.map(str::to_owned)).collect()
}

const OTHERS: [&str; 3] = [
    "Αριστοτέλειο Πανεπιστήμιο Θεσσαλονίκης",
    "School of Engineering, www.snu.ac.kr",
    "Straße der Wissenschaft, Technische Universität München",
];

#[test]
fn a_low_threshold_loses_no_certain_match() {
    for text in labelled() {
        let certain = find(&text).organisations;
        let all = MATCHER.find(&text, 0.05, &mut Scratch::default()).organisations;
        for found in certain {
            assert!(all.contains(&found), "{text}: {found:?}");
        }
    }
}

#[test]
fn a_long_text_takes_no_longer_than_its_beginning() {
    let text = "Seoul National University Seoul ".repeat(20_000);
    assert_eq!(find(&text).country, Some(("KR", CountryBy::Organisation)));
}

/// What is found: organisations with their confidence in thousandths, and the country.
fn outcome(affiliation: &str) -> (BTreeMap<u32, i32>, Option<(&'static str, CountryBy)>) {
    let Matched { organisations, country } = find(affiliation);
    (organisations.iter().map(|found| (found.organisation, (found.confidence * 1000.0).round() as i32)).collect(), country)
}

#[test]
fn an_article_before_a_part_does_not_list_it_beside_its_whole() {
    // "Automation,The" once read like "Automation and the": the institute stood beside its laboratory in one order and not in the other.
    let one =
        outcome("Chinese Academy of Sciences, China, Shenyang Institute of Automation,The State Key Laboratory of Robotics, Shenyang");
    let other =
        outcome("The State Key Laboratory of Robotics, Chinese Academy of Sciences, Shenyang Institute of Automation, Shenyang, China");
    assert_eq!(one, other);
    assert_eq!(one.0.len(), 1, "{one:?}");
}

#[test]
fn case_accents_and_spacing_do_not_matter() {
    for text in labelled() {
        let expected = outcome(&text);
        assert_eq!(outcome(&text.to_uppercase()), expected, "upper case: {text}");
        assert_eq!(outcome(&text.to_lowercase()), expected, "lower case: {text}");
        let plain: String = text.nfd().filter(|c| !is_combining_mark(*c)).nfc().collect();
        assert_eq!(outcome(&plain), expected, "accents: {text}");
        let spaced = format!("  {}  ", text.replace(' ', "   ").replace(',', " , "));
        assert_eq!(outcome(&spaced), expected, "spacing: {text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_order_of_segments_does_not_matter(which in 0usize..1750, seed: u64) {
        let all = labelled();
        let text = &all[which];
        let mut segments: Vec<&str> = text.split(',').collect();
        prop_assume!(segments.len() > 1 && !text.contains([';', '|', '+', '(', '@', '\u{ff0c}']));
        let mut state = seed;
        for place in (1..segments.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            segments.swap(place, (state >> 33) as usize % (place + 1));
        }
        let shuffled = segments.join(",");
        prop_assert_eq!(outcome(&shuffled), outcome(text), "{} | {}", shuffled, text);
    }

    #[test]
    fn an_unrelated_organisation_lowers_no_certain_match(
        word in "[bcdfgz][aeou][xvwz][aeou][kqx]{1,3}",
        body in prop::sample::select(vec!["University", "Institute of Technology", "National Laboratory", "Research Center", "Hospital"]),
        country in prop::sample::select(vec!["KR", "US", "CN", "BR"]),
        flip: bool,
        city in prop::sample::select(vec!["", "Berkeley", "Seoul", "Gloxville"]),
    ) {
        let all = || -> Vec<Organisation> {
            vec![
                organisation(1, "KR", "Daejeon", "Korea Institute of Fusion Energy", &["KFE", "한국핵융합에너지연구원"]),
                organisation(2, "US", "Berkeley", "Lawrence Berkeley National Laboratory", &["LBNL"]),
                organisation(3, "CN", "Nanjing", "Nanjing University", &[]),
                organisation(4, "KR", "Seoul", "Seoul National University", &["SNU", "서울대학교"]),
                organisation(5, "US", "Berkeley", "University of California, Berkeley", &["UC Berkeley"]),
            ]
        };
        let capital = format!("{}{}", word[..1].to_uppercase(), &word[1..]);
        let unrelated = if flip { format!("{capital} {body}") } else { format!("{body} of {capital}") };
        let mut more = all();
        more.push(organisation(6, country, city, &unrelated, &[]));
        let (before, after) = (Register::new(all()), Register::new(more));
        let (few, many) = (Matcher::new(&before), Matcher::new(&after));
        for text in [
            "KFE, Daejeon, Korea",
            "한국핵융합에너지연구원",
            "Lawrence Berkeley National Laboratory",
            "Dept. of Physics, Nanjing University, Nanjing, China",
            "Seoul Nat'l Univ.",
            "University of California, Berkeley",
            "Seoul Nationl University",
        ] {
            let first = few.find(text, THRESHOLD, &mut Scratch::default()).organisations;
            let second = many.find(text, THRESHOLD, &mut Scratch::default()).organisations;
            prop_assert!(!first.is_empty(), "{}", text);
            for found in first {
                let again = second.iter().find(|other| other.organisation == found.organisation);
                prop_assert!(again.is_some_and(|again| again.confidence >= found.confidence), "{} with {}: {:?} {:?}", text, unrelated, found, again);
            }
        }
    }

    #[test]
    fn any_text_is_taken(text in ".{0,120}") {
        let matched = find(&text);
        for found in matched.organisations {
            prop_assert!((THRESHOLD..=1.0).contains(&found.confidence));
        }
    }
}
