//! Sessions and turns.
//!
//! A turn begins with one unit that makes or finds the session, takes it (turns of one session run one after another,
//! also across nodes), allots the number and records the question. It ends with another that records the answer and
//! gives the session back. A node promises at the beginning until when it will have finished or renewed the promise;
//! a turn past its promise is *interrupted*, and the session is free. Locks are taken in one order everywhere: the
//! session, then its turns.

pub(crate) mod erase;
pub mod inbox;
pub(crate) mod known;
mod shape;
pub(crate) mod stops;
pub(crate) mod tokens;

use robofy_kernel::{AccountId, ChatbotId, Environment, MessageId, Op, SessionId, SessionKey, Timestamp};
use sqlx::types::Json;

pub use known::Whose;
pub use shape::{
    Begin, Channel, Citation, Failure, FinishReason, FlowState, NewTurn, Notice, Part, PartKind, PastTurn,
    Pieces, Session, TakenTurn, Tokens, Turn, TurnEnd, TurnKind, TurnStatus, VisitorContext,
};

use crate::engine::{again, unit};
use crate::once::Answer;
use crate::statistics::deltas;
use crate::{Lane, Once, Result, Store, StoreError, Tx, flows, unanswered};

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
            RETURNING session_key, next_number - 1 AS number, running_message_id, flow, user_name, timezone, locale, country, page_url";
    INTERRUPT_OTHERS = "UPDATE turns SET status = 'interrupted', finished_at = $4
                         WHERE account_id = $1 AND session_key = $2 AND status = 'running' AND message_id <> $3 RETURNING number, run";
    // Times within a session never go back, also where the clocks of nodes differ.
    INSERT_TURN = "INSERT INTO turns (account_id, session_key, number, message_id, visitor_message_id, status, query, answer, citations, started_at)
                   VALUES ($1, $2, $3, $4, $5, 'running', $6, '', $7,
                           COALESCE((SELECT CASE WHEN p.started_at > $8 THEN p.started_at ELSE $8 END FROM turns p
                                      WHERE p.account_id = $1 AND p.session_key = $2 AND p.number = CAST($3 AS BIGINT) - 1), $8))";
    FINISH_TURN = "UPDATE turns SET status = $5, kind = $6, answer = $7, citations = $8, finished_at = $9, pieces = $10, notice = $11, failure = $12,
                          finish_reason = $13, input_tokens = $14, output_tokens = $15, first_token_ms = $16, parts = $17
                    WHERE account_id = $1 AND session_key = $2 AND number = $3 AND run = $4 AND status = 'running'";
    RELEASE = "UPDATE chat_sessions SET running_message_id = NULL, running_until = NULL, last_at = $4, flow = COALESCE($5, flow)
                WHERE account_id = $1 AND session_key = $2 AND running_message_id = $3";
    RENEW = "UPDATE chat_sessions SET running_until = $4
              WHERE account_id = $1 AND session_key = $2 AND running_message_id = $3
                AND EXISTS (SELECT 1 FROM turns t WHERE t.account_id = $1 AND t.message_id = $3 AND t.run = $5 AND t.status = 'running')";
    RETAKE = "UPDATE chat_sessions SET running_message_id = $3, running_until = $4, last_at = $5
               WHERE account_id = $1 AND session_key = $2 AND (running_message_id IS NULL OR running_until < $5)
              RETURNING flow, user_name, timezone, locale, country, page_url";
    // What an earlier run had said is not the beginning of this one, and the question is as old as it was.
    REVIVE = "UPDATE turns SET status = 'running', run = run + 1, finished_at = NULL, answer = '', pieces = NULL, notice = NULL, parts = $3,
                     input_tokens = NULL, output_tokens = NULL, first_token_ms = NULL
               WHERE account_id = $1 AND message_id = $2 AND status IN ('running', 'interrupted') RETURNING run";
    HISTORY = "SELECT number, query, answer, kind, citations FROM turns
                WHERE account_id = $1 AND session_key = $2 AND number < $3 AND status IN ('done', 'stopped')
                ORDER BY number DESC LIMIT $4";
    FIND_TURN = "SELECT t.session_key, t.number, t.run, t.message_id, t.status, t.kind, t.query, t.answer, t.citations, t.pieces, t.notice, t.failure,
                        t.visitor_message_id, t.parts, t.finish_reason, s.session_id, s.chatbot_id, s.environment, s.channel, s.running_until
                   FROM turns t JOIN chat_sessions s ON s.account_id = t.account_id AND s.session_key = t.session_key
                  WHERE t.account_id = $1 AND t.message_id = $2";
    FIND_SESSION = "SELECT session_key, chatbot_id, environment, channel, running_message_id FROM chat_sessions
                     WHERE account_id = $1 AND chatbot_id = $2 AND environment = $3 AND channel = $4 AND session_id = $5";
    FIND_SESSIONS_BY_ID = "SELECT session_key, chatbot_id, environment, channel, running_message_id FROM chat_sessions
                            WHERE account_id = $1 AND session_id = $2 ORDER BY created_at, session_key LIMIT 20";
    RATE = "UPDATE turns SET rating = $4, rating_comment = $5 WHERE account_id = $1 AND session_key = $2 AND message_id = $3";
}

/// A session that was taken, or that another turn has.
#[derive(sqlx::FromRow)]
struct Taken {
    session_key: SessionKey,
    number: i64,
    running_message_id: Option<MessageId>,
    #[sqlx(flatten)]
    rest: Rest,
}

/// What a session remembers.
#[derive(sqlx::FromRow)]
struct Rest {
    flow: Option<Json<FlowState>>,
    #[sqlx(flatten)]
    visitor: VisitorContext,
}

const BUSY: &str = "a turn runs";
const LOST: &str = "the turn is not this node's any more";

impl Store {
    /// Begins a turn.
    ///
    /// # Errors
    /// When the agent is gone or the database is away.
    pub async fn begin_turn(&self, op: &Op, new: NewTurn) -> Result<Begin> {
        self.begin_turn_telling(op, new, |_| {}).await
    }

    /// Begins a turn, and tells of it as soon as it is taken, before the commit: what can be done meanwhile, and may be
    /// in vain, need not wait for the disk. Only the returned [`Begin::Taken`] says that it was kept.
    ///
    /// # Errors
    /// When the agent is gone or the database is away.
    pub async fn begin_turn_telling(
        &self,
        op: &Op,
        new: NewTurn,
        tell: impl FnOnce(TakenTurn) + Send + 'static,
    ) -> Result<Begin> {
        let (account, environment, now) = (op.account, op.environment, op.now());
        let session_key = SessionKey(op.uuid());
        let unit = unit(move |mut tx| {
            Box::pin(async move {
                let c = &new.context;
                let Taken { session_key, number, running_message_id: holder, rest } = fetch_one!(
                    tx.conn(),
                    Taken,
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
                    interrupt_others(&mut tx, account, session_key, &new.message_id, now).await?;
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
                let taken = TakenTurn {
                    session_key,
                    number,
                    run: 1,
                    message_id: new.message_id,
                    visitor_message_id: new.visitor_message_id,
                    flow: rest.flow.map(|Json(flow)| flow),
                    visitor: Box::new(rest.visitor),
                };
                tell(taken.clone());
                Ok(taken)
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

    /// Records a turn's end and what it cost, carries out what its flow does, and frees its session, all or nothing. Says whether the turn was still this node's; when
    /// it was not, nothing is changed.
    ///
    /// # Errors
    /// When an effect is refused ([`StoreError::Booking`]); when the database is away.
    pub async fn finish_turn(&self, op: &Op, turn: &TakenTurn, end: TurnEnd) -> Result<bool> {
        let finished = again(|| {
            let (op, turn, end) = (op.clone(), turn.clone(), end.clone());
            self.write(Lane::Conversation, move |mut tx| {
                Box::pin(async move {
                    let (account, now, session) = (op.account, op.now(), turn.session_key);
                    let cost = end.tokens;
                    // The session's lock first, as everywhere.
                    let flow = end.flow.map(Json);
                    execute!(tx.conn(), RELEASE, account, session, &turn.message_id, now, flow)?;
                    let kept = execute!(
                        tx.conn(),
                        FINISH_TURN,
                        account,
                        session,
                        turn.number,
                        turn.run,
                        end.status,
                        end.kind,
                        end.answer,
                        Json(end.citations),
                        now,
                        end.pieces,
                        end.notice,
                        end.failure,
                        end.finish_reason,
                        cost.map(|cost| cost.input),
                        cost.map(|cost| cost.output),
                        end.first_token_ms,
                        Json(end.parts)
                    )? > 0;
                    if !kept {
                        return Err(StoreError::Conflict(LOST.into()));
                    }
                    flows::carry_out(&mut tx, &op, end.effects).await?;
                    if let Some(cost) = cost {
                        tokens::count(&mut tx, &op, &turn, cost).await?;
                    }
                    if let Some(question) = end.unanswered {
                        unanswered::note(&mut tx, &op, &turn, &question).await?;
                    }
                    match op.environment {
                        Environment::Live => {
                            deltas::turn_ended(&mut tx, account, session, (turn.number, turn.run)).await
                        }
                        Environment::Test => Ok(()),
                    }
                })
            })
        })
        .await;
        match finished {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict(what)) if what == LOST => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Renews the promise of a running turn. Says whether the session is still this turn's.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn renew_turn(&self, account: AccountId, turn: &TakenTurn, until: Timestamp) -> Result<bool> {
        let turn = turn.clone();
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                Ok(execute!(tx.conn(), RENEW, account, turn.session_key, &turn.message_id, until, turn.run)?
                    > 0)
            })
        })
        .await
    }

    /// Takes up a turn again that was interrupted, or whose node has broken its promise, because its own request was
    /// repeated with its key. Gives the new run when it is this node's now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn revive_turn(
        &self,
        op: &Op,
        turn: &TakenTurn,
        until: Timestamp,
    ) -> Result<Option<TakenTurn>> {
        let (account, now, taken) = (op.account, op.now(), turn.clone());
        let revived = self
            .write(Lane::Conversation, move |mut tx| {
                Box::pin(async move {
                    let (session, message) = (taken.session_key, &taken.message_id);
                    let free =
                        fetch_optional!(tx.conn(), Rest, RETAKE, account, session, message, until, now)?;
                    let Some(rest) = free else { return Err(StoreError::Conflict(BUSY.into())) };
                    let none = Json(Vec::<Part>::new());
                    deltas::turn_revived(&mut tx, account, session, taken.number).await?;
                    let run = fetch_optional!(tx.conn(), (i64,), REVIVE, account, message, none)?;
                    let Some((run,)) = run else { return Err(StoreError::Conflict(BUSY.into())) };
                    interrupt_others(&mut tx, account, session, message, now).await?;
                    let flow = rest.flow.map(|Json(flow)| flow);
                    Ok(TakenTurn { run, flow, visitor: Box::new(rest.visitor), ..taken })
                })
            })
            .await;
        match revived {
            Ok(taken) => Ok(Some(taken)),
            Err(StoreError::Conflict(what)) if what == BUSY => Ok(None),
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
        let (op, message) = (op.clone(), message.clone());
        self.write(Lane::Conversation, move |mut tx| {
            Box::pin(async move {
                // The session's lock first, as everywhere.
                match known::lock(&mut tx, &op, &Whose::Known(session)).await {
                    Err(StoreError::NotFound(_)) => return Ok(false),
                    locked => locked?,
                };
                deltas::answer_rated(&mut tx, &op, session, &message, rating).await?;
                Ok(execute!(tx.conn(), RATE, op.account, session, &message, rating, comment)? > 0)
            })
        })
        .await
    }
}

/// Marks the session's running turns as interrupted, all but this one.
async fn interrupt_others(
    tx: &mut Tx<'_>,
    account: AccountId,
    session: SessionKey,
    but: &MessageId,
    now: Timestamp,
) -> Result<()> {
    for turn in fetch_all!(tx.conn(), (i64, i64), INTERRUPT_OTHERS, account, session, but, now)? {
        deltas::turn_ended(tx, account, session, turn).await?;
    }
    Ok(())
}
