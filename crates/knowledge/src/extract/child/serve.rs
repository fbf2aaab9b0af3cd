//! The child's side.

use std::io::{self, Read, Write};

use rlimit::Resource;
use serde::Serialize;

use super::protocol::{
    self, BAD_JSON, BAD_TABLE, BINARY, DAMAGED, DONE, HEADER_BYTES, IMAGE_ONLY, MAX_REQUEST, NO_TEXT, NUL,
    PROTECTED, TOO_LARGE, Task, UNREADABLE,
};
use crate::extract::{ExtractError, read_confined, web};

/// What the child allows itself.
#[derive(Debug, Clone, Copy)]
pub struct ChildLimits {
    /// Address space, in bytes. A page of 10 MB needs about a tenth of this, a large workbook half; a file that needs
    /// more is a trap.
    pub memory_bytes: u64,
    /// Processor time for one file, in seconds.
    pub cpu_seconds: u64,
}

impl Default for ChildLimits {
    fn default() -> Self {
        Self { memory_bytes: 1024 * 1024 * 1024, cpu_seconds: 20 }
    }
}

/// Reads files as they are asked for, until the input ends.
///
/// First of all the process takes away from itself, for good: whatever it inherited beside its three standard streams,
/// memory beyond the limit, core dumps, writing files, and opening anything (no descriptor may be had any more, not
/// even in the place of a stream that is closed: no file, no socket, no database). Then it lowers its priority. A panic ends the process; the parent takes another one.
///
/// Call it from a program that has started no other thread.
///
/// # Errors
///
/// If a limit cannot be set (nothing is read then), or the parent's frames are malformed.
pub fn serve(limits: ChildLimits, mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    confine(limits)?;
    loop {
        let mut header = [0_u8; HEADER_BYTES];
        match input.read_exact(&mut header) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
        let (request, length) = protocol::parse_header(header, MAX_REQUEST)?;
        let mut bytes = vec![0_u8; length];
        input.read_exact(&mut bytes)?;
        allow_processor_time(limits.cpu_seconds)?;
        let (task, start) =
            Task::of(request, &bytes).ok_or_else(|| protocol::invalid("an unknown request"))?;
        let (response, body) = match task {
            Task::File(kind) => answer(read_confined(kind, bytes))?,
            Task::WebPage(charset) => answer(web::read(bytes.get(start..).unwrap_or_default(), charset))?,
        };
        output.write_all(&protocol::header(response, body.len())?)?;
        output.write_all(&body)?;
        output.flush()?;
    }
}

/// The frame for a result.
fn answer(result: Result<impl Serialize, ExtractError>) -> io::Result<(u8, Vec<u8>)> {
    Ok(match result {
        Ok(read) => (DONE, serde_json::to_vec(&read)?),
        Err(ExtractError::NoText) => (NO_TEXT, Vec::new()),
        Err(ExtractError::Nul) => (NUL, Vec::new()),
        Err(ExtractError::Binary) => (BINARY, Vec::new()),
        Err(ExtractError::TextTooLarge | ExtractError::FileTooLarge) => (TOO_LARGE, Vec::new()),
        Err(ExtractError::Protected) => (PROTECTED, Vec::new()),
        Err(ExtractError::ImageOnly) => (IMAGE_ONLY, Vec::new()),
        Err(ExtractError::Damaged(reason)) => (DAMAGED, reason.into_bytes()),
        Err(ExtractError::Json(place)) => (BAD_JSON, place.into_bytes()),
        Err(ExtractError::Csv(place)) => (BAD_TABLE, place.into_bytes()),
        Err(ExtractError::Unreadable(reason)) => (UNREADABLE, reason.into_bytes()),
        Err(other) => (UNREADABLE, other.to_string().into_bytes()),
    })
}

/// Takes away what parsing does not need.
fn confine(limits: ChildLimits) -> io::Result<()> {
    close_inherited();
    rlimit::setrlimit(Resource::AS, limits.memory_bytes, limits.memory_bytes)?;
    rlimit::setrlimit(Resource::CORE, 0, 0)?;
    rlimit::setrlimit(Resource::FSIZE, 0, 0)?;
    // Standard input, output and error are open and stay so; a limit of three would let each be closed for another.
    rlimit::setrlimit(Resource::NOFILE, 0, 0)?;
    // A lower priority is a courtesy, not a limit: where the system refuses it, reading goes on.
    let _courtesy = rustix::process::nice(15);
    Ok(())
}

/// Closes what whoever started our parent left open. Call it before anything is opened.
fn close_inherited() {
    let open: Vec<i32> = match std::fs::read_dir("/proc/self/fd") {
        Ok(entries) => {
            entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
        }
        // Where the system does not list them, the numbers that descriptors have in practice.
        Err(_) => (3..1024).collect(),
    };
    for descriptor in open.into_iter().filter(|descriptor| *descriptor > 2) {
        // One that is closed already, as the list's own, cannot be closed again; that is all that can fail.
        let _closed_already = nix::unistd::close(descriptor);
    }
}

/// Allows this process `seconds` more than it has used. Past that the system ends it.
fn allow_processor_time(seconds: u64) -> io::Result<()> {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime).tv_sec;
    let until = u64::try_from(used).unwrap_or(0).saturating_add(seconds).saturating_add(1);
    let (_, most) = rlimit::getrlimit(Resource::CPU)?;
    rlimit::setrlimit(Resource::CPU, until.min(most), most)
}
