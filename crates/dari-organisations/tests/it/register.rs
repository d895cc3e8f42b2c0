use dari_organisations::{Register, RelationKind, Status};

use crate::{SHIPPED, organisation, relation};

#[test]
fn the_shipped_register_is_whole() {
    assert_eq!(SHIPPED.all().len(), 35_990 + 15_380);
    let snu = SHIPPED.by_ror("https://ror.org/04H9PN542").unwrap();
    assert_eq!(SHIPPED.get(snu).name, "Seoul National University");
    assert_eq!(SHIPPED.get(snu).name_ko(), Some("서울대학교"));
    assert_eq!(SHIPPED.by_ror("04h9pn54"), None);
}

#[test]
fn those_that_ended_lead_to_those_that_follow_them() {
    let mut all = vec![
        organisation(1, "KR", "", "First", &[]),
        organisation(2, "KR", "", "Second", &[]),
        organisation(3, "KR", "", "Third", &[]),
        organisation(4, "KR", "", "Split", &[]),
        organisation(5, "KR", "", "Round", &[]),
        organisation(6, "KR", "", "About", &[]),
    ];
    for (ended, successors) in [(0, &[2i64][..]), (1, &[3]), (3, &[1, 3]), (4, &[6]), (5, &[5])] {
        all[ended].status = Status::Inactive;
        all[ended].relations = successors.iter().map(|other| relation(RelationKind::Successor, *other)).collect();
    }
    all[0].updated = Some(100);
    let register = Register::new(all);
    let index = |id: i64| register.by_id(id).unwrap();
    // 1 → 2 → 3; the day of the first step is that of the record of 1, that of 2 is not known.
    let steps = register.succession(index(1));
    assert_eq!(
        steps.iter().map(|step| (step.from, step.to, step.by)).collect::<Vec<_>>(),
        [(index(1), index(2), Some(100)), (index(2), index(3), None)]
    );
    assert_eq!(register.today(index(1)), index(3));
    assert_eq!(register.today(index(3)), index(3), "what is active stands for itself");
    assert_eq!(register.today(index(4)), index(4), "two successors: nobody can tell which is meant");
    assert_eq!(register.today(index(5)), index(6), "a circle ends before it closes");
}

#[test]
fn a_real_one_that_was_withdrawn_is_followed() {
    let ended = |index: &u32| SHIPPED.get(*index).status != Status::Active;
    let followed = (0..SHIPPED.all().len() as u32).filter(ended).filter(|index| SHIPPED.today(*index) != *index).count();
    assert!(followed > 1000, "{followed}");
    for index in 0..SHIPPED.all().len() as u32 {
        let today = SHIPPED.today(index);
        assert_eq!(SHIPPED.today(today), today, "{}", SHIPPED.get(index).name);
    }
}

#[test]
fn an_openalex_institution_is_the_ror_record_of_its_id() {
    let mut institution = organisation(123, "KR", "", "KFE (OpenAlex)", &["핵융합연"]);
    institution.openalex = Some(123);
    institution.ror = Some("000000001".to_owned());
    let register = Register::new(vec![institution, organisation(1, "KR", "Daejeon", "Korea Institute of Fusion Energy", &["KFE"])]);
    assert_eq!(register.all().len(), 1);
    let index = register.by_openalex("https://openalex.org/I123").unwrap();
    assert_eq!(register.by_ror("000000001"), Some(index));
    let one = register.get(index);
    assert_eq!((one.name.as_str(), one.openalex, one.id), ("Korea Institute of Fusion Energy", Some(123), 1));
    assert!(one.names.iter().any(|name| name.text == "핵융합연"));
}

#[test]
fn parents_count_whichever_record_names_them() {
    let mut parent = organisation(1, "KR", "", "Council", &[]);
    parent.relations = vec![relation(RelationKind::Child, 2)];
    let mut grandchild = organisation(3, "KR", "", "Team", &[]);
    grandchild.relations = vec![relation(RelationKind::Parent, 2)];
    let register = Register::new(vec![parent, organisation(2, "KR", "", "Institute", &[]), grandchild]);
    assert!(register.is_part_of(2, 0) && register.is_part_of(1, 0) && !register.is_part_of(0, 2));
}

#[test]
fn the_ids_of_the_register_check() {
    use std::io::Read;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/ror/ror.jsonl.gz");
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let mut count = 0;
    for id in text.split("https://ror.org/").skip(1) {
        assert_eq!(dari_model::ror::checked(&id[..9]).as_deref(), Ok(&id[..9]));
        count += 1;
    }
    assert!(count >= text.lines().count() && count > 0);
}
