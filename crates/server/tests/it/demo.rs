//! `quickstart --demo`.

use robofy_kernel::{Clock, Ids, Op, PageRequest, Tasks};
use robofy_knowledge::extract::{Extractor, ExtractorConfig};
use robofy_knowledge::library::{Library, LibraryConfig};
use robofy_knowledge::search::Query;
use robofy_store::admin::Accounts;
use robofy_store::{KeySource, Store, StoreConfig};

use super::program::{robofy, text};

#[tokio::test]
async fn the_demonstration_is_taught_once_and_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut ids_of_runs = Vec::new();
    for _ in 0..2 {
        let output = robofy(folder.path(), &["quickstart", "--demo", "--json"], &[]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let ready: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        ids_of_runs.push((
            ready["project_id"].clone(),
            ready["chatbot_id"].clone(),
            ready["api_key"].clone(),
        ));
    }
    assert_eq!(ids_of_runs[0], ids_of_runs[1]);

    let data = folder.path().join("data");
    let (ids, tasks) = (Ids::System, Tasks::new());
    let key = KeySource::File(data.join("master.key"));
    let store = Store::open(&StoreConfig::Sqlite { data_dir: data }, &key, &ids, &tasks).await.unwrap();
    let Accounts::One(account) = store.find_only_account().await.unwrap() else { panic!("one account") };
    let op = Op::system(account, Clock::System, ids);
    let chatbot = ids_of_runs[0].1.as_str().unwrap().parse().unwrap();
    let agent = store.find_agent(account, &chatbot).await.unwrap().unwrap();
    let page = PageRequest { after: None, size: 200 };
    assert_eq!(store.list_linked_assets(account, &chatbot, &page).await.unwrap().items.len(), 6);
    assert_eq!(store.enabled_pairs(account, &chatbot).await.unwrap().len(), 3);

    let extractor = Extractor::new(ExtractorConfig::new("no-such-program".into(), Vec::new()));
    let library = Library::new(store, extractor, tasks, LibraryConfig::default()).unwrap();
    for (question, file, says) in [
        ("When are you open on Saturday?", "opening-hours.md", "9:00 to 16:00"),
        ("How much is a full service?", "prices.md", "129 euros"),
        ("Can I get in with a wheelchair?", "location.md", "no steps"),
        ("Can I cancel my workshop slot?", "booking-and-cancellation.md", "24 hours"),
        ("What is your phone number?", "contact.md", "+44 20 7946 0123"),
    ] {
        let found =
            library.search(&op, &agent, agent.content_version, &Query::new(question), 3).await.unwrap();
        let told = found.hits.iter().any(|hit| hit.source.file_name == file && hit.text.contains(says));
        assert!(
            told,
            "{question}: {:?}",
            found.hits.iter().map(|hit| &hit.source.file_name).collect::<Vec<_>>()
        );
    }
}
