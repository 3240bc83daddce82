//! `GET /agents/000/lease/session`: the holder's session, one stream at a time.

use std::time::Duration;

use futures_util::StreamExt;
use go_bus_api::{Epoch, HolderId, LeaseTick, Millis};
use serde_json::json;

use super::BusClient;
use crate::call::Call;
use crate::query::with_query;
use crate::{BusError, Frames};

/// One stream of the holder's session. It is open at the Bus for as long as this lives.
pub struct SessionStream {
    frames: Frames,
}

impl std::fmt::Debug for SessionStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionStream")
    }
}

impl SessionStream {
    /// The next tick; an error once the stream is over. May be dropped and called again: nothing is lost.
    pub async fn tick(&mut self) -> Result<LeaseTick, BusError> {
        loop {
            let frame = match self.frames.next().await {
                Some(Ok(frame)) => frame,
                Some(Err(error)) => return Err(BusError::Broken(error.to_string())),
                None => return Err(BusError::Broken("the session's stream ended".to_owned())),
            };
            if frame.event == "tick" {
                return serde_json::from_str(&frame.data)
                    .map_err(|error| BusError::Garbage { status: 200, detail: format!("a tick: {error}") });
            }
        }
    }
}

impl BusClient {
    /// Opens a stream of the session under `epoch`; over within `timeout` where its head does not come. `grace` is the longest one that
    /// the holder was told under this epoch: the Bus gives no less.
    ///
    /// # Errors
    /// 404 where the Bus keeps no sessions, 412 where `epoch` is not `holder`'s any more, 403 with another token than the one that
    /// acquired the lease, 409 `in-progress` while that lease may be ending.
    pub async fn open_lease_session(
        &self,
        holder: &HolderId,
        epoch: Epoch,
        grace: Duration,
        timeout: Duration,
    ) -> Result<SessionStream, BusError> {
        let target = with_query(
            "/agents/000/lease/session",
            &json!({ "holder": holder, "epoch": epoch, "grace_ms": Millis::from(grace) }),
        );
        let frames = self.open(&Call::get(target).within(timeout)).await?;
        Ok(SessionStream { frames })
    }
}

#[cfg(test)]
#[cfg(feature = "reqwest")]
mod tests {
    use super::super::tests::client_at;
    use super::{BusError, Duration, Epoch, HolderId};
    use crate::fake_bus::{FakeBus, Script, stream};

    fn holder() -> HolderId {
        HolderId::new("go-1").unwrap()
    }

    #[tokio::test]
    async fn ticks_come_as_they_are_sent_and_the_end_of_the_stream_is_an_error() {
        let tick =
            |elapsed| format!("event: tick\ndata: {{\"epoch\":7,\"grace_ms\":2000,\"elapsed_ms\":{elapsed}}}\n\n");
        let bus = FakeBus::play([Script::Cut(stream(&[tick(0), ": alive\n\n".to_owned(), tick(500)]))]);
        let client = client_at(&bus.url);
        let (grace, timeout) = (Duration::from_secs(2), Duration::from_secs(5));
        let mut session = client.open_lease_session(&holder(), Epoch(7), grace, timeout).await.unwrap();
        assert_eq!(session.tick().await.unwrap().elapsed_ms.0, 0);
        assert_eq!(session.tick().await.unwrap().elapsed_ms.0, 500);
        assert!(matches!(session.tick().await, Err(BusError::Broken(_))));
        assert!(bus.requests()[0].starts_with("get /agents/000/lease/session?"), "{:?}", bus.requests());
        for told in ["epoch=7", "holder=go-1", "grace_ms=2000"] {
            assert!(bus.requests()[0].contains(told), "{:?}", bus.requests());
        }
    }

    #[tokio::test]
    async fn a_head_that_does_not_come_is_not_waited_for() {
        let bus = FakeBus::play([Script::Hang(String::new())]);
        let timeout = Duration::from_millis(50);
        let opened = client_at(&bus.url).open_lease_session(&holder(), Epoch(7), timeout, timeout).await;
        assert!(matches!(opened, Err(BusError::TimedOut(_))), "{opened:?}");
    }
}
