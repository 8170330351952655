//! Rule kinds of the host: named in policies, exempted, composed and reported as the built-in kinds are.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::Facts;
use kouling::candidate::{Candidate, CannotJudge, CannotJudgeKind, Findings, Violation};
use kouling::policy::Table;
use kouling::rules::{AttributesRead, Cost, Definition, Rule};

use crate::boundary::{lookup, required, run};
use crate::callback::Context;
use crate::failure::Failure;
use crate::options::Options;
use crate::source::is_ok;
use crate::status::kouling_status;
use crate::string_pool::StringPool;
use crate::text::kouling_text;

/// Upper limit of the codes and of the numbers of a kind.
const MAX_CODES: usize = 256;
/// Upper limit of the name of a number.
const MAX_NAME_BYTES: usize = 64;

/// A kind of rule that the host implements. Its functions are called on any thread that loads or evaluates, by several at
/// once, and must not unwind. Pointers passed to them are valid until they return.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_rule_kind {
    /// Set to `sizeof(struct kouling_rule_kind)`.
    pub struct_size: usize,
    /// Name of the kind in a policy, as in `[rules.<kind>]`: 1 to 64 of `a-z`, `0-9` and `_`.
    pub kind: kouling_text,
    /// All violation codes that `check` may report, each `<kind>.<word>`. At least one.
    pub codes: *const kouling_text,
    /// Number of `codes`, at most 256.
    pub code_count: usize,
    /// Names of all numbers that `check` may report. Messages refer to them as `{name}`. May be NULL if there are none.
    pub numbers: *const kouling_text,
    /// Number of `numbers`, at most 256.
    pub number_count: usize,
    /// Passed to every function of this struct.
    pub context: *mut c_void,
    /// Reads the parameters under `[rules.<kind>]` from `table`. May set `*rule` to an object that `check` receives. A key
    /// that `build` does not read is reported to the policy's author as unknown, with a suggestion. Returns
    /// `KOULING_STATUS_OK`; any other value means that the rule cannot be built, and the policy does not load. If NULL,
    /// the kind has no parameters.
    pub build: Option<
        unsafe extern "C" fn(
            context: *mut c_void,
            table: *mut kouling_table,
            rule: *mut *mut c_void,
        ) -> MaybeUninit<kouling_status>,
    >,
    /// Checks a password and reports violations by `kouling_findings_refuse`. Returns `KOULING_STATUS_OK`, also if it
    /// reported violations. Any other value means that the rule could not be evaluated: there is then no outcome, and the
    /// password is not accepted. Required.
    pub check: Option<
        unsafe extern "C" fn(
            context: *mut c_void,
            rule: *mut c_void,
            candidate: *const kouling_candidate<'_>,
            findings: *mut kouling_findings<'_>,
        ) -> MaybeUninit<kouling_status>,
    >,
    /// Frees an object that `build` set. Called once for each object that is not NULL. May be NULL.
    pub free_rule: Option<unsafe extern "C" fn(context: *mut c_void, rule: *mut c_void)>,
    /// Frees the context. Called once, when neither the loader nor a policy needs it any more. May be NULL.
    pub free_context: Option<unsafe extern "C" fn(context: *mut c_void)>,
}

// SAFETY: `repr(C)` with the size first; texts, numbers, pointers and optional functions may be zero.
unsafe impl Options for kouling_rule_kind {}

/// A named number of a violation, such as `min` = 8.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_number {
    /// One of the names that the kind declares in `numbers`.
    pub name: kouling_text,
    /// The value.
    pub value: u64,
}

/// The parameters of one rule in a policy. Valid until the `build` callback returns.
pub struct kouling_table {
    // The lifetime ends at the C API: the table lives while `build` runs, and nothing else uses it meanwhile.
    table: *mut Table<'static>,
    texts: StringPool,
}

/// The password under evaluation, and the facts about its user. Valid until the `check` callback returns.
pub struct kouling_candidate<'c> {
    candidate: &'c Candidate,
    facts: &'c Facts<'c>,
}

/// Receives the violations of a rule. Valid until the `check` callback returns.
pub struct kouling_findings<'f> {
    findings: &'f mut Findings,
    kind: &'f CustomKind,
}

type Build =
    unsafe extern "C" fn(*mut c_void, *mut kouling_table, *mut *mut c_void) -> MaybeUninit<kouling_status>;
type Check = unsafe extern "C" fn(
    *mut c_void,
    *mut c_void,
    *const kouling_candidate<'_>,
    *mut kouling_findings<'_>,
) -> MaybeUninit<kouling_status>;

/// What all rules of a kind share.
struct CustomKind {
    name: String,
    codes: Vec<String>,
    numbers: Vec<String>,
    context: Context,
    build: Option<Build>,
    check: Check,
    free_rule: Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>,
    free_context: Option<unsafe extern "C" fn(*mut c_void)>,
}

impl Drop for CustomKind {
    fn drop(&mut self) {
        if let Some(free) = self.free_context {
            // SAFETY: the caller supplied the function with its context, and nothing uses the context any more.
            unsafe { free(self.context.0) };
        }
    }
}

/// One rule of one policy.
struct CustomRule {
    kind: Arc<CustomKind>,
    rule: Context,
}

impl Drop for CustomRule {
    fn drop(&mut self) {
        if let (Some(free), false) = (self.kind.free_rule, self.rule.0.is_null()) {
            // SAFETY: `build` set the object, and nothing uses it any more.
            unsafe { free(self.kind.context.0, self.rule.0) };
        }
    }
}

impl Rule for CustomRule {
    fn check(&self, candidate: &Candidate, facts: &Facts<'_>, findings: &mut Findings) -> Result<(), CannotJudge> {
        let candidate = kouling_candidate { candidate, facts };
        let mut findings = kouling_findings { findings, kind: &self.kind };
        // SAFETY: the caller supplied the function with its context, and the arguments live until it returns.
        let status = unsafe {
            (self.kind.check)(self.kind.context.0, self.rule.0, &raw const candidate, &raw mut findings)
        };
        if is_ok(status) {
            return Ok(());
        }
        let message = format!("the host's rule `{}` failed", self.kind.name);
        Err(CannotJudge::new(CannotJudgeKind::Custom, message))
    }

    fn attributes(&self) -> AttributesRead {
        AttributesRead { every: true, ..AttributesRead::default() }
    }
}

impl CustomKind {
    fn build(self: &Arc<CustomKind>, table: &mut Table<'_>) -> Option<Box<dyn Rule>> {
        let mut rule = std::ptr::null_mut();
        let is_built = self.build.is_none_or(|build| {
            // Nothing else uses the table until `build` returns.
            let table = std::ptr::from_mut(table).cast();
            let mut table = kouling_table { table, texts: StringPool::default() };
            // SAFETY: the caller supplied the function with its context; the table lives until it returns.
            is_ok(unsafe { build(self.context.0, &raw mut table, &raw mut rule) })
        });
        // Built before the status is checked, so that the object is freed on failure too.
        let rule = CustomRule { kind: self.clone(), rule: Context(rule) };
        is_built.then(|| Box::new(rule) as Box<dyn Rule>)
    }
}

/// The texts of an array that C passed; `what` is the field, for error messages.
fn texts(what: &str, array: *const kouling_text, count: usize) -> Result<Vec<String>, Failure> {
    if count > MAX_CODES {
        return Err(Failure::argument(format!("too many `{what}`: {count}; expected at most {MAX_CODES}")));
    }
    if array.is_null() {
        return if count == 0 { Ok(Vec::new()) } else { Err(Failure::null(what)) };
    }
    // SAFETY: the caller guarantees `count` texts; the count is bounded above. C may pass an unaligned pointer.
    let each = (0..count).map(|index| unsafe { std::ptr::read_unaligned(array.add(index)) });
    each.map(|text| text.text(what).map(str::to_owned)).collect()
}

impl kouling_rule_kind {
    /// The definition for the engine.
    pub(crate) fn definition(&self) -> Result<Definition, Failure> {
        let check = self.check.ok_or_else(|| Failure::null("check"))?;
        let kind = self.kind.text("kind")?;
        let codes = texts("codes", self.codes, self.code_count)?;
        let numbers = texts("numbers", self.numbers, self.number_count)?;
        if numbers.iter().any(|name| name.is_empty() || name.len() > MAX_NAME_BYTES) {
            return Err(Failure::argument(format!(
                "invalid `numbers`; expected names of 1 to {MAX_NAME_BYTES} bytes"
            )));
        }
        let shared = Arc::new(CustomKind {
            name: kind.to_owned(),
            codes: codes.clone(),
            numbers,
            context: Context(self.context),
            build: self.build,
            check,
            free_rule: self.free_rule,
            free_context: self.free_context,
        });
        let kind = shared.clone();
        let build = move |table: &mut Table<'_>| kind.build(table);
        Definition::try_new(shared.name.clone(), codes, Cost::Search, build).map_err(|error| {
            // On failure the context stays with the caller.
            if let Some(mut kind) = Arc::into_inner(shared) {
                kind.free_context = None;
            }
            Failure::argument(error.to_string())
        })
    }
}

impl kouling_table {
    fn read<T>(&mut self, key: kouling_text, read: impl FnOnce(&mut Table<'static>, &str) -> T) -> Option<T> {
        let key = key.text("key").ok()?;
        // SAFETY: `build` is running, so the table is alive and nothing else uses it.
        Some(read(unsafe { &mut *self.table }, key))
    }
}

/// Reads a whole-number parameter of the rule. Returns `default_value` if the policy does not set `key`. If the value is
/// not a number from `min` to `max`, reports an error to the policy's author, and the policy does not load. Returns 0 if
/// `table` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_table_count(
    table: Option<&mut kouling_table>,
    key: kouling_text,
    default_value: u64,
    min: u64,
    max: u64,
) -> u64 {
    lookup(|| {
        let value = table?.read(key, |table, key| table.count(key, default_value, min..=max));
        Some(value.unwrap_or(default_value))
    })
}

/// Reads a boolean parameter of the rule. Returns `default_value` if the policy does not set `key`. If the value is not a
/// boolean, reports an error to the policy's author, and the policy does not load. Returns false if `table` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_table_flag(
    table: Option<&mut kouling_table>,
    key: kouling_text,
    default_value: bool,
) -> bool {
    lookup(|| Some(table?.read(key, |table, key| table.flag(key, default_value)).unwrap_or(default_value)))
}

/// Reads a text parameter of the rule. Empty if the policy does not set `key` or `table` is NULL. If the value is not a
/// text, reports an error to the policy's author, and the policy does not load. The view is owned by `table`.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_table_text(table: Option<&mut kouling_table>, key: kouling_text) -> kouling_text {
    lookup(|| {
        let table = table?;
        let text = table.read(key, |table, key| table.text(key)).flatten()?;
        Some(table.texts.add(text.value))
    })
}

/// Reports an error in the value of `key` to the policy's author, with its location. The policy does not load. `message`
/// is copied.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8; `KOULING_STATUS_INVALID_ARGUMENT` if
/// `table` is NULL or a text is invalid. If the error could not be reported, `build` should fail.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_table_add_error(
    table: Option<&mut kouling_table>,
    key: kouling_text,
    message: kouling_text,
) -> kouling_status {
    run(None, || {
        let (table, message) = (required("table", table)?, message.text("message")?);
        key.text("key")?;
        table.read(key, |table, key| table.report(key, "custom", message, None));
        Ok(())
    })
}

/// Returns the password as it is evaluated, which is in Unicode normalization form C. The view is valid until `check`
/// returns; do not store it. Empty if `candidate` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_candidate_text(candidate: Option<&kouling_candidate<'_>>) -> kouling_text {
    lookup(|| Some(kouling_text::view(candidate?.candidate.text())))
}

/// Returns the password with differences of case removed, for comparisons. The view is valid until `check` returns; do not
/// store it. Empty if `candidate` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_candidate_folded(candidate: Option<&kouling_candidate<'_>>) -> kouling_text {
    lookup(|| Some(kouling_text::view(candidate?.candidate.folded())))
}

/// Returns the case-folded password with its characters in reverse order. The view is valid until `check` returns; do not
/// store it. Empty if `candidate` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_candidate_reversed(candidate: Option<&kouling_candidate<'_>>) -> kouling_text {
    lookup(|| Some(kouling_text::view(candidate?.candidate.reversed())))
}

/// Returns the length of the password in code points; 0 if `candidate` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_candidate_length(candidate: Option<&kouling_candidate<'_>>) -> usize {
    lookup(|| Some(candidate?.candidate.code_points()))
}

/// Returns the value number `index`, from 0, of the user's attribute `name`. The view is valid until `check` returns. Empty
/// if there is no such value, `name` is not UTF-8 or `candidate` is NULL.
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

/// Returns the time of the evaluation in seconds since 1970-01-01T00:00:00Z; 0 if `candidate` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_candidate_now(candidate: Option<&kouling_candidate<'_>>) -> i64 {
    lookup(|| Some(candidate?.facts.now.unix()))
}

/// Reports a violation: the password is refused with `code`. `code` is one of the codes that the kind declares; `numbers`
/// is an array of `number_count` numbers that it declares, and may be NULL if there are none. All texts are copied.
/// Returns `KOULING_STATUS_OK`; `KOULING_STATUS_INVALID_ARGUMENT` if `findings` is NULL, or the code or a number is not
/// declared; `KOULING_STATUS_INVALID_TEXT` if a text is not UTF-8. Nothing is reported on failure; `check` should then
/// fail too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kouling_findings_refuse(
    findings: Option<&mut kouling_findings<'_>>,
    code: kouling_text,
    numbers: *const kouling_number,
    number_count: usize,
) -> kouling_status {
    run(None, || {
        let (findings, code) = (required("findings", findings)?, code.text("code")?);
        if !findings.kind.codes.iter().any(|declared| declared == code) {
            return Err(Failure::argument("invalid `code`; expected one that the kind of rule declares"));
        }
        if number_count > MAX_CODES || (numbers.is_null() && number_count > 0) {
            return Err(Failure::argument(format!("invalid `numbers`; expected an array of at most {MAX_CODES}")));
        }
        // SAFETY: the caller guarantees `number_count` numbers; the count is bounded above.
        let each = (0..number_count).map(|index| unsafe { std::ptr::read_unaligned(numbers.add(index)) });
        let declared = each.map(|number| {
            let name = number.name.text("name")?;
            match findings.kind.numbers.iter().any(|declared| declared == name) {
                true => Ok((name.to_owned().into(), number.value)),
                false => Err(Failure::argument("invalid name of a number; expected one that the kind declares")),
            }
        });
        let numbers = declared.collect::<Result<Vec<_>, Failure>>()?;
        findings.findings.add(Violation::new(code.to_owned(), numbers));
        Ok(())
    })
}
