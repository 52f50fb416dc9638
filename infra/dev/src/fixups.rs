//! What the template says and the emulator's CloudFormation drops or gets wrong, done through its APIs instead.
//!
//! Each is listed in the README of this folder. All can be done again, so they follow every deployment.

use anyhow::{Context as _, Result};
use reqwest::Method;
use serde_json::{Value, json};

use crate::deploy::Deployed;
use crate::emulator::Emulator;

/// Tables with point-in-time recovery.
const RECOVERABLE: [&str; 3] = ["AppTable", "AuditTable", "LedgerTable"];

/// Applies all.
pub async fn apply(emulator: &Emulator, deployed: &Deployed) -> Result<()> {
    recovery(emulator, deployed).await?;
    cross_origin(emulator, deployed).await?;
    plain_http(emulator, deployed).await?;
    portal_domain(emulator, deployed).await?;
    return_of_sign_in(emulator, deployed).await?;
    mailer_concurrency(emulator, deployed).await
}

/// CloudFormation here ignores `PointInTimeRecoverySpecification`.
async fn recovery(emulator: &Emulator, deployed: &Deployed) -> Result<()> {
    for table in RECOVERABLE {
        let body = json!({
            "TableName": deployed.output(table)?,
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true},
        });
        emulator.json("dynamodb", "DynamoDB_20120810.UpdateContinuousBackups", &body).await?;
    }
    Ok(())
}

/// CloudFormation here stores `CorsConfiguration` under names that its gateway does not read.
async fn cross_origin(emulator: &Emulator, deployed: &Deployed) -> Result<()> {
    let cors = json!({
        "allowOrigins": [deployed.parameter("PortalUrl")?],
        "allowMethods": ["GET", "POST", "PUT", "PATCH", "DELETE"],
        "allowHeaders": ["authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "x-reason"],
        "exposeHeaders": ["etag", "location", "retry-after", "x-request-id"],
        "maxAge": 3600,
    });
    let path = format!("/v2/apis/{}", deployed.output("HttpApiId")?);
    let body = json!({"corsConfiguration": cors});
    emulator.rest("apigateway", Method::PATCH, &path, Some(&body)).await?;
    Ok(())
}

/// The bucket's policy refuses plain HTTP, which is all that the emulator speaks on the loopback interface. It holds
/// nothing else.
async fn plain_http(emulator: &Emulator, deployed: &Deployed) -> Result<()> {
    let path = format!("/{}?policy", deployed.output("DataBucket")?);
    emulator.rest("s3", Method::DELETE, &path, None).await?;
    Ok(())
}

/// The portal's domain on this machine. Browsers find every name below `localhost` here.
const DOMAIN: &str = "portal.localhost";

/// The portal's origin on this machine.
pub fn origin(emulator: &Emulator) -> Result<String> {
    let port = emulator.endpoint().rsplit(':').next().context("the emulator has no port")?;
    Ok(format!("http://{DOMAIN}:{port}"))
}

/// A domain that leads to the API, as an account has one: the emulator's own addresses of an API have a path, and
/// a portal is at the root of its origin.
async fn portal_domain(emulator: &Emulator, deployed: &Deployed) -> Result<()> {
    let body = json!({ "domainName": DOMAIN });
    emulator.rest("apigateway", Method::POST, "/domainnames", Some(&body)).await?;
    let body = json!({"restApiId": deployed.output("HttpApiId")?, "stage": "$default"});
    let path = format!("/domainnames/{DOMAIN}/basepathmappings");
    emulator.rest("apigateway", Method::POST, &path, Some(&body)).await?;
    Ok(())
}

/// The template lets sign-in return to the API's own address on AWS; here the portal's domain takes its place.
async fn return_of_sign_in(emulator: &Emulator, deployed: &Deployed) -> Result<()> {
    let page = deployed.output("PortalPage")?;
    let api = page.strip_suffix("/portal").context("the portal's page is elsewhere")?;
    let own = origin(emulator)?;
    let mut body = json!({
        "UserPoolId": deployed.output("UserPoolId")?,
        "ClientId": deployed.output("PortalClientId")?,
    });
    let target = "AWSCognitoIdentityProviderService.DescribeUserPoolClient";
    let found = emulator.json("cognito-idp", target, &body).await?;
    for name in ["CallbackURLs", "LogoutURLs"] {
        let urls = found["UserPoolClient"][name].as_array().map_or(&[][..], Vec::as_slice);
        let urls = urls.iter().filter_map(Value::as_str);
        body[name] = urls.map(|url| url.replace(api, &own)).collect::<Vec<_>>().into();
    }
    let target = "AWSCognitoIdentityProviderService.UpdateUserPoolClient";
    emulator.json("cognito-idp", target, &body).await?;
    Ok(())
}

/// CloudFormation here hands a number parameter on as text, over which the poller of every queue stumbles.
async fn mailer_concurrency(emulator: &Emulator, deployed: &Deployed) -> Result<()> {
    let concurrency: u32 = deployed
        .parameter("MailerConcurrency")?
        .parse()
        .context("MailerConcurrency is not a number")?;
    let path = "/2015-03-31/event-source-mappings";
    let found = emulator.rest("lambda", Method::GET, path, None).await?;
    let mappings = found["EventSourceMappings"].as_array().map_or(&[][..], Vec::as_slice);
    let limited = mappings.iter().filter(|mapping| mapping["ScalingConfig"].is_object());
    for id in limited.filter_map(|mapping| mapping["UUID"].as_str()) {
        let body: Value = json!({"ScalingConfig": {"MaximumConcurrency": concurrency}});
        let path = format!("{path}/{id}");
        emulator.rest("lambda", Method::PUT, &path, Some(&body)).await?;
    }
    Ok(())
}
