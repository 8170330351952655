//! Policy sets: which policy applies to which account and app, and what a stranger can learn of it.

use std::path::Path;

use kouling::policy::Watched;
use kouling_http::loaded_policy::LoadedPolicy;
use kouling_http::store::{Attributes, Client, NewAccount};
use kouling_http::{Server, background, observe, worker_pool};
use serde_json::{Value, json};

use crate::test_server::{Answer, EMAIL, NEW, OLD, TestServer, other_than, policy};

const SET: &str = "
[[population]]
name = \"admins\"
when = { role = \"admin\" }
policy = \"./admins.toml\"

[[population]]
name = \"intranet\"
when = { client = \"another-client\" }
policy = \"./intranet.toml\"

[[population]]
name = \"customers\"
policy = \"./customers.toml\"
";
const FILES: [(&str, &str); 3] = [
    ("admins.toml", "extends = [\"standard\"]\n[expiry]\nmax_age = \"30d\"\n[rules.length]\nmin = 16"),
    ("intranet.toml", "extends = [\"standard\"]\n[rules.length]\nmin = 12"),
    ("customers.toml", "extends = [\"standard\"]"),
];
const ADMIN: &str = "root@example.org";
/// 18 characters, for administrators.
const LONG: &str = "Umber-Fjord-27-elm";
const FAULT: (u16, &str) = (500, "IDAAS.SDK.COM.0002");

/// A server with the set, an administrator, and `zhangsan`, who is a customer.
async fn server() -> TestServer {
    let server = TestServer::with_files(SET, &FILES).await;
    let admin = NewAccount {
        username: "root".to_owned(),
        email: Some(ADMIN.to_owned()),
        password_hash: worker_pool::hash(OLD),
        attributes: attributes("role", "admin"),
        ..NewAccount::default()
    };
    assert!(server.inner.store().add_accounts(&[admin], server.now()).await.unwrap().is_empty());
    set_role(&server, "zhangsan", "").await;
    server
}

fn attributes(name: &str, value: &str) -> Attributes {
    Attributes::from([(name.to_owned(), vec![value.to_owned()])])
}

async fn set_role(server: &TestServer, username: &str, role: &str) {
    let changes = [(username.to_owned(), attributes("role", role))];
    assert!(server.inner.store().set_attributes(&changes).await.unwrap().is_empty());
}

async fn token(server: &TestServer, name: &str, password: &str) -> String {
    server.sign_in(name, password).await.done()["id_token"].as_str().unwrap().to_owned()
}

fn min_length(described: &Answer) -> &Value {
    assert_eq!(described.status, 200, "{:?}", described.body);
    &described.body["minLength"]
}

#[tokio::test(flavor = "multi_thread")]
async fn password_is_judged_by_the_policy_of_the_account() {
    let server = server().await;
    for (email, refused, accepted) in [(ADMIN, NEW, LONG), (EMAIL, "Heron-7", NEW)] {
        server.ask(email, "FORGET_PWD_EMS").await.done();
        let code = server.code(email).await;
        let answer = server.redeem(email, &code, refused).await;
        assert_eq!(answer.refusal(), (400, "IDAAS.SDK.PWD.0007"), "{email}");
        let min = if email == ADMIN { "16" } else { "8" };
        assert!(answer.body["error_msg"].as_str().unwrap().contains(min), "{:?}", answer.body);
        server.redeem(email, &code, accepted).await.done();
    }
    let (admin, customer) = (token(&server, "root", LONG).await, token(&server, "zhangsan", NEW).await);
    let change = |old: &str, new: &str| json!({ "old_password": old, "new_password": new });
    let refused = server.as_user("POST", "pwd/change", &admin, change(LONG, "Wader-8-egret")).await;
    assert_eq!(refused.refusal(), (400, "IDAAS.SDK.PWD.0007"));
    for (user, min) in [(&admin, 16), (&customer, 8)] {
        assert_eq!(*min_length(&server.as_user("GET", "pwd/policy", user, Value::Null).await), json!(min));
        let body = json!({ "password": "Wader-8-egret" });
        let checked = server.as_user("POST", "pwd/check", user, body).await.done();
        assert_eq!(checked["accepted"], json!(min == 8));
    }
    server.as_user("POST", "pwd/change", &customer, change(NEW, "Wader-8-egret")).await.done();
    server.advance(31 * 86_400);
    assert_eq!(server.sign_in("root", LONG).await.done()["reason"], "standing.expired");
    assert_eq!(server.sign_in("zhangsan", "Wader-8-egret").await.done()["status"], "SUCCESS");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_reveals_the_population_before_a_code_or_password_was_correct() {
    let server = server().await;
    let mut answers = Vec::new();
    // "bare" has no role, which is an error only after its code was correct.
    for (name, email) in
        [("root", ADMIN), ("zhangsan", EMAIL), ("bare", "Bare@Example.org"), ("nobody", "nobody@example.org")]
    {
        let sent = server.ask(email, "FORGET_PWD_EMS").await;
        let code = other_than(&server.code(email).await, 1);
        let wrong = server.redeem(email, &code, "x").await;
        let refused = server.sign_in(name, "wrong").await;
        let described = server.get("pwd/policy").await;
        let checked = server.post("pwd/check", json!({ "password": NEW, "user": { "username": name } })).await;
        answers.push([sent, wrong, refused, described, checked]);
    }
    for other in &answers[1..] {
        assert_eq!(*other, answers[0]);
    }
    let [sent, wrong, refused, described, _] = &answers[0];
    assert_eq!((sent.status, min_length(described)), (200, &json!(8)));
    assert_eq!(wrong.refusal(), (400, "IDAAS.SDK.CAPTCHA.0007"));
    assert_eq!(refused.refusal(), (400, "IDAAS.SDK.USER.9002"));
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_attribute_is_an_error_and_not_an_absent_one() {
    observe::start_metrics();
    let server = TestServer::with_files(SET, &FILES).await;
    assert_eq!(server.sign_in("zhangsan", "wrong").await.refusal(), (400, "IDAAS.SDK.USER.9002"));
    assert_eq!(server.sign_in("zhangsan", OLD).await.refusal(), FAULT);
    assert_eq!(server.count("SELECT COUNT(*) FROM sessions").await, 0);
    server.ask(EMAIL, "FORGET_PWD_EMS").await.done();
    let code = server.code(EMAIL).await;
    assert_eq!(server.redeem(EMAIL, &code, NEW).await.refusal(), FAULT);
    assert_eq!(
        server.count("SELECT COUNT(*) FROM events WHERE key LIKE 'wrong:%'").await,
        0,
        "the code was correct"
    );
    let gauge = async || {
        let metrics = server.raw("GET", "/metrics", &[], "").await.body;
        let name = "kouling_accounts_without_attribute{attribute=\"role\"} ";
        let line = metrics.as_str().unwrap().lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        line.unwrap()
    };
    server.inner.count_lacking_attributes().await.unwrap();
    assert_ne!(gauge().await, "0");
    set_role(&server, "zhangsan", "").await;
    server.redeem(EMAIL, &code, NEW).await.done();
    let user = token(&server, "zhangsan", NEW).await;
    set_role(&server, "zhangsan", "admin").await;
    assert_eq!(*min_length(&server.as_user("GET", "pwd/policy", &user, Value::Null).await), json!(16));
}

#[tokio::test(flavor = "multi_thread")]
async fn condition_on_the_client_needs_no_account() {
    let server = server().await;
    let describe = async |headers: &[(&str, &str)]| {
        min_length(&server.call("GET", "pwd/policy", headers, &Value::Null).await).clone()
    };
    assert_eq!(describe(&[]).await, json!(8));
    assert_eq!(describe(&[("x-client-id", "another-client")]).await, json!(12));
    assert_eq!(describe(&[("x-client-id", "unregistered")]).await, json!(8));
    assert_eq!(describe(&[("x-client-id", "-")]).await, json!(8));
    // The app of an id token, if the request names none.
    let body = json!({ "user_name": "zhangsan", "password": OLD });
    let signed_in = server.call("POST", "login/auth", &[("x-client-id", "another-client")], &body).await.done();
    let bearer = format!("Bearer {}", signed_in["id_token"].as_str().unwrap());
    assert_eq!(describe(&[("x-client-id", "-"), ("authorization", &bearer)]).await, json!(12));
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_select_for_future_users_only() {
    let server = server().await;
    let accepted = async |user: Value| {
        server.post("pwd/check", json!({ "password": NEW, "user": user })).await.done()["accepted"].clone()
    };
    assert_eq!(accepted(json!({})).await, json!(true));
    assert_eq!(accepted(json!({ "role": "admin" })).await, json!(false));
    assert_eq!(accepted(json!({ "client": "another-client" })).await, json!(true));
    let customer = token(&server, "zhangsan", OLD).await;
    let body = json!({ "password": NEW, "user": { "role": "admin" } });
    assert_eq!(server.as_user("POST", "pwd/check", &customer, body).await.done()["accepted"], json!(true));
    let admin = token(&server, "root", OLD).await;
    let body = json!({ "password": NEW, "user": { "role": "" } });
    assert_eq!(server.as_user("POST", "pwd/check", &admin, body).await.done()["accepted"], json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn strictest_of_the_policies_applies() {
    let set = SET.replacen("\n[[population]]", "select = \"strictest\"\n[[population]]", 1);
    let server = TestServer::with_files(&set, &FILES).await;
    let minimum = async |client: &str, role: &str| {
        set_role(&server, "zhangsan", role).await;
        let headers = [("x-client-id", client)];
        let body = json!({ "user_name": "zhangsan", "password": OLD });
        let signed_in = server.call("POST", "login/auth", &headers, &body).await.done();
        let bearer = format!("Bearer {}", signed_in["id_token"].as_str().unwrap());
        let headers = [("x-client-id", client), ("authorization", &bearer)];
        min_length(&server.call("GET", "pwd/policy", &headers, &Value::Null).await).clone()
    };
    assert_eq!(minimum(crate::test_server::CLIENT, "").await, json!(8));
    assert_eq!(minimum("another-client", "").await, json!(12));
    assert_eq!(minimum("another-client", "admin").await, json!(16));
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_file_of_a_population_is_loaded_and_invalid_one_is_not() {
    let server = server().await;
    let admin = token(&server, "root", OLD).await;
    let minimum = async || min_length(&server.as_user("GET", "pwd/policy", &admin, Value::Null).await).clone();
    let write = |text: &str| std::fs::write(server.data.path().join("admins.toml"), policy(text)).unwrap();
    server.ask(ADMIN, "FORGET_PWD_EMS").await.done();
    let code = server.code(ADMIN).await;
    write("extends = [\"standard\"]\n[rules.length]\nmin = 17");
    assert_eq!(server.inner.reload(true).await.unwrap().len(), 1);
    assert_eq!(minimum().await, json!(17));
    for broken in ["extends = [\"standard\"]\nlenght = 1", "extends = [\"standard\"]\n[reset.code]\ndigits = 8"] {
        write(broken);
        assert!(!background::reload(&server.inner, "test").await);
        assert_eq!(minimum().await, json!(17));
    }
    // A code from before the change is valid.
    assert_eq!(server.redeem(ADMIN, &code, "Umber-Fjord-27-e").await.refusal(), (400, "IDAAS.SDK.PWD.0007"));
    server.redeem(ADMIN, &code, LONG).await.done();
}

#[tokio::test(flavor = "multi_thread")]
async fn app_has_a_policy_of_its_own_which_is_followed() {
    let server = server().await;
    let path = server.data.path().join("partner.toml");
    let path = path.to_str().unwrap();
    let set = SET.replace("admins.toml", "intranet.toml");
    let write = |text: &str| std::fs::write(path, policy(text)).unwrap();
    let partner = Client { policy: Some(path.to_owned()), ..Client::new("partner", "test") };
    assert!(server.inner.store().add_client(&partner, server.now()).await.unwrap());
    let describe = async || {
        let described = server.call("GET", "pwd/policy", &[("x-client-id", "partner")], &Value::Null).await;
        (described.status, described.body["minLength"].clone())
    };
    let with_errors = async || server.raw("GET", "/readyz", &[], "").await.done()["policies_with_errors"].clone();
    // No other policy takes the place of one that never loaded.
    assert_eq!(describe().await, (503, Value::Null));
    assert_eq!(with_errors().await, json!([path]));
    write(&set);
    assert_eq!(server.inner.reload(true).await.unwrap().len(), 1);
    assert_eq!((describe().await, with_errors().await), ((200, json!(8)), json!([])));
    assert_eq!(*min_length(&server.get("pwd/policy").await), json!(8));
    write("extends = [\"standard\"]\n[rules.length]\nmin = 20");
    assert!(background::reload(&server.inner, "test").await);
    assert_eq!(describe().await, (200, json!(20)));
    assert_eq!(*min_length(&server.get("pwd/policy").await), json!(8));
    for broken in [Some("lenght = 1"), None] {
        match broken {
            Some(text) => write(text),
            None => std::fs::remove_file(path).unwrap(),
        }
        assert!(!background::reload(&server.inner, "test").await);
        assert_eq!((describe().await, with_errors().await), ((200, json!(20)), json!([path])));
    }
    let error = Server::builder(server.settings.clone()).open().await.unwrap_err().to_string();
    assert!(error.contains("the policy of the app `partner`") && error.contains(path), "{error}");
    assert!(server.inner.store().set_client_policy("partner", None).await.unwrap());
    assert_eq!(describe().await, (200, json!(8)));
    assert!(background::reload(&server.inner, "test").await);
    assert_eq!(with_errors().await, json!([]));
}

/// Loads a set whose first population has these lines. Returns the errors.
fn load(folder: &Path, lines: &str) -> Vec<String> {
    for (name, text) in FILES {
        std::fs::write(folder.join(name), policy(text)).unwrap();
    }
    std::fs::write(folder.join("admins.toml"), policy(&format!("extends = [\"standard\"]\n{lines}"))).unwrap();
    let set = folder.join("set.toml");
    std::fs::write(&set, policy(SET)).unwrap();
    match LoadedPolicy::load(set.to_str().unwrap(), "idaas-ciam", &Watched::default()) {
        Ok(_) => Vec::new(),
        Err(error) => error.diagnostics().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn populations_must_agree_on_what_applies_before_the_account_is_known() {
    let folder = tempfile::tempdir().unwrap();
    for (lines, expected) in [
        ("[reset]\nconceal_unknown_user = true", "in [reset] of the population `admins`"),
        ("[reset]\nunknown_recipient = \"silent\"", "in [reset] of the population `admins`"),
        ("[reset.code]\ndigits = 8", "[reset.code] of the population `admins`"),
        ("[reset.code]\nlifetime = \"9m\"", "[reset.code] of the population `admins`"),
        ("[reset.captcha]\nrequired = false", "[reset.captcha] of the population `admins`"),
        ("[reset.limits]\nper_peer = \"29/h\"", "[reset.limits] of the population `admins`"),
        ("[sign_in]", "[sign_in] of the population `admins`"),
        ("[password]\nnormalize = \"none\"", "normalize in [password] of the population `admins`"),
    ] {
        let errors = load(folder.path(), lines);
        let [error] = errors.as_slice() else { panic!("{lines}: {errors:?}") };
        assert!(error.contains("set.toml:7:10: ") && error.contains(expected), "{error}");
    }
    for lines in [
        "[reset]\nmin_password_age = \"1d\"\nrevoke_sessions = false\nnotify = false",
        "[expiry]",
        "[password]\nmax_bytes = 99",
    ] {
        assert_eq!(load(folder.path(), lines), Vec::<String>::new(), "{lines}");
    }
}
