//! Listed words: the whole password, its base, what is near them, what it holds.

use super::folding::{fold, readings};
use super::judge::{ExpectedViolation, found};
use super::model::Words;

/// The lists as files: a heading, and words in the order of their rank.
pub(crate) const LISTS: [&str; 3] = [
    "# rivers and birds\nheron\ndragon\nKingfisher\nword\nabcd\n汉字\nblue heron\np4ssage\n",
    "sunshine\nlovely\nzhangsan\nqwer\nAda\nseven7seven\nété2026\n",
    "loll\nbasket\n1234567\niris\n口令口令\nbill-boot\n",
];

pub(crate) fn listed(list: usize) -> Vec<&'static str> {
    LISTS[list].lines().filter(|line| !line.starts_with('#')).collect()
}

impl Words {
    pub(crate) fn check(&self, text: &str) -> Vec<ExpectedViolation> {
        let as_meant = |text: &str| if self.fold { fold(text) } else { text.to_owned() };
        let most = self.max_rank.map_or(usize::MAX, |rank| rank as usize);
        let words: Vec<String> =
            self.lists.iter().flat_map(|list| listed(*list).into_iter().take(most)).map(as_meant).collect();
        let text = as_meant(text);
        let has = |text: &str| words.iter().any(|word| word == text);
        let near = |text: &str| {
            self.max_edit_distance == 1
                && text.chars().count() <= 32
                && words.iter().any(|word| word.chars().count() >= 5 && edits(word, text) <= 1)
        };
        let base = self.matches.contains(&"base");
        let whole = base || self.matches.contains(&"whole");
        let bases = if base { bases(&text) } else { Vec::new() };
        if whole && has(&text) {
            return vec![found("words.listed", &[])];
        }
        if bases.iter().any(|base| has(base)) {
            return vec![found("words.based_on", &[])];
        }
        if whole && near(&text) || bases.iter().any(|base| near(base)) {
            return vec![found("words.near", &[])];
        }
        if self.matches.contains(&"contained") {
            let holds = |word: &String| word.chars().count() as u64 >= self.min_contained && text.contains(word);
            if words.iter().any(holds) {
                return vec![found("words.contained", &[])];
            }
        }
        Vec::new()
    }
}

/// What may be the base of a text: what is left when the digits and signs at an end, all of them or none, are taken
/// off, not too many, as it is or read as letters; but not the text itself.
fn bases(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let is_sign = |c: &char| !c.is_alphabetic();
    let mut bases = Vec::new();
    for begin in 0..=characters.len() {
        for end in begin..=characters.len() {
            let base = &characters[begin..end];
            let around = characters.len() - base.len();
            let right = base.len() >= 4
                && around <= base.len().max(8)
                && (begin == 0 || base.first().is_none_or(|c| !is_sign(c)))
                && (end == characters.len() || base.last().is_none_or(|c| !is_sign(c)))
                && characters[..begin].iter().chain(&characters[end..]).all(is_sign);
            if right {
                let base: String = base.iter().collect();
                bases.extend(readings(&base).into_iter().filter(|reading| *reading != base));
                bases.extend((base != text).then_some(base));
            }
        }
    }
    bases
}

/// How many characters must be put in, taken out, replaced, or exchanged with their neighbour.
pub(crate) fn edits(one: &str, other: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let exchanged = if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    table[i - 2][j - 2] + 1
                } else {
                    usize::MAX
                };
                replaced.min(exchanged).min(table[i - 1][j] + 1).min(table[i][j - 1] + 1)
            };
        }
    }
    table[a.len()][b.len()]
}
