//! The one gate for outgoing HTTP.
//!
//! Two profiles: *operator*, for addresses that whoever runs the server has set (any network), and *public*, for
//! addresses that tenants or strangers chose (public networks, and those that the operator has opened).
//!
//! ```no_run
//! # async fn example(body: bytes::Bytes, opened: &[ipnet::IpNet]) -> Result<(), robofy_net::NetError> {
//! use robofy_net::{Gate, Limits, Request, Rules};
//!
//! let gate = Gate::new(Rules::public(opened).opened_by("--allow-model-network"))?;
//! let url = robofy_net::address("https://models.example/v1/chat/completions")?;
//! gate.check(&url)?; // a sentence for the person who typed it
//! let mut answer = gate
//!     .send(Request { method: http::Method::POST, url, headers: http::HeaderMap::new(), body, limits: Limits::default() })
//!     .await?;
//! while let Some(piece) = answer.chunk().await? {
//!     // the body as it comes
//! }
//! # Ok(()) }
//! ```
//!
//! # What the public profile holds back
//!
//! Everything in IANA's special-purpose registries, for IPv4 and IPv6 (`ranges`), not only the private ranges: a cloud's
//! metadata service is link-local, a carrier's own network is 100.64.0.0/10. Addresses are judged as numbers, after the
//! URL standard's parser, so every spelling of one (decimal, octal, hexadecimal, short, full-width, IPv6 that embeds IPv4)
//! is the same address.
//!
//! **When.** What a name stands for is decided when the connection is made, on the very answer that the connection
//! uses: there is no second look-up in which it could have changed its meaning (DNS rebinding). *Every* address of the
//! answer must be public. One that is not condemns the name even if others are public: whoever mixes them either tries
//! something or has made a mistake that should be seen, and what is reached must not depend on the order of an answer.
//! Redirects are followed by hand, each one through the same door as a fresh request.
//!
//! **What it does not know.** The machine's own public address is public: a service that listens on all interfaces and
//! relies on a firewall *in front of* the machine can be reached from the machine itself.
//!
//! # What both profiles keep
//!
//! - `http` and `https` only, HTTP/1.1, any port. TLS is rustls on ring; the roots are the system's and Mozilla's together.
//! - No proxy from the environment, no cookies, no referrer, no user names or passwords in addresses.
//! - `Host` and the headers that frame a message are the gate's own; a caller's are left out.
//! - Nothing is decoded: it asks for the plain form, and limits count the bytes that are handed out.
//! - No secret in a `Debug` form, an error or the log: headers marked sensitive, paths, queries and bodies are left out.
//! - Dropping a [`Response`], or the future that would give it, closes the connection.
//! - Memory: a connection buffers 8 KiB each way, and its read buffer never grows beyond 32 KiB, which is also what
//!   an answer's head may weigh.

mod address;
mod connect;
mod error;
mod gate;
mod lookup;
mod profile;
mod ranges;
mod redirect;
mod request;
mod response;
mod rules;
mod tls;

pub use address::address;
pub use error::NetError;
pub use gate::Gate;
pub use lookup::{Lookup, SystemLookup};
pub use request::{Limits, Request};
pub use response::Response;
pub use rules::Rules;
