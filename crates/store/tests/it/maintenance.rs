//! What the program does by itself.

use robofy_store::chat::TurnStatus;
use robofy_store::maintenance::GRACE;
use robofy_store::once::REMEMBERED;

use super::*;

both_engines! {
    async fn a_sweep_forgets_what_has_ended(t: Fixture) {
        let home = make::home(&t).await;
        let keyed = once::with_key(&home.op, b"key", b"request");
        t.store.write_once(Lane::Conversation, &keyed, |_| Box::pin(async { Ok(()) }), nothing).await.unwrap();
        let user = t.store.find_member_by_email(&format!("{}@example.org", home.op.account)).await.unwrap().unwrap().user_id;
        t.store.begin_login(b"token".to_vec(), home.op.account, user, t.clock.now()).await.unwrap();
        let rows = "SELECT (SELECT COUNT(*) FROM idempotency_keys) * 10 + (SELECT COUNT(*) FROM login_sessions)";
        t.clock.advance(Duration::from_secs(11 * 60 * 60));
        t.store.sweep(t.clock.now()).await.unwrap();
        assert_eq!(raw::count(&t.store, rows).await, 11);
        t.clock.advance(Duration::from_secs(2 * 60 * 60));
        t.store.sweep(t.clock.now()).await.unwrap();
        assert_eq!(raw::count(&t.store, rows).await, 10, "twelve idle hours end a login");
        t.clock.advance(REMEMBERED);
        t.store.sweep(t.clock.now()).await.unwrap();
        assert_eq!(raw::count(&t.store, rows).await, 0);
    }

    async fn a_sweep_removes_what_was_never_published(t: Fixture) {
        let home = make::home(&t).await;
        let kept = make::asset(&t, &home, "kept").await;
        let mut lost = make::new_asset(&t, &home);
        lost.link = Some((t.ids.chatbot(), LinkageId(1), "p".into()));
        let large = make::version(&assets::long_text(600_000), &["p"]);
        t.store.create_asset(&home.op, lost, large, nothing).await.unwrap_err();
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM assets").await, 2, "it was staged");
        raw::run(&t.store, "INSERT INTO asset_versions (account_id, asset_id, version, text_hash, size_bytes, text_bytes, created_at)
                            SELECT account_id, asset_id, 2, text_hash, 0, 0, created_at FROM asset_versions WHERE text_bytes = 4").await;
        t.store.sweep(t.clock.now().after(GRACE)).await.unwrap();
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM asset_versions").await, 3, "not yet");
        t.store.sweep(t.clock.now().after(GRACE).after(Duration::from_micros(1))).await.unwrap();
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM assets").await, 1);
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM asset_versions").await, 1);
        assert_eq!(t.store.read_whole_text(home.op.account, kept, 1).await.unwrap().as_deref(), Some("kept"));
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM asset_texts").await, 1);
    }

    async fn a_sweep_removes_segments_of_replaced_versions(t: Fixture) {
        let home = make::home(&t).await;
        let asset = make::asset(&t, &home, "one").await;
        t.store.replace_asset(&home.op, asset, make::version("two", &["p"]), None).await.unwrap();
        t.store.sweep(t.clock.now()).await.unwrap();
        assert_eq!(raw::count(&t.store, "SELECT version FROM segments").await, 2, "the only one");
        assert_eq!(t.store.read_whole_text(home.op.account, asset, 1).await.unwrap().as_deref(), Some("one"));
    }

    async fn lost_turns_are_interrupted(t: Fixture) {
        let home = make::home(&t).await;
        let lost = chat::taken(chat::begin(&t, &home, "lost").await);
        t.clock.advance(Duration::from_secs(15));
        let alive = chat::taken(chat::begin(&t, &home, "alive").await);
        chat::one_turn(&t, &home).await;
        assert_eq!(t.store.interrupt_lost_turns(t.clock.now(), false).await.unwrap(), 0);
        t.clock.advance(Duration::from_secs(6));
        assert_eq!(t.store.interrupt_lost_turns(t.clock.now(), false).await.unwrap(), 1);
        assert_eq!(chat::status(&t, &home, &lost).await, TurnStatus::Interrupted);
        assert_eq!(chat::status(&t, &home, &alive).await, TurnStatus::Running);
        assert_eq!(chat::taken(chat::begin(&t, &home, "lost").await).number, 2);
        // At its start, a server that has the data for itself knows that nobody runs anything.
        let all = if t.engine == Engine::Sqlite { 2 } else { 0 };
        assert_eq!(t.store.interrupt_lost_turns(t.clock.now(), true).await.unwrap(), all);
        assert_eq!(t.store.is_single_node(), t.engine == Engine::Sqlite);
        let free = raw::count(&t.store, "SELECT COUNT(*) FROM chat_sessions WHERE running_message_id IS NULL").await;
        assert_eq!(free, 1 + all as i64);
    }
}
