//! What readers and clients are told, and what NIST advises against.

use super::LintContext;
use crate::analysis::comply::{Standard, Verdict};
use crate::analysis::view::find as find_setting;
use crate::contract::Contract;
use crate::evaluation::LANGUAGES;

pub(super) fn find(look: &mut LintContext<'_>, contract: Option<&Contract>) {
    if let Some(contract) = contract {
        wires(look, contract);
    }
    messages(look);
    nist(look);
}

fn wires(look: &mut LintContext<'_>, contract: &Contract) {
    for (rule, wire) in contract.unknown_wires(look.policy) {
        let span = look.span_of(&["rules", rule, "wire"]);
        let message = format!("the contract `{}` has no code `{wire}`", contract.name());
        look.add("unknown-wire", span, message, Some("the contract's own code for the rule is sent".to_owned()));
    }
}

fn messages(look: &mut LintContext<'_>) {
    for rule in look.rules.clone() {
        let Some(message) = find_setting(look.document, &["rules", &rule.name, "message"]) else { continue };
        let written: Vec<&str> = rule.table("message").iter().map(|entry| entry.key.as_str()).collect();
        let missing: Vec<&str> =
            LANGUAGES.iter().map(|language| language.tag()).filter(|tag| !written.contains(tag)).collect();
        if !missing.is_empty() && !written.is_empty() {
            let text = format!("the message of `{}` has no text in `{}`", rule.name, missing.join("`, `"));
            look.add("message-language", message.key_span, text, None);
        }
    }
}

/// Lines of the policy that break a requirement of NIST SP 800-63B-4. What is merely missing is for `comply` to say.
fn nist(look: &mut LintContext<'_>) {
    let Some(Ok(standard)) = Standard::built_in("nist-800-63b-4") else { return };
    let compliance = standard.compare(look.policy, look.document, look.now);
    for judged in compliance.judged {
        let Verdict::Broken { place: Some(place), why } = judged.verdict else { continue };
        let message = format!("{}: {}", judged.requirement.text("en"), why.text("en"));
        let help = Some(format!("{} {}", compliance.title, judged.requirement.clause));
        look.add("nist-conflict", place, message, help);
    }
}
