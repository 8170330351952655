//! Reports: the problems of a failed call, with locations and help.

use std::mem::MaybeUninit;

use crate::boundary::{Out, free, lookup, run};
use crate::failure::Problem;
pub use crate::failure::kouling_report;
use crate::status::kouling_status;
use crate::text::kouling_text;

fn problem<T: Default>(report: Option<&kouling_report>, index: usize, read: impl FnOnce(&Problem) -> T) -> T {
    lookup(|| report?.problems.get(index).map(read))
}

/// Creates an empty report. `*report` receives it; the caller owns it and frees it by `kouling_report_free`.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `report` is NULL. Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_new(report: Option<&mut MaybeUninit<*mut kouling_report>>) -> kouling_status {
    let mut out = Out::owned("report", report);
    run(None, || out.give(kouling_report::default()))
}

/// Frees a report and the views of it. Passing NULL is a no-op.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_free(report: Option<Box<kouling_report>>) {
    free(report);
}

/// Returns all problems as text for people: one problem a line, each `file:line:column: message [code]`, with an
/// indented `help:` line if there is help. The view is owned by `report`. Empty if the last call succeeded or `report` is
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_text(report: Option<&kouling_report>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&report?.text)))
}

/// Returns the number of problems; 0 if the last call succeeded or `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_count(report: Option<&kouling_report>) -> usize {
    lookup(|| Some(report?.problems.len()))
}

/// Returns the stable code of a problem, such as `unknown-key` or `stored_hash`. The view is owned by `report`. Empty if
/// `index` is out of range or `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_code(report: Option<&kouling_report>, index: usize) -> kouling_text {
    problem(report, index, |problem| kouling_text::view(problem.code))
}

/// Returns the file or preset that a problem is in. The view is owned by `report`. Empty if the problem is in no file,
/// `index` is out of range or `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_file(report: Option<&kouling_report>, index: usize) -> kouling_text {
    problem(report, index, |problem| kouling_text::view(&problem.file))
}

/// Returns the line of a problem, from 1; 0 if the problem has no location, `index` is out of range or `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_line(report: Option<&kouling_report>, index: usize) -> usize {
    problem(report, index, |problem| problem.line)
}

/// Returns the column of a problem in characters, from 1; 0 if the column is unknown, `index` is out of range or `report`
/// is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_column(report: Option<&kouling_report>, index: usize) -> usize {
    problem(report, index, |problem| problem.column)
}

/// Returns the message of a problem, in English. The view is owned by `report`. Empty if `index` is out of range or
/// `report` is NULL. A message never contains a password.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_message(report: Option<&kouling_report>, index: usize) -> kouling_text {
    problem(report, index, |problem| kouling_text::view(&problem.message))
}

/// Returns how to fix a problem, such as a suggested name. The view is owned by `report`. Empty if there is no suggestion,
/// `index` is out of range or `report` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_help(report: Option<&kouling_report>, index: usize) -> kouling_text {
    problem(report, index, |problem| kouling_text::view(&problem.help))
}
