//! The async runtimes: none for a shim or a plan, one thread for a question to the Bus, two for what serves.

use std::future::Future;

use tokio::runtime::{Builder, Runtime};

use crate::failure::Failure;

/// Runs a short command on this thread.
pub(crate) fn one_shot<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    built(Builder::new_current_thread())?.block_on(command)
}

/// Runs what serves until it is told to end, on two workers. What it leaves behind is not waited for.
pub(crate) fn serving<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2);
    let runtime = built(builder)?;
    let ended = runtime.block_on(command);
    runtime.shutdown_background();
    ended
}

fn built(mut builder: Builder) -> Result<Runtime, Failure> {
    let built = builder.enable_all().build();
    built.map_err(|error| {
        Failure::failed(format!("can't start the runtime: {error}"), "check the limits (ulimit -n, -u)")
    })
}
