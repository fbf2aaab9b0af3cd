//! Client tokens, good and hostile.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use robofy_http::auth::token::{Claims, Grant};
use robofy_kernel::{Environment, ProjectId};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::server::{Answer, Server, Tenant};

/// Where a client token is asked for: any guarded route tells 401 (not good) from 403 (good, but not for this).
const GUARDED: &str = "/v1/projects";

fn token(server: &Server, tenant: &Tenant) -> String {
    let grant = Grant {
        account: tenant.account,
        project: ProjectId(4_294_967_296),
        chatbots: vec![server.app.ids().chatbot()],
        session: server.app.ids().web_session(),
        environment: Environment::Live,
        origin: None,
    };
    server.app.token_keys().sign(grant, server.clock.now(), server.app.ids()).unwrap()
}

async fn present(server: &Server, token: &str) -> Answer {
    server.call("GET", GUARDED, token, None).await
}

async fn refused(server: &Server, token: &str, what: &str) {
    let answer = present(server, token).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "UNAUTHORIZED"), "{what}");
    assert!(answer.header("www-authenticate").contains("invalid_token"), "{what}");
}

async fn good(server: &Server, token: &str) {
    let answer = present(server, token).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "FORBIDDEN"));
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn parts(token: &str) -> (Value, Value, String) {
    let mut parts = token.split('.');
    let mut next = || parts.next().unwrap().to_owned();
    let (header, claims, signature) = (next(), next(), next());
    let decode = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    (decode(&header), decode(&claims), signature)
}

/// The newest signing key, for forgeries that only differ in what is under test.
async fn secret(server: &Server) -> (String, Vec<u8>) {
    let key = server.app.store().list_signing_keys().await.unwrap().remove(0);
    (key.kid, key.secret.expose_secret().clone())
}

#[tokio::test]
async fn an_hour_to_the_second() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let token = token(&server, &tenant);
    good(&server, &token).await;
    server.clock.advance(Duration::from_secs(3_599));
    good(&server, &token).await;
    server.clock.advance(Duration::from_secs(1));
    let answer = present(&server, &token).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "TOKEN_EXPIRED"));
    assert_eq!(answer.json()["message"], "Token Expired");
}

#[tokio::test]
async fn the_claims_are_as_documented() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let (header, claims, _) = parts(&token(&server, &tenant));
    assert_eq!((&header["alg"], header["kid"].is_string()), (&json!("HS256"), true));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3_600);
    assert!(claims.get("nbf").is_none());
    for name in ["iss", "aud", "jti", "account", "project", "chatbots", "session", "environment"] {
        assert!(!claims[name].is_null(), "{name}");
    }
}

#[tokio::test]
async fn forgeries_are_refused() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let token = token(&server, &tenant);
    let (header, claims, signature) = parts(&token);
    let with_header = |header: &Value| format!("{}.{}.{signature}", encode(header), encode(&claims));

    for alg in ["none", "None", "NONE", "nOnE", "", "HS384", "HS512", "RS256", "ES256", "hs256"] {
        let mut changed = header.clone();
        changed["alg"] = json!(alg);
        refused(&server, &with_header(&changed), alg).await;
        refused(&server, &format!("{}.{}.", encode(&changed), encode(&claims)), alg).await;
        refused(&server, &format!("{}.{}", encode(&changed), encode(&claims)), alg).await;
    }
    for kid in [
        json!("other"),
        json!("../../../dev/null"),
        json!("/etc/passwd"),
        json!("' OR 1=1 --"),
        json!(""),
        json!(null),
        json!(7),
    ] {
        let mut changed = header.clone();
        changed["kid"] = kid.clone();
        refused(&server, &with_header(&changed), &kid.to_string()).await;
    }
    for at in [0, 1, token.len() / 3, token.len() / 2, token.len() - 1] {
        refused(&server, &token[..at.max(1)], "truncated").await;
    }
    let mut changed = claims.clone();
    changed["session"] = json!(server.app.ids().web_session());
    refused(&server, &format!("{}.{}.{signature}", encode(&header), encode(&changed)), "changed claims")
        .await;
    let mut huge = header.clone();
    huge["x"] = json!("a".repeat(50_000));
    refused(&server, &with_header(&huge), "huge header").await;
    refused(&server, "a.b.c.d.e", "five parts").await;
}

#[tokio::test]
async fn other_keys_and_algorithms_do_not_sign() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let (_, claims, _) = parts(&token(&server, &tenant));
    let claims: Claims = serde_json::from_value(claims).unwrap();
    let (kid, secret) = secret(&server).await;
    let sign = |alg: Algorithm, kid: &str, secret: &[u8], claims: &Claims| {
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(alg) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret)).unwrap()
    };
    good(&server, &sign(Algorithm::HS256, &kid, &secret, &claims)).await;
    for (what, forged) in [
        ("HS512 under the right secret", sign(Algorithm::HS512, &kid, &secret, &claims)),
        ("HS384 under the right secret", sign(Algorithm::HS384, &kid, &secret, &claims)),
        ("the empty secret", sign(Algorithm::HS256, &kid, b"", &claims)),
        ("the kid as secret", sign(Algorithm::HS256, &kid, kid.as_bytes(), &claims)),
        (
            "another issuer",
            sign(Algorithm::HS256, &kid, &secret, &Claims { iss: "other".into(), ..claims.clone() }),
        ),
        (
            "another audience",
            sign(Algorithm::HS256, &kid, &secret, &Claims { aud: "other".into(), ..claims.clone() }),
        ),
        (
            "nbf in a minute",
            sign(Algorithm::HS256, &kid, &secret, &Claims { nbf: Some(claims.iat + 31), ..claims.clone() }),
        ),
    ] {
        refused(&server, &forged, what).await;
    }
    good(
        &server,
        &sign(Algorithm::HS256, &kid, &secret, &Claims { nbf: Some(claims.iat + 30), ..claims.clone() }),
    )
    .await;
    server.clock.advance(Duration::from_secs(3_600));
    let longer = Claims { exp: claims.iat + 999_999, ..claims.clone() };
    let answer = present(&server, &sign(Algorithm::HS256, &kid, &secret, &longer)).await;
    assert_eq!(answer.code(), "TOKEN_EXPIRED", "an hour, whatever `exp` says");
}

#[tokio::test]
async fn an_old_token_lives_through_rotation_and_restart() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let old = token(&server, &tenant);
    server.clock.advance(Duration::from_secs(10));
    server.app.rotate_signing_key().await.unwrap();
    let new = token(&server, &tenant);
    assert_ne!(parts(&old).0["kid"], parts(&new).0["kid"]);
    good(&server, &old).await;
    good(&server, &new).await;
    let server = server.restart().await;
    server.clock.advance(Duration::from_secs(3_589));
    good(&server, &old).await;
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(present(&server, &old).await.code(), "TOKEN_EXPIRED");
    good(&server, &new).await;

    // Its key is forgotten when nothing that it signed can be alive.
    server.clock.advance(Duration::from_secs(2_000));
    server.app.rotate_signing_key().await.unwrap();
    assert_eq!(server.app.store().list_signing_keys().await.unwrap().len(), 2);
    refused(&server, &old, "a forgotten key").await;
}

#[tokio::test]
async fn a_key_made_elsewhere_is_found_by_its_kid() {
    let server = Server::start().await;
    let tenant = server.tenant("a").await;
    let (_, claims, _) = parts(&token(&server, &tenant));
    server.clock.advance(Duration::from_secs(1));
    server.app.store().add_signing_key(&server.clock, server.app.ids()).await.unwrap();
    let (kid, secret) = secret(&server).await;
    let header = Header { kid: Some(kid), ..Header::new(Algorithm::HS256) };
    let theirs = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&secret)).unwrap();
    good(&server, &theirs).await;
}
