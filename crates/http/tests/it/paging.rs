//! Paging, on both engines: no list skips or repeats a row while rows come and go, and no token opens anything but the
//! place that it was given for.

mod lists;
mod tokens;

use std::collections::BTreeSet;
use std::time::Duration;

use robofy_http::{HttpConfig, RouteAlias};
use robofy_testkit::{Fixture, both_engines};
use serde_json::{Value, json};

use self::lists::{Kind, LISTS, World};

/// Numbers that look random and come again (Marsaglia's xorshift64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// One walk through a list, from its first page to its last, while rows come and go.
async fn walk(world: &World, kind: Kind, seed: u64) {
    let mut dice = Dice(seed);
    for _ in 0..6 {
        world.make(kind).await;
        // Some in the same moment.
        world.place.server.clock.advance(Duration::from_micros(dice.roll(2)));
    }
    let before: BTreeSet<String> = world.rows(kind).await.into_iter().collect();
    assert!(before.len() > 5, "{kind:?} has {} rows", before.len());
    let (mut removed, mut seen) = (BTreeSet::new(), Vec::new());
    let (mut token, mut pages) = (None, 0);
    loop {
        pages += 1;
        let size = 1 + dice.roll(4);
        // What comes and goes comes while the page is read.
        let churn = async {
            for _ in 0..dice.roll(3).min(15_u64.saturating_sub(pages)) {
                world.make(kind).await;
                world.place.server.clock.advance(Duration::from_micros(dice.roll(2)));
            }
            let at = usize::try_from(dice.roll(before.len() as u64)).unwrap();
            if let Some(id) = before.iter().nth(at).filter(|id| dice.roll(3) == 0 && !removed.contains(*id))
                && world.remove(kind, id).await
            {
                removed.insert(id.clone());
            }
        };
        let ((rows, next), ()) = tokio::join!(world.page(kind, size, token.as_deref()), churn);
        assert!(rows.len() as u64 <= size, "{kind:?}");
        seen.extend(rows);
        let Some(next) = next else { break };
        token = Some(next);
    }
    let once: BTreeSet<&String> = seen.iter().collect();
    assert_eq!(once.len(), seen.len(), "{kind:?}, seed {seed}: a row came twice: {seen:?}");
    for id in before.difference(&removed) {
        assert!(once.contains(id), "{kind:?}, seed {seed}: {id} was skipped: {seen:?}");
    }
}

both_engines! {
    async fn no_list_skips_or_repeats_a_row_while_rows_come_and_go(t: Fixture) {
        let world = World::new(&t, Vec::new()).await;
        for kind in LISTS {
            for seed in [1, 0xdead_beef, 1 << 40] {
                walk(&world, *kind, seed).await;
            }
        }
    }
}

#[test]
fn every_paged_operation_of_the_document_is_walked() {
    let document = serde_json::to_value(robofy_http::openapi()).unwrap();
    let mut paged = BTreeSet::new();
    for operation in document["paths"].as_object().unwrap().values().filter_map(|item| item.get("get")) {
        let named = operation["parameters"].as_array().into_iter().flatten();
        if named.into_iter().any(|parameter| parameter["name"] == "nextPageToken") {
            paged.insert(operation["operationId"].as_str().unwrap().to_owned());
        }
    }
    let walked: BTreeSet<String> = LISTS.iter().map(|kind| kind.operation().to_owned()).collect();
    assert_eq!(paged, walked);
}
