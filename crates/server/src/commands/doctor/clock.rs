//! The clock: tokens live for exactly one hour, so it has to be right.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use robofy_kernel::Timestamp;

use super::Finding;

/// Written by systemd-timesyncd once the clock follows a time server.
const SYNCHRONISED: &str = "/run/systemd/timesync/synchronized";

/// A day: written files may come from a machine whose clock runs ahead.
const SLACK: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn examine(now: Timestamp) -> Finding {
    let mend = "Set it and keep it right with a time server: timedatectl set-ntp true";
    let written = match std::env::current_exe().and_then(std::fs::metadata).and_then(|file| file.modified()) {
        Ok(written) => moment(written),
        Err(error) => {
            return Finding::odd(format!("cannot tell when this program was installed: {error}"), mend);
        }
    };
    let shown = now.documented();
    if now.after(SLACK) < written {
        return Finding::bad(format!("it says {shown} UTC, before this program was installed"), mend);
    }
    let follows = if Path::new(SYNCHRONISED).exists() { ", following a time server" } else { "" };
    Finding::Good(format!("{shown} UTC{follows}"))
}

fn moment(time: SystemTime) -> Timestamp {
    Timestamp::from_seconds(0).after(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_the_program_is_wrong() {
        assert!(matches!(examine(Timestamp::from_seconds(0)), Finding::Bad { .. }));
        assert!(matches!(examine(Timestamp::from_seconds(4_102_444_800)), Finding::Good(_)));
    }
}
