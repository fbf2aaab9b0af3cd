//! A storm: a crowd is cut off at one moment, and comes back at once.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use robofy_kernel::Ids;

use super::Bench;
use super::crowds::{CHUNKS, warm};
use super::streams::{Scene, taught};
use crate::calls;
use crate::chart::grouped;
use crate::report::{Aim, Section, Table};
use crate::stats::{millis, percentile};
use crate::streams::storm::Storm;
use crate::subject::Place;

/// All visitors are cut off at one moment and come back at once.
pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let size = bench.sizes.storm;
    let (mut place, facts) = taught(Place::new(&bench.programs)?, CHUNKS).await?;
    let text = size.script().text();
    let mut table = Table::new(&[
        "Streams",
        "whole",
        "calls of the model",
        "away p50 ms",
        "away p99 ms",
        "whole time p50 ms",
    ]);
    let mut worst = size.visitors;
    for _ in 0..size.rounds {
        let scene = Scene::open(&bench.programs, place, None).await?;
        let account = scene.place.account.clone();
        let ask = |number: usize| {
            let session = Ids::System.web_session();
            calls::stream(&account, session.as_str(), &facts[number % facts.len()].question, true)
        };
        warm(&scene, &scene.server, ask).await?;
        scene.script(size.script()).await?;
        let before = scene.counters().await?.calls;
        let storm = Storm {
            visitors: size.visitors,
            per_second: size.per_second,
            cut: size.gathered() + (size.length().saturating_sub(size.gathered())) / 2,
            patience: size.crowd().patience,
        };
        let owner = account.clone();
        let rest = move |message: &str, last: &str| calls::rest(&owner, message, last);
        let all = storm.run(scene.server.address(), ask, rest).await.context("in a storm")?;
        let calls = scene.counters().await?.calls - before;
        let whole = all.iter().filter(|visitor| visitor.heard.is_whole(&text)).count();
        worst = worst.min(whole);
        let mut away: Vec<Duration> = all.iter().filter_map(|visitor| visitor.away).collect();
        let mut length: Vec<Duration> =
            all.iter().map(|visitor| visitor.heard.ended - visitor.heard.asked).collect();
        table.row([
            grouped(size.visitors as f64),
            whole.to_string(),
            calls.to_string(),
            format!("{:.1}", millis(percentile(&mut away, 50))),
            format!("{:.1}", millis(percentile(&mut away, 99))),
            format!("{:.0}", millis(percentile(&mut length, 50))),
        ]);
        ensure!(calls == size.visitors as u64, "{calls} calls of the model for {} answers", size.visitors);
        let Scene { place: back, server, .. } = scene;
        server.stop().await?;
        place = back;
    }
    Ok(vec![Section {
        title: "All visitors are cut off at once".into(),
        about: format!(
            "{} streams of {} tokens, one every {} ms; in the middle of all of them every connection is closed at one moment, \
             and each visitor comes back at once on a new one, with `Last-Event-ID`. Whole are streams whose events before \
             and after are numbered without a gap and without one twice, and whose words are all there. Away is the time from \
             the cut to the next token, of which up to {} ms are the model's; whole time is that after the return. A bare \
             relay has nothing to come back to.",
            grouped(size.visitors as f64),
            size.tokens,
            size.delay,
            size.delay
        ),
        tables: vec![table],
        aims: vec![Aim {
            what: format!(
                "(streams) of {} streams cut at once, whole after their return",
                grouped(size.visitors as f64)
            ),
            value: worst as f64,
            goal: Some(size.visitors as f64),
            less_is_better: false,
            unit: "",
            floor: None,
        }],
        ..Section::default()
    }])
}
