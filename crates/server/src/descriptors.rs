//! How the process's file descriptors are shared out.
//!
//! A stream costs two: its visitor's connection, and while its turn runs the one to a language model. The shares are
//! fixed, so that visitors who come cannot take what running turns need, and some connections are left on which to say
//! that there is no room.

use robofy_agent::turns::Room;

/// What the process asks its system for.
const WANTED: u64 = 65_536;
/// What a server needs beside its streams: the database, files, the child process.
const OTHERS: u64 = 256;

/// Each one's share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptors {
    /// Connections at once.
    pub connections: usize,
    /// Streams at once.
    pub streams: Room,
}

impl Descriptors {
    /// Asks the system for as many as it gives, and shares them out.
    pub fn of_this_process() -> Self {
        let files = rlimit::increase_nofile_limit(WANTED).unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot ask for more open files");
            1_024
        });
        Self::share(files)
    }

    fn share(files: u64) -> Self {
        // "Without limit" is a very large number, of which no product is to be taken.
        let usable = usize::try_from(files.saturating_sub(OTHERS).clamp(128, 1 << 24)).unwrap_or(1 << 24);
        let turns = usable * 48 / 100;
        let connections = usable - turns;
        let readers = connections - (connections / 20).max(16);
        Self { connections, streams: Room { turns, readers } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_thousand_streams_fit_twenty_thousand_files() {
        let shares = Descriptors::share(20_000);
        assert!(shares.streams.turns >= 9_000 && shares.streams.readers >= 9_000, "{shares:?}");
        assert!(
            shares.connections >= shares.streams.readers + 500,
            "some are left to be told no: {shares:?}"
        );
    }

    #[test]
    fn shares_never_add_up_to_more_than_there_is() {
        for files in [0, 256, 1_024, 4_096, 20_000, u64::MAX] {
            let Descriptors { connections, streams } = Descriptors::share(files);
            assert!(streams.readers > 0 && streams.readers < connections && streams.turns > 0, "{files}");
            let sum = u64::try_from(connections + streams.turns).unwrap();
            assert!(sum + OTHERS <= files.max(OTHERS + 128), "{files}: {sum}");
        }
    }
}
