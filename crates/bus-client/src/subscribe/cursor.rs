//! Which event comes next: decided purely.

use go_bus_api::Seq;
use go_rules::mutation::{Mutation, is_on};

/// Where a reader is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor(Seq);

/// What an event is to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The very next one.
    Next,
    /// Seen already.
    Repeat,
    /// One or more before it are missing.
    Ahead,
}

impl Cursor {
    pub(super) fn after(seq: Seq) -> Self {
        Self(seq)
    }

    /// The last event seen.
    pub(super) fn seq(self) -> Seq {
        self.0
    }

    /// Where a reader goes on that has lost its connection: right after what it has seen.
    pub(super) fn resumed(self) -> Self {
        let Self(Seq(seen)) = self;
        if is_on(Mutation::ResumeTooEarly) {
            return Self(Seq(seen.saturating_sub(1)));
        }
        if is_on(Mutation::ResumeTooLate) {
            return Self(Seq(seen.saturating_add(1)));
        }
        self
    }

    /// What an event with this number is now.
    pub(super) fn place(self, seq: Seq) -> Place {
        if seq <= self.0 {
            Place::Repeat
        } else if seq == self.0.next() {
            Place::Next
        } else {
            Place::Ahead
        }
    }

    /// Moves past `seq` where it is the next one, and tells so.
    pub(super) fn advance(&mut self, seq: Seq) -> Place {
        let place = self.place(seq);
        if place == Place::Next {
            self.0 = seq;
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_next_one_moves_the_cursor() {
        let mut cursor = Cursor::after(Seq(7));
        let places = [7, 9, 8, 8, 9, 11].map(|seq| cursor.advance(Seq(seq)));
        assert_eq!(places, [Place::Repeat, Place::Ahead, Place::Next, Place::Repeat, Place::Next, Place::Ahead]);
        assert_eq!(cursor.seq(), Seq(9));
    }
}
