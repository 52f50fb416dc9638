//! The minimum over groups, kept up to date in logarithmic time.

/// A tournament tree over one value per group.
pub(crate) struct Least {
    tree: Vec<i64>,
    leaves: usize,
}

impl Least {
    pub(crate) fn new(values: &[i64]) -> Self {
        let leaves = values.len().next_power_of_two();
        let mut tree = vec![i64::MAX; 2 * leaves];
        tree[leaves..leaves + values.len()].copy_from_slice(values);
        for node in (1..leaves).rev() {
            tree[node] = tree[2 * node].min(tree[2 * node + 1]);
        }
        Self { tree, leaves }
    }

    /// The smallest value.
    pub(crate) fn min(&self) -> i64 {
        self.tree[1]
    }

    /// The first group that has the smallest value.
    pub(crate) fn first(&self) -> usize {
        let mut node = 1;
        while node < self.leaves {
            node *= 2;
            if self.tree[node] != self.tree[node / 2] {
                node += 1;
            }
        }
        node - self.leaves
    }

    pub(crate) fn set(&mut self, group: usize, value: i64) {
        let mut node = group + self.leaves;
        self.tree[node] = value;
        while node > 1 {
            node /= 2;
            let least = self.tree[2 * node].min(self.tree[2 * node + 1]);
            if self.tree[node] == least {
                break;
            }
            self.tree[node] = least;
        }
    }

    /// The smallest value if groups `a` and `b` (different) had these values.
    pub(crate) fn min_with(&self, a: usize, value_a: i64, b: usize, value_b: i64) -> i64 {
        let (mut a, mut b) = (a + self.leaves, b + self.leaves);
        let replaced = value_a.min(value_b);
        let root = self.tree[1];
        if self.tree[a] != root && self.tree[b] != root {
            return root.min(replaced);
        }
        let mut least = replaced;
        while a / 2 != b / 2 {
            least = least.min(self.tree[a ^ 1]).min(self.tree[b ^ 1]);
            a /= 2;
            b /= 2;
        }
        a /= 2;
        while a > 1 {
            least = least.min(self.tree[a ^ 1]);
            a /= 2;
        }
        least
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Draw;

    #[test]
    fn agrees_with_a_plain_scan() {
        let mut draw = Draw::new(1, 0);
        for len in 2..40_usize {
            let mut values: Vec<i64> = (0..len).map(|_| i64::from(draw.below(9))).collect();
            let mut tree = Least::new(&values);
            for _ in 0..200 {
                let a = draw.index(len);
                let b = (a + 1 + draw.index(len - 1)) % len;
                let (va, vb) = (i64::from(draw.below(9)), i64::from(draw.below(9)));
                let mut changed = values.clone();
                changed[a] = va;
                changed[b] = vb;
                let expected = *changed.iter().min().expect("not empty");
                assert_eq!(tree.min_with(a, va, b, vb), expected);
                if draw.one_in(2) {
                    tree.set(a, va);
                    tree.set(b, vb);
                    values = changed;
                }
                let least = *values.iter().min().expect("not empty");
                assert_eq!(tree.min(), least);
                assert_eq!(values[tree.first()], least);
            }
        }
    }
}
