//! The portal's API: what it promises and who may use it (P1, P2, Q8). Every call in these tests is
//! held against `docs/openapi.json`, see `tests::api`.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use dev::sample::cohort::now;
use dev::service::Portal;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;
use tests::cohort::{small, unique};
use tests::openapi::Operation;
use tests::{Api, Cohort, Scene, run};

fn names_something(operation: &Operation) -> bool {
    operation.path.contains('{')
}

#[test]
fn p1_every_answer_matches_the_openapi_document() -> Result<()> {
    run(async |world| {
        let scene = Scene::get(world).await?;
        let operator = world.operator().await?;
        let operations = world.document.operations();
        ensure!(operations.len() >= 16, "{} operations", operations.len());
        // What is handed over is walked through in `handover.rs`: it is no JSON, or there for a while.
        let gets = operations
            .iter()
            .filter(|one| one.method == Method::GET && !one.path.contains("/export"))
            // Only while groups await approval: `board.rs`.
            .filter(|one| !one.path.ends_with("/suggestions"))
            // Of a formation of no plan and without earlier groups there is nothing to tell: `planning.rs`.
            .filter(|one| !one.path.ends_with("/plan") && !one.path.ends_with("/meetings"))
            // Of one formation that did not fail there is nobody to list: `board.rs`, `formation.rs`.
            .filter(|one| !one.path.ends_with("/comparison"))
            .filter(|one| !one.path.ends_with("/failure/students"));
        for operation in gets {
            let path = scene.filled(operation)?;
            let body = operator.get(&path).await?;
            // An empty list would prove nothing about its items.
            if let Some(items) = body["items"].as_array() {
                ensure!(!items.is_empty() || path == "/api/quarantine", "{path} is empty");
            }
            let strange = operator.call(Method::GET, &format!("{path}?colour=red"), &[]).await?;
            ensure!(strange.status == 400, "{path} took an unknown parameter: {strange:?}");
            ensure!(strange.body["errors"][0]["name"] == "colour", "{strange:?}");
        }
        Ok(())
    })
}

#[test]
fn p1_what_is_not_there_is_a_problem_document() -> Result<()> {
    run(async |world| {
        let scene = Scene::get(world).await?;
        // In the highest role, so that no route answers for another reason.
        let api = world.operator().await?;
        let operations = world.document.operations();
        for operation in operations.iter().filter(|operation| names_something(operation)) {
            let invented = scene.invented(operation)?;
            let answer = api.call(operation.method.clone(), &invented, &[]).await?;
            ensure!(answer.status == 404 && answer.body["status"] == 404, "{invented}: {answer:?}");
        }
        // Outside the document, so not held against it.
        let token = world.contact(&world.institution, "viewer").await?.tokens;
        let raw = world.service.portal(token["access_token"].as_str().context("a token")?)?;
        for (method, path, status) in [
            (Method::GET, "/api/nowhere", 404),
            (Method::DELETE, "/api/me", 405),
            (Method::GET, "/api/cohorts?limit=0", 400),
            (Method::GET, "/api/cohorts?limit=201", 400),
            (Method::GET, "/api/cohorts?cursor=x", 400),
        ] {
            let answer = raw.call(method, path, &[]).await?;
            ensure!(answer.status == status, "{path}: {answer:?}");
            ensure!(answer.content_type == "application/problem+json", "{path}: {answer:?}");
        }
        Ok(())
    })
}

#[test]
fn p1_pages_hold_every_student_once() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("pages", |settings| {
            let sections = settings.sections.clone();
            small(settings);
            settings.sections = sections;
        });
        let cohort = cohort.await?;
        let students = cohort.answered_by(120).await?;
        let api = world.coordinator().await?;
        let path = cohort.path("/students");
        let expected: BTreeSet<&str> = students.iter().map(|s| s.email.as_str()).collect();
        for (limit, most) in [(50, 3), (7, 18), (200, 1)] {
            let (items, pages) = api.pages(&path, limit).await?;
            let found: BTreeSet<&str> = items.iter().filter_map(|s| s["email"].as_str()).collect();
            ensure!(items.len() == 120 && found == expected, "{} with limit {limit}", items.len());
            ensure!(pages == most, "{pages} pages of {limit}");
        }
        let (items, _) = api.pages(&format!("{path}?section=B"), 9).await?;
        ensure!(items.len() == 30 && items.iter().all(|student| student["section"] == "B"));

        // A cursor belongs to its list.
        let first = api.get(&format!("{path}?limit=5")).await?;
        let cursor = first["next"].as_str().context("there is more")?;
        let other =
            api.call(Method::GET, &format!("{path}?section=B&cursor={cursor}"), &[]).await?;
        ensure!(other.status == 400, "{other:?}");
        q8_counts(&api, &cohort).await
    })
}

/// Counts follow from the same students.
async fn q8_counts(api: &Api, cohort: &Cohort) -> Result<()> {
    let told = api.get(&cohort.path("")).await?;
    ensure!(told["responses"]["students"] == 120, "{}", told["responses"]);
    let sections = told["responses"]["sections"].as_array().context("sections")?;
    ensure!(sections.len() == 4 && sections.iter().all(|section| section["students"] == 30));
    Ok(())
}

#[test]
fn q8_counts_and_who_answered_are_live() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("live", small).await?;
        let api = world.coordinator().await?;
        let students = cohort.invent(3);
        for (before, student) in students.iter().enumerate() {
            ensure!(api.get(&cohort.path("")).await?["responses"]["students"] == before);
            cohort.answer(std::slice::from_ref(student)).await?;
            let listed = api.list(&cohort.path("/students")).await?;
            ensure!(listed.len() == before + 1);
            ensure!(listed.iter().any(|entry| entry["email"] == student.email));
        }
        // A second answer of the same student, a second later, is no second student.
        let later = now() + SignedDuration::from_secs(1);
        let again = world.submit(&cohort.submission_at(&students[0], later)).await?;
        ensure!(again.outcome() == "accepted", "{again:?}");
        ensure!(api.get(&cohort.path("")).await?["responses"]["students"] == 3);
        Ok(())
    })
}

#[test]
fn p2_the_portals_origin_alone_may_call_from_a_browser() -> Result<()> {
    run(async |world| {
        let portal = world.service.stack.deployed.parameter("PortalUrl")?;
        let url = format!("{}/api/me", world.service.stack.http()?);
        let ask = async |origin: &str| {
            let request = world.http.request(Method::OPTIONS, &url).header("origin", origin);
            let request = request.header("access-control-request-method", "GET");
            let request = request.header("access-control-request-headers", "authorization");
            let answer = request.send().await?;
            let allowed = answer.headers().get("access-control-allow-origin").cloned();
            Ok::<_, anyhow::Error>((answer.status().as_u16(), allowed))
        };
        let (status, allowed) = ask(portal).await?;
        ensure!(status == 204 && allowed.is_some_and(|it| it == portal), "{portal}: {status}");
        let (_, allowed) = ask("https://elsewhere.example.dk").await?;
        ensure!(allowed.is_none(), "another origin was allowed: {allowed:?}");
        Ok(())
    })
}

#[test]
fn p2_without_an_access_token_for_the_portal_every_route_is_closed() -> Result<()> {
    run(async |world| {
        let scene = Scene::get(world).await?;
        let contact = world.contact(&world.institution, "operator").await?;
        let text = |name: &str| contact.tokens[name].as_str().context("a token");
        let (access, id) = (text("access_token")?, text("id_token")?);
        let (signed, signature) = access.rsplit_once('.').context("a signature")?;
        let mut forged = signature.to_owned();
        forged.replace_range(..1, if signature.starts_with('A') { "B" } else { "A" });
        let code = dev::service::one_time_code(&contact.login.totp_secret)?;
        let by_api = world.service.sign_in_by_api(&contact.login, &code).await?;
        let by_api = by_api["AuthenticationResult"]["AccessToken"].as_str().context("a token")?;
        let tokens = [
            ("no", String::new()),
            ("a forged", format!("{signed}.{forged}")),
            ("an unsigned", format!("{signed}.")),
            ("a meaningless", unique()),
            ("an ID", id.to_owned()),
            ("another client's", by_api.to_owned()),
        ];
        for operation in world.document.operations() {
            let path = scene.filled(&operation)?;
            for (kind, token) in &tokens {
                // The gateway's own refusals are no problem documents, so they are not checked as such.
                let raw: Portal = world.service.portal(token)?;
                let answer = raw.call(operation.method.clone(), &path, &[]).await?;
                let refused = [401, 403].contains(&answer.status);
                ensure!(refused, "{kind} token on {path} answered {}", answer.status);
                for mark in scene.marks() {
                    ensure!(!answer.body.to_string().contains(mark), "{kind} token: {answer:?}");
                }
            }
        }
        // The very same contact with the right token is let in.
        contact.api.get("/api/me").await?;
        Ok(())
    })
}

#[test]
fn p2_a_contact_of_another_institution_finds_nothing_on_any_route() -> Result<()> {
    run(async |world| {
        let scene = Scene::get(world).await?;
        let elsewhere = world.another_institution().await?;
        let own = world.cohort("foreign", |settings| {
            small(settings);
            settings.institution = elsewhere.clone();
        });
        let own = own.await?;
        let stranger = world.contact(&elsewhere, "coordinator").await?.api;
        let before = scene.cohort.stored().await?;
        for operation in world.document.operations() {
            if operation.role == "operator" {
                continue;
            }
            let path = scene.filled(&operation)?;
            let answer = stranger.call(operation.method.clone(), &path, &[]).await?;
            if names_something(&operation) {
                ensure!(answer.status == 404, "{path} answered {}: {}", answer.status, answer.body);
            }
            for mark in scene.marks() {
                ensure!(!answer.body.to_string().contains(mark), "{path}: {}", answer.body);
            }
            // Nor by way of their own cohort.
            if operation.path.contains("{formation}") {
                let mixed = operation.filled(&[
                    ("cohort", own.settings.id.as_str()),
                    ("formation", scene.formation.as_str()),
                ]);
                let answer = stranger.call(operation.method.clone(), &mixed, &[]).await?;
                ensure!(answer.status == 404, "{mixed} answered {}", answer.status);
            }
        }
        ensure!(scene.cohort.stored().await? == before, "something changed");
        ensure!(stranger.list("/api/cohorts").await?.len() == 1, "their own, and no other");
        Ok(())
    })
}

#[test]
fn p2_each_route_asks_for_its_role() -> Result<()> {
    run(async |world| {
        let scene = Scene::get(world).await?;
        let before = scene.cohort.stored().await?;
        let ranks = ["viewer", "coordinator", "operator"];
        for (rank, role) in ranks[..2].iter().enumerate() {
            let api = world.contact(&world.institution, role).await?.api;
            let me = api.get("/api/me").await?;
            ensure!(me["role"] == *role && me["institution"]["id"] == world.institution.as_str());
            for operation in world.document.operations() {
                let needed = ranks.iter().position(|known| *known == operation.role);
                let needed = needed.with_context(|| format!("{} has no role", operation.path))?;
                let path = scene.filled(&operation)?;
                if needed > rank {
                    let answer = api.call(operation.method.clone(), &path, &[]).await?;
                    ensure!(answer.status == 403, "{role} on {path}: {answer:?}");
                    ensure!(answer.body["needed_role"] == operation.role, "{answer:?}");
                } else if operation.path.ends_with("/suggestions") {
                    // Let in, but the scene's groups are published.
                    let answer = api.call(Method::GET, &path, &[]).await?;
                    ensure!(answer.status == 409, "{role} on {path}: {answer:?}");
                } else if operation.method == Method::GET && operation.path.ends_with("/plan") {
                    // Let in, but the scene's formation is of no plan.
                    let answer = api.call(Method::GET, &path, &[]).await?;
                    ensure!(answer.status == 404, "{role} on {path}: {answer:?}");
                } else if operation.method == Method::GET {
                    api.get(&path).await?;
                }
            }
        }
        ensure!(scene.cohort.stored().await? == before, "something changed");
        Ok(())
    })
}

#[test]
fn p2_a_revoked_contact_is_refused_at_once() -> Result<()> {
    run(async |world| {
        let scene = Scene::get(world).await?;
        let contact = world.contact(&world.institution, "operator").await?;
        let key = keys::contact(&contact.id);
        contact.api.get("/api/me").await?;
        world.set(&key, "active", &json!({ "BOOL": false })).await?;
        for operation in world.document.operations() {
            let path = scene.filled(&operation)?;
            let answer = contact.api.call(operation.method.clone(), &path, &[]).await?;
            ensure!(answer.status == 403, "{path} answered {}", answer.status);
            let kind = answer.body["type"].as_str().unwrap_or_default();
            ensure!(kind.ends_with(":not-a-contact"), "{answer:?}");
        }
        world.set(&key, "active", &json!({ "BOOL": true })).await?;
        contact.api.get("/api/me").await?;
        Ok(())
    })
}
