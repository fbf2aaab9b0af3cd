//! Texts, files, assets, links, search.

use super::*;

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn a_text_is_found_at_once() {
    let place = Place::new().await;
    let taught = place.teach("opening-hours", "We are open on Sundays from 9 to 17.").await;
    let object = taught.as_object().unwrap();
    let keys: Vec<_> = object.keys().map(String::as_str).collect();
    assert_eq!(keys, ["asset_id", "chatbot_id", "linkage_id", "llm_source", "status"]);
    assert_eq!(
        (&taught["llm_source"], &taught["status"]),
        (&json!("document/opening-hours"), &json!("active"))
    );
    let answer = place
        .call("POST", &place.of_agent("search"), Some(json!({ "query": "open on Sundays?", "limit": 1 })))
        .await;
    let hit = answer.json()["data"]["results"][0].clone();
    assert_eq!(
        (&hit["asset_id"], &hit["file_name"], &hit["vector_score"]),
        (&taught["asset_id"], &json!("opening-hours"), &Value::Null)
    );
    let linked =
        place.call("GET", &place.of_agent("chatbot_asset_link"), None).await.json()["data"]["assets"][0]
            .clone();
    assert_eq!(
        (&linked["linkage_id"], &linked["status"], &linked["chunk_count"]),
        (&taught["linkage_id"], &json!("active"), &json!(1))
    );
    assert_eq!((&linked["created_at"], &linked["kind"]), (&json!("2027-01-15 08:00:00"), &json!("text")));
}

#[tokio::test]
async fn files_are_taken_in_or_refused_with_the_reason() {
    let place = Place::new().await;
    let file = |name, bytes: &'static [u8]| ("file", Some(name), bytes);
    let linked = place
        .upload(&[
            file("prices.csv", b"item,price\nespresso,3 euros\n"),
            ("chatbot_id", None, place.agent.as_bytes()),
            ("metadata", None, b"{\"by\":\"me\"}"),
        ])
        .await;
    assert_eq!(linked.status, 201, "{}", linked.json());
    let data = linked.json()["data"].clone();
    assert_eq!((&data["status"], &data["chatbot_id"]), (&json!("Processing"), &json!(place.agent)));
    assert_eq!(place.found("espresso price").await, [data["asset_id"].as_i64().unwrap()]);
    let kept =
        place.upload(&[file("C:\\docs\\notes.md", b"# Notes\n\nThe cellar is dry.\n")]).await.json()["data"]
            .clone();
    assert_eq!(kept["status"], "Uploaded");
    let asset = place.call("GET", kept["asset_url"].as_str().unwrap(), None).await.json()["data"].clone();
    assert_eq!(
        (&asset["file_name"], &asset["kind"], &asset["title"], &asset["version"]),
        (&json!("notes.md"), &json!("md"), &json!("Notes"), &json!(1))
    );
    assert!(place.found("cellar").await.is_empty(), "not linked");

    let large = vec![b'a'; 10 * MIB + 1];
    let no_agent = [file("a.txt", b"hello there"), ("chatbot_id", None, b"nobody")];
    for (parts, status, code) in [
        (&[file("a.epub", b"PK\x05\x06")][..], 415, "UNSUPPORTED_MEDIA_TYPE"),
        (&[file("a.exe", b"MZ\x90\0")], 415, "UNSUPPORTED_MEDIA_TYPE"),
        (&[file("a.json", b"{\"a\":")], 400, "BAD_REQUEST"),
        (&[file("a.txt", b"")], 400, "BAD_REQUEST"),
        (&[("chatbot_id", None, place.agent.as_bytes())], 400, "BAD_REQUEST"),
        (&[file("a.txt", b"one two"), file("b.txt", b"three")], 400, "BAD_REQUEST"),
        (&no_agent, 404, "CHATBOT_NOT_FOUND"),
        (&[("file", Some("a.txt"), &large)], 413, "PAYLOAD_TOO_LARGE"),
    ] {
        let answer = place.upload(parts).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{:?}", parts[0].1);
    }
    let refused = place.upload(&[file("a.odt", b"words")]).await;
    assert!(refused.json()["error"]["detail"].as_str().unwrap().contains("OpenDocument"));
    let long = "n".repeat(300) + ".txt";
    assert_eq!(place.upload(&[("file", Some(&long), b"hello")]).await.status, 400);
    let answer = place.call("POST", &place.of_project("upload_file"), Some(json!({}))).await;
    assert_eq!(answer.status, 415, "not multipart");
}

#[tokio::test]
async fn a_repeated_key_teaches_once() {
    let place = Place::new().await;
    let parts: [(&str, Option<&str>, &[u8]); 2] =
        [("file", Some("a.txt"), b"The cellar is dry."), ("chatbot_id", None, place.agent.as_bytes())];
    let path = place.of_project("upload_file");
    let first = place.send("POST", &path, &parts, Some("k"), "one").await;
    let again = place.send("POST", &path, &parts, Some("k"), "two").await;
    assert_eq!(
        (first.status.as_u16(), &first.body),
        (201, &again.body),
        "another boundary is no other request"
    );
    assert_eq!(again.header("idempotency-replayed"), "true");
    let other: [(&str, Option<&str>, &[u8]); 1] = [("file", Some("a.txt"), b"The cellar is wet.")];
    assert_eq!(place.send("POST", &path, &other, Some("k"), "one").await.code(), "CONFLICT");
    assert_eq!(place.found("cellar").await.len(), 1);
}

#[tokio::test]
async fn hostile_texts_are_refused() {
    let place = Place::new().await;
    let path = place.of_project("link_content");
    for (body, field) in [
        (json!({ "content": "x" }), "chatbot_id"),
        (json!({ "chatbot_id": place.agent }), "content"),
        (json!({ "chatbot_id": place.agent, "content": " \n" }), "content"),
        (json!({ "chatbot_id": place.agent, "content": "???" }), "content"),
        (json!({ "chatbot_id": place.agent, "content": 7 }), "content"),
        (json!({ "chatbot_id": place.agent, "content": "a\u{0}b" }), "content"),
        (json!({ "chatbot_id": place.agent, "content": "x y", "file_name": "n".repeat(256) }), "file_name"),
        (json!({ "chatbot_id": place.agent, "content": "x y", "is_webpage": "perhaps" }), "is_webpage"),
    ] {
        let answer = place.call("POST", &path, Some(body.clone())).await;
        assert_eq!(refused(&answer), (400, "BAD_REQUEST".into(), json!(field)), "{body:.100}");
    }
    let large = json!({ "chatbot_id": place.agent, "content": "a ".repeat(6 * MIB) });
    assert_eq!(place.call("POST", &path, Some(large)).await.status, 413);
    let search = place.of_agent("search");
    for (body, status) in [
        (json!({ "query": "" }), 400),
        (json!({ "query": "q", "limit": 0 }), 400),
        (json!({ "query": "q", "limit": 51 }), 400),
        (json!({ "query": "q", "colour": "red" }), 400),
        (json!({ "query": "q".repeat(4000) }), 200),
        (json!({ "query": "q".repeat(4001) }), 413),
        (json!({ "query": "?! \u{202e} 🙂" }), 200),
    ] {
        assert_eq!(place.call("POST", &search, Some(body.clone())).await.status, status, "{body:.60}");
    }
}

#[tokio::test]
async fn an_asset_is_replaced_read_and_deleted() {
    let place = Place::new().await;
    let taught = place.teach("hours", "Open on Sundays.").await;
    let path = format!("{}/{}", place.of_project("assets"), taught["asset_id"]);
    let replaced =
        place.call("PUT", &path, Some(json!({ "content": "Open on Mondays." }))).await.json()["data"].clone();
    assert_eq!((&replaced["version"], &replaced["file_name"]), (&json!(2), &json!("hours")));
    assert_eq!((place.found("Sundays").await.len(), place.found("Mondays").await.len()), (0, 1));
    let same = place.call("PUT", &path, Some(json!({ "content": "Open on Mondays." }))).await.json();
    assert_eq!(same["data"]["version"], 2);
    let parts: [(&str, Option<&str>, &[u8]); 1] = [("file", Some("hours.md"), b"Open on Fridays.")];
    let file = place.send("PUT", &path, &parts, None, "b").await.json()["data"].clone();
    assert_eq!((&file["version"], &file["kind"]), (&json!(3), &json!("md")));
    for (version, text) in [
        ("", "Open on Fridays.\n"),
        ("?version=1", "Open on Sundays.\n"),
        ("?version=3", "Open on Fridays.\n"),
    ] {
        let answer = place.call("GET", &format!("{path}/text{version}"), None).await;
        assert_eq!(answer.json()["data"]["text"], text);
    }
    for (version, status) in [("4", 404), ("0", 400), ("x", 400), ("99999999999999999999", 400)] {
        assert_eq!(
            place.call("GET", &format!("{path}/text?version={version}"), None).await.status,
            status,
            "{version}"
        );
    }
    assert_eq!(place.call("PUT", &path, Some(json!({ "content": "x", "colour": 1 }))).await.status, 400);
    let deleted = futures::future::join_all((0..5).map(|_| place.call("DELETE", &path, None))).await;
    let mut statuses: Vec<u16> = deleted.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404, 404, 404, 404], "concurrent deletes are one");
    assert!(place.found("Fridays").await.is_empty());
    assert_eq!(place.call("GET", &format!("{path}/text"), None).await.code(), "ASSET_NOT_FOUND");
}

#[tokio::test]
async fn links_come_and_go() {
    let place = Place::new().await;
    let other = agent(&place.server, &place.tenant, place.project, "Other").await;
    let taught = place.teach("hours", "Open on Sundays.").await;
    let link = json!({ "project_id": place.project.to_string(), "chatbot_id": other, "asset_id": taught["asset_id"].to_string() });
    let made = place.call("POST", "/v1/ai-agent/chatbot_asset_link", Some(link.clone())).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let again = place.call("POST", "/v1/ai-agent/chatbot_asset_link", Some(link)).await;
    assert_eq!(made.json()["data"]["linkage_id"], again.json()["data"]["linkage_id"]);
    let delink = "/v1/ai-agent/chatbot_asset_delink";
    let by_id = format!("{delink}?linkage_id={}", made.json()["data"]["linkage_id"]);
    assert_eq!(place.call("DELETE", &by_id, None).await.status, 200);
    assert_eq!(place.call("DELETE", &by_id, None).await.code(), "LINKAGE_NOT_FOUND");
    assert_eq!(place.found("Sundays").await.len(), 1, "the first agent keeps it");
    let by_pair = json!({ "chatbot_id": place.agent, "asset_id": taught["asset_id"] });
    assert_eq!(place.call("DELETE", delink, Some(by_pair)).await.status, 200);
    assert!(place.found("Sundays").await.is_empty());
    assert_eq!(
        refused(&place.call("DELETE", delink, None).await),
        (400, "BAD_REQUEST".into(), json!("linkage_id"))
    );
    assert_eq!(
        place.call("DELETE", &format!("{delink}?linkage_id=x"), None).await.code(),
        "LINKAGE_NOT_FOUND"
    );
}
