//! Runs jobs two at a time: one process is one seed on one thread.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::SimError;
use super::job::{Job, Report};

/// How many processes there are at once.
const AT_ONCE: usize = 2;

/// What each job came to, in the order of the jobs.
pub(super) type Results = Vec<(Job, Result<Report, SimError>)>;

/// Runs every job; `told` hears of each as it ends.
pub(super) fn run(binary: &Path, jobs: Vec<Job>, told: impl Fn(&Job, &Result<Report, SimError>) + Sync) -> Results {
    each(jobs, |job| {
        let result = job.run(binary);
        told(&job, &result);
        (job, result)
    })
}

/// Does `work` on every item, a few at a time, and answers in the order of the items.
pub(super) fn each<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let queue: Mutex<VecDeque<(usize, T)>> = Mutex::new(items.into_iter().enumerate().collect());
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((place, item)) = take(&queue) {
                    let result = work(item);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((place, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

fn take<T>(queue: &Mutex<VecDeque<T>>) -> Option<T> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_what_was_asked() {
        let squares = each((0..50_u64).collect(), |n| n * n);
        assert_eq!(squares, (0..50).map(|n| n * n).collect::<Vec<_>>());
    }
}
