//! Whom a password is judged for, and when.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use kouling::candidate::Previous;
use kouling::{Facts, Moment, User};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::Failure;
use crate::password_input::descriptor;

/// The options that say so.
#[derive(Args)]
pub(crate) struct Person {
    /// An attribute of the user; may come more than once
    #[arg(long = "user", value_name = "NAME=VALUE", value_parser = attribute)]
    attributes: Vec<(String, String)>,
    /// A JSON object of the user's attributes, and in `previous` the stored hashes, the current one first
    #[arg(long, value_name = "FILE")]
    user_file: Option<String>,
    /// Read the current password, which the new one is compared with, from this file descriptor
    #[arg(long, value_name = "N")]
    current_fd: Option<u32>,
    /// The moment of judging, in seconds since 1970 or as 2027-01-01; now, if not given
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    now: Option<Moment>,
}

/// What is known about the person, read.
pub(crate) struct PersonFacts {
    user: User,
    previous: Vec<Previous>,
    current: Option<Zeroizing<Vec<u8>>>,
    now: Moment,
}

impl PersonFacts {
    /// The facts of a judgement.
    pub(crate) fn facts(&self) -> Facts<'_> {
        let facts = Facts::new(&self.user, self.now).with_previous(&self.previous);
        self.current.as_ref().map_or(facts, |current| facts.with_current(current))
    }

    /// The user alone.
    pub(crate) fn user(&self) -> &User {
        &self.user
    }
}

/// A user as a file describes one: every attribute is a text or a list of texts.
#[derive(Default, Deserialize)]
pub(crate) struct Described {
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
    /// Reads the files and the clock.
    pub(crate) fn read(&self) -> Result<PersonFacts, Failure> {
        let mut user = User::new();
        let mut previous = Vec::new();
        if let Some(path) = &self.user_file {
            let text = fs::read_to_string(path).map_err(|error| Failure::of(path, error))?;
            // The crate's message could repeat a value: the place is enough.
            let described: Described = serde_json::from_str(&text).map_err(|error| {
                let place = format!("{path}:{}:{}", error.line(), error.column());
                Failure::of(place, "expected an object whose values are texts or lists of texts, and `previous`")
            })?;
            (user, previous) = described.and(user);
        }
        for (name, value) in &self.attributes {
            user = user.with(name.as_str(), value.as_str());
        }
        let current = self.current_fd.map(descriptor).transpose()?;
        Ok(PersonFacts { user, previous, current, now: self.now.unwrap_or_else(clock) })
    }
}

impl Described {
    /// These attributes beside those that are known, and the stored hashes.
    pub(crate) fn and(self, mut user: User) -> (User, Vec<Previous>) {
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

/// The moment by the machine's clock; a clock before 1970 is the beginning of time, which no judgement believes.
pub(crate) fn clock() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Moment::from_unix(since as i64)
}

fn attribute(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A moment as it is written in an option.
pub(crate) fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Moment::from_unix(seconds));
    }
    let parts: Vec<&str> = text.split('-').collect();
    let date = match parts.as_slice() {
        [year, month, day] => match (year.parse(), month.parse(), day.parse()) {
            (Ok(year), Ok(month), Ok(day)) => Moment::from_date(year, month, day),
            _ => None,
        },
        _ => None,
    };
    date.ok_or_else(|| "expected seconds since 1970, or a day such as 2027-01-01".to_owned())
}
