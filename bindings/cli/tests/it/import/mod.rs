//! `kouling import`: the formats, the errors, and the agreement with `rules/peers.toml`.

mod files;
mod fuzz_regressions;
mod peers;
mod refusals;

use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{Facts, Loader, Moment, PolicySet, User};
use kouling_cli::import::{Format, Imported, Input, Problem, translate};

const NOW: Moment = Moment::from_unix(1_795_392_000);

/// Translates one file.
fn import(format: Format, name: &str, text: &str) -> Result<Imported, Vec<Problem>> {
    translate(format, &[Input { name: name.to_owned(), bytes: text.as_bytes().to_vec(), is_fragment: false }])
}

/// Translates one file that has no errors.
fn imported(format: Format, name: &str, text: &str) -> Imported {
    import(format, name, text).unwrap_or_else(|problems| panic!("{name}: {problems:?}"))
}

/// Returns the messages of the errors of one file.
fn refusals(format: Format, name: &str, text: &str) -> Vec<String> {
    import(format, name, text).expect_err("errors").iter().map(ToString::to_string).collect()
}

/// Loads the result of an import.
fn load(imported: &Imported) -> PolicySet {
    let memory =
        imported.files.iter().fold(Memory::default(), |memory, (name, text)| memory.with(name, text.as_bytes()));
    let (name, text) = &imported.files[0];
    Loader::new()
        .with_source(memory)
        .load_set(Start::Text(name, text))
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The codes of the violations of a password.
fn codes(set: &PolicySet, user: &User, password: &str) -> Vec<String> {
    let facts = Facts { current: Some(b"Winter-2026"), ..Facts::new(user, NOW) };
    let outcome = set
        .select(user)
        .expect("a population")
        .policy()
        .evaluate(password.as_bytes(), &facts)
        .expect("an outcome");
    outcome.violations().map(|violation| violation.code().to_owned()).collect()
}
