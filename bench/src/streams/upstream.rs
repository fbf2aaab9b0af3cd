//! A language model that says what its script says, in OpenAI's dialect, one write for each token.
//!
//! It is written on sockets directly so that it costs little beside what is measured: every server under test talks to it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::script::{Counters, Script};

/// The most that is read of a request.
const LONGEST: usize = 4 << 20;

/// The head of a streamed answer.
const STREAM: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n\
    transfer-encoding: chunked\r\n\r\n";

/// What all connections share.
#[derive(Debug)]
struct Model(Mutex<State>);

#[derive(Debug)]
struct State {
    script: Script,
    events: Arc<Vec<Vec<u8>>>,
    counters: Counters,
}

impl Model {
    fn with<T>(&self, what: impl FnOnce(&mut State) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Serves until the process is ended. `PUT /script` says how answers are said from then on, `GET /counters` tells what was
/// asked.
///
/// # Errors
/// When the address is taken.
pub async fn serve(address: SocketAddr) -> anyhow::Result<()> {
    let listener = super::listener(address)?;
    let script = Script { tokens: 32, delay: 0 };
    let state = State { script, events: Arc::new(script.events()), counters: Counters::default() };
    let model = Arc::new(Model(Mutex::new(state)));
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = open.join_next() => {}
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                stream.set_nodelay(true)?;
                let model = model.clone();
                // An error is a caller that went away.
                open.spawn(async move { Caller { stream, read: Vec::new() }.serve(&model).await });
            }
        }
    }
}

/// A connection, and what was read of it and not used yet.
struct Caller {
    stream: TcpStream,
    read: Vec<u8>,
}

/// A request: its first line and its body.
#[derive(Debug, PartialEq)]
struct Request {
    line: String,
    body: Vec<u8>,
}

impl Caller {
    async fn serve(&mut self, model: &Model) -> io::Result<()> {
        while let Some(request) = self.request().await? {
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            if request.line.starts_with("POST ") && path.ends_with("/chat/completions") {
                self.say(model, request.body.len()).await?;
                continue;
            }
            let (status, body) = match path {
                "/readyz" => ("200 OK", String::from("ready")),
                "/counters" => {
                    ("200 OK", serde_json::to_string(&model.with(|state| state.counters)).unwrap_or_default())
                }
                "/script" => match serde_json::from_slice::<Script>(&request.body) {
                    Ok(script) => {
                        let events = Arc::new(script.events());
                        model.with(|state| (state.script, state.events) = (script, events));
                        ("200 OK", String::from("set"))
                    }
                    Err(error) => ("400 Bad Request", error.to_string()),
                },
                _ => ("404 Not Found", String::from("there is nothing here")),
            };
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            self.stream.write_all(answer.as_bytes()).await?;
        }
        Ok(())
    }

    /// The next request; nothing when the caller is done.
    async fn request(&mut self) -> io::Result<Option<Request>> {
        loop {
            if let Some((request, length)) = parse(&self.read)? {
                self.read.drain(..length);
                return Ok(Some(request));
            }
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// Says an answer, each token when its time has come, counted from the call: a late one delays no other.
    async fn say(&mut self, model: &Model, bytes: usize) -> io::Result<()> {
        let (script, events) = model.with(|state| {
            state.counters.calls += 1;
            state.counters.bytes += bytes as u64;
            (state.script, state.events.clone())
        });
        let said = self.events(script, &events).await;
        model.with(|state| match said {
            Ok(()) => state.counters.finished += 1,
            Err(_) => state.counters.left += 1,
        });
        said
    }

    async fn events(&mut self, script: Script, events: &[Vec<u8>]) -> io::Result<()> {
        self.stream.write_all(STREAM).await?;
        #[expect(clippy::disallowed_methods, reason = "the start of a timetable, not a measurement")]
        let begun = Instant::now();
        for (number, event) in events.iter().enumerate() {
            // The role goes first, at once; what follows the tokens comes with the last one.
            let due = number.min(script.tokens) as u64 * script.delay;
            if due > 0 && number <= script.tokens {
                self.wait(begun + Duration::from_millis(due)).await?;
            }
            self.stream.write_all(event).await?;
        }
        self.stream.write_all(b"0\r\n\r\n").await
    }

    /// Waits for a moment.
    ///
    /// # Errors
    /// When the caller goes away meanwhile.
    async fn wait(&mut self, moment: Instant) -> io::Result<()> {
        let due = sleep_until(moment);
        tokio::pin!(due);
        loop {
            tokio::select! {
                () = &mut due => return Ok(()),
                read = self.stream.read_buf(&mut self.read) => if read? == 0 {
                    return Err(io::ErrorKind::ConnectionAborted.into());
                }
            }
        }
    }
}

/// A request at the beginning of what was read, and how long it is; nothing when more is to come.
fn parse(read: &[u8]) -> io::Result<Option<(Request, usize)>> {
    let refuse = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    if read.len() > LONGEST {
        return refuse("the request is too long");
    }
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = String::from_utf8_lossy(&read[..end]);
    let mut lines = head.split("\r\n");
    let line = lines.next().unwrap_or_default().to_owned();
    let mut length = 0;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            let Ok(bytes) = value.trim().parse::<usize>() else { return refuse("what length is that?") };
            length = bytes.min(LONGEST);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return refuse("bodies without a length are not read");
        }
    }
    let (from, to) = (end + 4, end + 4 + length);
    Ok(read.get(from..to).map(|body| (Request { line, body: body.to_vec() }, to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_when_it_is_whole() {
        let whole = b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /";
        for part in 0..whole.len() - 5 {
            assert_eq!(parse(&whole[..part]).unwrap(), None, "{part}");
        }
        let (request, length) = parse(whole).unwrap().unwrap();
        assert_eq!(request, Request { line: "POST /x HTTP/1.1".into(), body: b"abc".to_vec() });
        assert_eq!(length, whole.len() - 5);
        assert!(parse(b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }
}
