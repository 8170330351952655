//! Captchas: shown once, attempted once, and valid for one code to one address.

use std::mem::MaybeUninit;

use kouling::Moment;
use kouling::flow::{Address, Captcha, CaptchaAnswer, CaptchaState, Solution, verify_captcha};

use crate::boundary::{Out, required, run};
use crate::failure::{Failure, kouling_report};
use crate::policy::kouling_policy;
use crate::reset::record::{Record, kouling_record};
use crate::reset::request::{channel, kouling_channel};
use crate::reset::step::kouling_step;
use crate::status::kouling_status;
use crate::text::kouling_text;

/// Creates the record of a captcha with a sliding piece, created at `now` in seconds since 1970-01-01T00:00:00Z. The piece
/// belongs `place` pixels from the left edge; the host draws the picture. `token` is 32 random hexadecimal digits in lower
/// case. `*captcha` receives the record; the caller owns it and frees it by `kouling_record_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if `token` is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// `captcha` is NULL or `token` has another form. `*captcha` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_captcha_new(
    token: kouling_text,
    place: u32,
    now: i64,
    captcha: Option<&mut MaybeUninit<*mut kouling_record>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("captcha", captcha);
    run(report, || {
        let token = token.text("token")?;
        if token.len() != 32 || !token.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)) {
            return Err(Failure::argument("invalid `token`; expected 32 hexadecimal digits in lower case"));
        }
        let captcha = Captcha {
            token: token.to_owned(),
            answer: CaptchaAnswer::Place(place),
            created: Moment::from_unix(now),
            state: CaptchaState::Open,
        };
        out.give(kouling_record::new(Record::Captcha(Box::new(captcha))))
    })
}

/// Decides whether a captcha is solved, at the time `now` in seconds since 1970-01-01T00:00:00Z. `captcha` is the record
/// that the client's token names, or NULL if there is none. `x` is where the client moved the piece, and `point` the same
/// as the client wrote it. The solution counts for one code to `address` by `channel`. `*step` receives the result:
/// `KOULING_STEP_GRANTED`, with `kouling_step_token`, or `KOULING_STEP_REFUSED`; the caller owns it and frees it by
/// `kouling_step_free`. Apply its effects in both cases: they use up the only attempt. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// `policy` or `step` is NULL, `channel` is unknown or the record is not a captcha. `*step` is NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_verify_captcha(
    policy: Option<&kouling_policy>,
    captcha: Option<&kouling_record>,
    x: f64,
    point: kouling_text,
    channel: MaybeUninit<kouling_channel>,
    address: kouling_text,
    now: i64,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("step", step);
    run(report, || {
        out.place()?;
        let policy = &required("policy", policy)?.policy;
        let captcha = captcha.map(kouling_record::captcha).transpose()?;
        let sender = Address::parse(self::channel(channel)?, address.text("address")?);
        let (solution, point) = (Some(Solution::Place(x)), point.text("point")?);
        let rules = &policy.reset().captcha;
        let (decision, effects) = verify_captcha(rules, captcha, solution, point, sender, Moment::from_unix(now));
        out.give(match decision {
            Ok(token) => kouling_step::granted(policy.clone(), token, effects),
            Err(refusal) => kouling_step::refused(policy.clone(), refusal, effects),
        })
    })
}
