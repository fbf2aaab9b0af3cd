//! A schema that is made for a while in a PostgreSQL database.

use robofy_kernel::Tasks;
use robofy_store::StoreConfig;
use robofy_store::scratch::{Occupied, ScratchSchema};

use super::*;

const SCHEMAS: &str = "SELECT nspname::TEXT FROM pg_namespace WHERE nspname LIKE 'robofy\\_proof\\_%'";

#[test]
fn a_schema_is_all_that_its_address_shows_and_goes_with_what_is_in_it() {
    robofy_testkit::run(Engine::Postgres, |t| async move {
        let StoreConfig::Postgres { url, .. } = &t.config else { panic!("{t:?}") };
        // The store of this test is in the database.
        let Err(Occupied { relation }) = ScratchSchema::create(url, &Ids::System).await.unwrap() else {
            panic!("a database in use was taken")
        };
        assert!(relation.starts_with("public."), "{relation}");
        raw::run(&t.store, "DROP SCHEMA public CASCADE").await;

        let first = ScratchSchema::create(url, &Ids::System).await.unwrap().unwrap();
        // Another one is no reason to refuse.
        let second = ScratchSchema::create(url, &Ids::System).await.unwrap().unwrap();
        for scratch in [&first, &second] {
            let config = StoreConfig::Postgres { url: scratch.url().to_owned(), max_connections: 2 };
            let store = Store::open(&config, &t.key(), &t.ids, &Tasks::new()).await.unwrap();
            assert!(!store.has_accounts().await.unwrap());
            store.close().await;
        }
        let count = "SELECT COUNT(*) FROM pg_tables WHERE tablename = 'accounts' AND schemaname LIKE 'robofy\\_proof\\_%'";
        assert_eq!(raw::count(&t.store, count).await, 2);
        first.remove().await.unwrap();
        assert_eq!(raw::list(&t.store, SCHEMAS).await.len(), 1);
        second.remove().await.unwrap();
        assert_eq!(raw::list(&t.store, SCHEMAS).await, Vec::<String>::new());
    });
}
