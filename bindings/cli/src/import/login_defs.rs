//! shadow: `login.defs`. Source: login.defs(5). A setting that is absent does not limit anything.

use super::Translated;
use super::draft::Draft;
use super::source::{Problem, Settings, Text, line_entry};

/// Settings that say nothing about passwords of users.
const OTHER: [&str; 62] = [
    "BCRYPT_MAX_ROUNDS",
    "BCRYPT_MIN_ROUNDS",
    "CHFN_AUTH",
    "CHFN_RESTRICT",
    "CHSH_AUTH",
    "CONSOLE",
    "CONSOLE_GROUPS",
    "CREATE_HOME",
    "DEFAULT_HOME",
    "ENV_HZ",
    "ENV_PATH",
    "ENV_SUPATH",
    "ENV_TZ",
    "ENVIRON_FILE",
    "ERASECHAR",
    "FAILLOG_ENAB",
    "FAKE_SHELL",
    "FTMP_FILE",
    "GID_MAX",
    "GID_MIN",
    "GRANT_AUX_GROUP_SUBIDS",
    "HMAC_CRYPTO_ALGO",
    "HOME_MODE",
    "HUSHLOGIN_FILE",
    "ISSUE_FILE",
    "KILLCHAR",
    "LASTLOG_ENAB",
    "LASTLOG_UID_MAX",
    "LOG_OK_LOGINS",
    "LOG_UNKFAIL_ENAB",
    "LOGIN_STRING",
    "LOGIN_TIMEOUT",
    "MAIL_CHECK_ENAB",
    "MAIL_DIR",
    "MAIL_FILE",
    "MAX_MEMBERS_PER_GROUP",
    "MOTD_FILE",
    "NOLOGINS_FILE",
    "NONEXISTENT",
    "PORTTIME_CHECKS_ENAB",
    "PREVENT_NO_AUTH",
    "QUOTAS_ENAB",
    "SHA_CRYPT_MAX_ROUNDS",
    "SHA_CRYPT_MIN_ROUNDS",
    "SUB_GID_COUNT",
    "SUB_GID_MAX",
    "SUB_GID_MIN",
    "SUB_UID_COUNT",
    "SUB_UID_MAX",
    "SUB_UID_MIN",
    "SULOG_FILE",
    "SU_NAME",
    "SU_WHEEL_ONLY",
    "SYSLOG_SG_ENAB",
    "SYSLOG_SU_ENAB",
    "SYS_GID_MAX",
    "SYS_GID_MIN",
    "SYS_UID_MAX",
    "SYS_UID_MIN",
    "TTYGROUP",
    "TTYPERM",
    "TTYTYPE_FILE",
];
const MORE: [&str; 8] = [
    "UID_MAX",
    "UID_MIN",
    "ULIMIT",
    "UMASK",
    "USERDEL_CMD",
    "USERGROUPS_ENAB",
    "YESCRYPT_COST_FACTOR",
    "CONSOLE_LAST",
];
const DAY: i64 = 86_400;
/// The number of days that stands for no limit.
const NEVER: i64 = 99_999;

pub(super) fn translate(texts: &[Text]) -> Result<Translated, Problem> {
    let mut draft = Draft::new("login-defs", "shadow");
    let mut entries = Vec::new();
    for text in texts {
        for (number, line) in text.lines() {
            let content = line.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let (name, value) = content.split_once(char::is_whitespace).unwrap_or((content, ""));
            entries.push(line_entry(text, number, line, name, value.trim().trim_matches('"')));
        }
    }
    let mut settings = Settings::new(entries);
    settings.ignore(&OTHER);
    settings.ignore(&MORE);
    let settings = &mut settings;
    if let Some(min) = draft.number(settings, "PASS_MIN_LEN", (-1, 4096), None)
        && min.value > 0
    {
        draft.set("rules.length", "min", min.value, &min.origin.with("ignored by shadow if it uses PAM"));
    }
    let max = draft.number(settings, "PASS_MAX_LEN", (-1, 4096), None);
    hash(&mut draft, settings);
    if let Some(max) = max
        && max.value > 0
        && (draft.has_key("password", "hash_limit_bytes") || draft.has("rules.length"))
    {
        draft.set("password", "hash_limit_bytes", max.value, &max.origin);
    }
    if draft.has("rules.length") {
        draft.set(
            "rules.length",
            "max",
            1024,
            &draft.built_in("has no maximum length, so this is `password.max_bytes`"),
        );
        draft.set("rules.length", "count", "bytes", &draft.built_in("counts bytes"));
    }
    ages(&mut draft, settings);
    let pam = ["PASS_CHANGE_TRIES", "LOGIN_RETRIES", "PASS_ALWAYS_WARN", "FAIL_DELAY"];
    let instead = "configure it where users sign in, such as the PAM stack";
    settings.skip(&mut draft, &pam, "the host decides how often and how fast users are asked", instead);
    settings.skip(
        &mut draft,
        &["OBSCURE_CHECKS_ENAB"],
        "the checks are not specified",
        "add rules, such as `rules.similarity` and `rules.repetition`",
    );
    std::mem::replace(settings, Settings::new(Vec::new())).finish(&mut draft);
    Ok(Translated::Policy(draft))
}

fn hash(draft: &mut Draft, settings: &mut Settings) {
    let md5 = settings.take("MD5_CRYPT_ENAB");
    let Some(entry) = settings.take("ENCRYPT_METHOD") else {
        if let Some(entry) = md5 {
            draft.skip(&entry, "the host stores the passwords", "use a current hash, such as yescrypt");
        }
        return;
    };
    match entry.text(draft).unwrap_or_default().to_ascii_uppercase().as_str() {
        "DES" => draft.set("password", "hash_limit_bytes", 8, &entry.origin().with("DES reads 8 bytes")),
        "BCRYPT" => draft.set("password", "hash_limit_bytes", 72, &entry.origin().with("bcrypt reads 72 bytes")),
        "MD5" | "SHA256" | "SHA512" | "YESCRYPT" => {
            draft.remark("ENCRYPT_METHOD: the host stores the passwords. Its hash reads passwords of any length.");
        }
        _ => draft.problem(
            &entry.value.place,
            "invalid `ENCRYPT_METHOD`; expected `DES`, `MD5`, `SHA256`, `SHA512`, `BCRYPT` or `YESCRYPT`",
        ),
    }
}

fn ages(draft: &mut Draft, settings: &mut Settings) {
    let max = draft.number(settings, "PASS_MAX_DAYS", (-1, i64::from(i32::MAX)), None);
    let min = draft.number(settings, "PASS_MIN_DAYS", (-1, i64::from(i32::MAX)), None);
    let warn = draft.number(settings, "PASS_WARN_AGE", (-1, i64::from(i32::MAX)), None);
    if let Some(mut max) = max.filter(|max| (0..NEVER).contains(&max.value)) {
        let days = max.value;
        max.value *= DAY;
        if draft.set_duration("expiry", "max_age", &max, (DAY, 3660 * DAY)) {
            draft.remark("Expiry: the host enforces it by calling `standing`.");
            match warn.filter(|warn| warn.value >= 0) {
                Some(mut warn) => {
                    warn.value = warn.value.min(days) * DAY;
                    draft.set_duration("expiry", "warn_before", &warn, (0, 3660 * DAY));
                }
                None => draft.set("expiry", "warn_before", "0s", &draft.default_origin()),
            }
        }
    } else if let Some(warn) = warn
        && warn.value > 0
    {
        draft.remark("PASS_WARN_AGE has no effect, because passwords do not expire.");
    }
    if let Some(mut min) = min.filter(|min| min.value > 0) {
        min.value *= DAY;
        draft.set_duration("reset", "min_password_age", &min, (0, 365 * DAY));
    }
}
