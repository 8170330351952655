//! Alphabets: characters with a well-known order, for detecting sequences.
//!
//! Each order is cyclic: a follows z, and 0 follows 9, as on the number row of a keyboard. Letters are compared in
//! lower case. The orders are those taught in schools: Unicode's for Latin and Greek, the Polish one with and without q, v
//! and x, the Czech one without ch, the German one as in Passay, Russian for Cyrillic (with and without ё), bopomofo for Zhuyin, everyday and financial Chinese numerals, and the heavenly stems and
//! earthly branches used to count years.

/// The alphabets that a policy can name. An alphabet may have several orders.
pub const ALPHABETS: [(&str, &[&str]); 11] = [
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
    ("polish", &["aąbcćdeęfghijklłmnńoóprsśtuwyzźż", "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"]),
    ("czech", &["aábcčdďeéěfghiíjklmnňoópqrřsštťuúůvwxyýzž"]),
    ("german", &["abcdefghijklmnopqrstuvwxyzäöüß"]),
];
/// The alphabets that share letters.
const LATIN: [&str; 4] = ["latin", "polish", "czech", "german"];

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
    /// Returns sets of the alphabets with these names. Each set has one order of an alphabet of Latin letters, if one is
    /// named, and all other alphabets, so that no character is in two alphabets of a set. Unknown names are left out.
    pub fn disjoint<'n>(names: impl Iterator<Item = &'n str> + Clone) -> Vec<Alphabets> {
        let orders = |latin: bool| {
            let named = names.clone().filter(move |name| LATIN.contains(name) == latin);
            named
                .filter_map(|name| ALPHABETS.iter().find(|(known, _)| *known == name))
                .flat_map(|(_, orders)| *orders)
        };
        let mut others = Alphabets::default();
        orders(false).for_each(|order| others.add(order));
        let mut sets: Vec<Alphabets> = Vec::new();
        for order in orders(true) {
            let mut set = others.clone();
            set.add(order);
            sets.push(set);
        }
        if sets.is_empty() { vec![others] } else { sets }
    }

    fn add(&mut self, order: &str) {
        let of = order.chars().count() as i8;
        let place = |at: usize| Place { order: self.orders, at: at as i8, of };
        self.places.extend(order.chars().enumerate().map(|(at, c)| (c, place(at))));
        self.orders = self.orders.saturating_add(1);
        self.places.sort_unstable();
    }

    fn of(&self, c: char) -> &[(char, Place)] {
        let start = self.places.partition_point(|(known, _)| *known < c);
        let length = self.places[start..].iter().take_while(|(known, _)| *known == c).count();
        &self.places[start..start + length]
    }

    /// Returns the signed distance from `from` to `to` by the shorter way around the cycle: 2 from y to a, -2 from
    /// a to y. Without `wrap`, the order has two ends, and the distance from y to a is -24.
    ///
    /// Returns 0 for equal characters, even outside any alphabet, and `None` if no alphabet contains both. If
    /// several orders contain both, the shortest distance wins.
    pub fn step(&self, from: char, to: char, wrap: bool) -> Option<i8> {
        let (from, to) = (lower(from), lower(to));
        if from == to {
            return Some(0);
        }
        let of_to = self.of(to);
        let steps = self.of(from).iter().flat_map(|(_, a)| {
            of_to.iter().filter(|(_, b)| a.order == b.order).map(|(_, b)| {
                if !wrap {
                    return b.at - a.at;
                }
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

    fn all() -> Vec<Alphabets> {
        Alphabets::disjoint(ALPHABETS.iter().map(|(name, _)| *name))
    }

    /// Otherwise adding an alphabet could change the distance and hide a sequence.
    #[test]
    fn alphabets_of_a_set_are_disjoint() {
        for (name, orders) in ALPHABETS {
            for (other, others) in ALPHABETS.iter().filter(|(other, _)| *other != name) {
                let both_latin = LATIN.contains(&name) && LATIN.contains(other);
                let mut shared = orders.iter().flat_map(|order| order.chars());
                let is_shared = shared.any(|c| others.iter().any(|order| order.contains(c)));
                assert_eq!(is_shared, both_latin, "{name} {other}");
            }
        }
        assert_eq!(all().len(), 5);
        assert_eq!(Alphabets::disjoint(["digits", "greek"].into_iter()).len(), 1);
    }

    #[test]
    fn order_of_a_language_has_its_letters() {
        for (name, from, to) in [
            ("polish", 'p', 'r'),
            ("polish", 'p', 'q'),
            ("polish", 'Ź', 'ż'),
            ("czech", 'ř', 's'),
            ("czech", 'z', 'Ž'),
            ("german", 'z', 'ä'),
            ("german", 'ü', 'ß'),
        ] {
            let sets = Alphabets::disjoint([name].into_iter());
            assert!(sets.iter().any(|set| set.step(from, to, false) == Some(1)), "{name} {from} {to}");
        }
    }

    #[test]
    fn order_without_wrap_has_two_ends() {
        let sets = Alphabets::disjoint(["latin", "digits"].into_iter());
        assert_eq!(sets[0].step('z', 'a', false), Some(-25));
        assert_eq!(sets[0].step('9', '0', false), Some(-9));
        assert_eq!(sets[0].step('8', '9', false), Some(1));
    }

    #[test]
    fn step_takes_the_shorter_way_around() {
        let alphabets = &all()[0];
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
            assert_eq!(alphabets.step(from, to, true), step, "{from} {to}");
        }
    }
}
