//! The arguments of the commands that evaluate one password: the policy, the user, the password and the output format.

use std::sync::Arc;

use clap::Args;
use kouling::Language;
use kouling::{Contract, Facts, Policy};
use zeroize::Zeroizing;

use crate::Failure;
use crate::output::Format;
use crate::password_input::PasswordInput;
use crate::person::{Person, PersonFacts};
use crate::policy_argument::{PopulationOption, load, policy_and_rest};

/// The arguments as given on the command line.
#[derive(Args)]
pub(crate) struct Question {
    /// Preset, policy file or policy set [default: standard]; `-` reads the password from stdin
    #[arg(value_name = "POLICY")]
    names: Vec<String>,
    /// Preset, policy file or policy set, as an option
    #[arg(short, long)]
    policy: Option<String>,
    #[command(flatten)]
    population: PopulationOption,
    #[command(flatten)]
    input: PasswordInput,
    #[command(flatten)]
    person: Person,
    /// Language of the messages, such as en, zh or zh-TW
    #[arg(short, long, default_value = "en", value_name = "TAG")]
    language: String,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// The same arguments, with the policy, the user and the password loaded.
pub(crate) struct LoadedQuestion {
    pub(crate) policy: Arc<Policy>,
    person: PersonFacts,
    pub(crate) password: Zeroizing<Vec<u8>>,
    pub(crate) language: Language,
}

impl Question {
    /// Loads the policy, the user and the password.
    pub(crate) fn load(self) -> Result<LoadedQuestion, Failure> {
        let (policy, rest) = policy_and_rest(self.policy, self.names);
        // The argument is not repeated: it may be a password.
        if rest.iter().any(|name| name != "-") {
            return Err(Failure::new(format!(
                "unexpected argument after the policy `{policy}`; expected one policy\n  help: the password is read from \
                 a prompt, stdin or --fd, because every process can read the command line"
            )));
        }
        let person = self.person.load()?;
        let policy = load(&policy)?.policy_for(person.user(), &self.population)?.clone();
        Ok(LoadedQuestion {
            policy,
            person,
            password: self.input.read()?,
            language: Language::from_tag(&self.language),
        })
    }
}

impl LoadedQuestion {
    /// The facts about the user and the time.
    pub(crate) fn facts(&self) -> Facts<'_> {
        self.person.facts()
    }
}

/// The failure for a password that could not be evaluated.
pub(crate) fn cannot_evaluate(error: kouling::CannotJudge) -> Failure {
    Failure::new(format!("cannot evaluate the password: {error} [{}]", error.kind().name()))
}

/// The contract whose codes the JSON output lists in addition to Kouling's.
pub(crate) fn contract() -> Result<Contract, Failure> {
    match Contract::built_in("idaas-ciam") {
        Some(Ok(contract)) => Ok(contract),
        _ => Err(Failure::new("internal error: the built-in contract does not load; please report this bug")),
    }
}
