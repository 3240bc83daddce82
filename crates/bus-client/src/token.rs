//! Bearer tokens, and where a client gets its own from.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use http::HeaderValue;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Empty, or with characters that no HTTP header takes.
    #[error("a token has visible ASCII characters only, and at least one")]
    Malformed,
    /// The token file can't be read.
    #[error("can't read the token file {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

/// A bearer token. It never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Box<str>);

impl Token {
    /// Takes `text` without the white space around it.
    pub fn new(text: impl AsRef<str>) -> Result<Self, TokenError> {
        let text = text.as_ref().trim();
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(TokenError::Malformed);
        }
        Ok(Self(text.into()))
    }

    /// Reads a token file.
    pub fn from_file(path: &Path) -> Result<Self, TokenError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::new(text),
            Err(source) => Err(TokenError::Unreadable { path: path.to_owned(), source }),
        }
    }

    /// The secret itself, for writing a token file.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The `Authorization` header; sensitive, so that nothing prints it.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Where a client's token comes from. Clones share what was read last.
#[derive(Debug, Clone)]
pub struct TokenSource(Origin);

#[derive(Debug, Clone)]
enum Origin {
    Fixed(Token),
    File(Arc<TokenFile>),
}

#[derive(Debug)]
struct TokenFile {
    path: PathBuf,
    last: RwLock<Token>,
}

impl TokenSource {
    /// A file that is replaced in place when the token is rotated (R17). It is read now, and again whenever the Bus refuses
    /// the token.
    pub fn file(path: impl Into<PathBuf>) -> Result<Self, TokenError> {
        let path = path.into();
        let last = RwLock::new(Token::from_file(&path)?);
        Ok(Self(Origin::File(Arc::new(TokenFile { path, last }))))
    }

    /// The token to use now.
    pub fn current(&self) -> Token {
        match &self.0 {
            Origin::Fixed(token) => token.clone(),
            Origin::File(file) => file.last.read().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// Another token than `refused`, where the source has one by now.
    pub(crate) fn renewed(&self, refused: &Token) -> Option<Token> {
        let Origin::File(file) = &self.0 else { return None };
        let mut last = file.last.write().unwrap_or_else(PoisonError::into_inner);
        if *last == *refused {
            *last =
                Token::from_file(&file.path).inspect_err(|error| tracing::warn!(%error, "token not renewed")).ok()?;
        }
        (*last != *refused).then(|| last.clone())
    }
}

impl From<Token> for TokenSource {
    fn from(token: Token) -> Self {
        Self(Origin::Fixed(token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_prints_and_fits_a_header() {
        let token = Token::new(" s3cret\n").unwrap();
        let header = token.header().unwrap();
        let shown = format!("{token:?} {:?} {header:?}", TokenSource::from(token.clone()));
        assert!(!shown.contains("s3cret"), "{shown}");
        assert_eq!(header.to_str().unwrap(), "Bearer s3cret");
        assert!(Token::new("two words").is_err() && Token::new(" ").is_err() && Token::new("ü").is_err());
    }

    #[test]
    fn a_replaced_file_gives_the_new_token_and_an_unchanged_one_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "old").unwrap();
        let source = TokenSource::file(&path).unwrap();
        let old = source.current();
        assert_eq!(source.renewed(&old), None);
        std::fs::write(&path, "new").unwrap();
        assert_eq!(source.renewed(&old).unwrap().reveal(), "new");
        assert_eq!(source.clone().current().reveal(), "new");
        assert!(TokenSource::file(folder.path().join("none")).is_err());
    }
}
