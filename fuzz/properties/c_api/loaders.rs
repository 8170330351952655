//! Actions of loaders and facts.

use std::ptr;
use std::sync::Arc;

use kouling::Moment;
use kouling::candidate::Previous;

use super::args::{CallArgs, TextType};
use super::callbacks::{Behaviour, free_context, plain, raw, rule_kind_of, source_of, verifier_of};
use super::declared;
use super::handles::{of, shared};
use super::machine::{FactsKnown, LoaderKnown, Machine, PolicyKnown};
use super::texts::*;

// Loaders.

pub(super) fn new_loader(m: &mut Machine, g: &mut CallArgs<'_>) {
    if !m.loaders.is_full() {
        let made = m.make_quietly(g, |out| call!(kouling_loader_new(out)));
        m.loaders.add(made, LoaderKnown::default());
    }
}

pub(super) fn add_file(m: &mut Machine, g: &mut CallArgs<'_>) {
    let loader = m.loaders.pick(g);
    let (name, bytes) = (g.text(TextType::Utf8, &[], FILES), g.text(TextType::Bytes, &m.compiled, POLICIES));
    let loader = m.loaders.pointer(loader);
    m.done(g, |report| call!(kouling_loader_add_file(loader, name, bytes, report)));
}

pub(super) fn add_words(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (loader, name) = (m.loaders.pick(g), g.text(TextType::Utf8, &[], FILES));
    let words = m.words.pick(g);
    let (loader, words) = (m.loaders.pointer(loader), m.words.pointer(words));
    m.done(g, |report| call!(kouling_loader_add_words(loader, name, words, report)));
}

pub(super) fn set_source(m: &mut Machine, g: &mut CallArgs<'_>) {
    let loader = m.loaders.pick(g);
    let has_function = g.byte().is_multiple_of(2);
    let options = with_behaviour(m, g, |behaviour| source_of(behaviour, has_function));
    let options = g.options(options);
    let loader = m.loaders.pointer(loader);
    m.done(g, |report| call!(kouling_loader_set_source(loader, options, report)));
}

/// Creates a behaviour that is valid until the end of the program.
fn with_behaviour<R>(m: &mut Machine, g: &mut CallArgs<'_>, make: impl FnOnce(&Arc<Behaviour>) -> R) -> R {
    let behaviour = Behaviour::new(g);
    let made = make(&behaviour);
    m.behaviours.push(behaviour);
    made
}

pub(super) fn add_rule_kind(m: &mut Machine, g: &mut CallArgs<'_>) {
    let loader = m.loaders.pick(g);
    let behaviour = Behaviour::new(g);
    let mut kind = rule_kind_of(&behaviour);
    let context = kind.context;
    let (codes, numbers) = ([plain("own.short"), plain("own.long")].map(raw), [plain("least")].map(raw));
    let byte = g.byte();
    if byte & 1 != 0 {
        kind.kind = raw(g.text(TextType::Utf8, &[], NAMES));
    }
    (kind.codes, kind.code_count) = if byte & 2 != 0 { g.array(&codes, 256) } else { (codes.as_ptr(), 2) };
    (kind.numbers, kind.number_count) = if byte & 4 != 0 { g.array(&numbers, 256) } else { (numbers.as_ptr(), 1) };
    if byte & 8 != 0 {
        kind.check = None;
        g.wrong = true;
    }
    if byte & 16 != 0 {
        kind.build = None;
    }
    let options = g.options(kind);
    let pointer = m.loaders.pointer(loader);
    // An older struct ends before `free_context`, so the library does not free the context.
    // SAFETY: the struct begins with its size.
    let is_whole =
        !options.is_null() && unsafe { ptr::read_unaligned(options.cast::<usize>()) } >= size_of_val(&kind);
    let is_ok = m.done(g, |report| call!(kouling_loader_add_rule_kind(pointer, options, report)));
    match (is_ok, is_whole) {
        (false, _) => free_own_context(context.expose_provenance()),
        (true, false) => m.unowned.push(context.expose_provenance()),
        (true, true) => {}
    }
    if let (true, Some(known)) = (is_ok, m.loaders.known_mut(loader)) {
        known.rules.push(behaviour.clone());
    }
    m.behaviours.push(behaviour);
}

/// Frees a context that the library does not own.
pub(super) fn free_own_context(context: usize) {
    // SAFETY: `rule_kind_of` created it, and the library does not own it.
    unsafe { free_context(ptr::with_exposed_provenance_mut(context)) }
}

fn load_by(
    m: &mut Machine,
    g: &mut CallArgs<'_>,
    loader: Option<usize>,
    load: impl FnOnce(*mut declared::Loader, *mut *const declared::Policy, *mut declared::Report) -> u32,
) {
    let pointer = m.loaders.pointer(loader);
    let rules = m.loaders.known(loader).map(|known| known.rules.clone()).unwrap_or_default();
    let before: usize = m.behaviours.iter().map(|behaviour| behaviour.failures()).sum();
    let made = m.make(g, |out, report| load(pointer, shared(out), report));
    let after: usize = m.behaviours.iter().map(|behaviour| behaviour.failures()).sum();
    assert!(before == after || made.is_none(), "a callback that failed gives no policy");
    m.policies.add(made, PolicyKnown { policy: None, rules, more_owners: 0 });
}

pub(super) fn parse_by_loader(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.policies.is_full() {
        return;
    }
    let (loader, name) = (m.loaders.pick(g), g.text(TextType::Utf8, &[], NAMES));
    let text = g.text(TextType::Utf8, &[], POLICIES);
    load_by(m, g, loader, |loader, out, report| call!(kouling_loader_parse(loader, name, text, out, report)));
}

pub(super) fn load_by_loader(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.policies.is_full() {
        return;
    }
    let (loader, path) = (m.loaders.pick(g), g.text(TextType::Utf8, &[], FILES));
    load_by(m, g, loader, |loader, out, report| call!(kouling_loader_load(loader, path, out, report)));
}

pub(super) fn load_set_by_loader(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.sets.is_full() {
        return;
    }
    let (loader, path) = (m.loaders.pick(g), g.text(TextType::Utf8, &[], FILES));
    let loader = m.loaders.pointer(loader);
    let made = m.make(g, |out, report| call!(kouling_loader_load_set(loader, path, shared(out), report)));
    m.sets.add(made, 0);
}

// Facts.

pub(super) fn new_facts(m: &mut Machine, g: &mut CallArgs<'_>) {
    if !m.facts.is_full() {
        let now = g.moment();
        let made = m.make_quietly(g, |out| call!(kouling_facts_new(now, out)));
        m.facts.add(made, FactsKnown { now, ..FactsKnown::default() });
    }
}

/// Changes facts, and what is known about them.
fn change_facts(
    m: &mut Machine,
    g: &CallArgs<'_>,
    at: Option<usize>,
    run: impl FnOnce(*mut declared::Facts) -> u32,
    change: impl FnOnce(&mut FactsKnown),
) {
    let facts = m.facts.pointer(at);
    let is_ok = m.done_quietly(g, || run(facts));
    assert_eq!(is_ok, !g.wrong, "valid arguments are accepted");
    if let (true, Some(known)) = (is_ok, m.facts.known_mut(at)) {
        change(known);
    }
}

pub(super) fn add_attribute(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (at, name) = (m.facts.pick(g), g.text(TextType::Utf8, &[], ATTRIBUTES));
    let value = g.text(TextType::Utf8, &[], VALUES);
    change_facts(
        m,
        g,
        at,
        |facts| call!(kouling_facts_add_attribute(facts, name, value)),
        |known| {
            let [name, value] = [name, value].map(|text| String::from_utf8_lossy(&of(text)).into_owned());
            known.user = std::mem::take(&mut known.user).with(name, value);
        },
    );
}

pub(super) fn add_previous(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (at, hash) = (m.facts.pick(g), g.text(TextType::Utf8, &[], HASHES));
    let (moment, is_known) = (g.moment(), g.byte().is_multiple_of(2));
    let set_at: *const i64 = if is_known { &raw const moment } else { ptr::null() };
    change_facts(
        m,
        g,
        at,
        |facts| call!(kouling_facts_add_previous(facts, hash, set_at)),
        |known| {
            let hash = String::from_utf8_lossy(&of(hash)).into_owned();
            known.previous.push(Previous { hash, at: is_known.then(|| Moment::from_unix(moment)) });
        },
    );
}

pub(super) fn set_current(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (at, password) = (m.facts.pick(g), g.text(TextType::Typed, &[], PASSWORDS));
    let set = |facts| call!(kouling_facts_set_current(facts, password));
    change_facts(m, g, at, set, |known| known.current = Some(of(password)));
}

pub(super) fn set_verifier(m: &mut Machine, g: &mut CallArgs<'_>) {
    let at = m.facts.pick(g);
    let has_function = !g.byte().is_multiple_of(4);
    let options = with_behaviour(m, g, |behaviour| verifier_of(behaviour, has_function));
    let options = g.options(options);
    // SAFETY: the struct begins with its size; one that ends before the function has none.
    let is_whole = !options.is_null() && unsafe { ptr::read_unaligned(options.cast::<usize>()) } >= 24;
    let behaviour = m.behaviours.last().filter(|_| has_function && is_whole).cloned();
    let set = |facts| call!(kouling_facts_set_verifier(facts, options));
    change_facts(m, g, at, set, |known| known.verifier = behaviour);
}

pub(super) fn set_password_set(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (at, set) = (m.facts.pick(g), g.moment());
    let call = |facts| call!(kouling_facts_set_password_set(facts, set));
    change_facts(m, g, at, call, |known| known.password_set = Some(set));
}

pub(super) fn set_now(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (at, now) = (m.facts.pick(g), g.moment());
    change_facts(m, g, at, |facts| call!(kouling_facts_set_now(facts, now)), |known| known.now = now);
}
