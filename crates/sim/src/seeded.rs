//! What makes a run depend on its seed alone.

use rand::SeedableRng;
use rand::rngs::StdRng;

/// Why a simulation can't go on.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The run's thread could not be started.
    #[error("no thread for the run: {0}")]
    Thread(std::io::Error),
    /// A file of a simulated disk.
    #[error("a simulated disk: {0}")]
    Disk(#[from] std::io::Error),
    /// Something that no fault explains, in words.
    #[error("{0}")]
    Broken(String),
}

/// Runs `work` on a thread of its own, on which whatever asks the operating system for randomness gets the seed's. To be called once in
/// a process: one process is one seed.
///
/// A fresh thread, because the standard library's hash maps draw their keys once for each thread.
pub fn seeded<T: Send>(seed: u64, work: impl FnOnce() -> T + Send) -> Result<T, SimError> {
    mad_turmoil::rand::set_rng(StdRng::seed_from_u64(seed));
    std::thread::scope(|scope| {
        let run = std::thread::Builder::new().name(format!("seed {seed}")).stack_size(16 << 20);
        let run = run.spawn_scoped(scope, work).map_err(SimError::Thread)?;
        run.join().map_err(|_| SimError::Broken("the run panicked".to_owned()))
    })
}
