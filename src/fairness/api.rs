//! Indicators over HTTP: for supervisors and auditors, and for whom they are about. Nobody else sees them.

use super::projection::{head, material_of, next_rater};
use super::view::{IndicatorPage, IndicatorSummary, IndicatorView, OrganisationIndicators, Statements, replies_shown};
use super::{Indicator, IndicatorKind, indicators};
use crate::evaluation;
use crate::field::OrganisationId;
use crate::http::{Caller, Problem, Typed, page_limit, page_of, parameters};
use crate::law::{FairnessTerms, InForce, Law};
use crate::ledger::Ledger;
use crate::organisation::Role;
use crate::problem::{self, Refusal};
use crate::store::StoreError;
use crate::world::{Act, ReadEntry, Stream};
use poem_openapi::param::{Path, Query};
use poem_openapi::{OpenApi, Tags};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 评价公平性指标: what ratings look like together. A reason to look, never a finding, and nothing follows from it.
    Fairness,
}

parameters! { IndicatorKind }

/// Who may see those about anybody.
const READERS: [Role; 2] = [Role::Supervisor, Role::Auditor];

/// Organisations that one page of the list looks at: each is computed anew, from forty statements at most.
const ORGANISATIONS_AT_A_TIME: u64 = 20;

/// Replies whose words stand in one answer; the others are read from their records.
const STATEMENTS_MAX: usize = 50;

pub struct FairnessApi(pub Arc<Ledger>);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Fairness")]
impl FairnessApi {
    /// 评价公平性指标 of an organisation, each with the rule, the numbers, the ratings and acts that it rests on, and the replies
    /// beside the scores: for supervisors, auditors, and the organisation itself. It is computed from the log up to `size`;
    /// no record holds it, and nothing follows from it.
    #[oai(path = "/organisations/:id/indicators", method = "get", operation_id = "getIndicators")]
    async fn get(
        &self,
        caller: Caller,
        id: Path<OrganisationId>,
        /// Only those of this kind.
        kind: Query<Option<IndicatorKind>>,
        /// `next` of the page before.
        after: Query<Option<u64>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<OrganisationIndicators>, Problem> {
        let (limit, id) = (page_limit(limit.0)?, id.0);
        if caller.0.id != id && !caller.0.roles.has_any(&READERS) {
            let (zh, en) = (
                "指标只供监督部门、审计部门和本主体查阅",
                "indicators are for supervisors, auditors and the organisation that they are about",
            );
            return Err(Problem::with_detail(&problem::NOT_A_PARTY, zh, en));
        }
        let is_operator = self.0.identity().operator == id;
        if !is_operator && self.0.version(&Stream::of(&id)).await? == 0 {
            return Err(Problem::of(&problem::ORGANISATION_UNKNOWN));
        }
        let mut snapshot = self.0.database.snapshot().await?;
        let head = head(&mut snapshot).await?;
        let material = material_of(&mut snapshot, &id).await?;
        drop(snapshot);
        let adopted = self.0.law_before(head.0).await?;
        let terms = terms_of(&adopted)?;
        let mut found = indicators(&material, terms, head.1);
        found.retain(|indicator| kind.0.is_none_or(|kind| indicator.kind == kind));
        let first = usize::try_from(after.0.unwrap_or_default()).unwrap_or(usize::MAX).min(found.len());
        let shown = &found[first..found.len().min(first.saturating_add(limit as usize))];
        let statements = self.statements(shown).await?;
        let (items, next) = page_of(&found, first, limit, |indicator| IndicatorView::of(indicator, terms, &statements));
        let page = (items, next.map(|next| next as u64));
        Ok(Typed(OrganisationIndicators::of(&material, head, terms, page)))
    }

    /// Indicators over all organisations, by the code of whom they are about: for supervisors and auditors. A page looks at
    /// some organisations, so it may be short, or empty, and have a next one all the same.
    #[oai(path = "/indicators", method = "get", operation_id = "listIndicators")]
    async fn list(
        &self,
        caller: Caller,
        /// Only those of this kind.
        kind: Query<Option<IndicatorKind>>,
        /// `next` of the page before.
        after: Query<Option<OrganisationId>>,
        /// The page ends with the organisation with which it has so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "500")))]
        limit: Query<Option<u32>>,
    ) -> Result<Typed<IndicatorPage>, Problem> {
        let limit = page_limit(limit.0)? as usize;
        if !caller.0.roles.has_any(&READERS) {
            let (zh, en) = ("指标列表只供监督部门和审计部门查阅", "the list is for supervisors and auditors");
            return Err(Problem::with_detail(&problem::ROLE_NOT_ENTITLED, zh, en));
        }
        let mut snapshot = self.0.database.snapshot().await?;
        let (size, as_of) = head(&mut snapshot).await?;
        let adopted = self.0.law_before(size).await?;
        let terms = terms_of(&adopted)?;
        let mut place = after.0.map(|id| id.to_string()).unwrap_or_default();
        let (mut items, mut looked_at, mut next) = (Vec::new(), 0, None);
        while let Some(organisation) = next_rater(&mut snapshot, &place).await? {
            if looked_at == ORGANISATIONS_AT_A_TIME || items.len() >= limit {
                next = Some(place);
                break;
            }
            organisation.as_str().clone_into(&mut place);
            looked_at += 1;
            let material = material_of(&mut snapshot, &organisation).await?;
            let found = indicators(&material, terms, as_of);
            let wanted = found.iter().filter(|indicator| kind.0.is_none_or(|kind| indicator.kind == kind));
            items.extend(wanted.map(|indicator| IndicatorSummary::of(&organisation, indicator, terms)));
        }
        Ok(Typed(IndicatorPage::of(items, looked_at, next)))
    }
}

/// What the law of the log looks for.
///
/// # Errors
/// `law-silent`, where it asks for nothing.
fn terms_of(adopted: &[InForce]) -> Result<&FairnessTerms, Problem> {
    let law = Law::new(adopted).ok_or_else(|| Problem::of(&problem::LAW_UNKNOWN))?;
    let edition = law.edition();
    if edition.fairness.is_silent() {
        return Err(Refusal::law_silent(&edition.name).into());
    }
    Ok(&edition.fairness)
}

impl FairnessApi {
    /// The words of the replies that are shown, as their records have them.
    async fn statements(&self, shown: &[Indicator]) -> Result<Statements, Problem> {
        let entries: BTreeSet<u64> = replies_shown(shown).collect();
        let mut statements = Statements::new();
        for index in entries.into_iter().take(STATEMENTS_MAX) {
            let Some(entry) = self.0.database.stored_entry(index).await? else { continue };
            let read = ReadEntry::parse(&entry.bytes).map_err(|_| StoreError::Damaged(format!("entry {index}")))?;
            if let Act::Evaluation(evaluation::Act::Replied(reply)) = read.act {
                statements.insert(index, reply.statement.to_string());
            }
        }
        Ok(statements)
    }
}
