//! DynamoDB's expressions, as far as the store uses them.

use std::cmp::Ordering;
use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The second half of `#name = if_not_exists(#name, :zero) + :one`.
const COUNTED: &str = ":zero) + :one";

/// What an expression's placeholders stand for.
#[derive(Clone, Copy)]
pub(crate) struct Placeholders<'a> {
    pub(crate) names: Option<&'a HashMap<String, String>>,
    pub(crate) values: Option<&'a Item>,
}

impl<'a> Placeholders<'a> {
    fn name(&self, token: &'a str) -> &'a str {
        match token.strip_prefix('#') {
            Some(_) => &self.names.and_then(|names| names.get(token)).expect("a known name")[..],
            None => token,
        }
    }

    fn value(&self, token: &'a str, item: &'a Item) -> Option<&'a AttributeValue> {
        match token.strip_prefix(':') {
            Some(_) => {
                Some(self.values.and_then(|values| values.get(token)).expect("a known value"))
            }
            None => self.place(token, item),
        }
    }

    /// What stands at a place, which may lie inside an attribute: `#a.#b`.
    fn place(&self, path: &'a str, item: &'a Item) -> Option<&'a AttributeValue> {
        let mut names = path.split('.').map(|name| self.name(name));
        let first = item.get(names.next()?)?;
        names.try_fold(first, |value, name| value.as_m().ok()?.get(name))
    }

    /// The map that a path's last name stands in, and that name.
    fn inside<'i>(&self, path: &'a str, item: &'i mut Item) -> (&'i mut Item, &'a str) {
        let (outer, last) = path.rsplit_once('.').map_or(("", path), |parts| parts);
        let names = outer.split('.').filter(|name| !name.is_empty());
        let inner = names.fold(item, |map, name| match map.get_mut(self.name(name)) {
            Some(AttributeValue::M(inner)) => inner,
            _ => panic!("{path}: DynamoDB makes no maps by itself"),
        });
        (inner, self.name(last))
    }

    /// Whether a condition holds for an item; an absent item is empty.
    pub(crate) fn holds(&self, condition: &'a str, item: &'a Item) -> bool {
        let tokens = tokens(condition);
        let mut parser = Parser { tokens: &tokens, at: 0, places: *self, item };
        let holds = parser.any();
        assert_eq!(parser.at, tokens.len(), "not understood: {condition}");
        holds
    }

    /// Applies an update.
    pub(crate) fn update(&self, update: &'a str, item: &mut Item) {
        let (set, remove) = match update.split_once("REMOVE ") {
            Some((set, remove)) => (set, remove),
            None => (update, ""),
        };
        for part in
            set.trim().trim_start_matches("SET ").split(", ").filter(|part| !part.is_empty())
        {
            // The second half of `#name = if_not_exists(#name, :first_name)`, or of a count.
            if part.starts_with(":first_") || part == COUNTED {
                continue;
            }
            let (name, value) = part.split_once(" = ").expect("an assignment");
            let (item, name) = self.inside(name, item);
            if update.contains(&format!("{part}, {COUNTED}")) {
                let now = item.get(name).and_then(|value| value.as_n().ok()?.parse().ok());
                let next = now.unwrap_or(0_u64) + 1;
                item.insert(name.to_owned(), AttributeValue::N(next.to_string()));
                continue;
            }
            let only_first = value.starts_with("if_not_exists(");
            let place = if only_first { format!(":first_{name}") } else { value.to_owned() };
            let value = self.values.and_then(|values| values.get(&place)).expect("a known value");
            if !(only_first && item.contains_key(name)) {
                item.insert(name.to_owned(), value.clone());
            }
        }
        for name in remove.split(", ").filter(|name| !name.is_empty()) {
            let (item, name) = self.inside(name, item);
            item.remove(name);
        }
    }

    /// The attributes that a projection keeps.
    pub(crate) fn project(&self, projection: Option<&'a str>, item: &Item) -> Item {
        let Some(projection) = projection else { return item.clone() };
        let names = projection.split(", ").map(|name| self.name(name));
        names.filter_map(|name| Some((name.to_owned(), item.get(name)?.clone()))).collect()
    }
}

fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let word = |c: char| c.is_ascii_alphanumeric() || "#:_.".contains(c);
        let length = match rest.find(|c| !word(c)).unwrap_or(rest.len()) {
            0 if ["<=", ">=", "<>"].iter().any(|two| rest.starts_with(two)) => 2,
            0 => 1,
            length => length,
        };
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    found
}

struct Parser<'a> {
    tokens: &'a [&'a str],
    at: usize,
    places: Placeholders<'a>,
    item: &'a Item,
}

impl<'a> Parser<'a> {
    fn take(&mut self) -> &'a str {
        self.at += 1;
        self.tokens[self.at - 1]
    }

    fn takes(&mut self, token: &str) -> bool {
        let is = self.tokens.get(self.at) == Some(&token);
        self.at += usize::from(is);
        is
    }

    fn any(&mut self) -> bool {
        let mut holds = self.all();
        while self.takes("OR") {
            holds |= self.all();
        }
        holds
    }

    fn all(&mut self) -> bool {
        let mut holds = self.one();
        while self.takes("AND") {
            holds &= self.one();
        }
        holds
    }

    fn one(&mut self) -> bool {
        if self.takes("(") {
            let holds = self.any();
            assert!(self.takes(")"));
            return holds;
        }
        let first = self.take();
        if self.takes("(") {
            return self.function(first);
        }
        let left = self.places.value(first, self.item);
        let operator = self.take();
        if operator == "IN" {
            assert!(self.takes("("));
            let mut holds = false;
            loop {
                let right = self.take();
                holds |= left.is_some() && left == self.places.value(right, self.item);
                if self.takes(")") {
                    return holds;
                }
                assert!(self.takes(","));
            }
        }
        let right = self.take();
        let right = self.places.value(right, self.item);
        let order = left.zip(right).and_then(|(left, right)| compare(left, right));
        order.is_some_and(|order| match operator {
            "=" => order.is_eq(),
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            ">" => order.is_gt(),
            ">=" => order.is_ge(),
            "<>" => order.is_ne(),
            other => panic!("operator {other}"),
        })
    }

    fn function(&mut self, name: &str) -> bool {
        let attribute = self.take();
        let value = self.places.value(attribute, self.item);
        let holds = match name {
            "attribute_exists" => value.is_some(),
            "attribute_not_exists" => value.is_none(),
            "begins_with" => {
                assert!(self.takes(","));
                let prefix = self.take();
                let prefix = self.places.value(prefix, self.item).and_then(|v| v.as_s().ok());
                let text = value.and_then(|value| value.as_s().ok());
                text.zip(prefix).is_some_and(|(text, prefix)| text.starts_with(prefix))
            }
            other => panic!("function {other}"),
        };
        assert!(self.takes(")"));
        holds
    }
}

fn compare(left: &AttributeValue, right: &AttributeValue) -> Option<Ordering> {
    match (left, right) {
        (AttributeValue::S(left), AttributeValue::S(right)) => Some(left.cmp(right)),
        (AttributeValue::N(left), AttributeValue::N(right)) => {
            left.parse::<f64>().ok()?.partial_cmp(&right.parse::<f64>().ok()?)
        }
        (left, right) => (left == right).then_some(Ordering::Equal),
    }
}
