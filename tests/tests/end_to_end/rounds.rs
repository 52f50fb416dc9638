//! Several rounds planned at once and published one after the other (G7).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use domain::FormationId;
use domain::cohort::Sizes;
use serde_json::{Value, json};
use tests::cohort::small_with_mail;
use tests::{Api, Cohort, run};

const STUDENTS: usize = 12;

async fn groups(api: &Api, cohort: &Cohort, formation: &str) -> Result<Vec<BTreeSet<String>>> {
    let groups = api.list(&cohort.path(&format!("/formations/{formation}/groups"))).await?;
    let ids = |group: &Value| {
        let members = group["members"].as_array().into_iter().flatten();
        members.filter_map(|member| member["id"].as_str()).map(str::to_owned).collect()
    };
    Ok(groups.iter().map(ids).collect())
}

/// Notes who meets in a round; an error where two met in an earlier one.
fn meet(met: &mut BTreeSet<(String, String)>, round: &[BTreeSet<String>]) -> Result<()> {
    for group in round {
        for one in group {
            for other in group.iter().filter(|other| one < *other) {
                ensure!(met.insert((one.clone(), other.clone())), "{one} and {other} meet again");
            }
        }
    }
    Ok(())
}

/// The mails about a formation's groups, by student.
async fn mailed(cohort: &Cohort, formation: &str) -> Result<BTreeMap<String, usize>> {
    let mut found = BTreeMap::new();
    for item in cohort.items(keys::MESSAGE).await? {
        if item["kind"]["S"] == "group" && item["formation"]["S"] == formation {
            let student = item["student"]["S"].as_str().context("a student")?.to_owned();
            *found.entry(student).or_default() += 1;
        }
    }
    Ok(found)
}

fn states(plan: &Value) -> Vec<&str> {
    let rounds = plan["rounds"].as_array().into_iter().flatten();
    rounds.filter_map(|round| round["state"].as_str()).collect()
}

fn formation_in(body: &Value) -> Result<FormationId> {
    Ok(FormationId::parse(body["formation"].as_str().context("a formation")?)?)
}

#[test]
fn g7_three_rounds_are_planned_at_once_and_published_as_planned_without_who_left() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("planned", |settings| {
            small_with_mail(settings);
            settings.sizes = Sizes { min: 2, preferred: 3, max: 3 };
        });
        let cohort = cohort.await?;
        let students = cohort.invent(STUDENTS + 1);
        let (late, early) = students.split_last().context("students")?;
        cohort.answer(early).await?;
        let api = world.coordinator().await?;
        let at =
            |formation: &str, below: &str| cohort.path(&format!("/formations/{formation}{below}"));
        let ask = cohort.path("/formations?rounds=3");
        let key = [("idempotency-key", "plan")];
        let started = api.post(&ask, &key).await?;
        ensure!(started.status == 202 && started.body["started"] == true, "{started:?}");
        let again = api.post(&ask, &key).await?;
        ensure!(again.body["formation"] == started.body["formation"], "{again:?}");
        let first = formation_in(&started.body)?;
        // The cohort asks for no approval, but a plan does.
        cohort.await_status(&first, "awaiting_approval").await?;

        // A contact sees all rounds: everybody once in each, and nobody twice with the same partner.
        let plan_at = at(first.as_str(), "/plan");
        let plan = api.get(&plan_at).await?;
        ensure!(states(&plan) == ["proposed"; 3], "{plan}");
        ensure!(plan["at_most"].as_u64().is_some_and(|most| most >= 3), "{plan}");
        let rounds = plan["rounds"].as_array().context("rounds")?.clone();
        let id = |round: usize| rounds[round]["formation"].as_str().context("an id");
        let mut met = BTreeSet::new();
        for round in &rounds {
            ensure!(round["sections"][0]["repeats"] == 0, "{round}");
            let here = groups(&api, &cohort, round["groups_of"].as_str().context("an id")?).await?;
            let seats: usize = here.iter().map(BTreeSet::len).sum();
            let everybody: BTreeSet<&String> = here.iter().flatten().collect();
            ensure!((seats, everybody.len()) == (STUDENTS, STUDENTS), "{here:?}");
            meet(&mut met, &here)?;
        }
        let early_on = api.post(&at(id(1)?, "/publish"), &[("if-match", "\"1\"")]).await?;
        ensure!(early_on.status == 412, "{early_on:?}");

        let approved = api.decide(&at(first.as_str(), "/approve"), 0).await?;
        ensure!(approved.status == 202, "{approved:?}");
        cohort.await_status(&first, "published").await?;
        cohort.await_mails(STUDENTS).await?;
        let told = mailed(&cohort, first.as_str()).await?;
        ensure!(told.len() == STUDENTS && told.values().all(|mails| *mails == 1), "{told:?}");
        let plan = api.get(&plan_at).await?;
        ensure!(states(&plan) == ["published", "next", "waiting"], "{plan}");
        ensure!(api.get(&cohort.path("")).await?["plan"] == first.as_str());

        // One is erased, which takes them out of every round; another one comes late.
        let gone = cohort.student(&early[0].email).await?;
        let gone = gone["id"]["S"].as_str().context("an id")?.to_owned();
        let seen = plan["version"].as_u64().context("a version")?;
        cohort.erase_person(&world.operator().await?, &gone).await?;
        cohort.answer(std::slice::from_ref(late)).await?;
        for item in cohort.items(keys::GROUP).await? {
            ensure!(!item.to_string().contains(&gone), "{item} names who was erased");
        }
        let plan = api.get(&plan_at).await?;
        ensure!((&plan["joined"], &plan["left"]) == (&json!(1), &json!(1)), "{plan}");
        let version = plan["version"].as_u64().context("a version")?;
        let publish = at(id(1)?, "/publish");
        let stale = api.post(&publish, &[("if-match", &format!("\"{seen}\""))]).await?;
        ensure!(stale.status == 412, "{stale:?}");
        let other = [("if-match", &*format!("\"{version}\""))];
        let not_yet = api.post(&at(id(2)?, "/publish"), &other).await?;
        ensure!(not_yet.status == 409, "{not_yet:?}");

        let waiting = groups(&api, &cohort, id(1)?).await?;
        let next = api.post(&publish, &other).await?;
        ensure!(next.status == 202 && next.body["started"] == true, "{next:?}");
        let second = formation_in(&next.body)?;
        let again = api.post(&publish, &other).await?;
        ensure!(again.status == 202 && again.body["started"] == false, "{again:?}");
        ensure!(again.body["formation"] == second.as_str(), "{again:?}");
        // Nobody is asked again: a contact approved the round with the plan.
        cohort.await_status(&second, "published").await?;
        let now = groups(&api, &cohort, second.as_str()).await?;
        ensure!(now == waiting, "{now:?} were planned as {waiting:?}");
        let mut members: Vec<&String> = now.iter().flatten().collect();
        members.sort();
        ensure!(members.len() == STUDENTS - 1 && !members.contains(&&gone), "{members:?}");
        let mut met = BTreeSet::new();
        meet(&mut met, &groups(&api, &cohort, first.as_str()).await?)?;
        meet(&mut met, &now)?;
        let again = api.get(&at(second.as_str(), "/meetings")).await?;
        ensure!((&again["count"], &again["rounds"]) == (&json!(0), &json!(1)), "{again}");

        // Each of them is mailed once about the round, and told that it counts in the place of the one before.
        let mails = cohort.statuses().await?.len();
        cohort.await_mails(mails).await?;
        let told = mailed(&cohort, second.as_str()).await?;
        ensure!(told.keys().collect::<Vec<_>>() == members, "{told:?}");
        ensure!(told.values().all(|mails| *mails == 1), "{told:?}");
        let record = cohort.record().await?;
        ensure!(record["published_formation"]["S"] == second.as_str(), "{record}");
        let plan = api.get(&at(second.as_str(), "/plan")).await?;
        ensure!(states(&plan) == ["published", "published", "next"], "{plan}");
        ensure!(plan["rounds"][1]["groups_of"] == second.as_str(), "{plan}");

        // Who came late is placed as after any publication.
        let need = api.get(&at(second.as_str(), "/repair")).await?;
        ensure!(need == json!({ "joined": 1, "left": 0 }), "{need}");
        Ok(())
    })
}
