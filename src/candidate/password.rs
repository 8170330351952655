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
        let received = std::str::from_utf8(received)
            .map_err(|_| CannotJudge::new(CannotJudgeKind::NotUtf8, "the password is not UTF-8"))?;
        if received.contains('\0') {
            return Err(CannotJudge::new(CannotJudgeKind::Nul, "the password contains a NUL"));
        }
        let text = match preparation.normalization {
            Normalization::None => Zeroizing::new(received.to_owned()),
            Normalization::Nfc => {
                if !received.is_ascii() && received.chars().any(is_unstable)
                    || received.bytes().any(|b| b.is_ascii_control())
                {
                    findings.refuse("input.unprintable_character", &[]);
                    return Ok(None);
                }
                nfc(received)
            }
        };
        if let Some(limit) = preparation.hash_limit_bytes.filter(|limit| text.len() > *limit) {
            findings.refuse("input.beyond_hash_limit", &[("min", 1), ("max", limit as u64)]);
            return Ok(None);
        }
        let code_points = text.chars().count();
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
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Zeroizing::new(text.to_owned());
    }
    folding::composed(text)
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
