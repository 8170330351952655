//! The vectors of policy sets through the Rust API, and the properties of combined policies.
#![allow(clippy::panic, clippy::expect_used)]

use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{Facts, Loader, Moment, User};
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
                let facts = Facts::new(&user, Moment::from_unix(case.now()));
                let outcome = selected.policy().evaluate(password.as_bytes(), &facts).expect("an outcome");
                observed.refused = outcome.violations().map(|found| found.code().to_owned()).collect();
                observed.warned = outcome.warnings().map(|found| found.code().to_owned()).collect();
            }
        }
    }
    Some(observed)
}

#[test]
fn sets_select_as_their_vectors_state() {
    run(observe).finish(0);
}

#[test]
fn limits_of_users_hold_for_selections() {
    let set = "format = 1\n[[population]]\nname = \"a\"\nwhen = { group = \"g70\" }\npolicy = \"minimal\"\n\
        [[population]]\nname = \"b\"\npolicy = \"minimal\"\n";
    let set = Loader::new().load_set(Start::Text("set.toml", set)).expect("a set");
    let in_groups = |count: usize| (0..count).fold(User::new(), |user, at| user.with("group", format!("g{at}")));
    assert_eq!(set.select(&in_groups(70)).expect("a policy").names(), ["b"]);
    assert_eq!(set.select(&in_groups(512)).expect("a policy").names(), ["a"]);
    assert_eq!(set.select(&in_groups(513)).expect_err("too many").kind().name(), "too_many_facts");
}

#[test]
fn further_populations_are_not_loaded() {
    let population =
        |at: usize| format!("[[population]]\nname = \"p{at}\"\nwhen.a = \"b\"\npolicy = \"./{at}.toml\"\n");
    let text: String = (0..200).map(population).collect();
    let error = Loader::new()
        .with_source(Memory::default())
        .load_set(Start::Text("set.toml", &format!("format = 1\n{text}")))
        .expect_err("too many populations");
    let unreadable = error.diagnostics().iter().filter(|found| found.id == "unreadable").count();
    assert_eq!(unreadable, 65, "the bound and one more");
    assert!(error.to_string().contains("more than 64 populations"), "{error}");
}
