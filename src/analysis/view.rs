//! A view of a policy's rules as written: each with its parameters, their places, and whether every password must meet it.

use crate::policy::document::{Entry, Value};
use crate::policy::{Document, Node, Span, ValueType};
use crate::rules::kinds::is_off;
use crate::rules::{Composition, composition_of, definition_of};
use crate::time::Moment;

/// Whether a password must meet a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Force {
    /// Every password that violates it is rejected now.
    Refuses,
    /// An exemption can disable it.
    Lifted,
    /// It is inside a rule that can be met without it.
    Optional,
    /// It warns, is a shadow rule, or does not reject yet.
    Silent,
}

/// A rule as written.
#[derive(Clone, Debug)]
pub(super) struct RuleView<'d> {
    pub(super) name: String,
    pub(super) kind: &'d str,
    /// The place of its name.
    pub(super) span: Span,
    pub(super) entries: &'d [Entry],
    pub(super) force: Force,
}

impl<'d> RuleView<'d> {
    fn new(name: String, entry: &'d Entry, force: Force) -> RuleView<'d> {
        let entries = entries_of(&entry.node);
        let kind = entries.iter().find(|entry| entry.key == "kind").and_then(|entry| string(&entry.node));
        RuleView { name, kind: kind.unwrap_or(&entry.key), span: entry.key_span, entries, force }
    }

    pub(super) fn refuses(&self, kind: &str) -> bool {
        self.kind == kind && self.force == Force::Refuses
    }

    pub(super) fn node(&self, key: &str) -> Option<&'d Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// Returns the place of a parameter, or of the rule's name if the parameter is absent.
    pub(super) fn span_of(&self, key: &str) -> Span {
        self.node(key).map_or(self.span, |node| node.span)
    }

    pub(super) fn number(&self, key: &str) -> Option<u64> {
        self.node(key).and_then(number)
    }

    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        self.node(key).and_then(string)
    }

    pub(super) fn texts(&self, key: &str) -> Option<Vec<&'d str>> {
        self.node(key).map(|node| match &node.value {
            Value::Array(items) => items.iter().filter_map(string).collect(),
            _ => string(node).into_iter().collect(),
        })
    }

    pub(super) fn table(&self, key: &str) -> &'d [Entry] {
        self.node(key).map_or(&[], entries_of)
    }

    /// Returns the number at `key`, or the default that the kind declares.
    fn count(&self, key: &str) -> u64 {
        self.number(key).or_else(|| declared_default(self.kind, key, &|key| self.number(key))).unwrap_or(0)
    }

    pub(super) fn min_length(&self) -> u64 {
        self.count("min")
    }

    pub(super) fn max_length(&self) -> u64 {
        self.count("max")
    }

    pub(super) fn min_points(&self) -> u64 {
        self.count("min_points")
    }

    pub(super) fn per_character(&self) -> u64 {
        self.count("per_character")
    }

    pub(super) fn max_run(&self) -> u64 {
        self.count("max_run")
    }

    pub(super) fn min_classes(&self) -> u64 {
        let numbers = self.table("min_length_by_classes").iter().filter_map(|entry| entry.key.parse().ok());
        self.count("min_classes").max(numbers.min().unwrap_or(0))
    }

    pub(super) fn min_distinct(&self) -> u64 {
        self.count("min_distinct")
    }

    /// Returns the maximum length of a sequence or walk.
    pub(super) fn max_stretch(&self) -> u64 {
        self.count("max_length")
    }

    pub(super) fn depth(&self) -> u64 {
        self.count("depth")
    }

    pub(super) fn matches(&self) -> Vec<&'d str> {
        let default = || {
            let parameter = definition_of(self.kind).and_then(|definition| definition.parameter("match"));
            parameter.map(|parameter| parameter.value.default_texts(|key| self.node(key).is_some()).to_vec())
        };
        self.texts("match").or_else(default).unwrap_or_default()
    }
}

/// Returns the default of a number that a built-in kind declares. `written` returns the other numbers of the rule.
pub(super) fn declared_default(kind: &str, key: &str, written: &dyn Fn(&str) -> Option<u64>) -> Option<u64> {
    let ValueType::Count { default, at_least, .. } = &definition_of(kind)?.parameter(key)?.value else {
        return None;
    };
    let floor = at_least.map(|(other, default)| written(other).unwrap_or(default));
    default.map(|default| default.max(floor.unwrap_or(0)))
}

/// Returns the entries of a table. Empty for any other value.
pub(super) fn entries_of(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Table(entries) => entries,
        _ => &[],
    }
}

fn string(node: &Node) -> Option<&str> {
    match &node.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn number(node: &Node) -> Option<u64> {
    match node.value {
        Value::Integer(number) => number.and_then(|number| u64::try_from(number).ok()),
        _ => None,
    }
}

/// Returns the entry at a path of keys.
pub(super) fn find<'d>(document: &'d Document, path: &[&str]) -> Option<&'d Entry> {
    let mut found = None;
    let mut node = &document.root;
    for key in path {
        let entry = entries_of(node).iter().find(|entry| entry.key == *key)?;
        node = &entry.node;
        found = Some(entry);
    }
    found
}

/// Returns every rule of a policy, and the rules inside others, as `outer.inner`.
pub(super) fn rules(document: &Document, now: Moment) -> Vec<RuleView<'_>> {
    let mut views = Vec::new();
    let lifted: Vec<&str> = exemptions(document).iter().flat_map(|exemption| exemption.rules.clone()).collect();
    for entry in find(document, &["rules"]).map_or(&[][..], |rules| entries_of(&rules.node)) {
        if is_off(entry) {
            continue;
        }
        let force = match force(entry, now) {
            Force::Refuses if lifted.contains(&entry.key.as_str()) => Force::Lifted,
            force => force,
        };
        push(RuleView::new(entry.key.clone(), entry, force), &mut views);
    }
    views
}

fn force(entry: &Entry, now: Moment) -> Force {
    if refuses(entry, now) { Force::Refuses } else { Force::Silent }
}

/// Returns whether a rule rejects passwords at `now`. From its date on it does, whatever its severity.
pub(super) fn refuses(entry: &Entry, now: Moment) -> bool {
    let entries = entries_of(&entry.node);
    let value = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node);
    let from = match value("from").map(|node| &node.value) {
        Some(Value::Date(year, month, day)) => Moment::from_date(*year, *month, *day),
        _ => None,
    };
    match from {
        Some(from) => now >= from || !now.is_plausible(),
        None => value("severity").and_then(string).is_none_or(|severity| severity == "refuse"),
    }
}

/// Returns a rule and the rules inside it.
pub(super) fn with_parts(view: RuleView<'_>) -> Vec<RuleView<'_>> {
    let mut views = Vec::new();
    push(view, &mut views);
    views
}

fn push<'d>(view: RuleView<'d>, views: &mut Vec<RuleView<'d>>) {
    let parts: Vec<&Entry> = view.table("rules").iter().filter(|entry| !is_off(entry)).collect();
    let composition = composition_of(view.kind);
    let every = match composition {
        Composition::All => true,
        Composition::Any => parts.len() == 1,
        Composition::AtLeast => view.count("count") == parts.len() as u64,
        Composition::Not | Composition::None => false,
    };
    let force = if every || view.force == Force::Silent { view.force } else { Force::Optional };
    let name = view.name.clone();
    views.push(view);
    for part in parts.into_iter().filter(|_| composition != Composition::None) {
        push(RuleView::new(format!("{name}.{}", part.key), part, force), views);
    }
}

/// An exemption as written.
#[derive(Clone, Debug)]
pub(super) struct ExemptionView<'d> {
    pub(super) span: Span,
    pub(super) when: Vec<RuleView<'d>>,
    pub(super) rules: Vec<&'d str>,
}

pub(super) fn exemptions(document: &Document) -> Vec<ExemptionView<'_>> {
    let Some(Value::Array(items)) = find(document, &["exempt"]).map(|entry| &entry.node.value) else {
        return Vec::new();
    };
    let view = |item| {
        let value = |key: &str| entries_of(item).iter().find(|entry| entry.key == key).map(|entry| &entry.node);
        let when = value("when").map_or(&[][..], entries_of).iter().filter(|entry| !is_off(entry));
        let rules = match value("rules").map(|node| (node, &node.value)) {
            Some((_, Value::Array(rules))) => rules.iter().filter_map(string).collect(),
            Some((node, _)) => string(node).into_iter().collect(),
            None => Vec::new(),
        };
        let when = when.map(|entry| RuleView::new(entry.key.clone(), entry, Force::Optional)).collect();
        ExemptionView { span: item.span, when, rules }
    };
    items.iter().map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::Loader;
    use crate::language::LANGUAGES;
    use crate::policy::document::Start;

    fn with<T>(rules: &str, look: impl Fn(&RuleView<'_>) -> T) -> (T, crate::rules::Shape) {
        let text = format!("format = 1\n[rules]\n{rules}\n");
        let (policy, document) = Loader::new().load_with_document(Start::Text("p", &text)).expect("a policy");
        let views = super::rules(&document, Moment::from_unix(1_795_392_000));
        (look(&views[0]), policy.describe(LANGUAGES[0]).shape)
    }

    #[test]
    fn defaults_equal_those_of_the_rules() {
        let (bounds, shape) = with("length = {}", |rule| (rule.min_length(), rule.max_length()));
        assert_eq!((Some(bounds.0), Some(bounds.1)), (shape.min_length, shape.max_length));
        let (bounds, shape) = with("length = { min = 80 }", |rule| (rule.min_length(), rule.max_length()));
        assert_eq!((Some(bounds.0), Some(bounds.1)), (shape.min_length, shape.max_length));
        let (run, shape) = with("repetition = {}", |rule| rule.max_run());
        assert_eq!(Some(run), shape.max_run);
        let (classes, shape) = with("characters = {}", |rule| rule.min_classes());
        assert_eq!(Some(classes), shape.characters.first().map(|rule| rule.min_classes));
        // Rules without a shape state their number in a clause.
        type Reads = fn(&RuleView<'_>) -> u64;
        let defaults: [(&str, &str, Reads); 4] = [
            ("variety", "min_distinct", |rule| rule.min_distinct()),
            ("sequence", "max_length", |rule| rule.max_stretch()),
            ("keyboard", "max_length", |rule| rule.max_stretch()),
            ("history", "depth", |rule| rule.depth()),
        ];
        for (kind, key, default) in defaults {
            let (default, _) = with(&format!("{kind} = {{}}"), default);
            let clause = |parameters: &str| {
                let text = format!("format = 1\n[rules]\n{kind} = {{ {parameters} }}\n");
                Loader::new().load(Start::Text("p", &text)).expect("a policy").clause(kind, LANGUAGES[0])
            };
            assert_eq!(clause(""), clause(&format!("{key} = {default}")), "{kind}");
            assert_ne!(clause(""), clause(&format!("{key} = {}", default + 1)), "{kind}");
        }
    }

    #[test]
    fn inner_rule_is_required_only_if_the_outer_rule_requires_it() {
        let text = "
            all = { kind = \"all\", rules = { length = {} } }
            any = { kind = \"any\", rules = { length = {}, characters = {} } }
            later = { kind = \"length\", from = 2100-01-01 }
            trial = { kind = \"length\", severity = \"shadow\" }";
        let text = format!("format = 1\n[rules]\n{text}\n");
        let (_, document) = Loader::new().load_with_document(Start::Text("p", &text)).expect("a policy");
        let views = super::rules(&document, Moment::from_unix(1_795_392_000));
        let seen: Vec<(&str, Force)> = views.iter().map(|v| (v.name.as_str(), v.force)).collect();
        assert!(seen.contains(&("all.length", Force::Refuses)));
        assert!(seen.contains(&("any.length", Force::Optional)));
        assert!(seen.contains(&("later", Force::Silent)) && seen.contains(&("trial", Force::Silent)));
    }
}
