//! 389 Directory Server: LDIF with `cn=config` and the entries of local policies. Source: "Configuration, command, and file
//! reference", passwordPolicy attributes.

use super::Translated;
use super::draft::{Draft, Sourced};
use super::ldif::{self, Record};
use super::openldap::{assemble, sign_in};
use super::source::{Problem, Settings, Text};

const LIMIT: i64 = i32::MAX as i64;
const DAY: i64 = 86_400;

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut records = Vec::new();
    for text in texts {
        records.append(&mut ldif::read(text)?);
    }
    records.retain(|record| record.is_a("passwordPolicy") || record.has_prefixed("password"));
    assemble(texts, records, Draft::new("389-ds", "389 Directory Server"), None, policy)
}

fn policy(draft: &mut Draft, record: &Record) {
    let mut settings = record.settings(&["password", "nsslapd-pwpolicy"]);
    let settings = &mut settings;
    let syntax = draft.flag(settings, "passwordCheckSyntax", Some(false));
    if let Some(syntax) = syntax {
        if syntax.value {
            check_syntax(draft, settings);
        } else {
            unused(settings);
        }
    }
    let remembers = draft.flag(settings, "passwordHistory", Some(false));
    let depth = draft.number(settings, "passwordInHistory", (0, 24), Some(6));
    if let (Some(remembers), Some(depth)) = (remembers, depth)
        && remembers.value
        && depth.value > 0
    {
        draft.set("rules.history", "depth", depth.value, &depth.origin);
    }
    ages(draft, settings);
    lockout(draft, settings);
    temporary(draft, settings);
    settings.skip(
        draft,
        &[
            "passwordStorageScheme",
            "passwordAdminDN",
            "passwordAdminSkipInfoUpdate",
            "passwordIsGlobalPolicy",
            "passwordChange",
            "passwordTrackUpdateTime",
            "passwordLegacyPolicy",
            "nsslapd-pwpolicy-local",
            "nsslapd-pwpolicy-inherit-global",
        ],
        "the directory decides who can set a password, and how it is stored",
        "keep it in the directory",
    );
    std::mem::replace(settings, Settings::new(Vec::new())).finish(draft);
}

/// The settings that `passwordCheckSyntax` switches on.
const SYNTAX: [&str; 19] = [
    "passwordMinLength",
    "passwordMinDigits",
    "passwordMinAlphas",
    "passwordMinUppers",
    "passwordMinLowers",
    "passwordMinSpecials",
    "passwordMin8bit",
    "passwordMaxRepeats",
    "passwordMinCategories",
    "passwordMinTokenLength",
    "passwordPalindrome",
    "passwordMaxSequence",
    "passwordMaxSeqSets",
    "passwordMaxClassChars",
    "passwordBadWords",
    "passwordUserAttributes",
    "passwordDictCheck",
    "passwordDictPath",
    "passwordMaxLength",
];

/// Without `passwordCheckSyntax`, the settings have no effect.
fn unused(settings: &mut Settings) {
    settings.ignore(&SYNTAX);
}

fn check_syntax(draft: &mut Draft, settings: &mut Settings) {
    if let Some(min) = draft.number(settings, "passwordMinLength", (2, 512), Some(8)) {
        draft.set("rules.length", "min", min.value, &min.origin);
        draft.set(
            "rules.length",
            "max",
            1024,
            &draft.built_in("has no maximum length, so this is `password.max_bytes`"),
        );
    }
    characters(draft, settings);
    let repeats =
        draft.number(settings, "passwordMaxRepeats", (0, 64), Some(0)).filter(|repeats| repeats.value > 0);
    let palindrome = draft.flag(settings, "passwordPalindrome", Some(false)).filter(|palindrome| palindrome.value);
    if let Some(repeats) = &repeats {
        draft.set("rules.repetition", "max_run", repeats.value, &repeats.origin);
    }
    if let Some(palindrome) = &palindrome {
        draft.set_default(
            "rules.repetition",
            "max_run",
            4096,
            &draft.built_in("allows repeated characters by default"),
        );
        draft.set("rules.repetition", "palindrome", true, &palindrome.origin);
    }
    sequences(draft, settings);
    let length = draft.number(settings, "passwordMinTokenLength", (1, 64), Some(3));
    let mut attributes = vec!["username".to_owned(), "name".to_owned(), "email".to_owned()];
    let listed = settings.take("passwordUserAttributes");
    for name in listed.as_ref().and_then(|entry| entry.value.text()).unwrap_or_default().split([' ', ',']) {
        if !name.is_empty() && !attributes.iter().any(|known| known == name) {
            attributes.push(name.to_owned());
        }
    }
    if let Some(length) = length {
        let origin = listed.map_or_else(
            || draft.built_in("compares uid, cn, sn, givenName, ou and mail"),
            |entry| entry.origin(),
        );
        draft.set("rules.personal", "attributes", attributes, &origin);
        draft.set("rules.personal", "min_match", length.value.max(2), &length.origin);
        draft.set("rules.personal", "min_length", length.value.max(2), &length.origin);
    }
    words(draft, settings);
    settings.ignore(&["passwordMaxLength"]);
}

fn characters(draft: &mut Draft, settings: &mut Settings) {
    const TABLE: &str = "rules.characters";
    if let Some(categories) = draft.number(settings, "passwordMinCategories", (0, 5), Some(3)) {
        draft.set(TABLE, "min_classes", categories.value.max(1), &categories.origin);
    }
    draft.set(TABLE, "by", "ascii", &draft.built_in("classifies ASCII"));
    let classes = [
        ("passwordMinDigits", "digit"),
        ("passwordMinUppers", "upper"),
        ("passwordMinLowers", "lower"),
        ("passwordMinSpecials", "symbol"),
        ("passwordMin8bit", "other"),
    ];
    for (key, class) in classes {
        if let Some(count) = draft.number(settings, key, (0, 64), Some(0)).filter(|count| count.value > 0) {
            draft.set(TABLE, &format!("require.{class}"), count.value, &count.origin);
        }
    }
    if let Some(alphas) =
        draft.number(settings, "passwordMinAlphas", (0, 64), Some(0)).filter(|alphas| alphas.value > 0)
    {
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        draft.set(
            "rules.alphas",
            "kind",
            "characters",
            &alphas.origin.with("letters are no category of their own"),
        );
        draft.set(
            "rules.alphas",
            "min_classes",
            1,
            &draft.built_in("counts the categories in `rules.characters`"),
        );
        draft.set("rules.alphas", "classes.alpha", letters, &alphas.origin);
        draft.set("rules.alphas", "require.alpha", alphas.value, &alphas.origin);
    }
    if let Some(run) =
        draft.number(settings, "passwordMaxClassChars", (0, 64), Some(0)).filter(|run| run.value > 0)
    {
        draft.set(TABLE, "max_class_run", run.value, &run.origin);
    }
}

fn sequences(draft: &mut Draft, settings: &mut Settings) {
    let longest =
        draft.number(settings, "passwordMaxSequence", (0, 64), Some(0)).filter(|longest| longest.value > 0);
    let sets = draft.number(settings, "passwordMaxSeqSets", (0, 64), Some(0)).filter(|sets| sets.value > 0);
    let Some(first) = longest.as_ref().or(sets.as_ref()) else { return };
    let length = longest.as_ref().map_or(64, |longest| longest.value.max(2));
    let origin = if longest.is_some() {
        first.origin.clone()
    } else {
        draft.built_in("does not limit sequences by default")
    };
    let adjacent = draft.built_in("compares adjacent characters");
    draft.set("rules.sequence", "max_length", length, &origin);
    draft.set("rules.sequence", "max_step", 1, &adjacent);
    draft.set("rules.sequence", "wrap", false, &adjacent);
    draft.set("rules.sequence", "interleaved", false, &adjacent);
    if let Some(sets) = sets {
        draft.set("rules.sequence", "max_duplicate", sets.value, &sets.origin);
    }
}

fn words(draft: &mut Draft, settings: &mut Settings) {
    if let Some(check) = draft.flag(settings, "passwordDictCheck", Some(false)).filter(|check| check.value) {
        let origin = check.origin.with("the lists of Kouling instead of that of cracklib");
        draft.set("rules.words", "lists", ["common", "chinese"], &origin);
        settings.skip(
            draft,
            &["passwordDictPath"],
            "Kouling does not read the packed files of cracklib",
            "unpack the list with `cracklib-unpacker` and add `rules.words.lists = [\"common\", \"./words.txt\"]`",
        );
    } else {
        settings.ignore(&["passwordDictPath"]);
    }
    if let Some(entry) = settings.take("passwordBadWords") {
        let text = entry.text(draft).unwrap_or_default();
        let words: Vec<String> =
            text.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
        if !words.is_empty() {
            draft.set("rules.badwords", "kind", "words", &entry.origin());
            draft.set("rules.badwords", "lists", ["./badwords.txt"], &entry.origin());
            draft.set("rules.badwords", "match", ["contained"], &draft.built_in("searches them anywhere"));
            draft.set("rules.badwords", "min_contained", 2, &draft.built_in("searches words of any length"));
            draft.word_list("badwords.txt", words);
        }
    }
}

fn ages(draft: &mut Draft, settings: &mut Settings) {
    let expires = draft.flag(settings, "passwordExp", Some(false));
    let max = draft.number(settings, "passwordMaxAge", (0, LIMIT), Some(100 * DAY));
    let warn = draft.number(settings, "passwordWarning", (0, LIMIT), Some(DAY));
    let grace = draft.number(settings, "passwordGraceLimit", (0, LIMIT), Some(0));
    let shows = settings.take("passwordSendExpiringTime");
    if let (Some(expires), Some(max), Some(warn), Some(grace)) = (expires, max, warn, grace)
        && expires.value
    {
        if draft.set_duration("expiry", "max_age", &max, (DAY, 3660 * DAY)) {
            let warn = Sourced { value: warn.value.min(max.value), origin: warn.origin };
            draft.set_duration("expiry", "warn_before", &warn, (0, 3660 * DAY));
            let value = draft.at_most(&grace, 100);
            draft.set("expiry", "grace", value, &grace.origin);
            draft.remark("Expiry: the host enforces it by calling `standing`.");
        }
        if let Some(entry) = shows.filter(|entry| entry.value.text() == Some("on")) {
            draft.skip(
                &entry,
                "`standing` returns the number of days only when it warns",
                "use `expiry.warn_before`",
            );
        }
    }
    if let Some(min) = draft.number(settings, "passwordMinAge", (0, LIMIT), Some(0)).filter(|min| min.value > 0) {
        draft.set_duration("reset", "min_password_age", &min, (0, 365 * DAY));
    }
}

fn lockout(draft: &mut Draft, settings: &mut Settings) {
    let enabled = draft.flag(settings, "passwordLockout", Some(false));
    let max = draft.number(settings, "passwordMaxFailure", (1, LIMIT), Some(3));
    let lock = draft.number(settings, "passwordLockoutDuration", (0, LIMIT), Some(3600));
    let window = draft.number(settings, "passwordResetFailureCount", (0, LIMIT), Some(600));
    let unlock = draft.flag(settings, "passwordUnlock", Some(true));
    if let (Some(enabled), Some(max), Some(mut lock), Some(window), Some(unlock)) =
        (enabled, max, lock, window, unlock)
        && enabled.value
    {
        if !unlock.value {
            lock.value = 0;
        }
        sign_in(draft, &max, &lock, &window);
    }
}

fn temporary(draft: &mut Draft, settings: &mut Settings) {
    let change = draft.flag(settings, "passwordMustChange", Some(false)).filter(|change| change.value);
    let uses = draft.number(settings, "passwordTPRMaxUse", (-1, LIMIT), Some(-1)).filter(|uses| uses.value > 0);
    let end =
        draft.number(settings, "passwordTPRDelayExpireAt", (-1, LIMIT), Some(-1)).filter(|end| end.value > 0);
    if let Some(first) = change
        .as_ref()
        .map(|change| &change.origin)
        .or(uses.as_ref().map(|uses| &uses.origin))
        .or(end.as_ref().map(|end| &end.origin))
    {
        let origin = first.clone();
        draft.remark("`temporary`: the host states that an administrator set the password.");
        match &end {
            Some(end) => drop(draft.set_duration("temporary", "lifetime", end, (60, 365 * DAY))),
            None => draft.set("temporary", "lifetime", "365d", &origin.with("the directory does not limit it")),
        }
        let single = uses.as_ref().is_some_and(|uses| uses.value == 1);
        draft.set("temporary", "single_use", single, uses.as_ref().map_or(&origin, |uses| &uses.origin));
        if let Some(uses) = uses.filter(|uses| uses.value > 1) {
            draft.skip_origin(
                &uses.origin,
                "a temporary password has one use, or any number of them",
                "set `temporary.single_use = true`",
            );
        }
    }
    settings.skip(
        draft,
        &["passwordTPRDelayValidFrom"],
        "a temporary password is valid from the time at which it is set",
        "set it when it is needed",
    );
}
