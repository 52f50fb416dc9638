//! Finite abelian groups of any order, as products of finite fields.

/// A product of finite fields: addition of any two elements, multiplication within each factor.
/// Elements are `0..order`; digit by digit in mixed radix they are vectors over the primes.
pub(super) struct Abelian {
    pub(super) order: u32,
    factors: Vec<Field>,
}

/// A finite field of `prime^degree` elements; an element's digits to the base `prime` are the
/// coefficients of a polynomial.
struct Field {
    prime: u32,
    order: u32,
    /// Powers of a generator, and their exponents by element (that of 0 means nothing).
    power: Vec<u32>,
    exponent: Vec<u32>,
}

impl Abelian {
    pub(super) fn new(order: u32) -> Self {
        let mut factors = Vec::new();
        let mut rest = order;
        for prime in 2..=order {
            let mut degree = 0;
            while rest.is_multiple_of(prime) {
                rest /= prime;
                degree += 1;
            }
            if degree > 0 {
                factors.push(Field::new(prime, degree));
            }
        }
        Self { order, factors }
    }

    /// The order of the smallest factor: so many elements differ by units in every factor.
    pub(super) fn smallest(&self) -> u32 {
        self.factors.iter().map(|field| field.order).min().unwrap_or(1)
    }

    pub(super) fn add(&self, a: u32, b: u32) -> u32 {
        self.by_factor(a, b, |field, a, b| add(field.prime, a, b))
    }

    pub(super) fn negative(&self, a: u32) -> u32 {
        self.by_factor(a, 0, |field, a, _| negative(field.prime, a))
    }

    /// The product of `a` and the element that is `label` in every factor.
    pub(super) fn times_label(&self, a: u32, label: u32) -> u32 {
        self.by_factor(a, 0, |field, a, _| field.times(a, label))
    }

    fn by_factor(&self, mut a: u32, mut b: u32, with: impl Fn(&Field, u32, u32) -> u32) -> u32 {
        let mut result = 0;
        let mut unit = 1;
        for field in &self.factors {
            result += unit * with(field, a % field.order, b % field.order);
            unit *= field.order;
            a /= field.order;
            b /= field.order;
        }
        result
    }
}

/// Addition without carry.
fn add(prime: u32, mut a: u32, mut b: u32) -> u32 {
    let mut sum = 0;
    let mut unit = 1;
    while a + b > 0 {
        sum += unit * ((a % prime + b % prime) % prime);
        unit *= prime;
        a /= prime;
        b /= prime;
    }
    sum
}

fn negative(prime: u32, mut a: u32) -> u32 {
    let mut result = 0;
    let mut unit = 1;
    while a > 0 {
        result += unit * ((prime - a % prime) % prime);
        unit *= prime;
        a /= prime;
    }
    result
}

impl Field {
    fn new(prime: u32, degree: u32) -> Self {
        let order = prime.pow(degree);
        // A polynomial modulo which the powers of x (or of a number, in a prime field) run
        // through everything but 0 makes a field.
        let power = (1..order)
            .find_map(|tail| {
                let times = |at| {
                    if degree == 1 { at * tail % prime } else { times_x(prime, order, tail, at) }
                };
                let mut power = vec![1];
                let mut at = times(1);
                while at > 1 && power.len() < order as usize {
                    power.push(at);
                    at = times(at);
                }
                (power.len() as u32 == order - 1 && at == 1).then_some(power)
            })
            .unwrap_or_else(|| vec![1]);
        let mut exponent = vec![0; order as usize];
        for (index, &element) in power.iter().enumerate() {
            exponent[element as usize] = index as u32;
        }
        Self { prime, order, power, exponent }
    }

    fn times(&self, a: u32, b: u32) -> u32 {
        if a == 0 || b == 0 {
            return 0;
        }
        let sum = self.exponent[a as usize] + self.exponent[b as usize];
        self.power[(sum % (self.order - 1)) as usize]
    }
}

/// A polynomial times x, where x^degree is `tail`.
fn times_x(prime: u32, order: u32, tail: u32, a: u32) -> u32 {
    let lead = a / (order / prime);
    let mut result = a % (order / prime) * prime;
    for _ in 0..lead {
        result = add(prime, result, tail);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_differ_by_what_no_product_brings_to_zero() {
        for order in [2, 3, 4, 5, 7, 8, 9, 15, 16, 20, 25, 27, 32, 45, 49, 64, 81, 128, 175] {
            let group = Abelian::new(order);
            for a in 0..order {
                assert_eq!(group.add(a, group.negative(a)), 0, "order {order}");
            }
            for i in 0..group.smallest() {
                for j in 0..i {
                    // Distinct differences: the columns make a difference matrix.
                    let mut seen = vec![false; order as usize];
                    for x in 0..order {
                        let difference = group
                            .add(group.times_label(x, i), group.negative(group.times_label(x, j)));
                        assert!(!seen[difference as usize], "order {order}, rows {i} and {j}");
                        seen[difference as usize] = true;
                    }
                }
            }
        }
    }
}
