//! Blips of the leader's network, each shorter than the session's grace: the leader has to stay. The standby's network is well, so it
//! would take over at once.

use std::path::Path;
use std::time::Duration;

use super::crash::stride;
use super::proxy::{Network, Proxy};
use super::record::tenures;
use super::stage::Stage;
use super::verdict::{Verdict, judge};
use super::work::Work;
use crate::bench::BenchError;
use crate::bench::table::Row;

/// Enough short tickets to last over all blips.
const WORK: Work = Work { short: 999, slots: 4 };

/// The longest blip: nine tenths of the grace of 2 s, as the way back takes time too.
const LONGEST: Duration = Duration::from_millis(1800);

/// How long the leader may take to come back, at most; its pause between two tries is shorter.
const BACK: Duration = Duration::from_secs(10);

/// Sends `count` blips, one after the other; how many takeovers came of that.
pub(super) fn measure(binary: &Path, count: u32, verdict: &mut Verdict) -> Result<Vec<Row>, BenchError> {
    let mut stage = Stage::open(binary, WORK)?;
    let proxy = Proxy::before(stage.target().address)?;
    let _leader = stage.go_at(proxy.address)?;
    let watch = stage.watch()?;
    stage.await_lasting()?;
    let _standby = stage.standby()?;
    stride(&watch)?;
    let taken = |limit| watch.within(limit, |log| (tenures(log) > 1).then_some(())).is_some();
    let mut hits = 0_u32;
    for number in 0..count {
        let network = if number % 3 == 2 { Network::Silent } else { Network::Cut };
        let cut = proxy.set(network);
        hits += u32::from(cut > 0 || network == Network::Silent);
        let over = taken(length(number));
        proxy.set(Network::Up);
        proxy.await_client(BACK);
        if over || taken(pause(number)) {
            eprintln!("TAKEN OVER after blip {}/{count}, {network:?}, {:?}", number + 1, length(number));
            break;
        }
    }
    stride(&watch)?;
    stage.let_go()?;
    *verdict += judge(&stage, &watch.events())?;
    let takeovers = tenures(&watch.events()).saturating_sub(1);
    Ok(vec![
        Row::bound(format!("false takeovers in {count} network blips of up to 1.8 s"), takeovers as f64, 0.0, ""),
        Row::at_least("  of these such as broke a connection or held it back", f64::from(hits), f64::from(count), ""),
    ])
}

/// How long a blip lasts: 120 to 1,800 ms, in an order that looks random and is always the same.
fn length(number: u32) -> Duration {
    LONGEST * ((number * 11) % 15 + 1) / 15
}

/// How long the network is well after it: 300 to 900 ms.
fn pause(number: u32) -> Duration {
    Duration::from_millis(u64::from(300 + (number * 7) % 13 * 50))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blips_are_of_all_lengths_and_shorter_than_the_grace() {
        let mut lengths: Vec<_> = (0..15).map(length).collect();
        lengths.sort();
        assert_eq!((lengths[0], lengths[14]), (Duration::from_millis(120), LONGEST));
        lengths.dedup();
        assert_eq!(lengths.len(), 15);
        assert!((0..99).map(pause).all(|pause| (300..=900).contains(&pause.as_millis())));
    }
}
