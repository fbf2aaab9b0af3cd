//! The inbox: conversations as an operator looks for them and reads them.

mod shape;

use std::str::FromStr as _;

use axum::Json as Body;
use axum::extract::State;
use robofy_booking::Zone;
use robofy_kernel::{ErrorCode, Op, Page, SessionId, SessionKey};
use robofy_store::chat::Channel;
use robofy_store::chat::inbox::{InboxFilter, InboxKey, NamedSession};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_axum::routes;

use self::shape::{ChatsOut, InboxOut, Message, SessionOut, SessionsOut, messages_of};
use super::Group;
use crate::auth::{InProject, Inbox, OfAccount, Read};
use crate::check::Checks;
use crate::envelope::{Success, ok};
use crate::extract::{List, Paging, Path};
use crate::openapi::kinds;
use crate::{ApiError, App};

pub(super) fn group() -> Group {
    vec![routes!(list_inbox_sessions), routes!(list_inbox_chats)]
}

/// Which conversations.
#[derive(Debug, Deserialize, Serialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct InboxQuery {
    /// Those in which visitor or agent say this, or whose visitor is called so. Upper and lower case are one.
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// Those whose last message is from then or later: a date, which is a day in `timezone`, or RFC 3339.
    #[param(value_type = Option<kinds::Moment>, inline, example = "2026-01-31")]
    from: Option<String>,
    /// Those whose last message is from before.
    #[param(value_type = Option<kinds::Moment>, inline, example = "2026-02-28")]
    to: Option<String>,
    /// The IANA zone in which days begin; none = UTC.
    #[param(format = "time-zone", example = "Europe/Berlin")]
    timezone: Option<String>,
    /// Those on this channel; `platform` is the same.
    #[serde(alias = "platform")]
    #[param(pattern = "^(web|whatsapp)$")]
    channel: Option<String>,
    /// Those that have a lead, or have none.
    has_lead: Option<bool>,
    /// Those with a booking, or without.
    has_booking: Option<bool>,
    /// Those in which a question was not answered, or all were.
    unanswered: Option<bool>,
    /// Those in which an answer was rated so: 1 or -1.
    #[param(value_type = Option<kinds::Thumb>, inline)]
    rating: Option<i64>,
}

impl InboxQuery {
    fn filter(&self) -> Result<InboxFilter, ApiError> {
        let mut checks = Checks::default();
        checks.filled("q", self.q.as_deref(), 200);
        let zone = checks.zone("timezone", self.timezone.as_deref()).unwrap_or(Zone::UTC);
        let from = checks.moment("from", self.from.as_deref(), &zone);
        let until = checks.moment("to", self.to.as_deref(), &zone);
        let channel = self.channel.as_deref().map(Channel::from_str).transpose().unwrap_or_else(|_| {
            checks.wrong("channel", "invalid", "must be `web` or `whatsapp`");
            None
        });
        if self.rating.is_some_and(|rating| !matches!(rating, 1 | -1)) {
            checks.wrong("rating", "invalid", "must be 1 or -1");
        }
        checks.done()?;
        Ok(InboxFilter {
            text: self.q.clone(),
            from,
            until,
            channel,
            has_lead: self.has_lead,
            has_booking: self.has_booking,
            unanswered: self.unanswered,
            rating: self.rating,
        })
    }
}

/// List conversations
///
/// The agent's conversations of the key's environment, the latest message first. The list stands in `sessions` and, the
/// same, in `data.sessions`.
///
/// A page looks at 5,000 conversations at most where a filter is given, and with `q` at 2,000 and at the latest hundred
/// questions and answers of each: it may then be short, or empty, while `next_page_token` leads on. A conversation that gets
/// a message moves to the top, out of the pages to come; whoever walks through all of them asks at the end once more, with
/// `from` = when the walk began.
#[utoipa::path(
    get, path = "/v1/ai-agent/inbox/sessions/{chatbotId}", tag = "Inbox",
    security(("apiKey" = ["inbox:read"]), ("session" = [])),
    params(("chatbotId" = String, Path, description = "The agent's id."), InboxQuery, Paging),
    responses((status = 200, description = "A page of conversations.", body = InboxOut)),
)]
async fn list_inbox_sessions(
    State(app): State<App>,
    InProject { op, resource: OfAccount(agent), .. }: InProject<Read<Inbox>, OfAccount>,
    list: List<InboxQuery>,
) -> Result<Body<InboxOut>, ApiError> {
    let (filter, cursor) = (list.filter.filter()?, list.cursor::<InboxKey>(&op)?);
    let page = app.store().list_inbox(&op, &agent.chatbot_id, &filter, &cursor.request).await?;
    let sessions: Vec<SessionOut> = page.items.into_iter().map(SessionOut::from).collect();
    Ok(Body(InboxOut {
        message: "Success".to_owned(),
        sessions: sessions.clone(),
        data: SessionsOut { sessions },
        next_page_token: cursor.token(page.next)?,
    }))
}

/// The conversation of a path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionPath {
    session_id: String,
}

/// Which of the sessions of one id.
#[derive(Debug, Deserialize, Serialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct ChatsQuery {
    /// The channel; none = that of the latest message, where the id stands for a session on each.
    #[serde(alias = "platform")]
    #[param(pattern = "^(web|whatsapp)$")]
    channel: Option<String>,
}

/// Read a conversation
///
/// What visitor and agent said, the oldest first: quotes, rating, and what a flow showed, in `actions`. Where the same id is a
/// session on the web and on WhatsApp, it is the one with the latest message; `channel` names one.
#[utoipa::path(
    get, path = "/v1/ai-agent/inbox/chats/{chatbotId}/{sessionId}", tag = "Inbox",
    security(("apiKey" = ["inbox:read"]), ("session" = [])),
    params(
        ("chatbotId" = String, Path, description = "The agent's id."),
        ("sessionId" = String, Path, description = "The session's id."),
        ChatsQuery,
        Paging,
    ),
    responses((status = 200, description = "A page of the conversation.", body = Success<ChatsOut>)),
)]
async fn list_inbox_chats(
    State(app): State<App>,
    InProject { op, resource: OfAccount(agent), .. }: InProject<Read<Inbox>, OfAccount>,
    Path(path): Path<SessionPath>,
    list: List<ChatsQuery>,
) -> Result<Body<Success<ChatsOut>>, ApiError> {
    let channel = list.filter.channel.as_deref().map(Channel::from_str).transpose();
    let channel =
        channel.map_err(|_| ApiError::field("channel", "invalid", "must be `web` or `whatsapp`"))?;
    let cursor = list.cursor::<(SessionKey, i64)>(&op)?;
    let missing = || ApiError::not_found(ErrorCode::SessionNotFound);
    let id: SessionId = path.session_id.parse().map_err(|_| missing())?;
    let known = app.store().find_agent_sessions(op.account, &agent.chatbot_id, &id).await?;
    // A page goes on in the session that it began in, whatever came meanwhile.
    let begun = cursor.request.after.map(|(session, _)| session);
    let session = choose(&op, &known, channel, begun)?.ok_or_else(missing)?;

    let (size, after) = (cursor.request.size, cursor.request.after.map_or(0, |(_, at)| at));
    // A turn is one message at least; of the first here, both may be seen already. One more tells whether it goes on.
    let turns = size + 2;
    let from = Message::turn_after(after);
    let turns = app.store().list_inbox_turns(op.account, session.session_key, from, turns).await?;
    let messages = turns.into_iter().flat_map(messages_of).filter(|message| message.at > after);
    let page = Page::of(messages.collect(), size, |message: &Message| (session.session_key, message.at));
    let messages = page.items.into_iter().map(|message| message.shown).collect();
    Ok(ok(ChatsOut { messages, next_page_token: cursor.token(page.next)? }))
}

/// The session that is meant, among those of one id, the latest first.
fn choose<'a>(
    op: &Op,
    known: &'a [NamedSession],
    channel: Option<Channel>,
    begun: Option<SessionKey>,
) -> Result<Option<&'a NamedSession>, ApiError> {
    let named = |session: &&NamedSession| {
        channel.is_none_or(|channel| channel == session.channel)
            && begun.is_none_or(|key| key == session.session_key)
    };
    let mut named = known.iter().filter(named).peekable();
    let is_there = named.peek().is_some();
    match named.find(|session| session.environment == op.environment) {
        None if is_there => Err(ApiError::other_environment()),
        found => Ok(found),
    }
}
