//! Rows of numbers, one behind another in one allocation.

/// Rows of numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows<T> {
    /// Where each row begins, and where the last one ends.
    starts: Vec<u32>,
    values: Vec<T>,
}

impl<T> Rows<T> {
    /// Returns a row; nothing for one that is not there.
    #[inline]
    pub(super) fn row(&self, number: u32) -> &[T] {
        let number = number as usize;
        match self.starts.get(number..number + 2) {
            Some(&[start, end]) => self.values.get(start as usize..end as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Returns how many bytes they take.
    pub(super) fn bytes(&self) -> usize {
        self.starts.len() * size_of::<u32>() + self.values.len() * size_of::<T>()
    }
}

impl<T, I: IntoIterator<Item = T>> FromIterator<I> for Rows<T> {
    fn from_iter<R: IntoIterator<Item = I>>(rows: R) -> Rows<T> {
        let (mut starts, mut values) = (vec![0], Vec::new());
        for row in rows {
            values.extend(row);
            starts.push(number(values.len()));
        }
        values.shrink_to_fit();
        Rows { starts, values }
    }
}

/// Part of a pool.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Part {
    start: u32,
    length: u32,
}

impl Part {
    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.length == 0
    }

    #[inline]
    pub(super) fn of<T>(self, pool: &[T]) -> &[T] {
        let start = self.start as usize;
        pool.get(start..start + self.length as usize).unwrap_or_default()
    }
}

/// Adds values to a pool, and returns where they are.
pub(super) fn pool<T>(pool: &mut Vec<T>, values: impl IntoIterator<Item = T>) -> Part {
    let start = pool.len();
    pool.extend(values);
    Part { start: number(start), length: number(pool.len() - start) }
}

/// Returns a position as the number that is kept of it.
///
/// A registry that has more of anything than 2^32 does not fit into memory.
pub(super) fn number(position: usize) -> u32 {
    u32::try_from(position).expect("because there are fewer than 2^32 of everything")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_apart() {
        let rows: Rows<u32> = [vec![], vec![1, 2], vec![], vec![3]].into_iter().collect();
        assert_eq!(
            (0..5).map(|it| rows.row(it).to_vec()).collect::<Vec<_>>(),
            [vec![], vec![1, 2], vec![], vec![3], vec![]]
        );
        assert_eq!(rows.bytes(), 5 * 4 + 3 * 4);
    }
}
