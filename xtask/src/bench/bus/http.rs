//! HTTP/1.1 as light as it gets: requests as bytes, and answers told apart by their length. Made for a load generator that
//! shares its cores with the server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use crate::bench::BenchError;

/// Where a Bus is, and the token to use there.
#[derive(Debug, Clone)]
pub(in crate::bench) struct Target {
    /// Its address.
    pub(in crate::bench) address: SocketAddr,
    /// The operator's token.
    pub(in crate::bench) token: String,
}

impl Target {
    /// A request as it goes over the wire; one without a body has an empty one.
    pub(in crate::bench) fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        let (token, length) = (&self.token, body.len());
        format!(
            "{method} {path} HTTP/1.1\r\nhost: bus\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }

    /// Asks once, on a connection of its own, and reads the answer as JSON. Fails on anything but a 2xx.
    pub(in crate::bench) fn call(&self, method: &str, path: &str, body: &str) -> Result<Value, BenchError> {
        let failed = |e| BenchError::Io("a request to the Bus", e);
        let mut stream = TcpStream::connect(self.address).map_err(failed)?;
        stream.write_all(&self.request(method, path, body)).map_err(failed)?;
        let (mut received, mut piece) = (Vec::new(), [0; 16 * 1024]);
        loop {
            let read = stream.read(&mut piece).map_err(failed)?;
            received.extend_from_slice(piece.get(..read).unwrap_or_default());
            match Answer::read(&received) {
                Some(answer) if answer.is_good() => {
                    let body = received.get(answer.head..answer.whole).unwrap_or_default();
                    return Ok(serde_json::from_slice(body).unwrap_or(Value::Null));
                }
                Some(_) => return Err(refused(&received)),
                None if read == 0 => return Err(refused(&received)),
                None => {}
            }
        }
    }
}

/// An answer that is no 2xx, with as much of it as one wants to read.
pub(in crate::bench) fn refused(received: &[u8]) -> BenchError {
    BenchError::Refused(String::from_utf8_lossy(received).chars().take(600).collect())
}

/// A whole answer at the front of what was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bench) struct Answer {
    /// Its status.
    pub(in crate::bench) status: u16,
    /// Where its body begins, in bytes.
    head: usize,
    /// Where it ends, in bytes.
    pub(in crate::bench) whole: usize,
}

impl Answer {
    /// The first answer in `received`, once all of it is there. An answer without a length has no body.
    pub(in crate::bench) fn read(received: &[u8]) -> Option<Self> {
        let head = received.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let text = std::str::from_utf8(received.get(..head)?).ok()?;
        let status = text.get(9..12)?.parse().ok()?;
        let length = text.lines().find_map(content_length).unwrap_or(0);
        (received.len() >= head + length).then_some(Self { status, head, whole: head + length })
    }

    /// Whether it is a 2xx.
    pub(in crate::bench) fn is_good(self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The value of a `content-length` line.
fn content_length(line: &str) -> Option<usize> {
    let (name, value) = line.split_once(':')?;
    if name.eq_ignore_ascii_case("content-length") { value.trim().parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\netag: \"1\"\r\n\r\n{}";

    #[test]
    fn an_answer_is_whole_once_its_last_byte_is_there() {
        for cut in 0..OK.len() {
            assert_eq!(Answer::read(&OK[..cut]), None, "after {cut} bytes");
        }
        let answer = Answer::read(OK).unwrap();
        assert_eq!((answer.status, answer.whole, answer.is_good()), (200, OK.len(), true));
    }

    #[test]
    fn what_follows_an_answer_is_left_alone() {
        let two = [OK, b"HTTP/1.1 503"].concat();
        assert_eq!(Answer::read(&two).unwrap().whole, OK.len());
    }
}
