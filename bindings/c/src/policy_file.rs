//! A policy file is a policy that follows its file: changed on disk, it is another policy from the next question on.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use kouling::Loader;
use kouling::policy::document::Start;
use kouling::policy::{Looks, Watched};

use crate::boundary::{Out, answer, free, given};
use crate::policy::kouling_policy;
use crate::report::kouling_report;
use crate::status::Failure;
use crate::text::kouling_text;

/// A policy and the files that it is made of. One owner; every thread may ask it at once.
pub struct kouling_policy_file {
    path: String,
    // A fork while another thread holds it would block the child for ever: it is held while files are looked at, and
    // a host that forks while it judges is no host we know.
    current: Mutex<Option<(Arc<kouling_policy>, Looks)>>,
}

impl kouling_policy_file {
    /// The policy as its files are now.
    fn policy(&self) -> Result<Arc<kouling_policy>, Failure> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((policy, looks)) = current.as_ref()
            && looks.changed().is_none()
        {
            return Ok(policy.clone());
        }
        // What was right before it was changed is no answer to what is wrong now.
        *current = None;
        let watched = Watched::default();
        let policy = Loader::new().with_source(watched.clone()).load(Start::Named(&self.path))?;
        let policy = Arc::new(kouling_policy::new(policy));
        *current = Some((policy.clone(), watched.take()));
        Ok(policy)
    }
}

/// Makes one of a path. Nothing is read yet, so that a host can start before its policy is right.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_file_new(
    path: kouling_text,
    file: Option<&mut MaybeUninit<*mut kouling_policy_file>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::owned("file", file);
    answer(report, || {
        out.give(kouling_policy_file { path: path.text("path")?.to_owned(), current: Mutex::default() })
    })
}

/// The policy as the file is now, and its layers and word lists: what changed since the last call is read anew. The
/// caller owns it and frees it. When the file is wrong or gone there is none, whatever there was before: a host then
/// refuses every password, and prints the report.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_file_policy(
    file: Option<&kouling_policy_file>,
    policy: Option<&mut MaybeUninit<*const kouling_policy>>,
    report: Option<&mut kouling_report>,
) -> u32 {
    let mut out = Out::cleared("policy", policy, ptr::null());
    answer(report, || {
        let place = out.place()?;
        *place = Arc::into_raw(given("file", file)?.policy()?);
        Ok(())
    })
}

/// Frees it. A policy that it gave lives on. NULL is nothing.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_policy_file_free(file: Option<Box<kouling_policy_file>>) {
    free(file);
}
