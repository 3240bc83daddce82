//! `go events`: the log, and what comes after it.

use futures_util::StreamExt;
use go_bus_api::{Event, Seq};
use go_bus_client::{BusClient, BusError, RetryPolicy, SubscribeError};

use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{clock, print, print_json};
use crate::settings::Settings;
use crate::signals::Stop;

/// Events a page.
const PAGE: u32 = 1000;

/// Prints every event after `after`, and with `follow` each new one until a signal.
pub(super) async fn run(settings: &Settings, follow: bool, after: u64, json: bool) -> Result<Exit, Failure> {
    if !follow {
        return past(&connect::client(settings)?, Seq(after), json).await;
    }
    let client = connect::client(settings)?;
    client.ready().await?;
    let stop = Stop::on_signals()?;
    let mut events = client.with_retry(RetryPolicy::default()).subscribe(Seq(after));
    loop {
        tokio::select! {
            () = stop.asked() => return Ok(Exit::Interrupted),
            event = events.next() => match event {
                Some(Ok(event)) => show(&event, json)?,
                Some(Err(error)) => return Err(lost(error)),
                None => return Ok(Exit::Done),
            },
        }
    }
}

async fn past(client: &BusClient, mut after: Seq, json: bool) -> Result<Exit, Failure> {
    loop {
        let page = client.events(after, PAGE).await?;
        for event in &page.items {
            show(event, json)?;
        }
        match page.items.last() {
            Some(last) => after = last.seq,
            None => return Ok(Exit::Done),
        }
    }
}

fn show(event: &Event, json: bool) -> Result<(), Failure> {
    if json { print_json(event) } else { print(format_args!("{}\n", line(event))) }
}

fn line(event: &Event) -> String {
    let subject = event.subject.as_ref().map(|subject| subject.0.as_str()).unwrap_or_default();
    let (at, actor) = (clock(event.at), event.actor.as_str());
    format!("{at} {:>6} {:<24} {subject} by {actor}", event.seq.0, event.kind.as_str())
}

fn lost(error: SubscribeError) -> Failure {
    match error {
        SubscribeError::Unauthorized(problem) => BusError::Unauthorized(problem).into(),
        SubscribeError::Refused(problem) => BusError::Refused(problem).into(),
        SubscribeError::Unable(error) => error.into(),
        other => Failure::failed(other, "begin anew, without --after"),
    }
}
