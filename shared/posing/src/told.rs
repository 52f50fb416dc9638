//! What is told about groups and conflicts, in both languages of the service.
//!
//! Criteria are called what their questions are called. Students have no names here, nor ids in the sentences,
//! which outlive an erasure: numbers stand for ids beside them, or a student is a member of a group.

use std::collections::BTreeMap;

use domain::StudentId;
use domain::cohort::{Localised, Rule};
use domain::formation::{NEW_PARTNERS, Price, SolveInput};
use domain::institution::Language;
use grouping::{Conflicts, GroupReport, Lang, Names, Obstacle, Said, Solution, Statement};

use crate::Posed;

/// So many students are told with a conflict: a failure travels as an error's message, which has to
/// stay small.
const MOST_STUDENTS: usize = 50;

/// Puts the engine's findings about an input into words.
#[derive(Clone, Copy)]
pub struct Told<'i> {
    /// The input.
    pub input: &'i SolveInput,
}

impl Told<'_> {
    /// To a group's members.
    pub fn members(self, report: &GroupReport) -> Vec<Localised> {
        let true_here = |said: &&Said| {
            said.statement != Statement::NewPartners || self.knows_all(&said.criterion)
        };
        self.both(&|_, _| String::new(), |lang, names| {
            report.said.iter().filter(true_here).map(|said| said.words(lang, names)).collect()
        })
    }

    /// Whether a criterion looks back on all earlier rounds: else members who never met by it may
    /// have met before.
    fn knows_all(self, id: &str) -> bool {
        let criterion = self.input.criteria.iter().find(|criterion| criterion.id == id);
        match criterion.map(|criterion| &criterion.rule) {
            Some(Rule::NotAgain { rounds: Some(rounds), .. }) => {
                usize::from(*rounds) >= self.input.past.len()
            }
            _ => true,
        }
    }

    /// To a contact about a group; who has not answered is told apart, by id.
    pub fn group(self, solution: &Solution, index: usize) -> Vec<Localised> {
        let mut nameless = solution.clone();
        nameless.reports[index].silent.clear();
        self.both(&|_, _| String::new(), |lang, names| nameless.group_words(index, lang, names))
    }

    /// To a contact about all groups of the section.
    pub fn section(self, solution: &Solution) -> Vec<Localised> {
        self.both(&|_, _| String::new(), |lang, _| solution.words(lang))
    }

    /// To a contact about must rules that cannot all hold; the students it is about, to whom the
    /// numbers in the sentences refer; and what giving up each rule buys.
    pub fn conflicts(
        self,
        found: &Conflicts,
        solution: &Solution,
    ) -> (Vec<Localised>, Vec<StudentId>, Vec<Price>) {
        // Whom the sentences name comes first.
        let obstacles = found.found.iter().filter_map(|conflict| conflict.obstacle.as_ref());
        let named = obstacles.flat_map(Obstacle::students);
        let rules = found.found.iter().flat_map(|conflict| &conflict.rules);
        let mut touched: Vec<u32> = Vec::new();
        for student in named.chain(rules.flat_map(|rule| rule.students.iter().copied())) {
            if touched.len() < MOST_STUDENTS && !touched.contains(&student) {
                touched.push(student);
            }
        }
        let explained = self.both(&numbered(&touched), |lang, names| {
            let conflicts = found.found.iter();
            conflicts.flat_map(|c| c.words(lang, names, solution.objective)).collect()
        });
        let points = |objective: u32| (i64::from(objective) + 500) / 1000;
        let (mut prices, mut sentence) = (Vec::new(), 0);
        for conflict in &found.found {
            // The sentences of a conflict: why it is one, then one for each of its rules.
            for rule in &conflict.rules {
                sentence += 1;
                prices.push(Price {
                    sentence,
                    criterion: rule.criterion.clone(),
                    broken: rule.relaxed.must_broken,
                    score: points(rule.relaxed.objective),
                    now: points(solution.objective),
                });
            }
            sentence += 1;
        }
        (explained, self.ids(&touched), prices)
    }

    /// To a contact about must rules that groups break which are formed around what is held fast: what is in the
    /// way besides, or that only this is. The groups' numbers tell whom a sentence means.
    pub fn held(self, found: &Conflicts, solution: &Solution, numbers: &[u32]) -> Vec<Localised> {
        if solution.must_broken > 0 && found.kept.is_some() {
            return vec![Localised {
                da: "Alle skal-krav kan overholdes, hvis der ikke holdes fast i det, som nu holdes fast."
                    .to_owned(),
                en: "All must rules can hold if what is held fast now is let go.".to_owned(),
            }];
        }
        let member = |lang, student: u32| {
            let group = solution.groups.iter().position(|group| group.contains(&student));
            let number = group.and_then(|group| numbers.get(group)).copied().unwrap_or_default();
            match lang {
                Lang::Da => format!("et medlem af gruppe {number}"),
                Lang::En => format!("a member of group {number}"),
            }
        };
        self.both(&member, |lang, names| {
            let conflicts = found.found.iter();
            conflicts.flat_map(|c| c.words(lang, names, solution.objective)).collect()
        })
    }

    /// To a contact about a problem that was refused, and the students to whom the numbers in the sentences refer.
    pub fn refused(self, error: &grouping::Error) -> (Vec<Localised>, Vec<StudentId>) {
        let Some(obstacle) = Obstacle::of(error) else { return (Vec::new(), Vec::new()) };
        let mut touched: Vec<u32> = Vec::new();
        for student in obstacle.students() {
            if touched.len() < MOST_STUDENTS && !touched.contains(&student) {
                touched.push(student);
            }
        }
        let explained =
            self.both(&numbered(&touched), |lang, names| vec![obstacle.words(lang, names)]);
        (explained, self.ids(&touched))
    }

    /// The students at these rows.
    pub fn ids(self, rows: &[u32]) -> Vec<StudentId> {
        rows.iter().map(|row| self.input.students[*row as usize].id.clone()).collect()
    }

    fn both(
        self,
        student: &dyn Fn(Lang, u32) -> String,
        words: impl Fn(Lang, &Names<'_>) -> Vec<String>,
    ) -> Vec<Localised> {
        let in_language = |lang, language| {
            let criterion = |id: &str| self.label(id, language);
            let student = |row| student(lang, row);
            words(lang, &Names { criterion: &criterion, student: &student })
        };
        let da = in_language(Lang::Da, Language::Da);
        let en = in_language(Lang::En, Language::En);
        da.into_iter().zip(en).map(|(da, en)| Localised { da, en }).collect()
    }

    /// What the question of a criterion is called; its id if it has none or several.
    pub(crate) fn label(self, id: &str, language: Language) -> String {
        let criterion = self.input.criteria.iter().find(|criterion| criterion.id == id);
        let asked = criterion.map(|criterion| criterion.rule.questions()).unwrap_or_default();
        let mut asked = asked.into_iter();
        let (Some(only), None) = (asked.next(), asked.next()) else {
            return match language {
                Language::Da if id.starts_with(NEW_PARTNERS) => "Nye makkere".to_owned(),
                Language::En if id.starts_with(NEW_PARTNERS) => "New partners".to_owned(),
                _ => id.to_owned(),
            };
        };
        let question = self.input.questions.iter().find(|question| question.id == *only);
        question.map_or_else(|| id.to_owned(), |found| found.label.get(language).to_owned())
    }
}

/// Students by their place among these.
fn numbered(touched: &[u32]) -> impl Fn(Lang, u32) -> String {
    |_, student| match touched.iter().position(|&other| other == student) {
        Some(at) => format!("#{}", at + 1),
        None => "#?".to_owned(),
    }
}

/// The score per criterion; one that nobody in the group answered has none.
pub fn scores(report: &GroupReport, members: usize) -> BTreeMap<String, i64> {
    let answered = report.criteria.iter().filter(|score| (score.missing as usize) < members);
    answered.map(|score| (score.criterion.clone(), score.score.into())).collect()
}

/// The hours in which all members who gave their availability are free.
pub fn common_slots(posed: &Posed, members: &[u32]) -> Vec<u16> {
    posed
        .availability
        .and_then(|feature| grouping::common_slots(&posed.problem, feature, members))
        .map(|common| common.slots)
        .unwrap_or_default()
}
