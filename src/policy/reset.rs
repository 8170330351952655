//! The `[reset]` table: codes, captcha, limits, and the effects of a new password.

use super::parameter::{Choice, Count, Declared, Duration, Flag, Parameter, Stricter, Text, Texts, ValueType};
use super::table::Table;
use super::units::Rate;
use crate::time::{DAY, HOUR, MINUTE, Moment};

/// The minimum entropy of a code, in bits. OWASP ASVS 5.0 (6.5.4) requires 20 and accepts six digits, which have 19.93.
const MIN_CODE_BITS: f64 = 19.9;
/// The maximum lifetime of a code sent by phone (NIST SP 800-63B-4, sections 3.1.3.2 and 4.2.1).
const MAX_PHONE_LIFETIME: u64 = 10 * MINUTE;
/// The maximum lifetime of a code sent by mail (NIST SP 800-63B-4, section 4.2.1).
const MAX_MAIL_LIFETIME: u64 = DAY;

const CONCEAL_UNKNOWN_USER: Declared<Flag> = Declared::flag("conceal_unknown_user", false)
    .stricter(Stricter::True)
    .doc("Whether the response to a valid code without an account is the same as to an invalid code.");
const UNKNOWN_RECIPIENT: Declared<Choice<bool>> =
    Declared::choice("unknown_recipient", true, &[("send", true), ("silent", false)])
        .doc("Whether an address without an account receives a mail.");
const REVOKE_SESSIONS: Declared<Flag> = Declared::flag("revoke_sessions", true)
    .stricter(Stricter::True)
    .doc("Whether a new password ends every session of the account.");
const NOTIFY: Declared<Flag> = Declared::flag("notify", true)
    .stricter(Stricter::True)
    .doc("Whether every address of the account is notified of a new password (OWASP ASVS 5.0, 6.3.7).");
const MIN_PASSWORD_AGE: Declared<Duration> = Declared::duration("min_password_age", 0, 0..=365 * DAY)
    .stricter(Stricter::Higher)
    .doc(
        "The minimum age of a password before it can be reset or changed. An evaluation applies it if the host supplies when \
         the current password was set.",
    );
const CODE: &str = "code";
const CAPTCHA: &str = "captcha";
const LIMITS: &str = "limits";

const DIGITS: Declared<Count> = Declared::count("digits", 6, 1..=32)
    .stricter(Stricter::Higher)
    .doc("The number of decimal digits of a code (NIST SP 800-63B-4, 4.2.1). Excludes `alphabet` and `length`.");
const ALPHABET: Declared<Text> = Declared::text("alphabet")
    .doc("The characters of a code: two or more different ASCII letters and digits. Without it, the ten digits.");
const LENGTH: Declared<Count> = Declared::count("length", 6, 1..=32)
    .unit("characters")
    .stricter(Stricter::Higher)
    .doc("The length of a code. A code needs 20 bits of entropy; six digits suffice.");
const LIFETIME: Declared<Duration> = Declared::duration("lifetime", 10 * MINUTE, MINUTE..=MAX_MAIL_LIFETIME)
    .stricter(Stricter::Lower)
    .doc("How long a code sent by mail is valid (NIST SP 800-63B-4, 4.2.1; OWASP ASVS 5.0, 6.5.5).");
const PHONE_LIFETIME: Declared<Duration> =
    Declared::duration("phone_lifetime", 10 * MINUTE, MINUTE..=MAX_PHONE_LIFETIME)
        .stricter(Stricter::Lower)
        .doc("How long a code sent by phone is valid.");
const MAX_SUBMISSIONS: Declared<Count> = Declared::count("max_submissions", 5, 1..=100)
    .stricter(Stricter::Lower)
    .doc("The maximum number of invalid codes that one requester (client and device) can submit for one account within `window`.");
const WINDOW: Declared<Duration> = Declared::duration("window", 2 * HOUR, MINUTE..=30 * DAY)
    .stricter(Stricter::Higher)
    .doc("The period over which the invalid codes of a requester are counted.");
const MAX_REFUSALS: Declared<Count> = Declared::count("max_refusals", 20, 1..=1000)
    .stricter(Stricter::Lower)
    .doc("The maximum number of rejected passwords for one valid code.");
const COOLDOWN: Declared<Duration> = Declared::duration("cooldown", MINUTE, 0..=DAY)
    .stricter(Stricter::Higher)
    .doc("The minimum time between two codes that one requester requests for one address.");
const BIND: Declared<Texts> = Declared::texts("bind", &["client", "device"])
    .stricter(Stricter::LongerList)
    .doc("What a code is bound to: it is valid only for the client and on the device that requested it (OWASP ASVS 5.0, 6.6.2).");

const REQUIRED: Declared<Flag> =
    Declared::flag("required", true).stricter(Stricter::True).doc("Whether a code is sent only after a captcha.");
const CAPTCHA_LIFETIME: Declared<Duration> = Declared::duration("lifetime", 5 * MINUTE, 30..=HOUR)
    .stricter(Stricter::Lower)
    .doc("How long a captcha is valid, solved or not.");
const TOLERANCE_PX: Declared<Count> = Declared::count("tolerance_px", 5, 1..=20)
    .unit("pixels")
    .stricter(Stricter::Lower)
    .doc("The maximum distance of the piece from its place.");

// The address has room for three requesters and the account for one more than the address, so that the owner is still
// served when strangers request codes for the same address.
const PER_ACCOUNT: Declared<Rate> = Declared::rate("per_account", Rate { most: 20, per: HOUR })
    .stricter(Stricter::Lower)
    .doc("The maximum rate of codes for one account, over all channels and requesters.");
const PER_ADDRESS: Declared<Rate> = Declared::rate("per_address", Rate { most: 15, per: HOUR })
    .stricter(Stricter::Lower)
    .doc("The maximum rate of codes for one address or phone number, over all requesters.");
const PER_REQUESTER: Declared<Rate> = Declared::rate("per_requester", Rate { most: 5, per: HOUR })
    .stricter(Stricter::Lower)
    .doc("The maximum rate of codes for one address requested by one client and device; twice that rate from one client IP address.");
const PER_PEER: Declared<Rate> = Declared::rate("per_peer", Rate { most: 30, per: HOUR })
    .stricter(Stricter::Lower)
    .doc("The maximum rate of codes requested from one client IP address: an IPv4 address or an IPv6 /64.");
const WRONG_CODES_PER_ACCOUNT: Declared<Rate> = Declared::rate(
    "wrong_codes_per_account",
    Rate { most: 100, per: DAY },
)
.stricter(Stricter::Lower)
.doc(
    "The maximum rate of invalid codes for one account, over all requesters (NIST SP 800-63B-4, 3.2.2). With the \
         default, a day of guessing succeeds with a probability of 1 in 10,000.",
);

/// The `[reset]` table.
#[derive(Clone, Debug, PartialEq)]
pub struct ResetPolicy {
    /// Whether the response to a valid code without an account is the same as to an invalid code.
    pub conceal_unknown_user: bool,
    /// Whether an address without an account receives a mail.
    pub mail_unknown_recipient: bool,
    /// Whether a new password ends every session of the account.
    pub revoke_sessions: bool,
    /// Whether every address of the account is notified of a new password.
    pub notify: bool,
    /// The minimum age of a password before it can be reset or changed, in seconds. 0 means no minimum.
    pub min_password_age: u64,
    /// The codes.
    pub code: CodePolicy,
    /// The captcha.
    pub captcha: CaptchaPolicy,
    /// The rate limits.
    pub limits: Limits,
}

/// The `[reset.code]` table.
#[derive(Clone, Debug, PartialEq)]
pub struct CodePolicy {
    /// The characters of a code, all different.
    pub alphabet: Vec<char>,
    /// The length of a code.
    pub length: usize,
    /// How long a code sent by mail is valid, in seconds.
    pub lifetime: u64,
    /// How long a code sent by phone is valid, in seconds.
    pub phone_lifetime: u64,
    /// The maximum number of invalid codes that one requester (client and device) can submit for one account within
    /// [`CodePolicy::window`].
    pub max_submissions: u64,
    /// The period over which the invalid codes of a requester are counted, in seconds.
    pub window: u64,
    /// The maximum number of rejected passwords for one valid code.
    pub max_refusals: u64,
    /// The minimum time between two codes that one requester requests for one address, in seconds.
    pub cooldown: u64,
    /// Whether a code is valid only for the client that requested it.
    pub bind_client: bool,
    /// Whether a code is valid only on the device that requested it.
    pub bind_device: bool,
}

/// The `[reset.captcha]` table.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptchaPolicy {
    /// Whether a code is sent only after a captcha.
    pub required: bool,
    /// How long a captcha is valid, solved or not, in seconds.
    pub lifetime: u64,
    /// The maximum distance of the piece from its place, in pixels.
    pub tolerance_px: u64,
}

/// The `[reset.limits]` table: the maximum rates of requested codes and of invalid codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Codes for one account, over all channels and requesters.
    pub per_account: Rate,
    /// Codes for one address or phone number, over all requesters.
    pub per_address: Rate,
    /// Codes for one address requested by one client and device; twice as many from one client IP address.
    pub per_requester: Rate,
    /// Codes requested from one client IP address: an IPv4 address or an IPv6 /64.
    pub per_peer: Rate,
    /// Invalid codes for one account, over all requesters.
    pub wrong_codes_per_account: Rate,
}

impl Default for ResetPolicy {
    fn default() -> ResetPolicy {
        // The declared defaults: every key is absent.
        let reporter = super::Reporter::default();
        ResetPolicy::read(&mut Table::absent(&reporter))
    }
}

impl CodePolicy {
    /// Returns the entropy of a code, in bits.
    pub fn entropy_bits(&self) -> f64 {
        self.length as f64 * (self.alphabet.len() as f64).log2()
    }
}

impl ResetPolicy {
    /// Returns how many seconds must pass until a password that was set at `password_set` can be changed; 0 if it can be
    /// changed now. A backward clock step does not make a password older. A password of unknown age can be changed, so that
    /// a wrong time in the store does not prevent it.
    pub fn changeable_in(&self, password_set: Option<Moment>, now: Moment) -> u64 {
        let Some(set) = password_set else { return 0 };
        let age = if now.is_plausible() { set.age(now) } else { Some(0) };
        age.map_or(0, |age| self.min_password_age.saturating_sub(age))
    }

    /// Returns the probability that an attacker who submits every wrong code that the limits allow guesses a code of one
    /// account within 24 hours, with any number of clients, devices and IP addresses.
    ///
    /// At most `wrong_codes_per_account` wrong codes fall into one of its windows, so a day has at most that number times
    /// the windows that it contains, rounded up. Each is correct with one in the number of codes. The probabilities are
    /// added (union bound).
    pub fn daily_guess_probability(&self) -> f64 {
        let Rate { most, per } = self.limits.wrong_codes_per_account;
        let windows = DAY.div_ceil(per.max(1)) as f64;
        let codes = (self.code.alphabet.len() as f64).powi(self.code.length as i32);
        (windows * most as f64 / codes).min(1.0)
    }

    /// Declares the keys of the `[reset]` table.
    pub fn keys() -> Vec<Parameter> {
        vec![
            CONCEAL_UNKNOWN_USER.parameter(),
            UNKNOWN_RECIPIENT.parameter(),
            REVOKE_SESSIONS.parameter(),
            NOTIFY.parameter(),
            MIN_PASSWORD_AGE.parameter(),
            Parameter::new(CODE, ValueType::Table(CodePolicy::keys()), "The code that is sent."),
            Parameter::new(CAPTCHA, ValueType::Table(CaptchaPolicy::keys()), "The captcha before a code is sent."),
            Parameter::new(
                LIMITS,
                ValueType::Table(Limits::keys()),
                "How many codes can be requested, and how many invalid ones submitted.",
            ),
        ]
    }

    /// Reads the `[reset]` table. The caller finishes it.
    pub fn read(table: &mut Table<'_>) -> ResetPolicy {
        ResetPolicy {
            conceal_unknown_user: table.read(&CONCEAL_UNKNOWN_USER),
            mail_unknown_recipient: table.read(&UNKNOWN_RECIPIENT),
            revoke_sessions: table.read(&REVOKE_SESSIONS),
            notify: table.read(&NOTIFY),
            min_password_age: table.read(&MIN_PASSWORD_AGE),
            code: table.section_or_absent(CODE, CodePolicy::read),
            captcha: table.section_or_absent(CAPTCHA, CaptchaPolicy::read),
            limits: table.section_or_absent(LIMITS, Limits::read),
        }
    }
}

impl CodePolicy {
    fn keys() -> Vec<Parameter> {
        vec![
            DIGITS.parameter(),
            ALPHABET.parameter(),
            LENGTH.parameter(),
            LIFETIME.parameter(),
            PHONE_LIFETIME.parameter(),
            MAX_SUBMISSIONS.parameter(),
            WINDOW.parameter(),
            MAX_REFUSALS.parameter(),
            COOLDOWN.parameter(),
            BIND.parameter(),
        ]
    }

    fn read(table: &mut Table<'_>) -> CodePolicy {
        let has_digits = table.has(DIGITS.key());
        if has_digits && (table.has(ALPHABET.key()) || table.has(LENGTH.key())) {
            let help = Some("`digits = 6` stands for an alphabet of ten digits and a length of six".to_owned());
            table.report(DIGITS.key(), "conflict", "`digits` excludes `alphabet` and `length`", help);
        }
        let (digits, length) = (table.read(&DIGITS), table.read(&LENGTH));
        let length = if table.has(LENGTH.key()) { length } else { digits };
        let bind = table.read(&BIND);
        let is_bound_to = |name: &str| match &bind {
            None => BIND.default().contains(&name),
            Some(bound) => bound.iter().any(|bound| bound.value == name),
        };
        let policy = CodePolicy {
            alphabet: read_alphabet(table),
            length: length as usize,
            lifetime: table.read(&LIFETIME),
            phone_lifetime: table.read(&PHONE_LIFETIME),
            max_submissions: table.read(&MAX_SUBMISSIONS),
            window: table.read(&WINDOW),
            max_refusals: table.read(&MAX_REFUSALS),
            cooldown: table.read(&COOLDOWN),
            bind_client: is_bound_to("client"),
            bind_device: is_bound_to("device"),
        };
        for name in bind.iter().flatten().filter(|name| !BIND.default().contains(&name.value.as_str())) {
            table.unknown_value(BIND.key(), name, BIND.default());
        }
        if policy.entropy_bits() < MIN_CODE_BITS {
            let message = format!(
                "a code of {} out of {} characters has {:.1} bits of entropy, fewer than 20",
                policy.length,
                policy.alphabet.len(),
                policy.entropy_bits()
            );
            let key = if has_digits { DIGITS.key() } else { LENGTH.key() };
            table.report(key, "guessable-code", message, Some("six digits suffice".to_owned()));
        }
        policy
    }
}

fn read_alphabet(table: &mut Table<'_>) -> Vec<char> {
    let Some(text) = table.read(&ALPHABET) else { return ('0'..='9').collect() };
    let characters: Vec<char> = text.value.chars().collect();
    let mut distinct = characters.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let is_typable = characters.iter().all(|c| c.is_ascii_alphanumeric());
    if distinct.len() != characters.len() || distinct.len() < 2 || !is_typable {
        let message = "`alphabet` must be two or more different ASCII letters and digits";
        table.report(ALPHABET.key(), "unknown-value", message, None);
    }
    distinct
}

impl CaptchaPolicy {
    fn keys() -> Vec<Parameter> {
        vec![REQUIRED.parameter(), CAPTCHA_LIFETIME.parameter(), TOLERANCE_PX.parameter()]
    }

    fn read(table: &mut Table<'_>) -> CaptchaPolicy {
        CaptchaPolicy {
            required: table.read(&REQUIRED),
            lifetime: table.read(&CAPTCHA_LIFETIME),
            tolerance_px: table.read(&TOLERANCE_PX),
        }
    }
}

impl Limits {
    fn keys() -> Vec<Parameter> {
        vec![
            PER_ACCOUNT.parameter(),
            PER_ADDRESS.parameter(),
            PER_REQUESTER.parameter(),
            PER_PEER.parameter(),
            WRONG_CODES_PER_ACCOUNT.parameter(),
        ]
    }

    fn read(table: &mut Table<'_>) -> Limits {
        Limits {
            per_account: table.read(&PER_ACCOUNT),
            per_address: table.read(&PER_ADDRESS),
            per_requester: table.read(&PER_REQUESTER),
            per_peer: table.read(&PER_PEER),
            wrong_codes_per_account: table.read(&WRONG_CODES_PER_ACCOUNT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_read_exactly_the_keys_that_they_declare() {
        crate::policy::table::assert_reads(&ResetPolicy::keys(), |table| _ = ResetPolicy::read(table));
        crate::policy::table::assert_reads(&CodePolicy::keys(), |table| _ = CodePolicy::read(table));
        crate::policy::table::assert_reads(&CaptchaPolicy::keys(), |table| _ = CaptchaPolicy::read(table));
        crate::policy::table::assert_reads(&Limits::keys(), |table| _ = Limits::read(table));
    }

    #[test]
    fn wrong_clock_does_not_make_a_password_older() {
        let reset = ResetPolicy { min_password_age: DAY, ..ResetPolicy::default() };
        let set = Moment::from_unix(1_795_392_000);
        assert_eq!(reset.changeable_in(None, set), 0);
        assert_eq!(reset.changeable_in(Some(set), set.plus(DAY)), 0);
        assert_eq!(reset.changeable_in(Some(set), set.plus(DAY - 1)), 1);
        assert_eq!(reset.changeable_in(Some(set), set.minus(DAY)), DAY);
        assert_eq!(reset.changeable_in(Some(set), set.minus(DAY + 1)), 0, "a time that cannot be correct");
        assert_eq!(reset.changeable_in(Some(set), Moment::from_unix(0)), DAY);
    }

    #[test]
    fn default_code_has_six_digits() {
        let code = ResetPolicy::default().code;
        assert_eq!((code.length, code.alphabet.len(), code.lifetime), (6, 10, 600));
        assert!(code.bind_client && code.bind_device);
    }
}
