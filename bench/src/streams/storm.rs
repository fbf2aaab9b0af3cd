//! A storm: all visitors lose their connections at one moment, in the middle of their answers, and come back at once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use robofy_kernel::Stopwatch;
use tokio::task::JoinSet;

use super::listen::Heard;
use crate::load::{Call, Connection};

/// How a storm comes.
#[derive(Clone, Copy, Debug)]
pub struct Storm {
    /// How many visitors.
    pub visitors: usize,
    /// How many come in a second, at first.
    pub per_second: usize,
    /// When all connections are cut, after the first has come.
    pub cut: Duration,
    /// How long one may take at most.
    pub patience: Duration,
}

/// What a visitor heard before and after the cut together.
#[derive(Clone, Debug)]
pub struct Weathered {
    /// All of it.
    pub heard: Heard,
    /// From the cut to the first token that came after it.
    pub away: Option<Duration>,
}

impl Storm {
    /// Runs it. `ask` makes a visitor's question, `rest` the request for what follows an event of an answer.
    ///
    /// # Errors
    /// When a stream ends before the cut, or has not begun by then: then nothing is resumed.
    pub async fn run(
        &self,
        address: SocketAddr,
        ask: impl Fn(usize) -> Call,
        rest: impl Fn(&str, &str) -> Call + Clone + Send + 'static,
    ) -> anyhow::Result<Vec<Weathered>> {
        let watch = Arc::new(Stopwatch::start());
        let mut visitors = JoinSet::new();
        for number in 0..self.visitors {
            let due = Duration::from_secs_f64(number as f64 / self.per_second as f64);
            tokio::time::sleep(due.saturating_sub(watch.elapsed())).await;
            let (storm, call, rest, watch) = (*self, ask(number), rest.clone(), watch.clone());
            visitors.spawn(async move {
                let weathered = storm.visit(address, &call, rest, &watch);
                tokio::time::timeout(storm.patience, weathered).await.context("out of patience")?
            });
        }
        let mut all = Vec::with_capacity(self.visitors);
        while let Some(done) = visitors.join_next().await {
            all.push(done.context("a visitor fell over")??);
        }
        Ok(all)
    }

    async fn visit(
        &self,
        address: SocketAddr,
        call: &Call,
        rest: impl Fn(&str, &str) -> Call,
        watch: &Stopwatch,
    ) -> anyhow::Result<Weathered> {
        let mut heard = Heard::default();
        let mut connection = Connection::open(address).await?;
        let cut = tokio::time::sleep(self.cut.saturating_sub(watch.elapsed()));
        tokio::select! {
            () = cut => {}
            () = heard.listen(&mut connection, call, watch) => bail!(
                "a stream ended before the cut: status {:?}, {:?}", heard.status, heard.trouble
            ),
        }
        drop(connection);
        let gone = watch.elapsed();
        let (Some(message), Some((last, _))) = (heard.message.clone(), heard.last_event.clone()) else {
            bail!("a stream had not begun when it was cut");
        };
        let before = heard.tokens.len();
        let mut connection = Connection::open(address).await?;
        heard.listen(&mut connection, &rest(&message, &last), watch).await;
        let away = heard.tokens.get(before).map(|first| first.saturating_sub(gone));
        Ok(Weathered { heard, away })
    }
}
