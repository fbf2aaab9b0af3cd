//! Times in words.

use axum::Json as Body;
use jiff::Timestamp;
use robofy_booking::Zone;
use robofy_when::{Candidate, Language, Reference, resolve};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::making::zone;
use crate::ApiError;
use crate::auth::{Auth, Bookings, Read};
use crate::check::Checks;
use crate::envelope::{Success, ok};
use crate::extract::Json;

/// The longest text, in characters.
const TEXT: usize = 1_000;
/// The longest language tag, in characters.
const LANGUAGE: usize = 35;

/// A text that may name a time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WordsIn {
    /// The text.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", examples("next Tuesday afternoon"))]
    text: String,
    /// Its BCP 47 language tag, which also says how dates are written in numbers; none = `en-GB`. Words are known of
    /// English; of Spanish, French, German, Portuguese, Italian and Dutch dates and times in numbers.
    #[schema(max_length = 35, examples("en-GB"))]
    language: Option<String>,
    /// The IANA zone of whoever says it; none = UTC.
    #[schema(format = "time-zone", examples("Europe/Berlin"))]
    timezone: Option<String>,
    /// The moment in which it is said, in RFC 3339; none = now.
    #[schema(value_type = Option<String>, format = "date-time", examples("2026-03-27T10:00:00+01:00"))]
    reference: Option<String>,
}

/// What a text may mean.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WordsOut {
    /// The times, the likeliest first; empty when the text names none.
    candidates: Vec<CandidateOut>,
}

/// A time that a text may mean.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CandidateOut {
    /// When it begins.
    #[schema(format = "date-time")]
    start: String,
    /// When it ends.
    #[schema(format = "date-time")]
    end: String,
    /// `minute`, `part` (of a day), `day` or `range`.
    #[schema(examples("part"))]
    granularity: &'static str,
    /// The words of the text that say it.
    text: String,
}

impl CandidateOut {
    fn of(candidate: &Candidate, text: &str, zone: &Zone) -> Self {
        Self {
            start: zone.rfc3339(candidate.start),
            end: zone.rfc3339(candidate.end),
            granularity: candidate.granularity.name(),
            text: text.get(candidate.range.clone()).unwrap_or_default().to_owned(),
        }
    }
}

/// Resolve a time in words
///
/// The times that a text may mean, counted from `reference` in `timezone`. "Next Tuesday" is the Tuesday of next week.
#[utoipa::path(
    post, path = "/v1/booking/resolve_time", tag = "Bookings",
    security(("apiKey" = ["bookings:read"]), ("session" = [], "csrf" = [])),
    request_body = WordsIn,
    responses((status = 200, description = "What it may mean.", body = Success<WordsOut>)),
)]
pub(super) async fn resolve_time(
    Auth { op, .. }: Auth<Read<Bookings>>,
    Json(asked): Json<WordsIn>,
) -> Result<Body<Success<WordsOut>>, ApiError> {
    let tag = asked.language.as_deref().unwrap_or("en-GB");
    let language = Language::of(tag);
    let reference = asked.reference.as_deref().map(str::parse::<Timestamp>);
    let mut checks = Checks::default();
    checks.filled("text", Some(&asked.text), TEXT);
    checks.short("language", asked.language.as_deref(), LANGUAGE);
    if language.is_none() {
        checks.wrong(
            "language",
            "invalid",
            "must be one of en, es, fr, de, pt, it, nl, with or without a region",
        );
    }
    if matches!(reference, Some(Err(_))) {
        checks.wrong("reference", "invalid", "must be RFC 3339, such as 2026-03-27T10:00:00+01:00");
    }
    checks.done()?;
    let zone = zone(asked.timezone.as_deref())?.unwrap_or(Zone::UTC);
    let language = language.unwrap_or(Language::English);
    let now = match reference {
        Some(Ok(moment)) => robofy_kernel::Timestamp::from_micros(moment.as_microsecond()),
        Some(Err(_)) | None => op.now(),
    };
    let reference = Reference::new(now, zone.clone(), language.order(tag));
    let found = resolve(&asked.text, language.grammar(), &reference);
    let candidates = found.iter().map(|candidate| CandidateOut::of(candidate, &asked.text, &zone)).collect();
    Ok(ok(WordsOut { candidates }))
}
