//! Conflicts, reasons and results in sentences, Danish and English.
//!
//! The engine knows criteria by id and students by index; [`Names`] says what to call them. All
//! sentences of one kind stand side by side in both languages.

mod conflict;
mod reason;

/// A language of the sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Danish.
    Da,
    /// English.
    En,
}

/// What criteria and students are called in sentences.
#[derive(Clone, Copy)]
pub struct Names<'n> {
    /// By the criterion's id.
    pub criterion: &'n dyn Fn(&str) -> String,
    /// By the student's index.
    pub student: &'n dyn Fn(u32) -> String,
}

impl Names<'static> {
    /// Criteria by their ids, students by number, the first being 1.
    pub const PLAIN: Self =
        Names { criterion: &|id| id.to_owned(), student: &|index| format!("#{}", index + 1) };
}

impl Names<'_> {
    /// A criterion's name in the language's quotation marks.
    fn quoted(&self, lang: Lang, id: &str) -> String {
        let name = (self.criterion)(id);
        match lang {
            Lang::Da => format!("»{name}«"),
            Lang::En => format!("“{name}”"),
        }
    }

    /// Students in a row, the first of them if they are many.
    fn listed(&self, lang: Lang, students: &[u32]) -> String {
        let shown = if students.len() > LISTED { LISTED - 1 } else { students.len() };
        let mut names: Vec<String> =
            students[..shown].iter().map(|&index| (self.student)(index)).collect();
        match (lang, students.len() - shown) {
            (_, 0) => {}
            (Lang::Da, more) => names.push(format!("{more} til")),
            (Lang::En, more) => names.push(format!("{more} more")),
        }
        row(lang, &names)
    }
}

/// More students than this are not listed one by one.
const LISTED: usize = 12;

/// "a", "a and b", "a, b and c".
fn row(lang: Lang, items: &[String]) -> String {
    let and = match lang {
        Lang::Da => "og",
        Lang::En => "and",
    };
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
    }
}

/// A number with its noun.
fn count(number: u32, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// Points of 100 from a score of 0 to 10,000.
fn points(score: u16) -> u32 {
    (u32::from(score) + 50) / 100
}

/// Points of 100 from an objective in thousandths of a point of 10,000.
fn objective_points(objective: u32) -> u32 {
    (objective + 50_000) / 100_000
}

#[cfg(test)]
mod tests;
