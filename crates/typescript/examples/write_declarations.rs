//! Writes every declaration that the tests know into a folder, for the real compiler to check
//! (`scripts/check-declarations`): fixtures with their uses, the corpus of real servers, hostile tools.
//!
//! Usage: `write_declarations FOLDER`. Each file is a module of its own and stands for one listing.

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use support::{DETAILS, Server, hostile};

/// Generated tools; fixed, so that a failure can be repeated.
const GENERATED: usize = 1_500;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).expect("usage: write_declarations FOLDER"));
    fs::create_dir_all(&folder)?;
    for path in support::fixtures() {
        let uses: String = ["accepts.ts", "rejects.ts"].iter().map(|file| read(&path.join(file))).collect();
        write(&folder, "fixture", &support::stem(&path), &support::fixture(&path), &uses)?;
    }
    for server in support::corpus() {
        write(&folder, "corpus", &server.alias, &server, "")?;
    }
    let hostile = hostile::made().into_iter().chain(hostile::generated(GENERATED));
    for (number, tool) in hostile.enumerate() {
        let server = Server { alias: "hostile".to_string(), tools: vec![tool] };
        write(&folder, "hostile", &format!("{number:04}"), &server, "")?;
    }
    let all = Server { alias: "all-words".to_string(), tools: hostile::made() };
    write(&folder, "hostile", "together", &all, "")
}

fn write(folder: &Path, kind: &str, name: &str, server: &Server, uses: &str) -> std::io::Result<()> {
    for (detail, detail_name) in DETAILS {
        let reached: String = server.callables().iter().map(|callable| format!("void {callable};\n")).collect();
        for (form, text) in [("hits", server.hits(detail)), ("listing", server.listing(detail))] {
            let text = text + uses + &reached + "export {};\n";
            fs::write(folder.join(format!("{kind}-{name}.{form}.{detail_name}.ts")), text)?;
        }
    }
    Ok(())
}

fn read(file: &Path) -> String {
    if !file.exists() {
        return String::new();
    }
    fs::read_to_string(file).expect("a fixture can be read")
}
