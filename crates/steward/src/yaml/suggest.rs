//! "Did you mean …?"

/// The word of `known` that `word` was probably meant to be, as the end of a message; empty where none is near.
pub(crate) fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(word, known).map(|near| format!(", did you mean `{near}`?")).unwrap_or_default()
}

/// The word of `known` that `word` is probably a slip of.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = plain(word);
    let distances = known.into_iter().map(|known| (strsim::damerau_levenshtein(&word, &plain(known)), known));
    let near = distances.filter(|(distance, known)| *distance <= known.chars().count() / 3).min();
    near.map(|(_, known)| known)
}

/// Case and dashes are not what a word differs by. Clipped, for the distance takes time of the product of both lengths.
fn plain(word: &str) -> String {
    word.chars().take(64).collect::<String>().to_lowercase().replace('-', "_")
}

/// The words as a list for people: `a, b or c`.
pub(crate) fn one_of(words: &[&str]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested_and_far_ones_not() {
        let known = ["templates", "skills_on_load"];
        assert_eq!(did_you_mean("template", known), ", did you mean `templates`?");
        assert_eq!(did_you_mean("Skills-On-Load", known), ", did you mean `skills_on_load`?");
        assert_eq!(did_you_mean("colour", known), "");
    }
}
