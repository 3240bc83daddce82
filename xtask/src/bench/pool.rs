//! The baseline: the same commands on a bare pool of processes, with nothing kept and nobody told.

use std::sync::Mutex;
use std::thread;

use super::BenchError;
use super::place::{Job, Place, SLOTS};
use super::trace;
use crate::command::command;
use crate::stopwatch::Stopwatch;

/// Runs `jobs` on a pool of [`SLOTS`]; how long it took, in seconds.
pub(crate) fn run(jobs: &[Job]) -> Result<f64, BenchError> {
    run_in(&Place::new(jobs)?, jobs)
}

fn run_in(place: &Place, jobs: &[Job]) -> Result<f64, BenchError> {
    let trace = place.trace_file().display().to_string();
    let queue = Mutex::new(jobs.iter());
    let watch = Stopwatch::start();
    let failed = thread::scope(|scope| {
        let workers: Vec<_> = (0..SLOTS).map(|_| scope.spawn(|| work(&queue, &trace))).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()?.err()).next()
    });
    failed.map_or(Ok(watch.elapsed().as_secs_f64()), Err)
}

fn work(queue: &Mutex<std::slice::Iter<'_, Job>>, trace: &str) -> Result<(), BenchError> {
    let next = || queue.lock().ok().and_then(|mut jobs| jobs.next());
    while let Some(job) = next() {
        let run = trace::command(&job.id, job.seconds, trace);
        command("sh").arg("-c").arg(run).status().map_err(|e| BenchError::Io("sh", e))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::judge::Verdict;
    use crate::bench::place::even_jobs;

    #[test]
    fn a_pool_runs_each_job_once_within_the_cap_and_the_judge_agrees() {
        let jobs = even_jobs(0.05);
        let place = Place::new(&jobs).unwrap();
        let seconds = run_in(&place, &jobs).unwrap();
        assert!(seconds >= 0.15, "{seconds} s is less than three rounds take");
        assert_eq!(place.marks_so_far(), 60);
        assert_eq!(place.verdict().unwrap(), Verdict::default());
    }
}
