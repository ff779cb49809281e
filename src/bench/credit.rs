//! What one more record costs somebody's credit, however much counts already: row `credit_incremental`.

use super::Scale;
use super::fixture::{Authors, register};
use super::place::{Folder, NOW, open};
use super::report::{Measurement, Reporter};
use crate::clock::Clock;
use crate::commitment::{Acceptance, Act, Binding, Offer, YearBinding};
use crate::field::{CommitmentId, OrganisationId, TemplateId};
use crate::ledger::Ledger;
use crate::organisation::Role;
use crate::record::PrivateKey;
use crate::template::{self, TemplateRef, models};
use crate::world::Stream;
use anyhow::Context;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const ROW: &str = "credit_incremental";
/// How many count already, at the least and at the most.
const FEW: usize = 1_000;
const MANY: usize = 100_000;
/// How much more the many may cost.
const LIMIT: f64 = 2.0;
/// Days on which they come about.
const DAYS: usize = 20;
/// Nights that are measured; the one in the middle counts.
const NIGHTS: usize = 21;
const DAY_MILLIS: i64 = 86_400_000;
/// Signatures that are under way at a time.
const TASKS: usize = 1024;

pub(super) async fn measure(folder: &Folder, scale: Scale, report: &mut Reporter<'_>) -> anyhow::Result<()> {
    if !report.wants(ROW) {
        return Ok(());
    }
    // Quick runs have fewer everywhere.
    let many = MANY.min(scale.records as usize / 2);
    let few = Parties::with(folder, "credit-few", FEW).await?.night().await?;
    let many = Parties::with(folder, "credit-many", many).await?.night().await?;
    report.row(Measurement::new(ROW, many.as_secs_f64() / few.as_secs_f64(), "×").of(Some(LIMIT)))
}

/// One log in which two parties sign commitment after commitment.
struct Parties {
    ledger: Arc<Ledger>,
    clock: Clock,
    centre: PrivateKey,
    enterprise: PrivateKey,
    template: TemplateRef,
    signed: usize,
}

const CENTRE: &str = "XM-BENCH-CENTRE0";
const ENTERPRISE: &str = "XM-BENCH-ENTERPRISE";

impl Parties {
    async fn with(folder: &Folder, name: &str, count: usize) -> anyhow::Result<Self> {
        let clock = Clock::manual(NOW.parse().map_err(|_| anyhow::anyhow!("{NOW} is not an instant"))?);
        let home = folder.join(name);
        std::fs::create_dir(&home).with_context(|| home.display().to_string())?;
        let ledger = open(&folder.sqlite_url(name), &home, clock.clone()).await?;
        let authors = Authors::admit(&ledger).await?;
        let centre = authors.keys().next().context("no centre")?.clone();
        let (supervisor, enterprise) = (PrivateKey::generate(), PrivateKey::generate());
        register(&ledger, &supervisor, "XM-BENCH-SUPERVISOR2", Role::Supervisor, ledger.operator_key()).await?;
        register(&ledger, &enterprise, ENTERPRISE, Role::Enterprise, &supervisor).await?;
        let id: TemplateId = "annual-framework".parse().map_err(|_| anyhow::anyhow!("no id"))?;
        let text = template::Act::from(models()[2].publication()).into();
        let published = ledger.act_as(&supervisor, &Stream::of(&id), &text).await?;
        let template = TemplateRef { id, version: 1, entry: published.entry_hash };
        let mut parties = Self { ledger, clock, centre, enterprise, template, signed: 0 };
        for _ in 0..DAYS {
            parties.sign(count / DAYS).await?;
            parties.clock.advance_millis(DAY_MILLIS);
        }
        parties.ledger.grade_due().await?;
        Ok(parties)
    }

    /// So many commitments more, each signed by both.
    async fn sign(&mut self, count: usize) -> anyhow::Result<()> {
        let numbers: Vec<usize> = (self.signed..self.signed + count).collect();
        self.signed += count;
        let mut tasks = JoinSet::new();
        for numbers in numbers.chunks(count.div_ceil(TASKS).max(1)) {
            let (ledger, numbers) = (Arc::clone(&self.ledger), numbers.to_vec());
            let (centre, enterprise, template) = (self.centre.clone(), self.enterprise.clone(), self.template.clone());
            tasks.spawn(async move {
                for number in numbers {
                    let id = format!("C-{number}").parse::<CommitmentId>().map_err(|_| anyhow::anyhow!("no id"))?;
                    let offer = Offer {
                        template: template.clone(),
                        unit: CENTRE.parse::<OrganisationId>()?,
                        enterprise: ENTERPRISE.parse::<OrganisationId>()?,
                        binding: Binding::Year(YearBinding { year: 2026 }),
                        numbers_confirmed: None,
                    };
                    let stream = Stream::of(&id);
                    let offered = ledger.act_as(&centre, &stream, &Act::from(offer).into()).await?;
                    let acceptance = Act::from(Acceptance { offer: offered.entry_hash });
                    ledger.act_as(&enterprise, &stream, &acceptance.into()).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    }

    /// What the grades of a night with one more record take.
    async fn night(mut self) -> anyhow::Result<Duration> {
        let mut nights = Vec::with_capacity(NIGHTS);
        for _ in 0..NIGHTS {
            self.sign(1).await?;
            self.clock.advance_millis(DAY_MILLIS);
            let began = Instant::now();
            let graded = self.ledger.grade_due().await?;
            nights.push(began.elapsed());
            anyhow::ensure!(graded == 2, "{graded} grades, not one of each party");
        }
        nights.sort_unstable();
        self.ledger.database.close().await;
        Ok(nights[NIGHTS / 2])
    }
}
