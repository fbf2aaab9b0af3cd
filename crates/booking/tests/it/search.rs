//! What is free, what is refused and what is offered instead.

use robofy_booking::{Block, Refusal, Search, Window};
use serde_json::json;

use crate::{Scene, at, later, resource, resource_id, service, service_id};

/// Monday, 5 January 2026, from 9 to 17, in UTC.
const MONDAY: [&str; 2] = ["2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"];

fn monday(settings: serde_json::Value) -> Scene {
    let hours = json!({ "mon": [["09:00", "17:00"]] });
    Scene::new(service(settings), resource("UTC", hours), "2026-01-01T00:00:00Z")
}

#[test]
fn a_booking_takes_its_time_and_the_buffers_on_both_sides() {
    let mut scene = monday(json!({
        "duration_minutes": 30, "slot_step_minutes": 30, "buffer_before_minutes": 15, "buffer_after_minutes": 30,
    }));
    assert_eq!(scene.starts(MONDAY[0], MONDAY[1]).len(), 16);
    scene.book("2026-01-05T12:00:00Z", 1);
    // Its block is 11:45–13:00; that of a start at 11:00 would end at 12:00, that of 13:00 would begin at 12:45.
    let starts = scene.starts(MONDAY[0], MONDAY[1]);
    assert!(starts.contains(&"10:30".into()) && starts.contains(&"13:30".into()));
    for gone in ["11:00", "11:30", "12:00", "12:30", "13:00"] {
        assert!(!starts.contains(&gone.into()), "{gone} is offered");
    }
}

#[test]
fn seats_are_shared_by_the_same_start_only() {
    let mut scene = monday(json!({ "seats": 4, "slot_step_minutes": 30 }));
    scene.book("2026-01-05T10:00:00Z", 2);
    scene.book("2026-01-05T10:00:00Z", 1);
    let slots = scene.slots(MONDAY[0], MONDAY[1]);
    let left = |time: &str| slots.iter().find(|slot| slot.start == at(time)).map(|slot| slot.seats_left);
    assert_eq!(left("2026-01-05T10:00:00Z"), Some(1));
    assert_eq!(left("2026-01-05T09:00:00Z"), Some(4));
    assert_eq!(left("2026-01-05T09:30:00Z"), None);
    assert_eq!(left("2026-01-05T10:30:00Z"), None);
    assert_eq!(left("2026-01-05T11:00:00Z"), Some(4));
    scene.book("2026-01-05T10:00:00Z", 1);
    assert!(!scene.starts(MONDAY[0], MONDAY[1]).contains(&"10:00".into()));
}

#[test]
fn another_service_on_the_same_resource_is_never_shared_with() {
    let mut scene = monday(json!({ "seats": 4 }));
    let start = at("2026-01-05T10:00:00Z");
    scene.taken = vec![Block::new(service_id(2), scene.service.timing(), resource_id(1), start, 1)];
    assert!(!scene.starts(MONDAY[0], MONDAY[1]).contains(&"10:00".into()));
    // The same time of another resource is no matter.
    scene.taken = vec![Block::new(service_id(2), scene.service.timing(), resource_id(2), start, 1)];
    assert!(scene.starts(MONDAY[0], MONDAY[1]).contains(&"10:00".into()));
}

#[test]
fn seats_sold_before_the_service_was_changed_are_not_shared_with() {
    let mut scene = monday(json!({ "seats": 4 }));
    scene.book("2026-01-05T10:00:00Z", 1);
    scene.service = service(json!({ "seats": 4, "duration_minutes": 45, "slot_step_minutes": 60 }));
    assert!(!scene.starts(MONDAY[0], MONDAY[1]).contains(&"10:00".into()));
}

#[test]
fn several_seats_are_found_where_they_are_together() {
    let mut scene = monday(json!({ "seats": 3 }));
    scene.book("2026-01-05T10:00:00Z", 2);
    let count = |seats| {
        scene.searching(|search| {
            Search { seats, ..*search }.free(Window { from: at(MONDAY[0]), until: at(MONDAY[1]) }).len()
        })
    };
    assert_eq!([count(0), count(1), count(2), count(3), count(4)], [8, 8, 7, 7, 0]);
}

#[test]
fn notice_and_horizon_bound_what_can_be_booked() {
    let mut scene = monday(json!({ "min_notice_minutes": 120, "horizon_days": 7 }));
    let refusal = |scene: &Scene, start: &str| scene.searching(|search| search.at(at(start), None)).err();
    scene.now = at("2026-01-05T08:00:00Z");
    assert_eq!(scene.starts(MONDAY[0], MONDAY[1]).first().unwrap(), "10:00");
    assert_eq!(refusal(&scene, "2026-01-05T09:00:00Z"), Some(Refusal::TooSoon));
    assert_eq!(refusal(&scene, "2026-01-05T10:00:00Z"), None);
    scene.now = at("2026-01-05T08:00:00.000001Z");
    assert_eq!(refusal(&scene, "2026-01-05T10:00:00Z"), Some(Refusal::TooSoon));
    scene.now = at("2026-01-05T10:00:00Z");
    assert_eq!(refusal(&scene, "2026-01-12T10:00:00Z"), None);
    assert_eq!(refusal(&scene, "2026-01-12T11:00:00Z"), Some(Refusal::TooLate));
    assert_eq!(scene.slots("2026-01-12T00:00:00Z", "2026-02-12T00:00:00Z").len(), 2);
}

#[test]
fn a_start_that_is_no_slot_is_refused_and_told_from_one_that_is_taken() {
    let mut scene = monday(json!({}));
    scene.book("2026-01-05T10:00:00Z", 1);
    let outcome = |start: &str| scene.searching(|search| search.at(at(start), Some(resource_id(1))));
    assert_eq!(outcome("2026-01-05T10:00:00Z"), Err(Refusal::Taken));
    for closed in
        ["2026-01-05T08:00:00Z", "2026-01-05T09:30:00Z", "2026-01-05T16:30:00Z", "2026-01-06T09:00:00Z"]
    {
        assert_eq!(outcome(closed), Err(Refusal::Closed), "{closed}");
    }
    assert_eq!(outcome("2026-01-05T11:00:00Z").unwrap()[0].end, at("2026-01-05T12:00:00Z"));
    let other = scene.searching(|search| search.at(at("2026-01-05T11:00:00Z"), Some(resource_id(2))));
    assert_eq!(other, Err(Refusal::Closed));
}

#[test]
fn what_is_switched_off_has_no_slots() {
    let mut scene = monday(json!({ "enabled": false }));
    assert!(scene.slots(MONDAY[0], MONDAY[1]).is_empty());
    scene.service = service(json!({}));
    let off = json!({ "name": "Maria", "timezone": "UTC", "hours": { "mon": [["09:00", "17:00"]] }, "enabled": false });
    scene.resource = serde_json::from_value(off).unwrap();
    assert!(scene.slots(MONDAY[0], MONDAY[1]).is_empty());
}

#[test]
fn slots_of_several_resources_ascend_and_keep_the_services_order() {
    let service = service(json!({ "resource_ids": [resource_id(2), resource_id(1), resource_id(9)] }));
    let early = resource("UTC", json!({ "mon": [["09:00", "11:00"]] }));
    let late = resource("UTC", json!({ "mon": [["10:00", "12:00"]] }));
    let search = Search {
        service_id: service_id(1),
        service: &service,
        resources: &[(resource_id(1), &early), (resource_id(2), &late), (resource_id(3), &late)],
        taken: &[],
        now: at("2026-01-01T00:00:00Z"),
        seats: 1,
    };
    let slots = search.free(Window { from: at(MONDAY[0]), until: at(MONDAY[1]) });
    let found: Vec<_> =
        slots.iter().map(|slot| (&slot.start.rfc3339()[11..13] == "10", slot.resource)).collect();
    let [first, second] = [resource_id(1), resource_id(2)];
    assert_eq!(found, [(false, first), (true, second), (true, first), (false, second)]);
    let both = search.at(at("2026-01-05T10:00:00Z"), None).unwrap();
    assert_eq!([both[0].resource, both[1].resource], [second, first]);
}

#[test]
fn the_nearest_slots_are_offered_instead() {
    let mut scene = monday(json!({}));
    scene.book("2026-01-05T12:00:00Z", 1);
    let wished = at("2026-01-05T12:00:00Z");
    let offered = scene.searching(|search| {
        let windows = search.around(wished);
        search.nearest(wished, Some(resource_id(1)), windows[0], 5)
    });
    let hours: Vec<_> = offered.iter().map(|slot| slot.start.rfc3339()[11..16].to_owned()).collect();
    assert_eq!(hours, ["09:00", "10:00", "11:00", "13:00", "14:00"]);
}

#[test]
fn the_wished_resource_comes_first_at_the_same_distance() {
    let service = service(json!({ "resource_ids": [resource_id(1), resource_id(2)] }));
    let one = resource("UTC", json!({ "mon": [["09:00", "12:00"]] }));
    let wished = at("2026-01-05T10:00:00Z");
    let taken = [Block::new(service_id(1), service.timing(), resource_id(2), wished, 1)];
    let search = Search {
        service_id: service_id(1),
        service: &service,
        resources: &[(resource_id(1), &one), (resource_id(2), &one)],
        taken: &taken,
        now: at("2026-01-01T00:00:00Z"),
        seats: 1,
    };
    let window = *search.around(wished).last().unwrap();
    let offered = search.nearest(wished, Some(resource_id(2)), window, 3);
    let found: Vec<_> = offered.iter().map(|slot| slot.resource).collect();
    assert_eq!(found, [resource_id(2), resource_id(1), resource_id(2)]);
}

#[test]
fn windows_around_a_wish_grow_until_all_that_can_be_booked() {
    let scene = monday(json!({ "horizon_days": 60 }));
    for wished in ["2025-12-01T00:00:00Z", "2026-01-20T00:00:00Z", "2027-01-01T00:00:00Z"] {
        let windows = scene.searching(|search| search.around(at(wished)));
        let all = scene.service.timing().bookable(scene.now);
        assert_eq!(windows.last(), Some(&all), "{wished}");
        assert!(!windows[0].is_empty());
        assert!(
            windows.windows(2).all(|pair| pair[0].from >= pair[1].from && pair[0].until <= pair[1].until)
        );
    }
}

#[test]
fn a_visitor_may_cancel_until_the_notice() {
    let service = service(json!({ "cancel_notice_minutes": 60 }));
    let start = at("2026-01-05T10:00:00Z");
    assert!(service.timing().may_cancel(start, at("2026-01-05T09:00:00Z")));
    assert!(!service.timing().may_cancel(start, at("2026-01-05T09:00:00.000001Z")));
    assert_eq!(service.timing().cancellable_until(start), later(start, -60));
}
