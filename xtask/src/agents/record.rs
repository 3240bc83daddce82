//! Records the scenes: what each command line writes is a fixture of the drivers' tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use go_scripted_models::{ModelServer, Scene, claude_scenes, codex_scenes};
use serde_json::{Value, json};

use super::sanitise::lasting;
use super::session::{Ended, Kind, Session};
use super::{Agents, AgentsError};

/// Where recordings lie.
pub(super) const FIXTURES: &str = "crates/driver/tests/fixtures";

/// Records these scenes; all where none is named.
pub(super) fn record(root: &Path, agents: &Agents, named: &[String]) -> Result<(), AgentsError> {
    for (kind, scenes) in [(Kind::Claude, claude_scenes()), (Kind::Codex, codex_scenes())] {
        let folder = root.join(FIXTURES).join(kind.recordings());
        let wanted = |scene: &Scene| named.is_empty() || named.contains(&format!("{}/{}", kind.name(), scene.name));
        for scene in scenes.iter().filter(|scene| wanted(scene)) {
            let (written, ends) = play(agents, kind, scene)?;
            keep(&folder, &written, ends)?;
        }
    }
    Ok(())
}

/// Something by the name of the file that it is kept in.
type Named<T> = BTreeMap<String, T>;

/// Plays a scene: what each of its runs wrote, and how it ended.
fn play(agents: &Agents, kind: Kind, scene: &Scene) -> Result<(Named<String>, Named<Value>), AgentsError> {
    let failed = |e| AgentsError::Io(scene.name.to_owned(), e);
    let server = ModelServer::start(scene.scripts.clone()).map_err(failed)?;
    let mut session = Session::new(agents, kind, server)?;
    let (mut written, mut ends) = (BTreeMap::new(), BTreeMap::new());
    for (index, run) in scene.runs.iter().enumerate() {
        let ended = session.run(run)?;
        let name = if index == 0 { scene.name.to_owned() } else { format!("{}-{}", scene.name, index + 1) };
        let words = [
            (session.server.url().replace("http://", ""), "127.0.0.1:9"),
            (session.work().display().to_string(), "/home/agent/work"),
            (session.home().display().to_string(), "/home/agent"),
        ];
        println!("{}/{name}: {:?} {:?}, {} lines", kind.name(), ended.code, ended.signal, ended.out.lines().count());
        written.insert(name.clone(), lasting(&ended.out, &words));
        ends.insert(name, end(scene, &ended, &words));
    }
    match session.server.strangers() {
        strangers if strangers.is_empty() => Ok((written, ends)),
        strangers => Err(AgentsError::Scene(scene.name.to_owned(), format!("it wanted to reach {strangers:?}"))),
    }
}

/// How a run ended, for the drivers' tests.
fn end(scene: &Scene, ended: &Ended, words: &[(String, &str)]) -> Value {
    let lines: Vec<&str> = ended.err.lines().collect();
    let err = lines.get(lines.len().saturating_sub(6)..).unwrap_or_default().join("\n");
    json!({
        "about": scene.about, "code": ended.code, "signal": ended.signal, "outlived_by": ended.orphans,
        "stderr": lasting(&err, words),
    })
}

/// Writes the recordings and, in the folder's `ends.json`, how they ended. A file that no recording made is left alone.
fn keep(folder: &Path, written: &Named<String>, ends: Named<Value>) -> Result<(), AgentsError> {
    let failed = |file: &Path, e| AgentsError::Io(file.display().to_string(), e);
    fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
    let list = folder.join("ends.json");
    let known = fs::read_to_string(&list).unwrap_or_default();
    let mut all: Named<Value> = serde_json::from_str(&known).unwrap_or_default();
    for (name, text) in written {
        let file = folder.join(format!("{name}.jsonl"));
        if file.exists() && !all.contains_key(name) {
            let problem = format!("{} was made by something else, and is left as it is", file.display());
            return Err(AgentsError::Scene(name.clone(), problem));
        }
        fs::write(&file, text).map_err(|e| failed(&file, e))?;
    }
    all.extend(ends);
    let text = serde_json::to_string_pretty(&all).unwrap_or_default() + "\n";
    fs::write(&list, text).map_err(|e| failed(&list, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_no_recording_made_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let record = |name: &str| {
            let named = |value: Value| BTreeMap::from([(name.to_owned(), value)]);
            keep(folder.path(), &BTreeMap::from([(name.to_owned(), "new".to_owned())]), named(json!({"code": 0})))
        };
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        fs::write(folder.path().join("theirs.jsonl"), "theirs").unwrap();
        assert!(record("theirs").is_err());
        assert_eq!(text("theirs.jsonl"), "theirs");
        record("ours").unwrap();
        record("ours").unwrap();
        assert_eq!(text("ours.jsonl"), "new");
    }
}
