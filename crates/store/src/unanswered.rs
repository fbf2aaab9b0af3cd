//! Questions that were not found, grouped: what an agent should be taught next.
//!
//! A row for each turn that got the not-found answer, written in the turn's own transaction, ordered by question. The
//! list is one pass over them that reads the index only; of the questions of a page the latest wording is looked up. It is
//! ordered by what changes (how often), so a page remembers until when its list looks: what is asked while somebody
//! reads moves nothing. One thing can: a turn that was noted before the first page was read, by the clock of its own
//! node, and committed after. With clocks that agree these are milliseconds; a node that is seconds behind adds these. It
//! counts from the second page on, so a question may come once more or be missed on that one walk; the next has it right. Looking only until some seconds ago would hide from every reader what was just asked.

use robofy_kernel::{ChatbotId, MessageId, Op, Page, PageRequest, QuestionId, SessionId, Timestamp};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::chat::TakenTurn;
use crate::engine::again;
use crate::{Lane, Result, Store, Tx};

statements! {
    NOTE = "INSERT INTO unanswered (account_id, chatbot_id, environment, question_id, asked_at, session_key, number, noted_at)
            SELECT t.account_id, s.chatbot_id, s.environment, $4, t.started_at, t.session_key, t.number, $5
              FROM turns t JOIN chat_sessions s ON s.account_id = t.account_id AND s.session_key = t.session_key
             WHERE t.account_id = $1 AND t.session_key = $2 AND t.number = $3";
    LIST = "WITH page AS (SELECT u.account_id, u.question_id, COUNT(*) AS asked, MIN(u.asked_at) AS first_asked_at, MAX(u.asked_at) AS last_asked_at
                            FROM unanswered u
                           WHERE u.account_id = $1 AND u.chatbot_id = $2 AND u.environment = $3
                             AND u.asked_at >= $4 AND u.asked_at < $5 AND u.noted_at <= $6
                           GROUP BY u.account_id, u.question_id
                          HAVING CAST($7 AS BIGINT) IS NULL OR (COUNT(*), MAX(u.asked_at), u.question_id) < ($7, $8, $9)
                           ORDER BY asked DESC, last_asked_at DESC, u.question_id DESC LIMIT $10),
                 latest AS (SELECT u.account_id, u.question_id, u.session_key, u.number,
                                   ROW_NUMBER() OVER (PARTITION BY u.question_id ORDER BY u.session_key, u.number) AS place
                              FROM page g JOIN unanswered u ON u.account_id = g.account_id AND u.question_id = g.question_id AND u.asked_at = g.last_asked_at
                             WHERE g.account_id = $1 AND u.chatbot_id = $2 AND u.environment = $3 AND u.noted_at <= $6)
            SELECT g.question_id, g.asked, g.first_asked_at, g.last_asked_at, t.query AS question, t.message_id, s.session_id
              FROM page g
              JOIN latest l ON l.account_id = g.account_id AND l.question_id = g.question_id AND l.place = 1
              JOIN turns t ON t.account_id = l.account_id AND t.session_key = l.session_key AND t.number = l.number
              JOIN chat_sessions s ON s.account_id = t.account_id AND s.session_key = t.session_key
             WHERE g.account_id = $1
             ORDER BY g.asked DESC, g.last_asked_at DESC, g.question_id DESC";
    DISMISS = "DELETE FROM unanswered WHERE account_id = $1 AND chatbot_id = $2 AND environment = $3 AND question_id = $4";
}

/// A question that was not found.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Question {
    /// Its id.
    pub question_id: QuestionId,
    /// As it was worded last.
    pub question: String,
    /// How often it was asked.
    pub asked: i64,
    /// When first.
    pub first_asked_at: Timestamp,
    /// When last.
    pub last_asked_at: Timestamp,
    /// The session in which it was asked last.
    pub session_id: SessionId,
    /// The answer that it got then.
    pub message_id: MessageId,
}

/// Where a page of the list begins: until when the list looks, and the last question of the page before: how often, when
/// last, which.
pub type QuestionKey = (i64, i64, i64, QuestionId);

impl Store {
    /// What was not found in the caller's environment from one moment up to, not including, another: what was asked
    /// most first, and of that what was asked last.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_unanswered(
        &self,
        op: &Op,
        chatbot: &ChatbotId,
        (from, until): (Timestamp, Timestamp),
        page: &PageRequest<QuestionKey>,
    ) -> Result<Page<Question, QuestionKey>> {
        let known = page.after.map_or(op.now().micros(), |(known, ..)| known);
        let after = page.after.map(|(_, asked, last, id)| (asked, last, id));
        let rows = fetch_all!(
            self.reader(),
            Question,
            LIST,
            op.account,
            chatbot,
            op.environment,
            from,
            until,
            known,
            after.map(|after| after.0),
            after.map(|after| after.1),
            after.map(|after| after.2),
            page.size + 1
        )?;
        Ok(Page::of(rows, page.size, |q| (known, q.asked, q.last_asked_at.micros(), q.question_id)))
    }

    /// Takes a question off the list, until it is asked again. Says whether it was there.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn dismiss_unanswered(
        &self,
        op: &Op,
        chatbot: &ChatbotId,
        question: QuestionId,
    ) -> Result<bool> {
        let (account, environment) = (op.account, op.environment);
        again(|| {
            let chatbot = chatbot.clone();
            self.write(Lane::Conversation, move |mut tx| {
                Box::pin(async move {
                    Ok(execute!(tx.conn(), DISMISS, account, &chatbot, environment, question)? > 0)
                })
            })
        })
        .await
    }
}

/// Notes that this turn's question, of this normal form, was not found; a step of the unit that ends the turn.
pub(crate) async fn note(tx: &mut Tx<'_>, op: &Op, turn: &TakenTurn, form: &str) -> Result<()> {
    let (account, session, number, now) = (op.account, turn.session_key, turn.number, op.now());
    execute!(tx.conn(), NOTE, account, session, number, id(form), now).map(|_| ())
}

/// The id of the questions of one normal form.
fn id(form: &str) -> QuestionId {
    let mut id = [0; 16];
    id.iter_mut().zip(Sha256::digest(form)).for_each(|(to, from)| *to = from);
    QuestionId(Uuid::from_bytes(id))
}
