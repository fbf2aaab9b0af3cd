//! After the storm: what is there is read, what is free is sold, and everything is asked for once more.

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use super::api::Shop;
use super::calendar::{SERVICES, Start, Wish};
use super::history::{Ask, Free, Listed};
use super::line::{Call, Reply};
use super::storm::{Dice, Lines};

/// How often a reading is tried: a connection may have been left behind by a server that was killed.
const TRIES: usize = 5;

/// Reads and buys while nothing else happens.
#[derive(Debug)]
pub struct Finish<'a> {
    shop: &'a Shop,
    lines: Lines<'a>,
    dice: Dice,
    asked: usize,
}

impl<'a> Finish<'a> {
    /// Whoever comes after the storm.
    pub fn new(shop: &'a Shop, lines: Lines<'a>, dice: Dice) -> Self {
        Self { shop, lines, dice, asked: 0 }
    }

    /// All bookings.
    pub async fn bookings(&mut self) -> anyhow::Result<Vec<Listed>> {
        let (mut bookings, mut token) = (Vec::new(), None);
        loop {
            let data = self.read(&self.shop.bookings(token.as_deref())).await?;
            let page = data["bookings"].as_array().context("a list of bookings has none")?;
            bookings.extend(page.iter().map(|booking| self.shop.read_booking(booking)));
            match data["next_page_token"].as_str() {
                Some(next) => token = Some(next.to_owned()),
                None => return Ok(bookings),
            }
        }
    }

    /// All free slots.
    pub async fn free(&mut self) -> anyhow::Result<Vec<Free>> {
        let mut free = Vec::new();
        for service in 0..SERVICES.len() {
            let data = self.read(&self.shop.slots(service)).await?;
            ensure!(data["next_page_token"].is_null(), "a day of slots has more than one page");
            let slots = data["slots"].as_array().context("a list of slots has none")?;
            free.extend(slots.iter().map(|slot| self.shop.read_free(service, slot)));
        }
        Ok(free)
    }

    /// Sells seat after seat of what is shown as free, until nothing is.
    pub async fn fill(&mut self) -> anyhow::Result<Vec<Ask>> {
        let mut asks = Vec::new();
        let seats: usize = SERVICES.iter().map(|terms| terms.seats as usize).sum();
        for _ in 0..self.shop.calendar.len() * seats {
            let free: Vec<usize> = self.free().await?.iter().filter_map(|free| free.start).collect();
            if free.is_empty() {
                return Ok(asks);
            }
            let start = free[self.dice.below(free.len())];
            asks.push(self.ask(start).await?);
        }
        // What cannot be bought stays free: the checker says so.
        Ok(asks)
    }

    /// Asks for every start.
    pub async fn ask_for_all(&mut self) -> anyhow::Result<Vec<Ask>> {
        let mut asks = Vec::new();
        for start in 0..self.shop.calendar.len() {
            asks.push(self.ask(start).await?);
        }
        Ok(asks)
    }

    async fn ask(&mut self, start: usize) -> anyhow::Result<Ask> {
        self.asked += 1;
        let tag = format!("purchase {}", self.asked);
        let Start { service, resource, at } = self.shop.calendar.start(start);
        let call = self.shop.book(Wish { service, at, resource: Some(resource) }, 1, &tag, Some(&tag));
        let reply = Box::pin(self.lines.send(self.dice.below(8), &call, || ())).await?;
        Ok(Ask { start, tag, outcome: self.shop.outcome(service, reply, &[201]) })
    }

    /// Makes something, and gives its id, which has that name.
    pub async fn make(&mut self, call: &Call, id: &str) -> anyhow::Result<String> {
        match Box::pin(self.lines.send(0, call, || ())).await? {
            Ok(Reply { status: 201, body }) => {
                let id = body["data"][id].as_str().with_context(|| format!("{} gave no {id}", call.path))?;
                Ok(id.to_owned())
            }
            answer => bail!("POST {} was answered with {answer:?}", call.path),
        }
    }

    async fn read(&mut self, call: &Call) -> anyhow::Result<Value> {
        for _ in 0..TRIES {
            match Box::pin(self.lines.send(self.dice.below(8), call, || ())).await? {
                Ok(Reply { status: 200, mut body }) => return Ok(body["data"].take()),
                Ok(reply) => bail!("GET {} was answered with {reply:?}", call.path),
                Err(_) => {}
            }
        }
        bail!("GET {} is not answered", call.path)
    }
}
