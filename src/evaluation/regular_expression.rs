//! The regular expression of a policy, for the `pattern` attribute of a form.

use crate::rules::{Alternative, CharacterSet, CharacterShape, ClassShape, Shape};

/// The maximum number of look-aheads for one `min_classes`. The expression leaves out a `min_classes` that needs more.
const MAX_CLASS_CHOICES: usize = 64;

impl Shape {
    /// Returns a regular expression, anchored at both ends, that describes the policy's `length` in code points, its
    /// `characters`, the `max_run` of its `repetition`, and its `points` without listed words.
    ///
    /// The expression uses look-ahead and Unicode properties (`\p{Ll}`). JavaScript needs the flag `v` or `u`, which
    /// HTML's `pattern` attribute always sets; without it the length is counted in UTF-16 units. Other engines need their
    /// Unicode mode.
    ///
    /// The expression leaves out every other rule, a length in bytes or graphemes, and a `min_classes` that needs more than
    /// 64 look-aheads because of custom classes. A match therefore does not guarantee acceptance.
    pub fn regular_expression(&self) -> String {
        let mut expression = String::from("^");
        for rule in &self.characters {
            push_classes(&mut expression, rule);
            if let Some(forbidden) = &rule.forbidden {
                expression.push_str(&format!("(?!.*{})", forbidden.expression()));
            }
        }
        self.alternatives.iter().for_each(|ways| push_alternatives(&mut expression, ways));
        let mut allowed = self.characters.iter().filter_map(|rule| rule.allowed.as_ref());
        let body = allowed.next().map_or_else(|| ".".to_owned(), CharacterSet::expression);
        for further in allowed {
            expression.push_str(&format!("(?={}*$)", further.expression()));
        }
        // A run as long as the password cannot be exceeded.
        if let Some(max) = self.max_run.filter(|max| self.max_length.is_none_or(|length| *max < length)) {
            expression.push_str(&format!(r"(?!.*(.)\1{{{max}}})"));
        }
        let max = self.max_length.map(|max| max.to_string()).unwrap_or_default();
        expression.push_str(&format!("{body}{{{},{max}}}$", self.min_length.unwrap_or(1)));
        expression
    }
}

/// Adds look-aheads for several ways, one of which suffices.
fn push_alternatives(expression: &mut String, ways: &[Alternative]) {
    let ways: Vec<String> = ways
        .iter()
        .map(|way| {
            // A length that the classes need anyway is not stated again.
            let mut text = String::new();
            if way.min_length > way.classes.iter().map(|class| class.required).max().unwrap_or(0) {
                text.push_str(&format!("(?=.{{{}}})", way.min_length));
            }
            way.classes.iter().for_each(|class| push_required(&mut text, class));
            text
        })
        .collect();
    match ways.as_slice() {
        [] => expression.push_str("(?!)"),
        [way] => expression.push_str(way),
        ways => expression.push_str(&format!("(?:{})", ways.join("|"))),
    }
}

/// Adds a look-ahead for a required class.
fn push_required(expression: &mut String, class: &ClassShape) {
    let (set, others) = (class.set.expression(), class.set.complement_expression());
    // Every character can match in only one way, which keeps matching linear in the length of the password.
    match class.required {
        1 => expression.push_str(&format!("(?=.*{set})")),
        required => expression.push_str(&format!("(?=(?:{others}*{set}){{{required}}})")),
    }
}

fn push_classes(expression: &mut String, rule: &CharacterShape) {
    rule.classes.iter().filter(|class| class.required > 0).for_each(|class| push_required(expression, class));
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
            expression.push_str(&format!("(?=.*{})", union.expression()));
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
