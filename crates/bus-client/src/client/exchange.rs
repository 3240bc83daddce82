//! From a call to its answer: authorization, fencing, deadline, retries.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{Either, select};
use go_bus_api::Epoch;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue, Method};
use serde::de::DeserializeOwned;

use super::BusClient;
use crate::call::Call;
use crate::{BusError, Opened, Request, Response, Sink, Token, TransportError, answer, retry};

const LEASE_EPOCH: HeaderName = HeaderName::from_static("lease-epoch");

impl BusClient {
    /// Carries out `call` and reads the JSON of its answer.
    pub(super) async fn json<T: DeserializeOwned>(&self, call: Call) -> Result<T, BusError> {
        answer::decode(self.exchange(call).await?)
    }

    /// Carries out `call` and drops the body of its answer.
    pub(super) async fn done(&self, call: Call) -> Result<(), BusError> {
        self.exchange(call).await.map(drop)
    }

    /// Carries out `call`: the 2xx answer, or the error after the last try.
    pub(super) async fn exchange(&self, call: Call) -> Result<Response, BusError> {
        self.exchange_into(call, None).await
    }

    /// The same, with the body of the 2xx answer into `sink` where there is one.
    pub(super) async fn exchange_into(
        &self,
        call: Call,
        mut sink: Option<&mut dyn Sink>,
    ) -> Result<Response, BusError> {
        let began = self.clock.boottime();
        let left = || call.deadline.saturating_sub(self.clock.boottime().since(began));
        let mut failures = 0;
        loop {
            let error = match self.try_once(&call, left(), &mut sink).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            failures += 1;
            let pause = retry::pause(self.retry, call.repeat, &error, failures, left(), self.entropy.share());
            let Some(pause) = pause.filter(|_| !self.is_over()) else { return Err(error) };
            tracing::debug!(%error, failures, ?pause, "a call to the Bus is tried again");
            self.clock.sleep(pause).await;
        }
    }

    async fn try_once(
        &self,
        call: &Call,
        left: Duration,
        sink: &mut Option<&mut dyn Sink>,
    ) -> Result<Response, BusError> {
        let token = self.tokens.current();
        let error = match self.attempt(call, left, &token, sink).await {
            Ok(response) if response.status.is_success() => return Ok(response),
            Ok(response) => answer::refusal(&response),
            Err(error) => error,
        };
        // A refused token means that nothing was done, so one more try with a newer token is harmless for any call.
        let renewed = if matches!(error, BusError::Unauthorized(_)) { self.tokens.renewed(&token) } else { None };
        let Some(token) = renewed else { return Err(error) };
        let response = self.attempt(call, left, &token, sink).await?;
        if response.status.is_success() { Ok(response) } else { Err(answer::refusal(&response)) }
    }

    async fn attempt(
        &self,
        call: &Call,
        left: Duration,
        token: &Token,
        sink: &mut Option<&mut dyn Sink>,
    ) -> Result<Response, BusError> {
        let request = self.authorized(call, left, token)?;
        let timeout = request.timeout;
        let answer = async {
            match sink {
                Some(sink) => self.transport.send_into(request, *sink).await,
                None => self.transport.send(request).await,
            }
        };
        self.in_time(answer).await?.map_err(|error| failure(error, timeout))
    }

    /// Whether this client's time is over.
    fn is_over(&self) -> bool {
        self.until.as_ref().is_some_and(|until| until.is_over(self.clock.boottime()))
    }

    /// What comes of `exchange`, which is abandoned where this client's time is over before. The clock is looked at before each of its
    /// steps, not the timer alone: after a pause both it and the timer may go on, and it must not be the one that goes first.
    async fn in_time<T>(&self, exchange: impl Future<Output = T>) -> Result<T, BusError> {
        let Some(deadline) = &self.until else { return Ok(exchange.await) };
        let mut exchange = pin!(exchange);
        let step = poll_fn(|context| {
            if deadline.is_over(self.clock.boottime()) {
                Poll::Ready(None)
            } else {
                exchange.as_mut().poll(context).map(Some)
            }
        });
        match select(step, pin!(deadline.over(self.clock.as_ref()))).await {
            Either::Left((Some(outcome), _)) => Ok(outcome),
            Either::Left((None, _)) | Either::Right(_) => Err(BusError::Abandoned),
        }
    }

    /// Opens an event stream; a refused token is renewed once, other refusals are errors.
    pub(crate) async fn open(&self, call: &Call) -> Result<crate::Frames, BusError> {
        let token = self.tokens.current();
        let error = match self.open_once(call, &token).await? {
            Opened::Stream(frames) => return Ok(frames),
            Opened::Refused(response) => answer::refusal(&response),
        };
        let renewed = if matches!(error, BusError::Unauthorized(_)) { self.tokens.renewed(&token) } else { None };
        let Some(token) = renewed else { return Err(error) };
        match self.open_once(call, &token).await? {
            Opened::Stream(frames) => Ok(frames),
            Opened::Refused(response) => Err(answer::refusal(&response)),
        }
    }

    async fn open_once(&self, call: &Call, token: &Token) -> Result<Opened, BusError> {
        let request = self.authorized(call, call.deadline, token)?;
        let timeout = request.timeout;
        let opened = self.in_time(self.transport.open_stream(request, self.idle)).await?;
        opened.map_err(|error| failure(error, timeout))
    }

    /// The request of one try, which must not begin beyond what this client is good for; [`Self::in_time`] ends it there.
    fn authorized(&self, call: &Call, left: Duration, token: &Token) -> Result<Request, BusError> {
        if self.is_over() {
            return Err(BusError::Expired);
        }
        if left.is_zero() {
            return Err(BusError::TimedOut(call.deadline));
        }
        let mut request = call.request(left)?;
        let bearer = token.header().ok_or_else(|| BusError::Unwritable("the token fits no header".to_owned()))?;
        request.headers.insert(AUTHORIZATION, bearer);
        if let Some(Epoch(epoch)) = self.epoch.filter(|_| request.method != Method::GET) {
            request.headers.insert(LEASE_EPOCH, HeaderValue::from(epoch));
        }
        Ok(request)
    }

    /// Waits by this client's clock.
    pub(crate) async fn pause(&self, duration: Duration) {
        self.clock.sleep(duration).await;
    }

    /// A share of jitter from this client's randomness.
    pub(crate) fn jitter(&self) -> f64 {
        self.entropy.share()
    }

    /// A fresh idempotency key.
    pub(super) fn key(&self) -> String {
        self.entropy.key()
    }
}

fn failure(error: TransportError, timeout: Duration) -> BusError {
    match error {
        TransportError::NotSent(why) => BusError::Unreachable(why),
        TransportError::Broken(why) => BusError::Broken(why),
        TransportError::TimedOut => BusError::TimedOut(timeout),
        TransportError::Unsupported(what) => BusError::Unsupported(what),
    }
}
