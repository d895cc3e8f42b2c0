use dari_organisations::search::Fit;
use dari_organisations::{Register, Search};
use proptest::prelude::*;
use std::sync::LazyLock;

use crate::SHIPPED;

static SEARCH: LazyLock<Search<&'static Register>> = LazyLock::new(|| Search::new(&*SHIPPED));

fn first(query: &str) -> (String, Fit) {
    let found = SEARCH.find(query, 5);
    let one = found.first().unwrap_or_else(|| panic!("{query}: nothing"));
    (SHIPPED.get(one.organisation).name.clone(), one.fit)
}

#[test]
fn any_name_finds_its_organisation() {
    for (query, name, fit) in [
        ("Korea Institute of Fusion Energy", "Korea Institute of Fusion Energy", Fit::Exact),
        ("korea inst. of FUSION energy", "Korea Institute of Fusion Energy", Fit::Exact),
        ("한국핵융합에너지연구원", "Korea Institute of Fusion Energy", Fit::Exact),
        ("한국 핵융합 에너지 연구원", "Korea Institute of Fusion Energy", Fit::Exact),
        ("핵융합", "Korea Institute of Fusion Energy", Fit::Prefix),
        ("융합에너지", "Korea Institute of Fusion Energy", Fit::Words),
        ("카이스트", "Korea Advanced Institute of Science and Technology", Fit::Exact),
        ("이화여대", "Ewha Womans University", Fit::Exact),
        ("Korea Unversity", "Korea University", Fit::Fuzzy),
        ("서울대", "Seoul National University", Fit::Exact),
        ("KAIST", "Korea Advanced Institute of Science and Technology", Fit::Exact),
        ("ecole polytechnique federale de lausanne", "École Polytechnique Fédérale de Lausanne", Fit::Exact),
        ("lawrence berkel", "Lawrence Berkeley National Laboratory", Fit::Prefix),
        ("berkeley lawrence", "Lawrence Berkeley National Laboratory", Fit::Words),
        ("Lawrence Berkely National Laboratory", "Lawrence Berkeley National Laboratory", Fit::Fuzzy),
    ] {
        assert_eq!(first(query), (name.to_owned(), fit), "{query}");
    }
    assert!(SEARCH.find("", 5).is_empty() && SEARCH.find("zzzzqqq", 5).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_name_is_found_exactly(organisation in 0usize..51_370, name: prop::sample::Index) {
        let one = &SHIPPED.all()[organisation];
        let name = &one.names[name.index(one.names.len())];
        let found = SEARCH.find(&name.text, 300);
        // A name of nothing but small words or signs has no words to search for.
        if let Some(first) = found.first() {
            prop_assert_eq!(first.fit, Fit::Exact);
            prop_assert!(found.iter().any(|found| found.organisation as usize == organisation), "{}", name.text);
        }
    }

    #[test]
    fn any_query_is_answered(query in ".{0,40}", most in 0usize..20) {
        let found = SEARCH.find(&query, most);
        prop_assert!(found.len() <= most);
        let mut organisations: Vec<_> = found.iter().map(|found| found.organisation).collect();
        organisations.dedup();
        prop_assert_eq!(organisations.len(), found.len());
    }
}
