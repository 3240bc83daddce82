//! `go message`: writes to an agent as the operator.

use go_bus_api::{AgentId, NewMessage, Text};

use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::print;
use crate::settings::Settings;
use crate::tokio_runtime;

/// Sends `text` to `to`; its first line is the subject.
pub(super) fn run(to: &AgentId, text: &str, settings: &Settings) -> Result<Exit, Failure> {
    let body = Text::new(text).map_err(|error| Failure::usage(error, "send less, or a path to it"))?;
    let subject = Text::clipped(text.lines().next().unwrap_or_default());
    let message = NewMessage { to: to.clone(), subject, body, kind: None, actor: None };
    let client = connect::client(settings)?;
    let sent = tokio_runtime::one_shot(async { Ok(client.send_message(&message).await?) })?;
    print(format_args!("sent {} to {to}\n", sent.id))?;
    Ok(Exit::Done)
}
