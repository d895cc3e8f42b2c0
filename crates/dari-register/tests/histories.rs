//! Random histories: whatever people try, in whatever order, the rules hold and the trail is whole.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;

use common::{Place, add, edit, fields, places, register, user};
use dari_register::kinds::{KINDS, Kind};
use dari_register::{Error, Register, Step};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rand::{Rng, SeedableRng};

/// Fields that a record of the kind needs.
fn needed(kind: &Kind) -> &'static str {
    match kind.name {
        "dialogue" => "{sides: [KR, US], name: x}",
        "meeting" | "workshop" => "{date: 2024-01-22}",
        "statement" => "{date: 2024-01-22, text: x}",
        "agreement" => "{level: memorandum, signed: 2024-01-01, name: x}",
        "call" => "{closes: 2030, criteria: [{name: a, weight: 1, most: 5}]}",
        "proposal" => "{call: the-call, team: [{side: KR, organisation: etri}]}",
        "facility-time" => "{facility: kstar, requested: 5, granted: 4, used: 3}",
        "exchange" => "{home: KR, host_side: US}",
        "contribution" => "{side: KR, money: 5 KRW}",
        "result" => "{type: work}",
        _ => "{name: x}",
    }
}

async fn ground(register: &Register) {
    let steps = [
        add("organisation", "etri", "{name: ETRI}"),
        add("facility", "kstar", "{name: KSTAR}"),
        Step::Add {
            kind: "call".to_owned(),
            id: "the-call".to_owned(),
            content: fields("{closes: 2030, criteria: [{name: a, weight: 1, most: 5}]}"),
            state: Some("open".to_owned()),
            day: Some(0),
        },
    ];
    common::write(&user(register, "boss:KR:programme-manager"), &steps).await;
}

/// Of every kind with states: a state that may not follow is refused and changes nothing; one that may follows, as far as the kind's other rules allow.
#[test]
fn only_legal_transitions() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let kinds: Vec<&'static Kind> = KINDS.iter().copied().filter(|kind| !kind.states.is_empty() && kind.name != "review").collect();
    let place = Place::sqlite();
    let register = runtime.block_on(async {
        let register = register(&place).await;
        ground(&register).await;
        register
    });
    let moves = prop::collection::vec((0usize..8, -3i32..40), 1..12);
    let strategy = (0..kinds.len(), 0usize..8, moves);
    let mut number = 0;
    let mut followed: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut runner = TestRunner::new(Config { cases: 250, ..Config::default() });
    let counter = std::cell::RefCell::new((&mut number, &mut followed));
    let outcome = runner.run(&strategy, |(at, first, moves)| {
        let kind = kinds[at];
        let mut counter = counter.borrow_mut();
        *counter.0 += 1;
        let id = format!("{}-{}", kind.name, counter.0);
        let session = user(&register, "boss:KR:programme-manager");
        runtime.block_on(async {
            let first = &kind.states[first % kind.states.len()];
            let begin = Step::Add {
                kind: kind.name.to_owned(),
                id: id.clone(),
                content: fields(needed(kind)),
                state: Some(first.name.to_owned()),
                day: Some(19_000),
            };
            let begun = session.write(&[begin], "", None).await;
            prop_assert_eq!(begun.is_ok(), first.first, "{} {}: {:?}", kind.name, first.name, begun);
            if begun.is_err() {
                return Ok(());
            }
            let (mut state, mut since, mut version) = (first, 19_000, 1);
            for (next, days) in moves {
                let next = &kind.states[next % kind.states.len()];
                let day = since + days;
                let step = Step::Move { id: id.clone(), version, state: next.name.to_owned(), day: Some(day), content: fields("{}") };
                let legal = state.next.contains(&next.name) && day >= since;
                match session.write(&[step], "", None).await {
                    Ok(_) => {
                        prop_assert!(legal, "{}: {} became {}", kind.name, state.name, next.name);
                        *counter.1.entry((kind.name, next.name)).or_default() += 1;
                        (state, since, version) = (next, day, version + 1);
                    }
                    Err(Error::Input { message, .. }) => {
                        // Proposals are decided on when their call is in review: a rule of its own.
                        let own = message.contains("cannot be decided on");
                        prop_assert!(!legal || own, "{}: {} to {}: {message}", kind.name, state.name, next.name);
                    }
                    Err(error) => prop_assert!(false, "{error}"),
                }
                let stored = session.get(&id).await.unwrap();
                prop_assert_eq!((stored.state.as_str(), stored.since, stored.version), (state.name, Some(since), version));
                prop_assert_eq!(stored.is_open(), state.open);
            }
            let history = session.history(&id).await.unwrap();
            prop_assert_eq!(history.len() as i64, version);
            prop_assert!(history.windows(2).all(|pair| kind.state(&pair[0].state).unwrap().next.contains(&pair[1].state.as_str())));
            Ok(())
        })
    });
    outcome.unwrap();
    // Most of the states were in fact reached.
    assert!(followed.len() > 25, "only {} states were reached", followed.len());
    let proofs = runtime.block_on(register.verify(&|_| ())).unwrap();
    assert!(proofs.iter().all(|proof| proof.faults.is_empty()));
}

/// 200 writers at once, for a moment: every confirmed change is there, none was made on top of one it did not know, and the chains are whole.
#[test]
fn many_writers_lose_nothing() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for place in places() {
        runtime.block_on(async {
            let register = std::sync::Arc::new(register(&place).await);
            let counters: Vec<Step> = (0..5).map(|number| add("note", &format!("n{number}"), "{text: x, groups: [start]}")).collect();
            common::write(&user(&register, "hong:KR:desk-officer"), &counters).await;
            let until = std::time::Instant::now() + std::time::Duration::from_secs(3);
            let writers = (0..200u64).map(|writer| {
                let register = std::sync::Arc::clone(&register);
                tokio::spawn(async move {
                    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(writer);
                    let side = if writer.is_multiple_of(2) { "KR" } else { "US" };
                    let session = user(&register, &format!("w{writer}:{side}:desk-officer"));
                    let (mut added, mut edited) = (Vec::new(), BTreeMap::<String, u32>::new());
                    while std::time::Instant::now() < until {
                        if random.random_bool(0.5) {
                            let id = format!("{side}:w{writer}-{}", added.len());
                            common::write(&session, &[add("note", &id, "{text: mine}")]).await;
                            added.push(id);
                            continue;
                        }
                        // Everybody adds to the same records; who was slower reads again.
                        let id = format!("n{}", random.random_range(0..5));
                        let record = session.get(&id).await.unwrap();
                        let groups: Vec<&str> = record.texts("groups").chain(["one more"]).collect();
                        let step = edit(&id, record.version, &format!("{{groups: {groups:?}}}"));
                        match session.write(&[step], "", None).await {
                            Ok(_) => *edited.entry(id).or_default() += 1,
                            Err(Error::Stale { .. }) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                    (added, edited)
                })
            });
            let mut edits = BTreeMap::<String, u32>::new();
            let mut added = 0;
            for writer in writers.collect::<Vec<_>>() {
                let (ids, edited) = writer.await.unwrap();
                let session =
                    user(&register, if ids.first().is_some_and(|id| id.starts_with("KR")) { "a:KR:reader" } else { "b:US:reader" });
                for id in &ids {
                    session.get(id).await.unwrap();
                }
                added += ids.len();
                for (id, number) in edited {
                    *edits.entry(id).or_default() += number;
                }
            }
            assert!(added > 0, "nobody wrote anything");
            let session = user(&register, "a:KR:reader");
            for (id, number) in edits {
                let record = session.get(&id).await.unwrap();
                // Each confirmed edit is one more text in the list: none was lost.
                assert_eq!((record.texts("groups").count() as u32, record.version as u32), (number + 1, number + 1), "{id}");
            }
            for proof in register.verify(&|_| ()).await.unwrap() {
                assert_eq!(proof.faults, Vec::<String>::new());
            }
        });
    }
}
