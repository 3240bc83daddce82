//! What a shim has to know of a program that its driver reads: what it is told, and what it may use up.

use go_bus_api::{Millis, Ratio, Usd};
use serde::{Deserialize, Serialize};

/// How a shim goes about with a program whose output is read while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TalkSpec {
    /// What it reads.
    #[serde(default)]
    pub input: Input,
    /// What it may use up.
    #[serde(default)]
    pub allowance: Allowance,
    /// How often at most the Bus is told what it has spent.
    pub costs_ms: Millis,
}

/// What a program reads on its standard input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// Nothing.
    #[default]
    Nothing,
    /// Its prompt, and then the end.
    Prompt,
    /// Messages, the prompt first; the end once a turn has ended.
    Messages,
}

/// What an attempt may use up. Nothing limits what is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Allowance {
    /// How long nothing may be heard or seen of it.
    #[serde(default)]
    pub idle_ms: Option<Millis>,
    /// What it may cost.
    #[serde(default)]
    pub usd: Option<Usd>,
    /// How many steps it may take: calls of tools and ends of turns.
    #[serde(default)]
    pub turns: Option<u32>,
    /// How many tokens it may read and write, those of caches among them.
    #[serde(default)]
    pub tokens: Option<u64>,
    /// How full its context may get.
    #[serde(default)]
    pub context: Option<Ratio>,
}
