//! One turn, from its first event to its last.

mod end;
mod question;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt as _;
use robofy_kernel::{Op, SessionId, Stopwatch};
use robofy_store::chat::{Failure, PastTurn, TakenTurn, TurnKind, TurnStatus};
use robofy_store::{Store, StoreError};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use self::end::After;
use super::limits::Permit;
use super::queue::Place;
use super::running::Registered;
use super::{Ask, Handle, TurnLog, Turns, promise};
use crate::answerer::{AgentCard, AnswerError, Question, SharedAnswerer, Speaker};
use crate::events::TurnEvent;
use crate::flows::{self, Heard, Scene, State};

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
        let going = self.0.way.go();
        self.0.tasks.spawn("turn", async move {
            let _going = going;
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
        let (answered, after) = match answered {
            // What a flow has to say waits for the commit; a stop came before it.
            Ok(Answered { after, .. }) if after.says() && stop.is_cancelled() => {
                (Err(AnswerError::Stopped), After::default())
            }
            Ok(Answered { kind, after }) => (Ok(kind), after),
            Err(error) => (Err(error), After::default()),
        };
        let outcome = self.outcome(answered, registered.is_cut());
        // Boxed, as what is needed for a moment only: a task takes as much room as its largest step.
        Box::pin(self.finish(store, log, speaker.into_said(), &outcome, after)).await
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
            Heard::Reply(reply) => Ok(Answered { kind: TurnKind::Flow, after: After::of(reply) }),
            Heard::AnswerThen(reply) => {
                let guard = Some(reply.language.clone());
                let kind = self.ask(store, answerer, out, guard, true).await?;
                Ok(Answered { kind, after: After::of(reply) })
            }
            Heard::Pass(context) => {
                let guard = context.is_near_a_flow().then(|| context.language().to_owned());
                let kind = self.ask(store, answerer, out, guard, false).await?;
                let state = context.state.changed(self.turn.flow.as_ref());
                let reply = Box::pin(flows::after(*context, kind)).await?;
                Ok(Answered { kind, after: reply.map_or(After { reply: None, state }, After::of) })
            }
        }
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
        let answered = answerer.answer(&question, out).await;
        let kind = match answered.and_then(|kind| out.release().map(|()| kind)) {
            // What fits was said and counts; what the flow does goes with it.
            Err(AnswerError::TooLong) => TurnKind::Answer,
            answered => answered?,
        };
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
    after: After,
}

/// What became of a turn.
struct Outcome {
    status: TurnStatus,
    kind: Option<TurnKind>,
    failure: Option<Failure>,
}
