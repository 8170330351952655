//! A policy as plain data, and its serialization to TOML.

use std::fmt::Write;

#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) normalize: bool,
    pub(crate) refuses_invisible: bool,
    pub(crate) max_bytes: u64,
    pub(crate) hash_limit_bytes: Option<u64>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) exemptions: Vec<Exemption>,
    /// `reset.min_password_age`, in seconds.
    pub(crate) min_age: u64,
}

/// A top-level rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) severity: Option<&'static str>,
    /// The day, and whether it has been reached.
    pub(crate) from: Option<(&'static str, bool)>,
    pub(crate) kind: RuleSpec,
}

#[derive(Clone, Debug)]
pub(crate) struct Exemption {
    pub(crate) when: Vec<RuleSpec>,
    pub(crate) rules: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum RuleSpec {
    Length {
        min: u64,
        max: u64,
        count: &'static str,
        min_words: Option<u64>,
        max_words: Option<u64>,
    },
    Characters(Characters),
    Variety {
        min_distinct: u64,
    },
    Repetition {
        max_run: u64,
        max_long_runs: u64,
        max_occurrences: Option<u64>,
        max_block_repeats: Option<u64>,
        palindrome: bool,
    },
    Sequence(Sequence),
    Keyboard {
        max_length: u64,
        layouts: Vec<&'static str>,
    },
    Date {
        max_share: u64,
    },
    ReversedUsername {
        min_length: u64,
        whole: bool,
        read: Vec<&'static str>,
    },
    Personal(Personal),
    PinyinName {
        min_match: u64,
        read: Vec<&'static str>,
    },
    Words(Words),
    Points(Points),
    Pattern {
        forbids: bool,
        expression: Expression,
    },
    Similarity {
        min_distance: u64,
        min_new: u64,
        max_common: Option<u64>,
        read: Vec<&'static str>,
    },
    History {
        depth: u64,
        days: Option<u64>,
    },
    Group {
        how: Group,
        rules: Vec<RuleSpec>,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Characters {
    pub(crate) min_classes: u64,
    pub(crate) require: Vec<(&'static str, u64)>,
    pub(crate) allowed: Vec<&'static str>,
    pub(crate) forbidden: Vec<&'static str>,
    pub(crate) by: &'static str,
    pub(crate) custom: Vec<(&'static str, &'static str)>,
    pub(crate) max_per_class: Vec<(&'static str, u64)>,
    pub(crate) max_class_run: Option<u64>,
    /// `not_at_start`, `not_at_end`, `not_only`, `ignore_at_start` and `ignore_at_end`.
    pub(crate) places: [Vec<&'static str>; 5],
    pub(crate) min_length_by_classes: Vec<(u64, u64)>,
}

pub(crate) const PLACES: [&str; 5] =
    ["not_at_start", "not_at_end", "not_only", "ignore_at_start", "ignore_at_end"];

#[derive(Clone, Debug)]
pub(crate) struct Sequence {
    pub(crate) max_length: u64,
    pub(crate) alphabets: Vec<&'static str>,
    pub(crate) max_step: u64,
    pub(crate) wrap: bool,
    pub(crate) interleaved: bool,
    pub(crate) max_duplicate: Option<u64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Personal {
    pub(crate) attributes: Vec<&'static str>,
    pub(crate) min_match: u64,
    pub(crate) min_length: u64,
    pub(crate) tokens: bool,
    pub(crate) token_separators: Option<&'static str>,
    pub(crate) place: &'static str,
    pub(crate) read: Vec<&'static str>,
    pub(crate) min_part: Option<u64>,
    pub(crate) tails: Vec<(&'static str, u64)>,
    pub(crate) max_share: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Words {
    /// Indices into [`super::words::LISTS`].
    pub(crate) lists: Vec<usize>,
    pub(crate) matches: Vec<&'static str>,
    pub(crate) min_contained: u64,
    pub(crate) fold: bool,
    pub(crate) max_edit_distance: u64,
    pub(crate) max_rank: Option<u64>,
    pub(crate) read: Vec<&'static str>,
    pub(crate) max_share: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Points {
    pub(crate) min: u64,
    pub(crate) per_character: u64,
    pub(crate) credits: Vec<(&'static str, u64)>,
    pub(crate) min_for_point: Vec<(&'static str, u64)>,
    /// Only `by` and `custom` matter.
    pub(crate) classes: Characters,
    /// Indices into [`super::words::LISTS`].
    pub(crate) lists: Vec<usize>,
    pub(crate) per_word: u64,
    pub(crate) min_word: u64,
    pub(crate) max_edit_distance: u64,
    pub(crate) read: Vec<&'static str>,
}

/// Regular expressions that need no library.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expression {
    Literal(&'static str),
    /// One character of a class.
    Class(&'static str, fn(char) -> bool),
    /// The text starts with a character of a class.
    Begins(&'static str, fn(char) -> bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    All,
    Any,
    Not,
    AtLeast(u64),
}

impl RuleSpec {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            RuleSpec::Length { .. } => "length",
            RuleSpec::Characters(_) => "characters",
            RuleSpec::Variety { .. } => "variety",
            RuleSpec::Repetition { .. } => "repetition",
            RuleSpec::Sequence(_) => "sequence",
            RuleSpec::Keyboard { .. } => "keyboard",
            RuleSpec::Date { .. } => "date",
            RuleSpec::ReversedUsername { .. } => "reversed_username",
            RuleSpec::Personal(_) => "personal",
            RuleSpec::PinyinName { .. } => "pinyin_name",
            RuleSpec::Words(_) => "words",
            RuleSpec::Points(_) => "points",
            RuleSpec::Pattern { .. } => "pattern",
            RuleSpec::Similarity { .. } => "similarity",
            RuleSpec::History { .. } => "history",
            RuleSpec::Group { how: Group::All, .. } => "all",
            RuleSpec::Group { how: Group::Any, .. } => "any",
            RuleSpec::Group { how: Group::Not, .. } => "not",
            RuleSpec::Group { how: Group::AtLeast(_), .. } => "at_least",
        }
    }

    /// Position of the kind in evaluation order, as in the catalogue.
    pub(crate) fn rank(&self) -> usize {
        const ORDER: [&str; 19] = [
            "length",
            "characters",
            "variety",
            "repetition",
            "sequence",
            "keyboard",
            "date",
            "reversed_username",
            "personal",
            "pinyin_name",
            "words",
            "points",
            "pattern",
            "similarity",
            "history",
            "all",
            "any",
            "not",
            "at_least",
        ];
        ORDER.iter().position(|name| *name == self.name()).unwrap_or(ORDER.len())
    }

    /// Returns the cost: hashes last, word lists before them, everything else first. A group costs as much as its
    /// most expensive rule.
    pub(crate) fn cost(&self) -> usize {
        match self {
            RuleSpec::History { .. } => 2,
            RuleSpec::Words(_) | RuleSpec::Points(_) => 1,
            RuleSpec::Group { rules, .. } => rules.iter().map(RuleSpec::cost).max().unwrap_or_default(),
            _ => 0,
        }
    }

    /// Counts the rules of this kind, including nested ones.
    pub(crate) fn count(&self, name: &str) -> usize {
        let inside = match self {
            RuleSpec::Group { rules, .. } => rules.iter().map(|rule| rule.count(name)).sum(),
            _ => 0,
        };
        inside + usize::from(self.name() == name)
    }

    /// Serializes the rule as the contents of an inline table.
    fn text(&self) -> String {
        let mut keys = vec![format!("kind = {:?}", self.name())];
        let mut key = |name: &str, value: String| keys.push(format!("{name} = {value}"));
        match self {
            RuleSpec::Length { min, max, count, min_words, max_words } => {
                for (name, value) in [("min_words", min_words), ("max_words", max_words)] {
                    if let Some(value) = value {
                        key(name, value.to_string());
                    }
                }
                key("min", min.to_string());
                key("max", max.to_string());
                key("count", quoted(count));
            }
            RuleSpec::Characters(characters) => {
                key("min_classes", characters.min_classes.to_string());
                key("by", quoted(characters.by));
                for (class, text) in &characters.custom {
                    key(&format!("classes.{class}"), quoted(text));
                }
                for (class, count) in &characters.require {
                    key(&format!("require.{class}"), count.to_string());
                }
                for (class, count) in &characters.max_per_class {
                    key(&format!("max_per_class.{class}"), count.to_string());
                }
                if let Some(max) = characters.max_class_run {
                    key("max_class_run", max.to_string());
                }
                for (classes, length) in &characters.min_length_by_classes {
                    key(&format!("min_length_by_classes.{classes}"), length.to_string());
                }
                let sets = [("allowed", &characters.allowed), ("forbidden", &characters.forbidden)];
                for (name, list) in sets.into_iter().chain(PLACES.into_iter().zip(&characters.places)) {
                    if !list.is_empty() {
                        key(name, listed(list));
                    }
                }
            }
            RuleSpec::Variety { min_distinct } => key("min_distinct", min_distinct.to_string()),
            RuleSpec::Repetition { max_run, max_long_runs, max_occurrences, max_block_repeats, palindrome } => {
                key("palindrome", palindrome.to_string());
                key("max_long_runs", max_long_runs.to_string());
                key("max_run", max_run.to_string());
                for (name, value) in
                    [("max_occurrences", max_occurrences), ("max_block_repeats", max_block_repeats)]
                {
                    if let Some(value) = value {
                        key(name, value.to_string());
                    }
                }
            }
            RuleSpec::Sequence(rule) => {
                key("max_length", rule.max_length.to_string());
                key("alphabets", listed(&rule.alphabets));
                key("max_step", rule.max_step.to_string());
                key("wrap", rule.wrap.to_string());
                key("interleaved", rule.interleaved.to_string());
                if let Some(max) = rule.max_duplicate {
                    key("max_duplicate", max.to_string());
                }
            }
            RuleSpec::Keyboard { max_length, layouts } => {
                key("max_length", max_length.to_string());
                key("layouts", listed(layouts));
            }
            RuleSpec::Date { max_share } => key("max_share", max_share.to_string()),
            RuleSpec::ReversedUsername { min_length, whole, read } => {
                key("min_length", min_length.to_string());
                key("whole", whole.to_string());
                key("read", listed(read));
            }
            RuleSpec::Personal(rule) => {
                key("attributes", listed(&rule.attributes));
                key("min_match", rule.min_match.to_string());
                key("min_length", rule.min_length.to_string());
                key("tokens", rule.tokens.to_string());
                if let Some(separators) = rule.token_separators {
                    key("token_separators", quoted(separators));
                }
                key("place", quoted(rule.place));
                key("read", listed(&rule.read));
                if let Some(length) = rule.min_part {
                    key("min_part", length.to_string());
                }
                for (attribute, length) in &rule.tails {
                    key(&format!("tails.{attribute}"), length.to_string());
                }
                key("max_share", rule.max_share.to_string());
            }
            RuleSpec::PinyinName { min_match, read } => {
                key("min_match", min_match.to_string());
                key("read", listed(read));
            }
            RuleSpec::Words(words) => {
                let lists: Vec<String> = words.lists.iter().map(|list| format!("./{list}.txt")).collect();
                key("lists", listed(&lists));
                key("match", listed(&words.matches));
                if words.matches.contains(&"contained") {
                    key("min_contained", words.min_contained.to_string());
                }
                key("fold", words.fold.to_string());
                key("read", listed(&words.read));
                key("max_share", words.max_share.to_string());
                key("max_edit_distance", words.max_edit_distance.to_string());
                if let Some(rank) = words.max_rank {
                    key("max_rank", rank.to_string());
                }
            }
            RuleSpec::Points(points) => {
                key("min_points", points.min.to_string());
                key("per_character", points.per_character.to_string());
                key("by", quoted(points.classes.by));
                for (class, text) in &points.classes.custom {
                    key(&format!("classes.{class}"), quoted(text));
                }
                for (name, numbers) in [("credits", &points.credits), ("min_for_point", &points.min_for_point)] {
                    for (class, number) in numbers {
                        key(&format!("{name}.{class}"), number.to_string());
                    }
                }
                if !points.lists.is_empty() {
                    let lists: Vec<String> = points.lists.iter().map(|list| format!("./{list}.txt")).collect();
                    key("lists", listed(&lists));
                    key("per_word", points.per_word.to_string());
                    key("min_word", points.min_word.to_string());
                    key("max_edit_distance", points.max_edit_distance.to_string());
                    key("read", listed(&points.read));
                }
            }
            RuleSpec::Pattern { forbids, expression } => {
                let text = match expression {
                    Expression::Literal(text) | Expression::Class(text, _) | Expression::Begins(text, _) => text,
                };
                key(if *forbids { "forbid" } else { "require" }, quoted(text));
            }
            RuleSpec::Similarity { min_distance, min_new, max_common, read } => {
                if let Some(max) = max_common {
                    key("max_common", max.to_string());
                }
                key("min_distance", min_distance.to_string());
                key("min_new", min_new.to_string());
                key("read", listed(read));
            }
            RuleSpec::History { depth, days } => {
                key("depth", depth.to_string());
                if let Some(days) = days {
                    key("days", days.to_string());
                }
            }
            RuleSpec::Group { how, rules } => {
                if let Group::AtLeast(count) = how {
                    key("count", count.to_string());
                }
                key("rules", format!("{{ {} }}", inside(rules)));
            }
        }
        keys.join(", ")
    }
}

impl Policy {
    /// Serializes the policy.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("format = 1\n[password]\nmax_bytes = {}\n", self.max_bytes);
        if !self.normalize {
            text.push_str("normalize = \"none\"\n");
        }
        if self.refuses_invisible {
            text.push_str("invisible = \"refuse\"\n");
        }
        if let Some(limit) = self.hash_limit_bytes {
            let _ = writeln!(text, "hash_limit_bytes = {limit}");
        }
        let _ = writeln!(text, "[reset]\nmin_password_age = \"{}s\"", self.min_age);
        text.push_str("[rules]\n");
        for rule in &self.rules {
            let mut more = String::new();
            if let Some(severity) = rule.severity {
                let _ = write!(more, ", severity = {severity:?}");
            }
            if let Some((day, _)) = rule.from {
                let _ = write!(more, ", from = {day}");
            }
            let _ = writeln!(text, "{} = {{ {}{more} }}", rule.name, rule.kind.text());
        }
        for exemption in &self.exemptions {
            let when = inside(&exemption.when);
            let _ = writeln!(text, "[[exempt]]\nwhen = {{ {when} }}\nrules = {}", listed(&exemption.rules));
        }
        text
    }
}

/// Serializes nested rules. Their names sort in reverse order.
fn inside(rules: &[RuleSpec]) -> String {
    let named = |(at, rule): (usize, &RuleSpec)| format!("i{} = {{ {} }}", 9 - at, rule.text());
    rules.iter().enumerate().map(named).collect::<Vec<_>>().join(", ")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn listed<T: AsRef<str>>(texts: &[T]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text.as_ref())).collect::<Vec<_>>().join(", "))
}
