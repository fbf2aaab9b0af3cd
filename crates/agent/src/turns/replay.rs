//! A stored turn as the events that it was, with the same numbers.

use robofy_store::chat::{Failure, FinishReason, Turn, TurnStatus};

use super::log::text_end;
use super::{Handle, TurnLog};
use crate::events::{TurnEvent, deltas};

impl Handle {
    /// A turn that runs no more.
    pub(super) fn replay(turn: &Turn) -> Self {
        let log = TurnLog::default();
        log.extend(TurnEvent::opening(&turn.message_id));
        match turn.status {
            // What was said is lost with its node, unless the node could store it before it stopped.
            TurnStatus::Interrupted | TurnStatus::Running => {
                log.extend(said(turn));
                log.interrupt();
            }
            TurnStatus::Done | TurnStatus::Stopped | TurnStatus::Failed => {
                log.extend(ending(turn));
                log.close();
            }
        }
        Self::of(turn, log)
    }

    /// A stored turn with a log of its events.
    pub(super) fn of(turn: &Turn, log: TurnLog) -> Self {
        Self {
            message_id: turn.message_id.clone(),
            session_id: turn.session_id.clone(),
            chatbot_id: turn.chatbot_id.clone(),
            environment: turn.environment,
            channel: turn.channel,
            run: turn.run,
            log,
        }
    }
}

/// What follows the opening, to the end of the text.
pub(super) fn said(turn: &Turn) -> Vec<TurnEvent> {
    let mut events = Vec::new();
    events.extend(turn.notice.map(|data| TurnEvent::DataNotice { data }));
    match &turn.pieces {
        Some(pieces) => events.extend(pieces.cut(&turn.answer).map(TurnEvent::text)),
        None => events.extend(deltas(&turn.answer).map(TurnEvent::text)),
    }
    events.push(text_end());
    events
}

/// What follows the opening.
pub(super) fn ending(turn: &Turn) -> Vec<TurnEvent> {
    let mut events = said(turn);
    match turn.status {
        TurnStatus::Done => {
            events.extend(TurnEvent::citations(&turn.citations));
            events.extend(TurnEvent::parts(&turn.parts));
            events.push(TurnEvent::FinishStep);
            let reason = turn.finish_reason.unwrap_or(FinishReason::Stop);
            events.extend(TurnEvent::ending(&turn.session_id, reason));
        }
        TurnStatus::Stopped => events.push(TurnEvent::stopped()),
        TurnStatus::Failed | TurnStatus::Running | TurnStatus::Interrupted => {
            events.push(TurnEvent::failed(turn.failure.unwrap_or(Failure::Internal)));
        }
    }
    events
}
