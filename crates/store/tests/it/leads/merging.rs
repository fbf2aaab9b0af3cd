//! Two sessions, one person; and two persons of whom one names the other's address.

use super::*;

both_engines! {
    async fn the_address_decides_and_nobody_s_word_replaces_another_s(t: Fixture) {
        let home = make::home(&t).await;
        let ana = &[("email", "ana@acme.io"), ("name", "Ana"), ("phone", "+4917012345678")];
        let lead = save(&t, &home, said(&home, "first", ana)).await.lead_id;
        t.clock.advance(Duration::from_secs(60));
        let other = &[("email", "ana@acme.io"), ("name", "Mallory"), ("phone", "+4917012345678"), ("city", "Bern")];
        let second = save(&t, &home, said(&home, "second", other)).await;
        assert_eq!((second.lead_id, second.is_new), (lead, false));
        assert_eq!(counts(&t, &home, lead).await, ["city=Bern", "email=ana@acme.io", "name=Ana", "phone=+4917012345678"]);
        let both = beside(&t, &home, lead, Standing::Other).await;
        assert!(both.contains(&"name=Mallory".to_owned()), "the operator sees both: {both:?}");
        assert_eq!(seen_in(&t, &home, "first").await, ["email=ana@acme.io", "name=Ana", "phone=+4917012345678"]);
        assert!(!seen_in(&t, &home, "second").await.iter().any(|shown| shown == "name=Ana"), "never shown");
        // Corrections replace the corrector's own word.
        save(&t, &home, said(&home, "second", &[("name", "Mal"), ("city", "Biel")])).await;
        save(&t, &home, said(&home, "first", &[("name", "Anna")])).await;
        assert_eq!(counts(&t, &home, lead).await, ["city=Biel", "email=ana@acme.io", "name=Anna", "phone=+4917012345678"]);
        let sessions = "SELECT COUNT(*) FROM lead_sessions";
        assert_eq!((raw::count(&t.store, sessions).await, raw::count(&t.store, "SELECT COUNT(*) FROM leads").await), (2, 1));
        for session in ["first", "second"] {
            let id: SessionId = session.parse().unwrap();
            let found = t.store.list_leads(&home.op, &home.agent, Some(&id), &ALL).await.unwrap();
            assert_eq!((found.items.len(), found.items[0].lead.lead_id), (1, lead));
        }
    }

    async fn a_half_made_lead_disappears_into_the_one_that_has_its_address(t: Fixture) {
        let home = make::home(&t).await;
        let page = Some("https://example.org/a".to_owned());
        let old = SaveLead { page_url: page.clone(), ..said(&home, "first", &[("email", "ana@acme.io"), ("name", "Ana")]) };
        let old = save(&t, &home, old).await;
        let half = save(&t, &home, said(&home, "second", &[("name", "A."), ("city", "Bern")])).await;
        let work = LeadChange { status: Some(LeadStatus::Contacted), tags: Some(vec!["fair".into()]), notes: Some(vec!["Met.".into()]) };
        assert!(t.store.update_lead(&home.op, &home.agent, half.lead_id, work).await.unwrap());
        save(&t, &home, SaveLead { complete: true, ..said(&home, "second", &[("name", "Anastasia")]) }).await;
        assert_ne!(half.lead_id, old.lead_id);
        let joined = save(&t, &home, said(&home, "second", &[("email", "ana@acme.io")])).await;
        assert_eq!((joined.lead_id, joined.is_new), (old.lead_id, false));
        assert_eq!(joined.told_id, half.lead_id, "the visitor learns nothing of it");
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM leads").await, 1);
        for id in [old.lead_id, half.lead_id] {
            let found = t.store.find_lead(home.op.account, &home.agent, id).await.unwrap().unwrap();
            assert_eq!((found.lead_id, found.complete, found.page_url), (old.lead_id, true, page.clone()));
            assert_eq!((found.status, found.tags.0, found.notes.0), (LeadStatus::Contacted, vec!["fair".into()], vec!["Met.".into()]));
        }
        assert_eq!(counts(&t, &home, old.lead_id).await, ["city=Bern", "email=ana@acme.io", "name=Ana"]);
        assert_eq!(beside(&t, &home, old.lead_id, Standing::Earlier).await, ["name=A."], "history is kept");
        assert_eq!(seen_in(&t, &home, "second").await, ["city=Bern", "email=ana@acme.io", "name=Anastasia"]);
    }

    async fn a_corrected_address_changes_the_lead_s(t: Fixture) {
        let home = make::home(&t).await;
        let first = save(&t, &home, said(&home, "s", &[("email", "ana@gmial.com"), ("name", "Ana")])).await;
        t.clock.advance(Duration::from_secs(1));
        let second = save(&t, &home, said(&home, "s", &[("email", "ana@gmail.com")])).await;
        assert_eq!((second.lead_id, second.is_new), (first.lead_id, false));
        assert_eq!(counts(&t, &home, first.lead_id).await, ["email=ana@gmail.com", "name=Ana"]);
        // The mistyped address is nobody's now.
        let other = save(&t, &home, said(&home, "other", &[("email", "ana@gmial.com")])).await;
        assert!(other.is_new);
        // And one that is known leads there, with the lead that was this session's alone.
        t.clock.advance(Duration::from_secs(1));
        let third = save(&t, &home, said(&home, "s", &[("email", "ana@gmial.com")])).await;
        assert_eq!(third.lead_id, other.lead_id);
        assert_eq!(counts(&t, &home, other.lead_id).await, ["email=ana@gmial.com", "name=Ana"]);
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM leads").await, 1);
    }

    async fn who_corrects_a_shared_address_leaves_the_lead(t: Fixture) {
        let home = make::home(&t).await;
        let ana = save(&t, &home, said(&home, "first", &[("email", "ana@acme.io"), ("name", "Ana")])).await;
        t.clock.advance(Duration::from_secs(1));
        let bob = save(&t, &home, said(&home, "second", &[("email", "ana@acme.io"), ("name", "Bob"), ("city", "Bern")])).await;
        t.clock.advance(Duration::from_secs(1));
        save(&t, &home, said(&home, "first", &[("city", "Basel")])).await;
        t.clock.advance(Duration::from_secs(1));
        let left = save(&t, &home, said(&home, "second", &[("email", "bob@acme.io")])).await;
        assert!(left.is_new && left.lead_id != ana.lead_id);
        assert_eq!(left.told_id, bob.told_id);
        assert_eq!(counts(&t, &home, left.lead_id).await, ["city=Bern", "email=bob@acme.io", "name=Bob"]);
        assert_eq!(beside(&t, &home, left.lead_id, Standing::Earlier).await, ["email=ana@acme.io"]);
        assert_eq!(counts(&t, &home, ana.lead_id).await, ["city=Basel", "email=ana@acme.io", "name=Ana"]);
        assert!(beside(&t, &home, ana.lead_id, Standing::Other).await.is_empty());
        // It cannot be done to the first one's lead either: nobody takes an address from somebody else's lead.
        let found = t.store.find_lead(home.op.account, &home.agent, ana.lead_id).await.unwrap().unwrap();
        assert_eq!(found.email_key.as_deref(), Some("ana@acme.io"));
    }

    async fn a_phone_number_merges_nothing(t: Fixture) {
        let home = make::home(&t).await;
        let phone = ("phone", "+4917012345678");
        save(&t, &home, said(&home, "a", &[("email", "a@b.c"), phone])).await;
        save(&t, &home, said(&home, "b", &[("email", "b@b.c"), phone])).await;
        save(&t, &home, said(&home, "c", &[phone])).await;
        save(&t, &home, known(&home, &[phone])).await;
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM leads").await, 4);
    }

    async fn the_operator_s_word_replaces_the_visitors(t: Fixture) {
        let home = make::home(&t).await;
        let lead = save(&t, &home, said(&home, "s", &[("email", "a@b.c"), ("name", "ann")])).await.lead_id;
        t.clock.advance(Duration::from_secs(1));
        let change = LeadChange { tags: Some(vec!["imported".into()]), ..LeadChange::default() };
        let saved = save(&t, &home, SaveLead { change, ..known(&home, &[("email", "a@b.c"), ("name", "Ann Lee")]) }).await;
        assert_eq!((saved.lead_id, saved.is_new), (lead, false));
        t.clock.advance(Duration::from_secs(1));
        save(&t, &home, said(&home, "s", &[("name", "Ann L.")])).await;
        assert_eq!(counts(&t, &home, lead).await, ["email=a@b.c", "name=Ann Lee"]);
        assert_eq!(beside(&t, &home, lead, Standing::Other).await, ["email=a@b.c", "name=Ann L."]);
        assert_eq!(seen_in(&t, &home, "s").await, ["email=a@b.c", "name=Ann L."], "never the operator's");
        let found = t.store.find_lead(home.op.account, &home.agent, lead).await.unwrap().unwrap();
        assert_eq!((found.source, found.tags.0), (LeadSource::Chat, vec!["imported".into()]));
        // In a session that the operator names, it is that session's lead.
        let id = LeadSession::Named(Channel::Web, "s".parse().unwrap());
        let named = save(&t, &home, SaveLead { session: id, ..known(&home, &[("city", "Bern")]) }).await;
        assert_eq!(named.lead_id, lead);
    }

    async fn nobody_replaces_another_visitor_s_consent(t: Fixture) {
        let home = make::home(&t).await;
        let with = |session: &str, version: &str| SaveLead {
            consent: Some(Consent { version: Some(version.into()), accepted: true, message_id: None, at: home.op.now() }),
            ..said(&home, session, &[("email", "a@b.c")])
        };
        let version = async |lead| {
            let found = t.store.find_lead(home.op.account, &home.agent, lead).await.unwrap().unwrap();
            found.consent.unwrap().0.version.unwrap()
        };
        let lead = save(&t, &home, with("first", "1")).await.lead_id;
        save(&t, &home, with("first", "2")).await;
        assert_eq!(version(lead).await, "2");
        save(&t, &home, with("second", "3")).await;
        assert_eq!(version(lead).await, "2");
        let all = t.store.lead_history(home.op.account, lead).await.unwrap();
        let mut versions: Vec<_> = all.iter().map(|value| (value.consent_version.as_deref(), value.standing)).collect();
        versions.sort();
        assert_eq!(versions, [(Some("1"), Standing::Earlier), (Some("2"), Standing::Counts), (Some("3"), Standing::Other)]);
    }

    /// Whatever sessions say: an address has one lead, a field one value, and no session's value is replaced by
    /// another session's.
    async fn whatever_is_said_the_rules_hold(t: Fixture) {
        let home = make::home(&t).await;
        let draw = |below: u8| usize::from(t.ids.bytes::<1>()[0] % below);
        for round in 0..150 {
            let session = format!("s{}", draw(5));
            let email = format!("p{}@b.c", draw(4));
            let name = format!("{session} {round}");
            let mut values = vec![("name", name.as_str())];
            if draw(2) == 0 {
                values.push(("email", email.as_str()));
            }
            t.clock.advance(Duration::from_millis(1));
            let saved = save(&t, &home, said(&home, &session, &values)).await;
            assert!(seen_in(&t, &home, &session).await.contains(&format!("name={name}")), "round {round}");
            let own = session_key(&t, &home, &session).await;
            assert_eq!(t.store.lead_of_session(home.op.account, own).await.unwrap().unwrap().lead_id, saved.lead_id);
            let rules = [
                "SELECT COUNT(*) FROM (SELECT email_key FROM leads WHERE email_key IS NOT NULL GROUP BY email_key HAVING COUNT(*) > 1) x",
                "SELECT COUNT(*) FROM (SELECT lead_id, field FROM lead_values GROUP BY lead_id, field HAVING COUNT(*) FILTER (WHERE standing = 'counts') <> 1) x",
                "SELECT COUNT(*) FROM (SELECT lead_id, field, session_key FROM lead_values WHERE standing <> 'earlier' GROUP BY lead_id, field, session_key HAVING COUNT(*) <> 1) x",
                // A name begins with the session that gave it, and the session is the lead's.
                "SELECT COUNT(*) FROM lead_values v LEFT JOIN lead_sessions j ON j.session_key = v.session_key AND j.lead_id = v.lead_id WHERE j.lead_id IS NULL",
                "SELECT COUNT(*) FROM leads l WHERE NOT EXISTS (SELECT 1 FROM lead_sessions j WHERE j.lead_id = l.lead_id)",
                "SELECT COUNT(*) FROM leads l WHERE l.email_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lead_values v WHERE v.lead_id = l.lead_id AND v.field = 'email' AND v.standing = 'counts' AND v.value = l.email_key)",
            ];
            for (n, rule) in rules.into_iter().enumerate() {
                assert_eq!(raw::count(&t.store, rule).await, 0, "round {round}, rule {n}");
            }
        }
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM lead_values WHERE field = 'name'").await, 150, "nothing is lost");
    }
}
