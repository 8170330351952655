//! Rejects passwords that hold a walk over a keyboard: each key a neighbour of the one before.
//!
//! # Parameters
//! - `max_length` (4): the longest allowed walk, in keys, 2 to 64.
//! - `layouts` (["qwerty", "numpad"]): the keyboards; further "azerty", "qwertz", "dvorak" and "zhuyin" (ㄅㄆㄇㄈ as on
//!   the keyboards of Taiwan, and the Latin keys under them).
//!
//! # Violations
//! - `keyboard.walk` {max}
//!
//! # Example
//! ```toml
//! [rules.keyboard]
//! layouts = ["qwerty", "azerty", "numpad"]
//! ```
//!
//! # Why
//! `qwerty`, `zaq12wsx` and `147258369` look like chance and are among the commonest passwords of every country.
//!
//! # Limits
//! A walk may be straight or turn, forward or backward, with the shift key or without; a key struck again neither
//! ends nor lengthens it. Walks of three keys or more that make the same way directly after one another count
//! together, where the first makes it from its beginning to its end and only the last goes on beyond it: `qweasd`,
//! `1qaz2wsx`. Some ordinary words are walks: with the defaults 0.5 % of 63,875 English words are refused and 0.3 %
//! of 21,286 words of two or three pinyin syllables, 3.4 % of passphrases of four random words written together,
//! and 0.3 % of random passwords of twelve small letters and digits. On a number pad most keys are neighbours: of
//! random numbers of eight digits 18 % are refused.

use zeroize::Zeroizing;

use super::{Cost, Definition, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::keyboard::{Key, LAYOUTS, Layout};
use crate::policy::Table;
use crate::policy::diagnostic::suggestion;

pub(super) fn definition() -> Definition {
    Definition::built_in("keyboard", ["keyboard.walk"], Cost::Walk, build)
}

/// Walks that are shorter do not count together.
const MIN_REPEATED: usize = 3;

struct Keyboard {
    max_length: u64,
    layouts: Vec<&'static Layout>,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let max_length = table.count("max_length", 4, 2..=64);
    let known: Vec<&str> = LAYOUTS.iter().map(|(name, _)| *name).collect();
    let mut layouts = Vec::new();
    let names = table.texts("layouts");
    if names.is_none() {
        layouts.extend(LAYOUTS.iter().take(2).map(|(_, layout)| *layout));
    }
    if names.as_ref().is_some_and(Vec::is_empty) {
        table.complain("layouts", "missing-key", "a `keyboard` rule without a layout refuses nothing", None);
    }
    for name in names.iter().flatten() {
        match LAYOUTS.iter().find(|(known, _)| *known == name.value) {
            Some((_, layout)) => layouts.push(*layout),
            None => {
                let message = format!("`{}` is no layout", name.value);
                table.complain_at(name.span, "unknown-value", message, suggestion(&name.value, &known));
            }
        }
    }
    Some(Box::new(Keyboard { max_length, layouts }))
}

impl Rule for Keyboard {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let max = self.max_length as usize;
        if self.layouts.iter().any(|layout| longest_walk(layout, candidate.text()) > max) {
            findings.refuse("keyboard.walk", &[("max", self.max_length)]);
        }
        Ok(())
    }

    fn explain(&self, candidate: &Candidate, _: &Facts<'_>) -> Result<Vec<Note>, CannotJudge> {
        let walks = self.layouts.iter().map(|layout| longest_walk(layout, candidate.text()));
        Ok(vec![Note::new("keyboard.saw", &[("length", walks.max().unwrap_or_default() as u64)])])
    }

    fn requirements(&self) -> Vec<Requirement> {
        vec![Requirement::new("keyboard.requirement", &[("max", self.max_length)])]
    }
}

/// The keys of the longest walk, or of the longest row of walks that make the same way.
fn longest_walk(layout: &Layout, text: &str) -> usize {
    let mut longest = 0;
    let mut last: Option<Key> = None;
    // The ways of the present walk and of the one before, and the keys that this one carries on.
    let mut way = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut way_before = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut carried = 0;
    for c in text.chars() {
        let key = layout.key(c);
        if let (Some(a), Some(b)) = (last, key)
            && a.is_at(b)
        {
            continue;
        }
        match layout.direction(last, key) {
            Some(direction) => way.push(direction),
            None => {
                let adjacent = last.is_some() && key.is_some();
                carried = match () {
                    () if !adjacent || way.len() + 1 < MIN_REPEATED => 0,
                    () if way == way_before => carried + way.len() + 1,
                    () => way.len() + 1,
                };
                std::mem::swap(&mut way, &mut way_before);
                way.clear();
            }
        }
        last = key;
        if key.is_some() {
            longest = longest.max(way.len() + 1);
            // As far as it has come it goes as the one before did, and is as long.
            if carried > 0 && way == way_before {
                longest = longest.max(carried + way.len() + 1);
            }
        }
    }
    longest
}
