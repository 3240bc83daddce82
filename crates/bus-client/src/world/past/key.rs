//! The bytes that an id is filed under: ids that end with a UUID in hex, as those that the Bus makes do, take half the room.

/// Stands before the bytes of a UUID. It is in no UTF-8 text, so that no two ids have one key.
const UUID: u8 = 0xff;

/// The digits of a UUID without its hyphens.
const DIGITS: usize = 32;

/// The key of `id`.
pub(super) fn key(id: &str) -> Vec<u8> {
    packed(id).unwrap_or_else(|| id.as_bytes().to_vec())
}

fn packed(id: &str) -> Option<Vec<u8>> {
    let (prefix, digits) = id.as_bytes().split_at_checked(id.len().checked_sub(DIGITS)?)?;
    let mut key = Vec::with_capacity(prefix.len().saturating_add(1 + DIGITS / 2));
    key.extend_from_slice(prefix);
    key.push(UUID);
    for pair in digits.chunks_exact(2) {
        let [high, low] = pair else { return None };
        key.push((digit(*high)? << 4) | digit(*low)?);
    }
    Some(key)
}

/// The value of a digit as UUIDs are written; an upper-case one would not come back.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte & 0x0f),
        b'a'..=b'f' => Some((byte & 0x0f).saturating_add(9)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_uuid_takes_seventeen_bytes_and_anything_else_what_it_has() {
        let id = "a-0123456789abcdef0123456789abcdef";
        let digits = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];
        assert_eq!(key(id), [&b"a-\xff"[..], &digits, &digits].concat());
        for id in ["", "SITE-1", "a-0123456789ABCDEF0123456789abcdef", "a-0123456789abcdef0123456789abcde", "grüß"] {
            assert_eq!(key(id), id.as_bytes());
        }
        assert_eq!(key(&"ü".repeat(17)), "ü".repeat(17).as_bytes(), "a digit's place may be within a character");
    }

    #[test]
    fn no_two_ids_have_one_key() {
        let digits = "00".repeat(16);
        let ids =
            [digits.clone(), format!("0{digits}"), format!("a{digits}"), format!("{digits}{digits}"), "ff".repeat(16)];
        let keys: BTreeSet<_> = ids.iter().map(|id| key(id)).collect();
        assert_eq!(keys.len(), ids.len());
    }
}
