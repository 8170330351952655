//! A reset whose codes can be guessed, or asked for without end.

use super::LintContext;

/// A code must not be guessed within a day with a greater probability.
const MAX_DAILY_GUESS_PROBABILITY: f64 = 1e-4;
/// More codes an hour for one account are no budget.
const MAX_PER_HOUR: f64 = 20.0;
/// More requests an hour by one peer need a captcha.
const MAX_PER_HOUR_BY_PEER: f64 = 120.0;

pub(super) fn find(look: &mut LintContext<'_>) {
    guesses(look);
    sending(look);
}

fn guesses(look: &mut LintContext<'_>) {
    let probability = look.policy.reset().daily_guess_probability();
    if probability > MAX_DAILY_GUESS_PROBABILITY {
        let ceiling: &[&str] = &["reset", "limits", "wrong_codes_per_account"];
        let code: [&[&str]; 3] =
            [&["reset", "code", "digits"], &["reset", "code", "length"], &["reset", "code", "alphabet"]];
        let written = [ceiling]
            .into_iter()
            .chain(code)
            .find(|path| crate::analysis::view::find(look.document, path).is_some());
        let span = look.span_of(written.unwrap_or(ceiling));
        let message =
            format!("guessing for a day finds a code with a probability of 1 in {:.0}", 1.0 / probability);
        let help = "at most 1 in 10,000 is advisable: lower `wrong_codes_per_account` or use a longer code";
        look.add("code-guessable", span, message, Some(help.to_owned()));
    }
}

fn sending(look: &mut LintContext<'_>) {
    let reset = look.policy.reset().clone();
    if reset.code.cooldown == 0 {
        let message = "codes for one address may follow each other at once".to_owned();
        let span = look.span_of(&["reset", "code", "cooldown"]);
        look.add("code-no-cooldown", span, message, Some("`cooldown = \"60s\"` is the default".to_owned()));
    }
    let hourly = |rate: crate::policy::units::Rate| rate.most as f64 * 3600.0 / rate.per as f64;
    for (key, rate) in [("per_account", reset.limits.per_account), ("per_address", reset.limits.per_address)] {
        if hourly(rate) > MAX_PER_HOUR {
            let message = format!("{:.0} codes an hour are a flood for one mailbox", hourly(rate));
            let span = look.span_of(&["reset", "limits", key]);
            look.add("code-flood", span, message, Some(format!("`{key} = \"5/h\"` is the default")));
        }
    }
    if !reset.captcha.required && hourly(reset.limits.per_peer) > MAX_PER_HOUR_BY_PEER {
        let message =
            format!("without a captcha one peer may ask for {:.0} codes an hour", hourly(reset.limits.per_peer));
        let help = Some("require the captcha, or lower `per_peer`".to_owned());
        let span = look.span_of(&["reset", "limits", "per_peer"]);
        look.add("sending-unthrottled", span, message, help);
    }
}
