//! Runs the HTTP contract cases: requests, responses, and the steps around them.
//!
//! A file has one `[world]` (a policy and accounts) and many cases. A case is a list of steps `before`, one
//! exchange, and a list of steps `after`. A multi-step scenario has steps only. Each step must succeed or return
//! the stated error. Placeholders in the strings of a body:
//!
//! - `{code}`: the newest code that was sent; `{code:1}`: the first code of the case; `{wrong}`: a code that was
//!   not sent;
//! - `{captcha}`: the token of a new captcha; `{point}`: the solution of the last captcha; `{point:+6}`: six
//!   pixels off;
//! - `{solved}`: the token of a captcha solved for the address in this body; `{solved:a@b.c}`: for another
//!   address.
//!
//! A [`Surface`] transports the requests: the Rust API and HTTP run the same cases.

mod file;
mod runner;

use serde::Deserialize;
use serde_json::Value;

use crate::Report;
use file::read;
use runner::CaseRunner;

/// Headers of a complete request. A case overrides them.
pub const HEADERS: [(&str, &str); 5] = [
    ("X-operating-sys-version", "windows10.1.1"),
    ("X-device-fingerprint", "156aysdna213sc50"),
    ("X-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)"),
    ("X-client-id", CLIENT),
    ("content-type", "application/json"),
];

/// The client ID registered in every world.
pub const CLIENT: &str = "nTo1eRIub60vPb54WeE6aojPwYwImtl4";

/// A second registered client ID, for cases that use a code of another client.
pub const OTHER_CLIENT: &str = "another1eRIub60vPb54WeE6aojPwYwI";

/// State before a case.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// Name of a preset, or the text of a policy if it has more than one line.
    pub policy: String,
    /// The accounts.
    #[serde(default)]
    pub account: Vec<Account>,
}

/// An account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Username.
    pub username: String,
    /// Full name.
    pub name: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Passwords in plain text, oldest first; the last is the current one. Empty if no password is set.
    #[serde(default)]
    pub passwords: Vec<String>,
    /// Whether the account is locked.
    #[serde(default)]
    pub locked: bool,
}

/// Request body.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A JSON document.
    Json(Value),
    /// Arbitrary text.
    Raw(String),
    /// No body.
    Empty,
}

/// A client request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Path below `/api/v2/sdk/`, or an absolute path that starts with `/`.
    pub call: String,
    /// HTTP method.
    pub method: String,
    /// Headers, unordered.
    pub headers: Vec<(String, String)>,
    /// The signed-in user. The surface adds the credentials.
    pub signed_in: Option<String>,
    /// Body.
    pub body: Body,
}

impl Request {
    /// Returns a header by its case-insensitive name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Returns a string field of the body, or an empty string.
    pub fn field(&self, name: &str) -> &str {
        match &self.body {
            Body::Json(body) => body[name].as_str().unwrap_or_default(),
            Body::Raw(_) | Body::Empty => "",
        }
    }
}

/// A response.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Body; `null` if empty.
    pub body: Value,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u64>,
}

/// A surface under test, with its world.
pub trait Surface {
    /// Sends a request and returns the response.
    fn exchange(&mut self, request: &Request) -> Response;

    /// Creates a captcha. Returns its token, and the x coordinate of the solution in pixels.
    fn captcha(&mut self) -> (String, u32);

    /// Returns the codes sent so far, oldest first.
    fn codes(&mut self) -> Vec<String>;

    /// Advances the clock. Returns false if the surface cannot, which skips the case.
    fn wait(&mut self, seconds: u64) -> bool;

    /// Returns whether a user can sign in.
    fn sign_in(&mut self, username: &str, password: &str) -> bool;
}

/// Which cases to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All cases, including those that need HTTP: paths, methods, sizes, content types, tokens.
    Http,
    /// Cases that need no HTTP. The others are counted as skipped.
    Flow,
}

/// Returns the code and message of every error that a case expects.
///
/// # Panics
/// As [`run`].
pub fn refusals() -> Vec<(String, String)> {
    let cases = read().into_iter().flat_map(|(_, file)| file.case);
    cases.filter_map(|case| Some((case.error_code?, case.error_msg?))).collect()
}

/// Runs every case of every file, each in a new world.
///
/// # Panics
/// If a file is invalid or contains duplicate names.
pub fn run<D: Surface>(reach: Reach, open: impl FnMut(&World) -> D) -> Report {
    run_part(reach, 0, 1, open)
}

/// Runs one of `parts` subsets of the cases, numbered from 0, so that slow surfaces can run in parallel.
///
/// # Panics
/// As for [`run`].
pub fn run_part<D: Surface>(reach: Reach, part: usize, parts: usize, mut open: impl FnMut(&World) -> D) -> Report {
    let mut report = Report::default();
    for (stem, file) in read() {
        for case in file.case.iter().skip(part).step_by(parts) {
            let name = format!("contract/{stem}/{}", case.name);
            if case.needs.is_some() && reach == Reach::Flow {
                report.skipped += 1;
                continue;
            }
            let policy = case.policy.clone().unwrap_or_else(|| file.world.policy.clone());
            let world = World { policy, ..file.world.clone() };
            let mut runner = CaseRunner { surface: open(&world), name, first_code: 0, x: 0, report: &mut report };
            match runner.case(case) {
                Some(()) => report.run += 1,
                None => report.skipped += 1,
            }
        }
    }
    report
}
