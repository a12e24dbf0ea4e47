//! The command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    vmsc::cli::main()
}
