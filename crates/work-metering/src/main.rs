//! Has a WebAssembly module count its work: `work-metering MODULE UNCOUNTED [--strip]` rewrites the module in place.
//!
//! Every way round a loop and every call comes to count, whatever the code was compiled from: C that the compiler has
//! counted already, a C library that came compiled, Rust and its standard library. Moving and filling memory counts
//! by length. `UNCOUNTED` lists the functions that may go without, each with its reason.
//!
//! The module counts by functions that it exports under the names in [`counters`]; a module without them is left
//! as it is.

mod binary;
mod counters;
mod function;
mod loops;
mod module;
mod operator;
mod uncounted;

#[cfg(test)]
mod tests;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (path, list, strip) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [path, list] => (path, list, false),
        [path, list, "--strip"] => (path, list, true),
        _ => {
            eprintln!("usage: work-metering MODULE UNCOUNTED [--strip]");
            return ExitCode::from(2);
        }
    };
    match rewrite(path, list, strip) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("work-metering: {path}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn rewrite(path: &str, list: &str, strip: bool) -> Result<(), String> {
    let list = std::fs::read_to_string(list).map_err(|error| format!("{list}: {error}"))?;
    let module = std::fs::read(path).map_err(|error| error.to_string())?;
    let list = uncounted::List::read(&list)?;
    if let Some(counted) = module::count(&module, &list, strip)? {
        // Anew and not over the old one, which other names may share.
        let new = format!("{path}.counted");
        std::fs::write(&new, counted).map_err(|error| error.to_string())?;
        std::fs::rename(&new, path).map_err(|error| error.to_string())?;
    }
    Ok(())
}
