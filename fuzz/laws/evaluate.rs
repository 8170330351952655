//! Judging: whatever the policy, the password, the user and the clock, one judgement, soon, and nothing of the password
//! in it.
//!
//! An input begins with a byte. Even: a policy's text, a password, the user's attributes, the current password, stored
//! hashes and the time, in parts. Odd: the same made from [`Written`].

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;
use std::time::Instant;

use arbitrary::{Arbitrary, Unstructured};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kouling::candidate::Previous;
use kouling::evaluation::{Explanation, LANGUAGES};
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{CannotJudge, Facts, Loader, Moment, Outcome, Policy, User};
use kouling_kit::judgement::NOW;
use sha2::{Digest, Sha256};

use super::input::{join, parts, within_seconds};
use super::stored_hash::{Cost, cost};

/// One question.
struct Asked {
    policy: String,
    password: Vec<u8>,
    user: User,
    current: Option<Vec<u8>>,
    previous: Vec<Previous>,
    now: Moment,
}

pub fn hold(data: &[u8]) {
    let asked = match data.split_first() {
        Some((choices, rest)) if choices % 2 == 0 => read(rest),
        Some((_, rest)) => Written::arbitrary(&mut Unstructured::new(rest)).ok().map(Written::ask),
        None => None,
    };
    if let Some(asked) = asked {
        asked.hold();
    }
}

fn read(data: &[u8]) -> Option<Asked> {
    let mut parts = parts(data);
    let policy = std::str::from_utf8(parts.next()?).ok()?.to_owned();
    let password = parts.next().unwrap_or_default().to_vec();
    let lines = |part: Option<&[u8]>| -> Vec<String> {
        String::from_utf8_lossy(part.unwrap_or_default()).lines().map(str::to_owned).collect()
    };
    let mut user = User::new();
    for line in lines(parts.next()) {
        if let Some((name, value)) = line.split_once('=') {
            user = user.with(name, value);
        }
    }
    let current = parts.next().filter(|current| !current.is_empty()).map(<[u8]>::to_vec);
    let previous = lines(parts.next()).into_iter().take(20).filter_map(|line| {
        let (hash, at) = line.split_once('@').unwrap_or((&line, ""));
        let at = at.parse().ok().map(Moment::from_unix);
        (cost(hash) == Cost::Little || cost(hash) == Cost::Unreadable)
            .then(|| Previous { hash: hash.to_owned(), at })
    });
    let previous = previous.collect();
    let now = lines(parts.next()).first().and_then(|line| line.parse().ok()).unwrap_or(NOW);
    Some(Asked { policy, password, user, current, previous, now: Moment::from_unix(now) })
}

type Judged = Result<Outcome, CannotJudge>;

impl Asked {
    fn hold(&self) {
        let source = Memory::default().with("policy.toml", self.policy.as_bytes());
        let Ok(policy) = Loader::new().with_source(source).load(Start::Named("policy.toml")) else { return };
        let facts = Facts::new(&self.user, self.now).with_previous(&self.previous);
        let facts = self.current.as_ref().map_or(facts, |current| facts.with_current(current));
        let began = Instant::now();
        let judged = policy.evaluate(&self.password, &facts);
        within_seconds(2.0, began, "one judgement");
        let until = policy.evaluate_until_refused(&self.password, &facts);
        let explained = policy.explain(&self.password, &facts);
        within_seconds(6.0, began, "three judgements");
        self.tells_nothing(&policy, &judged, &explained);
        // The estimator of that name decides by chance, and says so.
        if policy.dictionaries().iter().any(|(name, _)| name.contains("zxcvbn")) {
            return;
        }
        let again = policy.evaluate(&self.password, &facts);
        assert_eq!(format!("{judged:?}"), format!("{again:?}"), "the same question, the same answer");
        agree(&policy, &judged, &until, &explained);
        if let Ok(prepared) = policy.prepare(&self.password) {
            let twice = policy.prepare(prepared.text().as_bytes());
            assert_eq!(twice.expect("it was fine before").text(), prepared.text(), "prepared is prepared");
        }
    }

    /// Nothing that is said holds a piece of the password, unless the policy or the catalogue says it anyway.
    fn tells_nothing(&self, policy: &Policy, judged: &Judged, explained: &Result<Explanation, CannotJudge>) {
        let Ok(password) = std::str::from_utf8(&self.password) else { return };
        let known_figures = [policy.preparation().max_bytes, policy.preparation().hash_limit_bytes.unwrap_or(0)];
        for figure in figures(judged, explained).into_iter().filter(|figure| *figure >= 100) {
            let written = figure.to_string();
            // A policy may write a number in other ways, and a preset has numbers of its own.
            let is_known = known_figures.contains(&(figure as usize))
                || self.policy.contains(&written)
                || ["_", "0x", "0o", "0b", "extends"].iter().any(|other| self.policy.contains(other));
            assert!(is_known || !password.contains(&written), "{figure} stands in {password:?} and is said");
        }
        let said = said(judged, explained);
        let mut known = None;
        for piece in pieces(password) {
            if !said.contains(&piece) {
                continue;
            }
            let known = known.get_or_insert_with(|| self.sayable(policy));
            let plain = without_numbers(&piece);
            let is_known = known.contains(&piece) || (plain != piece && known.contains(&plain));
            assert!(is_known, "{piece:?} of {password:?} is said:\n{said}");
        }
    }

    /// What may be said whatever the password.
    fn sayable(&self, policy: &Policy) -> String {
        let mut known = format!("{}\n{:?}\n{policy:?}\n", self.policy, policy.rules().collect::<Vec<_>>());
        for language in LANGUAGES {
            _ = writeln!(known, "{:?}", policy.describe(language));
            known.extend(
                language.codes().map(|code| format!("{code} {}\n", language.template(code).unwrap_or_default())),
            );
        }
        // The form of what is said, and the digests in it.
        for password in ["", "Zz", "\u{1}"] {
            // A stored hash that cannot be checked is said to be so whatever the password.
            let facts = Facts::new(&self.user, self.now).with_previous(&self.previous);
            let (judged, explained) =
                (policy.evaluate(password.as_bytes(), &facts), policy.explain(password.as_bytes(), &facts));
            known += &self::said(&judged, &explained);
        }
        known += &ANYWAY;
        known += "accepted true false null violations warnings shadows seen found Refuse Warn Shadow exempt numbers message";
        for kind in ["NotUtf8", "Nul", "TooManyFacts", "StoredHash", "Custom"] {
            known += kind;
        }
        known += "the password is longer than this scheme can tell apart the password holds a NUL byte, where this ends";
        known += "CannotJudge kind message cannot check a stored hash more than stored hashes would have to be verified";
        let plain = without_numbers(&without_holes(&known));
        known + &plain
    }
}

/// What is said in every form: of a password that is refused for much, of one that is refused at the door, of an error.
static ANYWAY: LazyLock<String> = LazyLock::new(|| {
    let policy = Policy::preset("standard").expect("a preset");
    let user = User::new().with("username", "zhangsan");
    let facts = Facts::new(&user, Moment::from_unix(NOW));
    let of = |password: &[u8]| said(&policy.evaluate(password, &facts), &policy.explain(password, &facts));
    [of(b"zhangsan"), of(&[b'7'; 5000]), of(b"\xFF"), of(b"\0")].concat()
});

/// Everything that is said about a password.
fn said(judged: &Judged, explained: &Result<Explanation, CannotJudge>) -> String {
    let mut said = format!("{judged:?}\n{explained:?}\n");
    for language in LANGUAGES {
        if let Ok(outcome) = judged {
            _ = writeln!(said, "{}", outcome.to_json(language, |_| None));
        }
        for reasoning in explained.iter().flat_map(|explained| &explained.reasonings) {
            _ = writeln!(said, "{}", reasoning.demand(language));
            said.extend(reasoning.seen.iter().map(|note| language.violation(note) + "\n"));
            said.extend(reasoning.found.iter().map(|found| found.message(language) + "\n"));
        }
    }
    if let Err(error) = judged {
        _ = writeln!(said, "{error}");
    }
    said
}

/// The figures of everything that was found and seen.
fn figures(judged: &Judged, explained: &Result<Explanation, CannotJudge>) -> BTreeSet<u64> {
    let mut figures = BTreeSet::new();
    if let Ok(outcome) = judged {
        let judged = outcome.violations().chain(outcome.warnings()).chain(outcome.shadows());
        figures.extend(judged.flat_map(|judged| judged.numbers()).map(|(_, number)| *number));
        figures.extend(outcome.notes().iter().flat_map(|note| &note.numbers).map(|(_, number)| *number));
    }
    for reasoning in explained.iter().flat_map(|explained| &explained.reasonings) {
        figures.extend(reasoning.seen.iter().flat_map(|note| &note.numbers).map(|(_, number)| *number));
        figures.extend(reasoning.found.iter().flat_map(|found| found.numbers()).map(|(_, number)| *number));
    }
    figures
}

/// The pieces of a password that nothing may repeat: three letters, or letters and digits, in a row. Signs are what every
/// text is full of, and of numbers only the whole figure tells anything.
fn pieces(password: &str) -> BTreeSet<String> {
    let characters: Vec<char> = password.chars().collect();
    let telling =
        |piece: &&[char]| piece.iter().all(|c| c.is_alphanumeric()) && !piece.iter().all(char::is_ascii_digit);
    characters.windows(3).filter(telling).map(|piece| piece.iter().collect()).collect()
}

/// Every number as one sign.
fn without_numbers(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_ascii_digit() {
            true if plain.ends_with('#') => {}
            true => plain.push('#'),
            false => plain.push(c),
        }
    }
    plain
}

/// Every hole of a message as a number that fills it.
fn without_holes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        plain += before;
        match after.split_once('}') {
            Some((hole, after)) if hole.contains(['|', ':']) => {
                plain += "\n";
                plain += hole;
                plain += "\n";
                rest = after;
            }
            Some((_, after)) => {
                plain += "7";
                rest = after;
            }
            None => rest = after,
        }
    }
    plain + rest
}

fn agree(policy: &Policy, judged: &Judged, until: &Judged, explained: &Result<Explanation, CannotJudge>) {
    match (judged, until) {
        (Ok(all), Ok(first)) => {
            assert_eq!(all.accepted(), first.accepted(), "stopping at the first refusal accepts the same");
            let code = |outcome: &Outcome| outcome.violations().next().map(|judged| judged.code().to_owned());
            assert_eq!(code(all), code(first), "and refuses for the same");
        }
        (Err(_), Ok(first)) => assert!(!first.accepted(), "an error is no way to accepted"),
        // The full judgement went further, and would have met what stopped the short one.
        (Ok(_), Err(error)) => panic!("only the short judgement failed: {error}"),
        (Err(_), Err(_)) => {}
    }
    match (judged, explained) {
        (Ok(outcome), Ok(explained)) => {
            let reported: Vec<_> = outcome.violations().map(|judged| judged.code().to_owned()).collect();
            let codes: Vec<_> = explained.outcome.violations().map(|judged| judged.code().to_owned()).collect();
            assert_eq!(outcome.accepted(), explained.outcome.accepted(), "explaining is judging");
            assert!(codes.starts_with(&reported), "{reported:?} explained as {codes:?}");
            let found: usize = explained.reasonings.iter().filter(|r| !r.exempt).map(|r| r.found.len()).sum();
            let judged = [
                explained.outcome.violations().count(),
                explained.outcome.warnings().count(),
                explained.outcome.shadows().count(),
            ];
            assert!(
                explained.reasonings.is_empty() || found == judged.iter().sum::<usize>(),
                "every finding has its rule"
            );
            assert_eq!(outcome.policy_digest(), policy.digest(), "who judged");
        }
        // An explanation lets every rule judge, also those behind a first refusal or an exemption.
        (Ok(_), Err(_)) => {}
        (Err(judged), Err(explained)) => assert_eq!(judged.kind(), explained.kind(), "the same reason"),
        (Err(error), Ok(_)) => panic!("only the explanation went through: {error}"),
    }
}

// What is made.

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
struct Written {
    rules: Vec<Ruled>,
    preset: u8,
    none: bool,
    max_bytes: Option<u16>,
    hash_limit: Option<u8>,
    first: bool,
    exempt: Option<(Kind, u8)>,
    password: Vec<Piece>,
    attributes: Vec<(u8, Option<String>)>,
    current: Option<Vec<Piece>>,
    previous: Vec<Earlier>,
    now: Now,
}

#[derive(Arbitrary, Debug)]
struct Ruled {
    kind: Kind,
    severity: u8,
    from: bool,
    message: u8,
}

#[derive(Arbitrary, Debug)]
enum Kind {
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
    Composed { how: u8, rules: Vec<Kind> },
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
    fn ask(self) -> Asked {
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

impl Kind {
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
            Kind::Length { min, more, count } => {
                let (min, more) = (u32::from(*min) + 1, u32::from(more % 3800));
                let count = ["code-points", "graphemes", "bytes"][usize::from(count % 3)];
                keys.extend([
                    format!("min = {min}"),
                    format!("max = {}", min + more),
                    format!("count = \"{count}\""),
                ]);
                "length"
            }
            Kind::Characters { min, require, allowed, forbidden, ascii } => {
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
            Kind::Variety(least) => {
                keys.push(format!("min_distinct = {}", least % 64 + 1));
                "variety"
            }
            Kind::Repetition { run, occurrences, blocks } => {
                keys.push(format!("max_run = {}", u16::from(*run) + 1));
                keys.extend(occurrences.map(|most| format!("max_occurrences = {}", u16::from(most) + 1)));
                keys.extend(blocks.map(|most| format!("max_block_repeats = {}", u16::from(most) + 1)));
                "repetition"
            }
            Kind::Sequence { longest, alphabets } => {
                keys.push(format!("max_length = {}", longest % 63 + 2));
                let all = ["latin", "digits", "cyrillic", "greek", "zhuyin", "numerals", "stems", "branches"];
                keys.push(format!("alphabets = {}", some(&all, *alphabets)));
                "sequence"
            }
            Kind::Keyboard { longest, layouts } => {
                keys.push(format!("max_length = {}", longest % 63 + 2));
                let all = ["qwerty", "numpad", "azerty", "qwertz", "dvorak", "zhuyin"];
                keys.push(format!("layouts = {}", some(&all, *layouts)));
                "keyboard"
            }
            Kind::Date(share) => {
                keys.push(format!("max_share = {}", share % 100));
                "date"
            }
            Kind::Reversed { least, whole } => {
                keys.extend([format!("min_length = {}", u16::from(*least) + 2), format!("whole = {whole}")]);
                "reversed_username"
            }
            Kind::Personal { all, least, tokens } => {
                if *all {
                    keys.push("attributes = [\"*\"]".to_owned());
                }
                keys.extend([format!("min_match = {}", least % 63 + 2), format!("tokens = {tokens}")]);
                "personal"
            }
            Kind::Pinyin { least, regional } => {
                keys.extend([
                    format!("min_match = {}", least % 63 + 2),
                    format!("regional_spellings = {regional}"),
                ]);
                "pinyin_name"
            }
            Kind::Words { contained, near, fold, least } => {
                if *contained {
                    keys.push("match = [\"whole\", \"base\", \"contained\"]".to_owned());
                    keys.push(format!("min_contained = {}", least % 63 + 2));
                }
                keys.extend([format!("fold = {fold}"), format!("max_edit_distance = {}", u8::from(*near))]);
                "words"
            }
            Kind::Pattern { forbid, which } => {
                let expression =
                    ["(?i)acme|widget", "^\\\\p{Han}+$", "(a|aa)+$", "[0-9]{3,}", "\\\\b\\\\w+\\\\b", "."];
                let expression = expression[usize::from(*which) % expression.len()];
                keys.push(format!("{} = \"{expression}\"", if *forbid { "forbid" } else { "require" }));
                "pattern"
            }
            Kind::Similarity(least) => {
                keys.push(format!("min_distance = {}", least % 16 + 1));
                "similarity"
            }
            Kind::Strength { score, guesses, zxcvbn } => {
                match guesses {
                    Some(power) if !zxcvbn => keys.push(format!("min_guesses = {}", power % 30 + 1)),
                    _ => keys.push(format!("min_score = {}", score % 4 + 1)),
                }
                if *zxcvbn {
                    keys.push("estimator = \"zxcvbn\"".to_owned());
                }
                "strength"
            }
            Kind::History { depth, days } => {
                keys.push(format!("depth = {}", depth % 100 + 1));
                keys.extend(days.map(|days| format!("days = {}", u16::from(days) + 1)));
                "history"
            }
            Kind::Composed { how, rules } => {
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

/// The vectors of judgements.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    for case in kouling_kit::judgement::cases() {
        let policy = match &case.preset {
            Some(preset) => format!("format = 1\nextends = \"{preset}\"\n"),
            None => case.policy.clone(),
        };
        let user: Vec<String> = case.user.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let previous: Vec<String> = case
            .previous
            .iter()
            .map(|previous| match previous.parts() {
                (hash, Some(at)) => format!("{hash}@{at}"),
                (hash, None) => hash.to_owned(),
            })
            .collect();
        let parts = [
            policy.into_bytes(),
            case.bytes(),
            user.join("\n").into_bytes(),
            case.current.clone().unwrap_or_default().into_bytes(),
            previous.join("\n").into_bytes(),
            case.now.unwrap_or(NOW).to_string().into_bytes(),
        ];
        if parts[1].len() <= 5000 {
            seeds.push((case.name.clone(), [vec![0], join(parts)].concat()));
        }
    }
    // A few odd ones, so that the fuzzer has something of that kind to change.
    for n in 1..40_u8 {
        let made =
            (0..200_u16).map(|at| (at as u8).wrapping_mul(n).wrapping_add(at as u8 >> 3)).collect::<Vec<u8>>();
        seeds.push((format!("made-{n}"), [vec![1], made].concat()));
    }
    seeds
}
