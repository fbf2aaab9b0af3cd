//! A service over HTTP, with its resources, that is booked at known times.

use std::time::Duration;

use anyhow::Context as _;
use robofy_kernel::{Clock, Timestamp};
use serde_json::{Value, json};

use crate::calls;
use crate::load::{Call, Connection};
use crate::process::Server;
use crate::subject::Account;

/// Slots of a resource on a day: half an hour each, from nine to five.
pub(super) const SLOTS: usize = 16;

const DAY: u64 = 24 * 60 * 60;

/// Who is asked, and the floor.
pub(super) struct Sides<'a> {
    pub(super) account: &'a Account,
    pub(super) server: &'a Server,
    pub(super) floor: &'a Server,
}

/// A service of half an hour with resources that are open from nine to five in UTC, every day.
pub(super) struct Shop<'a> {
    account: &'a Account,
    service: String,
    resources: Vec<String>,
    /// The midnight that comes next but one: whatever the hour, nothing of that day has begun.
    first: Timestamp,
}

/// One of its slots.
pub(super) type Slot<'a> = (String, &'a str);

impl<'a> Shop<'a> {
    /// Makes it.
    pub(super) async fn open(sides: &Sides<'a>, resources: usize) -> anyhow::Result<Self> {
        let account = sides.account;
        let mut connection = Connection::open(sides.server.address()).await?;
        let mut made = async |what: &str, name: &str, body: Value| {
            let answer = connection.send(&calls::make(account, what, body)).await?.json(201)?;
            let id = answer["data"][name].as_str().with_context(|| format!("no `{name}` in {answer}"))?;
            anyhow::Ok(id.to_owned())
        };
        let mut ids = Vec::new();
        for number in 1..=resources {
            let body =
                json!({ "name": format!("Chair {number}"), "timezone": "UTC", "hours": nine_to_five() });
            ids.push(made("resources", "resource_id", body).await?);
        }
        let body = json!({ "name": "Consultation", "duration_minutes": 30, "resource_ids": ids });
        let service = made("services", "service_id", body).await?;
        let today = Clock::System.now().seconds().div_euclid(DAY.cast_signed()) * DAY.cast_signed();
        let first = Timestamp::from_seconds(today).after(Duration::from_secs(2 * DAY));
        Ok(Self { account, service, resources: ids, first })
    }

    /// The slots of a day, by their start.
    pub(super) fn slots(&self, day: usize) -> impl Iterator<Item = Slot<'_>> {
        let nine = self.day(day).after(Duration::from_secs(9 * 60 * 60));
        (0..SLOTS).flat_map(move |slot| {
            let start = nine.after(Duration::from_secs(slot as u64 * 30 * 60)).rfc3339();
            self.resources.iter().map(move |resource| (start.clone(), resource.as_str()))
        })
    }

    /// Asks for a slot.
    pub(super) fn take(&self, what: &str, (start, resource): &Slot<'_>) -> Call {
        let body = json!({ "service_id": self.service, "start": start, "resource_id": resource });
        calls::make(self.account, what, body)
    }

    /// Books what is held.
    pub(super) fn confirm(&self, hold: &str) -> Call {
        calls::make(self.account, "bookings", json!({ "hold_id": hold, "name": "Tessa Marlow" }))
    }

    /// The first page of the free slots of so many days.
    pub(super) fn page(&self, days: usize) -> Call {
        let [from, to] = [self.day(0), self.day(days)].map(|day| day.rfc3339());
        calls::slots(self.account, &self.service, [&from, &to])
    }

    fn day(&self, number: usize) -> Timestamp {
        self.first.after(Duration::from_secs(number as u64 * DAY))
    }
}

/// Nine to five on every day of the week.
pub(super) fn nine_to_five() -> Value {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    days.iter()
        .map(|day| ((*day).to_owned(), json!([["09:00", "17:00"]])))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
