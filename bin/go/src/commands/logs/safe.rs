//! Words of others on a person's terminal: what would command the terminal is shown, and does nothing.

/// `text` with nothing that a terminal obeys but line ends and tabs: other control characters become their pictures, and what turns the
/// direction of writing, which can show other words than there are, becomes U+FFFD.
pub(super) fn safe(text: &str) -> String {
    text.chars().map(shown).collect()
}

/// A character as it may be shown.
pub(super) fn shown(letter: char) -> char {
    match letter {
        '\n' | '\t' => letter,
        '\u{7f}' => '\u{2421}',
        '\0'..='\u{1f}' => char::from_u32(0x2400_u32.saturating_add(letter.into())).unwrap_or('\u{fffd}'),
        '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn no_escape_bell_or_change_of_direction_gets_through() {
        assert_eq!(safe("\u{1b}]0;mine\u{7}\u{9b}2J"), "␛]0;mine␇\u{fffd}2J");
        assert_eq!(safe("a\tb\nc\r\u{7f}\u{202e}x\u{2066}"), "a\tb\nc␍␡\u{fffd}x\u{fffd}");
        assert_eq!(safe("grün 日本 🦀"), "grün 日本 🦀");
    }
}
