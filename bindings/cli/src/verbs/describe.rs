//! `kouling describe`: a policy for a reader who has not typed anything yet.

use clap::{Args, ValueEnum};
use kouling::evaluation::Language;

use crate::Ended;
use crate::answer::{say, say_json};
use crate::policy_argument::{load, policy_and_rest};

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DescribeFormat {
    /// The demands, in words
    Text,
    /// The demands, their codes, the expression and the attribute
    Json,
    /// The checklist of a page
    Html,
    /// A regular expression that every accepted password matches
    Regex,
    /// The attribute that password managers read
    Passwordrules,
}

/// Say in words what a policy demands
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling describe standard
  kouling describe acme.toml --language zh
  kouling describe acme.toml --format html > checklist.html
  kouling describe acme.toml --format passwordrules")]
pub(crate) struct Describe {
    /// The policy: a preset or a file (`standard` if none is named)
    #[arg(value_name = "POLICY")]
    names: Vec<String>,
    /// The policy, as an option
    #[arg(short, long)]
    policy: Option<String>,
    /// The language: en, zh
    #[arg(short, long, default_value = "en", value_name = "TAG")]
    language: String,
    /// What is written
    #[arg(long, value_enum, default_value_t = DescribeFormat::Text)]
    format: DescribeFormat,
}

impl Describe {
    pub(crate) fn run(self) -> Ended {
        let (name, _) = policy_and_rest(self.policy, self.names);
        let policy = load(&name)?;
        let language = Language::from_tag(&self.language);
        let described = policy.describe(language);
        match self.format {
            DescribeFormat::Text => {
                let lines: Vec<String> =
                    described.checklist.iter().map(|item| format!("- {}\n", item.text)).collect();
                say(&format!("{}\n\n{}", policy.name(), lines.concat()))?;
            }
            DescribeFormat::Json => say_json(&policy.describe_as_json(language))?,
            DescribeFormat::Html => say(&described.html(language))?,
            DescribeFormat::Regex => say(&format!("{}\n", described.shape.regular_expression()))?,
            DescribeFormat::Passwordrules => say(&format!("{}\n", described.shape.password_rules()))?,
        }
        Ok(true)
    }
}
