use proptest::prelude::*;

use super::*;

proptest::proptest! {
    /// `cheapest_pieces` returns a gapless cover.
    #[test]
    fn decompose_covers_the_whole_password(password in "[a-c1-3]{0,6}(password|qwerty|1998|zzzz)?[ -~]{0,8}") {
        let parts = decompose(&password, &["heron"], 2026);
        let mut at = 0;
        for (part, _) in &parts {
            proptest::prop_assert_eq!(part.start, at);
            at = part.end;
        }
        proptest::prop_assert_eq!(at, password.chars().count());
    }
}

#[test]
fn decompose_returns_kinds_of_parts() {
    let parts = |password: &str| {
        decompose(password, &["heron"], 2026)
            .into_iter()
            .map(|(part, kind)| (part.start, part.end, kind))
            .collect::<Vec<_>>()
    };
    assert_eq!(parts("password"), [(0, 8, PieceKind::Word)]);
    assert_eq!(parts("Heron1998"), [(0, 5, PieceKind::Input), (5, 9, PieceKind::Date)]);
    assert_eq!(parts("xkqvbw"), [(0, 6, PieceKind::Unknown)]);
}

const YEAR: i32 = 2026;

fn log10(password: &str) -> f64 {
    estimate(password, &[], YEAR).guesses_log10
}

/// Estimates that follow directly from the model.
#[test]
fn estimate_of_each_kind_matches_the_model() {
    for (password, guesses) in [
        ("", 1.0),
        ("k", 12.0),              // brute force
        ("kx", 101.0),            // brute force
        ("kxvbq", 100_001.0),     // brute force
        ("password", 3.0),        // the second of the dictionary, plus one
        ("PASSWORD", 5.0),        // twice for capitals
        ("drowssap", 5.0),        // twice for reversal
        ("p4ssword", 5.0),        // twice for a substitution
        ("p4ssw0rd", 9.0),        // twice for each
        ("paSSword", 73.0),       // C(8,1) + C(8,2) ways of two capitals
        ("aaaaaaaa", 97.0),       // eight times one character of brute force, 12
        ("kxkxkxkx", 405.0),      // four times two characters, 101
        ("abcdefgh", 33.0),       // four usual beginnings, eight long
        ("hgfedcba", 417.0),      // 26 beginnings, two directions
        ("97531", 41.0),          // a step of two, downwards
        ("2026", 21.0),           // twenty years
        ("1911", 116.0),          // as many years as it is away
        ("13.12.1999", 39_421.0), // 27 years, 365 days, four signs
        ("20301231", 7_301.0),    // 20 years, 365 days
    ] {
        let found = estimate(password, &[], YEAR);
        assert!((found.guesses_log10 - f64::log10(guesses)).abs() < 1e-9, "{password}: {found:?}");
    }
}

#[test]
fn estimate_combines_pieces() {
    // Two pieces: 2!·50·1000 for the dragon and the three other letters, and 10,000 for trying one piece first.
    let dragon = estimate("dragonkxv", &[], YEAR).guesses_log10;
    assert!((dragon - f64::log10(2.0 * 50.0 * 1000.0 + 10_000.0)).abs() < 1e-9, "{dragon}");
    // A walk of three keys is found between words.
    assert!(log10("dragonqazmonkey") < log10("dragonkxvmonkey"));
    assert!(log10("zxcvbhgfdsa") < 7.0);
    assert!(log10("741852963") < 3.0);
}

#[test]
fn scores_match_zxcvbn_steps() {
    for (password, score) in [
        ("123456", 0),
        ("woaiwojia", 0),
        ("5845211314", 0),
        ("Summer2026", 1),
        ("wangwei1985", 1),
        ("Tr0ub4dour&3", 2),
        ("correcthorsebatterystaple", 4),
        ("P@sdsdfsdfds", 4),
        ("Kx9#mQ2$vL7p", 4),
        ("密码", 0),
        ("锄禾日当午汗滴禾下土", 3),
    ] {
        let found = estimate(password, &[], YEAR);
        assert_eq!(found.score, score, "{password}: {found:?}");
    }
}

#[test]
fn inputs_lower_the_estimate() {
    let inputs = ["liuyifei", "vextrolap"];
    assert!(log10("vextrolap") > 8.0);
    for password in ["liuyifei", "LiuYifei", "iefiyuil", "l1uyif3i", "vextrolap", "vextrolap1"] {
        let found = estimate(password, &inputs, YEAR);
        assert!(found.guesses_log10 < 5.0, "{password}: {found:?}");
    }
    // Inputs beyond the limits are ignored.
    let long = "x".repeat(10_000);
    let many: Vec<&str> = std::iter::repeat_n("zzz", MAX_INPUTS).chain(["vextrolap", long.as_str()]).collect();
    assert!(estimate("vextrolap", &many, YEAR).guesses_log10 > 8.0);
    assert_eq!(estimate("vextrolap", &["", "k"], YEAR), estimate("vextrolap", &[], YEAR));
}

#[test]
fn estimate_of_years_depends_on_the_argument() {
    let near = estimate("1953", &[], 1950).guesses_log10;
    let far = estimate("1953", &[], 2050).guesses_log10;
    assert!(near < far, "{near} {far}");
    assert_eq!(estimate("13/12/1953", &[], i32::MAX).score, 3);
    assert_eq!(estimate("13/12/1953", &[], i32::MIN).score, 3);
}

#[test]
fn truncation_is_reported() {
    let long = "kx".repeat(MAX_EVALUATED / 2);
    let whole = estimate(&long, &[], YEAR);
    assert_eq!((whole.evaluated, whole.complete), (MAX_EVALUATED, true));
    let cut = estimate(&format!("{long}密"), &[], YEAR);
    assert_eq!((cut.evaluated, cut.complete), (MAX_EVALUATED, false));
    assert_eq!(cut.guesses_log10, whole.guesses_log10);
    let random: String = (0..5000).map(|at| char::from(33 + (at * at * 31 % 89) as u8)).collect();
    assert!(log10(&random).is_finite());
}

/// Comparison with the crate `zxcvbn`. It has no Chinese words, treats `3337` as a sequence, rounds the number of
/// adjacent keys down, and prunes at random. In other cases both must agree.
#[test]
fn estimates_agree_with_zxcvbn() {
    let ranked: Vec<&str> = include_str!("../../../rules/words/ranked.txt").lines().skip(1).collect();
    let words: Vec<&str> = ranked.iter().filter_map(|line| line.split(' ').next()).collect();
    let mut state = 7u64;
    let mut below = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % most
    };
    let (mut same, mut evaluated, mut differences) = (0, 0, Vec::new());
    while evaluated < 1_000 {
        let mut password = String::new();
        for _ in 0..=below(3) {
            match below(6) {
                0 => password += &below(10_000).to_string(),
                1 => password += ["!", "@", "#", "$$", "123", "qwe", "abc", "1987", "2020", "aaa"][below(10)],
                2 => password += &words[below(words.len())].replace('a', "4").replace('o', "0"),
                3 => (0..below(8)).for_each(|_| password.push(char::from(33 + below(94) as u8))),
                _ => password += words[below(words.len())],
            }
        }
        // Longer passwords overflow the crate in debug builds.
        if password.is_empty() || !password.is_ascii() || password.len() > 20 {
            continue;
        }
        let (ours, theirs) = (estimate(&password, &[], YEAR), zxcvbn::zxcvbn(&password, &[]));
        evaluated += 1;
        same += usize::from(ours.score == u8::from(theirs.score()));
        differences.push(ours.guesses_log10 - theirs.guesses_log10());
    }
    differences.sort_by(f64::total_cmp);
    let (low, middle, high) = (differences[150], differences[500], differences[950]);
    assert!(same > 900, "{same} of {evaluated} have the same score");
    assert!(low > -0.5 && middle.abs() < 0.1 && high < 0.4, "{low} {middle} {high}");
}

proptest! {
    // An estimate of the maximum length is slow in debug builds.
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Appending characters beyond the limit must not change the estimate.
    #[test]
    fn estimate_ignores_characters_beyond_the_limit(
        password in "[a-z0-9!]{128}",
        suffixes in prop::collection::vec("\\PC{1,40}", 3),
    ) {
        let expected = log10(&password);
        for suffix in suffixes {
            prop_assert_eq!(expected, log10(&format!("{password}{suffix}")));
        }
    }
}

proptest! {
    #[test]
    fn estimate_of_any_text_is_finite_and_reproducible(password in "\\PC{0,300}", inputs in prop::collection::vec("\\PC{0,12}", 0..4), year in any::<i32>()) {
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let found = estimate(&password, &inputs, year);
        let without = estimate(&password, &[], year);
        prop_assert!(found.guesses_log10 >= 0.0 && found.guesses_log10.is_finite());
        prop_assert!(found.guesses_log10 <= without.guesses_log10);
        prop_assert!(found.guesses_log10 <= password.chars().count() as f64 + 0.4);
        prop_assert_eq!(found, estimate(&password, &inputs, year));
    }

    /// A repeat costs at most the brute-force guesses of its block times the repetitions.
    #[test]
    fn repeat_costs_at_most_its_brute_force(block in "[a-z]{1,6}", times in 2usize..6) {
        let brute = block.len() as f64;
        prop_assert!(log10(&block.repeat(times)) <= brute + (times as f64).log10() + 0.4);
    }
}
