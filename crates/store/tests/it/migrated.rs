//! Rows of older schemas, as the present program reads them.

use robofy_kernel::MasterKey;
use robofy_kernel::secret::Place;
use robofy_store::KeySource;
use robofy_store::agents::{AgentSettings, LlmProvider, Persona};
use secrecy::ExposeSecret as _;

use super::*;

const ACCOUNT: &str = "0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b";
const CHATBOT: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

both_engines! {
    async fn an_agent_of_the_first_schema_keeps_settings_and_key(t: Fixture) {
        let KeySource::Given(key) = t.key() else { panic!("the fixture's key is given") };
        let place = Place { table: "agents", column: "llm_api_key", row: CHATBOT };
        let sealed = MasterKey::from_text(&key).unwrap().seal(&t.ids, &place, b"sk-old");
        let hex: String = sealed.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let (account, sealed) = match t.engine {
            Engine::Sqlite => (format!("x'{}'", ACCOUNT.replace('-', "")), format!("x'{hex}'")),
            Engine::Postgres => (format!("'{ACCOUNT}'"), format!("'\\x{hex}'")),
        };
        let settings = r#"{"system_prompt_text":"Sell shoes.","not_found_answer":"No idea.","tone":"dry","chunk_size":64,"chunk_overlap":8,"enable_chatbot_memory":false,"question_pre_processing":true,"past_questions_limit":3,"temperature":"1","thinking_mode":"2"}"#;
        let rows = format!(
            "INSERT INTO accounts (account_id, name, email, status, version, created_at) VALUES ({account}, 'A', 'a@example.org', 'active', 1, 1);
             INSERT INTO project_directory (project_id, account_id) VALUES (7, {account});
             INSERT INTO projects (account_id, project_id, name, created_at, updated_at) VALUES ({account}, 7, 'P', 1, 1);
             INSERT INTO agent_directory (chatbot_id, account_id, project_id) VALUES ('{CHATBOT}', {account}, 7);
             INSERT INTO agents (account_id, chatbot_id, project_id, name, type, access_type, llm_source, language, enabled, require_origin,
                                 allowed_origins, test_origins, settings, llm_api_key, version, content_version, created_at, updated_at)
             VALUES ({account}, '{CHATBOT}', 7, 'Old', 0, 0, 0, 'en', TRUE, FALSE, '[]', '[]', '{settings}', {sealed}, 9, 4, 1, 2);"
        );
        let config = schema::older(&t, 1, &rows).await;
        let store = Store::open(&config, &t.key(), &Ids::System, &t.tasks).await.unwrap();
        let (account, chatbot) = (AccountId(ACCOUNT.parse().unwrap()), CHATBOT.parse().unwrap());
        let (agent, key) = store.find_agent_with_llm_key(account, &chatbot).await.unwrap().unwrap();
        assert_eq!(key.unwrap().expose_secret(), "sk-old");
        assert_eq!((agent.name.as_str(), agent.version, agent.content_version), ("Old", 9, 4));
        assert_eq!(agent.persona.0, Persona::default());
        let expected = AgentSettings {
            system_prompt_text: "Sell shoes.".into(),
            not_found_answer: "No idea.".into(),
            tone: "dry".into(),
            chunk_size: 64,
            chunk_overlap: Some(8),
            enable_chatbot_memory: false,
            past_questions_limit: 3,
            temperature: "1".into(),
            thinking_mode: "2".into(),
            ..AgentSettings::default()
        };
        assert_eq!(agent.settings.0, expected);
        assert_eq!((expected.llm_provider, expected.llm_address()), (LlmProvider::Default, None), "nothing changes for it");
        let prompts = store.list_prompt_versions(account, &chatbot, &PageRequest { after: None, size: 50 }).await.unwrap();
        let told: Vec<_> = prompts.items.iter().map(|p| (p.version, p.system_prompt_text.as_str(), &p.created_by)).collect();
        assert_eq!(told, [(1, "Sell shoes.", &None)], "its present prompt is the first version");
        assert_eq!((agent.sort_order, agent.quick_questions.len(), agent.widget_tabs.len()), (0, 0, 0));
        store.close().await;
    }
}
