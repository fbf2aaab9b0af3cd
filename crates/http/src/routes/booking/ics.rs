//! A booking as an iCalendar file.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use robofy_booking::Invitation;
use robofy_store::booking::Booking;

use crate::auth::{Bookings, InProject, Read};
use crate::{ApiError, App};

/// Retrieve a booking as iCalendar
///
/// A file for calendars (RFC 5545). Its `UID` stays when the booking is moved, and its `SEQUENCE` grows.
#[utoipa::path(
    get, path = "/v1/booking/bookings/{projectId}/{bookingId}/ics", tag = "Bookings",
    security(("apiKey" = ["bookings:read"]), ("session" = [])),
    params(
        ("projectId" = i64, Path, description = "The project's id.", minimum = 1, maximum = 9_007_199_254_740_991_i64),
        ("bookingId" = String, Path, description = "The booking's id."),
    ),
    responses((status = 200, description = "The file.", body = String, content_type = "text/calendar")),
)]
pub(super) async fn booking_ics(
    State(app): State<App>,
    InProject { resource: booking, op, .. }: InProject<Read<Bookings>, Booking>,
) -> Result<Response, ApiError> {
    file(&app, op.account, &booking).await
}

/// The file as a response.
pub(super) async fn file(
    app: &App,
    account: robofy_kernel::AccountId,
    booking: &Booking,
) -> Result<Response, ApiError> {
    let service = app.store().find_service(account, booking.service_id).await?;
    let resource = app.store().find_resource(account, booking.resource_id).await?;
    let (Some(service), Some(resource)) = (service, resource) else {
        return Err(ApiError::internal("a booking's service or resource is gone"));
    };
    let (service, resource) = (service.settings.settings(), resource.settings.settings());
    let summary = format!("{} – {}", service.name, resource.name);
    let invitation = Invitation {
        booking: booking.booking_id,
        sequence: u32::try_from(booking.sequence).unwrap_or(u32::MAX),
        status: booking.status,
        created: booking.created_at,
        changed: booking.updated_at,
        start: booking.start_at,
        end: booking.end_at,
        summary: &summary,
        description: service.description.as_deref().unwrap_or_default(),
        location: service.location.as_deref().unwrap_or_default(),
        organizer: None,
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"booking.ics\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, invitation.ics()).into_response())
}
