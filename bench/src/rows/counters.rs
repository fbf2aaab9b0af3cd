//! What counting costs a streamed answer: visitors, who are counted, beside trials with a test key, which are not.

use std::time::Duration;

use anyhow::Context as _;
use robofy_kernel::Ids;

use super::streams::{Scene, taught};
use super::{Bench, spread_of};
use crate::calls;
use crate::load::Connection;
use crate::report::{Aim, Section, Table};
use crate::stats::Spread;
use crate::streams::script::Script;
use crate::streams::turns::{Answers, answers};
use crate::subject::{Account, Place};
use crate::texts::Fact;

/// How much is asked.
#[derive(Clone, Copy, Debug)]
pub struct CounterSize {
    /// Clients at once.
    pub clients: usize,
    /// Answers of each in a turn.
    pub each: usize,
    /// How often both take turns.
    pub rounds: usize,
    /// Seconds after a turn until its counters are folded.
    pub folded: u64,
}

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let mut section = section(bench);
    let chunks = bench.sizes.stream_chunks;
    let (place, facts) = taught(Place::new(&bench.programs)?, chunks).await?;
    on_engine(bench, "SQLite", place, &facts, &mut section).await?;
    if let Some(database) = &bench.postgres {
        let scratch = super::scratch(database).await?;
        let place = Place::on_postgres(&bench.programs, scratch.url())?;
        let (place, facts) = taught(place, chunks).await?;
        let measured = on_engine(bench, "PostgreSQL", place, &facts, &mut section).await;
        scratch.remove().await?;
        measured?;
    }
    Ok(vec![section])
}

fn section(bench: &Bench) -> Section {
    let size = bench.sizes.counters;
    Section {
        title: "What counting costs".into(),
        about: format!(
            "Streamed answers as above, of {} clients at once without a delay of the model, {} answers in a turn: with a live key, whose \
             turns are counted, and with a test key, whose turns take the same way and are not; {} rounds, the first of both in turns. \
             The processor time goes on for {} s after a turn, in which what it counted is folded. {}",
            size.clients,
            size.clients * size.each,
            size.rounds,
            size.folded,
            super::bookings::engines(bench)
        ),
        tables: vec![Table::new(&["Answers", "answers/s", "whole answer p50 ms", "CPU ms per answer"])],
        ..Section::default()
    }
}

async fn on_engine(
    bench: &Bench,
    engine: &str,
    place: Place,
    facts: &[Fact],
    section: &mut Section,
) -> anyhow::Result<()> {
    let size = bench.sizes.counters;
    let scene = Scene::open(&bench.programs, place, None).await?;
    let script = Script { tokens: bench.sizes.tokens, delay: 0 };
    scene.script(script).await?;
    let live = &scene.place.account;
    let made =
        Connection::open(scene.server.address()).await?.send(&calls::test_key(live)).await?.json(201)?;
    let key = made["data"]["key"].as_str().context("the answer has no key")?;
    let trial = Account { api_key: key.to_owned(), ..live.clone() };
    let sessions: Vec<String> =
        (0..size.clients).map(|_| Ids::System.web_session().as_str().to_owned()).collect();
    let text = script.text();
    let turn = async |account: &Account, each: usize| {
        let make = |client: usize, number: usize| {
            let question = &facts[(client * 7_919 + number * 104_729) % facts.len()].question;
            calls::stream(account, &sessions[client], question, false)
        };
        let cpu = scene.server.cpu()?;
        let mut answers = answers(&scene.server, size.clients, each, make, &text).await?;
        tokio::time::sleep(Duration::from_secs(size.folded)).await;
        answers.cpu = scene.server.cpu()?.saturating_sub(cpu);
        anyhow::Ok(answers)
    };
    let (mut counted, mut not) = (Vec::new(), Vec::new());
    for round in 0..=size.rounds {
        // The first is a short one that does not count; then one side is first, then the other.
        let each = if round == 0 { size.each.div_ceil(10) } else { size.each };
        let (on, off) = if round % 2 == 0 {
            (turn(live, each).await?, turn(&trial, each).await?)
        } else {
            let off = turn(&trial, each).await?;
            (turn(live, each).await?, off)
        };
        if round > 0 {
            counted.push(on);
            not.push(off);
        }
    }
    scene.server.stop().await?;
    let table = section.tables.first_mut().context("the section has its table")?;
    for (name, side) in [("not counted", &not), ("counted", &counted)] {
        table.row([
            format!("{name}, {engine}"),
            spread_of(side, Answers::rate).show(0),
            spread_of(side, |answers| answers.whole(50)).show(2),
            spread_of(side, Answers::cpu_each).show(3),
        ]);
    }
    let more =
        Spread::of(counted.iter().zip(&not).map(|(on, off)| (on.cpu_each() / off.cpu_each() - 1.0) * 100.0));
    section.about.push_str(&format!(" More CPU by counting, {engine}, by rounds: {} %.", more.show(1)));
    section.aims.push(Aim {
        what: format!("(counters) more CPU of a streamed answer that is counted, {engine}"),
        value: more.median,
        goal: Some(5.0),
        less_is_better: true,
        unit: "%",
        floor: None,
    });
    Ok(())
}
