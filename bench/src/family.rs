//! What a process and its children cost, by the kernel's own figures.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use nix::time::ClockId;
use nix::unistd::Pid;

/// The kernel tells the time of children that have ended in ticks of this length.
const TICK: Duration = Duration::from_millis(10);

/// What `/proc/…/stat` tells of a process.
struct Stat {
    parent: u32,
    /// Processor time of its children that have ended and were waited for.
    ended: Duration,
}

/// Time of the processor that a process has used so far, in user and kernel mode, all its threads together.
///
/// # Errors
/// When it is gone.
pub fn cpu(process: u32) -> anyhow::Result<Duration> {
    let id = Pid::from_raw(i32::try_from(process)?);
    let used = ClockId::pid_cpu_clock_id(id).and_then(ClockId::now);
    Ok(used.with_context(|| format!("the clock of process {process} cannot be read"))?.into())
}

/// The same with that of its children, whether they run or have ended.
///
/// # Errors
/// When it is gone.
pub fn cpu_with_children(process: u32) -> anyhow::Result<Duration> {
    let mut whole = cpu(process)? + stat(process)?.ended;
    for child in children(process)? {
        // One that ends just now is soon among those that have ended.
        whole += cpu(child).unwrap_or_default();
    }
    Ok(whole)
}

/// The children of a process that run.
///
/// # Errors
/// When the system does not list processes.
pub fn children(process: u32) -> anyhow::Result<Vec<u32>> {
    let mut children = Vec::new();
    for entry in std::fs::read_dir("/proc").context("cannot list processes")? {
        let Ok(id) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        // One that has ended since it was listed is nobody's child.
        if stat(id).is_ok_and(|stat| stat.parent == process) {
            children.push(id);
        }
    }
    Ok(children)
}

/// A figure of a process's memory in bytes: `VmRSS:` what it has now, `VmHWM:` the most it has had.
///
/// # Errors
/// When it is gone.
pub fn memory(process: u32, figure: &str) -> anyhow::Result<u64> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    memory_in(&status, figure).with_context(|| format!("no {figure} in {path}"))
}

/// Lets the most that a process has had begin anew, at what it has now.
///
/// # Errors
/// When it is gone.
pub fn forget_peak(process: u32) -> anyhow::Result<()> {
    // 5: see proc_pid_clear_refs(5).
    std::fs::write(format!("/proc/{process}/clear_refs"), "5")
        .with_context(|| format!("the peak memory of process {process} cannot be set back"))
}

fn memory_in(status: &str, figure: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(figure))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

fn stat(process: u32) -> anyhow::Result<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    stat_in(&text).ok_or_else(|| anyhow!("the kernel describes process {process} in another way"))
}

/// The fields after the name, which stands in brackets and may hold anything: proc_pid_stat(5).
fn stat_in(text: &str) -> Option<Stat> {
    let (_, after) = text.rsplit_once(')')?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| -> Option<u32> { fields.get(at)?.parse().ok() };
    Some(Stat { parent: fields.get(1)?.parse().ok()?, ended: TICK * (ticks(13)? + ticks(14)?) })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn reads_the_kernel_s_figures() {
        let status = "Name:\ta\nVmHWM:\t   4096 kB\nVmRSS:\t   2048 kB\n";
        assert_eq!(memory_in(status, "VmRSS:"), Some(2 * 1024 * 1024));
        assert_eq!(memory_in(status, "VmHWM:"), Some(4 * 1024 * 1024));
        assert_eq!(memory_in("Name:\ta\n", "VmRSS:"), None);
        let stat = stat_in("7 (a (b) c) S 3 7 7 0 -1 4194304 1 2 3 4 50 60 7 8 20 0 1 0 9").unwrap();
        assert_eq!((stat.parent, stat.ended), (3, Duration::from_millis(150)));
    }

    #[test]
    fn a_child_is_found_and_counted_and_gone_when_it_has_ended() {
        let own = std::process::id();
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        assert!(children(own).unwrap().contains(&child.id()));
        assert!(memory(child.id(), "VmHWM:").unwrap() > 0);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!children(own).unwrap().contains(&child.id()));
        assert!(cpu(child.id()).is_err());
        assert!(cpu_with_children(own).unwrap() > Duration::ZERO);
    }

    #[test]
    fn a_peak_is_forgotten() {
        let own = std::process::id();
        drop(std::hint::black_box(vec![1_u8; 64 << 20]));
        let peak = memory(own, "VmHWM:").unwrap();
        forget_peak(own).unwrap();
        assert!(memory(own, "VmHWM:").unwrap() + (32 << 20) < peak, "{peak}");
    }
}
