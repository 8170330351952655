//! `kouling which`: the policy of a user, and why.

use clap::Args;
use kouling::population::{Holds, Population, Selected};
use serde_json::{Value, json};

use crate::CommandResult;
use crate::commands::lint::{layers, setting};
use crate::output::{Format, print, print_json};
use crate::person::Identity;
use crate::policy_argument::{heading, load};

/// Show which policy of a policy set applies to a user, and why
///
/// Prints the populations in order, each with its condition and whether it holds for the user: yes, no, or `?` if it needs an
/// attribute that was not supplied. An attribute that the user does not have is supplied with an empty value.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling which --user role=admin set.toml
  kouling which --user role= --user group=staff set.toml
  kouling which --user role=admin set.toml --layers   # each effective value and the line that sets it

Exit status: 0 a policy applies, 2 error, such as a missing attribute.")]
pub(crate) struct Which {
    /// Policy set, policy file or preset
    #[arg(value_name = "SET")]
    set: String,
    #[command(flatten)]
    identity: Identity,
    /// Also show where each effective value of the policy is set
    #[arg(long)]
    layers: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Which {
    pub(crate) fn run(self) -> CommandResult {
        let loaded = load(&self.set)?;
        let person = self.identity.load()?;
        let user = person.user();
        let all: Vec<(&Population, Holds)> =
            loaded.set.populations().iter().map(|population| (population, population.holds(user))).collect();
        let selected = loaded.set.select(user);
        let document = selected.as_ref().ok().map(|selected| loaded.documents().selected(selected));
        match self.format {
            Format::Text => {
                let mut text = text(&all, selected.as_ref().ok());
                if let Some(document) = document.filter(|_| self.layers) {
                    text.push_str(&format!("\n{}", layers(document)));
                }
                print(&text)?;
            }
            Format::Json => {
                let mut value = to_json(&all, selected.as_ref().ok());
                if let Some(document) = document.filter(|_| self.layers) {
                    value["settings"] = document.effective().iter().map(setting).collect();
                }
                print_json(&value)?;
            }
        }
        selected.map(|_| true).map_err(crate::policy_argument::no_selection)
    }
}

fn text(all: &[(&Population, Holds)], selected: Option<&Selected<'_>>) -> String {
    let headings: Vec<String> = all.iter().map(|(population, _)| heading(population)).collect();
    let width = headings.iter().map(|heading| heading.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for ((_, holds), heading) in all.iter().zip(&headings) {
        let holds = match holds {
            Holds::Yes => "yes".to_owned(),
            Holds::No => "no".to_owned(),
            Holds::Unknown(missing) => format!("?  needs {}", missing.join(", ")),
        };
        text.push_str(&format!("{heading:width$}  {holds}\n"));
    }
    if let Some(selected) = selected {
        text.push_str(&format!("\n{}: {}\n", selected.names().join(" and "), selected.policy().name()));
    }
    text
}

fn to_json(all: &[(&Population, Holds)], selected: Option<&Selected<'_>>) -> Value {
    let populations = all.iter().map(|(population, holds)| {
        let (holds, missing) = match holds {
            Holds::Yes => (Value::from(true), &[][..]),
            Holds::No => (Value::from(false), &[][..]),
            Holds::Unknown(missing) => (Value::Null, missing.as_slice()),
        };
        json!({
            "name": population.name(),
            "condition": population.condition(),
            "holds": holds,
            "missing": missing,
        })
    });
    json!({
        "populations": populations.collect::<Vec<_>>(),
        "selected": selected.map(Selected::names),
        "policy": selected.map(|selected| {
            json!({ "name": selected.policy().name(), "digest": kouling::evaluation::hexadecimal(selected.policy().digest()) })
        }),
    })
}
