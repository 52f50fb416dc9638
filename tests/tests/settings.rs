//! What the template sets is what the functions read, and the template's regions are the code's.
//! Needs no stack.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use dev::checks;
use dev::layout::Layout;
use dev::tools::Tools;
use domain::region::EU_REGIONS;
use runtime::{Reader, SettingsError};
use serde_json::Value;

/// Read by `runtime::start` for every function; Lambda sets the region itself.
const COMMON: [&str; 1] = ["LOG_LEVEL"];

type Names = BTreeSet<String>;

/// The names that a function asks for when nothing is set, and that its refusal repeats.
fn asked<C>(read: fn(Reader<'_>) -> Result<C, SettingsError>) -> Names {
    let names = RefCell::new(Names::new());
    let reader = Reader::new(|name| {
        names.borrow_mut().insert(name.to_owned());
        None
    });
    let refusal = read(reader).err().map(|error| error.to_string()).unwrap_or_default();
    let names = names.into_inner();
    for name in &names {
        assert!(refusal.contains(name), "the refusal does not name {name}: {refusal}");
    }
    names
}

fn all_asked() -> BTreeMap<&'static str, Names> {
    [
        ("confirmation", asked(confirmation::Config::read)),
        ("erasure-steps", asked(erasure_steps::Config::read)),
        ("formation-steps", asked(formation_steps::config::Config::read)),
        ("formation-trigger", asked(formation_trigger::config::Config::read)),
        ("institution-export", asked(institution_export::Config::read)),
        ("mail-events", asked(mail_events::Config::read)),
        ("mailer", asked(mailer::Config::read)),
        ("mailing-clock", asked(mailing_clock::config::Config::read)),
        ("notices", asked(notices::config::Config::read)),
        ("onboarding", asked(onboarding::config::Config::read)),
        ("portal-api", asked(portal_api::config::Config::read)),
        ("portal-web", asked(portal_web::config::Config::read)),
        ("privacy-clock", asked(privacy_clock::Config::read)),
        ("public-pages", asked(public_pages::config::Config::read)),
        ("quarantine-reprocess", asked(quarantine_reprocess::config::Config::read)),
        ("retention-sweep", asked(retention_sweep::Config::read)),
        ("sign-in-gate", asked(sign_in_gate::config::Config::read)),
        ("typeform-webhook", asked(typeform_webhook::config::Config::read)),
    ]
    .into()
}

async fn template() -> Result<(Layout, Value)> {
    let layout = Layout::find()?;
    let tools = Tools::install(&layout).await?;
    let (template, _) = checks::expand(&layout, &tools).await?;
    Ok((layout, template))
}

#[tokio::test]
async fn settings_of_each_function_match_the_template() -> Result<()> {
    let (layout, template) = template().await?;
    let resources = template["Resources"].as_object().context("resources")?;
    let mut set: BTreeMap<String, Names> = BTreeMap::new();
    for resource in resources.values().filter(|r| r["Type"] == "AWS::Lambda::Function") {
        let properties = &resource["Properties"];
        let name = properties["FunctionName"]["Fn::Sub"].as_str().context("a name")?;
        let name = name.trim_start_matches("${AWS::StackName}-").to_owned();
        let variables = properties["Environment"]["Variables"].as_object().context("settings")?;
        let names = variables.keys().filter(|name| !COMMON.contains(&name.as_str())).cloned();
        set.insert(name, names.collect());
    }
    let asked = all_asked();
    let folders = layout.functions()?;
    ensure!(folders.iter().eq(asked.keys()), "{folders:?} are not the functions of this test");
    ensure!(set.keys().eq(folders.iter()), "{:?} are in the template", set.keys());
    for (function, names) in &asked {
        ensure!(set[*function] == *names, "{function}: set {:?}, read {names:?}", set[*function]);
    }
    Ok(())
}

#[tokio::test]
async fn d8_region_list_in_the_template_is_the_domains() -> Result<()> {
    let (_, template) = template().await?;
    let assertion = &template["Rules"]["EuOnly"]["Assertions"][0];
    let list = assertion["Assert"]["Fn::Contains"][0].as_array().context("a list")?;
    let listed: BTreeSet<&str> = list.iter().filter_map(Value::as_str).collect();
    ensure!(listed == EU_REGIONS.into(), "{listed:?}");
    ensure!(listed.len() == list.len(), "{list:?}");
    let told = assertion["AssertDescription"].as_str().unwrap_or_default();
    for region in EU_REGIONS {
        ensure!(told.contains(region), "the refusal does not name {region}: {told}");
    }
    Ok(())
}
