//! Formations: one at a time per cohort, each step safe to run again (G1).

use std::collections::BTreeMap;

use domain::cohort::Cohort;
use domain::formation::{
    Around, BoardMarks, Decision, Failure, Formation, FormationStatus, RequestedBy, SectionResult,
    Verdict,
};
use domain::{FormationId, SectionId};
use jiff::Timestamp;

use crate::cohorts::Term;
use crate::item::{encode, number, string};
use crate::update::{Change, Transacted};
use crate::{Error, Scope, Store, keys};

/// How the request for a formation ended.
#[expect(clippy::large_enum_variant, reason = "one value per request, matched at once")]
#[derive(Debug, Clone, PartialEq)]
pub enum StartedFormation {
    /// It is recorded now; the caller starts the execution.
    New,
    /// It was recorded before; the caller starts the execution again, which changes nothing when it runs.
    Already(Formation),
    /// Another formation of the cohort runs.
    Busy(FormationId),
    /// The cohort has published groups that the request does not name.
    Published(FormationId),
    /// The cohort is not there or being erased.
    NoCohort,
    /// The deadline that asks for it is not the cohort's any more; or the groups that it is to begin from have
    /// changed since they were seen, or cannot be begun from.
    Moved,
}

/// How a step of a formation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// The step was done now.
    Done,
    /// It had been done before, or the formation is past it; nothing changed.
    Past,
}

impl Store {
    /// Records a formation and makes it the cohort's active one, in one transaction. It replaces the
    /// groups that it names and no others: every student is mailed anew, so nobody does that by
    /// asking twice. What a `deadline` asks for starts only while that is the cohort's deadline: it
    /// may be moved after it was read.
    ///
    /// One that begins from groups which await a decision sets these aside in the same transaction, if
    /// their board is as it was seen; what is held fast there is held fast from the start.
    pub async fn start_formation(
        &self,
        scope: &Scope,
        formation: &Formation,
        deadline: Option<Timestamp>,
    ) -> Result<StartedFormation, Error> {
        let base = self.base(scope, formation).await?;
        if formation.around.as_ref().is_some_and(|around| !begins(around, base.as_ref())) {
            let known = self.formation(scope, &formation.id).await?;
            return Ok(known.map_or(StartedFormation::Moved, StartedFormation::Already));
        }
        let formation = &match &base {
            Some(base) => Formation {
                board: BoardMarks { version: 0, ..base.board.clone() },
                // What begins from a round of a plan is that round; the plan's own first is planned with the others
                // or not at all.
                plan: base.plan.clone().filter(|_| base.plans().is_none()),
                ..formation.clone()
            },
            None => formation.clone(),
        };
        let awaiting = base.filter(|base| base.status == FormationStatus::AwaitingApproval);
        let item = encode("formation", &keys::formation(scope, &formation.id), formation)?;
        let mut items = vec![self.put_in_transaction(item)];
        let activating = activating(scope, formation, awaiting.as_ref(), deadline);
        items.push(activating.in_transaction(&self.table));
        if let Some(base) = &awaiting {
            items.push(set_aside(scope, base, formation)?.in_transaction(&self.table));
        }
        if matches!(self.transact("start_formation", items).await?, Transacted::Done) {
            return Ok(StartedFormation::New);
        }
        if let Some(known) = self.formation(scope, &formation.id).await? {
            return Ok(StartedFormation::Already(known));
        }
        let cohort: Option<Cohort> = self.cohort_even_if_gone(scope).await?;
        let open = |cohort: &Cohort| cohort.erasure.is_none() && cohort.archived_at.is_none();
        let around = formation.around.as_ref().map(|around| &around.formation);
        Ok(match cohort.filter(open) {
            None => StartedFormation::NoCohort,
            Some(Cohort { active_formation: Some(active), .. }) if around == Some(&active) => {
                StartedFormation::Moved
            }
            Some(Cohort { active_formation: Some(active), .. }) => StartedFormation::Busy(active),
            Some(Cohort { published_formation: Some(published), .. })
                if formation.replaces.as_ref() != Some(&published) =>
            {
                StartedFormation::Published(published)
            }
            Some(cohort)
                if deadline.is_some_and(|deadline| deadline != cohort.settings.deadline) =>
            {
                StartedFormation::Moved
            }
            // It ended between the two reads; the next try starts.
            Some(_) => {
                return Err(Error::Unavailable {
                    operation: "start_formation",
                    code: "raced".into(),
                    source: "another formation ended meanwhile".into(),
                });
            }
        })
    }

    /// Records a later round of a plan, once its groups are written. One that is there stays.
    pub async fn create_planned(&self, scope: &Scope, formation: &Formation) -> Result<(), Error> {
        let key = keys::formation(scope, &formation.id);
        self.create("create_planned", "formation", &key, formation).await?;
        Ok(())
    }

    /// The formation whose groups another is to begin from.
    async fn base(&self, scope: &Scope, formation: &Formation) -> Result<Option<Formation>, Error> {
        match &formation.around {
            Some(around) => self.formation(scope, &around.formation).await,
            None => Ok(None),
        }
    }

    /// One formation.
    pub async fn formation(
        &self,
        scope: &Scope,
        id: &FormationId,
    ) -> Result<Option<Formation>, Error> {
        self.get("formation", "formation", &keys::formation(scope, id)).await
    }

    /// All formations of a cohort: a handful.
    pub async fn formations(&self, scope: &Scope) -> Result<Vec<Formation>, Error> {
        self.all("formations", "formation", &keys::cohort_partition(scope), keys::FORMATION).await
    }

    /// Notes what the sections' solvers did, once all groups are written.
    pub async fn formation_solved(
        &self,
        scope: &Scope,
        id: &FormationId,
        engine: &str,
        sections: &BTreeMap<SectionId, SectionResult>,
    ) -> Result<Transition, Error> {
        let key = keys::formation(scope, id);
        let mut item = encode("formation", &key, &serde_json::json!({ "sections": sections }))?;
        let sections = item.remove("sections").ok_or(Error::Unwritable { kind: "formation" })?;
        let change = Change::of(&key)
            .set("engine", string(engine))
            .set("sections", sections)
            .when("#status = :running")
            .name("#status", "status")
            .value(":running", string(FormationStatus::Running.as_str()));
        self.transition("formation_solved", change).await
    }

    /// Lets the formation wait for approval, with the state machine's token. A new token (the task
    /// was tried again) replaces the old one, which then no longer works.
    pub async fn await_approval(
        &self,
        scope: &Scope,
        id: &FormationId,
        token: &str,
    ) -> Result<Transition, Error> {
        let change = Change::of(&keys::formation(scope, id))
            .set("status", string(FormationStatus::AwaitingApproval.as_str()))
            .set("task_token", string(token))
            .when("#status IN (:running, :set_status)")
            .value(":running", string(FormationStatus::Running.as_str()));
        self.transition("await_approval", change).await
    }

    /// Notes a contact's decision about groups that await it, as they are in this version of the board. The first
    /// decision stands: of two contacts who decide at once, the second finds it taken, and whoever decides about
    /// groups that somebody changed meanwhile finds them changed ([`Transition::Past`]).
    pub async fn decide_formation(
        &self,
        scope: &Scope,
        id: &FormationId,
        decision: &Decision,
        seen: u32,
    ) -> Result<Transition, Error> {
        let key = keys::formation(scope, id);
        let mut item = encode("formation", &key, &serde_json::json!({ "decision": decision }))?;
        let decision = item.remove("decision").ok_or(Error::Unwritable { kind: "formation" })?;
        let condition = format!(
            "#status = :awaiting AND attribute_not_exists(#decision) AND {}",
            crate::groups::at_version(seen)
        );
        let change = Change::of(&key)
            .set("decision", decision)
            .when(&condition)
            .value(":seen", number(seen))
            .name("#status", "status")
            .value(":awaiting", string(FormationStatus::AwaitingApproval.as_str()));
        self.transition("decide_formation", change).await
    }

    /// Makes a formation's groups the ones that count and moves the deletion date (D1), in one
    /// transaction: a reader sees all of it or nothing. Refused, too, if the deletion date is not
    /// the one that was read.
    pub async fn publish_formation(
        &self,
        scope: &Scope,
        id: &FormationId,
        (at, formed_at): (Timestamp, Timestamp),
        term: Term,
    ) -> Result<Transition, Error> {
        let formation = ending(&keys::formation(scope, id), FormationStatus::Published, at);
        let cohort = Change::of(&keys::cohort(scope))
            .set("published_formation", string(id.as_str()))
            .set("last_formation_at", string(formed_at.to_string()))
            .set("delete_on", string(term.delete_on.to_string()))
            .set("retention_sk", string(keys::retention_sk(term.delete_on, scope)))
            .remove(&["active_formation", "deadline_pk", "deadline_sk"])
            .when("active_formation = :set_published_formation AND attribute_not_exists(erasure) AND #delete_on = :was")
            .value(":was", string(term.was.to_string()));
        self.end_formation("publish_formation", formation, cohort).await
    }

    /// Ends a formation that failed and frees the cohort for another.
    pub async fn fail_formation(
        &self,
        scope: &Scope,
        id: &FormationId,
        at: Timestamp,
        failure: &Failure,
    ) -> Result<Transition, Error> {
        let key = keys::formation(scope, id);
        let mut item = encode("formation", &key, &serde_json::json!({ "failure": failure }))?;
        let failure = item.remove("failure").ok_or(Error::Unwritable { kind: "formation" })?;
        let formation = ending(&key, FormationStatus::Failed, at).set("failure", failure);
        self.end_formation("fail_formation", formation, freed(scope, id)).await
    }

    /// Ends a formation that a contact rejected and frees the cohort for another.
    pub async fn reject_formation(
        &self,
        scope: &Scope,
        id: &FormationId,
        at: Timestamp,
    ) -> Result<Transition, Error> {
        let formation = ending(&keys::formation(scope, id), FormationStatus::Rejected, at);
        self.end_formation("reject_formation", formation, freed(scope, id)).await
    }

    async fn end_formation(
        &self,
        operation: &'static str,
        formation: Change,
        cohort: Change,
    ) -> Result<Transition, Error> {
        let items = vec![formation.in_transaction(&self.table), cohort.in_transaction(&self.table)];
        Ok(match self.transact(operation, items).await? {
            Transacted::Done => Transition::Done,
            Transacted::Refused(_) => Transition::Past,
        })
    }

    async fn transition(
        &self,
        operation: &'static str,
        change: Change,
    ) -> Result<Transition, Error> {
        Ok(if self.change(operation, change).await? { Transition::Done } else { Transition::Past })
    }
}

/// Whether a formation can begin from groups as they were seen: those that await a decision, were set aside, or
/// wait in a plan.
fn begins(around: &Around, base: Option<&Formation>) -> bool {
    base.is_some_and(|base| {
        let status = base.status;
        base.board.version == around.version
            && matches!(
                status,
                FormationStatus::AwaitingApproval
                    | FormationStatus::Rejected
                    | FormationStatus::Planned
            )
    })
}

/// Makes a formation the cohort's active one, if none is or the one that it begins from.
fn activating(
    scope: &Scope,
    formation: &Formation,
    awaiting: Option<&Formation>,
    deadline: Option<Timestamp>,
) -> Change {
    let id = string(formation.id.as_str());
    let change = Change::of(&keys::cohort(scope)).set("active_formation", id);
    let (change, replaces) = match &formation.replaces {
        None => (change, "attribute_not_exists(published_formation)"),
        Some(replaced) => (
            change.value(":replaced", string(replaced.as_str())),
            "published_formation = :replaced",
        ),
    };
    let (change, active) = match awaiting {
        None => (
            change,
            "(attribute_not_exists(active_formation) OR active_formation = :set_active_formation)",
        ),
        Some(base) => (change.value(":base", string(base.id.as_str())), "active_formation = :base"),
    };
    let (change, due) = match deadline {
        None => (change, ""),
        Some(deadline) => {
            let deadline = string(deadline.to_string());
            (change.value(":deadline", deadline), " AND deadline = :deadline")
        }
    };
    change.when(&format!(
        "attribute_exists(pk) AND attribute_not_exists(erasure) AND \
         attribute_not_exists(archived_at) AND {active} AND {replaces}{due}"
    ))
}

/// Ends groups that await a decision in favour of a formation that begins from them. The token stays: the
/// state machine that waits for it is told next, and would otherwise wait until its time is up.
fn set_aside(scope: &Scope, base: &Formation, by: &Formation) -> Result<Change, Error> {
    let seen = by.around.as_ref().map_or(0, |around| around.version);
    let key = keys::formation(scope, &base.id);
    let mut change = Change::of(&key)
        .set("status", string(FormationStatus::Rejected.as_str()))
        .set("ended_at", string(by.requested_at.to_string()));
    if let RequestedBy::Contact(contact) = &by.requested_by {
        let (verdict, at) = (Verdict::Rejected, by.requested_at);
        let decision = Decision { verdict, by: contact.clone(), at };
        let mut item = encode("formation", &key, &serde_json::json!({ "decision": decision }))?;
        let decision = item.remove("decision").ok_or(Error::Unwritable { kind: "formation" })?;
        change = change.set("decision", decision);
    }
    let condition = format!(
        "#status = :awaiting AND attribute_not_exists(decision) AND {}",
        crate::groups::at_version(seen)
    );
    Ok(change
        .when(&condition)
        .name("#status", "status")
        .value(":awaiting", string(FormationStatus::AwaitingApproval.as_str()))
        .value(":seen", number(seen)))
}

fn ending(key: &keys::Key, status: FormationStatus, at: Timestamp) -> Change {
    Change::of(key)
        .set("status", string(status.as_str()))
        .set("ended_at", string(at.to_string()))
        .remove(&["task_token"])
        .when("#status IN (:running, :awaiting)")
        .value(":running", string(FormationStatus::Running.as_str()))
        .value(":awaiting", string(FormationStatus::AwaitingApproval.as_str()))
}

fn freed(scope: &Scope, id: &FormationId) -> Change {
    Change::of(&keys::cohort(scope))
        .remove(&["active_formation"])
        .when("active_formation = :formation")
        .value(":formation", string(id.as_str()))
}
