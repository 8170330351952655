//! Syllables of Zhuyin, typed with the keys of the usual keyboard: `su3cl3` is ㄋㄧˇㄏㄠˇ, nǐ hǎo.

/// The keys of initials, of medials and of finals, in the arrangement that `keyboard::ZHUYIN` has.
const INITIALS: &str = "1qaz2wsxedcrfv5tgbyhn";
const MEDIALS: &str = "ujm";
const FINALS: &str = "8ik,9ol.0p;/-";
/// Of the second, third, fourth and light tone; the first has the space bar or nothing.
const TONES: &str = "6347";

/// The length of the syllable with its tone that a text begins with; 0 where it begins with none.
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
