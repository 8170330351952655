//! The functions of `include/kouling.h` as C sees them: raw pointers, and nothing that a type forbids.

use std::ffi::c_void;

macro_rules! opaque {
    ($($name:ident)*) => {
        $(
            #[repr(C)]
            pub(super) struct $name {
                _private: [u8; 0],
            }
        )*
    };
}

opaque! {
    Approved Candidate CodeKeys Contract Effects Facts Findings Loader Outcome Policy PolicyFile Record Redemption Report
    Sending Sink Step Table Words
}

/// `struct kouling_text`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Text {
    pub(super) data: *const u8,
    pub(super) length: usize,
}

macro_rules! declare {
    ($(fn $name:ident($($parameter:ident: $type:ty),* $(,)?) $(-> $given:ty)?;)*) => {
        // One that no instruction calls is a mistake.
        #[deny(dead_code)]
        unsafe extern "C" {
            $(pub(super) fn $name($($parameter: $type),*) $(-> $given)?;)*
        }

        /// Each with its parameters, to be compared with the header.
        pub const DECLARED: &[(&str, &[&str])] = &[$((stringify!($name), &[$(stringify!($parameter)),*])),*];
    };
}

declare! {
    fn kouling_abi() -> u32;
    fn kouling_version() -> Text;
    fn kouling_report_new(report: *mut *mut Report) -> u32;
    fn kouling_report_free(report: *mut Report);
    fn kouling_report_text(report: *const Report) -> Text;
    fn kouling_report_count(report: *const Report) -> usize;
    fn kouling_report_code(report: *const Report, index: usize) -> Text;
    fn kouling_report_file(report: *const Report, index: usize) -> Text;
    fn kouling_report_line(report: *const Report, index: usize) -> usize;
    fn kouling_report_column(report: *const Report, index: usize) -> usize;
    fn kouling_report_message(report: *const Report, index: usize) -> Text;
    fn kouling_report_help(report: *const Report, index: usize) -> Text;
    fn kouling_policy_parse(text: Text, policy: *mut *const Policy, report: *mut Report) -> u32;
    fn kouling_policy_load(path: Text, policy: *mut *const Policy, report: *mut Report) -> u32;
    fn kouling_policy_preset(name: Text, policy: *mut *const Policy, report: *mut Report) -> u32;
    fn kouling_policy_retain(policy: *const Policy);
    fn kouling_policy_free(policy: *const Policy);
    fn kouling_policy_name(policy: *const Policy) -> Text;
    fn kouling_policy_digest(policy: *const Policy) -> Text;
    fn kouling_policy_describe(policy: *const Policy, language: Text, json: *mut Text, report: *mut Report) -> u32;
    fn kouling_policy_file_new(path: Text, file: *mut *mut PolicyFile, report: *mut Report) -> u32;
    fn kouling_policy_file_policy(file: *const PolicyFile, policy: *mut *const Policy, report: *mut Report) -> u32;
    fn kouling_policy_file_free(file: *mut PolicyFile);
    fn kouling_words_read(bytes: Text, as_typed: u32, words: *mut *const Words, report: *mut Report) -> u32;
    fn kouling_words_compile(text: Text, as_typed: u32, source: Text, words: *mut *const Words, report: *mut Report) -> u32;
    fn kouling_words_bytes(words: *const Words) -> Text;
    fn kouling_words_count(words: *const Words) -> usize;
    fn kouling_words_find(words: *const Words, word: Text, found: *mut u32, report: *mut Report) -> u32;
    fn kouling_words_retain(words: *const Words);
    fn kouling_words_free(words: *const Words);
    fn kouling_sink_write(sink: *mut Sink, bytes: Text) -> u32;
    fn kouling_table_count(table: *mut Table, key: Text, otherwise: u64, least: u64, most: u64) -> u64;
    fn kouling_table_flag(table: *mut Table, key: Text, otherwise: bool) -> bool;
    fn kouling_table_text(table: *mut Table, key: Text) -> Text;
    fn kouling_table_complain(table: *mut Table, key: Text, message: Text) -> u32;
    fn kouling_candidate_text(candidate: *const Candidate) -> Text;
    fn kouling_candidate_folded(candidate: *const Candidate) -> Text;
    fn kouling_candidate_reversed(candidate: *const Candidate) -> Text;
    fn kouling_candidate_length(candidate: *const Candidate) -> usize;
    fn kouling_candidate_attribute(candidate: *const Candidate, name: Text, index: usize) -> Text;
    fn kouling_candidate_now(candidate: *const Candidate) -> i64;
    fn kouling_findings_refuse(findings: *mut Findings, code: Text, numbers: *const c_void, number_count: usize) -> u32;
    fn kouling_loader_new(loader: *mut *mut Loader) -> u32;
    fn kouling_loader_free(loader: *mut Loader);
    fn kouling_loader_add_file(loader: *mut Loader, name: Text, bytes: Text, report: *mut Report) -> u32;
    fn kouling_loader_add_words(loader: *mut Loader, name: Text, words: *const Words, report: *mut Report) -> u32;
    fn kouling_loader_set_source(loader: *mut Loader, source: *const c_void, report: *mut Report) -> u32;
    fn kouling_loader_add_rule_kind(loader: *mut Loader, kind: *const c_void, report: *mut Report) -> u32;
    fn kouling_loader_parse(loader: *const Loader, name: Text, text: Text, policy: *mut *const Policy, report: *mut Report) -> u32;
    fn kouling_loader_load(loader: *const Loader, path: Text, policy: *mut *const Policy, report: *mut Report) -> u32;
    fn kouling_facts_new(now: i64, facts: *mut *mut Facts) -> u32;
    fn kouling_facts_free(facts: *mut Facts);
    fn kouling_facts_add_attribute(facts: *mut Facts, name: Text, value: Text) -> u32;
    fn kouling_facts_add_previous(facts: *mut Facts, hash: Text, set_at: *const i64) -> u32;
    fn kouling_facts_set_current(facts: *mut Facts, password: Text) -> u32;
    fn kouling_facts_set_verifier(facts: *mut Facts, verifier: *const c_void) -> u32;
    fn kouling_facts_set_now(facts: *mut Facts, now: i64) -> u32;
    fn kouling_outcome_count(outcome: *const Outcome, list: u32) -> usize;
    fn kouling_outcome_code(outcome: *const Outcome, list: u32, index: usize) -> Text;
    fn kouling_outcome_rule(outcome: *const Outcome, list: u32, index: usize) -> Text;
    fn kouling_outcome_kind(outcome: *const Outcome, list: u32, index: usize) -> Text;
    fn kouling_outcome_message(outcome: *const Outcome, list: u32, index: usize, language: Text) -> Text;
    fn kouling_outcome_wire(outcome: *const Outcome, list: u32, index: usize, contract: *const Contract) -> Text;
    fn kouling_outcome_number_count(outcome: *const Outcome, list: u32, index: usize) -> usize;
    fn kouling_outcome_number(outcome: *const Outcome, list: u32, index: usize, number: usize, name: *mut Text, value: *mut u64) -> u32;
    fn kouling_policy_evaluate(policy: *const Policy, password: Text, facts: *const Facts, outcome: *mut *mut Outcome, report: *mut Report) -> u32;
    fn kouling_outcome_free(outcome: *mut Outcome);
    fn kouling_outcome_accepted(outcome: *const Outcome) -> bool;
    fn kouling_policy_explain(policy: *const Policy, password: Text, facts: *const Facts, language: Text, contract: *const Contract, explained: *mut *mut Outcome, json: *mut Text, report: *mut Report) -> u32;
    fn kouling_outcome_json(outcome: *const Outcome, language: Text, contract: *const Contract, json: *mut Text, report: *mut Report) -> u32;
    fn kouling_contract_built_in(name: Text, contract: *mut *const Contract, report: *mut Report) -> u32;
    fn kouling_contract_load(path: Text, contract: *mut *const Contract, report: *mut Report) -> u32;
    fn kouling_contract_answer(contract: *const Contract, name: Text, language: Text, answer_out: *mut c_void, report: *mut Report) -> u32;
    fn kouling_contract_retain(contract: *const Contract);
    fn kouling_contract_free(contract: *const Contract);
    fn kouling_code_keys_new(id: u32, bytes: Text, keys: *mut *mut CodeKeys, report: *mut Report) -> u32;
    fn kouling_code_keys_add_older(keys: *mut CodeKeys, id: u32, bytes: Text, report: *mut Report) -> u32;
    fn kouling_code_keys_free(keys: *mut CodeKeys);
    fn kouling_retry_after(most: u64, seconds: u64, events: *const i64, event_count: usize, now: i64) -> u64;
    fn kouling_effects_count(effects: *const Effects) -> usize;
    fn kouling_effects_at(effects: *const Effects, index: usize, effect: *mut c_void) -> u32;
    fn kouling_effects_name(effects: *const Effects, index: usize) -> Text;
    fn kouling_effects_free(effects: *mut Effects);
    fn kouling_record_read(bytes: Text, record: *mut *mut Record, report: *mut Report) -> u32;
    fn kouling_record_bytes(record: *const Record) -> Text;
    fn kouling_record_after(record: *mut Record, effects: *const Effects, index: usize, holds: *mut u32, report: *mut Report) -> u32;
    fn kouling_record_id(record: *const Record) -> Text;
    fn kouling_record_state(record: *const Record) -> u32;
    fn kouling_record_submissions_left(record: *const Record) -> u64;
    fn kouling_record_requester(record: *const Record) -> Text;
    fn kouling_record_expires(record: *const Record) -> i64;
    fn kouling_record_free(record: *mut Record);
    fn kouling_approved_account(approved: *const Approved) -> Text;
    fn kouling_approved_password(approved: *const Approved) -> Text;
    fn kouling_approved_effects(approved: *mut Approved, hash: Text, effects: *mut *mut Effects, report: *mut Report) -> u32;
    fn kouling_approved_free(approved: *mut Approved);
    fn kouling_step_kind(step: *const Step) -> u32;
    fn kouling_step_purpose(step: *const Step) -> u32;
    fn kouling_step_channel(step: *const Step) -> u32;
    fn kouling_step_address(step: *const Step) -> Text;
    fn kouling_step_account(step: *const Step) -> Text;
    fn kouling_step_requester(step: *const Step) -> Text;
    fn kouling_step_token(step: *const Step) -> Text;
    fn kouling_step_effects(step: *const Step) -> *const Effects;
    fn kouling_step_code(step: *const Step) -> Text;
    fn kouling_step_retry_after(step: *const Step) -> u64;
    fn kouling_step_outcome(step: *const Step) -> *const Outcome;
    fn kouling_step_answer(step: *const Step, contract: *const Contract, language: Text, answer_out: *mut c_void, report: *mut Report) -> u32;
    fn kouling_step_take_approved(step: *mut Step, approved: *mut *mut Approved, report: *mut Report) -> u32;
    fn kouling_step_free(step: *mut Step);
    fn kouling_sending_new(policy: *const Policy, request: *const c_void, sending: *mut *mut Sending, report: *mut Report) -> u32;
    fn kouling_sending_address(sending: *const Sending) -> Text;
    fn kouling_sending_channel(sending: *const Sending) -> u32;
    fn kouling_sending_set_account(sending: *mut Sending, account: Text, address_on_record: Text, report: *mut Report) -> u32;
    fn kouling_sending_set_captcha(sending: *mut Sending, captcha: *const Record, report: *mut Report) -> u32;
    fn kouling_sending_budget_count(sending: *const Sending) -> usize;
    fn kouling_sending_budget_key(sending: *const Sending, index: usize) -> Text;
    fn kouling_sending_budget_seconds(sending: *const Sending, index: usize) -> u64;
    fn kouling_sending_set_events(sending: *mut Sending, index: usize, events: *const i64, event_count: usize, report: *mut Report) -> u32;
    fn kouling_sending_decide(sending: *const Sending, keys: *const CodeKeys, now: i64, randomness: Text, step: *mut *mut Step, report: *mut Report) -> u32;
    fn kouling_sending_free(sending: *mut Sending);
    fn kouling_redemption_begin(policy: *const Policy, keys: *const CodeKeys, request: *const c_void, now: i64, redemption: *mut *mut Redemption, step: *mut *mut Step, report: *mut Report) -> u32;
    fn kouling_redemption_challenge(redemption: *mut Redemption, challenge: *const Record, step: *mut *mut Step, report: *mut Report) -> u32;
    fn kouling_redemption_account(redemption: *mut Redemption, known: *const c_void, step: *mut *mut Step, report: *mut Report) -> u32;
    fn kouling_redemption_applied(redemption: *mut Redemption, applied: u32, step: *mut *mut Step, report: *mut Report) -> u32;
    fn kouling_redemption_free(redemption: *mut Redemption);
    fn kouling_policy_change(policy: *const Policy, request: *const c_void, now: i64, step: *mut *mut Step, report: *mut Report) -> u32;
    fn kouling_captcha_new(token: Text, place: u32, now: i64, captcha: *mut *mut Record, report: *mut Report) -> u32;
    fn kouling_policy_verify_captcha(policy: *const Policy, captcha: *const Record, x: f64, point: Text, channel_number: u32, address: Text, now: i64, step: *mut *mut Step, report: *mut Report) -> u32;
}
