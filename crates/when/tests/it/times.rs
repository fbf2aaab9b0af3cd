//! Clock times, parts of a day, and stretches of hours.

use robofy_when::DateOrder::DayFirst;
use robofy_when::{Language, resolve};

use crate::{at, check, written};

const NOW: &str = "2026-11-26T10:30";

#[test]
fn clock_times() {
    check(
        &at(NOW, "Europe/Berlin", DayFirst),
        &[
            ("tomorrow at 3", "2026-11-27T15:00?"),
            ("tomorrow at 3pm", "2026-11-27T15:00"),
            ("tomorrow 3 p.m.", "2026-11-27T15:00"),
            ("tomorrow 15h00", "2026-11-27T15:00"),
            ("tomorrow 15:00", "2026-11-27T15:00"),
            ("tomorrow, 9 o'clock", "2026-11-27T09:00?"),
            ("half past three tomorrow", "2026-11-27T15:30?"),
            ("tomorrow at half four", "2026-11-27T16:30?"),
            ("quarter to 5 on Friday", "2026-11-27T16:45?"),
            ("a quarter past 9 on Friday morning", "2026-11-27T09:15"),
            ("ten to four tomorrow", "2026-11-27T15:50?"),
            ("twenty past two tomorrow afternoon", "2026-11-27T14:20"),
            ("Friday at two thirty", "2026-11-27T14:30?"),
            ("Friday at noon", "2026-11-27T12:00"),
            ("Friday 12:30", "2026-11-27T12:30"),
            ("tonight at 8", "2026-11-26T20:00"),
            ("tomorrow at 7 in the morning", "2026-11-27T07:00"),
            ("11 at night on Friday", "2026-11-27T23:00"),
            ("1am tomorrow", "2026-11-27T01:00"),
            ("Monday 8ish", "2026-11-30T08:00?"),
            ("Tues @ 5", "2026-12-01T17:00?"),
            ("2026-12-01T14:00", "2026-12-01T14:00"),
            ("Friday at 9am EST", "2026-11-27T09:00?"),
            ("today at 9am", "2026-11-26T09:00 past"),
        ],
    );
}

#[test]
fn parts_of_a_day() {
    check(
        &at(NOW, "Europe/Berlin", DayFirst),
        &[
            ("tomorrow afternoon", "2026-11-27T12:00/2026-11-27T18:00"),
            ("next Tuesday morning", "2026-12-01T06:00/2026-12-01T12:00"),
            ("the morning of the 3rd", "2026-12-03T06:00/2026-12-03T12:00"),
            ("Friday evening", "2026-11-27T17:00/2026-11-27T22:00"),
            ("Friday around lunchtime", "2026-11-27T12:00/2026-11-27T14:00"),
            ("first thing Monday morning", "2026-11-30T06:00/2026-11-30T10:00"),
            ("late afternoon on Monday", "2026-11-30T15:00/2026-11-30T18:00"),
            ("this morning", "2026-11-26T06:00/2026-11-26T12:00"),
            ("this evening", "2026-11-26T17:00/2026-11-26T22:00"),
        ],
    );
    check(
        &at("2026-11-26T13:00", "Europe/Berlin", DayFirst),
        &[("this morning", "2026-11-26T06:00/2026-11-26T12:00 past")],
    );
}

#[test]
fn stretches_of_hours() {
    check(
        &at(NOW, "Europe/Berlin", DayFirst),
        &[
            ("Friday between 2 and 4 pm", "2026-11-27T14:00/2026-11-27T16:00"),
            ("Friday 2-4pm", "2026-11-27T14:00/2026-11-27T16:00"),
            ("from 10 to 2 pm tomorrow", "2026-11-27T10:00/2026-11-27T14:00"),
            ("9 to 5 on Monday", "2026-11-30T09:00/2026-11-30T17:00?"),
            ("tomorrow 11:30 – 12:15", "2026-11-27T11:30/2026-11-27T12:15?"),
            ("Monday from 9am for two hours", "2026-11-30T09:00/2026-11-30T11:00"),
            ("tomorrow after 5", "2026-11-27T17:00/2026-11-28"),
            ("after 5pm", "2026-11-26T17:00/2026-11-27"),
            ("tomorrow after work", "2026-11-27T17:00/2026-11-28"),
            ("Friday before noon", "2026-11-27/2026-11-27T12:00"),
            ("Friday 4pm or later", "2026-11-27T16:00/2026-11-28"),
            ("no later than 3pm on Friday", "2026-11-27/2026-11-27T15:00"),
            ("by the end of the day", "2026-11-26/2026-11-26T23:59"),
            ("before the end of next week", "2026-11-26T10:30/2026-12-07"),
            ("within the next hour and a half", "2026-11-26T10:30/2026-11-26T12:00"),
            ("next week after 4pm", "2026-11-30T16:00/2026-12-07"),
        ],
    );
}

#[test]
fn a_bare_time_belongs_to_the_day_under_discussion() {
    let mut reference = at(NOW, "Europe/Berlin", DayFirst);
    check(
        &reference,
        &[
            ("at 4pm", "2026-11-26T16:00"),
            ("at 9am", "2026-11-27T09:00"),
            ("in the afternoon", "2026-11-26T12:00/2026-11-26T18:00"),
        ],
    );
    reference.about = Some("2026-12-08".parse().unwrap());
    check(
        &reference,
        &[
            ("at 4pm", "2026-12-08T16:00"),
            ("rather in the morning", "2026-12-08T06:00/2026-12-08T12:00"),
            ("after 3", "2026-12-08T15:00/2026-12-09"),
            ("the day after", "2026-12-09"),
            ("same day at 11am", "2026-12-08T11:00"),
            ("the 10th", "2026-12-10"),
            ("tomorrow", "2026-11-27"),
        ],
    );
    let found = resolve("at 4pm", Language::English.grammar(), &reference);
    assert!(!found[0].says_day);
}

#[test]
fn what_is_moved_is_counted_from() {
    let mut reference = at(NOW, "Europe/Berlin", DayFirst);
    reference.from = Some(reference.zone.moment("2026-12-08T14:00".parse().unwrap()));
    check(
        &reference,
        &[
            ("can we make it an hour later?", "2026-12-08T15:00"),
            ("two hours earlier please", "2026-12-08T12:00"),
            ("half an hour later", "2026-12-08T14:30"),
            ("the day after", "2026-12-09"),
            ("a day earlier", "2026-12-07"),
            ("a week later", "2026-12-15"),
            ("the following week", "2026-12-14/2026-12-21"),
            ("the following Monday", "2026-12-14"),
            ("same time on Friday", "2026-11-27T14:00"),
            ("the same time next week", "2026-12-01T14:00"),
            ("the day after at the same time", "2026-12-09T14:00"),
            ("could you move it to 4?", "2026-12-08T16:00?"),
            ("at 5pm instead", "2026-12-08T17:00"),
        ],
    );
}

#[test]
fn a_bare_number_is_a_time_only_when_one_was_asked_for() {
    let mut reference = at(NOW, "Europe/Berlin", DayFirst);
    check(&reference, &[("3", ""), ("3 please", ""), ("the second", ""), ("May", "")]);
    reference.asked = true;
    check(
        &reference,
        &[
            ("3", "2026-11-26T15:00?"),
            ("let's say 3, please", "2026-11-26T15:00?"),
            ("3-5", "2026-11-26T15:00/2026-11-26T17:00?"),
            ("the second", "2026-12-02"),
            ("May", "2027-05-01/2027-06-01"),
            ("3 haircuts", ""),
            ("I have 3", ""),
        ],
    );
}

#[test]
fn a_time_that_may_be_another_has_both_readings() {
    let reference = at(NOW, "Europe/Berlin", DayFirst);
    let found = resolve("Friday at 9", Language::English.grammar(), &reference);
    let all: Vec<String> = found.iter().map(|found| written(found, &reference.zone)).collect();
    assert_eq!(all, ["2026-11-27T09:00?", "2026-11-27T21:00?"]);
    assert_eq!(found[0].range, 0..11);
}

#[test]
fn what_does_not_suit_is_left_out() {
    check(
        &at(NOW, "Europe/Berlin", DayFirst),
        &[
            ("not Tuesday, Wednesday please", "2026-12-02"),
            ("I can't make it on Monday", ""),
            ("instead of 3pm, could we do 4:30pm?", "2026-11-26T16:30"),
            ("why not Tuesday?", "2026-12-01"),
            ("anything but Friday", ""),
            ("not mornings, Tuesday please", "2026-12-01"),
            ("change my booking from Tuesday to Thursday the 3rd", "2026-12-03"),
            ("move it from 2pm to 4pm", "2026-11-26T16:00"),
            ("reschedule from Monday 9am to Wednesday at 10am", "2026-12-02T10:00"),
            ("a table for 4 tomorrow", "2026-11-27"),
            ("2 for tomorrow", "2026-11-27"),
            ("Monday, no, Tuesday at 4pm", "2026-12-01T16:00"),
            ("I called yesterday about next Friday at 10am", "2026-12-04T10:00"),
        ],
    );
}

#[test]
fn clocks_that_are_changed() {
    // Set forward on 29 March 2026 from 2:00 to 3:00, back on 25 October 2026 from 3:00 to 2:00.
    check(
        &at("2026-03-28T23:00", "Europe/Berlin", DayFirst),
        &[
            ("in 4 hours", "2026-03-29T04:00"),
            ("tomorrow at 2:30am", "2026-03-29T03:00"),
            ("tomorrow between 2:15am and 2:45am", "2026-03-29T03:00/2026-03-29T03:01"),
            ("tomorrow", "2026-03-29"),
            ("tomorrow at 10am", "2026-03-29T10:00"),
        ],
    );
    let reference = at("2026-10-24T23:00", "Europe/Berlin", DayFirst);
    check(&reference, &[("in 4 hours", "2026-10-25T02:00"), ("tomorrow at 2:30am", "2026-10-25T02:30")]);
    let found = resolve("tomorrow at 2:30am", Language::English.grammar(), &reference);
    assert_eq!(found[0].start.rfc3339(), "2026-10-25T00:30:00Z");
    let day = resolve("tomorrow", Language::English.grammar(), &reference);
    assert_eq!(day[0].end.since(day[0].start).as_secs(), 25 * 3600);
}
