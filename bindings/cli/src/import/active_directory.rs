//! Active Directory: the `.inf` of `secedit /export`, and LDIF with the domain and its password settings objects. Source:
//! "Security policy settings reference", MS-ADA, MS-SAMR 3.1.1.7.

use super::Translated;
use super::draft::{Draft, Origin, Sourced};
use super::ldif::{self, Record};
use super::set::{Member, Set};
use super::source::{Entry, Problem, Settings, Text, line_entry};

const DAY: i64 = 86_400;
/// The values of the directory count steps of 100 nanoseconds, as negative numbers.
const STEPS: i64 = 10_000_000;

/// A policy of a domain, in seconds. A lock of 0 ends when an administrator ends it.
#[derive(Default)]
struct Domain {
    min_length: Option<Sourced<i64>>,
    complexity: Option<Sourced<bool>>,
    history: Option<Sourced<i64>>,
    min_age: Option<Sourced<i64>>,
    max_age: Option<Sourced<i64>>,
    threshold: Option<Sourced<i64>>,
    lock: Option<Sourced<i64>>,
    window: Option<Sourced<i64>>,
}

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("active-directory", "Active Directory");
    let mut records: Vec<Record> = Vec::new();
    let mut inf = None;
    for text in texts {
        if text.first() == Some('[') {
            inf = Some(read_inf(text, &mut draft));
        } else {
            records.append(&mut ldif::read(text)?);
        }
    }
    let mut objects: Vec<Record> = Vec::new();
    let mut domain_record = None;
    for record in records {
        if record.is_a("msDS-PasswordSettings") {
            objects.push(record);
        } else if record.has_prefixed("minPwdLength") || record.has_prefixed("pwdProperties") {
            domain_record = Some(record);
        }
    }
    if inf.is_none() && domain_record.is_none() && objects.is_empty() {
        let Some(text) = texts.first() else { return Ok(Translated::Policy(draft)) };
        return Err(Problem::new(
            &text.place(1, 1),
            "no password policy; expected a section [System Access], or a password settings object",
        ));
    }
    let mut domain = draft.sibling("active-directory");
    match (inf, domain_record) {
        (Some(settings), _) => from_inf(&mut domain, settings),
        (None, Some(record)) => from_directory(&mut domain, &record, &DOMAIN),
        (None, None) => {
            domain.remark(
                "The files have no policy of the domain, so this one has the defaults of Active Directory.",
            );
            let defaults = Domain::default();
            write(&mut domain, defaults);
        }
    }
    domain.adopt(&mut draft);
    if objects.is_empty() {
        return Ok(Translated::Policy(domain));
    }
    draft.remark(
        "The host supplies `groups`: the distinguished names of the user and of the user's global groups, or an empty value.",
    );
    Ok(Translated::Set(set(draft, domain, objects)))
}

/// The password settings objects by precedence, then the domain.
fn set(mut draft: Draft, domain: Draft, objects: Vec<Record>) -> Set {
    let mut ordered = Vec::new();
    for record in objects {
        let mut policy = draft.sibling(&super::source::shown(record.name()));
        let mut settings = record.settings(&["msDS-"]);
        let precedence = settings.take("msDS-PasswordSettingsPrecedence");
        let number = precedence.as_ref().and_then(|entry| entry.number(&mut policy, 1, i64::from(i32::MAX)));
        let applies: Vec<String> = settings
            .take_all("msDS-PSOAppliesTo")
            .iter()
            .filter_map(|entry| entry.value.text().map(str::to_owned))
            .collect();
        from_directory(&mut policy, &record, &OBJECT);
        let origin = match &precedence {
            Some(entry) => entry.origin(),
            None => Origin::Entry { place: record.place.clone(), shown: super::source::shown(&record.dn) },
        };
        if applies.is_empty() {
            let whole = Entry { shown: format!("dn: {}", record.dn), ..first(&record, precedence) };
            draft.skip(&whole, "the object applies to nobody", "delete it, or add a population");
            draft.problems.append(&mut policy.problems);
            continue;
        }
        ordered.push((number.unwrap_or(i64::MAX), record.name().to_owned(), origin, applies, policy));
    }
    ordered.sort_by_key(|(number, ..)| *number);
    let mut members: Vec<Member> = ordered
        .into_iter()
        .map(|(_, name, origin, applies, draft)| Member {
            name,
            origin,
            condition: Some(("groups", applies)),
            draft,
        })
        .collect();
    let origin = draft.built_in("applies the policy of the domain to everyone else");
    members.push(Member { name: "domain".to_owned(), origin, condition: None, draft: domain });
    Set { draft, members }
}

/// Returns an entry at the place of a record.
fn first(record: &Record, known: Option<Entry>) -> Entry {
    use super::source::{Kind, Node};
    known.unwrap_or_else(|| Entry {
        key: "dn".to_owned(),
        place: record.place.clone(),
        value: Node { kind: Kind::Null, place: record.place.clone() },
        shown: String::new(),
    })
}

/// Reads the section [System Access].
fn read_inf(text: &Text, draft: &mut Draft) -> Settings {
    let mut entries = Vec::new();
    let mut is_inside = false;
    for (number, line) in text.lines() {
        let content = line.trim();
        if let Some(section) = content.strip_prefix('[') {
            is_inside = section.trim_end_matches(']').trim().eq_ignore_ascii_case("System Access");
            continue;
        }
        if !is_inside || content.is_empty() || content.starts_with(';') {
            continue;
        }
        match content.split_once('=') {
            Some((name, value)) => {
                entries.push(line_entry(text, number, line, name.trim(), value.trim().trim_matches('"')))
            }
            None => draft.problem(&text.place_of(number, line, content), "invalid line; expected `name = value`"),
        }
    }
    Settings::ignoring_case(entries)
}

/// Multiplies the value of a setting.
fn times(number: Option<Sourced<i64>>, factor: i64) -> Option<Sourced<i64>> {
    number.map(|number| Sourced { value: number.value.saturating_mul(factor), origin: number.origin })
}

fn from_inf(draft: &mut Draft, mut settings: Settings) {
    let settings_ref = &mut settings;
    let min_length = draft.number(settings_ref, "MinimumPasswordLength", (0, 128), None);
    let complexity = draft.flag(settings_ref, "PasswordComplexity", None);
    let history = draft.number(settings_ref, "PasswordHistorySize", (0, 24), None);
    let min_age = times(draft.number(settings_ref, "MinimumPasswordAge", (0, 998), None), DAY);
    let max_age = draft.number(settings_ref, "MaximumPasswordAge", (-1, 999), None);
    let max_age = times(max_age.map(|age| Sourced { value: age.value.max(0), ..age }), DAY);
    let threshold = draft.number(settings_ref, "LockoutBadCount", (0, 999), None);
    let lock = draft.number(settings_ref, "LockoutDuration", (-1, 99_999), None);
    let lock = times(lock.map(|lock| Sourced { value: lock.value.max(0), ..lock }), 60);
    let window = times(draft.number(settings_ref, "ResetLockoutCount", (0, 99_999), None), 60);
    write(draft, Domain { min_length, complexity, history, min_age, max_age, threshold, lock, window });
    settings.ignore(&[
        "NewAdministratorName",
        "NewGuestName",
        "EnableAdminAccount",
        "EnableGuestAccount",
        "LSAAnonymousNameLookup",
        "ForceLogoffWhenHourExpire",
        "AllowAdministratorLockout",
    ]);
    if let Some(entry) = settings.take("ClearTextPassword")
        && entry.value.text() != Some("0")
    {
        draft.skip(&entry, "the host stores the passwords", "do not store passwords with reversible encryption");
    }
    if let Some(entry) = settings.take("RequireLogonToChangePassword")
        && entry.value.text() != Some("0")
    {
        draft.skip(&entry, "the host decides who can change a password", "keep it in the domain");
    }
    settings.skip(
        draft,
        &["RelaxMinimumPasswordLengthLimits", "MinimumPasswordLengthAudit"],
        "it is a setting of the domain",
        "use `severity = \"warn\"` in a second rule of kind `length`",
    );
    settings.finish(draft);
}

/// The names of the attributes: length, complexity, history, ages, threshold, lock, window.
type Names = [&'static str; 8];
const OBJECT: Names = [
    "msDS-MinimumPasswordLength",
    "msDS-PasswordComplexityEnabled",
    "msDS-PasswordHistoryLength",
    "msDS-MinimumPasswordAge",
    "msDS-MaximumPasswordAge",
    "msDS-LockoutThreshold",
    "msDS-LockoutDuration",
    "msDS-LockoutObservationWindow",
];
const DOMAIN: Names = [
    "minPwdLength",
    "pwdProperties",
    "pwdHistoryLength",
    "minPwdAge",
    "maxPwdAge",
    "lockoutThreshold",
    "lockoutDuration",
    "lockOutObservationWindow",
];

fn from_directory(draft: &mut Draft, record: &Record, names: &Names) {
    let mut settings = record.settings(names);
    let settings = &mut settings;
    let min_length = draft.number(settings, names[0], (0, 255), None);
    let complexity = match settings.take(names[1]) {
        // The lowest bit of `pwdProperties`.
        Some(entry) if names[1] == DOMAIN[1] => entry
            .number(draft, 0, i64::from(u32::MAX))
            .map(|bits| Sourced { value: bits & 1 == 1, origin: entry.origin() }),
        Some(entry) => {
            entry.flag(draft, &["TRUE"], &["FALSE"]).map(|value| Sourced { value, origin: entry.origin() })
        }
        None => None,
    };
    let history = draft.number(settings, names[2], (0, 1024), None);
    let mut seconds = |name: &str| {
        let number = draft.number(settings, name, (i64::MIN, 0), None)?;
        // The lowest number stands for never.
        let value = if number.value == i64::MIN { 0 } else { -number.value / STEPS };
        Some(Sourced { value, origin: number.origin })
    };
    let (min_age, max_age, lock, window) =
        (seconds(names[3]), seconds(names[4]), seconds(names[6]), seconds(names[7]));
    let threshold = draft.number(settings, names[5], (0, 65_535), None);
    write(draft, Domain { min_length, complexity, history, min_age, max_age, threshold, lock, window });
    let mut rest = record.settings(&["msDS-PasswordReversibleEncryptionEnabled"]);
    if let Some(entry) = rest.take("msDS-PasswordReversibleEncryptionEnabled")
        && entry.value.text().is_some_and(|text| text.eq_ignore_ascii_case("TRUE"))
    {
        draft.skip(&entry, "the host stores the passwords", "do not store passwords with reversible encryption");
    }
}

/// Writes a policy. The defaults are those of the default domain policy.
fn write(draft: &mut Draft, domain: Domain) {
    let or = |draft: &Draft, number: Option<Sourced<i64>>, default: i64| {
        number.unwrap_or_else(|| Sourced { value: default, origin: draft.default_origin() })
    };
    let min = or(draft, domain.min_length, 7);
    draft.set("rules.length", "min", min.value.max(1), &min.origin);
    draft.set("rules.length", "max", 256, &draft.built_in("accepts up to 256 characters"));
    let complexity = domain.complexity.unwrap_or_else(|| Sourced { value: true, origin: draft.default_origin() });
    if complexity.value {
        complex(draft, &complexity.origin);
    }
    let history = or(draft, domain.history, 24);
    if history.value > 0 {
        let value = draft.at_most(&history, 100);
        draft.set("rules.history", "depth", value, &history.origin);
    }
    let max_age = or(draft, domain.max_age, 42 * DAY);
    if max_age.value > 0 && draft.set_duration("expiry", "max_age", &max_age, (DAY, 3660 * DAY)) {
        let warn = draft.built_in("warns 5 days before");
        draft.set("expiry", "warn_before", super::draft::duration(max_age.value.min(5 * DAY)), &warn);
        draft.remark("Expiry: the host enforces it by calling `standing`.");
    }
    let min_age = or(draft, domain.min_age, DAY);
    if min_age.value > 0 {
        draft.set_duration("reset", "min_password_age", &min_age, (0, 365 * DAY));
    }
    if let Some(threshold) = domain.threshold.filter(|threshold| threshold.value > 0) {
        let lock = or(draft, domain.lock, 600);
        let window = or(draft, domain.window, 600);
        super::openldap::sign_in(draft, &threshold, &lock, &window);
    }
}

/// "Password must meet complexity requirements", as the preset `microsoft-ad` states it.
fn complex(draft: &mut Draft, origin: &Origin) {
    draft.set("rules.characters", "min_classes", 3, origin);
    draft.set("rules.characters", "by", "windows", origin);
    for (table, attribute, source) in
        [("rules.personal", "username", "sAMAccountName"), ("rules.full-name", "name", "displayName")]
    {
        if table == "rules.full-name" {
            draft.set(table, "kind", "personal", origin);
        }
        draft.set(table, "attributes", [attribute], &origin.with(&format!("the host supplies {source}")));
        draft.set(table, "min_match", 3, &draft.built_in("ignores fewer than 3 characters"));
        draft.set(table, "min_length", 3, &draft.built_in("ignores fewer than 3 characters"));
        draft.set(table, "read", ["plain"], &draft.built_in("ignores case only"));
        if table == "rules.personal" {
            draft.set(table, "tokens", false, &draft.built_in("searches the whole account name"));
        } else {
            draft.set(table, "token_separators", ",.-_ #\t", &draft.built_in("divides the full name at these"));
        }
    }
}
