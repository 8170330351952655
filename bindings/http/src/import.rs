//! Users from JSON Lines. Everything that is wrong is said at once, with its line; either all users are added or none.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kouling::candidate::MAX_ATTRIBUTE_LENGTH;
use kouling::evaluation::LANGUAGES;
use kouling::flow::{Address, Channel};
use kouling::knowledge::stored_hash;
use kouling::{Moment, Policy};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::store::{NewAccount, Store, StoreError, login_key};
use crate::worker_pool::hash;

/// No line is longer, in bytes.
const LONGEST_LINE: usize = 64 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    username: String,
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    language: Option<String>,
    password: Option<Zeroizing<String>>,
    password_hash: Option<String>,
}

/// What is wrong with a line. Holds nothing that stands in it but names of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong: lower case, no full stop.
    pub message: String,
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

struct User {
    line: usize,
    account: NewAccount,
    password: Option<Zeroizing<String>>,
}

/// Adds the users of `text`; how many.
///
/// # Errors
/// When the store cannot be asked; what is wrong with the lines is in the inner result.
pub async fn import(
    store: &dyn Store,
    policy: &Policy,
    text: &[u8],
    now: Moment,
) -> Result<Result<usize, Vec<Complaint>>, StoreError> {
    let mut users = match read(text, policy) {
        Ok(users) => users,
        Err(complaints) => return Ok(Err(complaints)),
    };
    tokio::task::block_in_place(|| hash_passwords(&mut users));
    let accounts: Vec<NewAccount> = users.iter().map(|user| user.account.clone()).collect();
    let taken = store.add_accounts(&accounts, now).await?;
    if taken.is_empty() {
        return Ok(Ok(users.len()));
    }
    let message = "the username, phone or email belongs to somebody already";
    let lines = taken.iter().filter_map(|number| users.get(*number)).map(|user| user.line);
    Ok(Err(lines.map(|line| Complaint { line, message: message.to_owned() }).collect()))
}

fn read(text: &[u8], policy: &Policy) -> Result<Vec<User>, Vec<Complaint>> {
    let (mut users, mut complaints) = (Vec::new(), Vec::new());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let number = number + 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let mut complain = |message: String| complaints.push(Complaint { line: number, message });
        match read_line(line) {
            Err(message) => complain(message),
            Ok(line) => {
                for message in wrong_with(&line, policy) {
                    complain(message);
                }
                for (what, key) in keys(&line) {
                    if let Some(first) = seen.insert(format!("{what}:{key}"), number) {
                        complain(format!("`{what}` is that of line {first}"));
                    }
                }
                let Line { username, name, phone, email, language, password, password_hash } = line;
                let account = NewAccount { username, name, phone, email, language, password_hash };
                users.push(User { line: number, account, password });
            }
        }
    }
    if complaints.is_empty() { Ok(users) } else { Err(complaints) }
}

fn read_line(line: &[u8]) -> Result<Line, String> {
    if line.len() > LONGEST_LINE {
        return Err(format!("longer than {LONGEST_LINE} bytes"));
    }
    serde_json::from_slice(line).map_err(|error| {
        let message = error.to_string();
        // Messages about fields name fields; those about values would show them.
        let about_fields = ["unknown field", "missing field", "duplicate field"];
        match message
            .split(" at line ")
            .next()
            .filter(|_| about_fields.iter().any(|start| message.starts_with(start)))
        {
            Some(message) => message.to_owned(),
            None => format!("not a JSON object of texts (column {})", error.column()),
        }
    })
}

fn keys(line: &Line) -> impl Iterator<Item = (&'static str, String)> {
    let address = |channel, text: &Option<String>| {
        text.as_deref().and_then(|text| Address::parse(channel, text)).map(|address| address.as_str().to_owned())
    };
    [
        ("username", login_key(&line.username)),
        ("phone", address(Channel::Mobile, &line.phone)),
        ("email", address(Channel::Email, &line.email)),
    ]
    .into_iter()
    .filter_map(|(what, key)| Some((what, key?)))
}

fn wrong_with(line: &Line, policy: &Policy) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut unless = |right: bool, message: &str| {
        if !right {
            wrong.push(message.to_owned());
        }
    };
    let is = |channel, text: &Option<String>| {
        text.as_deref().is_none_or(|text| Address::parse(channel, text).is_some())
    };
    let fits =
        |text: &Option<String>| text.as_deref().is_none_or(|text| text.chars().count() <= MAX_ATTRIBUTE_LENGTH);
    unless(login_key(&line.username).is_some(), "`username` is empty, too long or holds lookalike characters");
    unless(is(Channel::Mobile, &line.phone), "`phone` is no phone number");
    unless(is(Channel::Email, &line.email), "`email` is not exactly one e-mail address");
    unless(fits(&line.name), "`name` is longer than 256 characters");
    let language = line.language.as_deref();
    let known = language.is_none_or(|tag| LANGUAGES.iter().any(|language| language.tag() == tag));
    unless(known, "`language` is none that messages can be had in: `en`, `zh`");
    unless(
        line.password.is_none() || line.password_hash.is_none(),
        "`password` and `password_hash` exclude each other",
    );
    let hash = line.password_hash.as_deref();
    unless(
        hash.is_none_or(|hash| stored_hash::scheme(hash).is_ok()),
        "`password_hash` has a form that is not known",
    );
    let password = line.password.as_ref();
    let can_be_typed = password.is_none_or(|password| policy.prepare(password.as_bytes()).is_ok());
    unless(can_be_typed, "`password` is too long or holds characters that nobody can type");
    wrong
}

/// Hashes what is not hashed yet, on every core, and shows how far it is on a terminal.
fn hash_passwords(users: &mut [User]) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let todo = users.iter().filter(|user| user.password.is_some()).count();
    let bar = ProgressBar::with_draw_target(Some(todo as u64), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("hashing {pos}/{len} [{bar:30}] {eta}") {
        bar.set_style(style);
    }
    let (next, count) = (AtomicUsize::new(0), users.len());
    let users: Vec<Mutex<&mut User>> = users.iter_mut().map(Mutex::new).collect();
    std::thread::scope(|scope| {
        for _ in 0..cores.min(count) {
            scope.spawn(|| {
                while let Some(user) = users.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Ok(mut user) = user.lock() else { continue };
                    if let Some(password) = user.password.take() {
                        user.account.password_hash = hash(&password);
                        bar.inc(1);
                    }
                }
            });
        }
    });
    bar.finish_and_clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str) -> Vec<String> {
        let policy = Policy::preset("minimal").unwrap();
        match read(text.as_bytes(), &policy) {
            Ok(_) => Vec::new(),
            Err(complaints) => complaints.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn everything_wrong_is_said_at_once_and_nothing_of_it_shown() {
        let said = complaints(
            "{\"username\":\"a\",\"email\":\"a@b.com\"}\n\
             {\"username\":\"A\",\"email\":\"not one\"}\n\
             \n\
             {\"user\":\"b\"}\n\
             {\"username\":\"c\",\"password\":[\"canary\"]}\n\
             {\"username\":\"d\",\"password\":\"x\",\"password_hash\":\"canary\"}\n",
        );
        let all = said.join("\n");
        for expected in ["line 2: `email`", "line 2: `username` is that of line 1", "line 4: unknown field `user`"]
        {
            assert!(all.contains(expected), "{expected}\n{all}");
        }
        assert!(all.contains("line 5: not a JSON object of texts"), "{all}");
        assert!(all.contains("line 6: `password` and `password_hash`"), "{all}");
        assert!(!all.contains("canary"), "{all}");
    }

    #[test]
    fn a_good_file_has_no_complaints() {
        assert!(complaints("\u{feff}{\"username\":\"a\"}\r\n{\"username\":\"b\",\"language\":\"zh\"}").is_empty());
    }
}
