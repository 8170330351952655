//! Property: loading any policy set ends with a set or with diagnostics that point into the text. A set selects the policy of
//! any user, the same one each time, unless it needs an attribute that the user does not have. What a combined policy
//! accepts, each of its policies accepts.
//!
//! The first part of an input is the set. The second one contains the attributes of the user: a line `NAME=VALUE` each. Each
//! further part is a file, as for the property of policies.

use kouling::candidate::CannotJudgeKind;
use kouling::policy::document::Start;
use kouling::{Facts, Moment, PolicyError, PolicySet, User};

use super::input::{SEPARATOR, join, parts};
use super::policy::{check_diagnostics, loader};

/// The longest attributes part that is read.
const MAX_ATTRIBUTES: usize = 64;

pub fn check(data: &[u8]) {
    let mut all = parts(data);
    let (set, attributes) = (all.next().unwrap_or_default(), all.next().unwrap_or_default());
    let input = join(std::iter::once(set).chain(all));
    let attributes: Vec<(String, String)> = String::from_utf8_lossy(attributes)
        .lines()
        .take(MAX_ATTRIBUTES)
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    match load(&input) {
        Err(error) => check_diagnostics(&error),
        Ok(loaded) => {
            let again = load(&input).expect("loading is deterministic");
            assert_eq!(loaded.digest(), again.digest(), "the digest is deterministic");
            check_selection(&loaded, &attributes);
        }
    }
}

fn load(data: &[u8]) -> Result<PolicySet, PolicyError> {
    loader(data).load_set(Start::Named("policy.toml"))
}

fn user<'a>(attributes: impl IntoIterator<Item = &'a (String, String)>) -> User {
    attributes.into_iter().fold(User::new(), |user, (name, value)| user.with(name, value))
}

fn check_selection(set: &PolicySet, attributes: &[(String, String)]) {
    let missing: Vec<&str> =
        set.attributes().into_iter().filter(|name| attributes.iter().all(|(known, _)| known != name)).collect();
    match set.select(&user(attributes)) {
        Err(error) => {
            let too_many = error.kind() == CannotJudgeKind::TooManyFacts;
            let is_missing = error.kind() == CannotJudgeKind::MissingFact && !missing.is_empty();
            assert!(too_many || is_missing, "{error}");
        }
        Ok(selected) => {
            let names = selected.names();
            assert!(if set.is_strictest() { !names.is_empty() } else { names.len() == 1 }, "{names:?}");
            // What is decided without an attribute does not depend on it.
            for name in missing {
                for value in ["", "admin", "张三"] {
                    let further = [(name.to_owned(), value.to_owned())];
                    let known = user(attributes.iter().chain(&further));
                    if let Ok(again) = set.select(&known) {
                        assert_eq!(
                            again.names(),
                            names,
                            "`{name}` = `{value}` changes what was decided without it"
                        );
                    }
                }
            }
        }
    }
    // A user of whom everything is known has a policy.
    let everything = set.attributes().into_iter().map(|name| (name.to_owned(), String::new()));
    let everything: Vec<(String, String)> = attributes.iter().cloned().chain(everything).collect();
    let known = user(&everything);
    match set.select(&known) {
        Ok(selected) => check_combined(&selected, &known),
        Err(error) => assert_eq!(error.kind(), CannotJudgeKind::TooManyFacts, "{error}"),
    }
}

fn check_combined(selected: &kouling::population::Selected<'_>, user: &User) {
    let combined = selected.policy();
    let facts = Facts::new(user, Moment::from_unix(1_795_392_000));
    let alike =
        selected.populations().filter(|population| population.policy().preparation() == combined.preparation());
    for policy in alike.map(|population| population.policy()) {
        for password in
            ["", "P@ssw0rd2026", "correct horse battery staple", "口令zhangsan1998", "Vq7#marsh-Lantern"]
        {
            let accepts = |policy: &kouling::Policy| {
                policy.evaluate(password.as_bytes(), &facts).is_ok_and(|outcome| outcome.accepted())
            };
            assert!(!accepts(combined) || accepts(policy), "the combined policy accepts what one of them rejects");
        }
    }
}

/// Returns the population cases.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    kouling_vector_runner::populations::run(|case| {
        let attributes: String =
            case.attributes().iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        // A file that contains the separator byte cannot be a part.
        let files = case.files.iter().map(|(name, file)| [name.as_bytes(), b"\n", &file.bytes()].concat());
        let files = files.filter(|file| !file.contains(&SEPARATOR));
        let first = [case.set.clone().into_bytes(), attributes.into_bytes()];
        seeds.push((case.name.clone(), join(first.into_iter().chain(files))));
        None
    });
    seeds
}
