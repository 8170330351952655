//! Actions of reports, policies and word lists.

use std::collections::HashMap;
use std::ptr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use kouling::policy::document::Start;
use kouling::{Language, Loader, Policy};

use super::args::{CallArgs, TextType};
use super::checks::{read, sound};
use super::declared::{self, KOULING_STATUS_OK, Text};
use super::handles::{of, rubbish, shared};
use super::machine::{Machine, PolicyKnown};
use super::texts::*;

pub(super) fn version(_: &mut Machine, _: &mut CallArgs<'_>) {
    assert_eq!(call!(kouling_abi()), kouling_c::abi::KOULING_ABI);
    assert!(!read(call!(kouling_version()), true).is_empty());
}

// Reports.

pub(super) fn new_report(m: &mut Machine, g: &mut CallArgs<'_>) {
    if !m.reports.is_full() {
        let made = m.make_quietly(g, |out| call!(kouling_report_new(out)));
        m.reports.add(made, ());
    }
}

pub(super) fn look_at_report(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (report, index) = (m.reports.pointer(m.reports.at(g.byte())), g.index());
    m.public(report.addr(), call!(kouling_report_text(report)));
    let there = index < call!(kouling_report_count(report));
    assert_eq!(m.public(report.addr(), call!(kouling_report_code(report, index))).is_empty(), !there);
    assert!(m.public(report.addr(), call!(kouling_report_message(report, index))).is_empty() || there);
    m.public(report.addr(), call!(kouling_report_file(report, index)));
    m.public(report.addr(), call!(kouling_report_help(report, index)));
    let (line, column) = (call!(kouling_report_line(report, index)), call!(kouling_report_column(report, index)));
    assert!(there || line + column == 0);
}

/// How a policy is loaded.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum From {
    Text,
    File,
    Preset,
}

pub(super) fn policy(from: From, named: &[u8]) -> Option<Arc<Policy>> {
    type Made = HashMap<(From, Vec<u8>), Option<Arc<Policy>>>;
    static MADE: LazyLock<Mutex<Made>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let text = std::str::from_utf8(named).ok()?;
        let policy = match from {
            From::Text => Policy::parse(text),
            From::File => Loader::new().load(Start::Named(text)),
            From::Preset => Policy::preset(text),
        };
        policy.ok().map(Arc::new)
    };
    made.entry((from, named.to_vec())).or_insert_with(make).clone()
}

// Policies.

/// Loads a policy, and the same one by the engine.
fn load_policy(
    m: &mut Machine,
    g: &mut CallArgs<'_>,
    from: From,
    named: Text,
    load: unsafe extern "C" fn(Text, *mut *const declared::Policy, *mut declared::Report) -> u32,
) {
    if m.policies.is_full() {
        return;
    }
    let expected = if g.wrong { None } else { policy(from, &of(named)) };
    let how = m.how(g);
    // SAFETY: as for every call.
    let made = m.make_so(g, &how, |out, report| unsafe { load(named, shared(out), report) });
    assert!(how.first || made.is_some() == expected.is_some(), "the engine agrees");
    m.policies.add(made, PolicyKnown { policy: expected, ..PolicyKnown::default() });
}

pub(super) fn parse(m: &mut Machine, g: &mut CallArgs<'_>) {
    let text = g.text(TextType::Utf8, &[], POLICIES);
    load_policy(m, g, From::Text, text, declared::kouling_policy_parse);
}

pub(super) fn load(m: &mut Machine, g: &mut CallArgs<'_>) {
    let path = g.text(TextType::Utf8, &paths("presets/minimal.toml"), PATHS);
    load_policy(m, g, From::File, path, declared::kouling_policy_load);
}

pub(super) fn preset(m: &mut Machine, g: &mut CallArgs<'_>) {
    let name = g.text(TextType::Utf8, &[], PRESETS);
    load_policy(m, g, From::Preset, name, declared::kouling_policy_preset);
}

pub(super) fn look_at_policy(m: &mut Machine, g: &mut CallArgs<'_>) {
    let at = m.policies.at(g.byte());
    let pointer = m.policies.pointer(at);
    let name = m.public(pointer.addr(), call!(kouling_policy_name(pointer)));
    let digest = m.public(pointer.addr(), call!(kouling_policy_digest(pointer)));
    assert_eq!(digest.len(), if at.is_some() { 64 } else { 0 });
    m.public(pointer.addr(), call!(kouling_policy_population(pointer)));
    if let Some(policy) = m.policies.known(at).and_then(|known| known.policy.as_ref()) {
        assert_eq!(name, policy.name().as_bytes());
    }
}

pub(super) fn describe(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (at, language) = (m.policies.pick(g), g.text(TextType::Utf8, &[], LANGUAGES));
    let policy = m.policies.pointer(at);
    let (is_ok, json) =
        m.ask(g, rubbish(), |json, report| call!(kouling_policy_describe(policy, language, json, report)));
    let Some(json) = json else { return };
    let json = m.public(policy.addr(), json);
    assert_eq!(json.is_empty(), !is_ok);
    if let (true, Some(known)) = (is_ok, m.policies.known(at).and_then(|known| known.policy.as_ref())) {
        let expected = known.describe_as_json(Language::from_tag(&String::from_utf8_lossy(&of(language))));
        assert_eq!(json, expected.to_string().as_bytes());
    }
}

pub(super) fn parse_set(m: &mut Machine, g: &mut CallArgs<'_>) {
    if !m.sets.is_full() {
        let text = g.text(TextType::Utf8, &[], POLICIES);
        let made = m.make(g, |out, report| call!(kouling_policy_set_parse(text, shared(out), report)));
        m.sets.add(made, 0);
    }
}

pub(super) fn load_set(m: &mut Machine, g: &mut CallArgs<'_>) {
    if !m.sets.is_full() {
        let path = g.text(TextType::Utf8, &paths("presets/minimal.toml"), PATHS);
        let made = m.make(g, |out, report| call!(kouling_policy_set_load(path, shared(out), report)));
        m.sets.add(made, 0);
    }
}

pub(super) fn look_at_set(m: &mut Machine, g: &mut CallArgs<'_>) {
    let at = m.sets.at(g.byte());
    let set = m.sets.pointer(at);
    m.public(set.addr(), call!(kouling_policy_set_name(set)));
    let digest = m.public(set.addr(), call!(kouling_policy_set_digest(set)));
    assert_eq!(digest.len(), if at.is_some() { 64 } else { 0 });
    let count = call!(kouling_policy_set_attribute_count(set));
    for index in 0..=count {
        let name = m.public(set.addr(), call!(kouling_policy_set_attribute(set, index)));
        assert!(index < count || name.is_empty());
    }
}

pub(super) fn select(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.policies.is_full() {
        return;
    }
    let (set, facts) = (m.sets.pick(g), m.facts.pick(g));
    let (set, facts) = (m.sets.pointer(set), m.facts.pointer(facts));
    let how = m.how(g);
    let made = m.make_so(g, &how, |out, report| call!(kouling_policy_set_select(set, facts, shared(out), report)));
    m.policies.add(made, PolicyKnown::default());
}

pub(super) fn set_of_file(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.sets.is_full() {
        return;
    }
    let file = m.files.pick(g);
    let file = m.files.pointer(file);
    let how = m.how(g);
    let made = m.make_so(g, &how, |out, report| call!(kouling_policy_file_set(file, shared(out), report)));
    m.sets.add(made, 0);
}

pub(super) fn select_of_file(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.policies.is_full() {
        return;
    }
    let (file, facts) = (m.files.pick(g), m.facts.pick(g));
    let (file, facts) = (m.files.pointer(file), m.facts.pointer(facts));
    let how = m.how(g);
    let made =
        m.make_so(g, &how, |out, report| call!(kouling_policy_file_select(file, facts, shared(out), report)));
    m.policies.add(made, PolicyKnown::default());
}

pub(super) fn new_file(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.files.is_full() {
        return;
    }
    let path = g.text(TextType::Utf8, &paths("presets/minimal.toml"), PATHS);
    let made = m.make(g, |out, report| call!(kouling_policy_file_new(path, out, report)));
    m.files.add(made, if made.is_some() { of(path) } else { Vec::new() });
}

pub(super) fn policy_of_file(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.policies.is_full() {
        return;
    }
    let at = m.files.pick(g);
    let (file, expected) = (m.files.pointer(at), m.files.known(at).and_then(|path| policy(From::File, path)));
    let how = m.how(g);
    let made = m.make_so(g, &how, |out, report| call!(kouling_policy_file_policy(file, shared(out), report)));
    assert!(how.first || made.is_some() == expected.is_some());
    m.policies.add(made, PolicyKnown { policy: expected, ..PolicyKnown::default() });
}

// Word lists.

pub(super) fn read_words(m: &mut Machine, g: &mut CallArgs<'_>) {
    if !m.words.is_full() {
        let (bytes, case_sensitive) = (g.text(TextType::Bytes, &m.compiled, LISTS), g.kind());
        let made = m.make(g, |out, report| call!(kouling_words_read(bytes, case_sensitive, shared(out), report)));
        m.words.add(made, 0);
    }
}

pub(super) fn compile_words(m: &mut Machine, g: &mut CallArgs<'_>) {
    if !m.words.is_full() {
        let (text, case_sensitive) = (g.text(TextType::Bytes, &[], LISTS), g.kind());
        let source = g.text(TextType::Utf8, &[], NAMES);
        let made = m.make(g, |out, report| {
            call!(kouling_words_compile(text, case_sensitive, source, shared(out), report))
        });
        m.words.add(made, 0);
    }
}

pub(super) fn look_at_words(m: &mut Machine, g: &mut CallArgs<'_>) {
    let at = m.words.at(g.byte());
    let words = m.words.pointer(at);
    let bytes = m.view_of(words.addr(), call!(kouling_words_bytes(words)), false);
    assert!(at.is_some() || bytes.is_empty());
    assert!(at.is_some() || call!(kouling_words_count(words)) == 0);
    if m.compiled.len() < 4 {
        m.compiled.push(bytes);
    }
}

pub(super) fn find_word(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (words, word) = (m.words.pick(g), g.text(TextType::Utf8, &[], PASSWORDS));
    let words = m.words.pointer(words);
    let (is_ok, found) = m.ask(g, 9, |found, report| call!(kouling_words_find(words, word, found, report)));
    assert!(found.is_none_or(|found| found <= u32::from(is_ok)), "0 or 1, and 0 on failure");
}

// Functions for callbacks only.

pub(super) fn outside_of_callbacks(_: &mut Machine, g: &mut CallArgs<'_>) {
    let (number, text) = (g.number(), g.text(TextType::Utf8, &[], NAMES));
    assert_ne!(call!(kouling_sink_write(ptr::null_mut(), text)), KOULING_STATUS_OK);
    assert_eq!(call!(kouling_table_count(ptr::null_mut(), text, number, 0, number)), 0);
    assert!(!call!(kouling_table_flag(ptr::null_mut(), text, true)));
    assert_ne!(sound(call!(kouling_table_add_error(ptr::null_mut(), text, text))), KOULING_STATUS_OK);
    assert_ne!(sound(call!(kouling_findings_refuse(ptr::null_mut(), text, ptr::null(), 0))), KOULING_STATUS_OK);
    let (table, candidate) = (ptr::null_mut(), ptr::null());
    let nothing = [
        call!(kouling_table_text(table, text)),
        call!(kouling_candidate_text(candidate)),
        call!(kouling_candidate_folded(candidate)),
        call!(kouling_candidate_reversed(candidate)),
        call!(kouling_candidate_attribute(candidate, text, 0)),
    ];
    assert!(nothing.into_iter().all(|text| read(text, true).is_empty()));
    assert_eq!(call!(kouling_candidate_length(candidate)), 0);
    assert_eq!(call!(kouling_candidate_now(candidate)), 0);
}
