//! Rate limits: buckets that leak by the injected clock, one for each key.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use robofy_kernel::{ErrorCode, Timestamp};
use sha2::{Digest, Sha256};

use crate::ApiError;

/// So many buckets are looked through for full ones before another is made.
const SWEEP_AT: usize = 10_000;

/// Lets each key do `quota` things, and then one more every `window / quota`.
#[derive(Debug)]
pub struct Limit {
    name: &'static str,
    quota: u32,
    window: u32,
    buckets: Mutex<Buckets>,
}

#[derive(Debug, Default)]
struct Buckets {
    /// Until when each bucket is not empty: a key is a fingerprint, so that no session id lies about in memory.
    until: HashMap<[u8; 16], i64>,
    sweep_at: usize,
}

/// What a key has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    name: &'static str,
    quota: u32,
    window: u32,
    remaining: u32,
    /// Seconds until there is more, at least 1 when nothing remains.
    wait: u32,
}

impl Limit {
    /// `quota` things in `window` seconds.
    #[must_use]
    pub fn new(name: &'static str, quota: u32, window: u32) -> Self {
        Self { name, quota, window, buckets: Mutex::default() }
    }

    /// Takes one; the error is the 429 with its headers.
    ///
    /// # Errors
    /// 429 when nothing is left.
    pub fn take(&self, key: &str, now: Timestamp) -> Result<Left, ApiError> {
        let step = self.step();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now.micros();
        buckets.sweep(now);
        let until = buckets.until.entry(fingerprint(key)).or_insert(now);
        let filled = (*until).max(now);
        if filled.saturating_add(step) > now.saturating_add(self.span()) {
            return Err(self.left(filled, now).refusal());
        }
        *until = filled + step;
        let until = *until;
        Ok(self.left(until, now))
    }

    /// Gives one back that was taken for nothing.
    pub fn give_back(&self, key: &str) {
        let step = self.step();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = buckets.until.get_mut(&fingerprint(key)) {
            *until = until.saturating_sub(step);
        }
    }

    /// Looks without taking.
    ///
    /// # Errors
    /// 429 when nothing is left.
    pub fn check(&self, key: &str, now: Timestamp) -> Result<Left, ApiError> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now.micros();
        let until = buckets.until.get(&fingerprint(key)).copied().unwrap_or(now).max(now);
        let left = self.left(until, now);
        if left.remaining == 0 { Err(left.refusal()) } else { Ok(left) }
    }

    fn step(&self) -> i64 {
        self.span() / i64::from(self.quota.max(1))
    }

    fn span(&self) -> i64 {
        i64::from(self.window) * 1_000_000
    }

    fn left(&self, until: i64, now: i64) -> Left {
        let step = self.step().max(1);
        let free = (now + self.span() - until).max(0);
        let remaining = u32::try_from(free / step).unwrap_or(0).min(self.quota);
        let wait = if remaining == 0 { step - free } else { until - now };
        let wait = u32::try_from((wait + 999_999) / 1_000_000).unwrap_or(u32::MAX);
        let wait = if remaining == 0 { wait.max(1) } else { wait };
        Left { name: self.name, quota: self.quota, window: self.window, remaining, wait }
    }
}

impl Buckets {
    /// Forgets empty buckets, each time their number has doubled.
    fn sweep(&mut self, now: i64) {
        if self.until.len() < self.sweep_at.max(SWEEP_AT) {
            return;
        }
        self.until.retain(|_, until| *until > now);
        self.sweep_at = self.until.len() * 2;
    }
}

fn fingerprint(key: &str) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&Sha256::digest(key.as_bytes())[..16]);
    short
}

impl Left {
    fn headers(self) -> [(HeaderName, String); 2] {
        // draft-ietf-httpapi-ratelimit-headers
        [
            (
                HeaderName::from_static("ratelimit-policy"),
                format!("\"{}\";q={};w={}", self.name, self.quota, self.window),
            ),
            (
                HeaderName::from_static("ratelimit"),
                format!("\"{}\";r={};t={}", self.name, self.remaining, self.wait),
            ),
        ]
    }

    /// Tells a client what is left.
    pub fn tell(self, response: &mut Response) {
        for (name, value) in self.headers() {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
    }

    fn refusal(self) -> ApiError {
        let mut error = too_many(self.wait);
        for (name, value) in self.headers() {
            if let Ok(value) = HeaderValue::from_str(&value) {
                error = error.with_header(name, value);
            }
        }
        error
    }
}

/// 429 for who comes again too soon, by `wait` seconds.
pub(crate) fn too_many(wait: u32) -> ApiError {
    ApiError::new(ErrorCode::RateLimited, format!("Too many requests. Try again in {wait} s."))
        .with_header(header::RETRY_AFTER, HeaderValue::from(wait))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bucket_runs_full_and_leaks() {
        let limit = Limit::new("session", 30, 60);
        let start = Timestamp::from_seconds(1_000);
        for n in 0..30 {
            assert_eq!(limit.take("a", start).unwrap().remaining, 29 - n);
        }
        assert_eq!(limit.take("a", start).unwrap_err().code(), ErrorCode::RateLimited);
        assert!(limit.check("a", start).is_err() && limit.check("b", start).is_ok());
        limit.take("b", start).unwrap();
        let later = start.after(Duration::from_secs(2));
        limit.take("a", later).unwrap();
        assert!(limit.take("a", later).is_err());
        limit.give_back("a");
        limit.take("a", later).unwrap();
        assert!(limit.take("a", later).is_err());
        assert_eq!(limit.take("a", start.after(Duration::from_secs(600))).unwrap().remaining, 29);
    }
}
