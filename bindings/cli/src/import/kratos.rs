//! Ory Kratos: the configuration, YAML or JSON. Source: the configuration schema, selfservice/strategy/password.

use super::draft::{Draft, Origin};
use super::source::{Node, Problem, Settings, Text};
use super::{Translated, json, yaml};

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("kratos", "Kratos");
    let mut nodes = Vec::new();
    for text in texts {
        nodes.push(if text.first() == Some('{') { json::read(text)? } else { yaml::read(text)? });
    }
    // A later file overrides an earlier one.
    let find = |path: &[&str]| nodes.iter().rev().find_map(|node| node.at(path));
    let settings = find(&["selfservice", "methods", "password", "config"]);
    let mut settings = settings.map_or_else(|| Settings::new(Vec::new()), |node| Settings::of(node, &mut draft));
    if let Some(min) = draft.number(&mut settings, "min_password_length", (6, i64::from(i32::MAX)), Some(8)) {
        let value = draft.at_most(&min, 4096);
        draft.set("rules.length", "min", value, &min.origin);
        draft.set(
            "rules.length",
            "max",
            1024,
            &draft.built_in("has no maximum length, so this is `password.max_bytes`"),
        );
        draft.set("rules.length", "count", "bytes", &draft.built_in("counts bytes"));
    }
    if let Some(check) =
        draft.flag(&mut settings, "identifier_similarity_check_enabled", Some(true)).filter(|check| check.value)
    {
        let identifiers = draft.built_in("compares the identifiers of the user");
        draft.set("rules.personal", "attributes", ["username", "email"], &check.origin);
        draft.set("rules.personal", "tokens", false, &identifiers);
        draft.set("rules.personal", "min_part", 4, &draft.built_in("looks for the longest common part"));
        draft.set("rules.personal", "max_share", 50, &draft.built_in("rejects half of the password"));
    }
    breaches(&mut draft, &mut settings);
    settings.skip(&mut draft, &["migrate_hook"], "the host stores the passwords", "keep it in Kratos");
    settings.finish(&mut draft);
    if let Some(algorithm) = find(&["hashers", "algorithm"]) {
        hasher(&mut draft, algorithm);
    }
    Ok(Translated::Policy(draft))
}

fn hasher(draft: &mut Draft, algorithm: &Node) {
    if algorithm.text() == Some("bcrypt") {
        let origin =
            Origin::Entry { place: algorithm.place.clone(), shown: "hashers.algorithm: bcrypt".to_owned() };
        draft.set("password", "hash_limit_bytes", 72, &origin.with("bcrypt reads 72 bytes"));
    }
}

/// The look-up in Have I Been Pwned.
fn breaches(draft: &mut Draft, settings: &mut Settings) {
    let allowed = draft.number(settings, "max_breaches", (0, 100), Some(0));
    let entry = settings.take("haveibeenpwned_enabled");
    let enabled = match &entry {
        Some(entry) => entry.flag(draft, &["true"], &["false"]),
        None => Some(true),
    };
    let (Some(allowed), Some(enabled)) = (allowed, enabled) else { return };
    if !enabled {
        settings.ignore(&["haveibeenpwned_host", "ignore_network_errors"]);
        return;
    }
    let count = match allowed.value {
        0 => "",
        1..10 => ", min_count = 10",
        _ => ", min_count = 100",
    };
    let instead = format!(
        "build a filter with `kouling words build --hashes` and add `rules.breached = {{ filter = \"./leaked-often.filter\"{count} }}`"
    );
    match (&entry, &allowed.origin) {
        (Some(entry), _) => draft.skip(entry, "the engine uses no network", &instead),
        (None, origin @ Origin::Entry { .. }) => draft.skip_origin(origin, "the engine uses no network", &instead),
        (None, Origin::Product(_)) => draft.remark(
            "haveibeenpwned_enabled is true by default. The engine uses no network: build a filter with `kouling words build --hashes`.",
        ),
    }
    settings.skip(
        draft,
        &["haveibeenpwned_host", "ignore_network_errors"],
        "the engine uses no network",
        "a filter on disk needs neither",
    );
}
