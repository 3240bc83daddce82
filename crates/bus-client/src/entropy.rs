//! Chance as a port: jitter and idempotency keys, real or scripted.

use std::fmt::Debug;

/// Where randomness comes from. A simulation plugs in a seeded one.
pub trait Entropy: Debug + Send + Sync + 'static {
    /// A number in 0..=1, evenly spread: how much jitter a pause gets.
    fn share(&self) -> f64;
    /// A key that no other request of any process has: an `Idempotency-Key`.
    fn key(&self) -> String;
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn share(&self) -> f64 {
        // Without randomness every pause has its full length, which is right though many may come at once.
        getrandom::u32().map_or(1.0, |n| f64::from(n) / f64::from(u32::MAX))
    }

    fn key(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
}
