//! Frees everything at the end of a program.

use std::mem::take;

use super::machine::Machine;
use super::{handles, loaders, reset};

/// Frees all handles, one kind after another, beginning with any kind. Then checks that nothing is left.
pub(super) fn end(mut machine: Machine, first: u8) {
    let kinds: [fn(&mut Machine) -> bool; 16] = [
        handles::free_report,
        handles::free_policy,
        handles::free_set,
        handles::free_file,
        handles::free_words,
        handles::free_loader,
        handles::free_facts,
        handles::free_outcome,
        handles::free_contract,
        reset::free_keys,
        reset::free_effects,
        reset::free_record,
        reset::free_approved,
        reset::free_step,
        reset::free_sending,
        reset::free_redemption,
    ];
    for kind in 0..kinds.len() {
        while kinds[(kind + usize::from(first)) % kinds.len()](&mut machine) {}
    }
    assert!(machine.views.is_empty(), "every view has an owner");
    let behaviours = take(&mut machine.behaviours);
    machine.unowned.iter().for_each(|context| loaders::free_own_context(*context));
    drop(machine);
    behaviours.iter().for_each(|behaviour| behaviour.check_freed());
}
