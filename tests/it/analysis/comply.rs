//! Comparison with standards: each preset meets its own, one change violates one requirement, and undecidable requirements
//! are not reported as met.

use kouling::Language;
use kouling::Loader;
use kouling::analysis::comply::{Check, Compliance, STANDARDS, Standard, Verdict, conflicts};
use kouling::policy::document::Start;
use kouling_vector_runner::with_folder;

use super::{NOW, load};

fn standard(name: &str) -> Standard {
    Standard::built_in(name).unwrap_or_else(|| panic!("{name}")).unwrap_or_else(|error| panic!("{error}"))
}

fn compare(name: &str, text: &str) -> Compliance {
    let (policy, document) = load(text);
    standard(name).compare(&policy, &document, NOW)
}

fn broken(name: &str, text: &str) -> Vec<String> {
    compare(name, text).broken().map(|result| result.requirement.id.clone()).collect()
}

fn verdict(name: &str, id: &str, text: &str) -> Verdict {
    let compliance = compare(name, text);
    let result = compliance.results.into_iter().find(|result| result.requirement.id == id);
    result.unwrap_or_else(|| panic!("{id}")).verdict
}

#[test]
fn preset_violates_nothing_of_its_standard() {
    for (name, _) in STANDARDS {
        let (policy, document) = Loader::new().load_with_document(Start::Preset(name)).expect("a preset");
        let compliance = standard(name).compare(&policy, &document, NOW);
        let broken: Vec<_> = compliance.broken().collect();
        let ids: Vec<&str> = broken.iter().map(|result| result.requirement.id.as_str()).collect();
        assert_eq!(ids, NEEDS_A_FILE.iter().filter(|(of, _)| of == name).map(|(_, id)| *id).collect::<Vec<_>>());
        let met = compliance
            .results
            .iter()
            .filter(|result| matches!(result.verdict, Verdict::Met { .. } | Verdict::MetByHost { .. }))
            .count();
        assert!(met >= 3, "{name}: {met}");
    }
}

#[test]
fn wrong_codes_of_all_devices_count_as_attempts() {
    let limit = |limit: &str| {
        let text = format!("extends = [\"pci-dss-4\"]\n[reset.limits]\nwrong_codes_per_account = \"{limit}\"");
        verdict("pci-dss-4", "8.3.4-codes", &text)
    };
    assert!(matches!(limit("10/30m"), Verdict::Met { .. }));
    for loose in ["11/30m", "10/29m", "100/d"] {
        let Verdict::NotDecidable { why } = limit(loose) else { panic!("{loose}") };
        assert!(why.text(Language::ENGLISH).contains("all devices together"), "{loose}");
    }
    let nist = verdict("nist-800-63b-4", "3.2.2-code-attempts", "extends = [\"nist-800-63b-4\"]");
    assert!(matches!(nist, Verdict::Met { .. }));
}

/// Requirements that need a file of the host, which a preset cannot name.
const NEEDS_A_FILE: &[(&str, &str)] = &[("owasp-asvs-5", "6.2.12")];

/// Returns a policy that extends a preset, with the file that its standard needs, and with a change.
fn changed(name: &str, change: &str) -> String {
    let filter = match NEEDS_A_FILE.iter().any(|(of, _)| *of == name) {
        true => with_folder("[rules.breached]\nfilter = \"../files/leaked.filter\""),
        false => String::new(),
    };
    format!("extends = \"{name}\"\n{filter}\n{change}")
}

#[test]
fn requirement_of_the_host_is_not_met_by_the_policy_alone() {
    let by_host = |name, id, text: &str| {
        let seen = verdict(name, id, text);
        let Verdict::MetByHost { place, why } = &seen else { panic!("{id}: {seen:?}\n{text}") };
        assert!(place.is_some(), "{id}");
        (seen.name(), why.text(Language::ENGLISH))
    };
    let expiry = "[expiry]\nmax_age = \"42d\"";
    let (name, why) = by_host("microsoft-ad", "MaximumPasswordAge", expiry);
    assert_eq!(name, "met-by-host");
    assert!(why.contains("`standing`"), "{why}");
    by_host("pci-dss-4", "8.3.9", expiry);
    by_host("mlps-3", "8.1.4.1-a-change", expiry);
    by_host("cis", "expiration", expiry);
    let (_, why) = by_host("microsoft-ad", "MinimumPasswordAge", "[reset]\nmin_password_age = \"1d\"");
    assert!(why.contains("when the password was set"), "{why}");
    let strict = "[sign_in]\nmax_failures = 5\nmax_failures_per_account = 10\nlock = \"30m\"";
    by_host("pci-dss-4", "8.3.4-sign-in", strict);
    by_host("cis", "attempts-sign-in", &strict.replace("10", "5"));
    by_host("nist-800-63b-4", "3.2.2-sign-in-attempts", "[sign_in]\ndisable_after = 100");
    let compliance = compare("microsoft-ad", "extends = \"microsoft-ad\"");
    assert_eq!(compliance.by_host().count(), 2);
    let filter = with_folder("[rules.breached]\nfilter = \"../files/leaked.filter\"");
    assert!(matches!(verdict("owasp-asvs-5", "6.2.12", &filter), Verdict::Met { .. }));
}

#[test]
fn limits_of_all_networks_together_leave_sign_in_undecided() {
    for (name, id, text, part) in [
        ("pci-dss-4", "8.3.4-sign-in", "[sign_in]\nlock = \"30m\"", "all unknown networks together have 100"),
        ("nist-800-63b-4", "3.2.2-sign-in-attempts", "[sign_in]", "set `disable_after`"),
        ("cis", "attempts-sign-in", "", "the policy has no `sign_in`"),
    ] {
        let seen = verdict(name, id, text);
        let Verdict::NotDecidable { why } = &seen else { panic!("{id}: {seen:?}") };
        assert!(why.text(Language::ENGLISH).contains(part), "{}", why.text(Language::ENGLISH));
    }
}

/// A standard, a change of its preset, and the one requirement that the change violates.
const BROKEN: &[(&str, &str, &str)] = &[
    ("nist-800-63b-4", "[rules.length]\nmin = 7", "3.1.1.2-min-length"),
    ("nist-800-63b-4", "[rules]\nlength = false", "3.1.1.2-min-length"),
    ("nist-800-63b-4", "[rules.length]\nseverity = \"warn\"", "3.1.1.2-min-length"),
    ("nist-800-63b-4", "[rules.length]\nfrom = 2027-01-01", "3.1.1.2-min-length"),
    ("nist-800-63b-4", "[rules.length]\nmax = 63", "3.1.1.2-max-length"),
    ("nist-800-63b-4", "[password]\nhash_limit_bytes = 63", "3.1.1.2-max-length"),
    ("nist-800-63b-4", "[rules.length]\ncount = \"graphemes\"", "3.1.1.2-code-points"),
    ("nist-800-63b-4", "[rules.characters]\nmin_classes = 2", "3.1.1.2-composition"),
    ("nist-800-63b-4", "[rules.p]\nkind = \"pattern\"\nrequire = \"[0-9]\"", "3.1.1.2-composition"),
    ("nist-800-63b-4", "[expiry]\nmax_age = \"365d\"", "3.1.1.2-rotation"),
    ("nist-800-63b-4", "[password]\nnormalize = \"none\"", "3.1.1.2-normalization"),
    ("nist-800-63b-4", "[rules.words]\nmatch = [\"whole\", \"contained\"]", "3.1.1.2-whole"),
    ("nist-800-63b-4", "[rules]\nwords = false", "3.1.1.2-blocklist"),
    ("nist-800-63b-4", "[reset]\nnotify = false", "4.2-notify"),
    ("owasp-asvs-5", "[rules.length]\nmin = 7", "6.2.1"),
    ("owasp-asvs-5", "[rules.words]\nlists = [\"chinese\"]", "6.2.4"),
    ("owasp-asvs-5", "severity = \"warn\"", "6.2.12"),
    ("owasp-asvs-5", "[rules.characters]\nmin_classes = 1\nallowed = [\"lower\"]", "6.2.5"),
    ("owasp-asvs-5", "[password]\nnormalize = \"nfc\"", "6.2.8"),
    ("owasp-asvs-5", "[rules.length]\nmax = 63", "6.2.9"),
    ("owasp-asvs-5", "[expiry]", "6.2.10"),
    ("owasp-asvs-5", "[rules]\npersonal = false", "6.2.11"),
    ("owasp-asvs-5", "[reset]\nnotify = false", "6.3.7"),
    ("owasp-asvs-5", "[reset]\nconceal_unknown_user = false", "6.3.8"),
    ("owasp-asvs-5", "[reset]\nunknown_recipient = \"silent\"", "6.3.8"),
    ("owasp-asvs-5", "[reset.code]\nlifetime = \"11m\"", "6.5.5-mail"),
    ("owasp-asvs-5", "[reset.code]\nbind = [\"client\"]", "6.6.2"),
    ("pci-dss-4", "[rules.length]\nmin = 11", "8.3.6-length"),
    ("pci-dss-4", "[rules.characters]\nrequire.digit = 0", "8.3.6-composition"),
    ("pci-dss-4", "[rules]\nletter = false", "8.3.6-composition"),
    ("pci-dss-4", "[rules.history]\ndepth = 3", "8.3.7"),
    ("pci-dss-4", "[rules]\nhistory = false", "8.3.7"),
    ("pci-dss-4", "[expiry]\nmax_age = \"91d\"", "8.3.9"),
    ("pci-dss-4", "[reset.code]\nmax_submissions = 11", "8.3.4-codes"),
    ("pci-dss-4", "[reset.code]\nwindow = \"29m\"", "8.3.4-codes"),
    ("mlps-3", "[rules.length]\nmin = 7", "8.1.4.1-a-length"),
    ("mlps-3", "[rules.characters]\nmin_classes = 2", "8.1.4.1-a-classes"),
    ("nist-800-63b-4", "[sign_in]\nmax_failures = 101", "3.2.2-sign-in-attempts"),
    ("nist-800-63b-4", "[sign_in]\ndisable_after = 101", "3.2.2-sign-in-attempts"),
    ("pci-dss-4", "[sign_in]\nmax_failures = 11", "8.3.4-sign-in"),
    ("pci-dss-4", "[sign_in]\nlock = \"29m\"", "8.3.4-sign-in"),
    ("mlps-3", "[sign_in]\nmax_failures = 6", "8.1.4.1-b-sign-in"),
    ("cis", "[sign_in]\nlock = \"14m\"", "attempts-sign-in"),
    ("mlps-3", "[expiry]\nmax_age = \"91d\"", "8.1.4.1-a-change"),
    ("mlps-3", "[reset.code]\nmax_submissions = 6", "8.1.4.1-b-codes"),
    ("cis", "[rules.length]\nmin = 7", "length"),
    ("cis", "[rules]\nnon-letter = false", "composition"),
    ("cis", "[rules.words]\nmatch = [\"base\"]", "deny-list"),
    ("cis", "[rules.history]\ndepth = 4", "history"),
    ("cis", "[expiry]\nmax_age = \"366d\"", "expiration"),
    ("cis", "[reset.code]\nmax_submissions = 6", "attempts-codes"),
    ("cis", "[reset.code]\nwindow = \"14m\"", "attempts-codes"),
    ("microsoft-ad", "[rules.length]\nmin = 6", "MinimumPasswordLength"),
    ("microsoft-ad", "[rules.characters]\nmin_classes = 2", "PasswordComplexity-categories"),
    ("microsoft-ad", "[rules]\npersonal = false\nfull-name = false", "PasswordComplexity-names"),
    ("microsoft-ad", "[rules.history]\ndepth = 23", "PasswordHistorySize"),
    ("microsoft-ad", "[expiry]\nmax_age = \"43d\"", "MaximumPasswordAge"),
    ("microsoft-ad", "[reset]\nmin_password_age = \"23h\"", "MinimumPasswordAge"),
];

/// Requirements that cannot be violated alone, because the change also violates another.
const BROKEN_TOGETHER: &[(&str, &str, &[&str])] = &[(
    "nist-800-63b-4",
    "[rules.characters]\nmin_classes = 1\nforbidden = [\" \"]",
    &["3.1.1.2-characters", "3.1.1.2-composition"],
)];

/// Requirements that no valid policy can violate: the standard, the requirement, the most extreme valid setting, and an
/// invalid one.
const ALWAYS_MET: &[(&str, &str, &str, &str)] = &[
    ("nist-800-63b-4", "3.2.2-code-attempts", "max_submissions = 100", "max_submissions = 101"),
    ("nist-800-63b-4", "4.2.1-mail-lifetime", "lifetime = \"24h\"", "lifetime = \"1441m\""),
    ("nist-800-63b-4", "4.2.1-phone-lifetime", "phone_lifetime = \"10m\"", "phone_lifetime = \"11m\""),
    ("owasp-asvs-5", "6.5.5-phone", "phone_lifetime = \"10m\"", "phone_lifetime = \"11m\""),
    ("owasp-asvs-5", "6.6.3", "max_submissions = 100", "max_submissions = 101"),
];

#[test]
fn extreme_valid_setting_meets_some_standards() {
    for (name, id, most, more) in ALWAYS_MET {
        let seen = verdict(name, id, &format!("[reset.code]\n{most}"));
        assert!(matches!(seen, Verdict::Met { .. }), "{id}: {seen:?}");
        let more = format!("format = 1\n[reset.code]\n{more}");
        assert!(Loader::new().load(Start::Text("p", &more)).is_err(), "{more}");
    }
}

#[test]
fn change_violating_two_requirements_reports_both() {
    for (name, change, ids) in BROKEN_TOGETHER {
        assert_eq!(broken(name, &format!("extends = \"{name}\"\n{change}")), *ids, "{name}, {change}");
    }
}

#[test]
fn decidable_requirements_have_cases() {
    let mut without = Vec::new();
    for (name, _) in STANDARDS {
        for requirement in standard(name).requirements {
            let id = &requirement.id;
            let alone = BROKEN.iter().any(|(of, _, broken)| of == name && broken == id);
            let together = BROKEN_TOGETHER.iter().any(|(of, _, ids)| of == name && ids.contains(&id.as_str()));
            let decided = !matches!(requirement.check, Check::ByConstruction(_) | Check::NotHere(_));
            let always = ALWAYS_MET.iter().any(|(of, met, ..)| of == name && met == id);
            if decided && !alone && !together && !always {
                without.push(format!("{name} {id}"));
            }
        }
    }
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn breach_filter_meets_blocklist_requirement() {
    let filter = with_folder("breached = { filter = \"../files/leaked.filter\" }");
    let only = |name: &str| broken(name, &format!("extends = \"{name}\"\n[rules]\nwords = false\n{filter}"));
    assert_eq!(only("nist-800-63b-4"), Vec::<String>::new());
    assert_eq!(only("cis"), Vec::<String>::new());
    assert_eq!(only("owasp-asvs-5"), ["6.2.4"], "the commonest passwords need not be in it");
    let silent = filter.replace("{ ", "{ severity = \"warn\", ");
    let silent = format!("extends = \"nist-800-63b-4\"\n[rules]\nwords = false\n{silent}");
    assert_eq!(broken("nist-800-63b-4", &silent), ["3.1.1.2-blocklist"]);
}

#[test]
fn changed_preset_violates_one_requirement() {
    let mut wrong = Vec::new();
    for (name, change, id) in BROKEN {
        let seen = broken(name, &changed(name, change));
        if seen != [(*id).to_owned()] {
            wrong.push(format!("{name}, {change:?}: expected {id}, saw {seen:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn violation_names_its_setting() {
    let (policy, document) = load("extends = \"nist-800-63b-4\"\n[rules.length]\nmax = 20\n");
    let compliance = standard("nist-800-63b-4").compare(&policy, &document, NOW);
    let result = compliance.broken().next().expect("one is broken");
    let (file, line, column) = document.reporter.place(result.verdict.place().expect("a line"));
    assert_eq!((file.as_ref(), line, column), ("policy", 4, 7));
}

#[test]
fn undecidable_requirement_is_not_met() {
    let undecided = |name, id, text: &str| {
        let seen = verdict(name, id, text);
        assert!(matches!(seen, Verdict::NotDecidable { .. }), "{id}: {seen:?}\n{text}");
    };
    let min = "3.1.1.2-min-length";
    undecided("nist-800-63b-4", min, "[rules.length]\nmin = 8");
    undecided(
        "nist-800-63b-4",
        min,
        "[rules.a]\nkind = \"any\"\n[rules.a.rules]\nlength = { min = 15 }\nwords = {}",
    );
    undecided(
        "nist-800-63b-4",
        min,
        "[rules.a]\nkind = \"not\"\n[rules.a.rules]\nlength = { min = 15 }\nwords = {}",
    );
    let exempt = "[rules]\nlength = { min = 15 }\n[[exempt]]\nwhen = { strength = {} }\nrules = [\"length\"]";
    undecided("nist-800-63b-4", min, exempt);
    undecided("nist-800-63b-4", "3.1.1.2-composition", "[rules.p]\nkind = \"pattern\"\nforbid = \"^[a-z]+$\"");
    let either = "[rules.a]\nkind = \"any\"\n[rules.a.rules]\nlength = { min = 20 }\ncharacters = {}";
    undecided("owasp-asvs-5", "6.2.5", either);
    let longer =
        "[rules]\nlength = { min = 15, max = 30 }\n[[exempt]]\nwhen = { strength = {} }\nrules = [\"length\"]";
    undecided("nist-800-63b-4", "3.1.1.2-max-length", longer);
    undecided("pci-dss-4", "8.3.4-sign-in", "");
    let lifted = "[rules]\nlength = {}\ncharacters = { require = { digit = 1 } }\n[[exempt]]\nwhen = { length = { min = 20 } }\nrules = [\"characters\"]";
    undecided("pci-dss-4", "8.3.6-composition", lifted);
    // Every part of `all` applies, so this is decidable.
    let all = "[rules.a]\nkind = \"all\"\n[rules.a.rules]\nlength = { min = 15 }";
    assert!(matches!(verdict("nist-800-63b-4", min, all), Verdict::Met { .. }));
}

#[test]
fn guaranteed_letter_and_digit_meets_requirement() {
    let is_met = |rule: &str| matches!(verdict("pci-dss-4", "8.3.6-composition", rule), Verdict::Met { .. });
    assert!(is_met("[rules.characters]\nrequire.digit = 1\nmin_classes = 3"));
    assert!(!is_met("[rules.characters]\nrequire.digit = 1\nmin_classes = 2"));
    assert!(!is_met("[rules.characters]\nrequire.digit = 1\nmin_classes = 3\nby = \"ascii\""));
    assert!(is_met("[rules.characters]\nmin_classes = 5"));
    assert!(!is_met("[rules.characters]\nmin_classes = 4"));
    assert!(is_met("[rules.p]\nkind = \"pattern\"\nrequire = \"[0-9].*[a-z]|[a-z].*[0-9]\""));
    assert!(!is_met("[rules.p]\nkind = \"pattern\"\nrequire = \"[0-9]|[a-z]\""));
}

#[test]
fn known_conflicts_are_found() {
    let standards: Vec<Standard> = STANDARDS.iter().map(|(name, _)| standard(name)).collect();
    let pairs: Vec<(String, String)> = conflicts(&standards)
        .into_iter()
        .map(|c| (format!("{} {}", c.one.0, c.one.1), format!("{} {}", c.other.0, c.other.1)))
        .collect();
    for (one, other) in [
        ("owasp-asvs-5 6.2.5", "pci-dss-4 8.3.6-composition"),
        ("nist-800-63b-4 3.1.1.2-composition", "mlps-3 8.1.4.1-a-classes"),
        ("nist-800-63b-4 3.1.1.2-rotation", "pci-dss-4 8.3.9"),
        ("owasp-asvs-5 6.2.10", "cis expiration"),
        ("nist-800-63b-4 3.1.1.2-normalization", "owasp-asvs-5 6.2.8"),
    ] {
        assert!(pairs.contains(&(one.to_owned(), other.to_owned())), "{one} / {other}: {pairs:?}");
    }
}
