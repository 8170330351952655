//! Property: verifying any stored hash returns a result or an error at bounded cost. A fresh hash verifies; other
//! passwords and modified hashes do not.
//!
//! The first byte of an input selects the format. Even: a stored hash and a password, as parts. Odd: parameters of
//! a fresh hash.

use std::time::Instant;

use arbitrary::{Arbitrary, Unstructured};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use kouling::knowledge::stored_hash::{HashErrorKind, MAX_STORED_LEN, ceiling, may_be, scheme, verify};
use sha2::Digest;

use super::input::{join, parts, within_seconds};

pub fn check(data: &[u8]) {
    match data.split_first() {
        Some((choices, rest)) if choices % 2 == 0 => reads(rest),
        Some((_, rest)) => _ = Fresh::arbitrary(&mut Unstructured::new(rest)).map(|fresh| fresh.check()),
        None => {}
    }
}

// Arbitrary stored hashes.

fn reads(data: &[u8]) {
    let mut parts = parts(data);
    let Ok(stored) = std::str::from_utf8(parts.next().unwrap_or_default()) else { return };
    let password = parts.next().unwrap_or_default();
    let password = &password[..password.len().min(4096)];
    let (known, cost) = (scheme(stored), cost(stored));
    if stored.len() > MAX_STORED_LEN {
        assert_eq!(
            known.clone().map_err(|error| error.kind()),
            Err(HashErrorKind::Malformed),
            "a long text is no hash"
        );
    }
    if cost == Cost::Much {
        return; // Too slow for a fuzzer, though within the limits.
    }
    let began = Instant::now();
    let result = verify(password, stored);
    within_seconds(2.0, began, "one stored hash");
    assert_eq!(result, verify(password, stored), "verification is deterministic");
    match cost {
        Cost::Beyond => assert!(result.is_err(), "a hash above the limits is refused: {stored}"),
        Cost::Unreadable => assert!(result.is_err(), "a hash without parameters is refused: {stored}"),
        Cost::Little | Cost::Much => {}
    }
    match (&known, &result) {
        (Err(known), Err(error)) => assert_eq!(known.kind(), error.kind(), "an unknown scheme is refused"),
        (Err(_), Ok(_)) => panic!("a result for an unknown scheme: {stored}"),
        _ => {}
    }
    if let Err(error) = &result {
        let message = format!("{error} {error:?}");
        let secret = |text: &str| text.len() >= 24 && message.contains(text);
        assert!(
            !secret(stored) && !secret(&String::from_utf8_lossy(password)),
            "an error contains no secret: {message}"
        );
    }
    match (may_be(password, stored), result) {
        (Ok(may), Ok(is)) => assert_eq!(may, is, "verify and may_be agree"),
        (may, Err(error)) if error.kind() == HashErrorKind::PasswordTooLong => {
            assert!(
                !matches!(may, Err(may) if may.kind() == HashErrorKind::PasswordTooLong),
                "the beginning is compared"
            );
        }
        // The NUL may be after the compared prefix.
        (Ok(_), Err(error)) if error.kind() == HashErrorKind::PasswordHasNul && password.len() > 72 => {}
        (may, result) => assert_eq!(may, result, "the same errors"),
    }
}

/// Cost of verifying a stored hash, computed independently from its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// A few milliseconds at most.
    Little,
    /// More, but within the limits.
    Much,
    /// Above the limits.
    Beyond,
    /// Unknown.
    Unreadable,
}

fn of(work: u128, little: u128, ceiling: u128) -> Cost {
    match work {
        work if work <= little => Cost::Little,
        work if work <= ceiling => Cost::Much,
        _ => Cost::Beyond,
    }
}

pub fn cost(stored: &str) -> Cost {
    let stored = match stored.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        Some((name, rest)) if matches!(name.to_ascii_uppercase().as_str(), "CRYPT" | "ARGON2") => rest,
        Some(_) => return Cost::Little,
        None => stored,
    };
    read_cost(stored).unwrap_or(Cost::Unreadable)
}

fn read_cost(stored: &str) -> Option<Cost> {
    let fields: Vec<&str> = stored.split('$').collect();
    let (name, rest) = (*fields.get(1)?, fields.get(2..)?);
    let named = |text: &str, name: &str| -> Option<u128> {
        text.split(',').find_map(|one| one.strip_prefix(name))?.parse().ok()
    };
    Some(match name {
        "argon2id" | "argon2i" | "argon2d" => {
            let params = rest.iter().find(|field| field.starts_with("m="))?;
            let (m, t, p) = (named(params, "m=")?, named(params, "t=")?, named(params, "p=")?);
            if m > ceiling::ARGON2_MEMORY_KIB.into() || p > ceiling::ARGON2_LANES.into() {
                return Some(Cost::Beyond);
            }
            of(m.saturating_mul(t), 4096, ceiling::ARGON2_KIB_PASSES.into())
        }
        "scrypt" => {
            let params = rest.first()?;
            let (ln, r, p) = (named(params, "ln=")?, named(params, "r=")?, named(params, "p=")?);
            if ln > 40 || (r << ln) * 128 > ceiling::SCRYPT_MEMORY.into() {
                return Some(Cost::Beyond);
            }
            of((r << ln).saturating_mul(p), 1 << 13, ceiling::SCRYPT_WORK.into())
        }
        "pbkdf2" | "pbkdf2-sha1" | "pbkdf2-sha256" | "pbkdf2-sha512" => {
            let params = rest.first()?;
            let rounds = if params.contains('=') { named(params, "i=")? } else { params.parse().ok()? };
            let ceiling =
                if name.ends_with("512") { ceiling::PBKDF2_SHA512_ROUNDS } else { ceiling::PBKDF2_ROUNDS };
            of(rounds, 5_000, ceiling.into())
        }
        "2a" | "2b" | "2y" => of(rest.first()?.parse().ok()?, 5, ceiling::BCRYPT_COST.into()),
        "5" | "6" => {
            let rounds = rest.first()?.strip_prefix("rounds=");
            of(rounds.map_or(Some(5_000), |rounds| rounds.parse().ok())?, 5_000, ceiling::SHA_CRYPT_BLOCKS.into())
        }
        "y" => {
            // Flavour, log N, r: one character each if small. Longer encodings are left to the timeout.
            let params = rest.first()?.as_bytes();
            let digit = |at: usize| {
                b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".iter().position(|c| params.get(at) == Some(c))
            };
            match (params.len(), digit(1), digit(2)) {
                (3, Some(log_n), Some(r)) => {
                    of((r as u128 + 1) << (log_n + 1), 1 << 13, ceiling::YESCRYPT_WORK.into())
                }
                (0..3, ..) => Cost::Unreadable,
                _ => Cost::Much,
            }
        }
        _ => Cost::Unreadable,
    })
}

// Fresh hashes.

#[derive(Arbitrary, Debug)]
struct Fresh {
    form: u8,
    password: Vec<u8>,
    salt: [u8; 16],
    salt_length: u8,
    change: u16,
}

impl Fresh {
    fn check(mut self) {
        let longest = 200;
        self.password.truncate(longest);
        let Some((stored, longest)) = self.create() else { return };
        let password = &self.password;
        let can = !longest.is_some_and(|longest| password.len() > longest || password.contains(&0));
        let result = verify(password, &stored);
        assert_eq!(result.clone().ok(), can.then_some(true), "{result:?}: {stored}");
        assert!(!can || may_be(password, &stored) == Ok(true), "may_be accepts what verify accepts: {stored}");

        let mut other = password.clone();
        let at = usize::from(self.change) % (other.len() + 1);
        match other.get_mut(at) {
            Some(byte) => *byte ^= 1 << (self.change >> 13),
            None => other.push(b'x'),
        }
        assert_ne!(verify(&other, &stored), Ok(true), "another password verifies: {stored}");

        let start = stored.rfind(['$', '}']).map_or(0, |at| at + 1);
        // The last characters contain unused bits or padding.
        let mut at = start + usize::from(self.change) % (stored.len() - start - 3);
        // So does the last character of bcrypt's salt.
        at += usize::from(stored.starts_with("$2b$") && at == start + 21);
        let new = if stored.as_bytes()[at] == b'A' { "B" } else { "A" };
        let changed = format!("{}{new}{}", &stored[..at], &stored[at + 1..]);
        assert_ne!(verify(password, &changed), Ok(true), "a modified hash verifies: {changed}");
    }

    /// Creates a hash without the engine. Returns it with the maximum password length of its scheme.
    fn create(&self) -> Option<(String, Option<usize>)> {
        let (password, salt) = (&self.password, &self.salt[..usize::from(self.salt_length % 9) + 8]);
        let base64 = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
        let ldap = |name: &str, digest: &[u8], salt: &[u8]| {
            format!("{{{name}}}{}", STANDARD.encode([digest, salt].concat()))
        };
        let salted = [password, salt].concat();
        let argon2 = |algorithm: argon2::Algorithm, version: argon2::Version| {
            let mut hash = [0; 24];
            let params = argon2::Params::new(32, 1, 2, Some(24)).ok()?;
            argon2::Argon2::new(algorithm, version, params).hash_password_into(password, salt, &mut hash).ok()?;
            let name = algorithm.as_str();
            Some(format!("${name}$v={}$m=32,t=1,p=2${}${}", u32::from(version), base64(salt), base64(&hash)))
        };
        let pbkdf2 = |name: &str, derive: fn(&[u8], &[u8], u32, &mut [u8]), length: usize, bare: bool| {
            let mut hash = vec![0; length];
            derive(password, salt, 3, &mut hash);
            if bare {
                let dots = |bytes: &[u8]| base64(bytes).replace('+', ".");
                format!("${name}$3${}${}", dots(salt), dots(&hash))
            } else {
                format!("${name}$i=3,l={length}${}${}", base64(salt), base64(&hash))
            }
        };
        use argon2::{Algorithm, Version};
        let bare = self.change & 1 == 0;
        Some(match self.form % 18 {
            0 => (argon2(Algorithm::Argon2id, Version::V0x13)?, None),
            1 => (argon2(Algorithm::Argon2i, Version::V0x13)?, None),
            2 => (argon2(Algorithm::Argon2d, Version::V0x10)?, None),
            3 => {
                let mut hash = [0; 32];
                scrypt::scrypt(password, salt, &scrypt::Params::new(3, 2, 1).ok()?, &mut hash).ok()?;
                (format!("$scrypt$ln=3,r=2,p=1${}${}", base64(salt), base64(&hash)), None)
            }
            4 => (pbkdf2("pbkdf2-sha1", pbkdf2::pbkdf2_hmac::<sha1::Sha1>, 20, false), None),
            5 => (pbkdf2("pbkdf2", pbkdf2::pbkdf2_hmac::<sha1::Sha1>, 20, true), None),
            6 => (pbkdf2("pbkdf2-sha256", pbkdf2::pbkdf2_hmac::<sha2::Sha256>, 32, bare), None),
            7 => (pbkdf2("pbkdf2-sha512", pbkdf2::pbkdf2_hmac::<sha2::Sha512>, 64, bare), None),
            8 => (bcrypt_of(password, self.salt), Some(ceiling::BCRYPT_PASSWORD)),
            9 => (sha_crypt_of(password, salt, false)?, Some(ceiling::CRYPT_PASSWORD)),
            10 => (sha_crypt_of(password, salt, true)?, Some(ceiling::CRYPT_PASSWORD)),
            11 => (yescrypt_of(password, salt)?, Some(ceiling::CRYPT_PASSWORD)),
            12 => (ldap("SHA", &sha1::Sha1::digest(password), b""), None),
            13 => (ldap("SSHA", &sha1::Sha1::digest(salted), salt), None),
            14 => (ldap("ssha256", &sha2::Sha256::digest(salted), salt), None),
            15 => (ldap("SSHA384", &sha2::Sha384::digest(salted), salt), None),
            16 => (ldap("SSHA512", &sha2::Sha512::digest(salted), salt), None),
            _ => (format!("{{CRYPT}}{}", sha_crypt_of(password, salt, true)?), Some(ceiling::CRYPT_PASSWORD)),
        })
    }
}

fn bcrypt_of(password: &[u8], salt: [u8; 16]) -> String {
    let mut key = password.to_vec();
    key.push(0);
    key.truncate(72);
    let hash = bcrypt::bcrypt(4, salt, &key);
    let base64 =
        base64::engine::GeneralPurpose::new(&base64::alphabet::BCRYPT, base64::engine::general_purpose::NO_PAD);
    format!("$2b$04${}{}", base64.encode(salt), base64.encode(&hash[..23]))
}

/// Alphabet of crypt(3).
const CRYPT64: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Encodes groups of up to three bytes, lowest first.
fn crypt64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let mut value = group.iter().rev().fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
        for _ in 0..=group.len() {
            text.push(CRYPT64[(value & 63) as usize] as char);
            value >>= 6;
        }
    }
    text
}

/// sha-crypt, with the byte order of Drepper's specification.
fn sha_crypt_of(password: &[u8], salt: &[u8], is_512: bool) -> Option<String> {
    let salt: String = salt.iter().take(16).map(|byte| CRYPT64[usize::from(byte % 64)] as char).collect();
    let params = sha_crypt::Params::new(1_000).ok()?;
    let ordered: Vec<u8> = if is_512 {
        let digest = sha_crypt::sha512_crypt(password, salt.as_bytes(), params);
        let order =
            (0..21).map(|n| [[0, 21, 42], [22, 43, 1], [44, 2, 23]][n % 3].map(|at: usize| at + n / 3 * 3));
        order.flat_map(|[a, b, c]| [digest[c], digest[b], digest[a]]).chain([digest[63]]).collect()
    } else {
        let digest = sha_crypt::sha256_crypt(password, salt.as_bytes(), params);
        let order = [
            [0, 10, 20],
            [21, 1, 11],
            [12, 22, 2],
            [3, 13, 23],
            [24, 4, 14],
            [15, 25, 5],
            [6, 16, 26],
            [27, 7, 17],
            [18, 28, 8],
            [9, 19, 29],
        ];
        order
            .into_iter()
            .flat_map(|[a, b, c]| [digest[c], digest[b], digest[a]])
            .chain([digest[30], digest[31]])
            .collect()
    };
    Some(format!("${}$rounds=1000${salt}${}", if is_512 { 6 } else { 5 }, crypt64(&ordered)))
}

fn yescrypt_of(password: &[u8], salt: &[u8]) -> Option<String> {
    let params = yescrypt::Params::new_with_all_params(yescrypt::Mode::Rw, 64, 8, 1, 0, 0).ok()?;
    let mut hash = [0; 32];
    yescrypt::yescrypt(password, salt, &params, &mut hash).ok()?;
    // Flavour `j`, N = 2⁶, r = 8.
    Some(format!("$y$j35${}${}", crypt64(salt), crypt64(&hash)))
}

/// Returns hashes of each scheme from other implementations, and parameters of fresh hashes.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let known = [
        "$argon2id$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$MO33cCFnqSA8SskhR8/i5r/vajJ3mDxwI/Myoh5GZwk",
        "$argon2i$v=19$m=1024,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$k74KtOeXRC+Liob2I0b0MKFpIPhXAdb8cojiLViemA4",
        "$argon2id$m=512,t=3,p=2$c2FsdHNhbHRzYWx0c2FsdA$rZSOegFcmiSBPLAijU7eQA",
        "$scrypt$ln=8,r=4,p=3$c2FsdHNhbHRzYWx0c2FsdA$Fw29R794HfEpPaIFyTF/mHdSgGNVskEY0ddttpdjRSw",
        "$pbkdf2-sha1$i=5000,l=20$c2FsdHNhbHRzYWx0c2FsdA$mvWPHEaqUTUuiGafIN0YY4lPWc0",
        "$pbkdf2-sha256$i=5000$c2FsdHNhbHRzYWx0c2FsdA$O3hB/bj7FtrkEGT8gGk+bREjW1UVhLgD47Tsv1HPYP8",
        "$pbkdf2$5000$.//.c2FsdHNhbHQ$U.2YPE4VD6th3uo8kVoGRgkcO54",
        "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
        "$5$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC",
        "$6$rounds=1000$$MAtKCwSDBQcRsZx4EQFNZcdGeqdhR4..Fvk.aVF69HxiT.DIHWXc7OXyxT7BpUzTA/i1BYyzedxa6z55z119y0",
        "$y$j75$5FEjNThRYm6S.z542Buwp.$N0p6ng.d1ZdyAjaLIm4KbBtdcv6PWypHhoA31n32Pf/",
        "{SSHA}ydsbUEnEgr7jNN2QUJrb/iHiOCrwfVUh",
        "{CRYPT}$5$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC",
    ];
    let read = known
        .into_iter()
        .enumerate()
        .map(|(n, stored)| (format!("known-{n}"), [vec![0], join([stored, "correct horse"])].concat()));
    let made = (0..18_u8).map(|form| {
        let salt = *b"saltsaltsaltsalt";
        (
            format!("made-{form}"),
            [vec![1, form], b"\x01c\x01o\x01r\x00".to_vec(), salt.to_vec(), vec![8, 5, 0]].concat(),
        )
    });
    read.chain(made).collect()
}
