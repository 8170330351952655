//! Analysis of policies: lint findings, standards and effective settings.
#![allow(clippy::panic, clippy::expect_used)]

mod comply;
mod contradictions;
mod effective;
mod lint;

use kouling::policy::Document;
use kouling::policy::document::Start;
use kouling::{Loader, Moment, Policy};

/// 2026-11-23.
pub(crate) const NOW: Moment = Moment::from_unix(1_795_392_000);

pub(crate) fn load(text: &str) -> (Policy, Document) {
    let text = format!("format = 1\n{text}");
    Loader::new()
        .load_with_document(Start::Text("policy", &text))
        .unwrap_or_else(|error| panic!("{text}\n{error}"))
}
