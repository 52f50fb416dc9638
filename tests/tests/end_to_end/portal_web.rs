//! The portal as a browser loads it (P3), from the deployed API.

use anyhow::{Context as _, Result, ensure};
use reqwest::{Response, header};
use serde_json::Value;
use tests::run;

fn head<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[test]
fn p3_anybody_loads_the_portal_packed_and_under_its_policy_and_it_has_no_rights() -> Result<()> {
    run(async |world| {
        let base = world.service.stack.http()?;
        let get = |path: &str| {
            let request = world.http.get(format!("{base}{path}"));
            request.header(header::ACCEPT_ENCODING, "identity").send()
        };
        let page = get("/portal").await?;
        ensure!(page.status() == 200, "{}", page.status());
        let policy = head(&page, "content-security-policy").to_owned();
        let endpoint = world.service.stack.emulator.endpoint();
        ensure!(policy.contains("script-src 'self';"), "{policy}");
        ensure!(policy.contains(&format!("connect-src 'self' {endpoint};")), "{policy}");
        let tag = head(&page, "etag").to_owned();
        let text = page.text().await?;
        let script = text.split("src=\"").nth(1).and_then(|rest| rest.split('"').next());
        let script = script.context("the page has no script")?;
        ensure!(script.starts_with("/portal/assets/"), "{script}");

        let plain = get(script).await?;
        ensure!(head(&plain, "cache-control").contains("immutable"), "{:?}", plain.headers());
        let plain = plain.bytes().await?.len();
        let request = world.http.get(format!("{base}{script}"));
        let packed = request.header(header::ACCEPT_ENCODING, "gzip, br").send().await?;
        ensure!(head(&packed, "content-encoding") == "br", "{:?}", packed.headers());
        let packed = packed.bytes().await?.len();
        ensure!(packed * 2 < plain && packed < 150_000, "{packed} of {plain} bytes");

        let known = world.http.get(format!("{base}/portal/audit")).header("if-none-match", tag);
        ensure!(known.send().await?.status() == 304, "every address is the same page");
        for (path, status) in [("/portal/assets/gone-1.js", 404), ("/portal/nowhere", 404)] {
            ensure!(get(path).await?.status() == status, "{path}");
        }
        let posted = world.http.post(format!("{base}/portal")).send().await?;
        ensure!(posted.status() == 405, "{}", posted.status());
        ensure!(world.policies("portal-web").await?.is_empty(), "the portal's function has rights");
        Ok(())
    })
}

#[test]
fn p2_the_portal_knows_where_to_sign_in_and_sign_in_returns_to_it() -> Result<()> {
    run(async |world| {
        let stack = &world.service.stack;
        let url = format!("{}/portal/config.json", stack.http()?);
        let settings: Value = world.http.get(url).send().await?.json().await?;
        let client = stack.deployed.output("PortalClientId")?;
        ensure!(settings["client"] == client, "{settings}");
        let sign_in = settings["signIn"].as_str().context("no sign-in")?;
        for (origin, welcome) in [
            (dev::fixups::origin(&stack.emulator)?, true),
            (stack.deployed.parameter("PortalUrl")?.to_owned(), true),
            ("https://elsewhere.example.dk".to_owned(), false),
        ] {
            let request = world.http.get(format!("{sign_in}/oauth2/authorize")).query(&[
                ("response_type", "code"),
                ("client_id", client),
                ("redirect_uri", &format!("{origin}/portal/signed-in")),
                ("scope", "openid email unihelper/portal"),
            ]);
            let status = request.send().await?.status();
            ensure!(status.is_success() == welcome, "{origin}: {status}");
        }
        Ok(())
    })
}
