use proptest::prelude::*;

use super::*;

proptest::proptest! {
    /// The pieces have no gaps.
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

proptest::proptest! {
    /// The faster question has the answer of the estimate.
    #[test]
    fn is_guessed_within_agrees_with_the_estimate(
        password in "(password|zhang|Dragon|1990|qwerty|p@ss|nogard)?[a-zA-Z]{0,4}[ -~]{0,6}(2026|123|@|é)?", limit in 0.0..20.0_f64
    ) {
        let guesses = estimate(&password, &[], 2026).guesses_log10;
        // At the limit, the two may round differently.
        proptest::prop_assume!((guesses - limit).abs() > 1e-6);
        proptest::prop_assert_eq!(is_guessed_within(limit, &password, 2026), guesses < limit, "{}", guesses);
    }

    #[test]
    fn limit_at_the_cost_keeps_the_cost(
        password in "[a-c1-3]{0,4}(p@ssw0rd|QWERTY|1998|zhangwei|p-a-s-s|q1w2e3){0,2}[ -~]{0,6}",
    ) {
        let cost = |limit| parse::cost(&Text::new(&password), &Inputs::new(&["zhangwei"]).0, 2026, limit);
        let cheapest = cost(u32::MAX);
        proptest::prop_assert_eq!(cost(cheapest), cheapest);
        proptest::prop_assert!(cheapest == 0 || cost(cheapest - 1) >= cheapest);
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

/// The order of passwords of one kind.
#[test]
fn estimates_rise_with_each_disguise() {
    for rising in [
        &["123456", "password", "password1", "Password1", "Password1!", "Pa$sw0rd1!x"][..],
        &["dragon", "nogard", "dragonkxv", "dragonkxvqz"],
        &["2026", "1911", "13.12.1999"],
        &["aaaaaa", "kxkxkxkx", "aaaaaakx", "kxvbqwtz"],
        &["abcdefgh", "hgfedcbaz", "hgfedcbakq"],
        &["qwertyuiop", "qazwsxedcr", "kqpwmzoxie"],
        &["woaini", "woaini1314", "woaini1937", "woainiqkzx"],
    ] {
        for pair in rising.windows(2) {
            assert!(log10(pair[0]) < log10(pair[1]), "{pair:?}: {} {}", log10(pair[0]), log10(pair[1]));
        }
    }
    assert_eq!(log10(""), 0.0);
}

/// What an attacker builds in few steps is never estimated high.
#[test]
fn known_kinds_are_found_in_every_form() {
    for (password, most) in [
        ("Pass-Word-123", 7.0),
        ("p a s s w o r d 1A", 8.0),
        ("Password1 Password1", 8.0),
        ("1-2-3-4-5-6-7-8a", 7.0),
        ("a b c d e f g h i j k l m n o p 1", 7.0),
        ("Wo ai ni 1314", 7.0),
        ("xinqingbucuo1", 8.0),
        ("wo3ai4ni3", 7.0),
        ("su3cl3", 6.0),
        ("w2e3r4t5y6", 5.0),
        ("q!w@e#r$", 7.0),
        ("P@ssw0rd!P@ssw0rd!P@ssw0rd!P@ssw0rd!P@ssw0rd!P@ssw0rd!P@ssw0rd!P", 7.0),
        ("110101199003074610", 7.0),
        ("110101199003071234", 7.5),
        ("13912345678", 8.0),
        ("Zxy@19901212", 10.0),
        ("19901212", 5.5),
        ("1990年12月31日", 6.5),
    ] {
        assert!(log10(password) <= most, "{password}: {}", log10(password));
    }
}

#[test]
fn random_passwords_are_estimated_high() {
    for (password, least) in [
        ("Tq7-vbnR", 7.5),
        ("T9w!kQz4Lp", 10.0),
        ("kx7Rw2pq9ZtB", 11.0),
        ("heron-marsh-wader-stone", 12.0),
        ("correcthorsebatterystaple", 10.0),
    ] {
        assert!(log10(password) >= least, "{password}: {}", log10(password));
    }
    // Four words of 7,776 at random are 10^15.6; the dictionary does not know that they come from one list.
    assert!(log10("heron-marsh-wader-stone") < 16.0);
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
        ("P@sdsdfsdfds", 3),
        ("Kx9#mQ2$vL7p", 4),
        ("密码", 1),
        ("锄禾日当午汗滴禾下土", 4),
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
    assert_eq!(estimate("13/12/1953", &[], i32::MAX).score, 2);
    assert_eq!(estimate("13/12/1953", &[], i32::MIN).score, 2);
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
        prop_assert_eq!(found, estimate(&password, &inputs, year));
    }
}
