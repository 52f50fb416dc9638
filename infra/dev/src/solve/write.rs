//! The two forms of the result.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::result::Formed;

/// Turns a result into a file's contents.
type Writer = fn(&Formed) -> Result<Vec<u8>>;

/// The writer that a file's extension asks for.
pub(super) fn by_extension(path: &Path) -> Result<Writer> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => Ok(json),
        Some("csv") => Ok(csv),
        _ => bail!("{}: the name must end in .csv or .json", path.display()),
    }
}

fn json(formed: &Formed) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(formed).context("the result serialises")?;
    text.push(b'\n');
    Ok(text)
}

/// A line per student; the columns of criteria are those of all sections.
fn csv(formed: &Formed) -> Result<Vec<u8>> {
    let mut criteria: Vec<&str> = Vec::new();
    for criterion in formed.sections.iter().flat_map(|section| &section.criteria) {
        if !criteria.contains(&criterion.as_str()) {
            criteria.push(criterion);
        }
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = ["section", "group", "student", "group_score"];
    let tail = ["must_broken", "common_hours", "reason", "reason_for_students"];
    writer.write_record(head.iter().chain(&criteria).chain(&tail))?;
    for section in &formed.sections {
        for group in &section.groups {
            for member in &group.members {
                let mut record = vec![
                    section.section.to_string(),
                    group.number.to_string(),
                    member.clone(),
                    group.score.to_string(),
                ];
                let score = |id: &&str| group.scores.get(*id).map(u16::to_string);
                record.extend(criteria.iter().map(|id| score(id).unwrap_or_default()));
                record.push(group.must_broken.join(" "));
                record.push(group.common_hours.clone());
                record.push(group.reason.clone());
                record.push(group.reason_for_students.clone());
                writer.write_record(&record)?;
            }
        }
    }
    writer.into_inner().context("writing to memory succeeds")
}
