//! A working folder is brought up to what has landed meanwhile, and whoever goes on resolves what conflicts in the files alone.

use std::path::PathBuf;

use go_repo::{Note, Outcome, RepoError};

use crate::house::{Death, House, Wish, id, landed_commit};
use crate::killed::at_each_step;

/// A folder with work on line 5, which something else that has landed changes too.
fn behind(house: &House, script: &str) -> PathBuf {
    house.work("T-1", script);
    let other = house.work("T-2", "sed -i 's/^5$/two/' a.txt; echo new > new.txt; printf '\\0two' > bytes");
    landed_commit(&house.land("T-2", &Wish::merge(&other)));
    house.folder("T-1")
}

fn catch_up(house: &House) {
    catch_up_or(house, Death::Never).0.unwrap();
}

fn catch_up_or(house: &House, death: Death) -> (Result<(), RepoError>, usize) {
    let folder = house.folder("T-1");
    house.within(&house.repo(), death, |repo| go_repo::catch_up(repo, &folder, &id("T-1")))
}

fn land(house: &House) -> Outcome {
    let work = house.save("T-1");
    house.land("T-1", &Wish::merge(work.commit.as_str()))
}

#[test]
fn a_conflict_lies_in_the_files_and_lands_once_no_mark_is_left() {
    for house in [House::alone(), House::with_upstream()] {
        let folder = behind(&house, "sed -i 's/^5$/one/' a.txt; echo own > own.txt");
        catch_up(&house);
        let text = house.read(&folder.join("a.txt"));
        assert!(text.contains("<<<<<<< ") && text.contains("one\n=======\ntwo"), "{text}");
        assert_eq!(house.read(&folder.join("new.txt")), "new\n", "what does not conflict is merged");
        assert!(matches!(land(&house), Outcome::Conflict { .. }), "marks never land");
        // Again changes nothing: somebody is in the middle of it.
        catch_up(&house);
        house.sh(&folder, "printf '%s\\n' 1 2 3 4 'one two' 6 7 8 9 > a.txt");
        landed_commit(&land(&house));
        assert_eq!(house.sh(&house.repo(), "git show main:a.txt | sed -n 5p; git show main:own.txt"), "one two\nown");
        assert_eq!(house.landed(&house.repo(), "main"), ["T-2", "T-1"]);
    }
}

#[test]
fn what_conflicts_with_a_resolution_is_merged_into_it_and_the_resolution_is_kept() {
    let house = House::with_upstream();
    let folder = behind(&house, "sed -i 's/^5$/one/' a.txt; echo own > own.txt");
    catch_up(&house);
    house.sh(&folder, "printf '%s\\n' 1 2 3 4 'one two' 6 7 8 9 > a.txt; touch -d 2001-01-01 new.txt own.txt");
    let third = house.work("T-3", "sed -i 's/^two$/two three/' a.txt; echo newer > new.txt");
    landed_commit(&house.land("T-3", &Wish::merge(&third)));
    assert!(matches!(land(&house), Outcome::Conflict { .. }));
    catch_up(&house);
    let text = house.read(&folder.join("a.txt"));
    assert!(text.contains("<<<<<<< ") && text.contains("one two\n=======\ntwo three"), "{text}");
    assert_eq!(house.read(&folder.join("new.txt")), "newer\n");
    house.sh(&folder, "printf '%s\\n' 1 2 3 4 'one two three' 6 7 8 9 > a.txt");
    landed_commit(&land(&house));
    assert_eq!(house.sh(&house.repo(), "git show main:a.txt | sed -n 5p; git show main:own.txt"), "one two three\nown");
    assert_eq!(house.landed(&house.repo(), "main"), ["T-2", "T-3", "T-1"]);
}

#[test]
fn what_does_not_conflict_is_merged_and_what_has_all_of_it_is_left_alone() {
    let house = House::alone();
    let folder = behind(&house, "echo own > own.txt; git add own.txt; git commit -q -m own; echo more > more.txt");
    catch_up(&house);
    let log = "git log --first-parent --format=%s -3; git status --porcelain";
    let merged = house.sh(&folder, log);
    assert_eq!(merged, "Merge what has landed meanwhile\nWork on T-1\nown");
    catch_up(&house);
    assert_eq!(house.sh(&folder, log), merged);
    landed_commit(&land(&house));
    let files = house.sh(&house.repo(), "git ls-tree --name-only main").replace('\n', " ");
    assert!(["own.txt", "more.txt", "new.txt"].iter().all(|file| files.contains(file)), "{files}");
}

#[test]
fn what_can_not_be_shown_in_the_files_is_not_begun_and_an_agent_s_own_merge_is_left_alone() {
    let house = House::alone();
    let folder = behind(&house, "printf '\\0one' > bytes");
    catch_up(&house);
    assert_eq!(house.sh(&folder, "git status --porcelain; git log -1 --format=%s"), "Work on T-1");
    assert!(
        house
            .notes
            .lock()
            .unwrap()
            .iter()
            .any(|note| matches!(note, Note::NotCaughtUp(words) if words.contains("bytes")))
    );
    house.sh(&folder, "git merge -q main || true");
    catch_up(&house);
    assert!(matches!(land(&house), Outcome::Conflict { .. }), "its own side alone is no resolution");
}

#[test]
fn killed_at_each_step_and_called_again_it_is_as_if_nothing_had_happened() {
    for script in ["sed -i 's/^5$/one/' a.txt", "printf '\\0one' > bytes"] {
        let prepare = || {
            let house = House::alone();
            behind(&house, script);
            house
        };
        let look = |house: &House| {
            let folder = house.folder("T-1");
            let state =
                house.sh(&folder, "git status --porcelain; cat a.txt; git log --format=%s; git rev-parse HEAD^{tree}");
            let work = house.save("T-1");
            let base = house.sh(&folder, &format!("git log -1 --format=%s {}", work.base));
            let parents = house.sh(&folder, &format!("git log -1 --format=%P {} | wc -w", work.commit));
            let state: Vec<&str> = state.lines().filter(|line| !line.starts_with(['<', '>'])).collect();
            format!("{}\n{base}\n{parents}", state.join("\n"))
        };
        at_each_step(prepare, catch_up_or, look);
    }
}
