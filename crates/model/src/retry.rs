//! When an endpoint is asked again.

use std::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;
use jiff::fmt::rfc2822;
use robofy_kernel::{Clock, Ids, Timestamp};

use crate::ModelError;
use crate::config::ModelsConfig;

/// The longest pause of our own.
const LONGEST: Duration = Duration::from_secs(4);

/// How long to pause before the attempt that follows the `attempt`-th, which failed; `None` when there is none.
///
/// The pause is drawn evenly from zero to a bound that doubles ("full jitter"), so that a thousand visitors whose
/// requests failed together do not come back together. When the endpoint has said how long to wait, that is the least.
pub(crate) fn pause(
    config: &ModelsConfig,
    ids: &Ids,
    error: &ModelError,
    attempt: u32,
    asked: Option<Duration>,
    left: Duration,
) -> Option<Duration> {
    if !error.is_passing() || attempt >= config.attempts {
        return None;
    }
    let doubled =
        config.pause.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
    let share = f64::from(u32::from_le_bytes(ids.bytes())) / f64::from(u32::MAX);
    let drawn = doubled.min(LONGEST).mul_f64(share);
    let pause = match asked {
        Some(asked) if asked > config.retry_after => return None,
        Some(asked) => asked + drawn.min(asked),
        None => drawn,
    };
    (pause < left).then_some(pause)
}

/// How long the endpoint asks to be left alone: `retry-after-ms` as OpenAI sends it, or `Retry-After` in seconds or as a
/// date (RFC 9110, 10.2.3).
pub(crate) fn asked(headers: &HeaderMap, clock: &Clock) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(millis) = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(millis / 1000.0).ok();
    }
    let after = text(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = after.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = rfc2822::DateTimeParser::new().parse_timestamp(after).ok()?;
    Some(Timestamp::from_micros(date.as_microsecond()).since(clock.now()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> ModelsConfig {
        ModelsConfig { attempts: 10, ..ModelsConfig::default() }
    }

    const ALL: Duration = Duration::from_secs(30);

    #[test]
    fn pauses_are_drawn_below_a_bound_that_doubles() {
        let ids = Ids::seeded(1);
        let draw = |attempt| pause(&config(), &ids, &ModelError::Cut, attempt, None, ALL).unwrap();
        for (attempt, bound) in [(1, 400), (2, 800), (3, 1600), (5, 4000), (9, 4000)] {
            let drawn: Vec<_> = (0..200).map(|_| draw(attempt)).collect();
            let bound = Duration::from_millis(bound);
            assert!(drawn.iter().all(|pause| *pause <= bound));
            assert!(
                drawn.iter().any(|pause| *pause < bound / 4)
                    && drawn.iter().any(|pause| *pause > bound * 3 / 4)
            );
        }
    }

    #[test]
    fn some_errors_and_some_moments_are_final() {
        let ids = Ids::seeded(1);
        let again =
            |error: ModelError, attempt, asked, left| pause(&config(), &ids, &error, attempt, asked, left);
        let refused = |status| ModelError::Refused { status, detail: String::new() };
        assert!(again(refused(401), 1, None, ALL).is_none());
        assert!(again(refused(408), 1, None, ALL).is_some());
        assert!(again(ModelError::Cut, 10, None, ALL).is_none());
        assert!(again(ModelError::Cut, 1, None, Duration::ZERO).is_none());
        let busy = || ModelError::Busy { retry_after: None };
        assert!(again(busy(), 1, Some(Duration::from_secs(2)), ALL).unwrap() >= Duration::from_secs(2));
        assert!(again(busy(), 1, Some(Duration::from_secs(6)), ALL).is_none());
        assert!(again(busy(), 1, Some(Duration::from_secs(2)), Duration::from_secs(1)).is_none());
    }

    #[test]
    fn reads_every_form_of_retry_after() {
        let clock = Clock::manual(Timestamp::from_seconds(784_111_777)); // Sun, 06 Nov 1994 08:49:37 GMT
        let read = |name: &'static str, value: &'static str| {
            asked(&HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]), &clock)
        };
        assert_eq!(read("retry-after", "3"), Some(Duration::from_secs(3)));
        assert_eq!(read("retry-after-ms", "1500"), Some(Duration::from_millis(1500)));
        assert_eq!(read("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT"), Some(Duration::from_secs(3)));
        assert_eq!(read("retry-after", "Sun, 06 Nov 1994 08:49:30 GMT"), Some(Duration::ZERO));
        for nonsense in ["-3", "soon", "NaN", "1e400", ""] {
            assert_eq!(read("retry-after", nonsense), None, "{nonsense}");
        }
    }
}
