//! What is typed in a window goes into the agent's pipe, or is refused with a line that says why.

use std::fs::File;
use std::io::Write;

use go_runtime::{AgentFolder, RuntimeError, Typing};
use rustix::fs::OFlags;

/// Rings where what is typed has no room: nobody reads it just now.
const BELL: &str = "\u{7}";

/// Where keys go.
#[derive(Debug)]
pub(super) struct Keys {
    typing: Typing,
    pipe: Option<File>,
}

impl Keys {
    /// The keys of an agent's window.
    pub(super) fn of(folder: &AgentFolder, typing: Typing) -> Result<Self, RuntimeError> {
        if typing == Typing::Nothing {
            return Ok(Self { typing, pipe: None });
        }
        folder.make_input()?;
        let pipe = folder.open_input()?;
        // A window never waits for its agent.
        let flagged = rustix::fs::fcntl_setfl(&pipe, OFlags::NONBLOCK);
        flagged.map_err(|error| RuntimeError::Process { doing: "write without waiting", source: error.into() })?;
        Ok(Self { typing, pipe: Some(pipe) })
    }

    /// Takes what was typed while the command had a terminal or not; answers what to say of it, where it did not get through.
    pub(super) fn take(&mut self, typed: &[u8], on_terminal: bool) -> Option<&'static str> {
        if typed.is_empty() {
            return None;
        }
        match (self.typing, &mut self.pipe) {
            (Typing::Nothing, _) | (_, None) => Some("[not told: it takes no messages]\n"),
            (Typing::Terminal, _) if !on_terminal => Some("[not typed: its command does not run just now]\n"),
            (Typing::Terminal | Typing::Messages, Some(pipe)) => pipe.write_all(typed).is_err().then_some(BELL),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_nobody_takes_is_refused_in_words_and_what_has_no_room_rings() {
        let temp = tempfile::tempdir().unwrap();
        let folder = AgentFolder::at(temp.path());
        let mut none = Keys::of(&folder, Typing::Nothing).unwrap();
        assert!(none.take(b"x\n", false).unwrap().contains("takes no messages"));
        assert!(!folder.input_path().exists());
        let mut terminal = Keys::of(&folder, Typing::Terminal).unwrap();
        assert!(terminal.take(b"x\n", false).unwrap().contains("does not run"));
        let mut other_side = folder.open_input().unwrap();
        assert_eq!(terminal.take(b"", true), None);
        assert_eq!(terminal.take(b"keys", true), None);
        let mut got = [0; 4];
        other_side.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"keys");
        let rung = (0..1000).find_map(|_| terminal.take(&[b'x'; 4096], true));
        assert_eq!(rung, Some(BELL));
    }
}
