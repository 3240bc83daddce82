//! What is forbidden is refused, however often it is tried.

use super::{Check, Findings};
use crate::judge::{Fact, FactNo, Invariant, Offence, Picture, What};

/// The answers to what is forbidden.
#[derive(Debug)]
pub(super) struct Offences;

impl Check for Offences {
    fn see(&mut self, _: FactNo, fact: &Fact, _: &Picture, found: &mut Findings) {
        if let What::Tried { offence, status: status @ 200..=299 } = &fact.what {
            found.wrong(against(*offence), None, format!("{offence} was answered with {status}"));
        }
    }
}

fn against(offence: Offence) -> Invariant {
    match offence {
        Offence::StaleEpoch => Invariant::OldEpochRefused,
        Offence::GoSpawnsSpecialist => Invariant::Tiers,
        Offence::SecondPo => Invariant::OneSeat,
        Offence::SecondBuilder => Invariant::RunsOnce,
        Offence::OwnReview => Invariant::FreshReviewer,
        Offence::StaleAttempt => Invariant::CompletedOnce,
        Offence::OverTheCap => Invariant::Caps,
    }
}
