//! Parsing a file of cases. Like a policy, it is TOML read key by key, so that all errors are reported at once with their
//! positions.

use std::collections::BTreeMap;

use kouling::candidate::Previous;
use kouling::language::LANGUAGES;
use kouling::policy::document::{Start, Value};
use kouling::policy::{Document, Files, Node, PolicyError, Reporter, Source, Span, Table};
use kouling::{Loader, Moment, PolicySet};
use zeroize::Zeroizing;

use super::{Case, Expected};
use crate::Failure;
use crate::policy_argument::{is_path, render, start};

/// The time of an evaluation if the case has no `now`, as in the project's test vectors: 2026-11-23T00:00:00Z.
const NOW: i64 = 1_795_392_000;
/// Maximum value of `repeat`.
const MAX_REPEATS: u64 = 1 << 16;

/// The policies of a run, each loaded once.
#[derive(Default)]
pub(crate) struct Policies {
    pub(crate) loaded: Vec<LoadedPolicy>,
}

/// A loaded policy.
pub(crate) struct LoadedPolicy {
    /// Identifies equal names, so that a policy is loaded once.
    key: String,
    pub(crate) set: PolicySet,
    /// Name in the output.
    pub(crate) name: String,
    /// Whether a single case contains the text of the policy, so that its coverage is meaningless.
    pub(crate) is_inline: bool,
}

/// A policy as named by a file or an option.
#[derive(Clone)]
pub(crate) enum PolicyName {
    Preset(String),
    Path(String),
    Text(String),
}

impl PolicyName {
    /// Resolves the value of `--policy`.
    pub(crate) fn from_argument(name: &str) -> Result<PolicyName, Failure> {
        Ok(match start(name)? {
            Start::Preset(name) => PolicyName::Preset(name.to_owned()),
            _ => PolicyName::Path(Files.resolve(name, None)),
        })
    }

    /// Resolves the key `policy` of a case file. A value with a line end or `=` is the text of a policy; a path is
    /// relative to the file.
    fn from_file(value: String, file: &str) -> PolicyName {
        if value.contains(['\n', '=']) {
            return PolicyName::Text(value);
        }
        match is_path(&value) {
            true => PolicyName::Path(Files.resolve(&value, Some(file))),
            false => PolicyName::Preset(value),
        }
    }
}

impl Policies {
    /// Loads a policy unless it is loaded, and returns its index.
    ///
    /// # Errors
    /// The errors of the policy, as text for stderr.
    pub(crate) fn load(&mut self, name: &PolicyName, owner: &str, is_inline: bool) -> Result<usize, String> {
        let key = match name {
            PolicyName::Preset(name) => format!("preset {name}"),
            PolicyName::Path(path) => format!("file {path}"),
            PolicyName::Text(text) => format!("text {text}"),
        };
        if let Some(index) = self.loaded.iter().position(|loaded| loaded.key == key) {
            return Ok(index);
        }
        let (start, name) = match name {
            PolicyName::Preset(preset) => (Start::Preset(preset), preset.clone()),
            PolicyName::Path(path) => (Start::Named(path), path.clone()),
            PolicyName::Text(text) => (Start::Text(owner, text), owner.to_owned()),
        };
        let set = Loader::new().load_set(start).map_err(|error| render(&error))?;
        self.loaded.push(LoadedPolicy { key, set, name, is_inline });
        Ok(self.loaded.len() - 1)
    }
}

/// Reads the cases of a file. `policy` replaces the policy that the file names.
///
/// # Errors
/// All errors of the file, as text for stderr. No line of the file is shown: it may contain a password.
pub(crate) fn read(path: &str, policy: Option<&PolicyName>, policies: &mut Policies) -> Result<Vec<Case>, String> {
    let text = |error: PolicyError| format!("{error}\n");
    let document = Document::read(Start::Named(path), &Files).map_err(text)?;
    let mut reader = CaseReader { path, reporter: &document.reporter, policies, policy_errors: String::new() };
    let cases = reader.file(&document, policy);
    let policy_errors = std::mem::take(&mut reader.policy_errors);
    match document.reporter.finish() {
        Ok(()) => Ok(cases),
        Err(error) => Err(format!("{}{policy_errors}", text(error))),
    }
}

struct CaseReader<'r> {
    path: &'r str,
    reporter: &'r Reporter,
    policies: &'r mut Policies,
    /// The errors of the policies that the file names.
    policy_errors: String,
}

/// The defaults of a file for its cases.
struct Common {
    policy: Option<usize>,
    /// Whether the file names a policy that does not load, which is reported once.
    is_broken: bool,
    user: Vec<(String, String)>,
}

impl CaseReader<'_> {
    fn file(&mut self, document: &Document, policy: Option<&PolicyName>) -> Vec<Case> {
        let root = &document.root;
        let mut table = Table::new(root, root.span, self.reporter, &Files);
        let (own, span) = self.policy(&mut table);
        let name = policy.cloned().or(own);
        let policy = name.as_ref().and_then(|name| self.load(name, self.path.to_owned(), false, span));
        let is_broken = name.is_some() && policy.is_none();
        let common = Common { policy, is_broken, user: self.user(&mut table, &[]) };
        let mut cases: Vec<Case> = Vec::new();
        for mut case in table.tables("case") {
            let span = case.span_of("name");
            if let Some(read) = self.case(&mut case, &common) {
                if cases.iter().any(|other| other.name == read.name) {
                    let message = format!("duplicate case name `{}`", read.name);
                    self.reporter.report(span, "duplicate-name", message, None);
                }
                cases.push(read);
            }
            case.finish();
        }
        if cases.is_empty() && self.reporter.is_clean() {
            table.report_at(
                Span { end: root.span.start, ..root.span },
                "missing-key",
                "the file has no `[[case]]`",
                None,
            );
        }
        table.finish();
        cases
    }

    /// The policy that a table names, and the position of the name.
    fn policy(&self, table: &mut Table<'_>) -> (Option<PolicyName>, Span) {
        let preset = table.text("preset");
        let policy = table.text("policy");
        if let (Some(preset), Some(_)) = (&preset, &policy) {
            let message = "`preset` and `policy` are both set";
            self.reporter.report(preset.span, "conflict", message, Some("remove one of the two".to_owned()));
        }
        match (policy, preset) {
            (Some(policy), _) => (Some(PolicyName::from_file(policy.value, self.path)), policy.span),
            (None, Some(preset)) => (Some(PolicyName::Preset(preset.value)), preset.span),
            (None, None) => (None, table.span()),
        }
    }

    fn load(&mut self, name: &PolicyName, owner: String, is_inline: bool, span: Span) -> Option<usize> {
        match self.policies.load(name, &owner, is_inline) {
            Ok(index) => Some(index),
            Err(errors) => {
                self.reporter.report(span, "policy", "this policy does not load", None);
                self.policy_errors.push_str(&errors);
                None
            }
        }
    }

    fn case(&mut self, table: &mut Table<'_>, common: &Common) -> Option<Case> {
        let name = table.text("name").map(|name| name.value).filter(|name| !name.is_empty());
        if name.is_none() {
            table.report("name", "missing-key", "a case must have a `name`", None);
        }
        let (policy_name, span) = self.policy(table);
        let owner = format!("{}: {}", self.path, name.as_deref().unwrap_or_default());
        let policy = match &policy_name {
            Some(policy) => self.load(policy, owner, matches!(policy, PolicyName::Text(_)), span),
            None => common.policy,
        };
        if policy_name.is_none() && policy.is_none() && !common.is_broken {
            let help = Some("set `policy` in the file or the case, or use --policy".to_owned());
            table.report_at(table.span(), "missing-key", "the case has no policy", help);
        }
        let password = self.password(table);
        let user = self.user(table, &common.user);
        let case = Case {
            name: name.unwrap_or_default(),
            password,
            user,
            previous: self.previous(table),
            current: table.text("current").map(|current| Zeroizing::new(current.value)),
            password_set: self.time(table, "password_set"),
            now: self.time(table, "now").unwrap_or(Moment::from_unix(NOW)),
            expected: self.expected(table),
            policy: policy.unwrap_or_default(),
        };
        (case.expected.refused.is_some() || case.expected.error.is_some()).then_some(case)
    }

    fn password(&self, table: &mut Table<'_>) -> Zeroizing<Vec<u8>> {
        let text = table.text("password").map(|text| Zeroizing::new(text.value));
        let hex = table.text("password_hex");
        let repeat = table.optional_count("repeat", 0..=MAX_REPEATS).unwrap_or(1) as usize;
        if text.is_none() && hex.is_none() && !table.has("password") && !table.has("password_hex") {
            table.report_at(table.span(), "missing-key", "a case must have a `password`", None);
        }
        let once = match hex {
            Some(hex) => {
                let bytes = from_hexadecimal(&hex.value);
                if bytes.is_none() {
                    table.report(
                        "password_hex",
                        "unknown-value",
                        "invalid `password_hex`; expected two hexadecimal digits per byte",
                        None,
                    );
                }
                bytes.unwrap_or_default()
            }
            None => text.map(|text| text.as_bytes().to_vec()).unwrap_or_default(),
        };
        Zeroizing::new(Zeroizing::new(once).repeat(repeat))
    }

    fn expected(&self, table: &mut Table<'_>) -> Expected {
        let texts = |table: &mut Table<'_>, key| -> Option<Vec<String>> {
            table.texts(key).map(|texts| texts.into_iter().map(|text| text.value).collect())
        };
        let messages = table.table("messages").map(|mut table| {
            let messages =
                LANGUAGES.map(|language| (language.tag().to_owned(), texts(&mut table, language.tag())));
            table.finish();
            messages.into_iter().filter_map(|(tag, texts)| Some((tag, texts?))).collect()
        });
        let expected = Expected {
            refused: texts(table, "refused"),
            warned: texts(table, "warned").unwrap_or_default(),
            numbers: table.node("numbers").map(|node| self.numbers(node)),
            notes: texts(table, "notes"),
            messages: messages.unwrap_or_default(),
            wire: texts(table, "wire"),
            error: table.text("error").map(|error| error.value),
            selected: texts(table, "selected"),
        };
        match (table.has("refused"), table.has("error")) {
            (true, true) => table.report("error", "conflict", "`refused` and `error` are both set", None),
            (false, false) => {
                let help = Some("`refused = []` expects that the password is accepted".to_owned());
                table.report_at(table.span(), "missing-key", "a case must have `refused` or `error`", help);
            }
            _ => {}
        }
        expected
    }

    /// The attributes of the user. Those of the table replace those of the file.
    fn user(&self, table: &mut Table<'_>, of_file: &[(String, String)]) -> Vec<(String, String)> {
        let mut user = of_file.to_vec();
        let Some(mut attributes) = table.table("user") else { return user };
        user.retain(|(name, _)| !attributes.has(name));
        for entry in attributes.entries() {
            let values = attributes.texts(&entry.key).unwrap_or_default();
            user.extend(values.into_iter().map(|value| (entry.key.clone(), value.value)));
        }
        user
    }

    fn previous(&self, table: &mut Table<'_>) -> Vec<Previous> {
        let Some(node) = table.node("previous") else { return Vec::new() };
        let Value::Array(items) = &node.value else {
            self.wrong_type(node, "`previous` must be a list of stored hashes");
            return Vec::new();
        };
        let mut previous = Vec::new();
        for item in items {
            match &item.value {
                Value::String(hash) => previous.push(Previous { hash: hash.clone(), at: None }),
                Value::Table(_) => {
                    let mut table = Table::new(item, item.span, self.reporter, &Files);
                    let hash = table.text("hash").map(|hash| hash.value).unwrap_or_default();
                    let at = self.integer(table.node("at"), "at").map(Moment::from_unix);
                    table.finish();
                    previous.push(Previous { hash, at });
                }
                _ => self.wrong_type(item, "a stored hash must be a string, or a table with `hash` and `at`"),
            }
        }
        previous
    }

    fn numbers(&self, node: &Node) -> Vec<BTreeMap<String, u64>> {
        let Value::Array(items) = &node.value else {
            self.wrong_type(node, "`numbers` must be a list of tables, one per violation");
            return Vec::new();
        };
        let mut all = Vec::new();
        for item in items {
            let mut numbers = BTreeMap::new();
            let table = Table::new(item, item.span, self.reporter, &Files);
            for entry in table.entries() {
                let number =
                    self.integer(Some(&entry.node), &entry.key).and_then(|number| u64::try_from(number).ok());
                numbers.extend(number.map(|number| (entry.key.clone(), number)));
            }
            all.push(numbers);
        }
        all
    }

    /// A date, as midnight UTC, or seconds since 1970.
    fn time(&self, table: &mut Table<'_>, key: &str) -> Option<Moment> {
        match &table.node(key)?.value {
            Value::Integer(Some(seconds)) => Some(Moment::from_unix(*seconds)),
            Value::Date(year, month, day) => Moment::from_date(*year, *month, *day),
            _ => {
                let message = format!("`{key}` must be a date, such as 2027-01-01, or seconds since 1970");
                table.report(key, "wrong-type", message, None);
                None
            }
        }
    }

    fn integer(&self, node: Option<&Node>, key: &str) -> Option<i64> {
        match &node?.value {
            Value::Integer(Some(number)) => Some(*number),
            _ => {
                self.wrong_type(node?, &format!("`{key}` must be a whole number"));
                None
            }
        }
    }

    fn wrong_type(&self, node: &Node, message: &str) {
        self.reporter.report(node.span, "wrong-type", message, None);
    }
}

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}
