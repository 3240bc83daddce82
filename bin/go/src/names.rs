//! The names that this program is called by: `go`, `xiopro`, and `xiopro-tmux` for the managed session's commands (R30).

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// The name that this program was called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Called {
    /// `go`, or anything else.
    Go,
    /// `xiopro`: the same commands, and no mistaking it for the compiler.
    Xiopro,
    /// `xiopro-tmux`: the commands of `go tmux`.
    XioproTmux,
}

impl Called {
    /// The name that the first of these arguments is.
    pub(crate) fn by(arguments: &[OsString]) -> Self {
        match arguments.first().and_then(|path| Path::new(path).file_name()).and_then(OsStr::to_str) {
            Some("xiopro") => Self::Xiopro,
            Some("xiopro-tmux") => Self::XioproTmux,
            _ => Self::Go,
        }
    }

    /// The arguments as `go` takes them.
    pub(crate) fn spelled_out(self, mut arguments: Vec<OsString>) -> Vec<OsString> {
        if self == Self::XioproTmux {
            arguments.insert(1.min(arguments.len()), "tmux".into());
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(line: &str) -> Vec<OsString> {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        Called::by(&words).spelled_out(words)
    }

    #[test]
    fn each_name_stands_for_its_commands() {
        assert_eq!(spelled("/usr/bin/xiopro-tmux go"), ["/usr/bin/xiopro-tmux", "tmux", "go"]);
        assert_eq!(spelled("xiopro-tmux"), ["xiopro-tmux", "tmux"]);
        for line in ["go up", "./target/go tmux start", "/opt/xiopro go", "xiopro status"] {
            assert_eq!(spelled(line), line.split(' ').collect::<Vec<_>>());
        }
        assert_eq!(Called::by(&["/opt/xiopro".into()]), Called::Xiopro);
    }
}
