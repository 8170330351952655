//! The keys of a policy set: the populations and their conditions.

use super::parameter::{Choice, Declared, Parameter, Text, Texts, ValueType};

/// The list of populations. A file that contains it is a policy set.
pub(crate) const POPULATION: &str = "population";

pub(crate) const SELECT: Declared<Choice<bool>> =
    Declared::choice("select", false, &[("first", false), ("strictest", true)]).doc(
        "Which policy applies if the conditions of several populations hold. \"first\": that of the first. \"strictest\": \
         all of them combined, so that a password must be accepted by each. Where no direction is stricter, the first \
         decides. At most 6 populations can be combined.",
    );

// `[[population]]`

pub(crate) const POPULATION_NAME: Declared<Text> =
    Declared::text("name").doc("Required. The name of the population, unique in the set: 1 to 64 characters, without commas and control characters.");
pub(crate) const WHEN: &str = "when";
pub(crate) const POLICY: Declared<Text> =
    Declared::text("policy").doc("Required. The name of a preset, or a policy file relative to this one.");

// Conditions

pub(crate) const ALL: &str = "all";
pub(crate) const ANY: &str = "any";
pub(crate) const NOT: &str = "not";
pub(crate) const PRESENT: Declared<Texts> = Declared::texts("present", &[])
    .doc("Holds if the user has a value that is not empty for each of these attributes.");

/// Declares the keys of `[[population]]`.
pub(crate) fn population_keys() -> Vec<Parameter> {
    vec![
        POPULATION_NAME.parameter(),
        Parameter::new(
            WHEN,
            ValueType::Condition,
            "Required, except for the last population. The last one has no condition and applies to everyone else.",
        ),
        POLICY.parameter(),
    ]
}

/// Declares the keys of a condition besides the names of attributes.
pub(crate) fn condition_keys() -> Vec<Parameter> {
    let conditions = || ValueType::Conditions;
    vec![
        PRESENT.parameter(),
        Parameter::new(ALL, conditions(), "Holds if every condition holds."),
        Parameter::new(ANY, conditions(), "Holds if at least one condition holds."),
        Parameter::new(NOT, ValueType::Condition, "Holds if the condition does not hold."),
    ]
}

/// Declares what the name of an attribute means as a key of a condition.
pub(crate) fn attribute_key() -> Parameter {
    let values = ValueType::Texts { default: &[], default_with: None };
    Parameter::new(
        "<attribute>",
        values,
        "Any other key is the name of an attribute. Holds if the user has a value that equals the string, or one of the \
         strings, in NFC. Case matters.",
    )
}
