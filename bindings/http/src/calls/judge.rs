//! Judging without changing anything, and the policy for a reader who has not typed anything yet. Ours, beyond the
//! contract.

use std::sync::Arc;

use kouling::evaluation::ChecklistItem;
use kouling::flow::{Budget, Refusal};
use kouling::policy::units::Rate;
use kouling::{Facts, User};
use serde_json::json;

use super::{count, signed_in};
use crate::server::Server;
use crate::wire::{Authorization, Call, Problem, Reply, violations};

/// Judgements for one peer, one for every pause in somebody's typing, and many people may share an address.
const ANONYMOUS: Rate = Rate { most: 600, per: 60 };
/// Judgements with an account's history: each could tell whether a guess is the current password.
const WITH_HISTORY: Rate = Rate { most: 120, per: 3_600 };

/// `POST pwd/check`, an empty password too: with the attributes and the old password
/// given; for somebody who is signed in also with the account's own and its history.
pub async fn check(server: Arc<Server>, call: Call) -> Result<Reply, Problem> {
    let password = call.fields.optional_text("password")?.ok_or(Refusal::PasswordMissing)?;
    let attributes = call.fields.texts("user")?;
    let old = call.fields.optional_text("old_password")?;
    let (known, previous) = match call.authorization {
        Authorization::Missing => {
            let budget = Budget { key: format!("check:peer:{}", call.peer), rate: ANONYMOUS };
            count(&server, &[budget], call.now).await?;
            (User::new(), Vec::new())
        }
        Authorization::Bearer(_) | Authorization::Unusable | Authorization::Repeated => {
            let (account, _) = signed_in(&server, &call).await?;
            let budget = Budget { key: format!("check:account:{}", account.id), rate: WITH_HISTORY };
            count(&server, &[budget], call.now).await?;
            (account.user(), account.previous())
        }
    };
    let user = attributes.into_iter().fold(known, |user, (name, value)| user.with(name, value.as_str()));
    let (live, now) = (call.live.clone(), call.now);
    let judged = server.workshop().aside(move || {
        let facts = Facts::new(&user, now).with_previous(&previous);
        let facts = old.as_ref().map_or(facts, |old| facts.with_current(old.as_bytes()));
        live.policy.evaluate(password.as_bytes(), &facts)
    });
    let outcome = judged.await??;
    let live = &call.live;
    Ok(Reply::new(json!({
        "accepted": outcome.accepted(),
        "violations": violations(outcome.violations(), live, call.language),
        "warnings": violations(outcome.warnings(), live, call.language),
        "notes": outcome.notes().iter().map(|note| note.code.as_ref()).collect::<Vec<_>>(),
        "policy": live.policy.name(),
        "digest": live.digest,
    })))
}

/// When an item of the checklist can be judged.
fn judged(item: &ChecklistItem) -> &'static str {
    if item.needs_account { "at_submission" } else { "while_typing" }
}

/// `GET pwd/policy`.
pub async fn describe(_: Arc<Server>, call: Call) -> Result<Reply, Problem> {
    let live = &call.live;
    let described = live.policy.describe(call.language);
    let reset = live.policy.reset();
    let checklist: Vec<_> = described
        .checklist
        .iter()
        .map(|item| json!({ "rule": item.rule, "codes": item.codes, "text": item.text, "judged": judged(item) }))
        .collect();
    Ok(Reply::new(json!({
        "policy": live.policy.name(),
        "digest": live.digest,
        "checklist": checklist,
        "regEx": described.shape.regular_expression(),
        "passwordrules": described.shape.password_rules(),
        "minLength": described.shape.min_length,
        "maxLength": described.shape.max_length,
        "code": {
            "alphabet": reset.code.alphabet.iter().collect::<String>(),
            "length": reset.code.length,
            "lifetime_seconds": reset.code.lifetime,
            "cooldown_seconds": reset.code.cooldown,
        },
        "captcha": { "required": reset.captcha.required },
    })))
}
