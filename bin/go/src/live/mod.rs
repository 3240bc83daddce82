//! What a person sees while the fleet works: a live screen on a terminal, a line per change on a pipe.

mod frame;
mod lines;
mod screen;
mod summary;

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use go_bus_api::{Task, Timestamp};
use go_bus_client::{BusClient, Changes, Feed, World};
use go_clock::{Clock, SystemClock};

use crate::failure::Failure;
use crate::render::{clock, print};
use screen::Screen;
pub(crate) use summary::summary;

/// How often the screen is redrawn without news: its running times move on.
const REDRAW: Duration = Duration::from_secs(1);

/// Why a task waits, in words.
pub(crate) type Why = dyn Fn(&Task, &World, Timestamp) -> String + Send;

/// Follows a Bus and shows what happens.
pub(crate) struct LiveView {
    feed: Feed,
    screen: Option<Screen>,
    why: Box<Why>,
}

impl LiveView {
    /// A view of the Bus that `client` speaks to; a screen where standard output is a terminal.
    pub(crate) async fn start(client: BusClient, why: Box<Why>) -> Result<Self, Failure> {
        let lost = |error| Failure::failed(error, "the fleet works on; `go status` shows it");
        let feed = Feed::start(client, Arc::new(SystemClock)).await.map_err(lost)?;
        let screen = std::io::stdout().is_terminal().then(Screen::new);
        Ok(Self { feed, screen, why })
    }

    /// Shows what happens, for as long as it is polled.
    pub(crate) async fn follow(&mut self) -> Result<(), Failure> {
        loop {
            self.redraw();
            let changes = tokio::select! {
                changes = self.feed.next() => changes,
                () = tokio::time::sleep(REDRAW), if self.screen.is_some() => continue,
            };
            match changes {
                Ok(changes) => self.tell(&changes)?,
                // The view ends with the Bus; what ends the Bus tells why.
                Err(_) => return std::future::pending().await,
            }
        }
    }

    /// Takes the screen away, and answers the state as it was seen last.
    pub(crate) fn finish(mut self) -> Feed {
        if let Some(screen) = &mut self.screen {
            screen.clear();
        }
        self.feed
    }

    fn redraw(&mut self) {
        let (world, now) = (self.feed.world(), SystemClock.wall());
        if let Some(screen) = &mut self.screen {
            screen.show(frame::frame(world, now, |task| (self.why)(task, world, now)));
        }
    }

    fn tell(&self, changes: &Changes) -> Result<(), Failure> {
        let now = SystemClock.wall();
        for line in changes.items.iter().filter_map(|change| lines::line(change, self.feed.world(), now)) {
            let line = format!("{} {line}", clock(now));
            match &self.screen {
                Some(screen) => screen.above(&line).map_err(|_| Failure::OutputClosed)?,
                None => print(format_args!("{line}\n"))?,
            }
        }
        Ok(())
    }
}
