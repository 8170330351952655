//! In how many ways a word may be written that is not in lower case or not in letters.

/// The ways to write `written` with as many capitals or fewer: 1 without any, 2 for the usual places.
pub(super) fn of_case(written: &[char]) -> f64 {
    let upper = written.iter().filter(|c| c.is_uppercase()).count();
    if upper == 0 {
        return 1.0;
    }
    let lower = written.iter().filter(|c| c.is_lowercase()).count();
    let at_an_end =
        written.first().is_some_and(|c| c.is_uppercase()) || written.last().is_some_and(|c| c.is_uppercase());
    if (upper == 1 && at_an_end) || upper == written.len() {
        return 2.0;
    }
    up_to(upper + lower, upper.min(lower))
}

/// The ways to substitute as `written` does for `word` (both in lower case, of one length), or fewer.
pub(super) fn of_substitution(written: &[char], word: &[char]) -> f64 {
    let mut ways = 1.0;
    for (place, (&sign, &letter)) in written.iter().zip(word).enumerate() {
        let seen = written[..place].iter().zip(word).any(|(&s, &l)| (s, l) == (sign, letter));
        if sign == letter || seen {
            continue;
        }
        let substituted = written.iter().filter(|&&c| c == sign).count();
        let plain = written.iter().filter(|&&c| c == letter).count();
        // All or none is one choice; some of them is a choice of which.
        ways *= if plain == 0 { 2.0 } else { up_to(substituted + plain, substituted.min(plain)) };
    }
    ways
}

/// The ways to choose 1 to `most` of `n`.
fn up_to(n: usize, most: usize) -> f64 {
    (1..=most).map(|k| choose(n, k)).sum()
}

/// The ways to choose `k` of `n`.
pub(super) fn choose(n: usize, k: usize) -> f64 {
    let mut ways = 1.0;
    for chosen in 0..k {
        ways = ways * n.saturating_sub(chosen) as f64 / (chosen + 1) as f64;
    }
    ways
}
