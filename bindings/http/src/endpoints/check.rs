//! Evaluates a password without changing anything, and describes the policy. Both extend the contract.

use std::collections::BTreeMap;
use std::sync::Arc;

use kouling::evaluation::{ChecklistItem, rounded};
use kouling::flow::{Budget, Refusal};
use kouling::policy::units::Rate;
use kouling::time::HOUR;
use kouling::{Facts, User};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{count, signed_in};
use crate::protocol::{Authorization, Call, Problem, Reply, Text, Violation, violations};
use crate::random;
use crate::server::Server;

/// Evaluations per client address: one for each pause in typing, and many users may share an address.
const ANONYMOUS: Rate = Rate { most: 600, per: 60 };
/// Evaluations with an account's history: each could tell whether a guess is the current password.
const WITH_HISTORY: Rate = Rate { most: 120, per: HOUR };

/// A password to evaluate.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct CheckRequest {
    /// The password. May be empty, but not missing.
    #[schemars(extend("examples" = ["P@sdsdfsdfds"]))]
    password: Option<Text>,
    /// The current password, for rules that compare with it.
    #[schemars(extend("examples" = ["Kouling-demo-2026"]))]
    old_password: Option<Text>,
    /// Attributes of the user for rules that compare with them: username, name, phone, email and others.
    #[schemars(extend("examples" = [{ "username": "zhangsan", "name": "张三" }]))]
    user: Option<BTreeMap<String, Option<Text>>>,
}

/// The result of an evaluation.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CheckResponse {
    /// Whether the policy accepts the password.
    accepted: bool,
    /// The violations for which it does not.
    violations: Vec<Violation>,
    /// Violations of rules with the severity `warn`.
    warnings: Vec<Violation>,
    /// Codes of notes.
    notes: Vec<String>,
    /// The decimal logarithm of the estimated number of guesses, with two decimals, if the policy has a rule `strength`.
    /// Derived from the password: never log it.
    guesses_log10: Option<f64>,
    /// The name of the policy.
    policy: String,
    /// The digest of the policy.
    digest: String,
}

/// Handles `POST pwd/check`. For a signed-in user, the account's attributes and history are compared as well.
pub(super) async fn check(
    server: Arc<Server>,
    call: Call,
    body: CheckRequest,
) -> Result<Reply<CheckResponse>, Problem> {
    let CheckRequest { password, old_password, user } = body;
    let password = password.ok_or(Refusal::PasswordMissing)?;
    let attributes = user.unwrap_or_default().into_iter().filter_map(|(name, value)| Some((name, value?)));
    let with_attributes = |user: User| attributes.fold(user, |user, (name, value)| user.with(name, &*value));
    let (user, policy, previous, password_set) = match call.authorization {
        Authorization::Missing => {
            let budget = Budget { key: format!("check:peer:{}", call.client_address), rate: ANONYMOUS };
            count(&server, &[budget], call.now).await?;
            // The password of a future user, whose policy depends on the attributes that the app states.
            let user = with_attributes(User::new());
            let policy = call.loaded.anonymous(user.clone(), &call.app)?;
            (user, policy, Vec::new(), None)
        }
        Authorization::Bearer(_) | Authorization::Unusable | Authorization::Repeated => {
            let account = signed_in(&server, &call).await?;
            let budget = Budget { key: format!("check:account:{}", account.id), rate: WITH_HISTORY };
            count(&server, &[budget], call.now).await?;
            let policy = call.policy_of(&account)?;
            (with_attributes(account.user()), policy, account.previous(), account.for_flow().password_set)
        }
    };
    let (evaluating, now) = (policy.clone(), call.now);
    let evaluated = server.worker_pool().run(move || {
        let facts = Facts::new(&user, now).with_previous(&previous);
        let facts = Facts { password_set, ..facts };
        // A form with an empty field has no current password.
        let old_password = old_password.as_ref().filter(|old| !old.is_empty());
        let facts = old_password.map_or(facts, |old| facts.with_current(old.as_bytes()));
        evaluating.evaluate(password.as_bytes(), &facts)
    });
    let outcome = evaluated.await??;
    let loaded = &call.loaded;
    Ok(Reply::new(CheckResponse {
        accepted: outcome.accepted(),
        violations: violations(outcome.violations(), loaded, call.language),
        warnings: violations(outcome.warnings(), loaded, call.language),
        notes: outcome.notes().iter().map(|note| note.code.to_string()).collect(),
        guesses_log10: outcome.guesses_log10().map(rounded),
        policy: policy.name().to_owned(),
        digest: random::hex(policy.digest()),
    }))
}

/// A description of the policy.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PolicyDescription {
    /// The name of the policy.
    policy: String,
    /// The digest of the policy.
    digest: String,
    /// The requirements, for users.
    checklist: Vec<Requirement>,
    /// A regular expression that every accepted password matches.
    #[serde(rename = "regEx")]
    regular_expression: String,
    /// The attribute `passwordrules` for password managers.
    passwordrules: String,
    /// Minimum length in characters.
    #[serde(rename = "minLength")]
    min_length: Option<u64>,
    /// Maximum length in characters.
    #[serde(rename = "maxLength")]
    max_length: Option<u64>,
    /// The form of verification codes.
    code: CodeDescription,
    /// Whether captchas are used.
    captcha: CaptchaDescription,
}

/// A requirement.
#[derive(Debug, Serialize, JsonSchema)]
struct Requirement {
    /// The name of the rule in the policy.
    rule: String,
    /// The codes of its violations.
    codes: Vec<String>,
    /// The requirement in the language of the request.
    text: String,
    /// When it can be evaluated.
    evaluated: EvaluatedAt,
}

/// When a requirement can be evaluated.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum EvaluatedAt {
    WhileTyping,
    /// The requirement needs data of the account.
    AtSubmission,
}

/// The form of verification codes.
#[derive(Debug, Serialize, JsonSchema)]
struct CodeDescription {
    alphabet: String,
    length: usize,
    lifetime_seconds: u64,
    /// Seconds between two codes to one address.
    cooldown_seconds: u64,
}

/// Whether captchas are used.
#[derive(Debug, Serialize, JsonSchema)]
struct CaptchaDescription {
    /// Whether sending a code requires a solved captcha.
    required: bool,
}

fn requirement(item: &ChecklistItem) -> Requirement {
    Requirement {
        rule: item.rule.to_string(),
        codes: item.codes.iter().map(ToString::to_string).collect(),
        text: item.text.to_string(),
        evaluated: match item.needs_account {
            true => EvaluatedAt::AtSubmission,
            false => EvaluatedAt::WhileTyping,
        },
    }
}

/// Handles `GET pwd/policy`. For a signed-in user, describes the account's policy.
pub(super) async fn describe(server: Arc<Server>, call: Call) -> Result<Reply<PolicyDescription>, Problem> {
    let policy = match call.authorization {
        Authorization::Missing => call.policy.clone(),
        _ => call.policy_of(&signed_in(&server, &call).await?)?,
    };
    let description = policy.describe(call.language);
    let reset = policy.reset();
    Ok(Reply::new(PolicyDescription {
        policy: policy.name().to_owned(),
        digest: random::hex(policy.digest()),
        checklist: description.checklist.iter().map(requirement).collect(),
        regular_expression: description.shape.regular_expression(),
        passwordrules: description.shape.password_rules(),
        min_length: description.shape.min_length,
        max_length: description.shape.max_length,
        code: CodeDescription {
            alphabet: reset.code.alphabet.iter().collect(),
            length: reset.code.length,
            lifetime_seconds: reset.code.lifetime,
            cooldown_seconds: reset.code.cooldown,
        },
        captcha: CaptchaDescription { required: reset.captcha.required },
    }))
}
