//! A push (R28): `git push` where the project's folder is a clone with an upstream, else a note.

/// What a push runs where its task brings no command of its own. It names what it pushes and where to, so that no setting turns it into
/// another push or a forced one; pushing the same again changes nothing. It asks nobody for a password.
pub(super) const PUSH: &str = r#"
note() { echo "nothing to push: $*"; exit 0; }
command -v git >/dev/null || note "git is not installed"
top=$(git rev-parse --show-toplevel 2>/dev/null) || note "$PWD is no clone"
[ "$top" = "$(pwd -P)" ] || note "$PWD is a part of $top, not a clone of its own"
branch=$(git symbolic-ref --quiet --short HEAD) || note "no branch is checked out in $PWD"
remote=$(git config "branch.$branch.remote") && ref=$(git config "branch.$branch.merge") || note "$branch has no upstream"
export GIT_TERMINAL_PROMPT=0
git push "$remote" "HEAD:$ref" && echo "pushed $branch to $remote"
"#;
