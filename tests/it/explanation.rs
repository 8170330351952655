//! Runs every explanation vector through the Rust API.

use kouling::{Facts, Language, Moment, Policy, User};
use kouling_vector_runner::evaluation::NOW;
use kouling_vector_runner::explanation::run;

#[test]
fn explanation_vectors_match() {
    run(|case, language| {
        let policy = Policy::parse(&case.policy).unwrap_or_else(|error| panic!("{}\n{error}", case.name));
        let user = case.user.iter().fold(User::new(), |user, (name, value)| user.with(name, value));
        let facts = Facts::new(&user, Moment::from_unix(NOW));
        let explained = policy.explain(case.password.as_bytes(), &facts).expect("an explanation");
        explained.to_json(Language::from_tag(language), |_| None)
    })
    .finish(0);
}
