//! What `lint` reads in a policy or a policy set: `[lint]` and `[[waiver]]`. Neither has an effect on passwords.

use super::diagnostic::{Span, known_keys, suggestion};
use super::findings::{lint_page, lint_pages};
use super::parameter::{Date, Declared, Parameter, Text, Texts, ValueType};
use super::source::STANDARDS;
use super::table::{Placed, Table};
use crate::time::{DAY, Moment};

pub(crate) const LINT: &str = "lint";
pub(crate) const WAIVER: &str = "waiver";

// `[lint]`

pub(crate) const CHOSEN: Declared<Texts> = Declared::texts("standards", &[]).doc(
    "The standards whose advice `kouling lint` reports, by the names that `kouling comply` uses. Without it, none. A preset \
     that follows a standard chooses it.",
);

// `[[waiver]]`

pub(crate) const FINDING: Declared<Text> =
    Declared::text("finding").doc("Required. The id of the finding, such as `standard-conflict`.");
const SETTING: Declared<Text> = Declared::text("setting").doc(
    "The setting that the finding is about, such as `rules.length`, `expiry.max_age` or `population.admins`, with everything \
     inside it. Without it, the waiver applies wherever the finding occurs.",
);
const REASON: Declared<Text> = Declared::text("reason").doc("Required. Why the finding is acceptable.");
const OWNER: Declared<Text> =
    Declared::text("owner").doc("Required. The person or team that is responsible for the decision.");
const UNTIL: Declared<Date> = Declared::date("until")
    .doc("Required. The last day (UTC) of the waiver. From the next day on, the finding is an error.");

/// A finding of `lint` that the author of the policy accepts until a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The id of the finding.
    pub finding: String,
    /// The setting that the finding is about, with everything inside it; `None` for every setting.
    pub setting: Option<String>,
    /// Why the finding is acceptable.
    pub reason: String,
    /// The person or team that is responsible.
    pub owner: String,
    /// Midnight (UTC) at the start of the last day.
    pub until: Moment,
    /// The place of the finding's id.
    pub span: Span,
}

impl Waiver {
    /// Returns whether the last day is over at `now`. With an implausible time, every waiver is expired.
    pub fn is_expired(&self, now: Moment) -> bool {
        !now.is_plausible() || now >= self.until.plus(DAY)
    }

    /// Returns whether the waiver is about this finding in this setting, a path such as `rules.length.min`.
    pub(crate) fn covers(&self, finding: &str, setting: &str) -> bool {
        let is_inside =
            |outer: &str| setting.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.finding == finding && self.setting.as_deref().is_none_or(is_inside)
    }

    /// Reads a table `[[waiver]]`. `None` if it has an error.
    fn read(table: &mut Table<'_>) -> Option<Waiver> {
        let finding = required(table, &FINDING);
        let setting = table.read(&SETTING).map(|setting| setting.value);
        let (reason, owner) = (required(table, &REASON), required(table, &OWNER));
        let until = table.read(&UNTIL);
        if !table.has(UNTIL.key()) {
            let help = Some("add the last day of the waiver, such as `until = 2027-01-01`".to_owned());
            table.report_at(table.span(), "missing-key", "the waiver has no `until`", help);
        }
        let finding = finding?;
        match lint_page(&finding.value) {
            Some(page) if page.waivable => {}
            Some(_) => {
                let message = format!("the finding `{}` cannot be waived", finding.value);
                table.report_at(finding.span, "unknown-value", message, None);
            }
            None => {
                let known: Vec<&str> =
                    lint_pages().iter().filter(|page| page.waivable).map(|page| page.id).collect();
                let message = format!("unknown finding `{}`", finding.value);
                table.report_at(finding.span, "unknown-value", message, suggestion(&finding.value, &known));
            }
        }
        let (reason, owner) = (reason?.value, owner?.value);
        Some(Waiver { finding: finding.value, setting, reason, owner, until: until?, span: finding.span })
    }
}

/// Reads a text of a waiver. Reports an absent or blank one.
fn required(table: &mut Table<'_>, declared: &Declared<Text>) -> Option<Placed<String>> {
    let text = table.read(declared);
    let is_blank = text.as_ref().is_some_and(|text| text.value.trim().is_empty());
    if is_blank || !table.has(declared.key()) {
        let message = format!("the waiver has no `{}`", declared.key());
        let span = if is_blank { table.span_of(declared.key()) } else { table.span() };
        table.report_at(span, "missing-key", message, None);
    }
    text.filter(|_| !is_blank)
}

/// What a policy or a policy set states for `lint`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LintSettings {
    /// The standards whose advice counts; `None` if none are chosen.
    pub standards: Option<Vec<String>>,
    /// The waivers, in order.
    pub waivers: Vec<Waiver>,
}

impl LintSettings {
    /// Declares the keys.
    pub(crate) fn keys() -> Vec<Parameter> {
        vec![
            Parameter::new(
                LINT,
                ValueType::Table(vec![CHOSEN.parameter()]),
                "What `kouling lint` checks. It has no effect on passwords.",
            ),
            Parameter::new(
                WAIVER,
                ValueType::Tables(waiver_keys()),
                "A finding of `kouling lint` that is accepted until a date. It is shown as waived. The waivers of all layers \
                 apply. They have no effect on passwords.",
            ),
        ]
    }

    /// Reads the keys from the table at the top.
    pub(crate) fn read(table: &mut Table<'_>) -> LintSettings {
        let standards = table.section(LINT, read_standards).flatten();
        let mut waivers = Vec::new();
        for mut waiver in table.tables(WAIVER) {
            waivers.extend(Waiver::read(&mut waiver));
            waiver.finish();
        }
        LintSettings { standards, waivers }
    }
}

fn waiver_keys() -> Vec<Parameter> {
    vec![FINDING.parameter(), SETTING.parameter(), REASON.parameter(), OWNER.parameter(), UNTIL.parameter()]
}

fn read_standards(table: &mut Table<'_>) -> Option<Vec<String>> {
    let known: Vec<&str> = STANDARDS.iter().map(|(name, _)| *name).collect();
    let chosen = table.read(&CHOSEN)?;
    for standard in chosen.iter().filter(|standard| !known.contains(&standard.value.as_str())) {
        let message = format!("unknown standard `{}`", standard.value);
        table.report_at(standard.span, "unknown-value", message, known_keys(&standard.value, &known));
    }
    Some(chosen.into_iter().map(|standard| standard.value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::table::assert_reads;

    #[test]
    fn lint_settings_read_exactly_the_keys_that_they_declare() {
        assert_reads(&[CHOSEN.parameter()], |table| _ = read_standards(table));
        assert_reads(&waiver_keys(), |table| _ = Waiver::read(table));
    }
}
