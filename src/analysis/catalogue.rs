//! The catalogue: a page for each rule kind, and the reference of the policy file.
//!
//! It is generated from the declarations of the rule kinds and of the keys. `rules/CATALOGUE.md` is the committed copy.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::contract::Contract;
use crate::evaluation::Loader;
use crate::evaluation::sections::set_keys;
use crate::language::LANGUAGES;
use crate::policy::population::{attribute_key, condition_keys};
use crate::policy::{Parameter, ValueType};
use crate::rules::{Composition, Definition, built_in, definition_of};
use crate::standing::FACTS;

/// The contract whose protocol codes the pages state.
const CONTRACT: &str = "idaas-ciam";

/// Returns the built-in rule kinds, in evaluation order.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    built_in().iter().map(Definition::kind)
}

/// Returns the sentence that summarizes a rule kind: "Rejects passwords …".
pub fn summary(kind: &str) -> Option<&'static str> {
    Some(definition_of(kind)?.documentation()?.summary)
}

/// Returns the parameters of a rule kind: the name, and a description with type, default and meaning.
pub fn parameters(kind: &str) -> BTreeMap<String, String> {
    let parameters = definition_of(kind).and_then(Definition::parameters).unwrap_or_default();
    parameters.iter().map(|parameter| (parameter.name(), parameter.description())).collect()
}

/// Returns the page of a rule kind as Markdown, without its heading.
pub fn page(kind: &str) -> Option<String> {
    let definition = definition_of(kind)?;
    let documentation = definition.documentation()?;
    let mut page = format!("{}\n\n#### Parameters\n", documentation.summary);
    for parameter in definition.parameters().unwrap_or_default() {
        let _ = writeln!(page, "- `{}`: {}", parameter.name(), parameter.description());
    }
    page.push_str("\n#### Violations\n");
    if documentation.codes.is_empty() {
        page.push_str("Those of the rules inside.\n");
    }
    for code in documentation.codes {
        let numbers = match code.numbers {
            [] => String::new(),
            numbers => format!(" {{{}}}", numbers.join(", ")),
        };
        let meaning = if code.meaning.is_empty() { String::new() } else { format!(" {}", code.meaning) };
        let _ =
            writeln!(page, "- `{}`{numbers}.{meaning} Protocol code: {}.", code.code, wire(definition, code.code));
        for language in LANGUAGES {
            let message = language.text(code.code).unwrap_or(code.code);
            let _ = writeln!(page, "  - {}: {message}", language.tag());
        }
    }
    let _ = write!(page, "\n#### Example\n```toml\n{}\n```\n", documentation.example);
    let _ = write!(page, "\n#### Why\n{}\n\n#### Limits\n{}", documentation.why, documentation.limits);
    Some(page)
}

/// Returns the protocol code of a violation, as the page states it.
fn wire(definition: &Definition, code: &str) -> String {
    let contract = Contract::built_in(CONTRACT).and_then(Result::ok);
    match contract.as_ref().and_then(|contract| contract.wire_of(code)) {
        Some(wire) => format!("`{}`", wire.trim_start_matches("IDAAS.SDK.")),
        None if definition.composition() == Composition::None => "none".to_owned(),
        None => "that of the first rule inside".to_owned(),
    }
}

/// Returns the reference of the policy file as Markdown: the keys of each table, and the keys of every rule.
pub fn policy_file() -> String {
    let loader = Loader::new();
    let mut text = String::new();
    write_table(&mut text, "", &loader.policy_keys(), "The top of the file.");
    write_keys(
        &mut text,
        "`[rules.<name>]`",
        &loader.rule_keys(),
        "Every rule can have these keys besides its parameters.",
    );
    text
}

/// Returns the reference of the policy set as Markdown: the keys of each table, and those of a condition.
pub fn policy_set() -> String {
    let mut text = String::new();
    write_table(&mut text, "", &set_keys(), "The top of the file.");
    let mut keys = vec![attribute_key()];
    keys.extend(condition_keys());
    write_keys(
        &mut text,
        "Conditions",
        &keys,
        "A table, such as `{ role = \"admin\" }`. Every key must hold. A condition that needs an attribute which the host did \
         not supply is an error. An empty value means that the user does not have the attribute.",
    );
    text
}

/// Returns the reference of the facts about an account as Markdown.
pub fn facts() -> String {
    FACTS.iter().fold(String::new(), |mut text, fact| {
        let needed_by = match fact.needed_by {
            "" => String::new(),
            setting => format!(" Needed by `{setting}`."),
        };
        let _ = writeln!(text, "- `{}`: {}. {}{needed_by}", fact.name, fact.value.describe(), fact.doc);
        text
    })
}

/// Writes the keys of a table, and then the tables inside it.
fn write_table(text: &mut String, path: &str, keys: &[Parameter], doc: &str) {
    let heading = if path.is_empty() { "Top level".to_owned() } else { format!("`[{path}]`") };
    write_keys(text, &heading, keys, doc);
    for parameter in keys {
        let path = if path.is_empty() { parameter.key.to_string() } else { format!("{path}.{}", parameter.key) };
        match &parameter.value {
            ValueType::Table(keys) => write_table(text, &path, keys, &parameter.doc),
            ValueType::Tables(keys) => write_keys(text, &format!("`[[{path}]]`"), keys, &parameter.doc),
            _ => {}
        }
    }
}

fn write_keys(text: &mut String, heading: &str, keys: &[Parameter], doc: &str) {
    let _ = writeln!(text, "### {heading}\n\n{doc}\n");
    for parameter in keys {
        let _ = writeln!(text, "- `{}`: {}", parameter.name(), parameter.description());
    }
    text.push('\n');
}
