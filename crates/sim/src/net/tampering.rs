//! What befalls a node's next requests.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What befalls one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing.
    Usual,
    /// It is carried out, and its answer never comes.
    AnswerLost,
    /// It arrives a second time, a little later.
    Duplicated,
}

/// What is to befall the next requests of a node.
#[derive(Debug, Default)]
pub(crate) struct Tampering(Mutex<Left>);

#[derive(Debug, Default)]
struct Left {
    lose: u32,
    duplicate: u32,
}

impl Tampering {
    /// Of the next requests, so many lose their answers.
    pub(crate) fn lose_answers(&self, requests: u32) {
        self.lock().lose = requests;
    }

    /// Of the next requests, so many come twice.
    pub(crate) fn duplicate(&self, requests: u32) {
        self.lock().duplicate = requests;
    }

    /// What befalls the next one.
    pub(crate) fn next(&self) -> Fate {
        let mut left = self.lock();
        if left.lose > 0 {
            left.lose -= 1;
            return Fate::AnswerLost;
        }
        if left.duplicate > 0 {
            left.duplicate -= 1;
            return Fate::Duplicated;
        }
        Fate::Usual
    }

    fn lock(&self) -> MutexGuard<'_, Left> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
