//! Keys: files in `DATA/keys`, created on the first start and readable only by their owner.
//!
//! | file | purpose | rotation |
//! |---|---|---|
//! | `codes` | keyed hashes of codes: lines of a number and 64 hexadecimal digits | add a line at the top; remove the old one a day later |
//! | `outbox` | encryption of codes in the outbox | replace it while no message waits |
//! | `id-token.p8` | signature of id tokens (ECDSA P-256, PKCS #8) | replace it; every id token becomes invalid |

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use kouling::flow::{CodeKey, CodeKeys};
use zeroize::Zeroizing;

use crate::random;
use crate::start_error::StartError;

/// The keys of the server.
pub struct Keys {
    /// Keys of code hashes.
    pub codes: CodeKeys,
    /// The key of codes in the outbox.
    pub outbox: Zeroizing<[u8; 32]>,
    /// The signing key of id tokens, in PKCS #8.
    pub id_token: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

/// Creates a folder with mode 0700 if it is missing.
///
/// # Errors
/// The folder cannot be created.
pub fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

impl Keys {
    /// Reads the keys in a folder; creates those that are missing.
    ///
    /// # Errors
    /// A key cannot be read or created, is damaged, or can be read by other users.
    pub fn open(folder: &Path) -> Result<Keys, StartError> {
        private_folder(folder).map_err(|error| StartError::file(folder, &error))?;
        let codes = read_or_create(&folder.join("codes"), || Ok(format!("1 {}\n", fresh()).into_bytes()))?;
        let outbox = read_or_create(&folder.join("outbox"), || Ok(format!("{}\n", fresh()).into_bytes()))?;
        let id_token = read_or_create(&folder.join("id-token.p8"), || {
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .map(|document| document.as_ref().to_vec())
                .map_err(io::Error::other)
        })?;
        let damaged =
            |name: &str| StartError::new(format!("the key `{}` is damaged", folder.join(name).display()));
        Ok(Keys {
            codes: code_keys(&codes).ok_or_else(|| damaged("codes"))?,
            outbox: std::str::from_utf8(&outbox).ok().and_then(key).ok_or_else(|| damaged("outbox"))?,
            id_token,
        })
    }
}

fn fresh() -> String {
    random::hex(&random::bytes::<32>())
}

fn code_keys(text: &[u8]) -> Option<CodeKeys> {
    let lines = std::str::from_utf8(text).ok()?.lines().filter(|line| !line.trim().is_empty());
    let mut keys = lines.map(|line| {
        let (id, text) = line.trim().split_once(' ')?;
        Some(CodeKey { id: id.parse().ok()?, key: key(text)? })
    });
    keys.next()?.and_then(|current| {
        keys.try_fold(CodeKeys::new(current), |all, older| older.map(|older| all.with_older(older)))
    })
}

fn key(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let text = text.trim().as_bytes();
    let mut key = Zeroizing::new([0; 32]);
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, digits) in key.iter_mut().zip(text.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(key)
}

fn read_or_create(
    path: &Path,
    create: impl FnOnce() -> io::Result<Vec<u8>>,
) -> Result<Zeroizing<Vec<u8>>, StartError> {
    let failed = |error: io::Error| StartError::file(path, &error);
    if !path.exists() {
        // A temporary file and a link: the key is complete, and the first of two servers that start at once wins.
        let temporary = path.with_extension(random::identifier());
        let content = Zeroizing::new(create().map_err(failed)?);
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary).map_err(failed)?;
        file.write_all(&content).and_then(|()| file.sync_all()).map_err(failed)?;
        let linked = fs::hard_link(&temporary, path);
        fs::remove_file(&temporary).map_err(failed)?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(error)),
            _ => {}
        }
    }
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        let message = format!("the key `{}` can be read by other users (mode {:o})", path.display(), mode & 0o777);
        return Err(StartError::new(format!("{message}\n  help: `chmod 600 {}`", path.display())));
    }
    fs::read(path).map(Zeroizing::new).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_created_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let first = Keys::open(&path).unwrap();
        let again = Keys::open(&path).unwrap();
        assert_eq!(first.outbox, again.outbox);
        assert_eq!(first.id_token, again.id_token);
        for entry in fs::read_dir(&path).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::set_permissions(path.join("outbox"), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Keys::open(&path).is_err());
    }

    #[test]
    fn damaged_key_is_refused() {
        assert!(code_keys(b"").is_none());
        assert!(code_keys(b"1 abcd").is_none());
        let line = |id: u32, digit: &str| format!("{id} {}\n", digit.repeat(64));
        assert!(code_keys(line(1, "a").as_bytes()).is_some());
        assert!(code_keys((line(2, "b") + &line(1, "a")).as_bytes()).is_some());
        assert!(code_keys((line(2, "b") + "1 zz").as_bytes()).is_none());
    }
}
