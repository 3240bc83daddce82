//! The verifications: run by the shim and not by the builder, after it, in the same folder and slot.

use std::path::Path;

use go_bus_api::{Millis, Text, VerifyResult};
use go_runtime::{AgentSpec, CommandSpec, End, RuntimeError};

use super::ShimError;
use super::course::Cause;
use super::keeper::{Keeper, Under};
use super::tail;

/// The code of a verification that a limit ended, whatever it made of that itself; the one of timeout(1).
const TIMED_OUT: i32 = 124;
/// The code of one that could not be started, as a shell has it.
pub(super) const NOT_STARTED: i32 = 127;

/// Runs each verification of `spec` in order, to the first that is stopped or meets a limit. A failed one does not keep the
/// next from running: people want to see all that is wrong. Their environment has neither the builder's token nor its
/// variables; only its id, by which strays are found.
pub(super) fn run(
    spec: &AgentSpec,
    keeper: &mut Keeper,
    log: &Path,
) -> Result<(Vec<VerifyResult>, Option<Cause>), ShimError> {
    let mut results = Vec::new();
    for command in &spec.verify {
        let from = tail::length(log);
        let shell = match &spec.workplace {
            Some(place) => place.shell(command.as_str()),
            None => CommandSpec::shell(command.as_str(), spec.command.folder.clone()),
        };
        let (code, took, words, cause) = match keeper.run(&shell.of(&spec.agent), Under::Limits) {
            Ok(kept) => (code(kept.end, kept.cause), kept.took, tail::tail(log, from), kept.cause),
            Err(ShimError::Runtime(error)) if error.is_not_startable() => {
                (NOT_STARTED, Default::default(), why(&error), None)
            }
            Err(error) => return Err(error),
        };
        results.push(VerifyResult { command: command.clone(), code, duration_ms: Millis::from(took), tail: words });
        if cause.is_some() {
            return Ok((results, cause));
        }
    }
    Ok((results, None))
}

/// One that was ended is never a pass.
fn code(end: Option<End>, cause: Option<Cause>) -> i32 {
    match (end.map(End::code), cause) {
        (Some(code), None) => code,
        (Some(0) | None, _) => TIMED_OUT,
        (Some(code), Some(_)) => code,
    }
}

/// Why something could not be started, in the words of its tail.
pub(super) fn why(error: &RuntimeError) -> Text<4096> {
    let cause = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    Text::clipped(&format!("{error}{cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verification_that_was_ended_never_passes() {
        assert_eq!(code(Some(End::Exited(0)), None), 0);
        assert_eq!(code(Some(End::Exited(0)), Some(Cause::Ordered)), TIMED_OUT);
        assert_eq!(code(None, Some(Cause::Ordered)), TIMED_OUT);
        assert_eq!(code(Some(End::Signalled(2)), Some(Cause::Ordered)), 130);
    }
}
