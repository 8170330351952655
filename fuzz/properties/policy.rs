//! Property: loading any policy text ends within a time limit, with a policy or with diagnostics that point into
//! the text.
//!
//! An input is the text of `policy.toml`. Each further part is a file in its folder, with the name in the first
//! line.

use std::time::Instant;

use kouling::language::LANGUAGES;
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::policy::source::MAX_POLICY_BYTES;
use kouling::{Facts, Loader, Moment, Policy, PolicyError, User};

use super::input::{SEPARATOR, join, parts, within_seconds};

/// As `policy::diagnostic` has it.
const MAX_DIAGNOSTICS: usize = 200;

pub fn check(data: &[u8]) {
    let began = Instant::now();
    match load(data) {
        Ok(policy) => {
            within_seconds(5.0, began, "loading");
            let again = load(data).expect("loading is deterministic");
            assert_eq!(policy.digest(), again.digest(), "the digest is deterministic");
            check_equal_results(&policy, &again);
            check_description(&policy);
            check_printing(data);
        }
        Err(error) => {
            within_seconds(5.0, began, "refusing");
            check_diagnostics(&error);
            let again = load(data).expect_err("loading is deterministic");
            assert_eq!(error.diagnostics(), again.diagnostics(), "the diagnostics are deterministic");
        }
    }
}

pub fn loader(data: &[u8]) -> Loader {
    let mut files = parts(data);
    let mut source = Memory::default().with("policy.toml", files.next().unwrap_or_default());
    for file in files {
        let end = file.iter().position(|byte| *byte == b'\n').unwrap_or(file.len());
        let name = String::from_utf8_lossy(&file[..end]).into_owned();
        source = source.with(name, file.get(end + 1..).unwrap_or_default());
    }
    Loader::new().with_source(source)
}

pub fn load(data: &[u8]) -> Result<Policy, PolicyError> {
    loader(data).load(Start::Named("policy.toml"))
}

pub fn check_diagnostics(error: &PolicyError) {
    let count = error.diagnostics().len();
    assert!((1..=MAX_DIAGNOSTICS).contains(&count), "{count} findings");
    for finding in error.diagnostics() {
        let text = error.text(finding);
        let span = finding.span;
        assert!(span.start <= span.end && span.end <= text.len(), "span outside the text: {finding:?}");
        assert!(
            text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
            "span splits a character: {finding:?}"
        );
        let line = text.split('\n').nth(finding.line.wrapping_sub(1));
        let line = line.unwrap_or_else(|| panic!("line outside the text: {finding:?}"));
        assert!((1..=line.chars().count() + 1).contains(&finding.column), "column outside the line: {finding:?}");
        for text in [Some(&finding.message), finding.help.as_ref()].into_iter().flatten() {
            let is_line = !text.is_empty() && text.len() <= 4000 && !text.contains(char::is_control);
            assert!(is_line, "invalid message: {finding:?}");
        }
        assert!(!finding.to_string().is_empty());
    }
}

/// Results for a few passwords: codes, numbers and severities.
type Results = Vec<Result<Vec<(String, Vec<kouling::candidate::Number>, &'static str)>, String>>;

fn results(policy: &Policy) -> Results {
    let user = User::new().with("username", "zhangsan").with("name", "张三").with("email", "heron@example.org");
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000)).with_current(b"Tr0ub4dor&3");
    let passwords =
        ["", "nasgnahz", "P@ssw0rd2026", "correct horse battery staple", "口令zhangsan1998", "aaaa1234"];
    let result = |password: &str| {
        let outcome = policy.evaluate(password.as_bytes(), &facts).map_err(|error| error.to_string())?;
        let judged = outcome.violations().chain(outcome.warnings()).chain(outcome.shadows());
        let text = judged.map(|one| (one.code().to_owned(), one.numbers().to_vec(), one.severity().name()));
        Ok(text.collect())
    };
    passwords.map(result).into()
}

fn check_equal_results(one: &Policy, other: &Policy) {
    // The crate `zxcvbn` is not deterministic, and its name shows in the outcome.
    if !one.dictionaries().iter().any(|(name, _)| name.contains("zxcvbn")) {
        assert_eq!(results(one), results(other), "equal policies give equal results");
    }
}

/// A loaded policy can be printed. The printed text loads to a policy that prints and evaluates the same.
fn check_printing(data: &[u8]) {
    let loader = loader(data);
    let (policy, document) =
        loader.load_with_document(Start::Named("policy.toml")).expect("loading is deterministic");
    let text = document.to_toml(loader.source());
    if text.len() > MAX_POLICY_BYTES {
        return;
    }
    let (again, printed) = match loader.load_with_document(Start::Text("printed", &text)) {
        Ok(loaded) => loaded,
        Err(error) => panic!("the printed policy does not load: {error}\n{text}"),
    };
    assert_eq!(printed.to_toml(loader.source()), text, "printing is idempotent");
    check_equal_results(&policy, &again);
    assert_eq!(policy.reset(), again.reset(), "the same reset:\n{text}");
    assert_eq!(policy.expiry(), again.expiry(), "the same expiry:\n{text}");
    assert_eq!(policy.preparation(), again.preparation(), "the same preparation:\n{text}");
}

fn check_description(policy: &Policy) {
    for language in LANGUAGES {
        let described = policy.describe(language);
        let rules: Vec<&str> = policy.rules().map(|rule| rule.name()).collect();
        assert!(
            described.checklist.iter().all(|item| rules.contains(&item.rule.as_str())),
            "the checklist names rules of the policy"
        );
        described.shape.regular_expression();
        described.shape.password_rules();
    }
}

/// Returns the presets, the policy cases, and the policies of the evaluation cases.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    for (name, text) in kouling::policy::source::PRESETS {
        seeds.push((format!("preset-{name}"), text.as_bytes().to_vec()));
    }
    kouling_vector_runner::policies::run(|case| {
        // A file that contains the separator byte cannot be a part.
        let files = case.files.iter().map(|(name, file)| [name.as_bytes(), b"\n", &file.bytes()].concat());
        let files = files.filter(|file| !file.contains(&SEPARATOR));
        seeds.push((case.name.clone(), join(std::iter::once(case.policy.clone().into_bytes()).chain(files))));
        case.findings.clone()
    });
    let mut texts: Vec<String> = Vec::new();
    for case in kouling_vector_runner::evaluation::cases() {
        if !texts.contains(&case.policy) {
            seeds.push((case.name, case.policy.clone().into_bytes()));
            texts.push(case.policy);
        }
    }
    seeds
}
