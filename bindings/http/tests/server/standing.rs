//! Expiry, failed sign-ins, temporary passwords and inactivity, as the policy states them.

use kouling_http::store::NewAccount;
use kouling_http::worker_pool;
use serde_json::{Value, json};

use crate::test_server::{Answer, EMAIL, NEW, OLD, TestServer};

const DAY: i64 = 86_400;
const WRONG: &str = "wrong";

async fn from(server: &TestServer, address: &str, name: &str, password: &str) -> Answer {
    let body = json!({ "user_name": name, "password": password });
    server.call("POST", "login/auth", &[("x-forwarded-for", address)], &body).await
}

/// Checks that a sign-in requires a change and opens no session. Returns the token for the change.
async fn required(server: &TestServer, password: &str, reason: &str) -> String {
    let sessions = "SELECT COUNT(*) FROM sessions WHERE only_change = 0";
    let before = server.count(sessions).await;
    let answer = server.sign_in("zhangsan", password).await.done();
    assert_eq!((&answer["status"], &answer["reason"]), (&json!("PASSWORD_EXPIRED"), &json!(reason)));
    assert!(answer.get("session_token").is_none() && answer.get("id_token").is_none(), "{answer}");
    assert!(answer["message"].is_string() && answer["data"].is_string() && answer["expire"] == 600, "{answer}");
    assert_eq!(server.count(sessions).await, before);
    answer["state_token"].as_str().unwrap().to_owned()
}

async fn change(server: &TestServer, token: &str, old: &str, new: &str) -> Answer {
    server.post("pwd/change", json!({ "old_password": old, "new_password": new, "state_token": token })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_password_is_changed_before_a_session_opens() {
    let server = TestServer::with_policy(
        "extends = [\"standard\"]\n[expiry]\nmax_age = \"90d\"\ngrace = 1\n[reset]\nmin_password_age = \"2d\"",
    )
    .await;
    server.advance(90 * DAY);
    let grace = server.sign_in("zhangsan", OLD).await.done();
    assert_eq!((&grace["status"], &grace["reason"]), (&json!("PASSWORD_WARN"), &json!("standing.grace")));
    assert!(grace["id_token"].is_string());
    let token = required(&server, OLD, "standing.expired").await;
    let invalid = (400, "IDAAS.SDK.PARAM.0016");
    assert_eq!(server.as_user("GET", "pwd/check-exist", &token, Value::Null).await.refusal(), invalid);
    assert_eq!(change(&server, "0000", OLD, NEW).await.refusal(), invalid);
    let elsewhere = json!({ "old_password": OLD, "new_password": NEW, "state_token": token });
    let other = server.call("POST", "pwd/change", &[("x-client-id", "another-client")], &elsewhere).await;
    assert_eq!(other.refusal(), invalid, "the token belongs to its client");
    assert_eq!(change(&server, &token, WRONG, NEW).await.refusal(), (400, "IDAAS.SDK.PWD.9001"));
    assert_eq!(change(&server, &token, OLD, "short").await.refusal(), (400, "IDAAS.SDK.PWD.0007"));
    server.advance(600);
    assert_eq!(change(&server, &token, OLD, NEW).await.refusal(), invalid, "the token expires");
    let token = required(&server, OLD, "standing.expired").await;
    assert_eq!(change(&server, &token, OLD, NEW).await.done(), json!({}));
    assert_eq!(change(&server, &token, NEW, OLD).await.refusal(), invalid, "the token is used once");
    assert_eq!(server.sign_in("zhangsan", OLD).await.status, 400);
    assert_eq!(server.sign_in("zhangsan", NEW).await.done()["status"], "SUCCESS");
    // A change that is not required waits for the minimum age.
    let id = server.id_token(NEW).await;
    let body = json!({ "old_password": NEW, "new_password": "Umber-Fjord-27" });
    assert_eq!(server.as_user("POST", "pwd/change", &id, body).await.status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_password_can_be_reset_by_mail() {
    let server = TestServer::with_policy("extends = [\"standard\"]\n[expiry]\nmax_age = \"90d\"").await;
    server.advance(100 * DAY);
    required(&server, OLD, "standing.expired").await;
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let code = server.code(EMAIL).await;
    server.redeem(EMAIL, &code, NEW).await.done();
    assert_eq!(server.sign_in("zhangsan", NEW).await.done()["status"], "SUCCESS");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_lock_neither_a_known_network_nor_reveal_names() {
    let policy =
        "extends = [\"standard\"]\n[sign_in]\nmax_failures = 3\nmax_failures_per_account = 6\nlock = \"10m\"";
    let server = TestServer::with_policy(policy).await;
    let home = "198.51.100.1";
    from(&server, home, "zhangsan", OLD).await.done();
    // An existing and an unknown name behave alike.
    for name in ["zhangsan", "nobody", "bare"] {
        for network in ["203.0.113.1", "203.0.113.2"] {
            for _ in 0..3 {
                assert_eq!(from(&server, network, name, WRONG).await.refusal(), (400, "IDAAS.SDK.USER.9002"));
            }
            let locked = from(&server, network, name, WRONG).await;
            assert_eq!(locked.refusal(), (429, "IDAAS.SDK.COM.9029"), "{name} {network}");
            assert_eq!(locked.headers["retry-after"], "600");
        }
        let elsewhere = from(&server, "203.0.113.3", name, WRONG).await;
        assert_eq!(elsewhere.status, 429, "{name}: all unknown networks together");
    }
    assert_eq!(from(&server, "203.0.113.3", "zhangsan", OLD).await.status, 429, "not even the correct password");
    from(&server, home, "zhangsan", OLD).await.done();
    // The success from the known network cleared the failures of the account, not those of other networks.
    assert_eq!(from(&server, "203.0.113.1", "zhangsan", OLD).await.status, 429);
    from(&server, "203.0.113.3", "zhangsan", OLD).await.done();
    server.advance(600);
    from(&server, "203.0.113.1", "zhangsan", OLD).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn second_lock_takes_longer_and_a_reset_ends_it() {
    let server =
        TestServer::with_policy("extends = [\"standard\"]\n[sign_in]\nmax_failures = 2\nlock = \"10m\"").await;
    for wait in ["600", "1200"] {
        for _ in 0..2 {
            assert_eq!(server.sign_in("zhangsan", WRONG).await.status, 400);
        }
        let locked = server.sign_in("zhangsan", OLD).await;
        assert_eq!((locked.status, &locked.headers["retry-after"]), (429, &wait.parse().unwrap()));
        server.advance(wait.parse().unwrap());
    }
    for _ in 0..2 {
        assert_eq!(server.sign_in("zhangsan", WRONG).await.status, 400);
    }
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let code = server.code(EMAIL).await;
    server.redeem(EMAIL, &code, NEW).await.done();
    server.sign_in("zhangsan", NEW).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn disabled_password_needs_a_reset() {
    let policy = "extends = [\"standard\"]\n[sign_in]\nmax_failures = 2\ndisable_after = 4\nlock = \"1m\"";
    let server = TestServer::with_policy(policy).await;
    for _ in 0..2 {
        for _ in 0..2 {
            assert_eq!(server.sign_in("zhangsan", WRONG).await.status, 400);
        }
        server.advance(DAY);
    }
    assert_eq!(server.sign_in("zhangsan", OLD).await.refusal(), (400, "IDAAS.SDK.USER.9002"));
    server.advance(30 * DAY);
    assert_eq!(server.sign_in("zhangsan", OLD).await.refusal(), (400, "IDAAS.SDK.USER.9002"));
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let code = server.code(EMAIL).await;
    server.redeem(EMAIL, &code, NEW).await.done();
    server.sign_in("zhangsan", NEW).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_guesses_do_not_exceed_the_limit() {
    let policy = "extends = [\"standard\"]\n[sign_in]\nmax_failures = 3\nlock = \"10m\"";
    let server = std::sync::Arc::new(TestServer::with_policy(policy).await);
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let server = server.clone();
        guesses.spawn(async move { server.sign_in("zhangsan", WRONG).await.status });
    }
    let statuses = guesses.join_all().await;
    let compared = statuses.iter().filter(|status| **status == 400).count();
    assert!((1..=3).contains(&compared), "{statuses:?}");
    assert!(statuses.iter().all(|status| [400, 429].contains(status)), "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn temporary_and_forced_passwords_are_changed_first() {
    let server = TestServer::with_policy(
        "extends = [\"standard\"]\n[temporary]\nlifetime = \"1d\"\n[reset]\nmin_password_age = \"3d\"",
    )
    .await;
    let add = async |name: &str, must_change, is_temporary| {
        let account = NewAccount {
            username: name.to_owned(),
            email: Some(format!("{name}@example.org")),
            password_hash: worker_pool::hash(OLD),
            must_change,
            is_temporary,
            ..NewAccount::default()
        };
        assert!(server.inner.store().add_accounts(&[account], server.now()).await.unwrap().is_empty());
    };
    add("forced", true, false).await;
    add("temporary", false, true).await;
    add("late", false, true).await;
    for name in ["forced", "temporary"] {
        let answer = server.sign_in(name, OLD).await.done();
        assert_eq!(
            (&answer["status"], &answer["reason"]),
            (&json!("PASSWORD_EXPIRED"), &json!(format!("standing.{name}")))
        );
        change(&server, answer["state_token"].as_str().unwrap(), OLD, NEW).await.done();
        assert_eq!(server.sign_in(name, NEW).await.done()["status"], "SUCCESS");
    }
    // It can be used once, and for a day.
    add("twice", false, true).await;
    server.sign_in("twice", OLD).await.done();
    assert_eq!(server.sign_in("twice", OLD).await.refusal(), (400, "IDAAS.SDK.USER.9002"));
    server.advance(DAY);
    assert_eq!(server.sign_in("late", OLD).await.refusal(), (400, "IDAAS.SDK.USER.9002"));
    server.ask("late@example.org", "FORGET_PWD_EMS").await.done();
    let code = server.code("late@example.org").await;
    server.redeem("late@example.org", &code, NEW).await.done();
    assert_eq!(server.sign_in("late", NEW).await.done()["status"], "SUCCESS");
}

#[tokio::test(flavor = "multi_thread")]
async fn unused_account_is_disabled() {
    let server = TestServer::with_policy("extends = [\"standard\"]\n[inactivity]\ndisable_after = \"60d\"").await;
    server.advance(59 * DAY);
    server.sign_in("zhangsan", OLD).await.done();
    server.advance(59 * DAY);
    server.sign_in("zhangsan", OLD).await.done();
    server.advance(60 * DAY);
    assert_eq!(server.sign_in("zhangsan", OLD).await.refusal(), (400, "IDAAS.SDK.USER.9002"));
}

#[tokio::test(flavor = "multi_thread")]
async fn stricter_policy_asks_only_those_for_a_change_whom_it_refuses() {
    let strict = "extends = [\"standard\"]\nmust_change_when = \"policy_stricter\"\n[rules.length]\nmin = 18";
    let server = TestServer::with_policy(strict).await;
    required(&server, OLD, "standing.policy_stricter").await;
    let lenient = "extends = [\"standard\"]\nmust_change_when = \"policy_stricter\"\n[rules.length]\nmin = 9";
    let server = TestServer::with_policy(lenient).await;
    assert_eq!(server.sign_in("zhangsan", OLD).await.done()["status"], "SUCCESS");
    assert_eq!(server.count("SELECT COUNT(*) FROM accounts WHERE accepted_under IS NOT NULL").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn breached_password_is_changed_or_nobody_signs_in_without_the_rule() {
    let filter = format!("{}/../../tests/vectors/files/leaked.filter", env!("CARGO_MANIFEST_DIR"));
    let searching = format!(
        "must_change_when = \"breached\"\n[rules.length]\n[rules.breached]\nfilter = \"{filter}\"\nseverity = \"warn\""
    );
    let server = TestServer::with_policy(&searching).await;
    assert_eq!(server.sign_in("zhangsan", OLD).await.done()["status"], "SUCCESS");
    let account = NewAccount {
        username: "leaked".to_owned(),
        password_hash: worker_pool::hash("correct horse battery staple"),
        ..NewAccount::default()
    };
    assert!(server.inner.store().add_accounts(&[account], server.now()).await.unwrap().is_empty());
    let answer = server.sign_in("leaked", "correct horse battery staple").await.done();
    assert_eq!((&answer["status"], &answer["reason"]), (&json!("PASSWORD_EXPIRED"), &json!("standing.breached")));
    let server = TestServer::with_policy("must_change_when = \"breached\"\n[rules.length]").await;
    assert_eq!(server.sign_in("zhangsan", OLD).await.refusal(), (500, "IDAAS.SDK.COM.0002"));
    assert_eq!(server.get("pwd/policy").await.status, 200);
}
