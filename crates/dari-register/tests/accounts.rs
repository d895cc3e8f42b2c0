//! Passwords, sessions and tokens, in either storage.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Place, add, places, register, user, write};
use dari_register::accounts::Refusal;
use dari_register::{Error, Register, Role, User};
use sqlx::Connection;

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(future)
}

/// Runs a test on a new register with users in each storage.
fn on_each<F: AsyncFn(&Register, &Place)>(test: F) {
    for place in places() {
        run(async {
            let register = register(&place).await;
            for member in ["hong:KR/MSIT:desk-officer", "lee:KR:administrator", "msit:KR/MSIT:administrator", "smith:US:administrator"] {
                register.set_user(&member.parse().unwrap(), true, None).await.unwrap();
            }
            test(&register, &place).await;
            register.close().await;
        });
    }
}

async fn account(register: &Register, name: &str, password: &str) -> User {
    let code = register.invite(name, None).await.unwrap().code;
    register.accept(&code, password).await.unwrap()
}

/// Does to the storage what only whoever keeps it can.
async fn meddle(place: &Place, sql: &'static str) {
    sqlx::any::install_default_drivers();
    let url = if place.url.contains("://") { place.url.clone() } else { format!("sqlite://{}", place.url) };
    let mut on = sqlx::AnyConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut on).await.unwrap();
    on.close().await.unwrap();
}

const PASSWORD: &str = "다리 위에서 만나요 2026";

#[test]
fn an_invitation_is_good_once_and_for_the_one_it_was_given_to() {
    on_each(async |register, place| {
        assert!(!register.has_accounts().await.unwrap());
        let lee = register.user("lee").await.unwrap();
        let first = register.invite("hong", Some(&lee)).await.unwrap();
        let second = register.invite("hong", Some(&lee)).await.unwrap();
        assert!(register.accept(&first.code, PASSWORD).await.is_err(), "the second takes the place of the first");
        assert!(register.accept(&second.code, "short").await.unwrap_err().to_string().contains("10 characters"));
        assert_eq!(register.accept(&second.code, PASSWORD).await.unwrap().name, "hong");
        assert!(register.accept(&second.code, PASSWORD).await.is_err(), "it was used");
        assert!(register.has_accounts().await.unwrap());
        // Neither another side's administrator nor who is none invites, and an agency's stays within the agency.
        for by in ["smith", "hong"] {
            let by = register.user(by).await.unwrap();
            assert!(matches!(register.invite("hong", Some(&by)).await.unwrap_err(), Error::NotAllowed { .. }), "{}", by.name);
        }
        let agency = register.user("msit").await.unwrap();
        assert!(register.invite("hong", Some(&agency)).await.is_ok() && register.invite("lee", Some(&agency)).await.is_err());
        let third = register.invite("hong", None).await.unwrap();
        meddle(place, "UPDATE invitations SET until = 1").await;
        assert!(register.accept(&third.code, PASSWORD).await.is_err(), "it is too late");
        // Who is managed, and who can sign in.
        let names = |members: Vec<(User, bool)>| members.into_iter().map(|(user, account)| (user.name, account)).collect::<Vec<_>>();
        assert_eq!(names(register.members(&agency).await.unwrap()), [("hong".to_owned(), true), ("msit".to_owned(), false)]);
        assert_eq!(register.members(&lee).await.unwrap().len(), 3);
        assert!(register.members(&register.user("hong").await.unwrap()).await.is_err());
    });
}

#[test]
fn only_the_right_password_opens_and_wrong_ones_lock() {
    on_each(async |register, place| {
        account(register, "hong", PASSWORD).await;
        assert_eq!(register.sign_in("hong", PASSWORD, None).await.unwrap().unwrap().party.as_str(), "KR/MSIT");
        // A name without a password, and one that is not there, are refused like a wrong password.
        for (name, password) in
            [("hong", "wrong wrong"), ("lee", ""), ("lee", PASSWORD), ("nobody", PASSWORD), ("hong' OR 1=1 --", PASSWORD)]
        {
            assert_eq!(register.sign_in(name, password, None).await.unwrap(), Err(Refusal::Wrong), "{name}");
        }
        // A right one takes back what was counted.
        assert!(register.sign_in("hong", PASSWORD, None).await.unwrap().is_ok());
        for _ in 0..5 {
            assert_eq!(register.sign_in("hong", "wrong wrong", None).await.unwrap(), Err(Refusal::Wrong));
        }
        let Err(Refusal::Locked(until)) = register.sign_in("hong", PASSWORD, None).await.unwrap() else { panic!("not locked") };
        assert!((30_000..=60_000).contains(&(until - dari_register::now())), "{until}");
        meddle(place, "UPDATE sign_in_failures SET until = until - 600000").await;
        // Time passed: one more wrong one locks for longer, the right one opens.
        assert_eq!(register.sign_in("hong", "wrong wrong", None).await.unwrap(), Err(Refusal::Wrong));
        let Err(Refusal::Locked(later)) = register.sign_in("hong", PASSWORD, None).await.unwrap() else { panic!("not locked") };
        assert!(later > until + 30_000);
        // A new invitation opens at once, and closed users stay out.
        account(register, "hong", "another password").await;
        assert!(register.sign_in("hong", "another password", None).await.unwrap().is_ok());
        assert_eq!(register.sign_in("hong", PASSWORD, None).await.unwrap(), Err(Refusal::Wrong));
        let hong = register.user("hong").await.unwrap();
        register.set_user(&hong, false, None).await.unwrap();
        assert_eq!(register.sign_in("hong", "another password", None).await.unwrap(), Err(Refusal::Wrong));
    });
}

#[test]
fn a_second_factor_is_asked_for_once_it_was_confirmed() {
    on_each(async |register, place| {
        let hong = account(register, "hong", PASSWORD).await;
        let lee = register.user("lee").await.unwrap();
        assert!(register.propose_second_factor(&lee).await.is_err(), "lee has no password");
        register.propose_second_factor(&hong).await.unwrap();
        let proposed = register.propose_second_factor(&hong).await.unwrap();
        assert!(proposed.url.starts_with("otpauth://totp/") && proposed.url.contains(&proposed.secret), "{}", proposed.url);
        assert!(register.sign_in("hong", PASSWORD, None).await.unwrap().is_ok(), "it is not confirmed yet");
        // What an app makes of the address, some steps earlier too.
        let app = totp_rs::Totp::from_url(&proposed.url).unwrap();
        let code = |steps: i64| app.generate(u64::try_from(dari_register::now() / 1000 + 30 * steps).unwrap()).to_string();
        assert!(register.confirm_second_factor(&hong, &code(-9)).await.is_err());
        assert!(!register.has_second_factor(&hong).await.unwrap());
        register.confirm_second_factor(&hong, &code(0)).await.unwrap();
        assert!(register.has_second_factor(&hong).await.unwrap());
        assert!(register.propose_second_factor(&hong).await.is_err(), "there is one");
        meddle(place, "UPDATE accounts SET last_step = 0").await;
        let sign_in = async |code: &str| register.sign_in("hong", PASSWORD, Some(code)).await.unwrap();
        assert_eq!(register.sign_in("hong", PASSWORD, None).await.unwrap(), Err(Refusal::CodeNeeded));
        assert_eq!(
            register.sign_in("hong", "wrong wrong", None).await.unwrap(),
            Err(Refusal::Wrong),
            "a wrong password tells nothing of codes"
        );
        let now = code(0);
        assert!(sign_in(&format!("{} {}", &now[..3], &now[3..])).await.is_ok());
        // A code is good once, also for whoever looked over the shoulder; older ones are not good after it.
        assert_eq!((sign_in(&now).await, sign_in(&code(-2)).await), (Err(Refusal::Wrong), Err(Refusal::Wrong)));
        assert!(register.end_second_factor(&hong, "000000").await.is_err());
        meddle(place, "UPDATE accounts SET last_step = 0").await;
        register.end_second_factor(&hong, &code(0)).await.unwrap();
        assert!(register.sign_in("hong", PASSWORD, None).await.unwrap().is_ok());
        // Who lost it comes in by a new invitation.
        let proposed = register.propose_second_factor(&hong).await.unwrap();
        let app = totp_rs::Totp::from_url(&proposed.url).unwrap();
        register.confirm_second_factor(&hong, &app.generate_current().to_string()).await.unwrap();
        account(register, "hong", PASSWORD).await;
        assert!(register.sign_in("hong", PASSWORD, None).await.unwrap().is_ok());
    });
}

#[test]
fn whom_a_provider_vouches_for_stays_who_they_are() {
    on_each(async |register, _| {
        let (issuer, other) = ("https://id.example.kr", "https://id.example.us");
        assert_eq!(register.identified(issuer, "s-1", Some("hong"), &"KR".parse().unwrap()).await.unwrap().name, "hong");
        // The subject counts, whatever name comes with it later; nobody else becomes hong by a name.
        assert_eq!(register.identified(issuer, "s-1", Some("lee"), &"KR".parse().unwrap()).await.unwrap().name, "hong");
        assert!(register.identified(issuer, "s-2", Some("hong"), &"KR".parse().unwrap()).await.is_err());
        assert!(
            register.identified(issuer, "s-2", Some("nobody"), &"KR".parse().unwrap()).await.is_err()
                && register.identified(issuer, "s-2", None, &"KR".parse().unwrap()).await.is_err()
        );
        assert_eq!(register.identified(other, "s-1", Some("lee"), &"KR".parse().unwrap()).await.unwrap().name, "lee");
        register.forget_identity("hong").await.unwrap();
        assert_eq!(register.identified(issuer, "s-2", Some("hong"), &"KR".parse().unwrap()).await.unwrap().name, "hong");
        // A provider says nothing of the users of another party, nor takes over one who has a password.
        let us = "US".parse().unwrap();
        assert!(
            register.identified(issuer, "s-2", None, &us).await.is_err()
                && register.identified(issuer, "s-3", Some("smith"), &"KR".parse().unwrap()).await.is_err()
        );
        account(register, "msit", PASSWORD).await;
        assert!(register.identified(issuer, "s-4", Some("msit"), &"KR".parse().unwrap()).await.is_err());
        let hong = register.user("hong").await.unwrap();
        register.set_user(&hong, false, None).await.unwrap();
        assert!(register.identified(issuer, "s-2", Some("hong"), &"KR".parse().unwrap()).await.is_err(), "closed");
    });
}

#[test]
fn a_session_is_its_users_until_it_ends() {
    on_each(async |register, place| {
        let hong = account(register, "hong", PASSWORD).await;
        let secret = register.begin_session(&hong).await.unwrap();
        assert_eq!(register.session_user(&secret).await.unwrap().unwrap(), hong);
        assert_eq!(register.session_user("0000").await.unwrap(), None);
        // A role that changes changes for the session too.
        let reader = User { role: Role::Reader, ..hong.clone() };
        register.set_user(&reader, true, None).await.unwrap();
        assert_eq!(register.session_user(&secret).await.unwrap().unwrap().role, Role::Reader);
        register.end_session(&secret).await.unwrap();
        assert_eq!(register.session_user(&secret).await.unwrap(), None);
        for ended in ["UPDATE sessions SET until = 1", "UPDATE users SET active = 0 WHERE name = 'hong'"] {
            let secret = register.begin_session(&hong).await.unwrap();
            assert!(register.session_user(&secret).await.unwrap().is_some());
            meddle(place, ended).await;
            assert_eq!(register.session_user(&secret).await.unwrap(), None, "{ended}");
        }
    });
    // A session that is used goes on, but not for ever.
    on_each(async |register, place| {
        let hong = account(register, "hong", PASSWORD).await;
        let secret = register.begin_session(&hong).await.unwrap();
        meddle(place, "UPDATE sessions SET until = ends - 604800000 + 60000").await;
        assert!(register.session_user(&secret).await.unwrap().is_some());
        meddle(place, "UPDATE sessions SET ends = until - 1").await;
        assert!(register.session_user(&secret).await.unwrap().is_some(), "it was made longer by being used");
        // A new password ends all sessions.
        account(register, "hong", "another password").await;
        assert_eq!(register.session_user(&secret).await.unwrap(), None);
    });
}

#[test]
fn nothing_of_a_user_who_was_closed_lets_in_the_next_of_the_name() {
    on_each(async |register, _| {
        let hong = account(register, "hong", PASSWORD).await;
        let (session, (_, token)) =
            (register.begin_session(&hong).await.unwrap(), register.make_token(&hong, "x", true, 30).await.unwrap());
        let invited = register.invite("hong", None).await.unwrap();
        register.set_user(&hong, false, None).await.unwrap();
        assert!(register.accept(&invited.code, PASSWORD).await.is_err());
        register.set_user(&hong, true, None).await.unwrap();
        assert_eq!(register.session_user(&session).await.unwrap(), None);
        assert_eq!(register.token_user(&token).await.unwrap(), None);
        assert_eq!(register.sign_in("hong", PASSWORD, None).await.unwrap(), Err(Refusal::Wrong));
        assert!(register.accept(&invited.code, PASSWORD).await.is_err());
        // What can be no name is refused like a wrong one, whatever its length.
        assert_eq!(register.sign_in(&"x".repeat(1 << 20), PASSWORD, None).await.unwrap(), Err(Refusal::Wrong));
    });
}

#[test]
fn a_token_reads_or_writes_until_it_ends() {
    on_each(async |register, place| {
        let hong = register.user("hong").await.unwrap();
        let (reading, secret) = register.make_token(&hong, "a notebook", false, 30).await.unwrap();
        let (writing, other) = register.make_token(&hong, "a script", true, 366).await.unwrap();
        assert!(secret.starts_with("dari_") && reading.until - reading.begun == 30 * 86_400_000);
        assert_eq!(register.token_user(&secret).await.unwrap().unwrap(), (hong.clone(), false));
        assert_eq!(register.token_user(&other).await.unwrap().unwrap(), (hong.clone(), true));
        assert_eq!(register.token_user("dari_0").await.unwrap(), None);
        assert_eq!(register.tokens(&hong).await.unwrap().len(), 2);
        let lee = register.user("lee").await.unwrap();
        assert!(register.end_token(&lee, &writing.id).await.is_err(), "it is another's");
        register.end_token(&hong, &writing.id).await.unwrap();
        assert_eq!(register.token_user(&other).await.unwrap(), None);
        for (about, days) in [("x", 0), ("x", 367), (" ", 1), (&*"x".repeat(201), 1)] {
            assert!(register.make_token(&hong, about, false, days).await.is_err(), "{about} {days}");
        }
        meddle(place, "UPDATE access_tokens SET until = 1").await;
        assert_eq!(register.token_user(&secret).await.unwrap(), None);
        assert!(register.tokens(&hong).await.unwrap().is_empty());
    });
}

#[test]
fn nothing_that_is_kept_lets_anybody_in() {
    let place = Place::sqlite();
    run(async {
        let register = register(&place).await;
        register.set_user(&"hong:KR:desk-officer".parse().unwrap(), true, None).await.unwrap();
        let hong = account(&register, "hong", PASSWORD).await;
        let secrets = [
            register.begin_session(&hong).await.unwrap(),
            register.make_token(&hong, "x", true, 1).await.unwrap().1,
            register.invite("hong", None).await.unwrap().code,
            PASSWORD.to_owned(),
        ];
        register.close().await;
        let kept = std::fs::read(&place.url).unwrap();
        for secret in secrets {
            let secret = secret.trim_start_matches("dari_");
            assert!(!kept.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
    });
}

#[test]
fn a_guest_sees_what_is_shared_and_writes_nothing() {
    on_each(async |register, _| {
        let desk = user(register, "hong:KR:desk-officer");
        write(&desk, &[add("note", "open", "{text: for all}"), add("note", "KR:own", "{text: for Korea}")]).await;
        let guest = register.session(User::guest("KR".parse().unwrap()));
        let seen: Vec<String> = guest.all().await.unwrap().into_iter().map(|record| record.id).collect();
        assert_eq!(seen, ["open"]);
        assert!(matches!(guest.get("KR:own").await.unwrap_err(), Error::NotFound(_)));
        for id in ["new", "KR:new"] {
            assert!(guest.write(&[add("note", id, "{text: x}")], "", None).await.is_err(), "{id}");
        }
    });
}

/// What took a register from a version to the next, taken back.
const WITHOUT_BALANCE: &str = "DROP INDEX records_given; DROP INDEX records_open; DROP INDEX records_found;
    ALTER TABLE records DROP COLUMN giver; ALTER TABLE records DROP COLUMN host_side; ALTER TABLE records DROP COLUMN currency;
    ALTER TABLE records DROP COLUMN amount; ALTER TABLE records DROP COLUMN value_currency; ALTER TABLE records DROP COLUMN value_amount;
    DELETE FROM _sqlx_migrations WHERE version = 3;";
const WITHOUT_ACCOUNTS: &str =
    "DROP TABLE accounts; DROP TABLE invitations; DROP TABLE sign_in_failures; DROP TABLE sessions; DROP TABLE access_tokens;
    DROP TABLE identities; DELETE FROM _sqlx_migrations WHERE version = 2;";

#[test]
fn registers_of_earlier_versions_are_brought_up_to_date() {
    for steps in [&[WITHOUT_BALANCE][..], &[WITHOUT_BALANCE, WITHOUT_ACCOUNTS]] {
        on_each(async |register, place| {
            let desk = user(register, "hong:KR:desk-officer");
            let given = "{side: KR, money: {amount: 5, currency: KRW}, value: {amount: 2.5, currency: USD}, in_kind: {en: beam time}}";
            write(
                &desk,
                &[
                    add("note", "old", "{text: kept}"),
                    add("exchange", "guest", "{home: KR, host_side: US, period: 2024-03-01/2024-03-10}"),
                    add("contribution", "given", given),
                ],
            )
            .await;
            let balance = desk.balance(None).await.unwrap();
            assert_eq!(balance.exchanges.iter().map(|line| (line.home.as_str(), line.days)).collect::<Vec<_>>(), [("KR", 10)]);
            assert_eq!(balance.contributions.iter().map(|line| line.money + line.in_kind).collect::<Vec<_>>(), [5.0, 2.5]);
            for step in steps {
                meddle(place, step).await;
            }
            let again = Register::open(&place.url).await.unwrap();
            assert!(!again.has_accounts().await.unwrap());
            account(&again, "lee", PASSWORD).await;
            let desk = user(&again, "hong:KR:desk-officer");
            assert!(desk.get("old").await.is_ok());
            assert_eq!(desk.balance(None).await.unwrap(), balance);
            assert!(again.verify(&|_| ()).await.unwrap().iter().all(|proof| proof.faults.is_empty()));
            again.close().await;
        });
    }
}
