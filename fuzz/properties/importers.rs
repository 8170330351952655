//! Property: importing any files ends in bounded time, with errors that have a place in a file, or with a policy that loads. No text
//! of a file leaves its comment or string.
//!
//! The first byte of an input selects the format. The rest are up to four files, as parts.
#![allow(dead_code, unreachable_pub, clippy::panic, clippy::expect_used, clippy::unwrap_used)]

use kouling::Loader;
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling_cli::import::{FORMATS, Format, Input, translate};

use super::input::{join, parts};

const MAX_FILES: usize = 4;

pub fn check(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let format = FORMATS[usize::from(*first) % FORMATS.len()];
    let inputs: Vec<Input> = parts(rest)
        .take(MAX_FILES)
        .enumerate()
        .map(|(n, part)| Input { name: format!("file-{n}"), bytes: part.to_vec(), is_fragment: n % 2 == 1 })
        .collect();
    match translate(format, &inputs) {
        Err(problems) => {
            assert!(!problems.is_empty(), "no result and no error");
            for problem in problems {
                check_message(&problem.to_string());
            }
        }
        Ok(imported) => {
            for skipped in &imported.untranslated {
                check_message(&format!("{}: {}", skipped.place(), skipped.message()));
            }
            let files = imported.files.iter();
            let memory =
                files.fold(Memory::default(), |memory, (name, text)| memory.with(name.clone(), text.as_bytes()));
            let (name, text) = &imported.files[0];
            let loaded = Loader::new().with_source(memory).load_set(Start::Text(name, text));
            assert!(loaded.is_ok(), "the result does not load: {:?}\n{text}", loaded.err());
            for (name, text) in imported.files.iter().filter(|(name, _)| name.ends_with(".toml")) {
                assert!(text.is_ascii() || !text.chars().any(is_hidden), "{name} has hidden characters");
            }
        }
    }
}

/// Checks that a message is one short line that starts with a place.
fn check_message(message: &str) {
    assert!(message.starts_with("file-"), "no place: {message}");
    assert!(!message.chars().any(|c| c.is_control() || is_hidden(c)), "more than a line: {message:?}");
    assert!(message.len() < 4000, "a long message: {message}");
}

/// Whether a character changes the direction of text.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Returns a file of each format, and pairs of files.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let texts: [(Format, &[&str]); 18] = [
        (
            Format::Pwquality,
            &[
                "minlen = 12\ndcredit = -1\nucredit=1\nmaxsequence = 3\ngecoscheck = 1\n",
                "minclass = 3 # three\nbadwords = heron kite\nenforcing = 0\n",
            ],
        ),
        (Format::Passwdqc, &["min=disabled,24,11,8,7\nmax=8\nsimilar=deny\nwordlist=/x\nrandom=47,only\n"]),
        (Format::LoginDefs, &["PASS_MAX_DAYS 90\nPASS_WARN_AGE\t7\nPASS_MIN_LEN 8\nENCRYPT_METHOD DES\n"]),
        (
            Format::Keycloak,
            &["length(8) and digits(1) and notUsername and regexPattern(^[a-z]\\d+$) and passwordAge(30)"],
        ),
        (
            Format::Keycloak,
            &["{\"passwordPolicy\": \"maxLength(64)\", \"bruteForceProtected\": true, \"failureFactor\": 3}"],
        ),
        (
            Format::Ppm,
            &["minQuality 3\nmaxConsecutivePerClass 3\nclass-marks !? 1 1 4\ncheckAttributes mail,uid\n"],
        ),
        (
            Format::Openldap,
            &[
                "dn: cn=a\nobjectClass: pwdPolicy\npwdCheckQuality: 2\npwdMinLength: 8\n\ndn: cn=b\nobjectClass: pwdPolicy\npwdMaxAge: 864000\n",
            ],
        ),
        (
            Format::DirectoryServer389,
            &[
                "dn: cn=config\npasswordCheckSyntax: on\npasswordBadWords: heron\npasswordExp: on\npasswordMinAlphas: 2\n",
            ],
        ),
        (
            Format::ActiveDirectory,
            &[
                "[System Access]\nMinimumPasswordLength = 14\nLockoutBadCount = 5\n",
                "dn: CN=a\nobjectClass: msDS-PasswordSettings\nmsDS-MaximumPasswordAge: -864000000000\nmsDS-PSOAppliesTo: CN=g\n",
            ],
        ),
        (
            Format::Freeipa,
            &[
                "Group: admins\nPriority: 1\nMin length: 12\nDigit credit: 1\n\nGroup: global_policy\nGrace login limit: 2\n",
            ],
        ),
        (
            Format::Django,
            &[
                "AUTH_PASSWORD_VALIDATORS = [{'NAME': 'django.contrib.auth.password_validation.UserAttributeSimilarityValidator', 'OPTIONS': {'max_similarity': 0.7}}]\n",
            ],
        ),
        (
            Format::Kratos,
            &[
                "selfservice:\n  methods:\n    password:\n      config:\n        min_password_length: 8\n        max_breaches: 3\nhashers: {algorithm: bcrypt}\n",
            ],
        ),
        (
            Format::Okta,
            &[
                "[{\"type\": \"PASSWORD\", \"name\": \"a\", \"priority\": 1, \"conditions\": {\"people\": {\"groups\": {\"include\": [\"g\"]}}}}, {\"system\": true}]",
            ],
        ),
        (
            Format::Cognito,
            &[
                "{\"UserPool\": {\"Policies\": {\"PasswordPolicy\": {\"MinimumLength\": 12, \"RequireSymbols\": true}}}}",
            ],
        ),
        (
            Format::Auth0,
            &[
                "{\"options\": {\"passwordPolicy\": \"fair\", \"password_dictionary\": {\"enable\": true, \"dictionary\": [\"heron\"]}}}",
            ],
        ),
        (
            Format::Zitadel,
            &[
                "[{\"minLength\": \"10\", \"isDefault\": false, \"details\": {\"resourceOwner\": \"o\"}}, {\"maxAgeDays\": 9}]",
            ],
        ),
        (
            Format::Authentik,
            &[
                "{\"results\": [{\"length_min\": 8, \"amount_symbols\": 1, \"error_message\": \"no\"}, {\"days\": 30}]}",
            ],
        ),
        (Format::Authentik, &["{\"length_min\": \"\\ud83d\\ude00\", \"check_zxcvbn\": true}"]),
    ];
    let number = |format: Format| FORMATS.iter().position(|known| *known == format).unwrap() as u8;
    let seed = |(n, (format, files)): (usize, &(Format, &[&str]))| {
        (format!("{n}-{format:?}"), [vec![number(*format)], join(*files)].concat())
    };
    texts.iter().enumerate().map(seed).collect()
}
