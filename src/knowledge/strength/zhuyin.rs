//! Zhuyin syllables typed on a Latin keyboard: `su3cl3` is ㄋㄧˇㄏㄠˇ, nǐ hǎo.

/// Keys of initials, medials and finals, as in `keyboard::ZHUYIN`.
const INITIALS: &str = "1qaz2wsxedcrfv5tgbyhn";
const MEDIALS: &str = "ujm";
const FINALS: &str = "8ik,9ol.0p;/-";
/// Keys of the second, third, fourth and neutral tone. The first tone is the space bar or no key.
const TONES: &str = "6347";

/// Returns the length of the syllable with a tone key at the start of the text, or 0.
pub(super) fn syllable(text: &[char]) -> usize {
    let is_of = |keys: &str, at: usize| {
        text.get(at).is_some_and(|c| c.is_ascii() && keys.as_bytes().contains(&(*c as u8)))
    };
    let mut at = 0;
    for keys in [INITIALS, MEDIALS, FINALS] {
        at += usize::from(is_of(keys, at));
    }
    if at > 0 && is_of(TONES, at) { at + 1 } else { 0 }
}
