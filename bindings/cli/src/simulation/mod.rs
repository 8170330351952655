//! Evaluating a whole list of passwords: one thread reads lines, the others evaluate them.
//!
//! Batches of lines pass through a bounded channel and the counts have a fixed size, so that memory use does not depend
//! on the length of the list. The counts do not depend on the number of threads.

mod clock;
pub(crate) mod corpus;
mod count;
pub(crate) mod entry;
pub(crate) mod text;

use std::io::{self, BufRead, BufReader, Read};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use kouling::{Policy, PolicySet};

use crate::Failure;
use crate::number_format;
use crate::person::PersonFacts;
use crate::progress::of_bytes;
use corpus::{Batch, Lines};
pub(crate) use count::{Against, Counts};
pub(crate) use entry::CorpusFormat;

/// The input of a simulation.
pub(crate) struct Simulation<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) against: Option<&'a Policy>,
    pub(crate) person: &'a PersonFacts,
    pub(crate) format: CorpusFormat,
    pub(crate) threads: usize,
    /// Evaluate only the lines of users whose policy is this one.
    pub(crate) of_users: Option<OfUsers<'a>>,
}

/// Selects the lines of a population.
#[derive(Clone, Copy)]
pub(crate) struct OfUsers<'a> {
    pub(crate) set: &'a PolicySet,
    /// Whether this is the first pass over the list, which counts the lines that no population can be selected for.
    pub(crate) is_first: bool,
}

/// The result of a simulation.
pub(crate) struct Simulated {
    pub(crate) counts: Counts,
    pub(crate) duration: Duration,
    pub(crate) threads: usize,
}

impl Simulated {
    /// Lines evaluated per second, regardless of their counts.
    pub(crate) fn per_second(&self) -> f64 {
        self.counts.lines as f64 / self.duration.as_secs_f64().max(1e-9)
    }
}

impl Simulation<'_> {
    /// Evaluates every line of `from`. `name` is for errors; `bytes` is the length of the input, if known.
    pub(crate) fn run(&self, from: impl Read, name: &str, bytes: Option<u64>) -> Result<Simulated, Failure> {
        let start = Instant::now();
        let progress = of_bytes(bytes);
        progress.set_message(passwords(0));
        let mut lines = Lines::new(BufReader::with_capacity(1 << 16, from), self.format.longest(self.max_bytes()));
        let clock_cost = count::clock_cost();
        let (sender, receiver) = sync_channel::<Batch>(2 * self.threads);
        let receiver = Arc::new(Mutex::new(receiver));
        let counted = thread::scope(|scope| {
            let spawn = || {
                let batches = receiver.clone();
                scope.spawn(move || self.evaluate_batches(&batches, clock_cost))
            };
            let workers: Vec<_> = (0..self.threads).map(|_| spawn()).collect();
            // Only the workers hold the receiver: sending fails, instead of blocking, if all of them panic.
            drop(receiver);
            let read = feed(&mut lines, &progress, |batch| sender.send(batch).is_ok());
            drop(sender);
            let mut counts = Counts::new(self);
            for worker in workers {
                counts.merge(&worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
            }
            read.map_err(|error| Failure::of(name, error)).map(|()| counts)
        });
        progress.finish_and_clear();
        Ok(Simulated { counts: counted?, duration: start.elapsed(), threads: self.threads })
    }

    /// Evaluates batches until there are no more.
    fn evaluate_batches(&self, batches: &Mutex<Receiver<Batch>>, clock_cost: Duration) -> Counts {
        let mut counts = Counts::new(self);
        loop {
            let batch = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(batch) = batch else { return counts };
            for (number, line) in batch.lines() {
                counts.add(self, number, line, clock_cost);
            }
        }
    }

    fn max_bytes(&self) -> usize {
        let other = self.against.map_or(0, |against| against.preparation().max_bytes);
        self.policy.preparation().max_bytes.max(other)
    }
}

fn feed<R: BufRead>(
    lines: &mut Lines<R>,
    progress: &ProgressBar,
    mut send: impl FnMut(Batch) -> bool,
) -> io::Result<()> {
    while let Some(batch) = lines.batch()? {
        progress.set_position(lines.bytes());
        progress.set_message(passwords(lines.count()));
        if !send(batch) {
            break;
        }
    }
    Ok(())
}

/// The message of the progress bar.
fn passwords(count: u64) -> String {
    format!("{} passwords", number_format::count(count))
}
