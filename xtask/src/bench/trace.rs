//! What the tickets of a bench write down: a line as each begins and ends.

use super::BenchError;

/// Which end of a ticket's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// Its command started.
    Begin,
    /// Its command is over.
    End,
}

/// One line of the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Which end.
    pub(crate) edge: Edge,
    /// The ticket.
    pub(crate) ticket: String,
    /// The shell that ran it: another run of the same ticket has another one.
    pub(crate) pid: u32,
    /// When, in nanoseconds since 1970.
    pub(crate) at_ns: u64,
}

/// The command of a ticket that takes `seconds` and notes its begin and end in the file `trace`.
pub(crate) fn command(ticket: &str, seconds: f64, trace: &str) -> String {
    noted(ticket, &format!("sleep {seconds}"), trace)
}

/// The command of a ticket that lasts until the file `gate` is there, and notes its begin and end in the file `trace`.
pub(crate) fn gated_command(ticket: &str, gate: &str, trace: &str) -> String {
    noted(ticket, &format!("until test -e {gate}; do sleep 0.1; done"), trace)
}

fn noted(ticket: &str, work: &str, trace: &str) -> String {
    let note = |edge: &str| format!(r#"echo "{edge} {ticket} $$ $(date +%s%N)" >> {trace}"#);
    format!("{}; {work}; {}", note("begin"), note("end"))
}

/// Reads a trace, in the order it was written.
pub(crate) fn parse(text: &str) -> Result<Vec<Mark>, BenchError> {
    let lines = text.lines().enumerate();
    lines.map(|(index, line)| mark(line).ok_or_else(|| BenchError::Trace(index + 1, line.to_owned()))).collect()
}

fn mark(line: &str) -> Option<Mark> {
    let mut words = line.split(' ');
    let edge = match words.next()? {
        "begin" => Edge::Begin,
        "end" => Edge::End,
        _ => return None,
    };
    let ticket = words.next()?.to_owned();
    Some(Mark { edge, ticket, pid: words.next()?.parse().ok()?, at_ns: words.next()?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_ticket_writes_can_be_read() {
        let marks = parse("begin J-01 17 1000\nend J-01 17 3000\n").unwrap();
        assert_eq!(marks[1], Mark { edge: Edge::End, ticket: "J-01".to_owned(), pid: 17, at_ns: 3000 });
    }

    #[test]
    fn a_torn_line_is_an_error_and_not_a_ticket_less() {
        assert!(matches!(parse("begin J-01 17 1000\nend J-0"), Err(BenchError::Trace(2, _))));
    }
}
