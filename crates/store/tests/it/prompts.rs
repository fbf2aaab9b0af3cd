//! The versions of a prompt.

use robofy_kernel::{Caller, ChatbotId, Role};
use robofy_store::agents::{LlmKeyChange, PromptVersion};

use super::*;

async fn say(t: &Fixture, op: &Op, home: &make::Home, prompt: &'static str) {
    let change = move |agent: &mut robofy_store::agents::Agent| {
        agent.settings.0.system_prompt_text = prompt.into();
    };
    t.store.update_agent(op, home.project, &home.agent, LlmKeyChange::Keep, change).await.unwrap().unwrap();
}

async fn all(t: &Fixture, op: &Op, agent: &ChatbotId) -> Vec<PromptVersion> {
    let page = PageRequest { after: None, size: 200 };
    t.store.list_prompt_versions(op.account, agent, &page).await.unwrap().items
}

async fn prompt(t: &Fixture, home: &make::Home) -> String {
    let agent = t.store.find_agent(home.op.account, &home.agent).await.unwrap().unwrap();
    agent.settings.0.system_prompt_text
}

both_engines! {
    async fn every_change_of_a_prompt_is_a_version(t: Fixture) {
        let home = make::home(&t).await;
        let first = all(&t, &home.op, &home.agent).await;
        assert_eq!((first.len(), first[0].version, first[0].system_prompt_text.as_str()), (1, 1, ""));
        t.clock.advance(Duration::from_secs(1));
        let by_key = Op {
            caller: Caller::Key { id: KeyId(home.op.uuid()), name: "Shop".into(), scopes: Scopes::everything(), expires_at: None },
            ..home.op.clone()
        };
        say(&t, &by_key, &home, "One").await;
        say(&t, &by_key, &home, "One").await;
        let tone = |agent: &mut robofy_store::agents::Agent| agent.settings.0.tone = "dry".into();
        t.store.update_agent(&by_key, home.project, &home.agent, LlmKeyChange::Keep, tone).await.unwrap().unwrap();
        let user = t.store.find_member_by_email(&format!("{}@example.org", home.op.account)).await.unwrap().unwrap();
        let by_person = Op { caller: Caller::User { id: user.user_id, role: Role::Owner }, ..home.op.clone() };
        say(&t, &by_person, &home, "Two").await;
        let told: Vec<_> = all(&t, &home.op, &home.agent).await.into_iter()
            .map(|one| (one.version, one.system_prompt_text, one.created_by, one.created_at)).collect();
        let now = t.clock.now();
        assert_eq!(told, [
            (3, "Two".into(), Some(user.email), now),
            (2, "One".into(), Some("API key Shop".into()), now),
            (1, String::new(), None, first[0].created_at),
        ]);
        let (other, page) = (make::account(&t).await, PageRequest { after: None, size: 1 });
        assert!(all(&t, &other, &home.agent).await.is_empty());
        assert!(t.store.find_prompt_version(other.account, &home.agent, 1).await.unwrap().is_none());
        let newest = t.store.list_prompt_versions(home.op.account, &home.agent, &page).await.unwrap();
        assert_eq!((newest.items[0].version, newest.next.is_some()), (3, true));
        let next = PageRequest { after: Some(3), size: 50 };
        assert_eq!(t.store.list_prompt_versions(home.op.account, &home.agent, &next).await.unwrap().items.len(), 2);
    }

    async fn what_fails_leaves_no_version(t: Fixture) {
        let home = make::home(&t).await;
        let refused = t.store.try_update_agent(&home.op, home.project, &home.agent, LlmKeyChange::Keep, |agent| {
            agent.settings.0.system_prompt_text = "Lost".into();
            Err(StoreError::Conflict("no".into()))
        }).await;
        assert!(refused.is_err());
        assert_eq!(all(&t, &home.op, &home.agent).await.len(), 1);
    }

    async fn a_restored_prompt_is_a_version_and_done_once(t: Fixture) {
        let home = make::home(&t).await;
        say(&t, &home.op, &home, "One").await;
        say(&t, &home.op, &home, "Two").await;
        let before = t.store.find_agent(home.op.account, &home.agent).await.unwrap().unwrap();
        let key = IdempotencyKey { key: b"k".to_vec(), request: b"r".to_vec() };
        let op = Op { idempotency: Some(Arc::new(key)), ..home.op.clone() };
        let restored = fresh(t.store.restore_prompt(&op, home.project, &home.agent, 2, nothing).await.unwrap());
        assert_eq!((restored.version, restored.system_prompt_text.as_str()), (4, "One"));
        let again = t.store.restore_prompt(&op, home.project, &home.agent, 2, nothing).await.unwrap();
        assert!(matches!(again, Once::Replayed(200, _)));
        assert_eq!((all(&t, &home.op, &home.agent).await.len(), prompt(&t, &home).await.as_str()), (4, "One"));
        let after = t.store.find_agent(home.op.account, &home.agent).await.unwrap().unwrap();
        assert!(after.version > before.version, "nodes learn of it");
        assert_eq!(after.settings.tone, before.settings.tone);
        let missing = t.store.restore_prompt(&home.op, home.project, &home.agent, 9, nothing).await.unwrap_err();
        assert!(matches!(missing, StoreError::NotFound(_)), "{missing}");
        let stranger = make::account(&t).await;
        let foreign = t.store.restore_prompt(&stranger, home.project, &home.agent, 1, nothing).await.unwrap_err();
        assert!(matches!(foreign, StoreError::NotFound(_)), "{foreign}");
        assert_eq!(prompt(&t, &home).await, "One");
    }

    async fn changes_at_once_are_numbered_one_after_another(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        at_once(&t, 20, |t, n| {
            let home = Arc::clone(&home);
            async move {
                let change = move |agent: &mut robofy_store::agents::Agent| {
                    agent.settings.0.system_prompt_text = format!("Prompt {n}");
                };
                t.store.update_agent(&home.op, home.project, &home.agent, LlmKeyChange::Keep, change).await.unwrap().unwrap();
            }
        }).await;
        let versions = all(&t, &home.op, &home.agent).await;
        let numbers: Vec<_> = versions.iter().map(|one| one.version).collect();
        assert_eq!(numbers, (1..=21).rev().collect::<Vec<_>>());
        assert_eq!(prompt(&t, &home).await, versions[0].system_prompt_text, "the newest is in force");
        assert!(t.store.delete_agent(&home.op, home.project, &home.agent).await.unwrap());
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM prompt_versions").await, 0);
    }
}
