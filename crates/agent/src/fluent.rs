//! The answerer with a language model: fluent where one can be reached, the built-in answerer where not.
//!
//! The model phrases; the server decides. Stored pairs and small talk never reach it. What it says is checked sentence
//! by sentence against the stored sources, and only what they bear out is cited. Whether the passages answer at all is
//! judged before the model is asked: when they do by all signs, its words leave as they come; in doubt they wait until
//! something in them was borne out, and otherwise the agent's not-found answer is given.

mod align;
mod chatter;
mod draft;
mod endpoint;
#[cfg(test)]
pub(crate) mod hits;
mod markers;
mod prompt;
mod reserved;

use futures::future::BoxFuture;
use robofy_kernel::Timestamp;
use robofy_knowledge::index::AgentIndex;
use robofy_knowledge::search::{Found, Hit};
use robofy_model::{ChatRequest, Endpoint, ModelError, Models, Piece, Reply, Usage};
use robofy_store::agents::{Agent, LanguagePolicy};
use robofy_store::chat::TurnKind;

use crate::answerer::{AnswerError, Answerer, Question, Speaker};
use crate::builtin::{Answer, BuiltIn, PASSAGES, compose_query, exchanges, pick};
use crate::events::{FinishReason, Notice};
use crate::passages::Passages;
use draft::{Draft, Pace};
use markers::{Part, Reader};
use reserved::{Hold, Reserved};

/// A model's answer is cut at so many bytes, whatever it was allowed.
const LONGEST: usize = 32 * 1024;
/// With fewer tokens left in the month no model is asked: that would be half a sentence.
const LEAST_TOKENS: u32 = 16;

/// Answers with the agent's language model.
#[derive(Clone, Debug)]
pub struct Fluent {
    builtin: BuiltIn,
    models: Models,
    server: Option<Endpoint>,
    reserved: Reserved,
}

/// How a model's reply went.
enum Went {
    /// An answer was given.
    Answered(TurnKind),
    /// Nothing was said, and nothing can be: the provider failed, or said nothing. With what the built-in answerer picks.
    Unavailable(Option<Answer>),
}

impl Fluent {
    /// Answers with the agents' models, or with the server's own; `builtin` stands in.
    #[must_use]
    pub fn new(builtin: BuiltIn, models: Models, server: Option<Endpoint>) -> Self {
        Self { builtin, models, server, reserved: Reserved::default() }
    }

    async fn speak(&self, question: &Question<'_>, out: &mut Speaker) -> Result<TurnKind, AnswerError> {
        if let Some(kind) = self.builtin.at_once(question, out).await? {
            return Ok(kind);
        }
        let card = question.card;
        let Some(endpoint) = endpoint::endpoint(&card.agent, card.llm_key.as_ref(), self.server.as_ref())
        else {
            return self.builtin.quote_sources(question, out).await;
        };
        match self.ask(question, &endpoint, out).await? {
            Went::Answered(kind) => Ok(kind),
            Went::Unavailable(picked) => {
                out.notice(Notice::ModelUnavailable);
                out.finish(FinishReason::Stop);
                self.builtin.quote(question, picked, out).await
            }
        }
    }

    /// How many tokens the answer may have beside its prompt, reserved where the agent has a cap; `None` when the month's
    /// are used up.
    async fn allowance(
        &self,
        question: &Question<'_>,
        request: &ChatRequest,
        meter: &Meter,
    ) -> Result<Option<(u32, Option<Hold>)>, AnswerError> {
        let (agent, most) = (&question.card.agent, request.max_output_tokens);
        let asked = meter.usage().input_tokens;
        let Some(cap) = agent.settings.monthly_token_cap else { return Ok(Some((most, None))) };
        let store = self.builtin.library().store();
        let used = store.tokens_this_month(question.op, &agent.chatbot_id).await?;
        let left = cap.saturating_sub(used.input).saturating_sub(used.output);
        let taken = self.reserved.take(&agent.chatbot_id, left, asked, most, LEAST_TOKENS);
        Ok(taken.map(|(most, hold)| (most, Some(hold))))
    }

    async fn ask(
        &self,
        question: &Question<'_>,
        endpoint: &Endpoint,
        out: &mut Speaker,
    ) -> Result<Went, AnswerError> {
        let agent = &question.card.agent;
        let library = self.builtin.library();
        let snapshot = library.index(question.op, agent, question.content_version).await?;
        let (found, picked) = search(question, &snapshot.index, self.builtin.passages());
        let pace = if picked.is_some() { Pace::Live } else { Pace::Held };
        // What is kept now is kept for as long as the model speaks.
        let passages = prompt::fitting(found.hits);
        let mut request = request(question, &passages);
        let mut meter = Meter::new(&request);
        // Reserved for as long as the turn goes on.
        let Some((most, _hold)) = self.allowance(question, &request, &meter).await? else {
            tracing::info!(chatbot_id = %agent.chatbot_id, "the month's tokens are used up; the built-in answerer answers");
            return Ok(Went::Unavailable(picked));
        };
        request.max_output_tokens = most;
        let stop = out.stop_token();
        let asked = tokio::select! {
            biased;
            () = stop.cancelled() => {
                // What was asked was asked.
                out.spent(meter.usage());
                return Err(AnswerError::Stopped);
            }
            asked = self.models.chat(question.op.account, endpoint, &request) => asked,
        };
        drop(request);
        let mut reply = match asked {
            Ok(reply) => reply,
            Err(error) => {
                unavailable(question, &error);
                return Ok(Went::Unavailable(picked));
            }
        };
        let mut draft = Draft::new(&self.builtin, question, &passages, pace);
        let read = tokio::select! {
            biased;
            () = stop.cancelled() => Err(AnswerError::Stopped),
            read = read(&mut reply, &mut draft, &mut meter, out) => read,
        };
        // Whatever is still to come from there is cancelled.
        drop(reply);
        out.spent(meter.usage());
        match read? {
            Read::Whole => conclude(question, &mut draft, picked, out),
            Read::Refused if out.is_silent() => not_found(question, out),
            // What a source bore out before the refusal stands.
            Read::Refused if draft.is_cited() => Ok(Went::Answered(TurnKind::Answer)),
            // "The price is NOT_FOUND": what has left of the sentence is followed by the answer that it should have been.
            Read::Refused => {
                out.say("\n\n")?;
                not_found(question, out)
            }
            Read::Failed(error) if out.is_silent() => {
                unavailable(question, &error);
                Ok(Went::Unavailable(picked))
            }
            Read::Failed(error) => {
                tracing::warn!(%error, chatbot_id = %agent.chatbot_id, "a language model failed in mid-answer");
                Err(if error.is_timeout() { AnswerError::UpstreamTimeout } else { AnswerError::Upstream })
            }
        }
    }
}

impl Answerer for Fluent {
    fn answer<'a>(
        &'a self,
        question: &'a Question<'a>,
        out: &'a mut Speaker,
    ) -> BoxFuture<'a, Result<TurnKind, AnswerError>> {
        Box::pin(self.speak(question, out))
    }
}

/// What is found for a question, and what of it answers by all signs.
fn search(question: &Question<'_>, index: &AgentIndex, passages: &Passages) -> (Found, Option<Answer>) {
    let composed = compose_query(question.query, &exchanges(question));
    let found = index.search(&composed.query, PASSAGES);
    let picked = pick(passages, &composed, &found, index.chunk_count());
    (found, picked)
}

fn request(question: &Question<'_>, passages: &[Hit]) -> ChatRequest {
    let agent = &question.card.agent;
    let now = in_words(question.op.now(), agent.timezone.as_deref());
    let messages = prompt::prompt(&prompt::PromptIn {
        voice: voice(agent),
        history: question.history,
        passages,
        now: &now,
        question: question.query,
    });
    let max_output_tokens = u32::try_from(agent.settings.max_output_tokens).unwrap_or(u32::MAX);
    ChatRequest { messages, temperature: agent.settings.temperature.parse().ok(), max_output_tokens }
}

/// How the reading of a reply ended.
enum Read {
    /// With the reply.
    Whole,
    /// The model says that the passages do not answer.
    Refused,
    /// The provider failed.
    Failed(ModelError),
}

async fn read(
    reply: &mut Reply,
    draft: &mut Draft<'_>,
    meter: &mut Meter,
    out: &mut Speaker,
) -> Result<Read, AnswerError> {
    let mut reader = Reader::default();
    loop {
        let parts = match reply.next().await {
            Ok(Some(Piece::Text(text))) => {
                meter.count(&text);
                // U+0000 is no text: PostgreSQL cannot store it.
                if text.contains('\0') { reader.push(&text.replace('\0', "")) } else { reader.push(&text) }
            }
            Ok(Some(Piece::End { reason: why, usage })) => {
                meter.told(usage);
                out.finish(reason(why));
                break;
            }
            Ok(None) => break,
            Err(error) => return Ok(Read::Failed(error)),
        };
        if take(parts, draft, out).await? {
            return Ok(Read::Refused);
        }
        if meter.bytes > LONGEST {
            out.finish(FinishReason::Length);
            break;
        }
    }
    if take(reader.end(), draft, out).await? {
        return Ok(Read::Refused);
    }
    draft.end(out).await?;
    Ok(Read::Whole)
}

/// Takes the parts into the draft; says whether the model refused.
async fn take(parts: Vec<Part>, draft: &mut Draft<'_>, out: &mut Speaker) -> Result<bool, AnswerError> {
    for part in parts {
        if part == Part::NotFound {
            return Ok(true);
        }
        draft.add(part, out).await?;
    }
    Ok(false)
}

/// The reply is whole: what was held back leaves when it may.
fn conclude(
    question: &Question<'_>,
    draft: &mut Draft<'_>,
    picked: Option<Answer>,
    out: &mut Speaker,
) -> Result<Went, AnswerError> {
    if !out.is_silent() {
        return Ok(Went::Answered(TurnKind::Answer));
    }
    if draft.is_cited() {
        draft.release(out)?;
        return Ok(Went::Answered(TurnKind::Answer));
    }
    if draft.waiting().trim().is_empty() {
        tracing::warn!(chatbot_id = %question.card.agent.chatbot_id, "a language model said nothing");
        return Ok(Went::Unavailable(picked));
    }
    if chatter::is_chatter(question.query, draft.waiting()) {
        draft.release(out)?;
        return Ok(Went::Answered(TurnKind::SmallTalk));
    }
    not_found(question, out)
}

fn not_found(question: &Question<'_>, out: &mut Speaker) -> Result<Went, AnswerError> {
    out.finish(FinishReason::Stop);
    out.say(&question.card.agent.settings.not_found_answer)?;
    Ok(Went::Answered(TurnKind::NotFound))
}

/// Logs why a model could not answer, for whoever runs the agent. No visitor sees it.
fn unavailable(question: &Question<'_>, error: &ModelError) {
    let agent = &question.card.agent;
    tracing::warn!(%error, account_id = %agent.account_id, chatbot_id = %agent.chatbot_id, "a language model did not answer; the built-in answerer does");
}

/// What a reply costs, as far as the endpoint does not say: about four bytes a token (OpenAI's rule of thumb).
struct Meter {
    input_bytes: usize,
    bytes: usize,
    told: Option<Usage>,
}

impl Meter {
    fn new(request: &ChatRequest) -> Self {
        let input_bytes = request.messages.iter().map(|message| message.content.len()).sum();
        Self { input_bytes, bytes: 0, told: None }
    }

    const fn count(&mut self, text: &str) {
        self.bytes += text.len();
    }

    const fn told(&mut self, usage: Option<Usage>) {
        self.told = usage;
    }

    fn usage(&self) -> Usage {
        let tokens = |bytes: usize| u32::try_from(bytes.div_ceil(4)).unwrap_or(u32::MAX);
        self.told.unwrap_or_else(|| Usage {
            input_tokens: tokens(self.input_bytes),
            output_tokens: tokens(self.bytes),
        })
    }
}

/// A model's reason in the wire's words.
const fn reason(of: robofy_model::FinishReason) -> FinishReason {
    match of {
        robofy_model::FinishReason::Stop => FinishReason::Stop,
        robofy_model::FinishReason::Length => FinishReason::Length,
        robofy_model::FinishReason::ContentFilter => FinishReason::ContentFilter,
        robofy_model::FinishReason::Other => FinishReason::Other,
    }
}

/// Who the model speaks as.
fn voice(agent: &Agent) -> prompt::Voice<'_> {
    let (persona, settings) = (&agent.persona, &agent.settings);
    prompt::Voice {
        name: agent.speaking_name(),
        role: persona.role.as_deref().unwrap_or_default(),
        instructions: &settings.system_prompt_text,
        tone: agent.tone(),
        style: persona.style.as_deref().unwrap_or_default(),
        dos: &persona.dos,
        donts: &persona.donts,
        language: (persona.language_policy == LanguagePolicy::Agent).then_some(agent.language.as_str()),
    }
}

/// The moment as a person says it, in the agent's zone.
fn in_words(now: Timestamp, zone: Option<&str>) -> String {
    let moment = jiff::Timestamp::from_microsecond(now.micros()).unwrap_or_default();
    let zone = zone.and_then(|zone| jiff::tz::TimeZone::get(zone).ok()).unwrap_or(jiff::tz::TimeZone::UTC);
    moment.to_zoned_datetime(zone).strftime("%A, %-d %B %Y, %H:%M (%Q)").to_string()
}
