//! `bobbin up` without `--manifest`. What it does where there is none depends on whether the command was built with an
//! application inside, so these tests look whether it was.

use crate::app::{App, answering};
use crate::command::{Running, bobbin, listening};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Whether `scripts/build` has put an application into the command.
fn carries_an_application() -> bool {
    let inside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/application/application.wasm");
    fs::metadata(inside).is_ok_and(|file| file.len() > 0)
}

/// `bobbin up` in a folder, for a user whose home is `home`.
fn up(folder: &Path, home: &Path) -> Command {
    let mut command = bobbin(folder);
    command.args(["up", "--listen", "127.0.0.1:0", "--no-demo"]).env("HOME", home);
    for name in ["XDG_DATA_HOME", "XDG_CACHE_HOME", "SPIN_VARIABLE_ADMIN_KEY", "SPIN_VARIABLE_SERVERS"] {
        command.env_remove(name);
    }
    command
}

fn failed(mut command: Command) -> String {
    let output = command.output().expect("the command run");
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).expect("text")
}

/// What the command logs until it is asked to stop, which has it write all of it.
fn log_of(mut command: Command) -> String {
    let mut running = Running(command.spawn().expect("the command started"));
    listening(&mut running.0);
    let stopped = Command::new("kill").arg(running.0.id().to_string()).status().expect("a signal sent");
    assert!(stopped.success());
    let mut log = String::new();
    running.0.stderr.take().expect("its log").read_to_string(&mut log).expect("text");
    log
}

fn named(name: &str) -> App {
    let app = App::serving(&answering(), "");
    let manifest = fs::read_to_string(app.manifest()).expect("a manifest").replace("\"test\"", &format!("\"{name}\""));
    fs::write(app.manifest(), manifest).expect("a manifest");
    app
}

#[test]
fn bobbins_own_manifest_here_or_above_is_served() {
    let (app, home) = (named("bobbin"), TempDir::new().expect("a folder"));
    let below = app.folder().join("a/b");
    fs::create_dir_all(&below).expect("folders");
    let log = log_of(up(&below, home.path()));
    assert!(log.contains(&format!("serving {}, machine code compiled here", app.manifest().display())), "{log}");
    assert!(app.folder().join(".bobbin/key_value.db").is_file(), "the state is beside the manifest");
}

#[test]
fn a_mistake_in_the_manifest_is_told() {
    let (app, home) = (App::new("[application"), TempDir::new().expect("a folder"));
    let error = failed(up(app.folder(), home.path()));
    assert!(error.contains("spin.toml") && error.contains("line 1"), "{error}");
}

#[test]
fn the_manifest_of_another_application_gives_way_to_what_is_inside() {
    let (app, home) = (named("other"), TempDir::new().expect("a folder"));
    let log = log_of(up(app.folder(), home.path()));
    if carries_an_application() {
        assert!(log.contains("is another application") && log.contains("serving the application inside"), "{log}");
    } else {
        assert!(log.contains(&format!("serving {}", app.manifest().display())), "{log}");
    }
}

#[test]
fn in_an_empty_folder_what_is_inside_is_served_or_missed() {
    let (folder, home) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    if carries_an_application() {
        let log = log_of(up(folder.path(), home.path()));
        let state = home.path().join(if cfg!(target_os = "macos") {
            "Library/Application Support/bobbin"
        } else {
            ".local/share/bobbin"
        });
        let is_told = log.contains("serving the application inside, machine code ");
        assert!(is_told && log.contains(&format!("state in {}", state.display())), "{log}");
        assert!(state.join("key_value.db").is_file());
        let mut elsewhere = up(folder.path(), home.path());
        elsewhere.env("XDG_DATA_HOME", folder.path().join("data"));
        if !cfg!(target_os = "macos") {
            log_of(elsewhere);
            assert!(folder.path().join("data/bobbin/key_value.db").is_file());
        }
    } else {
        let error = failed(up(folder.path(), home.path()));
        assert!(error.contains("built without its components") && error.contains("./scripts/build"), "{error}");
    }
}
