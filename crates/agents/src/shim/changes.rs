//! When the files of a folder last changed.

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use go_bus_api::Timestamp;
use go_clock::{Boottime, Clock, SystemClock};

/// How many files and folders are looked at: what lies deepest is left out.
const MOST: usize = 50_000;

/// How far ahead of the wall clock a file's time is taken for now. What is further ahead (unpacked from an archive of another zone, say) tells
/// nothing: it would seem new for ever.
const AHEAD: Duration = Duration::from_secs(60);

/// When anything in `folder` was last written, as far as the wall clock's times of files tell. Git's own folder is left out.
pub(super) fn last_change(folder: &Path) -> Option<Boottime> {
    let (mut waiting, mut looked, mut last) = (vec![folder.to_path_buf()], 0_usize, None::<i64>);
    while !waiting.is_empty() {
        let mut deeper = Vec::new();
        for item in waiting.iter().filter_map(|path| std::fs::read_dir(path).ok()).flatten().flatten() {
            looked = looked.saturating_add(1);
            if looked > MOST {
                return on_boottime(last);
            }
            if item.file_name() != ".git" {
                last = last.max(look(&item, &mut deeper));
            }
        }
        waiting = deeper;
    }
    on_boottime(last)
}

/// When an entry was written; a folder is looked into later.
fn look(item: &std::fs::DirEntry, deeper: &mut Vec<PathBuf>) -> Option<i64> {
    let found = item.metadata().ok()?;
    if found.is_dir() {
        deeper.push(item.path());
    }
    let since_epoch = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let written = i64::try_from(since_epoch.as_millis()).ok()?;
    let ahead = Timestamp::from_unix_millis(written).since(SystemClock.wall());
    (ahead <= AHEAD).then_some(written)
}

fn on_boottime(millis: Option<i64>) -> Option<Boottime> {
    let age = SystemClock.wall().since(Timestamp::from_unix_millis(millis?));
    Some(Boottime(SystemClock.boottime().0.saturating_sub(age)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: PathBuf, age: Duration) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = std::fs::File::create(&path).unwrap();
        let written =
            UNIX_EPOCH + Duration::from_millis(u64::try_from(SystemClock.wall().unix_millis()).unwrap()) - age;
        file.set_modified(written).unwrap();
    }

    fn age(folder: &Path) -> Duration {
        SystemClock.boottime().since(last_change(folder).unwrap())
    }

    #[test]
    fn the_youngest_file_counts_however_deep_and_git_s_own_do_not() {
        let temp = tempfile::tempdir().unwrap();
        let hour = Duration::from_secs(3600);
        write(temp.path().join("a/b/c"), hour);
        write(temp.path().join("d"), hour * 3);
        write(temp.path().join(".git/index"), Duration::ZERO);
        for folder in ["a", "a/b", ".git"] {
            let folder = std::fs::File::open(temp.path().join(folder)).unwrap();
            folder.set_modified(UNIX_EPOCH).unwrap();
        }
        let age = age(temp.path());
        // Files' times are read in whole milliseconds.
        assert!(age + Duration::from_millis(1) >= hour && age < hour * 2, "{age:?}");
    }

    #[test]
    fn what_is_dated_in_the_future_is_not_new_for_ever() {
        let temp = tempfile::tempdir().unwrap();
        let hour = Duration::from_secs(3600);
        write(temp.path().join("worked-on"), hour * 2);
        let ahead = std::fs::File::create(temp.path().join("unpacked")).unwrap();
        let now = UNIX_EPOCH + Duration::from_millis(u64::try_from(SystemClock.wall().unix_millis()).unwrap());
        ahead.set_modified(now + hour).unwrap();
        assert!(age(temp.path()) > hour, "{:?}", age(temp.path()));
        ahead.set_modified(now + AHEAD / 2).unwrap();
        assert!(age(temp.path()) < hour, "clocks differ a little");
    }

    #[test]
    fn an_empty_folder_tells_nothing() {
        let temp = tempfile::tempdir().unwrap();
        assert_eq!(last_change(temp.path()), None);
        assert_eq!(last_change(Path::new("/no/such/folder")), None);
    }
}
