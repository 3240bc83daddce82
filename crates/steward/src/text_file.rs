//! A file of text as it is on disk now, with its version.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Findings, Place};
use crate::version::Version;

/// The most bytes that a file of the stewards' may have.
const MOST: u64 = 1024 * 1024;

/// A text and its version.
#[derive(Debug, Clone)]
pub(crate) struct TextFile {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) version: Version,
}

/// Why there is no text.
#[derive(Debug)]
pub(crate) enum Unread {
    /// There is no such file.
    Absent,
    /// There is one that is no text, or can't be read.
    Bad(Vec<Diagnostic>),
}

impl TextFile {
    /// Reads the file at `path`; a byte order mark is no part of its text.
    pub(crate) fn read(path: &Path) -> Result<Self, Unread> {
        let bad = |place: Place, message: String| {
            let mut findings = Findings::of(path);
            findings.add(place, message);
            Unread::Bad(findings.all())
        };
        let bytes = match fs::metadata(path)
            .and_then(|meta| if meta.len() > MOST { Ok(None) } else { fs::read(path).map(Some) })
        {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err(bad(Place::START, format!("longer than {MOST} bytes"))),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Err(Unread::Absent);
            }
            Err(error) => return Err(bad(Place::START, format!("can't be read: {error}"))),
        };
        let version = Version::of(&bytes);
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(error.as_bytes().get(..good).unwrap_or_default()).into_owned();
            bad(Place::of(&before, good), "from here on this is not UTF-8 text; save it as UTF-8".to_owned())
        })?;
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Ok(Self { path: path.to_owned(), text, version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<TextFile, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        TextFile::read(file.path()).map_err(|unread| match unread {
            Unread::Absent => "absent".to_owned(),
            Unread::Bad(found) => format!("{}:{}: {}", found[0].line, found[0].column, found[0].message),
        })
    }

    #[test]
    fn what_is_no_utf_8_is_named_at_its_first_wrong_byte() {
        let said = read(b"# A\n\xc3\xbcb\xff\n").unwrap_err();
        assert!(said.starts_with("2:3: from here on this is not UTF-8"), "{said}");
    }

    #[test]
    fn the_version_is_of_the_bytes_and_the_text_without_its_mark() {
        let file = read(b"\xef\xbb\xbf# A\n").unwrap();
        assert_eq!((file.text.as_str(), file.version), ("# A\n", Version::of(b"\xef\xbb\xbf# A\n")));
    }

    #[test]
    fn one_that_is_not_there_is_absent_and_a_huge_one_is_refused() {
        assert!(matches!(TextFile::read(Path::new("/nowhere/at/all")), Err(Unread::Absent)));
        assert!(read(&vec![b'a'; 1024 * 1024 + 1]).unwrap_err().contains("longer than 1048576 bytes"));
    }
}
