//! `go repo`: a ticket's way through Git by the commands, as shims and landing workers run them.

use crate::place::Place;

/// What is said is what a caller goes by; `$1` is the program. Nothing of GO's reaches what it runs.
const STORY: &str = r#"
exec 2>&1; set -u
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 HOME=$PWD XIO_TOKEN=secret; go=$1
git init -q -b main repo; cd repo; git config user.name P; git config user.email p@example.org
seq 1 9 > a; git add a; git commit -q -m first; echo A=1 > .env; echo .env > .git/info/exclude; cd ..
for task in T-1 T-2; do
  $go repo make --repo repo --folder work/$task --task $task --copy .env --to made.json || echo "make $?"
  cat work/$task/.env; sed -i "s/^5$/$task/" work/$task/a
  $go repo save --folder work/$task --task $task --to $task.json || echo "save $?"
done
sed 's/[0-9a-f]\{40\}/SHA/g' T-1.json
commit() { git -C repo rev-parse refs/xio/wip/$1; }
land() { task=$1; shift; $go repo land --repo repo --folder trial --task $task --attempt 1 --commit $(commit $task) \
  --title Title --agent a-1 "$@" > said; code=$?; grep -v '^What has landed' said | grep . | tail -1 | sed 's/[0-9a-f]\{40\}/SHA/'; echo "land $code"; }
$go repo collide --repo repo T-2 T-1 --away T-9
land T-1 --verify 'test -z "${XIO_TOKEN-}" && test -z "${GIT_DIR-}"; echo broken; exit 3'
land T-1 --checks gone.json 2>/dev/null | tail -1; echo '["test -f a", "exit 3"]' > checks.json; land T-1 --checks checks.json | tail -1
echo mine >> repo/a; land T-1 | tail -1; git -C repo checkout -q a
land T-1 --verify 'test -z "${XIO_TOKEN-}" && grep -q T-1 a'
land T-1
land T-2 | tail -1; grep -c 'a$' said
echo more >> work/T-2/a; $go repo remove --folder work/T-2 --repo repo --task T-2 > said; echo "remove $?"
$go repo remove --folder work/T-1 --repo repo --task T-1; echo "remove $?"; ls work
$go repo space --folder . | grep -c '"free":.*"share":'
"#;

#[test]
fn a_ticket_s_way_through_git_by_the_commands() {
    let here = Place::new();
    let (_, said) = here.start_by(STORY, &[]).end();
    let said: Vec<&str> = said.iter().map(String::as_str).filter(|line| !line.starts_with("go repo: passed")).collect();
    let (first, rest) = said.split_at(5);
    let work = r#"{"base":"SHA","commit":"SHA","changed":true,"vacuous":false}"#;
    let collision = r#"[{"one":"T-1","other":"T-2","files":["a"]}]"#;
    assert_eq!(first, ["A=1", "A=1", work, collision, "broken"], "{said:#?}");
    let landed = [
        "land 66",
        "land 1",
        "land 66",
        "land 75",
        "landed SHA on main",
        "land 0",
        "already landed SHA on main",
        "land 0",
        "land 65",
    ];
    assert_eq!(rest.iter().take(9).copied().collect::<Vec<_>>(), landed, "{said:#?}");
    let last: Vec<_> = rest.iter().skip(10).copied().collect();
    assert!(last.contains(&"remove 1") && last.ends_with(&["remove 0", "T-2", "1"]), "{said:#?}");
    assert!(last.iter().any(|line| line.contains("would lose work") && line.ends_with(": a")), "{said:#?}");
}
