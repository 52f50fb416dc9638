//! The snapshot (G4) and the commit.

use domain::cohort::{CriterionSetting, Hardness, Rule, Settings, SmallSections};
use domain::formation::{Failure, FormationStatus, Group, Kind, NEW_PARTNERS};
use serde_json::json;
use sha2::Digest;

use crate::sample::{profile, settings, student_id};
use crate::world::{World, much_later, now};

#[tokio::test]
async fn g4_the_snapshot_answers_the_sections_that_have_students() {
    let world = World::with_students(5, 4).await;
    let answer = world.step("snapshot").await.unwrap();
    assert_eq!(answer, json!({"sections": [{"section": "A"}, {"section": "B"}]}));
    let input = world.object("input/B.json");
    let ids: Vec<_> = input["students"].as_array().unwrap().iter().map(|s| &s["id"]).collect();
    assert_eq!(
        ids,
        [
            &json!(student_id(5)),
            &json!(student_id(6)),
            &json!(student_id(7)),
            &json!(student_id(8))
        ]
    );
    assert_eq!(input["seed"], 42);
}

#[tokio::test]
async fn g4_the_latest_answer_of_each_student_counts_however_many_pages_there_are() {
    let world = World::with_students(5, 0).await;
    world.answers(2, "A", "token-later", 5, profile(9)).await;
    world.answers(3, "A", "token-earlier", -5, profile(9)).await;
    world.table.held().page = Some(2);
    world.step("snapshot").await.unwrap();
    let input = world.object("input/A.json");
    assert_eq!(input["students"].as_array().unwrap().len(), 5);
    assert_eq!(input["students"][2]["profile"], json!(profile(9)));
    assert_eq!(input["students"][3]["profile"], json!(profile(3)));
}

#[tokio::test]
async fn g4_a_repeated_snapshot_is_the_same_whoever_answers_meanwhile() {
    let world = World::with_students(5, 4).await;
    let answer = world.step("snapshot").await.unwrap();
    let before = world.outside().objects.clone();
    // One changes the section, one the answers, one comes late to a section that had nobody.
    world.answers(0, "B", "token-moved", 5, profile(8)).await;
    world.answers(1, "A", "token-changed", 5, profile(8)).await;
    world.answers(20, "C", "token-late", 5, profile(8)).await;
    assert_eq!(world.step("snapshot").await.unwrap(), answer);
    assert_eq!(world.outside().objects, before);
}

#[tokio::test]
async fn g4_a_snapshot_that_died_half_way_goes_on_with_the_same_students() {
    let world = World::with_students(5, 4).await;
    world.step("snapshot").await.unwrap();
    let before = world.outside().objects.clone();
    world.outside().objects.retain(|key, _| key.ends_with("snapshot.json"));
    world.answers(0, "B", "token-moved", 5, profile(8)).await;
    world.step("snapshot").await.unwrap();
    assert_eq!(world.outside().objects, before);
}

#[tokio::test]
async fn d4_a_restricted_and_an_objecting_student_are_in_no_snapshot_and_no_input() {
    let world = World::with_students(5, 4).await;
    for (number, name) in [(1, "restricted"), (6, "objected")] {
        let key = store::keys::student(&world.scope, &student_id(number));
        let mut held = world.table.held();
        let item = held.items.get_mut(&(key.pk, key.sk)).unwrap();
        let since = aws_sdk_dynamodb::types::AttributeValue::S("2026-09-01T10:00:00Z".into());
        item.insert(name.into(), since);
    }
    world.step("snapshot").await.unwrap();
    for (section, students) in [("A", 4), ("B", 3)] {
        let input = world.object(&format!("input/{section}.json"));
        assert_eq!(input["students"].as_array().unwrap().len(), students, "{section}");
    }
    let all: Vec<Vec<u8>> = world.outside().objects.values().cloned().collect();
    for number in [1, 6] {
        let id = student_id(number).to_string();
        let named = all.iter().any(|body| String::from_utf8_lossy(body).contains(&id));
        assert!(!named, "student {number} is nowhere in what the solver reads");
    }
}

#[tokio::test]
async fn g2_a_section_too_small_is_formed_with_another_and_the_result_says_so() {
    let mut settings = settings();
    settings.small_sections = SmallSections::Merge;
    let world = World::with(settings, 5, 2).await;
    let answer = world.step("snapshot").await.unwrap();
    assert_eq!(answer, json!({"sections": [{"section": "A"}]}));
    let input = world.object("input/A.json");
    assert_eq!(input["students"].as_array().unwrap().len(), 7);
    assert_eq!(input["merged"], json!(["B"]));
    world.step_with("solve", json!({"section": "A"})).await.unwrap();
    world.step("commit").await.unwrap();
    let formation = world.formation().await;
    let section = &formation.sections[&"A".parse().unwrap()];
    assert_eq!(
        (section.students, section.merged.as_slice()),
        (7, ["B".parse().unwrap()].as_slice())
    );
    assert_eq!(formation.sections.len(), 1);
}

#[tokio::test]
async fn g7_the_solver_is_told_who_has_met() {
    let mut settings = settings();
    let criterion =
        json!({"id": "new", "weight": 9, "hardness": "must", "rule": {"not_again": {}}});
    settings.criteria.push(serde_json::from_value(criterion).unwrap());
    let world = World::with(settings, 9, 0).await;
    world.step("snapshot").await.unwrap();
    assert_eq!(world.object("input/A.json")["past"], json!(null), "nobody has met");
    world.step_with("solve", json!({"section": "A"})).await.unwrap();
    world.step("commit").await.unwrap();
    world.step("publish").await.unwrap();
    let store = world.table.store();
    let first = store.all_groups(&world.scope, &World::id()).await.unwrap();
    // The next round, begun after the first one was published.
    let id = "for_11111111111111111111111111111111";
    let mut next = world.formation().await;
    next.id = id.parse().unwrap();
    next.status = FormationStatus::Running;
    next.ended_at = None;
    next.replaces = Some(World::id());
    store.start_formation(&world.scope, &next, None).await.unwrap();
    let mut event = world.event("snapshot", json!({}));
    event["formation"] = json!(id);
    world.send(event, now).await.unwrap();
    let outside = world.outside();
    let ending = format!("{id}/input/A.json");
    let (_, body) = outside.objects.iter().find(|(key, _)| key.ends_with(&ending)).unwrap();
    let input: serde_json::Value = serde_json::from_slice(body).unwrap();
    let met: Vec<_> = first.iter().map(|group| json!(group.members)).collect();
    assert_eq!(input["past"], json!([met]));
}

/// Groups that were published, and those of a rotation after them.
async fn rotated(settings: Settings) -> (Vec<Group>, Vec<Group>) {
    let world = World::with(settings, 16, 0).await;
    for step in ["snapshot", "solve", "commit", "publish"] {
        world.step_with(step, json!({"section": "A"})).await.unwrap();
    }
    let store = world.table.store();
    let first = store.all_groups(&world.scope, &World::id()).await.unwrap();
    let id: domain::FormationId = "for_11111111111111111111111111111111".parse().unwrap();
    let mut next = world.formation().await;
    next.id = id.clone();
    next.kind = Kind::Rotation;
    next.status = FormationStatus::Running;
    next.ended_at = None;
    next.replaces = Some(World::id());
    store.start_formation(&world.scope, &next, None).await.unwrap();
    for step in ["snapshot", "solve", "commit"] {
        let mut event = world.event(step, json!({"section": "A"}));
        event["formation"] = json!(id);
        world.send(event, now).await.unwrap();
    }
    let second = store.all_groups(&world.scope, &id).await.unwrap();
    assert_eq!(second.iter().map(|group| group.members.len()).sum::<usize>(), 16);
    (first, second)
}

/// How many students meet somebody again.
fn again(first: &[Group], second: &[Group]) -> usize {
    let pairs = first.iter().flat_map(|one| second.iter().map(move |other| (one, other)));
    pairs
        .map(|(one, other)| one.members.iter().filter(|it| other.members.contains(it)).count())
        .filter(|met| *met > 1)
        .sum()
}

fn criterion(id: &str, weight: u32, hardness: &str, rule: &serde_json::Value) -> CriterionSetting {
    let criterion = json!({"id": id, "weight": weight, "hardness": hardness, "rule": rule});
    serde_json::from_value(criterion).unwrap()
}

#[tokio::test]
async fn g7_a_rotation_looks_back_without_being_told_to_by_the_settings() {
    let (first, second) = rotated(settings()).await;
    assert_eq!(again(&first, &second), 0);
    assert!(second.iter().all(|group| group.scores.contains_key(NEW_PARTNERS)));
    let told = second.iter().flat_map(|group| &group.explained);
    assert!(
        told.clone().any(|told| told.da.contains("Nye makkere")),
        "{:?}",
        told.collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn g7_nothing_that_is_no_must_rule_outweighs_new_partners_nor_does_a_weaker_rule_of_ones_own()
{
    let pairs: Vec<_> = (0..16).step_by(2).map(|at| [student_id(at), student_id(at + 1)]).collect();
    let own = criterion("own", 1, "could", &json!({"not_again": {"rounds": 1}}));
    for own in [None, Some(own)] {
        let mut settings = settings();
        let together = json!({"together": {"sets": pairs}});
        let shoulds = ["one", "two", "three"].map(|id| criterion(id, 100, "should", &together));
        settings.criteria.extend(shoulds);
        settings.criteria.extend(own);
        let (first, second) = rotated(settings).await;
        let pair = |group: &Group| {
            pairs.iter().any(|pair| pair.iter().all(|id| group.members.contains(id)))
        };
        assert!(first.iter().all(pair), "the rules are heard at first");
        assert_eq!(again(&first, &second), 0);
        assert!(second.iter().all(|group| group.must_broken.is_empty()));
    }
}

#[tokio::test]
async fn g7_a_must_rule_comes_before_new_partners_and_as_few_as_can_be_meet_again() {
    let mut settings = settings();
    let together = json!({"together": {"sets": [[student_id(0), student_id(1)]]}});
    settings.criteria.push(criterion("pair", 1, "must", &together));
    let (first, second) = rotated(settings).await;
    assert_eq!(again(&first, &second), 2, "those two, as they must");
    assert!(second.iter().all(|group| group.must_broken.is_empty()));
}

#[tokio::test]
async fn d10_the_snapshot_holds_no_name_or_address() {
    let world = World::with_students(5, 4).await;
    world.step("snapshot").await.unwrap();
    for (key, body) in &world.outside().objects {
        let text = String::from_utf8(body.clone()).unwrap();
        assert!(!text.contains("example.edu") && !text.contains("Student 1"), "{key}");
    }
}

#[tokio::test]
async fn g3_nobody_answered_is_said_so() {
    let world = World::with_students(0, 0).await;
    let error = world.step("snapshot").await.unwrap_err();
    assert_eq!(error.name, "NoStudents");
    assert_eq!(error.cause, r#"{"code":"no_students","detail":""}"#);
    assert!(world.outside().objects.is_empty());
}

#[tokio::test]
async fn d2_no_task_goes_on_with_a_cohort_that_is_due() {
    for step in ["snapshot", "solve", "commit", "request_approval", "publish", "announce"] {
        let world = World::with_students(5, 4).await;
        let event = world.event(step, json!({"section": "A", "task_token": "t"}));
        let error = world.send(event, much_later).await.unwrap_err();
        assert_eq!(error.name, "CohortGone", "{step}");
        assert!(world.outside().written.is_empty(), "{step}");
    }
}

#[tokio::test]
async fn g1_no_task_goes_on_with_a_formation_that_has_ended() {
    let world = World::with_students(5, 4).await;
    let error = json!({"error": {"Error": "States.Timeout", "Cause": ""}});
    world.step_with("fail", error).await.unwrap();
    for step in ["snapshot", "solve", "commit", "request_approval", "publish", "announce"] {
        let more = json!({"section": "A", "task_token": "t"});
        let error = world.step_with(step, more).await.unwrap_err();
        assert_eq!(error.name, "Ended", "{step}");
    }
    assert!(world.outside().written.is_empty());
    assert_eq!(world.formation().await.status, FormationStatus::Failed);
}

#[tokio::test]
async fn g4_the_commit_keeps_seed_hash_engine_and_scores_with_the_formation() {
    let world = World::with_students(9, 8).await;
    world.up_to("commit").await;
    let formation = world.formation().await;
    assert_eq!(formation.seed, 42);
    assert_eq!(formation.engine.as_deref(), Some(grouping::ENGINE_VERSION));
    let section = &formation.sections[&"A".parse().unwrap()];
    assert_eq!((section.students, section.groups, section.must_broken), (9, 2, 0));
    assert!(section.mean >= section.worst && section.worst > 0);
    let input = &world.outside().objects;
    let (_, body) = input.iter().find(|(key, _)| key.ends_with("input/A.json")).unwrap();
    let hash = (0..64).step_by(2).map(|at| u8::from_str_radix(&section.input_hash[at..at + 2], 16));
    assert_eq!(hash.collect::<Result<Vec<u8>, _>>().unwrap(), sha2::Sha256::digest(body).to_vec());
    assert_eq!(section.input_hash.len(), 64);
    assert_eq!(formation.status, FormationStatus::Running);
}

#[tokio::test]
async fn g1_a_repeated_commit_writes_the_same_groups() {
    let world = World::with_students(9, 8).await;
    world.up_to("commit").await;
    let before = world.table.held().items.clone();
    assert_eq!(world.step("commit").await.unwrap(), json!({"approval": false}));
    assert!(world.table.held().items == before, "items differ");
    let groups = world.table.store().all_groups(&world.scope, &World::id()).await.unwrap();
    let members: usize = groups.iter().map(|group| group.members.len()).sum();
    assert_eq!(members, 17);
}

#[tokio::test]
async fn g6_the_commit_answers_whether_a_contact_has_to_approve() {
    let mut settings = settings();
    settings.approval = true;
    let world = World::with(settings, 5, 4).await;
    world.up_to("solve").await;
    assert_eq!(world.step("commit").await.unwrap(), json!({"approval": true}));
}

#[tokio::test]
async fn g3_the_commit_names_every_section_that_could_not_be_formed() {
    let world = World::with_students(2, 1).await;
    world.up_to("solve").await;
    let error = world.step("commit").await.unwrap_err();
    assert_eq!(error.name, "TooFewStudents");
    assert_eq!(
        error.cause,
        r#"{"code":"too_few_students","section":"A","detail":"2 students are fewer than the smallest group size 3; section B: 1 students are fewer than the smallest group size 3"}"#
    );
    assert_eq!(world.table.count("GROUP#"), 0);
}

#[tokio::test]
async fn a_missing_output_is_no_transient_fault() {
    let world = World::with_students(5, 4).await;
    world.step("snapshot").await.unwrap();
    assert_eq!(world.step("commit").await.unwrap_err().name, "Permanent");
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_tried_again() {
    let world = World::with_students(5, 4).await;
    world.table.held().down.push("query");
    assert_eq!(world.step("snapshot").await.unwrap_err().name, "Transient");
}

#[tokio::test]
async fn g3_a_must_that_binds_students_of_two_sections_is_told_and_not_passed_over() {
    let bound = |numbers: [usize; 2]| {
        let mut settings = settings();
        let ids = numbers.map(|number| student_id(number).to_string());
        settings.criteria.push(CriterionSetting {
            id: "friends".into(),
            rule: Rule::Together { sets: vec![ids.into()] },
            weight: 1,
            hardness: Hardness::Must,
        });
        settings
    };
    // Students 0 to 4 are in section A, 5 to 8 in B; nobody knows of 99.
    for numbers in [[0, 1], [6, 7], [0, 99]] {
        let world = World::with(bound(numbers), 5, 4).await;
        world.step("snapshot").await.unwrap();
    }
    let world = World::with(bound([1, 6]), 5, 4).await;
    let error = world.step("snapshot").await.unwrap_err();
    assert_eq!(error.name, "InvalidCriteria");
    let failure: Failure = serde_json::from_str(&error.to_string()).unwrap();
    assert!(failure.explained[0].en.contains("different sections (A and B)"), "{failure:?}");
    assert_eq!(failure.students, [student_id(1), student_id(6)]);
    // As a wish it is left to those who can follow it.
    let mut wish = bound([1, 6]);
    wish.criteria.last_mut().unwrap().hardness = Hardness::Should;
    World::with(wish, 5, 4).await.step("snapshot").await.unwrap();
}
