//! The command `bobbin`.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod cli;
mod embedded;

use bobbin::output;
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let status = match cli::run(cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::log(error);
            ExitCode::FAILURE
        }
    };
    output::flush();
    status
}
