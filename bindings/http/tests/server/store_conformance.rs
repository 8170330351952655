//! What every implementation of `Store` must do. The suite is run for SQLite; another implementation adds a function that
//! opens it and one test.

use std::sync::Arc;

use kouling::Moment;
use kouling::flow::{Address, Budget, Captcha, CaptchaAnswer, CaptchaState, Channel, Effect};
use kouling::policy::units::Rate;
use kouling::standing::Failures;
use kouling_http::server::open_store;
use kouling_http::store::{
    Attributes, Claim, Client, DeliveryResult, NewAccount, NewSession, Origin, SignIn, Store, StoreErrorKind,
    StoredCaptcha,
};

/// Two handles on one database, as two server processes have them.
struct Stores {
    first: Arc<dyn Store>,
    second: Arc<dyn Store>,
}

fn now() -> Moment {
    Moment::from_unix(1_795_392_000)
}

fn account(username: &str, email: Option<&str>) -> NewAccount {
    NewAccount {
        username: username.to_owned(),
        email: email.map(str::to_owned),
        password_hash: Some("hash".to_owned()),
        ..NewAccount::default()
    }
}

async fn add(store: &dyn Store, account: NewAccount) -> String {
    let name = account.username.clone();
    assert!(store.add_accounts(&[account], now()).await.unwrap().is_empty());
    store.account_named(&name).await.unwrap().unwrap().id
}

/// Writes `count` messages: notices to accounts of their own.
async fn write_messages(store: &dyn Store, count: usize) {
    for number in 0..count {
        let id =
            add(store, account(&format!("reader{number}"), Some(&format!("reader{number}@example.org")))).await;
        let notify = Effect::Notify { account: id, now: now() };
        assert!(store.apply(&[notify], &Origin { language: "en" }).await.unwrap());
    }
}

async fn clients_are_registered_once(Stores { first, second }: Stores) {
    assert_eq!(first.client("a").await.unwrap(), None);
    assert!(first.add_client(&Client::new("a", "one"), now()).await.unwrap());
    assert!(!second.add_client(&Client::new("a", "two"), now()).await.unwrap());
    assert_eq!(second.client("a").await.unwrap(), Some(Client::new("a", "one")));
    assert!(second.set_client_policy("a", Some("cis")).await.unwrap());
    assert!(!second.set_client_policy("b", Some("cis")).await.unwrap());
    let changed = Client { policy: Some("cis".to_owned()), ..Client::new("a", "one") };
    assert_eq!(first.client("a").await.unwrap().as_ref(), Some(&changed));
    assert_eq!(first.clients().await.unwrap(), [changed]);
    assert!(second.set_client_policy("a", None).await.unwrap());
    assert_eq!(first.client("a").await.unwrap(), Some(Client::new("a", "one")));
}

async fn attributes_are_replaced_by_name(Stores { first, second }: Stores) {
    let attributes = |pairs: &[(&str, &[&str])]| -> Attributes {
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        pairs.iter().map(|(name, values)| ((*name).to_owned(), owned(values))).collect()
    };
    let with = |pairs| NewAccount { attributes: attributes(pairs), ..account("zhangsan", None) };
    let id = add(&*first, with(&[("group", &["a", "b"]), ("role", &[""])])).await;
    add(&*first, account("lisi", None)).await;
    let stored = async || second.account(&id).await.unwrap().unwrap().attributes;
    assert_eq!(stored().await, attributes(&[("group", &["a", "b"]), ("role", &[""])]));
    assert_eq!(second.accounts_without("role").await.unwrap(), 1);
    assert_eq!(second.accounts_without("card").await.unwrap(), 2);
    let changes = [
        ("ZhangSan".to_owned(), attributes(&[("group", &["c"]), ("card", &["1"])])),
        ("nobody".to_owned(), attributes(&[("role", &["admin"])])),
        ("lisi".to_owned(), attributes(&[("role", &["admin"])])),
    ];
    assert_eq!(first.set_attributes(&changes).await.unwrap(), [1]);
    assert_eq!(stored().await, attributes(&[("group", &["a", "b"]), ("role", &[""])]), "all or none");
    assert!(first.set_attributes(&changes[..1]).await.unwrap().is_empty());
    assert_eq!(stored().await, attributes(&[("card", &["1"]), ("group", &["c"]), ("role", &[""])]));
    assert_eq!(second.account(&id).await.unwrap().unwrap().user().values("group").collect::<Vec<_>>(), ["c"]);
}

async fn accounts_are_added_completely_or_not_at_all(Stores { first, second }: Stores) {
    add(&*first, account("zhangsan", Some("z@example.org"))).await;
    let more = [
        account("lisi", None),
        account("ZhangSan", None),
        account("wangwu", Some("Z@example.org")),
        account("", None),
    ];
    assert_eq!(second.add_accounts(&more, now()).await.unwrap(), [1, 2, 3]);
    assert!(first.account_named("lisi").await.unwrap().is_none());
    let address = Address::parse(Channel::Email, "z@EXAMPLE.org").unwrap();
    assert_eq!(first.account_at(&address).await.unwrap().unwrap().username, "zhangsan");
}

async fn name_of_two_accounts_matches_none(Stores { first, .. }: Stores) {
    add(&*first, account("x@example.org", None)).await;
    add(&*first, account("other", Some("x@example.org"))).await;
    assert!(first.account_named("x@example.org").await.unwrap().is_none());
    assert!(first.account_named("other").await.unwrap().is_some());
}

async fn effects_are_applied_completely_or_not_at_all(Stores { first, second }: Stores) {
    let count = |key: &str, most| Effect::Count {
        budget: Budget { key: key.to_owned(), rate: Rate { most, per: 60 } },
        now: now(),
    };
    let origin = Origin::default();
    assert!(first.apply(&[count("a", 1)], &origin).await.unwrap());
    assert!(!second.apply(&[count("b", 1), count("a", 1)], &origin).await.unwrap());
    assert!(first.events("b", now().minus(60)).await.unwrap().is_empty());
    assert_eq!(second.events("a", now().minus(60)).await.unwrap(), [now()]);
    assert!(second.events("a", now()).await.unwrap().is_empty());
    assert!(first.apply(&[], &origin).await.unwrap());
}

async fn captcha_is_used_once(Stores { first, second }: Stores) {
    let captcha = Captcha {
        token: "t".to_owned(),
        answer: CaptchaAnswer::Place(7),
        created: now(),
        state: CaptchaState::Open,
    };
    first.add_captcha(&StoredCaptcha { captcha, secret_key: "k".to_owned() }).await.unwrap();
    let sender = Address::parse(Channel::Email, "z@example.org").unwrap();
    let solve = [Effect::SolveCaptcha { token: "t".to_owned(), sender, point: "p".to_owned() }];
    let origin = Origin::default();
    assert!(first.apply(&solve, &origin).await.unwrap());
    assert!(!second.apply(&solve, &origin).await.unwrap());
    let stored = second.captcha("t").await.unwrap().unwrap();
    assert!(matches!(stored.captcha.state, CaptchaState::Solved { .. }));
    let spend = [Effect::UseCaptcha { token: "t".to_owned() }];
    assert!(second.apply(&spend, &origin).await.unwrap());
    assert!(!first.apply(&spend, &origin).await.unwrap());
    assert!(first.captcha("none").await.unwrap().is_none());
}

async fn session_needs_the_verified_hash_and_ends(Stores { first, second }: Stores) {
    let id = add(&*first, account("zhangsan", None)).await;
    let session = NewSession {
        id: "s".to_owned(),
        token_hash: [1; 32],
        account: id.clone(),
        client: "c".to_owned(),
        created: now(),
        expires: now().plus(10),
        only_change: false,
    };
    let open = async |session: &NewSession, verified: &str| {
        let sign_in = SignIn { subject: &id, network: "n", effects: &[], session: Some((session, verified)) };
        first.sign_in(&sign_in).await.unwrap()
    };
    assert!(!open(&session, "another hash").await);
    assert!(open(&session, "hash").await);
    assert_eq!(second.session_account("s", now()).await.unwrap().unwrap().id, id);
    assert!(second.session_account("s", now().plus(10)).await.unwrap().is_none());
    assert!(second.session_account("s", now().minus(1)).await.unwrap().is_none());
    let only_change = NewSession { id: "o".to_owned(), token_hash: [2; 32], only_change: true, ..session.clone() };
    assert!(open(&only_change, "hash").await);
    assert!(second.session_account("o", now()).await.unwrap().is_none(), "it only changes the password");
    let found = async |hash: u8, client: &str, at: Moment| {
        second.change_account(&[hash; 32], client, at).await.unwrap().map(|account| account.id)
    };
    assert_eq!(found(2, "c", now()).await.as_ref(), Some(&id));
    for (hash, client, at) in
        [(1, "c", now()), (2, "d", now()), (2, "c", now().plus(10)), (2, "c", now().minus(1))]
    {
        assert_eq!(found(hash, client, at).await, None);
    }
    let revoke = [Effect::RevokeSessions { account: id.clone() }];
    assert!(second.apply(&revoke, &Origin::default()).await.unwrap());
    assert!(first.session_account("s", now()).await.unwrap().is_none());
}

async fn effects_of_sign_ins_are_conditional(Stores { first, second }: Stores) {
    use kouling::standing::Effect as Change;
    let id = add(&*first, account("zhangsan", None)).await;
    let apply = async |store: &Arc<dyn Store>, network: &str, effects: &[Change]| {
        store.sign_in(&SignIn { subject: &id, network, effects, session: None }).await.unwrap()
    };
    let failures = |count| Failures { count, newest: (count > 0).then(now) };
    let count = |from, to| Change::StoreNetworkFailures { from: failures(from), to: failures(to) };
    let all = |from, to| Change::StoreAccountFailures { from: failures(from), to: failures(to) };
    assert!(apply(&first, "a", &[count(0, 1), all(0, 1)]).await);
    assert!(!apply(&second, "a", &[count(0, 1), all(1, 2)]).await, "another attempt was faster");
    assert!(!apply(&second, "b", &[count(0, 1), all(0, 1)]).await, "all or nothing");
    let state = async |network: &str| second.account_state(&id, network).await.unwrap();
    let seen = state("a").await;
    assert_eq!((seen.network_failures, seen.account_failures), (Some(failures(1)), Some(failures(1))));
    assert_eq!(state("b").await.network_failures, Some(failures(0)));
    assert_eq!(second.account_state("name:x", "a").await.unwrap().account_failures, Some(failures(0)));

    let success = [Change::ClearFailures, Change::AddKnownNetwork, Change::StoreLastUse(now())];
    assert!(apply(&first, "a", &success).await);
    let seen = state("a").await;
    assert_eq!(
        (seen.network_failures, seen.known_network, seen.last_use),
        (Some(failures(0)), Some(true), Some(now()))
    );
    assert_eq!(state("b").await.known_network, Some(false));
    for number in 0..20 {
        let at = now().plus(number + 1);
        let effects = [Change::AddKnownNetwork, Change::StoreLastUse(at)];
        assert!(apply(&first, &format!("n{number}"), &effects).await);
    }
    assert_eq!(state("a").await.known_network, Some(false), "only the newest networks are kept");
    assert_eq!(state("n19").await.known_network, Some(true));

    let grace = |from, to| Change::StoreGraceUsed { from, to };
    assert!(apply(&first, "a", &[grace(0, 1)]).await);
    assert!(!apply(&second, "a", &[grace(0, 1)]).await);
    assert!(!apply(&second, "a", &[Change::UseTemporary]).await, "the password is not temporary");
    assert!(apply(&first, "a", &[Change::StoreAcceptedUnder([7; 32])]).await);
    let seen = state("a").await;
    assert_eq!((seen.grace_used, seen.accepted_under), (Some(1), Some([7; 32])));
}

async fn message_is_claimed_by_one_worker(Stores { first, second }: Stores) {
    write_messages(&*first, 30).await;
    let mut workers = tokio::task::JoinSet::new();
    for store in [first.clone(), second.clone(), first.clone(), second.clone()] {
        workers.spawn(async move {
            let mut claimed = Vec::new();
            while let Some(message) = store.claim_message(Channel::Email, now(), now().plus(60)).await.unwrap() {
                claimed.push(message.claim.message.clone());
                assert!(store.finish_message(&message.claim, DeliveryResult::Delivered).await.unwrap());
            }
            claimed
        });
    }
    let mut all = workers.join_all().await.concat();
    all.sort();
    let claims = all.len();
    all.dedup();
    assert_eq!((claims, all.len()), (30, 30));
    assert_eq!(first.outbox_status().await.unwrap().waiting, 0);
}

async fn claim_of_a_crashed_worker_expires(Stores { first, second }: Stores) {
    write_messages(&*first, 1).await;
    let claim = async |store: &Arc<dyn Store>, at: Moment| {
        store.claim_message(Channel::Email, at, at.plus(60)).await.unwrap().map(|message| message.claim)
    };
    let crashed = claim(&first, now()).await.unwrap();
    assert_eq!(claim(&second, now().plus(59)).await, None);
    let taken = claim(&second, now().plus(60)).await.unwrap();
    assert_eq!(crashed.message, taken.message);
    // The first worker was only late: its result must not overwrite that of the second.
    assert!(!first.finish_message(&crashed, DeliveryResult::Dropped).await.unwrap());
    assert!(!first.finish_message(&crashed, DeliveryResult::Postponed(now())).await.unwrap());
    assert_eq!(first.outbox_status().await.unwrap().waiting, 1);
    assert!(second.finish_message(&taken, DeliveryResult::Delivered).await.unwrap());
    assert!(!second.finish_message(&taken, DeliveryResult::Dropped).await.unwrap());
    let unknown = Claim { message: "none".to_owned(), token: "none".to_owned() };
    assert!(!first.finish_message(&unknown, DeliveryResult::Delivered).await.unwrap());
}

async fn postponed_message_yields_to_new_ones(Stores { first, .. }: Stores) {
    write_messages(&*first, 2).await;
    let claim = async |at: Moment| first.claim_message(Channel::Email, at, at.plus(60)).await.unwrap();
    let failing = claim(now()).await.unwrap();
    let due = now().plus(5);
    assert!(first.finish_message(&failing.claim, DeliveryResult::Postponed(due)).await.unwrap());
    let next = claim(due.plus(1)).await.unwrap();
    assert_ne!(next.claim.message, failing.claim.message);
    let again = claim(due.plus(1)).await.unwrap();
    assert_eq!((again.claim.message, again.attempts), (failing.claim.message, 1));
    assert!(first.claim_message(Channel::Mobile, due, due.plus(60)).await.unwrap().is_none());
}

async fn expired_message_is_never_claimed(Stores { first, .. }: Stores) {
    write_messages(&*first, 1).await;
    let later = now().plus(4 * 86_400);
    assert!(first.claim_message(Channel::Email, later, later.plus(60)).await.unwrap().is_none());
    assert_eq!(first.outbox_status().await.unwrap().waiting, 0);
}

async fn purge_deletes_expired_rows(Stores { first, second }: Stores) {
    write_messages(&*first, 1).await;
    assert_eq!(second.purge(now()).await.unwrap(), 0);
    assert!(second.purge(now().plus(30 * 86_400)).await.unwrap() >= 1);
}

async fn closed_store_fails_and_the_other_goes_on(Stores { first, second }: Stores) {
    first.check_writable(now()).await.unwrap();
    first.close().await;
    let error = first.check_writable(now()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Other);
    assert!(first.client("a").await.is_err());
    second.check_writable(now()).await.unwrap();
    second.close().await;
}

/// Runs the suite for an implementation: `$open` opens a folder twice.
macro_rules! conformance {
    ($implementation:ident, $open:path) => {
        conformance! {
            $implementation, $open,
            clients_are_registered_once,
            attributes_are_replaced_by_name,
            accounts_are_added_completely_or_not_at_all,
            name_of_two_accounts_matches_none,
            effects_are_applied_completely_or_not_at_all,
            captcha_is_used_once,
            session_needs_the_verified_hash_and_ends,
            effects_of_sign_ins_are_conditional,
            message_is_claimed_by_one_worker,
            claim_of_a_crashed_worker_expires,
            postponed_message_yields_to_new_ones,
            expired_message_is_never_claimed,
            purge_deletes_expired_rows,
            closed_store_fails_and_the_other_goes_on,
        }
    };
    ($implementation:ident, $open:path, $($name:ident),+ $(,)?) => {
        mod $implementation {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                super::$name($open(folder.path()).await).await;
            })+
        }
    };
}

async fn open_sqlite(folder: &std::path::Path) -> Stores {
    let first = Arc::new(open_store(folder).await.unwrap());
    let second = Arc::new(open_store(folder).await.unwrap());
    Stores { first, second }
}

conformance!(sqlite, super::open_sqlite);
