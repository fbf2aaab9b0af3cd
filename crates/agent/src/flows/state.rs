//! Where a session's flows stand: stored with the session, changed only in a turn's own transaction.

use std::ops::Range;

use robofy_kernel::{BookingId, FieldType, HoldId, MessageId, ResourceId, ServiceId, Timestamp};
use robofy_store::chat::FlowState;
use serde::{Deserialize, Serialize};

/// All that a conversation keeps beside its words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    /// What the visitor has said of themselves; the latest of each field.
    pub known: Vec<Known>,
    /// The flow that goes on.
    pub open: Option<Flow>,
    /// One that was set aside for another and is taken up again.
    pub aside: Option<Flow>,
    /// How many flows there have been, for their ids.
    pub flows: u32,
    /// The form was offered: that is done once.
    pub offered: bool,
    /// The visitor does not want to leave details.
    pub declined: bool,
    /// The form was sent.
    pub sent: bool,
    /// A lead was made of what is known.
    pub saved: bool,
    /// The consent text that was shown last.
    pub consent_shown: Option<String>,
    /// What the visitor agreed to.
    pub consent: Option<Consent>,
    /// The language of the conversation, once it is clear.
    pub language: Option<String>,
    /// The numbered choices of the last answer, where nothing was open.
    pub menu: Vec<Start>,
}

/// What can be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Start {
    /// A booking.
    Booking,
    /// The list of the visitor's appointments.
    Mine,
    /// The lead form.
    Lead,
}

/// A consent as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Consent {
    /// The version of the text that was shown.
    pub version: Option<String>,
    /// The visitor's message that said yes.
    pub message_id: MessageId,
    /// When.
    pub at: Timestamp,
}

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// The form's field, or the booking question's.
    pub name: String,
    /// Its type.
    pub field_type: FieldType,
    /// What our normaliser makes of the words.
    pub value: String,
    /// The visitor's words.
    pub raw: String,
    /// The visitor's message; none for a form's.
    pub message_id: Option<MessageId>,
    /// The words' place in it, in bytes.
    pub range: Range<usize>,
    /// A likelier value that was asked back about.
    pub suggestion: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Flow {
    /// Somebody's details for the team.
    Lead(LeadFlow),
    /// An appointment: a new one, or what becomes of one.
    Booking(BookingFlow),
}

impl Flow {
    /// Its id in the session.
    pub fn id(&self) -> u32 {
        match self {
            Self::Lead(flow) => flow.id,
            Self::Booking(flow) => flow.id,
        }
    }

    /// The step at which it stands: a click names it, and one of an earlier step is stale.
    pub fn step(&self) -> u32 {
        match self {
            Self::Lead(flow) => flow.step,
            Self::Booking(flow) => flow.step,
        }
    }

    pub fn step_on(&mut self) {
        match self {
            Self::Lead(flow) => flow.step += 1,
            Self::Booking(flow) => flow.step += 1,
        }
    }
}

/// Where the lead form stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LeadFlow {
    pub id: u32,
    pub step: u32,
    pub stage: LeadStage,
    /// Fields that the visitor would rather leave out.
    #[serde(default)]
    pub skipped: Vec<String>,
    /// How often the present question was not answered.
    #[serde(default)]
    pub misses: u32,
    /// The visitor's words that have brought it here.
    #[serde(default)]
    pub words: String,
    /// A bare yes to the present question was asked back about.
    #[serde(default)]
    pub asked_back: bool,
}

/// What the lead form waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum LeadStage {
    /// Whether the visitor wants it at all.
    Offered,
    /// This field.
    Asking {
        /// Its name.
        field: String,
        /// It has a value, which is to be changed.
        #[serde(default)]
        again: bool,
    },
    /// Whether the likelier value of this field is right.
    Suggesting {
        /// Its name.
        field: String,
    },
    /// What is to be changed.
    Changing,
    /// The yes.
    Confirming,
}

/// Where a booking stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BookingFlow {
    pub id: u32,
    pub step: u32,
    pub purpose: Purpose,
    pub stage: BookingStage,
    #[serde(default)]
    pub service: Option<ServiceId>,
    /// With whom, where the visitor said so.
    #[serde(default)]
    pub resource: Option<ResourceId>,
    /// For how many; 0, of an earlier program, counts as 1.
    #[serde(default)]
    pub seats: u32,
    /// The time that is meant.
    #[serde(default)]
    pub chosen: Option<Chosen>,
    /// What was shown last, in its order.
    #[serde(default)]
    pub shown: Vec<Chosen>,
    /// The day under discussion, `YYYY-MM-DD` in the visitor's zone: a bare time belongs to it.
    #[serde(default)]
    pub day: Option<jiff::civil::Date>,
    /// The hold on the chosen time.
    #[serde(default)]
    pub hold: Option<HoldId>,
    /// When the booking that is to be moved or cancelled started as it was shown.
    #[serde(default)]
    pub was: Option<Timestamp>,
    /// Questions that the visitor left out.
    #[serde(default)]
    pub skipped: Vec<String>,
    #[serde(default)]
    pub misses: u32,
    /// The visitor's words that have brought it here.
    #[serde(default)]
    pub words: String,
    /// A bare yes to the present question was asked back about.
    #[serde(default)]
    pub asked_back: bool,
    /// When it began: what was booked later by another way ends it.
    pub began: Timestamp,
}

/// A start on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Chosen {
    pub start: Timestamp,
    pub end: Timestamp,
    pub resource: ResourceId,
}

/// What a booking flow is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// A new appointment.
    Book,
    /// To move one.
    Move {
        /// Which, once it is clear.
        booking: Option<BookingId>,
    },
    /// To cancel one.
    Cancel {
        /// Which, once it is clear.
        booking: Option<BookingId>,
    },
}

/// What a booking waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum BookingStage {
    /// Which service.
    Service,
    /// Which of the visitor's appointments.
    Which,
    /// When.
    Time,
    /// This detail.
    Asking {
        /// The field's name.
        field: String,
        /// It is known, and asked for once more: what is known stays unless something else is said.
        #[serde(default)]
        again: bool,
    },
    /// Whether the likelier value of this field is right.
    Suggesting {
        /// Its name.
        field: String,
    },
    /// The yes.
    Confirming,
}

impl State {
    /// Reads what is stored. What a later program wrote and this one cannot read counts as nothing.
    pub fn read(stored: Option<&FlowState>) -> Self {
        let Some(stored) = stored else { return Self::default() };
        Self::deserialize(&stored.0).unwrap_or_else(|error| {
            // Not what is stored: it is what a visitor said.
            tracing::warn!(problem = ?error.classify(), "a conversation's state cannot be read; it begins anew");
            Self::default()
        })
    }

    /// For the store.
    pub fn written(&self) -> FlowState {
        let state = serde_json::to_value(self).unwrap_or_else(|error| {
            tracing::error!(%error, "where a conversation's flow stands cannot be written: it begins anew");
            serde_json::Value::Null
        });
        FlowState(state)
    }

    /// For the store, where anything is different from what is stored there. That a language was heard is not enough.
    pub fn changed(&self, stored: Option<&FlowState>) -> Option<FlowState> {
        let before = Self::read(stored);
        let plain = Self { language: before.language.clone(), ..self.clone() };
        (plain != before || (stored.is_some() && *self != before)).then(|| self.written())
    }

    /// What is known of a field.
    pub fn known(&self, name: &str) -> Option<&Known> {
        self.known.iter().find(|known| known.name == name)
    }

    /// What is known of a kind of field, whatever its name.
    pub fn known_as(&self, field_type: FieldType) -> Option<&Known> {
        self.known.iter().find(|known| known.field_type == field_type)
    }

    /// Keeps a value, in place of an earlier one. Says whether there was a different one.
    pub fn keep(&mut self, new: Known) -> bool {
        match self.known.iter_mut().find(|known| known.name == new.name) {
            Some(known) => {
                let changed = known.value != new.value;
                *known = new;
                changed
            }
            None => {
                self.known.push(new);
                false
            }
        }
    }

    /// Forgets what is known of a field. Says whether anything was.
    pub fn forget(&mut self, name: &str) -> bool {
        let before = self.known.len();
        self.known.retain(|known| known.name != name);
        self.known.len() < before
    }

    /// The id of the next flow.
    pub fn next_id(&mut self) -> u32 {
        self.flows += 1;
        self.flows
    }

    /// Ends the open flow; the one that was set aside goes on.
    pub fn close(&mut self) {
        self.open = self.aside.take();
        if let Some(flow) = &mut self.open {
            flow.step_on();
        }
    }

    /// Opens a flow; the present one waits for its end. Of two that wait the older is dropped.
    pub fn open_flow(&mut self, flow: Flow) {
        if let Some(present) = self.open.replace(flow) {
            self.aside = Some(present);
        }
    }
}
