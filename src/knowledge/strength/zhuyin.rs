//! Zhuyin syllables typed on a Latin keyboard: `su3cl3` is ㄋㄧˇㄏㄠˇ, nǐ hǎo.

/// Keys of initials, medials and finals, as in `keyboard::ZHUYIN`, and of the second, third, fourth and neutral tone. The
/// first tone is the space bar or no key.
const KEYS: [&[u8]; 4] = [b"1qaz2wsxedcrfv5tgbyhn", b"ujm", b"8ik,9ol.0p;/-", b"6347"];
const TONES: usize = 3;

/// The parts of a syllable that each ASCII character types, as bits.
const PARTS: [u8; 128] = {
    let mut parts = [0; 128];
    let mut part = 0;
    while part < KEYS.len() {
        let mut at = 0;
        while at < KEYS[part].len() {
            parts[KEYS[part][at] as usize] |= 1 << part;
            at += 1;
        }
        part += 1;
    }
    parts
};

/// Returns the length of the syllable with a tone key at the start of the text, or 0. Every character is an ASCII one, or 0.
pub(super) fn syllable(text: &[u8]) -> usize {
    let types = |part: usize, at: usize| {
        text.get(at).is_some_and(|key| PARTS[usize::from(*key) % PARTS.len()] >> part & 1 != 0)
    };
    let mut at = 0;
    for part in 0..TONES {
        at += usize::from(types(part, at));
    }
    if at > 0 && types(TONES, at) { at + 1 } else { 0 }
}
