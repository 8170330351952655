//! What a policy says about the reset: the codes, the captcha, the limits, and what follows a new password.

use super::table::Table;
use super::units::Rate;

/// Seconds in a minute, an hour and a day, for the defaults below.
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A code with fewer bits is refused when the policy loads. OWASP ASVS 5.0 (6.5.4) asks for 20 and counts six
/// digits, which have 19.93, as enough; so do we.
const MIN_CODE_BITS: f64 = 19.9;
/// A code sent by phone lives ten minutes at most (NIST SP 800-63B-4, section 3.1.3.2 and 4.2.1).
const MAX_PHONE_LIFETIME: u64 = 10 * MINUTE;
/// A code sent by mail lives a day at most (NIST SP 800-63B-4, section 4.2.1).
const MAX_MAIL_LIFETIME: u64 = DAY;

/// The `[reset]` table.
#[derive(Clone, Debug, PartialEq)]
pub struct ResetPolicy {
    /// Whether a right code without an account is answered like a wrong code.
    pub conceal_unknown_user: bool,
    /// Whether a mailbox without an account gets a mail too.
    pub mail_unknown_recipient: bool,
    /// Whether every session of the account ends with the old password.
    pub revoke_sessions: bool,
    /// Whether every address of the account is told.
    pub notify: bool,
    /// Seconds that a password must have been in use before it may be reset or changed; 0 for none.
    pub min_password_age: u64,
    /// The codes.
    pub code: CodePolicy,
    /// The captcha.
    pub captcha: CaptchaPolicy,
    /// The budgets.
    pub limits: Limits,
}

/// The `[reset.code]` table.
#[derive(Clone, Debug, PartialEq)]
pub struct CodePolicy {
    /// The characters a code is made of; distinct.
    pub alphabet: Vec<char>,
    /// How many of them.
    pub length: usize,
    /// Seconds that a code sent by mail lives.
    pub lifetime: u64,
    /// Seconds that a code sent by phone lives.
    pub phone_lifetime: u64,
    /// Wrong codes that one requester (client and device) may submit for one account within [`CodePolicy::window`].
    pub max_submissions: u64,
    /// Seconds over which a requester's wrong codes are counted.
    pub window: u64,
    /// Refused passwords that one right code survives.
    pub max_refusals: u64,
    /// Seconds between two codes that one requester may request for one address.
    pub cooldown: u64,
    /// Whether a code works only for the client that asked for it.
    pub bind_client: bool,
    /// Whether a code works only on the device that asked for it.
    pub bind_device: bool,
}

/// The `[reset.captcha]` table.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptchaPolicy {
    /// Whether a code is sent only after a captcha.
    pub required: bool,
    /// Seconds that a captcha lives, solved or not.
    pub lifetime: u64,
    /// Pixels by which the piece may miss its place.
    pub tolerance_px: u64,
}

/// The `[reset.limits]` table: how many codes may be requested, and how many wrong ones submitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Codes for one account, whatever the channel and the requester.
    pub per_account: Rate,
    /// Codes for one address or number, whoever requests them.
    pub per_address: Rate,
    /// Codes for one address requested by one client and device, and from one client IP address.
    pub per_requester: Rate,
    /// Codes requested from one client IP address: an IPv4 address or an IPv6 /64.
    pub per_peer: Rate,
    /// Wrong codes for one account, whoever submits them.
    pub wrong_codes_per_account: Rate,
}

impl Default for ResetPolicy {
    fn default() -> ResetPolicy {
        ResetPolicy {
            conceal_unknown_user: false,
            mail_unknown_recipient: true,
            revoke_sessions: true,
            notify: true,
            min_password_age: 0,
            code: CodePolicy {
                alphabet: ('0'..='9').collect(),
                length: 6,
                lifetime: 10 * MINUTE,
                phone_lifetime: 10 * MINUTE,
                max_submissions: 5,
                window: 2 * HOUR,
                max_refusals: 20,
                cooldown: MINUTE,
                bind_client: true,
                bind_device: true,
            },
            captcha: CaptchaPolicy { required: true, lifetime: 5 * MINUTE, tolerance_px: 5 },
            limits: Limits {
                // The address has room for three requesters and the account for one more than the address, so that
                // the owner is still served when strangers request codes for the same address.
                per_account: Rate { most: 20, per: HOUR },
                per_address: Rate { most: 15, per: HOUR },
                per_requester: Rate { most: 5, per: HOUR },
                per_peer: Rate { most: 30, per: HOUR },
                // 100 of a million six-digit codes a day: a chance of 1 in 10,000.
                wrong_codes_per_account: Rate { most: 100, per: DAY },
            },
        }
    }
}

impl CodePolicy {
    /// Bits of entropy in a code.
    pub fn entropy_bits(&self) -> f64 {
        self.length as f64 * (self.alphabet.len() as f64).log2()
    }
}

impl ResetPolicy {
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

    /// Reads the `[reset]` table.
    pub fn read(mut table: Table<'_>) -> ResetPolicy {
        let default = ResetPolicy::default();
        let policy = ResetPolicy {
            conceal_unknown_user: table.flag("conceal_unknown_user", default.conceal_unknown_user),
            mail_unknown_recipient: table.choice("unknown_recipient", true, &[("send", true), ("silent", false)]),
            revoke_sessions: table.flag("revoke_sessions", default.revoke_sessions),
            notify: table.flag("notify", default.notify),
            min_password_age: table.duration("min_password_age", 0, 0..=365 * DAY),
            code: table.table("code").map_or(default.code, CodePolicy::read),
            captcha: table.table("captcha").map_or(default.captcha, CaptchaPolicy::read),
            limits: table.table("limits").map_or(default.limits, Limits::read),
        };
        table.finish();
        policy
    }
}

impl CodePolicy {
    fn read(mut table: Table<'_>) -> CodePolicy {
        let default = ResetPolicy::default().code;
        if table.has("digits") && (table.has("alphabet") || table.has("length")) {
            let help = Some("`digits = 6` is short for an alphabet of ten digits and a length of six".to_owned());
            table.complain("digits", "conflict", "`digits` cannot stand beside `alphabet` or `length`", help);
        }
        let digits = table.count("digits", default.length as u64, 1..=32);
        let length = table.count("length", digits, 1..=32) as usize;
        let alphabet = match table.text("alphabet") {
            None => default.alphabet,
            Some(text) => {
                let characters: Vec<char> = text.value.chars().collect();
                let mut distinct = characters.clone();
                distinct.sort_unstable();
                distinct.dedup();
                let typable = characters.iter().all(|c| c.is_ascii_alphanumeric());
                if distinct.len() != characters.len() || distinct.len() < 2 || !typable {
                    let message = "`alphabet` must be two or more different ASCII letters and digits";
                    table.complain("alphabet", "unknown-value", message, None);
                }
                distinct
            }
        };
        let mut policy = CodePolicy {
            alphabet,
            length,
            lifetime: table.duration("lifetime", default.lifetime, MINUTE..=MAX_MAIL_LIFETIME),
            phone_lifetime: table.duration("phone_lifetime", default.phone_lifetime, MINUTE..=MAX_PHONE_LIFETIME),
            max_submissions: table.count("max_submissions", default.max_submissions, 1..=100),
            window: table.duration("window", default.window, MINUTE..=30 * DAY),
            max_refusals: table.count("max_refusals", default.max_refusals, 1..=1000),
            cooldown: table.duration("cooldown", default.cooldown, 0..=DAY),
            bind_client: default.bind_client,
            bind_device: default.bind_device,
        };
        if let Some(bound) = table.texts("bind") {
            policy.bind_client = bound.iter().any(|word| word.value == "client");
            policy.bind_device = bound.iter().any(|word| word.value == "device");
            for word in bound.iter().filter(|word| !["client", "device"].contains(&word.value.as_str())) {
                let help = Some("known here: `client`, `device`".to_owned());
                let message = format!("a code cannot be bound to `{}`", word.value);
                table.complain_at(word.span, "unknown-value", message, help);
            }
        }
        if policy.entropy_bits() < MIN_CODE_BITS {
            let message = format!(
                "a code of {} from {} characters has {:.1} bits, fewer than 20",
                policy.length,
                policy.alphabet.len(),
                policy.entropy_bits()
            );
            let key = if table.has("digits") { "digits" } else { "length" };
            table.complain(key, "guessable-code", message, Some("six digits suffice".to_owned()));
        }
        table.finish();
        policy
    }
}

impl CaptchaPolicy {
    fn read(mut table: Table<'_>) -> CaptchaPolicy {
        let default = ResetPolicy::default().captcha;
        let policy = CaptchaPolicy {
            required: table.flag("required", default.required),
            lifetime: table.duration("lifetime", default.lifetime, 30..=HOUR),
            tolerance_px: table.count("tolerance_px", default.tolerance_px, 1..=20),
        };
        table.finish();
        policy
    }
}

impl Limits {
    fn read(mut table: Table<'_>) -> Limits {
        let default = ResetPolicy::default().limits;
        let limits = Limits {
            per_account: table.rate("per_account", default.per_account),
            per_address: table.rate("per_address", default.per_address),
            per_requester: table.rate("per_requester", default.per_requester),
            per_peer: table.rate("per_peer", default.per_peer),
            wrong_codes_per_account: table.rate("wrong_codes_per_account", default.wrong_codes_per_account),
        };
        table.finish();
        limits
    }
}
