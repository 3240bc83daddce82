//! Which completions are meant, in words for people.

use go_bus_client::World;

/// The completions after the first `from` up to the first `to`, the latest ones by name: `6 to 8: T-6, T-7, T-8`.
pub(super) fn completions(world: &World, from: u64, to: u64) -> String {
    let first = from.saturating_add(1);
    let range = if first >= to { format!("{to}") } else { format!("{first} to {to}") };
    let later = usize::try_from(world.completions().saturating_sub(to)).unwrap_or(usize::MAX);
    let many = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
    let mut names: Vec<&str> = world.latest_completions().skip(later).take(many).map(AsRef::as_ref).collect();
    names.reverse();
    match many.saturating_sub(names.len()) {
        0 => format!("{range}: {}", names.join(", ")),
        unnamed => format!("{range}: {unnamed} earlier ones, {}", names.join(", ")),
    }
}
