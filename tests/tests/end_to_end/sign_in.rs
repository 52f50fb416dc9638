//! Who gets a token (P2).

use anyhow::{Result, ensure};
use dev::service::one_time_code;
use serde_json::{Value, json};
use tests::cohort::unique;
use tests::{World, run};

async fn cognito(world: &World, operation: &str, body: &Value) -> Result<Value> {
    let target = format!("AWSCognitoIdentityProviderService.{operation}");
    world.service.stack.emulator.json("cognito-idp", &target, body).await
}

#[test]
fn p2_a_second_factor_is_asked_for_and_checked() -> Result<()> {
    run(async |world| {
        let contact = world.contact(&world.institution, "viewer").await?;
        let right = one_time_code(&contact.login.totp_secret)?;
        // Digits that are right in no time step near now.
        let near = &right[..5];
        let wrong = format!("{near}{}", (right.as_bytes()[5] - b'0' + 5) % 10);
        for code in [wrong.as_str(), "000000", ""] {
            if code == right {
                continue;
            }
            let refused = world.service.sign_in_by_api(&contact.login, code).await;
            ensure!(refused.is_err(), "a wrong code was taken");
        }
        let code = one_time_code(&contact.login.totp_secret)?;
        let signed_in = world.service.sign_in_by_api(&contact.login, &code).await?;
        ensure!(signed_in["AuthenticationResult"]["AccessToken"].is_string(), "{signed_in}");
        let mut stranger = contact.login.clone();
        stranger.password = format!("Wrong-{}", unique());
        let code = one_time_code(&contact.login.totp_secret)?;
        ensure!(world.service.sign_in_by_api(&stranger, &code).await.is_err());
        ensure!(world.service.sign_in(&stranger).await.is_err());
        Ok(())
    })
}

#[test]
fn p2_the_pool_takes_no_sign_ups_and_insists_on_the_second_factor() -> Result<()> {
    run(async |world: &World| {
        // The emulator keeps these settings without following the first one.
        let body = json!({ "UserPoolId": world.service.stack.deployed.output("UserPoolId")? });
        let pool = cognito(world, "DescribeUserPool", &body).await?["UserPool"].take();
        ensure!(pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] == true, "{pool}");
        ensure!(pool["MfaConfiguration"] == "ON", "{}", pool["MfaConfiguration"]);
        Ok(())
    })
}

#[test]
fn p2_an_account_that_is_no_contacts_is_refused() -> Result<()> {
    run(async |world| {
        let contact = world.contact(&world.institution, "operator").await?;
        contact.api.get("/api/me").await?;
        let key = keys::contact(&contact.id);
        let delete = json!({
            "TableName": world.service.stack.deployed.output("AppTable")?,
            "Key": { "pk": { "S": key.pk }, "sk": { "S": key.sk } },
        });
        world.dynamodb("DeleteItem", &delete).await?;
        for path in ["/api/me", "/api/cohorts", "/api/quarantine", "/api/erasures"] {
            let answer = contact.api.call(reqwest::Method::GET, path, &[]).await?;
            ensure!(answer.status == 403, "{path} answered {}", answer.status);
        }
        Ok(())
    })
}

#[test]
fn p2_who_leaves_is_refused_at_once_and_signs_in_no_more() -> Result<()> {
    run(async |world| {
        let contact = world.contact(&world.institution, "coordinator").await?;
        contact.api.get("/api/me").await?;
        let leaves = json!({
            "remove_contact": { "institution": world.institution, "contact": contact.id },
        });
        let done = world.service.invoke("onboarding", &leaves).await?;
        ensure!(done["removed"] == true, "{done}");
        // The token is as good as before; the record is gone.
        ensure!(contact.api.status("/api/me").await? == 403);
        ensure!(world.service.item(&keys::contact(&contact.id)).await?.is_null());
        let code = one_time_code(&contact.login.totp_secret)?;
        ensure!(world.service.sign_in_by_api(&contact.login, &code).await.is_err());
        let trail = world.audit(&world.institution).await?;
        let noted = trail.iter().filter(|entry| entry["action"]["S"] == "contact.remove");
        ensure!(noted.count() > 0);
        let again = world.service.invoke("onboarding", &leaves).await?;
        ensure!(again.get("removed").is_none(), "{again}");
        Ok(())
    })
}
