//! Callbacks of the host: rule kinds, verifiers and sources, and what happens when they fail.
#![allow(unsafe_code)] // the tests call the C API
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

mod c_api;

use std::ffi::c_void;
use std::mem::{MaybeUninit, size_of};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use c_api::*;
use kouling_c::facts::*;
use kouling_c::finding::*;
use kouling_c::loader::*;
use kouling_c::outcome::*;
use kouling_c::report::*;
use kouling_c::rule_kind::*;
use kouling_c::source::*;
use kouling_c::status::*;
use kouling_c::text::kouling_text;
use kouling_c::verifier::*;
use kouling_c::words::*;

/// What a callback returns.
type Returned = MaybeUninit<kouling_status>;

/// What a rule does, and how often its objects were freed.
#[derive(Default)]
struct Counts {
    fails_to_build: bool,
    fails_to_check: bool,
    reports_undeclared: bool,
    rules_freed: AtomicUsize,
    contexts_freed: AtomicUsize,
}

fn counts<'c>(context: *mut c_void) -> &'c Counts {
    // SAFETY: every context of these tests is one, and outlives the loader.
    unsafe { context.cast::<Counts>().as_ref() }.expect("a context")
}

/// Requires a password of at least `least` times the length of the username, in code points: `echo.short` with `least`.
unsafe extern "C" fn build(context: *mut c_void, table: *mut kouling_table, rule: *mut *mut c_void) -> Returned {
    // SAFETY: alive while this runs.
    let mut table = unsafe { table.as_mut() };
    let least = kouling_table_count(table.as_deref_mut(), text("least"), 2, 1, 9);
    let word = kouling_table_text(table.as_deref_mut(), text("word"));
    let loud = kouling_table_flag(table.as_deref_mut(), text("loud"), true);
    if shown(word) == "wrong" {
        kouling_table_add_error(table, text("word"), text("`wrong` is invalid"));
    }
    assert!(loud);
    // SAFETY: as above.
    unsafe { *rule = Box::into_raw(Box::new(least)).cast() };
    MaybeUninit::new(if counts(context).fails_to_build { KOULING_STATUS_INTERNAL } else { KOULING_STATUS_OK })
}

unsafe extern "C" fn check(
    context: *mut c_void,
    rule: *mut c_void,
    candidate: *const kouling_candidate<'_>,
    findings: *mut kouling_findings<'_>,
) -> Returned {
    // SAFETY: alive while this runs; `build` set a number.
    let (candidate, findings, least) = unsafe { (candidate.as_ref(), findings.as_mut(), *rule.cast::<u64>()) };
    let name = shown(kouling_candidate_attribute(candidate, text("username"), 0));
    assert_eq!(shown(kouling_candidate_attribute(candidate, text("username"), 1)), "");
    assert_eq!(kouling_candidate_now(candidate), NOW);
    let length = kouling_candidate_length(candidate);
    assert_eq!(shown(kouling_candidate_text(candidate)).chars().count(), length);
    let folded = shown(kouling_candidate_folded(candidate));
    assert_eq!(shown(kouling_candidate_reversed(candidate)).chars().rev().collect::<String>(), folded);
    let counts = counts(context);
    if counts.fails_to_check {
        return MaybeUninit::new(KOULING_STATUS_UNAVAILABLE);
    }
    let refuse = |findings, code, name| {
        let numbers = [kouling_number { name: text(name), value: least }];
        // SAFETY: one number.
        MaybeUninit::new(unsafe { kouling_findings_refuse(findings, text(code), numbers.as_ptr(), 1) })
    };
    if counts.reports_undeclared {
        return refuse(findings, "echo.undeclared", "least");
    }
    if length < name.chars().count() * usize::try_from(least).expect("small") {
        return refuse(findings, "echo.short", "least");
    }
    MaybeUninit::new(KOULING_STATUS_OK)
}

unsafe extern "C" fn free_rule(context: *mut c_void, rule: *mut c_void) {
    // SAFETY: `build` made it of a box.
    drop(unsafe { Box::from_raw(rule.cast::<u64>()) });
    counts(context).rules_freed.fetch_add(1, Ordering::SeqCst);
}

unsafe extern "C" fn free_context(context: *mut c_void) {
    counts(context).contexts_freed.fetch_add(1, Ordering::SeqCst);
}

fn loader() -> Box<kouling_loader> {
    handle(|out| kouling_loader_new(out)).expect("a loader")
}

fn add(
    loader: &mut kouling_loader,
    counts: &Counts,
    change: impl FnOnce(&mut kouling_rule_kind),
) -> kouling_status {
    let (codes, numbers) = ([text("echo.short")], [text("least")]);
    let mut kind = kouling_rule_kind {
        struct_size: size_of::<kouling_rule_kind>(),
        kind: text("echo"),
        codes: codes.as_ptr(),
        code_count: codes.len(),
        numbers: numbers.as_ptr(),
        number_count: numbers.len(),
        context: ptr::from_ref(counts).cast_mut().cast(),
        build: Some(build),
        check: Some(check),
        free_rule: Some(free_rule),
        free_context: Some(free_context),
    };
    change(&mut kind);
    // SAFETY: every field is set.
    unsafe { kouling_loader_add_rule_kind(Some(loader), &raw const kind, None) }
}

fn parse(
    loader: &kouling_loader,
    toml: &str,
    report: Option<&mut kouling_report>,
) -> Result<Policy, kouling_status> {
    Policy::made(|out| kouling_loader_parse(Some(loader), text("policy"), text(toml), out, report))
}

const ECHO: &str = "format = 1\n[rules.echo]\nleast = 3\nmessage.en = \"be {least} times as long\"\n";

fn zhangsan() -> Box<kouling_facts> {
    let mut facts = facts();
    assert_eq!(
        kouling_facts_add_attribute(Some(&mut facts), text("username"), text("zhangsan")),
        KOULING_STATUS_OK
    );
    facts
}

#[test]
fn custom_rule_reports_violations() {
    let counts = Counts::default();
    let mut loader = loader();
    assert_eq!(add(&mut loader, &counts, |_| ()), KOULING_STATUS_OK);
    let policy = parse(&loader, ECHO, None).expect("a policy");
    kouling_loader_free(Some(loader));
    let outcome = policy.evaluate(text("Otto"), &zhangsan()).expect("an outcome");
    assert_eq!(shown(kouling_outcome_code(Some(&outcome), VIOLATIONS, 0)), "echo.short");
    let message = kouling_outcome_message(Some(&outcome), VIOLATIONS, 0, text("en"));
    assert_eq!(shown(message), "be 3 times as long");
    let long = policy.evaluate(text("a password that is longer than that"), &zhangsan()).expect("an outcome");
    assert!(kouling_outcome_accepted(Some(&long)));
    assert_eq!(counts.contexts_freed.load(Ordering::SeqCst), 0, "the policy still uses it");
    drop((outcome, long));
    drop(policy);
    assert_eq!(counts.rules_freed.load(Ordering::SeqCst), 1);
    assert_eq!(counts.contexts_freed.load(Ordering::SeqCst), 1);
}

#[test]
fn custom_rule_parameters_are_checked() {
    let counts = Counts::default();
    let mut loader = loader();
    assert_eq!(add(&mut loader, &counts, |_| ()), KOULING_STATUS_OK);
    let mut report = report();
    let wrong = "format = 1\n[rules.echo]\nleest = 3\nword = \"wrong\"\nleast = 10\n";
    assert_eq!(parse(&loader, wrong, Some(&mut report)).err(), Some(KOULING_STATUS_INVALID_POLICY));
    let text_of_report = shown(kouling_report_text(Some(&report)));
    for part in
        ["policy:3:1: ", "did you mean `least`?", "policy:4:8: `wrong` is invalid [custom]", "policy:5:9: "]
    {
        assert!(text_of_report.contains(part), "{part} in {text_of_report}");
    }
    assert_eq!(counts.rules_freed.load(Ordering::SeqCst), 1, "the object of a rule with errors is freed too");
    kouling_loader_free(Some(loader));
    assert_eq!(counts.contexts_freed.load(Ordering::SeqCst), 1);
}

#[test]
fn custom_rule_that_fails_to_build_gives_no_policy() {
    let counts = Counts { fails_to_build: true, ..Counts::default() };
    let mut loader = loader();
    assert_eq!(add(&mut loader, &counts, |_| ()), KOULING_STATUS_OK);
    assert_eq!(parse(&loader, ECHO, None).err(), Some(KOULING_STATUS_INVALID_POLICY));
    assert_eq!(counts.rules_freed.load(Ordering::SeqCst), 1);
}

#[test]
fn custom_rule_error_never_accepts() {
    for counts in [
        Counts { fails_to_check: true, ..Counts::default() },
        Counts { reports_undeclared: true, ..Counts::default() },
    ] {
        let mut loader = loader();
        assert_eq!(add(&mut loader, &counts, |_| ()), KOULING_STATUS_OK);
        let policy = parse(&loader, ECHO, None).expect("a policy");
        let mut report = report();
        let facts = zhangsan();
        let outcome = handle(|out| {
            let password = text("canary-5f2c-long-enough-for-it");
            kouling_policy_evaluate(policy.get(), password, Some(&facts), out, Some(&mut report))
        });
        assert_eq!(outcome.err(), Some(KOULING_STATUS_CANNOT_JUDGE));
        assert_eq!(shown(kouling_report_code(Some(&report), 0)), "custom");
        assert!(!shown(kouling_report_text(Some(&report))).contains("canary"));
        drop(policy);
        kouling_loader_free(Some(loader));
    }
}

#[test]
fn invalid_rule_kind_is_refused() {
    let counts = Counts::default();
    let mut loader = loader();
    let foreign = [text("other.short")];
    let endless = [text(&"x".repeat(300))];
    let broken: [&dyn Fn(&mut kouling_rule_kind); 9] = [
        &|kind| kind.check = None,
        &|kind| kind.kind = text(""),
        &|kind| kind.kind = text("Echo Echo"),
        &|kind| kind.kind = bytes(b"\xff"),
        &|kind| kind.code_count = 0,
        &|kind| kind.codes = ptr::null(),
        &|kind| kind.codes = foreign.as_ptr(),
        &|kind| kind.code_count = usize::MAX,
        &|kind| kind.numbers = endless.as_ptr(),
    ];
    for (place, change) in broken.iter().enumerate() {
        let status = add(&mut loader, &counts, change);
        assert!(
            [KOULING_STATUS_INVALID_ARGUMENT, KOULING_STATUS_INVALID_TEXT].contains(&status),
            "{place}: {status:?}"
        );
    }
    kouling_loader_free(Some(loader));
    assert_eq!(counts.contexts_freed.load(Ordering::SeqCst), 0, "the context stays with the caller");
}

#[test]
fn struct_may_be_older_or_newer_than_the_library() {
    let counts = Counts::default();
    let mut loader = loader();
    // Older: it ends before `free_rule`.
    let older = std::mem::offset_of!(kouling_rule_kind, free_rule);
    assert_eq!(add(&mut loader, &counts, |kind| kind.struct_size = older), KOULING_STATUS_OK);
    assert_eq!(add(&mut loader, &counts, |kind| kind.struct_size = 0), KOULING_STATUS_INVALID_ARGUMENT);
    assert_eq!(add(&mut loader, &counts, |kind| kind.struct_size = 7), KOULING_STATUS_INVALID_ARGUMENT);
    assert_eq!(add(&mut loader, &counts, |kind| kind.struct_size = usize::MAX), KOULING_STATUS_INVALID_ARGUMENT);
    // Newer: a field that the library does not know is zero, then it is set.
    #[repr(C)]
    struct Newer {
        verifier: kouling_verifier,
        more: u64,
    }
    let verifier =
        kouling_verifier { struct_size: size_of::<Newer>(), context: ptr::null_mut(), verify: Some(verify) };
    for (more, expected) in [(0, KOULING_STATUS_OK), (1, KOULING_STATUS_INVALID_ARGUMENT)] {
        let newer = Newer { verifier, more };
        // SAFETY: it is as long as it says.
        let status = unsafe { kouling_facts_set_verifier(Some(&mut facts()), (&raw const newer).cast()) };
        assert_eq!(status, expected);
    }
}

/// Compares `mine:<password>`, and fails for `mine!`.
unsafe extern "C" fn verify(
    _: *mut c_void,
    password: kouling_text,
    stored: kouling_text,
) -> MaybeUninit<kouling_hash_result> {
    match (shown(stored).strip_prefix("mine"), shown(password)) {
        (None, _) => MaybeUninit::new(KOULING_HASH_UNKNOWN),
        (Some(rest), password) if rest.strip_prefix(':') == Some(password) => {
            MaybeUninit::new(KOULING_HASH_MATCHES)
        }
        (Some(rest), _) if rest.starts_with(':') => MaybeUninit::new(KOULING_HASH_DIFFERS),
        (Some(_), _) => any(99),
    }
}

#[test]
fn verifier_compares_host_hashes() {
    let policy = Policy::parse("format = 1\n[rules.history]\n", None).expect("a policy");
    let accepted = |hash| {
        let mut facts = facts();
        assert_eq!(kouling_facts_add_previous(Some(&mut facts), text(hash), None), KOULING_STATUS_OK);
        let verifier = kouling_verifier {
            struct_size: size_of::<kouling_verifier>(),
            context: ptr::null_mut(),
            verify: Some(verify),
        };
        // SAFETY: every field is set.
        assert_eq!(
            unsafe { kouling_facts_set_verifier(Some(&mut facts), &raw const verifier) },
            KOULING_STATUS_OK
        );
        policy.evaluate(text("old"), &facts).map(|outcome| kouling_outcome_accepted(Some(&outcome)))
    };
    assert_eq!(accepted("mine:old"), Ok(false));
    assert_eq!(accepted("mine:other"), Ok(true));
    assert_eq!(accepted("mine!"), Err(KOULING_STATUS_CANNOT_JUDGE), "the verifier failed");
    assert_eq!(accepted("$other$form"), Err(KOULING_STATUS_CANNOT_JUDGE), "unknown format");
}

/// Serves `words.txt`; fails in the middle of `half.txt`, exceeds the limit for `endless.txt`, returns an unknown status for
/// `unknown.txt`.
unsafe extern "C" fn read(context: *mut c_void, name: kouling_text, sink: *mut kouling_sink) -> Returned {
    // SAFETY: alive while this runs; the context is a counter.
    let (mut sink, asked) = unsafe { (sink.as_mut(), &*context.cast::<AtomicUsize>()) };
    asked.fetch_add(1, Ordering::SeqCst);
    MaybeUninit::new(match shown(name) {
        "lists/words.txt" => {
            let first = kouling_sink_write(sink.as_deref_mut(), text("purple\n"));
            let second = kouling_sink_write(sink, text("elephant\n"));
            if first == KOULING_STATUS_OK { second } else { first }
        }
        "lists/half.txt" => {
            kouling_sink_write(sink, text("purple\n"));
            KOULING_STATUS_UNAVAILABLE
        }
        "lists/endless.txt" => {
            let block = "x\n".repeat(1 << 20);
            while kouling_sink_write(sink.as_deref_mut(), text(&block)) == KOULING_STATUS_OK {}
            KOULING_STATUS_OK
        }
        // An unknown status is a failure.
        "lists/unknown.txt" => {
            kouling_sink_write(sink, text("purple\n"));
            return any(99);
        }
        _ => KOULING_STATUS_UNAVAILABLE,
    })
}

fn with_source(
    read: Option<unsafe extern "C" fn(*mut c_void, kouling_text, *mut kouling_sink) -> Returned>,
) -> (Box<kouling_loader>, Box<AtomicUsize>) {
    let asked = Box::new(AtomicUsize::new(0));
    let mut loader = loader();
    let source = kouling_source {
        struct_size: size_of::<kouling_source>(),
        context: ptr::from_ref(asked.as_ref()).cast_mut().cast(),
        read,
    };
    // SAFETY: every field is set, and the counter outlives the loader.
    assert_eq!(
        unsafe { kouling_loader_set_source(Some(&mut loader), &raw const source, None) },
        KOULING_STATUS_OK
    );
    (loader, asked)
}

#[test]
fn source_serves_files() {
    let (mut loader, asked) = with_source(Some(read));
    let policy = |list: &str| format!("format = 1\n[rules.words]\nlists = [\"./{list}.txt\"]\n");
    for name in ["words", "half", "endless", "unknown", "missing"] {
        let file = format!("lists/{name}.toml");
        let added = kouling_loader_add_file(Some(&mut loader), text(&file), text(&policy(name)), None);
        assert_eq!(added, KOULING_STATUS_OK);
    }
    let load = |name: &str, report: Option<&mut kouling_report>| {
        let path = format!("./lists/{name}.toml");
        Policy::made(|out| kouling_loader_load(Some(&loader), text(&path), out, report))
    };
    let loaded = load("words", None).expect("a policy");
    let outcome = loaded.evaluate(text("Elephant"), &facts()).expect("an outcome");
    assert!(!kouling_outcome_accepted(Some(&outcome)));
    assert_eq!(asked.load(Ordering::SeqCst), 1, "the policy itself was added to the loader");
    for name in ["half", "endless", "unknown", "missing"] {
        let mut report = report();
        assert!(load(name, Some(&mut report)).is_err(), "{name}");
        let text_of_report = shown(kouling_report_text(Some(&report)));
        assert!(text_of_report.starts_with(&format!("lists/{name}.toml:3:")), "{text_of_report}");
    }
    assert_eq!(load("nowhere", None).err(), Some(KOULING_STATUS_UNAVAILABLE));
    kouling_loader_free(Some(loader));
}

#[test]
fn source_without_a_function_serves_no_files() {
    let (loader, _asked) = with_source(None);
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/presets/minimal.toml");
    let load = |loader| Policy::made(|out| kouling_loader_load(Some(loader), text(here), out, None)).err();
    assert_eq!(load(&loader), Some(KOULING_STATUS_UNAVAILABLE));
    assert_eq!(load(&*self::loader()), None, "it is on disk");
}

#[test]
fn word_list_is_shared_by_policies() {
    let made = |case_sensitive| {
        let (status, words) = call(ptr::null(), |out| {
            kouling_words_compile(text("Purple\nelephant\n"), case_sensitive, text("our own"), out, None)
        });
        assert_eq!(status, KOULING_STATUS_OK);
        words
    };
    let find = |words: *const kouling_words, word| {
        // SAFETY: it is alive.
        let (status, found) = call(9, |out| kouling_words_find(unsafe { words.as_ref() }, text(word), out, None));
        (status, found)
    };
    let (folded, case_sensitive) = (made(0), made(1));
    assert_eq!(find(folded, "PURPLE"), (KOULING_STATUS_OK, 1));
    assert_eq!(
        (find(case_sensitive, "PURPLE"), find(case_sensitive, "Purple")),
        ((KOULING_STATUS_OK, 0), (KOULING_STATUS_OK, 1))
    );
    assert_eq!(find(folded, "violet"), (KOULING_STATUS_OK, 0));
    let mut loader = loader();
    // SAFETY: alive until both references are released.
    unsafe {
        assert_eq!(kouling_words_count(folded.as_ref()), 2);
        let bytes = kouling_words_bytes(folded.as_ref());
        let (status, again) = call(ptr::null(), |out| kouling_words_read(bytes, 0, out, None));
        assert_eq!((status, kouling_words_count(again.as_ref())), (KOULING_STATUS_OK, 2));
        kouling_words_free(again);
        let added = kouling_loader_add_words(Some(&mut loader), text("w.txt"), folded.as_ref(), None);
        assert_eq!(added, KOULING_STATUS_OK);
        kouling_words_retain(folded);
        kouling_words_free(folded);
        kouling_words_free(folded);
        kouling_words_free(case_sensitive);
    }
    let policy = parse(&loader, "format = 1\n[rules.words]\nlists = [\"./w.txt\"]\n", None).expect("a policy");
    let outcome = policy.evaluate(text("elephant"), &facts()).expect("an outcome");
    assert!(!kouling_outcome_accepted(Some(&outcome)));
    let mut report = report();
    let damaged = {
        let (status, words) =
            call(ptr::dangling(), |out| kouling_words_read(bytes(b"\xff\xfe"), 0, out, Some(&mut report)));
        assert!(words.is_null());
        status
    };
    assert_eq!((damaged, shown(kouling_report_code(Some(&report), 0))), (KOULING_STATUS_UNAVAILABLE, "words"));
    let text_of_report = shown(kouling_report_text(Some(&report)));
    assert!(text_of_report.starts_with("line 1: "), "a list in memory has lines, but no name: {text_of_report}");
}
