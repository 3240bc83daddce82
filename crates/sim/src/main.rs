//! `go-sim --seed N`: one seed, from its start to the judge's verdict.

fn main() {}
