//! Reset codes that can be guessed or requested too often.

use super::LintContext;
use crate::time::HOUR;

/// The maximum acceptable probability that guessing for a day finds a code.
const MAX_DAILY_GUESS_PROBABILITY: f64 = 1e-4;
/// The maximum reasonable number of codes per hour for one account.
const MAX_PER_HOUR: f64 = 20.0;
/// The maximum number of requests per hour from one client IP address without a captcha.
const MAX_PER_HOUR_BY_PEER: f64 = 120.0;

pub(super) fn find(context: &mut LintContext<'_>) {
    guesses(context);
    sending(context);
}

fn guesses(context: &mut LintContext<'_>) {
    let probability = context.policy.reset().daily_guess_probability();
    if probability > MAX_DAILY_GUESS_PROBABILITY {
        let ceiling: &[&str] = &["reset", "limits", "wrong_codes_per_account"];
        let code: [&[&str]; 3] =
            [&["reset", "code", "digits"], &["reset", "code", "length"], &["reset", "code", "alphabet"]];
        let written = [ceiling]
            .into_iter()
            .chain(code)
            .find(|path| crate::analysis::view::find(context.document, path).is_some());
        let span = context.span_of(written.unwrap_or(ceiling));
        let message =
            format!("guessing for a day finds a code with a probability of 1 in {:.0}", 1.0 / probability);
        let help = "reduce it to at most 1 in 10,000: lower `wrong_codes_per_account` or use a longer code";
        context.add("code-guessable", span, message, Some(help.to_owned()));
    }
}

fn sending(context: &mut LintContext<'_>) {
    let reset = context.policy.reset().clone();
    if reset.code.cooldown == 0 {
        let message = "several codes can be sent to one address without a pause".to_owned();
        let span = context.span_of(&["reset", "code", "cooldown"]);
        context.add("code-no-cooldown", span, message, Some("`cooldown = \"60s\"` is the default".to_owned()));
    }
    let hourly = |rate: crate::policy::units::Rate| rate.most as f64 * HOUR as f64 / rate.per as f64;
    for (key, rate) in [("per_account", reset.limits.per_account), ("per_address", reset.limits.per_address)] {
        if hourly(rate) > MAX_PER_HOUR {
            let message = format!("{:.0} codes an hour can flood a mailbox", hourly(rate));
            let span = context.span_of(&["reset", "limits", key]);
            context.add("code-flood", span, message, Some(format!("`{key} = \"5/h\"` is the default")));
        }
    }
    if !reset.captcha.required && hourly(reset.limits.per_peer) > MAX_PER_HOUR_BY_PEER {
        let message = format!(
            "without a captcha, one client IP address can request {:.0} codes an hour",
            hourly(reset.limits.per_peer)
        );
        let help = Some("require the captcha or lower `per_peer`".to_owned());
        let span = context.span_of(&["reset", "limits", "per_peer"]);
        context.add("sending-unthrottled", span, message, help);
    }
}
