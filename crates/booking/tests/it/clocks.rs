//! Slots where clocks are set, days are odd, and places differ.

use robofy_booking::{Window, Zone};
use serde_json::json;

use crate::{Scene, at, clock, resource, service, with_overrides};

/// A scene with slots of an hour and the same range on every day.
fn daily(zone: &str, range: [&str; 2], now: &str) -> Scene {
    let day = json!([range]);
    let hours = json!({ "mon": day, "tue": day, "wed": day, "thu": day, "fri": day, "sat": day, "sun": day });
    Scene::new(service(json!({})), resource(zone, hours), now)
}

#[test]
fn steps_count_elapsed_time_over_the_hour_that_is_left_out() {
    // Berlin, 29 March 2026: 02:00 becomes 03:00.
    let scene = daily("Europe/Berlin", ["00:00", "05:00"], "2026-03-01T00:00:00Z");
    let starts = scene.starts("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    assert_eq!(starts, ["00:00", "01:00", "03:00", "04:00"]);
}

#[test]
fn an_hour_that_comes_twice_is_open_twice() {
    // Berlin, 25 October 2026: 03:00 becomes 02:00.
    let scene = daily("Europe/Berlin", ["00:00", "04:00"], "2026-10-01T00:00:00Z");
    let slots = scene.slots("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    assert_eq!(slots.len(), 5);
    assert!(slots.windows(2).all(|pair| pair[0].end == pair[1].start));
    let zone = Zone::named("Europe/Berlin").unwrap();
    let face = zone.clockface(at("2026-10-24T00:00:00Z"), at("2026-10-26T00:00:00Z"));
    let written: Vec<String> = slots.iter().map(|slot| face.rfc3339(slot.start)).collect();
    assert_eq!(
        written,
        [
            "2026-10-25T00:00:00+02:00",
            "2026-10-25T01:00:00+02:00",
            "2026-10-25T02:00:00+02:00",
            "2026-10-25T02:00:00+01:00",
            "2026-10-25T03:00:00+01:00",
        ]
    );
    assert_eq!(written, slots.iter().map(|slot| zone.rfc3339(slot.start)).collect::<Vec<_>>());
}

#[test]
fn what_opens_in_the_hour_that_is_left_out_opens_when_the_clocks_are_set() {
    let scene = daily("Europe/Berlin", ["02:30", "05:00"], "2026-03-01T00:00:00Z");
    assert_eq!(scene.starts("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), ["03:00", "04:00"]);
    let scene = daily("Europe/Berlin", ["00:00", "02:30"], "2026-03-01T00:00:00Z");
    assert_eq!(scene.starts("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), ["00:00", "01:00"]);
    // All of it is left out.
    let scene = daily("Europe/Berlin", ["02:00", "03:00"], "2026-03-01T00:00:00Z");
    assert_eq!(scene.starts("2026-03-28T23:00:00Z", "2026-03-30T22:00:00Z"), ["02:00"]);
}

#[test]
fn what_opens_in_the_hour_that_comes_twice_opens_the_first_time() {
    let scene = daily("Europe/Berlin", ["02:30", "03:30"], "2026-10-01T00:00:00Z");
    let slots = scene.slots("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    let starts: Vec<String> = slots.iter().map(|slot| slot.start.rfc3339()).collect();
    assert_eq!(starts, ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]);
}

#[test]
fn half_an_hour_is_left_out_on_lord_howe() {
    // 4 October 2026: 02:00 becomes 02:30.
    let scene = daily("Australia/Lord_Howe", ["01:00", "05:00"], "2026-10-01T00:00:00Z");
    assert_eq!(scene.starts("2026-10-03T13:00:00Z", "2026-10-04T13:00:00Z"), ["01:00", "02:30", "03:30"]);
}

#[test]
fn a_day_begins_at_one_where_midnight_is_left_out() {
    // São Paulo, 4 November 2018: 00:00 becomes 01:00.
    let scene = daily("America/Sao_Paulo", ["00:00", "24:00"], "2018-11-01T00:00:00Z");
    let window =
        Window::read("2018-11-04", "2018-11-05", &Zone::named("America/Sao_Paulo").unwrap()).unwrap();
    let slots = scene.searching(|search| search.free(window));
    assert_eq!(slots.len(), 23);
    assert_eq!(clock(scene.resource.schedule().zone(), slots[0].start), "01:00");
}

#[test]
fn a_day_that_a_place_left_out_has_no_slots() {
    // Apia went from 29 to 31 December 2011.
    let scene = daily("Pacific/Apia", ["09:00", "11:00"], "2011-12-28T00:00:00Z");
    let zone = Zone::named("Pacific/Apia").unwrap();
    let days: Vec<String> = scene
        .slots("2011-12-29T10:00:00Z", "2012-01-01T10:00:00Z")
        .iter()
        .map(|slot| zone.wall(slot.start).strftime("%d %H").to_string())
        .collect();
    assert_eq!(days, ["29 09", "29 10", "31 09", "31 10", "01 09", "01 10"]);
}

#[test]
fn a_range_past_midnight_belongs_to_the_day_on_which_it_begins() {
    let hours = json!({ "fri": [["22:00", "02:00"]] });
    let scene = Scene::new(service(json!({})), resource("UTC", hours), "2026-01-01T00:00:00Z");
    assert_eq!(scene.starts("2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"), ["22:00", "23:00"]);
    assert_eq!(scene.starts("2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z"), ["00:00", "01:00"]);
    // Saturday is closed on that date, what began on Friday goes on.
    let hours = json!({ "fri": [["22:00", "02:00"]] });
    let closed = json!([{ "date": "2026-01-03", "ranges": [] }]);
    let scene = Scene::new(service(json!({})), with_overrides("UTC", hours, closed), "2026-01-01T00:00:00Z");
    assert_eq!(scene.starts("2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z"), ["00:00", "01:00"]);
}

#[test]
fn a_range_may_end_at_24_and_the_next_day_goes_on_with_its_own_steps() {
    let scene = daily("UTC", ["21:30", "24:00"], "2026-01-01T00:00:00Z");
    assert_eq!(scene.starts("2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"), ["21:30", "22:30"]);
    for whole in [["00:00", "24:00"], ["00:00", "00:00"]] {
        let scene = daily("UTC", whole, "2026-01-01T00:00:00Z");
        assert_eq!(scene.slots("2026-01-05T00:00:00Z", "2026-01-07T00:00:00Z").len(), 48);
    }
}

#[test]
fn months_end_and_leap_days_come() {
    let scene = daily("UTC", ["09:00", "10:00"], "2028-02-01T00:00:00Z");
    let days: Vec<String> = scene
        .slots("2028-02-28T00:00:00Z", "2028-03-02T00:00:00Z")
        .iter()
        .map(|slot| slot.start.rfc3339())
        .collect();
    assert_eq!(days, ["2028-02-28T09:00:00Z", "2028-02-29T09:00:00Z", "2028-03-01T09:00:00Z"]);
    let scene = daily("UTC", ["09:00", "10:00"], "2026-12-01T00:00:00Z");
    assert_eq!(scene.slots("2026-12-30T00:00:00Z", "2027-01-02T00:00:00Z").len(), 3);
}

#[test]
fn a_date_has_other_hours() {
    let overrides = json!([{ "date": "2026-12-24", "ranges": [["10:00", "12:00"]] }, { "date": "2026-12-25", "ranges": [] }]);
    let hours = json!({ "thu": [["08:00", "16:00"]], "fri": [["08:00", "16:00"]] });
    let scene =
        Scene::new(service(json!({})), with_overrides("UTC", hours, overrides), "2026-12-01T00:00:00Z");
    assert_eq!(scene.starts("2026-12-24T00:00:00Z", "2026-12-26T00:00:00Z"), ["10:00", "11:00"]);
}

#[test]
fn a_visitors_day_is_another_than_the_resources() {
    // Kathmandu is 5:45 ahead of UTC.
    let scene = daily("Asia/Kathmandu", ["00:00", "03:00"], "2026-06-01T00:00:00Z");
    let visitor = Zone::named("America/Los_Angeles").unwrap();
    let window = Window::read("2026-06-10", "2026-06-11", &visitor).unwrap();
    let slots = scene.searching(|search| search.free(window));
    let face = visitor.clockface(window.from, window.until);
    let written: Vec<String> = slots.iter().map(|slot| face.rfc3339(slot.start)).collect();
    assert_eq!(
        written,
        ["2026-06-10T11:15:00-07:00", "2026-06-10T12:15:00-07:00", "2026-06-10T13:15:00-07:00"]
    );
}
