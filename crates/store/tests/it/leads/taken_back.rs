//! What a visitor takes back, in a turn's own transaction.

use robofy_store::chat::TurnEnd;
use robofy_store::flows::Effect;
use robofy_store::leads::TakeBack;

use super::*;

/// A turn of the session in which these fields are taken back.
async fn take_back(t: &Fixture, home: &make::Home, session: &str, fields: &[&str]) {
    let turn = chat::taken(chat::begin(t, home, session).await);
    let what = TakeBack {
        chatbot_id: home.agent.clone(),
        session: turn.session_key,
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        email: fields.contains(&"email"),
        required: fields.contains(&"email"),
    };
    let end = TurnEnd { effects: vec![Effect::TakeBack(Box::new(what))], ..chat::end() };
    assert!(t.store.finish_turn(&home.op, &turn, end).await.unwrap());
}

both_engines! {
    async fn what_is_taken_back_counts_no_longer_and_is_kept_as_history(t: Fixture) {
        let home = make::home(&t).await;
        let all = &[("email", "ana@acme.io"), ("name", "Rita"), ("phone", "+4917012345678")];
        let lead = save(&t, &home, SaveLead { complete: true, ..said(&home, "s", all) }).await.lead_id;
        take_back(&t, &home, "s", &["name", "city"]).await;
        assert_eq!(counts(&t, &home, lead).await, ["email=ana@acme.io", "phone=+4917012345678"]);
        assert_eq!(beside(&t, &home, lead, Standing::Earlier).await, ["name=Rita"]);
        assert_eq!(seen_in(&t, &home, "s").await, ["email=ana@acme.io", "phone=+4917012345678"]);
        let found = t.store.find_lead(home.op.account, &home.agent, lead).await.unwrap().unwrap();
        assert!(found.complete, "the form does not require it");
        take_back(&t, &home, "s", &["email", "phone"]).await;
        assert!(counts(&t, &home, lead).await.is_empty());
        let found = t.store.find_lead(home.op.account, &home.agent, lead).await.unwrap().unwrap();
        assert_eq!((found.email_key, found.complete), (None, false));
        // The address is nobody's now, and may be said again.
        assert!(save(&t, &home, said(&home, "other", &[("email", "ana@acme.io")])).await.is_new);
        save(&t, &home, said(&home, "s", &[("name", "Rita")])).await;
        assert_eq!(counts(&t, &home, lead).await, ["name=Rita"]);
        // Where there is no lead, nothing is made.
        take_back(&t, &home, "third", &["name"]).await;
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM leads").await, 2);
    }

    async fn only_one_s_own_word_is_taken_back(t: Fixture) {
        let home = make::home(&t).await;
        let lead = save(&t, &home, said(&home, "first", &[("email", "ana@acme.io"), ("name", "Ana")])).await.lead_id;
        t.clock.advance(Duration::from_secs(1));
        save(&t, &home, SaveLead { complete: true, ..said(&home, "second", &[("email", "ana@acme.io"), ("name", "Mal")]) }).await;
        take_back(&t, &home, "first", &["name", "email"]).await;
        assert_eq!(counts(&t, &home, lead).await, ["email=ana@acme.io", "name=Mal"], "another's word counts then");
        let found = t.store.find_lead(home.op.account, &home.agent, lead).await.unwrap().unwrap();
        assert_eq!((found.email_key.as_deref(), found.complete), (Some("ana@acme.io"), true), "it is not this visitor's alone");
    }
}
