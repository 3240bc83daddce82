//! The same seed is the same run, in another process too.

#[expect(clippy::disallowed_methods, reason = "the simulator's own program, which needs no group and ends by itself")]
fn timeline(seed: &str) -> Vec<u8> {
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_go-sim"))
        .args(["--seed", seed, "--seconds", "12", "--timeline"])
        .output();
    ran.map(|ran| ran.stdout).unwrap_or_default()
}

#[test]
fn a_seed_is_one_run_whatever_process_runs_it() {
    let (first, second, other) = (timeline("3"), timeline("3"), timeline("4"));
    assert!(first.len() > 10_000, "{} bytes", first.len());
    let same = first.iter().zip(&second).take_while(|(one, other)| one == other).count();
    let from = same.saturating_sub(200);
    let differs = |run: &[u8]| String::from_utf8_lossy(&run[from..run.len().min(same + 200)]).into_owned();
    assert!(first == second, "they part here:\n{}\n---\n{}", differs(&first), differs(&second));
    assert_ne!(first, other);
}
