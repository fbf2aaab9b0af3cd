//! A crowd: many streams that are open at the same time, each on a connection of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use robofy_kernel::Stopwatch;
use tokio::task::JoinSet;

use super::listen::Heard;
use crate::load::{Call, Connection};
use crate::process::Server;
use crate::stats::{millis, percentile};

/// How often the server's memory is read.
const LOOK: Duration = Duration::from_millis(100);

/// How a crowd comes.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// How many.
    pub visitors: usize,
    /// How many come in a second; all at once when there is none.
    pub per_second: Option<usize>,
    /// How long one may take at most.
    pub patience: Duration,
}

/// What a crowd heard, and what it cost.
#[derive(Clone, Debug, Default)]
pub struct Gathering {
    /// What each heard.
    pub heard: Vec<Heard>,
    /// Processor time of the server meanwhile.
    pub cpu: Duration,
    /// The server's memory before they came, in bytes.
    pub before: u64,
    /// Its greatest while they were there.
    pub most: u64,
}

impl Crowd {
    /// Lets the crowd come, and waits until all have gone. Memory and processor time are those of `server`.
    ///
    /// # Errors
    /// When the server is gone.
    pub async fn gather(&self, server: &Server, make: impl Fn(usize) -> Call) -> anyhow::Result<Gathering> {
        let (cpu, before) = (server.cpu()?, server.memory()?);
        let (mut heard, mut most) = (Vec::with_capacity(self.visitors), before);
        {
            let all = self.all(server.address(), make, &mut heard);
            tokio::pin!(all);
            let mut look = tokio::time::interval(LOOK);
            loop {
                tokio::select! {
                    done = &mut all => break done?,
                    _ = look.tick() => most = most.max(server.memory()?),
                }
            }
        }
        Ok(Gathering { heard, cpu: server.cpu()?.saturating_sub(cpu), before, most })
    }

    async fn all(
        &self,
        address: SocketAddr,
        make: impl Fn(usize) -> Call,
        heard: &mut Vec<Heard>,
    ) -> anyhow::Result<()> {
        let watch = Arc::new(Stopwatch::start());
        let mut visitors = JoinSet::new();
        for number in 0..self.visitors {
            if let Some(rate) = self.per_second {
                let due = Duration::from_secs_f64(number as f64 / rate as f64);
                tokio::time::sleep(due.saturating_sub(watch.elapsed())).await;
            }
            visitors.spawn(visit(address, make(number), watch.clone(), self.patience));
            while let Some(done) = visitors.try_join_next() {
                heard.push(done.context("a visitor fell over")?);
            }
        }
        while let Some(done) = visitors.join_next().await {
            heard.push(done.context("a visitor fell over")?);
        }
        Ok(())
    }
}

/// One visitor, who gives up when their patience ends.
async fn visit(address: SocketAddr, call: Call, watch: Arc<Stopwatch>, patience: Duration) -> Heard {
    let mut heard = Heard { asked: watch.elapsed(), ..Heard::default() };
    let listening = async {
        match Connection::open(address).await {
            Ok(mut connection) => heard.listen(&mut connection, &call, &watch).await,
            Err(error) => heard.trouble = Some(format!("{error:#}")),
        }
    };
    if tokio::time::timeout(patience, listening).await.is_err() {
        heard.trouble = Some("out of patience".into());
    }
    if heard.ended.is_zero() {
        heard.ended = watch.elapsed();
    }
    heard
}

impl Gathering {
    /// How many streams were said to the end, word for word.
    #[must_use]
    pub fn whole(&self, text: &str) -> usize {
        self.heard.iter().filter(|heard| heard.is_whole(text)).count()
    }

    /// The most streams that were between their first token and their end at one moment.
    #[must_use]
    pub fn live(&self) -> usize {
        let mut steps: Vec<(Duration, i64)> = Vec::new();
        for heard in &self.heard {
            if let Some(&first) = heard.tokens.first() {
                steps.extend([(first, 1), (heard.ended, -1)]);
            }
        }
        // An end and a beginning at the same moment are not two at once.
        steps.sort_unstable();
        let (mut now, mut most) = (0, 0);
        for (_, step) in steps {
            now += step;
            most = most.max(now);
        }
        usize::try_from(most).unwrap_or(0)
    }

    /// A percentile of the times to the first token, in milliseconds.
    #[must_use]
    pub fn first(&self, percent: usize) -> f64 {
        let mut times: Vec<Duration> = self.heard.iter().filter_map(Heard::first).collect();
        millis(percentile(&mut times, percent))
    }

    /// A percentile of the times between tokens, in milliseconds.
    #[must_use]
    pub fn gap(&self, percent: usize) -> f64 {
        let mut times: Vec<Duration> = self.heard.iter().flat_map(Heard::gaps).collect();
        millis(percentile(&mut times, percent))
    }

    /// The median of the whole times, in milliseconds.
    #[must_use]
    pub fn whole_time(&self) -> f64 {
        let mut times: Vec<Duration> = self.heard.iter().map(Heard::whole).collect();
        millis(percentile(&mut times, 50))
    }

    /// Memory beyond that of the idle server, in bytes.
    #[must_use]
    pub fn over_idle(&self) -> f64 {
        self.most.saturating_sub(self.before) as f64
    }

    /// The first thing that went wrong, for a message.
    #[must_use]
    pub fn trouble(&self) -> String {
        let wrong = self.heard.iter().find(|heard| !heard.done || heard.failed || heard.trouble.is_some());
        wrong.map_or_else(String::new, |heard| {
            format!("status {:?}, {:?}, {} tokens", heard.status, heard.trouble, heard.tokens.len())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(first: u64, ended: u64) -> Heard {
        let millis = Duration::from_millis;
        Heard { tokens: vec![millis(first), millis(first + 20)], ended: millis(ended), ..Heard::default() }
    }

    #[test]
    fn live_are_those_between_first_token_and_end() {
        let silent = Heard::default();
        let gathering = Gathering {
            heard: vec![heard(0, 50), heard(30, 80), heard(50, 90), silent],
            ..Gathering::default()
        };
        assert_eq!(gathering.live(), 2);
        assert_eq!(gathering.gap(99), 20.0);
        assert_eq!(gathering.whole("x"), 0);
    }
}
