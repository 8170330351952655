//! All vectors of exchanges, through the router.

use std::collections::BTreeSet;

use kouling::flow::CaptchaAnswer;
use kouling_http::delivery;
use kouling_http::store::{Client, NewAccount};
use kouling_vector_runner::Report;
use kouling_vector_runner::evaluation::NOW;
use kouling_vector_runner::exchange::{
    Body, CLIENT, HEADERS, OTHER_CLIENT, Reach, Request, Response, Surface, World, run_part,
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::test_server::{Stored, TestServer, hash, runtime};

struct Http<'r> {
    runtime: &'r Runtime,
    server: TestServer,
    codes: Vec<String>,
    /// The files of the outbox that were read.
    read: BTreeSet<String>,
}

impl<'r> Http<'r> {
    fn open(runtime: &'r Runtime, world: &World) -> Http<'r> {
        let server = runtime.block_on(async {
            let server = TestServer::open(&world.policy, NOW).await;
            for client in [CLIENT, OTHER_CLIENT] {
                assert!(
                    server
                        .inner
                        .store()
                        .add_client(&Client::new(client, "test"), server.inner.now())
                        .await
                        .unwrap()
                );
            }
            for account in &world.account {
                let new = NewAccount {
                    username: account.username.clone(),
                    name: account.name.clone(),
                    phone: account.phone.clone(),
                    email: account.email.clone(),
                    ..NewAccount::default()
                };
                let hashes: Vec<Stored> =
                    account.passwords.iter().rev().map(|password| (hash(password), Some(NOW))).collect();
                server.add_account(new, &hashes, !account.locked).await;
            }
            server
        });
        Http { runtime, server, codes: Vec::new(), read: BTreeSet::new() }
    }

    fn send(&mut self, method: &str, call: &str, headers: &[(String, String)], body: Vec<u8>) -> Response {
        let path = if call.starts_with('/') { call.to_owned() } else { format!("/api/v2/sdk/{call}") };
        let answer = self.runtime.block_on(self.server.call(method, &path, headers, body));
        // Before the next request revokes a code that is still waiting.
        self.runtime.block_on(delivery::deliver_due(&self.server.inner)).unwrap();
        self.read_outbox();
        answer
    }

    fn post(&mut self, call: &str, body: &Value) -> Response {
        self.send("POST", call, &complete(), body.to_string().into_bytes())
    }

    fn read_outbox(&mut self) {
        for entry in std::fs::read_dir(self.server.data.path().join("outbox")).unwrap() {
            let entry = entry.unwrap();
            if self.read.insert(entry.file_name().into_string().unwrap()) {
                self.codes.extend(code(&std::fs::read_to_string(entry.path()).unwrap()));
            }
        }
    }
}

/// Returns the code in a message: in a line of its own in a mail, within a sentence in a short message. A notice has none.
fn code(message: &str) -> Option<String> {
    let is_mail = message.contains("Content-Type:");
    let text = message.split_once("\n\n").map_or(message, |(_, text)| text);
    let lines = message.lines().filter(|line| is_mail && line.starts_with("    ")).map(str::trim);
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|_| !is_mail);
    lines
        .chain(words)
        .find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_owned)
}

fn complete() -> Vec<(String, String)> {
    HEADERS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

impl Surface for Http<'_> {
    fn exchange(&mut self, request: &Request) -> Response {
        let mut headers = request.headers.clone();
        if let Some(username) = &request.signed_in {
            let client = request.header("X-client-id").unwrap_or(CLIENT);
            let token = self.runtime.block_on(self.server.id_token(username, client));
            headers.push(("Authorization".to_owned(), format!("Bearer {token}")));
        }
        let body = match &request.body {
            Body::Json(body) => body.to_string(),
            Body::Raw(raw) => raw.clone(),
            Body::Empty => String::new(),
        };
        self.send(&request.method, &request.call, &headers, body.into_bytes())
    }

    fn captcha(&mut self) -> (String, u32) {
        let shown = self.send("GET", "captcha", &complete(), Vec::new());
        let token = shown.body["token"].as_str().expect("a captcha").to_owned();
        let stored = self.runtime.block_on(self.server.inner.store().captcha(&token)).unwrap().unwrap();
        let CaptchaAnswer::Place(x) = stored.captcha.answer else { panic!("no jigsaw") };
        (token, x)
    }

    fn codes(&mut self) -> Vec<String> {
        self.codes.clone()
    }

    fn wait(&mut self, seconds: u64) -> bool {
        self.server.wait(seconds);
        true
    }

    fn sign_in(&mut self, username: &str, password: &str) -> bool {
        let answer = self.post("login/auth", &json!({ "user_name": username, "password": password }));
        let code = answer.body["error_code"].as_str().unwrap_or_default();
        assert!(matches!((answer.status, code), (200, _) | (400, "IDAAS.SDK.USER.9002")), "{answer:?}");
        answer.status == 200
    }
}

#[test]
fn every_exchange_gets_the_expected_response() {
    let parts = std::thread::available_parallelism().map_or(1, usize::from);
    let play = |part| {
        let runtime = runtime();
        run_part(Reach::Http, part, parts, |world| Http::open(&runtime, world))
    };
    let report = std::thread::scope(|scope| {
        let running: Vec<_> = (0..parts).map(|part| scope.spawn(move || play(part))).collect();
        let reports = running.into_iter().map(|part| part.join().expect("no case panics"));
        reports.fold(Report::default(), Report::and)
    });
    report.finish(0);
}
