//! FreeIPA: the output of `ipa pwpolicy-find` and `ipa pwpolicy-show`. Source: `ipa help pwpolicy`.

use super::Translated;
use super::draft::{Draft, Origin, Sourced};
use super::openldap::sign_in;
use super::set::{Member, Set};
use super::source::{Entry, Place, Problem, Settings, Text, line_entry};

const DAY: i64 = 86_400;
const LIMIT: i64 = i32::MAX as i64;
/// The group of the policy for everyone else.
const GLOBAL: &str = "global_policy";

/// A policy: its group, the place of the group, and the entries.
struct Policy {
    group: String,
    place: Place,
    entries: Vec<Entry>,
}

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("freeipa", "FreeIPA");
    let mut policies: Vec<Policy> = Vec::new();
    for text in texts {
        read(text, &mut policies)?;
    }
    let global = policies.iter().position(|policy| policy.group == GLOBAL).map(|at| policies.remove(at));
    if policies.is_empty() {
        let Some(global) = global else {
            let start = texts
                .first()
                .map_or_else(|| Place { file: "".into(), line: 1, column: 1 }, |text| text.place(1, 1));
            return Err(Problem::new(
                &start,
                "no policy in the file; expected lines such as `Group: global_policy`",
            ));
        };
        write(&mut draft, &global);
        return Ok(Translated::Policy(draft));
    }
    draft.remark("The host supplies `groups`: the groups of the user, or an empty value.");
    let mut ordered = Vec::new();
    for policy in policies {
        let mut member = draft.sibling(&super::source::shown(&policy.group));
        let priority = write(&mut member, &policy);
        let shown = super::source::shown(&format!(
            "Group: {}; Priority: {}",
            policy.group,
            priority.map_or("none".to_owned(), |p| p.to_string())
        ));
        let origin = Origin::Entry { place: policy.place, shown };
        let condition = Some(("groups", vec![policy.group.clone()]));
        ordered
            .push((priority.unwrap_or(i64::MAX), Member { name: policy.group, origin, condition, draft: member }));
    }
    ordered.sort_by_key(|(priority, _)| *priority);
    let mut members: Vec<Member> = ordered.into_iter().map(|(_, member)| member).collect();
    let mut everyone = draft.sibling("freeipa");
    let origin = match &global {
        Some(global) => {
            write(&mut everyone, global);
            Origin::Entry { place: global.place.clone(), shown: format!("Group: {GLOBAL}") }
        }
        None => {
            let defaults = Policy {
                group: GLOBAL.to_owned(),
                place: Place { file: "".into(), line: 1, column: 1 },
                entries: Vec::new(),
            };
            write(&mut everyone, &defaults);
            draft.built_in(
                "applies its global policy to everyone else; the files have none, so this one has its defaults",
            )
        }
    };
    members.push(Member { name: GLOBAL.to_owned(), origin, condition: None, draft: everyone });
    Ok(Translated::Set(Set { draft, members }))
}

/// Reads `Label: value` lines. A line with the group starts a policy.
fn read(text: &Text, policies: &mut Vec<Policy>) -> Result<(), Problem> {
    for (number, line) in text.lines() {
        let content = line.trim();
        let is_frame = content.chars().all(|c| c == '-') || content.starts_with("Number of entries");
        if is_frame || content.ends_with(" matched") {
            continue;
        }
        let Some((label, value)) = content.split_once(':') else {
            return Err(Problem::new(
                &text.place_of(number, line, content),
                "invalid line; expected `Label: value`",
            ));
        };
        // `--raw` and `--all` print names of attributes and the entry itself.
        if ["dn", "objectclass", "cospriority"].contains(&label.to_lowercase().as_str()) {
            continue;
        }
        let entry = line_entry(text, number, line, label.trim(), value.trim());
        if label.eq_ignore_ascii_case("Group") {
            policies.push(Policy { group: value.trim().to_owned(), place: entry.place, entries: Vec::new() });
        } else if value.trim().is_empty() {
            // A label without a value is not set.
        } else if let Some(policy) = policies.last_mut() {
            policy.entries.push(entry);
        } else {
            return Err(Problem::new(&entry.place, "setting without a policy; expected `Group: …` before it"));
        }
    }
    Ok(())
}

/// Writes a policy. Returns its priority.
fn write(draft: &mut Draft, policy: &Policy) -> Option<i64> {
    let mut settings = Settings::ignoring_case(policy.entries.clone());
    let settings = &mut settings;
    let priority = draft.number(settings, "Priority", (0, LIMIT), None).map(|priority| priority.value);
    lengths(draft, settings);
    let dictionary = draft.flag(settings, "Dictionary check", Some(false)).filter(|check| check.value);
    if let Some(check) = dictionary {
        let origin = check.origin.with("the lists of Kouling instead of that of cracklib");
        draft.set("rules.words", "lists", ["common", "chinese"], &origin);
    }
    if let Some(check) = draft.flag(settings, "User check", Some(false)).filter(|check| check.value) {
        draft.set("rules.personal", "attributes", ["username"], &check.origin);
        draft.set("rules.personal", "tokens", false, &draft.built_in("searches the whole name"));
        draft.set("rules.personal", "min_match", 4, &draft.built_in("ignores fewer than 4 characters"));
        draft.set("rules.personal", "min_length", 4, &draft.built_in("ignores fewer than 4 characters"));
        draft.set(
            "rules.personal",
            "read",
            ["plain", "reversed"],
            &draft.built_in("searches it in both directions"),
        );
    }
    let history = draft.number(settings, "History size", (0, LIMIT), Some(0));
    if let Some(history) = history.filter(|history| history.value > 0) {
        let value = draft.at_most(&history, 100);
        draft.set("rules.history", "depth", value, &history.origin);
    }
    ages(draft, settings);
    let max = draft.number(settings, "Max failures", (0, LIMIT), Some(6));
    let window = draft.number(settings, "Failure reset interval", (0, LIMIT), Some(60));
    let lock = draft.number(settings, "Lockout duration", (0, LIMIT), Some(600));
    if let (Some(max), Some(window), Some(lock)) = (max, window, lock)
        && max.value > 0
    {
        sign_in(draft, &max, &lock, &window);
    }
    std::mem::replace(settings, Settings::new(Vec::new())).finish(draft);
    priority
}

fn lengths(draft: &mut Draft, settings: &mut Settings) {
    let min = draft.number(settings, "Min length", (0, 4096), Some(8));
    let classes = draft.number(settings, "Character classes", (0, 5), Some(0));
    let credits: Vec<(&str, Sourced<i64>)> = [
        ("Digit credit", "digit"),
        ("Uppercase credit", "upper"),
        ("Lowercase credit", "lower"),
        ("Other credit", "symbol"),
    ]
    .iter()
    .filter_map(|(label, class)| Some((*class, draft.number(settings, label, (-64, 64), Some(0))?)))
    .collect();
    let sum: i64 = credits.iter().map(|(_, credit)| credit.value.max(0)).sum();
    if let Some(min) = min.filter(|min| min.value > 0) {
        if sum > 0 {
            let implied = draft.built_in("accepts no shorter password, whatever its credits");
            draft.set("rules.length", "min", (min.value - sum).max(6), &implied);
            draft.set("rules.points", "min_points", min.value, &min.origin);
            draft.set("rules.points", "by", "ascii", &draft.built_in("classifies ASCII"));
            for (class, credit) in credits.iter().filter(|(_, credit)| credit.value > 0) {
                draft.set("rules.points", &format!("credits.{class}"), credit.value, &credit.origin);
            }
        } else {
            draft.set("rules.length", "min", min.value, &min.origin);
        }
        draft.set(
            "rules.length",
            "max",
            1024,
            &draft.built_in("has no maximum length, so this is `password.max_bytes`"),
        );
    }
    if let Some(classes) = classes.filter(|classes| classes.value > 0) {
        draft.set("rules.characters", "min_classes", classes.value, &classes.origin);
    }
    for (class, credit) in credits.iter().filter(|(_, credit)| credit.value < 0) {
        draft.set("rules.characters", &format!("require.{class}"), -credit.value, &credit.origin);
    }
    if draft.has("rules.characters") {
        draft.set_default("rules.characters", "min_classes", 1, &draft.default_origin());
        draft.set("rules.characters", "by", "ascii", &draft.built_in("classifies ASCII"));
    }
    if let Some(run) = draft.number(settings, "Max repeat", (0, 4096), Some(0)).filter(|run| run.value > 0) {
        draft.set("rules.repetition", "max_run", run.value, &run.origin);
    }
    if let Some(length) =
        draft.number(settings, "Max sequence", (0, 4096), Some(0)).filter(|length| length.value > 0)
    {
        let adjacent = draft.built_in("compares adjacent characters");
        draft.set("rules.sequence", "max_length", length.value.clamp(2, 64), &length.origin);
        draft.set("rules.sequence", "max_step", 1, &adjacent);
        draft.set("rules.sequence", "wrap", false, &adjacent);
        draft.set("rules.sequence", "interleaved", false, &adjacent);
    }
}

fn ages(draft: &mut Draft, settings: &mut Settings) {
    let grace = draft.number(settings, "Grace login limit", (-1, LIMIT), Some(-1));
    if let Some(mut max) =
        draft.number(settings, "Max lifetime (days)", (0, 20_000), Some(90)).filter(|max| max.value > 0)
    {
        max.value *= DAY;
        if draft.set_duration("expiry", "max_age", &max, (DAY, 3660 * DAY)) {
            draft.set(
                "expiry",
                "warn_before",
                super::draft::duration(max.value.min(4 * DAY)),
                &draft.built_in("warns 4 days before"),
            );
            draft.remark("Expiry: the host enforces it by calling `standing`.");
            match grace {
                Some(grace) if grace.value >= 0 => {
                    let value = draft.at_most(&grace, 100);
                    draft.set("expiry", "grace", value, &grace.origin);
                }
                Some(grace) => draft.skip_origin(
                    &grace.origin,
                    "an expired password must be changed at the sign-in",
                    "set `expiry.grace`, or no `expiry`",
                ),
                None => {}
            }
        }
    }
    if let Some(mut min) =
        draft.number(settings, "Min lifetime (hours)", (0, LIMIT), Some(1)).filter(|min| min.value > 0)
    {
        min.value *= 3600;
        draft.set_duration("reset", "min_password_age", &min, (0, 365 * DAY));
    }
}
