//! D10, D11: what is stored is encrypted with the stack's key, can be recovered and is not public.

use serde_json::Value;

use super::Report;
use super::subject::{Subject, list, references};

/// Where each kind of resource names its key.
const KEYS: [(&str, &str); 6] = [
    ("AWS::DynamoDB::Table", "/SSESpecification/KMSMasterKeyId"),
    (
        "AWS::S3::Bucket",
        "/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/KMSMasterKeyID",
    ),
    ("AWS::SQS::Queue", "/KmsMasterKeyId"),
    ("AWS::SNS::Topic", "/KmsMasterKeyId"),
    ("AWS::SecretsManager::Secret", "/KmsKeyId"),
    ("AWS::Logs::LogGroup", "/KmsKeyId"),
];

/// All of it.
pub(super) fn protected(subject: &Subject, report: &mut Report) {
    for (kind, pointer) in KEYS {
        for (name, properties) in subject.of(kind) {
            let key = properties.pointer(pointer).map(references).unwrap_or_default();
            report.require(key.contains("DataKey"), name, "is not encrypted with the stack's key");
        }
    }
    for (name, key) in subject.of("AWS::KMS::Key") {
        report.require(key["EnableKeyRotation"] == true, name, "is not rotated");
    }
    for (name, table) in subject.of("AWS::DynamoDB::Table") {
        report.require(table["SSESpecification"]["SSEEnabled"] == true, name, "is not encrypted");
        let recovery = &table["PointInTimeRecoverySpecification"];
        let enabled = recovery["PointInTimeRecoveryEnabled"] == true;
        report.require(enabled, name, "cannot be recovered");
        // D11: backups are kept for 35 days at most.
        let bounded = recovery["RecoveryPeriodInDays"].as_u64().is_some_and(|days| days <= 35);
        report.require(bounded, name, "is kept recoverable for more than 35 days");
        report.require(retained(subject, name), name, "goes with the stack");
    }
    for (name, bucket) in subject.of("AWS::S3::Bucket") {
        bucket_is_closed(name, bucket, report);
        let policies = subject.of("AWS::S3::BucketPolicy");
        let guarded = policies.into_iter().any(|(_, policy)| {
            references(&policy["Bucket"]).contains(name)
                && list(&policy["PolicyDocument"]["Statement"]).iter().any(|statement| {
                    statement["Effect"] == "Deny"
                        && statement["Condition"]["Bool"]["aws:SecureTransport"] == "false"
                })
        });
        report.require(guarded, name, "can be reached without TLS");
        report.require(retained(subject, name), name, "goes with the stack");
    }
}

fn bucket_is_closed(name: &str, bucket: &Value, report: &mut Report) {
    let versioned = bucket["VersioningConfiguration"]["Status"] == "Enabled";
    report.require(versioned, name, "has no versions");
    let block = &bucket["PublicAccessBlockConfiguration"];
    let closed =
        ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"]
            .iter()
            .all(|setting| block[setting] == true);
    report.require(closed, name, "may become public");
    let forgets = list(&bucket["LifecycleConfiguration"]["Rules"]).iter().any(|rule| {
        rule["Status"] == "Enabled"
            && rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
                .as_u64()
                .is_some_and(|d| d <= 35)
    });
    report.require(forgets, name, "keeps earlier versions for more than 35 days");
}

/// Whether a resource stays when the stack goes.
fn retained(subject: &Subject, name: &str) -> bool {
    let resource = &subject.template["Resources"][name];
    let keeps = ["Retain", "RetainExceptOnCreate"];
    resource["DeletionPolicy"].as_str().is_some_and(|policy| keeps.contains(&policy))
        && resource["UpdateReplacePolicy"] == "Retain"
}
