//! Decides whether the conditions of a set permit a user to whom a population applies.
//!
//! Each value that a condition compares with is a statement about the user that is true or false: an attribute can have
//! several values, so the statements are independent. An attribute is present if one of its values is, or another value. The
//! search assigns the statements one after the other and evaluates the conditions in three-valued logic after each, so that
//! most of the assignments are never made.

use std::collections::BTreeMap;

use super::condition::Condition;

/// The maximum number of evaluated statements. A result that takes more is unknown.
const MAX_EVALUATED: usize = 2_000_000;
/// The maximum number of statements. The search is as deep.
const MAX_STATEMENTS: usize = 2_000;

/// A statement about a user: the attribute has this value, or, for `None`, another one.
type Statement<'c> = (&'c str, Option<&'c str>);

/// Returns whether a user exists for whom `condition` holds and none of `others` does. `None` if the search was too long.
pub(super) fn can_hold(condition: &Condition, others: &[&Condition]) -> Option<bool> {
    let mut statements = Vec::new();
    // The statements of `condition` are assigned first.
    for condition in [condition].into_iter().chain(others.iter().copied()) {
        add_statements(condition, &mut statements);
    }
    if statements.len() > MAX_STATEMENTS {
        return None;
    }
    let mut places = BTreeMap::new();
    for statement in &statements {
        let next = places.len();
        places.entry(*statement).or_insert(next);
    }
    let left = MAX_EVALUATED / statements.len().max(1);
    Search { condition, others, places, values: Vec::new(), left }.run()
}

fn add_statements<'c>(condition: &'c Condition, statements: &mut Vec<Statement<'c>>) {
    match condition {
        Condition::All(inside) | Condition::Any(inside) => {
            inside.iter().for_each(|part| add_statements(part, statements));
        }
        Condition::Not(part) => add_statements(part, statements),
        Condition::OneOf(name, values) => {
            statements.extend(values.iter().map(|value| (name.as_str(), Some(value.as_str()))));
        }
        Condition::Present(name) => statements.push((name, None)),
    }
}

struct Search<'c, 's> {
    condition: &'c Condition,
    others: &'s [&'c Condition],
    /// The statements in the order of assignment.
    places: BTreeMap<Statement<'c>, usize>,
    /// The values of the first statements.
    values: Vec<bool>,
    /// How many more assignments are tried.
    left: usize,
}

impl Search<'_, '_> {
    fn run(&mut self) -> Option<bool> {
        self.left = self.left.checked_sub(1)?;
        let wanted = self.holds(self.condition);
        let mut is_decided = wanted == Some(true);
        if wanted == Some(false) {
            return Some(false);
        }
        for other in self.others {
            match self.holds(other) {
                Some(true) => return Some(false),
                None => is_decided = false,
                Some(false) => {}
            }
        }
        if is_decided {
            return Some(true);
        }
        if self.values.len() == self.places.len() {
            return Some(false);
        }
        for value in [true, false] {
            self.values.push(value);
            let found = self.run();
            self.values.pop();
            if found != Some(false) {
                return found;
            }
        }
        Some(false)
    }

    /// Evaluates a condition. `None` if it depends on statements that have no value yet.
    fn holds(&self, condition: &Condition) -> Option<bool> {
        match condition {
            Condition::All(parts) => all(parts.iter().map(|part| self.holds(part))),
            Condition::Any(parts) => any(parts.iter().map(|part| self.holds(part))),
            Condition::Not(part) => self.holds(part).map(|holds| !holds),
            Condition::OneOf(name, values) => {
                any(values.iter().map(|value| self.value(&(name.as_str(), Some(value.as_str())))))
            }
            Condition::Present(name) => {
                let of_name =
                    self.places.range((name.as_str(), None)..).take_while(|((known, _), _)| known == name);
                any(of_name.map(|(_, place)| self.values.get(*place).copied()))
            }
        }
    }

    fn value(&self, statement: &Statement<'_>) -> Option<bool> {
        self.values.get(*self.places.get(statement)?).copied()
    }
}

fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    any(parts.map(|part| part.map(|holds| !holds))).map(|holds| !holds)
}

fn any(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(false);
    for part in parts {
        match part {
            Some(true) => return part,
            None => result = None,
            Some(false) => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::candidate::User;
    use crate::population::Holds;

    fn condition() -> impl Strategy<Value = Condition> {
        let name = || prop::sample::select(vec!["role", "group"]).prop_map(str::to_owned);
        let value = prop::sample::select(vec!["a", "b"]).prop_map(str::to_owned);
        let leaf = prop_oneof![
            (name(), prop::collection::vec(value, 1..=2))
                .prop_map(|(name, values)| Condition::OneOf(name, values)),
            name().prop_map(Condition::Present),
        ];
        leaf.prop_recursive(3, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..=3).prop_map(Condition::All),
                prop::collection::vec(inner.clone(), 1..=3).prop_map(Condition::Any),
                inner.prop_map(|part| Condition::Not(Box::new(part))),
            ]
        })
    }

    /// Returns every user whose attributes have some of the values `a`, `b` and `other`.
    fn users() -> Vec<User> {
        let mut users = Vec::new();
        for chosen in 0..64_u32 {
            let mut user = User::new().with("role", "").with("group", "");
            for (bit, value) in ["a", "b", "other"].into_iter().enumerate() {
                for (shift, name) in [(0, "role"), (3, "group")] {
                    if chosen >> (bit + shift) & 1 == 1 {
                        user = user.with(name, value);
                    }
                }
            }
            users.push(user);
        }
        users
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn search_finds_a_user_exactly_if_there_is_one(
            wanted in condition(), others in prop::collection::vec(condition(), 0..=3),
        ) {
            let exists = users().iter().any(|user| {
                wanted.holds(user) == Holds::Yes && others.iter().all(|other| other.holds(user) == Holds::No)
            });
            prop_assert_eq!(can_hold(&wanted, &others.iter().collect::<Vec<_>>()), Some(exists));
        }
    }

    #[test]
    fn search_that_takes_too_long_is_undecided() {
        let one = |n: usize| Condition::OneOf("role".to_owned(), vec![n.to_string()]);
        let wanted = Condition::Any((0..MAX_STATEMENTS + 1).map(one).collect());
        assert_eq!(can_hold(&wanted, &[]), None);
    }
}
