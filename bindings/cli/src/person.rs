//! The user whose password is evaluated, and the time of the evaluation.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use kouling::candidate::Previous;
use kouling::{Facts, Moment, User};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::Failure;
use crate::password_input::descriptor;

/// The options that describe the user, the current password and the time.
#[derive(Args)]
pub(crate) struct Person {
    #[command(flatten)]
    identity: Identity,
    /// Read the current password, for rules that compare with it, from this file descriptor
    #[arg(long, value_name = "N")]
    current_fd: Option<u32>,
}

/// The options that describe the user and the time.
#[derive(Args)]
pub(crate) struct Identity {
    /// Attribute of the user; can be repeated
    #[arg(long = "user", value_name = "NAME=VALUE", value_parser = attribute)]
    attributes: Vec<(String, String)>,
    /// JSON file with the user's attributes and, in `previous`, the stored hashes, newest first
    #[arg(long, value_name = "FILE")]
    user_file: Option<String>,
    /// Time when the current password was set, for the minimum age of a password
    #[arg(long, value_name = "TIME", value_parser = moment)]
    password_set: Option<Moment>,
    /// Time of the evaluation, as 2027-01-01 or in seconds since 1970 [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<Moment>,
}

/// The user and the time, loaded.
pub(crate) struct PersonFacts {
    user: User,
    previous: Vec<Previous>,
    current: Option<Zeroizing<Vec<u8>>>,
    password_set: Option<Moment>,
    now: Moment,
}

impl PersonFacts {
    /// The facts for an evaluation.
    pub(crate) fn facts(&self) -> Facts<'_> {
        let facts = Facts::new(&self.user, self.now).with_previous(&self.previous);
        let facts = self.password_set.map_or(facts, |at| facts.with_password_set(at));
        self.current.as_ref().map_or(facts, |current| facts.with_current(current))
    }

    /// The time of the evaluation.
    pub(crate) fn now(&self) -> Moment {
        self.now
    }

    /// The attributes of the user.
    pub(crate) fn user(&self) -> &User {
        &self.user
    }
}

/// A user in a JSON file: each attribute is a string or a list of strings.
#[derive(Default, Deserialize)]
pub(crate) struct UserRecord {
    #[serde(default)]
    previous: Vec<Stored>,
    #[serde(flatten)]
    attributes: std::collections::BTreeMap<String, Values>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Hash(String),
    Dated { hash: String, at: i64 },
}

impl Person {
    /// Reads the files, the current password and the clock.
    pub(crate) fn load(&self) -> Result<PersonFacts, Failure> {
        let current = self.current_fd.map(descriptor).transpose()?;
        Ok(PersonFacts { current, ..self.identity.load()? })
    }
}

impl Identity {
    /// Reads the files and the clock.
    pub(crate) fn load(&self) -> Result<PersonFacts, Failure> {
        let mut user = User::new();
        let mut previous = Vec::new();
        if let Some(path) = &self.user_file {
            let text = fs::read_to_string(path).map_err(|error| Failure::of(path, error))?;
            // serde's message could repeat a value, so only the position is reported.
            let record: UserRecord = serde_json::from_str(&text).map_err(|error| {
                let place = format!("{path}:{}:{}", error.line(), error.column());
                Failure::of(place, "invalid user; expected a JSON object whose values are strings or lists of strings, and `previous`")
            })?;
            (user, previous) = record.add_to(user);
        }
        for (name, value) in &self.attributes {
            user = user.with(name.as_str(), value.as_str());
        }
        let (password_set, now) = (self.password_set, self.now.unwrap_or_else(now));
        Ok(PersonFacts { user, previous, current: None, password_set, now })
    }
}

impl UserRecord {
    /// Adds these attributes to a user, and returns the stored hashes too.
    pub(crate) fn add_to(self, mut user: User) -> (User, Vec<Previous>) {
        for (name, values) in self.attributes {
            let values = match values {
                Values::One(value) => vec![value],
                Values::Many(values) => values,
            };
            user = values.into_iter().fold(user, |user, value| user.with(name.as_str(), value));
        }
        (user, self.previous.into_iter().map(Stored::into_previous).collect())
    }
}

impl Stored {
    fn into_previous(self) -> Previous {
        match self {
            Stored::Hash(hash) => Previous { hash, at: None },
            Stored::Dated { hash, at } => Previous { hash, at: Some(Moment::from_unix(at)) },
        }
    }
}

/// The current time. A clock before 1970 gives 0, which the engine refuses as implausible.
pub(crate) fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Moment::from_unix(since as i64)
}

pub(crate) fn attribute(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Parses the value of `--now`.
pub(crate) fn moment(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| "expected a date such as 2027-01-01, or seconds since 1970".to_owned())
}
