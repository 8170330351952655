//! A question about one password: which policy, whose password, when, and how the answer shall be written.

use clap::Args;
use kouling::evaluation::Language;
use kouling::{Contract, Facts, Policy};
use zeroize::Zeroizing;

use crate::Failure;
use crate::answer::Format;
use crate::password_input::PasswordInput;
use crate::person::{Person, PersonFacts};
use crate::policy_argument::{load, policy_and_rest};

/// The options of such a question.
#[derive(Args)]
pub(crate) struct Question {
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
    pub(crate) format: Format,
}

/// A question with everything read that it names.
pub(crate) struct LoadedQuestion {
    pub(crate) policy: Policy,
    known: PersonFacts,
    pub(crate) password: Zeroizing<Vec<u8>>,
    pub(crate) language: Language,
}

impl Question {
    /// Reads the policy, the person and the password.
    pub(crate) fn read(self) -> Result<LoadedQuestion, Failure> {
        let (policy, rest) = policy_and_rest(self.policy, self.names);
        if rest.iter().any(|name| name != "-") {
            return Err(Failure::new(
                "a password is never an argument: every process can read it; use stdin or --fd",
            ));
        }
        Ok(LoadedQuestion {
            policy: load(&policy)?,
            known: self.person.read()?,
            password: self.input.read()?,
            language: Language::from_tag(&self.language),
        })
    }
}

impl LoadedQuestion {
    /// What is known beside the password.
    pub(crate) fn facts(&self) -> Facts<'_> {
        self.known.facts()
    }
}

/// The failure of a judgement that is not possible.
pub(crate) fn no_judgement(error: kouling::CannotJudge) -> Failure {
    Failure::new(format!("no judgement is possible: {error} [{}]", error.kind().name()))
}

/// The contract whose codes are told beside ours.
pub(crate) fn contract() -> Result<Contract, Failure> {
    match Contract::built_in("idaas-ciam") {
        Some(Ok(contract)) => Ok(contract),
        _ => Err(Failure::new("the built-in contract does not load")),
    }
}
