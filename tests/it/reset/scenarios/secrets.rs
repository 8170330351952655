//! Invariant 14: a password or code appears in no output unless it is exposed explicitly.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use kouling::Contract;
use kouling::flow::{Effect, Next, Purpose, Secret};
use kouling::language::LANGUAGES;

use super::host::{Engine, Host, SubmissionInput, caller, hex, key};
use super::{MAIL, OLD_PASSWORD, host_with_accounts, input, wrong_code};

/// Codes are long, so that none appears in an output by chance.
const POLICY: &str = "format = 1\n[rules.length]\nmin = 8\nmax = 64\n[rules.reversed_username]\n[rules.personal]\n\
    [reset.code]\nalphabet = \"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\"\nlength = 20\n";
const CANARY: &str = "Canary/bird+of=Kouling?";

/// Returns the encodings in which a secret could leak.
fn encodings(secret: &str) -> Vec<String> {
    let mut encodings = vec![secret.to_owned(), hex(secret.as_bytes()), hex(secret.as_bytes()).to_uppercase()];
    let escaped = |keep: fn(&u8) -> bool| -> String {
        secret.bytes().map(|b| if keep(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
    };
    encodings.extend([escaped(u8::is_ascii_alphanumeric), escaped(|_| false)]);
    // The `Debug` output of the bytes, and the reversed text.
    encodings.push(secret.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", "));
    encodings.push(secret.chars().rev().collect());
    // Base64 at each of the three possible offsets, without the characters that depend on adjacent bytes.
    for shift in 0..3 {
        let shifted = format!("{}{secret}", &"xx"[..shift]);
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let text = engine.encode(&shifted);
            encodings.push(text[(shift * 8).div_ceil(6)..text.len() - 2].to_owned());
        }
    }
    encodings
}

/// All outputs, each with a label for its source.
#[derive(Default)]
struct Outputs(Vec<(String, String)>);

impl Outputs {
    fn record(&mut self, label: &str, output: &dyn std::fmt::Debug) {
        self.0.push((label.to_owned(), format!("{output:?} {output:#?}")));
    }

    fn record_effects(&mut self, effects: &[Effect]) {
        for effect in effects {
            self.record(effect.name(), effect);
            match effect {
                Effect::StoreChallenge(challenge) => {
                    let stored = String::from_utf8_lossy(&challenge.to_bytes()).into_owned();
                    self.0.push(("the stored challenge".to_owned(), stored));
                }
                Effect::SetPassword(change) => self.record("the change", change),
                Effect::SendCode(recipient, code) => {
                    self.record("the recipient", recipient);
                    self.record("the code", code);
                }
                _ => {}
            }
        }
    }

    /// Runs a submission and records every output of every step.
    fn submit(&mut self, host: &mut Host<'_>, input: &SubmissionInput) -> String {
        let contract = Contract::built_in("idaas-ciam").expect("a built-in contract").expect("a valid contract");
        let mut pending = host.begin(input);
        loop {
            self.record("the redemption", &pending.redemption);
            self.record("the next step", &pending.next);
            match &pending.next {
                Next::Apply(effects) => self.record_effects(effects),
                Next::Refused(refusal, effects) => {
                    self.record_effects(effects);
                    self.record("the refusal", refusal);
                    for language in LANGUAGES {
                        self.record("the response", &contract.refusal(refusal, &host.engine.policy, language));
                    }
                }
                Next::CannotJudge(error, effects) => {
                    self.record_effects(effects);
                    self.record("the error", error);
                    self.0.push(("the error message".to_owned(), error.to_string()));
                }
                Next::Approved(approved) => self.record("the approval", approved),
                _ => {}
            }
            match pending.step(host) {
                Ok(stepped) => pending = stepped,
                Err(outcome) => return outcome.code(),
            }
        }
    }
}

#[test]
fn inv14_secrets_appear_in_no_output() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let mut outputs = Outputs::default();
    let mut secrets = vec![CANARY.to_owned(), "canary-bird".to_owned(), "nasgnahz-Canary-bird".to_owned()];

    let request = host.send_request(caller(1, 1), MAIL, Purpose::ForgotPassword);
    outputs.record("the request", &request);
    outputs.record("the facts", &host.send_facts(&request));
    let (result, effects) = host.decide_send(&request);
    assert!(result.is_ok());
    outputs.record_effects(&effects);
    let sends_code = |effect: &&Effect| matches!(effect, Effect::SendCode(..));
    let Some(Effect::SendCode(_, code)) = effects.iter().find(sends_code) else { panic!("no code is sent") };
    let code = code.expose().to_owned();
    assert!(host.store.apply(&effects));
    secrets.extend([code.clone(), wrong_code(&code)]);

    let canary =
        |code: &str, password: &str| SubmissionInput { password: password.to_owned(), ..input(MAIL, code) };
    for (input, expected) in [
        (canary(&wrong_code(&code), CANARY), "reset.code_refused"),
        (canary(&code, "nasgnahz-Canary-bird"), "reversed_username.contained"),
        (canary(&code, &CANARY.repeat(3)), "length.too_long"),
        (canary(&code, &format!("{CANARY}\0")), "cannot_judge.nul"),
        (canary(&code, &format!("{CANARY}\u{7}")), "input.unprintable_character"),
        (canary(&code, &CANARY.repeat(100)), "input.too_many_bytes"),
        (canary(&code, CANARY), "done"),
    ] {
        assert_eq!(outputs.submit(&mut host, &input), expected);
    }
    let approved =
        host.begin_change(&caller(1, 1), "id-zhangsan", Some(CANARY), "canary-bird").expect("an approval");
    outputs.record("the approved change", &approved);
    let hash = host.hash("canary-bird");
    secrets.push(hash.clone());
    let effects = approved.effects(hash);
    outputs.record_effects(&effects);
    assert!(host.store.apply(&effects));
    secrets.extend(host.store.accounts["id-zhangsan"].hashes.iter().map(|previous| previous.hash.clone()));

    outputs.record("the audit", &host.store.audit);
    outputs.record("the keys", &engine.keys);
    outputs.record("the policy", &engine.policy);
    secrets.push(String::from_utf8_lossy(key(1).key.as_ref()).into_owned());
    for stored in &host.store.challenges {
        outputs.0.push(("the store".to_owned(), String::from_utf8_lossy(&stored.bytes).into_owned()));
        outputs.record("the challenge", &stored.decode());
    }
    assert!(outputs.0.len() > 80, "only {} outputs were recorded", outputs.0.len());
    for secret in &secrets {
        for encoding in encodings(secret) {
            for (label, text) in &outputs.0 {
                assert!(!text.contains(&encoding), "{label} contains {encoding}");
            }
        }
    }
}

#[test]
fn inv14_encodings_of_secrets_are_detected() {
    let secret = "Canary/bird";
    let encodings = encodings(secret);
    for text in [
        format!("{secret:?}"),
        format!("{:?}", secret.as_bytes()),
        hex(secret.as_bytes()).to_uppercase(),
        STANDARD_NO_PAD.encode(format!("password={secret}&x=1")),
        URL_SAFE_NO_PAD.encode(format!("{{\"password\":\"{secret}\"}}")),
        "password=Canary%2Fbird".to_owned(),
    ] {
        assert!(encodings.iter().any(|encoding| text.contains(encoding)), "{text}");
    }
    assert_eq!(format!("{:?}", Secret::new(secret)), "Secret(..)");
    let mut outputs = Outputs::default();
    outputs.record("a leak", &OLD_PASSWORD);
    assert!(outputs.0[0].1.contains(OLD_PASSWORD));
}
