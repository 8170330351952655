//! Differences between policies: proven verdicts are correct, and both policies evaluate the witnesses as reported.
#![allow(clippy::expect_used, clippy::panic)]

use kouling::analysis::Difference;
use kouling::analysis::diff::{Direction, Side, Verdict, sample_user};
use kouling::policy::Memory;
use kouling::policy::document::Start;
use kouling::{Facts, Loader, Moment, Policy};
use kouling_vector_runner::with_folder;
use proptest::prelude::*;

const NOW: Moment = Moment::from_unix(1_795_392_000);

fn difference(old: &str, new: &str) -> Difference {
    let (old, new) = (format!("format = 1\n{old}"), format!("format = 1\n{new}"));
    let (old, new) = (Start::Text("old", &old), Start::Text("new", &new));
    Difference::load(&Loader::new(), old, new, NOW).expect("valid policies")
}

/// Old policy, new policy, verdict, whether it is proven, and the rules that witnesses must demonstrate.
const PAIRS: &[(&str, &str, Verdict, bool, &[&str])] = &[
    ("[rules.length]\nmin = 8", "[rules.length]", Verdict::Same, true, &[]),
    ("[rules.length]\nmin = 8", "[rules.length]\nmin = 12", Verdict::Tighter, true, &["length"]),
    ("[rules.length]\nmax = 20", "[rules.length]\nmax = 30", Verdict::Looser, true, &["length"]),
    (
        "[rules.length]\nmin = 8\nmax = 20",
        "[rules.length]\nmin = 9\nmax = 30",
        Verdict::Neither,
        true,
        &["length"],
    ),
    ("[rules.length]", "[rules.length]\n[rules.characters]", Verdict::Tighter, true, &["characters"]),
    ("[rules.length]\n[rules.words]", "[rules.length]", Verdict::Looser, true, &["words"]),
    ("[rules.words]", "[rules.words]\nmatch = [\"whole\"]", Verdict::Looser, true, &["words"]),
    (
        "[rules.repetition]\nmax_run = 3",
        "[rules.repetition]\nmax_run = 2",
        Verdict::Tighter,
        true,
        &["repetition"],
    ),
    ("[rules.repetition]", "[rules.repetition]\nmax_occurrences = 4", Verdict::Tighter, true, &["repetition"]),
    ("[rules.repetition]\nmax_block_repeats = 2", "[rules.repetition]", Verdict::Looser, true, &["repetition"]),
    (
        "[rules.characters]\nrequire.digit = 1",
        "[rules.characters]\nrequire.digit = 3",
        Verdict::Tighter,
        true,
        &["characters"],
    ),
    (
        "[rules.characters]\nallowed = [\"lower\", \"digit\", \"upper\"]",
        "[rules.characters]\nallowed = [\"lower\", \"digit\", \"upper\", \"!?\"]",
        Verdict::Looser,
        true,
        &["characters"],
    ),
    ("[rules.characters]\nby = \"ascii\"", "[rules.characters]\nby = \"unicode\"", Verdict::Tighter, false, &[]),
    ("[rules.characters]", "[rules.characters]\nmax_per_class.digit = 4", Verdict::Tighter, true, &["characters"]),
    (
        "[rules.characters]\nmax_per_class.digit = 4",
        "[rules.characters]\nmax_per_class.digit = 3",
        Verdict::Tighter,
        true,
        &["characters"],
    ),
    (
        "[rules.characters]\nmax_class_run = 3",
        "[rules.characters]\nmax_class_run = 4",
        Verdict::Looser,
        true,
        &["characters"],
    ),
    (
        "[rules.characters]\nnot_at_end = \"!\"",
        "[rules.characters]\nnot_at_end = [\"!\", \"digit\"]",
        Verdict::Tighter,
        true,
        &["characters"],
    ),
    (
        "[rules.characters]\nmin_classes = 1",
        "[rules.characters]\nmin_classes = 1\nnot_only = \"digit\"",
        Verdict::Tighter,
        true,
        &["characters"],
    ),
    (
        "[rules.characters]",
        "[rules.characters]\nignore_at_start = \"upper\"",
        Verdict::Tighter,
        true,
        &["characters"],
    ),
    (
        "[rules.characters]",
        "[rules.characters]\nmin_length_by_classes = { 3 = 12 }",
        Verdict::Tighter,
        true,
        &["characters"],
    ),
    (
        "[rules.characters]\nmin_length_by_classes = { 3 = 12 }",
        "[rules.characters]\nmin_length_by_classes = { 3 = 12, 4 = 8 }",
        Verdict::Looser,
        true,
        &["characters"],
    ),
    ("[rules.length]", "[rules.length]\nmin_words = 2", Verdict::Tighter, true, &["length"]),
    ("[rules.length]\nmax_words = 2", "[rules.length]\nmax_words = 3", Verdict::Looser, true, &["length"]),
    (
        "[rules.repetition]\nmax_run = 1",
        "[rules.repetition]\nmax_run = 1\nmax_long_runs = 1",
        Verdict::Looser,
        true,
        &["repetition"],
    ),
    ("[rules.sequence]", "[rules.sequence]\nwrap = false", Verdict::Looser, true, &["sequence"]),
    ("[rules.sequence]", "[rules.sequence]\nmax_step = 1", Verdict::Looser, true, &["sequence"]),
    ("[rules.sequence]", "[rules.sequence]\ninterleaved = false", Verdict::Looser, true, &["sequence"]),
    ("[rules.sequence]", "[rules.sequence]\nmax_duplicate = 2", Verdict::Tighter, true, &["sequence"]),
    (
        "[rules.sequence]",
        "[rules.sequence]\nalphabets = [\"latin\", \"digits\", \"german\"]",
        Verdict::Tighter,
        true,
        &["sequence"],
    ),
    (
        "[rules.keyboard]",
        "[rules.keyboard]\nlayouts = [\"qwerty\", \"numpad\", \"polish\"]",
        Verdict::Tighter,
        true,
        &["keyboard"],
    ),
    (
        "[rules.similarity]\nmin_distance = 1",
        "[rules.similarity]\nmin_distance = 1\nmax_common = 3",
        Verdict::Tighter,
        true,
        &["similarity"],
    ),
    ("[rules.personal]", "[rules.personal]\nplace = \"whole\"", Verdict::Looser, false, &["personal"]),
    ("[rules.history]\ndepth = 5", "[rules.history]\ndepth = 3", Verdict::Looser, true, &["history"]),
    (
        "[rules.similarity]\nmin_distance = 3",
        "[rules.similarity]\nmin_distance = 6",
        Verdict::Tighter,
        true,
        &["similarity"],
    ),
    ("[rules.strength]\nmin_score = 2", "[rules.strength]\nmin_score = 4", Verdict::Tighter, true, &["strength"]),
    ("[rules.personal]", "", Verdict::Looser, true, &["personal"]),
    ("[rules.pinyin_name]", "", Verdict::Looser, true, &["pinyin_name"]),
    (
        "[rules.reversed_username]",
        "[rules.reversed_username]\nwhole = true",
        Verdict::Looser,
        true,
        &["reversed_username"],
    ),
    ("[rules.length]\nseverity = \"warn\"", "[rules.length]", Verdict::Tighter, true, &["length"]),
    ("[rules.length]\nfrom = 2030-01-01", "[rules.length]\nmin = 9\nfrom = 2030-01-01", Verdict::Same, true, &[]),
    ("[rules.length]\nmessage.en = \"no\"", "[rules.length]\nmessage.en = \"nope\"", Verdict::Same, true, &[]),
    (
        "[rules.p]\nkind = \"pattern\"\nforbid = \"a\"",
        "[rules.p]\nkind = \"pattern\"\nforbid = \"b\"",
        Verdict::Neither,
        true,
        &["p"],
    ),
    (
        "[rules.e]\nkind = \"any\"\n[rules.e.rules]\nlength = { min = 20 }",
        "[rules.e]\nkind = \"any\"\n[rules.e.rules]\nlength = { min = 20 }\ncharacters = {}",
        Verdict::Looser,
        true,
        &["e"],
    ),
    (
        "[rules.n]\nkind = \"not\"\n[rules.n.rules]\nlength = { min = 20 }",
        "[rules.n]\nkind = \"not\"\n[rules.n.rules]\nlength = { min = 24 }",
        Verdict::Looser,
        true,
        &["n"],
    ),
    (
        "[rules.length]\n[rules.characters]",
        "[rules.length]\n[rules.characters]\n[[exempt]]\nwhen = { length = { min = 20 } }\nrules = [\"characters\"]",
        Verdict::Looser,
        true,
        &["characters"],
    ),
    ("[rules.variety]", "[rules.variety]\nmin_distinct = 7", Verdict::Tighter, true, &["variety"]),
    (
        "[rules.variety]\nmin_distinct = 30",
        "[rules.variety]\nmin_distinct = 20",
        Verdict::Looser,
        true,
        &["variety"],
    ),
    ("[rules.sequence]\nmax_length = 4", "[rules.sequence]", Verdict::Same, true, &[]),
    ("[rules.sequence]", "[rules.sequence]\nmax_length = 3", Verdict::Tighter, true, &["sequence"]),
    ("[rules.sequence]", "[rules.sequence]\nmax_length = 40", Verdict::Looser, true, &["sequence"]),
    (
        "[rules.sequence]",
        "[rules.sequence]\nalphabets = [\"digits\", \"latin\", \"zhuyin\"]",
        Verdict::Tighter,
        true,
        &["sequence"],
    ),
    (
        "[rules.sequence]\nalphabets = [\"latin\"]",
        "[rules.sequence]\nalphabets = [\"stems\"]",
        Verdict::Neither,
        true,
        &["sequence"],
    ),
    ("[rules.keyboard]", "[rules.keyboard]\nmax_length = 6", Verdict::Looser, true, &["keyboard"]),
    (
        "[rules.keyboard]",
        "[rules.keyboard]\nlayouts = [\"qwerty\", \"numpad\", \"dvorak\"]",
        Verdict::Tighter,
        true,
        &["keyboard"],
    ),
    ("[rules.keyboard]", "[rules.keyboard]\nlayouts = [\"qwerty\"]", Verdict::Looser, true, &["keyboard"]),
    ("[rules.date]", "[rules.date]\nmax_share = 40", Verdict::Tighter, true, &["date"]),
    ("[rules.length]\nmin = 12\n[rules.date]", "[rules.length]\nmin = 12", Verdict::Looser, true, &["date"]),
    ("[rules.similarity]", "[rules.similarity]\nmin_distance = 2", Verdict::Looser, true, &["similarity"]),
    ("[rules.words]", "[rules.words]\nlists = [\"chinese\"]", Verdict::Looser, true, &["words"]),
    ("[rules.words]", "[rules.words]\nmax_edit_distance = 1", Verdict::Tighter, true, &["words"]),
    ("[rules.points]", "[rules.points]\nmin_points = 9", Verdict::Tighter, true, &["points"]),
    ("[rules.points]", "[rules.points]\ncredits.digit = 2", Verdict::Looser, true, &["points"]),
    ("[rules.points]", "[rules.points]\nmin_for_point.digit = 2", Verdict::Looser, true, &["points"]),
    (
        "[rules.points]\nmin_for_point.digit = 2",
        "[rules.points]\nmin_for_point.digit = 3",
        Verdict::Tighter,
        true,
        &["points"],
    ),
    ("[rules.points]", "[rules.points]\nlists = [\"common\"]", Verdict::Tighter, true, &["points"]),
    ("[rules.words]", "[rules.words]\nfold = false", Verdict::Looser, false, &["words"]),
    (
        "[rules.words]\nmatch = [\"contained\"]",
        "[rules.words]\nmatch = [\"contained\"]\nmin_contained = 8",
        Verdict::Looser,
        true,
        &["words"],
    ),
    (
        "[rules.t]\nkind = \"at_least\"\n[rules.t.rules]\nlength = { min = 16 }\nvariety = { min_distinct = 9 }",
        "[rules.t]\nkind = \"at_least\"\ncount = 2\n[rules.t.rules]\nlength = { min = 16 }\nvariety = { min_distinct = 9 }",
        Verdict::Tighter,
        true,
        &["t"],
    ),
    (
        "[rules.g]\nkind = \"all\"\n[rules.g.rules]\nlength = { min = 9 }\nsequence = {}",
        "[rules.g]\nkind = \"all\"\n[rules.g.rules]\nlength = { min = 9 }\nsequence = { max_length = 3 }\ndate = {}",
        Verdict::Tighter,
        true,
        &["g"],
    ),
    (
        "[rules.g]\nkind = \"all\"\n[rules.g.rules]\nlength = {}\ndate = {}",
        "[rules.g]\nkind = \"all\"\n[rules.g.rules]\nlength = {}",
        Verdict::Looser,
        true,
        &["g"],
    ),
    (
        "[rules.n]\nkind = \"not\"\n[rules.n.rules]\nvariety = { min_distinct = 8 }",
        "[rules.n]\nkind = \"not\"\n[rules.n.rules]\nvariety = { min_distinct = 6 }",
        Verdict::Tighter,
        true,
        &["n"],
    ),
    (
        "[rules.o]\nkind = \"not\"\n[rules.o.rules.i]\nkind = \"not\"\nrules = { length = { min = 9 } }",
        "[rules.o]\nkind = \"not\"\n[rules.o.rules.i]\nkind = \"not\"\nrules = { length = { min = 8 } }",
        Verdict::Looser,
        true,
        &["o"],
    ),
    (
        "[password]\nhash_limit_bytes = 72\n[rules.length]\nmax = 100",
        "[rules.length]\nmax = 100",
        Verdict::Looser,
        true,
        &[],
    ),
];

#[test]
fn verdict_and_witnesses_match_expectation() {
    for (old, new, verdict, exact, rules) in PAIRS {
        let result = difference(old, new);
        let message = format!("{old}\n=>\n{new}\n{result:#?}");
        assert_eq!((result.verdict, result.exact), (*verdict, *exact), "{message}");
        for rule in *rules {
            let demonstrates = |direction| {
                result.witnesses.iter().any(|witness| {
                    witness.direction == direction && witness.refusals.iter().any(|refusal| refusal.rule == *rule)
                })
            };
            match verdict {
                Verdict::Tighter => assert!(demonstrates(Direction::Tighter), "{message}"),
                Verdict::Looser => assert!(demonstrates(Direction::Looser), "{message}"),
                _ => assert!(demonstrates(Direction::Tighter) && demonstrates(Direction::Looser), "{message}"),
            }
        }
    }
}

#[test]
fn difference_is_deterministic() {
    let (old, new) = (Start::Preset("standard"), Start::Preset("idaas-classic"));
    let first = Difference::load(&Loader::new(), old, new, NOW).expect("presets");
    assert_eq!(first, Difference::load(&Loader::new(), old, new, NOW).expect("presets"));
    assert_eq!((first.verdict, first.exact), (Verdict::Neither, true));
    let same = Difference::load(&Loader::new(), old, old, NOW).expect("presets");
    assert_eq!((same.verdict, same.exact, same.changes.len(), same.elsewhere.len()), (Verdict::Same, true, 0, 0));
}

#[test]
fn change_outside_rules_has_direction() {
    let result = difference(
        "[reset.limits]\nper_peer = \"30/h\"",
        "[expiry]\nmax_age = \"30d\"\n[reset.limits]\nper_peer = \"60/h\"",
    );
    assert_eq!((result.verdict, result.exact), (Verdict::Same, true));
    let directions: Vec<(&str, Direction)> =
        result.elsewhere.iter().map(|change| (change.path.as_str(), change.direction)).collect();
    assert_eq!(directions, [("expiry.max_age", Direction::Tighter), ("reset.limits.per_peer", Direction::Looser)]);
    assert_eq!(result.loosens(), Some(true));
}

#[test]
fn change_of_accounts_over_time_has_direction() {
    use Direction::{Looser, Tighter};
    type Case = (&'static str, &'static str, &'static [(&'static str, Direction)]);
    let cases: [Case; 13] = [
        ("", "[expiry]\nmax_age = \"30d\"\ngrace = 3", &[("expiry.max_age", Tighter)]),
        ("[expiry]", "[expiry]\ngrace = 1", &[("expiry.grace", Looser)]),
        ("", "must_change_when = [\"breached\"]", &[("must_change_when", Tighter)]),
        ("must_change_when = [\"policy_stricter\"]", "", &[("must_change_when", Looser)]),
        ("", "[sign_in]", &[("sign_in.max_failures", Tighter)]),
        ("[sign_in]", "[sign_in]\nmax_failures = 11", &[("sign_in.max_failures", Looser)]),
        (
            "[sign_in]",
            "[sign_in]\nmax_failures_per_account = 99",
            &[("sign_in.max_failures_per_account", Tighter)],
        ),
        (
            "[sign_in]",
            "[sign_in]\nlock = \"1h\"\nwindow = \"5m\"",
            &[("sign_in.window", Looser), ("sign_in.lock", Tighter)],
        ),
        ("[sign_in]", "[sign_in]\ndelay = \"1s\"", &[("sign_in.delay", Tighter)]),
        ("[sign_in]\ndisable_after = 50", "[sign_in]", &[("sign_in.disable_after", Looser)]),
        ("", "[temporary]", &[("temporary.lifetime", Tighter)]),
        ("[temporary]", "[temporary]\nsingle_use = false", &[("temporary.single_use", Looser)]),
        ("[inactivity]", "[inactivity]\ndisable_after = \"30d\"", &[("inactivity.disable_after", Tighter)]),
    ];
    for (old, new, expected) in cases {
        let result = difference(old, new);
        assert_eq!((result.verdict, result.exact), (Verdict::Same, true), "{old:?} {new:?}");
        let seen: Vec<(&str, Direction)> = result
            .elsewhere
            .iter()
            .map(|change| (change.path.split(' ').next().expect("a path"), change.direction))
            .collect();
        assert_eq!(seen, expected, "{old:?} {new:?}");
        assert_eq!(result.loosens(), Some(expected.iter().any(|(_, direction)| *direction == Looser)));
    }
}

#[test]
fn change_has_line_numbers() {
    let result = difference("[rules.length]\nmin = 8", "# a heading\n[rules.length]\nmin = 12");
    let change = &result.changes[0];
    assert_eq!(
        (change.path.as_str(), change.old.as_deref(), change.new.as_deref()),
        ("rules.length.min", Some("8"), Some("12"))
    );
    let line = |place: &Option<kouling::analysis::diff::Place>| place.as_ref().map(|place| place.line);
    assert_eq!((line(&change.old_place), line(&change.new_place)), (Some(3), Some(4)));
}

/// Compares two policies with in-memory files. Returns the verdict, and whether it is proven.
fn verdict_with_files(old: (&str, &[(&str, &str)]), new: (&str, &[(&str, &str)])) -> (Verdict, bool) {
    let load = |(rules, files): (&str, &[(&str, &str)])| {
        let text = format!("format = 1\n{rules}");
        let source = files.iter().fold(Memory::default(), |source, (name, text)| source.with(*name, *text));
        let loader = Loader::new().with_source(source.with("policy.toml", text));
        loader.load_with_document(Start::Named("policy.toml")).expect("a valid policy")
    };
    let ((old, old_document), (new, new_document)) = (load(old), load(new));
    let old = Side { policy: &old, document: &old_document };
    let result = Difference::between(old, Side { policy: &new, document: &new_document }, NOW);
    (result.verdict, result.exact)
}

#[test]
fn list_files_are_compared_by_content() {
    const ONE: &str = "[rules.words]\nlists = [\"./a.txt\"]";
    const TWO: &str = "[rules.words]\nlists = [\"./b.txt\", \"./a.txt\"]";
    let (a, b, other) = (("a.txt", "heron\nfjord\n"), ("b.txt", "otter\n"), ("a.txt", "quill\n"));
    assert_eq!(verdict_with_files((ONE, &[a]), (ONE, &[a])), (Verdict::Same, true));
    assert!(!verdict_with_files((ONE, &[a]), (ONE, &[other])).1, "another content under the same name");
    assert_eq!(verdict_with_files((ONE, &[a]), (TWO, &[a, b])), (Verdict::Tighter, true));
    assert_eq!(verdict_with_files((TWO, &[a, b]), (ONE, &[a])), (Verdict::Looser, true));
    assert!(!verdict_with_files((ONE, &[a]), (TWO, &[other, b])).1);
    let renamed = "[rules.words]\nlists = [\"./c.txt\"]";
    assert_eq!(verdict_with_files((ONE, &[a]), (renamed, &[("c.txt", a.1)])), (Verdict::Same, true));
    assert_eq!(verdict_with_files((ONE, &[a]), ("", &[])), (Verdict::Looser, true));
    let first = "[rules.words]\nlists = [\"./a.txt\"]\nmax_rank = 1";
    assert_eq!(verdict_with_files((ONE, &[a]), (first, &[a])), (Verdict::Looser, true));
    let further = "[rules.words]\nlists = [\"./a.txt\"]\nmax_rank = 2";
    assert_eq!(verdict_with_files((first, &[a]), (further, &[a])), (Verdict::Tighter, true));
    // A file that an exemption names is not a parameter of a rule.
    let exempt = "[rules.length]\n[[exempt]]\nwhen = { words = { lists = [\"./a.txt\"] } }\nrules = [\"length\"]";
    assert!(!verdict_with_files((exempt, &[a]), (exempt, &[other])).1);
    assert_eq!(verdict_with_files((exempt, &[a]), (exempt, &[a])), (Verdict::Same, true));
}

#[test]
fn breach_filter_change_has_unknown_direction() {
    let rule = |parameters: &str| with_folder(&format!("[rules.breached]\nfilter = \"../files/{parameters}"));
    let verdict = |old: &str, new: &str| {
        let result = difference(&rule(old), &rule(new));
        (result.verdict, result.exact)
    };
    let (plain, ten) = ("leaked.filter\"\n", "leaked.filter\"\nmin_count = 10\n");
    assert_eq!(verdict(plain, plain), (Verdict::Same, true));
    assert_eq!(verdict(plain, ten), (Verdict::Looser, true));
    assert_eq!(verdict(ten, plain), (Verdict::Tighter, true));
    assert!(!verdict(plain, "leaked-ntlm-exact.filter\"\n").1);
    let result = difference("", &rule(plain));
    assert_eq!((result.verdict, result.exact), (Verdict::Tighter, true));
}

/// Generates a non-empty subset of these as a TOML list.
fn subset(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::subsequence(of, 1..=of.len()).prop_map(|subset| format!("{subset:?}"))
}

/// Generates rules with random numbers. Some rules are absent.
fn rules() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        (1u64..9, 9u64..20).prop_map(|(min, max)| format!("[rules.length]\nmin = {min}\nmax = {max}\n")),
        (1u64..9).prop_map(|min| format!("[rules.length]\nmin = {min}\n")),
        (1u64..5, 0u64..4).prop_map(|(min, digit)| format!("[rules.characters]\nmin_classes = {min}\nrequire.digit = {digit}\n")),
        "[abcxyz]{1,3}".prop_map(|set| format!("[rules.characters]\nmin_classes = 1\nforbidden = [\"{set}\"]\n")),
        "[abc]{0,2}".prop_map(|set| format!("[rules.characters]\nmin_classes = 1\nallowed = [\"lower\", \"digit\", \"{set}-\"]\n")),
        (1u64..4, 1u64..5).prop_map(|(run, max)| format!("[rules.repetition]\nmax_run = {run}\nmax_occurrences = {max}\n")),
        (1u64..4).prop_map(|max| format!("[rules.repetition]\nmax_block_repeats = {max}\n")),
        (2u64..10).prop_map(|min| format!("[rules.personal]\nmin_match = {min}\n")),
        (2u64..10, any::<bool>()).prop_map(|(min, whole)| format!("[rules.reversed_username]\nmin_length = {min}\nwhole = {whole}\n")),
        (0u64..2, 2u64..8).prop_map(|(distance, min)| format!("[rules.words]\nmatch = [\"whole\", \"contained\"]\nmin_contained = {min}\nmax_edit_distance = {distance}\n")),
        (1u64..9).prop_map(|min| format!("[rules.variety]\nmin_distinct = {min}\n")),
        (2u64..7, subset(&["latin", "digits", "numerals", "stems", "cyrillic"])).prop_map(|(max, set)| format!("[rules.sequence]\nmax_length = {max}\nalphabets = {set}\n")),
        (2u64..7).prop_map(|max| format!("[rules.sequence]\nmax_length = {max}\n")),
        (2u64..7, subset(&["qwerty", "numpad", "azerty", "dvorak", "zhuyin"])).prop_map(|(max, set)| format!("[rules.keyboard]\nmax_length = {max}\nlayouts = {set}\n")),
        (0u64..100).prop_map(|share| format!("[rules.date]\nmax_share = {share}\n")),
        (1u64..9).prop_map(|min| format!("[rules.similarity]\nmin_distance = {min}\n")),
        prop::sample::select(vec!["", "min_count = 1\n", "min_count = 10\n"]).prop_map(|count| with_folder(&format!("[rules.breached]\nfilter = \"../files/leaked.filter\"\n{count}"))),
        (subset(&["common", "chinese"]), subset(&["whole", "base", "guessable"])).prop_map(|(lists, modes)| format!("[rules.words]\nlists = {lists}\nmatch = {modes}\n")),
        prop::option::of(1u64..4).prop_map(|rank| {
            let rank = rank.map_or(String::new(), |rank| format!("max_rank = {rank}\n"));
            with_folder(&format!("[rules.words]\nlists = [\"../files/ranked.words\"]\n{rank}"))
        }),
        (1u64..9, 2u64..6).prop_map(|(min, max)| format!("[rules.group]\nkind = \"all\"\n[rules.group.rules]\nvariety = {{ min_distinct = {min} }}\nsequence = {{ max_length = {max} }}\n")),
        (1u64..9, 2u64..6, any::<bool>()).prop_map(|(min, max, date)| format!("[rules.either]\nkind = \"any\"\n[rules.either.rules]\nvariety = {{ min_distinct = {min} }}\nkeyboard = {{ max_length = {max} }}\n{}", if date { "date = {}\n" } else { "" })),
        (1u64..5).prop_map(|score| format!("[rules.strength]\nmin_score = {score}\n")),
        (1u64..9, 1u64..3, 1u64..3).prop_map(|(min, classes, count)| format!("[rules.two]\nkind = \"at_least\"\ncount = {count}\n[rules.two.rules]\nlength = {{ min = {min} }}\ncharacters = {{ min_classes = {classes} }}\n")),
        (1u64..9, 1u64..3).prop_map(|(min, run)| format!("[rules.none]\nkind = \"not\"\n[rules.none.rules]\nlength = {{ min = {min}, max = 12 }}\nrepetition = {{ max_run = {run} }}\n")),
        (8u64..14).prop_map(|min| format!("[[exempt]]\nwhen = {{ length = {{ min = {min} }} }}\nrules = [\"always\"]\n")),
    ];
    prop::collection::vec(line, 0..4).prop_map(|lines| {
        let mut headings: Vec<String> = Vec::new();
        let mut text = "[rules.always]\nkind = \"pattern\"\nforbid = \"qq\"\n".to_owned();
        for line in lines {
            let heading = line.lines().next().unwrap_or_default().to_owned();
            if !headings.contains(&heading) {
                headings.push(heading);
                text.push_str(&line);
            }
        }
        text
    })
}

fn password() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{1,20}",
        "[a-cx-z0-9-]{1,16}",
        "(zhangsan|nasgnahz|heron|password|dragon|qq)[ -~]{0,8}",
        "(abcdef|13579|aeim|甲乙丙丁戊|一二三四|где|a1b2c3|qwerty|aoeuid|1qaz2wsx|147258|19900101|31-12-99|2024|201){1,2}[a-z0-9!]{0,6}",
        "(abc|xyz){1,5}[abc]{0,3}",
        prop::sample::select(vec![
            "correct horse battery staple",
            "tenfold-Leak",
            "Umber-Fjord.28",
            "umber-fjord",
            "Zmber-Fjxrd.27"
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,4}(aa|ab|abab|111|zz){1,4}[A-Z0-9!]{0,5}",
    ]
}

/// Rules with placeholders for a number (`N`) or a list (`LIST`, `KEYS`).
const TEMPLATES: &[&str] = &[
    "[rules.variety]\nmin_distinct = N",
    "[rules.sequence]\nmax_length = N",
    "[rules.sequence]\nmax_length = 3\nalphabets = [LIST]",
    "[rules.keyboard]\nmax_length = N",
    "[rules.keyboard]\nmax_length = 3\nlayouts = [KEYS]",
    "[rules.date]\nmax_share = N0",
    "[rules.similarity]\nmin_distance = N",
    "[rules.words]\nlists = [\"common\"]\nmatch = [\"contained\"]\nmin_contained = N",
    "[rules.a]\nkind = \"all\"\nrules = { variety = { min_distinct = N }, date = {} }",
    "[rules.a]\nkind = \"any\"\nrules = { variety = { min_distinct = N }, length = { min = 12 } }",
    "[rules.a]\nkind = \"not\"\nrules = { variety = { min_distinct = N } }",
    "[rules.a]\nkind = \"not\"\nrules = { sequence = { max_length = N } }",
    "[rules.a]\nkind = \"at_least\"\ncount = 2\nrules = { keyboard = { max_length = N }, sequence = {}, date = {} }",
];

/// Fills the placeholder of a template. The bits of the number select the entries of a list.
fn fill(template: &str, number: u64) -> String {
    let select = |of: [&str; 3]| {
        let chosen = of.iter().enumerate().filter(|(at, _)| (number >> at) & 1 == 1 || number == 8);
        chosen.map(|(_, name)| format!("{name:?}")).collect::<Vec<_>>().join(", ")
    };
    let template = template.replace("LIST", &select(["latin", "digits", "stems"]));
    template.replace("KEYS", &select(["qwerty", "numpad", "dvorak"])).replace('N', &number.to_string())
}

/// Checks that no password contradicts a proven verdict.
fn check_proven_verdict(old: &str, new: &str, passwords: &[String]) -> Result<(), TestCaseError> {
    let user = sample_user();
    let facts = Facts::new(&user, NOW).with_current(b"Umber-Fjord.27");
    let load = |text: &str| {
        let text = format!("format = 1\n{text}");
        Loader::new().load_with_document(Start::Text("policy", &text)).expect("a valid policy")
    };
    let ((old, old_document), (new, new_document)) = (load(old), load(new));
    let side = |policy, document| Side { policy, document };
    let changes = Difference::changes(side(&old, &old_document), side(&new, &new_document), NOW);
    let Some(verdict) = Difference::proven(&changes) else { return Ok(()) };
    for password in passwords {
        let accepts = |policy: &Policy| {
            policy.evaluate_until_refused(password.as_bytes(), &facts).map(|outcome| outcome.accepted())
        };
        match (accepts(&old), accepts(&new)) {
            (Ok(true), Ok(false)) => prop_assert_eq!(verdict, Verdict::Tighter, "{}", password),
            (Ok(false), Ok(true)) => prop_assert_eq!(verdict, Verdict::Looser, "{}", password),
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn proven_verdict_is_correct(old in rules(), new in rules(), passwords in prop::collection::vec(password(), 40)) {
        check_proven_verdict(&old, &new, &passwords)?;
    }

    #[test]
    fn proven_verdict_of_one_parameter_is_correct(
        template in prop::sample::select(TEMPLATES), old in 2u64..9, new in 2u64..9,
        passwords in prop::collection::vec(password(), 60),
    ) {
        check_proven_verdict(&fill(template, old), &fill(template, new), &passwords)?;
    }
}
