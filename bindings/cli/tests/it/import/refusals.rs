//! Files with errors: every error has a place, and nothing panics.

use std::fs;
use std::process::Command;

use kouling_cli::import::{Format, Input, translate};

use super::refusals;
use crate::process::run;

/// A file of each format.
pub(super) const SAMPLES: &[(Format, &str, &str)] = &[
    (
        Format::Pwquality,
        "pwquality.conf",
        "minlen = 12\ndcredit = 1\nbadwords = heron\ngecoscheck = 1\nmaxsequence = 3\n",
    ),
    (Format::Passwdqc, "passwdqc.conf", "min=disabled,24,11,8,7\nmax=72\nsimilar=deny\n"),
    (Format::LoginDefs, "login.defs", "PASS_MAX_DAYS 90\nPASS_MIN_LEN 8\n"),
    (Format::Keycloak, "policy", "length(8) and digits(1) and notContainsUsername and passwordAge(30)"),
    (Format::Ppm, "ppm.conf", "minQuality 3\nmaxConsecutivePerClass 3\nclass-marks !? 1 1\n"),
    (
        Format::Openldap,
        "policy.ldif",
        "dn: cn=default\nobjectClass: pwdPolicy\npwdCheckQuality: 1\npwdMinLength: 8\npwdMustChange: TRUE\n",
    ),
    (
        Format::DirectoryServer389,
        "dse.ldif",
        "dn: cn=config\npasswordCheckSyntax: on\npasswordBadWords: heron\npasswordMinAlphas: 2\n",
    ),
    (Format::ActiveDirectory, "domain.inf", "[System Access]\nMinimumPasswordLength = 14\nLockoutBadCount = 5\n"),
    (
        Format::Freeipa,
        "pwpolicy",
        "  Group: global_policy\n  Min length: 8\n  Max repeat: 2\n  User check: TRUE\n",
    ),
    (
        Format::Django,
        "settings.py",
        "AUTH_PASSWORD_VALIDATORS = [{'NAME': 'django.contrib.auth.password_validation.MinimumLengthValidator'}]\n",
    ),
    (
        Format::Kratos,
        "kratos.yml",
        "selfservice:\n  methods:\n    password:\n      config:\n        max_breaches: 3\n",
    ),
    (
        Format::Okta,
        "okta.json",
        "{\"type\": \"PASSWORD\", \"settings\": {\"password\": {\"age\": {\"historyCount\": 4}}}}",
    ),
    (Format::Cognito, "pool.json", "{\"MinimumLength\": 12, \"RequireSymbols\": true}"),
    (
        Format::Auth0,
        "connection.json",
        "{\"passwordPolicy\": \"fair\", \"password_dictionary\": {\"enable\": true, \"dictionary\": [\"heron\"]}}",
    ),
    (Format::Zitadel, "zitadel.json", "{\"minLength\": \"10\", \"hasSymbol\": true}"),
    (Format::Authentik, "authentik.json", "{\"length_min\": 8, \"amount_symbols\": 1}"),
];

#[test]
fn values_out_of_range_are_reported_with_their_places_at_once() {
    let rows: &[(Format, &str, &[&str])] = &[
        (
            Format::Pwquality,
            "minlen = ten\n  minclass = 99999999999\n",
            &[
                "f:1:10: invalid `minlen`: `ten`; expected a whole number from -2147483646 to 2147483646",
                "f:2:14: invalid `minclass`: `99999999999`; expected a whole number from -2147483646 to 2147483646",
            ],
        ),
        (Format::Passwdqc, "min=1,2,3,4,5\nmax = 3\n", &["f:2:", "f:1:5: invalid `min`; expected five lengths"]),
        (Format::Keycloak, "length(8) and\ndigits(x)", &["f:2:1: invalid `digits`: `x`; expected a whole number"]),
        (Format::Keycloak, "length(8) and digits(1", &["f:1:15: invalid `digits(1`; expected `name(value)`"]),
        (Format::Keycloak, "length(8) and digits(x)", &["f:1:15: invalid `digits`: `x`; expected a whole number"]),
        (
            Format::Openldap,
            "dn: cn=a\nobjectClass: pwdPolicy\npwdLockout: maybe\n",
            &["f:3:13: invalid `pwdLockout`: `maybe`; expected `true` or"],
        ),
        (
            Format::ActiveDirectory,
            "[System Access]\nMaximumPasswordAge = 1000\n",
            &["f:2:22: invalid `MaximumPasswordAge`: `1000`; expected a whole number from -1 to 999"],
        ),
        (Format::Freeipa, "Min length: 8\n", &["f:1:1: setting without a policy"]),
        (
            Format::Django,
            "AUTH_PASSWORD_VALIDATORS = [\n  {'NAME': os.environ['X']}]",
            &["f:2:12: unsupported expression; expected a literal"],
        ),
        (Format::Django, "DEBUG = True\n", &["f:1:1: no `AUTH_PASSWORD_VALIDATORS = [`"]),
        (Format::Kratos, "selfservice:\n  - [\n", &["f:"]),
        (Format::Kratos, "a: &x [1]\nb: *x\n", &["f:2:4: unsupported alias"]),
        (Format::Okta, "{\"type\": \"PASSWORD\",\n}", &["f:2:1: expected a key in double quotes"]),
        (Format::Okta, "[]", &["f:1:1: no active password policy"]),
        (
            Format::Cognito,
            "{\"MinimumLength\": 5}",
            &["f:1:19: invalid `MinimumLength`: `5`; expected a whole number from 6 to 99"],
        ),
        (Format::Auth0, "{\"passwordPolicy\": \"strong\"}", &["f:1:20: invalid `passwordPolicy`"]),
        (Format::Zitadel, "{\"hasSymbol\": 3}", &["f:1:15: invalid `hasSymbol`: `3`; expected `true` or"]),
        (Format::Authentik, "{\"length_min\": -1}", &["f:1:16: invalid `length_min`: `-1`"]),
        (Format::LoginDefs, "PASS_MAX_DAYS soon\n", &["f:1:15: invalid `PASS_MAX_DAYS`: `soon`"]),
        (Format::Ppm, "class-x ab\n", &["f:1:9: invalid class; expected"]),
        (Format::DirectoryServer389, "passwordMinLength: 8\n", &["f:1:1: attribute without an entry"]),
    ];
    for (format, text, expected) in rows {
        let found = refusals(*format, "f", text);
        assert_eq!(found.len(), expected.len(), "{format:?}: {found:?}");
        for (found, expected) in found.iter().zip(*expected) {
            assert!(found.starts_with(expected), "{format:?}: {found}\nexpected {expected}");
        }
    }
}

#[test]
fn what_a_policy_cannot_express_is_reported_at_the_entry() {
    let found = refusals(Format::Keycloak, "policy", "length(20) and maxLength(10)");
    assert!(found[0].starts_with("policy:1:") && found[0].contains("a policy cannot express this"), "{found:?}");
}

#[test]
fn size_depth_and_encoding_are_limited() {
    let bytes = |bytes: Vec<u8>| {
        let input = Input { name: "f".to_owned(), bytes, is_fragment: false };
        translate(Format::Okta, &[input])
            .expect_err("an error")
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert!(bytes(vec![b' '; (1 << 20) + 1])[0].starts_with("f:1:1: the file is too large"));
    assert!(bytes("[".repeat(200).into_bytes())[0].contains("too many nested values"));
    assert!(bytes(format!("[{}1]", "1,".repeat(30_000)).into_bytes())[0].contains("too many values"));
    assert!(bytes(b"{\n\"a\": \"\xC3\x28\"}".to_vec())[0].starts_with("f:2:7: invalid encoding"));
    assert!(bytes(b"{}\0".to_vec())[0].starts_with("f:1:3: unexpected zero byte"));
    let keycloak = refusals(Format::Keycloak, "f", &"length(8) and ".repeat(70_000));
    assert!(keycloak[0].contains("too many policies"), "{keycloak:?}");
    let yaml = format!("{}1", "- ".repeat(200));
    assert!(refusals(Format::Kratos, "f", &yaml)[0].contains("too many nested values"));
}

#[test]
fn text_of_a_file_cannot_leave_its_comment() {
    let text = "minlen = 8 x\u{202E}\u{7}\r[rules.length]\nbad\u{1b}key = 1\n";
    let found = refusals(Format::Pwquality, "a\nb\u{1b}.conf", text);
    assert!(
        found[0].starts_with("a?b?.conf:1:10: invalid `minlen`: `8 x??") && !found[0].contains('\u{1b}'),
        "{found:?}"
    );
    let imported = super::imported(Format::Pwquality, "a\nb.conf", "bad\u{1b}key = 1\n");
    assert!(imported.files[0].1.contains("# - a?b.conf:1: bad?key\n"), "{}", imported.files[0].1);
    super::load(&imported);
}

#[test]
fn every_sample_prefix_loads_or_is_refused() {
    for (format, name, text) in SAMPLES {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            match super::import(*format, name, &text[..end]) {
                Ok(imported) => drop(super::load(&imported)),
                Err(problems) => assert!(!problems.is_empty(), "{format:?}"),
            }
        }
    }
}

#[test]
fn command_prints_the_policy_and_what_is_missing() {
    let directory = tempfile::tempdir().expect("a directory");
    let kouling = |arguments: &[&str], stdin: &[u8]| {
        let output = run(Command::new(env!("CARGO_BIN_EXE_kouling")).args(arguments), directory.path(), stdin);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, stdout, stderr) = kouling(&["import", "keycloak", "-"], b"length(12)");
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(
        stdout.starts_with("# Translated from stdin by `kouling import keycloak`.\n")
            && stdout.contains("from stdin:1: length(12)"),
        "{stdout}"
    );
    let (code, _, stderr) = kouling(&["import", "keycloak", "-"], b"length(12) and hashIterations(5)");
    assert_eq!(code, Some(1));
    assert!(
        stderr.starts_with("stdin:1:16: not translated: `hashIterations(5)`: ") && stderr.contains("\n  help: "),
        "{stderr}"
    );
    let (code, stdout, stderr) = kouling(&["import", "keycloak", "-"], b"length(a) and digits(b)");
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert_eq!(stderr.matches("error: stdin:1:").count(), 2, "{stderr}");

    fs::create_dir(directory.path().join("pwquality.conf.d")).expect("a folder");
    fs::write(directory.path().join("pwquality.conf.d/10.conf"), "minlen = 10\nbadwords = heron kingfisher\n")
        .expect("written");
    fs::write(directory.path().join("pwquality.conf.d/20.conf.bak"), "minlen = 99\n").expect("written");
    let (code, _, stderr) = kouling(&["import", "pwquality", "pwquality.conf.d"], b"");
    assert_eq!(code, Some(2));
    assert!(stderr.contains("several files: policy.toml, badwords.txt") && stderr.contains("--out"), "{stderr}");
    let (code, stdout, _) = kouling(&["import", "pwquality", "pwquality.conf.d", "--out", "acme"], b"");
    assert_eq!((code, stdout.as_str()), (Some(0), ""));
    let (code, _, stderr) = kouling(&["lint", "acme/policy.toml"], b"");
    assert_ne!(code, Some(2), "{stderr}");
    let (code, _, stderr) = kouling(&["import", "pwquality", "pwquality.conf.d", "--out", "acme"], b"");
    assert!(code == Some(2) && stderr.contains("policy.toml"), "nothing is overwritten: {stderr}");
    let (code, _, stderr) = kouling(&["import", "nope", "-"], b"");
    assert!(code == Some(2) && stderr.contains("pwquality"), "{stderr}");
}
