//! The machine that the figures come from, and the clocks that count its processor.

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use std::process::Command;

/// Nanoseconds of processor time that this thread has used.
pub(crate) fn thread_cpu_ns() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// Seconds of processor time that ended child processes have used, theirs included; nothing where there is no `/proc`.
pub(crate) fn children_cpu_s() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold spaces; after it, the 14th and 15th fields are the children's user and system time.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u32>().ok().map(f64::from);
    Some((ticks(13)? + ticks(14)?) / 100.0)
}

/// Memory that a process holds, in MiB.
pub(crate) fn resident_mib(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    kib.trim().trim_end_matches("kB").trim().parse::<u32>().ok().map(|kib| f64::from(kib) / 1024.0)
}

/// What it is, in words that say nothing about where it stands.
pub(crate) fn described() -> Value {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    let memory = read("/proc/meminfo");
    let total = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")).map(str::trim);
    let load = read("/proc/loadavg");
    let rustc = Command::new("rustc").arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    json!({
        "cpu": model.unwrap_or("unknown"),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "memory": total.unwrap_or("unknown"),
        "system": std::env::consts::OS,
        "load": load.split(' ').next().unwrap_or("unknown"),
        "rustc": String::from_utf8_lossy(&rustc).trim(),
    })
}

/// The same in one sentence.
pub(crate) fn sentence(machine: &Value) -> String {
    let text = |key: &str| machine[key].as_str().unwrap_or("unknown").to_owned();
    format!(
        "Machine: {}, {} cores, {}, {}; load when it began {}. It is shared with other work: only ratios within one run mean anything.",
        text("cpu"),
        machine["cores"],
        text("system"),
        text("rustc"),
        text("load")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_and_memory_are_read() {
        assert!(thread_cpu_ns() > 0.0);
        if std::path::Path::new("/proc/self/stat").exists() {
            assert!(children_cpu_s().is_some());
            assert!(resident_mib(std::process::id()).unwrap() > 0.1);
        }
        assert!(sentence(&described()).contains("cores"));
    }
}
