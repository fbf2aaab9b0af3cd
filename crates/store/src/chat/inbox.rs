//! Conversations as an operator looks for them.

use robofy_kernel::{
    AccountId, ChatbotId, Environment, LeadId, MessageId, Op, Page, PageRequest, SessionId, SessionKey,
    Timestamp,
};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Channel, Citation, Part, TurnKind, TurnStatus};
use crate::query::BETWEEN;
use crate::{Result, Store};

statements! {
    // Between two keys, and nothing else that tells where to begin or end: so both engines read no more than that. The
    // last turn's number stands in the session, so the last message is one look-up.
    LIST = "SELECT s.session_key, s.session_id, s.channel, s.page_url, s.timezone, s.locale, s.country, s.created_at, s.last_at, t.query, t.answer,
                   COALESCE(s.user_name, (SELECT v.value FROM lead_sessions j
                                            JOIN lead_values v ON v.account_id = j.account_id AND v.lead_id = j.lead_id AND v.standing = 'counts'
                                           WHERE j.account_id = s.account_id AND j.session_key = s.session_key AND v.field_type = 'name'
                                           ORDER BY v.field LIMIT 1)) AS user_name,
                   (SELECT j.lead_id FROM lead_sessions j WHERE j.account_id = s.account_id AND j.session_key = s.session_key) AS lead_id
              FROM (SELECT s.* FROM chat_sessions s
                     WHERE s.account_id = $1 AND s.chatbot_id = $2 AND s.environment = $3 AND s.next_number > 1
                       AND (s.last_at, s.session_key) < ($4, $5) AND (s.last_at, s.session_key) >= ($6, $7)
                       AND (CAST($8 AS TEXT) IS NULL OR s.channel = $8)
                       AND (CAST($9 AS BOOLEAN) IS NULL
                            OR EXISTS (SELECT 1 FROM lead_sessions j WHERE j.account_id = s.account_id AND j.session_key = s.session_key) = $9)
                       AND (CAST($10 AS BOOLEAN) IS NULL
                            OR EXISTS (SELECT 1 FROM bookings b WHERE b.account_id = s.account_id AND b.session_key = s.session_key) = $10)
                       AND (CAST($11 AS BOOLEAN) IS NULL
                            OR EXISTS (SELECT 1 FROM turns n WHERE n.account_id = s.account_id AND n.session_key = s.session_key AND n.kind = 'not_found') = $11)
                       AND (CAST($12 AS BIGINT) IS NULL
                            OR EXISTS (SELECT 1 FROM turns r WHERE r.account_id = s.account_id AND r.session_key = s.session_key AND r.rating = $12))
                     ORDER BY s.last_at DESC, s.session_key DESC LIMIT $13) s
              JOIN turns t ON t.account_id = s.account_id AND t.session_key = s.session_key AND t.number = s.next_number - 1
             ORDER BY s.last_at DESC, s.session_key DESC";
    // How far a page looks: the last of so many conversations.
    FLOOR = "SELECT s.last_at, s.session_key FROM chat_sessions s
              WHERE s.account_id = $1 AND s.chatbot_id = $2 AND s.environment = $3 AND s.next_number > 1
                AND (s.last_at, s.session_key) < ($4, $5) AND (s.last_at, s.session_key) >= ($6, $7)
              ORDER BY s.last_at DESC, s.session_key DESC LIMIT 1 OFFSET $8";
    TEXTS = "SELECT s.session_key, t.query, t.answer
               FROM (SELECT s.account_id, s.session_key, s.next_number FROM chat_sessions s
                      WHERE s.account_id = $1 AND s.chatbot_id = $2 AND s.environment = $3 AND s.next_number > 1
                        AND (s.last_at, s.session_key) < ($4, $5) AND (s.last_at, s.session_key) >= ($6, $7)
                      ORDER BY s.last_at DESC, s.session_key DESC LIMIT $9) s
               JOIN turns t ON t.account_id = s.account_id AND t.session_key = s.session_key AND t.number >= s.next_number - $8";
    FIND = "SELECT session_key, session_id, environment, channel FROM chat_sessions
             WHERE account_id = $1 AND chatbot_id = $2 AND session_id = $3 ORDER BY last_at DESC, session_key DESC";
    MESSAGES = "SELECT number, message_id, visitor_message_id, status, kind, query, answer, citations, parts, rating, rating_comment, started_at, finished_at
                  FROM turns WHERE account_id = $1 AND session_key = $2 AND number >= $3 ORDER BY number LIMIT $4";
}

/// So many conversations are looked at for a page of those that pass a filter.
pub const LOOKED_AT: i64 = 5_000;
/// So many are for a page of those that say something, in steps of [`STEP`].
pub const SEARCHED: i64 = 2_000;
/// The texts of so many conversations are read at once.
const STEP: i64 = 100;
/// Of each conversation the latest turns are searched, so many.
pub const SEARCHED_TURNS: i64 = 100;
/// When so many turns were read for a page, it ends.
const MOST_TURNS: usize = 20_000;

/// What a list of conversations begins after: the last one's time and key.
pub type InboxKey = (i64, SessionKey);

/// Which conversations.
#[derive(Clone, Debug, Default)]
pub struct InboxFilter {
    /// Those in which somebody says this, or whose visitor is called so; letters in either case. Not empty.
    pub text: Option<String>,
    /// Those whose last message is from then or later.
    pub from: Option<Timestamp>,
    /// Those whose last message is from before.
    pub until: Option<Timestamp>,
    /// Those on this channel.
    pub channel: Option<Channel>,
    /// Those that have a lead, or have none.
    pub has_lead: Option<bool>,
    /// Those with a booking, or without.
    pub has_booking: Option<bool>,
    /// Those in which the not-found answer was given, or was not.
    pub unanswered: Option<bool>,
    /// Those in which an answer was rated so: 1 or −1.
    pub rating: Option<i64>,
}

impl InboxFilter {
    /// Whether rows may be passed over, so that reading must have an end.
    fn skips(&self) -> bool {
        self.channel.is_some()
            || self.has_lead.is_some()
            || self.has_booking.is_some()
            || self.unanswered.is_some()
            || self.rating.is_some()
    }
}

/// A conversation in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct InboxSession {
    /// Its row.
    pub session_key: SessionKey,
    /// As the visitor names it.
    pub session_id: SessionId,
    /// Where it takes place.
    pub channel: Channel,
    /// The visitor's name: what their client says, else what the lead says.
    pub user_name: Option<String>,
    /// The page.
    pub page_url: Option<String>,
    /// The visitor's IANA time zone.
    pub timezone: Option<String>,
    /// Their BCP 47 language tag.
    pub locale: Option<String>,
    /// Their ISO 3166 country.
    pub country: Option<String>,
    /// The lead that it belongs to.
    pub lead_id: Option<LeadId>,
    /// When it began.
    pub created_at: Timestamp,
    /// When the last message came or went.
    pub last_at: Timestamp,
    /// The last question.
    pub query: String,
    /// Its answer; empty while there is none.
    pub answer: String,
}

/// A session that a path names.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NamedSession {
    /// Its row.
    pub session_key: SessionKey,
    /// As the visitor names it.
    pub session_id: SessionId,
    /// Live or test.
    pub environment: Environment,
    /// Where it takes place.
    pub channel: Channel,
}

/// A turn as it is read again: a question and its answer.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct InboxTurn {
    /// Its number in the session, from 1.
    pub number: i64,
    /// The answer's id.
    pub message_id: MessageId,
    /// The question's id.
    pub visitor_message_id: MessageId,
    /// What became of it.
    pub status: TurnStatus,
    /// What kind of answer it was.
    pub kind: Option<TurnKind>,
    /// The question.
    pub query: String,
    /// The answer; empty while, or when, there is none.
    pub answer: String,
    /// Its quotes.
    pub citations: Json<Vec<Citation>>,
    /// What it offered beside.
    pub parts: Json<Vec<Part>>,
    /// What the visitor thinks of it.
    pub rating: Option<i64>,
    /// In their words.
    pub rating_comment: Option<String>,
    /// When the question came.
    pub started_at: Timestamp,
    /// When the answer was complete.
    pub finished_at: Option<Timestamp>,
}

impl Store {
    /// An agent's conversations in the operation's environment, the latest first.
    ///
    /// With a filter a page looks at [`LOOKED_AT`] conversations at most, with a text at [`SEARCHED`] and at the latest
    /// [`SEARCHED_TURNS`] turns of each: it may hold fewer than asked for, or none, and still have a next one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_inbox(
        &self,
        op: &Op,
        chatbot: &ChatbotId,
        filter: &InboxFilter,
        page: &PageRequest<InboxKey>,
    ) -> Result<Page<InboxSession, InboxKey>> {
        let look = Look { store: self, op, chatbot, filter };
        if let Some(text) = &filter.text {
            return look.search(&folded(text), page).await;
        }
        let floor = if filter.skips() { look.floor(page.after, LOOKED_AT).await? } else { None };
        let rows = look.rows(page.after, floor, page.size + 1).await?;
        let page = Page::of(rows, page.size, key);
        Ok(Page { next: page.next.or(floor), ..page })
    }

    /// The sessions of this id with an agent, the latest first: an id may stand for one on each channel, in each
    /// environment.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn find_agent_sessions(
        &self,
        account: AccountId,
        chatbot: &ChatbotId,
        session: &SessionId,
    ) -> Result<Vec<NamedSession>> {
        fetch_all!(self.reader(), NamedSession, FIND, account, chatbot, session)
    }

    /// A session's turns from this number on, the oldest first, at most so many.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_inbox_turns(
        &self,
        account: AccountId,
        session: SessionKey,
        from: i64,
        most: i64,
    ) -> Result<Vec<InboxTurn>> {
        fetch_all!(self.reader(), InboxTurn, MESSAGES, account, session, from, most)
    }
}

fn key(session: &InboxSession) -> InboxKey {
    (session.last_at.micros(), session.session_key)
}

/// A text in which upper and lower case are one, `ß` and `SS`, `ς` and `σ` too: what Unicode's full case folding does
/// (The Unicode Standard, section 3.13) by the mappings that the standard library has, and `ı` is `i`.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.to_lowercase().to_uppercase().chars().flat_map(char::to_lowercase).collect()
    }
}

/// Before every conversation of that moment, and behind all that ended earlier.
fn moment(time: Option<Timestamp>, else_: i64) -> InboxKey {
    (time.map_or(else_, Timestamp::micros), SessionKey(Uuid::nil()))
}

/// One look into an agent's inbox.
struct Look<'a> {
    store: &'a Store,
    op: &'a Op,
    chatbot: &'a ChatbotId,
    filter: &'a InboxFilter,
}

impl Look<'_> {
    /// Behind this key a page begins: the last one's before, or what is from the end of the filter's time on.
    fn upper(&self, after: Option<InboxKey>) -> InboxKey {
        let until = moment(self.filter.until, i64::MAX);
        after.map_or(until, |after| after.min(until))
    }

    /// With this key it ends: its floor, or the begin of the filter's time.
    fn lower(&self, floor: Option<InboxKey>) -> InboxKey {
        floor.unwrap_or_else(|| moment(self.filter.from, i64::MIN))
    }

    /// The last of the next `count` conversations, whether they pass the filter or not; `None` when there are not so
    /// many.
    async fn floor(&self, after: Option<InboxKey>, count: i64) -> Result<Option<InboxKey>> {
        let (account, environment) = (self.op.account, self.op.environment);
        let ((time, id), (from, from_id)) = (self.upper(after), self.lower(None));
        let skip = count - 1;
        let reader = self.store.reader();
        fetch_optional!(
            reader,
            InboxKey,
            FLOOR,
            account,
            self.chatbot,
            environment,
            time,
            id,
            from,
            from_id,
            skip
        )
    }

    /// The conversations behind `after` down to `floor`, itself included, that pass the filter but for its text.
    async fn rows(
        &self,
        after: Option<InboxKey>,
        floor: Option<InboxKey>,
        most: i64,
    ) -> Result<Vec<InboxSession>> {
        let (account, environment, filter) = (self.op.account, self.op.environment, self.filter);
        let ((time, id), (least, least_id)) = (self.upper(after), self.lower(floor));
        fetch_all!(
            self.store.reader(),
            InboxSession,
            LIST,
            account,
            self.chatbot,
            environment,
            time,
            id,
            least,
            least_id,
            filter.channel,
            filter.has_lead,
            filter.has_booking,
            filter.unanswered,
            filter.rating,
            most
        )
    }

    /// Looks for a text, in steps of some conversations. Case is folded here and not by the engines, which differ in it.
    async fn search(&self, text: &str, page: &PageRequest<InboxKey>) -> Result<Page<InboxSession, InboxKey>> {
        let (account, environment) = (self.op.account, self.op.environment);
        let (mut after, mut found, mut turns) = (page.after, Vec::new(), 0);
        let wanted = usize::try_from(page.size).unwrap_or(0);
        let says = |said: &str| folded(said).contains(text);
        for _ in 0..SEARCHED / STEP {
            let floor = self.floor(after, STEP).await?;
            // Bounded by the last of them: one that has come since must not push it out.
            let mut rows = self.rows(after, floor, BETWEEN).await?;
            if !rows.is_empty() {
                let ((time, id), (least, least_id)) = (self.upper(after), self.lower(floor));
                let texts = fetch_all!(
                    self.store.reader(),
                    (SessionKey, String, String),
                    TEXTS,
                    account,
                    self.chatbot,
                    environment,
                    time,
                    id,
                    least,
                    least_id,
                    SEARCHED_TURNS,
                    BETWEEN
                )?;
                turns += texts.len();
                let said: std::collections::HashSet<SessionKey> = texts
                    .into_iter()
                    .filter(|(_, query, answer)| says(query) || says(answer))
                    .map(|(session, ..)| session)
                    .collect();
                rows.retain(|row| {
                    said.contains(&row.session_key) || row.user_name.as_deref().is_some_and(says)
                });
                found.extend(rows);
            }
            after = floor;
            if after.is_none() || found.len() > wanted || turns >= MOST_TURNS {
                break;
            }
        }
        let page = Page::of(found, page.size, key);
        Ok(Page { next: page.next.or(after), ..page })
    }
}
