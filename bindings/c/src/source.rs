//! Sources: where a loader finds the files that policies name.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::sync::Arc;

use kouling::blob::{Blob, Bytes};
use kouling::policy::source::MAX_LIST_BYTES;
use kouling::policy::{Files, Source, SourceError};

use crate::boundary::{enum_value, required, run};
use crate::callback::Context;
use crate::failure::Failure;
use crate::options::Options;
use crate::status::{KOULING_STATUS_OK, kouling_status};
use crate::text::kouling_text;

/// A callback that serves the files which were not added to a loader.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_source {
    /// Set to `sizeof(struct kouling_source)`.
    pub struct_size: usize,
    /// Passed to every call of `read`. Must be valid as long as the loader.
    pub context: *mut c_void,
    /// Writes the file `name` into `sink` by `kouling_sink_write` and returns `KOULING_STATUS_OK`. Any other value means
    /// that the file cannot be read, which is reported at the place in the policy that names the file. `name` is already
    /// resolved against the file that names it. Called on any thread that loads. Must not unwind. If NULL, no other files
    /// are available, not even on disk.
    pub read: Option<
        unsafe extern "C" fn(
            context: *mut c_void,
            name: kouling_text,
            sink: *mut kouling_sink,
        ) -> MaybeUninit<kouling_status>,
    >,
}

// SAFETY: `repr(C)` with the size first; a pointer and an optional function may be zero.
unsafe impl Options for kouling_source {}

/// Receives the bytes of a file. Valid until the `read` callback returns.
pub struct kouling_sink {
    bytes: Vec<u8>,
    limit: usize,
}

/// Appends bytes to the file that a `read` callback serves. The bytes are copied. To be called within the callback only.
/// Returns `KOULING_STATUS_OK`, or `KOULING_STATUS_INVALID_ARGUMENT` if `sink` is NULL, `bytes` is invalid or the file
/// exceeds the size limit; the file is then refused.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sink_write(sink: Option<&mut kouling_sink>, bytes: kouling_text) -> kouling_status {
    run(None, || {
        let sink = required("sink", sink)?;
        let bytes = bytes.bytes("bytes")?;
        // One byte above the limit shows the engine that the file is too long; the rest is not stored.
        let room = (sink.limit + 1).saturating_sub(sink.bytes.len());
        sink.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if sink.bytes.len() > sink.limit {
            return Err(Failure::argument(format!("the file is longer than {} bytes", sink.limit)));
        }
        Ok(())
    })
}

/// Whether a callback returned `KOULING_STATUS_OK`. Every other number is a failure.
pub(crate) fn is_ok(status: MaybeUninit<kouling_status>) -> bool {
    enum_value("status", status, "KOULING_STATUS_", &[KOULING_STATUS_OK]).is_ok()
}

/// The files of one loader.
#[derive(Clone, Default)]
pub(crate) struct HostSource {
    pub(crate) added: BTreeMap<String, Arc<[u8]>>,
    pub(crate) fallback: Fallback,
}

type Read = unsafe extern "C" fn(*mut c_void, kouling_text, *mut kouling_sink) -> MaybeUninit<kouling_status>;

/// Where files are that were not added.
#[derive(Clone, Copy, Default)]
pub(crate) enum Fallback {
    #[default]
    Disk,
    Nowhere,
    Host(Context, Read),
}

impl Fallback {
    pub(crate) fn of(options: &kouling_source) -> Fallback {
        options.read.map_or(Fallback::Nowhere, |read| Fallback::Host(Context(options.context), read))
    }
}

impl Source for HostSource {
    fn resolve(&self, reference: &str, from: Option<&str>) -> String {
        // As on disk, so that files in memory behave like the same files in a folder.
        Files.resolve(reference, from)
    }

    fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let too_long = || SourceError::new(format!("is longer than {limit} bytes"));
        if let Some(bytes) = self.added.get(name) {
            return if bytes.len() > limit { Err(too_long()) } else { Ok(bytes.to_vec()) };
        }
        match self.fallback {
            Fallback::Disk => Files.read(name, limit),
            Fallback::Nowhere => Err(SourceError::new("does not exist")),
            Fallback::Host(context, read) => {
                let mut sink = kouling_sink { bytes: Vec::new(), limit };
                // SAFETY: the caller supplied the function with its context; name and sink live until it returns.
                let status = unsafe { read(context.0, kouling_text::view(name), &raw mut sink) };
                match (is_ok(status), sink.bytes.len() > limit) {
                    (_, true) => Err(too_long()),
                    (true, false) => Ok(sink.bytes),
                    (false, false) => Err(SourceError::new("cannot be read: the host's source failed")),
                }
            }
        }
    }

    fn open(&self, name: &str) -> Result<Arc<dyn Blob>, SourceError> {
        match (self.added.get(name), self.fallback) {
            (Some(bytes), _) => Ok(Arc::new(Bytes::new(bytes.clone()))),
            (None, Fallback::Disk) => Files.open(name),
            (None, _) => self.read(name, MAX_LIST_BYTES).map(|bytes| Arc::new(Bytes::new(bytes)) as Arc<dyn Blob>),
        }
    }
}
