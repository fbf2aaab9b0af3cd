//! The kernel: what every room of the house shares, and no I/O at all.
//!
//! Ids, time, randomness, sealed secrets, scopes, paging, the error catalogue, the operation context, and the one
//! home of background tasks. Everything that is not deterministic (clock, randomness) comes in from outside, so
//! tests can set it.

mod macros;

pub mod api_key;
pub mod clock;
pub mod codes;
pub mod country;
pub mod error;
pub mod field;
pub mod ids;
pub mod mistakes;
pub mod op;
pub mod page;
pub mod right_of_way;
pub mod scope;
pub mod secret;
pub mod tasks;

pub use api_key::{ApiKey, ApiKeyHash, ApiKeyParts};
pub use clock::{Clock, Stopwatch, Timestamp};
pub use codes::{AccessType, Code, Kept, ThemeMode, whole_float, whole_number};
pub use country::is_country;
pub use error::{ErrorCode, FieldError};
pub use field::FieldType;
pub use ids::{
    AccountId, AssetId, BookingId, ChatbotId, HoldId, Ids, JobId, KeyId, LeadId, LeadValueId, LinkageId,
    MessageId, ProjectId, QaId, QuestionId, ResourceId, RunId, ServiceId, SessionId, SessionKey, SiteId,
    TabId, UserId,
};
pub use mistakes::{Checks, Mistakes};
pub use op::{Caller, Environment, IdempotencyKey, Op, Role};
pub use page::{Page, PageRequest};
pub use right_of_way::{Going, RightOfWay};
pub use scope::{Area, Scope, Scopes};
pub use secret::{MasterKey, SealError, Sealed};
pub use tasks::Tasks;
