//! Which key goes where, and which addresses are reached. That the server's key does not fit a tenant's address is a
//! matter of types: see the example that does not compile at [`robofy_model::Endpoint`].

use robofy_model::{Endpoint, ModelError, Models, ServerKey, TenantKey};
use robofy_net::{Gate, NetError};

use crate::fixture::{ACCOUNT, Fixture, config, heard, question};

#[tokio::test]
async fn each_owner_sends_its_own_key_or_none() {
    let fixture = Fixture::new().await;
    let base = || fixture.provider.base_url().parse().unwrap();
    let server = ServerKey::new("the-servers-key".into());
    let tenant = TenantKey::new("a-tenants-key".into());
    for endpoint in [
        Endpoint::server(base(), "usual", Some(server)),
        Endpoint::tenant(base(), "usual", Some(tenant)),
        Endpoint::tenant(base(), "usual", None),
        Endpoint::server(base(), "usual", None),
    ] {
        assert!(!format!("{endpoint:?}").contains("-key"), "{endpoint:?}");
        heard(fixture.models.chat(ACCOUNT, &endpoint, &question("?")).await.unwrap()).await;
    }
    let requests = fixture.provider.requests();
    let sent: Vec<_> = requests.iter().map(|asked| asked.header("authorization")).collect();
    assert_eq!(sent, [Some("Bearer the-servers-key"), Some("Bearer a-tenants-key"), None, None]);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_key_or_without() {
    let fixture = Fixture::new().await;
    let base = || fixture.provider.base_url().parse().unwrap();
    for endpoint in [
        Endpoint::server(base(), "redirect", Some(ServerKey::new("the-servers-key".into()))),
        Endpoint::tenant(base(), "redirect", None),
    ] {
        let refused = fixture.models.chat(ACCOUNT, &endpoint, &question("?")).await.unwrap_err();
        assert!(matches!(refused, ModelError::Refused { status: 307, .. }), "{refused}");
    }
    let paths: Vec<_> = fixture.provider.requests().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/v1/chat/completions"; 2]);
}

#[tokio::test]
async fn a_tenant_reaches_no_private_network_unless_it_is_opened() {
    let fixture = Fixture::new().await;
    let (clock, ids) = (robofy_testkit::clock(), robofy_testkit::ids());
    let closed = Models::new(Gate::operator().unwrap(), Gate::public(&[]).unwrap(), config(), clock, ids);
    let port = fixture.provider.address().port();
    for host in ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"] {
        let tenants = Endpoint::tenant(format!("http://{host}:{port}/v1").parse().unwrap(), "usual", None);
        let refused = closed.chat(ACCOUNT, &tenants, &question("?")).await.unwrap_err();
        assert!(matches!(refused, ModelError::Net(NetError::Refused(_))), "{host}: {refused}");
        assert!(!refused.is_fault(), "{host}: the address is at fault");
    }
    assert!(fixture.provider.requests().is_empty());

    let servers = Endpoint::server(fixture.provider.base_url().parse().unwrap(), "usual", None);
    heard(closed.chat(ACCOUNT, &servers, &question("?")).await.unwrap()).await;
    heard(fixture.models.chat(ACCOUNT, &fixture.endpoint("usual"), &question("?")).await.unwrap()).await;
    assert_eq!(fixture.provider.requests().len(), 2);
}
