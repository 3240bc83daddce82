//! Whose commits they are: the person's, or GO's own where the person has not said who that is.

use std::ffi::OsString;

use crate::RepoError;
use crate::git::Git;

/// Who commits where nobody said.
const NAME: &str = "GO";
const ADDRESS: &str = "go@localhost.invalid";

/// The variables that a commit needs beyond the person's settings.
pub(crate) fn variables(git: &Git<'_>) -> Result<Vec<(&'static str, OsString)>, RepoError> {
    let mut variables = Vec::new();
    for (asked, name, address) in [
        ("GIT_AUTHOR_IDENT", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"),
        ("GIT_COMMITTER_IDENT", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"),
    ] {
        // A guess from the machine's name is nobody's identity.
        if git.call(&["-c", "user.useConfigOnly=true", "var", asked]).run()?.code != 0 {
            variables.extend([(name, NAME.into()), (address, ADDRESS.into())]);
        }
    }
    Ok(variables)
}

/// The author of `commit`, as variables.
pub(crate) fn author(git: &Git<'_>, commit: &crate::ObjectId) -> Result<Vec<(&'static str, OsString)>, RepoError> {
    let text = git.call(&["log", "-1", "--format=%an%x00%ae%x00%ad", "--date=raw"]).arg(commit).line()?;
    let mut fields = text.split('\0').map(|field| if field.is_empty() { NAME } else { field });
    let names = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE"];
    Ok(names.into_iter().zip(fields.by_ref().map(OsString::from)).collect())
}
