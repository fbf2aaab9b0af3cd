//! The `robofy` program: everything is in the library, so that tests and tools can reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    robofy_server::program(std::env::args_os())
}
