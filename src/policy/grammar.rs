//! The grammar of a policy: which keys can be written where, and what their values may be.
//!
//! It is written nowhere but in the code that reads policies: a walk over a table that records what it is asked for
//! gives the grammar, so what the loader reads and what an editor is told cannot differ.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use super::units::Rate;

/// What the value of a key may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// A whole number, and what holds where none is written.
    Count {
        /// The bounds.
        range: RangeInclusive<u64>,
        /// The default.
        default: Option<u64>,
    },
    /// True or false, and what holds where neither is written.
    Flag {
        /// The default.
        default: bool,
    },
    /// A text.
    Text,
    /// A text or a list of texts.
    Texts,
    /// One of a few words.
    Choice {
        /// The words.
        words: Vec<String>,
    },
    /// Seconds, written `"10m"`.
    Duration {
        /// The bounds, in seconds.
        range: RangeInclusive<u64>,
        /// The default, in seconds.
        default: u64,
    },
    /// Events per stretch of time, written `"5/h"`.
    Rate {
        /// The default.
        default: Rate,
    },
    /// A day, written `2027-01-01`.
    Date,
    /// A table; its keys are recorded beside it.
    Table,
    /// A list of tables; the keys of each are recorded beside it.
    Tables,
    /// A table of names that the author chooses, and rules.
    Rules,
    /// The keys of the table around it are for the author to choose.
    AnyKey,
}

/// One key: where it can stand, and what its value may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The keys on the way to it, from the top of the policy or of the rule.
    pub path: Vec<String>,
    /// What its value may be.
    pub form: ValueType,
}

/// What a walk was asked for.
#[derive(Debug, Default)]
pub struct Grammar {
    keys: RefCell<Vec<Key>>,
}

impl Grammar {
    /// Every key that was asked for, in the order of asking, each once.
    pub fn into_keys(self) -> Vec<Key> {
        self.keys.into_inner()
    }

    pub(crate) fn record(&self, path: &[String], key: Option<&str>, form: ValueType) {
        let path = path.iter().cloned().chain(key.map(str::to_owned)).collect();
        let mut keys = self.keys.borrow_mut();
        match keys.iter_mut().find(|known: &&mut Key| known.path == path) {
            // A table that turns out to hold rules is better known than before.
            Some(known) if form == ValueType::Rules => known.form = form,
            Some(known) if known.form != ValueType::AnyKey && form != ValueType::AnyKey => {}
            Some(known) if known.form == form => {}
            _ => keys.push(Key { path, form }),
        }
    }
}
