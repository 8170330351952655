//! A policy set and the contract, as loaded from their files. A plain policy is a set with one population.
//!
//! The server selects the policy of an account by its attributes and by the app. Before the account is known, it uses the
//! policy of a user who has no attributes ([`LoadedPolicy::anonymous`]). What applies before that must not depend on the
//! account, because a difference would reveal it: a set whose populations differ in such a setting does not load.

use std::path::Path;
use std::sync::Arc;

use kouling::policy::document::Start;
use kouling::policy::source::PRESETS;
use kouling::policy::{PolicyError, ResetPolicy, Watched};
use kouling::population::SetDocuments;
use kouling::{CannotJudge, Contract, Loader, Policy, PolicySet, User};

use crate::random;
use crate::store::Account;

/// The attribute that contains the client id of the app.
pub const CLIENT: &str = "client";
/// The attributes that an account has columns for. The server knows whether an account has them.
pub const COLUMNS: [&str; 4] = ["username", "name", "phone", "email"];
/// Maximum number of attributes that the conditions of a set can read.
const MAX_CONDITION_ATTRIBUTES: usize = 64;

/// A policy set and a contract.
#[derive(Debug)]
pub struct LoadedPolicy {
    /// The policies.
    set: PolicySet,
    /// The contract.
    pub contract: Contract,
    /// The digest of the set, in hexadecimal digits.
    pub digest: String,
}

impl LoadedPolicy {
    /// Loads a policy or a policy set (the name of a preset, or a path) and a contract (likewise). `watched` records the files
    /// that are read.
    ///
    /// # Errors
    /// Every error of either.
    pub fn load(policy: &str, contract: &str, watched: &Watched) -> Result<LoadedPolicy, PolicyError> {
        let start = match is_path(policy) {
            true => Start::Named(policy),
            false => Start::Preset(policy),
        };
        let (set, documents) = Loader::new().with_source(watched.clone()).load_set_with_documents(start)?;
        check(&set, &documents)?;
        let contract = match Contract::built_in(contract) {
            Some(built_in) => built_in?,
            None => Contract::load(Start::Named(contract), watched)?,
        };
        for (_, policy) in set.policies() {
            warn(policy, &contract);
        }
        let digest = random::hex(set.digest());
        Ok(LoadedPolicy { set, contract, digest })
    }

    /// Returns the name of the set.
    pub fn name(&self) -> &str {
        self.set.name()
    }

    /// Returns the attributes that conditions read and that only an import can supply.
    pub fn stored_attributes(&self) -> impl Iterator<Item = &str> {
        self.set.attributes().into_iter().filter(|name| *name != CLIENT && !COLUMNS.contains(name))
    }

    /// Returns the policy that applies in an app before the account is known: that of a user with these attributes only. The
    /// attributes are claims of the client. Without any, the response is the same for every address and name.
    ///
    /// # Errors
    /// There are too many attributes.
    pub fn anonymous(&self, claimed: User, client: &str) -> Result<Arc<Policy>, CannotJudge> {
        self.select(claimed, client, |_| true)
    }

    /// Returns the policy of an account in an app.
    ///
    /// # Errors
    /// A condition needs an attribute that the account does not have.
    pub fn of_account(&self, account: &Account, client: &str) -> Result<Arc<Policy>, CannotJudge> {
        self.select(account.user(), client, |name| COLUMNS.contains(&name))
    }

    /// Returns the policy of a user. `is_known` tells whether the user does not have an attribute that is not supplied.
    fn select(
        &self,
        user: User,
        client: &str,
        is_known: impl Fn(&str) -> bool,
    ) -> Result<Arc<Policy>, CannotJudge> {
        if let Some(only) = self.set.only_policy() {
            return Ok(only.clone());
        }
        let mut supplied = User::new().with(CLIENT, client);
        for name in self.set.attributes().into_iter().filter(|name| *name != CLIENT) {
            let mut values = user.values(name).peekable();
            if values.peek().is_none() && is_known(name) {
                supplied = supplied.with(name, "");
            }
            supplied = values.fold(supplied, |supplied, value| supplied.with(name, value));
        }
        self.set.select(&supplied).map(|selected| selected.policy().clone())
    }
}

/// A table of a policy that applies before the account is known, and whether it is equal in two policies.
type Table = (&'static str, fn(&Policy, &Policy) -> bool);

/// What applies before the account is known. Other settings of `[reset]` apply to an account after its code was verified.
const BEFORE_ACCOUNT: [Table; 6] = [
    ("normalize in [password]", |one, other| one.preparation().normalization == other.preparation().normalization),
    ("[sign_in]", |one, other| one.standing().sign_in == other.standing().sign_in),
    ("[reset.code]", |one, other| one.reset().code == other.reset().code),
    ("[reset.captcha]", |one, other| one.reset().captcha == other.reset().captcha),
    ("[reset.limits]", |one, other| one.reset().limits == other.reset().limits),
    ("conceal_unknown_user and unknown_recipient in [reset]", |one, other| {
        let before = |policy: &Policy| {
            let ResetPolicy { conceal_unknown_user, mail_unknown_recipient, .. } = *policy.reset();
            (conceal_unknown_user, mail_unknown_recipient)
        };
        before(one) == before(other)
    }),
];

/// Reports every population that differs from the last one in what applies before the account is known.
fn check(set: &PolicySet, documents: &SetDocuments) -> Result<(), PolicyError> {
    let Some((last, others)) = set.populations().split_last() else { return Ok(()) };
    for (place, population) in others.iter().enumerate() {
        for (table, is_equal) in BEFORE_ACCOUNT {
            if is_equal(population.policy(), last.policy()) {
                continue;
            }
            let (name, default) = (population.name(), last.name());
            let message = format!(
                "{table} of the population `{name}` differs from `{default}`, but the server applies it before it knows the user"
            );
            let help = "write the settings in one file that the policies of all populations extend last";
            documents.report(place, "conflict", message, Some(help.to_owned()));
        }
    }
    if set.attributes().len() > MAX_CONDITION_ATTRIBUTES {
        let message = format!("the conditions read more than {MAX_CONDITION_ATTRIBUTES} attributes");
        documents.report(0, "too-large", message, None);
    }
    documents.finish()
}

/// Logs what loads and does not work.
fn warn(policy: &Policy, contract: &Contract) {
    let name = policy.name();
    for (rule, wire) in contract.unknown_wires(policy) {
        tracing::warn!(
            policy = name,
            rule,
            code = wire,
            "the contract does not contain the code that the policy names"
        );
    }
    if policy.standing().change_breached && !policy.rules().any(|rule| rule.kind() == "breached") {
        tracing::warn!(
            policy = name,
            "`must_change_when` has \"breached\", but no rule `breached`: every sign-in will fail"
        );
    }
}

/// Returns whether a name denotes a file rather than a preset.
pub fn is_path(name: &str) -> bool {
    let is_preset = PRESETS.iter().any(|(preset, _)| *preset == name);
    !is_preset && (name.contains(['/', '.']) || Path::new(name).exists())
}
