//! The register, as the user who asks sees it.

mod drafts;
mod read;
pub(crate) mod shapes;
mod write;

use utoipa_axum::router::OpenApiRouter;

use crate::state::Shared;

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    read::routes().merge(write::routes()).merge(drafts::routes())
}
