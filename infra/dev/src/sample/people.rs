//! Names for invented students. Common first and last names, put together by chance.

use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

const FIRST: [&str; 64] = [
    "Ida", "Emma", "Sofie", "Freja", "Alma", "Clara", "Anna", "Laura", "Maja", "Nora", "Signe",
    "Mathilde", "Astrid", "Liv", "Josefine", "Caroline", "Amina", "Fatima", "Lærke", "Åse", "Zoë",
    "Mei", "Priya", "Olga", "Elif", "Chiara", "Ingrid", "Solveig", "Karla", "Rosa", "Tuva",
    "Yasmin", "Noah", "William", "Oscar", "Lucas", "Victor", "Malthe", "Emil", "Aksel", "Magnus",
    "Frederik", "Anton", "Elias", "Søren", "Jørgen", "Mikkel", "Rasmus", "Jonas", "Bjørn", "Omar",
    "Yusuf", "Arjun", "Wei", "Mateusz", "Luca", "Pablo", "Émile", "Kasper", "Tobias", "Asger",
    "Villads", "Storm", "Sigurd",
];

const LAST: [&str; 56] = [
    "Nielsen",
    "Jensen",
    "Hansen",
    "Pedersen",
    "Andersen",
    "Christensen",
    "Larsen",
    "Sørensen",
    "Rasmussen",
    "Jørgensen",
    "Petersen",
    "Madsen",
    "Kristensen",
    "Olsen",
    "Thomsen",
    "Poulsen",
    "Johansen",
    "Knudsen",
    "Mortensen",
    "Møller",
    "Holm",
    "Lund",
    "Kjær",
    "Dahl",
    "Bach",
    "Skov",
    "Friis",
    "Vestergaard",
    "Østergaard",
    "Bødker",
    "Ahmed",
    "Khan",
    "Ali",
    "Yilmaz",
    "Nguyen",
    "Kowalski",
    "Rossi",
    "García",
    "Müller",
    "Singh",
    "Chen",
    "Hassan",
    "Ivanova",
    "Silva",
    "Dubois",
    "O'Brien",
    "Björk",
    "Halvorsen",
    "Lindqvist",
    "Virtanen",
    "Jónsdóttir",
    "Tamm",
    "Novák",
    "Horvat",
    "Popescu",
    "Papadopoulou",
];

/// A name, e.g. `Ida`, `Møller`.
pub fn name(dice: &mut ChaCha8Rng) -> (&'static str, &'static str) {
    (FIRST.choose(dice).expect("there are names"), LAST.choose(dice).expect("there are names"))
}

/// A mailbox name made of a name: lower-case ASCII, as most universities make it.
pub fn mailbox(first: &str, last: &str, number: usize) -> String {
    format!("{}.{}{number}", ascii(first), ascii(last))
}

fn ascii(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .map(|c| match c {
            'æ' | 'ä' => "ae".to_owned(),
            'ø' | 'ö' => "oe".to_owned(),
            'å' => "aa".to_owned(),
            'é' | 'ë' | 'É' => "e".to_owned(),
            'í' => "i".to_owned(),
            'ó' => "o".to_owned(),
            'á' => "a".to_owned(),
            'ü' => "u".to_owned(),
            c if c.is_ascii_alphanumeric() => c.to_string(),
            _ => String::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_makes_a_mailbox() {
        for first in FIRST {
            for last in LAST {
                let address = format!("{}@student.example.edu", mailbox(first, last, 7));
                assert!(domain::Email::parse(&address).is_ok(), "{address}");
            }
        }
    }
}
