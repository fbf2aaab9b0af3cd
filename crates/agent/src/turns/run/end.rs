//! How a turn ends: what a flow does, where it stands and all that was said are stored together, and what the flow says
//! of that leaves after the commit.

use std::time::Duration;

use robofy_store::chat::{Failure, FlowState, Tokens, TurnEnd, TurnKind, TurnStatus};
use robofy_store::{Store, StoreError};

use super::{Job, Outcome, question};
use crate::answerer::{AnswerError, Said};
use crate::events::{TEXT_ID, TurnEvent, deltas};
use crate::flows::{self, Reply, State};
use crate::turns::TurnLog;

/// How often another reply is looked for when the store refuses what one does.
const MOST_REFUSALS: usize = 4;

/// What follows what was said already.
#[derive(Debug, Default)]
pub(super) struct After {
    /// A flow's reply, not said yet.
    pub reply: Option<Reply>,
    /// Without one: where the flows stand, where that has changed.
    pub state: Option<FlowState>,
}

impl After {
    pub const fn of(reply: Reply) -> Self {
        Self { reply: Some(reply), state: None }
    }

    /// Whether anything is still to be said.
    pub fn says(&self) -> bool {
        self.reply.as_ref().is_some_and(|reply| !reply.text.is_empty())
    }

    /// What is still to be said, as it continues what was.
    fn tail(&self, said: &Said) -> String {
        let text = self.reply.as_ref().map_or("", |reply| reply.text.as_str());
        let before = if said.text.is_empty() || text.is_empty() { "" } else { "\n\n" };
        format!("{before}{text}")
    }
}

impl Job {
    /// Stores the turn's end, and then lets the rest of its events leave. Where something of what the flow does is
    /// refused (the time has just been taken), another reply stands in the place of the flow's. Says whether the end is
    /// stored, and is one.
    pub(super) async fn finish(
        &self,
        store: &Store,
        log: &TurnLog,
        said: Said,
        outcome: &Outcome,
        mut after: After,
    ) -> bool {
        let closed = after.reply.is_none();
        if closed {
            log.extend([TurnEvent::TextEnd { id: TEXT_ID }]);
        }
        for _ in 0..MOST_REFUSALS {
            let tail = after.tail(&said);
            let end = self.end(&said, &tail, outcome, &after);
            match Box::pin(store.finish_turn(&self.op, &self.turn, end)).await {
                Ok(true) => {
                    log.extend(deltas(&tail).map(TurnEvent::text));
                    log.extend((!closed).then_some(TurnEvent::TextEnd { id: TEXT_ID }));
                    log.extend(self.last(&said, outcome, &after));
                    return outcome.status != TurnStatus::Interrupted;
                }
                Ok(false) => {
                    tracing::warn!(message_id = %self.turn.message_id, "a turn outlived its promise; its answer is not kept");
                    return false;
                }
                Err(error) => {
                    let Some(reply) = after.reply.take() else {
                        tracing::error!(%error, message_id = %self.turn.message_id, "an answer could not be stored");
                        return false;
                    };
                    let StoreError::Booking(why) = error else {
                        return self.fail(store, log, &said, &AnswerError::Store(error)).await;
                    };
                    let stored = State::read(self.turn.flow.as_ref());
                    match Box::pin(flows::instead(store, self.scene(), stored, reply, why)).await {
                        Ok(other) => after = After::of(other),
                        Err(error) => return self.fail(store, log, &said, &error).await,
                    }
                }
            }
        }
        tracing::error!(message_id = %self.turn.message_id, "a flow's replies are refused again and again");
        let refused = AnswerError::Store(StoreError::Conflict("refused".into()));
        self.fail(store, log, &said, &refused).await
    }

    /// Nothing of what the flow does was stored, and it says nothing.
    async fn fail(&self, store: &Store, log: &TurnLog, said: &Said, error: &AnswerError) -> bool {
        tracing::error!(%error, message_id = %self.turn.message_id, "a turn failed");
        log.extend([TurnEvent::TextEnd { id: TEXT_ID }]);
        let failed = Outcome { status: TurnStatus::Failed, kind: None, failure: Some(Failure::Internal) };
        let end = self.end(said, "", &failed, &After::default());
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

    /// What is stored of the turn.
    fn end(&self, said: &Said, tail: &str, outcome: &Outcome, after: &After) -> TurnEnd {
        let first = said.first_piece_after.or_else(|| (!tail.is_empty()).then(|| self.arrived.elapsed()));
        let (parts, flow, effects) = match &after.reply {
            Some(reply) => (reply.parts.clone(), Some(reply.state.clone()), reply.effects.clone()),
            None => (Vec::new(), after.state.clone(), Vec::new()),
        };
        TurnEnd {
            status: outcome.status,
            kind: outcome.kind,
            answer: format!("{}{tail}", said.text),
            citations: said.numbered(),
            pieces: said.uncommon_pieces(tail),
            notice: said.notice,
            failure: outcome.failure,
            finish_reason: (outcome.status == TurnStatus::Done).then_some(said.finish),
            tokens: said
                .usage
                .map(|usage| Tokens { input: usage.input_tokens.into(), output: usage.output_tokens.into() }),
            first_token_ms: first.map(milliseconds),
            unanswered: (outcome.kind == Some(TurnKind::NotFound))
                .then(|| question::normal_form(&self.ask.query, &self.card.agent.language))
                .flatten(),
            parts,
            flow,
            effects,
        }
    }

    /// What follows the end of the text.
    fn last(&self, said: &Said, outcome: &Outcome, after: &After) -> Vec<TurnEvent> {
        match outcome.status {
            TurnStatus::Stopped => vec![TurnEvent::stopped()],
            // The log's own end tells it.
            TurnStatus::Interrupted => Vec::new(),
            TurnStatus::Failed | TurnStatus::Running => {
                vec![TurnEvent::failed(outcome.failure.unwrap_or(Failure::Internal))]
            }
            TurnStatus::Done => {
                let mut events = TurnEvent::citations(&said.numbered());
                let parts = after.reply.as_ref().map_or(&[][..], |reply| reply.parts.as_slice());
                events.extend(TurnEvent::parts(parts));
                events.push(TurnEvent::FinishStep);
                events.extend(TurnEvent::ending(&self.session_id, said.finish));
                events
            }
        }
    }
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
