//! Killed at each step and run again: the same as if nothing had happened.

use go_repo::{Deliver, Outcome};

use crate::house::{Death, House, Wish};
use crate::removing::{refs, remove_or};

/// Runs `undisturbed` for the number of its calls, then kills at each of them in turn, before it and after it, and checks what `again`
/// leaves.
pub(crate) fn at_each_step<T>(
    prepare: impl Fn() -> House,
    run: impl Fn(&House, Death) -> (Result<T, go_repo::RepoError>, usize),
    look: impl Fn(&House) -> String,
) {
    at_steps(prepare, run, look, &[Death::Before, Death::After]);
}

/// The same with only these deaths.
pub(crate) fn at_steps<T>(
    prepare: impl Fn() -> House,
    run: impl Fn(&House, Death) -> (Result<T, go_repo::RepoError>, usize),
    look: impl Fn(&House) -> String,
    deaths: &[fn(usize) -> Death],
) {
    let house = prepare();
    let (done, calls) = run(&house, Death::Never);
    assert!(done.is_ok(), "undisturbed: {:?}", done.err());
    let wanted = look(&house);
    let house = prepare();
    let kept = house.keep();
    for step in 0..calls {
        for death in deaths.iter().map(|death| death(step)) {
            house.restore(&kept);
            let killed = run(&house, death).0;
            // What is called only to tell something may fail unheard.
            let last = killed.is_ok();
            let again = run(&house, Death::Never).0;
            assert!(again.is_ok(), "after {death:?} of {calls}, heard {}: {:?}", !last, again.err());
            assert_eq!(look(&house), wanted, "after {death:?} of {calls}");
        }
    }
}

#[test]
fn making_from_the_tip() {
    let look = |house: &House| {
        let folder = house.folder("T-1");
        let state = house.sh(&folder, "git status --porcelain --branch; cat .env; git rev-parse HEAD^{tree}; ls");
        format!("{state}\n{}", refs(house))
    };
    let prepare = || {
        let house = House::alone();
        house.sh(&house.repo(), "echo A=1 > .env");
        house
    };
    at_each_step(prepare, |house, death| house.make_or("T-1", death), look);
}

#[test]
fn making_from_what_was_saved() {
    let prepare = || {
        let house = House::alone();
        house.work("T-1", "echo o > own && git add own && git commit -q -m own; echo x > x; rm b.txt");
        std::fs::remove_dir_all(house.folder("T-1")).unwrap();
        house
    };
    let look = |house: &House| {
        let folder = house.folder("T-1");
        let state = house.sh(&folder, "git status --porcelain --branch; git log --format=%s; ls");
        format!("{state}\n{}", refs(house))
    };
    at_each_step(prepare, |house, death| house.make_or("T-1", death), look);
}

#[test]
fn saving() {
    let prepare = || {
        let house = House::with_upstream();
        let folder = house.make("T-1").folder;
        house.sh(&folder, "echo x > x; echo y >> a.txt; git add a.txt");
        house
    };
    let look = |house: &House| {
        let folder = house.sh(&house.folder("T-1"), "git status --porcelain --branch");
        let saved =
            "git log --format='%s %P' refs/xio/wip/T-1 | wc -l; git show refs/xio/wip/T-1:x refs/xio/wip/T-1:a.txt";
        format!("{folder}\n{}\n{}", house.sh(&house.repo(), saved), house.sh(&house.upstream(), saved))
    };
    at_each_step(prepare, |house, death| house.save_or("T-1", death), look);
}

/// What there is after a landing: the work once, and nothing left over.
fn after_landing(house: &House) -> String {
    let shown = house.sh(
        &house.repo(),
        "git log --format='%s%n%b' main; git status --porcelain; ls; cat x; ls .git/worktrees 2>/dev/null | wc -l",
    );
    let upstream = if house.upstream().exists() {
        house.sh(&house.upstream(), "git log --format='%s%n%b' main; git for-each-ref --format='%(refname)'")
    } else {
        String::new()
    };
    format!("{shown}\n{upstream}\n{}", house.path("land T-1").exists())
}

fn built(house: House) -> House {
    let commit = house.work("T-1", "echo x > x");
    std::fs::write(house.path("commit"), commit).unwrap();
    house.sh(&house.repo(), "echo other > other && git add other && git commit -q -m other");
    house
}

fn land(house: &House, deliver: Deliver, death: Death) -> (Result<Outcome, go_repo::RepoError>, usize) {
    let commit = house.read(&house.path("commit"));
    let wish = Wish { deliver, verify: &["test -f x && test -f other"], ..Wish::merge(&commit) };
    house.land_or("T-1", &wish, death)
}

#[test]
fn landing_here() {
    let run = |house: &House, death| land(house, Deliver::Merge, death);
    at_each_step(|| built(House::alone()), run, after_landing);
}

#[test]
fn landing_upstream() {
    let run = |house: &House, death| land(house, Deliver::Merge, death);
    at_each_step(|| built(House::with_upstream()), run, after_landing);
}

#[test]
fn delivering_as_a_branch() {
    let run = |house: &House, death| land(house, Deliver::Branch, death);
    let look = |house: &House| {
        let shown = "git log --format=%s main..xio/T-1; git show xio/T-1:x; git log --format=%s main; ls .git/worktrees 2>/dev/null | wc -l";
        house.sh(&house.repo(), shown)
    };
    at_each_step(|| built(House::alone()), run, look);
}

#[test]
fn removing_what_is_saved_and_what_has_landed() {
    let saved = || {
        let house = House::alone();
        house.work("T-1", "echo x > x && git add x && git commit -q -m own");
        house
    };
    at_each_step(saved, |house, death| remove_or(house, "T-1", death), refs);
    let landed = || {
        let house = built(House::alone());
        land(&house, Deliver::Merge, Death::Never).0.unwrap();
        house
    };
    at_each_step(landed, |house, death| remove_or(house, "T-1", death), refs);
}
