//! What a register keeps to, in either storage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Place, add, edit, fields, places, register, to, user, write};
use dari_register::file::Form;
use dari_register::{Error, Filter, Period, Register, Session, Step};

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(future)
}

/// Runs a test on a new register in each storage.
fn on_each<F: AsyncFn(&Register, &Place)>(test: F) {
    for place in places() {
        run(async {
            let register = register(&place).await;
            test(&register, &place).await;
            for proof in register.verify(&|_| ()).await.unwrap() {
                assert_eq!(proof.faults, Vec::<String>::new(), "scope '{}' in {}", proof.scope, place.url);
            }
            register.close().await;
        });
    }
}

const STATEMENT: &str =
    "{date: 2024-01-22, side: KR, to: US, text: {en: Joint fusion research with KSTAR, ko: KSTAR를 활용한 핵융합 공동연구}}";

#[test]
fn nothing_is_overwritten() {
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:desk-officer");
        write(&desk, &[add("statement", "kstar", STATEMENT)]).await;
        write(&desk, &[to("kstar", 1, "to_be_considered", "2024-01-22")]).await;
        write(&desk, &[edit("kstar", 2, "{reply: {en: positively}, to: null}")]).await;
        let now = desk.get("kstar").await.unwrap();
        assert_eq!((now.version, now.state.as_str(), now.text("to"), now.is_open()), (3, "to_be_considered", None, true));
        let history = desk.history("kstar").await.unwrap();
        let kept: Vec<_> = history
            .iter()
            .map(|event| (event.version, event.action.as_str(), event.state.as_str(), event.content.contains_key("reply")))
            .collect();
        assert_eq!(
            kept,
            [(1, "added", "proposed", false), (2, "moved", "to_be_considered", false), (3, "edited", "to_be_considered", true)]
        );
        assert!(history.iter().all(|event| (event.who.as_str(), event.party.as_str(), event.why.as_str()) == ("hong", "KR", "test")));
        // Removed with a reason, out of sight, brought back with another.
        let gone = Step::Remove { id: "kstar".into(), version: 3 };
        assert!(desk.write(std::slice::from_ref(&gone), " ", None).await.unwrap_err().to_string().contains("why"));
        write(&desk, &[gone]).await;
        assert!(
            desk.list(&Filter::default()).await.unwrap().is_empty() && desk.search(&["KSTAR".into()], &[], 9).await.unwrap().0.is_empty()
        );
        assert_eq!(desk.list(&Filter { removed: true, ..Filter::default() }).await.unwrap().len(), 1);
        assert!(desk.write(&[edit("kstar", 4, "{side: US}")], "", None).await.unwrap_err().to_string().contains("removed"));
        write(&desk, &[Step::Restore { id: "kstar".into(), version: 4 }]).await;
        assert_eq!(desk.search(&["핵융합".into()], &[], 9).await.unwrap().1, 1);
    });
}

#[test]
fn a_stale_change_is_refused_with_both_versions() {
    on_each(async |register, _| {
        let (one, other) = (user(register, "hong:KR:desk-officer"), user(register, "smith:US:desk-officer"));
        write(&one, &[add("statement", "kstar", STATEMENT)]).await;
        write(&one, &[edit("kstar", 1, "{reply: {en: first}}")]).await;
        let error = other.write(&[edit("kstar", 1, "{reply: {en: second}}")], "", None).await.unwrap_err();
        let Error::Stale { yours, theirs, wanted, stored, .. } = error else { panic!("{error}") };
        assert_eq!((yours, theirs), (1, 2));
        assert_eq!((wanted["reply"]["en"].as_str(), stored["reply"]["en"].as_str()), (Some("second"), Some("first")));
        assert_eq!(one.get("kstar").await.unwrap().version, 2);
    });
}

#[test]
fn a_request_sent_twice_is_done_once() {
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:desk-officer");
        let steps = [add("statement", "kstar", STATEMENT)];
        let first = desk.write(&steps, "minutes", Some("k1")).await.unwrap();
        assert_eq!(desk.write(&steps, "minutes", Some("k1")).await.unwrap(), first);
        assert_eq!(desk.history("kstar").await.unwrap().len(), 1);
        let error = desk.write(&[add("note", "n", "{text: x}")], "minutes", Some("k1")).await.unwrap_err();
        assert!(error.to_string().contains("another request"), "{error}");
        // Keys are one's own: another's request with the same key is another request.
        user(register, "smith:US:desk-officer").write(&[add("note", "n", "{text: x}")], "", Some("k1")).await.unwrap();
        // Refused requests leave no trace of their key.
        assert!(desk.write(&[add("note", "n", "{text: y}")], "", Some("k2")).await.is_err());
        desk.write(&[add("note", "m", "{text: y}")], "", Some("k2")).await.unwrap();
    });
}

#[test]
fn all_of_a_request_or_nothing() {
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:desk-officer");
        let error = desk.write(&[add("note", "a", "{text: x}"), add("statement", "b", "{text: no date}")], "", None).await.unwrap_err();
        assert!(error.to_string().starts_with("change 2 ('b'): statement: 'date' is missing"), "{error}");
        assert!(desk.list(&Filter::default()).await.unwrap().is_empty());
    });
}

#[test]
fn roles_may_do_what_is_theirs() {
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:desk-officer");
        write(&desk, &[add("statement", "kstar", STATEMENT), add("note", "n", "{text: of the desk}")]).await;
        let refused = async |who: &str, step: Step| {
            let error = user(register, who).write(&[step], "", None).await.unwrap_err();
            assert!(matches!(error, Error::NotAllowed { .. }), "{who}: {error}");
        };
        for who in ["r:KR:reader", "a:KR:auditor", "v:KR:reviewer"] {
            refused(who, add("note", "x", "{text: x}")).await;
        }
        refused("c:KR:contributor", add("statement", "x", STATEMENT)).await;
        refused("c:KR:contributor", edit("n", 1, "{text: x}")).await;
        refused("hong:KR:desk-officer", add("call", "x", "{closes: 2026, criteria: [{name: a, weight: 1, most: 5}]}")).await;
        let contributor = user(register, "c:KR:contributor");
        write(&contributor, &[add("note", "own", "{text: x}"), edit("own", 1, "{text: y}")]).await;
        write(&user(register, "p:US:programme-manager"), &[add("call", "x", "{closes: 2026, criteria: [{name: a, weight: 1, most: 5}]}")])
            .await;
    });
}

/// Administrators say who belongs to their party and the agencies within; nobody else does, but for whoever keeps the storage.
#[test]
fn users_are_made_by_their_partys_administrators() {
    on_each(async |register, _| {
        let user = |text: &str| text.parse::<dari_register::User>().unwrap();
        let (boss, agency) = (user("boss:KR:administrator"), user("a:KR/MSIT:administrator"));
        register.set_user(&boss, true, None).await.unwrap();
        register.set_user(&user("kim:KR/MSIT:reader"), true, Some(&boss)).await.unwrap();
        register.set_user(&user("kim:KR/MSIT:contributor"), true, Some(&agency)).await.unwrap();
        for (by, whom) in
            [(&boss, "x:US:reader"), (&agency, "x:US/DOE:reader"), (&agency, "x:KR:reader"), (&user("hong:KR:desk-officer"), "x:KR:reader")]
        {
            assert!(matches!(register.set_user(&user(whom), true, Some(by)).await, Err(Error::NotAllowed { .. })), "{whom}");
        }
        // A name belongs to one party; a party that is not of the register has no users.
        assert!(register.set_user(&user("kim:US:reader"), true, None).await.unwrap_err().to_string().contains("taken"));
        assert!(register.set_user(&user("x:FR:reader"), true, None).await.is_err());
        register.set_user(&user("kim:KR/MSIT:contributor"), false, Some(&boss)).await.unwrap();
        assert_eq!(register.users().await.unwrap(), [boss]);
        assert!(register.user("kim").await.is_err());
    });
}

#[test]
fn mistyped_identifiers_are_noticed() {
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:desk-officer");
        for (kind, text, message) in [
            ("organisation", "{name: x, ror: 05apxxy36}", "'ror' is '05apxxy36'"),
            ("person", "{name: x, orcid: 0000-0002-1825-0098}", "'orcid' is '0000-0002-1825-0098'"),
        ] {
            let error = desk.write(&[add(kind, "x", text)], "", None).await.unwrap_err();
            assert!(error.to_string().contains(message) && error.advice().is_some(), "{error}");
        }
        write(
            &desk,
            &[
                add("organisation", "kaist", "{name: x, ror: 'https://ror.org/05apxxy63'}"),
                add("person", "p", "{name: x, orcid: 0000-0002-1825-0097}"),
            ],
        )
        .await;
    });
}

#[test]
fn links_lead_to_what_is_there_and_seen() {
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:desk-officer");
        write(&desk, &[add("note", "KR:secret", "{text: x}"), add("organisation", "etri", "{name: ETRI}")]).await;
        for (text, message) in [
            ("{text: x, from: [nowhere]}", "'from' names 'nowhere', which is not there"),
            ("{text: x, organisations: [\"KR:secret\"]}", "which is of the kind note"),
            ("{text: x, see: [\"KR:secret\"]}", "to those who do not see it"),
            ("{text: x, see: [n]}", "names"),
        ] {
            let error = desk.write(&[add("note", "n", text)], "", None).await.unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
        }
        // What is not seen is not there: the same words.
        let other = user(register, "smith:US:desk-officer");
        let [hidden, missing] = ["KR:secret", "KR:nothing"].map(|id| format!("{{text: x, see: [\"{id}\"]}}"));
        let hidden = other.write(&[add("note", "n", &hidden)], "", None).await.unwrap_err().to_string();
        let missing = other.write(&[add("note", "n", &missing)], "", None).await.unwrap_err().to_string();
        assert_eq!(hidden.replace("secret", "nothing"), missing);
        // Sharing makes a copy for all, and the private one is removed.
        write(&desk, &[Step::Share { id: "KR:secret".into(), version: 1, to: "open-note".into() }]).await;
        assert_eq!(other.get("open-note").await.unwrap().content, fields("{text: {en: x}}"));
        assert!(desk.get("KR:secret").await.unwrap().removed && other.history("open-note").await.unwrap().len() == 1);
    });
}

/// A call from draft to decision, with reviews and conflicts of interest.
#[test]
fn a_call_runs_by_its_rules() {
    on_each(async |register, _| {
        let (kr, us) = (user(register, "kim:KR:programme-manager"), user(register, "lee:US:programme-manager"));
        let first = dari_model::date::parse("2026-08-20").unwrap();
        let criteria = "[{name: excellence, weight: 3, most: 5}, {name: exchange, weight: 1, most: 5}]";
        write(
            &kr,
            &[
                add("organisation", "kfe", "{name: KFE, side: KR}"),
                add("organisation", "pppl", "{name: PPPL, side: US}"),
                add("organisation", "mit", "{name: MIT, side: US}"),
                add("programme", "fusion", "{name: Fusion, sides: [KR, US]}"),
                Step::Add {
                    kind: "call".into(),
                    id: "call".into(),
                    state: None,
                    day: Some(first),
                    content: fields(&format!(
                        "{{programme: fusion, sides_required: [KR, US], opens: 2026-09-01, closes: 2026-10-31, criteria: {criteria}}}"
                    )),
                },
                Step::Add {
                    kind: "proposal".into(),
                    id: "p1".into(),
                    content: fields("{call: call, team: [{side: KR, organisation: kfe}, {side: US, organisation: pppl}]}"),
                    state: None,
                    day: Some(first),
                },
                Step::Add {
                    kind: "proposal".into(),
                    id: "p2".into(),
                    content: fields("{call: call, team: [{side: KR, organisation: kfe}]}"),
                    state: None,
                    day: Some(first),
                },
            ],
        )
        .await;
        let refused = async |who: &Session<'_>, step: Step, message: &str| {
            let error = who.write(&[step], "", None).await.unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        };
        refused(&kr, to("p1", 1, "submitted", "2026-09-10"), "takes no proposals: it is 'draft'").await;
        write(&kr, &[to("call", 1, "open", "2026-09-01")]).await;
        refused(&kr, edit("call", 2, "{sides_required: [KR]}"), "stay as they are").await;
        refused(&kr, to("p1", 1, "submitted", "2026-11-01"), "takes no proposals on 2026-11-01").await;
        refused(&kr, to("p2", 1, "submitted", "2026-10-01"), "has nobody of US").await;
        write(&kr, &[to("p1", 1, "submitted", "2026-10-31")]).await;
        refused(&kr, to("p1", 2, "selected", "2026-11-02"), "cannot be decided on").await;
        // Reviews: not by somebody of the team; each by one alone.
        refused(&us, add("review", "~r:p1", "{proposal: p1, reviewer: r, organisation: pppl}"), "is in the team").await;
        refused(&us, add("review", "~s:p1", "{proposal: p1, reviewer: r, organisation: mit}"), "not in the scope").await;
        write(&us, &[add("review", "~r:p1", "{proposal: p1, reviewer: r, organisation: mit}")]).await;
        let (reviewer, desk) = (user(register, "r:US:reviewer"), user(register, "hong:KR:desk-officer"));
        assert!(desk.get("~r:p1").await.is_err() && user(register, "s:US:reviewer").get("~r:p1").await.is_err());
        assert!(matches!(kr.write(&[edit("~r:p1", 1, "{scores: {excellence: 5}}")], "", None).await, Err(Error::NotAllowed { .. })));
        refused(&reviewer, edit("~r:p1", 1, "{scores: {excellence: 6}}"), "above 5").await;
        refused(&reviewer, edit("~r:p1", 1, "{scores: {beauty: 1}}"), "no criterion").await;
        write(&reviewer, &[edit("~r:p1", 1, "{scores: {excellence: 4}}")]).await;
        refused(&reviewer, to("~r:p1", 2, "submitted", "2026-11-26"), "no score for exchange").await;
        let done = Step::Move {
            id: "~r:p1".into(),
            version: 2,
            state: "submitted".into(),
            day: None,
            content: fields("{scores: {excellence: 4, exchange: 5}}"),
        };
        write(&reviewer, &[done]).await;
        refused(&reviewer, edit("~r:p1", 3, "{text: more}"), "stays as it is").await;
        write(&kr, &[to("call", 2, "in_review", "2026-11-01")]).await;
        refused(&kr, to("call", 3, "decided", "2026-11-20"), "still submitted").await;
        write(&kr, &[to("p1", 2, "selected", "2026-11-20"), to("call", 3, "decided", "2026-11-20")]).await;
        write(
            &kr,
            &[
                add("project", "project", "{proposal: p1, name: Fusion together}"),
                add("result", "paper", "{type: work, from: [project], reference: 10.1/x}"),
            ],
        )
        .await;
        let lineage = desk.lineage("project").await.unwrap();
        let ids =
            |relatives: &[dari_register::views::Relative]| relatives.iter().map(|relative| relative.record.id.clone()).collect::<Vec<_>>();
        assert_eq!((ids(&lineage.back), ids(&lineage.forth)), (vec!["p1".into(), "call".into(), "fusion".into()], vec!["paper".into()]));
    });
}

#[test]
fn views_show_what_the_desk_needs() {
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:desk-officer");
        write(
            &desk,
            &[
                add("dialogue", "science", "{name: Science, sides: [KR, US]}"),
                add("meeting", "m1", "{dialogue: science, date: 2024-01-22}"),
                add("meeting", "m2", "{dialogue: science, date: 2027-01-20}"),
                Step::Add { kind: "meeting".into(), id: "m0".into(), content: fields("{date: 2026-12-01}"), state: None, day: None },
                add("statement", "s1", "{meeting: m1, date: 2024-01-22, side: KR, period: 2024-05/2024-06, text: {en: workshop}}"),
                add("statement", "s2", "{meeting: m1, date: 2024-01-22, side: US, text: {en: exchange}}"),
                add("statement", "elsewhere", "{date: 2025-01-01, side: US, text: {en: other}}"),
                add(
                    "commitment",
                    "c1",
                    "{from: [s1], made: 2024-02-01, due: 2026-12-10, text: {en: do it}, owners: [{side: KR}, {side: US}]}",
                ),
                add("agreement", "old", "{level: umbrella, signed: 1992-01-06, until: 2027-02-15, notice_months: 3, text: {en: science}}"),
            ],
        )
        .await;
        write(&desk, &[to("old", 1, "signed", "1992-01-06"), to("old", 2, "in_force", "1993-07-29"), to("s2", 1, "agreed", "2024-01-23")])
            .await;
        let open = desk.open(Some("science"), 10).await.unwrap();
        assert_eq!(open.meeting.as_ref().map(|line| line.id.as_str()), Some("m2"));
        // The oldest first: proposed on 22, agreed on 23 January, promised on 1 February.
        assert_eq!(open.lines.iter().map(|line| line.id.as_str()).collect::<Vec<_>>(), ["s1", "s2", "c1"]);
        let summary: Vec<_> = open
            .summary
            .iter()
            .map(|line| (line.sides.as_str(), line.kind.as_str(), line.state.as_str(), line.records, line.overdue))
            .collect();
        // Both s1 (June 2024) and c1 (10 December 2026) are past their date on 20 January 2027.
        assert_eq!(
            summary,
            [("KR", "statement", "proposed", 1, 1), ("KR US", "commitment", "agreed", 1, 1), ("US", "statement", "agreed", 1, 0)]
        );
        assert_eq!(desk.open(None, 10).await.unwrap().meeting.map(|line| line.id), Some("m0".into()));
        let due = |days| async move {
            user(register, "hong:KR:desk-officer").due(days, 10).await.unwrap().into_iter().map(|line| line.id).collect::<Vec<_>>()
        };
        // Today is 26 November 2026, 14 days before 10 December.
        assert_eq!((due(13).await, due(14).await), (vec!["s1".to_owned()], vec!["s1".to_owned(), "c1".to_owned()]));
        // Notice can be given until 15 November 2026: passed.
        let renewals = desk.renewals(0).await.unwrap();
        assert_eq!(renewals.len(), 1);
        assert_eq!(
            (renewals[0].notice, Some(renewals[0].until)),
            (dari_model::date::parse("2026-11-15"), dari_model::date::parse("2027-02-15"))
        );
        let span = Period::parse("2024-01/2024-02").unwrap();
        let timeline = desk.timeline(span, Some("science"), 100).await.unwrap();
        let told: Vec<_> =
            timeline.iter().map(|entry| (dari_model::date::format(entry.day), entry.record.id.as_str(), entry.became.as_deref())).collect();
        let day = |text: &str| text.to_owned();
        assert_eq!(
            told,
            [
                (day("2024-01-22"), "m1", None),
                (day("2024-01-22"), "s1", None),
                (day("2024-01-22"), "s2", None),
                (day("2024-01-23"), "s2", Some("agreed")),
                (day("2024-02-01"), "c1", None),
            ]
        );
        assert_eq!(desk.changes(1_795_651_200_000, 100).await.unwrap().len(), 12);
        assert!(desk.changes(1_795_651_200_001, 100).await.unwrap().is_empty());
    });
}

#[test]
fn a_text_holds_no_zero() {
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:desk-officer");
        for content in ["{text: \"a\\0b\"}", "{text: {en: \"a\\0b\"}}", "{text: x, groups: [\"\\0\"]}"] {
            let error = desk.write(&[add("note", "n", content)], "test", None).await.unwrap_err().to_string();
            assert!(error.contains("U+0000"), "{content}: {error}");
        }
        // Where it is asked for, there is none, or it is refused: the storage does not fail.
        let asked = [
            desk.get("a\0b").await.map(drop),
            desk.search(&["a\0b".into()], &[], 9).await.map(drop),
            desk.balance(Some("\0")).await.map(drop),
        ];
        for answer in asked {
            assert!(matches!(answer, Ok(()) | Err(Error::NotFound(_) | Error::Input { .. })), "{answer:?}");
        }
    });
}

#[test]
fn what_sides_give_is_balanced() {
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:desk-officer");
        write(
            &desk,
            &[
                add("programme", "p", "{name: Exchange, sides: [KR, US]}"),
                add("exchange", "e1", "{home: KR, host_side: US, period: 2024-03-01/2024-03-10, call: p}"),
                add("exchange", "e2", "{home: KR, host_side: US, period: 2024-03}"),
                add("exchange", "e3", "{home: US, host_side: KR}"),
                add("exchange", "gone", "{home: KR, host_side: US}"),
                add("contribution", "g1", "{side: KR, money: {amount: 0.1, currency: KRW}, value: {amount: 2.5, currency: KRW}, to: [p]}"),
                add("contribution", "g2", "{side: KR, money: {amount: 0.2, currency: KRW}}"),
                add("contribution", "g3", "{side: KR, money: {amount: 7, currency: USD}}"),
                add("contribution", "g4", "{side: US, in_kind: {en: beam time}}"),
                // Neither exchange nor contribution, though it has a side.
                add("statement", "s", "{side: KR, date: 2024-01-22, text: {en: proposes}}"),
            ],
        )
        .await;
        write(&desk, &[to("g2", 1, "given", "2026-11-26"), Step::Remove { id: "gone".into(), version: 1 }]).await;
        write(&desk, &[edit("g3", 1, "{money: {amount: 8, currency: USD}}"), edit("e3", 1, "{period: 2024-04-01/2024-04-02}")]).await;
        let exchanges = |lines: Vec<dari_register::views::Exchanges>| -> Vec<(String, String, i64, i64, i64)> {
            lines.into_iter().map(|line| (line.home, line.state, line.people, line.days, line.without_period)).collect()
        };
        let text = |text: &str| text.to_owned();
        // 10 days and the 31 of March; 2 days that were told later.
        assert_eq!(
            exchanges(desk.balance(None).await.unwrap().exchanges),
            [(text("KR"), text("offered"), 2, 41, 0), (text("US"), text("offered"), 1, 2, 0)]
        );
        assert_eq!(exchanges(desk.balance(Some("p")).await.unwrap().exchanges), [(text("KR"), text("offered"), 1, 10, 0)]);
        let contributions = |lines: Vec<dari_register::views::Contributions>| -> Vec<(String, String, String, i64, f64, f64)> {
            lines.into_iter().map(|line| (line.side, line.state, line.currency, line.records, line.money, line.in_kind)).collect()
        };
        assert_eq!(
            contributions(desk.balance(None).await.unwrap().contributions),
            [
                (text("KR"), text("given"), text("KRW"), 1, 0.2, 0.0),
                (text("KR"), text("pledged"), text("KRW"), 1, 0.1, 2.5),
                (text("KR"), text("pledged"), text("USD"), 1, 8.0, 0.0),
                (text("US"), text("pledged"), text(""), 1, 0.0, 0.0),
            ]
        );
        assert_eq!(
            contributions(desk.balance(Some("p")).await.unwrap().contributions),
            [(text("KR"), text("pledged"), text("KRW"), 1, 0.1, 2.5)]
        );
    });
}

#[test]
fn search_in_both_languages() {
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:desk-officer");
        write(
            &desk,
            &[
                add("statement", "kstar", STATEMENT),
                add("note", "KR:memo", "{text: {ko: 양자컴퓨터는 표준연과 협의}}"),
                add("note", "n2", "{text: {en: Quantum workshop 50% done_1}}"),
            ],
        )
        .await;
        let found = async |who: &str, queries: &[&str]| {
            let queries: Vec<String> = queries.iter().map(|query| (*query).to_owned()).collect();
            user(register, who).search(&queries, &[], 10).await.unwrap().0.into_iter().map(|line| line.id).collect::<Vec<_>>()
        };
        assert_eq!(found("h:KR:reader", &["양자"]).await, ["KR:memo"]);
        assert_eq!(found("h:KR:reader", &["양자", "quantum"]).await, ["KR:memo", "n2"]);
        assert_eq!(found("s:US:reader", &["양자", "quantum"]).await, ["n2"]);
        assert_eq!(found("s:US:reader", &["fusion KSTAR 공동"]).await, ["kstar"]);
        assert!(found("s:US:reader", &["fusion quantum"]).await.is_empty() && found("s:US:reader", &["50_"]).await == ["n2"]);
        assert!(desk.search(&["%".to_owned()], &[], 10).await.is_err());
    });
}

#[test]
fn a_file_comes_back_as_it_went() {
    let folders: Vec<Place> = places();
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:programme-manager");
        write(
            &desk,
            &[
                add("organisation", "etri", "{name: {en: ETRI, ko: 한국전자통신연구원}, side: KR, ror: 03ysstz10}"),
                add("statement", "kstar", STATEMENT),
                add("note", "KR:memo", "{text: {ko: \"첫 줄\\n둘째 줄: '따옴표' # 아님\"}, see: [kstar]}"),
                add("contribution", "money", "{side: KR, money: 1800000000000 KRW, value: {amount: 0.1, currency: USD}}"),
                add("note", "a", "{text: \"yes\"}"),
                add("note", "b", "{text: \"2024-01-01\", see: [a]}"),
                edit("a", 1, "{see: [b]}"),
            ],
        )
        .await;
        write(&desk, &[to("kstar", 1, "agreed", "2024-02-01"), to("kstar", 2, "started", "2025-01-01")]).await;
        for form in [Form::Yaml, Form::Json] {
            let text = desk.export(form).await.unwrap();
            // Into a new register of the other storage too, as the same user.
            for place in places() {
                let new = common::register(&place).await;
                let session = user(&new, "hong:KR:programme-manager");
                let rehearsed = session.import(&text, form, "import", false).await.unwrap();
                assert_eq!((rehearsed.written.len(), rehearsed.refused.len()), (8, 0), "{:?}", rehearsed.refused);
                assert!(session.list(&Filter::default()).await.unwrap().is_empty());
                session.import(&text, form, "import", true).await.unwrap();
                assert_eq!(session.export(form).await.unwrap(), text);
                let again = session.import(&text, form, "import", true).await.unwrap();
                assert_eq!((again.written.len(), again.same), (0, 6));
            }
        }
        // What another party imports holds nothing private, and one bad record does not stop the others.
        let other = user(register, "smith:US:desk-officer");
        let text = other.export(Form::Yaml).await.unwrap();
        assert!(!text.contains("KR:memo") && text.contains("kstar"));
        let bad = "dari-register: 1\nrecords:\n- {id: x, kind: note, text: fine}\n- {id: y, kind: notes}\n- {id: z, kind: note, text: z, see: [w]}\n\
                   - {id: w, kind: statement, date: soon}\n- {id: 'KR:v', kind: note, text: v}\n";
        let report = other.import(bad, Form::Yaml, "", true).await.unwrap();
        let refused: Vec<String> = report.refused.iter().map(|refused| format!("{}: {}", refused.place, refused.error)).collect();
        assert_eq!(report.written.len(), 1, "{refused:?}");
        for (place, message) in [
            ("record 2 ('y')", "no kind"),
            ("record 3 ('z')", "not there"),
            ("record 4 ('w')", "'date' is 'soon'"),
            ("record 5 ('KR:v')", "no record"),
        ] {
            assert!(refused.iter().any(|line| line.starts_with(place) && line.contains(message)), "{place} {message}: {refused:?}");
        }
    });
    drop(folders);
}

#[test]
fn a_backup_is_restored_whole_into_either_storage() {
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:desk-officer");
        register.set_user(&"hong:KR:desk-officer".parse().unwrap(), true, None).await.unwrap();
        write(&desk, &[add("statement", "kstar", STATEMENT), add("note", "KR:memo", "{text: x}"), add("note", "gone", "{text: x}")]).await;
        write(&desk, &[to("kstar", 1, "agreed", "2024-02-01"), Step::Remove { id: "gone".into(), version: 1 }]).await;
        write(&user(register, "smith:US:desk-officer"), &[add("note", "US:memo", "{text: y}")]).await;
        let mut backup = Vec::new();
        let events = register.backup(&mut backup, &|_| ()).await.unwrap();
        assert_eq!(events, 7);
        for place in places() {
            let (restored, count) = Register::restore(&place.url, &mut backup.as_slice(), &|_| ()).await.unwrap();
            assert_eq!(count, events);
            assert_eq!(restored.verify(&|_| ()).await.unwrap(), register.verify(&|_| ()).await.unwrap());
            let mut again = Vec::new();
            restored.backup(&mut again, &|_| ()).await.unwrap();
            assert_eq!(again, backup);
            assert_eq!(restored.users().await.unwrap(), register.users().await.unwrap());
            // It goes on as before.
            let desk = user(&restored, "hong:KR:desk-officer");
            assert_eq!(desk.get("kstar").await.unwrap(), user(register, "hong:KR:desk-officer").get("kstar").await.unwrap());
            write(&desk, &[Step::Restore { id: "gone".into(), version: 2 }, edit("kstar", 2, "{side: US}")]).await;
            assert!(restored.verify(&|_| ()).await.unwrap().iter().all(|proof| proof.faults.is_empty()));
            assert!(Register::restore(&place.url, &mut backup.as_slice(), &|_| ()).await.is_err(), "not over what is there");
            restored.close().await;
        }
        // Changed or cut off, nothing is kept.
        let text = String::from_utf8(backup).unwrap();
        let cut: String = text.lines().take(3).map(|line| format!("{line}\n")).collect();
        for broken in [text.replacen("hong", "kang", 1), cut] {
            let place = Place::sqlite();
            assert!(matches!(Register::restore(&place.url, &mut broken.as_bytes(), &|_| ()).await, Err(Error::Broken(_))));
        }
    });
}

/// Whoever writes to the storage past the register is found out.
#[test]
fn the_trail_shows_what_was_touched() {
    let meddling = [
        "UPDATE records SET state = 'done' WHERE id = 'kstar'",
        "UPDATE records SET content = '{}' WHERE id = 'kstar'",
        "UPDATE records SET removed = 1 WHERE id = 'kstar'",
        "UPDATE records SET amount = 6 WHERE id = 'given'",
        "UPDATE records SET giver = 'US' WHERE id = 'given'",
        "DELETE FROM records WHERE id = 'kstar'",
        "INSERT INTO records (key, id, scope, kind, state, open, removed, version, since, begins, ends, due, changed_at, created_by, sides, title_en, title_ko, content)
             SELECT 99, 'copy', scope, kind, state, open, removed, version, since, begins, ends, due, changed_at, created_by, sides, title_en, title_ko, content FROM records WHERE id = 'kstar'",
        "DROP TRIGGER events_stay; UPDATE events SET why = 'other' WHERE id = 'kstar' AND version = 1",
        "DROP TRIGGER events_stay; UPDATE events SET at = at - 1 WHERE version = 2",
        "DROP TRIGGER events_are_kept; DELETE FROM events WHERE id = 'kstar' AND version = 1",
        "DROP TRIGGER events_are_kept; DELETE FROM events WHERE id = 'kstar' AND version = 2",
        "UPDATE chains SET length = 1 WHERE scope = ''",
    ];
    for sql in meddling {
        run(async {
            let place = Place::sqlite();
            let register = register(&place).await;
            let desk = user(&register, "hong:KR:desk-officer");
            let given = add("contribution", "given", "{side: KR, money: {amount: 5, currency: KRW}}");
            write(&desk, &[add("statement", "kstar", STATEMENT), to("kstar", 1, "agreed", "2024-02-01"), given]).await;
            assert!(desk.verify(&|_| ()).await.unwrap().iter().all(|proof| proof.faults.is_empty()));
            let options = format!("sqlite://{}", place.url).parse::<sqlx::sqlite::SqliteConnectOptions>().unwrap();
            let mut raw = sqlx::ConnectOptions::connect(&options).await.unwrap();
            let past = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut raw).await;
            past.unwrap_or_else(|error| panic!("{sql}: {error}"));
            let proofs = register.verify(&|_| ()).await.unwrap();
            assert!(proofs.iter().any(|proof| !proof.faults.is_empty()), "{sql} was not noticed");
        });
    }
    // Without dropping the triggers, events cannot be changed at all.
    for place in places() {
        run(async {
            let register = register(&place).await;
            write(&user(&register, "hong:KR:desk-officer"), &[add("statement", "kstar", STATEMENT)]).await;
            sqlx::any::install_default_drivers();
            let url = if place.url.starts_with("postgres") { place.url.clone() } else { format!("sqlite://{}", place.url) };
            let raw = sqlx::AnyPool::connect(&url).await.unwrap();
            for sql in ["UPDATE events SET why = 'x'", "DELETE FROM events"] {
                let error = sqlx::query(sql).execute(&raw).await.unwrap_err();
                assert!(error.to_string().contains("events are only added"), "{error}");
            }
        });
    }
}

#[test]
fn what_is_no_register_says_so() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("none.sqlite").display().to_string();
        let error = Register::open(&missing).await.unwrap_err();
        assert!(error.to_string().contains("no register at") && error.advice().is_some_and(|text| text.contains("init")));
        assert!(!folder.path().join("none.sqlite").exists());
        let other = folder.path().join("other");
        std::fs::write(&other, "not a database, and long enough to be taken for one by nobody at all").unwrap();
        assert!(Register::open(&other.display().to_string()).await.is_err());
        assert!(Register::open("mysql://localhost/x").await.unwrap_err().to_string().contains("mysql"));
        // The file is its owner's alone.
        #[cfg(unix)]
        {
            let place = Place::sqlite();
            register(&place).await;
            let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&place.url).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    });
}
