//! Reasons and results in words: to the members of a group, and to a contact.

use super::{Lang, Names, count, objective_points, points, row};
use crate::{GroupReport, Said, Solution, Statement};

impl Said {
    /// A sentence to the group's members.
    pub fn words(&self, lang: Lang, names: &Names<'_>) -> String {
        let name = names.quoted(lang, &self.criterion);
        match (self.statement, lang) {
            (Statement::MostAlike, Lang::Da) => {
                format!("De fleste af jer har svaret nogenlunde det samme om {name}.")
            }
            (Statement::MostAlike, Lang::En) => {
                format!("Most of you gave much the same answer about {name}.")
            }
            (Statement::Wide, Lang::Da) => {
                format!("Som gruppe spænder I bredt, når det gælder {name}.")
            }
            (Statement::Wide, Lang::En) => {
                format!("As a group you span a wide range when it comes to {name}.")
            }
            (Statement::NearAverage, Lang::Da) => {
                format!("Som gruppe ligger I tæt på holdets gennemsnit, når det gælder {name}.")
            }
            (Statement::NearAverage, Lang::En) => {
                format!("As a group you are close to the class average when it comes to {name}.")
            }
            (Statement::Covered, Lang::Da) => {
                format!("I er dækket ind, når det gælder {name}.")
            }
            (Statement::Covered, Lang::En) => {
                format!("Your group is covered when it comes to {name}.")
            }
            (Statement::CanMeet, Lang::Da) => {
                "Der er tidspunkter i løbet af ugen, hvor I kan mødes.".to_owned()
            }
            (Statement::CanMeet, Lang::En) => {
                "There are times during the week when you can meet.".to_owned()
            }
            (Statement::NewPartners, Lang::Da) => {
                "Ingen af jer har været i gruppe sammen før.".to_owned()
            }
            (Statement::NewPartners, Lang::En) => {
                "None of you have been in a group together before.".to_owned()
            }
        }
    }
}

impl Solution {
    /// How good the groups are, for a contact: against what is possible and against chance.
    pub fn words(&self, lang: Lang) -> Vec<String> {
        let score = objective_points(self.objective);
        let mut told = vec![match (self.bound, lang) {
            (Some(bound), Lang::Da) if self.objective >= bound.objective => {
                format!("Grupperne får {score} af 100 point. Det er bevist, at ingen kan få flere.")
            }
            (Some(bound), Lang::En) if self.objective >= bound.objective => {
                format!("The groups score {score} of 100. It is proven that none can score more.")
            }
            (Some(bound), Lang::Da) => {
                format!("Grupperne får {score} af højst {} point.", bound_points(bound.objective))
            }
            (Some(bound), Lang::En) => {
                format!("The groups score {score} of at most {}.", bound_points(bound.objective))
            }
            (None, Lang::Da) => format!("Grupperne får {score} af 100 point."),
            (None, Lang::En) => format!("The groups score {score} of 100."),
        }];
        let (mean, worst) = (points(self.mean), points(self.worst));
        let (any_mean, any_worst) = (points(self.reference.mean), points(self.reference.worst));
        told.push(match lang {
            Lang::Da => format!(
                "Gennemsnittet er {mean} og den svageste gruppe {worst}; for tilfældige grupper er det {any_mean} og {any_worst}."
            ),
            Lang::En => format!(
                "The average is {mean} and the weakest group {worst}; for random groups it is {any_mean} and {any_worst}."
            ),
        });
        if self.must_broken > 0 {
            told.push(match lang {
                Lang::Da => {
                    format!("Skal-krav er brudt {}.", count(self.must_broken, "gang", "gange"))
                }
                Lang::En => {
                    format!("Must rules are broken {}.", count(self.must_broken, "time", "times"))
                }
            });
        }
        told
    }

    /// Everything about one group, for a contact; nothing if there is no such group.
    pub fn group_words(&self, group: usize, lang: Lang, names: &Names<'_>) -> Vec<String> {
        let Some(report) = self.reports.get(group) else { return Vec::new() };
        let mut told = vec![self.compared(report, lang)];
        if !report.criteria.is_empty() {
            let scores: Vec<String> = report
                .criteria
                .iter()
                .map(|score| {
                    format!("{} {}", names.quoted(lang, &score.criterion), points(score.score))
                })
                .collect();
            let scores = row(lang, &scores);
            told.push(match lang {
                Lang::Da => format!("De enkelte kriterier: {scores}."),
                Lang::En => format!("By criterion: {scores}."),
            });
        }
        if !report.must_broken.is_empty() {
            let broken: Vec<String> =
                report.must_broken.iter().map(|rule| names.quoted(lang, &rule.criterion)).collect();
            let broken = row(lang, &broken);
            told.push(match lang {
                Lang::Da => format!("Gruppen bryder {broken}."),
                Lang::En => format!("The group breaks {broken}."),
            });
        }
        for slots in &report.reason.common_slots {
            let (shared, answered) = (slots.slots.len() as u32, slots.answered);
            told.push(match (lang, answered) {
                (Lang::Da, 0 | 1) => "For få har oplyst, hvornår de er ledige.".to_owned(),
                (Lang::En, 0 | 1) => "Too few have told when they are free.".to_owned(),
                (Lang::Da, _) => format!(
                    "De {answered}, der har oplyst, hvornår de er ledige, har {} til fælles.",
                    count(shared, "tidsrum", "tidsrum")
                ),
                (Lang::En, _) => format!(
                    "The {answered} who told when they are free have {} in common.",
                    count(shared, "slot", "slots")
                ),
            });
        }
        if !report.silent.is_empty() {
            let silent = names.listed(lang, &report.silent);
            told.push(match lang {
                Lang::Da => format!("Svar mangler fra {silent}."),
                Lang::En => format!("Answers are missing from {silent}."),
            });
        }
        told
    }

    /// A group's score against a random group's and against the bound of the average.
    fn compared(&self, report: &GroupReport, lang: Lang) -> String {
        let (score, any) = (points(report.score), points(self.reference.mean));
        let against = match (lang, score.cmp(&any)) {
            (Lang::Da, std::cmp::Ordering::Equal) => "som en tilfældig gruppe".to_owned(),
            (Lang::En, std::cmp::Ordering::Equal) => "like a random group".to_owned(),
            (Lang::Da, std::cmp::Ordering::Greater) => {
                format!("{} mere end en tilfældig gruppe", score - any)
            }
            (Lang::En, std::cmp::Ordering::Greater) => {
                format!("{} more than a random group", score - any)
            }
            (Lang::Da, std::cmp::Ordering::Less) => {
                format!("{} mindre end en tilfældig gruppe", any - score)
            }
            (Lang::En, std::cmp::Ordering::Less) => {
                format!("{} less than a random group", any - score)
            }
        };
        let most = self.bound.map(|bound| u32::from(bound.mean).div_ceil(100));
        match (lang, most) {
            (Lang::Da, Some(most)) => format!(
                "Gruppen får {score} af 100 point, {against}; holdets grupper kan i gennemsnit højst få {most}."
            ),
            (Lang::En, Some(most)) => format!(
                "The group scores {score} of 100, {against}; the section's groups can average {most} at most."
            ),
            (Lang::Da, None) => format!("Gruppen får {score} af 100 point, {against}."),
            (Lang::En, None) => format!("The group scores {score} of 100, {against}."),
        }
    }
}

/// Points of 100 that a bound allows: rounded up, so that it stays one.
fn bound_points(objective: u32) -> u32 {
    objective.div_ceil(100_000)
}
