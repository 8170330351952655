//! Keyboard layouts: the key of each character, and which keys are adjacent.
//!
//! The layouts follow the national standards: ANSI INCITS 154 (qwerty and dvorak), the AFNOR azerty layout used on
//! PCs before 2019, DIN 2137 T1 (qwertz), PN-87 for programmers (polish), ČSN 36 9050 (czech), and the Dàqiān arrangement of Zhuyin on Latin keys (CNS 11642).

/// A row of keys: its horizontal offset, and the characters on its keys (plain, shifted, and with Alt or printed besides).
/// A space is a key without a character.
#[derive(Debug)]
pub struct Row {
    indent: i8,
    faces: &'static [&'static str],
}

const fn row(indent: i8, faces: &'static [&'static str]) -> Row {
    Row { indent, faces }
}

/// A keyboard layout: rows from top to bottom, and the directions from a key to its adjacent keys.
#[derive(Debug)]
pub struct Layout {
    rows: &'static [Row],
    /// The number of each direction by its horizontal and vertical offset, each plus one; 0 is none.
    directions: [[u8; 3]; 3],
    /// The keys of ASCII characters. Almost all lookups are ASCII.
    of_ascii: [Option<Key>; 128],
}

const fn layout(adjacent: &'static [(i8, i8)], rows: &'static [Row]) -> Layout {
    let mut of_ascii = [None; 128];
    let mut y = 0;
    while y < rows.len() {
        let mut face = 0;
        while face < rows[y].faces.len() {
            let keys = rows[y].faces[face].as_bytes();
            let (mut at, mut x) = (0, rows[y].indent);
            while at < keys.len() {
                if keys[at].is_ascii() && keys[at] != b' ' {
                    of_ascii[keys[at] as usize] = Some(Key { x, y: y as i8, shifted: face == 1 });
                }
                at += 1;
                // One key for each character: continuation bytes of UTF-8 do not count.
                if at < keys.len() && keys[at] & 0xC0 != 0x80 {
                    x += 1;
                }
            }
            face += 1;
        }
        y += 1;
    }
    let mut directions = [[0; 3]; 3];
    let mut at = 0;
    while at < adjacent.len() {
        let (x, y) = adjacent[at];
        at += 1;
        directions[(x + 1) as usize][(y + 1) as usize] = at as u8;
    }
    Layout { rows, directions, of_ascii }
}

/// Position of a key, and whether the character needs the shift key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, zeroize::Zeroize)]
pub struct Key {
    x: i8,
    y: i8,
    /// Whether the shift key is pressed.
    pub shifted: bool,
}

impl Key {
    /// Returns whether both are the same key, shifted or not.
    pub fn is_at(self, other: Key) -> bool {
        (self.x, self.y) == (other.x, other.y)
    }
}

/// Staggered rows: six adjacent keys.
const STAGGERED: &[(i8, i8)] = &[(-1, 0), (0, -1), (1, -1), (1, 0), (0, 1), (-1, 1)];
/// Aligned rows: eight adjacent keys.
const ALIGNED: &[(i8, i8)] = &[(-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1)];

/// US QWERTY.
pub static QWERTY: Layout = layout(
    STAGGERED,
    &[
        row(0, &["`1234567890-=", "~!@#$%^&*()_+"]),
        row(1, &["qwertyuiop[]\\", "QWERTYUIOP{}|"]),
        row(1, &["asdfghjkl;'", "ASDFGHJKL:\""]),
        row(1, &["zxcvbnm,./", "ZXCVBNM<>?"]),
    ],
);

/// US Dvorak.
pub static DVORAK: Layout = layout(
    STAGGERED,
    &[
        row(0, &["`1234567890[]", "~!@#$%^&*(){}"]),
        row(1, &["',.pyfgcrl/=\\", "\"<>PYFGCRL?+|"]),
        row(1, &["aoeuidhtns-", "AOEUIDHTNS_"]),
        row(1, &[";qjkxbmwvz", ":QJKXBMWVZ"]),
    ],
);

/// French AZERTY.
pub static AZERTY: Layout = layout(
    STAGGERED,
    &[
        row(1, &["&é\"'(-è_çà)=", "1234567890°+", " ~#{[|`\\ @]}"]),
        row(1, &["azertyuiop^$", "AZERTYUIOP¨£", "  €        ¤"]),
        row(1, &["qsdfghjklmù*", "QSDFGHJKLM%µ"]),
        row(0, &["<wxcvbn,;:!", ">WXCVBN?./§"]),
    ],
);

/// German and Austrian QWERTZ.
pub static QWERTZ: Layout = layout(
    STAGGERED,
    &[
        row(0, &["^1234567890ß´", "°!\"§$%&/()=?`", "  ²³   {[]}\\ "]),
        row(1, &["qwertzuiopü+", "QWERTZUIOPÜ*", "@ €        ~"]),
        row(1, &["asdfghjklöä#", "ASDFGHJKLÖÄ'"]),
        row(0, &["<yxcvbnm,.-", ">YXCVBNM;:_", "|      µ   "]),
    ],
);

/// Polish QWERTY ("programmer's"), whose letters are typed with Alt.
pub static POLISH: Layout = layout(
    STAGGERED,
    &[
        row(0, &["`1234567890-=", "~!@#$%^&*()_+"]),
        row(1, &["qwertyuiop[]\\", "QWERTYUIOP{}|", "  ę     ó    ", "  Ę     Ó    "]),
        row(1, &["asdfghjkl;'", "ASDFGHJKL:\"", "ąś      ł  ", "ĄŚ      Ł  "]),
        row(1, &["zxcvbnm,./", "ZXCVBNM<>?", "żźć  ń    ", "ŻŹĆ  Ń    "]),
    ],
);

/// Czech QWERTZ.
pub static CZECH: Layout = layout(
    STAGGERED,
    &[
        row(0, &[";+ěščřžýáíé=´", "°1234567890%ˇ"]),
        row(1, &["qwertzuiopú)", "QWERTZUIOP/("]),
        row(1, &["asdfghjklů§¨", "ASDFGHJKL\"!'"]),
        row(0, &["\\yxcvbnm,.-", "|YXCVBNM?:_"]),
    ],
);

/// Taiwanese Zhuyin on Latin keys: ㄅ and 1 share a key.
pub static ZHUYIN: Layout = layout(
    STAGGERED,
    &[
        row(1, &["1234567890-", "!@#$%^&*()_", "ㄅㄉˇˋㄓˊ˙ㄚㄞㄢㄦ"]),
        row(1, &["qwertyuiop", "QWERTYUIOP", "ㄆㄊㄍㄐㄔㄗㄧㄛㄟㄣ"]),
        row(1, &["asdfghjkl;", "ASDFGHJKL:", "ㄇㄋㄎㄑㄕㄘㄨㄜㄠㄤ"]),
        row(1, &["zxcvbnm,./", "ZXCVBNM<>?", "ㄈㄌㄏㄒㄖㄙㄩㄝㄡㄥ"]),
    ],
);

/// Number pad of a PC keyboard.
pub static NUMPAD: Layout =
    layout(ALIGNED, &[row(1, &["/*-"]), row(0, &["789+"]), row(0, &["456"]), row(0, &["123"]), row(1, &["0."])]);

/// Number pad of an Apple keyboard.
pub static APPLE_NUMPAD: Layout =
    layout(ALIGNED, &[row(1, &["=/*"]), row(0, &["789-"]), row(0, &["456+"]), row(0, &["123"]), row(1, &["0."])]);

/// The layouts that a policy can name.
pub const LAYOUTS: [(&str, &Layout); 8] = [
    ("qwerty", &QWERTY),
    ("numpad", &NUMPAD),
    ("azerty", &AZERTY),
    ("qwertz", &QWERTZ),
    ("dvorak", &DVORAK),
    ("zhuyin", &ZHUYIN),
    ("polish", &POLISH),
    ("czech", &CZECH),
];

impl Layout {
    /// Returns the key that types `c`, if the layout has one.
    pub fn key(&self, c: char) -> Option<Key> {
        self.of_ascii.get(c as usize).map_or_else(|| self.search(c), |key| *key)
    }

    fn search(&self, c: char) -> Option<Key> {
        for (y, row) in self.rows.iter().enumerate().filter(|_| c != ' ') {
            for (face, keys) in row.faces.iter().enumerate() {
                if let Some(x) = keys.chars().position(|known| known == c) {
                    return Some(Key { x: x as i8 + row.indent, y: y as i8, shifted: face == 1 });
                }
            }
        }
        None
    }

    /// Returns the direction from one key to an adjacent one, or `None` if the keys are not adjacent. Equal
    /// directions have equal numbers.
    pub fn direction(&self, from: Option<Key>, to: Option<Key>) -> Option<usize> {
        let (from, to) = (from?, to?);
        let offset = |from: i8, to: i8| usize::try_from(to - from + 1).unwrap_or(usize::MAX);
        let direction = self.directions.get(offset(from.x, to.x))?.get(offset(from.y, to.y))?;
        usize::from(*direction).checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_have_equal_faces_and_no_duplicate_characters() {
        for layout in LAYOUTS.iter().map(|(_, layout)| *layout).chain([&APPLE_NUMPAD]) {
            let mut seen = Vec::new();
            for row in layout.rows {
                for face in row.faces {
                    assert_eq!(face.chars().count(), row.faces[0].chars().count(), "{face}");
                    seen.extend(face.chars().filter(|c| *c != ' '));
                }
            }
            let all = seen.len();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), all);
        }
    }

    #[test]
    fn key_is_where_the_layout_shows_it() {
        for layout in LAYOUTS.iter().map(|(_, layout)| *layout).chain([&APPLE_NUMPAD]) {
            for c in '\0'..='\u{400}' {
                assert_eq!(layout.key(c), layout.search(c), "{c:?}");
            }
        }
    }

    #[test]
    fn adjacency_is_symmetric() {
        for (name, layout) in LAYOUTS {
            let adjacent = |a, b| layout.direction(layout.key(a), layout.key(b)).is_some();
            for (a, b) in [('1', '2'), ('8', '9'), ('4', '5')] {
                assert!(adjacent(a, b) && adjacent(b, a), "{name}");
            }
        }
    }
}
