//! Lint findings: the vectors through the Rust API, presets, dates and waivers.

use kouling::analysis::lint::{Finding, Level, MAX_DATES, lint, lint_page, lint_pages};
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::policy::source::PRESETS;
use kouling::{Contract, Loader, Moment};
use kouling_vector_runner::lint::{Kind, Observed, Question, run};

use super::{NOW, load};

fn contract() -> Contract {
    Contract::built_in("idaas-ciam").expect("a built-in contract").expect("a valid contract")
}

fn findings_at(text: &str, now: Moment) -> Vec<Finding> {
    let (policy, document) = load(text);
    lint(&policy, &document, Some(&contract()), now)
}

fn ids_at(text: &str, now: Moment) -> Vec<&'static str> {
    findings_at(text, now).into_iter().map(|finding| finding.diagnostic.id).collect()
}

fn ids(text: &str) -> Vec<&'static str> {
    ids_at(text, NOW)
}

fn kinds() -> Vec<Kind> {
    let kind = |page: &kouling::analysis::lint::LintPage| Kind {
        id: page.id,
        prevents_loading: page.prevents_loading,
        is_waivable: page.waivable,
    };
    lint_pages().iter().map(kind).collect()
}

fn observe(question: Question<'_>) -> Vec<Observed> {
    let mut source = Memory::default().with("policy.toml", question.policy.as_bytes());
    for (name, contents) in question.files {
        source = source.with(name, contents.bytes());
    }
    let loader = Loader::new().with_source(source);
    let (set, documents) = loader
        .load_set_with_documents(Start::Named("policy.toml"))
        .unwrap_or_else(|error| panic!("{}: {error}\n{}", question.name, question.policy));
    let now = Moment::parse(question.now).expect("a date");
    let contract = contract();
    let findings = documents.lint(&set, Some(&contract), now);
    if documents.set().is_none() {
        let alone = lint(set.populations()[0].policy(), documents.population(0), Some(&contract), now);
        assert_eq!(alone, findings, "{}", question.name);
    }
    findings.into_iter().map(observed).collect()
}

fn observed(finding: Finding) -> Observed {
    Observed {
        id: finding.diagnostic.id.to_owned(),
        level: finding.level.name().to_owned(),
        at: finding.place(),
        is_waived: finding.is_waived(),
        preset: finding.preset,
        setting: finding.setting,
        from: finding.from.map(Moment::to_date),
        message: finding.diagnostic.message,
    }
}

#[test]
fn policies_have_the_findings_that_their_vectors_state() {
    run(&kinds(), observe).finish(0);
}

#[test]
fn lint_pages_are_complete_and_sorted() {
    for page in lint_pages() {
        assert!(!page.title.is_empty() && page.why.ends_with('.') && page.fix.ends_with('.'), "{}", page.id);
        assert!(!(page.prevents_loading && page.waivable), "{}", page.id);
        assert!(lint_page(page.id) == Some(page), "{}: two pages", page.id);
    }
    assert!(lint_pages().is_sorted_by_key(|page| !page.prevents_loading), "load errors come first");
}

#[test]
fn preset_and_policy_that_extends_it_have_no_finding() {
    for (name, _) in PRESETS {
        let (policy, document) = Loader::new().load_with_document(Start::Preset(name)).expect("a preset");
        let findings = lint(&policy, &document, Some(&contract()), NOW);
        assert!(findings.is_empty(), "{name}: {findings:#?}");
        let findings = findings_at(&format!("extends = \"{name}\"\n"), NOW);
        assert!(findings.is_empty(), "{name}: {findings:#?}");
    }
}

#[test]
fn more_dates_than_the_bound_are_named() {
    let rules = |count: usize| -> String {
        let rule = |at: usize| {
            format!("[rules.l{at}]\nkind = \"length\"\nmin = {}\nfrom = 20{}-01-01\n", 8 + at, 27 + at)
        };
        (0..count).map(rule).collect()
    };
    let ids = |count| ids(&format!("[rules.length]\nmin = 8\n{}", rules(count)));
    assert!(!ids(MAX_DATES).contains(&"dates-not-tried"));
    assert!(ids(MAX_DATES + 1).contains(&"dates-not-tried"));
}

#[test]
fn rule_with_future_date_contradicts_nothing() {
    let text = "[rules]\nlength = { min = 20 }\nb = { kind = \"length\", max = 19, min = 8, from = 2027-01-01 }";
    let found = findings_at(text, NOW);
    let [only] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!((only.diagnostic.id, only.from), ("length-contradiction", Moment::from_date(2027, 1, 1)));
    assert!(only.diagnostic.message.starts_with("from 2027-01-01 on: no password"), "{only:?}");
    let later = Moment::from_date(2027, 1, 1).expect("a day");
    assert!(ids_at(text, later).contains(&"length-contradiction"));
    let trial =
        "[rules]\nlength = { min = 20 }\nb = { kind = \"length\", max = 19, min = 8, severity = \"warn\" }";
    assert!(!ids(trial).contains(&"length-contradiction"));
}

#[test]
fn finding_in_a_preset_is_at_the_extends_line_once() {
    let text =
        "extends = [\"minimal\", \"mlps-3\"]\n[lint]\nstandards = [\"nist-800-63b-4\"]\n[rules.length]\nmin = 8\n";
    let findings = findings_at(text, NOW);
    let expiry: Vec<_> = findings.iter().filter(|found| found.setting.starts_with("expiry")).collect();
    let [finding] = expiry.as_slice() else { panic!("{findings:#?}") };
    assert_eq!((finding.place().as_str(), finding.level), ("policy:2:23", Level::Warning));
    assert!(finding.preset.as_deref().is_some_and(|place| place.starts_with("mlps-3:")), "{finding:?}");
    assert_eq!(&finding.text()[finding.diagnostic.span.start..finding.diagnostic.span.end], "\"mlps-3\"");
}
