//! The regular expression of a policy, for the `pattern` attribute of a form.

use crate::rules::{Alternative, CharacterSet, CharacterShape, ClassShape, Shape};

/// The maximum number of look-aheads for one `min_classes`. The expression leaves out a `min_classes` that needs more.
const MAX_CLASS_CHOICES: usize = 64;

/// The maximum number of runs or words that the expression counts. Backtracking takes a time that grows with the number.
const MAX_COUNTED: u64 = 16;

impl Shape {
    /// Returns a regular expression, anchored at both ends, that describes the policy's `length` in code points and words, its
    /// `characters`, the `max_run` and `max_long_runs` of its `repetition`, and its `points` without listed words.
    ///
    /// The expression uses look-ahead and Unicode properties (`\p{Ll}`). JavaScript needs the flag `v` or `u`, which
    /// HTML's `pattern` attribute always sets; without it the length is counted in UTF-16 units. Other engines need their
    /// Unicode mode.
    ///
    /// The expression leaves out every other rule, a length in bytes or graphemes, more than 16 words or runs, and a
    /// `min_classes` that needs more than 64 look-aheads because of custom classes. A match therefore does not guarantee
    /// acceptance.
    pub fn regular_expression(&self) -> String {
        let mut expression = String::from("^");
        for rule in &self.characters {
            push_classes(&mut expression, rule);
            if let Some(forbidden) = &rule.forbidden {
                expression.push_str(&format!("(?!.*{})", forbidden.expression()));
            }
            push_limits(&mut expression, rule, self.max_length);
        }
        self.alternatives.iter().for_each(|ways| push_alternatives(&mut expression, ways));
        let mut allowed = self.characters.iter().filter_map(|rule| rule.allowed.as_ref());
        let body = allowed.next().map_or_else(|| ".".to_owned(), CharacterSet::expression);
        for further in allowed {
            expression.push_str(&format!("(?={}*$)", further.expression()));
        }
        self.push_words(&mut expression);
        // A run as long as the password cannot be exceeded.
        let can_exceed = |max: u64| self.max_length.is_none_or(|length| max < length);
        let mut group = 1;
        if let Some(max) = self.max_run.filter(|max| can_exceed(*max)) {
            expression.push_str(&format!(r"(?!.*(.)\{group}{{{max}}})"));
            group += 1;
        }
        for (max, allowed) in self.max_long_runs.iter().filter(|(max, n)| can_exceed(*max) && *n < MAX_COUNTED) {
            expression.push_str(&format!(r"(?!(?:.*?(.)\{group}{{{max}}}(?!\{group})){{{}}})", allowed + 1));
            group += 1;
        }
        let max = self.max_length.map(|max| max.to_string()).unwrap_or_default();
        expression.push_str(&format!("{body}{{{},{max}}}$", self.min_length.unwrap_or(1)));
        expression
    }

    /// Adds look-aheads for the numbers of words.
    fn push_words(&self, expression: &mut String) {
        let (letter, other) =
            (CharacterSet::letters().expression(), CharacterSet::letters().complement_expression());
        let words = |count: u64| format!("(?:{other}*{letter}+(?!{letter})){{{count}}}");
        if let Some(min) = self.min_words.filter(|min| *min <= MAX_COUNTED) {
            expression.push_str(&format!("(?={})", words(min)));
        }
        if let Some(max) = self.max_words.filter(|max| *max < MAX_COUNTED) {
            expression.push_str(&format!("(?!{})", words(max + 1)));
        }
    }
}

/// Adds look-aheads for several ways, one of which suffices.
fn push_alternatives(expression: &mut String, ways: &[Alternative]) {
    let ways: Vec<String> = ways
        .iter()
        .map(|way| {
            // A length that the classes need anyway is not stated again.
            let mut text = String::new();
            let required = way.characters.classes.iter().map(|class| class.required).max().unwrap_or(0);
            if way.min_length > required.max(1) {
                text.push_str(&format!("(?=.{{{}}})", way.min_length));
            }
            push_classes(&mut text, &way.characters);
            text
        })
        .collect();
    match ways.as_slice() {
        [] => expression.push_str("(?!)"),
        [way] => expression.push_str(way),
        ways => expression.push_str(&format!("(?:{})", ways.join("|"))),
    }
}

fn push_classes(expression: &mut String, rule: &CharacterShape) {
    let counting = Counting::of(rule);
    for class in rule.classes.iter().filter(|class| class.required > 0) {
        counting.push_required(expression, class);
    }
    let required = rule.classes.iter().filter(|class| class.required > 0).count() as u64;
    // Every password has one class.
    if rule.min_classes <= required.max(1) {
        return;
    }
    let sets: Vec<&CharacterSet> =
        rule.classes.iter().map(|class| &class.set).filter(|set| rule.can_occur(set)).collect();
    let Some(absent) = (sets.len() as u64).checked_sub(rule.min_classes) else {
        expression.push_str("(?!)");
        return;
    };
    // At least `min_classes` classes occur if and only if one of every `absent + 1` classes does.
    for choice in choices(&sets, absent as usize + 1).unwrap_or_default() {
        if let Some((first, rest)) = choice.split_first() {
            let union = rest.iter().fold((*first).clone(), |union, set| union.union(set));
            counting.push_one_of(expression, &union);
        }
    }
}

/// How the characters of a class are counted.
struct Counting {
    /// An expression that skips the first character if it does not count.
    start: String,
    /// An assertion that the next character is not a last one that does not count.
    not_last: String,
}

impl Counting {
    fn of(rule: &CharacterShape) -> Counting {
        let expression = |set: &Option<CharacterSet>| set.as_ref().map(CharacterSet::expression);
        let start = expression(&rule.limits.ignore_at_start);
        let last = expression(&rule.limits.ignore_at_end);
        Counting {
            start: start.map(|set| format!("(?:{set}|(?!{set}))")).unwrap_or_default(),
            not_last: last.map(|set| format!("(?!{set}$)")).unwrap_or_default(),
        }
    }

    /// Adds a look-ahead for a required class.
    fn push_required(&self, expression: &mut String, class: &ClassShape) {
        let (set, others) = (class.set.expression(), class.set.complement_expression());
        // Every character can match in only one way, which keeps matching linear in the length of the password.
        match class.required {
            1 => self.push_one_of(expression, &class.set),
            required => {
                let Counting { start, not_last } = self;
                expression.push_str(&format!("(?={start}(?:{others}*{not_last}{set}){{{required}}})"));
            }
        }
    }

    fn push_one_of(&self, expression: &mut String, set: &CharacterSet) {
        let Counting { start, not_last } = self;
        // With an assertion, not every engine matches in linear time unless each character can match in only one way.
        let before = if not_last.is_empty() { ".".to_owned() } else { set.complement_expression() };
        expression.push_str(&format!("(?={start}{before}*{not_last}{})", set.expression()));
    }
}

/// Adds look-aheads for the limits of a rule, besides those on the length.
fn push_limits(expression: &mut String, rule: &CharacterShape, max_length: Option<u64>) {
    let limits = &rule.limits;
    for (index, max) in &limits.max_per_class {
        let Some(class) = rule.classes.get(*index) else { continue };
        let (set, others) = (class.set.expression(), class.set.complement_expression());
        expression.push_str(&format!("(?!(?:{others}*{set}){{{}}})", max + 1));
    }
    if let Some(max) = limits.max_class_run.filter(|max| max_length.is_none_or(|length| *max < length)) {
        let runs: Vec<String> =
            rule.classes.iter().map(|class| format!("{}{{{}}}", class.set.expression(), max + 1)).collect();
        expression.push_str(&format!("(?!.*(?:{}))", runs.join("|")));
    }
    for (set, before, after) in
        [(&limits.not_at_start, "", ""), (&limits.not_at_end, ".*", "$"), (&limits.not_only, "", "+$")]
    {
        if let Some(set) = set {
            expression.push_str(&format!("(?!{before}{}{after})", set.expression()));
        }
    }
}

/// Returns every way to choose `count` of `items`, in order; `None` if there are more than [`MAX_CLASS_CHOICES`].
fn choices<T: Copy>(items: &[T], count: usize) -> Option<Vec<Vec<T>>> {
    let mut choices = vec![(Vec::new(), items)];
    for missing in (1..=count).rev() {
        let mut longer = Vec::new();
        for (chosen, rest) in choices {
            // Only choices that the rest can complete, so that there are never more than complete ones.
            for (at, item) in rest.iter().enumerate().take((rest.len() + 1).saturating_sub(missing)) {
                longer.push(([chosen.as_slice(), &[*item]].concat(), &rest[at + 1..]));
            }
            if longer.len() > MAX_CLASS_CHOICES {
                return None;
            }
        }
        choices = longer;
    }
    Some(choices.into_iter().map(|(chosen, _)| chosen).collect())
}
