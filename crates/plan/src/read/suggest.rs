//! "Did you mean …?"

/// The word of `known` that `word` was probably meant to be, as the end of a message; empty where none is near.
pub(super) fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let word = plain(word);
    let near = known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count() / 3)
        .min();
    near.map(|(_, candidate)| format!(", did you mean `{candidate}`?")).unwrap_or_default()
}

/// Like [`did_you_mean`] for ids: `SITE-9` is no slip of `SITE-1`, so the digits have to agree.
pub(super) fn did_you_mean_id<'k>(id: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let digits = |id: &str| id.chars().filter(char::is_ascii_digit).collect::<String>();
    let wanted = digits(id);
    did_you_mean(id, known.into_iter().filter(|candidate| digits(candidate) == wanted))
}

/// Case and dashes are not what a word differs by. Clipped, for the distance takes time of the product of both lengths.
fn plain(word: &str) -> String {
    word.chars().take(64).collect::<String>().to_lowercase().replace('-', "_")
}

/// The words as a list for people: `a, b or c`.
pub(super) fn one_of(words: &[&str]) -> String {
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
        let known = ["title", "depends_on", "run"];
        assert_eq!(did_you_mean("titel", known), ", did you mean `title`?");
        assert_eq!(did_you_mean("Depends-On", known), ", did you mean `depends_on`?");
        assert_eq!(did_you_mean("colour", known), "");
        assert_eq!(did_you_mean_id("SIET-1", ["SITE-2", "SITE-1"]), ", did you mean `SITE-1`?");
        assert_eq!(did_you_mean_id("SITE-9", ["SITE-2", "SITE-1"]), "");
        assert_eq!(one_of(&known), "title, depends_on or run");
    }
}
