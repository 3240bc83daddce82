//! What a conflict is about, for the agent that has to resolve it.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use crate::merge::Conflict;
use crate::repo::Repo;
use crate::{ObjectId, RepoError};

/// The most of a conflict that is shown, in characters.
const MOST: usize = 24_000;
/// How many lines are shown around a conflict's place.
const AROUND: usize = 3;

/// git's messages, then the places in each file of the merged tree.
pub(super) fn of(repo: &Repo<'_>, tree: &ObjectId, conflict: &Conflict) -> Result<String, RepoError> {
    let mut text = conflict.messages.join("\n");
    for file in &conflict.files {
        let name = [tree.as_str().as_bytes(), b":", file.as_bytes()].concat();
        // One that was removed, or that is a folder now, has no text.
        let shown = repo.git().call(&["cat-file", "blob"]).arg(OsString::from_vec(name)).run()?;
        let places = if shown.code == 0 { places(&shown.text()) } else { String::new() };
        if !places.is_empty() {
            text.push_str(&format!("\n\n{}:\n{places}", file.to_string_lossy()));
        }
    }
    Ok(text.chars().take(MOST).collect())
}

/// The places of a file that have a conflict's marks, each with some lines around it and the number of its first line.
fn places(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut shown = vec![false; lines.len()];
    let mut inside = false;
    for (number, line) in lines.iter().enumerate() {
        inside |= line.starts_with("<<<<<<< ");
        if inside {
            let from = number.saturating_sub(AROUND);
            shown
                .iter_mut()
                .skip(from)
                .take(number.saturating_sub(from).saturating_add(AROUND + 1))
                .for_each(|s| *s = true);
        }
        inside &= !line.starts_with(">>>>>>> ");
    }
    let mut places = String::new();
    let mut before = false;
    for (number, (line, is_shown)) in lines.iter().zip(shown).enumerate() {
        if is_shown {
            if !before {
                places.push_str(&format!("@ line {}\n", number.saturating_add(1)));
            }
            places.push_str(line);
            places.push('\n');
        }
        before = is_shown;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn only_the_places_are_shown_with_what_is_around_them() {
        let text = "1\n2\n3\n4\n5\n<<<<<<< a\nours\n=======\ntheirs\n>>>>>>> b\n6\n7\n8\n9\n";
        let shown = "@ line 3\n3\n4\n5\n<<<<<<< a\nours\n=======\ntheirs\n>>>>>>> b\n6\n7\n8\n";
        assert_eq!(places(text), shown);
        assert_eq!(places("nothing\nhere\n"), "");
    }
}
