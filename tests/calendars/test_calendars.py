"""PyPI's icalendar reads what a booking's iCalendar file says."""

import json
import os
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from icalendar import Calendar

ROOT = Path(__file__).parent.parent.parent
PROGRAM = Path(os.environ.get("ROBOFY_PROGRAM", ROOT / "target/debug/robofy")).parent / "examples/ics"
STATUS = {
    "pending": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "completed": "CONFIRMED",
    "no_show": "CONFIRMED",
    "declined": "CANCELLED",
    "cancelled": "CANCELLED",
}


def cases() -> list[dict]:
    if not PROGRAM.exists():
        raise SystemExit(f"{PROGRAM} is missing: cargo build -p robofy-booking --examples")
    return json.loads(subprocess.run([PROGRAM], capture_output=True, check=True, text=True).stdout)


CASES = cases()


def read(case: dict):
    calendar = Calendar.from_ical(case["ics"])
    assert calendar.errors == []
    (event,) = calendar.walk("VEVENT")
    assert event.errors == []
    return calendar, event


def test_there_are_files_of_every_state():
    assert {case["status"] for case in CASES} == set(STATUS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['uid'][-1]}-{case['status']}")
def test_a_file_says_what_the_booking_is(case):
    calendar, event = read(case)
    assert (calendar["VERSION"], calendar["PRODID"]) == ("2.0", "-//Robofy//Booking//EN")
    for field in ("summary", "description", "location"):
        assert str(event[field]) == case[field]
    assert event.uid == case["uid"]
    assert event.sequence == case["sequence"]
    assert event["STATUS"] == STATUS[case["status"]]
    for name, field in {
        "DTSTART": "start",
        "DTEND": "end",
        "DTSTAMP": "changed",
        "LAST-MODIFIED": "changed",
        "CREATED": "created",
    }.items():
        assert event.decoded(name) == datetime.fromisoformat(case[field]), name
        assert event.decoded(name).utcoffset().total_seconds() == 0
    assert event["ORGANIZER"] == "mailto:ana+hallo@example.com"
    assert event["ORGANIZER"].params["CN"] == "Praxis; Müller, 'Haus 1'"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['uid'][-1]}-{case['status']}")
def test_its_lines_are_folded_as_rfc_5545_wants_them(case):
    data = case["ics"].encode()
    assert data.endswith(b"\r\n")
    for line in data.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line and b"\r" not in line
        line.decode()


def test_a_later_state_of_a_booking_has_the_same_uid_and_a_greater_sequence():
    by_uid: dict[str, list[int]] = {}
    for case in CASES:
        _, event = read(case)
        by_uid.setdefault(str(event.uid), []).append(event.sequence)
    for sequences in by_uid.values():
        assert sequences == sorted(set(sequences))
