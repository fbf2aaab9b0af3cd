//! What is fought for: 100 starts of two services on four resources, all on one day.
//!
//! The arithmetic is the proof's own and shares nothing with the product's, so that a mistake there is seen here.

use std::ops::Range;

use robofy_kernel::Timestamp;

/// A service of the proof; all times in minutes.
#[derive(Debug)]
pub struct Terms {
    /// Its name.
    pub name: &'static str,
    /// How long it takes, and from one start to the next.
    pub duration: u32,
    /// What must be free before it.
    pub before: u32,
    /// What must be free after it.
    pub after: u32,
    /// How many may share a start on a resource.
    pub seats: u32,
}

/// The services, both on every resource: neighbouring starts and the other service's stand in each other's way.
pub const SERVICES: [Terms; 2] = [
    Terms { name: "Consultation", duration: 40, before: 5, after: 10, seats: 1 },
    Terms { name: "Course", duration: 60, before: 10, after: 5, seats: 3 },
];
/// How many resources there are.
pub const RESOURCES: usize = 4;
/// When they open, in minutes of the day (UTC).
pub const OPENS: u32 = 8 * 60;
/// When they close.
pub const CLOSES: u32 = 18 * 60;

/// A time of a service on a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// Which of [`SERVICES`].
    pub service: usize,
    /// Which resource.
    pub resource: usize,
    /// Minutes of the day.
    pub at: u32,
}

/// What somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Which of [`SERVICES`].
    pub service: usize,
    /// Minutes of the day.
    pub at: u32,
    /// Which resource; `None` = any that is free.
    pub resource: Option<usize>,
}

/// All starts. They are known by their numbers, from 0 on.
#[derive(Debug)]
pub struct Calendar {
    midnight: Timestamp,
    starts: Vec<Start>,
    rivals: Vec<Vec<usize>>,
}

impl Calendar {
    /// The starts of the day that begins then.
    pub fn on(midnight: Timestamp) -> Self {
        let mut starts = Vec::new();
        for resource in 0..RESOURCES {
            for (service, terms) in SERVICES.iter().enumerate() {
                let times = (OPENS..).step_by(terms.duration as usize);
                let times = times.take_while(|at| at + terms.duration <= CLOSES);
                starts.extend(times.map(|at| Start { service, resource, at }));
            }
        }
        let rivals = starts.iter().map(|one| rivals(one, &starts)).collect();
        Self { midnight, starts, rivals }
    }

    /// The day, `YYYY-MM-DD`.
    pub fn day(&self) -> String {
        self.midnight.rfc3339().chars().take(10).collect()
    }

    /// How many starts there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// One of them.
    pub fn start(&self, number: usize) -> Start {
        self.starts[number]
    }

    /// How many seats it has.
    pub fn seats(&self, number: usize) -> u32 {
        SERVICES[self.starts[number].service].seats
    }

    /// The starts that cannot be sold beside it, since their times overlap on its resource, buffers included.
    pub fn rivals(&self, number: usize) -> &[usize] {
        &self.rivals[number]
    }

    /// The number of a start.
    pub fn find(&self, start: Start) -> Option<usize> {
        self.starts.iter().position(|one| *one == start)
    }

    /// The starts that would do.
    pub fn fitting(&self, wish: Wish) -> impl Iterator<Item = usize> {
        self.starts.iter().enumerate().filter(move |(_, start)| wish.fits(**start)).map(|(number, _)| number)
    }

    /// The starts of a service.
    pub fn of_service(&self, service: usize) -> impl Iterator<Item = usize> {
        let starts = self.starts.iter().enumerate();
        starts.filter(move |(_, start)| start.service == service).map(|(number, _)| number)
    }

    /// The moment of a time of the day.
    pub fn moment(&self, at: u32) -> Timestamp {
        Timestamp::from_seconds(self.midnight.seconds() + i64::from(at) * 60)
    }

    /// The time of the day at a moment; `None` when it is not a whole minute of this day.
    pub fn minute(&self, moment: Timestamp) -> Option<u32> {
        let since = moment.micros() - self.midnight.micros();
        let whole = since % 60_000_000 == 0;
        u32::try_from(since / 60_000_000).ok().filter(|at| whole && since >= 0 && *at < 24 * 60)
    }

    /// A start in words.
    pub fn name(&self, number: usize) -> String {
        let Start { service, resource, at } = self.starts[number];
        let name = SERVICES[service].name;
        format!("the {name} at {:02}:{:02} UTC on resource {}", at / 60, at % 60, resource + 1)
    }
}

impl Wish {
    fn fits(self, start: Start) -> bool {
        let there = self.resource.is_none_or(|resource| resource == start.resource);
        there && (self.service, self.at) == (start.service, start.at)
    }
}

/// The minutes that a start occupies, shifted by a day so that no buffer is negative.
fn block(start: &Start) -> Range<u32> {
    let terms = &SERVICES[start.service];
    let at = start.at + 24 * 60;
    at - terms.before..at + terms.duration + terms.after
}

fn rivals(one: &Start, starts: &[Start]) -> Vec<usize> {
    let own = block(one);
    let overlaps = |other: &Start| {
        let block = block(other);
        other.resource == one.resource && other != one && block.start < own.end && own.start < block.end
    };
    starts.iter().enumerate().filter(|(_, other)| overlaps(other)).map(|(number, _)| number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_starts_stand_in_each_other_s_way() {
        let calendar = Calendar::on(Timestamp::from_seconds(86_400));
        assert_eq!(calendar.len(), 100);
        assert_eq!(calendar.day(), "1970-01-02");
        let at = |service, at| calendar.find(Start { service, resource: 1, at }).unwrap();
        // 08:40 to 09:20 with its buffers is 08:35 to 09:30.
        let mut rivals: Vec<usize> = calendar.rivals(at(0, 520)).to_vec();
        rivals.sort_unstable();
        let mut expected = vec![at(0, 480), at(0, 560), at(1, 480), at(1, 540)];
        expected.sort_unstable();
        assert_eq!(rivals, expected);
        for number in 0..calendar.len() {
            let Start { service, resource, at } = calendar.start(number);
            for rival in calendar.rivals(number) {
                assert!(calendar.rivals(*rival).contains(&number));
                assert_eq!(calendar.start(*rival).resource, resource);
            }
            let wish = Wish { service, at, resource: Some(resource) };
            assert_eq!(calendar.fitting(wish).collect::<Vec<_>>(), [number]);
            assert_eq!(calendar.minute(calendar.moment(at)), Some(at));
        }
        assert_eq!(calendar.fitting(Wish { service: 0, at: 480, resource: None }).count(), RESOURCES);
        assert_eq!(calendar.minute(Timestamp::from_seconds(86_401)), None);
        assert_eq!(calendar.minute(Timestamp::from_seconds(0)), None);
    }
}
