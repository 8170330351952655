//! Folding: what people take for the same when they type a word into a password.

/// Folds for case: every character's lower case, as Unicode's full mapping has it, without regard to the language
/// or to the place in the word (so a final Σ folds as any other).
pub fn fold_case(text: &str) -> String {
    // No lower case is longer than three times its upper case, so the text is never moved while it grows.
    let mut folded = String::with_capacity(text.len() * 3);
    folded.extend(text.chars().flat_map(char::to_lowercase));
    folded
}

/// What a character stands for in a word, and what it may stand for otherwise.
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

/// The text with common substitutions read as the letters they stand for: `p4$$w0rd` is `password`. One reading, or
/// two where `1`, `!` and `|` may be i or l: `he11o` is `heiio` and `hello`. A text that mixes the two meanings, as
/// `1i1y` for `lily` does, is read by neither; every mixture would be two to the power of their number.
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
    fn case_is_folded_by_unicode() {
        assert_eq!(fold_case("PassWORD ÄΣЖ İ 密码"), "password äσж i\u{307} 密码");
    }

    #[test]
    fn substitutions_have_one_reading_or_two() {
        assert_eq!(readings("p4$$w0rd"), ["password"]);
        assert_eq!(readings("l1nda"), ["linda", "llnda"]);
        assert_eq!(readings("he!!o"), ["heiio", "hello"]);
        assert_eq!(readings("密码"), ["密码"]);
    }

    #[test]
    fn nothing_grows_beyond_what_was_reserved() {
        for c in '\0'..=char::MAX {
            let length: usize = c.to_lowercase().map(char::len_utf8).sum();
            assert!(length <= 3 * c.len_utf8(), "{c:?}");
        }
    }
}
