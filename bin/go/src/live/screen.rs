//! The live screen on a terminal: redrawn in place, gone at the end.

use std::io::{self, IsTerminal, Write};

/// Goes up over what is there, and clears it.
fn back(lines: usize) -> String {
    let up = if lines == 0 { String::new() } else { format!("\x1b[{lines}A") };
    format!("{up}\r\x1b[J")
}

/// Lines at the bottom of a terminal that are redrawn in place. Each drawing is one write, so nothing flickers.
#[derive(Debug, Default)]
pub(super) struct Screen {
    shown: Vec<String>,
}

impl Screen {
    /// An empty screen, where standard output is a terminal that can do it and nobody asked for none.
    pub(super) fn where_fit() -> Option<Self> {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let fit = io::stdout().is_terminal() && set("NO_COLOR").is_none() && set("TERM").is_some_and(|t| t != "dumb");
        fit.then(Self::default)
    }

    /// Shows these lines in place of the ones before.
    pub(super) fn show(&mut self, lines: Vec<String>) -> io::Result<()> {
        let text = format!("{}{}", back(self.shown.len()), drawn(&lines));
        self.shown = lines;
        put(&text)
    }

    /// Prints lines above, that stay.
    pub(super) fn above(&self, lines: &[String]) -> io::Result<()> {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        put(&format!("{}{text}{}", back(self.shown.len()), drawn(&self.shown)))
    }

    /// Takes the lines away.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.show(Vec::new())
    }
}

/// The lines, cut by the terminal itself at its right edge: with its wrapping off, its width need not be known.
fn drawn(lines: &[String]) -> String {
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    format!("\x1b[?7l{lines}\x1b[?7h")
}

fn put(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redraw_goes_up_over_exactly_what_was_drawn() {
        assert_eq!(back(0), "\r\x1b[J");
        assert_eq!(back(3), "\x1b[3A\r\x1b[J");
        assert_eq!(drawn(&["a".to_owned(), "b".to_owned()]), "\x1b[?7la\nb\n\x1b[?7h");
    }
}
