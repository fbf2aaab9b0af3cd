//! What happens, as it is counted: written in the transaction of its cause, and never in the way of another.
//!
//! A delta is written by the unit that makes the change, and only when the change was made: a turn ends once, a lead is
//! won or deleted once, a rating takes the place of the one before under the session's lock. These conditional updates
//! are what keeps anything from being counted twice; the delta's key only holds until it is folded.

use std::collections::BTreeMap;

use robofy_kernel::{
    AccountId, BookingId, ChatbotId, Environment, LeadId, MessageId, Op, ProjectId, SessionKey, Timestamp,
};
use sha2::{Digest as _, Sha256};
use sqlx::types::Json;
use uuid::Uuid;

use super::Counts;
use super::counts;
use super::periods::quarter;
use crate::chat::{Citation, TurnKind, TurnStatus};
use crate::{Result, Tx};

macro_rules! columns {
    () => {
        concat!("account_id, project_id, chatbot_id, delta_id, quarter, before_quarter, visits, ", counts!())
    };
}

statements! {
    // An agent's project is looked up where it is not named.
    ADD = concat!("INSERT INTO stat_deltas (", columns!(), ")
                   VALUES ($1, COALESCE($2, (SELECT a.project_id FROM agents a WHERE a.account_id = $1 AND a.chatbot_id = $3)), $3, $4, $5, $6, $7, $8, $9, $10, $11,
                           $12, $13, $14, $15, $16, $17, $18, $19)");
    // A turn that has ended. Each run of it has its outcome; asked it was once.
    TURN = concat!("INSERT INTO stat_deltas (", columns!(), ")
                    SELECT t.account_id, a.project_id, a.chatbot_id, $4, t.started_at / 900000000, COALESCE(p.started_at / 900000000, -1),
                           CASE WHEN t.run = 1 AND (p.started_at IS NULL OR p.started_at / 900000000 < t.started_at / 900000000) THEN 1 ELSE 0 END,
                           CASE WHEN t.run = 1 THEN 1 ELSE 0 END, 0, 0, 0,
                           CASE WHEN t.status IN ('done', 'stopped') AND (t.kind = 'pair' OR (t.citations <> '[]' AND COALESCE(t.kind, 'answer') = 'answer')) THEN 1 ELSE 0 END,
                           CASE WHEN t.kind = 'not_found' THEN 1 ELSE 0 END, 0, 0, COALESCE(t.input_tokens, 0), COALESCE(t.output_tokens, 0),
                           CASE WHEN t.first_token_ms IS NULL THEN 0 ELSE 1 END, COALESCE(t.first_token_ms, 0)
                      FROM turns t
                      JOIN chat_sessions s ON s.account_id = t.account_id AND s.session_key = t.session_key
                      JOIN agents a ON a.account_id = t.account_id AND a.chatbot_id = s.chatbot_id
                      LEFT JOIN turns p ON p.account_id = t.account_id AND p.session_key = t.session_key AND p.number = t.number - 1
                     WHERE t.account_id = $1 AND t.session_key = $2 AND t.number = $3 AND s.environment = 'live'");
    TURNS = "SELECT run, status, kind, citations, rating, input_tokens, output_tokens, first_token_ms, started_at FROM turns
              WHERE account_id = $1 AND session_key = $2 AND number >= $3 AND number <= $4 ORDER BY number";
    OF_SESSION = "SELECT chatbot_id, environment FROM chat_sessions WHERE account_id = $1 AND session_key = $2";
    OF_ANSWER = "SELECT rating, started_at FROM turns WHERE account_id = $1 AND session_key = $2 AND message_id = $3";
    // What is an agent's goes with it.
    FORGET_DELTAS = "DELETE FROM stat_deltas WHERE account_id = $1 AND project_id = $2 AND chatbot_id = $3";
    FORGET_COUNTERS = "DELETE FROM stat_counters WHERE account_id = $1 AND project_id = $2 AND chatbot_id = $3";
    FORGET_VISITS = "DELETE FROM stat_visits WHERE account_id = $1 AND project_id = $2 AND chatbot_id = $3";
    FORGET_GATE = "DELETE FROM stat_gates WHERE account_id = $1 AND project_id = $2 AND chatbot_id = $3";
}

/// A change of what is counted.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(super) struct Delta {
    /// When, in quarters of an hour since 1970.
    pub quarter: i64,
    /// When the session's turn before was; −1 = there was none.
    pub before_quarter: i64,
    /// Sessions whose first turn of the quarter it is.
    pub visits: i64,
    /// What else.
    #[sqlx(flatten)]
    pub counts: Counts,
}

impl Delta {
    /// Something that has no session's turn in it.
    const fn at(moment: Timestamp, counts: Counts) -> Self {
        Self { quarter: quarter(moment), before_quarter: NEVER, visits: 0, counts }
    }
}

/// Before every turn.
const NEVER: i64 = -1;

/// Whose delta it is.
#[derive(Clone, Copy)]
struct Of<'a> {
    account: AccountId,
    /// Looked up where it is not known.
    project: Option<ProjectId>,
    /// Empty for what belongs to no agent.
    chatbot: &'a str,
}

/// An id that is made of what is counted: no two deltas that wait to be folded share one.
fn id(subject: Uuid, of: [i64; 2]) -> Uuid {
    let mut digest = Sha256::new();
    digest.update(subject);
    for number in of {
        digest.update(number.to_be_bytes());
    }
    let mut id = [0; 16];
    id.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
    Uuid::from_bytes(id)
}

async fn add(tx: &mut Tx<'_>, of: Of<'_>, id: Uuid, delta: Delta) -> Result<()> {
    let Delta { quarter, before_quarter, visits, counts } = delta;
    execute!(
        tx.conn(),
        ADD,
        of.account,
        of.project,
        of.chatbot,
        id,
        quarter,
        before_quarter,
        visits,
        counts.messages,
        counts.leads,
        counts.bookings,
        counts.handovers,
        counts.answered,
        counts.unanswered,
        counts.rated_up,
        counts.rated_down,
        counts.input_tokens,
        counts.output_tokens,
        counts.first_tokens,
        counts.first_token_ms
    )
    .map(|_| ())
}

/// Counts a turn whose end has just been written.
pub(crate) async fn turn_ended(
    tx: &mut Tx<'_>,
    account: AccountId,
    session: SessionKey,
    (number, run): (i64, i64),
) -> Result<()> {
    execute!(tx.conn(), TURN, account, session, number, id(session.0, [number, run])).map(|_| ())
}

/// A turn as it is stored.
#[derive(sqlx::FromRow)]
struct Stored {
    run: i64,
    status: TurnStatus,
    kind: Option<TurnKind>,
    citations: Json<Vec<Citation>>,
    rating: Option<i64>,
    input_tokens: Option<i64>,
    output_tokens: Option<i64>,
    first_token_ms: Option<i64>,
    started_at: Timestamp,
}

impl Stored {
    /// Whether it was counted that it was asked.
    fn is_counted(&self) -> bool {
        self.status != TurnStatus::Running || self.run > 1
    }

    /// What its latest run came to.
    fn outcome(&self) -> Counts {
        let is_said = matches!(self.status, TurnStatus::Done | TurnStatus::Stopped);
        let is_cited = !self.citations.is_empty() && matches!(self.kind, None | Some(TurnKind::Answer));
        let answered = is_said && (is_cited || self.kind == Some(TurnKind::Pair));
        if self.status == TurnStatus::Running {
            return Counts::NONE;
        }
        Counts {
            answered: answered.into(),
            unanswered: (self.kind == Some(TurnKind::NotFound)).into(),
            input_tokens: self.input_tokens.unwrap_or(0),
            output_tokens: self.output_tokens.unwrap_or(0),
            first_tokens: self.first_token_ms.is_some().into(),
            first_token_ms: self.first_token_ms.unwrap_or(0),
            ..Counts::NONE
        }
    }
}

/// How ratings are counted.
fn rated(rating: Option<i64>) -> Counts {
    let rating = rating.unwrap_or(0);
    Counts { rated_up: (rating > 0).into(), rated_down: (rating < 0).into(), ..Counts::NONE }
}

/// Takes back what a turn's earlier run came to, since it is about to be answered anew. One that was lost before
/// anybody noted it has not been counted yet: it is now.
pub(crate) async fn turn_revived(
    tx: &mut Tx<'_>,
    account: AccountId,
    session: SessionKey,
    number: i64,
) -> Result<()> {
    let turn = fetch_optional!(tx.conn(), Stored, TURNS, account, session, number, number)?;
    let Some(turn) = turn else { return Ok(()) };
    if !turn.is_counted() {
        return turn_ended(tx, account, session, (number, turn.run)).await;
    }
    let outcome = turn.outcome();
    let Some(chatbot) = live(tx, account, session).await?.filter(|_| outcome != Counts::NONE) else {
        return Ok(());
    };
    let of = Of { account, project: None, chatbot: chatbot.as_str() };
    let back = Delta::at(turn.started_at, Counts::NONE.plus(-1, outcome));
    add(tx, of, id(session.0, [number, -turn.run]), back).await
}

/// The agent of a live session.
async fn live(tx: &mut Tx<'_>, account: AccountId, session: SessionKey) -> Result<Option<ChatbotId>> {
    let row = fetch_optional!(tx.conn(), (ChatbotId, Environment), OF_SESSION, account, session)?;
    Ok(row.filter(|(_, environment)| *environment == Environment::Live).map(|(chatbot, _)| chatbot))
}

/// Counts a rating in the place of the one before; to be called before it is stored, under the session's lock.
pub(crate) async fn answer_rated(
    tx: &mut Tx<'_>,
    op: &Op,
    session: SessionKey,
    message: &MessageId,
    rating: i64,
) -> Result<()> {
    let account = op.account;
    let turn = fetch_optional!(tx.conn(), (Option<i64>, Timestamp), OF_ANSWER, account, session, message)?;
    let Some((before, asked)) = turn else { return Ok(()) };
    let change = rated(Some(rating)).plus(-1, rated(before));
    match live(tx, account, session).await? {
        Some(chatbot) if change != Counts::NONE => {
            let of = Of { account, project: None, chatbot: chatbot.as_str() };
            add(tx, of, op.uuid(), Delta::at(asked, change)).await
        }
        Some(_) | None => Ok(()),
    }
}

/// Takes back all that a session's turns were counted for; to be called before they are deleted, under the session's
/// lock.
pub(crate) async fn session_erased(tx: &mut Tx<'_>, account: AccountId, session: SessionKey) -> Result<()> {
    let Some(chatbot) = live(tx, account, session).await? else { return Ok(()) };
    let turns = fetch_all!(tx.conn(), Stored, TURNS, account, session, 0_i64, i64::MAX)?;
    let (mut before, mut back) = (NEVER, BTreeMap::<(i64, i64), (i64, Counts)>::new());
    for turn in &turns {
        let at = quarter(turn.started_at);
        let counted = i64::from(turn.is_counted());
        let counts = Counts { messages: counted, ..turn.outcome() }.plus(1, rated(turn.rating));
        let sum = back.entry((at, before)).or_default();
        if before < at {
            sum.0 -= counted;
        }
        sum.1 = sum.1.plus(-1, counts);
        before = at;
    }
    let of = Of { account, project: None, chatbot: chatbot.as_str() };
    for (at, ((quarter, before_quarter), (visits, counts))) in (0_i64..).zip(back) {
        add(tx, of, id(session.0, [-1, at]), Delta { quarter, before_quarter, visits, counts }).await?;
    }
    Ok(())
}

/// Counts a lead that was won.
pub(crate) async fn lead_won(
    tx: &mut Tx<'_>,
    op: &Op,
    chatbot: &ChatbotId,
    (lead, won_at): (LeadId, Timestamp),
) -> Result<()> {
    let won = Delta::at(won_at, Counts { leads: 1, ..Counts::NONE });
    lead_counted(tx, op, chatbot, id(lead.0, [0, 1]), won).await
}

/// Takes back a lead that was deleted, or has become part of another.
pub(crate) async fn lead_gone(
    tx: &mut Tx<'_>,
    op: &Op,
    chatbot: &ChatbotId,
    (lead, won_at): (LeadId, Timestamp),
) -> Result<()> {
    let gone = Delta::at(won_at, Counts { leads: -1, ..Counts::NONE });
    lead_counted(tx, op, chatbot, id(lead.0, [0, -1]), gone).await
}

async fn lead_counted(tx: &mut Tx<'_>, op: &Op, chatbot: &ChatbotId, id: Uuid, delta: Delta) -> Result<()> {
    match op.environment {
        Environment::Live => {
            let of = Of { account: op.account, project: None, chatbot: chatbot.as_str() };
            add(tx, of, id, delta).await
        }
        Environment::Test => Ok(()),
    }
}

/// Counts a booking that was made.
pub(crate) async fn booking_made(
    tx: &mut Tx<'_>,
    op: &Op,
    (project, chatbot): (ProjectId, Option<&ChatbotId>),
    (booking, made_at): (BookingId, Timestamp),
) -> Result<()> {
    match op.environment {
        Environment::Live => {
            let chatbot = chatbot.map_or("", ChatbotId::as_str);
            let of = Of { account: op.account, project: Some(project), chatbot };
            let made = Delta::at(made_at, Counts { bookings: 1, ..Counts::NONE });
            add(tx, of, id(booking.0, [0, 1]), made).await
        }
        Environment::Test => Ok(()),
    }
}

/// Forgets all that was counted for an agent that is gone, and its gate; under that gate.
pub(crate) async fn forget(
    tx: &mut Tx<'_>,
    account: AccountId,
    project: ProjectId,
    chatbot: &str,
) -> Result<()> {
    for statement in [FORGET_DELTAS, FORGET_COUNTERS, FORGET_VISITS, FORGET_GATE] {
        execute!(tx.conn(), statement, account, project, chatbot)?;
    }
    Ok(())
}
