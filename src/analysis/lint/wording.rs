//! Messages, protocol codes, and settings that the chosen standards advise against.

use super::LintContext;
use crate::analysis::comply::{Standard, Verdict};
use crate::analysis::view::{find as find_setting, with_parts};
use crate::contract::Contract;
use crate::knowledge::comparison::usual_attributes;
use crate::language::{self, LANGUAGES, Language};
use crate::policy::diagnostic::suggestion;
use crate::policy::document::Value;
use crate::rules::{Composition, built_in};

pub(super) fn find(context: &mut LintContext<'_>, contract: Option<&Contract>, names: &[String]) {
    if let Some(contract) = contract {
        wires(context, contract);
    }
    messages(context);
    placeholders(context);
    attributes(context);
    standards(context, names);
}

fn wires(context: &mut LintContext<'_>, contract: &Contract) {
    for (rule, wire) in contract.unknown_wires(context.policy) {
        let span = context.span_of(&["rules", rule, "wire"]);
        let message = format!("the contract `{}` has no code `{wire}`", contract.name());
        context.add(
            "unknown-wire",
            span,
            message,
            Some("clients receive the contract's own code for the rule".to_owned()),
        );
    }
}

fn messages(context: &mut LintContext<'_>) {
    for rule in context.rules.clone() {
        let Some(message) = find_setting(context.document, &["rules", &rule.name, "message"]) else { continue };
        let written: Vec<&str> = rule.table("message").iter().map(|entry| entry.key.as_str()).collect();
        // A reader of one script understands a message in another script of the same language.
        let is_missing = |language: &Language| {
            let same = language.related().chain([*language]);
            !same.into_iter().any(|language| written.contains(&language.tag()))
        };
        let missing: Vec<&str> =
            LANGUAGES.iter().filter(|language| is_missing(language)).map(|language| language.tag()).collect();
        if !missing.is_empty() && !written.is_empty() {
            let text = format!("the message of `{}` has no translation for `{}`", rule.name, missing.join("`, `"));
            context.add("message-language", message.key_span, text, None);
        }
    }
}

/// Reports mistakes in the messages of the policy: wrong syntax, and placeholders that no violation of the rule fills.
fn placeholders(context: &mut LintContext<'_>) {
    for rule in context.rules.clone() {
        let known = numbers(rule.kind);
        for entry in rule.table("message") {
            let Value::String(text) = &entry.node.value else { continue };
            let Some(language) = LANGUAGES.into_iter().find(|language| language.tag() == entry.key) else {
                continue;
            };
            for error in language.syntax_errors(text) {
                context.add("message-placeholder", entry.node.span, error, None);
            }
            for name in language::placeholders(text) {
                let Some(known) = known.as_ref().filter(|known| !known.contains(&name)) else { continue };
                let message = format!("no violation of `{}` has a number `{name}`", rule.name);
                context.add("message-placeholder", entry.node.span, message, suggestion(name, known));
            }
        }
    }
}

/// Reports attributes whose name is close to a usual one. A rule never finds an attribute that the host calls differently.
fn attributes(context: &mut LintContext<'_>) {
    if context.policy.known_attributes().is_some() {
        // The policy states which names are right, so an unknown one is an error.
        return;
    }
    let usual: Vec<&str> = usual_attributes().collect();
    let conditions = context.exemptions.iter().flat_map(|exemption| exemption.when.clone()).flat_map(with_parts);
    for rule in context.rules.clone().into_iter().chain(conditions.collect::<Vec<_>>()) {
        let items = match rule.node("attributes").map(|node| (node, &node.value)) {
            Some((_, Value::Array(items))) => items.iter().collect(),
            Some((node, _)) => vec![node],
            None => Vec::new(),
        };
        let listed = items.into_iter().filter_map(|item| match &item.value {
            Value::String(name) => Some((name.as_str(), item.span)),
            _ => None,
        });
        let with_tails = rule.table("tails").iter().map(|entry| (entry.key.as_str(), entry.key_span));
        for (name, span) in listed.chain(with_tails).filter(|(name, _)| !usual.contains(name)) {
            if let Some(help) = suggestion(name, &usual) {
                let message = format!(
                    "unusual attribute `{name}`: the rule compares with nothing if the host sends another"
                );
                context.add("unusual-attribute", span, message, help);
            }
        }
    }
}

/// Returns the numbers of a kind's violations. `None` if they are not known: those of a custom kind, and of a rule that
/// contains rules.
fn numbers(kind: &str) -> Option<Vec<&'static str>> {
    let definition = built_in().iter().find(|definition| definition.kind() == kind)?;
    let documentation = definition.documentation().filter(|_| definition.composition() == Composition::None)?;
    Some(documentation.codes.iter().flat_map(|code| code.numbers.iter().copied()).collect())
}

/// Reports settings that violate a requirement of a standard. Only `comply` reports missing settings.
fn standards(context: &mut LintContext<'_>, names: &[String]) {
    for name in names {
        let Some(Ok(standard)) = Standard::built_in(name) else { continue };
        let compliance = standard.compare(context.policy, context.document, context.now);
        for result in compliance.results {
            let Verdict::Broken { place: Some(place), why } = result.verdict else { continue };
            let message =
                format!("{}: {}", result.requirement.text(Language::ENGLISH), why.text(Language::ENGLISH));
            let help = Some(format!("{} {}", compliance.title, result.requirement.clause));
            context.add("standard-conflict", place, message, help);
        }
    }
}
