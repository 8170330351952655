//! `kouling words find`: whether a password is listed.

use clap::Args;
use kouling::knowledge::breach_filter::{self, Filter, TIERS};
use kouling::knowledge::folding::fold_case;
use kouling::knowledge::word_list::WordList;
use kouling::policy::source::MAX_LIST_BYTES;
use kouling::policy::{Files, Source};
use zeroize::Zeroizing;

use crate::answer::say;
use crate::password_input::PasswordInput;
use crate::{Ended, Failure};

/// Say whether a password, read from a prompt, stdin or a file descriptor, is listed
#[derive(Args)]
#[command(after_help = "\
Examples:
  kouling words find pwned.kbf < password.txt
  kouling words find common

Exit codes: 0 it is listed, 1 it is not, 2 could not tell.")]
pub(super) struct Find {
    /// A list that comes with the engine, or a file
    list: String,
    #[command(flatten)]
    input: PasswordInput,
}

impl Find {
    pub(super) fn run(self) -> Ended {
        let password = self.input.read()?;
        let password = std::str::from_utf8(&password).map_err(|_| Failure::new("the password is not UTF-8"))?;
        let (found, said) = self.look(password)?;
        say(&format!("{said}\n"))?;
        Ok(found)
    }

    fn look(&self, password: &str) -> Result<(bool, String), Failure> {
        if let Some(list) = WordList::built_in(&self.list) {
            return Ok(in_list(&list, password));
        }
        let unreadable = |error| Failure::new(format!("`{}` {error}", self.list));
        let blob = Files.open(&self.list).map_err(unreadable)?;
        let mut beginning = [0; 8];
        if blob.read_at(0, &mut beginning).is_ok() && beginning == breach_filter::MAGIC {
            let filter = Filter::open(blob).map_err(|error| Failure::of(&self.list, error))?;
            let least = filter.min_tier();
            return match filter.find(password, least).map_err(|error| Failure::of(&self.list, error))? {
                None => Ok((false, "not listed".to_owned())),
                Some(tier) => {
                    let sure =
                        filter.one_in(least).map_or(String::new(), |n| format!(", unless by chance, one in {n}"));
                    Ok((true, format!("listed: seen {} times or more{sure}", TIERS.get(tier).unwrap_or(&1))))
                }
            };
        }
        let bytes = Files.read(&self.list, MAX_LIST_BYTES).map_err(unreadable)?;
        let list = WordList::parse(self.list.as_str(), &bytes).map_err(|error| Failure::of(&self.list, error))?;
        Ok(in_list(&list, password))
    }
}

fn in_list(list: &WordList, password: &str) -> (bool, String) {
    let folded = Zeroizing::new(fold_case(password));
    match (list.whole(&folded), list.base(&folded)) {
        (true, _) => (true, "listed".to_owned()),
        (false, true) => (true, "made from a listed word".to_owned()),
        _ => (false, "not listed".to_owned()),
    }
}
