//! Which application `bobbin up` serves.

use crate::embedded;
use bobbin::output::log;
use bobbin::{Host, HostBuilder, manifest};
use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Name of the manifest that is looked for.
const MANIFEST: &str = "spin.toml";

/// Name of Bobbin itself in its manifest.
const BOBBIN: &str = "bobbin";

/// Why there is nothing to serve.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    /// The command carries nothing, and no manifest is there.
    #[error(
        "this bobbin was built without its components, and there is no {MANIFEST} in this folder or above. Name one with --manifest; or run ./scripts/build in a checkout of Bobbin and then `cargo install --locked --path host`, which puts the components inside"
    )]
    Nothing,
    /// The current folder cannot be known.
    #[error("cannot look for {MANIFEST} in this folder: {0}")]
    Folder(#[source] io::Error),
    /// Nobody has said where the state is to be.
    #[error("this user has no home directory to keep the state in: name a directory with --state")]
    NoStateDirectory,
}

/// What is served.
pub struct Application {
    /// A host for it.
    pub host: HostBuilder,
    /// What it is, for people.
    pub name: String,
}

/// Chooses what is served: the manifest that is named; else Bobbin's own manifest in this folder or the nearest one
/// above, in a checkout or an unpacked archive; else the application inside of this command. Where that carries none, any
/// manifest that is found will do.
pub fn choose(named: Option<PathBuf>, state: Option<PathBuf>) -> Result<Application, ApplicationError> {
    let inside = embedded::application();
    let manifest = match named {
        Some(path) => Some(path),
        None => nearest_manifest(&env::current_dir().map_err(ApplicationError::Folder)?)
            .filter(|path| inside.is_none() || is_of_bobbin(path)),
    };
    match (manifest, inside) {
        (Some(path), inside) => {
            let name = path.display().to_string();
            let host = inside.into_iter().fold(Host::builder(path), HostBuilder::embedded);
            Ok(Application { host: state.into_iter().fold(host, HostBuilder::state_dir), name })
        }
        (None, Some(inside)) => {
            let of_user = || Some(user_data_directory(|name| env::var_os(name))?.join(BOBBIN));
            let state = state.or_else(of_user).ok_or(ApplicationError::NoStateDirectory)?;
            Ok(Application { host: Host::of_embedded(inside, state), name: "the application inside".to_owned() })
        }
        (None, None) => Err(ApplicationError::Nothing),
    }
}

fn nearest_manifest(directory: &Path) -> Option<PathBuf> {
    directory.ancestors().map(|folder| folder.join(MANIFEST)).find(|path| path.is_file())
}

/// Whether a manifest is Bobbin's. One that cannot be read may be, and who edits it is to hear of the mistake.
fn is_of_bobbin(path: &Path) -> bool {
    let is_bobbin = manifest::application_name(path).map_or(true, |name| name.is_some_and(|name| name == BOBBIN));
    if !is_bobbin {
        log(format_args!("{} is another application; --manifest {0} serves it", path.display()));
    }
    is_bobbin
}

/// Where programs keep data of this user (XDG Base Directory Specification; on macOS and Windows, by custom).
fn user_data_directory(environment: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        absolute("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        Some(absolute("HOME")?.join("Library/Application Support"))
    } else {
        absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")))
    }
}
