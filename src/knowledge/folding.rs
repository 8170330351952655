//! Folding: maps texts that people treat as equal to one form.

/// Converts every character to lower case with Unicode's full mapping. The mapping ignores language and context,
/// so a final Σ folds like any other.
pub fn fold_case(text: &str) -> String {
    // Lower case is at most three times as long, so the buffer never moves and leaves no copy of a password
    // behind.
    let mut folded = String::with_capacity(text.len() * 3);
    folded.extend(text.chars().flat_map(char::to_lowercase));
    folded
}

/// A character, the letter it stands for, and an alternative letter.
const SUBSTITUTIONS: &[(char, char, Option<char>)] = &[
    ('4', 'a', None),
    ('@', 'a', None),
    ('8', 'b', None),
    ('(', 'c', None),
    ('3', 'e', None),
    ('€', 'e', None),
    ('6', 'g', None),
    ('9', 'g', None),
    ('1', 'i', Some('l')),
    ('!', 'i', Some('l')),
    ('|', 'i', Some('l')),
    ('0', 'o', None),
    ('5', 's', None),
    ('$', 's', None),
    ('7', 't', None),
    ('+', 't', None),
    ('2', 'z', None),
];

/// Returns `folded` with common substitutions replaced by letters: `p4$$w0rd` becomes `password`.
///
/// Returns two readings if the text contains `1`, `!` or `|`, which stand for i or l: `he11o` becomes `heiio` and
/// `hello`. A mixture (`1i1y` for `lily`) is not resolved, since the number of mixtures grows exponentially.
pub fn readings(folded: &str) -> Vec<String> {
    let mut ambiguous = false;
    let mut first = String::with_capacity(folded.len());
    for c in folded.chars() {
        let found = SUBSTITUTIONS.iter().find(|(from, ..)| *from == c);
        ambiguous |= found.is_some_and(|(_, _, other)| other.is_some());
        first.push(found.map_or(c, |(_, to, _)| *to));
    }
    if !ambiguous {
        return vec![first];
    }
    let mut second = String::with_capacity(folded.len());
    second.extend(folded.chars().map(|c| {
        let found = SUBSTITUTIONS.iter().find(|(from, ..)| *from == c);
        found.map_or(c, |(_, to, other)| other.unwrap_or(*to))
    }));
    vec![first, second]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fold_case_uses_unicode_mapping() {
        assert_eq!(fold_case("PassWORD ÄΣЖ İ 密码"), "password äσж i\u{307} 密码");
    }

    #[test]
    fn readings_of_ambiguous_substitutions_are_two() {
        assert_eq!(readings("p4$$w0rd"), ["password"]);
        assert_eq!(readings("l1nda"), ["linda", "llnda"]);
        assert_eq!(readings("he!!o"), ["heiio", "hello"]);
        assert_eq!(readings("密码"), ["密码"]);
    }

    #[test]
    fn lower_case_fits_the_reserved_capacity() {
        for c in '\0'..=char::MAX {
            let length: usize = c.to_lowercase().map(char::len_utf8).sum();
            assert!(length <= 3 * c.len_utf8(), "{c:?}");
        }
    }
}
