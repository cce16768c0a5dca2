//! The key under which an application seals secrets, where the operator gives none: made once, kept in a file. What was
//! sealed with it opens also when the operator has given another.

use crate::output::log;
use crate::private_file::{self, ExposedFile};
use sealed_secrets::{InvalidKey, Keys};
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
    /// The operator has given something else.
    #[error("the variable encryption_key (SPIN_VARIABLE_ENCRYPTION_KEY) cannot be used: {0}")]
    Given(#[source] InvalidKey),
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
        "{} has no encryption key in it, or something beside its keys{}: restore it from a copy; or delete it, and what was sealed with its keys is not opened any more, nor with the one that the next start makes if SPIN_VARIABLE_ENCRYPTION_KEY is not set",
        path.display(),
        source.map(|source| format!(" ({source})")).unwrap_or_default()
    )]
    Invalid {
        /// Path of the file.
        path: PathBuf,
        /// What is no key; without it, there is nothing.
        source: Option<InvalidKey>,
    },
}

/// Gives the application's variable `encryption_key`, where it is declared, the keys in the file of that name in
/// `directory`, which has them as the variable has, or one on each line, the newest first.
///
/// An empty variable becomes these keys; key and file (mode 0600) are made when there are none. One that has keys is
/// what seals, and those in the file only open, after it; one that has something else is an error. A file is taken from other users that may use it; `directory`
/// exists.
pub fn provide(application: &mut BTreeMap<String, String>, directory: &Path) -> Result<(), EncryptionKeyError> {
    let Some(value) = application.get_mut(NAME) else { return Ok(()) };
    let path = directory.join(NAME);
    if value.trim().is_empty() {
        if !path.exists() {
            create(&path)?;
        }
        *value = read(&path)?.join(",");
        return Ok(());
    }
    Keys::read(value).map_err(EncryptionKeyError::Given)?;
    if !path.exists() {
        return Ok(());
    }
    let given: Vec<String> = value.split(',').map(|key| key.trim().to_owned()).collect();
    let older: Vec<String> = read(&path)?.into_iter().filter(|key| !given.contains(key)).collect();
    if !older.is_empty() {
        log(format_args!("the variable encryption_key seals; what was sealed with {} still opens", path.display()));
        *value = [given, older].concat().join(",");
    }
    Ok(())
}

/// The keys in a file, at least one.
fn read(path: &Path) -> Result<Vec<String>, EncryptionKeyError> {
    let unreadable = |source| EncryptionKeyError::Unreadable { path: path.to_owned(), source };
    private_file::take_from_others(path)?;
    let file = File::open(path).map_err(unreadable)?;
    // What is no text is no key either.
    let text = io::read_to_string(file).or_else(|error| match error.kind() {
        io::ErrorKind::InvalidData => Ok(String::from(char::REPLACEMENT_CHARACTER)),
        _ => Err(unreadable(error)),
    })?;
    let keys: Vec<String> =
        text.split([',', '\n']).map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned).collect();
    let invalid = |source| EncryptionKeyError::Invalid { path: path.to_owned(), source };
    match Keys::read(&keys.join(",")) {
        Ok(Some(_)) => Ok(keys),
        Ok(None) => Err(invalid(None)),
        Err(error) => Err(invalid(Some(error))),
    }
}

/// Puts a new key at `path`, whole or not at all, unless another host was faster.
fn create(path: &Path) -> Result<(), EncryptionKeyError> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(EncryptionKeyError::Random)?;
    let key: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    private_file::create(path, format!("{key}\n").as_bytes())
        .map_err(|source| EncryptionKeyError::Unwritable { path: path.to_owned(), source })
}
