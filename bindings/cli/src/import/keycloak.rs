//! Keycloak: a policy string, or the JSON of a realm. Source: server_admin, "Password policies" and "Brute force attacks".

use super::Translated;
use super::draft::{Draft, Sourced};
use super::json;
use super::source::{Entry, Kind, Node, Problem, Settings, Text};

const DAY: i64 = 86_400;
const LIMIT: i64 = i32::MAX as i64;
/// The maximum number of policies. Finding the place of each takes time in proportion to the text.
const MAX_POLICIES: usize = 200;
/// The maximum number of patterns.
const MAX_PATTERNS: usize = 32;
const HOST: &str = "the host stores the passwords and decides when users sign in";

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("keycloak", "Keycloak");
    let mut entries = Vec::new();
    let mut realm = Settings::new(Vec::new());
    for text in texts {
        if text.first() == Some('{') {
            let node = json::read(text)?;
            if let Some(entry) = node.entry("passwordPolicy")
                && let Some(policy) = entry.text(&mut draft)
            {
                // Escape sequences make the columns inside the string inexact, so the string is the place.
                parse(&policy, |_| entry.value.place.clone(), &mut entries, &mut draft);
            }
            if let Some(name) = node.get("realm").and_then(Node::text) {
                draft.name = format!("keycloak-{name}").chars().filter(|c| !c.is_control()).take(64).collect();
            }
            realm = Settings::of(&node, &mut draft);
        } else {
            let place = |offset: usize| {
                let before = text.text.get(..offset).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                text.place(line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
            };
            // A policy can be wrapped. The columns stay the same.
            parse(&text.text.replace(['\n', '\r', '\t'], " "), place, &mut entries, &mut draft);
        }
    }
    let mut settings = Settings::new(entries);
    rules(&mut draft, &mut settings);
    settings.finish(&mut draft);
    brute_force(&mut draft, &mut realm);
    Ok(Translated::Policy(draft))
}

/// Divides `name(value) and name(value)` into entries.
fn parse(
    policy: &str,
    place: impl Fn(usize) -> super::source::Place,
    entries: &mut Vec<Entry>,
    draft: &mut Draft,
) {
    let mut offset = 0;
    for part in policy.split(" and ") {
        let start = offset + (part.len() - part.trim_start().len());
        offset += part.len() + " and ".len();
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        if entries.len() >= MAX_POLICIES {
            draft.problem(&place(start), format!("too many policies; expected at most {MAX_POLICIES}"));
            return;
        }
        let (name, value) = match part.split_once('(') {
            None => (part, ""),
            Some((name, rest)) => match rest.strip_suffix(')') {
                Some(value) => (name.trim(), value.trim()),
                None => {
                    draft.problem(
                        &place(start),
                        format!("invalid `{}`; expected `name(value)`", super::source::shown(part)),
                    );
                    continue;
                }
            },
        };
        let kind = match value {
            "" | "undefined" => Kind::Null,
            value => Kind::Scalar { text: value.to_owned(), quoted: false },
        };
        let value = Node { kind, place: place(start) };
        entries.push(Entry { key: name.to_owned(), place: place(start), value, shown: part.to_owned() });
    }
}

/// Takes a policy whose value is a number, or its default if it has no value.
fn number(draft: &mut Draft, settings: &mut Settings, key: &str, default: i64) -> Option<Sourced<i64>> {
    let entry = settings.take_all(key).pop()?;
    let value = match entry.value.kind {
        Kind::Null => default,
        _ => entry.number(draft, 0, LIMIT)?,
    };
    Some(Sourced { value, origin: entry.origin() })
}

fn rules(draft: &mut Draft, settings: &mut Settings) {
    if let Some(min) = number(draft, settings, "length", 8) {
        let value = draft.at_most(&min, 4096).max(1);
        draft.set("rules.length", "min", value, &min.origin);
    }
    match number(draft, settings, "maxLength", 64) {
        Some(max) => {
            draft.set_default("rules.length", "min", 1, &draft.built_in("has no minimum length without `length`"));
            draft.set("rules.length", "max", max.value.clamp(1, 4096), &max.origin);
        }
        None if draft.has("rules.length") => {
            draft.set(
                "rules.length",
                "max",
                1024,
                &draft.built_in("has no maximum length, so this is `password.max_bytes`"),
            );
        }
        None => {}
    }
    for (key, class) in
        [("digits", "digit"), ("lowerCase", "lower"), ("upperCase", "upper"), ("specialChars", "symbol")]
    {
        if let Some(count) = number(draft, settings, key, 1).filter(|count| count.value > 0) {
            let value = draft.at_most(&count, 4096);
            draft.set_default(
                "rules.characters",
                "min_classes",
                1,
                &draft.built_in("counts each class on its own"),
            );
            draft.set("rules.characters", &format!("require.{class}"), value, &count.origin);
        }
    }
    user(draft, settings);
    let patterns = settings.take_all("regexPattern");
    if let Some(entry) = patterns.get(MAX_PATTERNS) {
        draft.problem(&entry.place, format!("too many patterns; expected at most {MAX_PATTERNS}"));
        return;
    }
    for (n, entry) in patterns.into_iter().enumerate() {
        pattern(draft, &entry, n);
    }
    if let Some(depth) = number(draft, settings, "passwordHistory", 3).filter(|depth| depth.value > 0) {
        let value = draft.at_most(&depth, 100);
        draft.set("rules.history", "depth", value, &depth.origin);
    }
    if let Some(days) = number(draft, settings, "passwordAge", 30).filter(|days| days.value > 0) {
        let value = draft.at_most(&days, 3660);
        draft.set_default("rules.history", "depth", 1, &draft.built_in("always compares the current password"));
        draft.set("rules.history", "days", value, &days.origin);
    }
    if let Some(mut days) =
        number(draft, settings, "forceExpiredPasswordChange", 365).filter(|days| days.value > 0)
    {
        days.value *= DAY;
        if draft.set_duration("expiry", "max_age", &days, (DAY, 3660 * DAY)) {
            draft.set("expiry", "warn_before", "0s", &draft.built_in("does not warn"));
            draft.remark("Expiry: the host enforces it by calling `standing`.");
        }
    }
    for key in ["passwordBlacklist", "passwordDenylist"] {
        settings.skip(
            draft,
            &[key],
            "the list is a file on the server",
            "copy it next to the policy as words.txt and add `rules.denylist = { kind = \"words\", lists = [\"./words.txt\"], \
             match = \"whole\", read = \"plain\" }`",
        );
    }
    let host = ["hashAlgorithm", "hashIterations", "maxAuthAge"];
    for entry in host.iter().filter_map(|key| settings.take_all(key).pop()).collect::<Vec<_>>() {
        draft.skip(
            &entry,
            HOST,
            "keep it in Keycloak; if the hash is bcrypt, add `password.hash_limit_bytes = 72`",
        );
    }
    for entry in settings.take_all("recoveryCodesWarningThreshold") {
        draft.skip(&entry, "Kouling issues no recovery codes", "keep it in Keycloak");
    }
}

fn user(draft: &mut Draft, settings: &mut Settings) {
    let username = settings.take_all("notUsername").pop();
    let email = settings.take_all("notEmail").pop();
    if let Some(first) = username.as_ref().or(email.as_ref()) {
        let mut attributes = Vec::new();
        attributes.extend(username.as_ref().map(|_| "username".to_owned()));
        attributes.extend(email.as_ref().map(|_| "email".to_owned()));
        let also = email.as_ref().filter(|_| username.is_some()).map(|email| format!("and {}", email.shown));
        let origin = also.map_or_else(|| first.origin(), |also| first.origin().with(&also));
        let whole = draft.built_in("compares the whole password");
        draft.set("rules.personal", "attributes", attributes, &origin);
        draft.set("rules.personal", "tokens", false, &whole);
        draft.set("rules.personal", "place", "whole", &whole);
        draft.set("rules.personal", "min_length", 2, &whole);
        draft.set("rules.personal", "read", ["plain"], &draft.built_in("ignores case only"));
    }
    for key in ["notContainsUsername", "notContainsEmail"] {
        let Some(entry) = settings.take_all(key).pop() else { continue };
        let (rule, attribute) =
            if key == "notContainsUsername" { ("username", "username") } else { ("email", "email") };
        let table = format!("rules.contains-{rule}");
        let anywhere = draft.built_in("searches it anywhere, at any length");
        draft.set(&table, "kind", "personal", &entry.origin());
        draft.set(&table, "attributes", [attribute], &entry.origin());
        draft.set(&table, "tokens", false, &anywhere);
        draft.set(&table, "min_match", 2, &anywhere);
        draft.set(&table, "min_length", 2, &anywhere);
        draft.set(&table, "read", ["plain"], &draft.built_in("ignores case only"));
    }
}

/// A regular expression of Java, which the whole password must match.
fn pattern(draft: &mut Draft, entry: &Entry, n: usize) {
    let Some(expression) = entry.value.text() else {
        draft.problem(&entry.place, "missing value of `regexPattern`; expected a regular expression");
        return;
    };
    let anchored = format!(r"\A(?:{expression})\z");
    let trial =
        format!("format = 1\n[rules.trial]\nkind = \"pattern\"\nrequire = {}", super::draft::quoted(&anchored));
    if let Err(error) = kouling::Policy::parse(&trial) {
        let reason = error.diagnostics().first().map_or_else(String::new, |found| found.message.clone());
        let reason = super::source::shown(&reason.replace('`', "'"));
        let instead = "write it without look-around and backreferences, or as `require.<class>` of `characters`";
        draft.skip(entry, &reason, instead);
        return;
    }
    let table = if n == 0 { "rules.pattern".to_owned() } else { format!("rules.pattern-{}", n + 1) };
    if n > 0 {
        draft.set(&table, "kind", "pattern", &entry.origin());
    }
    draft.set(&table, "require", anchored, &entry.origin().with("matches the whole password"));
}

/// The detection of brute force attacks of a realm.
fn brute_force(draft: &mut Draft, realm: &mut Settings) {
    let Some(protected) =
        realm.take("bruteForceProtected").and_then(|entry| entry.flag(draft, &["true"], &["false"]))
    else {
        return;
    };
    if !protected {
        return;
    }
    let max = draft.number(realm, "failureFactor", (1, LIMIT), Some(30));
    let wait = draft.number(realm, "waitIncrementSeconds", (0, LIMIT), Some(60));
    let window = draft.number(realm, "maxDeltaTimeSeconds", (0, LIMIT), Some(43_200));
    let permanent = draft.flag(realm, "permanentLockout", Some(false));
    let (Some(max), Some(wait), Some(window), Some(permanent)) = (max, wait, window, permanent) else { return };
    draft.remark(
        "Failed sign-ins: the host enforces the limits by calling `standing`. A lock holds for one network.",
    );
    let failures = draft.at_most(&max, 1000);
    if permanent.value {
        draft.set("sign_in", "disable_after", failures, &max.origin.with("permanentLockout"));
    } else {
        draft.set("sign_in", "max_failures", failures, &max.origin);
        draft.set_duration("sign_in", "lock", &wait, (60, DAY));
        draft.set_duration("sign_in", "window", &window, (60, 30 * DAY));
    }
    realm.skip(
        draft,
        &[
            "maxFailureWaitSeconds",
            "quickLoginCheckMilliSeconds",
            "minimumQuickLoginWaitSeconds",
            "maxTemporaryLockouts",
        ],
        "each further lock takes twice as long, up to a day",
        "choose `sign_in.lock` and `sign_in.delay`",
    );
}
