//! The keys of a policy outside the parameters of its rules and the reset: their declarations, and how they are read.

use std::collections::BTreeMap;

use super::outcome::Severity;
use super::policy::Exemption;
use crate::candidate::{Normalization, Preparation};
use crate::language::LANGUAGES;
use crate::policy::diagnostic::suggestion;
use crate::policy::document::Value;
use crate::policy::lint::LintSettings;
use crate::policy::parameter::{Choice, Count, Date, OptionalCount, Text, Texts};
use crate::policy::population::{POPULATION, SELECT, population_keys};
use crate::policy::{Declared, FORMAT, Parameter, ResetPolicy, Span, StandingPolicy, Stricter, Table, ValueType};
use crate::rules::Kinds;
use crate::rules::kinds::KIND;
use crate::time::Moment;

// The top of the policy.

pub(crate) const FORMAT_KEY: Declared<OptionalCount> = Declared::optional_count("format", FORMAT..=FORMAT)
    .doc("Required. The version of the policy format. A policy that extends another inherits it.");
pub(crate) const EXTENDS: Declared<Texts> = Declared::texts("extends", &[]).doc(
    "The layers below: presets by name, and files relative to this one. A later layer overrides an earlier one, and this \
     file overrides all of them, key by key. A list replaces the list below it. `false` as the value of a rule removes an \
     inherited rule.",
);
pub(crate) const NAME: Declared<Text> =
    Declared::text("name").doc("The name of the policy in outcomes and logs. Without it, `unnamed`.");
pub(super) const PASSWORD: &str = "password";
pub(crate) const ATTRIBUTES: &str = "attributes";
pub(super) const RESET: &str = "reset";
pub(crate) const RULES: &str = "rules";
pub(crate) const EXEMPT: &str = "exempt";

// `[password]`

const NORMALIZE: Declared<Choice<Normalization>> = Declared::choice(
    "normalize",
    Normalization::Nfc,
    &[("nfc", Normalization::Nfc), ("none", Normalization::None)],
)
.doc(
    "The Unicode normalization of the password before it is evaluated and hashed (NIST SP 800-63B-4, 3.1.1.2). \"none\" \
     evaluates exactly what was received.",
);
const INVISIBLE: Declared<Choice<bool>> =
    Declared::choice("invisible", false, &[("allow", false), ("refuse", true)]).stricter(Stricter::LaterKeyword).doc(
        "What happens to a password with characters that have no visible glyph, such as a zero-width space, a soft hyphen or \
         a byte order mark. Joiners and variation selectors are always allowed, because emoji and several scripts need them.",
    );
const MAX_BYTES: Declared<Count> = Declared::count("max_bytes", 1024, 1..=4096)
    .unit("bytes")
    .stricter(Stricter::Lower)
    .doc("The maximum length of a password in UTF-8. Longer passwords are rejected before any other work.");
const HASH_LIMIT_BYTES: Declared<OptionalCount> = Declared::optional_count("hash_limit_bytes", 1..=4096)
    .unit("bytes")
    .stricter(Stricter::Lower)
    .doc(
        "The number of bytes that the password hash uses: 72 for bcrypt. Longer passwords are rejected, never truncated. \
         Without it, there is no limit besides `max_bytes`.",
    );
const REPORT: Declared<Choice<bool>> = Declared::choice("report", true, &[("all", true), ("first", false)]).doc(
    "Whether an outcome contains every violation, or only those of the first rule that rejects the password.",
);

// `[attributes]`

const KNOWN: Declared<Texts> = Declared::texts("known", &[]).doc(
    "Required. The names of the attributes that the host sends. A rule cannot name others. A list in a later layer replaces \
     this one.",
);

// Every rule

const SEVERITY: Declared<Choice<Severity>> = Declared::choice(
    "severity",
    Severity::Refuse,
    &[("refuse", Severity::Refuse), ("warn", Severity::Warn), ("shadow", Severity::Shadow)],
)
.doc(
    "What happens to a password that violates the rule. \"refuse\": it is rejected. \"warn\": it is accepted, and the user \
     is warned. \"shadow\": it is accepted, and only counted.",
);
const FROM: Declared<Date> = Declared::date("from").doc(
    "The first day (UTC) on which the rule rejects passwords, whatever its `severity`. Before it, a rule with \"refuse\" \
     warns, and another one follows its `severity`.",
);
pub(crate) const MESSAGE: &str = "message";
const WIRE: Declared<Text> =
    Declared::text("wire").doc("The protocol code in responses, instead of the one of the contract.");
/// The maximum length of a message of the policy, in characters.
pub(crate) const MAX_MESSAGE: usize = 500;

// `[[exempt]]`

const WHEN: &str = "when";
pub(crate) const EXEMPT_RULES: Declared<Texts> =
    Declared::texts("rules", &[]).doc("Required. The names of the rules that do not apply to the password.");

/// Declares the keys of a policy file, with those of its tables.
pub(crate) fn policy_keys() -> Vec<Parameter> {
    let table = |key, keys, doc| Parameter::new(key, ValueType::Table(keys), doc);
    let top = vec![
        FORMAT_KEY.parameter(),
        EXTENDS.parameter(),
        NAME.parameter(),
        table(PASSWORD, password_keys(), "What is checked before the rules."),
        table(
            ATTRIBUTES,
            attribute_keys(),
            "The attributes of users. Without this table, rules can name any attribute.",
        ),
    ];
    let rest = vec![
        table(
            RESET,
            ResetPolicy::keys(),
            "The reset of a forgotten password. Without a key, its default applies.",
        ),
        Parameter::new(
            RULES,
            ValueType::Rules,
            "A rule whose name is a kind needs no `kind`. `false` removes an inherited rule.",
        ),
        Parameter::new(
            EXEMPT,
            ValueType::Tables(exempt_keys()),
            "Rules that do not apply to a password that meets every condition of `when`.",
        ),
    ];
    [top, StandingPolicy::keys(), rest, LintSettings::keys()].concat()
}

/// Declares the keys of a policy set, with those of its tables.
pub(crate) fn set_keys() -> Vec<Parameter> {
    let own = vec![
        FORMAT_KEY.parameter(),
        NAME.parameter(),
        SELECT.parameter(),
        Parameter::new(ATTRIBUTES, ValueType::Table(attribute_keys()), "The attributes that conditions can name."),
        Parameter::new(
            POPULATION,
            ValueType::Tables(population_keys()),
            "The populations, in the order in which they are tried.",
        ),
    ];
    [own, LintSettings::keys()].concat()
}

/// Declares the keys that every rule of a policy can have besides its parameters.
pub(super) fn rule_keys() -> Vec<Parameter> {
    let language = |tag: &'static str| Parameter::new(tag, ValueType::Text, "The message in this language.");
    let languages = LANGUAGES.iter().map(|known| language(known.tag())).collect();
    vec![
        KIND.parameter(),
        SEVERITY.parameter(),
        FROM.parameter(),
        Parameter::new(
            MESSAGE,
            ValueType::Table(languages),
            "The message for the user by language, instead of the built-in one: at most 500 characters each.",
        ),
        WIRE.parameter(),
    ]
}

/// Declares the keys of `[attributes]`.
pub(crate) fn attribute_keys() -> Vec<Parameter> {
    vec![KNOWN.parameter()]
}

fn password_keys() -> Vec<Parameter> {
    vec![
        NORMALIZE.parameter(),
        INVISIBLE.parameter(),
        MAX_BYTES.parameter(),
        HASH_LIMIT_BYTES.parameter(),
        REPORT.parameter(),
    ]
}

fn exempt_keys() -> Vec<Parameter> {
    vec![
        Parameter::new(WHEN, ValueType::Rules, "Required. The conditions, written as rules are."),
        EXEMPT_RULES.parameter(),
    ]
}

/// Checks that the table at the top has a `format`. `has_errors` is true if an error has been reported: a missing `format`
/// can then be a consequence of it.
pub(crate) fn check_format(table: &mut Table<'_>, has_errors: bool) {
    // Its value was checked in every layer.
    table.mark_read(FORMAT_KEY.key());
    if !table.has(FORMAT_KEY.key()) && !has_errors {
        let help = Some("add `format = 1` as the first line".to_owned());
        let beginning = Span { end: table.span().start, ..table.span() };
        table.report_at(beginning, "missing-key", "the policy has no `format`, and inherits none", help);
    }
}

/// Reads the table `[password]`: the preparation, and whether every violation is reported.
pub(super) fn read_password(table: &mut Table<'_>) -> (Preparation, bool) {
    let preparation = Preparation {
        normalization: table.read(&NORMALIZE),
        refuses_invisible: table.read(&INVISIBLE),
        max_bytes: table.read(&MAX_BYTES) as usize,
        hash_limit_bytes: table.read(&HASH_LIMIT_BYTES).map(|limit| limit as usize),
    };
    (preparation, table.read(&REPORT))
}

/// Reads the table `[attributes]`: the names of the attributes that the host sends.
pub(crate) fn read_attributes(table: &mut Table<'_>) -> Vec<String> {
    let known = table.read(&KNOWN);
    if table.entries().is_empty() {
        let help = Some("list the attributes that the host sends: `known = [\"username\", \"email\"]`".to_owned());
        table.report(KNOWN.key(), "missing-key", "`[attributes]` has no `known`", help);
    }
    known.into_iter().flatten().map(|name| name.value).collect()
}

/// The keys of a rule besides its parameters.
pub(super) struct RuleKeys {
    pub(super) severity: Severity,
    pub(super) from: Option<Moment>,
    pub(super) messages: BTreeMap<String, String>,
    pub(super) wire: Option<String>,
}

/// Reads the keys of a rule besides `kind` and its parameters.
pub(super) fn read_rule_keys(table: &mut Table<'_>) -> RuleKeys {
    RuleKeys {
        severity: table.read(&SEVERITY),
        from: table.read(&FROM),
        messages: read_messages(table),
        wire: table.read(&WIRE).map(|wire| wire.value),
    }
}

fn read_messages(rule: &mut Table<'_>) -> BTreeMap<String, String> {
    let Some(node) = rule.node(MESSAGE) else { return BTreeMap::new() };
    let Value::Table(entries) = &node.value else {
        let expected = "a table by language, such as `{ en = \"…\" }`";
        let message = format!("`{MESSAGE}` must be {expected}, found {}", node.value.type_name());
        rule.report_at(node.span, "wrong-type", message, None);
        return BTreeMap::new();
    };
    let known: Vec<&str> = LANGUAGES.iter().map(|language| language.tag()).collect();
    let mut messages = BTreeMap::new();
    for entry in entries {
        if !known.contains(&entry.key.as_str()) {
            let message = format!("unknown language `{}`", entry.key);
            rule.report_at(entry.key_span, "unknown-key", message, suggestion(&entry.key, &known));
        }
        match &entry.node.value {
            Value::String(text) if text.chars().count() <= MAX_MESSAGE => {
                messages.insert(entry.key.clone(), text.clone());
            }
            Value::String(_) => {
                let message = format!("the message is longer than {MAX_MESSAGE} characters");
                rule.report_at(entry.node.span, "too-large", message, None);
            }
            other => {
                let message = format!("a message must be a string, found {}", other.type_name());
                rule.report_at(entry.node.span, "wrong-type", message, None);
            }
        }
    }
    messages
}

/// Reads a table `[[exempt]]`. `names` are the names of the policy's rules.
pub(super) fn read_exemption(mut table: Table<'_>, names: &[&str], kinds: &Kinds<'_>) -> Exemption {
    let conditions = table.table(WHEN);
    let is_empty = conditions.as_ref().is_none_or(|conditions| conditions.entries().is_empty());
    let when = conditions.map(|conditions| kinds.parts(&conditions)).unwrap_or_default();
    if is_empty || (when.is_empty() && table.reporter_is_clean()) {
        let help = Some("without a condition, the rules would never apply".to_owned());
        table.report_at(table.span_of(WHEN), "missing-key", "the exemption has no condition `when`", help);
    }
    let rules = table.read(&EXEMPT_RULES).unwrap_or_default();
    if rules.is_empty() {
        let key = EXEMPT_RULES.key();
        table.report_at(table.span_of(key), "missing-key", "the exemption does not name its `rules`", None);
    }
    for rule in rules.iter().filter(|rule| !names.contains(&rule.value.as_str())) {
        let message = format!("unknown rule `{}`", rule.value);
        table.report_at(rule.span, "unknown-value", message, suggestion(&rule.value, names));
    }
    table.finish();
    Exemption { when, rules: rules.into_iter().map(|rule| rule.value).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::table::assert_reads;
    use crate::rules::kinds::SHARED_KEYS;

    #[test]
    fn sections_read_exactly_the_keys_that_they_declare() {
        assert_reads(&password_keys(), |table| _ = read_password(table));
        assert_reads(&[KNOWN.parameter()], |table| _ = read_attributes(table));
        let rule = rule_keys();
        assert_reads(&rule[1..], |table| _ = read_rule_keys(table));
        let keys: Vec<&str> = rule.iter().map(|parameter| parameter.key.as_ref()).collect();
        assert_eq!(keys, SHARED_KEYS);
    }
}
