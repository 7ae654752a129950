//! The functions that only servers need: their middleware, the stores, the client of the management API, and why a delivery was refused.

use crate::boundary::{Fault, Functions};
use crate::explain::Explain;
use crate::manage::{AnswerHeaders, CreateClient, CreateRotation};
use crate::memory::CreateMemoryClaims;
use crate::receiver::IsMethodOfDeliveries;
use crate::redis::{CreateRedisProgram, RedisScripts};
use crate::sql::{CreateSqlProgram, SqlDefinition, SqlStatements};

/// Adds them to the exports.
pub(crate) fn all(exports: Functions<'_>) -> Result<Functions<'_>, Fault> {
    exports
        .add::<IsMethodOfDeliveries>(())?
        .add::<RedisScripts>(())?
        .add::<CreateRedisProgram>(())?
        .add::<CreateMemoryClaims>(())?
        .add::<SqlStatements>(())?
        .add::<SqlDefinition>(())?
        .add::<CreateSqlProgram>(())?
        .add::<CreateClient>(())?
        .add::<AnswerHeaders>(())?
        .add::<CreateRotation>(())?
        .add::<Explain>(())
}
