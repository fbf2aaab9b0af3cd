//! What is listed when nothing happens any more, against what was acknowledged.

use std::collections::{HashMap, HashSet};

use super::stays::End;
use super::{Kind, Violations};
use crate::commands::prove::calendar::Calendar;
use crate::commands::prove::history::{Ask, Chain, Free, History, Listed, Outcome, State};

/// Whether a chain's booking is in a state that its answers allow.
pub fn check_end(
    calendar: &Calendar,
    chain: &Chain,
    ends: &[End],
    listed: Option<&Listed>,
    found: &mut Violations,
) {
    let end = match listed {
        None => Some(End::Nothing),
        Some(listed) => match listed.state {
            State::Confirmed => listed.start.map(End::Booked),
            State::Cancelled => Some(End::Cancelled),
            State::Other(_) => None,
        },
    };
    if end.is_some_and(|end| ends.contains(&end)) {
        if listed.is_some_and(|listed| listed.seats != chain.seats) {
            found.add(Kind::Lost, format!("the booking of {} has another number of seats", chain.tag));
        }
        return;
    }
    let words = |end: End| match end {
        End::Nothing => "no booking".to_owned(),
        End::Booked(start) => format!("a booking of {}", calendar.name(start)),
        End::Cancelled => "a cancelled booking".to_owned(),
    };
    let expected: Vec<String> = ends.iter().map(|end| words(*end)).collect();
    let is = match (end, listed) {
        (Some(end), _) => words(end),
        (None, Some(listed)) => format!("a booking in state {:?} at {:?}", listed.state, listed.start),
        (None, None) => "nothing".to_owned(),
    };
    found.add(Kind::Lost, format!("{} was told {} and has {is}", chain.tag, expected.join(" or ")));
}

/// Whether what is listed is one booking for each request, of starts that there are, none of them sold twice.
pub fn check_listed(calendar: &Calendar, chains: &[Chain], bookings: &[Listed], found: &mut Violations) {
    let known: HashSet<&str> = chains.iter().map(|chain| chain.tag.as_str()).collect();
    let mut tags = HashSet::new();
    for listed in bookings {
        if !tags.insert(listed.tag.as_str()) {
            found.add(Kind::Twice, format!("{} has two bookings", listed.tag));
        }
        if !known.contains(listed.tag.as_str()) {
            found.add(Kind::Answer, format!("there is a booking of {}, which nobody made", listed.tag));
        }
    }
    check_sold_twice(calendar, bookings, found);
}

fn check_sold_twice(calendar: &Calendar, bookings: &[Listed], found: &mut Violations) {
    let taken = taken(calendar, bookings);
    for (start, seats) in taken.iter().enumerate().filter(|(_, seats)| **seats > 0) {
        if *seats > calendar.seats(start) {
            let (name, has) = (calendar.name(start), calendar.seats(start));
            found.add(Kind::Twice, format!("{name} is sold {seats} times and has {has} seats"));
        }
        // Each pair once.
        for rival in calendar.rivals(start).iter().filter(|rival| **rival > start && taken[**rival] > 0) {
            let (one, other) = (calendar.name(start), calendar.name(*rival));
            found.add(Kind::Twice, format!("{one} and {other} are both sold, and overlap"));
        }
    }
}

/// The seats that are taken, by start.
fn taken(calendar: &Calendar, bookings: &[Listed]) -> Vec<u32> {
    let mut taken = vec![0; calendar.len()];
    for listed in bookings.iter().filter(|listed| listed.state == State::Confirmed) {
        if let Some(start) = listed.start {
            taken[start] += listed.seats;
        }
    }
    taken
}

fn is_excluded(calendar: &Calendar, start: usize, taken: &[u32]) -> bool {
    calendar.rivals(start).iter().any(|rival| taken[*rival] > 0)
}

/// Whether what is shown as free is what no booking occupies: no hold is left behind.
pub fn check_free(calendar: &Calendar, bookings: &[Listed], free: &[Free], found: &mut Violations) {
    let taken = taken(calendar, bookings);
    let mut shown: HashMap<usize, u32> = HashMap::new();
    for one in free {
        let twice = one.start.is_some_and(|start| shown.insert(start, one.seats).is_some());
        if twice || one.start.is_none() {
            found.add(Kind::Orphan, "a slot is listed twice, or is no start of its service".to_owned());
        }
    }
    for start in 0..calendar.len() {
        let left = if is_excluded(calendar, start, &taken) {
            0
        } else {
            calendar.seats(start).saturating_sub(taken[start])
        };
        let listed = shown.get(&start).copied().unwrap_or(0);
        if listed != left {
            let name = calendar.name(start);
            let detail = format!("{name} has {left} free seats after the storm, and {listed} are shown");
            found.add(Kind::Orphan, detail);
        }
    }
}

/// Whether what was shown as free could be bought, and nothing else could; and whether it is there at the end.
pub fn check_fill(calendar: &Calendar, history: &History, found: &mut Violations) {
    let end: HashMap<&str, &Listed> =
        history.end.iter().map(|listed| (listed.tag.as_str(), listed)).collect();
    for before in &history.bookings {
        if end.get(before.tag.as_str()) != Some(&before) {
            found
                .add(Kind::Lost, format!("the booking of {} changed though nobody asked for it", before.tag));
        }
    }
    for Ask { start, tag, outcome } in &history.fill {
        let name = calendar.name(*start);
        let bought = matches!(outcome, Outcome::Done { start: Some(done), .. } if done == start);
        if !bought {
            found.add(Kind::Orphan, format!("{name} is shown as free, and answered with {outcome}"));
        }
        let there = end.get(tag.as_str()).is_some_and(|listed| {
            (listed.start, listed.seats, &listed.state) == (Some(*start), 1, &State::Confirmed)
        });
        if bought && !there {
            found.add(Kind::Lost, format!("{tag} bought {name} and has no booking of it"));
        }
    }
    for Ask { start, outcome, .. } in &history.last {
        let name = calendar.name(*start);
        match outcome {
            Outcome::Refused(offers) if offers.is_empty() => {}
            Outcome::Refused(_) => {
                found
                    .add(Kind::Offer, format!("{name} was refused with alternatives though nothing is free"));
            }
            Outcome::Done { .. } => {
                found.add(Kind::Orphan, format!("{name} was sold though it was not shown as free"));
            }
            Outcome::Expired | Outcome::Gone | Outcome::Unknown | Outcome::Busy | Outcome::Wrong(_) => {
                found.add(Kind::Answer, format!("{name}, which is sold out, was answered with {outcome}"));
            }
        }
    }
}

/// Whether each start is sold to its last seat, or stands in the way of one that is. Gives how many are sold out, how
/// many are excluded, and how many seats are sold.
pub fn check_sold(calendar: &Calendar, end: &[Listed], found: &mut Violations) -> (usize, usize, u32) {
    check_sold_twice(calendar, end, found);
    let taken = taken(calendar, end);
    let (mut sold_out, mut excluded) = (0, 0);
    for (start, seats) in taken.iter().enumerate() {
        if *seats >= calendar.seats(start) {
            sold_out += 1;
        } else if *seats == 0 && is_excluded(calendar, start, &taken) {
            excluded += 1;
        } else {
            let (name, has) = (calendar.name(start), calendar.seats(start));
            found.add(
                Kind::Unsold,
                format!("of {name} {seats} of {has} seats are sold, and all were asked for"),
            );
        }
    }
    (sold_out, excluded, taken.iter().sum())
}
