//! The tokens that were asked for of late, so that a request need not read the database to know who asks.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::{StoreError, Token, TokenHash};

/// How many are kept; one more, and all are forgotten.
const MOST: usize = 4096;

/// Tokens as of the last commit that changed any.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    changes: AtomicU64,
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    as_of: u64,
    tokens: HashMap<TokenHash, Token>,
}

impl Tokens {
    /// The token, from memory or as `read` finds it. What nobody has is not kept: anybody may ask for anything.
    pub(super) fn find(
        &self,
        hash: TokenHash,
        read: impl FnOnce() -> Result<Option<Token>, StoreError>,
    ) -> Result<Option<Token>, StoreError> {
        // Looked at before the database: what is read meanwhile may be older than a change, and is then kept as that.
        let as_of = self.changes.load(Ordering::Acquire);
        if let Some(token) = self.kept(hash, as_of) {
            return Ok(Some(token));
        }
        let found = read()?;
        if let Some(token) = &found {
            self.keep(hash, token, as_of);
        }
        Ok(found)
    }

    /// Forgets everything. The writer calls it after the commit of a change and before anybody hears of it.
    pub(super) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Release);
    }

    fn kept(&self, hash: TokenHash, as_of: u64) -> Option<Token> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.as_of == as_of { known.tokens.get(&hash).cloned() } else { None }
    }

    fn keep(&self, hash: TokenHash, token: &Token, as_of: u64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.as_of < as_of || known.tokens.len() >= MOST {
            known.tokens.clear();
            known.as_of = known.as_of.max(as_of);
        }
        if known.as_of == as_of {
            known.tokens.insert(hash, token.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Principal;

    const HASH: TokenHash = TokenHash([7; 32]);

    fn token() -> Option<Token> {
        Some(Token { principal: Principal::Operator, expires_at: None })
    }

    fn not_read() -> Result<Option<Token>, StoreError> {
        Err(StoreError::Closed)
    }

    #[test]
    fn a_token_is_read_once_and_again_after_a_change() {
        let tokens = Tokens::default();
        assert_eq!(tokens.find(HASH, || Ok(token())), Ok(token()));
        assert_eq!(tokens.find(HASH, not_read), Ok(token()));
        tokens.changed();
        assert_eq!(tokens.find(HASH, || Ok(None)), Ok(None), "revoked");
        assert_eq!(tokens.find(HASH, not_read), Err(StoreError::Closed), "what nobody has is not kept");
    }

    #[test]
    fn what_was_read_while_a_change_came_is_not_kept() {
        let tokens = Tokens::default();
        let overtaken = tokens.find(HASH, || {
            tokens.changed();
            Ok(token())
        });
        assert_eq!(overtaken, Ok(token()), "the request came before the change was told to anybody");
        assert_eq!(tokens.find(HASH, || Ok(None)), Ok(None));
    }

    #[test]
    fn a_slow_reader_does_not_bring_the_old_ones_back() {
        let tokens = Tokens::default();
        let slow = tokens.find(HASH, || {
            tokens.changed();
            assert_eq!(tokens.find(TokenHash([8; 32]), || Ok(token())), Ok(token()), "a reader after the change");
            Ok(token())
        });
        assert_eq!(slow, Ok(token()));
        assert_eq!(tokens.find(HASH, not_read), Err(StoreError::Closed));
        assert_eq!(tokens.find(TokenHash([8; 32]), not_read), Ok(token()));
    }

    #[test]
    fn memory_is_bounded() {
        let tokens = Tokens::default();
        for number in 0..=MOST as u64 {
            let mut hash = [0; 32];
            hash[..8].copy_from_slice(&number.to_be_bytes());
            tokens.find(TokenHash(hash), || Ok(token())).unwrap();
        }
        assert_eq!(tokens.known.read().unwrap().tokens.len(), 1);
    }
}
