//! Manage tokens: each opens one booking, without the session in which it was made.
//!
//! A token is made of the booking's id and environment under the master key, so it is not stored, is the same whenever it
//! is shown, and outlasts a change of time. It opens nothing once the booking has ended.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use robofy_kernel::Timestamp;
use robofy_store::booking::Booking;
use subtle::ConstantTimeEq as _;

use crate::App;

const HEADER: &str = "x-manage-token";

/// The booking's token; `None` when it has ended.
pub(super) fn token(app: &App, booking: &Booking, now: Timestamp) -> Option<String> {
    let runs = booking.status.is_open() && now < booking.end_at;
    runs.then(|| {
        let key = app.store().master_key();
        let parts = [booking.environment.as_str().as_bytes(), booking.booking_id.0.as_bytes()];
        URL_SAFE_NO_PAD.encode(key.fingerprint("manage token of a booking", &parts))
    })
}

/// Whether the request shows the booking's token.
pub(super) fn opens(app: &App, booking: &Booking, now: Timestamp, headers: &HeaderMap) -> bool {
    match (token(app, booking, now), headers.get(HEADER)) {
        (Some(token), Some(shown)) => token.as_bytes().ct_eq(shown.as_bytes()).into(),
        (Some(_) | None, _) => false,
    }
}
