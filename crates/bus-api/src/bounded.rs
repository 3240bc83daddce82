//! Text with an upper bound, so that no request can grow a row without limit.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a string is no [`Text`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Longer than the bound, in bytes.
    #[error("at most {max} bytes are allowed here, this has {length}")]
    TooLong {
        /// The bound, in bytes.
        max: usize,
        /// The length given, in bytes.
        length: usize,
    },
    /// A NUL character, which PostgreSQL can't store and argv can't carry.
    #[error("a NUL character is not allowed in text")]
    Nul,
}

/// UTF-8 text of at most `MAX` bytes, without NUL.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Takes `text` if it fits.
    pub fn new(text: impl Into<String>) -> Result<Self, TextError> {
        let text = text.into();
        if text.len() > MAX {
            return Err(TextError::TooLong { max: MAX, length: text.len() });
        }
        if text.contains('\0') {
            return Err(TextError::Nul);
        }
        Ok(Self(text))
    }

    /// Takes as much of `text` as fits, cut at a character's border; NULs are dropped. For tails of output and the like.
    pub fn clipped(text: &str) -> Self {
        let mut clean = text.replace('\0', "");
        let mut end = clean.len().min(MAX);
        while !clean.is_char_boundary(end) {
            end -= 1;
        }
        clean.truncate(end);
        Self(clean)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        Self::new(text)
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

impl<const MAX: usize> AsRef<str> for Text<MAX> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_long_and_nul_are_refused_and_clipping_keeps_characters_whole() {
        assert_eq!(Text::<3>::new("abcd"), Err(TextError::TooLong { max: 3, length: 4 }));
        assert_eq!(Text::<3>::new("a\0"), Err(TextError::Nul));
        assert_eq!(Text::<3>::clipped("aüß").as_str(), "aü");
    }
}
