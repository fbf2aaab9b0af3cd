//! Booking: services and resources, free slots, holds and bookings.
//!
//! Servers and people reach everything of a project below `/v1/booking/`; a visitor reaches what is their own
//! session's below `/v1/ai-agent/chat/booking/`. Both make, move and call off through [`making`].

mod bookings;
mod holds;
mod ics;
mod lead;
mod making;
mod manage;
mod merge;
mod order;
mod resources;
mod schema;
mod services;
mod shape;
mod slots;
mod visitor;
mod words;

use utoipa_axum::routes;

use super::Group;

pub(super) fn group() -> Group {
    vec![
        routes!(services::list_services, services::create_service),
        routes!(services::get_service, services::update_service, services::delete_service),
        routes!(resources::list_resources, resources::create_resource),
        routes!(resources::get_resource, resources::update_resource, resources::delete_resource),
        routes!(slots::list_slots),
        routes!(holds::create_hold),
        routes!(holds::release_hold),
        routes!(bookings::list_bookings, bookings::create_booking),
        routes!(bookings::get_booking, bookings::update_booking, bookings::cancel_booking),
        routes!(ics::booking_ics),
        routes!(words::resolve_time),
    ]
}

pub(super) fn visitor_group() -> Group {
    vec![
        routes!(visitor::visitor_services),
        routes!(visitor::visitor_slots),
        routes!(visitor::visitor_hold),
        routes!(visitor::visitor_release),
        routes!(visitor::visitor_bookings, visitor::visitor_book),
        routes!(visitor::visitor_booking, visitor::visitor_move, visitor::visitor_cancel),
        routes!(visitor::visitor_ics),
    ]
}
