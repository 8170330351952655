//! Sources of policies and word lists. This is the only engine module that reads files.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::blob::{Blob, Bytes};

/// The maximum size of a policy file, in bytes.
pub const MAX_POLICY_BYTES: usize = 1 << 20;

/// The maximum size of a word list, in bytes.
pub const MAX_LIST_BYTES: usize = 1 << 28;

/// The presets: name and text.
pub const PRESETS: &[(&str, &str)] = &[
    ("standard", include_str!("../../rules/presets/standard.toml")),
    ("idaas-classic", include_str!("../../rules/presets/idaas-classic.toml")),
    ("nist-800-63b-4", include_str!("../../rules/presets/nist-800-63b-4.toml")),
    ("owasp-asvs-5", include_str!("../../rules/presets/owasp-asvs-5.toml")),
    ("pci-dss-4", include_str!("../../rules/presets/pci-dss-4.toml")),
    ("mlps-3", include_str!("../../rules/presets/mlps-3.toml")),
    ("cis", include_str!("../../rules/presets/cis.toml")),
    ("microsoft-ad", include_str!("../../rules/presets/microsoft-ad.toml")),
    ("minimal", include_str!("../../rules/presets/minimal.toml")),
];

/// The built-in standards: name and text. A standard and the preset that follows it have the same name.
pub const STANDARDS: &[(&str, &str)] = &[
    ("nist-800-63b-4", include_str!("../../rules/standards/nist-800-63b-4.toml")),
    ("owasp-asvs-5", include_str!("../../rules/standards/owasp-asvs-5.toml")),
    ("pci-dss-4", include_str!("../../rules/standards/pci-dss-4.toml")),
    ("mlps-3", include_str!("../../rules/standards/mlps-3.toml")),
    ("cis", include_str!("../../rules/standards/cis.toml")),
    ("microsoft-ad", include_str!("../../rules/standards/microsoft-ad.toml")),
];

/// Reads the files that a policy names. A host can provide them from memory.
pub trait Source: Send + Sync {
    /// Resolves `reference`, which the file `from` contains (`None`: the host). Two references to one file must resolve to
    /// the same name, so that cycles are detected.
    fn resolve(&self, reference: &str, from: Option<&str>) -> String;

    /// Reads the file with a resolved name.
    ///
    /// # Errors
    /// Returns an error if the file does not exist, cannot be read, or has more than `limit` bytes.
    fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, SourceError>;

    /// Opens the file with a resolved name for random access, for the lifetime of the policy. The default reads the whole
    /// file.
    ///
    /// # Errors
    /// Returns an error if the file does not exist or cannot be read.
    fn open(&self, name: &str) -> Result<Arc<dyn Blob>, SourceError> {
        self.read(name, MAX_LIST_BYTES).map(|bytes| Arc::new(Bytes::new(bytes)) as Arc<dyn Blob>)
    }
}

/// The reason why a file cannot be read.
#[derive(Debug)]
pub struct SourceError {
    message: Cow<'static, str>,
    cause: Option<io::Error>,
}

impl SourceError {
    /// Creates an error. `message` follows the name of the file: lower case, no full stop.
    pub fn new(message: impl Into<Cow<'static, str>>) -> SourceError {
        SourceError { message: message.into(), cause: None }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SourceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

/// The file system. A relative path is relative to the file that contains it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Files;

impl Source for Files {
    fn resolve(&self, reference: &str, from: Option<&str>) -> String {
        let path = match from.and_then(|from| Path::new(from).parent()) {
            Some(folder) => folder.join(reference),
            None => PathBuf::from(reference),
        };
        // Normalize `.` components, so that `./policy.toml` and `policy.toml` are equal.
        let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        if path.as_os_str().is_empty() {
            return reference.to_owned(); // the directory itself
        }
        path.to_string_lossy().into_owned()
    }

    fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        use std::io::Read;
        let mut bytes = Vec::new();
        open(name)?.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() > limit {
            return Err(SourceError::new(format!("is longer than {limit} bytes")));
        }
        Ok(bytes)
    }

    /// The file stays open. A file that replaces it under its name is not read.
    fn open(&self, name: &str) -> Result<Arc<dyn Blob>, SourceError> {
        open(name).map(|file| Arc::new(OpenFile::new(file)) as Arc<dyn Blob>)
    }
}

fn failed(cause: io::Error) -> SourceError {
    SourceError { message: "cannot be read".into(), cause: Some(cause) }
}

#[allow(clippy::disallowed_methods)] // the only module that reads files
fn open(name: &str) -> Result<File, SourceError> {
    let file = File::open(name).map_err(failed)?;
    match file.metadata().map_err(failed)?.is_file() {
        true => Ok(file),
        false => Err(SourceError::new("is not a regular file")),
    }
}

/// A file that stays open.
#[derive(Debug)]
struct OpenFile {
    #[cfg(unix)]
    file: File,
    #[cfg(not(unix))]
    file: std::sync::Mutex<File>,
}

impl OpenFile {
    fn new(file: File) -> OpenFile {
        #[cfg(not(unix))]
        let file = std::sync::Mutex::new(file);
        OpenFile { file }
    }
}

#[cfg(unix)]
impl Blob for OpenFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, offset)
    }
}

#[cfg(not(unix))]
impl Blob for OpenFile {
    fn length(&self) -> io::Result<u64> {
        let file = self.file.lock().map_err(|_| io::ErrorKind::Other)?;
        Ok(file.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        use std::io::{Read, Seek, SeekFrom};
        let mut file = self.file.lock().map_err(|_| io::ErrorKind::Other)?;
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(buffer)
    }
}

/// Files in memory by name, for hosts that store policies elsewhere, and for tests.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Arc<[u8]>>,
}

impl Memory {
    /// Adds or replaces a file.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Memory {
        self.files.insert(name.into(), bytes.into().into());
        self
    }
}

impl Source for Memory {
    fn resolve(&self, reference: &str, _from: Option<&str>) -> String {
        reference.strip_prefix("./").unwrap_or(reference).to_owned()
    }

    fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        match self.files.get(name) {
            Some(bytes) if bytes.len() > limit => Err(SourceError::new(format!("is longer than {limit} bytes"))),
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(SourceError::new("does not exist")),
        }
    }
}

/// Another source, of which each file is read once, so that its contents are the same for every reader.
pub(crate) struct Snapshot<'s> {
    source: &'s dyn Source,
    read: Mutex<BTreeMap<String, Vec<u8>>>,
    opened: Mutex<BTreeMap<String, Arc<dyn Blob>>>,
}

impl<'s> Snapshot<'s> {
    pub(crate) fn new(source: &'s dyn Source) -> Snapshot<'s> {
        Snapshot { source, read: Mutex::default(), opened: Mutex::default() }
    }
}

impl Source for Snapshot<'_> {
    fn resolve(&self, reference: &str, from: Option<&str>) -> String {
        self.source.resolve(reference, from)
    }

    fn read(&self, name: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let mut known = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = known.get(name).filter(|bytes| bytes.len() <= limit) {
            return Ok(bytes.clone());
        }
        let bytes = self.source.read(name, limit)?;
        known.insert(name.to_owned(), bytes.clone());
        Ok(bytes)
    }

    fn open(&self, name: &str) -> Result<Arc<dyn Blob>, SourceError> {
        let mut known = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = known.get(name) {
            return Ok(file.clone());
        }
        let file = self.source.open(name)?;
        known.insert(name.to_owned(), file.clone());
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_to_one_file_resolve_to_one_name() {
        for (reference, from, name) in [
            ("./policy.toml", None, "policy.toml"),
            ("././base//policy.toml", None, "base/policy.toml"),
            ("./base.toml", Some("policy.toml"), "base.toml"),
            ("./base.toml", Some("./policy.toml"), "base.toml"),
            ("base.toml", Some("team/policy.toml"), "team/base.toml"),
            ("../base.toml", Some("team/policy.toml"), "team/../base.toml"),
            ("/etc/./base.toml", Some("team/policy.toml"), "/etc/base.toml"),
            (".", None, "."),
        ] {
            assert_eq!(Files.resolve(reference, from), name, "{reference} in {from:?}");
        }
    }
}
