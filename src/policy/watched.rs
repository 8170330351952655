//! Records the files that a policy was loaded from, so that a change can be noticed and the policy loaded again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::source::{Files, Source, SourceError};
use crate::blob::Blob;

/// Metadata of files, including missing ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks(BTreeMap<PathBuf, Option<FileStamp>>);

/// The metadata of a file: length, modification time, inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileStamp(u64, Option<SystemTime>, u64);

#[allow(clippy::disallowed_methods)] // reads the metadata of the files that `source` reads
fn stamp(path: &Path) -> Option<FileStamp> {
    let metadata = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let number = 0;
    Some(FileStamp(metadata.len(), metadata.modified().ok(), number))
}

impl Looks {
    /// Returns the current metadata of the same files if one of them has changed.
    pub fn changed(&self) -> Option<Looks> {
        let looks = Looks(self.0.keys().map(|path| (path.clone(), stamp(path))).collect());
        (looks != *self).then_some(looks)
    }
}

/// The file system, with the metadata of every file that was read or opened.
#[derive(Clone, Debug, Default)]
pub struct Watched(Arc<Mutex<Looks>>);

impl Watched {
    /// Returns and clears the metadata recorded since the last call.
    pub fn take(&self) -> Looks {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Records the metadata before the file is read, so that a change in between is noticed next time.
    fn record(&self, name: &str) {
        let path = PathBuf::from(name);
        let found = stamp(&path);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.insert(path, found);
    }
}

impl Source for Watched {
    fn resolve(&self, reference: &str, from: Option<&str>) -> String {
        Files.resolve(reference, from)
    }

    fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.record(name);
        Files.read(name, limit)
    }

    fn open(&self, name: &str) -> Result<Arc<dyn Blob>, SourceError> {
        self.record(name);
        Files.open(name)
    }
}
