//! What the tickets of a torture run write down, in the order in which they wrote it.

/// What a run says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    /// It started.
    Begin {
        /// Who.
        run: Run,
        /// The host it is on.
        host: String,
        /// Whether its host had a slot left for it.
        had_slot: bool,
        /// Whether no other run of the same ticket was alive.
        was_alone: bool,
        /// Whether the exit of an earlier run that had ended well was on disk.
        was_again: bool,
    },
    /// It is about to end.
    End {
        /// Who.
        run: Run,
        /// Whether it ends well.
        good: bool,
    },
}

/// One run of a ticket, or of its review.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    /// `T-001.run` or `T-001.review`.
    pub(super) name: String,
    /// The agent, which is the attempt's own.
    pub(super) agent: String,
    /// The shell.
    pub(super) pid: u32,
}

/// Reads a trace; the first line that no ticket can have written is the error. The order of the lines is that of the writes, as
/// each is one `O_APPEND` write.
pub(super) fn parse(text: &str) -> Result<Vec<Mark>, String> {
    text.lines().map(|line| mark(line).ok_or_else(|| line.to_owned())).collect()
}

fn mark(line: &str) -> Option<Mark> {
    let words: Vec<&str> = line.split(' ').collect();
    let run = || {
        let pid = words.get(2)?.parse().ok()?;
        Some(Run { name: (*words.get(1)?).to_owned(), agent: (*words.get(3)?).to_owned(), pid })
    };
    let word = |index: usize, yes: &str, no: &str| match *words.get(index)? {
        found if found == yes => Some(true),
        found if found == no => Some(false),
        _ => None,
    };
    words.get(4)?.parse::<f64>().ok()?;
    match (*words.first()?, words.len()) {
        ("begin", 9) => Some(Mark::Begin {
            run: run()?,
            host: (*words.get(5)?).to_owned(),
            had_slot: *words.get(6)? != "over",
            was_alone: word(7, "alone", "overlap")?,
            was_again: word(8, "again", "fresh")?,
        }),
        ("end", 6) => Some(Mark::End { run: run()?, good: word(5, "good", "failed")? }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_ticket_writes_can_be_read() {
        let text = "begin T-001.run 17 a-1 12.34 h1 2 alone fresh\nend T-001.run 17 a-1 12.50 good\n";
        let marks = parse(text).unwrap();
        let run = Run { name: "T-001.run".to_owned(), agent: "a-1".to_owned(), pid: 17 };
        assert_eq!(marks[1], Mark::End { run: run.clone(), good: true });
        let host = "h1".to_owned();
        assert_eq!(marks[0], Mark::Begin { run, host, had_slot: true, was_alone: true, was_again: false });
    }

    #[test]
    fn a_torn_line_is_an_error() {
        assert_eq!(
            parse("begin T-001.run 17 a-1 12.34 h1 2 alone"),
            Err("begin T-001.run 17 a-1 12.34 h1 2 alone".to_owned())
        );
        assert!(parse("end T-001.run 17 a-1 12.50 goo").is_err());
    }
}
