//! The key under which an application seals secrets, where the operator gives none: made once, kept in a file.

use crate::private_file::{self, ExposedFile};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The variable of the application, and the name of the file in the state directory.
const NAME: &str = "encryption_key";

/// Bytes of a key.
const KEY_BYTES: usize = 32;

/// Why there is no encryption key.
#[derive(Debug, thiserror::Error)]
pub enum EncryptionKeyError {
    /// The system has no random bytes.
    #[error("cannot make an encryption key: {0}. Set SPIN_VARIABLE_ENCRYPTION_KEY instead")]
    Random(#[source] getrandom::Error),
    /// The file cannot be written.
    #[error("cannot keep the encryption key in {}: {source}", path.display())]
    Unwritable {
        /// Path of the file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file cannot be read.
    #[error("cannot read the encryption key {}: {source}", path.display())]
    Unreadable {
        /// Path of the file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Others may use the file.
    #[error("cannot use the encryption key: {0}")]
    Exposed(#[from] ExposedFile),
    /// The file has something else in it.
    #[error(
        "{} has no encryption key in it (32 bytes in hexadecimal): restore it from a copy; or delete it, and the next start makes another one, which does not open what was sealed before; or set SPIN_VARIABLE_ENCRYPTION_KEY",
        .0.display()
    )]
    Invalid(PathBuf),
}

/// Gives the application's variable `encryption_key`, where it is declared and empty, the key in the file of that name
/// in `directory`: 32 bytes in hexadecimal. Makes key and file (mode 0600) when there are none, and takes a file from
/// other users that may use it; `directory` exists.
pub fn provide(application: &mut BTreeMap<String, String>, directory: &Path) -> Result<(), EncryptionKeyError> {
    if let Some(value) = application.get_mut(NAME).filter(|value| value.trim().is_empty()) {
        *value = kept(&directory.join(NAME))?;
    }
    Ok(())
}

fn kept(path: &Path) -> Result<String, EncryptionKeyError> {
    let unreadable = |source| EncryptionKeyError::Unreadable { path: path.to_owned(), source };
    private_file::take_from_others(path)?;
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(path)?;
            File::open(path)
        }
        opened => opened,
    };
    let file = file.map_err(unreadable)?;
    // What is no text is no key either.
    let text = io::read_to_string(file).or_else(|error| match error.kind() {
        io::ErrorKind::InvalidData => Ok(String::new()),
        _ => Err(unreadable(error)),
    })?;
    let key = text.trim();
    let is_key = key.len() == 2 * KEY_BYTES && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_key.then(|| key.to_owned()).ok_or_else(|| EncryptionKeyError::Invalid(path.to_owned()))
}

/// Puts a new key at `path`, whole or not at all, unless another host was faster.
fn create(path: &Path) -> Result<(), EncryptionKeyError> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(EncryptionKeyError::Random)?;
    let key: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    private_file::create(path, format!("{key}\n").as_bytes())
        .map_err(|source| EncryptionKeyError::Unwritable { path: path.to_owned(), source })
}
