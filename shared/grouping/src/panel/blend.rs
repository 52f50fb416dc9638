//! Students by what several laws know of them together.

use super::verdict;
use crate::law::Agg;
use crate::model::Model;

/// More kinds than that take longer to judge than all students by the faster ways.
const FEW: usize = 16;

/// The most kinds that several laws tell apart together.
const MANY: usize = 128;

/// The most laws, so that their sums fit into 32 bits whatever the weights.
const LAWS: usize = 32;

/// Laws that together tell not too many kinds of students apart.
pub(super) struct Blend {
    parts: Vec<Part>,
    /// By student: their kind.
    of: Vec<u8>,
    /// By joiner.
    here: Vec<u8>,
    /// By kind, what all laws say together.
    values: [i32; MANY],
    costs: [i32; MANY],
    kinds: usize,
}

/// One law's part in it.
struct Part {
    rule: usize,
    /// A student of each kind.
    samples: Vec<u32>,
}

/// Students by what one law knows of them.
struct Kinds {
    rule: usize,
    samples: Vec<u32>,
    of: Vec<u8>,
}

impl Blend {
    /// Puts together all laws that tell few kinds apart; also gives the rules left over.
    pub(super) fn of_all(model: &Model) -> (Vec<Self>, Vec<usize>) {
        let (mut found, mut rest) = (Vec::new(), Vec::new());
        for rule in 0..model.rules.len() {
            match Kinds::of(model, rule) {
                Some(kinds) => found.push(kinds),
                None => rest.push(rule),
            }
        }
        // The largest first, each where it still fits, fills them best.
        found.sort_by_key(|kinds| (std::cmp::Reverse(kinds.samples.len()), kinds.rule));
        let mut blends: Vec<Self> = Vec::new();
        for kinds in found {
            let fits = |blend: &&mut Self| {
                blend.parts.len() < LAWS && blend.kinds * kinds.samples.len() <= MANY
            };
            match blends.iter_mut().find(fits) {
                Some(blend) => blend.add(kinds),
                None => blends.push(Self::alone(kinds)),
            }
        }
        (blends, rest)
    }

    fn alone(Kinds { rule, samples, of }: Kinds) -> Self {
        let kinds = samples.len();
        let parts = vec![Part { rule, samples }];
        Self { parts, of, here: Vec::new(), values: [0; MANY], costs: [0; MANY], kinds }
    }

    fn add(&mut self, Kinds { rule, samples, of }: Kinds) {
        for (kind, more) in self.of.iter_mut().zip(of) {
            *kind += more * self.kinds as u8;
        }
        self.kinds *= samples.len();
        self.parts.push(Part { rule, samples });
    }

    pub(super) fn seat(&mut self, joins: &[u32]) {
        self.here.clear();
        self.here.extend(joins.iter().map(|&student| self.of[student as usize]));
    }

    /// Adds what the laws say of each joiner; whether there are costs.
    pub(super) fn judge(
        &mut self,
        model: &Model,
        rest: &[u32],
        aggs: &[Agg],
        values: &mut [i32],
        costs: &mut [i64],
    ) -> bool {
        let Self { parts, here, values: table, costs: prices, .. } = self;
        let mut known = 1;
        let mut broken = false;
        (table[0], prices[0]) = (0, 0);
        for Part { rule, samples } in parts {
            let (rule, agg) = (&model.rules[*rule], aggs[*rule]);
            // The first kind last, as it takes the place of what is known.
            for (kind, &student) in samples.iter().enumerate().rev() {
                let (value, cost) = verdict(rule, &rule.law, rest, agg, student);
                broken |= cost != 0;
                for at in 0..known {
                    table[kind * known + at] = table[at] + value as i32;
                    prices[kind * known + at] = prices[at] + cost as i32;
                }
            }
            known *= samples.len();
        }
        for (value, &kind) in values.iter_mut().zip(&*here) {
            *value += table[usize::from(kind) % MANY];
        }
        if broken {
            for (cost, &kind) in costs.iter_mut().zip(&*here) {
                *cost += i64::from(prices[usize::from(kind) % MANY]);
            }
        }
        broken
    }
}

impl Kinds {
    /// Nothing if they are many.
    fn of(model: &Model, rule: usize) -> Option<Self> {
        let law = &model.rules[rule].law;
        let (mut keys, mut samples) = (Vec::new(), Vec::new());
        let mut of = Vec::with_capacity(model.students as usize);
        for student in 0..model.students {
            let key = law.key(student)?;
            let kind = keys.iter().position(|other| *other == key).unwrap_or_else(|| {
                keys.push(key);
                samples.push(student);
                keys.len() - 1
            });
            if keys.len() > FEW {
                return None;
            }
            of.push(kind as u8);
        }
        Some(Self { rule, samples, of })
    }
}
