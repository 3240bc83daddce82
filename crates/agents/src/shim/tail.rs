//! The end of a log.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use go_bus_api::Text;
use go_driver::Lines;

/// The bytes of a tail.
const TAIL: usize = 4096;

/// How much is read at once.
const PART: usize = 64 * 1024;

/// How long a log is now; 0 where it is not there.
pub(crate) fn length(log: &Path) -> u64 {
    std::fs::metadata(log).map(|found| found.len()).unwrap_or_default()
}

/// The last 4 KiB that were written to `log` from the byte `from` on. A log that can't be read has no tail: an exit is
/// reported without it rather than not at all.
pub(crate) fn tail(log: &Path, from: u64) -> Text<TAIL> {
    Text::clipped(last(&read(log, from).unwrap_or_default()))
}

/// Gives each line that was written to `log` from the byte `from` on to `each`; none where it can't be read.
pub(crate) fn lines(log: &Path, from: u64, mut each: impl FnMut(&str)) {
    let opened = File::open(log).and_then(|mut file| file.seek(SeekFrom::Start(from)).map(|_| file));
    let Ok(mut file) = opened else { return };
    let (mut part, mut lines) = (vec![0; PART], Lines::default());
    while let Ok(count @ 1..) = file.read(&mut part) {
        lines.push(part.get(..count).unwrap_or_default(), &mut each);
    }
    lines.end(each);
}

fn read(log: &Path, from: u64) -> std::io::Result<String> {
    let mut file = File::open(log)?;
    let end = file.metadata()?.len();
    let most = u64::try_from(TAIL).unwrap_or(u64::MAX);
    let start = from.max(end.saturating_sub(most));
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    // A terminal ends its lines so.
    Ok(String::from_utf8_lossy(&bytes).replace('\0', "").replace("\r\n", "\n"))
}

/// The end of `text` that fits, without the broken character that a cut may leave at its beginning.
fn last(text: &str) -> &str {
    let mut start = text.len().saturating_sub(TAIL);
    while !text.is_char_boundary(start) {
        start = start.saturating_add(1);
    }
    text.get(start..).unwrap_or_default().trim_start_matches(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(content: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, content).unwrap();
        (folder, path)
    }

    #[test]
    fn the_last_bytes_are_kept_and_the_first_are_cut() {
        let (_folder, path) = log(&[b"x".repeat(10_000), b"last words".to_vec()].concat());
        let tail = tail(&path, 0);
        assert!(tail.as_str().ends_with("last words") && tail.as_str().len() == TAIL);
    }

    #[test]
    fn the_lines_are_all_there_are_from_a_byte_on() {
        let (_folder, path) = log(&[b"before\n".to_vec(), b"x".repeat(200_000), b"\nlast".to_vec()].concat());
        let mut found = Vec::new();
        lines(&path, 7, |line| found.push(line.to_owned()));
        assert_eq!((found.len(), found[0].len(), found[1].as_str()), (2, 200_000, "last"));
        lines(Path::new("/no/such/log"), 0, |_| panic!("it has none"));
    }

    #[test]
    fn what_was_there_before_is_not_part_of_it() {
        let (_folder, path) = log(b"agent\nverify\n");
        assert_eq!(tail(&path, 6).as_str(), "verify\n");
        assert_eq!(length(&path), 13);
        assert_eq!(tail(&path, 99).as_str(), "");
        assert_eq!(tail(Path::new("/no/such/log"), 0).as_str(), "");
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm_and_a_cut_character_is_left_out() {
        let (_folder, path) = log(&[vec![0xff; 3000], vec![0; 5], b"end".to_vec()].concat());
        assert!(tail(&path, 0).as_str().ends_with("end"));
        let (_folder, path) = log("ü".repeat(3000).as_bytes());
        assert!(tail(&path, 0).as_str().chars().all(|c| c == 'ü'));
        let (_folder, path) = log(&[b"x", "ü".repeat(2048).as_bytes()].concat());
        assert!(tail(&path, 0).as_str().chars().all(|c| c == 'ü'));
    }
}
