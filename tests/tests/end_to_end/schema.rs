//! The API keeps what its document promises, whatever is sent to it (P1).
//!
//! Schemathesis makes the requests from `docs/openapi.json`: its examples, and others at random, such as
//! the document allows and such as it does not. Each answer must have a media type and a form that the
//! document names, and none may be the server's own failure. A coordinator asks, whose institution has one
//! cohort, which has the id that the document's examples use.

use anyhow::{Context as _, Result};
use dev::process::run_shown;
use dev::tools::Tools;
use tests::cohort::small;
use tests::run;
use tokio::process::Command;

/// What each answer is held against.
const CHECKS: &str = "not_a_server_error,content_type_conformance,response_schema_conformance,\
                      response_headers_conformance";

/// The status, too: not at random, because the local gateway takes a path with a line break for another
/// route.
const WITH_STATUS: &str = "not_a_server_error,content_type_conformance,response_schema_conformance,\
                           response_headers_conformance,status_code_conformance";

/// Random requests for each operation.
const AT_RANDOM: &str = "5";

#[test]
fn p1_the_api_keeps_what_its_document_promises_whatever_is_sent() -> Result<()> {
    run(async |world| {
        let institution = world.another_institution().await?;
        let example = world.document.example_cohort()?;
        let cohort = world.cohort_to_be("schema", |settings| {
            small(settings);
            settings.institution = institution.clone();
            settings.id = example.clone();
        })?;
        world.service.onboard_cohort(&cohort.settings).await?;
        cohort.answered_by(4).await?;
        cohort.form().await?;
        let contact = world.contact(&institution, "coordinator").await?;
        let token = contact.tokens["access_token"].as_str().context("no token")?;
        let layout = &world.service.layout;
        let program = Tools::install(layout).await?.program("schemathesis");
        for (phase, checks) in [("examples", WITH_STATUS), ("fuzzing", CHECKS)] {
            let mut schemathesis = Command::new(&program);
            schemathesis
                // It leaves what it found there.
                .current_dir(layout.path("target"))
                .arg("run")
                .arg(layout.path("docs/openapi.json"))
                .args(["--url", &world.service.stack.http()?, "--checks", checks])
                .args(["--header", &format!("Authorization: Bearer {token}")])
                .args(["--phases", phase, "--max-examples", AT_RANDOM])
                .arg("--generation-deterministic")
                // Without a token the gateway answers by itself: `portal.rs` asks that of every route.
                .args(["--generation-with-security-parameters", "false"])
                .args(["--suppress-health-check", "all", "--workers", "2"])
                .args(["--request-timeout", "60", "--warnings", "off", "--no-color"]);
            run_shown(&mut schemathesis).await?;
        }
        Ok(())
    })
}
