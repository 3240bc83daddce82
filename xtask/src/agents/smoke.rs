//! The command lines still write what was recorded: a few scenes of each, compared line by line in kind.

use std::fs;
use std::path::Path;

use go_scripted_models::{ModelServer, Scene, claude_scenes, codex_scenes};
use serde_json::Value;

use super::record::FIXTURES;
use super::session::{Kind, Session};
use super::{Agents, AgentsError};

/// The scenes that are played: one for each way in which a run ends.
const PLAYED: [&str; 8] = [
    "success",
    "permission-denied",
    "unauthenticated",
    "usage-limit",
    "context-full",
    "unknown-model",
    "mcp-down",
    "sigkill",
];

/// Plays the scenes; how many runs there were, and what differs from the recordings.
pub(crate) fn smoke(root: &Path, agents: &Agents) -> Result<(usize, Vec<String>), AgentsError> {
    let (mut runs, mut differing) = (0, Vec::new());
    for (kind, scenes) in [(Kind::Claude, claude_scenes()), (Kind::Codex, codex_scenes())] {
        let folder = root.join(FIXTURES).join(kind.recordings());
        for scene in scenes.iter().filter(|scene| PLAYED.contains(&scene.name)) {
            runs += 1;
            differing.extend(play(agents, kind, scene, &folder)?);
        }
    }
    Ok((runs, differing))
}

/// Plays the first run of a scene; how it differs.
fn play(agents: &Agents, kind: Kind, scene: &Scene, folder: &Path) -> Result<Option<String>, AgentsError> {
    let failed = |e| AgentsError::Io(scene.name.to_owned(), e);
    let recorded = fs::read_to_string(folder.join(format!("{}.jsonl", scene.name))).map_err(failed)?;
    let server = ModelServer::start(scene.scripts.clone()).map_err(failed)?;
    let mut session = Session::new(agents, kind, server)?;
    let mut found = Vec::new();
    for run in scene.runs.iter().take(1) {
        let ended = session.run(run)?;
        if kinds(&ended.out) != kinds(&recorded) {
            found.push(format!("it writes {:?}, and recorded is {:?}", kinds(&ended.out), kinds(&recorded)));
        }
    }
    if !session.server.strangers().is_empty() {
        found.push(format!("it wanted to reach {:?}", session.server.strangers()));
    }
    Ok((!found.is_empty()).then(|| format!("{}/{}: {}", kind.name(), scene.name, found.join("; "))))
}

/// What kind each line is of.
fn kinds(out: &str) -> Vec<String> {
    let kind = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        let parts = [line.get("type"), line.get("subtype"), line.pointer("/item/type")];
        parts.iter().flatten().filter_map(|part| part.as_str()).collect::<Vec<_>>().join(" ")
    };
    out.lines().map(kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_compared_by_kind_and_not_by_words() {
        let one = kinds(
            "{\"type\":\"system\",\"subtype\":\"init\",\"x\":1}\n{\"type\":\"item.started\",\"item\":{\"type\":\"error\"}}",
        );
        assert_eq!(one, ["system init", "item.started error"]);
        assert_ne!(one, kinds("{\"type\":\"system\"}"));
    }
}
