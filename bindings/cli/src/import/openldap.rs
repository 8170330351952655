//! OpenLDAP: LDIF with entries of `pwdPolicy`. Source: slapo-ppolicy(5).

use super::draft::{Draft, Origin, Sourced};
use super::ldif::{self, Record};
use super::set::{Member, Set};
use super::source::{Entry, Problem, Settings, Text};
use super::{Translated, ppm};

const LIMIT: i64 = i32::MAX as i64;
const DAY: i64 = 86_400;
/// The attribute of a user that names the policy.
const SUBENTRY: &str = "pwdPolicySubentry";

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut records = Vec::new();
    for text in texts {
        records.append(&mut ldif::read(text)?);
    }
    let overlay =
        records.iter().find_map(|record| record.values("olcPPolicyDefault").first().map(|dn| (*dn).to_owned()));
    records.retain(|record| record.is_a("pwdPolicy") || record.has_prefixed("pwd"));
    let set = Draft::new("openldap", "OpenLDAP");
    assemble(texts, records, set, overlay, policy)
}

/// Makes a policy of one entry, or a policy set of several. `default` is the name of the entry for everyone else.
pub(super) fn assemble(
    texts: &[Text],
    mut records: Vec<Record>,
    mut set: Draft,
    default: Option<String>,
    policy: fn(&mut Draft, &Record),
) -> Result<Translated, Problem> {
    let is_default = |record: &Record| match &default {
        Some(default) => record.dn.eq_ignore_ascii_case(default),
        None => record.name().eq_ignore_ascii_case("default") || record.dn.eq_ignore_ascii_case("cn=config"),
    };
    let place = records.iter().position(is_default).unwrap_or(0);
    if records.is_empty() {
        let start = texts
            .first()
            .map_or_else(|| super::source::Place { file: "".into(), line: 1, column: 1 }, |text| text.place(1, 1));
        return Err(Problem::new(&start, "no password policy in the file; expected an entry with its attributes"));
    }
    let everyone = records.remove(place);
    if records.is_empty() {
        policy(&mut set, &everyone);
        return Ok(Translated::Policy(set));
    }
    set.remark("The host supplies `pwdPolicySubentry`: the name of the user's policy entry, or an empty value.");
    let mut members = Vec::new();
    for record in records.iter().chain([&everyone]) {
        let is_everyone = std::ptr::eq(record, &raw const everyone);
        let mut draft = set.sibling(&super::source::shown(record.name()));
        policy(&mut draft, record);
        let origin = Origin::Entry { place: record.place.clone(), shown: super::source::shown(&record.dn) };
        let condition = (!is_everyone).then(|| (SUBENTRY, vec![record.dn.clone()]));
        members.push(Member { name: record.name().to_owned(), origin, condition, draft });
    }
    Ok(Translated::Set(Set { draft: set, members }))
}

fn policy(draft: &mut Draft, record: &Record) {
    let mut settings = record.settings(&["pwd"]);
    let module: Vec<Entry> = settings.take_all("pwdCheckModuleArg");
    let quality = draft.number(&mut settings, "pwdCheckQuality", (0, 2), Some(0));
    let settings = &mut settings;
    let checks = quality.as_ref().is_some_and(|quality| quality.value > 0);
    let min = draft.number(settings, "pwdMinLength", (0, LIMIT), Some(0));
    let max = draft.number(settings, "pwdMaxLength", (0, LIMIT), Some(0));
    if let (Some(min), Some(max)) = (min, max) {
        lengths(draft, &min, &max, checks);
    }
    if checks && let Some(module) = module.last() {
        let text = Text {
            file: module.place.file.clone(),
            text: module.value.text().unwrap_or_default().to_owned(),
            is_fragment: false,
        };
        let mut entries = Vec::new();
        ppm::read(&text, &mut entries);
        for entry in &mut entries {
            // The places inside an encoded value mean nothing to the reader.
            entry.place = module.place.clone();
            entry.value.place = module.value.place.clone();
        }
        ppm::rules(draft, entries);
    }
    if let Some(depth) =
        draft.number(settings, "pwdInHistory", (0, LIMIT), Some(0)).filter(|depth| depth.value > 0)
    {
        let value = draft.at_most(&depth, 100);
        draft.set("rules.history", "depth", value, &depth.origin);
    }
    ages(draft, settings);
    lockout(draft, settings);
    if let Some(change) = draft.flag(settings, "pwdMustChange", Some(false)).filter(|change| change.value) {
        draft.set("temporary", "lifetime", "365d", &change.origin.with("OpenLDAP does not limit it"));
        draft.set("temporary", "single_use", false, &draft.built_in("does not limit the uses"));
        draft.remark("`temporary`: the host states that an administrator set the password.");
    }
    if let Some(idle) = draft.number(settings, "pwdMaxIdle", (0, LIMIT), Some(0)).filter(|idle| idle.value > 0) {
        draft.set_duration("inactivity", "disable_after", &idle, (DAY, 3660 * DAY));
    }
    settings.skip(
        draft,
        &["pwdAllowUserChange", "pwdSafeModify"],
        "the directory decides who can change a password",
        "keep it in OpenLDAP",
    );
    settings.skip(
        draft,
        &["pwdCheckModule", "pwdUseCheckModule"],
        "the module is a program",
        "use the module of Kouling for OpenLDAP; the configuration of ppm in `pwdCheckModuleArg` is translated",
    );
    settings.skip(
        draft,
        &["pwdMaxRecordedFailure", "pwdGraceExpiry"],
        "Kouling has no such limit",
        "use `expiry.grace`",
    );
    settings.ignore(&["pwdAttribute"]);
    std::mem::replace(settings, Settings::new(Vec::new())).finish(draft);
}

fn lengths(draft: &mut Draft, min: &Sourced<i64>, max: &Sourced<i64>, checks: bool) {
    if min.value == 0 && max.value == 0 {
        return;
    }
    if !checks {
        for origin in [&min.origin, &max.origin] {
            draft.skip_origin(
                origin,
                "OpenLDAP does not check it, because `pwdCheckQuality` is 0",
                "add `rules.length` if it is wanted",
            );
        }
        return;
    }
    draft.set("rules.length", "min", min.value.clamp(1, 4096), &min.origin);
    let (value, origin) = match max.value {
        0 => (1024, max.origin.with("no maximum, so this is `password.max_bytes`")),
        value => (value.min(4096), max.origin.clone()),
    };
    draft.set("rules.length", "max", value, &origin);
    draft.set("rules.length", "count", "bytes", &draft.built_in("counts bytes"));
}

fn ages(draft: &mut Draft, settings: &mut Settings) {
    let warn = draft.number(settings, "pwdExpireWarning", (0, LIMIT), Some(0));
    let grace = draft.number(settings, "pwdGraceAuthNLimit", (0, LIMIT), Some(0));
    if let Some(age) = draft.number(settings, "pwdMaxAge", (0, LIMIT), Some(0)).filter(|age| age.value > 0)
        && draft.set_duration("expiry", "max_age", &age, (DAY, 3660 * DAY))
    {
        draft.remark("Expiry: the host enforces it by calling `standing`.");
        if let Some(warn) = warn {
            let warn = Sourced { value: warn.value.min(age.value), origin: warn.origin };
            draft.set_duration("expiry", "warn_before", &warn, (0, 3660 * DAY));
        }
        if let Some(grace) = grace {
            let value = draft.at_most(&grace, 100);
            draft.set("expiry", "grace", value, &grace.origin);
        }
    }
    if let Some(age) = draft.number(settings, "pwdMinAge", (0, LIMIT), Some(0)).filter(|age| age.value > 0) {
        draft.set_duration("reset", "min_password_age", &age, (0, 365 * DAY));
    }
}

fn lockout(draft: &mut Draft, settings: &mut Settings) {
    let enabled = draft.flag(settings, "pwdLockout", Some(false));
    let max = draft.number(settings, "pwdMaxFailure", (0, LIMIT), Some(0));
    let lock = draft.number(settings, "pwdLockoutDuration", (0, LIMIT), Some(0));
    let window = draft.number(settings, "pwdFailureCountInterval", (0, LIMIT), Some(0));
    let delay = draft.number(settings, "pwdMinDelay", (0, LIMIT), Some(0));
    let max_delay = draft.number(settings, "pwdMaxDelay", (0, LIMIT), Some(0));
    let (Some(enabled), Some(max), Some(lock), Some(window)) = (enabled, max, lock, window) else { return };
    if !enabled.value || max.value == 0 {
        return;
    }
    sign_in(draft, &max, &lock, &window);
    if let Some(delay) = delay.filter(|delay| delay.value > 0) {
        draft.set_duration("sign_in", "delay", &delay, (0, 3600));
    }
    if let Some(delay) = max_delay.filter(|delay| delay.value > 0) {
        draft.skip_origin(&delay.origin, "a delay doubles up to `sign_in.lock`", "choose `sign_in.lock`");
    }
}

/// Writes the limits of failed sign-ins. A lock of 0 seconds ends when an administrator ends it, a window of 0 never.
pub(super) fn sign_in(draft: &mut Draft, max: &Sourced<i64>, lock: &Sourced<i64>, window: &Sourced<i64>) {
    draft.remark(
        "Failed sign-ins: the host enforces the limits by calling `standing`. A lock holds for one network.",
    );
    let failures = draft.at_most(max, 1000);
    if lock.value == 0 {
        draft.set("sign_in", "disable_after", failures, &max.origin.with("until an administrator ends the lock"));
        return;
    }
    draft.set("sign_in", "max_failures", failures, &max.origin);
    draft.set_duration("sign_in", "lock", lock, (60, DAY));
    match window.value {
        0 => draft.set("sign_in", "window", "30d", &window.origin.with("no limit; 30d is the maximum")),
        _ => drop(draft.set_duration("sign_in", "window", window, (60, 30 * DAY))),
    }
}
