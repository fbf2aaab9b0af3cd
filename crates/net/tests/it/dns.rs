//! A DNS server over UDP, and a look-up that asks it (RFC 1035).

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use robofy_net::Lookup;
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

const HEADER: usize = 12;
const TYPE_A: [u8; 2] = [0, 1];
const CLASS_IN: [u8; 2] = [0, 1];

/// Answers the n-th question with the n-th of its answers, in turn, and lets nobody keep them (TTL 0).
pub struct DnsServer {
    pub address: SocketAddr,
    asked: Arc<AtomicUsize>,
    _running: JoinSet<()>,
}

impl DnsServer {
    pub async fn start(answers: Vec<Vec<Ipv4Addr>>) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let mut running = JoinSet::new();
        running.spawn(async move {
            let mut question = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut question).await {
                let turn = count.fetch_add(1, Ordering::SeqCst);
                let reply = reply(&question[..length], &answers[turn % answers.len()]);
                socket.send_to(&reply, from).await.unwrap();
            }
        });
        Self { address, asked, _running: running }
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// A look-up that asks this server every time.
    pub fn lookup(&self) -> Arc<Asking> {
        Arc::new(Asking(self.address))
    }
}

fn reply(question: &[u8], addresses: &[Ipv4Addr]) -> Vec<u8> {
    let mut reply = question[..2].to_vec(); // the question's id
    reply.extend([0x81, 0x80]); // an answer, recursion wanted and given
    reply.extend([0, 1, 0, u8::try_from(addresses.len()).unwrap(), 0, 0, 0, 0]);
    reply.extend(&question[HEADER..]);
    for address in addresses {
        reply.extend([0xc0, u8::try_from(HEADER).unwrap()]); // the name: as in the question
        reply.extend(TYPE_A);
        reply.extend(CLASS_IN);
        reply.extend([0; 4]); // TTL
        reply.extend([0, 4]);
        reply.extend(address.octets());
    }
    reply
}

#[derive(Debug)]
pub struct Asking(SocketAddr);

impl Lookup for Asking {
    fn addresses(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let server = self.0;
        Box::pin(async move {
            let socket = UdpSocket::bind("127.0.0.1:0").await?;
            socket.connect(server).await?;
            let question = question(&name);
            socket.send(&question).await?;
            let mut reply = [0; 512];
            let length = socket.recv(&mut reply).await?;
            Ok(addresses(&question, &reply[..length]))
        })
    }
}

fn question(name: &str) -> Vec<u8> {
    let mut question = vec![7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.trim_end_matches('.').split('.') {
        question.push(u8::try_from(label.len()).unwrap());
        question.extend(label.as_bytes());
    }
    question.push(0);
    question.extend(TYPE_A);
    question.extend(CLASS_IN);
    question
}

/// Every record of the reply is 16 bytes: a pointer to the name, type, class, TTL, length, address.
fn addresses(question: &[u8], reply: &[u8]) -> Vec<IpAddr> {
    let records = reply[question.len()..].chunks_exact(16);
    records.map(|record| IpAddr::from([record[12], record[13], record[14], record[15]])).collect()
}
