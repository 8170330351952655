//! Lint findings: for each kind a policy that has it, and a similar one that does not.

use kouling::Contract;
use kouling::analysis::lint::{Level, lint, lint_page, lint_pages};
use kouling::policy::document::Start;
use kouling::policy::source::PRESETS;
use kouling::{Loader, Moment};

use super::{NOW, load};

fn ids_at(text: &str, now: Moment) -> Vec<&'static str> {
    let (policy, document) = load(text);
    let contract = Contract::built_in("idaas-ciam").expect("a built-in contract").expect("a valid contract");
    lint(&policy, &document, Some(&contract), now).into_iter().map(|finding| finding.diagnostic.id).collect()
}

fn ids(text: &str) -> Vec<&'static str> {
    ids_at(text, NOW)
}

/// The id of a finding, a policy that has it, and a similar policy that does not.
const CASES: &[(&str, &str, &str)] = &[
    (
        "unusual-attribute",
        "[rules.personal]\nattributes = [\"user_name\"]",
        "[attributes]\nknown = [\"user_name\"]\n[rules.personal]\nattributes = [\"user_name\"]",
    ),
    (
        "rule-never-fires",
        "[attributes]\nknown = [\"login\", \"mail\"]\n[rules.personal]",
        "[attributes]\nknown = [\"login\", \"email\"]\n[rules.personal]",
    ),
    (
        "rule-never-fires",
        "[attributes]\nknown = [\"login\"]\n[rules.reversed_username]",
        "[attributes]\nknown = [\"username\"]\n[rules.reversed_username]",
    ),
    (
        "rule-never-fires",
        "[attributes]\nknown = [\"username\"]\n[rules.pinyin_name]",
        "[attributes]\nknown = [\"full_name\"]\n[rules.pinyin_name]\nattributes = \"full_name\"",
    ),
    (
        "unusual-attribute",
        "[rules.personal]\nattributes = [\"user_name\"]",
        "[rules.personal]\nattributes = [\"username\", \"gecos\"]",
    ),
    (
        "length-contradiction",
        "[rules]\nlength = { min = 20 }\nb = { kind = \"length\", max = 19, min = 8 }",
        "[rules]\nlength = { min = 20 }\nb = { kind = \"length\", max = 20, min = 8 }",
    ),
    (
        "length-contradiction",
        "[password]\nhash_limit_bytes = 14\n[rules.length]\nmin = 15",
        "[password]\nhash_limit_bytes = 15\n[rules.length]\nmin = 15",
    ),
    (
        "length-contradiction",
        "[rules]\nlength = { min = 20 }\nb = { kind = \"all\", rules = { length = { max = 12 } } }",
        "[rules]\nlength = { min = 20 }\nb = { kind = \"any\", rules = { length = { max = 12 }, words = {} } }",
    ),
    (
        "classes-exceed-length",
        "[rules]\nlength = { max = 8 }\ncharacters = { require = { digit = 5, upper = 3 }, min_classes = 3 }",
        "[rules]\nlength = { max = 8 }\ncharacters = { require = { digit = 5, upper = 3 }, min_classes = 2 }",
    ),
    (
        "nothing-allowed",
        "[rules.characters]\nmin_classes = 1\nallowed = [\"abc\"]\nforbidden = [\"lower\"]",
        "[rules.characters]\nmin_classes = 1\nallowed = [\"abC\"]\nforbidden = [\"lower\"]",
    ),
    (
        "class-excluded",
        "[rules.characters]\nmin_classes = 1\nallowed = [\"lower\"]\nrequire.digit = 1",
        "[rules.characters]\nmin_classes = 1\nallowed = [\"lower\", \"7\"]\nrequire.digit = 1",
    ),
    (
        "too-few-classes-allowed",
        "[rules.characters]\nallowed = [\"lower\", \"upper\"]",
        "[rules.characters]\nallowed = [\"lower\", \"upper\", \"!\"]",
    ),
    (
        "occurrences-contradiction",
        "[rules]\nlength = { min = 9 }\ncharacters = { min_classes = 1, allowed = [\"abcd\"] }\nrepetition = { max_occurrences = 2 }",
        "[rules]\nlength = { min = 8 }\ncharacters = { min_classes = 1, allowed = [\"abcd\"] }\nrepetition = { max_occurrences = 2 }",
    ),
    (
        "run-contradiction",
        "[rules]\nlength = { min = 8 }\ncharacters = { min_classes = 1, allowed = [\"a\"] }\nrepetition = {}",
        "[rules]\nlength = { min = 3 }\ncharacters = { min_classes = 1, allowed = [\"a\"] }\nrepetition = {}",
    ),
    (
        "run-contradiction",
        "[rules]\nlength = { min = 8 }\ncharacters = { min_classes = 1, allowed = [\"a\"] }\nrepetition = {}",
        "[rules]\nlength = { min = 8 }\ncharacters = { min_classes = 1, allowed = [\"a\"] }\nrepetition = { max_long_runs = 1 }",
    ),
    (
        "limits-contradiction",
        "[rules]\nlength = { min = 10 }\ncharacters = { min_classes = 1, max_per_class = { lower = 2, upper = 2, digit = 2, symbol = 2, other = 1 } }",
        "[rules]\nlength = { min = 9 }\ncharacters = { min_classes = 1, max_per_class = { lower = 2, upper = 2, digit = 2, symbol = 2, other = 1 } }",
    ),
    (
        "limits-contradiction",
        "[rules.characters]\nmin_classes = 2\nallowed = [\"lower\", \"digit\"]\nmax_per_class.digit = 0",
        "[rules.characters]\nmin_classes = 2\nallowed = [\"lower\", \"digit\"]\nmax_per_class.digit = 1",
    ),
    (
        "limits-contradiction",
        "[rules]\nlength = { min = 6, max = 6 }\ncharacters = { min_classes = 1, allowed = \"digit\", max_class_run = 5 }",
        "[rules]\nlength = { min = 6, max = 6 }\ncharacters = { min_classes = 1, allowed = [\"digit\", \"-\"], max_class_run = 5 }",
    ),
    (
        "limits-contradiction",
        "[rules.characters]\nmin_classes = 1\nallowed = \"digit\"\nnot_only = \"digit\"",
        "[rules.characters]\nmin_classes = 1\nallowed = [\"digit\", \"x\"]\nnot_only = \"digit\"",
    ),
    (
        "limits-contradiction",
        "[rules.characters]\nmin_classes = 1\nallowed = \"hex\"\nnot_at_end = [\"lower\", \"digit\"]\nclasses.hex = \"0123456789abcdef\"",
        "[rules.characters]\nmin_classes = 1\nallowed = \"hex\"\nnot_at_end = \"lower\"\nclasses.hex = \"0123456789abcdef\"",
    ),
    (
        "limits-contradiction",
        "[rules]\nlength = { min_words = 2 }\ncharacters = { min_classes = 1, allowed = [\"lower\", \"upper\"] }",
        "[rules]\nlength = { min_words = 2 }\ncharacters = { min_classes = 1, allowed = [\"lower\", \"-\"] }",
    ),
    (
        "length-contradiction",
        "[rules]\nlength = { max = 10 }\nb = { kind = \"length\", min_words = 6 }",
        "[rules]\nlength = { max = 10 }\nb = { kind = \"length\", min_words = 5 }",
    ),
    (
        "length-contradiction",
        "[rules]\nlength = { max_words = 2 }\nb = { kind = \"length\", min_words = 3 }",
        "[rules]\nlength = { max_words = 3 }\nb = { kind = \"length\", min_words = 3 }",
    ),
    (
        "length-contradiction",
        "[rules]\nlength = { max = 11 }\ncharacters = { min_length_by_classes = { 3 = 14, 4 = 12 } }",
        "[rules]\nlength = { max = 12 }\ncharacters = { min_length_by_classes = { 3 = 14, 4 = 12 } }",
    ),
    (
        "limit-never-reached",
        "[rules]\nlength = { max = 12 }\ncharacters = { max_class_run = 12 }",
        "[rules]\nlength = { max = 12 }\ncharacters = { max_class_run = 11 }",
    ),
    (
        "limit-never-reached",
        "[rules]\nlength = { max = 12 }\ncharacters = { max_per_class = { digit = 20 } }",
        "[rules]\nlength = { max = 12 }\ncharacters = { max_per_class = { digit = 4 } }",
    ),
    (
        "rule-never-fires",
        "[rules]\nlength = { max = 8 }\nrepetition = { max_run = 2, max_long_runs = 2 }",
        "[rules]\nlength = { max = 9 }\nrepetition = { max_run = 2, max_long_runs = 2 }",
    ),
    (
        "rule-never-fires",
        "[rules]\nlength = { max = 8 }\nsequence = { max_length = 8 }",
        "[rules]\nlength = { max = 8 }\nsequence = { max_length = 8, max_duplicate = 3 }",
    ),
    (
        "rule-never-fires",
        "[rules.characters]\nmin_classes = 1\nignore_at_start = \"upper\"",
        "[rules.characters]\nmin_classes = 1\nnot_at_start = \"upper\"",
    ),
    (
        "exemption-always-holds",
        "[rules]\nlength = {}\nwords = {}\n[[exempt]]\nwhen = { length = {} }\nrules = [\"words\"]",
        "[rules]\nlength = {}\nwords = {}\n[[exempt]]\nwhen = { length = { min_words = 3 } }\nrules = [\"words\"]",
    ),
    (
        "points-contradiction",
        "[rules]\nlength = { min = 6, max = 8 }\npoints = { min_points = 12, credits = { digit = 2 }, min_for_point = { upper = 1 } }",
        "[rules]\nlength = { min = 6, max = 8 }\npoints = { min_points = 12, credits = { digit = 3 }, min_for_point = { upper = 1 } }",
    ),
    (
        "rule-never-fires",
        "[rules]\nlength = { min = 8 }\npoints = { min_points = 8 }",
        "[rules]\nlength = { min = 8 }\npoints = { min_points = 8, lists = [\"common\"] }",
    ),
    (
        "variety-contradiction",
        "[rules]\nlength = { max = 8 }\nvariety = { min_distinct = 9 }",
        "[rules]\nlength = { max = 8 }\nvariety = { min_distinct = 8 }",
    ),
    (
        "variety-contradiction",
        "[rules]\ncharacters = { min_classes = 1, allowed = [\"abcd\"] }\nvariety = {}",
        "[rules]\ncharacters = { min_classes = 1, allowed = [\"abcde\"] }\nvariety = {}",
    ),
    (
        "strength-unreachable",
        "[rules]\nlength = { max = 9 }\nstrength = { min_score = 4 }",
        "[rules]\nlength = { max = 10 }\nstrength = { min_score = 4 }",
    ),
    (
        "pattern-contradiction",
        "[rules]\nlength = {}\np = { kind = \"pattern\", require = \"^[0-9]{4}$\" }",
        "[rules]\nlength = {}\np = { kind = \"pattern\", require = \"[0-9]{4}$\" }",
    ),
    (
        "pattern-contradiction",
        "[rules]\ncharacters = { min_classes = 1, allowed = [\"lower\"] }\np = { kind = \"pattern\", require = \"[0-9]\" }",
        "[rules]\ncharacters = { min_classes = 1, allowed = [\"lower\"] }\np = { kind = \"pattern\", require = \"[0-9a]\" }",
    ),
    (
        "pattern-requires-nothing",
        "[rules.p]\nkind = \"pattern\"\nrequire = \"[a&&b]\"",
        "[rules.p]\nkind = \"pattern\"\nrequire = \"[a&&a]\"",
    ),
    (
        "pattern-forbids-everything",
        "[rules.p]\nkind = \"pattern\"\nforbid = \"(acme)*\"",
        "[rules.p]\nkind = \"pattern\"\nforbid = \"^(acme)*$\"",
    ),
    (
        "nothing-accepted",
        "[rules]\nlength = { min = 4, max = 4 }\ncharacters = { min_classes = 1, allowed = [\"ab\"] }\nrepetition = { max_run = 1, max_block_repeats = 1 }",
        "[rules]\nlength = { min = 3, max = 4 }\ncharacters = { min_classes = 1, allowed = [\"ab\"] }\nrepetition = { max_run = 1, max_block_repeats = 1 }",
    ),
    (
        "rule-never-fires",
        "[rules]\nlength = { min = 8, max = 12 }\nrepetition = { max_run = 12 }",
        "[rules]\nlength = { min = 8, max = 12 }\nrepetition = { max_run = 11 }",
    ),
    ("rule-never-fires", "[rules.length]\nmin = 1\nmax = 1024", "[rules.length]\nmin = 2\nmax = 1023"),
    ("rule-never-fires", "[rules.characters]\nmin_classes = 1", "[rules.characters]\nmin_classes = 2"),
    (
        "rule-never-fires",
        "[rules]\nlength = { min = 8, max = 12 }\nsequence = { max_length = 12 }",
        "[rules]\nlength = { min = 8, max = 12 }\nsequence = { max_length = 11 }",
    ),
    (
        "rule-never-fires",
        "[rules]\nlength = { min = 4, max = 4 }\nkeyboard = {}",
        "[rules]\nlength = { min = 4, max = 5 }\nkeyboard = {}",
    ),
    ("rule-never-fires", "[rules.variety]\nmin_distinct = 1", "[rules.variety]\nmin_distinct = 2"),
    (
        "rule-never-fires",
        "[rules]\ncharacters = { min_classes = 1, allowed = [\"lower\"] }\ndate = {}",
        "[rules]\ncharacters = { min_classes = 1, allowed = [\"lower\", \"1\"] }\ndate = {}",
    ),
    (
        "rule-never-fires",
        "[rules]\nlength = { min = 1, max = 3 }\ndate = {}",
        "[rules]\nlength = { min = 1, max = 4 }\ndate = {}",
    ),
    ("max-never-reached", "[rules.length]\nmax = 1024", "[rules.length]\nmax = 1023"),
    (
        "duplicate-rule",
        "[rules]\nhistory = {}\nb = { kind = \"history\" }",
        "[rules]\nhistory = {}\nb = { kind = \"history\", depth = 4 }",
    ),
    (
        "pattern-never-fires",
        "[rules.p]\nkind = \"pattern\"\nrequire = \".*\"",
        "[rules.p]\nkind = \"pattern\"\nrequire = \".+\"",
    ),
    (
        "pattern-never-fires",
        "[rules]\nlength = { max = 20 }\np = { kind = \"pattern\", forbid = \"a{21}\" }",
        "[rules]\nlength = { max = 20 }\np = { kind = \"pattern\", forbid = \"a{20}\" }",
    ),
    (
        "exemption-never-holds",
        "[rules]\nlength = { max = 20 }\ncharacters = {}\n[[exempt]]\nwhen = { length = { min = 21 } }\nrules = [\"characters\"]",
        "[rules]\nlength = { max = 21 }\ncharacters = {}\n[[exempt]]\nwhen = { length = { min = 21 } }\nrules = [\"characters\"]",
    ),
    (
        "exemption-always-holds",
        "[rules]\nlength = { min = 8 }\ncharacters = {}\n[[exempt]]\nwhen = { length = { min = 8 } }\nrules = [\"characters\"]",
        "[rules]\nlength = { min = 8 }\ncharacters = {}\n[[exempt]]\nwhen = { length = { min = 9 } }\nrules = [\"characters\"]",
    ),
    (
        "exemption-voids-length",
        "[rules]\nlength = { min = 8 }\n[[exempt]]\nwhen = { characters = { min_classes = 4 } }\nrules = [\"length\"]",
        "[rules]\nlength = { min = 8 }\n[[exempt]]\nwhen = { length = { min = 8 } }\nrules = [\"length\"]",
    ),
    (
        "code-guessable",
        "[reset.limits]\nwrong_codes_per_account = \"101/d\"",
        "[reset.limits]\nwrong_codes_per_account = \"100/d\"",
    ),
    ("code-no-cooldown", "[reset.code]\ncooldown = \"0s\"", "[reset.code]\ncooldown = \"1s\""),
    ("code-flood", "[reset.limits]\nper_account = \"21/h\"", "[reset.limits]\nper_account = \"20/h\""),
    (
        "sending-unthrottled",
        "[reset.captcha]\nrequired = false\n[reset.limits]\nper_peer = \"121/h\"",
        "[reset.captcha]\nrequired = true\n[reset.limits]\nper_peer = \"121/h\"",
    ),
    (
        "unknown-wire",
        "[rules.length]\nwire = \"IDAAS.SDK.PWD.9999\"",
        "[rules.length]\nwire = \"IDAAS.SDK.PWD.0004\"",
    ),
    ("nist-conflict", "[expiry]\nmax_age = \"90d\"", "[rules.length]\nmin = 15\n"),
    ("nist-conflict", "[sign_in]\nmax_failures = 101", "[rules.length]\nmin = 15\n[sign_in]\nmax_failures = 100"),
    (
        "change-after-expiry",
        "[expiry]\nmax_age = \"2d\"\nwarn_before = \"1d\"\n[reset]\nmin_password_age = \"2d\"",
        "[expiry]\nmax_age = \"2d\"\nwarn_before = \"1d\"\n[reset]\nmin_password_age = \"1d\"",
    ),
    (
        "lockout-by-strangers",
        "[sign_in]\nmax_failures_per_account = 10",
        "[sign_in]\nmax_failures_per_account = 11",
    ),
    ("lockout-by-strangers", "[sign_in]\ndisable_after = 10", "[sign_in]\ndisable_after = 11"),
    (
        "message-placeholder",
        "[rules.length]\nmessage.en = \"at least {minimum} characters\"",
        "[rules.length]\nmessage.en = \"at least {min, plural, one {# character} other {# characters}}\"",
    ),
    (
        "message-placeholder",
        "[rules.length]\nmessage.en = \"at least {min:one|two} characters\"",
        "[rules.length]\nmessage.zh = \"至少{min}个字符\"",
    ),
    (
        "message-placeholder",
        "[rules.length]\nmessage.zh = \"{min, plural, one {#} other {#}}\"",
        "[rules.x]\nkind = \"any\"\nmessage.en = \"one of these: {clauses}\"\n[rules.x.rules]\nlength = { min = 9 }\nvariety = {}",
    ),
    (
        "message-language",
        "[rules.length]\nmessage = { en = \"x\" }",
        "[rules.length]\nmessage = { en = \"x\", zh = \"x\" }",
    ),
];

#[test]
fn lint_finding_is_reported_only_where_it_applies() {
    let mut wrong = Vec::new();
    for (id, has, near) in CASES {
        if !ids(has).contains(id) {
            wrong.push(format!("{id} is not reported for\n{has}\nonly {:?}", ids(has)));
        }
        if ids(near).contains(id) {
            wrong.push(format!("{id} is reported for\n{near}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn lint_findings_have_cases_and_pages() {
    let loading =
        ["syntax", "unreadable", "loop", "too-large", "unknown-key", "unknown-attribute", "unknown-kind"];
    let also = [
        "unknown-value",
        "out-of-range",
        "wrong-type",
        "missing-key",
        "conflict",
        "bad-pattern",
        "not-built",
        "guessable-code",
    ];
    for page in lint_pages() {
        let known = [&loading[..], &also].concat().contains(&page.id);
        assert!(known || CASES.iter().any(|(id, ..)| *id == page.id), "{} has no case", page.id);
        assert!(!page.title.is_empty() && !page.why.is_empty() && page.fix.ends_with('.'), "{}", page.id);
    }
    assert!(CASES.iter().all(|(id, ..)| lint_page(id).is_some()));
}

#[test]
fn preset_has_no_lint_error() {
    for (name, _) in PRESETS {
        let (policy, document) = Loader::new().load_with_document(Start::Preset(name)).expect("a preset");
        let findings = lint(&policy, &document, None, NOW);
        let errors: Vec<_> = findings.iter().filter(|finding| finding.level == Level::Error).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let silent = findings.iter().find(|finding| finding.diagnostic.id == "rule-never-fires");
        assert!(silent.is_none(), "{name}: {silent:?}");
    }
}

#[test]
fn rule_with_future_date_contradicts_nothing() {
    let text = "[rules]\nlength = { min = 20 }\nb = { kind = \"length\", max = 19, min = 8, from = 2027-01-01 }";
    assert!(!ids(text).contains(&"length-contradiction"));
    let later = Moment::from_date(2027, 1, 1).expect("a day");
    assert!(ids_at(text, later).contains(&"length-contradiction"));
    let trial =
        "[rules]\nlength = { min = 20 }\nb = { kind = \"length\", max = 19, min = 8, severity = \"warn\" }";
    assert!(!ids(trial).contains(&"length-contradiction"));
}

#[test]
fn finding_in_inherited_layer_points_there() {
    let (policy, document) = load("extends = \"mlps-3\"\n[rules.length]\nmin = 8\n");
    let findings = lint(&policy, &document, None, NOW);
    let expiry = findings.iter().find(|finding| finding.diagnostic.message.contains("passwords expire"));
    let diagnostic = &expiry.expect("a `nist-conflict` for `expiry`").diagnostic;
    assert_eq!(diagnostic.file.as_ref(), "mlps-3");
    assert!(diagnostic.line > 20);
}
