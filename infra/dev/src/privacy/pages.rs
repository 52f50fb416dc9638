//! The documents, as Markdown.

use std::collections::BTreeMap;

use super::source::{Duty, Place, Source};

const NOTE: &str = "<!-- Written by `cargo dev privacy` from docs/privacy.json; change that. -->\n";

/// `docs/privacy.md`: duties with code and tests, and the data map.
pub(super) fn privacy(source: &Source) -> String {
    let mut page = format!(
        "{NOTE}\n# Privacy: each duty, what carries it, what shows it\n\n\
         The clauses are those of the data processing agreement (A) and the privacy policy (P), and of \
         two comparable processors' documents (B, C). Requirement ids stand in the names of tests: \
         `cargo dev test` runs all of them, `cargo dev test --only d2_` some on the running stack. \
         [Record of processing](record-of-processing.md) is written from the same source.\n\n\
         ## Duties\n\n| clause | duty | ids | code | shown by |\n|---|---|---|---|---|\n"
    );
    for duty in &source.duties {
        row(
            &mut page,
            &[&duty.clause, &duty.duty, &duty.requirements.join(", "), &code(duty), &shown(duty)],
        );
    }
    page.push_str("\n## Tests by requirement\n\n| requirement | tests |\n|---|---|\n");
    let mut by_id: BTreeMap<(String, u32), Vec<&str>> = BTreeMap::new();
    for test in source.duties.iter().flat_map(|duty| &duty.tests) {
        let id = test.split('_').next().unwrap_or_default();
        let (letter, number) = id.split_at(1);
        let key = (letter.to_uppercase(), number.parse().unwrap_or(0));
        by_id.entry(key).or_default().push(test);
    }
    for ((letter, number), mut tests) in by_id {
        tests.sort_unstable();
        tests.dedup();
        let tests: Vec<String> = tests.into_iter().map(|test| format!("`{test}`")).collect();
        row(&mut page, &[&format!("{letter}{number}"), &tests.join(", ")]);
    }
    page.push_str(
        "\n## Data map\n\nEvery place that holds personal data, and the places beside them that hold none. \
         Keys stand in `shared/keys`; a test finds a kind of key that is not in this table.\n\n",
    );
    map(&mut page, source.places.iter());
    page
}

/// `docs/record-of-processing.md`: article 30(2).
pub(super) fn record(source: &Source) -> String {
    let processing = &source.processing;
    let mut page = format!(
        "{NOTE}\n# Record of processing activities of the processor\n\nArticle 30(2) of Regulation (EU) 2016/679.\n\n\
         ## (a) Processor and controllers\n\n{}\n\n{}\n\n## (b) Categories of processing\n\n",
        processing.processor, processing.controllers
    );
    for category in &processing.categories {
        list(&mut page, category);
    }
    page.push_str("\nWhose data it is:\n\n");
    for people in &processing.people {
        list(&mut page, people);
    }
    page.push_str("\n## (c) Transfers to third countries\n\n");
    page.push_str(&processing.transfers);
    page.push_str("\n\n");
    page.push_str("The register of sub-processors, with address, location and transfer basis of each, is public at `/subprocessors` of the installation. In it:\n\n");
    page.push_str("| who | where | transfer |\n|---|---|---|\n");
    for entry in &subprocessors::register().entries {
        row(&mut page, &[&entry.name, &entry.location.en, &entry.transfer.en]);
    }
    page.push_str("\n## (d) Technical and organisational measures (article 32)\n\n| aim | measure |\n|---|---|\n");
    for measure in &processing.measures {
        row(&mut page, &[&measure.aim, &measure.measure]);
    }
    page.push_str("\n## Where the data lies and how long\n\n");
    map(&mut page, source.places.iter().filter(|place| !place.people.is_empty()));
    page
}

fn map<'a>(page: &mut String, places: impl Iterator<Item = &'a Place>) {
    page.push_str("| store | what | key | whose | which data | what for | how long | who deletes |\n|---|---|---|---|---|---|---|---|\n");
    for place in places {
        let keys: Vec<String> = place.keys().map(|key| format!("`{key}`")).collect();
        let people = if place.people.is_empty() { "nobody's" } else { &place.people };
        row(
            page,
            &[
                &place.store,
                &place.name,
                &keys.join(", "),
                people,
                &place.holds,
                &place.purpose,
                &place.kept,
                &place.deleted_by,
            ],
        );
    }
}

fn code(duty: &Duty) -> String {
    let links: Vec<String> = duty.code.iter().map(|path| format!("[{path}](../{path})")).collect();
    links.join(", ")
}

fn shown(duty: &Duty) -> String {
    let mut shown: Vec<String> = duty.tests.iter().map(|test| format!("`{test}`")).collect();
    if let Some(organised) = &duty.organised {
        shown.push(format!("*organised:* {organised}"));
    }
    shown.join(", ")
}

fn row(page: &mut String, cells: &[&str]) {
    for cell in cells {
        page.push_str("| ");
        page.push_str(&cell.replace('|', "\\|").replace('\n', " "));
        page.push(' ');
    }
    page.push_str("|\n");
}

fn list(page: &mut String, item: &str) {
    page.push_str("- ");
    page.push_str(item);
    page.push('\n');
}
