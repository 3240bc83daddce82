//! `go mcp`: an agent's bridge to the Bus's tools over standard input and output, for its program to start.

use std::io;

use go_agents::bridge::{Place, stdio};

use crate::exit::Exit;
use crate::failure::Failure;

/// Serves until standard input ends.
pub(super) fn run() -> Result<Exit, Failure> {
    let place = Place::read(|name| std::env::var(name).ok())
        .map_err(|error| Failure::usage(error, "an agent's program starts `go mcp`, with what its launcher set"))?;
    stdio::serve(place, io::stdin(), io::stdout()).map_err(|error| {
        Failure::usage(error, "XIO_BUS_URL has to be the Bus's address, such as http://localhost:8088")
    })?;
    Ok(Exit::Done)
}
