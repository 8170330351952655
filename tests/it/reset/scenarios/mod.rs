//! What must never happen in a reset, case by case. The numbers are those of the sixteen invariants; the random
//! walks over the same ground are in `flow_model`.
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
use host::{Engine, Host, Typed, caller};
use kouling::flow::Purpose;

/// The policy of most cases: the defaults of the reset, and few rules, so that a password is refused on purpose only.
const POLICY: &str = "format = 1\n[rules.length]\nmin = 8\nmax = 64\n[rules.reversed_username]\n";

const OLD: &str = "Kouling-demo-2026";
const NEW: &str = "River-of-tea-77";
const MAIL: &str = "zhangsan@example.org";
const PHONE: &str = "15200000000";
const OTHER_MAIL: &str = "lisi@example.org";
const NOBODY: &str = "nobody@example.org";

/// Two people, each with mail and phone.
fn town(engine: &Engine) -> Host<'_> {
    let mut host = Host::new(engine);
    host.add_account("zhangsan", Some("ZhangSan@example.org"), Some(PHONE), &[OLD]);
    host.add_account("lisi", Some(OTHER_MAIL), Some("15200000001"), &["Lisi-has-one-too"]);
    host
}

/// A code for an address, asked for by the first client on the first device.
fn code_for(host: &mut Host<'_>, address: &str) -> String {
    host.send_code(caller(1, 1), address, Purpose::ForgotPassword)
}

/// What the same client submits for it.
fn typed(address: &str, code: &str) -> Typed {
    Typed::new(caller(1, 1), address, code, NEW)
}

/// A code that is not this one.
fn another(code: &str) -> String {
    let first = if code.starts_with('0') { "1" } else { "0" };
    format!("{first}{}", &code[1..])
}
