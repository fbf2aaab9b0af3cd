//! The file reader as a program of its own, for this crate's tests: `robofy extract` does the same, and the other
//! modes are children that misbehave.

use std::io::{self, Read, Write};

use robofy_knowledge::extract::child::{ChildLimits, serve};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (input, mut output) = (io::stdin().lock(), io::stdout().lock());
    match arguments.next().as_deref() {
        Some("extract") => serve(ChildLimits::default(), input, output),
        Some("small") => {
            serve(ChildLimits { memory_bytes: 96 * 1024 * 1024, ..ChildLimits::default() }, input, output)
        }
        Some("quick") => serve(ChildLimits { cpu_seconds: 1, ..ChildLimits::default() }, input, output),
        Some("loop") => loop {
            std::hint::spin_loop();
        },
        Some("garbage") => output.write_all(b"thread 'main' panicked at something\n"),
        Some("flood") => loop {
            output.write_all(&[b'x'; 65536])?;
        },
        Some("boast") => {
            // Announces more than it may send.
            output.write_all(b"RBX1\x0a\xff\xff\xff\xff")?;
            output.flush()?;
            read_all(input)
        }
        Some("stop") => {
            output.write_all(b"RBX1\x0a\x10\x00\x00\x00{\"text\"")?;
            output.flush()
        }
        Some("look") => look(input, output),
        Some(_) | None => Err(io::Error::other("call it with the mode of a child")),
    }
}

/// Waits until the parent goes away.
fn read_all(mut input: impl Read) -> io::Result<()> {
    io::copy(&mut input, &mut io::sink()).map(|_| ())
}

/// Confines itself as a reader does, and answers with what it still has and can.
fn look(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    serve(ChildLimits::default(), io::empty(), io::sink())?;
    let variables = std::env::vars_os().count();
    // A parser that is taken over may close a stream, but has no use of its place.
    nix::unistd::close(2).map_err(io::Error::other)?;
    // With no descriptor to spare, its own list cannot be opened either.
    let list = std::fs::read_dir("/proc/self/fd").is_ok();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").is_ok();
    let inherited = (3..64).filter(|fd| std::fs::read_link(format!("/proc/self/fd/{fd}")).is_ok()).count();
    let seen = format!("{variables} variables, {inherited} inherited, files: {list}, sockets: {socket}");
    let mut header = [0_u8; 9];
    input.read_exact(&mut header)?;
    let length = u8::try_from(seen.len()).map_err(io::Error::other)?;
    output.write_all(&[b'R', b'B', b'X', b'1', 15, length, 0, 0, 0])?;
    output.write_all(seen.as_bytes())?;
    output.flush()?;
    read_all(input)
}
