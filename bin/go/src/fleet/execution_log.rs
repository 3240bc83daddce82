//! Where the Execution Log and the sprints' summaries lie (R8, R28).

use std::path::{Path, PathBuf};

use go_orchestrator::Chronicle;

use crate::settings::Settings;

/// The files in which GO writes down what closed sprints brought.
pub(super) fn chronicle(settings: &Settings) -> Chronicle {
    let log = execution_log(settings);
    let wanted = with_home(&settings.paths.execution_log, std::env::home_dir());
    if log != absolute(wanted.clone()) {
        let (missing, instead) = (wanted.display(), log.display());
        tracing::info!("no folder for {missing}: the Execution Log is {instead}; paths.execution_log names another");
    }
    Chronicle::new(log, absolute(settings.data.join("sprints")))
}

/// The Execution Log: where the settings say, but in the data folder where nobody said it and its folder is not there.
pub(crate) fn execution_log(settings: &Settings) -> PathBuf {
    let log = with_home(&settings.paths.execution_log, std::env::home_dir());
    let is_named = settings.is_set("paths.execution_log");
    let has_folder = log.parent().is_none_or(|folder| folder.as_os_str().is_empty() || folder.is_dir());
    absolute(if is_named || has_folder { log } else { settings.data.join("execution_log.md") })
}

/// Nobody changes the folder of this process; an absolute path says in errors where it is.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// `path` with a leading `~` as the home folder, where there is one.
fn with_home(path: &Path, home: Option<PathBuf>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Flags, read};

    /// The chronicle with these settings, for a folder that is there.
    fn with(folder: &Path, keys: &[(&str, &str)]) -> String {
        let keys = keys.iter().map(|(key, value)| ((*key).to_owned(), "--set", (*value).to_owned())).collect();
        let flags = Flags { data: Some(folder.join("data")), keys };
        format!("{:?}", chronicle(&read(None, &[], &flags).unwrap()))
    }

    #[test]
    fn it_lies_in_the_blueprint_s_folder_where_that_is_there_and_else_in_the_data_folder() {
        let folder = tempfile::tempdir().unwrap();
        let blueprint = folder.path().join("bp").display().to_string();
        let set: &[_] = &[("paths.blueprint", blueprint.as_str())];
        assert!(with(folder.path(), set).contains(&format!("{}/data/execution_log.md", folder.path().display())));
        std::fs::create_dir(&blueprint).unwrap();
        assert!(with(folder.path(), set).contains(&format!("{blueprint}/11_EXECUTION_LOG.md")));
    }

    #[test]
    fn one_that_somebody_named_is_that_one_though_its_folder_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let chronicle = with(folder.path(), &[("paths.execution_log", "/not/there/log.md")]);
        assert!(chronicle.contains("\"/not/there/log.md\""), "{chronicle}");
        assert!(chronicle.contains("data/sprints\""), "{chronicle}");
    }

    #[test]
    fn a_tilde_is_the_home_folder() {
        let home = || Some(PathBuf::from("/home/me"));
        assert_eq!(with_home(Path::new("~/log.md"), home()), Path::new("/home/me/log.md"));
        assert_eq!(with_home(Path::new("a~/log.md"), home()), Path::new("a~/log.md"));
        assert_eq!(with_home(Path::new("~/log.md"), None), Path::new("~/log.md"));
    }
}
