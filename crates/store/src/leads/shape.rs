//! What leads look like.

use robofy_kernel::{ChatbotId, Environment, LeadId, MessageId, SessionId, SessionKey, Timestamp, text_enum};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use crate::chat::Channel;

text_enum! {
    /// What has become of a lead.
    pub enum LeadStatus {
        /// Nobody has done anything yet.
        New = "new",
        /// Somebody got in touch.
        Contacted = "contacted",
        /// It may become business.
        Qualified = "qualified",
        /// It did.
        Won = "won",
        /// It did not.
        Lost = "lost",
    }
}

text_enum! {
    /// How a lead came in first.
    pub enum LeadSource {
        /// In conversation on the web.
        Chat = "chat",
        /// By a form that a visitor sent.
        Form = "form",
        /// In conversation on WhatsApp.
        Whatsapp = "whatsapp",
        /// With a booking.
        Booking = "booking",
        /// The operator's servers made it.
        Api = "api",
    }
}

text_enum! {
    /// How a value stands to others of its field.
    pub enum Standing {
        /// It is the field's value.
        Counts = "counts",
        /// The latest that another session said, where that session's word does not replace the value that counts.
        Other = "other",
        /// Who said it has said another later, or has taken it back.
        Earlier = "earlier",
    }
}

/// A visitor's consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Which version of the consent text was shown; `None`: the form names none.
    pub version: Option<String>,
    /// Whether it was accepted.
    pub accepted: bool,
    /// The message that says so; `None` for a form.
    pub message_id: Option<MessageId>,
    /// When.
    pub at: Timestamp,
}

/// A lead.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Lead {
    /// Its id.
    pub lead_id: LeadId,
    /// The agent.
    pub chatbot_id: ChatbotId,
    /// Live or test.
    pub environment: Environment,
    /// Its e-mail address in the form that is compared.
    pub email_key: Option<String>,
    /// What has become of it.
    pub status: LeadStatus,
    /// Whether all that the form requires was given.
    pub complete: bool,
    /// How it came in first.
    pub source: LeadSource,
    /// The page on which it came in.
    pub page_url: Option<String>,
    /// The visitor's address on the network.
    pub ip_address: Option<String>,
    /// What was consented to.
    pub consent: Option<Json<Consent>>,
    /// The operator's labels.
    pub tags: Json<Vec<String>>,
    /// The operator's notes.
    pub notes: Json<Vec<String>>,
    /// The first session that it came in.
    pub session_id: Option<SessionId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Something that was said of a lead.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LeadValue {
    /// The lead.
    pub lead_id: LeadId,
    /// The form's field.
    pub field: String,
    /// The field's type when it was said.
    pub field_type: String,
    /// In its normal form.
    pub value: String,
    /// As it was said.
    pub raw: String,
    /// The message that it was said in; `None` for a form and for the operator's servers.
    pub message_id: Option<MessageId>,
    /// Its first byte in that message.
    #[sqlx(rename = "start_byte")]
    pub start: Option<i64>,
    /// The byte after its last.
    #[sqlx(rename = "end_byte")]
    pub end: Option<i64>,
    /// What validation said.
    pub valid: bool,
    /// What may have been meant.
    pub suggestion: Option<String>,
    /// The version of the consent text that had been accepted.
    pub consent_version: Option<String>,
    /// The session in which it was said; `None`: the operator's servers gave it.
    pub session_id: Option<SessionId>,
    /// Whether it is the field's value.
    pub standing: Standing,
    /// When it was said.
    pub created_at: Timestamp,
}

/// A lead with the values that count.
#[derive(Clone, Debug)]
pub struct LeadRow {
    /// The lead.
    pub lead: Lead,
    /// One value of each field that has one.
    pub values: Vec<LeadValue>,
}

/// A session's own lead: nothing in it comes from anybody else, so all of it may be shown to the visitor.
#[derive(Clone, Debug)]
pub struct SessionLead {
    /// The lead.
    pub lead_id: LeadId,
    /// The id that the visitor knows.
    pub told_id: LeadId,
    /// What was said in this session, the latest of each field.
    pub values: Vec<LeadValue>,
}

/// In which session a lead comes in.
#[derive(Clone, Debug)]
pub enum LeadSession {
    /// In none: the operator's servers know of it otherwise.
    None,
    /// In this one.
    Of(SessionKey),
    /// In the one of this name, which is made when nobody has spoken in it yet: a form may come before the first word.
    Named(Channel, SessionId),
}

/// Who gives the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giver {
    /// The visitor of the session. What other sessions said stays as it is.
    Visitor,
    /// The operator's servers, whose word replaces anybody's.
    Operator,
}

/// A value to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewValue {
    /// The form's field.
    pub field: String,
    /// Its type.
    pub field_type: String,
    /// In its normal form.
    pub value: String,
    /// As it was said.
    pub raw: String,
    /// The message that it was said in.
    pub message_id: Option<MessageId>,
    /// Its first byte in that message.
    pub start: Option<i64>,
    /// The byte after its last.
    pub end: Option<i64>,
    /// What validation said.
    pub valid: bool,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

/// What is to be stored of a lead.
#[derive(Clone, Debug)]
pub struct SaveLead {
    /// The agent.
    pub chatbot_id: ChatbotId,
    /// The session.
    pub session: LeadSession,
    /// Who gives the values.
    pub giver: Giver,
    /// How it comes in; of a lead that is there already the first stays.
    pub source: LeadSource,
    /// The page; `None` = the session's.
    pub page_url: Option<String>,
    /// The visitor's address on the network.
    pub ip_address: Option<String>,
    /// The e-mail address that decides whose lead it is, in the form that is compared; `None` when none was given now.
    pub email_key: Option<String>,
    /// Whether all that the form requires has been given.
    pub complete: bool,
    /// What was consented to.
    pub consent: Option<Consent>,
    /// What was said now.
    pub values: Vec<NewValue>,
    /// What the operator says of the lead.
    pub change: LeadChange,
}

/// What the operator changes; `None` = stays.
#[derive(Clone, Debug, Default)]
pub struct LeadChange {
    /// What has become of it.
    pub status: Option<LeadStatus>,
    /// Labels.
    pub tags: Option<Vec<String>>,
    /// Notes.
    pub notes: Option<Vec<String>>,
}

/// What came of saving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavedLead {
    /// The lead, for the operator and for what is stored beside it. A visitor who was told this one could find out
    /// whether an address had been known before.
    pub lead_id: LeadId,
    /// The id that the visitor may know; [`crate::Store::find_lead`] finds the lead by it.
    pub told_id: LeadId,
    /// Whether it was not there before.
    pub is_new: bool,
}
