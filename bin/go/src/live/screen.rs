//! The live screen on a terminal: redrawn in place, gone at the end.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Lines at the bottom of a terminal that are redrawn in place.
pub(super) struct Screen {
    area: MultiProgress,
    lines: Vec<ProgressBar>,
    style: ProgressStyle,
}

impl Screen {
    /// An empty screen on standard output.
    pub(super) fn new() -> Self {
        let style = ProgressStyle::with_template("{wide_msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
        Self { area: MultiProgress::with_draw_target(ProgressDrawTarget::stdout()), lines: Vec::new(), style }
    }

    /// Shows these lines in place of the ones before.
    pub(super) fn show(&mut self, lines: Vec<String>) {
        while self.lines.len() > lines.len() {
            if let Some(line) = self.lines.pop() {
                line.finish_and_clear();
                self.area.remove(&line);
            }
        }
        while self.lines.len() < lines.len() {
            let line = self.area.add(ProgressBar::no_length());
            line.set_style(self.style.clone());
            self.lines.push(line);
        }
        for (place, text) in self.lines.iter().zip(lines) {
            place.set_message(text);
            place.tick();
        }
    }

    /// Prints a line above, that stays.
    pub(super) fn above(&self, line: &str) -> std::io::Result<()> {
        self.area.println(line)
    }

    /// Takes the lines away.
    pub(super) fn clear(&mut self) {
        self.show(Vec::new());
        // What can't be cleared is a terminal that is gone.
        let _ = self.area.clear();
    }
}
