//! Directed tests of the sixteen invariants of the reset flow. The prefix of a test names its invariant in `SECURITY.md`.
//! Random walks that check the same invariants are in `reset/model`.
#![allow(clippy::panic, clippy::expect_used)]

mod answers;
mod binding;
mod guesses;
mod identifiers;
mod once;
mod order;
mod passwords;
mod secrets;
mod time;

use crate::fake_host as host;
use host::{Engine, Host, SubmissionInput, caller};
use kouling::flow::Purpose;

/// The policy of most tests: the default reset settings, and few rules, so that no password is refused by accident.
const POLICY: &str = "format = 1\n[rules.length]\nmin = 8\nmax = 64\n[rules.reversed_username]\n";

const OLD_PASSWORD: &str = "Kouling-demo-2026";
const NEW_PASSWORD: &str = "River-of-tea-77";
const MAIL: &str = "zhangsan@example.org";
const PHONE: &str = "15200000000";
const OTHER_MAIL: &str = "lisi@example.org";
const UNKNOWN_MAIL: &str = "nobody@example.org";

/// Returns a host with two accounts, each with a mail address and a phone number.
fn host_with_accounts(engine: &Engine) -> Host<'_> {
    let mut host = Host::new(engine);
    host.add_account("zhangsan", Some("ZhangSan@example.org"), Some(PHONE), &[OLD_PASSWORD]);
    host.add_account("lisi", Some(OTHER_MAIL), Some("15200000001"), &["Lisi-has-one-too"]);
    host
}

/// Sends a code to an address, requested by the first client on the first device, and returns it.
fn code_for(host: &mut Host<'_>, address: &str) -> String {
    host.send_code(caller(1, 1), address, Purpose::ForgotPassword)
}

/// Returns the input of a submission by the same requester.
fn input(address: &str, code: &str) -> SubmissionInput {
    SubmissionInput::new(caller(1, 1), address, code, NEW_PASSWORD)
}

/// Returns a code that differs from this one.
fn wrong_code(code: &str) -> String {
    let first = if code.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", &code[1..])
}
