//! Integer codes: what is kept, what is refused, what is told of them.

use serde_json::{Value, json};

use crate::knowledge::{Place, refused};

#[tokio::test]
async fn documented_requests_keep_what_nobody_knows() {
    let place = Place::new().await;
    let new = json!({ "name": "N", "language": "en", "type": "3", "access_type": 99, "llm_source": " 42 " });
    let made = place.call("POST", &place.of_project("chatbot"), Some(new)).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let path = format!("{}/{}", place.of_project("chatbot"), made.json()["data"].as_str().unwrap());
    let agent = place.call("GET", &path, None).await.json()["data"].clone();
    assert_eq!(
        (&agent["type"], &agent["access_type"], &agent["llm_source"]),
        (&json!(3), &json!(99), &json!(42)),
        "as numbers, whatever they came as"
    );
    let kept = place.call("PUT", &path, Some(json!({ "llm_source": 0 }))).await.json();
    assert_eq!((&kept["data"]["type"], &kept["data"]["llm_source"]), (&json!(3), &json!(0)));
    let switched = json!({ "enabled": false, "require_origin": true });
    place.call("PUT", &path, Some(switched)).await;
    let null = json!({ "type": null, "access_type": null, "enabled": null, "require_origin": null });
    let cleared = place.call("PUT", &path, Some(null)).await.json()["data"].clone();
    assert_eq!(
        (&cleared["type"], &cleared["access_type"]),
        (&json!(0), &json!(0)),
        "`null` restores the default"
    );
    assert_eq!((&cleared["enabled"], &cleared["require_origin"]), (&json!(true), &json!(false)));
    for (field, value) in [
        ("type", json!(100)),
        ("type", json!(-1)),
        ("type", json!(1.5)),
        ("access_type", json!("public")),
        ("access_type", json!(true)),
        ("llm_source", json!([0])),
        ("llm_source", json!("")),
    ] {
        let answer = place.call("PUT", &path, Some(json!({ field: value }))).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{value}");
        let told = answer.json()["error"]["errors"][0]["detail"].as_str().unwrap().to_owned();
        assert!(told.contains("0 to 99") && told.contains("0 ("), "the known ones are listed: {told}");
    }
    for (more, field) in [(json!(100), "crawl_mode"), (json!("x"), "vector_provider")] {
        let crawl = json!({
            "project_id": place.project, "chatbot_id": place.agent, "start_urls": [{ "url": "https://a.example/" }], field: more,
        });
        let answer = place.call("POST", "/v1/ai-agent/crawl_website", Some(crawl)).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{more}");
    }
}

#[tokio::test]
async fn requests_of_our_own_take_what_is_known() {
    let place = Place::new().await;
    let path = place.of_agent("chatbot_ai_settings");
    for (sent, kept) in [(json!("1"), "1"), (json!(3), "3"), (Value::Null, "0"), (json!("2"), "2")] {
        let answer = place.call("PUT", &path, Some(json!({ "thinking_mode": sent }))).await;
        assert_eq!(answer.json()["data"]["thinking_mode"], kept, "a string on the wire");
    }
    for sent in [json!(4), json!("99"), json!("deep"), json!(-1), json!("")] {
        let answer = place.call("PUT", &path, Some(json!({ "thinking_mode": sent }))).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!("thinking_mode")), "{sent}");
        assert!(answer.json()["error"]["detail"].as_str().unwrap().contains("0 (model_default), 1 (off)"));
    }
}

#[tokio::test]
async fn every_code_is_told_with_its_meanings() {
    let place = Place::new().await;
    let key = place.server.key(&place.tenant, robofy_kernel::Environment::Test, &["chat"], None).await;
    let answer = place.server.call("GET", "/v1/meta/enums", &key, None).await;
    assert_eq!(answer.status, 200, "any key");
    let enums = answer.json()["data"]["enums"].as_array().unwrap().clone();
    let names: Vec<_> = enums.iter().map(|one| one["name"].as_str().unwrap()).collect();
    let all =
        ["type", "access_type", "llm_source", "vector_provider", "crawl_mode", "theme_mode", "thinking_mode"];
    assert_eq!(names, all);
    let document = serde_json::to_value(robofy_http::openapi()).unwrap().to_string();
    for one in &enums {
        assert_eq!((&one["default"], &one["values"][0]["value"]), (&json!(0), &json!(0)), "{}", one["name"]);
        let text = one["type"] == "string";
        assert_eq!(text, one["name"] == "thinking_mode");
        for value in one["values"].as_array().unwrap() {
            // The reference says the same, in the field's own description.
            let (value, name) = (value["value"].as_i64().unwrap(), value["name"].as_str().unwrap());
            assert!(document.contains(&format!("- `{value}` {name}: ")), "{} {name}", one["name"]);
        }
    }
}

#[test]
fn the_tolerance_stands_in_the_document() {
    let document = serde_json::to_value(robofy_http::openapi()).unwrap();
    let schemas = &document["components"]["schemas"];
    let kinds = |schema: &str, field: &str| {
        let shape = &schemas[schema]["properties"][field];
        let shape = match shape["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
            Some(name) => &schemas[name],
            None => shape,
        };
        // An option of a named schema is one of nothing and that schema.
        let mut list: Vec<Value> =
            ["anyOf", "oneOf"].iter().filter_map(|of| shape[of].as_array()).flatten().cloned().collect();
        for at in 0..list.len() {
            if let Some(name) = list[at]["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
                let inner = ["anyOf", "oneOf"].iter().find_map(|of| schemas[name][of].as_array());
                list.extend(inner.unwrap().clone());
            }
        }
        list.iter().filter_map(|one| one["type"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    for (schema, field) in [
        ("AgentChangeIn", "type"),
        ("AgentChangeIn", "access_type"),
        ("AgentChangeIn", "llm_source"),
        ("CrawlIn", "project_id"),
        ("CrawlIn", "vector_provider"),
        ("CrawlIn", "crawl_mode"),
        ("CrawlIn", "use_sitemap"),
        ("CrawlIn", "max_crawl_pages"),
        ("CrawlIn", "max_crawl_depth"),
        ("CrawlIn", "recrawl_every_hours"),
        ("CrawlIn", "is_main_website"),
        ("SettingsIn", "temperature"),
        ("SettingsIn", "thinking_mode"),
        ("SettingsIn", "chunk_size"),
        ("SettingsIn", "chunk_overlap"),
        ("SettingsIn", "enable_chatbot_memory"),
        ("SettingsIn", "question_pre_processing"),
        ("SettingsIn", "past_questions_limit"),
        ("SettingsIn", "max_output_tokens"),
        ("SettingsIn", "monthly_token_cap"),
        ("LinkIn", "project_id"),
        ("LinkIn", "asset_id"),
        ("FormIn", "consent_version"),
        ("ConsentIn", "version"),
        ("HandshakeIn", "project_id"),
        ("HandshakeIn", "version"),
        ("MessageIn", "pid"),
        ("SentFormIn", "pid"),
        ("BrandingIn", "theme_mode"),
    ] {
        let kinds = kinds(schema, field);
        let number = kinds.iter().any(|kind| kind == "integer" || kind == "number");
        assert!(number && kinds.iter().any(|kind| kind == "string"), "{schema}.{field}: {kinds:?}");
    }
    let context = schemas["UserContextIn"]["allOf"].as_array().unwrap();
    assert_eq!(context[0]["properties"]["platfrom"]["deprecated"], true);
    assert_eq!(context[0]["required"], Value::Null);
    let needed: Vec<&Value> =
        context[1]["anyOf"].as_array().unwrap().iter().map(|one| &one["required"]).collect();
    assert_eq!(needed, [&json!(["platform"]), &json!(["platfrom"])]);
    assert!(document["paths"]["/v1/ai-agent/chatbot_ai_settings/{projectid}/{chatbotId}"].is_object());
}
