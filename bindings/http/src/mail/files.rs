//! Messages as files in a folder: mails as `.eml`, short messages as `.txt`. For demonstrations, tests, and setups in which
//! another program sends them.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::{DeliveryError, Message, Transport};
use crate::keys::private_folder;
use crate::start_error::StartError;

/// Writes messages to a folder, each file completely or not at all.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// Uses this folder; creates it if it is missing.
    ///
    /// # Errors
    /// The folder cannot be created.
    pub fn open(folder: &Path) -> Result<Files, StartError> {
        private_folder(folder).map_err(|error| StartError::file(folder, &error))?;
        Ok(Files { folder: folder.to_owned() })
    }

    /// Writes a temporary file, syncs it, and renames it. The name derives from the message, so that a message that is
    /// sent twice is one file.
    fn write(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let (temporary, path) = (self.folder.join(format!(".{name}.new")), self.folder.join(name));
        let mut file =
            fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, &path)?;
        fs::File::open(&self.folder)?.sync_all()
    }
}

#[async_trait]
impl Transport for Files {
    async fn send(&self, message: &Message) -> Result<(), DeliveryError> {
        let (created, id) = (message.created.unix(), &message.id);
        let (name, bytes) = match &message.mail {
            Some(mail) => (format!("{created}-{id}.eml"), mail.formatted()),
            None => (
                format!("{created}-{id}.txt"),
                format!("To: {}\n\n{}\n", message.recipient, message.text).into_bytes(),
            ),
        };
        let files = self.clone();
        let written = tokio::task::spawn_blocking(move || files.write(&name, &bytes)).await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(DeliveryError::Temporary(error.to_string())),
            Err(_) => Err(DeliveryError::Temporary("the file was not written".to_owned())),
        }
    }
}
