//! The texts that both sides of a commitment sign (廉洁承诺书): versioned, published by a supervisor.

#[cfg(feature = "shell")]
mod api;
mod model;
mod payload;
#[cfg(feature = "shell")]
mod projection;
mod state;

#[cfg(feature = "shell")]
pub use api::TemplateView;
pub use model::{Model, models};
pub use payload::{
    Act, EnterpriseClause, EnterpriseDimension, Publication, PurchaseKind, TemplateRef, Title, UnitClause,
    UnitDimension,
};
pub use state::{Side, Template, Version};
