//! Settings: defaults, what is refused and what is said about it.

use proptest::prelude::*;
use robofy_booking::{Mistakes, Resource, ResourceSettings, Service, ServiceSettings};
use serde_json::{Value, json};

use crate::resource_id;

fn of_service(change: Value) -> Vec<String> {
    let mut settings = json!({ "name": "Cut", "duration_minutes": 30, "resource_ids": [resource_id(1)] });
    settings.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let settings: ServiceSettings = serde_json::from_value(settings).unwrap();
    said(Service::try_from(settings).err())
}

fn of_resource(change: Value) -> Vec<String> {
    let mut settings = json!({ "name": "Maria", "timezone": "Europe/Berlin", "hours": {} });
    settings.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let settings: ResourceSettings = serde_json::from_value(settings).unwrap();
    said(Resource::try_from(settings).err())
}

fn said(mistakes: Option<Mistakes>) -> Vec<String> {
    let list = mistakes.map(|mistakes| mistakes.0).unwrap_or_default();
    list.into_iter().map(|mistake| format!("{} {}", mistake.field, mistake.detail)).collect()
}

#[test]
fn a_service_has_the_defaults_of_the_contract() {
    let text = json!({ "name": "Cut", "duration_minutes": 30, "resource_ids": [resource_id(1)] });
    let service: Service = serde_json::from_value(text).unwrap();
    let whole = serde_json::to_value(&service).unwrap();
    assert_eq!(
        whole,
        json!({
            "chatbot_ids": [], "name": "Cut", "description": null, "location": null, "duration_minutes": 30,
            "buffer_before_minutes": 0, "buffer_after_minutes": 0, "slot_step_minutes": null,
            "min_notice_minutes": 0, "cancel_notice_minutes": 0, "horizon_days": 60, "seats": 1,
            "price_text": null, "confirmation": "auto", "questions": [], "resource_ids": [resource_id(1)],
            "max_upcoming_per_visitor": 3, "enabled": true,
        })
    );
    assert_eq!(service.timing().step().0, 30);
    let again: Service = serde_json::from_value(whole).unwrap();
    assert_eq!(again, service);
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let mistakes = said(Service::try_from(ServiceSettings::default()).err());
    assert_eq!(
        mistakes,
        [
            "name is required and must not be empty",
            "resource_ids is required; name at least one resource that it takes",
            "duration_minutes is required: how long it takes, a multiple of 5",
        ]
    );
    let mistakes = said(Resource::try_from(ResourceSettings::default()).err());
    assert_eq!(
        mistakes,
        [
            "name is required and must not be empty",
            "timezone is required, for instance Europe/Berlin",
            "hours is required; a day that is not named is closed",
        ]
    );
}

#[test]
fn minutes_that_are_no_multiple_of_five_or_out_of_bounds_are_refused() {
    for field in [
        "duration_minutes",
        "buffer_before_minutes",
        "buffer_after_minutes",
        "slot_step_minutes",
        "min_notice_minutes",
        "cancel_notice_minutes",
    ] {
        assert_eq!(of_service(json!({ field: 37 })), [format!("{field} must be a multiple of 5 minutes")]);
        assert!(of_service(json!({ field: -5 }))[0].starts_with(&format!("{field} must be between")));
        assert!(!of_service(json!({ field: i64::MAX })).is_empty());
        assert!(of_service(json!({ field: 35 })).is_empty());
    }
    assert!(!of_service(json!({ "duration_minutes": 0 })).is_empty());
    assert!(!of_service(json!({ "slot_step_minutes": 0 })).is_empty());
}

#[test]
fn other_mistakes_of_a_service_are_told() {
    for (change, said) in [
        (json!({ "seats": 0 }), "seats must be between 1 and 500"),
        (json!({ "horizon_days": 0 }), "horizon_days must be between 1 and 730"),
        (json!({ "name": "a\nb" }), "name must be one line without control characters"),
        (
            json!({ "resource_ids": [resource_id(1), resource_id(1)] }),
            "resource_ids[1] is named twice; name it once",
        ),
        (
            json!({ "horizon_days": 1, "min_notice_minutes": 1440 }),
            "min_notice_minutes must be shorter than `horizon_days`, or nothing could ever be booked",
        ),
        (
            json!({ "questions": [{ "name": "colour", "type": "select" }] }),
            "questions[0].options is required for `select` and `multi_select`; name what can be chosen",
        ),
        (
            json!({ "questions": [{ "name": "pet" }, { "name": "pet" }] }),
            "questions[1].name is the name of another question; give each its own",
        ),
    ] {
        assert_eq!(of_service(change), [said]);
    }
}

#[test]
fn ranges_that_are_none_are_refused() {
    for (range, said) in [
        (["9:00", "12:00"], r#""9:00" is no time; write it as 09:00, at most 24:00"#),
        (["09:00", "24:05"], r#""24:05" is no time; write it as 09:00, at most 24:00"#),
        (["09:00", "12:60"], r#""12:60" is no time; write it as 09:00, at most 24:00"#),
        (["+9:00", "12:00"], r#""+9:00" is no time; write it as 09:00, at most 24:00"#),
        (["09:03", "12:00"], "09:03 must be a multiple of 5 minutes"),
        (["24:00", "12:00"], "begins at 24:00; begin it at 00:00 of the next day"),
    ] {
        assert_eq!(of_resource(json!({ "hours": { "wed": [range] } })), [format!("hours.wed[0] {said}")]);
    }
    assert_eq!(
        of_resource(json!({ "timezone": "CET/Mars" })),
        [
            r#"timezone there is no time zone "CET/Mars"; give a name of the IANA database such as Europe/Berlin"#
        ]
    );
}

#[test]
fn ranges_that_overlap_are_refused_and_those_that_touch_are_not() {
    let touching = json!({ "mon": [["09:00", "12:00"], ["12:00", "24:00"]], "tue": [["00:00", "08:00"]] });
    assert!(of_resource(json!({ "hours": touching })).is_empty());
    assert_eq!(
        of_resource(json!({ "hours": { "mon": [["12:00", "14:00"], ["09:00", "12:05"]] } })),
        ["hours.mon[0] overlaps with 09:00–12:05; join them or shorten one"]
    );
    assert_eq!(
        of_resource(json!({ "hours": { "sun": [["22:00", "04:00"]], "mon": [["03:00", "09:00"]] } })),
        [
            "hours.mon[0] overlaps with 22:00–04:00 of the day before, which goes past midnight; shorten one of them"
        ]
    );
}

#[test]
fn ranges_of_a_date_must_fit_between_those_of_its_neighbours() {
    let hours =
        json!({ "fri": [["22:00", "04:00"]], "sat": [["10:00", "12:00"]], "sun": [["01:00", "05:00"]] });
    // 2026-01-03 is a Saturday.
    let on = |ranges: Value| {
        of_resource(json!({ "hours": hours, "overrides": [{ "date": "2026-01-03", "ranges": ranges }] }))
    };
    assert!(on(json!([["04:00", "01:00"]])).is_empty());
    assert_eq!(
        on(json!([["03:00", "08:00"]])),
        [
            "overrides[0].ranges[0] overlaps with 22:00–04:00 of the day before, which goes past midnight; shorten one of them"
        ]
    );
    assert_eq!(
        on(json!([["20:00", "02:00"]])),
        ["overrides[0].ranges[0] overlaps with 01:00–05:00 of the day after; shorten one of them"]
    );
}

#[test]
fn dates_that_are_none_or_there_twice_are_refused() {
    for date in ["2026-02-29", "29.02.2028", "2028-02-29T10:00", ""] {
        let mistakes = of_resource(json!({ "overrides": [{ "date": date, "ranges": [] }] }));
        assert_eq!(mistakes, ["overrides[0].date must be a date such as 2026-12-24"], "{date}");
    }
    let twice = json!([{ "date": "2028-02-29" }, { "date": "2028-02-29" }]);
    assert_eq!(
        of_resource(json!({ "overrides": twice })),
        ["overrides[1].date 2028-02-29 is there twice; put its ranges into one entry"]
    );
}

#[test]
fn unknown_fields_and_days_are_refused() {
    assert!(serde_json::from_value::<ServiceSettings>(json!({ "length": 5 })).is_err());
    assert!(serde_json::from_value::<ResourceSettings>(json!({ "hours": { "monday": [] } })).is_err());
    assert!(serde_json::from_value::<ResourceSettings>(json!({ "hours": { "mon": [["09:00"]] } })).is_err());
}

/// Ranges of a day in steps of three hours, start and end within the day or past midnight.
fn ranges() -> impl Strategy<Value = Vec<(u16, u16)>> {
    prop::collection::vec((0u16..8, 1u16..=8), 0..2)
}

/// `["06:00", "03:00"]` for a start and a length in steps of three hours.
fn text((start, length): (u16, u16)) -> Value {
    let end = (start + length) * 3;
    json!([format!("{:02}:00", start * 3), format!("{:02}:00", if end == 24 { 24 } else { end % 24 })])
}

proptest! {
    #[test]
    fn ranges_are_refused_if_and_only_if_an_hour_is_open_twice(
        week in prop::collection::vec(ranges(), 7),
        overrides in prop::collection::btree_map(8u16..13, ranges(), 0..3),
    ) {
        // Three weeks from Monday, 5 January 2026; the overrides are in the second.
        let mut opened = vec![0; 23 * 24];
        for day in 0..21u16 {
            for (start, length) in overrides.get(&day).unwrap_or(&week[usize::from(day % 7)]) {
                for hour in day * 24 + start * 3..day * 24 + (start + length) * 3 {
                    opened[usize::from(hour)] += 1;
                }
            }
        }
        // The same weekday's ranges hold in the first week, so the week itself is judged there.
        let twice = opened.iter().any(|times| *times > 1);
        let day = |at: usize| week[at].iter().copied().map(text).collect::<Vec<_>>();
        let overrides: Vec<_> = overrides
            .iter()
            .map(|(day, ranges)| {
                let ranges: Vec<_> = ranges.iter().copied().map(text).collect();
                json!({ "date": format!("2026-01-{:02}", day + 5), "ranges": ranges })
            })
            .collect();
        let mistakes = of_resource(json!({
            "hours": {
                "mon": day(0), "tue": day(1), "wed": day(2), "thu": day(3), "fri": day(4), "sat": day(5), "sun": day(6),
            },
            "overrides": overrides,
        }));
        prop_assert_eq!(twice, !mistakes.is_empty(), "{:?}", mistakes);
    }
}
