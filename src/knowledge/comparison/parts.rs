//! The parts of an attribute: what an owner types of `heronlake88`, `AnnaMariaKeller` or `anna.keller@acme.com`.

/// The maximum number of parts of one attribute that count. It bounds the work.
pub const MAX_PARTS: usize = 8;

/// The minimum number of digits of a part that is cut out of a word. Fewer are a year or a sign of distinction (`anna88`),
/// which many passwords contain by chance.
const MIN_DIGITS: usize = 6;

/// Second-level domains under which names are registered, and the labels that name a host.
const COMMON_LABELS: [&str; 14] =
    ["com", "co", "net", "org", "edu", "gov", "ac", "or", "ne", "go", "gob", "gouv", "www", "mail"];

/// Returns the parts of a text that spaces and signs separate, and the parts of these between letters and digits and at
/// capitals. At most [`MAX_PARTS`] of each kind, without the text itself.
pub fn parts(text: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = Vec::new();
    let words = || text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_new = |parts: &[&str], part: &str| part != text && !parts.contains(&part);
    for word in words().take(MAX_PARTS) {
        if is_new(&parts, word) {
            parts.push(word);
        }
    }
    let words_count = parts.len();
    for word in words() {
        for (piece, is_digits) in pieces(word) {
            if parts.len() - words_count == MAX_PARTS {
                return parts;
            }
            if is_new(&parts, piece) && (!is_digits || piece.chars().count() >= MIN_DIGITS) {
                parts.push(piece);
            }
        }
    }
    parts
}

/// Splits a word where letters and digits meet and before capitals: `HTTPServer2` into `HTTP`, `Server` and `2`.
fn pieces(word: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let mut last = first;
        let mut end = rest.len();
        for (at, c) in rest.char_indices().skip(1) {
            let next_is_lower = rest[at + c.len_utf8()..].chars().next().is_some_and(char::is_lowercase);
            let capital = c.is_uppercase() && (last.is_lowercase() || (last.is_uppercase() && next_is_lower));
            if capital || c.is_alphabetic() != last.is_alphabetic() {
                end = at;
                break;
            }
            last = c;
        }
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some((piece, !first.is_alphabetic()))
    })
}

/// Returns the labels of a domain that its owner chose: not the public suffix (`com`, `com.cn`), and no numbers.
pub fn domain_labels(domain: &str) -> impl Iterator<Item = &str> {
    let registered = domain.rsplit_once('.').map_or("", |(labels, _)| labels);
    registered
        .split('.')
        .rev()
        .filter(|label| !COMMON_LABELS.contains(label) && !label.chars().all(|c| c.is_ascii_digit()))
        .take(MAX_PARTS)
}
