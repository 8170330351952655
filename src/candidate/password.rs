//! The password with its forms, each made at most once and zeroized with it.

use std::cell::OnceCell;
use std::fmt;

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroizing;

use super::{CannotJudge, CannotJudgeKind, Findings};
use crate::knowledge::folding;

/// How a password is made comparable before anything looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalization {
    /// Unicode NFC, with unassigned and unprintable characters refused (so that a newer Unicode cannot change
    /// what was judged).
    Nfc,
    /// Judged exactly as received.
    None,
}

/// What a policy asks of a password before its rules do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preparation {
    /// The normalisation.
    pub normalization: Normalization,
    /// Longer passwords are refused before any work.
    pub max_bytes: usize,
    /// Longer passwords (after normalisation) are refused because the host's hash would cut them.
    pub hash_limit_bytes: Option<usize>,
}

/// A password under judgement. `Debug` shows nothing of it.
pub struct Candidate {
    text: Zeroizing<String>,
    code_points: usize,
    folded: OnceCell<Zeroizing<String>>,
    reversed: OnceCell<Zeroizing<String>>,
    readings: OnceCell<Vec<Zeroizing<String>>>,
}

impl Candidate {
    /// Prepares a password. What the preparation refuses goes into `findings`, and then there is no candidate.
    ///
    /// # Errors
    /// When the bytes are not UTF-8 or hold a NUL: such a password cannot be judged.
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
            return Err(CannotJudge::new(CannotJudgeKind::Nul, "the password holds a NUL"));
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
        }))
    }

    /// The password as judged: what the host must hash.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its length in Unicode code points.
    pub fn code_points(&self) -> usize {
        self.code_points
    }

    /// Its length in user-perceived characters (extended grapheme clusters, Unicode Standard Annex 29).
    pub fn graphemes(&self) -> usize {
        self.text.graphemes(true).count()
    }

    /// Folded for case.
    pub fn folded(&self) -> &str {
        self.folded.get_or_init(|| Zeroizing::new(folding::fold_case(&self.text)))
    }

    /// Folded for case, backwards.
    pub fn reversed(&self) -> &str {
        self.reversed.get_or_init(|| reverse(self.folded()))
    }

    /// Folded for case and with common substitutions (`p@ssw0rd`) read as the letters they stand for; one or two
    /// readings.
    pub fn readings(&self) -> &[Zeroizing<String>] {
        self.readings.get_or_init(|| folding::readings(self.folded()).into_iter().map(Zeroizing::new).collect())
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
    // Room for the longest canonical expansion, so that no unzeroized copy is left behind by growing.
    let mut normalised = Zeroizing::new(String::with_capacity(text.len() * 3));
    normalised.extend(text.nfc());
    normalised
}

fn reverse(text: &str) -> Zeroizing<String> {
    let mut reversed = Zeroizing::new(String::with_capacity(text.len()));
    reversed.extend(text.chars().rev());
    reversed
}

/// Unassigned, private or without a glyph of any kind: what NIST SP 800-63B-4 calls neither printing nor space.
/// Joiners and other format characters stay: emoji and several scripts are typed with them.
fn is_unstable(c: char) -> bool {
    use GeneralCategory::{Control, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned};
    matches!(
        get_general_category(c),
        Control | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate | Unassigned
    )
}
