//! What is said about two policies: proven where it is said to be, and shown by passwords that both judge as told.
#![allow(clippy::expect_used, clippy::panic)]

use kouling::analysis::Difference;
use kouling::analysis::diff::{Direction, Side, Verdict, sample_user};
use kouling::policy::document::Start;
use kouling::{Facts, Loader, Moment, Policy};
use proptest::prelude::*;

const NOW: Moment = Moment::from_unix(1_795_392_000);

fn difference(old: &str, new: &str) -> Difference {
    let (old, new) = (format!("format = 1\n{old}"), format!("format = 1\n{new}"));
    let (old, new) = (Start::Text("old", &old), Start::Text("new", &new));
    Difference::load(&Loader::new(), old, new, NOW).expect("right policies")
}

/// Old, new, the verdict, whether it is proven, and the rules that witnesses must show.
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
    (
        "[password]\nhash_limit_bytes = 72\n[rules.length]\nmax = 100",
        "[rules.length]\nmax = 100",
        Verdict::Looser,
        true,
        &[],
    ),
];

#[test]
fn the_verdict_is_right_and_witnesses_show_it() {
    for (old, new, verdict, exact, rules) in PAIRS {
        let found = difference(old, new);
        let said = format!("{old}\n=>\n{new}\n{found:#?}");
        assert_eq!((found.verdict, found.exact), (*verdict, *exact), "{said}");
        for rule in *rules {
            let shows = |direction| {
                found.witnesses.iter().any(|witness| {
                    witness.direction == direction && witness.refusals.iter().any(|refusal| refusal.rule == *rule)
                })
            };
            match verdict {
                Verdict::Tighter => assert!(shows(Direction::Tighter), "{said}"),
                Verdict::Looser => assert!(shows(Direction::Looser), "{said}"),
                _ => assert!(shows(Direction::Tighter) && shows(Direction::Looser), "{said}"),
            }
        }
    }
}

#[test]
fn the_same_two_policies_give_the_same_answer() {
    let (old, new) = (Start::Preset("standard"), Start::Preset("idaas-classic"));
    let once = Difference::load(&Loader::new(), old, new, NOW).expect("presets");
    assert_eq!(once, Difference::load(&Loader::new(), old, new, NOW).expect("presets"));
    assert_eq!((once.verdict, once.exact), (Verdict::Neither, true));
    let same = Difference::load(&Loader::new(), old, old, NOW).expect("presets");
    assert_eq!((same.verdict, same.exact, same.changes.len(), same.elsewhere.len()), (Verdict::Same, true, 0, 0));
}

#[test]
fn what_is_beside_the_rules_has_its_direction() {
    let found = difference(
        "[reset.limits]\nper_peer = \"30/h\"",
        "[expiry]\nmax_age = \"30d\"\n[reset.limits]\nper_peer = \"60/h\"",
    );
    assert_eq!((found.verdict, found.exact), (Verdict::Same, true));
    let directions: Vec<(&str, Direction)> =
        found.elsewhere.iter().map(|change| (change.path.as_str(), change.direction)).collect();
    assert_eq!(directions, [("expiry.max_age", Direction::Tighter), ("reset.limits.per_peer", Direction::Looser)]);
    assert_eq!(found.loosens(), Some(true));
}

#[test]
fn a_change_says_where_it_stands() {
    let found = difference("[rules.length]\nmin = 8", "# a heading\n[rules.length]\nmin = 12");
    let change = &found.changes[0];
    assert_eq!(
        (change.path.as_str(), change.old.as_deref(), change.new.as_deref()),
        ("rules.length.min", Some("8"), Some("12"))
    );
    let line = |place: &Option<kouling::analysis::diff::Place>| place.as_ref().map(|place| place.line);
    assert_eq!((line(&change.old_place), line(&change.new_place)), (Some(3), Some(4)));
}

/// Rules of random figures, written or left out.
fn rules() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        (1u64..9, 9u64..20).prop_map(|(min, max)| format!("[rules.length]\nmin = {min}\nmax = {max}\n")),
        (1u64..9).prop_map(|min| format!("[rules.length]\nmin = {min}\n")),
        (1u64..5, 0u64..4).prop_map(|(min, digit)| format!("[rules.characters]\nmin_classes = {min}\nrequire.digit = {digit}\n")),
        "[abcxyz]{1,3}".prop_map(|set| format!("[rules.characters]\nmin_classes = 1\nforbidden = [\"{set}\"]\n")),
        "[abc]{0,2}".prop_map(|set| format!("[rules.characters]\nmin_classes = 1\nallowed = [\"lower\", \"digit\", \"{set}-\"]\n")),
        (1u64..4, 1u64..5).prop_map(|(run, most)| format!("[rules.repetition]\nmax_run = {run}\nmax_occurrences = {most}\n")),
        (1u64..4).prop_map(|most| format!("[rules.repetition]\nmax_block_repeats = {most}\n")),
        (2u64..10).prop_map(|min| format!("[rules.personal]\nmin_match = {min}\n")),
        (2u64..10, any::<bool>()).prop_map(|(min, whole)| format!("[rules.reversed_username]\nmin_length = {min}\nwhole = {whole}\n")),
        (0u64..2, 2u64..8).prop_map(|(near, min)| format!("[rules.words]\nmatch = [\"whole\", \"contained\"]\nmin_contained = {min}\nmax_edit_distance = {near}\n")),
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
        "[a-z]{1,4}(aa|ab|abab|111|zz){1,4}[A-Z0-9!]{0,5}",
    ]
}

proptest! {
    /// Of a proven verdict the other way does not exist.
    #[test]
    fn what_is_proven_holds(old in rules(), new in rules(), passwords in prop::collection::vec(password(), 40)) {
        let user = sample_user();
        let facts = Facts::new(&user, NOW);
        let load = |text: &str| {
            let text = format!("format = 1\n{text}");
            Loader::new().load_with_document(Start::Text("policy", &text)).expect("a right policy")
        };
        let ((old, old_document), (new, new_document)) = (load(&old), load(&new));
        let side = |policy, document| Side { policy, document };
        let changes = Difference::changes(side(&old, &old_document), side(&new, &new_document), NOW);
        let Some(verdict) = Difference::proven(&changes) else { return Ok(()) };
        for password in passwords {
            let accepts = |policy: &Policy| policy.evaluate_until_refused(password.as_bytes(), &facts).map(|outcome| outcome.accepted());
            match (accepts(&old), accepts(&new)) {
                (Ok(true), Ok(false)) => prop_assert_eq!(verdict, Verdict::Tighter, "{}", password),
                (Ok(false), Ok(true)) => prop_assert_eq!(verdict, Verdict::Looser, "{}", password),
                _ => {}
            }
        }
    }
}
