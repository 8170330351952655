//! Seeds: programs that use every part of the C API.

use super::table::{self, WIDTH};

/// An instruction: a function and its arguments; missing bytes are 0.
fn instruction((name, given): (&str, &[u8])) -> Vec<u8> {
    let is_it = |known: &str| known == name || known.strip_prefix("kouling_") == Some(name);
    let (name, _) = table::all().iter().find(|(known, _)| is_it(known)).expect("a function of the C API");
    let mut bytes = table::short(name).to_vec();
    bytes.extend(given);
    bytes.resize(WIDTH, 0);
    bytes
}

type Program<'p> = &'p [(&'p str, &'p [u8])];

/// A code is sent and redeemed, up to the account that is looked up.
const TO_THE_ACCOUNT: Program<'static> = &[
    ("report_new", &[]),
    ("policy_parse", &[1]),
    ("code_keys_new", &[]),
    ("facts_new", &[]),
    ("facts_add_attribute", &[]),
    ("sending_new", &[]),
    ("sending_set_account", &[]),
    ("sending_set_events", &[0, 0]),
    ("sending_set_events", &[0, 1]),
    ("sending_set_events", &[0, 2]),
    ("sending_set_events", &[0, 3]),
    ("sending_set_events", &[0, 4]),
    ("sending_decide", &[]),
    ("step_kind", &[]),
    ("effects_at", &[]),
    ("record_read", &[]),
    ("record_id", &[]),
    ("redemption_begin", &[0, 0, 0, 0, 0, 0, 0, 1]),
    ("redemption_challenge", &[]),
    ("record_after", &[]),
    ("redemption_applied", &[]),
    ("redemption_account", &[]),
];

/// The password is set; objects are used and freed in an order that a host may have.
const TO_THE_END: Program<'static> = &[
    ("step_take_approved", &[]),
    ("step_take_approved", &[]),
    ("policy_free", &[]),
    ("approved_account", &[]),
    ("approved_effects", &[]),
    ("approved_effects", &[]),
    ("approved_password", &[]),
    ("record_after", &[0, 0x80, 0]),
    ("record_after", &[0, 0x80, 1]),
    ("effects_name", &[0x80, 1]),
    ("redemption_applied", &[]),
    ("redemption_applied", &[]),
    ("step_response", &[]),
];

const EVALUATED: Program<'static> = &[
    ("report_new", &[]),
    ("policy_preset", &[]),
    ("policy_name", &[]),
    ("policy_describe", &[0, 1]),
    ("contract_built_in", &[]),
    ("facts_new", &[]),
    ("facts_add_attribute", &[]),
    ("facts_add_attribute", &[0, 1, 1]),
    ("policy_evaluate", &[0, 0, 2]),
    ("policy_evaluate", &[0, 0, 0]),
    ("policy_evaluate", &[0, 0, 0xC4]),
    ("policy_retain", &[]),
    ("threads", &[]),
    ("policy_explain", &[0, 0, 3]),
    ("policy_free", &[]),
    ("policy_free", &[]),
    ("outcome_accepted", &[1]),
    ("outcome_code", &[1]),
    ("outcome_message", &[1, 0, 0, 1]),
    ("outcome_number", &[1]),
    ("outcome_contract_code", &[1]),
    ("outcome_json", &[1]),
    ("outcome_json", &[1, 1, 0xFF]),
    ("contract_response", &[]),
    ("contract_retain", &[]),
];

const LOADED: Program<'static> = &[
    ("report_new", &[]),
    ("loader_new", &[]),
    ("words_compile", &[]),
    ("words_bytes", &[]),
    ("words_find", &[]),
    ("words_read", &[]),
    ("loader_add_words", &[0, 1]),
    ("words_free", &[]),
    ("loader_add_rule_kind", &[]),
    ("loader_set_source", &[]),
    ("loader_add_file", &[0, 0, 5]),
    ("facts_new", &[]),
    ("facts_set_verifier", &[0, 1]),
    ("facts_add_previous", &[]),
    ("loader_parse", &[0, 0, 2]),
    ("policy_evaluate", &[]),
    ("loader_load", &[]),
    ("policy_evaluate", &[]),
    ("loader_parse", &[0, 0, 3]),
    ("policy_evaluate", &[]),
    ("policy_parse", &[4]),
    ("policy_evaluate", &[0, 0, 1]),
    ("loader_free", &[]),
];

const SOLVED: Program<'static> = &[
    ("report_new", &[]),
    ("policy_preset", &[]),
    ("code_keys_new", &[]),
    ("code_keys_add_older", &[0, 1, 1]),
    ("captcha_new", &[]),
    ("policy_verify_captcha", &[]),
    ("record_after", &[]),
    ("record_state", &[]),
    ("sending_new", &[]),
    ("sending_set_captcha", &[]),
    ("sending_set_events", &[0, 0]),
    ("sending_set_events", &[0, 1]),
    ("sending_set_events", &[0, 2]),
    ("sending_set_events", &[0, 3]),
    ("sending_decide", &[]),
    ("record_after", &[]),
    ("policy_verify_captcha", &[]),
    ("step_response", &[]),
    ("policy_file_new", &[]),
    ("policy_file_policy", &[]),
    ("policy_file_policy", &[]),
    ("policy_file_set", &[]),
    ("policy_file_select", &[]),
    ("policy_file_free", &[]),
    ("policy_set_parse", &[9]),
    ("facts_new", &[]),
    ("policy_set_select", &[]),
    ("facts_add_attribute", &[]),
    ("policy_set_select", &[]),
    ("policy_set_retain", &[]),
    ("policy_set_free", &[]),
    ("retry_after", &[]),
];

const CHANGED: Program<'static> = &[
    ("report_new", &[]),
    ("policy_parse", &[]),
    ("facts_new", &[]),
    ("policy_change", &[]),
    ("step_take_approved", &[]),
    ("approved_effects", &[]),
    ("facts_add_previous", &[0, 1]),
    ("policy_change", &[0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]),
    ("policy_change", &[0, 1, 0, 2]),
    ("step_outcome", &[]),
    ("outcome_code", &[0x80]),
    ("contract_load", &[]),
    ("step_response", &[]),
];

/// Complete flows, and each function alone without any object.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let program = |parts: &[Program<'_>]| parts.concat().into_iter().flat_map(instruction).collect::<Vec<u8>>();
    let mut seeds = vec![
        ("evaluated".to_owned(), program(&[EVALUATED])),
        ("loaded".to_owned(), program(&[LOADED])),
        ("reset".to_owned(), program(&[TO_THE_ACCOUNT, TO_THE_END])),
        ("left-half-way".to_owned(), program(&[TO_THE_ACCOUNT])),
        ("solved".to_owned(), program(&[SOLVED])),
        ("changed".to_owned(), program(&[CHANGED])),
    ];
    // Every behaviour of a callback.
    for way in 0..10 {
        let own: Program<'_> = &[
            ("report_new", &[]),
            ("loader_new", &[]),
            ("loader_add_rule_kind", &[0, way, way, way, way]),
            ("loader_set_source", &[0, 0, way, way]),
            ("facts_new", &[]),
            ("facts_set_verifier", &[0, 1, 0, 0, 0, way, way]),
            ("facts_add_previous", &[]),
            ("loader_parse", &[0, 0, 2]),
            ("policy_evaluate", &[]),
            ("loader_parse", &[0, 0, 5]),
            ("loader_parse", &[0, 0, 3]),
            ("policy_parse", &[4]),
            ("policy_evaluate", &[]),
        ];
        seeds.push((format!("callbacks-{way}"), program(&[own])));
    }
    // Every way to check, of a rule that was built.
    for way in 0..9 {
        let own: Program<'_> = &[
            ("report_new", &[]),
            ("loader_new", &[]),
            ("loader_add_rule_kind", &[0, 0, 0, way, way]),
            ("facts_new", &[]),
            ("facts_add_attribute", &[]),
            ("loader_parse", &[0, 0, 2]),
            ("policy_evaluate", &[]),
            ("policy_explain", &[]),
        ];
        seeds.push((format!("checks-{way}"), program(&[own])));
    }
    let mut nothing = Vec::new();
    for (name, _) in table::all() {
        nothing.extend(instruction((name, &[0xFF; 13])));
    }
    seeds.push(("nothing".to_owned(), nothing));
    seeds
}
