//! Cold start, idle memory, size of the program.

use std::time::Duration;

use super::{Bench, floor};
use crate::report::{Aim, Section, Table};
use crate::stats::{Spread, millis};
use crate::subject::Place;

/// How long a server is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(1);

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let place = Place::new(&bench.programs)?;
    let (mut ready, mut memory) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for _ in 0..bench.sizes.starts {
        let bare = floor(bench).await?;
        ready[0].push(millis(bare.server.ready_after()));
        let server = place.serve().await?;
        ready[1].push(millis(server.ready_after()));
        tokio::time::sleep(IDLE).await;
        memory[0].push(bare.server.memory()? as f64 / 1e6);
        memory[1].push(server.memory()? as f64 / 1e6);
        server.stop().await?;
    }
    let [bare_ready, ready] = ready.map(Spread::of);
    let [bare_memory, memory] = memory.map(Spread::of);
    let size = std::fs::metadata(&bench.programs.robofy)?.len() as f64 / 1e6;
    let bare_size = std::fs::metadata(&bench.programs.bench)?.len() as f64 / 1e6;
    let mut table = Table::new(&["Program", "ready after ms", "idle memory MB", "program MB"]);
    for (name, ready, memory, size) in
        [("bare axum server", bare_ready, bare_memory, bare_size), ("`robofy serve`", ready, memory, size)]
    {
        table.row([name.to_owned(), ready.show(1), memory.show(1), format!("{size:.1}")]);
    }
    let aim = |what: &str, value, goal, unit, floor| Aim {
        what: what.into(),
        value,
        goal: Some(goal),
        less_is_better: true,
        unit,
        floor: Some(floor),
    };
    Ok(vec![Section {
        title: "Start, memory, size".into(),
        about: "From the start of the process to the first 200 of `/readyz` on a data folder that `quickstart` made; \
             resident memory (VmRSS) a second later; the size of the program's file. The floor's file holds the whole bench. \
             The first answer after a restart is under “Built-in answers”."
            .into(),
        tables: vec![table],
        aims: vec![
            aim("(f) cold start to ready", ready.median, 150.0, "ms", bare_ready.median),
            aim("(f) idle memory", memory.median, 50.0, "MB", bare_memory.median),
            aim("(f) size of the program", size, 60.0, "MB", bare_size),
        ],
        ..Section::default()
    }])
}
