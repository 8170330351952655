//! Runs the contract vectors through the Rust API: each request becomes a call of the reset flow, and its result becomes a
//! response. Cases about paths, sizes and tokens need a server and are skipped.
#![allow(clippy::panic, clippy::expect_used)]

use crate::fake_host as host;

use host::{Engine, Host, ResetOutcome, SubmissionInput};
use kouling::flow::{Caller, Channel, Device, Purpose, Refusal, SendRequest};
use kouling::policy::Files;
use kouling::policy::document::Start;
use kouling::{Contract, Language};
use kouling_vector_runner::exchange::{CLIENT, OTHER_CLIENT, Reach, Request, Response, Surface, World, run};
use serde_json::{Value, json};

/// The number of cases that need a server.
const NEEDS_SERVER: usize = 73;

struct Rust {
    host: Host<'static>,
    contract: Contract,
}

impl Rust {
    fn open(world: &World) -> Rust {
        // Leaked once per case, which is acceptable in a test.
        let mut host = Host::new(Box::leak(Box::new(Engine::new(&world.policy))));
        for account in &world.account {
            let passwords: Vec<&str> = account.passwords.iter().map(String::as_str).collect();
            host.add_account(&account.username, account.email.as_deref(), account.phone.as_deref(), &passwords);
            let stored = host.store.account_mut(&format!("id-{}", account.username));
            stored.name.clone_from(&account.name);
            stored.is_active = !account.locked;
        }
        Rust {
            host,
            contract: Contract::built_in("idaas-ciam").expect("a built-in contract").expect("a valid contract"),
        }
    }

    fn refused(&self, refusal: &Refusal, language: Language) -> Response {
        let wire = self.contract.refusal(refusal, &self.host.engine.policy, language);
        let body = json!({"error_code": wire.code, "error_msg": wire.message});
        Response { status: wire.status, body, retry_after: wire.retry_after }
    }

    fn ended(&self, ending: &ResetOutcome, language: Language) -> Response {
        match ending {
            ResetOutcome::Done => done(json!({})),
            ResetOutcome::Refused(refusal) => self.refused(refusal, language),
            ResetOutcome::CannotJudge(error) => {
                let wire = self.contract.cannot_judge(error, language);
                let body = json!({"error_code": wire.code, "error_msg": wire.message});
                Response { status: wire.status, body, retry_after: wire.retry_after }
            }
        }
    }

    fn send(&mut self, request: &Request, channel: Channel) -> Result<(), Refusal> {
        let (field, forgot, update) = match channel {
            Channel::Email => ("email", "FORGET_PWD_EMS", "UPDATE_PWD_EMS"),
            Channel::Mobile => ("mobile", "FORGET_PWD_SMS", "UPDATE_PWD_SMS"),
        };
        let caller = caller(request);
        let address = request.field(field).to_owned();
        let purpose = match request.field("type") {
            scene if scene == forgot => Purpose::ForgotPassword,
            scene if scene == update => Purpose::UpdatePassword,
            _ => return caller.check().and(Err(Refusal::NotSent)),
        };
        let captcha_token = Some(request.field("captcha_token").to_owned());
        let peer = "192.0.2.1".to_owned();
        self.host.send(&SendRequest { caller, purpose, channel, address, captcha_token, peer })
    }

    fn redeem(&mut self, request: &Request, channel: Channel) -> ResetOutcome {
        let field = if channel == Channel::Email { "email" } else { "mobile" };
        let address = request.field(field).to_owned();
        let signed_in = request.signed_in.as_ref().filter(|_| address.is_empty());
        self.host.submit(&SubmissionInput {
            caller: caller(request),
            channel,
            code: request.field("verify_code").to_owned(),
            password: request.field("password").to_owned(),
            signed_in: signed_in.map(|username| format!("id-{username}")),
            address,
        })
    }

    fn change(&mut self, request: &Request) -> ResetOutcome {
        let account = format!("id-{}", request.signed_in.as_deref().expect("a signed-in user"));
        let old = Some(request.field("old_password")).filter(|old| !old.is_empty());
        self.host.change(&caller(request), &account, old, request.field("new_password"))
    }

    fn solve(&mut self, request: &Request) -> Result<String, Refusal> {
        caller(request).check()?;
        let point = request.field("point_json");
        let place: Value = serde_json::from_str(point).unwrap_or_default();
        let x = place["x"].as_f64().unwrap_or(f64::NAN);
        self.host.solve(request.field("token"), x, point, request.field("sender"))
    }
}

fn caller(request: &Request) -> Caller {
    let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
    let client = header("X-client-id");
    Caller {
        device: Device {
            system: header("X-operating-sys-version"),
            fingerprint: header("X-device-fingerprint"),
            agent: header("X-agent"),
        },
        client_is_registered: [CLIENT, OTHER_CLIENT].contains(&client.as_str()),
        client,
    }
}

fn done(body: Value) -> Response {
    Response { status: 200, body, retry_after: None }
}

impl Surface for Rust {
    fn exchange(&mut self, request: &Request) -> Response {
        let language = Language::from_tag(request.header("X-L").unwrap_or_default());
        let answer = match request.call.as_str() {
            "email/send" => self.send(request, Channel::Email).map(|()| json!({})),
            "sms/send" => self.send(request, Channel::Mobile).map(|()| json!({})),
            "captcha/verify" => self.solve(request).map(|token| json!({"captcha_token": token})),
            path => {
                let ending = match path {
                    "pwd/update-by-email" => self.redeem(request, Channel::Email),
                    "pwd/update-by-mobile" => self.redeem(request, Channel::Mobile),
                    "pwd/change" => self.change(request),
                    other => panic!("the flow has no call `{other}`"),
                };
                return self.ended(&ending, language);
            }
        };
        answer.map_or_else(|refusal| self.refused(&refusal, language), done)
    }

    fn captcha(&mut self) -> (String, u32) {
        (self.host.create_captcha().token, 237)
    }

    fn codes(&mut self) -> Vec<String> {
        self.host.store.codes().map(|(_, code)| code.to_owned()).collect()
    }

    fn wait(&mut self, seconds: u64) -> bool {
        self.host.wait(seconds);
        true
    }

    fn sign_in(&mut self, username: &str, password: &str) -> bool {
        self.host.sign_in(&format!("id-{username}"), password).is_some()
    }
}

/// Codes that no vector can cause: an internal error, and an unavailable store.
const NOT_IN_VECTORS: [(&str, &str, u16, [&str; 2]); 2] = [
    ("host.fault", "IDAAS.SDK.COM.0002", 500, ["System busy, please try again later", "系统繁忙，请稍后重试"]),
    (
        "host.unavailable",
        "IDAAS.SDK.COM.9003",
        503,
        ["Service temporarily unavailable, please try again later", "服务暂不可用，请稍后重试"],
    ),
];

#[test]
fn contract_codes_have_vectors_in_both_languages() {
    let text = include_str!("../../rules/contracts/idaas-ciam.toml");
    let contract: toml::Table = toml::from_str(text).expect("the contract");
    let codes = contract["codes"].as_table().expect("codes");
    let refusals = kouling_vector_runner::exchange::refusals();
    let is_not_in_vectors = |code: &str| NOT_IN_VECTORS.iter().any(|(_, known, ..)| *known == code);
    for code in codes.keys().filter(|code| !is_not_in_vectors(code)) {
        for language in ["en", "zh"] {
            // The text before, between and after the placeholders.
            let text = Language::from_tag(language).text(&format!("contracts/idaas-ciam.{code}")).expect("a text");
            let pieces: Vec<&str> =
                text.split('{').map(|piece| piece.split_once('}').map_or(piece, |(_, after)| after)).collect();
            let says = |message: &str| {
                let after = |rest: Option<&str>, piece: &str| -> Option<usize> {
                    rest?.find(piece).map(|at| at + piece.len())
                };
                let mut at = 0;
                for piece in &pieces {
                    let Some(end) = after(message.get(at..), piece) else { return false };
                    at += end;
                }
                message.starts_with(pieces[0])
            };
            let found = refusals.iter().any(|(known, message)| known == code && says(message));
            assert!(found, "no vector has {code} in {language}");
        }
    }
    let contract = Contract::built_in("idaas-ciam").expect("a built-in contract").expect("a valid contract");
    for (name, code, status, texts) in NOT_IN_VECTORS {
        for (language, text) in ["en", "zh"].map(Language::from_tag).into_iter().zip(texts) {
            let wire = contract.host(name, language);
            assert_eq!((wire.code.as_str(), wire.status, wire.message.as_str()), (code, status, text));
        }
    }
}

#[test]
fn contract_vectors_match() {
    run(Reach::Flow, Rust::open).finish(NEEDS_SERVER);
}

#[test]
fn contract_with_own_texts_shows_no_other_texts() {
    let load = |text: &str| Contract::load(Start::Text("own", text), &Files);
    let own = |text: &str| {
        format!(
            "name = \"idaas-ciam\"\n[codes.\"IDAAS.SDK.COM.0002\"]\n{text}\n[refusals]\n\"host.fault\" = \"IDAAS.SDK.COM.0002\"\n[violations]\n\"*\" = \"IDAAS.SDK.COM.0002\""
        )
    };
    let contract = load(&own("text = { en = \"own\", zh = \"自己\" }")).expect("a contract");
    let message = |tag: &str| contract.host("host.fault", Language::from_tag(tag)).message;
    // Traditional Chinese falls back to the contract's own simplified Chinese, not to the built-in text.
    assert_eq!(["en", "fr", "zh", "zh-TW"].map(message), ["own", "own", "自己", "自己"]);
    for (text, error) in [
        ("text = { zh = \"x\" }", "has no English text"),
        ("text = { en = \"{min, plural, one {x}}\" }", "the plural has no form `other`"),
        ("text = { en = \"{min\" }", "unbalanced brace"),
        ("text = { en = \"x\", fr = \"x\" }", "unknown key `fr`"),
        ("en = \"x\"", "unknown key `en`"),
    ] {
        let found = load(&own(text)).expect_err(text).to_string();
        assert!(found.contains(error), "{text}: {found}");
    }
}
