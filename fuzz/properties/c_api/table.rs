//! The action of each function of the header.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::machine::Run;
use super::{evaluating, handles, loaders, lookups, policies, redeeming, reset, sending, threads};

/// The length of an instruction in bytes: two for the function, the others for its arguments.
pub(super) const WIDTH: usize = 15;

/// The action for two bytes: the one whose short name they are, or any.
pub(super) fn action(bytes: [u8; 2]) -> Run {
    static KNOWN: LazyLock<HashMap<[u8; 2], usize>> =
        LazyLock::new(|| all().iter().enumerate().map(|(at, (name, _))| (short(name), at)).collect());
    let at = KNOWN.get(&bytes).copied().unwrap_or(usize::from(u16::from_be_bytes(bytes)) % all().len());
    all()[at].1
}

/// A short name of two bytes (folded FNV-1a), so that programs keep their meaning when functions are added.
pub(super) fn short(name: &str) -> [u8; 2] {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    ((hash >> 16) as u16 ^ hash as u16).to_be_bytes()
}

/// All functions with their actions.
pub(super) fn all() -> &'static [(&'static str, Run)] {
    static ALL: LazyLock<Vec<(&str, Run)>> = LazyLock::new(|| [ACTIONS, lookups::ACTIONS].concat());
    &ALL
}

/// The functions that need a specific action. One action may call several functions of a handle. The functions that
/// are not listed here have a generated action in `lookups`.
const ACTIONS: &[(&str, Run)] = &[
    ("kouling_abi", policies::version),
    ("kouling_version", policies::version),
    ("kouling_report_new", policies::new_report),
    ("kouling_report_free", handles::report_free),
    ("kouling_report_text", policies::look_at_report),
    ("kouling_report_count", policies::look_at_report),
    ("kouling_report_code", policies::look_at_report),
    ("kouling_report_file", policies::look_at_report),
    ("kouling_report_line", policies::look_at_report),
    ("kouling_report_column", policies::look_at_report),
    ("kouling_report_message", policies::look_at_report),
    ("kouling_report_help", policies::look_at_report),
    ("kouling_policy_parse", policies::parse),
    ("kouling_policy_load", policies::load),
    ("kouling_policy_preset", policies::preset),
    ("kouling_policy_retain", handles::policy_retain),
    ("kouling_policy_free", handles::policy_free),
    ("kouling_policy_name", policies::look_at_policy),
    ("kouling_policy_digest", policies::look_at_policy),
    ("kouling_policy_population", policies::look_at_policy),
    ("kouling_policy_describe", policies::describe),
    ("kouling_policy_set_parse", policies::parse_set),
    ("kouling_policy_set_load", policies::load_set),
    ("kouling_policy_set_retain", handles::set_retain),
    ("kouling_policy_set_free", handles::set_free),
    ("kouling_policy_set_name", policies::look_at_set),
    ("kouling_policy_set_digest", policies::look_at_set),
    ("kouling_policy_set_select", policies::select),
    ("kouling_policy_file_new", policies::new_file),
    ("kouling_policy_file_policy", policies::policy_of_file),
    ("kouling_policy_file_select", policies::select_of_file),
    ("kouling_policy_file_free", handles::file_free),
    ("kouling_words_read", policies::read_words),
    ("kouling_words_compile", policies::compile_words),
    ("kouling_words_bytes", policies::look_at_words),
    ("kouling_words_count", policies::look_at_words),
    ("kouling_words_find", policies::find_word),
    ("kouling_words_retain", handles::words_retain),
    ("kouling_words_free", handles::words_free),
    ("kouling_sink_write", policies::outside_of_callbacks),
    ("kouling_table_count", policies::outside_of_callbacks),
    ("kouling_table_flag", policies::outside_of_callbacks),
    ("kouling_table_text", policies::outside_of_callbacks),
    ("kouling_table_add_error", policies::outside_of_callbacks),
    ("kouling_candidate_text", policies::outside_of_callbacks),
    ("kouling_candidate_folded", policies::outside_of_callbacks),
    ("kouling_candidate_reversed", policies::outside_of_callbacks),
    ("kouling_candidate_length", policies::outside_of_callbacks),
    ("kouling_candidate_attribute", policies::outside_of_callbacks),
    ("kouling_candidate_now", policies::outside_of_callbacks),
    ("kouling_findings_refuse", policies::outside_of_callbacks),
    ("kouling_loader_new", loaders::new_loader),
    ("kouling_loader_free", handles::loader_free),
    ("kouling_loader_add_file", loaders::add_file),
    ("kouling_loader_add_words", loaders::add_words),
    ("kouling_loader_set_source", loaders::set_source),
    ("kouling_loader_add_rule_kind", loaders::add_rule_kind),
    ("kouling_loader_parse", loaders::parse_by_loader),
    ("kouling_loader_load_set", loaders::load_set_by_loader),
    ("kouling_loader_load", loaders::load_by_loader),
    ("kouling_facts_new", loaders::new_facts),
    ("kouling_facts_free", handles::facts_free),
    ("kouling_facts_add_attribute", loaders::add_attribute),
    ("kouling_facts_add_previous", loaders::add_previous),
    ("kouling_facts_set_current", loaders::set_current),
    ("kouling_facts_set_verifier", loaders::set_verifier),
    ("kouling_facts_set_now", loaders::set_now),
    ("kouling_facts_set_password_set", loaders::set_password_set),
    ("kouling_outcome_count", evaluating::look_at_finding),
    ("kouling_outcome_code", evaluating::look_at_finding),
    ("kouling_outcome_rule", evaluating::look_at_finding),
    ("kouling_outcome_kind", evaluating::look_at_finding),
    ("kouling_outcome_message", evaluating::message),
    ("kouling_outcome_contract_code", evaluating::contract_code),
    ("kouling_outcome_number_count", evaluating::look_at_finding),
    ("kouling_outcome_number", evaluating::number),
    ("kouling_policy_evaluate", evaluating::evaluate),
    ("kouling_outcome_free", handles::outcome_free),
    ("kouling_outcome_accepted", evaluating::accepted),
    ("kouling_outcome_guesses_log10", evaluating::guesses_log10),
    ("kouling_policy_explain", evaluating::explain),
    ("kouling_outcome_json", evaluating::json),
    ("kouling_contract_built_in", evaluating::built_in),
    ("kouling_contract_load", evaluating::load_contract),
    ("kouling_contract_response", evaluating::contract_response),
    ("kouling_contract_retain", handles::contract_retain),
    ("kouling_contract_free", handles::contract_free),
    ("kouling_code_keys_new", reset::new_keys),
    ("kouling_code_keys_add_older", reset::add_older),
    ("kouling_code_keys_free", reset::keys_free),
    ("kouling_retry_after", reset::retry_after),
    ("kouling_effects_count", reset::count_effects),
    ("kouling_effects_at", reset::effect_at),
    ("kouling_effects_name", reset::count_effects),
    ("kouling_effects_free", reset::effects_free),
    ("kouling_record_read", reset::read_record),
    ("kouling_record_bytes", reset::look_at_record),
    ("kouling_record_after", reset::after),
    ("kouling_record_id", reset::look_at_record),
    ("kouling_record_state", reset::look_at_record),
    ("kouling_record_submissions_left", reset::look_at_record),
    ("kouling_record_expires", reset::look_at_record),
    ("kouling_record_free", reset::record_free),
    ("kouling_approved_account", reset::look_at_approved),
    ("kouling_approved_password", reset::look_at_approved),
    ("kouling_approved_effects", reset::approved_effects),
    ("kouling_approved_free", reset::approved_free),
    ("kouling_step_kind", reset::look_at_step),
    ("kouling_step_purpose", reset::look_at_step),
    ("kouling_step_channel", reset::look_at_step),
    ("kouling_step_address", reset::look_at_step),
    ("kouling_step_account", reset::look_at_step),
    ("kouling_step_requester", reset::look_at_step),
    ("kouling_step_token", reset::look_at_step),
    ("kouling_step_effects", reset::look_at_step),
    ("kouling_step_code", reset::look_at_step),
    ("kouling_step_retry_after", reset::look_at_step),
    ("kouling_step_outcome", reset::look_at_step),
    ("kouling_step_response", reset::step_response),
    ("kouling_step_take_approved", reset::take_approved),
    ("kouling_step_free", reset::step_free),
    ("kouling_sending_new", sending::new_sending),
    ("kouling_sending_address", sending::look_at_sending),
    ("kouling_sending_channel", sending::look_at_sending),
    ("kouling_sending_set_account", sending::set_account),
    ("kouling_sending_set_captcha", sending::set_captcha),
    ("kouling_sending_budget_count", sending::look_at_sending),
    ("kouling_sending_budget_key", sending::look_at_sending),
    ("kouling_sending_budget_seconds", sending::look_at_sending),
    ("kouling_sending_set_events", sending::set_events),
    ("kouling_sending_decide", sending::decide),
    ("kouling_sending_free", reset::sending_free),
    ("kouling_redemption_begin", redeeming::begin),
    ("kouling_redemption_challenge", redeeming::challenge),
    ("kouling_redemption_account", redeeming::found_account),
    ("kouling_redemption_applied", redeeming::applied),
    ("kouling_redemption_free", reset::redemption_free),
    ("kouling_policy_change", redeeming::change),
    ("kouling_captcha_new", sending::new_captcha),
    ("kouling_policy_verify_captcha", sending::verify_captcha),
    ("threads", threads::evaluate_at_once),
];
