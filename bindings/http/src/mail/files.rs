//! Messages as files in a folder: mails as `.eml`, short messages as `.txt`. For trying things out, for tests, and for
//! whoever has another program carry them.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::{Courier, Failure, Message};
use crate::keys::private_folder;
use crate::start_error::StartError;

/// Writes messages into a folder, each whole or not at all.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// Into this folder, which is made when there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path) -> Result<Files, StartError> {
        private_folder(folder).map_err(|error| StartError::file(folder, &error))?;
        Ok(Files { folder: folder.to_owned() })
    }

    /// Written aside, brought to the disk, and only then given its name. The name is the message's, so that a message
    /// carried twice is one file.
    fn write(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let (aside, path) = (self.folder.join(format!(".{name}.new")), self.folder.join(name));
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&aside, &path)?;
        fs::File::open(&self.folder)?.sync_all()
    }
}

#[async_trait]
impl Courier for Files {
    async fn carry(&self, message: &Message) -> Result<(), Failure> {
        let (made, id) = (message.made.unix(), &message.id);
        let (name, bytes) = match &message.mail {
            Some(mail) => (format!("{made}-{id}.eml"), mail.formatted()),
            None => (
                format!("{made}-{id}.txt"),
                format!("To: {}\n\n{}\n", message.recipient, message.text).into_bytes(),
            ),
        };
        let files = self.clone();
        let written = tokio::task::spawn_blocking(move || files.write(&name, &bytes)).await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure::ForNow(error.to_string())),
            Err(_) => Err(Failure::ForNow("the file was not written".to_owned())),
        }
    }
}
