//! Numbers and texts as bytes: numbers take seven bits a byte (LEB128), texts follow their length.

/// Appends `number`.
pub(super) fn push_number(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return out.push(low & 0x7f);
        }
        out.push(low | 0x80);
    }
}

/// Appends `bytes` and their length.
pub(super) fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads what was appended, in the same order. `None` where the bytes are no such thing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next number.
    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// The next bytes that have their length before them.
    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// The next text.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_come_back_and_what_is_cut_does_not() {
        for number in [0, 1, 127, 128, 16_384, u64::MAX] {
            let mut out = Vec::new();
            push_number(&mut out, number);
            push_bytes(&mut out, "grüß".as_bytes());
            let mut reader = Reader(&out);
            assert_eq!((reader.number(), reader.text(), reader.0.len()), (Some(number), Some("grüß"), 0));
            let mut cut = Reader(&out[..out.len() - 1]);
            assert_eq!((cut.number(), cut.text()), (Some(number), None));
        }
        assert_eq!(Reader(&[0xff; 20]).number(), None);
    }
}
