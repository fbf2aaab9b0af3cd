//! Streamed answers of a language model: what stands between the model's first token and the visitor, and what it costs.

use anyhow::ensure;
use robofy_kernel::Ids;

use super::{Bench, spread_of};
use crate::calls;
use crate::load::{Call, Connection};
use crate::process::Server;
use crate::report::{Aim, Section, Table};
use crate::stats::Spread;
use crate::streams::script::{Counters, Script};
use crate::streams::turns::{Answers, answers};
use crate::subject::{self, Place, Programs, Serving};
use crate::texts::Fact;

/// Earlier turns of each session.
const EARLIER: usize = 3;

/// The model, the relay in front of it and the server under test, side by side.
pub(super) struct Scene {
    /// The model.
    pub model: subject::Beside,
    /// The relay.
    pub relay: subject::Beside,
    /// The account.
    pub place: Place,
    /// The server.
    pub server: Server,
}

impl Scene {
    /// Starts all three, with a place that was taught something.
    pub(super) async fn open(programs: &Programs, place: Place, files: Option<u64>) -> anyhow::Result<Self> {
        let model = subject::upstream(&programs.bench).await?;
        let address = model.server.address();
        let relay = subject::relay(&programs.bench, address).await?;
        let server = place.serve_with(Serving { model: Some(address), files, crawls: false }).await?;
        Ok(Self { model, relay, place, server })
    }

    /// Tells the model how to answer.
    pub(super) async fn script(&self, script: Script) -> anyhow::Result<()> {
        let mut connection = Connection::open(self.model.server.address()).await?;
        connection.send(&calls::script(script)).await?.expect(200)
    }

    /// What the model was asked so far.
    pub(super) async fn counters(&self) -> anyhow::Result<Counters> {
        let mut connection = Connection::open(self.model.server.address()).await?;
        let counters = connection.send(&calls::counters()).await?.json(200)?;
        Ok(serde_json::from_value(counters)?)
    }
}

/// A place that is taught documents of at least so many chunks, and their facts.
pub(super) async fn taught(place: Place, chunks: usize) -> anyhow::Result<(Place, Vec<Fact>)> {
    let server = place.serve().await?;
    let (documents, _) = super::answers::documents(chunks);
    place.teach(&server, &documents, 4).await?;
    server.stop().await?;
    Ok((place, documents.into_iter().flat_map(|document| document.facts).collect()))
}

/// The three sides of one load, measured in turns.
#[derive(Default)]
struct Sides {
    direct: Vec<Answers>,
    relay: Vec<Answers>,
    subject: Vec<Answers>,
}

impl Sides {
    /// What a side adds to the median of the time to the first token, round by round.
    fn added(&self, side: &[Answers]) -> Spread {
        Spread::of(side.iter().zip(&self.direct).map(|(side, direct)| side.first(50) - direct.first(50)))
    }
}

/// One load.
#[derive(Clone, Copy)]
struct Load {
    delay: u64,
    clients: usize,
    each: usize,
}

impl Load {
    fn name(&self) -> String {
        let clients =
            if self.clients == 1 { "one client".into() } else { format!("{} clients", self.clients) };
        match self.delay {
            0 => format!("{clients}, no delay"),
            delay => format!("{clients}, {delay} ms a token"),
        }
    }
}

pub(super) async fn measure(bench: &Bench) -> anyhow::Result<Vec<Section>> {
    let sizes = &bench.sizes;
    let (place, facts) = taught(Place::new(&bench.programs)?, sizes.stream_chunks).await?;
    let scene = Scene::open(&bench.programs, place, None).await?;
    let sessions: Vec<String> =
        (0..sizes.stream_sessions).map(|_| Ids::System.web_session().as_str().to_owned()).collect();
    let tokens = sizes.tokens;
    let text = Script { tokens, delay: 0 }.text();

    let question =
        |client: usize, number: usize| &facts[(client * 7_919 + number * 104_729) % facts.len()].question;
    let ours = |clients: usize| {
        let (sessions, scene) = (&sessions, &scene);
        move |client: usize, number: usize| -> Call {
            // A client goes from session to session, and no two clients are in one at the same time.
            let own = (sessions.len() / clients).max(1);
            let session = &sessions[(client + clients * (number % own)) % sessions.len()];
            calls::stream(&scene.place.account, session, question(client, number), false)
        }
    };
    let plain = |client: usize, number: usize| calls::complete(question(client, number));

    scene.script(Script { tokens, delay: 0 }).await?;
    let crowd = sessions.len().min(8);
    answers(&scene.server, crowd, sessions.len().div_ceil(crowd) * EARLIER, ours(crowd), &text).await?;
    let before = scene.counters().await?;
    let mut table = Table::new(&[
        "Load",
        "Server",
        "answers/s",
        "first token p50 ms",
        "p99 ms",
        "added p50 ms",
        "CPU ms per answer",
    ]);
    let mut measured = Vec::new();
    for &(delay, clients, each) in &sizes.stream_loads {
        let load = Load { delay, clients, each };
        scene.script(Script { tokens, delay }).await?;
        let mut sides = Sides::default();
        for round in 0..=sizes.stream_rounds {
            let each = if round == 0 { load.each.div_ceil(10) } else { load.each };
            let direct = answers(&scene.model.server, clients, each, plain, &text).await?;
            let relay = answers(&scene.relay.server, clients, each, plain, &text).await?;
            let subject = answers(&scene.server, clients, each, ours(clients), &text).await?;
            if round > 0 {
                sides.direct.push(direct);
                sides.relay.push(relay);
                sides.subject.push(subject);
            }
        }
        rows(&load, &sides, &mut table);
        measured.push((load, sides));
    }
    let after = scene.counters().await?;
    ensure!(after.calls == after.finished, "the model was left alone {} times", after.left);
    let prompt = after.bytes.saturating_sub(before.bytes) / (after.calls - before.calls).max(1);
    scene.server.stop().await?;
    Ok(vec![Section {
        title: "Streamed answers of a language model".into(),
        about: format!(
            "POST `/v1/ai-agent/chat/stream` with an API key, in sessions with at least {EARLIER} earlier turns, to an agent of \
             {} chunks: the question is searched for, the model is asked with passages and history, its {tokens} tokens \
             are streamed, question and answer are stored durably (SQLite, `synchronous=FULL`). The model is scripted: a \
             process of its own that writes each token by itself, at once or every 20 ms, in OpenAI's dialect. It is also \
             asked directly, and through a bare axum relay that passes its bytes on and does nothing else; the three take \
             turns ({} rounds). What a server adds is its median time to the first token less that of the direct call in the \
             same round. Every answer was compared word for word. Without a delay, several clients keep both processors \
             busy, so that they wait for each other. A request to the model had {prompt} bytes in the mean of all three.",
            sizes.stream_chunks, sizes.stream_rounds
        ),
        tables: vec![table],
        aims: aims(&measured),
        ..Section::default()
    }])
}

fn rows(load: &Load, sides: &Sides, table: &mut Table) {
    let all = [
        ("scripted model, directly", &sides.direct),
        ("bare relay", &sides.relay),
        ("Robofy", &sides.subject),
    ];
    for (name, side) in all {
        let of = |of: fn(&Answers) -> f64| Spread::of(side.iter().map(of));
        let direct = name.starts_with("scripted");
        let unless = |text: String| if direct { "–".into() } else { text };
        table.row([
            load.name(),
            name.to_owned(),
            of(Answers::rate).show(0),
            of(|answers| answers.first(50)).show(2),
            of(|answers| answers.first(99)).show(2),
            unless(sides.added(side).show(2)),
            unless(of(Answers::cpu_each).show(3)),
        ]);
    }
}

/// What an answer costs, and what is waited more, with one client and with the most.
fn aims(measured: &[(Load, Sides)]) -> Vec<Aim> {
    let most = measured.iter().map(|(load, _)| load.clients).max().unwrap_or(1);
    let few_and_many = || measured.iter().filter(|(load, _)| load.clients == 1 || load.clients == most);
    let costs = few_and_many().map(|(load, sides)| Aim {
        what: format!("(c1) CPU of a streamed answer, {}", load.name()),
        value: spread_of(&sides.subject, Answers::cpu_each).median,
        goal: Some(1.0),
        less_is_better: true,
        unit: "ms",
        floor: Some(spread_of(&sides.relay, Answers::cpu_each).median),
    });
    let waits = few_and_many().map(|(load, sides)| Aim {
        what: format!("(c1) added to the first token, {}", load.name()),
        value: sides.added(&sides.subject).median,
        goal: Some(if load.clients == 1 { 1.0 } else { 10.0 }),
        less_is_better: true,
        unit: "ms",
        floor: Some(sides.added(&sides.relay).median),
    });
    costs.chain(waits).collect()
}
