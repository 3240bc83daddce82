//! A subscription at work: connects, reads, fills gaps, and connects again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt;
use go_bus_api::{Event, Seq};
use go_rules::backoff::Backoff;

use super::SubscribeError;
use super::cursor::{Cursor, Place};
use crate::{BusClient, BusError, Frames};

/// Events a page when a gap is filled.
const PAGE: u32 = 1000;

/// This many frames or answers in a row that make no sense end the subscription.
const MOST_GARBAGE: u32 = 8;

/// Whether it was said that the Bus is away; kept by a reader that connects anew, so that it says as well when the Bus is back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Away(Arc<AtomicBool>);

pub(super) struct Session {
    client: BusClient,
    cursor: Cursor,
    frames: Option<Frames>,
    /// Read ahead from `GET /events`, contiguous from the cursor.
    ready: VecDeque<Event>,
    /// Connections in a row that brought no event.
    failures: u32,
    /// How many of those made no sense.
    garbage: u32,
    /// Whether it was said that the Bus is away.
    away: Away,
}

impl Session {
    pub(super) fn new(client: BusClient, after: Seq, away: Away) -> Self {
        let (cursor, ready) = (Cursor::after(after), VecDeque::new());
        Self { client, cursor, frames: None, ready, failures: 0, garbage: 0, away }
    }

    /// The next event, however many connections it takes.
    pub(super) async fn next(&mut self) -> Result<Event, SubscribeError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                match self.cursor.advance(event.seq) {
                    Place::Next => {
                        (self.failures, self.garbage) = (0, 0);
                        return Ok(event);
                    }
                    Place::Repeat => continue,
                    Place::Ahead => self.ready.clear(),
                }
            }
            if let Err(error) = self.step().await {
                self.recover(error).await?;
            }
        }
    }

    /// Connects where there is no connection, reads one frame where there is.
    async fn step(&mut self) -> Result<(), BusError> {
        let Some(frames) = &mut self.frames else {
            let from = if self.failures == 0 { self.cursor } else { self.cursor.resumed() };
            self.frames = Some(self.client.event_stream(from.seq()).await?);
            self.cursor = from;
            if self.away.0.swap(false, Ordering::Relaxed) {
                tracing::warn!(after = %self.cursor.seq(), "the Bus is back");
            }
            return Ok(());
        };
        let frame = match frames.next().await {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Err(BusError::Broken(error.to_string())),
            None => return Err(BusError::Broken("the event stream ended".to_owned())),
        };
        let event: Event = serde_json::from_str(&frame.data).map_err(|error| BusError::Garbage {
            status: 200,
            detail: format!("a {:?} frame: {error}", frame.event),
        })?;
        match self.cursor.place(event.seq) {
            Place::Repeat => {}
            Place::Next => self.ready.push_back(event),
            Place::Ahead => self.fill_gap(event).await?,
        }
        Ok(())
    }

    /// Reads what is missing before `ahead`, page by page; `ahead` itself comes last.
    async fn fill_gap(&mut self, ahead: Event) -> Result<(), BusError> {
        let mut last = self.cursor.seq();
        tracing::warn!(after = %last, next = %ahead.seq, "the event stream has a gap; it is filled");
        let mut filled = Vec::new();
        while last.next() < ahead.seq {
            let before = last;
            for event in self.client.events(last, PAGE).await?.items {
                if event.seq == last.next() && event.seq < ahead.seq {
                    last = event.seq;
                    filled.push(event);
                }
            }
            if last == before {
                let detail = format!("event {} is missing before {}", last.next(), ahead.seq);
                return Err(BusError::Garbage { status: 200, detail });
            }
        }
        self.ready.extend(filled);
        self.ready.push_back(ahead);
        Ok(())
    }

    /// Ends the subscription where `error` will not pass; else waits a little and forgets the connection.
    async fn recover(&mut self, error: BusError) -> Result<(), SubscribeError> {
        let error = match SubscribeError::from_bus(error) {
            Ok(fatal) => return Err(fatal),
            Err(passing) => passing,
        };
        self.frames = None;
        self.failures = self.failures.saturating_add(1);
        if let BusError::Garbage { detail, status: ..500 } = &error {
            self.garbage = self.garbage.saturating_add(1);
            if self.garbage >= MOST_GARBAGE {
                return Err(SubscribeError::Garbage(detail.clone()));
            }
        }
        match &error {
            // Said once, however long it takes; what breaks and is there again at once is no news.
            BusError::Unreachable(_) if !self.away.0.swap(true, Ordering::Relaxed) => {
                tracing::warn!(%error, after = %self.cursor.seq(), "waits until the Bus is back");
            }
            _ => tracing::debug!(%error, after = %self.cursor.seq(), "the event stream broke; connecting again"),
        }
        self.client.pause(Backoff::REQUEST.pause(self.failures, self.client.jitter())).await;
        Ok(())
    }
}
