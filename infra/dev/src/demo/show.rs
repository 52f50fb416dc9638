//! What the demo prints: response counts, groups, mails, where to look further.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result};
use domain::FormationId;
use domain::cohort::Settings;
use keys::Scope;
use serde_json::Value;

use crate::process::progress;
use crate::service::{Portal, Service};
use crate::stack::Stack;

/// Groups that are printed in full.
const SHOWN_GROUPS: usize = 3;

/// Prints the cohort as the portal's API tells it; returns how many responses are stored.
pub(super) async fn responses(
    service: &Service,
    portal: &Portal,
    settings: &Settings,
) -> Result<u64> {
    let cohort = portal.get(&format!("/api/cohorts/{}", settings.id)).await?;
    println!("GET /api/cohorts/{}", settings.id);
    println!("  students who answered: {}", cohort["responses"]["students"]);
    for section in cohort["responses"]["sections"].as_array().into_iter().flatten() {
        println!("    section {}: {}", plain(&section["section"]), section["students"]);
    }
    println!("  to be deleted on {}", plain(&cohort["delete_on"]));
    let scope = Scope::new(settings.institution.clone(), settings.id.clone());
    Ok(service.count_items(&scope, keys::RESPONSE).await? as u64)
}

/// Prints the formation and its worst groups; returns the number of groups and of broken must rules.
pub(super) async fn groups(
    portal: &Portal,
    settings: &Settings,
    formation: &FormationId,
) -> Result<(u64, u64)> {
    let base = format!("/api/cohorts/{}/formations/{formation}", settings.id);
    let told = portal.get(&base).await?;
    println!("GET {base}");
    println!(
        "  status {}, engine {}, seed {}",
        plain(&told["status"]),
        plain(&told["engine"]),
        plain(&told["seed"])
    );
    for section in told["sections"].as_array().into_iter().flatten() {
        let sentence = &section["explained"][0]["en"];
        println!("  section {}: {}", plain(&section["section"]), plain(sentence));
    }
    let mut groups = portal.list(&format!("{base}/groups")).await?;
    let broken: u64 = groups.iter().map(broken_rules).sum();
    let count = groups.len() as u64;
    groups.sort_by_key(|group| group["score"].as_i64());
    println!(
        "GET {base}/groups: {count} groups, {broken} must rules broken; the {SHOWN_GROUPS} lowest scores:"
    );
    for group in groups.iter().take(SHOWN_GROUPS) {
        println!(
            "  section {} group {}: score {} of 10000",
            plain(&group["section"]),
            group["number"],
            group["score"]
        );
        for member in group["members"].as_array().into_iter().flatten() {
            println!("    {}", plain(&member["name"]));
        }
        for criterion in group["criteria"].as_array().into_iter().flatten() {
            println!("    {:>6}  {}", plain(&criterion["score"]), plain(&criterion["label"]["en"]));
        }
        let slots = group["common_slots"].as_array().map_or(0, Vec::len);
        println!("    {slots} common free hours a week");
        for (whom, sentences) in [("to the contact", "explained"), ("to the members", "told")] {
            for sentence in group[sentences].as_array().into_iter().flatten() {
                println!("    {whom}: {}", plain(&sentence["en"]));
            }
        }
    }
    Ok((count, broken))
}

/// Prints what became of the mails and writes each to a file; returns how many were sent, and how
/// many students got more than one.
pub(super) async fn mails(
    service: &Service,
    portal: &Portal,
    settings: &Settings,
    formation: &FormationId,
) -> Result<(u64, u64)> {
    let path = format!("/api/cohorts/{}/formations/{formation}/messages", settings.id);
    let mut states: BTreeMap<String, u32> = BTreeMap::new();
    for message in portal.list(&path).await? {
        *states.entry(plain(&message["status"])).or_default() += 1;
    }
    println!("GET {path}: {states:?}");
    let folder = service.layout.state(&service.stack.name).join("mails");
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    // The user pool's invitation of the coordinator is a mail too, but not one of ours.
    let sender = service.stack.deployed.parameter("MailFrom")?;
    let mut mails = service.mails().await?;
    mails.retain(|mail| mail.from.contains(sender));
    let mut by_student: BTreeMap<&str, u64> = BTreeMap::new();
    for (number, mail) in mails.iter().enumerate() {
        for to in &mail.to {
            *by_student.entry(to).or_default() += 1;
        }
        let body = mail.html.as_deref().unwrap_or(&mail.text);
        fs::write(folder.join(format!("{:03}.html", number + 1)), body)?;
    }
    if let Some(mail) = mails.first() {
        println!("the first of {} mails:", mails.len());
        println!(
            "  From: {}\n  To: {}\n  Subject: {}\n",
            mail.from,
            mail.to.join(", "),
            mail.subject
        );
        for line in mail.text.lines() {
            println!("  {line}");
        }
    }
    progress(format!("all {} mails as HTML: {}", mails.len(), folder.display()));
    let twice = by_student.values().filter(|count| **count > 1).count() as u64;
    Ok((mails.len() as u64, twice))
}

/// Prints where the running stack can be reached.
pub(super) fn farewell(service: &Service) -> Result<()> {
    let described = Stack::described(&service.layout, &service.stack.name)?
        .context("the stack is not described")?;
    let sample = described.sample.context("the sample is not described")?;
    progress(format!("API      {}", described.api_url));
    progress(format!("portal   {}", described.portal_url));
    progress(format!("webhook  {}", described.webhook_url));
    progress(format!(
        "login    {} / {} (TOTP secret {})",
        sample.login.user, sample.login.password, sample.login.totp_secret
    ));
    progress(format!(
        "try it   curl -H \"Authorization: Bearer $TOKEN\" {}/cohorts",
        described.api_url
    ));
    progress(format!(
        "details  {} (the token is there)",
        service.layout.description(&service.stack.name).display()
    ));
    progress("Ctrl-C stops the stack");
    Ok(())
}

/// How many must rules a group breaks.
fn broken_rules(group: &Value) -> u64 {
    let criteria = group["criteria"].as_array().map_or(&[][..], Vec::as_slice);
    criteria.iter().filter(|criterion| criterion["must_broken"] == true).count() as u64
}

/// A JSON string without its quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
