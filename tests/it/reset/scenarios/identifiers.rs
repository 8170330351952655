//! 2, 9 and 12: one identifier in, one address on record out, and nothing of a message comes from the request.

use kouling::flow::{Address, Channel, Purpose};
use proptest::prelude::*;

use super::host::{Engine, Mail, caller};
use super::{MAIL, OLD, POLICY, code_for, town, typed};

fn email(text: &str) -> Option<Address> {
    Address::parse(Channel::Email, text)
}

const SEVERAL: [&str; 19] = [
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
fn inv02_more_than_one_identifier_is_none() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    code_for(&mut host, MAIL);
    for text in SEVERAL {
        assert_eq!(email(text), None, "{text:?}");
        let mut request = host.send_request(caller(1, 1), MAIL, Purpose::ForgotPassword);
        request.address = text.to_owned();
        let (answer, effects) = host.decide_send(&request);
        assert_eq!(answer.expect_err(text).code(), "reset.not_sent", "{text:?}");
        assert!(effects.is_empty(), "{text:?}");
        let code = host.store.codes().last().map(|(_, code)| code.to_owned()).expect("a code");
        assert_eq!(host.submit(&typed(text, &code)).code(), "reset.code_refused", "{text:?}");
    }
    for text in ["15200000000,15200000001", "15200000000;1", "15200000000\n15200000001", "１５２００００００００"]
    {
        assert_eq!(Address::parse(Channel::Mobile, text), None, "{text:?}");
    }
    assert_eq!(host.store.codes().count(), 1);
}

#[test]
fn inv02_a_code_goes_to_the_address_on_record() {
    let engine = Engine::new(POLICY);
    for typed in [MAIL, "ZHANGSAN@EXAMPLE.ORG", "  zhangsan@example.org\t"] {
        let mut host = town(&engine);
        code_for(&mut host, typed);
        let (to, _) = host.store.codes().next().expect("a code");
        assert_eq!((to.address.as_str(), to.account.as_deref()), ("ZhangSan@example.org", Some("id-zhangsan")));
    }
}

#[test]
fn inv02_a_careless_look_up_mails_nobody_but_the_owner() {
    // A store whose collation takes ı for i answers with an account that has another address.
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let lookalike = "lısi@example.org";
    let request = host.send_request(caller(1, 1), lookalike, Purpose::ForgotPassword);
    let mut facts = host.send_facts(&request);
    assert_eq!(facts.account, None);
    facts.account = Some(("id-lisi".to_owned(), "lisi@example.org".to_owned()));
    let drawn = host.bytes::<80>();
    let (_, effects) = kouling::flow::send(&engine.policy, &engine.keys, &request, &facts, host.now, &drawn);
    assert!(host.store.apply(&effects));
    assert!(host.store.codes().all(|(to, _)| to.address == "lisi@example.org"));
    let code = host.store.codes().last().map(|(_, code)| code.to_owned()).expect("a code");
    assert_ne!(host.submit(&typed(lookalike, &code)).code(), "done", "the account does not have this address");
    assert!(host.opens("id-lisi", "Lisi-has-one-too"));
}

#[test]
fn inv02_news_of_the_change_goes_to_every_address_on_record() {
    let engine = Engine::new(POLICY);
    let mut host = town(&engine);
    let code = code_for(&mut host, "ZHANGSAN@example.org");
    assert_eq!(host.submit(&typed("zhangSAN@example.org", &code)).code(), "done");
    let told: Vec<&str> = host
        .store
        .outbox
        .iter()
        .filter_map(|mail| match mail {
            Mail::Changed { to } => Some(to.as_str()),
            Mail::Code { .. } => None,
        })
        .collect();
    assert_eq!(told, ["ZhangSan@example.org", "15200000000"]);
    assert!(!host.opens("id-zhangsan", OLD));
}

#[test]
fn inv09_a_message_is_the_same_whatever_the_request_says_of_itself() {
    let engine = Engine::new(POLICY);
    let message = |system: &str, agent: &str, peer: &str, typed: &str| {
        let mut host = town(&engine);
        let mut request = host.send_request(caller(1, 1), typed, Purpose::ForgotPassword);
        request.caller.device.system = system.to_owned();
        request.caller.device.agent = agent.to_owned();
        request.peer = peer.to_owned();
        host.send_it(&request).expect("a code");
        host.store.outbox
    };
    let plain = message("windows10.1.1", "Mozilla/5.0", "192.0.2.1", MAIL);
    for evil in ["evil.example", "https://evil.example/?", "Host: evil.example", "for=evil.example;proto=http"] {
        assert_eq!(message(evil, evil, evil, "ZHANGSAN@EXAMPLE.ORG"), plain, "{evil}");
    }
}

#[test]
fn inv12_lookalikes_are_never_the_same() {
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
fn inv12_no_character_outside_of_ascii_becomes_one_inside() {
    // Every code point that Unicode has assigned, in place of a letter: whatever it is, it is not taken for an ASCII address.
    let mut accepted = 0;
    for c in ('\u{80}'..='\u{323AF}').chain('\u{E0000}'..='\u{E01EF}') {
        if let Some(address) = email(&format!("a{c}@example.org")) {
            assert!(!address.as_str().is_ascii(), "{c:?} became {}", address.as_str());
            assert_eq!(email(address.as_str()).as_ref(), Some(&address), "{c:?} twice");
            accepted += 1;
        }
    }
    assert!(accepted > 100_000, "{accepted}");
}

proptest! {
    #[test]
    fn inv12_normalising_twice_is_normalising_once(text in "\\PC{0,12}@\\PC{1,12}", phone in "[-+ 0-9]{0,20}") {
        for (channel, text) in [(Channel::Email, &text), (Channel::Mobile, &phone)] {
            if let Some(once) = Address::parse(channel, text) {
                prop_assert_eq!(Address::parse(channel, once.as_str()), Some(once));
            }
        }
    }

    #[test]
    fn inv12_ascii_addresses_meet_only_when_they_differ_in_case(
        a in "[a-bA-B]{1,3}@[a-bA-B]{1,2}", b in "[a-bA-B]{1,3}@[a-bA-B]{1,2}"
    ) {
        prop_assert_eq!(email(&a) == email(&b), a.eq_ignore_ascii_case(&b));
    }
}
