//! `dari serve`, through the built program: who may ask what, that answers are those of the command line, jobs, the register over HTTP, signing in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Place, demo};
use serde_json::{Value, json};
use ureq::http::{Method, Request};

/// A server that ends with the test.
struct Server {
    child: Child,
    address: String,
    /// What it said when it began.
    said: Vec<String>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer.
#[derive(Debug)]
struct Got {
    status: u16,
    headers: BTreeMap<String, String>,
    bytes: Vec<u8>,
}

impl Got {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// The answer of a request that must succeed.
    #[track_caller]
    fn ok(self) -> Got {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text());
        self
    }

    /// The problem of a request that must be refused so.
    #[track_caller]
    fn refused(self, status: u16, words: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        let told = format!("{} {}", problem["detail"], problem["hint"]);
        assert!(told.contains(words), "'{words}' is not in {told}");
        problem
    }
}

/// Whoever asks: what they send with every request.
#[derive(Debug, Clone, Default)]
struct As {
    headers: Vec<(String, String)>,
}

impl As {
    fn with(mut self, name: &str, value: &str) -> As {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn token(secret: &str) -> As {
        As::default().with("authorization", &format!("Bearer {secret}"))
    }
}

impl Server {
    fn start(place: &Place, args: &[&str]) -> Server {
        let all = [&["serve", "--listen", "127.0.0.1:0"], args].concat();
        let mut child = place.command(&all).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = Vec::new();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        for line in lines.by_ref() {
            let line = line.unwrap();
            let done = line.starts_with("Ctrl-C");
            said.push(line);
            if done {
                break;
            }
        }
        // What it says later is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let address = said.iter().find_map(|line| line.strip_prefix("dari is at ")).unwrap_or_else(|| panic!("{said:?}")).to_owned();
        Server { child, address, said }
    }

    fn send(&self, who: &As, method: &str, path: &str, body: Option<(&str, Vec<u8>)>) -> Got {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(120)))
            .build()
            .new_agent();
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(format!("{}{path}", self.address));
        for (name, value) in &who.headers {
            request = request.header(name, value);
        }
        let (media, bytes) = body.map_or((None, Vec::new()), |(media, bytes)| (Some(media), bytes));
        if let Some(media) = media {
            request = request.header("content-type", media);
        }
        let mut answer = agent.run(request.body(bytes).unwrap()).unwrap();
        let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
        let headers = headers.collect();
        let mut bytes = Vec::new();
        answer.body_mut().as_reader().read_to_end(&mut bytes).unwrap();
        Got { status: answer.status().as_u16(), headers, bytes }
    }

    fn get(&self, who: &As, path: &str) -> Got {
        self.send(who, "GET", &format!("/api/v1/{path}"), None)
    }

    fn give(&self, who: &As, method: &str, path: &str, body: &Value) -> Got {
        self.send(who, method, &format!("/api/v1/{path}"), Some(("application/json", body.to_string().into_bytes())))
    }

    /// Signs in with the code of an invitation: what a browser sends from then on.
    fn browser(&self, code: &str) -> As {
        let got = self.give(&As::default(), "POST", "invitations", &json!({"code": code, "password": PASSWORD})).ok();
        let cookie = got.headers["set-cookie"].split(';').next().unwrap().to_owned();
        As::default().with("cookie", &cookie).with("x-csrf-token", got.json()["csrf"].as_str().unwrap())
    }

    /// Waits until a job ends.
    fn ended(&self, who: &As, id: &str) -> Value {
        let begin = Instant::now();
        loop {
            let job = self.get(who, &format!("jobs/{id}")).ok().json();
            if job["state"] != "running" {
                return job;
            }
            assert!(begin.elapsed() < Duration::from_secs(100), "{job}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

const PASSWORD: &str = "a bridge of two sides";

/// The code that a line ends with.
fn code(line: &str) -> String {
    line.split("code=").nth(1).unwrap().split(' ').next().unwrap().to_owned()
}

/// A register with a user of every role for Korea and one of the other side.
fn register(place: &Place) {
    let members = ROLES.map(|role| format!("{role}:KR:{role}"));
    let mut args = vec!["register", "init", "--party", "KR", "--party", "US"];
    args.extend(members.iter().flat_map(|member| ["--member", member]));
    args.extend(["--member", "smith:US:desk-officer"]);
    place.ok(&args);
}

const ROLES: [&str; 8] = ["reader", "contributor", "desk-officer", "programme-manager", "reviewer", "administrator", "auditor", "guest"];

/// A user of the register as a browser that is signed in.
fn signed_in(place: &Place, server: &Server, name: &str) -> As {
    let said = place.ok(&["register", "users", "--invite", name]).stderr;
    server.browser(&code(&said))
}

/// An access token of a user.
fn token(server: &Server, browser: &As, writes: bool) -> String {
    let made = server.give(browser, "POST", "tokens", &json!({"about": "a test", "writes": writes, "days": 1})).ok();
    made.json()["secret"].as_str().unwrap().to_owned()
}

/// Topics, works by country and topic, joint works and awards: a lake of a second.
fn small_lake(place: &Place) {
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    place.ok(&["load", "aggregates", "country-topic", &demo("aggregates/country_topic_2010_2024.parquet")]);
    place.ok(&["load", "budgets", &demo("budgets/budgets.csv")]);
}

#[test]
fn every_address_as_every_role_and_as_nobody() {
    let place = Place::new();
    register(&place);
    let server = Server::start(&place, &["--rate", "10000"]);
    let document = server.get(&As::default(), "openapi.json").ok().json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut visitors: Vec<(&str, As, bool)> = vec![("nobody", As::default(), false)];
    for role in ROLES {
        let browser = signed_in(&place, &server, role);
        let (writing, reading) = (token(&server, &browser, true), token(&server, &browser, false));
        visitors.push((role, As::token(&writing), true));
        visitors.push((role, As::token(&reading), false));
    }
    let open = ["/session", "/invitations", "/health", "/sign-in/openid", "/sign-in/openid/back"];
    let administrators = ["/users", "/loads"];
    let mut asked = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let short = path.strip_prefix("/api/v1").unwrap();
        let concrete = path.replace("{id}", "note-that-is-not-there").replace("{name}", "someone").replace("{kind}", "note");
        for method in operations.as_object().unwrap().keys().filter(|key| ["get", "post", "put", "patch", "delete"].contains(&key.as_str()))
        {
            for (who, send, writes) in &visitors {
                // A body that no handler takes for right: what is asked is only whether it gets that far.
                let body = (method != "get").then(|| ("application/json", b"{}".to_vec()));
                let send = send.clone().with("if-match", "\"1\"");
                let got = server.send(&send, &method.to_uppercase(), &concrete, body);
                asked += 1;
                let what = format!("{method} {short} as {who} (writes: {writes}): {} {}", got.status, got.text());
                assert!(got.status < 500, "{what}");
                let is_open = open.contains(&short);
                let managed = administrators.iter().any(|managed| short.starts_with(managed)) && !(short == "/loads" && method == "get");
                match (*who, method.as_str()) {
                    ("nobody", _) if is_open => assert_ne!(got.status, 403, "{what}"),
                    ("nobody", _) => assert_eq!(got.status, 401, "{what}"),
                    (_, changing) if changing != "get" && !writes => assert_eq!(got.status, 403, "{what}"),
                    // Users are managed on the page alone: a token that leaked must not become an account.
                    ("administrator", changing) if short.starts_with("/users") && changing != "get" => {
                        assert_eq!(got.status, 403, "{what}")
                    }
                    ("administrator", _) if managed => assert!(![401, 403].contains(&got.status), "{what}"),
                    (_, _) if managed => assert_eq!(got.status, 403, "{what}"),
                    _ => assert!(got.status != 401 || is_open, "{what}"),
                }
                if got.status >= 400 {
                    assert_eq!(got.headers["content-type"], "application/problem+json", "{what}");
                }
                let described = &operations[method]["responses"][got.status.to_string()];
                assert!(described.is_object(), "not in the document: {what}");
            }
        }
    }
    assert!(asked > 50 * visitors.len(), "{asked}");
    // What roles may write is the register's own rule: the same over HTTP.
    for (who, send, writes) in visitors.iter().filter(|(_, _, writes)| *writes) {
        let note = json!({"kind": "note", "id": format!("note-{who}"), "content": {"text": "x"}});
        let got = server.give(send, "POST", "register/records", &note);
        let may = !["reader", "reviewer", "auditor", "guest"].contains(who);
        assert_eq!(got.status, if may { 201 } else { 403 }, "{who} ({writes}): {}", got.text());
    }
}

#[test]
fn answers_are_those_of_the_command_line_in_every_form() {
    let place = Place::new();
    small_lake(&place);
    let server = Server::start(&place, &["--demo"]);
    let nobody = As::default();
    // The command that the answer names gives the same rows, notes and CSV.
    for path in [
        "compare?countries=KR,US&technology=quantum,batteries&lang=ko",
        "opportunities?countries=Korea,JP&draws=50",
        "frameworks/list",
        "status?files=true",
        "awards?budgets=true&missing-years=nearest",
    ] {
        let got = server.get(&nobody, path).ok();
        let answer = got.json();
        let command = answer["command"].as_str().unwrap();
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        let run = place.ok(&[&words[..], &["--format", "json"]].concat());
        assert_eq!(answer["rows"], serde_json::from_str::<Value>(&run.stdout).unwrap(), "{command}");
        let notes: Vec<&str> = answer["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect();
        assert_eq!(notes.join("\n"), run.stderr.trim_end(), "{command}");
        assert_eq!(answer["lake"]["version"], 3);
        let csv = server.get(&nobody, &format!("{path}{}format=csv", if path.contains('?') { '&' } else { '?' })).ok();
        assert_eq!(csv.text(), place.ok(&[&words[..], &["--format", "csv"]].concat()).stdout, "{command}");
        assert!(csv.headers["content-disposition"].starts_with("attachment; filename=\"dari-"));
    }
    let sql =
        "sql?query=SELECT%20country,%20sum(works)%20AS%20works%20FROM%20country_topic_year%20GROUP%20BY%20country%20ORDER%20BY%20country";
    let rows = server.get(&nobody, sql).ok().json()["rows"].as_array().unwrap().len();
    assert!(rows > 40);
    for (media, begins) in [
        ("application/vnd.apache.parquet", &b"PAR1"[..]),
        ("application/vnd.apache.arrow.stream", &[0xff, 0xff, 0xff, 0xff]),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    ] {
        let got = server.get(&nobody.clone().with("accept", media), sql).ok();
        assert_eq!(got.headers["content-type"], media);
        assert!(got.bytes.starts_with(begins), "{media}");
        let read = match media {
            "application/vnd.apache.parquet" => {
                let file = std::fs::File::open(place.write("answer.parquet", got.bytes)).unwrap();
                let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
                reader.metadata().file_metadata().num_rows() as usize
            }
            "application/vnd.apache.arrow.stream" => {
                let reader = arrow::ipc::reader::StreamReader::try_new(&got.bytes[..], None).unwrap();
                reader.map(|batch| batch.unwrap().num_rows()).sum()
            }
            _ => rows,
        };
        assert_eq!(read, rows, "{media}");
    }
    server.get(&nobody.clone().with("accept", "image/png"), sql).refused(406, "text/csv");
    server.get(&nobody, "frameworks/list?format=docx").refused(400, "xlsx");
    // What is wrong is told with what to do.
    server.get(&nobody, "opportunities?countries=KR").refused(400, "2 values");
    server.get(&nobody, "compare?countries=KR,US&lake=/etc").refused(400, "Parameters are");
    server.get(&nobody, "compare?countries=KR,US&technology=astrology").refused(400, "astrology");
    server.get(&nobody, "trend?countries=KR,US").refused(422, "dari load aggregates country-pairs");
    server.get(&nobody, "sql?query=DROP%20TABLE%20works").refused(422, "only reading");
    server.get(&nobody, "nothing").refused(404, "openapi.json");
    // Rows and time of SQL have limits, which the answer tells.
    let many = server.get(&nobody, "sql?query=SELECT%20*%20FROM%20country_topic_year&limit=5").ok().json();
    assert_eq!(many["rows"].as_array().unwrap().len(), 5);
    assert!(many["notes"][0].as_str().unwrap().contains("more rows"), "{}", many["notes"]);
    let all =
        server.get(&nobody, "sql?query=SELECT%20*%20FROM%20country_topic_year%20CROSS%20JOIN%20(SELECT%201)&limit=9999999").ok().json();
    assert_eq!(all["rows"].as_array().unwrap().len(), 100_000);
    server.get(&nobody, "sql?query=SELECT%20repeat('x',%20100000)%20FROM%20country_topic_year&limit=20000").refused(422, "larger than");
    server.get(&nobody, "sql?query=SELECT%201&size-limit=64GB").refused(400, "no parameter");
    let slow =
        "sql?time-limit=1&query=SELECT%20sum(a.works*b.works)%20FROM%20country_topic_year%20a%20CROSS%20JOIN%20country_topic_year%20b";
    server.get(&nobody, slow).refused(422, "stopped");
    // An answer is known by its tag until the lake changes.
    let first = server.get(&nobody, "frameworks/list").ok();
    let again = nobody.clone().with("if-none-match", &first.headers["etag"]);
    assert_eq!(server.get(&again, "frameworks/list").status, 304);
    place.ok(&["load", "screening", &demo("screening/dod_section_1286.csv")]);
    std::thread::sleep(Duration::from_millis(700));
    let newer = server.get(&again, "frameworks/list").ok();
    assert_eq!(newer.json()["lake"]["version"], 4);
    let older = server.get(&nobody, "status?as-of=3").ok().json();
    assert_eq!((&older["command"], &older["lake"]["version"]), (&json!("dari status --as-of 3"), &json!(3)));
    server.get(&nobody, "status?as-of=99").refused(400, "no version");
    assert!(older["rows"].as_array().unwrap().iter().all(|row| row["table"] != "screening"), "{}", older["rows"]);
}

#[test]
fn without_sign_in_one_reads_what_is_shared_from_this_machine_only() {
    let place = Place::new();
    let server = Server::start(&place, &["--demo"]);
    let nobody = As::default();
    let session = server.get(&nobody, "session").ok().json();
    assert_eq!((&session["user"], &session["mode"]), (&Value::Null, &json!("demo")));
    // The shipped register, without what either side keeps to itself.
    let found = server.get(&nobody, "register/search?q=KSTAR").ok().json();
    assert!(found["total"].as_u64().unwrap() > 3);
    let mut next = Some(String::new());
    let mut seen = Vec::new();
    while let Some(cursor) = next {
        let page = server.get(&nobody, &format!("register/records?limit=50&cursor={cursor}")).ok().json();
        seen.extend(page["records"].as_array().unwrap().clone());
        next = page["next"].as_str().map(str::to_owned);
        if seen.len() > 10_000 {
            panic!("the pages do not end");
        }
    }
    let register = place.path("lake/_dari/demo-register.sqlite");
    let listed = place.rows(&["register", "--register", &register.to_string_lossy(), "--user", "hong", "list", "--most", "10000"]);
    let ids = |rows: &[Value]| rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let shared: Vec<String> = ids(&listed).into_iter().filter(|id| !id.contains(':')).collect();
    assert_eq!(ids(&seen), shared);
    assert!(shared.len() > 150 && shared.len() < listed.len(), "{} of {}", shared.len(), listed.len());
    let page = nobody.clone().with("x-csrf-token", session["csrf"].as_str().unwrap());
    // A document to leave with.
    let pdf = server.get(&nobody, "briefing?kind=renewal&record=example.agreement&lang=ko").ok();
    assert!(pdf.bytes.starts_with(b"%PDF-1.7") && pdf.headers["content-type"] == "application/pdf");
    let docx = server.get(&nobody, "briefing?kind=renewal&record=example.agreement&format=docx").ok();
    assert!(docx.bytes.starts_with(b"PK") && docx.headers["content-disposition"].contains("dari-renewal.en.docx"));
    server.get(&nobody, "briefing?kind=renewal&record=example.agreement&internal=true").refused(403, "private");
    server.get(&nobody, "briefing?kind=renewal&record=nothing").refused(404, "no record");
    server.get(&nobody, "briefing?kind=renewal").refused(400, "needs a record");
    // Nobody signs in here, and a session or token of the register counts for nothing.
    let nobodys = json!({"name": "kim", "password": PASSWORD, "code": "x"});
    server.give(&page, "POST", "session", &nobodys).refused(403, "demonstration");
    server.give(&page, "POST", "invitations", &nobodys).refused(403, "demonstration");
    server.get(&As::token("dari_0"), "session").ok();
    // Nothing is written, not even with the page's token.
    let note = json!({"kind": "note", "content": {"text": "x"}});
    server.give(&page, "POST", "register/records", &note).refused(403, "reading");
    server.give(&page, "POST", "register/records?rehearse=true", &note).refused(403, "reading");
    for (method, path) in
        [("PUT", "users/x"), ("POST", "tokens"), ("POST", "loads"), ("POST", "register/import"), ("POST", "register/drafts")]
    {
        let status =
            server.give(&page, method, path, &json!({"party": "KR", "role": "administrator", "about": "x", "days": 1, "text": "x"})).status;
        assert!([401, 403].contains(&status), "{path}: {status}");
    }
    // A name of another site that was turned to this machine is not answered to.
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80"] {
        server.get(&nobody.clone().with("host", host), "session").refused(421, "localhost");
    }
    let run = place.run(&["serve", "--demo", "--listen", "0.0.0.0:0"]);
    assert!(run.status != 0 && run.stderr.contains("loopback"), "{}", run.stderr);
    let run = place.run(&["serve"]);
    assert!(run.status != 0 && run.stderr.contains("dari serve --demo"), "{}", run.stderr);
    // Another server on the same lake would take this one's jobs for cut off.
    let run = place.run(&["serve", "--demo", "--listen", "127.0.0.1:0"]);
    assert!(run.status != 0 && run.stderr.contains("another server"), "{}", run.stderr);
    // The page and what browsers are told with it.
    let page = server.send(&nobody, "GET", "/desk/records/a.b", None);
    assert!(
        page.headers["content-security-policy"].contains("script-src 'self'")
            && !page.headers["content-security-policy"].contains("unsafe")
    );
    assert_eq!((page.headers["x-content-type-options"].as_str(), page.headers["x-frame-options"].as_str()), ("nosniff", "DENY"));
}

#[test]
fn signing_in() {
    let place = Place::new();
    register(&place);
    let server = Server::start(&place, &[]);
    // The first run says how the administrators begin: the one there is, and one for the other country.
    let codes: Vec<&String> =
        server.said.iter().filter(|line| line.contains("administrator")).filter(|line| line.contains("code=")).collect();
    assert_eq!(codes.len(), 2, "{:?}", server.said);
    assert!(codes[1].contains("administrator-us"));
    let nobody = As::default();
    server.get(&nobody, "register/records").refused(401, "who are you");
    let got = server.give(&nobody, "POST", "invitations", &json!({"code": code(codes[0]), "password": PASSWORD})).ok();
    let cookie = got.headers["set-cookie"].clone();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("Secure"), "{cookie}");
    assert_eq!(got.json()["user"], json!({"name": "administrator", "party": "KR", "side": "KR", "role": "administrator"}));
    let own = As::default().with("cookie", cookie.split(';').next().unwrap());
    let csrf = got.json()["csrf"].as_str().unwrap().to_owned();
    // What changes anything needs the session's token, and comes from no other site.
    let user = json!({"party": "KR", "role": "reader"});
    server.give(&own, "PUT", "users/lee", &user).refused(403, "token");
    server.give(&own.clone().with("x-csrf-token", &"0".repeat(64)), "PUT", "users/lee", &user).refused(403, "token");
    let page = own.clone().with("x-csrf-token", &csrf);
    server.give(&page.clone().with("origin", "https://evil.example"), "PUT", "users/lee", &user).refused(403, "another site");
    server.give(&page.clone().with("origin", &server.address), "PUT", "users/lee", &user).ok();
    // Nor does a form of another site, which cannot send JSON, sign anybody in.
    let form = Some(("application/x-www-form-urlencoded", b"name=lee&password=x".to_vec()));
    server.send(&nobody, "POST", "/api/v1/session", form).refused(415, "");
    server.give(&page, "PUT", "users/lee", &json!({"party": "US", "role": "reader"})).refused(403, "belongs to US");
    let invited = server.give(&page, "POST", "users/lee/invitation", &json!({})).ok().json();
    let lee = server.browser(invited["code"].as_str().unwrap());
    assert_eq!(server.get(&lee, "session").ok().json()["user"]["role"], "reader");
    let users = server.get(&page, "users").ok().json();
    let of = |name: &str| users["users"].as_array().unwrap().iter().find(|user| user["name"] == name).unwrap()["account"].clone();
    assert_eq!((of("lee"), of("reader")), (json!(true), json!(false)));
    // Wrong passwords are not told from wrong names, and lock after five.
    let try_in = |name: &str, password: &str| server.give(&nobody, "POST", "session", &json!({"name": name, "password": password}));
    let wrong = [try_in("lee", "wrong"), try_in("nobody-of-this-name", PASSWORD)].map(|got| got.refused(401, "wrong"));
    assert_eq!(wrong[0], wrong[1]);
    assert_eq!(try_in("lee", PASSWORD).ok().json()["user"]["name"], "lee");
    for _ in 0..5 {
        try_in("lee", "wrong").refused(401, "wrong");
    }
    try_in("lee", PASSWORD).refused(423, "locked until");
    let first = try_in("administrator", PASSWORD);
    assert_eq!(first.status, 200);
    // An address that goes on trying has to wait.
    let statuses: Vec<u16> = (0..20).map(|_| try_in("someone", "wrong").status).collect();
    assert_eq!(statuses.last(), Some(&429));
    // A second factor.
    assert_eq!(server.get(&page, "second-factor").ok().json()["active"], false);
    let proposed = server.give(&page, "POST", "second-factor", &json!({})).ok().json();
    let app = totp_rs::Totp::from_url(proposed["url"].as_str().unwrap()).unwrap();
    server.give(&page, "PUT", "second-factor", &json!({"code": "000000"})).refused(400, "not good");
    server.give(&page, "PUT", "second-factor", &json!({"code": app.generate_current().to_string()})).ok();
    assert_eq!(server.get(&page, "second-factor").ok().json()["active"], true);
    let reading = token(&server, &page, true);
    server.give(&As::token(&reading), "DELETE", "second-factor", &json!({"code": "000000"})).refused(403, "token");
    // A session ends when it is ended, and when its user is closed.
    server.send(&page.clone().with("x-csrf-token", &csrf), "DELETE", "/api/v1/users/lee", None).ok();
    server.get(&lee, "register/records").refused(401, "");
    server.send(&page, "DELETE", "/api/v1/users/administrator", None).refused(400, "yourself");
    let out = server.send(&page, "DELETE", "/api/v1/session", None).ok();
    assert!(out.headers["set-cookie"].contains("Max-Age=0"));
    server.get(&own, "register/records").refused(401, "");
    // The second run asks nobody to begin.
    drop(server);
    let server = Server::start(&place, &[]);
    assert!(server.said.iter().all(|line| !line.contains("code=")), "{:?}", server.said);
}

/// A provider of identities for a test: it vouches for whoever it is told to.
struct Provider {
    address: String,
    /// What it says of the next who signs in.
    claims: Arc<Mutex<Value>>,
}

impl Provider {
    fn start() -> Provider {
        use openidconnect::core::{CoreJsonWebKeySet, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
        use openidconnect::{JsonWebKeyId, PrivateSigningKey};
        use rsa::pkcs1::EncodeRsaPrivateKey;
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap().to_pkcs1_pem(rsa::pkcs1::LineEnding::LF).unwrap();
        let key = CoreRsaPrivateSigningKey::from_pem(&key, Some(JsonWebKeyId::new("k".to_owned()))).unwrap();
        let keys = serde_json::to_string(&CoreJsonWebKeySet::new(vec![key.as_verification_key()])).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let claims = Arc::new(Mutex::new(Value::Null));
        let (said, own) = (Arc::clone(&claims), address.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut first = String::new();
                reader.read_line(&mut first).unwrap();
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    if line.trim().is_empty() {
                        break;
                    }
                    if let Some(bytes) = line.to_lowercase().strip_prefix("content-length:") {
                        length = bytes.trim().parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let body = String::from_utf8(body).unwrap();
                let answer = if first.contains("/.well-known/openid-configuration") {
                    json!({"issuer": own, "authorization_endpoint": format!("{own}/authorize"), "token_endpoint": format!("{own}/token"), "jwks_uri": format!("{own}/keys"),
                        "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"]})
                    .to_string()
                } else if first.contains("/keys") {
                    keys.clone()
                } else {
                    // The code must come with the verifier of PKCE, and the statement is of the nonce that it was asked with.
                    assert!(body.contains("code=a-code") && body.contains("code_verifier="), "{body}");
                    let part = |value: &Value| base64url(value.to_string().as_bytes());
                    let signed = format!("{}.{}", part(&json!({"alg": "RS256", "kid": "k"})), part(&said.lock().unwrap()));
                    let signature = key.sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, signed.as_bytes()).unwrap();
                    json!({"access_token": "x", "token_type": "Bearer", "id_token": format!("{signed}.{}", base64url(&signature))})
                        .to_string()
                };
                std::io::Write::write_all(
                    &mut stream,
                    format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
                        answer.len()
                    )
                    .as_bytes(),
                )
                .unwrap();
            }
        });
        Provider { address, claims }
    }

    /// What it says of somebody whom it was asked about with a nonce.
    fn say(&self, nonce: &str, more: Value) {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let mut claims = json!({"iss": self.address, "aud": "dari", "sub": "s-1", "iat": now, "exp": now + 300, "nonce": nonce});
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        *self.claims.lock().unwrap() = claims;
    }
}

fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    bytes
        .chunks(3)
        .flat_map(|three| {
            let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
            (0..=three.len()).map(move |at| char::from(LETTERS[(bits >> (18 - 6 * at) & 63) as usize]))
        })
        .collect()
}

#[test]
fn signing_in_by_a_provider_of_identities() {
    let place = Place::new();
    register(&place);
    place.ok(&["register", "users", "--add", "hong:KR:desk-officer", "--add", "lee:KR:reader"]);
    let provider = Provider::start();
    let args = [
        "--openid-issuer",
        &provider.address,
        "--openid-client",
        "dari",
        "--openid-domain",
        "msit.example",
        "--openid-party",
        "KR",
        "--address",
        "http://127.0.0.1:8080",
    ];
    let server = Server::start(&place, &args);
    let nobody = As::default();
    assert_eq!(server.get(&nobody, "session").ok().json()["openid"], true);
    let begin = || {
        let sent = server.get(&nobody, "sign-in/openid");
        assert_eq!(sent.status, 303, "{}", sent.text());
        let to = sent.headers["location"].clone();
        let of = |name: &str| {
            to.split(['?', '&'])
                .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
                .unwrap_or_else(|| panic!("{name}: {to}"))
                .to_owned()
        };
        assert!(to.starts_with(&provider.address) && of("code_challenge_method") == "S256" && of("response_type") == "code", "{to}");
        assert_eq!(of("redirect_uri"), "http%3A%2F%2F127.0.0.1%3A8080%2Fapi%2Fv1%2Fsign-in%2Fopenid%2Fback");
        let cookie = sent.headers["set-cookie"].split(';').next().unwrap().to_owned();
        (As::default().with("cookie", &cookie), of("state"), of("nonce"))
    };
    let come = |browser: &As, state: &str| server.get(browser, &format!("sign-in/openid/back?code=a-code&state={state}"));
    let hong = json!({"email": "hong@msit.example", "email_verified": true});
    let (browser, state, nonce) = begin();
    provider.say(&nonce, hong.clone());
    let back = come(&browser, &state);
    assert_eq!((back.status, back.headers["location"].as_str()), (303, "/"));
    let session = back.headers["set-cookie"].clone();
    assert!(session.contains("HttpOnly") && session.contains("SameSite=Strict"), "{session}");
    let own = As::default().with("cookie", session.split(';').next().unwrap());
    assert_eq!(server.get(&own, "session").ok().json()["user"]["name"], "hong");
    let refused = |got: Got, why: &str| {
        assert_eq!((got.status, got.headers["location"].as_str()), (303, format!("/sign-in?refused={why}").as_str()), "{}", got.text());
        assert!(got.headers["set-cookie"].starts_with("dari_sign_in=;"), "{:?}", got.headers);
    };
    // Once, and for the browser that was sent.
    refused(come(&browser, &state), "late");
    let (_, state, nonce) = begin();
    provider.say(&nonce, hong.clone());
    refused(come(&nobody, &state), "late");
    refused(server.get(&nobody, "sign-in/openid/back?error=access_denied"), "cancelled");
    // What the provider says must be of this sign-in, of this program, from this provider, of now, and checked.
    for (wrong, why) in [
        (json!({"nonce": "another"}), "failed"),
        (json!({"aud": "another"}), "failed"),
        (json!({"iss": "https://evil.example"}), "failed"),
        (json!({"exp": 1_000_000}), "failed"),
        (json!({"sub": "s-9", "email_verified": false}), "unknown"),
        (json!({"sub": "s-9", "email": "nobody@msit.example"}), "unknown"),
        (json!({"sub": "s-9", "email": "lee@evil.example"}), "unknown"),
        // Another subject does not become hong by hong's address.
        (json!({"sub": "s-9"}), "unknown"),
    ] {
        let (browser, state, nonce) = begin();
        let mut claims = hong.as_object().unwrap().clone();
        claims.extend(wrong.as_object().unwrap().clone());
        provider.say(&nonce, Value::Object(claims));
        refused(come(&browser, &state), why);
    }
    let run = place.run(&[
        "serve",
        "--openid-issuer",
        "http://id.example",
        "--openid-client",
        "dari",
        "--openid-party",
        "KR",
        "--address",
        "https://dari.example",
    ]);
    assert!(run.status == 2 && run.stderr.contains("https://"), "{}", run.stderr);
}

#[test]
fn addresses_are_those_that_a_proxy_says_only_where_there_is_one() {
    let place = Place::new();
    register(&place);
    for (args, apart) in [(&["--behind-proxy"][..], true), (&[], false)] {
        let server = Server::start(&place, args);
        // What the visitor says comes first; the last is what the proxy saw.
        let from = |address: &str| As::default().with("x-forwarded-for", &format!("192.0.2.9, {address}"));
        // Each tries another name, for names are locked too.
        let try_in = |who: &As, at: usize| {
            server.give(who, "POST", "session", &json!({"name": format!("nobody-{apart}-{at}"), "password": "wrong"})).status
        };
        let statuses: Vec<u16> = (0..22).map(|at| try_in(&from("192.0.2.1"), at)).collect();
        assert_eq!((statuses[0], statuses[21]), (401, 429));
        assert_eq!(try_in(&from("192.0.2.2"), 22), if apart { 401 } else { 429 }, "{args:?}");
    }
}

#[test]
fn the_register_over_http() {
    let place = Place::new();
    register(&place);
    let server = Server::start(&place, &["--rate", "10000"]);
    let hong = signed_in(&place, &server, "desk-officer");
    let smith = signed_in(&place, &server, "smith");
    let statement = json!({"date": "2024-01-22", "side": "KR", "to": "US", "text": {"en": "Joint fusion research with KSTAR", "ko": "KSTAR를 활용한 핵융합 공동연구"}});
    // A rehearsal says what is wrong, and stores nothing.
    let wrong = json!({"kind": "statement", "content": {"side": "KR"}});
    server.give(&hong, "POST", "register/records?rehearse=true", &wrong).refused(400, "'date' is missing");
    let right = json!({"kind": "statement", "content": statement, "why": "minutes"});
    assert_eq!(server.give(&hong, "POST", "register/records?rehearse=true", &right).status, 204);
    assert_eq!(server.get(&hong, "register/records").ok().json()["records"], json!([]));
    // A request that is sent twice is done once.
    let once = hong.clone().with("idempotency-key", "k1");
    let named = json!({"kind": "statement", "id": "kstar", "content": statement, "why": "minutes"});
    let first = server.give(&once, "POST", "register/records", &named);
    assert_eq!((first.status, first.headers["etag"].as_str()), (201, "\"1\""));
    server.give(&once, "POST", "register/records", &named).ok();
    server.give(&hong, "POST", "register/records", &named).refused(400, "there");
    // Also where the id is made: the second time it is the same.
    let twice = hong.clone().with("idempotency-key", "k2");
    let made = || {
        server.give(&twice, "POST", "register/records", &json!({"kind": "note", "content": {"text": "sent twice"}})).ok().json()["id"]
            .clone()
    };
    assert_eq!(made(), made());
    let id = server.give(&hong, "POST", "register/records", &right).ok().json()["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("statement-joint-fusion-research"), "{id}");
    // Changes say from which version they start; the second of two is told with what is stored.
    let edit = |who: &As, version: &str, text: &str| {
        server.give(
            &who.clone().with("if-match", version),
            "PATCH",
            "register/records/kstar",
            &json!({"content": {"reply": {"en": text}}, "why": "x"}),
        )
    };
    server.give(&hong, "PATCH", "register/records/kstar", &json!({"content": {}})).refused(428, "If-Match");
    assert_eq!(edit(&hong, "\"1\"", "first").ok().json()["version"], 2);
    let told = edit(&smith, "\"1\"", "second").refused(412, "version 2");
    assert_eq!((&told["stored"]["version"], &told["stored"]["content"]["reply"]["en"]), (&json!(2), &json!("first")));
    let moved = server.give(
        &smith.clone().with("if-match", "\"2\""),
        "POST",
        "register/records/kstar/move",
        &json!({"state": "to_be_considered", "day": "2024-01-22"}),
    );
    assert_eq!(moved.ok().json()["since"], "2024-01-22");
    server
        .give(&smith.clone().with("if-match", "\"3\""), "POST", "register/records/kstar/move", &json!({"state": "dreamt"}))
        .refused(400, "dreamt");
    let history = server.get(&hong, "register/records/kstar/history").ok().json();
    let actions: Vec<&str> = history["events"].as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["added", "edited", "moved"]);
    // What is private is nothing to the other side, until it is shared.
    let note = json!({"kind": "note", "id": "own", "content": {"text": "our own thoughts on KSTAR", "about": ["kstar"]}, "private": true});
    let made = server.give(&hong, "POST", "register/records", &note);
    let made = if made.status == 400 {
        server.give(
            &hong,
            "POST",
            "register/records",
            &json!({"kind": "note", "id": "own", "content": {"text": "our own thoughts on KSTAR", "see": ["kstar"]}, "private": true}),
        )
    } else {
        made
    };
    assert_eq!(made.ok().json()["private"], "KR");
    for path in [
        "register/records/KR:own",
        "register/records/KR:own/history",
        "register/records/KR:own/named-by",
        "register/records/KR:own/lineage",
    ] {
        server.get(&smith, path).refused(404, "KR:own");
        server.get(&hong, path).ok();
    }
    for path in [
        "register/search?q=thoughts",
        "register/records",
        "register/records?id=KR:own,kstar",
        "register/changes",
        "register/records/kstar/named-by",
        "register/export",
        "register/timeline",
    ] {
        assert!(!server.get(&smith, path).ok().text().contains("own thoughts"), "{path}");
    }
    let naming = |who: &As| server.get(who, "register/records/kstar/named-by").ok().json()["records"].as_array().unwrap().len();
    assert_eq!((naming(&hong), naming(&smith)), (1, 0));
    assert_eq!(server.get(&hong, "register/search?q=KSTAR&kind=note").ok().json()["total"], 1);
    server.get(&hong, "register/search?q=KSTAR&kind=dream").refused(400, "Kinds are");
    let shared = server
        .give(&hong.clone().with("if-match", "\"1\""), "POST", "register/records/KR:own/share", &json!({"why": "agreed"}))
        .ok()
        .json();
    assert_eq!((&shared["id"], &shared["private"]), (&json!("own"), &Value::Null));
    assert_eq!(naming(&smith), 1);
    // Removing needs a reason, and can be taken back.
    let at = |version: &str| hong.clone().with("if-match", version);
    server.send(&at("\"1\""), "DELETE", "/api/v1/register/records/own", None).refused(400, "why");
    assert_eq!(server.send(&at("\"1\""), "DELETE", "/api/v1/register/records/own?why=typed%20twice", None).status, 204);
    assert_eq!(server.get(&hong, "register/records?removed=true&kind=note").ok().json()["records"].as_array().unwrap().len(), 2);
    server.give(&at("\"2\""), "POST", "register/records/own/restore", &json!({"why": "not after all"})).ok();
    // Files, drafts and the proof.
    let calendar = server.get(&hong, "register/calendar.ics?lang=ko").ok();
    assert!(calendar.text().starts_with("BEGIN:VCALENDAR"));
    let yaml = server.get(&hong, "register/export").ok();
    let import = |who: &As, rehearse: bool| {
        let path = format!("/api/v1/register/import?rehearse={rehearse}");
        server.send(who, "POST", &path, Some(("application/yaml", yaml.bytes.clone()))).ok().json()
    };
    assert_eq!(
        (import(&hong, true)["written"].as_array().unwrap().len(), import(&hong, false)["refused"].as_array().unwrap().len()),
        (0, 0)
    );
    let text =
        "SEOUL, 22 January 2024 - The Ministry of Science and ICT proposed joint research on quantum sensors to the Department of Energy.";
    let drafts =
        server.give(&hong, "POST", "register/drafts", &json!({"text": text, "published": "2024-01-22", "title": "A release"})).ok().json();
    let draft = &drafts["drafts"][0];
    assert_eq!((&draft["kind"], &draft["state"]), (&json!("statement"), &json!("proposed")), "{drafts}");
    assert_eq!(draft["content"]["sources"][0]["title"], "A release");
    let proof = server.get(&hong, "register/verify").ok().json();
    assert_eq!(proof["whole"], true, "{proof}");
}

/// What needs the lake beside the register (S8, S13), and the register as files.
#[test]
fn results_reviewers_and_files_over_http() {
    let place = Place::new();
    register(&place);
    place.ok(&["load", "openalex", &place.write("works.jsonl", common::joint_works())]);
    place.ok(&["load", "topics", &demo("topics/openalex_topics.csv")]);
    place.ok(&["load", "ror", &demo("ror/ror.jsonl.gz")]);
    let server = Server::start(&place, &["--rate", "10000"]);
    let hong = signed_in(&place, &server, "desk-officer");
    let kim = signed_in(&place, &server, "programme-manager");
    let add = |who: &As, kind: &str, id: &str, content: Value| {
        server.give(who, "POST", "register/records", &json!({"kind": kind, "id": id, "content": content})).ok();
    };
    for (id, ror, side) in [("org.kaist", common::KAIST, "KR"), ("org.us-mit", common::MIT, "US")] {
        add(&hong, "organisation", id, json!({"name": {"en": id}, "ror": ror, "side": side}));
    }
    let memo = json!({"level": "memorandum", "signed": "2017-01-15", "name": {"en": "Memo"}, "organisations": ["org.kaist", "org.us-mit"]});
    add(&hong, "agreement", "memo", memo.clone());
    // Five works a year of 2017 to 2021.
    let found = server.get(&hong, "register/records/memo/results").ok().json();
    let rows = found["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 25);
    assert_eq!(found["command"], format!("dari register results memo --most 100 --as-of {}", found["lake"]["version"]));
    assert!(found["notes"].to_string().contains("25 found since 2017-01-15"), "{}", found["notes"]);
    let csv = server.get(&hong, "register/records/memo/results?format=csv").ok();
    assert_eq!((csv.headers["content-type"].as_str(), csv.text().lines().count()), ("text/csv", 26));
    let references = json!({"accept": [rows[0]["reference"]], "refuse": [rows[1]["reference"]]});
    let decided = server.give(&hong, "POST", "register/records/memo/results", &references).ok().json();
    assert_eq!((&decided["rows"][0]["decided"], &decided["rows"][1]["decided"]), (&json!("accepted"), &json!("refused")));
    let results = server.get(&hong, "register/records?kind=result").ok().json();
    assert_eq!(results["records"].as_array().unwrap().len(), 2);
    server.give(&hong, "POST", "register/records/memo/results", &json!({"accept": ["W1"]})).refused(400, "'W1' was not found");
    let reader = signed_in(&place, &server, "reader");
    server
        .give(&reader, "POST", "register/records/memo/results", &json!({"accept": [rows[2]["reference"]]}))
        .refused(403, "a reader may not");
    let effect = server.get(&hong, "register/records/memo/results?effect=true").ok().json();
    let gap = |year: usize| effect["rows"][year - 2010]["gap"].as_f64().unwrap();
    assert!((gap(2020) - 3.0).abs() < 1e-6 && gap(2012).abs() < 1e-6, "{effect}");
    assert!(effect["notes"].to_string().contains("not a cause"));
    add(&hong, "agreement", "bare", json!({"level": "memorandum", "signed": "2017-01-15", "name": {"en": "Bare"}}));
    server.get(&hong, "register/records/bare/results").refused(422, "links no organisation");
    // What is private to one side leads the other nowhere.
    server.give(&hong, "POST", "register/records", &json!({"kind": "agreement", "id": "own", "content": memo, "private": true})).ok();
    server.get(&hong, "register/records/KR:own/results").ok();
    let smith = signed_in(&place, &server, "smith");
    server.get(&smith, "register/records/KR:own/results").refused(404, "no record 'KR:own'");
    server.give(&smith, "POST", "register/records/KR:own/results", &json!({"accept": ["W101"]})).refused(404, "no record 'KR:own'");

    let briefing =
        |who: &As, internal: bool| server.get(who, &format!("briefing?kind=renewal&record=KR:own&format=html&internal={internal}"));
    briefing(&smith, true).refused(404, "no record 'KR:own'");
    briefing(&hong, false).refused(404, "no record 'KR:own'");
    assert!(briefing(&hong, true).ok().text().contains("Internal to KR"));

    // Joint works and the same organisation are conflicts of interest.
    add(&hong, "person", "lead", json!({"name": {"en": "Lead"}, "author": "A1"}));
    add(&kim, "call", "call", json!({"closes": "2022-06-30", "criteria": [{"name": "a", "weight": 1, "most": 5}], "name": {"en": "Call"}}));
    add(
        &kim,
        "proposal",
        "p",
        json!({"call": "call", "team": [{"side": "KR", "organisation": "org.kaist", "person": "lead"}], "name": {"en": "P"}}),
    );
    let reviewers = server.get(&kim, "register/reviewers").ok().json();
    assert_eq!(reviewers, json!({"reviewers": [{"name": "reviewer", "party": "KR"}]}));
    server.get(&hong, "register/reviewers").refused(403, "may not give out reviews");
    let check = |to: &str| server.get(&kim, &format!("register/records/p/conflicts?to={to}")).ok().json()["rows"][0].clone();
    assert_eq!(check("reviewer@org.us-mit/A2")["conflicts"], "3 joint works since 2019 with lead");
    assert_eq!(check("reviewer@org.kaist")["conflicts"], "same organisation: org.kaist");
    assert_eq!(check("reviewer@org.us-mit/A900")["free"], true);
    server.get(&hong, "register/records/p/conflicts?to=reviewer").refused(403, "may not give out reviews");
    let give = |organisation: &str| {
        let to = json!({"to": [{"user": "reviewer", "organisation": organisation}], "due": "2022-07-31"});
        server.give(&kim, "POST", "register/records/p/reviewers", &to)
    };
    give("org.kaist").refused(422, "nobody is free");
    assert_eq!(give("org.us-mit").ok().json()["rows"][0]["free"], true);
    let reviewer = signed_in(&place, &server, "reviewer");
    let reviews = server.get(&reviewer, "register/records?kind=review").ok().json();
    assert_eq!(reviews["records"].as_array().unwrap().len(), 1, "{reviews}");

    // Tables go out and come in again; a wrong row does not stop the others.
    for form in ["csv", "xlsx"] {
        let table = server.get(&hong, &format!("register/tables/organisation?form={form}")).ok();
        let send =
            |bytes: Vec<u8>| server.send(&hong, "POST", "/api/v1/register/tables/organisation", Some(("text/csv", bytes))).ok().json();
        let again = send(table.bytes);
        assert_eq!((&again["same"], &again["written"], &again["refused"]), (&json!(2), &json!([]), &json!([])), "{form}");
    }
    let rows = "name.en,side,parent\nKFE,KR,\nNowhere,US,org.none\n";
    let send = |query: &str| {
        let path = format!("/api/v1/register/tables/organisation?{query}");
        server.send(&hong, "POST", &path, Some(("text/csv", rows.into()))).ok().json()
    };
    let count = |imported: &Value| ["written", "refused"].map(|what| imported[what].as_array().unwrap().len());
    let organisations = || server.get(&hong, "register/records?kind=organisation").ok().json()["records"].as_array().unwrap().len();
    assert_eq!((count(&send("rehearse=true")), organisations()), ([1, 1], 2));
    let stored = send("private=true");
    assert_eq!((count(&stored), organisations()), ([1, 1], 3));
    assert!(stored["written"][0]["id"].as_str().unwrap().starts_with("KR:organisation-"), "{stored}");
    assert!(stored["refused"][0]["place"].as_str().unwrap().contains('3'), "{stored}");
    server.get(&hong, "register/tables/dream").refused(404, "no kind 'dream'");
    let cerif = server.get(&hong, "register/cerif.xml").ok().text();
    assert!(cerif.contains("org.kaist") && !cerif.contains("KFE"), "{cerif}");
    add(&kim, "project", "project", json!({"name": {"en": "Joint project"}, "proposal": "p"}));
    let raid = server.get(&hong, "register/records/project/raid").ok().text();
    assert!(raid.contains("Joint project"), "{raid}");
    server.get(&hong, "register/records/memo/raid").refused(400, "'memo' is no project");
}

#[test]
fn jobs_tell_their_progress_can_be_stopped_and_survive_or_fail() {
    let place = Place::new();
    place.load_conferences();
    register(&place);
    let mut server = Server::start(&place, &["--rate", "10000"]);
    let hong = signed_in(&place, &server, "desk-officer");
    let later = hong.clone().with("prefer", "respond-async");
    let question = "networks?venue=ICRA&countries=KR&from=2015";
    let begun = server.get(&later, question);
    assert_eq!(begun.status, 202);
    let job = begun.json();
    let id = job["id"].as_str().unwrap();
    assert_eq!(begun.headers["location"], format!("/api/v1/jobs/{id}"));
    // The same question is the same job.
    let again = server.get(&later, question);
    assert!(again.status == 200 || again.json()["id"] == id);
    assert_eq!(server.ended(&hong, id)["state"], "done");
    let answer = server.get(&hong, &format!("jobs/{id}/answer")).ok().json();
    let run = place.rows(&["networks", "--venue", "ICRA", "--countries", "KR", "--from", "2015"]);
    assert_eq!(answer["rows"], json!(run));
    assert!(answer["notes"].as_array().unwrap().iter().all(|note| !note.as_str().unwrap().starts_with('…')), "{}", answer["notes"]);
    // From now on it is known.
    assert_eq!(server.get(&later, question).status, 200);
    // Who comes late is told how it ended; another user is told of no such job.
    let events = server.get(&hong, &format!("jobs/{id}/events")).ok();
    assert_eq!(events.headers["content-type"], "text/event-stream");
    assert!(events.text().contains("event: end\ndata: {"), "{}", events.text());
    let reader = signed_in(&place, &server, "reader");
    for path in [format!("jobs/{id}"), format!("jobs/{id}/answer"), format!("jobs/{id}/events")] {
        server.get(&reader, &path).refused(404, "no job");
    }
    assert_eq!(server.get(&reader, "jobs").ok().json()["jobs"], json!([]));
    // A question that fails says why.
    let failing = server.get(&later, "networks?venue=No%20such%20venue").json();
    let ended = server.ended(&hong, failing["id"].as_str().unwrap());
    assert!(ended["state"] == "failed" && !ended["error"].as_str().unwrap().is_empty(), "{ended}");
    server.get(&hong, &format!("jobs/{}/answer", failing["id"].as_str().unwrap())).refused(409, "");
    // One that is stopped ends at once.
    let long = "partners/suggest?between=KR&and=US&venue=ICRA&again=true";
    server.get(&later, long).refused(400, "again");
    let long = server.get(&later, "partners/suggest?between=KR&and=US").json();
    let long = long["id"].as_str().unwrap();
    let begin = Instant::now();
    while server.get(&hong, &format!("jobs/{long}")).ok().json()["progress"] == json!([]) {
        assert!(begin.elapsed() < Duration::from_secs(60), "no progress");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(server.send(&hong, "DELETE", &format!("/api/v1/jobs/{long}"), None).status, 204);
    assert_eq!(server.ended(&hong, long)["state"], "cancelled");
    // One that is under way when the server is killed has failed when it comes up again, and can be asked anew.
    let cut = server.get(&later, "partners/suggest?between=KR&and=JP").json();
    let cut = cut["id"].as_str().unwrap().to_owned();
    assert_eq!(server.get(&hong, &format!("jobs/{cut}")).ok().json()["state"], "running");
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let server = Server::start(&place, &["--rate", "10000"]);
    let told = server.get(&hong, &format!("jobs/{cut}")).ok().json();
    assert!(told["state"] == "failed" && told["error"].as_str().unwrap().contains("went down"), "{told}");
    assert_eq!(server.get(&hong, &format!("jobs/{id}/answer")).ok().json()["rows"], answer["rows"]);
}

#[test]
fn files_are_loaded_by_administrators_within_bounds() {
    let place = Place::new();
    register(&place);
    let server = Server::start(&place, &["--upload", "16MB"]);
    let administrator = signed_in(&place, &server, "administrator");
    let form = |parts: &[(&str, Option<&str>, &[u8])]| {
        let mut body = Vec::new();
        for (name, file, bytes) in parts {
            let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
            body.extend(format!("--dari\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
            body.extend_from_slice(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--dari--\r\n");
        Some(("multipart/form-data; boundary=dari", body))
    };
    let budgets = std::fs::read(demo("budgets/budgets.csv")).unwrap();
    let kinds = server.get(&administrator, "loads").ok().json();
    assert!(kinds["kinds"].as_array().unwrap().iter().any(|kind| kind["name"] == "budgets"));
    let send = |who: &As, parts: &[(&str, Option<&str>, &[u8])]| server.send(who, "POST", "/api/v1/loads", form(parts));
    let begun = send(&administrator, &[("what", None, b"budgets"), ("file", Some("../../budgets.csv"), &budgets)]);
    assert_eq!(begun.status, 202, "{}", begun.text());
    let ended = server.ended(&administrator, begun.json()["id"].as_str().unwrap());
    assert_eq!(ended["state"], "done", "{ended}");
    assert_eq!(ended["command"], "dari load budgets FILE");
    assert!(place.number("SELECT count(*) FROM budgets") > 20.0);
    // Nothing of the upload is left behind.
    let left = std::fs::read_dir(place.path("lake/_dari/jobs")).unwrap();
    let left: Vec<String> =
        left.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).filter(|name| name.starts_with("upload-")).collect();
    assert_eq!(left, Vec::<String>::new());
    let strange = send(&administrator, &[("what", None, b"budgets"), ("file", Some("x.csv"), b"\x00\x01not a table")]);
    let ended = server.ended(&administrator, strange.json()["id"].as_str().unwrap());
    assert_eq!(ended["state"], "failed", "{ended}");
    for (parts, status, words) in [
        (vec![("what", None, &b"dreams"[..]), ("file", Some("x"), &b"x"[..])], 400, "Kinds are"),
        (vec![("what", None, b"budgets"), ("threads", None, b"64"), ("file", Some("x"), b"x")], 400, "threads"),
        (vec![("what", None, b"budgets"), ("lake", None, b"/etc"), ("file", Some("x"), b"x")], 400, "lake"),
        (vec![("what", None, b"budgets")], 400, "'file' is missing"),
        (vec![("file", Some("x"), b"x")], 400, "'what' is missing"),
    ] {
        send(&administrator, &parts).refused(status, words);
    }
    let large = vec![b'x'; 17 << 20];
    send(&administrator, &[("what", None, b"budgets"), ("file", Some("x.csv"), &large)]).refused(413, "16 MB");
    let hong = signed_in(&place, &server, "desk-officer");
    send(&hong, &[("what", None, b"budgets"), ("file", Some("x.csv"), &budgets)]).refused(403, "administrator");
}
