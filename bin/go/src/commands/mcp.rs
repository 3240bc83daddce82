//! `go mcp`: an agent's bridge to the Bus's tools. Its program starts it and speaks MCP with it over standard input and output, a JSON-RPC message
//! a line; each is sent to `/mcp` under the agent's token.
//!
//! So an agent's configuration holds no address and no token. The token is read from its file for each message, so its rotation ends
//! nothing. While the Bus is away a request waits for it, bounded, and is then answered with an error that says so; nothing is lost that
//! was answered, and nothing is done twice, as a message that is sent again carries the same idempotency key.

mod exchange;
mod lines;
mod message;
mod patience;
mod reply;

use std::io::{self, Write};

use go_bus_client::blocking::BlockingTransport;

use crate::exit::Exit;
use crate::failure::Failure;
use exchange::{Bridge, Place};
use lines::Lines;
use message::Message;
use patience::Patience;

/// Serves until standard input ends; a request that came before is answered still, but waited for no more.
pub(super) fn run() -> Result<Exit, Failure> {
    let place = Place::read(|name| std::env::var(name).ok())
        .map_err(|error| Failure::usage(error, "an agent's program starts `go mcp`, with what its launcher set"))?;
    let transport = BlockingTransport::new(&place.url).map_err(|error| {
        Failure::usage(error, "XIO_BUS_URL has to be the Bus's address, such as http://localhost:8088")
    })?;
    let lines = Lines::of(io::stdin());
    let mut bridge = Bridge::new(transport, place, Patience::until(lines.ended()));
    while let Some(line) = lines.next() {
        for answer in answers(&mut bridge, line) {
            if say(&answer).is_err() {
                // Nobody reads any more.
                return Ok(Exit::Done);
            }
        }
    }
    Ok(Exit::Done)
}

fn answers(bridge: &mut Bridge<BlockingTransport>, line: Result<String, lines::TooLong>) -> Vec<String> {
    let read = line.map_err(|too_long| reply::error(None, &too_long.to_string())).and_then(|line| Message::read(&line));
    match read {
        Ok(message) => bridge.pass(&message),
        Err(answer) => vec![answer],
    }
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}
