//! Numbers that only look random, the same on every machine: `SplitMix64`.

/// A stream of numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Begins one of the streams of a seed.
    pub fn new(seed: u64, stream: u64) -> Random {
        let mut random = Random(seed ^ stream.wrapping_mul(0xd134_2543_de82_ef95));
        random.next();
        random
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below another.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Returns a number of a range, its end left out.
    pub fn between(&mut self, from: usize, below: usize) -> usize {
        from + self.below(below - from)
    }

    pub fn is_one_of_thousand(&mut self, so_many: usize) -> bool {
        self.below(1000) < so_many
    }

    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }

    pub fn word<'a>(&mut self, among: &[&'a str]) -> &'a str {
        among[self.below(among.len())]
    }

    /// Returns one of some values, each as often as its weight says.
    pub fn weighted<T: Clone>(&mut self, among: &[(usize, T)]) -> T {
        let mut left = self.below(among.iter().map(|it| it.0).sum());
        for (weight, value) in among {
            if left < *weight {
                return value.clone();
            }
            left -= weight;
        }
        unreachable!("the number is below the sum of the weights")
    }

    /// Returns some of a slice, each once, in their order.
    pub fn some<'a, T>(&mut self, among: &'a [T], how_many: usize) -> Vec<&'a T> {
        let mut left = how_many.min(among.len());
        let mut some = Vec::with_capacity(left);
        for (position, it) in among.iter().enumerate() {
            if self.below(among.len() - position) < left {
                some.push(it);
                left -= 1;
            }
        }
        some
    }
}
