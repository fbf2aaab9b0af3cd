//! The parent's side: a pool of children.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::protocol::{
    self, BAD_JSON, BAD_TABLE, BINARY, DAMAGED, DONE, HEADER_BYTES, IMAGE_ONLY, MAX_RESPONSE, NO_TEXT, NUL,
    PROTECTED, TOO_LARGE, Task, UNREADABLE,
};
use crate::extract::{ExtractError, Extracted, Kind, MAX_FILE_BYTES, Read, WebPage, read_plain, web};

/// How an [`Extractor`] runs its children.
#[derive(Debug, Clone)]
pub struct ExtractorConfig {
    /// The program whose `args` lead to [`serve`](super::serve); usually this very program.
    pub program: PathBuf,
    /// What the program is called with, `["extract"]` for `robofy`.
    pub args: Vec<OsString>,
    /// Children that work at the same time; further files wait.
    pub concurrency: usize,
    /// How long one file may take, from the first byte sent to the last byte answered. The processor time that a
    /// child allows itself is the closer limit; this one is for a child that hangs, and leaves room for a child that
    /// waits its turn, at low priority, on a busy machine.
    pub time_limit: Duration,
    /// Files after which a child is replaced, so that nothing one file leaves behind lasts.
    pub files_per_child: usize,
}

impl ExtractorConfig {
    /// The usual limits for a program: three children (two for a crawl, one for whoever waits), a minute for a file, a new
    /// child after 100 files.
    #[must_use]
    pub fn new(program: PathBuf, args: Vec<OsString>) -> Self {
        Self { program, args, concurrency: 3, time_limit: Duration::from_secs(60), files_per_child: 100 }
    }
}

/// Reads files of every accepted kind; markup and documents in child processes.
///
/// Share one per process. Dropping it ends its children.
#[derive(Debug)]
pub struct Extractor {
    config: ExtractorConfig,
    /// One for each child.
    slots: Semaphore,
    /// One for each child but one.
    background: Semaphore,
    /// Files that are read in this process at the same time.
    plain: Arc<Semaphore>,
    idle: Mutex<Vec<Reader>>,
}

/// Held while something is read that nobody waits for.
#[derive(Debug)]
#[must_use = "dropping it gives the place away"]
pub struct Background<'e> {
    _place: SemaphorePermit<'e>,
}

/// A running child.
#[derive(Debug)]
struct Reader {
    /// Ends the process when dropped.
    process: Child,
    input: ChildStdin,
    output: ChildStdout,
    /// Files read so far.
    files: usize,
}

/// How talking to a child failed.
enum Failure {
    /// It ended, or closed its pipes, before it answered anything.
    Gone,
    /// It did anything else but answer.
    Broken(String),
}

impl Extractor {
    /// A pool; children are started when they are needed.
    #[must_use]
    pub fn new(config: ExtractorConfig) -> Self {
        let children = config.concurrency.max(1);
        Self {
            config,
            slots: Semaphore::new(children),
            background: Semaphore::new((children - 1).max(1)),
            plain: Arc::new(Semaphore::new(children)),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Waits for a place among those who read what nobody waits for. They have all children but one, so that somebody's
    /// file never queues behind a crawl; an only child they share.
    ///
    /// # Errors
    ///
    /// [`ExtractError::Closed`].
    pub async fn background(&self) -> Result<Background<'_>, ExtractError> {
        let place = self.background.acquire().await.map_err(|_| ExtractError::Closed)?;
        Ok(Background { _place: place })
    }

    /// Reads a file of any accepted kind; [`Kind::detect`] decides what it is.
    ///
    /// # Errors
    ///
    /// See [`ExtractError`]. Whatever happens to a child is an error of this one call.
    pub async fn extract<B>(&self, file_name: &str, bytes: B) -> Result<Extracted, ExtractError>
    where
        B: AsRef<[u8]> + Send + Sync + 'static,
    {
        let name = file_name.to_owned();
        let (kind, bytes) = self.beside(move || (Kind::detect(&name, bytes.as_ref()), bytes)).await?;
        self.extract_as(kind?, bytes).await
    }

    /// Reads a file of a known kind.
    ///
    /// # Errors
    ///
    /// See [`ExtractError`]. Whatever happens to a child is an error of this one call.
    pub async fn extract_as<B>(&self, kind: Kind, bytes: B) -> Result<Extracted, ExtractError>
    where
        B: AsRef<[u8]> + Send + Sync + 'static,
    {
        if bytes.as_ref().len() > MAX_FILE_BYTES {
            return Err(ExtractError::FileTooLarge);
        }
        if kind.needs_child(bytes.as_ref().len()) {
            return self.read_in_child(Task::File(kind), bytes.as_ref()).await;
        }
        let (read, bytes) = self.beside(move || (read_plain(kind, bytes.as_ref()), bytes)).await?;
        match read? {
            Read::Done(extracted) => Ok(extracted),
            Read::NeedsChild => self.read_in_child(Task::File(kind), bytes.as_ref()).await,
        }
    }

    /// Runs work on a thread that serves nobody: ten megabytes take a tenth of a second to decode. So many at once as there
    /// may be children, because each holds its file and its text.
    async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ExtractError> {
        let place = Arc::clone(&self.plain).acquire_owned().await.map_err(|_| ExtractError::Closed)?;
        let placed = move || {
            let done = work();
            drop(place);
            done
        };
        tokio::task::spawn_blocking(placed).await.map_err(|_| ExtractError::Closed)
    }

    /// Reads a page of the web, which may be without words. `charset` is the label that the `Content-Type` header gave;
    /// one that is unknown counts as none.
    ///
    /// # Errors
    ///
    /// See [`ExtractError`]. Whatever happens to a child is an error of this one call.
    pub async fn read_page<B>(&self, bytes: B, charset: Option<&str>) -> Result<WebPage, ExtractError>
    where
        B: AsRef<[u8]> + Send + Sync,
    {
        if bytes.as_ref().len() > MAX_FILE_BYTES {
            return Err(ExtractError::FileTooLarge);
        }
        let charset = charset.and_then(web::told_charset);
        self.read_in_child(Task::WebPage(charset), bytes.as_ref()).await
    }

    /// The process ids of the children that wait for work.
    #[must_use]
    pub fn idle_processes(&self) -> Vec<u32> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.iter().filter_map(|reader| reader.process.id()).collect()
    }

    /// Reads a file in a child.
    async fn read_in_child<T: DeserializeOwned>(&self, task: Task, bytes: &[u8]) -> Result<T, ExtractError> {
        let _slot = self.slots.acquire().await.map_err(|_| ExtractError::Closed)?;
        if let Some(reader) = self.take_idle() {
            match self.ask(reader, task, bytes).await {
                // It ended while nobody asked it anything; that says nothing about this file.
                Err(Failure::Gone) => {}
                Err(Failure::Broken(reason)) => return Err(ExtractError::Unreadable(reason)),
                Ok(result) => return result,
            }
        }
        match self.ask(self.start()?, task, bytes).await {
            Ok(result) => result,
            Err(Failure::Broken(reason)) => Err(ExtractError::Unreadable(reason)),
            Err(Failure::Gone) => Err(ExtractError::Unreadable(
                "its reader ended before it was done; the file needs too much memory or processor time"
                    .to_owned(),
            )),
        }
    }

    /// Sends a file to a child and waits for the text; on success the child goes back to the pool.
    async fn ask<T: DeserializeOwned>(
        &self,
        mut reader: Reader,
        task: Task,
        bytes: &[u8],
    ) -> Result<Result<T, ExtractError>, Failure> {
        let answered = tokio::time::timeout(self.config.time_limit, reader.exchange(task, bytes)).await;
        let (response, body) = match answered {
            Ok(answer) => answer?,
            Err(_) => {
                let limit = self.config.time_limit.as_secs_f32();
                return Err(Failure::Broken(format!("it took longer than {limit} seconds")));
            }
        };
        let result = match response {
            DONE => match serde_json::from_slice(&body) {
                Ok(read) => Ok(read),
                Err(error) => {
                    return Err(Failure::Broken(format!("its reader gave a malformed answer ({error})")));
                }
            },
            NO_TEXT => Err(ExtractError::NoText),
            NUL => Err(ExtractError::Nul),
            BINARY => Err(ExtractError::Binary),
            TOO_LARGE => Err(ExtractError::TextTooLarge),
            PROTECTED => Err(ExtractError::Protected),
            IMAGE_ONLY => Err(ExtractError::ImageOnly),
            DAMAGED => Err(ExtractError::Damaged(String::from_utf8_lossy(&body).into_owned())),
            BAD_JSON => Err(ExtractError::Json(String::from_utf8_lossy(&body).into_owned())),
            BAD_TABLE => Err(ExtractError::Csv(String::from_utf8_lossy(&body).into_owned())),
            UNREADABLE => Err(ExtractError::Unreadable(String::from_utf8_lossy(&body).into_owned())),
            _ => return Err(Failure::Broken("its reader gave an unknown answer".to_owned())),
        };
        reader.files += 1;
        if reader.files < self.config.files_per_child {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        }
        Ok(result)
    }

    /// A child that waits for work and still runs.
    fn take_idle(&self) -> Option<Reader> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(mut reader) = idle.pop() {
            if matches!(reader.process.try_wait(), Ok(None)) {
                return Some(reader);
            }
        }
        None
    }

    /// Starts a child: no environment, no descriptors but its pipes, ended when its handle is dropped.
    fn start(&self) -> Result<Reader, ExtractError> {
        let fail =
            |source| ExtractError::CannotStart { program: self.config.program.display().to_string(), source };
        let mut process = Command::new(&self.config.program)
            .args(&self.config.args)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(fail)?;
        match (process.stdin.take(), process.stdout.take()) {
            (Some(input), Some(output)) => Ok(Reader { process, input, output, files: 0 }),
            (_, _) => Err(fail(io::Error::other("its pipes are missing"))),
        }
    }
}

impl Reader {
    /// One request and its response.
    async fn exchange(&mut self, task: Task, bytes: &[u8]) -> Result<(u8, Vec<u8>), Failure> {
        let (request, head) =
            task.request().ok_or_else(|| Failure::Broken("no reader takes this kind of file".to_owned()))?;
        let header = protocol::header(request, head.len() + bytes.len())
            .map_err(|e| Failure::Broken(e.to_string()))?;
        let Self { input, output, .. } = self;
        // A child that talks instead of listening must not block us while we write.
        let send = async {
            input.write_all(&header).await?;
            input.write_all(head.as_bytes()).await?;
            input.write_all(bytes).await?;
            input.flush().await
        };
        let send = async { send.await.map_err(|_: io::Error| Failure::Gone) };
        let receive = async {
            let mut header = [0_u8; HEADER_BYTES];
            output.read_exact(&mut header).await.map_err(|_| Failure::Gone)?;
            let (response, length) = protocol::parse_header(header, MAX_RESPONSE)
                .map_err(|e| Failure::Broken(format!("its reader gave a malformed answer ({e})")))?;
            // What is announced is not believed before it comes: the buffer grows with the bytes.
            let mut body = Vec::new();
            let wanted = u64::try_from(length).unwrap_or(u64::MAX);
            let got = output.take(wanted).read_to_end(&mut body).await;
            match got {
                Ok(got) if got == length => Ok((response, body)),
                Ok(_) | Err(_) => {
                    Err(Failure::Broken("its reader ended in the middle of its answer".to_owned()))
                }
            }
        };
        let ((), answer) = tokio::try_join!(send, receive)?;
        Ok(answer)
    }
}
