//! Conflicts in words that a contact understands.

use super::{Lang, Names, count, objective_points, row};
use crate::{Certainty, Conflict, Contender, Obstacle};

impl Conflict {
    /// What is in each other's way, then what giving up each rule buys; one sentence or two per
    /// item. `objective` is that of the groups at hand, to compare with.
    pub fn words(&self, lang: Lang, names: &Names<'_>, objective: u32) -> Vec<String> {
        let mut told = vec![match &self.obstacle {
            Some(obstacle) => obstacle.words(lang, names),
            None => self.in_general(lang, names),
        }];
        told.extend(self.rules.iter().map(|rule| price(rule, lang, names, objective)));
        told
    }

    fn in_general(&self, lang: Lang, names: &Names<'_>) -> String {
        let quoted: Vec<String> =
            self.rules.iter().map(|rule| names.quoted(lang, &rule.criterion)).collect();
        let all = row(lang, &quoted);
        match (lang, self.certainty, quoted.len()) {
            (Lang::Da, Certainty::Proven, 0 | 1) => {
                format!("{all} kan ikke overholdes i alle grupper.")
            }
            (Lang::Da, Certainty::Proven, 2) => {
                format!("{all} kan ikke begge overholdes i alle grupper.")
            }
            (Lang::Da, Certainty::Proven, _) => {
                format!("{all} kan ikke overholdes på én gang i alle grupper.")
            }
            (Lang::Da, Certainty::Found, 0 | 1) => format!(
                "Der blev ikke fundet grupper, som alle overholder {all}. De findes måske alligevel."
            ),
            (Lang::Da, Certainty::Found, 2) => format!(
                "Der blev ikke fundet grupper, som alle overholder både {all}. De findes måske alligevel."
            ),
            (Lang::Da, Certainty::Found, _) => format!(
                "Der blev ikke fundet grupper, som alle overholder {all} på én gang. De findes måske alligevel."
            ),
            (Lang::En, Certainty::Proven, 0 | 1) => format!("{all} cannot hold in every group."),
            (Lang::En, Certainty::Proven, 2) => format!("{all} cannot both hold in every group."),
            (Lang::En, Certainty::Proven, _) => format!("{all} cannot all hold in every group."),
            (Lang::En, Certainty::Found, 0 | 1) => {
                format!("No groups were found that all keep {all}. There may still be some.")
            }
            (Lang::En, Certainty::Found, 2) => {
                format!("No groups were found that all keep both {all}. There may still be some.")
            }
            (Lang::En, Certainty::Found, _) => format!(
                "No groups were found that all keep {all} at once. There may still be some."
            ),
        }
    }
}

/// What is gained if a rule may be broken.
fn price(rule: &Contender, lang: Lang, names: &Names<'_>, objective: u32) -> String {
    let name = names.quoted(lang, &rule.criterion);
    let (then, now) = (objective_points(rule.relaxed.objective), objective_points(objective));
    let left = rule.relaxed.must_broken;
    match (lang, left) {
        (Lang::Da, 0) => format!(
            "Hvis {name} må brydes, kan alle andre skal-krav overholdes, og grupperne får {then} af 100 point (nu {now})."
        ),
        (Lang::Da, _) => format!(
            "Hvis {name} må brydes, er der stadig {}, og grupperne får {then} af 100 point (nu {now}).",
            count(left, "brud på andre skal-krav", "brud på andre skal-krav")
        ),
        (Lang::En, 0) => format!(
            "If {name} may be broken, all other must rules can hold, and the groups score {then} of 100 (now {now})."
        ),
        (Lang::En, _) => format!(
            "If {name} may be broken, {} of other must rules, and the groups score {then} of 100 (now {now}).",
            count(left, "breach remains", "breaches remain")
        ),
    }
}

impl Obstacle {
    /// Why it cannot be, with what would help if sizes would.
    #[allow(clippy::too_many_lines, reason = "each kind's sentences, side by side")]
    pub fn words(&self, lang: Lang, names: &Names<'_>) -> String {
        let quoted = |id: &str| names.quoted(lang, id);
        let student = |index: u32| (names.student)(index);
        let students = |number: u32| match lang {
            Lang::Da => format!("{number} studerende"),
            Lang::En => count(number, "student", "students"),
        };
        let groups = |number: u32| match lang {
            Lang::Da => count(number, "gruppe", "grupper"),
            Lang::En => count(number, "group", "groups"),
        };
        match self {
            Self::TooFewQualify { criterion, at_least, groups: number, have, size } => {
                let (name, need) = (quoted(criterion), students(at_least * number));
                let few = match (lang, have) {
                    (Lang::Da, 0) => "men ingen opfylder kravet".to_owned(),
                    (Lang::Da, _) => format!("men kun {have} opfylder kravet"),
                    (Lang::En, 0) => "but nobody qualifies".to_owned(),
                    (Lang::En, 1) => "but only 1 qualifies".to_owned(),
                    (Lang::En, _) => format!("but only {have} qualify"),
                };
                let number = groups(*number);
                let told = match lang {
                    Lang::Da => format!(
                        "{name} kræver mindst {at_least} i hver gruppe. Der bliver mindst {number}, så der skal bruges {need}, {few}."
                    ),
                    Lang::En => format!(
                        "{name} asks for at least {at_least} in every group. The sizes make at least {number}, which takes {need}, {few}."
                    ),
                };
                match (lang, size) {
                    (_, None) => told,
                    (Lang::Da, Some(size)) => {
                        format!("{told} Grupper på op til {size} ville være nok.")
                    }
                    (Lang::En, Some(size)) => format!("{told} Groups of up to {size} would do."),
                }
            }
            Self::TooManyCount { criterion, at_most, groups: number, have, size } => {
                let (name, room) = (quoted(criterion), at_most * number);
                let number = groups(*number);
                let told = match (lang, have) {
                    (Lang::Da, _) => format!(
                        "{name} tillader højst {at_most} i hver gruppe. Der bliver højst {number} med plads til {room} i alt, men {} tæller med.",
                        students(*have)
                    ),
                    (Lang::En, _) => format!(
                        "{name} allows at most {at_most} in a group. The sizes make at most {number} with room for {room} in all, but {} {}.",
                        students(*have),
                        if *have == 1 { "counts" } else { "count" }
                    ),
                };
                match (lang, size) {
                    (_, None) => told,
                    (Lang::Da, Some(size)) => {
                        format!("{told} Grupper helt ned til {size} ville være nok.")
                    }
                    (Lang::En, Some(size)) => format!("{told} Groups as small as {size} would do."),
                }
            }
            Self::OnlyOne { criterion, student: index } => match lang {
                Lang::Da => format!(
                    "{} kan ikke overholdes for {}: Ingen andre på holdet har givet det samme svar.",
                    quoted(criterion),
                    student(*index)
                ),
                Lang::En => format!(
                    "{} cannot hold for {}: nobody else in the section gave the same answer.",
                    quoted(criterion),
                    student(*index)
                ),
            },
            Self::TooFewFree { criterion, students: whom, needed } => {
                let (name, all) = (quoted(criterion), names.listed(lang, whom));
                match lang {
                    Lang::Da => format!(
                        "{name} kræver mindst {}, men {all} har selv færre, der tæller med.",
                        count(*needed, "fælles ledigt tidsrum", "fælles ledige tidsrum")
                    ),
                    Lang::En => format!(
                        "{name} asks for at least {}, but {all} {} fewer that count.",
                        count(*needed, "common free slot", "common free slots"),
                        if whom.len() == 1 { "has" } else { "have" }
                    ),
                }
            }
            Self::TooManyApart { criterion, students: whom, groups: number } => {
                let (name, all) = (quoted(criterion), names.listed(lang, whom));
                let (many, number) = (whom.len() as u32, groups(*number));
                match lang {
                    Lang::Da => format!(
                        "{name} holder {many} studerende adskilt fra hinanden ({all}). De kræver {many} grupper, men der kan højst blive {number}."
                    ),
                    Lang::En => format!(
                        "{name} keeps {many} students apart from each other ({all}). They take {many} groups, but there can be at most {number}."
                    ),
                }
            }
            Self::NobodyLeft { criterion, student: index, left, needed } => {
                let (name, whom) = (quoted(criterion), student(*index));
                let partners = match (lang, left) {
                    (Lang::Da, 0) => "ingen mulige makkere".to_owned(),
                    (Lang::Da, 1) => "kun 1 mulig makker".to_owned(),
                    (Lang::Da, _) => format!("kun {left} mulige makkere"),
                    (Lang::En, 0) => "no possible partner".to_owned(),
                    (Lang::En, 1) => "only 1 possible partner".to_owned(),
                    (Lang::En, _) => format!("only {left} possible partners"),
                };
                match lang {
                    Lang::Da => format!(
                        "{name} giver {whom} {partners}, men selv den mindste gruppe kræver {needed}."
                    ),
                    Lang::En => format!(
                        "{name} leaves {whom} {partners}, but even the smallest group takes {needed}."
                    ),
                }
            }
            Self::NumberOfGroups { fewer, most, more, least } => {
                let (fewer, more, most) = (quoted(fewer), quoted(more), groups(*most));
                match lang {
                    Lang::Da => format!(
                        "{fewer} kan højst overholdes i {most}, men {more} kræver mindst {least}."
                    ),
                    Lang::En => {
                        format!(
                            "{fewer} can hold in at most {most}, but {more} takes at least {least}."
                        )
                    }
                }
            }
            Self::TogetherTooLarge { criterion, students: many, max } => match lang {
                Lang::Da => format!(
                    "{} samler {many} studerende i én gruppe, men en gruppe har højst {max} medlemmer.",
                    quoted(criterion)
                ),
                Lang::En => format!(
                    "{} brings {many} students together, but a group has at most {max} members.",
                    quoted(criterion)
                ),
            },
            Self::TogetherAndApart { criterion, first, second } => {
                let both = names.listed(lang, &[*first, *second]);
                match lang {
                    Lang::Da => format!(
                        "{} holder {both} adskilt, men et andet skal-krav samler dem.",
                        quoted(criterion)
                    ),
                    Lang::En => format!(
                        "{} keeps {both} apart, but another must rule brings them together.",
                        quoted(criterion)
                    ),
                }
            }
        }
    }
}
