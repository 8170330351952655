//! Vectors of exchanges: what a client sends, what it gets back, and what must have come before.
//!
//! A file has one `[world]` (a policy, accounts) and many cases. A case is a list of steps `before`, one exchange, and a
//! list of steps `after`; a journey has steps only. Every step must succeed or answer as it says. In the strings of a
//! body these are filled in:
//!
//! - `{code}` the newest code that was sent, `{code:1}` the first one of the case, `{wrong}` one that was not sent;
//! - `{captcha}` the token of a fresh captcha, `{point}` what solves the last one, `{point:+6}` six pixels beside it;
//! - `{solved}` the token of a captcha solved for the address of this body, `{solved:a@b.c}` for another one.
//!
//! How a call travels is the surface's business, a [`Door`]: the Rust API and HTTP answer the same cases.

mod file;
mod play;

use serde::Deserialize;
use serde_json::Value;

use crate::Report;
use file::read;
use play::Play;

/// The headers that a complete request has; a case lays its own over them.
pub const HEADERS: [(&str, &str); 5] = [
    ("X-operating-sys-version", "windows10.1.1"),
    ("X-device-fingerprint", "156aysdna213sc50"),
    ("X-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)"),
    ("X-client-id", CLIENT),
    ("content-type", "application/json"),
];

/// The client that every world has registered, and no other.
pub const CLIENT: &str = "nTo1eRIub60vPb54WeE6aojPwYwImtl4";

/// Registered as well, so that a code can be tried by another client.
pub const OTHER_CLIENT: &str = "another1eRIub60vPb54WeE6aojPwYwI";

/// What exists before a case begins.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The name of a preset, or, when it has more than one line, the text of a policy.
    pub policy: String,
    /// The accounts.
    #[serde(default)]
    pub account: Vec<Account>,
}

/// An account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its name.
    pub username: String,
    /// The person's.
    pub name: Option<String>,
    /// The phone number on record.
    pub phone: Option<String>,
    /// The mail address on record.
    pub email: Option<String>,
    /// In plain text, oldest first; the last one is in use. None: there is no password yet.
    #[serde(default)]
    pub passwords: Vec<String>,
    /// Whether it is locked.
    #[serde(default)]
    pub locked: bool,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A JSON document.
    Json(Value),
    /// These bytes, whatever they are.
    Raw(String),
    /// Nothing.
    Empty,
}

/// A request as a client makes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The path below `/api/v2/sdk/`, or a whole one that begins with `/`.
    pub call: String,
    /// The method.
    pub method: String,
    /// Every header, in no order.
    pub headers: Vec<(String, String)>,
    /// Who is signed in: the surface adds what proves it.
    pub signed_in: Option<String>,
    /// The body.
    pub body: Body,
}

impl Request {
    /// A header's value, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// A field of the body; empty when it is missing.
    pub fn field(&self, name: &str) -> &str {
        match &self.body {
            Body::Json(body) => body[name].as_str().unwrap_or_default(),
            Body::Raw(_) | Body::Empty => "",
        }
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; `null` when there is none.
    pub body: Value,
    /// The seconds of `Retry-After`.
    pub retry_after: Option<u64>,
}

/// A surface with a world behind it.
pub trait Door {
    /// Makes a request.
    fn exchange(&mut self, request: &Request) -> Answer;

    /// A fresh captcha: its token, and the place of the piece in pixels from the left.
    fn captcha(&mut self) -> (String, u32);

    /// The codes that were sent so far, oldest first.
    fn codes(&mut self) -> Vec<String>;

    /// Lets time pass. False when the surface cannot: the case is left out.
    fn wait(&mut self, seconds: u64) -> bool;

    /// Whether a user can sign in.
    fn sign_in(&mut self, username: &str, password: &str) -> bool;
}

/// Whether cases that only a server can show are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// They are: paths, methods, sizes, content types, tokens.
    Http,
    /// They are left out and counted.
    Flow,
}

/// The code and the text of every refusal that a case expects, whatever its door.
///
/// # Panics
/// As [`run`].
pub fn refusals() -> Vec<(String, String)> {
    let cases = read().into_iter().flat_map(|(_, file)| file.case);
    cases.filter_map(|case| Some((case.error_code?, case.error_msg?))).collect()
}

/// Runs every case of every file through a surface, each in a world of its own.
///
/// # Panics
/// When a file is no file of vectors, or two cases of it have one name.
pub fn run<D: Door>(reach: Reach, open: impl FnMut(&World) -> D) -> Report {
    run_part(reach, 0, 1, open)
}

/// Runs one of so many parts of the cases, numbered from 0: for surfaces that take long, several at once.
///
/// # Panics
/// As [`run`].
pub fn run_part<D: Door>(reach: Reach, part: usize, parts: usize, mut open: impl FnMut(&World) -> D) -> Report {
    let mut report = Report::default();
    for (stem, file) in read() {
        for case in file.case.iter().skip(part).step_by(parts) {
            let name = format!("contract/{stem}/{}", case.name);
            if case.door.is_some() && reach == Reach::Flow {
                report.skipped += 1;
                continue;
            }
            let policy = case.policy.clone().unwrap_or_else(|| file.world.policy.clone());
            let world = World { policy, ..file.world.clone() };
            let mut play = Play { door: open(&world), name, first_code: 0, x: 0, report: &mut report };
            match play.case(case) {
                Some(()) => report.run += 1,
                None => report.skipped += 1,
            }
        }
    }
    report
}
