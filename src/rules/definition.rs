//! The definition of a rule kind: its name, its violation codes, its cost and its constructor.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::{Kinds, Rule};
use crate::policy::{Parameter, Table};

/// Relative cost of a check. Cheaper rules run first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    /// One pass over the password.
    Walk,
    /// An estimate, a lookup in a large file, or a rule of the host.
    Search,
    /// A password hash.
    Hash,
}

/// How a rule kind combines the rules in its table `rules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Composition {
    /// The kind contains no rules.
    None,
    /// Every rule inside must pass.
    All,
    /// At least one rule inside must pass.
    Any,
    /// At least `count` rules inside must pass.
    AtLeast,
    /// At least one rule inside must fail.
    Not,
}

/// Builds a rule from its table in a policy. Returns `None` only after it has reported an error about the table.
pub type Constructor = dyn Fn(&mut Table<'_>, &Kinds<'_>) -> Option<Box<dyn Rule>> + Send + Sync;

/// The documentation of a rule kind. The catalogue and the JSON Schema are generated from it.
#[derive(Clone, Copy, Debug)]
pub struct Documentation {
    /// One sentence: "Rejects passwords …".
    pub summary: &'static str,
    /// The violation and note codes that the rules report, in order.
    pub codes: &'static [Code],
    /// A rule of a policy, in TOML.
    pub example: &'static str,
    /// The reason to use the rule, with its sources.
    pub why: &'static str,
    /// What the rule does not do, and what it costs.
    pub limits: &'static str,
}

/// The documentation of a violation or note code.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// The code: `length.too_short`.
    pub code: &'static str,
    /// The names of its numbers, which are the placeholders of its message.
    pub numbers: &'static [&'static str],
    /// What the code means. Empty if its message says it.
    pub meaning: &'static str,
}

impl Code {
    /// Creates the documentation of a code that its message explains.
    pub(super) const fn new(code: &'static str, numbers: &'static [&'static str]) -> Code {
        Code { code, numbers, meaning: "" }
    }
}

/// A rule kind.
#[derive(Clone)]
pub struct Definition {
    pub(super) kind: Cow<'static, str>,
    pub(super) codes: Vec<Cow<'static, str>>,
    pub(super) cost: Cost,
    pub(super) composition: Composition,
    pub(super) parameters: Option<Vec<Parameter>>,
    pub(super) documentation: Option<&'static Documentation>,
    pub(crate) build: Arc<Constructor>,
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Definition").field("kind", &self.kind).field("codes", &self.codes).finish_non_exhaustive()
    }
}

/// The maximum length of a kind or of the word in a code, in bytes.
const MAX_NAME_BYTES: usize = 64;

impl Definition {
    /// Defines a custom rule kind.
    ///
    /// `kind` is its name in policies. `codes` lists every violation code that its rules report, in the order in which
    /// they report them. `build` builds a rule from its table.
    ///
    /// # Errors
    /// Returns an error if `kind` is not 1 to 64 characters of `a-z`, `0-9` and `_`, if `codes` is empty, or if a code is
    /// not `<kind>.<word>` with a word of the same characters.
    pub fn try_new<C: Into<Cow<'static, str>>>(
        kind: impl Into<Cow<'static, str>>,
        codes: impl IntoIterator<Item = C>,
        cost: Cost,
        build: impl Fn(&mut Table<'_>) -> Option<Box<dyn Rule>> + Send + Sync + 'static,
    ) -> Result<Definition, DefinitionError> {
        let codes = codes.into_iter().map(Into::into).collect();
        let build = Arc::new(move |table: &mut Table<'_>, _: &Kinds<'_>| build(table));
        let definition = Definition {
            kind: kind.into(),
            codes,
            cost,
            composition: Composition::None,
            parameters: None,
            documentation: None,
            build,
        };
        definition.validate()?;
        Ok(definition)
    }

    /// Declares the parameters of the kind, so that the JSON Schema describes them. Without this call, the schema accepts
    /// any parameter.
    #[must_use]
    pub fn with_parameters(self, parameters: Vec<Parameter>) -> Definition {
        Definition { parameters: Some(parameters), ..self }
    }

    /// Defines a built-in kind. A test validates it.
    pub(super) fn built_in(
        kind: &'static str,
        cost: Cost,
        documentation: &'static Documentation,
        parameters: Vec<Parameter>,
        build: impl Fn(&mut Table<'_>) -> Option<Box<dyn Rule>> + Send + Sync + 'static,
    ) -> Definition {
        let build = move |table: &mut Table<'_>, _: &Kinds<'_>| build(table);
        Definition { cost, ..Definition::composed(kind, Composition::None, documentation, parameters, build) }
    }

    /// Defines a built-in kind that contains rules. Its constructor receives the kinds that the loader knows.
    ///
    /// The codes of the documentation are its own. Those of the rules inside, and their cost, are added when a policy is
    /// compiled.
    pub(super) fn composed(
        kind: &'static str,
        composition: Composition,
        documentation: &'static Documentation,
        parameters: Vec<Parameter>,
        build: impl Fn(&mut Table<'_>, &Kinds<'_>) -> Option<Box<dyn Rule>> + Send + Sync + 'static,
    ) -> Definition {
        Definition {
            kind: kind.into(),
            codes: documentation.codes.iter().map(|code| Cow::Borrowed(code.code)).collect(),
            cost: Cost::Walk,
            composition,
            parameters: Some(parameters),
            documentation: Some(documentation),
            build: Arc::new(build),
        }
    }

    fn validate(&self) -> Result<(), DefinitionError> {
        if !is_name(&self.kind) {
            return Err(DefinitionError::Kind(self.kind.to_string()));
        }
        if self.codes.is_empty() && self.composition == Composition::None {
            return Err(DefinitionError::NoCode(self.kind.to_string()));
        }
        let is_own = |code: &str| {
            code.strip_prefix(self.kind.as_ref()).and_then(|rest| rest.strip_prefix('.')).is_some_and(is_name)
        };
        match self.codes.iter().find(|code| !is_own(code)) {
            Some(code) => Err(DefinitionError::Code { kind: self.kind.to_string(), code: code.to_string() }),
            None => Ok(()),
        }
    }

    /// Returns the name of the kind in policies.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Returns every violation code that the kind declares, in the order in which its rules report them.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(AsRef::as_ref)
    }

    /// Returns the cost of a check.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Returns the parameters that the kind declares besides those of every rule. `None` if it declares none.
    pub fn parameters(&self) -> Option<&[Parameter]> {
        self.parameters.as_deref()
    }

    /// Returns the parameter called `key`.
    pub(crate) fn parameter(&self, key: &str) -> Option<&Parameter> {
        self.parameters.iter().flatten().find(|parameter| parameter.key == key)
    }

    /// Returns the documentation. `None` for a custom kind.
    pub fn documentation(&self) -> Option<&'static Documentation> {
        self.documentation
    }

    /// Returns how the kind combines the rules inside it.
    pub fn composition(&self) -> Composition {
        self.composition
    }
}

fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.chars().all(is_plain)
}

/// The reason why a definition is invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefinitionError {
    /// The name of the kind is invalid.
    Kind(String),
    /// The kind declares no violation code.
    NoCode(String),
    /// A violation code is invalid.
    Code {
        /// The kind.
        kind: String,
        /// The invalid code.
        code: String,
    },
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DefinitionError::Kind(kind) => {
                write!(
                    f,
                    "invalid rule kind `{kind}`; expected 1 to {MAX_NAME_BYTES} characters of a-z, 0-9 and _"
                )
            }
            DefinitionError::NoCode(kind) => write!(f, "the rule kind `{kind}` declares no code"),
            DefinitionError::Code { kind, code } => {
                write!(f, "invalid code `{code}` of the rule kind `{kind}`; expected `{kind}.<word>`, ")?;
                write!(f, "with a word of a-z, 0-9 and _")
            }
        }
    }
}

impl std::error::Error for DefinitionError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::table::assert_reads;
    use crate::rules::built_in;

    fn definition(kind: &'static str, codes: &[&'static str]) -> Result<Definition, DefinitionError> {
        Definition::try_new(kind, codes.iter().copied(), Cost::Walk, |_| None)
    }

    #[test]
    fn built_in_definitions_are_valid() {
        for definition in built_in() {
            assert_eq!(definition.validate(), Ok(()));
        }
    }

    #[test]
    fn built_in_kinds_read_exactly_the_parameters_that_they_declare() {
        for definition in built_in() {
            let build = |table: &mut Table<'_>| _ = (definition.build)(table, &Kinds::new(&[], None));
            assert_reads(definition.parameters().unwrap_or_default(), build);
        }
    }

    #[test]
    fn invalid_kinds_and_codes_are_rejected() {
        assert!(definition("palindrome", &["palindrome.whole", "palindrome.part_2"]).is_ok());
        for kind in ["", "Palindrome", "pal-indrome", "päl", &"x".repeat(65)] {
            let error = Definition::try_new(kind.to_owned(), [format!("{kind}.x")], Cost::Walk, |_| None);
            assert_eq!(error.err(), Some(DefinitionError::Kind(kind.to_owned())), "{kind}");
        }
        assert_eq!(definition("x", &[]).err(), Some(DefinitionError::NoCode("x".to_owned())));
        for code in ["x", "x.", "y.a", "x.A", "x.a.b", "xy.a", ""] {
            let error = DefinitionError::Code { kind: "x".to_owned(), code: code.to_owned() };
            assert_eq!(definition("x", &["x.fine", code]).err(), Some(error), "{code}");
        }
    }
}
