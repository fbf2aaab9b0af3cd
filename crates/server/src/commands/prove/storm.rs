//! The storm: all clients at once, and somebody who kills the servers meanwhile.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use anyhow::Context as _;
use robofy_kernel::{Ids, Stopwatch};

use super::api::Shop;
use super::client::Client;
use super::history::Chain;
use super::history::Moment;
use super::line::{Call, Line, NoReply, Reply};
use super::nodes::{Door, Nodes};

/// How often the servers are killed: so often, and once more for every thousand attempts.
const KILLS: usize = 3;
/// How many of the starts that became free last are remembered.
const FREED: usize = 12;
/// How long nobody may be reached.
const PATIENCE: Duration = Duration::from_secs(180);

/// How large a proof is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Attempts of all clients together.
    pub attempts: usize,
    /// Clients, each with one attempt at a time.
    pub concurrency: usize,
    /// What the dice begin with.
    pub seed: u64,
}

/// What the clients share.
#[derive(Debug)]
pub struct Storm<'a> {
    /// What is fought for.
    pub shop: &'a Shop,
    nodes: &'a Nodes<'a>,
    watch: Stopwatch,
    size: Size,
    begun: Cell<usize>,
    freed: RefCell<VecDeque<usize>>,
}

impl<'a> Storm<'a> {
    /// Before the first attempt.
    pub fn new(shop: &'a Shop, nodes: &'a Nodes<'a>, size: Size) -> Self {
        let freed = RefCell::new(VecDeque::with_capacity(FREED));
        Self { shop, nodes, watch: Stopwatch::start(), size, begun: Cell::new(0), freed }
    }

    /// Runs to the last attempt. Gives all that was done.
    pub async fn rage(&self) -> anyhow::Result<Vec<Chain>> {
        let clients = (0..self.size.concurrency).map(|number| {
            let dice = Dice::new(self.size.seed, number + 1);
            Box::pin(Client::new(self, number, dice).run())
        });
        let killer = Box::pin(self.kill());
        let (chains, ()) = futures::future::try_join(futures::future::try_join_all(clients), killer).await?;
        Ok(chains.into_iter().flatten().collect())
    }

    /// The next attempt's number; `None` when all have been made.
    pub fn next_attempt(&self) -> Option<usize> {
        let number = self.begun.get();
        (number < self.size.attempts).then(|| {
            self.begun.set(number + 1);
            number
        })
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        Moment::try_from(self.watch.elapsed().as_micros()).unwrap_or(Moment::MAX)
    }

    /// Remembers a start that became free: others will want it.
    pub fn freed(&self, start: usize) {
        let mut freed = self.freed.borrow_mut();
        if freed.len() == FREED {
            freed.pop_front();
        }
        freed.push_back(start);
    }

    /// A start to ask for: often one that became free lately, or what stands in its way.
    pub fn tempting(&self, dice: &Dice) -> usize {
        let freed = self.freed.borrow();
        if freed.is_empty() || dice.below(100) < 35 {
            return dice.below(self.shop.calendar.len());
        }
        let start = freed[dice.below(freed.len())];
        let rivals = self.shop.calendar.rivals(start);
        if rivals.is_empty() || dice.below(100) < 70 { start } else { rivals[dice.below(rivals.len())] }
    }

    /// Kills one server after another, at attempts that the dice choose.
    async fn kill(&self) -> anyhow::Result<()> {
        let dice = Dice::new(self.size.seed, 0);
        let count = KILLS + self.size.attempts / 1_000;
        let mut times: Vec<usize> = (0..count).map(|_| dice.below(self.size.attempts.max(1))).collect();
        times.sort_unstable();
        for attempt in times {
            while self.begun.get() < attempt {
                self.nodes.check()?;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            let pause = Duration::from_millis(u64::try_from(dice.below(200))?);
            self.nodes.restart(dice.below(self.nodes.count()), pause).await?;
        }
        Ok(())
    }
}

/// Connections to all servers.
#[derive(Debug)]
pub struct Lines<'a> {
    nodes: &'a Nodes<'a>,
    credential: &'a str,
    open: Vec<Option<(Door, Line)>>,
}

impl<'a> Lines<'a> {
    /// None is open yet.
    pub fn new(storm: &Storm<'a>) -> Self {
        Self::to(storm.nodes, storm.shop)
    }

    /// The same outside of a storm.
    pub fn to(nodes: &'a Nodes<'a>, shop: &'a Shop) -> Self {
        let open = (0..nodes.count()).map(|_| None).collect();
        Self { nodes, credential: &shop.api_key, open }
    }

    /// Sends a request to a server, or to the next that is alive. `sent` is called just before.
    ///
    /// # Errors
    /// When no server can be reached.
    pub async fn send(
        &mut self,
        first: usize,
        call: &Call,
        mut sent: impl FnMut(),
    ) -> anyhow::Result<Result<Reply, NoReply>> {
        let (watch, credential) = (Stopwatch::start(), self.credential);
        let mut number = first % self.open.len();
        loop {
            if let Some(line) = self.line(number).await {
                sent();
                let reply = line.send(call, credential).await;
                if reply.is_err() {
                    self.open[number] = None;
                }
                return Ok(reply);
            }
            number = (number + 1) % self.open.len();
            if watch.elapsed() > PATIENCE {
                self.nodes.check()?;
                return Err(anyhow::anyhow!("no server can be reached"))
                    .context("the machine may be too busy");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// An open connection to a server, unless it is dead.
    async fn line(&mut self, number: usize) -> Option<&mut Line> {
        let door = self.nodes.door(number)?;
        let place = self.open.get_mut(number)?;
        if place.as_mut().is_none_or(|(open, line)| *open != door || line.is_over()) {
            // Who finds nobody there tries again: the server is on its way.
            *place = Line::open(door.address).await.ok().map(|line| (door, line));
        }
        place.as_mut().map(|(_, line)| line)
    }
}

/// Repeatable chance.
#[derive(Debug)]
pub struct Dice(Ids);

impl Dice {
    /// The dice of a client, different for each.
    pub fn new(seed: u64, number: usize) -> Self {
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        Self(Ids::seeded(seed.wrapping_mul(1_000_003).wrapping_add(number)))
    }

    /// A number below `end`, 0 when there is none.
    pub fn below(&self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(u64::from_le_bytes(self.0.bytes()) % end).unwrap_or(0)
    }

    /// Whether something happens that happens so often of a hundred times.
    pub fn percent(&self, chance: usize) -> bool {
        self.below(100) < chance
    }
}
