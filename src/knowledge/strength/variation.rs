//! Counts the ways to write a word with capitals and substitutions.

/// Returns the number of ways to write a word with at most as many capitals as `written`: 1 without capitals, 2
/// for common positions.
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

/// Returns the number of ways to write `word` with at most the substitutions of `written`. Both are in lower case
/// and equally long.
pub(super) fn of_substitution(written: &[char], word: &[char]) -> f64 {
    let mut ways = 1.0;
    for (place, (&sign, &letter)) in written.iter().zip(word).enumerate() {
        let seen = written[..place].iter().zip(word).any(|(&s, &l)| (s, l) == (sign, letter));
        if sign == letter || seen {
            continue;
        }
        let substituted = written.iter().filter(|&&c| c == sign).count();
        let plain = written.iter().filter(|&&c| c == letter).count();
        // All or none is one choice; some is a choice of positions.
        ways *= if plain == 0 { 2.0 } else { up_to(substituted + plain, substituted.min(plain)) };
    }
    ways
}

/// Returns the number of ways to choose 1 to `max` of `n`.
fn up_to(n: usize, max: usize) -> f64 {
    (1..=max).map(|k| choose(n, k)).sum()
}

/// Returns the binomial coefficient.
pub(super) fn choose(n: usize, k: usize) -> f64 {
    let mut ways = 1.0;
    for chosen in 0..k {
        ways = ways * n.saturating_sub(chosen) as f64 / (chosen + 1) as f64;
    }
    ways
}
