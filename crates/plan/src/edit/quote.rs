//! How a value is written so that it is read again as the same text.

use crate::yaml::ScalarStyle;

/// Words that YAML 1.1 or 1.2 reads as something else than text.
const RESERVED: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

/// `value` on one line in `style` as far as that can hold it, else in double quotes; none is null.
pub(super) fn render(value: Option<&str>, style: ScalarStyle) -> String {
    let Some(text) = value else { return "null".to_owned() };
    match style {
        ScalarStyle::Plain if is_plain(text) => text.to_owned(),
        ScalarStyle::SingleQuoted if text.chars().all(is_printable) => format!("'{}'", text.replace('\'', "''")),
        _ => double_quoted(text),
    }
}

/// Whether the text is a word that stands for itself anywhere, without quotes.
fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !RESERVED.contains(&text.to_ascii_lowercase().as_str())
}

/// Printable to YAML and on one line.
fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(2));
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c => out.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::yaml;

    #[test]
    fn only_what_can_stand_without_quotes_does() {
        assert_eq!(render(Some("in_progress"), ScalarStyle::Plain), "in_progress");
        for text in ["No", "1", "a:", "a b", "", "~", "-x"] {
            assert_eq!(render(Some(text), ScalarStyle::Plain), format!("\"{text}\""));
        }
        assert_eq!(render(Some("it's"), ScalarStyle::SingleQuoted), "'it''s'");
        assert_eq!(render(None, ScalarStyle::DoubleQuoted), "null");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_read_again_as_itself(text in any::<String>().prop_filter("yaml has no NUL", |t| !t.contains('\0'))) {
            for style in [ScalarStyle::Plain, ScalarStyle::SingleQuoted, ScalarStyle::DoubleQuoted] {
                for source in [format!("a: {}\n", render(Some(&text), style)), format!("{{a: {}}}", render(Some(&text), style))] {
                    let root = yaml::load(&source).unwrap().root.unwrap();
                    let read = yaml::lookup(&root, "a").and_then(yaml::Node::scalar).map(|scalar| scalar.text.as_str());
                    prop_assert_eq!(read, Some(text.as_str()));
                }
            }
        }
    }
}
