//! Forty tickets that touch shared files, by eight agents at once, with a real upstream: what landed, and whether each commit is green.

use std::path::Path;
use std::time::Duration;

use super::plan::Project;
use super::stage::{Place, Stage, number, text};
use crate::bench::BenchError;
use crate::bench::table::Row;
use crate::stopwatch::Stopwatch;

/// How many tickets there are, and how many agents.
const TICKETS: u32 = 40;
const AGENTS: u32 = 8;
/// How long all of it may take.
const LIMIT: Duration = Duration::from_secs(240);

/// Green where as many slots are taken as there are files, and the list has as many lines as it says.
const CHECK: &str =
    "test $(grep -c taken slots) -eq $(ls | grep -c '^f[0-9]') && test $(tail -n +2 list | wc -l) -eq $(head -1 list)";

/// Runs them through a fleet; what was lost, landed twice, or landed red.
pub(super) fn measure(binary: &Path) -> Result<Vec<Row>, BenchError> {
    let stage = begin(binary)?;
    let watch = Stopwatch::start();
    let ended = stage.wait("forty tickets to end", LIMIT, || {
        let tasks = stage.list("/tasks?kind=ticket")?;
        let over = |task: &&serde_json::Value| matches!(text(task, "state"), "done" | "failed" | "blocked" | "held");
        Ok((tasks.iter().filter(over).count() == TICKETS as usize).then_some(tasks))
    })?;
    let seconds = watch.elapsed().as_secs_f64();
    let sent_back: u64 = ended.iter().map(|task| number(task, "landing_failures")).sum();
    let done = ended.iter().filter(|task| text(task, "state") == "done").count();
    let landed = landed(&stage)?;
    let red = stage.place.shell(&red_commits())?.lines().count();
    stage.end()?;
    let count = |many: usize| u32::try_from(many).map_or(f64::NAN, f64::from);
    let different = landed.iter().collect::<std::collections::BTreeSet<_>>().len();
    let lost = (TICKETS as usize).saturating_sub(different.min(done));
    Ok(vec![
        Row::bound(format!("landings: of {TICKETS} tickets by {AGENTS} agents, lost"), count(lost), 0.0, ""),
        Row::bound("  landed twice", count(landed.len() - different), 0.0, ""),
        Row::bound("  landed commits that are not green", count(red), 0.0, ""),
        Row::plain("  sent back with a conflict", count(usize::try_from(sent_back).unwrap_or_default()), ""),
        Row::plain("  all landed after", seconds, "s"),
    ])
}

fn begin(binary: &Path) -> Result<Stage, BenchError> {
    let place = Place::new([])?;
    place.shell(
        "git init -q -b main --bare upstream.git; git clone -q upstream.git repo 2> clone.log; cd repo; git checkout -q -B main; \
         git config user.name Bench; git config user.email bench@example.org; \
         seq -f 'slot %g free' 130 > slots; echo 0 > list; git add -A; git commit -q -m lists; git push -q -u origin main",
    )?;
    place.write("landing.sh", include_str!("landing.sh"))?;
    let ticket = |number: u32| {
        format!("{{id: L-{number}, title: Take slot {number}, kind: chore, max_attempts: 20, verify: [\"{CHECK}\"]}}")
    };
    let tickets: Vec<String> = (1..=TICKETS).map(ticket).collect();
    let (repo, variables) = (place.path().join("repo"), Vec::new());
    let project = Project { id: "slots", repo: &repo, driver: "command", deliver: "merge", variables: &variables };
    place.write("plan.yaml", &format!("version: 1\nprojects:\n{}", project.with(&tickets)))?;
    let run = format!("sh {} {{folder}} {{task}}", place.path().join("landing.sh").display());
    place.write(
        "go.yaml",
        &format!(
            "agents: {{max: {AGENTS}}}\nimprovement: {{enabled: false}}\nreview: {{integration_every: 0, rounds: 20}}\n\
             drivers: {{command: {{run: \"{run}\"}}}}\n"
        ),
    )?;
    place.up(binary)
}

/// The ticket of each commit that landed on the upstream's branch.
fn landed(stage: &Stage) -> Result<Vec<String>, BenchError> {
    let log = "git -C upstream.git log --format='%(trailers:key=XIO-Task,valueonly,separator=%x20)' main";
    let tasks = stage.place.shell(log)?;
    Ok(tasks.lines().map(str::trim).filter(|task| !task.is_empty()).map(str::to_owned).collect())
}

/// Prints each commit of the upstream's branch on which the check fails.
fn red_commits() -> String {
    format!(
        "git clone -q upstream.git look; cd look; for commit in $(git rev-list --reverse main); do \
         git checkout -q $commit; {{ {CHECK}; }} || echo $commit; done"
    )
}
