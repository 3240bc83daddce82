//! The rules that can be broken, by name.

/// The names of the rules that can be broken, as they are written on the command line: `fence-off`.
pub fn mutants() -> Vec<String> {
    go_rules::mutation::Mutation::ALL.into_iter().map(name).collect()
}

/// Breaks the rule of this name from now on.
///
/// # Errors
/// A name that is none, or a build without the feature `mutants`.
pub fn break_rule(wanted: &str) -> Result<(), String> {
    let all = go_rules::mutation::Mutation::ALL;
    let Some(found) = all.into_iter().find(|mutation| name(*mutation) == wanted) else {
        return Err(format!("no rule {wanted:?}; there are {}", mutants().join(", ")));
    };
    turn_on(found)
}

#[cfg(feature = "mutants")]
fn turn_on(mutation: go_rules::mutation::Mutation) -> Result<(), String> {
    go_rules::mutation::turn_on(mutation);
    Ok(())
}

#[cfg(not(feature = "mutants"))]
fn turn_on(_: go_rules::mutation::Mutation) -> Result<(), String> {
    Err("this build has no mutants: cargo build -p go-sim --features mutants".to_owned())
}

/// `FenceOff` as `fence-off`.
fn name(mutation: go_rules::mutation::Mutation) -> String {
    let mut name = String::new();
    for letter in format!("{mutation:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_and_an_unknown_one_is_told() {
        assert!(mutants().contains(&"trust-from-answer".to_owned()));
        assert!(break_rule("gravity").unwrap_err().contains("fence-off"));
    }
}
