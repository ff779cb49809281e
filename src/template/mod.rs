//! The texts that both sides of a commitment sign (廉洁承诺书): versioned, published by a supervisor.

mod api;
mod model;
mod payload;
mod projection;
mod state;

pub use api::TemplateApi;
pub use model::{Model, models};
pub use payload::{
    Act, EnterpriseClause, EnterpriseDimension, Publication, Scope, TemplateRef, Title, UnitClause, UnitDimension,
};
pub use state::{Side, Template, Version};
