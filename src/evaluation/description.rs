//! Descriptions of a policy for forms, before the user types: a checklist, and the shape from which a regular expression
//! and a `passwordrules` attribute are computed.

use super::outcome::Severity;
use super::policy::Policy;
use crate::language::Language;
use crate::rules::{Rule, Shape};
use crate::time::Moment;

/// One line of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChecklistItem {
    /// The name of the rule in the policy.
    pub rule: String,
    /// The violation codes of the rule. The item is fulfilled if an outcome contains none of them.
    pub codes: Vec<String>,
    /// The requirement in plain language.
    pub text: String,
    /// Whether the rule needs account data (attributes, earlier passwords), and so cannot run as the user types.
    pub needs_account: bool,
}

/// One way to satisfy a policy: its shape, and the name and shape of each rule that contributes to it.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) shape: Shape,
    pub(crate) rules: Vec<(String, Shape)>,
}

/// The description of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// One item for each rule that refuses passwords, in evaluation order.
    pub checklist: Vec<ChecklistItem>,
    /// The combined shape of those rules.
    pub shape: Shape,
}

impl Policy {
    /// Describes the rules that refuse passwords, in `language`. Rules that only warn or are in shadow mode are left out;
    /// a rule with a future `from` date is included.
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

    /// Returns the alternative shapes of an accepted password at the time `now`: first those of all rules, then for each
    /// exemption those of its conditions and of the rules that it does not lift. Rules without a shape are ignored.
    pub(crate) fn ways(&self, now: Moment) -> Vec<Way> {
        let refusing = || self.rules.iter().filter(|rule| rule.severity_at(now) == Severity::Refuse);
        let all = |lifted: &[String]| {
            let mut ways = vec![Shape::default()];
            let mut rules = Vec::new();
            for rule in refusing().filter(|rule| !lifted.contains(&rule.info.name)) {
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

    /// Returns the requirements of the rule called `rule`, joined to one clause. Returns `None` if there is no such rule or
    /// the rule does not describe itself.
    pub fn clause(&self, rule: &str, language: Language) -> Option<String> {
        let rule = self.rules.iter().find(|known| known.info.name == rule)?;
        let clauses: Vec<String> =
            rule.rule.requirements().iter().map(|requirement| language.requirement(requirement)).collect();
        (!clauses.is_empty()).then(|| language.join(&clauses))
    }
}

impl Description {
    /// Returns the checklist as an HTML list with one item for each rule. The attributes of an item are `data-rule` (the
    /// name), `data-codes` (the violation codes, separated by spaces) and `data-evaluated` (`while-typing` or
    /// `at-submission`). Everything that comes from the policy is escaped.
    pub fn html(&self, language: Language) -> String {
        let mut html = format!("<ul class=\"kouling-checklist\" lang=\"{}\">\n", language.tag());
        for item in &self.checklist {
            html.push_str(&format!(
                "  <li data-rule=\"{}\" data-codes=\"{}\" data-evaluated=\"{}\">{}</li>\n",
                escape_html(&item.rule),
                escape_html(&item.codes.join(" ")),
                if item.needs_account { "at-submission" } else { "while-typing" },
                escape_html(&item.text),
            ));
        }
        html.push_str("</ul>\n");
        html
    }
}

/// Escapes `text` for HTML content and quoted attribute values. Control characters become U+FFFD.
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            control if control.is_control() => escaped.push('\u{fffd}'),
            character => escaped.push(character),
        }
    }
    escaped
}

fn needs_account(rule: &dyn Rule) -> bool {
    rule.needs_account() || rule.parts().iter().any(|part| needs_account(part.rule.as_ref()))
}
