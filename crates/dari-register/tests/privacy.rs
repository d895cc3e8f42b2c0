//! Nothing that a user reads tells of what others keep private: every read is done in a register with and in one without it, and compared.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fmt::Write as _;

use common::{Place, add, edit, fields, places, register, to, user};
use dari_register::file::Form;
use dari_register::{Filter, Period, Register, Session, Step};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Something that is done in a register.
#[derive(Debug, Clone)]
enum Deed {
    /// By somebody of a side, in the open.
    Open(u8, u8),
    /// Privately.
    Private(u8, u8, u8),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let open = (0u8..4, 0u8..6).prop_map(|(what, number)| Deed::Open(what, number));
    let private = (0u8..3, 0u8..6, 0u8..6).prop_map(|(whose, what, number)| Deed::Private(whose, what, number));
    prop::collection::vec(prop_oneof![open, private], 1..30)
}

/// Does a deed as far as the rules allow; what they refuse is refused in both registers alike.
async fn perform(register: &Register, deed: &Deed, at: i64) {
    let (who, steps) = match deed {
        Deed::Open(what, number) => {
            let id = format!("s{number}");
            let step = match what {
                0 => add(
                    "statement",
                    &id,
                    &format!("{{date: 2024-01-2{number}, side: KR, text: {{en: joint fusion {number}, ko: 공동연구}}}}"),
                ),
                1 => edit(&id, 1, "{reply: {en: positively}}"),
                2 => to(&id, 1, "agreed", "2024-02-01"),
                _ => add("agreement", &format!("a{number}"), "{level: memorandum, signed: 2020, until: 2026-12-31, text: {en: fusion}}"),
            };
            ("hong:KR:desk-officer", vec![step])
        }
        Deed::Private(whose, what, number) => {
            let (scope, who) =
                [("US", "smith:US:desk-officer"), ("US/DOE", "jones:US/DOE:desk-officer"), ("KR/MSIT", "kim:KR/MSIT:desk-officer")]
                    [usize::from(*whose)];
            let id = format!("{scope}:s{number}");
            let step = match what {
                0 => add("note", &id, &format!("{{text: secret fusion 비밀 {number}, see: [s{number}]}}")),
                1 => {
                    add("statement", &id, &format!("{{date: 2024-01-2{number}, side: US, period: 2024, text: fusion, from: [s{number}]}}"))
                }
                2 => edit(&id, 1, "{text: other fusion}"),
                3 => Step::Remove { id, version: 1 },
                4 => add("exchange", &id, "{home: US, host_side: KR, period: 2024-03}"),
                _ => add("agreement", &id, "{level: memorandum, signed: 2020, until: 2026-12-31, text: fusion}"),
            };
            (who, vec![step])
        }
    };
    let _ = user(register, who).at(at).write(&steps, "because", Some(&format!("key-{at}"))).await;
}

/// Everything that can be read, as one text.
async fn all_that_is_read(session: &Session<'_>) -> String {
    let mut out = String::new();
    let ids = ["s0", "s1", "s5", "a0", "US:s0", "US:s1", "US/DOE:s2", "KR/MSIT:s0", "nothing", "US:nothing"];
    let queries = ["fusion", "secret", "비밀", "공동", "s1"].map(str::to_owned);
    macro_rules! read {
        ($($read:expr),* $(,)?) => { $( writeln!(out, "{}: {:?}", stringify!($read), $read.await.map_err(|error| error.to_string())).unwrap(); )* };
    }
    let year = Period { from: 0, to: 30_000 };
    read!(
        session.list(&Filter::default()),
        session.list(&Filter { removed: true, ..Filter::default() }),
        session.list(&Filter { side: Some("US".to_owned()), most: Some(3), ..Filter::default() }),
        session.of_kind("note"),
        session.open(None, 100),
        session.due(400, 100),
        session.renewals(400),
        session.balance(None),
        session.timeline(year, None, 1000),
        session.changes(0, 1000),
        session.verify(&|_| ()),
        session.export(Form::Yaml),
        session.export(Form::Json),
    );
    for id in ids {
        read!(
            session.get(id),
            session.history(id),
            session.lineage(id),
            session.balance(Some(id)),
            session.timeline(year, Some(id), 100),
            session.open(Some(id), 9)
        );
        // Refused changes say no more than reads do.
        read!(
            session.write(&[edit(id, 77, "{text: x}")], "", None),
            session.write(&[to(id, 77, "agreed", "2024-02-01")], "", None),
            session.write(&[Step::Remove { id: id.to_owned(), version: 77 }], "x", None),
            session.write(&[Step::Share { id: id.to_owned(), version: 77, to: "shared".to_owned() }], "x", None),
            session.write(&[add("note", "n", &format!("{{text: x, see: ['{id}']}}")), edit("n", 9, "{}")], "", None),
        );
        let file = format!("dari-register: 1\nrecords:\n- {{id: '{id}', kind: note, text: x, see: [nothing]}}\n");
        read!(async { session.import(&file, Form::Yaml, "", false).await.map(|report| format!("{report:?}")) });
    }
    for query in &queries {
        read!(session.search(std::slice::from_ref(query), &[], 2), session.search(&queries, &[], 100));
    }
    out
}

#[test]
fn what_is_private_changes_nothing_that_others_read() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let cases = if cfg!(debug_assertions) { 4 } else { 12 };
    for postgres in [false, true] {
        let mut runner = TestRunner::new(Config { cases, ..Config::default() });
        let outcome = runner.run(&deeds(), |deeds| {
            let new = || if postgres { Place::postgres() } else { Some(Place::sqlite()) };
            let (Some(with), Some(without)) = (new(), new()) else { return Ok(()) };
            runtime.block_on(async {
                let (whole, open) = (register(&with).await, register(&without).await);
                for (at, deed) in deeds.iter().enumerate() {
                    let at = 1_795_651_200_000 + at as i64;
                    perform(&whole, deed, at).await;
                    if !matches!(deed, Deed::Private(whose, ..) if *whose < 2) {
                        perform(&open, deed, at).await;
                    }
                }
                // Korea's side sees nothing of the US, and its ministry's notes only in the ministry.
                for who in ["hong:KR:administrator", "kim:KR/MSIT:desk-officer", "v:KR:reviewer", "a:KR:auditor"] {
                    let (one, other) = (all_that_is_read(&user(&whole, who)).await, all_that_is_read(&user(&open, who)).await);
                    prop_assert_eq!(one, other, "{} reads of what the US keeps private", who);
                }
                whole.close().await;
                open.close().await;
                Ok(())
            })
        });
        outcome.unwrap();
    }
}

/// What a user reads does hold what is theirs: the comparison above compares something.
#[test]
fn what_is_ones_own_is_read() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for place in places() {
        runtime.block_on(async {
            let register = register(&place).await;
            let deeds = [Deed::Open(0, 0), Deed::Private(1, 0, 0), Deed::Private(0, 4, 1)];
            for (at, deed) in deeds.iter().enumerate() {
                perform(&register, deed, 1_795_651_200_000 + at as i64).await;
            }
            let text = all_that_is_read(&user(&register, "jones:US/DOE:desk-officer")).await;
            assert!(text.contains("secret fusion") && text.contains("\"US:s1\""));
            let text = all_that_is_read(&user(&register, "smith:US:desk-officer")).await;
            assert!(!text.contains("secret fusion") && text.contains("\"US:s1\""));
            assert_eq!(user(&register, "jones:US/DOE:reader").get("US/DOE:s0").await.unwrap().content["see"], fields("{see: [s0]}")["see"]);
        });
    }
}
