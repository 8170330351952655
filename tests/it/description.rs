//! Checks that the `passwordrules` attribute and the regular expression of a policy agree with its rules.

use std::collections::BTreeSet;

use fancy_regex::Regex;
use kouling::language::LANGUAGES;
use kouling::{Facts, Language, Moment, Policy, User};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const NOW: Moment = Moment::from_unix(1_795_392_000);

fn policy(rules: &str) -> Policy {
    Policy::parse(&format!("format = 1\n{rules}")).unwrap_or_else(|error| panic!("{rules}\n{error}"))
}

fn accepts(policy: &Policy, password: &str) -> bool {
    let user = User::new();
    policy.evaluate(password.as_bytes(), &Facts::new(&user, NOW)).expect("an outcome").accepted()
}

fn password_rules(rules: &str) -> String {
    policy(rules).describe(Language::ENGLISH).shape.password_rules()
}

fn expression(policy: &Policy) -> (String, Regex) {
    let text = policy.describe(Language::ENGLISH).shape.regular_expression();
    let compiled = Regex::new(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    (text, compiled)
}

#[test]
fn password_rules_of_digits_only_names_digits_only() {
    let rules = "[rules.characters]\nmin_classes = 1\nallowed = [\"digit\"]\n[rules.length]\nmin = 6\nmax = 8";
    assert_eq!(password_rules(rules), "minlength: 6; maxlength: 8; allowed: digit");
}

#[test]
fn password_rules_with_a_symbol_set_writes_dash_first_and_bracket_last() {
    let rules =
        "[rules.characters]\nmin_classes = 1\nrequire.symbol = 1\nallowed = [\"lower\", \"digit\", \"%]&_?#=-\"]
[rules.length]\nmin = 8\nmax = 20";
    assert_eq!(
        password_rules(rules),
        "minlength: 8; maxlength: 20; required: [-#%&=?_]]; allowed: lower, digit, [-#%&=?_]]"
    );
}

#[test]
fn password_rules_with_forbidden_characters_excludes_them() {
    let rules = "[rules.characters]\nmin_classes = 1\nforbidden = [\"symbol\"]\n[rules.length]\nmin = 8\nmax = 20";
    assert_eq!(password_rules(rules), "minlength: 8; maxlength: 20; allowed: lower, upper, digit");
}

#[test]
fn password_rules_with_several_of_a_class_requires_as_many_disjoint_sets() {
    let rules = "[rules.characters]\nmin_classes = 1\nrequire.digit = 2\n[rules.length]\nmin = 8\nmax = 20";
    assert_eq!(
        password_rules(rules),
        "minlength: 8; maxlength: 20; required: [01234]; required: [56789]; allowed: ascii-printable"
    );
}

#[test]
fn password_rules_of_a_length_in_bytes_states_the_length() {
    let rules = "[rules.length]\ncount = \"bytes\"\nmin = 8\nmax = 20";
    assert_eq!(password_rules(rules), "minlength: 8; maxlength: 20; allowed: ascii-printable");
}

#[test]
fn regular_expression_with_forbidden_characters_excludes_them() {
    let (_, expression) = expression(&policy("[rules.characters]\nmin_classes = 1\nforbidden = [\"symbol\"]"));
    assert!(expression.is_match("abcdef").unwrap() && !expression.is_match("abc-def").unwrap());
}

#[test]
fn regular_expression_counts_code_points() {
    let (_, expression) = expression(&policy("[rules.length]\nmin = 1\nmax = 4"));
    assert!(expression.is_match("😀😀😀😀").unwrap() && !expression.is_match("😀😀😀😀😀").unwrap());
}

#[test]
fn regular_expression_of_two_characters_rules_describes_both() {
    let rules = "[rules.characters]\nmin_classes = 1\nrequire.digit = 1
[rules.ours]\nkind = \"characters\"\nmin_classes = 1\nrequire.upper = 1";
    let (_, expression) = expression(&policy(rules));
    assert!(expression.is_match("aB1").unwrap());
    assert!(!expression.is_match("ab1").unwrap() && !expression.is_match("aBc").unwrap());
}

#[test]
fn regular_expression_of_points_matches_what_rule_accepts() {
    const POLICIES: [&str; 7] = [
        "min_points = 9\ncredits = { lower = 1, upper = 1, digit = 1, symbol = 1 }",
        "min_points = 9\ncredits = { digit = 2, upper = 1, lower = 2, symbol = 1 }",
        "min_points = 3\nper_character = 0\nmin_for_point = { lower = 1, upper = 1, digit = 1, symbol = 1 }",
        "min_points = 4\nper_character = 0\nmin_for_point = { lower = 2, upper = 1, hex = 3 }\ncredits.digit = 2\nclasses.hex = \"a1\"",
        "min_points = 11\nper_character = 2\nby = \"ascii\"\ncredits.other = 3\nmin_for_point.other = 1",
        "min_points = 7",
        "min_points = 5\nper_character = 1\nmin_for_point.digit = 4",
    ];
    for rules in POLICIES {
        let policy = policy(&format!("[rules.points]\n{rules}"));
        let (text, expression) = expression(&policy);
        for counts in 1..4_u32.pow(5) {
            let times = |place: u32| (counts / 4_u32.pow(place) % 4) as usize;
            let password: String =
                (0..).zip(["a", "B", "1", "!", "汉"]).map(|(at, c)| c.repeat(times(at))).collect();
            assert_eq!(
                expression.is_match(&password).unwrap(),
                accepts(&policy, &password),
                "{rules}\n{text}\n{password}"
            );
        }
    }
}

#[test]
fn regular_expression_of_points_with_many_combinations_states_only_length() {
    let rules = "[rules.points]\nmin_points = 40\ncredits = { lower = 9, upper = 9, digit = 9 }";
    assert_eq!(expression(&policy(rules)).0, "^.{13,}$");
}

const CLASSES: [&str; 5] = ["lower", "upper", "digit", "symbol", "other"];
/// What a set may list beside classes, with every character that one of the two syntaxes treats specially.
const LISTED: [&str; 7] =
    ["\u{200B}\u{3164}é", "%&_?#=-", "]", "[]^\\-/|", "&&!!##~~", "abcXYZ019é汉", "{}().*+$ "];
/// Characters of which the passwords are made: all printable ASCII and some of each class beyond it.
const BEYOND: &str = "éßÀǅ٣½€。汉字ㄅⅣ😀\u{200B}\u{200D}\u{FE0F}\u{3164}";

/// A policy of rules that both texts describe.
#[derive(Clone, Debug)]
struct Spec {
    characters: String,
    /// The members of the custom class; empty if there is none.
    custom: &'static str,
    min: usize,
    max: usize,
    max_run: usize,
}

impl Spec {
    fn policy(&self) -> Policy {
        let Spec { characters, min, max, max_run, .. } = self;
        policy(&format!(
            "{characters}[rules.length]\nmin = {min}\nmax = {max}\n[rules.repetition]\nmax_run = {max_run}"
        ))
    }
}

fn set() -> impl Strategy<Value = Vec<&'static str>> {
    let classes = prop_oneof![subsequence(CLASSES.to_vec(), 1..=5), subsequence(CLASSES.to_vec(), 0..=2),];
    (classes, prop::option::of(select(LISTED.to_vec())))
        .prop_map(|(mut items, listed)| {
            items.extend(listed);
            items
        })
        .prop_filter("an empty set allows nothing", |items| !items.is_empty())
}

fn spec() -> impl Strategy<Value = Spec> {
    let required = prop::collection::vec(prop_oneof![3 => Just(0), 2 => 1..=3_usize], 6);
    let custom = prop::option::of(select(LISTED.to_vec()));
    let sets = (prop::option::weighted(0.6, set()), prop::option::weighted(0.3, set()));
    let bounds = (1..=12_usize, 24..=48_usize, 1..=4_usize);
    (1..=4_u64, required, custom, sets, select(vec!["unicode", "ascii", "windows"]), bounds).prop_map(
        |(min_classes, required, custom, (allowed, forbidden), by, (min, max, max_run))| {
            let mut characters = format!("[rules.characters]\nmin_classes = {min_classes}\n");
            characters.push_str(&format!("by = \"{by}\"\n"));
            if let Some(custom) = custom {
                characters.push_str(&format!("classes.ours = {}\n", toml_string(custom)));
            }
            let names = CLASSES.iter().chain(custom.is_some().then_some(&"ours"));
            for (name, required) in names.zip(&required).filter(|(_, required)| **required > 0) {
                characters.push_str(&format!("require.{name} = {required}\n"));
            }
            for (key, items) in [("allowed", allowed), ("forbidden", forbidden)] {
                if let Some(items) = items {
                    let items: Vec<String> = items.iter().map(|item| toml_string(item)).collect();
                    characters.push_str(&format!("{key} = [{}]\n", items.join(", ")));
                }
            }
            Spec { characters, custom: custom.unwrap_or_default(), min, max, max_run }
        },
    )
}

fn toml_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Returns the characters of `alphabet` that the policy permits, and whether a password with each of them `times` times has
/// every required class.
fn usable(spec: &Spec, alphabet: impl Iterator<Item = char>, times: usize) -> (Vec<char>, bool) {
    let user = User::new();
    let facts = Facts::new(&user, NOW);
    let only_characters = policy(&spec.characters);
    let refused = |text: &str, codes: &[&str]| {
        let outcome = only_characters.evaluate(text.as_bytes(), &facts).expect("an outcome");
        outcome.violations().any(|violation| codes.is_empty() || codes.contains(&violation.code()))
    };
    let usable: Vec<char> = alphabet
        .filter(|c| !refused(&c.to_string(), &["characters.not_allowed", "characters.forbidden"]))
        .collect();
    let all: String = usable.iter().flat_map(|c| std::iter::repeat_n(*c, times)).collect();
    let satisfiable = !usable.is_empty() && !refused(&all, &[]);
    (usable, satisfiable)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn passwords_generated_from_password_rules_are_accepted(spec in spec(), seed in any::<u64>()) {
        let policy = spec.policy();
        // Once: the attribute cannot require more characters of a class than the class has.
        let (_, satisfiable) = usable(&spec, ' '..='~', 1);
        prop_assume!(satisfiable);
        let text = policy.describe(Language::ENGLISH).shape.password_rules();
        let rules = attribute::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut dice = Dice(seed);
        for _ in 0..200 {
            // One or two characters with a limit on runs may leave no password to draw.
            let Some(password) = attribute::generate(&rules, &mut dice) else { break };
            prop_assert!(accepts(&policy, &password), "{}\n{}\n{:?}", spec.characters, text, password);
        }
    }

    #[test]
    fn regular_expression_of_random_policy_matches_exactly_accepted_passwords(spec in spec(), seed in any::<u64>()) {
        let policy = spec.policy();
        let any: Vec<char> = (' '..='~').chain(BEYOND.chars()).collect();
        let (usable, satisfiable) = usable(&spec, any.iter().copied(), 3);
        prop_assume!(satisfiable);
        let (text, expression) = expression(&policy);
        let mut dice = Dice(seed);
        let mut matching = 0;
        for _ in 0..20_000 {
            let password = candidate(&spec, &usable, &any, &mut dice);
            let matches = expression.is_match(&password).expect("a match within the backtracking limit");
            prop_assert_eq!(matches, accepts(&policy, &password), "{}\n{}\n{:?}", spec.characters, text, password);
            matching += usize::from(matches);
            if matching == 200 {
                break;
            }
        }
        // One or two characters with a limit on runs may leave no password to draw.
        prop_assume!(matching > 0);
    }
}

/// Mostly allowed characters, in lengths around the bounds, now and then a run.
fn candidate(spec: &Spec, usable: &[char], any: &[char], dice: &mut Dice) -> String {
    let length = if dice.below(8) == 0 { dice.below(spec.max + 4) + 1 } else { spec.max - dice.below(8) };
    let mut password: Vec<char> = Vec::new();
    // A few of each kind, because a policy may require up to three.
    let kinds: [&dyn Fn(&char) -> bool; 6] = [
        &char::is_ascii_lowercase,
        &char::is_ascii_uppercase,
        &char::is_ascii_digit,
        &char::is_ascii_punctuation,
        &|c| !c.is_ascii(),
        &|c| spec.custom.contains(*c),
    ];
    for kind in kinds {
        let of_kind: Vec<char> = usable.iter().copied().filter(kind).collect();
        for _ in 0..if of_kind.is_empty() { 0 } else { dice.below(6) } {
            password.push(of_kind[dice.below(of_kind.len())]);
        }
    }
    for at in (1..password.len()).rev() {
        password.swap(at, dice.below(at + 1));
    }
    password.truncate(length);
    while password.len() < length {
        let from = if dice.below(400) == 0 { any } else { usable };
        let character = from[dice.below(from.len())];
        if password.last() == Some(&character) && dice.below(8) > 0 && usable.len() > 1 {
            continue;
        }
        password.push(character);
    }
    password.into_iter().collect()
}

/// Numbers from a seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        let mut x = self.0 | 1;
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.0 = x;
        ((x.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound as u64) as usize
    }
}

/// Reads and obeys a `passwordrules` attribute, written from the published grammar and not from the engine:
/// <https://developer.apple.com/password-rules/>, `tools/PasswordRulesParser.js` in apple/password-manager-resources.
mod attribute {
    use super::{BTreeSet, Dice};

    #[derive(Debug, Default)]
    pub(super) struct Rules {
        min: Option<usize>,
        max: Option<usize>,
        max_consecutive: Option<usize>,
        required: Vec<BTreeSet<char>>,
        allowed: BTreeSet<char>,
    }

    pub(super) fn parse(text: &str) -> Result<Rules, String> {
        let mut rules = Rules::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (name, after) = rest.split_once(':').ok_or("a property without a value")?;
            let after = after.trim_start();
            rest = match name {
                "minlength" => number(after, &mut rules.min)?,
                "maxlength" => number(after, &mut rules.max)?,
                "max-consecutive" => number(after, &mut rules.max_consecutive)?,
                "required" => {
                    let (set, rest) = values(after)?;
                    rules.required.push(set);
                    rest
                }
                "allowed" => {
                    let (set, rest) = values(after)?;
                    rules.allowed.extend(set);
                    rest
                }
                _ => return Err(format!("unknown property {name:?}")),
            };
            rest = rest.trim_start();
            if !rest.is_empty() {
                rest = rest.strip_prefix(';').ok_or_else(|| format!("expected `;` before {rest:?}"))?.trim_start();
            }
        }
        Ok(rules)
    }

    fn number<'t>(text: &'t str, into: &mut Option<usize>) -> Result<&'t str, String> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        *into = Some(text[..end].parse().map_err(|_| format!("expected a number before {text:?}"))?);
        Ok(&text[end..])
    }

    /// Class names and custom sets, separated by commas: the union of them.
    fn values(mut text: &str) -> Result<(BTreeSet<char>, &str), String> {
        let mut set = BTreeSet::new();
        loop {
            if let Some(inside) = text.strip_prefix('[') {
                // The set ends at its first `]`, unless another one follows directly: then the first is a member.
                let mut end = inside.find(']').ok_or("a set without an end")?;
                end += usize::from(inside[end + 1..].starts_with(']'));
                let members = inside[..end].char_indices().filter(|(at, c)| *c != '-' || *at == 0);
                set.extend(members.map(|(_, c)| c).filter(|c| (' '..='~').contains(c)));
                text = &inside[end + 1..];
            } else {
                let end = text.find(|c: char| !c.is_ascii_alphabetic() && c != '-').unwrap_or(text.len());
                let class: fn(&char) -> bool = match &text[..end] {
                    "lower" => char::is_ascii_lowercase,
                    "upper" => char::is_ascii_uppercase,
                    "digit" => char::is_ascii_digit,
                    "special" => |c| !c.is_ascii_alphanumeric(),
                    "ascii-printable" => |_| true,
                    name => return Err(format!("unknown class {name:?}")),
                };
                set.extend((' '..='~').filter(class));
                text = &text[end..];
            }
            text = text.trim_start();
            match text.strip_prefix(',') {
                Some(more) => text = more.trim_start(),
                None => return Ok((set, text)),
            }
        }
    }

    /// A password that obeys the rules: one character of each required set, the rest of all that is allowed. `None` if none
    /// is found in 10,000 tries.
    pub(super) fn generate(rules: &Rules, dice: &mut Dice) -> Option<String> {
        let mut alphabet = rules.allowed.clone();
        alphabet.extend(rules.required.iter().flatten());
        if alphabet.is_empty() {
            alphabet.extend(' '..='~');
        }
        let (min, max) = (rules.min.unwrap_or(8), rules.max.unwrap_or(64));
        let min = min.max(rules.required.len());
        assert!(min <= max, "no room for what is required: {rules:?}");
        for _ in 0..10_000 {
            let length = min + dice.below(max - min + 1);
            let mut password: Vec<char> = rules.required.iter().map(|set| pick(set, dice)).collect();
            password.extend((password.len()..length).map(|_| pick(&alphabet, dice)));
            for at in (1..length).rev() {
                password.swap(at, dice.below(at + 1));
            }
            let run = password.chunk_by(|a, b| a == b).map(<[char]>::len).max().unwrap_or(0);
            if rules.max_consecutive.is_none_or(|most| run <= most) {
                return Some(password.into_iter().collect());
            }
        }
        None
    }

    fn pick(set: &BTreeSet<char>, dice: &mut Dice) -> char {
        *set.iter().nth(dice.below(set.len())).expect("a set with members")
    }
}

/// Texts of a few characters of each class, in several orders.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = vec![String::new()];
    for length in 0..6 {
        let longest: Vec<String> = texts.iter().filter(|text| text.chars().count() == length).cloned().collect();
        texts.extend(longest.iter().flat_map(|text| ["a", "B", "1", "-", "汉"].map(|c| format!("{text}{c}"))));
    }
    texts.remove(0);
    texts.extend(
        ["aaa-BBB", "aB1-aB1-汉", "aaabbbccc", "aabbccdd", "AAAbAAA", "éé1éé", "a b c d", "ab cd ef"]
            .map(str::to_owned),
    );
    texts
}

#[test]
fn regular_expression_of_limits_matches_what_rules_accept() {
    const POLICIES: [&str; 20] = [
        "characters = { min_classes = 1, max_per_class = { digit = 1, lower = 2, other = 0 } }",
        "characters = { min_classes = 1, max_per_class = { hex = 1 }, classes.hex = \"a1\" }",
        "characters = { min_classes = 1, max_class_run = 2 }",
        "characters = { min_classes = 1, max_class_run = 1, by = \"ascii\", classes.own = \"aB\" }",
        "characters = { min_classes = 1, not_at_start = [\"digit\", \"-\"], not_at_end = \"upper\" }",
        "characters = { min_classes = 1, not_at_end = [\"other\", \"symbol\"] }",
        "characters = { min_classes = 1, not_only = [\"lower\", \"1\"] }",
        "characters = { min_classes = 2, ignore_at_start = \"upper\", ignore_at_end = \"digit\" }",
        "characters = { min_classes = 3, ignore_at_start = [\"upper\", \"other\"], ignore_at_end = [\"digit\", \"symbol\"] }",
        "characters = { min_classes = 1, require = { upper = 2, digit = 1 }, ignore_at_start = \"upper\", ignore_at_end = \"digit\" }",
        "characters = { min_classes = 1, require.digit = 2, ignore_at_end = \"digit\" }",
        "characters = { min_classes = 1, min_length_by_classes = { 1 = 6, 2 = 4, 3 = 3 } }",
        "characters = { min_classes = 1, min_length_by_classes = { 2 = 5, 4 = 6 } }",
        "characters = { min_classes = 2, min_length_by_classes = { 2 = 5, 3 = 3 }, ignore_at_start = \"lower\" }",
        "characters = { min_classes = 1, min_length_by_classes = { 2 = 4, 3 = 2 }, require.digit = 1, allowed = [\"lower\", \"digit\"] }",
        "repetition = { max_run = 1, max_long_runs = 1 }",
        "repetition = { max_run = 2, max_long_runs = 2 }",
        "length = { min = 1, min_words = 2 }",
        "length = { min = 1, max_words = 1 }",
        "length = { min = 1, min_words = 1, max_words = 2 }",
    ];
    let texts = texts();
    for rules in POLICIES {
        let policy = policy(&format!("[rules]\n{rules}"));
        let (text, expression) = expression(&policy);
        let mut counts = [0, 0];
        for password in &texts {
            let accepted = accepts(&policy, password);
            counts[usize::from(accepted)] += 1;
            let matches = expression.is_match(password);
            assert_eq!(matches.ok(), Some(accepted), "{rules}\n{text}\n{password}");
        }
        assert!(counts[0] > 0 && counts[1] > 0, "{rules}: {counts:?}");
    }
}

#[test]
fn regular_expression_of_two_repetition_rules_counts_its_groups() {
    let rules = "[rules]\na = { kind = \"repetition\", max_run = 3 }\nb = { kind = \"repetition\", max_run = 1, max_long_runs = 1 }";
    let (text, expression) = expression(&policy(rules));
    assert!(text.contains(r"\1") && text.contains(r"\2"), "{text}");
    assert!(expression.is_match("aaab").unwrap() && expression.is_match("abcd").unwrap());
    assert!(!expression.is_match("aaaab").unwrap() && !expression.is_match("aabb").unwrap());
}

#[test]
fn password_rules_of_lengths_by_classes_state_longest_way() {
    let rules = "[rules.length]\nmin = 6\nmax = 20\n[rules.characters]\nmin_classes = 2\nmin_length_by_classes = { 2 = 24, 3 = 10, 4 = 8 }";
    assert_eq!(
        password_rules(rules),
        "minlength: 10; maxlength: 20; required: lower; required: upper; required: digit; allowed: ascii-printable"
    );
}

#[test]
fn limits_are_described_in_words() {
    let clause = |rules: &str, rule: &str| {
        policy(&format!("[rules]\n{rules}")).clause(rule, Language::ENGLISH).expect("a clause")
    };
    let characters = clause(
        "characters = { min_classes = 2, max_per_class.digit = 4, max_class_run = 3, not_at_start = [\"digit\", \"-\"], not_at_end = \"symbol\", not_only = \"digit\", ignore_at_start = \"upper\", ignore_at_end = \"digit\", min_length_by_classes = { 3 = 12, 4 = 8 } }",
        "characters",
    );
    for part in [
        "at least 3 of these: lowercase letters, uppercase letters, digits, symbols",
        "at most 4 of: digits",
        "no more than 3 characters of the same kind in a row",
        "does not begin with: digits -",
        "does not end with: symbols",
        "not only: digits",
        "does not count at the beginning: uppercase letters",
        "does not count at the end: digits",
        "12 or more characters with 3 kinds",
        "8 or more characters with 4 kinds",
    ] {
        assert!(characters.contains(part), "{part}\n{characters}");
    }
    assert_eq!(
        clause("length = { min_words = 2, max_words = 4 }", "length"),
        "8 to 64 characters; at least 2 words; at most 4 words"
    );
    let repetition = clause("repetition = { max_run = 2, max_long_runs = 1 }", "repetition");
    assert_eq!(repetition, "no more than 1 run of the same character longer than 2");
    let sequence = clause("sequence = { max_duplicate = 2 }", "sequence");
    assert!(sequence.ends_with("; no sequence longer than 2 characters more than once"), "{sequence}");
    let similarity = clause("similarity = { min_new = 2, max_common = 3 }", "similarity");
    assert!(similarity.contains("at least 2 characters that the current password does not have"), "{similarity}");
    assert!(similarity.contains("no more than 3 adjacent characters in common"), "{similarity}");
}

#[test]
fn sections_on_accounts_are_described_in_every_language() {
    let text = "format = 1\nmust_change_when = [\"breached\", \"policy_stricter\"]\n[expiry]\nmax_age = \"90d\"\ngrace = 1\n\
        [sign_in]\nlock = \"1h\"\ndisable_after = 50\n[temporary]\nlifetime = \"90m\"\n[inactivity]\n[reset]\nmin_password_age = \"1d\"";
    let policy = Policy::parse(text).expect("a policy");
    let english = policy.describe_account(Language::ENGLISH);
    assert_eq!(
        english,
        [
            "expires after 90 days",
            "an expired password can be used for 1 more sign-in",
            "can be changed 1 day after it was set, not earlier",
            "must be changed if it is found in a data breach",
            "must be changed if the requirements have changed",
            "sign-ins are locked for 1 hour after 10 failed attempts in a row",
            "the password is disabled after 50 failed attempts in a row",
            "a temporary password expires after 90 minutes",
            "a temporary password can be used once",
            "the account is disabled if it is not used for 90 days",
        ]
    );
    for language in LANGUAGES {
        let terms = policy.describe_account(language);
        assert_eq!(terms.len(), english.len());
        assert!(terms.iter().all(|term| !term.contains(['{', '.'])), "{}: {terms:?}", language.tag());
        assert_eq!(policy.describe_as_json(language)["account"], serde_json::json!(terms));
    }
    assert!(Policy::parse("format = 1").expect("a policy").describe_account(Language::ENGLISH).is_empty());
}
