//! Property: the server answers any request with a valid response of the contract, and neither the response nor
//! the log contains input.
//!
//! An input is up to eight requests, as parts. A request is a line with method and path (below `/api/v2/sdk/`
//! unless it starts with `/`), header lines, an empty line and the body. The headers of a complete request are
//! added. `Name: value` overrides one, `-Name` removes it, `+Name: value` adds a second one. Placeholders in path,
//! headers and body:
//!
//! * `{code}`: the newest code; `{captcha}`: the token of a new captcha; `{point}`: its solution; `{solved}`: the
//!   token of a solved captcha;
//! * `{token}`: an ID token; `{password}`: the password of both accounts; `{canary}`: a text that must not occur
//!   in the output.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods
)]

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use axum::body::Bytes;
use axum::http::response::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use kouling::flow::{Captcha, CaptchaAnswer, CaptchaState};
use kouling_http::store::{Client, NewAccount, StoredCaptcha};
use kouling_http::{delivery, random};
use kouling_vector_runner::evaluation::NOW;
use kouling_vector_runner::exchange::{
    Body, CLIENT, HEADERS, OTHER_CLIENT, Reach, Request, Response, Surface, World, run_part,
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::input::{join, parts};

#[path = "../../bindings/http/tests/vectors/test_server.rs"]
mod test_server;

use test_server::TestServer;

const CONTRACT: &str = include_str!("../../rules/contracts/idaas-ciam.toml");
const PASSWORD: &str = "Kouling-demo-2026";
/// A text that occurs nowhere else.
const CANARY: &str = "Jq4vz~Wyvern0Xk";
const ADDRESS: &str = "15200000000@qq.com";
/// Solution of every captcha.
const PLACE: u32 = 100;
const MAX_REQUESTS: usize = 8;

/// The server, reset before each input.
struct Fixture {
    runtime: Runtime,
    house: TestServer,
    hash: String,
    /// HTTP status of every contract code.
    statuses: BTreeMap<String, u64>,
    log: Log,
}

/// The server's log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

static FIXTURE: LazyLock<Mutex<Fixture>> = LazyLock::new(|| Mutex::new(Fixture::new()));

pub fn check(data: &[u8]) {
    let fixture = FIXTURE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    fixture.runtime.block_on(fixture.run(data));
}

impl Fixture {
    fn new() -> Fixture {
        let log = Log::default();
        let written = log.clone();
        let lines = tracing_subscriber::fmt::layer().with_writer(move || written.clone()).with_ansi(false);
        let filter =
            Targets::new().with_target("kouling", tracing::Level::DEBUG).with_default(tracing::Level::WARN);
        tracing_subscriber::registry().with(filter).with(lines).init();
        let runtime = test_server::runtime();
        let hash = test_server::hash(PASSWORD);
        let house = runtime.block_on(async {
            let house = TestServer::open("standard", NOW).await;
            for client in [CLIENT, OTHER_CLIENT] {
                assert!(
                    house.inner.store().add_client(&Client::new(client, "test"), house.inner.now()).await.unwrap()
                );
            }
            for (username, name, phone, email) in [
                ("zhangsan", "张三", "15200000000", ADDRESS),
                ("lisi", "李四", "13812345678", "lantern@example.org"),
            ] {
                let account = NewAccount {
                    username: username.to_owned(),
                    name: Some(name.to_owned()),
                    phone: Some(phone.to_owned()),
                    email: Some(email.to_owned()),
                    ..NewAccount::default()
                };
                house.add_account(account, &[(hash.clone(), Some(NOW))], true).await;
            }
            house
        });
        let contract: toml::Table = CONTRACT.parse().expect("the contract");
        let status = |code: &toml::Value| u64::try_from(code["status"].as_integer().unwrap()).unwrap();
        let codes = contract["codes"].as_table().unwrap();
        let statuses = codes.iter().map(|(name, code)| (name.clone(), status(code))).collect();
        Fixture { runtime, house, hash, statuses, log }
    }

    async fn run(&self, data: &[u8]) {
        self.house.reset(&self.hash).await;
        let outbox = self.house.data.path().join("outbox");
        for entry in std::fs::read_dir(&outbox).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
        self.log.0.lock().unwrap().clear();
        for part in parts(data).take(MAX_REQUESTS) {
            self.house.wait(1);
            let Some(request) = self.read(part).await else { continue };
            let response =
                self.house.exchange(&request.method, &request.path, &request.headers, request.body.clone()).await;
            if let Some((parts, body)) = response {
                self.check_response(&request, &parts, &body);
                check_leaks("the response", &format!("{:?}", parts.headers), &body);
            }
        }
        let log = self.log.0.lock().unwrap();
        check_leaks("the log", "", &log);
    }

    fn check_response(&self, request: &RawRequest, parts: &Parts, body: &Bytes) {
        let (status, shown) = (parts.status.as_u16(), String::from_utf8_lossy(body));
        assert!(
            status < 500,
            "{request:?}: {status} {shown}\n{}",
            String::from_utf8_lossy(&self.log.0.lock().unwrap())
        );
        assert_eq!(parts.headers["x-content-type-options"], "nosniff", "missing security header: {request:?}");
        if request.method == "HEAD" {
            return;
        }
        let json: Option<Value> = serde_json::from_slice(body).ok();
        if status == 200 {
            let in_contract = request.path.starts_with("/api/v2/sdk/");
            assert!(!in_contract || json.is_some_and(|json| json.is_object()), "{request:?}: {shown}");
            return;
        }
        let json = json.unwrap_or_else(|| panic!("an error is JSON: {request:?}: {status} {shown}"));
        let fields: Vec<&String> = json.as_object().map(|fields| fields.keys().collect()).unwrap_or_default();
        let reports = request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("prefer"));
        let two = fields.iter().filter(|field| !(reports && field.as_str() == "violations"));
        assert!(
            two.map(|field| field.as_str()).eq(["error_code", "error_msg"]),
            "an error has two fields: {request:?}: {shown}"
        );
        let code = json["error_code"].as_str().unwrap_or_default();
        assert_eq!(self.statuses.get(code), Some(&u64::from(status)), "not a contract code: {request:?}: {shown}");
        assert!(
            json["error_msg"].as_str().is_some_and(|text| !text.is_empty()),
            "an empty message: {request:?}: {shown}"
        );
        assert!(status != 429 || parts.headers.contains_key("retry-after"), "missing retry-after: {request:?}");
    }

    /// Parses a request and fills in the placeholders.
    async fn read(&self, part: &[u8]) -> Option<RawRequest> {
        let end = part.windows(2).position(|two| two == b"\n\n");
        let (head, body) = end.map_or((part, &[][..]), |end| (&part[..end], &part[end + 2..]));
        let head = self.fill(&String::from_utf8_lossy(head), body).await;
        let mut lines = head.lines();
        let (method, path) = lines.next()?.split_once(' ')?;
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/api/v2/sdk/{path}") };
        let mut headers: Vec<(String, String)> =
            HEADERS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        for line in lines {
            let (line, adds) = line.strip_prefix('+').map_or((line, false), |line| (line, true));
            let (line, removes) = line.strip_prefix('-').map_or((line, false), |line| (line, true));
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            if !adds {
                headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            }
            if !removes {
                headers.push((name.to_owned(), value.trim().to_owned()));
            }
        }
        let body = match std::str::from_utf8(body) {
            Ok(text) => self.fill(text, body).await.into_bytes(),
            Err(_) => body.to_vec(),
        };
        Some(RawRequest { method: method.to_owned(), path, headers, body })
    }

    async fn fill(&self, text: &str, body: &[u8]) -> String {
        let point = format!("{{\\\"x\\\":{PLACE}.0,\\\"y\\\":5.0}}");
        let mut filled =
            text.replace("{canary}", CANARY).replace("{password}", PASSWORD).replace("{point}", &point);
        if filled.contains("{token}") {
            filled = filled.replace("{token}", &self.house.id_token("zhangsan", CLIENT).await);
        }
        if filled.contains("{code}") {
            filled = filled.replace("{code}", &self.code().await);
        }
        if filled.contains("{captcha}") {
            filled = filled.replace("{captcha}", &self.captcha().await);
        }
        if filled.contains("{solved}") {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            let address = ["email", "mobile"].iter().find_map(|field| body[*field].as_str()).unwrap_or(ADDRESS);
            filled = filled.replace("{solved}", &self.solved(address).await);
        }
        filled
    }

    /// Returns the newest code, or an unsent one if there is none.
    async fn code(&self) -> String {
        delivery::deliver_due(&self.house.inner).await.unwrap();
        let mut messages = Vec::new();
        for entry in std::fs::read_dir(self.house.data.path().join("outbox")).unwrap() {
            let path = entry.unwrap().path();
            // File names start with the time, which differs for every request.
            messages.push((path.clone(), std::fs::read_to_string(path).unwrap()));
        }
        messages.sort();
        let code = |text: &String| {
            let mut words = text.rsplit(|c: char| !c.is_ascii_alphanumeric());
            words.find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned)
        };
        messages.iter().rev().find_map(|(_, text)| code(text)).unwrap_or_else(|| "000000".to_owned())
    }

    async fn captcha(&self) -> String {
        let captcha = Captcha {
            token: random::identifier(),
            answer: CaptchaAnswer::Place(PLACE),
            created: self.house.inner.now(),
            state: CaptchaState::Open,
        };
        let token = captcha.token.clone();
        let stored = StoredCaptcha { captcha, secret_key: random::letters(16) };
        self.house.inner.store().add_captcha(&stored).await.unwrap();
        token
    }

    async fn solved(&self, address: &str) -> String {
        let token = self.captcha().await;
        let point = json!({"x": f64::from(PLACE), "y": 5.0}).to_string();
        let body = json!({"point_json": point, "token": token, "sender": address}).to_string().into_bytes();
        let headers: Vec<(String, String)> =
            HEADERS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let response = self.house.call("POST", "/api/v2/sdk/captcha/verify", &headers, body).await;
        response.body["captcha_token"].as_str().unwrap_or_default().to_owned()
    }
}

/// A request to the server.
struct RawRequest {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl std::fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?} {}", self.method, self.path, self.headers, self.body.escape_ascii())
    }
}

/// Asserts that the output contains no part of the canary in any encoding.
fn check_leaks(source: &str, head: &str, output: &[u8]) {
    static SPELLINGS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut spellings: Vec<String> =
            CANARY.as_bytes().windows(6).map(|piece| String::from_utf8_lossy(piece).into_owned()).collect();
        // The middle of a base64 text does not depend on what precedes it.
        spellings.extend((0..3).map(|shift| STANDARD_NO_PAD.encode(&CANARY.as_bytes()[shift..shift + 12])));
        spellings.push(random::hex(CANARY.as_bytes()));
        spellings.push(CANARY.replace('~', "%7E"));
        spellings
    });
    let output = String::from_utf8_lossy(output);
    for spelling in SPELLINGS.iter() {
        assert!(
            !output.contains(spelling) && !head.contains(spelling),
            "{source} contains the input: {head}\n{output}"
        );
    }
}

/// Returns the requests of the contract cases, and further requests.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    let cell = std::cell::RefCell::new(&mut seeds);
    run_part(Reach::Http, 0, 1, |_: &World| Recorder { requests: Vec::new(), seeds: &cell });
    let others = [
        "GET captcha\n\n",
        "GET captcha?kind=work\n\n",
        "GET pwd/policy\nX-L: zh\n\n",
        "GET /healthz\n\n",
        "GET /readyz\n\n",
        "GET /metrics\n\n",
        "GET /openapi.json\n\n",
        "GET /.well-known/jwks.json\n\n",
        "GET /login\n\n",
        "HEAD /forgot\n\n",
        "OPTIONS email/send\n\n",
        "GET /assets/nothing\n\n",
        "GET pwd/check-exist\nAuthorization: Bearer {token}\n\n",
        "POST pwd/check\nPrefer: report=all\n\n{\"password\":\"{canary}\",\"user\":{\"username\":\"{canary}\"},\"old_password\":\"{canary}\"}",
        "POST pwd/change\nAuthorization: Bearer {token}\nPrefer: report=all\n\n{\"old_password\":\"{password}\",\"new_password\":\"{canary}\"}",
        "POST login/auth\n\n{\"user_name\":\"{canary}\",\"password\":\"{canary}\"}",
        "POST email/send\n\n{\"email\":\"{canary}@example.org\",\"type\":\"FORGET_PWD_EMS\",\"captcha_token\":\"{solved}\"}",
        "POST pwd/update-by-email\nX-client-id: {canary}\n+X-agent: {canary}\n\n{\"email\":\"a@b.c\",\"verify_code\":\"{canary}\",\"password\":\"{canary}\"}",
    ];
    let others = others.iter().enumerate().map(|(n, text)| (format!("other-{n}"), text.as_bytes().to_vec()));
    seeds.into_iter().chain(others).collect()
}

/// A surface that only records the requests.
struct Recorder<'s> {
    requests: Vec<Vec<u8>>,
    seeds: &'s std::cell::RefCell<&'s mut Vec<(String, Vec<u8>)>>,
}

impl Drop for Recorder<'_> {
    fn drop(&mut self) {
        let mut seeds = self.seeds.borrow_mut();
        let name = format!("contract-{}", seeds.len());
        let start = self.requests.len().saturating_sub(MAX_REQUESTS);
        seeds.push((name, join(&self.requests[start..])));
    }
}

impl Surface for Recorder<'_> {
    fn exchange(&mut self, request: &Request) -> Response {
        let mut text = format!("{} {}\n", request.method, request.call);
        for (name, value) in HEADERS {
            match request.header(name) {
                Some(value_sent) if value_sent == value => {}
                Some(value_sent) => text += &format!("{name}: {value_sent}\n"),
                None => text += &format!("-{name}\n"),
            }
        }
        for (name, value) in &request.headers {
            if !HEADERS.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
                text += &format!("{name}: {value}\n");
            }
        }
        if request.signed_in.is_some() {
            text += "Authorization: Bearer {token}\n";
        }
        let mut bytes = (text + "\n").into_bytes();
        match &request.body {
            Body::Json(body) => {
                bytes.extend_from_slice(body.to_string().replace(PASSWORD, "{password}").as_bytes())
            }
            Body::Raw(raw) => bytes.extend_from_slice(&raw.as_bytes()[..raw.len().min(2000)]),
            Body::Empty => {}
        }
        self.requests.push(bytes);
        Response { status: 200, body: json!({ "captcha_token": "{solved}" }), retry_after: None }
    }

    fn captcha(&mut self) -> (String, u32) {
        ("{captcha}".to_owned(), PLACE)
    }

    fn codes(&mut self) -> Vec<String> {
        vec!["{code}".to_owned(); self.requests.len() + 1]
    }

    fn wait(&mut self, _: u64) -> bool {
        true
    }

    fn sign_in(&mut self, username: &str, password: &str) -> bool {
        let body = json!({ "user_name": username, "password": password });
        self.requests.push(format!("POST login/auth\n\n{body}").replace(PASSWORD, "{password}").into_bytes());
        true
    }
}
