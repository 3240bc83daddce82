//! What an idempotency key is bound to.

use http::request::Parts;
use sha2::{Digest as _, Sha256};

/// SHA-256 of method, path and body. Lengths go in too, so that no two requests read the same.
pub(super) fn of(parts: &Parts, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [parts.method.as_str().as_bytes(), parts.uri.path().as_bytes(), body] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
