//! Groups that await approval, changed by hand (G6).

use anyhow::{Context as _, Result, ensure};
use domain::FormationId;
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

        // Who saw the groups before the last change approves nothing.
        let stale = api.decide(&format!("{base}/approve"), 3).await?;
        ensure!(stale.status == 412 && stale.body["version"] == 4, "{stale:?}");
        let approved = api.decide(&format!("{base}/approve"), 4).await?;
        ensure!(approved.status == 202, "{approved:?}");
        cohort.await_status(&formation, "published").await?;
        let over: Value = api.get(&format!("{base}/board")).await?;
        ensure!(over["editable"] == false, "{over}");
        let past = api.change(Method::POST, &changes, 4, &wish).await?;
        ensure!(past.status == 409, "{past:?}");
        Ok(())
    })
}

#[test]
fn g6_the_rest_is_formed_anew_and_compared_and_what_was_set_aside_comes_back() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("anew", |settings| {
            small(settings);
            settings.approval = true;
        });
        let cohort = cohort.await?;
        cohort.answered_by(8).await?;
        let first = cohort.start().await?;
        cohort.await_status(&first, "awaiting_approval").await?;
        let api = world.coordinator().await?;
        let at = |formation: &FormationId, below: &str| {
            cohort.path(&format!("/formations/{formation}{below}"))
        };
        let groups = api.list(&at(&first, "/groups")).await?;
        let group = groups.first().context("a group")?;
        let place =
            format!("{}/{}", group["section"].as_str().context("a section")?, group["number"]);
        let holds = at(&first, "/board/holds");
        let held = api.change(Method::PUT, &holds, 0, &json!({ "groups": place })).await?;
        ensure!(held.status == 200, "{held:?}");

        let (anew, keep) = (at(&first, "/board/anew"), json!({ "keep": "held" }));
        let late = api.change_once("anew-0", &anew, 0, &keep).await?;
        ensure!(late.status == 412, "{late:?}");
        let started = api.change_once("anew-1", &anew, 1, &keep).await?;
        ensure!(started.status == 202 && started.body["started"] == true, "{started:?}");
        let again = api.change_once("anew-1", &anew, 1, &keep).await?;
        ensure!(again.status == 202 && again.body["started"] == false, "{again:?}");
        ensure!(again.body["formation"] == started.body["formation"], "{again:?}");
        let second = started.body["formation"].as_str().context("a formation")?;
        let second = FormationId::parse(second)?;
        cohort.await_status(&second, "awaiting_approval").await?;
        cohort.await_status(&first, "rejected").await?;

        // What was locked is where it was, and locked still.
        let now = api.list(&at(&second, "/groups")).await?;
        let same = |other: &&Value| {
            (&other["section"], &other["number"]) == (&group["section"], &group["number"])
        };
        let here = now.iter().find(same).context("the locked group")?;
        let ids = |group: &Value| {
            let members = group["members"].as_array().into_iter().flatten();
            let mut ids: Vec<String> = members.map(|member| member["id"].to_string()).collect();
            ids.sort();
            ids
        };
        ensure!(ids(here) == ids(group), "{here} was {group}");
        let board = api.get(&at(&second, "/board")).await?;
        ensure!(board["locked"] == held.body["locked"] && board["version"] == 0, "{board}");
        let told = api.get(&at(&second, "/comparison")).await?;
        ensure!(told["before"]["formation"] == first.as_str(), "{told}");
        ensure!(told["stay"].as_u64().zip(told["moved"].as_u64()).is_some_and(|(a, b)| a + b == 8));

        // The old ones after all: the new ones are rejected first.
        let (old, all) = (at(&first, "/board/anew"), json!({ "keep": "all" }));
        let busy = api.change_once("anew-2", &old, 1, &all).await?;
        ensure!(busy.status == 409, "{busy:?}");
        let rejected = api.decide(&at(&second, "/reject"), 0).await?;
        ensure!(rejected.status == 202, "{rejected:?}");
        cohort.await_status(&second, "rejected").await?;
        let back = api.change_once("anew-2", &old, 1, &all).await?;
        ensure!(back.status == 202, "{back:?}");
        let third = FormationId::parse(back.body["formation"].as_str().context("a formation")?)?;
        cohort.await_status(&third, "awaiting_approval").await?;
        let back = api.list(&at(&third, "/groups")).await?;
        ensure!(back.iter().map(ids).eq(groups.iter().map(ids)), "{back:?}");
        let approved = api.decide(&at(&third, "/approve"), 0).await?;
        ensure!(approved.status == 202, "{approved:?}");
        cohort.await_status(&third, "published").await?;
        Ok(())
    })
}
