//! What is measured: something that answers questions.

/// Something that answers the questions of a world, each by its number.
pub trait Engine {
    /// Returns what it is called in the tables.
    fn name(&self) -> &str;

    /// Returns the outcome of a question: 0 permitted, 1 conditional,
    /// 2 unknown, 3 prohibited.
    fn outcome(&mut self, question: usize) -> u8;

    /// Returns how many bytes of memory it takes for the registry, where that
    /// is known.
    fn memory(&self) -> Option<u64> {
        None
    }

    /// Returns how many bytes it takes on the disk, where it is there.
    fn disk(&self) -> Option<u64> {
        None
    }

    /// Returns whether its outcomes are those of the registry. Only the floor,
    /// which knows nothing of entries, has none.
    fn has_outcomes(&self) -> bool {
        true
    }

    /// Answers questions one after the other; for engines that do better by
    /// several at once. Appends their outcomes.
    fn outcomes(&mut self, questions: std::ops::Range<usize>, outcomes: &mut Vec<u8>) {
        outcomes.extend(questions.map(|it| self.outcome(it)));
    }
}
