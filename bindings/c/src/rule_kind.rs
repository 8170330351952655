//! A rule kind is a rule of the host's own: named in policies, exempted, composed and reported as the built-in ones are.

use std::ffi::c_void;
use std::sync::Arc;

use kouling::Facts;
use kouling::candidate::{Candidate, CannotJudge, CannotJudgeKind, Findings, Violation};
use kouling::policy::Table;
use kouling::rules::{Cost, Definition, Rule};

use crate::boundary::{answer, given, lookup};
use crate::callback::Context;
use crate::kept::StringPool;
use crate::options::Options;
use crate::status::{Failure, KOULING_OK};
use crate::text::kouling_text;

/// A kind of rule that the host judges by. The functions get the context first, may be called on any thread that loads
/// or judges, by several at once, and must not unwind. What they are given lives until they return.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_rule_kind {
    /// The size of this struct.
    pub struct_size: usize,
    /// What a policy calls it: `[rules.<kind>]`.
    pub kind: kouling_text,
    /// Every violation code it can give: `<kind>.<word>`.
    pub codes: *const kouling_text,
    /// How many there are.
    pub code_count: usize,
    /// The names of the numbers that it can give, which messages name as `{name}`.
    pub numbers: *const kouling_text,
    /// How many there are.
    pub number_count: usize,
    /// What is given back with every call.
    pub context: *mut c_void,
    /// Reads what a policy says under `[rules.<kind>]` and may leave something of its own in `*rule` for `check`. What it
    /// does not ask the table for is a mistake of the author's, and is told with the nearest name. Everything but
    /// `KOULING_OK` means that the rule cannot be made. NULL: the rule has no parameters.
    pub build: Option<
        unsafe extern "C" fn(context: *mut c_void, table: *mut kouling_table, rule: *mut *mut c_void) -> u32,
    >,
    /// Looks at a password and tells what is wrong by `kouling_findings_refuse`. Everything but `KOULING_OK` means that it
    /// could not judge: there is then no outcome, and the password is not accepted.
    pub check: Option<
        unsafe extern "C" fn(
            context: *mut c_void,
            rule: *mut c_void,
            candidate: *const kouling_candidate<'_>,
            findings: *mut kouling_findings<'_>,
        ) -> u32,
    >,
    /// Lets go of what `build` left, once for each time that it left something that is not NULL. May be NULL.
    pub free_rule: Option<unsafe extern "C" fn(context: *mut c_void, rule: *mut c_void)>,
    /// Lets go of the context, once, when neither the loader nor a policy of it needs it. May be NULL.
    pub free_context: Option<unsafe extern "C" fn(context: *mut c_void)>,
}

// SAFETY: `repr(C)`, its size first; texts, numbers, pointers and optional functions may be zero.
unsafe impl Options for kouling_rule_kind {}

/// A number that a violation tells: `min = 8`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_number {
    /// Its name, one of those that the kind declares.
    pub name: kouling_text,
    /// The number.
    pub value: u64,
}

/// What a policy says of one rule, while it is built.
pub struct kouling_table {
    // Lifetimes end where C begins: it is alive while `build` runs, and is given to nobody else.
    table: *mut Table<'static>,
    kept: StringPool,
}

/// The password that is judged, and what is known beside it, while it is checked.
pub struct kouling_candidate<'c> {
    candidate: &'c Candidate,
    facts: &'c Facts<'c>,
}

/// Where a rule puts what it finds.
pub struct kouling_findings<'f> {
    findings: &'f mut Findings,
    kind: &'f CustomKind,
}

/// What all rules of a kind share.
struct CustomKind {
    name: String,
    codes: Vec<String>,
    numbers: Vec<String>,
    context: Context,
    build: Option<unsafe extern "C" fn(*mut c_void, *mut kouling_table, *mut *mut c_void) -> u32>,
    check: unsafe extern "C" fn(
        *mut c_void,
        *mut c_void,
        *const kouling_candidate<'_>,
        *mut kouling_findings<'_>,
    ) -> u32,
    free_rule: Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>,
    free_context: Option<unsafe extern "C" fn(*mut c_void)>,
}

impl Drop for CustomKind {
    fn drop(&mut self) {
        if let Some(free) = self.free_context {
            // SAFETY: the caller gave the function with its context, and nobody has it any longer.
            unsafe { free(self.context.0) };
        }
    }
}

/// One rule of one policy.
struct HostRule {
    kind: Arc<CustomKind>,
    rule: Context,
}

impl Drop for HostRule {
    fn drop(&mut self) {
        if let (Some(free), false) = (self.kind.free_rule, self.rule.0.is_null()) {
            // SAFETY: `build` left it, and nobody has it any longer.
            unsafe { free(self.kind.context.0, self.rule.0) };
        }
    }
}

impl Rule for HostRule {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let seen = kouling_candidate { candidate, facts };
        let mut found = kouling_findings { findings, kind: &self.kind };
        // SAFETY: the caller gave the function with its context, and what it is given lives until it returns.
        let status =
            unsafe { (self.kind.check)(self.kind.context.0, self.rule.0, &raw const seen, &raw mut found) };
        if status == KOULING_OK {
            return Ok(());
        }
        let message = format!("the host's rule `{}` could not judge: it answered {status}", self.kind.name);
        Err(CannotJudge::new(CannotJudgeKind::Custom, message))
    }
}

impl CustomKind {
    fn build(self: &Arc<CustomKind>, table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
        let mut rule = std::ptr::null_mut();
        let status = match self.build {
            // The table is looked at through the pointer until `build` returns, and by nobody else.
            Some(build) => {
                let mut seen =
                    kouling_table { table: std::ptr::from_mut(table).cast(), kept: StringPool::default() };
                // SAFETY: the caller gave the function with its context; the table lives until it returns.
                unsafe { build(self.context.0, &raw mut seen, &raw mut rule) }
            }
            None => KOULING_OK,
        };
        // Made before the answer is looked at: what was left is let go of.
        let rule = HostRule { kind: self.clone(), rule: Context(rule) };
        (status == KOULING_OK).then(|| Box::new(rule) as Box<dyn Rule>)
    }
}

/// The texts of an array that C gave.
fn texts(what: &str, array: *const kouling_text, count: usize) -> Result<Vec<String>, Failure> {
    if count > MAX_CODES {
        return Err(Failure::argument(format!("a kind of rule has at most {MAX_CODES} {what}")));
    }
    if array.is_null() {
        return if count == 0 { Ok(Vec::new()) } else { Err(Failure::null(what)) };
    }
    // SAFETY: so many are there, as the caller says, and no more than the bound are read.
    let each = (0..count).map(|index| unsafe { std::ptr::read_unaligned(array.add(index)) });
    each.map(|text| text.text(what).map(str::to_owned)).collect()
}

/// A kind has so many codes at most.
const MAX_CODES: usize = 256;

impl kouling_rule_kind {
    /// The kind as the engine knows it.
    pub(crate) fn definition(&self) -> Result<Definition, Failure> {
        let check = self.check.ok_or_else(|| Failure::null("check"))?;
        let kind = self.kind.text("kind")?;
        let codes = texts("codes", self.codes, self.code_count)?;
        let of = Arc::new(CustomKind {
            name: kind.to_owned(),
            codes: codes.clone(),
            numbers: texts("numbers", self.numbers, self.number_count)?,
            context: Context(self.context),
            build: self.build,
            check,
            free_rule: self.free_rule,
            free_context: self.free_context,
        });
        let build = move |table: &mut Table<'_>| of.build(table);
        Definition::try_new(kind.to_owned(), codes, Cost::Search, build)
            .map_err(|error| Failure::argument(error.to_string()))
    }
}

impl kouling_table {
    fn ask<T>(&mut self, key: kouling_text, ask: impl FnOnce(&mut Table<'static>, &str) -> T) -> Option<T> {
        let key = key.text("key").ok()?;
        // SAFETY: `build` is running, so the table is alive and nobody else has it.
        Some(ask(unsafe { &mut *self.table }, key))
    }
}

/// A whole number of the rule; `otherwise` where it is not written, and a complaint to the author where it is none or
/// out of range.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_table_count(
    table: Option<&mut kouling_table>,
    key: kouling_text,
    otherwise: u64,
    least: u64,
    most: u64,
) -> u64 {
    lookup(|| Some(table?.ask(key, |table, key| table.count(key, otherwise, least..=most)).unwrap_or(otherwise)))
}

/// A yes or no of the rule.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_table_flag(
    table: Option<&mut kouling_table>,
    key: kouling_text,
    otherwise: bool,
) -> bool {
    lookup(|| Some(table?.ask(key, |table, key| table.flag(key, otherwise)).unwrap_or(otherwise)))
}

/// A text of the rule; empty where it is not written. The view lives until `build` returns.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_table_text(table: Option<&mut kouling_table>, key: kouling_text) -> kouling_text {
    lookup(|| {
        let table = table?;
        let text = table.ask(key, |table, key| table.text(key)).flatten()?;
        Some(table.kept.keep(text.value))
    })
}

/// Tells the author that what stands under a key is wrong, at its place. Then the policy does not load.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_table_complain(
    table: Option<&mut kouling_table>,
    key: kouling_text,
    message: kouling_text,
) -> u32 {
    answer(None, || {
        let (table, message) = (given("table", table)?, message.text("message")?);
        key.text("key")?;
        table.ask(key, |table, key| table.report(key, "custom", message, None));
        Ok(())
    })
}

/// The password as it is judged: normalised. A view, to be forgotten when the check returns.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_candidate_text(candidate: Option<&kouling_candidate<'_>>) -> kouling_text {
    lookup(|| Some(kouling_text::view(candidate?.candidate.text())))
}

/// The same without differences of case.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_candidate_folded(candidate: Option<&kouling_candidate<'_>>) -> kouling_text {
    lookup(|| Some(kouling_text::view(candidate?.candidate.folded())))
}

/// The folded form backwards.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_candidate_reversed(candidate: Option<&kouling_candidate<'_>>) -> kouling_text {
    lookup(|| Some(kouling_text::view(candidate?.candidate.reversed())))
}

/// How many code points it has.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_candidate_length(candidate: Option<&kouling_candidate<'_>>) -> usize {
    lookup(|| Some(candidate?.candidate.code_points()))
}

/// An attribute of the user, the first, second and so on of its name; empty where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_candidate_attribute(
    candidate: Option<&kouling_candidate<'_>>,
    name: kouling_text,
    index: usize,
) -> kouling_text {
    lookup(|| {
        let name = name.text("name").ok()?;
        candidate?.facts.user.values(name).nth(index).map(kouling_text::view)
    })
}

/// The moment of judging, in seconds since 1970-01-01T00:00:00Z.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_candidate_now(candidate: Option<&kouling_candidate<'_>>) -> i64 {
    lookup(|| Some(candidate?.facts.now.unix()))
}

/// Refuses the password for a code that the kind declares, with numbers that it declares. A code or a number that it
/// does not is `KOULING_INVALID_ARGUMENT`, and nothing is refused: the check should then fail.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_findings_refuse(
    findings: Option<&mut kouling_findings<'_>>,
    code: kouling_text,
    numbers: *const kouling_number,
    number_count: usize,
) -> u32 {
    answer(None, || {
        let (findings, code) = (given("findings", findings)?, code.text("code")?);
        if !findings.kind.codes.iter().any(|known| known == code) {
            return Err(Failure::argument("the kind of rule does not declare this code"));
        }
        if number_count > MAX_CODES || (numbers.is_null() && number_count > 0) {
            return Err(Failure::argument("there are not so many numbers"));
        }
        // SAFETY: so many are there, as the caller says, and no more than the bound are read.
        let each = (0..number_count).map(|index| unsafe { std::ptr::read_unaligned(numbers.add(index)) });
        let known = each.map(|number| {
            let name = number.name.text("name")?;
            match findings.kind.numbers.iter().any(|known| known == name) {
                true => Ok((name.to_owned().into(), number.value)),
                false => Err(Failure::argument("the kind of rule does not declare this number")),
            }
        });
        let numbers = known.collect::<Result<Vec<_>, Failure>>()?;
        findings.findings.add(Violation::new(code.to_owned(), numbers));
        Ok(())
    })
}
