//! The drill: back up, erase, restore, and erase again (D3).

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests::cohort::{small, today};
use tests::{World, run};

/// A table beside the application's, with its keys and indexes, as a restore makes it.
async fn restored_table(world: &World, items: &[Value]) -> Result<String> {
    let name = world.service.stack.deployed.output("AppTable")?;
    let known = world.dynamodb("DescribeTable", &json!({ "TableName": name })).await?;
    let restored = format!("{name}-restored");
    let indexes = known["Table"]["GlobalSecondaryIndexes"].as_array().context("indexes")?;
    let indexes: Vec<Value> = indexes
        .iter()
        .map(|index| {
            let part = |name: &str| index[name].clone();
            json!({
                "IndexName": part("IndexName"), "KeySchema": part("KeySchema"),
                "Projection": part("Projection"),
            })
        })
        .collect();
    let table = json!({
        "TableName": restored, "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": known["Table"]["KeySchema"],
        "AttributeDefinitions": known["Table"]["AttributeDefinitions"],
        "GlobalSecondaryIndexes": indexes,
    });
    world.dynamodb("CreateTable", &table).await?;
    put_all(world, &restored, items).await?;
    Ok(restored)
}

/// The items of a partition of a table.
async fn partition(world: &World, table: &str, pk: &str) -> Result<Vec<Value>> {
    let query = json!({
        "TableName": table, "KeyConditionExpression": "pk = :pk", "ConsistentRead": true,
        "ExpressionAttributeValues": { ":pk": { "S": pk } },
    });
    let found = world.dynamodb("Query", &query).await?;
    Ok(found["Items"].as_array().cloned().unwrap_or_default())
}

async fn put_all(world: &World, table: &str, items: &[Value]) -> Result<()> {
    for item in items {
        world.dynamodb("PutItem", &json!({ "TableName": table, "Item": item })).await?;
    }
    Ok(())
}

#[test]
fn d3_what_was_erased_is_erased_again_after_a_restore() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("drill", small).await?;
        cohort.answered_by(4).await?;
        cohort.form().await?;
        let table = world.service.stack.deployed.output("AppTable")?.to_owned();
        let beside = world.cohort("beside", small).await?;
        beside.answered_by(3).await?;
        let mut backup = cohort.items("").await?;
        ensure!(backup.len() > 8);
        let theirs = beside.items("").await?;
        let own = theirs.iter().find_map(|item| {
            item["sk"]["S"].as_str().filter(|sk| sk.starts_with("STUDENT#")).map(str::to_owned)
        });
        let own = own.context("a student")?;
        let student = own.trim_start_matches("STUDENT#").to_owned();
        backup.extend(theirs);
        backup.extend([beside.record().await?, cohort.record().await?]);

        // The cohort falls due and is erased, a day before the disaster.
        let erased_before = {
            let _alone = world.sweeps.lock().await;
            let yesterday = today().yesterday()?;
            world.service.set_delete_on(&cohort.scope, yesterday).await?;
            world.sweep().await?;
            domain::ErasureId::for_due_cohort(&cohort.settings.id, yesterday)
        };
        cohort.await_erasure(&erased_before, "completed").await?;
        ensure!(cohort.left().await? == [0, 0, 0]);

        // And one person of another cohort, who asked for it.
        let operator = world.operator().await?;
        beside.erase_person(&operator, &student).await?;
        ensure!(beside.items(&own).await?.is_empty());

        // The backup comes back in a table of its own; the ledger makes the cohort due there.
        let restored = restored_table(world, &backup).await?;
        let event = json!({ "restored": { "table": restored } });
        let check = json!({ "restore_check": { "table": restored } });
        let checked = world.service.invoke("erasure-steps", &check).await?;
        ensure!(checked["verified"] == false && checked["in_sight"] == 2, "{checked}");
        let told = world.service.invoke("erasure-steps", &event).await?;
        let ours =
            json!({ "institution": cohort.scope.institution, "cohort": cohort.scope.cohort });
        let persons = json!([{
            "institution": beside.scope.institution, "cohort": beside.scope.cohort, "count": 1,
        }]);
        let expected = json!({ "examined": 2, "due_again": [ours], "persons": persons });
        ensure!(told == expected, "{told}");
        let checked = world.service.invoke("erasure-steps", &check).await?;
        ensure!(checked["verified"] == true && checked["in_sight"] == 0, "{checked}");
        let key = keys::cohort(&cohort.scope);
        let key = json!({ "pk": { "S": key.pk }, "sk": { "S": key.sk } });
        let read = json!({ "TableName": restored, "Key": key });
        let marked = world.dynamodb("GetItem", &read).await?["Item"].take();
        ensure!(marked["delete_on"]["S"] == today().to_string(), "{marked}");
        // No other table is prepared so, whatever the right would allow.
        let own = json!({ "restored": { "table": table } });
        ensure!(world.service.invoke("erasure-steps", &own).await.is_err());

        // The items are brought over: nobody sees them, and the sweep erases them again.
        let _alone = world.sweeps.lock().await;
        for pk in [
            keys::cohort_partition(&cohort.scope),
            keys::cohort_partition(&beside.scope),
            keys::institution_partition(&cohort.scope.institution),
        ] {
            let items = partition(world, &restored, &pk).await?;
            ensure!(!items.is_empty(), "{pk}");
            put_all(world, &table, &items).await?;
        }
        world.dynamodb("DeleteTable", &json!({ "TableName": restored })).await?;
        ensure!(world.operator().await?.status(&cohort.path("")).await? == 404);
        let swept = world.sweep().await?;
        let found = cohort.in_sweep(&swept).context("the sweep did not find it")?;
        ensure!(found["state"] == "started", "{found}");
        let again = domain::ErasureId::for_due_cohort(&cohort.settings.id, today());
        cohort.await_erasure(&again, "completed").await?;
        ensure!(cohort.left().await? == [0, 0, 0]);
        let student = domain::StudentId::parse(student)?;
        let again = domain::ErasureId::for_restored_person(&beside.settings.id, &student, today());
        beside.await_erasure(&again, "completed").await?;
        for item in beside.items("").await? {
            ensure!(!item.to_string().contains(student.as_str()), "{item}");
        }
        ensure!(beside.items("STUDENT#").await?.len() == 2, "the others stay");
        Ok(())
    })
}
