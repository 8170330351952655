//! `kouling check`: evaluates one password.

use clap::Args;
use kouling::Language;
use kouling::Outcome;
use kouling::evaluation::RuleViolation;

use crate::CommandResult;
use crate::output::{Format, print, print_json};
use crate::question::{Question, cannot_evaluate, contract};

/// Check one password against a policy
///
/// Reads the password from a prompt, stdin or a file descriptor. Prints whether the policy accepts it, and every
/// violation with its message and code. If the policy has a rule `strength`, also prints the estimated number of guesses.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling check acme.toml                            # prompts for the password
  printf %s \"$PASSWORD\" | kouling check --policy acme.toml -
  kouling check standard --user username=zhangsan --user name=张三 --format json < password.txt
  kouling check acme.toml --fd 3 3< password.txt

Exit status: 0 accepted, 1 refused, 2 error.")]
pub(crate) struct Check {
    #[command(flatten)]
    question: Question,
}

impl Check {
    pub(crate) fn run(self) -> CommandResult {
        let format = self.question.format;
        let question = self.question.load()?;
        let outcome = question.policy.evaluate(&question.password, &question.facts()).map_err(cannot_evaluate)?;
        match format {
            Format::Text => print(&text(&outcome, question.language))?,
            Format::Json => print_json(&contract()?.outcome_to_json(&outcome, question.language))?,
        }
        Ok(outcome.accepted())
    }
}

fn text(outcome: &Outcome, language: Language) -> String {
    let label = |key: &str| language.text(&format!("explanation.{key}")).unwrap_or_default();
    let mut text = format!("{}\n", label(if outcome.accepted() { "accepted" } else { "refused" }));
    let mut add = |label: &str, violation: &RuleViolation| {
        text.push_str(&format!("  {label}{} [{}]\n", violation.message(language), violation.code()));
    };
    outcome.violations().for_each(|violation| add("", violation));
    outcome.warnings().for_each(|violation| add(label("warning"), violation));
    outcome.shadows().for_each(|violation| add(label("shadow"), violation));
    for note in outcome.notes() {
        text.push_str(&format!("  {}{} [{}]\n", label("note"), language.note(note), note.code));
    }
    if let Some(guesses_log10) = outcome.guesses_log10() {
        text.push_str(&format!("  {}{guesses_log10:.1}\n", label("guesses")));
    }
    text
}
