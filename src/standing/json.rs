//! The JSON format of accounts, standings and effects, which every surface shares.

use std::fmt;

use serde_json::{Map, Value, json};

use super::account::{FACTS, FactType, UNKNOWN, UNKNOWN_POLICY};
use super::{AccountState, Decision, Effect, Failures};
use crate::evaluation::hexadecimal;
use crate::language::Language;
use crate::policy::diagnostic::suggestion;
use crate::time::Moment;

/// An account that cannot be read, with every error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidAccount {
    errors: Vec<String>,
}

impl InvalidAccount {
    /// Returns the errors, in the order of the facts.
    pub fn errors(&self) -> &[String] {
        &self.errors
    }
}

impl fmt::Display for InvalidAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid account: {}", self.errors.join("; "))
    }
}

impl std::error::Error for InvalidAccount {}

/// Reads the facts of an object and collects the errors.
struct Reader<'a> {
    object: &'a Map<String, Value>,
    errors: Vec<String>,
}

impl Reader<'_> {
    /// Returns the fact called `name`, as `read` converts it; `None` if it is absent or invalid.
    fn fact<T>(&mut self, name: &'static str, value: FactType, read: fn(&Value) -> Option<T>) -> Option<T> {
        let written = self.object.get(name)?;
        let read = read(written);
        if read.is_none() {
            // Text is not repeated: it may be something else than the host meant to send.
            let is_plain = !(written.is_string() || written.is_object() || written.is_array());
            let shown = if is_plain { format!(" {written}") } else { String::new() };
            self.errors.push(format!("`{name}`: invalid value{shown}; expected {}", value.describe()));
        }
        read
    }

    fn time(&mut self, name: &'static str) -> Option<Moment> {
        self.fact(name, FactType::Time, time)
    }

    fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.fact(name, FactType::Flag, Value::as_bool)
    }

    fn failures(&mut self, name: &'static str) -> Option<Failures> {
        self.fact(name, FactType::Failures, failures)
    }
}

fn time(value: &Value) -> Option<Moment> {
    match value {
        Value::Null => Some(UNKNOWN),
        Value::String(text) => Moment::parse(text),
        other => other.as_i64().map(Moment::from_unix),
    }
}

fn failures(value: &Value) -> Option<Failures> {
    let object = value.as_object()?;
    let is_known = object.keys().all(|key| key == "count" || key == "newest");
    let newest = match object.get("newest") {
        None | Some(Value::Null) => None,
        Some(newest) => Some(time(newest)?),
    };
    is_known.then_some(Failures { count: object.get("count")?.as_u64()?, newest })
}

fn digest(value: &Value) -> Option<[u8; 32]> {
    if value.is_null() {
        return Some(UNKNOWN_POLICY);
    }
    let text = value.as_str().filter(|text| text.len() == 64 && text.is_ascii())?;
    let mut digest = UNKNOWN_POLICY;
    for (place, byte) in digest.iter_mut().enumerate() {
        let digits = &text[2 * place..2 * place + 2];
        *byte = u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
    }
    Some(digest)
}

impl AccountState {
    /// Reads an account from a JSON object with the facts of [`FACTS`] by name. A fact that is absent is not supplied; null
    /// is [`UNKNOWN`] or [`UNKNOWN_POLICY`].
    ///
    /// # Errors
    /// Returns every unknown name, with the nearest one, and every invalid value.
    pub fn from_json(value: &Value) -> Result<AccountState, InvalidAccount> {
        let Some(object) = value.as_object() else {
            return Err(InvalidAccount { errors: vec!["expected a JSON object with facts by name".to_owned()] });
        };
        let mut reader = Reader { object, errors: Vec::new() };
        let known: Vec<&str> = FACTS.iter().map(|fact| fact.name).collect();
        for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
            let help = suggestion(name, &known).unwrap_or_default();
            reader.errors.push(format!("unknown fact `{name}`; {help}"));
        }
        let account = AccountState {
            password_set: reader.time("password_set"),
            last_use: reader.time("last_use"),
            network_failures: reader.failures("network_failures"),
            account_failures: reader.failures("account_failures"),
            known_network: reader.flag("known_network"),
            locked_until: reader.time("locked_until"),
            disabled: reader.flag("disabled").unwrap_or_default(),
            must_change: reader.flag("must_change").unwrap_or_default(),
            temporary: reader.flag("temporary"),
            temporary_until: reader.time("temporary_until").filter(|until| *until != UNKNOWN),
            temporary_used: reader.flag("temporary_used"),
            breached: reader.flag("breached"),
            accepted_under: reader.fact("accepted_under", FactType::Digest, digest),
            grace_used: reader.fact("grace_used", FactType::Count, Value::as_u64),
        };
        if reader.errors.is_empty() { Ok(account) } else { Err(InvalidAccount { errors: reader.errors }) }
    }

    /// Parses an account from the text of a JSON object, as [`AccountState::from_json`].
    ///
    /// # Errors
    /// Returns every error; that of the syntax has its line and column.
    pub fn parse(text: &str) -> Result<AccountState, InvalidAccount> {
        let value = serde_json::from_str(text).map_err(|error| {
            let message = format!("invalid JSON at {}:{}", error.line(), error.column());
            InvalidAccount { errors: vec![message] }
        })?;
        AccountState::from_json(&value)
    }

    /// Returns the account as a JSON object, from which [`AccountState::from_json`] reads the same account.
    pub fn to_json(&self) -> Value {
        let time = |at: Option<Moment>| at.map(|at| if at == UNKNOWN { Value::Null } else { at.unix().into() });
        let digest = |digest: [u8; 32]| match digest {
            UNKNOWN_POLICY => Value::Null,
            known => hexadecimal(&known).into(),
        };
        let facts = [
            ("password_set", time(self.password_set)),
            ("last_use", time(self.last_use)),
            ("network_failures", self.network_failures.map(Failures::to_json)),
            ("account_failures", self.account_failures.map(Failures::to_json)),
            ("known_network", self.known_network.map(Value::from)),
            ("locked_until", time(self.locked_until)),
            ("disabled", Some(self.disabled.into())),
            ("must_change", Some(self.must_change.into())),
            ("temporary", self.temporary.map(Value::from)),
            ("temporary_until", time(self.temporary_until)),
            ("temporary_used", self.temporary_used.map(Value::from)),
            ("breached", self.breached.map(Value::from)),
            ("accepted_under", self.accepted_under.map(digest)),
            ("grace_used", self.grace_used.map(Value::from)),
        ];
        let supplied = facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(supplied.collect())
    }
}

impl Failures {
    fn to_json(self) -> Value {
        json!({ "count": self.count, "newest": self.newest.map(Moment::unix) })
    }
}

impl Effect {
    /// Returns the effect as a JSON object: `effect` (the name), and `from` and `to`, `at`, or `digest`.
    pub fn to_json(&self) -> Value {
        let mut json = json!({ "effect": self.name() });
        let mut set = |name: &str, value: Value| json[name] = value;
        match self {
            Effect::StoreNetworkFailures { from, to } | Effect::StoreAccountFailures { from, to } => {
                set("from", from.to_json());
                set("to", to.to_json());
            }
            Effect::StoreLastUse(at) => set("at", at.unix().into()),
            Effect::StoreGraceUsed { from, to } => {
                set("from", (*from).into());
                set("to", (*to).into());
            }
            Effect::StoreAcceptedUnder(digest) => set("digest", hexadecimal(digest).into()),
            Effect::ClearFailures | Effect::AddKnownNetwork | Effect::UseTemporary => {}
        }
        json
    }
}

impl Decision {
    /// Returns the decision as a JSON object: [`Standing::to_json`](super::Standing::to_json), and `effects`, a list of
    /// [`Effect::to_json`].
    pub fn to_json(&self, language: Language) -> Value {
        let mut json = self.standing.to_json(language);
        json["effects"] = self.effects.iter().map(Effect::to_json).collect();
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"{
        "password_set": 1795392000, "last_use": null, "network_failures": {"count": 3, "newest": 1795392001},
        "account_failures": {"count": 4, "newest": null}, "known_network": true, "locked_until": 1795392002,
        "disabled": true, "must_change": true, "temporary": true, "temporary_until": 1795392003,
        "temporary_used": false, "breached": false, "accepted_under": null, "grace_used": 2
    }"#;

    #[test]
    fn account_is_equal_after_writing_and_reading() {
        let account = AccountState::parse(FULL).expect("an account");
        let json = account.to_json();
        assert_eq!(json, serde_json::from_str::<Value>(FULL).expect("JSON"));
        let mut names: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
        names.sort_unstable();
        let mut known: Vec<&str> = FACTS.iter().map(|fact| fact.name).collect();
        known.sort_unstable();
        assert_eq!(names, known, "every fact is read and written");
        let digest = hexadecimal(&[0xa5; 32]);
        let account = AccountState::from_json(&json!({ "accepted_under": digest })).expect("an account");
        assert_eq!(account.accepted_under, Some([0xa5; 32]));
        assert_eq!(AccountState::from_json(&account.to_json()), Ok(account));
    }

    #[test]
    fn every_error_of_an_account_is_reported() {
        let errors = |text: &str| AccountState::parse(text).expect_err("invalid").errors;
        let all = errors(r#"{"pasword_set": 1, "disabled": 1, "grace_used": -1, "accepted_under": "zz"}"#);
        assert_eq!(
            all,
            [
                "unknown fact `pasword_set`; did you mean `password_set`?",
                "`disabled`: invalid value 1; expected true or false",
                "`accepted_under`: invalid value; expected 64 hexadecimal digits, or null if unknown",
                "`grace_used`: invalid value -1; expected a whole number",
            ]
        );
        assert_eq!(errors("{\n  \"disabled\": tru }"), ["invalid JSON at 2:18"]);
        assert_eq!(errors("[]"), ["expected a JSON object with facts by name"]);
        for failures in
            ["3", "{}", r#"{"count": -1}"#, r#"{"count": 1, "oldest": 2}"#, r#"{"count":1,"newest":"x"}"#]
        {
            assert_eq!(errors(&format!(r#"{{"network_failures": {failures}}}"#)).len(), 1, "{failures}");
        }
        let signs = "+1".repeat(32);
        assert_eq!(errors(&format!(r#"{{"accepted_under": "{signs}"}}"#)).len(), 1);
    }
}
