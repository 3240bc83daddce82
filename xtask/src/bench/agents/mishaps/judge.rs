//! What the Bus has of a mishap's ticket, and whether that is what has to come of it.

use go_bus_api::Timestamp;
use serde_json::Value;

use super::{Ending, Mishap};
use crate::bench::BenchError;
use crate::bench::agents::stage::{Stage, number, text};

/// How much later than a limit's window opens its account may take work again, in seconds: Codex names no seconds.
const LATE: i64 = 120;

/// How it went: in words where it is over and right, or over and wrong; `None` where it is not over.
pub(super) type Verdict = Option<Result<String, String>>;

/// Everything that the Bus has of it.
struct Seen {
    task: Value,
    builders: Vec<Value>,
    alerts: Vec<Value>,
}

/// What there is to say of one that is not over.
pub(super) fn seen(stage: &Stage, mishap: &Mishap) -> Result<String, BenchError> {
    Ok(look(stage, mishap)?.words())
}

/// Looks at it.
pub(super) fn judge(stage: &Stage, mishap: &Mishap, reset: i64) -> Result<Verdict, BenchError> {
    let seen = match look(stage, mishap) {
        // GO has not made it yet.
        Err(BenchError::Refused(_)) => return Ok(None),
        seen => seen?,
    };
    Ok(seen.verdict(mishap.ending, reset))
}

/// The ends of its builders' logs, for whoever looks into it.
pub(super) fn logs(stage: &Stage, mishap: &Mishap) -> Result<String, BenchError> {
    let end = |log: &str| {
        let lines: Vec<String> = log.lines().rev().take(6).map(|line| line.chars().take(300).collect()).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    };
    let builders = stage.builders(mishap.task())?;
    Ok(builders
        .iter()
        .map(|builder| end(&stage.log("localhost", text(builder, "id"))))
        .collect::<Vec<_>>()
        .join("\n--\n"))
}

fn look(stage: &Stage, mishap: &Mishap) -> Result<Seen, BenchError> {
    let task = stage.get(&format!("/tasks/{}", mishap.task()))?;
    Ok(Seen { task, builders: stage.builders(mishap.task())?, alerts: stage.list("/io/alerts")? })
}

impl Seen {
    fn verdict(&self, ending: Ending, reset: i64) -> Verdict {
        let state = text(&self.task, "state");
        let is_over = match ending {
            Ending::Parked(_) | Ending::ParkedUntilReset(_) => {
                state == "pending" && self.builders.iter().any(has_ended)
            }
            _ => matches!(state, "done" | "failed" | "blocked" | "held" | "cancelled"),
        };
        let has_gone_on = matches!(state, "done" | "failed" | "blocked" | "held" | "cancelled");
        if !is_over && !has_gone_on {
            return None;
        }
        Some(if self.is_right(ending, reset) {
            Ok(self.words())
        } else {
            Err(format!("{ending:?} was to come: {}", self.words()))
        })
    }

    fn is_right(&self, ending: Ending, reset: i64) -> bool {
        let (state, failures, excused) =
            (text(&self.task, "state"), number(&self.task, "failures"), number(&self.task, "excused"));
        let first = self.builders.first().map(|builder| &builder["exit"]).unwrap_or(&Value::Null);
        let all = |remedy: &str, cause: &str| {
            !self.builders.is_empty() && self.builders.iter().all(|builder| is(&builder["exit"], remedy, cause))
        };
        let count = self.builders.len();
        match ending {
            Ending::Done => state == "done" && (failures, excused, count) == (0, 0, 1),
            Ending::Retried(cause) => {
                state == "done"
                    && (failures, excused, count) == (1, 0, 2)
                    && is(first, "retry", cause)
                    && self.goes_on()
            }
            Ending::Failed(cause) => state == "failed" && (failures, count) == (2, 2) && all("retry", cause),
            Ending::Unverified => {
                let red = |builder: &Value| builder["exit"]["verify"][0]["code"].as_i64().is_some_and(|code| code != 0);
                state == "failed" && (failures, count) == (2, 2) && self.builders.iter().all(red)
            }
            Ending::Parked(cause) => {
                state == "pending"
                    && failures == 0
                    && excused == count as u64
                    && all("park_until", cause)
                    && self.waits()
            }
            Ending::ParkedUntilReset(cause) => {
                self.is_right(Ending::Parked(cause), reset) && count == 1 && is_told(&first["failure"]["until"], reset)
            }
            Ending::Rotated(cause) => {
                let rotated = self.builders.iter().filter(|builder| is(&builder["exit"], "rotate", cause)).count();
                state == "done"
                    && failures == 0
                    && excused == rotated as u64
                    && count == rotated + 1
                    && rotated > 0
                    && !self.goes_on()
            }
            Ending::Held(cause) => {
                let is_told =
                    |alert: &Value| text(alert, "level") == "L5" && alert.to_string().contains(text(&self.task, "id"));
                state == "held"
                    && count == 1
                    && is(first, "escalate", cause)
                    && self.alerts.iter().filter(|alert| is_told(alert)).count() == 1
            }
            Ending::Fatal(cause) => state == "failed" && count == 1 && is(first, "fatal", cause),
            Ending::Lost => state == "done" && (failures, count) == (0, 2) && first["failure"].is_null(),
        }
    }

    /// Whether the second builder went on with the first one's conversation.
    fn goes_on(&self) -> bool {
        let told = |builder: &Value| {
            let whole = text(&builder["exit"], "conversation").to_owned();
            // Codex's has the tokens at its end.
            whole.split('@').next().unwrap_or_default().to_owned()
        };
        matches!(self.builders.as_slice(), [first, second, ..] if !told(first).is_empty() && told(first) == told(second))
    }

    /// Whether nobody tries before the time that was told.
    fn waits(&self) -> bool {
        let last = self.builders.last().map(|builder| text(&builder["exit"]["failure"], "until").to_owned());
        last.is_some_and(|until| !until.is_empty() && until == text(&self.task, "not_before"))
    }

    fn words(&self) -> String {
        let end = |builder: &Value| {
            let (exit, failure) = (&builder["exit"], &builder["exit"]["failure"]);
            if exit.is_null() {
                return text(builder, "state").to_owned();
            }
            let how = [text(failure, "remedy"), text(failure, "cause"), text(failure, "until")].join(" ");
            let fields: Vec<String> = ["code", "signal", "limit", "stopped", "conversation"]
                .iter()
                .filter(|field| !exit[**field].is_null() && exit[**field] != Value::Bool(false))
                .map(|field| format!("{field} {}", exit[*field]))
                .collect();
            format!("{} ({})", how.trim(), fields.join(", "))
        };
        let ends: Vec<String> = self.builders.iter().map(end).collect();
        let field = |name: &str| number(&self.task, name);
        format!(
            "{}, {} counted, {} excused; {}",
            text(&self.task, "state"),
            field("failures"),
            field("excused"),
            ends.join(", then ")
        )
    }
}

/// Whether a time is the one at which the limits' windows open again.
fn is_told(until: &Value, reset: i64) -> bool {
    let until = serde_json::from_value::<Timestamp>(until.clone()).map(Timestamp::unix_millis);
    until.is_ok_and(|until| (reset..=reset + LATE).contains(&(until / 1000)))
}

fn has_ended(builder: &Value) -> bool {
    !builder["exit"].is_null()
}

fn is(exit: &Value, remedy: &str, cause: &str) -> bool {
    text(&exit["failure"], "remedy") == remedy && text(&exit["failure"], "cause") == cause
}
