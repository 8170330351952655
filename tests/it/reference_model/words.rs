//! Word lists: the whole password, its base word, similar words, contained words.

use kouling::knowledge::strength::{DEFAULT_YEAR, estimate};

use super::evaluate::{ExpectedViolation, found};
use super::folding::{Reading, composed, fold, is_separator, key, read_as, readings};
use super::policy::{Points, Words};

/// The list files: a heading, and words in the order of their rank.
pub(crate) const LISTS: [&str; 3] = [
    "# rivers and birds\nheron\ndragon\nKingfisher\nword\nabcd\n汉字\nblue heron\np4ssage\n",
    "sunshine\nlovely\nzhangsan\nqwer\nAda\nseven7seven\nété2026\nStra\u{DF}e\nmu\u{308}ll\n",
    "loll\nbasket\n1234567\niris\n口令口令\nbill-boot\n",
];

pub(crate) fn listed(list: usize) -> Vec<&'static str> {
    LISTS[list].lines().filter(|line| !line.starts_with('#')).collect()
}

impl Words {
    pub(crate) fn check(&self, text: &str) -> Vec<ExpectedViolation> {
        let folded = |text: &str| if self.fold { key(text) } else { composed(text) };
        let max_rank = self.max_rank.map_or(usize::MAX, |rank| rank as usize);
        let words: Vec<String> =
            self.lists.iter().flat_map(|list| listed(*list).into_iter().take(max_rank)).map(folded).collect();
        let mut read: Vec<&str> = self.read.iter().copied().filter(|one| *one != "folded").collect();
        if self.fold {
            read.push("folded");
        }
        let typed = if self.fold { fold(text) } else { text.to_owned() };
        let divided = |text: &str, mut read: Vec<&str>, form: String| {
            let mut separators: Vec<char> = form.chars().filter(|c| is_separator(*c)).collect();
            separators.sort_unstable();
            separators.dedup();
            let others = form.chars().filter(|c| !is_separator(*c)).count();
            // Separators of more than two kinds are never removed, nor those of short texts.
            read.retain(|one| *one != "separated" || (separators.len() <= 2 && others >= 8));
            read_as(text, &read)
        };
        let folded_readings = divided(&typed, read.clone(), folded(text));
        let plain: Vec<&Reading> = folded_readings.iter().filter(|reading| reading.is_plain()).collect();
        let mut readings = folded_readings.clone();
        if self.fold && !text.is_ascii() {
            read.retain(|one| *one != "folded");
            readings.extend(divided(&typed, read, typed.clone()));
        }
        let substituted = self.read.contains(&"substituted");
        let has = |text: &str| words.iter().any(|word| word == text);
        let similar = |text: &str| {
            self.max_edit_distance == 1
                && text.chars().count() <= 32
                && words.iter().any(|word| word.chars().count() >= 5 && edits(word, text) <= 1)
        };
        let base = self.matches.contains(&"base");
        let whole = base || self.matches.contains(&"whole");
        let bases = |reading: &Reading| {
            // A base undoes substitutions itself, after the signs at its ends are removed.
            let has_bases = base && !reading.substituted;
            if has_bases { bases(&reading.text, substituted && !reading.reversed) } else { Vec::new() }
        };
        if whole && readings.iter().any(|reading| reading.is_plain() && has(&reading.text)) {
            return vec![found("words.listed", &[])];
        }
        let is_based =
            |reading: &Reading| whole && has(&reading.text) || bases(reading).iter().any(|base| has(base));
        if readings.iter().any(is_based) {
            return vec![found("words.based_on", &[])];
        }
        let is_near = |reading: &&Reading| {
            whole && similar(&reading.text) || bases(reading).iter().any(|base| similar(base))
        };
        if plain.iter().any(is_near) {
            return vec![found("words.near", &[])];
        }
        // The estimate itself has no second implementation.
        let is_guessable = |reading: &&Reading| estimate(&reading.text, &[], DEFAULT_YEAR).guesses_log10 < 7.0;
        if self.matches.contains(&"guessable") && plain.iter().any(is_guessable) {
            return vec![found("words.based_on", &[])];
        }
        if self.matches.contains(&"contained") {
            let is_contained = |reading: &Reading| {
                words.iter().any(|word| {
                    let length = word.chars().count() as u64;
                    let is_long = length * 100 > self.max_share * reading.text.chars().count() as u64;
                    is_long && length >= self.min_contained && reading.text.contains(word)
                })
            };
            if readings.iter().any(is_contained) {
                return vec![found("words.contained", &[])];
            }
        }
        Vec::new()
    }
}

impl Points {
    pub(crate) fn check(&self, text: &str) -> Vec<ExpectedViolation> {
        let count = |class: &str| text.chars().filter(|c| self.classes.is_in(*c, class)).count() as u64;
        let credits: u64 = self.credits.iter().map(|(class, max)| count(class).min(*max)).sum();
        let reached = self.min_for_point.iter().filter(|(class, min)| count(class) >= *min).count() as u64;
        let words: Vec<String> = self.lists.iter().flat_map(|list| listed(*list)).map(key).collect();
        let length = text.chars().count() as u64;
        let mut sums = vec![(length * self.per_character, 0)];
        if !words.is_empty() {
            let mut read: Vec<&str> = self.read.clone();
            let mut readings = read_as(&fold(text), &[read.as_slice(), &["folded"]].concat());
            if !text.is_ascii() {
                read.retain(|one| *one != "folded");
                readings.extend(read_as(&fold(text), &read));
            }
            for reading in readings {
                let removed = length.saturating_sub(reading.text.chars().count() as u64);
                let characters: Vec<char> = reading.text.chars().collect();
                let (points, count) = self.divided(&characters, &words);
                sums.push((points + removed * self.per_character, count));
            }
        }
        let (sum, word_count) = sums.into_iter().min().unwrap_or_default();
        let points = sum + credits + reached;
        if points >= self.min {
            return Vec::new();
        }
        let code = match (word_count, self.per_character) {
            (0, 0) => "points.too_few_classes",
            (0, _) => "points.too_few",
            _ => "points.listed_words",
        };
        vec![found(code, &[("min", self.min), ("missing", self.min - points)])]
    }

    /// Returns the fewest points and then the fewest words of a text, from its end to its beginning.
    fn divided(&self, characters: &[char], words: &[String]) -> (u64, u64) {
        let near = self.max_edit_distance == 1 && characters.len() <= 32;
        let is_word = |part: &str| {
            let length = part.chars().count();
            let long: Vec<&String> =
                words.iter().filter(|word| word.chars().count() as u64 >= self.min_word).collect();
            let exact = long.iter().any(|word| *word == part);
            let similar = || {
                words.iter().any(|word| word.chars().count() >= 5 && edits(word, part) <= 1)
                    && !long.iter().any(|word| part.contains(*word))
            };
            exact || (near && length >= 4 && length as u64 >= self.min_word && similar())
        };
        let mut rest = vec![(0, 0)];
        for start in (0..characters.len()).rev() {
            let (points, count) = rest[0];
            let mut best = (points + self.per_character, count);
            for end in start + 1..=characters.len() {
                if is_word(&characters[start..end].iter().collect::<String>()) {
                    let (points, count) = rest[end - start - 1];
                    best = best.min((points + self.per_word, count + 1));
                }
            }
            rest.insert(0, best);
        }
        rest[0]
    }
}

/// Returns the candidates for a base word: the text without all digits and symbols at either end, within limits,
/// as typed or with substitutions undone; never the text itself.
fn bases(text: &str, substituted: bool) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let is_symbol = |c: &char| !c.is_alphabetic();
    let mut bases = Vec::new();
    for begin in 0..=characters.len() {
        for end in begin..=characters.len() {
            let base = &characters[begin..end];
            let around = characters.len() - base.len();
            let is_base = base.len() >= 4
                && around <= base.len().max(8)
                && (begin == 0 || base.first().is_none_or(|c| !is_symbol(c)))
                && (end == characters.len() || base.last().is_none_or(|c| !is_symbol(c)))
                && characters[..begin].iter().chain(&characters[end..]).all(is_symbol);
            if is_base {
                let base: String = base.iter().collect();
                if substituted {
                    bases.extend(readings(&base).into_iter().filter(|reading| *reading != base));
                }
                bases.extend((base != text).then_some(base));
            }
        }
    }
    bases
}

/// Returns the edit distance with transpositions.
pub(crate) fn edits(one: &str, other: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let transposed = if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    table[i - 2][j - 2] + 1
                } else {
                    usize::MAX
                };
                replaced.min(transposed).min(table[i - 1][j] + 1).min(table[i][j - 1] + 1)
            };
        }
    }
    table[a.len()][b.len()]
}
