//! What servers do with leads.

use super::*;

both_engines! {
    async fn the_list_has_the_documented_shape_to_the_byte(t: Fixture) {
        let place = place(&t, form()).await;
        let new = json!({
            "values": { "phone": "0171 2345678", "email": "Ana@Example.com", "name": "Ana" },
            "page_url": "https://example.org/prices", "ip_address": "203.0.113.7", "source": "form",
        });
        place.call("PUT", &place.of_agent("chatbot"), Some(json!({ "country": "DE" }))).await;
        let made = place.call("POST", &place.of_agent("leads"), Some(new)).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
        let list = place.call("GET", &place.of_agent("leads"), None).await;
        let email = made.json()["data"]["lead_data"][1]["field_value"].as_str().unwrap().to_owned();
        assert!(email.eq_ignore_ascii_case("ana@example.com"), "{email}");
        assert_eq!(String::from_utf8(list.body).unwrap(), format!(concat!(
            r#"{{"message":"Success","data":{{"report":{{"columns":["id","created_at","source","page_url","ip_address","lead_data"],"#,
            r#""rows":[{{"id":"{}","created_at":"2026-01-05 09:00:00","source":"form","page_url":"https://example.org/prices","#,
            r#""ip_address":"203.0.113.7","lead_data":[{{"field_name":"name","field_type":"name","field_value":"Ana"}},"#,
            r#"{{"field_name":"email","field_type":"email","field_value":"{}"}},"#,
            r#"{{"field_name":"phone","field_type":"phone","field_value":"+491712345678"}}]}}],"next_page_token":null}}}}}}"#
        ), id, email));
    }

    async fn a_lead_lives(t: Fixture) {
        let place = place(&t, form()).await;
        let new = json!({ "values": {
            "email": "ana@example.com", "plan": "large", "extras": ["Lights", "Bell, loud"], "seats": 4, "news": true, "about": "two\nlines", "name": null,
        }, "consent": { "version": 1, "accepted": true }, "tags": ["fair"] });
        let made = place.call("POST", &place.of_agent("leads"), Some(new)).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let lead = made.json()["data"].clone();
        assert_eq!(data(&lead), ["email=ana@example.com", "plan=Large", "extras=Bell, loud, Lights", "seats=4", "news=true", "about=two\nlines"]);
        assert_eq!(lead["lead_data"][1], json!({
            "field_name": "plan", "field_type": "select", "field_value": "Large", "raw": "large", "message_id": null,
            "start": null, "end": null, "valid": true, "suggestion": null,
        }));
        for (name, expected) in [
            ("status", json!("new")), ("complete", json!(true)), ("source", json!("api")), ("session_id", Value::Null),
            ("page_url", Value::Null), ("ip_address", Value::Null), ("tags", json!(["fair"])), ("notes", json!([])),
            ("created_at", json!("2026-01-05 09:00:00")),
            ("consent", json!({ "version": "1", "accepted": true, "message_id": null, "accepted_at": "2026-01-05 09:00:00" })),
        ] {
            assert_eq!(lead[name], expected, "{name}");
        }
        let path = format!("{}/{}", place.of_agent("leads"), lead["id"].as_str().unwrap());
        assert_eq!(place.call("GET", &path, None).await.json()["data"], lead);
        t.clock.advance(Duration::from_secs(61));
        let change = json!({ "status": "contacted", "notes": ["Called."] });
        let changed = place.call("PUT", &path, Some(change)).await.json()["data"].clone();
        assert_eq!((&changed["status"], &changed["notes"], &changed["tags"]), (&json!("contacted"), &json!(["Called."]), &json!(["fair"])));
        assert_eq!((&changed["created_at"], &changed["updated_at"]), (&lead["created_at"], &json!("2026-01-05 09:01:01")));
        let changed = place.call("PUT", &path, Some(json!({ "tags": null }))).await.json()["data"].clone();
        assert_eq!((&changed["tags"], &changed["status"]), (&json!([]), &json!("contacted")));
        for (change, field) in [
            (json!({ "status": "lost cause" }), "status"), (json!({ "complete": true }), "complete"),
            (json!({ "tags": [""] }), "tags.0"), (json!({ "notes": vec!["n"; 201] }), "notes"),
        ] {
            assert_eq!(refused(&place.call("PUT", &path, Some(change.clone())).await), (400, "BAD_REQUEST".into(), json!(field)), "{change}");
        }
        assert_eq!(place.call("DELETE", &path, None).await.json()["data"], json!({ "id": lead["id"] }));
        for (method, body) in [("GET", None), ("DELETE", None), ("PUT", Some(json!({})))] {
            let gone = place.call(method, &path, body).await;
            assert_eq!((gone.status.as_u16(), gone.code().as_str()), (404, "LEAD_NOT_FOUND"), "{method}");
        }
        assert!(place.rows().await.is_empty());
    }

    async fn values_are_checked_by_the_form(t: Fixture) {
        let place = place(&t, form()).await;
        for (values, field) in [
            (json!({ "colour": "red" }), "values.colour"),
            (json!({ "email": "ana@" }), "values.email"),
            (json!({ "email": ["a@b.cd"] }), "values.email"),
            (json!({ "phone": "12" }), "values.phone"),
            // Of which country, nobody says.
            (json!({ "phone": "(415) 555-2671" }), "values.phone"),
            (json!({ "plan": "Huge" }), "values.plan"),
            (json!({ "extras": ["Basket", "Wings"] }), "values.extras"),
            (json!({ "seats": "many" }), "values.seats"),
            (json!({ "name": "n".repeat(501) }), "values.name"),
            (json!({}), "values"),
            (json!({ "name": " " }), "values"),
            (json!([]), "values"),
        ] {
            let answer = place.call("POST", &place.of_agent("leads"), Some(json!({ "values": values }))).await;
            assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{values}");
        }
        for (body, field) in [
            (json!({ "values": { "name": "A" }, "ip_address": "here" }), "ip_address"),
            (json!({ "values": { "name": "A" }, "source": "dream" }), "source"),
            (json!({ "values": { "name": "A" }, "session_id": "" }), "session_id"),
            (json!({ "value": { "name": "A" } }), "value"),
        ] {
            let answer = place.call("POST", &place.of_agent("leads"), Some(body.clone())).await;
            assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{body}");
        }
        // A server may know less than the form requires.
        let made = place.call("POST", &place.of_agent("leads"), Some(json!({ "values": { "name": "Ana" } }))).await;
        assert_eq!((made.status.as_u16(), &made.json()["data"]["complete"]), (201, &json!(false)));
    }

    async fn one_lead_a_person(t: Fixture) {
        let place = place(&t, form()).await;
        let post = async |body: Value| place.call("POST", &place.of_agent("leads"), Some(body)).await;
        let first = post(json!({ "values": { "email": "ana@example.com", "name": "Ana" } })).await;
        t.clock.advance(Duration::from_secs(1));
        let second = post(json!({ "values": { "email": "ANA@example.com", "name": "Ana Lee" } })).await;
        assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 200));
        assert_eq!(first.json()["data"]["id"], second.json()["data"]["id"]);
        let lead = second.json()["data"].clone();
        assert_eq!(data(&lead)[0], "name=Ana Lee");
        let said: Vec<_> = lead["history"].as_array().unwrap().iter().map(|one| (one["field_value"].clone(), one["standing"].clone())).collect();
        assert!(said.contains(&(json!("Ana"), json!("earlier"))), "{said:?}");
        let other = post(json!({ "values": { "email": "bo@example.com", "name": "Bo" } })).await;
        assert_eq!((other.status.as_u16(), place.rows().await.len()), (201, 2));
    }

    async fn a_repeat_with_its_key_gets_the_lead_as_it_is(t: Fixture) {
        let place = place(&t, form()).await;
        let post = async |email: &str| {
            let body = json!({ "values": { "email": email } });
            let request = Request::post(place.of_agent("leads"))
                .header("authorization", format!("Bearer {}", place.tenant.key))
                .header("content-type", "application/json")
                .header("idempotency-key", "k1");
            place.server.send(request.body(Body::from(body.to_string())).unwrap()).await
        };
        let (first, second) = (post("ana@example.com").await, post("ana@example.com").await);
        assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
        assert_eq!((first.header("idempotency-replayed"), second.header("idempotency-replayed")), ("", "true"));
        assert_eq!(first.json(), second.json());
        assert_eq!((post("bo@example.com").await.code().as_str(), place.rows().await.len()), ("CONFLICT", 1));
        // Nothing of it is left when the lead is deleted, the stored answer included.
        let path = format!("{}/{}", place.of_agent("leads"), first.json()["data"]["id"].as_str().unwrap());
        place.call("DELETE", &path, None).await;
        assert_eq!(post("ana@example.com").await.code(), "LEAD_NOT_FOUND");
    }

    async fn test_leads_are_apart_and_pages_lead_on(t: Fixture) {
        let place = place(&t, form()).await;
        let test = place.server.key(&place.tenant, Environment::Test, &["*"], None).await;
        for n in 0..5 {
            t.clock.advance(Duration::from_secs(1));
            let body = json!({ "values": { "email": format!("p{n}@example.com") }, "session_id": format!("s{n}") });
            assert_eq!(place.call("POST", &place.of_agent("leads"), Some(body.clone())).await.status, 201);
            if n < 2 {
                assert_eq!(place.server.call("POST", &place.of_agent("leads"), &test, Some(body)).await.status, 201);
            }
        }
        let list = async |key: &str, query: &str| {
            place.server.call("GET", &format!("{}{query}", place.of_agent("leads")), key, None).await
        };
        let names = |answer: &Answer| -> Vec<String> {
            let rows = answer.json()["data"]["report"]["rows"].as_array().unwrap().clone();
            rows.iter().map(|row| row["lead_data"][0]["field_value"].as_str().unwrap().to_owned()).collect()
        };
        let key = &place.tenant.key;
        let first = list(key, "?pageSize=3").await;
        assert_eq!(names(&first), ["p4@example.com", "p3@example.com", "p2@example.com"]);
        let token = first.json()["data"]["report"]["next_page_token"].as_str().unwrap().to_owned();
        let second = list(key, &format!("?pageSize=3&nextPageToken={token}")).await;
        assert_eq!(names(&second), ["p1@example.com", "p0@example.com"]);
        assert_eq!(second.json()["data"]["report"]["next_page_token"], Value::Null);
        assert_eq!(names(&list(key, "?sessionId=s1").await), ["p1@example.com"]);
        assert!(names(&list(key, "?sessionId=nobody").await).is_empty());
        assert_eq!(names(&list(&test, "").await), ["p1@example.com", "p0@example.com"]);
        for query in ["?nextPageToken=%25", "?pageSize=0", "?sessionId="] {
            assert_eq!(list(key, query).await.status, 400, "{query}");
        }
        let rows = list(&test, "").await.json()["data"]["report"]["rows"].clone();
        let path = format!("{}/{}", place.of_agent("leads"), rows[0]["id"].as_str().unwrap());
        for method in ["GET", "DELETE"] {
            let other = place.call(method, &path, None).await;
            assert_eq!((other.status.as_u16(), other.code().as_str()), (403, "FORBIDDEN"));
        }
        assert_eq!(place.server.call("GET", &path, &test, None).await.status, 200);
        let stranger = place.server.tenant("b").await;
        let answer = place.server.call("GET", &path, &stranger.key, None).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "PROJECT_NOT_FOUND"));
    }
}
