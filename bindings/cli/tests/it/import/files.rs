//! Realistic files of each format, and the policy that comes of them.

use kouling::User;
use kouling_cli::import::{Format, Imported, Input, translate};

use super::{codes, imported, load};

/// Returns the policy with the white space before comments reduced to one space.
fn policy(imported: &Imported) -> String {
    imported.files[0]
        .1
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[track_caller]
fn has(imported: &Imported, lines: &[&str]) {
    let policy = policy(imported);
    for line in lines {
        assert!(policy.lines().any(|found| found == *line), "{line}\nis not in\n{policy}");
    }
}

fn skipped(imported: &Imported) -> Vec<String> {
    imported
        .untranslated
        .iter()
        .map(|skipped| format!("{}: {}; {}", skipped.place(), skipped.message(), skipped.help()))
        .collect()
}

#[test]
fn empty_pwquality_has_the_defaults_of_the_product() {
    let imported = imported(Format::Pwquality, "pwquality.conf", "# nothing\n\n");
    has(
        &imported,
        &[
            "min = 8 # default of libpwquality",
            "count = \"bytes\" # libpwquality counts bytes",
            "min_distance = 1 # default of libpwquality; only where the host supplies the current password",
            "palindrome = true # libpwquality rejects palindromes",
            "attributes = [\"username\"] # default of libpwquality",
        ],
    );
    assert!(imported.untranslated.is_empty());
    let set = load(&imported);
    let user = User::new().with("username", "heronlake");
    assert_eq!(codes(&set, &user, "Tk4-vQ9"), ["length.too_short"]);
    assert!(codes(&set, &user, "Tk4-vQ9z.Xw").is_empty());
}

#[test]
fn pwquality_settings_state_their_lines() {
    let text = "# site policy\nminlen = 12\nDCREDIT=-1 # digits\nucredit = -1\nminclass 3\nmaxrepeat = 3\nretry = 3\nmaxseqence = 4\n";
    let imported = imported(Format::Pwquality, "/etc/security/pwquality.conf", text);
    has(
        &imported,
        &[
            "min = 12 # from /etc/security/pwquality.conf:2: minlen = 12",
            "require.digit = 1 # from /etc/security/pwquality.conf:3: DCREDIT=-1",
            "min_classes = 3 # from /etc/security/pwquality.conf:5: minclass 3",
            "max_run = 3 # from /etc/security/pwquality.conf:6: maxrepeat = 3",
            "# Not translated:",
            "# - /etc/security/pwquality.conf:7: retry = 3",
        ],
    );
    let skipped = skipped(&imported);
    assert_eq!(skipped.len(), 2, "{skipped:?}");
    assert!(
        skipped[1].starts_with("/etc/security/pwquality.conf:8:1: not translated: `maxseqence`: unknown setting"),
        "{skipped:?}"
    );
    assert!(skipped[1].ends_with("did you mean `maxsequence`?"), "{skipped:?}");
}

#[test]
fn pwquality_main_file_overrides_its_fragments() {
    let input = |name: &str, text: &str, is_fragment| Input {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
        is_fragment,
    };
    let inputs = [
        input("pwquality.conf", "minlen = 10\n", false),
        input("pwquality.conf.d/50-site.conf", "minlen = 14\nminclass = 2\n", true),
        input("pwquality.conf.d/60-more.conf", "minclass = 4\n", true),
    ];
    let imported = translate(Format::Pwquality, &inputs).expect("an import");
    has(
        &imported,
        &[
            "min = 10 # from pwquality.conf:1: minlen = 10 (overrides pwquality.conf.d/50-site.conf:1)",
            "min_classes = 4 # from pwquality.conf.d/60-more.conf:1: minclass = 4 (overrides pwquality.conf.d/50-site.conf:2)",
        ],
    );
}

#[test]
fn pwquality_words_are_a_list_of_their_own() {
    let imported = imported(Format::Pwquality, "pwquality.conf", "badwords = Kingfisher abc contoso\n");
    assert_eq!(imported.files[1], ("badwords.txt".to_owned(), "# badwords\nkingfisher\ncontoso\n".to_owned()));
    let set = load(&imported);
    let user = User::new().with("username", "");
    assert_eq!(codes(&set, &user, "7xKingFisher-q9Z"), ["words.contained"]);
    assert_eq!(codes(&set, &user, "7xrehsifgnik-q9Z"), ["words.contained"]);
}

#[test]
fn passwdqc_lengths_depend_on_the_classes() {
    let imported = imported(
        Format::Passwdqc,
        "passwdqc.conf",
        "min=disabled,20,12,10,9\nmax=40\nmatch=0\nenforce=everyone\nretry=3\n",
    );
    let set = load(&imported);
    let user = User::new();
    assert!(codes(&set, &user, "aBde-fg1h").is_empty(), "four classes");
    assert!(!codes(&set, &user, "aBdexfg1h").is_empty(), "three classes, nine characters");
    assert!(
        !codes(&set, &user, "Abdexfgh12").is_empty(),
        "a capital at the start and a digit at the end do not count"
    );
    assert!(codes(&set, &user, "ash oak birch").is_empty(), "a passphrase");
    assert_eq!(skipped(&imported).len(), 1);
}

#[test]
fn login_defs_has_ages_and_ignores_the_rest() {
    let text = "# comment\nMAIL_DIR\t/var/mail\nPASS_MAX_DAYS\t90\nPASS_MIN_DAYS 1\nPASS_WARN_AGE\t7\nUMASK 022\nENCRYPT_METHOD BCRYPT\nLOGIN_RETRIES 5\n";
    let imported = imported(Format::LoginDefs, "login.defs", text);
    has(
        &imported,
        &[
            "max_age = \"90d\" # from login.defs:3: PASS_MAX_DAYS 90",
            "warn_before = \"7d\" # from login.defs:5: PASS_WARN_AGE 7",
            "min_password_age = \"1d\" # from login.defs:4: PASS_MIN_DAYS 1",
            "hash_limit_bytes = 72 # from login.defs:7: ENCRYPT_METHOD BCRYPT; bcrypt reads 72 bytes",
        ],
    );
    let skipped = skipped(&imported);
    assert!(skipped.len() == 1 && skipped[0].starts_with("login.defs:8:1: "), "{skipped:?}");
    let never = super::imported(Format::LoginDefs, "login.defs", "PASS_MAX_DAYS 99999\nPASS_WARN_AGE 7\n");
    assert!(!never.files[0].1.contains("[expiry]") && never.untranslated.is_empty());
}

#[test]
fn keycloak_string_and_realm_have_the_same_rules() {
    let string =
        "length(12) and upperCase(1) and notUsername(undefined) and passwordHistory(5) and regexPattern(^[^ ]+$)";
    let realm = format!(
        "{{\"realm\": \"acme\", \"passwordPolicy\": \"{string}\", \"smtpServer\": {{\"password\": \"geheim\"}},\n \"bruteForceProtected\": true, \
         \"failureFactor\": 10, \"waitIncrementSeconds\": 120}}"
    );
    let from_string = imported(Format::Keycloak, "policy", string);
    let from_realm = imported(Format::Keycloak, "realm.json", &realm);
    for imported in [&from_string, &from_realm] {
        let set = load(imported);
        let user = User::new().with("username", "Heronlake-Pond");
        assert_eq!(codes(&set, &user, "heronlake-pond"), ["characters.missing_upper", "personal.username"]);
        assert_eq!(codes(&set, &user, "Heron lake pond"), ["pattern.required"]);
    }
    has(
        &from_realm,
        &[
            "max_failures = 10 # from realm.json:2: \"failureFactor\": 10",
            "name = \"keycloak-acme\" # the name in outcomes and logs",
        ],
    );
    assert!(!from_realm.files[0].1.contains("geheim"), "secrets of the realm are not repeated");
}

#[test]
fn keycloak_pattern_with_look_ahead_is_not_translated() {
    let imported = imported(Format::Keycloak, "policy", "length(8) and regexPattern((?=.*[A-Z]).*)");
    assert!(
        skipped(&imported)[0].starts_with("policy:1:15: not translated: `regexPattern((?=.*[A-Z]).*)`"),
        "{:?}",
        skipped(&imported)
    );
    load(&imported);
}

#[test]
fn keycloak_rows_of_the_documentation() {
    // The examples of "Password policies" in the server administration guide, and their edges.
    let rows: [(&str, &str, bool); 16] = [
        ("length(5)", "abcd", false),
        ("length(5)", "abcde", true),
        ("maxLength(5)", "abcdef", false),
        ("maxLength(5)", "abcde", true),
        ("digits(2)", "abcd1234", true),
        ("digits(2)", "abcd1", false),
        ("digits", "abcd", false),
        ("lowerCase(2)", "abCDEF", true),
        ("lowerCase(2)", "aBCDEF", false),
        ("upperCase(2)", "abcdEF", true),
        ("upperCase(2)", "abcdeF", false),
        ("specialChars(2)", "abc!?", true),
        ("specialChars(2)", "abc!", false),
        ("notUsername", "JACKIE", false),
        ("notUsername", "jackie1", true),
        ("regexPattern([a-z]+)", "abc1", false),
    ];
    let user = User::new().with("username", "jackie");
    for (policy, password, accepts) in rows {
        let set = load(&imported(Format::Keycloak, "policy", policy));
        assert_eq!(codes(&set, &user, password).is_empty(), accepts, "{policy}: {password}");
    }
}

#[test]
fn ppm_rows_of_the_documentation() {
    // The policy and passwords of the section EXAMPLE of ppm(5).
    let policy = "minQuality 4\nforbiddenChars .?,\ncheckRDN 1\ncheckAttributes mail\nclass-upperCase ABCDEFGHIJKLMNOPQRSTUVWXYZ 0 5\n\
                  class-lowerCase abcdefghijklmnopqrstuvwxyz 0 12\nclass-digit 0123456789 0 1\nclass-special <>,?;.:/!%*$&~\"#'{([-|\\^@)]=}+ 0 1\n\
                  class-myClass :) 1 1\n";
    let set = load(&imported(Format::Ppm, "ppm.conf", policy));
    let user = |name: &str, mail: &str| User::new().with("username", name).with("email", mail);
    assert!(codes(&set, &user("jack", "jack@acme.com"), "ThereIsNoCowLevel)").is_empty());
    assert_eq!(codes(&set, &user("John Cowlevel", ""), "ThereIsNoCowLevel)"), ["personal.username"]);
    assert_eq!(codes(&set, &user("jack", "thereis@domain.com"), "ThereIsNoCowLevel)"), ["personal.email"]);
    assert_eq!(
        codes(&set, &user("jack", ""), "ThereIsNoCowLevel"),
        ["characters.missing_own", "points.too_few_classes"]
    );
    assert!(codes(&set, &user("jack", ""), "ThereIsNoCowLevel).").contains(&"characters.forbidden".to_owned()));
    assert!(codes(&set, &user("jack", ""), "thereIsNoCowlevel)").contains(&"points.too_few_classes".to_owned()));
}

#[test]
fn openldap_policies_are_populations() {
    let text = "version: 1\n\n# policies\ndn: cn=default,ou=policies,dc=acme,dc=com\nobjectClass: pwdPolicy\npwdAttribute: userPassword\n\
                pwdCheckQuality: 2\npwdMinLength: 10\npwdMaxAge: 7776000\npwdExpireWarning: 604800\npwdInHistory: 5\n\n\
                dn: cn=admins,ou=policies,dc=acme,dc=com\nobjectClass: pwdPolicy\npwdCheckQuality: 2\npwdMinLength: 14\npwdLockout: TRUE\n\
                pwdMaxFailure: 5\npwdLockoutDuration: 900\npwdFailureCountInterval: 600\n";
    let imported = imported(Format::Openldap, "policies.ldif", text);
    let names: Vec<&str> = imported.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["policy.toml", "admins.toml", "default.toml"]);
    let set = load(&imported);
    let admin = User::new().with("pwdPolicySubentry", "cn=admins,ou=policies,dc=acme,dc=com");
    assert_eq!(codes(&set, &admin, "Tk4-vQ9z.Xw"), ["length.too_short"]);
    assert!(codes(&set, &User::new().with("pwdPolicySubentry", ""), "Tk4-vQ9z.Xw").is_empty());
    assert!(imported.files[1].1.contains("[sign_in]") && imported.files[2].1.contains("warn_before = \"7d\""));
}

#[test]
fn openldap_configuration_of_ppm_is_decoded() {
    // minQuality 2, class-digit 0123456789 2 1
    let text = "dn: cn=default,dc=acme\nobjectClass: pwdPolicy\npwdCheckQuality: 2\npwdCheckModuleArg:: \n bWluUXVhbGl0eSAyCmNsYXNzLWRpZ2l0IDAxMjM0NTY3ODkgMiAxCg==\n";
    let set = load(&imported(Format::Openldap, "policy.ldif", text));
    assert_eq!(codes(&set, &User::new(), "abcdEF1"), ["characters.missing_digit"]);
    let unchecked =
        imported(Format::Openldap, "policy.ldif", "dn: cn=default\nobjectClass: pwdPolicy\npwdMinLength: 9\n");
    assert!(
        skipped(&unchecked)[0].contains("`pwdCheckQuality` is 0")
            && !unchecked.files[0].1.contains("[rules.length]")
    );
}

#[test]
fn directory_389_settings_need_their_switches() {
    let text = "dn: cn=config\npasswordMinLength: 12\npasswordMaxAge: 86400\npasswordMaxFailure: 5\npasswordInHistory: 9\n";
    let imported = imported(Format::DirectoryServer389, "dse.ldif", text);
    for absent in ["[rules.length]", "[expiry]", "[sign_in]", "[rules.history]"] {
        assert!(!imported.files[0].1.contains(absent), "{absent}");
    }
    let text = format!(
        "{text}passwordCheckSyntax: on\npasswordExp: on\npasswordLockout: on\npasswordHistory: on\npasswordUnlock: off\n"
    );
    let imported = super::imported(Format::DirectoryServer389, "dse.ldif", &text);
    has(
        &imported,
        &[
            "min = 12 # from dse.ldif:2: passwordMinLength: 12",
            "min_classes = 3 # default of 389 Directory Server",
            "max_age = \"1d\" # from dse.ldif:3: passwordMaxAge: 86400",
            "depth = 9 # from dse.ldif:5: passwordInHistory: 9",
            "disable_after = 5 # from dse.ldif:4: passwordMaxFailure: 5; until an administrator ends the lock",
        ],
    );
}

const INF: &str = "[Unicode]\r\nUnicode=yes\r\n[System Access]\r\nMinimumPasswordAge = 1\r\nMaximumPasswordAge = 42\r\nMinimumPasswordLength = 7\r\n\
PasswordComplexity = 1\r\nPasswordHistorySize = 24\r\nLockoutBadCount = 0\r\nRequireLogonToChangePassword = 0\r\nForceLogoffWhenHourExpire = 0\r\n\
NewAdministratorName = \"Administrator\"\r\nClearTextPassword = 0\r\nLSAAnonymousNameLookup = 0\r\n[Version]\r\nsignature=\"$CHICAGO$\"\r\n";

#[test]
fn active_directory_template_in_utf_16_is_read() {
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend(INF.encode_utf16().flat_map(u16::to_le_bytes));
    let input = Input { name: "domain.inf".to_owned(), bytes, is_fragment: false };
    let imported = translate(Format::ActiveDirectory, &[input]).expect("an import");
    has(
        &imported,
        &[
            "min = 7 # from domain.inf:6: MinimumPasswordLength = 7",
            "max_age = \"42d\" # from domain.inf:5: MaximumPasswordAge = 42",
            "min_password_age = \"1d\" # from domain.inf:4: MinimumPasswordAge = 1",
        ],
    );
    assert!(imported.untranslated.is_empty(), "{:?}", skipped(&imported));
}

#[test]
fn active_directory_defaults_equal_the_preset() {
    let imported = imported(Format::ActiveDirectory, "domain.inf", INF);
    let preset: toml::Table =
        include_str!("../../../../../rules/presets/microsoft-ad.toml").parse().expect("TOML");
    let policy: toml::Table = imported.files[0].1.parse().expect("TOML");
    assert_eq!(policy.get("rules"), preset.get("rules"));
    assert_eq!(policy["expiry"]["max_age"], preset["expiry"]["max_age"]);
    assert_eq!(policy["reset"]["min_password_age"], preset["reset"]["min_password_age"]);
}

#[test]
fn active_directory_objects_are_ordered_by_precedence() {
    let ldif = "dn: CN=service,CN=Password Settings Container,CN=System,DC=acme,DC=com\nobjectClass: top\nobjectClass: msDS-PasswordSettings\n\
        msDS-PasswordSettingsPrecedence: 20\nmsDS-MinimumPasswordLength: 25\nmsDS-PasswordComplexityEnabled: FALSE\nmsDS-MaximumPasswordAge: \
        -9223372036854775808\nmsDS-PSOAppliesTo: CN=Services,OU=Groups,DC=acme,DC=com\n\ndn: CN=admins,CN=Password Settings \
        Container,CN=System,DC=acme,DC=com\nobjectClass: msDS-PasswordSettings\nmsDS-PasswordSettingsPrecedence: 10\nmsDS-MinimumPasswordLength: 15\n\
        msDS-PasswordHistoryLength: 24\nmsDS-MaximumPasswordAge: -25920000000000\nmsDS-LockoutThreshold: 5\nmsDS-LockoutDuration: -18000000000\n\
        msDS-LockoutObservationWindow: -18000000000\nmsDS-PSOAppliesTo: CN=Domain Admins,CN=Users,DC=acme,DC=com\n";
    let input = |name: &str, text: &str| Input {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
        is_fragment: false,
    };
    let imported = translate(Format::ActiveDirectory, &[input("pso.ldif", ldif), input("domain.inf", INF)])
        .expect("an import");
    let names: Vec<&str> = imported.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["policy.toml", "admins.toml", "service.toml", "domain.toml"]);
    let set = load(&imported);
    let user = |group: &str| User::new().with("groups", group).with("username", "").with("name", "");
    assert_eq!(
        codes(&set, &user("CN=Domain Admins,CN=Users,DC=acme,DC=com"), "Tk4-vQ9z.Xw"),
        ["length.too_short"]
    );
    assert!(codes(&set, &user(""), "Tk4-vQ9z.Xw").is_empty());
    assert!(imported.files[1].1.contains("max_age = \"30d\"") && imported.files[1].1.contains("lock = \"30m\""));
    assert!(!imported.files[2].1.contains("[expiry]") && !imported.files[2].1.contains("[rules.characters]"));
}

#[test]
fn freeipa_policies_are_ordered_by_priority() {
    let text = "-----------------------\n3 entries matched\n-----------------------\n  Group: global_policy\n  Max lifetime (days): 90\n  \
                Min lifetime (hours): 1\n  History size: 0\n  Character classes: 0\n  Min length: 8\n  Max failures: 6\n  Failure reset interval: 60\n  \
                Lockout duration: 600\n\n  Group: staff\n  Min length: 10\n  Priority: 20\n\n  Group: admins\n  Min length: 16\n  Priority: 5\n\
                ----------------------------\nNumber of entries returned 3\n----------------------------\n";
    let imported = imported(Format::Freeipa, "pwpolicy", text);
    let names: Vec<&str> = imported.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["policy.toml", "admins.toml", "staff.toml", "global-policy.toml"]);
    let set = load(&imported);
    assert_eq!(codes(&set, &User::new().with("groups", "admins"), "Tk4-vQ9z.Xw"), ["length.too_short"]);
    assert!(codes(&set, &User::new().with("groups", "staff"), "Tk4-vQ9z.Xw").is_empty());
}

#[test]
fn django_rows_of_the_documentation() {
    let settings = "import os\n\nDEBUG = False\nAUTH_PASSWORD_VALIDATORS = [\n    {\n        \"NAME\": \"django.contrib.auth.password_validation.UserAttributeSimilarityValidator\",\n    },\n    \
        {\n        \"NAME\": \"django.contrib.auth.password_validation.MinimumLengthValidator\",\n        \"OPTIONS\": {\n            \"min_length\": 9,  # default 8\n        },\n    },\n    \
        {'NAME': 'django.contrib.auth.password_validation.CommonPasswordValidator'},\n    {'NAME': 'django.contrib.auth.password_validation.' 'NumericPasswordValidator'},\n    \
        {\"NAME\": \"pwned.Validator\"},\n]\nPASSWORD_HASHERS = [\"django.contrib.auth.hashers.BCryptPasswordHasher\"]\n";
    let imported = imported(Format::Django, "settings.py", settings);
    has(&imported, &["min = 9 # from settings.py:11: \"min_length\": 9"]);
    assert!(
        skipped(&imported)[0].starts_with("settings.py:16:6: not translated: `\"NAME\": \"pwned.Validator\"`"),
        "{:?}",
        skipped(&imported)
    );
    let set = load(&imported);
    let user =
        User::new().with("username", "heronlake").with("name", "Anna Keller").with("email", "anna@acme.com");
    let rows: [(&str, bool); 6] = [
        ("a-blue1!", false),
        ("a-blue1!x", true),
        ("4823764982364", false),
        ("heronlake1", false),
        ("basketball", false),
        ("basketball-oboe", true),
    ];
    for (password, accepts) in rows {
        assert_eq!(
            codes(&set, &user, password).is_empty(),
            accepts,
            "{password}: {:?}",
            codes(&set, &user, password)
        );
    }
}

#[test]
fn kratos_yaml_has_its_defaults() {
    let text = "version: v1.1.0\nselfservice:\n  methods:\n    password:\n      enabled: true\n      config:\n        min_password_length: 10\n        haveibeenpwned_enabled: false\nhashers:\n  algorithm: bcrypt\n";
    let imported = imported(Format::Kratos, "kratos.yml", text);
    has(
        &imported,
        &[
            "min = 10 # from kratos.yml:7: min_password_length: 10",
            "max_share = 50 # Kratos rejects half of the password",
            "hash_limit_bytes = 72 # from kratos.yml:10: hashers.algorithm: bcrypt; bcrypt reads 72 bytes",
        ],
    );
    let default = super::imported(Format::Kratos, "kratos.yml", "dsn: memory\n");
    has(&default, &["min = 8 # default of Kratos"]);
}

#[test]
fn okta_policies_have_groups_and_a_default() {
    let text = r#"[
  {"type": "PASSWORD", "name": "Default Policy", "priority": 2, "system": true, "settings": {"password": {"complexity": {"minLength": 8}}}},
  {"type": "PASSWORD", "name": "Admins", "status": "ACTIVE", "priority": 1, "conditions": {"people": {"groups": {"include": ["00g1"]}},
   "authProvider": {"provider": "OKTA"}}, "settings": {"password": {"complexity": {"minLength": 16, "minSymbol": 0},
   "age": {"maxAgeDays": 90, "expireWarnDays": 5, "historyCount": 4}, "lockout": {"maxAttempts": 5, "autoUnlockMinutes": 15}},
   "recovery": {"factors": {}}}},
  {"type": "PASSWORD", "name": "Old", "status": "INACTIVE", "priority": 3}
]"#;
    let imported = imported(Format::Okta, "okta.json", text);
    let names: Vec<&str> = imported.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["policy.toml", "admins.toml", "default-policy.toml"]);
    let set = load(&imported);
    assert!(
        codes(&set, &User::new().with("groups", "00g1").with("username", ""), "Tk4-vQ9z.Xw")
            .contains(&"length.too_short".to_owned())
    );
    assert!(
        imported.files[1].1.contains("warn_before = \"5d\"") && imported.files[1].1.contains("max_failures = 5")
    );
    assert!(!imported.files[1].1.contains("require.symbol"));
    assert_eq!(skipped(&imported).len(), 2, "{:?}", skipped(&imported));
}

#[test]
fn cognito_pool_is_read_from_the_description() {
    let text = r#"{"UserPool": {"Id": "eu-1", "Policies": {"PasswordPolicy": {"MinimumLength": 10, "RequireUppercase": true, "RequireNumbers": true,
        "TemporaryPasswordValidityDays": 3}}}}"#;
    let imported = imported(Format::Cognito, "pool.json", text);
    let set = load(&imported);
    assert_eq!(codes(&set, &User::new(), "abcdefghij"), ["characters.missing_upper", "characters.missing_digit"]);
    assert!(imported.files[0].1.contains("lifetime = \"3d\"") && imported.untranslated.is_empty());
}

#[test]
fn auth0_connection_may_be_an_element_of_a_list() {
    let text = r#"[{"name": "db", "strategy": "auth0", "options": {"passwordPolicy": "excellent", "brute_force_protection": true,
        "password_history": {"enable": true, "size": 7}, "password_no_personal_info": {"enable": false}, "mfa": {"active": true}}}]"#;
    let imported = imported(Format::Auth0, "connection.json", text);
    let set = load(&imported);
    assert_eq!(codes(&set, &User::new(), "abcDEF1112"), ["repetition.run"]);
    assert!(imported.untranslated.is_empty(), "{:?}", skipped(&imported));
}

#[test]
fn authentik_threshold_is_the_next_score() {
    let text = r#"{"pagination": {}, "results": [{"pk": "1", "name": "p", "length_min": 10, "amount_digits": 1, "check_static_rules": true,
        "check_zxcvbn": true, "zxcvbn_score_threshold": 2, "hibp_allowed_count": 0, "check_have_i_been_pwned": false, "error_message": "too weak"},
        {"pk": "2", "days": 30, "deny_only": true}]}"#;
    let imported = imported(Format::Authentik, "policies.json", text);
    assert!(imported.files[0].1.contains("min_score = 3") && imported.files[0].1.contains("max_age = \"30d\""));
    let skipped = skipped(&imported);
    assert!(skipped.len() == 1 && skipped[0].contains("deny_only"), "{skipped:?}");
}

#[test]
fn every_line_of_a_policy_states_its_origin() {
    for (format, name, text) in super::refusals::SAMPLES {
        let imported = imported(*format, name, text);
        for (file, content) in imported.files.iter().filter(|(file, _)| file.ends_with(".toml")) {
            for line in content.lines() {
                let needs_none = line.is_empty()
                    || line.starts_with(['#', '['])
                    || line.starts_with("when =")
                    || line.starts_with("policy =");
                assert!(needs_none || line.contains(" # "), "{format:?} {file}: {line}");
            }
        }
        load(&imported);
    }
}
