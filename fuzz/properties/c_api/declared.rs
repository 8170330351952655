//! The functions of `include/kouling.h` as C sees them: raw pointers without the restrictions of Rust types.
// This file is generated from include/kouling.h: `KOULING_WRITE=1 cargo test -p kouling-c --test header`.

use std::ffi::c_void;

#[repr(C)]
pub struct Approved {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Candidate {
    _private: [u8; 0],
}

#[repr(C)]
pub struct CodeKeys {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Contract {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Decision {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Effects {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Facts {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Findings {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Loader {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Outcome {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Policy {
    _private: [u8; 0],
}

#[repr(C)]
pub struct PolicyFile {
    _private: [u8; 0],
}

#[repr(C)]
pub struct PolicySet {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Record {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Redemption {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Report {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Sending {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Sink {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Step {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Table {
    _private: [u8; 0],
}

#[repr(C)]
pub struct Words {
    _private: [u8; 0],
}

pub const KOULING_STATUS_OK: u32 = 0;
pub const KOULING_STATUS_INVALID_ARGUMENT: u32 = 1;
pub const KOULING_STATUS_INVALID_POLICY: u32 = 2;
pub const KOULING_STATUS_INVALID_TEXT: u32 = 3;
pub const KOULING_STATUS_UNAVAILABLE: u32 = 4;
pub const KOULING_STATUS_CANNOT_JUDGE: u32 = 5;
pub const KOULING_STATUS_INTERNAL: u32 = 6;
pub const KOULING_HASH_UNKNOWN: u32 = 0;
pub const KOULING_HASH_MATCHES: u32 = 1;
pub const KOULING_HASH_DIFFERS: u32 = 2;
pub const KOULING_ACCEPTS_UNKNOWN: u32 = 0;
pub const KOULING_ACCEPTS_YES: u32 = 1;
pub const KOULING_ACCEPTS_NO: u32 = 2;
pub const KOULING_STANDING_UNKNOWN: u32 = 0;
pub const KOULING_STANDING_FINE: u32 = 1;
pub const KOULING_STANDING_WARN: u32 = 2;
pub const KOULING_STANDING_MUST_CHANGE: u32 = 3;
pub const KOULING_STANDING_GRACE: u32 = 4;
pub const KOULING_STANDING_LOCKED: u32 = 5;
pub const KOULING_STANDING_DISABLED: u32 = 6;
pub const KOULING_LIST_VIOLATIONS: u32 = 0;
pub const KOULING_LIST_WARNINGS: u32 = 1;
pub const KOULING_LIST_SHADOWS: u32 = 2;
pub const KOULING_LIST_NOTES: u32 = 3;
pub const KOULING_EFFECT_NONE: u32 = 0;
pub const KOULING_EFFECT_USE_CAPTCHA: u32 = 1;
pub const KOULING_EFFECT_SOLVE_CAPTCHA: u32 = 2;
pub const KOULING_EFFECT_FAIL_CAPTCHA: u32 = 3;
pub const KOULING_EFFECT_COUNT: u32 = 4;
pub const KOULING_EFFECT_REVOKE_CHALLENGES: u32 = 5;
pub const KOULING_EFFECT_STORE_CHALLENGE: u32 = 6;
pub const KOULING_EFFECT_SEND_CODE: u32 = 7;
pub const KOULING_EFFECT_RESERVE_SUBMISSION: u32 = 8;
pub const KOULING_EFFECT_RELEASE_COUNT: u32 = 9;
pub const KOULING_EFFECT_CONSUME_CHALLENGE: u32 = 10;
pub const KOULING_EFFECT_REQUIRE_CURRENT: u32 = 11;
pub const KOULING_EFFECT_SET_PASSWORD: u32 = 12;
pub const KOULING_EFFECT_REVOKE_SESSIONS: u32 = 13;
pub const KOULING_EFFECT_NOTIFY: u32 = 14;
pub const KOULING_EFFECT_AUDIT: u32 = 15;
pub const KOULING_PURPOSE_FORGOT_PASSWORD: u32 = 0;
pub const KOULING_PURPOSE_UPDATE_PASSWORD: u32 = 1;
pub const KOULING_CHANNEL_EMAIL: u32 = 0;
pub const KOULING_CHANNEL_MOBILE: u32 = 1;
pub const KOULING_RECORD_VALID: u32 = 0;
pub const KOULING_RECORD_SOLVED: u32 = 1;
pub const KOULING_RECORD_USED: u32 = 2;
pub const KOULING_RECORD_REVOKED: u32 = 3;
pub const KOULING_STEP_REFUSED: u32 = 0;
pub const KOULING_STEP_NOT_JUDGED: u32 = 1;
pub const KOULING_STEP_LOOK_UP_CHALLENGE: u32 = 2;
pub const KOULING_STEP_APPLY: u32 = 3;
pub const KOULING_STEP_LOOK_UP_ACCOUNT: u32 = 4;
pub const KOULING_STEP_APPROVED: u32 = 5;
pub const KOULING_STEP_GRANTED: u32 = 6;
pub const KOULING_STEP_DONE: u32 = 7;
pub const KOULING_OLD_PASSWORD_MISSING: u32 = 0;
pub const KOULING_OLD_PASSWORD_CORRECT: u32 = 1;
pub const KOULING_OLD_PASSWORD_INCORRECT: u32 = 2;

/// `struct kouling_text`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    pub data: *const u8,
    pub length: usize,
}

// A function that no action calls is a mistake.
#[deny(dead_code)]
unsafe extern "C" {
    pub fn kouling_abi() -> u32;
    pub fn kouling_version() -> Text;
    pub fn kouling_report_new(report: *mut *mut Report) -> u32;
    pub fn kouling_report_free(report: *mut Report);
    pub fn kouling_report_text(report: *const Report) -> Text;
    pub fn kouling_report_count(report: *const Report) -> usize;
    pub fn kouling_report_code(report: *const Report, index: usize) -> Text;
    pub fn kouling_report_file(report: *const Report, index: usize) -> Text;
    pub fn kouling_report_line(report: *const Report, index: usize) -> usize;
    pub fn kouling_report_column(report: *const Report, index: usize) -> usize;
    pub fn kouling_report_message(report: *const Report, index: usize) -> Text;
    pub fn kouling_report_help(report: *const Report, index: usize) -> Text;
    pub fn kouling_policy_parse(text: Text, policy: *mut *const Policy, report: *mut Report) -> u32;
    pub fn kouling_policy_load(path: Text, policy: *mut *const Policy, report: *mut Report) -> u32;
    pub fn kouling_policy_preset(name: Text, policy: *mut *const Policy, report: *mut Report) -> u32;
    pub fn kouling_policy_retain(policy: *const Policy);
    pub fn kouling_policy_free(policy: *const Policy);
    pub fn kouling_policy_name(policy: *const Policy) -> Text;
    pub fn kouling_policy_digest(policy: *const Policy) -> Text;
    pub fn kouling_policy_population(policy: *const Policy) -> Text;
    pub fn kouling_policy_describe(policy: *const Policy, language: Text, json: *mut Text, report: *mut Report) -> u32;
    pub fn kouling_facts_new(now: i64, facts: *mut *mut Facts) -> u32;
    pub fn kouling_facts_free(facts: *mut Facts);
    pub fn kouling_facts_add_attribute(facts: *mut Facts, name: Text, value: Text) -> u32;
    pub fn kouling_facts_add_previous(facts: *mut Facts, hash: Text, set_at: *const i64) -> u32;
    pub fn kouling_facts_set_current(facts: *mut Facts, password: Text) -> u32;
    pub fn kouling_facts_set_verifier(facts: *mut Facts, verifier: *const c_void) -> u32;
    pub fn kouling_facts_set_password_set(facts: *mut Facts, password_set: i64) -> u32;
    pub fn kouling_facts_set_now(facts: *mut Facts, now: i64) -> u32;
    pub fn kouling_policy_set_parse(text: Text, set: *mut *const PolicySet, report: *mut Report) -> u32;
    pub fn kouling_policy_set_load(path: Text, set: *mut *const PolicySet, report: *mut Report) -> u32;
    pub fn kouling_policy_set_retain(set: *const PolicySet);
    pub fn kouling_policy_set_free(set: *const PolicySet);
    pub fn kouling_policy_set_name(set: *const PolicySet) -> Text;
    pub fn kouling_policy_set_digest(set: *const PolicySet) -> Text;
    pub fn kouling_policy_set_attribute_count(set: *const PolicySet) -> usize;
    pub fn kouling_policy_set_attribute(set: *const PolicySet, index: usize) -> Text;
    pub fn kouling_policy_set_select(set: *const PolicySet, facts: *const Facts, policy: *mut *const Policy, report: *mut Report) -> u32;
    pub fn kouling_policy_file_new(path: Text, file: *mut *mut PolicyFile, report: *mut Report) -> u32;
    pub fn kouling_policy_file_policy(file: *const PolicyFile, policy: *mut *const Policy, report: *mut Report) -> u32;
    pub fn kouling_policy_file_set(file: *const PolicyFile, set: *mut *const PolicySet, report: *mut Report) -> u32;
    pub fn kouling_policy_file_select(file: *const PolicyFile, facts: *const Facts, policy: *mut *const Policy, report: *mut Report) -> u32;
    pub fn kouling_policy_file_free(file: *mut PolicyFile);
    pub fn kouling_contract_built_in(name: Text, contract: *mut *const Contract, report: *mut Report) -> u32;
    pub fn kouling_contract_load(path: Text, contract: *mut *const Contract, report: *mut Report) -> u32;
    pub fn kouling_contract_response(contract: *const Contract, name: Text, language: Text, response: *mut c_void, report: *mut Report) -> u32;
    pub fn kouling_contract_retain(contract: *const Contract);
    pub fn kouling_contract_free(contract: *const Contract);
    pub fn kouling_policy_evaluate(policy: *const Policy, password: Text, facts: *const Facts, outcome: *mut *mut Outcome, report: *mut Report) -> u32;
    pub fn kouling_policy_explain(policy: *const Policy, password: Text, facts: *const Facts, language: Text, contract: *const Contract, outcome: *mut *mut Outcome, json: *mut Text, report: *mut Report) -> u32;
    pub fn kouling_outcome_free(outcome: *mut Outcome);
    pub fn kouling_outcome_accepted(outcome: *const Outcome) -> bool;
    pub fn kouling_outcome_guesses_log10(outcome: *const Outcome, guesses_log10: *mut f64) -> bool;
    pub fn kouling_outcome_json(outcome: *const Outcome, language: Text, contract: *const Contract, json: *mut Text, report: *mut Report) -> u32;
    pub fn kouling_policy_standing(policy: *const Policy, account: Text, now: i64, decision: *mut *mut Decision, report: *mut Report) -> u32;
    pub fn kouling_policy_sign_in_failed(policy: *const Policy, account: Text, now: i64, decision: *mut *mut Decision, report: *mut Report) -> u32;
    pub fn kouling_policy_signed_in(policy: *const Policy, account: Text, accepts: u32, now: i64, decision: *mut *mut Decision, report: *mut Report) -> u32;
    pub fn kouling_decision_free(decision: *mut Decision);
    pub fn kouling_decision_standing(decision: *const Decision) -> u32;
    pub fn kouling_decision_permits_session(decision: *const Decision) -> bool;
    pub fn kouling_decision_refuses_sign_in(decision: *const Decision) -> bool;
    pub fn kouling_decision_code(decision: *const Decision) -> Text;
    pub fn kouling_decision_value(decision: *const Decision) -> i64;
    pub fn kouling_decision_message(decision: *const Decision, language: Text) -> Text;
    pub fn kouling_decision_effect_count(decision: *const Decision) -> usize;
    pub fn kouling_decision_effect(decision: *const Decision, index: usize) -> Text;
    pub fn kouling_decision_account(decision: *const Decision, stored: Text, account: *mut Text, report: *mut Report) -> u32;
    pub fn kouling_decision_json(decision: *const Decision, language: Text, json: *mut Text, report: *mut Report) -> u32;
    pub fn kouling_outcome_count(outcome: *const Outcome, list: u32) -> usize;
    pub fn kouling_outcome_code(outcome: *const Outcome, list: u32, index: usize) -> Text;
    pub fn kouling_outcome_rule(outcome: *const Outcome, list: u32, index: usize) -> Text;
    pub fn kouling_outcome_kind(outcome: *const Outcome, list: u32, index: usize) -> Text;
    pub fn kouling_outcome_message(outcome: *const Outcome, list: u32, index: usize, language: Text) -> Text;
    pub fn kouling_outcome_contract_code(outcome: *const Outcome, list: u32, index: usize, contract: *const Contract) -> Text;
    pub fn kouling_outcome_number_count(outcome: *const Outcome, list: u32, index: usize) -> usize;
    pub fn kouling_outcome_number(outcome: *const Outcome, list: u32, index: usize, number: usize, name: *mut Text, value: *mut u64) -> u32;
    pub fn kouling_words_read(bytes: Text, case_sensitive: u32, words: *mut *const Words, report: *mut Report) -> u32;
    pub fn kouling_words_compile(text: Text, case_sensitive: u32, source: Text, words: *mut *const Words, report: *mut Report) -> u32;
    pub fn kouling_words_bytes(words: *const Words) -> Text;
    pub fn kouling_words_count(words: *const Words) -> usize;
    pub fn kouling_words_find(words: *const Words, word: Text, found: *mut u32, report: *mut Report) -> u32;
    pub fn kouling_words_retain(words: *const Words);
    pub fn kouling_words_free(words: *const Words);
    pub fn kouling_sink_write(sink: *mut Sink, bytes: Text) -> u32;
    pub fn kouling_table_count(table: *mut Table, key: Text, default_value: u64, min: u64, max: u64) -> u64;
    pub fn kouling_table_flag(table: *mut Table, key: Text, default_value: bool) -> bool;
    pub fn kouling_table_text(table: *mut Table, key: Text) -> Text;
    pub fn kouling_table_add_error(table: *mut Table, key: Text, message: Text) -> u32;
    pub fn kouling_candidate_text(candidate: *const Candidate) -> Text;
    pub fn kouling_candidate_folded(candidate: *const Candidate) -> Text;
    pub fn kouling_candidate_reversed(candidate: *const Candidate) -> Text;
    pub fn kouling_candidate_length(candidate: *const Candidate) -> usize;
    pub fn kouling_candidate_attribute(candidate: *const Candidate, name: Text, index: usize) -> Text;
    pub fn kouling_candidate_now(candidate: *const Candidate) -> i64;
    pub fn kouling_findings_refuse(findings: *mut Findings, code: Text, numbers: *const c_void, number_count: usize) -> u32;
    pub fn kouling_loader_new(loader: *mut *mut Loader) -> u32;
    pub fn kouling_loader_free(loader: *mut Loader);
    pub fn kouling_loader_add_file(loader: *mut Loader, name: Text, bytes: Text, report: *mut Report) -> u32;
    pub fn kouling_loader_add_words(loader: *mut Loader, name: Text, words: *const Words, report: *mut Report) -> u32;
    pub fn kouling_loader_set_source(loader: *mut Loader, source: *const c_void, report: *mut Report) -> u32;
    pub fn kouling_loader_add_rule_kind(loader: *mut Loader, kind: *const c_void, report: *mut Report) -> u32;
    pub fn kouling_loader_load_set(loader: *const Loader, path: Text, set: *mut *const PolicySet, report: *mut Report) -> u32;
    pub fn kouling_loader_parse(loader: *const Loader, name: Text, text: Text, policy: *mut *const Policy, report: *mut Report) -> u32;
    pub fn kouling_loader_load(loader: *const Loader, path: Text, policy: *mut *const Policy, report: *mut Report) -> u32;
    pub fn kouling_code_keys_new(id: u32, bytes: Text, keys: *mut *mut CodeKeys, report: *mut Report) -> u32;
    pub fn kouling_code_keys_add_older(keys: *mut CodeKeys, id: u32, bytes: Text, report: *mut Report) -> u32;
    pub fn kouling_code_keys_free(keys: *mut CodeKeys);
    pub fn kouling_retry_after(max: u64, seconds: u64, events: *const i64, event_count: usize, now: i64) -> u64;
    pub fn kouling_effects_count(effects: *const Effects) -> usize;
    pub fn kouling_effects_at(effects: *const Effects, index: usize, effect: *mut c_void) -> u32;
    pub fn kouling_effects_name(effects: *const Effects, index: usize) -> Text;
    pub fn kouling_effects_free(effects: *mut Effects);
    pub fn kouling_record_read(bytes: Text, record: *mut *mut Record, report: *mut Report) -> u32;
    pub fn kouling_record_bytes(record: *const Record) -> Text;
    pub fn kouling_record_after(record: *mut Record, effects: *const Effects, index: usize, holds: *mut u32, report: *mut Report) -> u32;
    pub fn kouling_record_id(record: *const Record) -> Text;
    pub fn kouling_record_requester(record: *const Record) -> Text;
    pub fn kouling_record_state(record: *const Record) -> u32;
    pub fn kouling_record_submissions_left(record: *const Record) -> u64;
    pub fn kouling_record_expires(record: *const Record) -> i64;
    pub fn kouling_record_free(record: *mut Record);
    pub fn kouling_approved_account(approved: *const Approved) -> Text;
    pub fn kouling_approved_password(approved: *const Approved) -> Text;
    pub fn kouling_approved_effects(approved: *mut Approved, hash: Text, effects: *mut *mut Effects, report: *mut Report) -> u32;
    pub fn kouling_approved_free(approved: *mut Approved);
    pub fn kouling_step_kind(step: *const Step) -> u32;
    pub fn kouling_step_purpose(step: *const Step) -> u32;
    pub fn kouling_step_channel(step: *const Step) -> u32;
    pub fn kouling_step_address(step: *const Step) -> Text;
    pub fn kouling_step_account(step: *const Step) -> Text;
    pub fn kouling_step_requester(step: *const Step) -> Text;
    pub fn kouling_step_token(step: *const Step) -> Text;
    pub fn kouling_step_effects(step: *const Step) -> *const Effects;
    pub fn kouling_step_code(step: *const Step) -> Text;
    pub fn kouling_step_retry_after(step: *const Step) -> u64;
    pub fn kouling_step_outcome(step: *const Step) -> *const Outcome;
    pub fn kouling_step_response(step: *const Step, contract: *const Contract, language: Text, response: *mut c_void, report: *mut Report) -> u32;
    pub fn kouling_step_take_approved(step: *mut Step, approved: *mut *mut Approved, report: *mut Report) -> u32;
    pub fn kouling_step_free(step: *mut Step);
    pub fn kouling_sending_new(policy: *const Policy, request: *const c_void, sending: *mut *mut Sending, report: *mut Report) -> u32;
    pub fn kouling_sending_address(sending: *const Sending) -> Text;
    pub fn kouling_sending_channel(sending: *const Sending) -> u32;
    pub fn kouling_sending_set_account(sending: *mut Sending, account: Text, address_on_record: Text, report: *mut Report) -> u32;
    pub fn kouling_sending_set_captcha(sending: *mut Sending, captcha: *const Record, report: *mut Report) -> u32;
    pub fn kouling_sending_budget_count(sending: *const Sending) -> usize;
    pub fn kouling_sending_budget_key(sending: *const Sending, index: usize) -> Text;
    pub fn kouling_sending_budget_seconds(sending: *const Sending, index: usize) -> u64;
    pub fn kouling_sending_set_events(sending: *mut Sending, index: usize, events: *const i64, event_count: usize, report: *mut Report) -> u32;
    pub fn kouling_sending_decide(sending: *const Sending, keys: *const CodeKeys, now: i64, randomness: Text, step: *mut *mut Step, report: *mut Report) -> u32;
    pub fn kouling_sending_free(sending: *mut Sending);
    pub fn kouling_redemption_begin(policy: *const Policy, keys: *const CodeKeys, request: *const c_void, now: i64, redemption: *mut *mut Redemption, step: *mut *mut Step, report: *mut Report) -> u32;
    pub fn kouling_redemption_challenge(redemption: *mut Redemption, challenge: *const Record, step: *mut *mut Step, report: *mut Report) -> u32;
    pub fn kouling_redemption_account(redemption: *mut Redemption, found: *const c_void, step: *mut *mut Step, report: *mut Report) -> u32;
    pub fn kouling_redemption_applied(redemption: *mut Redemption, applied: u32, step: *mut *mut Step, report: *mut Report) -> u32;
    pub fn kouling_redemption_free(redemption: *mut Redemption);
    pub fn kouling_policy_change(policy: *const Policy, request: *const c_void, now: i64, step: *mut *mut Step, report: *mut Report) -> u32;
    pub fn kouling_captcha_new(token: Text, place: u32, now: i64, captcha: *mut *mut Record, report: *mut Report) -> u32;
    pub fn kouling_policy_verify_captcha(policy: *const Policy, captcha: *const Record, x: f64, point: Text, channel: u32, address: Text, now: i64, step: *mut *mut Step, report: *mut Report) -> u32;
}
