//! Work that goes from host to host: each goes on with what the last one saved.

use std::path::Path;

use go_repo::{Made, Note, Order, RepoError};

use crate::house::{Death, House, Wish, id, landed_commit};
use crate::killed::at_steps;
use crate::removing::{refs, remove_or};

/// Work on T-1 that another host took over after this one had saved it.
fn taken_over(house: &House, unsaved: &str) -> House {
    house.make("T-1");
    house.sh(&house.folder("T-1"), "echo one > x && git add x && git commit -q -m here; echo 1 > own");
    house.save("T-1");
    house.sh(&house.folder("T-1"), unsaved);
    let other = house.elsewhere();
    assert!(other.make("T-1").resumed);
    other.sh(&other.folder("T-1"), "echo two > x && git add x && git commit -q -m there; echo 2 > theirs; rm own");
    other.save("T-1");
    other
}

fn look(house: &House) -> String {
    house.sh(&house.folder("T-1"), "git symbolic-ref HEAD; git log --format=%s; git status --porcelain; cat x theirs")
}

const GONE_ON: &str = "refs/heads/xio/T-1\nthere\nhere\nfirst\n?? theirs\ntwo\n2";

#[test]
fn a_folder_gives_way_to_what_another_host_saved_since() {
    let house = House::with_upstream();
    let other = taken_over(&house, "true");
    let made = house.make("T-1");
    assert!(made.resumed && made.fresh, "it has to be set up again: {made:?}");
    assert_eq!(look(&house), GONE_ON);
    assert_eq!(house.sh(&house.repo(), "git for-each-ref refs/xio/aside"), "", "there was nothing that others had not");
    // And back again, and on here.
    assert!(!house.make("T-1").fresh);
    house.sh(&house.folder("T-1"), "echo three > x");
    let work = house.save("T-1");
    assert_eq!(
        house.sh(&house.upstream(), "git show refs/xio/wip/T-1:x; git rev-parse refs/xio/wip/T-1"),
        format!("three\n{}", work.commit)
    );
    assert!(other.make("T-1").fresh);
    assert_eq!(other.read(&other.folder("T-1").join("x")), "three\n");
}

#[test]
fn what_nobody_else_could_have_is_kept_aside() {
    for unsaved in ["echo unsaved > mine", "echo unsaved > mine; git add mine; git commit -q -m unsaved"] {
        let house = House::with_upstream();
        taken_over(&house, unsaved);
        house.make("T-1");
        assert_eq!(look(&house), GONE_ON);
        assert_eq!(house.sh(&house.repo(), "git show refs/xio/aside/T-1:mine"), "unsaved");
        assert!(
            house
                .notes
                .lock()
                .unwrap()
                .iter()
                .any(|note| matches!(note, Note::SetAside(name) if name == "refs/xio/aside/T-1"))
        );
    }
}

#[test]
fn killed_while_it_gives_way_and_called_again_it_is_as_if_nothing_had_happened() {
    let prepare = || {
        let house = House::with_upstream();
        taken_over(&house, "echo unsaved > mine; git add mine; git commit -q -m unsaved");
        house
    };
    let all = |house: &House| {
        let aside = house.sh(&house.repo(), "git log --format=%s refs/xio/aside/T-1; git show refs/xio/aside/T-1:mine");
        format!("{}\n{aside}\n{}", look(house), refs(house))
    };
    at_steps(prepare, |house, death| house.make_or("T-1", death), all, &[Death::After]);
}

#[test]
fn the_newer_of_two_saves_is_known_also_where_the_hosts_clocks_differ() {
    let house = House::with_upstream();
    let commit = house.work("T-1", "echo one > x");
    // This host's clock is far ahead.
    let later = format!(
        "git log -1 --format=%B {commit} | GIT_COMMITTER_DATE='2099-01-01T00:00:00Z' git commit-tree -p {commit}^ {commit}^{{tree}}"
    );
    let later = house.sh(&house.repo(), &later);
    house.sh(
        &house.repo(),
        &format!("git update-ref refs/xio/wip/T-1 {later}; git push -q origin +{later}:refs/xio/wip/T-1"),
    );
    std::fs::remove_dir_all(house.folder("T-1")).unwrap();
    let other = house.elsewhere();
    other.work("T-1", "echo two > x");
    house.make("T-1");
    assert_eq!(house.read(&house.folder("T-1").join("x")), "two\n");
}

/// The same task's folder of another host that has the same repo.
fn make_beside(house: &House) -> Made {
    let (folder, task) = (house.path("beside/T-1"), id("T-1"));
    let order = Order { folder: &folder, task: &task, onto: None, at: None, copy: &[] };
    house.within(&house.repo(), Death::Never, |repo| go_repo::make(repo, &order)).0.unwrap()
}

#[test]
fn hosts_that_share_a_repo_go_on_with_each_other_s_work_and_leave_nothing() {
    let house = House::alone();
    house.work("T-1", "echo one > x; echo 1 > own");
    let beside = make_beside(&house);
    assert!(beside.resumed);
    house.sh(&beside.folder, "rm own; echo two > x; git add -A; git commit -q -m there; echo 2 > theirs");
    let work = house
        .within(&beside.folder, Death::Never, |repo| go_repo::save(repo, &beside.folder, &id("T-1"), go_repo::Push::No))
        .0
        .unwrap();
    let made = house.make("T-1");
    assert!(made.resumed && made.fresh);
    assert_eq!(look(&house), "refs/heads/xio/T-1\nthere\nfirst\n?? theirs\ntwo\n2");
    assert_eq!(house.save("T-1").commit, work.commit, "nothing was done since");
    // The folder that is left over holds what was saved, and the work went on from there.
    house.sh(&made.folder, "echo three > x");
    let commit = house.save("T-1").commit.to_string();
    landed_commit(&house.land("T-1", &Wish::merge(&commit)));
    let remove = |folder: &Path| {
        house.within(&house.repo(), Death::Never, |repo| go_repo::remove(repo, folder, &id("T-1"), None)).0
    };
    house.sh(&beside.folder, "echo not yet saved > y");
    assert!(matches!(remove(&beside.folder), Err(RepoError::WouldLose { .. })));
    house.sh(&beside.folder, "rm y");
    remove(&beside.folder).unwrap();
    remove_or(&house, "T-1", Death::Never).0.unwrap();
    assert_eq!(refs(&house), "refs/heads/main\n0");
}

#[test]
fn a_folder_that_is_left_over_goes_also_after_the_one_that_landed() {
    let house = House::alone();
    house.work("T-1", "echo one > x");
    let beside = make_beside(&house);
    house.sh(&beside.folder, "echo two > x");
    let save = house.within(&beside.folder, Death::Never, |repo| {
        go_repo::save(repo, &beside.folder, &id("T-1"), go_repo::Push::No)
    });
    landed_commit(&house.land("T-1", &Wish::merge(save.0.unwrap().commit.as_str())));
    house
        .within(&house.repo(), Death::Never, |repo| go_repo::remove(repo, &beside.folder, &id("T-1"), None))
        .0
        .unwrap();
    remove_or(&house, "T-1", Death::Never).0.unwrap();
    assert!(!house.folder("T-1").exists() && !refs(&house).contains("wip"), "{}", refs(&house));
}
