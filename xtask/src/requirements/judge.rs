//! What the table has to hold: a row for each demand, code that exists, tests that run.

use super::page::{CELLS, Row};
use super::tests_that_run::Tests;
use super::{DEMANDS, PAGE, TO_COME};
use crate::tidy::Finding;

/// Everything that is wrong. `exists` tells of a path as seen from the page's folder.
pub(crate) fn check(rows: &[Row], exists: impl Fn(&str) -> bool, tests: &Tests) -> Vec<Finding> {
    let mut findings = Vec::new();
    for number in 1..=DEMANDS {
        match rows.iter().filter(|row| row.number == number).count() {
            1 => {}
            0 => findings.push(Finding::new(PAGE, format!("R{number} has no row"))),
            several => findings.push(Finding::new(PAGE, format!("R{number} has {several} rows"))),
        }
    }
    for row in rows {
        let place = format!("{PAGE}:{}", row.line);
        let problems = [of_form(row), of_code(row, &exists), of_tests(row, tests)].concat();
        findings.extend(problems.into_iter().map(|problem| Finding::new(&place, format!("R{} {problem}", row.number))));
    }
    findings
}

fn of_form(row: &Row) -> Vec<String> {
    let mut problems = Vec::new();
    if row.number == 0 || row.number > DEMANDS {
        problems.push("is no demand".to_owned());
    }
    if row.cells != CELLS {
        problems.push(format!("has {} cells, not {CELLS}", row.cells));
    }
    if row.meaning.is_empty() {
        problems.push("does not say what it means here".to_owned());
    }
    problems
}

fn of_code(row: &Row, exists: impl Fn(&str) -> bool) -> Vec<String> {
    if row.code.is_empty() {
        return vec!["leads to no code".to_owned()];
    }
    let gone = row.code.iter().filter(|path| !exists(path));
    gone.map(|path| format!("leads to {path}, which is not there")).collect()
}

fn of_tests(row: &Row, tests: &Tests) -> Vec<String> {
    let mut problems = match (TO_COME.contains(&row.number), row.to_come) {
        (true, false) => vec!["is yet to come and does not say so".to_owned()],
        (false, true) => vec!["is not among what may be yet to come".to_owned()],
        (false, false) if row.tests.is_empty() => vec!["is open: no test shows it".to_owned()],
        (true, true) | (false, false) => Vec::new(),
    };
    problems.extend(row.tests.iter().filter_map(|test| match tests.get(test) {
        Some(true) => None,
        Some(false) => Some(format!("names the test {test}, which is ignored")),
        None => Some(format!("names the test {test}, which does not run")),
    }));
    problems
}

#[cfg(test)]
mod tests {
    use super::super::page::rows;
    use super::*;

    /// A table in which nothing is wrong.
    fn whole() -> String {
        (1..=DEMANDS).map(|n| format!("{}\n", line(n))).collect()
    }

    fn line(number: u32) -> String {
        let tests = if TO_COME.contains(&number) { "to come" } else { "`go-a::it_holds`" };
        format!("| R{number} | a sentence | [a](../crates/a) | {tests} |")
    }

    /// The findings where this row stands in place of the whole one.
    fn with(number: u32, row: &str) -> Vec<String> {
        judged(&whole().replace(&line(number), row))
    }

    fn judged(page: &str) -> Vec<String> {
        let tests = Tests::from([("go-a::it_holds".to_owned(), true), ("go-a::it_sleeps".to_owned(), false)]);
        check(&rows(page), |path| path == "../crates/a", &tests).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_whole_table_passes() {
        assert_eq!(judged(&whole()), [""; 0]);
    }

    #[test]
    fn a_demand_without_a_row_and_one_with_two_are_found() {
        assert_eq!(with(7, ""), ["docs/requirements.md: R7 has no row"]);
        assert_eq!(with(7, &format!("{}\n{}", line(7), line(7))), ["docs/requirements.md: R7 has 2 rows"]);
        assert_eq!(with(7, &format!("{}\n{}", line(7), line(33))), ["docs/requirements.md:8: R33 is no demand"]);
    }

    #[test]
    fn a_row_says_what_it_means_in_as_many_cells_as_there_are() {
        let row = line(7).replace("a sentence", "");
        assert_eq!(with(7, &row), ["docs/requirements.md:7: R7 does not say what it means here"]);
        let row = line(7).replace("a sentence", "a|b");
        assert!(with(7, &row).iter().any(|found| found.ends_with("R7 has 5 cells, not 4")));
    }

    #[test]
    fn code_that_is_not_there_and_no_code_at_all_are_found() {
        let row = line(7).replace("../crates/a", "../crates/gone");
        assert_eq!(with(7, &row), ["docs/requirements.md:7: R7 leads to ../crates/gone, which is not there"]);
        let row = line(7).replace("[a](../crates/a)", "crates/a");
        assert_eq!(with(7, &row), ["docs/requirements.md:7: R7 leads to no code"]);
    }

    #[test]
    fn a_test_that_is_missing_ignored_or_not_named_is_found() {
        let named = |test: &str| with(7, &line(7).replace("`go-a::it_holds`", test));
        let found = "docs/requirements.md:7: R7";
        assert_eq!(named("`go-a::gone`"), [format!("{found} names the test go-a::gone, which does not run")]);
        assert_eq!(named("`go-a::it_sleeps`"), [format!("{found} names the test go-a::it_sleeps, which is ignored")]);
        assert_eq!(named("open"), [format!("{found} is open: no test shows it")]);
        assert_eq!(named("`go-a::it_holds` `go-a::gone`").len(), 1, "one that runs makes up for none that does not");
    }

    #[test]
    fn only_what_is_on_the_list_is_to_come_and_that_says_so() {
        let row = line(7).replace("`go-a::it_holds`", "to come");
        assert_eq!(with(7, &row), ["docs/requirements.md:7: R7 is not among what may be yet to come"]);
        let row = line(17).replace("to come", "`go-a::it_holds`");
        assert_eq!(with(17, &row), ["docs/requirements.md:17: R17 is yet to come and does not say so"]);
        let row = line(17).replace("to come", "to come; `go-a::gone`");
        assert_eq!(with(17, &row).len(), 1, "what is there already has to run");
    }
}
