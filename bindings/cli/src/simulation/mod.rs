//! A simulation judges a whole corpus of passwords and counts: one thread reads lines, all cores judge them.
//!
//! Batches of lines go through a bounded channel, and what is counted takes the same room whatever the corpus, so
//! memory does not grow with it. The counts do not depend on the number of threads.

mod corpus;
mod count;
mod entry;
pub(crate) mod text;

use std::io::{self, BufRead, BufReader, Read};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use kouling::Policy;

use crate::Failure;
use crate::person::PersonFacts;
use corpus::{Batch, Lines};
pub(crate) use count::{Against, Counts};
pub(crate) use entry::CorpusFormat;

/// What is simulated.
pub(crate) struct Simulation<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) against: Option<&'a Policy>,
    pub(crate) known: &'a PersonFacts,
    pub(crate) form: CorpusFormat,
    pub(crate) threads: usize,
}

/// What came out, and how long it took.
pub(crate) struct Simulated {
    pub(crate) counts: Counts,
    pub(crate) took: Duration,
    pub(crate) threads: usize,
}

impl Simulated {
    /// How many passwords were judged in a second: lines, whatever their weights.
    pub(crate) fn per_second(&self) -> f64 {
        self.counts.lines as f64 / self.took.as_secs_f64().max(1e-9)
    }
}

impl Simulation<'_> {
    /// Judges every line of `from`, which has so many bytes where that is known.
    pub(crate) fn run(&self, from: impl Read, name: &str, bytes: Option<u64>) -> Result<Simulated, Failure> {
        let begun = Instant::now();
        let progress = progress(bytes);
        let mut lines = Lines::new(BufReader::with_capacity(1 << 16, from), self.form.longest(self.max_bytes()));
        let clock_cost = count::clock_cost();
        let (sender, receiver) = sync_channel::<Batch>(2 * self.threads);
        let receiver = Arc::new(Mutex::new(receiver));
        let counted = thread::scope(|scope| {
            let judge = || {
                let batches = receiver.clone();
                scope.spawn(move || self.judge(&batches, clock_cost))
            };
            let judges: Vec<_> = (0..self.threads).map(|_| judge()).collect();
            // Only the threads that judge hold it: when the last one is gone, nobody waits for room in the channel.
            drop(receiver);
            let read = feed(&mut lines, &progress, |batch| sender.send(batch).is_ok());
            drop(sender);
            let mut counts = Counts::new(self);
            for judge in judges {
                counts.merge(&judge.join().unwrap_or_else(|panic| resume_unwind(panic)));
            }
            read.map_err(|error| Failure::of(name, error)).map(|()| counts)
        });
        progress.finish_and_clear();
        Ok(Simulated { counts: counted?, took: begun.elapsed(), threads: self.threads })
    }

    /// One thread: counts batches until there are no more.
    fn judge(&self, batches: &Mutex<Receiver<Batch>>, clock_cost: Duration) -> Counts {
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
        progress.set_message(format!("{} passwords", crate::figures::count(lines.count())));
        if !send(batch) {
            break;
        }
    }
    Ok(())
}

/// On a terminal a line on stderr that moves; elsewhere nothing.
fn progress(bytes: Option<u64>) -> ProgressBar {
    let (bar, template) = match bytes {
        Some(bytes) => (
            ProgressBar::new(bytes),
            "{wide_bar} {binary_bytes} of {binary_total_bytes}, {msg}, {binary_bytes_per_sec}, {eta} left",
        ),
        None => (ProgressBar::no_length(), "{spinner} {binary_bytes}, {msg}, {binary_bytes_per_sec}"),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
