//! Actions that evaluate passwords and read outcomes.

use std::ptr;

use kouling::candidate::Number;
use kouling::{CannotJudge, Language, Outcome};
use kouling_c::contract::kouling_response;

use super::args::{CallArgs, TextType};
use super::checks::read;
use super::declared::{self, Text};
use super::handles::{of, rubbish, shared};
use super::machine::{Machine, PolicyKnown, output, settled};
use super::texts::*;

// Evaluations.

/// The result of the engine, if the policy is known.
fn expected(
    m: &Machine,
    policy: Option<usize>,
    password: Text,
    facts: Option<usize>,
) -> Option<Result<Outcome, CannotJudge>> {
    let (policy, facts) = (m.policies.known(policy)?.comparable()?, m.facts.known(facts)?);
    Some(facts.with(|facts| policy.evaluate(&of(password), facts)))
}

fn failures(m: &Machine, policy: Option<usize>) -> usize {
    m.policies.known(policy).map_or(0, PolicyKnown::failures)
}

/// Compares an outcome with that of the engine.
fn compare(m: &mut Machine, made: Option<*mut declared::Outcome>, expected: Option<Result<Outcome, CannotJudge>>) {
    let Some(expected) = expected else {
        m.outcomes.add(made, None);
        return;
    };
    assert_eq!(made.is_some(), expected.is_ok(), "a failed evaluation has no outcome");
    if let (Some(outcome), Ok(expected)) = (made, &expected) {
        assert_eq!(call!(kouling_outcome_accepted(outcome)), expected.accepted(), "the engine agrees");
    }
    m.outcomes.add(made, expected.ok());
}

pub(super) fn evaluate(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.outcomes.is_full() {
        return;
    }
    let (at, facts) = (m.policies.pick(g), m.facts.pick(g));
    let password = g.text(TextType::Password, &[], PASSWORDS);
    let expected = if g.wrong { None } else { expected(m, at, password, facts) };
    let (policy, known) = (m.policies.pointer(at), m.facts.pointer(facts));
    let (before, how) = (failures(m, at), m.how(g));
    let made =
        m.make_so(g, &how, |out, report| call!(kouling_policy_evaluate(policy, password, known, out, report)));
    assert!(before == failures(m, at) || made.is_none(), "a rule that failed gives no outcome");
    compare(m, made, expected.filter(|_| !how.first));
}

pub(super) fn explain(m: &mut Machine, g: &mut CallArgs<'_>) {
    if m.outcomes.is_full() {
        return;
    }
    let (at, facts) = (m.policies.pick(g), m.facts.pick(g));
    let (password, language) =
        (g.text(TextType::Password, &[], PASSWORDS), g.text(TextType::Utf8, &[], LANGUAGES));
    let contract = m.contracts.pointer(m.contracts.at(g.byte()));
    let expected = if g.wrong { None } else { expected(m, at, password, facts) };
    let (policy, known) = (m.policies.pointer(at), m.facts.pointer(facts));
    let how = m.how(g);
    let (mut outcome, mut json) = (ptr::without_provenance_mut(super::machine::RUBBISH), rubbish());
    let out = output(g, &mut outcome, how.first);
    let out_json = output(g, &mut json, how.second);
    let is_ok = m.call(g, &how, |report| {
        call!(kouling_policy_explain(policy, password, known, language, contract, out, out_json, report))
    });
    let made = settled(outcome, how.first, is_ok);
    if !how.second {
        let json = m.public(made.map_or(0, |made| made.addr()), json);
        assert_eq!(json.is_empty(), !is_ok);
    }
    compare(m, made, expected.filter(|_| !how.first && !how.second));
}

// Outcomes.

/// Chooses an outcome: one of the handles, or that of a step.
fn outcome(m: &Machine, g: &mut CallArgs<'_>) -> (*const declared::Outcome, usize, Option<Outcome>) {
    let byte = g.byte();
    if byte & 0x80 != 0 && byte != 0xFF {
        let step = m.steps.pointer(m.steps.at(byte & 0x7F));
        return (call!(kouling_step_outcome(step)), step.addr(), None);
    }
    let at = m.outcomes.at(byte);
    let pointer = m.outcomes.pointer(at);
    (pointer, pointer.addr(), m.outcomes.known(at).cloned().flatten())
}

/// A list entry: its code, its rule, the kind of the rule, its numbers.
type FindingData<'o> = (&'o str, &'o str, &'o str, &'o [Number]);

fn finding(outcome: &Outcome, list: u32, index: usize) -> Option<FindingData<'_>> {
    let violation = match list {
        0 => outcome.violations().nth(index),
        1 => outcome.warnings().nth(index),
        2 => outcome.shadows().nth(index),
        3 => {
            return outcome.notes().get(index).map(|note| (note.code.as_ref(), "", "", note.numbers.as_slice()));
        }
        _ => None,
    };
    violation
        .map(|violation| (violation.code(), violation.rule().name(), violation.rule().kind(), violation.numbers()))
}

pub(super) fn look_at_finding(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (outcome, owner, known) = outcome(m, g);
    let (list, index) = (g.kind(), g.index());
    let code = m.public(owner, call!(kouling_outcome_code(outcome, list, index)));
    let rule = m.public(owner, call!(kouling_outcome_rule(outcome, list, index)));
    let kind = m.public(owner, call!(kouling_outcome_kind(outcome, list, index)));
    let count = call!(kouling_outcome_count(outcome, list));
    assert_eq!(code.is_empty(), index >= count, "an entry has a code");
    assert!(!outcome.is_null() || count == 0);
    let numbers = call!(kouling_outcome_number_count(outcome, list, index));
    if let Some(known) = &known {
        let (known_code, known_rule, known_kind, known_numbers) = finding(known, list, index).unwrap_or_default();
        assert_eq!((code, rule), (known_code.as_bytes().to_vec(), known_rule.as_bytes().to_vec()));
        assert_eq!((kind, numbers), (known_kind.as_bytes().to_vec(), known_numbers.len()));
    }
}

pub(super) fn accepted(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (outcome, _, known) = outcome(m, g);
    let accepted = call!(kouling_outcome_accepted(outcome));
    assert!(!accepted || !outcome.is_null(), "NULL is not accepted");
    assert!(!accepted || call!(kouling_outcome_count(outcome, 0)) == 0, "an accepted outcome has no violations");
    assert!(known.is_none_or(|known| known.accepted() == accepted));
}

pub(super) fn guesses_log10(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (outcome, _, known) = outcome(m, g);
    let how = m.how(g);
    let mut guesses = 77.0;
    let out: *mut f64 = if how.first { ptr::null_mut() } else { &raw mut guesses };
    let found = call!(kouling_outcome_guesses_log10(outcome, out));
    assert!(!found || !(outcome.is_null() || how.first), "NULL has no estimate");
    assert!(found || how.first || guesses == 0.0, "the output is cleared");
    assert!(how.first || known.is_none_or(|known| known.guesses_log10() == found.then_some(guesses)));
}

pub(super) fn message(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (outcome, owner, _) = outcome(m, g);
    let (list, index, language) = (g.kind(), g.index(), g.text(TextType::Utf8, &[], LANGUAGES));
    let message = m.public(owner, call!(kouling_outcome_message(outcome, list, index, language)));
    assert_eq!(message.is_empty(), g.wrong || index >= call!(kouling_outcome_count(outcome, list)));
}

pub(super) fn contract_code(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (outcome, owner, _) = outcome(m, g);
    let (list, index) = (g.kind(), g.index());
    let contract = m.contracts.pointer(m.contracts.at(g.byte()));
    let code = m.public(owner, call!(kouling_outcome_contract_code(outcome, list, index, contract)));
    assert!(code.is_empty() || !contract.is_null());
}

pub(super) fn number(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (outcome, owner, known) = outcome(m, g);
    let (list, index, number) = (g.kind(), g.index(), g.index());
    g.wrong |= number >= call!(kouling_outcome_number_count(outcome, list, index));
    let how = m.how(g);
    let (mut name, mut value) = (rubbish(), 77);
    let out = output(g, &mut value, how.first);
    // The name is optional.
    let out_name: *mut Text = if how.second { ptr::null_mut() } else { &raw mut name };
    let is_ok = m.done_quietly(g, || call!(kouling_outcome_number(outcome, list, index, number, out_name, out)));
    assert_eq!(is_ok, !g.wrong);
    let name = if how.second { Vec::new() } else { m.public(owner, name) };
    assert!(how.second || name.is_empty() != is_ok);
    assert!(is_ok || how.first || value == 0);
    let known = known.as_ref().and_then(|known| finding(known, list, index)?.3.get(number).cloned());
    if let (true, Some((known_name, known))) = (is_ok, known) {
        assert!(value == known && (how.second || name == known_name.as_bytes()));
    }
}

pub(super) fn json(m: &mut Machine, g: &mut CallArgs<'_>) {
    let (outcome, owner, known) = outcome(m, g);
    g.wrong |= outcome.is_null();
    let language = g.text(TextType::Utf8, &[], LANGUAGES);
    let contract = m.contracts.pointer(m.contracts.at(g.byte()));
    let (is_ok, json) =
        m.ask(g, rubbish(), |json, report| call!(kouling_outcome_json(outcome, language, contract, json, report)));
    let Some(json) = json else { return };
    let json = m.public(owner, json);
    assert_eq!(json.is_empty(), !is_ok);
    if let (true, true, Some(known)) = (is_ok, contract.is_null(), known) {
        let language = Language::from_tag(std::str::from_utf8(read(language, true)).unwrap_or_default());
        assert_eq!(json, known.to_json(language, |_| None).to_string().as_bytes());
    }
}

// Contracts.

pub(super) fn built_in(m: &mut Machine, g: &mut CallArgs<'_>) {
    if !m.contracts.is_full() {
        let name = g.text(TextType::Utf8, &[], CONTRACTS);
        let made = m.make(g, |out, report| call!(kouling_contract_built_in(name, shared(out), report)));
        m.contracts.add(made, 0);
    }
}

pub(super) fn load_contract(m: &mut Machine, g: &mut CallArgs<'_>) {
    if !m.contracts.is_full() {
        let path = g.text(TextType::Utf8, &paths("contracts/idaas-ciam.toml"), PATHS);
        let made = m.make(g, |out, report| call!(kouling_contract_load(path, shared(out), report)));
        m.contracts.add(made, 0);
    }
}

/// A response is set on success and cleared on failure, and nothing is written past its end.
pub(super) fn check_response(m: &mut Machine, owner: usize, is_ok: bool, place: &super::args::Place) {
    if !is_ok {
        assert!(place.contents().iter().all(|byte| *byte == 0), "cleared on failure");
    }
    if let (true, Some(response)) = (is_ok, place.known::<kouling_response>()) {
        // SAFETY: both are `struct kouling_text`.
        let [code, message]: [Text; 2] = unsafe { std::mem::transmute([response.code, response.message]) };
        assert!(!m.public(owner, code).is_empty() && response.status >= 200);
        m.public(owner, message);
    }
}

pub(super) fn contract_response(m: &mut Machine, g: &mut CallArgs<'_>) {
    let contract = m.contracts.pick(g);
    let (name, language) = (g.text(TextType::Utf8, &[], HOST_REFUSALS), g.text(TextType::Utf8, &[], LANGUAGES));
    let place = g.filled_in::<kouling_response>();
    let contract = m.contracts.pointer(contract);
    let is_ok = m.done(g, |report| {
        call!(kouling_contract_response(contract, name, language, place.pointer.cast(), report))
    });
    check_response(m, contract.addr(), is_ok, &place);
}
