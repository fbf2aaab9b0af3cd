//! One turn, from its first event to its last.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use robofy_kernel::{Op, SessionId, Stopwatch};
use robofy_store::chat::{
    Citation, Failure, FinishReason, FlowState, Part, PastTurn, TakenTurn, Tokens, TurnEnd, TurnKind,
    TurnStatus,
};
use robofy_store::flows::Effect;
use robofy_store::{Store, StoreError};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::limits::Permit;
use super::queue::Place;
use super::running::Registered;
use super::{Ask, Handle, TurnLog, Turns, promise};
use crate::answerer::{AgentCard, AnswerError, Question, SharedAnswerer, Speaker};
use crate::events::{TEXT_ID, TurnEvent, deltas};
use crate::flows::{self, Heard, Reply, Scene, State};

/// How often another reply is looked for when the store refuses what one does.
const MOST_REFUSALS: usize = 4;

/// A taken turn and all that it needs.
#[derive(Debug)]
pub(super) struct Job {
    pub op: Op,
    pub ask: Ask,
    pub card: Arc<AgentCard>,
    pub content_version: i64,
    pub session_id: SessionId,
    pub turn: TakenTurn,
    /// Since the question came in.
    pub arrived: Stopwatch,
}

impl Turns {
    /// Starts the turn's task; `permit` and `place` are held until it is over. Its end is stored after `kept` tells that its
    /// beginning is; when that never comes, nothing of it is.
    pub(super) fn start(
        &self,
        job: Job,
        kept: oneshot::Receiver<()>,
        permit: Permit,
        place: Place,
    ) -> Handle {
        let log = TurnLog::default();
        let stop = CancellationToken::new();
        let handle = Handle {
            message_id: job.turn.message_id.clone(),
            session_id: job.session_id.clone(),
            chatbot_id: job.ask.chatbot.clone(),
            environment: job.op.environment,
            channel: job.ask.channel,
            run: job.turn.run,
            log: log.clone(),
        };
        let registered = self.0.running.add(&job.op, handle.clone(), stop.clone());
        self.hear_stops(&job.op);
        let (store, answerer) = (self.0.store.clone(), Arc::clone(&self.0.answerer));
        self.0.tasks.spawn("turn", async move {
            let _end = Interrupting(log.clone());
            let stored = job.run(&store, &answerer, &log, stop, kept, &registered).await;
            // First nobody finds it as running any more, then readers end, then the next turn comes in.
            drop(registered);
            if stored {
                log.close()
            } else {
                log.interrupt()
            }
            drop(permit);
            drop(place);
        });
        handle
    }
}

/// Ends the log of a turn whose task ends without having done so: no reader waits for ever.
struct Interrupting(TurnLog);

impl Drop for Interrupting {
    fn drop(&mut self) {
        self.0.interrupt();
    }
}

impl Job {
    /// Says whether its end is stored, and is one.
    async fn run(
        &self,
        store: &Store,
        answerer: &SharedAnswerer,
        log: &TurnLog,
        stop: CancellationToken,
        kept: oneshot::Receiver<()>,
        registered: &Registered,
    ) -> bool {
        log.extend(TurnEvent::opening(&self.turn.message_id));
        let mut speaker = Speaker::new(log.clone(), stop.clone(), self.arrived);
        let answered = {
            let answer = AssertUnwindSafe(self.answer(store, answerer, &mut speaker)).catch_unwind();
            let answer = self.keep_promise(store, &stop, answer);
            // Whoever asked was told that the beginning was not stored; the answer is in vain.
            let kept = async { kept.await.inspect_err(|_| stop.cancel()) };
            let (answered, kept) = tokio::join!(answer, kept);
            if kept.is_err() {
                return false;
            }
            answered
        };
        let answered = answered.unwrap_or(Err(AnswerError::Store(StoreError::Panicked)));
        let (answered, flow) = match answered {
            Ok(Answered { held: Some(reply), .. }) if !stop.is_cancelled() => {
                return self.reply(store, log, reply, self.arrived).await;
            }
            Ok(Answered { held: Some(_), .. }) => (Err(AnswerError::Stopped), None),
            Ok(Answered { kind, flow, held: None }) => (Ok(kind), flow),
            Err(error) => (Err(error), None),
        };
        let said = speaker.into_said();
        log.extend([TurnEvent::TextEnd { id: TEXT_ID }]);
        let outcome = self.outcome(answered, registered.is_cut());
        let After { parts, state, effects } = flow.unwrap_or_default();
        let pieces = said.uncommon_pieces();
        let citations: Vec<Citation> =
            said.citations.into_iter().enumerate().map(|(i, citation)| citation.numbered(i + 1)).collect();
        let last = match outcome.status {
            TurnStatus::Stopped => vec![TurnEvent::stopped()],
            // The log's own end tells it.
            TurnStatus::Interrupted => Vec::new(),
            TurnStatus::Failed | TurnStatus::Running => {
                vec![TurnEvent::failed(outcome.failure.unwrap_or(Failure::Internal))]
            }
            TurnStatus::Done => {
                log.extend(TurnEvent::citations(&citations));
                log.extend(TurnEvent::parts(&parts));
                log.extend([TurnEvent::FinishStep]);
                TurnEvent::ending(&self.session_id, said.finish).to_vec()
            }
        };
        let end = TurnEnd {
            status: outcome.status,
            kind: outcome.kind,
            answer: said.text,
            citations,
            pieces,
            notice: said.notice,
            failure: outcome.failure,
            finish_reason: (outcome.status == TurnStatus::Done).then_some(said.finish),
            tokens: said
                .usage
                .map(|usage| Tokens { input: usage.input_tokens.into(), output: usage.output_tokens.into() }),
            first_token_ms: said.first_piece_after.map(milliseconds),
            parts,
            flow: state,
            effects,
        };
        // Boxed, as what is needed for a moment only: a task takes as much room as its largest step.
        match Box::pin(store.finish_turn(&self.op, &self.turn, end)).await {
            Ok(true) => {
                log.extend(last);
                outcome.status != TurnStatus::Interrupted
            }
            Ok(false) => {
                tracing::warn!(message_id = %self.turn.message_id, "a turn outlived its promise; its answer is not kept");
                false
            }
            Err(error) => {
                tracing::error!(%error, message_id = %self.turn.message_id, "an answer could not be stored");
                false
            }
        }
    }

    fn outcome(&self, answered: Result<TurnKind, AnswerError>, is_cut: bool) -> Outcome {
        let failed = |failure| Outcome { status: TurnStatus::Failed, kind: None, failure: Some(failure) };
        match answered {
            Ok(kind) => Outcome { status: TurnStatus::Done, kind: Some(kind), failure: None },
            Err(AnswerError::TooLong) => {
                Outcome { status: TurnStatus::Done, kind: Some(TurnKind::Answer), failure: None }
            }
            // Nobody has asked for it: the server stops.
            Err(AnswerError::Stopped) if is_cut => {
                Outcome { status: TurnStatus::Interrupted, kind: None, failure: None }
            }
            Err(AnswerError::Stopped) => Outcome { status: TurnStatus::Stopped, kind: None, failure: None },
            Err(AnswerError::Upstream) => failed(Failure::Upstream),
            Err(AnswerError::UpstreamTimeout) => failed(Failure::Timeout),
            Err(error @ (AnswerError::Store(_) | AnswerError::Library(_))) => {
                tracing::error!(%error, message_id = %self.turn.message_id, "a turn failed");
                failed(Failure::Internal)
            }
        }
    }

    async fn answer(
        &self,
        store: &Store,
        answerer: &SharedAnswerer,
        out: &mut Speaker,
    ) -> Result<Answered, AnswerError> {
        let stored = State::read(self.turn.flow.as_ref());
        // Boxed, as what is needed for a moment only.
        match Box::pin(flows::hear(store, self.scene(), stored)).await? {
            Heard::Reply(reply) => Ok(Answered { kind: TurnKind::Flow, flow: None, held: Some(reply) }),
            Heard::AnswerThen(reply) => {
                let guard = Some(reply.language.clone());
                let kind = self.ask(store, answerer, out, guard, true).await?;
                let flow = self.go_on(reply, out)?;
                Ok(Answered { kind, flow: Some(flow), held: None })
            }
            Heard::Pass(context) => {
                let guard = context.is_near_a_flow().then(|| context.language().to_owned());
                let kind = self.ask(store, answerer, out, guard, false).await?;
                let state = context.state.changed(self.turn.flow.as_ref());
                let flow = match Box::pin(flows::after(*context, kind)).await? {
                    Some(reply) => self.go_on(reply, out)?,
                    None => After { state, ..After::default() },
                };
                Ok(Answered { kind, flow: Some(flow), held: None })
            }
        }
    }

    /// What the flow says after an answer.
    fn go_on(&self, reply: Reply, out: &mut Speaker) -> Result<After, AnswerError> {
        if !reply.text.is_empty() {
            let before = if out.is_silent() { "" } else { "\n\n" };
            out.say(before)?;
            out.say(&reply.text)?;
        }
        Ok(After { parts: reply.parts, state: Some(reply.state), effects: reply.effects })
    }

    /// Has the question answered. With a `guard`, what a model claims to have done in that language is left out.
    async fn ask(
        &self,
        store: &Store,
        answerer: &SharedAnswerer,
        out: &mut Speaker,
        guard: Option<String>,
        prompt_follows: bool,
    ) -> Result<TurnKind, AnswerError> {
        let is_guarded = guard.is_some();
        out.guard(guard);
        let history = Box::pin(self.history(store)).await?;
        let question = Question {
            op: &self.op,
            card: &self.card,
            content_version: self.content_version,
            query: &self.ask.query,
            history: &history,
            visitor: &self.turn.visitor,
        };
        let kind = answerer.answer(&question, out).await?;
        out.release()?;
        if is_guarded && out.is_silent() && !prompt_follows {
            // All of it was claims.
            out.say(&self.card.agent.settings.not_found_answer)?;
            return Ok(TurnKind::NotFound);
        }
        Ok(kind)
    }

    fn scene(&self) -> Scene {
        Scene {
            op: self.op.clone(),
            card: Arc::clone(&self.card),
            visitor: (*self.turn.visitor).clone(),
            channel: self.ask.channel,
            session: self.turn.session_key,
            address: self.ask.address.clone(),
            quota: self.ask.quota.clone(),
            number: self.turn.number,
            query: self.ask.query.clone(),
            action: self.ask.action.clone(),
            message: self.turn.visitor_message_id.clone(),
        }
    }

    /// A flow's own reply: what it does, where it stands and what it says are stored together, and only then said.
    /// Where something of it is refused (the time has just been taken), another reply stands in its place. Says whether
    /// the end is stored.
    async fn reply(&self, store: &Store, log: &TurnLog, first: Reply, arrived: Stopwatch) -> bool {
        let mut reply = first;
        for _ in 0..MOST_REFUSALS {
            let end = TurnEnd {
                status: TurnStatus::Done,
                kind: Some(TurnKind::Flow),
                answer: reply.text.clone(),
                citations: Vec::new(),
                pieces: None,
                notice: None,
                failure: None,
                finish_reason: Some(FinishReason::Stop),
                tokens: None,
                first_token_ms: Some(milliseconds(arrived.elapsed())),
                parts: reply.parts.clone(),
                flow: Some(reply.state.clone()),
                effects: reply.effects.clone(),
            };
            match Box::pin(store.finish_turn(&self.op, &self.turn, end)).await {
                Ok(true) => {
                    log.extend(deltas(&reply.text).map(TurnEvent::text));
                    log.extend([TurnEvent::TextEnd { id: TEXT_ID }]);
                    log.extend(TurnEvent::parts(&reply.parts));
                    log.extend([TurnEvent::FinishStep]);
                    log.extend(TurnEvent::ending(&self.session_id, FinishReason::Stop));
                    return true;
                }
                Ok(false) => {
                    tracing::warn!(message_id = %self.turn.message_id, "a turn outlived its promise; its answer is not kept");
                    return false;
                }
                Err(StoreError::Booking(why)) => {
                    let stored = State::read(self.turn.flow.as_ref());
                    match Box::pin(flows::instead(store, self.scene(), stored, reply, why)).await {
                        Ok(other) => reply = other,
                        Err(error) => return self.fail(store, log, &error).await,
                    }
                }
                Err(error) => return self.fail(store, log, &AnswerError::Store(error)).await,
            }
        }
        tracing::error!(message_id = %self.turn.message_id, "a flow's replies are refused again and again");
        self.fail(store, log, &AnswerError::Store(StoreError::Conflict("refused".into()))).await
    }

    /// Nothing of the flow's reply was stored.
    async fn fail(&self, store: &Store, log: &TurnLog, error: &AnswerError) -> bool {
        tracing::error!(%error, message_id = %self.turn.message_id, "a turn failed");
        log.extend([TurnEvent::TextEnd { id: TEXT_ID }]);
        let end = TurnEnd::failed(Failure::Internal);
        match Box::pin(store.finish_turn(&self.op, &self.turn, end)).await {
            Ok(stored) => {
                log.extend(stored.then(|| TurnEvent::failed(Failure::Internal)));
                stored
            }
            Err(error) => {
                tracing::error!(%error, message_id = %self.turn.message_id, "an answer could not be stored");
                false
            }
        }
    }

    async fn history(&self, store: &Store) -> Result<Vec<PastTurn>, StoreError> {
        let settings = &self.card.agent.settings;
        if !settings.enable_chatbot_memory || settings.past_questions_limit < 1 || self.turn.number < 2 {
            return Ok(Vec::new());
        }
        let (session, number, limit) =
            (self.turn.session_key, self.turn.number, settings.past_questions_limit);
        let mut turns = store.past_turns(self.op.account, session, number, limit).await?;
        turns.reverse();
        Ok(turns)
    }

    /// Renews the promise while `work` runs, and stops it when the turn is not this node's any more.
    async fn keep_promise<T>(
        &self,
        store: &Store,
        stop: &CancellationToken,
        work: impl Future<Output = T>,
    ) -> T {
        let promise = promise(store);
        // Beside the work, not in between: a slow database must not hold up what is being said, or a stop.
        let renewals = async {
            loop {
                tokio::time::sleep(promise / 3).await;
                let until = self.op.now().after(promise);
                match store.renew_turn(self.op.account, &self.turn, until).await {
                    Ok(true) => {}
                    Ok(false) => stop.cancel(),
                    Err(error) => {
                        tracing::warn!(%error, message_id = %self.turn.message_id, "a turn's promise was not renewed");
                    }
                }
            }
        };
        tokio::select! {
            done = work => done,
            never = renewals => never,
        }
    }
}

/// What an answer is.
struct Answered {
    kind: TurnKind,
    /// What the flow adds to what was said.
    flow: Option<After>,
    /// A flow's own reply, not said yet.
    held: Option<Reply>,
}

/// What is stored of the flow with an answer that was said already.
#[derive(Default)]
struct After {
    parts: Vec<Part>,
    state: Option<FlowState>,
    effects: Vec<Effect>,
}

/// What became of a turn.
struct Outcome {
    status: TurnStatus,
    kind: Option<TurnKind>,
    failure: Option<Failure>,
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
