//! The rule kind `pattern`.

use regex::{Regex, RegexBuilder};

use super::{Code, Cost, Definition, Documentation, Requirement, Rule, Shape};
use crate::candidate::{Candidate, CannotJudge, Facts, Findings};
use crate::knowledge::folding::composed;
use crate::policy::parameter::Text;
use crate::policy::{Declared, Stricter, Table};

static DOCUMENTATION: Documentation = Documentation {
    summary: "Rejects passwords that match a regular expression, or that do not match one.",
    codes: &[Code::new("pattern.forbidden", &[]), Code::new("pattern.required", &[])],
    example: "\
[rules.no-product-names]
kind = \"pattern\"
forbid = \"(?i)acme|widget\"",
    why: "Every company has words of its own, and a list cannot contain all their variants.",
    limits: "\
The syntax is that of Rust's `regex`, which takes linear time, so look-around and backreferences are not supported. A
compiled expression can have up to one mebibyte. Give the rule a `message`: the built-in one only states that there is a
pattern.",
};

const FORBID: Declared<Text> = Declared::text("forbid")
    .stricter(Stricter::Present)
    .doc("An expression that the password must not match anywhere.");
const REQUIRE: Declared<Text> = Declared::text("require")
    .stricter(Stricter::Present)
    .doc("An expression that the password must match somewhere. The rule needs `forbid`, `require` or both.");

pub(super) fn definition() -> Definition {
    let parameters = vec![FORBID.parameter(), REQUIRE.parameter()];
    Definition::built_in("pattern", Cost::Walk, &DOCUMENTATION, parameters, build)
}

/// The maximum size of a compiled expression, and of its cache, in bytes.
const MAX_COMPILED_BYTES: usize = 1 << 20;
/// The maximum length of an expression as written, in bytes.
const MAX_WRITTEN_BYTES: usize = 4096;

struct Pattern {
    forbid: Option<Regex>,
    require: Option<Regex>,
}

fn build(table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
    if !table.has("forbid") && !table.has("require") {
        let help = Some("add a regular expression as `forbid` or `require`".to_owned());
        table.report_at(table.span(), "missing-key", "the `pattern` rule has no expression", help);
    }
    let forbid = expression(table, &FORBID);
    let require = expression(table, &REQUIRE);
    Some(Box::new(Pattern { forbid, require }))
}

fn expression(table: &mut Table<'_>, declared: &Declared<Text>) -> Option<Regex> {
    let written = table.read(declared)?;
    let key = declared.key();
    if written.value.len() > MAX_WRITTEN_BYTES {
        table.report(key, "too-large", format!("the expression is longer than {MAX_WRITTEN_BYTES} bytes"), None);
        return None;
    }
    // Passwords are in normalization form C, so an expression in another form would never match.
    let compiled = RegexBuilder::new(&composed(&written.value))
        .size_limit(MAX_COMPILED_BYTES)
        .dfa_size_limit(MAX_COMPILED_BYTES)
        .nest_limit(64)
        .build();
    match compiled {
        Ok(regex) => Some(regex),
        Err(regex::Error::CompiledTooBig(limit)) => {
            table.report(key, "too-large", format!("the expression compiles to more than {limit} bytes"), None);
            None
        }
        Err(error) => {
            // The last line of the crate's report states the error; the lines before it show the expression.
            let report = error.to_string();
            let fault = report.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let help = fault.contains("look-around").then(|| {
                "to require several character classes, use `require.<class>` of the rule kind `characters`"
                    .to_owned()
            });
            table.report(key, "bad-pattern", format!("invalid regular expression in `{key}`: {fault}"), help);
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
