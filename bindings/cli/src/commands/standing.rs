//! `kouling standing`: whether the password of an account can be used.

use std::fs;

use clap::{Args, ValueEnum};
use kouling::standing::{AccountState, Decision, sign_in_failed, signed_in, standing};
use kouling::{Language, Moment, User};
use serde_json::{Map, Value};

use crate::output::{Format, print, print_json};
use crate::person::{attribute, moment, now};
use crate::policy_argument::PolicyArgument;
use crate::{CommandResult, Failure};

/// What happens at the account.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Call {
    /// Nothing: only the standing
    Standing,
    /// A sign-in begins, and counts as failed until it succeeds
    SignInFailed,
    /// A sign-in with the correct password
    SignedIn,
}

/// Decide whether the password of an account can be used
///
/// Prints whether the password is fine, expires soon, must be changed, has sign-ins left after its end, or whether the
/// account is locked or disabled. The policy states it in `must_change_when`, `[expiry]`, `[sign_in]`, `[temporary]` and
/// `[inactivity]`. A fact that the policy needs and that is not given is an error.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling standing acme.toml --account password_set=2026-01-31 --account grace_used=0
  kouling standing acme.toml --account-file account.json --now 2027-01-01 --format json
  kouling standing acme.toml --account-file account.json --call signed-in
  kouling standing acme.toml --account network_failures.count=3 --account network_failures.newest=1795392000

Facts: password_set, last_use, network_failures, account_failures, known_network, locked_until, disabled, must_change,
temporary, temporary_until, temporary_used, breached, accepted_under, grace_used. `kouling describe --format json` prints
the digest of a policy for accepted_under. The value null is an unknown time or policy.

Exit status: 0 a sign-in opens a session, 1 it does not, 2 error.")]
pub(crate) struct StandingCommand {
    #[command(flatten)]
    policy: PolicyArgument,
    /// Attribute of the user, by which a policy set selects a policy; can be repeated
    #[arg(long = "user", value_name = "NAME=VALUE", value_parser = attribute)]
    attributes: Vec<(String, String)>,
    /// Fact about the account; can be repeated
    #[arg(long = "account", value_name = "NAME=VALUE", value_parser = fact)]
    facts: Vec<(String, Value)>,
    /// JSON file with the facts about the account
    #[arg(long, value_name = "FILE")]
    account_file: Option<String>,
    /// What happens at the account; anything but `standing` also prints the effects
    #[arg(long, value_enum, default_value_t = Call::Standing)]
    call: Call,
    /// Whether the policy accepts the password, if it was evaluated at the sign-in
    #[arg(long, value_name = "BOOL")]
    accepts: Option<bool>,
    /// Current time, as 2027-01-01 or in seconds since 1970 [default: now]
    #[arg(long, value_name = "TIME", value_parser = moment, allow_negative_numbers = true)]
    now: Option<Moment>,
    /// Language of the message, such as en, zh or zh-TW
    #[arg(short, long, default_value = "en", value_name = "TAG")]
    language: String,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl StandingCommand {
    pub(crate) fn run(self) -> CommandResult {
        let account = self.account()?;
        let user = self.attributes.iter().fold(User::new(), |user, (name, value)| user.with(name, value));
        let loaded = self.policy.load()?;
        let policy = loaded.policy_for(&user, &self.policy.population)?;
        let now = self.now.unwrap_or_else(now);
        let decided = match self.call {
            Call::Standing => {
                standing(policy, &account, now).map(|standing| Decision { standing, effects: Vec::new() })
            }
            Call::SignInFailed => sign_in_failed(policy, &account, now),
            Call::SignedIn => signed_in(policy, &account, self.accepts, now),
        };
        let decision = decided.map_err(|missing| {
            Failure::new(missing).with_help(Some("give each by --account NAME=VALUE or in --account-file"))
        })?;
        let language = Language::from_tag(&self.language);
        match (self.format, self.call) {
            (Format::Text, _) => print(&text(&decision, language))?,
            (Format::Json, Call::Standing) => print_json(&decision.standing.to_json(language))?,
            (Format::Json, _) => print_json(&decision.to_json(language))?,
        }
        Ok(decision.standing.permits_session())
    }

    /// The account of the file, with the facts of the command line.
    fn account(&self) -> Result<AccountState, Failure> {
        let mut facts = match &self.account_file {
            Some(path) => {
                let text = fs::read_to_string(path).map_err(|error| Failure::of(path, error))?;
                serde_json::from_str(&text).map_err(|error| {
                    let place = format!("{path}:{}:{}", error.line(), error.column());
                    Failure::of(place, "invalid JSON; expected an object with facts by name")
                })?
            }
            None => Value::Object(Map::new()),
        };
        if let Value::Object(facts) = &mut facts {
            self.facts.iter().for_each(|(name, value)| set(facts, name, value));
        }
        AccountState::from_json(&facts).map_err(Failure::new)
    }
}

/// Sets a fact. A name with a dot is inside another fact: `network_failures.count`.
fn set(facts: &mut Map<String, Value>, name: &str, value: &Value) {
    match name.split_once('.') {
        None => drop(facts.insert(name.to_owned(), value.clone())),
        Some((outer, inner)) => {
            let outer = facts.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            if !outer.is_object() {
                *outer = Value::Object(Map::new());
            }
            if let Value::Object(outer) = outer {
                outer.insert(inner.to_owned(), value.clone());
            }
        }
    }
}

/// Parses a fact. A number, `true`, `false`, `null` and an object are JSON; other values are text.
fn fact(argument: &str) -> Result<(String, Value), String> {
    let (name, value) = argument.split_once('=').ok_or("expected NAME=VALUE")?;
    let json = serde_json::from_str(value).ok().filter(|json: &Value| !json.is_f64() && !json.is_string());
    Ok((name.to_owned(), json.unwrap_or_else(|| value.into())))
}

fn text(decision: &Decision, language: Language) -> String {
    let standing = decision.standing;
    let mut text = format!("{}\n  {} [{}]\n", standing.name(), standing.message(language), standing.code());
    if let Some((name, number)) = standing.number() {
        text.push_str(&format!("  {name}: {number}\n"));
    }
    for effect in &decision.effects {
        text.push_str(&format!("  effect: {}\n", effect.to_json()));
    }
    text
}
