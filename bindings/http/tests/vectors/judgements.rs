//! All vectors of evaluations, through `POST pwd/check`.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use kouling::candidate::MAX_ATTRIBUTES;
use kouling_http::store::NewAccount;
use kouling_vector_runner::evaluation::{Case, LANGUAGES, NOW, Observed, Violation, cases, run};
use kouling_vector_runner::exchange::{CLIENT, Response};
use serde_json::Value;

use crate::test_server::{Stored, TestServer, runtime};

/// Attributes of an account; every other attribute comes with the request.
const ACCOUNT_ATTRIBUTES: [&str; 4] = ["username", "name", "phone", "email"];
/// The username of a case without one.
const DEFAULT_USERNAME: &str = "qqqqqqqq";

/// Returns the body of the request. A password that is not UTF-8 is copied between the quotes unchanged.
fn body(case: &Case, comes_with_request: impl Fn(&str) -> bool) -> Vec<u8> {
    let bytes = case.bytes();
    let password = match String::from_utf8(bytes) {
        Ok(text) => serde_json::to_vec(&text).unwrap(),
        Err(error) => {
            let bytes = error.into_bytes();
            assert!(!bytes.iter().any(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)), "it would need escapes");
            [b"\"", bytes.as_slice(), b"\""].concat()
        }
    };
    let user: BTreeMap<_, _> = case.user.iter().filter(|(name, _)| comes_with_request(name)).collect();
    let user = serde_json::to_vec(&user).unwrap();
    let old = serde_json::to_vec(&case.current.clone().unwrap_or_default()).unwrap();
    [
        b"{\"password\":",
        password.as_slice(),
        b",\"old_password\":",
        old.as_slice(),
        b",\"user\":",
        user.as_slice(),
        b"}",
    ]
    .concat()
}

/// Returns why the password could not be evaluated, from the status of the response and from what was sent.
fn error(case: &Case, answer: &Response) -> String {
    let bytes = case.bytes();
    let too_many = case.user.len() > MAX_ATTRIBUTES;
    let code = answer.body["error_code"].as_str().unwrap_or_default();
    let name = match (answer.status, code) {
        (400, "IDAAS.SDK.PARAM.9001") if std::str::from_utf8(&bytes).is_err() => "not_utf8",
        (400, "IDAAS.SDK.PARAM.9001") if bytes.contains(&0) => "nul",
        (400, "IDAAS.SDK.PARAM.9001") if too_many => "too_many_facts",
        (500, "IDAAS.SDK.COM.0002") if !case.previous.is_empty() => "stored_hash",
        (503, "IDAAS.SDK.COM.9003") => "unavailable",
        (status, code) => return format!("{status} {code}"),
    };
    name.to_owned()
}

fn list<'b>(body: &'b Value, name: &str) -> &'b Vec<Value> {
    body[name].as_array().unwrap_or_else(|| panic!("no `{name}` in {body}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Combines the responses in the languages of [`LANGUAGES`].
fn seen(case: &Case, answers: &[Response]) -> Observed {
    let first = &answers[0];
    if first.status != 200 {
        let errors: Vec<String> = answers.iter().map(|answer| error(case, answer)).collect();
        assert!(errors.iter().all(|error| *error == errors[0]), "{}: {errors:?}", case.name);
        return Observed { error: errors.into_iter().next(), ..Observed::default() };
    }
    let codes = |name: &str| list(&first.body, name).iter().map(|judged| text(&judged["code"])).collect();
    let violation = |(index, judged): (usize, &Value)| Violation {
        code: text(&judged["code"]),
        numbers: serde_json::from_value(judged["numbers"].clone()).unwrap(),
        messages: LANGUAGES
            .iter()
            .zip(answers)
            .map(|(language, answer)| ((*language).to_owned(), text(&answer.body["violations"][index]["message"])))
            .collect(),
        wire: text(&judged["error_code"]),
    };
    let refused: Vec<Violation> = list(&first.body, "violations").iter().enumerate().map(violation).collect();
    assert_eq!(first.body["accepted"], refused.is_empty(), "{}", case.name);
    Observed {
        refused,
        warned: codes("warnings"),
        notes: list(&first.body, "notes").iter().map(text).collect(),
        error: None,
    }
}

async fn judge(server: &TestServer, number: usize, case: &Case) -> Observed {
    server.set_clock(case.now.unwrap_or(NOW));
    // Each case has a client address of its own, so that no limit is reached.
    let client_address = format!("10.0.{}.{}", number / 256, number % 256);
    let mut headers = vec![("content-type", "application/json".to_owned()), ("x-forwarded-for", client_address)];
    let is_account = !case.previous.is_empty() || case.password_set.is_some();
    if is_account {
        let attribute = |name: &str| case.user.get(name).cloned();
        let account = NewAccount {
            username: attribute("username").unwrap_or_else(|| DEFAULT_USERNAME.to_owned()),
            name: attribute("name"),
            phone: attribute("phone"),
            email: attribute("email"),
            ..NewAccount::default()
        };
        let username = account.username.clone();
        let stored = |(hash, at): (&str, Option<i64>)| (hash.to_owned(), at);
        let mut hashes: Vec<Stored> = case.previous.iter().map(|previous| stored(previous.parts())).collect();
        if case.password_set.is_some() {
            hashes.insert(0, stored(("x", case.password_set)));
        }
        server.add_account(account, &hashes, true).await;
        headers.push(("authorization", format!("Bearer {}", server.id_token(&username, CLIENT).await)));
    }
    let body = body(case, |name| !is_account || !ACCOUNT_ATTRIBUTES.contains(&name));
    let mut answers = Vec::new();
    for language in LANGUAGES {
        let language = [("x-l", language.to_owned())];
        let headers: Vec<_> =
            headers.iter().chain(&language).map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        answers.push(server.call("POST", "/api/v2/sdk/pwd/check", &headers, body.clone()).await);
    }
    server.delete_accounts().await;
    seen(case, &answers)
}

/// Returns whether a case needs a session at a time at which no session is valid.
fn needs_impossible_session(case: &Case) -> bool {
    case.password_set.is_some() && case.now.is_some_and(|now| !kouling::Moment::from_unix(now).is_plausible())
}

/// One server per policy, as many at a time as cores.
#[test]
fn every_evaluation_gives_the_expected_result() {
    let mut by_policy: BTreeMap<String, Vec<(usize, Case)>> = BTreeMap::new();
    for (number, case) in cases().into_iter().enumerate().filter(|(_, case)| !needs_impossible_session(case)) {
        let policy = case.preset.clone().unwrap_or_else(|| case.policy.clone());
        by_policy.entry(policy).or_default().push((number, case));
    }
    let waiting: Mutex<VecDeque<_>> = Mutex::new(by_policy.into_iter().collect());
    let judged: Mutex<BTreeMap<String, Observed>> = Mutex::default();
    let next = || waiting.lock().unwrap().pop_front();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let runtime = runtime();
                while let Some((policy, cases)) = next() {
                    runtime.block_on(async {
                        let server = TestServer::open(&policy, NOW).await;
                        for (number, case) in &cases {
                            let seen = judge(&server, *number, case).await;
                            judged.lock().unwrap().insert(case.name.clone(), seen);
                        }
                    });
                }
            });
        }
    });
    let mut judged = judged.into_inner().unwrap();
    run(|case| judged.remove(&case.name)).finish(1);
}
