//! `kouling check`: one password, one judgement.

use clap::Args;
use kouling::evaluation::{Judged, Language};
use kouling::{Contract, Outcome};

use crate::answer::{Format, say, say_json};
use crate::password_input::PasswordInput;
use crate::person::Person;
use crate::policy_argument::{load, policy_and_rest};
use crate::{Ended, Failure};

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
    /// The policy: a preset or a file (`standard` if none is named), and `-` for stdin
    #[arg(value_name = "POLICY")]
    names: Vec<String>,
    /// The policy, as an option
    #[arg(short, long)]
    policy: Option<String>,
    #[command(flatten)]
    input: PasswordInput,
    #[command(flatten)]
    person: Person,
    /// The language of the messages: en, zh
    #[arg(short, long, default_value = "en", value_name = "TAG")]
    language: String,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Check {
    pub(crate) fn run(self) -> Ended {
        let (policy, rest) = policy_and_rest(self.policy, self.names);
        if rest.iter().any(|name| name != "-") {
            return Err(Failure::new(
                "a password is never an argument: every process can read it; use stdin or --fd",
            ));
        }
        let policy = load(&policy)?;
        let known = self.person.read()?;
        let password = self.input.read()?;
        let outcome = policy.evaluate(&password, &known.facts()).map_err(|error| {
            Failure::new(format!("no judgement is possible: {error} [{}]", error.kind().name()))
        })?;
        let language = Language::from_tag(&self.language);
        match self.format {
            Format::Text => say(&text(&outcome, language))?,
            Format::Json => say_json(&contract()?.outcome_to_json(&outcome, language))?,
        }
        Ok(outcome.accepted())
    }
}

/// The contract whose codes are told beside ours.
pub(crate) fn contract() -> Result<Contract, Failure> {
    match Contract::built_in("idaas-ciam") {
        Some(Ok(contract)) => Ok(contract),
        _ => Err(Failure::new("the built-in contract does not load")),
    }
}

fn text(outcome: &Outcome, language: Language) -> String {
    let mut text = String::from(if outcome.accepted() { "accepted\n" } else { "refused\n" });
    let mut add = |what: &str, judged: &Judged| {
        text.push_str(&format!("  {what}{} [{}]\n", judged.message(language), judged.code()));
    };
    outcome.violations().for_each(|judged| add("", judged));
    outcome.warnings().for_each(|judged| add("warning: ", judged));
    outcome.shadows().for_each(|judged| add("on trial: ", judged));
    for note in outcome.notes() {
        text.push_str(&format!("  note: {} [{}]\n", language.violation(note), note.code));
    }
    text
}
