//! A description is a policy for a reader who has not typed anything yet: a checklist in words, and what of it a
//! regular expression or a password manager can know.

use super::messages::Language;
use super::outcome::Severity;
use super::policy::Policy;
use crate::rules::{Rule, Shape};
use crate::time::Moment;

/// One line of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChecklistItem {
    /// The rule's name in the policy.
    pub rule: String,
    /// Every violation code of the rule: any of them leaves the item open.
    pub codes: Vec<String>,
    /// What the rule demands, in words.
    pub text: String,
    /// Whether it can be judged only with the account: its attributes, its earlier passwords.
    pub needs_account: bool,
}

/// One way to meet a policy: its shape, and the rules that demand it with the shape of each.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) shape: Shape,
    pub(crate) rules: Vec<(String, Shape)>,
}

/// A policy described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// One item a rule that refuses.
    pub checklist: Vec<ChecklistItem>,
    /// What the rules together demand of the form of a password.
    pub shape: Shape,
}

impl Policy {
    /// Describes the policy.
    pub fn describe(&self, language: Language) -> Description {
        let refusing = || self.rules.iter().filter(|rule| rule.severity == Severity::Refuse);
        let checklist = refusing()
            .map(|rule| ChecklistItem {
                rule: rule.info.name.clone(),
                codes: rule.codes.iter().map(ToString::to_string).collect(),
                text: match rule.info.message(language) {
                    Some(message) => message.to_owned(),
                    None => self.clause(rule.info.name(), language).unwrap_or_else(|| rule.info.name.clone()),
                },
                needs_account: needs_account(rule.rule.as_ref()),
            })
            .collect();
        let mut shape = refusing().fold(Shape::default(), |shape, rule| shape.and(rule.rule.shape()));
        // The limits in bytes bind passwords of ASCII characters by their length.
        let limits = [Some(self.preparation.max_bytes), self.preparation.hash_limit_bytes];
        let limits = limits.into_iter().flatten().map(|limit| limit as u64);
        shape.max_ascii_length = shape.max_ascii_length.into_iter().chain(limits).min();
        Description { checklist, shape }
    }

    /// The shapes any one of which is enough at a moment, as far as rules have a shape: those of the rules, then those
    /// of each exemption without the rules it spares. With each, the names of the rules in it.
    pub(crate) fn ways(&self, now: Moment) -> Vec<Way> {
        let refusing = || self.rules.iter().filter(|rule| rule.severity_at(now) == Severity::Refuse);
        let all = |spared: &[String]| {
            let mut ways = vec![Shape::default()];
            let mut rules = Vec::new();
            for rule in refusing().filter(|rule| !spared.contains(&rule.info.name)) {
                let shapes = rule.rule.ways();
                ways = Shape::pairs(&ways, &shapes);
                rules.push((rule.info.name.clone(), rule.rule.shape()));
            }
            (ways, rules)
        };
        let (ways, rules) = all(&[]);
        let mut found: Vec<Way> = ways.into_iter().map(|shape| Way { shape, rules: rules.clone() }).collect();
        for exemption in &self.exemptions {
            let (mut ways, rules) = all(&exemption.rules);
            for condition in &exemption.when {
                ways = Shape::pairs(&ways, &condition.rule.ways());
            }
            found.extend(ways.into_iter().map(|shape| Way { shape, rules: rules.clone() }));
        }
        found
    }

    /// What one rule demands, as a clause.
    pub fn clause(&self, rule: &str, language: Language) -> Option<String> {
        let rule = self.rules.iter().find(|known| known.info.name == rule)?;
        let clauses: Vec<String> =
            rule.rule.requirements().iter().map(|requirement| language.requirement(requirement)).collect();
        (!clauses.is_empty()).then(|| language.join(&clauses))
    }
}

impl Description {
    /// The checklist as a list of HTML, one item a rule, with the rule's name and codes as data attributes. Everything
    /// that comes from the policy is escaped.
    pub fn html(&self, language: Language) -> String {
        let mut html = format!("<ul class=\"kouling-checklist\" lang=\"{}\">\n", language.tag());
        for item in &self.checklist {
            html.push_str(&format!(
                "  <li data-rule=\"{}\" data-codes=\"{}\" data-judged=\"{}\">{}</li>\n",
                escape(&item.rule),
                escape(&item.codes.join(" ")),
                if item.needs_account { "at-submission" } else { "while-typing" },
                escape(&item.text),
            ));
        }
        html.push_str("</ul>\n");
        html
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn needs_account(rule: &dyn Rule) -> bool {
    rule.needs_account() || rule.parts().iter().any(|part| needs_account(part.rule.as_ref()))
}
