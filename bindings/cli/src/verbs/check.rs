//! `kouling check`: one password, one judgement.

use clap::Args;
use kouling::Outcome;
use kouling::evaluation::{Language, RuleViolation};

use crate::Ended;
use crate::answer::{Format, say, say_json};
use crate::question::{Question, contract, no_judgement};

/// Judge one password, read from a prompt, stdin or a file descriptor
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling check acme.toml                            # asks for the password
  printf %s \"$PASSWORD\" | kouling check --policy acme.toml -
  kouling check standard --user username=zhangsan --user name=张三 --format json < password.txt
  kouling check acme.toml --fd 3 3< password.txt

Exit codes: 0 accepted, 1 refused, 2 could not tell.")]
pub(crate) struct Check {
    #[command(flatten)]
    question: Question,
}

impl Check {
    pub(crate) fn run(self) -> Ended {
        let format = self.question.format;
        let asked = self.question.read()?;
        let outcome = asked.policy.evaluate(&asked.password, &asked.facts()).map_err(no_judgement)?;
        match format {
            Format::Text => say(&text(&outcome, asked.language))?,
            Format::Json => say_json(&contract()?.outcome_to_json(&outcome, asked.language))?,
        }
        Ok(outcome.accepted())
    }
}

fn text(outcome: &Outcome, language: Language) -> String {
    let say = |word: &str| language.template(&format!("explanation.{word}")).unwrap_or_default();
    let mut text = format!("{}\n", say(if outcome.accepted() { "accepted" } else { "refused" }));
    let mut add = |what: &str, judged: &RuleViolation| {
        text.push_str(&format!("  {what}{} [{}]\n", judged.message(language), judged.code()));
    };
    outcome.violations().for_each(|judged| add("", judged));
    outcome.warnings().for_each(|judged| add(say("warning"), judged));
    outcome.shadows().for_each(|judged| add(say("trial"), judged));
    for note in outcome.notes() {
        text.push_str(&format!("  {}{} [{}]\n", say("note"), language.note(note), note.code));
    }
    text
}
