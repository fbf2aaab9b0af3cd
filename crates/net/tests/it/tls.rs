//! TLS: whom it believes, and that nothing leads out of it. The system's roots are read once and from the environment,
//! so the test runs itself again with an authority of its own there.

use std::process::Command;
use std::sync::{Arc, Mutex};

use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use robofy_net::{Gate, NetError};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use crate::opening::book;
use crate::server::{Raw, Reply, Server, on_to, serve, text};
use crate::{OPENED, following, get, read, refused, rules};

const PORT: &str = "NET_TEST_PORT";
const PLAIN: &str = "NET_TEST_PLAIN";

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

async fn https(
    issuer: &CertifiedIssuer<'static, KeyPair>,
    name: &str,
    answer: impl Fn(&str) -> Reply + Send + Sync + 'static,
) -> Raw {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let answer = Arc::new(answer);
    Raw::start(OPENED, move |stream| {
        let (acceptor, answer) = (acceptor.clone(), Arc::clone(&answer));
        async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            serve(stream, &|seen| answer(&seen.path), &Mutex::default()).await;
        }
    })
    .await
}

fn gate() -> Gate {
    Gate::new(rules().lookup(book([("tls.example", &[OPENED]), ("other.example", &[OPENED])]))).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_systems_authorities_are_believed() {
    if let (Ok(port), Ok(plain)) = (std::env::var(PORT), std::env::var(PLAIN)) {
        let gate = gate();
        let answer = gate.send(get(&format!("https://tls.example:{port}/"))).await.unwrap();
        assert_eq!(read(answer).await, (200, "private".into()));
        let sentence = refused(gate.send(following(get(&format!("https://tls.example:{port}/down")))).await);
        assert!(sentence.contains("from https to http"), "{sentence}");
        let up = gate.send(following(get(&format!("{plain}up")))).await.unwrap();
        assert_eq!(up.url.scheme(), "https");
        assert_eq!(read(up).await, (200, "private".into()));
        let outcome = gate.send(get(&format!("https://other.example:{port}/"))).await;
        assert!(matches!(outcome, Err(NetError::Connect { .. })), "another's certificate: {outcome:?}");
        return;
    }
    let issuer = authority();
    let up = Arc::new(Mutex::new(String::new()));
    let to = Arc::clone(&up);
    let plain = Server::start(OPENED, move |_| on_to(302, &to.lock().unwrap())).await;
    let down = plain.url("/leaked");
    let server =
        https(
            &issuer,
            "tls.example",
            move |path| if path == "/down" { on_to(302, &down) } else { text(200, "private") },
        )
        .await;
    let port = server.address.port();
    *up.lock().unwrap() = format!("https://tls.example:{port}/");

    let outcome = gate().send(get(&format!("https://tls.example:{port}/"))).await;
    assert!(matches!(outcome, Err(NetError::Connect { .. })), "nobody stands behind it here: {outcome:?}");

    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, issuer.pem()).unwrap();
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "tls::the_systems_authorities_are_believed", "--nocapture"]);
    again
        .env(PORT, port.to_string())
        .env(PLAIN, plain.url("/"))
        .env("SSL_CERT_FILE", &roots)
        .env_remove("SSL_CERT_DIR");
    let output = tokio::task::spawn_blocking(move || again.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Vec<_> = plain.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(seen, ["/up"], "nothing came down from https");
}
