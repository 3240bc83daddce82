//! Events, the audit chain, and what is forbidden.

use go_bus_api::{EventKind, Seq};

use crate::Node;
use crate::judge::samples::{GO, Story};
use crate::judge::{About, Call, EventFact, Invariant, Offence, What};

fn written(story: &mut Story, seq: u64) {
    let kind = EventKind::MessageSent;
    let (actor, subject) = ("bus".to_owned(), String::new());
    let event = EventFact { seq: Seq(seq), kind, actor, epoch: None, subject, about: About::Other };
    story.tell(Some(Node::Bus), What::Event(Box::new(event)));
}

#[test]
fn a_gap_or_a_number_used_twice_in_the_log_is_seen() {
    for (numbers, wrong) in [(vec![1, 2, 3], 0), (vec![1, 3], 1), (vec![1, 2, 2], 1), (vec![2], 1)] {
        let mut story = Story::new();
        numbers.iter().for_each(|seq| written(&mut story, *seq));
        assert_eq!(story.wrong(), vec![Invariant::GapFree; wrong], "{numbers:?}");
    }
}

#[test]
fn a_stream_brings_each_event_once_after_its_cursor() {
    for (numbers, wrong) in [(vec![3, 4], 0), (vec![4], 1), (vec![3, 3], 1), (vec![2, 3], 1)] {
        let mut story = Story::new();
        (1..=4).for_each(|seq| written(&mut story, seq));
        let id = story.ask(GO, None, Call::Events { after: Seq(2), whole: true });
        for seq in &numbers {
            story.tell(Some(GO), What::Delivered { id, seq: Seq(*seq) });
        }
        assert_eq!(story.wrong(), vec![Invariant::GapFree; wrong], "{numbers:?}");
    }
}

#[test]
fn a_stream_of_some_kinds_has_gaps_and_one_of_the_future_is_wrong() {
    let mut story = Story::new();
    (1..=4).for_each(|seq| written(&mut story, seq));
    let id = story.ask(GO, None, Call::Events { after: Seq(0), whole: false });
    story.tell(Some(GO), What::Delivered { id, seq: Seq(1) }).tell(Some(GO), What::Delivered { id, seq: Seq(4) });
    assert_eq!(story.wrong(), []);
    story.tell(Some(GO), What::Delivered { id, seq: Seq(5) });
    assert_eq!(story.wrong(), [Invariant::GapFree]);
}

#[test]
fn a_subscriber_is_handed_each_event_once_across_its_connections() {
    for (numbers, wrong) in [(vec![5, 6, 7], 0), (vec![5, 7], 1), (vec![5, 5, 6], 1), (vec![6], 1)] {
        let mut story = Story::new();
        story.tell(Some(Node::Operator), What::Following { after: Seq(4) });
        for seq in &numbers {
            story.tell(Some(Node::Operator), What::Handed { seq: Seq(*seq) });
        }
        assert_eq!(story.wrong(), vec![Invariant::OncePerCursor; wrong], "{numbers:?}");
    }
}

#[test]
fn a_broken_or_shortened_audit_chain_is_seen() {
    let audited = |entries, first_bad| What::Audited { entries, first_bad };
    let mut story = Story::new();
    story.tell(None, audited(5, None)).tell(None, audited(6, None));
    assert_eq!(story.wrong(), []);
    story.tell(None, audited(5, None)).tell(None, audited(7, Some(3)));
    assert_eq!(story.wrong(), [Invariant::AuditChain; 2]);
}

#[test]
fn what_is_forbidden_has_to_be_refused() {
    let tried = |offence, status| Story::new().tell(None, What::Tried { offence, status }).wrong();
    assert_eq!(tried(Offence::GoSpawnsSpecialist, 403), []);
    assert_eq!(tried(Offence::GoSpawnsSpecialist, 201), [Invariant::Tiers]);
    assert_eq!(tried(Offence::StaleEpoch, 200), [Invariant::OldEpochRefused]);
    assert_eq!(tried(Offence::StaleAttempt, 200), [Invariant::CompletedOnce]);
    assert_eq!(tried(Offence::OverTheCap, 201), [Invariant::Caps]);
    assert_eq!(tried(Offence::SecondPo, 201), [], "the seat may just have become free: the events tell");
}
