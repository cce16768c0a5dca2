use crate::app::{App, answering, measuring};
use crate::exchange::status;
use bobbin::composition::compose;
use bobbin::manifest::Manifest;
use bobbin::{EmbeddedApplication, Host, MachineCode, bundle};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::SystemTime;
use tempfile::TempDir;
use wasmtime::component::Component;
use wasmtime::{Engine, Precompiled};

static MANIFEST: LazyLock<String> =
    LazyLock::new(|| fs::read_to_string(App::serving(b"", "").manifest()).expect("a manifest"));

static COMPONENT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let app = App::serving(&answering(), "");
    compose(&Manifest::read(&app.manifest()).expect("a manifest")).expect("a component")
});

/// An application that is in no file.
fn inside(load: fn(&Engine) -> wasmtime::Result<Component>) -> EmbeddedApplication {
    EmbeddedApplication { manifest: &MANIFEST, component: &COMPONENT, load }
}

fn fits(engine: &Engine) -> wasmtime::Result<Component> {
    Component::new(engine, &*COMPONENT)
}

fn does_not_fit(_: &Engine) -> wasmtime::Result<Component> {
    Err(wasmtime::Error::msg("compiled for another machine"))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_served_without_a_file_and_with_its_machine_code() {
    let state = TempDir::new().expect("a folder");
    let host = Host::of_embedded(inside(fits), state.path()).start().await.expect("a host");
    assert_eq!(host.machine_code(), MachineCode::Embedded);
    assert_eq!(status(host.address()).await, 200);
    assert!(state.path().join("key_value.db").is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_compiled_where_its_machine_code_does_not_fit() {
    let state = TempDir::new().expect("a folder");
    let host = Host::of_embedded(inside(does_not_fit), state.path()).start().await.expect("a host");
    assert_eq!(host.machine_code(), MachineCode::Compiled);
    assert_eq!(status(host.address()).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_takes_the_machine_code_for_the_very_same_components_only() {
    for (module, expected) in [(answering(), MachineCode::Embedded), (measuring(), MachineCode::Compiled)] {
        let app = App::serving(&module, "");
        let host = Host::builder(app.manifest()).embedded(inside(fits)).start().await.expect("a host");
        assert_eq!(host.machine_code(), expected);
    }
}

fn changed(path: &Path) -> SystemTime {
    fs::metadata(path).and_then(|file| file.modified()).expect("a time")
}

#[test]
fn a_bundle_has_all_that_a_program_is_to_carry() {
    let (app, folder) = (App::serving(&answering(), ""), TempDir::new().expect("a folder"));
    let folder = folder.path().join("application");
    bundle::write(&app.manifest(), &folder).expect("a bundle");
    let read = |name: &str| fs::read(folder.join(name)).expect(name);
    assert_eq!(read("spin.toml"), MANIFEST.as_bytes());
    assert_eq!(read("application.wasm"), *COMPONENT);
    assert!(matches!(Engine::detect_precompiled(&read("application.cwasm")), Some(Precompiled::Component)));
}

#[test]
fn a_bundle_that_is_written_again_changes_only_what_differs() {
    let (app, folder) = (App::serving(&answering(), ""), TempDir::new().expect("a folder"));
    let files = ["spin.toml", "application.wasm", "application.cwasm"].map(|name| folder.path().join(name));
    let write = || {
        bundle::write(&app.manifest(), folder.path()).expect("a bundle");
        files.each_ref().map(|path| (changed(path), fs::read(path).expect("a file")))
    };
    let first = write();
    // So that a file which was written again has another time.
    files.iter().for_each(|path| {
        let file = fs::File::options().append(true).open(path).expect("a file");
        file.set_modified(SystemTime::UNIX_EPOCH).expect("a time set");
    });
    let again = write();
    for ((_, first), (changed, again)) in first.iter().zip(&again) {
        assert_eq!((changed, again), (&SystemTime::UNIX_EPOCH, first));
    }
    fs::write(app.folder().join("served.wasm"), measuring()).expect("another component");
    let after = write();
    assert_eq!(after[0].0, SystemTime::UNIX_EPOCH);
    assert!(after[1..].iter().all(|(changed, _)| *changed > SystemTime::UNIX_EPOCH));
}
