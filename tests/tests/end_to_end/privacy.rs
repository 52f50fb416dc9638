//! Who looked at what, and where personal data must not be (D5, D10).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests::cohort::small_with_mail;
use tests::run;

#[test]
fn d5_every_look_at_personal_data_is_recorded() -> Result<()> {
    run(async |world| {
        // Of its own: at the end a right is taken away from all who call for it.
        let institution = world.another_institution().await?;
        let cohort = world
            .cohort("audited", |settings| {
                small_with_mail(settings);
                settings.institution = institution.clone();
            })
            .await?;
        let students = cohort.answered_by(4).await?;
        let contact = world.contact(&institution, "coordinator").await?;
        let api = &contact.api;
        let started = api.post(&cohort.path("/formations"), &[]).await?;
        let formation = started.body["formation"].as_str().context("a formation")?;
        let formation = domain::FormationId::parse(formation)?;
        cohort.await_status(&formation, "published").await?;
        cohort.await_mails(4).await?;
        api.list(&cohort.path("/students")).await?;
        api.list(&cohort.path("/quarantine")).await?;
        api.list(&cohort.path(&format!("/formations/{formation}/groups"))).await?;
        api.list(&cohort.path(&format!("/formations/{formation}/messages"))).await?;

        let trail = world.audit(&institution).await?;
        let own =
            trail.iter().filter(|entry| entry["actor"]["M"]["contact"]["S"] == contact.id.as_str());
        let found: BTreeMap<&str, &Value> =
            own.filter_map(|entry| Some((entry["action"]["S"].as_str()?, entry))).collect();
        let actions: BTreeSet<&str> = found.keys().copied().collect();
        let expected = [
            "formations.start",
            "groups.list",
            "messages.list",
            "quarantine.list",
            "students.list",
        ];
        ensure!(actions == expected.into(), "{actions:?}");
        for (action, entry) in &found {
            ensure!(entry["cohort"]["S"] == cohort.settings.id.as_str(), "{entry}");
            ensure!(entry["request"]["S"].as_str().is_some_and(|id| !id.is_empty()), "{entry}");
            ensure!(entry["at"]["S"].is_string(), "{entry}");
            let subjects = if *action == "quarantine.list" { "0" } else { "4" };
            ensure!(entry["subjects"]["N"] == subjects, "{entry}");
            for student in &students {
                ensure!(!entry.to_string().contains(&student.email), "ids only: {entry}");
            }
        }
        // Who cannot be recorded gets no personal data.
        let table = world.service.stack.deployed.output("AuditTable")?;
        let table = format!("arn:aws:dynamodb:*:*:table/{table}");
        let path = cohort.path("/students");
        let partition = keys::institution_partition(&institution);
        let read = async || api.status(&path).await;
        let put = ["dynamodb:PutItem"];
        let refused =
            world.without_right("portal-api", &put, &table, Some(&partition), read).await?;
        ensure!(refused == 503, "answered {refused}");
        Ok(())
    })
}

#[test]
fn d5_no_function_may_change_or_delete_in_the_audit_trail() -> Result<()> {
    run(async |world| {
        let table = world.service.stack.deployed.output("AuditTable")?;
        let mut writers = BTreeSet::new();
        for function in world.service.layout.functions()? {
            let policies = world.policies(&function).await?;
            // What anybody may call may do nothing.
            let rightless =
                ["portal-web", "public-pages", "sign-in-gate"].contains(&function.as_str());
            ensure!(policies.is_empty() == rightless, "{function} has {policies:?}");
            let statements = policies
                .iter()
                .flat_map(|policy| policy["Statement"].as_array().into_iter().flatten());
            for statement in statements {
                let resources = statement["Resource"].to_string();
                let actions = texts(&statement["Action"]);
                let table_actions = actions
                    .iter()
                    .filter(|action| action.starts_with("dynamodb:") || *action == "*");
                for action in table_actions {
                    if resources.contains(table)
                        || resources.contains("\"*\"")
                        || resources.contains("table/*")
                    {
                        let adds = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"];
                        ensure!(adds.contains(&action.as_str()), "{function} may {action}");
                        writers.insert(function.clone());
                    }
                }
            }
        }
        ensure!(
            writers
                == [
                    "confirmation",
                    "erasure-steps",
                    "formation-steps",
                    "institution-export",
                    "mail-events",
                    "mailer",
                    "mailing-clock",
                    "onboarding",
                    "portal-api",
                    "quarantine-reprocess",
                    "retention-sweep",
                ]
                .map(str::to_owned)
                .into(),
            "{writers:?}"
        );
        Ok(())
    })
}

#[test]
fn d10_functions_reach_only_the_partitions_that_they_need() -> Result<()> {
    run(async |world| {
        let table = world.service.stack.deployed.output("AppTable")?;
        let (contact, form, institution) = ("CONTACT#sub", "FORM#form", "INS#none");
        let (cohort, mail) = ("INS#none#COH#none", "INS#none#MAIL");
        let (contacts, register) = ("INS#none#CONTACTS", "INS#none#REGISTER");
        // Where each may read, where it may write, and where it may not. Nothing is there under these keys.
        let rights = [
            (
                "typeform-webhook",
                [form, "UNASSIGNED"],
                [cohort, "UNASSIGNED"],
                contact,
                institution,
            ),
            // A trial of a mailing goes to the contact who asked for it.
            ("mailer", [contact, cohort], [cohort, mail], form, institution),
            ("mail-events", [institution, cohort], [cohort, mail], contact, institution),
            // Whoever planned a mailing may still have to send it.
            ("mailing-clock", [contact, cohort], [cohort, cohort], register, institution),
            ("portal-api", [contact, "UNASSIGNED"], [cohort, cohort], form, contact),
            ("formation-steps", [institution, cohort], [institution, cohort], register, contacts),
            ("erasure-steps", [institution, mail], [cohort, contacts], "INSTITUTIONS", register),
        ];
        for (function, reads, writes, unread, unwritten) in rights {
            let aws = world.aws_with_rights_of(function).await?;
            let mut calls = vec![("get-item", unread, false), ("update-item", unwritten, false)];
            calls.extend(reads.map(|partition| ("get-item", partition, true)));
            calls.extend(writes.map(|partition| ("update-item", partition, true)));
            calls.dedup();
            for (operation, partition, may) in calls {
                let key = json!({ "pk": { "S": partition }, "sk": { "S": "none" } }).to_string();
                let mut call = aws();
                call.args(["dynamodb", operation, "--table-name", table, "--key", &key]);
                if operation == "update-item" {
                    // Allowed or not, it changes nothing.
                    call.args(["--update-expression", "REMOVE a"]);
                    call.args(["--condition-expression", "attribute_exists(pk)"]);
                }
                let ended = call.output().await?;
                let told = String::from_utf8_lossy(&ended.stderr);
                let case = format!("{function} {operation} {partition}: {told}");
                ensure!(told.contains("AccessDenied") != may, "{case}");
                let unmet = told.contains("ConditionalCheckFailed");
                ensure!(!may || ended.status.success() || unmet, "{case}");
            }
        }
        Ok(())
    })
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}
