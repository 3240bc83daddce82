//! Collisions in flight: work of two tasks that can't be merged as both are now.

use serde::{Deserialize, Serialize};

use crate::{TaskId, Text};

/// Another task whose work can't be merged with this one's as both are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Collision {
    /// That task.
    pub task: TaskId,
    /// The files in which they collide, relative to the repo's folder; of many the first.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = Collision::MOST_FILES)))]
    pub files: Vec<Text<1024>>,
}

impl Collision {
    /// How many files a collision names at most.
    pub const MOST_FILES: usize = 8;
    /// With how many others a task collides at most; further ones are left out.
    pub const MOST: usize = 32;
}

/// What it came to when the saved work of two tasks was tried against each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MergeTrial {
    /// One task.
    pub one: TaskId,
    /// The other.
    pub other: TaskId,
    /// The files in which they collide; none where they can be merged.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = Collision::MOST_FILES)))]
    pub files: Vec<Text<1024>>,
}

/// `POST /hosts/{id}/collisions`, by the host's launcher: what has changed since the last report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CollisionReport {
    /// Each pair that was tried, at least one of it with a working folder on the host.
    #[cfg_attr(feature = "schema", schemars(length(max = CollisionReport::MOST)))]
    pub trials: Vec<MergeTrial>,
}

impl CollisionReport {
    /// How many pairs one report has at most.
    pub const MOST: usize = 512;
}
