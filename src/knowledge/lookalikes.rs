//! Letters of other scripts that look like Latin letters.
//!
//! The table holds the letters whose prototype in the data of Unicode Technical Standard 39 is one Latin letter, in the
//! alphabets that a keyboard layout or a character picker offers next to Latin. It leaves out scripts whose letters
//! resemble Latin ones only in isolation (Arabic, Hebrew, the scripts of India, Hangul) and code points above U+FFFF, and
//! has two bytes a letter where the crate `unicode-security` has thirty. A test compares it with that crate.

/// Returns the Latin letter that a lower-case letter of another alphabet looks like, in lower or in upper case.
pub fn latin(c: char) -> Option<char> {
    if c < '\u{80}' {
        return None;
    }
    Some(match c {
        'ɑ' | 'α' | 'а' | 'ᗅ' | 'ꓮ' | 'ꭤ' | 'ꭺ' => 'a',
        'ƅ' | 'β' | 'в' | 'ь' | 'ᏼ' | 'ᑲ' | 'ᖯ' | 'ᗷ' | 'ᲀ' | 'ⲃ' | 'ꓐ' | 'ꕗ' | 'ꞵ' | 'ꮟ' => {
            'b'
        }
        'с' | 'ᲃ' | 'ᴄ' | 'ⲥ' | 'ꓚ' | 'ꮯ' => 'c',
        'ԁ' | 'ᑯ' | 'ᗞ' | 'ᗪ' | 'ꓒ' | 'ꓓ' | 'ꭰ' | 'ꮷ' => 'd',
        'ε' | 'е' | 'ҽ' | 'ⴹ' | 'ꓰ' | 'ꗋ' | 'ꬲ' | 'ꭼ' => 'e',
        'ƒ' | 'ʄ' | 'ϝ' | 'ք' | 'ᖴ' | 'ẝ' | 'ꓝ' | 'ꞙ' | 'ꬵ' => 'f',
        'ƍ' | 'ɡ' | 'ԍ' | 'ց' | 'ᏻ' | 'ᶃ' | 'ꓖ' | 'ꮐ' => 'g',
        'η' | 'н' | 'һ' | 'հ' | 'ᕼ' | 'ⲏ' | 'ⴙ' | 'ꓧ' | 'ꮋ' | 'ꮒ' => 'h',
        'ı' | 'ɩ' | 'ɪ' | 'ι' | 'і' | 'ւ' | 'ⲓ' | 'ꙇ' | 'ꭵ' => 'i',
        'ȷ' | 'ʝ' | 'ϳ' | 'ј' | 'յ' | 'ᒍ' | 'ꓙ' | 'ꭻ' => 'j',
        'κ' | 'к' | 'ᛕ' | 'ⲕ' | 'ꓗ' | 'ꮶ' => 'k',
        'ǀ' | 'ӏ' | 'ᒪ' | 'ᛁ' | 'ᛐ' | 'ⳑ' | 'ⵊ' | 'ⵏ' | 'ꓡ' | 'ꓲ' | 'ꕯ' | 'ꞁ' | 'ꟾ' | 'ꮮ' => {
            'l'
        }
        'μ' | 'ϻ' | 'м' | 'ᗰ' | 'ᛖ' | 'ⲙ' | 'ꓟ' | 'ꮇ' => 'm',
        'ո' | 'ռ' | 'ⲛ' | 'ꓠ' => 'n',
        'ο' | 'σ' | 'ϭ' | 'о' | 'օ' | 'ჿ' | 'ዐ' | 'ᩅ' | 'ᯪ' | 'ᲂ' | 'ᴏ' | 'ᴑ' | 'ⲟ' | 'ⵔ' | 'ꓳ' | 'ꬽ' => {
            'o'
        }
        'þ' | 'ƿ' | 'ρ' | 'ϸ' | 'р' | 'ᑭ' | 'ⲣ' | 'ⳏ' | 'ꓑ' | 'ꮲ' => 'p',
        'ԛ' | 'գ' | 'զ' | 'ⵕ' => 'q',
        'ɍ' | 'ʀ' | 'г' | 'ᖇ' | 'ᴦ' | 'ⲅ' | 'ꓣ' | 'ꭇ' | 'ꭈ' | 'ꭱ' | 'ꮁ' | 'ꮢ' => 'r',
        'ƽ' | 'ѕ' | 'տ' | 'ჽ' | 'ⴝ' | 'ꓢ' | 'ꕶ' | 'ꜱ' | 'ꮥ' | 'ꮪ' => 's',
        'τ' | 'т' | 'ᲄ' | 'ᲅ' | 'ⲧ' | 'ꓔ' | 'ꔋ' | 'ꭲ' => 't',
        'ʋ' | 'υ' | 'ս' | 'ሀ' | 'ᑌ' | 'ᴜ' | 'ꓴ' | 'ꞟ' | 'ꭎ' | 'ꭒ' => 'u',
        'ν' | 'ѵ' | 'ᐯ' | 'ᴠ' | 'ⴸ' | 'ꓦ' | 'ꛟ' | 'ꮩ' => 'v',
        'ɯ' | 'ш' | 'ѡ' | 'ԝ' | 'ա' | 'ᴡ' | 'ⲽ' | 'ꓪ' | 'ꟺ' | 'ꮃ' | 'ꮤ' => 'w',
        'χ' | 'х' | 'ᕁ' | 'ᕽ' | 'ᚷ' | 'ᝣ' | 'ᯬ' | 'ᳵ' | 'ⲭ' | 'ⵝ' | 'ꓫ' | 'ꭓ' => 'x',
        'ɣ' | 'ʏ' | 'γ' | 'у' | 'ү' | 'ყ' | 'ᶌ' | 'ỿ' | 'ⲩ' | 'ꓬ' | 'ꭚ' | 'ꭹ' | 'ꮍ' => 'y',
        'ζ' | 'ᴢ' | 'ⱬ' | 'ⲍ' | 'ⴭ' | 'ꓜ' | 'ꛉ' | 'ꮓ' => 'z',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    /// Returns the Latin letter that is the prototype of `c`.
    fn prototype(c: char) -> Option<char> {
        let text = c.to_string();
        let mut prototype = unicode_security::confusable_detection::skeleton(&text);
        let letter = prototype.next().filter(char::is_ascii_alphabetic)?;
        prototype.next().is_none().then(|| letter.to_ascii_lowercase())
    }

    #[test]
    fn table_equals_the_data_of_unicode() {
        for c in '\u{80}'..='\u{FFFF}' {
            let covered =
                matches!(u32::from(c), 0x80..=0x58F | 0x10A0..=0x10FF | 0x1200..=0x2DFF | 0xA4D0..=0xABBF);
            let letter = c.is_alphabetic() && c != '\u{345}';
            let canonical = std::iter::once(c).nfkd().eq([c]) && c.to_lowercase().eq([c]);
            let expected = (covered && letter && canonical)
                .then(|| {
                    let mut upper = c.to_uppercase();
                    let upper = upper.next().filter(|_| upper.next().is_none());
                    prototype(c).or_else(|| upper.and_then(prototype))
                })
                .flatten();
            assert_eq!(latin(c), expected, "{c:?} U+{:04X}", u32::from(c));
        }
    }
}
