//! Tokens: 256 random bits as text, and what is stored of them.

use data_encoding::BASE64URL_NOPAD;
use go_bus_store::TokenHash;
use sha2::{Digest as _, Sha256};

/// What every token of a Bus begins with, so that scanners for leaked secrets find it.
const PREFIX: &str = "xio_";

/// A token in the clear. It is given out once and never stored or logged.
pub(crate) struct Secret(String);

impl Secret {
    /// A fresh one from the operating system's generator.
    pub(crate) fn generate() -> Result<Self, getrandom::Error> {
        let mut bits = [0u8; 32];
        getrandom::fill(&mut bits)?;
        Ok(Self(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bits))))
    }

    /// The token as text.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub(crate) fn hash(&self) -> TokenHash {
        hash(&self.0)
    }
}

/// What is stored of `token`. A plain hash is enough: 256 random bits can't be guessed from it.
pub(crate) fn hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_256_bits_is_safe_in_a_header_and_never_comes_twice() {
        let (one, other) = (Secret::generate().unwrap(), Secret::generate().unwrap());
        assert_ne!(one.reveal(), other.reveal());
        assert_eq!(one.reveal().len(), PREFIX.len() + 43);
        assert!(one.reveal().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
        assert_eq!(one.hash(), hash(one.reveal()));
    }
}
