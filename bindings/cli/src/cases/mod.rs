//! Test cases of a policy: passwords with the expected result, in the format of the project's test vectors.
//!
//! [`file`] parses case files and reports errors with their positions, [`evaluate`] compares an evaluation with the
//! expected result, and [`coverage`] determines which rules the cases exercise.
//!
//! Passwords of cases are never printed: a case is identified by its name.

pub(crate) mod coverage;
pub(crate) mod evaluate;
pub(crate) mod file;

use std::collections::BTreeMap;

use kouling::Moment;
use kouling::candidate::Previous;
use zeroize::Zeroizing;

/// One case, including the defaults of its file.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) password: Zeroizing<Vec<u8>>,
    /// The attributes of the user, each value with its name.
    pub(crate) user: Vec<(String, String)>,
    pub(crate) previous: Vec<Previous>,
    pub(crate) current: Option<Zeroizing<String>>,
    pub(crate) password_set: Option<Moment>,
    pub(crate) now: Moment,
    pub(crate) expected: Expected,
    /// Index of its policy in [`file::Policies::loaded`].
    pub(crate) policy: usize,
}

/// The expected result. A field that is `None` is not compared.
#[derive(Default)]
pub(crate) struct Expected {
    pub(crate) refused: Option<Vec<String>>,
    pub(crate) warned: Vec<String>,
    pub(crate) numbers: Option<Vec<BTreeMap<String, u64>>>,
    pub(crate) notes: Option<Vec<String>>,
    pub(crate) messages: Vec<(String, Vec<String>)>,
    pub(crate) wire: Option<Vec<String>>,
    pub(crate) error: Option<String>,
    /// The populations of a policy set that the policy of the user comes from.
    pub(crate) selected: Option<Vec<String>>,
}
