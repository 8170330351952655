//! Reading a file of cases: TOML, walked key by key as a policy is, so that everything wrong is said at once and with its
//! place.

use std::collections::BTreeMap;

use kouling::candidate::Previous;
use kouling::policy::document::{Start, Value};
use kouling::policy::{Document, Files, Node, PolicyError, Reporter, Source, Span, Table};
use kouling::{Loader, Moment, Policy};
use zeroize::Zeroizing;

use super::{Case, Expected};
use crate::policy_argument::{render, start};

/// The moment of judging where a case names none, as for the project's own vectors: 2026-11-23T00:00:00Z.
const NOW: i64 = 1_795_392_000;
/// A password may stand so often in a row.
const MAX_REPEATS: u64 = 1 << 16;

/// The policies of a run, each loaded once.
#[derive(Default)]
pub(crate) struct Policies {
    pub(crate) loaded: Vec<Loaded>,
}

/// A policy, and how a reader knows it.
pub(crate) struct Loaded {
    key: String,
    pub(crate) policy: Policy,
    pub(crate) name: String,
    /// Whether one case wrote it for itself, so that its coverage says nothing.
    pub(crate) of_one_case: bool,
}

/// A policy as a file or an option names it.
#[derive(Clone)]
pub(crate) enum Named {
    Preset(String),
    Path(String),
    Text(String),
}

impl Named {
    /// As an argument names it.
    pub(crate) fn argument(name: &str) -> Named {
        match start(name) {
            Start::Preset(name) => Named::Preset(name.to_owned()),
            _ => Named::Path(Files.resolve(name, None)),
        }
    }

    /// As a file of cases names it: a text has lines or a key, a path is relative to the file.
    fn written(written: String, file: &str) -> Named {
        if written.contains(['\n', '=']) {
            return Named::Text(written);
        }
        match start(&written) {
            Start::Preset(_) => Named::Preset(written),
            _ => Named::Path(Files.resolve(&written, Some(file))),
        }
    }
}

impl Policies {
    /// The place of a policy, loaded if it was not; what is wrong with it, as a text.
    pub(crate) fn place(&mut self, named: &Named, owner: &str, of_one_case: bool) -> Result<usize, String> {
        let key = match named {
            Named::Preset(name) => format!("preset {name}"),
            Named::Path(path) => format!("file {path}"),
            Named::Text(text) => format!("text {text}"),
        };
        if let Some(place) = self.loaded.iter().position(|loaded| loaded.key == key) {
            return Ok(place);
        }
        let (start, name) = match named {
            Named::Preset(preset) => (Start::Preset(preset), preset.clone()),
            Named::Path(path) => (Start::Named(path), path.clone()),
            Named::Text(text) => (Start::Text(owner, text), owner.to_owned()),
        };
        let policy = Loader::new().load(start).map_err(|error| render(&error))?;
        self.loaded.push(Loaded { key, policy, name, of_one_case });
        Ok(self.loaded.len() - 1)
    }
}

/// Reads the cases of a file. `given` is the policy that the command line names: it stands for that of the file.
///
/// # Errors
/// Everything that is wrong, as a text for stderr. No line of the file is shown: it may hold a password.
pub(crate) fn read(path: &str, given: Option<&Named>, policies: &mut Policies) -> Result<Vec<Case>, String> {
    let told = |error: PolicyError| format!("{error}\n");
    let document = Document::read(Start::Named(path), &Files).map_err(told)?;
    let mut reading = Reading { path, reporter: &document.reporter, policies, broken: String::new() };
    let cases = reading.file(&document, given);
    let broken = std::mem::take(&mut reading.broken);
    match document.reporter.finish() {
        Ok(()) => Ok(cases),
        Err(error) => Err(format!("{}{broken}", told(error))),
    }
}

struct Reading<'r> {
    path: &'r str,
    reporter: &'r Reporter,
    policies: &'r mut Policies,
    /// What is wrong with policies that the file names.
    broken: String,
}

/// What a file says for all of its cases.
struct Common {
    policy: Option<usize>,
    /// Whether the file names one that does not load, which was said once.
    is_broken: bool,
    user: BTreeMap<String, String>,
}

impl Reading<'_> {
    fn file(&mut self, document: &Document, given: Option<&Named>) -> Vec<Case> {
        let root = &document.root;
        let mut table = Table::new(root, root.span, self.reporter, &Files);
        let (named, span) = self.policy(&mut table);
        let named = given.cloned().or(named);
        let policy = named.as_ref().and_then(|named| self.load(named, self.path.to_owned(), false, span));
        let is_broken = named.is_some() && policy.is_none();
        let common = Common { policy, is_broken, user: self.user(&mut table) };
        let mut cases: Vec<Case> = Vec::new();
        for mut case in table.tables("case") {
            let span = case.span_of("name");
            if let Some(read) = self.case(&mut case, &common) {
                if cases.iter().any(|known| known.name == read.name) {
                    let message = format!("there is another case `{}`", read.name);
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

    /// The policy that a table names, and where.
    fn policy(&self, table: &mut Table<'_>) -> (Option<Named>, Span) {
        let preset = table.text("preset");
        let written = table.text("policy");
        if let (Some(preset), Some(_)) = (&preset, &written) {
            let message = "`policy` names a policy already";
            self.reporter.report(preset.span, "conflict", message, Some("give one of the two".to_owned()));
        }
        match (written, preset) {
            (Some(written), _) => (Some(Named::written(written.value, self.path)), written.span),
            (None, Some(preset)) => (Some(Named::Preset(preset.value)), preset.span),
            (None, None) => (None, table.span()),
        }
    }

    fn load(&mut self, named: &Named, owner: String, of_one_case: bool, span: Span) -> Option<usize> {
        match self.policies.place(named, &owner, of_one_case) {
            Ok(place) => Some(place),
            Err(wrong) => {
                self.reporter.report(span, "policy", "this policy does not load", None);
                self.broken.push_str(&wrong);
                None
            }
        }
    }

    fn case(&mut self, table: &mut Table<'_>, common: &Common) -> Option<Case> {
        let name = table.text("name").map(|name| name.value).filter(|name| !name.is_empty());
        if name.is_none() {
            table.report("name", "missing-key", "a case must have a `name`", None);
        }
        let (named, span) = self.policy(table);
        let owner = format!("{}: {}", self.path, name.as_deref().unwrap_or_default());
        let policy = match &named {
            Some(named) => self.load(named, owner, matches!(named, Named::Text(_)), span),
            None => common.policy,
        };
        if named.is_none() && policy.is_none() && !common.is_broken {
            let help = Some("write `policy` into the file or the case, or give --policy".to_owned());
            table.report_at(table.span(), "missing-key", "nothing says by which policy to judge", help);
        }
        let password = self.password(table);
        let mut user = common.user.clone();
        user.extend(self.user(table));
        let case = Case {
            name: name.unwrap_or_default(),
            password,
            user,
            previous: self.previous(table),
            current: table.text("current").map(|current| Zeroizing::new(current.value)),
            now: Moment::from_unix(self.whole(table.node("now"), "now").unwrap_or(NOW)),
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
                        "these are no hexadecimal digits, two a byte",
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
            let messages = ["en", "zh"].map(|tag| (tag.to_owned(), texts(&mut table, tag)));
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
        };
        match (table.has("refused"), table.has("error")) {
            (true, true) => table.report("error", "conflict", "a password that is judged has no `error`", None),
            (false, false) => {
                let help = Some("`refused = []` is a password that must be accepted".to_owned());
                table.report_at(table.span(), "missing-key", "a case must say `refused`, or `error`", help);
            }
            _ => {}
        }
        expected
    }

    fn user(&self, table: &mut Table<'_>) -> BTreeMap<String, String> {
        let mut user = BTreeMap::new();
        for entry in table.table("user").map(|table| table.entries()).unwrap_or_default() {
            match &entry.node.value {
                Value::String(value) => {
                    user.insert(entry.key.clone(), value.clone());
                }
                _ => self.wrong(&entry.node, "an attribute of the user must be a string"),
            }
        }
        user
    }

    fn previous(&self, table: &mut Table<'_>) -> Vec<Previous> {
        let Some(node) = table.node("previous") else { return Vec::new() };
        let Value::Array(items) = &node.value else {
            self.wrong(node, "`previous` must be a list of stored hashes");
            return Vec::new();
        };
        let mut previous = Vec::new();
        for item in items {
            match &item.value {
                Value::String(hash) => previous.push(Previous { hash: hash.clone(), at: None }),
                Value::Table(_) => {
                    let mut table = Table::new(item, item.span, self.reporter, &Files);
                    let hash = table.text("hash").map(|hash| hash.value).unwrap_or_default();
                    let at = self.whole(table.node("at"), "at").map(Moment::from_unix);
                    table.finish();
                    previous.push(Previous { hash, at });
                }
                _ => self.wrong(item, "a stored hash must be a string, or a table of `hash` and `at`"),
            }
        }
        previous
    }

    fn numbers(&self, node: &Node) -> Vec<BTreeMap<String, u64>> {
        let Value::Array(items) = &node.value else {
            self.wrong(node, "`numbers` must be a list of tables, one a refusal");
            return Vec::new();
        };
        let mut all = Vec::new();
        for item in items {
            let mut numbers = BTreeMap::new();
            let table = Table::new(item, item.span, self.reporter, &Files);
            for entry in table.entries() {
                let number =
                    self.whole(Some(&entry.node), &entry.key).and_then(|number| u64::try_from(number).ok());
                numbers.extend(number.map(|number| (entry.key.clone(), number)));
            }
            all.push(numbers);
        }
        all
    }

    fn whole(&self, node: Option<&Node>, key: &str) -> Option<i64> {
        match &node?.value {
            Value::Integer(Some(number)) => Some(*number),
            _ => {
                self.wrong(node?, &format!("`{key}` must be a whole number"));
                None
            }
        }
    }

    fn wrong(&self, node: &Node, message: &str) {
        self.reporter.report(node.span, "wrong-type", message, None);
    }
}

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}
