//! `kouling explain`: one password, every rule's reasoning.

use clap::Args;
use kouling::evaluation::{Explanation, Language, Reasoning};

use crate::Ended;
use crate::answer::{Format, say, say_json};
use crate::question::{Question, contract, no_judgement};

/// Judge one password and say what every rule demands, saw and found
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling explain acme.toml                          # asks for the password
  kouling explain standard --user name=张三 --language zh < password.txt

The answer holds places in the password (\"characters 1 to 8: a word\") and figures, no piece of it.
Exit codes: 0 accepted, 1 refused, 2 could not tell.")]
pub(crate) struct Explain {
    #[command(flatten)]
    question: Question,
}

impl Explain {
    pub(crate) fn run(self) -> Ended {
        let format = self.question.format;
        let asked = self.question.read()?;
        let explained = asked.policy.explain(&asked.password, &asked.facts()).map_err(no_judgement)?;
        match format {
            Format::Text => say(&text(&explained, asked.language))?,
            Format::Json => say_json(&contract()?.explanation_to_json(&explained, asked.language))?,
        }
        Ok(explained.outcome.accepted())
    }
}

fn text(explained: &Explanation, language: Language) -> String {
    let say = |word: &str| language.template(&format!("explanation.{word}")).unwrap_or_default();
    let mut text = format!("{}\n", say(if explained.outcome.accepted() { "accepted" } else { "refused" }));
    if explained.reasonings.is_empty() {
        for judged in explained.outcome.violations() {
            text.push_str(&format!("  {} [{}]\n", judged.message(language), judged.code()));
        }
    }
    for reasoning in &explained.reasonings {
        let rule = reasoning.rule();
        let kind = if rule.kind() == rule.name() { String::new() } else { format!(" ({})", rule.kind()) };
        text.push_str(&format!("\n{}{kind}: {}\n", rule.name(), say(verdict(reasoning))));
        let mut line = |label: &str, said: &str| text.push_str(&format!("  {:<8} {said}\n", say(label)));
        line("demands", &reasoning.demand(language));
        reasoning.seen.iter().for_each(|note| line("saw", &language.note(note)));
        for judged in &reasoning.found {
            line("found", &format!("{} [{}]", judged.message(language), judged.code()));
        }
    }
    text
}

/// What came of a rule: a word of the catalogue.
fn verdict(reasoning: &Reasoning) -> &'static str {
    match (reasoning.found.is_empty(), reasoning.exempt) {
        (true, _) => "met",
        (false, true) => "broken_and_exempt",
        (false, false) => match reasoning.severity.name() {
            "warn" => "broken_and_warned",
            "shadow" => "broken_on_trial",
            _ => "broken",
        },
    }
}
