//! Language models behind one trait.
//!
//! A [`Provider`] speaks one dialect; [`Models`] stands before it and keeps visitors from noticing a bad one: retries
//! with back-off before the first token, time limits, a circuit breaker for each account and endpoint. Dropping a
//! [`Reply`] cancels the request upstream.
//!
//! ```no_run
//! # use robofy_kernel::{AccountId, Clock, Ids};
//! # use robofy_model::{ChatRequest, Endpoint, Message, ModelError, Models, ModelsConfig, Piece, Role, ServerKey};
//! # use robofy_net::Gate;
//! # async fn example(account: AccountId) -> Result<(), ModelError> {
//! let models = Models::new(Gate::operator()?, Gate::public(&[])?, ModelsConfig::default(), Clock::System, Ids::System);
//! let key = ServerKey::new("sk-…".into());
//! let endpoint = Endpoint::server("https://api.openai.com/v1".parse().unwrap(), "gpt-5", Some(key));
//! let messages = vec![Message { role: Role::User, content: "Hello".into() }];
//! let request = ChatRequest { messages, temperature: None, max_output_tokens: 256 };
//!
//! let mut reply = models.chat(account, &endpoint, &request).await?; // before the first token: another may answer
//! while let Some(piece) = reply.next().await? { // after it: the answer has begun
//!     match piece {
//!         Piece::Text(text) => print!("{text}"),
//!         Piece::End { reason, usage } => println!("\n{reason:?} {usage:?}"),
//!     }
//! }
//! # Ok(()) }
//! ```

mod breaker;
mod chat;
mod config;
mod endpoint;
mod error;
mod fit;
mod models;
mod openai;
mod provider;
mod reply;
mod retry;
mod sse;

pub use chat::{ChatRequest, FinishReason, Message, Piece, Role, Usage};
pub use config::{BreakerConfig, ModelsConfig};
pub use endpoint::{Dialect, Endpoint, Owner, ServerKey, TenantKey};
pub use error::ModelError;
pub use fit::Fit;
pub use models::Models;
pub use provider::{Call, Detail, Provider, ReplyReader, Signal};
pub use reply::Reply;
