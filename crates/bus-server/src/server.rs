//! A Bus that serves.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use go_bus_api::Seq;
use go_bus_store::Store;
use go_clock::Clock;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::bus::Bus;
use crate::config::Config;
use crate::connection::Ending;
use crate::doors::Doors;
use crate::error::ServeError;
use crate::lease::mark;
use crate::listener::Listener;
use crate::{liveness, operator_token, question_timer, roles, routes};

/// A Bus that listens and has armed its timers; [`Server::run`] serves.
pub struct Server<L = TcpListener> {
    address: SocketAddr,
    doors: Doors<L>,
    app: Router,
    bus: Bus,
    armed_up_to: Seq,
    closing: watch::Sender<bool>,
    cut: watch::Sender<bool>,
}

impl Server {
    /// Takes the address of `config`, then goes on as [`Server::over`].
    pub async fn bind(config: Config, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Result<Self, ServeError> {
        let address = config.listen;
        let listener = TcpListener::bind(address).await.map_err(|cause| ServeError::Listen { address, cause })?;
        Self::over(config, listener, store, clock).await
    }
}

impl<L: Listener> Server<L> {
    /// Makes the operator's token where there is none, and arms every liveness timer in full.
    ///
    /// Connections made from now on wait until [`Server::run`] takes them. Errors: the listener has no address, the data folder
    /// can't be written, the storage does not answer.
    pub async fn over(
        config: Config,
        listener: L,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ServeError> {
        let failed = |cause| ServeError::Listen { address: config.listen, cause };
        let address = listener.local_addr().map_err(failed)?;
        operator_token::ensure(&config.data, &*store, &*clock).await?;
        let (closing, cut) = (watch::Sender::new(false), watch::Sender::new(false));
        let ending = Ending { closing: closing.subscribe(), cut: cut.subscribe() };
        let doors = Doors::new(listener, Arc::clone(&clock), config.limits, ending);
        let grace = config.session_grace.resolve(address.ip());
        let bus = Bus::new(config, store, clock, grace, closing.subscribe());
        mark::honour(&bus).await?;
        let armed_up_to = liveness::arm_everything(&bus).await?;
        roles::load(&bus, armed_up_to).await?;
        Ok(Self { address, doors, app: routes::app(bus.clone()), bus, armed_up_to, closing, cut })
    }

    /// Where it listens, with the port it got.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` completes, then ends streams and waits at once, and what else is under way within
    /// [`Limits::drain`](crate::Limits).
    ///
    /// Crash semantics: dropped or killed at any moment, it leaves what is durable; nothing of it needs to be undone.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
        let Self { doors, app, bus, armed_up_to, closing, cut, address } = self;
        tracing::info!(%address, "the Bus serves");
        let drain = bus.config.limits.drain;
        let clock = Arc::clone(&bus.clock);
        let timers =
            tokio::spawn(
                async move { tokio::join!(liveness::run(bus.clone(), armed_up_to), question_timer::run(bus)) },
            );
        let end = async move {
            shutdown.await;
            closing.send_replace(true);
            clock.sleep(drain).await;
            cut.send_replace(true);
            // Held until the doors have closed: whoever sees a sender gone takes it for the end.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = doors.serve(app) => {}
            () = end => {}
        }
        timers.abort();
        // What they hold of the Bus is let go of before this ends, so that the store closes with its last owner.
        let _ = timers.await;
        Ok(())
    }
}
