//! Projects, agents, settings and pairs, within an account and across.

use robofy_kernel::QaId;
use robofy_store::agents::{LlmKeyChange, Persona};
use robofy_store::pairs::{Pair, PairChange};
use robofy_store::projects::ProjectChange;
use sqlx::types::Json;

use super::*;

const ALL: PageRequest<(i64, robofy_kernel::ChatbotId)> = PageRequest { after: None, size: 50 };

both_engines! {
    async fn a_project_is_its_accounts_own(t: Fixture) {
        let (op, stranger) = (make::account(&t).await, make::account(&t).await);
        let id = make::project(&t, &op).await;
        assert_eq!(t.store.find_project(op.account, id).await.unwrap().unwrap().name, "P");
        assert!(t.store.find_project(stranger.account, id).await.unwrap().is_none());
        let rename = || ProjectChange { name: Some("Q".into()), description: None };
        assert!(t.store.update_project(&stranger, id, rename()).await.unwrap().is_none());
        t.clock.advance(Duration::from_secs(5));
        let describe = ProjectChange { name: None, description: Some(Some("d".into())) };
        t.store.update_project(&op, id, describe).await.unwrap().unwrap();
        let project = t.store.update_project(&op, id, rename()).await.unwrap().unwrap();
        assert_eq!((project.name.as_str(), project.description.as_deref()), ("Q", Some("d")));
        assert_eq!(project.updated_at, op.now());
        let clear = ProjectChange { name: None, description: Some(None) };
        assert_eq!(t.store.update_project(&op, id, clear).await.unwrap().unwrap().description, None);
        let page = PageRequest { after: None, size: 50 };
        assert_eq!(t.store.list_projects(op.account, &page).await.unwrap().items.len(), 1);
        assert!(t.store.list_projects(stranger.account, &page).await.unwrap().items.is_empty());
    }

    async fn an_agent_comes_back_as_it_was_stored(t: Fixture) {
        let op = make::account(&t).await;
        let project = make::project(&t, &op).await;
        let mut new = make::new_agent(&op, project);
        new.description = Some("Ümläute, 日本語 and \"quotes\"".into());
        new.timezone = Some("Europe/Berlin".into());
        new.settings.0.temperature = "0.7".into();
        new.settings.0.chunk_overlap = Some(12);
        new.persona.0 = Persona { greeting: Some("Grüß Gott".into()), dos: vec!["Be brief".into()], ..Persona::default() };
        let stored = fresh(t.store.create_agent(&op, new.clone(), nothing).await.unwrap());
        let found = t.store.find_agent(op.account, &new.chatbot_id).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{stored:?}"));
        assert_eq!(format!("{found:?}"), format!("{new:?}"));
        let public = t.store.find_public_agent(&new.chatbot_id, project).await.unwrap().unwrap();
        assert_eq!(format!("{public:?}"), format!("{new:?}"));
    }

    async fn an_agent_is_its_accounts_own(t: Fixture) {
        let (home, stranger) = (make::home(&t).await, make::account(&t).await);
        let other = make::project(&t, &home.op).await;
        let account = stranger.account;
        assert!(t.store.find_agent(account, &home.agent).await.unwrap().is_none());
        assert!(t.store.find_agent_head(account, &home.agent).await.unwrap().is_none());
        assert!(t.store.find_public_agent(&home.agent, other).await.unwrap().is_none());
        assert!(t.store.list_agents(account, home.project, &ALL).await.unwrap().items.is_empty());
        assert!(t.store.list_agents(home.op.account, other, &ALL).await.unwrap().items.is_empty());
        for (op, project) in [(&stranger, home.project), (&home.op, other)] {
            let changed = t.store.update_agent(op, project, &home.agent, LlmKeyChange::Keep, |agent| {
                agent.name = "stolen".into();
            }).await.unwrap();
            assert!(changed.is_none());
            assert!(!t.store.delete_agent(op, project, &home.agent).await.unwrap());
        }
        let agent = t.store.find_agent(home.op.account, &home.agent).await.unwrap().unwrap();
        assert_eq!((agent.name.as_str(), agent.version), ("Agent", 1), "a refused change leaves no trace");
        let unknown = make::new_agent(&stranger, home.project);
        let error = t.store.create_agent(&stranger, unknown, nothing).await.unwrap_err();
        assert!(matches!(error, StoreError::NotFound(_)), "in another account's project: {error}");
    }

    async fn an_agent_of_a_suspended_account_is_not_public(t: Fixture) {
        let home = make::home(&t).await;
        assert!(t.store.find_public_agent(&home.agent, home.project).await.unwrap().is_some());
        raw::run(&t.store, "UPDATE accounts SET status = 'suspended'").await;
        assert!(t.store.find_public_agent(&home.agent, home.project).await.unwrap().is_none());
        let head = t.store.find_agent_head(home.op.account, &home.agent).await.unwrap().unwrap();
        assert_eq!(head.status, robofy_store::accounts::AccountStatus::Suspended);
        raw::run(&t.store, "UPDATE accounts SET status = 'active'").await;
        t.store.update_agent(&home.op, home.project, &home.agent, LlmKeyChange::Keep, |a| a.enabled = false)
            .await.unwrap();
        assert!(t.store.find_public_agent(&home.agent, home.project).await.unwrap().is_none());
    }

    async fn changes_of_settings_at_once_are_all_kept(t: Fixture) {
        let home = make::home(&t).await;
        let versions = at_once(&t, 30, |t, n| {
            let (op, project, agent) = (home.op.clone(), home.project, home.agent.clone());
            async move {
                let changed = t.store.update_agent(&op, project, &agent, LlmKeyChange::Keep, move |agent| {
                    agent.settings.0.past_questions_limit += 1;
                    agent.allowed_origins.0.push(format!("https://{n}.example"));
                });
                changed.await.unwrap().unwrap().version
            }
        }).await;
        let agent = t.store.find_agent(home.op.account, &home.agent).await.unwrap().unwrap();
        assert_eq!(agent.settings.past_questions_limit, 5 + 30);
        assert_eq!(agent.allowed_origins.len(), 1 + 30);
        let mut versions = versions;
        versions.sort_unstable();
        assert_eq!(versions, (2..32).collect::<Vec<_>>(), "each change has a version of its own");
    }

    async fn a_model_key_is_sealed_set_and_cleared(t: Fixture) {
        let home = make::home(&t).await;
        let change = async |change| {
            let done = t.store.update_agent(&home.op, home.project, &home.agent, change, |_| ()).await;
            done.unwrap().unwrap().has_llm_api_key
        };
        let stored = async || t.store.find_agent(home.op.account, &home.agent).await.unwrap().unwrap().has_llm_api_key;
        assert!(!change(LlmKeyChange::Keep).await);
        assert!(change(LlmKeyChange::Set("sk-secret".into())).await && stored().await);
        assert!(change(LlmKeyChange::Keep).await && stored().await);
        let column = match t.engine {
            Engine::Sqlite => "SELECT hex(llm_api_key) FROM agents",
            Engine::Postgres => "SELECT upper(encode(llm_api_key, 'hex')) FROM agents",
        };
        let column = raw::list(&t.store, column).await.join("");
        assert!(column.len() > 80 && !column.contains("736B2D736563726574"), "sk-secret in {column}");
        assert!(!change(LlmKeyChange::Clear).await && !stored().await);
    }

    async fn a_change_that_does_not_fit_leaves_nothing(t: Fixture) {
        let home = make::home(&t).await;
        let before = t.store.find_agent(home.op.account, &home.agent).await.unwrap().unwrap();
        let key = LlmKeyChange::Set("sk-secret".into());
        let refused = t.store.try_update_agent(&home.op, home.project, &home.agent, key, |agent| {
            agent.name = "Other".into();
            Err(StoreError::Conflict("does not fit".into()))
        }).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        let after = t.store.find_agent(home.op.account, &home.agent).await.unwrap().unwrap();
        assert_eq!((after.name, after.version, after.has_llm_api_key), (before.name, before.version, false));
    }

    async fn a_deleted_agent_takes_everything_with_it(t: Fixture) {
        let home = make::home(&t).await;
        make::asset(&t, &home, "text").await;
        add_pair(&t, &home, "q").await;
        chat::one_turn(&t, &home).await;
        assert!(t.store.delete_agent(&home.op, home.project, &home.agent).await.unwrap());
        assert!(!t.store.delete_agent(&home.op, home.project, &home.agent).await.unwrap());
        for table in ["agents", "agent_directory", "asset_links", "qa_pairs", "chat_sessions", "turns"] {
            let sql: &'static str = format!("SELECT COUNT(*) FROM {table}").leak();
            assert_eq!(raw::count(&t.store, sql).await, 0, "{table}");
        }
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM assets").await, 1, "assets are the project's");
        assert!(t.store.find_public_agent(&home.agent, home.project).await.unwrap().is_none());
        let error = make_turn_error(&t, &home).await;
        assert!(matches!(error, StoreError::NotFound(_)), "{error}");
    }

    /// A turn that ends goes from its session to the agent, deleting from the agent to its sessions.
    async fn an_agent_is_deleted_while_its_turns_end(t: Fixture) {
        let home = make::home(&t).await;
        chat::one_turn(&t, &home).await;
        let (hold, held) = tokio::sync::oneshot::channel();
        let ending = t.store.write(Lane::Conversation, |mut tx| Box::pin(async move {
            raw::execute(tx.conn(), "UPDATE chat_sessions SET last_at = last_at").await?;
            hold.send(()).unwrap();
            tokio::time::sleep(Duration::from_millis(300)).await;
            let count = "INSERT INTO token_counts (account_id, chatbot_id, month, shard, input_tokens, output_tokens)
                         SELECT account_id, chatbot_id, '2026-01', 0, 1, 1 FROM chat_sessions";
            raw::execute(tx.conn(), count).await
        }));
        let deleting = async {
            held.await.unwrap();
            t.store.delete_agent(&home.op, home.project, &home.agent).await
        };
        let (ended, deleted) = tokio::join!(ending, deleting);
        assert_eq!(ended.unwrap(), 1);
        assert!(deleted.unwrap(), "the database gave it up, and it was done again");
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM token_counts").await, 0);
    }

    async fn an_agent_is_deleted_amid_turns_that_cost_tokens(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        let ends = at_once(&t, 12, |t, n| {
            let home = Arc::clone(&home);
            async move {
                if n == 6 {
                    return t.store.delete_agent(&home.op, home.project, &home.agent).await;
                }
                let new = chat::new_turn(&t, &home, &format!("s{n}"));
                match t.store.begin_turn(&home.op, new).await {
                    Ok(begun) => {
                        let tokens = Some(robofy_store::chat::Tokens { input: 5, output: 7 });
                        let end = robofy_store::chat::TurnEnd { tokens, ..chat::end() };
                        t.store.finish_turn(&home.op, &chat::taken(begun), end).await.map(|_| true)
                    }
                    Err(StoreError::NotFound(_)) => Ok(true),
                    Err(error) => Err(error),
                }
            }
        }).await;
        assert!(ends.into_iter().all(Result::unwrap));
        assert_eq!(raw::count(&t.store, "SELECT (SELECT COUNT(*) FROM agents) + (SELECT COUNT(*) FROM turns)").await, 0);
    }

    async fn what_the_agents_of_a_page_were_taught_is_counted_at_once(t: Fixture) {
        let home = make::home(&t).await;
        let mut agents = vec![home.agent.clone()];
        for _ in 0..3 {
            t.clock.advance(Duration::from_secs(1));
            agents.push(make::agent(&t, &home.op, home.project).await);
        }
        for (agent, sources) in [(0, 2), (2, 1), (3, 3)] {
            let of = make::Home { op: home.op.clone(), project: home.project, agent: agents[agent].clone() };
            for n in 0..sources {
                make::asset(&t, &of, &format!("text {n}")).await;
            }
        }
        let page = t.store.list_agents(home.op.account, home.project, &PageRequest { after: None, size: 3 }).await.unwrap().items;
        let counted = t.store.count_sources_of_page(&page).await.unwrap();
        assert_eq!(counted.len(), 2, "one was taught nothing, one is on the next page");
        for agent in [&agents[0], &agents[2]] {
            assert_eq!(counted[agent], t.store.count_sources(home.op.account, agent).await.unwrap());
        }
        assert_eq!((counted[&agents[0]].files, counted[&agents[2]].files), (2, 1));
        assert!(t.store.count_sources_of_page(&[]).await.unwrap().is_empty());
    }

    async fn pairs_are_made_changed_and_deleted(t: Fixture) {
        let (home, stranger) = (make::home(&t).await, make::home(&t).await);
        let first = add_pair(&t, &home, "one").await;
        t.clock.advance(Duration::from_secs(1));
        let second = add_pair(&t, &home, "two").await;
        let off = PairChange { enabled: Some(false), ..PairChange::default() };
        assert!(t.store.update_pair(&stranger.op, &home.agent, first, off.clone()).await.unwrap().is_none());
        assert!(t.store.find_pair(stranger.op.account, &home.agent, first).await.unwrap().is_none());
        assert!(!t.store.delete_pair(&stranger.op, &home.agent, first).await.unwrap());
        let changed = t.store.update_pair(&home.op, &home.agent, first, off).await.unwrap().unwrap();
        assert_eq!((changed.question.as_str(), changed.enabled, changed.also.0.len()), ("one", false, 2));
        let words = PairChange { also: Some(vec![]), answer: Some("b".into()), ..PairChange::default() };
        let changed = t.store.update_pair(&home.op, &home.agent, second, words).await.unwrap().unwrap();
        assert_eq!((changed.answer.as_str(), changed.also.0.len()), ("b", 0));
        let enabled = t.store.enabled_pairs(home.op.account, &home.agent).await.unwrap();
        assert_eq!(enabled.iter().map(|pair| pair.qa_id).collect::<Vec<_>>(), [second]);
        let page = PageRequest { after: None, size: 50 };
        let all = t.store.list_pairs(home.op.account, &home.agent, &page).await.unwrap().items;
        assert_eq!(all.iter().map(|pair| pair.qa_id).collect::<Vec<_>>(), [first, second]);
        let before = t.store.find_agent_head(home.op.account, &home.agent).await.unwrap().unwrap().version;
        assert!(t.store.delete_pair(&home.op, &home.agent, first).await.unwrap());
        assert!(!t.store.delete_pair(&home.op, &home.agent, first).await.unwrap());
        let after = t.store.find_agent_head(home.op.account, &home.agent).await.unwrap().unwrap().version;
        assert!(after > before, "nodes learn of it");
    }
}

async fn add_pair(t: &Fixture, home: &make::Home, question: &str) -> QaId {
    let pair = Pair {
        qa_id: QaId(home.op.uuid()),
        question: question.into(),
        also: Json(vec!["x".into(), "y".into()]),
        answer: "a".into(),
        enabled: true,
        created_at: home.op.now(),
        updated_at: home.op.now(),
    };
    fresh(t.store.create_pair(&home.op, &home.agent, pair, nothing).await.unwrap()).qa_id
}

async fn make_turn_error(t: &Fixture, home: &make::Home) -> StoreError {
    t.store.begin_turn(&home.op, chat::new_turn(t, home, "s")).await.unwrap_err()
}
