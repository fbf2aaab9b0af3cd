//! Streamed answers in turns: a few clients, each of which asks again when its answer is complete.

use std::time::Duration;

use robofy_kernel::Stopwatch;

use super::listen::Heard;
use crate::load::{Call, Connection};
use crate::process::Server;
use crate::stats::{millis, percentile};

/// What came of a turn.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// From each request to its first token.
    pub first: Vec<Duration>,
    /// From each request to its end.
    pub whole: Vec<Duration>,
    /// How long all took together.
    pub elapsed: Duration,
    /// Processor time of the server meanwhile.
    pub cpu: Duration,
}

impl Answers {
    /// A percentile of the times to the first token, in milliseconds.
    #[must_use]
    pub fn first(&self, percent: usize) -> f64 {
        millis(percentile(&mut self.first.clone(), percent))
    }

    /// A percentile of the whole times, in milliseconds.
    #[must_use]
    pub fn whole(&self, percent: usize) -> f64 {
        millis(percentile(&mut self.whole.clone(), percent))
    }

    /// Answers a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.first.len() as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// Processor milliseconds for each answer.
    #[must_use]
    pub fn cpu_each(&self) -> f64 {
        millis(self.cpu) / self.first.len().max(1) as f64
    }
}

/// So many clients ask so many times each, over a connection that stays open; `make` has a client's number and that of its
/// question. The first answer that is not `text`, word for word, ends it.
///
/// # Errors
/// A lost connection, or another answer.
pub async fn answers(
    server: &Server,
    clients: usize,
    each: usize,
    make: impl Fn(usize, usize) -> Call,
    text: &str,
) -> anyhow::Result<Answers> {
    let cpu = server.cpu()?;
    let watch = Stopwatch::start();
    let asking = (0..clients).map(|client| {
        let (make, watch) = (&make, &watch);
        async move {
            let mut connection = Connection::open(server.address()).await?;
            let mut times = Vec::with_capacity(each);
            for number in 0..each {
                let mut heard = Heard::default();
                heard.listen(&mut connection, &make(client, number), watch).await;
                heard.expect(text)?;
                times.push((heard.first().unwrap_or_default(), heard.whole()));
            }
            anyhow::Ok(times)
        }
    });
    let (first, whole) = futures::future::try_join_all(asking).await?.concat().into_iter().unzip();
    Ok(Answers { first, whole, elapsed: watch.elapsed(), cpu: server.cpu()?.saturating_sub(cpu) })
}
