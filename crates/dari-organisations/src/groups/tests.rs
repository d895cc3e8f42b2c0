use dari_model::date;
use proptest::prelude::*;

use super::*;
use crate::organisation::{Name, NameKind, Organisation, Relation, RelationKind, Status};
use crate::register::Register;

/// Three ids that check, for tests.
const A: &str = "04h9pn542";
const B: &str = "05apxxy63";
const C: &str = "037pqnq23";

fn day(text: &str) -> i32 {
    date::parse(text).unwrap()
}

/// Groups of files given as (name, text).
fn groups(files: &[(&str, &str)]) -> Result<Groups, Vec<String>> {
    let mut groups = Groups::default();
    let problems = told(&groups.add(files.iter().map(|(file, text)| read::read(file, text))).problems);
    if problems.is_empty() { Ok(groups) } else { Err(problems) }
}

fn told(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(Problem::to_string).collect()
}

#[track_caller]
fn fails(files: &[(&str, &str)], parts: &[&str]) {
    let error = groups(files).unwrap_err().join("\n");
    for part in parts {
        assert!(error.contains(part), "{error:?} should hold {part:?}");
    }
}

fn names(members: &[Member<'_>]) -> Vec<String> {
    members.iter().map(|member| format!("{} {} {}", member.ror, member.role.as_str(), member.via.join("/"))).collect()
}

fn count(groups: &Groups, id: &str, on: &str) -> usize {
    groups.members(id, day(on)).unwrap().len()
}

#[test]
fn the_shipped_groups_are_as_they_were_on_the_day() {
    let groups = Groups::shipped().unwrap();
    // 25 institutes under NST in January 2024; KASI and KARI left for KASA when it opened on 27 May 2024.
    assert_eq!(count(&groups, "kr-gri", "2024-01-29"), 25);
    assert_eq!(count(&groups, "kr-gri", "2024-05-26"), 25);
    assert_eq!(count(&groups, "kr-gri", "2024-05-27"), 23);
    assert_eq!(count(&groups, "kr-gri", "2024-06-01"), 23);
    assert_eq!(count(&groups, "kr-gri", "2014-06-29"), 0, "NST was founded on the next day");
    let of = |on: &str| groups.members("kr-gri", day(on)).unwrap().iter().map(|member| member.ror).collect::<Vec<_>>();
    let (before, after) = (of("2024-01-29"), of("2024-06-01"));
    let gone: Vec<_> = before.iter().filter(|ror| !after.contains(ror)).collect();
    assert_eq!(gone, [&"04g2pxh42", &"037pqnq23"], "KASI and KARI");
    assert!(after.iter().all(|ror| before.contains(ror)));

    assert_eq!(count(&groups, "us-doe-labs", "2024-01-29"), 17);
    assert_eq!(count(&groups, "kr-ist", "2015-09-27"), 3, "UNIST became an institute of science and technology on the next day");
    assert_eq!(count(&groups, "kr-ist", "2024-01-29"), 4);
    for (on, countries) in
        [("2024-01-29", 27), ("2020-01-31", 28), ("2020-02-01", 27), ("2019-01-01", 28), ("2013-06-30", 27), ("1958-01-01", 6)]
    {
        assert_eq!(groups.countries("eu", day(on)).unwrap().len(), countries, "{on}");
    }
    let codes = |id: &str| groups.countries(id, day("2024-01-29")).unwrap().iter().map(|country| country.code).collect::<Vec<_>>();
    assert_eq!(codes("kr-us"), ["KR", "US"]);
    assert_eq!(codes("kr-us-jp"), ["KR", "US", "JP"]);
}

#[test]
fn the_five_centres_are_one_group() {
    let groups = Groups::shipped().unwrap();
    let on = day("2024-01-29");
    let centres = ["us-nqisrc-c2qa", "us-nqisrc-qsa", "us-nqisrc-q-next", "us-nqisrc-sqms", "us-nqisrc-qsc"];
    let all = groups.members("us-nqisrc", on).unwrap();
    let leads: Vec<_> =
        all.iter().filter(|member| member.role == Role::Lead).map(|member| (member.name.en.as_str(), member.via[0])).collect();
    let expected = ["Brookhaven", "Lawrence Berkeley", "Argonne", "Fermi", "Oak Ridge"];
    assert_eq!(leads.len(), 5, "{leads:?}");
    for ((name, via), (start, centre)) in leads.iter().zip(expected.iter().zip(centres)) {
        assert!(name.starts_with(start) && *via == centre, "{name} by {via}");
    }
    // The union of the five, each organisation once.
    let mut union: Vec<_> = centres.iter().flat_map(|id| groups.members(id, on).unwrap()).map(|member| member.ror).collect();
    union.sort_unstable();
    union.dedup();
    let mut found: Vec<_> = all.iter().map(|member| member.ror).collect();
    found.sort_unstable();
    assert_eq!(found, union);
    assert!(groups.members("us-nqisrc", day("2020-08-25")).unwrap().is_empty(), "announced on the next day");
    assert_eq!(groups.within("us-nqisrc").unwrap().len(), 6);
}

#[test]
fn what_ships_is_sourced() {
    for group in Groups::shipped().unwrap().iter() {
        assert_eq!(group.file, format!("demo/groups/{}.toml", group.id));
        // A name may be the same in both languages, a sentence is not.
        assert!(!group.name.ko.is_empty() && !group.about.en.is_empty() && group.about.en != group.about.ko, "{}", group.id);
        for entry in group.organisations().iter().filter(|entry| matches!(entry.who, Who::Organisation { .. })) {
            assert!(!entry.sources.is_empty(), "{}, line {}: no source", group.id, entry.line);
        }
        for source in &group.sources {
            assert!(source.url.as_ref().is_some_and(|url| url.starts_with("http")), "{}: {}", group.id, source.key);
        }
    }
}

#[test]
fn nested_groups_pass_on_members_roles_and_dates() {
    let inner = format!(
        "id = \"inner\"\nname = \"I\"\n[[member]]\nror = \"{A}\"\nname = \"A\"\nrole = \"lead\"\nfrom = 2020-01-01\n\
         [[member]]\nror = \"{B}\"\nname = \"B\"\nto = 2022-12-31\n"
    );
    let middle = "id = \"middle\"\nname = \"M\"\n[[member]]\ngroup = \"inner\"\nfrom = 2019-01-01\nto = 2021-12-31\n";
    let outer = format!(
        "id = \"outer\"\nname = \"O\"\n[[member]]\ngroup = \"middle\"\n[[member]]\ngroup = \"inner\"\nrole = \"observer\"\n\
         [[member]]\nror = \"{B}\"\nname = \"B\"\nrole = \"observer\"\n[[member]]\nror = \"{C}\"\nname = \"C\"\n"
    );
    let groups = groups(&[("i.toml", &inner), ("m.toml", middle), ("o.toml", &outer)]).unwrap();
    // B is a direct observer and, by way of the middle, a member: the stronger role wins. A leads the inner group and so the outer.
    let members = groups.members("Outer", day("2021-06-01")).unwrap();
    assert_eq!(names(&members), [format!("{B} member middle/inner"), format!("{C} member "), format!("{A} lead middle/inner")]);
    // A: from its own date, to the end of the middle's membership; B: between those of the middle, its own end is later.
    let (b, a) = (members[0].validity, members[2].validity);
    assert_eq!((a.from, a.to), (Some(day("2020-01-01")), Some(day("2021-12-31"))));
    assert_eq!((b.from, b.to), (Some(day("2019-01-01")), Some(day("2021-12-31"))));
    // From 2022 the middle no longer holds the inner: what is left is observing.
    let members = groups.members("outer", day("2022-01-01")).unwrap();
    assert_eq!(names(&members), [format!("{B} observer "), format!("{C} member "), format!("{A} observer inner")]);
    assert_eq!(names(&groups.members("outer", day("2018-01-01")).unwrap()), [format!("{B} observer "), format!("{C} member ")]);
}

#[test]
fn both_ends_belong_to_a_membership() {
    let file = format!(
        "id = \"g\"\nname = {{ en = \"G\", ko = \"지\" }}\n[[member]]\nror = \"https://ror.org/{A}\"\nname = \"A\"\nfrom = 2020-01-01\nto = 2020-12-31\n\
         [[member]]\nror = \"{A}\"\nname = \"A\"\nrole = \"lead\"\nfrom = 2021-01-01\n"
    );
    let groups = groups(&[("g.toml", &file)]).unwrap();
    for (on, role) in
        [("2019-12-31", None), ("2020-01-01", Some(Role::Member)), ("2020-12-31", Some(Role::Member)), ("2021-01-01", Some(Role::Lead))]
    {
        assert_eq!(groups.members("g", day(on)).unwrap().first().map(|member| member.role), role, "{on}");
    }
    assert_eq!(groups.get("g").unwrap().organisations()[1].line, 8);
}

#[test]
fn what_is_wrong_in_a_file_is_named_with_its_place() {
    let head = "id = \"g\"\nname = \"G\"\n";
    let of = |rest: &str| format!("{head}{rest}");
    let member = |rest: &str| of(&format!("[[member]]\nror = \"{A}\"\nname = \"Seoul\"\n{rest}"));
    for (text, parts) in [
        (of("nmae = 1\n[[member]]\n"), &["line 3", "nmae"][..]),
        (member("since = 2020-01-01\n"), &["line 6", "since"]),
        (member("role = \"boss\"\n"), &["line 6", "role must be lead, member or observer, found boss"]),
        (member("from = \"2020-1-1\"\n"), &["line 6", "write the date without quotes: 2020-01-01"]),
        (member("from = \"soon\"\n"), &["line 6", "'soon' is no date"]),
        (member("from = 2020\n"), &["line 6", "2020 is no date"]),
        (member("from = 03/04/2020\n"), &["line 6", "the year first", "03/04/2020"]),
        (member("from = 2020-1-9\n"), &["line 6", "write the date like this: 2020-01-09"]),
        (member("from = 2020-01-01T00:00:00\n"), &["line 6", "2024-05-26"]),
        (member("from = 2020-02-30\n"), &["line 6", "there is no day 2020-02-30"]),
        (member("note = \"open\n"), &["line 6", "this is not TOML"]),
        (member("rol = \"lead\"\n"), &["line 6", "did you mean role?"]),
        (member("note = 5\n"), &["line 6", "note must be a text in quotes"]),
        (of("[member]\nror = \"04h9pn542\"\n"), &["line 3", "[[member]]"]),
        (member("from = 2021-01-01\nto = 2020-12-31\n"), &["line 3", A, "Seoul", "ends on 2020-12-31, before it begins on 2021-01-01"]),
        (member("source = [\"x\"]\n"), &["line 3", "'x'"]),
        (of("[[member]]\nror = \"04h9pn543\"\nname = \"Seoul\"\n"), &["line 4", "04h9pn543", "do not check"]),
        (of("[[member]]\nror = \"Seoul\"\nname = \"Seoul\"\n"), &["line 4", "'Seoul' is no ROR id"]),
        (of(&format!("[[member]]\nror = \"{A}\"\n")), &["line 3", A, "the member needs a name"]),
        (of("[[member]]\nname = \"Seoul\"\n"), &["line 3", "Seoul", "neither ror nor group"]),
        (of(&format!("[[member]]\nror = \"{A}\"\nname = \"Seoul\"\ngroup = \"g\"\n")), &["line 3", A, "not both"]),
        (of("[[country]]\ncode = \"XX\"\n"), &["line 4", "'XX'"]),
        (of("[[country]]\ncode = \"KR\"\n[[country]]\ncode = \"kr\"\n"), &["line 5", "KR", "line 3 at all times"]),
        (of(&format!("[[country]]\ncode = \"KR\"\n[[member]]\nror = \"{A}\"\nname = \"S\"\n")), &["both"]),
        (of(""), &["neither"]),
        ("id = \"G g\"\nname = \"G\"\n".to_owned(), &["'G g'"]),
        (of("[[source]]\nkey = \"a\"\ntitle = \"A\"\n[[source]]\nkey = \"a\"\ntitle = \"B\"\n"), &["two sources", "'a'"]),
    ] {
        let mut parts = parts.to_vec();
        parts.push("mine.toml");
        fails(&[("mine.toml", &text)], &parts);
    }
    let twice = |first: &str, second: &str| member(&format!("{first}\n[[member]]\nror = \"{A}\"\nname = \"SNU\"\n{second}"));
    // One day in common is enough; the next day is not.
    fails(
        &[("mine.toml", &twice("to = 2020-12-31\n", "from = 2020-12-31\n"))],
        &["mine.toml: line 8", "SNU", "line 3 from 2020-12-31 to 2020-12-31"],
    );
    assert!(groups(&[("mine.toml", &twice("to = 2020-12-31\n", "from = 2021-01-01\n"))]).is_ok());
}

#[test]
fn what_is_wrong_between_groups_is_named() {
    let group = |id: &str, inner: &str| format!("id = \"{id}\"\nname = \"{id}\"\n[[member]]\ngroup = \"{inner}\"\n");
    let (a, b, c, d) = (group("a", "b"), group("b", "c"), group("c", "d"), group("d", "b"));
    fails(&[("a.toml", &a), ("b.toml", &b), ("c.toml", &c), ("d.toml", &d)], &["b.toml", "b → c → d → b"]);
    fails(&[("a.toml", &group("a", "a"))], &["a.toml", "a → a"]);

    let mut shipped = Groups::shipped().unwrap();
    let before = shipped.iter().count();
    let mut add = |text: &str| told(&shipped.add([read::read("mine.toml", text)]).problems).join("\n");
    let error = add(&group("mine", "kr-grl"));
    assert!(error.contains("mine.toml: line 3") && error.contains("did you mean kr-gri?"), "{error}");
    let error = add(&group("mine", "eu"));
    assert!(error.contains("set of countries"), "{error}");
    let error = add(&group("kr-gri", "kr-ist"));
    assert!(error.contains("mine.toml") && error.contains("'kr-gri' ships with dari"), "{error}");
    assert_eq!(add(&group("mine", "kr-gri")), "");
    let error = told(&shipped.add([read::read("other.toml", &group("mine", "kr-gri"))]).problems).join("\n");
    assert!(error.contains("other.toml") && error.contains("mine.toml too"), "{error}");
    assert_eq!(shipped.iter().count(), before + 1, "what failed was not added");
    assert_eq!(count(&shipped, "mine", "2024-01-29"), 25);

    let error = shipped.members("us-doe-lab", 0).unwrap_err().to_string();
    assert_eq!(error, "there is no group 'us-doe-lab'; did you mean us-doe-labs?");
    assert!(shipped.members("eu", 0).is_err() && shipped.countries("kr-gri", 0).is_err());
}

#[test]
fn folders_are_read_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut groups = Groups::shipped().unwrap();
    let before = groups.iter().count();
    let mut add = |names: &[&str]| {
        let paths: Vec<PathBuf> = names.iter().map(|name| folder.path().join(name)).collect();
        let added = groups.add_paths(&paths);
        (told(&added.problems).join("\n"), groups.clone())
    };
    assert!(add(&[""]).0.contains("no group in this folder"));
    assert!(add(&["absent.toml"]).0.contains("absent.toml: cannot be read"));
    // The first names the second: the order of the files does not matter.
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("a.toml", "id = \"mine\"\nname = \"M\"\n[[member]]\ngroup = \"ours\"\n[[member]]\ngroup = \"kr-ist\"\n");
    write("b.toml", "id = \"ours\"\nname = \"O\"\n[[member]]\nror = \"04h9pn542\"\n");
    let (wrong, after) = add(&[""]);
    assert!(wrong.contains("b.toml: line 3"), "{wrong}");
    assert!(!wrong.contains("a.toml"), "the group is there, only a member of it is wrong: {wrong}");
    assert_eq!(after.iter().count(), before);
    write("b.toml", "id = \"ours\"\nname = \"O\"\n[[member]]\nror = \"04h9pn542\"\nname = \"SNU\"\n");
    write("notes.txt", "not a group");
    // Named twice, a file is read once.
    let (wrong, after) = add(&["a.toml", "", "b.toml"]);
    assert_eq!(wrong, "");
    assert_eq!(count(&after, "mine", "2024-01-29"), 5);
    // Once more the same file is nothing new.
    assert_eq!(add(&["b.toml"]).0, "");
    write("c.toml", "id = \"ours\"\nname = \"O\"\n[[member]]\nror = \"04h9pn542\"\nname = \"Seoul\"\n");
    assert!(add(&["c.toml"]).0.contains("b.toml too"));
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let first = format!(
        "id = \"first\"\nname = \"F\"\n[[member]]\nror = \"{A}\"\nname = \"A\"\nrole = \"boss\"\nfrom = \"2020-02-03\"\n\
         [[member]]\nror = \"{B}\"\nname = \"B\"\nto = 2023-02-29\n[[member]]\ngroup = \"nowhere\"\n"
    );
    let second = "id = \"second\"\nname = \"S\n[[member]]\ngroup = \"first\"\n";
    let ring = |id: &str, inner: &str| format!("id = \"{id}\"\nname = \"R\"\n[[member]]\ngroup = \"{inner}\"\n");
    let (a, b, c, d) = (ring("a", "b"), ring("b", "a"), ring("c", "c"), ring("d", "second"));
    let files = [("1", first.as_str()), ("2", second), ("a", &a), ("b", &b), ("c", &c), ("d", &d)];
    assert_eq!(
        groups(&files).unwrap_err(),
        [
            format!("1: line 6, {A} A: role must be lead, member or observer, found boss"),
            format!("1: line 7, {A} A: write the date without quotes: 2020-02-03"),
            "1: line 11: there is no day 2023-02-29".to_owned(),
            "1: line 12: there is no group 'nowhere'".to_owned(),
            "2: line 2: this is not TOML: invalid basic string, expected `\"`".to_owned(),
            "a: line 3: a group cannot be a part of itself: a → b → a".to_owned(),
            "c: line 3: a group cannot be a part of itself: c → c".to_owned(),
        ]
    );
}

#[test]
fn days_begin_with_the_year() {
    let wanted = Ok(day("2024-01-09"));
    for text in ["2024-01-09", "2024-1-9", "2024/01/09", "2024/1/9", "2024.1.9", "20240109", " 2024-01-09 "] {
        assert_eq!(super::day(text), wanted, "{text}");
    }
    for (text, message) in [
        ("03/04/2024", "'03/04/2024' is no date with the year first"),
        ("9.1.2024", "'9.1.2024' is no date with the year first"),
        ("2024-02-30", "there is no day 2024-02-30"),
        ("20241301", "there is no day 20241301"),
        ("2024-01", "'2024-01' is no date"),
        ("2024-01/09", "'2024-01/09' is no date"),
        ("24-01-09", "'24-01-09' is no date"),
        ("2024-+1-09", "'2024-+1-09' is no date"),
        ("２０２４０１", "'２０２４０１' is no date"),
        ("", "'' is no date"),
    ] {
        assert_eq!(super::day(text).unwrap_err().en, message);
    }
}

#[test]
fn when_an_organisation_belongs() {
    let inner = format!(
        "id = \"inner\"\nname = \"I\"\n[[member]]\nror = \"{A}\"\nname = \"A\"\nfrom = 2020-01-01\nto = 2020-12-31\n\
         [[member]]\nror = \"{A}\"\nname = \"A\"\nfrom = 2022-01-01\n"
    );
    let outer = "id = \"a-outer\"\nname = \"O\"\n[[member]]\ngroup = \"inner\"\nto = 2022-06-30\n";
    let groups = groups(&[("i", &inner), ("o", outer)]).unwrap();
    let said = |ror: &str| groups.periods("a-outer", ror).unwrap().into_iter().map(|one| one.said().en).collect::<Vec<_>>();
    assert_eq!(said(A), ["from 2020-01-01 to 2020-12-31", "from 2022-01-01 to 2022-06-30"]);
    assert!(said(B).is_empty() && groups.periods("nowhere", A).is_err());
    assert_eq!(groups.name(A).unwrap().en, "A");
}

fn organisation(id: i64, ror: &str, name: &str, status: Status) -> Organisation {
    let names = vec![Name { text: name.to_owned(), language: None, kind: NameKind::Display }];
    Organisation {
        id,
        ror: Some(ror.to_owned()),
        name: name.to_owned(),
        names,
        status,
        updated: Some(day("2021-07-01")),
        ..Organisation::default()
    }
}

#[test]
fn the_register_is_asked() {
    let mut ended = organisation(1, A, "Green Technology Center", Status::Inactive);
    ended.relations.push(Relation { kind: RelationKind::Successor, other: 2, name: None });
    let register = Register::new(vec![ended, organisation(2, B, "National Institute of Green Technology", Status::Active)]);
    let file = format!(
        "id = \"g\"\nname = \"G\"\n[[member]]\nror = \"{A}\"\nname = \"Green Technology Center\"\n\
         [[member]]\nror = \"{B}\"\nname = \"World Kimchi\"\n[[member]]\nror = \"{C}\"\nname = \"KARI\"\n"
    );
    let problems = check(groups(&[("g.toml", &file)]).unwrap().iter(), &register);
    let told: Vec<_> =
        problems.iter().map(|one| (one.kind, one.line.unwrap(), one.name.as_deref().unwrap(), one.message.en.as_str())).collect();
    let followed = format!("Green Technology Center is inactive; its successor is National Institute of Green Technology ({B})");
    assert_eq!(
        told,
        [
            (ProblemKind::Ended, 3, "Green Technology Center", followed.as_str()),
            (ProblemKind::Name, 6, "World Kimchi", &format!("the register has {B} as National Institute of Green Technology")),
            (ProblemKind::Unknown, 9, "KARI", "the register has no such ROR id"),
        ]
    );
    // A membership that ended with the organisation is history.
    let history = format!("id = \"g\"\nname = \"G\"\n[[member]]\nror = \"{A}\"\nname = \"Green Technology Center\"\nto = 2021-07-01\n");
    assert!(check(groups(&[("g.toml", &history)]).unwrap().iter(), &register).is_empty());
}

#[test]
fn names_of_others_are_found() {
    const LBNL: &str = "02jbv0t02";
    const BNL: &str = "02ex6cf31";
    const KIST: &str = "05kzfa883";
    const KAIST: &str = "05apxxy63";
    const SNU: &str = "04h9pn542";
    const YONSEI: &str = "01wjejq96";
    let of = |id: i64, ror: &str, country: &'static str, names: &[&str]| {
        let names = names.iter().map(|text| Name { text: (*text).to_owned(), language: None, kind: NameKind::Alias }).collect();
        Organisation { country: Some(country), names, ..organisation(id, ror, "", Status::Active) }
    };
    let register = Register::new(vec![
        of(1, LBNL, "US", &["Lawrence Berkeley National Laboratory", "LBNL"]),
        of(2, BNL, "US", &["Brookhaven National Laboratory", "BNL"]),
        of(3, KIST, "KR", &["Korea Institute of Science and Technology", "KIST", "한국과학기술연구원"]),
        of(4, KAIST, "KR", &["Korea Advanced Institute of Science and Technology", "KAIST", "한국과학기술원"]),
        of(5, SNU, "KR", &["Seoul National University", "서울대학교"]),
        of(6, YONSEI, "KR", &["Yonsei University", "연세대학교"]),
        of(7, "00za53h95", "KR", &["Seoul National University of Science and Technology", "Seoul Tech (South Korea)"]),
    ]);
    let problem = |ror: &str, en: &str, ko: &str| {
        let file = format!("id = \"g\"\nname = \"G\"\n[[member]]\nror = \"{ror}\"\nname = {{ en = \"{en}\", ko = \"{ko}\" }}\n");
        let problems = check(groups(&[("g.toml", &file)]).unwrap().iter(), &register);
        assert!(problems.len() <= 1 && problems.iter().all(|one| one.kind == ProblemKind::Name));
        problems.into_iter().next().map(|one| one.message.en)
    };
    for (ror, name, other) in [
        (LBNL, "Brookhaven National Laboratory", Some(BNL)),
        (SNU, "Yonsei University", Some(YONSEI)),
        (KIST, "Korea Advanced Institute of Science and Technology", Some(KAIST)),
        (KAIST, "Korea Institute of Science & Technology", Some(KIST)),
        (KIST, "Korea Advanced Institute of Science and Technology (KIST)", None),
        (KIST, "한국과학기술원", Some(KAIST)),
        // All its telling words are there, but it is another's name.
        (SNU, "Seoul National University of Science and Technology", Some("00za53h95")),
        // No telling word at all.
        (KIST, "Korean Research Institute", None),
        (LBNL, "Brookhaven Lab", None),
    ] {
        let message = problem(ror, name, name).unwrap();
        assert!(message.starts_with(&format!("the register has {ror} as ")), "{message}");
        assert_eq!(message.split(&format!("; {name} is ")).nth(1), other, "{message}");
    }
    for (ror, name) in [
        (LBNL, "lawrence berkeley natl. lab"),
        (LBNL, "Berkeley Laboratory, USA"),
        (LBNL, "Lawrence Berkeley National Laboratory (LBNL)"),
        (KIST, "Korea Inst. of Science & Technology"),
        (KIST, "Korean Institute of Science and Technology (KIST)"),
        (SNU, "Séoul Nationâl University"),
        (SNU, "서울대"),
        ("00za53h95", "Seoul Tech"),
    ] {
        assert_eq!(problem(ror, name, name), None, "{name}");
    }
    // A Korean name beside a right English one: the register may lack it, but it must not be another's.
    assert_eq!(problem(LBNL, "LBNL", "로런스 버클리 국립연구소"), None);
    assert!(problem(SNU, "Seoul National University", "연세대학교").is_some_and(|message| message.ends_with(YONSEI)));
}

proptest! {
    #[test]
    fn membership_is_that_of_the_intervals(spans in proptest::collection::vec((-400i32..400, 0i32..200), 1..12), on in -500i32..700) {
        // Stretches one behind the other for each of three organisations, so that they never overlap.
        let ids = [A, B, C];
        let mut next = [-1000i32; 3];
        let mut text = String::from("id = \"g\"\nname = \"G\"\n");
        let mut expected = [false; 3];
        for (place, (start, length)) in spans.iter().enumerate() {
            let from = (*start).max(next[place % 3]);
            let to = from + length;
            next[place % 3] = to + 1;
            expected[place % 3] |= from <= on && on <= to;
            text += &format!("[[member]]\nror = \"{}\"\nname = \"N\"\nfrom = {}\nto = {}\n", ids[place % 3], date::format(from), date::format(to));
        }
        let alone = groups(&[("g.toml", &text)]).unwrap();
        let members = alone.members("g", on).unwrap();
        for (id, expected) in ids.iter().zip(expected) {
            prop_assert_eq!(members.iter().filter(|member| member.ror == *id).count(), usize::from(expected));
        }
        // A group that has nothing to do with it, and one that holds it, change nothing.
        let more = [("g.toml", text.as_str()), ("h.toml", "id = \"h\"\nname = \"H\"\n[[member]]\ngroup = \"g\"\n"),
            ("i.toml", "id = \"i\"\nname = \"I\"\n[[member]]\nror = \"04h9pn542\"\nname = \"N\"\n")];
        let more = groups(&more).unwrap();
        prop_assert_eq!(names(&more.members("g", on).unwrap()), names(&members));
        let nested: Vec<_> = more.members("h", on).unwrap().iter().map(|member| (member.ror, member.validity)).collect();
        prop_assert_eq!(nested, members.iter().map(|member| (member.ror, member.validity)).collect::<Vec<_>>());
    }
}
