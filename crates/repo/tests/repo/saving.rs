//! Saved work: everything, whatever the agent is in the middle of, and nothing of the agent's touched.

use std::path::Path;

use go_repo::{Note, RepoError};

use crate::house::{Death, House};

/// What the agent sees of its folder.
fn view(house: &House, folder: &Path) -> String {
    let index = "$(git rev-parse --git-dir)/index";
    house.sh(
        folder,
        &format!("git status --porcelain=2 --branch; git stash list; git rev-parse HEAD; md5sum < \"{index}\""),
    )
}

fn saved(house: &House, path: &str) -> String {
    house.sh(&house.repo(), &format!("git show 'refs/xio/wip/T-1:{path}'"))
}

#[test]
fn everything_is_saved_and_nothing_of_the_agent_s_is_touched() {
    let house = House::with_upstream();
    let made = house.make("T-1");
    house.sh(
        &made.folder,
        "echo own > own && git add own && git commit -q -m own; echo staged > staged && git add staged
        echo dirty >> a.txt; rm b.txt; mkdir d; echo u > 'd/un tracked'; printf x > 'new
line'; echo no > x.log; echo forced > f.log && git add -f f.log",
    );
    let before = view(&house, &made.folder);
    let work = house.save("T-1");
    assert_eq!(view(&house, &made.folder), before);
    assert_eq!((work.base.as_str(), work.changed, work.vacuous), (made.base.as_str(), true, false));
    assert!(work.pushed, "other hosts can have it");
    let files = house.sh(&house.repo(), &format!("git ls-tree -r -z --name-only {} | tr '\\0' '|'", work.commit));
    assert_eq!(files, ".gitignore|a.txt|d/un tracked|f.log|new\nline|own|staged|");
    let parent = house.sh(&house.repo(), &format!("git log -1 --format=%s {}^", work.commit));
    assert_eq!(parent, "own");
    assert_eq!(house.sh(&house.upstream(), "git rev-parse refs/xio/wip/T-1"), work.commit.as_str());
    assert_eq!(
        house.sh(&house.upstream(), "git for-each-ref --format='%(refname)' | sort"),
        "refs/heads/main\nrefs/xio/wip/T-1"
    );
}

#[test]
fn nothing_new_is_made_where_nothing_changed() {
    let house = House::alone();
    let made = house.make("T-1");
    let first = house.save("T-1");
    assert!(!first.changed && !first.pushed, "there is no upstream");
    assert_eq!(house.save("T-1"), first);
    // Touched, but the same.
    house.sh(&made.folder, "touch a.txt; echo x > x.log");
    assert_eq!(house.save("T-1"), first);
    house.sh(&made.folder, "echo x > x");
    let second = house.save("T-1");
    assert!(second.changed && second.commit != first.commit);
    // Back again: saved, and no change.
    house.sh(&made.folder, "rm x");
    let third = house.save("T-1");
    assert!(!third.changed && third.commit != second.commit);
}

#[test]
fn a_change_of_the_same_length_at_the_same_instant_is_seen() {
    let house = House::alone();
    let folder = house.make("T-1").folder;
    for round in 0..10 {
        house.sh(&folder, &format!("echo {round}a > f; git add f; echo {round}b > f"));
        house.save("T-1");
        assert_eq!(saved(&house, "f"), format!("{round}b"));
    }
}

#[test]
fn in_the_middle_of_a_merge_with_conflicts() {
    let house = House::alone();
    let folder = house.make("T-1").folder;
    house.sh(&house.repo(), "sed -i 's/5/main/' a.txt && git commit -qam main");
    house.sh(&folder, "sed -i 's/5/own/' a.txt && git commit -qam own; git merge main || true");
    let before = view(&house, &folder);
    house.save("T-1");
    assert_eq!(view(&house, &folder), before);
    assert!(saved(&house, "a.txt").contains("<<<<<<<"));
    house.sh(&folder, "test -f \"$(git rev-parse --git-dir)/MERGE_HEAD\"");
}

#[test]
fn in_the_middle_of_a_rebase_the_branch_is_kept_too() {
    let house = House::alone();
    let folder = house.make("T-1").folder;
    house.sh(&house.repo(), "sed -i 's/5/main/' a.txt && git commit -qam main");
    house.sh(
        &folder,
        "echo 1 > one && git add one && git commit -qm one && sed -i 's/5/own/' a.txt && git commit -qam own",
    );
    house.sh(&folder, "git rebase main || true");
    let before = view(&house, &folder);
    let work = house.save("T-1");
    assert_eq!(view(&house, &folder), before);
    let kept = house.sh(&folder, &format!("git log --format=%s {} ", work.commit));
    assert!(kept.lines().any(|subject| subject == "own"), "{kept}");
    house.sh(&folder, "git rebase --abort");
    assert_eq!(house.sh(&folder, "git log --format=%s | head -2"), "own\none");
}

#[test]
fn repos_within_the_folder_stop_nothing_and_are_told() {
    let house = House::alone();
    let folder = house.make("T-1").folder;
    house.sh(
        &folder,
        "git init -q empty; mkdir deep; git init -q deep/full; cd deep/full
        git -c user.name=x -c user.email=x@e.org commit -q --allow-empty -m x; cd ../..; echo s > deep/saved",
    );
    house.save("T-1");
    assert_eq!(saved(&house, "deep/saved"), "s");
    let told = house.notes.lock().unwrap().iter().filter(|note| matches!(note, Note::NotSaved(_))).count();
    assert_eq!(told, 2);
}

#[test]
fn a_file_that_can_not_be_read_is_told_and_the_rest_is_saved() {
    let house = House::alone();
    let folder = house.make("T-1").folder;
    // Nobody can read what leads to itself by a folder that is none: a socket is not a file either.
    house.sh(&folder, "echo x > x; mkfifo pipe; echo y > y");
    house.save("T-1");
    assert_eq!(saved(&house, "x") + &saved(&house, "y"), "xy");
}

#[test]
fn a_branch_without_commits_is_saved_on_its_base() {
    let house = House::alone();
    let made = house.make("T-1");
    house.sh(&made.folder, "git checkout -q --orphan fresh; git rm -rqf .; echo x > only");
    let work = house.save("T-1");
    assert_eq!(house.sh(&house.repo(), &format!("git ls-tree -r --name-only {}", work.commit)), "only");
    assert!(house.sh(&house.repo(), &format!("git log --format=%P -1 {}", work.commit)).contains(made.base.as_str()));
}

#[test]
fn an_upstream_that_is_away_is_told_and_caught_up_with() {
    let house = House::with_upstream();
    house.make("T-1");
    house.sh(&house.path(""), "mv upstream.git elsewhere.git");
    let work = house.save("T-1");
    assert!(matches!(house.notes.lock().unwrap().as_slice(), [Note::NotPushed(_)]));
    assert!(!work.pushed, "nobody else has it");
    house.sh(&house.path(""), "mv elsewhere.git upstream.git");
    assert!(house.save("T-1").pushed);
    let without = house.within(&house.folder("T-1"), Death::Never, |repo| {
        go_repo::save(repo, &house.folder("T-1"), &crate::house::id("T-1"), go_repo::Push::No)
    });
    assert!(without.0.unwrap().pushed, "it was pushed before");
    assert_eq!(house.sh(&house.upstream(), "git rev-parse refs/xio/wip/T-1"), work.commit.as_str());
}

#[test]
fn a_person_without_a_name_is_no_obstacle() {
    let house = House::alone();
    house.sh(&house.repo(), "git config --unset user.name; git config --unset user.email");
    house.make("T-1");
    let work = house.save("T-1");
    assert_eq!(
        house.sh(&house.repo(), &format!("git log -1 --format='%an %ae %cn' {}", work.commit)),
        "GO go@localhost.invalid GO"
    );
}

#[test]
fn no_hook_of_the_person_s_is_run() {
    let house = House::with_upstream();
    house.sh(
        &house.repo(),
        "for hook in pre-commit commit-msg post-commit post-checkout pre-push reference-transaction post-merge; do
        printf '#!/bin/sh\\ntouch \"%s\"\\nexit 1\\n' \"$HOME/hook-ran\" > .git/hooks/$hook; chmod +x .git/hooks/$hook; done",
    );
    let commit = house.work("T-1", "echo x > x");
    house.land("T-1", &crate::house::Wish::merge(&commit));
    assert!(!house.path("hook-ran").exists());
}

#[test]
fn what_was_not_made_for_the_task_is_not_saved() {
    let house = House::alone();
    house.make("T-1");
    let folder = house.folder("T-1");
    let save = |folder: &Path, task: &str| {
        house.within(folder, Death::Never, |repo| {
            go_repo::save(repo, folder, &crate::house::id(task), go_repo::Push::No)
        })
    };
    assert!(matches!(save(&folder, "T-2").0, Err(RepoError::NotOurs(_))));
    assert!(matches!(save(&house.repo(), "T-1").0, Err(RepoError::NotOurs(_))));
}

#[test]
fn what_lies_outside_a_sparse_checkout_is_saved_and_what_is_not_checked_out_stays() {
    let house = House::alone();
    house.sh(
        &house.repo(),
        "mkdir in out; echo i > in/i; echo o > out/o; git add -A; git commit -q -m d; git sparse-checkout set in",
    );
    let folder = house.make("T-1").folder;
    house.sh(&folder, "test ! -e out; mkdir out; echo new > out/new; echo new > in/new");
    let work = house.save("T-1");
    let files = house.sh(&house.repo(), &format!("git ls-tree -r --name-only {} | tr '\\n' ' '", work.commit));
    assert_eq!(files, ".gitignore a.txt b.txt in/i in/new out/new out/o");
}
