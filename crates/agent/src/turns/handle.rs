//! An answer that can be read, and the ids by which a reader that was cut off goes on.

use robofy_kernel::{ChatbotId, Environment, MessageId, SessionId};
use robofy_store::chat::Channel;

use super::TurnLog;
use super::log::{Batch, INTERRUPTED};

/// A turn that can be read.
#[derive(Clone, Debug)]
pub struct Handle {
    /// The answer's id.
    pub message_id: MessageId,
    /// The session.
    pub session_id: SessionId,
    /// The agent.
    pub chatbot_id: ChatbotId,
    /// Live or test.
    pub environment: Environment,
    /// The channel.
    pub channel: Channel,
    /// Which run of the turn the log holds, from 1.
    pub run: i64,
    /// What happens.
    pub log: TurnLog,
}

/// Reads a turn's events, with their ids.
#[derive(Debug)]
pub struct Reader {
    handle: Handle,
    at: usize,
    lost: bool,
}

/// A `Last-Event-ID` that is no event of this answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not the id of an event of this answer")]
pub struct NotAnEvent;

impl Handle {
    /// Reads from the first event on.
    #[must_use]
    pub fn read(&self) -> Reader {
        Reader { handle: self.clone(), at: 0, lost: false }
    }

    /// Reads on after the event of this id. When the event was of an earlier run, which was interrupted, what followed is
    /// lost, and all that comes is an `error`: never the rest of another answer.
    ///
    /// # Errors
    /// When the id is none, or is of another answer.
    pub fn read_after(&self, last_event_id: &str) -> Result<Reader, NotAnEvent> {
        let (answer, number) = last_event_id.rsplit_once(':').ok_or(NotAnEvent)?;
        let (message, run) = answer.split_once('.').unwrap_or((answer, "1"));
        let (number, run) = (decimal(number)?, decimal(run)?);
        let latest = usize::try_from(self.run).map_err(|_| NotAnEvent)?;
        if message != self.message_id.as_str() || run == 0 || run > latest {
            return Err(NotAnEvent);
        }
        Ok(Reader { handle: self.clone(), at: number + 1, lost: run < latest })
    }
}

/// Digits only: no sign, no space.
fn decimal(text: &str) -> Result<usize, NotAnEvent> {
    let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().map_err(|_| NotAnEvent) } else { Err(NotAnEvent) }
}

impl Reader {
    /// The next events, at most `most`, as soon as there is one; `None` at the end. May be given up without loss.
    pub async fn next(&mut self, most: usize) -> Option<Batch> {
        let batch = if self.lost {
            (self.at <= INTERRUPTED).then(Batch::interrupted)
        } else {
            self.handle.log.batch(self.at, most).await
        };
        self.at = batch.as_ref()?.next();
        batch
    }

    /// The id of event `number`: `<message>:<number>`, and from the second run on `<message>.<run>:<number>`.
    #[must_use]
    pub fn id(&self, number: usize) -> String {
        match self.handle.run {
            1 => format!("{}:{number}", self.handle.message_id),
            run => format!("{}.{run}:{number}", self.handle.message_id),
        }
    }
}
