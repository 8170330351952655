//! All spellings of a Chinese personal name in Latin letters, and their detection in a password.
//!
//! A table of common readings is not enough: for 38 of 60 difficult surnames the most common reading was wrong (单
//! is shan, 仇 is qiu, 万俟 is moqi). [`spellings`] therefore reads a surname as `rules/words/surnames.tsv` lists it,
//! and then tries *all* readings of all characters, without tones. ü is typed u, v, yu or ü. A name may start with
//! a compound or a single surname. A name with a dot or a space is also split there (买买提·吐尔逊). The parts are
//! combined in either order, in full or as initials; see [`NameForm`].
//!
//! # Which matches count
//!
//! The name 李安 is "lian", but "brilliant" does not contain his name. [`find`] accepts a match
//!
//! * if it contains all letters of the password, with any digits and symbols: `zs19900101`, `li@1234`,
//!   `wang!2026`. Two letters are enough. If family and given name are both spelled in full and have `min_match`
//!   letters, anything may stand between them: `li1990an`;
//! * inside a word, if it spells at least two syllables in full and has [six](INSIDE) letters: `mywangwei`,
//!   `nasgnahz`. Only this case is also searched in reverse;
//! * at the start or end of a word, if it has two syllables and [five](AT_ONE_END) letters: `woailiang1314`;
//! * as a whole word, if it has two syllables and `min_match` letters: `Tower-lian-88`. A single syllable or a
//!   spelling with initials needs six letters: `zhangsf-t0wer`.
//!
//! * as initials, if a common phrase has all other letters of the password: `zxyaini1314`;
//! * with separators between all letters, if it contains all letters of the password, spells at least two syllables in full and has
//!   six letters: `z.h.a.n.g.s.a.n`.
//!
//! If separators stand between its syllables, a match must start or end a word: `swang-another` does not contain 王安.
//!
//! A word is a run of letters; a 汉字 is not a letter. Up to three symbols or spaces, or a tone digit, may stand
//! between two syllables, and nowhere else: `zhang.san`, `Zhang - San`, `zhang1san1`. Tone marks and full-width
//! letters are read as plain letters.
//!
//! # False positives
//!
//! Measured with 500 names (the 100 most common surnames, 60 common given names), against 63,079 English words of
//! Debian's `wamerican` (at least four letters, no proper names) and 24,330 spellings of the 30,000 most common
//! words of the segmenter jieba that are not personal names:
//!
//! | password | rejected, English | rejected, pinyin |
//! |---|---|---|
//! | the word with digits (`word12!`) | 0.0004 % | 0.011 % |
//! | the word between other words (`my-word-rose`) | 0.0001 % | 0.011 % |
//! | either, with regional spellings | 0.002 % | 0.017 % |
//! | either, if four letters counted anywhere (not done) | 0.085 % | 0.69 % |
//!
//! The rejected English words are also pinyin (tang, fang, song) and the only word of the password. The rejected
//! pinyin words contain the name itself. Detection of the same names: 100 % in every form with digits at the end;
//! 90 % inside `my…pw` (the others have at most five letters); 99 % inside `woai…1314`.
//!
//! # Bounds
//!
//! A name is untrusted input, and the constants in this module bound the work for any name. If there are too many
//! readings, the rarest are dropped first, but never the readings of a surname. A typical name takes 1 to 3 µs and
//! has ten spellings; the worst case found took 50 µs. Parsing the surname table takes 0.1 ms, once. A search
//! takes 0.2 µs in a typical password. The worst case found for a crafted password of 4,096 bytes took 0.8 ms with
//! a typical name and 2 ms with a crafted one.
//!
//! # Limits
//!
//! Names are read in Mandarin. Given names in Cantonese, Hokkien or Hakka (Ka Ming for 家明) are not supported, nor
//! are the native forms of Uyghur, Tibetan, Mongolian, Korean and Japanese names. Characters without a known
//! reading are skipped. Initials are single letters: zs, not zhs.

mod characters;
mod forms;
mod matching;
mod spelling;
mod surnames;
mod texts;
mod wade_giles;

#[cfg(test)]
mod tests;

pub use matching::{AT_ONE_END, INSIDE, Match, find};
pub use spelling::{NameForm, Spelling, Spellings};

/// Maximum number of code points of a name that are read.
pub const MAX_CODE_POINTS: usize = 256;
/// Maximum number of 汉字 and Latin words of a name. The rest is ignored. Long names in use have about twelve.
pub const MAX_SYLLABLES: usize = 16;
/// Maximum number of letters of a Latin word. The rest is ignored.
pub const MAX_LATIN: usize = 32;
/// Maximum length of a spelling in bytes. A longer part of a name is cut at a syllable; parts that are too long
/// together are not joined.
pub const MAX_LETTERS: usize = 64;
/// Maximum number of combinations of readings of a family name.
pub const MAX_FAMILY: usize = 6;
/// Maximum number of combinations of readings of a given name.
pub const MAX_GIVEN: usize = 24;
/// Maximum number of spellings before duplicates are removed. One way to split a name yields fewer; of several
/// ways, the most likely comes first.
pub const MAX_SPELLINGS: usize = 512;

/// Options of [`spellings`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameOptions {
    /// Include Wade–Giles, and surnames as spelled in Hong Kong, Macau, Taiwan and by overseas Chinese: Wong,
    /// Cheung, Chan, Lee, Hsieh.
    pub regional_spellings: bool,
}

/// Returns all spellings of `name`, sorted, at most [`MAX_SPELLINGS`].
///
/// Empty for a name without 汉字, which can be searched for verbatim.
pub fn spellings(name: &str, options: &NameOptions) -> Spellings {
    forms::spellings_of(name, options)
}

/// Returns the given names of two or more characters in a name of three to six 汉字 without a separator: one for each way
/// to split off the surname. Empty for any other name.
pub fn given_names(name: &str) -> Vec<&str> {
    forms::given_names(name)
}
