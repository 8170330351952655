//! Runs the vectors through a driver: evaluations, policies with errors, and exchanges of the reset flow.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use kouling_vector_runner::evaluation::{self, LANGUAGES, NOW, Observed, Violation};
use kouling_vector_runner::exchange::{self, CLIENT, OTHER_CLIENT, Reach, Request, Surface, World};
use kouling_vector_runner::policies::{self, Finding};
use kouling_vector_runner::populations;
use kouling_vector_runner::standing;
use serde_json::{Value, json};

use super::{Answer, Program, Record};

/// The number of exchanges that only a server can run.
const SERVER_ONLY: usize = 73;

fn policy(record: Record, preset: Option<&str>, text: &str) -> Record {
    match preset {
        Some(preset) => record.with("preset").with(preset),
        None => record.with("text").with(text),
    }
}

fn evaluate(program: &mut Program, case: &evaluation::Case) -> Observed {
    let record = policy(Record::new("evaluate"), case.preset.as_deref(), &case.policy)
        .number(case.now.unwrap_or(NOW))
        .with(case.bytes())
        .number(u8::from(case.current.is_some()))
        .with(case.current.as_deref().unwrap_or_default())
        .with(case.password_set.map(|at| at.to_string()).unwrap_or_default())
        .list(&case.user, |record, (name, value)| record.with(name).with(value))
        .list(&case.previous, |record, previous| {
            let (hash, at) = previous.parts();
            record.with(hash).with(at.map(|at| at.to_string()).unwrap_or_default())
        });
    let mut answer = program.ask(record);
    match answer.text().as_str() {
        "evaluated" => {}
        "not_evaluated" => {
            let (status, kind) = (answer.number::<u32>(), answer.text());
            assert_ne!(status, 0, "{}: no outcome, but status 0", case.name);
            return Observed { error: Some(kind), ..Observed::default() };
        }
        other => panic!("{}: {other}", case.name),
    }
    let accepted = answer.number::<u8>() == 1;
    let refused = answer.list(|answer| {
        let code = answer.text();
        assert!(!answer.text().is_empty(), "{}: {code} has no rule", case.name);
        Violation {
            code,
            messages: LANGUAGES.map(|language| (language.to_owned(), answer.text())).into(),
            wire: answer.text(),
            numbers: answer.list(|answer| (answer.text(), answer.number())).into_iter().collect(),
        }
    });
    assert_eq!(accepted, refused.is_empty(), "{}: accepted, with violations", case.name);
    let [warned, notes] = [(), ()].map(|()| answer.list(Answer::text));
    answer.end();
    Observed { refused, warned, notes, error: None }
}

/// All evaluation vectors.
fn evaluations(program: &mut Program) {
    evaluation::run(|case| Some(evaluate(program, case))).finish(0);
}

/// Decides a case of `standing`.
fn decide(program: &mut Program, case: &standing::Case) -> standing::Outcome {
    let digest = kouling::Policy::parse(&case.policy).expect("a policy").digest().to_owned();
    let account = case.account_json(&kouling::evaluation::hexadecimal(&digest));
    let record = policy(Record::new("standing"), None, &case.policy)
        .with(case.call.name())
        .with(case.accepts.map(|accepts| u8::from(accepts).to_string()).unwrap_or_default())
        .number(case.now)
        .with(account.to_string());
    let mut answer = program.ask(record);
    if answer.text() == "not_decided" {
        let (status, code, message) = (answer.number::<u32>(), answer.text(), answer.text());
        answer.end();
        assert_eq!((status, code.as_str()), (5, "missing_fact"), "{}: {message}", case.name);
        let missing = message.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        return standing::Outcome { missing, ..standing::Outcome::default() };
    }
    let (code, number) = (answer.text(), answer.number::<i64>());
    let (permits, refuses) = (answer.number::<u8>() == 1, answer.number::<u8>() == 1);
    let effects: Vec<Value> =
        answer.list(|answer| serde_json::from_str(&answer.text()).expect("an effect")).into_iter().collect();
    let messages = LANGUAGES.map(|language| (language.to_owned(), answer.text())).into();
    let json: Value = serde_json::from_str(&answer.text()).expect("a decision");
    let after: Value = serde_json::from_str(&answer.text()).expect("the account after the effects");
    answer.end();
    assert_eq!((&json["effects"], &json["code"]), (&Value::from(effects.clone()), &Value::from(code.as_str())));
    assert_eq!((json["permits_session"] == true, json["refuses_sign_in"] == true), (permits, refuses));
    if !refuses && case.call == standing::Call::SignedIn {
        assert_eq!(after["last_use"], case.now, "{}", case.name);
    }
    let named = ["days", "left", "until"].iter().find_map(|name| Some((name, json[name].as_i64()?)));
    assert_eq!(named.map_or(0, |(_, number)| number), number, "{}", case.name);
    standing::Outcome {
        code,
        missing: Vec::new(),
        number: named.map(|(name, number)| ((*name).to_owned(), number)),
        effects: effects.iter().map(|effect| effect["effect"].as_str().expect("a name").to_owned()).collect(),
        messages,
    }
}

/// All standing vectors.
fn standings(program: &mut Program) {
    standing::run(|case| decide(program, case)).finish(0);
}

fn findings(program: &mut Program, record: Record) -> Vec<Finding> {
    let mut answer = program.ask(record).of("policy");
    let status: u32 = answer.number();
    let found = answer.list(|answer| Finding {
        at: format!("{}:{}:{}", answer.text(), answer.text(), answer.text()),
        id: answer.text(),
        message: answer.text(),
        help: Some(answer.text()).filter(|help| !help.is_empty()),
    });
    answer.end();
    assert_eq!(status == 0, found.is_empty(), "a status {status} with {found:?}");
    found
}

/// All policy vectors, from memory.
fn policies_in_memory(program: &mut Program) {
    let report = policies::run(|case| {
        let files: BTreeMap<&str, Vec<u8>> = case
            .files
            .iter()
            .map(|(name, contents)| (name.as_str(), contents.bytes()))
            .chain([("policy.toml", case.policy.clone().into_bytes())])
            .collect();
        let record = Record::new("policy").with("memory").with("policy.toml");
        findings(program, record.list(files, |record, (name, bytes)| record.with(name).with(bytes)))
    });
    report.finish(0);
}

/// All population vectors, from memory.
fn selections(program: &mut Program) {
    let report = populations::run(|case| {
        let files: BTreeMap<&str, Vec<u8>> = case
            .files
            .iter()
            .map(|(name, contents)| (name.as_str(), contents.bytes()))
            .chain([("set.toml", case.set.clone().into_bytes())])
            .collect();
        let record = Record::new("select")
            .with("set.toml")
            .list(files, |record, (name, bytes)| record.with(name).with(bytes))
            .number(case.now())
            .list(case.attributes(), |record, (name, value)| record.with(name).with(value))
            .with(case.password.as_deref().unwrap_or_default());
        let mut answer = program.ask(record);
        let mut observed = populations::Observed::default();
        match answer.text().as_str() {
            "selected" => {
                observed.selected = answer.text().split(", ").map(str::to_owned).collect();
                let (refused, warned) = (answer.list(Answer::text), answer.list(Answer::text));
                if case.password.is_some() {
                    (observed.refused, observed.warned) = (refused, warned);
                }
            }
            "not_selected" => observed.error = Some(answer.text()),
            other => panic!("{}: {other}", case.name),
        }
        answer.end();
        Some(observed)
    });
    report.finish(0);
}

/// The error of the operating system for a missing file.
const NOT_FOUND: &str = "cannot be read: No such file or directory (os error 2)";

/// All policy vectors, from files in a folder of this name, which no other test may use.
fn policies_on_disk(program: &mut Program, name: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policies").join(name);
    let report = policies::run(|case| {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        for (name, contents) in &case.files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, contents.bytes()).expect("a file");
        }
        fs::write(folder.join("policy.toml"), &case.policy).expect("a file");
        let place = format!("{}/", folder.to_str().expect("a path in UTF-8"));
        let record = Record::new("policy").with("disk").with(format!("{place}policy.toml")).number(0);
        // On disk, locations contain the folder, and a missing file has the error of the operating system.
        let as_in_memory = |text: String| text.replace(&place, "").replace(NOT_FOUND, "does not exist");
        let shown = |found: Finding| Finding {
            at: as_in_memory(found.at),
            message: as_in_memory(found.message),
            help: found.help.map(as_in_memory),
            ..found
        };
        findings(program, record).into_iter().map(shown).collect()
    });
    report.finish(0);
    let _ = fs::remove_dir_all(&folder);
}

/// The reset flow in a driver.
struct InDriver(Rc<RefCell<Program>>);

impl InDriver {
    fn ask(&self, record: Record, answer: &str) -> Answer {
        self.0.borrow_mut().ask(record).of(answer)
    }

    fn done(&self, record: Record) {
        self.ask(record, "ok").end();
    }

    fn open(program: &Rc<RefCell<Program>>, world: &World) -> InDriver {
        let driver = InDriver(program.clone());
        let preset = Some(world.policy.as_str()).filter(|policy| !policy.contains('\n'));
        driver.done(policy(Record::new("world"), preset, &world.policy));
        for account in &world.account {
            let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
            let record = Record::new("account")
                .with(&account.username)
                .with(or_empty(&account.name))
                .with(or_empty(&account.email))
                .with(or_empty(&account.phone))
                .number(u8::from(account.locked))
                .list(&account.passwords, Record::with);
            driver.done(record);
        }
        driver
    }
}

/// The first fields of a client's command: the caller and the language.
fn from(name: &str, request: &Request) -> Record {
    let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
    let client = header("X-client-id");
    let registered = [CLIENT, OTHER_CLIENT].contains(&client.as_str());
    Record::new(name)
        .with(header("X-operating-sys-version"))
        .with(header("X-device-fingerprint"))
        .with(header("X-agent"))
        .with(client)
        .number(u8::from(registered))
        .with(header("X-L"))
}

fn send(request: &Request, channel: &str) -> Record {
    let (field, forgot, update) = match channel {
        "email" => ("email", "FORGET_PWD_EMS", "UPDATE_PWD_EMS"),
        _ => ("mobile", "FORGET_PWD_SMS", "UPDATE_PWD_SMS"),
    };
    let purpose = match request.field("type") {
        scene if scene == forgot => "forgot",
        scene if scene == update => "update",
        _ => "none",
    };
    from("send", request)
        .with(purpose)
        .with(channel)
        .with(request.field(field))
        .with(request.field("captcha_token"))
}

fn redeem(request: &Request, channel: &str) -> Record {
    let address = request.field(channel);
    let signed_in = request.signed_in.as_deref().filter(|_| address.is_empty());
    from("redeem", request)
        .with(channel)
        .with(address)
        .with(request.field("verify_code"))
        .with(request.field("password"))
        .with(signed_in.unwrap_or_default())
}

fn change(request: &Request) -> Record {
    from("change", request)
        .with(request.signed_in.as_deref().expect("a signed-in user"))
        .with(request.field("old_password"))
        .with(request.field("new_password"))
}

fn verify_captcha(request: &Request) -> Record {
    let point = request.field("point_json");
    let place: Value = serde_json::from_str(point).unwrap_or_default();
    let sender = request.field("sender");
    from("verify-captcha", request)
        .with(if sender.contains('@') { "email" } else { "mobile" })
        .with(sender)
        .with(request.field("token"))
        .number(place["x"].as_f64().unwrap_or(f64::NAN))
        .with(point)
}

impl Surface for InDriver {
    fn exchange(&mut self, request: &Request) -> exchange::Response {
        let record = match request.call.as_str() {
            "email/send" => send(request, "email"),
            "sms/send" => send(request, "mobile"),
            "captcha/verify" => verify_captcha(request),
            "pwd/update-by-email" => redeem(request, "email"),
            "pwd/update-by-mobile" => redeem(request, "mobile"),
            "pwd/change" => change(request),
            other => panic!("the reset flow has no call {other}"),
        };
        let mut answer = self.ask(record, "answer");
        let (status, code, message) = (answer.number(), answer.text(), answer.text());
        let (retry_after, token) = (answer.text(), answer.text());
        answer.end();
        let body = match (code.is_empty(), token.is_empty()) {
            (false, _) => json!({"error_code": code, "error_msg": message}),
            (true, false) => json!({"captcha_token": token}),
            (true, true) => json!({}),
        };
        exchange::Response { status, body, retry_after: retry_after.parse().ok() }
    }

    fn captcha(&mut self) -> (String, u32) {
        let mut answer = self.ask(Record::new("captcha"), "captcha");
        (answer.text(), answer.number())
    }

    fn codes(&mut self) -> Vec<String> {
        self.ask(Record::new("codes"), "codes").list(Answer::text)
    }

    fn wait(&mut self, seconds: u64) -> bool {
        self.done(Record::new("wait").number(seconds));
        true
    }

    fn sign_in(&mut self, username: &str, password: &str) -> bool {
        self.ask(Record::new("sign-in").with(username).with(password), "signed_in").number::<u8>() == 1
    }
}

/// All exchange vectors that do not need a server.
fn exchanges(program: Program) -> Program {
    let program = Rc::new(RefCell::new(program));
    exchange::run(Reach::Flow, |world| InDriver::open(&program, world)).finish(SERVER_ONLY);
    Rc::into_inner(program).expect("every world is closed").into_inner()
}

/// Runs all vectors and ends the driver. No other test may use the same `name`.
pub(crate) fn all(program: Program, name: &str) {
    exchanges(without_a_world(program, name)).finish_well();
}

/// Runs the vectors without the reset flow.
pub(crate) fn without_a_world(mut program: Program, name: &str) -> Program {
    evaluations(&mut program);
    standings(&mut program);
    policies_in_memory(&mut program);
    selections(&mut program);
    policies_on_disk(&mut program, name);
    program
}
