//! Texts built for a caller, valid as long as the handle they were read from.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::text::kouling_text;

/// Texts with a stable address until the pool is dropped. Equal texts are stored once, so that repeated calls do not
/// use more memory.
#[derive(Default)]
pub(crate) struct StringPool(Mutex<BTreeSet<Box<str>>>);

impl StringPool {
    /// Stores a text and returns a view of it.
    pub(crate) fn add(&self, text: String) -> kouling_text {
        // An insertion either happened or not, so the set of a poisoned lock is usable.
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !texts.contains(text.as_str()) {
            texts.insert(text.as_str().into());
        }
        // The set may move the box, never its contents.
        texts.get(text.as_str()).map(|stored| kouling_text::view(stored)).unwrap_or_default()
    }
}
