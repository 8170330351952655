//! Watched files are those that something was made of, with how they looked then: so that it can be made anew when one
//! looks different.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::source::{Files, Source, SourceError};
use crate::blob::Blob;

/// How files look from outside, those that are missing too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks(BTreeMap<PathBuf, Option<FileStamp>>);

/// How a file looks from outside: length, time of change, number on its disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileStamp(u64, Option<SystemTime>, u64);

#[allow(clippy::disallowed_methods)] // looks at the files that `source` reads
fn look(path: &Path) -> Option<FileStamp> {
    let metadata = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let number = 0;
    Some(FileStamp(metadata.len(), metadata.modified().ok(), number))
}

impl Looks {
    /// How the same files look now, when one of them looks different.
    pub fn changed(&self) -> Option<Looks> {
        let looks = Looks(self.0.keys().map(|path| (path.clone(), look(path))).collect());
        (looks != *self).then_some(looks)
    }
}

/// The file system, and how everything looked that was asked of it.
#[derive(Clone, Debug, Default)]
pub struct Watched(Arc<Mutex<Looks>>);

impl Watched {
    /// What was asked for since the last time this was called.
    pub fn take(&self) -> Looks {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looked at before it is read: a change in between is seen next time.
    fn look_at(&self, name: &str) {
        let path = PathBuf::from(name);
        let looks = look(&path);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.insert(path, looks);
    }
}

impl Source for Watched {
    fn resolve(&self, reference: &str, from: Option<&str>) -> String {
        Files.resolve(reference, from)
    }

    fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.look_at(name);
        Files.read(name, limit)
    }

    fn open(&self, name: &str) -> Result<Arc<dyn Blob>, SourceError> {
        self.look_at(name);
        Files.open(name)
    }
}
