//! A server in a temporary folder, with two apps and two users, and a client for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use kouling::Moment;
use kouling::flow::CaptchaAnswer;
use kouling_http::mail::Mailbox;
use kouling_http::server::ServerBuilder;
use kouling_http::store::{Client, NewAccount};
use kouling_http::{Server, Settings, app, delivery, worker_pool};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) const CLIENT: &str = "nTo1eRIub60vPb54WeE6aojPwYwImtl4";
pub(crate) const EMAIL: &str = "15200000000@qq.com";
pub(crate) const MOBILE: &str = "15200000000";
pub(crate) const OLD: &str = "Kouling-demo-2026";
pub(crate) const NEW: &str = "Wander-7-heron";
const START: i64 = 1_795_392_000;

/// The device headers of a client of the contract.
pub(crate) const HEADERS: [(&str, &str); 5] = [
    ("x-operating-sys-version", "windows10.1.1"),
    ("x-device-fingerprint", "156aysdna213sc50"),
    ("x-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)"),
    ("x-client-id", CLIENT),
    ("content-type", "application/json"),
];

pub(crate) struct TestServer {
    pub(crate) inner: Arc<Server>,
    pub(crate) router: Router,
    pub(crate) data: TempDir,
    pub(crate) settings: Settings,
    clock: Arc<AtomicI64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["error_code"].as_str().unwrap_or_default()
    }

    /// Returns status and code of a refusal, which has exactly two fields.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        let fields: Vec<&String> = self.body.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["error_code", "error_msg"], "{:?}", self.body);
        assert_eq!(self.headers["content-type"], "application/json");
        (self.status, self.code())
    }

    pub(crate) fn done(self) -> Value {
        assert_eq!(self.status, 200, "{:?}", self.body);
        assert_eq!(self.headers["content-type"], "application/json");
        self.body
    }
}

impl TestServer {
    pub(crate) async fn new() -> TestServer {
        TestServer::with_policy("extends = [\"standard\"]").await
    }

    /// Opens a server with other transports or another store.
    pub(crate) async fn configured(configure: impl FnOnce(ServerBuilder) -> ServerBuilder) -> TestServer {
        TestServer::create("extends = [\"standard\"]", configure).await
    }

    /// Opens a server with a policy of these lines.
    pub(crate) async fn with_policy(lines: &str) -> TestServer {
        TestServer::create(lines, |builder| builder).await
    }

    /// Opens a server with a policy of these lines and further files beside it.
    pub(crate) async fn with_files(lines: &str, files: &[(&str, &str)]) -> TestServer {
        TestServer::create_with(lines, files, |builder| builder).await
    }

    async fn create(lines: &str, configure: impl FnOnce(ServerBuilder) -> ServerBuilder) -> TestServer {
        TestServer::create_with(lines, &[], configure).await
    }

    async fn create_with(
        lines: &str,
        files: &[(&str, &str)],
        configure: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> TestServer {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("policy.toml"), policy(lines)).unwrap();
        for (name, text) in files {
            std::fs::write(data.path().join(name), policy(text)).unwrap();
        }
        let clock = Arc::new(AtomicI64::new(START));
        let server = TestServer::open(data, clock, configure).await;
        let store = server.inner.store();
        store.add_client(&Client::new(CLIENT, "test"), server.now()).await.unwrap();
        store.add_client(&Client::new("another-client", "test"), server.now()).await.unwrap();
        let zhangsan = NewAccount {
            username: "zhangsan".to_owned(),
            name: Some("张三".to_owned()),
            phone: Some(MOBILE.to_owned()),
            email: Some(EMAIL.to_owned()),
            language: None,
            password_hash: worker_pool::hash(OLD),
            ..NewAccount::default()
        };
        let bare = NewAccount {
            username: "bare".to_owned(),
            email: Some("Bare@Example.org".to_owned()),
            ..NewAccount::default()
        };
        assert!(store.add_accounts(&[zhangsan, bare], server.now()).await.unwrap().is_empty());
        server
    }

    async fn open(
        data: TempDir,
        clock: Arc<AtomicI64>,
        configure: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> TestServer {
        let settings = Settings {
            policy: data.path().join("policy.toml").to_str().unwrap().to_owned(),
            from: Mailbox::parse("Kouling <no-reply@example.org>").unwrap(),
            trusted_proxies: vec!["0.0.0.0/32".parse().unwrap()],
            // Cheap enough for a debug build.
            work_bits: 12,
            ..Settings::new(data.path())
        };
        let time = clock.clone();
        let builder = Server::builder(settings.clone())
            .clock(Arc::new(move || Moment::from_unix(time.load(Ordering::SeqCst))));
        let inner = configure(builder).open().await.unwrap();
        TestServer { router: app(inner.clone()), inner, data, settings, clock }
    }

    /// Closes the server and opens another on the same folder.
    pub(crate) async fn restart(self) -> TestServer {
        self.inner.store().close().await;
        TestServer::open(self.data, self.clock, |builder| builder).await
    }

    pub(crate) fn now(&self) -> Moment {
        self.inner.now()
    }

    /// Advances the clock.
    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) async fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.unwrap();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// Sends a request of the contract. `more` replaces headers of the same name; the value `-` removes one.
    pub(crate) async fn call(&self, method: &str, path: &str, more: &[(&str, &str)], body: &Value) -> Answer {
        let replaced = |name: &str| more.iter().any(|(other, _)| *other == name);
        let headers: Vec<_> = HEADERS
            .iter()
            .filter(|(name, _)| !replaced(name))
            .chain(more)
            .filter(|(_, value)| *value != "-")
            .copied()
            .collect();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.raw(method, &format!("/api/v2/sdk/{path}"), &headers, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[], &Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, &[], &body).await
    }

    pub(crate) async fn as_user(&self, method: &str, path: &str, token: &str, body: Value) -> Answer {
        self.call(method, path, &[("authorization", &format!("Bearer {token}"))], &body).await
    }

    /// Returns the token of a captcha that was solved for an address, with the answer from the store.
    pub(crate) async fn captcha_token(&self, sender: &str) -> String {
        let shown = self.get("captcha").await.done();
        let token = shown["token"].as_str().unwrap();
        let stored = self.inner.store().captcha(token).await.unwrap().unwrap();
        let CaptchaAnswer::Place(x) = stored.captcha.answer else { panic!("no jigsaw") };
        let point = format!("{{\"x\":{x}.0,\"y\":5.0}}");
        let solved = self
            .post("captcha/verify", json!({ "point_json": point, "token": token, "sender": sender }))
            .await
            .done();
        assert_eq!(solved["captcha_token"], format!("{token}---{point}"));
        solved["captcha_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn ask(&self, address: &str, scene: &str) -> Answer {
        let captcha_token = self.captcha_token(address).await;
        let (path, field) = if scene.ends_with("SMS") { ("sms/send", "mobile") } else { ("email/send", "email") };
        self.post(path, json!({ field: address, "type": scene, "captcha_token": captcha_token })).await
    }

    /// Delivers due messages. Returns all messages in the outbox folder, oldest first.
    pub(crate) async fn messages(&self) -> Vec<String> {
        delivery::deliver_due(&self.inner).await.unwrap();
        let folder = std::fs::read_dir(self.data.path().join("outbox")).unwrap();
        let mut paths: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
        paths.sort_by_key(|path| path.metadata().unwrap().modified().unwrap());
        paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    /// Returns the newest code sent to an address.
    pub(crate) async fn code(&self, address: &str) -> String {
        let to = format!("To: {address}");
        let messages = self.messages().await;
        let newest = messages.iter().rev().find(|message| message.contains(&to)).expect("no message arrived");
        let words = newest.split(|c: char| !c.is_ascii_alphanumeric());
        let mut codes = words.filter(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
        codes.next().expect("no code in the message").to_owned()
    }

    pub(crate) async fn redeem(&self, email: &str, code: &str, password: &str) -> Answer {
        self.post("pwd/update-by-email", json!({ "email": email, "verify_code": code, "password": password }))
            .await
    }

    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Answer {
        self.post("login/auth", json!({ "user_name": name, "password": password })).await
    }

    pub(crate) async fn id_token(&self, password: &str) -> String {
        self.sign_in("zhangsan", password).await.done()["id_token"].as_str().unwrap().to_owned()
    }

    /// Returns one number from the database.
    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        let options =
            sqlx::sqlite::SqliteConnectOptions::new().filename(kouling_http::server::database(self.data.path()));
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        let count = sqlx::query_scalar(query).fetch_one(&pool).await.unwrap();
        pool.close().await;
        count
    }
}

pub(crate) fn policy(lines: &str) -> String {
    format!("format = 1\nname = \"test\"\n{lines}\n")
}

/// Returns another code than this one.
pub(crate) fn other_than(code: &str, by: u32) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + by) % 1_000_000)
}
