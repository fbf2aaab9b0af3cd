//! The table.

use super::*;

both_engines! {
    async fn the_table_is_read_by_spreadsheets_and_does_nothing_there(t: Fixture) {
        let place = place(&t, json!({ "enabled": true, "fields": [
            { "name": "name", "type": "text" },
            { "name": "email", "type": "email" },
            { "name": "phone", "type": "phone" },
            { "name": "status", "type": "number" },
        ] })).await;
        let new = json!({
            "values": { "name": "=HYPERLINK(\"http://evil\",\"x\")", "email": "ana@example.com", "phone": "+49 171 2345678", "status": "-5" },
            "tags": ["@a", "b"], "notes": ["\"Hi\"", "-1"], "page_url": "+1", "consent": { "version": "v1", "accepted": true },
        });
        let made = place.call("POST", &place.of_agent("leads"), Some(new)).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
        let table = place.call("GET", &format!("{}/export.csv", place.of_agent("leads")), None).await;
        assert_eq!(table.status, 200);
        assert!(table.header("content-type").starts_with("text/csv"));
        assert_eq!(table.header("content-disposition"), "attachment; filename=\"leads.csv\"");
        assert_eq!(String::from_utf8(table.body).unwrap(), format!(concat!(
            "id,created_at,updated_at,status,complete,source,session_id,page_url,ip_address,name,email,phone,lead_data.status,consent_version,tags,notes\r\n",
            "{},2026-01-05 09:00:00,2026-01-05 09:00:00,new,true,api,,'+1,,\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\")\",",
            "ana@example.com,+491712345678,-5,v1,'@a; b,\"\"\"Hi\"\"\n-1\"\r\n"
        ), id));
    }

    async fn every_lead_is_in_the_table_once(t: Fixture) {
        let place = place(&t, json!({ "enabled": true, "fields": [{ "name": "old", "type": "text" }] })).await;
        let (store, op, agent) = (place.server.app.store(), place.server.op(&place.tenant), place.agent.parse().unwrap());
        for n in 0..430 {
            t.clock.advance(Duration::from_micros(n % 3));
            let save = robofy_store::leads::SaveLead {
                chatbot_id: robofy_kernel::ChatbotId::clone(&agent),
                session: robofy_store::leads::LeadSession::None,
                giver: robofy_store::leads::Giver::Operator,
                source: robofy_store::leads::LeadSource::Api,
                page_url: None,
                ip_address: None,
                email_key: None,
                complete: true,
                consent: None,
                values: vec![robofy_store::leads::NewValue {
                    field: "old".into(),
                    field_type: "text".into(),
                    value: format!("lead {n}"),
                    raw: String::new(),
                    message_id: None,
                    start: None,
                    end: None,
                    valid: true,
                    suggestion: None,
                }],
                change: robofy_store::leads::LeadChange::default(),
            };
            store.save_lead(&op, save, |_| (201, Vec::new())).await.unwrap();
        }
        // A field that the form has no more keeps its column.
        let fields = json!({ "fields": [{ "name": "email", "type": "email" }] });
        place.call("PUT", &place.of_agent("lead_form"), Some(fields)).await;
        let table = place.call("GET", &format!("{}/export.csv", place.of_agent("leads")), None).await;
        let text = String::from_utf8(table.body).unwrap();
        let mut lines = text.lines();
        assert!(lines.next().unwrap().contains(",ip_address,email,old,consent_version,"), "{text}");
        let found: Vec<&str> = lines.map(|line| line.split(',').nth(10).unwrap()).collect();
        let expected: std::collections::BTreeSet<String> = (0..430).map(|n| format!("lead {n}")).collect();
        assert_eq!((found.len(), found.iter().map(|one| (*one).to_owned()).collect()), (430, expected));
        let test = place.server.key(&place.tenant, Environment::Test, &["leads:read"], None).await;
        let none = place.server.call("GET", &format!("{}/export.csv", place.of_agent("leads")), &test, None).await;
        assert_eq!(String::from_utf8(none.body).unwrap().lines().count(), 1);
    }
}
