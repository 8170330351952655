//! The syntax of messages: a subset of ICU MessageFormat without quoting.

use std::borrow::Cow;

use icu_plurals::PluralCategory;

/// The plural category that every language has.
pub(super) const OTHER: &str = "other";

/// The value of a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageValue<'v> {
    /// A number, which also selects a plural form.
    Number(u64),
    /// A text.
    Text(Cow<'v, str>),
}

impl From<u64> for MessageValue<'_> {
    fn from(number: u64) -> Self {
        MessageValue::Number(number)
    }
}

impl<'v> From<&'v str> for MessageValue<'v> {
    fn from(text: &'v str) -> Self {
        MessageValue::Text(Cow::Borrowed(text))
    }
}

impl From<String> for MessageValue<'_> {
    fn from(text: String) -> Self {
        MessageValue::Text(Cow::Owned(text))
    }
}

/// A placeholder, without its braces.
enum Placeholder<'t> {
    /// `{min}`
    Value(&'t str),
    /// `{min, plural, one {…} other {…}}`: the name, and the form of each category.
    Plural(&'t str, Vec<(&'t str, &'t str)>),
}

/// Returns the plural category of a number.
type Category<'c> = &'c dyn Fn(u64) -> &'static str;

/// Fills the placeholders of a text. An empty value also removes one adjacent space. Without `category`, plurals stay in the
/// text.
pub(super) fn fill<'v>(
    text: &str,
    value: &dyn Fn(&str) -> Option<MessageValue<'v>>,
    category: Option<Category<'_>>,
) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(close) = closing_brace(rest) else { break };
        let (inside, after) = (&rest[1..close], &rest[close + 1..]);
        match parse(inside) {
            Some(Placeholder::Value(name)) => match value(name) {
                Some(MessageValue::Number(number)) => filled.push_str(&number.to_string()),
                Some(MessageValue::Text(text)) if !text.is_empty() => filled.push_str(&text),
                Some(MessageValue::Text(_)) => {
                    if filled.ends_with(' ') {
                        filled.pop();
                    } else {
                        rest = after.strip_prefix(' ').unwrap_or(after);
                        continue;
                    }
                }
                None => filled.push_str(&rest[..=close]),
            },
            Some(Placeholder::Plural(name, forms)) => match (value(name), category) {
                (Some(MessageValue::Number(number)), Some(category)) => {
                    let form = |wanted| forms.iter().find(|(category, _)| *category == wanted);
                    let form = form(category(number)).or_else(|| form(OTHER)).map_or("", |(_, form)| form);
                    // Plurals inside plurals are an error. They are not filled, which bounds the depth of the recursion.
                    filled.push_str(&fill(&form.replace('#', &number.to_string()), value, None));
                }
                _ => filled.push_str(&rest[..=close]),
            },
            None => filled.push_str(&rest[..=close]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Returns the mistakes in a text of a language with these plural categories.
pub(super) fn errors(text: &str, categories: &[&str]) -> Vec<String> {
    let mut errors = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        rest = &rest[open..];
        let Some(close) = closing_brace(rest) else {
            errors.push(format!("unbalanced brace at `{rest}`"));
            break;
        };
        match parse(&rest[1..close]) {
            Some(Placeholder::Value(_)) => {}
            Some(Placeholder::Plural(name, forms)) => {
                for (category, form) in &forms {
                    if !categories.contains(category) {
                        errors.push(format!("`{{{name}}}`: the language has no plural category `{category}`"));
                    }
                    if form.contains(", plural,") {
                        errors.push(format!("`{{{name}}}`: a plural inside a plural"));
                    }
                }
                if !forms.iter().any(|(category, _)| *category == OTHER) {
                    errors.push(format!("`{{{name}}}`: the plural has no form `{OTHER}`"));
                }
            }
            None => errors.push(format!("`{}` is not a placeholder", &rest[..=close])),
        }
        rest = &rest[close + 1..];
    }
    errors
}

/// Returns the names of the placeholders, in the order of the text.
pub fn placeholders(text: &str) -> Vec<&str> {
    names(text, true)
}

fn names(text: &str, plurals: bool) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open..];
        let Some(close) = closing_brace(rest) else { break };
        match parse(&rest[1..close]) {
            Some(Placeholder::Value(name)) => names.push(name),
            Some(Placeholder::Plural(name, forms)) if plurals => {
                names.push(name);
                names.extend(forms.into_iter().flat_map(|(_, form)| self::names(form, false)));
            }
            _ => {}
        }
        rest = &rest[close + 1..];
    }
    names
}

/// Returns the position of the brace that closes the one at the start of `text`.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

fn parse(inside: &str) -> Option<Placeholder<'_>> {
    let is_name = |text: &str| {
        let valid = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
        !text.is_empty() && text.chars().all(valid)
    };
    let Some((name, rest)) = inside.split_once(',') else {
        return is_name(inside).then_some(Placeholder::Value(inside));
    };
    let mut forms = Vec::new();
    let mut rest = rest.trim_start().strip_prefix("plural")?.trim_start().strip_prefix(',')?.trim();
    while !rest.is_empty() {
        let open = rest.find('{')?;
        let close = open + closing_brace(&rest[open..])?;
        let category = rest[..open].trim();
        forms.push((is_name(category).then_some(category)?, &rest[open + 1..close]));
        rest = rest[close + 1..].trim_start();
    }
    (is_name(name.trim()) && !forms.is_empty()).then(|| Placeholder::Plural(name.trim(), forms))
}

/// Returns the name of a plural category in the Unicode CLDR.
pub(super) fn category_name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => OTHER,
    }
}
