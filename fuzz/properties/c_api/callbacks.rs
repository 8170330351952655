//! The callbacks of a host: they do what they should, fail, report too much, or call the C API again.

use std::ffi::c_void;
use std::mem::{MaybeUninit, size_of};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, LazyLock};

use kouling::candidate::{CannotJudge, CannotJudgeKind, PasswordVerifier};
use kouling_c::rule_kind::{
    kouling_candidate, kouling_findings, kouling_number, kouling_rule_kind, kouling_table,
};
use kouling_c::source::{kouling_sink, kouling_source};
use kouling_c::status::kouling_status;
use kouling_c::text::kouling_text;
use kouling_c::verifier::{kouling_hash_result, kouling_verifier};

use super::args::{CallArgs, NONE, enum_of};
use super::checks::{read, sound};
use super::declared::{
    Candidate, Facts, Findings, KOULING_HASH_DIFFERS, KOULING_HASH_MATCHES, KOULING_HASH_UNKNOWN,
    KOULING_STATUS_INVALID_ARGUMENT, KOULING_STATUS_INVALID_TEXT, KOULING_STATUS_OK, Outcome, Policy, Sink, Table,
    Text,
};

/// What the functions of one context do, and what happened to the objects that they set.
pub(super) struct Behaviour {
    script: [u8; 5],
    rules_built: AtomicUsize,
    rules_freed: AtomicUsize,
    contexts_freed: AtomicUsize,
    /// How often one failed.
    failures: AtomicUsize,
}

impl Behaviour {
    pub(super) fn new(given: &mut CallArgs<'_>) -> Arc<Behaviour> {
        let script = [0; 5].map(|_: u8| given.byte());
        let none = AtomicUsize::default;
        let (rules_built, rules_freed, contexts_freed, failures) = (none(), none(), none(), none());
        Arc::new(Behaviour { script, rules_built, rules_freed, contexts_freed, failures })
    }

    pub(super) fn failures(&self) -> usize {
        self.failures.load(SeqCst)
    }

    /// Checks that everything was freed.
    pub(super) fn check_freed(self: &Arc<Behaviour>) {
        assert_eq!(self.rules_built.load(SeqCst), self.rules_freed.load(SeqCst), "each rule is freed once");
        assert!(self.contexts_freed.load(SeqCst) <= 1, "a context is freed at most once");
        assert_eq!(Arc::strong_count(self), 1, "nothing refers to the context any more");
    }

    /// A failure: any number that does not mean success.
    fn fails(&self, with: u8) -> u32 {
        self.failures.fetch_add(1, SeqCst);
        if with == 0 { u32::MAX } else { u32::from(with) }
    }

    fn verdict(&self, password: &[u8], stored: &[u8]) -> u32 {
        match self.script[4] % 7 {
            0 => match stored.strip_prefix(b"toy:") {
                Some(rest) if rest == password => KOULING_HASH_MATCHES,
                Some(_) => KOULING_HASH_DIFFERS,
                None => KOULING_HASH_UNKNOWN,
            },
            1 => KOULING_HASH_UNKNOWN,
            2 => KOULING_HASH_MATCHES,
            3 | 4 => KOULING_HASH_DIFFERS,
            5 => self.fails(3),
            _ => self.fails(0),
        }
    }
}

/// The same verifier for the engine.
pub(super) struct Verifies(pub(super) Arc<Behaviour>);

impl PasswordVerifier for Verifies {
    fn verify(&self, password: &[u8], stored: &str) -> Result<Option<bool>, CannotJudge> {
        match self.0.verdict(password, stored.as_bytes()) {
            KOULING_HASH_UNKNOWN => Ok(None),
            KOULING_HASH_MATCHES => Ok(Some(true)),
            KOULING_HASH_DIFFERS => Ok(Some(false)),
            _ => Err(CannotJudge::new(CannotJudgeKind::Custom, "failed")),
        }
    }
}

/// The policy and the facts for callbacks that call the C API again; never freed.
static AGAIN: LazyLock<(usize, usize)> = LazyLock::new(|| {
    let (mut policy, mut facts) = (ptr::null(), ptr::null_mut());
    let name = plain("minimal");
    assert_eq!(call!(kouling_policy_preset(name, &raw mut policy, ptr::null_mut())), KOULING_STATUS_OK);
    assert_eq!(call!(kouling_facts_new(0, &raw mut facts)), KOULING_STATUS_OK);
    (policy.expose_provenance(), facts.expose_provenance())
});

fn reenter() {
    let (policy, facts) = *AGAIN;
    let (policy, facts) =
        (ptr::with_exposed_provenance::<Policy>(policy), ptr::with_exposed_provenance::<Facts>(facts));
    let mut outcome: *mut Outcome = ptr::null_mut();
    let evaluate = |password, outcome: &mut *mut Outcome| {
        call!(kouling_policy_evaluate(policy, password, facts, &raw mut *outcome, ptr::null_mut()))
    };
    assert_eq!(evaluate(plain("short"), &mut outcome), KOULING_STATUS_OK);
    assert!(!call!(kouling_outcome_accepted(outcome)), "an evaluation within a callback works");
    call!(kouling_outcome_free(outcome));
    sound(evaluate(NONE, &mut outcome));
    assert!(outcome.is_null());
}

/// A static text.
pub(super) fn plain(text: &'static str) -> Text {
    Text { data: text.as_ptr(), length: text.len() }
}

/// The text as structs of the library hold it.
pub(super) fn raw(text: Text) -> kouling_text {
    // SAFETY: the text is valid until the call returns.
    unsafe { kouling_text::from_raw(text.data.cast(), text.length) }
}

fn of_library(text: kouling_text) -> Text {
    // SAFETY: both are `struct kouling_text`.
    unsafe { std::mem::transmute(text) }
}

/// Texts that are not a key, a code or a name.
fn hostile() -> [Text; 6] {
    let huge = Text { data: ptr::dangling(), length: usize::MAX };
    [
        NONE,
        Text { data: ptr::null(), length: 9 },
        huge,
        plain(""),
        Text { data: c"\xFF".as_ptr().cast(), length: 1 },
        LONG,
    ]
}

const LONG: Text = Text { data: [b'k'; 300].as_ptr(), length: 300 };

fn behaviour<'b>(context: *mut c_void) -> &'b Behaviour {
    // SAFETY: every context is a behaviour, and valid until it is freed.
    unsafe { &*context.cast::<Behaviour>() }
}

unsafe extern "C" fn build(
    context: *mut c_void,
    table: *mut kouling_table,
    rule: *mut *mut c_void,
) -> MaybeUninit<kouling_status> {
    enum_of(build_rule(context, table, rule))
}

fn build_rule(context: *mut c_void, table: *mut kouling_table, rule: *mut *mut c_void) -> u32 {
    let (of, table) = (behaviour(context), table.cast::<Table>());
    let set_rule = || {
        of.rules_built.fetch_add(1, SeqCst);
        // SAFETY: an output of the callback.
        unsafe { *rule = Box::into_raw(Box::new(7_u64)).cast() };
    };
    let read_all = || {
        let least = call!(kouling_table_count(table, plain("least"), 2, 1, 9));
        assert!((1..=9).contains(&least));
        call!(kouling_table_flag(table, plain("loud"), true));
        let word = call!(kouling_table_text(table, plain("word")));
        let copy = read(word, true).to_vec();
        assert_eq!(read(call!(kouling_table_text(table, plain("word"))), true), copy);
        assert_eq!(read(word, true), copy, "a view is valid until `build` returns");
    };
    match of.script[0] % 10 {
        1 => {}
        2 => {
            read_all();
            set_rule();
            return of.fails(of.script[1]);
        }
        3 => {
            for key in hostile() {
                assert_eq!(call!(kouling_table_count(table, key, 5, 0, 9)), 5);
                assert!(call!(kouling_table_flag(table, key, true)));
                assert!(read(call!(kouling_table_text(table, key)), true).is_empty());
            }
            read_all();
        }
        4 => {
            read_all();
            assert_eq!(
                call!(kouling_table_add_error(table, plain("word"), plain("is invalid"))),
                KOULING_STATUS_OK
            );
            // An error was reported, so the policy does not load.
            of.fails(1);
        }
        5 => {
            read_all();
            for text in hostile() {
                sound(call!(kouling_table_add_error(table, text, plain("is invalid"))));
                sound(call!(kouling_table_add_error(table, plain("least"), text)));
            }
            of.fails(1);
        }
        6 => {
            reenter();
            read_all();
        }
        7 => {
            let none = ptr::null_mut();
            assert_eq!(call!(kouling_table_count(none, plain("least"), 5, 0, 9)), 0);
            assert!(!call!(kouling_table_flag(none, plain("loud"), true)));
            assert!(read(call!(kouling_table_text(none, plain("word"))), true).is_empty());
            assert_eq!(call!(kouling_table_add_error(none, plain("word"), NONE)), KOULING_STATUS_INVALID_ARGUMENT);
            read_all();
        }
        8 => {
            call!(kouling_table_count(table, plain("least"), u64::MAX, u64::MAX, 0));
            call!(kouling_table_text(table, plain("least")));
            call!(kouling_table_count(table, plain("word"), 0, 0, u64::MAX));
        }
        _ => read_all(),
    }
    if of.script[1] % 4 != 3 {
        set_rule();
    }
    KOULING_STATUS_OK
}

unsafe extern "C" fn check(
    context: *mut c_void,
    rule: *mut c_void,
    candidate: *const kouling_candidate<'_>,
    findings: *mut kouling_findings<'_>,
) -> MaybeUninit<kouling_status> {
    enum_of(check_password(context, rule, candidate.cast(), findings.cast()))
}

fn check_password(
    context: *mut c_void,
    rule: *mut c_void,
    candidate: *const Candidate,
    findings: *mut Findings,
) -> u32 {
    let (of, candidate, findings) = (behaviour(context), candidate, findings);
    if !rule.is_null() {
        // SAFETY: `build` set it.
        assert_eq!(unsafe { *rule.cast::<u64>() }, 7, "`check` receives the object that `build` set");
    }
    let refuse = |findings, code, numbers: *const kouling_number, count| {
        call!(kouling_findings_refuse(findings, code, numbers.cast(), count))
    };
    let named = |name| kouling_number { name: raw(name), value: 3 };
    let (short, least) = (plain("own.short"), named(plain("least")));
    match of.script[2] % 9 {
        1 => assert_eq!(refuse(findings, short, &raw const least, 1), KOULING_STATUS_OK),
        2 => return of.fails(of.script[3]),
        3 => {
            assert_eq!(refuse(findings, plain("own.other"), &raw const least, 1), KOULING_STATUS_INVALID_ARGUMENT);
            return of.fails(1);
        }
        4 => reenter(),
        5 => {
            let folded = read(call!(kouling_candidate_folded(candidate)), true);
            let reversed = read(call!(kouling_candidate_reversed(candidate)), true);
            assert_eq!(folded.len(), reversed.len(), "the reversed text has the same length");
            let text = read(call!(kouling_candidate_text(candidate)), true);
            assert_eq!(String::from_utf8_lossy(text).chars().count(), call!(kouling_candidate_length(candidate)));
            for (name, index) in hostile().into_iter().zip([0, 1, usize::MAX, 7, 0, 0]) {
                assert!(read(call!(kouling_candidate_attribute(candidate, name, index)), true).is_empty());
            }
            read(call!(kouling_candidate_attribute(candidate, plain("username"), 0)), true);
            call!(kouling_candidate_now(candidate));
        }
        6 => {
            let nothing = ptr::null();
            assert_eq!(refuse(findings, short, nothing, 1), KOULING_STATUS_INVALID_ARGUMENT);
            assert_eq!(refuse(findings, short, ptr::dangling(), usize::MAX), KOULING_STATUS_INVALID_ARGUMENT);
            assert_eq!(refuse(ptr::null_mut(), short, nothing, 0), KOULING_STATUS_INVALID_ARGUMENT);
            for text in hostile() {
                let number = named(text);
                let status = refuse(findings, short, &raw const number, 1);
                assert!(
                    [KOULING_STATUS_INVALID_ARGUMENT, KOULING_STATUS_INVALID_TEXT].contains(&status),
                    "{status}"
                );
                let status = refuse(findings, text, nothing, 0);
                assert!(
                    [KOULING_STATUS_INVALID_ARGUMENT, KOULING_STATUS_INVALID_TEXT].contains(&status),
                    "{status}"
                );
            }
        }
        7 => (0..100).for_each(|_| assert_eq!(refuse(findings, short, &raw const least, 1), KOULING_STATUS_OK)),
        _ => {}
    }
    KOULING_STATUS_OK
}

unsafe extern "C" fn free_rule(context: *mut c_void, rule: *mut c_void) {
    // SAFETY: `build` created it from a box.
    drop(unsafe { Box::from_raw(rule.cast::<u64>()) });
    behaviour(context).rules_freed.fetch_add(1, SeqCst);
}

/// Releases one reference of the context.
pub(super) unsafe extern "C" fn free_context(context: *mut c_void) {
    behaviour(context).contexts_freed.fetch_add(1, SeqCst);
    // SAFETY: `rule_kind_of` created it.
    drop(unsafe { Arc::from_raw(context.cast::<Behaviour>().cast_const()) });
}

unsafe extern "C" fn verify(
    context: *mut c_void,
    password: kouling_text,
    stored: kouling_text,
) -> MaybeUninit<kouling_hash_result> {
    let of = behaviour(context);
    if of.script[3] % 4 == 3 {
        reenter();
    }
    enum_of(of.verdict(read(of_library(password), true), read(of_library(stored), true)))
}

unsafe extern "C" fn serve(
    context: *mut c_void,
    name: kouling_text,
    sink: *mut kouling_sink,
) -> MaybeUninit<kouling_status> {
    enum_of(serve_file(context, name, sink))
}

fn serve_file(context: *mut c_void, name: kouling_text, sink: *mut kouling_sink) -> u32 {
    let (of, sink) = (behaviour(context), sink.cast::<Sink>());
    let name = read(of_library(name), true);
    let write = |sink, text| call!(kouling_sink_write(sink, text));
    match of.script[0] % 8 {
        1 => return of.fails(of.script[1]),
        2 => {
            write(sink, plain("purple\n"));
            return of.fails(of.script[1]);
        }
        3 => {
            for text in &hostile()[1..3] {
                assert_eq!(write(sink, *text), KOULING_STATUS_INVALID_ARGUMENT);
            }
            assert_eq!(write(ptr::null_mut(), plain("x")), KOULING_STATUS_INVALID_ARGUMENT);
            assert_eq!(write(sink, NONE), KOULING_STATUS_OK);
        }
        4 => reenter(),
        // Endless; for a policy only, since a word list may have 256 MB.
        5 if name.ends_with(b".toml") => {
            let block = vec![b'#'; 1 << 18];
            while write(sink, Text { data: block.as_ptr(), length: block.len() }) == KOULING_STATUS_OK {}
            return KOULING_STATUS_OK;
        }
        6 => {
            write(sink, Text { data: c"\xFF\xFE".as_ptr().cast(), length: 2 });
            return KOULING_STATUS_OK;
        }
        7 => return KOULING_STATUS_OK,
        _ => {}
    }
    let is_policy = name.ends_with(b".toml");
    let first = if is_policy { plain("format = 1\n[rules.length]\n") } else { plain("purple\n") };
    write(sink, first).max(write(sink, if is_policy { plain("min = 9\n") } else { plain("elephant\n") }))
}

pub(super) fn verifier_of(of: &Arc<Behaviour>, has_function: bool) -> kouling_verifier {
    kouling_verifier {
        struct_size: size_of::<kouling_verifier>(),
        context: Arc::as_ptr(of).cast_mut().cast(),
        verify: if has_function { Some(verify) } else { None },
    }
}

pub(super) fn source_of(of: &Arc<Behaviour>, has_function: bool) -> kouling_source {
    kouling_source {
        struct_size: size_of::<kouling_source>(),
        context: Arc::as_ptr(of).cast_mut().cast(),
        read: if has_function { Some(serve) } else { None },
    }
}

/// A kind of rule that owns a reference of its context.
pub(super) fn rule_kind_of(of: &Arc<Behaviour>) -> kouling_rule_kind {
    kouling_rule_kind {
        struct_size: size_of::<kouling_rule_kind>(),
        kind: raw(plain("own")),
        codes: ptr::null(),
        code_count: 0,
        numbers: ptr::null(),
        number_count: 0,
        context: Arc::into_raw(of.clone()).cast_mut().cast(),
        build: Some(build),
        check: Some(check),
        free_rule: Some(free_rule),
        free_context: Some(free_context),
    }
}
