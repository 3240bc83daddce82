//! What would collide, and where a line comes from.

use go_bus_api::{MergeTrial, TaskId, Text};
use go_repo::{InFlight, Note, RepoError, SourceLine};

use crate::house::{Death, House, Wish, id, landed_commit};

/// Tries the tasks against each other; answers the pairs with their files, and how many programs were called.
fn tried(house: &House, here: &[&str], away: &[&str]) -> (Vec<String>, usize) {
    let ids = |names: &[&str]| names.iter().map(|name| id(name)).collect::<Vec<TaskId>>();
    let (here, away) = (ids(here), ids(away));
    let tasks = InFlight { here: &here, away: &away, onto: None };
    let (trials, calls) = house.within(&house.repo(), Death::Never, |repo| go_repo::collide(repo, &tasks));
    let files = |files: &[Text<1024>]| files.iter().map(Text::as_str).collect::<Vec<_>>().join(" ");
    let words = |trial: &MergeTrial| format!("{} {}: {}", trial.one, trial.other, files(&trial.files));
    (trials.unwrap().iter().map(words).collect(), calls)
}

#[test]
fn pairs_that_conflict_are_told_with_their_files_and_only_what_changed_is_tried_anew() {
    let house = House::alone();
    house.work("T-1", "sed -i 's/^5$/one/' a.txt");
    house.work("T-2", "sed -i 's/^5$/two/' a.txt; sed -i 's/^2$/two/' b.txt");
    house.work("T-3", "sed -i 's/^9$/nine/' b.txt");
    let tasks = ["T-3", "T-1", "T-2", "T-4"];
    let (pairs, first) = tried(&house, &tasks, &[]);
    assert_eq!(pairs, ["T-1 T-2: a.txt", "T-1 T-3: ", "T-2 T-3: "], "what has saved nothing is left out");
    assert_eq!(tried(&house, &tasks, &[]), (pairs, first - 3), "nothing has changed");
    house.sh(&house.folder("T-3"), "sed -i 's/^2$/drei/' b.txt");
    house.save("T-3");
    let (pairs, calls) = tried(&house, &tasks, &[]);
    assert_eq!((pairs.last().map(String::as_str), calls), (Some("T-2 T-3: b.txt"), first - 1));
    house.sh(&house.folder("T-2"), "git checkout -q a.txt");
    house.save("T-2");
    assert_eq!(tried(&house, &tasks, &[]).0, ["T-1 T-2: ", "T-1 T-3: ", "T-2 T-3: b.txt"]);
    std::fs::write(house.repo().join(".git/xio/trials.json"), "broken").unwrap();
    assert_eq!(tried(&house, &tasks, &[]).1, first, "what can't be read is tried anew");
}

#[test]
fn what_other_hosts_saved_is_on_the_upstream_and_they_try_their_own() {
    let house = House::with_upstream();
    house.work("T-1", "sed -i 's/^5$/one/' a.txt");
    let other = house.elsewhere();
    other.work("T-2", "sed -i 's/^5$/two/' a.txt");
    other.work("T-3", "sed -i 's/^5$/three/' a.txt");
    assert_eq!(tried(&house, &["T-1"], &["T-2", "T-3", "T-4"]).0, ["T-1 T-2: a.txt", "T-1 T-3: a.txt"]);
    other.sh(&other.folder("T-2"), "git checkout -q a.txt; echo new > c.txt");
    other.save("T-2");
    assert_eq!(tried(&house, &["T-1"], &["T-2", "T-3"]).0, ["T-1 T-2: ", "T-1 T-3: a.txt"]);
    assert_eq!(tried(&other, &["T-2", "T-3"], &["T-1"]).0, ["T-1 T-2: ", "T-1 T-3: a.txt", "T-2 T-3: "]);
    house.sh(&house.path(""), "mv upstream.git elsewhere.git");
    assert_eq!(tried(&house, &["T-1"], &["T-9"]).0, Vec::<String>::new());
    assert!(house.notes.lock().unwrap().iter().any(|note| matches!(note, Note::Away(_))));
}

/// Where a line comes from, in short: what landed it, or who committed it.
fn from(house: &House, file: &str, line: u32) -> Result<Option<String>, RepoError> {
    let place = SourceLine { file: house.repo().join(file), line };
    let commands = house.programs();
    let origin = go_repo::origin(&commands, &place)?;
    Ok(origin.map(|origin| match (&origin.task, origin.attempt, &origin.agent) {
        (Some(task), Some(attempt), Some(agent)) => format!("{} {task} {attempt} {agent}", origin.commit),
        _ => format!("{} {}", origin.author, origin.subject),
    }))
}

#[test]
fn a_landed_line_leads_to_its_ticket() {
    let house = House::alone();
    let commit = house.work("T-1", "sed -i 's/^5$/five/' a.txt; mkdir d; seq 3 > 'd/*'");
    let landed = landed_commit(&house.land("T-1", &Wish { attempt: 3, ..Wish::merge(&commit) }));
    house.sh(&house.repo(), "echo mine >> a.txt; echo x > untracked; echo x > staged; git add staged");
    assert_eq!(from(&house, "a.txt", 5).unwrap(), Some(format!("{landed} T-1 3 a-7")));
    assert_eq!(from(&house, "d/*", 1).unwrap(), Some(format!("{landed} T-1 3 a-7")));
    assert_eq!(from(&house, "a.txt", 1).unwrap().unwrap(), "Person <person@example.org> first");
    for (file, line) in [("a.txt", 10), ("untracked", 1), ("staged", 1)] {
        assert_eq!(from(&house, file, line).unwrap(), None, "{file}: it is not committed");
    }
    assert!(matches!(from(&house, "a.txt", 11), Err(RepoError::BeyondEnd { line: 11, lines: 10, .. })));
    assert!(matches!(from(&house, "gone", 1), Err(RepoError::NoFile(_))));
    assert!(matches!(from(&house, "../outside", 1), Err(RepoError::NoFile(_))));
    std::fs::write(house.path("outside"), "x\n").unwrap();
    assert!(matches!(from(&house, "../outside", 1), Err(RepoError::Git { .. })));
}

#[test]
fn a_clone_that_does_not_reach_back_to_a_line_says_so() {
    let house = House::with_upstream();
    let commit = house.work("T-1", "sed -i 's/^5$/five/' a.txt");
    house.land("T-1", &Wish::merge(&commit));
    let commit = house.work("T-2", "sed -i 's/^7$/seven/' a.txt");
    let landed = landed_commit(&house.land("T-2", &Wish::merge(&commit)));
    house.sh(
        &house.path(""),
        "rm -rf 'the repo\nof a person' && git clone -q --depth 2 \"file://$PWD/upstream.git\" 'the repo\nof a person'",
    );
    assert_eq!(from(&house, "a.txt", 7).unwrap(), Some(format!("{landed} T-2 1 a-7")));
    let cut_off = from(&house, "a.txt", 1);
    assert!(matches!(cut_off, Err(RepoError::CutOff(_))), "it is no line of T-1's: {cut_off:?}");
    house.sh(&house.repo(), "git fetch -q --unshallow");
    assert_eq!(from(&house, "a.txt", 1).unwrap().unwrap(), "Person <person@example.org> first");
}

#[test]
fn a_link_s_line_is_one_of_the_file_that_it_leads_to() {
    let house = House::alone();
    let commit = house.work("T-1", "mkdir d; seq 3 > d/f; ln -s d/f link; ln -s nowhere broken");
    let landed = landed_commit(&house.land("T-1", &Wish::merge(&commit)));
    assert_eq!(from(&house, "link", 3).unwrap(), Some(format!("{landed} T-1 1 a-7")));
    assert!(matches!(from(&house, "broken", 1), Err(RepoError::NoFile(_))));
}
