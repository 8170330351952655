//! A record is what the host keeps of the flow, as bytes: a challenge or a captcha.

use std::mem::MaybeUninit;

use kouling::flow::{Captcha, Challenge, ChallengeState, Effect};

use crate::boundary::{Out, answer, free, given, lookup};
use crate::report::kouling_report;
use crate::reset::effects::kouling_effects;
use crate::status::{Complaint, Failure, KOULING_UNAVAILABLE};
use crate::text::kouling_text;

/// The code of the challenge can be redeemed. The captcha is open.
pub const KOULING_VALID: u32 = 0;
/// The code has set a password. The captcha is solved and allows one code.
pub const KOULING_USED: u32 = 1;
/// The code was revoked. The captcha was used.
pub const KOULING_REVOKED: u32 = 2;

/// A record. Holds no code.
pub struct kouling_record {
    pub(crate) kind: Record,
    /// The same whatever becomes of the record, so that a view of it lives as long.
    id: String,
    requester: String,
    bytes: Vec<u8>,
}

#[derive(Clone)]
pub(crate) enum Record {
    Challenge(Box<Challenge>),
    Captcha(Box<Captcha>),
}

impl Record {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Record::Challenge(challenge) => challenge.to_bytes(),
            Record::Captcha(captcha) => captcha.to_bytes(),
        }
    }

    fn id(&self) -> &str {
        match self {
            Record::Challenge(challenge) => challenge.id(),
            Record::Captcha(captcha) => &captcha.token,
        }
    }

    fn after(self, effect: &Effect) -> Option<Record> {
        Some(match self {
            Record::Challenge(challenge) => Record::Challenge(Box::new(challenge.after(effect)?)),
            Record::Captcha(captcha) => Record::Captcha(Box::new(captcha.after(effect)?)),
        })
    }
}

impl kouling_record {
    pub(crate) fn new(kind: Record) -> kouling_record {
        let (id, bytes) = (kind.id().to_owned(), kind.bytes());
        let requester = match &kind {
            Record::Challenge(challenge) => challenge.requester(),
            Record::Captcha(_) => String::new(),
        };
        kouling_record { kind, id, requester, bytes }
    }

    pub(crate) fn challenge(&self) -> Result<&Challenge, Failure> {
        match &self.kind {
            Record::Challenge(challenge) => Ok(challenge),
            Record::Captcha(_) => Err(Failure::argument("the record is that of a captcha")),
        }
    }

    pub(crate) fn captcha(&self) -> Result<&Captcha, Failure> {
        match &self.kind {
            Record::Captcha(captcha) => Ok(captcha),
            Record::Challenge(_) => Err(Failure::argument("the record is that of a challenge")),
        }
    }
}

/// Reads a record from the bytes that were stored. One that is damaged is `KOULING_UNAVAILABLE`; it is worth nothing, and
/// a host that cannot read it answers as if there were none.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_read(
    bytes: kouling_text,
    record: Option<&mut MaybeUninit<*mut kouling_record>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("record", record);
    answer(report, || {
        out.place()?;
        let bytes = bytes.bytes("bytes")?;
        let challenge = || Challenge::from_bytes(bytes).map(|challenge| Record::Challenge(Box::new(challenge)));
        let captcha = || Captcha::from_bytes(bytes).map(|captcha| Record::Captcha(Box::new(captcha)));
        let kind = challenge().or_else(|_| captcha()).map_err(|error| Failure {
            status: KOULING_UNAVAILABLE,
            complaints: vec![Complaint::without_place("record", error.to_string())],
        })?;
        out.give(kouling_record::new(kind))
    })
}

/// The record as bytes, to be stored. The view lives as long as the record and is another after `kouling_record_after`.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_bytes(record: Option<&kouling_record>) -> kouling_text {
    lookup(|| Some(kouling_text::view_bytes(&record?.bytes)))
}

/// Makes the record what it is after an effect of a list; one that is not about it leaves it as it is. `*holds` is 0 when
/// the condition of the effect does not hold of it: it stays what it was, and nothing of the list may be done.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_after(
    record: Option<&mut kouling_record>,
    effects: Option<&kouling_effects>,
    index: usize,
    holds: Option<&mut MaybeUninit<u32>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::cleared("holds", holds, 0);
    answer(report, || {
        out.place()?;
        let record = given("record", record)?;
        let effect = given("effects", effects)?.at(index)?;
        if let Some(after) = record.kind.clone().after(effect) {
            record.bytes = after.bytes();
            record.kind = after;
            *out.place()? = 1;
        }
        Ok(())
    })
}

/// The identifier of a challenge, or the token of a captcha: what it is stored under.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_id(record: Option<&kouling_record>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&record?.id)))
}

/// Returns the state: `KOULING_VALID`, `KOULING_USED` or `KOULING_REVOKED`. Returns `KOULING_REVOKED` if `record` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_state(record: Option<&kouling_record>) -> u32 {
    use kouling::flow::CaptchaState;
    let state = || {
        Some(match &record?.kind {
            Record::Challenge(challenge) => match challenge.state() {
                ChallengeState::Valid => KOULING_VALID,
                ChallengeState::Used => KOULING_USED,
                ChallengeState::Revoked => KOULING_REVOKED,
            },
            Record::Captcha(captcha) => match captcha.state {
                CaptchaState::Open => KOULING_VALID,
                CaptchaState::Solved { .. } => KOULING_USED,
                CaptchaState::Used => KOULING_REVOKED,
            },
        })
    };
    lookup(|| Some(state().unwrap_or(KOULING_REVOKED)))
}

/// How many submissions of a code are left.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_submissions_left(record: Option<&kouling_record>) -> u64 {
    lookup(|| Some(record?.challenge().ok()?.submissions_left()))
}

/// Returns the key of the client and device that a code belongs to: what challenges are looked up by. Empty for a captcha
/// or NULL. The view lives as long as the record.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_requester(record: Option<&kouling_record>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&record?.requester)))
}

/// Returns when a code expires, in seconds since 1970-01-01T00:00:00Z. An expired record may be deleted a day later.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_expires(record: Option<&kouling_record>) -> i64 {
    lookup(|| Some(record?.challenge().ok()?.expires().unix()))
}

/// Frees a record.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_free(record: Option<Box<kouling_record>>) {
    free(record);
}
