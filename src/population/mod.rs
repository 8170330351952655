//! Policy sets: which policy applies to which user.
//!
//! A *policy set* is a TOML file that lists *populations* in order. Each has a name, a condition on the attributes of the
//! user, and a policy. [`PolicySet::select`] returns the policy of a user:
//!
//! ```
//! use kouling::{PolicySet, User};
//!
//! let set = PolicySet::parse(r#"
//!     format = 1
//!
//!     [[population]]
//!     name = "admins"
//!     when = { role = "admin" }
//!     policy = "pci-dss-4"
//!
//!     [[population]]
//!     name = "everyone"
//!     policy = "standard"
//! "#)?;
//! let selected = set.select(&User::new().with("role", "admin"))?;
//! assert_eq!(selected.names(), ["admins"]);
//! assert_eq!(selected.policy().name(), "pci-dss-4");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A set selects the first population whose condition holds. With `select = "strictest"`, it combines the policies of all
//! populations whose conditions hold. The last population has no condition, so every user has a policy.
//!
//! A file without `[[population]]` is a set with one population, so a host can load either kind of file as a set.

mod condition;
mod lint;
mod reach;
mod read;
mod strictest;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::candidate::{CannotJudge, CannotJudgeKind, User};
use crate::evaluation::Policy;
use condition::Condition;

pub use read::SetDocuments;

/// The maximum number of populations of a set.
pub const MAX_POPULATIONS: usize = 64;
/// The maximum number of populations of a set with `select = "strictest"`. Every combination of them is compiled when the
/// set is loaded.
pub const MAX_COMBINED: usize = 6;

/// The maximum length of the name of a population, in characters.
const MAX_NAME: usize = 64;

/// The policies of an organization by population: immutable and usable from several threads.
pub struct PolicySet {
    name: String,
    digest: [u8; 32],
    populations: Vec<Population>,
    /// Whether the set states the attributes that the host sends.
    attributes_are_known: bool,
    /// With `select = "strictest"`, the policy for each combination of conditions that hold: bit N is population N.
    combined: Option<BTreeMap<u64, Arc<Policy>>>,
}

/// A group of users that a policy applies to.
pub struct Population {
    name: String,
    condition: Option<Condition>,
    policy: Arc<Policy>,
}

/// The policy of a user, and the populations that it comes from.
#[derive(Clone, Copy)]
pub struct Selected<'s> {
    set: &'s PolicySet,
    holds: u64,
    policy: &'s Arc<Policy>,
}

/// What the condition of a population is for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// The condition holds, or the population has none.
    Yes,
    /// The condition does not hold.
    No,
    /// The condition needs these attributes, which the host did not supply.
    Unknown(Vec<String>),
}

impl PolicySet {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the SHA-256 digest over the file of the set and the digests of its policies. The digest of a set with one
    /// population that was loaded from a policy is the digest of the policy.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Returns the populations in order. Never empty; the last one has no condition.
    pub fn populations(&self) -> &[Population] {
        &self.populations
    }

    /// Returns whether the set combines the policies of all populations whose conditions hold.
    pub fn is_strictest(&self) -> bool {
        self.combined.is_some()
    }

    /// Returns the names of the attributes that the conditions read, each once, in order.
    pub fn attributes(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for condition in self.populations.iter().filter_map(|population| population.condition.as_ref()) {
            condition.add_attributes(&mut names);
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Returns the policy of `user`.
    ///
    /// # Errors
    /// Returns an error if a condition needs an attribute that `user` does not have, or if `user` exceeds the limits of
    /// [`User`]. An attribute that is known to be absent is supplied with an empty value. Never treat an error as the absence
    /// of an attribute.
    pub fn select(&self, user: &User) -> Result<Selected<'_>, CannotJudge> {
        // No rule reads them, so a user can have more groups than attributes that rules read.
        user.check_bounds(|_| false)?;
        let mut holds = 0;
        for (place, population) in self.populations.iter().enumerate() {
            match population.holds(user) {
                Holds::No => continue,
                Holds::Yes => holds |= 1 << place,
                Holds::Unknown(missing) => return Err(population.missing(&missing)),
            }
            if self.combined.is_none() {
                return Ok(Selected { set: self, holds, policy: &population.policy });
            }
        }
        let combined = self.combined.as_ref().and_then(|combined| combined.get(&holds));
        let policy = combined.ok_or_else(|| {
            CannotJudge::new(CannotJudgeKind::Custom, "internal error: no policy for a combination of populations")
        })?;
        Ok(Selected { set: self, holds, policy })
    }

    /// Returns every policy that a user can have, each once, with the names of the populations that it comes from.
    pub fn policies(&self) -> Vec<(Vec<&str>, &Arc<Policy>)> {
        let mut policies: Vec<(Vec<&str>, &Arc<Policy>)> = Vec::new();
        let combinations: Vec<(u64, &Arc<Policy>)> = match &self.combined {
            Some(combined) => combined.iter().map(|(holds, policy)| (*holds, policy)).collect(),
            None => self.populations.iter().enumerate().map(|(place, one)| (1 << place, &one.policy)).collect(),
        };
        for (holds, policy) in combinations {
            if policies.iter().all(|(_, known)| !Arc::ptr_eq(known, policy)) {
                policies.push((Selected { set: self, holds, policy }.names(), policy));
            }
        }
        policies
    }

    /// Returns the only policy of a set that was loaded from a policy. `None` if the policy depends on the user.
    pub fn only_policy(&self) -> Option<&Arc<Policy>> {
        match self.populations.as_slice() {
            [only] => Some(&only.policy),
            _ => None,
        }
    }
}

impl Population {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the condition as a policy set writes it: `{ role = "admin" }`. `None` if the population has none.
    pub fn condition(&self) -> Option<String> {
        self.condition.as_ref().map(ToString::to_string)
    }

    /// Returns the policy.
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// Returns whether the condition holds for `user`.
    pub fn holds(&self, user: &User) -> Holds {
        self.condition.as_ref().map_or(Holds::Yes, |condition| condition.holds(user))
    }

    fn missing(&self, attributes: &[String]) -> CannotJudge {
        let names = attributes.join("`, `");
        let message = format!(
            "the condition of the population `{}` needs the user attribute `{names}`, which was not supplied; an empty value \
             means that the user does not have it",
            self.name
        );
        CannotJudge::new(CannotJudgeKind::MissingFact, message)
    }
}

impl<'s> Selected<'s> {
    /// Returns the policy.
    pub fn policy(&self) -> &'s Arc<Policy> {
        self.policy
    }

    /// Returns the populations that the policy comes from, in the order of the set: one, unless the set combines policies.
    pub fn populations(&self) -> impl Iterator<Item = &'s Population> {
        let holds = self.holds;
        let all = self.set.populations.iter().enumerate();
        all.filter(move |(place, _)| holds & (1 << place) != 0).map(|(_, population)| population)
    }

    /// Returns the names of the populations that the policy comes from.
    pub fn names(&self) -> Vec<&'s str> {
        self.populations().map(Population::name).collect()
    }

    /// Identifies the combination of populations in [`SetDocuments::document`].
    pub(crate) fn holds(&self) -> u64 {
        self.holds
    }
}

impl fmt::Debug for Selected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Selected").field(&self.names()).finish()
    }
}

impl fmt::Debug for PolicySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicySet")
            .field("name", &self.name)
            .field("populations", &self.populations)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Population {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Population").field("name", &self.name).finish_non_exhaustive()
    }
}
