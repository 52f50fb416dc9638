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
        let mut backup = cohort.items("").await?;
        ensure!(backup.len() > 8);
        backup.push(cohort.record().await?);

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

        // The backup comes back in a table of its own; the ledger makes the cohort due there.
        let restored = restored_table(world, &backup).await?;
        let event = json!({ "restored": { "table": restored } });
        let told = world.service.invoke("erasure-steps", &event).await?;
        let ours =
            json!({ "institution": cohort.scope.institution, "cohort": cohort.scope.cohort });
        ensure!(told == json!({ "examined": 1, "due_again": [ours] }), "{told}");
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
        *backup.last_mut().context("the cohort's item")? = marked;
        put_all(world, &table, &backup).await?;
        world.dynamodb("DeleteTable", &json!({ "TableName": restored })).await?;
        ensure!(world.operator().await?.status(&cohort.path("")).await? == 404);
        let swept = world.sweep().await?;
        let found = cohort.in_sweep(&swept).context("the sweep did not find it")?;
        ensure!(found["state"] == "started", "{found}");
        let again = domain::ErasureId::for_due_cohort(&cohort.settings.id, today());
        cohort.await_erasure(&again, "completed").await?;
        ensure!(cohort.left().await? == [0, 0, 0]);
        Ok(())
    })
}
