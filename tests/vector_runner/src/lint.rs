//! Runs the lint cases: a policy or a policy set that has a finding, and a similar one that does not. The first case of a
//! finding is also run with a waiver for it, and with a waiver that is expired.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::policies::Contents;
use crate::{Report, files, policies};

/// The time of a case that states none: 2026-11-23.
const NOW: &str = "2026-11-23";

/// The finding that only a custom kind can have, which vectors do not contain.
const OF_CUSTOM_KINDS: &str = "not-built";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

/// A test case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Name, prefixed with the file after reading.
    pub name: String,
    /// Id of the finding.
    pub finding: String,
    /// Text of `policy.toml` that has the finding.
    pub present: String,
    /// Text of `policy.toml` that does not have it.
    pub absent: Option<String>,
    /// Text of `policy.toml` that has it, waived. By default, `present` with a waiver in the first case of the finding.
    pub waived: Option<String>,
    /// Other files in its folder.
    #[serde(default)]
    pub files: BTreeMap<String, Contents>,
    /// Time, as `2027-01-01`.
    pub now: Option<String>,
    /// Place of the finding in `present`, as `line:column`, or `file:line:column`. Not compared if missing.
    pub at: Option<String>,
    /// Place inside a preset.
    pub preset: Option<String>,
    /// Setting that it is about. Not compared if missing.
    pub setting: Option<String>,
    /// Severity. Not compared if missing.
    pub level: Option<String>,
    /// Date from which it applies.
    pub from: Option<String>,
    /// Message. Not compared if missing.
    pub message: Option<String>,
}

/// A finding of a surface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Id.
    pub id: String,
    /// Severity.
    pub level: String,
    /// Place as `file:line:column`.
    pub at: String,
    /// Place inside a preset.
    pub preset: Option<String>,
    /// Setting that it is about.
    pub setting: String,
    /// Date from which it applies, as `2027-01-01`.
    pub from: Option<String>,
    /// Message.
    pub message: String,
    /// Whether it is waived.
    pub is_waived: bool,
}

/// What a surface lints: the text of `policy.toml`, the other files in its folder, and the time.
#[derive(Clone, Copy, Debug)]
pub struct Question<'c> {
    /// Name of the case.
    pub name: &'c str,
    /// Text of `policy.toml`.
    pub policy: &'c str,
    /// Other files.
    pub files: &'c BTreeMap<String, Contents>,
    /// Time, as `2027-01-01`.
    pub now: &'c str,
}

/// A kind of finding, as the engine declares it.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Id.
    pub id: &'static str,
    /// Whether a policy with it does not load.
    pub prevents_loading: bool,
    /// Whether a waiver can name it.
    pub is_waivable: bool,
}

/// Returns every case in `lint`.
///
/// # Panics
/// If a file is invalid or contains duplicate names.
pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (stem, text) in files("lint") {
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{stem}: {error}"));
        for mut case in file.case {
            case.name = format!("lint/{stem}/{}", case.name);
            assert!(cases.iter().all(|known| known.name != case.name), "{} exists twice", case.name);
            cases.push(case);
        }
    }
    cases
}

/// Runs every case.
///
/// # Panics
/// If a kind of finding has no case in which it is present, in which it is absent or, if it can be waived, in which it is
/// waived. A finding that prevents loading must be expected by a policy case.
pub fn run(kinds: &[Kind], mut observe: impl FnMut(Question<'_>) -> Vec<Observed>) -> Report {
    let mut report = Report::default();
    let mut compared: BTreeMap<&str, [bool; 3]> = BTreeMap::new();
    let cases = cases();
    for case in &cases {
        let kind = kinds.iter().find(|kind| kind.id == case.finding);
        let kind = kind.unwrap_or_else(|| panic!("{}: unknown finding `{}`", case.name, case.finding));
        let now = case.now.as_deref().unwrap_or(NOW);
        let mut find = |policy: &str| {
            report.run += 1;
            let all = observe(Question { name: &case.name, policy, files: &case.files, now });
            all.into_iter().find(|found| found.id == case.finding)
        };
        let present = find(&case.present);
        let absent = case.absent.as_deref().map(&mut find);
        let with_waiver = |until: &str| {
            let waiver = format!(
                "[[waiver]]\nfinding = \"{}\"\nreason = \"accepted\"\nowner = \"security\"\nuntil = {until}\n",
                case.finding
            );
            format!("{}\n{waiver}", case.present.trim_end())
        };
        let (mut waived, mut expired) = (None, None);
        // The other cases of the finding would repeat it.
        let is_first = compared.get(case.finding.as_str()).is_none_or(|sorts| !sorts[2]);
        let tests_waiver = kind.is_waivable && (is_first || case.waived.is_some());
        if tests_waiver {
            waived = find(&case.waived.clone().unwrap_or_else(|| with_waiver("2099-12-31")));
            expired = case.waived.is_none().then(|| find(&with_waiver("2020-12-31")));
        }
        let sorts = compared.entry(&case.finding).or_default();
        sorts[0] = true;
        sorts[1] |= absent.is_some();
        sorts[2] |= tests_waiver;

        let name = &case.name;
        report.compare(name, "present", &true, &present.is_some());
        report.compare(name, "absent", &None, &absent.flatten());
        if tests_waiver {
            report.compare(name, "waived", &Some(true), &waived.map(|found| found.is_waived));
        }
        if let Some(expired) = expired {
            let is_error = expired.map(|found| (found.level, found.is_waived));
            report.compare(name, "expired", &Some(("error".to_owned(), false)), &is_error);
        }
        let Some(present) = present else { continue };
        report.compare(name, "waived without a waiver", &false, &present.is_waived);
        report.compare(name, "preset", &case.preset, &present.preset);
        report.compare(name, "from", &case.from, &present.from);
        if let Some(at) = &case.at {
            let at = if at.matches(':').count() > 1 { at.clone() } else { format!("policy.toml:{at}") };
            report.compare(name, "at", &at, &present.at);
        }
        for (field, expected, actual) in [
            ("setting", &case.setting, &present.setting),
            ("level", &case.level, &present.level),
            ("message", &case.message, &present.message),
        ] {
            if let Some(expected) = expected {
                report.compare(name, field, expected, actual);
            }
        }
    }
    let loading: Vec<String> =
        policies::cases().into_iter().flat_map(|case| case.findings).map(|finding| finding.id).collect();
    for id in &loading {
        report.compare(id, "a declared finding", &true, &kinds.iter().any(|kind| kind.id == id));
    }
    for kind in kinds.iter().filter(|kind| kind.id != OF_CUSTOM_KINDS) {
        if kind.prevents_loading {
            report.compare(kind.id, "a policy case", &true, &loading.iter().any(|id| id == kind.id));
        } else {
            let expected = [true, true, kind.is_waivable];
            let actual = compared.get(kind.id).copied().unwrap_or_default();
            report.compare(kind.id, "lint cases: present, absent, waived", &expected, &actual);
        }
    }
    report
}
