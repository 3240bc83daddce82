//! `go lease` and `go handoff`: who is GO, and what it left for the next one.

use go_bus_api::LeaseView;
use go_bus_client::BusClient;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{clock, length, print, print_json};

/// Prints the lease.
pub(super) async fn lease(client: &BusClient, json: bool) -> Result<Exit, Failure> {
    let lease = client.lease().await?;
    if json {
        print_json(&lease)?
    } else {
        print(format_args!("{}\n", sentence(&lease)))?
    }
    Ok(Exit::Done)
}

/// The lease in a line.
pub(super) fn sentence(lease: &LeaseView) -> String {
    let standbys = match lease.standbys.len() {
        0 => "no standby".to_owned(),
        1 => "1 standby".to_owned(),
        more => format!("{more} standbys"),
    };
    match &lease.holder {
        Some(holder) => {
            let left = length(lease.remaining_ms.duration());
            format!("{holder} is GO, epoch {}, {left} left without a renewal, {standbys}", lease.epoch)
        }
        None => format!("nobody is GO, last epoch {}, {standbys}", lease.epoch),
    }
}

/// Prints the last handoff.
pub(super) async fn handoff(client: &BusClient, json: bool) -> Result<Exit, Failure> {
    let Some(handoff) = client.handoff().await? else {
        return Err(Failure::failed("there is no handoff yet", "GO writes one when it stops on purpose"));
    };
    if json {
        print_json(&handoff)?;
    } else {
        let head = format!("epoch {}, written at {} UTC", handoff.epoch, clock(handoff.written_at));
        print(format_args!("{head}\n{:#}\n", handoff.document))?;
    }
    Ok(Exit::Done)
}
