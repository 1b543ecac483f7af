//! What somebody may have meant.

/// How many near misses are named.
const MOST: usize = 3;

/// Returns the words nearest to one that is not known, the nearest first.
/// Nothing is ever picked: they are only named.
pub fn near<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wrong = wrong.to_lowercase();
    let mut scored: Vec<_> = known
        .into_iter()
        .map(|word| (nearness(&wrong, &word.to_lowercase()), word))
        .filter(|(score, _)| 0.7 <= *score)
        .collect();
    scored.sort_by(|(one, a), (other, b)| other.total_cmp(one).then(a.cmp(b)));
    scored.into_iter().take(MOST).map(|(_, word)| word).collect()
}

fn nearness(wrong: &str, word: &str) -> f64 {
    // The last part of a dotted or slashed word is what people remember.
    let last = word.rsplit(['.', '/']).next().unwrap_or(word);
    let whole = strsim::normalized_damerau_levenshtein(wrong, word);
    let wrong_last = wrong.rsplit(['.', '/']).next().unwrap_or(wrong);
    let part = strsim::normalized_damerau_levenshtein(wrong_last, last) * 0.95;
    whole.max(part)
}

/// Returns a hint that names the near misses, where there are any.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = near(wrong, known);
    let quoted: Vec<_> = near.iter().map(|it| format!("`{it}`")).collect();
    match quoted.split_last()? {
        (last, []) => Some(format!("did you mean {last}?")),
        (last, rest) => Some(format!("did you mean {} or {last}?", rest.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_sorted_by_nearness() {
        let known = ["personal.contact", "personal.health", "personal.contact.email", "important"];
        assert_eq!(near("personal.contcat", known), ["personal.contact"]);
        assert_eq!(near("email", known), ["personal.contact.email"]);
        assert_eq!(near("zzz", known), [""; 0]);
        assert_eq!(did_you_mean("personal.helth", known).unwrap(), "did you mean `personal.health`?");
    }
}
