//! Random numbers that are the same each time.

/// xorshift64*.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Between 0 and 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// How many there are of what comes `mean` times on average.
    pub(super) fn poisson(&mut self, mean: f64) -> u64 {
        // In pieces, so that the exponential is a number.
        let mut left = mean;
        let mut count = 0;
        while left > 0.0 {
            let piece = left.min(30.0);
            let (end, mut product) = ((-piece).exp(), self.share());
            while product > end {
                count += 1;
                product *= self.share();
            }
            left -= piece;
        }
        count
    }

    /// From the bell curve, near enough.
    pub(super) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}
