//! A process that is killed in the middle of its writes: what it had acknowledged stays, what it repeats is there once.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use robofy_store::StoreConfig;
use robofy_store::chat::TurnStatus;

use super::*;

const ROUNDS: u64 = 20;

both_engines! {
    async fn nothing_acknowledged_is_lost_and_nothing_is_there_twice(t: Fixture) {
        let home = make::home(&t).await;
        t.store.close().await;
        let (mut texts, mut turns, mut files) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut tried = BTreeSet::new();
        for round in 0..ROUNDS {
            let mut worker = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "kill::worker", "--nocapture"])
                .env("KILLED_STORE", where_it_is(&t.config))
                .env("KILLED_HOME", format!("{} {} {} {round}", home.op.account, home.project, home.agent))
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let lines = BufReader::new(worker.stdout.take().unwrap());
            let (began, first) = std::sync::mpsc::channel();
            let reading = std::thread::spawn(move || {
                let said = lines.lines().map_while(Result::ok).inspect(|line| {
                    // Nobody listens any more after the first.
                    let is_done = ["text ", "turn ", "file "].iter().any(|word| line.starts_with(word));
                    let _ = is_done.then(|| began.send(()));
                });
                said.collect::<Vec<_>>()
            });
            first.recv_timeout(Duration::from_secs(60)).expect("the worker works");
            tokio::time::sleep(Duration::from_millis(20 + round * 23 % 190)).await;
            worker.kill().unwrap();
            worker.wait().unwrap();
            for line in reading.join().unwrap() {
                let words: Vec<&str> = line.split(' ').collect();
                match words[..] {
                    ["try", key] => { tried.insert(key.to_owned()); }
                    ["text", key, id] => { texts.insert((key.to_owned(), id.to_owned())); }
                    ["turn", id] => { turns.insert(id.to_owned()); }
                    ["file", hash] => { files.insert(hash.to_owned()); }
                    _ => {}
                }
            }
        }
        assert!(texts.len() > 10 && turns.len() > 10 && files.len() > 10, "it was killed before it worked");

        let store = t.open_again().await.unwrap();
        for (key, id) in &texts {
            let id: AssetId = id.parse().unwrap();
            let asset = store.find_asset(home.op.account, home.project, id).await.unwrap();
            assert_eq!(asset.unwrap_or_else(|| panic!("{key} is lost")).file_name, *key);
            let text = store.read_whole_text(home.op.account, id, 1).await.unwrap().unwrap();
            assert_eq!(text.len(), text_of(key).len());
        }
        for id in &turns {
            let turn = store.find_turn(home.op.account, &id.parse().unwrap()).await.unwrap();
            assert_eq!(turn.unwrap_or_else(|| panic!("turn {id} is lost")).status, TurnStatus::Done);
        }
        for hash in &files {
            let hash: Vec<u8> = (0..32).map(|n| u8::from_str_radix(&hash[2 * n..2 * n + 2], 16).unwrap()).collect();
            assert!(store.get_file(home.op.account, &hash).await.unwrap().is_some());
        }
        // Every caller repeats what it had tried, with its key.
        for key in &tried {
            store_text(&store, &t.op(home.op.account), &home, &Ids::System, key).await;
        }
        let names = raw::list(&store, "SELECT file_name FROM assets WHERE version > 0 ORDER BY file_name").await;
        assert_eq!(names, tried.into_iter().collect::<Vec<_>>());
        let numbers = "SELECT MAX(number) - COUNT(*) FROM turns";
        assert_eq!(raw::count(&store, numbers).await, 0, "turns are numbered without a gap");
        store.close().await;
    }
}

/// The process that is killed. By itself it does nothing.
#[test]
fn worker() {
    let (Ok(store), Ok(home)) = (std::env::var("KILLED_STORE"), std::env::var("KILLED_HOME")) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(Box::pin(work(&store, &home)));
}

async fn work(store: &str, home: &str) {
    let config = match store.strip_prefix("sqlite ") {
        Some(folder) => StoreConfig::Sqlite { data_dir: folder.into() },
        None => StoreConfig::Postgres { url: store.into(), max_connections: 16 },
    };
    let words: Vec<&str> = home.split(' ').collect();
    let tasks = robofy_kernel::Tasks::new();
    // The time of the system, so that a killed worker's turns are soon past their promise.
    let op = Op::system(words[0].parse().unwrap(), robofy_kernel::Clock::System, Ids::System);
    let home = make::Home { op, project: words[1].parse().unwrap(), agent: words[2].parse().unwrap() };
    let store = Store::open(&config, &robofy_testkit::master_key(), &Ids::System, &tasks).await.unwrap();
    let (home, round) = (Arc::new(home), words[3].to_owned());
    store.interrupt_lost_turns(home.op.now().after(Duration::from_secs(60)), true).await.unwrap();
    let running: Vec<_> = (0..6)
        .map(|n| {
            let (store, home, round) = (store.clone(), Arc::clone(&home), round.clone());
            tasks.spawn("caller", async move {
                for count in 0_u64.. {
                    let key = format!("{round}-{n}-{count}");
                    match n % 3 {
                        0 => {
                            say(&format!("try {key}"));
                            let id = store_text(&store, &home.op, &home, &Ids::System, &key).await;
                            say(&format!("text {key} {id}"));
                        }
                        1 => turn(&store, &home).await,
                        _ => {
                            let bytes = key.repeat(40_000).into_bytes();
                            let hash = store
                                .put_file(home.op.account, bytes, &Ids::System, home.op.now())
                                .await
                                .unwrap();
                            say(&format!(
                                "file {}",
                                hash.iter().map(|b| format!("{b:02x}")).collect::<String>()
                            ));
                        }
                    }
                }
            })
        })
        .collect();
    futures::future::join_all(running).await;
}

/// Some texts are stored in one unit, some are staged.
fn text_of(key: &str) -> String {
    key.repeat(if key.ends_with('3') { 60_000 } else { 10 })
}

async fn store_text(store: &Store, op: &Op, home: &make::Home, ids: &Ids, key: &str) -> String {
    let op = once::with_key(op, key.as_bytes(), b"request");
    let mut version = make::version(&text_of(key), &["p"]);
    version.file_name = key.into();
    let asset = robofy_store::assets::NewAsset {
        asset_id: AssetId(ids.number()),
        project_id: home.project,
        source_url: None,
        metadata: None,
        link: Some((home.agent.clone(), LinkageId(ids.number()), "p".into())),
        lease: None,
    };
    let answer = |id: &AssetId| (201, id.to_string().into_bytes());
    match store.create_asset(&op, asset, version, answer).await.unwrap() {
        Once::Fresh(id) => id.to_string(),
        Once::Replayed(_, body) => String::from_utf8(body).unwrap(),
    }
}

async fn turn(store: &Store, home: &make::Home) {
    let until = home.op.now().after(Duration::from_millis(1));
    let turn = robofy_store::chat::NewTurn {
        message_id: Ids::System.message(),
        visitor_message_id: Ids::System.message(),
        running_until: until,
        chatbot_id: home.agent.clone(),
        channel: robofy_store::chat::Channel::Web,
        session_id: "s".parse().unwrap(),
        context: robofy_store::chat::VisitorContext::default(),
        query: "q".into(),
    };
    if let robofy_store::chat::Begin::Taken(taken) = store.begin_turn(&home.op, turn).await.unwrap()
        && store.finish_turn(&home.op, &taken, chat::end()).await.unwrap()
    {
        say(&format!("turn {}", taken.message_id));
    }
}

/// One line, whole, before anything else happens.
fn say(line: &str) {
    static OUT: Mutex<()> = Mutex::new(());
    let _alone = OUT.lock().unwrap();
    let mut out = std::io::stdout();
    out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
}

fn where_it_is(config: &StoreConfig) -> String {
    match config {
        StoreConfig::Sqlite { data_dir } => format!("sqlite {}", data_dir.display()),
        StoreConfig::Postgres { url, .. } => url.clone(),
    }
}
