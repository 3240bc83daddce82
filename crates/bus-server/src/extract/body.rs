//! Bodies: bounded while they are read, and errors that point at the field.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use go_bus_api::ProblemKind;
use http::{HeaderMap, header};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use super::whole_numbers;
use crate::problems::Refusal;

/// Reads a body whose last byte has to come before `late` completes; 400 where it does not.
pub(crate) async fn read_in_time(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    late: impl Future<Output = ()>,
) -> Result<Bytes, Refusal> {
    tokio::select! {
        biased;
        read = read(headers, body, most) => read,
        () = late => Err(Refusal::new(ProblemKind::BadRequest, "the body did not arrive in time")),
    }
}

/// Reads a body of at most `most` bytes; 413 as soon as it is known to be longer.
async fn read(headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes, Refusal> {
    let too_large = || Refusal::new(ProblemKind::TooLarge, format!("a body has at most {most} bytes"));
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| usize::try_from(length).map_or(true, |length| length > most)) {
        return Err(too_large());
    }
    let (mut stream, mut read) = (body.into_data_stream(), BytesMut::new());
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Refusal::new(ProblemKind::BadRequest, "the body broke off"))?;
        if chunk.len() > most.saturating_sub(read.len()) {
            return Err(too_large());
        }
        read.extend_from_slice(&chunk);
    }
    Ok(read.freeze())
}

/// Reads a JSON object as a `T`: 400 where it is no JSON, 422 with a pointer where it is not a `T`.
pub(crate) fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        // A derived struct would take an array for its fields in order.
        value::<IgnoredAny>(bytes)?;
        return Err(Refusal::field("", "a JSON object is wanted here"));
    }
    value(bytes)
}

/// Reads any JSON value as a `T`, with the errors of [`object`]. An integer may be written `3.0`.
pub(crate) fn value<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let refused = match as_written(bytes) {
        Err(refused) if refused.kind() == Some(ProblemKind::Invalid) => refused,
        read => return read,
    };
    whole_numbers::plainly(bytes).map_or(Err(refused), |plain| as_written(&plain))
}

fn as_written<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(value) => deserializer.end().map(|()| value).map_err(|error| malformed(&error)),
        Err(error) => match error.inner().classify() {
            Category::Data => match wellformed(bytes) {
                Ok(()) => Err(misfit(&error)),
                Err(error) => Err(malformed(&error)),
            },
            Category::Io | Category::Syntax | Category::Eof => Err(malformed(error.inner())),
        },
    }
}

/// Whether all of it is JSON: the reader stops at the first field that does not fit.
fn wellformed(bytes: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice::<IgnoredAny>(bytes).map(drop)
}

fn malformed(error: &serde_json::Error) -> Refusal {
    Refusal::new(ProblemKind::MalformedBody, format!("the body is not JSON: {error}"))
}

fn misfit(error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let message = error.inner().to_string();
    // The place in the text says less than the pointer.
    let detail = message.split(" at line ").next().unwrap_or(&message);
    Refusal::field(pointer(error.path(), detail), detail)
}

/// The path as a JSON pointer (RFC 6901). A missing field's path ends at its parent, so its name is taken from the message.
fn pointer(path: &Path, detail: &str) -> String {
    let mut pointer = String::new();
    let missing = detail.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    let parts = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } | Segment::Enum { variant: key } => Some(key.clone()),
        Segment::Unknown => None,
    });
    for part in parts.chain(missing.map(str::to_owned)) {
        pointer.push('/');
        pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

#[cfg(test)]
mod tests;
