//! What would collide, and where a line comes from.

use go_repo::{Collision, Origin, RepoError};

use crate::house::{Death, House, Wish, landed_commit};

#[test]
fn pairs_that_conflict_are_told_with_their_files() {
    let house = House::alone();
    let one = house.work("T-1", "sed -i 's/^5$/one/' a.txt");
    let two = house.work("T-2", "sed -i 's/^5$/two/' a.txt; sed -i 's/^2$/two/' b.txt");
    house.work("T-3", "sed -i 's/^9$/nine/' b.txt");
    let commits = [one.clone(), two.clone(), "refs/xio/wip/T-3".to_owned()];
    let ask = |commits: &[String]| house.within(&house.repo(), Death::Never, |repo| go_repo::collide(repo, commits)).0;
    assert_eq!(ask(&commits).unwrap(), [Collision { one, other: two, files: vec!["a.txt".to_owned()] }]);
    assert!(matches!(ask(&["nothing".to_owned()]), Err(RepoError::UnknownCommit(_))));
}

#[test]
fn a_landed_line_leads_to_its_ticket() {
    let house = House::alone();
    let commit = house.work("T-1", "sed -i 's/^5$/five/' a.txt");
    let landed = landed_commit(&house.land("T-1", &Wish { attempt: 3, ..Wish::merge(&commit) }));
    house.sh(&house.repo(), "echo mine >> a.txt");
    let ask = |place: &str| house.within(&house.repo(), Death::Never, |repo| go_repo::origin(repo, place)).0;
    let told = serde_json::to_value(ask("a.txt:5").unwrap()).unwrap();
    let wanted = serde_json::json!({"commit": landed, "task": "T-1", "attempt": 3, "agent": "a-7"});
    assert_eq!(told, wanted);
    let by_hand = ask("a.txt:1").unwrap();
    assert!(by_hand.commit.is_some() && by_hand.task.is_none());
    assert_eq!(ask("a.txt:10").unwrap(), Origin::default());
    assert!(matches!(ask("a.txt:99"), Err(RepoError::Git { .. })));
    for nowhere in ["a.txt", "a.txt:0", ":1", "a.txt:x"] {
        assert!(matches!(ask(nowhere), Err(RepoError::NoLine(_))), "{nowhere}");
    }
}
