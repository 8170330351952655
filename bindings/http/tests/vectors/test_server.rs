//! A house: one server, and what a test does to it from inside, which no client could.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::response::Parts;
use axum::http::{HeaderName, HeaderValue, Request, header};
use kouling::Moment;
use kouling_http::store::NewAccount;
use kouling_http::{Server, Settings, app, random, server, worker_pool};
use kouling_vector_runner::exchange::Response;
use serde_json::Value;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempDir;
use tower::ServiceExt;

/// Sessions and tokens of a test last until it ends.
const LONG: u64 = 86_400;

pub(crate) struct House {
    pub(crate) server: Arc<Server>,
    pub(crate) data: TempDir,
    router: Router,
    clock: Arc<AtomicI64>,
    database: SqlitePool,
}

/// A hash that is or was somebody's, and when it was set.
pub(crate) type Stored = (String, Option<i64>);

impl House {
    /// With a policy: a preset's name or, when it has more than one line, a text.
    pub(crate) async fn open(policy: &str, now: i64) -> House {
        let data = tempfile::tempdir().unwrap();
        let mut settings = Settings::new(data.path());
        settings.trusted_proxies = vec!["0.0.0.0/32".parse().unwrap()];
        settings.policy = policy.to_owned();
        if policy.contains('\n') {
            let path = data.path().join("policy.toml");
            std::fs::write(&path, policy).unwrap();
            settings.policy = path.to_str().unwrap().to_owned();
        }
        let clock = Arc::new(AtomicI64::new(now));
        let time = clock.clone();
        let clock_of_server = Arc::new(move || Moment::from_unix(time.load(Ordering::SeqCst)));
        let server = Server::open_at(settings, clock_of_server).await.unwrap();
        let file = SqliteConnectOptions::new().filename(server::database(data.path()));
        let database = SqlitePool::connect_lazy_with(file);
        House { router: app(server.clone()), server, data, clock, database }
    }

    pub(crate) fn set_clock(&self, now: i64) {
        self.clock.store(now, Ordering::SeqCst);
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.fetch_add(i64::try_from(seconds).unwrap(), Ordering::SeqCst);
    }

    /// A request as it is, and its answer; a body that is no JSON is `null`.
    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: Vec<u8>,
    ) -> Response {
        let (parts, body) = self.exchange(method, path, headers, body).await.expect("a request");
        let retry_after = parts.headers.get(header::RETRY_AFTER);
        Response {
            status: parts.status.as_u16(),
            body: serde_json::from_slice(&body).unwrap_or(Value::Null),
            retry_after: retry_after.map(|seconds| seconds.to_str().unwrap().parse().unwrap()),
        }
    }

    /// A request as it is, and its answer as it is; `None` when it is no request of HTTP.
    pub(crate) async fn exchange(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: Vec<u8>,
    ) -> Option<(Parts, Bytes)> {
        let mut request = Request::builder().method(method).uri(path).body(Body::from(body)).ok()?;
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            request.headers_mut().append(name, HeaderValue::from_bytes(value.as_bytes()).ok()?);
        }
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        Some((parts, to_bytes(body, 1 << 24).await.unwrap()))
    }

    /// Adds an account with hashes, the current one first. What its other fields say stands in `account`.
    pub(crate) async fn add_account(&self, account: NewAccount, hashes: &[Stored], is_active: bool) {
        let key = account.username.clone();
        let taken = self.server.store().add_accounts(&[account], self.server.now()).await.unwrap();
        assert!(taken.is_empty(), "the account `{key}` cannot be added");
        let (hash, at) = hashes.first().cloned().unzip();
        sqlx::query("UPDATE accounts SET password_hash = ?, password_set = ?, is_active = ? WHERE username = ?")
            .bind(hash)
            .bind(at.flatten())
            .bind(is_active)
            .bind(&key)
            .execute(&self.database)
            .await
            .unwrap();
        for (hash, at) in hashes.iter().skip(1).rev() {
            sqlx::query(
                "INSERT INTO password_history (account, hash, was_set, replaced)
                 SELECT id, ?, ?, 0 FROM accounts WHERE username = ?",
            )
            .bind(hash)
            .bind(at)
            .bind(&key)
            .execute(&self.database)
            .await
            .unwrap();
        }
    }

    pub(crate) async fn forget_accounts(&self) {
        sqlx::query("DELETE FROM accounts").execute(&self.database).await.unwrap();
    }

    /// Forgets what has happened: everything but the clients and the accounts, which have this password again.
    #[allow(dead_code)] // the law of the wire does
    pub(crate) async fn forget(&self, hash: &str) {
        let happened =
            "DELETE FROM password_history; DELETE FROM challenges; DELETE FROM captchas; DELETE FROM events;
            DELETE FROM sessions; DELETE FROM outbox; DELETE FROM audit";
        sqlx::raw_sql(happened).execute(&self.database).await.unwrap();
        let again = sqlx::query("UPDATE accounts SET password_hash = ? WHERE password_hash <> ?");
        again.bind(hash).bind(hash).execute(&self.database).await.unwrap();
    }

    /// An id token of somebody who signed in, however that was.
    pub(crate) async fn id_token(&self, username: &str, client: &str) -> String {
        let now = self.server.now();
        let account: String = sqlx::query_scalar("SELECT id FROM accounts WHERE username = ?")
            .bind(username)
            .fetch_one(&self.database)
            .await
            .unwrap();
        let session = random::identifier();
        sqlx::query(
            "INSERT INTO sessions (id, token_hash, account, client, made, dies) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(&session)
        .bind(session.as_bytes())
        .bind(&account)
        .bind(client)
        .bind(now.unix())
        .bind(now.plus(LONG).unix())
        .execute(&self.database)
        .await
        .unwrap();
        self.server.tokens().issue(&session, &account, username, client, now).unwrap()
    }
}

/// The hash of a password as the server makes it, once for every test.
pub(crate) fn hash(password: &str) -> String {
    static MADE: LazyLock<Mutex<BTreeMap<String, String>>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap();
    made.entry(password.to_owned()).or_insert_with(|| worker_pool::hash(password).unwrap()).clone()
}

/// What takes the part of a server's process.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}
