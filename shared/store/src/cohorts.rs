//! Cohorts: onboarding, reading, what is due.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::cohort::{Cohort, Settings, everybody_named, newly_named};
use domain::retention::Extension;
use domain::{FormId, InstitutionId, retention};
use futures::future::try_join;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::item::{encode, number, string, text};
use crate::update::{Change, Transacted};
use crate::{Error, Scope, Store, keys};

/// A new deletion date and the one it was worked out from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The first day on which the data must not exist from now on.
    pub delete_on: Date,
    /// The one that was read; if it is another by now, nothing is changed.
    pub was: Date,
}

/// A cohort found in the index of what is due.
pub type DueCohort = Scope;

#[derive(Debug, Serialize, Deserialize)]
struct FormOwner {
    institution: InstitutionId,
    cohort: domain::CohortId,
    #[serde(default, skip_serializing_if = "Purpose::is_default")]
    purpose: Purpose,
}

/// What a cohort uses a form for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Its answers form groups.
    #[default]
    Questionnaire,
    /// Its answers tell how it went (M2).
    Evaluation,
}

impl Purpose {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Whose a form is, and what for. It stays when the cohort is gone, so that late answers are recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormClaim {
    /// The cohort.
    pub scope: Scope,
    /// What it uses the form for.
    pub purpose: Purpose,
}

/// What became of a change of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedSettings {
    /// It is made.
    Done,
    /// The cohort is not as it was read.
    Stale,
    /// The form of the evaluation is in use; nothing was changed.
    FormTaken,
    /// A rule names somebody anew who is not in the cohort, or is being erased; nothing was changed.
    NobodyThere,
}

impl Store {
    /// Onboards a cohort and claims its forms, in one transaction; tells whether all were free.
    ///
    /// A second call with the same cohort changes nothing and answers false.
    pub async fn create_cohort(&self, cohort: &Cohort) -> Result<bool, Error> {
        let settings = &cohort.settings;
        let scope = scope_of(settings);
        let mut item = encode("cohort", &keys::cohort(&scope), cohort)?;
        if cohort.active_formation.is_none() && cohort.published_formation.is_none() {
            item.insert("deadline_pk".into(), string(keys::DEADLINE));
            item.insert("deadline_sk".into(), string(keys::deadline_sk(settings.deadline, &scope)));
        }
        item.insert("retention_pk".into(), string(keys::RETENTION));
        item.insert("retention_sk".into(), string(keys::retention_sk(cohort.delete_on, &scope)));
        let mut items = vec![
            self.put_in_transaction(item),
            self.claim(&scope, &settings.form, Purpose::Questionnaire)?,
        ];
        if let Some(evaluation) = &settings.evaluation {
            items.push(self.claim(&scope, &evaluation.form, Purpose::Evaluation)?);
        }
        Ok(matches!(self.transact("create_cohort", items).await?, Transacted::Done))
    }

    /// Replaces a cohort's settings, e.g. after its mapping was mended. What has happened to the
    /// cohort stays; institution, id and form cannot change. An evaluation that is new claims its form in
    /// the same transaction. Refused if the cohort is not there, is being erased, or has another form than
    /// was read, be it of the questionnaire or of the evaluation: an evaluation that was named since would be
    /// dropped, and its claim would lead to a cohort that does not know it. Refused as well if a rule names students
    /// and the rules are not as they were read: who was erased meanwhile would be named again.
    pub async fn replace_settings(
        &self,
        was: &Settings,
        settings: &Settings,
    ) -> Result<ChangedSettings, Error> {
        let evaluation = match &was.evaluation {
            Some(_) => "#evaluation.#form = :evaluation_form",
            None => "attribute_not_exists(#evaluation)",
        };
        let names_somebody = !everybody_named(&settings.criteria).is_empty();
        let criteria = if names_somebody { " AND criteria = :criteria" } else { "" };
        let condition = format!(
            "attribute_exists(pk) AND attribute_not_exists(erasure) AND #form = :form AND {evaluation}{criteria}"
        );
        let mut change = set_settings(settings)?
            .when(&condition)
            .name("#form", "form")
            .name("#evaluation", "evaluation")
            .value(":form", string(settings.form.as_str()))
            .count("settings_version");
        if let Some(evaluation) = &was.evaluation {
            change = change.value(":evaluation_form", string(evaluation.form.as_str()));
        }
        // Whom a rule named when it was read may have been erased since, and out of the rule with it.
        if names_somebody {
            let criteria = serde_json::json!({ "criteria": was.criteria });
            let mut read = encode("cohort", &keys::cohort(&scope_of(settings)), &criteria)?;
            let read = read.remove("criteria").ok_or(Error::Unwritable { kind: "cohort" })?;
            change = change.value(":criteria", read);
        }
        self.change_and_claim("replace_settings", change, was, settings).await
    }

    /// Changes the settings of a cohort that is still as it was read: neither its settings nor its term
    /// moved, no formation runs, and it is not put away. Where the deadline moves, the deletion date and
    /// the list of deadlines move with it; an evaluation that is new claims its form in the same
    /// transaction. So is the look at each student whom a rule names anew: an erasure marks the student before it
    /// reads the rules, so it finds whoever was named before that mark, and nobody is named after it. A second call
    /// finds another version.
    pub async fn change_settings(
        &self,
        was: &Cohort,
        settings: &Settings,
    ) -> Result<ChangedSettings, Error> {
        let mut change = set_settings(settings)?;
        if settings.deadline != was.settings.deadline {
            let scope = scope_of(settings);
            let regular = retention::delete_on(settings.deadline, was.last_formation_at);
            let delete_on = retention::extended(regular, was.extension.as_ref());
            let deadline = keys::deadline_sk(settings.deadline, &scope);
            change = change
                .set("delete_on", string(delete_on.to_string()))
                .set("retention_sk", string(keys::retention_sk(delete_on, &scope)))
                .set("deadline_pk", string(keys::DEADLINE))
                .set("deadline_sk", string(deadline));
        }
        let change = unchanged_since(change, was);
        self.change_and_claim("change_settings", change, &was.settings, settings).await
    }

    async fn change_and_claim(
        &self,
        operation: &'static str,
        change: Change,
        was: &Settings,
        settings: &Settings,
    ) -> Result<ChangedSettings, Error> {
        let scope = scope_of(settings);
        let new = settings.evaluation.as_ref().filter(|_| was.evaluation.is_none());
        let claim = match new {
            Some(evaluation) => Some(self.claim(&scope, &evaluation.form, Purpose::Evaluation)?),
            None => None,
        };
        let mut looks = Vec::new();
        for student in newly_named(&was.criteria, &settings.criteria).into_keys() {
            // What is no id is nobody's.
            let Ok(student) = student.parse() else { return Ok(ChangedSettings::NobodyThere) };
            let there = Change::of(&keys::student(&scope, &student))
                .when("attribute_exists(pk) AND attribute_not_exists(erasure)");
            looks.push(there.check_in_transaction(&self.table));
        }
        if claim.is_none() && looks.is_empty() {
            let done = self.change(operation, change).await?;
            return Ok(if done { ChangedSettings::Done } else { ChangedSettings::Stale });
        }
        let claims = usize::from(claim.is_some());
        let mut items = vec![change.in_transaction(&self.table)];
        items.extend(claim);
        items.extend(looks);
        Ok(match self.transact(operation, items).await? {
            Transacted::Done => ChangedSettings::Done,
            Transacted::Refused(0) => ChangedSettings::Stale,
            Transacted::Refused(at) if at <= claims => ChangedSettings::FormTaken,
            Transacted::Refused(_) => ChangedSettings::NobodyThere,
        })
    }

    /// The claim of a form that nobody has claimed.
    fn claim(
        &self,
        scope: &Scope,
        form: &FormId,
        purpose: Purpose,
    ) -> Result<TransactWriteItem, Error> {
        let Scope { institution, cohort } = scope.clone();
        let owner = FormOwner { institution, cohort, purpose };
        Ok(self.put_in_transaction(encode("form", &keys::form(form), &owner)?))
    }

    /// Puts a cohort away, or (`at` absent) takes it out again, if it is still as it was read. What is put
    /// away leaves the list of deadlines; what is taken out comes back onto it while nothing was formed.
    /// Tells whether it was done.
    pub async fn archive(&self, was: &Cohort, at: Option<Timestamp>) -> Result<bool, Error> {
        let scope = scope_of(&was.settings);
        let change = Change::of(&keys::cohort(&scope));
        let change = match at {
            Some(at) => change
                .set("archived_at", string(at.to_string()))
                .remove(&["deadline_pk", "deadline_sk"]),
            None if was.published_formation.is_none() => change
                .remove(&["archived_at"])
                .set("deadline_pk", string(keys::DEADLINE))
                .set("deadline_sk", string(keys::deadline_sk(was.settings.deadline, &scope))),
            None => change.remove(&["archived_at"]),
        };
        self.change("archive", unchanged_since(change, was)).await
    }

    /// The cohort, unless its data is due for deletion or being erased (D2), or its institution is
    /// deactivated (D6).
    pub async fn cohort(&self, scope: &Scope, today: Date) -> Result<Option<Cohort>, Error> {
        let cohort = self.cohort_even_if_gone(scope);
        let (cohort, out_of_reach) =
            try_join(cohort, self.is_out_of_reach(&scope.institution)).await?;
        Ok(cohort.filter(|cohort| !out_of_reach && is_visible(cohort, today)))
    }

    /// The cohort's record also when its data is gone: for erasure and certificates only.
    pub async fn cohort_even_if_gone(&self, scope: &Scope) -> Result<Option<Cohort>, Error> {
        self.get("cohort", "cohort", &keys::cohort(scope)).await
    }

    /// The institution's cohorts, without those whose data is due or gone; none if it is deactivated.
    pub async fn cohorts(
        &self,
        institution: &InstitutionId,
        today: Date,
    ) -> Result<Vec<Cohort>, Error> {
        if self.is_out_of_reach(institution).await? {
            return Ok(Vec::new());
        }
        let pk = keys::institution_partition(institution);
        let mut found: Vec<Cohort> = self.all("cohorts", "cohort", &pk, keys::COHORT).await?;
        found.retain(|cohort| is_visible(cohort, today));
        Ok(found)
    }

    /// The cohort that uses a form, whether or not its data is due.
    pub async fn form_owner(&self, form: &FormId) -> Result<Option<Scope>, Error> {
        Ok(self.form_claim(form).await?.map(|claim| claim.scope))
    }

    /// The same, and what for.
    pub async fn form_claim(&self, form: &FormId) -> Result<Option<FormClaim>, Error> {
        let owner: Option<FormOwner> = self.get("form_claim", "form", &keys::form(form)).await?;
        Ok(owner.map(|owner| FormClaim {
            scope: Scope::new(owner.institution, owner.cohort),
            purpose: owner.purpose,
        }))
    }

    /// Cohorts whose deadline has passed and whose formation was not started yet.
    ///
    /// The index is eventually consistent: a cohort may be missing for a moment or still be listed
    /// just after its formation was started.
    pub async fn past_deadline(&self, now: Timestamp) -> Result<Vec<Scope>, Error> {
        self.index("deadline", keys::DEADLINE, &format!("{}~", now.strftime("%Y-%m-%dT%H:%M:%SZ")))
            .await
    }

    /// Cohorts whose deletion date has come and that are not erased yet.
    pub async fn due(&self, today: Date) -> Result<Vec<DueCohort>, Error> {
        self.index("retention", keys::RETENTION, &format!("{today}~")).await
    }

    /// Notes the controller's instruction to keep the data longer, or (`extension` absent) that it is
    /// revoked, and moves the deletion date. Tells whether the cohort is there, not being erased,
    /// and still has the deletion date that was read. A second call changes nothing more.
    pub async fn extend_retention(
        &self,
        scope: &Scope,
        extension: Option<&Extension>,
        term: Term,
    ) -> Result<bool, Error> {
        let key = keys::cohort(scope);
        let mut change = Change::of(&key)
            .set("delete_on", string(term.delete_on.to_string()))
            .set("retention_sk", string(keys::retention_sk(term.delete_on, scope)))
            .when("attribute_exists(pk) AND attribute_not_exists(erasure) AND #delete_on = :was")
            .value(":was", string(term.was.to_string()));
        if let Some(extension) = extension {
            let mut item = encode("cohort", &key, &serde_json::json!({ "extension": extension }))?;
            let extension = item.remove("extension").ok_or(Error::Unwritable { kind: "cohort" })?;
            change = change.set("extension", extension);
        } else {
            change = change.remove(&["extension"]);
        }
        self.change("extend_retention", change).await
    }

    /// All cohorts that hold data, whenever it is due.
    pub async fn with_data(&self) -> Result<Vec<Scope>, Error> {
        // Behind every date.
        self.index("retention", keys::RETENTION, "~").await
    }

    /// Takes a cohort off the index of deadlines, once the formation of this deadline surely runs or
    /// nothing is to be formed. A deadline that was moved since it was read stays listed.
    pub async fn deadline_done(&self, scope: &Scope, deadline: Timestamp) -> Result<(), Error> {
        let change = Change::of(&keys::cohort(scope))
            .remove(&["deadline_pk", "deadline_sk"])
            .when("attribute_exists(pk) AND deadline = :deadline")
            .value(":deadline", string(deadline.to_string()));
        self.change("deadline_done", change).await.map(drop)
    }

    async fn index(
        &self,
        name: &'static str,
        partition: &str,
        up_to: &str,
    ) -> Result<Vec<Scope>, Error> {
        let found = self.index_entries(name, partition, up_to).await?;
        let read =
            |sk: String| keys::scope_in_index(&sk).ok_or(Error::Corrupt { kind: "index entry" });
        found.into_iter().map(read).collect()
    }

    /// Sort keys in a partition of an index, those before `up_to`.
    pub(crate) async fn index_entries(
        &self,
        name: &'static str,
        partition: &str,
        up_to: &str,
    ) -> Result<Vec<String>, Error> {
        let mut found = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .index_name(name)
                .key_condition_expression("#pk = :pk AND #sk < :up_to")
                .expression_attribute_names("#pk", format!("{name}_pk"))
                .expression_attribute_names("#sk", format!("{name}_sk"))
                .expression_attribute_values(":pk", string(partition))
                .expression_attribute_values(":up_to", string(up_to))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| Error::unavailable(name, error))?;
            for item in answer.items.unwrap_or_default() {
                let sk = text(&item, &format!("{name}_sk")).map(str::to_owned);
                found.push(sk.ok_or(Error::Corrupt { kind: "index entry" })?);
            }
            match answer.last_evaluated_key {
                Some(next) => start = Some(next),
                None => return Ok(found),
            }
        }
    }
}

fn scope_of(settings: &Settings) -> Scope {
    Scope::new(settings.institution.clone(), settings.id.clone())
}

/// Everything in the settings that can change.
fn set_settings(settings: &Settings) -> Result<Change, Error> {
    let key = keys::cohort(&scope_of(settings));
    let mut change = Change::of(&key);
    let item = encode("cohort", &key, settings)?;
    for name in ["small_sections", "evaluation"] {
        if !item.contains_key(name) {
            change = change.remove(&[name]);
        }
    }
    for (name, value) in item {
        if !["pk", "sk", "institution", "id", "form"].contains(&name.as_str()) {
            change = change.set(&name, value);
        }
    }
    Ok(change)
}

/// The change under the condition that the cohort is as it was read, with the next version.
fn unchanged_since(change: Change, was: &Cohort) -> Change {
    // A cohort from before there were versions has none, which is the version 0.
    let version = if was.settings_version == 0 {
        "(attribute_not_exists(settings_version) OR settings_version = :seen)"
    } else {
        "settings_version = :seen"
    };
    let archived = if was.archived_at.is_some() {
        "attribute_exists(archived_at)"
    } else {
        "attribute_not_exists(archived_at)"
    };
    let condition = format!(
        "attribute_exists(pk) AND attribute_not_exists(erasure) AND attribute_not_exists(active_formation) \
         AND {archived} AND delete_on = :was AND {version}"
    );
    change
        .set("settings_version", number(was.settings_version.saturating_add(1)))
        .when(&condition)
        .value(":was", string(was.delete_on.to_string()))
        .value(":seen", number(was.settings_version))
}

fn is_visible(cohort: &Cohort, today: Date) -> bool {
    cohort.erasure.is_none() && !retention::is_due(cohort.delete_on, today)
}
