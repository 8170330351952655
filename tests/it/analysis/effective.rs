//! Effective policies: a printed policy loads again with the same settings and outcomes.

use kouling::policy::document::Start;
use kouling::policy::source::PRESETS;
use kouling::policy::{Document, Files, Memory, Setting};
use kouling::{Loader, User};
use kouling_vector_runner::evaluation::{NOW, cases};

fn without_places(settings: &[Setting]) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = settings.iter().map(|s| (s.path.clone(), s.value.clone())).collect();
    pairs.sort();
    pairs
}

fn printed_again(document: &Document) -> Document {
    let text = document.to_toml(&Files);
    let again = Document::read(Start::Text("printed", &text), &Files).unwrap_or_else(|e| panic!("{text}\n{e}"));
    assert!(again.reporter.is_clean(), "{text}");
    assert_eq!(without_places(&document.effective()), without_places(&again.effective()), "{text}");
    again
}

#[test]
fn printed_vector_policy_gives_same_outcome() {
    let loader = Loader::new();
    let mut printed = 0;
    for case in cases() {
        let start = match &case.preset {
            Some(preset) => Start::Preset(preset),
            None => Start::Text("case", &case.policy),
        };
        let Ok((policy, document)) = loader.load_with_document(start) else { continue };
        printed_again(&document);
        let text = document.to_toml(&Files);
        let again = loader.load(Start::Text("printed", &text)).unwrap_or_else(|e| panic!("{}\n{e}", case.name));
        let mut user = User::new();
        for (name, value) in &case.user {
            user = user.with(name.as_str(), value.as_str());
        }
        let now = kouling::Moment::from_unix(case.now.unwrap_or(NOW));
        let facts = kouling::Facts::new(&user, now);
        let codes = |policy: &kouling::Policy| {
            let outcome = policy.evaluate(&case.bytes(), &facts).map_err(|error| error.to_string())?;
            Ok::<Vec<String>, String>(outcome.violations().map(|v| v.code().to_owned()).collect())
        };
        assert_eq!(codes(&policy), codes(&again), "{}", case.name);
        printed += 1;
    }
    assert!(printed > 100, "{printed}");
}

#[test]
fn printed_preset_has_same_settings() {
    for (name, _) in PRESETS {
        let (policy, document) = Loader::new().load_with_document(Start::Preset(name)).expect("a preset");
        let text = document.to_toml(&Files);
        let again = Loader::new().load(Start::Text("printed", &text)).unwrap_or_else(|e| panic!("{text}\n{e}"));
        assert_eq!(policy.reset(), again.reset());
        assert_eq!(policy.expiry(), again.expiry());
        assert_eq!(policy.preparation(), again.preparation());
        assert_eq!(document.to_toml(&Files), printed_again(&document).to_toml(&Files));
    }
}

#[test]
fn printed_policy_preserves_layers_and_unusual_names() {
    let source = || {
        Memory::default()
            .with("base.toml", "format = 1\n[rules.length]\nmin = 9\nmax = 30\n[rules.history]\n[rules.words]\nlists = [\"./w.txt\"]\n")
            .with("w.txt", "heronry\n")
            .with(
                "top.toml",
                "format = 1\nextends = \"./base.toml\"\nname = \"a\\\"b\\\\c\\n\\u0007口\"\n[rules]\nhistory = false\n\
                 length.min = 12\n\"odd name\" = { kind = \"length\", from = 2027-01-01 }\n\
                 [[exempt]]\nwhen = { length = { min = 20 } }\nrules = [\"words\"]\n",
            )
    };
    let loader = Loader::new().with_source(source());
    let (_, document) = loader.load_with_document(Start::Named("top.toml")).unwrap_or_else(|e| panic!("{e}"));
    let settings = document.effective();
    let place = |path: &str| {
        let found = settings.iter().find(|s| s.path == path).unwrap_or_else(|| panic!("{path}: {settings:?}"));
        format!("{} {}:{}", found.value, found.file, found.line)
    };
    assert_eq!(place("rules.length.min"), "12 top.toml:6");
    assert_eq!(place("rules.length.max"), "30 base.toml:4");
    assert_eq!(place("rules.history"), "false top.toml:5");
    assert_eq!(place("exempt[0].when.length.min"), "20 top.toml:9");
    let text = document.to_toml(&source());
    let (again, printed) =
        loader.load_with_document(Start::Text("x", &text)).unwrap_or_else(|e| panic!("{text}\n{e}"));
    assert_eq!(again.name(), "a\"b\\c\n\u{7}口");
    assert!(text.contains("\"w.txt\"") && !text.contains("extends"));
    assert_eq!(printed.to_toml(&source()), text);
}
