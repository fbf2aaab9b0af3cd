//! The data folder: there, ours, writable, with room.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::Finding;

/// Below this much free space the next large upload or merge may fail.
const LITTLE_SPACE: u64 = 1 << 30;

pub(super) fn examine(folder: &Path) -> Finding {
    let shown = folder.display();
    let mode = match std::fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => metadata.permissions().mode() & 0o777,
        Ok(_) => return Finding::bad(format!("{shown} is not a folder"), "Give --data-dir a folder"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Finding::odd(
                format!("{shown} is not there yet"),
                "`robofy serve` and `robofy quickstart` make it; if it should be there, look at --data-dir",
            );
        }
        Err(error) => {
            return Finding::bad(format!("{shown}: {error}"), "Give this user the right to enter it");
        }
    };
    if let Err(error) = write_in(folder) {
        return Finding::bad(
            format!("cannot write in {shown}: {error}"),
            format!("Make this user its owner: chown -R \"$(id -un)\" {shown}"),
        );
    }
    let free = match rustix::fs::statvfs(folder) {
        Ok(space) => space.f_bavail.saturating_mul(space.f_frsize),
        Err(error) => return Finding::odd(format!("cannot tell the free space: {error}"), "Look with df"),
    };
    let gigabytes = free as f64 / f64::from(1 << 30);
    if free < LITTLE_SPACE {
        return Finding::odd(
            format!("only {gigabytes:.1} GB free"),
            "Make room, or move the folder to a larger disk",
        );
    }
    if mode & 0o077 != 0 {
        return Finding::odd(
            format!("other users may look into {shown} (mode {mode:o})"),
            format!("Close it: chmod 700 {shown}"),
        );
    }
    Finding::Good(format!("{shown} is writable, {gigabytes:.0} GB free"))
}

/// Writes and syncs a small file and takes it away again.
fn write_in(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    let written = std::fs::File::create(&probe).and_then(|file| file.sync_all());
    written.and(std::fs::remove_file(&probe))
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    #[test]
    fn tells_a_good_folder_from_a_missing_an_open_and_a_wrong_one() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        assert!(matches!(examine(&folder), Finding::Odd { what, .. } if what.ends_with("not there yet")));
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        assert!(!matches!(examine(&folder), Finding::Good(_)));
        std::fs::write(folder.join("file"), "").unwrap();
        assert!(matches!(examine(&folder.join("file")), Finding::Bad { .. }));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "the probe is taken away");
    }
}
