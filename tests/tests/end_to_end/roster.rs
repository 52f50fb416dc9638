//! Who is expected, who has answered, and what becomes of those who never do (Q8, D4).

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::cohort::small;
use tests::{World, run};

fn rows(addresses: &[&str], section: &str) -> Value {
    let row = |email: &&str| json!({ "email": email, "section": section });
    json!({ "students": addresses.iter().map(row).collect::<Vec<_>>() })
}

#[test]
fn q8_a_roster_tells_who_has_answered_and_goes_with_whom_it_names() -> Result<()> {
    run(async |world: &'static World| {
        let cohort = world.cohort("expected", small).await?;
        let students = cohort.answered_by(3).await?;
        let section = cohort.settings.sections.first().context("a section")?.id.to_string();
        let api = world.coordinator().await?;
        let roster = cohort.path("/roster");
        let known = students[0].email.to_uppercase();
        let never = format!("never.{}", students[1].email);

        // All that is wrong at once, and nothing of it in the answer.
        let wrong = rows(&["=1+1", "no address", "0107901234@example.edu"], "nowhere");
        let refused = api.change(Method::PUT, &roster, 0, &wrong).await?;
        ensure!(refused.status == 400, "{refused:?}");
        let errors = refused.body["errors"].as_array().context("errors")?;
        ensure!(errors.len() == 6 && !refused.body.to_string().contains("0107901234"));

        let list = rows(&[&known, &never], &section);
        let done = api.change(Method::PUT, &roster, 0, &list).await?;
        ensure!((done.status, &done.body["version"]) == (200, &json!(1)), "{done:?}");
        let all = json!({ "expected": 2, "answered": 1, "unlisted": 2 });
        ensure!(done.body["all"] == all, "{done:?}");
        // The same again changes nothing; another from before is refused.
        let again = api.change(Method::PUT, &roster, 0, &list).await?;
        ensure!((again.status, &again.body["version"]) == (200, &json!(1)), "{again:?}");
        let late = api.change(Method::PUT, &roster, 0, &rows(&[&never], &section)).await?;
        ensure!(late.status == 412, "{late:?}");
        let another = rows(&[&known, &never, "third@example.edu"], &section);
        let replaced = api.change(Method::PUT, &roster, 1, &another).await?;
        ensure!((replaced.status, &replaced.body["version"]) == (200, &json!(2)), "{replaced:?}");
        let pages = cohort.items("EXPECTED#").await?;
        ensure!(pages.len() <= 3, "pages of the list before are gone: {}", pages.len());

        let waiting = api.list(&format!("{roster}/people?presence=waiting")).await?;
        let mut addresses: Vec<&Value> = waiting.iter().map(|one| &one["email"]).collect();
        addresses.sort_by_key(ToString::to_string);
        ensure!(addresses == [&json!(never), &json!("third@example.edu")], "{addresses:?}");
        let timeline = api.get(&cohort.path("/timeline")).await?;
        ensure!(timeline["days"].as_array().is_some_and(|days| !days.is_empty()), "{timeline}");

        // Somebody who never answered asks to be erased, and comes onto no list again.
        let operator = world.operator().await?;
        let wanted = json!({ "email": never });
        let found = operator.send(Method::POST, "/api/people/search", &wanted).await?;
        let id = found.body["items"][0]["student"].as_str().context("an id")?.to_owned();
        cohort.erase_person(&operator, &id).await?;
        for page in cohort.items("EXPECTED#").await? {
            ensure!(!page.to_string().contains("never."), "{page}");
        }
        let back = api.change(Method::PUT, &roster, 2, &list).await?;
        ensure!((back.status, &back.body["left_out"]) == (200, &json!(1)), "{back:?}");
        let gone = api.change(Method::DELETE, &roster, 3, &json!({})).await?;
        ensure!(gone.status == 200 && cohort.items("EXPECTED#").await?.is_empty(), "{gone:?}");
        Ok(())
    })
}
