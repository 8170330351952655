//! `kouling describe`: the requirements of a policy, for users and for sign-up forms.

use clap::{Args, ValueEnum};
use kouling::Language;

use crate::CommandResult;
use crate::output::{print, print_json};
use crate::policy_argument::PolicyArgument;

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
        let policy = self.policy.load()?;
        let language = Language::from_tag(&self.language);
        let description = policy.describe(language);
        match self.format {
            DescribeFormat::Text => {
                let lines: Vec<String> =
                    description.checklist.iter().map(|item| format!("- {}\n", item.text)).collect();
                let account: Vec<String> =
                    policy.describe_account(language).iter().map(|text| format!("- {text}\n")).collect();
                let account = if account.is_empty() { String::new() } else { format!("\n{}", account.concat()) };
                print(&format!("{}\n\n{}{account}", policy.name(), lines.concat()))?;
            }
            DescribeFormat::Json => print_json(&policy.describe_as_json(language))?,
            DescribeFormat::Html => print(&description.html(language))?,
            DescribeFormat::Regex => print(&format!("{}\n", description.shape.regular_expression()))?,
            DescribeFormat::Passwordrules => print(&format!("{}\n", description.shape.password_rules()))?,
        }
        Ok(true)
    }
}
