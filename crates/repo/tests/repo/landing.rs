//! Landing: what moves, what does not, and what it says.

use go_repo::{Deliver, Outcome, RepoError, Terms};

use crate::house::{Death, House, Wish, landed_commit};

#[test]
fn work_lands_as_one_commit_with_its_trailers_and_its_author() {
    let house = House::alone();
    let commit =
        house.work("T-1", "git -c user.name=Agent -c user.email=a@e.org commit -q --allow-empty -m step; echo x > x");
    let outcome = house.land("T-1", &Wish { verify: &["test -f x", "test -z \"$XIO_TOKEN\""], ..Wish::merge(&commit) });
    let landed = landed_commit(&outcome);
    let shown = house.sh(&house.repo(), "git log -1 --format='%H%n%an%n%B' main");
    let wanted = format!("{landed}\nPerson\nThe title\n\nXIO-Task: T-1\nXIO-Attempt: 1\nXIO-Agent: a-7");
    assert_eq!(shown, wanted);
    // The checkout of the branch has it, and is clean.
    assert_eq!(house.sh(&house.repo(), "cat x; git status --porcelain"), "x");
    assert!(!house.path("land T-1").exists());
    assert_eq!(
        house.land("T-1", &Wish::merge(&commit)),
        Outcome::AlreadyLanded { commit: landed, branch: "main".to_owned(), request: None }
    );
    assert_eq!(house.landed(&house.repo(), "main"), ["T-1"]);
}

#[test]
fn the_merged_tree_is_verified_in_a_folder_that_is_set_up_like_any_other_of_the_project() {
    let house = House::alone();
    house.sh(&house.repo(), "echo SECRET=1 > .env");
    let commit = house.work("T-1", "echo x > x");
    let [copy, setup, teardown] =
        [".env", "test $MOOD = good && touch setup.log", "echo $MOOD >> ../down"].map(|text| [text.to_owned()]);
    let env = [("MOOD".to_owned(), "good".to_owned())];
    let terms = Terms { copy: &copy, setup: &setup, env: &env, teardown: &teardown };
    let verify = ["test -f setup.log -a $MOOD = good && grep -q SECRET .env"];
    let plain = house.land("T-1", &Wish { verify: &verify, ..Wish::merge(&commit) });
    assert!(matches!(plain, Outcome::Red { .. }), "without all of that it fails: {plain:?}");
    landed_commit(&house.land("T-1", &Wish { verify: &verify, terms, ..Wish::merge(&commit) }));
    assert_eq!(house.sh(&house.path(""), "cat down; ls"), "good\ndown\nthe repo\nof a person\nwork");
    assert_eq!(
        house.sh(&house.repo(), "git ls-files x setup.log .env; git worktree list --porcelain | grep -c ^worktree"),
        "x\n2"
    );
}

#[test]
fn a_setup_that_fails_on_the_merged_tree_is_told_and_nothing_lands() {
    let house = House::alone();
    let commit = house.work("T-1", "echo x > x");
    let setup = ["echo no such package; exit 3".to_owned()];
    let (terms, verify) = (Terms { setup: &setup, ..Terms::default() }, ["true"]);
    let outcome = house.land("T-1", &Wish { verify: &verify, terms, ..Wish::merge(&commit) });
    let Outcome::Red { command, code: 3, output, .. } = &outcome else { panic!("{outcome:?}") };
    assert_eq!((command, output.as_str()), (&setup[0], "no such package\n"));
    assert_eq!(house.landed(&house.repo(), "main"), [""; 0]);
}

#[test]
fn with_an_upstream_both_branches_move() {
    let house = House::with_upstream();
    let commit = house.work("T-1", "echo x > x");
    let landed = landed_commit(&house.land("T-1", &Wish::merge(&commit)));
    for repo in [house.upstream(), house.repo()] {
        assert_eq!(house.sh(&repo, "git rev-parse main"), landed.as_str());
    }
    assert_eq!(house.sh(&house.repo(), "git status --porcelain --branch"), "## main...origin/main");
}

#[test]
fn others_work_that_landed_before_is_merged() {
    let house = House::alone();
    let one = house.work("T-1", "sed -i 's/^2$/two/' a.txt");
    let two = house.work("T-2", "sed -i 's/^8$/eight/' a.txt");
    house.land("T-1", &Wish::merge(&one));
    house.land("T-2", &Wish { verify: &["grep -q two a.txt && grep -q eight a.txt"], ..Wish::merge(&two) });
    assert_eq!(house.landed(&house.repo(), "main"), ["T-1", "T-2"]);
}

#[test]
fn what_is_saved_upstream_lands_from_another_host_and_once_from_both() {
    let house = House::with_upstream();
    let other = house.elsewhere();
    let commit = house.work("T-1", "echo x > x");
    landed_commit(&other.land("T-1", &Wish { verify: &["test -f x"], ..Wish::merge(&commit) }));
    assert!(
        matches!(house.land("T-1", &Wish::merge(&commit)), Outcome::AlreadyLanded { .. }),
        "the first host is back"
    );
    assert_eq!(house.landed(&house.upstream(), "main"), ["T-1"]);
    let two = house.work("T-2", "echo two > two");
    std::thread::scope(|scope| {
        for host in [&house, &other] {
            scope.spawn(|| host.land("T-2", &Wish::merge(&two)));
        }
    });
    assert_eq!(house.landed(&house.upstream(), "main"), ["T-1", "T-2"]);
    house.sh(&house.path(""), "mv upstream.git elsewhere.git");
    let three = house.work("T-3", "echo three > three");
    house.sh(&house.path(""), "mv elsewhere.git upstream.git");
    let unknown = other.land_or("T-3", &Wish::merge(&three), Death::Never).0;
    assert!(matches!(unknown, Err(RepoError::UnknownCommit(_))), "only its own host has it: {unknown:?}");
}

#[test]
fn a_conflict_is_told_with_its_files_and_places_and_nothing_moves() {
    let house = House::alone();
    let one = house.work("T-1", "sed -i 's/^5$/one/' a.txt");
    let two = house.work("T-2", "sed -i 's/^5$/two/' a.txt; rm b.txt");
    house.land("T-1", &Wish::merge(&one));
    let before = house.sh(&house.repo(), "git rev-parse main");
    let Outcome::Conflict { tip, files, text } = house.land("T-2", &Wish::merge(&two)) else { panic!("it merged") };
    assert_eq!((files, tip.to_string()), (vec!["a.txt".into()], house.sh(&house.repo(), "git rev-parse main")));
    assert!(text.contains("CONFLICT") && text.contains("one\n=======\ntwo"), "{text}");
    assert_eq!(house.sh(&house.repo(), "git rev-parse main; git status --porcelain"), before);
}

#[test]
fn a_red_check_is_told_with_its_output_and_nothing_moves() {
    let house = House::with_upstream();
    let commit = house.work("T-1", "echo x > x");
    let before = house.sh(&house.upstream(), "git rev-parse main");
    let verify = ["true", "echo it is broken; echo really >&2; exit 7", "touch never"];
    let outcome = house.land("T-1", &Wish { verify: &verify, ..Wish::merge(&commit) });
    let Outcome::Red { command, code, output, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((command.contains("exit 7"), code, output.as_str()), (true, 7, "it is broken\nreally\n"));
    assert_eq!(house.sh(&house.upstream(), "git rev-parse main"), before);
    assert!(!house.path("land T-1").exists());
}

#[test]
fn a_dirty_checkout_is_fine_where_the_files_are_others() {
    let house = House::alone();
    let commit = house.work("T-1", "sed -i 's/^5$/five/' a.txt");
    house.sh(&house.repo(), "echo mine >> b.txt; echo new > new");
    landed_commit(&house.land("T-1", &Wish::merge(&commit)));
    assert_eq!(house.sh(&house.repo(), "grep -c five a.txt; git status --porcelain"), "1\n M b.txt\n?? new");
}

#[test]
fn a_dirty_checkout_of_the_same_files_is_for_later_and_nothing_is_lost() {
    let house = House::alone();
    let commit =
        house.work("T-1", "sed -i 's/^5$/five/' a.txt; echo theirs > untracked; echo theirs > c.log; git add -f c.log");
    for dirt in
        ["echo mine >> a.txt", "git checkout -q a.txt; echo mine > untracked", "rm untracked; echo mine > c.log"]
    {
        house.sh(&house.repo(), dirt);
        let outcome = house.land("T-1", &Wish::merge(&commit));
        let Outcome::Later { why } = outcome else { panic!("{dirt}: {outcome:?}") };
        assert!(["a.txt", "untracked", "c.log"].iter().any(|file| why.contains(file)), "{why}");
        assert_eq!(house.landed(&house.repo(), "main").len(), 0);
    }
    assert_eq!(house.sh(&house.repo(), "cat c.log; rm c.log"), "mine");
    landed_commit(&house.land("T-1", &Wish::merge(&commit)));
}

#[test]
fn a_dirty_checkout_does_not_keep_work_from_landing_upstream() {
    let house = House::with_upstream();
    let commit = house.work("T-1", "sed -i 's/^5$/five/' a.txt");
    house.sh(&house.repo(), "echo mine >> a.txt");
    let landed = landed_commit(&house.land("T-1", &Wish::merge(&commit)));
    assert_eq!(house.sh(&house.upstream(), "git rev-parse main"), landed.as_str());
    // The branch here follows once it can.
    house.sh(&house.repo(), "git checkout -q a.txt");
    assert!(matches!(house.land("T-1", &Wish::merge(&commit)), Outcome::AlreadyLanded { .. }));
    assert_eq!(house.sh(&house.repo(), "git rev-parse main"), landed.as_str());
}

#[test]
fn a_folder_that_is_in_use_is_no_place_to_land_in() {
    let house = House::alone();
    let commit = house.work("T-1", "echo x > x");
    std::fs::create_dir_all(house.path("land T-1")).unwrap();
    std::fs::write(house.path("land T-1").join("mine"), "mine").unwrap();
    let refused = house.land_or("T-1", &Wish::merge(&commit), Death::Never).0;
    assert!(matches!(refused, Err(RepoError::Occupied { .. })), "{refused:?}");
    assert!(house.landed(&house.repo(), "main").is_empty() && house.path("land T-1").join("mine").exists());
}

#[test]
fn a_branch_that_moves_while_it_is_verified_means_another_round() {
    let house = House::alone();
    let commit = house.work("T-1", "echo x > x");
    let repo = house.repo().display().to_string();
    let push = format!("test -e '{repo}/p' || (cd '{repo}' && echo p > p && git add p && git commit -q -m person)");
    let outcome = house.land("T-1", &Wish { verify: &[&push, "cat a.txt"], ..Wish::merge(&commit) });
    landed_commit(&outcome);
    assert_eq!(house.sh(&house.repo(), "git log --format=%s"), "The title\nperson\nfirst");
}

#[test]
fn an_upstream_that_moves_while_it_is_verified_means_another_round() {
    let house = House::with_upstream();
    house.sh(
        &house.path(""),
        "git clone -q upstream.git other && cd other && git config user.name O && git config user.email o@e.org",
    );
    let commit = house.work("T-1", "echo x > x");
    let other = house.path("other").display().to_string();
    let push =
        format!("test -e p || (cd '{other}' && echo p > p && git add p && git commit -q -m person && git push -q)");
    landed_commit(&house.land("T-1", &Wish { verify: &[&push], ..Wish::merge(&commit) }));
    assert_eq!(house.sh(&house.upstream(), "git log --format=%s main"), "The title\nperson\nfirst");
    assert_eq!(house.sh(&house.repo(), "git log --format=%s main"), "The title\nperson\nfirst");
}

#[test]
fn a_branch_that_never_stands_still_is_for_later() {
    let house = House::alone();
    let commit = house.work("T-1", "echo x > x");
    let repo = house.repo().display().to_string();
    let always = format!("cd '{repo}' && git commit -q --allow-empty -m person");
    let outcome = house.land("T-1", &Wish { verify: &[&always], ..Wish::merge(&commit) });
    assert!(matches!(outcome, Outcome::Later { .. }), "{outcome:?}");
    assert_eq!(house.sh(&house.repo(), "git log --format=%s | grep -c person"), "5");
}

#[test]
fn an_upstream_that_is_away_or_has_diverged_is_for_later() {
    let house = House::with_upstream();
    let commit = house.work("T-1", "echo x > x");
    house.sh(
        &house.path(""),
        "git clone -q upstream.git other && cd other && git config user.name O && git config user.email o@e.org
        git commit -q --allow-empty -m theirs && git push -q",
    );
    house.sh(&house.repo(), "git commit -q --allow-empty -m ours");
    assert!(matches!(house.land("T-1", &Wish::merge(&commit)), Outcome::Later { .. }));
    house.sh(&house.path(""), "mv upstream.git elsewhere.git");
    assert!(matches!(house.land("T-1", &Wish::merge(&commit)), Outcome::Later { .. }));
}

#[test]
fn a_branch_that_is_checked_out_nowhere_moves_alone() {
    let house = House::alone();
    let commit = house.work("T-1", "echo x > x");
    house.sh(&house.repo(), "git checkout -q -b elsewhere main && git symbolic-ref HEAD refs/heads/main && git symbolic-ref HEAD refs/heads/elsewhere");
    let (folder, id, agent) = (house.path("l"), crate::house::id("T-1"), go_bus_api::AgentId::new("a-7").unwrap());
    let landing = go_repo::Landing {
        folder: &folder,
        task: &id,
        attempt: go_bus_api::Attempt(1),
        commit: &commit,
        title: "T",
        agent: &agent,
        onto: Some("main"),
        deliver: Deliver::Merge,
        verify: &[],
        terms: Terms::default(),
    };
    let outcome = house.within(&house.repo(), Death::Never, |repo| go_repo::land(repo, &landing)).0.unwrap();
    landed_commit(&outcome);
    assert_eq!(house.landed(&house.repo(), "main"), ["T-1"]);
    assert_eq!(
        house.sh(&house.repo(), "git status --porcelain --branch; ls x 2>&1 || true"),
        "## elsewhere\nls: cannot access 'x': No such file or directory"
    );
}

#[test]
fn work_that_the_branch_has_already_is_not_landed_again() {
    let house = House::alone();
    let one = house.work("T-1", "echo x > x");
    let two = house.work("T-2", "echo x > x");
    house.land("T-1", &Wish::merge(&one));
    assert!(matches!(house.land("T-2", &Wish::merge(&two)), Outcome::AlreadyLanded { .. }));
    // Another attempt of the same ticket that did more is other work.
    let more = house.work("T-1", "echo more > more");
    landed_commit(&house.land("T-1", &Wish { attempt: 2, ..Wish::merge(&more) }));
    assert_eq!(house.landed(&house.repo(), "main"), ["T-1", "T-1"]);
}

#[test]
fn a_delivery_by_branch_moves_nothing_and_tells_what_a_pull_request_needs() {
    for house in [House::alone(), House::with_upstream()] {
        let has_upstream = house.upstream().exists();
        let before = house.sh(&house.repo(), "git rev-parse main");
        let commit = house.work("T-1", "echo x > x && git add x && git commit -q -m 'a step'; echo y > y");
        let wish = Wish { deliver: Deliver::Branch, verify: &["test -f y"], ..Wish::merge(&commit) };
        let Outcome::Landed { commit: delivered, branch, request } = house.land("T-1", &wish) else {
            panic!("not delivered")
        };
        assert_eq!(branch, "xio/T-1");
        let again = house.land("T-1", &wish);
        assert_eq!(again, Outcome::AlreadyLanded { commit: delivered.clone(), branch, request: request.clone() });
        let request = request.unwrap();
        assert!(request.starts_with("The title\n\nT-1, attempt 1, built by a-7, for main.\n\n- a step\n"), "{request}");
        assert!(request.contains("y | 1 +") && request.ends_with("Passed: `test -f y`"), "{request}");
        let at = if has_upstream { house.upstream() } else { house.repo() };
        assert_eq!(house.sh(&at, "git rev-parse main xio/T-1"), format!("{before}\n{delivered}"));
        // The agent's folder has not changed under it.
        assert_eq!(house.sh(&house.folder("T-1"), "git status --porcelain; git log -1 --format=%s"), "?? y\na step");
        let more = house.work("T-1", "echo z > z");
        landed_commit(&house.land("T-1", &Wish { attempt: 2, commit: &more, ..wish }));
    }
}

#[test]
fn a_push_that_the_upstream_refuses_is_told_as_that() {
    let house = House::with_upstream();
    let hook = "printf '#!/bin/sh\\ncase $(cat) in *refs/heads/main) echo protected; exit 1;; esac\\n' > hooks/pre-receive; chmod +x hooks/pre-receive";
    house.sh(&house.upstream(), hook);
    let commit = house.work("T-1", "echo x > x");
    let Outcome::Later { why } = house.land("T-1", &Wish::merge(&commit)) else { panic!("it landed") };
    assert!(why.starts_with("main did not take it") && why.contains("protected"), "{why}");
}

#[test]
fn no_setting_of_the_person_s_is_in_the_way() {
    let house = House::with_upstream();
    let settings =
        ["commit.gpgSign true", "gpg.program false", "submodule.recurse true", "color.ui always", "merge.ff only"];
    for setting in settings {
        house.sh(&house.repo(), &format!("git config {setting}"));
    }
    let sub = "git -c protocol.file.allow=always submodule --quiet add \"$HOME/upstream.git\" sub";
    house.sh(&house.repo(), &format!("{sub}; git commit -q --no-gpg-sign -m sub; git push -q"));
    house.make("T-1");
    house.sh(&house.repo(), "echo y > y; git add y; git commit -q --no-gpg-sign -m y; git push -q");
    house.sh(&house.folder("T-1"), "echo x > x");
    let folder = house.folder("T-1");
    let caught_up =
        house.within(&house.repo(), Death::Never, |repo| go_repo::catch_up(repo, &folder, &crate::house::id("T-1")));
    caught_up.0.unwrap();
    assert_eq!(house.sh(&folder, "git log -1 --format=%s; git status --porcelain"), "Merge what has landed meanwhile");
    let commit = house.save("T-1").commit.to_string();
    let wish = Wish { deliver: Deliver::Branch, verify: &["test -f x"], ..Wish::merge(&commit) };
    let Outcome::Landed { request: Some(text), .. } = house.land("T-1", &wish) else { panic!("not delivered") };
    assert!(!text.contains('\u{1b}'), "{text:?}");
    landed_commit(&house.land("T-1", &Wish { attempt: 2, ..Wish::merge(&commit) }));
}

#[test]
fn what_has_landed_is_known_again_though_others_changed_the_same_lines_since() {
    for house in [House::alone(), House::with_upstream()] {
        let one = house.work("T-1", "sed -i 's/^5$/one/' a.txt");
        let landed = landed_commit(&house.land("T-1", &Wish::merge(&one)));
        house.sh(&house.repo(), "sed -i 's/^one$/another/' a.txt; git commit -q -a -m another; git push -q || true");
        let again = house.land("T-1", &Wish { verify: &["false"], ..Wish::merge(&one) });
        assert_eq!(again, Outcome::AlreadyLanded { commit: landed, branch: "main".to_owned(), request: None });
    }
}
