//! Questions as values, which the fuzzer makes up: a policy that loads, a password that has to do with the user.

use std::fmt::Write;

use arbitrary::Arbitrary;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kouling::candidate::Previous;
use kouling::{Moment, User};
use kouling_vector_runner::evaluation::NOW;
use sha2::{Digest, Sha256};

use super::super::stored_hash::{Cost, cost};
use super::Asked;

const NAMES: [(&str, &str); 9] = [
    ("username", "zhangsan"),
    ("name", "张三丰"),
    ("name", "单雄信"),
    ("phone", "15200000000"),
    ("email", "heron.blue@example.org"),
    ("username", "ab"),
    ("company", "Acme & Söhne GmbH"),
    ("birthday", "1998-02-29"),
    ("name", "Lee Chun-hei"),
];

/// A policy, a password and a user, as values.
#[derive(Arbitrary, Debug)]
pub(super) struct Written {
    rules: Vec<Ruled>,
    preset: u8,
    none: bool,
    max_bytes: Option<u16>,
    hash_limit: Option<u8>,
    first: bool,
    exempt: Option<(RuleSpec, u8)>,
    password: Vec<Piece>,
    attributes: Vec<(u8, Option<String>)>,
    current: Option<Vec<Piece>>,
    previous: Vec<Earlier>,
    now: Now,
}

#[derive(Arbitrary, Debug)]
struct Ruled {
    kind: RuleSpec,
    severity: u8,
    from: bool,
    message: u8,
}

#[derive(Arbitrary, Debug)]
enum RuleSpec {
    Length { min: u8, more: u16, count: u8 },
    Characters { min: u8, require: u8, allowed: u8, forbidden: Option<char>, ascii: bool },
    Variety(u8),
    Repetition { run: u8, occurrences: Option<u8>, blocks: Option<u8> },
    Sequence { longest: u8, alphabets: u8 },
    Keyboard { longest: u8, layouts: u8 },
    Date(u8),
    Reversed { least: u8, whole: bool },
    Personal { all: bool, least: u8, tokens: bool },
    Pinyin { least: u8, regional: bool },
    Words { contained: bool, near: bool, fold: bool, least: u8 },
    Pattern { forbid: bool, which: u8 },
    Similarity(u8),
    Strength { score: u8, guesses: Option<u8>, zxcvbn: bool },
    History { depth: u8, days: Option<u8> },
    Composed { how: u8, rules: Vec<RuleSpec> },
}

#[derive(Arbitrary, Debug)]
enum Piece {
    Word(u8),
    Text(String),
    Attribute(u8),
    Backwards(u8),
    Again(char, u8),
    Long(String, u8),
    Number(u32),
    Bytes(Vec<u8>),
}

#[derive(Arbitrary, Debug)]
enum Earlier {
    ThisOne(Option<u16>),
    Other(u8, Option<u16>),
    Text(String),
}

#[derive(Arbitrary, Debug)]
enum Now {
    Usual,
    Day(u16),
    Any(i64),
}

impl Written {
    pub(super) fn ask(self) -> Asked {
        let password = bytes(&self.password);
        let user = self.attributes.iter().take(70).fold(User::new(), |user, (which, value)| {
            let (name, usual) = NAMES[usize::from(*which) % NAMES.len()];
            user.with(name, value.as_deref().unwrap_or(usual))
        });
        let previous = self.previous.iter().take(8).map(|earlier| {
            let (text, at) = match earlier {
                Earlier::ThisOne(at) => (Some(password.clone()), at),
                Earlier::Other(which, at) => (Some(vec![*which]), at),
                Earlier::Text(text) => return Previous { hash: text.clone(), at: None },
            };
            let digest = Sha256::digest([text.unwrap_or_default(), b"salt".to_vec()].concat());
            let hash = format!("{{SSHA256}}{}", STANDARD.encode([&digest[..], b"salt"].concat()));
            Previous { hash, at: at.map(|day| Moment::from_unix(NOW - i64::from(day) * 86_400)) }
        });
        let previous = previous.filter(|previous| cost(&previous.hash) != Cost::Much).collect();
        let now = match self.now {
            Now::Usual => NOW,
            Now::Day(day) => i64::from(day) * 86_400,
            Now::Any(now) => now,
        };
        let current = self.current.as_ref().map(|current| bytes(current));
        Asked { policy: self.policy(), password, user, current, previous, now: Moment::from_unix(now) }
    }

    fn policy(&self) -> String {
        let mut text = "format = 1\n".to_owned();
        match self.preset % 6 {
            0 => text += "extends = \"standard\"\n",
            1 => text += "extends = \"idaas-classic\"\n",
            _ => {}
        }
        text += "[password]\n";
        _ = writeln!(text, "normalize = \"{}\"", if self.none { "none" } else { "nfc" });
        _ = writeln!(text, "report = \"{}\"", if self.first { "first" } else { "all" });
        let most = self.max_bytes.map_or(4096, |most| most % 4096 + 1);
        _ = writeln!(text, "max_bytes = {most}");
        if let Some(limit) = self.hash_limit {
            _ = writeln!(text, "hash_limit_bytes = {}", u16::from(limit) + 1);
        }
        for (n, rule) in self.rules.iter().take(6).enumerate() {
            let severity = ["refuse", "refuse", "warn", "shadow"][usize::from(rule.severity % 4)];
            _ = write!(text, "[rules.r{n}]\n{}\nseverity = \"{severity}\"\n", rule.kind.lines("\n", 0));
            if rule.from {
                text += "from = 2027-01-01\n";
            }
            match rule.message % 8 {
                0 => text += "message = { en = \"at least {min} of {clauses}\" }\n",
                1 => text += "message = { zh = \"{min:一|多} {unknown} {\" }\n",
                _ => {}
            }
        }
        if let (Some((kind, rule)), false) = (&self.exempt, self.rules.is_empty()) {
            let rule = usize::from(*rule) % self.rules.len().min(6);
            _ = writeln!(text, "[[exempt]]\nrules = [\"r{rule}\"]\nwhen.e = {{ {} }}", kind.lines(", ", 0));
        }
        text
    }
}

impl RuleSpec {
    /// The keys of a rule, divided by a line end or, inside braces, by a comma.
    fn lines(&self, between: &str, depth: usize) -> String {
        let some = |names: &[&str], which: u8| {
            let chosen: Vec<String> = names
                .iter()
                .enumerate()
                .filter(|(n, _)| which >> n & 1 == 1)
                .map(|(_, name)| format!("{name:?}"))
                .collect();
            if chosen.is_empty() { format!("[{:?}]", names[0]) } else { format!("[{}]", chosen.join(", ")) }
        };
        let mut keys: Vec<String> = Vec::new();
        let kind = match self {
            RuleSpec::Length { min, more, count } => {
                let (min, more) = (u32::from(*min) + 1, u32::from(more % 3800));
                let count = ["code-points", "graphemes", "bytes"][usize::from(count % 3)];
                keys.extend([
                    format!("min = {min}"),
                    format!("max = {}", min + more),
                    format!("count = \"{count}\""),
                ]);
                "length"
            }
            RuleSpec::Characters { min, require, allowed, forbidden, ascii } => {
                keys.push(format!("min_classes = {}", min % 6));
                if *require > 0 {
                    keys.push(format!("require = {{ digit = {}, other = {} }}", require % 4, require / 64));
                }
                if allowed % 4 == 0 {
                    keys.push(format!(
                        "allowed = {}",
                        some(&["lower", "digit", "upper", "symbol", "other", "é汉"], allowed / 4)
                    ));
                }
                if let Some(c) = forbidden.filter(|c| !c.is_control() && !matches!(c, '"' | '\\')) {
                    keys.push(format!("forbidden = [\"{c}xy\"]"));
                }
                keys.push(format!("by = \"{}\"", if *ascii { "ascii" } else { "unicode" }));
                "characters"
            }
            RuleSpec::Variety(least) => {
                keys.push(format!("min_distinct = {}", least % 64 + 1));
                "variety"
            }
            RuleSpec::Repetition { run, occurrences, blocks } => {
                keys.push(format!("max_run = {}", u16::from(*run) + 1));
                keys.extend(occurrences.map(|most| format!("max_occurrences = {}", u16::from(most) + 1)));
                keys.extend(blocks.map(|most| format!("max_block_repeats = {}", u16::from(most) + 1)));
                "repetition"
            }
            RuleSpec::Sequence { longest, alphabets } => {
                keys.push(format!("max_length = {}", longest % 63 + 2));
                let all = ["latin", "digits", "cyrillic", "greek", "zhuyin", "numerals", "stems", "branches"];
                keys.push(format!("alphabets = {}", some(&all, *alphabets)));
                "sequence"
            }
            RuleSpec::Keyboard { longest, layouts } => {
                keys.push(format!("max_length = {}", longest % 63 + 2));
                let all = ["qwerty", "numpad", "azerty", "qwertz", "dvorak", "zhuyin"];
                keys.push(format!("layouts = {}", some(&all, *layouts)));
                "keyboard"
            }
            RuleSpec::Date(share) => {
                keys.push(format!("max_share = {}", share % 100));
                "date"
            }
            RuleSpec::Reversed { least, whole } => {
                keys.extend([format!("min_length = {}", u16::from(*least) + 2), format!("whole = {whole}")]);
                "reversed_username"
            }
            RuleSpec::Personal { all, least, tokens } => {
                if *all {
                    keys.push("attributes = [\"*\"]".to_owned());
                }
                keys.extend([format!("min_match = {}", least % 63 + 2), format!("tokens = {tokens}")]);
                "personal"
            }
            RuleSpec::Pinyin { least, regional } => {
                keys.extend([
                    format!("min_match = {}", least % 63 + 2),
                    format!("regional_spellings = {regional}"),
                ]);
                "pinyin_name"
            }
            RuleSpec::Words { contained, near, fold, least } => {
                if *contained {
                    keys.push("match = [\"whole\", \"base\", \"contained\"]".to_owned());
                    keys.push(format!("min_contained = {}", least % 63 + 2));
                }
                keys.extend([format!("fold = {fold}"), format!("max_edit_distance = {}", u8::from(*near))]);
                "words"
            }
            RuleSpec::Pattern { forbid, which } => {
                let expression =
                    ["(?i)acme|widget", "^\\\\p{Han}+$", "(a|aa)+$", "[0-9]{3,}", "\\\\b\\\\w+\\\\b", "."];
                let expression = expression[usize::from(*which) % expression.len()];
                keys.push(format!("{} = \"{expression}\"", if *forbid { "forbid" } else { "require" }));
                "pattern"
            }
            RuleSpec::Similarity(least) => {
                keys.push(format!("min_distance = {}", least % 16 + 1));
                "similarity"
            }
            RuleSpec::Strength { score, guesses, zxcvbn } => {
                match guesses {
                    Some(power) if !zxcvbn => keys.push(format!("min_guesses = {}", power % 30 + 1)),
                    _ => keys.push(format!("min_score = {}", score % 4 + 1)),
                }
                if *zxcvbn {
                    keys.push("estimator = \"zxcvbn\"".to_owned());
                }
                "strength"
            }
            RuleSpec::History { depth, days } => {
                keys.push(format!("depth = {}", depth % 100 + 1));
                keys.extend(days.map(|days| format!("days = {}", u16::from(days) + 1)));
                "history"
            }
            RuleSpec::Composed { how, rules } => {
                let inside: Vec<String> = rules
                    .iter()
                    .take(if depth < 3 { 4 } else { 0 })
                    .enumerate()
                    .map(|(n, rule)| format!("p{n} = {{ {} }}", rule.lines(", ", depth + 1)))
                    .collect();
                keys.push(format!("rules = {{ {} }}", inside.join(", ")));
                ["all", "any", "not", "at_least"][usize::from(how % 4)]
            }
        };
        keys.insert(0, format!("kind = \"{kind}\""));
        keys.join(between)
    }
}

fn bytes(pieces: &[Piece]) -> Vec<u8> {
    const WORDS: [&str; 16] = [
        "password",
        "qwertyuiop",
        "zxcvbn",
        "abcdef",
        "P@ssw0rd",
        "woaini1314",
        "19980229",
        "ji32k7au4a83",
        "Acme",
        "-",
        "correct horse",
        "ßſı",
        "e\u{301}",
        "👩‍👩‍👧‍👦",
        "汉字",
        "!\"§$%",
    ];
    let mut bytes = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Word(which) => bytes.extend_from_slice(WORDS[usize::from(which % 16)].as_bytes()),
            Piece::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            Piece::Attribute(which) => {
                bytes.extend_from_slice(NAMES[usize::from(*which) % NAMES.len()].1.as_bytes())
            }
            Piece::Backwards(which) => {
                let backwards: String = NAMES[usize::from(*which) % NAMES.len()].1.chars().rev().collect();
                bytes.extend_from_slice(backwards.as_bytes());
            }
            Piece::Again(c, times) => {
                bytes.extend_from_slice(c.to_string().repeat(usize::from(*times)).as_bytes())
            }
            Piece::Long(text, times) => bytes.extend_from_slice(text.repeat(usize::from(*times) * 4).as_bytes()),
            Piece::Number(number) => bytes.extend_from_slice(number.to_string().as_bytes()),
            Piece::Bytes(some) => bytes.extend_from_slice(some),
        }
        if bytes.len() > 4096 {
            bytes.truncate(4096);
            break;
        }
    }
    bytes
}
