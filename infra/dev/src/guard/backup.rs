//! D11: every table is backed up daily, in two regions of the EU, for at most 35 days.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Report;
use super::access::allowed;
use super::subject::{Subject, list, references, texts};

/// Days that a backup may be kept.
const LONGEST: u64 = 35;

/// Plans, vault, tables, region, and that nothing but the plan's own role touches backups.
pub(super) fn daily_elsewhere(subject: &Subject, report: &mut Report) {
    let mut selected = BTreeSet::new();
    for (name, selection) in subject.of("AWS::Backup::BackupSelection") {
        let selection = &selection["BackupSelection"];
        selected.extend(references(&selection["Resources"]));
        let role = references(&selection["IamRoleArn"]);
        let own = role.iter().any(|role| is_backups_own(subject.properties(role)));
        report.require(own, name, "its role is not one that only AWS Backup assumes");
    }
    for (name, _) in subject.of("AWS::DynamoDB::Table") {
        report.require(selected.contains(name), name, "is in no backup plan");
    }
    for (name, plan) in subject.of("AWS::Backup::BackupPlan") {
        for rule in list(&plan["BackupPlan"]["BackupPlanRule"]) {
            plan_rule(name, rule, report);
        }
    }
    for (name, vault) in subject.of("AWS::Backup::BackupVault") {
        let key = references(&vault["EncryptionKeyArn"]);
        report.require(key.contains("DataKey"), name, "is not encrypted with the stack's key");
        closed_vault(name, vault, report);
    }
    region(&subject.template, report);
    for (name, role) in subject.of("AWS::IAM::Role") {
        let backs_up = allowed(role)
            .iter()
            .flat_map(|statement| texts(&statement["Action"]))
            .any(|action| action.starts_with("backup:"));
        report.require(!backs_up || is_backups_own(role), name, "reaches the backups");
    }
}

/// The template of the second region: its vault, and that it is in the EU too.
pub(super) fn second_region(template: &Value, report: &mut Report) {
    let vaults = template["Resources"].as_object().into_iter().flatten();
    let vaults: Vec<(&String, &Value)> =
        vaults.filter(|(_, found)| found["Type"] == "AWS::Backup::BackupVault").collect();
    report.require(vaults.len() == 1, "Resources", "there is not one vault");
    for (name, vault) in vaults {
        let key = references(&vault["Properties"]["EncryptionKeyArn"]);
        let own = key.iter().any(|key| template["Resources"][key]["Type"] == "AWS::KMS::Key");
        report.require(own, name, "is not encrypted with a key of this region");
        closed_vault(name, &vault["Properties"], report);
        let stays = template["Resources"][name]["DeletionPolicy"] == "RetainExceptOnCreate";
        report.require(stays, name, "goes with the stack");
    }
    super::place::eu_only_in(template, report);
}

/// Whether nobody but AWS Backup may take a role.
pub(super) fn is_backups_own(role: &Value) -> bool {
    let who = list(&role["AssumeRolePolicyDocument"]["Statement"]);
    !who.is_empty()
        && who.iter().all(|statement| {
            statement["Principal"] == serde_json::json!({ "Service": "backup.amazonaws.com" })
        })
}

fn plan_rule(name: &str, rule: &Value, report: &mut Report) {
    let kept = |lifecycle: &Value| lifecycle["DeleteAfterDays"].as_u64();
    let bounded = |lifecycle| kept(lifecycle).is_some_and(|days| (1..=LONGEST).contains(&days));
    report.require(bounded(&rule["Lifecycle"]), name, "keeps backups for more than 35 days");
    let copies = list(&rule["CopyActions"]);
    let elsewhere = copies
        .iter()
        .any(|copy| references(&copy["DestinationBackupVaultArn"]).contains("BackupRegion"));
    report.require(elsewhere, name, "copies nothing to the second region");
    for copy in copies {
        report.require(bounded(&copy["Lifecycle"]), name, "keeps copies for more than 35 days");
        let known = references(&copy["DestinationBackupVaultArn"]).contains("BackupRegion");
        report.require(known, name, "copies to another region than BackupRegion");
    }
    let expression = rule["ScheduleExpression"].as_str().unwrap_or_default();
    let fields: Vec<&str> = expression.split([' ', '(', ')']).collect();
    let daily = matches!(fields.as_slice(), ["cron", _, _, "*", "*", "?", "*", ""]);
    report.require(daily, name, "does not run every day");
}

fn closed_vault(name: &str, vault: &Value, report: &mut Report) {
    let most = vault["LockConfiguration"]["MaxRetentionDays"].as_u64();
    let locked = most.is_some_and(|days| days <= LONGEST);
    report.require(locked, name, "takes backups that would be kept for more than 35 days");
    let denied: BTreeSet<&str> = list(&vault["AccessPolicy"]["Statement"])
        .into_iter()
        .filter(|statement| statement["Effect"] == "Deny" && statement["Principal"] == "*")
        .flat_map(|statement| texts(&statement["Action"]))
        .collect();
    for action in ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"] {
        report.require(denied.contains(action), name, &format!("does not deny {action}"));
    }
}

/// The second region is one of the EU's, and another one.
fn region(template: &Value, report: &mut Report) {
    let parameter = &template["Parameters"]["BackupRegion"];
    let allowed: BTreeSet<&str> = texts(&parameter["AllowedValues"]).into_iter().collect();
    let known: BTreeSet<&str> = domain::region::EU_REGIONS.into_iter().collect();
    report.require(allowed == known, "BackupRegion", "may be a region outside the EU");
    let asserted = &template["Rules"]["BackupElsewhere"]["Assertions"][0]["Assert"];
    let equal = &asserted["Fn::Not"][0]["Fn::Equals"];
    let compared: BTreeSet<&str> =
        list(equal).into_iter().filter_map(|side| side["Ref"].as_str()).collect();
    let both = compared == ["AWS::Region", "BackupRegion"].into();
    report.require(both, "BackupElsewhere", "lets the second region be the first");
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn template() -> Value {
        let regions = domain::region::EU_REGIONS;
        json!({
            "Rules": { "EuOnly": { "Assertions": [{
                "Assert": { "Fn::Contains": [regions, { "Ref": "AWS::Region" }] },
                "AssertDescription": regions.join(", "),
            }] } },
            "Resources": {
                "Key": { "Type": "AWS::KMS::Key" },
                "Vault": {
                    "Type": "AWS::Backup::BackupVault", "DeletionPolicy": "RetainExceptOnCreate",
                    "Properties": {
                        "EncryptionKeyArn": { "Fn::GetAtt": ["Key", "Arn"] },
                        "LockConfiguration": { "MaxRetentionDays": 35 },
                        "AccessPolicy": { "Statement": [{
                            "Effect": "Deny", "Principal": "*",
                            "Action": ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
                        }] },
                    },
                },
            },
        })
    }

    fn findings(template: &Value) -> usize {
        let mut report = Report { rule: "second-region", findings: Vec::new() };
        second_region(template, &mut report);
        report.findings.len()
    }

    #[test]
    fn d11_the_second_regions_template_is_held_to_the_same() {
        assert_eq!(findings(&template()), 0);
        let vault = "/Resources/Vault/Properties";
        for (at, put) in [
            ("/Rules/EuOnly/Assertions/0/Assert/Fn::Contains/0/0".to_owned(), json!("us-east-1")),
            ("/Resources/Key/Type".to_owned(), json!("AWS::S3::Bucket")),
            ("/Resources/Vault/DeletionPolicy".to_owned(), json!("Delete")),
            (format!("{vault}/LockConfiguration/MaxRetentionDays"), json!(36)),
            (format!("{vault}/AccessPolicy/Statement/0/Effect"), json!("Allow")),
            (format!("{vault}/AccessPolicy/Statement/0/Action/1"), json!("backup:TagResource")),
            ("/Resources/Vault/Type".to_owned(), json!("AWS::S3::Bucket")),
        ] {
            let mut broken = template();
            *broken.pointer_mut(&at).unwrap() = put;
            assert_ne!(findings(&broken), 0, "{at}");
        }
    }
}
