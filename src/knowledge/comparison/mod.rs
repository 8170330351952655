//! Comparison: decides what counts as the same text, for every rule that compares a password with a text.
//!
//! A text is not compared as typed, but in its [`Readings`]. Each reading undoes one or more [`Transformations`]: the
//! base is the text in lower case, or its [`key`](super::folding::key) if `folded` is selected, with and without marks.
//! Substitutions are undone, separators removed and the text reversed on top of it.
//!
//! The number of readings is at most [`MAX_READINGS`] for any text, and their size is known before they are built. A text
//! of more than [`MAX_DERIVED`] code points is read without its separators removed and not reversed: no rule compares the
//! whole of such a password with a word, and its parts are found in the other readings.
//!
//! [`SearchTerms`] holds the texts to search for in a password, such as the attributes of a user. It depends on them alone,
//! so it can be built once for many passwords. A search takes one binary search at each position at which some term can
//! start, however many terms there are.

mod parts;
mod readings;
mod search_terms;
mod typed;

#[cfg(test)]
mod tests;

pub use parts::{MAX_PARTS, domain_labels, parts};
pub use readings::{MAX_DERIVED, MAX_READINGS, Reading, Readings, Transformations};
pub use search_terms::{MatchLimits, Place, SearchTerms, Term};
pub use typed::{AttributeType, number_parts, usual_attributes};
