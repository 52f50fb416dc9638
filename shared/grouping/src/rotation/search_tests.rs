use super::*;
use crate::support::{Dice, mixed, sizes};

/// What a table laid out anew counts.
fn recount(table: &Table<'_>) -> i64 {
    let mut met = table.past.clone();
    let mut repeats = 0;
    for state in &table.states {
        meet(state, &mut met, &mut repeats);
    }
    for a in 0..table.model.students {
        for b in 0..table.model.students {
            assert!(a == b || met.times(a, b) == table.met.times(a, b), "{a} and {b}");
        }
    }
    repeats
}

fn meetings_of_the_past(table: &Table<'_>) -> i64 {
    let mut known = 0;
    for groups in table.groups() {
        for (a, b) in crate::pairs_of(&groups) {
            known += i64::from(table.past.times(a, b));
        }
    }
    known
}

#[test]
fn g7_repeats_are_kept_count_of_through_all_phases() {
    for seed in 0..30 {
        let problem = mixed(seed, 20, sizes(3, 4, 5));
        let model = Model::new(&problem).expect("mixed problems are valid");
        let mut past = Met::new(20);
        let mut dice = Dice(seed);
        for _ in 0..30 {
            let a = dice.roll(20) as u32;
            past.add(a, (a + 1 + dice.roll(19) as u32) % 20);
        }
        let mut draw = Draw::new(seed, 0);
        let mut table = Table::new(&model, &past, seed % 2 == 0);
        for _ in 0..4 {
            table.construct(5, &mut draw);
        }
        assert_eq!(table.repeats, recount(&table));
        table.permute(2_000, &mut draw);
        assert_eq!(table.repeats, recount(&table));
        let before = table.rank();
        table.settle(1, 3_000, &mut draw);
        assert_eq!(table.repeats, recount(&table));
        let settled = table.rank();
        assert!((settled.0, settled.1) <= (before.0, before.1));
        table.polish(3_000, &mut draw);
        assert_eq!(table.repeats, recount(&table));
        let polished = table.rank();
        assert!((polished.0, polished.1) <= (settled.0, settled.1));
    }
}

#[test]
fn g7_changing_places_in_all_rounds_tells_what_of_the_past_repeats() {
    let problem = mixed(1, 24, sizes(4, 4, 4));
    let model = Model::new(&problem).expect("mixed problems are valid");
    let mut past = Met::new(24);
    let mut draw = Draw::new(1, 0);
    for _ in 0..60 {
        let a = draw.below(24);
        past.add(a, (a + 1 + draw.below(23)) % 24);
    }
    let mut table = Table::new(&model, &past, false);
    for _ in 0..3 {
        table.construct(6, &mut draw);
    }
    for _ in 0..200 {
        let (a, b) = table.two(&mut draw);
        let before = meetings_of_the_past(&table);
        let more = table.past_of(a, b);
        table.try_everywhere(a, b);
        for state in &mut table.states {
            if state.home[a as usize] != state.home[b as usize] {
                state.commit();
            }
        }
        assert_eq!(meetings_of_the_past(&table) - before, more);
    }
}
