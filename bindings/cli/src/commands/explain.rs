//! `kouling explain`: evaluates one password and shows the reasoning of each rule.

use clap::Args;
use kouling::Language;
use kouling::evaluation::{Explanation, Reasoning};

use crate::CommandResult;
use crate::output::{Format, print, print_json};
use crate::question::{Question, cannot_evaluate, contract};

/// Explain how each rule of a policy evaluates one password
///
/// Prints for each rule what it requires, what it detected in the password and which violations it found. The output
/// contains positions ("characters 1 to 8: a word") and numbers, but no part of the password.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling explain acme.toml                          # prompts for the password
  kouling explain standard --user name=张三 --language zh < password.txt

Exit status: 0 accepted, 1 refused, 2 error.")]
pub(crate) struct Explain {
    #[command(flatten)]
    question: Question,
}

impl Explain {
    pub(crate) fn run(self) -> CommandResult {
        let format = self.question.format;
        let question = self.question.load()?;
        let explanation =
            question.policy.explain(&question.password, &question.facts()).map_err(cannot_evaluate)?;
        match format {
            Format::Text => print(&text(&explanation, question.language))?,
            Format::Json => print_json(&contract()?.explanation_to_json(&explanation, question.language))?,
        }
        Ok(explanation.outcome.accepted())
    }
}

fn text(explanation: &Explanation, language: Language) -> String {
    let label = |key: &str| language.text(&format!("explanation.{key}")).unwrap_or_default();
    let mut text = format!("{}\n", label(if explanation.outcome.accepted() { "accepted" } else { "refused" }));
    if explanation.reasonings.is_empty() {
        for violation in explanation.outcome.violations() {
            text.push_str(&format!("  {} [{}]\n", violation.message(language), violation.code()));
        }
    }
    for reasoning in &explanation.reasonings {
        let rule = reasoning.rule();
        let kind = if rule.kind() == rule.name() { String::new() } else { format!(" ({})", rule.kind()) };
        text.push_str(&format!("\n{}{kind}: {}\n", rule.name(), label(verdict(reasoning))));
        let mut line = |key: &str, value: &str| text.push_str(&format!("  {:<8} {value}\n", label(key)));
        line("requires", &reasoning.requirement(language));
        reasoning.observations.iter().for_each(|note| line("observed", &language.note(note)));
        for violation in &reasoning.found {
            line("reported", &format!("{} [{}]", violation.message(language), violation.code()));
        }
    }
    text
}

/// The result of a rule, as a key of the message catalogue.
fn verdict(reasoning: &Reasoning) -> &'static str {
    match (reasoning.found.is_empty(), reasoning.exempt) {
        (true, _) => "met",
        (false, true) => "violated_exempt",
        (false, false) => match reasoning.severity.name() {
            "warn" => "violated_warning",
            "shadow" => "violated_shadow",
            _ => "violated",
        },
    }
}
