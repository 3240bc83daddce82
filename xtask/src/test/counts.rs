//! What a test runner says at its end, read back from its output.

use std::fmt;

/// How many tests passed and failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Passed.
    pub(crate) passed: u64,
    /// Failed.
    pub(crate) failed: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The sum of all closing lines: nextest's `Summary […]`, cargo test's `test result: …`, and a plain `N passed, M failed`.
pub(crate) fn read(output: &str) -> Counts {
    let mut sum = Counts::default();
    for line in output.lines().filter(|line| is_closing(line.trim())) {
        sum.passed += before(line, "passed");
        sum.failed += before(line, "failed") + before(line, "timed out");
    }
    sum
}

fn is_closing(line: &str) -> bool {
    line.starts_with("Summary [")
        || line.starts_with("test result: ")
        || (line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(" passed, ") && line.ends_with(" failed"))
}

/// The number that stands before `word`; 0 where there is none.
fn before(line: &str, word: &str) -> u64 {
    let number = line.split_once(word).and_then(|(head, _)| head.split_whitespace().next_back());
    number.and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextest_and_cargo_test_and_plain_lines_are_understood() {
        let nextest = "  Summary [   0.150s] 36 tests run: 34 passed (1 slow), 1 failed, 1 timed out, 0 skipped\n";
        assert_eq!(read(nextest), Counts { passed: 34, failed: 2 });
        let cargo =
            "test result: ok. 3 passed; 0 failed; 0 ignored\nx\ntest result: FAILED. 1 passed; 2 failed; 0 ignored";
        assert_eq!(read(cargo), Counts { passed: 4, failed: 2 });
        assert_eq!(read("58 passed, 1 failed\n"), Counts { passed: 58, failed: 1 });
    }

    #[test]
    fn other_lines_count_for_nothing() {
        assert_eq!(read("test a::nothing_passed ... ok\nPASS 3 passed tests\n"), Counts::default());
    }
}
