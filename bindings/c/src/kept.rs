//! What is kept is text that was made for a caller, for as long as the handle that it was asked of lives.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::text::kouling_text;

/// Texts that stay where they are until the handle is freed. The same text twice is kept once, so that asking again
/// and again takes no memory.
#[derive(Default)]
pub(crate) struct StringPool(Mutex<BTreeSet<Box<str>>>);

impl StringPool {
    /// Keeps a text and shows it.
    pub(crate) fn keep(&self, text: String) -> kouling_text {
        // A set that somebody panicked over is a set: an insertion is made or not.
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !texts.contains(text.as_str()) {
            texts.insert(text.as_str().into());
        }
        // The set may move the box about, never what is inside it.
        texts.get(text.as_str()).map(|kept| kouling_text::view(kept)).unwrap_or_default()
    }
}
