//! The edge: more streams come than the process may have files for.

use robofy_kernel::Ids;

use super::Bench;
use super::crowds::{CHUNKS, warm};
use super::streams::{Scene, taught};
use crate::calls;
use crate::chart::grouped;
use crate::report::{Aim, Section, Table};
use crate::streams::script::Script;
use crate::streams::turns::answers;
use crate::subject::Place;

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let (size, files) = bench.sizes.brim;
    let (place, facts) = taught(Place::new(&bench.programs)?, CHUNKS).await?;
    let text = size.script().text();
    let scene = Scene::open(&bench.programs, place, Some(files)).await?;
    let ask = |number: usize| {
        let session = Ids::System.web_session();
        calls::stream(&scene.place.account, session.as_str(), &facts[number % facts.len()].question, false)
    };
    warm(&scene, &scene.server, ask).await?;
    scene.script(size.script()).await?;
    let gathering = size.crowd().gather(&scene.server, ask).await?;
    let whole = gathering.whole(&text);
    let refused = gathering.heard.iter().filter(|heard| heard.is_refused()).count();
    let other = size.visitors - whole - refused;
    let mut again = 0;
    // When the crowd has gone there is room again.
    let script = Script { tokens: 8, delay: 0 };
    scene.script(script).await?;
    if answers(&scene.server, 4, 1, |client, _| ask(client), &script.text()).await.is_ok() {
        again = 4;
    }
    let mut table = Table::new(&[
        "Streams",
        "open files",
        "whole",
        "live at once",
        "refused with 503 and `Retry-After`",
        "anything else",
        "gap p99 ms",
        "answered afterwards",
    ]);
    table.row([
        grouped(size.visitors as f64),
        grouped(files as f64),
        whole.to_string(),
        gathering.live().to_string(),
        refused.to_string(),
        other.to_string(),
        format!("{:.1}", gathering.gap(99)),
        format!("{again} of 4"),
    ]);
    scene.server.stop().await?;
    let trouble = gathering.trouble();
    let seen = if other > 0 && !trouble.is_empty() {
        format!(" The first of those: {trouble}.")
    } else {
        String::new()
    };
    Ok(vec![Section {
        title: "More streams than there is room for".into(),
        about: format!(
            "The hard limit of the server's open files is set to {}, and more streams come than fit into it, two files each: {} \
             a second, {} tokens, one every {} ms.{seen}",
            grouped(files as f64),
            size.per_second,
            size.tokens,
            size.delay
        ),
        tables: vec![table],
        aims: vec![Aim {
            what: format!(
                "(streams) of {} at a limit of {} files, neither whole nor refused politely",
                grouped(size.visitors as f64),
                grouped(files as f64)
            ),
            value: other as f64,
            goal: Some(0.0),
            less_is_better: true,
            unit: "",
            floor: None,
        }],
        ..Section::default()
    }])
}
