//! The template and the state machines pass the checks of `cargo dev check`.

use dev::layout::Layout;
use dev::tools::Tools;
use dev::{checks, guard};

#[tokio::test]
async fn d8_d10_the_template_passes_linter_and_policy_and_the_policy_notices_faults() {
    let layout = Layout::find().unwrap();
    let tools = Tools::install(&layout).await.unwrap();
    checks::run(&layout, &tools).await.unwrap();
}

#[tokio::test]
async fn d5_no_function_may_change_the_audit_trail() {
    let layout = Layout::find().unwrap();
    let tools = Tools::install(&layout).await.unwrap();
    let (mut template, _) = checks::expand(&layout, &tools).await.unwrap();
    let statements = "/Resources/ErasureStepsRole/Properties/Policies/0/PolicyDocument/Statement";
    template.pointer_mut(statements).unwrap().as_array_mut().unwrap().push(serde_json::json!({
        "Effect": "Allow",
        "Action": "dynamodb:UpdateItem",
        "Resource": {"Fn::GetAtt": ["AuditTable", "Arn"]},
    }));
    let subject = guard::Subject::read(&layout, template).unwrap();
    let findings = guard::findings(&subject);
    let found: Vec<&str> = findings.iter().map(|finding| finding.rule).collect();
    assert!(found.contains(&"audit-append-only"), "{findings:?}");
}

#[tokio::test]
async fn d10_what_is_added_to_the_emulators_rights_passes_its_own_tests() {
    let layout = Layout::find().unwrap();
    let tools = Tools::install(&layout).await.unwrap();
    let mut tests = tokio::process::Command::new(tools.program("python"));
    tests.args(["-B", "-m", "unittest", "test_rights"]).current_dir(layout.path("infra/dev/tools"));
    dev::process::run(&mut tests).await.unwrap();
}
