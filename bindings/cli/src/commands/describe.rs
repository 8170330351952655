//! `kouling describe`: the requirements of a policy, for users and for sign-up forms.

use clap::{Args, ValueEnum};
use kouling::{Language, Policy};
use serde_json::json;

use crate::output::{print, print_json};
use crate::policy_argument::{Member, PolicyArgument, heading};
use crate::{CommandResult, Failure};

/// The representation of the requirements.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DescribeFormat {
    /// List of requirements in plain language
    Text,
    /// Requirements with their codes, the regular expression and the passwordrules value
    Json,
    /// HTML checklist
    Html,
    /// Regular expression that every accepted password matches; JavaScript needs its flag v or u
    Regex,
    /// Value of the passwordrules attribute, which password managers read
    Passwordrules,
}

/// Describe a policy in plain language
///
/// Prints the requirements that a user must know before choosing a password. Other formats are for web pages and
/// password managers.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling describe standard
  kouling describe acme.toml --language zh
  kouling describe acme.toml --format html > checklist.html
  kouling describe acme.toml --format passwordrules")]
pub(crate) struct Describe {
    #[command(flatten)]
    policy: PolicyArgument,
    /// Language of the description, such as en, zh or zh-TW
    #[arg(short, long, default_value = "en", value_name = "TAG")]
    language: String,
    /// Output format
    #[arg(long, value_enum, default_value_t = DescribeFormat::Text)]
    format: DescribeFormat,
}

impl Describe {
    pub(crate) fn run(self) -> CommandResult {
        let loaded = self.policy.load()?;
        let language = Language::from_tag(&self.language);
        let members = loaded.members(&self.policy.population)?;
        let [Member { policy, .. }] = members.as_slice() else {
            return self.describe_each(&members, language);
        };
        let description = policy.describe(language);
        match self.format {
            DescribeFormat::Text => print(&text(policy, language))?,
            DescribeFormat::Json => print_json(&policy.describe_as_json(language))?,
            DescribeFormat::Html => print(&description.html(language))?,
            DescribeFormat::Regex => print(&format!("{}\n", description.shape.regular_expression()))?,
            DescribeFormat::Passwordrules => print(&format!("{}\n", description.shape.password_rules()))?,
        }
        Ok(true)
    }

    /// Describes every population of a set.
    fn describe_each(&self, members: &[Member<'_>], language: Language) -> CommandResult {
        let named = members.iter().filter_map(|member| Some((member.population?, member.policy)));
        match self.format {
            DescribeFormat::Text => {
                let texts = named
                    .map(|(population, policy)| format!("== {}\n{}", heading(population), text(policy, language)));
                print(&texts.collect::<Vec<_>>().join("\n"))?;
            }
            DescribeFormat::Json => {
                let described = named.map(|(population, policy)| {
                    json!({
                        "name": population.name(),
                        "condition": population.condition(),
                        "policy": policy.describe_as_json(language),
                    })
                });
                print_json(&json!({ "populations": described.collect::<Vec<_>>() }))?;
            }
            _ => {
                return Err(Failure::new("the populations of a policy set have different requirements")
                    .with_help(Some("name one by --population")));
            }
        }
        Ok(true)
    }
}

fn text(policy: &Policy, language: Language) -> String {
    let checklist = policy.describe(language).checklist;
    let lines: Vec<String> = checklist.iter().map(|item| format!("- {}\n", item.text)).collect();
    let account: Vec<String> =
        policy.describe_account(language).iter().map(|text| format!("- {text}\n")).collect();
    let account = if account.is_empty() { String::new() } else { format!("\n{}", account.concat()) };
    format!("{}\n\n{}{account}", policy.name(), lines.concat())
}
