//! Imports users from JSON Lines. All errors are reported at once, with their lines. Either all users are added or none.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kouling::Language;
use kouling::candidate::MAX_ATTRIBUTE_LENGTH;
use kouling::flow::{Address, Channel};
use kouling::knowledge::stored_hash::{self, HashErrorKind};
use kouling::language::LANGUAGES;
use kouling::{Moment, Policy};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::loaded_policy::{CLIENT, COLUMNS};
use crate::store::{Attributes, NewAccount, Store, StoreError, login_key};
use crate::worker_pool::hash;

/// Maximum length of a line, in bytes.
const MAX_LINE_BYTES: usize = 64 * 1024;
/// Maximum number of values of all attributes of an account together. A policy set can read all of them.
const MAX_ATTRIBUTE_VALUES: usize = 256;
/// Maximum length of the name of an attribute, in characters.
const MAX_ATTRIBUTE_NAME: usize = 64;

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
    #[serde(default)]
    must_change: bool,
    #[serde(default)]
    temporary: bool,
    #[serde(default)]
    attributes: Named,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttributesLine {
    username: String,
    attributes: Named,
}

/// Attributes, each with a value or a list of values. A name must not be repeated.
#[derive(Default)]
struct Named(Attributes);

#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Several(Vec<String>),
}

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Named, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Named;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of strings and lists of strings")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Named, M::Error> {
                let mut attributes = Attributes::new();
                while let Some((name, values)) = map.next_entry::<String, Values>()? {
                    let values = match values {
                        Values::One(value) => vec![value],
                        Values::Several(values) => values,
                    };
                    if attributes.insert(name, values).is_some() {
                        return Err(M::Error::custom("duplicate field in `attributes`"));
                    }
                }
                Ok(Named(attributes))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// An error in a line. Contains nothing of the line but names of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// The line, from 1.
    pub line: usize,
    /// The message: lower case, no full stop.
    pub message: String,
}

impl std::fmt::Display for LineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

struct User {
    line: usize,
    account: NewAccount,
    password: Option<Zeroizing<String>>,
}

/// Adds the users of `text`. Returns how many, or every error of the lines.
///
/// # Errors
/// The store cannot be used.
pub async fn import(
    store: &dyn Store,
    policy: &Policy,
    text: &[u8],
    now: Moment,
) -> Result<Result<usize, Vec<LineError>>, StoreError> {
    let mut users = match read(text, policy) {
        Ok(users) => users,
        Err(errors) => return Ok(Err(errors)),
    };
    tokio::task::block_in_place(|| hash_passwords(&mut users));
    let accounts: Vec<NewAccount> = users.iter().map(|user| user.account.clone()).collect();
    let taken = store.add_accounts(&accounts, now).await?;
    if taken.is_empty() {
        return Ok(Ok(users.len()));
    }
    let message = "the username, phone number or e-mail address is already taken";
    let lines = taken.iter().filter_map(|index| users.get(*index)).map(|user| user.line);
    Ok(Err(lines.map(|line| LineError { line, message: message.to_owned() }).collect()))
}

/// Replaces the attributes of the users in `text`. Returns how many users, or every error of the lines.
///
/// # Errors
/// The store cannot be used.
pub async fn import_attributes(
    store: &dyn Store,
    text: &[u8],
) -> Result<Result<usize, Vec<LineError>>, StoreError> {
    let (mut changes, mut numbers, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for (number, line) in lines(text) {
        let mut report = |message: String| errors.push(LineError { line: number, message });
        match read_line::<AttributesLine>(line) {
            Err(message) => report(message),
            Ok(AttributesLine { username, attributes }) => {
                check_attributes(&attributes.0).into_iter().for_each(&mut report);
                if let Some(first) = seen.insert(login_key(&username), number) {
                    report(format!("`username` is the same as in line {first}"));
                }
                changes.push((username, attributes.0));
                numbers.push(number);
            }
        }
    }
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    let unknown = store.set_attributes(&changes).await?;
    if unknown.is_empty() {
        return Ok(Ok(changes.len()));
    }
    let message = "there is no user with this username";
    let lines = unknown.iter().filter_map(|index| numbers.get(*index));
    Ok(Err(lines.map(|line| LineError { line: *line, message: message.to_owned() }).collect()))
}

/// Returns the lines that are not blank, with their numbers from 1.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let lines = text.split(|byte| *byte == b'\n').enumerate().map(|(index, line)| (index + 1, line));
    lines.filter(|(_, line)| !line.trim_ascii().is_empty())
}

fn read(text: &[u8], policy: &Policy) -> Result<Vec<User>, Vec<LineError>> {
    let (mut users, mut errors) = (Vec::new(), Vec::new());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (number, line) in lines(text) {
        let mut report = |message: String| errors.push(LineError { line: number, message });
        match read_line::<Line>(line) {
            Err(message) => report(message),
            Ok(line) => {
                for message in check(&line, policy) {
                    report(message);
                }
                for (field, key) in keys(&line) {
                    if let Some(first) = seen.insert(format!("{field}:{key}"), number) {
                        report(format!("`{field}` is the same as in line {first}"));
                    }
                }
                let Line {
                    username,
                    name,
                    phone,
                    email,
                    language,
                    password,
                    password_hash,
                    must_change,
                    temporary,
                    attributes,
                } = line;
                let account = NewAccount {
                    username,
                    name,
                    phone,
                    email,
                    language,
                    password_hash,
                    must_change,
                    is_temporary: temporary,
                    attributes: attributes.0,
                };
                users.push(User { line: number, account, password });
            }
        }
    }
    if errors.is_empty() { Ok(users) } else { Err(errors) }
}

fn read_line<'l, L: Deserialize<'l>>(line: &'l [u8]) -> Result<L, String> {
    if line.len() > MAX_LINE_BYTES {
        return Err(format!("longer than {MAX_LINE_BYTES} bytes"));
    }
    serde_json::from_slice(line).map_err(|error| {
        let message = error.to_string();
        // Messages about fields contain names of fields; other messages could contain values.
        let about_fields = ["unknown field", "missing field", "duplicate field"];
        match message
            .split(" at line ")
            .next()
            .filter(|_| about_fields.iter().any(|start| message.starts_with(start)))
        {
            Some(message) => message.to_owned(),
            None => format!("not a JSON object of strings, flags and `attributes` (column {})", error.column()),
        }
    })
}

/// Returns the identifiers that must be unique, in the form in which they are compared.
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
    .filter_map(|(field, key)| Some((field, key?)))
}

fn check(line: &Line, policy: &Policy) -> Vec<String> {
    let mut errors = Vec::new();
    let mut require = |holds: bool, message: &str| {
        if !holds {
            errors.push(message.to_owned());
        }
    };
    let is_address = |channel, text: &Option<String>| {
        text.as_deref().is_none_or(|text| Address::parse(channel, text).is_some())
    };
    let fits =
        |text: &Option<String>| text.as_deref().is_none_or(|text| text.chars().count() <= MAX_ATTRIBUTE_LENGTH);
    require(
        login_key(&line.username).is_some(),
        "`username` is empty, too long, or contains lookalike characters",
    );
    require(is_address(Channel::Mobile, &line.phone), "`phone` is not a phone number");
    require(is_address(Channel::Email, &line.email), "`email` is not exactly one e-mail address");
    require(fits(&line.name), "`name` is longer than 256 characters");
    let language = line.language.as_deref();
    let is_supported = language.is_none_or(|tag| LANGUAGES.iter().any(|language| language.tag() == tag));
    let supported = LANGUAGES.map(Language::tag).join("`, `");
    require(is_supported, &format!("`language` is not supported; expected one of `{supported}`"));
    require(
        line.password.is_none() || line.password_hash.is_none(),
        "`password` and `password_hash` exclude each other",
    );
    check_attributes(&line.attributes.0).iter().for_each(|message| require(false, message));
    let password = line.password.as_ref();
    let can_be_typed = password.is_none_or(|password| policy.prepare(password.as_bytes()).is_ok());
    require(can_be_typed, "`password` is too long or contains control characters");
    // A hash that can never be verified would make a dead account: every sign-in and reset would fail.
    if let Some(Err(error)) = line.password_hash.as_deref().map(stored_hash::check) {
        let what = match error.kind() {
            HashErrorKind::UnknownFormat => "has an unsupported format",
            HashErrorKind::TooCostly => "is too expensive to verify",
            _ => "is malformed",
        };
        let reason = error.to_string();
        let reason = reason.rsplit_once(": ").map_or(reason.as_str(), |(_, reason)| reason);
        errors.push(format!("`password_hash` {what}: {reason}"));
    }
    errors
}

fn check_attributes(attributes: &Attributes) -> Vec<String> {
    let mut errors = Vec::new();
    let mut require = |holds: bool, message: &str| {
        if !holds {
            errors.push(message.to_owned());
        }
    };
    let fits = |text: &str, most: usize| text.chars().count() <= most && !text.contains(char::is_control);
    let names = || attributes.keys();
    require(
        names().all(|name| !name.is_empty() && fits(name, MAX_ATTRIBUTE_NAME)),
        "the name of an attribute is empty, longer than 64 characters, or contains control characters",
    );
    require(
        !names().any(|name| name == CLIENT || COLUMNS.contains(&name.as_str())),
        "`attributes` contains `username`, `name`, `phone`, `email` or `client`, which are not set there",
    );
    require(
        attributes.values().flatten().all(|value| fits(value, MAX_ATTRIBUTE_LENGTH)),
        "the value of an attribute is longer than 256 characters or contains control characters",
    );
    require(
        attributes.values().all(|values| !values.is_empty()),
        "an attribute has no value; an empty value states that the user does not have it",
    );
    require(
        attributes.values().all(|values| values.len() < 2 || values.iter().all(|value| !value.is_empty())),
        "an attribute has an empty value and others",
    );
    let count = attributes.values().map(Vec::len).sum::<usize>();
    require(count <= MAX_ATTRIBUTE_VALUES, "`attributes` has more than 256 values");
    errors
}

/// Hashes the plain passwords on every core, and shows the progress on a terminal.
fn hash_passwords(users: &mut [User]) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let count_to_hash = users.iter().filter(|user| user.password.is_some()).count();
    let bar = ProgressBar::with_draw_target(Some(count_to_hash as u64), ProgressDrawTarget::stderr());
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

    fn errors(text: &str) -> Vec<String> {
        let policy = Policy::preset("minimal").unwrap();
        match read(text.as_bytes(), &policy) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn all_errors_are_reported_and_no_value_is_shown() {
        let reported = errors(
            "{\"username\":\"a\",\"email\":\"a@b.com\"}\n\
             {\"username\":\"A\",\"email\":\"not one\"}\n\
             \n\
             {\"user\":\"b\"}\n\
             {\"username\":\"c\",\"password\":[\"canary\"]}\n\
             {\"username\":\"d\",\"password\":\"x\",\"password_hash\":\"canary\"}\n",
        );
        let all = reported.join("\n");
        for expected in [
            "line 2: `email` is not exactly one e-mail address",
            "line 2: `username` is the same as in line 1",
            "line 4: unknown field `user`",
            "line 5: not a JSON object of strings, flags and `attributes`",
            "line 6: `password` and `password_hash`",
            "line 6: `password_hash` has an unsupported format",
        ] {
            assert!(all.contains(expected), "{expected}\n{all}");
        }
        assert!(!all.contains("canary"), "{all}");
    }

    #[test]
    fn attributes_are_bounded_and_unambiguous() {
        let many: Vec<String> = (0..257).map(|number| format!("\"g{number}\"")).collect();
        for (attributes, expected) in [
            (r#"{"role": "admin", "group": ["a", "b"], "card": ""}"#.to_owned(), ""),
            (r#"{"role": "a", "role": "canary"}"#.to_owned(), "duplicate field in `attributes`"),
            (r#"{"client": "canary"}"#.to_owned(), "`attributes` contains"),
            (r#"{"email": "canary"}"#.to_owned(), "`attributes` contains"),
            (r#"{"": "canary"}"#.to_owned(), "the name of an attribute"),
            (format!(r#"{{"{}": "canary"}}"#, "n".repeat(65)), "the name of an attribute"),
            (format!(r#"{{"role": "{}"}}"#, "é".repeat(257)), "the value of an attribute"),
            (r#"{"role": "can\nary"}"#.to_owned(), "the value of an attribute"),
            (r#"{"role": []}"#.to_owned(), "an attribute has no value"),
            (r#"{"role": ["", "canary"]}"#.to_owned(), "an attribute has an empty value and others"),
            (format!(r#"{{"group": [{}]}}"#, many.join(",")), "more than 256 values"),
            (r#"{"role": 1}"#.to_owned(), "not a JSON object"),
            (r#"["canary"]"#.to_owned(), "not a JSON object"),
        ] {
            let reported = errors(&format!("{{\"username\":\"a\",\"attributes\":{attributes}}}")).join("\n");
            match expected {
                "" => assert_eq!(reported, ""),
                _ => assert!(reported.contains(expected), "{attributes}: {reported}"),
            }
            assert!(!reported.contains("canary"), "{reported}");
        }
    }

    #[test]
    fn valid_file_has_no_errors() {
        assert!(errors("\u{feff}{\"username\":\"a\"}\r\n{\"username\":\"b\",\"language\":\"zh\"}").is_empty());
    }

    /// Table 4.3 of the forms that other systems store: what verifies is accepted, everything else is refused here.
    #[test]
    fn hash_that_cannot_be_verified_is_refused_with_its_line_and_reason() {
        for (hash, expected) in [
            ("$2y$10$abc", "malformed"),
            ("{SSHA}!!!", "malformed"),
            ("$6$", "malformed"),
            ("$2b$31$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2", "too expensive"),
            (
                "$argon2id$v=19$m=2097152,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$BB6K1BG+f7Dkd5bGtyez3h+H8u4uo82fPAAtdCPEtwo",
                "too expensive",
            ),
            (
                "$scrypt$ln=16384,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA==$A9lBa6RTbfBovWqamVIqXKovIl4Vk6OZyVojLJmYmSI=",
                "malformed",
            ),
            (
                "$pbkdf2-sha256$27500$c2FsdHNhbHQ$uU+/MGtxyyn2e3INAN2V6UwbmYu3eyAorziJE+T7YiJ5EOdMX9RL3oRUhucF7rMjREOPAEHiUAOThZElbS3MjA",
                "malformed",
            ),
            ("$unknown$abc", "unsupported format"),
            ("", "unsupported format"),
        ] {
            let line = format!("{{\"username\":\"a\"}}\n{{\"username\":\"k\",\"password_hash\":\"{hash}\"}}");
            let reported = errors(&line).join("\n");
            assert!(
                reported.starts_with("line 2: `password_hash` ") && reported.contains(expected),
                "{hash}: {reported}"
            );
        }
        for hash in [
            "$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
            "$5$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC",
            "{SSHA}NSZEu/ZzEMKdBO5ESNEYml3qKRYBAgMEBQYHCA==",
        ] {
            assert!(errors(&format!("{{\"username\":\"k\",\"password_hash\":\"{hash}\"}}")).is_empty(), "{hash}");
        }
    }
}
