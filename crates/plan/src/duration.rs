//! Durations as people write them: `90s`, `30m`, `2h`, `1d`, `1h30m`, `1.5s`.

use go_bus_api::Millis;

const HINT: &str = "write a number and a unit, such as 90s, 30m, 2h or 1d";

/// Reads a duration of at least 1 ms.
pub(crate) fn parse(text: &str) -> Result<Millis, String> {
    let refused = || format!("{text:?} is not a duration: {HINT}");
    let mut rest = text.trim();
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(refused)?;
        let (number, after) = rest.split_at(digits);
        let unit_end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let part = millis(number, unit_millis(unit).ok_or_else(refused)?).ok_or_else(refused)?;
        total = total.checked_add(part).ok_or_else(refused)?;
        rest = after;
    }
    if total == 0 { Err(refused()) } else { Ok(Millis(total)) }
}

/// Writes a duration in the largest unit that holds it whole.
pub(crate) fn print(duration: Millis) -> String {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    let whole = units.iter().find(|(_, millis)| duration.0.is_multiple_of(*millis));
    let (unit, millis) = whole.copied().unwrap_or(("ms", 1));
    format!("{}{unit}", duration.0 / millis)
}

fn unit_millis(unit: &str) -> Option<u64> {
    Some(match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    })
}

/// `number` (with up to three decimals) times `unit`; none where it is no number or too large.
fn millis(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if fraction.is_empty() || fraction.len() > 3 {
        return None;
    }
    let thousandths: u64 = format!("{fraction:0<3}").parse().ok()?;
    let whole = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    whole.checked_add(thousandths.checked_mul(unit)? / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_units_add_up() {
        for (text, expected) in [
            ("90s", 90_000),
            ("30m", 1_800_000),
            ("2h", 7_200_000),
            ("1d", 86_400_000),
            ("1h30m", 5_400_000),
            ("1.5s", 1_500),
        ] {
            assert_eq!(parse(text), Ok(Millis(expected)), "{text}");
            assert_eq!(parse(&print(Millis(expected))), Ok(Millis(expected)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in ["", "30", "m", "-5m", "30 m", "soon", "0s", "1.s", "1..5s", "99999999999999999999d", "5w", "3mm"] {
            assert!(parse(bad).is_err(), "{bad:?} was taken");
        }
    }
}
