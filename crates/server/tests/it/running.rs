//! `serve` as a process: start, lock, signals.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::program::{clean, robofy, text};

/// A running server; killed when dropped.
pub struct Server {
    process: Child,
    /// What it printed until it was ready.
    said: String,
    address: String,
}

impl Server {
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_robofy"));
        clean(&mut command).current_dir(folder).arg("serve").args(arguments);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            said += &format!("{line}\n");
            if line.contains("Ctrl-C") {
                break;
            }
        }
        let address =
            said.lines().find_map(|line| line.strip_prefix("Robofy is ready: http://")).unwrap().to_owned();
        let address = address.replace("localhost", "127.0.0.1");
        Self { process, said, address }
    }

    fn get(&self, path: &str) -> String {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"))
    }

    /// Sends JSON with an API key; gives status and JSON of the answer.
    pub fn post(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        status_and_json(&self.exchange(&format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )))
    }

    /// Reads JSON with an API key.
    pub fn read(&self, path: &str, key: &str) -> (u16, Value) {
        status_and_json(&self.exchange(&format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {key}\r\n\r\n"
        )))
    }

    fn exchange(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    fn code(&mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }
}

fn status_and_json(answer: &str) -> (u16, Value) {
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap())
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        if self.process.kill().is_ok() {
            self.process.wait().unwrap();
        }
    }
}

#[test]
fn serves_from_a_fresh_folder_and_stops_on_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(folder.path(), &["--listen", "127.0.0.1:0"]);
        assert!(server.said.contains("and sign up") && !server.said.contains("code "), "{}", server.said);
        for path in ["/healthz", "/readyz", "/openapi.json", "/docs", "/"] {
            assert!(server.get(path).starts_with("HTTP/1.1 200"), "{path}");
        }
        server.signal(signal);
        assert_eq!(server.code(), Some(0));
    }
    assert!(folder.path().join("data/robofy.db").exists());
}

#[test]
fn a_folder_and_a_port_are_taken_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--listen", "127.0.0.1:0"]);
    let second = robofy(folder.path(), &["serve", "--listen", "127.0.0.1:0"], &[]);
    assert_eq!(second.status.code(), Some(1));
    assert!(
        text(&second.stderr).contains("another server uses the data folder ./data"),
        "{}",
        text(&second.stderr)
    );
    let third = robofy(folder.path(), &["serve", "--listen", &server.address, "--data-dir", "other"], &[]);
    assert_eq!(third.status.code(), Some(1));
    let said = text(&third.stderr);
    assert!(
        said.contains(&format!("cannot listen on {}", server.address)) && said.contains("--listen"),
        "{said}"
    );
}

#[test]
fn beyond_loopback_the_first_sign_up_needs_a_code() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in
        [&["--listen", "0.0.0.0:0"][..], &["--listen", "127.0.0.1:0", "--trusted-proxy", "10.0.0.0/8"]]
    {
        let server = Server::start(folder.path(), arguments);
        let code = server.said.lines().find_map(|line| line.trim().strip_prefix("code")).unwrap();
        assert_eq!(code.split_whitespace().next().unwrap().len(), 12);
    }
    let open = Server::start(folder.path(), &["--listen", "0.0.0.0:0", "--signup", "open"]);
    assert!(!open.said.contains("code "), "{}", open.said);
}

#[test]
fn the_document_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let printed = text(&robofy(folder.path(), &["openapi"], &[]).stdout);
    let committed =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json")).unwrap();
    assert!(printed == committed, "docs/openapi.json is out of date: run `make gen`");
}
