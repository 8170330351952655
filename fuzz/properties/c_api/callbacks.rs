//! What a host's functions do when they are asked: what they should, something else, too much, or the border again.

use std::ffi::c_void;
use std::mem::size_of;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, LazyLock};

use kouling::candidate::{CannotJudge, CannotJudgeKind, PasswordVerifier};
use kouling_c::rule_kind::{
    kouling_candidate, kouling_findings, kouling_number, kouling_rule_kind, kouling_table,
};
use kouling_c::source::{kouling_sink, kouling_source};
use kouling_c::status::{KOULING_STATUS_INVALID_ARGUMENT, KOULING_STATUS_INVALID_TEXT, KOULING_STATUS_OK};
use kouling_c::text::kouling_text;
use kouling_c::verifier::{KOULING_HASH_DIFFERS, KOULING_HASH_UNKNOWN, KOULING_HASH_MATCHES, kouling_verifier};

use super::declared::{Candidate, Facts, Findings, Outcome, Policy, Sink, Table, Text};
use super::given::{CallArgs, NONE};
use super::machine::{read, sound};

/// What the functions of one context do, and what became of what they left.
pub(super) struct Behaviour {
    script: [u8; 5],
    rules_left: AtomicUsize,
    rules_freed: AtomicUsize,
    contexts_freed: AtomicUsize,
    /// How often one said that it failed.
    failures: AtomicUsize,
}

impl Behaviour {
    pub(super) fn new(given: &mut CallArgs<'_>) -> Arc<Behaviour> {
        let script = [0; 5].map(|_: u8| given.byte());
        let none = AtomicUsize::default;
        let (rules_left, rules_freed, contexts_freed, failures) = (none(), none(), none(), none());
        Arc::new(Behaviour { script, rules_left, rules_freed, contexts_freed, failures })
    }

    pub(super) fn failures(&self) -> usize {
        self.failures.load(SeqCst)
    }

    /// When all that was made with it is freed.
    pub(super) fn is_let_go_of(self: &Arc<Behaviour>) {
        assert_eq!(self.rules_left.load(SeqCst), self.rules_freed.load(SeqCst), "each rule is let go of once");
        assert!(self.contexts_freed.load(SeqCst) <= 1, "a context is let go of once");
        assert_eq!(Arc::strong_count(self), 1, "a context is let go of");
    }

    /// A failure: the number is none that means success.
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

/// The same verifier as the engine knows it.
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

/// What callbacks judge by when they come back to the border, as long as the process lives.
static AGAIN: LazyLock<(usize, usize)> = LazyLock::new(|| {
    let (mut policy, mut facts) = (ptr::null(), ptr::null_mut());
    let name = plain("minimal");
    assert_eq!(call!(kouling_policy_preset(name, &raw mut policy, ptr::null_mut())), KOULING_STATUS_OK);
    assert_eq!(call!(kouling_facts_new(0, &raw mut facts)), KOULING_STATUS_OK);
    (policy.expose_provenance(), facts.expose_provenance())
});

fn come_back() {
    let (policy, facts) = *AGAIN;
    let (policy, facts) =
        (ptr::with_exposed_provenance::<Policy>(policy), ptr::with_exposed_provenance::<Facts>(facts));
    let mut outcome: *mut Outcome = ptr::null_mut();
    let evaluate = |password, outcome: &mut *mut Outcome| {
        call!(kouling_policy_evaluate(policy, password, facts, &raw mut *outcome, ptr::null_mut()))
    };
    assert_eq!(evaluate(plain("short"), &mut outcome), KOULING_STATUS_OK);
    assert!(!call!(kouling_outcome_accepted(outcome)), "a judgement within a call is a judgement");
    call!(kouling_outcome_free(outcome));
    sound(evaluate(NONE, &mut outcome));
    assert!(outcome.is_null());
}

/// A text that lives as long as the process.
pub(super) fn plain(text: &'static str) -> Text {
    Text { data: text.as_ptr(), length: text.len() }
}

/// The same as the structs of the library have it.
pub(super) fn raw(text: Text) -> kouling_text {
    // SAFETY: what the text points to lives until the call is over.
    unsafe { kouling_text::from_raw(text.data.cast(), text.length) }
}

fn of_library(text: kouling_text) -> Text {
    // SAFETY: both are `struct kouling_text`.
    unsafe { std::mem::transmute(text) }
}

/// Texts that no key, no code and no name is.
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
    // SAFETY: every context is one, and lives until it is let go of.
    unsafe { &*context.cast::<Behaviour>() }
}

unsafe extern "C" fn build(context: *mut c_void, table: *mut kouling_table, rule: *mut *mut c_void) -> u32 {
    let (of, table) = (behaviour(context), table.cast::<Table>());
    let leave = || {
        of.rules_left.fetch_add(1, SeqCst);
        // SAFETY: an output of the callback.
        unsafe { *rule = Box::into_raw(Box::new(7_u64)).cast() };
    };
    let ask = || {
        let least = call!(kouling_table_count(table, plain("least"), 2, 1, 9));
        assert!((1..=9).contains(&least));
        call!(kouling_table_flag(table, plain("loud"), true));
        let word = call!(kouling_table_text(table, plain("word")));
        let kept = read(word, true).to_vec();
        assert_eq!(read(call!(kouling_table_text(table, plain("word"))), true), kept);
        assert_eq!(read(word, true), kept, "a view lives until `build` returns");
    };
    match of.script[0] % 10 {
        1 => {}
        2 => {
            ask();
            leave();
            return of.fails(of.script[1]);
        }
        3 => {
            for key in hostile() {
                assert_eq!(call!(kouling_table_count(table, key, 5, 0, 9)), 5);
                assert!(call!(kouling_table_flag(table, key, true)));
                assert!(read(call!(kouling_table_text(table, key)), true).is_empty());
            }
            ask();
        }
        4 => {
            ask();
            assert_eq!(call!(kouling_table_add_error(table, plain("word"), plain("is wrong"))), KOULING_STATUS_OK);
            // The author is told, and then there is no policy.
            of.fails(1);
        }
        5 => {
            ask();
            for text in hostile() {
                sound(call!(kouling_table_add_error(table, text, plain("is wrong"))));
                sound(call!(kouling_table_add_error(table, plain("least"), text)));
            }
            of.fails(1);
        }
        6 => {
            come_back();
            ask();
        }
        7 => {
            let none = ptr::null_mut();
            assert_eq!(call!(kouling_table_count(none, plain("least"), 5, 0, 9)), 0);
            assert!(!call!(kouling_table_flag(none, plain("loud"), true)));
            assert!(read(call!(kouling_table_text(none, plain("word"))), true).is_empty());
            assert_eq!(call!(kouling_table_add_error(none, plain("word"), NONE)), KOULING_STATUS_INVALID_ARGUMENT);
            ask();
        }
        8 => {
            call!(kouling_table_count(table, plain("least"), u64::MAX, u64::MAX, 0));
            call!(kouling_table_text(table, plain("least")));
            call!(kouling_table_count(table, plain("word"), 0, 0, u64::MAX));
        }
        _ => ask(),
    }
    if of.script[1] % 4 != 3 {
        leave();
    }
    KOULING_STATUS_OK
}

unsafe extern "C" fn check(
    context: *mut c_void,
    rule: *mut c_void,
    candidate: *const kouling_candidate<'_>,
    findings: *mut kouling_findings<'_>,
) -> u32 {
    let (of, candidate, findings) =
        (behaviour(context), candidate.cast::<Candidate>(), findings.cast::<Findings>());
    if !rule.is_null() {
        // SAFETY: `build` left it.
        assert_eq!(unsafe { *rule.cast::<u64>() }, 7, "what was left is what comes back");
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
        4 => come_back(),
        5 => {
            let folded = read(call!(kouling_candidate_folded(candidate)), true);
            let reversed = read(call!(kouling_candidate_reversed(candidate)), true);
            assert_eq!(folded.len(), reversed.len(), "backwards is as long");
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
                assert!([KOULING_STATUS_INVALID_ARGUMENT, KOULING_STATUS_INVALID_TEXT].contains(&status), "{status}");
                let status = refuse(findings, text, nothing, 0);
                assert!([KOULING_STATUS_INVALID_ARGUMENT, KOULING_STATUS_INVALID_TEXT].contains(&status), "{status}");
            }
        }
        7 => (0..100).for_each(|_| assert_eq!(refuse(findings, short, &raw const least, 1), KOULING_STATUS_OK)),
        _ => {}
    }
    KOULING_STATUS_OK
}

unsafe extern "C" fn free_rule(context: *mut c_void, rule: *mut c_void) {
    // SAFETY: `build` made it of a box.
    drop(unsafe { Box::from_raw(rule.cast::<u64>()) });
    behaviour(context).rules_freed.fetch_add(1, SeqCst);
}

/// Lets go of one count of the context.
pub(super) unsafe extern "C" fn free_context(context: *mut c_void) {
    behaviour(context).contexts_freed.fetch_add(1, SeqCst);
    // SAFETY: `of_rule` made it so.
    drop(unsafe { Arc::from_raw(context.cast::<Behaviour>().cast_const()) });
}

unsafe extern "C" fn verify(context: *mut c_void, password: kouling_text, stored: kouling_text) -> u32 {
    let of = behaviour(context);
    if of.script[3] % 4 == 3 {
        come_back();
    }
    of.verdict(read(of_library(password), true), read(of_library(stored), true))
}

unsafe extern "C" fn serve(context: *mut c_void, name: kouling_text, sink: *mut kouling_sink) -> u32 {
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
        4 => come_back(),
        // Endless, where that is not 256 MB.
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

pub(super) fn of_verifier(of: &Arc<Behaviour>, has_function: bool) -> kouling_verifier {
    kouling_verifier {
        struct_size: size_of::<kouling_verifier>(),
        context: Arc::as_ptr(of).cast_mut().cast(),
        verify: if has_function { Some(verify) } else { None },
    }
}

pub(super) fn of_source(of: &Arc<Behaviour>, has_function: bool) -> kouling_source {
    kouling_source {
        struct_size: size_of::<kouling_source>(),
        context: Arc::as_ptr(of).cast_mut().cast(),
        read: if has_function { Some(serve) } else { None },
    }
}

/// A kind of rule that owns a count of its context.
pub(super) fn of_rule(of: &Arc<Behaviour>) -> kouling_rule_kind {
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
