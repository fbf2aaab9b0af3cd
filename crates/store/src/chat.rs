//! Sessions and turns.
//!
//! A turn begins with one unit that makes or finds the session, takes it (turns of one session run one after another,
//! also across nodes), allots the number and records the question. It ends with another that records the answer and
//! gives the session back. A node promises at the beginning until when it will have finished or renewed the promise;
//! a turn past its promise is *interrupted*, and the session is free. Locks are taken in one order everywhere: the
//! session, then its turns.

use robofy_kernel::{
    AccountId, AssetId, ChatbotId, Environment, MessageId, Op, QaId, SessionId, SessionKey, Timestamp,
    text_enum,
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use crate::engine::unit;
use crate::once::Answer;
use crate::{Lane, Once, Result, Store, StoreError};

statements! {
    // A new session, or the one that is there, taken when it is free: `running_message_id` tells who has it.
    TAKE = "INSERT INTO chat_sessions (account_id, session_key, chatbot_id, environment, channel, session_id, user_name, timezone, locale, country,
                                       page_url, next_number, running_message_id, running_until, created_at, last_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 2, $12, $13, $14, $14)
            ON CONFLICT (account_id, chatbot_id, environment, channel, session_id) DO UPDATE
               SET user_name = COALESCE(excluded.user_name, chat_sessions.user_name),
                   timezone = COALESCE(excluded.timezone, chat_sessions.timezone),
                   locale = COALESCE(excluded.locale, chat_sessions.locale),
                   country = COALESCE(excluded.country, chat_sessions.country),
                   page_url = COALESCE(excluded.page_url, chat_sessions.page_url),
                   last_at = excluded.last_at,
                   next_number = chat_sessions.next_number + CASE WHEN chat_sessions.running_message_id IS NULL OR chat_sessions.running_until < excluded.last_at THEN 1 ELSE 0 END,
                   running_until = CASE WHEN chat_sessions.running_message_id IS NULL OR chat_sessions.running_until < excluded.last_at THEN excluded.running_until ELSE chat_sessions.running_until END,
                   running_message_id = CASE WHEN chat_sessions.running_message_id IS NULL OR chat_sessions.running_until < excluded.last_at THEN excluded.running_message_id ELSE chat_sessions.running_message_id END
            RETURNING session_key, next_number - 1 AS number, running_message_id";
    INTERRUPT_OTHERS = "UPDATE turns SET status = 'interrupted', finished_at = $4
                         WHERE account_id = $1 AND session_key = $2 AND status = 'running' AND message_id <> $3";
    INSERT_TURN = "INSERT INTO turns (account_id, session_key, number, message_id, visitor_message_id, status, query, answer, citations, started_at)
                   VALUES ($1, $2, $3, $4, $5, 'running', $6, '', $7, $8)";
    FINISH_TURN = "UPDATE turns SET status = $4, kind = $5, answer = $6, citations = $7, finished_at = $8
                    WHERE account_id = $1 AND session_key = $2 AND number = $3 AND status = 'running'";
    RELEASE = "UPDATE chat_sessions SET running_message_id = NULL, running_until = NULL, last_at = $4
                WHERE account_id = $1 AND session_key = $2 AND running_message_id = $3";
    RENEW = "UPDATE chat_sessions SET running_until = $4 WHERE account_id = $1 AND session_key = $2 AND running_message_id = $3";
    RETAKE = "UPDATE chat_sessions SET running_message_id = $3, running_until = $4, last_at = $5
               WHERE account_id = $1 AND session_key = $2 AND (running_message_id IS NULL OR running_until < $5)";
    REVIVE = "UPDATE turns SET status = 'running', started_at = $3, finished_at = NULL WHERE account_id = $1 AND message_id = $2 AND status IN ('running', 'interrupted')";
    HISTORY = "SELECT number, query, answer, kind, citations FROM turns
                WHERE account_id = $1 AND session_key = $2 AND number < $3 AND status IN ('done', 'stopped')
                ORDER BY number DESC LIMIT $4";
    FIND_TURN = "SELECT t.session_key, t.number, t.message_id, t.status, t.kind, t.query, t.answer, t.citations,
                        s.session_id, s.chatbot_id, s.environment, s.channel, s.running_until
                   FROM turns t JOIN chat_sessions s ON s.account_id = t.account_id AND s.session_key = t.session_key
                  WHERE t.account_id = $1 AND t.message_id = $2";
    FIND_SESSION = "SELECT session_key, chatbot_id, environment, channel, running_message_id FROM chat_sessions
                     WHERE account_id = $1 AND chatbot_id = $2 AND environment = $3 AND channel = $4 AND session_id = $5";
    FIND_SESSIONS_BY_ID = "SELECT session_key, chatbot_id, environment, channel, running_message_id FROM chat_sessions
                            WHERE account_id = $1 AND session_id = $2 ORDER BY created_at, session_key LIMIT 20";
    RATE = "UPDATE turns SET rating = $4, rating_comment = $5 WHERE account_id = $1 AND session_key = $2 AND message_id = $3";
}

text_enum! {
    /// Where a conversation takes place.
    pub enum Channel {
        /// A website or app.
        Web = "web",
        /// WhatsApp, through the integrator's relay.
        Whatsapp = "whatsapp",
    }
}

text_enum! {
    /// What became of a turn.
    pub enum TurnStatus {
        /// It is being answered.
        Running = "running",
        /// Answered.
        Done = "done",
        /// Stopped by the visitor or operator; the part that was said is stored.
        Stopped = "stopped",
        /// It went wrong.
        Failed = "failed",
        /// Its node went away in the middle.
        Interrupted = "interrupted",
    }
}

text_enum! {
    /// What kind of answer was given.
    pub enum TurnKind {
        /// Greeting, thanks, goodbye …
        SmallTalk = "small_talk",
        /// A stored pair.
        Pair = "pair",
        /// From the knowledge.
        Answer = "answer",
        /// The agent's not-found answer.
        NotFound = "not_found",
    }
}

/// A quote that was checked against its source when it was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// Number in the answer, from 1.
    pub index: i64,
    /// The asset; `None` for a stored pair.
    pub asset_id: Option<AssetId>,
    /// The pair, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qa_id: Option<QaId>,
    /// The asset's version.
    pub version: Option<i64>,
    /// First byte in the stored text of that version.
    pub start: Option<i64>,
    /// The byte after the last.
    pub end: Option<i64>,
    /// The words.
    pub quote: String,
    /// The file's name.
    pub file_name: Option<String>,
    /// Where it was found on the web.
    pub source_url: Option<String>,
    /// Headings above it.
    pub heading_path: Vec<String>,
}

/// A turn that begins.
#[derive(Clone, Debug)]
pub struct NewTurn {
    /// The agent.
    pub chatbot_id: ChatbotId,
    /// The channel.
    pub channel: Channel,
    /// The session, as the visitor names it.
    pub session_id: SessionId,
    /// What the visitor's client said of the visitor.
    pub context: VisitorContext,
    /// The question.
    pub query: String,
    /// The answer's id.
    pub message_id: MessageId,
    /// The question's id.
    pub visitor_message_id: MessageId,
    /// Until when this node promises to have finished, or to have renewed the promise.
    pub running_until: Timestamp,
}

/// What the visitor's client says of the visitor. Stored with the session; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisitorContext {
    /// Name.
    pub user_name: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// BCP 47 language tag.
    pub locale: Option<String>,
    /// ISO 3166 country.
    pub country: Option<String>,
    /// The page.
    pub page_url: Option<String>,
}

/// A turn that this node has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenTurn {
    /// The session's row.
    pub session_key: SessionKey,
    /// The turn's number in it, from 1.
    pub number: i64,
    /// The answer's id.
    pub message_id: MessageId,
}

/// An earlier turn, for memory.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PastTurn {
    /// Its number.
    pub number: i64,
    /// What the visitor said.
    pub query: String,
    /// What was answered.
    pub answer: String,
    /// What kind of answer it was.
    pub kind: Option<TurnKind>,
    /// Its quotes.
    pub citations: Json<Vec<Citation>>,
}

/// A stored turn.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Turn {
    /// The session's row.
    pub session_key: SessionKey,
    /// Its number in it.
    pub number: i64,
    /// The answer's id.
    pub message_id: MessageId,
    /// What became of it.
    pub status: TurnStatus,
    /// What kind of answer it was.
    pub kind: Option<TurnKind>,
    /// The question.
    pub query: String,
    /// The answer.
    pub answer: String,
    /// Its quotes.
    pub citations: Json<Vec<Citation>>,
    /// The session as the visitor names it.
    pub session_id: SessionId,
    /// The agent.
    pub chatbot_id: ChatbotId,
    /// Live or test.
    pub environment: Environment,
    /// The channel.
    pub channel: Channel,
    /// Until when the session's running turn is promised.
    pub running_until: Option<Timestamp>,
}

/// A session's row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    /// Its key.
    pub session_key: SessionKey,
    /// The agent.
    pub chatbot_id: ChatbotId,
    /// Live or test.
    pub environment: Environment,
    /// The channel.
    pub channel: Channel,
    /// The turn that runs now.
    pub running_message_id: Option<MessageId>,
}

/// How a turn ended.
#[derive(Clone, Debug)]
pub struct TurnEnd {
    /// What became of it.
    pub status: TurnStatus,
    /// What kind of answer it was.
    pub kind: Option<TurnKind>,
    /// The answer.
    pub answer: String,
    /// Its quotes.
    pub citations: Vec<Citation>,
}

/// What came of beginning a turn.
#[derive(Debug)]
pub enum Begin {
    /// It is this node's.
    Taken(TakenTurn),
    /// Another turn of the session runs: try again shortly.
    Busy,
    /// The operation's `Idempotency-Key` names this turn already.
    Known(MessageId),
}

const BUSY: &str = "a turn runs";

impl Store {
    /// Begins a turn.
    ///
    /// # Errors
    /// When the agent is gone or the database is away.
    pub async fn begin_turn(&self, op: &Op, new: NewTurn) -> Result<Begin> {
        let (account, environment, now) = (op.account, op.environment, op.now());
        let session_key = SessionKey(op.uuid());
        let unit = unit(move |mut tx| {
            Box::pin(async move {
                let c = &new.context;
                let (session_key, number, holder) = fetch_one!(
                    tx.conn(),
                    (SessionKey, i64, Option<MessageId>),
                    TAKE,
                    account,
                    session_key,
                    &new.chatbot_id,
                    environment,
                    new.channel,
                    &new.session_id,
                    &c.user_name,
                    &c.timezone,
                    &c.locale,
                    &c.country,
                    &c.page_url,
                    &new.message_id,
                    new.running_until,
                    now
                )?;
                if holder.as_ref() != Some(&new.message_id) {
                    return Err(StoreError::Conflict(BUSY.into()));
                }
                if number > 1 {
                    execute!(tx.conn(), INTERRUPT_OTHERS, account, session_key, &new.message_id, now)?;
                }
                let none = Json(Vec::<Citation>::new());
                execute!(
                    tx.conn(),
                    INSERT_TURN,
                    account,
                    session_key,
                    number,
                    &new.message_id,
                    &new.visitor_message_id,
                    &new.query,
                    none,
                    now
                )?;
                Ok(TakenTurn { session_key, number, message_id: new.message_id })
            })
        });
        let answer = |turn: &TakenTurn| -> Answer { (200, turn.message_id.as_str().as_bytes().to_vec()) };
        match self.write_once(Lane::Conversation, op, unit, answer).await {
            Ok(Once::Fresh(turn)) => Ok(Begin::Taken(turn)),
            Ok(Once::Replayed(_, id)) => {
                let id = String::from_utf8(id).ok().and_then(|id| id.parse().ok());
                id.map(Begin::Known)
                    .ok_or(StoreError::Damaged { what: "turn's id", detail: "not an id".into() })
            }
            Err(StoreError::Conflict(what)) if what == BUSY => Ok(Begin::Busy),
            Err(error) => Err(error),
        }
    }

    /// Records a turn's end and frees its session. Says whether the turn was still this node's.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn finish_turn(&self, op: &Op, turn: &TakenTurn, end: TurnEnd) -> Result<bool> {
        let (account, now, turn) = (op.account, op.now(), turn.clone());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                // The session's lock first, as everywhere.
                execute!(tx.conn(), RELEASE, account, turn.session_key, &turn.message_id, now)?;
                let kept = execute!(
                    tx.conn(),
                    FINISH_TURN,
                    account,
                    turn.session_key,
                    turn.number,
                    end.status,
                    end.kind,
                    end.answer,
                    Json(end.citations),
                    now
                )? > 0;
                Ok(kept)
            })
        })
        .await
    }

    /// Renews the promise of a running turn. Says whether the session is still this turn's.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn renew_turn(&self, account: AccountId, turn: &TakenTurn, until: Timestamp) -> Result<bool> {
        let turn = turn.clone();
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                Ok(execute!(tx.conn(), RENEW, account, turn.session_key, &turn.message_id, until)? > 0)
            })
        })
        .await
    }

    /// Takes up a turn again that was interrupted, or whose node has broken its promise, because its own request was
    /// repeated with its key. Says whether it is this node's now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn revive_turn(&self, op: &Op, turn: &TakenTurn, until: Timestamp) -> Result<bool> {
        let (account, now, turn) = (op.account, op.now(), turn.clone());
        let revived = self
            .write(Lane::Conversation, move |mut tx| {
                Box::pin(async move {
                    let (session, message) = (turn.session_key, &turn.message_id);
                    let free = execute!(tx.conn(), RETAKE, account, session, message, until, now)? > 0;
                    if !free || execute!(tx.conn(), REVIVE, account, message, now)? == 0 {
                        return Err(StoreError::Conflict(BUSY.into()));
                    }
                    execute!(tx.conn(), INTERRUPT_OTHERS, account, session, message, now)?;
                    Ok(())
                })
            })
            .await;
        match revived {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict(what)) if what == BUSY => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The turns before `number`, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn past_turns(
        &self,
        account: AccountId,
        session: SessionKey,
        number: i64,
        limit: i64,
    ) -> Result<Vec<PastTurn>> {
        fetch_all!(self.reader(), PastTurn, HISTORY, account, session, number, limit)
    }

    /// The turn with this answer id.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_turn(&self, account: AccountId, message: &MessageId) -> Result<Option<Turn>> {
        fetch_optional!(self.reader(), Turn, FIND_TURN, account, message)
    }

    /// One session.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_session(
        &self,
        op: &Op,
        chatbot: &ChatbotId,
        channel: Channel,
        session: &SessionId,
    ) -> Result<Option<Session>> {
        fetch_optional!(
            self.reader(),
            Session,
            FIND_SESSION,
            op.account,
            chatbot,
            op.environment,
            channel,
            session
        )
    }

    /// The sessions of this id in the account, whatever their agent, environment and channel.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_sessions_by_id(&self, account: AccountId, session: &SessionId) -> Result<Vec<Session>> {
        fetch_all!(self.reader(), Session, FIND_SESSIONS_BY_ID, account, session)
    }

    /// Records what a visitor thinks of an answer; the latest counts. Says whether the answer is the session's.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn rate_turn(
        &self,
        op: &Op,
        session: SessionKey,
        message: &MessageId,
        rating: i64,
        comment: Option<String>,
    ) -> Result<bool> {
        let (account, message) = (op.account, message.clone());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                Ok(execute!(tx.conn(), RATE, account, session, &message, rating, comment)? > 0)
            })
        })
        .await
    }
}
