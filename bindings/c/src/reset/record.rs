//! Records: challenges and captchas, which the host stores as bytes.

use std::mem::MaybeUninit;

use kouling::flow::{Captcha, CaptchaState, Challenge, ChallengeState, Effect};

use crate::boundary::{Out, free, lookup, required, run};
use crate::failure::{Failure, kouling_report};
use crate::reset::effects::kouling_effects;
use crate::status::{KOULING_STATUS_UNAVAILABLE, kouling_status};
use crate::text::kouling_text;

/// State of a record.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum kouling_record_status {
    /// A challenge whose code can be redeemed; a captcha that was shown and not yet attempted.
    KOULING_RECORD_VALID = 0,
    /// A captcha that was solved. It allows one code.
    KOULING_RECORD_SOLVED = 1,
    /// A challenge whose code set a password; a captcha that was used, or whose only attempt failed.
    KOULING_RECORD_USED = 2,
    /// A challenge that was replaced by a newer code of the same requester or by a new password.
    KOULING_RECORD_REVOKED = 3,
}
pub use kouling_record_status::*;

/// A record that the host stores between requests: a challenge (a code that was sent) or a captcha. A challenge holds a
/// keyed hash of the code, never the code. One owner.
pub struct kouling_record {
    pub(crate) kind: Record,
    /// Copies that never change, so that views of them stay valid.
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

    fn state(&self) -> kouling_record_status {
        match self {
            Record::Challenge(challenge) => match challenge.state() {
                ChallengeState::Valid => KOULING_RECORD_VALID,
                ChallengeState::Used => KOULING_RECORD_USED,
                ChallengeState::Revoked => KOULING_RECORD_REVOKED,
            },
            Record::Captcha(captcha) => match captcha.state {
                CaptchaState::Open => KOULING_RECORD_VALID,
                CaptchaState::Solved { .. } => KOULING_RECORD_SOLVED,
                CaptchaState::Used => KOULING_RECORD_USED,
            },
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
        let requester = match &kind {
            Record::Challenge(challenge) => challenge.requester(),
            Record::Captcha(_) => String::new(),
        };
        let (id, bytes) = (kind.id().to_owned(), kind.bytes());
        kouling_record { kind, id, requester, bytes }
    }

    pub(crate) fn challenge(&self) -> Result<&Challenge, Failure> {
        match &self.kind {
            Record::Challenge(challenge) => Ok(challenge),
            Record::Captcha(_) => Err(Failure::argument("invalid record: a captcha; expected a challenge")),
        }
    }

    pub(crate) fn captcha(&self) -> Result<&Captcha, Failure> {
        match &self.kind {
            Record::Captcha(captcha) => Ok(captcha),
            Record::Challenge(_) => Err(Failure::argument("invalid record: a challenge; expected a captcha")),
        }
    }
}

/// Reads a record from the bytes that the host stored. `*record` receives it; the caller owns it and frees it by
/// `kouling_record_free`. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_UNAVAILABLE` if the bytes are damaged or of another version: treat the
/// record as if it did not exist; `KOULING_STATUS_INVALID_ARGUMENT` if `record` is NULL or `bytes` is invalid. `*record` is
/// NULL on failure. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_read(
    bytes: kouling_text,
    record: Option<&mut MaybeUninit<*mut kouling_record>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::owned("record", record);
    run(report, || {
        out.place()?;
        let bytes = bytes.bytes("bytes")?;
        let challenge = || Challenge::from_bytes(bytes).map(|challenge| Record::Challenge(Box::new(challenge)));
        let captcha = || Captcha::from_bytes(bytes).map(|captcha| Record::Captcha(Box::new(captcha)));
        let kind = challenge()
            .or_else(|_| captcha())
            .map_err(|error| Failure::one(KOULING_STATUS_UNAVAILABLE, "record", error.to_string()))?;
        out.give(kouling_record::new(kind))
    })
}

/// Returns a record as bytes, to be stored. The view is owned by `record` and valid until `kouling_record_after` or
/// `kouling_record_free`. Empty if `record` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_bytes(record: Option<&kouling_record>) -> kouling_text {
    lookup(|| Some(kouling_text::view_bytes(&record?.bytes)))
}

/// Applies effect number `index` of a list to a record. An effect on something else leaves the record unchanged. `*holds`
/// receives 1, or 0 if the effect's condition does not hold: the record is then unchanged, and nothing of the list may be
/// applied. Store the new `kouling_record_bytes` afterwards. `report` may be NULL.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `record`, `effects` or `holds` is NULL or `index`
/// is out of range. `*holds` is 0 on failure.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_after(
    record: Option<&mut kouling_record>,
    effects: Option<&kouling_effects>,
    index: usize,
    holds: Option<&mut MaybeUninit<u32>>,
    report: Option<&mut kouling_report>,
) -> kouling_status {
    let mut out = Out::cleared("holds", holds, 0);
    run(report, || {
        out.place()?;
        let record = required("record", record)?;
        let effect = required("effects", effects)?.at(index)?;
        if let Some(after) = record.kind.clone().after(effect) {
            record.bytes = after.bytes();
            record.kind = after;
            *out.place()? = 1;
        }
        Ok(())
    })
}

/// Returns the key under which the host stores a record: the identifier of a challenge or the token of a captcha. The view
/// is owned by `record`. Empty if `record` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_id(record: Option<&kouling_record>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&record?.id)))
}

/// Returns the requester of a challenge: the key of the client and device that requested the code. The host looks up
/// challenges by it, and must not return those of another requester. The view is owned by `record`. Empty for a captcha or
/// if `record` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_requester(record: Option<&kouling_record>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&record?.requester)))
}

/// Returns the state of a record, a `KOULING_RECORD_…` value. Does not check whether a challenge has expired. Returns
/// `KOULING_RECORD_REVOKED` if `record` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_state(record: Option<&kouling_record>) -> kouling_record_status {
    record.map_or(KOULING_RECORD_REVOKED, |record| record.kind.state())
}

/// Returns how many submissions of a challenge are left; 0 for a captcha or if `record` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_submissions_left(record: Option<&kouling_record>) -> u64 {
    lookup(|| Some(record?.challenge().ok()?.submissions_left()))
}

/// Returns when a challenge expires, in seconds since 1970-01-01T00:00:00Z; 0 for a captcha or if `record` is NULL. The
/// host may delete a record one day after that.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_expires(record: Option<&kouling_record>) -> i64 {
    lookup(|| Some(record?.challenge().ok()?.expires().unix()))
}

/// Frees a record and the views of it. Passing NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_record_free(record: Option<Box<kouling_record>>) {
    free(record);
}
