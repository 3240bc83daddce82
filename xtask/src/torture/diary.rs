//! What a torture run did, with times.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::stopwatch::Stopwatch;

/// The log of one seed.
#[derive(Debug)]
pub(super) struct Diary {
    watch: Stopwatch,
    lines: Vec<String>,
}

impl Diary {
    /// An empty one that begins now.
    pub(super) fn new(title: &str) -> Self {
        Self { watch: Stopwatch::start(), lines: vec![title.to_owned()] }
    }

    /// Adds a line.
    pub(super) fn note(&mut self, what: impl std::fmt::Display) {
        self.lines.push(format!("{:8.3} s  {what}", self.watch.elapsed().as_secs_f64()));
    }

    /// Everything so far.
    pub(super) fn text(&self) -> String {
        self.lines.join("\n") + "\n"
    }

    /// Writes it into `folder`; where it is.
    pub(super) fn write(&self, folder: &Path, seed: u64) -> io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("seed-{seed}.log"));
        fs::write(&path, self.text())?;
        Ok(path)
    }
}
