//! Files that only the user may use.

use crate::output::log;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Other users have access to a file, and it cannot be taken from them.
#[derive(Debug, thiserror::Error)]
#[error("other users have access to {} (mode {mode:03o}), and it cannot be taken from them: {source}. Run `chmod 600` on it as its owner, or keep the state elsewhere with --state", path.display())]
pub struct ExposedFile {
    path: PathBuf,
    /// Its permission bits.
    mode: u32,
    source: io::Error,
}

/// Puts a new file (mode 0600) at `path`, whole or not at all, unless there is one. The directory exists.
pub(crate) fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new(""));
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    // Closed before it has its name: closing a file takes SQLite's locks on it from this process
    // (<https://www.sqlite.org/howtocorrupt.html>, section 2.2).
    match file.into_temp_path().persist_noclobber(path) {
        Err(refused) if refused.error.kind() != io::ErrorKind::AlreadyExists => return Err(refused.error),
        _ => {}
    }
    sync_directory(directory)
}

/// Takes a file's permissions from other users, if they have any, and says so in the log. What is not there needs
/// nothing.
#[cfg(unix)]
pub(crate) fn take_from_others(path: &Path) -> Result<(), ExposedFile> {
    use std::os::unix::fs::PermissionsExt;
    let mode = || fs::metadata(path).map(|metadata| metadata.permissions().mode() & 0o777);
    // What cannot be looked at cannot be opened either, which is reported then.
    let Some(before) = mode().ok().filter(|mode| mode & 0o077 != 0) else { return Ok(()) };
    let exposed = |source| ExposedFile { path: path.to_owned(), mode: before, source };
    let private = before & 0o700;
    fs::set_permissions(path, fs::Permissions::from_mode(private)).map_err(exposed)?;
    if mode().map_err(exposed)? != private {
        return Err(exposed(io::Error::other("the file system keeps no permissions")));
    }
    log(format_args!(
        "other users had access to {} (mode {before:03o}), and have no more (mode {private:03o}); they may know what is in it",
        path.display()
    ));
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn take_from_others(_path: &Path) -> Result<(), ExposedFile> {
    Ok(())
}

/// A new name is on disk when its directory is.
#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    fs::File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_directory: &Path) -> io::Result<()> {
    Ok(())
}
