//! `go bus serve`: the Bus alone.

use crate::bus_process::BusProcess;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lock::Lock;
use crate::render::print;
use crate::settings::Settings;
use crate::signals::Stop;
use crate::tokio_runtime;

/// Serves until a signal.
pub(super) fn run(settings: &Settings) -> Result<Exit, Failure> {
    let _lock = Lock::take(&settings.data)?;
    tokio_runtime::serving(async {
        let stop = Stop::on_signals()?;
        let mut bus = BusProcess::start(settings).await?;
        print(format_args!("the Bus listens at {}, data in {}\n", bus.url(), settings.data.display()))?;
        tokio::select! {
            failure = bus.ended() => return Err(failure),
            () = stop.asked() => {}
        }
        bus.stop().await.map(|()| Exit::Interrupted)
    })
}
