//! A captcha is shown once, may be tried once, and is worth one code for the address it was solved for.

use std::mem::MaybeUninit;

use kouling::Moment;
use kouling::flow::{Address, Captcha, CaptchaAnswer, CaptchaState, Solution, verify_captcha};

use crate::boundary::{Out, answer, given};
use crate::policy::kouling_policy;
use crate::report::kouling_report;
use crate::reset::record::{Record, kouling_record};
use crate::reset::request::channel;
use crate::reset::step::kouling_step;
use crate::status::Failure;
use crate::text::kouling_text;

/// Makes the record of a captcha whose piece belongs `place` pixels from the left. How it is drawn is the host's. The
/// token is 32 hexadecimal digits, random.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_captcha_new(
    token: kouling_text,
    place: u32,
    now: i64,
    captcha: Option<&mut MaybeUninit<*mut kouling_record>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("captcha", captcha);
    answer(report, || {
        let token = token.text("token")?;
        if token.len() != 32 || !token.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)) {
            return Err(Failure::argument("`token` is not 32 hexadecimal digits"));
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

/// Whether a captcha is solved: `KOULING_GRANTED`, with `kouling_step_token`, or `KOULING_REFUSED`. The one try is spent
/// either way, by the effects. The client moved the piece to `x`, written as it wrote it in `point`, and wants a code for
/// `address`. `captcha` is NULL where its token names none.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_verify_captcha(
    policy: Option<&kouling_policy>,
    captcha: Option<&kouling_record>,
    x: f64,
    point: kouling_text,
    channel_number: u32,
    address: kouling_text,
    now: i64,
    step: Option<&mut MaybeUninit<*mut kouling_step>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("step", step);
    answer(report, || {
        out.place()?;
        let policy = &given("policy", policy)?.policy;
        let captcha = captcha.map(kouling_record::captcha).transpose()?;
        let sender = Address::parse(channel(channel_number)?, address.text("address")?);
        let (solution, point) = (Some(Solution::Place(x)), point.text("point")?);
        let rules = &policy.reset().captcha;
        let (answer, effects) = verify_captcha(rules, captcha, solution, point, sender, Moment::from_unix(now));
        out.give(match answer {
            Ok(token) => kouling_step::granted(policy.clone(), token, effects),
            Err(refusal) => kouling_step::refused(policy.clone(), refusal, effects),
        })
    })
}
