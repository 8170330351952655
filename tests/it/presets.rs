//! The presets: each loads, and `standard` states the defaults.

#![allow(clippy::expect_used, clippy::panic)]

use kouling::Policy;
use kouling::candidate::Preparation;
use kouling::policy::ResetPolicy;
use kouling::policy::source::PRESETS;

#[test]
fn standard_states_the_defaults() {
    let standard = Policy::preset("standard").expect("a preset");
    let silent = Policy::parse("format = 1").expect("a valid policy");
    assert_eq!(standard.reset(), &ResetPolicy::default());
    let with_default = Preparation { refuses_invisible: false, ..*standard.preparation() };
    assert_eq!(&with_default, silent.preparation());
    assert_eq!(silent.reset(), &ResetPolicy::default());
}

#[test]
fn presets_load_with_distinct_names_and_digests() {
    let mut digests = Vec::new();
    for (name, _) in PRESETS {
        let policy = Policy::preset(name).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(policy.name(), *name);
        assert!(!digests.contains(policy.digest()));
        digests.push(*policy.digest());
    }
}

#[test]
fn preset_daily_guess_probability_is_at_most_1_in_10000() {
    for (name, _) in PRESETS {
        let policy = Policy::preset(name).expect("a preset");
        let chance = policy.reset().daily_guess_probability();
        assert!(chance <= 1e-4, "{name}: {chance}");
    }
    let loose =
        Policy::parse("format = 1\n[reset.limits]\nwrong_codes_per_account = \"101/d\"").expect("a valid policy");
    assert!(loose.reset().daily_guess_probability() > 1e-4);
}

#[test]
fn presets_of_standards_cite_a_clause_on_each_line() {
    for (name, text) in PRESETS.iter().filter(|(name, _)| !["standard", "idaas-classic", "minimal"].contains(name))
    {
        let figures = text.lines().filter(|line| {
            let keys = ["min = ", "depth = ", "max_age = ", "require.digit", "lifetime = \"24h\"", "normalize"];
            keys.iter().any(|key| line.trim_start().starts_with(key))
        });
        let silent: Vec<&str> = figures.filter(|line| !line.contains('#')).collect();
        assert!(silent.is_empty(), "{name}: {silent:?}");
    }
    let mlps = PRESETS.iter().find(|(name, _)| *name == "mlps-3").map_or("", |(_, text)| text);
    assert!(mlps.contains("commonly assessed") && !mlps.contains("requires"));
}
