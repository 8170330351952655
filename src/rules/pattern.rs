//! Rejects passwords that match a regular expression of the author's, or that do not match one.
//!
//! # Parameters
//! - `forbid`: an expression that no password may match anywhere.
//! - `require`: an expression that every password must match somewhere. One of the two is needed.
//!
//! # Violations
//! - `pattern.forbidden` {}
//! - `pattern.required` {}
//!
//! # Example
//! ```toml
//! [rules.no-product-names]
//! kind = "pattern"
//! forbid = "(?i)acme|widget"
//! ```
//!
//! # Why
//! Every company has words of its own; a list has no room for their shapes.
//!
//! # Limits
//! The syntax is that of Rust's `regex`: linear time whatever the input, so no look-around and no references back.
//! A compiled expression may take one mebibyte. Give it a `message`: the built-in one can only say that there is
//! a pattern.

use regex::{Regex, RegexBuilder};

use super::{Cost, Definition, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings};
use crate::policy::Table;

pub(super) fn definition() -> Definition {
    Definition::built_in("pattern", ["pattern.forbidden", "pattern.required"], Cost::Walk, build)
}

/// The bound on a compiled expression, and on what it keeps while running, in bytes.
const MAX_COMPILED_BYTES: usize = 1 << 20;
/// The bound on an expression as written, in bytes.
const MAX_WRITTEN_BYTES: usize = 4096;

struct Pattern {
    forbid: Option<Regex>,
    require: Option<Regex>,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    if !table.has("forbid") && !table.has("require") {
        let help = Some("an expression in `forbid` or in `require`".to_owned());
        table.complain_at(table.span(), "missing-key", "a `pattern` needs an expression", help);
    }
    let forbid = expression(table, "forbid");
    let require = expression(table, "require");
    Some(Box::new(Pattern { forbid, require }))
}

fn expression(table: &mut Table<'_>, key: &'static str) -> Option<Regex> {
    let written = table.text(key)?;
    if written.value.len() > MAX_WRITTEN_BYTES {
        table.complain(key, "too-large", format!("an expression may have {MAX_WRITTEN_BYTES} bytes"), None);
        return None;
    }
    let compiled = RegexBuilder::new(&written.value)
        .size_limit(MAX_COMPILED_BYTES)
        .dfa_size_limit(MAX_COMPILED_BYTES)
        .nest_limit(64)
        .build();
    match compiled {
        Ok(regex) => Some(regex),
        Err(regex::Error::CompiledTooBig(limit)) => {
            table.complain(key, "too-large", format!("the expression compiles to more than {limit} bytes"), None);
            None
        }
        Err(error) => {
            // The last line of the crate's report names the fault; the lines before it draw the expression.
            let report = error.to_string();
            let fault = report.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            table.complain(key, "bad-pattern", format!("`{key}` is no regular expression: {fault}"), None);
            None
        }
    }
}

impl Rule for Pattern {
    fn check(&self, candidate: &Candidate, _: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        if self.forbid.as_ref().is_some_and(|forbid| forbid.is_match(candidate.text())) {
            findings.refuse("pattern.forbidden", &[]);
        }
        if self.require.as_ref().is_some_and(|require| !require.is_match(candidate.text())) {
            findings.refuse("pattern.required", &[]);
        }
        Ok(())
    }

    fn requirements(&self) -> Vec<Requirement> {
        let forbidden = self.forbid.iter().map(|_| Requirement::new("pattern.forbidden_requirement", &[]));
        let required = self.require.iter().map(|_| Requirement::new("pattern.required_requirement", &[]));
        forbidden.chain(required).collect()
    }

    fn shape(&self) -> Shape {
        let written = |regex: &Option<Regex>| regex.iter().map(|regex| regex.as_str().to_owned()).collect();
        Shape { must_match: written(&self.require), must_not_match: written(&self.forbid), ..Shape::default() }
    }
}
