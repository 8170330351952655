//! Syllables of Zhuyin, typed with the keys of the usual keyboard: `su3cl3` is ㄋㄧˇㄏㄠˇ, nǐ hǎo.

/// The keys of initials, of medials and of finals, in the arrangement that `keyboard::ZHUYIN` has.
const INITIALS: &str = "1qaz2wsxedcrfv5tgbyhn";
const MEDIALS: &str = "ujm";
const FINALS: &str = "8ik,9ol.0p;/-";
/// Of the second, third, fourth and light tone; the first has the space bar or nothing.
const TONES: &str = "6347";

/// The length of the syllable with its tone that a text begins with; 0 where it begins with none.
pub(super) fn syllable(text: &[char]) -> usize {
    let mut at = 0;
    for keys in [INITIALS, MEDIALS, FINALS] {
        at += usize::from(text.get(at).is_some_and(|c| keys.contains(*c)));
    }
    if at > 0 && text.get(at).is_some_and(|c| TONES.contains(*c)) { at + 1 } else { 0 }
}
