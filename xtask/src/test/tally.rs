//! Counts tests from what the test programs print, and sums up so that no failure gets lost.

/// What the lines read so far say.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    started: usize,
    finished: usize,
    passed: usize,
    failed: usize,
    ignored_count: usize,
    ignored: Vec<String>,
    failures: Vec<String>,
}

impl Tally {
    /// Reads one line of output.
    pub(crate) fn read(&mut self, line: &str) {
        let line = line.trim_end();
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.read_result(counts);
        } else if let Some(test) = line.strip_prefix("test ") {
            self.read_test(test);
        } else if starts_suite(line) {
            self.started += 1;
        }
    }

    fn read_result(&mut self, counts: &str) {
        self.finished += 1;
        let counts = counts.split_once(". ").map_or(counts, |(_, counts)| counts);
        for count in counts.split(';') {
            let Some((number, what)) = count.trim().split_once(' ') else {
                continue;
            };
            let Ok(number) = number.parse::<usize>() else {
                continue;
            };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored_count += number,
                _ => {}
            }
        }
    }

    fn read_test(&mut self, test: &str) {
        let Some((name, result)) = test.rsplit_once(" ... ") else {
            return;
        };
        if result == "FAILED" || result.starts_with("FAILED ") {
            self.failures.push(name.to_owned());
        } else if let Some(reason) = result.strip_prefix("ignored") {
            self.ignored.push(format!("{name}{reason}"));
        }
    }
}

/// Whether a test program begins here, as in `running 3 tests`.
fn starts_suite(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    matches!(words[..], ["running", count, "test" | "tests"] if count.parse::<usize>().is_ok())
}

/// The end of a test run.
#[derive(Debug)]
pub(crate) struct Summary {
    /// How many test programs ran.
    pub(crate) suites: usize,
    /// How many tests passed.
    pub(crate) passed: usize,
    /// How many failed, or something that the counts of the tests do not show.
    pub(crate) failed: usize,
    /// How many were ignored or could not run.
    pub(crate) skipped: usize,
    /// The names of the ignored ones.
    pub(crate) ignored: Vec<String>,
    /// What could not run, and why.
    pub(crate) not_run: Vec<String>,
    /// What failed.
    pub(crate) failures: Vec<String>,
}

impl Summary {
    /// Sums up; `succeeded` is what cargo's exit status says, `all` makes a test that could not run a failure.
    pub(crate) fn new(tally: Tally, not_run: Vec<String>, succeeded: bool, all: bool) -> Self {
        // Each line stands for a test that returned early, which its suite counts as passed.
        let mut summary = Self {
            suites: tally.finished,
            passed: tally.passed.saturating_sub(not_run.len()),
            failed: tally.failed,
            skipped: tally.ignored_count,
            ignored: tally.ignored,
            not_run,
            failures: tally.failures,
        };
        if all {
            summary.failed += summary.not_run.len();
        } else {
            summary.skipped += summary.not_run.len();
        }
        // A suite that crashes reports nothing, so it would otherwise count as no failure.
        if tally.started > tally.finished {
            let count = tally.started - tally.finished;
            summary.fail(count, "a test program ended before its last test");
        } else if tally.finished == 0 {
            summary.fail(1, "no test ran at all, see above");
        } else if !succeeded && tally.failed == 0 {
            summary.fail(1, "cargo test failed outside of any test, see above");
        }
        summary
    }

    /// A whole part that did not run, so that no suite counted it as passed.
    pub(crate) fn left_out(&mut self, line: String, all: bool) {
        self.not_run.push(line);
        if all {
            self.failed += 1;
        } else {
            self.skipped += 1;
        }
    }

    fn fail(&mut self, count: usize, reason: &str) {
        self.failed += count;
        self.failures.push(reason.to_owned());
    }

    /// The line that ends the output.
    pub(crate) fn last_line(&self) -> String {
        let Self { passed, failed, skipped, .. } = self;
        format!("{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_SUITES: &str = "
running 3 tests
test cell::fresh ... ok
test cell::slow ... ignored
test cell::live ... ignored, needs credentials

test result: ok. 1 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.01s

running 2 tests
test flows::buys ... FAILED
test crates/x/src/lib.rs - Call (line 7) ... ok

failures:

---- flows::buys stdout ----
running late
failures:
    flows::buys

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s
";

    const ONE_SUITE: &str = "
running 2 tests
test a ... ok
test b ... ok
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
";

    fn tally(output: &str) -> Tally {
        let mut tally = Tally::default();
        for line in output.split_inclusive('\n') {
            tally.read(line);
        }
        tally
    }

    #[test]
    fn suites_are_summed_and_tests_named() {
        let summary = Summary::new(tally(TWO_SUITES), Vec::new(), false, false);
        assert_eq!(summary.last_line(), "2 passed, 1 failed, 2 skipped");
        assert_eq!(summary.suites, 2);
        assert_eq!(summary.failures, ["flows::buys"]);
        assert_eq!(summary.ignored, ["cell::slow", "cell::live, needs credentials"]);
    }

    #[test]
    fn a_test_that_could_not_run_is_skipped_and_not_passed() {
        let not_run = vec!["sandbox: python3 not found".to_owned()];
        let summary = Summary::new(tally(ONE_SUITE), not_run, true, false);
        assert_eq!(summary.last_line(), "1 passed, 0 failed, 1 skipped");
    }

    #[test]
    fn a_test_that_could_not_run_fails_when_all_are_required() {
        let not_run = vec!["sandbox: python3 not found".to_owned()];
        let summary = Summary::new(tally(ONE_SUITE), not_run, true, true);
        assert_eq!(summary.last_line(), "1 passed, 1 failed, 0 skipped");
    }

    #[test]
    fn a_part_that_is_left_out_was_never_counted_as_passed() {
        for (all, last_line) in [(false, "2 passed, 0 failed, 1 skipped"), (true, "2 passed, 1 failed, 0 skipped")] {
            let mut summary = Summary::new(tally(ONE_SUITE), Vec::new(), true, all);
            summary.left_out("native-tls: libssl-dev not found".to_owned(), all);
            assert_eq!(summary.last_line(), last_line);
            assert_eq!(summary.not_run.len(), 1);
        }
    }

    #[test]
    fn a_failure_outside_of_the_tests_counts() {
        let built = Summary::new(tally(ONE_SUITE), Vec::new(), false, false);
        assert_eq!(built.last_line(), "2 passed, 1 failed, 0 skipped");
        let nothing = Summary::new(tally(""), Vec::new(), true, false);
        assert_eq!(nothing.last_line(), "0 passed, 1 failed, 0 skipped");
    }

    #[test]
    fn a_suite_that_crashes_counts_as_failed() {
        let crashed = format!("{ONE_SUITE}running 5 tests\ntest c ... ok\n");
        let summary = Summary::new(tally(&crashed), Vec::new(), false, false);
        assert_eq!(summary.last_line(), "2 passed, 1 failed, 0 skipped");
        assert!(summary.failures[0].contains("before its last test"));
    }
}
