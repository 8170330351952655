//! Alphabets: characters with a well-known order, for detecting sequences.
//!
//! Each order is cyclic: a follows z, and 0 follows 9, as on the number row of a keyboard. Letters are compared in
//! lower case. The orders are those taught in schools: Unicode's for Latin and Greek, Russian for Cyrillic (with
//! and without ё), bopomofo for Zhuyin, everyday and financial Chinese numerals, and the heavenly stems and
//! earthly branches used to count years.

/// The alphabets that a policy can name. An alphabet may have several orders.
pub const ALPHABETS: [(&str, &[&str]); 8] = [
    ("latin", &["abcdefghijklmnopqrstuvwxyz"]),
    ("digits", &["0123456789"]),
    ("cyrillic", &["абвгдежзийклмнопрстуфхцчшщъыьэюя", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"]),
    ("greek", &["αβγδεζηθικλμνξοπρστυφχψω"]),
    ("zhuyin", &["ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄓㄔㄕㄖㄗㄘㄙㄚㄛㄜㄝㄞㄟㄠㄡㄢㄣㄤㄥㄦㄧㄨㄩ"]),
    (
        "numerals",
        &[
            "零一二三四五六七八九十",
            "〇一二三四五六七八九",
            "零壹贰叁肆伍陆柒捌玖拾",
            "零壹貳參肆伍陸柒捌玖拾",
            "一二三四五六七八九十",
        ],
    ),
    ("stems", &["甲乙丙丁戊己庚辛壬癸"]),
    ("branches", &["子丑寅卯辰巳午未申酉戌亥"]),
];

/// Position of a character: index of the order, position in it, and length of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    order: u8,
    at: i8,
    of: i8,
}

/// A set of alphabets, indexed by character.
#[derive(Clone, Debug, Default)]
pub struct Alphabets {
    /// Sorted by the character.
    places: Vec<(char, Place)>,
    orders: u8,
}

impl Alphabets {
    /// Adds the alphabet called `name`. Returns `false` if there is no such alphabet.
    pub fn add(&mut self, name: &str) -> bool {
        let Some((_, orders)) = ALPHABETS.iter().find(|(known, _)| *known == name) else { return false };
        for order in *orders {
            let of = order.chars().count() as i8;
            let place = |at: usize| Place { order: self.orders, at: at as i8, of };
            self.places.extend(order.chars().enumerate().map(|(at, c)| (c, place(at))));
            self.orders = self.orders.saturating_add(1);
        }
        self.places.sort_unstable();
        true
    }

    fn of(&self, c: char) -> &[(char, Place)] {
        let start = self.places.partition_point(|(known, _)| *known < c);
        let length = self.places[start..].iter().take_while(|(known, _)| *known == c).count();
        &self.places[start..start + length]
    }

    /// Returns the signed distance from `from` to `to` by the shorter way around the cycle: 2 from y to a, -2 from
    /// a to y.
    ///
    /// Returns 0 for equal characters, even outside any alphabet, and `None` if no alphabet contains both. If
    /// several orders contain both, the shortest distance wins.
    pub fn step(&self, from: char, to: char) -> Option<i8> {
        let (from, to) = (lower(from), lower(to));
        if from == to {
            return Some(0);
        }
        let of_to = self.of(to);
        let steps = self.of(from).iter().flat_map(|(_, a)| {
            of_to.iter().filter(|(_, b)| a.order == b.order).map(|(_, b)| {
                let forward = (b.at - a.at).rem_euclid(a.of);
                if forward > a.of / 2 { forward - a.of } else { forward }
            })
        });
        steps.min_by_key(|step| step.unsigned_abs())
    }
}

/// Lower case, always one character. A final sigma becomes a plain sigma.
fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some('ς'), None) => 'σ',
        (Some(folded), None) => folded,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise adding an alphabet could change the distance and hide a sequence.
    #[test]
    fn alphabets_are_disjoint() {
        let mut seen: Vec<(char, &str)> = Vec::new();
        for (name, orders) in ALPHABETS {
            for c in orders.iter().flat_map(|order| order.chars()) {
                assert!(!seen.iter().any(|(known, of)| *known == c && *of != name), "{c}");
                seen.push((c, name));
            }
        }
    }

    #[test]
    fn step_takes_the_shorter_way_around() {
        let mut alphabets = Alphabets::default();
        for (name, _) in ALPHABETS {
            assert!(alphabets.add(name), "{name}");
        }
        assert!(!alphabets.add("runes"));
        for (from, to, step) in [
            ('a', 'B', Some(1)),
            ('y', 'a', Some(2)),
            ('a', 'y', Some(-2)),
            ('9', '0', Some(1)),
            ('0', '9', Some(-1)),
            ('2', '4', Some(2)),
            ('е', 'ж', Some(1)),
            ('е', 'ё', Some(1)),
            ('ρ', 'ς', Some(1)),
            ('ㄅ', 'ㄆ', Some(1)),
            ('〇', '一', Some(1)),
            ('十', '一', Some(1)),
            ('陸', '柒', Some(1)),
            ('甲', '乙', Some(1)),
            ('亥', '子', Some(1)),
            ('!', '!', Some(0)),
            ('a', '1', None),
            ('!', 'a', None),
        ] {
            assert_eq!(alphabets.step(from, to), step, "{from} {to}");
        }
    }
}
