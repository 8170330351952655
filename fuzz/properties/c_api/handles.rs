//! Actions that free and retain handles.

use std::ptr;

use super::args::CallArgs;
use super::callbacks::plain;
use super::checks::read;
use super::declared::Text;
use super::machine::{Machine, PolicyKnown};

/// The output of a reference-counted handle.
pub(super) fn shared<T>(place: *mut *mut T) -> *mut *const T {
    place.cast()
}

/// Garbage in an output.
pub(super) fn rubbish() -> Text {
    plain("rubbish")
}

/// The bytes of an argument.
pub(super) fn of(text: Text) -> Vec<u8> {
    read(text, false).to_vec()
}

macro_rules! frees {
    ($name:ident, $last:ident, $kind:ident, $free:ident) => {
        pub(super) fn $name(m: &mut Machine, g: &mut CallArgs<'_>) {
            let at = m.$kind.at(g.byte());
            match at {
                Some(at) => {
                    let slot = m.$kind.0.remove(at);
                    m.reread(slot.pointer.addr());
                    call!($free(slot.pointer));
                }
                None => call!($free(ptr::null_mut())),
            }
        }

        pub(super) fn $last(m: &mut Machine) -> bool {
            let any = !m.$kind.0.is_empty();
            $name(m, &mut CallArgs::new(&[]));
            any
        }
    };
}
pub(super) use frees;

macro_rules! counted {
    ($retain:ident, $free:ident, $last:ident, $kind:ident, $owners:ident, $retains:ident, $frees:ident) => {
        pub(super) fn $retain(m: &mut Machine, g: &mut CallArgs<'_>) {
            let at = m.$kind.at(g.byte());
            if let Some(known) = m.$kind.known_mut(at) {
                if *known.$owners() >= 3 {
                    return;
                }
                *known.$owners() += 1;
            }
            call!($retains(m.$kind.pointer(at)));
        }

        pub(super) fn $free(m: &mut Machine, g: &mut CallArgs<'_>) {
            let at = m.$kind.at(g.byte());
            let pointer = m.$kind.pointer(at);
            m.reread(pointer.addr());
            call!($frees(pointer));
            let owners = m.$kind.known_mut(at).map(|known| known.$owners());
            match (owners, at) {
                (Some(more), _) if *more > 0 => *more -= 1,
                (_, Some(at)) => drop(m.$kind.0.remove(at)),
                _ => {}
            }
        }

        pub(super) fn $last(m: &mut Machine) -> bool {
            let any = !m.$kind.0.is_empty();
            $free(m, &mut CallArgs::new(&[]));
            any
        }
    };
}

/// The number of references besides the first.
trait MoreOwners {
    fn more(&mut self) -> &mut usize;
}

impl MoreOwners for PolicyKnown {
    fn more(&mut self) -> &mut usize {
        &mut self.more_owners
    }
}

impl MoreOwners for usize {
    fn more(&mut self) -> &mut usize {
        self
    }
}

frees!(report_free, free_report, reports, kouling_report_free);
frees!(file_free, free_file, files, kouling_policy_file_free);
frees!(loader_free, free_loader, loaders, kouling_loader_free);
frees!(facts_free, free_facts, facts, kouling_facts_free);
frees!(outcome_free, free_outcome, outcomes, kouling_outcome_free);
counted!(policy_retain, policy_free, free_policy, policies, more, kouling_policy_retain, kouling_policy_free);
counted!(set_retain, set_free, free_set, sets, more, kouling_policy_set_retain, kouling_policy_set_free);
counted!(words_retain, words_free, free_words, words, more, kouling_words_retain, kouling_words_free);
counted!(
    contract_retain,
    contract_free,
    free_contract,
    contracts,
    more,
    kouling_contract_retain,
    kouling_contract_free
);
