//! The form, sent by visitors.

use super::*;

both_engines! {
    async fn a_form_sent_before_the_first_word_is_the_session_s_lead(t: Fixture) {
        let place = place(&t, form()).await;
        let (token, session) = place.visitor();
        let request = Request::post("/v1/ai-agent/chat/lead")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("x-forwarded-for", "198.51.100.7");
        let mut body = place.sent(json!({ "email": "Ana@example.com", "name": "Ana" }));
        body["page_url"] = json!("https://example.org/prices");
        let sent = place.server.send(request.body(Body::from(body.to_string())).unwrap()).await;
        let id = lead_id(&sent);
        assert_eq!(sent.json(), json!({ "message": "Success", "data": { "lead_id": id } }));
        assert_eq!(sent.header("ratelimit-policy"), "\"session\";q=30;w=60");
        let lead = place.lead(&id).await;
        assert_eq!((&lead["source"], &lead["ip_address"], &lead["complete"]), (&json!("form"), &json!("198.51.100.7"), &json!(true)));
        assert_eq!((&lead["page_url"], &lead["session_id"]), (&json!("https://example.org/prices"), &json!(session)));
        assert_eq!((&lead["lead_data"][0]["message_id"], &lead["lead_data"][0]["start"]), (&Value::Null, &Value::Null));
        // The session goes on with its first message, and a second form is the same lead.
        let question = json!({ "query": "Hello", "pid": place.project.to_string(), "chatbot_id": place.agent, "user_context": { "platform": "web" } });
        let answer = place.server.call("POST", "/v1/ai-agent/chat", &token, Some(question)).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["data"]["session_id"]), (200, &json!(session)));
        let again = place.send_form(&token, place.sent(json!({ "email": "ana@example.org", "phone": "+49 171 2345678" }))).await;
        assert_eq!(lead_id(&again), id);
        assert_eq!(data(&place.lead(&id).await), ["name=Ana", "email=ana@example.org", "phone=+491712345678"]);
        assert_eq!(place.rows().await.len(), 1);
        // After a renewal the older session is named.
        let (renewed, _) = place.visitor();
        let mut named = place.sent(json!({ "email": "ana@example.org", "seats": 2 }));
        named["session_id"] = json!(session);
        assert_eq!(lead_id(&place.send_form(&renewed, named).await), id);
    }

    async fn a_double_click_makes_one_lead(t: Fixture) {
        let place = Arc::new(place(&t, form()).await);
        let (token, _) = place.visitor();
        let clicks = (0..24).map(|_| {
            let (place, token) = (Arc::clone(&place), token.clone());
            t.tasks.spawn("click", async move {
                lead_id(&place.send_form(&token, place.sent(json!({ "email": "ana@example.com" }))).await)
            })
        });
        let ids: Vec<String> = futures::future::join_all(clicks).await.into_iter().map(Result::unwrap).collect();
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert_eq!(place.rows().await.len(), 1);
    }

    async fn nobody_learns_of_or_changes_another_visitor_s_lead(t: Fixture) {
        let place = place(&t, form()).await;
        let (first, _) = place.visitor();
        let ana = lead_id(&place.send_form(&first, place.sent(json!({ "email": "ana@example.com", "name": "Ana" }))).await);
        t.clock.advance(Duration::from_secs(60));
        let (second, session) = place.visitor();
        let own = lead_id(&place.send_form(&second, place.sent(json!({ "email": "bo@example.com", "name": "Bo" }))).await);
        let claimed = place.send_form(&second, place.sent(json!({ "email": "ana@example.com", "name": "Bo", "seats": 3 }))).await;
        assert_eq!(lead_id(&claimed), own, "as if nobody had that address");
        assert_eq!(claimed.json(), json!({ "message": "Success", "data": { "lead_id": own } }));
        let rows = place.rows().await;
        assert_eq!((rows.len(), &rows[0]["id"]), (1, &json!(ana)));
        assert_eq!(data(&rows[0]), ["name=Ana", "email=ana@example.com", "seats=3"]);
        // The operator finds it by either id, and sees both names.
        let lead = place.lead(&own).await;
        assert_eq!(lead["id"], json!(ana));
        let other = lead["history"].as_array().unwrap().iter().find(|one| one["field_value"] == "Bo").unwrap().clone();
        assert_eq!((&other["standing"], &other["session_id"]), (&json!("other"), &json!(session)));
    }

    async fn consent_is_needed_where_the_form_asks_for_it(t: Fixture) {
        let mut with_consent = form();
        with_consent["consent_text"] = json!("You may call me.");
        let place = place(&t, with_consent).await;
        let (token, _) = place.visitor();
        let body = |consent: Value| {
            let mut body = place.sent(json!({ "email": "ana@example.com" }));
            body["consent"] = consent;
            body
        };
        for (consent, field) in [
            (Value::Null, "consent"),
            (json!({ "version": "1", "accepted": false }), "consent.accepted"),
            (json!({ "version": "0", "accepted": true }), "consent.version"),
            (json!({ "accepted": true }), "consent.version"),
        ] {
            let answer = place.send_form(&token, body(consent.clone())).await;
            assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{consent}");
        }
        let mut both = body(Value::Null);
        both["values"] = json!({ "email": "nobody", "phone": "1" });
        let answer = place.send_form(&token, both).await;
        let fields: Vec<_> = answer.json()["error"]["errors"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
        assert_eq!(fields, ["values.email", "values.phone", "consent"]);
        assert!(place.rows().await.is_empty(), "nothing becomes a lead without the yes");
        let id = lead_id(&place.send_form(&token, body(json!({ "version": 1, "accepted": true }))).await);
        let lead = place.lead(&id).await;
        assert_eq!(lead["consent"], json!({ "version": "1", "accepted": true, "message_id": null, "accepted_at": "2026-01-05 09:00:00" }));
        assert_eq!(lead["history"][0]["consent_version"], "1");
    }

    async fn what_is_required_must_be_there(t: Fixture) {
        let place = place(&t, form()).await;
        let (token, _) = place.visitor();
        for (values, field) in [
            (json!({ "name": "Ana" }), "values.email"),
            (json!({ "email": "" }), "values.email"),
            (json!({ "email": "ana@example.com", "colour": "red" }), "values.colour"),
        ] {
            let answer = place.send_form(&token, place.sent(values.clone())).await;
            assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{values}");
        }
        assert!(place.rows().await.is_empty());
    }

    async fn who_may_send_it(t: Fixture) {
        let place = place(&t, form()).await;
        let (token, _) = place.visitor();
        let body = || place.sent(json!({ "email": "ana@example.com" }));
        let other = |name: &str, value: Value| {
            let mut body = body();
            body[name] = value;
            body
        };
        let strange = place.server.app.ids().web_session();
        for (body, status, code) in [
            (other("session_id", json!(strange)), 404, "SESSION_NOT_FOUND"),
            (other("session_id", json!("4917012345678")), 404, "SESSION_NOT_FOUND"),
            (other("chatbot_id", json!(place.server.app.ids().chatbot())), 403, "FORBIDDEN"),
            (other("pid", json!(4_294_967_296_i64)), 403, "FORBIDDEN"),
            (other("source", json!("api")), 400, "BAD_REQUEST"),
        ] {
            let answer = place.send_form(&token, body.clone()).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{body}");
        }
        // A test visitor's lead is a test lead; a server's has no visitor's address.
        let test = place.token(&strange, Environment::Test);
        lead_id(&place.send_form(&test, body()).await);
        assert!(place.rows().await.is_empty());
        let id = lead_id(&place.send_form(&place.tenant.key, other("session_id", json!("4917012345678"))).await);
        let lead = place.lead(&id).await;
        assert_eq!((&lead["ip_address"], &lead["session_id"]), (&Value::Null, &json!("4917012345678")));
        place.call("PUT", &place.of_agent("lead_form"), Some(json!({ "enabled": false }))).await;
        let off = place.send_form(&token, body()).await;
        assert_eq!((off.status.as_u16(), off.code().as_str()), (403, "FORBIDDEN"));
        place.call("PUT", &place.of_agent("chatbot"), Some(json!({ "enabled": false }))).await;
        assert_eq!(place.send_form(&token, body()).await.status, 403);
    }

    async fn a_visitor_sends_as_often_as_it_may_speak(t: Fixture) {
        let place = place(&t, form()).await;
        let (token, _) = place.visitor();
        for _ in 0..30 {
            lead_id(&place.send_form(&token, place.sent(json!({ "email": "ana@example.com" }))).await);
        }
        let refused = place.send_form(&token, place.sent(json!({ "email": "ana@example.com" }))).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "RATE_LIMITED"));
    }
}
