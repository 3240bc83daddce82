//! The operator's token: made on the first start, kept in `<data>/operator.token` for its owner alone.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use go_bus_store::{Action, Command, Principal, Query, QueryAnswer, Store};
use go_clock::Clock;

use crate::error::ServeError;
use crate::token::{self, Secret};

/// The longest file that can hold a token, in bytes.
const LONGEST: usize = 1024;

/// Makes sure that the file's token is the operator's: makes the file where there is none, and tells a database that does
/// not know it.
///
/// The file comes first, so a crash in between leaves a file that the next start tells the database about. Servers that
/// share a database share the file too, or each would replace the other's operator.
pub(crate) async fn ensure(data: &Path, store: &dyn Store, clock: &dyn Clock) -> Result<(), ServeError> {
    let path = data.join("operator.token");
    let failed = |cause| ServeError::OperatorToken { path: path.clone(), cause };
    let token = match read(&path).map_err(failed)? {
        Some(token) => token,
        None => {
            let fresh = Secret::generate().map_err(ServeError::Random)?;
            create(data, &path, fresh.reveal()).map_err(failed)?
        }
    };
    if token.is_empty() || token.len() > LONGEST || token.contains(char::is_whitespace) {
        return Err(ServeError::NoToken(path));
    }
    keep_private(&path).map_err(failed)?;
    let (hash, now) = (token::hash(&token), clock.wall());
    if let QueryAnswer::Token(Some(known)) = store.read(Query::Token(hash, now)).await?
        && known.principal == Principal::Operator
    {
        return Ok(());
    }
    for answer in store.commit(vec![Command::of_bus(now, Action::SetOperatorToken(hash))]).await {
        answer?;
    }
    Ok(())
}

fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes the token's file from everybody but its owner, where a copy or an editor has opened it to others.
fn keep_private(path: &Path) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), mode = format_args!("{:o}", mode & 0o777), "the operator's token was open to others; its mode is 600 now");
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// Writes `token` so that the file is there whole or not at all, and was never readable by others. Where another server made
/// the file meanwhile, that one's token is answered.
fn create(data: &Path, path: &Path, token: &str) -> io::Result<String> {
    DirBuilder::new().recursive(true).mode(0o700).create(data)?;
    let draft = draft(path);
    let written = write_private(&draft, token).and_then(|()| match fs::hard_link(&draft, path) {
        // A link fails where the name is taken; a rename would replace the other server's token.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    let removed = fs::remove_file(&draft);
    written.and(removed)?;
    File::open(data)?.sync_all()?;
    read(path)?.ok_or_else(|| ErrorKind::NotFound.into())
}

fn draft(path: &Path) -> PathBuf {
    path.with_extension(format!("token.{}", std::process::id()))
}

fn write_private(path: &Path, token: &str) -> io::Result<()> {
    let _ = fs::remove_file(path); // left by a crash under the same pid
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{token}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_private_and_the_first_to_make_it_wins() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("deep").join("data");
        let path = data.join("operator.token");
        assert_eq!(create(&data, &path, "xio_first").unwrap(), "xio_first");
        assert_eq!(create(&data, &path, "xio_second").unwrap(), "xio_first");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&data).unwrap().count(), 1, "a draft was left");
    }
}
