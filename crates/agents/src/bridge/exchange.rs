//! One message to the Bus, and what comes back.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use go_bus_client::blocking::block_on;
use go_bus_client::{Request, Response, Token, Transport, TransportError};
use go_clock::{Boottime, Clock, SystemClock};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::message::Message;
use super::patience::Patience;
use super::reply;

/// How long the Bus may take for one message.
const ANSWER: Duration = Duration::from_secs(45);

/// How long a message may take with all its tries. Claude Code gives a message over HTTP up after 60 s.
const IN_ALL: Duration = Duration::from_secs(55);

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Where the Bus is, and the agent's token.
#[derive(Debug, Clone)]
pub struct Place {
    /// `XIO_BUS_URL`.
    pub url: String,
    /// `XIO_TOKEN_FILE`: replaced in place when the token is rotated.
    pub token_file: PathBuf,
}

/// What the environment lacks.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not set")]
pub struct Missing(&'static str);

impl Place {
    /// Reads it through `variable`, which answers a variable's value.
    ///
    /// *Errors*: the first variable that is not set, or is empty.
    pub fn read(variable: impl Fn(&'static str) -> Option<String>) -> Result<Self, Missing> {
        let needed = |name| variable(name).filter(|value| !value.is_empty()).ok_or(Missing(name));
        Ok(Self { url: needed("XIO_BUS_URL")?, token_file: needed("XIO_TOKEN_FILE")?.into() })
    }
}

/// Why a message got no answer of the Bus's.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("the agent's token can't be read: {0}")]
    Token(#[from] go_bus_client::TokenError),
    #[error("the Control Bus is away ({0}); go on with what needs no Bus, and call again later")]
    Away(String),
    #[error("the Control Bus did not answer in time; it may have done this, so look before you call again")]
    Late,
}

/// The bridge. Messages may be passed side by side.
#[derive(Debug)]
pub(super) struct Bridge<T> {
    transport: T,
    token_file: PathBuf,
    patience: Patience,
    conversation: Mutex<Conversation>,
    calls: Calls,
}

/// What is kept between two messages.
#[derive(Debug, Clone, Default)]
struct Conversation {
    session: Option<HeaderValue>,
    version: Option<HeaderValue>,
    opening: Option<Message>,
}

/// Numbers that no other process gives to its calls.
#[derive(Debug)]
struct Calls {
    prefix: String,
    count: AtomicU64,
}

impl<T: Transport> Bridge<T> {
    /// A bridge over `transport`, which is to the Bus, under the token that `token_file` holds then.
    pub(super) fn new(transport: T, token_file: PathBuf, patience: Patience) -> Self {
        let calls = Calls { prefix: go_bus_api::MessageId::generate().as_str().to_owned(), count: AtomicU64::new(0) };
        Self { transport, token_file, patience, conversation: Mutex::default(), calls }
    }

    /// Passes a message on: the lines to answer with. There is one for a request at least, and none of our own for anything else.
    pub(super) fn pass(&self, message: &Message) -> Vec<String> {
        if message.is_initialize() {
            *self.conversation() = Conversation { opening: Some(message.clone()), ..Conversation::default() };
        }
        let answered = self.exchange(message).map_err(|failed| failed.to_string());
        match answered.and_then(|answer| self.lines(message, &answer)) {
            Ok(lines) => lines,
            Err(words) if message.is_request() => vec![reply::error(message.id.as_ref(), &words)],
            Err(_) => Vec::new(),
        }
    }

    fn conversation(&self) -> MutexGuard<'_, Conversation> {
        self.conversation.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lines of an answer; a refusal of the transport's is an error.
    fn lines(&self, message: &Message, answer: &Response) -> Result<Vec<String>, String> {
        let media = answer.headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
        if !answer.status.is_success() && !reply::is_message(&answer.body) {
            return Err(reply::refusal(answer.status.as_u16(), &answer.body));
        }
        let lines = reply::messages(media, &answer.body)?;
        if lines.is_empty() && message.is_request() {
            return Err("the Bus gave no answer to this".to_owned());
        }
        if message.is_initialize() {
            self.conversation().version = lines.iter().find_map(|line| negotiated(line));
        }
        Ok(lines)
    }

    /// Sends a message until there is an answer or it is of no use; opens the conversation anew where the Bus knows of none any more.
    fn exchange(&self, message: &Message) -> Result<Response, Failed> {
        let key = self.calls.next();
        let mut answer = self.send_patiently(message, &key)?;
        let has_session = self.conversation().session.is_some();
        if answer.status == StatusCode::NOT_FOUND && has_session && !message.is_initialize() && self.reopen() {
            answer = self.send_patiently(message, &key)?;
        }
        if let Some(session) = answer.headers.get(&SESSION) {
            self.conversation().session = Some(session.clone());
        }
        Ok(answer)
    }

    /// Opens the conversation again as it was opened; whether that went well.
    fn reopen(&self) -> bool {
        let opening = {
            let mut conversation = self.conversation();
            conversation.session = None;
            conversation.opening.clone()
        };
        let Some(opening) = opening else { return false };
        let key = self.calls.next();
        let Ok(answer) = self.send_patiently(&opening, &key) else { return false };
        self.conversation().session = answer.headers.get(&SESSION).cloned();
        let ready = Message::read(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        let told = ready.is_ok_and(|ready| self.send_patiently(&ready, &key).is_ok());
        told && answer.status.is_success()
    }

    fn send_patiently(&self, message: &Message, key: &str) -> Result<Response, Failed> {
        let since = SystemClock.boottime();
        loop {
            let away = match self.send_fresh(message, key, since) {
                Ok(answer) if is_away(answer.status) => reply::refusal(answer.status.as_u16(), &answer.body),
                Ok(answer) => {
                    self.patience.found();
                    return Ok(answer);
                }
                Err(Failed::Away(why)) => why,
                Err(failed) => return Err(failed),
            };
            // Nobody waits for what has no answer.
            if !message.is_request() || !self.patience.wait() {
                return Err(Failed::Away(away));
            }
        }
    }

    /// Sends it under the token as it is now; where that was replaced while it was on its way, once more.
    fn send_fresh(&self, message: &Message, key: &str, since: Boottime) -> Result<Response, Failed> {
        let token = Token::from_file(&self.token_file)?;
        let answer = self.send(message, key, &token, since)?;
        if answer.status == StatusCode::UNAUTHORIZED {
            let now = Token::from_file(&self.token_file)?;
            if now != token {
                return self.send(message, key, &now, since);
            }
        }
        Ok(answer)
    }

    fn send(&self, message: &Message, key: &str, token: &Token, since: Boottime) -> Result<Response, Failed> {
        let left = IN_ALL.saturating_sub(SystemClock.boottime().since(since));
        let request = Request {
            method: Method::POST,
            target: "/mcp".to_owned(),
            headers: self.headers(message, key, token),
            body: message.text.clone().into(),
            timeout: left.min(ANSWER),
        };
        block_on(self.transport.send(request)).map_err(|error| match error {
            TransportError::TimedOut => Failed::Late,
            error => Failed::Away(error.to_string()),
        })
    }

    fn headers(&self, message: &Message, key: &str, token: &Token) -> HeaderMap {
        let Conversation { session, version, .. } = self.conversation().clone();
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        let own = |text: &Option<String>| text.as_deref().and_then(|text| HeaderValue::from_str(text).ok());
        let key = message.is_call().then(|| HeaderValue::from_str(key).ok()).flatten();
        let bearer = HeaderValue::from_str(&format!("Bearer {}", token.reveal())).ok().map(|mut value| {
            value.set_sensitive(true);
            value
        });
        for (name, value) in [
            (header::AUTHORIZATION, bearer),
            (SESSION, session),
            (VERSION, own(&message.version).or(version)),
            (METHOD, own(&message.method)),
            (NAME, own(&message.name)),
            (KEY, key),
        ] {
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        headers
    }
}

/// Whether a status says that the Bus is there and can do nothing just now.
fn is_away(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// The protocol's revision that an answer to `initialize` settles on.
fn negotiated(line: &str) -> Option<HeaderValue> {
    let answer: serde_json::Value = serde_json::from_str(line).ok()?;
    HeaderValue::from_str(answer.pointer("/result/protocolVersion")?.as_str()?).ok()
}

impl Calls {
    fn next(&self) -> String {
        format!("{}-{}", self.prefix, self.count.fetch_add(1, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests;
