//! Each mishap once: whether the driver reads out of the real command line's output what its page says.

use go_bus_api::{Remedy, Timestamp};
use go_driver::{AgentDriver, ClaudeDriver, CodexDriver, CommandEnd};
use go_scripted_models::{ModelServer, Scene, claude_scenes, codex_scenes};

use crate::agents::{Agents, Ended, Kind, Session};
use crate::bench::BenchError;
use crate::bench::table::Row;

/// When these runs take place, for reset times: the recordings' windows open later.
const NOW: i64 = 1_795_000_000_000;

/// What a run's end means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Success,
    Retry,
    Park,
    Rotate,
    Escalate,
    Fatal,
}

use Action::{Escalate, Fatal, Park, Retry, Rotate, Success};

/// What each mishap has to end in, as docs/drivers has it.
const CLAUDE: &[(&str, Action)] = &[
    ("success", Success),
    ("resume", Success),
    ("mcp-down", Success),
    ("api-error-passes", Success),
    ("reset-passes", Success),
    ("permission-denied", Retry),
    ("max-turns", Retry),
    ("api-error", Retry),
    ("api-error-after-work", Retry),
    ("reset", Retry),
    ("cut", Retry),
    ("sigterm", Retry),
    ("sigint", Retry),
    ("sigkill", Retry),
    ("rate-limited", Park),
    ("overloaded", Park),
    ("usage-limit", Park),
    ("usage-limit-weekly", Park),
    ("context-full", Rotate),
    ("extra-usage", Escalate),
    ("no-credit", Escalate),
    ("unauthenticated", Escalate),
    ("unknown-model", Fatal),
];

const CODEX: &[(&str, Action)] = &[
    ("success", Success),
    ("resume", Success),
    ("mcp-down", Success),
    ("reset-passes", Success),
    ("api-error", Retry),
    ("api-error-after-work", Retry),
    ("overloaded", Retry),
    ("reset", Retry),
    ("cut", Retry),
    ("sigterm", Retry),
    ("sigint", Retry),
    ("sigkill", Retry),
    ("rate-limited", Park),
    ("usage-limit", Park),
    ("context-full", Rotate),
    ("no-credit", Escalate),
    ("unauthenticated", Escalate),
    ("unknown-model", Fatal),
];

/// How many of each command line's mishaps end in their action.
pub(super) fn measure(agents: &Agents) -> Result<Vec<Row>, BenchError> {
    let claude = ends(agents, Kind::Claude, &claude_scenes(), CLAUDE, &ClaudeDriver::default())?;
    let codex = ends(agents, Kind::Codex, &codex_scenes(), CODEX, &CodexDriver::default())?;
    Ok(vec![
        Row::at_least("Claude Code: mishaps read as documented", claude, count(CLAUDE), ""),
        Row::at_least("Codex: mishaps read as documented", codex, count(CODEX), ""),
    ])
}

fn count(expected: &[(&str, Action)]) -> f64 {
    u32::try_from(expected.len()).map_or(f64::NAN, f64::from)
}

fn ends(
    agents: &Agents,
    kind: Kind,
    scenes: &[Scene],
    expected: &[(&str, Action)],
    driver: &dyn AgentDriver,
) -> Result<f64, BenchError> {
    let mut right = 0_u32;
    for (name, action) in expected {
        let Some(scene) = scenes.iter().find(|scene| scene.name == *name) else {
            println!("{}/{name}: there is no such scene", kind.name());
            continue;
        };
        let ended = play(agents, kind, scene)?;
        let read = read(driver, &ended);
        if read == *action {
            right += 1;
        } else {
            println!("{}/{name}: read as {read:?}, documented is {action:?}:\n{}", kind.name(), ended.out);
        }
    }
    Ok(f64::from(right))
}

/// The end of a scene's last run.
fn play(agents: &Agents, kind: Kind, scene: &Scene) -> Result<Ended, BenchError> {
    let server = ModelServer::start(scene.scripts.clone()).map_err(|e| BenchError::Io("a model server", e))?;
    let failed = |e: crate::agents::AgentsError| BenchError::Agents(e.to_string());
    let mut session = Session::new(agents, kind, server).map_err(failed)?;
    let ends = scene.runs.iter().map(|run| session.run(run)).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    ends.into_iter().next_back().ok_or_else(|| BenchError::Agents(format!("{} has no run", scene.name)))
}

fn read(driver: &dyn AgentDriver, ended: &Ended) -> Action {
    let now = Timestamp::from_unix_millis(NOW);
    let mut reader = driver.reader(false, "");
    for line in ended.out.lines() {
        reader.line(line, now);
    }
    let end = CommandEnd { code: ended.code, signal: ended.signal, tail: ended.err.clone() };
    let report = reader.end(&end, now);
    match report.failure.map(|failure| failure.remedy) {
        None if report.code == Some(0) => Success,
        None | Some(Remedy::Retry) => Retry,
        Some(Remedy::ParkUntil { .. }) => Park,
        Some(Remedy::Rotate) => Rotate,
        Some(Remedy::Escalate) => Escalate,
        Some(Remedy::Fatal) => Fatal,
    }
}
