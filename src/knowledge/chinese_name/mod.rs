//! A person's name in 汉字, in every way it is typed in Latin letters.
//!
//! A table of readings is not enough: of sixty hard surnames the usual reading was wrong for thirty-eight (单 is
//! shan, 仇 is qiu, 万俟 is moqi). So [`spellings`] reads a surname as the table `rules/words/surnames.tsv` does,
//! and then tries *all* readings of all characters, without tones; ü is typed u, v, yu or ü. What comes first may
//! be a compound surname or a single one; where the name has a dot or a space, it divides there too (买买提·吐尔逊).
//! The parts are put together in either order, whole or by initials: see [`NameForm`].
//!
//! # What convinces
//!
//! 李安 is lian, and "brilliant" is not his name. [`find`] takes a spelling for the name
//!
//! * when it is all the letters of the password, whatever digits and symbols there are: `zs19900101`, `li@1234`,
//!   `wang!2026` (two letters are enough); the two whole names, from `min_match` letters, also with anything else
//!   between them: `li1990an`;
//! * inside a word, when it has two syllables or more in full and [six](INSIDE) letters: `mywangwei`, `nasgnahz`.
//!   Only this is also looked for backwards;
//! * at the start or the end of a word, when it has two syllables and [five](AT_ONE_END) letters:
//!   `woailiang1314`;
//! * as a word of its own, when it has two syllables and `min_match` letters: `Tower-lian-88`; or six letters, if
//!   it is one syllable or holds initials: `zhangsf-t0wer`.
//!
//! A word is what has no letter on either side; a 汉字 is no letter. Between two syllables, and nowhere else, up to
//! three symbols or spaces may stand, or the digit of a tone: `zhang.san`, `Zhang - San`, `zhang1san1`. Tone
//! marks and full width are read as plain letters.
//!
//! # How often that is wrong
//!
//! Measured with 500 names (the 100 commonest surnames, 60 common given names), each against 63,079 English words
//! of Debian's `wamerican` (four letters and more, no proper names) and 24,330 spellings of the 30,000 commonest
//! words of the segmenter jieba that are no person's name:
//!
//! | the password is | refused, English | refused, pinyin |
//! |---|---|---|
//! | the word and digits (`word12!`) | 0.0004 % | 0.011 % |
//! | the word between others (`my-word-rose`) | 0.0001 % | 0.011 % |
//! | either, with regional spellings | 0.002 % | 0.017 % |
//! | either, if four letters counted anywhere | 0.085 % | 0.69 % |
//!
//! What is refused in English are words that are Chinese words letter by letter (tang, fang, song) as the only
//! word; in pinyin, words that hold the very name. Of the same names, written with digits at the end, 100 % are
//! found in each form; inside `my…pw`, 90 % (the rest have five letters and fewer); in `woai…1314`, 99 %.
//!
//! # Bounds
//!
//! A name is hostile text. What is looked at is bounded by the constants here, whatever the name; where readings
//! are more than fit, the rarest go first, and never a surname's own. An ordinary name takes 1 to 3 µs and has
//! ten spellings; the worst found took 50 µs. Reading the surname table takes 0.1 ms, once. Finding takes 0.2 µs
//! in an ordinary password; the worst that was found for 4,096 bytes made for it was 0.8 ms with an ordinary name
//! and 2 ms with one made for it.
//!
//! # Limits
//!
//! Names are read in Mandarin. Given names in Cantonese, Hokkien or Hakka (Ka Ming for 家明) are not known, nor
//! what a Uyghur, Tibetan, Mongolian, Korean or Japanese name sounds like at home; characters nobody recorded a
//! reading of are left out. Initials are single letters: zs, and not zhs.

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

/// How much of a name is looked at, in code points.
pub const MAX_CODE_POINTS: usize = 256;
/// How many 汉字 and Latin words of a name count; what follows is left out. Long names in use have about twelve.
pub const MAX_SYLLABLES: usize = 16;
/// How many letters of a Latin word count.
pub const MAX_LATIN: usize = 32;
/// The longest spelling in bytes. A longer part of a name is cut at a syllable, parts that are longer together
/// are not put together.
pub const MAX_LETTERS: usize = 64;
/// How many combinations of readings a family name has at most.
pub const MAX_FAMILY: usize = 6;
/// How many combinations of readings a given name has at most.
pub const MAX_GIVEN: usize = 24;
/// How many spellings are made at most; those with the same letters are then made one. One way to divide a name
/// makes fewer; of several, the likelier is made first.
pub const MAX_SPELLINGS: usize = 512;

/// What a name's spellings are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameOptions {
    /// Also Wade–Giles, and surnames as spelled in Hong Kong, Macau, Taiwan and among Chinese abroad: Wong,
    /// Cheung, Chan, Lee, Hsieh.
    pub regional_spellings: bool,
}

/// Every way to type a name.
///
/// A name without 汉字 has none: it is text to be looked for as it is.
pub fn spellings(name: &str, options: &NameOptions) -> Spellings {
    forms::of_name(name, options)
}
