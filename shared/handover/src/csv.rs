//! Tables for spreadsheets: RFC 4180, in UTF-8 with the mark by which spreadsheets know it.

use serde_json::Value;

/// What tells a spreadsheet that a table is UTF-8.
pub const MARK: &str = "\u{feff}";

/// A cell. What a spreadsheet would take for a formula gets an apostrophe before it: texts come from
/// anybody, and whoever opens the table must not run them.
pub fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let mark = if formula { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

/// A line of cells.
pub fn line<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|text| cell(text.as_ref())).collect();
    format!("{}\r\n", cells.join(","))
}

/// A table under a line of names.
pub fn table<const N: usize>(
    names: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = format!("{MARK}{}", line(names));
    for row in rows {
        table.push_str(&line(row));
    }
    table
}

/// Objects as a table: a column for each member that some object has, in the order of their names.
/// What is no text stands as JSON.
pub fn objects<'a>(objects: impl Iterator<Item = &'a Value> + Clone) -> String {
    let members = objects.clone().filter_map(Value::as_object);
    let names: std::collections::BTreeSet<&str> =
        members.flat_map(|object| object.keys().map(String::as_str)).collect();
    let mut table = format!("{MARK}{}", line(names.iter()));
    for object in objects {
        table.push_str(&line(names.iter().map(|name| plain(&object[*name]))));
    }
    table
}

/// A value as it stands in a cell.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn d5_a_cell_is_no_formula_and_ends_where_it_ends() {
        for (text, written) in [
            ("case 1", "\"case 1\""),
            ("a \"b\", c", "\"a \"\"b\"\", c\""),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@A1", "\"'@A1\""),
            ("", "\"\""),
        ] {
            assert_eq!(cell(text), written);
        }
    }

    #[test]
    fn d4_a_table_has_a_column_for_each_member_of_any_object() {
        let objects = [json!({"a": "=1", "n": 2}), json!({"b": ["x"], "a": "ø"})];
        assert_eq!(
            super::objects(objects.iter()),
            "\u{feff}\"a\",\"b\",\"n\"\r\n\"'=1\",\"\",\"2\"\r\n\"ø\",\"[\"\"x\"\"]\",\"\"\r\n"
        );
    }
}
