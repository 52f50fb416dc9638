//! DynamoDB's condition and update expressions, as far as `store` uses them. What it does not know
//! it refuses with a panic, so that no test passes on a misread condition.

use std::cmp::Ordering;
use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::table::Item;

/// Placeholders of names.
pub(crate) type Names = HashMap<String, String>;
/// Placeholders of values.
pub(crate) type Values = HashMap<String, AttributeValue>;

struct Reader<'a> {
    tokens: Vec<String>,
    at: usize,
    item: Option<&'a Item>,
    names: &'a Names,
    values: &'a Values,
}

/// Whether a condition holds for an item, or for the lack of one.
pub(crate) fn holds(
    condition: Option<&str>,
    item: Option<&Item>,
    names: &Names,
    values: &Values,
) -> bool {
    let Some(condition) = condition else { return true };
    let mut reader = Reader { tokens: tokens(condition), at: 0, item, names, values };
    let held = reader.any();
    assert_eq!(reader.at, reader.tokens.len(), "the rest of `{condition}` is not understood");
    held
}

fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let word = |c: char| c.is_ascii_alphanumeric() || "_#:.".contains(c);
    for c in text.chars() {
        let joins = |last: char| (word(c) && word(last)) || (c == '=' && "<>".contains(last));
        match found.last_mut() {
            Some(last) if last.ends_with(joins) => last.push(c),
            _ if c == ' ' => found.push(String::new()),
            _ => found.push(c.to_string()),
        }
    }
    found.retain(|token| !token.is_empty());
    found
}

impl Reader<'_> {
    fn next(&mut self) -> String {
        self.at += 1;
        self.tokens[self.at - 1].clone()
    }

    fn takes(&mut self, token: &str) -> bool {
        let is = self.tokens.get(self.at).is_some_and(|next| next == token);
        self.at += usize::from(is);
        is
    }

    fn any(&mut self) -> bool {
        let mut held = self.all();
        while self.takes("OR") {
            held |= self.all();
        }
        held
    }

    fn all(&mut self) -> bool {
        let mut held = self.one();
        while self.takes("AND") {
            held &= self.one();
        }
        held
    }

    fn one(&mut self) -> bool {
        if self.takes("(") {
            let held = self.any();
            assert!(self.takes(")"));
            return held;
        }
        let word = self.next();
        if word == "attribute_exists" || word == "attribute_not_exists" {
            assert!(self.takes("("));
            let name = self.next();
            assert!(self.takes(")"));
            return self.value(&name).is_some() == (word == "attribute_exists");
        }
        let left = self.value(&word);
        let operator = self.next();
        if operator == "IN" {
            assert!(self.takes("("));
            let mut held = false;
            loop {
                let choice = self.next();
                held |= left.is_some() && left == self.value(&choice);
                if self.takes(")") {
                    return held;
                }
                assert!(self.takes(","));
            }
        }
        let right = self.next();
        let right = self.value(&right).expect("the value is given");
        if operator == "=" {
            return left.is_some_and(|left| left == right);
        }
        let Some(order) = left.map(|left| compare(&left, &right)) else { return false };
        match operator.as_str() {
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            _ => panic!("`{operator}` is not understood"),
        }
    }

    fn value(&self, word: &str) -> Option<AttributeValue> {
        if word.starts_with(':') {
            return Some(self.values[word].clone());
        }
        let mut path = name(word, self.names).split('.');
        let mut value = self.item?.get(path.next()?)?;
        for member in path {
            value = value.as_m().ok()?.get(member)?;
        }
        Some(value.clone())
    }
}

fn name<'a>(word: &'a str, names: &'a Names) -> &'a str {
    if word.starts_with('#') { &names[word] } else { word }
}

fn compare(a: &AttributeValue, b: &AttributeValue) -> Ordering {
    match (a, b) {
        (AttributeValue::S(a), AttributeValue::S(b)) => a.cmp(b),
        (AttributeValue::N(a), AttributeValue::N(b)) => {
            a.parse::<i128>().unwrap().cmp(&b.parse().unwrap())
        }
        _ => panic!("only texts and whole numbers are compared"),
    }
}

/// Applies an update.
pub(crate) fn update(expression: &str, item: &mut Item, names: &Names, values: &Values) {
    let (set, remove) = expression.split_once("REMOVE").unwrap_or((expression, ""));
    let set = set.trim();
    if !set.is_empty() {
        let assignments = set.strip_prefix("SET ").expect("an update begins with SET or REMOVE");
        let mut assignments = assignments.split(',').peekable();
        while let Some(assignment) = assignments.next() {
            // The second half of `#name = if_not_exists(#name, :first_name)`.
            if assignment.trim().starts_with(":first_") {
                continue;
            }
            if assignments.next_if(|half| half.trim() == ":zero) + :one").is_some() {
                // `#name = if_not_exists(#name, :zero) + :one` counts up.
                let (left, _) = assignment.split_once('=').expect("an assignment");
                let counted = item.entry(name(left.trim(), names).to_owned());
                let known = counted.or_insert_with(|| values[":zero"].clone());
                let next = known.as_n().unwrap().parse::<u64>().unwrap() + 1;
                *known = AttributeValue::N(next.to_string());
                continue;
            }
            let (left, right) = assignment.split_once('=').expect("an assignment");
            let left = name(left.trim(), names);
            let only_first = right.trim().starts_with("if_not_exists(");
            let place = if only_first { format!(":first_{left}") } else { right.trim().to_owned() };
            if !(only_first && item.contains_key(left)) {
                item.insert(left.to_owned(), values[&place].clone());
            }
        }
    }
    for removed in remove.split(',').map(str::trim).filter(|removed| !removed.is_empty()) {
        item.remove(name(removed, names));
    }
}
