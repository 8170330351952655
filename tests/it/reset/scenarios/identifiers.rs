//! Invariants 2, 9 and 12: one identifier leads to one address on record, and no part of a message comes from the request.

use kouling::flow::{Address, Channel, Purpose};
use proptest::prelude::*;

use super::host::{Engine, Message, caller};
use super::{MAIL, OLD_PASSWORD, POLICY, code_for, host_with_accounts, input};

fn email(text: &str) -> Option<Address> {
    Address::parse(Channel::Email, text)
}

const MULTIPLE_ADDRESSES: [&str; 19] = [
    "evil,zhangsan@example.org",
    "evil;zhangsan@example.org",
    "evil:zhangsan@example.org",
    "zhangsan@example.org,evil@example.net",
    "zhangsan@example.org;evil@example.net",
    "zhangsan@example.org evil@example.net",
    "zhangsan@example.org\nevil@example.net",
    "zhangsan@example.org\r\nBcc: evil@example.net",
    "zhangsan@example.org\0evil@example.net",
    "zhangsan@example.org%0aevil@example.net",
    "zhangsan@example.org%2cevil@example.net",
    "[\"zhangsan@example.org\",\"evil@example.net\"]",
    "zhangsan@example.org&email=evil@example.net",
    "zhangsan@example.org\u{2028}evil@example.net",
    "zhangsan@example.org\u{a0}evil@example.net",
    "zhangsan@example.org，evil@example.net",
    "\"zhangsan@example.org\" <evil@example.net>",
    "zhangsan@evil.example@example.org",
    "zhangsan@example.org\u{85}",
];

#[test]
fn inv02_multiple_identifiers_are_refused() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    code_for(&mut host, MAIL);
    for text in MULTIPLE_ADDRESSES {
        assert_eq!(email(text), None, "{text:?}");
        let mut request = host.send_request(caller(1, 1), MAIL, Purpose::ForgotPassword);
        request.address = text.to_owned();
        let (result, effects) = host.decide_send(&request);
        assert_eq!(result.expect_err(text).code(), "reset.not_sent", "{text:?}");
        assert!(effects.is_empty(), "{text:?}");
        let code = host.store.codes().last().map(|(_, code)| code.to_owned()).expect("a code");
        assert_eq!(host.submit(&input(text, &code)).code(), "reset.code_refused", "{text:?}");
    }
    for text in ["15200000000,15200000001", "15200000000;1", "15200000000\n15200000001", "１５２００００００００"]
    {
        assert_eq!(Address::parse(Channel::Mobile, text), None, "{text:?}");
    }
    assert_eq!(host.store.codes().count(), 1);
}

#[test]
fn inv02_code_is_sent_to_the_address_on_record() {
    let engine = Engine::new(POLICY);
    for typed in [MAIL, "ZHANGSAN@EXAMPLE.ORG", "  zhangsan@example.org\t"] {
        let mut host = host_with_accounts(&engine);
        code_for(&mut host, typed);
        let (to, _) = host.store.codes().next().expect("a code");
        assert_eq!((to.address.as_str(), to.account.as_deref()), ("ZhangSan@example.org", Some("id-zhangsan")));
    }
}

#[test]
fn inv02_inexact_look_up_sends_code_only_to_the_owner() {
    // The collation of this store equates ı with i, so it returns an account that has another address.
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let lookalike = "lısi@example.org";
    let request = host.send_request(caller(1, 1), lookalike, Purpose::ForgotPassword);
    let mut facts = host.send_facts(&request);
    assert_eq!(facts.account, None);
    facts.account = Some(("id-lisi".to_owned(), "lisi@example.org".to_owned()));
    let random = host.random_bytes::<80>();
    let (_, effects) = kouling::flow::send(&engine.policy, &engine.keys, &request, &facts, host.now, &random);
    assert!(host.store.apply(&effects));
    assert!(host.store.codes().all(|(to, _)| to.address == "lisi@example.org"));
    let code = host.store.codes().last().map(|(_, code)| code.to_owned()).expect("a code");
    assert_ne!(host.submit(&input(lookalike, &code)).code(), "done", "the account does not have this address");
    assert!(host.has_password("id-lisi", "Lisi-has-one-too"));
}

#[test]
fn inv02_change_notification_is_sent_to_every_address_on_record() {
    let engine = Engine::new(POLICY);
    let mut host = host_with_accounts(&engine);
    let code = code_for(&mut host, "ZHANGSAN@example.org");
    assert_eq!(host.submit(&input("zhangSAN@example.org", &code)).code(), "done");
    let recipients: Vec<&str> = host
        .store
        .outbox
        .iter()
        .filter_map(|message| match message {
            Message::PasswordChanged { to } => Some(to.as_str()),
            Message::Code { .. } => None,
        })
        .collect();
    assert_eq!(recipients, ["ZhangSan@example.org", "15200000000"]);
    assert!(!host.has_password("id-zhangsan", OLD_PASSWORD));
}

#[test]
fn inv09_message_does_not_depend_on_request_metadata() {
    let engine = Engine::new(POLICY);
    let messages = |system: &str, agent: &str, peer: &str, typed: &str| {
        let mut host = host_with_accounts(&engine);
        let mut request = host.send_request(caller(1, 1), typed, Purpose::ForgotPassword);
        request.caller.device.system = system.to_owned();
        request.caller.device.agent = agent.to_owned();
        request.peer = peer.to_owned();
        host.send(&request).expect("a code");
        host.store.outbox
    };
    let expected = messages("windows10.1.1", "Mozilla/5.0", "192.0.2.1", MAIL);
    for hostile in ["evil.example", "https://evil.example/?", "Host: evil.example", "for=evil.example;proto=http"]
    {
        assert_eq!(messages(hostile, hostile, hostile, "ZHANGSAN@EXAMPLE.ORG"), expected, "{hostile}");
    }
}

#[test]
fn inv12_lookalike_addresses_differ() {
    for (a, b) in [
        ("mike@example.org", "mıke@example.org"),
        ("mike@example.org", "mİke@example.org"),
        ("kim@example.org", "\u{212a}im@example.org"),
        ("angstrom@example.org", "\u{212b}ngstrom@example.org"),
        ("strasse@example.org", "straße@example.org"),
        ("strasse@example.org", "straẞe@example.org"),
        ("fine@example.org", "ﬁne@example.org"),
        ("a@example.org", "a＠example.org"),
        ("a@example.org", "ａ@example.org"),
        ("a@example.org", "а@example.org"),
        ("big@example.org", "ᴮᴵᴳ@example.org"),
        ("a@example.org", "a@example。org"),
        ("a1@example.org", "a¹@example.org"),
        ("a.b@example.org", "ab@example.org"),
        ("a+b@example.org", "a@example.org"),
        ("admin@example.org", "admin\u{200b}@example.org"),
        ("s@example.org", "ſ@example.org"),
        ("ss@example.org", "ſs@example.org"),
    ] {
        let first = email(a);
        assert!(first.is_some(), "{a}");
        assert_ne!(first, email(b), "{a} and {b}");
    }
}

#[test]
fn inv12_non_ascii_address_never_becomes_ascii() {
    // Tries all code points that Unicode has assigned, in place of a letter.
    let mut accepted = 0;
    for c in ('\u{80}'..='\u{323AF}').chain('\u{E0000}'..='\u{E01EF}') {
        if let Some(address) = email(&format!("a{c}@example.org")) {
            assert!(!address.as_str().is_ascii(), "{c:?} became {}", address.as_str());
            assert_eq!(email(address.as_str()).as_ref(), Some(&address), "{c:?} normalized twice");
            accepted += 1;
        }
    }
    assert!(accepted > 100_000, "{accepted}");
}

proptest! {
    #[test]
    fn inv12_normalization_is_idempotent(text in "\\PC{0,12}@\\PC{1,12}", phone in "[-+ 0-9]{0,20}") {
        for (channel, text) in [(Channel::Email, &text), (Channel::Mobile, &phone)] {
            if let Some(once) = Address::parse(channel, text) {
                prop_assert_eq!(Address::parse(channel, once.as_str()), Some(once));
            }
        }
    }

    #[test]
    fn inv12_ascii_addresses_are_equal_only_up_to_case(
        a in "[a-bA-B]{1,3}@[a-bA-B]{1,2}", b in "[a-bA-B]{1,3}@[a-bA-B]{1,2}"
    ) {
        prop_assert_eq!(email(&a) == email(&b), a.eq_ignore_ascii_case(&b));
    }
}
