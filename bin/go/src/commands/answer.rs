//! `go answer`: answers an agent's question as the operator.

use go_bus_api::{Answer, QuestionId, Text};

use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{print, print_json};
use crate::settings::Settings;
use crate::tokio_runtime;

/// Answers the question `id` with `text`.
pub(super) fn run(id: &QuestionId, text: &str, json: bool, settings: &Settings) -> Result<Exit, Failure> {
    let answer = Text::new(text).map_err(|error| Failure::usage(error, "answer in less, or with a path to it"))?;
    let client = connect::client(settings)?;
    let question = tokio_runtime::one_shot(async { Ok(client.answer(id, &Answer { answer }).await?) })?;
    if json {
        print_json(&question)?
    } else {
        print(format_args!("{id} is answered\n"))?
    }
    Ok(Exit::Done)
}
