//! The integer in which sums of pair values are kept.

/// 32 bits where every sum provably fits (half the memory traffic), 64 otherwise.
pub(crate) trait Sum: Copy + Ord + Default {
    /// Below any sum that occurs, with room to add a few of them.
    const LOW: Self;
    fn of(value: i32) -> Self;
    fn wide(self) -> i64;
    fn approx(self) -> f32;
    /// At least this number; the engine's temperatures keep it far inside the range.
    fn above(number: f32) -> Self;
    // The bounds checked when the integer is chosen rule overflow out; wrapping operations let
    // loops over rows be vectorised in every build profile.
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
}

macro_rules! sum {
    ($int:ty) => {
        impl Sum for $int {
            const LOW: Self = <$int>::MIN / 4;

            fn of(value: i32) -> Self {
                Self::from(value)
            }

            fn wide(self) -> i64 {
                i64::from(self)
            }

            fn approx(self) -> f32 {
                self as f32
            }

            fn above(number: f32) -> Self {
                number as Self + 1
            }

            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
        }
    };
}

sum!(i32);
sum!(i64);

/// Whether 32 bits hold every sum of a group and a few of them added: with room for a student's
/// pull towards two groups, two pair values and the acceptance threshold.
pub(crate) fn narrow(largest_group: u32, largest_value: u32) -> bool {
    u64::from(largest_group + 4) * u64::from(largest_value) < 1 << 26
}
