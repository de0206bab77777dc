//! The processor time of the programs that a step has started, as the system counts it: the same on a busy machine as on a quiet one.

use std::time::Duration;

/// Linux counts in hundredths of a second, whatever its own clock does.
const TICKS_PER_SECOND: u64 = 100;

/// What all ended children, and theirs, have taken so far; nothing where the system does not say it in a file.
pub(super) fn of_children() -> Option<Duration> {
    parse(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

/// User and system time of waited-for children: fields 16 and 17 of `proc_pid_stat(5)`.
fn parse(stat: &str) -> Option<Duration> {
    // The name of the program comes second, in brackets, and may hold blanks.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(13).map(str::parse::<u64>);
    let ticks = fields.next()?.ok()? + fields.next()?.ok()?;
    Some(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_of_children_are_added() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194304 100 200 0 0 11 12 250 37 20 0 1 0 5 6 7";
        assert_eq!(parse(stat), Some(Duration::from_millis(2870)));
        assert_eq!(parse("7 (a) S 1"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_a_child_takes_is_seen_once_it_has_ended() {
        let before = of_children().unwrap();
        let mut busy = std::process::Command::new("sh");
        busy.args(["-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"]);
        assert!(busy.status().unwrap().success());
        assert!(of_children().unwrap() > before);
    }
}
