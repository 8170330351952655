//! A source serves the files that policies name from wherever the host keeps them.

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::Arc;

use kouling::blob::{Blob, Bytes};
use kouling::policy::source::MAX_LIST_BYTES;
use kouling::policy::{Files, Source, SourceError};

use crate::boundary::{answer, given};
use crate::callback::Context;
use crate::options::Options;
use crate::status::{Failure, KOULING_OK};
use crate::text::kouling_text;

/// Where files come from that were not added to the loader by themselves.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct kouling_source {
    /// The size of this struct.
    pub struct_size: usize,
    /// What is given back with every call. It must live as long as the loader.
    pub context: *mut c_void,
    /// Writes the file of this name into the sink, with `kouling_sink_write`, and gives `KOULING_OK`; everything else is
    /// told as "cannot be read", at the place that names the file. A name is relative to the file it stands in, and
    /// comes here put together. It must not unwind. NULL: there are no other files, not on disk either.
    pub read:
        Option<unsafe extern "C" fn(context: *mut c_void, name: kouling_text, sink: *mut kouling_sink) -> u32>,
}

// SAFETY: `repr(C)`, its size first, and a pointer and an optional function may be zero.
unsafe impl Options for kouling_source {}

/// What a source writes a file into, while it is asked for it.
pub struct kouling_sink {
    bytes: Vec<u8>,
    limit: usize,
}

/// Adds bytes to a file. They are copied.
#[unsafe(no_mangle)]
pub extern "C" fn kouling_sink_write(sink: Option<&mut kouling_sink>, bytes: kouling_text) -> u32 {
    answer(None, || {
        let sink = given("sink", sink)?;
        let bytes = bytes.bytes("bytes")?;
        // One byte more than may be shows the engine that the file is too long, and no more of it is kept.
        let room = (sink.limit + 1).saturating_sub(sink.bytes.len());
        sink.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if sink.bytes.len() > sink.limit {
            return Err(Failure::argument(format!("the file is longer than {} bytes", sink.limit)));
        }
        Ok(())
    })
}

/// The files of one loader.
#[derive(Clone, Default)]
pub(crate) struct HostSource {
    pub(crate) added: BTreeMap<String, Arc<[u8]>>,
    pub(crate) beyond: Beyond,
}

/// Where the files are that were not added.
#[derive(Clone, Copy, Default)]
pub(crate) enum Beyond {
    /// On disk.
    #[default]
    Disk,
    /// Nowhere.
    Nowhere,
    /// With the host.
    Host(Context, unsafe extern "C" fn(*mut c_void, kouling_text, *mut kouling_sink) -> u32),
}

impl Beyond {
    pub(crate) fn of(options: &kouling_source) -> Beyond {
        options.read.map_or(Beyond::Nowhere, |read| Beyond::Host(Context(options.context), read))
    }
}

impl Source for HostSource {
    fn resolve(&self, reference: &str, from: Option<&str>) -> String {
        // As on disk, so that a folder of files and the same files in memory are one.
        Files.resolve(reference, from)
    }

    fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let too_long = || SourceError::new(format!("is longer than {limit} bytes"));
        if let Some(bytes) = self.added.get(name) {
            return if bytes.len() > limit { Err(too_long()) } else { Ok(bytes.to_vec()) };
        }
        match self.beyond {
            Beyond::Disk => Files.read(name, limit),
            Beyond::Nowhere => Err(SourceError::new("does not exist")),
            Beyond::Host(context, read) => {
                let mut sink = kouling_sink { bytes: Vec::new(), limit };
                // SAFETY: the caller gave the function with its context; name and sink live until it returns.
                let status = unsafe { read(context.0, kouling_text::view(name), &raw mut sink) };
                match (status, sink.bytes.len() > limit) {
                    (_, true) => Err(too_long()),
                    (KOULING_OK, false) => Ok(sink.bytes),
                    (status, false) => {
                        Err(SourceError::new(format!("cannot be read: the host answered {status}")))
                    }
                }
            }
        }
    }

    fn open(&self, name: &str) -> Result<Arc<dyn Blob>, SourceError> {
        match (self.added.get(name), self.beyond) {
            (Some(bytes), _) => Ok(Arc::new(Bytes::new(bytes.clone()))),
            (None, Beyond::Disk) => Files.open(name),
            (None, _) => self.read(name, MAX_LIST_BYTES).map(|bytes| Arc::new(Bytes::new(bytes)) as Arc<dyn Blob>),
        }
    }
}
