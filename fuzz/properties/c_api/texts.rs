//! The texts that programs choose from.

use std::path::Path;
use std::sync::LazyLock;

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
    b"format = 1\n[[population]]\nname = \"a\"\nwhen = { username = \"heron\" }\npolicy = \"minimal\"\n[[population]]\nname = \"b\"\npolicy = \"minimal\"\n",
    b"format = 1\n[expiry]\ngrace = 1\n",
    b"format = 1\n[sign_in]\nmax_failures = 3\n[temporary]\n",
    b"not a policy",
    b"",
];
pub(super) const STATES: Texts = &[
    b"{}",
    b"{\"password_set\": 1787702400, \"grace_used\": 0}",
    b"{\"network_failures\": {\"count\": 2, \"newest\": 1795391999}, \"account_failures\": {\"count\": 0}, \"known_network\": false}",
    b"{\"temporary\": true, \"temporary_used\": false, \"password_set\": null}",
    b"{\"disabled\": true, \"pasword_set\": 3}",
    b"[]",
    b"{",
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

/// The path of a file below `rules`, if the repository is found.
pub(super) fn paths(file: &str) -> Vec<Vec<u8>> {
    static RULES: LazyLock<Option<String>> = LazyLock::new(|| {
        let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("rules"));
        folders.filter(|rules| rules.join("presets").is_dir()).find_map(|rules| rules.to_str().map(str::to_owned))
    });
    RULES.iter().map(|rules| format!("{rules}/{file}").into_bytes()).collect()
}
