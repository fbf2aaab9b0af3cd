//! The JSON answer: a turn's events folded into one value.

use futures::{Stream, StreamExt as _};

use robofy_store::chat::{Citation, Failure, Part};

use crate::events::TurnEvent;
use crate::turns::Event;

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WholeAnswer {
    /// The text.
    pub text: String,
    /// The quotes.
    pub citations: Vec<Citation>,
    /// What a front end may offer beside it.
    pub parts: Vec<Part>,
    /// How it ended.
    pub end: End,
}

/// How a stream of events ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// Complete and stored.
    Finished,
    /// Stopped by somebody.
    Stopped,
    /// Failed, and whose fault it was.
    Failed(Failure),
    /// The stream broke off.
    #[default]
    Cut,
}

impl WholeAnswer {
    /// Reads a turn's events to their end.
    pub async fn read(events: impl Stream<Item = Event>) -> Self {
        events.fold(Self::default(), |answer, event| std::future::ready(answer.with(&event))).await
    }

    fn with(mut self, event: &TurnEvent) -> Self {
        match event {
            TurnEvent::TextDelta { delta, .. } => self.text.push_str(delta),
            TurnEvent::DataCitation { data } => self.citations.push((**data).clone()),
            TurnEvent::Part(part) => self.parts.push((**part).clone()),
            TurnEvent::Finish { .. } => self.end = End::Finished,
            TurnEvent::Abort { .. } => self.end = End::Stopped,
            TurnEvent::Error { failure, .. } => self.end = End::Failed(*failure),
            TurnEvent::Start { .. }
            | TurnEvent::StartStep
            | TurnEvent::TextStart { .. }
            | TurnEvent::DataNotice { .. }
            | TurnEvent::TextEnd { .. }
            | TurnEvent::SourceUrl { .. }
            | TurnEvent::SourceDocument { .. }
            | TurnEvent::FinishStep
            | TurnEvent::DataSession { .. }
            | TurnEvent::DataFinishReason { .. } => {}
        }
        self
    }
}
