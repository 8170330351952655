//! 14: a password and a code show themselves nowhere but where they are asked for by name.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use kouling::flow::{Effect, Next, Purpose, Secret};
use kouling::language::LANGUAGES;
use kouling::Contract;

use super::host::{Engine, Host, Typed, caller, hex, key};
use super::{MAIL, OLD, another, town, typed};

/// Codes of many letters, so that none stands anywhere by chance.
const POLICY: &str = "format = 1\n[rules.length]\nmin = 8\nmax = 64\n[rules.reversed_username]\n[rules.personal]\n\
    [reset.code]\nalphabet = \"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\"\nlength = 20\n";
const CANARY: &str = "Canary/bird+of=Kouling?";

/// The forms in which a secret could have got out.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned(), hex(secret.as_bytes()), hex(secret.as_bytes()).to_uppercase()];
    let escaped = |keep: fn(&u8) -> bool| -> String {
        secret.bytes().map(|b| if keep(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
    };
    forms.extend([escaped(u8::is_ascii_alphanumeric), escaped(|_| false)]);
    // As `Debug` shows bytes, and the same backwards.
    forms.push(secret.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", "));
    forms.push(secret.chars().rev().collect());
    // In Base64 at each of the three places where it can begin; what its neighbours share is cut off.
    for shift in 0..3 {
        let shifted = format!("{}{secret}", &"xx"[..shift]);
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let text = engine.encode(&shifted);
            forms.push(text[(shift * 8).div_ceil(6)..text.len() - 2].to_owned());
        }
    }
    forms
}

/// Everything that was shown on the way, and by whom.
#[derive(Default)]
struct Shown(Vec<(String, String)>);

impl Shown {
    fn note(&mut self, what: &str, shown: &dyn std::fmt::Debug) {
        self.0.push((what.to_owned(), format!("{shown:?} {shown:#?}")));
    }

    fn effects(&mut self, effects: &[Effect]) {
        for effect in effects {
            self.note(effect.name(), effect);
            match effect {
                Effect::StoreChallenge(challenge) => {
                    let stored = String::from_utf8_lossy(&challenge.to_bytes()).into_owned();
                    self.0.push(("the stored challenge".to_owned(), stored));
                }
                Effect::SetPassword(change) => self.note("the change", change),
                Effect::SendCode(recipient, code) => {
                    self.note("the recipient", recipient);
                    self.note("the code", code);
                }
                _ => {}
            }
        }
    }

    /// A submission, with everything it shows at every step.
    fn submit(&mut self, host: &mut Host<'_>, typed: &Typed) -> String {
        let contract = Contract::built_in("idaas-ciam").expect("known").expect("good");
        let mut flight = host.begin(typed);
        loop {
            self.note("the redemption", &flight.redemption);
            self.note("what is next", &flight.next);
            match &flight.next {
                Next::Apply(effects) => self.effects(effects),
                Next::Refused(refusal, effects) => {
                    self.effects(effects);
                    self.note("the refusal", refusal);
                    for language in LANGUAGES {
                        self.note("the wire", &contract.refusal(refusal, &host.engine.policy, language));
                    }
                }
                Next::CannotJudge(error, effects) => {
                    self.effects(effects);
                    self.note("the error", error);
                    self.0.push(("the error in words".to_owned(), error.to_string()));
                }
                Next::Approved(approved) => self.note("the approval", approved),
                _ => {}
            }
            match flight.step(host) {
                Ok(stepped) => flight = stepped,
                Err(ending) => return ending.code(),
            }
        }
    }
}

#[test]
fn inv14_a_canary_is_nowhere() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let mut shown = Shown::default();
    let mut secrets = vec![CANARY.to_owned(), "canary-bird".to_owned(), "nasgnahz-Canary-bird".to_owned()];

    let request = host.send_request(caller(1, 1), MAIL, Purpose::ForgotPassword);
    shown.note("the request", &request);
    shown.note("the facts", &host.send_facts(&request));
    let (answer, effects) = host.decide_send(&request);
    assert!(answer.is_ok());
    shown.effects(&effects);
    let name = |effect: &&Effect| matches!(effect, Effect::SendCode(..));
    let Some(Effect::SendCode(_, code)) = effects.iter().find(name) else { panic!("no code is sent") };
    let code = code.expose().to_owned();
    assert!(host.store.apply(&effects));
    secrets.extend([code.clone(), another(&code)]);

    let canary = |code: &str, password: &str| Typed { password: password.to_owned(), ..typed(MAIL, code) };
    for (typed, answer) in [
        (canary(&another(&code), CANARY), "reset.code_refused"),
        (canary(&code, "nasgnahz-Canary-bird"), "reversed_username.contained"),
        (canary(&code, &CANARY.repeat(3)), "length.too_long"),
        (canary(&code, &format!("{CANARY}\0")), "cannot_judge.nul"),
        (canary(&code, &format!("{CANARY}\u{7}")), "input.unprintable_character"),
        (canary(&code, &CANARY.repeat(100)), "input.too_many_bytes"),
        (canary(&code, CANARY), "done"),
    ] {
        assert_eq!(shown.submit(&mut host, &typed), answer);
    }
    let leave = host.begin_change(&caller(1, 1), "id-zhangsan", Some(CANARY), "canary-bird").expect("leave");
    shown.note("the leave", &leave);
    let hash = host.hash("canary-bird");
    secrets.push(hash.clone());
    let effects = leave.effects(hash);
    shown.effects(&effects);
    assert!(host.store.apply(&effects));
    secrets.extend(host.store.accounts["id-zhangsan"].hashes.iter().map(|previous| previous.hash.clone()));

    shown.note("the audit", &host.store.audit);
    shown.note("the keys", &engine.keys);
    shown.note("the policy", &engine.policy);
    secrets.push(String::from_utf8_lossy(key(1).key.as_ref()).into_owned());
    for stored in &host.store.challenges {
        shown.0.push(("the store".to_owned(), String::from_utf8_lossy(&stored.bytes).into_owned()));
        shown.note("the challenge", &stored.read());
    }
    assert!(shown.0.len() > 80, "{} things were shown", shown.0.len());
    for secret in &secrets {
        for form in forms(secret) {
            for (what, text) in &shown.0 {
                assert!(!text.contains(&form), "{what} shows {form}");
            }
        }
    }
}

#[test]
fn inv14_the_forms_would_be_seen() {
    let secret = "Canary/bird";
    let forms = forms(secret);
    for text in [
        format!("{secret:?}"),
        format!("{:?}", secret.as_bytes()),
        hex(secret.as_bytes()).to_uppercase(),
        STANDARD_NO_PAD.encode(format!("password={secret}&x=1")),
        URL_SAFE_NO_PAD.encode(format!("{{\"password\":\"{secret}\"}}")),
        "password=Canary%2Fbird".to_owned(),
    ] {
        assert!(forms.iter().any(|form| text.contains(form)), "{text}");
    }
    assert_eq!(format!("{:?}", Secret::new(secret)), "Secret(..)");
    let mut shown = Shown::default();
    shown.note("a leak", &OLD);
    assert!(shown.0[0].1.contains(OLD));
}
