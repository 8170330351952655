//! The texts that programs choose from, and programs that go to the end of what the border is for.

use std::path::Path;
use std::sync::LazyLock;

use super::{WIDTH, table};

type Texts = &'static [&'static [u8]];

const SMALL: &[u8] = b"format = 1\nname = \"small\"\n[rules.length]\nmin = 8\n[rules.characters]\n[rules.repetition]\nseverity = \"warn\"\n";
const RESET: &[u8] = b"format = 1\nextends = \"standard\"\n[reset.captcha]\nrequired = false\n";
const OWN: &[u8] = b"format = 1\n[rules.own]\nleast = 3\nword = \"x\"\nmessage.en = \"{least}\"\n";
const LISTED: &[u8] = b"format = 1\n[rules.words]\nlists = [\"./words.txt\"]\n";

pub(super) const POLICIES: Texts = &[
    SMALL,
    RESET,
    OWN,
    LISTED,
    b"format = 1\n[rules.history]\n",
    b"format = 1\nextends = \"./base.toml\"\n",
    b"format = 1\nextends = \"standard\"\n[reset]\nmin_password_age = \"1h\"\nconceal_unknown_user = true\n[reset.captcha]\nrequired = false\n",
    b"format = 1\n[rules.lenght]\nmin = 8\n[rules.length]\nmin = \"x\"\n",
    b"format = 1\n[rules.own]\nleest = 3\nleast = 77\n[rules.length]\nmin = 8\nseverity = \"shadow\"\n",
    b"not a policy",
    b"",
];
pub(super) const PRESETS: Texts =
    &[b"standard", b"minimal", b"nist-800-63b-4", b"idaas-classic", b"none-such", b""];
pub(super) const PATHS: Texts = &[b"/none/such.toml", b"/", b"", b"/dev/null", b"a\0b"];
pub(super) const FILES: Texts =
    &[b"policy.toml", b"words.txt", b"base.toml", b"./words.txt", b"lists/../words.txt", b"", b"\0"];
pub(super) const NAMES: Texts = &[b"policy", b"own", b"Our Own", b"", b" ", b"own.short", b"least"];
pub(super) const LISTS: Texts = &[b"purple\nElephant\n", b"", b"\n\n#\n", b"one", b"twice\ntwice\nTwice\n"];
pub(super) const PASSWORDS: Texts = &[
    b"veer-c4n4ry-oboe-73-Quartz",
    b"quilt-C4n4ry-saga-58",
    b"c4n4ry",
    b"C4N4RYC4N4RYC4N4RY",
    "C4n4ry-e\u{301}-张三-73".as_bytes(),
    b"aaaaC4n4ry-1111",
    b"",
    "\u{FEFF}C4n4ry\u{200B}-Heron-9".as_bytes(),
];
pub(super) const ATTRIBUTES: Texts = &[b"username", b"name", b"phone", b"email", b"", b"badge"];
pub(super) const VALUES: Texts = &[b"zhangsan", "张三".as_bytes(), b"15200000000", b"zhangsan@example.org", b""];
pub(super) const HASHES: Texts = &[
    b"toy:veer-c4n4ry-oboe-73-Quartz",
    b"toy:other",
    b"{SSHA}ydsbUEnEgr7jNN2QUJrb/iHiOCrwfVUh",
    b"$no$such",
    b"",
];
pub(super) const LANGUAGES: Texts = &[b"en", b"zh-CN", b"", b"tlh", b"zh"];
pub(super) const CONTRACTS: Texts = &[b"idaas-ciam", b"none-such", b""];
pub(super) const HOST_REFUSALS: Texts =
    &[b"host.malformed", b"reset.old_password_refused", b"host.none_such", b""];
pub(super) const KEYS: Texts =
    &[b"0123456789abcdef0123456789abcdef", b"fedcba9876543210fedcba9876543210", b"short", b""];
pub(super) const RECORDS: Texts = &[b"{}", b"", b"{\"token\":\"0\"}", b"\xFF", b"[]"];
pub(super) const ADDRESSES: Texts =
    &[b"zhangsan@example.org", b" ZhangSan@Example.org ", b"lisi@example.org", b"", b"no address"];
pub(super) const PHONES: Texts = &[b"15200000000", b"+86 152 0000 0000", b"1", b""];
pub(super) const NO_TOKENS: Texts = &[b"", b"00112233445566778899aabbccddeeff---0", b"---"];
pub(super) const PEERS: Texts = &[b"192.0.2.1", b"2001:db8::1", b"nobody", b""];
pub(super) const ACCOUNTS: Texts = &[b"id-1", b"id-2", b""];
pub(super) const NOBODY: Texts = &[b"", b"id-1", b"id-2"];
pub(super) const CODES: Texts = &[b"000000", b"", b" 123456 ", b"c4n4ry"];
pub(super) const TOKENS: Texts = &[
    b"00112233445566778899aabbccddeeff",
    b"ffeeddccbbaa99887766554433221100",
    b"short",
    b"00112233445566778899AABBCCDDEEFF",
];
pub(super) const POINTS: Texts = &[b"0", b"99,1", b"", b"---"];
pub(super) const RANDOMNESS: Texts = &[&[7; 80], &[201; 80], &[0; 79], b""];

/// A file of the repository's own.
pub(super) fn paths(file: &str) -> Vec<Vec<u8>> {
    static RULES: LazyLock<Option<String>> = LazyLock::new(|| {
        let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("rules"));
        folders.filter(|rules| rules.join("presets").is_dir()).find_map(|rules| rules.to_str().map(str::to_owned))
    });
    RULES.iter().map(|rules| format!("{rules}/{file}").into_bytes()).collect()
}

/// An instruction: a function, and what it is given as far as it is not what nought means.
fn instruction((name, given): (&str, &[u8])) -> Vec<u8> {
    let is_it = |known: &str| known == name || known.strip_prefix("kouling_") == Some(name);
    let (name, _) = table::TABLE.iter().find(|(known, _)| is_it(known)).expect("a function of the border");
    let mut bytes = table::short(name).to_vec();
    bytes.extend(given);
    bytes.resize(WIDTH, 0);
    bytes
}

type Program<'p> = &'p [(&'p str, &'p [u8])];

/// A code on its way, and a redemption of it up to the account that is looked up.
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

/// A password set, spent and freed in an order that a host may have.
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
    ("step_answer", &[]),
];

const JUDGED: Program<'static> = &[
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
    ("outcome_wire", &[1]),
    ("outcome_json", &[1]),
    ("outcome_json", &[1, 1, 0xFF]),
    ("contract_answer", &[]),
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
    ("step_answer", &[]),
    ("policy_file_new", &[]),
    ("policy_file_policy", &[]),
    ("policy_file_policy", &[]),
    ("policy_file_free", &[]),
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
    ("step_answer", &[]),
];

/// Each journey to its end, and each function by itself with nothing there.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let program = |parts: &[Program<'_>]| parts.concat().into_iter().flat_map(instruction).collect::<Vec<u8>>();
    let mut seeds = vec![
        ("judged".to_owned(), program(&[JUDGED])),
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
    // Every way to judge, of a rule that could be built.
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
        seeds.push((format!("judges-{way}"), program(&[own])));
    }
    let mut nothing = Vec::new();
    for (name, _) in table::TABLE {
        nothing.extend(instruction((name, &[0xFF; 13])));
    }
    seeds.push(("nothing".to_owned(), nothing));
    seeds
}
