//! Requests many codes for an account that exists or does not, so that `tests/e2e/test_instructions.py` can count
//! the instructions of each (invariant 11). Instructions are reproducible; wall-clock time is not.

#![allow(clippy::expect_used, clippy::panic)]

use kouling::flow::{
    Address, Caller, Channel, CodeKey, CodeKeys, Device, Purpose, SendFacts, SendRequest, budgets, send,
};
use kouling::policy::document::Start;
use kouling::{Loader, Moment};

const TIMES: u64 = 2_000;

fn main() {
    let account_kind = std::env::args().nth(1).unwrap_or_default();
    let address = "15200000000@qq.com";
    let account = match account_kind.as_str() {
        "known" => Some(("0123456789abcdef0123456789abcdef".to_owned(), address.to_owned())),
        "unknown" => None,
        other => panic!("invalid argument {other:?}; expected `known` or `unknown`"),
    };
    let text = "format = 1\n[reset.captcha]\nrequired = false";
    let policy = Loader::new().load(Start::Text("policy", text)).expect("a valid policy");
    let keys = CodeKeys::new(CodeKey { id: 1, key: zeroize::Zeroizing::new([7; 32]) });
    let device =
        Device { system: "windows10".into(), fingerprint: "156aysdna213sc50".into(), agent: "Mozilla/5.0".into() };
    let request = SendRequest {
        caller: Caller { device, client: "nTo1eRIub60vPb54WeE6aojPwYwImtl4".into(), client_is_registered: true },
        purpose: Purpose::ForgotPassword,
        channel: Channel::Email,
        address: address.to_owned(),
        captcha_token: None,
        peer: "127.0.0.1".into(),
    };
    let parsed = Address::parse(Channel::Email, address).expect("an address");
    let mut effects = 0;
    for time in 0..TIMES {
        let id = account.as_ref().map(|(id, _)| id.as_str());
        let events = budgets(&policy, &request, &parsed, id).iter().map(|_| Vec::new()).collect();
        let facts = SendFacts { account: account.clone(), captcha: None, events };
        let randomness = std::array::from_fn(|at| (time as usize + at * 31) as u8);
        let now = Moment::from_unix(1_795_392_000 + time as i64);
        effects += send(&policy, &keys, &request, &facts, now, &randomness).1.len();
    }
    println!("{effects}");
}
