//! Sections that are too small for one group, put together.

use std::collections::BTreeMap;

use domain::SectionId;
use domain::cohort::Sizes;

/// Which sections are formed as part of which other one: (part, whole), by part.
///
/// `sections` are all sections with their numbers of students, in the order of the settings.
/// Those with students, but fewer than the smallest group, are gathered in this order until they
/// make groups of their own under the name of the first; what is left over goes to the nearest
/// other section in the order (the earlier of two equally near), if there is one with which the
/// sizes can be met, otherwise to the nearest. Nobody else's section changes.
pub fn merge_small(
    sections: &[(SectionId, usize)],
    sizes: Sizes,
) -> BTreeMap<SectionId, SectionId> {
    let min = usize::from(sizes.min);
    let fits =
        |students: usize| students.div_ceil(usize::from(sizes.max).max(1)) <= students / min.max(1);
    // Wholes as (place, students); parts as place -> place of the whole.
    let mut wholes: Vec<(usize, usize)> = Vec::new();
    let mut whole_of: BTreeMap<usize, usize> = BTreeMap::new();
    let mut open: Vec<usize> = Vec::new();
    let students = |places: &[usize]| places.iter().map(|&at| sections[at].1).sum::<usize>();
    for (at, &(_, count)) in sections.iter().enumerate() {
        if count >= min {
            wholes.push((at, count));
        } else if count > 0 {
            open.push(at);
            let gathered = students(&open);
            if gathered >= min && fits(gathered) {
                whole_of.extend(open.iter().map(|&part| (part, open[0])));
                wholes.push((open[0], gathered));
                open.clear();
            }
        }
    }
    if let Some(&first) = open.first() {
        let left = students(&open);
        let nearest = wholes
            .iter()
            .min_by_key(|(at, count)| (!fits(count + left), at.abs_diff(first), *at))
            .map_or(first, |(at, _)| *at);
        whole_of.extend(open.iter().map(|&part| (part, nearest)));
    }
    whole_of
        .into_iter()
        .filter(|(part, whole)| part != whole)
        .map(|(part, whole)| (sections[part].0.clone(), sections[whole].0.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn section(at: usize) -> SectionId {
        SectionId::parse(format!("s{at:02}")).expect("a section id")
    }

    /// Parts and wholes by place.
    fn merged(counts: &[usize], (min, max): (u16, u16)) -> Vec<(usize, usize)> {
        let sections: Vec<_> =
            counts.iter().enumerate().map(|(at, count)| (section(at), *count)).collect();
        let place = |id: &SectionId| sections.iter().position(|(other, _)| other == id);
        merge_small(&sections, Sizes { min, preferred: min, max })
            .iter()
            .map(|(part, whole)| (place(part).expect("known"), place(whole).expect("known")))
            .collect()
    }

    #[test]
    fn g2_small_sections_go_together_first() {
        assert_eq!(merged(&[10, 2, 10, 3], (4, 6)), [(3, 1)]);
        assert_eq!(merged(&[2, 2, 3, 1], (4, 6)), [(1, 0), (3, 2)]);
        // Three and three make no groups of four; nine no, twelve yes.
        assert_eq!(merged(&[3, 3, 3, 3], (4, 4)), [(1, 0), (2, 0), (3, 0)]);
    }

    #[test]
    fn g2_what_is_left_goes_to_the_nearest_section_that_can_take_it() {
        assert_eq!(merged(&[10, 0, 0, 2, 10], (4, 6)), [(3, 4)]);
        assert_eq!(merged(&[10, 2, 10], (4, 6)), [(1, 0)]);
        // Eight and three make no groups of four; five and three do.
        assert_eq!(merged(&[8, 3, 8, 5], (4, 4)), [(1, 3)]);
        assert_eq!(merged(&[8, 3, 8], (4, 4)), [(1, 0)]);
    }

    #[test]
    fn sections_that_are_large_enough_or_empty_stay() {
        assert_eq!(merged(&[4, 0, 7, 4], (4, 6)), []);
        assert_eq!(merged(&[3], (4, 6)), []);
        assert_eq!(merged(&[1, 1], (4, 6)), [(1, 0)]);
        assert_eq!(merged(&[], (4, 6)), []);
    }

    proptest! {
        #[test]
        fn merging_leaves_at_most_one_small_section_and_no_chains(
            counts in prop::collection::vec(0_usize..9, 0..12), min in 2_u16..6, more in 0_u16..4,
        ) {
            let merged: BTreeMap<usize, usize> =
                merged(&counts, (min, min + more)).into_iter().collect();
            let mut after = counts.clone();
            for (&part, &whole) in &merged {
                prop_assert!(!merged.contains_key(&whole), "a chain");
                prop_assert!(counts[part] > 0 && counts[part] < usize::from(min));
                after[whole] += after[part];
                after[part] = 0;
            }
            let small = after.iter().filter(|&&count| count > 0 && count < usize::from(min)).count();
            let everybody: usize = counts.iter().sum();
            prop_assert_eq!(small, usize::from(everybody > 0 && everybody < usize::from(min)));
        }
    }
}
