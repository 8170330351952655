//! The vectors of policy sets through the Rust API, and the properties of combined policies.
#![allow(clippy::panic, clippy::expect_used)]

use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{Facts, Loader, Moment, User};
use kouling_vector_runner::evaluation::NOW;
use kouling_vector_runner::populations::{Case, Observed, run};

fn observe(case: &Case) -> Option<Observed> {
    let mut source = Memory::default().with("set.toml", case.set.as_bytes());
    for (name, contents) in &case.files {
        source = source.with(name, contents.bytes());
    }
    let loader = Loader::new().with_source(source);
    let set = loader.load_set(Start::Named("set.toml")).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let user = case.attributes().into_iter().fold(User::new(), |user, (name, value)| user.with(name, value));
    let mut observed = Observed::default();
    match set.select(&user) {
        Err(error) => observed.error = Some(error.kind().name().to_owned()),
        Ok(selected) => {
            observed.selected = selected.names().into_iter().map(str::to_owned).collect();
            if let Some(password) = &case.password {
                let facts = Facts::new(&user, Moment::from_unix(NOW));
                let outcome = selected.policy().evaluate(password.as_bytes(), &facts).expect("an outcome");
                observed.refused = outcome.violations().map(|found| found.code().to_owned()).collect();
            }
        }
    }
    Some(observed)
}

#[test]
fn sets_select_as_their_vectors_state() {
    run(observe).finish(0);
}
