//! Working folders: where they begin, what is kept, what is resumed, what is copied.

use go_repo::{Note, Order, RepoError};

use crate::house::{Death, House, id};

#[test]
fn a_folder_begins_at_the_tip_on_the_task_s_own_branch() {
    let house = House::alone();
    let made = house.make("T-1");
    assert_eq!(made.base.as_str(), house.sh(&house.repo(), "git rev-parse main"));
    assert!(!made.resumed);
    assert_eq!(house.sh(&made.folder, "git symbolic-ref HEAD; git status --porcelain"), "refs/heads/xio/T-1");
    assert_eq!(house.read(&made.folder.join("a.txt")).lines().count(), 9);
}

#[test]
fn the_newer_of_the_branch_and_its_upstream_is_the_tip() {
    let house = House::with_upstream();
    house.sh(
        &house.path(""),
        "git clone -q upstream.git other && cd other && git config user.name O && git config user.email o@e.org
        echo theirs > c.txt && git add -A && git commit -q -m theirs && git push -q",
    );
    let made = house.make("T-1");
    assert_eq!(house.read(&made.folder.join("c.txt")), "theirs\n");
    // Ours is newer: it has theirs in it.
    house.sh(&house.repo(), "git pull -q && echo ours > d.txt && git add -A && git commit -q -m ours");
    let made = house.make("T-2");
    assert_eq!(house.read(&made.folder.join("d.txt")), "ours\n");
}

#[test]
fn an_upstream_that_is_away_is_told_and_does_not_fail() {
    let house = House::with_upstream();
    house.sh(&house.path(""), "mv upstream.git elsewhere.git");
    house.make("T-1");
    assert!(matches!(house.notes.lock().unwrap().as_slice(), [Note::Away(_)]));
}

#[test]
fn a_folder_that_is_there_is_kept_as_it_is() {
    let house = House::alone();
    let first = house.make("T-1");
    house.sh(&first.folder, "echo more >> a.txt; echo new > 'new one'; git add a.txt");
    house.sh(&house.repo(), "echo x > x && git add x && git commit -q -m x");
    let again = house.make("T-1");
    assert_eq!((again.base, again.resumed), (first.base, true));
    assert_eq!(house.sh(&first.folder, "git status --porcelain -z | tr '\\0' '|'"), "M  a.txt|?? new one|");
}

#[test]
fn a_folder_that_is_gone_is_made_from_what_was_saved() {
    let house = House::with_upstream();
    let first = house.make("T-1");
    house.sh(
        &first.folder,
        "echo own > own && git add own && git commit -q -m own && echo dirty >> a.txt && rm b.txt && echo new > new",
    );
    let before = house.sh(&first.folder, "git status --porcelain; git rev-parse HEAD");
    house.save("T-1");
    std::fs::remove_dir_all(&first.folder).unwrap();
    let again = house.make("T-1");
    assert_eq!((again.base, again.resumed), (first.base.clone(), true));
    assert_eq!(house.sh(&first.folder, "git status --porcelain; git rev-parse HEAD"), before);
    // On another host there is only the upstream.
    house.sh(
        &house.path(""),
        "rm -rf work 'the repo\nof a person' && git clone -q upstream.git 'the repo\nof a person'",
    );
    let elsewhere = house.make("T-1");
    assert_eq!((elsewhere.base, elsewhere.resumed), (first.base, true));
    assert_eq!(house.sh(&elsewhere.folder, "git status --porcelain; git rev-parse HEAD"), before);
}

#[test]
fn what_the_agent_committed_after_the_last_save_is_resumed_too() {
    let house = House::alone();
    let folder = house.make("T-1").folder;
    house.sh(&folder, "echo unsaved > kept && echo 1 > one");
    house.save("T-1");
    house.sh(&folder, "git add one && git commit -q -m one");
    std::fs::remove_dir_all(&folder).unwrap();
    house.make("T-1");
    assert_eq!(house.sh(&folder, "git log --format=%s -1; git status --porcelain"), "one\n?? kept");
}

#[test]
fn a_folder_with_somebody_else_s_files_is_left_alone() {
    let house = House::alone();
    std::fs::create_dir_all(house.folder("T-1")).unwrap();
    std::fs::write(house.folder("T-1").join("mine"), "mine").unwrap();
    assert!(matches!(house.make_or("T-1", Death::Never).0, Err(RepoError::Occupied { .. })));
    assert_eq!(house.read(&house.folder("T-1").join("mine")), "mine");
    // So is another task's.
    let (folder, other) = (house.make("T-2").folder, id("T-3"));
    let order = Order { folder: &folder, task: &other, onto: None, at: None, copy: &[] };
    let refused = house.within(&house.repo(), Death::Never, |repo| go_repo::make(repo, &order)).0;
    assert!(matches!(refused, Err(RepoError::Occupied { .. })), "{refused:?}");
}

#[test]
fn a_reviewer_gets_the_commit_and_no_branch() {
    let house = House::with_upstream();
    let commit = house.work("T-1", "echo work > work");
    let folder = house.path("review");
    let make = |at: &str| {
        let task = id("T-1-review");
        let order = Order { folder: &folder, task: &task, onto: None, at: Some(at), copy: &[] };
        house.within(&house.repo(), Death::Never, |repo| go_repo::make(repo, &order)).0
    };
    assert_eq!(make(&commit).unwrap().base.as_str(), commit);
    assert_eq!(house.sh(&folder, "git symbolic-ref -q HEAD || echo detached; cat work"), "detached\nwork");
    make(&commit).unwrap();
    // Another commit is another look.
    let main = house.sh(&house.repo(), "git rev-parse main");
    make(&main).unwrap();
    assert!(!folder.join("work").exists());
    assert!(matches!(make(&"12".repeat(20)), Err(RepoError::UnknownCommit(_))));
    // On another host the commit comes from the upstream.
    house.sh(
        &house.path(""),
        "rm -rf review work 'the repo\nof a person' && git clone -q upstream.git 'the repo\nof a person'",
    );
    make(&commit).unwrap();
    assert_eq!(house.read(&folder.join("work")), "work\n");
}

#[test]
fn untracked_files_are_copied_and_nothing_is_overwritten_or_leads_out() {
    let house = House::alone();
    house.sh(&house.path(""), "echo secret > outside");
    house.sh(
        &house.repo(),
        "echo A=1 > .env; mkdir -p 'sub dir'; echo B=1 > 'sub dir/.env.local'; ln -s ../outside .env.link; chmod 600 .env
        ln -s .env .env.inside; echo no > c.log",
    );
    let (folder, task) = (house.folder("T-1"), id("T-1"));
    let copy = [".env*", "**/.env.local", "../outside", "a.txt", "nothing*"].map(str::to_owned);
    let order = Order { folder: &folder, task: &task, onto: None, at: None, copy: &copy };
    house.within(&house.repo(), Death::Never, |repo| go_repo::make(repo, &order)).0.unwrap();
    let there =
        house.sh(&folder, "find . -name '.env*' | sort; cat .env .env.inside 'sub dir/.env.local'; stat -c %a .env");
    assert_eq!(there, "./.env\n./.env.inside\n./sub dir/.env.local\nA=1\nA=1\nB=1\n600");
    assert!(house.sh(&folder, "git status --porcelain").is_empty());
    // A retry leaves what is there.
    house.sh(&folder, "echo mine > .env");
    house.within(&house.repo(), Death::Never, |repo| go_repo::make(repo, &order)).0.unwrap();
    assert_eq!(house.read(&folder.join(".env")), "mine\n");
}

#[test]
fn a_bare_repo_has_working_folders_too() {
    let house = House::with_upstream();
    let (folder, task) = (house.folder("T-1"), id("T-1"));
    let order = Order { folder: &folder, task: &task, onto: None, at: None, copy: &[".env".to_owned()] };
    let made = house.within(&house.upstream(), Death::Never, |repo| go_repo::make(repo, &order)).0.unwrap();
    assert_eq!(house.sh(&made.folder, "git symbolic-ref --short HEAD"), "xio/T-1");
}

#[test]
fn what_a_command_can_not_do_it_says_in_git_s_words() {
    let house = House::alone();
    let nowhere = house.within(&house.path(""), Death::Never, |_| Ok(())).0.unwrap_err().to_string();
    assert!(nowhere.contains("not a git repository"), "{nowhere}");
    house.sh(&house.repo(), "git checkout -q --detach");
    assert!(matches!(house.make_or("T-1", Death::Never).0, Err(RepoError::NoBranch(_))));
}
