//! What some conduct would come to. Nothing is signed and nothing is written.

use super::super::state::Supposed;
use super::super::view::{CreditFile, WhatIfView};
use super::super::{Credit, CreditId};
use crate::field::{Day, Fault, OrganisationId};
use crate::http::{Problem, Question, Typed};
use crate::law::Law;
use crate::ledger::{Folded, Ledger};
use crate::problem::{self, Refusal};
use crate::world::Stream;
use poem_openapi::OpenApi;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What is supposed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIf {
    /// To whose present record it is added; without it, to that of somebody new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
    /// At the end of which day; today without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Day>,
    #[schemars(length(max = SUPPOSED_MAX))]
    pub events: Vec<Supposed>,
    /// Entries that would count no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = SUPPOSED_MAX))]
    pub struck: Vec<u64>,
}

/// As many as somebody types in, or a year's worth of them.
const SUPPOSED_MAX: usize = 1000;

pub struct WhatIfApi {
    pub(super) ledger: Arc<Ledger>,
    pub(super) files: Arc<Folded<CreditFile>>,
}

#[OpenApi(prefix_path = "/v1/credit", tag = "super::Tag::Credit")]
impl WhatIfApi {
    /// 试算: which grade some events would give. Nothing is written.
    #[oai(path = "/what-if", method = "post", operation_id = "supposeCredit")]
    async fn suppose(&self, question: Question<WhatIf>) -> Result<Typed<WhatIfView>, Problem> {
        let WhatIf { organisation, day, events, struck } = question.0;
        for (pointer, count) in [("/events", events.len()), ("/struck", struck.len())] {
            if count > SUPPOSED_MAX {
                return Err(Refusal::of_field(pointer, Fault::TooMany { max: SUPPOSED_MAX }).into());
            }
        }
        let day = day.unwrap_or_else(|| self.ledger.clock.now().shanghai_day().into());
        let view = |state: Option<&Credit>, law: Law<'_>| {
            let terms = &law.edition().credit;
            WhatIfView::of(&Credit::what_if(state, &events, &struck, day, terms), day, terms)
        };
        let shown = match organisation {
            Some(organisation) => {
                let stream = Stream::of(&CreditId(organisation));
                let shown = |file: &CreditFile, law: Law<'_>| view(file.state.as_ref(), law);
                self.files.show(&self.ledger, &stream, CreditFile::default, shown).await?
            }
            None => Law::new(&self.ledger.law().await?).map(|law| view(None, law)),
        };
        shown.map(Typed).ok_or_else(|| Problem::of(&problem::LAW_UNKNOWN))
    }
}
