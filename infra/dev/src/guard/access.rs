//! Who may do what.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Report;
use super::subject::{Subject, list, references, texts};

/// Resources whose properties hold policies of identities.
const IDENTITY_POLICIES: [&str; 3] =
    ["AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"];

/// The `Allow` statements of a resource's policies.
pub(super) fn allowed(properties: &Value) -> Vec<&Value> {
    let mut documents = vec![&properties["PolicyDocument"], &properties["KeyPolicy"]];
    documents
        .extend(list(&properties["Policies"]).into_iter().map(|policy| &policy["PolicyDocument"]));
    let statements = documents.into_iter().flat_map(|document| list(&document["Statement"]));
    statements.filter(|statement| statement["Effect"] == "Allow").collect()
}

/// No action stands for others, except that the account administers its key.
pub(super) fn named_actions(subject: &Subject, report: &mut Report) {
    for (name, kind, properties) in subject.resources() {
        for statement in allowed(properties) {
            let administers = kind == "AWS::KMS::Key"
                && statement["Principal"]["AWS"]["Fn::Sub"]
                    .as_str()
                    .is_some_and(|principal| principal.ends_with(":root"));
            let wide = texts(&statement["Action"]).into_iter().any(|action| action.contains('*'));
            let excludes = !statement["NotAction"].is_null();
            report.require(!(wide || excludes) || administers, name, "an action is a pattern");
        }
    }
}

/// `*` as a resource only for actions that know no narrower one; never `NotResource`.
pub(super) fn named_resources(subject: &Subject, report: &mut Report) {
    for (name, kind, properties) in subject.resources() {
        if !IDENTITY_POLICIES.contains(&kind) {
            continue;
        }
        for statement in allowed(properties) {
            report.require(statement["NotResource"].is_null(), name, "a statement has NotResource");
            if !texts(&statement["Resource"]).contains(&"*") {
                continue;
            }
            for action in texts(&statement["Action"]) {
                let known = subject.policy.actions_without_resource.contains_key(action);
                report.require(known, name, &format!("{action} is allowed on every resource"));
            }
        }
    }
}

/// Managed policies are those that SAM adds.
pub(super) fn known_managed_policies(subject: &Subject, report: &mut Report) {
    for (name, properties) in subject.of("AWS::IAM::Role") {
        for policy in list(&properties["ManagedPolicyArns"]) {
            let arn = policy.as_str().unwrap_or("one given by a function");
            let known = subject.policy.managed_policies.contains_key(arn);
            report.require(known, name, &format!("managed policy {arn} is not on the list"));
        }
    }
}

/// A function reaches only the partitions of the application's table that its statements name: a condition on the
/// partition key. The indices hold keys only, and one partition each, so that a query of one needs none; but for
/// `deadline`, which holds lists of several functions. And it reaches the
/// table that is served, by the name that the parameter `ServedTable` gives it after a restore.
pub(super) fn named_partitions(subject: &Subject, report: &mut Report) {
    for (name, properties) in subject.of("AWS::IAM::Role") {
        for statement in allowed(properties) {
            let of_table = |at: &&&Value| {
                let arn = at["Fn::Sub"].as_str().unwrap_or_default();
                let is_index = arn.contains("/index/") && !arn.ends_with("/index/deadline");
                references(at).contains("AppTable") && !is_index
            };
            let resources = list(&statement["Resource"]);
            let tables: Vec<&&Value> = resources.iter().filter(of_table).collect();
            let Some(table) = tables.first() else { continue };
            if super::backup::is_backups_own(properties) {
                continue;
            }
            let served = table["Fn::Sub"].as_str().is_some_and(|arn| {
                let arn = arn.trim_end_matches("/index/deadline");
                arn == "${AppTable.Arn}${ServedTable}" || arn == "${AppTable.Arn}-restored*"
            });
            report.require(served, name, "reaches AppTable by another name than the served one");
            let keys =
                texts(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
            let named = !keys.is_empty() && keys.iter().all(|key| !key.starts_with('*'));
            report.require(named, name, "reaches every partition of AppTable");
        }
    }
}

/// A service uses the stack's key only on behalf of this account's resources.
pub(super) fn bound_key_use(subject: &Subject, report: &mut Report) {
    const SOURCES: [&str; 3] =
        ["aws:SourceAccount", "aws:SourceArn", "kms:EncryptionContext:aws:logs:arn"];
    for (name, key) in subject.of("AWS::KMS::Key") {
        for statement in allowed(key) {
            if statement["Principal"]["Service"].is_null() {
                continue;
            }
            let tests = statement["Condition"].as_object().into_iter().flatten();
            let bound = tests.into_iter().any(|(_, test)| {
                SOURCES.iter().any(|source| references(&test[*source]).contains("AWS::AccountId"))
            });
            let sid = statement["Sid"].as_str().unwrap_or("a statement");
            report.require(bound, name, &format!("{sid} lets a service use it for any account"));
        }
    }
}

/// No function may read a whole table or use a second query language around the rules.
pub(super) fn no_scan(subject: &Subject, report: &mut Report) {
    for (name, _, properties) in subject.resources() {
        for statement in allowed(properties) {
            for action in texts(&statement["Action"]) {
                let banned = action == "dynamodb:Scan" || action.starts_with("dynamodb:PartiQL");
                report.require(!banned, name, &format!("{action} is allowed"));
            }
        }
    }
}

/// D5: nobody can change or delete what is in the audit trail.
pub(super) fn audit_append_only(subject: &Subject, report: &mut Report) {
    for (name, kind, properties) in subject.resources() {
        if !IDENTITY_POLICIES.contains(&kind) {
            continue;
        }
        for statement in allowed(properties) {
            if !references(&statement["Resource"]).contains("AuditTable") {
                continue;
            }
            for action in texts(&statement["Action"]) {
                let known = &subject.policy;
                // AWS Backup, which no function can act as, makes copies and lets them end.
                let backs_up = super::backup::is_backups_own(properties)
                    && known.backup_actions.contains(action);
                let may = known.audit_actions.contains(action) || backs_up;
                report.require(may, name, &format!("{action} is allowed on the audit trail"));
            }
        }
    }
}

/// Every function has a role that no other has.
pub(super) fn own_role(subject: &Subject, report: &mut Report) {
    let mut users: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, properties) in subject.of("AWS::Lambda::Function") {
        let roles = references(&properties["Role"]);
        report.require(roles.len() == 1, name, "its role is not one of the template");
        for role in roles {
            users.entry(role).or_default().push(name);
        }
    }
    for (role, functions) in users {
        report.require(functions.len() == 1, &role, "serves several functions");
    }
}

/// No policy of a resource lets everybody in.
pub(super) fn no_open_principal(subject: &Subject, report: &mut Report) {
    for (name, _, properties) in subject.resources() {
        for statement in allowed(properties) {
            let principal = &statement["Principal"];
            let open = texts(principal).contains(&"*") || texts(&principal["AWS"]).contains(&"*");
            report.require(!open, name, "lets everybody in");
        }
    }
}

/// A service may invoke a function only for a resource of this stack.
pub(super) fn bound_invocation(subject: &Subject, report: &mut Report) {
    for (name, properties) in subject.of("AWS::Lambda::Permission") {
        let bound = references(&properties["SourceArn"])
            .iter()
            .any(|source| !subject.properties(source).is_null());
        report.require(bound, name, "SourceArn names no resource of this stack");
    }
}

/// Who reads objects may list the bucket, or S3 answers a missing object with 403 instead of 404; the emulator does
/// not, so only this rule would notice.
pub(super) fn missing_objects(subject: &Subject, report: &mut Report) {
    for (name, properties) in subject.of("AWS::IAM::Role") {
        let statements = allowed(properties);
        let may = |wanted: &str| {
            statements.iter().any(|statement| texts(&statement["Action"]).contains(&wanted))
        };
        let knows = subject.policy.reads_only_existing_objects.contains_key(name);
        let told = !may("s3:GetObject") || may("s3:ListBucket") || knows;
        report.require(told, name, "a missing object would look like a forbidden one");
    }
}
