//! Leads: one a person, with everything that was said.

mod at_once;
mod merging;
mod taken_back;

use robofy_kernel::{LeadId, SessionKey};
use robofy_store::chat::Channel;
use robofy_store::leads::{
    Consent, Giver, LeadChange, LeadSession, LeadSource, LeadStatus, LeadValue, NewValue, SaveLead,
    SavedLead, Standing,
};

use super::*;

const ALL: PageRequest<(i64, LeadId)> = PageRequest { after: None, size: 50 };

pub(crate) fn value(field: &str, value: &str) -> NewValue {
    NewValue {
        field: field.into(),
        field_type: if field == "email" { "email" } else { "text" }.into(),
        value: value.into(),
        raw: value.to_uppercase(),
        message_id: None,
        start: None,
        end: None,
        valid: true,
        suggestion: None,
    }
}

/// What a visitor says in a session of this name; an `email` among it decides whose lead it is.
pub(crate) fn said(home: &make::Home, session: &str, values: &[(&str, &str)]) -> SaveLead {
    SaveLead {
        chatbot_id: home.agent.clone(),
        session: LeadSession::Named(Channel::Web, session.parse().unwrap()),
        giver: Giver::Visitor,
        source: LeadSource::Chat,
        page_url: None,
        ip_address: None,
        email_key: values.iter().find(|(field, _)| *field == "email").map(|(_, email)| (*email).into()),
        complete: false,
        consent: None,
        values: values.iter().map(|(field, text)| value(field, text)).collect(),
        change: LeadChange::default(),
    }
}

/// What the operator's servers know of somebody.
pub(crate) fn known(home: &make::Home, values: &[(&str, &str)]) -> SaveLead {
    let (session, giver, source) = (LeadSession::None, Giver::Operator, LeadSource::Api);
    SaveLead { session, giver, source, ..said(home, "none", values) }
}

pub(crate) async fn save(t: &Fixture, home: &make::Home, save: SaveLead) -> SavedLead {
    fresh(t.store.save_lead(&home.op, save, nothing).await.unwrap())
}

pub(crate) async fn session_key(t: &Fixture, home: &make::Home, session: &str) -> SessionKey {
    let id: SessionId = session.parse().unwrap();
    let found = t.store.find_session(&home.op, &home.agent, Channel::Web, &id).await.unwrap();
    found.unwrap().session_key
}

/// `field=value` of what counts, by field.
pub(crate) async fn counts(t: &Fixture, home: &make::Home, lead: LeadId) -> Vec<String> {
    let all = t.store.lead_history(home.op.account, lead).await.unwrap();
    let counting = all.iter().filter(|value| value.standing == Standing::Counts);
    let mut shown: Vec<_> = counting.map(|value| format!("{}={}", value.field, value.value)).collect();
    shown.sort();
    shown
}

/// `field=value` of what does not count, by time.
pub(crate) async fn beside(t: &Fixture, home: &make::Home, lead: LeadId, standing: Standing) -> Vec<String> {
    let all = t.store.lead_history(home.op.account, lead).await.unwrap();
    let of = all.iter().filter(|value| value.standing == standing);
    of.map(|value| format!("{}={}", value.field, value.value)).collect()
}

/// `field=value` of what a session may see.
pub(crate) async fn seen_in(t: &Fixture, home: &make::Home, session: &str) -> Vec<String> {
    let key = session_key(t, home, session).await;
    let lead = t.store.lead_of_session(home.op.account, key).await.unwrap().unwrap();
    let mut shown: Vec<_> = lead.values.iter().map(|v| format!("{}={}", v.field, v.value)).collect();
    shown.sort();
    shown
}

both_engines! {
    async fn a_lead_keeps_where_each_value_comes_from(t: Fixture) {
        let (home, stranger) = (make::home(&t).await, make::home(&t).await);
        let turn = chat::one_turn(&t, &home).await;
        let email = NewValue {
            raw: "ana at acme dot io".into(),
            message_id: Some(turn.message_id.clone()),
            start: Some(11),
            end: Some(29),
            suggestion: Some("ana@acme.com".into()),
            ..value("email", "ana@acme.io")
        };
        let consent = Consent { version: Some("3".into()), accepted: true, message_id: Some(turn.message_id.clone()), at: home.op.now() };
        let new = SaveLead {
            session: LeadSession::Of(turn.session_key),
            email_key: Some("ana@acme.io".into()),
            ip_address: Some("203.0.113.7".into()),
            page_url: Some("https://example.org/prices".into()),
            complete: true,
            consent: Some(consent.clone()),
            values: vec![email.clone(), NewValue { valid: false, ..value("phone", "12") }],
            ..said(&home, "s", &[])
        };
        let saved = save(&t, &home, new).await;
        assert!(saved.is_new && saved.told_id == saved.lead_id);
        let lead = t.store.find_lead(home.op.account, &home.agent, saved.lead_id).await.unwrap().unwrap();
        assert_eq!((lead.status, lead.complete, lead.source), (LeadStatus::New, true, LeadSource::Chat));
        assert_eq!((lead.ip_address.as_deref(), lead.page_url.as_deref()), (Some("203.0.113.7"), Some("https://example.org/prices")));
        assert_eq!((lead.email_key.as_deref(), lead.environment), (Some("ana@acme.io"), Environment::Live));
        assert_eq!(lead.consent.unwrap().0, consent);
        assert_eq!(lead.session_id, Some("s".parse().unwrap()));
        let page = t.store.list_leads(&home.op, &home.agent, None, &ALL).await.unwrap();
        let row = &page.items[0];
        assert_eq!((page.items.len(), row.lead.lead_id, row.values.len()), (1, saved.lead_id, 2));
        let of = |field: &str| -> LeadValue { row.values.iter().find(|v| v.field == field).unwrap().clone() };
        let found = of("email");
        assert_eq!((found.value, found.raw, found.suggestion), (email.value, email.raw, email.suggestion));
        assert_eq!((found.message_id, found.start, found.end), (email.message_id, Some(11), Some(29)));
        assert_eq!((found.field_type.as_str(), found.consent_version.as_deref(), found.valid), ("email", Some("3"), true));
        assert_eq!((found.session_id, found.created_at), (Some("s".parse().unwrap()), home.op.now()));
        assert!(!of("phone").valid);
        assert!(t.store.find_lead(stranger.op.account, &home.agent, saved.lead_id).await.unwrap().is_none());
        assert!(t.store.find_lead(home.op.account, &stranger.agent, saved.lead_id).await.unwrap().is_none());
        assert!(t.store.lead_history(stranger.op.account, saved.lead_id).await.unwrap().is_empty());
        assert!(t.store.lead_of_session(stranger.op.account, turn.session_key).await.unwrap().is_none());
        assert!(t.store.list_leads(&stranger.op, &home.agent, None, &ALL).await.unwrap().items.is_empty());
        let error = t.store.save_lead(&stranger.op, said(&home, "s", &[("name", "A")]), nothing).await.unwrap_err();
        assert!(matches!(error, StoreError::NotFound(_)), "another account's agent: {error}");
    }

    async fn the_latest_word_counts_and_earlier_ones_are_kept(t: Fixture) {
        let home = make::home(&t).await;
        let lead = save(&t, &home, said(&home, "s", &[("name", "Ann"), ("city", "Bern")])).await.lead_id;
        for name in ["Ann", "Anna", "Ann", "Ann"] {
            t.clock.advance(Duration::from_secs(1));
            let saved = save(&t, &home, said(&home, "s", &[("name", name)])).await;
            assert_eq!((saved.lead_id, saved.is_new), (lead, false));
        }
        assert_eq!(counts(&t, &home, lead).await, ["city=Bern", "name=Ann"]);
        assert_eq!(beside(&t, &home, lead, Standing::Earlier).await, ["name=Ann", "name=Anna"]);
        assert_eq!(seen_in(&t, &home, "s").await, ["city=Bern", "name=Ann"]);
        let found = t.store.find_lead(home.op.account, &home.agent, lead).await.unwrap().unwrap();
        assert_eq!(found.updated_at.since(found.created_at), Duration::from_secs(4));
    }

    async fn a_lead_turns_complete_and_stays_so(t: Fixture) {
        let home = make::home(&t).await;
        let complete = async |lead| t.store.find_lead(home.op.account, &home.agent, lead).await.unwrap().unwrap().complete;
        let lead = save(&t, &home, said(&home, "s", &[("email", "a@b.c")])).await.lead_id;
        assert!(!complete(lead).await);
        save(&t, &home, SaveLead { complete: true, ..said(&home, "s", &[("name", "A")]) }).await;
        assert!(complete(lead).await);
        save(&t, &home, said(&home, "s", &[("name", "B")])).await;
        assert!(complete(lead).await);
    }

    async fn a_form_may_come_before_the_first_word(t: Fixture) {
        let home = make::home(&t).await;
        let page = Some("https://example.org/".to_owned());
        let lead = save(&t, &home, SaveLead { page_url: page.clone(), ..said(&home, "s", &[("name", "A")]) }).await.lead_id;
        let turn = chat::one_turn(&t, &home).await;
        assert_eq!((turn.number, turn.session_key), (1, session_key(&t, &home, "s").await));
        let again = SaveLead { session: LeadSession::Of(turn.session_key), ..said(&home, "s", &[("city", "Bern")]) };
        assert_eq!(save(&t, &home, again).await.lead_id, lead);
        // The page is the session's where nobody names another.
        let other = save(&t, &home, said(&home, "s", &[("name", "B")])).await.lead_id;
        let found = t.store.find_lead(home.op.account, &home.agent, other).await.unwrap().unwrap();
        assert_eq!((other, found.page_url), (lead, page));
    }

    async fn test_leads_are_apart(t: Fixture) {
        let home = make::home(&t).await;
        let test = robofy_kernel::Op { environment: Environment::Test, ..home.op.clone() };
        let live = save(&t, &home, said(&home, "s", &[("email", "a@b.c")])).await.lead_id;
        let tried = fresh(t.store.save_lead(&test, said(&home, "s", &[("email", "a@b.c")]), nothing).await.unwrap());
        assert!(tried.is_new && tried.lead_id != live);
        for (op, own) in [(&home.op, live), (&test, tried.lead_id)] {
            let page = t.store.list_leads(op, &home.agent, None, &ALL).await.unwrap();
            assert_eq!(page.items.iter().map(|row| row.lead.lead_id).collect::<Vec<_>>(), [own]);
        }
        assert!(!t.store.delete_lead(&test, &home.agent, live).await.unwrap());
        assert!(!t.store.update_lead(&test, &home.agent, live, LeadChange::default()).await.unwrap());
    }

    async fn leads_come_newest_first_in_pages(t: Fixture) {
        let home = make::home(&t).await;
        let mut made = Vec::new();
        for n in 0..7 {
            // Some in the same moment.
            t.clock.advance(Duration::from_secs(n % 2));
            made.push(save(&t, &home, said(&home, &format!("s{n}"), &[("name", "A"), ("city", "B")])).await.lead_id);
        }
        let (mut found, mut page) = (Vec::new(), PageRequest { after: None, size: 3 });
        loop {
            let got = t.store.list_leads(&home.op, &home.agent, None, &page).await.unwrap();
            assert!(got.items.iter().all(|row| row.values.len() == 2));
            found.extend(got.items.iter().map(|row| (row.lead.created_at, row.lead.lead_id)));
            let Some(next) = got.next else { break };
            page = PageRequest { after: Some(next), size: 3 };
        }
        assert!(found.is_sorted_by(|a, b| a > b), "{found:?}");
        assert_eq!(found.iter().map(|row| row.1).collect::<std::collections::BTreeSet<_>>(), made.iter().copied().collect());
        let third: SessionId = "s3".parse().unwrap();
        let got = t.store.list_leads(&home.op, &home.agent, Some(&third), &ALL).await.unwrap();
        assert_eq!((got.items.len(), got.items[0].lead.lead_id, got.items[0].values.len()), (1, made[3], 2));
        let nobody: SessionId = "nobody".parse().unwrap();
        assert!(t.store.list_leads(&home.op, &home.agent, Some(&nobody), &ALL).await.unwrap().items.is_empty());
        assert_eq!(t.store.lead_fields(&home.op, &home.agent).await.unwrap(), ["city", "name"]);
    }

    async fn a_lead_of_several_sessions_with_one_id_is_listed_once(t: Fixture) {
        let home = make::home(&t).await;
        let mine = save(&t, &home, said(&home, "s", &[("email", "a@b.c")])).await.lead_id;
        let elsewhere = LeadSession::Named(Channel::Whatsapp, "s".parse().unwrap());
        let again = SaveLead { session: elsewhere, ..said(&home, "s", &[("email", "a@b.c")]) };
        assert_eq!(save(&t, &home, again).await.lead_id, mine);
        save(&t, &home, said(&home, "other", &[("name", "B")])).await;
        let session: SessionId = "s".parse().unwrap();
        let got = t.store.list_leads(&home.op, &home.agent, Some(&session), &ALL).await.unwrap();
        assert_eq!(got.items.iter().map(|row| row.lead.lead_id).collect::<Vec<_>>(), [mine]);
    }

    async fn the_operator_s_labels_are_merged_into_the_lead(t: Fixture) {
        let home = make::home(&t).await;
        let lead = save(&t, &home, said(&home, "s", &[("name", "A")])).await.lead_id;
        let change = async |change| assert!(t.store.update_lead(&home.op, &home.agent, lead, change).await.unwrap());
        change(LeadChange { tags: Some(vec!["hot".into()]), ..LeadChange::default() }).await;
        change(LeadChange { status: Some(LeadStatus::Won), notes: Some(vec!["Called.".into()]), ..LeadChange::default() }).await;
        let found = t.store.find_lead(home.op.account, &home.agent, lead).await.unwrap().unwrap();
        assert_eq!((found.status, found.tags.0, found.notes.0), (LeadStatus::Won, vec!["hot".into()], vec!["Called.".into()]));
        let other = LeadId(t.ids.uuid_v4());
        assert!(!t.store.update_lead(&home.op, &home.agent, other, LeadChange::default()).await.unwrap());
    }

    async fn a_deleted_lead_leaves_no_row(t: Fixture) {
        let home = make::home(&t).await;
        let lead = save(&t, &home, said(&home, "s", &[("email", "a@b.c"), ("name", "A")])).await.lead_id;
        save(&t, &home, said(&home, "s", &[("name", "B")])).await;
        save(&t, &home, said(&home, "other", &[("email", "a@b.c"), ("name", "C")])).await;
        assert!(t.store.delete_lead(&home.op, &home.agent, lead).await.unwrap());
        assert!(!t.store.delete_lead(&home.op, &home.agent, lead).await.unwrap());
        for table in ["leads", "lead_values", "lead_sessions"] {
            let sql: &'static str = format!("SELECT COUNT(*) FROM {table}").leak();
            assert_eq!(raw::count(&t.store, sql).await, 0, "{table}");
        }
        // The visitor goes on, and is somebody new.
        let again = save(&t, &home, said(&home, "s", &[("name", "B")])).await;
        assert!(again.is_new && again.lead_id != lead);
        assert!(t.store.delete_agent(&home.op, home.project, &home.agent).await.unwrap());
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM leads").await, 0);
    }

    async fn a_repeat_with_its_key_saves_once(t: Fixture) {
        let home = make::home(&t).await;
        let key = |request: u8| Some(Arc::new(IdempotencyKey { key: vec![1], request: vec![request] }));
        let op = robofy_kernel::Op { idempotency: key(1), ..home.op.clone() };
        let new = || known(&home, &[("name", "A")]);
        let told = |saved: &SavedLead| (201, saved.told_id.to_string().into_bytes());
        let first = fresh(t.store.save_lead(&op, new(), told).await.unwrap());
        match t.store.save_lead(&op, new(), told).await.unwrap() {
            Once::Replayed(status, id) => assert_eq!((status, id), (201, first.told_id.to_string().into_bytes())),
            Once::Fresh(again) => panic!("{again:?}"),
        }
        let op = robofy_kernel::Op { idempotency: key(2), ..op };
        assert!(matches!(t.store.save_lead(&op, new(), told).await, Err(StoreError::OtherRequest)));
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM leads").await, 1);
    }
}
