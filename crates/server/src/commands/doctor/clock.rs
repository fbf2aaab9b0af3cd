//! The clock: tokens live for exactly one hour, so it has to be right.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::Finding;

/// Written by systemd-timesyncd once the clock follows a time server.
const SYNCHRONISED: &str = "/run/systemd/timesync/synchronized";

pub(super) fn examine(now: Timestamp) -> Finding {
    let mend = "Set it and keep it right with a time server: timedatectl set-ntp true";
    let built = std::env::current_exe().and_then(std::fs::metadata).and_then(|metadata| metadata.modified());
    let built = match built.map(Timestamp::try_from) {
        Ok(Ok(built)) => built,
        Ok(Err(_)) | Err(_) => return Finding::odd("cannot tell when this program was written to disk", mend),
    };
    if now + SignedDuration::from_hours(24) < built {
        return Finding::bad(format!("it says {now:.0}, before this program was written to disk"), mend);
    }
    let follows = if Path::new(SYNCHRONISED).exists() { ", following a time server" } else { "" };
    Finding::Good(format!("{now:.0}{follows}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_the_program_is_wrong() {
        assert!(matches!(examine(Timestamp::UNIX_EPOCH), Finding::Bad { .. }));
        assert!(matches!(examine("2100-01-01T00:00:00Z".parse().unwrap()), Finding::Good(_)));
    }
}
