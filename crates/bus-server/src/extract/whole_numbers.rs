//! Integers that are written like fractions: `3.0` is the integer 3 (JSON Schema 2020-12, section 6.1.1).

use serde_json::{Number, Value};

/// The same JSON with each whole number written without its point; `None` where there is none, or where it is no JSON.
pub(super) fn plainly(json: &[u8]) -> Option<Vec<u8>> {
    let mut value = serde_json::from_slice(json).ok()?;
    if rewrite(&mut value) { serde_json::to_vec(&value).ok() } else { None }
}

/// Whether anything was rewritten. Its depth is bounded by the reader's.
fn rewrite(value: &mut Value) -> bool {
    match value {
        Value::Number(number) => match plain(number) {
            Some(plain) => {
                *number = plain;
                true
            }
            None => false,
        },
        // Counted, so that none is left out behind the first one.
        Value::Array(items) => items.iter_mut().map(rewrite).filter(|is| *is).count() > 0,
        Value::Object(members) => members.values_mut().map(rewrite).filter(|is| *is).count() > 0,
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

fn plain(number: &Number) -> Option<Number> {
    // No integer is as large as that, and its digits would be hundreds.
    let may_fit = |value: &f64| number.is_f64() && value.fract() == 0.0 && value.abs() < 2e19;
    let fraction = number.as_f64().filter(may_fit)?;
    let digits = format!("{fraction:.0}");
    digits.parse().map(u64::into).or_else(|_| digits.parse().map(i64::into)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(json: &str) -> Option<String> {
        plainly(json.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn whole_numbers_lose_their_point_wherever_they_are() {
        let json = r#"{"a":3.0,"b":[-2.0,{"c":1e3}],"d":"3.0","e":-0.0}"#;
        assert_eq!(rewritten(json).as_deref(), Some(r#"{"a":3,"b":[-2,{"c":1000}],"d":"3.0","e":0}"#));
        assert_eq!(rewritten("18446744073709549568.0").as_deref(), Some("18446744073709549568"));
    }

    #[test]
    fn what_is_no_integer_of_64_bits_stays() {
        for json in ["3.5", "7", "1e300", r#"{"a":"x"}"#, "{"] {
            assert_eq!(rewritten(json), None, "{json}");
        }
    }
}
