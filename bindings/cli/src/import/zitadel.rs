//! Zitadel: JSON of the settings for complexity, expiry and lockout, each in a file. Source: management API, settings.

use super::Translated;
use super::draft::{Draft, Origin, Sourced};
use super::json;
use super::set::{Member, Set};
use super::source::{Node, Problem, Settings, Text};

const DAY: i64 = 86_400;
const LIMIT: i64 = i32::MAX as i64;

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("zitadel", "Zitadel");
    // The settings of the instance, and of organizations that override them.
    let mut instance: Vec<Node> = Vec::new();
    let mut organizations: Vec<(String, Vec<Node>)> = Vec::new();
    for text in texts {
        let document = json::read(text)?;
        for item in document.items() {
            let node = item.get("policy").or(item.get("settings")).unwrap_or(item).clone();
            let owner = node
                .at(&["details", "resourceOwner"])
                .or(item.at(&["details", "resourceOwner"]))
                .and_then(Node::text);
            let is_default = node.get("isDefault").and_then(Node::text) != Some("false");
            match owner.filter(|_| !is_default) {
                Some(owner) => match organizations.iter_mut().find(|(known, _)| known == owner) {
                    Some((_, nodes)) => nodes.push(node),
                    None => organizations.push((owner.to_owned(), vec![node])),
                },
                None => instance.push(node),
            }
        }
    }
    if organizations.is_empty() {
        write(&mut draft, &instance);
        return Ok(Translated::Policy(draft));
    }
    draft.remark("The host supplies `organization`: the identifier of the organization of the user.");
    let mut members = Vec::new();
    for (owner, nodes) in organizations {
        let mut member = draft.sibling(&format!("zitadel-{}", super::source::shown(&owner)));
        let origin = match nodes.first() {
            Some(node) => Origin::Entry { place: node.place.clone(), shown: super::source::shown(&owner) },
            None => draft.default_origin(),
        };
        write(&mut member, &nodes);
        members.push(Member {
            name: owner.clone(),
            origin,
            condition: Some(("organization", vec![owner])),
            draft: member,
        });
    }
    let mut everyone = draft.sibling("zitadel");
    write(&mut everyone, &instance);
    let origin = draft.built_in("applies the settings of the instance to everyone else");
    members.push(Member { name: "instance".to_owned(), origin, condition: None, draft: everyone });
    Ok(Translated::Set(Set { draft, members }))
}

fn write(draft: &mut Draft, nodes: &[Node]) {
    let mut entries = Vec::new();
    for node in nodes {
        match node.object() {
            Some(object) => entries.extend(object.to_vec()),
            None => draft.problem(&node.place, "unexpected value; expected an object"),
        }
    }
    let mut settings = Settings::new(entries);
    settings.ignore(&["details", "isDefault", "resourceOwnerType", "settings"]);
    if let Some(min) = draft.number(&mut settings, "minLength", (0, 4096), Some(8)).filter(|min| min.value > 0) {
        draft.set("rules.length", "min", min.value, &min.origin);
        draft.set("rules.length", "max", 72.max(min.value), &draft.built_in("accepts up to 72 characters"));
    }
    for (key, class) in [("Uppercase", "upper"), ("Lowercase", "lower"), ("Number", "digit"), ("Symbol", "symbol")]
    {
        // The names of the two versions of the API: `hasSymbol`, `requiresSymbol`.
        let (first, second) = (
            draft.flag(&mut settings, &format!("has{key}"), None),
            draft.flag(&mut settings, &format!("requires{key}"), None),
        );
        let required = first
            .or(second)
            .unwrap_or_else(|| Sourced { value: nodes.is_empty(), origin: draft.default_origin() });
        if required.value {
            draft.set_default(
                "rules.characters",
                "min_classes",
                1,
                &draft.built_in("requires each class on its own"),
            );
            draft.set("rules.characters", &format!("require.{class}"), 1, &required.origin);
        }
    }
    let warn = draft.number(&mut settings, "expireWarnDays", (0, LIMIT), Some(0));
    if let Some(mut max) =
        draft.number(&mut settings, "maxAgeDays", (0, LIMIT), Some(0)).filter(|max| max.value > 0)
    {
        max.value *= DAY;
        if draft.set_duration("expiry", "max_age", &max, (DAY, 3660 * DAY)) {
            draft.remark("Expiry: the host enforces it by calling `standing`.");
            if let Some(warn) = warn {
                let warn = Sourced { value: (warn.value * DAY).min(max.value), origin: warn.origin };
                draft.set_duration("expiry", "warn_before", &warn, (0, 3660 * DAY));
            }
        }
    }
    if let Some(max) =
        draft.number(&mut settings, "maxPasswordAttempts", (0, LIMIT), Some(0)).filter(|max| max.value > 0)
    {
        let value = draft.at_most(&max, 1000);
        draft.set("sign_in", "disable_after", value, &max.origin.with("until an administrator ends the lock"));
        draft.remark("Failed sign-ins: the host enforces the limits by calling `standing`.");
    }
    settings.skip(
        draft,
        &["maxOtpAttempts"],
        "the host checks one-time passwords",
        "`reset.code.max_submissions` limits the codes of a reset",
    );
    settings.finish(draft);
}
