//! The operation context: who does something, for which account, in which environment, and with which clock and ids.

use std::sync::Arc;

use crate::{
    AccountId, ChatbotId, Clock, Ids, KeyId, ProjectId, Scopes, SessionId, Timestamp, UserId, text_enum,
};

text_enum! {
    /// Live data or a developer's trial; the two never see each other's sessions, leads or bookings.
    pub enum Environment {
        /// Real visitors.
        Live = "live",
        /// A developer's trial.
        Test = "test",
    }
}

text_enum! {
    /// What a user is in an account.
    pub enum Role {
        /// May do everything.
        Owner = "owner",
    }
}

/// Who acts.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A server with an API key.
    Key {
        /// The key's row.
        id: KeyId,
        /// The key's name.
        name: String,
        /// What it may do.
        scopes: Scopes,
        /// When it ends by itself.
        expires_at: Option<Timestamp>,
    },
    /// A person with a dashboard session.
    User {
        /// The person.
        id: UserId,
        /// The role in the account.
        role: Role,
    },
    /// A browser or app with a client token.
    Visitor(Arc<Visitor>),
    /// The program itself: command line, maintenance.
    System,
}

/// What a client token says of its bearer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The project.
    pub project: ProjectId,
    /// The agents that the handshake returned.
    pub chatbots: Vec<ChatbotId>,
    /// The session that the handshake gave.
    pub session: SessionId,
    /// The origin that asked for the handshake; `None` for an app.
    pub origin: Option<String>,
}

/// A caller's `Idempotency-Key`, as fingerprints under the master key: neither key nor body is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Fingerprint of the caller's namespace and key.
    pub key: Vec<u8>,
    /// Fingerprint of method, path and body.
    pub request: Vec<u8>,
}

/// The first argument of everything that acts.
#[derive(Clone, Debug)]
pub struct Op {
    /// Who.
    pub caller: Caller,
    /// For which account. Every query names it.
    pub account: AccountId,
    /// In which environment.
    pub environment: Environment,
    /// Ties log lines and the response's `x-request-id` together.
    pub request_id: Arc<str>,
    /// The `Idempotency-Key`, where the operation creates something and the caller sent one.
    pub idempotency: Option<Arc<IdempotencyKey>>,
    /// The clock.
    pub clock: Clock,
    /// The source of ids.
    pub ids: Ids,
}

impl Op {
    /// An operation of the program itself.
    #[must_use]
    pub fn system(account: AccountId, clock: Clock, ids: Ids) -> Self {
        let request_id = ids.alphanumeric(16).into();
        Self {
            caller: Caller::System,
            account,
            environment: Environment::Live,
            request_id,
            idempotency: None,
            clock,
            ids,
        }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new time-ordered UUID.
    #[must_use]
    pub fn uuid(&self) -> uuid::Uuid {
        self.ids.uuid_v7(self.now())
    }

    /// The visitor, when one acts.
    #[must_use]
    pub fn visitor(&self) -> Option<&Visitor> {
        match &self.caller {
            Caller::Visitor(visitor) => Some(visitor),
            Caller::Key { .. } | Caller::User { .. } | Caller::System => None,
        }
    }
}
