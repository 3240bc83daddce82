//! The folder a run happens in: the plan, the settings, the trace.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::BenchError;
use super::judge::{self, Verdict};
use super::trace::{self, Mark};

/// A ticket of a bench.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Job {
    /// Its id.
    pub(crate) id: String,
    /// How long it takes.
    pub(crate) seconds: f64,
}

/// The same for every run: how many at a time.
pub(crate) const SLOTS: usize = 10;

/// A temporary folder with everything for one run; gone when dropped.
pub(crate) struct Place {
    folder: TempDir,
    jobs: Vec<Job>,
}

impl Place {
    /// A fresh folder with a plan of these jobs.
    pub(crate) fn new(jobs: &[Job]) -> Result<Self, BenchError> {
        let folder = tempfile::Builder::new().prefix("go-bench-").tempdir();
        let place = Self { folder: folder.map_err(|e| BenchError::Io("a temporary folder", e))?, jobs: jobs.to_vec() };
        let write = |name: &str, text: &str| {
            fs::write(place.path().join(name), text).map_err(|e| BenchError::Io("a file of the bench", e))
        };
        write("plan.yaml", &plan(jobs, &place.trace_file().display().to_string()))?;
        write("go.yaml", &format!("agents: {{max: {SLOTS}}}\n"))?;
        write("trace", "")?;
        Ok(place)
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the fleet keeps its data where nothing else is said.
    pub(crate) fn data(&self) -> PathBuf {
        self.path().join(".go")
    }

    /// Where the jobs write.
    pub(crate) fn trace_file(&self) -> PathBuf {
        self.path().join("trace")
    }

    /// How many begins and ends there are by now.
    pub(crate) fn marks_so_far(&self) -> usize {
        fs::read_to_string(self.trace_file()).map_or(0, |text| text.lines().count())
    }

    /// The whole trace.
    pub(crate) fn marks(&self) -> Result<Vec<Mark>, BenchError> {
        let text = fs::read_to_string(self.trace_file()).map_err(|e| BenchError::Io("the trace", e))?;
        trace::parse(&text)
    }

    /// What the judge says of the trace.
    pub(crate) fn verdict(&self) -> Result<Verdict, BenchError> {
        let tickets: Vec<_> = self.jobs.iter().map(|job| job.id.clone()).collect();
        Ok(judge::judge(&self.marks()?, &tickets, SLOTS))
    }
}

/// Thirty jobs that all take as long.
pub(crate) fn even_jobs(seconds: f64) -> Vec<Job> {
    jobs(30, seconds)
}

/// `count` jobs that all take as long.
pub(crate) fn jobs(count: u32, seconds: f64) -> Vec<Job> {
    (1..=count).map(|number| Job { id: format!("J-{number:02}"), seconds }).collect()
}

/// Thirty jobs of 0.2 to 6.0 s, in an order that looks random and is always the same.
pub(crate) fn uneven_jobs() -> Vec<Job> {
    // 11 has no factor in common with 30, so the steps visit each of thirty lengths once.
    let length = |number: u32| 0.2 * f64::from((number * 11) % 30 + 1);
    (1..=30)
        .map(|number| Job { id: format!("J-{number:02}"), seconds: (length(number) * 10.0).round() / 10.0 })
        .collect()
}

/// The plan of these jobs: one project, one host. Chores, for nobody reviews them.
fn plan(jobs: &[Job], trace: &str) -> String {
    let mut text = "version: 1\nprojects:\n  - id: bench\n    name: Bench\n".to_owned();
    text += if jobs.is_empty() { "    tickets: []\n" } else { "    tickets:\n" };
    for job in jobs {
        let run = trace::command(&job.id, job.seconds, trace);
        text += &format!(
            "      - {{id: {id}, title: Take {s} s, kind: chore, run: '{run}'}}\n",
            id = job.id,
            s = job.seconds
        );
    }
    text + &format!("hosts:\n  - {{id: h1, state: active, slots: {SLOTS}}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uneven_jobs_range_from_a_fifth_of_a_second_to_six_seconds() {
        let mut lengths: Vec<_> = uneven_jobs().iter().map(|job| job.seconds).collect();
        lengths.sort_by(f64::total_cmp);
        assert_eq!((lengths.first(), lengths.last(), lengths.len()), (Some(&0.2), Some(&6.0), 30));
        lengths.dedup();
        assert_eq!(lengths.len(), 30);
    }

    #[test]
    fn the_plan_has_a_line_for_each_job() {
        let text = plan(&even_jobs(2.0), "/tmp/x/trace");
        assert_eq!(text.matches("kind: chore").count(), 30);
        assert!(text.contains("sleep 2;") && text.contains(">> /tmp/x/trace"), "{text}");
    }
}
