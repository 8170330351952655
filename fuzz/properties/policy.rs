//! Policy texts: whatever is in them, loading ends soon, with a policy or with findings that point into the text.
//!
//! An input is the text of `policy.toml`; each further part is a file beside it, its name in the first line.

use std::time::Instant;

use kouling::candidate::Number;
use kouling::evaluation::LANGUAGES;
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::policy::source::MAX_POLICY_BYTES;
use kouling::{Facts, Loader, Moment, Policy, PolicyError, User};

use super::input::{BETWEEN, join, parts, within_seconds};

/// As `policy::diagnostic` has it.
const MAX_DIAGNOSTICS: usize = 200;

pub fn hold(data: &[u8]) {
    let began = Instant::now();
    match load(data) {
        Ok(policy) => {
            within_seconds(5.0, began, "loading");
            let again = load(data).expect("what loads once loads again");
            assert_eq!(policy.digest(), again.digest(), "one text, one digest");
            judges_alike(&policy, &again);
            describes_itself(&policy);
            prints_itself(data);
        }
        Err(error) => {
            within_seconds(5.0, began, "refusing");
            points_into_the_text(&error);
            let again = load(data).expect_err("what is wrong once is wrong again");
            assert_eq!(error.diagnostics(), again.diagnostics(), "one text, the same findings");
        }
    }
}

fn loader(data: &[u8]) -> Loader {
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

fn points_into_the_text(error: &PolicyError) {
    let count = error.diagnostics().len();
    assert!((1..=MAX_DIAGNOSTICS).contains(&count), "{count} findings");
    for finding in error.diagnostics() {
        let text = error.text(finding);
        let span = finding.span;
        assert!(span.start <= span.end && span.end <= text.len(), "a place in the text: {finding:?}");
        assert!(
            text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
            "whole characters: {finding:?}"
        );
        let line = text.split('\n').nth(finding.line.wrapping_sub(1));
        let line = line.unwrap_or_else(|| panic!("a line of the text: {finding:?}"));
        assert!((1..=line.chars().count() + 1).contains(&finding.column), "a column of its line: {finding:?}");
        for said in [Some(&finding.message), finding.help.as_ref()].into_iter().flatten() {
            let is_line = !said.is_empty() && said.len() <= 4000 && !said.contains(char::is_control);
            assert!(is_line, "a line of bounded length: {finding:?}");
        }
        assert!(!finding.to_string().is_empty());
    }
}

/// What is said of a few passwords: code, figures and severity.
type Said = Vec<Result<Vec<(String, Vec<Number>, &'static str)>, String>>;

fn says(policy: &Policy) -> Said {
    let user = User::new().with("username", "zhangsan").with("name", "张三").with("email", "heron@example.org");
    let facts = Facts::new(&user, Moment::from_unix(1_795_392_000)).with_current(b"Tr0ub4dor&3");
    let passwords =
        ["", "nasgnahz", "P@ssw0rd2026", "correct horse battery staple", "口令zhangsan1998", "aaaa1234"];
    let say = |password: &str| {
        let outcome = policy.evaluate(password.as_bytes(), &facts).map_err(|error| error.to_string())?;
        let judged = outcome.violations().chain(outcome.warnings()).chain(outcome.shadows());
        let said = judged.map(|one| (one.code().to_owned(), one.numbers().to_vec(), one.severity().name()));
        Ok(said.collect())
    };
    passwords.map(say).into()
}

fn judges_alike(one: &Policy, other: &Policy) {
    // The estimator of that name decides by chance, and says so.
    if !one.dictionaries().iter().any(|(name, _)| name.contains("zxcvbn")) {
        assert_eq!(says(one), says(other), "one policy, one judgement");
    }
}

/// What loads prints itself, and what it prints loads to a policy that prints the same and judges the same.
fn prints_itself(data: &[u8]) {
    let loader = loader(data);
    let (policy, document) = loader.load_with_document(Start::Named("policy.toml")).expect("it loaded before");
    let text = document.to_toml(loader.source());
    if text.len() > MAX_POLICY_BYTES {
        return;
    }
    let (again, printed) = match loader.load_with_document(Start::Text("printed", &text)) {
        Ok(loaded) => loaded,
        Err(error) => panic!("what loads prints and loads again: {error}\n{text}"),
    };
    assert_eq!(printed.to_toml(loader.source()), text, "what was printed prints the same");
    judges_alike(&policy, &again);
    assert_eq!(policy.reset(), again.reset(), "the same reset:\n{text}");
    assert_eq!(policy.expiry(), again.expiry(), "the same expiry:\n{text}");
    assert_eq!(policy.preparation(), again.preparation(), "the same preparation:\n{text}");
}

fn describes_itself(policy: &Policy) {
    for language in LANGUAGES {
        let described = policy.describe(language);
        let rules: Vec<&str> = policy.rules().map(|rule| rule.name()).collect();
        assert!(described.checklist.iter().all(|item| rules.contains(&item.rule.as_str())), "rules of the policy");
        described.shape.regular_expression();
        described.shape.password_rules();
    }
}

/// The vectors of wrong policies, the policies of the vectors of judgements, and the presets.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    for (name, text) in kouling::policy::source::PRESETS {
        seeds.push((format!("preset-{name}"), text.as_bytes().to_vec()));
    }
    kouling_vector_runner::policies::run(|case| {
        // What holds the byte between the parts would be cut there, and is left out.
        let files = case.files.iter().map(|(name, file)| [name.as_bytes(), b"\n", &file.bytes()].concat());
        let files = files.filter(|file| !file.contains(&BETWEEN));
        seeds.push((case.name.clone(), join(std::iter::once(case.policy.clone().into_bytes()).chain(files))));
        case.findings.clone()
    });
    let mut texts: Vec<String> = Vec::new();
    for case in kouling_vector_runner::judgement::cases() {
        if !texts.contains(&case.policy) {
            seeds.push((case.name, case.policy.clone().into_bytes()));
            texts.push(case.policy);
        }
    }
    seeds
}
