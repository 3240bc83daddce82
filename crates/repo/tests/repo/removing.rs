//! Removing: only what is safe elsewhere.

use go_repo::RepoError;

use crate::house::{Death, House, Wish, id};

fn remove(house: &House, task: &str) -> Result<(), RepoError> {
    remove_or(house, task, Death::Never).0
}

pub(crate) fn remove_or(house: &House, task: &str, death: Death) -> (Result<(), RepoError>, usize) {
    let folder = house.folder(task);
    house.within(&house.repo(), death, |repo| go_repo::remove(repo, &folder, &id(task), None))
}

pub(crate) fn refs(house: &House) -> String {
    house.sh(
        &house.repo(),
        "git for-each-ref --format='%(refname)' refs/heads refs/xio/wip; ls .git/worktrees 2>/dev/null | wc -l",
    )
}

#[test]
fn what_is_neither_saved_nor_landed_is_kept_and_named() {
    let house = House::alone();
    let folder = house.make("T-1").folder;
    house.sh(&folder, "echo x > 'new file'");
    let refused = remove(&house, "T-1").unwrap_err().to_string();
    assert!(refused.contains("new file"), "{refused}");
    house.save("T-1");
    house.sh(&folder, "echo more >> a.txt");
    let Err(RepoError::WouldLose { files, .. }) = remove(&house, "T-1") else { panic!("it was removed") };
    assert_eq!(files, ["a.txt"]);
    // A commit without a change is work too.
    house.sh(&folder, "git checkout -q a.txt; git commit -q --allow-empty -m thought");
    assert!(matches!(remove(&house, "T-1"), Err(RepoError::WouldLose { .. })));
    assert_eq!(house.read(&folder.join("new file")), "x\n");
}

#[test]
fn what_is_saved_goes_and_comes_back() {
    let house = House::alone();
    house.work("T-1", "echo x > x; mkdir -p target/d; echo no > target/d/x.log; chmod 500 target/d");
    remove(&house, "T-1").unwrap();
    assert!(!house.folder("T-1").exists());
    assert_eq!(refs(&house), "refs/heads/main\nrefs/xio/wip/T-1\n0");
    remove(&house, "T-1").unwrap();
    let made = house.make("T-1");
    assert!(made.resumed && made.folder.join("x").exists());
}

#[test]
fn what_has_landed_leaves_nothing_to_resume() {
    for house in [House::alone(), House::with_upstream()] {
        let commit = house.work("T-1", "echo x > x && git add x && git commit -q -m own");
        house.land("T-1", &Wish::merge(&commit));
        remove(&house, "T-1").unwrap();
        assert_eq!(refs(&house), "refs/heads/main\n0");
    }
}

#[test]
fn the_upstream_forgets_what_has_landed_and_keeps_what_another_host_saved_since() {
    let house = House::with_upstream();
    let saved = || house.sh(&house.upstream(), "git for-each-ref --format='%(refname)' refs/xio");
    for (task, since, kept) in [("T-1", false, ""), ("T-2", true, "refs/xio/wip/T-2")] {
        let commit = house.work(task, &format!("echo {task} > {task}"));
        house.sh(&house.repo(), &format!("git push -q origin refs/xio/wip/{task}"));
        if since {
            let later = format!(
                "GIT_COMMITTER_DATE='2099-01-01T00:00:00Z' git commit-tree -p {commit} -m 'Work on {task}' {commit}^{{tree}}"
            );
            let later = house.sh(&house.repo(), &later);
            house.sh(&house.repo(), &format!("git push -q origin +{}:refs/xio/wip/{task}", later.trim()));
        }
        house.land(task, &Wish::merge(&commit));
        remove(&house, task).unwrap();
        assert_eq!(saved(), kept);
    }
}

#[test]
fn a_ticket_whose_number_begins_like_a_landed_one_s_is_kept() {
    let house = House::alone();
    let ten = house.work("T-10", "echo x > x");
    house.work("T-1", "echo x > x");
    house.land("T-10", &Wish::merge(&ten));
    remove(&house, "T-1").unwrap();
    assert!(refs(&house).contains("refs/xio/wip/T-1\n"));
}

#[test]
fn a_folder_that_nothing_was_done_in_goes_without_a_trace() {
    let house = House::alone();
    house.make("T-1");
    remove(&house, "T-1").unwrap();
    assert_eq!(refs(&house), "refs/heads/main\n0");
}

#[test]
fn another_s_folder_is_not_removed() {
    let house = House::alone();
    std::fs::create_dir_all(house.folder("T-1")).unwrap();
    std::fs::write(house.folder("T-1").join("mine"), "mine").unwrap();
    assert!(matches!(remove(&house, "T-1"), Err(RepoError::NotOurs(_))));
    let folder = house.make("T-2").folder;
    let wrong = house.within(&house.repo(), Death::Never, |repo| go_repo::remove(repo, &folder, &id("T-3"), None)).0;
    assert!(matches!(wrong, Err(RepoError::NotOurs(_))));
    assert!(folder.exists() && house.folder("T-1").join("mine").exists());
}

#[test]
fn what_has_landed_is_forgotten_also_where_others_changed_the_same_lines_since() {
    let house = House::alone();
    let one = house.work("T-1", "sed -i 's/^5$/one/' a.txt");
    house.land("T-1", &Wish::merge(&one));
    house.sh(&house.repo(), "sed -i 's/^one$/another/' a.txt && git commit -qam another");
    remove(&house, "T-1").unwrap();
    assert_eq!(refs(&house), "refs/heads/main\n0");
}

#[test]
fn what_landed_on_another_branch_than_the_one_that_is_checked_out_is_forgotten() {
    for is_there in [true, false] {
        let house = House::alone();
        house.sh(&house.repo(), "git branch develop");
        let (folder, task) = (house.folder("T-1"), id("T-1"));
        let order = go_repo::Order { folder: &folder, task: &task, onto: Some("develop"), at: None, copy: &[] };
        house.within(&house.repo(), Death::Never, |repo| go_repo::make(repo, &order)).0.unwrap();
        house.sh(&folder, "echo x > x");
        let commit = house.save("T-1").commit;
        let (trial, agent) = (house.path("l"), go_bus_api::AgentId::new("a-7").unwrap());
        let landing = go_repo::Landing {
            folder: &trial,
            task: &task,
            attempt: go_bus_api::Attempt(1),
            commit: commit.as_str(),
            title: "T",
            agent: &agent,
            onto: Some("develop"),
            deliver: go_repo::Deliver::Merge,
            verify: &[],
            terms: go_repo::Terms::default(),
        };
        house.within(&house.repo(), Death::Never, |repo| go_repo::land(repo, &landing)).0.unwrap();
        if !is_there {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        // The folder knows the branch itself; for one that is gone it has to be said.
        let onto = (!is_there).then_some("develop");
        let removed = |repo: &go_repo::Repo<'_>| go_repo::remove(repo, &folder, &task, onto);
        house.within(&house.repo(), Death::Never, removed).0.unwrap();
        assert_eq!(refs(&house), "refs/heads/develop\nrefs/heads/main\n0");
    }
}

#[test]
fn what_another_host_landed_is_forgotten_by_the_one_that_built_it() {
    let house = House::with_upstream();
    let commit = house.work("T-1", "echo x > x");
    house.elsewhere().land("T-1", &Wish::merge(&commit));
    remove(&house, "T-1").unwrap();
    assert_eq!(refs(&house), "refs/heads/main\n0");
    assert_eq!(house.sh(&house.upstream(), "git for-each-ref --format='%(refname)'"), "refs/heads/main");
}

#[test]
fn a_repo_within_the_folder_that_holds_work_keeps_it() {
    let house = House::with_upstream();
    let folder = house.make("T-1").folder;
    // One that is a copy of another, and a work tree of this one, hold nothing of their own.
    house.sh(&folder, "git clone -q ../../upstream.git copy 2>/dev/null; git worktree add -q --detach tree");
    house.sh(&folder, "git init -q own; echo work > own/work");
    house.save("T-1");
    let lost = || match remove(&house, "T-1") {
        Err(RepoError::WouldLose { files, .. }) => files,
        other => panic!("{other:?}"),
    };
    assert_eq!(lost(), ["own/"]);
    house.sh(&folder, "cd own && git add -A && git -c user.name=A -c user.email=a@e.org commit -q -m work");
    assert_eq!(lost(), ["own/"]);
    house.sh(&folder, "rm -rf own; echo more >> copy/a.txt; echo new > tree/new");
    assert_eq!(lost(), ["copy/", "tree/"]);
    house.sh(&folder, "cd copy; git checkout -q a.txt; git -c user.name=A -c user.email=a@e.org commit -q --allow-empty -m m; rm ../tree/new");
    assert_eq!(lost(), ["copy/"]);
    house.sh(&folder, "cd copy; git push -q");
    remove(&house, "T-1").unwrap();
    assert!(!folder.exists());
}

#[test]
fn what_was_changed_in_a_submodule_keeps_the_folder() {
    let house = House::with_upstream();
    house.sh(&house.repo(), "git -c protocol.file.allow=always submodule --quiet add \"$HOME/upstream.git\" sub; git commit -q -m sub; git push -q");
    let folder = house.make("T-1").folder;
    house.sh(
        &folder,
        "git -c protocol.file.allow=always submodule --quiet update --init; echo x > x; echo more >> sub/a.txt",
    );
    house.save("T-1");
    let Err(RepoError::WouldLose { files, .. }) = remove(&house, "T-1") else { panic!("it was removed") };
    assert_eq!(files, ["sub"]);
    house.sh(&folder, "git -C sub checkout -q a.txt");
    remove(&house, "T-1").unwrap();
    assert!(!folder.exists());
}
