//! Okta: JSON of the Policy API, one policy or a list. Source: "Policy API", password policy settings.

use super::Translated;
use super::draft::{Draft, Origin, Sourced};
use super::json;
use super::openldap::sign_in;
use super::set::{Member, Set};
use super::source::{Entry, Node, Problem, Settings, Text};

const DAY: i64 = 86_400;
const LIMIT: i64 = i32::MAX as i64;

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("okta", "Okta");
    let mut policies: Vec<Node> = Vec::new();
    for text in texts {
        policies.extend(json::read(text)?.items().to_vec());
    }
    policies.retain(|policy| policy.get("type").and_then(Node::text).is_none_or(|kind| kind == "PASSWORD"));
    for policy in policies.extract_if(.., |policy| policy.get("status").and_then(Node::text) == Some("INACTIVE")) {
        if let Some(entry) = policy.entry("status") {
            draft.skip(entry, "the policy is not active", "activate it, or leave it out");
        }
    }
    // The default policy of the system is the last one.
    let is_system = |policy: &Node| policy.get("system").and_then(Node::text) == Some("true");
    let priority =
        |policy: &Node| policy.get("priority").and_then(Node::text).and_then(|text| text.parse::<i64>().ok());
    policies.sort_by_key(|policy| (is_system(policy), priority(policy).unwrap_or(i64::MAX)));
    let Some(last) = policies.last() else {
        let Some(text) = texts.first() else { return Ok(Translated::Policy(draft)) };
        return Err(Problem::new(
            &text.place(1, 1),
            "no active password policy; expected an object with \"type\": \"PASSWORD\"",
        ));
    };
    if policies.len() == 1 {
        write(&mut draft, last);
        return Ok(Translated::Policy(draft));
    }
    draft.remark("The host supplies `groups`: the identifiers of the groups of the user, or an empty value.");
    let mut members = Vec::new();
    for (n, policy) in policies.iter().enumerate() {
        let name = policy.get("name").and_then(Node::text).unwrap_or("policy").to_owned();
        let mut member = draft.sibling(&super::source::shown(&name));
        write(&mut member, policy);
        let groups = policy.at(&["conditions", "people", "groups", "include"]);
        let groups: Vec<String> = groups
            .map(|groups| groups.items().iter().filter_map(|group| group.text().map(str::to_owned)).collect())
            .unwrap_or_default();
        let origin = match policy.entry("priority").or(policy.entry("name")) {
            Some(entry) => entry.origin(),
            None => Origin::Entry { place: policy.place.clone(), shown: super::source::shown(&name) },
        };
        let is_last = n + 1 == policies.len();
        if !is_last && groups.is_empty() {
            draft.problem(&policy.place, "no groups in `conditions.people.groups.include`; expected them in every policy but the default one");
        }
        members.push(Member { name, origin, condition: (!is_last).then_some(("groups", groups)), draft: member });
    }
    Ok(Translated::Set(Set { draft, members }))
}

fn write(draft: &mut Draft, policy: &Node) {
    let mut settings = Settings::of(policy, draft);
    settings.ignore(&[
        "type",
        "id",
        "status",
        "name",
        "description",
        "priority",
        "system",
        "created",
        "lastUpdated",
        "_links",
        "_embedded",
    ]);
    if let Some(entry) = settings.take("conditions") {
        conditions(draft, &entry);
    }
    let mut all = settings.inner("settings", draft);
    let mut password = all.inner("password", draft);
    let mut complexity = password.inner("complexity", draft);
    self::complexity(draft, &mut complexity);
    complexity.finish(draft);
    let mut age = password.inner("age", draft);
    ages(draft, &mut age);
    age.finish(draft);
    let mut lockout = password.inner("lockout", draft);
    if let Some(max) = draft.number(&mut lockout, "maxAttempts", (0, LIMIT), Some(10)).filter(|max| max.value > 0)
        && let Some(lock) = draft.number(&mut lockout, "autoUnlockMinutes", (0, LIMIT), Some(0))
    {
        let lock = Sourced { value: lock.value * 60, origin: lock.origin };
        let window = Sourced {
            value: lock.value.clamp(60, 30 * DAY),
            origin: draft.built_in("counts failures until the lock ends"),
        };
        sign_in(draft, &max, &lock, &window);
    }
    lockout.skip(
        draft,
        &["showLockoutFailures", "userLockoutNotificationChannels"],
        "the host writes the pages and mails of the sign-in",
        "use the standing that `standing` returns",
    );
    lockout.finish(draft);
    password.finish(draft);
    if let Some(entry) = all.take("recovery") {
        draft.skip(&entry, "Okta's factors of a reset are its own", "see `[reset]` in the policy reference");
    }
    if let Some(entry) = all.take("delegation") {
        draft.skip(&entry, "it delegates to another directory", "keep it in Okta");
    }
    all.finish(draft);
    settings.finish(draft);
}

/// Conditions besides the groups.
fn conditions(draft: &mut Draft, entry: &Entry) {
    let mut settings = Settings::of(&entry.value, draft);
    let mut people = settings.inner("people", draft);
    let mut groups = people.inner("groups", draft);
    groups.ignore(&["include"]);
    groups.skip(draft, &["exclude"], "it excludes groups", "add `not` to the condition of the population");
    groups.finish(draft);
    people.skip(draft, &["users"], "it selects single users", "add them to the condition of the population");
    people.finish(draft);
    if let Some(provider) = settings.take("authProvider")
        && provider.value.get("provider").and_then(Node::text) != Some("OKTA")
    {
        draft.skip(&provider, "the policy is for another directory", "keep it in Okta");
    }
    settings.finish(draft);
}

fn complexity(draft: &mut Draft, settings: &mut Settings) {
    if let Some(min) = draft.number(settings, "minLength", (0, 4096), Some(8)).filter(|min| min.value > 0) {
        draft.set("rules.length", "min", min.value, &min.origin);
        draft.set("rules.length", "max", 72.max(min.value), &draft.built_in("accepts up to 72 characters"));
    }
    for (key, class, default) in [
        ("minLowerCase", "lower", 1),
        ("minUpperCase", "upper", 1),
        ("minNumber", "digit", 1),
        ("minSymbol", "symbol", 1),
    ] {
        if let Some(count) = draft.number(settings, key, (0, 4096), Some(default)).filter(|count| count.value > 0)
        {
            draft.set_default(
                "rules.characters",
                "min_classes",
                1,
                &draft.built_in("counts each class on its own"),
            );
            draft.set("rules.characters", &format!("require.{class}"), count.value, &count.origin);
        }
    }
    let mut attributes = Vec::new();
    let mut origin = None;
    if let Some(username) = draft.flag(settings, "excludeUsername", Some(true)).filter(|username| username.value) {
        attributes.push("username".to_owned());
        origin = Some(username.origin);
    }
    if let Some(entry) = settings.take("excludeAttributes") {
        for name in entry.value.items().iter().filter_map(Node::text) {
            let name = if ["firstName", "lastName"].contains(&name) { "name" } else { name };
            if !attributes.iter().any(|known| known == name) {
                attributes.push(name.to_owned());
                origin = Some(entry.origin());
            }
        }
    }
    if let Some(origin) = origin {
        draft.set("rules.personal", "attributes", attributes, &origin);
    }
    let mut dictionary = settings.inner("dictionary", draft);
    let mut common = dictionary.inner("common", draft);
    if let Some(exclude) = draft.flag(&mut common, "exclude", Some(false)).filter(|exclude| exclude.value) {
        let origin = exclude.origin.with("the lists of Kouling instead of that of Okta");
        draft.set("rules.words", "lists", ["common", "chinese"], &origin);
    }
    common.finish(draft);
    dictionary.finish(draft);
}

fn ages(draft: &mut Draft, settings: &mut Settings) {
    if let Some(depth) =
        draft.number(settings, "historyCount", (0, LIMIT), Some(0)).filter(|depth| depth.value > 0)
    {
        let value = draft.at_most(&depth, 100);
        draft.set("rules.history", "depth", value, &depth.origin);
    }
    if let Some(mut min) = draft.number(settings, "minAgeMinutes", (0, LIMIT), Some(0)).filter(|min| min.value > 0)
    {
        min.value *= 60;
        draft.set_duration("reset", "min_password_age", &min, (0, 365 * DAY));
    }
    let warn = draft.number(settings, "expireWarnDays", (0, LIMIT), Some(0));
    if let Some(mut max) = draft.number(settings, "maxAgeDays", (0, LIMIT), Some(0)).filter(|max| max.value > 0) {
        max.value *= DAY;
        if draft.set_duration("expiry", "max_age", &max, (DAY, 3660 * DAY)) {
            draft.remark("Expiry: the host enforces it by calling `standing`.");
            if let Some(warn) = warn {
                let warn = Sourced { value: (warn.value * DAY).min(max.value), origin: warn.origin };
                draft.set_duration("expiry", "warn_before", &warn, (0, 3660 * DAY));
            }
        }
    }
}
