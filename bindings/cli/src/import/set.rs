//! Policy sets: several policies of a product, and who has which.

use std::fmt::Write;

use kouling::population::MAX_POPULATIONS;

use super::draft::{Draft, Origin, Value, quoted};
use super::source::{Place, Problem};
use super::{POLICY_FILE, Written};

/// A policy set in preparation.
pub(crate) struct Set {
    /// The name, the problems and what was not translated, of the set as a whole.
    pub(crate) draft: Draft,
    /// The populations in order. The last one has no condition.
    pub(crate) members: Vec<Member>,
}

/// A population.
pub(crate) struct Member {
    pub(crate) name: String,
    /// Why the population has this policy, and its place in the order.
    pub(crate) origin: Origin,
    /// An attribute of the user, and its values. `None` for everyone else.
    pub(crate) condition: Option<(&'static str, Vec<String>)>,
    /// The policy.
    pub(crate) draft: Draft,
}

impl Set {
    /// Writes the set, and a file for each policy.
    pub(super) fn write(mut self, head: &str) -> Result<Vec<Written>, Vec<Problem>> {
        let mut problems = std::mem::take(&mut self.draft.problems);
        if let Some(place) = self.members.get(MAX_POPULATIONS).and_then(|member| member.origin.place()) {
            problems.push(Problem::new(place, format!("too many policies; expected at most {MAX_POPULATIONS}")));
            return Err(problems);
        }
        let mut text = String::new();
        let mut members = Vec::new();
        let mut names: Vec<String> = Vec::new();
        let mut places: Vec<Option<Place>> = Vec::new();
        for (n, mut member) in self.members.into_iter().enumerate() {
            problems.append(&mut member.draft.problems);
            let name = unique(population_name(&member.name, n), &names);
            names.push(name.clone());
            let file = format!("{}.toml", file_name(&name, n));
            let file = if members.iter().any(|(known, _): &(String, Draft)| *known == file) || file == POLICY_FILE
            {
                format!("population-{}.toml", n + 1)
            } else {
                file
            };
            // Two policies can have lists of the same name.
            member.draft.prefix_word_lists(file.trim_end_matches(".toml"));
            let comment = member.origin.comment();
            let _ = writeln!(text, "\n[[population]]\nname = {} # {comment}", quoted(&name));
            if let Some((attribute, values)) = member.condition {
                let _ = writeln!(text, "when = {{ {attribute} = {} }}", Value::List(values).to_toml());
            }
            let _ = writeln!(text, "policy = {}", quoted(&format!("./{file}")));
            places.resize(text.matches('\n').count(), member.origin.place().cloned());
            members.push((file, member.draft));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut set = Written::of(POLICY_FILE.to_owned(), self.draft, head)?;
        set.text.push_str(&text);
        set.places.append(&mut places);
        let mut files = vec![set];
        for (file, draft) in members {
            files.push(Written::of(file, draft, head)?);
        }
        Ok(files)
    }
}

/// Returns a name that a population can have.
fn population_name(name: &str, n: usize) -> String {
    let name: String = name.chars().filter(|c| !c.is_control() && *c != ',').take(56).collect();
    let name = name.trim();
    if name.is_empty() { format!("population {}", n + 1) } else { name.to_owned() }
}

fn unique(name: String, known: &[String]) -> String {
    if !known.contains(&name) {
        return name;
    }
    (2_usize..).map(|n| format!("{name} {n}")).find(|name| !known.contains(name)).unwrap_or(name)
}

/// Returns a name for the file of a policy: lower-case ASCII letters, digits and hyphens.
fn file_name(name: &str, n: usize) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let name: Vec<&str> = name.split('-').filter(|part| !part.is_empty()).collect();
    if name.is_empty() { format!("population-{}", n + 1) } else { name.join("-") }
}
