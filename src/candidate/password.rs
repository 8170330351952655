//! The prepared password and its derived forms. Each form is computed at most once and zeroized on drop.

use std::cell::OnceCell;
use std::fmt;

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::{IsNormalized, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroizing;

use super::{CannotJudge, CannotJudgeKind, Findings};
use crate::knowledge::comparison::Readings;
use crate::knowledge::folding;

/// The Unicode normalization applied to a password before the rules run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalization {
    /// Normalization form C. Unassigned and unprintable characters are refused, because a newer Unicode version could
    /// normalize them differently.
    Nfc,
    /// No normalization: the password is evaluated exactly as received.
    None,
}

/// The `[password]` settings of a policy, applied before its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preparation {
    /// The normalization.
    pub normalization: Normalization,
    /// Whether passwords with invisible characters are refused ([`folding::is_invisible`]).
    pub refuses_invisible: bool,
    /// The maximum length in bytes as received. Longer passwords are refused before any other work.
    pub max_bytes: usize,
    /// The maximum length in bytes after normalization, because the host's password hash would truncate longer ones;
    /// `None` for no such limit.
    pub hash_limit_bytes: Option<usize>,
}

/// A password prepared for evaluation. `Debug` shows no part of it.
pub struct Candidate {
    text: Zeroizing<String>,
    code_points: usize,
    folded: OnceCell<Zeroizing<String>>,
    reversed: OnceCell<Zeroizing<String>>,
    readings: OnceCell<Readings>,
    typed_readings: OnceCell<Readings>,
}

impl Candidate {
    /// Prepares the password `received`. Returns `None` if the preparation refuses it; the reason is then in `findings`.
    ///
    /// # Errors
    /// Returns an error if the bytes are not UTF-8 or contain a NUL.
    pub fn new(
        received: &[u8],
        preparation: &Preparation,
        findings: &mut Findings,
    ) -> Result<Option<Candidate>, CannotJudge> {
        if received.len() > preparation.max_bytes {
            findings.refuse("input.too_many_bytes", &[("min", 1), ("max", preparation.max_bytes as u64)]);
            return Ok(None);
        }
        let has_control = received.iter().fold(false, |found, byte| found | byte.is_ascii_control());
        let received = std::str::from_utf8(received)
            .map_err(|_| CannotJudge::new(CannotJudgeKind::NotUtf8, "the password is not UTF-8"))?;
        if has_control && received.contains('\0') {
            return Err(CannotJudge::new(CannotJudgeKind::Nul, "the password contains a NUL"));
        }
        let is_ascii = received.is_ascii();
        if preparation.refuses_invisible && !is_ascii && received.chars().any(folding::is_invisible) {
            findings.refuse("input.invisible_character", &[]);
            return Ok(None);
        }
        let text = match preparation.normalization {
            Normalization::None => Zeroizing::new(received.to_owned()),
            Normalization::Nfc => {
                if has_control || (!is_ascii && received.chars().any(is_unstable)) {
                    findings.refuse("input.unprintable_character", &[]);
                    return Ok(None);
                }
                if is_ascii { Zeroizing::new(received.to_owned()) } else { nfc(received) }
            }
        };
        if let Some(limit) = preparation.hash_limit_bytes.filter(|limit| text.len() > *limit) {
            findings.refuse("input.beyond_hash_limit", &[("min", 1), ("max", limit as u64)]);
            return Ok(None);
        }
        let code_points = if is_ascii { text.len() } else { text.chars().count() };
        Ok(Some(Candidate {
            text,
            code_points,
            folded: OnceCell::new(),
            reversed: OnceCell::new(),
            readings: OnceCell::new(),
            typed_readings: OnceCell::new(),
        }))
    }

    /// Returns the normalized password, which is the text that the host must hash.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the length in Unicode code points.
    pub fn code_points(&self) -> usize {
        self.code_points
    }

    /// Returns whether the password consists of ASCII characters: each of them is one byte.
    pub(crate) fn is_ascii(&self) -> bool {
        self.code_points == self.text.len()
    }

    /// Returns the length in extended grapheme clusters (Unicode Standard Annex 29).
    pub fn graphemes(&self) -> usize {
        self.text.graphemes(true).count()
    }

    /// Returns the case-folded password.
    pub fn folded(&self) -> &str {
        self.folded.get_or_init(|| Zeroizing::new(folding::fold_case(&self.text)))
    }

    /// Returns the case-folded password in reverse order.
    pub fn reversed(&self) -> &str {
        self.reversed.get_or_init(|| {
            let mut reversed = Zeroizing::new(String::with_capacity(self.folded().len()));
            reversed.extend(self.folded().chars().rev());
            reversed
        })
    }

    /// Returns the readings of the password, in which rules compare it with other texts.
    pub fn readings(&self) -> &Readings {
        self.readings.get_or_init(|| Readings::of(self.folded(), true))
    }

    /// Returns the readings of the password in upper and lower case as typed. None of them is folded.
    pub fn typed_readings(&self) -> &Readings {
        self.typed_readings.get_or_init(|| Readings::of(&self.text, false))
    }
}

impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Candidate(..)")
    }
}

fn nfc(text: &str) -> Zeroizing<String> {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Zeroizing::new(text.to_owned());
    }
    folding::composed(text)
}

/// Returns the form of a password that the OpaqueString profile of RFC 8265 (section 4.2) compares: every space as U+0020, in
/// normalization form C. Returns `None` if the profile disallows the password: it is empty, or contains a control, a
/// default-ignorable, an unassigned or a private character, or an old Hangul letter.
///
/// The engine never changes a password in this way. A host that wants a no-break space and a space to be the same password
/// prepares it before it is evaluated and hashed, and again when it is verified.
///
/// Joiners are disallowed everywhere; the RFC permits them next to some letters. The RFC's conditions for the characters that
/// it permits in some contexts, such as `·`, are not checked.
///
/// ```
/// use kouling::candidate::opaque_string;
///
/// let prepared = opaque_string("Grey\u{A0}Cafe\u{301}\u{3000}7").expect("an allowed password");
/// assert_eq!(*prepared, "Grey Caf\u{e9} 7");
/// assert!(opaque_string("Grey\u{200B}Heron").is_none());
/// ```
pub fn opaque_string(password: &str) -> Option<Zeroizing<String>> {
    let is_space = |c: char| get_general_category(c) == GeneralCategory::SpaceSeparator;
    let mut spaced = Zeroizing::new(String::with_capacity(password.len()));
    spaced.extend(password.chars().map(|c| if is_space(c) { ' ' } else { c }));
    let prepared = nfc(&spaced);
    (!prepared.is_empty() && prepared.chars().all(is_freeform)).then_some(prepared)
}

/// Returns whether the FreeformClass of RFC 8264 (section 4.3) allows a character without a condition on its context.
fn is_freeform(c: char) -> bool {
    let old_hangul = matches!(c, '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97C}' | '\u{D7B0}'..='\u{D7FB}');
    // RFC 5892, section 2.6.
    let is_exception = matches!(c,
        '\u{640}' | '\u{7FA}' | '\u{302E}'..='\u{302F}' | '\u{3031}'..='\u{3035}' | '\u{303B}');
    let is_format = get_general_category(c) == GeneralCategory::Format;
    !(is_unstable(c) || is_format || old_hangul || is_exception || folding::is_ignorable(c))
}

/// Returns whether a character is unassigned, private or neither printing nor space (NIST SP 800-63B-4). Joiners and
/// other format characters are kept, because emoji and several scripts need them.
fn is_unstable(c: char) -> bool {
    use GeneralCategory::{Control, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned};
    matches!(
        get_general_category(c),
        Control | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate | Unassigned
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(password: &str) -> Option<String> {
        opaque_string(password).map(|prepared| prepared.to_string())
    }

    #[test]
    fn opaque_string_of_rfc_examples_is_that_of_the_rfc() {
        // RFC 8265, section 4.3.
        for allowed in [
            "correct horse battery staple",
            "Correct Horse Battery Staple",
            "\u{3C0}\u{DF}\u{E5}",
            "Jack of \u{2666}s",
        ] {
            assert_eq!(prepared(allowed).as_deref(), Some(allowed));
        }
        assert_eq!(prepared("foo\u{1680}bar").as_deref(), Some("foo bar"));
        assert_eq!(prepared(""), None);
        assert_eq!(prepared("my cat is a \tby"), None);
    }

    #[test]
    fn opaque_string_maps_spaces_and_composes() {
        assert_eq!(prepared("a\u{A0}b\u{2003}c\u{3000}d\u{202F}e").as_deref(), Some("a b c d e"));
        assert_eq!(prepared("e\u{301}").as_deref(), Some("\u{E9}"));
        // Hangul as macOS writes it.
        assert_eq!(prepared("\u{1112}\u{1161}\u{11AB}").as_deref(), Some("\u{D55C}"));
        // Full width is not changed.
        assert_eq!(prepared("\u{FF21}").as_deref(), Some("\u{FF21}"));
    }

    #[test]
    fn opaque_string_disallows_characters_outside_freeform_class() {
        for c in [
            '\u{200B}', '\u{200D}', '\u{FEFF}', '\u{AD}', '\u{FE0F}', '\u{3164}', '\u{7F}', '\u{85}', '\u{2028}',
            '\u{E000}', '\u{378}', '\u{1100}', '\u{640}', '\u{600}',
        ] {
            assert_eq!(prepared(&format!("heron{c}")), None, "{:x}", u32::from(c));
        }
    }
}
