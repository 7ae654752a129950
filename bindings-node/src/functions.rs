//! The functions of the native half that receive deliveries, wherever it runs.

use crate::boundary::{Fault, Functions};
use crate::claims::{KeptError, MakePolicy};
use crate::errors::DescribeBrief;
use crate::handoff::Handoff;
use crate::outcome::UsualEnding;
use crate::receiver::{CreateReceiver, ReleasesLate};
use crate::router::CreateRouter;
use crate::testing::SampleEvent;
use crate::values::Notes;
use crate::verifier::{CreateVerifier, Sign, VerifyWebhook};

/// Adds them to the exports.
pub(crate) fn all(exports: Functions<'_>) -> Result<Functions<'_>, Fault> {
    let (notes, verifiers, routers) = (Notes::shared(), Handoff::new(), Handoff::new());
    exports
        .add::<VerifyWebhook>(notes.clone())?
        .add::<CreateVerifier>((notes, verifiers.clone()))?
        .add::<Sign>(())?
        .add::<CreateRouter>(routers.clone())?
        .add::<CreateReceiver>((verifiers, routers))?
        .add::<ReleasesLate>(())?
        .add::<UsualEnding>(())?
        .add::<SampleEvent>(())?
        .add::<MakePolicy>(())?
        .add::<KeptError>(())?
        .add::<DescribeBrief>(())
}
