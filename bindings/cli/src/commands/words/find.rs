//! `kouling words find`: looks up a password.

use clap::Args;
use kouling::knowledge::breach_filter::{self, Filter, TIERS};
use kouling::knowledge::folding::key;
use kouling::knowledge::word_list::{ListOptions, WordList, WordListErrorKind};
use kouling::policy::source::MAX_LIST_BYTES;
use kouling::policy::{Files, Source};

use crate::output::print;
use crate::password_input::PasswordInput;
use crate::{CommandResult, Failure};

/// Look up a password in a word list or breach filter
///
/// Reads the password from a prompt, stdin or a file descriptor.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  kouling words find pwned.kbf < password.txt
  kouling words find common

Exit status: 0 listed, 1 not listed, 2 error.")]
pub(super) struct Find {
    /// Built-in list or file
    list: String,
    #[command(flatten)]
    input: PasswordInput,
}

impl Find {
    pub(super) fn run(self) -> CommandResult {
        let password = self.input.read()?;
        let password = std::str::from_utf8(&password).map_err(|_| Failure::new("the password is not UTF-8"))?;
        let (found, text) = self.look_up(password)?;
        print(&format!("{text}\n"))?;
        Ok(found)
    }

    fn look_up(&self, password: &str) -> Result<(bool, String), Failure> {
        if let Some(list) = WordList::built_in(&self.list) {
            return Ok(in_list(&list, &key(password)));
        }
        let unreadable = |error| Failure::new(format!("`{}` {error}", self.list));
        let blob = Files.open(&self.list).map_err(unreadable)?;
        let mut magic = [0; 8];
        if blob.read_at(0, &mut magic).is_ok() && magic == breach_filter::MAGIC {
            let filter = Filter::open(blob).map_err(|error| Failure::of(&self.list, error))?;
            let tier = filter.min_tier();
            return match filter.find(password, tier).map_err(|error| Failure::of(&self.list, error))? {
                None => Ok((false, "not listed".to_owned())),
                Some(found) => {
                    let chance =
                        filter.one_in(tier).map_or(String::new(), |n| format!("; false positives: 1 in {n}"));
                    Ok((true, format!("listed: seen at least {} times{chance}", TIERS.get(found).unwrap_or(&1))))
                }
            };
        }
        let bytes = Files.read(&self.list, MAX_LIST_BYTES).map_err(unreadable)?;
        let read = |fold| {
            WordList::read(self.list.as_str(), bytes.clone(), &ListOptions { fold, ..ListOptions::default() })
        };
        match read(true) {
            Err(error) if error.kind() == WordListErrorKind::AsTyped => {
                let list = read(false).map_err(|error| Failure::of(&self.list, error))?;
                Ok(in_list(&list, password))
            }
            list => {
                let list = list.map_err(|error| Failure::of(&self.list, error))?;
                Ok(in_list(&list, &key(password)))
            }
        }
    }
}

/// Looks up a text, which is folded if the list is.
fn in_list(list: &WordList, text: &str) -> (bool, String) {
    match (list.whole(text), list.base(text)) {
        (true, _) => (true, "listed".to_owned()),
        (false, true) => (true, "based on a listed word".to_owned()),
        _ => (false, "not listed".to_owned()),
    }
}
