//! The rule kind `keyboard`.

use zeroize::Zeroizing;

use super::{Code, Cost, Definition, Documentation, Requirement, Rule};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings, Note};
use crate::knowledge::keyboard::{Key, LAYOUTS, Layout};
use crate::policy::diagnostic::suggestion;
use crate::policy::parameter::{Count, Texts};
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that contain a keyboard walk: a series of adjacent keys.",
    codes: &[Code::new("keyboard.walk", &["max"])],
    example: "\
[rules.keyboard]
layouts = [\"qwerty\", \"azerty\", \"numpad\"]",
    why: "`qwerty`, `zaq12wsx` and `147258369` look random and are among the most common passwords of every country.",
    limits: "\
A walk can be straight or turn, forward or backward, with or without the shift and Alt keys. A repeated key neither ends nor
extends it. Walks of three or more keys that follow the same path one after the other count as one, if each walk except
the last ends where the path ends: `qweasd`, `1qaz2wsx`.

Some ordinary words are walks. With the defaults, the rule rejects 0.5 % of 63,875 English words, 0.3 % of 21,286 words
of two or three pinyin syllables, 3.4 % of passphrases of four random words without spaces, and 0.3 % of random passwords
of twelve lower-case letters and digits. On a number pad most keys are adjacent: the rule rejects 18 % of random numbers
of eight digits.",
};

const MAX_LENGTH: Declared<Count> = Declared::count("max_length", 4, 2..=64)
    .unit("keys")
    .stricter(Stricter::Lower)
    .doc("The maximum length of a walk.");
// Each keyboard is checked separately, so one more keyboard only adds walks.
const LAYOUT_NAMES: Declared<Texts> =
    Declared::texts("layouts", &["qwerty", "numpad"]).stricter(Stricter::LongerList).doc(
        "The keyboards. Also available: \"azerty\", \"qwertz\", \"polish\", \"czech\", \"dvorak\" and \"zhuyin\" (ㄅㄆㄇㄈ as on the \
         keyboards of Taiwan, and the Latin keys below them).",
    );

pub(super) fn definition() -> Definition {
    let parameters = vec![MAX_LENGTH.parameter(), LAYOUT_NAMES.parameter()];
    Definition::built_in("keyboard", Cost::Walk, &DOCUMENTATION, parameters, build)
}

/// The minimum length of walks that count as one.
const MIN_REPEATED: usize = 3;

struct Keyboard {
    max_length: u64,
    layouts: Vec<&'static Layout>,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    let max_length = table.read(&MAX_LENGTH);
    let known: Vec<&str> = LAYOUTS.iter().map(|(name, _)| *name).collect();
    let mut layouts = Vec::new();
    let names = table.read(&LAYOUT_NAMES);
    if names.is_none() {
        let is_default = |name: &str| LAYOUT_NAMES.default().contains(&name);
        layouts.extend(LAYOUTS.iter().filter(|(name, _)| is_default(name)).map(|(_, layout)| *layout));
    }
    if names.as_ref().is_some_and(Vec::is_empty) {
        table.report(
            "layouts",
            "missing-key",
            "a `keyboard` rule without a layout never rejects a password",
            None,
        );
    }
    for name in names.iter().flatten() {
        match LAYOUTS.iter().find(|(known, _)| *known == name.value) {
            Some((_, layout)) => layouts.push(*layout),
            None => {
                let message = format!("unknown layout `{}`", name.value);
                table.report_at(name.span, "unknown-value", message, suggestion(&name.value, &known));
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
        Ok(vec![Note::new("keyboard.observed", &[("length", walks.max().unwrap_or_default() as u64)])])
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
