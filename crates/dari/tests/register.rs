//! `dari register`, through the built program: one documented session that plays the scenarios S3 and S8 to S13, in SQLite and in PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

use common::{Place, Run};
use rand::{Rng, SeedableRng};
use serde_json::Value;

/// A register of a test: its place, and who works in it.
struct Desk {
    place: Place,
    register: String,
}

impl Desk {
    /// In SQLite, and where it can be had in PostgreSQL.
    fn all() -> Vec<Desk> {
        let sqlite = Desk { place: Place::new(), register: "register.sqlite".to_owned() };
        let postgres = dari_testkit::postgres::database().map(|register| Desk { place: Place::new(), register });
        [Some(sqlite), postgres].into_iter().flatten().collect()
    }

    fn run(&self, user: &str, args: &[&str]) -> Run {
        let mut all = vec!["register", "--register", &self.register];
        if !user.is_empty() {
            all.extend(["--user", user]);
        }
        all.extend(args);
        self.place.run(&all)
    }

    #[track_caller]
    fn ok(&self, user: &str, args: &[&str]) -> Run {
        let run = self.run(user, args);
        assert_eq!(run.status, 0, "{args:?}: {}", run.stderr);
        run
    }

    /// A command that must be refused with these words.
    #[track_caller]
    fn refused(&self, user: &str, args: &[&str], words: &str) {
        let run = self.run(user, args);
        assert!(run.status != 0 && run.stderr.contains(words), "{args:?}: {} {}", run.status, run.stderr);
    }

    #[track_caller]
    fn rows(&self, user: &str, args: &[&str]) -> Vec<Value> {
        let run = self.ok(user, &[args, &["--format", "json"]].concat());
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stdout))
    }

    /// One column of the answer.
    #[track_caller]
    fn column(&self, user: &str, args: &[&str], column: &str) -> Vec<String> {
        self.rows(user, args).iter().map(|row| row[column].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn made() -> Vec<Desk> {
        let desks = Desk::all();
        for desk in &desks {
            let members = [
                "hong:KR:desk-officer",
                "kim:KR:programme-manager",
                "choi:KR:contributor",
                "smith:US:desk-officer",
                "miller:US:programme-manager",
            ];
            let reviewers = ["garcia:US:reviewer", "park:KR:reviewer"];
            let mut args = vec!["init", "--party", "KR", "--party", "US"];
            args.extend(members.iter().chain(&reviewers).flat_map(|member| ["--member", *member]));
            desk.ok("", &args);
            for (id, en, ko, side) in [
                ("org.msit", "Ministry of Science and ICT", "과학기술정보통신부", "KR"),
                ("org.kfe", "Korea Institute of Fusion Energy", "한국핵융합에너지연구원", "KR"),
                ("org.doe", "Department of Energy", "에너지부", "US"),
                ("org.pppl", "Princeton Plasma Physics Laboratory", "프린스턴 플라즈마물리연구소", "US"),
                ("org.mit", "Massachusetts Institute of Technology", "매사추세츠 공과대학교", "US"),
            ] {
                let (en, ko, side) = (format!("name.en={en}"), format!("name.ko={ko}"), format!("side={side}"));
                desk.ok("hong", &["add", "organisation", "--id", id, &en, &ko, &side]);
            }
        }
        desks
    }
}

/// S3: the dialogue as a standing channel, first of two, then of three.
#[test]
fn the_dialogue() {
    for desk in Desk::made() {
        desk.ok("hong", &["add", "dialogue", "--id", "science", "name.en=Science and technology", "name.ko=과학기술 협력", "sides=KR;US"]);
        desk.ok("hong", &["add", "person", "--id", "person.cho", "name.en=Cho", "name.ko=조", "organisation=org.msit", "side=KR"]);
        let participants =
            "participants=[{side: KR, person: person.cho, organisation: org.msit, head: true}, {side: US, organisation: org.doe}]";
        let agenda = "agenda=[{text: {en: Fusion, ko: 핵융합}}, {text: {en: Batteries, ko: 이차전지}}]";
        let held = [
            "add",
            "meeting",
            "--id",
            "doe",
            "dialogue=science",
            "date=January 22, 2024",
            "place.en=Washington",
            "sides=KR;US",
            participants,
            agenda,
        ];
        desk.ok("hong", &[&held[..], &["--state", "held"]].concat());
        let said = ["add", "statement", "--id", "kstar", "meeting=doe", "date=2024-01-22", "side=KR", "to=US"];
        let texts =
            ["text.en=A joint fusion programme with KSTAR", "text.ko=KSTAR를 활용한 핵융합 공동연구", "organisations=org.kfe; org.pppl"];
        desk.ok("hong", &[&said[..], &texts].concat());
        desk.ok(
            "smith",
            &["move", "kstar", "to_be_considered", "--on", "2024-01-22", "--why", "to be reviewed positively", "reply.en=positively"],
        );
        // A statement is not a promise: what was only considered cannot be done.
        desk.refused("hong", &["move", "kstar", "done"], "From 'to_be_considered' it may go to agreed, declined, lapsed");
        desk.ok("hong", &["add", "meeting", "--id", "next", "dialogue=science", "date=2099-03-01", "name.en=Next meeting"]);
        // The private note of one side is there for it alone.
        desk.ok("hong", &["add", "note", "--private", "--id", "memo", "text.ko=미측은 예산을 우려", "see=kstar"]);
        desk.refused("smith", &["show", "KR:memo"], "no record 'KR:memo'");
        desk.refused("smith", &["show", "KR:nothing"], "no record 'KR:nothing'");
        assert_eq!(desk.column("hong", &["search", "예산"], "id"), ["KR:memo"]);
        assert!(desk.column("smith", &["search", "예산"], "id").is_empty());
        let open = desk.rows("smith", &["open", "science"]);
        assert_eq!((open.len(), open[0]["id"].as_str(), open[0]["state"].as_str()), (1, Some("kstar"), Some("to_be_considered")));
        assert!(desk.ok("smith", &["open", "science"]).stderr.contains("2099-03-01"));
        assert_eq!(desk.column("smith", &["timeline", "science", "--until", "2024-12-31"], "id"), ["doe", "kstar", "kstar"]);
        // Japan joins: it sees what is shared, and is counted.
        desk.ok("", &["users", "--add-party", "JP", "--add", "sato:JP:desk-officer"]);
        desk.ok("sato", &["edit", "science", "sides=KR;US;JP"]);
        desk.ok("sato", &["add", "statement", "--id", "quantum", "meeting=doe", "date=2024-01-22", "side=JP", "text.en=Three could do it"]);
        let summary = desk.rows("sato", &["open", "science", "--summary"]);
        let sides: Vec<&str> = summary.iter().map(|row| row["sides"].as_str().unwrap()).collect();
        assert_eq!(sides, ["JP", "KR US"]);
        assert!(desk.run("sato", &["show", "KR:memo"]).status == 1);
        let chain = desk.column("sato", &["chain", "kstar"], "id");
        assert_eq!(chain, ["science", "doe", "kstar"]);
    }
}

/// S8: a joint programme, from the call to facility time and results; S13: what came of it.
#[test]
fn the_programme() {
    for desk in Desk::made() {
        desk.ok("hong", &["add", "statement", "--id", "said", "date=2024-01-22", "side=KR", "text.en=Let us do it"]);
        desk.ok(
            "kim",
            &["add", "programme", "--id", "fusion", "name.en=Fusion together", "sides=KR;US", "from=said", "--state", "running"],
        );
        let criteria = "criteria=[{name: excellence, weight: 2, most: 5}, {name: partnership, weight: 1, most: 5}]";
        let budgets = "budgets=[{side: KR, money: 1000000000 KRW}, {side: US, money: 800000 USD}]";
        let call = [
            "add",
            "call",
            "--id",
            "call",
            "programme=fusion",
            "sides_required=KR;US",
            "opens=2020-01-01",
            "closes=2099-12-31",
            criteria,
            budgets,
        ];
        desk.refused("hong", &call, "a desk-officer may not add this call");
        desk.ok("kim", &[&call[..], &["--on", "2020-01-01"]].concat());
        desk.ok("kim", &["move", "call", "open", "--on", "2020-01-02"]);
        let team = |other: &str| format!("team=[{{side: KR, organisation: org.kfe, lead: true}}, {{side: US, organisation: {other}}}]");
        for (id, other) in [("p1", "org.pppl"), ("p2", "org.mit")] {
            desk.ok("choi", &["add", "proposal", "--id", id, "call=call", &team(other), "facility_days=5", "--on", "2020-01-03"]);
            desk.ok("choi", &["move", id, "submitted"]);
        }
        desk.ok("choi", &["add", "proposal", "--id", "p3", "call=call", "team=[{side: KR, organisation: org.kfe}]"]);
        desk.refused("choi", &["move", "p3", "submitted"], "has nobody of US in its team");
        // Reviewers: who belongs to the team has a conflict of interest.
        desk.refused("hong", &["assign", "p1", "--to", "garcia@org.mit"], "may not give out reviews");
        let check = desk.rows("miller", &["assign", "p2", "--to", "garcia@org.mit", "--to", "park@org.msit", "--check"]);
        assert_eq!(check.iter().map(|row| row["free"].as_bool().unwrap()).collect::<Vec<_>>(), [false, true]);
        desk.ok("miller", &["assign", "p1", "--to", "garcia@org.mit", "--to", "park"]);
        desk.ok("miller", &["assign", "p2", "--to", "garcia@org.mit", "--to", "park"]);
        assert_eq!(desk.column("park", &["list", "review"], "id"), ["~park:p1", "~park:p2"]);
        desk.refused("hong", &["show", "~park:p1"], "no record");
        desk.refused("garcia", &["edit", "~park:p1", "scores={excellence: 1, partnership: 1}"], "no record");
        desk.ok("garcia", &["move", "~garcia:p1", "submitted", "scores={excellence: 5, partnership: 4}"]);
        desk.ok("park", &["move", "~park:p1", "submitted", "scores={excellence: 4, partnership: 5}"]);
        desk.ok("park", &["move", "~park:p2", "conflict", "conflict=former colleague"]);
        desk.ok("kim", &["move", "call", "in_review"]);
        let ranking = desk.rows("kim", &["ranking", "call"]);
        // p1: (2/3 x 5/5 + 1/3 x 4/5 + 2/3 x 4/5 + 1/3 x 5/5) / 2 = (0.9333 + 0.8667) / 2 = 0.9; of p2 no review is in.
        assert_eq!(
            (ranking[0]["proposal"].as_str(), ranking[0]["rank"].as_i64(), ranking[1]["rank"].as_i64()),
            (Some("p1"), Some(1), None)
        );
        assert!((ranking[0]["score"].as_f64().unwrap() - 0.9).abs() < 1e-9);
        desk.refused("choi", &["move", "p1", "selected"], "may not move on this proposal");
        desk.ok("miller", &["move", "p1", "selected", "--why", "first by the ranking"]);
        desk.refused("kim", &["move", "call", "decided"], "'p2' is still submitted");
        desk.ok("miller", &["move", "p2", "not_selected"]);
        desk.ok("kim", &["move", "call", "decided"]);
        desk.ok("kim", &["add", "project", "--id", "project", "proposal=p1", "name.en=Fusion project", "--state", "running"]);
        desk.ok("kim", &["add", "facility", "--id", "kstar", "name.en=KSTAR", "operator=org.kfe", "unit=run days"]);
        desk.ok("kim", &["add", "facility-time", "--id", "time", "facility=kstar", "project=project", "requested=5", "side=US"]);
        desk.refused("kim", &["move", "time", "granted"], "without saying how much");
        desk.ok("kim", &["move", "time", "granted", "granted=4"]);
        desk.refused("kim", &["move", "time", "used", "used=6"], "uses 6 of 4 granted");
        desk.ok("kim", &["move", "time", "used", "used=3"]);
        desk.ok("choi", &["add", "result", "--id", "paper", "type=work", "reference=10.1234/x", "from=project"]);
        desk.refused("choi", &["move", "paper", "accepted"], "may not");
        desk.ok("hong", &["move", "paper", "accepted"]);
        // S13: forth from what was said to what came of it, and back.
        assert_eq!(
            desk.column("smith", &["chain", "said"], "id"),
            ["said", "fusion", "call", "p1", "p2", "p3", "project", "paper", "time"]
        );
        assert_eq!(desk.column("smith", &["chain", "paper"], "id"), ["said", "fusion", "call", "p1", "project", "paper"]);
        let raid: Value = serde_json::from_str(&desk.ok("smith", &["raid", "project"]).stdout).unwrap();
        assert!(raid.to_string().contains("Fusion project"));
        let cerif = desk.ok("smith", &["cerif"]).stdout;
        assert!(cerif.contains("10.1234/x") && cerif.contains("한국핵융합에너지연구원"));
    }
}

/// S9: agreements; S10: a workshop from promise to outcome; S11: exchange; S12: joint research with money of both sides.
#[test]
fn agreements_workshops_exchange_and_money() {
    for desk in Desk::made() {
        let umbrella = ["add", "agreement", "--id", "umbrella", "level=umbrella", "signed=1992-01-06", "name.en=Science and technology"];
        desk.ok("hong", &[&umbrella[..], &["in_force=1993-07-29", "until=2033-02", "notice_months=6", "--state", "signed"]].concat());
        desk.ok("hong", &["move", "umbrella", "in_force", "--on", "1993-07-29"]);
        let parties = "parties=[{side: KR, organisation: org.msit}, {side: US, organisation: org.doe}]";
        desk.ok(
            "hong",
            &["add", "agreement", "--id", "ia", "level=implementing-arrangement", "under=umbrella", "signed=2024-05-01", parties],
        );
        assert_eq!(desk.column("smith", &["chain", "umbrella"], "id"), ["umbrella", "ia"]);
        assert!(desk.column("smith", &["renewals", "--days", "1"], "id").is_empty());
        let renewals = desk.rows("smith", &["renewals", "--days", "36500"]);
        assert_eq!((renewals[0]["until"].as_str(), renewals[0]["notice_by"].as_str()), (Some("2033-02-28"), Some("2032-08-28")));
        // The workshop: promised, planned, held, followed up.
        desk.ok(
            "hong",
            &[
                "add",
                "statement",
                "--id",
                "said",
                "date=2024-01-22",
                "side=US",
                "period=May-June 2024",
                "text.en=workshop",
                "--state",
                "agreed",
            ],
        );
        desk.ok(
            "hong",
            &[
                "add",
                "commitment",
                "--id",
                "promise",
                "from=said",
                "made=2024-01-22",
                "due=2024-06-30",
                "owners=[{side: KR}, {side: US}]",
                "text.en=hold it",
            ],
        );
        assert_eq!(desk.column("smith", &["due", "--days", "0"], "id"), ["promise", "said"]);
        let invited = "invitations=[{name: Kim, side: KR, answer: accepted, attended: true}, {name: Lee, side: US, answer: declined}]";
        let follow = "follow_ups=[{text: {en: Joint paper}, side: KR, due: 2024-12}]";
        let workshop =
            ["add", "workshop", "--id", "workshop", "from=promise", "date=2024-06-03/2024-06-04", "purpose.en=Energy", invited, follow];
        desk.ok("hong", &[&workshop[..], &["--on", "2024-05-01"]].concat());
        desk.ok("smith", &["move", "workshop", "held", "--on", "2024-06-04"]);
        desk.ok("smith", &["move", "promise", "done", "--on", "2024-06-04"]);
        let calendar = desk.ok("smith", &["calendar", "--of", "promise"]).stdout;
        // The last day of a calendar's event is the day after.
        assert!(calendar.contains("DTSTART;VALUE=DATE:20240603\r\n") && calendar.contains("DTEND;VALUE=DATE:20240605\r\n"), "{calendar}");
        // Exchange: a place and a guest are matched; the balance is counted.
        desk.ok("hong", &["add", "person", "--id", "person.lee", "name.en=Lee"]);
        desk.ok(
            "smith",
            &["add", "exchange", "--id", "place", "home=KR", "host_side=US", "host=org.pppl", "wishes=fusion", "period=2025-01/2025-03"],
        );
        desk.ok(
            "hong",
            &["add", "exchange", "--id", "guest", "home=KR", "host_side=US", "guest=person.lee", "wishes=fusion", "period=2025-03"],
        );
        let fits = desk.rows("hong", &["match"]);
        assert_eq!((fits.len(), fits[0]["host"].as_str(), fits[0]["days"].as_i64()), (1, Some("place"), Some(31)));
        desk.refused("hong", &["add", "exchange", "home=KR", "host_side=KR"], "are the same");
        for (id, side, money) in [("c1", "KR", "1,000,000 KRW"), ("c2", "US", "750.50 USD"), ("c3", "KR", "500000 KRW")] {
            desk.ok("hong", &["add", "contribution", "--id", id, &format!("side={side}"), &format!("money={money}"), "to=ia"]);
        }
        let balance = desk.rows("smith", &["balance"]);
        let money: Vec<_> = balance
            .iter()
            .filter(|row| row["what"] == "contribution")
            .map(|row| (row["from"].as_str().unwrap(), row["money"].as_f64().unwrap()))
            .collect();
        assert_eq!(money, [("KR", 1_500_000.0), ("US", 750.5)]);
        assert_eq!(desk.rows("smith", &["balance", "umbrella"]).len(), 2);
    }
}

/// Tables, files, backup, and what was changed behind the register's back.
#[test]
fn in_and_out() {
    for desk in Desk::made() {
        let csv = "id,date,side,text.en,text.ko,organisations\na,2024-01-22,KR,First,첫째,org.kfe; org.pppl\n,May-June 2024,US,Second,,\nc,soon,KR,Third,,\nd,2024,KR,Fourth,,org.none\n";
        let file = desk.place.write("statements.csv", csv);
        let rehearsed = desk.run("hong", &["table", "statement", "--read", &file, "--dry-run"]);
        assert!(
            rehearsed.status == 1 && rehearsed.stderr.contains("2 changes would be written, 0 records as they were, 2 refused"),
            "{}",
            rehearsed.stderr
        );
        assert!(
            rehearsed.stderr.contains("line 4: statement: 'date' is 'soon'")
                && rehearsed.stderr.contains("line 5: 'organisations' names 'org.none'")
        );
        assert!(desk.rows("hong", &["list", "statement"]).is_empty());
        assert_eq!(desk.run("hong", &["table", "statement", "--read", &file]).status, 1);
        assert_eq!(desk.rows("smith", &["list", "statement"]).len(), 2);
        // A workbook comes back as it went.
        let book = desk.place.path("statements.xlsx").display().to_string();
        desk.ok("smith", &["table", "statement", "--write", &book]);
        let again = desk.ok("smith", &["table", "statement", "--read", &book]);
        assert!(again.stderr.contains("0 changes written, 2 records as they were, 0 refused"), "{}", again.stderr);
        desk.refused(
            "hong",
            &["table", "statement", "--read", &desk.place.write("x.csv", "id,colour\na,red\n")],
            "column 'colour': no field 'colour'",
        );
        // A file of all records, into another register.
        let yaml = desk.place.path("all.yaml").display().to_string();
        desk.ok("hong", &["export", &yaml]);
        let other = Desk { place: Place::new(), register: "other.sqlite".to_owned() };
        other.ok("", &["init", "--party", "KR", "--party", "US", "--member", "hong:KR:desk-officer"]);
        other.ok("", &["import", &yaml]);
        assert_eq!(other.ok("", &["export"]).stdout, std::fs::read_to_string(&yaml).unwrap());
        // Backup and restore, from either storage into SQLite, with the same fingerprints.
        let backup = desk.place.path("backup.jsonl").display().to_string();
        desk.ok("", &["backup", &backup]);
        let restored = Desk { place: Place::new(), register: "restored.sqlite".to_owned() };
        restored.ok("", &["restore", &backup]);
        assert_eq!(restored.rows("", &["verify"]), desk.rows("", &["verify"]));
        assert_eq!(restored.ok("hong", &["export"]).stdout, desk.ok("hong", &["export"]).stdout);
        let noted = desk.column("", &["verify"], "fingerprint").remove(0);
        desk.ok("hong", &["add", "note", "text.en=later"]);
        desk.ok("hong", &["verify", "--noted", &noted]);
        desk.refused("hong", &["verify", "--noted", "00ff"], "is in no chain");
        // Stale changes show both versions; a key makes a command one that may be given twice.
        desk.ok("hong", &["edit", "a", "reply.en=yes", "--key", "k"]);
        desk.refused("smith", &["edit", "a", "reply.en=no", "--version", "1"], "reply: yours {\"en\":\"no\"}, stored {\"en\":\"yes\"}");
        desk.ok("hong", &["remove", "a", "--why", "entered twice"]);
        assert_eq!(desk.rows("smith", &["list", "statement"]).len(), 1);
        desk.ok("hong", &["remove", "a", "--undo", "--why", "it was not"]);
        assert_eq!(desk.column("smith", &["history", "a"], "action"), ["added", "edited", "removed", "restored"]);
    }
}

/// A press text becomes drafts, of which only those are stored that somebody says yes to.
#[test]
fn drafts_are_stored_with_a_yes_only() {
    for desk in Desk::made() {
        let text = "published: 2024-01-26\n\nThe Ministry of Science and ICT proposed a joint workshop with the Department of Energy in May-June 2024.\nThe weather was cold.\n";
        let file = desk.place.write("release.txt", text);
        let drafts = desk.rows("hong", &["draft", &file]);
        assert_eq!(drafts.len(), 1, "{drafts:?}");
        let (from, to) = (drafts[0]["from_character"].as_u64().unwrap() as usize, drafts[0]["to_character"].as_u64().unwrap() as usize);
        assert_eq!(
            &text[from - 1..to],
            "The Ministry of Science and ICT proposed a joint workshop with the Department of Energy in May-June 2024."
        );
        assert_eq!((drafts[0]["state"].as_str(), drafts[0]["dates"].as_str()), (Some("proposed"), Some("2024-05/2024-06")));
        assert!(desk.rows("hong", &["list", "statement"]).is_empty());
        // Nobody is there to be asked, and nothing is stored.
        desk.refused("hong", &["draft", &file, "--store"], "nobody is there to be asked");
        assert!(desk.rows("hong", &["list", "statement"]).is_empty());
        desk.ok("hong", &["draft", &file, "--store", "--yes", "1", "--title", "Release"]);
        let stored = desk.rows("hong", &["list", "statement"]);
        assert_eq!(
            (stored.len(), stored[0]["state"].as_str(), stored[0]["begins"].as_str(), stored[0]["due"].as_str()),
            (1, Some("proposed"), Some("2024-01-26"), Some("2024-06-30"))
        );
        let fields = desk.rows("hong", &["show", stored[0]["id"].as_str().unwrap()]);
        let organisations: Vec<&str> =
            fields.iter().filter(|row| row["field"] == "organisations").map(|row| row["value"].as_str().unwrap()).collect();
        assert_eq!(organisations, ["org.msit", "org.doe"]);
    }
}

/// The shipped record: every view has something to show, and nothing that is invented is without its mark.
#[test]
fn the_shipped_register() {
    for desk in Desk::all() {
        desk.ok("", &["init", "--demo"]);
        desk.refused("", &["init", "--demo"], "already");
        for args in [
            &["open", "dialogue.kr-us-science"][..],
            &["due", "--days", "400"],
            &["renewals", "--days", "500"],
            &["balance"],
            &["timeline"],
            &["changes"],
            &["search", "KSTAR"],
        ] {
            assert!(!desk.rows("hong", args).is_empty(), "{args:?}");
        }
        assert!(desk.column("hong", &["search", "핵융합"], "id").len() > 1);
        let proofs = desk.rows("", &["verify"]);
        assert!(proofs.iter().all(|row| row["whole"] == true), "{proofs:?}");
        // Each side has notes that the other does not see.
        let notes = |user: &str| desk.column(user, &["list", "note"], "id");
        assert!(notes("hong").iter().any(|id| id.starts_with("KR:")) && !notes("hong").iter().any(|id| id.starts_with("US:")));
        assert!(notes("smith").iter().any(|id| id.starts_with("US:")) && !notes("smith").iter().any(|id| id.starts_with("KR:")));
    }
}

/// Killed at any instant, what was confirmed is there, and the trail is whole.
#[test]
fn what_was_confirmed_survives_a_kill() {
    for desk in Desk::made() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
        let (mut confirmed, mut killed) = (Vec::new(), 0);
        // How long a write takes hangs on the machine and what else runs on it: the longest wait grows with every write that was cut off and shrinks with every one
        // that was not, so that about half of them are.
        let mut longest = 60_000.0;
        for number in 0..500 {
            if killed >= 25 && confirmed.len() >= 25 {
                break;
            }
            let id = format!("n{number}");
            let mut writer = desk
                .place
                .command(&["register", "--register", &desk.register, "--user", "hong", "add", "note", "--id", &id, "text.en=written"])
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_micros(random.random_range(0..longest as u64)));
            writer.kill().unwrap();
            let status = writer.wait().unwrap();
            killed += usize::from(!status.success());
            let mut told = String::new();
            writer.stderr.take().unwrap().read_to_string(&mut told).unwrap();
            if told.contains(&format!("{id}: version 1")) {
                confirmed.push(id);
                longest *= 0.95;
            } else {
                longest *= 1.08;
            }
        }
        let there = desk.column("hong", &["list", "note", "--most", "1000"], "id");
        for id in &confirmed {
            assert!(there.contains(id), "{id} was confirmed and is not there");
        }
        assert!(killed >= 25 && confirmed.len() >= 25, "{killed} killed, {} confirmed of 500", confirmed.len());
        assert!(desk.rows("", &["verify"]).iter().all(|row| row["whole"] == true));
        desk.ok("hong", &["add", "note", "--id", "after", "text.en=goes on"]);
    }
}

/// S13: works that followed are found in the lake and decided on; the comparison is made where the data suffice. And of S8: joint works are a conflict of interest.
#[test]
fn results_and_conflicts_are_found_in_the_lake() {
    let desk = Desk::made().remove(0);
    let [kaist, mit] = [common::KAIST, common::MIT];
    let works = desk.place.write("works.jsonl", common::joint_works());
    desk.place.ok(&["load", "openalex", &works]);
    desk.place.ok(&["load", "topics", &common::demo("topics/openalex_topics.csv")]);
    let awards = "award_id,title,amount,currency,start_date,end_date,country,agency,organisation,organisation_country
Q,Quantum computing algorithms with trapped ion qubits,1000,USD,2018-01-01,2019-12-31,US,NSF,Massachusetts Institute of Technology,US
P,Medieval poetry,1000,USD,2019-01-01,2019-12-31,US,NSF,Massachusetts Institute of Technology,US
E,Quantum computing before,1000,USD,2016-01-01,2016-12-31,US,NSF,Massachusetts Institute of Technology,US
O,Quantum computing elsewhere,1000,USD,2018-01-01,2018-12-31,US,NSF,Stanford University,US
";
    let awards = desk.place.write("awards.csv", awards);
    desk.place.ok(&["load", "awards", "--source", "table", "--name", "own", &awards]);
    desk.place.ok(&["load", "ror", &common::demo("ror/ror.jsonl.gz")]);
    for (id, ror, side) in [("org.kaist", kaist, "KR"), ("org.us-mit", mit, "US")] {
        desk.ok("hong", &["add", "organisation", "--id", id, &format!("name.en={id}"), &format!("ror={ror}"), &format!("side={side}")]);
    }
    desk.ok(
        "hong",
        &[
            "add",
            "agreement",
            "--id",
            "memo",
            "level=memorandum",
            "signed=2017-01-15",
            "name.en=Memo",
            "organisations=org.kaist; org.us-mit",
        ],
    );
    let found = desk.rows("hong", &["results", "memo"]);
    // Five works a year of 2017 to 2021, and the awards that MIT holds, begun since; in quantum there is one of these.
    let of = |rows: &[Value], kind: &str| {
        rows.iter().filter(|row| row["type"] == kind).map(|row| row["reference"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((of(&found, "work").len(), of(&found, "award")), (25, vec!["own:P".to_owned(), "own:Q".to_owned()]));
    desk.ok(
        "hong",
        &[
            "add",
            "agreement",
            "--id",
            "quantum",
            "level=memorandum",
            "signed=2017-01-15",
            "name.en=Quantum",
            "organisations=org.kaist; org.us-mit",
            "technologies=kr-nst-2023/quantum",
        ],
    );
    assert_eq!(desk.column("hong", &["results", "quantum"], "reference"), ["own:Q"]);
    desk.ok(
        "hong",
        &[
            "add",
            "agreement",
            "--id",
            "odd",
            "level=memorandum",
            "signed=2017-01-15",
            "name.en=Odd",
            "organisations=org.kaist; org.us-mit",
            "technologies=quantum",
        ],
    );
    desk.refused("hong", &["results", "odd"], "'quantum' is no technology");
    let reference = found[0]["reference"].as_str().unwrap();
    let at_once =
        desk.column("hong", &["results", "memo", "--accept", reference, "--refuse", found[1]["reference"].as_str().unwrap()], "decided");
    assert_eq!((at_once[0].as_str(), at_once[1].as_str()), ("accepted", "refused"));
    let decided = desk.column("smith", &["results", "memo"], "decided");
    assert_eq!((decided[0].as_str(), decided[1].as_str(), decided[2].as_str()), ("accepted", "refused", ""));
    assert_eq!(desk.rows("smith", &["list", "result"]).len(), 2);
    assert_eq!(desk.rows("smith", &["chain", "memo"]).len(), 3);
    // Two a year were to be expected, five were there.
    let effect = desk.ok("hong", &["results", "memo", "--effect", "--format", "json"]);
    let years: Vec<Value> = serde_json::from_str(&effect.stdout).unwrap();
    assert_eq!(years.len(), 12);
    for year in &years {
        let after = year["year"].as_i64().unwrap() >= 2017;
        let (observed, gap) = (if after { 5.0 } else { 2.0 }, if after { 3.0 } else { 0.0 });
        assert_eq!((year["after"].as_bool(), year["observed"].as_f64()), (Some(after), Some(observed)));
        assert!((year["gap"].as_f64().unwrap() - gap).abs() < 1e-6, "{year}");
    }
    assert!(effect.stderr.contains("not a cause"), "{}", effect.stderr);
    desk.ok(
        "hong",
        &[
            "add",
            "agreement",
            "--id",
            "late",
            "level=memorandum",
            "signed=2021-01-15",
            "name.en=Late",
            "organisations=org.kaist; org.us-mit",
        ],
    );
    desk.refused("hong", &["results", "late", "--effect"], "the data do not suffice");
    // Author 1 wrote with author 2 in every year; 2 has no work with 900.
    desk.ok("hong", &["add", "person", "--id", "lead", "name.en=Lead", "author=A1"]);
    desk.ok("kim", &["add", "call", "--id", "call", "closes=2022-06-30", "criteria=[{name: a, weight: 1, most: 5}]"]);
    desk.ok("kim", &["add", "proposal", "--id", "p", "call=call", "team=[{side: KR, organisation: org.kfe, person: lead}]"]);
    let check = desk.rows("kim", &["assign", "p", "--to", "garcia@org.mit/A2", "--to", "park@org.msit/A900", "--check"]);
    // Since 2019: one work a year until 2021.
    assert_eq!((check[0]["free"].as_bool(), check[1]["free"].as_bool()), (Some(false), Some(true)));
    assert_eq!(check[0]["conflicts"].as_str(), Some("3 joint works since 2019 with lead"));
}

#[test]
fn misuse_says_what_to_do() {
    let desk = Desk { place: Place::new(), register: "none.sqlite".to_owned() };
    desk.refused("", &["list"], "dari register init");
    desk.ok("", &["init", "--party", "KR", "--party", "US"]);
    desk.refused("", &["list"], "no users yet");
    desk.refused("", &["users", "--add", "hong:FR:reader"], "no party of this register");
    desk.refused("", &["users", "--add", "hong:KR:king"], "no role");
    desk.ok("", &["users", "--add", "hong:KR:desk-officer"]);
    desk.refused("", &["add", "statment", "date=2024"], "no kind 'statment'");
    desk.refused("", &["add", "statement", "date"], "is no FIELD=VALUE");
    desk.refused("", &["add", "statement", "date=2024", "colour=red"], "no field 'colour'");
    desk.ok("", &["users", "--add", "lee:KR:reader"]);
    desk.refused("", &["list"], "hong, lee");
    desk.refused("lee", &["add", "note", "text.en=x"], "a reader may not add this note");
    desk.ok("", &["users", "--close", "lee"]);
    desk.refused("lee", &["list"], "no user 'lee'");
}

/// The bench does all it says on a small register: what was confirmed is counted, and a fault would be an error.
#[test]
fn the_bench_runs() {
    let place = Place::new();
    let small = ["--records", "1000", "--private", "100", "--rows", "50", "--writers", "8", "--seconds", "1", "--times", "2"];
    let rows = place.rows(&[&["bench", "register"], &small[..]].concat());
    let of =
        |what: &str| rows.iter().find(|row| row["what"] == what).unwrap_or_else(|| panic!("{what}: {rows:?}"))["rows"].as_i64().unwrap();
    assert_eq!((of("table: rehearsed"), of("table: read")), (50, 50));
    // Each of the ten meetings has 99 records after it, of which 39 are statements and 20 commitments said to come of them.
    assert!(of("chain: from a meeting") >= 39 && of("writers: changes confirmed") > 0);
}
