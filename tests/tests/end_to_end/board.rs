//! Groups that await approval, changed by hand (G6).

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::cohort::small;
use tests::run;

#[test]
fn g6_a_student_is_moved_by_hand_and_the_groups_are_published_as_they_are_then() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("board", |settings| {
            small(settings);
            settings.approval = true;
        });
        let cohort = cohort.await?;
        cohort.answered_by(8).await?;
        let formation = cohort.start().await?;
        cohort.await_status(&formation, "awaiting_approval").await?;
        let api = world.coordinator().await?;
        let base = cohort.path(&format!("/formations/{formation}"));
        let board = api.get(&format!("{base}/board")).await?;
        ensure!(board["version"] == 0 && board["editable"] == true, "{board}");
        let groups = api.list(&format!("{base}/groups")).await?;
        let group = groups.first().context("a group")?;
        let student = group["members"][0]["id"].as_str().context("a member")?;
        let (section, number) = (&group["section"], &group["number"]);
        let here = groups.iter().filter(|other| other["section"] == *section).count();

        // What it would do, then doing it: the number behind the last begins a new group.
        let wish = json!({ "student": student, "to": here + 1 });
        let judged = api.send(Method::POST, &format!("{base}/board/preview"), &wish).await?;
        ensure!(judged.status == 200, "{judged:?}");
        let changes = format!("{base}/board/changes");
        let made = api.change(Method::POST, &changes, 0, &wish).await?;
        ensure!((made.status, &made.body["effect"]) == (200, &judged.body), "{made:?}");
        let late = api.change(Method::POST, &changes, 0, &wish).await?;
        ensure!(late.status == 412, "{late:?}");

        // Held fast, nobody goes back; let go, the new group goes with its last member.
        let place = section.as_str().context("a section")?;
        let holds = format!("{base}/board/holds");
        let hold = json!({ "groups": format!("{place}/{number}") });
        ensure!(api.change(Method::PUT, &holds, 1, &hold).await?.status == 200);
        let back = json!({ "student": student, "to": number });
        let locked = api.change(Method::POST, &changes, 2, &back).await?;
        ensure!(locked.status == 409, "{locked:?}");
        ensure!(api.change(Method::PUT, &holds, 2, &json!({})).await?.status == 200);
        let found = api.get(&format!("{base}/board/suggestions?student={student}")).await?;
        ensure!(found["items"].as_array().is_some_and(|items| !items.is_empty()), "{found}");
        ensure!(api.change(Method::POST, &changes, 3, &back).await?.status == 200);
        let again = api.list(&format!("{base}/groups")).await?;
        ensure!(again.len() == groups.len(), "{again:?}");

        let approved = api.post(&format!("{base}/approve"), &[]).await?;
        ensure!(approved.status == 202, "{approved:?}");
        cohort.await_status(&formation, "published").await?;
        let over: Value = api.get(&format!("{base}/board")).await?;
        ensure!(over["editable"] == false, "{over}");
        let past = api.change(Method::POST, &changes, 4, &wish).await?;
        ensure!(past.status == 409, "{past:?}");
        Ok(())
    })
}
