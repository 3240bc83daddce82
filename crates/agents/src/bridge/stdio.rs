//! Over standard input and output, a JSON-RPC message a line: `go mcp`.

use std::io::{self, Read, Write};

use go_bus_client::TransportError;
use go_bus_client::blocking::BlockingTransport;

use super::exchange::{Bridge, Place};
use super::lines::{Lines, TooLong};
use super::message::Message;
use super::patience::Patience;
use super::reply;

/// Serves until `input` ends or nobody reads `output` any more; a request that came before the end is answered still, but waited for no more.
///
/// *Errors*: the Bus's address is none. What can't be had of the Bus is answered as an error of its message.
pub fn serve(place: Place, input: impl Read + Send + 'static, mut output: impl Write) -> Result<(), TransportError> {
    let transport = BlockingTransport::new(&place.url)?;
    let lines = Lines::of(input);
    let bridge = Bridge::new(transport, place.token_file, Patience::until(lines.ended()));
    while let Some(line) = lines.next() {
        for answer in answers(&bridge, line) {
            if say(&mut output, &answer).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn answers(bridge: &Bridge<BlockingTransport>, line: Result<String, TooLong>) -> Vec<String> {
    let read = line.map_err(|too_long| reply::error(None, &too_long.to_string())).and_then(|line| Message::read(&line));
    match read {
        Ok(message) => bridge.pass(&message),
        Err(answer) => vec![answer],
    }
}

fn say(output: &mut impl Write, line: &str) -> io::Result<()> {
    output.write_all(line.as_bytes())?;
    output.write_all(b"\n")?;
    output.flush()
}
