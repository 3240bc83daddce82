//! What somebody has to hear of: a red run, and a command that is not there. Each is told once: its key follows from the World, and what
//! was acknowledged is not raised again.

use go_bus_api::{AlertLevel, NewAlert, TaskState, Text};
use go_bus_client::World;
use go_rules::integration::{covered, fix_id};

use super::{fix, words};

/// The alerts that are missing.
pub(super) fn due(world: &World) -> impl Iterator<Item = NewAlert> {
    let missing = |alert: &NewAlert| {
        let key = alert.dedupe_key.as_ref();
        key.is_none_or(|key| world.alert_with_key(key.as_str()).is_none())
    };
    red(world).into_iter().chain(skipped(world)).filter(missing).collect::<Vec<_>>().into_iter()
}

/// One for each red run: a further one says that what was done did not help.
fn red(world: &World) -> Option<NewAlert> {
    let red = world.red_run()?;
    let suspects = words::completions(world, world.green_completions(), covered(red)?);
    let next = match fix::unresolved(world) {
        Some((fix, TaskState::Failed)) => format!("{fix} has failed: retry it, or mend it by hand and cancel it."),
        Some((fix, _)) => format!("{fix} is to mend it."),
        None => fix_id(&red.id).map_or_else(String::new, |fix| format!("{fix} is to mend it.")),
    };
    let output = red.error.as_ref().map_or("", |error| error.as_str());
    Some(NewAlert {
        level: AlertLevel::L4,
        title: Text::clipped(&format!("the integration test is red: {} failed {} times", red.id, red.failures)),
        detail: Text::clipped(&format!(
            "Nothing is pushed until it is green. {next}\nCompleted since the last green run: {suspects}.\n\n{output}"
        )),
        project: Some(red.project.clone()),
        dedupe_key: Some(Text::clipped(&format!("integration-red:{}", red.id))),
    })
}

/// One for as long as nothing could be run: the key names the last run that was.
fn skipped(world: &World) -> Option<NewAlert> {
    let (_, run) = world.skipped_run()?;
    let result = world.past_task(run).and_then(|past| past.result);
    let last = world.red_run().and_then(covered).unwrap_or_default().max(world.green_completions());
    Some(NewAlert {
        level: AlertLevel::L2,
        title: Text::clipped("the integration test can't be run: its command is not there"),
        detail: Text::clipped(&format!(
            "{run} was {}. Until then this is said once: set review.integration_command, or review.integration_every: 0 for none.",
            result.as_ref().map_or("skipped", |result| result.as_str()),
        )),
        project: None,
        dedupe_key: Some(Text::clipped(&format!("integration-skipped:after-{last}"))),
    })
}
