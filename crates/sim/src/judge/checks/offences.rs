//! What is forbidden is refused, however often it is tried.

use super::{Check, Findings};
use crate::judge::{Fact, FactNo, Invariant, Offence, Picture, What};

/// The answers to what is forbidden.
#[derive(Debug)]
pub(super) struct Offences;

impl Check for Offences {
    fn see(&mut self, _: FactNo, fact: &Fact, _: &Picture, found: &mut Findings) {
        let What::Tried { offence, status: status @ 200..=299 } = &fact.what else { return };
        if let Some(invariant) = against(*offence) {
            found.wrong(invariant, None, format!("{offence} was answered with {status}"));
        }
    }
}

/// What it breaks, whenever it is tried. Whether somebody takes a place that has just become free only the events tell, and other checks
/// read them.
fn against(offence: Offence) -> Option<Invariant> {
    match offence {
        Offence::StaleEpoch => Some(Invariant::OldEpochRefused),
        Offence::GoSpawnsSpecialist => Some(Invariant::Tiers),
        Offence::OwnReview => Some(Invariant::FreshReviewer),
        Offence::StaleAttempt => Some(Invariant::CompletedOnce),
        Offence::OverTheCap => Some(Invariant::Caps),
        Offence::SecondPo | Offence::SecondBuilder => None,
    }
}
