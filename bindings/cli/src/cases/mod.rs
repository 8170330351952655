//! A team's own cases: passwords with what their policy must say about them, in the format of the project's vectors.
//!
//! [`file`] reads them with positioned findings, [`judge`] holds a judgement against what a case expects, [`coverage`]
//! says which rules the cases exercise and which could be deleted without any case noticing.
//!
//! No password of a case is ever shown: a case is known by its name.

pub(crate) mod coverage;
pub(crate) mod file;
pub(crate) mod judge;

use std::collections::BTreeMap;

use kouling::Moment;
use kouling::candidate::Previous;
use zeroize::Zeroizing;

/// One case, with what its file says for all of them.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) password: Zeroizing<Vec<u8>>,
    pub(crate) user: BTreeMap<String, String>,
    pub(crate) previous: Vec<Previous>,
    pub(crate) current: Option<Zeroizing<String>>,
    pub(crate) now: Moment,
    pub(crate) expected: Expected,
    /// The place of its policy among those of the run.
    pub(crate) policy: usize,
}

/// What a case expects; what it does not say is not compared.
#[derive(Default)]
pub(crate) struct Expected {
    pub(crate) refused: Option<Vec<String>>,
    pub(crate) warned: Vec<String>,
    pub(crate) numbers: Option<Vec<BTreeMap<String, u64>>>,
    pub(crate) notes: Option<Vec<String>>,
    pub(crate) messages: Vec<(String, Vec<String>)>,
    pub(crate) wire: Option<Vec<String>>,
    pub(crate) error: Option<String>,
}
