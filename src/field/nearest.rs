//! Which of the known names was meant by one that is not known.

/// Letters that may differ: a slip of the fingers, no other word.
const DISTANCE_MAX: usize = 2;

/// The known name that is written most nearly alike, if one is.
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    // Who asks for what is longer than any name has not misspelt one; and the work grows with the square.
    if name.len() > 64 {
        return None;
    }
    let near = known.map(|known| (strsim::osa_distance(name, known), known));
    let near = near.filter(|(distance, known)| *distance <= DISTANCE_MAX.min(known.len() / 2));
    near.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_word() {
        let known = ["region", "title", "id", "limit"];
        let nearest = |name| nearest(name, known.into_iter());
        assert_eq!(nearest("regoin"), Some("region"));
        assert_eq!(nearest("ttile"), Some("title"));
        assert_eq!(nearest("Limit"), Some("limit"));
        assert_eq!(nearest("price"), None);
        assert_eq!(nearest("ab"), None);
        assert_eq!(nearest(&"region".repeat(100)), None);
    }
}
