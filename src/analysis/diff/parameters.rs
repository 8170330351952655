//! What a parameter of a built-in kind means for how much is refused: which way it tightens, and its default.
//!
//! Only what is certain for every password stands here. A parameter that does not is compared all the same, and a change
//! of it is of no known direction.

use std::collections::BTreeSet;

use super::reading::{entries, flag, number, show, texts, value};
use super::{Direction, Side, files};
use crate::policy::document::{Entry, Node, Value};

/// How a parameter is compared.
#[derive(Clone, Copy)]
enum Sense {
    /// A greater number refuses more; the default.
    Up(u64),
    /// A smaller number refuses more; the default, `None` for no bound.
    Down(Option<u64>),
    /// A greater number refuses more, and no bound the most.
    Most,
    /// A longer list refuses more; the default.
    More(&'static [&'static str]),
    /// As a longer list, of names and files; files are what is in them.
    Lists(&'static [&'static str]),
    /// A file: the same when the same is in it.
    File,
    /// A set of characters: the fewer, the more is refused; absent means every one.
    Allowed,
    /// A set of characters: the more, the more is refused.
    Forbidden,
    /// Refuses more when true; the default.
    True(bool),
    /// Refuses less when true; the default.
    False(bool),
    /// A table of numbers; a greater one refuses more, and none is 0.
    EachUp,
    /// An expression beside others: with it more is refused, and another one refuses other things.
    Added,
    /// Anything else; the default as written.
    Other(&'static str),
}

type Parameters = &'static [(&'static str, Sense)];

const CLASSES: [&str; 5] = ["lower", "upper", "digit", "symbol", "other"];

fn parameters(kind: &str) -> Parameters {
    use Sense::{Added, Allowed, Down, EachUp, False, File, Forbidden, Lists, More, Most, Other, True, Up};
    match kind {
        "length" => &[("min", Up(8)), ("count", Other("\"code-points\""))],
        "characters" => &[
            ("min_classes", Up(3)),
            ("require", EachUp),
            ("allowed", Allowed),
            ("forbidden", Forbidden),
            ("by", Other("\"unicode\"")),
        ],
        "repetition" => {
            &[("max_run", Down(Some(3))), ("max_occurrences", Down(None)), ("max_block_repeats", Down(None))]
        }
        "variety" => &[("min_distinct", Up(5))],
        // No character stands in two alphabets, and each keyboard is looked at for itself, so one more only adds.
        "sequence" => &[("max_length", Down(Some(4))), ("alphabets", More(&["latin", "digits"]))],
        "keyboard" => &[("max_length", Down(Some(4))), ("layouts", More(&["qwerty", "numpad"]))],
        "date" => &[("max_share", Down(Some(50)))],
        // Without a count what the filter has counts, which nothing asks less than.
        "breached" => &[("filter", File), ("min_count", Down(Some(1)))],
        "reversed_username" => &[("min_length", Down(Some(3))), ("whole", False(false))],
        "personal" => &[
            ("attributes", More(&["username", "phone", "email", "name"])),
            ("min_match", Down(Some(4))),
            ("tokens", True(true)),
        ],
        "pinyin_name" => {
            &[("attributes", More(&["name"])), ("min_match", Other("4")), ("regional_spellings", Other("false"))]
        }
        "words" => &[
            ("lists", Lists(&["common", "chinese"])),
            ("match", More(&["whole", "base"])),
            ("min_contained", Down(Some(5))),
            ("fold", Other("true")),
            ("max_edit_distance", Up(0)),
            ("max_rank", Most),
        ],
        "pattern" => &[("forbid", Added), ("require", Added)],
        "similarity" => &[("min_distance", Up(4))],
        "strength" => {
            &[("attributes", Other("[\"*\"]")), ("words", Other("[]")), ("estimator", Other("\"kouling\""))]
        }
        "history" => &[("depth", Up(5)), ("days", Up(0))],
        "at_least" => &[("count", Up(1))],
        _ => &[],
    }
}

/// One parameter whose value differs.
pub(super) struct Changed {
    pub(super) key: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
    pub(super) direction: Direction,
}

/// Every parameter that differs between two rules of a kind, but for the keys that `apart` names.
pub(super) fn compare(
    kind: &str,
    sides: [Side<'_>; 2],
    [old, new]: [&[Entry]; 2],
    apart: &[&str],
) -> Vec<Changed> {
    let known = parameters(kind);
    let mut changed = Vec::new();
    for (key, sense) in known {
        let (was, is) = (value(old, key), value(new, key));
        let nodes = [node(old, key), node(new, key)];
        let direction = match sense {
            Sense::EachUp => {
                changed.extend(compare_each(key, nodes));
                None
            }
            Sense::Lists(default) => compare_files(sides, nodes, default),
            Sense::File => compare_files(sides, nodes, &[]).map(|_| Direction::Unknown),
            _ => sense.direction(was, is),
        };
        changed.extend(direction.map(|direction| Changed::new(key, was, is, sense, direction)));
    }
    let mut apart = apart.to_vec();
    apart.extend(known.iter().map(|(key, _)| *key));
    match kind {
        "length" => {
            apart.push("max");
            // The default follows the least length.
            let most = |entries| {
                number(value(entries, "max")).unwrap_or_else(|| 64.max(number(value(entries, "min")).unwrap_or(8)))
            };
            if let Some(direction) = ordered(most(new), most(old)) {
                let shown = |entries| Some(most(entries).to_string());
                changed.push(Changed { key: "max".to_owned(), old: shown(old), new: shown(new), direction });
            }
        }
        "strength" => {
            apart.extend(["min_score", "min_guesses"]);
            let least = |entries| match number(value(entries, "min_guesses")) {
                Some(power) => ("min_guesses", power),
                None => ("min_score", number(value(entries, "min_score")).unwrap_or(2)),
            };
            let ((was_key, was), (key, is)) = (least(old), least(new));
            let direction = if was_key == key { ordered(was, is) } else { Some(Direction::Unknown) };
            if let Some(direction) = direction {
                let (old, new) = (Some(format!("{was_key} = {was}")), Some(format!("{key} = {is}")));
                changed.push(Changed { key: key.to_owned(), old, new, direction });
            }
        }
        _ => {}
    }
    let keys: BTreeSet<&str> = old.iter().chain(new).map(|entry| entry.key.as_str()).collect();
    for key in keys.into_iter().filter(|key| !apart.contains(key)) {
        let (was, is) = (value(old, key), value(new, key));
        if was.map(show) != is.map(show) {
            let (old, new) = (was.map(show), is.map(show));
            changed.push(Changed { key: key.to_owned(), old, new, direction: Direction::Unknown });
        }
    }
    changed
}

fn node<'d>(entries: &'d [Entry], key: &str) -> Option<&'d Node> {
    super::reading::entry(entries, key).map(|entry| &entry.node)
}

/// The direction from some lists to more of them.
fn compare_files(sides: [Side<'_>; 2], nodes: [Option<&Node>; 2], default: &[&str]) -> Option<Direction> {
    let lists = |side: Side<'_>, node: Option<&Node>| -> Option<BTreeSet<String>> {
        match node.map(|node| (node, &node.value)) {
            None => Some(default.iter().map(|name| (*name).to_owned()).collect()),
            Some((_, Value::Array(items))) => items.iter().map(|item| files::named(side, item)).collect(),
            Some((node, _)) => Some(BTreeSet::from([files::named(side, node)?])),
        }
    };
    let [old, new] = sides;
    let [was, is] = nodes;
    match (lists(old, was), lists(new, is)) {
        (Some(was), Some(is)) => contained(&was, &is),
        // Read by a source of the host's own: the same names mean the same where every file is the same.
        _ => {
            let written = |node: Option<&Node>| node.map(|node| show(&node.value));
            let same = written(was) == written(is) && old.policy.dictionaries() == new.policy.dictionaries();
            (!same).then_some(Direction::Unknown)
        }
    }
}

fn compare_each(table: &str, [old, new]: [Option<&Node>; 2]) -> Vec<Changed> {
    let (old, new) = (entries(old), entries(new));
    let keys: BTreeSet<&str> = old.iter().chain(new).map(|entry| entry.key.as_str()).collect();
    let sense = Sense::Up(0);
    let changed = keys.into_iter().filter_map(|key| {
        let (was, is) = (value(old, key), value(new, key));
        let direction = sense.direction(was, is)?;
        Some(Changed::new(&format!("{table}.{key}"), was, is, &sense, direction))
    });
    changed.collect()
}

impl Changed {
    fn new(key: &str, old: Option<&Value>, new: Option<&Value>, sense: &Sense, direction: Direction) -> Changed {
        let shown = |value: Option<&Value>| value.map(show).or_else(|| sense.default());
        Changed { key: key.to_owned(), old: shown(old), new: shown(new), direction }
    }
}

/// The direction from a number to a greater one being tighter.
pub(super) fn ordered(old: u64, new: u64) -> Option<Direction> {
    match new.cmp(&old) {
        std::cmp::Ordering::Greater => Some(Direction::Tighter),
        std::cmp::Ordering::Less => Some(Direction::Looser),
        std::cmp::Ordering::Equal => None,
    }
}

/// The direction from a set to one that holds more being tighter.
fn contained<T: Ord>(old: &BTreeSet<T>, new: &BTreeSet<T>) -> Option<Direction> {
    match (old.is_subset(new), old.is_superset(new)) {
        (true, true) => None,
        (true, false) => Some(Direction::Tighter),
        (false, true) => Some(Direction::Looser),
        (false, false) => Some(Direction::Unknown),
    }
}

impl Sense {
    /// `None` when both mean the same.
    fn direction(self, old: Option<&Value>, new: Option<&Value>) -> Option<Direction> {
        match self {
            Sense::Up(default) => ordered(number(old).unwrap_or(default), number(new).unwrap_or(default)),
            Sense::Down(default) => {
                let most = |value| number(value).or(default).unwrap_or(u64::MAX);
                ordered(most(new), most(old))
            }
            Sense::Most => {
                let most = |value| number(value).unwrap_or(u64::MAX);
                ordered(most(old), most(new))
            }
            Sense::More(default) => {
                let list = |value| {
                    let mut list = texts(value).unwrap_or_else(|| default.iter().copied().collect());
                    if list.contains("*") {
                        list = BTreeSet::from(["*"]);
                    }
                    list
                };
                let (old, new) = (list(old), list(new));
                match (old.contains("*"), new.contains("*")) {
                    (false, true) => Some(Direction::Tighter),
                    (true, false) => Some(Direction::Looser),
                    _ => contained(&old, &new),
                }
            }
            Sense::Allowed => match (characters(old), characters(new)) {
                (None, None) => None,
                (None, Some(_)) => Some(Direction::Tighter),
                (Some(_), None) => Some(Direction::Looser),
                (Some(old), Some(new)) => contained(&new, &old),
            },
            Sense::Forbidden => {
                contained(&characters(old).unwrap_or_default(), &characters(new).unwrap_or_default())
            }
            Sense::True(default) => {
                ordered(flag(old).unwrap_or(default).into(), flag(new).unwrap_or(default).into())
            }
            Sense::False(default) => {
                ordered(flag(new).unwrap_or(default).into(), flag(old).unwrap_or(default).into())
            }
            Sense::Added => match (old.map(show), new.map(show)) {
                (None, Some(_)) => Some(Direction::Tighter),
                (Some(_), None) => Some(Direction::Looser),
                (old, new) => (old != new).then_some(Direction::Unknown),
            },
            Sense::Other(default) => {
                let shown = |value: Option<&Value>| value.map_or_else(|| default.to_owned(), show);
                (shown(old) != shown(new)).then_some(Direction::Unknown)
            }
            // Compared by their caller.
            Sense::EachUp | Sense::Lists(_) | Sense::File => None,
        }
    }

    /// What a value that is not written is.
    fn default(self) -> Option<String> {
        Some(match self {
            Sense::Up(default) | Sense::Down(Some(default)) => format!("{default} (default)"),
            Sense::More(default) | Sense::Lists(default) => format!("{default:?} (default)"),
            Sense::True(default) | Sense::False(default) => format!("{default} (default)"),
            Sense::Other(default) => format!("{default} (default)"),
            _ => return None,
        })
    }
}

/// The members of a set of characters: names of classes, and characters one by one.
fn characters(value: Option<&Value>) -> Option<BTreeSet<String>> {
    let mut members = BTreeSet::new();
    for text in texts(value)? {
        if CLASSES.contains(&text) {
            members.insert(text.to_owned());
        } else {
            members.extend(text.chars().map(String::from));
        }
    }
    Some(members)
}
