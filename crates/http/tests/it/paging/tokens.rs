//! What a token opens, and what it does not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use robofy_kernel::Environment;

use super::*;
use crate::knowledge;
use crate::server::{Answer, Server};

/// The list with this token.
async fn asked(world: &World, kind: Kind, credential: &str, token: &str) -> Answer {
    let path = world.path(kind) + &World::query(kind, 1, Some(token));
    world.place.server.call("GET", &path, credential, None).await
}

/// It is a 400 that names the parameter and says what to do.
fn refused(answer: &Answer, what: &str) {
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "BAD_REQUEST"), "{what}");
    let error = answer.json()["error"]["errors"][0].clone();
    assert_eq!(error["field"], "nextPageToken", "{what}");
    assert!(
        error["detail"].as_str().unwrap().starts_with("is not a page token of this list"),
        "{what}: {error}"
    );
}

async fn token(world: &World, kind: Kind) -> String {
    for _ in 0..2 {
        world.make(kind).await;
        world.place.server.clock.advance(Duration::from_micros(1));
    }
    world.page(kind, 1, None).await.1.unwrap_or_else(|| panic!("{kind:?} has one row"))
}

both_engines! {
    async fn a_token_that_was_changed_is_none(t: Fixture) {
        let world = World::new(&t, Vec::new()).await;
        for kind in LISTS.iter().copied() {
            let (token, key) = (token(&world, kind).await, world.credential(kind));
            assert_eq!(asked(&world, kind, key, &token).await.status, 200, "{kind:?}");
            for at in (0..token.len()).step_by(5) {
                let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
                let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
                refused(&asked(&world, kind, key, &changed).await, &format!("{kind:?} {token} -> {changed}"));
            }
            // What would be one without a signature.
            let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
            for forged in [
                URL_SAFE_NO_PAD.encode(&bytes[16..]),
                URL_SAFE_NO_PAD.encode([&[0; 16][..], &bytes[16..]].concat()),
                URL_SAFE_NO_PAD.encode(&bytes[..16]),
                token[..token.len() - 1].to_owned(),
                format!("{token}A"),
                "x".repeat(5000),
                "%25".to_owned(),
            ] {
                refused(&asked(&world, kind, key, &forged).await, &format!("{kind:?} {forged}"));
            }
        }
    }

    async fn a_token_of_another_list_is_none(t: Fixture) {
        let world = World::new(&t, Vec::new()).await;
        let mut tokens = Vec::new();
        for kind in LISTS.iter().copied() {
            tokens.push((kind, token(&world, kind).await));
        }
        for (given, token) in &tokens {
            for kind in LISTS.iter().copied().filter(|kind| kind != given) {
                let answer = asked(&world, kind, world.credential(kind), token).await;
                refused(&answer, &format!("{given:?} -> {kind:?}"));
            }
        }
    }

    async fn a_token_belongs_to_its_filter_agent_account_environment_and_visitor(t: Fixture) {
        let world = World::new(&t, Vec::new()).await;
        let (place, server) = (&world.place, &world.place.server);
        for (kind, filter) in [
            (Kind::Leads, "sessionId=s"),
            (Kind::Bookings, "status=confirmed"),
            (Kind::Bookings, "from=2026-01-01"),
            (Kind::Slots, "timezone=Europe/Berlin"),
            (Kind::VisitorBookings, &format!("chatbotId={}", place.agent)),
        ] {
            let token = token(&world, kind).await;
            let path = format!("{}{filter}&{}", world.path(kind), World::query(kind, 1, Some(&token)));
            refused(&server.call("GET", &path, world.credential(kind), None).await, filter);
            // What is no filter does not matter, and neither does the size of the page.
            let path = format!("{}_=7&{}", world.path(kind), World::query(kind, 2, Some(&token)));
            assert_eq!(server.call("GET", &path, world.credential(kind), None).await.status, 200, "{path}");
        }
        let pairs = token(&world, Kind::Pairs).await;
        let other = knowledge::agent(server, &place.tenant, place.project, "Other").await;
        let path = format!("/v1/ai-agent/qa/{}/{other}?nextPageToken={pairs}", place.project);
        refused(&place.call("GET", &path, None).await, "another agent");
        let (projects, stranger) = (token(&world, Kind::Projects).await, server.tenant("b").await);
        refused(&asked(&world, Kind::Projects, &stranger.key, &projects).await, "another account");
        let test = server.key(&place.tenant, Environment::Test, &["*"], None).await;
        refused(&asked(&world, Kind::Projects, &test, &projects).await, "another environment");
        let live = server.key(&place.tenant, Environment::Live, &["agents:read"], None).await;
        assert_eq!(asked(&world, Kind::Projects, &live, &projects).await.status, 200, "another key");
        let own = token(&world, Kind::VisitorServices).await;
        let (visitor, _) = place.visitor();
        refused(&asked(&world, Kind::VisitorServices, &visitor, &own).await, "another visitor");
    }

    async fn a_token_works_on_every_node_and_by_every_path(t: Fixture) {
        let alias = |operation: &str, path: &str| RouteAlias { operation: operation.into(), path: path.into() };
        let aliases = vec![alias("list_pairs", "/v2/questions/{projectId}/{chatbotId}"), alias("list_projects", "/v2/projects")];
        let world = World::new(&t, aliases).await;
        let place = &world.place;
        let by_alias = format!("/v2/questions/{}/{}", place.project, place.agent);
        let token = token(&world, Kind::Pairs).await;
        let second = place.call("GET", &format!("{by_alias}?pageSize=1&nextPageToken={token}"), None).await;
        assert_eq!(second.status, 200, "{}", second.json());
        world.make(Kind::Pairs).await;
        let first = place.call("GET", &format!("{by_alias}?pageSize=1"), None).await.json();
        let own = first["data"]["next_page_token"].as_str().unwrap();
        assert_eq!(asked(&world, Kind::Pairs, &place.tenant.key, own).await.json()["data"]["pairs"], second.json()["data"]["pairs"]);
        refused(&place.call("GET", &format!("/v2/projects?nextPageToken={token}"), None).await, "another list's alias");

        let node = Server::beside(&t, HttpConfig::default()).await;
        let path = world.path(Kind::Pairs) + &World::query(Kind::Pairs, 1, Some(&token));
        let there = node.call("GET", &path, &place.tenant.key, None).await;
        assert_eq!(there.status, 200, "{}", there.json());
        assert_eq!(there.json()["data"]["pairs"], second.json()["data"]["pairs"]);
        node.app.store().close().await;
    }
}
