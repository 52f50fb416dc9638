//! The daily seal of each institution's audit trail (D5): its last place, kept where nobody who adds to the
//! trail can write, so that an end that was cut off or written anew shows.
//!
//! What came since the last seal is verified first. A trail that is broken is told, by a metric and by
//! failing the sweep, and sealed all the same: the seal says what stands, and the break is told on the
//! day it is found. The name of a seal is what it seals, so that a second run finds it made.

use domain::InstitutionId;
use domain::audit::{Broken, Head, Walk};
use runtime::{Metric, count};
use serde::Serialize;
use store::{Walked, keys};

use crate::{Error, Systems};

/// How many reads of 500 entries one day's verification is worth; what is left comes the next day.
const STRIDES: u32 = 100;

/// What a seal says besides its name.
#[derive(Serialize)]
struct Seal<'a> {
    institution: &'a InstitutionId,
    #[serde(flatten)]
    place: &'a Head,
    sealed_at: jiff::Timestamp,
}

/// Verifies what is new of an institution's trail, and seals it.
pub(crate) async fn seal(systems: &Systems, institution: &InstitutionId) -> Result<(), Error> {
    let made = systems.objects.keys(&keys::audit_seals(institution), None).await?;
    let last = made.last().and_then(|key| keys::audit_sealed(key));
    let last = last.unwrap_or_else(|| Head::start(institution));
    let mut walk = Walk::new(institution, last.clone(), []);
    let walked = match systems.audit.stands(institution, &last).await? {
        Ok(()) => systems.audit.walk(institution, &mut walk, STRIDES).await?,
        Err(broken) => Walked::Ended(Err(broken)),
    };
    let broken = match walked {
        Walked::On | Walked::Ended(Ok(())) => None,
        Walked::Ended(Err(broken)) => Some(broken),
    };
    let place = match broken {
        None => walk.head().clone(),
        Some(_) => systems.audit.head(institution).await?,
    };
    if place.sequence > last.sequence {
        let seal = Seal { institution, place: &place, sealed_at: (systems.clock)() };
        let body = serde_json::to_vec(&seal).unwrap_or_default();
        let key = keys::audit_seal(institution, place.sequence, &place.hash);
        systems.objects.create(&key, body).await?;
    }
    let Some(Broken { sequence, flaw }) = broken else { return Ok(()) };
    count(Metric::AuditChainsBroken, 1);
    tracing::error!(
        institution = institution.as_str(),
        sequence,
        flaw = flaw.told(),
        "sweep.audit_broken"
    );
    Err(Error::AuditBroken { sequence })
}
