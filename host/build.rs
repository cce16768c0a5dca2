//! Tells `main.rs` where the application is that the command carries.
//!
//! `bobbin bundle` writes it there (`scripts/build` calls that), and `main.rs` includes its files. So a component that
//! was built anew has the command linked again, and nothing else compiled: this script does not run for it. As long as
//! there is no application its files are empty, and the command says that it carries none.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What `bobbin bundle` writes; `bundle.rs` has the same names.
const FILES: [&str; 3] = ["spin.toml", "application.wasm", "application.cwasm"];

/// Lies beside them, so that this script runs again once the folder is gone.
const NOTE: &str = "README";

fn main() -> io::Result<()> {
    let folder = make(&Path::new(&variable("CARGO_MANIFEST_DIR")).join("../target/application"))?;
    println!("cargo::rustc-env=BOBBIN_APPLICATION={}", folder.display());
    println!("cargo::rustc-env=BOBBIN_TARGET={}", variable("TARGET"));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", folder.join(NOTE).display());
    Ok(())
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Sees to it that the folder and its files are there, and returns its absolute path.
fn make(folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    for name in FILES {
        if !folder.join(name).exists() {
            fs::write(folder.join(name), "")?;
        }
    }
    if !folder.join(NOTE).exists() {
        let note = fs::File::create(folder.join(NOTE))?;
        io::Write::write_all(
            &mut &note,
            b"The application inside of the command bobbin; `bobbin bundle` writes it.\n",
        )?;
        // Else cargo would take it for changed since this script began to run.
        note.set_modified(fs::metadata("build.rs")?.modified()?)?;
    }
    std::path::absolute(folder)
}
