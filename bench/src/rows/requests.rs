//! Requests that run no turn: handshakes, and a browser that asks for a running answer.

use anyhow::Context as _;

use super::{Bench, HEAD, Sides, floor};
use crate::calls;
use crate::load::{Connection, Load, Outcome};
use crate::report::{Aim, Section, Table};
use crate::subject::Place;

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let place = Place::new(&bench.programs)?;
    let (server, floor) = (place.serve().await?, floor(bench).await?);
    let floor = &floor.server;
    let load = Load { connections: bench.sizes.connections, requests: bench.sizes.requests };

    let handshake = calls::handshake(&place.account);
    let first = Connection::open(server.address()).await?.send(&handshake).await?.json(200)?;
    let bare = calls::to_floor("/handshake", &handshake);
    let bare_first = Connection::open(floor.address()).await?.send(&bare).await?.json(200)?;
    let token = first["token"].as_str().context("the handshake gives no token")?;
    let bare_token = bare_first["token"].as_str().context("the floor gives no token")?;
    let sides =
        Sides { floor: (floor, |_: usize| bare.clone()), subject: (&server, |_: usize| handshake.clone()) };
    let turns = sides.in_turns(bench.sizes.rounds, load, |_, answer| answer.expect(200)).await?;
    let mut table = Table::new(&HEAD);
    turns.rows("bare route that signs the token", "handshake", &mut table);
    let (rate, cpu) = (turns.ratio(Outcome::rate), turns.ratio(Outcome::cpu_each));
    let handshakes = Section {
        title: "Handshakes".into(),
        about: format!(
            "POST `/v1/ai-agent/handshake` over {} connections, against a route that reads the same body and signs a token \
             with the same crate (token lengths: {} and {} bytes). Robofy also looks at the agent and its allowed origins, and answers with the \
             widget's whole description ({} bytes against {}). Requests/s against the floor: **{}**, CPU against the \
             floor: {}.",
            load.connections,
            token.len(),
            bare_token.len(),
            first.to_string().len(),
            bare_first.to_string().len(),
            rate.show(2),
            cpu.show(2),
        ),
        tables: vec![table],
        aims: vec![Aim {
            what: "(a) handshakes/s, share of a bare route that signs the same token".into(),
            value: rate.median,
            goal: Some(0.5),
            less_is_better: false,
            unit: "",
            floor: None,
        }],
        ..Section::default()
    };

    let session = session_of(token)?;
    let resume = calls::resume(token, &session);
    let bare = calls::to_floor(&format!("/chat/{session}/stream"), &resume);
    let sides =
        Sides { floor: (floor, |_: usize| bare.clone()), subject: (&server, |_: usize| resume.clone()) };
    let turns = sides.in_turns(bench.sizes.rounds, load, |_, answer| answer.expect(204)).await?;
    let mut table = Table::new(&HEAD);
    turns.rows("bare route, 204", "`GET …/chat/{sessionId}/stream`, 204", &mut table);
    let more = turns.difference(Outcome::cpu_each);
    let resumes = Section {
        title: "A request with a client token".into(),
        about: format!(
            "GET `/v1/ai-agent/chat/{{sessionId}}/stream` with a client token when nothing runs, over {} connections, \
             against a bare route that answers 204. CPU beyond the floor: **{} ms** per request.",
            load.connections,
            more.show(4)
        ),
        tables: vec![table],
        aims: vec![Aim {
            what: "(b) CPU of a request with a client token, beyond a bare route".into(),
            value: more.median,
            goal: Some(0.04),
            less_is_better: true,
            unit: "ms",
            floor: Some(super::spread(&turns.floor, Outcome::cpu_each).median),
        }],
        ..Section::default()
    };
    server.stop().await?;
    Ok(vec![handshakes, resumes])
}

/// The session that a token is for.
fn session_of(token: &str) -> anyhow::Result<String> {
    let claims = jsonwebtoken::dangerous::insecure_decode::<serde_json::Value>(token)
        .context("the server's token cannot be read")?
        .claims;
    Ok(claims["session"].as_str().context("the token names no session")?.to_owned())
}
