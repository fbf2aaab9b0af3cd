//! Many at once.

use super::*;

const MANY: usize = 32;

both_engines! {
    async fn a_double_click_makes_one_lead(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        let saved = at_once(&t, MANY, |t, _| {
            let home = Arc::clone(&home);
            async move { save(&t, &home, said(&home, "s", &[("email", "a@b.c"), ("name", "A")])).await }
        }).await;
        assert!(saved.iter().all(|one| one.lead_id == saved[0].lead_id));
        assert_eq!(saved.iter().filter(|one| one.is_new).count(), 1);
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM leads").await, 1);
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM lead_values").await, 2);
    }

    async fn one_address_in_many_sessions_makes_one_lead(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        let saved = at_once(&t, MANY, |t, n| {
            let home = Arc::clone(&home);
            async move {
                let (session, name) = (format!("s{n}"), format!("n{n}"));
                if n % 2 == 0 {
                    save(&t, &home, said(&home, &session, &[("name", &name)])).await;
                }
                save(&t, &home, said(&home, &session, &[("email", "a@b.c"), ("name", &name)])).await
            }
        }).await;
        assert!(saved.iter().all(|one| one.lead_id == saved[0].lead_id));
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM leads").await, 1);
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM lead_sessions").await, 32);
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM lead_values WHERE field = 'name'").await, 32);
        assert_eq!(counts(&t, &home, saved[0].lead_id).await.len(), 2);
    }

    /// Sessions that name each other's addresses, while the operator changes and deletes.
    async fn leads_that_change_places_never_block_each_other(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        let errors = at_once(&t, MANY, |t, n| {
            let home = Arc::clone(&home);
            async move {
                let mut errors = Vec::new();
                for round in 0..10 {
                    let session = format!("s{}", n % 6);
                    let email = format!("p{}@b.c", (n + round) % 5);
                    let name = format!("{n} {round}");
                    let values = [("email", email.as_str()), ("name", name.as_str())];
                    match t.store.save_lead(&home.op, said(&home, &session, &values), nothing).await {
                        Ok(Once::Fresh(saved)) if n % 8 == 0 => {
                            let change = LeadChange { tags: Some(vec![name.clone()]), ..LeadChange::default() };
                            errors.extend(t.store.update_lead(&home.op, &home.agent, saved.lead_id, change).await.err());
                            errors.extend(t.store.delete_lead(&home.op, &home.agent, saved.lead_id).await.err());
                        }
                        Ok(_) => {}
                        Err(error) => errors.push(error),
                    }
                }
                errors
            }
        }).await;
        assert!(errors.iter().all(Vec::is_empty), "{errors:?}");
        let twice = "SELECT COUNT(*) FROM (SELECT email_key FROM leads GROUP BY email_key HAVING COUNT(*) > 1) x";
        assert_eq!(raw::count(&t.store, twice).await, 0);
    }

    /// The unit of a turn saves its lead, while forms of the same session come in.
    async fn turns_and_forms_of_a_session_never_block_each_other(t: Fixture) {
        let home = Arc::new(make::home(&t).await);
        for round in 0..10 {
            let turn = chat::taken(chat::begin(&t, &home, "s").await);
            let errors = at_once(&t, 8, |t, n| {
                let (home, turn) = (Arc::clone(&home), turn.clone());
                async move {
                    let name = format!("{round} {n}");
                    match n {
                        0 => t.store.finish_turn(&home.op, &turn, chat::end()).await.err(),
                        1 => {
                            let new = SaveLead { session: LeadSession::Of(turn.session_key), ..said(&home, "s", &[("city", &name)]) };
                            let op = home.op.clone();
                            let unit = t.store.write(Lane::Conversation, move |mut tx| Box::pin(async move {
                                robofy_store::leads::save(&mut tx, &op, new).await
                            }));
                            unit.await.err()
                        }
                        _ => t.store.save_lead(&home.op, said(&home, "s", &[("email", "a@b.c"), ("name", &name)]), nothing).await.err(),
                    }
                }
            }).await;
            assert!(errors.iter().all(Option::is_none), "round {round}: {errors:?}");
        }
        assert_eq!(raw::count(&t.store, "SELECT COUNT(*) FROM leads").await, 1);
    }
}
