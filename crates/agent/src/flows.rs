//! Flows: what a conversation does beside answering. The lead form takes somebody's details down, a booking makes,
//! moves and cancels appointments.
//!
//! A flow is a small explicit state machine. Its state is stored with the session in the turn's own transaction, and
//! so is what it does ([`Effect`]); what it says of that ("booked") leaves after the commit, so it is never said of
//! what did not happen. Whatever answers the visitor's questions, built in or a language model, decides nothing here.
//!
//! Which flow gets an utterance: a click is of the flow that it names. Else the open flow has the first look, except
//! that a clear wish of the other kind ("cancel my appointment" while details are taken down) opens the other flow, and
//! the open one waits for its end. What no flow takes is answered, and the open flow's next prompt follows.

pub(crate) mod action;
mod booking;
mod details;
mod effect;
mod guard;
mod hear;
mod lead;
mod numbers;
mod offers;
mod parts;
mod state;
mod texts;
mod wording;

use robofy_store::Store;
use robofy_store::booking::Refused;
use robofy_store::chat::{FlowState, Part, TurnKind};
use robofy_store::flows::Effect;

pub use action::{Action, ActionKind, Quota};
pub(crate) use guard::Guard;
pub(crate) use hear::{Scene, hear};
pub(crate) use state::State;
pub use texts::{TextMistake, check_text, texts};

use crate::answerer::AnswerError;

/// What a flow makes of an utterance.
#[derive(Debug)]
pub(crate) enum Heard {
    /// It is no flow's: it is answered. Whether something is offered after it is decided by the answer.
    Pass(Box<hear::Context>),
    /// It is answered, and the flow goes on with this.
    AnswerThen(Reply),
    /// The flow replies.
    Reply(Reply),
}

/// What a flow says and does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    /// What is said.
    pub text: String,
    /// What a front end may show.
    pub parts: Vec<Part>,
    /// Where the flows stand then.
    pub state: FlowState,
    /// What is done, in this order, all or nothing.
    pub effects: Vec<Effect>,
    /// The language's code.
    pub language: String,
}

/// After an answer: what a flow adds, when something is due.
pub(crate) async fn after(context: hear::Context, answered: TurnKind) -> Result<Option<Reply>, AnswerError> {
    if offers::wants_menu(&context, answered) {
        return offers::menu(context).await;
    }
    offers::after(context, answered).await
}

/// The store has refused what `reply` does: the reply in its place.
pub(crate) async fn instead(
    store: &Store,
    scene: Scene,
    stored: State,
    reply: Reply,
    why: Refused,
) -> Result<Reply, AnswerError> {
    booking::instead(hear::context(store, scene, stored).await?, reply, why).await
}
