//! Keyboards: where each character is typed, and which keys are neighbours.
//!
//! The layouts are those that the national standards print: ANSI INCITS 154 (qwerty and, with keys in other places,
//! dvorak), AFNOR's former azerty as PCs have it, DIN 2137 T1 (qwertz), and the Dàqiān arrangement of Zhuyin on the
//! Latin keyboard (CNS 11642 calls it standard).

/// A row of keys: how far to the right it begins, and what its keys give: plain, shifted, and whatever else is
/// printed on them.
#[derive(Debug)]
pub struct Row {
    indent: i8,
    faces: &'static [&'static str],
}

const fn row(indent: i8, faces: &'static [&'static str]) -> Row {
    Row { indent, faces }
}

/// A keyboard: its rows from above, and the steps from a key to its neighbours.
#[derive(Debug)]
pub struct Layout {
    rows: &'static [Row],
    neighbours: &'static [(i8, i8)],
}

/// Where a character is typed, and whether with the shift key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, zeroize::Zeroize)]
pub struct Key {
    x: i8,
    y: i8,
    /// Whether with the shift key.
    pub shifted: bool,
}

impl Key {
    /// Whether it is the same key, shifted or not.
    pub fn is_at(self, other: Key) -> bool {
        (self.x, self.y) == (other.x, other.y)
    }
}

/// Rows that are shifted by half a key: six neighbours.
const SLANTED: &[(i8, i8)] = &[(-1, 0), (0, -1), (1, -1), (1, 0), (0, 1), (-1, 1)];
/// Rows that stand under one another: eight.
const STRAIGHT: &[(i8, i8)] = &[(-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1)];

/// The keyboard of the United States.
pub static QWERTY: Layout = Layout {
    rows: &[
        row(0, &["`1234567890-=", "~!@#$%^&*()_+"]),
        row(1, &["qwertyuiop[]\\", "QWERTYUIOP{}|"]),
        row(1, &["asdfghjkl;'", "ASDFGHJKL:\""]),
        row(1, &["zxcvbnm,./", "ZXCVBNM<>?"]),
    ],
    neighbours: SLANTED,
};

/// The same with the keys in Dvorak's places.
pub static DVORAK: Layout = Layout {
    rows: &[
        row(0, &["`1234567890[]", "~!@#$%^&*(){}"]),
        row(1, &["',.pyfgcrl/=\\", "\"<>PYFGCRL?+|"]),
        row(1, &["aoeuidhtns-", "AOEUIDHTNS_"]),
        row(1, &[";qjkxbmwvz", ":QJKXBMWVZ"]),
    ],
    neighbours: SLANTED,
};

/// The keyboard of France.
pub static AZERTY: Layout = Layout {
    rows: &[
        row(1, &["&é\"'(-è_çà)=", "1234567890°+"]),
        row(1, &["azertyuiop^$", "AZERTYUIOP¨£"]),
        row(1, &["qsdfghjklmù*", "QSDFGHJKLM%µ"]),
        row(0, &["<wxcvbn,;:!", ">WXCVBN?./§"]),
    ],
    neighbours: SLANTED,
};

/// The keyboard of Germany and Austria.
pub static QWERTZ: Layout = Layout {
    rows: &[
        row(0, &["^1234567890ß´", "°!\"§$%&/()=?`"]),
        row(1, &["qwertzuiopü+", "QWERTZUIOPÜ*"]),
        row(1, &["asdfghjklöä#", "ASDFGHJKLÖÄ'"]),
        row(0, &["<yxcvbnm,.-", ">YXCVBNM;:_"]),
    ],
    neighbours: SLANTED,
};

/// The keyboard of Taiwan: Zhuyin on the Latin keys, so that ㄅ and 1 are one key.
pub static ZHUYIN: Layout = Layout {
    rows: &[
        row(1, &["1234567890-", "!@#$%^&*()_", "ㄅㄉˇˋㄓˊ˙ㄚㄞㄢㄦ"]),
        row(1, &["qwertyuiop", "QWERTYUIOP", "ㄆㄊㄍㄐㄔㄗㄧㄛㄟㄣ"]),
        row(1, &["asdfghjkl;", "ASDFGHJKL:", "ㄇㄋㄎㄑㄕㄘㄨㄜㄠㄤ"]),
        row(1, &["zxcvbnm,./", "ZXCVBNM<>?", "ㄈㄌㄏㄒㄖㄙㄩㄝㄡㄥ"]),
    ],
    neighbours: SLANTED,
};

/// The number pad of most keyboards.
pub static NUMPAD: Layout = Layout {
    rows: &[row(1, &["/*-"]), row(0, &["789+"]), row(0, &["456"]), row(0, &["123"]), row(1, &["0."])],
    neighbours: STRAIGHT,
};

/// The number pad of Apple's.
pub static APPLE_NUMPAD: Layout = Layout {
    rows: &[row(1, &["=/*"]), row(0, &["789-"]), row(0, &["456+"]), row(0, &["123"]), row(1, &["0."])],
    neighbours: STRAIGHT,
};

/// The layouts that a policy can name.
pub const LAYOUTS: [(&str, &Layout); 6] = [
    ("qwerty", &QWERTY),
    ("numpad", &NUMPAD),
    ("azerty", &AZERTY),
    ("qwertz", &QWERTZ),
    ("dvorak", &DVORAK),
    ("zhuyin", &ZHUYIN),
];

impl Layout {
    /// The key that gives a character.
    pub fn key(&self, c: char) -> Option<Key> {
        for (y, row) in self.rows.iter().enumerate() {
            for (face, keys) in row.faces.iter().enumerate() {
                if let Some(x) = keys.chars().position(|known| known == c) {
                    return Some(Key { x: x as i8 + row.indent, y: y as i8, shifted: face == 1 });
                }
            }
        }
        None
    }

    /// The direction from one key to the next, if they are neighbours.
    pub fn direction(&self, from: Option<Key>, to: Option<Key>) -> Option<usize> {
        let (from, to) = (from?, to?);
        self.neighbours.iter().position(|&step| step == (to.x - from.x, to.y - from.y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_gives_as_much_on_each_face_and_no_character_stands_twice() {
        for layout in LAYOUTS.iter().map(|(_, layout)| *layout).chain([&APPLE_NUMPAD]) {
            let mut seen = Vec::new();
            for row in layout.rows {
                for face in row.faces {
                    assert_eq!(face.chars().count(), row.faces[0].chars().count(), "{face}");
                    seen.extend(face.chars());
                }
            }
            let all = seen.len();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), all);
        }
    }

    #[test]
    fn a_neighbour_has_its_neighbour_back() {
        for (name, layout) in LAYOUTS {
            let neighbours = |a, b| layout.direction(layout.key(a), layout.key(b)).is_some();
            for (a, b) in [('1', '2'), ('8', '9'), ('4', '5')] {
                assert!(neighbours(a, b) && neighbours(b, a), "{name}");
            }
        }
    }
}
