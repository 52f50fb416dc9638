//! Each file of `events/erasure-steps` is executed, in a world where it makes sense.

use domain::erasure::{ErasureRef, Subject};
use erasure_steps::{Progress, Request, Task, answer, handle};
use runtime::StepError;

use crate::machine::Machine;
use crate::world::{APP, DUE, FORM, World, erasure, input, now, run};

/// The events about a person and about an institution, each in a world in which its erasure was asked for.
async fn of_others(name: &str, event: &str) {
    let task: Result<Task, _> = serde_json::from_str(event);
    if name == "person-without-cohort" {
        assert!(task.is_err());
        return;
    }
    let person = name.starts_with("person");
    let world = if person {
        crate::persons::asked().await
    } else {
        crate::institutions::asked(World::small().await).await
    };
    let (task, systems) = (task.unwrap(), world.systems());
    if !name.ends_with("begin") {
        let begin = serde_json::json!({ "step": "begin", "subject": ErasureRef {
            institution: task.institution.clone(),
            subject: task.subject(),
            erasure: task.erasure.clone(),
        }});
        handle(&systems, crate::world::from(begin)).await.unwrap();
    }
    let outcome = handle(&systems, task).await;
    if name == "institution-certify-unverified" {
        assert_eq!(outcome.unwrap_err().name, "Permanent");
        return;
    }
    let progress = outcome.unwrap();
    match name {
        "institution-begin" | "person-begin" | "person-items" => assert!(progress.done),
        "institution-next-cohort" => {
            let named = serde_json::to_value(progress.subject).unwrap();
            assert_eq!((progress.done, &named["cohort"]), (false, &DUE.into()));
        }
        "institution-items" => {
            assert!(progress.done);
            let ours = |key: &String| key.starts_with("INS#ins_example-university/COHORT#");
            assert_eq!(world.tables.plain(APP).keys().filter(|key| ours(key)).count(), 0);
        }
        "person-objects" => {
            // One key fits in the tests' slice: the student's export.
            let keys = world.bucket.versions().into_iter().map(|version| version.key);
            assert!(!progress.done && !keys.into_iter().any(|key| key.contains("export.zip")));
        }
        other => panic!("events/erasure-steps/{other}.json: nobody knows what it should do"),
    }
}

async fn execute(name: &str, task: Task) -> (World, Result<Progress, StepError>) {
    let world = World::new().await;
    let before: &[&str] = match name {
        "begin" | "begin-not-due" | "items-not-begun" => &[],
        "certify" => &["begin", "typeform", "suppressions", "objects", "items"],
        _ => &["begin"],
    };
    // The steps that lie before the event's.
    let systems = world.systems();
    run(&systems, before).await;
    let outcome = handle(&systems, task).await;
    (world, outcome)
}

#[tokio::test]
async fn every_event_is_executed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/erasure-steps");
    let mut executed = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let event = std::fs::read_to_string(&path).unwrap();
        if name == "restored" || name == "restore-check" {
            let event = event.replace("unihelper-AppTable-EXAMPLE", APP);
            let request = Request::parse(serde_json::from_str(&event).unwrap()).unwrap();
            let systems = World::new().await.systems();
            let (once, somebody) = ("ins_gone".parse().unwrap(), Subject::Institution);
            systems.ledger.record(&once, &somebody, now()).await.unwrap();
            let told = answer(&systems, request).await.unwrap();
            assert_eq!(told["examined"], 0, "an empty table");
            let verified = told.get("verified").map(|verified| verified == true);
            assert_eq!(verified, (name == "restore-check").then_some(false), "not applied yet");
            executed += 1;
            continue;
        }
        if name.starts_with("person") || name.starts_with("institution") {
            of_others(&name, &event).await;
            executed += 1;
            continue;
        }
        let (world, outcome) = execute(&name, serde_json::from_str(&event).unwrap()).await;
        let failed = outcome.as_ref().err().map(|error| error.name);
        let done = outcome.as_ref().is_ok_and(|progress| progress.done);
        match name.as_str() {
            "begin" => {
                assert!(done);
                let record = format!("INS#ins_example-university/ERASURE#{}", erasure());
                assert_eq!(world.tables.plain(APP)[&record]["status"], "running");
            }
            "begin-not-due" => assert_eq!(failed, Some("NotDue")),
            "typeform" => {
                assert_eq!(outcome.unwrap().wait_seconds, 10);
                assert!(world.typeform.webhooks(FORM).is_empty());
            }
            "typeform-after-a-day" => assert_eq!(failed, Some("GaveUp")),
            "suppressions" => {
                assert!(!done && outcome.unwrap().cursor.is_some());
                assert_eq!(world.suppressed.addresses(), ["s5@example.edu", "somebody@example.dk"]);
            }
            "suppressions-next-slice" => {
                assert_eq!(outcome.unwrap().round, 2);
                assert_eq!(world.suppressed.addresses(), ["S3@Example.edu", "somebody@example.dk"]);
            }
            // One batch fits in the tests' slice.
            "objects" => assert!(!done && world.versions_of(DUE) == 20),
            "items" => assert!(!done && world.items_of(DUE) == 21),
            "items-not-begun" => assert_eq!(failed, Some("Permanent")),
            "verify" => assert_eq!(outcome.unwrap().left_over.unwrap()["typeform"], 13),
            "verify-last-pass" => assert_eq!(failed, Some("LeftOver")),
            "certify" => assert!(done && world.certificates().len() == 1),
            "certify-unverified" => {
                assert_eq!((failed, world.certificates().len()), (Some("Permanent"), 0));
            }
            "form-gone" => {
                assert!(done, "{outcome:?}");
                let record = format!("INS#ins_example-university/ERASURE#{}", erasure());
                let record = &world.tables.plain(APP)[&record];
                assert_eq!(record["form_gone"]["reference"], "2027-114");
            }
            "fail" => {
                let record = format!("INS#ins_example-university/ERASURE#{}", erasure());
                let record = &world.tables.plain(APP)[&record];
                assert_eq!(record["failure"], "wrong_typeform_region");
            }
            other => panic!("events/erasure-steps/{other}.json: nobody knows what it should do"),
        }
        executed += 1;
    }
    assert_eq!(executed, 25);
}

#[tokio::test]
async fn the_ids_of_the_events_are_those_that_the_sweep_makes() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/erasure-steps");
    let event = std::fs::read_to_string(format!("{folder}/begin.json")).unwrap();
    let mut event: serde_json::Value = serde_json::from_str(&event).unwrap();
    let event = event["subject"].take();
    assert_eq!(event, input());
    // And the machine takes them.
    let world = World::new().await;
    let mut machine = Machine::new();
    machine.run(&world.systems(), event).await;
    assert_eq!(machine.steps.first().map(String::as_str), Some("begin"));
}
