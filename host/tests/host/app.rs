//! Applications made of modules in `tests/fixtures`.

use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use wit_component::StringEncoding;
use wit_parser::Resolve;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
const INTERFACES: [&str; 2] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/wit/deps/spin-variables@3.0.0"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/../wit/registry/deps/wasi-keyvalue-2024-10-17"),
];

/// A folder with a manifest and the files that it names.
pub struct App {
    folder: TempDir,
}

impl App {
    pub fn new(manifest: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("spin.toml"), manifest).expect("a manifest");
        Self { folder }
    }

    /// An application of one component, `served`, in the file `served.wasm`.
    pub fn serving(module: &[u8], configuration: &str) -> Self {
        let app = Self::new(&format!(
            r#"
            spin_manifest_version = 2
            [application]
            name = "test"
            [[trigger.http]]
            route = "/..."
            component = "served"
            [component.served]
            source = "served.wasm"
            {configuration}
            "#
        ));
        app.with("served.wasm", module)
    }

    pub fn with(self, name: &str, content: &[u8]) -> Self {
        fs::write(self.folder.path().join(name), content).expect("a file of the application");
        self
    }

    pub fn manifest(&self) -> PathBuf {
        self.folder.path().join("spin.toml")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// A core module, with the description of its component, as rustc writes it for `wasm32-unknown-unknown`.
pub fn module(name: &str, world: &str, placeholders: &[(&str, &str)]) -> Vec<u8> {
    let path = Path::new(FIXTURES).join(name);
    let text = fs::read_to_string(&path).expect("a fixture");
    let text = placeholders.iter().fold(text, |text, (placeholder, value)| text.replace(placeholder, value));
    let mut module = wat::parse_str(text).expect("a module");
    let mut resolve = Resolve::default();
    for package in INTERFACES {
        resolve.push_dir(package).expect("interfaces of the host");
    }
    let (package, _) = resolve.push_dir(Path::new(FIXTURES).join("wit")).expect("the interfaces of the fixtures");
    let world = resolve.select_world(&[package], Some(world)).expect("a world");
    wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("a description");
    module
}

/// Answers 200, 201, and then traps.
pub fn answering() -> Vec<u8> {
    module("answering.wat", "answering", &[])
}

/// Answers after `wait_ms`.
pub fn waiting(wait_ms: u64) -> Vec<u8> {
    module("waiting.wat", "waiting", &[("WAIT_MS", &wait_ms.to_string())])
}

/// Answers after it has computed for `compute_ms`.
pub fn computing(compute_ms: u64) -> Vec<u8> {
    module("computing.wat", "waiting", &[("COMPUTE_MS", &compute_ms.to_string())])
}

/// Computes without end at paths that begin with `/c`, waits without end at `/w`, and answers at others.
pub fn by_path() -> Vec<u8> {
    module("by_path.wat", "waiting", &[])
}

/// Begins a stream of events and computes without end.
pub fn streaming() -> Vec<u8> {
    module("streaming.wat", "waiting", &[("WAITS)", "0)")])
}

/// Begins a stream of events and waits without end.
pub fn streaming_slowly() -> Vec<u8> {
    module("streaming.wat", "waiting", &[("WAITS)", "1)")])
}

/// Answers with what `http://AUTHORITY/` answers, or with 500 + the number of the error code.
pub fn forwarding(authority: &str) -> Vec<u8> {
    forwarding_with(authority, "", 60_000, 60_000)
}

/// The same with a header in the request.
pub fn forwarding_header(authority: &str, header: &str) -> Vec<u8> {
    forwarding_with(authority, header, 60_000, 60_000)
}

/// The same, where a connection has to be there within `connect_ms`, and then the response within `first_byte_ms`.
pub fn forwarding_within(authority: &str, connect_ms: u64, first_byte_ms: u64) -> Vec<u8> {
    forwarding_with(authority, "", connect_ms, first_byte_ms)
}

fn forwarding_with(authority: &str, header: &str, connect_ms: u64, first_byte_ms: u64) -> Vec<u8> {
    let header_length = header.len().to_string();
    let (length, connect_ms, first_byte_ms) =
        (authority.len().to_string(), format!("{connect_ms}000000"), format!("{first_byte_ms}000000"));
    let placeholders = [
        ("AUTHORITY_LENGTH", length.as_str()),
        ("AUTHORITY", authority),
        ("HEADER_LENGTH", header_length.as_str()),
        ("HEADER", header),
        ("CONNECT_MS000000", &connect_ms),
        ("FIRST_BYTE_MS000000", &first_byte_ms),
    ];
    module("forwarding.wat", "forwarding", &placeholders)
}

/// Counts its requests in the store `default`, in two ways.
pub fn counting() -> Vec<u8> {
    module("counting.wat", "counting", &[])
}

/// Answers with what the dependency `wasi:http/handler@0.3.0` answers.
pub fn delegating() -> Vec<u8> {
    module("delegating.wat", "delegating", &[])
}

/// Answers 200 + the number of bytes of the component's variable `encryption_key`.
pub fn measuring() -> Vec<u8> {
    module("measuring.wat", "measuring", &[])
}

/// Prints as many pieces of 4 KiB to each of its standard streams and answers 200; traps when that fails.
pub fn printing(pieces: u32) -> Vec<u8> {
    module("printing.wat", "printing", &[("PIECES)", &format!("{pieces})"))])
}

/// A component that has these imports and exports, as instances without items.
pub fn component(imports: &[&str], exports: &[&str]) -> Vec<u8> {
    let imports: String = imports.iter().map(|name| format!("(import \"{name}\" (instance))")).collect();
    let exports: String = exports.iter().map(|name| format!("(export \"{name}\" (instance $empty))")).collect();
    wat::parse_str(format!("(component {imports} (instance $empty) {exports})")).expect("a component")
}
