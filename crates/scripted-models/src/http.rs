//! As much HTTP/1.1 as the command lines of agents speak: one request on each connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::Value;

/// The largest body that is read, in bytes.
const LARGEST: usize = 64 << 20;

/// A request as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path with its query; the host and port of a `CONNECT`.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; null where it is none, or not JSON.
    pub body: Value,
}

impl Request {
    /// The value of a header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A connection with its request read, but for the last byte of its body: closing it with something unread is what resets it.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    rest: usize,
}

impl Connection {
    /// Reads the request; `None` where the other side closed first.
    pub(crate) fn accept(stream: TcpStream) -> io::Result<Option<(Self, Request)>> {
        // A buffer of one byte never takes more from the socket than was asked for.
        let mut connection = Self { stream: BufReader::with_capacity(1, stream), rest: 0 };
        let first = connection.line()?;
        let mut words = first.split(' ');
        let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(None) };
        let mut headers = Vec::new();
        loop {
            let line = connection.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut request = Request { method: method.to_owned(), path: path.to_owned(), headers, body: Value::Null };
        let bytes = connection.body(&request)?;
        request.body = serde_json::from_slice(&bytes).unwrap_or_default();
        Ok(Some((connection, request)))
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        (&mut self.stream).take(64 << 10).read_line(&mut line)?;
        line.truncate(line.trim_end().len());
        Ok(line)
    }

    fn body(&mut self, request: &Request) -> io::Result<Vec<u8>> {
        if request.header("expect").is_some() {
            self.stream.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        if request.header("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
            return self.chunks();
        }
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let length = Ord::min(length, LARGEST);
        let mut bytes = vec![0; length.saturating_sub(1)];
        self.stream.read_exact(&mut bytes)?;
        if length > 0 {
            self.rest = 1;
            bytes.push(b'}');
        }
        Ok(bytes)
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            let line = self.line()?;
            let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16);
            let size = size.map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))?;
            if size == 0 {
                self.rest = 2;
                return Ok(bytes);
            }
            if bytes.len().saturating_add(size) > LARGEST {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let end = bytes.len();
            bytes.resize(end + size, 0);
            self.stream.read_exact(bytes.get_mut(end..).unwrap_or_default())?;
            self.line()?;
        }
    }

    /// Answers with a whole body, and closes.
    pub(crate) fn answer(mut self, status: u16, headers: &[(String, String)], body: &Value) -> io::Result<()> {
        let body = body.to_string();
        let length = ("content-length".to_owned(), body.len().to_string());
        let kind = ("content-type".to_owned(), "application/json".to_owned());
        self.head(status, &[&[kind, length], headers].concat())?;
        self.stream.get_mut().write_all(body.as_bytes())
    }

    /// Begins a stream of events.
    pub(crate) fn begin_events(&mut self, headers: &[(String, String)]) -> io::Result<()> {
        let kind = ("content-type".to_owned(), "text/event-stream; charset=utf-8".to_owned());
        let chunked = ("transfer-encoding".to_owned(), "chunked".to_owned());
        self.head(200, &[&[kind, chunked], headers].concat())
    }

    fn head(&mut self, status: u16, headers: &[(String, String)]) -> io::Result<()> {
        let mut unread = vec![0; std::mem::take(&mut self.rest)];
        self.stream.read_exact(&mut unread)?;
        let mut head = format!("HTTP/1.1 {status} Scripted\r\nconnection: close\r\nrequest-id: req_scripted\r\n");
        head.extend(headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
        head.push_str("\r\n");
        self.stream.get_mut().write_all(head.as_bytes())
    }

    /// An event of the stream.
    pub(crate) fn event(&mut self, name: &str, data: &Value) -> io::Result<()> {
        let event = format!("event: {name}\ndata: {data}\n\n");
        let chunk = format!("{:x}\r\n{event}\r\n", event.len());
        self.stream.get_mut().write_all(chunk.as_bytes())
    }

    /// The stream's end; one that is dropped without it is cut.
    pub(crate) fn end_events(mut self) -> io::Result<()> {
        self.stream.get_mut().write_all(b"0\r\n\r\n")
    }

    /// Closes with its request not read to the end, so the other side sees a reset.
    pub(crate) fn reset(self) {
        drop(self);
    }

    /// Waits until the other side has closed.
    pub(crate) fn hang(mut self) -> io::Result<()> {
        io::copy(&mut self.stream, &mut io::sink()).map(drop)
    }
}
