//! Groups: started once, the same for the same input, reviewed where that was asked for (G1 to G6, G9).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use dev::sample::cohort::now;
use dev::service::Answer;
use domain::FormationId;
use domain::cohort::{CriterionSetting, Hardness, Rule, Sizes};
use formation_steps::solve::Solved;
use futures::future::{join_all, try_join_all};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tests::cohort::{small, small_with_mail};
use tests::{Cohort, World, run, wait_for};

const MACHINE: &str = "FormationStateMachineArn";

fn formation_in(body: &Value) -> Result<FormationId> {
    let id = body["formation"].as_str().with_context(|| format!("no formation in {body}"))?;
    Ok(FormationId::parse(id)?)
}

/// A cohort's one formation, and that one execution ran for it.
async fn the_one_formation(world: &World, cohort: &Cohort) -> Result<Value> {
    let formations = cohort.items(keys::FORMATION).await?;
    ensure!(formations.len() == 1, "{} formations", formations.len());
    let id = formations[0]["id"]["S"].as_str().context("an id")?;
    ensure!(world.executions(MACHINE, id).await?.len() == 1);
    Ok(formations[0].clone())
}

#[test]
fn g1_deadline_starts_the_formation_once() -> Result<()> {
    run(async |world| {
        let cohort = async |word| {
            let soon = now() + SignedDuration::from_secs(30);
            let cohort = world.cohort(word, |settings| {
                small(settings);
                settings.deadline = soon;
            });
            let cohort = cohort.await?;
            cohort.answered_by(4).await?;
            Ok::<_, anyhow::Error>(cohort)
        };
        // By nobody's hand: the schedule fires once a minute.
        let left_alone = cohort("deadline").await?;
        wait_for("the schedule", async || {
            let formed = left_alone.record().await?["published_formation"]["S"].is_string();
            Ok(formed.then_some(()))
        })
        .await?;
        let formation = the_one_formation(world, &left_alone).await?;
        ensure!(formation["requested_by"]["S"] == "deadline", "{formation}");

        // The schedule fires late, twice, and while it is at work already.
        let rushed = cohort("rushed").await?;
        ensure!(rushed.settings.deadline > now() - SignedDuration::from_mins(1));
        wait_for("the deadline", async || Ok((now() > rushed.settings.deadline).then_some(())))
            .await?;
        let event = json!({ "source": "deadline" });
        for outcome in
            join_all([0; 6].map(|_| world.service.invoke("formation-trigger", &event))).await
        {
            ensure!(outcome.as_ref().is_ok_and(|swept| swept["due"].is_u64()), "{outcome:?}");
        }
        wait_for("the formation", async || {
            let formed = rushed.record().await?["published_formation"]["S"].is_string();
            Ok(formed.then_some(()))
        })
        .await?;
        the_one_formation(world, &rushed).await?;
        // Later runs of the schedule find neither.
        for cohort in [&left_alone, &rushed] {
            ensure!(cohort.record().await?["deadline_pk"].is_null());
        }
        world.service.invoke("formation-trigger", &event).await?;
        the_one_formation(world, &left_alone).await?;
        Ok(())
    })
}

#[test]
fn g1_two_contacts_at_once_get_one_formation() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("at-once", |settings| {
            small(settings);
            settings.approval = true;
        });
        let cohort = cohort.await?;
        cohort.answered_by(6).await?;
        let others = world.contact(&world.institution, "coordinator").await?;
        let (one, other) = (world.coordinator().await?, others.api);
        let path = cohort.path("/formations");
        let (one_key, other_key) = ([("idempotency-key", "one")], [("idempotency-key", "other")]);
        let calls = [
            one.post(&path, &one_key),
            other.post(&path, &other_key),
            one.post(&path, &one_key),
            other.post(&path, &other_key),
            one.post(&path, &[]),
            other.post(&path, &[]),
        ];
        let answers: Vec<Answer> = try_join_all(calls).await?;
        let formation = the_one_formation(world, &cohort).await?;
        for answer in &answers {
            ensure!([202, 409].contains(&answer.status), "{answer:?}");
            ensure!(answer.body["formation"] == formation["id"]["S"], "{answer:?}");
        }
        let started = answers.iter().filter(|answer| answer.body["started"] == true).count();
        ensure!(started == 1, "{answers:?}");

        // The winner's key asks for the same formation for ever, also when it awaits approval.
        let id = FormationId::parse(formation["id"]["S"].as_str().unwrap_or_default())?;
        cohort.await_status(&id, "awaiting_approval").await?;
        let again = [one.post(&path, &one_key).await?, other.post(&path, &other_key).await?];
        ensure!(again.iter().all(|answer| answer.body["formation"] == id.as_str()), "{again:?}");
        the_one_formation(world, &cohort).await?;
        Ok(())
    })
}

#[test]
fn g1_a_failed_formation_can_be_started_again() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("again", |settings| {
            small(settings);
            settings.sizes = Sizes { min: 4, preferred: 4, max: 5 };
        });
        let cohort = cohort.await?;
        let students = cohort.invent(5);
        cohort.answer(&students[..3]).await?;
        let failed = cohort.start().await?;
        let item = cohort.await_status(&failed, "failed").await?;
        ensure!(item["failure"]["M"]["code"]["S"] == "too_few_students", "{item}");
        let api = world.coordinator().await?;
        let told = api.get(&cohort.path(&format!("/formations/{failed}"))).await?;
        ensure!(told["failure"]["code"] == "too_few_students", "{told}");
        ensure!(told["failure"]["sentence"]["da"].as_str().is_some_and(|text| !text.is_empty()));
        ensure!(cohort.record().await?["active_formation"].is_null(), "the cohort is free");

        cohort.answer(&students[3..]).await?;
        let event = json!({
            "source": "redrive", "institution": cohort.scope.institution,
            "cohort": cohort.scope.cohort, "formation": failed,
        });
        let redriven: Vec<Value> =
            try_join_all([0; 3].map(|_| world.service.invoke("formation-trigger", &event))).await?;
        let next = formation_in(&redriven[0])?;
        ensure!(redriven.iter().all(|answer| answer["formation"] == next.as_str()), "{redriven:?}");
        cohort.await_status(&next, "published").await?;
        ensure!(api.list(&cohort.path(&format!("/formations/{next}/groups"))).await?.len() == 1);
        ensure!(cohort.items(keys::FORMATION).await?.len() == 2, "the failed one stays on record");
        Ok(())
    })
}

#[test]
fn g2_groups_have_allowed_sizes_keep_to_their_section_and_break_no_must_rule() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("rules", |settings| {
            settings.sections.truncate(2);
            settings.mail_agreed = false;
        });
        let cohort = cohort.await?;
        let students = cohort.answered_by(44).await?;
        let formation = cohort.form().await?;
        let api = world.coordinator().await?;
        let groups = api.list(&cohort.path(&format!("/formations/{formation}/groups"))).await?;
        let by_name: BTreeMap<String, BTreeSet<&str>> =
            students.iter().fold(BTreeMap::new(), |mut known, student| {
                let name = format!("{} {}", student.first, student.last);
                known.entry(name).or_insert_with(BTreeSet::new).insert(student.section.as_str());
                known
            });
        let mut seen = BTreeSet::new();
        for group in &groups {
            let members = group["members"].as_array().context("members")?;
            ensure!((4..=6).contains(&members.len()), "{} members", members.len());
            let section = group["section"].as_str().context("a section")?;
            for member in members {
                ensure!(seen.insert(member["id"].to_string()), "{} is in two groups", member["id"]);
                let name = member["name"].as_str().context("a name")?;
                ensure!(by_name[name].contains(section), "a member of another section");
            }
            let criteria = group["criteria"].as_array().context("criteria")?;
            ensure!(criteria.len() == cohort.settings.criteria.len());
            ensure!(criteria.iter().all(|criterion| criterion["must_broken"] == false), "{group}");
        }
        ensure!(seen.len() == students.len(), "{} of {}", seen.len(), students.len());
        Ok(())
    })
}

#[test]
fn g3_conflicting_must_rules_fail_with_a_reason_in_the_portal() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("conflict", |settings| {
            small(settings);
            let question = settings.questions.iter().find(|q| q.id.as_str() == "mathematics");
            let question = question.expect("the sample asks for it").id.clone();
            let cover = |code: &str, at_least: u16| CriterionSetting {
                id: format!("with-{code}"),
                rule: Rule::Cover {
                    question: question.clone(),
                    codes: [code.to_owned()].into(),
                    at_least,
                },
                weight: 50,
                hardness: Hardness::Must,
            };
            settings.sizes = Sizes { min: 4, preferred: 4, max: 5 };
            // A group of five could keep both, so that the settings are taken; eight students make two of four.
            settings.criteria = vec![cover("a", 4), cover("b", 1)];
        });
        let cohort = cohort.await?;
        cohort.answered_by(8).await?;
        let formation = cohort.start().await?;
        cohort.await_status(&formation, "failed").await?;
        let api = world.coordinator().await?;
        let base = cohort.path(&format!("/formations/{formation}"));
        let told = api.get(&base).await?;
        ensure!(told["failure"]["code"] == "must_rules_conflict", "{told}");
        ensure!(told["failure"]["section"] == cohort.settings.sections[0].id.as_str(), "{told}");
        let detail = told["failure"]["detail"].as_str().unwrap_or_default();
        ensure!(detail.contains("with-a") || detail.contains("with-b"), "{detail}");
        for language in ["da", "en"] {
            ensure!(told["failure"]["sentence"][language].as_str().is_some_and(|s| s.len() > 20));
        }
        let groups = api.call(reqwest::Method::GET, &format!("{base}/groups"), &[]).await?;
        ensure!(groups.status == 409 && groups.body["formation_status"] == "failed", "{groups:?}");
        ensure!(cohort.items(keys::GROUP).await?.is_empty());
        ensure!(cohort.record().await?["published_formation"].is_null());
        Ok(())
    })
}

#[test]
fn g4_same_seed_and_input_same_groups() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("seed", |settings| {
            let sections = settings.sections[..2].to_vec();
            small(settings);
            settings.sections = sections;
        });
        let cohort = cohort.await?;
        // So many that another seed ends elsewhere.
        cohort.answered_by(60).await?;
        let formation = cohort.form().await?;
        let api = world.coordinator().await?;
        let told = api.get(&cohort.path(&format!("/formations/{formation}"))).await?;
        ensure!(told["engine"].as_str().is_some_and(|engine| !engine.is_empty()), "{told}");
        let seed: u64 = told["seed"].as_str().context("a seed")?.parse()?;
        let sections = told["sections"].as_array().context("sections")?;
        ensure!(sections.len() == 2, "{told}");
        let stored = cohort.items(&keys::group_prefix(&formation)).await?;
        for told in sections {
            let section = domain::SectionId::parse(told["section"].as_str().unwrap_or_default())?;
            let input = world
                .service
                .object(&keys::solve_input(&cohort.scope, &formation, &section))
                .await?;
            let hash = Sha256::digest(input.as_bytes());
            let hash = hash.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
            ensure!(told["input_hash"] == hash, "{told}");
            ensure!(serde_json::from_str::<Value>(&input)?["seed"] == seed);

            // In another process, at another time: the stored input alone decides.
            let solved = formation_steps::solve::solve(input.as_bytes(), &formation, &section);
            let Ok(Solved::Groups(again)) = solved else { anyhow::bail!("not solved: {solved:?}") };
            ensure!(told["mean"] == again.result.mean && told["worst"] == again.result.worst);
            ensure!(told["evaluations"] == again.result.evaluations);
            ensure!(told["groups"] == again.groups.len(), "{told}");
            for group in &again.groups {
                let key = keys::group(&cohort.scope, &formation, &section, group.number);
                let item =
                    stored.iter().find(|item| item["sk"]["S"] == key.sk).context("the group")?;
                let members: Vec<&str> = item["members"]["L"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|member| member["S"].as_str())
                    .collect();
                let expected: Vec<&str> =
                    group.members.iter().map(domain::StudentId::as_str).collect();
                let score = group.score.to_string();
                ensure!(members == expected, "{item}");
                ensure!(item["score"]["N"].as_str() == Some(&*score), "{item}");
            }
        }
        Ok(())
    })
}

/// A cohort with groups that await approval.
async fn awaiting(world: &'static World, word: &str) -> Result<(Cohort, FormationId)> {
    let cohort = world.cohort(word, |settings| {
        small_with_mail(settings);
        settings.approval = true;
    });
    let cohort = cohort.await?;
    cohort.answered_by(6).await?;
    let formation = cohort.start().await?;
    cohort.await_status(&formation, "awaiting_approval").await?;
    ensure!(cohort.record().await?["published_formation"].is_null(), "nobody has approved");
    ensure!(cohort.items(keys::MESSAGE).await?.is_empty(), "nobody has approved");
    Ok((cohort, formation))
}

#[test]
fn g6_approved_groups_are_published_and_mailed() -> Result<()> {
    run(async |world| {
        let (cohort, formation) = awaiting(world, "approve").await?;
        let api = world.coordinator().await?;
        let base = cohort.path(&format!("/formations/{formation}"));
        // What is to be approved can be looked at.
        ensure!(!api.list(&format!("{base}/groups")).await?.is_empty());
        let busy = api.post(&cohort.path("/formations"), &[]).await?;
        ensure!(busy.status == 409 && busy.body["formation"] == formation.as_str(), "{busy:?}");

        let (approve, reject) = (format!("{base}/approve"), format!("{base}/reject"));
        let both = try_join_all([api.decide(&approve, 0), api.decide(&approve, 0)]).await?;
        ensure!(both.iter().all(|answer| answer.status == 202), "{both:?}");
        cohort.await_status(&formation, "published").await?;
        let late = api.decide(&reject, 0).await?;
        ensure!(late.status == 409 && late.body["verdict"] == "approved", "{late:?}");
        cohort.await_mails(6).await?;
        ensure!(world.mails(&cohort).await?.len() == 6);
        let told = api.get(&base).await?;
        ensure!(told["decision"]["verdict"] == "approved", "{told}");
        Ok(())
    })
}

#[test]
fn g6_rejected_groups_are_mailed_to_nobody_and_the_cohort_is_free_again() -> Result<()> {
    run(async |world| {
        let (cohort, formation) = awaiting(world, "reject").await?;
        let api = world.coordinator().await?;
        let base = cohort.path(&format!("/formations/{formation}"));
        let answer = api.decide(&format!("{base}/reject"), 0).await?;
        ensure!(answer.status == 202 && answer.body["verdict"] == "rejected", "{answer:?}");
        cohort.await_status(&formation, "rejected").await?;
        let late = api.decide(&format!("{base}/approve"), 0).await?;
        ensure!(late.status == 409, "{late:?}");
        ensure!(cohort.items(keys::MESSAGE).await?.is_empty());
        ensure!(world.mails(&cohort).await?.is_empty());
        let record = cohort.record().await?;
        ensure!(record["published_formation"].is_null() && record["active_formation"].is_null());
        let next = api.post(&cohort.path("/formations"), &[]).await?;
        ensure!(next.status == 202 && next.body["formation"] != formation.as_str(), "{next:?}");
        cohort.await_status(&formation_in(&next.body)?, "awaiting_approval").await?;
        Ok(())
    })
}

#[test]
fn g9_two_students_are_a_group_and_an_empty_section_is_no_obstacle() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("two", |settings| {
            let sections = settings.sections.clone();
            small(settings);
            settings.sections = sections;
            settings.sizes = Sizes { min: 2, preferred: 4, max: 5 };
        });
        let cohort = cohort.await?;
        let mut students = cohort.invent(2);
        let section = students[0].section.clone();
        students[1].section = section.clone();
        cohort.answer(&students).await?;
        let formation = cohort.form().await?;
        let api = world.coordinator().await?;
        let groups = api.list(&cohort.path(&format!("/formations/{formation}/groups"))).await?;
        ensure!(groups.len() == 1 && groups[0]["section"] == section.as_str(), "{groups:?}");
        ensure!(groups[0]["members"].as_array().map(Vec::len) == Some(2), "{groups:?}");
        let told = api.get(&cohort.path(&format!("/formations/{formation}"))).await?;
        ensure!(told["sections"].as_array().map(Vec::len) == Some(1), "{told}");
        Ok(())
    })
}

#[test]
fn g9_nobody_has_answered_is_a_reason_not_a_crash() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("nobody", small).await?;
        let formation = cohort.start().await?;
        let item = cohort.await_status(&formation, "failed").await?;
        ensure!(item["failure"]["M"]["code"]["S"] == "no_students", "{item}");
        Ok(())
    })
}
