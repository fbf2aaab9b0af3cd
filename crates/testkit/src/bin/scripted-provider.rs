//! A scripted model provider on a port of its own, for suites and measurements in other languages.
//!
//! `scripted-provider [ADDRESS]` (default `127.0.0.1:0`) prints `{"address":"…","base_url":"…"}` on one line, and serves
//! until it is ended, or until its standard input closes when that is a pipe and `--with-stdin` is given.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its address is told on stdout, its troubles on stderr"
)]

use std::io::Read as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use robofy_testkit::provider;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let with_stdin = arguments
        .iter()
        .position(|argument| argument == "--with-stdin")
        .map(|at| arguments.remove(at))
        .is_some();
    let address = arguments.first().map_or("127.0.0.1:0", String::as_str);
    let Ok(address) = address.parse::<SocketAddr>() else {
        eprintln!("scripted-provider: {address} is no address; write one as 127.0.0.1:9000");
        return ExitCode::FAILURE;
    };
    if with_stdin {
        // Whoever started it is gone when the pipe closes: nothing is left behind.
        std::thread::spawn(|| {
            let read = std::io::stdin().read_to_end(&mut Vec::new());
            std::process::exit(i32::from(read.is_err()));
        });
    }
    // Each stream is a descriptor, and the usual soft limit is 1,024.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        eprintln!("scripted-provider: the limit of open files stays as it is: {error}");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&error),
    };
    let served = runtime.block_on(async {
        let listener = provider::listener(address)?;
        let address = listener.local_addr()?;
        println!(r#"{{"address":"{address}","base_url":"http://{address}/v1"}}"#);
        provider::serve(listener).await;
        std::io::Result::Ok(())
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&error),
    }
}

fn refuse(error: &std::io::Error) -> ExitCode {
    eprintln!("scripted-provider: {error}");
    ExitCode::FAILURE
}
