//! A report is what is told beside a status: everything that is wrong, for a person who can put it right.

use std::mem::MaybeUninit;

use crate::boundary::{Out, answer, free, lookup};
use crate::status::{Complaint, Failure};
use crate::text::kouling_text;

/// A report of the last call that it was given to; empty when that succeeded. Views of it live until the next such
/// call. One owner.
#[derive(Default)]
pub struct kouling_report {
    complaints: Vec<Complaint>,
    text: String,
}

impl kouling_report {
    pub(crate) fn clear(&mut self) {
        *self = kouling_report::default();
    }

    pub(crate) fn fill(&mut self, failure: Failure) {
        self.text = failure.complaints.iter().map(line).collect::<Vec<_>>().join("\n");
        self.complaints = failure.complaints;
    }

    #[cfg(test)]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// One thing as one reads it: the place where it has one, what it is, and help.
fn line(complaint: &Complaint) -> String {
    let Complaint { code, file, line, column, message, help } = complaint;
    let place = match (*line, *column) {
        (0, _) => String::new(),
        // A word list in memory: it has lines, and no name.
        (line, 0) => format!("line {line}: "),
        (line, column) => format!("{file}:{line}:{column}: "),
    };
    let help = if help.is_empty() { String::new() } else { format!("\n  help: {help}") };
    format!("{place}{message} [{code}]{help}")
}

fn look<T: Default>(report: Option<&kouling_report>, index: usize, at: impl FnOnce(&Complaint) -> T) -> T {
    lookup(|| report?.complaints.get(index).map(at))
}

/// Makes an empty report.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_new(report: Option<&mut MaybeUninit<*mut kouling_report>>) -> u32 {
    let mut out = Out::owned("report", report);
    answer(None, || out.give(kouling_report::default()))
}

/// Frees a report.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_free(report: Option<Box<kouling_report>>) {
    free(report);
}

/// All of it as lines to print.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_text(report: Option<&kouling_report>) -> kouling_text {
    lookup(|| Some(kouling_text::view(&report?.text)))
}

/// How many things are wrong.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_count(report: Option<&kouling_report>) -> usize {
    lookup(|| Some(report?.complaints.len()))
}

/// What kind of thing it is, for machines: `unknown-key`, `stored_hash`.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_code(report: Option<&kouling_report>, index: usize) -> kouling_text {
    look(report, index, |complaint| kouling_text::view(complaint.code))
}

/// The file or preset that it stands in; empty where it stands in none.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_file(report: Option<&kouling_report>, index: usize) -> kouling_text {
    look(report, index, |complaint| kouling_text::view(&complaint.file))
}

/// The line, from 1; 0 where it stands in none.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_line(report: Option<&kouling_report>, index: usize) -> usize {
    look(report, index, |complaint| complaint.line)
}

/// The column in characters, from 1; 0 where that is not known.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_column(report: Option<&kouling_report>, index: usize) -> usize {
    look(report, index, |complaint| complaint.column)
}

/// What is wrong.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_message(report: Option<&kouling_report>, index: usize) -> kouling_text {
    look(report, index, |complaint| kouling_text::view(&complaint.message))
}

/// What would be right; empty where that is not known.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_report_help(report: Option<&kouling_report>, index: usize) -> kouling_text {
    look(report, index, |complaint| kouling_text::view(&complaint.help))
}
